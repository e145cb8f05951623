//! Tables one below the other: events and orders in one log, or files of one kind whose columns differ.
//!
//! Columns are matched by role where only one column can have it, else by name and type. What one table lacks is empty in its
//! rows. A column of the same name but of another type stays a column of its own, `name (2)`: nothing is turned into something
//! else, and nothing is lost. The types that a column has in several files are better settled before they are read.

use super::calendar::Zone;
use super::joins::rows_of;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::{Column, Table};
use crate::ingest::mapping::Role;
use crate::table::decimal::Decimals;
use crate::table::dictionary::Codes;
use crate::table::{Clock, ColumnData, Times};

/// Adds the rows of a table to another's. Times are brought to the clock that the first table keeps; a wall-clock time is one of
/// the zone.
///
/// # Errors
/// [`ErrorKind::TooLarge`] when the texts of a column no longer fit, or memory runs out; [`ErrorKind::BadValue`] when two columns
/// of numbers cannot share their decimal places within 64 bits.
pub fn append(table: &mut Table, mut other: Table, zone: &Zone) -> Result<()> {
    let (before, more) = (rows_of(table), rows_of(&other));
    for column in &mut table.columns {
        let place = other.columns.iter().position(|candidate| is_same(column, candidate));
        match place.map(|place| other.columns.swap_remove(place)) {
            Some(found) => add(column, found.data, zone)?,
            None => extend_empty(&mut column.data, more)?,
        }
    }
    for mut column in other.columns {
        column.name = free_name(&table.columns, &column.name);
        let empty = empty_like(&column.data);
        let rows = std::mem::replace(&mut column.data, empty);
        extend_empty(&mut column.data, before)?;
        add(&mut column, rows, zone)?;
        table.columns.push(column);
    }
    table.ledgers.extend(other.ledgers);
    table.spans.extend(other.spans);
    Ok(())
}

/// Whether two columns are one: the only one in its role, or one of the same name and type.
fn is_same(column: &Column, candidate: &Column) -> bool {
    let same_type = std::mem::discriminant(&column.data) == std::mem::discriminant(&candidate.data);
    let by_role = !matches!(column.role, Role::Attribute | Role::SameUser);
    column.role == candidate.role && same_type && (by_role || column.name == candidate.name)
}

fn free_name(columns: &[Column], name: &str) -> String {
    let mut free = name.to_owned();
    let mut copy = 2;
    while columns.iter().any(|column| column.name == free) {
        free = format!("{name} ({copy})");
        copy += 1;
    }
    free
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge)
}

fn empty_like(data: &ColumnData) -> ColumnData {
    match data {
        ColumnData::Text(_) => ColumnData::Text(Codes::default()),
        ColumnData::Number(_) => ColumnData::Number(Decimals::default()),
        ColumnData::Time(times) => ColumnData::Time(Times::new(times.clock)),
    }
}

fn extend_empty(data: &mut ColumnData, rows: usize) -> Result<()> {
    data.reserve(rows)?;
    match data {
        ColumnData::Text(codes) if rows > 0 => {
            let empty = codes.dictionary.code(b"").ok_or_else(too_large)?;
            (0..rows).for_each(|_| codes.push_code(empty));
        }
        ColumnData::Text(_) => {}
        ColumnData::Number(decimals) => {
            decimals.values.pad(decimals.values.len() + rows);
        }
        ColumnData::Time(times) => times.values.pad(times.values.len() + rows),
    }
    Ok(())
}

