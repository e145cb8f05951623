//! What a reader had to leave out or change, told with the first place where it happened.

use serde::{Deserialize, Serialize};
use strata_core::error::{Error, ErrorKind};

/// Something that a reader did and that the user should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What, and where first. Its message is written like that of an error.
    pub error: Error,
    /// How often.
    pub count: u64,
}

/// The most columns that are named one by one.
const NAMED: usize = 100;

/// Notices of one file; one for each kind and column.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    list: Vec<Notice>,
    file: String,
}

impl Notices {
    pub(crate) fn new(file: &str) -> Self {
        Self { list: Vec::new(), file: file.to_owned() }
    }

    /// Notes that it happened once more; what it was is asked for the first time only.
    pub(crate) fn note(&mut self, kind: ErrorKind, row: u64, column: &str, found: impl ToString) {
        self.note_many(kind, row, column, found, 1);
    }

    pub(crate) fn note_many(
        &mut self,
        kind: ErrorKind,
        row: u64,
        column: &str,
        found: impl ToString,
        count: u64,
    ) {
        let same = |notice: &&mut Notice| {
            notice.error.kind == kind && notice.error.column.as_deref().unwrap_or("") == column
        };
        if let Some(notice) = self.list.iter_mut().find(same) {
            notice.count += count;
            return;
        }
        if self.list.len() >= NAMED
            && let Some(notice) = self.list.iter_mut().find(|notice| notice.error.kind == kind)
        {
            notice.count += count;
            return;
        }
        let mut error = Error::new(kind).in_file(&self.file).at_row(row);
        let found: String = found.to_string().chars().take(200).collect();
        if !column.is_empty() {
            error = error.in_column(column);
        }
        if !found.is_empty() {
            error = error.found(found);
        }
        self.list.push(Notice { error, count });
    }

    /// All of them, as they stand.
    pub(crate) fn all(&self) -> Vec<Notice> {
        self.list.clone()
    }
}
