//! Which ways users take: flows from step to step, the step matrix, whole paths, what follows what, and who does things in a
//! given order.

mod charts;
mod controls;
mod events;
mod flows;
mod sequences;
mod text;
mod transitions;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::question::Answered;
use crate::widgets::settings::{self, Settings};
use crate::widgets::tabs::{TabPanel, Tabs};
use strata::analysis::paths::{Anchor, Divide, Params, Report, Which};
use strata::dataset::events::EventChoice;

type Answer = Answered<Report>;

/// Writes parameters to the address.
fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// The settings of the page that shows what follows an event in paths of a kind; without one it shows them from their start.
#[must_use]
pub fn after(event: Option<EventChoice>, divide: Divide) -> Vec<(String, String)> {
    let defaults = Params::default();
    let plain = Params { divide, ..defaults.clone() };
    let anchor = |event| Anchor::Event { event, which: Which::First };
    let params = match event {
        Some(event) => Params { anchor: anchor(event), before: 0, ..plain },
        None => plain,
    };
    let texts = settings::texts(&params, &defaults).into_iter();
    texts.filter_map(|(name, text)| Some((name, text?))).collect()
}

/// Writes parameters to the address, and shows a part.
fn write_and_show(app: App, params: &Params, part: Part) {
    let name = (part != Part::Flows).then_some(part.name());
    settings::write(app.address, params, &Params::default(), &[("view", name)]);
}

/// The part of the page that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Flows,
    Matrix,
    Transitions,
    Sequences,
}

impl Part {
    const ALL: [Self; 4] = [Self::Flows, Self::Matrix, Self::Transitions, Self::Sequences];

    /// The name in the address.
    fn name(self) -> &'static str {
        match self {
            Self::Flows => "flows",
            Self::Matrix => "matrix",
            Self::Transitions => "transitions",
            Self::Sequences => "sequences",
        }
    }
}

/// The page's choices, from the address.
#[derive(Debug, Clone, Copy)]
struct Choices {
    read: Memo<Settings<Params>>,
    part: Memo<Part>,
    /// The event that something is to be done with.
    chosen: RwSignal<Option<String>>,
}

/// The page.
#[component]
pub fn Paths() -> impl IntoView {
    let app = App::get();
    let choices = Choices {
        read: Memo::new(move |_| settings::read(app.address, &Params::default())),
        part: Memo::new(move |_| {
            let wanted = app.address.setting("view");
            let found = Part::ALL.into_iter().find(|part| Some(part.name()) == wanted.as_deref());
            found.unwrap_or(Part::Flows)
        }),
        chosen: RwSignal::new(None),
    };
    let tabs = Signal::derive(move || {
        let words = app.words();
        let names = [
            words.page_paths_view_flows,
            words.page_paths_view_matrix,
            words.page_paths_view_transitions,
            words.page_paths_view_sequences,
        ];
        let named = Part::ALL.into_iter().zip(names);
        named.map(|(part, name)| (part.name().to_owned(), name.to_owned())).collect()
    });
    let part = Signal::derive(move || choices.part.get().name().to_owned());
    let change = move |chosen: String| {
        app.address.set("view", (chosen != Part::Flows.name()).then_some(chosen.as_str()));
    };
    // A sequence is another question; the other parts are views of one.
    let is_sequence = Memo::new(move |_| choices.part.get() == Part::Sequences);
    let content = move || {
        if is_sequence.get() {
            view! { <sequences::SequencesPart/> }.into_any()
        } else {
            view! { <flows::FlowsPart choices/> }.into_any()
        }
    };
    view! {
        <Tabs id="paths-view" label=Signal::derive(move || app.words().page_paths_view.to_owned())
            choices=tabs value=part on_change=change/>
        <TabPanel id="paths-view" value=part>{content}</TabPanel>
    }
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

/// The event that is looked around when no other was chosen: the most frequent purchase, else the most frequent event.
fn first_event(app: App) -> Option<String> {
    app.opened.with_untracked(|opened| {
        let opened = opened.as_ref()?;
        let purchases = opened.mapping.purchase_events.as_deref().unwrap_or_default();
        let is_purchase = |(name, _): &&(String, u64)| purchases.contains(name);
        let found = opened.events.iter().find(is_purchase).or_else(|| opened.events.first());
        found.map(|(name, _)| name.clone())
    })
}

/// Whether positions before the anchor are looked at, and those after it.
fn sides(anchor: &Anchor) -> (bool, bool) {
    (*anchor != Anchor::Start, *anchor != Anchor::End)
}
