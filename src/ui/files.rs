//! Several files at hand: what the rows of each are, whether it can be read, and how files come and go.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast as _;

use super::chosen::{ChosenFile, Intake};
use super::icon::{Glyph, Icon};
use super::mapping::{MemoryNote, rounded};
use super::shell::Doors;
use super::state::App;
use super::text;
use strata::engine::request::FileOptions;
use strata::ingest::guess::change_kind;
use strata::ingest::mapping::FileKind;
use strata::locale::{Language, fill};
use strata::worker::{Source, SourceFile};

/// What of a file its row in the list is built from; the rest is read where it is shown.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    name: String,
    bytes: u64,
    rows: u64,
}

/// The list of the files, one of which is shown below.
#[component]
pub fn FileList() -> impl IntoView {
    let app = App::get();
    // Built anew only when files come or go: a change of a kind must not take the focus from the list that made it.
    let lines = Memo::new(move |_| {
        app.chosen.with(|chosen| {
            let files = chosen.as_ref().map_or(&[][..], |chosen| &chosen.files);
            files.iter().map(line).collect::<Vec<_>>()
        })
    });
    let rows = move || {
        lines.get().into_iter().enumerate().map(|(number, line)| row(app, number, line)).collect::<Vec<_>>()
    };
    view! {
        <div class="card files">
            <table class="data" id="files" aria-label=move || app.words().files_list>
                <thead><tr>
                    <th scope="col">{move || app.words().mapping_file}</th>
                    <th scope="col">{move || app.words().files_rows_are}</th>
                    <th scope="col">{move || app.words().files_state}</th>
                    <th scope="col" class="num">{move || app.words().mapping_size}</th>
                    <th scope="col" class="num">{move || app.words().mapping_rows_about}</th>
                    <th scope="col"><span class="visually-hidden">{move || app.words().files_actions}</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="files-foot">
                <AddButton/>
                <span class="muted"><MemoryNote/></span>
            </div>
        </div>
    }
}

fn line(file: &ChosenFile) -> Line {
    let found = file.inspection.as_ref();
    Line {
        name: file.options.file.clone(),
        bytes: found.map_or(0, |found| found.bytes),
        rows: found.map_or(0, |found| found.estimated_rows),
    }
}

fn row(app: App, number: usize, line: Line) -> AnyView {
    let Line { name, bytes, rows } = line;
    let shown = move || app.shown.get() == number;
    let state = Memo::new(move |_| state(app, number));
    let named = {
        let name = name.clone();
        move |phrase: &str| fill(phrase, &[("file", &name)])
    };
    let (replace_name, remove_name) = (named.clone(), named);
    let doors = expect_context::<Doors>();
    view! {
        <tr class:shown=shown data-file=name.clone()>
            <th scope="row" class="file-name">
                <button type="button" class="file-show" id=format!("file-{number}") aria-pressed=move || shown().to_string()
                    on:click=move |_| app.shown.set(number)>{name.clone()}</button>
            </th>
            <td class="file-kind"><KindSelect file=number id=format!("kind-{number}")/></td>
            <td class="file-state" id=format!("state-{number}")>
                <span class="file-ready" class:open=move || state.get().is_some()>
                    {move || state.get().unwrap_or_else(|| app.words().files_ready.to_owned())}
                </span>
            </td>
            <td class="num file-size">{move || text::bytes(app.language.get(), bytes)}</td>
            <td class="num file-rows" data-label=move || app.words().mapping_rows_about>{move || text::count(app.language.get(), rounded(rows))}</td>
            <td class="file-actions">
                <button type="button" class="icon-button" id=format!("replace-{number}")
                    aria-label=move || replace_name(app.words().files_replace_file) title=move || app.words().files_replace
                    on:click=move |_| doors.choose_for(Intake::Replace(number))><Glyph icon=Icon::Open/></button>
                <button type="button" class="icon-button" id=format!("remove-{number}")
                    aria-label=move || remove_name(app.words().files_remove_file) title=move || app.words().files_remove
                    on:click=move |_| remove(app, number)><Glyph icon=Icon::Close/></button>
            </td>
        </tr>
    }
    .into_any()
}

/// What is missing before a file can be read, in a few words.
fn state(app: App, number: usize) -> Option<String> {
    let language = app.language.get();
    let words = language.words();
    app.chosen.with(|chosen| {
        let file = chosen.as_ref()?.files.get(number)?;
        if file.is_without_rows() {
            return Some(words.files_no_rows.to_owned());
        }
        let missing: Vec<&str> = file.missing_roles().into_iter().map(|role| role.label(language)).collect();
        if !missing.is_empty() {
            return Some(fill(words.files_missing, &[("roles", &missing.join(words.app_list))]));
        }
        file.order_open().then(|| words.files_missing_order.to_owned())
    })
}

/// Removes a file; the focus goes where the next one is added.
fn remove(app: App, number: usize) {
    app.remove_file(number);
    request_animation_frame(|| {
        let button = document().get_element_by_id("files-add");
        if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = button.focus();
        }
    });
}

