//! Numbers, exactly.

use arrow_array::cast::AsArray as _;
use arrow_array::types::*;
use arrow_schema::DataType;
use strata_core::ingest::ledger::Reason;
use strata_core::table::chunk::ChunkColumn;
use strata_core::table::decimal::{self, Decimals, LARGEST, Parsed};

use super::{Account, Cells, integers, kept, whole_numbers};
use crate::columns::text;

/// Decimal places of numbers that a file has in floating point: what lies beyond is no part of any measure.
const PLACES: u8 = 6;

/// Powers of ten that fit.
const TENS: [f64; PLACES as usize + 1] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

/// Whole numbers up to here are exact in floating point.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whole numbers of one unit.
#[derive(Clone, Default)]
pub(super) struct Units {
    pub values: Vec<i64>,
    pub scale: u8,
}

impl Units {
    /// Adds a number, giving all more places if it has more; `false`, and nothing is added, when one would leave 64 bits.
    fn push(&mut self, number: Parsed) -> bool {
        let most = i128::from(LARGEST) * 10i128.pow(u32::from(number.scale));
        if i128::from(number.mantissa).abs() > most {
            return false;
        }
        let ten = |places: u8| 10i64.checked_pow(u32::from(places));
        if let Some(factor) = number.scale.checked_sub(self.scale).filter(|more| *more > 0).and_then(ten) {
            for value in self.values.iter_mut().filter(|value| **value != Decimals::MISSING) {
                *value = value.saturating_mul(factor);
            }
            self.scale = number.scale;
        }
        let value = ten(self.scale - number.scale).and_then(|factor| number.mantissa.checked_mul(factor));
        value.map(|value| self.values.push(value)).is_some()
    }
}

/// A column of numbers.
#[derive(Default)]
pub(super) struct Numbers {
    column: Units,
    whole: Vec<i64>,
}

impl Numbers {
    /// The numbers of the batch at hand.
    pub(super) fn units(&self) -> &Units {
        &self.column
    }

    /// Begins a batch. Places that a column has needed once are kept: the next chunk needs them too.
    pub(super) fn clear(&mut self) {
        self.column.values.clear();
    }

    pub(super) fn push(&mut self, number: Parsed) -> bool {
        self.column.push(number)
    }

    pub(super) fn push_missing(&mut self) {
        self.column.values.push(Decimals::MISSING);
    }

    pub(super) fn read(&mut self, column: &Cells<'_>, account: &mut Account) {
        self.clear();
        let array = column.array;
        if whole_numbers(array, &mut self.whole) {
            self.column.scale = 0;
            std::mem::swap(&mut self.column.values, &mut self.whole);
            return;
        }
        match array.data_type() {
            DataType::Float64 => {
                let array = array.as_primitive::<Float64Type>();
                self.floats(array.iter(), column, account);
            }
            DataType::Decimal32(_, scale) => {
                let values = array.as_primitive::<Decimal32Type>();
                self.decimals(values.iter().map(|value| value.map(i128::from)), *scale, column, account);
            }
            DataType::Decimal64(_, scale) => {
                let values = array.as_primitive::<Decimal64Type>();
                self.decimals(values.iter().map(|value| value.map(i128::from)), *scale, column, account);
            }
            DataType::Decimal128(_, scale) => {
                let values = array.as_primitive::<Decimal128Type>();
                self.decimals(values.iter(), *scale, column, account);
            }
            DataType::Decimal256(_, scale) => {
                let values = array.as_primitive::<Decimal256Type>();
                // What needs more than 128 bits is as far out of range as the largest that does not.
                let narrowed =
                    values.iter().map(|value| value.map(|value| value.to_i128().unwrap_or(i128::MAX)));
                self.decimals(narrowed, *scale, column, account);
            }
            DataType::Boolean => {
                for value in array.as_boolean() {
                    self.column.values.push(value.map_or(Decimals::MISSING, i64::from));
                }
                self.column.scale = 0;
            }
            _ => self.texts(column, account),
        }
    }

    fn put(&mut self, number: Option<Parsed>, row: usize, column: &Cells<'_>, account: &mut Account) {
        match number.filter(|number| self.column.push(*number)) {
            Some(number) if number.rounded => note_rounded(row, column, account),
            Some(_) => {}
            None => {
                self.column.values.push(Decimals::MISSING);
                account.fail(row, column, Reason::BadNumber);
            }
        }
    }

