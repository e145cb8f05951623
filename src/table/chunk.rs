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
        let mut out = Writer::default();
        out.head(self.rows, self.columns.len());
        for column in &self.columns {
            match column {
                ChunkColumn::Text { new, codes } => {
                    out.head(0, new.ends.len());
                    out.part(bytemuck::cast_slice(&new.ends));
                    out.head(0, new.text.len());
                    out.part(new.text.as_bytes());
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
        out.0
    }

    /// Reads a chunk that [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ErrorKind::EngineStopped`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::read(&mut Input(bytes)).ok_or_else(|| Error::new(ErrorKind::EngineStopped).found("chunk"))
    }

    fn read(input: &mut Input<'_>) -> Option<Self> {
        let (rows, columns) = input.head()?;
        let mut chunk = Self { rows, columns: Vec::new() };
        for _ in 0..columns {
            let (tag, count) = input.head()?;
            chunk.columns.push(match tag {
                0 => {
                    let ends = input.list(count)?;
                    let (_, length) = input.head()?;
                    let text = std::str::from_utf8(input.part(length)?).ok()?.to_owned();
                    let (width, count) = input.head()?;
                    let codes = match width {
                        1 => CodeVec::U8(input.list(count)?),
                        2 => CodeVec::U16(input.list(count)?),
                        _ => CodeVec::U32(input.list(count)?),
                    };
                    ChunkColumn::Text { new: Texts { text, ends }, codes }
                }
                4 | 5 => ChunkColumn::Time { seconds: tag == 5, values: input.integers()? },
                scale => ChunkColumn::Number {
                    scale: u8::try_from(scale.checked_sub(8)?).ok()?,
                    values: input.integers()?,
                },
            });
        }
        Some(chunk)
    }
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn head(&mut self, tag: u32, count: usize) {
        self.0.extend_from_slice(&tag.to_le_bytes());
        self.0.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
        self.0.resize(self.0.len().next_multiple_of(8), 0);
    }

    fn list<T: bytemuck::NoUninit>(&mut self, tag: u32, values: &[T]) {
        self.head(tag, values.len());
        self.part(bytemuck::cast_slice(values));
    }

    fn integers(&mut self, integers: &Integers) {
        match integers {
            Integers::I32(values) => self.list(0, values),
            Integers::I64(values) => self.list(1, values),
        }
    }
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn head(&mut self) -> Option<(u32, usize)> {
        let (head, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        let word = u64::from_le_bytes(*head);
        Some(((word & u64::from(u32::MAX)) as u32, (word >> 32) as usize))
    }

    fn part(&mut self, length: usize) -> Option<&'a [u8]> {
        let part = self.0.get(..length)?;
        self.0 = self.0.get(length.next_multiple_of(8)..)?;
        Some(part)
    }

    fn list<T: bytemuck::NoUninit + bytemuck::AnyBitPattern>(&mut self, count: usize) -> Option<Vec<T>> {
        Some(bytemuck::pod_collect_to_vec(self.part(count.checked_mul(size_of::<T>())?)?))
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
