//! The frame around every page.

use leptos::prelude::*;

use super::state::App;

/// The frame.
#[component]
pub fn Shell() -> impl IntoView {
    let app = App::get();
    view! { <h1>{move || app.words().app_name}</h1> }
}
