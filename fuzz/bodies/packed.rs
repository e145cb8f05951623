//! Packed files, workbooks, Parquet and Arrow: whatever they say of themselves, what comes out stays within the limits.

use std::cell::Cell;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook, take_hook};
use std::sync::Once;

use strata::dataset::calendar::Zone;
use strata::error::Result;
use strata::ingest::mapping::{FileKind, PlannedColumn, Role};
use strata::ingest::time::TimeFormat;
use strata::table::Clock;
use strata_formats::columns::TimeChoice;
use strata_formats::{AnySource, ColumnReader, Limits, Opened, look, open};

/// Small, so that what passes them is found by small inputs.
const LIMITS: Limits = Limits { stream: 32 << 20, memory: 8 << 20 };

/// The most parts that are opened.
const PARTS: usize = 8;

/// The input is a file. A library that breaks down over it is no fault: the readers are a program of their own, and the page
/// tells of it as of a broken file. What breaks down in our own code is one.
pub fn check(bytes: &[u8]) {
    HOOK.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            let file = panic.location().map_or("", |place| place.file());
            let library = file.contains("/registry/src/") || file.starts_with("/rustc/");
            IN_LIBRARY.set(WATCHED.get() && library);
            if !IN_LIBRARY.get() {
                others(panic);
            }
        }));
    });
    WATCHED.set(true);
    let done = catch_unwind(AssertUnwindSafe(|| read_everything(bytes)));
    WATCHED.set(false);
    if let Err(panic) = done
        && !IN_LIBRARY.get()
    {
        resume_unwind(panic);
    }
}

static HOOK: Once = Once::new();

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static IN_LIBRARY: Cell<bool> = const { Cell::new(false) };
}

fn read_everything(bytes: &[u8]) {
    let source = || -> AnySource { Box::new(Cursor::new(bytes.to_vec())) };
    let parts = look("file", source(), LIMITS).map(|contents| contents.parts).unwrap_or_default();
    let names = parts.iter().take(PARTS).map(|part| Some(part.name.as_str()));
    for part in names.chain([None]) {
        match open("file", source(), part, LIMITS) {
            Err(_) => {}
            Ok(Opened::Text(mut text)) => within_limits(&mut text),
            Ok(Opened::Table(mut table)) => {
                within_limits(&mut table);
                let _ = table.notices();
            }
            Ok(Opened::Columns(mut reader)) => {
                let _ = reader.preview(20);
                let _ = rows(&mut reader);
            }
        }
    }
}

fn within_limits(text: &mut dyn Read) {
    let mut buffer = [0; 1 << 16];
    let mut given = 0;
    while let Ok(read @ 1..) = text.read(&mut buffer) {
        given += read as u64;
        assert!(given <= LIMITS.stream + buffer.len() as u64, "more than the limit comes out");
    }
}

/// All rows of all columns; each is used or set aside.
fn rows(reader: &mut ColumnReader) -> Result<()> {
    let columns = reader.schema().into_iter().enumerate().filter_map(|(field, column)| {
        Some(PlannedColumn {
            field,
            name: column.name,
            role: Role::Attribute,
            column_type: column.column_type?,
            number_format: Default::default(),
        })
    });
    let columns: Vec<PlannedColumn> = columns.collect();
    let times = TimeChoice { format: TimeFormat::YearFirst, clock: Clock::Civil, zone: Zone::utc() };
    reader.plan(FileKind::Events, &columns, 0..usize::MAX, &times)?;
    let mut bytes = 0;
    while let Some(batch) = reader.next() {
        let batch = batch?;
        assert!(batch.ledger.adds_up());
        bytes += batch.chunk.to_bytes().len() as u64;
        // Where a row takes no bytes there is no end of them.
        if bytes > LIMITS.stream || batch.ledger.rows_read == 0 {
            break;
        }
    }
    Ok(())
}
