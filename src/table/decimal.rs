//! Exact decimals: whole numbers of the column's smallest unit (cents, 分), never floating point.

use std::fmt;

use serde::{Deserialize, Serialize};

mod parse;

use super::integers::Integers;
pub use parse::{LARGEST, NumberFormat, Parsed, parse, parse_with};

/// The most decimal places a column can have.
pub const MAX_SCALE: u8 = 6;

/// Decimals that share one scale: the value is `values[row] / 10^scale`; [`Decimals::MISSING`] where the cell is empty.
#[derive(Debug, Clone, Default)]
pub struct Decimals {
    /// Whole numbers of the smallest unit.
    pub values: Integers,
    /// Decimal places.
    pub scale: u8,
}

/// An amount as reports carry it: `units / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Whole numbers of the smallest unit.
    pub units: i64,
    /// Decimal places.
    pub scale: u8,
}

impl Amount {
    /// As a floating-point number, for charts and averages.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.units as f64 / 10f64.powi(i32::from(self.scale))
    }
}

impl fmt::Display for Amount {
    /// All places, no separators: what another program reads.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.scale);
        let digits = format!("{:0width$}", self.units.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
        let sign = if self.units < 0 { "-" } else { "" };
        if fraction.is_empty() {
            write!(formatter, "{sign}{whole}")
        } else {
            write!(formatter, "{sign}{whole}.{fraction}")
        }
    }
}

impl Decimals {
    /// No number: the cell was empty or unreadable.
    pub const MISSING: i64 = Integers::MISSING;

    /// Adds a parsed decimal, giving the whole column more places if this one has more. `false`, and nothing is added,
    /// when a value would leave the range of 64 bits.
    #[inline]
    pub fn push(&mut self, number: Parsed) -> bool {
        if number.scale > self.scale && !self.rescale(number.scale) {
            return false;
        }
        let Some(value) =
            power_of_ten(self.scale - number.scale).and_then(|factor| number.mantissa.checked_mul(factor))
        else {
            return false;
        };
        if value == Self::MISSING {
            return false;
        }
        self.values.push(value);
        true
    }

    /// A parsed decimal in this column's unit; nothing when it has more places, or would leave the range of 64 bits.
    #[inline]
    #[must_use]
    pub fn in_unit(&self, number: Parsed) -> Option<i64> {
        if number.scale == self.scale {
            return Some(number.mantissa);
        }
        let factor = POWERS_OF_TEN.get(usize::from(self.scale.checked_sub(number.scale)?))?;
        number.mantissa.checked_mul(*factor).filter(|value| *value != Self::MISSING)
    }

    /// Adds the numbers of another column, bringing both to the larger number of places. `false`, and nothing is added, when
    /// a value would leave the range of 64 bits.
    #[must_use]
    pub fn append(&mut self, scale: u8, values: &Integers) -> bool {
        if scale > self.scale && !self.rescale(scale) {
            return false;
        }
        if scale == self.scale {
            self.values.append(values);
            return true;
        }
        let Some(moved) = rescaled(values, self.scale - scale) else { return false };
        self.values.append(&moved);
        true
    }

    #[cold]
    fn rescale(&mut self, scale: u8) -> bool {
        let Some(moved) = rescaled(&self.values, scale - self.scale) else { return false };
        self.values = moved;
        self.scale = scale;
        true
    }
}

/// The same numbers with more places.
fn rescaled(values: &Integers, places: u8) -> Option<Integers> {
    let factor = power_of_ten(places)?;
    let mut moved = Integers::default();
    for value in values.iter() {
        let value = if value == Integers::MISSING {
            value
        } else {
            value.checked_mul(factor).filter(|value| *value != Integers::MISSING)?
        };
        moved.push(value);
    }
    Some(moved)
}

const POWERS_OF_TEN: [i64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

fn power_of_ten(exponent: u8) -> Option<i64> {
    10i64.checked_pow(u32::from(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_takes_the_most_places_it_meets() {
        let mut column = Decimals::default();
        for text in ["1", "2.5", "3.125"] {
            assert!(column.push(parse(text.as_bytes()).unwrap()));
        }
        column.values.push(Decimals::MISSING);
        assert!(column.push(parse(b"0.0001").unwrap()));
        assert_eq!(
            (column.scale, column.values.iter().collect::<Vec<_>>()),
            (4, vec![10_000, 25_000, 31_250, Decimals::MISSING, 1])
        );
        assert!(column.push(parse(LARGEST.to_string().as_bytes()).unwrap()), "what is read fits");
        let beyond = Parsed { mantissa: i64::MAX, scale: 0, rounded: false };
        assert!(!column.push(beyond), "would overflow, is refused");
        assert_eq!(column.values.len(), 6);
    }

    #[test]
    fn amounts_keep_all_places() {
        assert_eq!(Amount { units: -5, scale: 2 }.to_string(), "-0.05");
        assert_eq!(Amount { units: 123_456, scale: 2 }.to_string(), "1234.56");
        assert_eq!(Amount { units: 7, scale: 0 }.to_string(), "7");
    }
}
