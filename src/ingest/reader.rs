//! Delimited text into typed columns: the pieces of one file, or of several with the same columns.

use super::ledger::{Ledger, Reason, SpanOfBytes};
use super::mapping::{ColumnType, Mapping, PlannedColumn, Role};
use super::split::{Fields, Found, Place, Splitter};
use super::time::{TimeFormat, TimeReader};
use crate::dataset::calendar::{Zone, ZoneCache};
use crate::error::{Error, ErrorKind, Result};
use crate::table::decimal::{self, Decimals, Parsed};
use crate::table::dictionary::Codes;
use crate::table::{Clock, ColumnData, Times};

/// Rows set aside whose place is remembered for the download; further ones are only counted.
pub const SPANS_KEPT: usize = 1_000_000;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The byte between fields.
    pub delimiter: u8,
    /// Whether the first record names the columns; otherwise they are `column 1`, `column 2` ...
    pub header: bool,
}

/// A column that has been read.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Its cells.
    pub data: ColumnData,
}

/// What was read: the columns, and for each file what became of its rows.
#[derive(Debug)]
pub struct Table {
    /// The mapped columns, all of the same length.
    pub columns: Vec<Column>,
    /// One ledger a file.
    pub ledgers: Vec<Ledger>,
    /// For each file the header line and the rows that were set aside.
    pub spans: Vec<FileSpans>,
}

/// Where in a file the header and the rows that were set aside stand.
#[derive(Debug, Clone, Default)]
pub struct FileSpans {
    /// The header line, if the file has one.
    pub header: Option<SpanOfBytes>,
    /// The rows, the first [`SPANS_KEPT`] of them.
    pub set_aside: Vec<SpanOfBytes>,
}

/// The names in a header record, made unique: a second `amount` is `amount (2)`, an empty name is `column 3`.
#[must_use]
pub fn column_names(fields: Fields<'_>, header: bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(fields.len());
    for field in 0..fields.len() {
        let written = String::from_utf8_lossy(fields.get(field)).trim().to_owned();
        let base = if header && !written.is_empty() { written } else { format!("column {}", field + 1) };
        let mut name = base.clone();
        let mut copy = 2;
        while names.contains(&name) {
            name = format!("{base} ({copy})");
            copy += 1;
        }
        names.push(name);
    }
    names
}

/// Reads files into one table.
#[derive(Debug)]
pub struct Reader {
    layout: Layout,
    mapping: Mapping,
    splitter: Splitter,
    rows: Rows,
    total_bytes: u64,
    reserved: bool,
}

impl Reader {
    /// A reader for a file with this name and size. `clock` says how the time column is kept, `time_format` how it is
    /// written.
    #[must_use]
    pub fn new(layout: Layout, mapping: Mapping, zone: Zone, time_format: TimeFormat, clock: Clock) -> Self {
        Self {
            layout,
            mapping,
            splitter: Splitter::new(layout.delimiter),
            rows: Rows {
                zone,
                time_format,
                clock,
                targets: Vec::new(),
                cells: Vec::new(),
                fields: None,
                problem: None,
                table: Table { columns: Vec::new(), ledgers: Vec::new(), spans: Vec::new() },
            },
            total_bytes: 0,
            reserved: false,
        }
    }

    /// Begins a file. The first file's header decides the columns; a later file must have all of them.
    pub fn begin_file(&mut self, name: &str, bytes: u64) {
        self.splitter = Splitter::new(self.layout.delimiter);
        self.rows.fields = None;
        self.total_bytes = bytes;
        self.reserved = false;
        self.rows.table.ledgers.push(Ledger { file: name.to_owned(), bytes, ..Ledger::default() });
        self.rows.table.spans.push(FileSpans::default());
    }

