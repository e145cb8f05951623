//! The page's controls, and the finer points beside the definition.

use leptos::prelude::*;

use crate::pages::periods::PeriodChoice;
use crate::state::App;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::{Input, Select, Switch};
use crate::widgets::settings::{from_name, name_of};
use strata::analysis::funnel::{Breakdown, Count, Duration, Exclusion, Mode, Order, Params, Unit};
use strata::dataset::calendar::Period;
use strata::ingest::mapping::{ColumnType, Role};
use strata::locale::Words;

use super::Choices;

/// The value of "none" among choices.
const NONE: &str = "";

/// A column with more texts than this is no breakdown to look at.
const MOST_TEXTS: u64 = 1_000;

type Phrase = fn(&'static Words) -> &'static str;

fn label(app: App, pick: Phrase) -> Signal<String> {
    Signal::derive(move || pick(app.words()).to_owned())
}

/// Choices by their names in requests.
fn choices(app: App, all: &'static [(&'static str, Phrase)]) -> Signal<Vec<(String, String)>> {
    Signal::derive(move || {
        all.iter().map(|(value, name)| ((*value).to_owned(), name(app.words()).to_owned())).collect()
    })
}

const UNITS: [(&str, Phrase); 5] = [
    ("second", |words| words.page_funnel_unit_second),
    ("minute", |words| words.page_funnel_unit_minute),
    ("hour", |words| words.page_funnel_unit_hour),
    ("day", |words| words.page_funnel_unit_day),
    ("week", |words| words.page_funnel_unit_week),
];

/// Window, what is counted, breakdown, trend.
#[component]
pub fn Controls(choices: Choices) -> impl IntoView {
    let app = App::get();
    let window = Signal::derive(move || choices.params().window);
    let amount = Signal::derive(move || window.get().amount);
    let unit = Signal::derive(move || name_of(window.get().unit));
    let change_amount = move |amount: u32| choices.change(app, |params| params.window.amount = amount);
    let change_unit = move |name: String| {
        if let Some(unit) = from_name::<Unit>(name) {
            choices.change(app, |params| params.window.unit = unit);
        }
    };
    let count = Signal::derive(move || name_of(choices.params().count));
    let change_count = move |name: String| {
        if let Some(count) = from_name::<Count>(name) {
            choices.change(app, |params| params.count = count);
        }
    };
    view! {
        <div class="pair">
            <Amount id="window" name=|words| words.page_funnel_window value=amount on_change=change_amount/>
            <Select id="window-unit" label=label(app, |words| words.page_funnel_window_unit) choices=self::choices(app, &UNITS) value=unit
                on_change=change_unit/>
        </div>
        <Segmented id="count" label=label(app, |words| words.page_funnel_count) value=count on_change=change_count
            choices=self::choices(app, &[
                ("users", |words| words.page_funnel_count_users),
                ("attempts", |words| words.page_funnel_count_attempts),
                ("sessions", |words| words.page_funnel_count_sessions),
            ])/>
        <Select id="breakdown" label=label(app, |words| words.page_funnel_breakdown) choices=breakdowns(app, choices)
            value=Signal::derive(move || choices.params().breakdown.map(|breakdown| breakdown.column).unwrap_or_default())
            on_change=move |column: String| choices.change(app, |params| params.breakdown = breakdown(column))/>
        <PeriodChoice id="trend" label=|words| words.page_funnel_trend
            value=Signal::derive(move || choices.params().trend.unwrap_or_default())
            on_change=move |period: Period| choices.change(app, |params| params.trend = Some(period))/>
    }
}

/// A whole number; anything else is told below the field and changes nothing.
#[component]
fn Amount(
    /// The field's id.
    id: &'static str,
    /// What is chosen.
    name: Phrase,
    /// What holds now.
    value: Signal<u32>,
    /// Called with another number.
    #[prop(into)]
    on_change: Callback<u32>,
) -> impl IntoView {
    let app = App::get();
    // What is in the field while it is no number.
    let wrong = RwSignal::new(None::<String>);
    // Undone, or changed elsewhere: the field shows what holds.
    Effect::new(move || {
        value.track();
        wrong.set(None);
    });
    let shown = Signal::derive(move || wrong.get().unwrap_or_else(|| value.get().to_string()));
    let change = move |text: String| match text.trim().parse() {
        Ok(number) => {
            wrong.set(None);
            on_change.run(number);
        }
        Err(_) => wrong.set(Some(text)),
    };
    let error = Signal::derive(move || {
        let is_wrong = wrong.with(Option::is_some);
        if is_wrong { app.words().page_funnel_window_wrong.to_owned() } else { String::new() }
    });
    view! { <Input id=id.to_owned() kind="number" label=label(app, name) value=shown error on_change=change/> }
}

fn breakdown(column: String) -> Option<Breakdown> {
    (column != NONE).then(|| Breakdown { column, by: Default::default(), most: 10 })
}

/// The text columns with few enough texts, and what the address asks for besides.
fn breakdowns(app: App, choices: Choices) -> Signal<Vec<(String, String)>> {
    text_columns(app, MOST_TEXTS, move || choices.params().breakdown.map(|breakdown| breakdown.column))
}

