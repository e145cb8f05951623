//! The page's sentences.

use crate::widgets::frame::{count, sentences};
use crate::widgets::table::{Datum, amount_text};
use strata::analysis::tiers::{Change, Measure, Params, Report, Tier};
use strata::locale::{Language, fill};
use strata::segment::tier::WindowUnit;
use strata::table::decimal::Amount;

use super::{Answer, params};

/// A tier as people call it.
pub(super) fn tier_name(tier: u8, language: Language) -> String {
    fill(language.words().page_tiers_tier_name, &[("tier", &tier.to_string())])
}

/// A tier before, or that there was none yet.
pub(super) fn from_name(from: Option<u8>, language: Language) -> String {
    from.map_or_else(|| language.words().page_tiers_not_yet.to_owned(), |tier| tier_name(tier, language))
}

/// What a period changed.
pub(super) fn change_name(change: Change, language: Language) -> String {
    let words = language.words();
    match change {
        Change::Joined => words.page_tiers_change_joined,
        Change::Upgraded => words.page_tiers_change_upgraded,
        Change::Kept => words.page_tiers_change_kept,
        Change::Stayed => words.page_tiers_change_stayed,
        Change::Downgraded => words.page_tiers_change_downgraded,
    }
    .to_owned()
}

/// An amount of the measure: money, or a whole number.
pub(super) fn measured(amount: Amount, measure: Measure) -> Datum {
    match u64::try_from(amount.units) {
        Ok(number) if measure != Measure::Spend => Datum::Count(number),
        _ => Datum::Amount(amount),
    }
}

fn sum(report: &Report, of: fn(&Tier) -> u64) -> u64 {
    report.tiers.iter().map(of).sum()
}

/// How many there are, what the highest tier brings, and who is about to move.
pub(super) fn answer(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    let users = count(report.users, language);
    let Some(top) = report.tiers.last().filter(|_| report.tiers.len() > 1) else {
        return fill(words.page_tiers_answer_one, &[("users", &users)]);
    };
    let share = |share: Option<f64>| language.percent(share.unwrap_or(0.0));
    let phrase = match top.revenue_share {
        Some(_) => words.page_tiers_answer,
        None => words.page_tiers_answer_users,
    };
    let first = fill(
        phrase,
        &[
            ("users", &users),
            ("share", &share(top.share)),
            ("revenue", &share(top.revenue_share)),
            ("near", &count(sum(report, |tier| tier.near), language)),
            ("percent", &language.percent(f64::from(params(answered).near) / 100.0)),
            ("falling", &count(sum(report, |tier| tier.falling), language)),
        ],
    );
    let other = compared
        .and_then(|compared| compared.report.tiers.last())
        .map(|top| fill(words.page_tiers_answer_compared, &[("share", &share(top.share))]));
    sentences(&std::iter::once(first).chain(other).collect::<Vec<_>>(), language)
}

/// Where the thresholds come from.
pub(super) fn evidence(answered: &Answer, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    let phrase = if report.learned { words.page_tiers_learned } else { words.page_tiers_given };
    let [from, to] = report.window.map(|day| language.date(day));
    fill(
        phrase,
        &[
            ("users", &count(report.measured, language)),
            ("from", &from),
            ("to", &to),
            ("tops", &tops(&params(answered))),
        ],
    )
}

/// The shares from which thresholds are learned, as they are entered.
pub(super) fn tops(params: &Params) -> String {
    params.tops.iter().map(u32::to_string).collect::<Vec<_>>().join(" / ")
}

/// In which period who came back.
pub(super) fn returned(report: &Report, language: Language) -> String {
    let [from, to] = report.returned_in.unwrap_or_default().map(|day| language.date(day));
    fill(language.words().page_tiers_returned, &[("from", &from), ("to", &to)])
}

/// Who would move, and what it would cost.
pub(super) fn what_if(report: &Report, language: Language) -> Option<String> {
    let (words, what_if) = (language.words(), report.what_if.as_ref()?);
    let moved = fill(
        words.page_tiers_what_if_answer,
        &[("up", &count(what_if.up, language)), ("down", &count(what_if.down, language))],
    );
    let cost = match (report.cost, what_if.cost) {
        (Some(now), Some(then)) => fill(
            words.page_tiers_what_if_cost,
            &[("now", &amount_text(now, language)), ("then", &amount_text(then, language))],
        ),
        _ if report.revenue.is_none() => String::new(),
        _ => words.page_tiers_what_if_no_cost.to_owned(),
    };
    let parts: Vec<String> = [moved, cost].into_iter().filter(|part| !part.is_empty()).collect();
    Some(sentences(&parts, language))
}

/// The definition's paragraphs.
pub(super) fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let refunds =
        if params.net_of_refunds { words.page_tiers_refunds_off } else { words.page_tiers_refunds_in };
    let measure = match params.measure {
        Measure::Spend => fill(words.page_tiers_definition_spend, &[("refunds", refunds)]),
        Measure::Orders => words.page_tiers_definition_orders.to_owned(),
        Measure::ActiveDays => words.page_tiers_definition_days.to_owned(),
        Measure::Points => fill(
            words.page_tiers_definition_points,
            &[
                ("rate", &params.points_per_unit.text()),
                ("order", &params.points_per_order.to_string()),
                ("refunds", refunds),
            ],
        ),
    };
    let window = match params.window_unit {
        WindowUnit::Days => words.page_tiers_definition_window_days,
        WindowUnit::Months => words.page_tiers_definition_window_months,
        WindowUnit::Year => words.page_tiers_definition_window_year,
    };
    let window = fill(window, &[("length", &params.window.to_string())]);
    let validity = if params.validity == 0 {
        words.page_tiers_definition_current.to_owned()
    } else {
        fill(words.page_tiers_definition_valid, &[("months", &params.validity.to_string())])
    };
    let joined = if params.buyers_only {
        fill(words.page_tiers_definition_joined_buyers, &[("without", &count(report.not_joined, language))])
    } else {
        words.page_tiers_definition_joined.to_owned()
    };
    let near = language.percent(f64::from(100u32.saturating_sub(params.near)) / 100.0);
    let near = fill(
        words.page_tiers_definition_near,
        &[("percent", &near), ("day", &language.date(report.falling_until))],
    );
    let rest = [words.page_tiers_definition_changes, words.page_tiers_definition_what_if];
    [measure, window, evidence(answered, language), validity, joined, near]
        .into_iter()
        .chain(rest.map(str::to_owned))
        .collect()
}
