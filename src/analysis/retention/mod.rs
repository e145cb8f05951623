//! Who stays: of the users who first came in one period, how many came again N periods later.
//!
//! **Definition.** A user's cohort is the period (civil day, week, month or quarter in the log's zone) of the first cohort event. The
//! cell of cohort *c* and offset *k* counts the users of *c* with a return event in period *c + k*; its rate is that count
//! divided by the cohort's size. Both events are *any event* unless chosen. With different events, a return counts from
//! the cohort's period on, also before the first cohort event within that period.
//!
//! **Variants.** *Cohort*: by the first event in view; by the first ever, dates then bounding the cohorts only; or recurring, a
//! user being in the cohort of every period with a cohort event. *Return*: in the period itself; in it or a later one; in it or
//! an earlier one after the cohort's; in every one up to it (a streak); at least so many times. *Offsets*: calendar periods;
//! elapsed time since the first cohort event in whole days, weeks, 30 or 91 days (rolling); or brackets of several periods.
//! *Rate*: of the cohort, or of those who were counted at the offset before.
//!
//! **Open cells.** A period that has not ended by the last day of the data is open: its cells may still grow. They are marked
//! (`openFrom`, with the day on which each closes) and left out of the average. Rolling offsets are open until they have ended
//! for whoever came last in the cohort's period.
//!
//! **Average.** Pooled: for offset *k*, the sum of returned users over the sum of sizes of all cohorts whose period *c + k* has
//! ended, with Wilson's 95% interval. A mean of rates, which can be chosen, lets a cohort of ten weigh as much as one of a thousand.
//!
//! **Value.** On request, the sum of the value column over the cohort's purchases less refunds in each period.
//!
//! Semantics as in Amplitude's and PostHog's recurring retention, Mixpanel's "on or after" and streak; one pass over the log, no hashing.

mod account;
mod grid;
mod returns;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::{Members, Question, activity_members, share};
use crate::dataset::Kind;
use crate::dataset::calendar::{Day, Period, WeekStart};
use crate::dataset::filter::Condition;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::proportion::{Interval, wilson};
use crate::table::decimal::Amount;
use grid::Grid;
use returns::Returns;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The length of a period.
    pub period: Period,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
    /// The largest offset that is reported; all that the data have when absent.
    pub periods: Option<u32>,
    /// Events that found a cohort; any when absent.
    pub cohort_events: Option<Vec<String>>,
    /// Conditions on the row that founds a cohort.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cohort_all: Vec<Condition>,
    /// Events that count as a return; any when absent.
    pub return_events: Option<Vec<String>>,
    /// Conditions on the row of a return.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub return_all: Vec<Condition>,
    /// Which cohort events found a cohort.
    pub entry: Entry,
    /// When a return has to come to count at an offset.
    pub when: When,
    /// How many return events make a return, at least 1.
    pub minimum: u32,
    /// Offsets put together: how many periods each bracket after the cohort's own has. `[1, 2, 4]` is 0, 1, 2-3, 4-7.
    pub brackets: Option<Vec<u32>>,
    /// Whether offsets count elapsed time since the first cohort event, not calendar periods.
    pub rolling: bool,
    /// What rates are of.
    pub relative: Relative,
    /// What the average is.
    pub mean: Mean,
    /// Whether to add up the value column too.
    pub value: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            period: Period::default(),
            week_start: None,
            periods: None,
            cohort_events: None,
            cohort_all: Vec::new(),
            return_events: None,
            return_all: Vec::new(),
            entry: Entry::First,
            when: When::On,
            minimum: 1,
            brackets: None,
            rolling: false,
            relative: Relative::Start,
            mean: Mean::Pooled,
            value: false,
        }
    }
}

/// Which cohort events found a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Entry {
    /// A user's first one in view.
    #[default]
    First,
    /// A user's first one of all, which is in a cohort if it lies within the dates; returns are looked for beyond them.
    FirstEver,
    /// Each: a user is in the cohort of every period with one.
    Recurring,
}

/// When a return has to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// In the period.
    #[default]
    On,
    /// In the period or a later one.
    OnOrAfter,
    /// In the period or one before it, after the cohort's own.
    OnOrBefore,
    /// In the period and all before it, after the cohort's own.
    Streak,
}

/// What rates are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Relative {
    /// The cohort.
    #[default]
    Start,
    /// Those who were counted at the offset before.
    Previous,
}

/// What the average is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mean {
    /// All users together.
    #[default]
    Pooled,
    /// The mean of the cohorts' rates.
    Simple,
    /// There is none.
    None,
}

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
}

/// A cell of the triangle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// The cohort, by the first day of its period.
    pub cohort: Day,
    /// The offset; the whole cohort when absent.
    pub offset: Option<u32>,
}

/// Who stays.
#[derive(Debug)]
pub struct Retention;

