//! A question mark that explains the word before it.
//!
//! Use it for a term or a figure that not everybody knows, in one or two sentences. What everybody has to read is a hint;
//! how a number is defined is the page's definition.
//!
//! Keyboard: Enter or Space shows and hides the text; Escape, or leaving the button, hides it.
//!
//! Pattern: toggletip: a disclosure button (WAI-ARIA APG) whose text is announced when it appears.

use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;

use super::float;
use crate::icon::{Glyph, Icon};
use crate::state::App;
use strata::locale::fill;

/// The button `#<id>`; its text is `#<id>-text`.
#[component]
pub fn Help(
    /// The button's id.
    id: String,
    /// The explanation.
    #[prop(into)]
    text: Signal<String>,
    /// What is explained; part of the button's name.
    #[prop(optional, into)]
    about: Signal<String>,
) -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let panel = format!("{id}-text");
    float::keep(id.clone(), panel.clone(), open.into(), false);
    let label = move || {
        let words = app.words();
        match about.get() {
            about if about.is_empty() => words.control_help.to_owned(),
            about => fill(words.control_help_about, &[("about", &about)]),
        }
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            open.set(false);
        }
    };
    view! {
        <button type="button" class="help" id=id aria-label=label aria-controls=panel.clone()
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
            on:keydown=keys on:blur=move |_| open.set(false)>
            <Glyph icon=Icon::Help/>
        </button>
        <span popover="manual" class="popover tip" id=panel role="status">{move || open.get().then(|| text.get())}</span>
    }
}
