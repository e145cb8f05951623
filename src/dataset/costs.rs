//! What channels cost, by civil day and channel, exactly.
//!
//! Rows of one day and channel are added up. A row without a channel or a cost, with a negative cost, or with impressions or
//! clicks that are no whole number from 0 on, is set aside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::EventLog;
use super::calendar::{Day, Zone};
use super::dates::Span;
use super::joins::{DayReader, Named, column_in, number, numbers_in, rows_of, texts_in};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::Table;
use crate::ingest::ledger::{LateChecks, Reason};
use crate::ingest::mapping::Role;
use crate::ingest::row_numbers::RowNumbers;
use crate::table::decimal::{Amount, Decimals};
use crate::table::dictionary::Dictionary;

/// Costs of all channels.
#[derive(Debug, Clone, Default)]
pub struct Costs {
    /// The channels; a channel's place is its code.
    pub channels: Dictionary,
    /// Decimal places of [`Cost::cost`].
    pub scale: u8,
    cells: Vec<Cost>,
}

/// What a channel cost on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// The day.
    pub day: Day,
    /// The channel's code.
    pub channel: u32,
    /// What was spent, in the smallest unit.
    pub cost: i64,
    /// How often its advertisements were shown; nothing when no row says.
    pub impressions: Option<i64>,
    /// How often they were clicked; nothing when no row says.
    pub clicks: Option<i64>,
}

/// How the files of costs fit the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CostsReport {
    /// Rows in use; the ledgers have the others.
    pub rows_used: u64,
    /// Days with costs, each channel by itself.
    pub cells: u64,
    /// The first and the last day; nothing without a cell.
    pub span: Option<Span>,
    /// All that was spent; nothing when the sum leaves 64 bits.
    pub cost: Option<Amount>,
    /// Channels with costs.
    pub channels: u64,
    /// Those that no event or user has.
    pub without_events: Named,
    /// Channels of events (of users, when events have none) without costs; an empty cell is none.
    pub without_costs: Named,
}

impl Costs {
    /// Adds up a table of costs. Rows that cannot be used are set aside in the table's ledgers.
    ///
    /// # Errors
    /// [`ErrorKind::MissingRole`] without a channel or cost column.
    pub fn new(table: &mut Table, zone: &Zone) -> Result<Self> {
        let columns = &table.columns;
        let missing = |role: Role| Error::new(ErrorKind::MissingRole).expected(role.name());
        let channels = texts_in(columns, Role::Channel).ok_or_else(|| missing(Role::Channel))?;
        let costs = numbers_in(columns, Role::Cost).ok_or_else(|| missing(Role::Cost))?;
        let mut days = DayReader::new(columns, zone);
        let (checks, numbers) = (LateChecks::new(&table.ledgers), RowNumbers::of(table));
        let mut used = Dictionary::default();
        let mut cells: BTreeMap<(Day, u32), Cost> = BTreeMap::new();
        for row in 0..rows_of(table) {
            let day = days.day(row).ok_or((Reason::NoTime, Role::Time));
            let read = day.and_then(|day| {
                let channel = Some(channels.get(row)).filter(|channel| !channel.is_empty());
                let channel = channel.ok_or((Reason::EmptyCell, Role::Channel))?;
                let cost = number(Some(costs), row).ok_or((Reason::EmptyCell, Role::Cost))?;
                if cost < 0 {
                    return Err((Reason::OutOfRange, Role::Cost));
                }
                let impressions = count(numbers_in(columns, Role::Impressions), row);
                let impressions = impressions.map_err(|reason| (reason, Role::Impressions))?;
                let clicks =
                    count(numbers_in(columns, Role::Clicks), row).map_err(|reason| (reason, Role::Clicks))?;
                let code = used.code(channel.as_bytes()).ok_or((Reason::EmptyCell, Role::Channel))?;
                let cell = Cost { day, channel: code, cost, impressions, clicks };
                match cells.get_mut(&(day, code)) {
                    Some(sum) => *sum = sum.plus(&cell).ok_or((Reason::OutOfRange, Role::Cost))?,
                    None => {
                        cells.insert((day, code), cell);
                    }
                }
                Ok(())
            });
            if let Err((reason, role)) = read {
                let column = column_in(columns, role);
                let found = column.map(|column| shown(&column.data, row)).filter(|found| !found.is_empty());
                let number = numbers.get(row);
                let name = column.map(|column| column.name.as_str());
                let found = found.as_deref().map(str::as_bytes);
                checks.set_aside(&mut table.ledgers, (row, number), reason, name, found);
            }
        }
        Ok(Self { channels: used, scale: costs.scale, cells: cells.into_values().collect() })
    }

