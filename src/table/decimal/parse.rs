//! Numbers as people and programs write them: `1,234.50`, `1.234,50`, `¥12`, `12 元`, `(5.00)`, `12.5%`, `1.2万`, `1.5e3`, `１２`.
//!
//! What is accepted does not depend on the other cells of the column, so that any split of a file gives the same table: a
//! number is read when it is at most [`LARGEST`] either way, because with [`MAX_SCALE`] places it then fits 64 bits whatever
//! scale its column has. More places than that are rounded half to even, and the result says so.

use serde::{Deserialize, Serialize};

use super::MAX_SCALE;

/// The largest whole number that is read, and with a minus the smallest: 64 bits hold it with [`MAX_SCALE`] places.
pub const LARGEST: i64 = 9_223_372_036_854;

/// The longest text that is taken for a number, in bytes, signs and currency included.
const LONGEST: usize = 96;

/// Digits that are looked at; what follows can only matter for rounding.
const MOST_DIGITS: u32 = 36;

/// Which sign stands before the decimal places. The other one, if there, separates thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NumberFormat {
    /// `1,234.50`
    #[default]
    Point,
    /// `1.234,50`
    Comma,
}

impl NumberFormat {
    /// The sign before the decimal places.
    const fn point(self) -> u8 {
        match self {
            Self::Point => b'.',
            Self::Comma => b',',
        }
    }

    /// The format that more of these cells are written in; a point when both fit as many, so that `1,234` has thousands.
    #[must_use]
    pub fn decide<'a>(cells: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let (mut point, mut comma) = (0u64, 0u64);
        for cell in cells {
            point += u64::from(parse_with(cell, Self::Point).is_some());
            comma += u64::from(parse_with(cell, Self::Comma).is_some());
        }
        if comma > point { Self::Comma } else { Self::Point }
    }
}

/// One decimal as written: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed {
    /// All digits as one whole number.
    pub mantissa: i64,
    /// How many of them come after the point, at most [`MAX_SCALE`].
    pub scale: u8,
    /// Whether it had more places, and the mantissa is not exact.
    pub rounded: bool,
}

/// As [`parse_with`], with a decimal point.
#[inline]
#[must_use]
pub fn parse(text: &[u8]) -> Option<Parsed> {
    parse_with(text, NumberFormat::Point)
}

/// Reads a number. `None` for anything else, and for what is larger than [`LARGEST`].
#[inline]
#[must_use]
pub fn parse_with(text: &[u8], format: NumberFormat) -> Option<Parsed> {
    parse_plain(text, format.point()).or_else(|| parse_written(text, format))
}

/// The form nearly every export has, `-123.45`, read without looking for anything else.
#[inline]
fn parse_plain(text: &[u8], point: u8) -> Option<Parsed> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // Twelve digits before the point and six after it stay within the limit.
    if digits.len() > 19 {
        return None;
    }
    let (mut mantissa, mut point_at) = (0i64, None);
    for (place, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(digit));
        } else if byte == point && point_at.is_none() {
            point_at = Some(place);
        } else {
            return None;
        }
    }
    let (whole, places) = match point_at {
        Some(place) => (place, digits.len() - place - 1),
        None => (digits.len(), 0),
    };
    if whole > 12 || places > usize::from(MAX_SCALE) || whole + places == 0 {
        return None;
    }
    let mantissa = if negative { -mantissa } else { mantissa };
    Some(Parsed { mantissa, scale: places as u8, rounded: false })
}

/// All other forms.
#[cold]
fn parse_written(text: &[u8], format: NumberFormat) -> Option<Parsed> {
    let mut buffer = [0; LONGEST];
    let mut rest = simplify(text, &mut buffer)?.trim_ascii();
    let mut marks = Marks::default();
    while let Some(after) = marks.before(rest) {
        rest = after;
    }
    let (mut digits, mut rest) = Digits::take(rest, format)?;
    if let [b'e' | b'E', after @ ..] = rest {
        let (exponent, after) = exponent(after)?;
        (digits.exponent, rest) = (digits.exponent.checked_add(exponent)?, after);
    }
    while let Some(after) = marks.after(rest, &mut digits.exponent) {
        rest = after;
    }
    (rest.is_empty() && marks.fit()).then_some(())?;
    digits.value(marks.minus || marks.opened)
}

