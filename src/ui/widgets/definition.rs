//! How a number is defined: plain words, the formula, and the switches that change it.

use leptos::prelude::*;

use crate::state::App;

/// A definition that unfolds.
#[component]
pub fn Definition(
    /// The definition's paragraphs.
    paragraphs: Signal<Vec<String>>,
    /// The switches.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let app = App::get();
    let switches = children.map(|children| view! { <div class="controls">{children()}</div> });
    view! {
        <details class="definition" id="definition">
            <summary>{move || app.words().widget_definition}</summary>
            {move || paragraphs.get().into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            {switches}
        </details>
    }
}
