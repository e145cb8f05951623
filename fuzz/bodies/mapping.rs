//! A file under a mapping that somebody has turned: read in one piece and in slices it is the same log, every row is
//! accounted for, and every question has an answer.

use super::choices::Choices;
use strata::dataset::EventLog;
use strata::engine::Engine;
use strata::engine::loader::Loader;
use strata::engine::request::OpenOptions;
use strata::error::Result;
use strata::ingest::detect::{HEAD_BYTES, inspect};
use strata::ingest::encoding::Native;
use strata::ingest::guess::change_kind;
use strata::ingest::kind::FileKind;
use strata::ingest::layout::LayoutChoice;
use strata::ingest::mapping::{ColumnType, Mapping, Role};
use strata::table::ColumnData;

/// The choices are the size of slices, the kind of file (as detected, or another), then for each column its role and type
/// (as guessed, or others); the rest is the file.
pub fn check(bytes: &[u8]) {
    let (mut choices, text) = Choices::of(bytes);
    let head = &text[..text.len().min(HEAD_BYTES)];
    let Ok(found) = inspect("file", text.len() as u64, head, LayoutChoice::default(), &Native) else {
        return;
    };
    let slice_bytes = choices.below(200) as u64 + 1;
    let mut mapping = found.mapping.clone();
    if let Some(kind) = choices.below(FileKind::ALL.len() + 1).checked_sub(1) {
        change_kind(&mut mapping, FileKind::ALL[kind], &found.columns);
    }
    for column in &found.columns {
        if let Some(role) = choices.below(Role::EVERY.len() + 1).checked_sub(1) {
            mapping.set_role(&column.name, Role::EVERY[role]);
        }
        if let Some(kind) = choices.below(4).checked_sub(1) {
            let types = [ColumnType::Text, ColumnType::Number, ColumnType::Time];
            mapping.set_type(&column.name, types[kind]);
        }
    }
    let whole = load(text, &mapping, u64::MAX / 4);
    let sliced = load(text, &mapping, slice_bytes);
    let shown = |log: &Result<EventLog>| log.as_ref().map(everything).map_err(Clone::clone);
    assert_eq!(shown(&sliced), shown(&whole), "in slices of {slice_bytes}");
    if let Ok(log) = whole {
        answers(log);
    }
}

fn load(text: &[u8], mapping: &Mapping, slice_bytes: u64) -> Result<EventLog> {
    let options = OpenOptions { mapping: Some(mapping.clone()), ..OpenOptions::default() };
    let mut loader =
        Loader::new(text.len() as u64, &options, u64::MAX)?.with_slices_of(slice_bytes..=slice_bytes);
    loader.add_file("file", text.len() as u64, &text[..text.len().min(HEAD_BYTES)], &Native)?;
    loader.read_all(&Native, |_, place, size| {
        let place = usize::try_from(place).unwrap().min(text.len());
        let end = place.saturating_add(usize::try_from(size).unwrap()).min(text.len());
        Ok(text[place..end].to_vec())
    })?;
    loader.finish()
}

/// All that a log holds, as text.
fn everything(log: &EventLog) -> Vec<String> {
    assert!(log.ledgers.iter().all(|ledger| ledger.adds_up()), "{:?}", log.ledgers);
    let columns = log.columns.iter().chain(&log.user_attributes);
    let mut lines: Vec<String> =
        columns.map(|column| format!("{} {}", column.name, cells(&column.data))).collect();
    lines.push(format!("{:?}", log.users.iter().collect::<Vec<_>>()));
    lines.push(format!("{:?}", log.times.iter().collect::<Vec<_>>()));
    lines.push(format!("{:?} {:?}", log.ledgers, log.mapping));
    lines
}

fn cells(data: &ColumnData) -> String {
    let cell = |row| match data {
        ColumnData::Text(codes) => codes.get(row).to_owned(),
        ColumnData::Number(numbers) => format!("{}/{}", numbers.values.get(row), numbers.scale),
        ColumnData::Time(times) => times.micros(row).to_string(),
    };
    (0..data.len()).map(cell).collect::<Vec<_>>().join("|")
}

/// Every question, and what the page shows at once.
fn answers(log: EventLog) {
    let mut engine = Engine::default();
    engine.hold(log);
    for analysis in ["overview", "activeUsers", "rfm", "retention", "nDay", "growth"] {
        if let Err(error) = engine.run(&format!("{{\"analysis\":\"{analysis}\"}}")) {
            // A refusal is an answer; it names what is missing.
            assert!(!error.message(strata::locale::Language::English).contains('{'), "{error:?}");
        }
    }
}