fn text_columns(
    app: App,
    most: u64,
    own: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> Signal<Vec<(String, String)>> {
    Signal::derive(move || {
        let mut all = vec![(NONE.to_owned(), app.words().page_funnel_none.to_owned())];
        app.opened.with(|opened| {
            let columns = opened.iter().flat_map(|opened| &opened.columns);
            let fitting = columns.filter(|column| {
                column.kind == ColumnType::Text
                    && column.distinct <= most
                    && !matches!(column.role, Role::User | Role::Event)
            });
            all.extend(fitting.map(|column| (column.name.clone(), column.name.clone())));
        });
        if let Some(own) = own().filter(|own| !all.iter().any(|(value, _)| value == own)) {
            all.push((own.clone(), own));
        }
        all
    })
}

/// Order, what is held constant, what ends an attempt, and ClickHouse's modes.
#[component]
pub fn Switches(choices: Choices) -> impl IntoView {
    let app = App::get();
    let order = Signal::derive(move || name_of(choices.params().order));
    let change_order = move |name: String| {
        let Some(order) = from_name::<Order>(name) else { return };
        choices.change(app, |params| {
            params.order = order;
            if order != Order::Ordered {
                only_ordered(params);
            }
        });
    };
    let hold = Signal::derive(move || choices.params().hold.first().cloned().unwrap_or_default());
    let change_hold = move |column: String| {
        choices.change(app, |params| {
            params.hold = Some(column).filter(|column| column != NONE).into_iter().collect()
        });
    };
    let held = text_columns(app, u64::MAX, move || choices.params().hold.first().cloned());
    // Memos: a field that stays keeps what is in it.
    let counts_sessions = Memo::new(move |_| choices.params().count == Count::Sessions);
    let is_ordered = Memo::new(move |_| choices.params().order == Order::Ordered);
    view! {
        <Segmented id="order" label=label(app, |words| words.page_funnel_order) value=order on_change=change_order
            choices=self::choices(app, &[
                ("ordered", |words| words.page_funnel_order_ordered),
                ("strict", |words| words.page_funnel_order_strict),
                ("any", |words| words.page_funnel_order_any),
            ])/>
        <Select id="hold" label=label(app, |words| words.page_funnel_hold) choices=held value=hold on_change=change_hold
            hint=label(app, |words| words.page_funnel_hold_hint)/>
        {move || is_ordered.get().then(|| view! { <OnlyOrdered choices/> })}
        {move || counts_sessions.get().then(|| view! { <Gap choices/> })}
    }
}

/// What goes with ordered steps only is taken back.
fn only_ordered(params: &mut Params) {
    params.modes.clear();
    params.exclusions.clear();
    for step in &mut params.steps {
        (step.optional, step.within) = (false, None);
    }
}

/// An event that ends an attempt, and ClickHouse's modes.
#[component]
fn OnlyOrdered(choices: Choices) -> impl IntoView {
    let app = App::get();
    let excluded = move || {
        let events = choices.params().exclusions.first().and_then(|exclusion| exclusion.events.clone());
        events.and_then(|events| events.into_iter().next())
    };
    let events = Signal::derive(move || {
        let mut all = vec![(NONE.to_owned(), app.words().page_funnel_none.to_owned())];
        app.opened.with(|opened| {
            let names = opened.iter().flat_map(|opened| opened.events.iter());
            all.extend(names.map(|(name, _)| (name.clone(), name.clone())));
        });
        all
    });
    let change = move |event: String| {
        let event = Some(event).filter(|event| event != NONE);
        let exclusion = |event| Exclusion { events: Some(vec![event]), ..Exclusion::default() };
        choices.change(app, |params| params.exclusions = event.map(exclusion).into_iter().collect());
    };
    let mode = move |id: &'static str, mode: Mode, name: Phrase| {
        let value = Signal::derive(move || choices.params().modes.contains(&mode));
        let change = move |on: bool| {
            choices.change(app, |params| {
                params.modes.retain(|known| *known != mode);
                if on {
                    params.modes.push(mode);
                }
            });
        };
        view! { <Switch id label=label(app, name) value on_change=change/> }
    };
    view! {
        <Select id="exclusion" label=label(app, |words| words.page_funnel_exclusion) choices=events
            value=Signal::derive(move || excluded().unwrap_or_default()) on_change=change/>
        <fieldset class="stack">
            <legend class="label">{move || app.words().page_funnel_modes}</legend>
            {mode("mode-deduplication", Mode::StrictDeduplication, |words| words.page_funnel_mode_deduplication)}
            {mode("mode-order", Mode::StrictOrder, |words| words.page_funnel_mode_order)}
            {mode("mode-increase", Mode::StrictIncrease, |words| words.page_funnel_mode_increase)}
            {mode("mode-once", Mode::StrictOnce, |words| words.page_funnel_mode_once)}
        </fieldset>
    }
}

/// The inactivity that ends a session.
#[component]
fn Gap(choices: Choices) -> impl IntoView {
    let app = App::get();
    let minutes = Signal::derive(move || {
        u32::try_from(choices.params().session_gap.micros() / 60_000_000).unwrap_or(u32::MAX)
    });
    let change = move |amount: u32| {
        choices.change(app, |params| params.session_gap = Duration { amount, unit: Unit::Minute });
    };
    view! { <Amount id="session-gap" name=|words| words.page_funnel_gap value=minutes on_change=change/> }
}
