//! The copy of the last data set that this browser may keep: the switch, what it means, and the button that removes it.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::icon::{Glyph, Icon};
use super::state::{App, recall, remember};
use super::text;
use super::widgets::select::Switch;
use strata::locale::fill;
use strata::worker::Kept;

const KEEP_KEY: &str = "strata.keep";

impl App {
    /// Finds out whether the browser can keep a copy, and whether it does.
    pub fn look_for_copy(self) {
        self.client().set_keep(self.keep.get_untracked());
        spawn_local(async move {
            // A browser that cannot say so keeps none.
            self.kept.set(self.client().kept().await.unwrap_or_default());
        });
    }

    /// Switches keeping on or off. Off, what was kept is removed.
    pub fn set_keep(self, keep: bool) {
        self.keep.set(keep);
        self.client().set_keep(keep);
        remember(KEEP_KEY, if keep { "on" } else { "off" });
        if !keep {
            self.remove_copy();
        }
    }

    /// Removes what the browser keeps.
    pub fn remove_copy(self) {
        spawn_local(async move {
            match self.client().wipe().await {
                Ok(kept) => {
                    self.kept.set(kept);
                    self.toasts.show(self.language.get_untracked().words().keep_removed.to_owned(), None);
                }
                Err(error) => self.report(error),
            }
        });
    }
}

/// Whether somebody has switched it on in this browser; off unless they have.
#[must_use]
pub fn wanted() -> bool {
    recall(KEEP_KEY).as_deref() == Some("on")
}

/// The switch, beside the other settings of reading; nothing where the browser keeps no files.
#[component]
pub fn KeepField() -> impl IntoView {
    let app = App::get();
    view! {
        <Show when=move || app.kept.get().available>
            <div class="settings">
                <fieldset class="card keep" id="keep-field">
                    <legend>{move || app.words().keep_title}</legend>
                    <Switch id="keep" label=Signal::derive(move || app.words().keep_switch.to_owned()) value=app.keep
                        on_change=Callback::new(move |keep| app.set_keep(keep))/>
                    <p class="hint" id="keep-hint">{move || app.words().keep_hint}</p>
                    <RemoveCopy/>
                </fieldset>
            </div>
        </Show>
    }
}

/// What is kept, and the button that removes it; nothing where nothing is.
#[component]
pub fn RemoveCopy() -> impl IntoView {
    let app = App::get();
    let bytes = move || {
        let Kept { bytes, .. } = app.kept.get();
        (bytes > 0).then_some(bytes)
    };
    view! {
        <Show when=move || bytes().is_some()>
            <p class="kept">
                <span class="muted">{move || {
                    let size = text::bytes(app.language.get(), bytes().unwrap_or_default());
                    fill(app.words().keep_now, &[("size", &size)])
                }}</span>
                <button type="button" class="button quiet" id="keep-remove" on:click=move |_| app.remove_copy()>
                    <Glyph icon=Icon::Close/>{move || app.words().keep_remove}
                </button>
            </p>
        </Show>
    }
}
