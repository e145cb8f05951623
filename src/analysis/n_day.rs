//! Who is back after N days: classic, unbounded and bracket retention, counted from each user's first day.
//!
//! **Definition.** Day 0 is the civil day (in the log's zone) of the user's first event. *Classic*: an event on day N
//! exactly. *Unbounded*: an event on day N or later. *Rolling*: an event in the N-th full 24 hours after the first event,
//! whatever the clock shows. *Bracket a-b*: an event on any of the days a to b. Only *mature* users count: those whose
//! day N (bracket: day b; rolling: the end of the N-th 24 hours) lies within the data, for a user who has not had the time
//! to return has not stayed away.

use serde::{Deserialize, Serialize};

use super::account::{Account, Value};
use super::{Members, Question, activity_members, check_size, share};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, Result};

const HOURS_24: i64 = 86_400_000_000;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The days N.
    pub days: Vec<u32>,
    /// The brackets, first and last day.
    pub brackets: Vec<(u32, u32)>,
}

impl Default for Params {
    fn default() -> Self {
        Self { days: vec![1, 3, 7, 14, 30], brackets: vec![(1, 7), (8, 14), (15, 30)] }
    }
}

/// Retention after N days and within brackets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One entry for each N asked for.
    pub days: Vec<AfterDays>,
    /// One entry for each bracket asked for.
    pub brackets: Vec<WithinBracket>,
    /// Users in view.
    pub users: u64,
}

/// Retention after N days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AfterDays {
    /// N.
    pub day: u32,
    /// Users whose day N lies within the data.
    pub mature: u64,
    /// Of them, those with an event on day N.
    pub classic: u64,
    /// `classic / mature`.
    pub classic_rate: Option<f64>,
    /// Of them, those with an event on day N or later.
    pub unbounded: u64,
    /// `unbounded / mature`.
    pub unbounded_rate: Option<f64>,
    /// Users whose N-th 24 hours lie within the data.
    pub rolling_mature: u64,
    /// Of them, those with an event in them.
    pub rolling: u64,
    /// `rolling / rolling_mature`.
    pub rolling_rate: Option<f64>,
    /// Users with an event in the N-th 24 hours, mature or not.
    pub rolling_all: u64,
}

/// Retention within a bracket of days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WithinBracket {
    /// The bracket's first day.
    pub from: u32,
    /// The bracket's last day.
    pub to: u32,
    /// Users whose last bracket day lies within the data.
    pub mature: u64,
    /// Of them, those with an event within the bracket.
    pub retained: u64,
    /// `retained / mature`.
    pub rate: Option<f64>,
}

/// Mature users with an event on a day (classic) or, without `classic`, on or after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// N.
    pub day: u32,
    /// Which of the counts.
    pub kind: Kind,
}

/// Which count of [`AfterDays`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Day N lies within the data.
    Mature,
    /// An event on day N.
    Classic,
    /// An event on day N or later.
    Unbounded,
}

/// Who is back after N days.
#[derive(Debug)]
pub struct NDay;

