//! What somebody ought to know about how a file was read.

use serde::{Deserialize, Serialize};

use super::super::sample::Dates;
use crate::dataset::calendar::Day;
use crate::error::Error;
use crate::locale::{Language, fill};

/// What somebody ought to know about how a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Notice {
    /// Lines above the header were passed over.
    LinesAbove {
        /// How many.
        lines: u64,
    },
    /// No cell tells whether the day or the month comes first.
    DayOrMonthFirst {
        /// The column.
        column: String,
        /// How it was read: a date, written year first.
        read_as: String,
        /// As it is written in the file.
        found: String,
    },
    /// The first rows left the order of day and month open, or told another; a date further down tells it.
    DateOrderFound {
        /// The column.
        column: String,
        /// The first row whose date fits one order only; the header is row 1.
        row: u64,
        /// As it is written in the file.
        found: String,
        /// The day that it is: a date, written year first.
        read_as: String,
    },
    /// Some dates fit only one order of day and month and others only the other one, so that those which fit both may be
    /// wrong.
    DateOrderMixed {
        /// The column.
        column: String,
        /// How many dates fit only the order in which the column is not read; their rows are set aside.
        cells: u64,
        /// The row of the first of them; the header is row 1.
        row: u64,
        /// As it is written in the file.
        found: String,
    },
    /// The column had numbers only up to some row, and is text now.
    BecameText {
        /// The column.
        column: String,
        /// The first row that holds something else; the header is row 1.
        row: u64,
        /// What stood there.
        found: String,
    },
    /// What a reader of packed files, workbooks or columns had to leave out or change.
    Reader {
        /// What, and where first; its message is that of an error.
        error: Error,
        /// How often.
        count: u64,
    },
    /// The column would be of numbers or times, but holds texts in another file of the same kind.
    TextElsewhere {
        /// The column.
        column: String,
        /// The other file.
        file: String,
    },
    /// Only a sample of the users was read.
    Sample {
        /// One user in so many.
        one_in: u32,
    },
    /// Only some days were read.
    Dates {
        /// Which.
        dates: Dates,
    },
}

impl Notice {
    /// The whole notice in a language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let words = language.words();
        let count = |number: u64| language.integer(i64::try_from(number).unwrap_or(i64::MAX));
        match self {
            Self::LinesAbove { lines } => fill(words.notice_lines_above, &[("lines", &count(*lines))]),
            Self::DayOrMonthFirst { column, read_as, found } => fill(
                words.notice_day_or_month_first,
                &[("column", column), ("read_as", read_as), ("found", found)],
            ),
            Self::DateOrderFound { column, row, found, read_as } => fill(
                words.notice_date_order_found,
                &[("column", column), ("row", &count(*row)), ("found", found), ("read_as", read_as)],
            ),
            Self::DateOrderMixed { column, cells, row, found } => fill(
                words.notice_date_order_mixed,
                &[("column", column), ("cells", &count(*cells)), ("row", &count(*row)), ("found", found)],
            ),
            Self::BecameText { column, row, found } => {
                fill(words.notice_became_text, &[("column", column), ("row", &count(*row)), ("found", found)])
            }
            Self::Reader { error, .. } => error.message(language),
            Self::TextElsewhere { column, file } => {
                fill(words.notice_text_elsewhere, &[("column", column), ("file", file)])
            }
            Self::Sample { one_in } => fill(words.notice_sample, &[("count", &count(u64::from(*one_in)))]),
            Self::Dates { dates } => {
                let phrase = match (dates.from, dates.to) {
                    (Some(_), Some(_)) => words.notice_dates,
                    (Some(_), None) => words.notice_dates_from,
                    _ => words.notice_dates_to,
                };
                let day = |day: Option<Day>| day.map(|day| language.date(day)).unwrap_or_default();
                fill(phrase, &[("from", &day(dates.from)), ("to", &day(dates.to))])
            }
        }
    }

    /// Whether it says that only a part of the file was read.
    #[must_use]
    pub fn is_of_part(&self) -> bool {
        matches!(self, Self::Sample { .. } | Self::Dates { .. })
    }

    /// The same notice from a stretch that begins after `rows` rows.
    pub(super) fn moved(self, rows: u64) -> Self {
        match self {
            Self::BecameText { column, row, found } => {
                Self::BecameText { column, row: row.saturating_add(rows), found }
            }
            Self::DateOrderFound { column, row, found, read_as } => {
                Self::DateOrderFound { column, row: row.saturating_add(rows), found, read_as }
            }
            Self::DateOrderMixed { column, cells, row, found } => {
                Self::DateOrderMixed { column, cells, row: row.saturating_add(rows), found }
            }
            other => other,
        }
    }

    /// Whether both tell the same thing, perhaps of another row.
    pub(super) fn repeats(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::BecameText { column, .. }, Self::BecameText { column: before, .. })
            | (Self::DayOrMonthFirst { column, .. }, Self::DayOrMonthFirst { column: before, .. })
            | (Self::DateOrderFound { column, .. }, Self::DateOrderFound { column: before, .. })
            | (Self::DateOrderMixed { column, .. }, Self::DateOrderMixed { column: before, .. }) => {
                column == before
            }
            _ => self == earlier,
        }
    }
}