    /// Takes the next piece of the file.
    ///
    /// # Errors
    /// A mapping that does not fit the header; [`ErrorKind::TooLarge`] when memory runs out.
    pub fn push(&mut self, piece: &[u8]) -> Result<()> {
        let (rows, layout, mapping) = (&mut self.rows, self.layout, &self.mapping);
        self.splitter.push(piece, &mut |place, found| rows.take(layout, mapping, place, found));
        if let Some(problem) = self.rows.problem.take() {
            return Err(problem);
        }
        if !self.reserved {
            self.reserved = true;
            self.reserve(piece.len() as u64)?;
        }
        Ok(())
    }

    /// Ends the file: its last record may lack a line end.
    ///
    /// # Errors
    /// [`ErrorKind::EmptyFile`] without a byte, [`ErrorKind::NoRows`] without a row.
    pub fn end_file(&mut self) -> Result<()> {
        let (rows, layout, mapping) = (&mut self.rows, self.layout, &self.mapping);
        self.splitter.finish(&mut |place, found| rows.take(layout, mapping, place, found));
        if let Some(problem) = self.rows.problem.take() {
            return Err(problem);
        }
        let Some(ledger) = self.rows.table.ledgers.last() else { return Ok(()) };
        match (&self.rows.fields, ledger.rows_read) {
            (None, _) => Err(Error::new(ErrorKind::EmptyFile).in_file(&ledger.file)),
            (Some(_), 0) => Err(Error::new(ErrorKind::NoRows).in_file(&ledger.file)),
            _ => Ok(()),
        }
    }

    /// Rows read so far, of all files.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        self.rows.table.ledgers.iter().map(|ledger| ledger.rows_read).sum()
    }

    /// The table.
    ///
    /// # Errors
    /// [`ErrorKind::NoUsableRows`] when every row was set aside.
    pub fn finish(self) -> Result<Table> {
        let mut table = self.rows.table;
        if table.ledgers.iter().map(|ledger| ledger.rows_used).sum::<u64>() == 0 {
            let entries = table
                .ledgers
                .iter()
                .flat_map(|ledger| ledger.set_aside.iter().map(move |entry| (ledger, entry)));
            let mut error = Error::new(ErrorKind::NoUsableRows);
            if let Some((ledger, entry)) = entries.max_by_key(|(_, entry)| entry.rows) {
                error = error
                    .in_file(&ledger.file)
                    .at_row(entry.first_row)
                    .in_column(entry.first_column.clone().unwrap_or_default());
                error =
                    error.found(entry.first_found.clone().unwrap_or_default()).expected(entry.reason.code());
            }
            return Err(error);
        }
        table.columns = self.rows.targets.into_iter().map(Target::into_column).collect();
        Ok(table)
    }

    /// Asks for the memory that the file will need, judged by the rows in its first piece, before it is read.
    fn reserve(&mut self, read: u64) -> Result<()> {
        let used = self.rows.table.ledgers.last().map_or(0, |ledger| ledger.rows_used);
        if read == 0 || read >= self.total_bytes {
            return Ok(());
        }
        let estimate = used as f64 * (self.total_bytes as f64 / read as f64) * 1.02;
        let more = (estimate - used as f64).max(0.0) as usize;
        self.rows.targets.iter_mut().try_for_each(|target| target.data.reserve(more)).map_err(|error| {
            let file = self.rows.table.ledgers.last().map(|ledger| ledger.file.clone()).unwrap_or_default();
            error
                .in_file(file)
                .found(format!("{} MB", more * self.mapping.attributes.len().max(4) * 8 / 1_000_000))
                .expected("4 GB")
        })
    }
}

/// A column under construction.
#[derive(Debug)]
struct Target {
    plan: PlannedColumn,
    data: ColumnData,
    times: Option<TimeReader>,
}

impl Target {
    fn into_column(self) -> Column {
        Column { name: self.plan.name, role: self.plan.role, data: self.data }
    }
}

/// A parsed cell, waiting until the whole row has proved readable.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Text(u32),
    Number(Option<Parsed>),
    Time(i64),
}

