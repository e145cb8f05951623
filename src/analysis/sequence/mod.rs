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
//! **Count.** Chains that do not overlap: the next one is searched behind the end of the last.
//!
//! **Limit.** What has failed is not tried again, so no pattern takes exponential time; a user for whom the search still
//! takes more than 20 million steps is *undecided*, counted apart and never as one without a chain. (ClickHouse gives up a
//! whole query after one million.)

mod pattern;

use serde::{Deserialize, Serialize};

use super::{Members, Question, activity_members, share};
use crate::dataset::events::{EventChoice, Matcher};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use pattern::{Event, Pattern, Tried};

/// Counts from here on are told together.
const MOST_TIMES: u64 = 50;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The pattern.
    pub pattern: String,
    /// The conditions that `(?1)`, `(?2)` ... name, 1 to 32.
    pub conditions: Vec<EventChoice>,
}

impl Default for Params {
    /// Two events of any kind.
    fn default() -> Self {
        Self { pattern: "(?1)(?1)".to_owned(), conditions: vec![EventChoice::default()] }
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
    /// All chains.
    pub chains: u64,
    /// Users for whom the search took too long.
    pub undecided: u64,
    /// Users by the number of their chains, ascending, none left out but numbers that nobody has.
    pub distribution: Vec<Times>,
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

/// A mark of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// Users with a chain.
    Matched,
    /// Users with so many chains; 50 stands for 50 and more.
    Times(u64),
    /// Users for whom the search took too long.
    Undecided,
}

/// Who does things in a given order.
#[derive(Debug)]
pub struct Sequence;

impl Question for Sequence {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let (mut users, mut matched, mut chains, mut undecided) = (0, 0, 0, 0);
        let mut by_times = vec![0u64; MOST_TIMES as usize + 1];
        each(view, params, |_, count| {
            users += 1;
            let Some(count) = count else {
                undecided += 1;
                return;
            };
            matched += u64::from(count > 0);
            chains += count;
            if let Some(users) = by_times.get_mut(count.min(MOST_TIMES) as usize) {
                *users += 1;
            }
        })?;
        let distribution = (0..).zip(by_times).filter(|(_, users)| *users > 0);
        Ok(Report {
            users,
            matched,
            rate: share(matched, users - undecided),
            chains,
            undecided,
            distribution: distribution.map(|(times, users)| Times { times, users }).collect(),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        if let Cell::Times(times) = cell
            && *times > MOST_TIMES
        {
            return Err(Error::bad_value("users.cell.times", times, format!("0 to {MOST_TIMES}")));
        }
        let mut users = Vec::new();
        each(view, params, |user, count| {
            let there = match (cell, count) {
                (Cell::Undecided, None) => true,
                (Cell::Matched, Some(count)) => count > 0,
                (Cell::Times(times), Some(count)) => count.min(MOST_TIMES) == *times,
                _ => false,
            };
            if there {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        })?;
        Ok(activity_members(view, users))
    }
}

/// How many chains each user with a row in view has; nothing where it is undecided.
fn each(view: &View<'_>, params: &Params, mut found: impl FnMut(usize, Option<u64>)) -> Result<()> {
    if params.conditions.is_empty() {
        return Err(Error::bad_value("params.conditions", 0, "1 to 32"));
    }
    let matcher = Matcher::new(view, &params.conditions, "params.conditions")?;
    let pattern = Pattern::parse(&params.pattern, params.conditions.len())?;
    let mut events = Vec::new();
    let mut tried = Tried::default();
    for user in 0..view.log.users.len() {
        events.clear();
        let mut seen = false;
        for row in view.log.rows_of(user) {
            let conditions = matcher.of(row, user);
            if conditions != 0 {
                events.push(Event { micros: view.log.times.micros(row), conditions });
            } else {
                seen = seen || view.has(row);
            }
        }
        if seen || !events.is_empty() {
            found(user, pattern.count(&events, &mut tried));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
