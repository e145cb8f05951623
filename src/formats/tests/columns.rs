//! Columns with types are read as the same rows of delimited text would be: values of order lines, rows set aside, numbers
//! that are rounded.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use proptest::prelude::*;
use serde_json::{Value, json};
use strata_core::dataset::calendar::Zone;
use strata_core::ingest::encoding::Native;
use strata_core::ingest::layout::Layout;
use strata_core::ingest::ledger::{Ledger, Reason};
use strata_core::ingest::mapping::{FileKind, Mapping};
use strata_core::ingest::reader::{Lane, Plan};
use strata_core::ingest::time::TimeFormat;
use strata_core::table::Clock;
use strata_core::table::chunk::{Chunk, ChunkColumn, Texts};
use strata_core::table::decimal::NumberFormat;
use strata_core::table::dictionary::CodeVec;
use strata_core::table::integers::Integers;
use strata_formats::desk::{Desk, Handle};

type Column = (&'static str, ArrayRef);

fn texts(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from_iter(cells.iter().map(|cell| Some(*cell).filter(|cell| !cell.is_empty()))))
}

/// An Arrow file of these batches.
fn arrow(batches: &[Vec<Column>], stream: bool) -> Vec<u8> {
    let batches: Vec<RecordBatch> = batches
        .iter()
        .map(|columns| {
            RecordBatch::try_from_iter_with_nullable(
                columns.iter().map(|(name, cells)| (*name, cells.clone(), true)),
            )
            .unwrap()
        })
        .collect();
    let mut bytes = Vec::new();
    if stream {
        let mut writer = StreamWriter::try_new(&mut bytes, &batches[0].schema()).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
    } else {
        let mut writer = FileWriter::try_new(&mut bytes, &batches[0].schema()).unwrap();
        batches.iter().for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
    }
    bytes
}

/// What came of a file: cells of each column in use, its ledger, the rows set aside with their numbers.
#[derive(Debug, Default, PartialEq)]
struct Read {
    cells: Vec<Vec<String>>,
    ledger: Ledger,
    set_aside: Vec<u64>,
    texts: Vec<String>,
}

struct Conversation(Desk);

impl Conversation {
    fn ask(&mut self, request: &Value, handle: Handle) -> (Value, Option<Vec<u8>>) {
        let (text, bytes) = self.0.answer(&request.to_string(), handle);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert!(answer.get("failed").is_none(), "{answer}");
        (answer, bytes)
    }
}

fn plan(mapping: &Mapping, header: &str) -> Plan {
    let names: Vec<String> = header.split(',').map(str::to_owned).collect();
    let time = (mapping.time_format.unwrap_or_default(), Clock::Civil);
    Plan::new(Layout::default(), mapping, &names, time, &Zone::utc()).unwrap()
}

/// Reads typed columns; with the file as delimited text.
fn read_columns(file: &[u8], mapping: &Mapping) -> (Read, String) {
    let mut desk = Conversation(Desk::default());
    let handle = Handle::File(Box::new(Cursor::new(file.to_vec())));
    let (opened, _) = desk.ask(&json!({"open": {"name": "a.arrow", "part": null}}), handle);
    let token = opened["token"].clone();
    let (_, head) = desk.ask(&json!({"head": {"token": token, "bytes": 1 << 20}}), Handle::None);
    let text = String::from_utf8(head.unwrap()).unwrap();
    let plan = plan(mapping, text.lines().next().unwrap());
    let request = json!({"token": token, "kind": plan.kind, "columns": plan.columns, "rowGroups": null,
        "timeFormat": plan.time_format, "clock": plan.clock, "zone": plan.zone});
    desk.ask(&json!({"plan": request}), Handle::None);
    let mut read = Read { cells: vec![Vec::new(); plan.columns.len()], ..Read::default() };
    let mut known = vec![Texts::default(); plan.columns.len()];
    loop {
        let (piece, bytes) = desk.ask(&json!({"next": {"token": token}}), Handle::None);
        let list = |name: &str| piece.get(name).cloned().unwrap_or(json!([]));
        read.set_aside.extend(serde_json::from_value::<Vec<u64>>(list("setAside")).unwrap());
        read.texts.extend(serde_json::from_value::<Vec<String>>(list("texts")).unwrap());
        if piece["end"] == true {
            return (read, text);
        }
        read.ledger.merge(serde_json::from_value(piece["ledger"].clone()).unwrap(), 0);
        write(Chunk::from_bytes(&bytes.unwrap()).unwrap(), &mut known, &mut read.cells);
    }
}

