//! The page: Leptos components over bounded reports. Rows never come here.
//!
//! [`state::App`] is what all components share, [`address`] keeps page and settings behind `#`, [`shell`] is the frame,
//! `start` and `mapping` open files, `pages` hold one question each, `widgets` what they are built from.

pub mod address;
pub mod shell;
pub mod state;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Shows the application in the page's element `strata`.
pub fn mount() {
    let place = document().get_element_by_id("strata");
    if let Some(place) = place.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        leptos::mount::mount_to(place, || {
            provide_context(state::App::new());
            view! { <shell::Shell/> }
        })
        .forget();
    }
}
