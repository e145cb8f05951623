//! How a number is defined: plain words, the formula, the switches that change it, and the guide.

use leptos::prelude::*;

use crate::address::Page;
use crate::guide::guide;
use crate::state::App;

/// Whether the side panel with the page's definition is shown; a context.
#[derive(Debug, Clone, Copy)]
pub struct DefinitionDoor {
    /// Whether it is shown.
    pub open: RwSignal<bool>,
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
    switches: Option<ViewFn>,
) -> impl IntoView {
    let app = App::get();
    let switches = switches.map(|switches| {
        view! {
            <h3>{move || app.words().guide_switches}</h3>
            <div class="controls">{switches.run()}</div>
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
