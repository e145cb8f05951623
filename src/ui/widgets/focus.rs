//! Elements by their ids, and where the focus is and goes.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{EventTarget, HtmlElement, KeyboardEvent, Node};

use super::segmented::Choices;

/// What can take the focus, in the order in which it is looked for.
const FOCUSABLE: &str = "[data-focus]:not([disabled]), [tabindex='0'], a[href], button:not([disabled]):not([tabindex='-1']), \
     input:not([disabled]):not([tabindex='-1']), select:not([disabled]), textarea:not([disabled])";

/// The element with an id.
#[must_use]
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id).and_then(|element| element.dyn_into().ok())
}

/// The element that has the focus; nothing when that is the page as a whole.
#[must_use]
pub fn active() -> Option<HtmlElement> {
    let element: HtmlElement = document().active_element()?.dyn_into().ok()?;
    (element.tag_name() != "BODY").then_some(element)
}

/// Whether an event happened in an element.
#[must_use]
pub fn is_within(element: Option<&HtmlElement>, target: Option<&EventTarget>) -> bool {
    let target = target.and_then(|target| target.dyn_ref::<Node>());
    element.is_some_and(|element| target.is_some() && element.contains(target))
}

/// Puts the focus on an element, if it is there.
pub fn give(id: &str) {
    if let Some(element) = by_id(id) {
        let _ = element.focus();
    }
}

/// Puts the focus on what is marked `data-focus` in an element, else on the first control in it, else on the element.
///
/// Waits for the next frame: what has just been opened is there by then.
pub fn enter(id: String) {
    request_animation_frame(move || {
        let Some(element) = by_id(&id) else { return };
        let marked = element.query_selector("[data-focus]:not([disabled])").ok().flatten();
        let first = marked.or_else(|| element.query_selector(FOCUSABLE).ok().flatten());
        let first = first.and_then(|first| first.dyn_into::<HtmlElement>().ok());
        let _ = first.unwrap_or(element).focus();
    });
}

/// Gives the focus back to an element when what held it has gone, and leaves it where the user has put it otherwise.
pub fn give_back(to: &str, from: &str) {
    let held = active();
    let inside = held.as_ref().is_none_or(|held| is_within(by_id(from).as_ref(), Some(held)));
    if inside {
        give(to);
    }
}

/// The `tabindex` of a choice among several that are one stop of Tab: the one that holds, else the first, can be reached.
#[must_use]
pub fn stop(choices: Choices, value: &str, own: &str) -> &'static str {
    let reached = choices.with(|choices| {
        let held = choices.iter().any(|(choice, _)| choice == value);
        if held { value == own } else { choices.first().is_some_and(|(first, _)| first == own) }
    });
    if reached { "0" } else { "-1" }
}

/// Where an arrow key, Home or End leads among choices whose elements are `<id>-<choice>`; moves the focus there.
#[must_use]
pub fn walk(event: &KeyboardEvent, id: &str, choices: Choices, value: &str) -> Option<String> {
    let key = match event.key().as_str() {
        "ArrowRight" => "ArrowDown".to_owned(),
        "ArrowLeft" => "ArrowUp".to_owned(),
        _ => event.key(),
    };
    let (index, next) = choices.with_untracked(|choices| {
        let index = choices.iter().position(|(choice, _)| choice == value).unwrap_or(0);
        let next = super::listbox::step(&key, index, choices.len()).filter(|_| !key.starts_with("Page"));
        (index, next.and_then(|next| Some((next, choices.get(next)?.0.clone()))))
    });
    let (next, choice) = next?;
    event.prevent_default();
    give(&format!("{id}-{choice}"));
    (next != index).then_some(choice)
}
