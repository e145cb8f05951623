//! Readers for files that are not plain text: packed ones, workbooks, JSON, Parquet, Arrow.
//!
//! They are a program of their own, [`strata_readers`](../strata_readers/index.html), that the page loads when such a file
//! comes: most people never need it. [`look`] tells by its bytes what a file is and which parts it has, [`open`] reads one:
//!
//! ```text
//!  gz, zst, zip ── unpack ──► Opened::Text      delimited text, undecoded; the engine reads it as always
//!  xlsx, xls, ods, json ────► Opened::Table     turned into delimited text: RFC 4180, UTF-8, the header first
//!  parquet, arrow ──────────► Opened::Columns   typed chunks, only of the columns that are asked for
//! ```
//!
//! What is packed may hold any of the others; one level is followed. What inflates beyond reason is refused ([`Limits`]).

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod columns;
pub mod desk;

pub mod encoding;

mod archive;
mod csv;
mod excel;
mod inflate;
mod json;
mod notices;
mod packed;
mod source;

use std::io::Read;

use serde::{Deserialize, Serialize};
use strata_core::error::{Error, ErrorKind, Result};

pub use columns::ColumnReader;
pub use csv::TableText;
pub use notices::Notice;
pub use source::{AnySource, Limits, Source};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// gzip.
    Gzip,
    /// A zip file that is no workbook.
    Zip,
    /// Zstandard.
    Zstd,
    /// An Excel workbook since 2007.
    Xlsx,
    /// An Excel workbook before 2007.
    Xls,
    /// An OpenDocument workbook.
    Ods,
    /// Parquet.
    Parquet,
    /// Arrow, the format with an index; Feather 2.
    ArrowFile,
    /// Arrow, the format that is read front to back.
    ArrowStream,
    /// A JSON document: an array of objects, or objects one after the other.
    Json,
    /// JSON, one object a line.
    JsonLines,
}

/// A member of a zip file, a sheet of a workbook, or all that a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Its name, as [`open`] takes it. A sheet of a workbook in a zip file is `member/sheet`.
    pub name: String,
    /// Its bytes when unpacked, as the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its rows, the header among them, as the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Whether the program that wrote it does not show it.
    pub hidden: bool,
    /// What it is itself, when it is no plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<Format>,
}

/// What a file is and which parts it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contents {
    /// What it is.
    pub format: Format,
    /// At least one.
    pub parts: Vec<Part>,
}

/// A part of a file, open for reading.
pub enum Opened {
    /// Delimited text, undecoded.
    Text(Box<dyn Read>),
    /// A table turned into delimited text: RFC 4180, UTF-8, the first record is the header.
    Table(TableText),
    /// Columns with types.
    Columns(Box<ColumnReader>),
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Text(_) => "Text",
            Self::Table(_) => "Table",
            Self::Columns(_) => "Columns",
        })
    }
}

/// Tells what a file is, by its bytes and not by its name, and which parts it has.
///
/// # Errors
/// [`ErrorKind::UnknownFormat`] for what is none of [`Format`], plain text included; [`ErrorKind::PasswordProtected`],
/// [`ErrorKind::NothingInside`], [`ErrorKind::InflatesTooMuch`], [`ErrorKind::BrokenFile`], [`ErrorKind::Unreadable`].
pub fn look(name: &str, mut source: AnySource, limits: Limits) -> Result<Contents> {
    let named = |error: Error| in_file(error, name);
    let format = packed::format(&mut source).map_err(named)?;
    let Some(format) = format else { return Err(named(Error::new(ErrorKind::UnknownFormat))) };
    let parts = packed::parts(name, source, format, limits).map_err(named)?;
    if parts.is_empty() {
        return Err(named(Error::new(ErrorKind::NothingInside)));
    }
    Ok(Contents { format, parts })
}

/// Opens one part of a file; without a name, the first that is not hidden.
///
/// # Errors
/// As [`look`]; [`ErrorKind::UnknownPart`] when there is none of this name, [`ErrorKind::NestedColumns`] when no column of
/// a table can be read.
pub fn open(name: &str, mut source: AnySource, part: Option<&str>, limits: Limits) -> Result<Opened> {
    let named = |error: Error| in_file(error, name);
    let format = packed::format(&mut source).map_err(named)?;
    let Some(format) = format else { return Err(named(Error::new(ErrorKind::UnknownFormat))) };
    packed::open(name, source, format, part, limits).map_err(named)
}

/// Names the file, and keeps the member's name that an error may have.
fn in_file(error: Error, name: &str) -> Error {
    match error.file.clone() {
        Some(inner) if inner != name => error.in_file(format!("{name} / {inner}")),
        _ => error.in_file(name),
    }
}
