//! A list of ids: pasted, or read from a file, such as one that was saved here. Pseudonyms are found again with the passphrase
//! under which they were saved: the engine computes those of all users.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;

use super::group::Place;
use crate::state::App;
use crate::widgets::frame::count;
use crate::widgets::latest::{fresh, latest};
use crate::widgets::popover::Popover;
use crate::widgets::save_list::PassphraseField;
use strata::dataset::segment::UserSegment;
use strata::engine::lists::MatchedIds;
use strata::error::Result;
use strata::locale::fill;
use strata::privacy::pseudonym::Passphrase;
use strata::segment::rule::Rule;
use strata::segment::rule::ids::{Ids, MOST_IDS, MOST_IN_DEFINITION, read, write};
use strata::worker::SourceFile;

/// The length in bytes from which a list is not shown as text.
const LONG_TEXT: usize = 200_000;

/// The number of ids, and behind it the field to change them.
pub(super) fn list(place: &Place, segment: &UserSegment) -> AnyView {
    let app = place.app;
    let known = ids_of(app, segment);
    let language = app.language.get_untracked();
    let shown = fill(
        language.words().page_builder_ids_count,
        &[("count", &count(segment.listed().unwrap_or_default(), language))],
    );
    let label = language.words().page_builder_ids_open.to_owned();
    let open = RwSignal::new(false);
    let (own, name) = (place.clone(), segment.name.clone());
    let set = Callback::new(move |listed: UserSegment| {
        let segment = UserSegment { name: name.clone(), ..listed };
        own.set(Rule::Segment(Box::new(segment)));
    });
    let lost = known.is_none().then(|| {
        let text = language.words().page_builder_ids_lost;
        view! { <p class="hint warning" id=place.id("ids-lost")>{text}</p> }
    });
    let before = StoredValue::new(write(&known.unwrap_or_default()));
    view! {
        {lost}
        <Popover id=place.id("ids") text=Signal::stored(shown) label=Signal::stored(label) open>
            <Form open before set/>
        </Popover>
    }
    .into_any()
}

/// The ids of a segment; nothing where they are held no more.
fn ids_of(app: App, segment: &UserSegment) -> Option<Vec<String>> {
    match &segment.list {
        Some(list) => app.client().held_ids(list).map(|ids| ids.to_vec()),
        None => Some(segment.users.clone().unwrap_or_default()),
    }
}

/// Ids, and the passphrase that they are pseudonyms under.
type Sought = (Vec<String>, Option<Passphrase>);

