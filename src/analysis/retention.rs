//! Who stays: of the users who first came in one period, how many came again N periods later.
//!
//! **Definition.** A user's cohort is the period (civil day, week or month in the log's zone) of the first cohort event. The
//! cell of cohort *c* and offset *k* counts the users of *c* with at least one return event in period *c + k*; its rate is
//! that count divided by the cohort's size. Both events are *any event* unless chosen. With different events, a return
//! counts from the cohort's period on, also before the first cohort event within that period.
//!
//! **Open cells.** A period that has not ended by the last day of the data is open: its cells may still grow. They are
//! marked (`openFrom`) and left out of the average.
//!
//! **Average.** Pooled: for offset *k*, the sum of returned users over the sum of sizes of all cohorts whose period *c + k*
//! has ended. A mean of rates would let a cohort of ten weigh as much as one of a thousand.
//!
//! **Value.** On request, the sum of the value column over the cohort's purchases less refunds in each period.
//!
//! Semantics as in Amplitude's and PostHog's recurring retention; one pass over the log, no hashing.

use serde::{Deserialize, Serialize};

use super::{Members, Question, activity_members, check_size, share};
use crate::dataset::Kind;
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::dataset::view::{UserDays, View};
use crate::error::{Error, Result};
use crate::table::decimal::Amount;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
    /// Events that count as a return; any when absent.
    pub return_events: Option<Vec<String>>,
    /// Whether to add up the value column too.
    pub value: bool,
}

/// The triangle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One row for every period from the first to the last, empty ones included.
    pub cohorts: Vec<Cohort>,
    /// The average over cohorts for each offset.
    pub average: Vec<Average>,
    /// Users in any cohort: the sum of the sizes.
    pub users: u64,
    /// Users with return events only, who are in no cohort.
    pub users_without_cohort: u64,
    /// The first and last day of the data in view.
    pub span: (Day, Day),
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
    /// Value at each offset, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Vec<Amount>>,
}

/// The pooled average at one offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Average {
    /// Periods after the cohort's.
    pub offset: u32,
    /// Sum of the sizes of cohorts whose period at this offset has ended.
    pub users: u64,
    /// How many of them were active in it.
    pub returned: u64,
    /// `returned / users`.
    pub rate: Option<f64>,
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

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let cohort_days = view.user_days_of(params.cohort_events.as_deref());
        let return_days = return_days(view, params);
        let Some(grid) = Grid::new(view, params)? else {
            return Ok(nothing(view));
        };
        let mut sizes = vec![0; grid.periods];
        let mut counts = vec![0; grid.periods * grid.width];
        let mut users_without_cohort = 0;
        for user in 0..cohort_days.users() {
            let returns = return_days.as_ref().unwrap_or(&cohort_days).of(user);
            let Some(cohort) = grid.cohort(cohort_days.of(user)) else {
                users_without_cohort += u64::from(!returns.is_empty());
                continue;
            };
            if let Some(size) = sizes.get_mut(cohort) {
                *size += 1;
            }
            let Some(row) = counts.get_mut(cohort * grid.width..(cohort + 1) * grid.width) else { continue };
            grid.offsets(cohort, returns, |offset| {
                if let Some(count) = row.get_mut(offset) {
                    *count += 1;
                }
            });
        }
        let value = if params.value { Some(values(view, &grid, &cohort_days)) } else { None };
        let cohorts: Vec<Cohort> = (0..grid.periods)
            .map(|cohort| grid.row(view, cohort, &sizes, &counts, value.as_deref()))
            .collect();
        let average = average(&cohorts, grid.width);
        Ok(Report { cohorts, average, users: sizes.iter().sum(), users_without_cohort, span: grid.span })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let cohort_days = view.user_days_of(params.cohort_events.as_deref());
        let return_days = return_days(view, params);
        let unknown =
            || Error::bad_value("users.cell.cohort", cell.cohort, "the first day of a cohort in the report");
        let grid = Grid::new(view, params)?.ok_or_else(unknown)?;
        let wanted = (0..grid.periods).find(|&index| grid.start(index) == cell.cohort).ok_or_else(unknown)?;
        let mut users = Vec::new();
        for user in 0..cohort_days.users() {
            if grid.cohort(cohort_days.of(user)) != Some(wanted) {
                continue;
            }
            let mut there = cell.offset.is_none();
            let returns = return_days.as_ref().unwrap_or(&cohort_days).of(user);
            grid.offsets(wanted, returns, |offset| {
                there |= cell.offset.is_some_and(|wanted| wanted as usize == offset)
            });
            if there {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        Ok(activity_members(view, users))
    }
}

/// The days of return events, when they are not the cohort events.
fn return_days<'a>(view: &'a View<'_>, params: &Params) -> Option<UserDays<'a>> {
    (params.return_events != params.cohort_events).then(|| view.user_days_of(params.return_events.as_deref()))
}

fn nothing(view: &View<'_>) -> Report {
    Report { cohorts: Vec::new(), average: Vec::new(), users: 0, users_without_cohort: 0, span: view.span() }
}