/// Any currency sign.
const CURRENCY: u8 = b'$';
/// 万, ten thousand.
const TEN_THOUSAND: u8 = 1;
/// 亿, a hundred million.
const HUNDRED_MILLION: u8 = 2;
/// 元, 块: the currency as a word.
const YUAN: u8 = 3;

/// Full-width letters, spaces, signs of currencies and Chinese units as one byte each. `None` when anything else is there,
/// or too much.
fn simplify<'a>(text: &[u8], buffer: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let text = std::str::from_utf8(text).ok()?.trim();
    // Some exports put this before a cell so that spreadsheets take it for text.
    let text = text.strip_prefix(['`', '\'']).unwrap_or(text);
    let mut length = 0;
    for letter in text.chars() {
        let byte = match letter {
            ' '..='~' => letter as u8,
            '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => b' ',
            // The full-width forms lie in the order of ASCII.
            '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(letter) - 0xfee0).ok()?,
            '\u{2212}' => b'-',
            '\u{2019}' => b'\'',
            '\u{a5}' | '\u{ffe5}' | '€' | '£' | '\u{ffe1}' | '₩' | '\u{ffe6}' | '₹' => CURRENCY,
            '万' | '萬' => TEN_THOUSAND,
            '亿' | '億' => HUNDRED_MILLION,
            '元' | '圆' | '圓' | '块' | '塊' => YUAN,
            _ => return None,
        };
        *buffer.get_mut(length)? = byte;
        length += 1;
    }
    buffer.get(..length)
}

/// What stands around the digits, each at most once.
#[derive(Debug, Default)]
struct Marks {
    sign: bool,
    minus: bool,
    opened: bool,
    closed: bool,
    currency_before: bool,
    currency_after: bool,
    unit: bool,
    percent: bool,
}

/// Sets a mark that may stand once.
fn once(mark: &mut bool) -> Option<()> {
    (!std::mem::replace(mark, true)).then_some(())
}

impl Marks {
    /// Takes one mark before the digits, and the spaces after it.
    fn before<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let (&first, rest) = text.split_first()?;
        let rest = match first {
            b'(' => {
                once(&mut self.opened)?;
                rest
            }
            b'-' | b'+' => {
                once(&mut self.sign)?;
                self.minus = first == b'-';
                rest
            }
            _ => {
                let rest = currency(text)?;
                once(&mut self.currency_before)?;
                rest
            }
        };
        Some(rest.trim_ascii_start())
    }

    /// Takes one mark after the digits, and the spaces before it.
    fn after<'a>(&mut self, text: &'a [u8], exponent: &mut i32) -> Option<&'a [u8]> {
        let text = text.trim_ascii_start();
        let (&first, rest) = text.split_first()?;
        match first {
            TEN_THOUSAND | HUNDRED_MILLION => {
                once(&mut self.unit)?;
                *exponent = exponent.checked_add(if first == TEN_THOUSAND { 4 } else { 8 })?;
            }
            b'%' => {
                once(&mut self.percent)?;
                *exponent = exponent.checked_sub(2)?;
            }
            b'-' => {
                once(&mut self.sign)?;
                self.minus = true;
            }
            b')' => once(&mut self.closed)?,
            YUAN => once(&mut self.currency_after)?,
            _ => {
                let rest = currency(text)?;
                once(&mut self.currency_after)?;
                return Some(rest);
            }
        }
        Some(rest)
    }

    /// Brackets come in pairs and are a sign of their own; a share is no money and not counted in 万.
    fn fit(&self) -> bool {
        self.opened == self.closed
            && !(self.opened && self.sign)
            && !(self.percent && (self.unit || self.currency_before || self.currency_after))
    }
}

/// What follows a currency's sign or code.
fn currency(text: &[u8]) -> Option<&[u8]> {
    const NAMES: [&[u8]; 25] = [
        b"$", b"US$", b"NT$", b"HK$", b"A$", b"C$", b"S$", b"R$", b"CN$", b"RMB", b"CNY", b"CNH", b"USD",
        b"HKD", b"TWD", b"NTD", b"EUR", b"GBP", b"JPY", b"KRW", b"INR", b"SGD", b"AUD", b"CAD", b"Rs.",
    ];
    NAMES.iter().find_map(|name| {
        let (start, rest) = text.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then_some(rest)
    })
}

/// A whole number after `e`, and what follows it.
fn exponent(text: &[u8]) -> Option<(i32, &[u8])> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(count).filter(|_| (1..=5).contains(&count))?;
    let value = digits.iter().fold(0, |sum, &digit| sum * 10 + i32::from(digit - b'0'));
    Some((if negative { -value } else { value }, rest))
}

