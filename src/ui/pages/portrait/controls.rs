//! Which segment, as of when, and whom else to look up.

use leptos::prelude::*;

use super::{Read, USER};
use crate::scope::segments;
use crate::state::App;
use crate::text::condition;
use crate::widgets::select::{Input, Select, Switch};
use crate::widgets::settings;
use strata::analysis::portrait::Params;
use strata::locale::Words;

/// What the choice calls the segment that is looked at and is not saved.
const NOW: &str = "now";

fn label(app: App, pick: fn(&'static Words) -> &'static str) -> Signal<String> {
    Signal::derive(move || pick(app.words()).to_owned())
}

fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// The place of the saved segment that is looked at; reactive.
fn saved_now(app: App) -> Option<usize> {
    let now = app.scope.segment.get()?;
    app.segments.all().iter().position(|saved| app.segments.whole(saved).ok().as_ref() == Some(&now))
}

/// Segment, date, user.
#[component]
pub(super) fn Controls(read: Read) -> impl IntoView {
    let app = App::get();
    let choices = Signal::derive(move || {
        let everybody = (String::new(), app.words().scope_everybody.to_owned());
        let saved = app.segments.all().into_iter().enumerate();
        let saved = saved.map(|(place, saved)| (place.to_string(), segments::name(&saved).to_owned()));
        let now = app.scope.segment.get().filter(|_| saved_now(app).is_none());
        let now = now.map(|now| (NOW.to_owned(), condition(app.language.get(), &now)));
        std::iter::once(everybody).chain(now).chain(saved).collect::<Vec<_>>()
    });
    let value = Signal::derive(move || match (saved_now(app), app.scope.segment.get()) {
        (Some(place), _) => place.to_string(),
        (None, Some(_)) => NOW.to_owned(),
        (None, None) => String::new(),
    });
    let change = move |chosen: String| {
        let saved = untrack(|| app.segments.all());
        match chosen.parse().ok().and_then(|place: usize| saved.get(place)) {
            Some(segment) => app.look_at(segment),
            None if chosen.is_empty() => app.scope.set_segment(None),
            None => {}
        }
    };
    let bound = move |last: bool| {
        app.opened.with(|opened| {
            let span = opened.as_ref().map(|opened| if last { opened.span.1 } else { opened.span.0 });
            span.map(|day| day.to_string()).unwrap_or_default()
        })
    };
    let day =
        Signal::derive(move || read.get().params.as_of.map_or_else(|| bound(true), |day| day.to_string()));
    let change_day = move |text: String| {
        // An emptied field, and the last day, are the default.
        let as_of = text.parse().ok().filter(|_| text != bound(true));
        write(app, &Params { as_of, ..read.get_untracked().params });
    };
    let look_up = move |id: String| {
        let id = id.trim();
        app.address.set(USER, Some(id).filter(|id| !id.is_empty()));
    };
    view! {
        <Select id="portrait-segment" label=label(app, |words| words.scope_segment) choices value on_change=change/>
        <Input
            id="as-of".to_owned()
            kind="date"
            label=label(app, |words| words.page_builder_as_of)
            value=day
            min=Signal::derive(move || bound(false))
            max=Signal::derive(move || bound(true))
            on_change=change_day
        />
        <Input
            id="portrait-user".to_owned()
            kind="text"
            label=label(app, |words| words.page_portrait_look_up)
            value=Signal::stored(String::new())
            placeholder=label(app, |words| words.page_portrait_look_up_hint)
            on_change=look_up
        />
    }
}

/// Whether what is not known counts as a value.
#[component]
pub(super) fn Switches(read: Read) -> impl IntoView {
    let app = App::get();
    let unknown = Signal::derive(move || read.get().params.unknown);
    let change = move |unknown: bool| write(app, &Params { unknown, ..read.get_untracked().params });
    view! { <Switch id="portrait-unknown" label=label(app, |words| words.page_portrait_count_unknown) value=unknown on_change=change/> }
}
