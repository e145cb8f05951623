//! When each user's life began, how long it lasted, and whether it has ended.

use super::{Entry, Params};
use crate::dataset::calendar::Day;
use crate::dataset::dates::Span;
use crate::dataset::events::{EventChoice, Matcher};
use crate::dataset::user_days::UserDays;
use crate::dataset::view::View;
use crate::error::Result;

const START: u32 = 1;
/// What keeps a life going, or ends it.
const OTHER: u32 = 2;

/// The life of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Life {
    /// The row that it began with.
    pub row: usize,
    /// How many days it lasted, or was seen for.
    pub time: u32,
    /// Whether it has ended.
    pub ended: bool,
}

/// What is known of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Life(Life),
    /// It began so late that it cannot have ended.
    TooRecent,
    /// It had ended before it began.
    Already,
    /// It never began within the dates.
    None,
}

impl Found {
    pub fn time(&self) -> Option<u32> {
        match self {
            Self::Life(life) => Some(life.time),
            _ => None,
        }
    }
}

/// Finds lives: one look at a user's rows up to the first start event, and one from the end, or on to the event.
pub(super) struct LivesOf<'v> {
    view: &'v View<'v>,
    /// Absent when every row is a start and activity.
    matcher: Option<Matcher<'v>>,
    days: UserDays<'v>,
    /// The days on which lives may begin.
    entry: Span,
    /// The last day on which everybody's state is known.
    last: i32,
    first_ever: bool,
    until: bool,
    to_next: bool,
    horizon: u32,
}

impl<'v> LivesOf<'v> {
    pub fn new(view: &'v View<'v>, params: &Params) -> Result<Self> {
        let start = params.start.clone().unwrap_or_default();
        let until = params.until.is_some();
        let other = params.until.clone().or_else(|| params.active.clone()).unwrap_or_default();
        let every = !until && start.is_any() && other.is_any();
        let matcher = if every { None } else { Some(matcher(view, [start, other], until)?) };
        let settled = if until { 0 } else { i32::try_from(params.inactive).unwrap_or(i32::MAX) };
        Ok(Self {
            view,
            matcher,
            days: view.user_days(),
            entry: view.entry(),
            last: view.span().1.0.saturating_sub(settled),
            first_ever: params.entry == Entry::FirstEver,
            until,
            to_next: params.is_to_next(),
            horizon: params.horizon.unwrap_or(u32::MAX),
        })
    }

    /// The last day on which everybody's state is known.
    pub fn last_day(&self) -> Day {
        Day(self.last)
    }

    #[inline]
    fn is(&self, row: usize, user: usize) -> u32 {
        match &self.matcher {
            Some(matcher) => matcher.of(row, user),
            None if self.view.has(row) => START | OTHER,
            None => 0,
        }
    }

    fn day(&self, row: usize) -> i32 {
        self.view.log.days.get(row).copied().unwrap_or(i32::MAX)
    }

    /// The life of a user.
    pub fn of(&self, user: usize) -> Found {
        let mut rows = self.view.log.rows_of(user);
        let mut had_other = false;
        let begun = rows.find_map(|row| {
            let is = self.is(row, user);
            let day = self.day(row);
            let within = (self.entry.0.0..=self.entry.1.0).contains(&day);
            let starts = is & START != 0 && (within || self.first_ever);
            // The row of the start counts too, unless it is what every life begins with.
            had_other |= is & OTHER != 0 && !(starts && self.to_next);
            starts.then_some((row, day, within))
        });
        let Some((row, begun, true)) = begun else { return Found::None };
        if self.until && had_other {
            return Found::Already;
        }
        let end = if self.until {
            rows.find(|&row| self.is(row, user) & OTHER != 0).map(|row| self.day(row))
        } else if begun > self.last {
            return Found::TooRecent;
        } else {
            Some(self.last_active(rows, user).unwrap_or(begun))
        };
        let seen = end.filter(|end| *end <= self.last);
        let time = u32::try_from(seen.unwrap_or(self.last) - begun).unwrap_or(0);
        let ended = seen.is_some() && time <= self.horizon;
        Found::Life(Life { row, time: time.min(self.horizon), ended })
    }

    /// The rows after the start that keep the life going; or the first one that ends it. None beyond the horizon.
    pub fn after_start(&self, user: usize, start: usize) -> impl Iterator<Item = usize> {
        let most = if self.until { 1 } else { usize::MAX };
        let rows = start.saturating_add(1)..self.view.log.rows_of(user).end;
        let beyond = self.day(start).saturating_add(i32::try_from(self.horizon).unwrap_or(i32::MAX));
        let within = rows.take_while(move |&row| self.day(row) <= beyond);
        within.filter(move |&row| self.is(row, user) & OTHER != 0).take(most)
    }

    /// The last day with activity after the start.
    fn last_active(&self, mut rows: std::ops::Range<usize>, user: usize) -> Option<i32> {
        if self.matcher.is_none() {
            return self.days.of(user).last().copied();
        }
        rows.rfind(|&row| self.is(row, user) & OTHER != 0).map(|row| self.day(row))
    }
}

/// Tells starts, and what keeps lives going or ends them; errors name the parameter.
fn matcher<'v>(view: &'v View<'v>, choices: [EventChoice; 2], until: bool) -> Result<Matcher<'v>> {
    Matcher::new(view, &choices, "params.").map_err(|mut error| {
        error.path = error.path.take().map(|path| {
            let other = if until { "params.until" } else { "params.active" };
            path.replacen("params.[0]", "params.start", 1).replacen("params.[1]", other, 1)
        });
        error
    })
}
