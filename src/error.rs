//! One error type for everything that user data or a request can get wrong.
//!
//! An error says what happened ([`ErrorKind`]), where (file, row, column, or the path in a request), what was found and
//! what was expected. The page writes it in the user's language from `error_<code>` in `locales/`; `Display` is English.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::locale::{Language, fill};

/// The result of anything that reads user data or a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The file has no bytes.
    EmptyFile,
    /// The file has a header but no row.
    NoRows,
    /// The file is not delimited text; `found` names what it looks like.
    NotText,
    /// No file holds events or orders; the others stand beside them.
    NoLog,
    /// The text is not UTF-8.
    NotUtf8,
    /// No row could be used; `found` is the commonest reason.
    NoUsableRows,
    /// A role that the question needs has no column; `expected` is the role.
    MissingRole,
    /// The mapping names a column that the file lacks; `expected` lists the columns it has.
    UnknownColumn,
    /// One column has been given two roles that exclude each other.
    ColumnUsedTwice,
    /// A second file has other columns than the first.
    DifferentColumns,
    /// The data do not fit into the memory a browser tab has.
    TooLarge,
    /// The report would have more cells than a page can show; `expected` is the limit.
    ReportTooLarge,
    /// A request names a field that does not exist.
    UnknownField,
    /// A request lacks a field; `expected` is its name.
    MissingField,
    /// A request has a value that is not allowed.
    BadValue,
    /// Segments refer to each other in a circle; `found` names those on it.
    SegmentCycle,
    /// A segment is a list of ids that has not been given to this engine; `found` is how many ids it has.
    ListNotHeld,
    /// A cluster beyond those that the users fall into; `expected` is how many there are.
    NoSuchCluster,
    /// The request is not JSON.
    NotJson,
    /// The time zone is not in the IANA data base.
    UnknownTimeZone,
    /// No data set is open.
    NothingOpen,
    /// The file could not be read (moved, deleted, or refused by the browser).
    Unreadable,
    /// The user cancelled.
    Cancelled,
    /// The engine stopped unexpectedly, most often for lack of memory.
    EngineStopped,
    /// The browser lacks something Strata needs.
    Unsupported,
    /// The file, or the member of an archive, is encrypted.
    PasswordProtected,
    /// The bytes are in no format that can be read; `found` names it when it is known.
    UnknownFormat,
    /// An archive lies in an archive.
    PackedTwice,
    /// What is packed becomes larger than can be right; `found` is how large, `expected` the limit.
    InflatesTooMuch,
    /// Columns hold lists or structures; `found` names them.
    NestedColumns,
    /// The file is damaged or cut off; `found` is what the reader said.
    BrokenFile,
    /// The archive has no file, the workbook no sheet with rows.
    NothingInside,
    /// The file has no member or sheet of this name; `expected` lists those it has.
    UnknownPart,
    /// A line, or an element of an array, is not a JSON object. A notice.
    BrokenLine,
    /// A column appears only after the rows that decide which columns there are. A notice.
    LateColumn,
    /// Cells of a worksheet hold an error such as #N/A; they are empty. A notice.
    CellErrors,
    /// Numbers of a worksheet have more digits than it can keep. A notice.
    LongNumbers,
    /// Rows above the header of a worksheet were left out. A notice.
    TitleRows,
    /// A sample of users, and beside it a file that says which ids are one user.
    SampleOfMerged,
    /// Memory ran out; `found` is how far reading had come.
    OutOfMemory,
    /// Memory ran out over a question.
    AnswerOutOfMemory,
    /// The second program, which reads what is not plain text, stopped or could not be loaded.
    ReaderStopped,
    /// A passphrase is too short to protect anything.
    ShortPassphrase,
    /// A list has more rows than a sheet of Excel.
    SheetRows,
    /// A text is longer than a cell of Excel.
    SheetText,
}