/// What a row of a file is.
#[component]
pub fn KindSelect(
    /// The file's number.
    file: usize,
    /// The list's id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    let app = App::get();
    let kind = Memo::new(move |_| {
        app.chosen.with(|chosen| {
            chosen
                .as_ref()
                .and_then(|chosen| Some(chosen.files.get(file)?.mapping().kind))
                .unwrap_or_default()
        })
    });
    let label = move || {
        let name = app.chosen.with(|chosen| Some(chosen.as_ref()?.files.get(file)?.options.file.clone()));
        fill(app.words().files_kind_of, &[("file", &name.unwrap_or_default())])
    };
    let options = FileKind::ALL.map(|option| {
        view! {
            <option value=option.name() prop:selected=move || kind.get() == option>{move || option.label(app.language.get())}</option>
        }
        .into_any()
    });
    let choose = move |event: ev::Event| {
        let chosen = event_target_value(&event);
        if let Some(kind) = FileKind::ALL.into_iter().find(|kind| kind.name() == chosen) {
            app.change_file(file, |file| set_kind(file, kind));
            app.shown.set(file);
        }
    };
    view! { <select id=id class="kind" aria-label=label on:change=choose>{options.into_iter().collect::<Vec<_>>()}</select> }
}

fn set_kind(file: &mut ChosenFile, kind: FileKind) {
    let (Some(mapping), Some(inspection)) = (&mut file.options.mapping, &file.inspection) else { return };
    let time = mapping.time.clone();
    change_kind(mapping, kind, &inspection.columns);
    if mapping.time != time {
        file.date_order_said = false;
    }
}

/// For a single file: add others, or take another in its place.
#[component]
pub fn FileButtons() -> impl IntoView {
    let app = App::get();
    let doors = expect_context::<Doors>();
    let files = move || {
        app.chosen
            .with(|chosen| chosen.as_ref().is_some_and(|chosen| matches!(chosen.source, Source::Files(_))))
    };
    view! {
        <Show when=files>
            <span class="file-buttons">
                <AddButton/>
                <button type="button" class="button quiet" id="file-replace" on:click=move |_| doors.choose_for(Intake::Replace(0))>
                    {move || app.words().files_replace}
                </button>
            </span>
        </Show>
    }
}

#[component]
fn AddButton() -> impl IntoView {
    let app = App::get();
    let doors = expect_context::<Doors>();
    view! {
        <button type="button" class="button" id="files-add" on:click=move |_| doors.choose_for(Intake::Add)>
            <Glyph icon=Icon::Upload/>{move || app.words().files_add}
        </button>
    }
}

/// What is to become of files that were dropped while others are open; the body of a dialog.
#[component]
pub fn DroppedFiles() -> impl IntoView {
    let app = App::get();
    let names =
        app.dropped.with_value(|files| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>());
    let same_named = app.chosen.with_untracked(|chosen| {
        let known = chosen.as_ref().map_or(&[][..], |chosen| &chosen.files);
        known.iter().any(|file| names.iter().any(|name| is_of(&file.options, name)))
    });
    let lead = move || {
        let words = app.words();
        fill(words.files_dropped_lead, &[("files", &list(app.language.get(), &names))])
    };
    let choice = move |intake: Intake, id: &'static str, label: &'static str, hint: &'static str| {
        let take = move |_| {
            app.asking.set(false);
            let files = app.dropped.with_value(Clone::clone);
            app.dropped.set_value(Vec::new());
            app.take_files(files, intake);
        };
        let word = move |key: &str| app.words().get(key).unwrap_or_default();
        view! {
            <button type="button" class="way" id=id on:click=take>
                <span class="way-name">{move || word(label)}</span>
                <span class="muted">{move || word(hint)}</span>
            </button>
        }
        .into_any()
    };
    let replace = same_named.then(|| {
        choice(Intake::ReplaceNamed, "dropped-replace", "files_dropped_replace", "files_dropped_replace_hint")
    });
    view! {
        <p>{lead}</p>
        <div class="ways-on">
            {replace}
            {choice(Intake::Add, "dropped-add", "files_dropped_add", "files_dropped_add_hint")}
            {choice(Intake::New, "dropped-new", "files_dropped_new", "files_dropped_new_hint")}
        </div>
    }
}

/// Whether a file, or the file that it is a part of, has this name.
fn is_of(file: &FileOptions, name: &str) -> bool {
    let part = file.part.as_deref().map(|part| SourceFile::name_within(name, part));
    file.file == name || part.is_some_and(|part| file.file == part)
}

/// The first names of many.
fn list(language: Language, names: &[String]) -> String {
    const SHOWN: usize = 3;
    let words = language.words();
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(words.app_list);
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => {
            fill(words.bar_filter_more, &[("list", &shown), ("count", &text::count(language, more as u64))])
        }
    }
}
