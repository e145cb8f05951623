//! Paths: the events of each user in the order of time, cut where the user was away.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::names::{Names, Rule};
use crate::dataset::events::Matcher;
use crate::dataset::view::View;
use crate::error::{Error, Result};

const MINUTE_MICROS: i64 = 60_000_000;
/// The longest gap in minutes: a leap year.
pub const MOST_MINUTES: u32 = 366 * 24 * 60;

/// How a user's events become paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Divide {
    /// Sessions: a new path begins after more than so many minutes without any event.
    Gap {
        /// Minutes, 1 to 527,040.
        minutes: u32,
    },
    /// A path for each civil day in the log's zone.
    Day,
    /// All that a user did is one path.
    Whole,
}

impl Default for Divide {
    fn default() -> Self {
        Self::Gap { minutes: 30 }
    }
}

/// A step of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// What it is called.
    pub node: u32,
    /// Its row; the first one when repeated events are one step.
    pub row: u32,
    /// Whether one of its rows is the event that is looked for.
    pub anchor: bool,
}

/// One path.
#[derive(Debug)]
pub(super) struct Path<'p> {
    pub user: usize,
    pub steps: &'p [Step],
    /// Whether it may go on after the last moment of the data.
    pub open: bool,
}

/// What makes paths of a view.
pub(super) struct Walk<'v> {
    view: &'v View<'v>,
    pub names: Names<'v>,
    divide: Divide,
    /// The longest pause within a session, in the unit of the log's times.
    gap: i64,
    collapse: bool,
    anchor: Option<Matcher<'v>>,
    end: End,
}

/// The last moment and the last day in view.
struct End {
    /// In the unit of the log's times.
    time: i64,
    day: i32,
}

impl<'v> Walk<'v> {
    pub fn new(
        view: &'v View<'v>,
        column: Option<&str>,
        rules: &[Rule],
        divide: Divide,
        collapse: bool,
        anchor: Option<Matcher<'v>>,
    ) -> Result<Self> {
        if let Divide::Gap { minutes } = divide
            && !(1..=MOST_MINUTES).contains(&minutes)
        {
            return Err(Error::bad_value("params.divide.minutes", minutes, format!("1 to {MOST_MINUTES}")));
        }
        let gap = match divide {
            Divide::Gap { minutes } => i64::from(minutes) * (MINUTE_MICROS / view.log.times.unit()),
            Divide::Day | Divide::Whole => 0,
        };
        let names = Names::new(view, column, rules)?;
        Ok(Self { view, names, divide, gap, collapse, anchor, end: end(view) })
    }

    /// Each path, users and their paths in the order of the log. A path whose events are all hidden has no steps.
    pub fn each(&self, found: impl FnMut(&Path<'_>)) {
        self.each_of(0..self.view.log.users.len(), found);
    }

    /// As [`Self::each`], of some users.
    pub fn each_of(&self, users: Range<usize>, mut found: impl FnMut(&Path<'_>)) {
        let mut steps: Vec<Step> = Vec::new();
        for user in users {
            let mut before: Option<usize> = None;
            for row in self.view.log.rows_of(user) {
                if !self.view.has(row) {
                    continue;
                }
                if let Some(last) = before.filter(|last| self.parts(*last, row)) {
                    found(&Path { user, steps: &steps, open: self.is_open(last) });
                    steps.clear();
                }
                before = Some(row);
                self.add(&mut steps, row, user);
            }
            if let Some(last) = before {
                found(&Path { user, steps: &steps, open: self.is_open(last) });
                steps.clear();
            }
        }
    }

    #[inline]
    fn add(&self, steps: &mut Vec<Step>, row: usize, user: usize) {
        let Some(node) = self.names.of(row) else { return };
        let anchor = self.anchor.as_ref().is_some_and(|matcher| matcher.of(row, user) != 0);
        match steps.last_mut() {
            Some(last) if self.collapse && last.node == node => last.anchor |= anchor,
            _ => steps.push(Step { node, row: u32::try_from(row).unwrap_or(u32::MAX), anchor }),
        }
    }

    /// Whether a new path begins between two neighbouring rows of a user.
    #[inline]
    fn parts(&self, last: usize, row: usize) -> bool {
        let log = self.view.log;
        match self.divide {
            Divide::Gap { .. } => log.times.values.get(row) - log.times.values.get(last) > self.gap,
            Divide::Day => log.days.get(row) != log.days.get(last),
            Divide::Whole => false,
        }
    }

    /// Whether an event after the end of the data could still belong to the path that ends with this row.
    #[inline]
    fn is_open(&self, last: usize) -> bool {
        let log = self.view.log;
        match self.divide {
            Divide::Gap { .. } => log.times.values.get(last) + self.gap > self.end.time,
            Divide::Day => log.days.get(last) == Some(&self.end.day),
            Divide::Whole => false,
        }
    }

    /// The time from one step to another, in the unit of [`crate::table::Times::unit`]; never negative.
    #[inline]
    pub fn between(&self, from: &Step, to: &Step) -> u64 {
        let times = &self.view.log.times;
        u64::try_from(times.values.get(to.row as usize) - times.values.get(from.row as usize)).unwrap_or(0)
    }
}

fn end(view: &View<'_>) -> End {
    let log = view.log;
    let last_row = |user| log.rows_of(user).rev().find(|row| view.has(*row));
    let rows = (0..log.users.len()).filter_map(last_row);
    rows.fold(End { time: i64::MIN, day: i32::MIN }, |end, row| End {
        time: end.time.max(log.times.values.get(row)),
        day: end.day.max(log.days.get(row).copied().unwrap_or(i32::MIN)),
    })
}