    /// All costs, by day and then by channel's code; at most one for each pair.
    #[must_use]
    pub fn all(&self) -> &[Cost] {
        &self.cells
    }

    /// The costs of some days.
    #[must_use]
    pub fn between(&self, (from, to): Span) -> &[Cost] {
        let start = self.cells.partition_point(|cell| cell.day < from);
        let end = self.cells.partition_point(|cell| cell.day <= to);
        self.cells.get(start..end).unwrap_or(&[])
    }

    /// What each channel cost on some days, by its code; nothing for a channel whose sum leaves 64 bits.
    #[must_use]
    pub fn by_channel(&self, span: Span) -> Vec<Option<i64>> {
        let mut sums = vec![Some(0i64); self.channels.len()];
        for cell in self.between(span) {
            if let Some(sum) = sums.get_mut(cell.channel as usize) {
                *sum = sum.and_then(|sum| sum.checked_add(cell.cost));
            }
        }
        sums
    }

    fn report(&self, log: &EventLog, rows_used: u64) -> CostsReport {
        let theirs = texts_in(&log.columns, Role::Channel)
            .or_else(|| texts_in(&log.user_attributes, Role::Channel))
            .map(|codes| &codes.dictionary);
        let units = self.cells.iter().try_fold(0i64, |sum, cell| sum.checked_add(cell.cost));
        let known = |channel: &&str| theirs.is_some_and(|theirs| theirs.find(channel).is_some());
        let costed = |channel: &&str| channel.is_empty() || self.channels.find(channel).is_some();
        CostsReport {
            rows_used,
            cells: self.cells.len() as u64,
            span: self.cells.first().zip(self.cells.last()).map(|(first, last)| (first.day, last.day)),
            cost: units.map(|units| Amount { units, scale: self.scale }),
            channels: self.channels.len() as u64,
            without_events: self.channels.iter().filter(|channel| !known(channel)).collect(),
            without_costs: theirs
                .into_iter()
                .flat_map(Dictionary::iter)
                .filter(|channel| !costed(channel))
                .collect(),
        }
    }
}

impl Cost {
    fn plus(&self, other: &Self) -> Option<Self> {
        let add = |one: Option<i64>, other: Option<i64>| match (one, other) {
            (Some(one), Some(other)) => one.checked_add(other).map(Some),
            (one, other) => Some(one.or(other)),
        };
        Some(Self {
            cost: self.cost.checked_add(other.cost)?,
            impressions: add(self.impressions, other.impressions)?,
            clicks: add(self.clicks, other.clicks)?,
            ..*self
        })
    }
}

impl EventLog {
    /// Takes a table of costs: all files of costs in one. After the users, whose channels are compared when events have none.
    ///
    /// # Errors
    /// As [`Costs::new`].
    pub fn join_costs(&mut self, mut table: Table) -> Result<()> {
        let costs = Costs::new(&mut table, &self.zone)?;
        let rows_used = table.ledgers.iter().map(|ledger| ledger.rows_used).sum();
        self.joins.costs = Some(costs.report(self, rows_used));
        self.costs = Some(costs);
        self.ledgers.extend(table.ledgers);
        self.spans.extend(table.spans);
        Ok(())
    }
}

/// A cell that counts something: a whole number from 0 on.
fn count(values: Option<&Decimals>, row: usize) -> Result<Option<i64>, Reason> {
    let Some(value) = number(values, row) else { return Ok(None) };
    let unit = 10i64.checked_pow(u32::from(values.map_or(0, |values| values.scale))).unwrap_or(i64::MAX);
    if value < 0 || value % unit != 0 { Err(Reason::OutOfRange) } else { Ok(Some(value / unit)) }
}

