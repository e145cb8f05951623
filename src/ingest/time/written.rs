//! Dates and times in words and in rarer forms: `2024年3月5日 下午3:05`, `15时05分30秒`, `Mar 5, 2024 3:05 PM`, `20240305150530`,
//! `Tue, 05 Mar 2024 15:05:00 GMT`, full-width digits.

use super::{Order, TimeFormat, Written, date_year_first, date_year_last, fraction, number};
use crate::dataset::calendar::{DAY_MICROS, Day, parse_offset};

/// The longest text that is taken for a time, in bytes.
const LONGEST: usize = 96;

/// Reads what the quicker ways do not know.
#[cold]
pub(super) fn parse(text: &[u8], format: TimeFormat) -> Option<Written> {
    let order = match format {
        TimeFormat::YearFirst => None,
        TimeFormat::DayFirst => Some(Order::DayFirst),
        TimeFormat::MonthFirst => Some(Order::MonthFirst),
        _ => return None,
    };
    let mut buffer = [0; LONGEST];
    let text = simplify(text, &mut buffer)?.trim_ascii();
    let text = skip_weekday(text);
    let (day, rest) = match order {
        None => compact(text).or_else(|| chinese_date(text)).or_else(|| date_year_first(text)),
        Some(order) => date_year_last(text, order),
    }
    .or_else(|| chinese_date(text))
    .or_else(|| named_month(text))?;
    let midnight = i64::from(day.0) * DAY_MICROS;
    let rest = skip_weekday(skip_separator(rest));
    if rest.is_empty() {
        return Some(Written::Civil(midnight));
    }
    let (time, rest) = time_of_day(rest)?;
    Some(match offset(rest)? {
        None => Written::Civil(midnight + time),
        Some(offset) => Written::Instant(midnight + time - offset * 1_000_000),
    })
}

/// Full-width digits and signs as those of ASCII; Chinese letters stay. `None` when there is too much.
fn simplify<'a>(text: &[u8], buffer: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let text = std::str::from_utf8(text).ok()?.trim();
    // Some exports put this before a cell so that spreadsheets take it for text.
    let text = text.strip_prefix(['`', '\'']).unwrap_or(text);
    let mut length = 0;
    for letter in text.chars() {
        let letter = match letter {
            '\t' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0)?,
            other => other,
        };
        let bytes = letter.encode_utf8(buffer.get_mut(length..length + letter.len_utf8())?).len();
        length += bytes;
    }
    buffer.get(..length)
}

/// What follows the first of these words, upper and lower case being the same.
fn strip_any<'a>(text: &'a [u8], words: &[&str]) -> Option<&'a [u8]> {
    words.iter().find_map(|word| {
        let (start, rest) = text.split_at_checked(word.len())?;
        start.eq_ignore_ascii_case(word.as_bytes()).then_some(rest)
    })
}

