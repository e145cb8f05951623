//! What is striking in a log: rows that are there twice, orders of two users, days without a row, times that cannot be.
//!
//! One pass over the log. Its rows are sorted by user and time, so that equal rows lie close together: only rows of one user
//! at one time are compared.

use std::hash::Hasher;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::calendar::{DAY_MICROS, Day, Zone};
use super::dates::Span;
use super::trades::Teller;
use super::{EventLog, Kind, count_codes, users_with_rows};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::{Column, FileSpans};
use crate::ingest::ledger::{EXAMPLES_KEPT, LateChecks, Ledger, Reason};
use crate::ingest::mapping::Role;
use crate::ingest::row_numbers::RowNumbers;
use crate::table::dictionary::{Codes, Dictionary};
use crate::table::integers::Integers;
use crate::table::{Clock, ColumnData, Times};
use crate::with_codes;
use crate::with_integers;

/// The most events and gaps that are told; all are counted.
const MOST_EVENTS: usize = 200;
const MOST_GAPS: usize = 50;

/// A log whose days lie further apart than this (over 2,700 years) has a time that went wrong; its days are sorted instead of
/// being marked on a list.
const LONGEST_CALENDAR: i64 = 1_000_000;

/// 1990-01-01; earlier times are suspicious.
const EARLIEST: Day = Day(7_305);

/// What becomes of rows that are the same as another in every column that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Duplicates {
    /// They count as often as they are there.
    #[default]
    Keep,
    /// The first in the order of the files counts, the others are set aside.
    Drop,
}

impl Duplicates {
    /// Whether they are kept.
    #[must_use]
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

/// What is striking in a log. Every list is bounded; every number counts all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// Rows of the log.
    pub rows: u64,
    /// Users with a row.
    pub users: u64,
    /// The first and the last day.
    pub span: Span,
    /// The events with their rows, most frequent first, at most 200; empty without an event column.
    pub events: Vec<(String, u64)>,
    /// Rows that are the same as an earlier one in every column that is read.
    pub duplicates: u64,
    /// The first of the rows that are there more than once, at most five.
    pub duplicate_examples: Vec<Repeated>,
    /// Order ids that more than one user has.
    pub orders_of_several_users: Examples,
    /// Order ids with purchases on more than one day; a refund may come later.
    pub orders_on_several_days: Examples,
    /// Days between the first and the last that have no row.
    pub days_without_rows: u64,
    /// How often such days come one after the other, or alone.
    pub gaps: u64,
    /// The first of these spans, at most 50.
    pub gap_spans: Vec<Span>,
    /// Rows later than today; 0 when today is not known.
    pub rows_in_future: u64,
    /// Rows before 1990.
    pub rows_before_1990: u64,
}

/// A row that is there more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repeated {
    /// Whose.
    pub user: String,
    /// When.
    pub day: Day,
    /// What, if there is an event column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// How often it is there.
    pub times: u64,
}

/// How many there are, and the first of them, at most five.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Examples {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<String>,
}

impl EventLog {
    /// Looks for what is striking. `today` is the day in the data set's zone, where it is known.
    #[must_use]
    pub fn audit(&self, today: Option<Day>) -> Audit {
        let mut audit = Audit {
            rows: self.rows() as u64,
            users: users_with_rows(&self.offsets),
            span: self.span,
            events: self.text_in_role(Role::Event).map(events).unwrap_or_default(),
            ..Audit::default()
        };
        self.audit_duplicates(&mut audit);
        self.audit_days(&mut audit, today);
        if let Some(orders) = self.text_in_role(Role::Order) {
            self.audit_orders(orders, &mut audit);
        }
        audit
    }

    fn audit_duplicates(&self, audit: &mut Audit) {
        let mut first_rows: Vec<(usize, u64)> = Vec::new();
        Copies::new(&self.columns).each(&self.offsets, &self.times.values, |first, _| {
            audit.duplicates += 1;
            if let Some((_, times)) = first_rows.iter_mut().find(|(row, _)| *row == first) {
                *times += 1;
            } else if first_rows.len() < EXAMPLES_KEPT {
                first_rows.push((first, 2));
            }
        });
        let events = self.text_in_role(Role::Event);
        audit.duplicate_examples.extend(first_rows.into_iter().map(|(row, times)| Repeated {
            user: self.users.get(user_of(&self.offsets, row)).to_owned(),
            day: Day(self.days.get(row).copied().unwrap_or(0)),
            event: events.map(|events| events.get(row).to_owned()),
            times,
        }));
    }

    fn audit_days(&self, audit: &mut Audit, today: Option<Day>) {
        let today = today.map_or(i32::MAX, |day| day.0);
        let counted =
            |passes: &dyn Fn(i32) -> bool| self.days.iter().filter(|day| passes(**day)).count() as u64;
        if self.span.1.0 > today {
            audit.rows_in_future = counted(&|day| day > today);
        }
        if self.span.0 < EARLIEST {
            audit.rows_before_1990 = counted(&|day| day < EARLIEST.0);
        }
        for (before, after) in self.days_with_rows().windows(2).filter_map(|pair| match pair {
            [before, after] if after - before > 1 => Some((*before, *after)),
            _ => None,
        }) {
            audit.gaps += 1;
            audit.days_without_rows += u64::from(after.abs_diff(before)) - 1;
            if audit.gap_spans.len() < MOST_GAPS {
                audit.gap_spans.push((Day(before + 1), Day(after - 1)));
            }
        }
    }

