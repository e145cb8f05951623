//! A text column: its dictionary and a code for each row.

use super::super::{gather, remove};
use super::Dictionary;
use crate::error::{Error, ErrorKind, Result};

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

    /// Adds several rows with codes that [`Dictionary::codes`] gave out.
    pub fn extend(&mut self, codes: &[u32]) {
        self.widen();
        match &mut self.rows {
            CodeVec::U8(rows) => rows.extend(codes.iter().map(|&code| code as u8)),
            CodeVec::U16(rows) => rows.extend(codes.iter().map(|&code| code as u16)),
            CodeVec::U32(rows) => rows.extend_from_slice(codes),
        }
    }

    /// Takes the codes of some rows away, which are given in ascending order.
    pub fn remove(&mut self, rows: &[usize]) {
        with_codes!(&mut self.rows, codes => remove(codes, rows));
    }

    /// Makes the codes as wide as the dictionary's last one needs.
    pub fn widen(&mut self) {
        let last = u32::try_from(self.dictionary.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let fits = match &self.rows {
            CodeVec::U8(_) => u8::try_from(last).is_ok(),
            CodeVec::U16(_) => u16::try_from(last).is_ok(),
            CodeVec::U32(_) => true,
        };
        if !fits {
            self.widen_for(last);
        }
    }

    #[cold]
    fn widen_and_push(&mut self, code: u32) {
        self.widen_for(code);
        self.push_code(code);
    }

    fn widen_for(&mut self, code: u32) {
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
    }

    pub(in crate::table) fn reserve(&mut self, rows: usize) -> bool {
        with_codes!(&mut self.rows, codes => codes.try_reserve(rows).is_ok())
    }

    pub(in crate::table) fn permute(&mut self, order: &[u32]) -> Result<()> {
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
