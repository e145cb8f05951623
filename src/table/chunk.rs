//! Rows on their way from the worker that read them to the engine: typed columns in one block of bytes.
//!
//! Texts are codes in the sender's own dictionary. A chunk brings the texts that the dictionary has gained since the
//! sender's last chunk; the receiver keeps one list a sender and gives out codes of its own.

use super::dictionary::CodeVec;
use super::integers::Integers;
use crate::error::{Error, ErrorKind, Result};

/// Texts one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// All of them, UTF-8.
    pub text: String,
    /// Where each ends.
    pub ends: Vec<u32>,
}

impl Texts {
    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// The text with this number; empty where there is none.
    #[must_use]
    pub fn get(&self, index: u32) -> &str {
        let index = index as usize;
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(0) };
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// Adds all texts of another list.
    pub fn append(&mut self, other: &Self) {
        let begin = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| begin.saturating_add(*end)));
    }

    /// The texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| self.text.get(start as usize..end as usize).unwrap_or(""))
    }
}

/// The cells of one column.
#[derive(Debug, Clone)]
pub enum ChunkColumn {
    /// Codes in the sender's dictionary, and what that has gained.
    Text {
        /// New texts, in the order of their codes.
        new: Texts,
        /// One code a row.
        codes: CodeVec,
    },
    /// Decimals: `value / 10^scale`.
    Number {
        /// Decimal places.
        scale: u8,
        /// Whole numbers of the smallest unit, [`Integers::MISSING`] where the cell is empty.
        values: Integers,
    },
    /// Times since 1970-01-01 on the column's clock, [`Integers::MISSING`] where the cell is empty.
    Time {
        /// Whether they count seconds; otherwise microseconds.
        seconds: bool,
        /// The times.
        values: Integers,
    },
}

/// Some rows of a file, in the file's order.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// How many.
    pub rows: u32,
    /// The columns that are read, in the plan's order.
    pub columns: Vec<ChunkColumn>,
}

impl Chunk {
    /// The chunk as bytes, least significant first, every part at a multiple of 8.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.size()];
        let mut at = 0;
        self.write(&mut |part| {
            if let Some(room) = bytes.get_mut(at..at + part.len()) {
                room.copy_from_slice(part);
            }
            at = (at + part.len()).next_multiple_of(8);
        });
        bytes
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        let mut size = 0;
        self.write(&mut |part| size += part.len().next_multiple_of(8));
        size
    }

    /// Hands its bytes over part by part; each belongs at the next multiple of 8.
    pub fn write(&self, out: &mut dyn FnMut(&[u8])) {
        let mut out = Writer(out);
        out.head(self.rows, self.columns.len());
        for column in &self.columns {
            match column {
                ChunkColumn::Text { new, codes } => {
                    out.list(0, &new.ends);
                    out.list(0, new.text.as_bytes());
                    match codes {
                        CodeVec::U8(codes) => out.list(1, codes),
                        CodeVec::U16(codes) => out.list(2, codes),
                        CodeVec::U32(codes) => out.list(3, codes),
                    }
                }
                ChunkColumn::Number { scale, values } => {
                    out.head(8 + u32::from(*scale), 0);
                    out.integers(values);
                }
                ChunkColumn::Time { seconds, values } => {
                    out.head(4 + u32::from(*seconds), 0);
                    out.integers(values);
                }
            }
        }
    }

    /// Reads a chunk that [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let at = |from: usize, into: &mut [u8]| {
            if let Some(part) = bytes.get(from..from + into.len()) {
                into.copy_from_slice(part);
            }
        };
        Self::read(bytes.len(), &at)
    }

    /// Reads a chunk of so many bytes; `copy` copies the bytes from a place on.
    ///
    /// # Errors
    /// [`ErrorKind::EngineStopped`] for anything that [`Self::write`] did not write.
    pub fn read(size: usize, copy: &dyn Fn(usize, &mut [u8])) -> Result<Self> {
        let mut input = Input { size, place: 0, copy };
        input.chunk().ok_or_else(|| Error::new(ErrorKind::EngineStopped).found("chunk"))
    }
}

