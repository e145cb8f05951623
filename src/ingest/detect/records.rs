//! The records at the beginning of a file under a layout, to see whether it fits.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::super::layout::Layout;

/// A record with more lines than this is taken for an unclosed quotation mark.
const MOST_LINES: usize = 200;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Its fields without their quotes; none when it is broken.
    pub fields: Vec<String>,
    /// Where in the text it starts.
    pub start: usize,
    /// One past its end.
    pub end: usize,
    /// Whether a quotation mark in it is never closed.
    pub broken: bool,
}

impl Record {
    /// How many fields are not blank.
    pub fn filled(&self) -> usize {
        self.fields.iter().filter(|field| !field.trim().is_empty()).count()
    }

    /// A field, trimmed.
    pub fn get(&self, field: usize) -> &str {
        self.fields.get(field).map_or("", |field| field.trim())
    }
}

/// The first records of a text, blank lines and comments left out. A record over several lines must have the `expected`
/// number of fields, where that is known.
pub(super) fn records(
    text: &str,
    layout: &Layout,
    expected: Option<usize>,
    whole: bool,
    most: usize,
) -> Vec<Record> {
    let byte = |sign: char| u8::try_from(sign).unwrap_or(b',');
    let mut reader = ReaderBuilder::new()
        .delimiter(byte(layout.delimiter))
        .quoting(layout.quote.is_some())
        .quote(layout.quote.map_or(b'"', byte))
        .escape(layout.escape.map(byte))
        .build();
    let (mut found, mut start) = (Vec::new(), 0);
    let mut room = Room { output: vec![0; 4096], ends: vec![0; 64] };
    while found.len() < most
        && let Some(rest) = text.get(start..)
        && let Some(&first) = rest.as_bytes().first()
    {
        if matches!(first, b'\n' | b'\r') {
            start += 1;
            continue;
        }
        if layout.comment.is_some_and(|comment| byte(comment) == first) {
            start += first_line(rest);
            continue;
        }
        let record = room.read(&mut reader, rest.as_bytes());
        let lines = record.as_ref().map_or(rest, |(_, length)| rest.get(..*length).unwrap_or(rest));
        let fits = match &record {
            Some((fields, _)) => {
                !spans_lines(lines)
                    || (expected.is_none_or(|expected| expected == fields.len())
                        && lines.lines().count() <= MOST_LINES)
            }
            None if !whole && lines.lines().count() <= MOST_LINES => break,
            None => false,
        };
        let (fields, end) = match record {
            Some((fields, length)) if fits => (fields, start + length),
            _ => (Vec::new(), start + first_line(rest)),
        };
        found.push(Record { broken: !fits, fields, start, end });
        start = end;
    }
    found
}

fn spans_lines(text: &str) -> bool {
    text.trim_end_matches(['\n', '\r']).contains(['\n', '\r'])
}

/// The length of the first line, its end included.
fn first_line(text: &str) -> usize {
    match text.find(['\n', '\r']) {
        Some(end) => end + if text.get(end..).is_some_and(|rest| rest.starts_with("\r\n")) { 2 } else { 1 },
        None => text.len(),
    }
}

/// Where the reader writes.
struct Room {
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Room {
    /// The first record and its length; none when a quotation mark in it is never closed.
    fn read(&mut self, reader: &mut Reader, text: &[u8]) -> Option<(Vec<String>, usize)> {
        reader.reset();
        let (mut read, mut written, mut fields) = (0, 0, 0);
        loop {
            let rest = text.get(read..)?;
            // Given a line end, a record that is still not complete is inside its quotes.
            let ending = rest.is_empty();
            let input = if ending { b"\n" } else { rest };
            let (output, ends) = (self.output.get_mut(written..)?, self.ends.get_mut(fields..)?);
            let (result, taken, put, ended) = reader.read_record(input, output, ends);
            read += if ending { 0 } else { taken };
            (written, fields) = (written + put, fields + ended);
            match result {
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::InputEmpty if ending => return None,
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::End => return None,
                ReadRecordResult::Record => break,
            }
        }
        let mut start = 0;
        let cells = self.ends.iter().take(fields).map(|&end| {
            let cell = String::from_utf8_lossy(self.output.get(start..end).unwrap_or(b"")).into_owned();
            start = end;
            cell
        });
        Some((cells.collect(), read))
    }
}
