//! Text as small integer codes: each distinct text is kept once, a row holds its code in one, two or four bytes.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::gather;
use crate::error::{Error, ErrorKind, Result};

/// Distinct texts, in the order of their first appearance; a text's place is its code.
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    text: String,
    ends: Vec<u32>,
    index: HashTable<u32>,
}

impl Dictionary {
    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no texts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text with this code; empty for a code that was never given out.
    #[must_use]
    pub fn get(&self, code: u32) -> &str {
        slice(&self.text, &self.ends, code)
    }

    /// All texts in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|code| self.get(u32::try_from(code).unwrap_or(u32::MAX)))
    }

    /// The code of a text, if it is there.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let Self { text: all, ends, index } = self;
        index.find(hash(text.as_bytes()), |&code| slice(all, ends, code) == text).copied()
    }

    /// The code of a text, which is added if it is new. `None` when it is not UTF-8 or the dictionary is full (4 GiB).
    #[inline]
    pub fn code(&mut self, bytes: &[u8]) -> Option<u32> {
        let Self { text, ends, index } = self;
        let hash = hash(bytes);
        match index.find(hash, |&code| slice(text, ends, code).as_bytes() == bytes) {
            Some(&code) => Some(code),
            None => self.add(hash, bytes),
        }
    }

    #[cold]
    fn add(&mut self, hash_of_new: u64, bytes: &[u8]) -> Option<u32> {
        let new = std::str::from_utf8(bytes).ok()?;
        let code = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.text.len().checked_add(new.len())?).ok()?;
        let Self { text, ends, index } = self;
        index.try_reserve(1, |&code| hash(slice(text, ends, code).as_bytes())).ok()?;
        text.try_reserve(new.len()).ok()?;
        ends.try_reserve(1).ok()?;
        text.push_str(new);
        ends.push(end);
        index.insert_unique(hash_of_new, code, |&code| hash(slice(text, ends, code).as_bytes()));
        Some(code)
    }
}

#[inline]
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

#[inline]
fn slice<'a>(text: &'a str, ends: &[u32], code: u32) -> &'a str {
    let code = code as usize;
    let start = if code == 0 { 0 } else { ends.get(code - 1).copied().unwrap_or(0) };
    let end = ends.get(code).copied().unwrap_or(start);
    text.get(start as usize..end as usize).unwrap_or("")
}

/// A code for each row, in the fewest bytes that hold the largest.
#[derive(Debug, Clone)]
pub enum CodeVec {
    /// Up to 256 texts.
    U8(Vec<u8>),
    /// Up to 65,536 texts.
    U16(Vec<u16>),
    /// More.
    U32(Vec<u32>),
}

/// A text column: its dictionary and a code for each row.
#[derive(Debug, Clone)]
pub struct Codes {
    /// The texts.
    pub dictionary: Dictionary,
    /// One code a row.
    pub rows: CodeVec,
}

impl Default for Codes {
    fn default() -> Self {
        Self { dictionary: Dictionary::default(), rows: CodeVec::U8(Vec::new()) }
    }
}

/// Runs the same code for whichever width the codes have.
#[macro_export]
macro_rules! with_codes {
    ($rows:expr, $codes:ident => $body:expr) => {
        match $rows {
            $crate::table::dictionary::CodeVec::U8($codes) => $body,
            $crate::table::dictionary::CodeVec::U16($codes) => $body,
            $crate::table::dictionary::CodeVec::U32($codes) => $body,
        }
    };
}

impl Codes {
    /// Rows in the column.
    #[must_use]
    pub fn len(&self) -> usize {
        with_codes!(&self.rows, codes => codes.len())
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code in a row.
    #[must_use]
    #[allow(clippy::useless_conversion, reason = "useless only for the widest codes")]
    pub fn code(&self, row: usize) -> u32 {
        with_codes!(&self.rows, codes => codes.get(row).map_or(0, |&code| u32::from(code)))
    }

    /// The text in a row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        self.dictionary.get(self.code(row))
    }

