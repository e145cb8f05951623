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

mod written;

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
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    (hour < 24 && minute < 60 && second < 60).then(|| {
        Written::Civil(
            i64::from(day.0) * DAY_MICROS + i64::from(hour * 3600 + minute * 60 + second) * 1_000_000,
        )
    })
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

/// The microseconds of a fraction of a second, finer digits cut off, and what follows it; `Some(None)` where there is none.
#[allow(clippy::type_complexity, reason = "a fraction that is there but wrong is not one that is missing")]
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
            "2024-03-05 24:00:01",
            "2024-03-05 12:05:60",
            "2024-03-05 12:05:00.",
            "2024-03/05",
            "05.03.2024",
            "202403",
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
        for (text, micros) in [
            ("1709596800123456", 1_709_596_800_123_456),
            ("1709596800123456.9", 1_709_596_800_123_456),
            ("-1", -1),
        ] {
            let instant = Some(Written::Instant(micros));
            assert_eq!(parse(text.as_bytes(), TimeFormat::EpochMicroseconds), instant, "{text}");
        }
        for (text, micros) in
            [("1709596800123456789", 1_709_596_800_123_456), ("-1", -1), ("-1000", -1), ("-1001", -2)]
        {
            let instant = Some(Written::Instant(micros));
            assert_eq!(parse(text.as_bytes(), TimeFormat::EpochNanoseconds), instant, "{text}");
        }
        for bad in ["", "-", ".5", "1e9", "1.2.3", "999999999999999999999"] {
            assert_eq!(parse(bad.as_bytes(), TimeFormat::EpochNanoseconds), None, "{bad}");
        }
    }

    #[test]
    fn days_of_spreadsheets() {
        let serial = |text: &str| match parse(text.as_bytes(), TimeFormat::ExcelSerial)? {
            Written::Civil(micros) => Some(micros),
            Written::Instant(_) => None,
        };
        let at = |text: &str| civil(text).map(|seconds| seconds * 1_000_000);
        assert_eq!(serial("45356"), at("2024-03-05"));
        assert_eq!(serial("45356.336805555555"), at("2024-03-05 08:05:00"));
        assert_eq!(serial("45356.3368055556"), at("2024-03-05 08:05:00"), "as ten places write it");
        assert_eq!(serial("45356,5"), at("2024-03-05 12:00:00"));
        assert_eq!(serial("45356.99999999999"), at("2024-03-06"));
        assert_eq!((serial("1"), serial("59")), (at("1900-01-01"), at("1900-02-28")));
        assert_eq!((serial("61"), serial("2958465")), (at("1900-03-01"), at("9999-12-31")));
        for bad in ["0", "0.5", "60", "2958466", "-1", "45356.5.5", "1e5", "45356x", ""] {
            assert_eq!(serial(bad), None, "{bad}");
        }
    }

    #[test]
    fn words_and_rarer_forms() {
        let seconds = 1_709_651_100; // 2024-03-05 15:05:00
        for text in [
            "2024年3月5日 下午3:05",
            "2024年3月5日下午3:05",
            "2024年03月05日 15时05分",
            "2024年3月5日15点05分00秒",
            "2024年3月5日 星期二 15:05",
            "24年3月5日 15:05",
            "2024/3/5 下午 03:05:00",
            "2024-03-05 3:05 PM",
            "2024-03-05t15:05:00",
            "20240305150500",
            "202403051505",
            "20240305150500000",
            "\u{ff12}\u{ff10}\u{ff12}\u{ff14}\u{ff0d}\u{ff10}\u{ff13}\u{ff0d}\u{ff10}\u{ff15}\u{3000}\u{ff11}\u{ff15}\u{ff1a}\u{ff10}\u{ff15}",
            "Mar 5, 2024 3:05 PM",
            "5 Mar 2024 15:05",
            "5-Mar-24 15:05:00",
            "March 5th, 2024, 3:05:00 p.m.",
            "Tuesday, March 5, 2024 3:05 PM",
            "`2024-03-05 15:05:00",
        ] {
            assert_eq!(civil(text), Some(seconds), "{text}");
        }
        for format in [TimeFormat::DayFirst, TimeFormat::MonthFirst] {
            for text in ["5 Mar 2024", "MAR 5 2024", "2024年3月5日"] {
                let day = Some(Written::Civil(1_709_596_800_000_000));
                assert_eq!(parse(text.as_bytes(), format), day, "{text}");
            }
        }
        assert_eq!(
            parse(b"3/5/24 3:05 PM", TimeFormat::MonthFirst),
            Some(Written::Civil(seconds * 1_000_000))
        );
        assert_eq!(civil("2024-03-05 24:00"), civil("2024-03-06"));
        assert_eq!(civil("2024-03-05 12:05 AM"), civil("2024-03-05 00:05"));
        assert_eq!(civil("2024-03-05 12:05 PM"), civil("2024-03-05 12:05"));
        assert_eq!(civil("2024年3月5日 上午12:05"), civil("2024-03-05 00:05"));
        assert_eq!(civil("2024年3月5日 中午12:05"), civil("2024-03-05 12:05"));
        assert_eq!(civil("2024年3月5日 中午1:05"), civil("2024-03-05 13:05"));
        assert_eq!(civil("2024年3月5日 凌晨1:05"), civil("2024-03-05 01:05"));
        assert_eq!(civil("2024年3月5日 晚上8点"), civil("2024-03-05 20:00"));
        assert_eq!(civil("2024-03-05 3 PM"), civil("2024-03-05 15:00"));
        assert_eq!(civil("2024-03-05 12:05:00.123456789"), civil("2024-03-05 12:05:00"));
        for bad in [
            "2024年3月5日 晚上12:05",
            "2024年13月5日",
            "3月5日",
            "Mar 5",
            "5 Foo 2024",
            "Maybe 5 2024",
            "2024-03-05 13:05 AM",
            "下午3:05",
            "2024-03-05 15",
            "20241305150500",
            "2024年3月5日 15时75分",
            "2024-03-05 15:05 EST",
            "周一",
            "T",
        ] {
            assert_eq!(parse(bad.as_bytes(), TimeFormat::YearFirst), None, "{bad}");
        }
    }

    #[test]
    fn offsets_in_all_forms() {
        let instant = Some(Written::Instant(1_709_622_300_000_000)); // 2024-03-05 07:05:00 UTC
        for text in [
            "2024-03-05T15:05:00+08:00",
            "2024-03-05 15:05:00 +0800",
            "2024-03-05T15:05+08",
            "2024-03-05t07:05:00z",
            "2024-03-05 07:05:00 UTC",
            "2024-03-05 07:05:00 GMT",
            "2024-03-05 15:05:00 UTC+8",
            "2024-03-05 15:05:00 GMT+08:00",
            "20240305T150500+0800",
            "Tue, 05 Mar 2024 07:05:00 GMT",
            "Tue, 5 Mar 2024 15:05:00 +0800",
            "Tue Mar 05 2024 15:05:00 GMT+0800 (China Standard Time)",
            "2024-03-05 03:05:00 PM +0800",
        ] {
            assert_eq!(parse(text.as_bytes(), TimeFormat::YearFirst), instant, "{text}");
        }
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
            prop_assert_eq!(parse_date_time(text.as_bytes(), None), Some(Written::Civil(micros * 1_000_000)));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            for format in TimeFormat::ALL {
                let _ = parse(&bytes, format);
            }
        }
    }
}
