//! Looks at the beginning of a file: is it text, in which letters, how is it laid out, what are its columns.

mod delimited;
mod header;
mod letters;
mod records;

use serde::{Deserialize, Serialize};

pub use header::is_totals_label;

use super::encoding::Decode;
use super::estimate::Survey;
use super::guess::{ColumnGuess, guess, mapping_from_guesses};
use super::layout::{Encoding, Layout, LayoutChoice, column_names};
use super::mapping::{FileKind, Mapping};
use super::time::{self, TimeFormat, Written};
use crate::error::{Error, ErrorKind, Result};
use crate::table::Clock;

/// How many bytes of a file are looked at.
pub const HEAD_BYTES: usize = 256 * 1024;

/// Rows shown before the file is read.
const PREVIEW_ROWS: usize = 20;

/// What the beginning of a file shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The file's name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// What it is when it is more than text: `xlsx`, `parquet`, `zip` ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The member of an archive or the sheet of a workbook that this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// All parts that could be read instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// How it is laid out.
    pub layout: Layout,
    /// Whether its letters are known, by a mark or because nothing else fits, and not guessed.
    pub encoding_sure: bool,
    /// How its first lines that are more than ASCII read in each encoding that can be theirs, the likeliest among them.
    pub encoding_samples: Vec<(Encoding, String)>,
    /// What its rows seem to be.
    pub kind: FileKind,
    /// The columns with their guessed types and roles.
    pub columns: Vec<ColumnGuess>,
    /// The first rows below the header.
    pub preview: Vec<Vec<String>>,
    /// The mapping that the guesses amount to.
    pub mapping: Mapping,
    /// About how many rows the file has.
    pub estimated_rows: u64,
    /// What some stretches of it hold, to estimate what the whole takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<Survey>,
}

/// Looks at the first bytes of a file (up to [`HEAD_BYTES`]; `bytes` is the size of the whole). What somebody has chosen
/// stands; the rest of the layout is detected.
///
/// # Errors
/// [`ErrorKind::EmptyFile`], [`ErrorKind::NoRows`], [`ErrorKind::NotText`] with what it looks like, [`ErrorKind::NotUtf8`]
/// with the first bad row when no encoding fits, [`ErrorKind::BadValue`] for a delimiter that is not one ASCII character.
pub fn inspect(
    file: &str,
    bytes: u64,
    head: &[u8],
    choice: LayoutChoice,
    decode: &dyn Decode,
) -> Result<Inspection> {
    let whole = head.len() as u64 >= bytes;
    let head_text =
        letters::read(head, whole, choice.encoding, decode).map_err(|error| error.in_file(file))?;
    let text = head_text.text.as_str();
    let delimited::Delimited { mut layout, records, complete } =
        delimited::detect(text, whole, choice).map_err(|error| error.in_file(file))?;
    layout.encoding = head_text.encoding;

    let names = names(&records, layout.header);
    let below = records.get(usize::from(layout.header)..).unwrap_or(&[]);
    if whole && below.is_empty() {
        return Err(Error::new(ErrorKind::NoRows).in_file(file));
    }
    let rows: Vec<&records::Record> = below.iter().filter(|record| !record.broken).collect();
    let cells: Vec<Vec<&[u8]>> =
        (0..names.len()).map(|field| rows.iter().map(|row| row.get(field).as_bytes()).collect()).collect();
    let (kind, columns) = guess(file, &names, &cells);
    let mut mapping = mapping_from_guesses(&columns);
    // A column that names events makes any file one of events.
    mapping.kind = if mapping.event.is_some() { FileKind::Events } else { kind };
    let preview = rows.iter().take(PREVIEW_ROWS).map(|row| row.fields.clone()).collect();
    let estimated_rows = if complete {
        below.len() as u64
    } else {
        let read: usize = records.iter().map(|record| record.end - record.start).sum();
        let per_row = read as f64 / records.len().max(1) as f64;
        let letters = bytes as f64 * (text.len() as f64 / head_text.bytes.max(1) as f64);
        (letters / per_row.max(1.0)) as u64
    };
    Ok(Inspection {
        file: file.to_owned(),
        bytes,
        format: None,
        part: None,
        parts: Vec::new(),
        layout,
        encoding_sure: head_text.sure,
        encoding_samples: head_text.samples,
        kind,
        columns,
        preview,
        mapping,
        estimated_rows,
        survey: None,
    })
}

/// The names of the columns. A record with a quotation mark that is never closed names none, even where somebody says that it
/// is the header; the records below it tell how many columns there are.
fn names(records: &[records::Record], header: bool) -> Vec<String> {
    if let Some(first) = records.first().filter(|first| header && !first.broken) {
        return column_names(first.fields.iter().map(String::as_str), true);
    }
    let width = records.iter().find(|record| !record.broken).map_or(1, |record| record.fields.len());
    column_names(std::iter::repeat_n("", width), false)
}

/// How the mapped time column is written in the first rows, and the clock it shows: instants when most of them carry an
/// offset.
#[must_use]
pub fn time_column(inspection: &Inspection, mapping: &Mapping) -> (TimeFormat, Clock) {
    let column = inspection.columns.iter().position(|column| Some(&column.name) == mapping.time.as_ref());
    let guessed = column.and_then(|column| inspection.columns.get(column)?.time_format);
    let format = mapping.time_format.or(guessed).unwrap_or_default();
    let cells = inspection.preview.iter().filter_map(|row| row.get(column?));
    let (mut instants, mut all) = (0, 0);
    for cell in cells {
        match time::parse(cell.as_bytes(), format) {
            Some(Written::Instant(_)) => (instants, all) = (instants + 1, all + 1),
            Some(Written::Civil(_)) => all += 1,
            None => {}
        }
    }
    (format, if instants * 2 > all { Clock::Instant } else { Clock::Civil })
}

#[cfg(test)]
mod tests;