impl Question for Retention {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn dates_bound_entry(params: &Params) -> bool {
        params.entry == Entry::FirstEver
    }

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        params.check()?;
        let mut returns = Returns::new(view, params)?;
        let Some(grid) = Grid::new(view, params)? else {
            return Ok(nothing(view));
        };
        let mut counts = Counts::new(&grid, params.value);
        let trades = params.value.then(|| view.trades());
        for user in 0..view.log.users.len() {
            let found = returns.of_user(user, &grid);
            if !found.is_founded {
                counts.without_cohort += u64::from(found.returns);
                continue;
            }
            counts.users += 1;
            returns.each_cohort(&grid, params, |cohort, begun, offsets| {
                counts.add(&grid, cohort, offsets);
                let Some(trades) = &trades else { return };
                for &row in trades.rows_of(user) {
                    let amount = match trades.get(row) {
                        (Kind::Refund, amount) => amount.saturating_neg(),
                        (_, amount) => amount,
                    };
                    counts.add_value(
                        &grid,
                        cohort,
                        grid.offset_of_row(view, cohort, begun, row as usize),
                        amount,
                    );
                }
            });
        }
        let cohorts: Vec<Cohort> = (0..grid.cohorts).map(|cohort| grid.row(view, cohort, &counts)).collect();
        let average = average(&cohorts, grid.width, params);
        let (users, users_without_cohort) = (counts.users, counts.without_cohort);
        let offsets = grid.offsets();
        Ok(Report { cohorts, average, users, users_without_cohort, span: grid.span, offsets })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        params.check()?;
        let mut returns = Returns::new(view, params)?;
        let unknown =
            || Error::bad_value("users.cell.cohort", cell.cohort, "the first day of a cohort in the report");
        let grid = Grid::new(view, params)?.ok_or_else(unknown)?;
        let wanted = (0..grid.cohorts).find(|&index| grid.start(index) == cell.cohort).ok_or_else(unknown)?;
        let mut users = Vec::new();
        for user in 0..view.log.users.len() {
            if !returns.of_user(user, &grid).is_founded {
                continue;
            }
            let mut there = false;
            returns.each_cohort(&grid, params, |cohort, _, offsets| {
                let at = |offset: u32| offsets.binary_search(&offset).is_ok();
                there |= cohort == wanted && cell.offset.is_none_or(at);
            });
            if there {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        params.check()?;
        account::account(view, params, cell, user)
    }
}

impl Params {
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] with the path of what makes no sense.
    fn check(&self) -> Result<()> {
        if self.minimum == 0 {
            return Err(Error::bad_value("params.minimum", 0, "1 or more"));
        }
        if let Some(brackets) = &self.brackets
            && (brackets.is_empty() || brackets.len() > 1_000 || brackets.contains(&0))
        {
            let found = format!("{brackets:?}");
            return Err(Error::bad_value("params.brackets", found, "lengths of 1 period or more"));
        }
        if self.rolling && self.entry == Entry::Recurring {
            return Err(Error::bad_value("params.rolling", true, "false for recurring cohorts"));
        }
        Ok(())
    }
}

fn nothing(view: &View<'_>) -> Report {
    Report {
        cohorts: Vec::new(),
        average: Vec::new(),
        users: 0,
        users_without_cohort: 0,
        span: view.span(),
        offsets: Vec::new(),
    }
}

/// Users and value of each cohort at each offset.
struct Counts {
    users: u64,
    without_cohort: u64,
    sizes: Vec<u64>,
    active: Vec<u64>,
    value: Option<Vec<i64>>,
}

impl Counts {
    fn new(grid: &Grid, value: bool) -> Self {
        let cells = grid.cohorts * grid.width;
        Self {
            users: 0,
            without_cohort: 0,
            sizes: vec![0; grid.cohorts],
            active: vec![0; cells],
            value: value.then(|| vec![0; cells]),
        }
    }

    fn add(&mut self, grid: &Grid, cohort: usize, offsets: &[u32]) {
        if let Some(size) = self.sizes.get_mut(cohort) {
            *size += 1;
        }
        let Some(row) = self.active.get_mut(cohort * grid.width..(cohort + 1) * grid.width) else { return };
        for &offset in offsets {
            if let Some(count) = row.get_mut(offset as usize) {
                *count += 1;
            }
        }
    }

    fn add_value(&mut self, grid: &Grid, cohort: usize, offset: Option<usize>, amount: i64) {
        let Some(offset) = offset.filter(|offset| *offset < grid.width) else { return };
        if let Some(sum) = self.value.as_mut().and_then(|value| value.get_mut(cohort * grid.width + offset)) {
            *sum = sum.saturating_add(amount);
        }
    }
}

fn average(cohorts: &[Cohort], width: usize, params: &Params) -> Vec<Average> {
    if params.mean == Mean::None {
        return Vec::new();
    }
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
                interval: if pooled && returned <= users { wilson(returned, users) } else { None },
            }
        })
        .collect()
}
