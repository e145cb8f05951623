//! Looks at the beginning of a file: is it text, how is it laid out, what are its columns.

use serde::{Deserialize, Serialize};

use super::guess::{ColumnGuess, guess, mapping_from_guesses};
use super::layout::Layout;
use super::mapping::Mapping;
use super::reader::column_names;
use super::split::{Bounds, Fields, Found, Splitter};
use super::time::{self, TimeFormat, Written};
use crate::error::{Error, ErrorKind, Result};
use crate::table::Clock;

/// How many bytes of a file are looked at.
pub const HEAD_BYTES: usize = 256 * 1024;

/// Rows shown before the file is read.
const PREVIEW_ROWS: usize = 20;

/// Delimiters that are tried, likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// What the beginning of a file shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The file's name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// The character between fields.
    pub delimiter: char,
    /// Whether the first record names the columns.
    pub header: bool,
    /// The columns with their guessed types and roles.
    pub columns: Vec<ColumnGuess>,
    /// The first rows below the header.
    pub preview: Vec<Vec<String>>,
    /// The mapping that the guesses amount to.
    pub mapping: Mapping,
    /// About how many rows the file has.
    pub estimated_rows: u64,
}

/// Layout choices that override what is detected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayoutChoice {
    /// The character between fields.
    pub delimiter: Option<char>,
    /// Whether the first record names the columns.
    pub header: Option<bool>,
}

/// Looks at the first bytes of a file (up to [`HEAD_BYTES`]; `bytes` is the size of the whole).
///
/// # Errors
/// [`ErrorKind::EmptyFile`], [`ErrorKind::NoRows`], [`ErrorKind::NotText`] with what it looks like, [`ErrorKind::NotUtf8`] with the first bad row,
/// [`ErrorKind::BadValue`] for a delimiter that is not one ASCII character.
pub fn inspect(file: &str, bytes: u64, head: &[u8], choice: LayoutChoice) -> Result<Inspection> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if text.trim_ascii().is_empty() {
        return Err(Error::new(ErrorKind::EmptyFile).in_file(file));
    }
    if let Some(format) = binary_format(text) {
        return Err(Error::new(ErrorKind::NotText).in_file(file).found(format));
    }
    let whole = head.len() as u64 >= bytes;
    check_utf8(text, whole).map_err(|row| Error::new(ErrorKind::NotUtf8).in_file(file).at_row(row))?;

    let delimiter = match choice.delimiter {
        Some(sign) => u8::try_from(sign)
            .ok()
            .filter(|sign| sign.is_ascii() && !matches!(sign, b'"' | b'\n' | b'\r'))
            .ok_or_else(|| Error::bad_value("delimiter", sign, "one character such as , ; | or a tab"))?,
        None => detect_delimiter(text, whole),
    };
    let records = records(text, delimiter, whole);
    let header = choice.header.unwrap_or_else(|| looks_like_header(&records));
    let names = records.first().map(|record| column_names(record.fields(), header)).unwrap_or_default();
    let rows = records.get(usize::from(header)..).unwrap_or(&[]);
    if whole && rows.is_empty() {
        return Err(Error::new(ErrorKind::NoRows).in_file(file));
    }
    let cells: Vec<Vec<&[u8]>> =
        (0..names.len()).map(|field| rows.iter().map(|row| row.get(field)).collect()).collect();
    let columns = guess(&names, &cells);
    let mapping = mapping_from_guesses(&columns);
    let preview = rows.iter().take(PREVIEW_ROWS).map(|row| row.texts()).collect();
    let read: usize = records.iter().map(|record| record.length).sum();
    let per_row = read as f64 / records.len().max(1) as f64;
    let estimated_rows = if whole { rows.len() as u64 } else { (bytes as f64 / per_row.max(1.0)) as u64 };
    Ok(Inspection {
        file: file.to_owned(),
        bytes,
        delimiter: char::from(delimiter),
        header,
        columns,
        preview,
        mapping,
        estimated_rows,
    })
}

/// The layout that an inspection found.
#[must_use]
pub fn layout(inspection: &Inspection) -> Layout {
    Layout { delimiter: inspection.delimiter, header: inspection.header, ..Layout::default() }
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

/// A record that has been copied out of the splitter.
#[derive(Debug)]
struct Copied {
    text: Vec<u8>,
    bounds: Vec<Bounds>,
    length: usize,
}

impl Copied {
    fn fields(&self) -> Fields<'_> {
        Fields::new(&self.text, &self.bounds)
    }

    fn get(&self, field: usize) -> &[u8] {
        self.fields().get(field)
    }

    fn texts(&self) -> Vec<String> {
        self.fields().iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
    }
}

fn records(head: &[u8], delimiter: u8, whole: bool) -> Vec<Copied> {
    const MOST: usize = 1000;
    let mut records = Vec::new();
    let mut splitter = Splitter::new(&Layout { delimiter: char::from(delimiter), ..Layout::default() });
    let mut sink = |place: super::split::Place, found: Found<'_>| {
        if let Found::Record(fields) = found
            && records.len() < MOST
        {
            let (mut text, mut bounds) = (Vec::new(), Vec::with_capacity(fields.len()));
            for field in fields.iter() {
                let start = text.len() as u32;
                text.extend_from_slice(field);
                bounds.push((start, text.len() as u32));
            }
            records.push(Copied {
                text,
                bounds,
                length: usize::try_from(place.end - place.start).unwrap_or(0),
            });
        }
    };
    splitter.push(head, &mut sink);
    // The last line of a head that is not the whole file is cut somewhere.
    if whole {
        splitter.finish(&mut sink);
    }
    records
}

