//! The answer, the definition and names in words.

use crate::text::p_value;
use crate::widgets::frame::{count, sentences};
use strata::analysis::breakdown::GroupName;
use strata::analysis::survival::{Cell, Estimate, Group, Point, Report};
use strata::locale::{Language, fill};
use strata::model::survival::Median;

use super::charts::{MOST_DRAWN, groups};
use super::{Answer, params};

/// A difference that is as rare as this, if there is none, is called one.
const SIGNIFICANT: f64 = 0.05;
/// The day that the answer tells of, where lives reach so far.
const TOLD: u32 = 90;

fn filled(phrase: &str, values: &[(&str, String)]) -> String {
    let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    fill(phrase, &values)
}

fn whole(days: u32, language: Language) -> String {
    count(u64::from(days), language)
}

/// The bounds of a median.
pub fn median_range(median: &Median, language: Language) -> Option<String> {
    let words = language.words();
    let low = whole(median.low?, language);
    Some(match median.high {
        Some(high) => filled(words.chart_range, &[("low", low), ("high", whole(high, language))]),
        None => filled(words.page_lifetime_or_more, &[("low", low)]),
    })
}

fn half(all: &Estimate, until: bool, horizon: u32, language: Language) -> String {
    let words = language.words();
    let users = count(all.users, language);
    match (all.median.time, median_range(&all.median, language)) {
        (Some(0), _) => filled(
            if until { words.page_lifetime_half_zero_until } else { words.page_lifetime_half_zero },
            &[("users", users)],
        ),
        (Some(days), Some(range)) => filled(
            if until { words.page_lifetime_half_until } else { words.page_lifetime_half },
            &[("users", users), ("days", whole(days, language)), ("range", range)],
        ),
        _ => filled(
            if until { words.page_lifetime_more_until } else { words.page_lifetime_more },
            &[("users", users), ("days", whole(horizon, language))],
        ),
    }
}

/// The day that the answer tells of, and survival there.
fn told(all: &Estimate) -> Option<(&Point, f64)> {
    let known = all.points.iter().filter(|point| point.day <= TOLD);
    known.filter_map(|point| Some((point, point.survival?))).next_back()
}

/// The answer.
pub fn sentence(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    let until = params(answered).until.is_some();
    if report.all.users == 0 {
        return words.page_lifetime_empty.to_owned();
    }
    let mut parts = vec![half(&report.all, until, report.horizon, language)];
    let of_thousand = |survival: f64| count((survival * 1_000.0).round() as u64, language);
    if let Some((point, survival)) = told(&report.all) {
        let phrase = if until { words.page_lifetime_thousand_until } else { words.page_lifetime_thousand };
        let values = [
            ("thousand", count(1_000, language)),
            ("left", of_thousand(survival)),
            ("day", whole(point.day, language)),
        ];
        parts.push(filled(phrase, &values));
        let other =
            compared.and_then(|other| other.report.all.points.iter().find(|own| own.day == point.day));
        if let Some(survival) = other.and_then(|other| other.survival) {
            parts.push(filled(words.page_lifetime_compared, &[("left", of_thousand(survival))]));
        }
    }
    sentences(&parts, language)
}

/// What is counted, and how.
pub fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let (words, params) = (language.words(), params(answered));
    let day = language.date(answered.report.last_day);
    let life = if params.until.is_some() {
        filled(words.page_lifetime_definition_until, &[("day", day)])
    } else {
        let values = [("inactive", whole(params.inactive, language)), ("day", day)];
        filled(words.page_lifetime_definition_inactive, &values)
    };
    vec![
        life,
        words.page_lifetime_definition_formula.to_owned(),
        words.page_lifetime_definition_band.to_owned(),
    ]
}

/// What stands below the curve.
pub fn curve_note(answered: &Answer, language: Language) -> Option<String> {
    let (words, report) = (language.words(), &answered.report);
    let mut parts = Vec::new();
    if let Some(mean) = report.all.mean {
        let number = |days: f64| language.decimal(days, 1);
        let values = [
            ("mean", number(mean.mean)),
            ("low", number(mean.interval.low)),
            ("high", number(mean.interval.high)),
            ("days", whole(mean.until, language)),
        ];
        parts.push(filled(words.page_lifetime_mean_note, &values));
    }
    (!parts.is_empty()).then(|| sentences(&parts, language))
}

/// The column of the breakdown.
pub fn column(answered: &Answer) -> String {
    params(answered).breakdown.map(|breakdown| breakdown.column).unwrap_or_default()
}

/// What a group is called.
pub fn group_name(group: &Group, language: Language) -> String {
    let words = language.words();
    match group.value.as_deref() {
        None => filled(words.page_retention_others, &[("values", count(group.values, language))]),
        Some("") => words.mapping_empty_cell.to_owned(),
        Some(text) => text.to_owned(),
    }
}

/// Whether groups are left out of the picture.
pub fn groups_note(report: &Report, language: Language) -> Option<String> {
    let total = groups(report).len();
    let number = |number: usize| count(number as u64, language);
    (total > MOST_DRAWN).then(|| {
        let values = [("shown", number(MOST_DRAWN)), ("total", number(total))];
        filled(language.words().page_retention_group_curves_some, &values)
    })
}

/// What the test says of the groups.
pub fn test(report: &Report, language: Language) -> String {
    let words = language.words();
    let Some(test) = report.test else { return words.page_lifetime_test_none.to_owned() };
    let value = test.p_value;
    let phrase =
        if value < SIGNIFICANT { words.page_lifetime_test_differs } else { words.page_lifetime_test_alike };
    let values = [
        ("p", p_value(language, value)),
        ("value", language.decimal(test.chi_square, 2)),
        ("degrees", whole(test.degrees, language)),
    ];
    filled(phrase, &values)
}

/// The title of a list of users.
pub fn users_title(answered: &Answer, cell: &Cell, language: Language) -> String {
    let words = language.words();
    let until = params(answered).until.is_some();
    let (title, group) = match cell {
        Cell::Ended { to, group, .. } => {
            let title = match (to, until) {
                (Some(day), false) => {
                    filled(words.page_lifetime_users_ended_by, &[("day", whole(*day, language))])
                }
                (Some(day), true) => {
                    filled(words.page_lifetime_users_event_by, &[("day", whole(*day, language))])
                }
                (None, false) => words.page_lifetime_state_ended.to_owned(),
                (None, true) => words.page_lifetime_state_ended_until.to_owned(),
            };
            (title, group.as_ref())
        }
        Cell::Censored { group, .. } => {
            let title =
                if until { words.page_lifetime_state_left_until } else { words.page_lifetime_state_left };
            (title.to_owned(), group.as_ref())
        }
        Cell::AtRisk { day, group } => {
            let title = filled(words.page_lifetime_users_at_risk, &[("day", whole(*day, language))]);
            (title, group.as_ref())
        }
        Cell::TooRecent => (words.page_lifetime_state_recent.to_owned(), None),
        Cell::Already => (words.page_lifetime_state_already.to_owned(), None),
    };
    let Some(name) = group else { return title };
    let text = groups(&answered.report).iter().find(|own| own.name() == *name);
    let name = text.map(|group| group_name(group, language)).unwrap_or_else(|| match name {
        GroupName::Value(text) => text.clone(),
        GroupName::Others => String::new(),
    });
    filled(words.page_lifetime_users_of_group, &[("users", title), ("group", name)])
}
