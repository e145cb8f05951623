//! Everything that can be saved is opened in Strata again with the same numbers, and by spreadsheets with Chinese, dates and
//! long ids intact: LibreOffice turns each CSV into a workbook, as it does each workbook of ours, and openpyxl compares the
//! cells, those of our own workbooks as they are too (`tests/formats/exports.py`).
//!
//! `STRATA_FOREIGN` is a Python with the packages of `tests/formats/requirements.txt`, `STRATA_OFFICE` the program `soffice`;
//! `cargo xtask test` sees to both. Without them the second half is skipped, aloud.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use strata::dataset::EventLog;
use strata::engine::lists::{ListFormat, SaveWanted};
use strata::engine::loader::load;
use strata::engine::request::{OpenOptions, Query};
use strata::engine::{Engine, UserCell, UserPage};
use strata::export::ledger::to_csv;
use strata::ingest::detect::inspect;
use strata::ingest::encoding::Native;
use strata::ingest::formula::unguarded;
use strata::ingest::layout::LayoutChoice;
use strata::ingest::mapping::{FileKind, Role};
use strata::ingest::split::{Found, Splitter};
use strata::locale::Language;
use strata::table::ColumnData;

/// Ids that spreadsheets like to change, and texts that they would work out.
const USERS: [&str; 14] = [
    "1234567890123456789",
    "0071",
    "000",
    "+8613800138000",
    "13800138000",
    "=1+1",
    "@name",
    "-2+3",
    "'=kept",
    "甲",
    "a,b",
    "say \"x\"",
    "#tag",
    "2024-03-05",
];

/// Orders of all of them, with a row that cannot be read.
fn orders() -> String {
    let mut text = String::from("会员编号,下单时间,金额\r\n");
    for (nth, user) in USERS.iter().enumerate() {
        let quoted = format!("\"{}\"", user.replace('"', "\"\""));
        // As a well-behaved export has it.
        let quoted = quoted.replace("\"=", "\"'=").replace("\"'=kept", "\"''=kept");
        for order in 0..=nth % 3 {
            let (day, cents) = (nth + 1, (nth * 37 + order * 11) % 100);
            text += &format!("{quoted},2024-03-{day:02} 0{order}:00:00,{}.{cents:02}\r\n", 10 * (nth + 1));
        }
    }
    text + "乙,某天,5\r\n=2+2,2024-03-01,很多\r\n"
}

fn engine() -> Engine {
    let mut engine = Engine::default();
    engine.hold(load(&[("orders.csv", orders().as_bytes())], &OpenOptions::default()).unwrap());
    engine
}

