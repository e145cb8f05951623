//! Workbooks that Strata writes are read by its own readers as the same cells as the CSV of the same list.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{Cursor, Read as _};

use proptest::prelude::*;
use strata::dataset::calendar::{DAY_MICROS, Day};
use strata::export::cell::Cell;
use strata::export::xlsx::Xlsx;
use strata::table::decimal::Amount;
use strata_core::ingest::formula::unguarded;
use strata_core::ingest::layout::Layout;
use strata_core::ingest::split::{Found, Splitter};
use strata_formats::{Limits, Opened, open};

fn book(header: &[&str], rows: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let mut book = Xlsx::new(&header, rows.len() as u64).unwrap();
    let mut bytes = Vec::new();
    for row in rows {
        row.iter().for_each(|cell| book.cell(cell).unwrap());
        book.end_row();
        bytes.extend(book.take());
    }
    bytes.extend(book.finish().unwrap());
    bytes
}

fn read(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let opened = open("list.xlsx", Box::new(Cursor::new(bytes)), None, Limits::default()).unwrap();
    let Opened::Table(mut table) = opened else { panic!("a workbook is a table") };
    let mut text = Vec::new();
    table.read_to_end(&mut text).unwrap();
    assert!(table.notices().is_empty(), "{:?}", table.notices());
    let mut records = Vec::new();
    let mut splitter = Splitter::new(&Layout::default());
    let mut sink = |_, found: Found<'_>| {
        let Found::Record(fields) = found else { panic!("broken") };
        let cell = |cell: &[u8]| String::from_utf8(unguarded(cell).to_vec()).unwrap();
        records.push(fields.iter().map(cell).collect());
    };
    splitter.push(&text, &mut sink);
    splitter.finish(&mut sink);
    records
}

fn texts(row: &[&str]) -> Vec<Cell<'static>> {
    row.iter().map(|text| Cell::Text((*text).to_owned().into())).collect()
}

#[test]
fn ids_and_texts_come_back_letter_by_letter() {
    let rows = [
        texts(&["1234567890123456789", "0071"]),
        texts(&["=1+1", "'=kept"]),
        texts(&["a & b <c> \"d\"", "  two  "]),
        texts(&["甲\n乙", "x,y"]),
        texts(&["@name", "-5"]),
    ];
    let read = read(book(&["会员编号", "=x"], &rows));
    let expected = [
        ["会员编号", "=x"],
        ["1234567890123456789", "0071"],
        ["=1+1", "'=kept"],
        ["a & b <c> \"d\"", "  two  "],
        ["甲\n乙", "x,y"],
        ["@name", "-5"],
    ];
    assert_eq!(read, expected.map(|row| row.map(str::to_owned).to_vec()));
}

#[test]
fn numbers_and_days_come_back_exactly() {
    let noon = i64::from("2024-02-29".parse::<Day>().unwrap().0) * DAY_MICROS + DAY_MICROS / 2;
    let cells = vec![
        Cell::Count(-7),
        Cell::Count(1_234_567_890_123_456_789),
        Cell::Amount(Amount { units: 1_999, scale: 2 }),
        Cell::Amount(Amount { units: 123_456_789_012_345_678, scale: 2 }),
        Cell::Day("2024-02-29".parse().unwrap()),
        Cell::Day("1899-12-31".parse().unwrap()),
        Cell::Time(noon + 1_000_000),
        Cell::Time(noon + 1),
        Cell::Empty,
        Cell::Text("".into()),
        Cell::Text("end".into()),
    ];
    let names: Vec<String> = (0..cells.len()).map(|place| format!("c{place}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let read = read(book(&names, &[cells]));
    let expected = [
        "-7",
        "1234567890123456789",
        "19.99",
        "1234567890123456.78",
        "2024-02-29",
        "1899-12-31",
        "2024-02-29 12:00:01",
        "2024-02-29 12:00:00.000001",
        "",
        "",
        "end",
    ];
    assert_eq!(read[1], expected);
}

#[test]
fn wide_and_empty_sheets_are_whole() {
    let names: Vec<String> = (0..800).map(|place| format!("c{place}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let row: Vec<Cell<'_>> = (0..800).map(Cell::Count).collect();
    let read_back = read(book(&names, &[row]));
    assert_eq!((read_back[0][799].as_str(), read_back[1][799].as_str()), ("c799", "799"));
    assert_eq!(read(book(&["id"], &[])), [["id"]]);
}

proptest! {
    #[test]
    fn any_text_comes_back(rows in prop::collection::vec(("[\\PC\n\t]{1,12}", "[a_x0-9A-F&<>'=]{0,12}"), 1..8)) {
        let cells: Vec<Vec<Cell<'_>>> = rows.iter().map(|(a, b)| texts(&[a, b, "."])).collect();
        let expected: Vec<Vec<String>> =
            rows.iter().map(|(a, b)| vec![a.clone(), b.clone(), ".".to_owned()]).collect();
        prop_assert_eq!(&read(book(&["a", "b", "c"], &cells))[1..], &expected[..]);
    }
}
