//! The event log: who did what when, sorted by user and then by time, with a civil day for every row.

pub mod active_days;
pub mod append;
pub mod audit;
pub mod calendar;
pub mod columns;
pub mod costs;
pub mod dates;
pub mod duration;
pub mod events;
pub mod filter;
pub mod identity;
pub mod joins;
pub mod presets;
pub mod segment;
pub mod surveys;
#[cfg(test)]
mod testing;
pub mod trades;
pub mod user_days;
pub mod user_table;
pub mod view;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::{Column, FileSpans, Table};
use crate::ingest::guess::{is_purchase, is_refund};
use crate::ingest::ledger::Ledger;
use crate::ingest::mapping::{Mapping, Role};
use crate::table::decimal::{Amount, Decimals};
use crate::table::dictionary::{Codes, Dictionary};
use crate::table::{Clock, ColumnData, Times};
use crate::{with_codes, with_integers};
use audit::{Duplicates, Sorted};
use calendar::{DAY_MICROS, Day, WeekStart, Zone, ZoneCache};
use user_days::UserDays;

/// What a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Neither of the others.
    Other,
    /// An order was placed.
    Purchase,
    /// Money went back.
    Refund,
}

/// Rows of all users, sorted by user, then time; rows of one user at one time keep the order of the file.
#[derive(Debug)]
pub struct EventLog {
    /// The users' ids, in the order of their first appearance in the file.
    pub users: Dictionary,
    /// Rows of user `u` are `offsets[u]..offsets[u + 1]`.
    pub offsets: Vec<u32>,
    /// The time column.
    pub times: Times,
    /// The civil day of each row in [`EventLog::zone`].
    pub days: Vec<i32>,
    /// The days with a row of each user, each once.
    pub user_days: UserDays<'static>,
    /// All other mapped columns.
    pub columns: Vec<Column>,
    /// Attributes of users, one cell for each user.
    pub user_attributes: Vec<Column>,
    /// Days (of registration, say) of users whom a file of users lists and who have no events: for each of its columns of
    /// days the name of the attribute and the days, ascending.
    pub absent_days: Vec<(String, Vec<i32>)>,
    /// What channels cost, if a file says so.
    pub costs: Option<costs::Costs>,
    /// Answers to surveys, if a file has some.
    pub surveys: Option<surveys::Surveys>,
    /// How the files beside the log fit it.
    pub joins: joins::Joins,
    /// What the codes of the event column stand for; without one, those of the column that tells refunds, if one does.
    pub kinds: Vec<Kind>,
    /// What tells purchases and refunds.
    told: trades::Told,
    /// The rows that are purchases or refunds; absent when all are.
    trades: Option<view::Selection>,
    /// The zone that days are counted in.
    pub zone: Zone,
    /// The day that weeks start on, unless a request says otherwise.
    pub week_start: WeekStart,
    /// The first and the last day with a row.
    pub span: (Day, Day),
    /// The time of the last row, in microseconds.
    pub last_time: i64,
    /// What became of the files' rows.
    pub ledgers: Vec<Ledger>,
    /// Where the rows that were set aside stand in their files.
    pub spans: Vec<FileSpans>,
    /// The mapping it was read with, completed.
    pub mapping: Mapping,
}