#[derive(Debug)]
struct Rows {
    zone: Zone,
    time_format: TimeFormat,
    clock: Clock,
    targets: Vec<Target>,
    cells: Vec<Cell>,
    /// Fields in a row of the file at hand, once its header is known.
    fields: Option<usize>,
    problem: Option<Error>,
    table: Table,
}

impl Rows {
    fn take(&mut self, layout: Layout, mapping: &Mapping, place: Place, found: Found<'_>) {
        if self.problem.is_some() {
            return;
        }
        let Some(expected) = self.fields else {
            if let Found::Record(fields) = found {
                if let Err(error) = self.begin(layout, mapping, place, fields) {
                    let file =
                        self.table.ledgers.last().map(|ledger| ledger.file.clone()).unwrap_or_default();
                    self.problem = Some(error.in_file(file));
                } else if !layout.header {
                    self.row(place, fields, fields.len());
                }
            }
            return;
        };
        match found {
            Found::Record(fields) => self.row(place, fields, expected),
            Found::Broken(line) => self.set_aside(place, Reason::UnclosedQuote, None, Some(line)),
        }
    }

    /// Takes the first record of a file: finds the mapped columns in it.
    fn begin(&mut self, layout: Layout, mapping: &Mapping, place: Place, fields: Fields<'_>) -> Result<()> {
        let names = column_names(fields, layout.header);
        if self.targets.is_empty() {
            let mut plans = mapping.plan(&names)?;
            // What can fail comes first, so that a row set aside leaves no text behind in a dictionary.
            plans.sort_by_key(|plan| match plan.column_type {
                ColumnType::Time => 0,
                ColumnType::Number => 1,
                ColumnType::Text => 2,
            });
            for plan in plans {
                let (data, times) = self.empty(&plan);
                self.targets.push(Target { plan, data, times });
            }
        } else {
            for target in &mut self.targets {
                target.plan.field = names
                    .iter()
                    .position(|name| *name == target.plan.name)
                    .ok_or_else(|| Error::new(ErrorKind::DifferentColumns).in_column(&target.plan.name))?;
            }
        }
        self.fields = Some(fields.len());
        if let Some(spans) = self.table.spans.last_mut().filter(|_| layout.header) {
            spans.header = Some(SpanOfBytes { start: place.start, end: place.end });
        }
        Ok(())
    }

    fn empty(&self, plan: &PlannedColumn) -> (ColumnData, Option<TimeReader>) {
        match plan.column_type {
            ColumnType::Text => (ColumnData::Text(Codes::default()), None),
            ColumnType::Number => (ColumnData::Number(Decimals::default()), None),
            ColumnType::Time => {
                // Attributes are read year first, as written, on the wall clock.
                let own = plan.role == Role::Time;
                let (format, clock) =
                    if own { (self.time_format, self.clock) } else { (TimeFormat::YearFirst, Clock::Civil) };
                let reader = TimeReader::new(format, clock, ZoneCache::new(self.zone.clone()));
                (ColumnData::Time(Times { micros: Vec::new(), clock }), Some(reader))
            }
        }
    }

    fn row(&mut self, place: Place, fields: Fields<'_>, expected: usize) {
        if let Some(ledger) = self.table.ledgers.last_mut() {
            ledger.rows_read += 1;
        }
        if fields.len() != expected {
            let reason = if fields.len() < expected { Reason::MissingFields } else { Reason::ExtraFields };
            self.note(place, reason, None, Some(format!("{} / {expected}", fields.len()).as_bytes()));
            return;
        }
        self.cells.clear();
        for index in 0..self.targets.len() {
            let Some(target) = self.targets.get_mut(index) else { return };
            let bytes = fields.get(target.plan.field);
            match read_cell(target, bytes) {
                Ok(cell) => self.cells.push(cell),
                Err(reason) if target.plan.role == Role::Attribute && reason != Reason::NotUtf8 => {
                    let empty = if matches!(target.data, ColumnData::Number(_)) {
                        Cell::Number(None)
                    } else {
                        Cell::Time(Times::MISSING)
                    };
                    self.cells.push(empty);
                    if let Some(ledger) = self.table.ledgers.last_mut() {
                        ledger.note_emptied(&target.plan.name, place.row, bytes);
                    }
                }
                Err(reason) => {
                    let name = target.plan.name.clone();
                    self.note(place, reason, Some(&name), Some(bytes));
                    return;
                }
            }
        }
        self.keep(place, fields);
    }

