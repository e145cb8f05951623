//! Typed columns, as read from a file: text as dictionary codes, numbers as exact decimals, times in microseconds.

pub mod chunk;
pub mod decimal;
pub mod dictionary;
pub mod integers;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use decimal::Decimals;
use dictionary::Codes;
use integers::Integers;

/// How a time column is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Clock {
    /// Wall-clock times without a zone: the data set's zone is theirs.
    Civil,
    /// Instants (with an offset, or seconds since 1970): the data set's zone decides which day they fall on.
    Instant,
}

/// Times since 1970-01-01, on the wall clock or as instants: seconds while all are whole ones, else microseconds.
#[derive(Debug, Clone)]
pub struct Times {
    /// One value a row, [`Integers::MISSING`] where the cell is empty or unreadable.
    pub values: Integers,
    /// Whether the values count seconds.
    pub seconds: bool,
    /// What they mean.
    pub clock: Clock,
}

impl Times {
    /// No time: the cell was empty or unreadable.
    pub const MISSING: i64 = Integers::MISSING;

    const SECOND: i64 = 1_000_000;

    /// No times yet, on this clock.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { values: Integers::default(), seconds: true, clock }
    }

    /// Times from microseconds.
    pub fn from_micros(clock: Clock, micros: impl IntoIterator<Item = i64>) -> Self {
        let mut times = Self::new(clock);
        micros.into_iter().for_each(|micros| times.push(micros));
        times
    }

    /// How many microseconds a value counts.
    #[must_use]
    pub fn unit(&self) -> i64 {
        if self.seconds { Self::SECOND } else { 1 }
    }

    /// The time in a row, in microseconds; [`Self::MISSING`] where there is none.
    #[inline]
    #[must_use]
    pub fn micros(&self, row: usize) -> i64 {
        micros(self.values.get(row), self.unit())
    }

    /// All times in microseconds.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        let unit = self.unit();
        self.values.iter().map(move |value| micros(value, unit))
    }

    /// Adds a time in microseconds, or [`Self::MISSING`].
    #[inline]
    pub fn push(&mut self, micros: i64) {
        if !self.seconds || micros == Self::MISSING {
            self.values.push(micros);
        } else if micros % Self::SECOND == 0 {
            self.values.push(micros / Self::SECOND);
        } else {
            self.make_fine();
            self.values.push(micros);
        }
    }

    /// Adds several times: whole seconds (or [`Self::MISSING`]), and microseconds beyond them.
    pub fn extend(&mut self, seconds: &[i64], micros: &[u32]) {
        if self.seconds && micros.iter().fold(0, |all, micros| all | micros) == 0 {
            self.values.extend(seconds);
        } else {
            for (&seconds, &micros) in seconds.iter().zip(micros) {
                let whole = if seconds == Self::MISSING { seconds } else { seconds * Self::SECOND };
                self.push(if micros == 0 { whole } else { whole + i64::from(micros) });
            }
        }
    }

    /// Adds the times of another column on the same clock.
    pub fn append(&mut self, seconds: bool, values: &Integers) {
        if self.seconds && !seconds {
            self.make_fine();
        }
        if self.seconds == seconds {
            self.values.append(values);
        } else {
            values.iter().for_each(|value| self.values.push(micros(value, Self::SECOND)));
        }
    }

    #[cold]
    fn make_fine(&mut self) {
        let mut fine = Vec::with_capacity(self.values.len());
        fine.extend(self.iter());
        (self.values, self.seconds) = (Integers::I64(fine), false);
    }
}

#[inline]
fn micros(value: i64, unit: i64) -> i64 {
    if value == Integers::MISSING { value } else { value * unit }
}

/// The cells of a column.
#[derive(Debug, Clone)]
pub enum ColumnData {
    /// Text, one code a row.
    Text(Codes),
    /// Exact decimals.
    Number(Decimals),
    /// Times.
    Time(Times),
}

impl ColumnData {
    /// Rows in the column.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(codes) => codes.len(),
            Self::Number(decimals) => decimals.values.len(),
            Self::Time(times) => times.values.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for more rows.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when the memory is not to be had.
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        let reserved = match self {
            Self::Text(codes) => codes.reserve(rows),
            Self::Number(decimals) => decimals.values.reserve(rows),
            Self::Time(times) => times.values.reserve(rows),
        };
        if reserved { Ok(()) } else { Err(Error::new(ErrorKind::TooLarge)) }
    }

    /// Puts the rows into another order: row `order[i]` comes to place `i`.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when there is no memory for the copy.
    pub fn permute(&mut self, order: &[u32]) -> Result<()> {
        match self {
            Self::Text(codes) => codes.permute(order),
            Self::Number(decimals) => decimals.values.permute(order),
            Self::Time(times) => times.values.permute(order),
        }
    }
}

/// Takes some rows away, which are given in ascending order.
pub(crate) fn remove<T: Copy>(values: &mut Vec<T>, rows: &[usize]) {
    let Some(first) = rows.first().map(|&first| first.min(values.len())) else { return };
    let (mut removed, mut kept) = (rows.iter().copied().peekable(), first);
    for row in first..values.len() {
        if removed.next_if_eq(&row).is_none()
            && let Some(value) = values.get(row).copied()
            && let Some(place) = values.get_mut(kept)
        {
            *place = value;
            kept += 1;
        }
    }
    values.truncate(kept);
}

/// Puts values into another order: value `order[i]` comes to place `i`.
///
/// # Errors
/// [`ErrorKind::TooLarge`] when there is no memory for the copy.
pub fn gather<T: Copy + Default>(values: &mut Vec<T>, order: &[u32]) -> Result<()> {
    let mut moved = Vec::new();
    moved.try_reserve_exact(order.len()).map_err(|_| Error::new(ErrorKind::TooLarge))?;
    // Of a length known beforehand: the processor looks for many values at once.
    moved.extend(order.iter().map(|&row| values.get(row as usize).copied().unwrap_or_default()));
    *values = moved;
    Ok(())
}