pub(super) fn shown(data: &crate::table::ColumnData, row: usize) -> String {
    use crate::table::ColumnData;
    match data {
        ColumnData::Text(codes) => codes.get(row).to_owned(),
        ColumnData::Number(decimals) => number(Some(decimals), row)
            .map_or_else(String::new, |units| Amount { units, scale: decimals.scale }.to_string()),
        ColumnData::Time(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{days, log, numbers, table, texts};
    use super::*;
    use crate::ingest::ledger::Ledger;
    use crate::ingest::mapping::FileKind;
    use proptest::prelude::*;

    type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

    fn costs(rows: &[Row]) -> Table {
        let cells = |pick: fn(&Row) -> &'static str| rows.iter().map(pick).collect::<Vec<_>>();
        table(
            FileKind::Costs,
            vec![
                days("date", Role::Time, &cells(|row| row.0)),
                texts("channel", Role::Channel, &cells(|row| row.1)),
                numbers("spent", Role::Cost, &cells(|row| row.2)),
                numbers("shown", Role::Impressions, &cells(|row| row.3)),
                numbers("clicked", Role::Clicks, &cells(|row| row.4)),
            ],
        )
    }

    #[test]
    fn rows_of_a_day_and_channel_are_added_up() {
        let mut events = log(vec![
            texts("user", Role::User, &["a", "b", "c"]),
            days("day", Role::Time, &["2024-01-01"; 3]),
            texts("from", Role::Channel, &["search", "", "mail"]),
        ]);
        let rows = costs(&[
            ("2024-01-02", "search", "10.10", "100", "5"),
            ("2024-01-01", "video", "3", "", ""),
            ("2024-01-02", "search", "0.20", "", "1"),
            ("2024-01-02", "", "7", "", ""),
            ("2024-01-02", "search", "", "1", "1"),
            ("2024-01-02", "search", "-1", "1", "1"),
            ("2024-01-02", "search", "1", "1.5", "1"),
        ]);
        events.join_costs(rows).unwrap();
        let costs = events.costs.as_ref().unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        let search = costs.channels.find("search").unwrap();
        let cell = Cost {
            day: day("2024-01-02"),
            channel: search,
            cost: 1_030,
            impressions: Some(100),
            clicks: Some(6),
        };
        assert_eq!(costs.between((day("2024-01-02"), day("2024-02-01"))), [cell]);
        assert_eq!(costs.by_channel((day("2024-01-01"), day("2024-01-02"))), [Some(1_030), Some(300)]);
        let report = events.joins.costs.as_ref().unwrap();
        assert_eq!((report.rows_used, report.cells, report.channels), (3, 2, 2));
        assert_eq!(report.cost, Some(Amount { units: 1_330, scale: 2 }));
        assert_eq!(report.without_events.first, ["video"]);
        assert_eq!(report.without_costs.first, ["mail"]);
        let ledger = events.ledgers.last().unwrap();
        assert!(ledger.adds_up());
        let told: Vec<_> = ledger
            .set_aside
            .iter()
            .flat_map(|entry| &entry.examples)
            .map(|example| (example.row, example.column.as_deref().unwrap(), example.found.as_deref()))
            .collect();
        let expected = [
            (5, "channel", None),
            (6, "spent", None),
            (7, "spent", Some("-1.00")),
            (8, "shown", Some("1.5")),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_sum_beyond_64_bits_is_set_aside() {
        let most = "9223372036853.775807";
        let mut rows = costs(&[("2024-01-01", "a", most, "", ""), ("2024-01-01", "a", "2", "", "")]);
        let costs = Costs::new(&mut rows, &Zone::utc()).unwrap();
        assert_eq!(costs.all()[0].cost, i64::MAX - 1_000_000);
        assert_eq!(rows.ledgers[0].set_aside[0].reason, Reason::OutOfRange);
    }

    proptest! {
        #[test]
        fn costs_are_the_sums_of_the_rows(rows in prop::collection::vec((0i32..4, 0usize..4, -2i64..500, 0u8..10), 0..30)) {
            let cells: Vec<[String; 3]> = rows.iter().map(|(day, channel, cents, gap)| [
                Day(19_000 + day).to_string(),
                ["", "a", "b", "渠道"][*channel].to_owned(),
                if *gap == 0 { String::new() } else { Amount { units: *cents, scale: 2 }.to_string() },
            ]).collect();
            let column = |place: usize| cells.iter().map(|row| row[place].clone()).collect::<Vec<_>>();
            let mut read = table(FileKind::Costs, vec![
                days("date", Role::Time, &column(0)),
                texts("channel", Role::Channel, &column(1)),
                numbers("spent", Role::Cost, &column(2)),
            ]);
            let costs = Costs::new(&mut read, &Zone::utc()).unwrap();
            let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
            let mut used = 0;
            for ((_, _, cents, gap), row) in rows.iter().zip(&cells) {
                if !row[1].is_empty() && *gap > 0 && *cents >= 0 {
                    *sums.entry((row[0].clone(), row[1].clone())).or_default() += cents;
                    used += 1;
                }
            }
            let found: BTreeMap<(String, String), i64> = costs.all().iter()
                .map(|cell| ((cell.day.to_string(), costs.channels.get(cell.channel).to_owned()), cell.cost * 10i64.pow(u32::from(2 - costs.scale))))
                .collect();
            prop_assert_eq!(found, sums);
            prop_assert_eq!(read.ledgers[0].rows_used, used);
            prop_assert!(read.ledgers.iter().all(Ledger::adds_up));
        }
    }
}
