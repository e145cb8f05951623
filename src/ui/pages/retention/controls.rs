//! The page's controls, and the events in its definition.

use leptos::prelude::*;

use crate::pages::periods::PeriodChoice;
use crate::state::App;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::{Input, Select, Switch};
use crate::widgets::settings::{from_name, name_of};
use strata::analysis::retention::{Entry, Params};
use strata::dataset::calendar::Period;
use strata::locale::Words;

use super::{Choices, Numbers, defaults, write};

/// How many periods can be asked for.
const PERIODS: [u32; 8] = [6, 12, 18, 24, 26, 30, 52, 90];
/// The value of "all periods" and "any event" among choices; no event is called so in a list.
const ALL: &str = "";

/// Period, number of periods, rates or counts.
#[component]
pub fn Controls(choices: Choices) -> impl IntoView {
    let app = App::get();
    let Choices { read, numbers } = choices;
    let label =
        move |pick: fn(&'static Words) -> &'static str| Signal::derive(move || pick(app.words()).to_owned());
    let change_period = move |period: Period| {
        // Another period has another sensible number of them.
        write(app, &Params { period, periods: defaults(period).periods, ..read.get_untracked().params });
    };
    let lengths = Signal::derive(move || {
        let own = read.get().params.periods;
        let mut lengths: Vec<u32> = PERIODS.into_iter().chain(own).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let named = lengths.into_iter().map(|length| (length.to_string(), length.to_string()));
        named.chain([(ALL.to_owned(), app.words().page_retention_periods_all.to_owned())]).collect()
    });
    let length = Signal::derive(move || {
        read.get().params.periods.map_or_else(|| ALL.to_owned(), |periods| periods.to_string())
    });
    let change_length = move |chosen: String| {
        write(app, &Params { periods: chosen.parse().ok(), ..read.get_untracked().params });
    };
    let kinds = Signal::derive(move || {
        let words = app.words();
        vec![
            ("rates".to_owned(), words.page_retention_rates.to_owned()),
            ("counts".to_owned(), words.page_retention_counts.to_owned()),
        ]
    });
    let kind = Signal::derive(move || match numbers.get() {
        Numbers::Rates => "rates".to_owned(),
        Numbers::Counts => "counts".to_owned(),
    });
    let change_kind =
        move |chosen: String| app.address.set("numbers", (chosen == "counts").then_some("counts"));
    view! {
        <PeriodChoice label=|words| words.page_retention_period
            value=Signal::derive(move || read.get().params.period) on_change=change_period/>
        <Select id="periods" label=label(|words| words.page_retention_periods) choices=lengths value=length on_change=change_length/>
        <Segmented id="numbers" label=label(|words| words.page_retention_numbers) choices=kinds value=kind on_change=change_kind/>
    }
}

/// Which events found a cohort and which count as a return, where there are events; and other definitions.
#[component]
pub fn Switches(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let has_events = Memo::new(move |_| {
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.event.is_some()))
    });
    let label =
        move |pick: fn(&'static Words) -> &'static str| Signal::derive(move || pick(app.words()).to_owned());
    let first = Signal::derive(move || event_value(read.get().params.cohort_events.as_deref()));
    let back = Signal::derive(move || event_value(read.get().params.return_events.as_deref()));
    let change_first = move |chosen: String| {
        write(app, &Params { cohort_events: events(&chosen), ..read.get_untracked().params });
    };
    let change_back = move |chosen: String| {
        write(app, &Params { return_events: events(&chosen), ..read.get_untracked().params });
    };
    let choices_with = move |own: Signal<String>| Signal::derive(move || event_choices(app, &own.get()));
    let events = move || {
        has_events.get().then(|| {
            view! {
                <Select id="cohort-event" label=label(|words| words.page_retention_cohort_event)
                    choices=choices_with(first) value=first on_change=change_first/>
                <Select id="return-event" label=label(|words| words.page_retention_return_event)
                    choices=choices_with(back) value=back on_change=change_back/>
            }
        })
    };
    view! {
        {events}
        <Variants choices/>
    }
}

