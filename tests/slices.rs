//! Files are read in slices by several lanes. However they are cut, whoever reads which, in whatever order the parts come:
//! the log is the same as if each file had been read in one piece.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use strata::dataset::EventLog;
use strata::engine::loader::{Lanes, Loader, TAIL_BYTES};
use strata::engine::request::OpenOptions;
use strata::error::{Error, Result};
use strata::ingest::assemble::Slice;
use strata::ingest::encoding::Native;
use strata::ingest::layout::Encoding;
use strata::ingest::ledger::{Ledger, SpanOfBytes};
use strata::ingest::mapping::{ColumnType, Mapping};
use strata::table::ColumnData;

/// Reads with several lanes that take turns as `turns` has it; parts wait and are handed in out of order.
fn load(
    files: &[&[u8]],
    options: &OpenOptions,
    slice_bytes: u64,
    lanes: usize,
    turns: &[usize],
) -> Result<EventLog> {
    let total = files.iter().map(|file| file.len() as u64).sum();
    let mut loader = Loader::new(total, options, u64::MAX)?.with_slices_of(slice_bytes..=slice_bytes);
    for (number, file) in files.iter().enumerate() {
        loader.add_file(&format!("{number}.csv"), file.len() as u64, file, &Native)?;
    }
    let mut workers: Vec<Lanes> = (0..lanes).map(|_| Lanes::default()).collect();
    let mut jobs: std::collections::VecDeque<Slice> = loader.slices().to_vec().into();
    let mut results = Vec::new();
    let mut turn = turns.iter().copied().cycle();
    while !jobs.is_empty() || !results.is_empty() {
        let next = turn.next().unwrap();
        let start = !jobs.is_empty() && (results.len() < 3 || next % 2 == 0);
        if let Some(slice) = start.then(|| jobs.pop_front()).flatten() {
            let lane = next % lanes;
            let plan = loader.plan(slice.file).unwrap().clone();
            let worker = workers[lane].lane(loader.group_of(slice.file), plan).unwrap();
            worker.begin(slice.start, slice.exact, slice.limit);
            let rest = &files[slice.file][usize::try_from(slice.first_byte()).unwrap()..];
            if !rest.chunks(1 + next % 7).any(|piece| worker.push(piece, &Native)) {
                worker.finish(&Native);
            }
            results.push((slice.index, lane, worker.take()));
        } else if !results.is_empty() {
            // Parts of one lane come in the order in which it made them.
            let lane = results[next % results.len()].1;
            let place = results.iter().position(|(_, of, _)| *of == lane).unwrap();
            let (index, lane, part) = results.remove(place);
            jobs.extend(loader.take(index, lane, part)?);
        }
    }
    loader.finish()
}

type Spans = (Option<SpanOfBytes>, Vec<SpanOfBytes>, Vec<String>, Vec<u64>);
type Everything = (Vec<String>, Vec<i64>, Vec<(String, Vec<String>)>, Vec<Ledger>, Vec<Spans>);

/// Everything in a log, as plain values; or the error.
fn everything(log: Result<EventLog>) -> std::result::Result<Everything, Error> {
    let log = log?;
    let cells = |data: &ColumnData| -> Vec<String> {
        (0..data.len())
            .map(|row| match data {
                ColumnData::Text(codes) => format!("{} {}", codes.code(row), codes.get(row)),
                ColumnData::Number(numbers) => format!("{} / {}", numbers.values.get(row), numbers.scale),
                ColumnData::Time(times) => times.micros(row).to_string(),
            })
            .collect()
    };
    Ok((
        log.users.iter().map(str::to_owned).collect(),
        log.times.iter().collect(),
        log.columns.iter().map(|column| (column.name.clone(), cells(&column.data))).collect(),
        log.ledgers.clone(),
        log.spans
            .iter()
            .map(|spans| (spans.header, spans.set_aside.clone(), spans.texts.clone(), spans.numbers.clone()))
            .collect(),
    ))
}

fn options() -> OpenOptions {
    let mapping = Mapping {
        user: Some("user".into()),
        time: Some("day".into()),
        value: Some("amount".into()),
        attributes: vec!["city".into(), "age".into()],
        types: [("age".to_owned(), ColumnType::Number)].into(),
        ..Mapping::default()
    };
    OpenOptions { mapping: Some(mapping), delimiter: Some(','), header: Some(true), ..OpenOptions::default() }
}

/// Rows with everything that makes cutting hard: line ends and delimiters in quotes, quotes that are never closed, blank
/// lines, missing and superfluous fields, cells that cannot be read, numbers with ever more places.
fn row() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[ab]{1,2},2024-01-0[1-9],[0-9]{1,3}(\\.[0-9]{1,3})?,(x|数|\"x,\ny\"|\"\"\"\"),([0-9]|old|)",
        1 => "[ab],2024-01-0[1-9] 1[0-9]:00:00(\\.5)?,,\"\r\n\",",
        1 => Just("a,2024-01-01,1,\"open,2".to_owned()),
        1 => "(,|a|\"|\r)*",
        1 => Just(",2024-01-01,1,x,1".to_owned()),
        1 => Just("a,soon,1,x,1".to_owned()),
        1 => Just("a,2024-01-01,much,x,1".to_owned()),
    ]
}

fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Gb18030 => encoding_rs::GB18030.encode(text.trim_start_matches('\u{feff}')).0.into_owned(),
        _ => text.as_bytes().to_vec(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_slices_any_lanes_any_order(
        files in proptest::collection::vec((proptest::collection::vec(row(), 1..14), prop_oneof![Just("\n"), Just("\r\n"), Just("\r")], any::<bool>()), 1..3),
        slice_bytes in 1u64..120,
        lanes in 1usize..4,
        turns in proptest::collection::vec(0usize..12, 1..20),
        encoding in prop_oneof![3 => Just(Encoding::Utf8), 1 => Just(Encoding::Gb18030), 1 => Just(Encoding::Utf16Le), 1 => Just(Encoding::Utf16Be)],
    ) {
        let files: Vec<Vec<u8>> = files.into_iter().map(|(rows, end, mark)| {
            let mark = if mark { "\u{feff}" } else { "" };
            let text = format!("{mark}user,day,amount,city,age{end}c,2024-02-01,1,z,2{end}{}", rows.join(end));
            encoded(&text, encoding)
        }).collect();
        let options = OpenOptions { encoding: Some(encoding), ..options() };
        let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
        let whole = everything(load(&files, &options, u64::MAX / 4, 1, &[0]));
        prop_assert_eq!(everything(load(&files, &options, slice_bytes, lanes, &turns)), whole);
    }
}

#[test]
fn a_record_longer_than_slices_and_tails() {
    let long = "x\n".repeat(usize::try_from(TAIL_BYTES).unwrap());
    let text = format!("user,day,amount,city,age\na,2024-01-01,1,\"{long}\",2\nb,2024-01-02,1,y,3\n");
    let whole = everything(load(&[text.as_bytes()], &options(), u64::MAX / 4, 1, &[0])).unwrap();
    assert_eq!((whole.0.len(), whole.3[0].rows_used), (2, 2));
    let sliced = everything(load(&[text.as_bytes()], &options(), 1000, 2, &[0, 1])).unwrap();
    assert_eq!((&sliced.0, &sliced.1, &sliced.3), (&whole.0, &whole.1, &whole.3));
    assert!(sliced == whole);
}
