//! Slices of files that are not UTF-8: their lines are found in the bytes as they are, then decoded, then split.
//!
//! A character must not be cut, and a delimiter's byte may be a part of one (GBK, Big5, Shift-JIS). A line end's byte never
//! is, in none of the encodings that we read; in UTF-16 it is a pair of bytes. So lines can be found first.

use super::encoding::Decode;
use super::layout::{Encoding, Layout};
use super::split::{Sink, Splitter};

/// Reads one slice.
#[derive(Debug)]
pub struct EncodedSlice {
    layout: Layout,
    fields: usize,
    limit: u64,
    /// Where in the file `raw` begins.
    offset: u64,
    raw: Vec<u8>,
    /// Whether the start of the first line has still to be found.
    seeking: bool,
    begun: Option<u64>,
    /// How much of `raw` has been decoded.
    taken: usize,
    /// Reads the decoded text; made when all lines that begin before the limit are there.
    splitter: Option<Splitter>,
    /// The decoded text.
    text: String,
    done: bool,
}

impl EncodedSlice {
    /// As [`Splitter::slice`].
    #[must_use]
    pub fn new(layout: &Layout, start: u64, exact: bool, limit: u64, fields: usize) -> Self {
        let unit = layout.encoding.unit() as u64;
        Self {
            layout: *layout,
            fields,
            limit,
            offset: if exact { start } else { start.saturating_sub(unit) },
            raw: Vec::new(),
            seeking: !exact,
            begun: exact.then_some(start),
            taken: 0,
            splitter: None,
            text: String::new(),
            done: false,
        }
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

    /// Where the next record begins.
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        let begun = self.begun?;
        let place = self.splitter.as_ref().and_then(Splitter::position).unwrap_or(0);
        let read = self.text.get(..usize::try_from(place).ok()?)?;
        if read.len() == self.text.len() {
            return Some(self.offset + self.taken as u64);
        }
        // Records end with a line end, and those are the same before and after decoding.
        let mut ends = memchr::memchr2_iter(b'\n', b'\r', read.as_bytes()).count();
        let first = usize::try_from(begun - self.offset).ok()?;
        let unit = self.layout.encoding.unit();
        let mut units = self.raw.get(first..)?.chunks_exact(unit);
        let mut length = 0;
        while ends > 0 {
            let sign = units.next()?;
            length += unit;
            let is_end = |sign: u8| matches!(sign, b'\n' | b'\r');
            ends -= usize::from(match (self.layout.encoding, sign) {
                (Encoding::Utf16Le, &[low, high]) => high == 0 && is_end(low),
                (Encoding::Utf16Be, &[high, low]) => high == 0 && is_end(low),
                (_, &[byte]) => is_end(byte),
                _ => false,
            });
        }
        Some(begun + length as u64)
    }

    /// The decoded text that places refer to.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes the next piece of the file and hands every record that it completes to `sink`, with its place in the decoded
    /// text.
    pub fn push(&mut self, piece: &[u8], decode: &dyn Decode, sink: &mut impl Sink) {
        if self.done {
            return;
        }
        self.raw.extend_from_slice(piece);
        if self.seeking && !self.seek() {
            return;
        }
        if self.splitter.is_none() {
            let before = usize::try_from(self.limit.saturating_sub(self.offset)).unwrap_or(usize::MAX);
            // A line begins at the limit when one ends right before it.
            let from = before.saturating_sub(self.layout.encoding.unit()).max(self.taken);
            let Some(end) = self.line_end(from) else { return };
            self.decode_up_to(end, decode);
            let layout = Layout { encoding: Encoding::Utf8, ..self.layout };
            self.splitter = Some(Splitter::slice(&layout, 0, true, self.text.len() as u64, self.fields));
            self.split(0, sink);
        }
        // The last record may reach beyond the limit.
        while !self.done
            && let Some(end) = self.line_end(self.taken)
        {
            let before = self.text.len();
            self.decode_up_to(end, decode);
            self.split(before, sink);
        }
    }

    /// Ends the file: its last line may lack its end.
    pub fn finish(&mut self, decode: &dyn Decode, sink: &mut impl Sink) {
        if self.done {
            return;
        }
        self.done = true;
        if self.seeking {
            return;
        }
        let before = self.text.len();
        self.decode_up_to(self.raw.len(), decode);
        let layout = Layout { encoding: Encoding::Utf8, ..self.layout };
        let (limit, fields) = (u64::MAX, self.fields);
        let splitter = self.splitter.get_or_insert_with(|| Splitter::slice(&layout, 0, true, limit, fields));
        splitter.push(self.text.as_bytes().get(before..).unwrap_or(b""), sink);
        splitter.finish(sink);
    }

    /// Looks for the start of the first line; tells whether there is something to read.
    fn seek(&mut self) -> bool {
        let Some(end) = self.line_end(0) else {
            // What has no line end need not be kept, but half a unit.
            let whole = self.raw.len() - self.raw.len() % self.layout.encoding.unit();
            self.offset += whole as u64;
            self.raw.drain(..whole);
            self.done = self.offset >= self.limit;
            return false;
        };
        self.seeking = false;
        self.taken = end;
        self.begun = Some(self.offset + end as u64);
        self.done = self.offset + end as u64 >= self.limit;
        !self.done
    }

    /// The end of the first line that ends at `from` or later.
    fn line_end(&self, from: usize) -> Option<usize> {
        line_end(self.layout.encoding, &self.raw, from)
    }

    fn decode_up_to(&mut self, end: usize, decode: &dyn Decode) {
        let bytes = self.raw.get(self.taken..end).unwrap_or(b"");
        decode.decode(self.layout.encoding, bytes, &mut self.text);
        self.taken = end;
    }

    fn split(&mut self, from: usize, sink: &mut impl Sink) {
        if let Some(splitter) = &mut self.splitter {
            splitter.push(self.text.as_bytes().get(from..).unwrap_or(b""), sink);
            self.done = splitter.is_done() || self.text.is_empty();
        }
    }
}

/// One past the end of the first line of encoded text that ends at `from` or later.
#[must_use]
pub fn line_end(encoding: Encoding, raw: &[u8], from: usize) -> Option<usize> {
    let unit = encoding.unit();
    let sign: &[u8] = match encoding {
        Encoding::Utf16Le => b"\n\0",
        Encoding::Utf16Be => b"\0\n",
        _ => b"\n",
    };
    let mut from = from;
    loop {
        let found = from + memchr::memmem::find(raw.get(from..)?, sign)?;
        if found.is_multiple_of(unit) {
            return Some(found + unit);
        }
        from = found + 1;
    }
}
