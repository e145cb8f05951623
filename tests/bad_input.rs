//! What people really drop: every refusal names the place, every row is accounted for, and what was set aside can be given
//! back byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use strata::dataset::EventLog;
use strata::engine::loader::{Loader, load};
use strata::engine::request::{OpenOptions, Spec};
use strata::error::{Error, ErrorKind};
use strata::ingest::ledger::{Notice, Reason};
use strata::ingest::mapping::Mapping;
use strata::locale::Language;
use strata::table::ColumnData;

fn open(text: &[u8]) -> Result<EventLog, Error> {
    load(&[("orders.csv", text)], &OpenOptions::default())
}

fn refused(text: &[u8]) -> Error {
    let error = open(text).unwrap_err();
    for language in [Language::English, Language::Chinese] {
        let message = error.message(language);
        assert!(!message.is_empty() && !message.contains('{'), "every place is filled: {message}");
    }
    error
}

#[test]
fn files_without_data() {
    assert_eq!(refused(b"").kind, ErrorKind::EmptyFile);
    assert_eq!(refused(b"\n\r\n  \n").kind, ErrorKind::EmptyFile);
    assert_eq!(refused(b"user_id,date,amount\n").kind, ErrorKind::NoRows);
    assert_eq!(refused(b"user_id,date,amount").kind, ErrorKind::NoRows);
}

#[test]
fn files_that_are_not_text() {
    let error = refused(b"PK\x03\x04\x14\0\x06\0");
    assert_eq!((error.kind, error.found.as_deref()), (ErrorKind::NotText, Some("Excel (.xlsx) / ZIP")));
    assert_eq!(refused(&[7, 0, 3, 0, 255]).kind, ErrorKind::NotText);
}

#[test]
fn no_user_column() {
    let error = refused(b"when,amount\n2024-01-01,3\n");
    assert_eq!((error.kind, error.expected.as_deref()), (ErrorKind::MissingRole, Some("user")));
}

#[test]
fn the_wrong_delimiter() {
    let options = OpenOptions { delimiter: Some('|'), ..OpenOptions::default() };
    let error = load(&[("orders.csv", b"user_id,date\n1,2024-01-01\n")], &options).unwrap_err();
    assert_eq!(error.kind, ErrorKind::MissingRole, "one column, and nobody can tell a user in it");
    let mapping = Mapping { user: Some("user_id".into()), time: Some("date".into()), ..Mapping::default() };
    let options = OpenOptions { mapping: Some(mapping), ..options };
    let error = load(&[("orders.csv", b"user_id,date\n1,2024-01-01\n")], &options).unwrap_err();
    assert_eq!((error.kind, error.expected.as_deref()), (ErrorKind::UnknownColumn, Some("user_id,date")));
    let options = OpenOptions { delimiter: Some('数'), ..OpenOptions::default() };
    assert_eq!(load(&[("orders.csv", b"a,b\n")], &options).unwrap_err().kind, ErrorKind::BadValue);
}

