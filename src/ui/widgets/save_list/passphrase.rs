//! A passphrase, hidden unless somebody wants to see it. It stays in the field: no browser is asked to keep it.

use leptos::prelude::*;

use super::count;
use crate::state::App;
use strata::locale::fill;
use strata::privacy::pseudonym::SHORTEST;

/// The field, with what is still wrong with what is in it.
#[component]
pub fn PassphraseField(
    /// The field's id.
    id: &'static str,
    /// What is in it.
    text: RwSignal<String>,
    /// What is to be known about it.
    hint: Signal<String>,
) -> impl IntoView {
    let app = App::get();
    let shown = RwSignal::new(false);
    let length = Memo::new(move |_| text.with(|text| text.chars().count()));
    let short = move || {
        (length.get() < SHORTEST).then(|| {
            let language = app.language.get();
            let number = |number: usize| count(number as u64, language);
            fill(
                language.words().list_passphrase_short,
                &[("least", &number(SHORTEST)), ("count", &number(length.get()))],
            )
        })
    };
    let button = move || {
        let words = app.words();
        if shown.get() { words.list_passphrase_hide } else { words.list_passphrase_show }
    };
    let notes = format!("{id}-hint {id}-short");
    view! {
        <div class="field">
            <label class="label" for=id>{move || app.words().list_passphrase}</label>
            <div class="passphrase">
                <input id=id type=move || if shown.get() { "text" } else { "password" } autocomplete="off" spellcheck="false"
                    aria-describedby=notes prop:value=text on:input=move |event| text.set(event_target_value(&event))/>
                <button type="button" class="button small" id=format!("{id}-show") aria-controls=id
                    on:click=move |_| shown.update(|shown| *shown = !*shown)>{button}</button>
            </div>
            <p class="hint warning" id=format!("{id}-short") aria-live="polite">{short}</p>
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
        </div>
    }
}
