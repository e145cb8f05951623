//! What became of every row: read, used, or set aside with a reason, so that the parts add up.

use serde::{Deserialize, Serialize};

use super::layout::Encoding;
use super::mapping::FileKind;
use super::personal::PersonalColumn;

use super::time::DateOrder;
use crate::dataset::calendar::Day;
use crate::locale::{Language, fill};

mod notice;

pub use notice::Notice;

/// How many examples of each reason are kept.
pub const EXAMPLES_KEPT: usize = 5;

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
    /// A cell without which the row is of no use is empty.
    EmptyCell,
    /// A number that cannot be: a negative cost, a score beyond the scale.
    OutOfRange,
    /// The sum of the rows above it.
    TotalsRow,
    /// The same as another row in every column that is read; set aside because somebody chose so.
    Duplicate,
    /// A user who is not in the sample that somebody chose to read.
    OutsideSample,
    /// A day beyond the dates that somebody chose to read.
    OutsideDates,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 14] = [
        Self::MissingFields,
        Self::ExtraFields,
        Self::NoUser,
        Self::NoTime,
        Self::BadTime,
        Self::BadNumber,
        Self::NotUtf8,
        Self::UnclosedQuote,
        Self::EmptyCell,
        Self::OutOfRange,
        Self::TotalsRow,
        Self::Duplicate,
        Self::OutsideSample,
        Self::OutsideDates,
    ];

    /// Whether the row could have been read and is left out because somebody chose to read a part only.
    #[must_use]
    pub fn is_left_out(self) -> bool {
        matches!(self, Self::OutsideSample | Self::OutsideDates)
    }

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
            Self::EmptyCell => "empty_cell",
            Self::OutOfRange => "out_of_range",
            Self::TotalsRow => "totals_row",
            Self::Duplicate => "duplicate",
            Self::OutsideSample => "outside_sample",
            Self::OutsideDates => "outside_dates",
        }
    }
}

/// One row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// Where it stands; the header is row 1. 0 when it was set aside after reading and its place is no longer known.
    pub row: u64,
    /// The column at fault, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What stood there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

impl Example {
    /// What stood there, in a language; `reason` is the one for which the row was set aside.
    #[must_use]
    pub fn found_in_words(&self, reason: Reason, language: Language) -> String {
        let words = language.words();
        let found = self.found.as_deref().unwrap_or_default();
        let phrase = match reason {
            Reason::MissingFields => words.ledger_found_missing,
            Reason::ExtraFields => words.ledger_found_extra,
            _ => return found.to_owned(),
        };
        match found.split_once(" / ") {
            Some((found, expected)) => fill(phrase, &[("found", found), ("expected", expected)]),
            None => found.to_owned(),
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
    /// The first of them; the header is row 1. 0 as in [`Example::row`].
    pub first_row: u64,
    /// The column at fault in the first of them, where one is.
    pub first_column: Option<String>,
    /// What stood there.
    pub first_found: Option<String>,
    /// The first of them, at most [`EXAMPLES_KEPT`], in the order of the file.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// Cells of a column that could not be kept as they were; their rows are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedCells {
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
    /// What its rows are.
    #[serde(default)]
    pub kind: FileKind,
    /// Its size.
    pub bytes: u64,
    /// The letters it is written in; nothing for files that are not text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The character between fields; nothing for files that are not delimited text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Rows below the header; blank lines are not rows.
    pub rows_read: u64,
    /// Rows in the data set.
    pub rows_used: u64,
    /// The others, by reason, in the order in which the reasons first occur.
    pub set_aside: Vec<SetAside>,
    /// Attribute cells that count as empty.
    pub emptied: Vec<ChangedCells>,
    /// Numbers with more decimal places than are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounded: Vec<ChangedCells>,
    /// The days of the earliest and the latest time among the rows in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_range: Option<(Day, Day)>,
    /// Different users in the rows in use, counted when the whole file has been read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// What the time column tells of the order of day and month.
    #[serde(default, skip_serializing_if = "DateOrder::is_default")]
    pub date_order: DateOrder,
    /// Columns whose cells tell who somebody is, found when the whole file has been read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<PersonalColumn>,
    /// What else ought to be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

impl Ledger {
    /// Rows set aside for any reason.
    #[must_use]
    pub fn rows_set_aside(&self) -> u64 {
        self.set_aside.iter().map(|entry| entry.rows).sum()
    }

    /// Rows that somebody chose not to read; they are among those set aside.
    #[must_use]
    pub fn rows_left_out(&self) -> u64 {
        self.set_aside.iter().filter(|entry| entry.reason.is_left_out()).map(|entry| entry.rows).sum()
    }

    /// Whether every row is accounted for once, and no reason has more examples than rows.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let reasons_once = self.set_aside.iter().enumerate().all(|(place, entry)| {
            self.set_aside.iter().take(place).all(|other| other.reason != entry.reason)
        });
        self.rows_read == self.rows_used + self.rows_set_aside()
            && reasons_once
            && self.set_aside.iter().all(|entry| {
                let examples = entry.examples.len() as u64;
                (1..=entry.rows.min(EXAMPLES_KEPT as u64)).contains(&examples)
            })
    }

