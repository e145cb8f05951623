//! Reading in part: a sample of users, some days. What is read is what a file without the other rows would give, however the
//! file is cut; what is left out is counted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use strata::dataset::EventLog;
use strata::dataset::calendar::{DAY_MICROS, Day, Zone};
use strata::engine::loader::{Lanes, Loader, load};
use strata::engine::request::OpenOptions;
use strata::error::ErrorKind;
use strata::ingest::encoding::Native;
use strata::ingest::ledger::{Ledger, Notice, Reason};
use strata::ingest::reader::Part;
use strata::ingest::sample::{Dates, Keep, Thinner};
use strata::table::ColumnData;
use strata::table::chunk::{Chunk, ChunkColumn};
use strata::table::dictionary::CodeVec;

/// A row of the file: the user, seconds since 2024-01-01 UTC, an amount; some cannot be read.
#[derive(Debug, Clone)]
struct Row {
    user: String,
    seconds: Option<i64>,
    amount: String,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let user = prop_oneof![
        8 => (0..12_u32).prop_map(|user| format!("u{user:04}")),
        1 => Just("\u{7528}\u{6237} \"1\"".to_owned()),
        1 => Just(String::new()),
    ];
    let seconds = prop_oneof![8 => (0..40 * 86_400_i64).prop_map(Some), 1 => Just(None)];
    let amount =
        prop_oneof![8 => (1..900_u32).prop_map(|cents| format!("{cents}.50")), 1 => Just("n/a".to_owned())];
    let row = (user, seconds, amount).prop_map(|(user, seconds, amount)| Row { user, seconds, amount });
    prop::collection::vec(row, 1..80)
}

/// The rows that `keep` lets through, as a file.
fn file(rows: &[Row], keep: impl Fn(&Row) -> bool) -> String {
    let mut text = "user_id,time,amount,note\n".to_owned();
    for row in rows.iter().filter(|row| keep(row)) {
        let user = row.user.replace('"', "\"\"");
        let time = row.seconds.map_or("whenever".to_owned(), |seconds| (1_704_067_200 + seconds).to_string());
        text += &format!("\"{user}\",{time},{},\"two\nlines\"\n", row.amount);
    }
    text
}

fn options(sample: Option<u32>, dates: Option<Dates>) -> OpenOptions {
    let mapping = serde_json::json!({
        "user": "user_id", "time": "time", "value": "amount", "attributes": ["note"], "timeFormat": "epochSeconds",
    });
    OpenOptions {
        mapping: serde_json::from_value(mapping).unwrap(),
        time_zone: Some("America/New_York".into()),
        sample,
        dates,
        ..OpenOptions::default()
    }
}

/// What a log holds, row by row, without the numbers of codes.
fn content(log: &EventLog) -> Vec<(String, i64, i32, Vec<String>)> {
    let cell = |data: &ColumnData, row: usize| match data {
        ColumnData::Text(codes) => codes.get(row).to_owned(),
        ColumnData::Number(decimals) => format!("{} / {}", decimals.values.get(row), decimals.scale),
        ColumnData::Time(times) => times.micros(row).to_string(),
    };
    let users = (0..log.users.len()).flat_map(|user| log.rows_of(user).map(move |row| (user, row)));
    users
        .map(|(user, row)| {
            let cells = log.columns.iter().map(|column| cell(&column.data, row)).collect();
            let user = log.users.get(u32::try_from(user).unwrap()).to_owned();
            (user, log.instant(row), log.days[row], cells)
        })
        .collect()
}

/// Rows set aside for other reasons than that they were not wanted.
fn broken(ledger: &Ledger) -> u64 {
    ledger.rows_set_aside() - ledger.rows_left_out()
}

