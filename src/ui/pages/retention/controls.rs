//! The page's controls, and the events in its definition.

use leptos::prelude::*;

use crate::pages::periods::PeriodChoice;
use crate::state::App;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::{Input, Select, Switch};
use crate::widgets::settings::{from_name, name_of};
use strata::analysis::breakdown::Breakdown;
use strata::analysis::retention::{Entry, Params};
use strata::dataset::calendar::Period;
use strata::dataset::events::EventChoice;
use strata::ingest::mapping::{ColumnType, Role};
use strata::locale::Words;

use super::events::{EventField, Ids};
use super::{Choices, Numbers, defaults, has_value, write};

/// How many periods can be asked for.
const PERIODS: [u32; 8] = [6, 12, 18, 24, 26, 30, 52, 90];
/// The value of "all periods" and "any event" among choices; no event is called so in a list.
const ALL: &str = "";
/// How many groups a breakdown has, beside all others.
const GROUPS: u32 = 8;
/// More brackets than this are refused.
const MOST_BRACKETS: usize = 1_000;

/// Period, number of periods, what cells show.
#[component]
pub fn Controls(choices: Choices) -> impl IntoView {
    let app = App::get();
    let Choices { read, numbers, .. } = choices;
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
    let change_breakdown = move |column: String| {
        let breakdown = (column != ALL).then_some(Breakdown { column, most: GROUPS });
        write(app, &Params { breakdown, ..read.get_untracked().params });
    };
    let kinds = Signal::derive(move || {
        let money = has_value(app);
        let all = Numbers::ALL.into_iter().filter(|numbers| money || !numbers.is_money());
        all.map(|numbers| (numbers.name().to_owned(), numbers_name(numbers, app.words()).to_owned()))
            .collect()
    });
    let kind = Signal::derive(move || numbers.get().name().to_owned());
    let change_kind = move |chosen: String| {
        let chosen = Some(chosen.as_str()).filter(|chosen| *chosen != Numbers::Rates.name());
        app.address.set("numbers", chosen);
    };
    view! {
        <PeriodChoice label=|words| words.page_retention_period
            value=Signal::derive(move || read.get().params.period) on_change=change_period/>
        <Select id="periods" label=label(|words| words.page_retention_periods) choices=lengths value=length on_change=change_length/>
        <Segmented id="numbers" label=label(|words| words.page_retention_numbers) choices=kinds value=kind on_change=change_kind/>
        <Select id="breakdown" label=label(|words| words.page_retention_breakdown) choices=breakdowns(app, move || read.get().params.breakdown)
            value=Signal::derive(move || read.get().params.breakdown.map(|breakdown| breakdown.column).unwrap_or_default())
            on_change=change_breakdown/>
    }
}

/// What numbers are called.
pub fn numbers_name(numbers: Numbers, words: &'static Words) -> &'static str {
    match numbers {
        Numbers::Rates => words.page_retention_rates,
        Numbers::Counts => words.page_retention_counts,
        Numbers::Revenue => words.page_retention_revenue,
        Numbers::PerUser => words.page_retention_per_user,
        Numbers::Cumulative => words.page_retention_cumulative,
    }
}

/// Which events found a cohort and which count as a return, where there are events; and other definitions.
#[component]
pub fn Switches(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let first = Signal::derive(move || {
        let params = read.get().params;
        EventChoice { events: params.cohort_events, all: params.cohort_all }
    });
    let back = Signal::derive(move || {
        let params = read.get().params;
        EventChoice { events: params.return_events, all: params.return_all }
    });
    let change_first = move |EventChoice { events, all }| {
        write(app, &Params { cohort_events: events, cohort_all: all, ..read.get_untracked().params });
    };
    let change_back = move |EventChoice { events, all }| {
        write(app, &Params { return_events: events, return_all: all, ..read.get_untracked().params });
    };
    view! {
        <EventField ids=COHORT_EVENT label=|words| words.page_retention_cohort_event value=first on_change=change_first/>
        <EventField ids=RETURN_EVENT label=|words| words.page_retention_return_event value=back on_change=change_back/>
        <Variants choices/>
    }
}

const COHORT_EVENT: Ids =
    Ids { event: "cohort-event", conditions: "cohort-conditions", add: "cohort-condition-add" };
const RETURN_EVENT: Ids =
    Ids { event: "return-event", conditions: "return-conditions", add: "return-condition-add" };

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
        <Brackets choices/>
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

/// How many periods each bracket has, as it was entered; nothing for a text that says something else.
fn parse_brackets(text: &str) -> Option<Option<Vec<u32>>> {
    let is_between = |sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '，' | '、' | '；');
    let parts = text.split(is_between).filter(|part| !part.is_empty());
    let lengths: Vec<u32> =
        parts.map(|part| part.parse().ok().filter(|length| *length > 0)).collect::<Option<_>>()?;
    (lengths.len() <= MOST_BRACKETS).then(|| Some(lengths).filter(|lengths| !lengths.is_empty()))
}

/// Offsets put together.
#[component]
fn Brackets(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let wrong = RwSignal::new(false);
    let value = Signal::derive(move || {
        let lengths = read.get().params.brackets.unwrap_or_default();
        lengths.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
    });
    let change = move |text: String| {
        let brackets = parse_brackets(&text);
        wrong.set(brackets.is_none());
        if let Some(brackets) = brackets {
            write(app, &Params { brackets, ..read.get_untracked().params });
        }
    };
    let error = Signal::derive(move || {
        if wrong.get() { app.words().page_retention_brackets_wrong.to_owned() } else { String::new() }
    });
    let label = Signal::derive(move || app.words().page_retention_brackets.to_owned());
    let hint = Signal::derive(move || app.words().page_retention_brackets_hint.to_owned());
    view! { <Input id="brackets".to_owned() kind="text" label hint error value on_change=change/> }
}

/// The text columns, and what the address asks for besides.
pub fn breakdowns(
    app: App,
    own: impl Fn() -> Option<Breakdown> + Send + Sync + 'static,
) -> Signal<Vec<(String, String)>> {
    Signal::derive(move || {
        let mut all = vec![(ALL.to_owned(), app.words().page_retention_none.to_owned())];
        app.opened.with(|opened| {
            let columns = opened.iter().flat_map(|opened| &opened.columns);
            let fitting =
                columns.filter(|column| column.kind == ColumnType::Text && column.role != Role::User);
            all.extend(fitting.map(|column| (column.name.clone(), column.name.clone())));
        });
        let own = own().map(|breakdown| breakdown.column);
        if let Some(own) = own.filter(|own| !all.iter().any(|(value, _)| value == own)) {
            all.push((own.clone(), own));
        }
        all
    })
}
