//! A few choices side by side, of which one holds.

use leptos::prelude::*;

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
) -> impl IntoView {
    let buttons = move || {
        let button = |(choice, name): (String, String)| {
            let (own, chosen) = (choice.clone(), choice.clone());
            view! {
                <button
                    type="button"
                    id=format!("{id}-{choice}")
                    aria-pressed=move || (value.get() == own).to_string()
                    on:click=move |_| on_change.run(chosen.clone())
                >
                    {name}
                </button>
            }
        };
        choices.get().into_iter().map(button).collect_view()
    };
    view! {
        <div class="field" id=id>
            <span class="label" id=format!("{id}-label")>{label}</span>
            <div class="segmented" role="group" aria-labelledby=format!("{id}-label")>{buttons}</div>
        </div>
    }
}