/// The text without a day of the week before it; the date says which it is.
fn skip_weekday(text: &[u8]) -> &[u8] {
    let inner = text.strip_prefix(b"(").unwrap_or(text);
    let named = strip_any(inner, &["星期", "周", "週", "礼拜"])
        .and_then(|rest| strip_any(rest, &["一", "二", "三", "四", "五", "六", "日", "天"]));
    let rest = named.or_else(|| {
        let rest =
            strip_any(inner, &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
                .or_else(|| strip_any(inner, &["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))?;
        (!rest.first().is_some_and(u8::is_ascii_alphabetic)).then_some(rest)
    });
    let Some(rest) = rest else { return text };
    let rest = rest.strip_prefix(b")").or_else(|| rest.strip_prefix(b".")).unwrap_or(rest);
    rest.strip_prefix(b",").unwrap_or(rest).trim_ascii_start()
}

/// What stands between a date and a time.
fn skip_separator(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    strip_any(text, &["t", ","]).filter(|_| text.len() > 1).unwrap_or(text).trim_ascii_start()
}

/// `20240305150530`, with minutes only or with milliseconds: the date, and the digits of the time.
fn compact(text: &[u8]) -> Option<(Day, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !matches!(digits, 12 | 14 | 17) {
        return None;
    }
    let (date, rest) = text.split_at_checked(8)?;
    date_year_first(date).map(|(day, _)| (day, rest))
}

/// `24年3月5日`, `2024年03月05号`.
fn chinese_date(text: &[u8]) -> Option<(Day, &[u8])> {
    let (year, rest) = number(text, 4)?;
    let year = match text.len() - rest.len() {
        4 => year,
        2 => 2000 + year,
        _ => return None,
    };
    let (month, rest) = number(strip_any(rest.trim_ascii_start(), &["年"])?.trim_ascii_start(), 2)?;
    let (date, rest) = number(strip_any(rest.trim_ascii_start(), &["月"])?.trim_ascii_start(), 2)?;
    let rest = rest.trim_ascii_start();
    let rest = strip_any(rest, &["日", "号", "號"]).unwrap_or(rest);
    Some((Day::from_year_month_day(i32::try_from(year).ok()?, month, date)?, rest))
}

/// `5 Mar 2024`, `5-Mar-24`, `Mar 5, 2024`, `March 5th 2024`.
fn named_month(text: &[u8]) -> Option<(Day, &[u8])> {
    let skip =
        |text: &[u8]| text.iter().take_while(|byte| matches!(byte, b' ' | b'-' | b',' | b'/' | b'.')).count();
    let day_number = |text| {
        let (date, rest) = number(text, 2)?;
        let rest = strip_any(rest, &["st", "nd", "rd", "th"]).unwrap_or(rest);
        Some((date, rest.get(skip(rest)..)?))
    };
    let ((date, rest), month) = if let Some((month, rest)) = month_name(text) {
        (day_number(rest.get(skip(rest)..)?)?, month)
    } else {
        let (date, rest) = day_number(text)?;
        let rest = strip_any(rest, &["of "]).unwrap_or(rest);
        let (month, rest) = month_name(rest)?;
        ((date, rest.get(skip(rest)..)?), month)
    };
    let (year, after) = number(rest, 4)?;
    let year = match rest.len() - after.len() {
        4 => year,
        2 => year + if year < 70 { 2000 } else { 1900 },
        _ => return None,
    };
    Some((Day::from_year_month_day(i32::try_from(year).ok()?, month, date)?, after))
}

/// An English month, short or whole.
fn month_name(text: &[u8]) -> Option<(u32, &[u8])> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let length = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, rest) = text.split_at_checked(length).filter(|(word, _)| word.len() >= 3)?;
    let month = MONTHS.iter().position(|month| {
        let short = word.len() == 3 || word.eq_ignore_ascii_case(b"sept");
        (short || word.len() == month.len())
            && month.as_bytes().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    })?;
    Some((u32::try_from(month).ok()? + 1, rest))
}

/// Which half of the day a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    /// 上午, AM: 12 is midnight.
    Morning,
    /// 下午, PM: 12 is noon.
    Afternoon,
    /// 中午: 11 and 12 are before one o'clock.
    Noon,
    /// 晚上: 12 could be either end of the day.
    Evening,
}

impl Half {
    fn hour(self, hour: u32) -> Option<u32> {
        match (self, hour) {
            (Self::Morning, 12) => Some(0),
            (Self::Morning, 0..=11) | (Self::Afternoon | Self::Evening, 13..=23) => Some(hour),
            (Self::Afternoon | Self::Noon, 12) | (Self::Noon, 11) => Some(hour),
            (Self::Afternoon, 1..=11) | (Self::Noon, 1..=2) | (Self::Evening, 5..=11) => Some(hour + 12),
            _ => None,
        }
    }
}

fn half_before(text: &[u8]) -> Option<(Half, &[u8])> {
    const WORDS: [(&[&str], Half); 4] = [
        (&["上午", "早上", "早晨", "清晨", "凌晨", "am"], Half::Morning),
        (&["下午", "pm"], Half::Afternoon),
        (&["中午"], Half::Noon),
        (&["晚上", "傍晚", "夜间"], Half::Evening),
    ];
    WORDS.iter().find_map(|(words, half)| Some((*half, strip_any(text, words)?.trim_ascii_start())))
}

fn half_after(text: &[u8]) -> Option<(Half, &[u8])> {
    let text = text.trim_ascii_start();
    let morning = strip_any(text, &["am", "a.m."]).map(|rest| (Half::Morning, rest));
    morning.or_else(|| Some((Half::Afternoon, strip_any(text, &["pm", "p.m."])?)))
}

/// The microseconds since midnight, and what follows.
fn time_of_day(text: &[u8]) -> Option<(i64, &[u8])> {
    let (half, text) = half_before(text).map_or((None, text), |(half, rest)| (Some(half), rest));
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (hour, minute, second, mut rest) = match digits {
        1 | 2 => clock(text, half.is_some())?,
        4 => {
            let (time, rest) = number(text, 4)?;
            (time / 100, time % 100, 0, rest)
        }
        6 | 9 => {
            let (time, rest) = number(text, 6)?;
            (time / 10_000, time / 100 % 100, time % 100, rest)
        }
        _ => return None,
    };
    let mut micros = 0;
    if digits == 9 {
        let (milliseconds, after) = number(rest, 3)?;
        (micros, rest) = (i64::from(milliseconds) * 1000, after);
    } else if let Some((fraction, after)) = fraction(rest)? {
        (micros, rest) = (fraction, after);
    }
    let (half, rest) = match (half, half_after(rest)) {
        (Some(_), Some(_)) => return None,
        (None, Some((half, rest))) => (Some(half), rest),
        (half, None) => (half, rest),
    };
    let hour = half.map_or(Some(hour), |half| half.hour(hour))?;
    // The end of a day may be written as its 24th hour.
    let valid =
        (hour < 24 && minute < 60 && second < 60) || (hour == 24 && minute + second == 0 && micros == 0);
    valid.then(|| (i64::from(hour * 3600 + minute * 60 + second) * 1_000_000 + micros, rest))
}

/// `8:05`, `8:05:30`, `8时05分30秒`, `8点05分`; and where AM or PM makes it a time, `8` alone.
fn clock(text: &[u8], half: bool) -> Option<(u32, u32, u32, &[u8])> {
    let (hour, rest) = number(text, 2)?;
    if let Some(rest) = strip_any(rest, &["时", "時", "点", "點"]) {
        let Some((minute, rest)) = number(rest, 2) else {
            return Some((hour, 0, 0, strip_any(rest, &["整"]).unwrap_or(rest)));
        };
        let rest = strip_any(rest, &["分"])?;
        let Some((second, rest)) = number(rest, 2) else { return Some((hour, minute, 0, rest)) };
        return Some((hour, minute, second, strip_any(rest, &["秒"])?));
    }
    let Some(after) = rest.strip_prefix(b":") else {
        return (half || half_after(rest).is_some()).then_some((hour, 0, 0, rest));
    };
    let (minute, rest) = number(after, 2)?;
    let Some((second, after)) = rest.strip_prefix(b":").and_then(|rest| number(rest, 2)) else {
        return Some((hour, minute, 0, rest));
    };
    Some((hour, minute, second, after))
}

/// The offset in seconds at the end of a text; `Some(None)` where there is none. `GMT+0800 (China Standard Time)` too.
fn offset(text: &[u8]) -> Option<Option<i64>> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Some(None);
    }
    let text = match text.iter().position(|&byte| byte == b'(') {
        Some(comment) if comment > 0 && text.ends_with(b")") => text.get(..comment)?.trim_ascii_end(),
        _ => text,
    };
    let rest = strip_any(text, &["utc", "gmt"]).map_or(text, <[u8]>::trim_ascii_start);
    match rest {
        b"" | b"Z" | b"z" => Some(Some(0)),
        // UTC+8
        [b'+' | b'-', hour @ b'0'..=b'9'] => {
            let seconds = i64::from(hour - b'0') * 3600;
            Some(Some(if rest.starts_with(b"-") { -seconds } else { seconds }))
        }
        _ => Some(Some(i64::from(parse_offset(rest)?))),
    }
}
