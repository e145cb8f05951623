//! Bytes into records: pieces of a delimited file go in, whole records come out, wherever the pieces were cut.
//!
//! The grammar is RFC 4180 as the `csv-core` crate reads it. What is ours is the recovery: a quotation mark that is never
//! closed would swallow the rest of the file, so a record that has the wrong number of fields and spans several lines, or
//! grows past [`LONGEST_RECORD`], gives up its first line only, and reading resumes on the next. Ours too is the short way
//! for lines without a quotation mark, which is most lines of most files: cut at the delimiters, nothing copied. A property
//! test holds both ways to the same records.

use csv_core::ReadRecordResult;

/// A record with more bytes than this is taken for an unclosed quotation mark.
pub const LONGEST_RECORD: usize = 1 << 20;

/// The fields of one record.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    text: &'a [u8],
    ends: &'a [usize],
    /// Bytes between the end of a field and the start of the next: the delimiter, where it is still there.
    gap: usize,
}

impl<'a> Fields<'a> {
    /// Fields that end at these places of a text.
    #[must_use]
    pub fn new(text: &'a [u8], ends: &'a [usize]) -> Self {
        Self { text, ends, gap: 0 }
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A field without its quotes; empty when the record is shorter.
    #[inline]
    #[must_use]
    pub fn get(&self, field: usize) -> &'a [u8] {
        let Some(&end) = self.ends.get(field) else { return b"" };
        let start =
            if field == 0 { 0 } else { self.ends.get(field - 1).map_or(end, |before| before + self.gap) };
        self.text.get(start..end).unwrap_or(b"")
    }
}

/// What the splitter found.
#[derive(Debug)]
pub enum Found<'a> {
    /// A whole record.
    Record(Fields<'a>),
    /// A line with a quotation mark that is never closed.
    Broken(&'a [u8]),
}

/// Where it was found.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The record's number in the file, from 1.
    pub row: u64,
    /// Its first byte in the file.
    pub start: u64,
    /// One past its last byte, line end included.
    pub end: u64,
}

/// Splits one file.
#[derive(Debug)]
pub struct Splitter {
    core: csv_core::Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    /// The beginning of a record whose end has not come yet.
    carry: Vec<u8>,
    /// Where in the file the carry (or, without one, the next piece) begins.
    offset: u64,
    row: u64,
    delimiter: u8,
    /// Fields that a record should have; the first record decides.
    expected: Option<usize>,
}

