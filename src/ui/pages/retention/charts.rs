//! The triangle, the curves and the table.

use crate::pages::periods;
use crate::widgets::frame::{count, sentences};
use crate::widgets::table::{Datum, TableData, amount_text};
use strata::analysis::retention::{Average, Cohort, Params, Relative, Report};
use strata::chart::{self, Band, Emphasis, HeatMap, LineChart, NumberKind, Series, XAxis};
use strata::locale::{Language, fill};
use strata::model::proportion::Interval;
use strata::table::decimal::Amount;

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

pub fn is_open(cohort: &Cohort, offset: usize) -> bool {
    cohort.open_from.is_some_and(|open| offset >= open as usize)
}

/// What stands for a cohort at an offset.
pub fn figure(cohort: &Cohort, offset: usize, numbers: Numbers, relative: Relative) -> Option<f64> {
    match numbers {
        Numbers::Rates => cohort.rate(offset, relative),
        Numbers::Counts => cohort.active.get(offset).map(|active| *active as f64),
        Numbers::Revenue => cohort.value_at(offset).map(Amount::to_f64),
        Numbers::PerUser => cohort.per_user(cohort.value_at(offset)),
        Numbers::Cumulative => cohort.per_user(cohort.cumulative(offset)),
    }
}

/// What stands for all cohorts at an offset; sums have no average.
pub fn average_figure(average: &Average, numbers: Numbers) -> Option<f64> {
    match numbers {
        Numbers::Rates => average.rate,
        Numbers::Counts | Numbers::Revenue => None,
        Numbers::PerUser => average.value.as_ref()?.per_user,
        Numbers::Cumulative => average.value.as_ref()?.cumulative_per_user,
    }
}

pub fn kind(numbers: Numbers) -> NumberKind {
    match numbers {
        Numbers::Rates => NumberKind::Percent,
        Numbers::Counts => NumberKind::Count,
        _ => NumberKind::Decimal,
    }
}

/// A figure in a cell, which has little room.
fn short(value: f64, numbers: Numbers, language: Language) -> String {
    match numbers {
        Numbers::Rates => format!("{}%", language.decimal(value * 100.0, 0)),
        Numbers::Counts => language.decimal(value, 0),
        _ if value.abs() >= 1_000.0 => language.compact(value),
        _ => language.decimal(value, usize::from(value.abs() < 100.0)),
    }
}

