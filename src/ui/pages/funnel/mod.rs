//! How many get from the first step to the last, where the others stay, and how long it takes.

mod charts;
mod controls;
mod drivers;
mod others;
mod steps;
mod text;

use leptos::prelude::*;

use crate::address::Page;
use crate::pages::paths;
use crate::pages::periods::{self, with_week_start};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::DataTable;
use crate::widgets::users::{Onward, UsersBehind};
use strata::analysis::funnel::{Cell, Count, Mode, Order, Params, Report, State, Step};
use strata::analysis::paths::{Divide, MOST_MINUTES};
use strata::chart::{FunnelChart, Mark};
use strata::dataset::calendar::Period;
use strata::dataset::events::EventChoice;
use strata::engine::Opened;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::ingest::guess::is_purchase;
use strata::locale::fill;

type Answer = Answered<Report>;

/// The steps of a funnel that nobody has chosen yet.
const FIRST_STEPS: usize = 4;

/// Parts of names by which it is known how far on the way to a purchase an event is.
const STAGES: [&[&str]; 4] = [
    &["visit", "open", "launch", "session", "login", "home", "访问", "打开", "启动", "登录"],
    &["search", "browse", "view", "detail", "click", "浏览", "查看", "搜索", "点击"],
    &["cart", "favor", "wish", "加购", "购物车", "收藏"],
    &["checkout", "shipping", "payment", "submit", "order", "结算", "下单", "提交"],
];

/// How far on the way an event is, by its name; what is not known stands in the middle.
fn stage(name: &str) -> usize {
    let name = name.to_lowercase();
    let known = STAGES.iter().rposition(|parts| parts.iter().any(|part| name.contains(part)));
    known.unwrap_or(STAGES.len() / 2)
}

/// What this page asks unless told otherwise: the most frequent events in the order that their names suggest, and the
/// purchase at the end; without events a purchase and another one.
fn defaults(opened: Option<&Opened>) -> Params {
    let Some(opened) = opened else { return Params::default() };
    let days = opened.span.1.0 - opened.span.0.0;
    let trend = Some(match days {
        ..60 => Period::Day,
        60..400 => Period::Week,
        _ => Period::Month,
    });
    let step = |name: &String| Step { events: Some(vec![name.clone()]), ..Step::default() };
    let names = || opened.events.iter().map(|(name, _)| name).filter(|name| !name.is_empty());
    let purchases = opened.mapping.purchase_events.clone().unwrap_or_default();
    let buys =
        |name: &&String| if purchases.is_empty() { is_purchase(name) } else { purchases.contains(name) };
    let refunds = opened.mapping.refund_events.clone().unwrap_or_default();
    let others = names().filter(|name| !buys(name) && !refunds.contains(name));
    let last = names().find(buys);
    let mut first: Vec<&String> = others.take(FIRST_STEPS - usize::from(last.is_some())).collect();
    // The sort is stable: the more frequent first.
    first.sort_by_key(|name| stage(name));
    let steps: Vec<Step> = first.into_iter().chain(last).map(step).collect();
    if steps.len() >= 2 {
        return Params { steps, trend, ..Params::default() };
    }
    let steps = vec![steps.into_iter().next().unwrap_or_default(); 2];
    let window = strata::analysis::funnel::Duration { amount: 90, unit: strata::analysis::funnel::Unit::Day };
    Params { steps, window, trend, modes: vec![Mode::StrictOnce], ..Params::default() }
}

/// The page's choices, from the address.
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

/// The page.
#[component]
pub fn Funnel() -> impl IntoView {
    let app = App::get();
    let defaults = Memo::new(move |_| app.opened.with(|opened| defaults(opened.as_deref())));
    let choices = Choices {
        read: Memo::new(move |_| defaults.with(|defaults| settings::read(app.address, defaults))),
        defaults,
    };
    let question =
        ask::<Report>(move || with_week_start(app, Query::new(Analysis::Funnel, &choices.read.get().asked)));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| text::sentence(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.entered == 0).unwrap_or(false));
    let content = move || {
        if empty.get() {
            none(app)
        } else {
            view! { <Content question/> <drivers::Drivers choices/> }.into_any()
        }
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_funnel_title.to_owned())
            answer
            question
            controls=view! { <controls::Controls choices/> }.into_any()
            definition
            switches=move || view! { <controls::Switches choices/> }
            others=move || view! { <others::Others choices question/> }
        >
            <steps::Steps choices/>
            {content}
        </Frame>
    }
}

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_funnel_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_funnel_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

/// What to list for the parts of a step: who reached it, and who stayed at the one before.
fn cell_of_part(step: usize, part: usize) -> Option<Cell> {
    let state = match part {
        FunnelChart::REACHED => State::Reached,
        FunnelChart::OPEN => State::Open,
        _ => State::Lost,
    };
    let at = if state == State::Reached { step } else { step.checked_sub(1)? };
    Some(Cell { step: u32::try_from(at).ok()?, state, ..Cell::default() })
}

