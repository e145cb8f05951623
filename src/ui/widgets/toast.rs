//! Short messages at the edge of the window that go away by themselves.
//!
//! Use one to confirm what was done and offer to undo it ("Segment saved. Undo"). What has gone wrong, or has to be
//! read, is an alert where it happened. Nothing may be reachable through a toast alone.
//!
//! Keyboard: the toasts are the last stop of Tab on the page; Escape in one dismisses it and the focus returns to where
//! it came from. A toast stays for six seconds, and for as long as the pointer or the focus is on it.
//!
//! Pattern: status message (`role="status"`, WCAG 4.1.3).

use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::tachys::html::event::{FocusEvent, KeyboardEvent};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use super::focus;
use crate::icon::{Glyph, Icon};
use crate::state::App;

/// How long a toast stays.
const STAY: Duration = Duration::from_secs(6);
/// More at a time would hide the page; the oldest makes room.
const SHOWN: usize = 3;

/// What a toast offers to do: its name, and what then happens. No [`Callback`]: the place that made it may be gone by then.
pub type Action = (String, Arc<dyn Fn() + Send + Sync>);

#[derive(Clone)]
struct Toast {
    number: u32,
    text: String,
    action: Option<Action>,
}

/// The toasts that are shown; a context, and cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    count: StoredValue<u32>,
}

impl Toasts {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), count: StoredValue::new(0) }
    }

    /// The toasts of the page.
    #[must_use]
    pub fn get() -> Self {
        expect_context()
    }

    /// Shows a message, and offers to do something about it.
    pub fn show(self, text: String, action: Option<Action>) {
        self.count.update_value(|count| *count = count.wrapping_add(1));
        let toast = Toast { number: self.count.get_value(), text, action };
        self.shown.update(|shown| {
            shown.push(toast);
            let surplus = shown.len().saturating_sub(SHOWN);
            shown.drain(..surplus);
        });
    }

    fn dismiss(self, number: u32) {
        let _ = self.shown.try_update(|shown| shown.retain(|toast| toast.number != number));
    }
}

impl Default for Toasts {
    fn default() -> Self {
        Self::new()
    }
}

/// Where toasts appear; once on the page, as its last element.
#[component]
pub fn ToastArea() -> impl IntoView {
    let toasts = Toasts::get();
    view! {
        <div class="toasts" id="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.number let:toast>
                {toast_view(toasts, toast)}
            </For>
        </div>
    }
}

fn toast_view(toasts: Toasts, toast: Toast) -> AnyView {
    let app = App::get();
    let number = toast.number;
    let timer = StoredValue::new_local(None::<TimeoutHandle>);
    let came_from = StoredValue::new_local(None::<HtmlElement>);
    let stop = move || {
        let running = timer.try_update_value(Option::take).flatten();
        running.iter().for_each(TimeoutHandle::clear);
    };
    let start = move || {
        stop();
        let running = set_timeout_with_handle(move || toasts.dismiss(number), STAY).ok();
        let _ = timer.try_set_value(running);
    };
    start();
    on_cleanup(stop);
    let id = format!("toast-{number}");
    let (own, held) = (id.clone(), id.clone());
    let dismiss = move || {
        let had_focus =
            focus::is_within(focus::by_id(&own).as_ref(), focus::active().as_deref().map(AsRef::as_ref));
        if let Some(before) = came_from.get_value().filter(|_| had_focus) {
            let _ = before.focus();
        }
        toasts.dismiss(number);
    };
    let dismiss = StoredValue::new_local(dismiss);
    let dismiss = move || dismiss.with_value(|dismiss| dismiss());
    let entered = move |event: FocusEvent| {
        stop();
        let from = event.related_target().and_then(|from| from.dyn_into::<HtmlElement>().ok());
        if let Some(from) = from.filter(|from| !focus::is_within(focus::by_id(&held).as_ref(), Some(from))) {
            came_from.set_value(Some(from));
        }
    };
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            event.stop_propagation();
            dismiss();
        }
    };
    let button = toast.action.map(|(name, run)| {
        let act = move |_| {
            dismiss();
            run();
        };
        view! { <button type="button" class="button small" data-testid="toast-action" on:click=act>{name}</button> }
    });
    view! {
        <div class="toast" id=id on:pointerenter=move |_| stop() on:pointerleave=move |_| start()
            on:focusin=entered on:focusout=move |_| start() on:keydown=keys>
            <p>{toast.text}</p>
            {button}
            <button type="button" class="icon-button" aria-label=move || app.words().control_dismiss
                title=move || app.words().control_dismiss on:click=move |_| dismiss()>
                <Glyph icon=Icon::Close/>
            </button>
        </div>
    }
    .into_any()
}
