//! The readers asked by messages: a request and an answer in JSON, and what JSON cannot hold beside them.
//!
//! One answer for each request, and a piece only when it is asked for: memory stays bounded however fast or slow the other
//! side is.
//!
//! | request | beside it | answer | beside it |
//! |---|---|---|---|
//! | `{"look":{"name":..,"bytes":..}}` | the file | [`Contents`](crate::Contents) | |
//! | `{"guessEncoding":{}}` | its first bytes | `{"encoding":..}` | |
//! | `{"open":{"name":..,"bytes":..,"part":..}}` | the file | [`Open`] | |
//! | `{"head":{"token":..,"bytes":..}}` | | `{}` | the first bytes; of columns, some rows as CSV |
//! | `{"plan":{..}}`, see [`PlanRequest`] | | `{}` | |
//! | `{"next":{"token":..}}` | | [`Piece`] | bytes of text, or a chunk |
//! | `{"close":{"token":..}}` | | `{}` | |
//!
//! `{"failed": Error}` answers what cannot be done.

use std::collections::HashMap;
use std::io::Read as _;

use serde::{Deserialize, Serialize};
use strata_core::dataset::calendar::Zone;
use strata_core::error::{Error, ErrorKind, Result};
use strata_core::ingest::layout::Encoding;
use strata_core::ingest::ledger::Ledger;
use strata_core::ingest::mapping::{ColumnType, FileKind, PlannedColumn, Role};
use strata_core::ingest::time::TimeFormat;
use strata_core::table::Clock;
use strata_core::table::decimal::NumberFormat;

use crate::columns::{SchemaColumn, TimeChoice};
use crate::source::{AnySource, Limits, from_io};
use crate::{ColumnReader, Notice, Opened, TableText};

/// Bytes of text in one piece.
const PIECE: usize = 4 << 20;

/// What lies beside a request.
pub enum Handle {
    /// Nothing.
    None,
    /// A file.
    File(AnySource),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::File(_) => "File",
            Self::Bytes(_) => "Bytes",
        })
    }
}

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Request {
    Look { name: String },
    GuessEncoding {},
    Open { name: String, part: Option<String> },
    Head { token: u32, bytes: f64 },
    Next { token: u32 },
    Plan(PlanRequest),
    Close { token: u32 },
}

/// Which columns of which rows are to be read, and how their times.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanRequest {
    /// The open file.
    pub token: u32,
    /// What the rows are.
    #[serde(default)]
    pub kind: FileKind,
    /// The columns in the order of the chunks.
    pub columns: Vec<PlanColumn>,
    /// The first group of rows, and one past the last; all when absent.
    #[serde(default)]
    pub row_groups: Option<(usize, usize)>,
    /// How the time column is written where it holds texts or numbers.
    #[serde(default)]
    pub time_format: TimeFormat,
    /// The clock that its times are kept on.
    pub clock: ClockName,
    /// The data set's zone.
    pub zone: String,
}

/// A planned column, as [`PlannedColumn`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanColumn {
    /// Its place in the file, from 0; [`strata_core::ingest::reader::PRODUCT`] for quantity times price.
    pub field: usize,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// How its cells are kept.
    pub column_type: ColumnType,
    /// How its numbers are written, where they are texts.
    #[serde(default)]
    pub number_format: NumberFormat,
}

/// A [`Clock`] by name.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClockName {
    /// The wall clock.
    Civil,
    /// Instants.
    Instant,
}

/// A file, open under a token.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Open {
    /// Names it in later requests.
    pub token: u32,
    /// What comes: `text` (undecoded), `table` (RFC 4180, UTF-8, a header) or `columns` (chunks).
    pub kind: &'static str,
    /// The columns, of `columns` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schema: Vec<SchemaColumn>,
    /// All rows, where the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The rows of each group, of `columns` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub row_groups: Vec<u64>,
    /// What had to be left out or changed.
    pub notices: Vec<Notice>,
}

/// The next piece of a file.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Piece {
    /// There is none: everything has been read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub end: bool,
    /// What became of the rows in the chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<Ledger>,
    /// The numbers of the rows that are not in the chunk because they were set aside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<u64>,
    /// At the end of columns: the text of all rows that were set aside, as records under the columns of the preview.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// What had to be left out or changed up to here; the list is complete at the end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// The open files.
#[derive(Debug, Default)]
pub struct Desk {
    open: HashMap<u32, Entry>,
    next: u32,
    limits: Limits,
}

/// An open file, and what of its text has been looked at but not given out.
#[derive(Debug)]
struct Entry {
    file: String,
    opened: Opened,
    head: Vec<u8>,
}

impl Desk {
    /// A desk whose files may not become larger than this.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Answers a request: JSON, and what lies beside it.
    pub fn answer(&mut self, request: &str, handle: Handle) -> (String, Option<Vec<u8>>) {
        let parsed = serde_json::from_str(request);
        let parsed = parsed.map_err(|error| Error::new(ErrorKind::NotJson).found(error));
        self.try_answer(parsed, handle).unwrap_or_else(|error| {
            (to_json(&serde_json::json!({ "failed": error })).unwrap_or_default(), None)
        })
    }

