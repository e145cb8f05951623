//! How a number is defined: plain words, the formula, the switches that change it, and the guide.

use leptos::prelude::*;

use crate::address::Page;
use crate::guide::guide;
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

/// What a side panel says about a definition: how this answer counts, the switches that change it, and the guide to the
/// question. Its headings are `h3`, below the panel's own.
#[component]
pub fn DefinitionContent(
    /// The question's page.
    page: Page,
    /// The definition with the settings in force, a paragraph each.
    paragraphs: Signal<Vec<String>>,
    /// The switches.
    #[prop(optional)]
    switches: Option<AnyView>,
) -> impl IntoView {
    let app = App::get();
    let switches = switches.map(|switches| {
        view! {
            <h3>{move || app.words().guide_switches}</h3>
            <div class="controls">{switches}</div>
        }
    });
    view! {
        <div class="definition-content" id="definition">
            <h3>{move || app.words().guide_now}</h3>
            <div id="definition-now" aria-live="polite">
                {move || paragraphs.get().into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            </div>
            {switches}
            <div class="guide" id="guide" inner_html=move || guide(page, app.language.get())></div>
        </div>
    }
}
