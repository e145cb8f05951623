//! Reads dates and times as people and programs write them.
//!
//! Year first is never ambiguous, so one reader takes all such forms: `2024-03-05`, `2024/3/5 8:05`, `2024年3月5日`,
//! `20240305`, `2024-03-05T08:05:00.123+08:00`. A month in words (`5 Mar 2024`) is no more ambiguous and is read with any
//! order. Day first, month first, seconds since 1970 and a spreadsheet's days are chosen for the column.
//!
//! Times are kept to the microsecond. Clocks of machines give finer digits (`.123456789`, nanoseconds since 1970): those
//! beyond the microsecond are cut off, never rounded up, so that no time moves into the next second, or day.

use serde::{Deserialize, Serialize};

use crate::dataset::calendar::{DAY_MICROS, Day, ZoneCache, parse_offset};
use crate::table::Clock;

mod order;
mod written;

pub use order::{DateOrder, day_of};

/// How the times of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TimeFormat {
    /// Year, month, day (with `-`, `/`, `.`, 年月日 or nothing between), then perhaps a time and an offset.
    #[default]
    YearFirst,
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
    /// Seconds since 1970-01-01 UTC.
    EpochSeconds,
    /// Milliseconds since 1970-01-01 UTC.
    EpochMilliseconds,
    /// Microseconds since 1970-01-01 UTC.
    EpochMicroseconds,
    /// Nanoseconds since 1970-01-01 UTC; kept to the microsecond below.
    EpochNanoseconds,
    /// A spreadsheet's days, 1 for 1900-01-01, the fraction being the time of day, kept to the nearest millisecond (more
    /// than spreadsheets show). Their calendar has a 29 February 1900, day 60, which never was and is refused; days before
    /// it are counted as they are shown.
    ExcelSerial,
}

impl TimeFormat {
    /// All formats, in the order in which a guess tries them.
    pub const ALL: [Self; 8] = [
        Self::YearFirst,
        Self::DayFirst,
        Self::MonthFirst,
        Self::EpochSeconds,
        Self::EpochMilliseconds,
        Self::EpochMicroseconds,
        Self::EpochNanoseconds,
        Self::ExcelSerial,
    ];
}

/// A time as written: what the wall clock showed, or, with an offset, an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Microseconds on a wall clock of unknown zone.
    Civil(i64),
    /// Microseconds since 1970 UTC.
    Instant(i64),
}

/// Reads one time. `None` when it is not a time in this format.
#[must_use]
pub fn parse(text: &[u8], format: TimeFormat) -> Option<Written> {
    let trimmed = || text.trim_ascii();
    match format {
        TimeFormat::YearFirst => parse_standard(text)
            .or_else(|| parse_date_time(trimmed(), None))
            .or_else(|| written::parse(text, format)),
        TimeFormat::DayFirst => {
            parse_date_time(trimmed(), Some(Order::DayFirst)).or_else(|| written::parse(text, format))
        }
        TimeFormat::MonthFirst => {
            parse_date_time(trimmed(), Some(Order::MonthFirst)).or_else(|| written::parse(text, format))
        }
        TimeFormat::EpochSeconds => parse_epoch(trimmed(), 0),
        TimeFormat::EpochMilliseconds => parse_epoch(trimmed(), 3),
        TimeFormat::EpochMicroseconds => parse_epoch(trimmed(), 6),
        TimeFormat::EpochNanoseconds => parse_epoch(trimmed(), 9),
        TimeFormat::ExcelSerial => parse_serial(trimmed()),
    }
}

/// Which comes first where the year comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayFirst,
    MonthFirst,
}

/// The form nearly every export has, `2024-03-05 08:05:00`, read without looking for anything else.
#[inline]
fn parse_standard(text: &[u8]) -> Option<Written> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', n1, n2, b':', s1, s2] = text
    else {
        return None;
    };
    let two = |tens: u8, ones: u8| -> Option<u32> {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    };
    let year = i32::try_from(two(y1, y2)? * 100 + two(y3, y4)?).ok()?;
    let day = Day::from_year_month_day(year, two(m1, m2)?, two(d1, d2)?)?;
    Some(Written::Civil(
        i64::from(day.0) * DAY_MICROS + seconds(&[h1, h2, b':', n1, n2, b':', s1, s2])? * 1_000_000,
    ))
}

