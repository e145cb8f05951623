//! The users behind a number, in a panel at the side: as many as the number says. The engine holds, sorts and searches them;
//! the page has those in sight.

use std::rc::Rc;

use leptos::prelude::*;
use serde::Serialize;

use super::definition::DefinitionDoor;
use super::frame::count;
use super::side_panel::SidePanel;
use super::table::{Answer, DataTable, Datum, Fetched, Page, Rows, TableData, Wanted};
use super::why::WhyContent;
use crate::address;
use crate::shell::focus_content;
use crate::state::App;
use strata::dataset::calendar::Day;
use strata::dataset::filter::Condition;
use strata::engine::request::{Query, SortUsers};
use strata::engine::{UserCell, UserPage};
use strata::locale::{Language, fill};

/// The panel, for whoever wants to open it; a context.
#[derive(Debug, Clone, Copy)]
pub struct UsersBehind {
    open: RwSignal<Option<Opening>>,
}

/// What the panel shows: the users behind a cell of the answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// The cell, as people call it.
    pub title: String,
    /// The query.
    pub query: Query,
    /// The cell, as the question's own documentation calls it.
    pub cell: serde_json::Value,
    /// Where more is told of them.
    pub onward: Option<Onward>,
    /// The user whose account is shown first, rather than the list.
    pub user: Option<String>,
}

/// Another page that tells more of the users in the panel: it is opened with them as the segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Onward {
    /// What it tells.
    pub text: String,
    /// The page.
    pub page: address::Page,
    /// Its settings.
    pub settings: Vec<(String, String)>,
}

impl Opening {
    /// The users as a segment.
    fn segment(&self) -> Condition {
        self.query.to_segment(Some(self.title.clone()), &self.cell)
    }
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
        self.open_with(title, query, cell, None);
    }

    /// Shows the users behind a cell, and where more is told of them.
    pub fn open_with(self, title: String, query: &Query, cell: &impl Serialize, onward: Option<Onward>) {
        let cell = serde_json::to_value(cell).unwrap_or_default();
        self.open.set(Some(Opening { title, query: query.clone(), cell, onward, user: None }));
    }

    /// Shows why one user is behind a cell, and behind it the list.
    pub fn open_user(self, title: String, query: &Query, cell: &impl Serialize, user: Option<String>) {
        let cell = serde_json::to_value(cell).unwrap_or_default();
        self.open.set(Some(Opening { title, query: query.clone(), cell, onward: None, user }));
    }

    /// What is shown; reactive.
    #[must_use]
    pub fn opening(self) -> Option<Opening> {
        self.open.get()
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
    let definition = expect_context::<DefinitionDoor>();
    let shown = RwSignal::new(false);
    // Numbers of other data, or of another page, are no longer on the screen.
    Effect::new(move || {
        app.opened.track();
        app.scope.filter.track();
        behind.close();
    });
    Effect::new(move || shown.set(behind.open.with(Option::is_some)));
    Effect::new(move || {
        if !shown.get() && behind.open.with_untracked(Option::is_some) {
            behind.close();
        }
    });
    // There is room for one panel.
    Effect::new(move || {
        if behind.open.with(Option::is_some) {
            definition.open.set(false);
        }
    });
    Effect::new(move || {
        if definition.open.get() && behind.open.with_untracked(Option::is_some) {
            behind.close();
        }
    });
    let title = Signal::derive(move || {
        behind.open.with(|open| open.as_ref().map(|open| open.title.clone())).unwrap_or_default()
    });
    view! {
        <SidePanel id="users-panel" title open=shown>
            {move || behind.opening().map(|opening| view! { <UsersContent opening/> })}
        </SidePanel>
    }
}

