//! The rows of the log that a question looks at, user by user.

use super::calendar::DAY_MICROS;
use super::dates::Span;
use super::events::{EventChoice, Matcher};
use super::filter::{Condition, Filter, Test};
use super::segment::{Resolve, UserSegment, UserSet, unresolved};
use super::trades::Trades;
use super::user_days::{Finding, UserDays};
use super::{EventLog, Exclusion, Population};
use crate::error::Result;
use crate::ingest::mapping::Role;
use crate::table::Clock;
use crate::with_codes;

/// Rows of the log, grouped by user: rows of user `u` are `rows[offsets[u]..offsets[u + 1]]`, ascending.
#[derive(Debug, Clone)]
pub struct Selection {
    offsets: Vec<u32>,
    rows: Vec<u32>,
}

impl Selection {
    pub(super) fn new(log: &EventLog, mut passes: impl FnMut(usize) -> bool) -> Self {
        let mut selection = Self { offsets: Vec::with_capacity(log.offsets.len()), rows: Vec::new() };
        selection.offsets.push(0);
        for user in 0..log.users.len() {
            for row in log.rows_of(user) {
                if passes(row) {
                    selection.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
                }
            }
            selection.offsets.push(u32::try_from(selection.rows.len()).unwrap_or(u32::MAX));
        }
        selection
    }

    /// The rows that pass a further test.
    pub(super) fn filtered(&self, mut passes: impl FnMut(usize) -> bool) -> Self {
        let mut selection = Self { offsets: Vec::with_capacity(self.offsets.len()), rows: Vec::new() };
        selection.offsets.push(0);
        for user in 0..self.offsets.len().saturating_sub(1) {
            selection.rows.extend(self.rows_of(user).iter().filter(|row| passes(**row as usize)));
            selection.offsets.push(u32::try_from(selection.rows.len()).unwrap_or(u32::MAX));
        }
        selection
    }

    /// The rows of a user.
    #[inline]
    #[must_use]
    pub fn rows_of(&self, user: usize) -> &[u32] {
        let start = self.offsets.get(user).copied().unwrap_or(0) as usize;
        let end = self.offsets.get(user + 1).map_or(start, |&end| end as usize);
        self.rows.get(start..end).unwrap_or(&[])
    }

    /// All rows, users one after the other.
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }
}

/// A log through a filter. All questions ask the view, never the log alone.
pub struct View<'a> {
    /// The log.
    pub log: &'a EventLog,
    filtered: Option<Filtered>,
    span: Span,
    entry: Span,
    all_users: bool,
    resolve: Box<Resolve<'a>>,
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("View").field("filtered", &self.filtered).field("span", &self.span).finish()
    }
}

/// What passes a filter.
#[derive(Debug)]
struct Filtered {
    /// 1 for a row that passes, else 0; bytes, so that runs of zeros are skipped quickly.
    mask: Vec<u8>,
    rows: usize,
    days: UserDays<'static>,
}

impl Filtered {
    fn new(log: &EventLog, mask: Vec<u8>) -> Self {
        let users = log.users.len();
        let mut days = Finding::new(users);
        let (mut user, mut end, mut rows) = (0, log.rows_of(0).end, 0);
        for row in memchr::memchr_iter(1, &mask) {
            while row >= end {
                days.next_user();
                user += 1;
                end = log.rows_of(user).end;
            }
            log.days.get(row).into_iter().for_each(|&day| days.add(day));
            rows += 1;
        }
        Self { mask, rows, days: days.finish(users) }
    }
}

impl<'a> View<'a> {
    /// The rows of the log that pass a filter whose segments, if it has any, list their users.
    ///
    /// # Errors
    /// As [`Filter::mask`]; [`crate::error::ErrorKind::MissingField`] for a segment that is defined by a question.
    pub fn new(log: &'a EventLog, filter: &Filter) -> Result<Self> {
        Self::with_segments(log, filter, Box::new(unresolved))
    }

    /// The rows of the log that pass the filter; `resolve` finds the users of segments that are defined by a question, of
    /// the filter and of whatever is asked of the view.
    ///
    /// # Errors
    /// As [`Filter::mask`].
    pub fn with_segments(log: &'a EventLog, filter: &Filter, resolve: Box<Resolve<'a>>) -> Result<Self> {
        let filtered = filter.mask(log, &*resolve, true)?.map(|mask| Filtered::new(log, mask));
        let span = filter.span(log.span);
        let all_users = filter.all.iter().all(Condition::is_of_days);
        Ok(Self { log, filtered, span, entry: span, all_users, resolve })
    }

    /// As [`Self::with_segments`], but the filter's dates bound only what begins: see [`Self::entry`].
    ///
    /// # Errors
    /// As [`Filter::mask`].
    pub fn beyond_dates(log: &'a EventLog, filter: &Filter, resolve: Box<Resolve<'a>>) -> Result<Self> {
        let filtered = filter.mask(log, &*resolve, false)?.map(|mask| Filtered::new(log, mask));
        let all_users = filter.all.iter().all(Condition::is_of_days);
        Ok(Self { log, filtered, span: log.span, entry: filter.span(log.span), all_users, resolve })
    }

    /// All rows of the log.
    #[must_use]
    pub fn all(log: &'a EventLog) -> Self {
        Self {
            log,
            filtered: None,
            span: log.span,
            entry: log.span,
            all_users: true,
            resolve: Box::new(unresolved),
        }
    }

