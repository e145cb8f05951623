//! The page's controls, and the rules in its definition.

use leptos::prelude::*;

use crate::state::App;
use crate::text;
use crate::widgets::combobox::Combobox;
use crate::widgets::segmented::{Choices as Named, Segmented};
use crate::widgets::select::{Select, Switch};
use strata::analysis::paths::{Anchor, Divide, Params, Which};
use strata::dataset::events::EventChoice;
use strata::ingest::mapping::{ColumnType, Role};
use strata::locale::{Language, Words};

use super::text::divide_name;
use super::{Choices, first_event, sides, write};

/// Pauses that can be chosen, in minutes.
const MINUTES: [u32; 7] = [5, 15, 30, 60, 120, 720, 1440];
/// Steps on one side that can be chosen.
const STEPS: [u32; 10] = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20];
/// Events per step that can be chosen.
const NODES: [u32; 8] = [3, 4, 5, 6, 8, 10, 15, 20];

type Pick = fn(&'static Words) -> &'static str;

fn label(pick: Pick) -> Signal<String> {
    let app = App::get();
    Signal::derive(move || pick(app.words()).to_owned())
}

/// Numbers to choose from, with the one that holds.
fn numbers(all: &'static [u32], own: impl Fn() -> u32 + Send + Sync + 'static) -> Named {
    Signal::derive(move || {
        let mut numbers: Vec<u32> = all.iter().copied().chain([own()]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|number| (number.to_string(), number.to_string())).collect()
    })
}

/// What a path is, where it is looked at from, how far, in how much detail.
#[component]
pub fn Controls(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let change = move |change: &dyn Fn(&mut Params)| {
        let mut params = read.get_untracked().params;
        change(&mut params);
        write(app, &params);
    };
    let set_number = move |set: fn(&mut Params, u32)| {
        move |chosen: String| {
            if let Ok(number) = chosen.parse() {
                change(&|params| set(params, number));
            }
        }
    };
    let nodes = Signal::derive(move || read.with(|read| read.params.nodes.to_string()));
    let before = Signal::derive(move || read.with(|read| read.params.before.to_string()));
    let after = Signal::derive(move || read.with(|read| read.params.after.to_string()));
    let shown = Memo::new(move |_| read.with(|read| sides(&read.params.anchor)));
    let back = move || {
        shown.get().0.then(|| {
            let steps = numbers(&STEPS, move || read.with(|read| read.params.before));
            view! {
                <Select id="paths-before" label=label(|words| words.page_paths_before) choices=steps
                    value=before on_change=set_number(|params, number| params.before = number)/>
            }
        })
    };
    let on = move || {
        shown.get().1.then(|| {
            let steps = numbers(&STEPS, move || read.with(|read| read.params.after));
            view! {
                <Select id="paths-after" label=label(|words| words.page_paths_after) choices=steps
                    value=after on_change=set_number(|params, number| params.after = number)/>
            }
        })
    };
    let events = numbers(&NODES, move || read.with(|read| read.params.nodes));
    view! {
        <AnchorControls choices/>
        <DivideControl choices/>
        {back}
        {on}
        <Select id="paths-nodes" label=label(|words| words.page_paths_nodes) choices=events
            value=nodes on_change=set_number(|params, number| params.nodes = number)/>
    }
}

#[component]
fn DivideControl(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let value = |divide: Divide| serde_json::to_string(&divide).unwrap_or_default();
    let own = Signal::derive(move || value(read.with(|read| read.params.divide)));
    let divides = Signal::derive(move || {
        let own = read.with(|read| read.params.divide);
        let mut minutes = MINUTES.to_vec();
        if let Divide::Gap { minutes: own } = own {
            minutes.push(own);
        }
        minutes.sort_unstable();
        minutes.dedup();
        let gaps = minutes.into_iter().map(|minutes| Divide::Gap { minutes });
        let all = gaps.chain([Divide::Day, Divide::Whole]);
        all.map(|divide| (value(divide), divide_name(divide, app.language.get()))).collect()
    });
    let change = move |chosen: String| {
        if let Ok(divide) = serde_json::from_str(&chosen) {
            write(app, &Params { divide, ..read.get_untracked().params });
        }
    };
    view! {
        <Select id="paths-divide" label=label(|words| words.page_paths_divide) choices=divides value=own on_change=change/>
    }
}

/// What the event of an anchor is called; nothing for other anchors.
fn event_name(anchor: &Anchor, language: Language) -> Option<String> {
    let Anchor::Event { event, .. } = anchor else { return None };
    let words = language.words();
    let conditions = event.all.iter().map(|condition| text::condition(language, condition));
    let names = event.events.as_ref().map(|names| names.join(words.page_funnel_or));
    let parts: Vec<String> = names.into_iter().chain(conditions).collect();
    Some(parts.join(words.app_list))
}

#[component]
fn AnchorControls(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let set = move |anchor: Anchor| write(app, &Params { anchor, ..read.get_untracked().params });
    let kinds = Signal::derive(move || {
        let words = app.words();
        [
            ("start", words.page_paths_anchor_start),
            ("end", words.page_paths_anchor_end),
            ("event", words.page_paths_anchor_event),
        ]
        .map(|(value, name)| (value.to_owned(), name.to_owned()))
        .to_vec()
    });
    let kind = Signal::derive(move || {
        let name = read.with(|read| match read.params.anchor {
            Anchor::Start => "start",
            Anchor::End => "end",
            Anchor::Event { .. } => "event",
        });
        name.to_owned()
    });
    let change_kind = move |chosen: String| match chosen.as_str() {
        "start" => set(Anchor::Start),
        "end" => set(Anchor::End),
        _ => {
            let event = first_event(app).map(EventChoice::named).unwrap_or_default();
            set(Anchor::Event { event, which: Which::First });
        }
    };
    let has_event = Memo::new(move |_| read.with(|read| matches!(read.params.anchor, Anchor::Event { .. })));
    let event = move || has_event.get().then(|| view! { <EventControls choices/> });
    view! {
        <Segmented id="paths-anchor" label=label(|words| words.page_paths_anchor) choices=kinds value=kind on_change=change_kind/>
        {event}
    }
}

/// Which event, and which of several.
#[component]
fn EventControls(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let name = Signal::derive(move || {
        read.with(|read| event_name(&read.params.anchor, app.language.get())).unwrap_or_default()
    });
    let events = Signal::derive(move || {
        let named = |(name, _): &(String, u64)| (name.clone(), name.clone());
        let mut all: Vec<(String, String)> = app
            .opened
            .with(|opened| opened.iter().flat_map(|opened| opened.events.iter().map(named)).collect());
        // Several events, or one of another column.
        let own = name.get();
        if !all.iter().any(|(name, _)| *name == own) {
            all.push((own.clone(), own));
        }
        all
    });
    let change = move |anchor: &dyn Fn(EventChoice, Which) -> Anchor| {
        let params = read.get_untracked().params;
        if let Anchor::Event { event, which } = params.anchor.clone() {
            write(app, &Params { anchor: anchor(event, which), ..params });
        }
    };
    let change_event = move |chosen: String| {
        if name.get_untracked() == chosen {
            return;
        }
        change(&|_, which| Anchor::Event { event: EventChoice::named(chosen.clone()), which });
    };
    let whiches = Signal::derive(move || {
        let words = app.words();
        [("first", words.page_paths_which_first), ("last", words.page_paths_which_last)]
            .map(|(value, name)| (value.to_owned(), name.to_owned()))
            .to_vec()
    });
    let which = Signal::derive(move || {
        let last = read.with(|read| matches!(read.params.anchor, Anchor::Event { which: Which::Last, .. }));
        if last { "last" } else { "first" }.to_owned()
    });
    let change_which = move |chosen: String| {
        let which = if chosen == "last" { Which::Last } else { Which::First };
        change(&|event, _| Anchor::Event { event, which });
    };
    view! {
        <Combobox id="paths-event" label=label(|words| words.page_paths_event) choices=events value=name on_change=change_event/>
        <Segmented id="paths-which" label=label(|words| words.page_paths_which) choices=whiches value=which on_change=change_which/>
    }
}

/// What names steps, and repeats.
#[component]
pub fn Switches(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let collapse = Signal::derive(move || read.with(|read| read.params.collapse));
    let change_collapse =
        move |collapse: bool| write(app, &Params { collapse, ..read.get_untracked().params });
    let columns = Signal::derive(move || {
        let kind = |role: Role| matches!(role, Role::Event | Role::Channel | Role::Attribute);
        app.opened.with(|opened| {
            let columns = opened.iter().flat_map(|opened| &opened.columns);
            let texts = columns
                .filter(|column| column.kind == ColumnType::Text && kind(column.role) && !column.of_user);
            texts
                .map(|column| {
                    // The event column is what is meant when none is named.
                    let value = if column.role == Role::Event { String::new() } else { column.name.clone() };
                    (value, column.name.clone())
                })
                .collect()
        })
    });
    let column = Signal::derive(move || read.with(|read| read.params.column.clone().unwrap_or_default()));
    let change_column = move |chosen: String| {
        let column = Some(chosen).filter(|chosen| !chosen.is_empty());
        write(app, &Params { column, ..read.get_untracked().params });
    };
    view! {
        <Switch id="paths-collapse" label=label(|words| words.page_paths_collapse) value=collapse on_change=change_collapse/>
        <Select id="paths-column" label=label(|words| words.page_paths_column) choices=columns value=column on_change=change_column/>
    }
}
