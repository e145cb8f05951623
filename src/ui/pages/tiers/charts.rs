//! The charts, and what their marks mean.

use crate::pages::periods::{axis, subtitle};
use crate::widgets::frame::count;
use strata::analysis::tiers::{Cell, Change, Measure, Report};
use strata::chart::{
    self, AreaChart, Bins, ColumnChart, Emphasis, HeatMap, Histogram, Mark, NumberKind, Series, Threshold,
};
use strata::locale::{Language, fill};
use strata::table::decimal::Amount;

use super::{Answer, params, text, users_of};

/// What changes are drawn; who stays would dwarf them.
const CHANGES: [Change; 4] = [Change::Joined, Change::Upgraded, Change::Kept, Change::Downgraded];

/// How much users measure, cut by the thresholds.
pub(super) fn distribution(answered: &Answer, language: Language) -> Histogram {
    let (words, report) = (language.words(), &answered.report);
    let distribution = &report.distribution;
    let width = distribution.width;
    let edge = |place: usize| {
        let units = width.units.saturating_mul(i64::try_from(place).unwrap_or(i64::MAX));
        Amount { units, scale: width.scale }.to_f64()
    };
    let line = |tier: u8, from: Amount, phrase: Option<&str>| {
        let name = text::tier_name(tier, language);
        let label = phrase.map_or_else(|| name.clone(), |phrase| fill(phrase, &[("tier", &name)]));
        Threshold { value: from.to_f64(), label }
    };
    let own = report.tiers.iter().skip(1).map(|tier| line(tier.tier, tier.from, None));
    let others = report.what_if.iter().flat_map(|what_if| what_if.tiers.iter().skip(1));
    let others = others.map(|tier| line(tier.tier, tier.from, Some(words.page_tiers_what_if_line)));
    let unit =
        fill(words.page_tiers_distribution_unit, &[("nothing", &count(distribution.nothing, language))]);
    let measure = params(answered).measure;
    Histogram {
        title: words.page_tiers_distribution.to_owned(),
        subtitle: subtitle(&unit, answered, None, language),
        x_name: measure_name(measure, language).to_owned(),
        bins: Bins {
            edges: (0..=distribution.bins.len()).map(edge).collect(),
            counts: distribution.bins.clone(),
            below: 0,
            above: distribution.above,
        },
        x: if measure == Measure::Spend { NumberKind::Decimal } else { NumberKind::Count },
        thresholds: own.chain(others).collect(),
        ..Histogram::default()
    }
}

/// What is measured, as the choice calls it.
pub(super) fn measure_name(measure: Measure, language: Language) -> &'static str {
    let words = language.words();
    match measure {
        Measure::Spend => words.page_tiers_measure_spend,
        Measure::Orders => words.page_tiers_measure_orders,
        Measure::ActiveDays => words.page_tiers_measure_days,
        Measure::Points => words.page_tiers_measure_points,
    }
}

/// The users of a bin.
pub(super) fn bin(answered: &Answer, mark: Mark, language: Language) -> Option<(String, Cell)> {
    let distribution = &answered.report.distribution;
    let above = mark.series == Histogram::ABOVE;
    let place = i64::try_from(if above { distribution.bins.len() } else { mark.index }).ok()?;
    let edge = |place: i64| distribution.width.units.saturating_mul(place);
    let chart = self::distribution(answered, language);
    let span = chart::Chart::label(&chart, &mark, language);
    let title = fill(language.words().page_tiers_distribution_users, &[("span", &span)]);
    Some((title, Cell::Measure { from: Some(edge(place)), to: (!above).then(|| edge(place + 1)) }))
}

/// Users by tier at the end of every period, the highest tier at the bottom.
pub(super) fn over_time(answered: &Answer, language: Language) -> AreaChart {
    let (words, report) = (language.words(), &answered.report);
    let layer = |tier: u8| Series {
        name: text::tier_name(tier, language),
        values: report
            .periods
            .iter()
            .map(|period| period.tiers.get(usize::from(tier) - 1).map(|users| *users as f64))
            .collect(),
        open_from: open_from(report),
        emphasis: if tier == 1 { Emphasis::Quiet } else { Emphasis::Normal },
    };
    let params = params(answered);
    AreaChart {
        title: words.page_tiers_time.to_owned(),
        subtitle: subtitle(words.page_tiers_time_unit, answered, params.week_start, language),
        x: x_axis(answered),
        series: report.tiers.iter().rev().map(|tier| layer(tier.tier)).collect(),
        total_name: words.page_tiers_all.to_owned(),
        y: NumberKind::Count,
        ..AreaChart::default()
    }
}

fn open_from(report: &Report) -> Option<usize> {
    report.periods.iter().position(|period| period.open)
}

