//! Files that other programs wrote, cell by cell: `tests/formats/make.py` writes them and what is in them.
//!
//! `STRATA_FOREIGN` is the path of a Python that has the packages of `tests/formats/requirements.txt`; `cargo xtask test`
//! sees to it. Without it this is skipped, aloud.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use strata_core::dataset::calendar::Zone;
use strata_core::error::Error;
use strata_core::ingest::mapping::{ColumnType, FileKind, PlannedColumn, Role};
use strata_core::ingest::time::TimeFormat;
use strata_core::table::Clock;
use strata_core::table::chunk::{Chunk, ChunkColumn};
use strata_core::table::dictionary::CodeVec;
use strata_core::table::integers::Integers;
use strata_formats::columns::TimeChoice;
use strata_formats::{AnySource, ColumnReader, Limits, Opened, look, open};

#[derive(Debug, Deserialize)]
struct Case {
    file: String,
    format: String,
    part: Option<String>,
    parts: Option<Vec<(String, bool)>>,
    csv: Option<String>,
    text: Option<String>,
    bytes: Option<Vec<u8>>,
    rows: Option<usize>,
    columns: Option<String>,
    names: Option<Vec<String>>,
    unreadable: Option<Vec<String>>,
    notices: Option<Vec<String>>,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Expected {
    r#type: String,
    values: Vec<String>,
}

/// As in a browser tab, but small enough for the bombs to be small too.
const LIMITS: Limits = Limits { stream: 1 << 32, memory: 100 << 20 };

fn folder() -> Option<PathBuf> {
    let Some(python) = std::env::var_os("STRATA_FOREIGN") else {
        println!("Skipped: STRATA_FOREIGN is not set. `cargo xtask test` sets it.");
        return None;
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("foreign");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/formats/make.py");
    let status = Command::new(python).arg(script).arg(&folder).status().expect("the Python starts");
    assert!(status.success(), "make.py failed");
    Some(folder)
}

fn source(path: &Path) -> AnySource {
    Box::new(BufReader::new(File::open(path).unwrap()))
}

#[test]
fn what_other_programs_write_is_read_cell_by_cell() {
    let Some(folder) = folder() else { return };
    let json = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&json("cases.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&json("expected.json")).unwrap();
    let mut problems = Vec::new();
    for case in &cases {
        let found = std::panic::catch_unwind(|| check(&folder, case, &expected));
        match found {
            Ok(Ok(())) => {}
            Ok(Err(problem)) => problems.push(format!("{} {:?}: {problem}", case.file, case.part)),
            Err(_) => problems.push(format!("{} {:?}: panicked", case.file, case.part)),
        }
    }
    assert!(problems.is_empty(), "{} of {}:\n{}", problems.len(), cases.len(), problems.join("\n"));
    assert!(cases.len() > 80, "{} cases", cases.len());
}

fn check(folder: &Path, case: &Case, expected: &BTreeMap<String, Expected>) -> Result<(), String> {
    let path = folder.join(&case.file);
    if let Some(parts) = &case.parts {
        let contents = look(&case.file, source(&path), LIMITS).map_err(|error| format!("look: {error}"))?;
        let format = serde_json::to_value(contents.format).unwrap();
        same("format", &format.as_str().unwrap().to_owned(), &case.format)?;
        let found: Vec<_> = contents.parts.into_iter().map(|part| (part.name, part.hidden)).collect();
        same("parts", &found, parts)?;
    }
    let opened = open(&case.file, source(&path), case.part.as_deref(), LIMITS);
    if let Some(kind) = &case.error {
        let failed = match opened {
            Err(error) => Err(error),
            Ok(opened) => read_all(opened),
        };
        let Err(error) = failed else { return Err(format!("read, not refused as {kind}")) };
        same("error", &error.kind.code(), kind)?;
        return Ok(());
    }
    match opened.map_err(|error| format!("open: {error}"))? {
        Opened::Text(mut text) => {
            let mut found = Vec::new();
            text.read_to_end(&mut found).map_err(|error| error.to_string())?;
            let wanted = case.bytes.clone().or_else(|| case.text.clone().map(String::into_bytes));
            same("bytes", &found, &wanted.ok_or("is text")?)
        }
        Opened::Table(mut table) => {
            let mut found = String::new();
            table.read_to_string(&mut found).map_err(|error| error.to_string())?;
            if let Some(csv) = &case.csv {
                same("table", &found, csv)?;
            }
            if let Some(rows) = case.rows {
                same(
                    "lines",
                    &found.lines().count(),
                    &(rows + 1 + 2 * found.matches("渠道\n二").count() / 2),
                )?;
            }
            let kinds: Vec<String> = table.notices().iter().map(|notice| notice.error.kind.code()).collect();
            case.notices.as_ref().map_or(Ok(()), |wanted| same("notices", &kinds, wanted))
        }
        Opened::Columns(mut reader) => {
            let unreadable: Vec<String> = reader
                .schema()
                .into_iter()
                .filter(|column| column.column_type.is_none())
                .map(|column| column.name)
                .collect();
            same("unreadable", &unreadable, &case.unreadable.clone().unwrap_or_default())?;
            let all = case.columns.as_deref() == Some("all");
            let names: Vec<&String> =
                if all { expected.keys().collect() } else { case.names.iter().flatten().collect() };
            check_columns(&mut reader, &names, expected)
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    let excerpt = |value: &T| format!("{value:?}").chars().take(600).collect::<String>();
    Err(format!("{what}: {} is not {}", excerpt(found), excerpt(wanted)))
}

/// Reads everything that there is.
fn read_all(opened: Opened) -> Result<(), Error> {
    let read = |reader: &mut dyn Read| match std::io::copy(reader, &mut std::io::sink()) {
        Ok(_) => Ok(()),
        Err(error) => Err(*error.into_inner().unwrap().downcast::<Error>().unwrap()),
    };
    match opened {
        Opened::Text(mut text) => {
            let result = std::io::copy(&mut text, &mut std::io::sink());
            match result {
                Ok(_) => Ok(()),
                Err(error) if error.get_ref().is_some_and(|inner| inner.is::<Error>()) => {
                    Err(*error.into_inner().unwrap().downcast::<Error>().unwrap())
                }
                Err(error) => Err(Error::new(strata_core::error::ErrorKind::BrokenFile).found(error)),
            }
        }
        Opened::Table(mut table) => read(&mut table),
        Opened::Columns(mut reader) => {
            let schema = reader.schema();
            let columns = schema.iter().enumerate().map(|(field, column)| PlannedColumn {
                field,
                name: column.name.clone(),
                role: Role::Attribute,
                column_type: column.column_type.unwrap(),
                number_format: Default::default(),
            });
            reader.plan(
                FileKind::Events,
                &columns.collect::<Vec<_>>(),
                0..usize::MAX,
                &times(Clock::Civil),
            )?;
            while let Some(batch) = reader.next() {
                batch?;
            }
            Ok(())
        }
    }
}

fn times(clock: Clock) -> TimeChoice {
    TimeChoice { format: TimeFormat::YearFirst, clock, zone: Zone::utc() }
}

fn check_columns(
    reader: &mut ColumnReader,
    names: &[&String],
    expected: &BTreeMap<String, Expected>,
) -> Result<(), String> {
    let schema = reader.schema();
    for clock in [Clock::Civil, Clock::Instant] {
        let mut plan = Vec::new();
        for name in names {
            let field = schema.iter().position(|column| column.name == **name).ok_or(format!("no {name}"))?;
            let wanted = &expected[*name];
            let (role, column_type) = match (wanted.r#type.as_str(), clock) {
                ("text", _) if *name == "user" => (Role::User, ColumnType::Text),
                ("text", _) => (Role::Attribute, ColumnType::Text),
                ("number", _) => (Role::Attribute, ColumnType::Number),
                ("time", _) => (Role::Attribute, ColumnType::Time),
                // Instants in UTC are the same on both clocks.
                _ => (Role::Time, ColumnType::Time),
            };
            plan.push(PlannedColumn {
                field,
                name: (*name).clone(),
                role,
                column_type,
                number_format: Default::default(),
            });
        }
        let found = cells(reader, &plan, &times(clock))?;
        for (name, found) in names.iter().zip(&found) {
            let wanted = &expected[*name].values;
            same(&format!("rows of {name}"), &found.len(), &wanted.len())?;
            // The reader trims texts, as it does in delimited text.
            if let Some(row) = (0..found.len()).find(|&row| found[row] != wanted[row].trim()) {
                return Err(format!("{name}, row {row}: {:?} is not {:?}", found[row], wanted[row]));
            }
        }
    }
    let preview = reader.preview(50).map_err(|error| format!("preview: {error}"))?;
    let header = preview.lines().next().unwrap_or_default();
    same(
        "preview's columns",
        &header.split(',').count(),
        &schema.iter().filter(|column| column.column_type.is_some()).count(),
    )
}

/// The columns of a plan as text.
fn cells(
    reader: &mut ColumnReader,
    plan: &[PlannedColumn],
    times: &TimeChoice,
) -> Result<Vec<Vec<String>>, String> {
    let mut cells = vec![Vec::new(); plan.len()];
    let mut texts: HashMap<usize, Vec<String>> = HashMap::new();
    // Groups one by one, as several workers would read them.
    let groups = reader.row_groups().len();
    for group in 0..groups {
        texts.clear();
        reader
            .plan(FileKind::Events, plan, group..group + 1, times)
            .map_err(|error| format!("plan: {error}"))?;
        while let Some(batch) = reader.next() {
            let batch = batch.map_err(|error| format!("next: {error}"))?;
            let ledger = &batch.ledger;
            same("rows used", &ledger.rows_used, &ledger.rows_read)?;
            same("emptied", &ledger.emptied, &Vec::new())?;
            let chunk = Chunk::from_bytes(&batch.chunk.to_bytes()).map_err(|error| error.to_string())?;
            for (column, (chunk, cells)) in chunk.columns.iter().zip(&mut cells).enumerate() {
                write(chunk, texts.entry(column).or_default(), cells);
            }
        }
    }
    Ok(cells)
}

fn write(column: &ChunkColumn, texts: &mut Vec<String>, cells: &mut Vec<String>) {
    match column {
        ChunkColumn::Text { new, codes } => {
            texts.extend(new.iter().map(str::to_owned));
            match codes {
                CodeVec::U8(codes) => {
                    cells.extend(codes.iter().map(|&code| texts[usize::from(code)].clone()))
                }
                CodeVec::U16(codes) => {
                    cells.extend(codes.iter().map(|&code| texts[usize::from(code)].clone()))
                }
                CodeVec::U32(codes) => cells.extend(codes.iter().map(|&code| texts[code as usize].clone())),
            }
        }
        ChunkColumn::Number { scale, values } => cells.extend(values.iter().map(|value| {
            if value == Integers::MISSING {
                return String::new();
            }
            let amount = strata_core::table::decimal::Amount { units: value, scale: *scale }.to_string();
            if amount.contains('.') {
                amount.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                amount
            }
        })),
        ChunkColumn::Time { seconds, values } => cells.extend(values.iter().map(|value| {
            if value == Integers::MISSING {
                return String::new();
            }
            (if *seconds { value * 1_000_000 } else { value }).to_string()
        })),
    }
}
