//! Groups of a breakdown: their curves, their table, and each against all others.

use leptos::prelude::*;

use crate::pages::periods;
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::count;
use crate::widgets::question::Question;
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::retention::compare::against_rest;
use strata::analysis::retention::{Average, Cell, Entry, Group, Report};
use strata::chart::{Band, Emphasis, LineChart, Mark, Series, XAxis};
use strata::locale::{Language, fill};
use strata::model::proportion::Interval;

use super::charts::{average_figure, first_offset, kind};
use super::compare::{difference_data, p_data};
use super::text::{after, column_label, offset_name};
use super::{Answer, Choices, Numbers, params};

/// The most groups among the curves.
const MOST_DRAWN: usize = 12;
/// With more lines their bands would hide each other.
const MOST_BANDS: usize = 3;
/// The columns of the table that the users and offset 0 stand in.
const USERS_COLUMN: usize = 1;
const FIRST_COLUMN: usize = 2;
/// The column of users who were back, in the comparison of groups.
const BACK_COLUMN: usize = 1;

fn groups(report: &Report) -> &[Group] {
    report.groups.as_deref().unwrap_or(&[])
}

fn name(group: &Group, language: Language) -> String {
    let words = language.words();
    match group.value.as_deref() {
        None => fill(words.page_retention_others, &[("values", &count(group.values, language))]),
        Some("") => words.mapping_empty_cell.to_owned(),
        Some(text) => text.to_owned(),
    }
}

fn column(answered: &Answer) -> String {
    params(answered).breakdown.map(|breakdown| breakdown.column).unwrap_or_default()
}

/// A line for each of the largest groups.
fn curves(answered: &Answer, numbers: Numbers, language: Language) -> LineChart {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let first = first_offset(answered, numbers);
    // Sums of groups of different sizes would say how large they are.
    let numbers = match numbers.of(answered) {
        Numbers::Counts => Numbers::Rates,
        Numbers::Revenue => Numbers::PerUser,
        other => other,
    };
    let drawn = groups(report).get(..groups(report).len().min(MOST_DRAWN)).unwrap_or(&[]);
    let reached = |group: &Group| {
        group.average.iter().rposition(|average| average.users > 0).map_or(0, |last| last + 1)
    };
    let length = drawn.iter().map(reached).max().unwrap_or(0).max(first);
    let values = |group: &Group, pick: &dyn Fn(&Average) -> Option<f64>| -> Vec<Option<f64>> {
        group.average.get(first..length).unwrap_or(&[]).iter().map(pick).collect()
    };
    let bound = |group: &Group, pick: fn(&Interval) -> f64| {
        values(group, &|average| average.interval.as_ref().map(pick))
    };
    let bands = drawn.iter().enumerate().filter(|_| drawn.len() <= MOST_BANDS && numbers == Numbers::Rates);
    let band = |(series, group): (usize, &Group)| Band {
        series,
        name: words.page_retention_band.to_owned(),
        low: bound(group, |interval| interval.low),
        high: bound(group, |interval| interval.high),
    };
    let line = |group: &Group| Series {
        name: name(group, language),
        values: values(group, &|average| average_figure(average, numbers)),
        open_from: None,
        emphasis: Emphasis::Normal,
    };
    let title = match numbers {
        Numbers::PerUser => words.page_retention_group_per_user,
        Numbers::Cumulative => words.page_retention_group_cumulative,
        _ => words.page_retention_group_curves,
    };
    let unit = fill(words.page_retention_group_curves_unit, &[("column", &column(answered))]);
    LineChart {
        title: title.to_owned(),
        subtitle: periods::subtitle(&unit, answered, params.week_start, language),
        x: XAxis::Steps((first..length).map(|offset| column_label(report, offset)).collect()),
        x_name: after(params.period, language).to_owned(),
        series: drawn.iter().map(line).collect(),
        y: kind(numbers),
        from_zero: true,
        bands: bands.map(band).collect(),
        ..LineChart::default()
    }
}

/// Whether groups are left out of the picture.
fn note(report: &Report, language: Language) -> Option<String> {
    let total = groups(report).len();
    let number = |number: usize| count(number as u64, language);
    (total > MOST_DRAWN).then(|| {
        fill(
            language.words().page_retention_group_curves_some,
            &[("shown", &number(MOST_DRAWN)), ("total", &number(total))],
        )
    })
}

/// Whether a figure at an offset opens as many users as it says: with recurring cohorts a user counts several times.
fn opens_offsets(answered: &Answer) -> bool {
    params(answered).entry != Entry::Recurring
}

fn table(answered: &Answer, numbers: Numbers, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let numbers = numbers.of(answered);
    let width = report.offsets.len();
    let figure = |average: &Average| match numbers {
        Numbers::Rates => Datum::share(average.rate),
        Numbers::Counts => Datum::Count(average.returned),
        Numbers::Revenue => average.value.as_ref().map_or(Datum::Nothing, |value| Datum::Amount(value.value)),
        Numbers::PerUser | Numbers::Cumulative => {
            average_figure(average, numbers).map_or(Datum::Nothing, Datum::Number)
        }
    };
    let row = |group: &Group| {
        let head = [Datum::Text(name(group, language)), Datum::Count(group.users)];
        let told = |average: &Average| if average.users > 0 { figure(average) } else { Datum::Nothing };
        head.into_iter().chain(group.average.iter().map(told)).collect()
    };
    let head = [(column(answered), false), (words.page_retention_size.to_owned(), true)];
    let offsets = (0..width).map(|offset| (column_label(report, offset), true));
    let figures = FIRST_COLUMN..FIRST_COLUMN + if opens_offsets(answered) { width } else { 0 };
    TableData {
        columns: head.into_iter().chain(offsets).collect(),
        rows: groups(report).iter().map(row).collect(),
        opens: std::iter::once(USERS_COLUMN).chain(figures).collect(),
        ..TableData::default()
    }
}

