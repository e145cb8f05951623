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
    /// Whether it begins with the page's figure under other definitions.
    pub others: RwSignal<bool>,
}

impl DefinitionDoor {
    /// A closed panel.
    #[must_use]
    pub fn new() -> Self {
        Self { open: RwSignal::new(false), others: RwSignal::new(false) }
    }

    /// Opens the panel with the figure under other definitions, or closes it.
    pub fn toggle_others(self) {
        let shown = self.open.get_untracked() && self.others.get_untracked();
        self.others.set(!shown);
        self.open.set(!shown);
    }

    /// Opens the panel with the definition in force, or closes it.
    pub fn toggle(self) {
        let shown = self.open.get_untracked() && !self.others.get_untracked();
        self.others.set(false);
        self.open.set(!shown);
    }
}

impl Default for DefinitionDoor {
    fn default() -> Self {
        Self::new()
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
    switches: Option<ViewFn>,
    /// The page's figure under other definitions.
    #[prop(optional_no_strip)]
    others: Option<ViewFn>,
) -> impl IntoView {
    let app = App::get();
    let door = expect_context::<DefinitionDoor>();
    let others = StoredValue::new(others);
    let others = move || {
        let others = others.get_value().filter(|_| door.others.get())?;
        Some(view! {
            <h3>{move || app.words().sensitivity_title}</h3>
            {others.run()}
        })
    };
    // What scrolls has to have something that the keyboard can go to.
    let alone = switches.is_none();
    let switches = switches.map(|switches| {
        view! {
            <h3>{move || app.words().guide_switches}</h3>
            <div class="controls">{switches.run()}</div>
        }
    });
    view! {
        <div class="definition-content" id="definition">
            {others}
            <h3>{move || app.words().guide_now}</h3>
            <div id="definition-now" aria-live="polite" tabindex=alone.then_some("0") role=alone.then_some("group")
                aria-label=move || alone.then(|| app.words().guide_now)>
                {move || paragraphs.get().into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            </div>
            {switches}
            <div class="guide" id="guide" inner_html=move || guide(page, app.language.get())></div>
        </div>
    }
}
