//! Exact decimals: whole numbers of the column's smallest unit (cents, 分), never floating point.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::integers::Integers;

/// The most decimal places a column can have.
pub const MAX_SCALE: u8 = 9;

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

fn power_of_ten(exponent: u8) -> Option<i64> {
    10i64.checked_pow(u32::from(exponent))
}

/// One decimal as written: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed {
    /// All digits as one whole number.
    pub mantissa: i64,
    /// How many of them come after the point.
    pub scale: u8,
}

/// Reads a decimal: optional sign, optional currency sign, digits with or without thousands commas, at most
/// [`MAX_SCALE`] places. `None` for anything else, exponents included.
#[must_use]
pub fn parse(text: &[u8]) -> Option<Parsed> {
    let mut rest = text.trim_ascii();
    let mut negative = false;
    // The sign may come before or after the currency sign: -¥12, ¥-12.
    for _ in 0..2 {
        if let Some(after) = rest.strip_prefix(b"-") {
            if negative {
                return None;
            }
            negative = true;
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"+").filter(|_| !negative) {
            rest = after;
        }
        for sign in ["\u{a5}", "\u{ffe5}", "$", "€", "£"] {
            if let Some(after) = rest.strip_prefix(sign.as_bytes()) {
                rest = after.trim_ascii_start();
            }
        }
    }
    let mut mantissa: i64 = 0;
    let (mut scale, mut digits, mut since_comma): (u8, usize, Option<usize>) = (0, 0, None);
    let mut in_fraction = false;
    for &byte in rest {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                digits += 1;
                if in_fraction {
                    scale += 1;
                    if scale > MAX_SCALE {
                        return None;
                    }
                } else if let Some(count) = &mut since_comma {
                    *count += 1;
                }
            }
            b'.' if !in_fraction && since_comma.is_none_or(|count| count == 3) => in_fraction = true,
            // A thousands comma has one to three digits before the first and three between any two.
            b',' if !in_fraction && since_comma.map_or(matches!(digits, 1..=3), |count| count == 3) => {
                since_comma = Some(0)
            }
            _ => return None,
        }
    }
    if digits == 0 || (!in_fraction && since_comma.is_some_and(|count| count != 3)) {
        return None;
    }
    Some(Parsed { mantissa: if negative { -mantissa } else { mantissa }, scale })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(i64, u8)> {
        parse(text.as_bytes()).map(|parsed| (parsed.mantissa, parsed.scale))
    }

    #[test]
    fn numbers_by_hand() {
        assert_eq!(read("11.77"), Some((1177, 2)));
        assert_eq!(read(" -0.5 "), Some((-5, 1)));
        assert_eq!(read("¥1,234.50"), Some((123_450, 2)));
        assert_eq!(read("-\u{ffe5}12"), Some((-12, 0)));
        assert_eq!(read("¥-12"), Some((-12, 0)));
        assert_eq!(read("5."), Some((5, 0)));
        assert_eq!(read(".5"), Some((5, 1)));
        for bad in [
            "",
            "-",
            "abc",
            "1e5",
            "1,23",
            "12,34,567",
            "1.2.3",
            "1234,567",
            "--1",
            "12 元",
            "99999999999999999999",
        ] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

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
        assert!(!column.push(parse(b"922337203685477580").unwrap()), "would overflow, is refused");
        assert_eq!(column.values.len(), 5);
    }

    #[test]
    fn amounts_keep_all_places() {
        assert_eq!(Amount { units: -5, scale: 2 }.to_string(), "-0.05");
        assert_eq!(Amount { units: 123_456, scale: 2 }.to_string(), "1234.56");
        assert_eq!(Amount { units: 7, scale: 0 }.to_string(), "7");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(units in -1_000_000_000_000i64..1_000_000_000_000, scale in 0u8..=6) {
            let divisor = 10i64.pow(u32::from(scale));
            let sign = if units < 0 { "-" } else { "" };
            let whole = units.abs() / divisor;
            let text = if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{:0width$}", units.abs() % divisor, width = scale as usize) };
            prop_assert_eq!(read(&text), Some((units, scale)));
        }
    }
}
