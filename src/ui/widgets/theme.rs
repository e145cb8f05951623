//! The colours of the style sheet, and a signal that fires when the theme changes.

use std::cell::{OnceCell, RefCell};

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use strata::chart::{Palette, Rgb};

#[wasm_bindgen]
extern "C" {
    type MutationObserver;
    #[wasm_bindgen(constructor)]
    fn new(callback: &js_sys::Function) -> MutationObserver;
    #[wasm_bindgen(method)]
    fn observe(this: &MutationObserver, target: &web_sys::Node, options: &JsValue);
}

thread_local! {
    static CHANGES: OnceCell<ArcRwSignal<u32>> = const { OnceCell::new() };
    /// The colours, and the change that they came with.
    static KNOWN: RefCell<Option<(u32, Palette)>> = const { RefCell::new(None) };
}

/// The charts' colours in the present theme; reactive. They are read from the style sheet once for each theme: asking for
/// them makes the browser bring all styles up to date.
#[must_use]
pub fn palette() -> Palette {
    let now = changes().get();
    let known = KNOWN.with_borrow(|known| known.clone().filter(|(then, _)| *then == now));
    known.map_or_else(
        || {
            let palette = read_palette();
            KNOWN.set(Some((now, palette.clone())));
            palette
        },
        |(_, palette)| palette,
    )
}

fn read_palette() -> Palette {
    let style =
        document().document_element().and_then(|root| window().get_computed_style(&root).ok().flatten());
    let read = |name: &str| {
        style
            .as_ref()
            .and_then(|style| style.get_property_value(&format!("--{name}")).ok())
            .and_then(|text| Rgb::from_css(&text))
    };
    let is_dark = |colour: Rgb| colour.contrast(Rgb(0, 0, 0)) < colour.contrast(Rgb(255, 255, 255));
    let dark = read("surface-raised").map_or_else(prefers_dark, is_dark);
    (if dark { Palette::dark() } else { Palette::light() }).overridden(read)
}

/// Fires when the theme may have changed.
fn changes() -> ArcRwSignal<u32> {
    CHANGES.with(|changes| changes.get_or_init(follow).clone())
}

/// The page's `data-theme` and the system's setting, followed for as long as the page lives.
fn follow() -> ArcRwSignal<u32> {
    let changes = ArcRwSignal::new(0u32);
    let changed = changes.clone();
    let listener =
        Closure::<dyn FnMut()>::new(move || changed.update(|count| *count = count.wrapping_add(1)));
    let function: &js_sys::Function = listener.as_ref().unchecked_ref();
    if let Some(root) = document().document_element() {
        let options = js_sys::Object::new();
        let names = js_sys::Array::of1(&"data-theme".into());
        let _ = js_sys::Reflect::set(&options, &"attributes".into(), &true.into());
        let _ = js_sys::Reflect::set(&options, &"attributeFilter".into(), &names);
        MutationObserver::new(function).observe(&root, &options);
    }
    for setting in ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"] {
        if let Ok(Some(query)) = window().match_media(setting) {
            query.set_onchange(Some(function));
            std::mem::forget(query);
        }
    }
    listener.forget();
    changes
}

fn prefers_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}
