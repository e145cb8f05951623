//! Where growth comes from: new, retained, resurrected and churned users of each period.
//!
//! **Definition.** In each period (civil day, week or month in the log's zone) a user is *new* in the first period with
//! any row, *retained* when also active in the period just before, *resurrected* when active now, not just before, and not
//! new; *churned* when active just before and not now. Quick ratio = (new + resurrected) / churned, undefined when nobody
//! churned. Periods run from the first to the last in view, empty ones included. The last period is *open* while it has
//! not ended by the last day of the data: its users may still come, so its churn is not final.

use serde::{Deserialize, Serialize};

use super::{Members, Question, activity_members, check_size, distinct};
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::dataset::view::View;
use crate::error::{Error, Result};

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The length of a period.
    pub period: Period,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
    /// Events that make a user active; any when absent.
    pub events: Option<Vec<String>>,
}

/// Users by period and state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One entry for every period from the first to the last.
    pub periods: Vec<PeriodGrowth>,
}

/// The users of one period by state. `active = new + retained + resurrected`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodGrowth {
    /// The first day of the period.
    pub start: Day,
    /// Whether the period has not ended by the last day of the data.
    pub open: bool,
    /// Users with a row in it.
    pub active: u64,
    /// Active for the first time.
    pub new: u64,
    /// Active in the period before too.
    pub retained: u64,
    /// Back after at least one period without a row.
    pub resurrected: u64,
    /// Active in the period before, not in this.
    pub churned: u64,
    /// (new + resurrected) / churned.
    pub quick_ratio: Option<f64>,
}

/// A state of a user in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Active for the first time.
    New,
    /// Active in the period before too.
    Retained,
    /// Back after at least one period without a row.
    Resurrected,
    /// Active in the period before, not in this.
    Churned,
}

/// The users in one state in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// The first day of the period.
    pub start: Day,
    /// The state.
    pub state: State,
}

/// Where growth comes from.
#[derive(Debug)]
pub struct Growth;

impl Question for Growth {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let days = view.user_days_of(params.events.as_deref());
        let calendar =
            Periods { period: params.period, week_start: params.week_start.unwrap_or(view.log.week_start) };
        let ends = days.iter().filter_map(|(_, days)| Some((*days.first()?, *days.last()?)));
        let Some((first_day, last_day)) =
            ends.reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
        else {
            return Ok(Report { periods: vec![] });
        };
        let (first, last) = (calendar.number(Day(first_day)), calendar.number(Day(last_day)));
        let length = usize::try_from(last - first).unwrap_or(0) + 1;
        check_size(length as u64 * 5)?;
        let index: Vec<i32> = (first_day..=last_day).map(|day| calendar.number(Day(day))).collect();
        let mut counts = vec![[0u64; 4]; length];
        for (_, days) in days.iter() {
            let numbers =
                distinct(days).filter_map(|day| index.get(usize::try_from(day - first_day).ok()?).copied());
            states(numbers, last, |number, state| {
                let slot = counts.get_mut(usize::try_from(number - first).unwrap_or(usize::MAX));
                if let Some(count) = slot.and_then(|states| states.get_mut(state as usize)) {
                    *count += 1;
                }
            });
        }
        let period = |(number, &[new, retained, resurrected, churned]): (i32, &[u64; 4])| PeriodGrowth {
            start: calendar.first_day(number),
            open: calendar.last_day(number) > view.span().1,
            active: new + retained + resurrected,
            new,
            retained,
            resurrected,
            churned,
            quick_ratio: super::share(new + resurrected, churned),
        };
        Ok(Report { periods: (first..).zip(&counts).map(period).collect() })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let days = view.user_days_of(params.events.as_deref());
        let calendar =
            Periods { period: params.period, week_start: params.week_start.unwrap_or(view.log.week_start) };
        let wanted = calendar.number(cell.start);
        if calendar.first_day(wanted) != cell.start {
            return Err(Error::bad_value(
                "users.cell.start",
                cell.start,
                "the first day of a period in the report",
            ));
        }
        let last = days
            .iter()
            .filter_map(|(_, days)| days.last())
            .max()
            .map_or(i32::MIN, |&day| calendar.number(Day(day)));
        let mut users = Vec::new();
        for (user, days) in days.iter() {
            let mut there = false;
            states(distinct(days).map(|day| calendar.number(Day(day))), last, |number, state| {
                there |= number == wanted && state == cell.state;
            });
            if there {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        Ok(activity_members(view, users))
    }
}

/// The states of one user from the ascending numbers of the periods of the active days; `last` is the last period of all.
#[inline]
fn states(numbers: impl Iterator<Item = i32>, last: i32, mut found: impl FnMut(i32, State)) {
    let mut before: Option<i32> = None;
    for number in numbers {
        match before {
            Some(period) if period == number => continue,
            None => found(number, State::New),
            Some(period) if period == number - 1 => found(number, State::Retained),
            Some(period) => {
                found(period + 1, State::Churned);
                found(number, State::Resurrected);
            }
        }
        before = Some(number);
    }
    if let Some(period) = before.filter(|period| *period < last) {
        found(period + 1, State::Churned);
    }
}