/// `08:05:00` in seconds.
#[inline]
fn seconds(text: &[u8; 8]) -> Option<i64> {
    let &[h1, h2, b':', n1, n2, b':', s1, s2] = text else { return None };
    let two = |tens: u8, ones: u8| -> Option<u32> {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    };
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    (hour < 24 && minute < 60 && second < 60).then(|| i64::from(hour * 3600 + minute * 60 + second))
}

/// A date, year first unless there is an order, and perhaps a time.
fn parse_date_time(text: &[u8], order: Option<Order>) -> Option<Written> {
    let (day, rest) = match order {
        None => date_year_first(text)?,
        Some(order) => date_year_last(text, order)?,
    };
    let midnight = i64::from(day.0) * DAY_MICROS;
    if rest.is_empty() {
        return Some(Written::Civil(midnight));
    }
    let rest = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" "))?.trim_ascii_start();
    let (time, offset) = time_of_day(rest)?;
    Some(match offset {
        None => Written::Civil(midnight + time),
        Some(offset) => Written::Instant(midnight + time - i64::from(offset) * 1_000_000),
    })
}

fn date_year_first(text: &[u8]) -> Option<(Day, &[u8])> {
    let (year, rest) = number(text, 8)?;
    let digits = text.len() - rest.len();
    if digits == 8 {
        let day = Day::from_year_month_day(i32::try_from(year / 10_000).ok()?, year / 100 % 100, year % 100)?;
        return Some((day, rest));
    }
    if digits != 4 {
        return None;
    }
    let (separator, rest) = separator(rest, "年")?;
    let (month, rest) = number(rest, 2)?;
    let (second, rest) = self::separator(rest, "月")?;
    if separator != second {
        return None;
    }
    let (date, rest) = number(rest, 2)?;
    let rest = if separator == b'C' { rest.strip_prefix("日".as_bytes()).unwrap_or(rest) } else { rest };
    Some((Day::from_year_month_day(i32::try_from(year).ok()?, month, date)?, rest))
}

fn date_year_last(text: &[u8], order: Order) -> Option<(Day, &[u8])> {
    let (first, rest) = number(text, 2)?;
    let (separator, rest) = separator(rest, "/")?;
    let (second, rest) = number(rest, 2)?;
    let (again, rest) = self::separator(rest, "/")?;
    let (year, after) = number(rest, 4)?;
    let year = match rest.len() - after.len() {
        4 => year,
        2 => year + if year < 70 { 2000 } else { 1900 },
        _ => return None,
    };
    if separator != again {
        return None;
    }
    let (date, month) = if order == Order::DayFirst { (first, second) } else { (second, first) };
    Some((Day::from_year_month_day(i32::try_from(year).ok()?, month, date)?, after))
}

/// One of `- / .`, or the Chinese sign (returned as `C`).
fn separator<'a>(text: &'a [u8], chinese: &str) -> Option<(u8, &'a [u8])> {
    match text.split_first()? {
        (&sign @ (b'-' | b'/' | b'.'), rest) => Some((sign, rest)),
        _ => text.strip_prefix(chinese.as_bytes()).map(|rest| (b'C', rest)),
    }
}

/// `8:05`, `08:05:00`, `080500`, with a fraction and an offset where there are any: microseconds and the offset in seconds.
fn time_of_day(text: &[u8]) -> Option<(i64, Option<i32>)> {
    let (hour, rest) = number(text, 6)?;
    let digits = text.len() - rest.len();
    let (hour, minute, second, rest) = if digits == 6 {
        (hour / 10_000, hour / 100 % 100, hour % 100, rest)
    } else {
        let (minute, rest) = number(rest.strip_prefix(b":")?, 2)?;
        match rest.strip_prefix(b":") {
            Some(rest) => {
                let (second, rest) = number(rest, 2)?;
                (hour, minute, second, rest)
            }
            None => (hour, minute, 0, rest),
        }
    };
    if hour >= 24 || minute >= 60 || second >= 60 {
        return None;
    }
    let mut micros = i64::from(hour * 3600 + minute * 60 + second) * 1_000_000;
    let mut rest = rest;
    if let Some((fraction, after)) = fraction(rest)? {
        (micros, rest) = (micros + fraction, after);
    }
    match rest.trim_ascii_start() {
        b"" => Some((micros, None)),
        b"Z" | b"z" | b"UTC" => Some((micros, Some(0))),
        offset => Some((micros, Some(parse_offset(offset)?))),
    }
}

