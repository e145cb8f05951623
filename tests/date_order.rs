//! Day or month first is decided by the whole column: the first rows may leave it open, or tell it wrong.

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
use strata::engine::loader::load;
use strata::engine::request::{FileOptions, OpenOptions};
use strata::ingest::detect::HEAD_BYTES;
use strata::ingest::ledger::{Ledger, Notice, Reason};
use strata::ingest::mapping::Mapping;
use strata::ingest::time::TimeFormat;

/// A date as (month, day) of 2024.
type Date = (u32, u32);

fn written((month, day): Date, format: TimeFormat) -> String {
    match format {
        TimeFormat::DayFirst => format!("{day:02}/{month:02}/2024"),
        TimeFormat::MonthFirst => format!("{month:02}/{day:02}/2024"),
        _ => format!("2024-{month:02}-{day:02}"),
    }
}

fn file(dates: impl IntoIterator<Item = String>) -> String {
    let rows = (0..).zip(dates).map(|(user, date)| format!("user number {user:09},{date}\n"));
    "user_id,date\n".to_owned() + &rows.collect::<String>()
}

/// More dates than are looked at before reading, all of which fit both orders.
fn beginning() -> Vec<Date> {
    let dates = (1..=12).flat_map(|month| (1..=12).map(move |day| (month, day))).cycle();
    dates.take(HEAD_BYTES / 30).collect()
}

fn read(text: &str) -> EventLog {
    load(&[("visits.csv", text.as_bytes())], &OpenOptions::default()).unwrap()
}

fn read_with(text: &str, format: TimeFormat) -> EventLog {
    let mapping = Mapping {
        user: Some("user_id".into()),
        time: Some("date".into()),
        time_format: Some(format),
        ..Mapping::default()
    };
    let options = OpenOptions { mapping: Some(mapping), ..OpenOptions::default() };
    load(&[("visits.csv", text.as_bytes())], &options).unwrap()
}

fn ledger(log: &EventLog) -> &Ledger {
    assert!(log.ledgers[0].adds_up());
    &log.ledgers[0]
}

fn days(log: &EventLog) -> Vec<(String, i32)> {
    let mut days: Vec<(String, i32)> = (0..log.users.len())
        .flat_map(|user| log.rows_of(user).map(move |row| (user, row)))
        .map(|(user, row)| (log.users.get(u32::try_from(user).unwrap()).to_owned(), log.days[row]))
        .collect();
    days.sort();
    days
}

#[test]
fn a_date_far_below_decides() {
    for (format, found) in [(TimeFormat::DayFirst, "13/02/2024"), (TimeFormat::MonthFirst, "02/13/2024")] {
        let dates: Vec<Date> = beginning().into_iter().chain([(2, 13)]).collect();
        let of = |format| file(dates.iter().map(|date| written(*date, format)));
        let log = read(&of(format));
        assert_eq!(days(&log), days(&read(&of(TimeFormat::YearFirst))), "{format:?}");
        let told = |row: &u64| *row == dates.len() as u64 + 1;
        match (format, ledger(&log).notices.as_slice()) {
            // What was thought at first is right.
            (TimeFormat::DayFirst, []) => {}
            (_, [Notice::DateOrderFound { column, row, found: date, read_as }]) => {
                assert!(told(row) && column == "date" && date == found && read_as == "2024-02-13");
            }
            (_, other) => panic!("{other:?}"),
        }
        assert_eq!((ledger(&log).rows_used, ledger(&log).rows_set_aside()), (dates.len() as u64, 0));
    }
}

#[test]
fn what_no_date_decides_is_told() {
    let log = read("user_id,date\na,05/05/2024\nb,03/04/2024\nc,04/04/2024\n");
    let open = |found: &str, read_as: &str| Notice::DayOrMonthFirst {
        column: "date".into(),
        read_as: read_as.into(),
        found: found.into(),
    };
    assert_eq!(ledger(&log).notices, [open("03/04/2024", "2024-04-03")]);
    let text = "user_id,date\na,03/04/2024\nb,04/04/2024\n";
    assert_eq!(ledger(&read_with(text, TimeFormat::MonthFirst)).notices, [open("03/04/2024", "2024-03-04")]);
    assert_eq!(ledger(&read("user_id,date\na,05/05/2024\nb,04/04/2024\n")).notices, []);
    assert_eq!(ledger(&read("user_id,date\na,2024-03-04\nb,2024-04-04\n")).notices, []);
}

#[test]
fn a_mixture_is_told() {
    // Day first at first; then a thousand with the month first, of which most fit nothing else.
    let first = beginning().into_iter().chain([(5, 23)]).map(|date| written(date, TimeFormat::DayFirst));
    let mixed = first.chain((0..1000).map(|_| written((5, 23), TimeFormat::MonthFirst)));
    let (log, rows) = (read(&file(mixed)), beginning().len() as u64 + 1001);
    let ledger = ledger(&log);
    assert_eq!((ledger.rows_read, ledger.rows_used), (rows, rows - 1000));
    assert_eq!((ledger.set_aside.len(), ledger.set_aside[0].reason), (1, Reason::BadTime));
    let row = rows - 1000 + 2;
    let told = Notice::DateOrderMixed { column: "date".into(), cells: 1000, row, found: "05/23/2024".into() };
    assert_eq!(ledger.notices, [told]);
}

