//! What sets those who convert apart: asked when it is wanted, for it is a question of its own.

use leptos::prelude::*;

use crate::state::App;
use crate::text::p_value;
use crate::widgets::frame::{count, sentences};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::funnel::Count;
use strata::analysis::funnel::drivers::{Cell, Driver, Params, Report, SkipReason};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, fill};

use super::Choices;

/// The columns that open those who have converted and those who were lost.
const CONVERTED_COLUMN: usize = 1;
const LOST_COLUMN: usize = 2;

/// The setting that says whether it is shown.
const SETTING: &str = "drivers";

/// A button that shows the table, and the table.
#[component]
pub fn Drivers(choices: Choices) -> impl IntoView {
    let app = App::get();
    let shown = Memo::new(move |_| app.address.setting(SETTING).is_some());
    let toggle = move |_| app.address.set(SETTING, (!shown.get_untracked()).then_some("shown"));
    let counts_users = Memo::new(move |_| choices.params().count == Count::Users);
    view! {
        <Show when=move || counts_users.get()>
            <div>
                <button type="button" class="button" id="drivers-show" aria-expanded=move || shown.get().to_string() on:click=toggle>
                    <span>{move || app.words().page_funnel_drivers_show}</span>
                </button>
            </div>
            <Show when=move || shown.get()>
                <Table choices/>
            </Show>
        </Show>
    }
}

#[component]
fn Table(choices: Choices) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let question: Question<Report> = ask(move || {
        let params = Params { funnel: choices.params(), ..Params::default() };
        Query::new(Analysis::FunnelDrivers, &params)
    });
    let data = Signal::derive(move || {
        question.map(|answered| table(answered, app.language.get())).unwrap_or_default()
    });
    let open = move |(row, column): (usize, usize)| {
        question.map(|answered: &Answered<Report>| {
            let Some(driver) = answered.report.drivers.get(row) else { return };
            let cell = Cell {
                column: driver.column.clone(),
                value: driver.value.clone(),
                converted: column == CONVERTED_COLUMN,
            };
            behind.open(name(driver, app.language.get_untracked()), &answered.query, &cell);
        });
    };
    let tried = move || question.map(|answered| note(answered, app.language.get()));
    let skipped = move || question.map(|answered| skipped(&answered.report, app.language.get())).flatten();
    let error = move || {
        let message = crate::text::error_message(app.language.get(), &question.error.get()?);
        Some(view! { <p class="alert" role="alert">{message}</p> })
    };
    view! {
        {error}
        <DataTable id="funnel-drivers" title=Signal::derive(move || app.words().page_funnel_drivers.to_owned()) data on_open=open/>
        <p class="hint" id="funnel-drivers-note">{tried}</p>
        <p class="hint" id="funnel-drivers-skipped">{skipped}</p>
    }
}

/// Who is compared, and how much was tried.
fn note(answered: &Answered<Report>, language: Language) -> String {
    let report = &answered.report;
    let minimum = answered.params::<Params>().minimum;
    fill(
        language.words().page_funnel_drivers_note,
        &[
            ("converted", &count(report.converted, language)),
            ("lost", &count(report.lost, language)),
            ("tried", &count(report.tried, language)),
            ("minimum", &count(u64::from(minimum), language)),
        ],
    )
}

/// The columns that were not tried, and why.
fn skipped(report: &Report, language: Language) -> Option<String> {
    let words = language.words();
    let of = |reason: SkipReason, phrase: &str| {
        let names = report.skipped.iter().filter(|skipped| skipped.reason == reason);
        let names: Vec<&str> = names.map(|skipped| skipped.column.as_str()).collect();
        (!names.is_empty()).then(|| fill(phrase, &[("columns", &names.join(words.widget_list_separator))]))
    };
    let parts: Vec<String> = [
        of(SkipReason::TooManyTexts, words.page_funnel_drivers_many),
        of(SkipReason::NotText, words.page_funnel_drivers_figures),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| sentences(&parts, language))
}

/// What users have or have not.
fn name(driver: &Driver, language: Language) -> String {
    let words = language.words();
    let phrase = if driver.event { words.page_funnel_driver_event } else { words.page_funnel_driver_text };
    let value = if driver.value.is_empty() { words.mapping_empty_cell } else { &driver.value };
    fill(phrase, &[("column", &driver.column), ("value", value)])
}

fn table(answered: &Answered<Report>, language: Language) -> TableData {
    let words = language.words();
    let rate = |(converted, lost): (u64, u64)| {
        let all = converted + lost;
        Datum::share((all > 0).then(|| converted as f64 / all as f64))
    };
    let row = |driver: &Driver| {
        let (low, high) =
            (language.decimal(driver.interval.low, 2), language.decimal(driver.interval.high, 2));
        let p_value = driver.p_value.map_or(Datum::Nothing, |value| {
            let phrase =
                if value < 0.05 { words.page_funnel_differs } else { words.page_funnel_no_difference };
            Datum::Text(fill(phrase, &[("p", &p_value(language, value))]))
        });
        vec![
            Datum::Text(name(driver, language)),
            Datum::Count(driver.with.0),
            Datum::Count(driver.with.1),
            rate(driver.with),
            rate(driver.without),
            Datum::Number(driver.odds_ratio),
            Datum::Text(fill(words.chart_range, &[("low", &low), ("high", &high)])),
            p_value,
        ]
    };
    let columns = [
        (words.page_funnel_driver, false),
        (words.page_funnel_driver_converted, true),
        (words.page_funnel_driver_lost, true),
        (words.page_funnel_driver_with, true),
        (words.page_funnel_driver_without, true),
        (words.page_funnel_odds, true),
        (words.page_funnel_interval, true),
        (words.page_funnel_difference, true),
    ];
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: answered.report.drivers.iter().map(row).collect(),
        opens: vec![CONVERTED_COLUMN, LOST_COLUMN],
        ..TableData::default()
    }
}
