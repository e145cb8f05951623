//! Bytes into records: pieces of a delimited file go in, whole records come out, wherever the pieces were cut.
//!
//! The grammar is RFC 4180 as the `csv-core` crate reads it. What is ours is the recovery: a quotation mark that is never
//! closed would swallow the rest of the file, so a record that has the wrong number of fields and spans several lines, or
//! grows past [`LONGEST_RECORD`], gives up its first line only, and reading resumes on the next. Ours too is the short way
//! for lines whose quotation marks, if any, frame whole fields, which is most lines of most files: 64 bytes at a time are
//! compared with all signs that mean something, nothing is copied. A property test holds both ways to the same records.
//!
//! A file can be read in slices by several splitters. A slice holds the records that begin in it. Where the first of them
//! begins is taken to be the start of the first line; when the slice before ends elsewhere (a line end inside quotes), the
//! slice is read again from there. So what is read never depends on where a file was cut.

use csv_core::ReadRecordResult;
use wide::u8x16;

use super::layout::Layout;

mod block;

pub use block::{BLOCK, Block, Bounds, Fields, Found, Place, Sink};

/// A record with more bytes than this is taken for an unclosed quotation mark.
pub const LONGEST_RECORD: usize = 1 << 20;

/// The signs that mean something.
#[derive(Debug, Clone, Copy)]
struct Signs {
    delimiter: u8,
    quote: Option<u8>,
    escape: Option<u8>,
    comment: Option<u8>,
}

impl Signs {
    fn new(layout: &Layout) -> Self {
        let byte = |sign: Option<char>| sign.and_then(|sign| u8::try_from(sign).ok());
        Self {
            delimiter: byte(Some(layout.delimiter)).unwrap_or(b','),
            quote: byte(layout.quote),
            escape: byte(layout.escape),
            comment: byte(layout.comment),
        }
    }

    fn reader(self) -> csv_core::Reader {
        let mut builder = csv_core::ReaderBuilder::new();
        builder.delimiter(self.delimiter).comment(self.comment);
        match self.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        if self.escape.is_some() {
            builder.escape(self.escape).double_quote(false);
        }
        builder.build()
    }

    /// A bit for each of 64 bytes that is one of the signs or a line end.
    #[inline]
    fn find(self, bytes: &[u8; 64]) -> u64 {
        let (delimiter, quote) = (u8x16::splat(self.delimiter), u8x16::splat(self.quote.unwrap_or(b'\n')));
        let (line_feed, carriage_return) = (u8x16::splat(b'\n'), u8x16::splat(b'\r'));
        let mut mask = 0;
        for (index, part) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let part = u8x16::from(*part);
            let found = (part.simd_eq(delimiter) | part.simd_eq(quote))
                | (part.simd_eq(line_feed) | part.simd_eq(carriage_return));
            mask |= u64::from(found.to_bitmask()) << (16 * index);
        }
        mask
    }
}

/// Splits one file, or a slice of one.
#[derive(Debug)]
pub struct Splitter {
    signs: Signs,
    core: csv_core::Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
    bounds: Vec<Bounds>,
    /// Where the records of a block begin and end.
    lines: Vec<Bounds>,
    /// The beginning of a record whose end has not come yet.
    carry: Vec<u8>,
    /// Where in the file the carry (or, without one, the next piece) begins.
    offset: u64,
    row: u64,
    /// Fields that a record should have; unless it is known, the first record decides.
    expected: Option<usize>,
    /// Whether the start of the first line has still to be found.
    seeking: bool,
    /// Where the first record was taken to begin.
    begun: Option<u64>,
    /// Records that begin here or later are not wanted.
    limit: u64,
    done: bool,
}

impl Splitter {
    /// A splitter for a file of this layout, from its first byte; a byte order mark is passed over.
    #[must_use]
    pub fn new(layout: &Layout) -> Self {
        let signs = Signs::new(layout);
        let mut splitter = Self {
            signs,
            core: signs.reader(),
            output: vec![0; 4096],
            ends: vec![0; 64],
            bounds: Vec::new(),
            lines: Vec::new(),
            carry: Vec::new(),
            offset: 0,
            row: 0,
            expected: None,
            seeking: false,
            begun: None,
            limit: u64::MAX,
            done: false,
        };
        splitter.restart();
        splitter
    }

    /// A splitter for the records that begin from `start` (inclusive) to `limit` (exclusive). Unless a record begins exactly
    /// at `start`, the pieces begin one byte before it, and the first line end is looked for.
    #[must_use]
    pub fn slice(layout: &Layout, start: u64, exact: bool, limit: u64, fields: usize) -> Self {
        let offset = if exact { start } else { start.saturating_sub(1) };
        let begun = exact.then_some(start);
        Self { offset, seeking: !exact, begun, limit, expected: Some(fields), ..Self::new(layout) }
    }

    /// The same splitter, whose first record decides how many fields there are.
    #[must_use]
    pub fn any_width(self) -> Self {
        Self { expected: None, ..self }
    }

    /// Whether the last record that is wanted has been handed over.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Where the first record was taken to begin; nothing when no line begins in the slice.
    #[must_use]
    pub fn begun(&self) -> Option<u64> {
        self.begun
    }

