//! Who buys again, and when: the time between orders, the way from each order to the next, repeat rates by cohort, what an
//! order is worth, and the days and hours of orders.
//!
//! **Definition.** Orders are as [`crate::segment::orders`] has them: distinct order ids, purchase rows, or days with a purchase;
//! an order happens when its first row does, on a civil day in the log's zone.
//! * An **interval** is the number of civil days between two consecutive orders of a user; 0 for two on one day. Quantiles
//!   are exact, interpolated linearly between neighbours (as numpy and pandas do by default).
//! * **From the nth to the next order**, within a window of *w* days: of the users with n orders, *converted* are those whose
//!   next order came at most *w* days later; *open* those without a next order whose window reaches beyond the last day of
//!   the data; *lapsed* all others, later buyers among them. `users = converted + open + lapsed`. The rate is taken over
//!   *mature* users, whose nth order lies at least *w* days before the end: converted among them / mature. The median time is
//!   that of the converted.
//! * A **cohort** is the users whose first order falls in one period; its figures are those from the first to the second order.
//!   *Repeated* are those with a second order at any time.
//! * Average order value = gross purchases / orders; items per order = quantities of the purchases / orders.
//! * Orders by weekday and hour are on the wall clock of the log's zone.
//!
//! **Edges.** The first order is the first in view: with dates chosen, or a file that begins late, earlier ones are not known.
//! Where all times are midnight the file has days only, and there are no hours.

mod report;
mod sums;

pub use report::*;

use serde::{Deserialize, Serialize};

use super::account::{Account, Fact, Role, Value};
use super::{MemberCells, MemberColumn, Members, Question, activity_members};
use crate::dataset::active_days::PeriodTable;
use crate::dataset::calendar::{DAY_MICROS, Day, Period, Periods, WeekStart, ZoneCache};
use crate::dataset::trades::Trades;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::segment::orders::{OrderUnit, Orders};
use crate::table::Clock;

/// The longest window, in days.
const LONGEST_WINDOW: u32 = 3_660;

/// The most steps from order to order.
const MOST_STEPS: u32 = 100;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// What one order is: order ids where there is a column of them, else purchase rows, when absent.
    pub orders: Option<OrderUnit>,
    /// Days in which the next order must come, from 1 to 3660.
    pub window: u32,
    /// How many steps from order to order, from 1 to 100.
    pub steps: u32,
    /// The period of cohorts.
    pub period: Period,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
    /// Days in a bin of the intervals; few enough bins to look at when absent.
    pub bin_days: Option<u32>,
}

impl Default for Params {
    fn default() -> Self {
        Self { orders: None, window: 90, steps: 10, period: Period::Month, week_start: None, bin_days: None }
    }
}

/// A mark of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Cell {
    /// Everybody with an order.
    Buyers,
    /// Everybody with two orders or more.
    RepeatBuyers,
    /// Users with an interval of so many days.
    Interval {
        /// The fewest days.
        from: u32,
        /// The most days.
        to: u32,
    },
    /// Users with n orders, by what became of the next.
    Step {
        /// The number n of the order.
        order: u32,
        /// Whom of them.
        state: State,
    },
    /// Users whose first order falls in a period, by what became of the second.
    Cohort {
        /// The first day of the period.
        start: Day,
        /// Whom of them.
        state: State,
    },
    /// Users with an order on a weekday, in an hour.
    Hour {
        /// 0 for Monday, 6 for Sunday.
        weekday: u8,
        /// 0 to 23; any when absent.
        hour: Option<u8>,
    },
    /// Users with an order on a day.
    Day {
        /// The day.
        day: Day,
    },
}

/// What became of the next order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Whatever became of it.
    All,
    /// It came within the window.
    Converted,
    /// It has not come, and the window reaches beyond the data.
    Open,
    /// It did not come within the window.
    Lapsed,
    /// It came, within the window or later.
    Repeated,
    /// The window ended within the data.
    Mature,
}

/// Who buys again.
#[derive(Debug)]
pub struct Repurchase;

