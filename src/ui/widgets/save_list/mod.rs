//! How a list of users is saved: in which file, with which columns, with ids or pseudonyms; what will be in it is shown before.
//!
//! Use it wherever users can be taken away. Columns with personal data are left out until somebody ticks them.

mod columns;
mod passphrase;
mod preview;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::download;
use super::frame::count;
use super::latest::{Latest, fresh, latest};
use super::segmented::Segmented;
use super::settings::{from_name, name_of};
use crate::dialog::Dialog;
use crate::lists::{Entry, ListToSave, now};
use crate::state::App;
use columns::Columns;
pub use passphrase::PassphraseField;
use preview::Preview;
use strata::engine::lists::{IdForm, ListColumn, ListFormat, ListPlan, SaveWanted};
use strata::engine::request::Query;
use strata::error::{Error, ErrorKind, Result};
use strata::locale::fill;
use strata::privacy::pseudonym::Passphrase;

/// What the engine is asked: the list with how it is to be saved, and under which passphrase.
type Wanted = (Query, Option<Passphrase>);

/// What is chosen, and what it will come to. Cheap to copy.
#[derive(Clone, Copy)]
struct Form {
    app: App,
    list: StoredValue<ListToSave>,
    format: RwSignal<ListFormat>,
    ids: RwSignal<IdForm>,
    passphrase: RwSignal<String>,
    /// Whether ids as they came tell who somebody is.
    ids_are_personal: RwSignal<bool>,
    /// The columns; nothing until the engine has said which there are.
    chosen: RwSignal<Option<Vec<ListColumn>>>,
    wanted: Memo<Option<Wanted>>,
    answer: Latest<Wanted, ListPlan>,
}

impl Form {
    fn new(app: App, list: ListToSave) -> Self {
        let (format, ids) = (RwSignal::new(ListFormat::Csv), RwSignal::new(IdForm::Plain));
        let (passphrase, chosen) = (RwSignal::new(String::new()), RwSignal::new(None));
        let list = StoredValue::new(list);
        let wanted = Memo::new(move |_| {
            let columns: Option<Vec<ListColumn>> = chosen.get();
            let mut query = list.with_value(|list| list.query.clone());
            let save =
                SaveWanted { columns, format: format.get(), ids: ids.get(), language: app.language.get() };
            let secret = if ids.get() == IdForm::Pseudonyms { Some(passphrase.get()) } else { None };
            let with_ids = save.columns.as_ref().is_none_or(|columns| columns.contains(&ListColumn::Id));
            query.users.as_mut()?.save = Some(save);
            match secret.filter(|_| with_ids) {
                None => Some((query, None)),
                Some(text) => Some((query, Some(Passphrase::new(&text).ok()?))),
            }
        });
        let answer = latest(wanted, move |(query, secret): Wanted| {
            let client = app.client();
            async move { client.plan_list(&query, secret).await }
        });
        let ids_are_personal = RwSignal::new(false);
        // The first answer says what is chosen unless somebody chooses.
        Effect::new(move || {
            let planned = answer.with(|answer| match answer {
                Some(((query, _), Ok(plan))) => {
                    let save = query.users.as_ref().and_then(|users| users.save.as_ref());
                    let plain = save.is_some_and(|save| save.ids == IdForm::Plain);
                    // Of pseudonyms it is not told what the ids are: then they count as personal.
                    Some((columns::chosen(plan), !plain || columns::are_ids_personal(plan)))
                }
                _ => None,
            });
            if let Some((columns, personal)) = planned
                && chosen.with_untracked(Option::is_none)
            {
                ids_are_personal.set(personal);
                chosen.set(Some(columns));
            }
        });
        Self { app, list, format, ids, passphrase, ids_are_personal, chosen, wanted, answer }
    }

    /// What will be saved, as far as it is known; reactive.
    fn plan(self) -> Option<ListPlan> {
        fresh(self.wanted, self.answer)?.ok()
    }

    /// The latest plan, of whatever choices; reactive.
    fn last_plan(self) -> Option<ListPlan> {
        self.answer.with(|answer| answer.as_ref().and_then(|(_, plan)| plan.clone().ok()))
    }

    /// Why there is no plan; reactive.
    fn error(self) -> Option<Error> {
        fresh(self.wanted, self.answer)?.err()
    }

    /// Whether the list can be saved as it is shown; reactive.
    fn is_ready(self) -> bool {
        self.plan().is_some_and(|plan| {
            let fits = plan.most_rows.is_none_or(|most| plan.rows <= most);
            fits && plan.rows > 0 && !plan.header.is_empty()
        })
    }

    /// Chooses how ids are written. Pseudonyms are of use only when they are there; and ids that leave as they came are
    /// chosen anew, since they may tell who somebody is.
    fn set_ids(self, ids: IdForm) {
        if ids == self.ids.get_untracked() {
            return;
        }
        self.chosen.update(|chosen| {
            let Some(columns) = chosen else { return };
            columns.retain(|column| *column != ListColumn::Id);
            let personal = self.ids_are_personal.get_untracked();
            if ids == IdForm::Pseudonyms || !personal {
                columns.insert(0, ListColumn::Id);
            }
        });
        self.ids.set(ids);
    }
}

