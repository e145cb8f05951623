//! The curve and the tables.

use crate::pages::periods::{subtitle, with_compared};
use crate::widgets::frame::count;
use crate::widgets::table::{Datum, TableData};
use strata::analysis::value::{Band, Cell, Report, Top};
use strata::chart::{Emphasis, LineChart, NumberKind, Series, XAxis};
use strata::locale::{Language, fill};

use super::{Answer, text};

/// Parts that the curve divides users into.
pub(super) const POINTS: usize = 100;

/// The Lorenz curve, with that of equal values.
pub(super) fn curve(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let values = |report: &Report| {
        let points = report.lorenz.iter().flatten().copied().map(Some);
        (points.collect::<Vec<_>>(), None)
    };
    let own = values(&answered.report);
    let equal = Series {
        name: words.page_value_equal.to_owned(),
        values: (0..own.0.len()).map(|point| Some(point as f64 / POINTS as f64)).collect(),
        open_from: None,
        emphasis: Emphasis::Quiet,
    };
    let other = compared.map(|compared| values(&compared.report));
    let mut series = with_compared(words.page_value_curve_line, own, other, language);
    series.push(equal);
    LineChart {
        title: words.page_value_curve.to_owned(),
        subtitle: subtitle(words.page_value_curve_unit, answered, None, language),
        x: XAxis::Steps((0..=POINTS).map(|point| point.to_string()).collect()),
        x_name: words.page_value_curve_x.to_owned(),
        series,
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// High, middle and low: how many, how much, from where.
pub(super) fn bands(answered: &Answer, compared: Option<&Answer>, language: Language) -> TableData {
    let words = language.words();
    let report = &answered.report;
    let share_of_users =
        |users: u64, report: &Report| (report.users > 0).then(|| users as f64 / report.users as f64);
    let row = |(place, band): (usize, &Band)| {
        let amount = |amount: Option<_>| amount.map_or(Datum::Nothing, Datum::Amount);
        let mut row = vec![
            Datum::Text(text::band_name(band.key, language)),
            Datum::Count(band.users),
            Datum::share(share_of_users(band.users, report)),
            Datum::Amount(band.revenue),
            Datum::share(band.share),
            amount(band.from),
            amount(band.to),
        ];
        if let Some(compared) = compared {
            row.push(Datum::share(compared.report.bands.get(place).and_then(|band| band.share)));
        }
        row
    };
    let mut columns = vec![
        (words.page_value_band.to_owned(), false),
        (words.page_users.to_owned(), true),
        (words.page_value_users_share.to_owned(), true),
        (words.page_revenue.to_owned(), true),
        (words.page_value_share.to_owned(), true),
        (words.page_value_from.to_owned(), true),
        (words.page_value_to.to_owned(), true),
    ];
    if compared.is_some() {
        columns.push((words.page_value_share_compared.to_owned(), true));
    }
    TableData {
        columns,
        rows: report.bands.iter().enumerate().map(row).collect(),
        opens: vec![1],
        spare: vec![2, 5, 6],
        ..TableData::default()
    }
}

/// What the top of the users brings, and who carries half.
pub(super) fn top(answered: &Answer, compared: Option<&Answer>, language: Language) -> TableData {
    let words = language.words();
    let report = &answered.report;
    let other = |place: usize| {
        compared.and_then(|compared| rows_of(&compared.report).nth(place).and_then(|top| top.share))
    };
    let row = |(place, top): (usize, &Top)| {
        let mut row = vec![
            Datum::Text(title(report, place, language)),
            Datum::Count(top.users),
            Datum::Amount(top.revenue),
            Datum::share(top.share),
        ];
        if compared.is_some() {
            row.push(Datum::share(other(place)));
        }
        row
    };
    let mut columns = vec![
        (words.page_value_part.to_owned(), false),
        (words.page_users.to_owned(), true),
        (words.page_revenue.to_owned(), true),
        (words.page_value_share.to_owned(), true),
    ];
    if compared.is_some() {
        columns.push((words.page_value_share_compared.to_owned(), true));
    }
    TableData {
        columns,
        rows: rows_of(report).enumerate().map(row).collect(),
        opens: vec![1],
        ..TableData::default()
    }
}

fn rows_of(report: &Report) -> impl Iterator<Item = &Top> {
    report.top.iter().chain(&report.half)
}

fn title(report: &Report, row: usize, language: Language) -> String {
    match report.top.get(row) {
        Some(top) => text::top_name(top.percent as u32, language),
        None => {
            let users = report.half.as_ref().map_or(0, |half| half.users);
            fill(language.words().page_value_half, &[("users", &count(users, language))])
        }
    }
}

/// The cell of a row in the table of tops.
pub(super) fn top_cell(report: &Report, row: usize, language: Language) -> Option<(String, Cell)> {
    let cell = match report.top.get(row) {
        Some(top) => Cell::Top(top.percent as u32),
        None => report.half.as_ref().map(|_| Cell::Half)?,
    };
    Some((title(report, row, language), cell))
}
