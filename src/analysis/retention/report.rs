//! The answer: cohorts against offsets, and the average over them.

use serde::{Deserialize, Serialize};

use super::{Mean, Params, Relative};
use crate::analysis::breakdown::GroupName;
use crate::analysis::share;
use crate::dataset::calendar::Day;
use crate::model::proportion::{Interval, wilson};
use crate::table::decimal::Amount;

/// The triangle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One row for every period from the first to the last, empty ones included.
    pub cohorts: Vec<Cohort>,
    /// The average over cohorts for each offset; none where it was not wanted.
    pub average: Vec<Average>,
    /// Users in any cohort: the sum of the sizes, unless cohorts are recurring.
    pub users: u64,
    /// Users with return events only, who are in no cohort.
    pub users_without_cohort: u64,
    /// The first and last day of the data in view.
    pub span: (Day, Day),
    /// The first and the last period of each offset: equal ones but for brackets.
    pub offsets: Vec<(u32, u32)>,
    /// The groups of a breakdown, those with the most users first; the others, without a value, last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
}

impl Report {
    /// The answer where no row is in view.
    pub(super) fn nothing(span: (Day, Day), params: &Params) -> Self {
        Self {
            cohorts: Vec::new(),
            average: Vec::new(),
            users: 0,
            users_without_cohort: 0,
            span,
            offsets: Vec::new(),
            groups: params.breakdown.as_ref().map(|_| Vec::new()),
        }
    }
}

/// The users who first came in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cohort {
    /// The first day of the period.
    pub start: Day,
    /// The last day of the period.
    pub end: Day,
    /// How many users.
    pub size: u64,
    /// Users active at each offset; the list ends with the last period of the data or the largest offset asked for.
    pub active: Vec<u64>,
    /// From this offset on, periods have not ended by the last day of the data; `null` when all have.
    pub open_from: Option<u32>,
    /// For each offset from `openFrom` on the day with whose end it closes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<Day>,
    /// Value at each offset, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Vec<Amount>>,
}

impl Cohort {
    /// The rate at an offset; nothing of nobody.
    #[must_use]
    pub fn rate(&self, offset: usize, relative: Relative) -> Option<f64> {
        share(*self.active.get(offset)?, self.base(offset, relative))
    }

    /// The value at an offset; nothing where it was not asked for.
    #[must_use]
    pub fn value_at(&self, offset: usize) -> Option<Amount> {
        self.value.as_ref()?.get(offset).copied()
    }

    /// The value at an offset and all before it.
    #[must_use]
    pub fn cumulative(&self, offset: usize) -> Option<Amount> {
        let values = self.value.as_ref()?.get(..=offset)?;
        let units = values.iter().fold(0i64, |sum, value| sum.saturating_add(value.units));
        values.first().map(|first| Amount { units, ..*first })
    }

    /// An amount for each user of the cohort, in the value column's unit; nothing of nobody.
    #[must_use]
    pub fn per_user(&self, amount: Option<Amount>) -> Option<f64> {
        per_user(amount?, self.size)
    }

    /// What the rate at an offset is of.
    #[must_use]
    pub fn base(&self, offset: usize, relative: Relative) -> u64 {
        match (relative, offset.checked_sub(1)) {
            (Relative::Previous, Some(before)) => self.active.get(before).copied().unwrap_or(0),
            _ => self.size,
        }
    }
}

/// The average at one offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Average {
    /// Periods after the cohort's.
    pub offset: u32,
    /// Sum of the sizes of cohorts whose period at this offset has ended (or of those counted at the offset before it).
    pub users: u64,
    /// How many of them were active in it.
    pub returned: u64,
    /// `returned / users`, or the mean of the cohorts' rates.
    pub rate: Option<f64>,
    /// The 95% interval of the pooled rate (Wilson).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Value, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<AverageValue>,
}