#[test]
fn the_greater_part_of_a_mixture_decides() {
    // One date that fits only one order, and far more that fit only the other.
    let first = beginning().into_iter().chain([(5, 23)]).map(|date| written(date, TimeFormat::DayFirst));
    let count = beginning().len() + 1000;
    let log = read(&file(first.chain((0..count).map(|_| written((5, 23), TimeFormat::MonthFirst)))));
    let ledger = ledger(&log);
    assert_eq!((ledger.rows_set_aside(), ledger.set_aside[0].reason), (1, Reason::BadTime));
    let told = |notice: &Notice| match notice {
        Notice::DateOrderFound { read_as, .. } => read_as.clone(),
        Notice::DateOrderMixed { cells, found, .. } => format!("{cells} {found}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(ledger.notices.iter().map(told).collect::<Vec<_>>(), ["2024-05-23", "1 23/05/2024"]);
}

#[test]
fn what_somebody_says_against_the_first_rows_stands() {
    let text = "user_id,date\na,13/04/2024\nb,14/04/2024\nc,03/04/2024\n";
    let log = read_with(text, TimeFormat::MonthFirst);
    assert_eq!((ledger(&log).rows_used, days(&log)[0].0.as_str()), (1, "c"));
    assert!(matches!(ledger(&log).notices.as_slice(), [Notice::DateOrderMixed { cells: 2, row: 2, .. }]));
}

#[test]
fn files_of_one_kind_have_their_own_orders() {
    let one = "user_id,date\na,13/02/2024\nb,03/04/2024\n";
    let other = "user_id,date\nc,02/13/2024\nd,03/04/2024\n";
    let seconds = "user_id,date\ne,1707782400\n";
    let own = |file: &str, format| FileOptions {
        file: file.into(),
        mapping: Some(Mapping {
            user: Some("user_id".into()),
            time: Some("date".into()),
            time_format: Some(format),
            ..Mapping::default()
        }),
        ..FileOptions::default()
    };
    let files: [(&str, &[u8]); 3] =
        [("1.csv", one.as_bytes()), ("2.csv", other.as_bytes()), ("3.csv", seconds.as_bytes())];
    let options = OpenOptions {
        files: vec![
            own("1.csv", TimeFormat::DayFirst),
            own("2.csv", TimeFormat::MonthFirst),
            own("3.csv", TimeFormat::EpochSeconds),
        ],
        ..OpenOptions::default()
    };
    for options in [options, OpenOptions::default()] {
        let files = if options.files.is_empty() { &files[..2] } else { &files[..] };
        let log = load(files, &options).unwrap();
        assert!(log.ledgers.iter().all(|ledger| ledger.rows_set_aside() == 0), "{:?}", log.ledgers);
        let all = ["2024-02-13", "2024-04-03", "2024-02-13", "2024-03-04", "2024-02-13"];
        let found: Vec<String> =
            days(&log).iter().map(|(_, day)| strata::dataset::calendar::Day(*day).to_string()).collect();
        assert_eq!(found, all[..found.len()]);
        assert!(found.len() >= 4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_date_that_tells_is_enough(
        below in prop::collection::vec((1u32..=12, 1u32..=29), 1..40), month_first: bool,
    ) {
        let dates: Vec<Date> = beginning().into_iter().chain(below.iter().copied()).collect();
        let format = if month_first { TimeFormat::MonthFirst } else { TimeFormat::DayFirst };
        let of = |format| file(dates.iter().map(|date| written(*date, format)));
        let log = read(&of(format));
        prop_assert_eq!(ledger(&log).rows_set_aside(), 0);
        if below.iter().any(|(_, day)| *day > 12) {
            prop_assert_eq!(days(&log), days(&read(&of(TimeFormat::YearFirst))));
        } else {
            let told = matches!(ledger(&log).notices.as_slice(), [Notice::DayOrMonthFirst { .. }]);
            prop_assert!(told);
        }
    }
}

#[test]
fn what_another_order_hid_is_seen_then() {
    // Read day first, the rows below are set aside before anybody sees that their shops have names.
    let first = beginning().into_iter().map(|date| format!("{},7", written(date, TimeFormat::MonthFirst)));
    let rest = (0..1000).map(|_| format!("{},north", written((5, 23), TimeFormat::MonthFirst)));
    let text = file(first.chain(rest)).replacen("date", "date,shop", 1);
    let log = read(&text);
    assert_eq!((ledger(&log).rows_set_aside(), ledger(&log).emptied.len()), (0, 0));
    let told = |notice: &Notice| matches!(notice, Notice::DateOrderFound { .. } | Notice::BecameText { .. });
    assert_eq!(ledger(&log).notices.iter().filter(|notice| told(notice)).count(), 2);
}
