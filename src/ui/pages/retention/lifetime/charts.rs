//! The curves and the tables.

use crate::pages::periods::{subtitle, with_compared};
use crate::widgets::table::{Datum, TableData};
use strata::analysis::breakdown::GroupName;
use strata::analysis::survival::{Cell, Estimate, Group, Report, Step};
use strata::chart::{Band, Emphasis, LineChart, NumberKind, Series, XAxis};
use strata::locale::{Language, fill};
use strata::model::proportion::Interval;

use super::{Answer, params, text};

/// The most groups among the curves.
pub const MOST_DRAWN: usize = 8;
/// With more lines their bands would hide each other.
const MOST_BANDS: usize = 3;
/// The days whose survival groups are told with, if they reach so far.
const GROUP_DAYS: [u32; 3] = [7, 30, 90];

/// The groups, if there are any.
pub fn groups(report: &Report) -> &[Group] {
    report.groups.as_deref().unwrap_or(&[])
}

/// A value for each day of life from 0 to the last step's.
fn daily(estimate: &Estimate, pick: impl Fn(&Step) -> f64) -> Vec<Option<f64>> {
    let mut values = Vec::new();
    let mut steps = estimate.steps.iter().peekable();
    while let Some(step) = steps.next() {
        // A curve that goes no further is drawn up to the last day with a life.
        let end = steps.peek().map_or(step.from + 1, |next| next.from);
        values.resize(end as usize, Some(pick(step)));
    }
    values
}

fn band(series: usize, estimate: &Estimate, language: Language) -> Band {
    let bound = |pick: fn(&Interval) -> f64| daily(estimate, |step| pick(&step.interval));
    Band {
        series,
        name: language.words().page_retention_band.to_owned(),
        low: bound(|interval| interval.low),
        high: bound(|interval| interval.high),
    }
}

fn x_axis(count: usize) -> XAxis {
    XAxis::Steps((0..count).map(|day| day.to_string()).collect())
}

/// The share that is left after each day, and that of what is compared.
pub fn curve(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let (words, all) = (language.words(), &answered.report.all);
    let until = params(answered).until.is_some();
    let values = |answered: &Answer| (daily(&answered.report.all, |step| step.survival), None);
    let name = if until { words.page_lifetime_line_until } else { words.page_lifetime_line };
    let unit = if until { words.page_lifetime_unit_until } else { words.page_lifetime_unit };
    LineChart {
        title: if until { words.page_lifetime_curve_until } else { words.page_lifetime_curve }.to_owned(),
        subtitle: subtitle(unit, answered, None, language),
        x: x_axis(values(answered).0.len()),
        x_name: words.page_lifetime_x.to_owned(),
        series: with_compared(name, values(answered), compared.map(values), language),
        bands: vec![band(0, all, language)],
        y: NumberKind::Percent,
        from_zero: true,
        stepped: true,
    }
}

/// A line for each of the largest groups.
pub fn group_curves(answered: &Answer, language: Language) -> LineChart {
    let words = language.words();
    let groups = groups(&answered.report);
    let drawn = groups.get(..groups.len().min(MOST_DRAWN)).unwrap_or(&[]);
    let line = |group: &Group| Series {
        name: text::group_name(group, language),
        values: daily(&group.estimate, |step| step.survival),
        open_from: None,
        emphasis: Emphasis::Normal,
    };
    let series: Vec<Series> = drawn.iter().map(line).collect();
    let bands = drawn.iter().enumerate().filter(|_| drawn.len() <= MOST_BANDS);
    let unit = fill(words.page_lifetime_group_unit, &[("column", &text::column(answered))]);
    LineChart {
        title: words.page_lifetime_group_curves.to_owned(),
        subtitle: subtitle(&unit, answered, None, language),
        x: x_axis(series.iter().map(|series| series.values.len()).max().unwrap_or(0)),
        x_name: words.page_lifetime_x.to_owned(),
        bands: bands.map(|(place, group)| band(place, &group.estimate, language)).collect(),
        series,
        y: NumberKind::Percent,
        from_zero: true,
        stepped: true,
    }
}

/// An interval of shares.
fn shares(interval: Option<&Interval>, language: Language) -> Datum {
    interval.map_or(Datum::Nothing, |interval| {
        let (low, high) = (language.percent(interval.low), language.percent(interval.high));
        Datum::Text(fill(language.words().chart_range, &[("low", &low), ("high", &high)]))
    })
}

/// The columns of the table of days that open users.
const AT_RISK_COLUMN: usize = 3;
const ENDED_COLUMN: usize = 4;