#[test]
fn rows_are_kept_or_accounted_for() {
    let text = "user_id,date,amount\n\
        1,2024-01-01,10\n\
        2,2024-01-02\n\
        3,2024-01-03,10,extra\n\
        4,yesterday,10\n\
        5,2024-01-05,ten\n\
        ,2024-01-06,10\n\
        7,,10\n\
        8,2024-01-08,\n\
        9,2024-01-09,\"10\n\
        007,2024-01-10,10.5\n";
    let mapping = Mapping {
        user: Some("user_id".into()),
        time: Some("date".into()),
        value: Some("amount".into()),
        ..Mapping::default()
    };
    let log = load(
        &[("orders.csv", text.as_bytes())],
        &OpenOptions { mapping: Some(mapping), ..OpenOptions::default() },
    )
    .unwrap();
    let ledger = &log.ledgers[0];
    assert_eq!((ledger.rows_read, ledger.rows_used, ledger.rows_set_aside()), (10, 3, 7));
    let reasons: Vec<(Reason, u64, u64)> =
        ledger.set_aside.iter().map(|entry| (entry.reason, entry.rows, entry.first_row)).collect();
    assert_eq!(
        reasons,
        [
            (Reason::MissingFields, 1, 3),
            (Reason::ExtraFields, 1, 4),
            (Reason::BadTime, 1, 5),
            (Reason::BadNumber, 1, 6),
            (Reason::NoUser, 1, 7),
            (Reason::NoTime, 1, 8),
            (Reason::UnclosedQuote, 1, 10),
        ]
    );
    let bad = ledger.set_aside.iter().find(|entry| entry.reason == Reason::BadNumber).unwrap();
    assert_eq!((bad.first_column.as_deref(), bad.first_found.as_deref()), (Some("amount"), Some("ten")));
    // The users are those of the rows in use, zeros and all.
    assert_eq!(log.users.iter().collect::<Vec<_>>(), ["1", "8", "007"]);
    // The rows that were set aside come back as they stood.
    let given_back: String =
        log.spans[0].set_aside.iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
    assert_eq!(given_back.lines().count(), 7);
    assert!(given_back.contains("3,2024-01-03,10,extra\n") && given_back.contains("9,2024-01-09,\"10\n"));
}

#[test]
fn nothing_that_can_be_used() {
    let error = refused(b"user_id,date,amount\n1,soon,3\n2,later,4\n3,2024-13-01,5\n");
    assert_eq!(
        error.kind,
        ErrorKind::MissingRole,
        "a column without a single date is not taken for the time"
    );
    let mapping = Mapping { user: Some("user_id".into()), time: Some("date".into()), ..Mapping::default() };
    let options = OpenOptions { mapping: Some(mapping), ..OpenOptions::default() };
    let error = load(&[("orders.csv", b"user_id,date,amount\n1,soon,3\n")], &options).unwrap_err();
    assert_eq!(
        (error.kind, error.row, error.column.as_deref(), error.found.as_deref()),
        (ErrorKind::NoUsableRows, Some(2), Some("date"), Some("soon"))
    );
}

#[test]
fn attributes_never_cost_a_row() {
    let text = b"user_id,date,items\n1,2024-01-01,3\n2,2024-01-02,many\n";
    let mapping = Mapping {
        user: Some("user_id".into()),
        time: Some("date".into()),
        attributes: vec!["items".into()],
        types: [("items".to_owned(), strata::ingest::mapping::ColumnType::Number)].into(),
        ..Mapping::default()
    };
    let log =
        load(&[("orders.csv", text)], &OpenOptions { mapping: Some(mapping), ..OpenOptions::default() })
            .unwrap();
    assert_eq!((log.rows(), log.ledgers[0].emptied[0].cells, log.ledgers[0].emptied[0].first_row), (2, 1, 3));
}

/// The first quarter of a megabyte has numbers only; further down there are codes. They are what they are: text.
#[test]
fn types_come_from_the_whole_file() {
    let rows = |items: &str, count: usize| format!("u1,2024-01-01,{items}\n").repeat(count);
    let text = format!("user_id,date,items\n{}{}", rows("12", 20_000), rows("B07", 1_000));
    let mut log = load(&[("orders.csv", text.as_bytes())], &OpenOptions::default()).unwrap();
    let column =
        |log: &EventLog| log.columns.iter().find(|column| column.name == "items").unwrap().data.clone();
    let ColumnData::Text(codes) = column(&log) else { panic!("not text") };
    assert_eq!((codes.get(0), codes.get(20_500), log.ledgers[0].emptied.len()), ("12", "B07", 0));
    let notice = log.ledgers[0].notices.pop().unwrap();
    let found = Notice::BecameText { column: "items".into(), row: 20_002, found: "B07".into() };
    assert_eq!((notice, log.ledgers[0].adds_up()), (found, true));
    // One slip of the pen among thousands does not make a column text, and is told.
    let text = format!("user_id,date,items\n{}{}", rows("12", 20_000), rows("many", 1));
    let log = load(&[("orders.csv", text.as_bytes())], &OpenOptions::default()).unwrap();
    assert!(matches!(column(&log), ColumnData::Number(_)));
    assert_eq!(log.ledgers[0].emptied[0].cells, 1);
}

