//! Who stays: cohorts against periods, as a heat map, as curves and as a table.

mod charts;
mod controls;
mod text;

use leptos::prelude::*;

use crate::pages::periods::with_week_start;
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::DataTable;
use crate::widgets::users::UsersBehind;
use strata::analysis::retention::{Cell, Params, Report};
use strata::chart::Mark;
use strata::dataset::calendar::Period;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::fill;
use text::{cohort_name, offset_name};

type Answer = Answered<Report>;

/// What this page asks unless told otherwise. Short periods are many, so that only the first of them are shown.
fn defaults(period: Period) -> Params {
    let periods = match period {
        Period::Day => 30,
        Period::Week => 26,
        Period::Month => 24,
        Period::Quarter => 12,
    };
    Params { periods: Some(periods), ..Params::default() }
}

/// The parameters in the address; the defaults of the others depend on the period.
fn read(app: App) -> Settings<Params> {
    let period = settings::read(app.address, &Params::default()).params.period;
    settings::read(app.address, &defaults(period))
}

/// Writes parameters to the address.
fn write(app: App, params: &Params) {
    settings::write(app.address, params, &defaults(params.period), &[]);
}

/// What cells show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Rates,
    Counts,
}

/// The page's choices, from the address.
#[derive(Debug, Clone, Copy)]
struct Choices {
    read: Memo<Settings<Params>>,
    numbers: Memo<Numbers>,
}

/// The page.
#[component]
pub fn Retention() -> impl IntoView {
    let app = App::get();
    let choices = Choices {
        read: Memo::new(move |_| read(app)),
        numbers: Memo::new(move |_| match app.address.setting("numbers").as_deref() {
            Some("counts") => Numbers::Counts,
            _ => Numbers::Rates,
        }),
    };
    let question = ask::<Report>(move || {
        with_week_start(app, Query::new(Analysis::Retention, &choices.read.get().asked))
    });
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| text::sentence(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.users == 0).unwrap_or(false));
    let content =
        move || if empty.get() { none(app) } else { view! { <Content choices question/> }.into_any() };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_retention_title.to_owned())
            answer
            question
            controls=view! { <controls::Controls choices/> }.into_any()
            definition
            switches=move || view! { <controls::Switches choices/> }
        >
            {content}
        </Frame>
    }
}

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_retention_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_retention_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

#[component]
fn Content(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let heat = Signal::derive(move || {
        question
            .map(|answered| Picture::from(charts::heat(answered, choices.numbers.get(), app.language.get())))
            .unwrap_or_default()
    });
    let curves = Signal::derive(move || {
        question
            .map_compared(|answered, compared| {
                let compared = compared.map(|compared| &compared.report);
                Picture::from(charts::curves(answered, compared, app.language.get()))
            })
            .unwrap_or_default()
    });
    let table = Signal::derive(move || {
        question
            .map(|answered| charts::table(answered, choices.numbers.get(), app.language.get()))
            .unwrap_or_default()
    });
    let open = move |cohort: Option<usize>, offset: Option<usize>| {
        question.map(|answered: &Answer| {
            let Some(cohort) = cohort.and_then(|cohort| answered.report.cohorts.get(cohort)) else { return };
            let language = app.language.get_untracked();
            let period = params(answered).period;
            let name = cohort_name(cohort.start, period, language);
            let title = match offset {
                Some(offset) => fill(
                    language.words().page_retention_users_of,
                    &[
                        ("cohort", &name),
                        ("offset", &offset_name(&answered.report, offset, period, language)),
                    ],
                ),
                None => fill(language.words().page_retention_users_of_cohort, &[("cohort", &name)]),
            };
            let offset = offset.and_then(|offset| u32::try_from(offset).ok());
            behind.open(title, &answered.query, &Cell { cohort: cohort.start, offset });
        });
    };
    let from_heat = move |mark: Mark| {
        let row = question.map(|answered| charts::drawn_rows(&answered.report).get(mark.series).copied());
        open(row.flatten(), Some(mark.index));
    };
    let from_curve = move |mark: Mark| {
        let found = question.map(|answered| {
            let row = charts::drawn_curves(&answered.report).get(mark.series).copied();
            (row, charts::first_offset(answered) + mark.index)
        });
        if let Some((row @ Some(_), offset)) = found {
            open(row, Some(offset));
        }
    };
    let from_table = move |(row, column): (usize, usize)| {
        let row = question.map(|answered| charts::table_rows(&answered.report).get(row).copied());
        open(row.flatten(), column.checked_sub(charts::FIRST_OFFSET_COLUMN));
    };
    let note = Signal::derive(move || {
        question.map(|answered| charts::note(&answered.report, app.language.get())).flatten()
    });
    view! {
        <ChartView id="retention-heat" chart=heat note on_open=from_heat/>
        <ChartView id="retention-curves" chart=curves on_open=from_curve/>
        <DataTable
            id="retention-cohorts"
            title=Signal::derive(move || app.words().page_retention_table.to_owned())
            data=table
            on_open=from_table
        />
    }
}
