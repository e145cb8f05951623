//! A panel at the right side of the page that stays open beside the work.
//!
//! Use it for what is read together with the page: a definition, the users behind a number. In wide windows (1280 px)
//! the page makes room for it; in narrower ones it lies over the page; on phones it is a sheet at the lower edge.
//!
//! Keyboard: the focus moves into it when it opens; Escape in it closes it and gives the focus back. Its edge is a
//! separator: Left and Right resize it, Home and End make it as narrow or wide as it goes.
//!
//! Pattern: non-modal dialog, and window splitter (WAI-ARIA APG).

use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use super::focus;
use crate::icon::{Glyph, Icon};
use crate::state::{App, recall, remember};

/// Widths in CSS pixels: the narrowest, the widest, what is chosen at first, and one step of the keyboard.
const NARROWEST: f64 = 320.0;
const WIDEST: f64 = 960.0;
const USUAL: f64 = 512.0;
const STEP: f64 = 32.0;

const KEY: &str = "strata.panel";

/// The panel, `#<id>`.
#[component]
pub fn SidePanel(
    /// Its id.
    id: &'static str,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is shown; false again when the user closes it.
    open: RwSignal<bool>,
    /// What stands in its head, before the button that closes it.
    #[prop(optional)]
    actions: Option<AnyView>,
    /// What it holds; made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let app = App::get();
    let opener = StoredValue::new_local(None::<HtmlElement>);
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        match (before.unwrap_or(false), now) {
            (false, true) => {
                opener.set_value(focus::active());
                request_animation_frame(move || focus::give(id));
            }
            (true, false) => return_focus(id, opener.get_value()),
            _ => {}
        }
        now
    });
    on_cleanup(move || {
        if open.try_get_untracked() == Some(true) {
            return_focus(id, opener.try_get_value().flatten());
        }
    });
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            event.stop_propagation();
            open.set(false);
        }
    };
    let heading = format!("{id}-title");
    // Hidden, not gone, when closed: the actions in its head are made once.
    view! {
        <div class="panel side-panel" id=id role="dialog" tabindex="-1" aria-labelledby=heading.clone()
            hidden=move || !open.get() on:keydown=keys>
            <Edge id/>
            <div class="panel-head">
                <h2 id=heading.clone()>{title}</h2>
                <div class="panel-actions">
                    {actions}
                    <button type="button" class="icon-button" id=format!("{id}-close")
                        aria-label=move || app.words().control_close title=move || app.words().control_close
                        on:click=move |_| open.set(false)>
                        <Glyph icon=Icon::Close/>
                    </button>
                </div>
            </div>
            <div class="panel-body">{move || open.get().then(|| children())}</div>
        </div>
    }
}

/// Gives the focus back to what opened the panel, unless the user has put it elsewhere in the meantime.
fn return_focus(id: &str, opener: Option<HtmlElement>) {
    let held = focus::active();
    let inside = held.as_ref().is_none_or(|held| focus::is_within(focus::by_id(id).as_ref(), Some(held)));
    if let Some(opener) = opener.filter(|_| inside) {
        let _ = opener.focus();
    }
}

/// The edge that resizes the panel.
#[component]
fn Edge(id: &'static str) -> impl IntoView {
    let app = App::get();
    let remembered = recall(KEY).and_then(|width| width.parse().ok());
    let width = RwSignal::new(remembered.unwrap_or(USUAL).clamp(NARROWEST, WIDEST));
    let dragging = RwSignal::new(false);
    Effect::new(move || {
        let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
        if let Some(root) = root {
            let _ = root.style().set_property("--panel-width", &format!("{}px", width.get()));
        }
    });
    let choose = move |wanted: f64| {
        let wanted = wanted.clamp(NARROWEST, WIDEST).round();
        width.set(wanted);
        remember(KEY, &wanted.to_string());
    };
    let keys = move |event: KeyboardEvent| {
        let now = width.get_untracked();
        let wanted = match event.key().as_str() {
            "ArrowLeft" => now + STEP,
            "ArrowRight" => now - STEP,
            "Home" => NARROWEST,
            "End" => WIDEST,
            _ => return,
        };
        event.prevent_default();
        choose(wanted);
    };
    let press = move |event: PointerEvent| {
        event.prevent_default();
        let edge: HtmlElement = event_target(&event);
        let _ = edge.set_pointer_capture(event.pointer_id());
        dragging.set(true);
    };
    let drag = move |event: PointerEvent| {
        if dragging.get_untracked()
            && let Some(panel) = focus::by_id(id)
        {
            choose(panel.get_bounding_client_rect().right() - f64::from(event.client_x()));
        }
    };
    view! {
        <div class="panel-edge" class:dragging=dragging role="separator" aria-orientation="vertical" tabindex="0"
            aria-label=move || app.words().control_resize aria-controls=id
            aria-valuemin=NARROWEST.to_string() aria-valuemax=WIDEST.to_string()
            aria-valuenow=move || width.get().to_string()
            on:keydown=keys on:pointerdown=press on:pointermove=drag
            on:pointerup=move |_| dragging.set(false) on:pointercancel=move |_| dragging.set(false)></div>
    }
}