#[test]
fn a_file_that_no_tab_can_hold_is_refused_before_it_is_read() {
    let head: Vec<u8> = std::iter::once("user_id,date,amount,city\n".to_owned())
        .chain(
            (0..2000)
                .map(|row| format!("user-{row:08},2024-01-01 00:00:00,123.00,a city with a long name\n")),
        )
        .collect::<String>()
        .into_bytes();
    let add = |name: &str, bytes: u64| {
        let mut loader =
            Loader::new(bytes, &OpenOptions::default(), strata::engine::loader::TAB_BYTES).unwrap();
        loader.add_file(name, bytes, &head, &strata::ingest::encoding::Native)
    };
    let error = add("huge.csv", 100_000_000_000).unwrap_err();
    assert_eq!((error.kind, error.file.as_deref()), (ErrorKind::TooLarge, Some("huge.csv")));
    assert!(error.message(Language::English).contains("GB"), "{error}");
    // Three gigabytes of such rows fit.
    assert!(add("large.csv", 3_000_000_000).is_ok());
}

#[test]
fn several_files_with_the_same_columns() {
    let (first, second) =
        (b"user_id,date\n1,2024-01-01\n".as_slice(), b"date,user_id,more\n2024-01-02,2,x\n".as_slice());
    let log = load(&[("a.csv", first), ("b.csv", second)], &OpenOptions::default()).unwrap();
    assert_eq!((log.rows(), log.ledgers.len()), (2, 2));
    // Columns play their parts under other names too, unless the mapping of all names them.
    let other = b"user,date\n2,2024-01-02\n".as_slice();
    let log = load(&[("a.csv", first), ("b.csv", other)], &OpenOptions::default()).unwrap();
    assert_eq!((log.rows(), log.users.iter().collect::<Vec<_>>()), (2, vec!["1", "2"]));
    let mapping = Mapping { user: Some("user_id".into()), time: Some("date".into()), ..Mapping::default() };
    let options = OpenOptions { mapping: Some(mapping), ..OpenOptions::default() };
    let error = load(&[("a.csv", first), ("b.csv", other)], &options).unwrap_err();
    assert_eq!(
        (error.kind, error.file.as_deref(), error.column.as_deref()),
        (ErrorKind::DifferentColumns, Some("b.csv"), Some("user_id"))
    );
}

#[test]
fn a_mapping_that_does_not_fit_names_what_there_is() {
    let spec = Spec::parse(r#"{"analysis":"rfm","mapping":{"user":"user_id","time":"date","purchaseEvents":["buy"],"event":"what"}}"#).unwrap();
    let text = b"user_id,date,what\n1,2024-01-01,purchase\n";
    let error = load(&[("orders.csv", text)], &spec.open).unwrap_err();
    assert_eq!(
        (error.path.as_deref(), error.expected.as_deref()),
        (Some("mapping.purchaseEvents"), Some("purchase"))
    );
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = open(&bytes);
    }

    #[test]
    fn rows_read_are_rows_used_and_set_aside(text in "user_id,date,amount\n([0-9a],2024-0[1-9]-[0-3]1,[0-9x]{0,2}(,|\n|\"|\r\n)){0,20}") {
        if let Ok(log) = open(text.as_bytes()) {
            let ledger = &log.ledgers[0];
            proptest::prop_assert_eq!(ledger.rows_read, ledger.rows_used + ledger.rows_set_aside());
            proptest::prop_assert_eq!(ledger.rows_used, log.rows() as u64);
            let spans: usize = log.spans.iter().map(|spans| spans.set_aside.len()).sum();
            proptest::prop_assert_eq!(ledger.rows_set_aside(), spans as u64);
        }
    }
}
