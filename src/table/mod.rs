//! Typed columns, as read from a file: text as dictionary codes, numbers as exact decimals, times in microseconds.

pub mod chunk;
pub mod decimal;
pub mod dictionary;
pub mod integers;

use crate::error::{Error, ErrorKind, Result};
use decimal::Decimals;
use dictionary::Codes;

/// How a time column is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Wall-clock times without a zone: the data set's zone is theirs.
    Civil,
    /// Instants (with an offset, or seconds since 1970): the data set's zone decides which day they fall on.
    Instant,
}

/// Microseconds since 1970-01-01, on the wall clock or as instants; [`Times::MISSING`] where the cell is empty.
#[derive(Debug, Clone)]
pub struct Times {
    /// One value a row.
    pub micros: Vec<i64>,
    /// What the values mean.
    pub clock: Clock,
}

impl Times {
    /// No time: the cell was empty or unreadable.
    pub const MISSING: i64 = i64::MIN;
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
            Self::Time(times) => times.micros.len(),
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
            Self::Number(decimals) => decimals.values.try_reserve(rows).is_ok(),
            Self::Time(times) => times.micros.try_reserve(rows).is_ok(),
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
            Self::Number(decimals) => gather(&mut decimals.values, order),
            Self::Time(times) => gather(&mut times.micros, order),
        }
    }
}

/// Puts values into another order: value `order[i]` comes to place `i`.
///
/// # Errors
/// [`ErrorKind::TooLarge`] when there is no memory for the copy.
pub fn gather<T: Copy>(values: &mut Vec<T>, order: &[u32]) -> Result<()> {
    let mut moved = Vec::new();
    moved.try_reserve_exact(order.len()).map_err(|_| Error::new(ErrorKind::TooLarge))?;
    moved.extend(order.iter().filter_map(|&row| values.get(row as usize).copied()));
    *values = moved;
    Ok(())
}