type Phrase = fn(&'static Words) -> &'static str;

/// Other definitions of who stays.
#[component]
fn Variants(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let label = move |pick: Phrase| Signal::derive(move || pick(app.words()).to_owned());
    let list = move |all: &'static [(&'static str, Phrase)]| {
        Signal::derive(move || {
            all.iter().map(|(value, name)| ((*value).to_owned(), name(app.words()).to_owned())).collect()
        })
    };
    let change = move |change: &dyn Fn(&mut Params)| {
        let mut params = read.get_untracked().params;
        change(&mut params);
        write(app, &params);
    };
    let wrong = RwSignal::new(false);
    let set_minimum = move |text: String| {
        let minimum = text.trim().parse::<u32>().ok().filter(|minimum| *minimum > 0);
        wrong.set(minimum.is_none());
        if let Some(minimum) = minimum {
            change(&|params: &mut Params| params.minimum = minimum);
        }
    };
    let error = Signal::derive(move || {
        if wrong.get() { app.words().page_retention_minimum_wrong.to_owned() } else { String::new() }
    });
    view! {
        <Select id="entry" label=label(|words| words.page_retention_entry)
            value=Signal::derive(move || name_of(read.get().params.entry))
            on_change=move |name: String| change(&|params: &mut Params| {
                params.entry = from_name(name.clone()).unwrap_or_default();
                params.rolling &= params.entry != Entry::Recurring;
            })
            choices=list(&[
                ("first", |words| words.page_retention_entry_first),
                ("firstEver", |words| words.page_retention_entry_ever),
                ("recurring", |words| words.page_retention_entry_recurring),
            ])/>
        <Select id="when" label=label(|words| words.page_retention_when)
            value=Signal::derive(move || name_of(read.get().params.when))
            on_change=move |name: String| change(&|params: &mut Params| params.when = from_name(name.clone()).unwrap_or_default())
            choices=list(&[
                ("on", |words| words.page_retention_when_on),
                ("onOrAfter", |words| words.page_retention_when_after),
                ("onOrBefore", |words| words.page_retention_when_before),
                ("streak", |words| words.page_retention_when_streak),
            ])/>
        <Input id="minimum".to_owned() kind="number" label=label(|words| words.page_retention_minimum) error
            value=Signal::derive(move || read.get().params.minimum.to_string()) on_change=set_minimum/>
        <Segmented id="relative" label=label(|words| words.page_retention_relative)
            value=Signal::derive(move || name_of(read.get().params.relative))
            on_change=move |name: String| change(&|params: &mut Params| params.relative = from_name(name.clone()).unwrap_or_default())
            choices=list(&[
                ("start", |words| words.page_retention_relative_start),
                ("previous", |words| words.page_retention_relative_previous),
            ])/>
        <Segmented id="mean" label=label(|words| words.page_retention_mean)
            value=Signal::derive(move || name_of(read.get().params.mean))
            on_change=move |name: String| change(&|params: &mut Params| params.mean = from_name(name.clone()).unwrap_or_default())
            choices=list(&[
                ("pooled", |words| words.page_retention_mean_pooled),
                ("simple", |words| words.page_retention_mean_simple),
            ])/>
        <Switch id="rolling" label=label(|words| words.page_retention_rolling)
            value=Signal::derive(move || read.get().params.rolling)
            disabled=Signal::derive(move || read.get().params.entry == Entry::Recurring)
            on_change=move |on: bool| change(&|params: &mut Params| params.rolling = on)/>
    }
}

/// Events as the value of a choice: one by its name in JSON, several as a JSON list.
fn event_value(events: Option<&[String]>) -> String {
    events.map_or_else(|| ALL.to_owned(), |events| serde_json::to_string(events).unwrap_or_default())
}

fn events(value: &str) -> Option<Vec<String>> {
    serde_json::from_str(value).ok()
}

/// Any event, each event of the data, and what the address asks for besides.
fn event_choices(app: App, own: &str) -> Vec<(String, String)> {
    let mut choices = vec![(ALL.to_owned(), app.words().page_retention_any.to_owned())];
    app.opened.with(|opened| {
        let names = opened.iter().flat_map(|opened| opened.events.iter());
        choices.extend(names.map(|(name, _)| (event_value(Some(std::slice::from_ref(name))), name.clone())));
    });
    if !choices.iter().any(|(value, _)| value == own) {
        let names = events(own).unwrap_or_default().join(app.words().widget_list_separator);
        choices.push((own.to_owned(), names));
    }
    choices
}
