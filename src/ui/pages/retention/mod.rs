//! Who stays: cohorts against periods, as a heat map, as curves and as a table.

mod charts;
mod compare;
mod controls;
pub mod events;
mod groups;
mod lifetime;
mod others;
mod parts;
mod text;
mod trend;

pub use parts::Retention;

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
use strata::dataset::columns::ColumnInfo;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::ingest::mapping::Role;

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
    /// Shares of the cohort.
    Rates,
    /// Users.
    Counts,
    /// Purchases less refunds.
    Revenue,
    /// The same for each user of the cohort.
    PerUser,
    /// The same up to the end of the period.
    Cumulative,
}

impl Numbers {
    const ALL: [Self; 5] = [Self::Rates, Self::Counts, Self::Revenue, Self::PerUser, Self::Cumulative];

    /// The name in the address.
    fn name(self) -> &'static str {
        match self {
            Self::Rates => "rates",
            Self::Counts => "counts",
            Self::Revenue => "revenue",
            Self::PerUser => "perUser",
            Self::Cumulative => "cumulative",
        }
    }

    /// Whether they are about money.
    fn is_money(self) -> bool {
        !matches!(self, Self::Rates | Self::Counts)
    }

    /// What an answer can show: it may belong to the time before money was asked for.
    fn of(self, answered: &Answer) -> Self {
        if self.is_money() && !params(answered).value { Self::Rates } else { self }
    }
}

/// Whether the data have a column of values; reactive.
fn has_value(app: App) -> bool {
    let is_value = |column: &ColumnInfo| column.role == Role::Value;
    app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.columns.iter().any(is_value)))
}

/// What cells show, as the address says and the data allow; reactive.
fn numbers(app: App) -> Numbers {
    let asked = app.address.setting("numbers").unwrap_or_default();
    let known = Numbers::ALL.into_iter().find(|numbers| numbers.name() == asked);
    known.filter(|numbers| !numbers.is_money() || has_value(app)).unwrap_or(Numbers::Rates)
}

/// The page's choices, from the address.
#[derive(Debug, Clone, Copy)]
struct Choices {
    read: Memo<Settings<Params>>,
    numbers: Memo<Numbers>,
    /// The offset that is looked at alone, as asked for.
    at: Memo<usize>,
}

/// The offset that is looked at alone unless another is chosen.
const FIRST_AT: &str = "1";

impl Choices {
    /// The offset that is looked at alone, if the report has it; reactive.
    fn offset(self, report: &Report) -> usize {
        self.at.get().min(report.offsets.len().saturating_sub(1))
    }
}

/// The part of cohorts.
#[component]
fn Cohorts() -> impl IntoView {
    let app = App::get();
    let choices = Choices {
        read: Memo::new(move |_| read(app)),
        numbers: Memo::new(move |_| numbers(app)),
        at: Memo::new(move |_| app.address.setting("at").and_then(|at| at.parse().ok()).unwrap_or(1)),
    };
    let question = ask::<Report>(move || {
        let mut asked = choices.read.get().asked;
        if choices.numbers.get().is_money()
            && let Some(asked) = asked.as_object_mut()
        {
            asked.insert("value".to_owned(), true.into());
        }
        with_week_start(app, Query::new(Analysis::Retention, &asked))
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
            others=move || view! { <others::Others choices question/> }
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
                Picture::from(charts::curves(answered, compared, choices.numbers.get(), app.language.get()))
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
            // Money is that of the whole cohort.
            let offset = offset.filter(|_| !choices.numbers.get_untracked().is_money());
            let title = text::users_title(answered, cohort, offset, app.language.get_untracked());
            let offset = offset.and_then(|offset| u32::try_from(offset).ok());
            behind.open(title, &answered.query, &Cell { cohort: Some(cohort.start), offset, group: None });
        });
    };
    let from_heat = move |mark: Mark| {
        let row = question.map(|answered| charts::drawn_rows(&answered.report).get(mark.series).copied());
        open(row.flatten(), Some(mark.index));
    };
    let from_curve = move |mark: Mark| {
        let found = question.map(|answered| {
            let row = charts::drawn_curves(&answered.report).get(mark.series).copied();
            (row, charts::first_offset(answered, choices.numbers.get_untracked()) + mark.index)
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
        <compare::Compared question/>
        <trend::Trend choices question/>
        <groups::Groups choices question/>
        <DataTable
            id="retention-cohorts"
            title=Signal::derive(move || app.words().page_retention_table.to_owned())
            data=table
            on_open=from_table
        />
    }
}
