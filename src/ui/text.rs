//! Small texts that several components write: sizes, durations, error messages, conditions of a filter.

use strata::error::{Error, ErrorKind};
use strata::locale::{Language, fill};
pub use strata::segment::rule::sentence::condition;
use strata::worker::Source;

/// A count with thousands separators.
#[must_use]
pub fn count(language: Language, value: u64) -> String {
    language.integer(i64::try_from(value).unwrap_or(i64::MAX))
}

/// A size on disk, in decimal units as operating systems show it.
#[must_use]
pub fn bytes(language: Language, bytes: u64) -> String {
    let words = language.words();
    let value = bytes as f64;
    let (phrase, text) = match bytes {
        0..1_000 => (words.app_bytes, count(language, bytes)),
        1_000..1_000_000 => (words.app_kilobytes, language.decimal(value / 1e3, 1)),
        1_000_000..1_000_000_000 => (words.app_megabytes, language.decimal(value / 1e6, 1)),
        _ => (words.app_gigabytes, language.decimal(value / 1e9, 2)),
    };
    fill(phrase, &[("value", &text)])
}

/// An amount of memory that is estimated: two figures, more would pretend to know.
#[must_use]
pub fn memory(language: Language, estimate: u64) -> String {
    let unit = 10u64.pow(estimate.checked_ilog10().unwrap_or(0).saturating_sub(1));
    let rounded = (estimate + unit / 2) / unit * unit;
    let words = language.words();
    let (phrase, value, digits) = match rounded {
        0..1_000_000_000 => (words.app_megabytes, rounded as f64 / 1e6, 0),
        _ => (words.app_gigabytes, rounded as f64 / 1e9, 1),
    };
    fill(phrase, &[("value", &language.decimal(value, digits))])
}

/// A duration in whole seconds, or minutes and seconds.
#[must_use]
pub fn duration(language: Language, seconds: f64) -> String {
    let words = language.words();
    if !seconds.is_finite() || seconds > 360_000.0 {
        return words.reading_unknown.to_owned();
    }
    // Rounded up: "0 s" would promise an end that has not come.
    let whole = seconds.max(0.0).ceil() as u64;
    let rest = (whole % 60).to_string();
    if whole < 60 {
        fill(words.reading_seconds, &[("seconds", &rest)])
    } else {
        fill(words.reading_minutes, &[("minutes", &(whole / 60).to_string()), ("seconds", &rest)])
    }
}

/// A p-value with its sign; very small ones are told by their bound.
#[must_use]
pub fn p_value(language: Language, value: f64) -> String {
    if value < 0.001 { "< 0.001".to_owned() } else { format!("= {}", language.decimal(value, 3)) }
}

/// A length of time that was measured: its two largest units.
#[must_use]
pub fn duration_of(language: Language, seconds: f64) -> String {
    let words = language.words();
    if !seconds.is_finite() || seconds < 0.0 {
        return words.reading_unknown.to_owned();
    }
    if seconds < 10.0 {
        // Where a second matters, its parts may.
        let places = usize::from(seconds.fract() != 0.0);
        return fill(words.format_seconds, &[("number", &language.decimal(seconds, places))]);
    }
    let units = [
        (86_400, words.format_days),
        (3_600, words.format_hours),
        (60, words.format_minutes),
        (1, words.format_seconds),
    ];
    let whole = seconds.round() as u64;
    let large = units.iter().position(|(unit, _)| whole >= *unit).unwrap_or(units.len() - 1);
    let mut rest = whole;
    let mut parts = Vec::new();
    for (unit, phrase) in units.iter().skip(large).take(2) {
        if rest / unit > 0 {
            parts.push(fill(phrase, &[("number", &count(language, rest / unit))]));
        }
        rest %= unit;
    }
    parts.join(" ")
}

/// The name of a source as the user knows it.
#[must_use]
pub fn source_name(language: Language, source: &Source) -> String {
    match source {
        Source::Sample => language.words().start_sample_name.to_owned(),
        Source::Files(files) => match files.as_slice() {
            [first, _, _, ..] => {
                let more = count(language, files.len() as u64 - 1);
                fill(language.words().files_and_more, &[("file", &first.name), ("more", &more)])
            }
            _ => source.name(),
        },
    }
}

/// An error's message with the codes in it written in the user's language.
#[must_use]
pub fn error_message(language: Language, error: &Error) -> String {
    let words = language.words();
    let named = |prefix: &str, code: &Option<String>| {
        let code = code.as_deref().unwrap_or_default();
        words.get(&format!("{prefix}_{code}")).unwrap_or(code).to_owned()
    };
    let mut error = error.clone();
    match error.kind {
        // Formats have proper names; what has none is said in words.
        ErrorKind::NotText => error.found = Some(named("format", &error.found)),
        ErrorKind::MissingRole => error.expected = Some(named("role", &error.expected)),
        ErrorKind::ColumnUsedTwice => {
            let found = error.found.clone().unwrap_or_default();
            let roles: Vec<String> =
                found.split(", ").map(|role| named("role", &Some(role.to_owned()))).collect();
            error.found = Some(roles.join(words.app_list));
        }
        ErrorKind::NoUsableRows => {
            error.expected = Some(named("reason", &error.expected));
            let message = error.message(language);
            let (column, found) =
                (error.column.clone().unwrap_or_default(), error.found.clone().unwrap_or_default());
            return if column.is_empty() || found.is_empty() {
                message
            } else {
                format!("{message} {}", fill(words.error_cell, &[("column", &column), ("found", &found)]))
            };
        }
        _ => {}
    }
    error.message(language)
}
