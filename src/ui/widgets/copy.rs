//! A button that copies a text, and says that it has.
//!
//! Where the browser allows no copying (plain http, a refused permission), the text is shown, selected, to be copied by
//! hand.
//!
//! Keyboard: Enter and Space. Pattern: button (WAI-ARIA APG) with a live region.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::icon::{Glyph, Icon};
use crate::state::App;

/// How long the button says that the text is copied.
const SAID: Duration = Duration::from_secs(2);

/// The button `#<id>`.
#[component]
pub fn Copy(
    /// The button's id.
    id: String,
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// Makes the text when the button is pressed.
    text: Callback<(), String>,
    /// The id of the dialog that shows the text; `<id>-dialog` without.
    #[prop(optional)]
    dialog: Option<&'static str>,
) -> impl IntoView {
    let app = App::get();
    let dialog_id = dialog.map_or_else(|| format!("{id}-dialog"), str::to_owned);
    let copied = RwSignal::new(false);
    let shown = RwSignal::new(String::new());
    let dialog = NodeRef::<html::Dialog>::new();
    let area = NodeRef::<html::Textarea>::new();
    let show = move |text: String| {
        let _ = shown.try_set(text);
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            let _ = dialog.show_modal();
        }
        // The text is in the field once effects have run.
        request_animation_frame(move || {
            if let Some(area) = area.try_get_untracked().flatten() {
                let _ = area.focus();
                area.select();
            }
        });
    };
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            if write(&text).await {
                let _ = copied.try_set(true);
                let reset = move || {
                    let _ = copied.try_set(false);
                };
                set_timeout(reset, SAID);
            } else {
                show(text);
            }
        });
    };
    let say = move || if copied.get() { app.words().control_copied.to_owned() } else { label.get() };
    let icon = move || {
        let icon = if copied.get() { Icon::Done } else { Icon::Copy };
        view! { <Glyph icon/> }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <button type="button" class="button small" id=id on:click=copy>
            {icon}
            <span aria-live="polite">{say}</span>
        </button>
        <dialog class="dialog" node_ref=dialog id=dialog_id aria-label=move || app.words().control_copy_title>
            <div class="dialog-frame">
                <div class="dialog-head">
                    <h2>{move || app.words().control_copy_title}</h2>
                    <button type="button" class="icon-button" aria-label=move || app.words().control_close on:click=close>
                        <Glyph icon=Icon::Close/>
                    </button>
                </div>
                <div class="dialog-body">
                    <p>{move || app.words().control_copy_by_hand}</p>
                    <textarea node_ref=area readonly rows="12" aria-label=label prop:value=shown></textarea>
                </div>
            </div>
        </dialog>
    }
}

/// Whether the text now is in the clipboard. Pages over plain http have none.
pub(super) async fn write(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    let there: &JsValue = clipboard.as_ref();
    !there.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