/// How many users there are, what can be done with them, and who they are.
#[component]
pub fn UsersContent(
    /// Whose users.
    opening: Opening,
) -> impl IntoView {
    let app = App::get();
    let title = opening.title.clone();
    let why = RwSignal::new(opening.user.clone());
    let opening = StoredValue::new(opening);
    let columns = RwSignal::new(Vec::<(String, bool)>::new());
    let fetched = Fetched::new(Rc::new(move |wanted| fetch(app, opening, columns, wanted)));
    let data = Signal::derive(move || TableData {
        columns: headings(app, &columns.get()),
        opens: vec![0],
        ..TableData::default()
    });
    let from_table = move |(row, _): (usize, usize)| {
        let cells = fetched.row(row as u64);
        if let Some(Datum::Text(user)) = cells.and_then(|cells| cells.into_iter().next()) {
            why.set(Some(user));
        }
    };
    // Nobody here is called so: whoever looks for a user wants to know why.
    let missing = move || {
        let user = fetched.wanted().search.trim().to_owned();
        let none = fetched.counts().is_some_and(|(matching, _)| matching == 0);
        (none && !user.is_empty()).then(|| {
            let label = fill(app.words().why_missing, &[("user", &user)]);
            view! {
                <button type="button" class="button small" id="why-missing"
                    on:click=move |_| why.set(Some(user.clone()))>{label}</button>
            }
        })
    };
    let account = move || {
        let user = why.get()?;
        let opening = opening.get_value();
        let back = move |()| why.set(None);
        Some(view! { <WhyContent opening user on_back=Callback::new(back)/> })
    };
    Effect::new(move |before: Option<()>| {
        app.language.track();
        if before.is_some() {
            fetched.renew();
        }
    });
    let total = move || {
        let (_, total) = fetched.counts()?;
        Some(fill(app.words().widget_users_count, &[("count", &count(total, app.language.get()))]))
    };
    let save = move |_| {
        let wanted = untrack(|| fetched.wanted());
        let query = opening.with_value(|opening| query(opening, &columns.get_untracked(), &wanted));
        app.lists.ask_to_save(opening.with_value(|opening| opening.title.clone()), query);
    };
    let keep = move |_| {
        app.segments.ask_to_save(opening.with_value(Opening::segment));
    };
    let onward = opening.with_value(|opening| {
        let Onward { text, page, settings } = opening.onward.clone()?;
        let segment = serde_json::to_string(&opening.segment()).ok()?;
        let settings: Vec<_> = settings.into_iter().chain([("segment".to_owned(), segment)]).collect();
        let href = move || app.address.link_with(page, &settings);
        // Not where the link opens in another tab.
        let go = |event: leptos::ev::MouseEvent| {
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                request_animation_frame(focus_content);
            }
        };
        Some(view! { <a class="button small" id="users-onward" href=href on:click=go>{text}</a> })
    });
    let portrait = opening.with_value(|opening| {
        let segment = serde_json::to_string(&opening.segment()).ok()?;
        let settings = vec![("segment".to_owned(), segment)];
        let href = move || app.address.link_with(address::Page::Portrait, &settings);
        Some(view! { <a class="button small" id="users-portrait" href=href>{move || app.words().widget_users_portrait}</a> })
    });
    view! {
        {account}
        <div class="users-content" class:away=move || why.with(Option::is_some)>
            <div class="users-head">
                <p class="muted" id="users-total" aria-live="polite">{total}</p>
                {onward}
                {portrait}
                <button type="button" class="button small" id="users-save" on:click=keep>
                    {move || app.words().scope_save_title}
                </button>
                <button type="button" class="button small" id="users-list" on:click=save>
                    {move || app.words().list_save}
                </button>
            </div>
            <p class="muted users-hint">{move || app.words().why_hint} {missing}</p>
            <DataTable id="users-table" title data rows=Rows::Fetched(fetched) bare=true on_open=from_table/>
        </div>
    }
}

/// The request for some of the users.
fn query(opening: &Opening, columns: &[(String, bool)], wanted: &Wanted) -> Query {
    let mut query = opening.query.for_users(&opening.cell, wanted.offset, wanted.limit);
    if let Some(users) = &mut query.users {
        users.sort = wanted.sort.map(|sort| {
            let key = sort.column.checked_sub(1).and_then(|column| columns.get(column));
            let column = key.map_or_else(|| "user".to_owned(), |(key, _)| key.clone());
            SortUsers { column, descending: sort.descending }
        });
        let search = wanted.search.trim();
        users.search = (!search.is_empty()).then(|| search.to_owned());
    }
    query
}

/// Asks the engine; the first answer tells the columns.
fn fetch(
    app: App,
    opening: StoredValue<Opening>,
    columns: RwSignal<Vec<(String, bool)>>,
    wanted: Wanted,
) -> Answer {
    let query = opening.with_value(|opening| query(opening, &columns.get_untracked(), &wanted));
    let client = app.client();
    Box::pin(async move {
        let page = client.users(&query).await?;
        if columns.try_with_untracked(Vec::is_empty) == Some(true) {
            let _ = columns.try_set(kinds(&page));
        }
        let language = app.language.get_untracked();
        let row = |cells: &Vec<UserCell>| -> Vec<Datum> {
            let key = |place: usize| place.checked_sub(1).and_then(|place| page.columns.get(place));
            let cell = |(place, cell)| datum(key(place).map(|column| column.key.as_str()), cell, language);
            cells.iter().enumerate().map(cell).collect()
        };
        Ok(Page { total: page.total, matching: page.matching, rows: page.rows.iter().map(row).collect() })
    })
}

/// The keys of the columns, and which of them hold figures.
fn kinds(page: &UserPage) -> Vec<(String, bool)> {
    let figures = |place: usize| {
        let first = page.rows.first().and_then(|cells| cells.get(place + 1));
        first.is_some_and(|cell| !matches!(cell, UserCell::Text(_)))
    };
    page.columns.iter().enumerate().map(|(place, column)| (column.key.clone(), figures(place))).collect()
}

fn headings(app: App, columns: &[(String, bool)]) -> Vec<(String, bool)> {
    let words = app.words();
    let user = app.opened.with(|opened| opened.as_ref().and_then(|opened| opened.mapping.user.clone()));
    let name = |(key, figures): &(String, bool)| {
        (words.get(&format!("member_{key}")).unwrap_or(key).to_owned(), *figures)
    };
    std::iter::once((user.unwrap_or_default(), false)).chain(columns.iter().map(name)).collect()
}

/// A cell; `key` is its column's, and that of the first column nothing: an id stays as it is, whatever it looks like.
fn datum(key: Option<&str>, cell: &UserCell, language: Language) -> Datum {
    match cell {
        UserCell::Count(number) => {
            u64::try_from(*number).map_or_else(|_| Datum::Text(language.integer(*number)), Datum::Count)
        }
        UserCell::Amount(amount) => Datum::Amount(*amount),
        UserCell::Text(text) => {
            let day = || text.parse::<Day>().ok().map(Datum::Day);
            let name = || key.and_then(|_| language.words().get(&format!("name_{text}")));
            let known = key.filter(|key| key.ends_with("_day")).and_then(|_| day());
            known.unwrap_or_else(|| Datum::Text(name().unwrap_or(text).to_owned()))
        }
    }
}