/// The microseconds of a fraction of a second, finer digits cut off, and what follows it; `Some(None)` where there is none,
/// which is not the same as a wrong one.
fn fraction(text: &[u8]) -> Option<Option<(i64, &[u8])>> {
    let Some(fraction) = text.strip_prefix(b".").or_else(|| text.strip_prefix(b",")) else {
        return Some(None);
    };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, after) = fraction.split_at_checked(digits).filter(|_| (1..=12).contains(&digits))?;
    let micros = fraction.iter().take(6).fold(0, |sum, &digit| sum * 10 + i64::from(digit - b'0'));
    let padding = 10i64.pow(u32::try_from(6usize.saturating_sub(digits)).ok()?);
    Some(Some((micros * padding, after)))
}

/// A number since 1970 whose last `places` digits are the fraction of a second.
fn parse_epoch(text: &[u8], places: u32) -> Option<Written> {
    // Nineteen digits are nanoseconds of this century; more is no time.
    const MOST: usize = 20;
    let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    let mut parts = digits.splitn(2, |&byte| byte == b'.');
    let (whole, fraction) = (parts.next()?, parts.next().unwrap_or(b""));
    let digits = || whole.iter().chain(fraction);
    if whole.is_empty() || whole.len() > MOST || fraction.len() > MOST || !digits().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits().fold(0i128, |sum, &digit| {
        // Forty digits and no more: far from the end of the type, except where no time is.
        sum.saturating_mul(10).saturating_add(i128::from(digit - b'0'))
    });
    let value = if negative { -value } else { value };
    let places = i32::try_from(places).ok()? + i32::try_from(fraction.len()).ok()? - 6;
    let unit = 10i128.pow(places.unsigned_abs());
    let micros = if places > 0 { value.div_euclid(unit) } else { value.checked_mul(unit)? };
    in_years(i64::try_from(micros).ok()?).map(Written::Instant)
}

/// The years 1 to 9999, as everywhere.
fn in_years(micros: i64) -> Option<i64> {
    (-62_135_596_800_000_000..253_402_300_800_000_000).contains(&micros).then_some(micros)
}

/// Days as spreadsheets count them.
fn parse_serial(text: &[u8]) -> Option<Written> {
    /// The day before day 1 as spreadsheets count from 1 March 1900 on: 1899-12-30.
    const ORIGIN: i64 = -25_569;
    const DAY_MILLIS: u64 = 86_400_000;
    let (day, rest) = number(text, 7)?;
    let digits = match rest.split_first() {
        None => rest,
        Some((b'.' | b',', digits)) => digits,
        Some(_) => return None,
    };
    if !digits.iter().all(u8::is_ascii_digit) || day == 0 || day == 60 || day > 2_958_465 {
        return None;
    }
    // Sixteen digits are all that a spreadsheet has.
    let kept = digits.get(..digits.len().min(16)).unwrap_or(digits);
    let unit = 10u128.pow(u32::try_from(kept.len()).ok()?);
    let share = kept.iter().fold(0u128, |sum, &digit| sum * 10 + u128::from(digit - b'0'));
    let millis = (share * u128::from(DAY_MILLIS) * 2 + unit) / (unit * 2);
    let day = i64::from(day) + i64::from(day < 60) + ORIGIN;
    in_years(day * DAY_MICROS + i64::try_from(millis).ok()? * 1000).map(Written::Civil)
}

