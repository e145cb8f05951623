//! Cells of a worksheet as text: numbers as the program shows them, dates as ISO dates.

use std::io::Write as _;

use calamine::{ExcelDateTime, ExcelDateTimeType};
use strata_core::dataset::calendar::Day;

/// Milliseconds in a day.
const DAY: i64 = 86_400_000;

/// 1970-01-01 as the 1900 system counts days from March 1900 on.
const DAYS_TO_1970: i64 = 25_569;

/// Days between the two systems' beginnings.
const DAYS_TO_1904: i64 = 1462;

/// Digits that are exact in a number of the program; it shows no more.
const DIGITS: usize = 15;

/// Writes a number with up to 15 significant digits, never with an exponent.
pub(super) fn number(text: &mut Vec<u8>, value: f64) {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        let _ = write!(text, "{}", value as i64);
        return;
    }
    if !value.is_finite() {
        return;
    }
    let scientific = format!("{:.*e}", DIGITS - 1, value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    if value < 0.0 {
        text.push(b'-');
    }
    let point = exponent + 1;
    let whole = usize::try_from(point).unwrap_or(0);
    if whole == 0 {
        text.extend_from_slice(b"0.");
        text.resize(text.len() + usize::try_from(-point).unwrap_or(0), b'0');
        text.extend_from_slice(digits.as_bytes());
    } else if let Some((before, after)) = digits.split_at_checked(whole) {
        text.extend_from_slice(before.as_bytes());
        if !after.is_empty() {
            text.push(b'.');
            text.extend_from_slice(after.as_bytes());
        }
    } else {
        text.extend_from_slice(digits.as_bytes());
        text.resize(text.len() + whole - digits.len(), b'0');
    }
}

/// Writes a date, a time or both; a time alone and a duration as hours, minutes, seconds.
pub(super) fn date_time(text: &mut Vec<u8>, value: &ExcelDateTime) {
    let serial = value.as_f64();
    let since_1904 = *value == ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, true);
    let millis = (serial * DAY as f64).round();
    // The years up to 9999, as the program has them.
    if !(0.0..2_958_466.0 * DAY as f64).contains(&millis) {
        return number(text, serial);
    }
    let millis = millis as i64;
    // A fraction of the first day is a time of day; the first day itself, midnight, is a date of the 1904 system.
    if value.is_duration() || (millis < DAY && (!since_1904 || millis > 0)) {
        return clock(text, millis);
    }
    let (day, time) = (millis / DAY, millis % DAY);
    let day = match (since_1904, day) {
        (true, day) => day + DAYS_TO_1904,
        // The 1900 system counts a 29 February 1900 that never was; before it, days are one less.
        (false, ..60) => day + 1,
        (false, day) => day,
    };
    let _ = write!(text, "{}", Day(i32::try_from(day - DAYS_TO_1970).unwrap_or(0)));
    if time > 0 {
        text.push(b' ');
        if time < 10 * 3_600_000 {
            text.push(b'0');
        }
        clock(text, time);
    }
}

/// Hours, which may be many, minutes, seconds, and thousandths where there are any.
fn clock(text: &mut Vec<u8>, millis: i64) {
    let seconds = millis / 1000;
    let _ = write!(text, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if millis % 1000 > 0 {
        let _ = write!(text, ".{:03}", millis % 1000);
    }
}

/// `PT27H30M05S`, as OpenDocument writes times and durations, into `27:30:05`; anything else stays.
pub(super) fn duration(text: &mut Vec<u8>, written: &str) {
    let parts = written.strip_prefix("PT").and_then(|rest| {
        let (hours, rest) = rest.split_once('H').unwrap_or(("0", rest));
        let (minutes, rest) = rest.split_once('M').unwrap_or(("0", rest));
        let seconds = rest.strip_suffix('S').unwrap_or("0").replace(',', ".");
        let whole = |text: &str| text.parse::<f64>().ok().filter(|value| *value >= 0.0);
        Some((whole(hours)? * 3600.0 + whole(minutes)? * 60.0 + whole(&seconds)?) * 1000.0)
    });
    match parts {
        Some(millis) if millis < 1e15 => clock(text, millis.round() as i64),
        _ => text.extend_from_slice(written.as_bytes()),
    }
}

/// An ISO time as people read it: a space for the T.
pub(super) fn iso(text: &mut Vec<u8>, written: &str) {
    match written.split_once('T') {
        Some((day, "00:00:00")) => text.extend_from_slice(day.as_bytes()),
        Some((day, time)) if !day.is_empty() => {
            text.extend_from_slice(day.as_bytes());
            text.push(b' ');
            text.extend_from_slice(time.as_bytes());
        }
        _ => text.extend_from_slice(written.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut text = Vec::new();
        write(&mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_as_the_program_shows_them() {
        for (value, text) in [
            (89.979_999_999_999_99, "89.98"),
            (0.1 + 0.2, "0.3"),
            (-1.5, "-1.5"),
            (0.0, "0"),
            (13_800_138_000.0, "13800138000"),
            (1e15, "1000000000000000"),
            (123_456_789_012_345_678.0, "123456789012346000"),
            (1e-7, "0.0000001"),
            (-0.000_123, "-0.000123"),
            (999_999.999_999_999_9, "1000000"),
            (1_234.567_890_123_45, "1234.56789012345"),
        ] {
            assert_eq!(written(|out| number(out, value)), text);
        }
    }

    #[test]
    fn dates_of_both_systems() {
        for (serial, from_1904, text) in [
            (45_356.0, false, "2024-03-05"),
            (45_356.336_805_555_6, false, "2024-03-05 08:05:00"),
            (45_356.999_999_999, false, "2024-03-06"),
            (43_894.0, true, "2024-03-05"),
            (0.0, true, "1904-01-01"),
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (0.5, false, "12:00:00"),
            (45_356.000_011_57, false, "2024-03-05 00:00:01"),
            (-3.0, false, "-3"),
        ] {
            let value = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, from_1904);
            assert_eq!(written(|out| date_time(out, &value)), text, "{serial}");
        }
        let value = ExcelDateTime::new(1.145_833_333_333_333_3, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(written(|out| date_time(out, &value)), "27:30:00");
        assert_eq!(written(|out| duration(out, "PT27H30M05.5S")), "27:30:05.500");
        assert_eq!(written(|out| duration(out, "P1D")), "P1D");
        assert_eq!(written(|out| iso(out, "2024-03-05T08:05:00")), "2024-03-05 08:05:00");
    }
}
