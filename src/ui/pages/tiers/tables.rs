//! The tables, and what their figures open.

use crate::widgets::shares_compared::Category;
use crate::widgets::table::{Datum, TableData};
use strata::analysis::tiers::{Came, Cell, Tier, WhatIfTier};
use strata::locale::{Language, fill};
use strata::table::decimal::Amount;

use super::{Answer, params, text};

/// What the figure in a row and a column opens.
pub(super) type Opens = fn(&Answer, usize, usize, Language) -> Option<(String, Cell)>;

fn amount(amount: Option<Amount>) -> Datum {
    amount.map_or(Datum::Nothing, Datum::Amount)
}

fn part(users: u64, all: u64) -> Datum {
    Datum::share((all > 0).then(|| users as f64 / all as f64))
}

fn headed(columns: &[&str]) -> Vec<(String, bool)> {
    columns.iter().enumerate().map(|(place, name)| ((*name).to_owned(), place > 0)).collect()
}

/// Tiers as of the as-of date.
pub(super) fn now(answered: &Answer, compared: Option<&Answer>, language: Language) -> TableData {
    let words = language.words();
    let measure = params(answered).measure;
    let mut columns = headed(&[
        words.page_tiers_tier,
        words.page_tiers_from,
        words.page_users,
        words.page_tiers_share,
        words.page_revenue,
        words.page_tiers_revenue_share,
        words.page_tiers_mean,
        words.page_tiers_cost,
    ]);
    if compared.is_some() {
        columns.push((words.page_tiers_share_compared.to_owned(), true));
    }
    let row = |(place, tier): (usize, &Tier)| {
        let mut row = vec![
            Datum::Text(text::tier_name(tier.tier, language)),
            text::measured(tier.from, measure),
            Datum::Count(tier.users),
            Datum::share(tier.share),
            amount(tier.revenue),
            Datum::share(tier.revenue_share),
            tier.mean.map_or(Datum::Nothing, Datum::Number),
            amount(tier.cost),
        ];
        if let Some(compared) = compared {
            row.push(Datum::share(compared.report.tiers.get(place).and_then(|tier| tier.share)));
        }
        row
    };
    TableData {
        columns,
        rows: answered.report.tiers.iter().enumerate().map(row).collect(),
        opens: vec![2],
        spare: vec![4, 6, 7],
        ..TableData::default()
    }
}

/// The tiers with their users on either side; nothing where they begin elsewhere.
pub(super) fn categories(own: &Answer, other: &Answer, language: Language) -> Option<Vec<Category>> {
    let from = |answered: &Answer| answered.report.tiers.iter().map(|tier| tier.from).collect::<Vec<_>>();
    let pairs = own.report.tiers.iter().zip(&other.report.tiers);
    let category =
        |(own, other): (&Tier, &Tier)| (text::tier_name(own.tier, language), own.users, other.users);
    (from(own) == from(other)).then(|| pairs.map(category).collect())
}

/// The users of a tier.
pub(super) fn open_now(
    answered: &Answer,
    row: usize,
    _: usize,
    language: Language,
) -> Option<(String, Cell)> {
    let tier = answered.report.tiers.get(row)?.tier;
    Some((text::tier_name(tier, language), Cell::Tier { tier, period: None }))
}

/// Who is near the next tier, and who is about to fall.
pub(super) fn close(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let measure = params(answered).measure;
    let row = |tier: &Tier| {
        vec![
            Datum::Text(text::tier_name(tier.tier, language)),
            Datum::Count(tier.near),
            text::measured(tier.near_missing, measure),
            Datum::Count(tier.falling),
        ]
    };
    TableData {
        columns: headed(&[
            words.page_tiers_tier,
            words.page_tiers_near,
            words.page_tiers_near_missing,
            words.page_tiers_falling,
        ]),
        rows: answered.report.tiers.iter().map(row).collect(),
        opens: vec![1, 3],
        ..TableData::default()
    }
}

/// Who is near, or about to fall.
pub(super) fn open_close(
    answered: &Answer,
    row: usize,
    column: usize,
    language: Language,
) -> Option<(String, Cell)> {
    let words = language.words();
    let tier = answered.report.tiers.get(row)?.tier;
    let (phrase, cell) = match column {
        1 => (words.page_tiers_near_title, Cell::Near { tier: Some(tier) }),
        _ => (words.page_tiers_falling_title, Cell::Falling { tier: Some(tier) }),
    };
    Some((fill(phrase, &[("tier", &text::tier_name(tier, language))]), cell))
}

