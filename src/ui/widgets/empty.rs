//! Nothing to show: what is missing, why, and what to do.
//!
//! Use it in the place of a chart or a table that has no content; never leave a frame without anything in it. If one
//! click mends it, offer that click.
//!
//! Keyboard: that of its action. Pattern: text.

use leptos::prelude::*;

/// The text in the place of the content.
#[component]
pub fn Empty(
    /// What is missing.
    #[prop(into)]
    title: Signal<String>,
    /// Why, and what to do.
    #[prop(into)]
    advice: Signal<String>,
    /// A button that does it.
    #[prop(optional)]
    action: Option<AnyView>,
    /// Another id than `empty`.
    #[prop(default = "empty")]
    id: &'static str,
) -> impl IntoView {
    view! {
        <div class="empty" id=id>
            <p class="empty-title">{title}</p>
            <p>{advice}</p>
            {action}
        </div>
    }
}
