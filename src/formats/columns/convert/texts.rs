//! Texts as codes in a dictionary that lives as long as the plan.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayAccessor};
use arrow_schema::DataType;
use strata_core::error::{Error, ErrorKind, Result};
use strata_core::ingest::ledger::Reason;
use strata_core::ingest::mapping::Role;
use strata_core::table::chunk::ChunkColumn;
use strata_core::table::dictionary::CodeVec;
use strata_core::table::integers::Integers;

use super::codes::Codes;
use super::{Account, Cells, kept, whole_numbers};
use crate::columns::text;

/// No code yet.
const UNKNOWN: u32 = u32::MAX;

/// A code that is in nobody's dictionary, for a cell whose row is set aside.
const NONE: u32 = 0;

/// A column of texts.
#[derive(Default)]
pub(super) struct Texts {
    dictionary: Codes,
    codes: Vec<u32>,
    /// The dictionary of the file that was met last, and our codes for its texts.
    values: Option<(arrow_array::ArrayRef, Vec<u32>)>,
    /// Codes of whole numbers: ids are often kept as such.
    numbers: HashMap<i64, u32, std::hash::BuildHasherDefault<rustc_hash::FxHasher>>,
    whole: Vec<i64>,
}

impl Texts {
    pub(super) fn read(&mut self, column: &Cells<'_>, account: &mut Account) -> Result<()> {
        self.codes.clear();
        let array = column.array;
        match array.data_type() {
            DataType::Utf8 => self.bytes(array.as_string::<i32>(), column, account),
            DataType::LargeUtf8 => self.bytes(array.as_string::<i64>(), column, account),
            DataType::Utf8View => self.bytes(array.as_string_view(), column, account),
            DataType::Binary => self.bytes(array.as_binary::<i32>(), column, account),
            DataType::LargeBinary => self.bytes(array.as_binary::<i64>(), column, account),
            DataType::BinaryView => self.bytes(array.as_binary_view(), column, account),
            DataType::Dictionary(keys, _) if **keys == DataType::Int32 => {
                let array = array.as_dictionary::<Int32Type>();
                self.known(array.values());
                // A key that is out of range has been refused by the reader; that of a missing cell means nothing.
                let keys = array.keys();
                match keys.nulls() {
                    None => self.coded(keys.values().iter().map(|&key| Some(key as usize)), column, account),
                    Some(_) => {
                        self.coded(keys.iter().map(|key| key.map(|key| key as usize)), column, account)
                    }
                }
            }
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                self.known(dictionary.values());
                let keys = dictionary.normalized_keys();
                let keys = keys.into_iter().enumerate().map(|(row, key)| array.is_valid(row).then_some(key));
                self.coded(keys, column, account)
            }
            _ => self.others(column, account),
        }
    }

    /// Remembers a dictionary of the file; nothing to do when it is the one met last.
    fn known(&mut self, values: &arrow_array::ArrayRef) {
        let same = self.values.as_ref().is_some_and(|(last, _)| last.to_data().ptr_eq(&values.to_data()));
        if !same {
            self.values = Some((values.clone(), vec![UNKNOWN; values.len()]));
        }
    }

    fn coded(
        &mut self,
        keys: impl Iterator<Item = Option<usize>>,
        column: &Cells<'_>,
        account: &mut Account,
    ) -> Result<()> {
        let Some((values, mut codes)) = self.values.take() else { return Ok(()) };
        let mut cell = Vec::new();
        for (row, key) in keys.enumerate() {
            let known = key.and_then(|key| codes.get(key).copied()).unwrap_or(UNKNOWN);
            if known != UNKNOWN {
                self.codes.push(known);
                continue;
            }
            cell.clear();
            if let Some(key) = key {
                text::cell(&values, key, &mut cell);
            }
            let code = self.code(&cell, row, column, account)?;
            self.codes.push(code.unwrap_or(NONE));
            // A text that only rows set aside have had must not enter our dictionary: it stays unknown.
            if let (Some(code), Some(known)) = (code, key.and_then(|key| codes.get_mut(key))) {
                *known = code;
            }
        }
        self.values = Some((values, codes));
        Ok(())
    }

    fn bytes<'a, A>(&mut self, array: A, column: &Cells<'_>, account: &mut Account) -> Result<()>
    where
        A: ArrayAccessor<Item: AsRef<[u8]> + 'a>,
    {
        let missing = array.null_count() > 0;
        for row in 0..array.len() {
            let code = if missing && array.is_null(row) {
                self.code(b"", row, column, account)?
            } else {
                self.code(array.value(row).as_ref(), row, column, account)?
            };
            self.codes.push(code.unwrap_or(NONE));
        }
        Ok(())
    }

    /// Whole numbers, times, truth values: written out, exactly.
    fn others(&mut self, column: &Cells<'_>, account: &mut Account) -> Result<()> {
        let mut cell = Vec::new();
        let mut whole = std::mem::take(&mut self.whole);
        let are_whole = whole_numbers(column.array, &mut whole);
        for row in 0..column.array.len() {
            let number = whole.get(row).copied().filter(|&number| are_whole && number != Integers::MISSING);
            if let Some(code) = number.and_then(|number| self.numbers.get(&number)) {
                self.codes.push(*code);
                continue;
            }
            cell.clear();
            text::cell(column.array, row, &mut cell);
            let code = self.code(&cell, row, column, account)?;
            self.codes.push(code.unwrap_or(NONE));
            if let (Some(number), Some(code)) = (number, code) {
                self.numbers.insert(number, code);
            }
        }
        self.whole = whole;
        Ok(())
    }

    /// The code of a text; none when its row is set aside.
    #[inline]
    fn code(
        &mut self,
        text: &[u8],
        row: usize,
        column: &Cells<'_>,
        account: &mut Account,
    ) -> Result<Option<u32>> {
        let text = text.trim_ascii();
        if account.is_bad(row) {
            return Ok(None);
        }
        if text.is_empty() && column.plan.role == Role::User && account.kind.needs_cell(Role::User) {
            account.fail(row, column, Reason::NoUser);
            return Ok(None);
        }
        match self.dictionary.code(text) {
            Some(code) => Ok(Some(code)),
            None if std::str::from_utf8(text).is_err() => {
                account.fail(row, column, Reason::NotUtf8);
                Ok(None)
            }
            None => Err(Error::new(ErrorKind::TooLarge)),
        }
    }

    pub(super) fn chunk(&mut self, bad: Option<&[bool]>) -> ChunkColumn {
        let codes = kept(&self.codes, bad);
        let codes = match self.dictionary.len() {
            ..=0x100 => CodeVec::U8(codes.iter().map(|&code| code as u8).collect()),
            0x101..=0x1_0000 => CodeVec::U16(codes.iter().map(|&code| code as u16).collect()),
            _ => CodeVec::U32(codes.into_owned()),
        };
        ChunkColumn::Text { new: self.dictionary.take_new(), codes }
    }
}