    /// Counts rows that are set aside; `row` is the first of them (the header is row 1), with what is wrong in it.
    /// [`Self::rows_read`] counts them already.
    pub fn note(&mut self, reason: Reason, rows: u64, row: u64, column: Option<&str>, found: Option<&[u8]>) {
        let known = self.set_aside.iter().position(|entry| entry.reason == reason);
        let entry = match known.and_then(|place| self.set_aside.get_mut(place)) {
            Some(entry) if entry.examples.len() >= EXAMPLES_KEPT => {
                entry.rows += rows;
                return;
            }
            entry => entry,
        };
        let example = Example { row, column: column.map(str::to_owned), found: found.map(excerpt) };
        match entry {
            Some(entry) => {
                entry.rows += rows;
                entry.examples.push(example);
            }
            None => self.set_aside.push(SetAside {
                reason,
                rows,
                first_row: row,
                first_column: example.column.clone(),
                first_found: example.found.clone(),
                examples: vec![example],
            }),
        }
    }

    /// Counts an attribute's cell that could not be read as the column's type.
    pub fn note_emptied(&mut self, column: &str, row: u64, found: &[u8]) {
        note_changed(&mut self.emptied, column, row, found);
    }

    /// Counts a number that has more decimal places than are kept.
    pub fn note_rounded(&mut self, column: &str, row: u64, found: &[u8]) {
        note_changed(&mut self.rounded, column, row, found);
    }

    /// Adds a notice, unless it is there.
    pub fn notice(&mut self, notice: Notice) {
        if !self.notices.iter().any(|earlier| notice.repeats(earlier)) {
            self.notices.push(notice);
        }
    }

    /// Joins the ledger of the stretch of the same file that follows this one, as if both had been read in one piece.
    /// `row_offset` is added to its rows' numbers; [`Self::bytes`] are those of each stretch. Users of two stretches cannot
    /// be added up, so they are counted afterwards.
    pub fn merge(&mut self, later: Self, row_offset: u64) {
        self.bytes += later.bytes;
        self.rows_read += later.rows_read;
        self.rows_used += later.rows_used;
        self.encoding = self.encoding.or(later.encoding);
        self.delimiter = self.delimiter.or(later.delimiter);
        for entry in later.set_aside {
            self.merge_reason(entry, row_offset);
        }
        merge_changed(&mut self.emptied, later.emptied, row_offset);
        merge_changed(&mut self.rounded, later.rounded, row_offset);
        self.time_range = match (self.time_range, later.time_range) {
            (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
            (one, other) => one.or(other),
        };
        self.users = None;
        self.date_order.merge(later.date_order, row_offset);
        for notice in later.notices {
            self.notice(notice.moved(row_offset));
        }
    }

    fn merge_reason(&mut self, mut later: SetAside, row_offset: u64) {
        let moved = |row: u64| if row == 0 { 0 } else { row + row_offset };
        later.first_row = moved(later.first_row);
        later.examples.iter_mut().for_each(|example| example.row = moved(example.row));
        match self.set_aside.iter_mut().find(|entry| entry.reason == later.reason) {
            Some(entry) => {
                entry.rows += later.rows;
                let room = EXAMPLES_KEPT.saturating_sub(entry.examples.len());
                entry.examples.extend(later.examples.into_iter().take(room));
            }
            None => self.set_aside.push(later),
        }
    }
}

fn note_changed(changed: &mut Vec<ChangedCells>, column: &str, row: u64, found: &[u8]) {
    match changed.iter_mut().find(|entry| entry.column == column) {
        Some(entry) => entry.cells += 1,
        None => changed.push(ChangedCells {
            column: column.to_owned(),
            cells: 1,
            first_row: row,
            first_found: excerpt(found),
        }),
    }
}

fn merge_changed(changed: &mut Vec<ChangedCells>, later: Vec<ChangedCells>, row_offset: u64) {
    for entry in later {
        match changed.iter_mut().find(|known| known.column == entry.column) {
            Some(known) => known.cells += entry.cells,
            None => changed.push(ChangedCells { first_row: entry.first_row + row_offset, ..entry }),
        }
    }
}

/// Sets rows of a table aside after it has been read: finds the file that a row came from, by the rows that each file gave.
#[derive(Debug)]
pub struct LateChecks {
    ends: Vec<u64>,
}

impl LateChecks {
    /// For a table with these ledgers, before a row is set aside.
    #[must_use]
    pub fn new(ledgers: &[Ledger]) -> Self {
        let ends = ledgers.iter().scan(0, |end, ledger| {
            *end += ledger.rows_used;
            Some(*end)
        });
        Self { ends: ends.collect() }
    }

    /// The rows of the table that each file gave, in the order of the ledgers.
    pub fn stretches(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let place = |row: u64| usize::try_from(row).unwrap_or(usize::MAX);
        starts.zip(&self.ends).map(move |(start, &end)| place(start)..place(end))
    }

    /// The file that a row of the table, from 0, came from: its place among the ledgers.
    #[must_use]
    pub fn file(&self, row: usize) -> usize {
        self.ends.partition_point(|&end| end <= row as u64)
    }

    /// Sets a row of the table, from 0, aside in its file's ledger. `file_row` is its number in the file, 0 if unknown.
    pub fn set_aside(
        &self,
        ledgers: &mut [Ledger],
        (row, file_row): (usize, u64),
        reason: Reason,
        column: Option<&str>,
        found: Option<&[u8]>,
    ) {
        if let Some(ledger) = ledgers.get_mut(self.file(row)) {
            ledger.rows_used = ledger.rows_used.saturating_sub(1);
            ledger.note(reason, 1, file_row, column, found);
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

#[cfg(test)]
mod tests;
