//! An event: one name or several, and conditions on its rows.

use leptos::prelude::*;

use super::fields::{self, Labelled};
use super::group::Place;
use crate::icon::{Glyph, Icon};
use crate::scope::filter::ConditionForm;
use crate::widgets::popover::Popover;
use strata::dataset::events::EventChoice;
use strata::dataset::filter::Condition;
use strata::locale::fill;
use strata::segment::rule::sentence;

/// The value of "anything"; no event is called so in a list.
const ANY: &str = "";

/// The fields of an event; `name` tells it from others of the same condition.
pub(super) fn event(
    place: &Place,
    name: &str,
    now: &EventChoice,
    choose: impl Fn(EventChoice) + Clone + Send + Sync + 'static,
) -> AnyView {
    view! {
        <span class="rule-event">
            {names(place, name, now, choose.clone())}
            {chips(place, name, now, choose.clone())}
            {narrow(place, name, now, choose)}
        </span>
    }
    .into_any()
}

/// A list to choose from for each name, and one more for another.
fn names(
    place: &Place,
    name: &str,
    now: &EventChoice,
    choose: impl Fn(EventChoice) + Clone + 'static,
) -> Vec<AnyView> {
    let words = place.app.words();
    let known: Vec<String> = place.app.opened.with_untracked(|opened| {
        opened.iter().flat_map(|opened| opened.events.iter().map(|(name, _)| name.clone())).collect()
    });
    // Without an event column every row is the same.
    if known.is_empty() && now.events.is_none() {
        return Vec::new();
    }
    let chosen = now.events.clone().unwrap_or_default();
    let mut all = known;
    all.extend(chosen.iter().filter(|event| !all.contains(event)).cloned().collect::<Vec<_>>());
    let shown: Vec<Option<String>> =
        if now.events.is_none() { vec![None] } else { chosen.iter().cloned().map(Some).collect() };
    let field = |(index, own): (usize, Option<String>)| {
        let none = if index == 0 { words.page_builder_any } else { words.page_builder_take_away };
        let options = std::iter::once((ANY.to_owned(), none.to_owned()))
            .chain(all.iter().map(|event| (event.clone(), event.clone())));
        let id = if index == 0 { place.id(name) } else { place.id(&format!("{name}-{index}")) };
        let (before, choose) = (now.clone(), choose.clone());
        let select = fields::select(
            Labelled::new(id, words.page_builder_event),
            options.collect(),
            own.as_deref().unwrap_or(ANY),
            move |event| choose(with_name(&before, index, event)),
        );
        let or = (index > 0).then(|| view! { <span class="muted">{words.rule_or_event.trim()}</span> });
        view! { {or}{select} }.into_any()
    };
    let mut parts: Vec<AnyView> = shown.into_iter().enumerate().map(field).collect();
    let free = all.iter().find(|event| !chosen.contains(event)).cloned().filter(|_| now.events.is_some());
    if let Some(free) = free {
        let before = now.clone();
        let label = words.page_builder_or_event;
        let add = move |_| {
            let mut more = before.clone();
            more.events.get_or_insert_default().push(free.clone());
            choose(more);
        };
        parts.push(
            view! {
                <button type="button" class="icon-button rule-or" id=place.id(&format!("{name}-or")) title=label aria-label=label on:click=add>"+"</button>
            }
            .into_any(),
        );
    }
    parts
}

/// Another name at a place; [`ANY`] takes it away, the first with all others.
fn with_name(before: &EventChoice, index: usize, name: String) -> EventChoice {
    let mut choice = before.clone();
    let events = choice.events.get_or_insert_default();
    match (name.as_str(), events.get_mut(index)) {
        (ANY, _) if index == 0 => choice.events = None,
        (ANY, Some(_)) => drop(events.remove(index)),
        (ANY, None) => {}
        (_, Some(event)) => *event = name,
        (_, None) => events.push(name),
    }
    choice
}

/// The conditions, each with a button that takes it away.
fn chips(
    place: &Place,
    name: &str,
    now: &EventChoice,
    choose: impl Fn(EventChoice) + Clone + 'static,
) -> Option<AnyView> {
    let language = place.app.language.get_untracked();
    let chip = |(index, condition): (usize, &Condition)| {
        let text = sentence::condition(language, condition);
        let label = fill(language.words().page_builder_remove_narrow, &[("condition", &text)]);
        let (before, choose) = (now.clone(), choose.clone());
        let remove = move |_| {
            let mut less = before.clone();
            if index < less.all.len() {
                less.all.remove(index);
            }
            choose(less);
        };
        view! {
            <span class="chip">
                <span class="chip-text">{text}</span>
                <button type="button" class="chip-remove" id=place.id(&format!("{name}-condition-{index}")) aria-label=label on:click=remove>
                    <Glyph icon=Icon::Close/>
                </button>
            </span>
        }
    };
    let chips: Vec<_> = now.all.iter().enumerate().map(chip).collect();
    (!chips.is_empty()).then(|| view! { {chips} }.into_any())
}

/// Adds a condition.
fn narrow(
    place: &Place,
    name: &str,
    now: &EventChoice,
    choose: impl Fn(EventChoice) + Send + Sync + 'static,
) -> AnyView {
    let before = now.clone();
    let add = Callback::new(move |condition: Condition| {
        let mut more = before.clone();
        more.all.push(condition);
        choose(more);
    });
    let open = RwSignal::new(false);
    let label = place.app.words().page_builder_add_condition.to_owned();
    view! {
        <Popover id=place.id(&format!("{name}-narrow")) text=Signal::stored(String::new()) label=Signal::stored(label)
            icon=Icon::Filter class="icon-button" open>
            <ConditionForm open on_add=add/>
        </Popover>
    }
    .into_any()
}