/// The numbers and times of a chunk; of text columns how many cells they have.
fn cells(chunk: &Chunk) -> Vec<Vec<i64>> {
    let column = |column: &ChunkColumn| match column {
        ChunkColumn::Text { codes, .. } => vec![match codes {
            CodeVec::U8(codes) => codes.len() as i64,
            CodeVec::U16(codes) => codes.len() as i64,
            CodeVec::U32(codes) => codes.len() as i64,
        }],
        ChunkColumn::Number { values, .. } => values.iter().collect(),
        ChunkColumn::Time { seconds, values } => {
            values.iter().map(|value| if *seconds { value * 1_000_000 } else { value }).collect()
        }
    };
    chunk.columns.iter().map(column).collect()
}

/// Reads in slices.
fn read(text: &str, options: &OpenOptions, slice: u64) -> strata::error::Result<EventLog> {
    let mut loader = Loader::new(text.len() as u64, options, u64::MAX)?.with_slices_of(slice..=slice);
    loader.add_file("rows.csv", text.len() as u64, text.as_bytes(), &Native)?;
    loader.read_all(&Native, |_, place, size| {
        let place = usize::try_from(place).unwrap().min(text.len());
        let end = place.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(text.len());
        Ok(text.as_bytes()[place..end].to_vec())
    })?;
    loader.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_part_is_the_file_without_the_other_rows(
        rows in rows(), one_in in 1..6_u32, days in (0..40_i32, 0..40_i32), by_date in any::<bool>(), slice in 1..600_u64,
    ) {
        let zone = Zone::new("America/New_York").unwrap();
        let first = Day(19_723 + days.0.min(days.1));
        let last = Day(19_723 + days.0.max(days.1));
        let dates = by_date.then_some(Dates { from: Some(first), to: Some(last) });
        let keep = Keep { sample: Some(one_in), dates };
        let in_sample = |row: &Row| row.user.is_empty() || keep.has_user(row.user.as_bytes());
        let in_dates = |row: &Row| row.seconds.is_none_or(|seconds| {
            let civil = zone.civil_from_instant((1_704_067_200 + seconds) * 1_000_000);
            let day = Day(i32::try_from(civil.div_euclid(DAY_MICROS)).unwrap());
            !by_date || (first..=last).contains(&day)
        });
        let part = read(&file(&rows, |_| true), &options(Some(one_in), dates), slice);
        let whole = load(&[("rows.csv", file(&rows, |row| in_sample(row) && in_dates(row)).as_bytes())], &options(None, None));
        match (part, whole) {
            (Ok(part), Ok(whole)) => {
                prop_assert_eq!(content(&part), content(&whole));
                prop_assert_eq!(part.users.iter().collect::<Vec<_>>(), whole.users.iter().collect::<Vec<_>>());
                let (ours, other) = (&part.ledgers[0], &whole.ledgers[0]);
                prop_assert!(ours.adds_up());
                prop_assert_eq!((ours.rows_read, ours.rows_used), (rows.len() as u64, other.rows_used));
                prop_assert_eq!(broken(ours), other.rows_set_aside());
                let strangers = rows.iter().filter(|row| !in_sample(row)).count() as u64;
                let told = ours.set_aside.iter().find(|entry| entry.reason == Reason::OutsideSample);
                prop_assert_eq!(told.map_or(0, |entry| entry.rows), strangers);
                // What nobody wanted is not among the rows that can be downloaded.
                prop_assert_eq!(part.spans[0].set_aside.len() as u64, broken(ours));
            }
            (Err(part), Err(whole)) => {
                let none = [ErrorKind::NoUsableRows, ErrorKind::NoRows];
                prop_assert!(none.contains(&part.kind) && none.contains(&whole.kind), "{} / {}", part, whole);
            }
            (part, whole) => prop_assert!(false, "{:?} / {:?}", part.err(), whole.err()),
        }
    }

    /// Columns that come ready-made are thinned to what a lane would have read.
    #[test]
    fn columns_are_thinned_as_rows_are(rows in rows(), one_in in 2..5_u32, from in 0..40_i32, cut in 1..80_usize) {
        let dates = Dates { from: Some(Day(19_723 + from)), to: None };
        let plan_for = |options: &OpenOptions, text: &str| {
            let mut loader = Loader::new(1, options, u64::MAX).unwrap();
            loader.add_file("rows.csv", text.len() as u64, text.as_bytes(), &Native).map(|()| loader.plan(0).cloned().unwrap())
        };
        let pieces = [&rows[..cut.min(rows.len())], &rows[cut.min(rows.len())..]];
        let text = file(&rows, |_| true);
        let (Ok(thin), Ok(full)) = (plan_for(&options(Some(one_in), Some(dates)), &text), plan_for(&options(None, None), &text)) else {
            return Ok(());
        };
        let mut thinner = Thinner::new(&thin).unwrap().unwrap();
        let (mut lanes, mut plain) = (Lanes::default(), Lanes::default());
        let header = text.find('\n').unwrap() as u64 + 1;
        for piece in pieces {
            let text = file(piece, |_| true);
            let take = |lanes: &mut Lanes, plan| -> Part {
                let lane = lanes.lane(0, plan).unwrap();
                lane.begin(header, true, u64::MAX);
                lane.push(&text.as_bytes()[usize::try_from(header).unwrap()..], &Native);
                lane.finish(&Native);
                lane.take()
            };
            let (expected, mut part) = (take(&mut lanes, thin.clone()), take(&mut plain, full.clone()));
            thinner.thin(&mut part);
            prop_assert!(part.ledger.adds_up());
            prop_assert_eq!((part.chunk.rows, part.ledger.rows_used), (expected.chunk.rows, expected.ledger.rows_used));
            prop_assert_eq!(cells(&part.chunk), cells(&expected.chunk));
        }
    }
}

