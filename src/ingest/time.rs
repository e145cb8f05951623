//! Reads dates and times as people and programs write them.
//!
//! Year first is never ambiguous, so one reader takes all such forms: `2024-03-05`, `2024/3/5 8:05`, `2024年3月5日`,
//! `20240305`, `2024-03-05T08:05:00.123+08:00`. Day first, month first and seconds since 1970 are chosen for the column.

use serde::{Deserialize, Serialize};

use crate::dataset::calendar::{DAY_MICROS, Day, ZoneCache, parse_offset};
use crate::table::Clock;

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
}

impl TimeFormat {
    /// All formats, in the order in which a guess tries them.
    pub const ALL: [Self; 5] =
        [Self::YearFirst, Self::DayFirst, Self::MonthFirst, Self::EpochSeconds, Self::EpochMilliseconds];
}

/// A time as written: what the wall clock showed, or, with an offset, an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Microseconds on a wall clock of unknown zone.
    Civil(i64),
    /// Microseconds since 1970 UTC.
    Instant(i64),
}

/// Reads one time. `None` when it is not a time in this format; fractions finer than a microsecond are refused too.
#[must_use]
pub fn parse(text: &[u8], format: TimeFormat) -> Option<Written> {
    match format {
        TimeFormat::YearFirst => parse_standard(text).or_else(|| parse_date_time(text.trim_ascii(), format)),
        TimeFormat::DayFirst | TimeFormat::MonthFirst => parse_date_time(text.trim_ascii(), format),
        TimeFormat::EpochSeconds => parse_epoch(text.trim_ascii(), 6),
        TimeFormat::EpochMilliseconds => parse_epoch(text.trim_ascii(), 3),
    }
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
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    (hour < 24 && minute < 60 && second < 60).then(|| {
        Written::Civil(
            i64::from(day.0) * DAY_MICROS + i64::from(hour * 3600 + minute * 60 + second) * 1_000_000,
        )
    })
}

fn parse_date_time(text: &[u8], format: TimeFormat) -> Option<Written> {
    let (day, rest) =
        if format == TimeFormat::YearFirst { date_year_first(text)? } else { date_year_last(text, format)? };
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

fn date_year_last(text: &[u8], format: TimeFormat) -> Option<(Day, &[u8])> {
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
    let (date, month) = if format == TimeFormat::DayFirst { (first, second) } else { (second, first) };
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
    if let Some(fraction) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, after) = fraction.split_at_checked(digits)?;
        let (kept, beyond) = fraction.split_at_checked(digits.min(6))?;
        if kept.is_empty() || beyond.iter().any(|&digit| digit != b'0') {
            return None;
        }
        let padding = 10i64.pow(u32::try_from(6 - kept.len()).ok()?);
        micros += kept.iter().fold(0, |sum, &digit| sum * 10 + i64::from(digit - b'0')) * padding;
        rest = after;
    }
    match rest.trim_ascii_start() {
        b"" => Some((micros, None)),
        b"Z" | b"z" | b"UTC" => Some((micros, Some(0))),
        offset => Some((micros, Some(parse_offset(offset)?))),
    }
}

