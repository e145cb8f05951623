//! The users behind a number, in a panel at the side: as many as the number says.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use wasm_bindgen::JsCast as _;

use super::download;
use super::frame::count;
use super::table::amount_text;
use crate::state::App;
use strata::dataset::calendar::Day;
use strata::engine::request::Query;
use strata::engine::{UserCell, UserPage};
use strata::error::Error;
use strata::locale::{Language, fill};

/// Users on one page of the panel.
const PAGE: u64 = 100;

/// The panel, for whoever wants to open it; a context.
#[derive(Debug, Clone, Copy)]
pub struct UsersBehind {
    open: RwSignal<Option<Opening>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Opening {
    title: String,
    query: Query,
    cell: serde_json::Value,
}

impl UsersBehind {
    /// A closed panel.
    #[must_use]
    pub fn new() -> Self {
        Self { open: RwSignal::new(None) }
    }

    /// The panel of the page at hand.
    #[must_use]
    pub fn get() -> Self {
        expect_context()
    }

    /// Shows the users behind a cell of the answer to `query`.
    pub fn open(self, title: String, query: &Query, cell: &impl Serialize) {
        let cell = serde_json::to_value(cell).unwrap_or_default();
        self.open.set(Some(Opening { title, query: query.clone(), cell }));
    }

    /// Closes the panel.
    pub fn close(self) {
        self.open.set(None);
    }
}

impl Default for UsersBehind {
    fn default() -> Self {
        Self::new()
    }
}

/// The panel itself; once on a page.
#[component]
pub fn UsersPanel() -> impl IntoView {
    let (app, behind) = (App::get(), UsersBehind::get());
    // Numbers of other data, or of another page, are no longer on the screen.
    Effect::new(move || {
        app.opened.track();
        app.scope.filter.track();
        behind.close();
    });
    move || behind.open.get().map(|opening| view! { <Panel opening/> })
}

#[component]
fn Panel(opening: Opening) -> impl IntoView {
    let (app, behind) = (App::get(), UsersBehind::get());
    let page = RwSignal::new(None::<Result<UserPage, Error>>);
    let offset = RwSignal::new(0u64);
    let opening = StoredValue::new(opening);
    let panel = NodeRef::<html::Aside>::new();
    let opener = StoredValue::new_local(document().active_element());
    Effect::new(move || {
        let query = opening.with_value(|opening| opening.query.for_users(&opening.cell, offset.get(), PAGE));
        let client = app.client();
        spawn_local(async move {
            let answer = client.users(&query).await;
            // Only the page that is wanted still.
            if query.users.map(|users| users.offset) == offset.try_get_untracked() {
                let _ = page.try_set(Some(answer));
            }
        });
    });
    Effect::new(move || {
        if let Some(panel) = panel.get() {
            let _ = panel.focus();
        }
    });
    on_cleanup(move || {
        let element = opener
            .try_get_value()
            .flatten()
            .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(element) = element {
            let _ = element.focus();
        }
    });
    let escape = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" {
            behind.close();
        }
    });
    on_cleanup(move || escape.remove());
    let body = move || {
        page.get().map(|page| match page {
            Ok(page) => listing(app, &page, offset).into_any(),
            Err(error) => {
                view! { <p class="alert" role="alert">{error.message(app.language.get())}</p> }.into_any()
            }
        })
    };
    let total = move || {
        let total =
            page.with(|page| page.as_ref().and_then(|page| page.as_ref().ok()).map(|page| page.total))?;
        Some(fill(app.words().widget_users_count, &[("count", &count(total, app.language.get()))]))
    };
    view! {
        <aside
            class="panel"
            id="users-panel"
            role="dialog"
            tabindex="-1"
            aria-label=move || app.words().widget_users_title
            node_ref=panel
        >
            <div class="panel-head">
                <div>
                    <h2>{opening.with_value(|opening| opening.title.clone())}</h2>
                    <p class="muted" id="users-total" aria-live="polite">{total}</p>
                </div>
                <Download opening/>
                <button
                    type="button"
                    class="icon-button"
                    id="users-close"
                    aria-label=move || app.words().widget_close
                    on:click=move |_| behind.close()
                >
                    "✕"
                </button>
            </div>
            <div class="panel-body">{body}</div>
        </aside>
    }
}

