//! Who does things in a given order: a pattern of events, searched in what each user did.
//!
//! **Pattern.** As ClickHouse's `sequenceMatch` and `sequenceCount`, with equal results:
//!
//! | part | stands for |
//! |---|---|
//! | `(?N)` | an event that meets condition *N*, counted from 1 |
//! | `.` | any one visible event |
//! | `.*` | any visible events, or none |
//! | `(?t<=N)`, `<`, `>=`, `>`, `==` | the next part comes so many seconds after the one before; visible events between are passed over |
//!
//! *Visible* are the rows of the view that meet at least one of the listed conditions, in the order of time (rows of one
//! moment in the order of the file, which ClickHouse leaves open): `(?1)(?2)` are neighbours among these, and a further
//! condition, even one that the pattern does not use, can come between them. The chain may begin anywhere and ends as early
//! as the pattern lets it. Times are compared in microseconds, the pattern's seconds being whole.
//!
//! **Count.** Chains that do not overlap: the next one is searched behind the end of the last. A chain belongs to the day of
//! its last event. Who could still complete one after the end of the data has none: a pattern knows no window that could be
//! open.
//!
//! **Median** of chains and of seconds: with linear interpolation between the two in the middle. The time of a user is that
//! of the first chain, from its first to its last event.
//!
//! **Limit.** What has failed is not tried again, so no pattern takes exponential time; a user for whom the search still
//! takes more than 20 million steps is *undecided*, counted apart and never as one without a chain. (ClickHouse gives up a
//! whole query after one million.) A time that nothing can meet, `(?t<0)`, is refused.

mod pattern;
mod steps;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::account::{Account, Role, count};
use super::{Members, Question, activity_members, check_size, share};
use crate::dataset::active_days::PeriodTable;
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::dataset::events::{EventChoice, Matcher};
use crate::dataset::user_days::UserDays;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::proportion::{Interval, wilson};
use crate::model::quantile::quantile;
use crate::table::integers::Integers;
use pattern::{Chain, Event, Pattern, Tried};
pub use pattern::{Expected, MOST_PARTS, Mistake, parts};
pub use steps::{Link, Step, Steps};

/// Counts from here on are told together.
pub const MOST_TIMES: u64 = 50;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The pattern.
    pub pattern: String,
    /// The conditions that `(?1)`, `(?2)` ... name, 1 to 32.
    pub conditions: Vec<EventChoice>,
    /// Who matches in each period, if a length is given.
    pub trend: Option<Period>,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
}

impl Default for Params {
    /// Two events of any kind.
    fn default() -> Self {
        Self {
            pattern: "(?1)(?1)".to_owned(),
            conditions: vec![EventChoice::default()],
            trend: None,
            week_start: None,
        }
    }
}

/// Who matches, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Users with a row in view: `matched` + `undecided` + those who do not match.
    pub users: u64,
    /// Users with at least one chain.
    pub matched: u64,
    /// Of the users for whom it is known.
    pub rate: Option<f64>,
    /// Bounds of the rate that hold in 95 of 100 cases.
    pub interval: Option<Interval>,
    /// All chains.
    pub chains: u64,
    /// Users for whom the search took too long.
    pub undecided: u64,
    /// The median of the chains of each user for whom it is known, also of those without any.
    pub median: Option<f64>,
    /// The median of the chains of each user who has one.
    pub median_of_matched: Option<f64>,
    /// The median time of users' first chains, from the first to the last event, in seconds.
    pub median_seconds: Option<f64>,
    /// Users by the number of their chains, ascending, none left out but numbers that nobody has.
    pub distribution: Vec<Times>,
    /// The periods from the first to the last row in view; absent unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Vec<PeriodMatches>>,
}

/// The users with one number of chains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    /// How many chains; 50 stands for 50 and more.
    pub times: u64,
    /// How many users.
    pub users: u64,
}

/// The chains that end in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodMatches {
    /// The first day of the period.
    pub start: Day,
    /// The last day of the period.
    pub end: Day,
    /// Whether the period has not ended by the last day that is looked at.
    pub open: bool,
    /// Users with a row in it, but for those who are undecided.
    pub users: u64,
    /// Those of them with a chain that ends in it.
    pub matched: u64,
    /// `matched / users`.
    pub rate: Option<f64>,
    /// The chains that end in it.
    pub chains: u64,
}