/// Reads the same rows as delimited text.
fn read_text(text: &str, mapping: &Mapping) -> Read {
    let (header, rows) = text.split_once('\n').unwrap();
    let plan = plan(mapping, header);
    let mut read = Read { cells: vec![Vec::new(); plan.columns.len()], ..Read::default() };
    let mut known = vec![Texts::default(); plan.columns.len()];
    let mut lane = Lane::new(plan).unwrap();
    lane.keep_texts();
    lane.begin(0, true, u64::MAX);
    lane.push(rows.as_bytes(), &Native);
    lane.finish(&Native);
    let part = lane.take();
    read.ledger.merge(part.ledger, 1);
    read.texts = part.texts;
    write(part.chunk, &mut known, &mut read.cells);
    read
}

fn write(chunk: Chunk, known: &mut [Texts], cells: &mut [Vec<String>]) {
    for ((column, known), cells) in chunk.columns.into_iter().zip(known).zip(cells) {
        match column {
            ChunkColumn::Text { new, codes } => {
                known.append(&new);
                let codes: Vec<u32> = match codes {
                    CodeVec::U8(codes) => codes.iter().map(|&code| code.into()).collect(),
                    CodeVec::U16(codes) => codes.iter().map(|&code| code.into()).collect(),
                    CodeVec::U32(codes) => codes,
                };
                cells.extend(codes.iter().map(|&code| known.get(code).to_owned()));
            }
            ChunkColumn::Number { scale, values } => cells.extend(values.iter().map(|value| {
                // As a number of millionths, whatever the unit is.
                let millionths = i128::from(value) * 10i128.pow(6 - u32::from(scale));
                if value == Integers::MISSING { String::new() } else { millionths.to_string() }
            })),
            ChunkColumn::Time { seconds, values } => {
                cells.extend(
                    values.iter().map(|value| (value * if seconds { 1_000_000 } else { 1 }).to_string()),
                );
            }
        }
    }
}

fn lines() -> Mapping {
    Mapping {
        kind: FileKind::Orders,
        user: Some("user".into()),
        time: Some("day".into()),
        quantity: Some("pieces".into()),
        price: Some("price".into()),
        ..Mapping::default()
    }
}

fn line(rows: usize, quantity: ArrayRef, price: ArrayRef) -> Vec<Column> {
    let users: Vec<String> = (0..rows).map(|row| format!("u{}", row % 3)).collect();
    let days: Vec<String> = (0..rows).map(|row| format!("2024-03-{:02}", row % 28 + 1)).collect();
    let of = |cells: &[String]| texts(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    vec![("price", price), ("user", of(&users)), ("day", of(&days)), ("pieces", quantity)]
}

/// The cells of a column by name.
fn cells<'a>(read: &'a Read, mapping: &Mapping, header: &str, name: &str) -> &'a [String] {
    let place = plan(mapping, header).columns.iter().position(|column| column.name == name).unwrap();
    &read.cells[place]
}

#[test]
fn quantity_times_price_by_hand() {
    let quantity: ArrayRef = Arc::new(Int64Array::from(vec![Some(3), None, Some(-6), Some(9_000_000_000)]));
    let price: ArrayRef = Arc::new(
        Decimal128Array::from(vec![Some(990), Some(100), Some(255), Some(900_000_000_000)])
            .with_precision_and_scale(18, 2)
            .unwrap(),
    );
    let columns = line(4, quantity, price);
    for stream in [false, true] {
        let (read, text) = read_columns(&arrow(std::slice::from_ref(&columns), stream), &lines());
        let header = text.lines().next().unwrap();
        assert_eq!(header, "price,user,day,pieces");
        let values = cells(&read, &lines(), header, "pieces \u{d7} price");
        assert_eq!(values, ["29700000", "", "-15300000"]);
        assert_eq!((read.ledger.rows_read, read.ledger.rows_used), (4, 3));
        let aside = &read.ledger.set_aside[0];
        assert_eq!((aside.reason, aside.first_row), (Reason::BadNumber, 5));
        assert_eq!(aside.first_column.as_deref(), Some("pieces \u{d7} price"));
        assert_eq!((read.set_aside.as_slice(), read.texts.len()), (&[5][..], 1));
        assert_eq!(read.texts[0], "9000000000.00,u0,2024-03-04,9000000000\n");
    }
}