fn parse_epoch(text: &[u8], places: u32) -> Option<Written> {
    let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    let mut parts = digits.splitn(2, |&byte| byte == b'.');
    let (whole, fraction) = (parts.next()?, parts.next().unwrap_or(b""));
    let fraction = fraction.trim_ascii_end();
    if whole.is_empty()
        || fraction.len() > places as usize
        || !whole.iter().chain(fraction).all(u8::is_ascii_digit)
    {
        return None;
    }
    let digits = whole.iter().chain(fraction);
    let value = digits
        .into_iter()
        .try_fold(0i64, |sum, &digit| sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')))?;
    let micros = value.checked_mul(10i64.checked_pow(places - u32::try_from(fraction.len()).ok()?)?)?;
    // The years 1 to 9999, as everywhere.
    let micros = if negative { -micros } else { micros };
    ((-62_135_596_800_000_000..253_402_300_800_000_000).contains(&micros)).then_some(Written::Instant(micros))
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
}

impl TimeReader {
    /// A reader for a column that is kept on this clock; times of the other kind are converted in the zone.
    #[must_use]
    pub fn new(format: TimeFormat, clock: Clock, zone: ZoneCache) -> Self {
        Self { format, clock, zone }
    }

    /// The clock of the values that [`Self::read`] gives.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Microseconds on the column's clock, or `None` when the text is not a time.
    #[inline]
    pub fn read(&mut self, text: &[u8]) -> Option<i64> {
        Some(match (parse(text, self.format)?, self.clock) {
            (Written::Civil(micros), Clock::Civil) | (Written::Instant(micros), Clock::Instant) => micros,
            (Written::Instant(micros), Clock::Civil) => self.zone.civil_from_instant(micros),
            (Written::Civil(micros), Clock::Instant) => self.zone.zone().instant_from_civil(micros),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::calendar::Zone;
    use proptest::prelude::*;

    fn civil(text: &str) -> Option<i64> {
        match parse(text.as_bytes(), TimeFormat::YearFirst)? {
            Written::Civil(micros) => Some(micros / 1_000_000),
            Written::Instant(_) => None,
        }
    }

    #[test]
    fn year_first_by_hand() {
        let noon = 1_709_640_300; // 2024-03-05 12:05:00
        for text in [
            "2024-03-05 12:05:00",
            "2024-03-05T12:05:00",
            "2024/3/5 12:05",
            "2024.03.05 12:05:00.000",
            "2024年3月5日 12:05",
            "20240305 120500",
            "20240305T120500",
            " 2024-3-5  12:05 ",
        ] {
            assert_eq!(civil(text), Some(noon), "{text}");
        }
        assert_eq!(civil("2024-03-05"), Some(noon - 43_500));
        assert_eq!(civil("20240305"), Some(noon - 43_500));
        for bad in [
            "",
            "2024-13-05",
            "2023-02-29",
            "2024-03-05 24:00:00",
            "2024-03/05",
            "05.03.2024",
            "202403",
            "2024-03-05 12:05:00.1234567",
            "2024-03-05x",
            "今天",
        ] {
            assert_eq!(parse(bad.as_bytes(), TimeFormat::YearFirst), None, "{bad}");
        }
        assert_eq!(
            parse(b"2024-03-05T12:05:00+08:00", TimeFormat::YearFirst),
            Some(Written::Instant((noon - 28_800) * 1_000_000))
        );
        assert_eq!(
            parse(b"2024-03-05T12:05:00.5Z", TimeFormat::YearFirst),
            Some(Written::Instant(noon * 1_000_000 + 500_000))
        );
    }

    #[test]
    fn other_orders_and_epochs() {
        let day = Written::Civil(1_709_596_800_000_000);
        assert_eq!(parse(b"05.03.2024", TimeFormat::DayFirst), Some(day));
        assert_eq!(parse(b"5-3-24", TimeFormat::DayFirst), Some(day));
        assert_eq!(parse(b"3/5/2024", TimeFormat::MonthFirst), Some(day));
        assert_eq!(parse(b"13/5/2024", TimeFormat::MonthFirst), None);
        assert_eq!(
            parse(b"1709596800", TimeFormat::EpochSeconds),
            Some(Written::Instant(1_709_596_800_000_000))
        );
        assert_eq!(
            parse(b"1709596800.25", TimeFormat::EpochSeconds),
            Some(Written::Instant(1_709_596_800_250_000))
        );
        assert_eq!(
            parse(b"1709596800123", TimeFormat::EpochMilliseconds),
            Some(Written::Instant(1_709_596_800_123_000))
        );
        assert_eq!(parse(b"99999999999999", TimeFormat::EpochSeconds), None);
    }

    #[test]
    fn both_kinds_in_one_column() {
        let zone = || ZoneCache::new(Zone::new("Asia/Shanghai").unwrap());
        let mut civil = TimeReader::new(TimeFormat::YearFirst, Clock::Civil, zone());
        assert_eq!(civil.read(b"2024-03-05T00:00:00Z"), civil.read(b"2024-03-05 08:00:00"));
        let mut instant = TimeReader::new(TimeFormat::YearFirst, Clock::Instant, zone());
        assert_eq!(instant.read(b"2024-03-05T00:00:00Z"), instant.read(b"2024-03-05 08:00:00"));
    }

    proptest! {
        #[test]
        fn the_quick_form_and_the_general_agree(micros in -30_000_000_000i64..60_000_000_000) {
            let day = Day(i32::try_from(micros.div_euclid(86_400)).unwrap());
            let time = micros.rem_euclid(86_400);
            let text = format!("{day} {:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60);
            prop_assert_eq!(parse_standard(text.as_bytes()), Some(Written::Civil(micros * 1_000_000)));
            prop_assert_eq!(parse_date_time(text.as_bytes(), TimeFormat::YearFirst), Some(Written::Civil(micros * 1_000_000)));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            for format in TimeFormat::ALL {
                let _ = parse(&bytes, format);
            }
        }
    }
}
