//! Two to five choices side by side, of which one holds.
//!
//! Use it where seeing all choices helps to choose; what shows another part of the page is [`Tabs`](super::tabs::Tabs).
//!
//! Keyboard: one stop of Tab; Left, Right, Up, Down, Home and End choose.
//!
//! Pattern: toggle buttons in a group, with the keys of a radio group (WAI-ARIA APG).

use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;

use super::focus;

/// Choices: a value and its name each.
pub type Choices = Signal<Vec<(String, String)>>;

/// Buttons of which one is pressed.
#[component]
pub fn Segmented(
    /// Names the control; each button is `<id>-<value>`.
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
    /// Whether nothing can be chosen now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let buttons = move || {
        let button = |(choice, name): (String, String)| {
            let (own, stop, chosen) = (choice.clone(), choice.clone(), choice.clone());
            view! {
                <button
                    type="button"
                    id=format!("{id}-{choice}")
                    aria-pressed=move || (value.get() == own).to_string()
                    tabindex=move || focus::stop(choices, &value.get(), &stop)
                    disabled=disabled
                    on:click=move |_| on_change.run(chosen.clone())
                >
                    {name}
                </button>
            }
        };
        choices.get().into_iter().map(button).collect_view()
    };
    let keys = move |event: KeyboardEvent| {
        if let Some(choice) = focus::walk(&event, id, choices, &value.get_untracked()) {
            on_change.run(choice);
        }
    };
    view! {
        <div class="field" id=id>
            <span class="label" id=format!("{id}-label")>{label}</span>
            <div class="segmented" role="group" aria-labelledby=format!("{id}-label") on:keydown=keys>{buttons}</div>
        </div>
    }
}