    /// Adds a row all of whose cells could be read.
    fn keep(&mut self, place: Place, fields: Fields<'_>) {
        for (index, (target, &cell)) in self.targets.iter_mut().zip(&self.cells).enumerate() {
            let added = match (&mut target.data, cell) {
                (ColumnData::Text(codes), Cell::Text(code)) => {
                    codes.push_code(code);
                    true
                }
                (ColumnData::Number(decimals), Cell::Number(Some(number))) => decimals.push(number),
                (ColumnData::Number(decimals), Cell::Number(None)) => {
                    decimals.values.push(Decimals::MISSING);
                    true
                }
                (ColumnData::Time(times), Cell::Time(micros)) => {
                    times.micros.push(micros);
                    true
                }
                _ => false,
            };
            if !added {
                // A number too large for the column: the cells before it are taken back.
                let (name, field) = (target.plan.name.clone(), target.plan.field);
                self.targets.iter_mut().take(index).for_each(take_back);
                self.note(place, Reason::BadNumber, Some(&name), Some(fields.get(field)));
                return;
            }
        }
        if let Some(ledger) = self.table.ledgers.last_mut() {
            ledger.rows_used += 1;
        }
    }

    fn set_aside(&mut self, place: Place, reason: Reason, column: Option<&str>, found: Option<&[u8]>) {
        if let Some(ledger) = self.table.ledgers.last_mut() {
            ledger.rows_read += 1;
        }
        self.note(place, reason, column, found);
    }

    fn note(&mut self, place: Place, reason: Reason, column: Option<&str>, found: Option<&[u8]>) {
        if let Some(ledger) = self.table.ledgers.last_mut() {
            ledger.note(reason, 1, place.row, column, found);
        }
        if let Some(spans) = self.table.spans.last_mut().filter(|spans| spans.set_aside.len() < SPANS_KEPT) {
            spans.set_aside.push(SpanOfBytes { start: place.start, end: place.end });
        }
    }
}

#[inline]
fn read_cell(target: &mut Target, bytes: &[u8]) -> Result<Cell, Reason> {
    match (&mut target.data, &mut target.times) {
        (ColumnData::Text(codes), _) => {
            let text = bytes.trim_ascii();
            if text.is_empty() && target.plan.role == Role::User {
                return Err(Reason::NoUser);
            }
            codes.dictionary.code(text).map(Cell::Text).ok_or(Reason::NotUtf8)
        }
        (ColumnData::Number(_), _) => {
            if bytes.trim_ascii().is_empty() {
                return Ok(Cell::Number(None));
            }
            decimal::parse(bytes).map(|number| Cell::Number(Some(number))).ok_or(Reason::BadNumber)
        }
        (ColumnData::Time(_), Some(reader)) => match reader.read(bytes) {
            Some(micros) => Ok(Cell::Time(micros)),
            None if bytes.trim_ascii().is_empty() && target.plan.role == Role::Time => Err(Reason::NoTime),
            None if bytes.trim_ascii().is_empty() => Ok(Cell::Time(Times::MISSING)),
            None => Err(Reason::BadTime),
        },
        (ColumnData::Time(_), None) => Err(Reason::BadTime),
    }
}

fn take_back(target: &mut Target) {
    match &mut target.data {
        ColumnData::Text(codes) => crate::with_codes!(&mut codes.rows, rows => {
            rows.pop();
        }),
        ColumnData::Number(decimals) => {
            decimals.values.pop();
        }
        ColumnData::Time(times) => {
            times.micros.pop();
        }
    }
}