impl EventLog {
    /// Sorts a table into an event log.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    pub fn new(table: Table, mapping: Mapping, zone: Zone, week_start: WeekStart) -> Result<Self> {
        Self::with_duplicates(table, mapping, zone, week_start, Duplicates::Keep)
    }

    /// Sorts a table into an event log, with or without rows that are the same as another.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    pub fn with_duplicates(
        table: Table,
        mapping: Mapping,
        zone: Zone,
        week_start: WeekStart,
        duplicates: Duplicates,
    ) -> Result<Self> {
        let Table { mut columns, mut ledgers, spans } = table;
        let (users, codes) = take_text(&mut columns, Role::User)?.into_parts()?;
        let mut times = take_times(&mut columns)?;
        if ledgers.len() > 1 {
            audit::describe_files(&mut ledgers, &codes, users.len(), &times, &zone);
        }
        let (mut offsets, mut order) = group_by_user(&codes, users.len())?;
        drop(codes);
        times.values.permute(&order)?;
        let moved =
            with_integers!(&mut times.values, values => sort_users_by_time(&offsets, values, &mut order)?);
        if moved || !is_identity(&order) {
            columns.iter_mut().try_for_each(|column| column.data.permute(&order))?;
        }
        if duplicates == Duplicates::Drop {
            let sorted = Sorted {
                offsets: &mut offsets,
                times: &mut times.values,
                columns: &mut columns,
                order: &order,
            };
            audit::drop_copies(sorted, (&mut ledgers, &spans), mapping.user.as_deref(), &users)?;
        }
        drop(order);
        let mut days = Vec::new();
        days.try_reserve_exact(times.values.len()).map_err(no_memory)?;
        let (first, last) = count_days(&times, &zone, &mut days);
        let user_days = UserDays::new(&offsets, &days).map_err(no_memory)?;
        let last_time = latest(&times);
        if let [ledger] = &mut ledgers[..] {
            ledger.time_range = Some((first, last));
            ledger.users = Some(users_with_rows(&offsets));
        }
        let mut log = Self {
            users,
            offsets,
            times,
            days,
            user_days,
            columns,
            user_attributes: Vec::new(),
            absent_days: Vec::new(),
            costs: None,
            surveys: None,
            joins: joins::Joins::default(),
            kinds: Vec::new(),
            told: trades::Told::BySign,
            trades: None,
            zone,
            week_start,
            span: (first, last),
            last_time,
            ledgers,
            spans,
            mapping,
        };
        log.tell_kinds()?;
        log.trades = log.find_trades();
        Ok(log)
    }

    /// Rows in the log.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.days.len()
    }

    /// The rows of a user.
    #[inline]
    #[must_use]
    pub fn rows_of(&self, user: usize) -> std::ops::Range<usize> {
        let start = self.offsets.get(user).copied().unwrap_or(0) as usize;
        let end = self.offsets.get(user + 1).map_or(start, |&end| end as usize);
        start..end
    }

    /// The column in a role.
    #[must_use]
    pub fn column_in_role(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// The text column in a role.
    #[must_use]
    pub fn text_in_role(&self, role: Role) -> Option<&Codes> {
        self.column_in_role(role)
            .and_then(|column| if let ColumnData::Text(codes) = &column.data { Some(codes) } else { None })
    }

    /// The value column.
    #[must_use]
    pub fn values(&self) -> Option<&Decimals> {
        self.column_in_role(Role::Value).and_then(|column| {
            if let ColumnData::Number(decimals) = &column.data { Some(decimals) } else { None }
        })
    }

    /// An amount in the value column's smallest unit.
    #[must_use]
    pub fn amount(&self, units: i64) -> Amount {
        Amount { units, scale: self.values().map_or(0, |values| values.scale) }
    }

    /// The instant of a row, in microseconds since 1970 UTC.
    #[must_use]
    pub fn instant(&self, row: usize) -> i64 {
        let micros = self.times.micros(row);
        match self.times.clock {
            Clock::Instant => micros,
            Clock::Civil => self.zone.instant_from_civil(micros),
        }
    }

    /// When a row was on the wall clock of the log's zone, in microseconds since 1970.
    #[must_use]
    pub fn civil_time(&self, row: usize) -> i64 {
        let micros = self.times.micros(row);
        match self.times.clock {
            Clock::Instant => self.zone.civil_from_instant(micros),
            Clock::Civil => micros,
        }
    }

    /// Whether the times are moments, which fall on other days in other zones; else they are what clocks on walls showed.
    #[must_use]
    pub fn is_zoned(&self) -> bool {
        self.times.clock == Clock::Instant
    }

    /// Counts the days anew in another zone, those of rows in the memory that they have. Gives what [`Self::leave_zone`] takes
    /// back.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out; the zone is then what it was.
    pub fn enter_zone(&mut self, zone: Zone) -> Result<OwnZone> {
        let mut own = OwnZone { zone: std::mem::replace(&mut self.zone, zone), user_days: None };
        if self.is_zoned() {
            self.span = count_days(&self.times, &self.zone, &mut self.days);
            match UserDays::new(&self.offsets, &self.days) {
                Ok(days) => own.user_days = Some(std::mem::replace(&mut self.user_days, days)),
                Err(error) => {
                    self.leave_zone(own);
                    return Err(no_memory(error));
                }
            }
        }
        Ok(own)
    }

    /// Counts the days in the zone before again.
    pub fn leave_zone(&mut self, own: OwnZone) {
        self.zone = own.zone;
        if self.is_zoned() {
            self.span = count_days(&self.times, &self.zone, &mut self.days);
        }
        if let Some(days) = own.user_days {
            self.user_days = days;
        }
    }

    /// Decides which events are purchases and which are refunds: as the mapping says, else by their names.
    fn tell_kinds(&mut self) -> Result<()> {
        let is_event =
            |column: &Column| column.role == Role::Event && matches!(column.data, ColumnData::Text(_));
        let Some(place) = self.columns.iter().position(is_event) else { return self.tell_refunds() };
        self.told = trades::Told::ByCode(place);
        let Some(events) = self.text_in_role(Role::Event) else { return Ok(()) };
        let names: Vec<&str> = events.dictionary.iter().collect();
        let known = |listed: &Option<Vec<String>>, path: &str| -> Result<()> {
            match listed.iter().flatten().find(|event| !names.contains(&event.as_str())) {
                Some(event) => {
                    let expected: Vec<&str> = names.iter().take(50).copied().collect();
                    Err(Error::bad_value(path, event, expected.join(", ")))
                }
                None => Ok(()),
            }
        };
        known(&self.mapping.purchase_events, "mapping.purchaseEvents")?;
        known(&self.mapping.refund_events, "mapping.refundEvents")?;
        let listed = |listed: &Option<Vec<String>>, name: &str, guess: fn(&str) -> bool| match listed {
            Some(events) => events.iter().any(|event| event == name),
            None => guess(name),
        };
        let kind = |name: &&str| {
            if listed(&self.mapping.purchase_events, name, is_purchase) {
                Kind::Purchase
            } else if listed(&self.mapping.refund_events, name, is_refund) {
                Kind::Refund
            } else {
                Kind::Other
            }
        };
        let kinds: Vec<Kind> = names.iter().map(kind).collect();
        let of_kind = |wanted: Kind| -> Vec<String> {
            let named = names.iter().zip(&kinds).filter(|(_, kind)| **kind == wanted);
            named.map(|(name, _)| (*name).to_owned()).collect()
        };
        let (purchases, refunds) = (of_kind(Kind::Purchase), of_kind(Kind::Refund));
        self.mapping.purchase_events = Some(purchases);
        self.mapping.refund_events = Some(refunds);
        self.kinds = kinds;
        Ok(())
    }
}

