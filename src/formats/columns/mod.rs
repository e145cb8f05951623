//! Parquet and Arrow into chunks: only the columns that are asked for, a group of rows at a time.
//!
//! Both give Arrow arrays; [`convert`] turns those into the engine's columns. Texts that a file keeps as dictionaries stay
//! codes: each text is looked at once a dictionary, a row costs one look into a list.

mod arrow;
mod convert;
mod input;
mod parquet;
mod text;
mod types;

use std::ops::Range;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use serde::{Deserialize, Serialize};
use strata_core::dataset::calendar::Zone;
use strata_core::error::{Error, ErrorKind, Result};
use strata_core::ingest::ledger::Ledger;
use strata_core::ingest::mapping::{ColumnType, FileKind, PlannedColumn};
use strata_core::ingest::reader::{PRODUCT, SPANS_KEPT};
use strata_core::ingest::time::TimeFormat;
use strata_core::table::Clock;
use strata_core::table::chunk::Chunk;

use crate::notices::{Notice, Notices};
use crate::source::{AnySource, Limits};
use crate::{Format, csv};
use convert::Converter;

/// A column as the file declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaColumn {
    /// Its name.
    pub name: String,
    /// Its type in the file's words: `timestamp[us, UTC]`, `decimal(12, 2)`.
    pub declared: String,
    /// As what its cells are best kept; none when they hold lists or structures and cannot be read.
    pub column_type: Option<ColumnType>,
    /// Whether its times are instants (they have a zone) and not wall-clock times.
    pub instant: bool,
}

/// How times are read where a file has them as text or numbers, and on which clock they are kept.
#[derive(Debug, Clone)]
pub struct TimeChoice {
    /// How the time column's texts or numbers are written.
    pub format: TimeFormat,
    /// The clock of the time column.
    pub clock: Clock,
    /// The data set's zone.
    pub zone: Zone,
}

/// Some rows, and what became of those that could not be used.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The rows that are used, the plan's columns.
    pub chunk: Chunk,
    /// The account of these rows alone. Row numbers count from the file's first row, the header being row 1.
    pub ledger: Ledger,
    /// The numbers of the rows that are set aside, ascending.
    pub set_aside: Vec<u64>,
}

/// Either kind of file.
enum File {
    Parquet(parquet::ParquetFile),
    Arrow(arrow::ArrowFile),
}

/// What gives the batches of a plan.
trait Batches {
    fn next(&mut self) -> Option<Result<RecordBatch>>;
}

/// Reads a file of typed columns.
pub struct ColumnReader {
    name: String,
    file: File,
    schema: SchemaRef,
    plan: Option<Plan>,
    notices: Notices,
}

struct Plan {
    batches: Box<dyn Batches>,
    converter: Converter,
    row_groups: Range<usize>,
    first_row: u64,
    next_row: u64,
    /// The rows set aside so far, the first [`SPANS_KEPT`] of them.
    set_aside: Vec<u64>,
}

impl std::fmt::Debug for ColumnReader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ColumnReader")
            .field("name", &self.name)
            .field("schema", &self.schema)
            .finish()
    }
}

impl ColumnReader {
    /// Reads what the file says of itself.
    ///
    /// # Errors
    /// [`ErrorKind::BrokenFile`], [`ErrorKind::PasswordProtected`], [`ErrorKind::InflatesTooMuch`], and
    /// [`ErrorKind::NestedColumns`] when no column can be read.
    pub(crate) fn open(name: &str, source: AnySource, format: Format, limits: Limits) -> Result<Self> {
        let file = if format == Format::Parquet {
            File::Parquet(parquet::ParquetFile::open(source, limits)?)
        } else {
            File::Arrow(arrow::ArrowFile::open(source, format, limits)?)
        };
        let schema = match &file {
            File::Parquet(file) => file.schema(),
            File::Arrow(file) => file.schema(),
        };
        let mut notices = Notices::new(name);
        let nested: Vec<&str> = schema
            .fields()
            .iter()
            .filter(|field| types::column_type(field.data_type()).is_none())
            .map(|field| field.name().as_str())
            .collect();
        if nested.len() == schema.fields().len() {
            return Err(Error::new(ErrorKind::NestedColumns).found(nested.join(", ")));
        }
        if !nested.is_empty() {
            notices.note_many(ErrorKind::NestedColumns, 1, "", nested.join(", "), nested.len() as u64);
        }
        Ok(Self { name: name.to_owned(), file, schema, plan: None, notices })
    }

    /// The file's columns in their order.
    #[must_use]
    pub fn schema(&self) -> Vec<SchemaColumn> {
        let column = |field: &arrow_schema::FieldRef| SchemaColumn {
            name: field.name().clone(),
            declared: types::declared(field.data_type()),
            column_type: types::column_type(field.data_type()),
            instant: types::is_instant(field.data_type()),
        };
        self.schema.fields().iter().map(column).collect()
    }

    /// The rows of each group. Groups can be read by different workers.
    #[must_use]
    pub fn row_groups(&self) -> Vec<u64> {
        match &self.file {
            File::Parquet(file) => file.row_groups(),
            File::Arrow(file) => file.row_groups(),
        }
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        Some(self.row_groups().iter().sum())
    }

