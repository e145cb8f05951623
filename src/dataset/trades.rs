//! Purchases and refunds: the rows of the log that moved money.

use std::borrow::Cow;

use super::view::{Selection, View};
use super::{EventLog, Kind};
use crate::ingest::mapping::Role;
use crate::table::dictionary::Codes;
use crate::table::integers::Integers;
use crate::with_codes;

impl EventLog {
    /// Finds the purchases and refunds once, when the log is built. Without an event column every row is one, and a list
    /// of all rows is not worth its memory.
    pub(super) fn find_trades(&self) -> Option<Selection> {
        let codes = self.text_in_role(Role::Event)?;
        let traded: Vec<bool> = self.kinds.iter().map(|kind| *kind != Kind::Other).collect();
        Some(with_codes!(&codes.rows, rows => Selection::new(self, |row| {
            rows.get(row).is_some_and(|&code| traded.get(code as usize).copied().unwrap_or(false))
        })))
    }
}

/// The purchases and refunds in view.
///
/// With an event column its codes tell them apart. Without one every row is a purchase, but one with a negative value is a
/// refund.
#[derive(Debug)]
pub struct Trades<'a> {
    selection: Cow<'a, Selection>,
    kinds: &'a [Kind],
    events: Option<&'a Codes>,
    values: Option<&'a Integers>,
}

impl<'a> Trades<'a> {
    pub(super) fn new(view: &View<'a>) -> Self {
        let log = view.log;
        let selection = match (&log.trades, view.is_filtered()) {
            (Some(trades), false) => Cow::Borrowed(trades),
            (Some(trades), true) => Cow::Owned(trades.filtered(|row| view.has(row))),
            (None, _) => Cow::Owned(Selection::new(log, |row| view.has(row))),
        };
        let values = log.values().map(|values| &values.values);
        Self { selection, kinds: &log.kinds, events: log.text_in_role(Role::Event), values }
    }

    /// The rows of a user, in order of time.
    #[inline]
    #[must_use]
    pub fn rows_of(&self, user: usize) -> &[u32] {
        self.selection.rows_of(user)
    }

    /// All rows, users one after the other.
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        self.selection.rows()
    }

    /// What a row stands for and how much money it moved: of a refund as a positive number; an empty value is nothing.
    #[inline]
    #[must_use]
    pub fn get(&self, row: u32) -> (Kind, i64) {
        let value = self.value(row).unwrap_or(0);
        let kind = match self.events {
            Some(codes) => self.kinds.get(codes.code(row as usize) as usize).copied().unwrap_or(Kind::Other),
            None if value < 0 => Kind::Refund,
            None => Kind::Purchase,
        };
        (kind, if kind == Kind::Refund { value.saturating_abs() } else { value })
    }

    /// Whether a row is a purchase.
    #[inline]
    #[must_use]
    pub fn is_purchase(&self, row: u32) -> bool {
        self.get(row).0 == Kind::Purchase
    }

    /// The value of a row, nothing where the cell is empty.
    #[inline]
    #[must_use]
    pub fn value(&self, row: u32) -> Option<i64> {
        Some(self.values?.get(row as usize)).filter(|value| *value != Integers::MISSING)
    }
}