#[component]
fn Download(opening: StoredValue<Opening>) -> impl IntoView {
    let app = App::get();
    let save = move |_| {
        let query = opening.with_value(|opening| opening.query.for_users(&opening.cell, 0, PAGE));
        let (client, language) = (app.client(), app.language.get_untracked());
        spawn_local(async move {
            match client.users_csv(&query, language).await {
                Ok(file) => download::blob("strata-users.csv", &file),
                Err(error) => app.report(error),
            }
        });
    };
    view! {
        <button type="button" class="button" id="users-csv" on:click=save>{move || app.words().widget_users_csv}</button>
    }
}

fn listing(app: App, page: &UserPage, offset: RwSignal<u64>) -> impl IntoView + use<> {
    let language = app.language.get();
    let words = language.words();
    let user = app.opened.with(|opened| opened.as_ref().and_then(|opened| opened.mapping.user.clone()));
    let columns: Vec<String> = page.columns.iter().map(|column| column.key.clone()).collect();
    let is_text = |index: usize| {
        page.rows
            .first()
            .and_then(|cells| cells.get(index + 1))
            .is_none_or(|cell| matches!(cell, UserCell::Text(_)))
    };
    let heading = |(index, key): (usize, &String)| {
        let name = words.get(&format!("member_{key}")).unwrap_or_default();
        view! { <th scope="col" class:num=!is_text(index)>{name}</th> }
    };
    let cell = |index: usize, cell: &UserCell| {
        let key = index.checked_sub(1).and_then(|index| columns.get(index)).map_or("", String::as_str);
        let figures = !matches!(cell, UserCell::Text(_));
        view! { <td class:num=figures>{cell_text(key, cell, language)}</td> }
    };
    let row = |cells: &Vec<UserCell>| {
        view! { <tr>{cells.iter().enumerate().map(|(index, found)| cell(index, found)).collect_view()}</tr> }
    };
    let (from, total) = (page.offset, page.total);
    let to = from + page.rows.len() as u64;
    let position = fill(
        words.widget_users_position,
        &[
            ("from", &count(if total == 0 { 0 } else { from + 1 }, language)),
            ("to", &count(to, language)),
            ("total", &count(total, language)),
        ],
    );
    let pager = (total > PAGE).then(|| {
        view! {
            <div class="controls pager">
                <button type="button" class="button" id="users-back" disabled={from == 0}
                    on:click=move |_| offset.set(from.saturating_sub(PAGE))>{words.widget_users_back}</button>
                <span class="muted">{position}</span>
                <button type="button" class="button" id="users-next" disabled={to >= total}
                    on:click=move |_| offset.set(to)>{words.widget_users_next}</button>
            </div>
        }
    });
    view! {
        <div class="table-scroll">
            <table class="data" id="users-table">
                <thead>
                    <tr>
                        <th scope="col">{user.unwrap_or_default()}</th>
                        {columns.iter().enumerate().map(heading).collect_view()}
                    </tr>
                </thead>
                <tbody>{page.rows.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        {pager}
    }
}

fn cell_text(key: &str, cell: &UserCell, language: Language) -> String {
    match cell {
        UserCell::Count(number) => language.integer(*number),
        UserCell::Amount(amount) => amount_text(*amount, language),
        UserCell::Text(text) if key.ends_with("_day") => {
            text.parse::<Day>().map_or_else(|_| text.clone(), |day| language.date(day))
        }
        // The first column is the id itself, whatever it looks like.
        UserCell::Text(text) if key.is_empty() => text.clone(),
        UserCell::Text(text) => {
            language.words().get(&format!("name_{text}")).map_or_else(|| text.clone(), str::to_owned)
        }
    }
}