    fn try_answer(&mut self, request: Result<Request>, handle: Handle) -> Result<(String, Option<Vec<u8>>)> {
        Ok(match request? {
            Request::Look { name } => (to_json(&crate::look(&name, file(handle)?, self.limits)?)?, None),
            Request::GuessEncoding {} => {
                let Handle::Bytes(head) = handle else { return Err(missing("handle")) };
                let encoding: Encoding = crate::encoding::guess(&head);
                (to_json(&serde_json::json!({ "encoding": encoding }))?, None)
            }
            Request::Open { name, part } => {
                let opened = crate::open(&name, file(handle)?, part.as_deref(), self.limits)?;
                (to_json(&self.enter(name, opened))?, None)
            }
            Request::Head { token, bytes } => {
                ("{}".to_owned(), Some(self.entry(token)?.head(bytes as usize)?))
            }
            Request::Next { token } => self.entry(token)?.next()?,
            Request::Plan(plan) => {
                self.entry(plan.token)?.plan(&plan)?;
                ("{}".to_owned(), None)
            }
            Request::Close { token } => {
                self.open.remove(&token);
                ("{}".to_owned(), None)
            }
        })
    }

    fn enter(&mut self, file: String, opened: Opened) -> Open {
        self.next += 1;
        let mut open = Open {
            token: self.next,
            kind: "text",
            schema: Vec::new(),
            rows: None,
            row_groups: Vec::new(),
            notices: Vec::new(),
        };
        match &opened {
            Opened::Text(_) => {}
            Opened::Table(table) => {
                open.kind = "table";
                open.notices = table.notices();
            }
            Opened::Columns(columns) => {
                open.kind = "columns";
                open.schema = columns.schema();
                open.rows = columns.rows();
                open.row_groups = columns.row_groups();
                open.notices = columns.notices();
            }
        }
        self.open.insert(self.next, Entry { file, opened, head: Vec::new() });
        open
    }

    fn entry(&mut self, token: u32) -> Result<&mut Entry> {
        self.open.get_mut(&token).ok_or_else(|| Error::new(ErrorKind::NothingOpen))
    }
}

impl Entry {
    /// The first bytes, which [`Self::next`] gives all the same.
    fn head(&mut self, bytes: usize) -> Result<Vec<u8>> {
        if let Opened::Columns(columns) = &self.opened {
            // A preview needs no more rows than a screen or a guess can take in.
            return Ok(columns.preview((bytes / 64).clamp(100, 2000))?.into_bytes());
        }
        self.fill(bytes)?;
        Ok(self.head.get(..bytes).unwrap_or(&self.head).to_vec())
    }

    /// Reads text until there are so many bytes at hand, or the end.
    fn fill(&mut self, bytes: usize) -> Result<()> {
        let more = bytes.saturating_sub(self.head.len()) as u64;
        let read = match &mut self.opened {
            Opened::Text(text) => text.take(more).read_to_end(&mut self.head),
            Opened::Table(table) => table.take(more).read_to_end(&mut self.head),
            Opened::Columns(_) => Ok(0),
        };
        let file = &self.file;
        read.map(drop).map_err(|error| crate::in_file(from_io(error), file))
    }

    fn next(&mut self) -> Result<(String, Option<Vec<u8>>)> {
        if let Opened::Columns(columns) = &mut self.opened {
            return next_chunk(columns, &self.file);
        }
        self.fill(PIECE)?;
        let bytes = std::mem::take(&mut self.head);
        let notices =
            if let Opened::Table(table) = &self.opened { TableText::notices(table) } else { Vec::new() };
        let end = bytes.is_empty();
        Ok((to_json(&Piece { end, notices, ..Piece::default() })?, (!end).then_some(bytes)))
    }

    fn plan(&mut self, request: &PlanRequest) -> Result<()> {
        let Opened::Columns(columns) = &mut self.opened else {
            return Err(Error::bad_value("plan.token", request.token, "columns"));
        };
        let planned = |column: &PlanColumn| PlannedColumn {
            field: column.field,
            name: column.name.clone(),
            role: column.role,
            column_type: column.column_type,
            number_format: column.number_format,
        };
        let plan: Vec<PlannedColumn> = request.columns.iter().map(planned).collect();
        let (start, end) = request.row_groups.unwrap_or((0, usize::MAX));
        let clock = match request.clock {
            ClockName::Civil => Clock::Civil,
            ClockName::Instant => Clock::Instant,
        };
        let times = TimeChoice { format: request.time_format, clock, zone: Zone::new(&request.zone)? };
        columns.plan(request.kind, &plan, start..end, &times)
    }
}

fn next_chunk(columns: &mut ColumnReader, file: &str) -> Result<(String, Option<Vec<u8>>)> {
    let Some(batch) = columns.next() else {
        let texts = columns.set_aside().map_err(|error| crate::in_file(error, file))?;
        let piece = Piece { end: true, texts, notices: columns.notices(), ..Piece::default() };
        return Ok((to_json(&piece)?, None));
    };
    let batch = batch.map_err(|error| crate::in_file(error, file))?;
    let piece = Piece { ledger: Some(batch.ledger), set_aside: batch.set_aside, ..Piece::default() };
    Ok((to_json(&piece)?, Some(batch.chunk.to_bytes())))
}

fn file(handle: Handle) -> Result<AnySource> {
    match handle {
        Handle::File(source) => Ok(source),
        _ => Err(missing("handle")),
    }
}

fn missing(field: &str) -> Error {
    Error::new(ErrorKind::MissingField).at_path("request").expected(field)
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
}
