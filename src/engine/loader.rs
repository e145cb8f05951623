//! Reads files into an event log: plans what is read of which slice, takes what was read, says how far it is.
//!
//! Who reads the slices is not its business: one lane on the command line, several workers in a browser.

use serde::{Deserialize, Serialize};

use super::request::OpenOptions;
use crate::dataset::EventLog;
use crate::dataset::calendar::{WeekStart, Zone};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::{Assembly, Slice};
use crate::ingest::beginning;
use crate::ingest::detect::{self, Inspection};
use crate::ingest::encoding::Decode;
use crate::ingest::layout::LayoutChoice;
use crate::ingest::ledger::Ledger;
use crate::ingest::mapping::{ColumnType, Mapping};
use crate::ingest::reader::{Lane, Part, Plan};
use crate::ingest::time::TimeFormat;
use crate::table::Clock;

/// The memory that one browser tab can give the engine: a 32-bit address space, less what the program itself needs.
pub const TAB_BYTES: u64 = 3_900_000_000;

/// Large enough that the cost of each read does not matter, small enough that progress and cancelling feel immediate and the
/// lanes end together.
pub const SLICE_BYTES: u64 = 4 << 20;

/// What is read at once beyond a slice to find the end of its last record.
pub const TAIL_BYTES: u64 = 64 << 10;

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
    options: OpenOptions,
    zone: Zone,
    week_start: WeekStart,
    limit: u64,
    slice_bytes: u64,
    /// Decided by the first file.
    mapping: Option<Mapping>,
    time: (TimeFormat, Clock),
    plans: Vec<Plan>,
    assembly: Assembly,
    progress: Progress,
}

impl Loader {
    /// Prepares to read files. `total_bytes` is the size of all together; `limit` the memory that may be used.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownTimeZone`].
    pub fn new(total_bytes: u64, options: &OpenOptions, limit: u64) -> Result<Self> {
        Ok(Self {
            options: options.clone(),
            zone: options.time_zone.as_deref().map_or_else(|| Ok(Zone::utc()), Zone::new)?,
            week_start: options.week_start.unwrap_or_default(),
            limit,
            slice_bytes: SLICE_BYTES,
            mapping: None,
            time: (TimeFormat::default(), Clock::Civil),
            plans: Vec::new(),
            assembly: Assembly::default(),
            progress: Progress { total_bytes, ..Progress::default() },
        })
    }

    /// Reads in slices of another size.
    #[must_use]
    pub fn with_slices_of(mut self, bytes: u64) -> Self {
        self.slice_bytes = bytes;
        self
    }

    /// Adds a file, judged by its beginning (up to [`detect::HEAD_BYTES`]). The first one decides the mapping, where none is
    /// given; the others must have its columns. Gives the slices to read.
    ///
    /// # Errors
    /// Whatever [`detect::inspect`] refuses; a mapping that does not fit; [`ErrorKind::DifferentColumns`];
    /// [`ErrorKind::TooLarge`] when the estimate exceeds the limit.
    pub fn add_file(&mut self, name: &str, bytes: u64, head: &[u8], decode: &dyn Decode) -> Result<&[Slice]> {
        let inspection = inspect(name, bytes, head, &self.options, decode)?;
        let names: Vec<String> = inspection.columns.iter().map(|column| column.name.clone()).collect();
        let first = self.mapping.is_none();
        let mapping = self.mapping.get_or_insert_with(|| {
            self.options.mapping.clone().unwrap_or_else(|| inspection.mapping.clone())
        });
        if first {
            mapping.plan(&names).map_err(|error| error.in_file(name))?;
            // The first file stands for all.
            let rows = inspection.estimated_rows as f64 / bytes.max(1) as f64;
            let rows = (rows * self.progress.total_bytes.max(bytes) as f64) as u64;
            check_memory(&Inspection { estimated_rows: rows, ..inspection.clone() }, mapping, self.limit)?;
            self.time = detect::time_column(&inspection, mapping);
            mapping.time_format = Some(self.time.0);
        }
        let plan = Plan::new(inspection.layout, mapping, &names, self.time, &self.zone);
        let plan = plan.map_err(|error| match error.kind {
            ErrorKind::UnknownColumn if !first => Error::new(ErrorKind::DifferentColumns)
                .in_column(error.found.clone().unwrap_or_default())
                .in_file(name),
            _ => error.in_file(name),
        })?;
        let ledger = Ledger { file: name.to_owned(), bytes, ..Ledger::default() };
        let beginning = beginning::find(head, &plan.layout, decode);
        // A little more than expected, so that columns need not move while they grow.
        let rows = inspection.estimated_rows + inspection.estimated_rows / 64;
        let slices = self.assembly.add_file(ledger, &plan, beginning, self.slice_bytes).len();
        self.assembly
            .reserve(usize::try_from(rows).unwrap_or(usize::MAX))
            .map_err(|error| error.in_file(name))?;
        self.plans.push(plan);
        let all = self.assembly.slices();
        Ok(all.get(all.len() - slices..).unwrap_or(&[]))
    }

    /// What is to be read of a file.
    #[must_use]
    pub fn plan(&self, file: usize) -> Option<&Plan> {
        self.plans.get(file)
    }

    /// All slices of all files.
    #[must_use]
    pub fn slices(&self) -> &[Slice] {
        self.assembly.slices()
    }

