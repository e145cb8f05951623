//! Purchases and refunds: the rows of the log that moved money.

use std::borrow::Cow;

use super::view::{Selection, View};
use super::{EventLog, Kind};
use crate::error::Result;
use crate::ingest::mapping::{Refunds, Role};
use crate::table::ColumnData;
use crate::table::dictionary::Codes;
use crate::table::integers::Integers;
use crate::with_codes;

/// What tells whether a row is a purchase or a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The codes of a text column, by [`EventLog::kinds`]: of the event's, or of the one that a rule of refunds names.
    ByCode(usize),
    /// The sign of the value.
    BySign,
    /// Nothing: every row is a purchase.
    Never,
}

impl EventLog {
    /// Without an event column every row is a purchase or, by the mapping's rule, a refund.
    pub(super) fn tell_refunds(&mut self) -> Result<()> {
        let refunds = &self.mapping.refunds;
        let place = refunds.told_by(&self.columns)?;
        let Some((place, ColumnData::Text(codes))) =
            place.and_then(|place| self.columns.get(place).map(|column| (place, &column.data)))
        else {
            self.told = if *refunds == Refunds::None { Told::Never } else { Told::BySign };
            return Ok(());
        };
        let kind = |is_refund| if is_refund { Kind::Refund } else { Kind::Purchase };
        self.kinds = refunds.refund_codes(&codes.dictionary).into_iter().map(kind).collect();
        self.told = Told::ByCode(place);
        Ok(())
    }

    /// Tells what each row stands for.
    #[must_use]
    pub fn teller(&self) -> Teller<'_> {
        Teller::new(self)
    }

    /// The codes by which [`Self::kinds`] are told.
    fn telling_codes(&self) -> Option<&Codes> {
        let Told::ByCode(place) = self.told else { return None };
        self.columns
            .get(place)
            .and_then(|column| if let ColumnData::Text(codes) = &column.data { Some(codes) } else { None })
    }

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
/// With an event column its codes tell them apart. Without one every row is a purchase, but those that the mapping's
/// [`Refunds`] say are refunds: as a rule those with a negative value.
#[derive(Debug)]
pub struct Trades<'a> {
    selection: Cow<'a, Selection>,
    teller: Teller<'a>,
}

/// Tells of each row what it stands for.
#[derive(Debug, Clone, Copy)]
pub struct Teller<'a> {
    kinds: &'a [Kind],
    codes: Option<&'a Codes>,
    by_sign: bool,
    values: Option<&'a Integers>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(log: &'a EventLog) -> Self {
        let values = log.values().map(|values| &values.values);
        let by_sign = log.told == Told::BySign;
        Self { kinds: &log.kinds, codes: log.telling_codes(), by_sign, values }
    }

    #[inline]
    fn value(&self, row: usize) -> Option<i64> {
        Some(self.values?.get(row)).filter(|value| *value != Integers::MISSING)
    }

    /// As [`Trades::get`].
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> (Kind, i64) {
        let value = self.value(row).unwrap_or(0);
        let kind = match self.codes {
            Some(codes) => self.kinds.get(codes.code(row) as usize).copied().unwrap_or(Kind::Other),
            None if value < 0 && self.by_sign => Kind::Refund,
            None => Kind::Purchase,
        };
        (kind, if kind == Kind::Refund { value.saturating_abs() } else { value })
    }
}

impl<'a> Trades<'a> {
    pub(super) fn new(view: &View<'a>) -> Self {
        let log = view.log;
        let selection = match (&log.trades, view.is_filtered()) {
            (Some(trades), false) => Cow::Borrowed(trades),
            (Some(trades), true) => Cow::Owned(trades.filtered(|row| view.has(row))),
            (None, _) => Cow::Owned(Selection::new(log, |row| view.has(row))),
        };
        Self { selection, teller: Teller::new(log) }
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
        self.teller.get(row as usize)
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
        self.teller.value(row as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{days, mapping, numbers, table, texts};
    use super::*;
    use crate::dataset::calendar::{WeekStart, Zone};
    use crate::ingest::mapping::{FileKind, Mapping};

    fn kinds(refunds: Refunds) -> Vec<(Kind, i64)> {
        let columns = vec![
            texts("user", Role::User, &["b", "a", "b", "a"]),
            days("day", Role::Time, &["2024-01-04", "2024-01-03", "2024-01-02", "2024-01-01"]),
            numbers("amount", Role::Value, &["7.00", "", "-5.00", "5.00"]),
            texts("invoice", Role::Order, &["8", "C7", "C6", "5"]),
            texts("status", Role::Attribute, &["returned", "paid", "paid", "paid"]),
        ];
        let mapping = Mapping { refunds, ..mapping(FileKind::Orders, &columns) };
        let table = table(FileKind::Orders, columns);
        let log = EventLog::new(table, mapping, Zone::utc(), WeekStart::Monday).unwrap();
        let view = View::all(&log);
        let trades = view.trades();
        trades.rows().iter().map(|&row| trades.get(row)).collect()
    }

    #[test]
    fn refunds_are_told_by_the_mappings_rule() {
        use Kind::{Purchase, Refund};
        // Sorted by user and day: b's rows are -5.00 of C6, 7.00 of 8; a's 5.00 of 5, nothing of C7.
        assert_eq!(
            kinds(Refunds::NegativeValue),
            [(Refund, 500), (Purchase, 700), (Purchase, 500), (Purchase, 0)]
        );
        assert_eq!(kinds(Refunds::None), [(Purchase, -500), (Purchase, 700), (Purchase, 500), (Purchase, 0)]);
        let status = Refunds::StatusColumn { column: "status".into(), values: vec!["returned".into()] };
        assert_eq!(kinds(status), [(Purchase, -500), (Refund, 700), (Purchase, 500), (Purchase, 0)]);
        let prefix = Refunds::OrderPrefix { prefix: "C".into() };
        assert_eq!(kinds(prefix), [(Refund, 500), (Purchase, 700), (Purchase, 500), (Refund, 0)]);
    }
}
