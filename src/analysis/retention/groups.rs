//! Users apart by a text in the row that founded their cohort.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::grid::Grid;
use super::report::{Average, AverageValue, Group, GroupName};
use super::returns::Returns;
use super::{Params, Relative};
use crate::analysis::share;
use crate::dataset::EventLog;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::proportion::wilson;
use crate::table::ColumnData;
use crate::table::dictionary::{Codes, Dictionary};

/// The most groups of a breakdown.
const MOST_GROUPS: u32 = 100;

/// Groups of users, by a text in the row of their first cohort event within the dates: each user is in one group.
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
    pub(in crate::analysis) fn check(&self, log: &EventLog) -> Result<()> {
        if (1..=MOST_GROUPS).contains(&self.most) {
            return Column::new(log, &self.column).map(drop);
        }
        Err(Error::bad_value("params.breakdown.most", self.most, format!("1 to {MOST_GROUPS}")))
    }
}

/// The column of a breakdown.
pub(in crate::analysis) struct Column<'v> {
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

    /// The code of a user's text.
    fn code(&self, returns: &Returns<'_>, user: usize, grid: &Grid) -> Option<u32> {
        Some(self.code_at(returns.founding_row(user, grid)?, user))
    }

    /// The code of the text in a row of a user.
    pub fn code_at(&self, row: usize, user: usize) -> u32 {
        self.codes.code(if self.of_user { user } else { row })
    }
}

/// Tells in which group a user is.
pub(super) struct Grouping<'v> {
    column: Column<'v>,
    /// The codes of the largest groups with their places, ascending by code.
    largest: Vec<(u32, usize)>,
    /// How many texts the other users have.
    other_texts: u64,
}

impl<'v> Grouping<'v> {
    /// Finds the largest groups: one look at the founding rows. It takes four bytes for each text or for each user, whichever
    /// are fewer.
    pub fn new(view: &View<'v>, returns: &Returns<'_>, grid: &Grid, breakdown: &Breakdown) -> Result<Self> {
        let column = Column::new(view.log, &breakdown.column)?;
        let codes = (0..view.log.users.len()).filter_map(|user| column.code(returns, user, grid));
        let sizes = sizes(codes, column.codes.dictionary.len(), view.log.users.len());
        let ordered = largest(&sizes, breakdown.most as usize, &column.codes.dictionary);
        let other_texts = (sizes.len() - ordered.len()) as u64;
        let mut largest: Vec<(u32, usize)> =
            ordered.into_iter().enumerate().map(|(place, code)| (code, place)).collect();
        largest.sort_unstable();
        Ok(Self { column, largest, other_texts })
    }

    /// The place of a user's group; that of all others comes last.
    pub fn place(&self, returns: &Returns<'_>, user: usize, grid: &Grid) -> Option<usize> {
        let code = self.column.code(returns, user, grid)?;
        let known = self.largest.binary_search_by_key(&code, |(code, _)| *code).ok();
        let place = known.and_then(|found| self.largest.get(found)).map(|(_, place)| *place);
        Some(place.unwrap_or(self.largest.len()))
    }

    /// How many groups there are, the others among them.
    pub fn count(&self) -> usize {
        self.largest.len() + usize::from(self.other_texts > 0)
    }

    /// Whether a user is in a group of this name; a text need not be one of the largest.
    pub fn is_in(&self, name: &GroupName, returns: &Returns<'_>, user: usize, grid: &Grid) -> bool {
        match name {
            GroupName::Others => self.place(returns, user, grid) == Some(self.largest.len()),
            GroupName::Value(text) => {
                let wanted = self.column.codes.dictionary.find(text);
                wanted.is_some() && self.column.code(returns, user, grid) == wanted
            }
        }
    }