/// Who came back.
pub(super) fn returned(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let row = |tier: &Tier| {
        vec![
            Datum::Text(text::tier_name(tier.tier, language)),
            Datum::Count(tier.before),
            Datum::Count(tier.active),
            part(tier.active, tier.before),
            Datum::Count(tier.bought),
            part(tier.bought, tier.before),
        ]
    };
    TableData {
        columns: headed(&[
            words.page_tiers_tier,
            words.page_tiers_before,
            words.page_tiers_active,
            words.page_tiers_active_share,
            words.page_tiers_bought,
            words.page_tiers_bought_share,
        ]),
        rows: answered.report.tiers.iter().map(row).collect(),
        opens: vec![1, 2, 4],
        ..TableData::default()
    }
}

/// Who had a tier, and who of them came or bought.
pub(super) fn open_returned(
    answered: &Answer,
    row: usize,
    column: usize,
    language: Language,
) -> Option<(String, Cell)> {
    let words = language.words();
    let tier = answered.report.tiers.get(row)?.tier;
    let (phrase, who) = match column {
        1 => (words.page_tiers_before_title, None),
        2 => (words.page_tiers_active_title, Some(Came::Active)),
        _ => (words.page_tiers_bought_title, Some(Came::Bought)),
    };
    let day = answered.report.returned_in.map(|[from, _]| language.date(from)).unwrap_or_default();
    let title = fill(phrase, &[("tier", &text::tier_name(tier, language)), ("day", &day)]);
    Some((title, Cell::Returned { tier, who }))
}

/// The moves of the what-if that change something, as places in the report.
fn moved(answered: &Answer) -> Vec<(u8, u8, u64)> {
    let moves = answered.report.what_if.iter().flat_map(|what_if| &what_if.moves);
    moves.filter_map(|one| Some((one.from?, one.to, one.users))).filter(|(from, to, _)| from != to).collect()
}

/// Who would move.
pub(super) fn what_if_moves(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let row = |(from, to, users): (u8, u8, u64)| {
        vec![
            Datum::Text(text::tier_name(from, language)),
            Datum::Text(text::tier_name(to, language)),
            Datum::Count(users),
        ]
    };
    TableData {
        columns: vec![
            (words.page_tiers_what_if_from.to_owned(), false),
            (words.page_tiers_what_if_to.to_owned(), false),
            (words.page_users.to_owned(), true),
        ],
        rows: moved(answered).into_iter().map(row).collect(),
        opens: vec![2],
        ..TableData::default()
    }
}

/// Those who would move from a tier to a tier.
pub(super) fn open_what_if_moves(
    answered: &Answer,
    row: usize,
    _: usize,
    language: Language,
) -> Option<(String, Cell)> {
    let &(from, to, _) = moved(answered).get(row)?;
    let title = format!("{} → {}", text::tier_name(from, language), text::tier_name(to, language));
    Some((title, Cell::WhatIf { from: Some(from), to }))
}

/// Tiers now and then, side by side.
pub(super) fn what_if_tiers(answered: &Answer, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let measure = params(answered).measure;
    let others: &[WhatIfTier] = report.what_if.as_ref().map_or(&[], |what_if| &what_if.tiers);
    let row = |place: usize| {
        let (own, other) = (report.tiers.get(place), others.get(place));
        let number = u8::try_from(place + 1).unwrap_or(u8::MAX);
        vec![
            Datum::Text(text::tier_name(number, language)),
            own.map_or(Datum::Nothing, |tier| text::measured(tier.from, measure)),
            other.map_or(Datum::Nothing, |tier| text::measured(tier.from, measure)),
            Datum::Count(own.map_or(0, |tier| tier.users)),
            Datum::Count(other.map_or(0, |tier| tier.users)),
            amount(own.and_then(|tier| tier.cost)),
            amount(other.and_then(|tier| tier.cost)),
        ]
    };
    TableData {
        columns: headed(&[
            words.page_tiers_tier,
            words.page_tiers_from_now,
            words.page_tiers_from_then,
            words.page_tiers_users_now,
            words.page_tiers_users_then,
            words.page_tiers_cost_now,
            words.page_tiers_cost_then,
        ]),
        rows: (0..report.tiers.len().max(others.len())).map(row).collect(),
        opens: vec![3, 4],
        ..TableData::default()
    }
}

/// The users of a tier, now or then.
pub(super) fn open_what_if_tiers(
    _: &Answer,
    row: usize,
    column: usize,
    language: Language,
) -> Option<(String, Cell)> {
    let tier = u8::try_from(row + 1).ok()?;
    let name = text::tier_name(tier, language);
    Some(match column {
        3 => (name, Cell::Tier { tier, period: None }),
        _ => {
            let title = fill(language.words().page_tiers_then_title, &[("tier", &name)]);
            (title, Cell::WhatIf { from: None, to: tier })
        }
    })
}