#[test]
fn rows_set_aside_come_with_all_their_cells() {
    let batch = |rows: [[&'static str; 4]; 3]| -> Vec<Column> {
        let column = |place: usize| texts(&rows.map(|row| row[place]));
        vec![("note", column(0)), ("user", column(1)), ("day", column(2)), ("sum", column(3))]
    };
    let batches = [
        batch([["a, b", "1", "2024-01-01", "1"], ["", "", "2024-01-01", "2"], ["c", "3", "soon", "3"]]),
        batch([
            ["d", "4", "2024-01-04", "4"],
            ["say \"e\"", "5", "2024-01-05", "much"],
            ["f", "6", "2024-01-06", "6"],
        ]),
    ];
    let mapping = Mapping {
        user: Some("user".into()),
        time: Some("day".into()),
        value: Some("sum".into()),
        ..Mapping::default()
    };
    let (read, text) = read_columns(&arrow(&batches, false), &mapping);
    assert_eq!(read.set_aside, [3, 4, 6]);
    assert_eq!(read.texts, [",,2024-01-01,2\n", "c,3,soon,3\n", "\"say \"\"e\"\"\",5,2024-01-05,much\n"]);
    let same = read_text(&text, &mapping);
    assert_eq!((&read.texts, &read.cells), (&same.texts, &same.cells));
    assert_eq!(read.ledger.set_aside, same.ledger.set_aside);
}

#[test]
fn an_id_map_may_lack_the_user() {
    let columns = vec![("member", texts(&["m1", "", "m2"])), ("phone", texts(&["p1", "p2", ""]))];
    let mapping = Mapping {
        kind: FileKind::Ids,
        user: Some("member".into()),
        same_user: vec!["phone".into()],
        ..Mapping::default()
    };
    let (read, text) = read_columns(&arrow(&[columns], true), &mapping);
    assert_eq!(read.ledger.rows_used, 3);
    assert_eq!(read.cells, read_text(&text, &mapping).cells);
}

#[test]
fn numbers_and_dates_in_texts_are_read_as_in_text() {
    let columns = vec![
        ("user", texts(&["a", "b", "c", "d"])),
        ("day", texts(&["03/04/2024", "14/04/2024", "04/15/2024", "soon"])),
        ("sum", texts(&["1.234,50", "0,0000015", "3", "4"])),
    ];
    let mapping = Mapping {
        user: Some("user".into()),
        time: Some("day".into()),
        time_format: Some(TimeFormat::DayFirst),
        value: Some("sum".into()),
        number_formats: [("sum".to_owned(), NumberFormat::Comma)].into(),
        ..Mapping::default()
    };
    let (read, text) = read_columns(&arrow(&[columns], false), &mapping);
    let same = read_text(&text, &mapping);
    assert_eq!(read.cells, same.cells);
    assert_eq!(cells(&read, &mapping, "user,day,sum", "sum"), ["1234500000", "2"]);
    assert_eq!(read.ledger.rounded, same.ledger.rounded);
    assert_eq!(read.ledger.rounded[0].first_found, "0,0000015");
    assert_eq!(read.ledger.date_order, same.ledger.date_order);
    assert!(read.ledger.date_order.confirmed && read.ledger.date_order.contrary == 1);
}

fn quantities() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        1 => Just(None),
        4 => (-20i32..200).prop_map(|pieces| Some(f64::from(pieces))),
        2 => (0i32..5_000).prop_map(|pieces| Some(f64::from(pieces) / 1000.0)),
        1 => Just(Some(1e-7)),
        1 => Just(Some(9e12)),
    ]
}

proptest! {
    #[test]
    fn order_lines_are_worth_what_they_are_in_text(
        rows in prop::collection::vec((quantities(), prop::option::weighted(0.9, -100_000i128..1_000_000)), 1..20),
        places in 0i8..=6,
        cut in 0usize..20,
    ) {
        let batch = |rows: &[(Option<f64>, Option<i128>)]| {
            let quantity: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<Float64Array>());
            let price = rows.iter().map(|row| row.1).collect::<Decimal128Array>();
            line(rows.len(), quantity, Arc::new(price.with_precision_and_scale(18, places).unwrap()))
        };
        let (first, second) = rows.split_at(cut.min(rows.len()));
        let batches: Vec<Vec<Column>> = [first, second].into_iter().filter(|rows| !rows.is_empty()).map(batch).collect();
        let (read, text) = read_columns(&arrow(&batches, false), &lines());
        let same = read_text(&text, &lines());
        prop_assert_eq!(&read.cells, &same.cells);
        prop_assert_eq!(&read.texts, &same.texts);
        prop_assert_eq!(&read.ledger.set_aside, &same.ledger.set_aside);
        prop_assert_eq!(read.ledger.rows_used, same.ledger.rows_used);
    }
}
