//! The rows of the log that a question looks at, user by user.

use std::borrow::Cow;

use super::filter::Filter;
use super::{EventLog, Exclusion, Kind, Population};
use crate::error::Result;
use crate::ingest::mapping::Role;
use crate::table::decimal::Decimals;
use crate::with_codes;

/// Rows of the log, grouped by user: rows of user `u` are `rows[offsets[u]..offsets[u + 1]]`, ascending.
#[derive(Debug, Clone)]
pub struct Selection {
    offsets: Vec<u32>,
    rows: Vec<u32>,
}

impl Selection {
    fn new(log: &EventLog, mut passes: impl FnMut(usize) -> bool) -> Self {
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

/// The days of each user's rows, ascending, users one after the other.
#[derive(Debug)]
pub struct UserDays<'a> {
    offsets: Cow<'a, [u32]>,
    days: Cow<'a, [i32]>,
}

impl UserDays<'_> {
    /// How many users there are, with and without rows.
    #[must_use]
    pub fn users(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The days of a user.
    #[inline]
    #[must_use]
    pub fn of(&self, user: usize) -> &[i32] {
        let start = self.offsets.get(user).copied().unwrap_or(0) as usize;
        let end = self.offsets.get(user + 1).map_or(start, |&end| end as usize);
        self.days.get(start..end).unwrap_or(&[])
    }

    /// Users with their days, leaving out users without any.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[i32])> {
        self.offsets.windows(2).enumerate().filter_map(|(user, bounds)| match bounds {
            &[start, end] => self
                .days
                .get(start as usize..end as usize)
                .filter(|days| !days.is_empty())
                .map(|days| (user, days)),
            _ => None,
        })
    }
}

/// A log through a filter. All questions ask the view, never the log alone.
#[derive(Debug)]
pub struct View<'a> {
    /// The log.
    pub log: &'a EventLog,
    mask: Option<Vec<bool>>,
}

impl<'a> View<'a> {
    /// The rows of the log that pass the filter.
    ///
    /// # Errors
    /// As [`Filter::mask`].
    pub fn new(log: &'a EventLog, filter: &Filter) -> Result<Self> {
        Ok(Self { log, mask: filter.mask(log)? })
    }

    /// All rows of the log.
    #[must_use]
    pub fn all(log: &'a EventLog) -> Self {
        Self { log, mask: None }
    }

    /// Whether a row passes the filter.
    #[inline]
    #[must_use]
    pub fn has(&self, row: usize) -> bool {
        self.mask.as_ref().is_none_or(|mask| mask.get(row).copied().unwrap_or(false))
    }

    /// The rows that pass the filter and this test.
    pub fn select(&self, mut passes: impl FnMut(usize) -> bool) -> Selection {
        match &self.mask {
            None => Selection::new(self.log, passes),
            Some(mask) => {
                Selection::new(self.log, |row| mask.get(row).copied().unwrap_or(false) && passes(row))
            }
        }
    }

    /// Days with a row that passes the filter, for each user.
    #[must_use]
    pub fn user_days(&self) -> UserDays<'_> {
        match &self.mask {
            None => {
                UserDays { offsets: Cow::Borrowed(&self.log.offsets), days: Cow::Borrowed(&self.log.days) }
            }
            Some(mask) => {
                let mut offsets = Vec::with_capacity(self.log.offsets.len());
                let mut days = Vec::new();
                offsets.push(0);
                for user in 0..self.log.users.len() {
                    let range = self.log.rows_of(user);
                    if let (Some(mask), Some(all)) = (mask.get(range.clone()), self.log.days.get(range)) {
                        days.extend(mask.iter().zip(all).filter(|(passes, _)| **passes).map(|(_, day)| *day));
                    }
                    offsets.push(u32::try_from(days.len()).unwrap_or(u32::MAX));
                }
                UserDays { offsets: Cow::Owned(offsets), days: Cow::Owned(days) }
            }
        }
    }

    /// Days with one of these events, for each user; all events when there is no list.
    #[must_use]
    pub fn user_days_of(&self, events: Option<&[String]>) -> UserDays<'_> {
        let (Some(events), Some(codes)) = (events, self.log.text_in_role(Role::Event)) else {
            return self.user_days();
        };
        let wanted: Vec<bool> =
            codes.dictionary.iter().map(|name| events.iter().any(|event| event == name)).collect();
        let selection = with_codes!(&codes.rows, rows => self.select(|row| {
            rows.get(row).is_some_and(|&code| wanted.get(code as usize).copied().unwrap_or(false))
        }));
        let days =
            selection.rows.iter().filter_map(|&row| self.log.days.get(row as usize).copied()).collect();
        UserDays { offsets: Cow::Owned(selection.offsets), days: Cow::Owned(days) }
    }

    /// The rows that are purchases or refunds. Without an event column every row is a purchase, but one with a negative
    /// value is a refund.
    #[must_use]
    pub fn trades(&self) -> Selection {
        match self.log.text_in_role(Role::Event) {
            None => self.select(|_| true),
            Some(codes) => {
                let traded: Vec<bool> = self.log.kinds.iter().map(|kind| *kind != Kind::Other).collect();
                with_codes!(&codes.rows, rows => self.select(|row| {
                    rows.get(row).is_some_and(|&code| traded.get(code as usize).copied().unwrap_or(false))
                }))
            }
        }
    }

    /// What a row stands for and how much money it moved, always as a positive number; an empty value is nothing.
    #[must_use]
    pub fn trade(&self, row: usize) -> (Kind, i64) {
        let value = self.log.values().and_then(|values| values.values.get(row).copied());
        let value = value.filter(|value| *value != Decimals::MISSING).unwrap_or(0);
        let kind = match self.log.text_in_role(Role::Event) {
            Some(codes) => self.log.kinds.get(codes.code(row) as usize).copied().unwrap_or(Kind::Other),
            None if value < 0 => Kind::Refund,
            None => Kind::Purchase,
        };
        (kind, if kind == Kind::Refund { value.saturating_abs() } else { value })
    }

    /// Rows read, used and left out, so that the parts add up.
    #[must_use]
    pub fn population(&self) -> Population {
        let rows_read = self.log.ledgers.iter().map(|ledger| ledger.rows_read).sum();
        let mut rows_excluded: Vec<Exclusion> = Vec::new();
        for entry in self.log.ledgers.iter().flat_map(|ledger| &ledger.set_aside) {
            match rows_excluded.iter_mut().find(|exclusion| exclusion.reason == entry.reason.code()) {
                Some(exclusion) => exclusion.rows += entry.rows,
                None => {
                    rows_excluded.push(Exclusion { reason: entry.reason.code().to_owned(), rows: entry.rows })
                }
            }
        }
        let (rows_used, users) = match &self.mask {
            None => (
                self.log.rows(),
                (0..self.log.users.len()).filter(|&user| !self.log.rows_of(user).is_empty()).count(),
            ),
            Some(mask) => {
                let passing =
                    |user: usize| mask.get(self.log.rows_of(user)).is_some_and(|rows| rows.contains(&true));
                (
                    mask.iter().filter(|passes| **passes).count(),
                    (0..self.log.users.len()).filter(|&user| passing(user)).count(),
                )
            }
        };
        if self.mask.is_some() {
            rows_excluded
                .push(Exclusion { reason: "filter".to_owned(), rows: (self.log.rows() - rows_used) as u64 });
        }
        Population { rows_read, rows_used: rows_used as u64, rows_excluded, users: users as u64 }
    }
}
