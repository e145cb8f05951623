//! Parts of a page of which one is shown.
//!
//! Use it for parts that stand for themselves and need not be compared; what changes how one thing is counted or drawn is
//! [`Segmented`](super::segmented::Segmented).
//!
//! Keyboard: one stop of Tab; Left, Right, Home and End show the part at once; the next Tab leads into it.
//!
//! Pattern: tabs with automatic activation (WAI-ARIA APG).

use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;

use super::focus;
use super::segmented::Choices;

/// The tabs, `#<id>`; each is `<id>-<value>`. The caller shows a [`TabPanel`] with the same id.
#[component]
pub fn Tabs(
    /// Names the control.
    id: &'static str,
    /// What the tabs are parts of.
    #[prop(into)]
    label: Signal<String>,
    /// The parts.
    choices: Choices,
    /// The part that is shown.
    #[prop(into)]
    value: Signal<String>,
    /// Called with another part.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let tabs = move || {
        let tab = |(choice, name): (String, String)| {
            let (own, stop) = (choice.clone(), choice.clone());
            let element = format!("{id}-{choice}");
            view! {
                <button type="button" class="tab" role="tab" id=element aria-controls=format!("{id}-panel")
                    aria-selected=move || (value.get() == own).to_string()
                    tabindex=move || focus::stop(choices, &value.get(), &stop)
                    on:click=move |_| on_change.run(choice.clone())>{name}</button>
            }
        };
        choices.get().into_iter().map(tab).collect_view()
    };
    let keys = move |event: KeyboardEvent| {
        // Up and Down scroll the page.
        if matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
            return;
        }
        if let Some(choice) = focus::walk(&event, id, choices, &value.get_untracked()) {
            on_change.run(choice);
        }
    };
    view! { <div class="tabs" id=id role="tablist" aria-label=label on:keydown=keys>{tabs}</div> }
}

/// The part that is shown, `#<id>-panel`.
#[component]
pub fn TabPanel(
    /// The id of the tabs.
    id: &'static str,
    /// The part that is shown.
    #[prop(into)]
    value: Signal<String>,
    /// The part.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="tab-panel" id=format!("{id}-panel") role="tabpanel" tabindex="0"
            aria-labelledby=move || format!("{id}-{}", value.get())>{children()}</div>
    }
}