impl Question for NDay {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        check_size(params.days.len() as u64 + params.brackets.len() as u64)?;
        if let Some((from, to)) = params.brackets.iter().find(|(from, to)| from > to) {
            return Err(Error::bad_value(
                "params.brackets",
                format!("[{from},{to}]"),
                "[first, last] with first <= last",
            ));
        }
        let days = view.user_days();
        let last = view.span().1.0;
        let mut after: Vec<AfterDays> = params.days.iter().map(|&day| AfterDays::new(day)).collect();
        let mut brackets: Vec<WithinBracket> =
            params.brackets.iter().map(|&(from, to)| WithinBracket::new(from, to)).collect();
        let mut users = 0;
        for (_, days) in days.iter() {
            users += 1;
            for entry in &mut after {
                let Some((classic, unbounded)) = on_day(days, entry.day, last) else { continue };
                entry.mature += 1;
                entry.classic += u64::from(classic);
                entry.unbounded += u64::from(unbounded);
            }
            for entry in &mut brackets {
                let Some(retained) = in_bracket(days, entry.from, entry.to, last) else { continue };
                entry.mature += 1;
                entry.retained += u64::from(retained);
            }
        }
        count_rolling(view, &mut after);
        for entry in &mut after {
            entry.classic_rate = share(entry.classic, entry.mature);
            entry.unbounded_rate = share(entry.unbounded, entry.mature);
            entry.rolling_rate = share(entry.rolling, entry.rolling_mature);
        }
        for entry in &mut brackets {
            entry.rate = share(entry.retained, entry.mature);
        }
        Ok(Report { days: after, brackets, users })
    }

    fn members(view: &View<'_>, _: &Params, cell: &Cell) -> Result<Members> {
        let days = view.user_days();
        let last = view.span().1.0;
        let there = |days: &[i32]| {
            on_day(days, cell.day, last).is_some_and(|(classic, unbounded)| match cell.kind {
                Kind::Mature => true,
                Kind::Classic => classic,
                Kind::Unbounded => unbounded,
            })
        };
        let users = days
            .iter()
            .filter(|(_, days)| there(days))
            .map(|(user, _)| u32::try_from(user).unwrap_or(u32::MAX));
        Ok(activity_members(view, users.collect()))
    }

    fn account(view: &View<'_>, _: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let (days, last) = (view.user_days(), view.span().1);
        let own = days.of(user);
        let mut account = Account::default();
        let Some(&first) = own.first() else { return Ok(account) };
        let day = |day: i32| Value::Day(Day(day));
        let number = ("number", Value::Count(u64::from(cell.day)));
        let target = i32::try_from(cell.day).ok().and_then(|n| first.checked_add(n));
        match (target, on_day(own, cell.day, last.0)) {
            (Some(target), Some((classic, unbounded))) => {
                account.tell("day_n", [("first", day(first)), number, ("day", day(target))]);
                account.tell(if classic { "day_n_on" } else { "day_n_not_on" }, []);
                account.tell(if unbounded { "day_n_after" } else { "day_n_not_after" }, []);
                let until = match cell.kind {
                    Kind::Mature => return Ok(account),
                    Kind::Classic => target,
                    Kind::Unbounded => last.0,
                };
                account.mark((view, user), (target, until), "in_window", |row| view.has(row));
            }
            _ => account.tell("day_n_later", [("first", day(first)), number, ("last", Value::Day(last))]),
        }
        Ok(account)
    }
}

impl AfterDays {
    fn new(day: u32) -> Self {
        let (mature, classic, unbounded, rolling_mature, rolling, rolling_all) = (0, 0, 0, 0, 0, 0);
        let (classic_rate, unbounded_rate, rolling_rate) = (None, None, None);
        Self {
            day,
            mature,
            classic,
            classic_rate,
            unbounded,
            unbounded_rate,
            rolling_mature,
            rolling,
            rolling_rate,
            rolling_all,
        }
    }
}

impl WithinBracket {
    fn new(from: u32, to: u32) -> Self {
        Self { from, to, mature: 0, retained: 0, rate: None }
    }
}

/// For a mature user, whether there is an event on day N, and on or after it.
fn on_day(days: &[i32], n: u32, last: i32) -> Option<(bool, bool)> {
    let target = days.first()?.checked_add(i32::try_from(n).ok()?).filter(|target| *target <= last)?;
    let next = days.partition_point(|&day| day < target);
    Some((days.get(next) == Some(&target), next < days.len()))
}

fn in_bracket(days: &[i32], from: u32, to: u32, last: i32) -> Option<bool> {
    let first = *days.first()?;
    let (from, to) =
        (first.checked_add(i32::try_from(from).ok()?)?, first.checked_add(i32::try_from(to).ok()?)?);
    let next = days.partition_point(|&day| day < from);
    (to <= last).then(|| days.get(next).is_some_and(|&day| day <= to))
}

/// Counts by elapsed time. The end of the data is the last instant in the log.
fn count_rolling(view: &View<'_>, after: &mut [AfterDays]) {
    let log = view.log;
    // The last instant looked at is that of some user's last row within the dates; a user's rows are in order of time.
    let last_day = view.span().1.0;
    let within = |row: &usize| log.days.get(*row).is_some_and(|&day| day <= last_day);
    let lasts = (0..log.users.len()).filter_map(|user| log.rows_of(user).rev().find(within));
    let Some(end) = lasts.map(|row| log.instant(row)).max() else { return };
    let mut reached = vec![false; after.len()];
    for user in 0..log.users.len() {
        let mut rows = log.rows_of(user).filter(|&row| view.has(row));
        let Some(first) = rows.next().map(|row| log.instant(row)) else { continue };
        reached.fill(false);
        // Day 0 holds the first event itself.
        let elapsed =
            std::iter::once(0).chain(rows.map(|row| (log.instant(row) - first).div_euclid(HOURS_24)));
        for elapsed in elapsed {
            for (reached, entry) in reached.iter_mut().zip(after.iter()) {
                *reached |= elapsed == i64::from(entry.day);
            }
        }
        for (entry, reached) in after.iter_mut().zip(&reached) {
            entry.rolling_all += u64::from(*reached);
            if (end - first).div_euclid(HOURS_24) > i64::from(entry.day) {
                entry.rolling_mature += 1;
                entry.rolling += u64::from(*reached);
            }
        }
    }
}