#[component]
fn Form(open: RwSignal<bool>, before: StoredValue<String>, set: Callback<UserSegment>) -> impl IntoView {
    let app = App::get();
    let text = RwSignal::new(before.get_value());
    let passphrase = RwSignal::new(String::new());
    let unreadable = RwSignal::new(None::<String>);
    let users =
        app.opened.with_untracked(|opened| opened.as_ref().and_then(|opened| opened.mapping.user.clone()));
    let list = Memo::new(move |_| text.with(|text| read(text, users.as_deref())));
    let number = move |number: usize| count(number as u64, app.language.get());
    let hint = move || fill(app.words().page_builder_ids_hint, &[("most", &number(MOST_IN_DEFINITION))]);
    // A field of many lines is slow, and nobody reads them.
    let is_long = Memo::new(move |_| text.with(|text| text.len() > LONG_TEXT));
    let shown = move || if is_long.get() { String::new() } else { text.get() };
    let instead = move || is_long.get().then(|| app.words().page_builder_ids_long);
    let too_many = Memo::new(move |_| list.with(|list| list.ids.len() > MOST_IDS));
    let sought = Memo::new(move |_| {
        let Ids { ids, pseudonyms, .. } = list.get();
        let secret = passphrase.with(|text| Passphrase::new(text).ok()).filter(|_| pseudonyms);
        (!ids.is_empty() && !too_many.get()).then_some((ids, secret))
    });
    let answer = latest(sought, move |(ids, secret): Sought| {
        let client = app.client();
        async move { client.match_ids(ids, secret).await }
    });
    let matched = Memo::new(move |_| fresh(sought, answer).and_then(Result::ok));
    // An id may look like a pseudonym: where the data have it as it is, nobody need be asked.
    let asks = Memo::new(move |before: Option<&bool>| {
        let plain = sought.with(|sought| sought.as_ref().is_some_and(|(_, secret)| secret.is_none()));
        let none = matched.with(|matched| matched.as_ref().map(|matched| matched.found.is_empty()));
        let still = before.copied().unwrap_or(false);
        list.with(|list| list.pseudonyms) && if plain { none.unwrap_or(still) } else { still }
    });
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let found = matched.get_untracked().map(|matched| matched.found);
        let ids = if asks.get_untracked() { found } else { Some(list.get_untracked().ids) };
        let Some(ids) = ids.filter(|_| !too_many.get_untracked()) else { return };
        spawn_local(async move {
            match segment_of(app, ids).await {
                Ok(listed) => {
                    open.set(false);
                    set.run(listed);
                }
                Err(error) => app.report(error),
            }
        });
    };
    let cannot = Memo::new(move |_| {
        let none = || matched.with(|matched| matched.as_ref().is_none_or(|matched| matched.found.is_empty()));
        too_many.get() || (list.with(|list| list.pseudonyms) && none())
    });
    let chosen = move |event: leptos::ev::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let name = file.name();
        spawn_local(async move {
            let read = text_of(app, file).await;
            let _ = unreadable.try_set(read.is_none().then_some(name));
            if let Some(read) = read {
                let _ = text.try_set(read);
            }
        });
    };
    view! {
        <form class="stack rule-ids" on:submit=apply>
            <label class="field" for="rule-ids-text">
                <span class="label">{move || app.words().page_builder_ids}</span>
                <textarea id="rule-ids-text" rows="8" spellcheck="false" autocomplete="off" prop:value=shown placeholder=instead
                    on:input=move |event| text.set(event_target_value(&event))></textarea>
            </label>
            <label class="field" for="rule-ids-file">
                <span class="label">{move || app.words().page_builder_ids_file}</span>
                <input type="file" id="rule-ids-file" accept=".csv,.txt,.tsv,.xlsx,.xls,.ods,text/plain,text/csv" on:change=chosen/>
            </label>
            <p class="hint">{hint}</p>
            <Show when=move || asks.get()>
                <PassphraseField id="rule-ids-passphrase" text=passphrase
                    hint=Signal::derive(move || app.words().page_builder_ids_pseudonyms.to_owned())/>
            </Show>
            <p class="hint" class:warning=too_many aria-live="polite" id="rule-ids-said">
                {move || said(app, list.with(|list| list.ids.len()), too_many.get())}
            </p>
            <div class="hint" aria-live="polite" id="rule-ids-found">{move || matched.get().map(|matched| found(app, &matched))}</div>
            <div aria-live="polite">
                {move || unreadable.get().map(|file| {
                    let text = fill(app.words().page_builder_ids_unreadable, &[("file", &file)]);
                    view! { <p class="hint warning">{text}</p> }
                })}
            </div>
            <button type="submit" class="button primary" id="rule-ids-apply" disabled=cannot>{move || app.words().page_builder_ids_apply}</button>
        </form>
    }
}

/// Ids as a segment; many are held by the page, and the segment says only which.
async fn segment_of(app: App, ids: Vec<String>) -> Result<UserSegment> {
    if ids.len() > MOST_IN_DEFINITION {
        let list = Some(Box::new(app.client().hold_list(ids).await?));
        return Ok(UserSegment { list, ..UserSegment::default() });
    }
    Ok(UserSegment { users: Some(ids), ..UserSegment::default() })
}

/// How many ids there are, and whether that is too many.
fn said(app: App, ids: usize, too_many: bool) -> String {
    let number = |number: usize| count(number as u64, app.language.get());
    if too_many {
        fill(app.words().page_builder_ids_many, &[("count", &number(ids)), ("most", &number(MOST_IDS))])
    } else {
        fill(app.words().page_builder_ids_count, &[("count", &number(ids))])
    }
}

/// How many of them are among the users, and examples of those that are not.
fn found(app: App, matched: &MatchedIds) -> AnyView {
    let (words, number) = (app.words(), |number: u64| count(number, app.language.get()));
    let (found, missing) = (number(matched.found.len() as u64), number(matched.missing));
    let counts = fill(words.page_builder_ids_found, &[("found", &found), ("missing", &missing)]);
    let examples = (!matched.examples.is_empty()).then(|| {
        let list = matched.examples.join(words.app_list);
        view! { <p class="ids-examples">{fill(words.page_builder_ids_examples, &[("list", &list)])}</p> }
    });
    view! { <p>{counts}</p>{examples} }.into_any()
}

/// What a file says: text as it is, a workbook through the readers; nothing where neither can be read.
async fn text_of(app: App, file: web_sys::File) -> Option<String> {
    let name = file.name();
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    if ["xlsx", "xls", "ods"].contains(&ending.as_str()) {
        let file = SourceFile { name, bytes: file.size(), part: None, blob: file.unchecked_into() };
        return app.client().table_text(&file).await.ok();
    }
    let read = JsFuture::from(file.text()).await.ok()?;
    read.dyn_ref::<js_sys::JsString>().map(String::from)
}