/// Cohorts against offsets.
pub fn heat(answered: &Answer, numbers: Numbers, language: Language) -> HeatMap {
    let numbers = numbers.of(answered);
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let period = params.period;
    let rows: Vec<&Cohort> =
        drawn_rows(report).into_iter().filter_map(|row| report.cohorts.get(row)).collect();
    let width = rows.iter().map(|cohort| cohort.active.len()).max().unwrap_or(0);
    let cell =
        |cohort: &Cohort, offset: usize| heat_cell(report, (cohort, offset), numbers, &params, language);
    let cells: Vec<Vec<Option<chart::Cell>>> =
        rows.iter().map(|cohort| (0..width).map(|offset| cell(cohort, offset)).collect()).collect();
    // Offset 0 is the cohort itself: it would leave the colours of all others alike. So would its first purchases.
    let skipped = if numbers.is_money() { 1 } else { first_offset(answered, numbers) };
    let returns = cells.iter().flat_map(|row| row.iter().skip(skipped).flatten());
    let highest = returns.map(|cell| cell.value).fold(0.0, f64::max);
    let unit = match numbers {
        Numbers::Rates => words.page_retention_heat_rates,
        Numbers::Counts => words.page_retention_heat_counts,
        Numbers::Revenue => words.page_retention_heat_revenue,
        Numbers::PerUser => words.page_retention_heat_per_user,
        Numbers::Cumulative => words.page_retention_heat_cumulative,
    };
    let title = if numbers.is_money() { words.page_retention_heat_value } else { words.page_retention_heat };
    HeatMap {
        title: title.to_owned(),
        subtitle: subtitle(unit, answered, language),
        x_name: after(period, language).to_owned(),
        y_name: words.page_retention_cohort.to_owned(),
        note_name: words.page_retention_size.to_owned(),
        row_labels: rows.iter().map(|cohort| cohort_name(cohort.start, period, language)).collect(),
        row_notes: rows.iter().map(|cohort| count(cohort.size, language)).collect(),
        column_labels: (0..width).map(|offset| column_label(report, offset)).collect(),
        cells,
        domain: (highest > 0.0).then_some((0.0, highest)),
        number: kind(numbers),
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
    let value = figure(cohort, offset, numbers, params.relative)?;
    let open = is_open(cohort, offset);
    let closes = cohort.open_from.and_then(|from| cohort.closes.get(offset.checked_sub(from as usize)?));
    let base = if numbers.is_money() { cohort.size } else { cohort.base(offset, params.relative) };
    let amount = match numbers {
        Numbers::Cumulative => cohort.cumulative(offset),
        _ => cohort.value_at(offset),
    };
    let phrase = match (numbers, open) {
        (Numbers::Rates | Numbers::Counts, false) => words.page_retention_tip,
        (Numbers::Rates | Numbers::Counts, true) => words.page_retention_tip_open,
        (Numbers::Cumulative, false) => words.page_retention_tip_cumulative,
        (Numbers::Cumulative, true) => words.page_retention_tip_cumulative_open,
        (_, false) => words.page_retention_tip_value,
        (_, true) => words.page_retention_tip_value_open,
    };
    let rate = cohort.rate(offset, params.relative).map(|rate| language.percent(rate));
    let per_user = cohort.per_user(amount).map(|amount| language.decimal(amount, 2));
    let tip = fill(
        phrase,
        &[
            ("cohort", &cohort_name(cohort.start, params.period, language)),
            ("offset", &offset_name(report, offset, params.period, language)),
            ("active", &count(active, language)),
            ("size", &count(base, language)),
            ("rate", &rate.unwrap_or_default()),
            ("value", &amount.map(|amount| amount_text(amount, language)).unwrap_or_default()),
            ("per_user", &per_user.unwrap_or_default()),
            ("closes", &closes.map(|day| language.date(*day)).unwrap_or_default()),
        ],
    );
    Some(chart::Cell { value, text: short(value, numbers, language), open, tip })
}

/// The first offset among the curves: 0 is the whole cohort unless the two events differ, one of them is not enough, or it is
/// about money.
pub fn first_offset(answered: &Answer, numbers: Numbers) -> usize {
    if numbers.of(answered).is_money() {
        return 0;
    }
    let params = params(answered);
    let same = params.cohort_events == params.return_events && params.cohort_all == params.return_all;
    usize::from(same && params.minimum == 1)
}

/// The latest cohorts, quiet, and the average over all, strong.
pub fn curves(
    answered: &Answer,
    compared: Option<&Report>,
    numbers: Numbers,
    language: Language,
) -> LineChart {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let period = params.period;
    let first = first_offset(answered, numbers);
    // Curves of counts would be the sizes of the cohorts.
    let numbers = if numbers == Numbers::Counts { Numbers::Rates } else { numbers.of(answered) };
    let rows: Vec<&Cohort> =
        drawn_curves(report).into_iter().filter_map(|row| report.cohorts.get(row)).collect();
    let value = |cohort: &Cohort, offset: usize| figure(cohort, offset, numbers, params.relative);
    let line = |cohort: &&Cohort| Series {
        name: cohort_name(cohort.start, period, language),
        values: (first..cohort.active.len()).map(|offset| value(cohort, offset)).collect(),
        open_from: cohort.open_from.map(|open| (open as usize).saturating_sub(first)),
        emphasis: Emphasis::Quiet,
    };
    let averages = |report: &Report| -> Vec<Option<f64>> {
        report.average.iter().skip(first).map(|average| average_figure(average, numbers)).collect()
    };
    let average = Series {
        name: words.page_retention_average.to_owned(),
        values: averages(report),
        open_from: None,
        emphasis: Emphasis::Strong,
    };
    let before = compared.map(|report| Series {
        name: words.page_average_compared.to_owned(),
        values: averages(report),
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
    let is_sure =
        numbers == Numbers::Rates && report.average.iter().any(|average| average.interval.is_some());
    let unit = match numbers {
        Numbers::Revenue => words.page_retention_curves_plain_unit,
        _ => words.page_retention_curves_unit,
    };
    // The axis ends where the last line does.
    let lines: Vec<Series> = rows.iter().map(line).collect();
    let ended = average.values.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let longest = lines.iter().chain(&before).map(|line| line.values.len()).max();
    let length = longest.unwrap_or(0).max(ended);
    LineChart {
        title: if numbers.is_money() {
            words.page_retention_curves_value
        } else {
            words.page_retention_curves
        }
        .to_owned(),
        subtitle: subtitle(unit, answered, language),
        x: XAxis::Steps((first..first + length).map(|offset| column_label(report, offset)).collect()),
        x_name: after(period, language).to_owned(),
        series: lines.into_iter().chain([average]).chain(before).collect(),
        y: kind(numbers),
        from_zero: true,
        bands: is_sure.then_some(band).into_iter().collect(),
        ..LineChart::default()
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
    let numbers = numbers.of(answered);
    let (words, report) = (language.words(), &answered.report);
    let relative = params(answered).relative;
    let rows: Vec<&Cohort> =
        table_rows(report).into_iter().filter_map(|row| report.cohorts.get(row)).collect();
    let width = rows.iter().map(|cohort| cohort.active.len()).max().unwrap_or(0);
    let cell = |cohort: &Cohort, offset: usize| match numbers {
        Numbers::Rates => Datum::share(cohort.rate(offset, relative)),
        Numbers::Counts => cohort.active.get(offset).map_or(Datum::Nothing, |&active| Datum::Count(active)),
        Numbers::Revenue => cohort.value_at(offset).map_or(Datum::Nothing, Datum::Amount),
        Numbers::PerUser | Numbers::Cumulative => {
            figure(cohort, offset, numbers, relative).map_or(Datum::Nothing, Datum::Number)
        }
    };
    let row = |cohort: &&Cohort| {
        let open = cohort.open_from.map_or(Datum::Nothing, |open| Datum::Count(u64::from(open)));
        let head = [Datum::Day(cohort.start), Datum::Day(cohort.end), Datum::Count(cohort.size), open];
        head.into_iter().chain((0..width).map(|offset| cell(cohort, offset))).collect()
    };
    // Sums have no average; pooled figures stand for all cohorts.
    let average = (!matches!(numbers, Numbers::Counts | Numbers::Revenue)).then(|| {
        let head = [
            Datum::Text(words.page_retention_average.to_owned()),
            Datum::Text(String::new()),
            Datum::Count(report.users),
            Datum::Nothing,
        ];
        let pooled = |offset: usize| {
            let value = report.average.get(offset).and_then(|average| average_figure(average, numbers));
            let datum = if numbers.is_money() { Datum::Number } else { Datum::Share };
            value.map_or(Datum::Nothing, datum)
        };
        head.into_iter().chain((0..width).map(pooled)).collect()
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