    /// Floating point: the shortest decimal that means the same number, with at most six places.
    fn floats(
        &mut self,
        values: impl Iterator<Item = Option<f64>>,
        column: &Cells<'_>,
        account: &mut Account,
    ) {
        for (row, value) in values.enumerate() {
            let Some(value) = value.filter(|value| !value.is_nan()) else {
                self.column.values.push(Decimals::MISSING);
                continue;
            };
            let scale = self.column.scale.min(PLACES);
            if let Some(mantissa) = exact(value, scale) {
                self.put(Some(Parsed { mantissa, scale, rounded: false }), row, column, account);
                continue;
            }
            let more = (scale + 1..=PLACES)
                .find_map(|scale| Some(Parsed { mantissa: exact(value, scale)?, scale, rounded: false }));
            let number = more.or_else(|| decimal::parse(format!("{value}").as_bytes()));
            self.put(number, row, column, account);
        }
    }

    fn decimals(
        &mut self,
        values: impl Iterator<Item = Option<i128>>,
        scale: i8,
        column: &Cells<'_>,
        account: &mut Account,
    ) {
        if let Some(scale) = u8::try_from(scale).ok().filter(|scale| *scale <= PLACES) {
            self.column.scale = self.column.scale.max(scale);
            for (row, value) in values.enumerate() {
                match value.map(i64::try_from) {
                    None => self.column.values.push(Decimals::MISSING),
                    Some(Ok(value)) => {
                        self.put(
                            Some(Parsed { mantissa: value, scale, rounded: false }),
                            row,
                            column,
                            account,
                        );
                    }
                    Some(_) => self.put(None, row, column, account),
                }
            }
            return;
        }
        let mut written = Vec::new();
        for (row, value) in values.enumerate() {
            if value.is_none() {
                self.column.values.push(Decimals::MISSING);
                continue;
            }
            written.clear();
            text::cell(column.array, row, &mut written);
            let number = decimal::parse(&written);
            self.put(number, row, column, account);
        }
    }

    /// Texts and all else, read as if they stood in a text file; a dictionary's texts once each.
    fn texts(&mut self, column: &Cells<'_>, account: &mut Account) {
        let mut cell = Vec::new();
        let array = column.array;
        let (keys, values) = match array.as_any_dictionary_opt() {
            Some(dictionary) => (Some(dictionary.normalized_keys()), dictionary.values().as_ref()),
            None => (None, array),
        };
        // Nothing: not read yet. Inside: empty, or a number, or none.
        let mut known: Vec<Option<Result<Option<Parsed>, ()>>> =
            vec![None; keys.as_ref().map_or(0, |_| values.len())];
        for row in 0..array.len() {
            let place = keys.as_ref().map_or(row, |keys| keys.get(row).copied().unwrap_or(0));
            let mut read = || {
                cell.clear();
                text::cell(values, place, &mut cell);
                if cell.trim_ascii().is_empty() {
                    return Ok(None);
                }
                decimal::parse_with(&cell, column.plan.number_format).map(Some).ok_or(())
            };
            let found = match known.get_mut(place).filter(|_| keys.is_some()) {
                _ if array.is_null(row) => Ok(None),
                Some(known) => *known.get_or_insert_with(read),
                None => read(),
            };
            match found {
                Ok(None) => self.column.values.push(Decimals::MISSING),
                Ok(number) => self.put(number, row, column, account),
                Err(()) => self.put(None, row, column, account),
            }
        }
    }

    pub(super) fn chunk(&mut self, bad: Option<&[bool]>) -> ChunkColumn {
        ChunkColumn::Number { scale: self.column.scale, values: integers(&kept(&self.column.values, bad)) }
    }
}

/// The number as units of so many places, when that is exactly what it means.
#[inline]
fn exact(value: f64, scale: u8) -> Option<i64> {
    let ten = TENS.get(usize::from(scale)).copied()?;
    let units = (value * ten).round_ties_even();
    // Division is correctly rounded: the nearest number to units / ten is this one, and so these are its shortest digits.
    (units.abs() < EXACT && units / ten == value).then_some(units as i64)
}

#[cold]
fn note_rounded(row: usize, column: &Cells<'_>, account: &mut Account) {
    let mut found = Vec::new();
    text::cell(column.array, row, &mut found);
    account.ledger.note_rounded(&column.plan.name, account.number(row), &found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_read_as_their_shortest_digits() {
        assert_eq!(exact(89.98, 2), Some(8998));
        assert_eq!(exact(0.1 + 0.2, 1), None);
        assert_eq!(exact(0.3, 1), Some(3));
        assert_eq!(exact(-0.005, 3), Some(-5));
        assert_eq!(exact(f64::INFINITY, 0), None);
        assert_eq!(exact(1e300, 0), None);
    }
}
