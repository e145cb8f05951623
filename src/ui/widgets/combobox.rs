//! One of many, found by typing.
//!
//! Use it where a list is too long to be looked through (time zones, events, columns); a short list is a
//! [`Select`](super::select::Select), two to five choices are [`Segmented`](super::segmented::Segmented).
//!
//! Keyboard: typing narrows the list, whatever part of a name is typed; Up, Down, Page Up, Page Down, Home and End walk
//! through it; Enter takes the option at hand; Escape, or leaving the field, leaves everything as it was.
//!
//! Pattern: editable combobox with list autocomplete (WAI-ARIA APG).

use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;
use wasm_bindgen::JsCast as _;

use super::float;
use super::focus::by_id;
use super::listbox::{Entry, Listbox, option_id, step};
use super::segmented::Choices;
use crate::icon::{Glyph, Icon};
use crate::state::App;
use strata::locale::matching::rank;

/// An option with what it stands for.
type Found = (String, Entry);

/// A field with a list of choices.
#[component]
pub fn Combobox(
    /// The field's id.
    id: &'static str,
    /// What is chosen.
    #[prop(into)]
    label: Signal<String>,
    /// What there is to choose.
    choices: Choices,
    /// What holds now.
    #[prop(into)]
    value: Signal<String>,
    /// Called with another choice.
    #[prop(into)]
    on_change: Callback<String>,
    /// The heading that a value stands under; values of one group have to follow one another.
    #[prop(optional)]
    group: Option<Callback<String, String>>,
    /// Whether nothing can be chosen now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let typed = RwSignal::new(None::<String>);
    let active = RwSignal::new(0usize);
    let found = Memo::new(move |_| {
        let query = typed.get().unwrap_or_default();
        choices.with(|choices| matches(choices, &query, &value.get(), group))
    });
    let entries = Signal::derive(move || found.get().into_iter().map(|(_, entry)| entry).collect());
    let name = move || {
        let value = value.get();
        let name = |(choice, name): &(String, String)| (*choice == value).then(|| name.clone());
        choices.with(|choices| choices.iter().find_map(name)).unwrap_or(value)
    };
    let (panel, list) = (format!("{id}-panel"), format!("{id}-list"));
    let show = move || {
        if !open.get_untracked() && !disabled.get_untracked() {
            let chosen = found.with_untracked(|found| found.iter().position(|(_, entry)| entry.chosen));
            active.set(chosen.unwrap_or(0));
            open.set(true);
        }
    };
    let leave = move || {
        open.set(false);
        typed.set(None);
    };
    let pick = Callback::new(move |index: usize| {
        let chosen = found.with_untracked(|found| found.get(index).map(|(value, _)| value.clone()));
        leave();
        if let Some(chosen) = chosen.filter(|chosen| *chosen != value.get_untracked()) {
            on_change.run(chosen);
        }
    });
    let input = move |event| {
        let text = event_target_value(&event);
        typed.set(Some(text.clone()));
        active.set(found.with_untracked(|found| best(found, &text)));
        open.set(true);
    };
    let keys = move |event: KeyboardEvent| {
        let key = event.key();
        let is_open = open.get_untracked();
        let count = found.with_untracked(Vec::len);
        match key.as_str() {
            "ArrowDown" | "ArrowUp" if !is_open => show(),
            "Enter" if is_open => pick.run(active.get_untracked()),
            "Escape" if is_open => leave(),
            key if is_open => match step(key, active.get_untracked(), count) {
                Some(next) => active.set(next),
                None => return,
            },
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let select = move |_| {
        if let Some(input) = by_id(id).and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            input.select();
        }
    };
    float::keep(format!("{id}-box"), panel.clone(), open.into(), true);
    let at_hand = list.clone();
    let descendant =
        move || (open.get() && !found.with(Vec::is_empty)).then(|| option_id(&at_hand, active.get()));
    let controls = list.clone();
    let listbox = move || {
        let none = Signal::derive(move || app.words().control_none.to_owned());
        open.get().then(|| view! { <Listbox id=list.clone() label entries active none pick/> })
    };
    view! {
        <div class="field combobox">
            <label class="label" for=id>{label}</label>
            <div class="combobox-box" id=format!("{id}-box")>
                <input id=id type="text" role="combobox" autocomplete="off" spellcheck="false" aria-autocomplete="list"
                    aria-expanded=move || open.get().to_string()
                    aria-controls=move || open.get().then(|| controls.clone())
                    aria-activedescendant=descendant
                    disabled=disabled
                    prop:value=move || typed.get().unwrap_or_else(name)
                    on:focus=select on:click=move |_| show() on:input=input on:keydown=keys on:blur=move |_| leave()/>
                <Glyph icon=Icon::Down/>
            </div>
            <div popover="manual" class="popover options" id=panel>{listbox}</div>
        </div>
    }
}

/// The choices that fit what is typed, in their order.
fn matches(
    choices: &[(String, String)],
    query: &str,
    value: &str,
    group: Option<Callback<String, String>>,
) -> Vec<Found> {
    let fits = |(_, name): &&(String, String)| rank(query, name).is_some();
    let entry = |(choice, name): &(String, String)| {
        let group = group.map(|group| group.run(choice.clone())).unwrap_or_default();
        let entry = Entry { name: name.clone(), group, note: String::new(), chosen: choice == value };
        (choice.clone(), entry)
    };
    choices.iter().filter(fits).map(entry).collect()
}

/// The option that fits best; of equals the first.
fn best(found: &[Found], query: &str) -> usize {
    let rank = |(index, (_, entry)): (usize, &Found)| rank(query, &entry.name).map(|rank| (rank, index));
    found.iter().enumerate().filter_map(rank).min().map_or(0, |(_, index)| index)
}
