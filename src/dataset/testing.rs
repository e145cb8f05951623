//! Tables made by hand, for the tests of this room.

use crate::dataset::EventLog;
use crate::dataset::calendar::{Day, WeekStart, Zone};
use crate::ingest::assemble::{Column, FileSpans, Table};
use crate::ingest::ledger::Ledger;
use crate::ingest::mapping::{FileKind, Mapping, Role};
use crate::table::decimal::{self, Decimals};
use crate::table::dictionary::Codes;
use crate::table::{Clock, ColumnData, Times};

pub(super) fn texts<T: AsRef<str>>(name: &str, role: Role, cells: &[T]) -> Column {
    let mut codes = Codes::default();
    cells.iter().for_each(|cell| assert!(codes.push(cell.as_ref().as_bytes())));
    Column { name: name.to_owned(), role, data: ColumnData::Text(codes) }
}

/// Decimals; empty cells are missing.
pub(super) fn numbers<T: AsRef<str>>(name: &str, role: Role, cells: &[T]) -> Column {
    let mut decimals = Decimals::default();
    for cell in cells {
        match decimal::parse(cell.as_ref().as_bytes()) {
            Some(number) => assert!(decimals.push(number)),
            None => decimals.values.push(Decimals::MISSING),
        }
    }
    Column { name: name.to_owned(), role, data: ColumnData::Number(decimals) }
}

/// Days on the wall clock; empty cells are missing.
pub(super) fn days<T: AsRef<str>>(name: &str, role: Role, cells: &[T]) -> Column {
    let micros = |cell: &T| {
        let day = cell.as_ref().parse::<Day>();
        day.map_or(Times::MISSING, |day| i64::from(day.0) * crate::dataset::calendar::DAY_MICROS)
    };
    let times = Times::from_micros(Clock::Civil, cells.iter().map(micros));
    Column { name: name.to_owned(), role, data: ColumnData::Time(times) }
}

/// A table from one file whose rows were all used.
pub(super) fn table(kind: FileKind, columns: Vec<Column>) -> Table {
    let rows = columns.first().map_or(0, |column| column.data.len()) as u64;
    let ledger = Ledger {
        file: format!("{}.csv", kind.name()),
        kind,
        rows_read: rows,
        rows_used: rows,
        ..Ledger::default()
    };
    Table {
        columns,
        ledgers: vec![ledger],
        spans: vec![FileSpans { rows_before: 1, ..FileSpans::default() }],
    }
}

/// The mapping that a table of hand-made columns follows.
pub(super) fn mapping(kind: FileKind, columns: &[Column]) -> Mapping {
    let mut mapping = Mapping { kind, ..Mapping::default() };
    for column in columns {
        mapping.set_role(&column.name, column.role);
    }
    mapping
}

/// A log of these columns, in UTC.
pub(super) fn log(columns: Vec<Column>) -> EventLog {
    let mapping = mapping(FileKind::Events, &columns);
    EventLog::new(table(FileKind::Events, columns), mapping, Zone::utc(), WeekStart::Monday).unwrap()
}