/// Asks how a list is to be saved; once on a page.
#[component]
pub fn SaveList() -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let saving = app.lists.saving;
    Effect::new(move || open.set(saving.with(Option::is_some)));
    Effect::new(move || {
        if !open.get() && saving.with_untracked(Option::is_some) {
            saving.set(None);
        }
    });
    // A list of other data.
    Effect::new(move |before: Option<()>| {
        app.opened.track();
        if before.is_some() {
            saving.set(None);
        }
    });
    view! {
        <Dialog open id="save-list" title=|app| app.words().list_title.to_owned()>
            {move || saving.get_untracked().map(|list| view! { <SaveForm open list/> })}
        </Dialog>
    }
}

#[component]
fn SaveForm(open: RwSignal<bool>, list: ListToSave) -> impl IntoView {
    let app = App::get();
    let form = Form::new(app, list);
    let formats = Signal::derive(move || {
        let words = app.words();
        vec![("csv".to_owned(), words.list_csv.to_owned()), ("xlsx".to_owned(), words.list_xlsx.to_owned())]
    });
    let forms = Signal::derive(move || {
        let words = app.words();
        vec![
            ("plain".to_owned(), words.list_ids_plain.to_owned()),
            ("pseudonyms".to_owned(), words.list_ids_pseudonyms.to_owned()),
        ]
    });
    let users = move || {
        let plan = form.last_plan()?;
        let name = form.list.with_value(|list| list.name.clone());
        let rows = count(plan.rows, app.language.get());
        Some(fill(app.words().list_users, &[("name", &name), ("count", &rows)]))
    };
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<Error>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            save(form, open, busy, failed);
        }
    };
    let error = move || {
        let error = failed.get().or_else(|| form.error())?;
        let text = error.message(app.language.get());
        Some(view! { <p class="alert" role="alert">{text}</p> })
    };
    let pseudonyms = Memo::new(move |_| form.ids.get() == IdForm::Pseudonyms);
    view! {
        <form class="save-list" on:submit=submit>
            <p class="muted" id="list-users" aria-live="polite">{users}</p>
            <Segmented id="list-format" label=Signal::derive(move || app.words().list_format.to_owned()) choices=formats
                value=Signal::derive(move || name_of(form.format.get()))
                on_change=move |name| { from_name(name).into_iter().for_each(|format| form.format.set(format)); }/>
            <Columns form/>
            <Segmented id="list-ids" label=Signal::derive(move || app.words().list_ids.to_owned()) choices=forms
                value=Signal::derive(move || name_of(form.ids.get()))
                on_change=move |name| { from_name(name).into_iter().for_each(|ids| form.set_ids(ids)); }/>
            <Show when=move || pseudonyms.get()>
                <p class="hint">{move || app.words().list_ids_hint}</p>
                <PassphraseField id="list-passphrase" text=form.passphrase
                    hint=Signal::derive(move || app.words().list_passphrase_hint.to_owned())/>
            </Show>
            <Preview form/>
            {error}
            <button type="submit" class="button primary" id="list-save" disabled=move || busy.get() || !form.is_ready()>
                {move || app.words().list_save}
            </button>
        </form>
    }
}

/// Saves the list as it is shown, and notes that it was.
fn save(form: Form, open: RwSignal<bool>, busy: RwSignal<bool>, failed: RwSignal<Option<Error>>) {
    let ready = untrack(|| form.plan().filter(|_| form.is_ready()).zip(form.wanted.get()));
    let Some((plan, (query, secret))) = ready else { return };
    let entry = entry(form, &plan);
    let app = form.app;
    busy.set(true);
    failed.set(None);
    spawn_local(async move {
        let file: Result<_> = app.client().save_list(&query, secret).await;
        let _ = busy.try_set(false);
        match file {
            Ok(file) => {
                download::blob(&format!("strata-users.{}", entry.format.extension()), &file);
                let language = app.language.get_untracked();
                let rows = count(entry.rows, language);
                app.lists.note(entry);
                let _ = open.try_set(false);
                app.toasts.show(fill(language.words().list_saved, &[("rows", &rows)]), None);
            }
            Err(error) if stopped(error.kind) => {
                let _ = open.try_set(false);
                app.report(error);
            }
            Err(error) => drop(failed.try_set(Some(error))),
        }
    });
}

/// Whether the engine has come to its end: then there is nothing here to choose any more.
fn stopped(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::EngineStopped
            | ErrorKind::AnswerOutOfMemory
            | ErrorKind::OutOfMemory
            | ErrorKind::NothingOpen
            | ErrorKind::Cancelled
    )
}

/// What the log says of a list.
fn entry(form: Form, plan: &ListPlan) -> Entry {
    let chosen = || plan.columns.iter().filter(|column| column.chosen);
    let with_ids = chosen().any(|column| column.column == ListColumn::Id);
    Entry {
        at: now(),
        name: form.list.with_value(|list| list.name.clone()),
        rows: plan.rows,
        columns: plan.header.clone(),
        format: form.format.get_untracked(),
        ids: with_ids.then(|| form.ids.get_untracked()),
        personal: chosen()
            .filter(|column| column.personal.is_some())
            .map(|column| column.name.clone())
            .collect(),
    }
}
