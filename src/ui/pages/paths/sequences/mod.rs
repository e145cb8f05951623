//! Who does things in a given order: the order as steps or as a pattern, how many users did it, how often and when.

mod charts;
mod editor;
mod event;
mod text;

use leptos::prelude::*;

use crate::pages::periods::{self, PeriodChoice, with_week_start};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::{DataTable, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::sequence::{Cell, Link, Params, Report, Step, Steps};
use strata::chart::Mark;
use strata::dataset::calendar::Period;
use strata::dataset::events::EventChoice;
use strata::engine::Opened;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::ingest::guess::is_purchase;
use strata::locale::{Language, fill};

type Answer = Answered<Report>;

/// The time that is allowed between the steps that nobody has chosen yet.
const DAY_SECONDS: u32 = 86_400;

/// What is asked unless told otherwise: a purchase within a day after the most frequent other event.
fn defaults(opened: Option<&Opened>) -> Params {
    let Some(opened) = opened else { return Params::default() };
    let trend = Some(match opened.span.1.0 - opened.span.0.0 {
        ..60 => Period::Day,
        60..400 => Period::Week,
        _ => Period::Month,
    });
    let purchases = opened.mapping.purchase_events.clone().unwrap_or_default();
    let refunds = opened.mapping.refund_events.clone().unwrap_or_default();
    let names = || opened.events.iter().map(|(name, _)| name).filter(|name| !name.is_empty());
    let buys =
        |name: &&String| if purchases.is_empty() { is_purchase(name) } else { purchases.contains(name) };
    let last = names().find(buys);
    let first = names().find(|name| Some(*name) != last && !buys(name) && !refunds.contains(name));
    let event = |name: Option<&String>| name.map(EventChoice::named).unwrap_or_default();
    let link = Link::Within(DAY_SECONDS);
    let steps = [first, last].map(|name| Step { event: event(name), link });
    let (pattern, conditions) = Steps { steps: steps.to_vec(), sees_all: false }.to_pattern();
    Params { pattern, conditions, trend, ..Params::default() }
}

/// The part's choices, from the address.
#[derive(Debug, Clone, Copy)]
struct Choices {
    read: Memo<Settings<Params>>,
    defaults: Memo<Params>,
}

impl Choices {
    /// The parameters; reactive.
    fn params(self) -> Params {
        self.read.get().params
    }

    /// Writes other parameters to the address.
    fn change(self, app: App, change: impl FnOnce(&mut Params)) {
        let mut params = self.read.get_untracked().params;
        change(&mut params);
        self.defaults.with_untracked(|defaults| settings::write(app.address, &params, defaults, &[]));
    }
}

/// The part of the page.
#[component]
pub fn SequencesPart() -> impl IntoView {
    let app = App::get();
    let defaults = Memo::new(move |_| app.opened.with(|opened| defaults(opened.as_deref())));
    let choices = Choices {
        read: Memo::new(move |_| defaults.with(|defaults| settings::read(app.address, defaults))),
        defaults,
    };
    let question = ask::<Report>(move || {
        with_week_start(app, Query::new(Analysis::Sequence, &choices.read.get().asked))
    });
    let answer = Signal::derive(move || {
        let comparison = app.scope.comparison.get();
        question.map_compared(|answered, compared| {
            text::sentence(answered, compared, &comparison, app.language.get())
        })
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let trend = Signal::derive(move || choices.params().trend.unwrap_or_default());
    let change_trend = move |period: Period| choices.change(app, |params| params.trend = Some(period));
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_sequence_title.to_owned())
            answer
            question
            controls=view! {
                <PeriodChoice id="trend" label=|words| words.page_sequence_trend value=trend on_change=change_trend/>
            }.into_any()
            definition
        >
            <editor::Editor choices/>
            <Content question/>
        </Frame>
    }
}

/// What there is to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    NoUser,
    NobodyMatches,
    Some,
}

