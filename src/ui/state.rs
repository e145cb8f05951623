//! What all components share: the language, the engine's client, what is open, how rows are filtered.

use std::sync::Arc;

use leptos::prelude::*;

use super::address::Address;
use super::chosen::{Chosen, Intake};
use super::lists::Lists;
use super::scope::Scope;
use super::scope::segments::Segments;
use super::theme::Theme;
use super::widgets::toast::Toasts;
use strata::dataset::calendar::WeekStart;
use strata::dataset::filter::Condition;
use strata::engine::Opened;
use strata::engine::loader::Progress;
use strata::error::{Error, ErrorKind};
use strata::locale::{Language, Words};
use strata::worker::{Client, Kept, SourceFile};

/// How far the way from a file to answers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nothing has been chosen.
    Start,
    /// A file is being looked at.
    Looking,
    /// The columns are shown and can be changed.
    Mapping,
    /// The files are being read.
    Reading,
    /// Questions can be asked.
    Open,
}

/// How far reading is, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// Bytes and rows.
    pub progress: Progress,
    /// Seconds since reading began.
    pub seconds: f64,
}

/// Shared state; a context, and cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct App {
    /// The language of the interface.
    pub language: RwSignal<Language>,
    /// Light or dark.
    pub theme: Theme,
    /// The engine.
    pub client: StoredValue<Client, LocalStorage>,
    /// Page and settings.
    pub address: Address,
    /// How far we are.
    pub stage: RwSignal<Stage>,
    /// The source that is open, as it was read.
    pub current: RwSignal<Option<Chosen>, LocalStorage>,
    /// The source at hand, with the choices made for it so far. While questions are asked it is the open one.
    pub chosen: RwSignal<Option<Chosen>, LocalStorage>,
    /// Which of the files at hand is shown with its columns.
    pub shown: RwSignal<usize>,
    /// What the files are for that are chosen next.
    pub intake: StoredValue<Intake>,
    /// Files that were dropped while others were at hand, until somebody says what is to become of them.
    pub dropped: StoredValue<Vec<SourceFile>, LocalStorage>,
    /// Whether that is being asked.
    pub asking: RwSignal<bool>,
    /// Whether memory ran out for the files at hand.
    pub ran_out: RwSignal<bool>,
    /// Whether the browser may keep a copy of what is read.
    pub keep: RwSignal<bool>,
    /// Whether it can, and what it keeps.
    pub kept: RwSignal<Kept>,
    /// How far reading is.
    pub reading: RwSignal<Reading>,
    /// What is open.
    pub opened: RwSignal<Option<Arc<Opened>>>,
    /// What is looked at, and what it is compared with.
    pub scope: Scope,
    /// The segments that were saved.
    pub segments: Segments,
    /// Lists of users that leave.
    pub lists: Lists,
    /// The day weeks start on.
    pub week_start: RwSignal<WeekStart>,
    /// What was done, said in passing.
    pub toasts: Toasts,
    /// What went wrong last, until it is dismissed.
    pub error: RwSignal<Option<Error>>,
    /// Counts what the user sets going; what an older number brings is no longer wanted.
    pub(super) turn: StoredValue<u32>,
    /// The call that reads, to cancel it.
    pub(super) call: StoredValue<Option<u32>>,
}

impl App {
    /// The state of a page that has just been opened.
    #[must_use]
    pub fn new() -> Self {
        let address = Address::new();
        Self {
            language: RwSignal::new(browser_language()),
            theme: Theme::new(),
            client: StoredValue::new_local(Client::new()),
            address,
            stage: RwSignal::new(Stage::Start),
            current: RwSignal::new_local(None),
            chosen: RwSignal::new_local(None),
            shown: RwSignal::new(0),
            intake: StoredValue::new(Intake::New),
            dropped: StoredValue::new_local(Vec::new()),
            asking: RwSignal::new(false),
            ran_out: RwSignal::new(false),
            keep: RwSignal::new(super::kept::wanted()),
            kept: RwSignal::new(Kept::default()),
            reading: RwSignal::new(Reading::default()),
            opened: RwSignal::new(None),
            scope: Scope::new(address),
            segments: Segments::new(),
            lists: Lists::new(),
            week_start: RwSignal::new(WeekStart::default()),
            toasts: Toasts::new(),
            error: RwSignal::new(None),
            turn: StoredValue::new(0),
            call: StoredValue::new(None),
        }
    }

    /// The shared state of the component at hand.
    #[must_use]
    pub fn get() -> Self {
        expect_context()
    }

    /// The phrases of the language; reactive.
    #[must_use]
    pub fn words(self) -> &'static Words {
        self.language.get().words()
    }

    /// The engine's client.
    #[must_use]
    pub fn client(self) -> Client {
        self.client.get_value()
    }

    /// Shows an error, unless it only says that the user cancelled. When the engine has stopped, nothing is open any more.
    pub fn report(self, error: Error) {
        match error.kind {
            ErrorKind::Cancelled => return,
            ErrorKind::EngineStopped | ErrorKind::AnswerOutOfMemory => self.close_data(),
            ErrorKind::OutOfMemory | ErrorKind::TooLarge => self.ran_out.set(true),
            _ => {}
        }
        self.error.set(Some(error));
    }

    /// Looks at a segment on all pages; says so when segments that it refers to cannot be found.
    pub fn look_at(self, segment: &Condition) {
        match untrack(|| self.segments.whole(segment)) {
            Ok(whole) => self.scope.set_segment(Some(&whole)),
            Err(error) => self.report(error),
        }
    }

    /// Says in passing what was done, and offers what can be done about it.
    pub fn say(self, text: String, offer: &str, act: impl Fn() + Send + Sync + 'static) {
        self.toasts.show(text, Some((offer.to_owned(), Arc::new(act))));
    }

    /// Changes the language and remembers it.
    pub fn set_language(self, language: Language) {
        remember(LANGUAGE_KEY, language.tag());
        self.language.set(language);
    }
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

const LANGUAGE_KEY: &str = "strata.language";

/// The language chosen before, else the browser's.
fn browser_language() -> Language {
    let tag = recall(LANGUAGE_KEY).or_else(|| window().navigator().language());
    Language::from_tag(&tag.unwrap_or_default())
}

/// What was remembered in this browser. Where it keeps nothing (private windows, some `file://`), there is nothing.
pub(super) fn recall(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Remembers a choice in this browser, if it lets us; never anything of the data.
pub(super) fn remember(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(key, value);
    }
}
