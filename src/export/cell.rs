//! A cell of a list that is saved, before a format decides how it is written.

use std::borrow::Cow;
use std::fmt;

use crate::dataset::calendar::{DAY_MICROS, Day};
use crate::table::decimal::Amount;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing is known.
    Empty,
    /// A text: ids among them, whatever they look like.
    Text(Cow<'a, str>),
    /// A whole number.
    Count(i64),
    /// An exact decimal.
    Amount(Amount),
    /// A day.
    Day(Day),
    /// A day and a time on the clock of the data's zone, in microseconds since 1970.
    Time(i64),
}

impl Cell<'_> {
    /// A moment; one at midnight is a day.
    #[must_use]
    pub fn at(micros: i64) -> Self {
        match micros.rem_euclid(DAY_MICROS) {
            0 => Self::Day(day_of(micros)),
            _ => Self::Time(micros),
        }
    }
}

/// The day of a moment.
#[must_use]
pub fn day_of(micros: i64) -> Day {
    Day(i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX))
}

impl fmt::Display for Cell<'_> {
    /// As another program reads it: all places, no separators, ISO dates.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => formatter.write_str(text),
            Self::Count(count) => write!(formatter, "{count}"),
            Self::Amount(amount) => write!(formatter, "{amount}"),
            Self::Day(day) => write!(formatter, "{day}"),
            Self::Time(micros) => {
                let (seconds, rest) =
                    (micros.rem_euclid(DAY_MICROS) / 1_000_000, micros.rem_euclid(1_000_000));
                let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
                write!(formatter, "{} {hour:02}:{minute:02}:{second:02}", day_of(*micros))?;
                if rest > 0 { write!(formatter, ".{rest:06}") } else { Ok(()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_as_texts() {
        let noon = 19_723 * DAY_MICROS + DAY_MICROS / 2;
        assert_eq!(Cell::at(noon).to_string(), "2024-01-01 12:00:00");
        assert_eq!(Cell::at(noon + 1_000_250).to_string(), "2024-01-01 12:00:01.000250");
        assert_eq!(Cell::at(-DAY_MICROS).to_string(), "1969-12-31");
        assert_eq!(Cell::at(-1).to_string(), "1969-12-31 23:59:59.999999");
        assert_eq!(Cell::Amount(Amount { units: -1_050, scale: 2 }).to_string(), "-10.50");
        assert_eq!(Cell::Empty.to_string(), "");
    }
}