/// `number * 10^exponent`, and a little more when `more`.
#[derive(Debug, Default)]
struct Digits {
    number: u128,
    exponent: i32,
    more: bool,
    kept: u32,
}

impl Digits {
    /// The digits that a text begins with, and what follows them.
    fn take(text: &[u8], format: NumberFormat) -> Option<(Self, &[u8])> {
        let mut digits = Self::default();
        let rest = digits.whole(text, format)?;
        let Some(fraction) = rest.strip_prefix(&[format.point()]) else {
            return (rest.len() < text.len()).then_some((digits, rest));
        };
        let count = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (places, after) = fraction.split_at_checked(count)?;
        places.iter().for_each(|&digit| digits.push(digit, true));
        (rest.len() + count < text.len() || count > 0).then_some((digits, after))
    }

    fn push(&mut self, digit: u8, place: bool) {
        if self.kept < MOST_DIGITS {
            self.number = self.number * 10 + u128::from(digit - b'0');
            self.kept += u32::from(self.number > 0);
            self.exponent -= i32::from(place);
        } else {
            self.more |= digit != b'0';
            self.exponent += i32::from(!place);
        }
    }

    /// The digits before the point: without separators, in threes (`1,234,567`), or as in India (`12,34,567`).
    fn whole<'a>(&mut self, text: &'a [u8], format: NumberFormat) -> Option<&'a [u8]> {
        let run = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = run(text);
        let (group, mut rest) = text.split_at_checked(first)?;
        group.iter().for_each(|&digit| self.push(digit, false));
        let separator = match (rest.first(), format) {
            (Some(&sign @ (b' ' | b'\'')), _)
            | (Some(&sign @ b','), NumberFormat::Point)
            | (Some(&sign @ b'.'), NumberFormat::Comma) => sign,
            _ => return Some(rest),
        };
        let next = |rest: &[u8]| rest.strip_prefix(&[separator]).map(run).filter(|&digits| digits > 0);
        let (mut all_threes, mut all_twos, mut last) = (true, true, None);
        while let Some(count) = next(rest) {
            if let Some(before) = last.replace(count) {
                (all_threes, all_twos) = (all_threes && before == 3, all_twos && before == 2);
            }
            let (group, after) = rest.get(1..)?.split_at_checked(count)?;
            group.iter().for_each(|&digit| self.push(digit, false));
            rest = after;
        }
        let Some(last) = last else { return Some(rest) };
        // A group is never the decimal places of another writer: 0,125 is no number of thousands.
        let threes = all_threes && (1..=3).contains(&first);
        let india = separator == b',' && all_twos && (1..=2).contains(&first);
        (last == 3 && (threes || india) && !text.starts_with(b"0")).then_some(rest)
    }

    /// The number in the places that a column can have.
    fn value(&self, negative: bool) -> Option<Parsed> {
        let limit = u128::from(LARGEST.unsigned_abs());
        let signed = |number: u128| {
            let number = i64::try_from(number).ok()?;
            Some(if negative { -number } else { number })
        };
        if self.number == 0 {
            let scale = u8::try_from(self.exponent.min(0).unsigned_abs().min(u32::from(MAX_SCALE))).ok()?;
            return Some(Parsed { mantissa: 0, scale, rounded: self.more });
        }
        if self.exponent >= 0 {
            let factor = 10u128.checked_pow(self.exponent.unsigned_abs())?;
            let number = self.number.checked_mul(factor).filter(|number| *number <= limit)?;
            return Some(Parsed { mantissa: signed(number)?, scale: 0, rounded: false });
        }
        let places = self.exponent.unsigned_abs();
        let scale = places.min(u32::from(MAX_SCALE));
        // More places than a column has: those beyond are cut off, and what they were decides.
        let (kept, beyond, half) = match 10u128.checked_pow(places - scale) {
            Some(unit) => (self.number / unit, self.number % unit, unit / 2),
            None => (0, self.number, u128::MAX),
        };
        let rounded = beyond > 0 || self.more;
        let most = limit * 10u128.pow(scale);
        if kept > most || (kept == most && rounded) {
            return None;
        }
        let up = places > scale && (beyond > half || (beyond == half && (self.more || kept % 2 == 1)));
        Some(Parsed { mantissa: signed(kept + u128::from(up))?, scale: u8::try_from(scale).ok()?, rounded })
    }
}

#[cfg(test)]
mod tests;
