//! One of a list, and yes or no.
//!
//! Use [`Select`] for six to about thirty choices: fewer are [`Segmented`](super::segmented::Segmented), more are a
//! [`Combobox`](super::combobox::Combobox). A [`Switch`] takes effect at once.
//!
//! Keyboard: the browser's own. Pattern: native `select` and `input`.

use leptos::prelude::*;

pub use super::field::Input;
use super::field::Notes;
use super::segmented::Choices;

/// One of a list.
#[component]
pub fn Select(
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
    /// What is expected.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong with the choice; empty when nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// Whether nothing can be chosen now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let notes = Notes { hint, error };
    let options = move || {
        let now = value.get();
        let option = |(choice, name): (String, String)| {
            // The property: the attribute no longer counts once somebody has chosen.
            let selected = choice == now;
            view! { <option value=choice prop:selected=selected>{name}</option> }
        };
        choices.get().into_iter().map(option).collect_view()
    };
    view! {
        <div class="field">
            <label class="label" for=id>{label}</label>
            <select id=id disabled=disabled aria-invalid=notes.invalid() aria-describedby=notes.described_by(id.to_owned())
                on:change=move |event| on_change.run(event_target_value(&event))>{options}</select>
            {notes.view(id)}
        </div>
    }
}

/// Yes or no.
#[component]
pub fn Switch(
    /// The field's id.
    id: &'static str,
    /// What is switched.
    #[prop(into)]
    label: Signal<String>,
    /// What holds now.
    #[prop(into)]
    value: Signal<bool>,
    /// Called with the other.
    #[prop(into)]
    on_change: Callback<bool>,
    /// Whether it cannot be switched now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <label class="field switch" for=id>
            <input
                id=id
                type="checkbox"
                disabled=disabled
                prop:checked=value
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class="label">{label}</span>
        </label>
    }
}