#[test]
fn several_files_have_the_same_sample_and_say_so() {
    let mut events = "user_id,time,event\n".to_owned();
    let mut users = "user_id,level\n".to_owned();
    for user in 0..400 {
        events += &format!("{user:05},2024-01-0{},open\n{user:05},2024-02-01,open\n", user % 9 + 1);
        users += &format!("{user:05},{}\n", if user % 2 == 0 { "gold" } else { "silver" });
    }
    let options = OpenOptions {
        sample: Some(4),
        dates: Some(Dates { from: "2024-02-01".parse().ok(), to: None }),
        ..OpenOptions::default()
    };
    let files = [("events.csv", events.as_bytes()), ("users.csv", users.as_bytes())];
    let log = load(&files, &options).unwrap();
    let keep = Keep { sample: Some(4), dates: None };
    let expected = (0..400).filter(|user| keep.has_user(format!("{user:05}").as_bytes())).count();
    assert_eq!((log.rows(), log.users.len()), (expected, expected));
    let joined = log.joins.users.as_ref().unwrap();
    assert_eq!((joined.matched, joined.without_events.count), (expected as u64, 0));
    assert!(log.ledgers.iter().all(Ledger::adds_up));
    let [events, users] = &log.ledgers[..] else { panic!("{:?}", log.ledgers) };
    assert_eq!(events.rows_left_out(), 800 - expected as u64);
    assert!(events.notices.contains(&Notice::Sample { one_in: 4 }) && events.notices.len() == 2);
    assert_eq!(users.notices, [Notice::Sample { one_in: 4 }], "users have no day");
}

#[test]
fn a_sample_of_merged_ids_is_refused() {
    let files = [
        ("events.csv", &b"user_id,time,event\na,2024-01-01,open\n"[..]),
        ("ids.csv", &b"member_id,phone\na,13800000000\n"[..]),
    ];
    let ids = serde_json::json!({"kind": "ids", "user": "member_id", "sameUser": ["phone"]});
    let mut options = OpenOptions { sample: Some(2), ..OpenOptions::default() };
    options.set_mapping("ids.csv", serde_json::from_value(ids).unwrap());
    let error = load(&files, &options).unwrap_err();
    assert_eq!((error.kind, error.file.as_deref()), (ErrorKind::SampleOfMerged, Some("ids.csv")));
    options.sample = None;
    load(&files, &options).unwrap();
}
