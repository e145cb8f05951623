//! The days on which users were active, by a choice of events.

use super::calendar::{Day, Periods};
use super::events::{EventChoice, Matcher};
use super::user_days::UserDays;
use super::view::View;
use crate::error::Result;

/// The days of each user's rows that are the chosen event. Nothing is kept for rows: where every row is one, the days are
/// those of the view, else they are found user by user.
#[derive(Debug)]
pub struct ActiveDays<'v> {
    view: &'v View<'v>,
    days: UserDays<'v>,
    matcher: Option<Matcher<'v>>,
}

impl<'v> ActiveDays<'v> {
    /// Makes the choice ready; `path` is where it stands in the request.
    ///
    /// # Errors
    /// As [`Matcher::new`].
    pub fn new(view: &'v View<'v>, choice: &EventChoice, path: &str) -> Result<Self> {
        let matcher = if choice.is_any() { None } else { Some(view.matcher_of(choice, path)?) };
        Ok(Self { view, days: view.user_days(), matcher })
    }

    /// How many users there are, with and without rows.
    #[must_use]
    pub fn users(&self) -> usize {
        self.days.users()
    }

    /// The days of a user, ascending, each once. `found` is used again for every user.
    #[inline]
    #[must_use]
    pub fn of<'s>(&'s self, user: usize, found: &'s mut Vec<i32>) -> &'s [i32] {
        let Some(matcher) = &self.matcher else { return self.days.of(user) };
        found.clear();
        let rows = self.view.log.rows_of(user);
        let days = self.view.log.days.get(rows.clone()).unwrap_or(&[]);
        for (row, &day) in rows.zip(days) {
            // A day that is found already needs no second look.
            if found.last() != Some(&day) && matcher.of(row, user) != 0 {
                found.push(day);
            }
        }
        found
    }

    /// Whether a row of a user is the chosen event.
    #[must_use]
    pub fn has(&self, row: usize, user: usize) -> bool {
        self.matcher.as_ref().map_or_else(|| self.view.has(row), |matcher| matcher.of(row, user) != 0)
    }

    /// The first day of a user.
    #[must_use]
    pub fn first_of(&self, user: usize) -> Option<i32> {
        let Some(matcher) = &self.matcher else { return self.days.of(user).first().copied() };
        let row = self.view.log.rows_of(user).find(|&row| matcher.of(row, user) != 0)?;
        self.view.log.days.get(row).copied()
    }

    /// The first day with the event, and the last day with any row in view; nothing where the event never happened.
    #[must_use]
    pub fn span(&self) -> Option<(i32, i32)> {
        let first = (0..self.users()).filter_map(|user| self.first_of(user)).min()?;
        let last = self.days.span()?.1;
        Some((first, last))
    }
}

/// The periods from the first to the last of some days, and which of them each day falls in: a look into a table, not
/// arithmetic on dates for every row.
#[derive(Debug)]
pub struct PeriodTable {
    calendar: Periods,
    first_day: i32,
    /// The number of the first period.
    first: i32,
    /// How many periods there are.
    pub length: usize,
    index: Vec<u32>,
}

impl PeriodTable {
    /// The periods from that of the first to that of the last day.
    #[must_use]
    pub fn new(calendar: Periods, (first_day, last_day): (i32, i32)) -> Self {
        let first = calendar.number(Day(first_day));
        let place = |day: i32| u32::try_from(calendar.number(Day(day)) - first).unwrap_or(0);
        let index: Vec<u32> = (first_day..=last_day).map(place).collect();
        let length = index.last().map_or(0, |&last| last as usize + 1);
        Self { calendar, first_day, first, length, index }
    }

    /// The place of a day's period; nothing for days before the first and after the last.
    #[inline]
    #[must_use]
    pub fn place(&self, day: i32) -> Option<usize> {
        self.index.get(usize::try_from(day.checked_sub(self.first_day)?).ok()?).map(|&place| place as usize)
    }

    /// The first day of the period at a place.
    #[must_use]
    pub fn start(&self, place: usize) -> Day {
        self.calendar.first_day(self.first.saturating_add(i32::try_from(place).unwrap_or(i32::MAX)))
    }

    /// The last day of the period at a place.
    #[must_use]
    pub fn end(&self, place: usize) -> Day {
        self.calendar.last_day(self.first.saturating_add(i32::try_from(place).unwrap_or(i32::MAX)))
    }

    /// The place of the period that begins on a day; nothing where none does.
    #[must_use]
    pub fn starting(&self, day: Day) -> Option<usize> {
        (0..self.length).find(|&place| self.start(place) == day)
    }
}
