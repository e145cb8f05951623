//! What the splitter hands over: records, one or many together.

use crate::table::dictionary::Text;

/// Where a field begins and ends.
pub type Bounds = (u32, u32);

/// The fields of one record.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    text: &'a [u8],
    bounds: &'a [Bounds],
}

impl<'a> Fields<'a> {
    /// Fields that lie in these places of a text.
    #[must_use]
    pub fn new(text: &'a [u8], bounds: &'a [Bounds]) -> Self {
        Self { text, bounds }
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bounds.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bounds.is_empty()
    }

    /// A field without its quotes; empty when the record is shorter.
    #[inline]
    #[must_use]
    pub fn get(&self, field: usize) -> &'a [u8] {
        let (start, end) = self.bounds.get(field).copied().unwrap_or((0, 0));
        self.text.get(start as usize..end as usize).unwrap_or(b"")
    }

    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.len()).map(|field| self.get(field))
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
    /// The record's number in what was read, from 1.
    pub row: u64,
    /// Its first byte in the file.
    pub start: u64,
    /// One past its last byte, line end included.
    pub end: u64,
}

/// Records handed over together, at most.
pub const BLOCK: usize = 256;

/// Whole records beside each other, each with as many fields as a record should have.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    pub(super) text: &'a [u8],
    /// Of all fields, record by record.
    pub(super) bounds: &'a [Bounds],
    pub(super) width: usize,
    /// Where each record begins and ends, line end included.
    pub(super) lines: &'a [Bounds],
    /// The number of the first.
    pub(super) first_row: u64,
    /// Where in the file the text begins.
    pub(super) offset: u64,
}

impl<'a> Block<'a> {
    /// A block of one record.
    #[must_use]
    pub fn of_one(place: Place, fields: Fields<'a>, line: &'a [Bounds; 1]) -> Self {
        let Fields { text, bounds } = fields;
        Self { text, bounds, width: bounds.len(), lines: line, first_row: place.row, offset: place.start }
    }

    /// How many records there are, at most [`BLOCK`].
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A field of all records, without its quotes; empty when they have no such field.
    #[inline]
    pub fn cells(&self, field: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let text = self.text;
        self.bounds.chunks_exact(self.width.max(1)).map(move |record| {
            let (start, end) = record.get(field).copied().unwrap_or((0, 0));
            text.get(start as usize..end as usize).unwrap_or(b"")
        })
    }

    /// As [`Self::cells`], each with what follows it.
    #[inline]
    pub fn texts(&self, field: usize) -> impl Iterator<Item = Text<'a>> + use<'a> {
        let text = self.text;
        self.bounds.chunks_exact(self.width.max(1)).map(move |record| {
            let (start, end) = record.get(field).copied().unwrap_or((0, 0));
            Text::new(text.get(start as usize..).unwrap_or(b""), end.saturating_sub(start))
        })
    }

    /// Some of the records.
    #[must_use]
    pub fn part(&self, records: std::ops::Range<usize>) -> Self {
        let (first, last) = (records.start * self.width, records.end * self.width);
        Self {
            bounds: self.bounds.get(first..last).unwrap_or(&[]),
            first_row: self.first_row + records.start as u64,
            lines: self.lines.get(records).unwrap_or(&[]),
            ..*self
        }
    }

    /// One of the records.
    #[must_use]
    pub fn fields(&self, record: usize) -> Fields<'a> {
        let bounds = self.bounds.get(record * self.width..(record + 1) * self.width).unwrap_or(&[]);
        Fields { text: self.text, bounds }
    }

    /// Where one of the records was found.
    #[must_use]
    pub fn place(&self, record: usize) -> Place {
        let (start, end) = self.lines.get(record).copied().unwrap_or((0, 0));
        Place {
            row: self.first_row + record as u64,
            start: self.offset + u64::from(start),
            end: self.offset + u64::from(end),
        }
    }
}

/// What takes records, in the order in which they are found.
pub trait Sink {
    /// Takes one.
    fn found(&mut self, place: Place, found: Found<'_>);

    /// Takes several.
    fn block(&mut self, block: Block<'_>) {
        for record in 0..block.len() {
            self.found(block.place(record), Found::Record(block.fields(record)));
        }
    }
}

impl<F: FnMut(Place, Found<'_>)> Sink for F {
    fn found(&mut self, place: Place, found: Found<'_>) {
        self(place, found);
    }
}