/// At most `most` digits as a number, and what follows them.
fn number(text: &[u8], most: usize) -> Option<(u32, &[u8])> {
    let digits = text.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits).filter(|(digits, _)| !digits.is_empty())?;
    Some((digits.iter().fold(0, |sum, &digit| sum * 10 + u32::from(digit - b'0')), rest))
}

/// Reads the times of one column and brings them to the column's clock.
#[derive(Debug)]
pub struct TimeReader {
    format: TimeFormat,
    clock: Clock,
    zone: ZoneCache,
    /// The last date in the standard form, and its midnight in seconds: rows beside each other often have the same.
    date: (u64, u32),
    midnight: i64,
    /// What the cells tell of the order of day and month, and whether there is more to be told.
    order: DateOrder,
    watches: bool,
}

impl TimeReader {
    /// A reader for a column that is kept on this clock; times of the other kind are converted in the zone.
    #[must_use]
    pub fn new(format: TimeFormat, clock: Clock, zone: ZoneCache) -> Self {
        let (order, watches) = (DateOrder::default(), format.other_order().is_some());
        Self { format, clock, zone, date: NO_DATE, midnight: 0, order, watches }
    }

    /// How the cells are written.
    #[must_use]
    pub fn format(&self) -> TimeFormat {
        self.format
    }

    /// Reads the cells that follow in another format.
    pub fn turn_to(&mut self, format: TimeFormat) {
        (self.format, self.date) = (format, NO_DATE);
        self.watches = format.other_order().is_some();
    }

    /// What the cells since the last call tell of the order of day and month.
    pub fn take_order(&mut self) -> DateOrder {
        self.watches = self.format.other_order().is_some();
        std::mem::take(&mut self.order)
    }

    /// The clock of the values that [`Self::read`] gives.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Microseconds on the column's clock, or `None` when the text is not a time.
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Option<i64> {
        let written = parse(text, self.format)?;
        if self.watches {
            self.watch(text);
        }
        Some(match (written, self.clock) {
            (Written::Civil(micros), Clock::Civil) | (Written::Instant(micros), Clock::Instant) => micros,
            (Written::Instant(micros), Clock::Civil) => self.zone.civil_from_instant(micros),
            (Written::Civil(micros), Clock::Instant) => self.zone.zone().instant_from_civil(micros),
        })
    }

    #[cold]
    fn watch(&mut self, text: &[u8]) {
        self.order.note_read(text, self.format);
        self.watches = !self.order.confirmed;
    }

    /// As [`Self::read`], in whole seconds and microseconds beyond them, without working out a date twice in a row.
    #[inline]
    pub fn read_parts(&mut self, text: &[u8]) -> Option<(i64, u32)> {
        if let Some((date, [b' ' | b'T', time @ ..])) = text.split_first_chunk::<10>()
            && date_key(date) == self.date
            && let Ok(time) = <&[u8; 8]>::try_from(time)
            && let Some(seconds) = seconds(time)
        {
            return Some((self.midnight + seconds, 0));
        }
        self.read_anew(text)
    }

    #[inline(never)]
    fn read_anew(&mut self, text: &[u8]) -> Option<(i64, u32)> {
        let micros = self.read(text)?;
        // A date is remembered only where the column is read as it is written.
        if let Some(date) = text.first_chunk::<10>()
            && (self.format, self.clock) == (TimeFormat::YearFirst, Clock::Civil)
            && matches!(parse_standard(text), Some(Written::Civil(_)))
        {
            (self.date, self.midnight) = (date_key(date), micros.div_euclid(DAY_MICROS) * 86_400);
        }
        Some((micros.div_euclid(1_000_000), u32::try_from(micros.rem_euclid(1_000_000)).ok()?))
    }
}

/// No date has this key.
const NO_DATE: (u64, u32) = (0, u32::MAX);

/// A date's ten signs as two numbers, which compare faster.
#[inline]
fn date_key(date: &[u8; 10]) -> (u64, u32) {
    let &[a, b, c, d, e, f, g, h, i, j] = date;
    (u64::from_le_bytes([a, b, c, d, e, f, g, h]), u32::from(u16::from_le_bytes([i, j])))
}

#[cfg(test)]
mod tests;
