//! How often users come: on how many of the last days, and how daily, weekly and monthly users compare.
//!
//! **Definition.** A user is active on a civil day (in the log's zone) with at least one row that is the chosen event (any row,
//! unless one is chosen). Up to and including the day `asOf`, the *window* of *w* days is `asOf-w+1 .. asOf`.
//! * The **histogram** of a window (L7, L28) counts users by the number of their active days in it, from 0 to *w*; with 0 are
//!   those who were active earlier, but not in the window. Its cumulative form tells who was active on *at least* n days. The
//!   **power-user curve** is the histogram from 1 to *w*, as a share of those who were active in the window.
//! * DAU, WAU and MAU of a day count distinct users on it, on the seven and on the thirty days up to it (as [`super::active`]
//!   does). The ratios DAU/WAU, WAU/MAU and DAU/MAU of a day are told where the longer window is full; their means are over these
//!   days.
//!
//! L-ness is as Statsig's user metrics have it, the power-user curve as Andreessen Horowitz describes it.
//!
//! **Edges.** A window that begins before the first day of the data is not *full*: users had fewer days to come on. A day
//! without any user in the longer window has no ratio.

use serde::{Deserialize, Serialize};

use super::account::{Account, Value, count};
use super::active::{Rolling, WINDOWS};
use super::{MemberCells, MemberColumn, Members, Question, activity_members, share};
use crate::dataset::active_days::ActiveDays;
use crate::dataset::calendar::Day;
use crate::dataset::events::EventChoice;
use crate::dataset::view::View;
use crate::error::{Error, Result};

/// The longest window of a histogram, in days.
const LONGEST: u32 = 366;

/// The most histograms.
const MOST_WINDOWS: usize = 12;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The event that makes a user active; any when absent.
    pub active: Option<EventChoice>,
    /// The last day of the histograms' windows; the last day in view when absent.
    pub as_of: Option<Day>,
    /// The windows of the histograms, in days from 1 to 366; at most 12.
    pub windows: Vec<u32>,
}

impl Default for Params {
    fn default() -> Self {
        Self { active: None, as_of: None, windows: vec![7, 28] }
    }
}

/// Users by how often they come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The last day of the histograms' windows.
    pub as_of: Day,
    /// One for each window, in the order asked for.
    pub histograms: Vec<Histogram>,
    /// The day that the lists below begin with; `null` when nothing is in view.
    pub first_day: Option<Day>,
    /// Distinct users on each day.
    pub daily: Vec<u64>,
    /// Distinct users on the seven days up to each day.
    pub weekly: Vec<u64>,
    /// Distinct users on the thirty days up to each day.
    pub monthly: Vec<u64>,
    /// daily / weekly.
    pub daily_to_weekly: Ratio,
    /// weekly / monthly.
    pub weekly_to_monthly: Ratio,
    /// daily / monthly.
    pub daily_to_monthly: Ratio,
}

/// One user count over another, by day.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ratio {
    /// For each day; `null` where the longer window is not full, or empty.
    pub days: Vec<Option<f64>>,
    /// The mean of the days that have one.
    pub mean: Option<f64>,
}

/// Users by their number of active days in a window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// Days in the window.
    pub window: u32,
    /// Whether the window begins within the data.
    pub full: bool,
    /// Users who were active on the last day of the window or earlier: the sum of all steps.
    pub users: u64,
    /// Those who were active in it: the sum of all steps but the first.
    pub active: u64,
    /// From 0 days to all days of the window.
    pub steps: Vec<Step>,
    /// Active days per active user.
    pub mean_days: Option<f64>,
}

/// The users with one number of active days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Active days in the window.
    pub days: u32,
    /// Users with so many.
    pub users: u64,
    /// Users with so many or more.
    pub at_least: u64,
    /// `users` / active users of the window; `null` for 0 days.
    pub share: Option<f64>,
    /// `at_least` / active users of the window; `null` for 0 days.
    pub share_at_least: Option<f64>,
}

/// A mark of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Cell {
    /// Users by active days in a window that ends on `asOf`.
    Days {
        /// Days in the window.
        window: u32,
        /// Active days in it.
        days: u32,
        /// So many or more, not exactly so many.
        #[serde(default)]
        at_least: bool,
    },
    /// Users of a window up to a day.
    Point {
        /// The day.
        day: Day,
        /// Days in the window: 1, 7 or 30.
        window: u32,
    },
}

/// How often users come.
#[derive(Debug)]
pub struct Stickiness;