    /// The first and last day that are looked at: the data's, or those of the filter's dates that lie within. What
    /// reaches beyond the last of them has not been observed to its end.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The days on which what a question follows may begin: the same as [`Self::span`], but for questions that follow it
    /// further than the filter's dates reach.
    #[must_use]
    pub fn entry(&self) -> Span {
        self.entry
    }

    /// The last instant that was observed, in microseconds on the log's clock: the last row's, or the end of the last day
    /// that is looked at.
    #[must_use]
    pub fn last_instant(&self) -> i64 {
        if self.span.1 >= self.log.span.1 {
            return self.log.last_time;
        }
        let next_day = (i64::from(self.span.1.0) + 1) * DAY_MICROS;
        let end = match self.log.times.clock {
            Clock::Civil => next_day,
            Clock::Instant => self.log.zone.instant_from_civil(next_day),
        };
        end - 1
    }

    /// The users of a segment that is part of what is asked of this view.
    ///
    /// # Errors
    /// As [`Self::with_segments`].
    pub fn users_of(&self, segment: &UserSegment) -> Result<UserSet> {
        segment.resolve(self.log, &*self.resolve)
    }

    /// A condition made ready for the rows of the log.
    ///
    /// # Errors
    /// As [`Condition::test`].
    pub fn test(&self, condition: &Condition) -> Result<Test<'a>> {
        condition.test(self.log, &*self.resolve)
    }

    /// Tells whether a row is this event: it is choice 0.
    ///
    /// # Errors
    /// As [`Matcher::new`].
    pub fn matcher_of(&self, event: &EventChoice, path: &str) -> Result<Matcher<'_>> {
        Matcher::new(self, std::slice::from_ref(event), path).map_err(|mut error| {
            // One choice is no list: its path has no number.
            error.path = error.path.take().map(|path| path.replacen("[0]", "", 1));
            error
        })
    }

    /// Finds the users of segments in what is asked of this view.
    pub(super) fn resolve(&self) -> &Resolve<'a> {
        &*self.resolve
    }

    /// Whether some rows may not pass.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filtered.is_some()
    }

    /// Whether nothing but days narrows what is looked at, so that users without rows are not left out for what they are.
    #[must_use]
    pub fn is_of_all_users(&self) -> bool {
        self.all_users
    }

    /// Whether a row passes the filter.
    #[inline]
    #[must_use]
    pub fn has(&self, row: usize) -> bool {
        self.filtered.as_ref().is_none_or(|filtered| filtered.mask.get(row) == Some(&1))
    }

    /// How many rows pass the filter.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.filtered.as_ref().map_or(self.log.rows(), |filtered| filtered.rows)
    }

    /// How many rows of a user pass the filter.
    #[must_use]
    pub fn rows_of(&self, user: usize) -> usize {
        let rows = self.log.rows_of(user);
        match &self.filtered {
            None => rows.len(),
            Some(filtered) => {
                filtered.mask.get(rows).unwrap_or(&[]).iter().filter(|passes| **passes == 1).count()
            }
        }
    }

    /// Days with a row that passes the filter, for each user.
    #[must_use]
    pub fn user_days(&self) -> UserDays<'_> {
        self.filtered.as_ref().map_or(&self.log.user_days, |filtered| &filtered.days).borrowed()
    }

    /// Days with one of these events, for each user; all events when there is no list.
    #[must_use]
    pub fn user_days_of(&self, events: Option<&[String]>) -> UserDays<'_> {
        let (Some(events), Some(codes)) = (events, self.log.text_in_role(Role::Event)) else {
            return self.user_days();
        };
        let wanted: Vec<bool> =
            codes.dictionary.iter().map(|name| events.iter().any(|event| event == name)).collect();
        let users = self.log.users.len();
        let mut days = Finding::new(users);
        with_codes!(&codes.rows, rows => for user in 0..users {
            for row in self.log.rows_of(user).filter(|row| self.has(*row)) {
                let is_wanted = rows.get(row).and_then(|&code| wanted.get(code as usize));
                if is_wanted == Some(&true) {
                    self.log.days.get(row).into_iter().for_each(|&day| days.add(day));
                }
            }
            days.next_user();
        });
        days.finish(users)
    }

    /// The purchases and refunds in view.
    #[must_use]
    pub fn trades(&self) -> Trades<'a> {
        Trades::new(self)
    }

    /// Rows read, used and left out, so that the parts add up.
    #[must_use]
    pub fn population(&self) -> Population {
        // Files that stand beside the log, of users or costs, have ledgers too, but none of its rows.
        let ledgers = || self.log.ledgers.iter().filter(|ledger| ledger.kind.is_log());
        let rows_read = ledgers().map(|ledger| ledger.rows_read).sum();
        let mut rows_excluded: Vec<Exclusion> = Vec::new();
        for entry in ledgers().flat_map(|ledger| &ledger.set_aside) {
            match rows_excluded.iter_mut().find(|exclusion| exclusion.reason == entry.reason.code()) {
                Some(exclusion) => exclusion.rows += entry.rows,
                None => {
                    rows_excluded.push(Exclusion { reason: entry.reason.code().to_owned(), rows: entry.rows })
                }
            }
        }
        let (rows_used, users) = (self.rows(), self.user_days().iter().count());
        if self.is_filtered() {
            rows_excluded
                .push(Exclusion { reason: "filter".to_owned(), rows: (self.log.rows() - rows_used) as u64 });
        }
        Population { rows_read, rows_used: rows_used as u64, rows_excluded, users: users as u64 }
    }
}
