//! Keeps an open panel beside the control that opened it.
//!
//! The panel is a `popover="manual"`: the browser draws it above all else, whatever clips or covers the control. It lies
//! under the control, above it where there is more room, and always inside the window. On phones the style sheet makes
//! a sheet at the lower edge of it.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};

use super::focus::by_id;

/// Between the control and the panel, and between the panel and the edge of the window, in CSS pixels.
const GAP: f64 = 4.0;
const MARGIN: f64 = 8.0;

/// Shows the element `panel` beside the element `anchor` while `open`, and follows it. `same_width` makes the panel at
/// least as wide.
pub fn keep(anchor: String, panel: String, open: Signal<bool>, same_width: bool) {
    let watched = panel.clone();
    let listener = Closure::<dyn FnMut()>::new(move || {
        if open.try_get_untracked() == Some(true)
            && let (Some(anchor), Some(panel)) = (by_id(&anchor), by_id(&panel))
        {
            place(&anchor, &panel, same_width);
        }
    });
    let function: js_sys::Function = listener.as_ref().unchecked_ref::<js_sys::Function>().clone();
    let observer = ResizeObserver::new(&function).ok();
    let window = window();
    // Scrolling does not bubble: it is heard on its way down.
    let _ = window.add_event_listener_with_callback_and_bool("scroll", &function, true);
    let _ = window.add_event_listener_with_callback("resize", &function);
    let kept = StoredValue::new_local((listener, function, observer));
    Effect::new(move || {
        let is_open = open.get();
        let Some(panel) = by_id(&watched) else { return };
        kept.with_value(|(_, _, observer)| {
            if is_open {
                let _ = panel.show_popover();
                // Its first report comes before the panel is painted.
                observer.iter().for_each(|observer| observer.observe(&panel));
            } else {
                let _ = panel.hide_popover();
                observer.iter().for_each(|observer| observer.unobserve(&panel));
            }
        });
    });
    on_cleanup(move || {
        kept.with_value(|(_, function, observer)| {
            let _ = window.remove_event_listener_with_callback_and_bool("scroll", function, true);
            let _ = window.remove_event_listener_with_callback("resize", function);
            observer.iter().for_each(ResizeObserver::disconnect);
        });
    });
}

fn place(anchor: &HtmlElement, panel: &HtmlElement, same_width: bool) {
    let box_of = anchor.get_bounding_client_rect();
    let size = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let (window_width, window_height) = (size(window().inner_width()), size(window().inner_height()));
    let style = panel.style();
    if same_width {
        let _ = style.set_property("min-width", &format!("{}px", box_of.width()));
    }
    let (width, height) = (f64::from(panel.offset_width()), f64::from(panel.offset_height()));
    let below = window_height - box_of.bottom() - GAP - MARGIN;
    let above = box_of.top() - GAP - MARGIN;
    let wanted =
        if height > below && above > below { box_of.top() - GAP - height } else { box_of.bottom() + GAP };
    let top = wanted.min(window_height - MARGIN - height).max(MARGIN);
    let left = box_of.left().min(window_width - MARGIN - width).max(MARGIN);
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}