/// A mark of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// Users with a chain.
    Matched,
    /// Users with so many chains, 0 among them; 50 stands for 50 and more.
    Times(u64),
    /// Users for whom the search took too long.
    Undecided,
    /// Users with a chain that ends in the period that begins on this day.
    Period(Day),
}

/// Who does things in a given order.
#[derive(Debug)]
pub struct Sequence;

impl Question for Sequence {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let days = view.user_days();
        let mut trend = Trend::new(view, params, &days)?;
        let (mut users, mut chains, mut undecided) = (0, 0, 0);
        let mut by_times = vec![0u64; MOST_TIMES as usize + 1];
        let (mut counts, mut seconds) = (Integers::default(), Integers::default());
        each(view, params, |user, found, events| {
            users += 1;
            let Some(found) = found else {
                undecided += 1;
                return;
            };
            let count = found.len() as u64;
            chains += count;
            if let Some(users) = by_times.get_mut(count.min(MOST_TIMES) as usize) {
                *users += 1;
            }
            if let Some(chain) = found.first() {
                counts.push(i64::try_from(count).unwrap_or(i64::MAX));
                seconds.push(time(chain, events));
            }
            if let Some(trend) = &mut trend {
                trend.add(days.of(user), found, events);
            }
        })?;
        let (matched, known) = (counts.len() as u64, users - undecided);
        let median_of_matched = quantile(&counts, 0.5);
        (matched..known).for_each(|_| counts.push(0));
        let distribution = (0..).zip(by_times).filter(|(_, users)| *users > 0);
        Ok(Report {
            users,
            matched,
            rate: share(matched, known),
            interval: wilson(matched, known),
            chains,
            undecided,
            median: quantile(&counts, 0.5),
            median_of_matched,
            median_seconds: quantile(&seconds, 0.5).map(|micros| micros / 1e6),
            distribution: distribution.map(|(times, users)| Times { times, users }).collect(),
            trend: trend.map(|trend| trend.told(view)),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let wanted = Wanted::new(view, params, cell)?;
        let mut users = Vec::new();
        each(view, params, |user, found, events| {
            if wanted.is(found, events) {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        })?;
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let wanted = Wanted::new(view, params, cell)?;
        let matcher = Matcher::new(view, &params.conditions, "params.conditions")?;
        // The rows of the events, one for one.
        let rows: Vec<usize> = view.log.rows_of(user).filter(|row| matcher.of(*row, user) != 0).collect();
        let mut account = Account::default();
        let role = |place: usize, key, number: usize| {
            Some(Role { row: rows.get(place).copied()?, key, number: u32::try_from(number).ok() })
        };
        each_of(view, params, user..user + 1, |_, found, events| {
            let Some(chains) = found else { return account.tell("sequence_undecided", []) };
            account.tell("sequence_times", [("times", count(chains.len()))]);
            if matches!(wanted, Wanted::Period(..)) && !chains.is_empty() && !wanted.is(found, events) {
                account.tell("sequence_other_period", []);
            }
            for (number, chain) in (1..).zip(chains) {
                let ends =
                    [role(chain.first, "match_begins", number), role(chain.last, "match_ends", number)];
                account.roles.extend(ends.into_iter().flatten());
            }
        })?;
        Ok(account)
    }
}

/// Tells whether a user is in a cell.
enum Wanted {
    Matched,
    Times(u64),
    Undecided,
    Period(PeriodTable, usize),
}

impl Wanted {
    fn new(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Self> {
        Ok(match cell {
            Cell::Matched => Self::Matched,
            Cell::Undecided => Self::Undecided,
            Cell::Times(times) if *times <= MOST_TIMES => Self::Times(*times),
            Cell::Times(times) => {
                return Err(Error::bad_value("users.cell.times", times, format!("0 to {MOST_TIMES}")));
            }
            Cell::Period(day) => {
                let periods = periods(view, params, &view.user_days());
                let found = periods.and_then(|periods| Some((periods.starting(*day)?, periods)));
                let (place, periods) = found.ok_or_else(|| {
                    Error::bad_value("users.cell.period", day, "the first day of a period of params.trend")
                })?;
                Self::Period(periods, place)
            }
        })
    }

    fn is(&self, found: Option<&[Chain]>, events: &[Event]) -> bool {
        let Some(chains) = found else { return matches!(self, Self::Undecided) };
        match self {
            Self::Matched => !chains.is_empty(),
            Self::Times(times) => (chains.len() as u64).min(MOST_TIMES) == *times,
            Self::Undecided => false,
            Self::Period(periods, wanted) => {
                chains.iter().any(|chain| place(chain, events, periods) == Some(*wanted))
            }
        }
    }
}

/// The periods of the trend, if one is asked for and there is a row.
fn periods(view: &View<'_>, params: &Params, days: &UserDays<'_>) -> Option<PeriodTable> {
    let week_start = params.week_start.unwrap_or(view.log.week_start);
    Some(PeriodTable::new(Periods { period: params.trend?, week_start }, days.span()?))
}

/// The period in which a chain ends.
fn place(chain: &Chain, events: &[Event], periods: &PeriodTable) -> Option<usize> {
    periods.place(events.get(chain.last)?.day)
}

/// The time of a chain in microseconds.
fn time(chain: &Chain, events: &[Event]) -> i64 {
    let micros = |place: usize| events.get(place).map_or(0, |event| event.micros);
    micros(chain.last).saturating_sub(micros(chain.first))
}

/// What is counted for each period.
#[derive(Debug, Clone, Copy, Default)]
struct InPeriod {
    users: u64,
    matched: u64,
    chains: u64,
}

/// The trend while it is counted.
struct Trend {
    /// Nothing without rows.
    periods: Option<PeriodTable>,
    counts: Vec<InPeriod>,
}

impl Trend {
    fn new(view: &View<'_>, params: &Params, days: &UserDays<'_>) -> Result<Option<Self>> {
        if params.trend.is_none() {
            return Ok(None);
        }
        let periods = periods(view, params, days);
        let length = periods.as_ref().map_or(0, |periods| periods.length);
        check_size(length as u64 * 7)?;
        Ok(Some(Self { periods, counts: vec![InPeriod::default(); length] }))
    }

    /// Adds a user with these days.
    fn add(&mut self, days: &[i32], chains: &[Chain], events: &[Event]) {
        let Some(periods) = &self.periods else { return };
        let mut last = None;
        for place in days.iter().filter_map(|&day| periods.place(day)) {
            if last.replace(place) != Some(place)
                && let Some(count) = self.counts.get_mut(place)
            {
                count.users += 1;
            }
        }
        last = None;
        // Chains come in the order of time.
        for place in chains.iter().filter_map(|chain| place(chain, events, periods)) {
            if let Some(count) = self.counts.get_mut(place) {
                count.chains += 1;
                count.matched += u64::from(last.replace(place) != Some(place));
            }
        }
    }

    fn told(&self, view: &View<'_>) -> Vec<PeriodMatches> {
        let Some(periods) = &self.periods else { return Vec::new() };
        let last_day = view.span().1;
        let told = |(place, &InPeriod { users, matched, chains }): (usize, &InPeriod)| PeriodMatches {
            start: periods.start(place),
            end: periods.end(place),
            open: periods.end(place) > last_day,
            users,
            matched,
            rate: share(matched, users),
            chains,
        };
        self.counts.iter().enumerate().map(told).collect()
    }
}

/// The chains of each user with a row in view and the events they are made of; nothing where it is undecided.
fn each(
    view: &View<'_>,
    params: &Params,
    found: impl FnMut(usize, Option<&[Chain]>, &[Event]),
) -> Result<()> {
    each_of(view, params, 0..view.log.users.len(), found)
}

/// As [`each`], of some users.
fn each_of(
    view: &View<'_>,
    params: &Params,
    users: Range<usize>,
    mut found: impl FnMut(usize, Option<&[Chain]>, &[Event]),
) -> Result<()> {
    if params.conditions.is_empty() {
        return Err(Error::bad_value("params.conditions", 0, "1 to 32"));
    }
    let matcher = Matcher::new(view, &params.conditions, "params.conditions")?;
    let pattern = Pattern::parse(&params.pattern, params.conditions.len())?;
    let (mut events, mut chains) = (Vec::new(), Vec::new());
    let mut tried = Tried::default();
    for user in users {
        events.clear();
        let mut seen = false;
        for row in view.log.rows_of(user) {
            let conditions = matcher.of(row, user);
            if conditions != 0 {
                let day = view.log.days.get(row).copied().unwrap_or(0);
                events.push(Event { micros: view.log.times.micros(row), conditions, day });
            } else {
                seen = seen || view.has(row);
            }
        }
        if seen || !events.is_empty() {
            found(user, pattern.chains(&events, &mut tried, &mut chains), &events);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
