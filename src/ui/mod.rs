//! Placeholder.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Placeholder.
pub fn mount() {
    let place = leptos::prelude::document().get_element_by_id("strata");
    if let Some(place) = place.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        leptos::mount::mount_to(place, || view! { <h1>"Strata"</h1> }).forget();
    }
}
