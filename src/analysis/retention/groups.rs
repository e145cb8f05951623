//! Users apart by a text in the row that founded their cohort, within the dates.

use super::grid::Grid;
use super::report::{Average, AverageValue, Group};
use super::returns::Returns;
use super::{Params, Relative};
use crate::analysis::breakdown::{Breakdown, Column, GroupName, Groups};
use crate::analysis::share;
use crate::dataset::view::View;
use crate::error::Result;
use crate::model::proportion::wilson;

/// Tells in which group a user is.
pub(super) struct Grouping<'v>(Groups<'v>);

impl<'v> Grouping<'v> {
    /// Finds the largest groups: one look at the founding rows.
    pub fn new(view: &View<'v>, returns: &Returns<'_>, grid: &Grid, breakdown: &Breakdown) -> Result<Self> {
        let column = Column::new(view.log, &breakdown.column)?;
        let code = |column: &Column<'_>, user| Some(column.code_at(returns.founding_row(user, grid)?, user));
        Ok(Self(Groups::new(column, breakdown.most, view.log.users.len(), code)))
    }

    /// The code of a user's text.
    fn code(&self, returns: &Returns<'_>, user: usize, grid: &Grid) -> Option<u32> {
        Some(self.0.column.code_at(returns.founding_row(user, grid)?, user))
    }

    /// The place of a user's group; that of all others comes last.
    pub fn place(&self, returns: &Returns<'_>, user: usize, grid: &Grid) -> Option<usize> {
        Some(self.0.place(self.code(returns, user, grid)?))
    }

    /// How many groups there are, the others among them.
    pub fn count(&self) -> usize {
        self.0.count()
    }

    /// Whether a user is in a group of this name.
    pub fn is_in(&self, name: &GroupName, returns: &Returns<'_>, user: usize, grid: &Grid) -> bool {
        self.code(returns, user, grid).is_some_and(|code| self.0.is_in(name, code))
    }

    /// The groups, largest first, the others last.
    pub fn groups(&self, tallies: &[Tally], view: &View<'_>, params: &Params) -> Vec<Group> {
        let named = self.0.names().into_iter().zip(tallies);
        let group = |((value, values), tally): ((Option<String>, u64), &Tally)| Group {
            value,
            values,
            users: tally.users,
            average: tally.average(view, params),
        };
        named.map(group).collect()
    }
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