impl Question for Repurchase {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        check(params)?;
        sums::report(view, params)
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        check(params)?;
        check_cell(params, cell)?;
        let mut buyers = Buyers::new(view, params)?;
        let periods = buyers.periods(params);
        let wanted = |start: Day| {
            let found = periods.as_ref().and_then(|periods| periods.starting(start));
            let unknown = || {
                Error::bad_value("users.cell.cohort.start", start, "the first day of a cohort in the report")
            };
            found.ok_or_else(unknown)
        };
        let cohort = if let Cell::Cohort { start, .. } = cell { Some(wanted(*start)?) } else { None };
        let (mut users, mut counts) = (Vec::new(), Vec::new());
        buyers.each(|own| {
            let there = match *cell {
                Cell::Buyers => true,
                Cell::RepeatBuyers => own.days.len() > 1,
                Cell::Interval { from, to } => own.intervals().any(|days| (from..=to).contains(&days)),
                Cell::Step { order, state } => own.next(order as usize).is_some_and(|next| next.is(state)),
                Cell::Cohort { state, .. } => {
                    let place = periods.as_ref().zip(own.days.first()).and_then(|(own, &day)| own.place(day));
                    place == cohort && own.next(1).is_some_and(|next| next.is(state))
                }
                Cell::Hour { weekday, hour } => own.clocks.iter().any(|clock| {
                    clock.weekday() == usize::from(weekday)
                        && hour.is_none_or(|hour| clock.hour() == usize::from(hour))
                }),
                Cell::Day { day } => own.days.contains(&day.0),
            };
            if there {
                users.push(u32::try_from(own.user).unwrap_or(u32::MAX));
                counts.push(own.days.len() as i64);
            }
        });
        let mut members = activity_members(view, users);
        members.columns.insert(0, MemberColumn { key: "orders", cells: MemberCells::Counts(counts) });
        Ok(members)
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        check(params)?;
        let mut buyers = Buyers::new(view, params)?;
        let mut orders = Vec::new();
        buyers.orders.first_rows(view, &buyers.trades, buyers.trades.rows_of(user), &mut orders);
        let days: Vec<i32> =
            orders.iter().filter_map(|&row| view.log.days.get(row as usize).copied()).collect();
        let Some(&first) = days.first() else {
            return Ok(Account { facts: vec![Fact::new("repurchase_none", [])], roles: Vec::new() });
        };
        let count = |number: u64| Value::Count(number);
        let made = [("count", count(days.len() as u64)), ("day", Value::Day(Day(first)))];
        let mut facts = vec![Fact::new("repurchase_orders", made)];
        let asked = match cell {
            Cell::Step { order, .. } => *order as usize,
            _ => 1,
        };
        facts.extend(days.get(asked.wrapping_sub(1)).map(|&day| {
            let window = ("window", count(u64::from(params.window)));
            let order = ("order", count(asked as u64));
            match days.get(asked) {
                Some(&next) => {
                    Fact::new("repurchase_next", [order, ("days", count(u64::from(gap(day, next)))), window])
                }
                None => {
                    let closes = day.saturating_add(buyers.window);
                    let key = if closes <= buyers.last_day { "repurchase_lapsed" } else { "repurchase_open" };
                    Fact::new(key, [order, ("closes", Value::Day(Day(closes))), window])
                }
            }
        }));
        let role =
            |(number, &row): (u32, &u32)| Role { row: row as usize, key: "order", number: Some(number) };
        Ok(Account { facts, roles: (1..).zip(&orders).map(role).collect() })
    }
}

fn check(params: &Params) -> Result<()> {
    let within = |path: &str, value: u32, most: u32| match value {
        value if (1..=most).contains(&value) => Ok(()),
        value => Err(Error::bad_value(path, value, format!("1 to {most}"))),
    };
    within("params.window", params.window, LONGEST_WINDOW)?;
    within("params.steps", params.steps, MOST_STEPS)?;
    within("params.binDays", params.bin_days.unwrap_or(1), LONGEST_WINDOW)
}

fn check_cell(params: &Params, cell: &Cell) -> Result<()> {
    match *cell {
        Cell::Step { order, .. } if !(1..=params.steps).contains(&order) => {
            Err(Error::bad_value("users.cell.step.order", order, format!("1 to {}", params.steps)))
        }
        Cell::Interval { from, to } if from > to => {
            Err(Error::bad_value("users.cell.interval.to", to, format!("at least {from}")))
        }
        Cell::Hour { weekday, .. } if weekday > 6 => {
            Err(Error::bad_value("users.cell.hour.weekday", weekday, "0 to 6"))
        }
        Cell::Hour { hour: Some(hour), .. } if hour > 23 => {
            Err(Error::bad_value("users.cell.hour.hour", hour, "0 to 23"))
        }
        _ => Ok(()),
    }
}

/// A moment on the wall clock, in microseconds since 1970.
#[derive(Debug, Clone, Copy)]
struct WallClock(i64);

impl WallClock {
    fn weekday(self) -> usize {
        let day = i32::try_from(self.0.div_euclid(DAY_MICROS)).unwrap_or(0);
        usize::try_from(Day(day).days_since_monday()).unwrap_or(0)
    }

