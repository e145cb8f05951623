//! What all rows, when they have been read, say against what the first rows made us guess.

use super::{Loader, PlannedFile};
use crate::engine::request::OpenOptions;
use crate::ingest::ledger::{ChangedCells, Ledger, Notice, Reason};
use crate::ingest::mapping::{ColumnType, FileKind, Mapping, Role};
use crate::ingest::time::{TimeFormat, day_of};

/// Why files have to be read once more, and how.
#[derive(Debug, Clone)]
pub struct SecondThoughts {
    /// The options, with types and times that fit.
    pub options: OpenOptions,
    /// What was found, for each file.
    pub notices: Vec<(String, Notice)>,
}

/// How often files are read at most. A first reading may set the rows aside that would have told more.
pub const MOST_READINGS: usize = 3;

/// What a file by itself makes us think.
struct Thought<'a> {
    file: &'a PlannedFile,
    name: &'a str,
    mapping: Mapping,
    notices: Vec<Notice>,
}

impl Loader {
    /// What all rows say against what the first rows made us guess; nothing where they agree.
    ///
    /// - A column of numbers or times in which more than one cell in a hundred is neither is one of texts.
    /// - A column that is of texts in one file is so in all files of the kind; orders stand below events.
    /// - Where no date fits only the order of day and month in which the column was read, or fewer dates fit it at all than
    ///   fit only the other, it is the other.
    #[must_use]
    pub fn second_thoughts(&self) -> Option<SecondThoughts> {
        let mut thoughts = SecondThoughts { options: self.options.clone(), notices: Vec::new() };
        let first = self.files_read().map(|(file, ledger)| {
            let mut mapping = file.mapping.clone();
            let mut notices: Vec<Notice> = texts(file, ledger, &mut mapping).collect();
            notices.extend(other_order(file, ledger, &mut mapping));
            Thought { file, name: &ledger.file, mapping, notices }
        });
        let first: Vec<Thought<'_>> = first.collect();
        for thought in &first {
            let elsewhere = texts_elsewhere(thought, &first);
            let mut mapping = thought.mapping.clone();
            elsewhere.iter().for_each(|(column, _)| mapping.set_type(column, ColumnType::Text));
            let elsewhere =
                elsewhere.into_iter().map(|(column, file)| Notice::TextElsewhere { column, file });
            let notices: Vec<Notice> = thought.notices.iter().cloned().chain(elsewhere).collect();
            if !notices.is_empty() {
                thoughts.options.set_mapping(thought.name, mapping);
                thoughts.notices.extend(notices.into_iter().map(|notice| (thought.name.to_owned(), notice)));
            }
        }
        (!thoughts.notices.is_empty()).then_some(thoughts)
    }

    /// Adds to the ledgers what was noticed before the files were read again.
    #[must_use]
    pub fn with_notices(mut self, notices: Vec<(String, Notice)>) -> Self {
        for (file, notice) in notices {
            for group in &mut self.groups {
                group.assembly.notice(&file, &notice);
            }
        }
        self
    }

    /// Adds to the ledgers what dates leave open now that all have been read.
    pub(super) fn with_open_orders(self) -> Self {
        let notices = self.files_read();
        let notices =
            notices.filter_map(|(file, ledger)| Some((ledger.file.clone(), open_order(file, ledger)?)));
        let notices = notices.collect();
        self.with_notices(notices)
    }

    fn files_read(&self) -> impl Iterator<Item = (&PlannedFile, &Ledger)> {
        let ledgers = self
            .groups
            .iter()
            .flat_map(|group| group.assembly.files().iter().copied().zip(group.assembly.ledgers()));
        ledgers.filter_map(|(number, ledger)| Some((self.files.get(number)?, ledger)))
    }
}

/// Gives columns back to text of which too many cells are nothing else.
fn texts(file: &PlannedFile, ledger: &Ledger, mapping: &mut Mapping) -> impl Iterator<Item = Notice> {
    let wrong =
        |cells: &&ChangedCells| cells.cells * 100 > ledger.rows_used && file.guessed.contains(&cells.column);
    ledger.emptied.iter().filter(wrong).map(|cells| {
        mapping.set_type(&cells.column, ColumnType::Text);
        Notice::BecameText {
            column: cells.column.clone(),
            row: cells.first_row,
            found: cells.first_found.clone(),
        }
    })
}

/// The columns of a file whose types were guessed and which are of texts in another file whose rows stand with its own: their
/// names, and that file's.
fn texts_elsewhere(own: &Thought<'_>, all: &[Thought<'_>]) -> Vec<(String, String)> {
    let kind = own.file.mapping.kind;
    let stands_with = |other: FileKind| other == kind || (other.is_log() && kind.is_log());
    let is_text = |thought: &&Thought<'_>, column: &str| {
        let mapping = &thought.mapping;
        mapping.role(column) == Role::Attribute && mapping.column_type(column) == ColumnType::Text
    };
    let elsewhere = |column: &String| {
        let mut others = all.iter().filter(|other| stands_with(other.mapping.kind));
        let other = others.find(|other| is_text(other, column)).filter(|_| !is_text(&own, column))?;
        Some((column.clone(), other.name.to_owned()))
    };
    own.file.guessed.iter().filter_map(elsewhere).collect()
}

/// Turns day and month round where the dates want it, unless somebody has said so against dates that tell.
fn other_order(file: &PlannedFile, ledger: &Ledger, mapping: &mut Mapping) -> Option<Notice> {
    let order = &ledger.date_order;
    let unread = ledger.set_aside.iter().find(|entry| entry.reason == Reason::BadTime);
    let read = ledger.rows_read.saturating_sub(unread.map_or(0, |entry| entry.rows));
    let outnumbered = !order.confirmed || order.contrary > read;
    let (row, found) = order.first_contrary.clone().filter(|_| outnumbered && !file.order_said)?;
    let other = mapping.time_format.and_then(TimeFormat::other_order)?;
    let read_as = day_of(&found, other)?.to_string();
    mapping.time_format = Some(other);
    Some(Notice::DateOrderFound { column: mapping.time.clone()?, row, found, read_as })
}

/// What the dates leave open.
fn open_order(file: &PlannedFile, ledger: &Ledger) -> Option<Notice> {
    let (order, column) = (&ledger.date_order, file.mapping.time.clone()?);
    if let Some((row, found)) = order.first_contrary.clone() {
        return Some(Notice::DateOrderMixed { column, cells: order.contrary, row, found });
    }
    let found = order.open.clone()?;
    let read_as = day_of(&found, file.mapping.time_format?)?.to_string();
    Some(Notice::DayOrMonthFirst { column, read_as, found })
}