const LISTS: [(&str, &str); 4] = [
    ("rfm", r#"{"analysis":"rfm","users":{"cell":"all","limit":100}}"#),
    ("active", r#"{"analysis":"activeUsers","users":{"cell":{"day":"2024-03-10","window":30},"limit":100}}"#),
    (
        "retention",
        r#"{"analysis":"retention","params":{"period":"month"},"users":{"cell":{"cohort":"2024-03-01","offset":0},"limit":100}}"#,
    ),
    (
        "growth",
        r#"{"analysis":"growth","params":{"period":"month"},"users":{"cell":{"start":"2024-03-01","state":"new"},"limit":100}}"#,
    ),
];

/// A list as CSV, with the columns that it has when nobody chooses.
fn list(engine: &Engine, query: &Query, language: Language) -> String {
    String::from_utf8(saved(engine, query, ListFormat::Csv, language)).unwrap()
}

fn saved(engine: &Engine, query: &Query, format: ListFormat, language: Language) -> Vec<u8> {
    let mut query = query.clone();
    if let Some(users) = &mut query.users {
        users.save = Some(SaveWanted { format, language, ..SaveWanted::default() });
    }
    engine.list_file(&query, None).unwrap()
}

fn records(text: &str) -> Vec<Vec<String>> {
    let found = inspect("export.csv", text.len() as u64, text.as_bytes(), LayoutChoice::default(), &Native);
    let mut read = Vec::new();
    let mut splitter = Splitter::new(&found.unwrap().layout);
    let mut sink = |_, found: Found<'_>| {
        let Found::Record(fields) = found else { panic!("broken") };
        let cell = |cell: &[u8]| String::from_utf8(unguarded(cell).to_vec()).unwrap();
        read.push(fields.iter().map(cell).collect());
    };
    splitter.push(text.as_bytes(), &mut sink);
    splitter.finish(&mut sink);
    read
}

/// A cell of a list of users as the log that has read its export knows it.
fn attribute(log: &EventLog, column: &str, user: &str) -> String {
    let place = log.users.iter().position(|id| id == user).unwrap();
    let column = log.user_attributes.iter().find(|own| own.name == column).expect(column);
    match &column.data {
        ColumnData::Text(codes) => codes.get(place).to_owned(),
        ColumnData::Number(numbers) => {
            strata::table::decimal::Amount { units: numbers.values.get(place), scale: numbers.scale }
                .to_string()
        }
        ColumnData::Time(times) => {
            let day = times.micros(place).div_euclid(strata::dataset::calendar::DAY_MICROS);
            strata::dataset::calendar::Day(i32::try_from(day).unwrap()).to_string()
        }
    }
}

#[test]
fn lists_of_users_are_read_again_beside_the_orders_they_come_from() {
    let engine = engine();
    for (name, request) in LISTS {
        let query = Query::parse(request).unwrap();
        let page: UserPage = serde_json::from_str(&engine.answer(&query).unwrap()).expect(name);
        assert!(page.rows.len() > 5 && page.rows.len() as u64 == page.total, "{name}: {}", page.rows.len());
        for language in [Language::English, Language::Chinese] {
            let csv = list(&engine, &query, language);
            let header = records(&csv).remove(0);
            let files = [("orders.csv", orders()), ("strata-users.csv", csv)];
            let files: Vec<(&str, &[u8])> =
                files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
            let log = load(&files, &OpenOptions::default()).expect(name);
            let ledger = log.ledgers.iter().find(|ledger| ledger.file == "strata-users.csv").unwrap();
            assert_eq!(
                (ledger.kind, ledger.rows_used, ledger.rows_set_aside()),
                (FileKind::Users, page.total, 0)
            );
            let joined = log.joins.users.as_ref().unwrap();
            assert_eq!((joined.matched, joined.without_events.count), (page.total, 0), "{name}: {joined:?}");
            for row in &page.rows {
                let UserCell::Text(user) = &row[0] else { panic!("{row:?}") };
                for (cell, column) in row.iter().zip(&header).skip(1) {
                    let found = attribute(&log, column, user);
                    match cell {
                        UserCell::Count(count) => assert_eq!(found, count.to_string(), "{user} {column}"),
                        UserCell::Amount(amount) => {
                            let places =
                                |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
                            let wanted = amount.to_string();
                            let wanted = if wanted.contains('.') { places(&wanted) } else { wanted };
                            let found = if found.contains('.') { places(&found) } else { found };
                            assert_eq!(found, wanted, "{user} {column}");
                        }
                        UserCell::Text(text) => {
                            let words = language.words();
                            let shown = words.get(&format!("name_{text}")).unwrap_or(text);
                            assert_eq!(found, shown, "{user} {column}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_import_report_is_read_again_cell_by_cell() {
    let engine = engine();
    let ledgers = &engine.log().unwrap().ledgers;
    assert_eq!(ledgers[0].rows_set_aside(), 2);
    for language in [Language::English, Language::Chinese] {
        let csv = to_csv(ledgers, language);
        let words = language.words();
        let read = records(&csv);
        let count = |item: &str| read.iter().find(|row| row[1] == item).unwrap()[2].parse::<u64>().unwrap();
        assert_eq!(count(words.ledger_rows_read), ledgers[0].rows_read);
        assert_eq!(count(words.ledger_rows_used), ledgers[0].rows_used);
        let found: Vec<&str> = read.iter().map(|row| row[5].as_str()).collect();
        assert!(found.contains(&"某天") && found.contains(&"很多"), "{found:?}");
        let inspection =
            inspect("r.csv", csv.len() as u64, csv.as_bytes(), LayoutChoice::default(), &Native).unwrap();
        assert!(inspection.encoding_sure && inspection.layout.header && inspection.layout.skip_lines == 0);
        assert_eq!(inspection.columns.len(), 6);
    }
}

/// They are the same rows, and are set aside for the same reasons.
#[test]
fn rows_set_aside_are_read_again_as_they_stood() {
    let text = orders();
    let log = load(&[("orders.csv", text.as_bytes())], &OpenOptions::default()).unwrap();
    let spans = &log.spans[0];
    let saved: String = spans
        .header
        .iter()
        .chain(&spans.set_aside)
        .map(|span| &text[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()])
        .collect();
    let options = OpenOptions { mapping: Some(log.mapping.clone()), ..OpenOptions::default() };
    // Mended, the rows are read.
    let mended = saved.replace("某天", "2024-03-01").replace("很多", "7");
    let again = load(&[("set-aside.csv", format!("\u{feff}{mended}").as_bytes())], &options).unwrap();
    assert_eq!((again.ledgers[0].rows_read, again.ledgers[0].rows_used), (2, 2));
    assert_eq!(again.users.iter().collect::<Vec<_>>(), ["乙", "=2+2"]);
    let log = &log.ledgers[0];
    let half = saved.replace("很多", "7");
    let again = load(&[("set-aside.csv", half.as_bytes())], &options).unwrap();
    let reasons = |ledger: &strata::ingest::ledger::Ledger| -> Vec<_> {
        ledger.set_aside.iter().map(|entry| (entry.reason, entry.rows)).collect()
    };
    assert_eq!(reasons(&again.ledgers[0]), reasons(log)[..1]);
}

fn programs() -> Option<(PathBuf, PathBuf)> {
    let found = std::env::var_os("STRATA_FOREIGN").zip(std::env::var_os("STRATA_OFFICE"));
    if found.is_none() {
        println!("Skipped: STRATA_FOREIGN or STRATA_OFFICE is not set. `cargo xtask test` sets both.");
    }
    found.map(|(python, office)| (python.into(), office.into()))
}

#[test]
fn spreadsheets_read_the_exports() {
    let Some((python, office)) = programs() else { return };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exports");
    std::fs::create_dir_all(&folder).unwrap();
    let engine = engine();
    let mut cases = Vec::new();
    for language in [Language::English, Language::Chinese] {
        let code = if language == Language::English { "en" } else { "zh" };
        for (name, request) in LISTS {
            let query = Query::parse(request).unwrap();
            cases.push((format!("{name}-{code}.csv"), list(&engine, &query, language)));
        }
        cases.push((format!("ledger-{code}.csv"), to_csv(&engine.log().unwrap().ledgers, language)));
    }
    let mut expected = serde_json::Map::new();
    for (file, csv) in &cases {
        std::fs::write(folder.join(file), csv).unwrap();
        expected.insert(file.clone(), json!(records(csv)));
    }
    for (name, request) in LISTS {
        let (query, file) = (Query::parse(request).unwrap(), format!("{name}-list.xlsx"));
        let book = saved(&engine, &query, ListFormat::Xlsx, Language::Chinese);
        std::fs::write(folder.join(&file), book).unwrap();
        expected.insert(file, json!(records(&list(&engine, &query, Language::Chinese))));
    }
    std::fs::write(folder.join("expected.json"), Value::Object(expected).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/exports.py");
    let status =
        Command::new(python).arg(script).arg(&folder).arg(office).status().expect("the Python starts");
    assert!(status.success(), "exports.py found differences");
}

/// The columns of a list are named and typed by themselves: nobody has to say what they are.
#[test]
fn the_columns_of_a_list_of_users_are_recognised() {
    let engine = engine();
    let query = Query::parse(LISTS[0].1).unwrap();
    for language in [Language::English, Language::Chinese] {
        let csv = list(&engine, &query, language);
        let found =
            inspect("strata-users.csv", csv.len() as u64, csv.as_bytes(), LayoutChoice::default(), &Native)
                .unwrap();
        assert_eq!((found.kind, found.columns[0].role), (FileKind::Users, Role::User), "{:?}", found.columns);
    }
}
