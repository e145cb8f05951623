//! Records into typed columns: slices of files go in, chunks of columns come out, with an account of every row.
//!
//! A [`Lane`] reads one slice after the other and keeps its dictionaries meanwhile. Several lanes share the slices of a file;
//! [`super::assemble`] puts what they read together again.

use serde::{Deserialize, Serialize};

use super::encoding::Decode;
use super::layout::{Encoding, Layout};
use super::ledger::{Ledger, SpanOfBytes};
use super::letters::EncodedSlice;
use super::mapping::{ColumnType, FileKind, Mapping, PlannedColumn, Role};
use super::sample::Keep;
use super::split::Splitter;
use super::time::TimeFormat;
use crate::dataset::calendar::Zone;
use crate::error::Result;
use crate::table::Clock;
use crate::table::chunk::Chunk;
use crate::table::decimal::NumberFormat;

mod rows;
mod store;

use rows::Rows;

/// Rows of a file set aside whose place is remembered for the download; further ones are only counted.
pub const SPANS_KEPT: usize = 1_000_000;

/// The field of a column that is computed.
pub const PRODUCT: usize = usize::MAX;

/// What is to be read of a file: the same for all its slices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// How the file is laid out.
    pub layout: Layout,
    /// The columns; what can fail comes first, so that a row that is set aside leaves no text behind in a dictionary.
    pub columns: Vec<PlannedColumn>,
    /// Fields of a row.
    pub fields: usize,
    /// What the rows are.
    pub kind: FileKind,
    /// The fields with quantity and price, where the value is their product: the column [`PRODUCT`].
    pub product: Option<(usize, usize)>,
    /// How the time column is written.
    pub time_format: TimeFormat,
    /// How it is kept.
    pub clock: Clock,
    /// The IANA zone that times of the other kind are converted in.
    pub zone: String,
    /// Which of the rows are read.
    #[serde(default)]
    pub keep: Keep,
}

impl Plan {
    /// Finds the mapped columns among the names of a file's columns.
    ///
    /// # Errors
    /// As [`Mapping::plan`].
    pub fn new(
        layout: Layout,
        mapping: &Mapping,
        names: &[String],
        (time_format, clock): (TimeFormat, Clock),
        zone: &Zone,
    ) -> Result<Self> {
        let mut columns = mapping.plan(names)?;
        let field = |name: &Option<String>| names.iter().position(|column| Some(column) == name.as_ref());
        let product = mapping.computed_value_name().map(|name| {
            columns.push(PlannedColumn {
                field: PRODUCT,
                name,
                role: Role::Value,
                column_type: ColumnType::Number,
                number_format: NumberFormat::default(),
            });
            (field(&mapping.quantity).unwrap_or(PRODUCT), field(&mapping.price).unwrap_or(PRODUCT))
        });
        columns.sort_by_key(|column| match column.column_type {
            ColumnType::Time => 0,
            ColumnType::Number => 1,
            ColumnType::Text => 2,
        });
        let (fields, zone) = (names.len(), zone.name().to_owned());
        let (kind, keep) = (mapping.kind, Keep::default());
        Ok(Self { layout, columns, fields, kind, product, time_format, clock, zone, keep })
    }
}

impl Plan {
    /// Whether both give the same columns: names, roles and types.
    #[must_use]
    pub fn reads_like(&self, other: &Self) -> bool {
        let columns = |plan: &Self| -> Vec<(String, Role, ColumnType)> {
            plan.columns.iter().map(|column| (column.name.clone(), column.role, column.column_type)).collect()
        };
        self.kind == other.kind && self.clock == other.clock && columns(self) == columns(other)
    }

    fn number_format(&self, role: Role) -> NumberFormat {
        self.columns
            .iter()
            .find(|column| column.role == role)
            .map(|column| column.number_format)
            .unwrap_or_default()
    }
}

/// What was read of one slice.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Where its first record was taken to begin; nothing when no line begins in it.
    pub begun: Option<u64>,
    /// Where the first record after it begins.
    pub end: u64,
    /// What became of its rows, which are numbered from 1.
    pub ledger: Ledger,
    /// Where the rows stand that were set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<SpanOfBytes>,
    /// Their text instead, where it is not what stands in the file byte for byte.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// Their numbers, counted as in the ledger, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<u64>,
    /// Whether the ledger's row numbers are those of the file already.
    #[serde(skip)]
    pub numbered: bool,
    /// The other rows.
    #[serde(skip)]
    pub chunk: Chunk,
}

/// Reads slices, one after the other.
#[derive(Debug)]
pub struct Lane {
    rows: Rows,
    source: Source,
}

/// The slice at hand.
#[derive(Debug)]
enum Source {
    /// UTF-8, split as it comes.
    Plain(Splitter),
    /// Decoded first.
    Encoded(EncodedSlice),
}

impl Lane {
    /// A lane for files of this plan.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::UnknownTimeZone`].
    pub fn new(plan: Plan) -> Result<Self> {
        let zone = Zone::new(&plan.zone)?;
        let source = Source::Plain(Splitter::new(&plan.layout));
        Ok(Self { source, rows: Rows::new(plan, &zone)? })
    }

    /// Keeps the text of rows that are set aside instead of their places: for files that are unpacked on the way.
    pub fn keep_texts(&mut self) {
        self.rows.keep_texts();
    }

    /// Turns to another file, which has the same columns, perhaps in other places.
    pub fn turn_to(&mut self, plan: &Plan) {
        self.rows.turn_to(plan);
    }

    /// Begins a slice: the records that begin from `start` (inclusive) to `limit` (exclusive). Unless a record begins exactly
    /// at `start`, the pieces begin one unit of its letters before it.
    pub fn begin(&mut self, start: u64, exact: bool, limit: u64) {
        let Plan { layout, fields, .. } = self.rows.plan();
        self.source = if layout.encoding == Encoding::Utf8 {
            Source::Plain(Splitter::slice(layout, start, exact, limit, *fields))
        } else {
            Source::Encoded(EncodedSlice::new(layout, start, exact, limit, *fields))
        };
    }

    /// Takes the next piece of the file; tells whether the slice has all it needs.
    pub fn push(&mut self, piece: &[u8], decode: &dyn Decode) -> bool {
        match &mut self.source {
            Source::Plain(splitter) => {
                splitter.push(piece, &mut self.rows);
                splitter.is_done()
            }
            Source::Encoded(slice) => {
                slice.push(piece, decode, &mut self.rows);
                slice.is_done()
            }
        }
    }

    /// Ends the file: its last record may lack a line end.
    pub fn finish(&mut self, decode: &dyn Decode) {
        match &mut self.source {
            Source::Plain(splitter) => splitter.finish(&mut self.rows),
            Source::Encoded(slice) => slice.finish(decode, &mut self.rows),
        }
    }

    /// What has been read since the last call.
    pub fn take(&mut self) -> Part {
        let mut part = self.rows.take();
        (part.begun, part.end) = match &self.source {
            Source::Plain(splitter) => (splitter.begun(), splitter.position().unwrap_or(0)),
            Source::Encoded(slice) => {
                let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
                let text =
                    |span: SpanOfBytes| slice.text().get(at(span.start)..at(span.end)).map(str::to_owned);
                part.texts = part.spans.drain(..).filter_map(text).collect();
                (slice.begun(), slice.position().unwrap_or(0))
            }
        };
        part
    }
}