    /// Where the next record begins; before the first has been found, nothing.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        (!self.seeking).then_some(self.offset)
    }

    /// Takes the next piece of the file and hands every record that it completes to `sink`.
    pub fn push(&mut self, piece: &[u8], sink: &mut impl Sink) {
        if self.done {
            return;
        }
        let mut piece = piece;
        if self.seeking {
            let Some(end) = memchr::memchr(b'\n', piece) else {
                self.offset += piece.len() as u64;
                self.done = self.offset >= self.limit;
                return;
            };
            self.seeking = false;
            self.offset += end as u64 + 1;
            self.begun = Some(self.offset);
            self.done = self.offset >= self.limit;
            piece = piece.get(end + 1..).unwrap_or(b"");
            if self.done {
                return;
            }
        }
        if self.carry.is_empty() {
            self.process(piece, false, sink);
        } else {
            let mut buffer = std::mem::take(&mut self.carry);
            buffer.extend_from_slice(piece);
            self.process(&buffer, false, sink);
        }
    }

    /// Hands over the last record, which may lack its line end.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        if !self.done {
            let buffer = std::mem::take(&mut self.carry);
            self.process(&buffer, true, sink);
            self.done = true;
        }
    }

    fn process(&mut self, buffer: &[u8], last: bool, sink: &mut impl Sink) {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        let (mut start, mut read, mut written, mut fields) = (0, 0, 0, 0);
        if self.offset == 0 {
            if buffer.len() < MARK.len() && !last {
                self.carry = buffer.to_vec();
                return;
            }
            if buffer.starts_with(MARK) {
                (start, read) = (MARK.len(), MARK.len());
            }
        }
        // An empty input would mean the end of the file to the reader.
        while !self.done && (last || read < buffer.len()) {
            if read == start && fields == 0 {
                start = self.plain_lines(buffer, start, sink);
                read = start;
                if self.done || (read >= buffer.len() && !last) {
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
                ReadRecordResult::OutputFull if written > LONGEST_RECORD => true,
                ReadRecordResult::OutputFull => {
                    self.output.resize(self.output.len() * 2, 0);
                    false
                }
                ReadRecordResult::OutputEndsFull => {
                    self.ends.resize(self.ends.len() * 2, 0);
                    false
                }
                ReadRecordResult::Record => {
                    let raw = buffer.get(start..read).unwrap_or(b"");
                    if raw.ends_with(b"\r") && read == buffer.len() && !last {
                        // Whether a line feed follows is not known yet.
                        break;
                    }
                    let right = *self.expected.get_or_insert(fields) == fields;
                    if right || !spans_lines(raw) {
                        // Both bytes of a line end belong to the record.
                        if raw.ends_with(b"\r") && buffer.get(read) == Some(&b'\n') {
                            read += 1;
                        }
                        self.hand_over(start, read, written, fields, sink);
                        (start, written, fields) = (read, 0, 0);
                        self.done = self.offset + start as u64 >= self.limit;
                        continue;
                    }
                    true
                }
            };
            if broken {
                // Only the first line is given up; the rest is read again as if the line had not been there.
                let rest = buffer.get(start..).unwrap_or(b"");
                let line = first_line(rest);
                self.row += 1;
                sink.found(self.place(start, start + line), Found::Broken(rest.get(..line).unwrap_or(b"")));
                start += line;
                (read, written, fields) = (start, 0, 0);
                self.restart();
                self.done = self.offset + start as u64 >= self.limit;
            }
        }
        self.carry.clear();
        if !last && !self.done {
            self.carry.extend_from_slice(buffer.get(start..).unwrap_or(b""));
        }
        // A record that is not complete is read again from its start when more has come.
        self.restart();
        self.offset += start as u64;
    }

    /// Hands over a record that the reader has copied out.
    fn hand_over(&mut self, start: usize, end: usize, written: usize, fields: usize, sink: &mut impl Sink) {
        self.row += 1;
        self.bounds.clear();
        let mut begin = 0;
        for &end in self.ends.get(..fields).unwrap_or(&[]) {
            let end = u32::try_from(end).unwrap_or(u32::MAX);
            self.bounds.push((begin, end));
            begin = end;
        }
        let text = self.output.get(..written).unwrap_or(b"");
        sink.found(self.place(start, end), Found::Record(Fields::new(text, &self.bounds)));
    }

    /// Hands over the records from `start` on for as long as quotation marks in them frame whole fields within a line; gives
    /// the place where the first other line starts, or the last one, whose end has not come.
    fn plain_lines(&mut self, buffer: &[u8], start: usize, sink: &mut impl Sink) -> usize {
        self.bounds.clear();
        let end = self.plain_blocks(buffer, start, sink);
        self.flush(buffer, sink);
        end
    }

    /// Hands over the records of which a block is made.
    fn flush(&mut self, text: &[u8], sink: &mut impl Sink) {
        if !self.lines.is_empty() {
            let width = self.expected.unwrap_or(0);
            let bounds = self.bounds.get(..width * self.lines.len()).unwrap_or(&[]);
            let first_row = self.row + 1 - self.lines.len() as u64;
            let (lines, offset) = (&self.lines[..], self.offset);
            sink.block(Block { text, bounds, width, lines, first_row, offset });
            self.lines.clear();
        }
        self.bounds.clear();
    }

    #[inline(never)]
    fn plain_blocks(&mut self, buffer: &[u8], start: usize, sink: &mut impl Sink) -> usize {
        let signs = self.signs;
        let quote = signs.quote;
        // `line` and `field` are where they begin; signs before `resume` have been dealt with.
        let (mut line, mut field, mut resume) = (start, start, start);
        let mut padded = [0; 64];
        // Fields before those of the line.
        let mut before = 0;
        for block in (start..buffer.len()).step_by(64) {
            let bytes: &[u8; 64] = match buffer.get(block..).and_then(<[u8]>::first_chunk) {
                Some(bytes) => bytes,
                None => {
                    for (slot, &byte) in padded.iter_mut().zip(buffer.get(block..).unwrap_or(b"")) {
                        *slot = byte;
                    }
                    &padded
                }
            };
            let mut mask = signs.find(bytes);
            while mask != 0 {
                let at = block + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if at < resume {
                    continue;
                }
                let mut sign = buffer.get(at).copied().unwrap_or(0);
                let (mut begin, mut end, mut at) = (field, at, at);
                if sign == signs.delimiter {
                    self.bounds.push((begin as u32, end as u32));
                    field = at + 1;
                    continue;
                }
                if Some(sign) == quote {
                    if begin != at {
                        return line;
                    }
                    let Some(close) = closing_quote(signs, buffer, at + 1) else { return line };
                    (begin, end, at) = (at + 1, close, close + 1);
                    sign = buffer.get(at).copied().unwrap_or(0);
                    if sign == signs.delimiter {
                        self.bounds.push((begin as u32, end as u32));
                        (field, resume) = (at + 1, at + 1);
                        continue;
                    }
                }
                let next = match sign {
                    b'\n' => at + 1,
                    b'\r' if buffer.get(at + 1) == Some(&b'\n') => at + 2,
                    // A lone carriage return, something behind a closing quote, the end of the buffer.
                    _ => return line,
                };
                // Blank lines and comments are not records.
                let blank = at == line;
                if blank || (signs.comment.is_some() && buffer.get(line).copied() == signs.comment) {
                    self.bounds.truncate(before);
                } else {
                    self.bounds.push((begin as u32, end as u32));
                    before = self.end_line(buffer, before, (line as u32, next as u32), sink);
                }
                (line, field, resume) = (next, next, next);
                if self.offset + line as u64 >= self.limit {
                    self.done = true;
                    return line;
                }
            }
        }
        line
    }

    /// Adds a line to the block, or, when it has another number of fields, hands it over by itself; gives the number of fields
    /// in the block.
    #[inline]
    fn end_line(&mut self, text: &[u8], before: usize, line: Bounds, sink: &mut impl Sink) -> usize {
        let width = *self.expected.get_or_insert(self.bounds.len() - before);
        if self.bounds.len() - before == width {
            self.row += 1;
            self.lines.push(line);
            if self.lines.len() < BLOCK {
                return self.bounds.len();
            }
            self.flush(text, sink);
            return 0;
        }
        let bounds = self.bounds.split_off(before);
        self.flush(text, sink);
        self.row += 1;
        let place = self.place(line.0 as usize, line.1 as usize);
        sink.found(place, Found::Record(Fields::new(text, &bounds)));
        0
    }

    /// Makes the reader expect a new record, and no byte order mark: having read a line end, it no longer looks for one.
    fn restart(&mut self) {
        self.core.reset();
        let _ = self.core.read_record(b"\n", &mut [0], &mut [0]);
    }

    fn place(&self, start: usize, end: usize) -> Place {
        Place { row: self.row, start: self.offset + start as u64, end: self.offset + end as u64 }
    }
}

/// Where the quote that opened before `from` is closed, if that is on the same line and nothing in between means anything.
#[inline]
fn closing_quote(signs: Signs, buffer: &[u8], from: usize) -> Option<usize> {
    let rest = buffer.get(from..)?;
    let length = memchr::memchr3(signs.quote?, b'\n', b'\r', rest)?;
    let closed = rest.get(length).copied() == signs.quote;
    let escaped =
        || signs.escape.is_some_and(|sign| memchr::memchr(sign, rest.get(..length).unwrap_or(b"")).is_some());
    (closed && !escaped()).then_some(from + length)
}

/// The length of the first line with its end; of a line without one, no more than what makes a record too long.
fn first_line(text: &[u8]) -> usize {
    let text = text.get(..LONGEST_RECORD).unwrap_or(text);
    match memchr::memchr2(b'\n', b'\r', text) {
        Some(end) if text.get(end..).is_some_and(|rest| rest.starts_with(b"\r\n")) => end + 2,
        Some(end) => end + 1,
        None => text.len(),
    }
}

fn spans_lines(raw: &[u8]) -> bool {
    memchr::memchr2(b'\n', b'\r', raw.trim_ascii()).is_some()
}

#[cfg(test)]
mod tests;