    /// How many slices have been taken, counted from the first without a gap.
    #[must_use]
    pub fn slices_done(&self) -> usize {
        self.assembly.slices_done()
    }

    /// Takes what a lane has read of a slice; one that has to be read again is given back.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    pub fn take(&mut self, slice: usize, lane: usize, part: Part) -> Result<Option<Slice>> {
        if let Some(Slice { start, limit, .. }) = self.assembly.slices().get(slice) {
            let read = if *limit == u64::MAX { part.end.saturating_sub(*start) } else { limit - start };
            self.progress.bytes = (self.progress.bytes + read).min(self.progress.total_bytes);
        }
        let again =
            self.assembly.take(slice, lane, part).map_err(|error| with_limit(error, self.limit, ""))?;
        self.progress.rows = self.assembly.rows_read();
        Ok(again)
    }

    /// How far reading is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Sorts what was read into an event log.
    ///
    /// # Errors
    /// As [`Assembly::finish`] and [`EventLog::new`].
    pub fn finish(self) -> Result<EventLog> {
        let limit = self.limit;
        let table = self.assembly.finish()?;
        let file = table.ledgers.first().map(|ledger| ledger.file.clone()).unwrap_or_default();
        EventLog::new(table, self.mapping.unwrap_or_default(), self.zone, self.week_start)
            .map_err(|error| with_limit(error, limit, &file))
    }

    /// Reads all slices in one lane. `read` gives the bytes of a file from a place on, about as many as it is asked for, none
    /// at the end.
    ///
    /// # Errors
    /// What `read` complains of; as [`Loader::take`].
    pub fn read_all(
        &mut self,
        decode: &dyn Decode,
        mut read: impl FnMut(usize, u64, u64) -> Result<Vec<u8>>,
    ) -> Result<()> {
        let Some(plan) = self.plan(0) else { return Ok(()) };
        let mut lane = Lane::new(plan.clone())?;
        let slices = self.slices().to_vec();
        for slice in slices {
            let mut wanted = Some(slice);
            while let Some(slice) = wanted {
                if let Some(plan) = self.plan(slice.file) {
                    lane.turn_to(plan.clone());
                }
                lane.begin(slice.start, slice.exact, slice.limit);
                let mut place = slice.first_byte();
                let mut size = self.slice_bytes;
                loop {
                    let piece = read(slice.file, place, size)?;
                    if piece.is_empty() {
                        lane.finish(decode);
                        break;
                    }
                    place += piece.len() as u64;
                    if lane.push(&piece, decode) {
                        break;
                    }
                    size = if place >= slice.limit { TAIL_BYTES } else { self.slice_bytes };
                }
                wanted = self.take(slice.index, 0, lane.take())?;
            }
        }
        Ok(())
    }
}

fn check_memory(inspection: &Inspection, mapping: &Mapping, limit: u64) -> Result<()> {
    let needed = estimated_memory(inspection, mapping);
    if needed <= limit {
        return Ok(());
    }
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
    Err(Error::new(ErrorKind::TooLarge)
        .in_file(&inspection.file)
        .found(gigabytes(needed))
        .expected(gigabytes(limit)))
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
pub fn inspect(
    file: &str,
    bytes: u64,
    head: &[u8],
    options: &OpenOptions,
    decode: &dyn Decode,
) -> Result<Inspection> {
    let choice = LayoutChoice {
        encoding: options.encoding,
        delimiter: options.delimiter,
        quote: options.quote,
        skip_lines: options.skip_lines,
        header: options.header,
    };
    detect::inspect(file, bytes, head, choice, decode)
}

/// About how many bytes of memory reading a file takes at its peak, which is while rows are being sorted.
#[must_use]
pub fn estimated_memory(inspection: &Inspection, mapping: &Mapping) -> u64 {
    // Per row: user code, place in the order, time, day.
    const FIXED: u64 = 4 + 4 + 4 + 4;
    let cells = inspection
        .columns
        .iter()
        .filter(|column| mapping.role(&column.name) != crate::ingest::mapping::Role::Ignore);
    let per_row: u64 =
        cells.map(|column| if mapping.column_type(&column.name) == ColumnType::Text { 4 } else { 8 }).sum();
    // One column is there twice while its rows are moved.
    inspection.estimated_rows * (FIXED + per_row + 8)
}

/// Reads whole files that are in memory already; for the built-in sample and for tests.
///
/// # Errors
/// As the steps that it takes.
pub fn load(files: &[(&str, &[u8])], options: &OpenOptions) -> Result<EventLog> {
    #[cfg(not(target_arch = "wasm32"))]
    let decode = &crate::ingest::encoding::Native;
    // In a browser nothing is read this way but our own sample.
    #[cfg(target_arch = "wasm32")]
    let decode = &crate::ingest::encoding::Unicode;
    let total = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    if files.is_empty() {
        return Err(Error::new(ErrorKind::NothingOpen));
    }
    let mut loader = Loader::new(total, options, u64::MAX)?;
    for (name, bytes) in files {
        loader.add_file(
            name,
            bytes.len() as u64,
            bytes.get(..detect::HEAD_BYTES).unwrap_or(bytes),
            decode,
        )?;
    }
    loader.read_all(decode, |file, place, size| {
        let bytes = files.get(file).map_or(&[][..], |(_, bytes)| bytes);
        let place = usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
        let end = place.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(bytes.len());
        Ok(bytes.get(place..end).unwrap_or(&[]).to_vec())
    })?;
    loader.finish()
}