    /// What had to be left out or changed so far.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.notices.all()
    }

    /// The first rows of all columns that can be read, as delimited text with a header.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn preview(&self, rows: usize) -> Result<String> {
        let fields: Vec<usize> = self.readable().collect();
        let mut text = Vec::new();
        let names = fields.iter().filter_map(|&field| self.schema.fields().get(field));
        csv::record(&mut text, names.map(|field| field.name().as_bytes()));
        let mut left = rows;
        let mut batches = self.batches(&fields, 0..self.row_groups().len(), rows)?;
        while let Some(batch) = batches.next().filter(|_| left > 0) {
            let batch = batch?;
            let taken = batch.num_rows().min(left);
            left -= taken;
            text::records(&batch, 0..taken, &mut text);
        }
        String::from_utf8(text).map_err(|_| Error::new(ErrorKind::NotUtf8).in_file(&self.name))
    }

    fn readable(&self) -> impl Iterator<Item = usize> {
        let fields = self.schema.fields().iter().enumerate();
        fields.filter(|(_, field)| types::column_type(field.data_type()).is_some()).map(|(place, _)| place)
    }

    /// Chooses what [`Self::next`] reads: these columns of these groups of rows, which are of this kind. A column whose field
    /// is [`PRODUCT`] is computed from those with the quantity and the price. The dictionaries begin anew.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`] for a column that the file lacks, [`ErrorKind::NestedColumns`] for one that cannot be
    /// read.
    pub fn plan(
        &mut self,
        kind: FileKind,
        columns: &[PlannedColumn],
        row_groups: Range<usize>,
        times: &TimeChoice,
    ) -> Result<()> {
        let mut fields = Vec::new();
        for column in columns.iter().filter(|column| column.field != PRODUCT) {
            let Some(field) = self.schema.fields().get(column.field) else {
                return Err(Error::new(ErrorKind::UnknownColumn).in_file(&self.name).found(&column.name));
            };
            if types::column_type(field.data_type()).is_none() {
                return Err(Error::new(ErrorKind::NestedColumns).in_file(&self.name).found(&column.name));
            }
            fields.push(column.field);
        }
        let before = self.row_groups().iter().take(row_groups.start).sum::<u64>();
        let batches = self.batches(&fields, row_groups.clone(), usize::MAX)?;
        let converter = Converter::new(&self.name, kind, columns, times);
        let first_row = before + 2;
        self.plan = Some(Plan {
            batches,
            converter,
            row_groups,
            first_row,
            next_row: first_row,
            set_aside: Vec::new(),
        });
        Ok(())
    }

    /// The next rows of the plan, or nothing at its end and before any plan.
    ///
    /// # Errors
    /// [`ErrorKind::BrokenFile`], [`ErrorKind::InflatesTooMuch`], [`ErrorKind::Unreadable`].
    #[allow(clippy::should_implement_trait, reason = "it is one among others, and its plan can change")]
    pub fn next(&mut self) -> Option<Result<Batch>> {
        let plan = self.plan.as_mut()?;
        let batch = plan.batches.next()?;
        let row = plan.next_row;
        Some(batch.and_then(|batch| {
            plan.next_row += batch.num_rows() as u64;
            let converted = plan.converter.convert(&batch, row).map_err(|error| error.in_file(&self.name))?;
            let room = SPANS_KEPT.saturating_sub(plan.set_aside.len());
            plan.set_aside.extend(converted.set_aside.iter().take(room));
            Ok(converted)
        }))
    }

    /// The rows that were set aside since the plan was made, as records of delimited text, with the cells of all columns that
    /// can be read, as in [`Self::preview`]. They are read once more for it.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn set_aside(&self) -> Result<Vec<String>> {
        let Some(plan) = self.plan.as_ref().filter(|plan| !plan.set_aside.is_empty()) else {
            return Ok(Vec::new());
        };
        let fields: Vec<usize> = self.readable().collect();
        let mut batches = self.batches(&fields, plan.row_groups.clone(), usize::MAX)?;
        let (mut texts, mut first) = (Vec::new(), plan.first_row);
        let mut wanted = plan.set_aside.iter().copied().peekable();
        while wanted.peek().is_some()
            && let Some(batch) = batches.next()
        {
            let batch = batch?;
            let end = first + batch.num_rows() as u64;
            while let Some(row) = wanted.next_if(|row| *row < end) {
                let row = usize::try_from(row.saturating_sub(first)).unwrap_or(usize::MAX);
                let mut text = Vec::new();
                text::records(&batch, row..row.saturating_add(1), &mut text);
                // What is not UTF-8 is why some rows are set aside.
                texts.push(String::from_utf8_lossy(&text).into_owned());
            }
            first = end;
        }
        Ok(texts)
    }

    /// The batches of some fields, in the order in which the fields are given.
    fn batches(&self, fields: &[usize], groups: Range<usize>, rows: usize) -> Result<Box<dyn Batches>> {
        match &self.file {
            File::Parquet(file) => file.batches(fields, groups, rows),
            File::Arrow(file) => file.batches(fields, groups),
        }
    }
}