/// The zone that a log had, and what was counted in it.
#[derive(Debug)]
pub struct OwnZone {
    zone: Zone,
    /// Absent where the zone does not change the days.
    user_days: Option<UserDays<'static>>,
}

/// Rows read, used, and not used, with the reasons: `rows_read = rows_used + all excluded rows`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Population {
    /// Rows below the headers of all files.
    pub rows_read: u64,
    /// Rows that the report rests on.
    pub rows_used: u64,
    /// The others.
    pub rows_excluded: Vec<Exclusion>,
    /// Users with at least one row in use.
    pub users: u64,
}

/// Rows that a report does not rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exclusion {
    /// Why: a [`crate::ingest::ledger::Reason`] code, or `filter`.
    pub reason: String,
    /// How many rows.
    pub rows: u64,
}

fn take_text(columns: &mut Vec<Column>, role: Role) -> Result<Codes> {
    let position =
        columns.iter().position(|column| column.role == role && matches!(column.data, ColumnData::Text(_)));
    match position.map(|position| columns.remove(position).data) {
        Some(ColumnData::Text(codes)) => Ok(codes),
        _ => Err(Error::new(ErrorKind::MissingRole).expected(role.name())),
    }
}

fn take_times(columns: &mut Vec<Column>) -> Result<Times> {
    let position = columns
        .iter()
        .position(|column| column.role == Role::Time && matches!(column.data, ColumnData::Time(_)));
    match position.map(|position| columns.remove(position).data) {
        Some(ColumnData::Time(times)) => Ok(times),
        _ => Err(Error::new(ErrorKind::MissingRole).expected(Role::Time.name())),
    }
}

/// The time of the last row in microseconds; 0 without rows.
#[allow(clippy::useless_conversion, reason = "useless only for the wider numbers")]
fn latest(times: &Times) -> i64 {
    let last =
        with_integers!(&times.values, values => values.iter().max().map_or(0, |&last| i64::from(last)));
    last.saturating_mul(times.unit())
}

fn no_memory<T>(_: T) -> Error {
    Error::new(ErrorKind::TooLarge)
}

/// A counting sort by user: offsets, and for each place the row that comes there. Stable.
#[allow(clippy::indexing_slicing, reason = "codes are below `users`, places below the number of rows")]
fn group_by_user(codes: &[u32], users: usize) -> Result<(Vec<u32>, Vec<u32>)> {
    u32::try_from(codes.len()).map_err(no_memory)?;
    let mut offsets = Vec::new();
    offsets.try_reserve_exact(users + 2).map_err(no_memory)?;
    offsets.resize(users + 2, 0u32);
    // Shifted by two, so that after the rows are placed `offsets[u]` is where user `u` begins.
    for &code in codes {
        offsets[code as usize + 2] += 1;
    }
    for user in 2..offsets.len() {
        offsets[user] += offsets[user - 1];
    }
    let mut order = Vec::new();
    order.try_reserve_exact(codes.len()).map_err(no_memory)?;
    order.resize(codes.len(), 0u32);
    for (row, &code) in (0u32..).zip(codes) {
        let place = &mut offsets[code as usize + 1];
        order[*place as usize] = row;
        *place += 1;
    }
    offsets.truncate(users + 1);
    Ok((offsets, order))
}