/// The delimiter under which most records have the same number of fields, and more than one.
fn detect_delimiter(head: &[u8], whole: bool) -> u8 {
    let mut best = (0.0, b',');
    for delimiter in DELIMITERS {
        let records = records(
            head.get(..head.len().min(64 * 1024)).unwrap_or(head),
            delimiter,
            whole && head.len() <= 64 * 1024,
        );
        let Some(first) = records.first().map(|record| record.bounds.len()).filter(|fields| *fields > 1)
        else {
            continue;
        };
        let same = records.iter().filter(|record| record.bounds.len() == first).count();
        // Agreement decides; among equals the delimiter that finds more columns.
        let score = same as f64 / records.len() as f64 + (first.min(100) as f64) / 1000.0;
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// The first record names the columns when none of its fields is a number or a time.
fn looks_like_header(records: &[Copied]) -> bool {
    let Some(first) = records.first() else { return true };
    !(0..first.bounds.len()).any(|field| {
        let cell = first.get(field).trim_ascii();
        crate::table::decimal::parse(cell).is_some() || time::parse(cell, TimeFormat::YearFirst).is_some()
    })
}

/// What a file that is not text seems to be.
fn binary_format(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "Excel (.xlsx) / ZIP"),
        (b"\xd0\xcf\x11\xe0", "Excel (.xls)"),
        (b"PAR1", "Parquet"),
        (b"\x1f\x8b", "gzip (.gz)"),
        (b"ARROW1", "Arrow"),
        (b"%PDF", "PDF"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"SQLite format 3", "SQLite"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(name);
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some("UTF-16");
    }
    head.contains(&0).then_some("binary")
}

/// The first row with text that is not UTF-8. A character cut off by the end of the head does not count.
fn check_utf8(text: &[u8], whole: bool) -> std::result::Result<(), u64> {
    match std::str::from_utf8(text) {
        Ok(_) => Ok(()),
        Err(error) if error.error_len().is_none() && !whole => Ok(()),
        Err(error) => {
            let before = text.get(..error.valid_up_to()).unwrap_or(text);
            Err(memchr::memchr_iter(b'\n', before).count() as u64 + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::mapping::Role;

    fn look(text: &[u8]) -> Result<Inspection> {
        inspect("a.csv", text.len() as u64, text, LayoutChoice::default())
    }

    #[test]
    fn delimiters_and_headers() {
        let found = look("用户ID;时间;金额\n1;2024-01-01;\"1,5\"\n2;2024-01-02;2,5\n".as_bytes()).unwrap();
        assert_eq!(
            (found.delimiter, found.header, found.columns.len(), found.estimated_rows),
            (';', true, 3, 2)
        );
        assert_eq!(found.mapping.user.as_deref(), Some("用户ID"));
        let found = look(b"1\t2024-01-01\n2\t2024-01-02\n").unwrap();
        assert_eq!((found.delimiter, found.header), ('\t', false));
        assert_eq!(found.columns[1].name, "column 2");
        assert_eq!(found.columns[1].role, Role::Time);
    }

    #[test]
    fn what_is_not_text_is_named() {
        let kind = |bytes: &[u8]| {
            look(bytes)
                .map(|_| ())
                .map_err(|error| (error.kind, error.found.clone().unwrap_or_default(), error.row))
        };
        assert_eq!(kind(b"").unwrap_err().0, ErrorKind::EmptyFile);
        assert_eq!(kind(b" \n\n").unwrap_err().0, ErrorKind::EmptyFile);
        assert_eq!(kind(b"PK\x03\x04rest").unwrap_err().1, "Excel (.xlsx) / ZIP");
        assert_eq!(kind(b"a,b\n\0\0,1\n").unwrap_err().1, "binary");
        // GBK for 用户
        assert_eq!(
            kind(b"a,b\n1,2\n\xd3\xc3\xbb\xa7,3\n").unwrap_err(),
            (ErrorKind::NotUtf8, String::new(), Some(3))
        );
    }

    #[test]
    fn a_character_cut_by_the_end_of_the_head_is_not_an_error() {
        let text = "a,b\n1,数".as_bytes();
        assert!(inspect("a", 1000, &text[..text.len() - 1], LayoutChoice::default()).is_ok());
    }

    #[test]
    fn instants_are_told_from_wall_clock_times() {
        let found = look(b"user,time\n1,2024-01-01T00:00:00Z\n2,2024-01-02T00:00:00+08:00\n").unwrap();
        assert_eq!(time_column(&found, &found.mapping), (TimeFormat::YearFirst, Clock::Instant));
        let found = look(b"user,time\n1,2024-01-01T00:00:00\n").unwrap();
        assert_eq!(time_column(&found, &found.mapping).1, Clock::Civil);
    }
}
