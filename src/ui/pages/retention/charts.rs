//! The triangle, the curves and the table.

use crate::pages::periods;
use crate::widgets::frame::{count, sentences};
use crate::widgets::table::{Datum, TableData};
use strata::analysis::retention::{Cohort, Params, Report};
use strata::chart::{self, Band, Emphasis, HeatMap, LineChart, NumberKind, Series, XAxis};
use strata::locale::{Language, fill};
use strata::model::proportion::Interval;

use super::text::{after, cohort_name, column_label, offset_name};
use super::{Answer, Numbers, params};

/// The most cohorts in the heat map: a picture of more could not be read.
const MOST_ROWS: usize = 60;
/// The most cohorts among the curves.
const MOST_CURVES: usize = 12;
/// The column of the table that offset 0 stands in.
pub const FIRST_OFFSET_COLUMN: usize = 4;

/// The report's cohorts that the heat map shows: the latest, those without users left out.
pub fn drawn_rows(report: &Report) -> Vec<usize> {
    latest(filled(report), MOST_ROWS)
}

/// The report's cohorts among the curves: the latest that have come far enough for a line.
pub fn drawn_curves(report: &Report) -> Vec<usize> {
    let lines = filled(report).into_iter().filter(|&row| {
        let complete = report
            .cohorts
            .get(row)
            .map_or(0, |cohort| cohort.open_from.map_or(cohort.active.len(), |open| open as usize));
        complete >= 3
    });
    latest(lines.collect(), MOST_CURVES)
}

/// The report's cohorts in the table, latest first.
pub fn table_rows(report: &Report) -> Vec<usize> {
    filled(report).into_iter().rev().collect()
}

fn filled(report: &Report) -> Vec<usize> {
    let rows = report.cohorts.iter().enumerate().filter(|(_, cohort)| cohort.size > 0);
    rows.map(|(row, _)| row).collect()
}

fn latest(mut rows: Vec<usize>, most: usize) -> Vec<usize> {
    rows.split_off(rows.len().saturating_sub(most))
}

fn is_open(cohort: &Cohort, offset: usize) -> bool {
    cohort.open_from.is_some_and(|open| offset >= open as usize)
}

/// Cohorts against offsets.
pub fn heat(answered: &Answer, numbers: Numbers, language: Language) -> HeatMap {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let period = params.period;
    let rows: Vec<&Cohort> =
        drawn_rows(report).into_iter().filter_map(|row| report.cohorts.get(row)).collect();
    let width = rows.iter().map(|cohort| cohort.active.len()).max().unwrap_or(0);
    let cell =
        |cohort: &Cohort, offset: usize| heat_cell(report, (cohort, offset), numbers, &params, language);
    let cells: Vec<Vec<Option<chart::Cell>>> =
        rows.iter().map(|cohort| (0..width).map(|offset| cell(cohort, offset)).collect()).collect();
    // Offset 0 is the cohort itself: it would leave the colours of all others alike.
    let returns = cells.iter().flat_map(|row| row.iter().skip(first_offset(answered)).flatten());
    let highest = returns.map(|cell| cell.value).fold(0.0, f64::max);
    let unit = match numbers {
        Numbers::Rates => words.page_retention_heat_rates,
        Numbers::Counts => words.page_retention_heat_counts,
    };
    HeatMap {
        title: words.page_retention_heat.to_owned(),
        subtitle: subtitle(unit, answered, language),
        x_name: after(period, language).to_owned(),
        y_name: words.page_retention_cohort.to_owned(),
        note_name: words.page_retention_size.to_owned(),
        row_labels: rows.iter().map(|cohort| cohort_name(cohort.start, period, language)).collect(),
        row_notes: rows.iter().map(|cohort| count(cohort.size, language)).collect(),
        column_labels: (0..width).map(|offset| column_label(report, offset)).collect(),
        cells,
        domain: (highest > 0.0).then_some((0.0, highest)),
        number: match numbers {
            Numbers::Rates => NumberKind::Percent,
            Numbers::Counts => NumberKind::Count,
        },
        ..HeatMap::default()
    }
}

fn heat_cell(
    report: &Report,
    (cohort, offset): (&Cohort, usize),
    numbers: Numbers,
    params: &Params,
    language: Language,
) -> Option<chart::Cell> {
    let words = language.words();
    let active = *cohort.active.get(offset)?;
    let rate = cohort.rate(offset, params.relative)?;
    let base = cohort.base(offset, params.relative);
    let open = is_open(cohort, offset);
    let (value, text) = match numbers {
        // A cell has room for whole percents; the tip has the place behind the point.
        Numbers::Rates => (rate, format!("{}%", language.decimal(rate * 100.0, 0))),
        Numbers::Counts => (active as f64, count(active, language)),
    };
    let closes = cohort.open_from.and_then(|from| cohort.closes.get(offset.checked_sub(from as usize)?));
    let tip = fill(
        if open { words.page_retention_tip_open } else { words.page_retention_tip },
        &[
            ("cohort", &cohort_name(cohort.start, params.period, language)),
            ("offset", &offset_name(report, offset, params.period, language)),
            ("active", &count(active, language)),
            ("size", &count(base, language)),
            ("rate", &language.percent(rate)),
            ("closes", &closes.map(|day| language.date(*day)).unwrap_or_default()),
        ],
    );
    Some(chart::Cell { value, text, open, tip })
}

/// The first offset among the curves: 0 is the whole cohort unless the two events differ, or one of them is not enough.
pub fn first_offset(answered: &Answer) -> usize {
    let params = params(answered);
    let same = params.cohort_events == params.return_events && params.cohort_all == params.return_all;
    usize::from(same && params.minimum == 1)
}