    /// The groups, largest first, the others last.
    pub fn groups(&self, tallies: &[Tally], view: &View<'_>, params: &Params) -> Vec<Group> {
        let mut codes: Vec<(usize, u32)> = self.largest.iter().map(|(code, place)| (*place, *code)).collect();
        codes.sort_unstable();
        let text = |code: u32| self.column.codes.dictionary.get(code).to_owned();
        let names = codes.into_iter().map(|(_, code)| (Some(text(code)), 1));
        let others = (self.other_texts > 0).then_some((None, self.other_texts));
        let named = names.chain(others).zip(tallies);
        let group = |((value, values), tally): ((Option<String>, u64), &Tally)| Group {
            value,
            values,
            users: tally.users,
            average: tally.average(view, params),
        };
        named.map(group).collect()
    }
}

/// How many users each text has that any has, in no order.
pub(in crate::analysis) fn sizes(
    codes: impl Iterator<Item = u32>,
    texts: usize,
    users: usize,
) -> Vec<(u32, u32)> {
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
pub(in crate::analysis) fn largest(sizes: &[(u32, u32)], most: usize, texts: &Dictionary) -> Vec<u32> {
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

/// What is counted of a group: sums over the cohorts whose period at an offset has ended.
#[derive(Clone)]
pub(super) struct Tally {
    users: u64,
    /// What changes in the sum of sizes at each offset, for users who are in cohorts that have ended from the first offset up
    /// to some other.
    sizes: Vec<i64>,
    /// Users who were counted at the offset before.
    previous: Vec<u64>,
    returned: Vec<u64>,
    value: Vec<i64>,
    /// What changes in the sum of value so far, at each offset.
    so_far: Vec<i64>,
}

impl Tally {
    pub fn new(width: usize) -> Self {
        Self {
            users: 0,
            sizes: vec![0; width + 1],
            previous: vec![0; width + 1],
            returned: vec![0; width + 1],
            value: vec![0; width + 1],
            so_far: vec![0; width + 1],
        }
    }

    pub fn add_user(&mut self) {
        self.users += 1;
    }

    /// Adds a user of a cohort whose first `closed` offsets have ended, counted at `offsets`.
    pub fn add(&mut self, closed: usize, offsets: &[u32]) {
        add(&mut self.sizes, 0, 1);
        add(&mut self.sizes, closed, -1);
        for offset in offsets.iter().map(|offset| *offset as usize).take_while(|offset| *offset < closed) {
            count(&mut self.returned, offset);
            if offset + 1 < closed {
                count(&mut self.previous, offset + 1);
            }
        }
    }

    /// Adds an amount at an offset of a cohort whose first `closed` offsets have ended.
    pub fn add_value(&mut self, closed: usize, offset: usize, amount: i64) {
        if offset < closed {
            add(&mut self.value, offset, amount);
            add(&mut self.so_far, offset, amount);
            add(&mut self.so_far, closed, amount.saturating_neg());
        }
    }

    fn average(&self, view: &View<'_>, params: &Params) -> Vec<Average> {
        let (mut size, mut so_far) = (0i64, 0i64);
        let mut average = Vec::with_capacity(self.returned.len());
        let sums = self.returned.iter().zip(&self.previous).zip(self.value.iter().zip(&self.so_far));
        let width = self.returned.len() - 1;
        for ((offset, change), ((&returned, &previous), (&value, &more))) in
            (0u32..).zip(&self.sizes).zip(sums).take(width)
        {
            size += change;
            so_far = so_far.saturating_add(more);
            let sizes = size.unsigned_abs();
            let users = if params.relative == Relative::Previous && offset > 0 { previous } else { sizes };
            average.push(Average {
                offset,
                users,
                returned,
                rate: share(returned, users),
                interval: (params.rates_are_shares() && returned <= users)
                    .then(|| wilson(returned, users))
                    .flatten(),
                value: params
                    .value
                    .then(|| AverageValue::new(sizes, view.log.amount(value), view.log.amount(so_far))),
            });
        }
        average
    }
}

fn add(sums: &mut [i64], place: usize, amount: i64) {
    if let Some(sum) = sums.get_mut(place) {
        *sum = sum.saturating_add(amount);
    }
}

fn count(counts: &mut [u64], place: usize) {
    if let Some(count) = counts.get_mut(place) {
        *count += 1;
    }
}
