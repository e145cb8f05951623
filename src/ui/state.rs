//! What all components share: the language, the engine's client, what is open, how rows are filtered.

use std::sync::Arc;

use leptos::prelude::*;

use super::address::Address;
use crate::dataset::calendar::WeekStart;
use crate::dataset::filter::Filter;
use crate::engine::Opened;
use crate::engine::request::OpenOptions;
use crate::error::Error;
use crate::ingest::detect::Inspection;
use crate::locale::{Language, Words};
use crate::worker::{Client, Source};

/// How far the way from a file to answers is.
#[derive(Debug, Clone)]
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

/// A source with its inspection and the options under which it is, or will be, read.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The files.
    pub source: Source,
    /// What their beginning shows.
    pub inspection: Inspection,
    /// How they are to be read.
    pub options: OpenOptions,
}

/// Shared state; a context, and cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct App {
    /// The language of the interface.
    pub language: RwSignal<Language>,
    /// The engine.
    pub client: StoredValue<Client, LocalStorage>,
    /// Page and settings.
    pub address: Address,
    /// How far we are.
    pub stage: RwSignal<Stage>,
    /// The source at hand; kept while it is open, so that its mapping can be changed.
    pub chosen: RwSignal<Option<Chosen>, LocalStorage>,
    /// What is open.
    pub opened: RwSignal<Option<Arc<Opened>>>,
    /// The filter that every question is asked with.
    pub filter: RwSignal<Filter>,
    /// The day weeks start on.
    pub week_start: RwSignal<WeekStart>,
    /// What went wrong last, until it is dismissed.
    pub error: RwSignal<Option<Error>>,
}

impl App {
    /// The state of a page that has just been opened.
    #[must_use]
    pub fn new() -> Self {
        Self {
            language: RwSignal::new(browser_language()),
            client: StoredValue::new_local(Client::new()),
            address: Address::new(),
            stage: RwSignal::new(Stage::Start),
            chosen: RwSignal::new_local(None),
            opened: RwSignal::new(None),
            filter: RwSignal::new(Filter::default()),
            week_start: RwSignal::new(WeekStart::default()),
            error: RwSignal::new(None),
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

    /// Shows an error, unless it only says that the user cancelled.
    pub fn report(self, error: Error) {
        if error.kind != crate::error::ErrorKind::Cancelled {
            self.error.set(Some(error));
        }
    }
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}

/// The language chosen before, else the browser's.
fn browser_language() -> Language {
    let stored = window()
        .local_storage()
        .ok()
        .flatten()
        .and_then(|storage| storage.get_item("strata.language").ok().flatten());
    Language::from_tag(&stored.or_else(|| window().navigator().language()).unwrap_or_default())
}
