//! Who buys again, and when.

mod charts;
mod controls;
mod tables;

use leptos::prelude::*;

use super::periods::{self, with_week_start};
use crate::pages::overview::{order_choices, unit_from_name, unit_words};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame, count, sentences};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::sensitivity::{Figure, Sensitivity, Variant};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::{DataTable, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::repurchase::{Cell, Params, Report, State};
use strata::chart::Mark;
use strata::dataset::calendar::Day;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, Words, fill};

type Answer = Answered<Report>;

/// The page.
#[component]
pub fn Repurchase() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question =
        ask::<Report>(move || with_week_start(app, Query::new(Analysis::Repurchase, &read.get().asked)));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| sentence(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.buyers == 0).unwrap_or(false));
    let content = move || if empty.get() { none(app) } else { view! { <Content question/> }.into_any() };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_repurchase_title.to_owned())
            answer
            question
            controls=view! { <controls::Controls read/> }.into_any()
            definition
            switches=move || view! { <controls::Orders read/> }
            others=move || view! { <Others read question/> }
        >
            {content}
        </Frame>
    }
}

/// The conversion from the first order to the second under other definitions.
#[component]
fn Others(read: Memo<Settings<Params>>, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let variants = Signal::derive_local(move || {
        let now = read.get().params;
        let own = now.clone();
        let units = order_choices(app)
            .into_iter()
            .map(move |(value, name)| (name, Params { orders: unit_from_name(&value), ..own.clone() }));
        let windows = [30, 60, 90, 180].into_iter().map(move |window| {
            let days = ("days", &*window.to_string());
            (fill(app.words().page_repurchase_window_days, &[days]), Params { window, ..now.clone() })
        });
        let variant = |(name, params): (String, Params)| Variant {
            name,
            query: with_week_start(app, Query::new(Analysis::Repurchase, &params)),
            choose: Some(Callback::new(move |()| controls::write(app, &params))),
        };
        units.chain(windows).map(variant).collect()
    });
    let figure = Figure::<Report> {
        name: |language| language.words().sensitivity_figure_repurchase.to_owned(),
        of: |answered| answered.report.steps.first()?.conversion.rate,
        is_share: true,
    };
    view! { <Sensitivity question variants figure/> }
}

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_repurchase_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_repurchase_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

fn subtitle(unit: &str, answered: &Answer, language: Language) -> String {
    periods::subtitle(unit, answered, params(answered).week_start, language)
}

/// Days, whole or halved.
fn days_text(days: f64, language: Language) -> String {
    language.decimal(days, usize::from(days.fract() != 0.0))
}

fn median(report: &Report) -> Option<f64> {
    report.intervals.quantiles.iter().find(|quantile| quantile.share == 0.5).map(|quantile| quantile.days)
}

fn first_rate(report: &Report) -> Option<f64> {
    report.steps.first().and_then(|step| step.conversion.rate)
}

fn sentence(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    if report.buyers == 0 {
        return words.page_repurchase_empty.to_owned();
    }
    let own = match (first_rate(report), median(report)) {
        (Some(rate), Some(median)) => fill(
            words.page_repurchase_answer,
            &[
                ("rate", &language.percent(rate)),
                ("window", &params(answered).window.to_string()),
                ("median", &days_text(median, language)),
            ],
        ),
        _ => fill(
            words.page_repurchase_answer_short,
            &[
                ("buyers", &count(report.buyers, language)),
                ("orders", &count(report.orders, language)),
                ("repeat", &count(report.repeat_buyers, language)),
            ],
        ),
    };
    let value = report
        .average_order_value
        .map(|value| fill(words.page_repurchase_answer_value, &[("value", &language.decimal(value, 2))]));
    let items = report
        .items
        .as_ref()
        .and_then(|items| items.per_order)
        .map(|items| fill(words.page_repurchase_answer_items, &[("items", &language.decimal(items, 1))]));
    let before = compared
        .and_then(|compared| first_rate(&compared.report))
        .map(|rate| fill(words.page_repurchase_answer_compared, &[("rate", &language.percent(rate))]));
    let parts: Vec<String> = std::iter::once(own).chain(value).chain(items).chain(before).collect();
    sentences(&parts, language)
}

fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let words = language.words();
    let unit = unit_words(answered.report.order_unit, words);
    let window = params(answered).window.to_string();
    vec![
        fill(words.page_repurchase_definition, &[("unit", unit)]),
        fill(words.page_repurchase_definition_states, &[("window", &window)]),
        words.page_repurchase_definition_first.to_owned(),
        words.page_repurchase_definition_value.to_owned(),
    ]
}