fn x_axis(answered: &Answer) -> chart::XAxis {
    let (report, params) = (&answered.report, params(answered));
    let start = report.periods.first().map(|period| period.start);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    axis(start, report.periods.len(), params.period, week_start)
}

/// Those in a tier at the end of a period.
pub(super) fn at_time(answered: &Answer, mark: Mark, language: Language) -> Option<(String, Cell)> {
    let tier = answered.report.tiers.iter().rev().nth(mark.series)?.tier;
    let period = answered.report.periods.get(mark.index)?.start;
    let title = users_of(&text::tier_name(tier, language), answered, mark.index, language)?;
    Some((title, Cell::Tier { tier, period: Some(period) }))
}

/// What each period changed; who fell is drawn downwards.
pub(super) fn changes(answered: &Answer, language: Language) -> ColumnChart {
    let (words, report) = (language.words(), &answered.report);
    let series = CHANGES.map(|change| Series {
        name: text::change_name(change, language),
        values: report
            .periods
            .iter()
            .map(|period| {
                let users = *period.changes.get(change as usize)? as f64;
                // Not the negative of nobody, which would be written with a sign.
                Some(if change == Change::Downgraded { 0.0 - users } else { users })
            })
            .collect(),
        open_from: open_from(report),
        emphasis: Emphasis::Normal,
    });
    ColumnChart {
        title: words.page_tiers_changes.to_owned(),
        subtitle: subtitle(words.page_tiers_changes_unit, answered, params(answered).week_start, language),
        x: x_axis(answered),
        series: series.to_vec(),
        y: NumberKind::Count,
        ..ColumnChart::default()
    }
}

/// Those for whom a period changed something.
pub(super) fn change_at(answered: &Answer, mark: Mark, language: Language) -> Option<(String, Cell)> {
    let change = CHANGES.get(mark.series).copied()?;
    let period = answered.report.periods.get(mark.index)?.start;
    let title = users_of(&text::change_name(change, language), answered, mark.index, language)?;
    Some((title, Cell::Change { change, period }))
}

/// The rows of moves: tiers, then those who had not joined.
fn rows(report: &Report) -> impl Iterator<Item = Option<u8>> {
    report.tiers.iter().map(|tier| Some(tier.tier)).chain([None])
}

/// From tier to tier, in numbers and shares.
pub(super) fn moves(answered: &Answer, language: Language) -> HeatMap {
    let (words, report) = (language.words(), &answered.report);
    let moved = |from: Option<u8>, to: u8| {
        report.moves.iter().find(|one| one.from == from && one.to == to).map_or(0, |one| one.users)
    };
    let all_from =
        |from| report.moves.iter().filter(|one| one.from == from).map(|one| one.users).sum::<u64>();
    let cell = |from: Option<u8>, to: u8| {
        let (users, all) = (moved(from, to), all_from(from));
        let share = if all > 0 { users as f64 / all as f64 } else { 0.0 };
        let (users_text, share_text) = (count(users, language), language.percent(share));
        let tip = fill(
            words.page_tiers_tip,
            &[
                ("from", &text::from_name(from, language)),
                ("to", &text::tier_name(to, language)),
                ("users", &users_text),
                ("share", &share_text),
            ],
        );
        let text = match users {
            0 => chart::Cell::NOBODY.to_owned(),
            _ => format!("{users_text}\n{share_text}"),
        };
        Some(chart::Cell { value: share, text, open: false, tip })
    };
    let [from, to] = report.moved.map(|day| language.date(day));
    let between = fill(words.page_tiers_between, &[("from", &from), ("to", &to)]);
    HeatMap {
        title: words.page_tiers_moves.to_owned(),
        subtitle: subtitle(&between, answered, None, language),
        x_name: words.page_tiers_moves_to.to_owned(),
        y_name: words.page_tiers_moves_from.to_owned(),
        row_labels: rows(report).map(|from| text::from_name(from, language)).collect(),
        column_labels: report.tiers.iter().map(|tier| text::tier_name(tier.tier, language)).collect(),
        cells: rows(report)
            .map(|from| report.tiers.iter().map(|tier| cell(from, tier.tier)).collect())
            .collect(),
        domain: Some((0.0, 1.0)),
        number: NumberKind::Percent,
        ..HeatMap::default()
    }
}

/// Those who moved.
pub(super) fn move_at(answered: &Answer, mark: Mark, language: Language) -> Option<(String, Cell)> {
    let from = rows(&answered.report).nth(mark.series)?;
    let to = answered.report.tiers.get(mark.index)?.tier;
    let title = format!("{} → {}", text::from_name(from, language), text::tier_name(to, language));
    Some((title, Cell::Move { from, to }))
}
