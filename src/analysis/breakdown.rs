//! Users apart by a text: the largest groups, and all others together.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::dataset::EventLog;
use crate::error::{Error, Result};
use crate::table::ColumnData;
use crate::table::dictionary::{Codes, Dictionary};

/// The most groups of a breakdown.
const MOST_GROUPS: u32 = 100;

/// Groups of users, by a text in one of their rows or of their own: each user is in one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Breakdown {
    /// A text column of rows or of users.
    pub column: String,
    /// How many groups; the users of all other texts stand together. 1 to 100.
    #[serde(default = "ten")]
    pub most: u32,
}

fn ten() -> u32 {
    10
}

impl Breakdown {
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] for too many groups, and a column that is not one of texts.
    pub(super) fn check(&self, log: &EventLog) -> Result<()> {
        if (1..=MOST_GROUPS).contains(&self.most) {
            return Column::new(log, &self.column).map(drop);
        }
        Err(Error::bad_value("params.breakdown.most", self.most, format!("1 to {MOST_GROUPS}")))
    }
}

/// The column of a breakdown.
pub(super) struct Column<'v> {
    /// Its texts.
    pub codes: &'v Codes,
    of_user: bool,
}

impl<'v> Column<'v> {
    pub fn new(log: &'v EventLog, name: &str) -> Result<Self> {
        let text = |columns: &'v [crate::ingest::assemble::Column]| {
            columns.iter().find(|column| column.name == name).and_then(|column| match &column.data {
                ColumnData::Text(codes) => Some(codes),
                _ => None,
            })
        };
        let rows = text(&log.columns).map(|codes| Self { codes, of_user: false });
        let found = rows.or_else(|| text(&log.user_attributes).map(|codes| Self { codes, of_user: true }));
        found.ok_or_else(|| {
            Error::bad_value("params.breakdown.column", name, "a text column of rows or users")
        })
    }

    /// The code of the text in a row of a user.
    pub fn code_at(&self, row: usize, user: usize) -> u32 {
        self.codes.code(if self.of_user { user } else { row })
    }
}

/// A group of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupName {
    /// That of a text.
    Value(String),
    /// All texts that have no group of their own.
    Others,
}

impl GroupName {
    /// As reports name it: the text, nothing for all others.
    #[must_use]
    pub fn of(value: Option<&str>) -> Self {
        value.map_or(Self::Others, |text| Self::Value(text.to_owned()))
    }
}

/// The groups of a breakdown.
pub(super) struct Groups<'v> {
    pub column: Column<'v>,
    /// The codes of the largest groups with their places, ascending by code.
    largest: Vec<(u32, usize)>,
    /// How many texts the other users have.
    other_texts: u64,
}

impl<'v> Groups<'v> {
    /// Finds the largest groups among users, of whom `code` tells the text. It takes four bytes for each text or for each user,
    /// whichever are fewer.
    pub fn new(
        column: Column<'v>,
        most: u32,
        users: usize,
        code: impl Fn(&Column<'v>, usize) -> Option<u32>,
    ) -> Self {
        let texts = &column.codes.dictionary;
        let sizes = sizes((0..users).filter_map(|user| code(&column, user)), texts.len(), users);
        let ordered = largest(&sizes, most as usize, texts);
        let other_texts = (sizes.len() - ordered.len()) as u64;
        let mut largest: Vec<(u32, usize)> =
            ordered.into_iter().enumerate().map(|(place, code)| (code, place)).collect();
        largest.sort_unstable();
        Self { column, largest, other_texts }
    }

    /// How many groups there are, the others among them.
    pub fn count(&self) -> usize {
        self.largest.len() + usize::from(self.other_texts > 0)
    }

    /// The place of the group of a text; that of all others comes last.
    pub fn place(&self, code: u32) -> usize {
        let found = self.largest.binary_search_by_key(&code, |(code, _)| *code).ok();
        found.and_then(|found| self.largest.get(found)).map_or(self.largest.len(), |(_, place)| *place)
    }

    /// Whether a text is in a group of this name; that need not be one of the largest.
    pub fn is_in(&self, name: &GroupName, code: u32) -> bool {
        match name {
            GroupName::Others => self.place(code) == self.largest.len(),
            GroupName::Value(text) => self.column.codes.dictionary.find(text) == Some(code),
        }
    }

    /// The groups by their places: the text, nothing for all others, and how many texts stand in it.
    pub fn names(&self) -> Vec<(Option<String>, u64)> {
        let mut codes: Vec<(usize, u32)> = self.largest.iter().map(|(code, place)| (*place, *code)).collect();
        codes.sort_unstable();
        let text = |code: u32| self.column.codes.dictionary.get(code).to_owned();
        let names = codes.into_iter().map(|(_, code)| (Some(text(code)), 1));
        names.chain((self.other_texts > 0).then_some((None, self.other_texts))).collect()
    }
}

/// How many users each text has that any has, in no order.
fn sizes(codes: impl Iterator<Item = u32>, texts: usize, users: usize) -> Vec<(u32, u32)> {
    if texts <= users {
        let mut counts = vec![0u32; texts];
        for code in codes {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }
        return (0u32..).zip(counts).filter(|(_, count)| *count > 0).collect();
    }
    let mut codes: Vec<u32> = codes.collect();
    codes.sort_unstable();
    let sizes = codes.chunk_by(|a, b| a == b);
    sizes.filter_map(|same| Some((*same.first()?, u32::try_from(same.len()).unwrap_or(u32::MAX)))).collect()
}

/// The codes of the texts with the most users, those first, and of as many the first in the order of texts. One look at each
/// text at most: there may be a million with one user each.
fn largest(sizes: &[(u32, u32)], most: usize, texts: &Dictionary) -> Vec<u32> {
    // The last of those kept is on top.
    let mut kept: BinaryHeap<(Reverse<u32>, &str, u32)> = BinaryHeap::with_capacity(most + 1);
    for &(code, size) in sizes {
        if kept.len() < most {
            kept.push((Reverse(size), texts.get(code), code));
        } else if let Some(mut last) = kept.peek_mut()
            && Reverse(size) <= last.0
        {
            let own = (Reverse(size), texts.get(code), code);
            if own < *last {
                *last = own;
            }
        }
    }
    kept.into_sorted_vec().into_iter().map(|(_, _, code)| code).collect()
}