/// Each group against all others, at one offset.
fn rest(answered: &Answer, at: usize, language: Language) -> TableData {
    let words = language.words();
    let testable = opens_offsets(answered) && params(answered).rates_are_shares();
    let differences = against_rest(groups(&answered.report), at);
    let row = |(group, found): (&Group, _)| {
        let average = group.average.get(at);
        let of =
            |pick: fn(&Average) -> u64| average.map_or(Datum::Nothing, |average| Datum::Count(pick(average)));
        let head = [
            Datum::Text(name(group, language)),
            of(|average| average.returned),
            of(|average| average.users),
            Datum::share(average.and_then(|average| average.rate)),
        ];
        head.into_iter()
            .chain(difference_data(&found, testable, language))
            .chain([p_data(&found, testable, language)])
            .collect()
    };
    let columns = [
        (column(answered), false),
        (words.page_retention_counted.to_owned(), true),
        (words.page_retention_of.to_owned(), true),
        (words.page_retention_rate.to_owned(), true),
        (words.page_retention_difference_points.to_owned(), true),
        (words.page_retention_interval.to_owned(), true),
        (words.page_retention_p_value.to_owned(), true),
    ];
    TableData {
        columns: columns.into_iter().collect(),
        rows: groups(&answered.report).iter().zip(differences).map(row).collect(),
        opens: if testable { vec![BACK_COLUMN] } else { Vec::new() },
        ..TableData::default()
    }
}

/// The groups, where there are any.
#[component]
pub fn Groups(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let has_groups =
        Memo::new(move |_| question.map(|answered| !groups(&answered.report).is_empty()).unwrap_or(false));
    move || has_groups.get().then(|| content(app, choices, question))
}

fn content(app: App, choices: Choices, question: Question<Report>) -> AnyView {
    let behind = UsersBehind::get();
    let language = app.language;
    let lines = Signal::derive(move || {
        let made =
            question.map(|answered| Picture::from(curves(answered, choices.numbers.get(), language.get())));
        made.unwrap_or_default()
    });
    let rows = Signal::derive(move || {
        question.map(|answered| table(answered, choices.numbers.get(), language.get())).unwrap_or_default()
    });
    let tests = Signal::derive(move || {
        question
            .map(|answered| rest(answered, choices.offset(&answered.report), language.get()))
            .unwrap_or_default()
    });
    let open = move |place: usize, offset: Option<usize>| {
        question.map(|answered: &Answer| {
            let Some(group) = groups(&answered.report).get(place) else { return };
            let language = language.get_untracked();
            let (words, name) = (language.words(), name(group, language));
            let title = match offset {
                Some(offset) => {
                    let at = offset_name(&answered.report, offset, params(answered).period, language);
                    fill(words.page_retention_users_of, &[("cohort", &name), ("offset", &at)])
                }
                None => fill(words.page_retention_users_of_group, &[("group", &name)]),
            };
            let offset = offset.and_then(|offset| u32::try_from(offset).ok());
            behind.open(title, &answered.query, &Cell { cohort: None, offset, group: Some(group.name()) });
        });
    };
    // Money is that of the whole group.
    let money = move || choices.numbers.get_untracked().is_money();
    let from_curve = move |mark: Mark| {
        let first = question.map(|answered| {
            opens_offsets(answered).then(|| first_offset(answered, choices.numbers.get_untracked()))
        });
        if let Some(first) = first.flatten() {
            open(mark.series, Some(first + mark.index).filter(|_| !money()));
        }
    };
    let from_table = move |(row, column): (usize, usize)| {
        open(row, column.checked_sub(FIRST_COLUMN).filter(|_| !money()));
    };
    let from_rest = move |(row, _): (usize, usize)| {
        if let Some(at) = question.map(|answered| choices.offset(&answered.report)) {
            open(row, Some(at));
        }
    };
    let title = Signal::derive(move || {
        let language = language.get();
        let at = question.map(|answered| {
            let report = &answered.report;
            offset_name(report, choices.offset(report), params(answered).period, language)
        });
        fill(language.words().page_retention_rest, &[("offset", &at.unwrap_or_default())])
    });
    let recurring = move || question.map(|answered| !opens_offsets(answered)).unwrap_or(false);
    let about = move || {
        if recurring() {
            app.words().page_retention_test_recurring
        } else {
            app.words().page_retention_rest_note
        }
    };
    view! {
        <ChartView id="retention-group-curves" chart=lines on_open=from_curve
            note=Signal::derive(move || question.map(|answered| note(&answered.report, language.get())).flatten())/>
        <DataTable id="retention-groups" title=Signal::derive(move || app.words().page_retention_groups.to_owned())
            data=rows on_open=from_table/>
        <DataTable id="retention-rest" title data=tests on_open=from_rest/>
        <p class="hint">{about}</p>
    }
    .into_any()
}