/// The latest cohorts, quiet, and the average over all, strong.
pub fn curves(answered: &Answer, compared: Option<&Report>, language: Language) -> LineChart {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let period = params.period;
    let first = first_offset(answered);
    let rows: Vec<&Cohort> =
        drawn_curves(report).into_iter().filter_map(|row| report.cohorts.get(row)).collect();
    let line = |cohort: &&Cohort| Series {
        name: cohort_name(cohort.start, period, language),
        values: (first..cohort.active.len()).map(|offset| cohort.rate(offset, params.relative)).collect(),
        open_from: cohort.open_from.map(|open| (open as usize).saturating_sub(first)),
        emphasis: Emphasis::Quiet,
    };
    let average = Series {
        name: words.page_retention_average.to_owned(),
        values: report.average.iter().skip(first).map(|average| average.rate).collect(),
        open_from: None,
        emphasis: Emphasis::Strong,
    };
    let before = compared.map(|report| Series {
        name: words.page_average_compared.to_owned(),
        values: report.average.iter().skip(first).map(|average| average.rate).collect(),
        open_from: None,
        emphasis: Emphasis::Reference,
    });
    // How sure the average is, where it is one of all users together.
    let bound = |pick: fn(&Interval) -> f64| -> Vec<Option<f64>> {
        report.average.iter().skip(first).map(|average| average.interval.as_ref().map(pick)).collect()
    };
    let band = Band {
        series: rows.len(),
        name: words.page_retention_band.to_owned(),
        low: bound(|interval| interval.low),
        high: bound(|interval| interval.high),
    };
    let is_sure = report.average.iter().any(|average| average.interval.is_some());
    // The axis ends where the last line does.
    let lines: Vec<Series> = rows.iter().map(line).collect();
    let ended = average.values.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let longest = lines.iter().chain(&before).map(|line| line.values.len()).max();
    let length = longest.unwrap_or(0).max(ended);
    LineChart {
        title: words.page_retention_curves.to_owned(),
        subtitle: subtitle(words.page_retention_curves_unit, answered, language),
        x: XAxis::Steps((first..first + length).map(|offset| column_label(report, offset)).collect()),
        x_name: after(period, language).to_owned(),
        series: lines.into_iter().chain([average]).chain(before).collect(),
        y: NumberKind::Percent,
        from_zero: true,
        bands: is_sure.then_some(band).into_iter().collect(),
    }
}

fn subtitle(unit: &str, answered: &Answer, language: Language) -> String {
    periods::subtitle(unit, answered, params(answered).week_start, language)
}

/// What open cells are, and whether cohorts are left out of the picture.
pub fn note(report: &Report, language: Language) -> Option<String> {
    let words = language.words();
    let rows = drawn_rows(report);
    let open =
        rows.iter().filter_map(|&row| report.cohorts.get(row)).any(|cohort| cohort.open_from.is_some());
    let open = open.then(|| fill(words.page_retention_open_note, &[("day", &language.date(report.span.1))]));
    let number = |number: usize| count(number as u64, language);
    let total = filled(report).len();
    let latest = (rows.len() < total).then(|| {
        fill(words.page_retention_latest_note, &[("shown", &number(rows.len())), ("total", &number(total))])
    });
    let parts: Vec<String> = open.into_iter().chain(latest).collect();
    (!parts.is_empty()).then(|| sentences(&parts, language))
}

/// All cohorts with users, latest first.
pub fn table(answered: &Answer, numbers: Numbers, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let relative = params(answered).relative;
    let rows: Vec<&Cohort> =
        table_rows(report).into_iter().filter_map(|row| report.cohorts.get(row)).collect();
    let width = rows.iter().map(|cohort| cohort.active.len()).max().unwrap_or(0);
    let cell = |cohort: &Cohort, offset: usize| match numbers {
        Numbers::Rates => Datum::share(cohort.rate(offset, relative)),
        Numbers::Counts => cohort.active.get(offset).map_or(Datum::Nothing, |&active| Datum::Count(active)),
    };
    let row = |cohort: &&Cohort| {
        let open = cohort.open_from.map_or(Datum::Nothing, |open| Datum::Count(u64::from(open)));
        let head = [Datum::Day(cohort.start), Datum::Day(cohort.end), Datum::Count(cohort.size), open];
        head.into_iter().chain((0..width).map(|offset| cell(cohort, offset))).collect()
    };
    // Counts have no average; a pooled rate stands for all cohorts.
    let average = (numbers == Numbers::Rates).then(|| {
        let head = [
            Datum::Text(words.page_retention_average.to_owned()),
            Datum::Text(String::new()),
            Datum::Count(report.users),
            Datum::Nothing,
        ];
        let rate = |offset: usize| Datum::share(report.average.get(offset).and_then(|average| average.rate));
        head.into_iter().chain((0..width).map(rate)).collect()
    });
    let head = [
        (words.page_retention_start, false),
        (words.page_retention_end, false),
        (words.page_retention_size, true),
        (words.page_retention_open_from, true),
    ];
    let offsets = (0..width).map(|offset| (column_label(report, offset), true));
    let columns = head.into_iter().map(|(name, figures)| (name.to_owned(), figures)).chain(offsets);
    TableData {
        columns: columns.collect(),
        rows: rows.iter().map(row).collect(),
        summary: average.into_iter().collect(),
        // The size opens the whole cohort, the offsets open their cells.
        opens: std::iter::once(2).chain(FIRST_OFFSET_COLUMN..FIRST_OFFSET_COLUMN + width).collect(),
        // The start and the period say where a cohort ends; open cells are marked.
        spare: vec![1, 3],
        open_from: rows
            .iter()
            .map(|cohort| cohort.open_from.map(|open| FIRST_OFFSET_COLUMN + open as usize))
            .collect(),
    }
}
