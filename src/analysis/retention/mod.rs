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
//! **Value.** On request, the sum of the value column over the cohort's purchases less refunds in each period, whoever counts as
//! back in it. *Value per user* is that sum divided by the cohort's size; *cumulative* is the sum over the offset and all before
//! it. Their averages are pooled over the cohorts whose period *c + k* has ended: sum of value divided by sum of sizes, so that
//! cumulative value at *k* is that of one set of users from their beginning. A negative value says that more was refunded than bought.
//!
//! **Breakdown.** On request, users apart by a text of the row that founded their cohort (with recurring cohorts, their first one
//! within the dates) or of the user: everybody is in exactly one group. Of each group the pooled average, so that counts add up
//! over the groups to those of all; the largest groups by users, ties in the order of the texts, and all others together.
//!
//! Semantics as in Amplitude's and PostHog's recurring retention, Mixpanel's "on or after" and streak; one pass over the log, no hashing.

mod account;
pub mod compare;
mod counts;
mod grid;
mod groups;
mod report;
mod returns;

pub use report::{Average, AverageValue, Cell, Cohort, Group, Report};

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::breakdown::Breakdown;
use super::{Members, Question, activity_members};
use crate::dataset::Kind;
use crate::dataset::calendar::{Day, Period, WeekStart};
use crate::dataset::filter::Condition;
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use counts::Counts;
use grid::Grid;
use groups::{Grouping, Tally};
use report::average;
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
    pub cohort_all: Vec<Condition>,
    /// Events that count as a return; any when absent.
    pub return_events: Option<Vec<String>>,
    /// Conditions on the row of a return.
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
    /// Also tells apart users by a text in the row that founded their cohort.
    pub breakdown: Option<Breakdown>,
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
            breakdown: None,
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
        params.check(view)?;
        if params.value && view.log.values().is_none() {
            return Err(Error::new(ErrorKind::MissingRole)
                .at_path("params.value")
                .expected(Role::Value.name()));
        }
        let mut returns = Returns::new(view, params)?;
        let Some(grid) = Grid::new(view, params)? else {
            return Ok(Report::nothing(view.span(), params));
        };
        let mut counts = Counts::new(&grid, params.value);
        let trades = params.value.then(|| view.trades());
        let breakdown = params.breakdown.as_ref();
        let grouping =
            breakdown.map(|breakdown| Grouping::new(view, &returns, &grid, breakdown)).transpose()?;
        let closed = if grouping.is_some() { grid.closed(view) } else { Vec::new() };
        let mut tallies = vec![Tally::new(grid.width); grouping.as_ref().map_or(0, Grouping::count)];
        for user in 0..view.log.users.len() {
            let found = returns.of_user(user, &grid);
            if !found.is_founded {
                counts.without_cohort += u64::from(found.returns);
                continue;
            }
            counts.users += 1;
            let place = grouping.as_ref().and_then(|grouping| grouping.place(&returns, user, &grid));
            let mut tally = place.and_then(|place| tallies.get_mut(place));
            if let Some(tally) = &mut tally {
                tally.add_user();
            }
            returns.each_cohort(&grid, params, |cohort, begun, offsets| {
                counts.add(&grid, cohort, offsets);
                let closed = closed.get(cohort).copied().unwrap_or(0);
                if let Some(tally) = &mut tally {
                    tally.add(closed, offsets);
                }
                let Some(trades) = &trades else { return };
                for &row in trades.rows_of(user) {
                    let amount = match trades.get(row) {
                        (Kind::Refund, amount) => amount.saturating_neg(),
                        (_, amount) => amount,
                    };
                    let offset = grid.offset_of_row(view, cohort, begun, row as usize);
                    counts.add_value(&grid, cohort, offset, amount);
                    if let (Some(tally), Some(offset)) = (&mut tally, offset) {
                        tally.add_value(closed, offset, amount);
                    }
                }
            });
        }
        let cohorts: Vec<Cohort> = (0..grid.cohorts).map(|cohort| grid.row(view, cohort, &counts)).collect();
        let average = average(&cohorts, grid.width, params);
        let (users, users_without_cohort) = (counts.users, counts.without_cohort);
        let offsets = grid.offsets();
        let groups = grouping.map(|grouping| grouping.groups(&tallies, view, params));
        Ok(Report { cohorts, average, users, users_without_cohort, span: grid.span, offsets, groups })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        params.check(view)?;
        let mut returns = Returns::new(view, params)?;
        let unknown = || {
            let day = cell.cohort.map(|day| day.to_string()).unwrap_or_default();
            Error::bad_value("users.cell.cohort", day, "the first day of a cohort in the report")
        };
        let Some(grid) = Grid::new(view, params)? else {
            return if cell.cohort.is_some() { Err(unknown()) } else { Ok(Members::default()) };
        };
        let in_report = |start: Day| (0..grid.cohorts).find(|&index| grid.start(index) == start);
        let wanted = cell.cohort.map(|start| in_report(start).ok_or_else(unknown)).transpose()?;
        let grouping = match (&cell.group, &params.breakdown) {
            (None, _) => None,
            (Some(name), Some(breakdown)) => Some((name, Grouping::new(view, &returns, &grid, breakdown)?)),
            (Some(_), None) => {
                return Err(Error::bad_value("users.cell.group", "group", "only with params.breakdown"));
            }
        };
        // Only averages, which are over all cohorts, ask how far each has got.
        let closed = if wanted.is_none() { grid.closed(view) } else { Vec::new() };
        let mut users = Vec::new();
        for user in 0..view.log.users.len() {
            if !returns.of_user(user, &grid).is_founded
                || grouping
                    .as_ref()
                    .is_some_and(|(name, grouping)| !grouping.is_in(name, &returns, user, &grid))
            {
                continue;
            }
            let mut there = false;
            returns.each_cohort(&grid, params, |cohort, _, offsets| {
                let counts = |offset: u32| {
                    // Averages are over cohorts that have got so far.
                    let told =
                        wanted.is_some() || closed.get(cohort).is_some_and(|end| (offset as usize) < *end);
                    told && offsets.binary_search(&offset).is_ok()
                };
                there |= wanted.is_none_or(|wanted| cohort == wanted) && cell.offset.is_none_or(counts);
            });
            if there {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        params.check(view)?;
        account::account(view, params, cell, user)
    }
}

impl Params {
    /// Whether those counted at an offset are a part of what their rate is of; intervals and tests of proportions are for
    /// such rates only.
    #[must_use]
    pub fn rates_are_shares(&self) -> bool {
        self.relative == Relative::Start || matches!(self.when, When::Streak | When::OnOrAfter)
    }

    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] with the path of what makes no sense.
    fn check(&self, view: &View<'_>) -> Result<()> {
        if self.minimum == 0 {
            return Err(Error::bad_value("params.minimum", 0, "1 or more"));
        }
        if let Some(brackets) = &self.brackets
            && (brackets.is_empty() || brackets.len() > 1_000 || brackets.contains(&0))
        {
            let found = format!("{brackets:?}");
            return Err(Error::bad_value("params.brackets", found, "lengths of 1 period or more"));
        }
        if let Some(breakdown) = &self.breakdown {
            breakdown.check(view.log)?;
        }
        if self.rolling && self.entry == Entry::Recurring {
            return Err(Error::bad_value("params.rolling", true, "false for recurring cohorts"));
        }
        Ok(())
    }
}