    /// Adds a row; `false` when the text is not UTF-8 or does not fit.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(code) = self.dictionary.code(bytes) else { return false };
        self.push_code(code);
        true
    }

    /// Adds a row with a code that [`Dictionary::code`] gave out.
    #[inline]
    pub fn push_code(&mut self, code: u32) {
        match &mut self.rows {
            CodeVec::U8(codes) => match u8::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => self.widen_and_push(code),
            },
            CodeVec::U16(codes) => match u16::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => self.widen_and_push(code),
            },
            CodeVec::U32(codes) => codes.push(code),
        }
    }

    #[cold]
    fn widen_and_push(&mut self, code: u32) {
        let capacity = with_codes!(&self.rows, codes => codes.capacity());
        fn widened<A: Copy, B: From<A>>(codes: &[A], capacity: usize) -> Vec<B> {
            let mut wide = Vec::with_capacity(capacity);
            wide.extend(codes.iter().map(|&code| B::from(code)));
            wide
        }
        self.rows = match &self.rows {
            CodeVec::U8(codes) if u16::try_from(code).is_ok() => CodeVec::U16(widened(codes, capacity)),
            CodeVec::U8(codes) => CodeVec::U32(widened(codes, capacity)),
            CodeVec::U16(codes) => CodeVec::U32(widened(codes, capacity)),
            CodeVec::U32(codes) => CodeVec::U32(codes.clone()),
        };
        self.push_code(code);
    }

    pub(super) fn reserve(&mut self, rows: usize) -> bool {
        with_codes!(&mut self.rows, codes => codes.try_reserve(rows).is_ok())
    }

    pub(super) fn permute(&mut self, order: &[u32]) -> Result<()> {
        with_codes!(&mut self.rows, codes => gather(codes, order))
    }

    /// All codes as four-byte numbers, given up by the column.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when there is no memory for the copy.
    #[allow(clippy::useless_conversion, reason = "useless only for the widest codes")]
    pub fn into_parts(self) -> Result<(Dictionary, Vec<u32>)> {
        let mut wide = Vec::new();
        if let CodeVec::U32(codes) = self.rows {
            return Ok((self.dictionary, codes));
        }
        wide.try_reserve_exact(self.len()).map_err(|_| Error::new(ErrorKind::TooLarge))?;
        with_codes!(&self.rows, codes => wide.extend(codes.iter().map(|&code| u32::from(code))));
        Ok((self.dictionary, wide))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_stay_as_they_are() {
        let mut codes = Codes::default();
        for text in ["007", "7", "", "6222020200112233445", "007", "用户"] {
            assert!(codes.push(text.as_bytes()));
        }
        let rows: Vec<&str> = (0..codes.len()).map(|row| codes.get(row)).collect();
        assert_eq!(rows, ["007", "7", "", "6222020200112233445", "007", "用户"]);
        assert_eq!(codes.dictionary.len(), 5);
        assert!(!codes.push(&[0xff, 0xfe]), "not UTF-8");
        assert_eq!(codes.len(), 6, "a refused text leaves no row");
    }

    proptest! {
        #[test]
        fn any_texts_come_back(numbers in proptest::collection::vec(0u32..70_000, 0..500), spread in 1u32..300) {
            let mut codes = Codes::default();
            let texts: Vec<String> = (0..70_000 / spread.max(200)).map(|n| n.to_string()).chain(numbers.iter().map(u32::to_string)).collect();
            for text in &texts {
                codes.push(text.as_bytes());
            }
            for (row, text) in texts.iter().enumerate() {
                prop_assert_eq!(codes.get(row), text);
            }
        }
    }

    #[test]
    fn codes_widen_as_the_dictionary_grows() {
        let mut codes = Codes::default();
        for number in 0..70_000u32 {
            codes.push(number.to_string().as_bytes());
        }
        assert!(matches!(codes.rows, CodeVec::U32(_)));
        assert!((0..70_000usize).all(|row| codes.get(row) == row.to_string()));
    }
}