/// Sorts each user's rows by time, where they are not yet; `times` are already grouped. Tells whether anything moved.
fn sort_users_by_time<T: Copy + Ord>(offsets: &[u32], times: &mut [T], order: &mut [u32]) -> Result<bool> {
    let all = times;
    let mut moved = false;
    let mut pairs: Vec<(T, u32)> = Vec::new();
    for bounds in offsets.windows(2) {
        let &[start, end] = bounds else { continue };
        let range = start as usize..end as usize;
        let (Some(times), Some(rows)) = (all.get_mut(range.clone()), order.get_mut(range)) else {
            continue;
        };
        if times.is_sorted() {
            continue;
        }
        moved = true;
        if insert_late_rows(times, rows) {
            continue;
        }
        pairs.clear();
        pairs.try_reserve(times.len()).map_err(no_memory)?;
        pairs.extend(times.iter().copied().zip(rows.iter().copied()));
        // Rows of one user ascend within the file, so sorting by both keeps the file's order at equal times.
        pairs.sort_unstable();
        for ((time, row), pair) in times.iter_mut().zip(rows.iter_mut()).zip(&pairs) {
            (*time, *row) = *pair;
        }
    }
    Ok(moved)
}

/// Sorts rows of which few are late, as in a log that several machines have written. Gives up, the rows being some other
/// permutation, when there is more to move than sorting anew would cost.
fn insert_late_rows<T: Copy + Ord>(times: &mut [T], rows: &mut [u32]) -> bool {
    let mut moves = times.len() * 2 + 8;
    for late in 1..times.len() {
        let mut place = late;
        while place > 0 && times.get(place - 1) > times.get(place) {
            if moves == 0 {
                return false;
            }
            moves -= 1;
            times.swap(place - 1, place);
            rows.swap(place - 1, place);
            place -= 1;
        }
    }
    true
}

/// How many users have a row.
fn users_with_rows(offsets: &[u32]) -> u64 {
    offsets.windows(2).filter(|bounds| bounds.first() < bounds.last()).count() as u64
}

fn is_identity(order: &[u32]) -> bool {
    order.iter().zip(0u32..).all(|(&row, place)| row == place)
}

/// Writes the civil day of each row, over what `days` held; tells the first and the last.
fn count_days(times: &Times, zone: &Zone, days: &mut Vec<i32>) -> (Day, Day) {
    days.clear();
    let mut cache = ZoneCache::new(zone.clone());
    // Neighbouring rows often fall on one day: a division is made only when the day changes.
    let (mut midnight, mut day) = (i64::MAX, 0);
    let (mut first, mut last) = (i32::MAX, i32::MIN);
    for micros in times.iter() {
        let civil = if times.clock == Clock::Instant { cache.civil_from_instant(micros) } else { micros };
        if !(0..DAY_MICROS).contains(&civil.wrapping_sub(midnight)) {
            let number = civil.div_euclid(DAY_MICROS);
            midnight = number * DAY_MICROS;
            day = i32::try_from(number).unwrap_or(i32::MAX);
            (first, last) = (first.min(day), last.max(day));
        }
        days.push(day);
    }
    if first <= last { (Day(first), Day(last)) } else { (Day(0), Day(0)) }
}

/// Counts the rows of a text column by code.
///
/// Counters side by side: a row need not wait for the one before it, which often has the same text.
#[must_use]
pub fn count_codes(codes: &Codes) -> Vec<u64> {
    const BESIDE: usize = 4;
    /// With more texts, a counter for each and no more than one of them would be touched at a time anyway.
    const MOST: usize = 4096;
    let texts = codes.dictionary.len();
    let lists = if texts <= MOST { BESIDE } else { 1 };
    let mut counts = vec![0u32; texts * lists];
    with_codes!(&codes.rows, rows => {
        let mut counts = counts.chunks_exact_mut(texts.max(1));
        let mut lists: Vec<&mut [u32]> = counts.by_ref().collect();
        for rows in rows.chunks(lists.len().max(1)) {
            for (list, &code) in lists.iter_mut().zip(rows) {
                if let Some(count) = list.get_mut(code as usize) {
                    *count += 1;
                }
            }
        }
    });
    let sum = |code| counts.iter().skip(code).step_by(texts).map(|&rows| u64::from(rows)).sum();
    (0..texts).map(sum).collect()
}
