//! Fields with a label: a list of choices, a number, a date, a switch.

use leptos::prelude::*;

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
) -> impl IntoView {
    let options = move || {
        let now = value.get();
        let option = |(choice, name): (String, String)| {
            let selected = choice == now;
            view! { <option value=choice selected=selected>{name}</option> }
        };
        choices.get().into_iter().map(option).collect_view()
    };
    view! {
        <label class="field" for=id>
            <span class="label">{label}</span>
            <select id=id on:change=move |event| on_change.run(event_target_value(&event))>{options}</select>
        </label>
    }
}

/// A text that the browser checks: a date or a number.
#[component]
pub fn Input(
    /// The field's id.
    id: String,
    /// The kind of input: `date`, `number`.
    kind: &'static str,
    /// What is entered.
    #[prop(into)]
    label: Signal<String>,
    /// What is in it now.
    #[prop(into)]
    value: Signal<String>,
    /// The lowest value.
    #[prop(optional, into)]
    min: Signal<String>,
    /// The highest value.
    #[prop(optional, into)]
    max: Signal<String>,
    /// Called when the field is left with something else in it.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let field = id.clone();
    let limit = |bound: Signal<String>| move || Some(bound.get()).filter(|bound| !bound.is_empty());
    view! {
        <label class="field" for=field>
            <span class="label">{label}</span>
            <input
                id=id
                type=kind
                step="any"
                min=limit(min)
                max=limit(max)
                prop:value=value
                on:change=move |event| on_change.run(event_target_value(&event))
            />
        </label>
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
) -> impl IntoView {
    view! {
        <label class="field switch" for=id>
            <input
                id=id
                type="checkbox"
                prop:checked=value
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span class="label">{label}</span>
        </label>
    }
}