/// Periods from the first to the last day in view, and which period each day falls in.
struct Grid {
    calendar: Periods,
    /// The number of the first period.
    first: i32,
    /// How many periods there are.
    periods: usize,
    /// How many offsets are reported.
    width: usize,
    span: (Day, Day),
    /// The period of each day from `span.0` on, as an index from 0.
    index: Vec<u32>,
}

impl Grid {
    /// Periods run from the first to the last day in view, whatever happened on them.
    fn new(view: &View<'_>, params: &Params) -> Result<Option<Self>> {
        let days = view.user_days();
        let ends = days.iter().filter_map(|(_, days)| Some((*days.first()?, *days.last()?)));
        let Some((first_day, last_day)) =
            ends.reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
        else {
            return Ok(None);
        };
        let calendar =
            Periods { period: params.period, week_start: params.week_start.unwrap_or(view.log.week_start) };
        let first = calendar.number(Day(first_day));
        let periods = usize::try_from(calendar.number(Day(last_day)) - first).unwrap_or(0) + 1;
        let width = params.periods.map_or(periods, |most| periods.min(most as usize + 1));
        check_size(periods as u64 * width as u64)?;
        let index = (first_day..=last_day)
            .map(|day| u32::try_from(calendar.number(Day(day)) - first).unwrap_or(0))
            .collect();
        Ok(Some(Self { calendar, first, periods, width, span: (Day(first_day), Day(last_day)), index }))
    }

    /// The index of the period of a day.
    #[inline]
    fn index(&self, day: i32) -> Option<usize> {
        self.index.get(usize::try_from(day - self.span.0.0).ok()?).map(|&index| index as usize)
    }

    fn cohort(&self, days: &[i32]) -> Option<usize> {
        days.first().and_then(|&day| self.index(day))
    }

    /// Each distinct offset from the cohort's period at which one of these ascending days lies.
    #[inline]
    fn offsets(&self, cohort: usize, days: &[i32], mut found: impl FnMut(usize)) {
        let (mut last_day, mut last_period) = (i32::MIN, usize::MAX);
        for &day in days {
            if day == last_day {
                continue;
            }
            last_day = day;
            let Some(period) = self.index(day) else { continue };
            if period != last_period && period >= cohort {
                last_period = period;
                if period - cohort >= self.width {
                    break;
                }
                found(period - cohort);
            }
        }
    }

    fn start(&self, index: usize) -> Day {
        self.calendar.first_day(self.first + i32::try_from(index).unwrap_or(0))
    }

    fn end(&self, index: usize) -> Day {
        self.calendar.last_day(self.first + i32::try_from(index).unwrap_or(0))
    }

    fn row(
        &self,
        view: &View<'_>,
        cohort: usize,
        sizes: &[u64],
        counts: &[u64],
        value: Option<&[i64]>,
    ) -> Cohort {
        let length = self.width.min(self.periods - cohort);
        let from = cohort * self.width;
        // A period that reaches beyond the last day looked at has not been seen to its end.
        let open = (0..length).find(|offset| self.end(cohort + offset) > view.span().1);
        Cohort {
            start: self.start(cohort),
            end: self.end(cohort),
            size: sizes.get(cohort).copied().unwrap_or(0),
            active: counts.get(from..from + length).unwrap_or(&[]).to_vec(),
            open_from: open.and_then(|offset| u32::try_from(offset).ok()),
            value: value.map(|units| {
                let row = units.get(from..from + length).unwrap_or(&[]);
                row.iter().map(|&units| view.log.amount(units)).collect()
            }),
        }
    }
}

/// Purchases less refunds of each cohort at each offset.
fn values(view: &View<'_>, grid: &Grid, cohort_days: &UserDays<'_>) -> Vec<i64> {
    let mut sums = vec![0i64; grid.periods * grid.width];
    let trades = view.trades();
    for user in 0..cohort_days.users() {
        let Some(cohort) = grid.cohort(cohort_days.of(user)) else { continue };
        for &row in trades.rows_of(user) {
            let period = view.log.days.get(row as usize).and_then(|&day| grid.index(day));
            let Some(offset) =
                period.and_then(|period| period.checked_sub(cohort)).filter(|offset| *offset < grid.width)
            else {
                continue;
            };
            if let Some(sum) = sums.get_mut(cohort * grid.width + offset) {
                match trades.get(row) {
                    (Kind::Refund, amount) => *sum = sum.saturating_sub(amount),
                    (_, amount) => *sum = sum.saturating_add(amount),
                }
            }
        }
    }
    sums
}

fn average(cohorts: &[Cohort], width: usize) -> Vec<Average> {
    (0..u32::try_from(width).unwrap_or(u32::MAX))
        .map(|offset| {
            let (mut users, mut returned) = (0, 0);
            for cohort in cohorts.iter().filter(|cohort| cohort.open_from.is_none_or(|open| offset < open)) {
                if let Some(active) = cohort.active.get(offset as usize) {
                    users += cohort.size;
                    returned += active;
                }
            }
            Average { offset, users, returned, rate: share(returned, users) }
        })
        .collect()
}
