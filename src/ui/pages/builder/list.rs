//! A list of ids: pasted, or read from a file.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;

use super::group::Place;
use crate::state::App;
use crate::widgets::frame::count;
use crate::widgets::popover::Popover;
use strata::dataset::segment::UserSegment;
use strata::locale::fill;
use strata::segment::rule::Rule;
use strata::segment::rule::ids::{MOST_IDS, ids};

/// The number of ids, and behind it the field to change them.
pub(super) fn list(place: &Place, segment: &UserSegment) -> AnyView {
    let app = place.app;
    let users = segment.users.clone().unwrap_or_default();
    let language = app.language.get_untracked();
    let shown =
        fill(language.words().page_builder_ids_count, &[("count", &count(users.len() as u64, language))]);
    let label = language.words().page_builder_ids_open.to_owned();
    let open = RwSignal::new(false);
    let (own, name) = (place.clone(), segment.name.clone());
    let set = Callback::new(move |ids: Vec<String>| {
        let segment = UserSegment { name: name.clone(), users: Some(ids), ..UserSegment::default() };
        own.set(Rule::Segment(Box::new(segment)));
    });
    let before = StoredValue::new(users.join("\n"));
    view! {
        <Popover id=place.id("ids") text=Signal::stored(shown) label=Signal::stored(label) open>
            <Form open before set/>
        </Popover>
    }
    .into_any()
}

#[component]
fn Form(open: RwSignal<bool>, before: StoredValue<String>, set: Callback<Vec<String>>) -> impl IntoView {
    let app = App::get();
    let text = RwSignal::new(before.get_value());
    let found = Memo::new(move |_| text.with(|text| ids(text)));
    let number = move |number: usize| count(number as u64, app.language.get());
    let hint = move || fill(app.words().page_builder_ids_hint, &[("most", &number(MOST_IDS))]);
    let too_many = Memo::new(move |_| found.with(Vec::len) > MOST_IDS);
    let said = move || {
        let (phrase, all) = (app.words(), number(found.with(Vec::len)));
        if too_many.get() {
            fill(phrase.page_builder_ids_many, &[("count", &all), ("most", &number(MOST_IDS))])
        } else {
            fill(phrase.page_builder_ids_count, &[("count", &all)])
        }
    };
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !too_many.get_untracked() {
            open.set(false);
            set.run(found.get_untracked());
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            if let Ok(read) = JsFuture::from(file.text()).await
                && let Some(read) = read.dyn_ref::<js_sys::JsString>()
            {
                let _ = text.try_set(String::from(read));
            }
        });
    };
    view! {
        <form class="stack rule-ids" on:submit=apply>
            <label class="field" for="rule-ids-text">
                <span class="label">{move || app.words().page_builder_ids}</span>
                <textarea id="rule-ids-text" rows="8" spellcheck="false" autocomplete="off" prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))></textarea>
            </label>
            <label class="field" for="rule-ids-file">
                <span class="label">{move || app.words().page_builder_ids_file}</span>
                <input type="file" id="rule-ids-file" accept=".csv,.txt,.tsv,text/plain,text/csv" on:change=chosen/>
            </label>
            <p class="hint">{hint}</p>
            <p class="hint" class:warning=too_many aria-live="polite" id="rule-ids-said">{said}</p>
            <button type="submit" class="button primary" id="rule-ids-apply" disabled=too_many>{move || app.words().page_builder_ids_apply}</button>
        </form>
    }
}
