//! Reads files into an event log, piece by piece, saying how far it is.

use serde::{Deserialize, Serialize};

use super::request::OpenOptions;
use crate::dataset::EventLog;
use crate::dataset::calendar::{WeekStart, Zone};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::detect::{self, Inspection, LayoutChoice};
use crate::ingest::mapping::{ColumnType, Mapping};
use crate::ingest::reader::Reader;

/// The memory that one browser tab can give the engine: a 32-bit address space, less what the program itself needs.
pub const TAB_BYTES: u64 = 3_900_000_000;

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Bytes read of all files.
    pub bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
    /// Rows read.
    pub rows: u64,
}

/// Reads one or several files with the same columns.
#[derive(Debug)]
pub struct Loader {
    reader: Reader,
    mapping: Mapping,
    zone: Zone,
    week_start: WeekStart,
    progress: Progress,
    limit: u64,
}

impl Loader {
    /// Prepares to read files; the first file's beginning (up to [`detect::HEAD_BYTES`]) decides the layout and, where
    /// none is given, the mapping. `total_bytes` is the size of all files together; `limit` the memory that may be used.
    ///
    /// # Errors
    /// Whatever [`detect::inspect`] refuses; a mapping that does not fit; [`ErrorKind::UnknownTimeZone`];
    /// [`ErrorKind::TooLarge`] when the estimate exceeds the limit.
    pub fn new(file: &str, total_bytes: u64, head: &[u8], options: &OpenOptions, limit: u64) -> Result<Self> {
        let zone = options.time_zone.as_deref().map_or_else(|| Ok(Zone::utc()), Zone::new)?;
        let inspection = inspect(file, total_bytes, head, options)?;
        let mut mapping = options.mapping.clone().unwrap_or_else(|| inspection.mapping.clone());
        let header: Vec<String> = inspection.columns.iter().map(|column| column.name.clone()).collect();
        mapping.plan(&header).map_err(|error| error.in_file(file))?;
        let needed = estimated_memory(&inspection, &mapping);
        if needed > limit {
            let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
            return Err(Error::new(ErrorKind::TooLarge)
                .in_file(file)
                .found(gigabytes(needed))
                .expected(gigabytes(limit)));
        }
        let (format, clock) = detect::time_column(&inspection, &mapping);
        mapping.time_format = Some(format);
        let reader = Reader::new(detect::layout(&inspection), mapping.clone(), zone.clone(), format, clock);
        let week_start = options.week_start.unwrap_or_default();
        Ok(Self {
            reader,
            mapping,
            zone,
            week_start,
            progress: Progress { total_bytes, ..Progress::default() },
            limit,
        })
    }

    /// Begins a file.
    pub fn begin_file(&mut self, name: &str, bytes: u64) {
        self.reader.begin_file(name, bytes);
    }

    /// Takes the next piece of the file.
    ///
    /// # Errors
    /// As [`Reader::push`].
    pub fn push(&mut self, piece: &[u8]) -> Result<Progress> {
        self.reader.push(piece).map_err(|error| self.explain(error))?;
        self.progress.bytes += piece.len() as u64;
        self.progress.rows = self.reader.rows_read();
        Ok(self.progress)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// As [`Reader::end_file`].
    pub fn end_file(&mut self) -> Result<()> {
        self.reader.end_file()
    }

    /// Sorts what was read into an event log.
    ///
    /// # Errors
    /// As [`Reader::finish`] and [`EventLog::new`].
    pub fn finish(self) -> Result<EventLog> {
        let limit = self.limit;
        let table = self.reader.finish()?;
        let file = table.ledgers.first().map(|ledger| ledger.file.clone()).unwrap_or_default();
        EventLog::new(table, self.mapping, self.zone, self.week_start)
            .map_err(|error| with_limit(error, limit, &file))
    }

    fn explain(&self, error: Error) -> Error {
        with_limit(error, self.limit, "")
    }
}

fn with_limit(mut error: Error, limit: u64, file: &str) -> Error {
    if error.kind == ErrorKind::TooLarge && error.found.is_none() {
        error.file.get_or_insert_with(|| file.to_owned());
        let gigabytes = format!("{:.1} GB", limit as f64 / 1e9);
        return error.found(format!("> {gigabytes}")).expected(gigabytes);
    }
    error
}

/// Looks at the beginning of a file with the layout that the options name.
///
/// # Errors
/// As [`detect::inspect`].
pub fn inspect(file: &str, bytes: u64, head: &[u8], options: &OpenOptions) -> Result<Inspection> {
    detect::inspect(file, bytes, head, LayoutChoice { delimiter: options.delimiter, header: options.header })
}

/// About how many bytes of memory reading a file takes at its peak, which is while rows are being sorted.
#[must_use]
pub fn estimated_memory(inspection: &Inspection, mapping: &Mapping) -> u64 {
    // Per row: user code, place in the order, time, day.
    const FIXED: u64 = 4 + 4 + 8 + 4;
    let cells = inspection
        .columns
        .iter()
        .filter(|column| mapping.role(&column.name) != crate::ingest::mapping::Role::Ignore);
    let per_row: u64 =
        cells.map(|column| if mapping.column_type(&column.name) == ColumnType::Text { 4 } else { 8 }).sum();
    // One column is there twice while its rows are moved.
    inspection.estimated_rows * (FIXED + per_row + 8)
}

/// Reads whole files that are in memory already; for the command line and for tests.
///
/// # Errors
/// As the steps that it takes.
pub fn load(files: &[(&str, &[u8])], options: &OpenOptions) -> Result<EventLog> {
    let total = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let Some((name, bytes)) = files.first() else { return Err(Error::new(ErrorKind::NothingOpen)) };
    let head = bytes.get(..detect::HEAD_BYTES).unwrap_or(bytes);
    let mut loader = Loader::new(name, total, head, options, u64::MAX)?;
    for (name, bytes) in files {
        loader.begin_file(name, bytes.len() as u64);
        for piece in bytes.chunks(1 << 22) {
            loader.push(piece)?;
        }
        loader.end_file()?;
    }
    loader.finish()
}
