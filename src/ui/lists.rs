//! Lists of users on their way out: which one is about to be saved, and what has been saved from this browser.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::state::{App, recall, remember};
use super::widgets::download;
use super::widgets::frame::count;
use strata::dataset::filter::Condition;
use strata::engine::lists::{IdForm, ListFormat};
use strata::engine::request::Query;
use strata::error::Result;
use strata::locale::{Language, fill};

const KEY: &str = "strata.lists";

/// The most entries of the log; the oldest make room.
const MOST_ENTRIES: usize = 500;

/// A list that somebody wants to save.
#[derive(Debug, Clone, PartialEq)]
pub struct ListToSave {
    /// What the list is called.
    pub name: String,
    /// Whose list: the query has `users`, in the order and with the search that are wanted.
    pub query: Query,
}

/// What left with a list: how much, and which columns, but nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When, in ISO 8601 and UTC.
    pub at: String,
    /// What the list was called.
    pub name: String,
    /// Users.
    pub rows: u64,
    /// The headings of its columns.
    pub columns: Vec<String>,
    /// The kind of file.
    pub format: ListFormat,
    /// How ids were written; absent when they were left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<IdForm>,
    /// Those of its columns that hold personal data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<String>,
}

/// The lists; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Lists {
    /// The list that is about to be saved.
    pub saving: RwSignal<Option<ListToSave>>,
    log: RwSignal<Vec<Entry>>,
}

impl Lists {
    /// With the log that this browser remembers.
    #[must_use]
    pub fn new() -> Self {
        Self { saving: RwSignal::new(None), log: RwSignal::new(remembered()) }
    }

    /// Asks how a list is to be saved.
    pub fn ask_to_save(self, name: String, query: Query) {
        self.saving.set(Some(ListToSave { name, query }));
    }

    /// Asks how the list of a saved segment is to be saved.
    ///
    /// # Errors
    /// A definition that refers to segments that are not there, or that is no question's.
    pub fn ask_to_save_segment(self, app: App, segment: &Condition) -> Result<()> {
        let whole = app.segments.whole(segment)?;
        let Some(definition) = whole.segment else { return Ok(()) };
        let name = definition.name.clone().unwrap_or_default();
        let request = if definition.users.is_some() {
            json!({"analysis": "rule", "params": {"rule": {"segment": definition}}, "users": {"cell": "in"}})
        } else {
            json!({
                "analysis": definition.analysis,
                "params": definition.params.unwrap_or_else(|| json!({})),
                "filter": definition.filter,
                "users": {"cell": definition.cell},
            })
        };
        self.ask_to_save(name, Query::parse(&request.to_string())?);
        Ok(())
    }

    /// Notes what has left.
    pub fn note(self, entry: Entry) {
        let mut entries = self.latest();
        entries.insert(0, entry);
        entries.truncate(MOST_ENTRIES);
        self.keep(entries);
    }

    /// The log, with what another tab has added; where the browser remembers nothing, that of this page.
    fn latest(self) -> Vec<Entry> {
        if recall(KEY).is_some() { remembered() } else { self.log.get_untracked() }
    }

    fn keep(self, entries: Vec<Entry>) {
        remember(KEY, &serde_json::to_string(&entries).unwrap_or_default());
        self.log.set(entries);
    }
}

impl Default for Lists {
    fn default() -> Self {
        Self::new()
    }
}

fn remembered() -> Vec<Entry> {
    recall(KEY).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// This moment, in ISO 8601 and UTC.
#[must_use]
pub fn now() -> String {
    String::from(js_sys::Date::new_0().to_iso_string())
}

/// A moment on the clock of this computer, to the minute.
fn here(at: &str) -> String {
    let date = js_sys::Date::new(&at.into());
    if date.get_time().is_nan() {
        return at.to_owned();
    }
    let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
    format!("{year}-{month:02}-{day:02} {:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// The names of the log's columns.
fn headings(language: Language) -> Vec<String> {
    let words = language.words();
    let names = [
        words.left_when,
        words.left_name,
        words.left_rows,
        words.left_columns,
        words.left_format,
        words.left_ids,
        words.left_personal,
    ];
    names.map(str::to_owned).to_vec()
}

/// What stands in a row of the log after the time.
fn cells(entry: &Entry, language: Language) -> [String; 5] {
    let words = language.words();
    let ids = match entry.ids {
        None => words.left_ids_none,
        Some(IdForm::Plain) => words.list_ids_plain,
        Some(IdForm::Pseudonyms) => words.list_ids_pseudonyms,
    };
    let format = match entry.format {
        ListFormat::Csv => words.list_csv,
        ListFormat::Xlsx => words.list_xlsx,
    };
    let list = |names: &[String]| names.join(words.app_list);
    [entry.name.clone(), list(&entry.columns), format.to_owned(), ids.to_owned(), list(&entry.personal)]
}

/// The log of the lists that were saved from this browser, and the ways to save and to clear it.
#[component]
pub fn ListsLog() -> impl IntoView {
    let app = App::get();
    let log = app.lists.log;
    log.set(app.lists.latest());
    let csv = move |_| {
        let language = app.language.get_untracked();
        let rows: Vec<Vec<String>> = log.with_untracked(|log| {
            let row = |entry: &Entry| {
                let [name, columns, format, ids, personal] = cells(entry, language);
                vec![entry.at.clone(), name, entry.rows.to_string(), columns, format, ids, personal]
            };
            log.iter().map(row).collect()
        });
        download::csv("strata-lists.csv", &headings(language), rows.iter().map(Vec::as_slice));
    };
    let clear = move |_| {
        app.lists.keep(Vec::new());
        app.toasts.show(app.language.get_untracked().words().left_cleared.to_owned(), None);
    };
    let lead = move || {
        let most = count(MOST_ENTRIES as u64, app.language.get());
        fill(app.words().left_lead, &[("most", &most)])
    };
    let is_empty = Memo::new(move |_| log.with(Vec::is_empty));
    view! {
        <h3 id="left-title">{move || app.words().left_title}</h3>
        <p>{lead}</p>
        <Show when=move || !is_empty.get() fallback=move || view! { <p class="muted">{move || app.words().left_none}</p> }>
            <div class="table-scroll left-log" tabindex="0" role="group" aria-labelledby="left-title">
                <table class="data" id="left">
                    <thead>
                        <tr>{move || headings(app.language.get()).into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view()}</tr>
                    </thead>
                    <tbody>{move || rows(log, app.language.get())}</tbody>
                </table>
            </div>
            <div class="users-head">
                <button type="button" class="button small" id="left-csv" on:click=csv>{move || app.words().left_csv}</button>
                <button type="button" class="button small" id="left-clear" on:click=clear>{move || app.words().left_clear}</button>
            </div>
        </Show>
    }
}

fn rows(log: RwSignal<Vec<Entry>>, language: Language) -> AnyView {
    let row = |entry: &Entry| {
        let [name, columns, format, ids, personal] = cells(entry, language);
        view! {
            <tr>
                <td>{here(&entry.at)}</td>
                <td>{name}</td>
                <td class="num">{count(entry.rows, language)}</td>
                <td>{columns}</td>
                <td>{format}</td>
                <td>{ids}</td>
                <td>{personal}</td>
            </tr>
        }
    };
    log.with(|log| log.iter().map(row).collect_view()).into_any()
}