impl Splitter {
    /// A splitter for a file with this delimiter.
    #[must_use]
    pub fn new(delimiter: u8) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self {
            core,
            output: vec![0; 4096],
            ends: vec![0; 64],
            carry: Vec::new(),
            offset: 0,
            row: 0,
            delimiter,
            expected: None,
        }
    }

    /// Takes the next piece of the file and hands every record that it completes to `sink`.
    pub fn push(&mut self, piece: &[u8], sink: &mut impl FnMut(Place, Found<'_>)) {
        if self.carry.is_empty() {
            self.process(piece, false, sink);
        } else {
            let mut buffer = std::mem::take(&mut self.carry);
            buffer.extend_from_slice(piece);
            self.process(&buffer, false, sink);
        }
    }

    /// Hands over the last record, which may lack its line end.
    pub fn finish(&mut self, sink: &mut impl FnMut(Place, Found<'_>)) {
        let buffer = std::mem::take(&mut self.carry);
        self.process(&buffer, true, sink);
    }

    fn process(&mut self, buffer: &[u8], last: bool, sink: &mut impl FnMut(Place, Found<'_>)) {
        let (mut start, mut read, mut written, mut fields) = (0, 0, 0, 0);
        // An empty input would mean the end of the file to the reader.
        while last || read < buffer.len() {
            if read == start && fields == 0 {
                start = self.plain_lines(buffer, start, sink);
                read = start;
                if read >= buffer.len() && !last {
                    break;
                }
            }
            let rest = buffer.get(read..).unwrap_or(b"");
            let ending = rest.is_empty();
            if ending && start >= buffer.len() {
                break;
            }
            // The last line may lack its end. Given one, a record that is still not complete is inside its quotes.
            let input = if ending { b"\n" } else { rest };
            let (Some(output), Some(ends)) = (self.output.get_mut(written..), self.ends.get_mut(fields..))
            else {
                break;
            };
            let (result, taken, put, ended) = self.core.read_record(input, output, ends);
            (read, written, fields) =
                (if ending { read } else { read + taken }, written + put, fields + ended);
            let broken = match result {
                ReadRecordResult::InputEmpty if ending => true,
                ReadRecordResult::InputEmpty if last => continue,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => break,
                ReadRecordResult::OutputFull => {
                    self.output.resize(self.output.len() * 2, 0);
                    written > LONGEST_RECORD
                }
                ReadRecordResult::OutputEndsFull => {
                    self.ends.resize(self.ends.len() * 2, 0);
                    false
                }
                ReadRecordResult::Record => {
                    let raw = buffer.get(start..read).unwrap_or(b"");
                    let right = *self.expected.get_or_insert(fields) == fields;
                    if right || !spans_lines(raw) {
                        self.row += 1;
                        let text = self.output.get(..written).unwrap_or(b"");
                        let ends = self.ends.get(..fields).unwrap_or(&[]);
                        sink(self.place(start, read), Found::Record(Fields::new(text, ends)));
                        (start, written, fields) = (read, 0, 0);
                        continue;
                    }
                    true
                }
            };
            if broken {
                // Only the first line is given up; the rest is read again as if the line had not been there.
                let rest = buffer.get(start..).unwrap_or(b"");
                let line = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
                self.row += 1;
                sink(self.place(start, start + line), Found::Broken(rest.get(..line).unwrap_or(b"")));
                start += line;
                (read, written, fields) = (start, 0, 0);
                self.restart(false);
            }
        }
        self.carry.clear();
        if !last {
            self.carry.extend_from_slice(buffer.get(start..).unwrap_or(b""));
        }
        // A record that is not complete is read again from its start when more has come.
        if !self.carry.is_empty() {
            self.restart(self.offset == 0 && start == 0);
        }
        self.offset += start as u64;
    }

    /// Hands over the records from `start` on for as long as they are lines without quotation marks; gives the place where
    /// the first other line starts, or the last one, whose end has not come.
    fn plain_lines(
        &mut self,
        buffer: &[u8],
        mut start: usize,
        sink: &mut impl FnMut(Place, Found<'_>),
    ) -> usize {
        if self.offset == 0 && start == 0 {
            if buffer.starts_with(b"\xef\xbb\xbf") || buffer.len() < 3 {
                return start;
            }
            self.restart(false);
        }
        while let Some(rest) = buffer.get(start..)
            && let Some(length) = memchr::memchr(b'\n', rest)
        {
            let line = rest.get(..length).unwrap_or(b"");
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if memchr::memchr2(b'"', b'\r', line).is_some() {
                break;
            }
            let next = start + length + 1;
            // Blank lines are not records.
            if !line.is_empty() {
                self.ends.clear();
                self.ends.extend(memchr::memchr_iter(self.delimiter, line));
                self.ends.push(line.len());
                self.row += 1;
                self.expected.get_or_insert(self.ends.len());
                sink(self.place(start, next), Found::Record(Fields { text: line, ends: &self.ends, gap: 1 }));
            }
            start = next;
        }
        // The other way writes into a list that has room already.
        let room = self.ends.capacity().max(64);
        self.ends.resize(room, 0);
        start
    }

    /// Makes the reader expect a new record; a byte order mark only where the file begins.
    fn restart(&mut self, file_begins: bool) {
        self.core.reset();
        if !file_begins {
            // Having read a line end, it no longer looks for a byte order mark.
            let _ = self.core.read_record(b"\n", &mut [0], &mut [0]);
        }
    }

    fn place(&self, start: usize, end: usize) -> Place {
        Place { row: self.row, start: self.offset + start as u64, end: self.offset + end as u64 }
    }
}

fn spans_lines(raw: &[u8]) -> bool {
    memchr::memchr2(b'\n', b'\r', raw.trim_ascii()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &[u8], cuts: &[usize]) -> Vec<(u64, Vec<String>)> {
        let mut rows = Vec::new();
        let mut splitter = Splitter::new(b',');
        let mut sink = |place: Place, found: Found<'_>| {
            let fields = match found {
                Found::Record(fields) => {
                    (0..fields.len()).map(|i| String::from_utf8_lossy(fields.get(i)).into_owned()).collect()
                }
                Found::Broken(line) => vec![format!("broken: {}", String::from_utf8_lossy(line).trim_end())],
            };
            let raw = &text[usize::try_from(place.start).unwrap()..usize::try_from(place.end).unwrap()];
            assert!(!raw.is_empty());
            rows.push((place.row, fields));
        };
        let mut from = 0;
        for &cut in cuts {
            splitter.push(&text[from..cut], &mut sink);
            from = cut;
        }
        splitter.push(&text[from..], &mut sink);
        splitter.finish(&mut sink);
        rows
    }

    /// The records as `csv-core` alone would have them.
    fn reference(text: &[u8]) -> Vec<Vec<String>> {
        let mut reader = csv_core::Reader::new();
        let (mut output, mut ends) = (vec![0; text.len() + 16], vec![0; text.len() + 16]);
        let (mut rows, mut read) = (Vec::new(), 0);
        loop {
            let (mut written, mut fields) = (0, 0);
            loop {
                let (result, taken, put, ended) =
                    reader.read_record(&text[read..], &mut output[written..], &mut ends[fields..]);
                (read, written, fields) = (read + taken, written + put, fields + ended);
                match result {
                    ReadRecordResult::Record => break,
                    ReadRecordResult::End => return rows,
                    _ => {}
                }
            }
            let starts = std::iter::once(0).chain(ends[..fields].iter().copied());
            rows.push(
                starts
                    .zip(&ends[..fields])
                    .map(|(start, end)| String::from_utf8_lossy(&output[start..*end]).into_owned())
                    .collect(),
            );
        }
    }

    fn fields(rows: &[(u64, Vec<String>)]) -> Vec<Vec<&str>> {
        rows.iter().map(|(_, fields)| fields.iter().map(String::as_str).collect()).collect()
    }

    #[test]
    fn quotes_line_ends_and_a_missing_last_one() {
        let rows = split("\u{feff}a,b\r\n\"x,\"\"1\"\"\",\"two\nlines\"\n\n3,4".as_bytes(), &[]);
        assert_eq!(fields(&rows), [vec!["a", "b"], vec!["x,\"1\"", "two\nlines"], vec!["3", "4"]]);
    }

    #[test]
    fn an_unclosed_quote_costs_one_line() {
        let rows = split(b"a,b\n1,2\n3,\"4\n5,6\n7,8\n", &[]);
        assert_eq!(
            fields(&rows),
            [vec!["a", "b"], vec!["1", "2"], vec!["broken: 3,\"4"], vec!["5", "6"], vec!["7", "8"]]
        );
        // A file that was cut off inside a quote.
        let rows = split(b"a,b\n1,\"2\"\n3,\"4", &[5]);
        assert_eq!(fields(&rows), [vec!["a", "b"], vec!["1", "2"], vec!["broken: 3,\"4"]]);
        // A quotation mark inside a field is none.
        assert_eq!(fields(&split(b"a,b\n5\" disk,2", &[])), [vec!["a", "b"], vec!["5\" disk", "2"]]);
        // Closed by the next stray quote, some lines on.
        let rows = split(b"a,b\n\"1,2\n3,4\n5\",6,7\n8,9\n", &[]);
        assert_eq!(fields(&rows)[1], ["broken: \"1,2"]);
        assert_eq!(fields(&rows)[2], ["3", "4"]);
        assert_eq!(fields(&rows).last().unwrap(), &["8", "9"]);
    }

    #[test]
    fn an_endless_quote_costs_one_line() {
        let mut text = b"a,b\n\"1,2\n".to_vec();
        let row = b"33333333,44444444\n";
        let count = 3 * LONGEST_RECORD / row.len();
        for _ in 0..count {
            text.extend_from_slice(row);
        }
        let rows = split(&text, &[100_000, 1_500_000]);
        assert_eq!(rows.len(), count + 2);
    }

    proptest! {
        #[test]
        fn both_ways_give_the_same_records(rows in proptest::collection::vec(proptest::collection::vec("([ab\u{6570}]{0,3}|\"[ab,\n]{0,4}\")", 3), 0..12), crlf: bool) {
            let end = if crlf { "\r\n" } else { "\n" };
            let text: String = rows.iter().map(|row| row.join(",") + end).collect();
            prop_assert_eq!(split(text.as_bytes(), &[]).into_iter().map(|(_, fields)| fields).collect::<Vec<_>>(), reference(text.as_bytes()));
        }

        #[test]
        fn any_cut_gives_the_same_records(text in "(a|b|,|\"|\n|\r\n|é|数|\u{feff}){0,60}", mut cuts in proptest::collection::vec(0usize..200, 0..6)) {
            let bytes = text.as_bytes();
            cuts.retain(|cut| *cut <= bytes.len());
            cuts.sort_unstable();
            prop_assert_eq!(split(bytes, &cuts), split(bytes, &[]));
        }
    }
}