fn state_name(state: State, words: &Words) -> &'static str {
    match state {
        State::All => words.page_repurchase_all,
        State::Converted => words.page_repurchase_converted,
        State::Open => words.page_repurchase_open,
        State::Lapsed => words.page_repurchase_lapsed,
        State::Repeated => words.page_repurchase_repeated,
        State::Mature => words.page_repurchase_mature,
    }
}

/// A cell's users as the title of their list.
fn title_of(answered: &Answer, cell: &Cell, language: Language) -> String {
    let words = language.words();
    match *cell {
        Cell::Buyers => words.page_repurchase_buyers.to_owned(),
        Cell::RepeatBuyers => words.page_repurchase_repeated.to_owned(),
        Cell::Interval { from, to } => {
            let parts = [("from", from.to_string()), ("to", to.to_string())];
            let parts = parts.each_ref().map(|(name, text)| (*name, text.as_str()));
            fill(words.page_repurchase_interval_users, &parts)
        }
        Cell::Step { order, state } => {
            let (from, to) = (order.to_string(), (order + 1).to_string());
            let parts = [("state", state_name(state, words)), ("from", &from), ("to", &to)];
            fill(words.page_repurchase_users_of_step, &parts)
        }
        Cell::Cohort { start, state } => {
            let cohort = answered.report.cohorts.iter().find(|cohort| cohort.start == start);
            let end = cohort.map_or(start, |cohort| cohort.end);
            let period = periods::name((start, end), params(answered).period, language);
            let parts = [("state", state_name(state, words)), ("period", &period)];
            fill(words.page_repurchase_users_of_cohort, &parts)
        }
        Cell::Hour { weekday, hour } => {
            charts::hour_tip(&answered.report, (usize::from(weekday), hour.map(usize::from)), language)
        }
        Cell::Day { day } => fill(words.page_repurchase_calendar_users, &[("day", &language.date(day))]),
    }
}

#[component]
fn Content(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let open = move |cell: fn(&Answer, Mark) -> Option<Cell>| {
        move |mark: Mark| {
            question.map(|answered: &Answer| {
                let Some(cell) = cell(answered, mark) else { return };
                let title = title_of(answered, &cell, app.language.get_untracked());
                behind.open(title, &answered.query, &cell);
            });
        }
    };
    let open_figure = move |cell: fn(&Answer, usize, usize) -> Option<Cell>| {
        move |(row, column): (usize, usize)| {
            question.map(|answered: &Answer| {
                let Some(cell) = cell(answered, row, column) else { return };
                let title = title_of(answered, &cell, app.language.get_untracked());
                behind.open(title, &answered.query, &cell);
            });
        }
    };
    let picture = move |draw: fn(&Answer, Language) -> Picture| {
        Signal::derive(move || {
            question.map(|answered| draw(answered, app.language.get())).unwrap_or_default()
        })
    };
    let cohorts = Signal::derive(move || {
        let picture = question.map_compared(|answered, compared| {
            Picture::from(charts::cohorts(answered, compared, app.language.get()))
        });
        picture.unwrap_or_default()
    });
    let table = move |make: fn(&Answer, Language) -> TableData| {
        Signal::derive(move || {
            question.map(|answered| make(answered, app.language.get())).unwrap_or_default()
        })
    };
    let title =
        move |pick: fn(&'static Words) -> &'static str| Signal::derive(move || pick(app.words()).to_owned());
    let dashed = Signal::derive(move || {
        let open = question.map(|answered| charts::open_from(&answered.report).is_some());
        (open == Some(true)).then(|| app.words().page_repurchase_cohorts_open.to_owned())
    });
    let days_only = Signal::derive(move || {
        let none = question.map(|answered| answered.report.hours.is_none());
        (none == Some(true)).then(|| app.words().page_repurchase_days_only.to_owned())
    });
    let to_dates = move |(from, to): (Day, Day)| app.scope.set_dates(Some((Some(from), Some(to))));
    view! {
        <ChartView id="repurchase-intervals" chart=picture(charts::intervals) on_open=open(charts::interval_cell)/>
        <ChartView id="repurchase-steps" chart=picture(charts::steps) on_open=open(charts::step_cell)/>
        <ChartView id="repurchase-cohorts" chart=cohorts note=dashed on_open=open(charts::cohort_cell) on_range=to_dates/>
        <ChartView id="repurchase-hours" chart=picture(charts::hours) note=days_only on_open=open(charts::hour_cell)/>
        <ChartView id="repurchase-calendar" chart=picture(charts::calendar) on_open=open(charts::day_cell)/>
        <DataTable id="repurchase-step-table" title=title(|words| words.page_repurchase_step_table)
            data=table(tables::steps) on_open=open_figure(tables::step_cell)/>
        <DataTable id="repurchase-cohort-table" title=title(|words| words.page_repurchase_cohort_table)
            data=table(tables::cohorts) on_open=open_figure(tables::cohort_cell)/>
    }
}
