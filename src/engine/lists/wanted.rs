//! How a list of users is to be saved, as requests say it.

use serde::{Deserialize, Serialize};

use crate::locale::Language;

/// How a list of users is to be saved.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SaveWanted {
    /// The columns, in this order. When absent: the ids, unless they are personal data and would be written as they are, and
    /// the question's own columns. Naming a column that holds personal data is what lets it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<ListColumn>>,
    /// The kind of file.
    pub format: ListFormat,
    /// How ids are written.
    pub ids: IdForm,
    /// The language of headings and names.
    pub language: Language,
}

/// A column of a list that is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListColumn {
    /// The user's id, or its pseudonym.
    Id,
    /// A column that the question tells of its users, by its key.
    Member(String),
    /// An attribute of the user: the last that is known, see [`super`].
    Attribute(String),
    /// The first day with a row.
    FirstSeen,
    /// The last day with a row.
    LastSeen,
    /// How many orders.
    Orders,
    /// Purchases less refunds.
    Spend,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ListFormat {
    /// Text with commas, UTF-8 with a byte order mark.
    #[default]
    Csv,
    /// An Excel workbook.
    Xlsx,
}

impl ListFormat {
    /// What the file's name ends with.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The file's media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv;charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// How ids are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IdForm {
    /// As they came.
    #[default]
    Plain,
    /// As pseudonyms under a passphrase: see [`crate::privacy::pseudonym`].
    Pseudonyms,
}