impl ErrorKind {
    /// The code in JSON and in `locales/` (`error_<code>`).
    #[must_use]
    pub fn code(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

/// What went wrong, where, and what would have been right. One pointer wide, so that results stay small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Error(Box<Parts>);

impl std::ops::Deref for Error {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::ops::DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

/// The parts of an [`Error`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parts {
    /// What happened.
    pub kind: ErrorKind,
    /// The file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The row in the file; the first line is row 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Where in a request: `params.period`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What should have been there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

impl Error {
    /// An error of this kind, place unknown.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Parts {
            kind,
            file: None,
            row: None,
            column: None,
            path: None,
            found: None,
            expected: None,
        }))
    }

    /// A value in a request that is not allowed.
    #[must_use]
    pub fn bad_value(path: impl Into<String>, found: impl ToString, expected: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadValue).at_path(path).found(found).expected(expected)
    }

    /// Puts a part of a request before the path, which begins inside it.
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        let inner = self.path.as_deref().filter(|path| !path.is_empty());
        let path = inner.map_or_else(|| place.to_owned(), |path| format!("{place}.{path}"));
        self.at_path(path)
    }

    /// Adds the file's name.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Adds the row; the first line of the file is row 1.
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// Adds the column's name.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Adds the place in a request.
    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds what was found.
    #[must_use]
    pub fn found(mut self, found: impl ToString) -> Self {
        self.found = Some(found.to_string());
        self
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// The whole message in a language: what happened, where, and what to do.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let words = language.words();
        let code = self.kind.code();
        let phrase = words.get(&format!("error_{code}")).unwrap_or("");
        let row =
            self.row.map(|row| language.integer(i64::try_from(row).unwrap_or(i64::MAX))).unwrap_or_default();
        let text = |part: &Option<String>| {
            let text = part.clone().unwrap_or_default();
            match text.parse() {
                Ok(number)
                    if matches!(
                        self.kind,
                        ErrorKind::ReportTooLarge
                            | ErrorKind::ListNotHeld
                            | ErrorKind::SheetRows
                            | ErrorKind::SheetText
                    ) =>
                {
                    language.integer(number)
                }
                _ => text,
            }
        };
        fill(
            phrase,
            &[
                ("file", &text(&self.file)),
                ("row", &row),
                ("column", &text(&self.column)),
                ("path", &text(&self.path)),
                ("found", &text(&self.found)),
                ("expected", &text(&self.expected)),
            ],
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words() {
        use ErrorKind::*;
        let kinds = [
            EmptyFile,
            NoRows,
            NotText,
            NoLog,
            NotUtf8,
            NoUsableRows,
            MissingRole,
            UnknownColumn,
            ColumnUsedTwice,
            DifferentColumns,
            TooLarge,
            ReportTooLarge,
            UnknownField,
            MissingField,
            BadValue,
            SegmentCycle,
            ListNotHeld,
            NoSuchCluster,
            NotJson,
            UnknownTimeZone,
            NothingOpen,
            Unreadable,
            Cancelled,
            EngineStopped,
            Unsupported,
            PasswordProtected,
            UnknownFormat,
            PackedTwice,
            InflatesTooMuch,
            NestedColumns,
            BrokenFile,
            NothingInside,
            UnknownPart,
            BrokenLine,
            LateColumn,
            CellErrors,
            LongNumbers,
            TitleRows,
            SampleOfMerged,
            OutOfMemory,
            AnswerOutOfMemory,
            ReaderStopped,
            ShortPassphrase,
            SheetRows,
            SheetText,
        ];
        for kind in kinds {
            for language in [Language::English, Language::Chinese] {
                assert!(
                    !Error::new(kind).message(language).is_empty(),
                    "{kind:?} has no words in {language:?}"
                );
            }
        }
    }

    #[test]
    fn numbers_are_written_as_numbers() {
        let error = Error::new(ErrorKind::ReportTooLarge).found(1_234_567).expected("1000000");
        assert!(error.message(Language::English).contains("1,234,567"), "{error}");
        // An event, a column, a file may be called so.
        let error = Error::bad_value("params.period", "1000000", "day, week, month");
        assert!(error.message(Language::English).contains("1000000"), "{error}");
    }
}
