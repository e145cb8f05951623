//! Where a table's rows come from: held by the page, made by a function of their number, or fetched page by page from
//! whoever holds them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::datum::Datum;
use strata::error::Error;

/// Rows that are fetched at once.
const PAGE: u64 = 200;
/// Pages that are kept: a few screens around the place at hand.
const KEPT: usize = 24;
/// Requests that may be on their way; what is asked meanwhile waits, so that nobody answers what has scrolled by.
const ASKED: usize = 2;

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// The column's number.
    pub column: usize,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// Where the rows are.
#[derive(Debug, Clone, Copy, Default)]
pub enum Rows {
    /// In [`super::TableData`].
    #[default]
    Held,
    /// Nowhere: each is made when it is looked at.
    Made(Made),
    /// With somebody else.
    Fetched(Fetched),
}

/// Rows that a function makes of their number.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// How many rows there are.
    pub count: u64,
    /// Makes a row.
    pub row: fn(u64) -> Vec<Datum>,
    /// The columns that rise with the row's number; only they can be sorted.
    pub rising: &'static [usize],
}

/// Which rows are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// How many of the rows that pass are left out at the beginning.
    pub offset: u64,
    /// How many rows are wanted.
    pub limit: u64,
    /// Their order; the source's own when absent.
    pub sort: Option<Sort>,
    /// What they have to contain; empty for all.
    pub search: String,
}

/// Some rows.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Rows in all.
    pub total: u64,
    /// Rows that pass.
    pub matching: u64,
    /// The rows asked for.
    pub rows: Vec<Vec<Datum>>,
}

/// An answer to come.
pub type Answer = Pin<Box<dyn Future<Output = Result<Page, Error>>>>;

/// Fetches rows.
pub type Fetch = Rc<dyn Fn(Wanted) -> Answer>;

/// Rows of which only those near the place at hand are here.
#[derive(Clone, Copy)]
pub struct Fetched {
    fetch: StoredValue<Fetch, LocalStorage>,
    kept: RwSignal<Kept>,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Fetched")
    }
}

#[derive(Default)]
struct Kept {
    /// The order and search that the pages belong to.
    wanted: Wanted,
    pages: VecDeque<(u64, Vec<Vec<Datum>>)>,
    /// What is on its way.
    asked: Vec<Wanted>,
    /// The rows in sight.
    sight: (u64, u64),
    /// Rows that pass and rows in all; of the last answer.
    counts: Option<(u64, u64)>,
    error: Option<Error>,
}

impl Fetched {
    /// Rows that `fetch` brings.
    #[must_use]
    pub fn new(fetch: Fetch) -> Self {
        Self { fetch: StoredValue::new_local(fetch), kept: RwSignal::new(Kept::default()) }
    }

    /// The order and search at hand, as a request for the first rows; reactive.
    #[must_use]
    pub fn wanted(self) -> Wanted {
        self.kept.with(|kept| Wanted { offset: 0, limit: PAGE, ..kept.wanted.clone() })
    }

    /// Rows that pass and rows in all, once known; reactive.
    #[must_use]
    pub fn counts(self) -> Option<(u64, u64)> {
        self.kept.with(|kept| kept.counts)
    }

    /// Why rows are missing; reactive.
    pub(super) fn error(self) -> Option<Error> {
        self.kept.with(|kept| kept.error.clone())
    }

    /// A row, if it is here; reactive.
    #[must_use]
    pub fn row(self, position: u64) -> Option<Vec<Datum>> {
        self.kept.with(|kept| {
            let (_, rows) = kept.pages.iter().find(|(page, _)| *page == position / PAGE)?;
            rows.get((position % PAGE) as usize).cloned()
        })
    }

    /// The rows that are here.
    pub(super) fn held(self) -> Vec<Vec<Datum>> {
        self.kept.with(|kept| kept.pages.iter().flat_map(|(_, rows)| rows.iter().cloned()).collect())
    }

    /// Wants other rows, or the same in another order.
    pub(super) fn look(self, sight: (u64, u64), sort: Option<Sort>, search: &str) {
        let other = self.kept.with_untracked(|kept| kept.wanted.sort != sort || kept.wanted.search != search);
        if other {
            self.kept.update(|kept| {
                kept.wanted = Wanted { sort, search: search.to_owned(), ..Wanted::default() };
                kept.pages.clear();
                kept.error = None;
            });
        }
        self.kept.update_untracked(|kept| kept.sight = sight);
        self.ask();
    }

    /// Asks again after an error.
    pub(super) fn retry(self) {
        self.kept.update(|kept| kept.error = None);
        self.ask();
    }

    /// Forgets what is here and asks again: the same rows have other words now.
    pub fn renew(self) {
        self.kept.update(|kept| kept.pages.clear());
        self.retry();
    }

    /// Asks for the first page in sight that is not here.
    fn ask(self) {
        let wanted = self.kept.try_update_untracked(|kept| {
            let (first, last) = kept.sight;
            let wanted = |page: u64| Wanted { offset: page * PAGE, limit: PAGE, ..kept.wanted.clone() };
            let missing = |page: &u64| {
                let there = *page == 0 || kept.counts.is_none_or(|(matching, _)| page * PAGE < matching);
                there
                    && !kept.pages.iter().any(|(kept, _)| kept == page)
                    && !kept.asked.contains(&wanted(*page))
            };
            let page = (first / PAGE..=last.saturating_sub(1).max(first) / PAGE).find(missing)?;
            if kept.asked.len() >= ASKED || kept.error.is_some() {
                return None;
            }
            let wanted = wanted(page);
            kept.asked.push(wanted.clone());
            Some(wanted)
        });
        let Some(wanted) = wanted.flatten() else { return };
        let answer = self.fetch.with_value(|fetch| fetch(wanted.clone()));
        spawn_local(async move {
            let answer = answer.await;
            let asked_still = self.kept.try_update(|kept| kept.take(&wanted, answer));
            // The table may be gone.
            if asked_still.is_some() {
                self.ask();
            }
        });
    }
}

impl Kept {
    fn take(&mut self, wanted: &Wanted, answer: Result<Page, Error>) {
        self.asked.retain(|asked| asked != wanted);
        // Rows in another order, or of another search, are of no use any more.
        if self.wanted.sort != wanted.sort || self.wanted.search != wanted.search {
            return;
        }
        match answer {
            Ok(Page { total, matching, rows }) => {
                self.counts = Some((matching, total));
                self.pages.push_back((wanted.offset / PAGE, rows));
                if self.pages.len() > KEPT {
                    self.pages.pop_front();
                }
            }
            Err(error) => self.error = Some(error),
        }
    }
}
