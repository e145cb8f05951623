//! The browser's program. One wasm serves the page and its workers: where it runs decides what it does.
//!
//! On a page without the element `strata` it only makes its exports available: that is the JavaScript module.

#[cfg(target_arch = "wasm32")]
fn main() {
    use wasm_bindgen::JsCast as _;

    console_error_panic_hook::set_once();
    if js_sys::global().has_type::<web_sys::DedicatedWorkerGlobalScope>() {
        strata::worker::serve();
    } else if page_has_place() {
        strata_ui::mount();
    }
}

/// Whether this is the application's own page.
#[cfg(target_arch = "wasm32")]
fn page_has_place() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.get_element_by_id("strata").is_some())
}

/// Natively there is nothing to run; the command line is the program `strata`.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}
