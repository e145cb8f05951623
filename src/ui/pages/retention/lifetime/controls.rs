//! What ends a life, how far to look, groups; and the events in the definition.

use leptos::prelude::*;

use super::{Read, write};
use crate::pages::retention::controls::breakdowns;
use crate::pages::retention::events::{EventField, Ids};
use crate::state::App;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::Select;
use crate::widgets::settings::{from_name, name_of};
use strata::analysis::breakdown::Breakdown;
use strata::analysis::survival::Params;
use strata::dataset::events::EventChoice;
use strata::locale::Words;

/// Days without activity that can be chosen.
const INACTIVE: [u32; 7] = [7, 14, 30, 60, 90, 180, 365];
/// Horizons that can be chosen.
const HORIZONS: [u32; 5] = [30, 90, 180, 365, 730];
/// The value of "all" among choices.
const ALL: &str = "";
/// How many groups a breakdown has, beside all others.
const GROUPS: u32 = 8;

type Phrase = fn(&'static Words) -> &'static str;

fn label(app: App, pick: Phrase) -> Signal<String> {
    Signal::derive(move || pick(app.words()).to_owned())
}

/// Numbers to choose from, and the one that the address asks for.
fn numbers(given: &[u32], own: Option<u32>) -> Vec<(String, String)> {
    let mut all: Vec<u32> = given.iter().copied().chain(own).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|days| (days.to_string(), days.to_string())).collect()
}

/// What ends a life, the horizon, groups.
#[component]
pub fn Controls(read: Read) -> impl IntoView {
    let app = App::get();
    let ends = Signal::derive(move || {
        let words = app.words();
        [("inactive", words.page_lifetime_ends_inactive), ("event", words.page_lifetime_ends_event)]
            .map(|(value, name)| (value.to_owned(), name.to_owned()))
            .to_vec()
    });
    let end = Signal::derive(move || {
        if read.get().params.until.is_some() { "event" } else { "inactive" }.to_owned()
    });
    let change_end = move |chosen: String| {
        let until = (chosen == "event").then(EventChoice::default);
        write(app, &Params { until, ..read.get_untracked().params });
    };
    let horizons = Signal::derive(move || {
        let all = (ALL.to_owned(), app.words().page_lifetime_horizon_all.to_owned());
        let numbers = numbers(&HORIZONS, read.get().params.horizon);
        std::iter::once(all).chain(numbers).collect::<Vec<_>>()
    });
    let horizon = Signal::derive(move || {
        read.get().params.horizon.map_or_else(|| ALL.to_owned(), |days| days.to_string())
    });
    let change_horizon = move |chosen: String| {
        write(app, &Params { horizon: chosen.parse().ok(), ..read.get_untracked().params });
    };
    let change_breakdown = move |column: String| {
        let breakdown = (column != ALL).then_some(Breakdown { column, most: GROUPS });
        write(app, &Params { breakdown, ..read.get_untracked().params });
    };
    let silent = Memo::new(move |_| read.get().params.until.is_none());
    view! {
        <Segmented id="ends" label=label(app, |words| words.page_lifetime_ends) choices=ends value=end on_change=change_end/>
        {move || silent.get().then(|| view! { <Inactive read/> })}
        <Select id="horizon" label=label(app, |words| words.page_lifetime_horizon) choices=horizons value=horizon on_change=change_horizon/>
        <Select id="breakdown" label=label(app, |words| words.page_retention_breakdown)
            choices=breakdowns(app, move || read.get().params.breakdown)
            value=Signal::derive(move || read.get().params.breakdown.map(|breakdown| breakdown.column).unwrap_or_default())
            on_change=change_breakdown/>
    }
}

/// How many days without activity end a life.
#[component]
fn Inactive(read: Read) -> impl IntoView {
    let app = App::get();
    let choices = Signal::derive(move || numbers(&INACTIVE, Some(read.get().params.inactive)));
    let value = Signal::derive(move || read.get().params.inactive.to_string());
    let change = move |chosen: String| {
        if let Ok(inactive) = chosen.parse() {
            write(app, &Params { inactive, ..read.get_untracked().params });
        }
    };
    view! { <Select id="inactive" label=label(app, |words| words.page_lifetime_inactive) choices value on_change=change/> }
}

const START: Ids = Ids { event: "start-event", conditions: "start-conditions", add: "start-condition-add" };
const ACTIVE: Ids =
    Ids { event: "active-event", conditions: "active-conditions", add: "active-condition-add" };
const UNTIL: Ids = Ids { event: "until-event", conditions: "until-conditions", add: "until-condition-add" };

/// An event that nothing is asked of is none.
fn chosen(choice: EventChoice) -> Option<EventChoice> {
    Some(choice).filter(|choice| !choice.is_any())
}

/// The events, and which of a user's first events counts.
#[component]
pub fn Switches(read: Read) -> impl IntoView {
    let app = App::get();
    let start = Signal::derive(move || read.get().params.start.unwrap_or_default());
    let active = Signal::derive(move || read.get().params.active.unwrap_or_default());
    let until = Signal::derive(move || read.get().params.until.unwrap_or_default());
    let change_start =
        move |choice| write(app, &Params { start: chosen(choice), ..read.get_untracked().params });
    let change_active =
        move |choice| write(app, &Params { active: chosen(choice), ..read.get_untracked().params });
    let change_until =
        move |choice| write(app, &Params { until: Some(choice), ..read.get_untracked().params });
    let entries = Signal::derive(move || {
        let words = app.words();
        [("firstEver", words.page_retention_entry_ever), ("first", words.page_retention_entry_first)]
            .map(|(value, name)| (value.to_owned(), name.to_owned()))
            .to_vec()
    });
    let silent = Memo::new(move |_| read.get().params.until.is_none());
    let other = move || {
        if silent.get() {
            view! { <EventField ids=ACTIVE label=|words| words.page_lifetime_active value=active on_change=change_active/> }.into_any()
        } else {
            view! { <EventField ids=UNTIL label=|words| words.page_lifetime_until value=until on_change=change_until/> }.into_any()
        }
    };
    view! {
        <EventField ids=START label=|words| words.page_lifetime_start value=start on_change=change_start/>
        {other}
        <Select id="entry" label=label(app, |words| words.page_lifetime_entry) choices=entries
            value=Signal::derive(move || name_of(read.get().params.entry))
            on_change=move |name: String| {
                let entry = from_name(name).unwrap_or_default();
                write(app, &Params { entry, ..read.get_untracked().params });
            }/>
    }
}
