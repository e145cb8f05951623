//! One cell of a table: what it shows, what other programs read, how it is compared.

use std::cmp::Ordering;

use crate::widgets::frame::count;
use strata::dataset::calendar::Day;
use strata::locale::Language;
use strata::table::decimal::Amount;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// A text.
    Text(String),
    /// A whole number of things.
    Count(u64),
    /// An exact amount.
    Amount(Amount),
    /// Any other number, shown with two places.
    Number(f64),
    /// A share, 1 being the whole.
    Share(f64),
    /// A day.
    Day(Day),
    /// There is no such figure.
    Nothing,
}

impl Datum {
    /// A share, where there is one.
    #[must_use]
    pub fn share(share: Option<f64>) -> Self {
        share.map_or(Self::Nothing, Self::Share)
    }

    /// As the page shows it.
    pub(super) fn shown(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(number) => count(*number, language),
            Self::Amount(amount) => amount_text(*amount, language),
            Self::Number(number) => language.decimal(*number, 2),
            Self::Share(share) => language.percent(*share),
            Self::Day(day) => language.date(*day),
            Self::Nothing => "–".to_owned(),
        }
    }

    /// As another program reads it: all places, no separators.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Amount(amount) => amount.to_string(),
            Self::Number(number) | Self::Share(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Nothing => String::new(),
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Count(number) => Some(*number as f64),
            Self::Amount(amount) => Some(amount.to_f64()),
            Self::Number(number) | Self::Share(number) => Some(*number),
            Self::Day(day) => Some(f64::from(day.0)),
            Self::Text(_) | Self::Nothing => None,
        }
    }

    /// The number that is read on the page: shares in percent; rounded as it is shown, so that a limit holds for what is seen.
    pub(super) fn number_shown(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some((number * 100.0).round() / 100.0),
            Self::Share(share) => Some((share * 1000.0).round() / 10.0),
            _ => self.number(),
        }
    }

    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => own.cmp(other),
            // What is missing comes first when rising, last when falling.
            _ => self.number().partial_cmp(&other.number()).unwrap_or(Ordering::Equal),
        }
    }
}

/// An amount with all its places; one place reads as a slip, so that it is followed by a zero.
#[must_use]
pub fn amount_text(amount: Amount, language: Language) -> String {
    let plain = amount.to_string();
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    // Through text, because a large amount has more digits than a floating-point number.
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let digits =
        whole.trim_start_matches('-').parse().map_or_else(|_| whole.to_owned(), |n| language.integer(n));
    match fraction {
        Some(fraction) => format!("{sign}{digits}.{fraction:0<2}"),
        None => format!("{sign}{digits}"),
    }
}