    /// The days that have rows, ascending.
    fn days_with_rows(&self) -> Vec<i32> {
        let (first, last) = (self.span.0.0, self.span.1.0);
        let length = i64::from(last) - i64::from(first) + 1;
        if length > LONGEST_CALENDAR {
            let mut days = self.days.clone();
            days.sort_unstable();
            days.dedup();
            return days;
        }
        let mut seen = vec![false; usize::try_from(length).unwrap_or(0)];
        for day in &self.days {
            if let Some(slot) = seen.get_mut(day.wrapping_sub(first) as usize) {
                *slot = true;
            }
        }
        (first..).zip(seen).filter(|(_, seen)| *seen).map(|(day, _)| day).collect()
    }

    fn audit_orders(&self, orders: &Codes, audit: &mut Audit) {
        let mut seen = vec![OrderSeen { user: NOBODY, day: NEVER }; orders.dictionary.len()];
        let teller = Teller::new(self);
        let empty = orders.dictionary.find("").map_or(usize::MAX, |code| code as usize);
        with_codes!(&orders.rows, rows => for (user, bounds) in (0u32..).zip(self.offsets.windows(2)) {
            let &[start, end] = bounds else { continue };
            for row in start as usize..end as usize {
                let Some(code) = rows.get(row).map(|&code| code as usize).filter(|code| *code != empty) else {
                    continue;
                };
                let Some(order) = seen.get_mut(code) else { continue };
                if order.user == NOBODY {
                    order.user = user;
                } else if order.user != user && order.user != SEVERAL {
                    order.user = SEVERAL;
                    audit.orders_of_several_users.add(&orders.dictionary, code);
                }
                let day = self.days.get(row).copied().unwrap_or(0);
                if order.day == day || order.day == TOLD || teller.get(row).0 != Kind::Purchase {
                    continue;
                }
                if order.day == NEVER {
                    order.day = day;
                } else {
                    order.day = TOLD;
                    audit.orders_on_several_days.add(&orders.dictionary, code);
                }
            }
        });
    }
}

/// The first user of an order, and the first day with a purchase.
#[derive(Debug, Clone, Copy)]
struct OrderSeen {
    user: u32,
    day: i32,
}

/// No user yet; more than one.
const NOBODY: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

/// No day yet; more than one. Neither is a day that a time can fall on.
const NEVER: i32 = i32::MIN;
const TOLD: i32 = i32::MIN + 1;

impl Examples {
    fn add(&mut self, dictionary: &Dictionary, code: usize) {
        self.count += 1;
        if self.first.len() < EXAMPLES_KEPT {
            self.first.push(dictionary.get(u32::try_from(code).unwrap_or(u32::MAX)).to_owned());
        }
    }
}

fn events(codes: &Codes) -> Vec<(String, u64)> {
    let counts = count_codes(codes);
    let named = codes.dictionary.iter().zip(counts).filter(|(_, rows)| *rows > 0);
    let mut events: Vec<(String, u64)> = named.map(|(name, rows)| (name.to_owned(), rows)).collect();
    events.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    events.truncate(MOST_EVENTS);
    events
}

/// The user of a row.
fn user_of(offsets: &[u32], row: usize) -> u32 {
    let after = offsets.partition_point(|&offset| offset as usize <= row);
    u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX)
}

/// Finds rows that are the same in every column.
struct Copies<'a> {
    columns: &'a [Column],
    /// The rows of one time that are different from one another.
    different: Vec<usize>,
    /// Rows of one time with a fingerprint of their cells, when there are many.
    prints: Vec<(u64, usize)>,
}

/// Up to this many rows of one user at one time are compared each with each.
const FEW: usize = 16;

impl<'a> Copies<'a> {
    fn new(columns: &'a [Column]) -> Self {
        Self { columns, different: Vec::new(), prints: Vec::new() }
    }

    /// Tells of each row that is the same as an earlier one: the first such row, then the row itself.
    fn each(&mut self, offsets: &[u32], times: &Integers, mut found: impl FnMut(usize, usize)) {
        with_integers!(times, times => self.each_of(offsets, times, &mut found));
    }

    fn each_of<T: PartialEq>(&mut self, offsets: &[u32], times: &[T], found: &mut impl FnMut(usize, usize)) {
        for bounds in offsets.windows(2) {
            let &[start, end] = bounds else { continue };
            let mut row = start as usize;
            for run in times.get(row..end as usize).unwrap_or(&[]).chunk_by(|one, next| one == next) {
                match run.len() {
                    1 => {}
                    length if length <= FEW => self.few(row..row + length, found),
                    length => self.many(row..row + length, found),
                }
                row += run.len();
            }
        }
    }