    fn hour(self) -> usize {
        usize::try_from(self.0.rem_euclid(DAY_MICROS) / 3_600_000_000).unwrap_or(0)
    }

    fn is_midnight(self) -> bool {
        self.0.rem_euclid(DAY_MICROS) == 0
    }
}

/// The buyers of a view, one after the other.
struct Buyers<'v> {
    view: &'v View<'v>,
    trades: Trades<'v>,
    orders: Orders,
    unit: OrderUnit,
    window: i32,
    last_day: i32,
}

/// One of them.
struct Buyer<'b> {
    user: usize,
    /// The rows of purchases and refunds, in order of time.
    rows: &'b [u32],
    /// The day of each order, ascending.
    days: &'b [i32],
    /// The moment of each order.
    clocks: &'b [WallClock],
    window: i32,
    last_day: i32,
}

impl<'v> Buyers<'v> {
    fn new(view: &'v View<'v>, params: &Params) -> Result<Self> {
        let unit = OrderUnit::or_default(params.orders, view.log);
        Ok(Self {
            view,
            trades: view.trades(),
            orders: Orders::new(view, unit)?,
            unit,
            window: i32::try_from(params.window).unwrap_or(i32::MAX),
            last_day: view.span().1.0,
        })
    }

    /// The days of the first and the last order.
    fn span(&self) -> Option<(i32, i32)> {
        let bought = self.trades.rows().iter().filter(|&&row| self.trades.is_purchase(row));
        let days = bought.filter_map(|&row| self.view.log.days.get(row as usize).copied());
        days.fold(None, |span, day| match span {
            None => Some((day, day)),
            Some((first, last)) => Some((first.min(day), last.max(day))),
        })
    }

    /// The periods of cohorts.
    fn periods(&self, params: &Params) -> Option<PeriodTable> {
        let week_start = params.week_start.unwrap_or(self.view.log.week_start);
        Some(PeriodTable::new(Periods { period: params.period, week_start }, self.span()?))
    }

    fn each(&mut self, mut found: impl FnMut(&Buyer<'_>)) {
        let log = self.view.log;
        let mut cache = ZoneCache::new(log.zone.clone());
        let (mut firsts, mut days, mut clocks) = (Vec::new(), Vec::new(), Vec::new());
        for user in 0..log.users.len() {
            let rows = self.trades.rows_of(user);
            self.orders.first_rows(self.view, &self.trades, rows, &mut firsts);
            if firsts.is_empty() {
                continue;
            }
            days.clear();
            days.extend(firsts.iter().filter_map(|&row| log.days.get(row as usize).copied()));
            clocks.clear();
            clocks.extend(firsts.iter().map(|&row| {
                let micros = log.times.micros(row as usize);
                WallClock(if log.times.clock == Clock::Instant {
                    cache.civil_from_instant(micros)
                } else {
                    micros
                })
            }));
            let (window, last_day) = (self.window, self.last_day);
            found(&Buyer { user, rows, days: &days, clocks: &clocks, window, last_day });
        }
    }
}

/// What became of the order after one.
#[derive(Debug, Clone, Copy)]
struct Next {
    /// Days until it came.
    after: Option<u32>,
    window: u32,
    /// Whether the window ended within the data.
    mature: bool,
}

impl Next {
    fn is(self, state: State) -> bool {
        let converted = self.after.is_some_and(|days| days <= self.window);
        // A next order that came too late closes the window, whatever the data's end.
        let open = self.after.is_none() && !self.mature;
        match state {
            State::All => true,
            State::Converted => converted,
            State::Open => open,
            State::Lapsed => !converted && !open,
            State::Repeated => self.after.is_some(),
            State::Mature => self.mature,
        }
    }
}

impl Buyer<'_> {
    /// Days between consecutive orders.
    fn intervals(&self) -> impl Iterator<Item = u32> + '_ {
        self.days.iter().zip(self.days.iter().skip(1)).map(|(&day, &next)| gap(day, next))
    }

    /// What became of the order after the nth, if there was an nth.
    fn next(&self, order: usize) -> Option<Next> {
        let &day = self.days.get(order.checked_sub(1)?)?;
        let after = self.days.get(order).map(|&next| gap(day, next));
        let mature = i64::from(day) + i64::from(self.window) <= i64::from(self.last_day);
        Some(Next { after, window: self.window.unsigned_abs(), mature })
    }
}

fn gap(day: i32, next: i32) -> u32 {
    u32::try_from(i64::from(next) - i64::from(day)).unwrap_or(0)
}