struct Writer<'a>(&'a mut dyn FnMut(&[u8]));

impl Writer<'_> {
    fn head(&mut self, tag: u32, count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        (self.0)(&(u64::from(tag) | u64::from(count) << 32).to_le_bytes());
    }

    fn list<T: bytemuck::NoUninit>(&mut self, tag: u32, values: &[T]) {
        self.head(tag, values.len());
        (self.0)(bytemuck::cast_slice(values));
    }

    fn integers(&mut self, integers: &Integers) {
        match integers {
            Integers::I32(values) => self.list(0, values),
            Integers::I64(values) => self.list(1, values),
        }
    }
}

/// Bytes that lie somewhere else, perhaps not in our memory.
struct Input<'a> {
    size: usize,
    place: usize,
    copy: &'a dyn Fn(usize, &mut [u8]),
}

impl Input<'_> {
    fn chunk(&mut self) -> Option<Chunk> {
        let (rows, columns) = self.head()?;
        let mut chunk = Chunk { rows, columns: Vec::new() };
        for _ in 0..columns {
            let (tag, count) = self.head()?;
            chunk.columns.push(match tag {
                0 => {
                    let ends = self.list(count)?;
                    let (_, length) = self.head()?;
                    let text = String::from_utf8(self.list(length)?).ok()?;
                    let (width, count) = self.head()?;
                    let codes = match width {
                        1 => CodeVec::U8(self.list(count)?),
                        2 => CodeVec::U16(self.list(count)?),
                        _ => CodeVec::U32(self.list(count)?),
                    };
                    ChunkColumn::Text { new: Texts { text, ends }, codes }
                }
                4 | 5 => ChunkColumn::Time { seconds: tag == 5, values: self.integers()? },
                scale => ChunkColumn::Number {
                    scale: u8::try_from(scale.checked_sub(8)?).ok()?,
                    values: self.integers()?,
                },
            });
        }
        Some(chunk)
    }

    fn head(&mut self) -> Option<(u32, usize)> {
        let words: Vec<u32> = self.list(2)?;
        Some((*words.first()?, *words.get(1)? as usize))
    }

    fn list<T: bytemuck::Pod>(&mut self, count: usize) -> Option<Vec<T>> {
        let bytes = count.checked_mul(size_of::<T>())?;
        let end =
            self.place.checked_add(bytes)?.checked_next_multiple_of(8).filter(|&end| end <= self.size)?;
        let mut values = vec![T::zeroed(); count];
        (self.copy)(self.place, bytemuck::cast_slice_mut(&mut values));
        self.place = end;
        Some(values)
    }

    fn integers(&mut self) -> Option<Integers> {
        let (wide, count) = self.head()?;
        Some(if wide == 0 { Integers::I32(self.list(count)?) } else { Integers::I64(self.list(count)?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_back() {
        let mut new = Texts::default();
        ["甲", "", "0071"].iter().for_each(|text| new.push(text));
        let mut wide = Integers::default();
        [1, i64::MAX, Integers::MISSING].iter().for_each(|&value| wide.push(value));
        let chunk = Chunk {
            rows: 3,
            columns: vec![
                ChunkColumn::Text { new, codes: CodeVec::U16(vec![2, 0, 700]) },
                ChunkColumn::Number { scale: 2, values: wide },
                ChunkColumn::Time { seconds: true, values: Integers::I32(vec![1, 2, i32::MIN]) },
            ],
        };
        let bytes = chunk.to_bytes();
        let back = Chunk::from_bytes(&bytes).unwrap();
        assert_eq!(format!("{back:?}"), format!("{chunk:?}"));
        for length in 0..bytes.len() {
            assert!(Chunk::from_bytes(&bytes[..length]).is_err(), "cut at {length}");
        }
    }
}
