//! The list of a combobox: the options that fit, in groups if there are any, one of them at hand.
//!
//! Pattern: the listbox popup of a combobox (WAI-ARIA APG). The focus stays in the field; the option at hand is the
//! field's `aria-activedescendant`. Only [`Combobox`](super::combobox) and [`Palette`](super::palette) show lists this way.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::focus::by_id;

/// How far Page Up and Page Down go.
const PAGE: usize = 8;

/// An option.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// The heading that it stands under; empty for none. Options of one group stand together.
    pub group: String,
    /// What is said at its end: keys, a number.
    pub note: String,
    /// Whether it is what holds now.
    pub chosen: bool,
}

/// The id of an option's element.
#[must_use]
pub fn option_id(list: &str, index: usize) -> String {
    format!("{list}-{index}")
}

/// Where a key leads among `count` options; nothing when it is no key of the list.
#[must_use]
pub fn step(key: &str, active: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match key {
        "ArrowDown" => {
            if active >= last {
                0
            } else {
                active + 1
            }
        }
        "ArrowUp" => active.min(last + 1).checked_sub(1).unwrap_or(last),
        "PageDown" => (active + PAGE).min(last),
        "PageUp" => active.saturating_sub(PAGE),
        "Home" => 0,
        "End" => last,
        _ => return None,
    })
}

/// The list.
#[component]
pub fn Listbox(
    /// Its id; each option is `<id>-<index>`.
    id: String,
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// The options.
    entries: Signal<Vec<Entry>>,
    /// The index of the option at hand.
    active: RwSignal<usize>,
    /// What is said when there is no option.
    #[prop(into)]
    none: Signal<String>,
    /// Called with the index of the option that is clicked.
    pick: Callback<usize>,
) -> impl IntoView {
    let list = StoredValue::new(id.clone());
    // One effect for the whole list: a list of all time zones has six hundred options.
    Effect::new(move || {
        entries.track();
        let now = active.get();
        request_animation_frame(move || {
            if let Some(id) = list.try_get_value() {
                mark(&id, now);
            }
        });
    });
    let click = move |event: leptos::ev::MouseEvent| {
        let option = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|target| target.closest("[data-index]").ok().flatten());
        let index = option.and_then(|option| option.get_attribute("data-index")?.parse().ok());
        if let Some(index) = index {
            pick.run(index);
        }
    };
    let content = move || {
        let entries = entries.get();
        if entries.is_empty() {
            return ().into_any();
        }
        let all: Vec<_> = entries.iter().enumerate().collect();
        let groups = all.chunk_by(|(_, one), (_, next)| one.group == next.group);
        list.with_value(|id| groups.map(|group| group_view(id, group)).collect_view().into_any())
    };
    view! {
        <div role="listbox" class="listbox" id=id aria-label=label
            on:mousedown=|event| event.prevent_default() on:click=click>{content}</div>
        <p class="listbox-none" role="status">{move || entries.with(Vec::is_empty).then(|| none.get())}</p>
    }
}

fn group_view(list: &str, group: &[(usize, &Entry)]) -> AnyView {
    let options: Vec<_> = group.iter().map(|(index, entry)| option_view(list, *index, entry)).collect();
    let Some((first, entry)) = group.first().filter(|(_, entry)| !entry.group.is_empty()) else {
        return options.into_any();
    };
    let heading = format!("{list}-group-{first}");
    view! {
        <div role="group" aria-labelledby=heading.clone()>
            <div class="listbox-heading" role="presentation" id=heading.clone()>{entry.group.clone()}</div>
            {options}
        </div>
    }
    .into_any()
}

fn option_view(list: &str, index: usize, entry: &Entry) -> AnyView {
    let note = Some(entry.note.clone()).filter(|note| !note.is_empty());
    view! {
        <div role="option" class="option" class:chosen=entry.chosen id=option_id(list, index) data-index=index.to_string()
            aria-selected="false">
            <span class="option-name">{entry.name.clone()}</span>
            {note.map(|note| view! { <span class="option-note">{note}</span> })}
        </div>
    }
    .into_any()
}

/// Shows which option is at hand, and brings it into sight.
fn mark(list: &str, index: usize) {
    let before = by_id(list).and_then(|list| list.query_selector("[aria-selected=true]").ok().flatten());
    let now = by_id(&option_id(list, index));
    if let Some(before) = before {
        let _ = before.set_attribute("aria-selected", "false");
    }
    if let Some(now) = now {
        let _ = now.set_attribute("aria-selected", "true");
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        now.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