impl Found {
    fn of(report: &Report) -> Self {
        match (report.users, report.matched) {
            (0, _) => Self::NoUser,
            (_, 0) => Self::NobodyMatches,
            _ => Self::Some,
        }
    }
}

#[component]
fn Content(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let found =
        Memo::new(move |_| question.map(|answered| Found::of(&answered.report)).unwrap_or(Found::Nothing));
    move || match found.get() {
        Found::Nothing => ().into_any(),
        Found::NoUser => {
            let title = Signal::derive(move || app.words().page_sequence_empty_users.to_owned());
            let advice = Signal::derive(move || app.words().page_sequence_empty_users_advice.to_owned());
            view! { <Empty title advice/> }.into_any()
        }
        Found::NobodyMatches => {
            let title = Signal::derive(move || app.words().page_sequence_empty.to_owned());
            let advice = Signal::derive(move || app.words().page_sequence_empty_advice.to_owned());
            view! { <Empty title advice/> <Groups question/> }.into_any()
        }
        Found::Some => view! { <Groups question/> <Charts question/> }.into_any(),
    }
}

/// A table made of the answer and what it is compared with; reactive.
fn table(
    question: Question<Report>,
    make: impl Fn(&Answer, Option<&Answer>, Language) -> TableData + Send + Sync + 'static,
) -> Signal<TableData> {
    let language = App::get().language;
    Signal::derive(move || {
        question
            .map_compared(|answered, compared| make(answered, compared, language.get()))
            .unwrap_or_default()
    })
}

/// Those who match and those who do not.
#[component]
fn Groups(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let data = table(question, move |answered, compared, language| {
        let comparison = app.scope.comparison.get();
        charts::groups(answered, compared, &comparison, language)
    });
    let open = move |(row, _): (usize, usize)| {
        question.map(|answered: &Answer| {
            let groups = text::Group::all(&answered.report);
            if let Some(group) = groups.get(row) {
                behind.open(group.name(app.language.get_untracked()), &answered.query, &group.cell());
            }
        });
    };
    let title = Signal::derive(move || app.words().page_sequence_groups.to_owned());
    view! { <DataTable id="sequence-groups" title data on_open=open/> }
}

/// How often, and when.
#[component]
fn Charts(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let language = app.language;
    let picture = move |make: fn(&Answer, Option<&Answer>, Language) -> Picture| {
        Signal::derive(move || {
            question
                .map_compared(|answered, compared| make(answered, compared, language.get()))
                .unwrap_or_default()
        })
    };
    let times = picture(|answered, compared, language| charts::times(answered, compared, language).into());
    let trend = picture(|answered, compared, language| charts::trend(answered, compared, language).into());
    let data = table(question, |answered, _, language| charts::times_table(answered, language));
    let open_times = move |times: u64| {
        let title = text::times(times, language.get_untracked());
        question.map(|answered: &Answer| behind.open(title, &answered.query, &Cell::Times(times)));
    };
    // The chart begins with those who did it once.
    let from_times = move |mark: Mark| open_times(mark.index as u64 + 1);
    let from_table = move |(row, _): (usize, usize)| {
        let times = question.map(|answered| answered.report.distribution.get(row).map(|entry| entry.times));
        if let Some(times) = times.flatten() {
            open_times(times);
        }
    };
    let from_trend = move |mark: Mark| {
        question.map(|answered: &Answer| {
            let period = answered.report.trend.as_ref().and_then(|trend| trend.get(mark.index));
            let Some((period, length)) = period.zip(text::params(answered).trend) else { return };
            let name = periods::name((period.start, period.end), length, language.get_untracked());
            let title = fill(app.words().page_sequence_users_period, &[("period", &name)]);
            behind.open(title, &answered.query, &Cell::Period(period.start));
        });
    };
    let title = Signal::derive(move || app.words().page_sequence_table.to_owned());
    view! {
        <ChartView id="sequence-times" chart=times on_open=from_times/>
        <ChartView id="sequence-trend" chart=trend on_open=from_trend/>
        <DataTable id="sequence-table" title data on_open=from_table/>
    }
}