/// What the users of all cohorts whose period at one offset has ended were worth, pooled whatever the mean of rates is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AverageValue {
    /// Sum of the cohorts' sizes.
    pub users: u64,
    /// Sum of the value at the offset.
    pub value: Amount,
    /// `value / users`, in the value column's unit.
    pub per_user: Option<f64>,
    /// Sum of the value at the offset and all before it, of the same cohorts.
    pub cumulative: Amount,
    /// `cumulative / users`: what a user has brought by the end of the offset.
    pub cumulative_per_user: Option<f64>,
}

impl AverageValue {
    /// Both sums, of so many users.
    pub(super) fn new(users: u64, value: Amount, cumulative: Amount) -> Self {
        let (per_user, cumulative_per_user) = (per_user(value, users), per_user(cumulative, users));
        Self { users, value, per_user, cumulative, cumulative_per_user }
    }
}

fn per_user(amount: Amount, users: u64) -> Option<f64> {
    (users > 0).then(|| amount.to_f64() / users as f64)
}

/// Users with one text in the row that founded their cohort, or with any of the texts that have no group of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The text; absent for all others together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How many texts its users have: 1, but for the others.
    pub values: u64,
    /// Users in any cohort. Over all groups they add up to those of the report.
    pub users: u64,
    /// The pooled average at each offset, whatever the mean of the report is: counts add up over the groups.
    pub average: Vec<Average>,
}

/// A cell of the triangle, of its average, or of a group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Cell {
    /// The cohort, by the first day of its period; all when absent, and at an offset then those whose period there has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohort: Option<Day>,
    /// The offset; everybody in the cohorts when absent.
    pub offset: Option<u32>,
    /// Users of a group only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
}

impl Group {
    /// The group as a cell names it.
    #[must_use]
    pub fn name(&self) -> GroupName {
        GroupName::of(self.value.as_deref())
    }
}

/// The average over cohorts at each offset.
pub(super) fn average(cohorts: &[Cohort], width: usize, params: &Params) -> Vec<Average> {
    if params.mean == Mean::None {
        return Vec::new();
    }
    let values = average_values(cohorts, width);
    (0..u32::try_from(width).unwrap_or(u32::MAX))
        .map(|offset| {
            let (mut users, mut returned, mut rates) = (0, 0, Vec::new());
            for cohort in cohorts.iter().filter(|cohort| cohort.open_from.is_none_or(|open| offset < open)) {
                if let Some(active) = cohort.active.get(offset as usize) {
                    users += cohort.base(offset as usize, params.relative);
                    returned += active;
                    rates.extend(cohort.rate(offset as usize, params.relative));
                }
            }
            let simple = || (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64);
            let pooled = params.mean == Mean::Pooled;
            Average {
                offset,
                users,
                returned,
                rate: if pooled { share(returned, users) } else { simple() },
                interval: (pooled && params.rates_are_shares() && returned <= users)
                    .then(|| wilson(returned, users))
                    .flatten(),
                value: values.get(offset as usize).cloned(),
            }
        })
        .collect()
}

/// What the users of closed cohorts were worth at each offset; empty where it was not asked for.
fn average_values(cohorts: &[Cohort], width: usize) -> Vec<AverageValue> {
    let known = cohorts.iter().find_map(|cohort| cohort.value_at(0));
    let Some(nothing) = known.map(|value| Amount { units: 0, ..value }) else { return Vec::new() };
    let mut sums = vec![(0, nothing, nothing); width];
    for cohort in cohorts {
        let closed = cohort.open_from.map_or(width, |open| open as usize);
        let mut cumulative = 0i64;
        for (sum, value) in sums.iter_mut().take(closed).zip(cohort.value.iter().flatten()) {
            cumulative = cumulative.saturating_add(value.units);
            sum.0 += cohort.size;
            sum.1.units = sum.1.units.saturating_add(value.units);
            sum.2.units = sum.2.units.saturating_add(cumulative);
        }
    }
    sums.into_iter().map(|(users, value, cumulative)| AverageValue::new(users, value, cumulative)).collect()
}