impl Question for Stickiness {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        check_windows(params)?;
        let as_of = as_of(view, params)?;
        let active = active_days(view, params)?;
        let span = active.span();
        let mut counts: Vec<Vec<u64>> =
            params.windows.iter().map(|&window| vec![0; window as usize + 1]).collect();
        let mut rolling = span.map(|(first, last)| Rolling::new(first, last)).transpose()?;
        let mut found = Vec::new();
        for user in 0..active.users() {
            let days = active.of(user, &mut found);
            for (counts, &window) in counts.iter_mut().zip(&params.windows) {
                let place = days_within(days, as_of, window);
                if let Some(count) = place.and_then(|place| counts.get_mut(place as usize)) {
                    *count += 1;
                }
            }
            if let Some(rolling) = &mut rolling {
                rolling.add(days);
            }
        }
        let histograms = params
            .windows
            .iter()
            .zip(&counts)
            .map(|(&window, counts)| histogram(view, as_of, window, counts));
        let [daily, weekly, monthly] = rolling.map(Rolling::finish).unwrap_or_default();
        Ok(Report {
            as_of,
            histograms: histograms.collect(),
            first_day: span.map(|(first, _)| Day(first)),
            daily_to_weekly: ratio(&daily, &weekly, 7),
            weekly_to_monthly: ratio(&weekly, &monthly, 30),
            daily_to_monthly: ratio(&daily, &monthly, 30),
            daily,
            weekly,
            monthly,
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let (day, window) = window(view, params, cell)?;
        let there = |own: u32| match *cell {
            Cell::Days { days, at_least: false, .. } => own == days,
            Cell::Days { days, at_least: true, .. } => own >= days,
            Cell::Point { .. } => own > 0,
        };
        let active = active_days(view, params)?;
        let (mut users, mut counts, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for user in 0..active.users() {
            if let Some(own) = days_within(active.of(user, &mut found), day, window).filter(|own| there(*own))
            {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
                counts.push(i64::from(own));
            }
        }
        let mut members = activity_members(view, users);
        members.columns.insert(0, MemberColumn { key: "days_in_window", cells: MemberCells::Counts(counts) });
        Ok(members)
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let (day, window) = window(view, params, cell)?;
        let active = active_days(view, params)?;
        let mut found = Vec::new();
        let mut account = Account::default();
        let Some(own) = days_within(active.of(user, &mut found), day, window) else {
            account.tell("not_until", [("to", Value::Day(day))]);
            return Ok(account);
        };
        let from = Day(first_of(day, window));
        account.tell("window", [("from", Value::Day(from)), ("to", Value::Day(day))]);
        account.tell("window_days", [("days", count(own as usize))]);
        account.mark((view, user), (from.0, day.0), "in_window", |row| active.has(row, user));
        Ok(account)
    }
}

/// The last day of the cell's window, and how many days that has.
fn window(view: &View<'_>, params: &Params, cell: &Cell) -> Result<(Day, u32)> {
    check_windows(params)?;
    match *cell {
        Cell::Days { window, .. } if !params.windows.contains(&window) => {
            let known: Vec<String> = params.windows.iter().map(u32::to_string).collect();
            Err(Error::bad_value("users.cell.days.window", window, known.join(", ")))
        }
        Cell::Days { window, days, .. } if days > window => {
            Err(Error::bad_value("users.cell.days.days", days, format!("0 to {window}")))
        }
        Cell::Days { window, .. } => Ok((as_of(view, params)?, window)),
        Cell::Point { day, window } => match i32::try_from(window) {
            Ok(days) if WINDOWS.contains(&days) => Ok((day, window)),
            _ => Err(Error::bad_value("users.cell.point.window", window, "1, 7, 30")),
        },
    }
}

/// The first day of a window of so many days.
fn first_of(last: Day, window: u32) -> i32 {
    last.0.saturating_sub(i32::try_from(window).unwrap_or(i32::MAX)).saturating_add(1)
}

fn check_windows(params: &Params) -> Result<()> {
    if params.windows.len() > MOST_WINDOWS {
        let most = format!("at most {MOST_WINDOWS}");
        return Err(Error::bad_value("params.windows", params.windows.len(), most));
    }
    match params.windows.iter().enumerate().find(|(_, window)| !(1..=LONGEST).contains(*window)) {
        Some((index, window)) => {
            let path = format!("params.windows[{index}]");
            Err(Error::bad_value(path, window, format!("1 to {LONGEST}")))
        }
        None => Ok(()),
    }
}

/// The day asked for, which must lie within the data; else the last in view.
fn as_of(view: &View<'_>, params: &Params) -> Result<Day> {
    let (first, last) = view.span();
    match params.as_of {
        Some(day) if !(first..=last).contains(&day) => {
            Err(Error::bad_value("params.asOf", day, format!("{first} to {last}")))
        }
        day => Ok(day.unwrap_or(last)),
    }
}

fn active_days<'v>(view: &'v View<'v>, params: &Params) -> Result<ActiveDays<'v>> {
    ActiveDays::new(view, params.active.as_ref().unwrap_or(&EventChoice::default()), "params.active")
}

/// On how many of the days of the window up to `as_of` a user was active; nothing for users who came later only, or never.
fn days_within(days: &[i32], as_of: Day, window: u32) -> Option<u32> {
    let seen = days.get(..days.partition_point(|&day| day <= as_of.0)).filter(|days| !days.is_empty())?;
    let first = first_of(as_of, window);
    let within = seen.get(seen.partition_point(|&day| day < first)..).unwrap_or(&[]);
    u32::try_from(within.len()).ok()
}

fn histogram(view: &View<'_>, as_of: Day, window: u32, counts: &[u64]) -> Histogram {
    let users: u64 = counts.iter().sum();
    let active = users - counts.first().copied().unwrap_or(0);
    let mut left = users;
    let steps = (0u32..).zip(counts).map(|(days, &own)| {
        let at_least = left;
        left -= own;
        let of_active = |part| if days == 0 { None } else { share(part, active) };
        Step { days, users: own, at_least, share: of_active(own), share_at_least: of_active(at_least) }
    });
    let steps: Vec<Step> = steps.collect();
    let days: u64 = steps.iter().map(|step| u64::from(step.days) * step.users).sum();
    let first = i64::from(as_of.0) - i64::from(window) + 1;
    Histogram {
        window,
        full: i64::from(view.span().0.0) <= first,
        users,
        active,
        steps,
        mean_days: share(days, active),
    }
}

/// From the day on that the longer window of so many days is full.
fn ratio(shorter: &[u64], longer: &[u64], window: usize) -> Ratio {
    let both = shorter.iter().zip(longer).enumerate();
    let days: Vec<Option<f64>> = both
        .map(|(place, (&part, &whole))| if place + 1 < window { None } else { share(part, whole) })
        .collect();
    let (sum, count) = days.iter().flatten().fold((0.0, 0u32), |(sum, count), own| (sum + own, count + 1));
    Ratio { mean: (count > 0).then(|| sum / f64::from(count)), days }
}
