//! One page for each question.

use leptos::prelude::*;

use super::state::App;

/// The page that the address names.
#[component]
pub fn View() -> impl IntoView {
    let app = App::get();
    view! { <section class="page"><p class="answer">{move || app.address.page().name()}</p></section> }
}
