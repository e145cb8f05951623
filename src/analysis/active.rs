//! How many come: distinct users on each day, in the seven and in the thirty days up to it, and how sticky use is.
//!
//! **Definition.** A user is active on a civil day (in the log's zone) with at least one row. The weekly figure of day *d*
//! counts distinct users on *d-6 .. d*, the monthly figure on *d-29 .. d*; at the start of the data the windows are cut.
//! Stickiness of a day is daily / monthly; its mean is taken over days with a full 30-day window. Days run from the first
//! to the last day in view, those without rows included.
//!
//! Each distinct (user, day) adds one to the days from *d* until the window ends or the user's next active day comes,
//! whichever is first: a difference array, one pass.

use serde::{Deserialize, Serialize};

use super::account::{Account, Value, count};
use super::{Members, Question, activity_members, check_size};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::mapping::Role;

/// Days in the windows.
pub(super) const WINDOWS: [i32; 3] = [1, 7, 30];

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// Events that make a user active; any when absent.
    pub events: Option<Vec<String>>,
}

/// Users by day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day that the lists begin with; `null` when nothing is in view.
    pub first_day: Option<Day>,
    /// Distinct users on each day.
    pub daily: Vec<u64>,
    /// Distinct users on the seven days up to each day.
    pub weekly: Vec<u64>,
    /// Distinct users on the thirty days up to each day.
    pub monthly: Vec<u64>,
    /// The mean of daily / monthly over the days with a full window; `null` with fewer than 30 days.
    pub stickiness: Option<f64>,
}

/// A point of one of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// The day.
    pub day: Day,
    /// Days in the window: 1, 7 or 30.
    pub window: u32,
}

/// How many come.
#[derive(Debug)]
pub struct ActiveUsers;

impl Question for ActiveUsers {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let days = view.user_days_of(params.events.as_deref());
        let Some((first, last)) = days.span() else {
            return Ok(Report {
                first_day: None,
                daily: vec![],
                weekly: vec![],
                monthly: vec![],
                stickiness: None,
            });
        };
        let mut rolling = Rolling::new(first, last)?;
        days.iter().for_each(|(_, days)| rolling.add(days));
        let [daily, weekly, monthly] = rolling.finish();
        let full =
            daily.iter().zip(&monthly).skip(29).map(|(daily, monthly)| *daily as f64 / *monthly as f64);
        // A window without any user has no ratio and is left out.
        let ratios: Vec<f64> = full.filter(|ratio| ratio.is_finite()).collect();
        let stickiness = (!ratios.is_empty()).then(|| ratios.iter().sum::<f64>() / ratios.len() as f64);
        Ok(Report { first_day: Some(Day(first)), daily, weekly, monthly, stickiness })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let from = cell.first_day()?;
        let days = view.user_days_of(params.events.as_deref());
        let there = |days: &[i32]| {
            let next = days.partition_point(|&day| day < from);
            days.get(next).is_some_and(|&day| day <= cell.day.0)
        };
        let users = days
            .iter()
            .filter(|(_, days)| there(days))
            .map(|(user, _)| u32::try_from(user).unwrap_or(u32::MAX));
        Ok(activity_members(view, users.collect()))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let (from, to) = (cell.first_day()?, cell.day.0);
        let days = view.user_days_of(params.events.as_deref());
        let mut account = Account::default();
        let within = days.of(user).iter().filter(|day| (from..=to).contains(day)).count();
        account.tell("window", [("from", Value::Day(Day(from))), ("to", Value::Day(cell.day))]);
        account.tell("window_days", [("days", count(within))]);
        let events = params.events.as_deref().zip(view.log.text_in_role(Role::Event));
        let is_active = |row: usize| {
            let wanted = events.is_none_or(|(events, codes)| {
                events.iter().any(|event| event == codes.dictionary.get(codes.code(row)))
            });
            wanted && view.has(row)
        };
        account.mark((view, user), (from, to), "in_window", is_active);
        Ok(account)
    }
}

impl Cell {
    /// The first day of the window.
    fn first_day(&self) -> Result<i32> {
        let window = i32::try_from(self.window).ok().filter(|window| WINDOWS.contains(window));
        let window = window.ok_or_else(|| Error::bad_value("users.cell.window", self.window, "1, 7, 30"))?;
        Ok(self.day.0 - window + 1)
    }
}

/// Counts the users of each day's windows, user by user.
pub(super) struct Rolling {
    first: i32,
    length: usize,
    changes: [Vec<i64>; 3],
}

impl Rolling {
    /// Windows that end on the days from the first to the last.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::ReportTooLarge`] for too many days.
    pub(super) fn new(first: i32, last: i32) -> Result<Self> {
        let length = usize::try_from(last - first).unwrap_or(0) + 1;
        check_size(length as u64 * 3)?;
        Ok(Self { first, length, changes: WINDOWS.map(|_| vec![0i64; length + 1]) })
    }

    /// Adds a user with these active days, ascending.
    #[inline]
    pub(super) fn add(&mut self, days: &[i32]) {
        let next = days.iter().skip(1).map(Some).chain([None]);
        for (&day, next) in days.iter().zip(next) {
            let gap = next.map_or(i32::MAX, |next| next - day);
            let place = usize::try_from(day - self.first).unwrap_or(0);
            for (change, window) in self.changes.iter_mut().zip(WINDOWS) {
                let until = (place + usize::try_from(window.min(gap)).unwrap_or(0)).min(self.length);
                add(change, place, 1);
                add(change, until, -1);
            }
        }
    }

    /// The users of each day, of the seven and of the thirty days up to it.
    pub(super) fn finish(self) -> [Vec<u64>; 3] {
        self.changes.map(|change| running(&change, self.length))
    }
}

fn add(changes: &mut [i64], place: usize, by: i64) {
    if let Some(change) = changes.get_mut(place) {
        *change += by;
    }
}

fn running(changes: &[i64], length: usize) -> Vec<u64> {
    let sums = changes.iter().scan(0i64, |sum, change| {
        *sum += change;
        Some(u64::try_from(*sum).unwrap_or(0))
    });
    sums.take(length).collect()
}