/// Survival at some days.
pub fn days(answered: &Answer, compared: Option<&Answer>, language: Language) -> TableData {
    let words = language.words();
    let until = params(answered).until.is_some();
    let other = compared.map(|compared| &compared.report.all.points);
    let row = |point: &strata::analysis::survival::Point| {
        let mut row = vec![
            Datum::Count(u64::from(point.day)),
            Datum::share(point.survival),
            shares(point.interval.as_ref(), language),
            Datum::Count(point.at_risk),
            Datum::Count(point.ended),
        ];
        if let Some(other) = other {
            let same = other.iter().find(|other| other.day == point.day);
            row.push(Datum::share(same.and_then(|same| same.survival)));
            row.push(shares(same.and_then(|same| same.interval.as_ref()), language));
        }
        row
    };
    let (left, ended) = if until {
        (words.page_lifetime_left_until, words.page_lifetime_ended_until)
    } else {
        (words.page_lifetime_left, words.page_lifetime_ended)
    };
    let mut columns = vec![
        (words.page_lifetime_day, true),
        (left, true),
        (words.page_lifetime_interval, true),
        (words.page_lifetime_at_risk, true),
        (ended, true),
    ];
    if other.is_some() {
        columns.push((words.page_lifetime_left_compared, true));
        columns.push((words.page_lifetime_interval_compared, true));
    }
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: answered.report.all.points.iter().map(row).collect(),
        opens: vec![AT_RISK_COLUMN, ENDED_COLUMN],
        ..TableData::default()
    }
}

/// What a cell of the table of days opens.
pub fn cell_of_day(answered: &Answer, row: usize, column: usize) -> Option<Cell> {
    let day = answered.report.all.points.get(row)?.day;
    match column {
        ENDED_COLUMN => Some(Cell::Ended { from: 0, to: Some(day), group: None }),
        _ => Some(Cell::AtRisk { day, group: None }),
    }
}

/// What became of the users, with what to open.
fn all_states(answered: &Answer, language: Language) -> Vec<(&'static str, u64, Cell)> {
    let (words, report) = (language.words(), &answered.report);
    let until = params(answered).until.is_some();
    let mut states = vec![
        (
            if until { words.page_lifetime_state_ended_until } else { words.page_lifetime_state_ended },
            report.all.ended,
            Cell::Ended { from: 0, to: None, group: None },
        ),
        (
            if until { words.page_lifetime_state_left_until } else { words.page_lifetime_state_left },
            report.all.censored,
            Cell::Censored { from: 0, to: None, group: None },
        ),
    ];
    states.push(if until {
        (words.page_lifetime_state_already, report.already, Cell::Already)
    } else {
        (words.page_lifetime_state_recent, report.too_recent, Cell::TooRecent)
    });
    states
}

/// How many users are behind the curve, and who is not.
pub fn states(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let states = all_states(answered, language);
    TableData {
        columns: vec![
            (words.page_lifetime_state.to_owned(), false),
            (words.page_lifetime_users.to_owned(), true),
        ],
        rows: states
            .into_iter()
            .map(|(name, users, _)| vec![Datum::Text(name.to_owned()), Datum::Count(users)])
            .collect(),
        opens: vec![1],
        ..TableData::default()
    }
}

/// What a row of the table of states opens.
pub fn cell_of_state(answered: &Answer, row: usize) -> Option<Cell> {
    all_states(answered, Language::English).into_iter().nth(row).map(|(_, _, cell)| cell)
}

/// The groups with their figures.
pub fn group_table(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let until = params(answered).until.is_some();
    let told: Vec<u32> = GROUP_DAYS.into_iter().filter(|day| *day <= answered.report.horizon).collect();
    let row = |group: &Group| {
        let own = &group.estimate;
        let mut row = vec![
            Datum::Text(text::group_name(group, language)),
            Datum::Count(own.users),
            Datum::Count(own.ended),
            Datum::Count(own.censored),
            own.median.time.map_or(Datum::Nothing, |days| Datum::Count(u64::from(days))),
            text::median_range(&own.median, language).map_or(Datum::Nothing, Datum::Text),
            own.mean.map_or(Datum::Nothing, |mean| Datum::Number(mean.mean)),
            // A group's curve may end before the horizon.
            own.mean.map_or(Datum::Nothing, |mean| Datum::Count(u64::from(mean.until))),
        ];
        let at = |day: &u32| own.points.iter().find(|point| point.day == *day);
        row.extend(told.iter().map(|day| Datum::share(at(day).and_then(|point| point.survival))));
        row
    };
    let ended = if until { words.page_lifetime_state_ended_until } else { words.page_lifetime_state_ended };
    let head = [
        (text::column(answered), false),
        (words.page_lifetime_users.to_owned(), true),
        (ended.to_owned(), true),
        (words.page_lifetime_group_censored.to_owned(), true),
        (words.page_lifetime_median.to_owned(), true),
        (words.page_lifetime_interval.to_owned(), true),
        (words.page_lifetime_mean.to_owned(), true),
        (words.page_lifetime_mean_until.to_owned(), true),
    ];
    let days =
        told.iter().map(|day| (fill(words.page_lifetime_left_at, &[("days", &day.to_string())]), true));
    TableData {
        columns: head.into_iter().chain(days).collect(),
        rows: groups(&answered.report).iter().map(row).collect(),
        opens: vec![1, 2, 3],
        ..TableData::default()
    }
}

/// What a column of the table of groups opens.
pub fn group_cell(column: usize, group: Option<GroupName>) -> Cell {
    match column {
        2 => Cell::Ended { from: 0, to: None, group },
        3 => Cell::Censored { from: 0, to: None, group },
        _ => Cell::AtRisk { day: 0, group },
    }
}
