//! Conditions that hold, one beside the other; each can be changed and taken away.
//!
//! Use it for filters: what narrows the numbers has to be in sight while they are read.
//!
//! Keyboard: each chip is a button to change it, if it can be changed, and one to remove it; Delete and Backspace on
//! either remove it too. The focus then goes to the next chip.
//!
//! Pattern: list of buttons; the names say what is removed.

use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;

use super::focus;
use crate::icon::{Glyph, Icon};

/// A condition.
#[derive(Debug, Clone)]
pub struct Chip {
    /// What it says.
    pub text: String,
    /// What the button that removes it is called.
    pub remove_label: String,
    /// Changes it; without, it can only be removed.
    pub on_edit: Option<Callback<()>>,
    /// Removes it.
    pub on_remove: Callback<()>,
}

/// The chips, `#<id>`; the buttons are `<id>-edit-<index>` and `<id>-remove-<index>`.
#[component]
pub fn Chips(
    /// The list's id.
    id: &'static str,
    /// The conditions.
    #[prop(into)]
    chips: Signal<Vec<Chip>>,
    /// The `data-testid` of the buttons that remove.
    #[prop(optional)]
    remove_testid: Option<&'static str>,
) -> impl IntoView {
    let list = move || {
        let chips = chips.get().into_iter().enumerate();
        chips.map(|(index, chip)| chip_view(id, index, chip, remove_testid)).collect_view()
    };
    view! { <ul class="chips" id=id>{list}</ul> }
}

fn chip_view(id: &'static str, index: usize, chip: Chip, testid: Option<&'static str>) -> AnyView {
    let Chip { text, remove_label, on_edit, on_remove } = chip;
    let remove = move || {
        on_remove.run(());
        request_animation_frame(move || {
            let here = format!("{id}-remove-{index}");
            let before = format!("{id}-remove-{}", index.saturating_sub(1));
            let next = [here, before].into_iter().find(|next| focus::by_id(next).is_some());
            focus::give(next.as_deref().unwrap_or("content"));
        });
    };
    let keys = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Delete" | "Backspace") {
            event.prevent_default();
            remove();
        }
    };
    let title = text.clone();
    let text = match on_edit {
        Some(edit) => view! {
            <button type="button" class="chip-text" id=format!("{id}-edit-{index}") title=title
                on:click=move |_| edit.run(())>{text}</button>
        }
        .into_any(),
        None => view! { <span class="chip-text" title=title>{text}</span> }.into_any(),
    };
    view! {
        <li class="chip" on:keydown=keys>
            {text}
            <button type="button" class="chip-remove" id=format!("{id}-remove-{index}") data-testid=testid
                aria-label=remove_label.clone() title=remove_label on:click=move |_| remove()>
                <Glyph icon=Icon::Close/>
            </button>
        </li>
    }
    .into_any()
}
