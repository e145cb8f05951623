//! What became of every row: read, used, or set aside with a reason, so that the parts add up.

use serde::{Deserialize, Serialize};

/// Why a row was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Fewer fields than the header.
    MissingFields,
    /// More fields than the header.
    ExtraFields,
    /// No user id.
    NoUser,
    /// No time.
    NoTime,
    /// The time column holds something that is not a time in the column's format.
    BadTime,
    /// The value column holds something that is not a number.
    BadNumber,
    /// The row's text is not UTF-8.
    NotUtf8,
    /// A quotation mark that is never closed.
    UnclosedQuote,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::MissingFields,
        Self::ExtraFields,
        Self::NoUser,
        Self::NoTime,
        Self::BadTime,
        Self::BadNumber,
        Self::NotUtf8,
        Self::UnclosedQuote,
    ];

    /// The code in JSON and in `locales/` (`reason_<code>`).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingFields => "missing_fields",
            Self::ExtraFields => "extra_fields",
            Self::NoUser => "no_user",
            Self::NoTime => "no_time",
            Self::BadTime => "bad_time",
            Self::BadNumber => "bad_number",
            Self::NotUtf8 => "not_utf8",
            Self::UnclosedQuote => "unclosed_quote",
        }
    }
}

/// Rows set aside for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAside {
    /// Why.
    pub reason: Reason,
    /// How many rows.
    pub rows: u64,
    /// The first of them; the header is row 1.
    pub first_row: u64,
    /// The column at fault in the first of them, where one is.
    pub first_column: Option<String>,
    /// What stood there.
    pub first_found: Option<String>,
}

/// Attribute cells that could not be read as the column's type; the row is kept, the cell counts as empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmptiedCells {
    /// The column.
    pub column: String,
    /// How many cells.
    pub cells: u64,
    /// The row of the first; the header is row 1.
    pub first_row: u64,
    /// What stood there.
    pub first_found: String,
}

/// What became of the rows of one file. `rows_read = rows_used + the rows set aside`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// The file's name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Rows below the header; blank lines are not rows.
    pub rows_read: u64,
    /// Rows in the data set.
    pub rows_used: u64,
    /// The others, by reason.
    pub set_aside: Vec<SetAside>,
    /// Attribute cells that count as empty.
    pub emptied: Vec<EmptiedCells>,
}

impl Ledger {
    /// Rows set aside for any reason.
    #[must_use]
    pub fn rows_set_aside(&self) -> u64 {
        self.set_aside.iter().map(|entry| entry.rows).sum()
    }

    /// Adds the account of the next stretch of the same file, whose rows are numbered from 1; `rows` is how many came before
    /// them.
    pub fn merge(&mut self, later: Self, rows: u64) {
        self.rows_read += later.rows_read;
        self.rows_used += later.rows_used;
        for entry in later.set_aside {
            match self.set_aside.iter_mut().find(|known| known.reason == entry.reason) {
                Some(known) => known.rows += entry.rows,
                None => self.set_aside.push(SetAside { first_row: entry.first_row + rows, ..entry }),
            }
        }
        for entry in later.emptied {
            match self.emptied.iter_mut().find(|known| known.column == entry.column) {
                Some(known) => known.cells += entry.cells,
                None => self.emptied.push(EmptiedCells { first_row: entry.first_row + rows, ..entry }),
            }
        }
    }

    pub(super) fn note(
        &mut self,
        reason: Reason,
        rows: u64,
        row: u64,
        column: Option<&str>,
        found: Option<&[u8]>,
    ) {
        match self.set_aside.iter_mut().find(|entry| entry.reason == reason) {
            Some(entry) => entry.rows += rows,
            None => self.set_aside.push(SetAside {
                reason,
                rows,
                first_row: row,
                first_column: column.map(str::to_owned),
                first_found: found.map(excerpt),
            }),
        }
    }

    pub(super) fn note_emptied(&mut self, column: &str, row: u64, found: &[u8]) {
        match self.emptied.iter_mut().find(|entry| entry.column == column) {
            Some(entry) => entry.cells += 1,
            None => self.emptied.push(EmptiedCells {
                column: column.to_owned(),
                cells: 1,
                first_row: row,
                first_found: excerpt(found),
            }),
        }
    }
}

/// Enough of a cell to recognise it.
fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.chars().count() <= 60 {
        text.into_owned()
    } else {
        text.chars().take(59).chain(['…']).collect()
    }
}

/// Where a row that was set aside stands in its file, so that its original bytes can be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanOfBytes {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}