/// The page that tells what those who were lost did instead, from the last step that they reached: for each user one path, or for
/// each session.
fn instead(app: App, answered: &Answer, cell: &Cell) -> Onward {
    let params = params(answered);
    // In any order, a step is a number of steps and no event.
    let step = params.steps.get(cell.step as usize).filter(|_| params.order != Order::Any);
    let event = step.map(|step| EventChoice { events: step.events.clone(), all: step.all.clone() });
    let minutes = u32::try_from(params.session_gap.micros() / 60_000_000).unwrap_or(u32::MAX);
    let divide = match params.count {
        Count::Sessions => Divide::Gap { minutes: minutes.clamp(1, MOST_MINUTES) },
        Count::Users | Count::Attempts => Divide::Whole,
    };
    let text = untrack(|| app.words().page_funnel_instead.to_owned());
    Onward { text, page: Page::Paths, settings: paths::after(event, divide) }
}

#[component]
fn Content(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let language = app.language;
    let picture = move |make: fn(&Answer, Option<&Answer>, strata::locale::Language) -> Picture| {
        Signal::derive(move || {
            question
                .map_compared(|answered, compared| make(answered, compared, language.get()))
                .unwrap_or_default()
        })
    };
    let steps = picture(|answered, compared, language| charts::steps(answered, compared, language).into());
    let trend = picture(|answered, compared, language| charts::trend(answered, compared, language).into());
    let times = picture(|answered, _, language| charts::times(answered, language).into());
    let table = |make: fn(&Answer, strata::locale::Language) -> crate::widgets::table::TableData| {
        Signal::derive(move || question.map(|answered| make(answered, language.get())).unwrap_or_default())
    };
    let open = move |title: String, cell: Cell| {
        question.map(|answered: &Answer| behind.open(title, &answered.query, &cell));
    };
    let open_part = move |step: usize, part: usize| {
        question.map(|answered: &Answer| {
            let Some(cell) = cell_of_part(step, part) else { return };
            let title = text::part(answered, step, part, language.get_untracked());
            let onward = (cell.state == State::Lost).then(|| instead(app, answered, &cell));
            behind.open_with(title, &answered.query, &cell, onward);
        });
    };
    let from_steps = move |mark: Mark| open_part(mark.index, mark.series);
    let from_table = move |(row, column): (usize, usize)| {
        let part = match column {
            charts::OPEN_COLUMN => FunnelChart::OPEN,
            charts::LOST_COLUMN => FunnelChart::LOST,
            _ => FunnelChart::REACHED,
        };
        open_part(row, part);
    };
    let from_trend = move |mark: Mark| {
        let found = question.map(|answered| {
            let period = answered.report.trend.as_ref()?.get(mark.index)?;
            let ends = (period.start, period.end);
            Some((periods::name(ends, params(answered).trend?, language.get_untracked()), period.start))
        });
        if let Some((name, start)) = found.flatten() {
            let title = fill(app.words().page_funnel_users_of_period, &[("period", &name)]);
            open(title, Cell { period: Some(start), ..Cell::default() });
        }
    };
    let from_times = move |mark: Mark| {
        let found = question.map(|answered| charts::bin(answered, mark));
        if let Some((title, cell)) =
            found.flatten().map(|cell| (app.words().page_funnel_times.to_owned(), cell))
        {
            open(title, cell);
        }
    };
    let from_groups = move |(row, column): (usize, usize)| {
        let found =
            question.map(|answered| charts::group_cell(answered, row, column, language.get_untracked()));
        if let Some((title, cell)) = found.flatten() {
            open(title, cell);
        }
    };
    let has_groups =
        Memo::new(move |_| question.map(|answered| answered.report.groups.is_some()).unwrap_or(false));
    let has_times =
        Memo::new(move |_| question.map(|answered| answered.report.histogram.is_some()).unwrap_or(false));
    let name = move |pick: fn(&'static strata::locale::Words) -> &'static str| {
        Signal::derive(move || pick(app.words()).to_owned())
    };
    let steps_table = table(charts::steps_table);
    let groups_table = table(charts::groups_table);
    view! {
        <ChartView id="funnel-steps" chart=steps on_open=from_steps/>
        {move || has_groups.get().then(|| view! {
            <DataTable id="funnel-groups" title=name(|words| words.page_funnel_groups) data=groups_table on_open=from_groups/>
        })}
        <ChartView id="funnel-trend" chart=trend on_open=from_trend/>
        {move || has_times.get().then(|| view! {
            <ChartView id="funnel-times" chart=times on_open=from_times/>
        })}
        <DataTable id="funnel-table" title=name(|words| words.page_funnel_table) data=steps_table on_open=from_table/>
    }
}
