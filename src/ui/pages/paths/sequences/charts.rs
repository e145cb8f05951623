//! How often, when, and the tables.

use crate::pages::periods;
use crate::scope::comparison::Comparison;
use crate::widgets::frame::count;
use crate::widgets::table::{Datum, TableData};
use strata::analysis::sequence::{MOST_TIMES, Report};
use strata::chart::{Arrangement, ColumnChart, LineChart, NumberKind, XAxis};
use strata::locale::{Language, fill};

use super::Answer;
use super::text::{self, Group, known, params};

fn subtitle(unit: &str, answered: &Answer, language: Language) -> String {
    periods::subtitle(unit, answered, params(answered).week_start, language)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Those who match and those who do not, and how they differ from those compared.
pub fn groups(
    answered: &Answer,
    compared: Option<&Answer>,
    comparison: &Comparison,
    language: Language,
) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let rate = |group: Group, report: &Report| match group {
        Group::Undecided => None,
        _ => share(group.users(report), known(report)),
    };
    let row = |group: Group| {
        let mut row = vec![
            Datum::Text(group.name(language)),
            Datum::Count(group.users(report)),
            Datum::share(rate(group, report)),
        ];
        if let Some(compared) = compared.map(|compared| &compared.report) {
            let rates = rate(group, report).zip(rate(group, compared));
            let text = |text: Option<String>| text.map_or(Datum::Nothing, Datum::Text);
            let p_value = text::p_value(report, compared, comparison).filter(|_| group == Group::Matched);
            row.extend([
                Datum::Count(group.users(compared)),
                Datum::share(rate(group, compared)),
                text(rates.map(|(own, other)| text::points(own, other, language))),
                text(p_value.map(|value| text::test(value, language))),
            ]);
        }
        row
    };
    let own = [(words.page_sequence_group, false), (words.page_users, true), (words.page_share, true)];
    let other = [
        (words.page_sequence_compared_users, true),
        (words.page_sequence_compared_share, true),
        (words.page_sequence_difference, true),
        (words.page_sequence_test, true),
    ];
    let other = compared.is_some().then_some(other).into_iter().flatten();
    TableData {
        columns: own.into_iter().chain(other).map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: Group::all(report).into_iter().map(row).collect(),
        opens: vec![1],
        ..TableData::default()
    }
}

/// How often those who match do so: from once to the most.
pub fn times(answered: &Answer, compared: Option<&Answer>, language: Language) -> ColumnChart {
    let words = language.words();
    let of_report = |report: &Report| report.distribution.last().map_or(0, |most| most.times);
    let other = compared.map_or(0, |compared| of_report(&compared.report));
    let most = of_report(&answered.report).max(other);
    let values = |answered: &Answer| {
        let report = &answered.report;
        let users = |times: u64| report.distribution.iter().find(|entry| entry.times == times);
        let share = |times| share(users(times).map_or(0, |entry| entry.users), report.matched);
        ((1..=most).map(share).collect(), None)
    };
    let series = periods::with_compared(
        words.page_sequence_times_series,
        values(answered),
        compared.map(values),
        language,
    );
    let name = |times: u64| match times {
        MOST_TIMES => fill(words.page_sequence_times_more, &[("times", &count(times, language))]),
        _ => count(times, language),
    };
    ColumnChart {
        title: words.page_sequence_times.to_owned(),
        subtitle: subtitle(words.page_sequence_times_unit, answered, language),
        x: XAxis::Steps((1..=most).map(name).collect()),
        x_name: words.page_sequence_times_x.to_owned(),
        arrangement: Arrangement::Grouped,
        series,
        y: NumberKind::Percent,
        ..ColumnChart::default()
    }
}

/// Who completes the order in each period.
pub fn trend(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let params = params(answered);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    let trend = answered.report.trend.as_deref().unwrap_or(&[]);
    let values = |answered: &Answer| {
        let periods = answered.report.trend.as_deref().unwrap_or(&[]);
        let rates = periods.iter().map(|period| period.rate).collect();
        (rates, periods.iter().position(|period| period.open))
    };
    let series = periods::with_compared(
        words.page_sequence_trend_line,
        values(answered),
        compared.map(values),
        language,
    );
    let start = trend.first().map(|period| period.start);
    LineChart {
        title: words.page_sequence_trend_title.to_owned(),
        subtitle: subtitle(words.page_sequence_trend_unit, answered, language),
        x: periods::axis(start, trend.len(), params.trend.unwrap_or_default(), week_start),
        series,
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// Users by how often they match, those who never do among them.
pub fn times_table(answered: &Answer, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let row = |entry: &strata::analysis::sequence::Times| {
        vec![
            match entry.times {
                MOST_TIMES => Datum::Text(fill(
                    words.page_sequence_times_more,
                    &[("times", &count(entry.times, language))],
                )),
                times => Datum::Count(times),
            },
            Datum::Count(entry.users),
            Datum::share(share(entry.users, known(report))),
            Datum::share(share(entry.users, report.matched).filter(|_| entry.times > 0)),
        ]
    };
    let columns =
        [words.page_sequence_times_x, words.page_users, words.page_share, words.page_sequence_times_series];
    TableData {
        columns: columns.map(|name| (name.to_owned(), true)).to_vec(),
        rows: report.distribution.iter().map(row).collect(),
        opens: vec![1],
        ..TableData::default()
    }
}
