//! How the segment has grown: a question of its own, for it evaluates the definition as of many days.

use leptos::prelude::*;

use super::{Read, of_segment};
use crate::pages::periods::{PeriodChoice, axis, name, subtitle};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{count, sentences};
use crate::widgets::question::{Answered, Question, ask_of};
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use serde_json::Value;
use strata::analysis::segment_size::{Cell, Fixed, Params, Report, Size as Told};
use strata::chart::{Emphasis, LineChart, Mark, NumberKind, Series};
use strata::dataset::calendar::Period;
use strata::engine::registry::Analysis;
use strata::locale::{Language, fill};

type Answer = Answered<Report>;

/// The setting that says how long periods are.
const PERIOD: &str = "period";

/// The columns that open users.
const OPENS: [usize; 3] = [1, 3, 4];

/// The section; nothing while everybody is looked at.
#[component]
pub(super) fn Size(read: Read) -> impl IntoView {
    let app = App::get();
    let is_segment = Memo::new(move |_| app.scope.segment.with(Option::is_some));
    move || is_segment.get().then(|| view! { <Sizes read/> })
}

fn params(answered: &Answer) -> Params {
    answered.params()
}

#[component]
fn Sizes(read: Read) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let period = Memo::new(move |_| {
        let text = app.address.setting(PERIOD);
        text.and_then(|text| serde_json::from_value(Value::String(text)).ok()).unwrap_or(Period::Month)
    });
    let question: Question<Report> = ask_of(move |filter| {
        let params = Params { as_of: read.get().params.as_of, period: period.get(), ..Params::default() };
        let params = serde_json::to_value(params).unwrap_or_default();
        of_segment(Analysis::SegmentSize, &params, filter)
    });
    let change = move |chosen: Period| {
        let text = serde_json::to_value(chosen).ok();
        let text = text.as_ref().and_then(Value::as_str).filter(|_| chosen != Period::Month);
        app.address.set(PERIOD, text);
    };
    let error = move || {
        let message = crate::text::error_message(app.language.get(), &question.error.get()?);
        Some(view! { <p class="alert" role="alert">{message}</p> })
    };
    let follows =
        Memo::new(move |_| question.map(|answered| answered.report.fixed.is_none()).unwrap_or(false));
    let chart = Signal::derive(move || {
        question.map(|answered| Picture::from(line(answered, app.language.get()))).unwrap_or_default()
    });
    let data = Signal::derive(move || {
        question.map(|answered| table(answered, app.language.get())).unwrap_or_default()
    });
    let open = move |row: usize, column: usize| {
        question.map(|answered: &Answer| {
            let Some(told) = answered.report.sizes.get(row) else { return };
            let cell = match column {
                3 => Cell::Joined(told.start),
                4 => Cell::Left(told.start),
                _ => Cell::Inside(told.start),
            };
            let title = period_name(told, answered, app.language.get_untracked());
            behind.open(title, &answered.query, &cell);
        });
    };
    let from_chart = move |mark: Mark| open(mark.index, 1);
    let from_table = move |(row, column): (usize, usize)| open(row, column);
    let note = move || question.map(|answered| note(&answered.report, app.language.get()));
    let title = Signal::derive(move || app.words().page_portrait_size_table.to_owned());
    view! {
        <div class="controls">
            <PeriodChoice label=|words| words.page_portrait_size_period value=Signal::derive(move || period.get()) on_change=change/>
        </div>
        {error}
        <p class="muted" id="size-note">{note}</p>
        {move || follows.get().then(|| view! {
            <ChartView id="portrait-size" chart on_open=from_chart/>
            <DataTable id="portrait-sizes" title data on_open=from_table/>
        })}
    }
}

fn period_name(told: &Told, answered: &Answer, language: Language) -> String {
    name((told.start, told.end), params(answered).period, language)
}

fn line(answered: &Answer, language: Language) -> LineChart {
    let words = language.words();
    let (report, params) = (&answered.report, params(answered));
    let start = report.sizes.first().map(|told| told.start);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    LineChart {
        title: words.page_portrait_size.to_owned(),
        subtitle: subtitle(words.page_portrait_size_unit, answered, None, language),
        x: axis(start, report.sizes.len(), params.period, week_start),
        series: vec![Series {
            name: words.page_users.to_owned(),
            values: report.sizes.iter().map(|told| Some(told.users as f64)).collect(),
            open_from: report.sizes.iter().position(|told| told.open),
            emphasis: Emphasis::Normal,
        }],
        y: NumberKind::Count,
        from_zero: true,
        ..LineChart::default()
    }
}

fn table(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let row = |told: &Told| {
        let change = |users: Option<u64>| users.map_or(Datum::Nothing, Datum::Count);
        vec![
            Datum::Text(period_name(told, answered, language)),
            Datum::Count(told.users),
            Datum::share((told.of > 0).then(|| told.users as f64 / told.of as f64)),
            change(told.joined),
            change(told.left),
        ]
    };
    let columns = [
        (words.page_portrait_size_period, false),
        (words.page_users, true),
        (words.page_portrait_of_all, true),
        (words.page_portrait_joined, true),
        (words.page_portrait_left, true),
    ];
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: answered.report.sizes.iter().map(row).collect(),
        opens: OPENS.to_vec(),
        ..TableData::default()
    }
}

/// How it has changed, or why it cannot.
fn note(report: &Report, language: Language) -> String {
    let words = language.words();
    let last = report.sizes.last();
    let users = |told: Option<&Told>| count(told.map_or(0, |told| told.users), language);
    let values = [("users", users(last))];
    let first = match report.fixed {
        Some(Fixed::List) => fill(words.page_portrait_size_list, &borrowed(&values)),
        Some(Fixed::NoDate) => fill(words.page_portrait_size_no_date, &borrowed(&values)),
        None => {
            let first = report.sizes.first();
            let day = |told: Option<&Told>| told.map(|told| language.date(told.end)).unwrap_or_default();
            let values =
                [("before", users(first)), ("users", users(last)), ("from", day(first)), ("to", day(last))];
            fill(words.page_portrait_size_note, &borrowed(&values))
        }
    };
    let inside = (report.fixed_inside > 0).then(|| {
        fill(words.page_portrait_size_fixed_inside, &[("definitions", &count(report.fixed_inside, language))])
    });
    sentences(&std::iter::once(first).chain(inside).collect::<Vec<_>>(), language)
}

fn borrowed<'v>(values: &'v [(&'v str, String)]) -> Vec<(&'v str, &'v str)> {
    values.iter().map(|(name, text)| (*name, text.as_str())).collect()
}