    fn few(&mut self, rows: impl Iterator<Item = usize>, found: &mut impl FnMut(usize, usize)) {
        self.different.clear();
        for row in rows {
            match self.different.iter().find(|first| self.same(**first, row)) {
                Some(first) => found(*first, row),
                None => self.different.push(row),
            }
        }
    }

    fn many(&mut self, rows: std::ops::Range<usize>, found: &mut impl FnMut(usize, usize)) {
        let mut prints = std::mem::take(&mut self.prints);
        prints.clear();
        prints.extend(rows.map(|row| (self.print(row), row)));
        prints.sort_unstable();
        for alike in prints.chunk_by(|one, next| one.0 == next.0).filter(|alike| alike.len() > 1) {
            self.few(alike.iter().map(|(_, row)| *row), found);
        }
        self.prints = prints;
    }

    fn same(&self, one: usize, other: usize) -> bool {
        self.columns.iter().all(|column| match &column.data {
            ColumnData::Text(codes) => codes.code(one) == codes.code(other),
            ColumnData::Number(decimals) => decimals.values.get(one) == decimals.values.get(other),
            ColumnData::Time(times) => times.values.get(one) == times.values.get(other),
        })
    }

    fn print(&self, row: usize) -> u64 {
        let mut hasher = FxHasher::default();
        for column in self.columns {
            match &column.data {
                ColumnData::Text(codes) => hasher.write_u32(codes.code(row)),
                ColumnData::Number(decimals) => hasher.write_i64(decimals.values.get(row)),
                ColumnData::Time(times) => hasher.write_i64(times.values.get(row)),
            }
        }
        hasher.finish()
    }
}

/// A log's parts while it is being built: rows sorted, and for each the row of the table that it was.
pub(super) struct Sorted<'a> {
    pub offsets: &'a mut [u32],
    pub times: &'a mut Integers,
    pub columns: &'a mut [Column],
    pub order: &'a [u32],
}

/// Takes copies of rows out and sets them aside in their files' ledgers, with the user they are of.
pub(super) fn drop_copies(
    sorted: Sorted<'_>,
    (ledgers, spans): (&mut [Ledger], &[FileSpans]),
    user_column: Option<&str>,
    users: &Dictionary,
) -> Result<()> {
    let Sorted { offsets, times, columns, order } = sorted;
    let mut copies: Vec<usize> = Vec::new();
    Copies::new(columns).each(offsets, times, |_, copy| copies.push(copy));
    if copies.is_empty() {
        return Ok(());
    }
    copies.sort_unstable();
    let mut placed: Vec<(usize, u32)> = copies
        .iter()
        .filter_map(|&copy| Some((*order.get(copy)? as usize, user_of(offsets, copy))))
        .collect();
    placed.sort_unstable();
    let (checks, numbers) = (LateChecks::new(ledgers), RowNumbers::new(ledgers, spans));
    for (row, user) in placed {
        let found = Some(users.get(user).as_bytes());
        checks.set_aside(ledgers, (row, numbers.get(row)), Reason::Duplicate, user_column, found);
    }
    let mut kept: Vec<u32> = Vec::new();
    kept.try_reserve_exact(times.len() - copies.len()).map_err(|_| Error::new(ErrorKind::TooLarge))?;
    let mut next = copies.iter().copied().peekable();
    kept.extend((0u32..).take(times.len()).filter(|row| next.next_if_eq(&(*row as usize)).is_none()));
    times.permute(&kept)?;
    columns.iter_mut().try_for_each(|column| column.data.permute(&kept))?;
    for offset in offsets {
        let before = copies.partition_point(|&copy| copy < *offset as usize);
        *offset -= u32::try_from(before).unwrap_or(0);
    }
    Ok(())
}

/// Tells each of several ledgers the first and last day of its file and its users, before the rows are sorted and it is
/// forgotten which file they came from. Copies that are dropped afterwards are still told: the file has them.
pub(super) fn describe_files(
    ledgers: &mut [Ledger],
    codes: &[u32],
    users: usize,
    times: &Times,
    zone: &Zone,
) {
    let checks = LateChecks::new(ledgers);
    let mut seen_in = vec![0usize; users];
    for ((file, rows), ledger) in (1..).zip(checks.stretches()).zip(ledgers) {
        let Some(codes) = codes.get(rows.clone()) else { continue };
        let day = |micros: i64| {
            let civil = if times.clock == Clock::Instant { zone.civil_from_instant(micros) } else { micros };
            Day(i32::try_from(civil.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX))
        };
        let micros = rows.map(|row| times.micros(row));
        let range = micros.clone().min().zip(micros.max());
        ledger.time_range = range.map(|(first, last)| (day(first), day(last)));
        let mut count = 0;
        for &code in codes {
            if let Some(slot) = seen_in.get_mut(code as usize)
                && *slot != file
            {
                *slot = file;
                count += 1;
            }
        }
        ledger.users = Some(count);
    }
}

#[cfg(test)]
mod tests;
