//! The present question as a request that the command line and the JavaScript module accept.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::state::App;
use strata::engine::request::{OpenOptions, Query, Spec};

/// The question with everything that its answer depends on.
fn spec(app: App, query: Query) -> String {
    let given = app.chosen.with_untracked(|chosen| chosen.as_ref().map(|chosen| chosen.options.clone()));
    let mut open: OpenOptions = given.unwrap_or_default();
    app.opened.with_untracked(|opened| {
        if let Some(opened) = opened {
            open.mapping = Some(opened.mapping.clone());
            open.time_zone = Some(opened.time_zone.clone());
            open.week_start = Some(opened.week_start);
        }
    });
    Spec { open, query }.to_text()
}

/// Whether the text now is in the clipboard. Pages over plain http have none.
async fn write(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    let there: &JsValue = clipboard.as_ref();
    !there.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Copies the request; where the browser refuses, shows it to be copied by hand.
#[component]
pub fn CopyRequest(
    /// What is asked.
    #[prop(into)]
    query: Signal<Query>,
) -> impl IntoView {
    let app = App::get();
    let copied = RwSignal::new(false);
    let shown = RwSignal::new(String::new());
    let dialog = NodeRef::<html::Dialog>::new();
    let copy = move |_| {
        let text = spec(app, query.get_untracked());
        spawn_local(async move {
            if write(&text).await {
                let _ = copied.try_set(true);
                let reset = move || {
                    let _ = copied.try_set(false);
                };
                set_timeout(reset, std::time::Duration::from_secs(2));
            } else {
                let _ = shown.try_set(text);
                if let Some(dialog) = dialog.try_get_untracked().flatten() {
                    let _ = dialog.show_modal();
                }
            }
        });
    };
    let label = move || {
        let words = app.words();
        if copied.get() { words.widget_request_copied } else { words.widget_request_copy }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <button type="button" class="button small" id="copy-request" on:click=copy aria-live="polite">{label}</button>
        <dialog class="dialog" node_ref=dialog id="request-dialog" aria-label=move || app.words().widget_request_title>
            <div class="dialog-frame">
                <div class="dialog-head">
                    <h2>{move || app.words().widget_request_title}</h2>
                    <button type="button" class="button" on:click=close>{move || app.words().widget_close}</button>
                </div>
                <div class="dialog-body">
                    <p>{move || app.words().widget_request_by_hand}</p>
                    <textarea readonly rows="16" prop:value=shown></textarea>
                </div>
            </div>
        </dialog>
    }
}