fn add(column: &mut Column, more: ColumnData, zone: &Zone) -> Result<()> {
    column.data.reserve(more.len())?;
    match (&mut column.data, more) {
        (ColumnData::Text(codes), ColumnData::Text(more)) => {
            let new: Option<Vec<u32>> =
                more.dictionary.iter().map(|text| codes.dictionary.code(text.as_bytes())).collect();
            let new = new.ok_or_else(too_large)?;
            for row in 0..more.len() {
                codes.push_code(new.get(more.code(row) as usize).copied().unwrap_or(0));
            }
        }
        (ColumnData::Number(decimals), ColumnData::Number(more)) => {
            if !decimals.append(more.scale, &more.values) {
                return Err(too_large().in_column(&column.name));
            }
        }
        (ColumnData::Time(times), ColumnData::Time(more)) => {
            let clock = times.clock;
            let moved = |micros: i64| match (clock, more.clock) {
                _ if micros == Times::MISSING => micros,
                (Clock::Civil, Clock::Instant) => zone.civil_from_instant(micros),
                (Clock::Instant, Clock::Civil) => zone.instant_from_civil(micros),
                _ => micros,
            };
            if times.clock == more.clock {
                times.append(more.seconds, &more.values);
            } else {
                more.iter().for_each(|micros| times.push(moved(micros)));
            }
        }
        // Columns of two types are never matched.
        _ => return Err(Error::new(ErrorKind::DifferentColumns).in_column(&column.name)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{numbers, table, texts};
    use super::*;
    use crate::ingest::mapping::FileKind;
    use crate::table::decimal::Amount;
    use proptest::prelude::*;

    fn cell(data: &ColumnData, row: usize) -> String {
        match data {
            ColumnData::Text(codes) => codes.get(row).to_owned(),
            ColumnData::Number(decimals) if decimals.values.get(row) == Decimals::MISSING => String::new(),
            ColumnData::Number(decimals) => {
                let text = Amount { units: decimals.values.get(row), scale: decimals.scale }.to_string();
                if text.contains('.') {
                    text.trim_end_matches(['0']).trim_end_matches('.').to_owned()
                } else {
                    text
                }
            }
            ColumnData::Time(times) => times.micros(row).to_string(),
        }
    }

    #[test]
    fn orders_below_events() {
        let time = |clock, hours: &[i64]| Column {
            name: format!("{clock:?}"),
            role: Role::Time,
            data: ColumnData::Time(Times::from_micros(clock, hours.iter().map(|hour| hour * 3_600_000_000))),
        };
        let mut events = table(
            FileKind::Events,
            vec![
                texts("user", Role::User, &["a", "b"]),
                time(Clock::Civil, &[10, 11]),
                texts("event", Role::Event, &["visit", "visit"]),
                texts("note", Role::Attribute, &["x", "7"]),
            ],
        );
        let orders = table(
            FileKind::Orders,
            vec![
                texts("buyer", Role::User, &["b", "c"]),
                time(Clock::Instant, &[2, 3]),
                texts("event", Role::Event, &["order", "refund"]),
                numbers("amount", Role::Value, &["5.50", "1"]),
                numbers("note", Role::Attribute, &["7", ""]),
            ],
        );
        append(&mut events, orders, &Zone::new("Asia/Shanghai").unwrap()).unwrap();
        let told: Vec<(String, String)> = events
            .columns
            .iter()
            .map(|column| {
                let cells: Vec<String> = (0..4).map(|row| cell(&column.data, row)).collect();
                (column.name.clone(), cells.join("|"))
            })
            .collect();
        let hours = |list: [i64; 4]| list.map(|hour| (hour * 3_600_000_000).to_string()).join("|");
        let expected = [
            ("user", "a|b|b|c".to_owned()),
            ("Civil", hours([10, 11, 10, 11])),
            ("event", "visit|visit|order|refund".to_owned()),
            ("note", "x|7||".to_owned()),
            ("amount", "||5.5|1".to_owned()),
            ("note (2)", "||7|".to_owned()),
        ];
        let expected: Vec<(String, String)> = expected.map(|(name, cells)| (name.to_owned(), cells)).to_vec();
        let mut sorted = (told, expected);
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1);
        assert_eq!(events.ledgers.len(), 2);
    }

    proptest! {
        #[test]
        fn every_cell_is_where_it_was(
            first in prop::collection::vec(("[a-c]{0,1}", 0i64..2_000, 0u8..4), 0..8),
            second in prop::collection::vec(("[a-e]{0,1}", 0i64..2_000, 0u8..4), 0..8),
            same_name: bool,
        ) {
            let amount = |units: i64, scale: u8| Amount { units, scale }.to_string();
            let columns = |rows: &[(String, i64, u8)], name: &str| vec![
                texts("user", Role::User, &rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>()),
                numbers(name, Role::Attribute, &rows.iter().map(|row| amount(row.1, row.2)).collect::<Vec<_>>()),
            ];
            let name = if same_name { "n" } else { "m" };
            let mut joined = table(FileKind::Users, columns(&first, "n"));
            let other = table(FileKind::Users, columns(&second, name));
            let cells = |table: &Table, name: &str| {
                let column = table.columns.iter().find(|column| column.name == name).unwrap();
                (0..column.data.len()).map(|row| cell(&column.data, row)).collect::<Vec<_>>()
            };
            let (n, m, users) = (cells(&joined, "n"), cells(&other, name), [cells(&joined, "user"), cells(&other, "user")].concat());
            append(&mut joined, other, &Zone::utc()).unwrap();
            prop_assert_eq!(cells(&joined, "user"), users);
            let gap = |rows: usize| vec![String::new(); rows];
            if same_name {
                prop_assert_eq!(cells(&joined, "n"), [n, m].concat());
            } else {
                prop_assert_eq!(cells(&joined, "n"), [n, gap(second.len())].concat());
                prop_assert_eq!(cells(&joined, "m"), [gap(first.len()), m].concat());
            }
        }
    }
}
