//! When a user's cohort events and returns were, and at which offsets the user counts.

use super::grid::Grid;
use super::{Entry, Params, When};
use crate::dataset::events::{EventChoice, Matcher};
use crate::dataset::user_days::UserDays;
use crate::dataset::view::View;
use crate::error::Result;

const COHORT: u32 = 1;
const RETURN: u32 = 2;

/// What is known of the user at hand; memory is used again for the next.
pub(super) struct Returns<'v> {
    view: &'v View<'v>,
    /// Tells cohort events and returns; absent when every row is both.
    matcher: Option<Matcher<'v>>,
    /// The days in view, where every row is both and one in a period is enough: rows need not be looked at then.
    days: Option<UserDays<'v>>,
    /// The periods of cohort events, ascending, each once; only the first unless cohorts are recurring.
    cohorts: Vec<usize>,
    recurring: bool,
    /// Whether the first of the days founds the only cohort, and nothing after the last reported offset matters.
    from_first: bool,
    /// When the first cohort event was.
    begun: i64,
    /// The periods of returns, or where time has to elapse the times, ascending.
    periods: Vec<usize>,
    times: Vec<i64>,
    /// How many returns there were in each offset, and whether the user counts at it.
    hits: Vec<u32>,
    there: Vec<bool>,
    /// The offsets at which the user counts, ascending; with [`Self::from_first`] only so many at the beginning of the list.
    offsets: Vec<u32>,
    count: usize,
}

/// Whether a user is in a cohort, and whether there were returns.
pub(super) struct Found {
    pub is_founded: bool,
    pub returns: bool,
}

impl<'v> Returns<'v> {
    pub fn new(view: &'v View<'v>, params: &Params) -> Result<Self> {
        let cohort = EventChoice { events: params.cohort_events.clone(), all: params.cohort_all.clone() };
        let back = EventChoice { events: params.return_events.clone(), all: params.return_all.clone() };
        let matcher = if cohort.is_any() && back.is_any() {
            None
        } else {
            Some(Matcher::new(view, &[cohort, back], "params.").map_err(named)?)
        };
        let by_day = matcher.is_none() && !params.rolling && params.minimum == 1;
        Ok(Self {
            view,
            matcher,
            days: by_day.then(|| view.user_days()),
            cohorts: Vec::new(),
            recurring: params.entry == Entry::Recurring,
            from_first: by_day && params.entry != Entry::Recurring && params.when == When::On,
            begun: 0,
            periods: Vec::new(),
            times: Vec::new(),
            hits: Vec::new(),
            there: Vec::new(),
            offsets: Vec::new(),
            count: 0,
        })
    }

    /// Whether a row founds cohorts.
    pub fn founds(&self, row: usize, user: usize) -> bool {
        self.is(row, user) & COHORT != 0
    }

    /// Whether a row counts as a return.
    pub fn returns(&self, row: usize, user: usize) -> bool {
        self.is(row, user) & RETURN != 0
    }

    /// Looks at a user.
    pub fn of_user(&mut self, user: usize, grid: &Grid) -> Found {
        self.cohorts.clear();
        self.periods.clear();
        self.times.clear();
        let returns = if self.from_first {
            self.after_first_day(user, grid)
        } else if self.days.is_some() {
            self.by_day(user, grid)
        } else {
            self.by_row(user, grid)
        };
        Found { is_founded: !self.cohorts.is_empty(), returns }
    }

    /// The row of the first cohort event that a user is in a cohort for.
    pub fn founding_row(&self, user: usize, grid: &Grid) -> Option<usize> {
        for row in self.view.log.rows_of(user).filter(|row| self.is(*row, user) & COHORT != 0) {
            let day = self.view.log.days.get(row).copied()?;
            if (grid.entry.0..=grid.entry.1).contains(&day) {
                return Some(row);
            }
            if !self.recurring {
                return None;
            }
        }
        None
    }

    /// Whether a row is a cohort event and a return.
    #[inline]
    fn is(&self, row: usize, user: usize) -> u32 {
        match &self.matcher {
            Some(matcher) => matcher.of(row, user),
            None if self.view.has(row) => COHORT | RETURN,
            None => 0,
        }
    }

    /// Finds the cohort of the user's first day, and the offsets of all days, each once; tells whether there are any.
    fn after_first_day(&mut self, user: usize, grid: &Grid) -> bool {
        let days = self.days.as_ref().map_or(&[][..], |days| days.of(user));
        let Some(&first) = days.first() else { return false };
        let within = (grid.entry.0..=grid.entry.1).contains(&first);
        let Some(cohort) = grid.index(first).filter(|_| within) else { return true };
        self.cohorts.push(cohort);
        // Each is written, and the next one over it where they are the same: whether a period is new is not to be foreseen.
        if self.offsets.len() != grid.width {
            self.offsets.resize(grid.width, 0);
        }
        let (mut count, mut before) = (0usize, usize::MAX);
        for &day in days {
            let offset = grid.index(day).and_then(|period| grid.offset(period.checked_sub(cohort)?));
            let Some(offset) = offset.filter(|offset| *offset < grid.width) else { break };
            count += usize::from(offset != before);
            before = offset;
            if let Some(slot) = self.offsets.get_mut(count.wrapping_sub(1)) {
                *slot = offset as u32;
            }
        }
        self.count = count;
        true
    }

    /// Finds the periods of the user's days, each once; tells whether there are any.
    fn by_day(&mut self, user: usize, grid: &Grid) -> bool {
        let days = self.days.as_ref().map_or(&[][..], |days| days.of(user));
        let mut founded_before = false;
        for &day in days {
            let period = grid.index(day);
            if self.recurring || !founded_before {
                founded_before = true;
                let within = (grid.entry.0..=grid.entry.1).contains(&day);
                self.cohorts.extend(period.filter(|period| within && self.cohorts.last() != Some(period)));
            }
            self.periods.extend(period.filter(|period| self.periods.last() != Some(period)));
        }
        !days.is_empty()
    }

    /// Finds the user's cohort events and returns among the rows; tells whether there are returns.
    fn by_row(&mut self, user: usize, grid: &Grid) -> bool {
        let mut founded_before = false;
        let mut returns = false;
        let rolling = grid.rolling.is_some();
        let (mut day_before, mut period) = (i32::MIN, None);
        for row in self.view.log.rows_of(user) {
            let is = self.is(row, user);
            if is == 0 {
                continue;
            }
            let day = self.view.log.days.get(row).copied().unwrap_or(i32::MIN);
            if day != day_before {
                (day_before, period) = (day, grid.index(day));
            }
            if is & COHORT != 0 && (self.recurring || !founded_before) {
                founded_before = true;
                let within = (grid.entry.0..=grid.entry.1).contains(&day);
                if let Some(period) = period.filter(|period| within && self.cohorts.last() != Some(period)) {
                    self.cohorts.push(period);
                    if self.cohorts.len() == 1 {
                        self.begun = self.view.log.times.micros(row);
                    }
                }
            }
            if is & RETURN != 0 {
                returns = true;
                if rolling {
                    self.times.push(self.view.log.times.micros(row));
                } else if let Some(period) = period {
                    self.periods.push(period);
                }
            }
        }
        returns
    }

    /// Hands over each cohort that the user is in, when it began (where time has to elapse), and at which of the reported
    /// offsets the user counts, ascending.
    pub fn each_cohort(&mut self, grid: &Grid, params: &Params, mut found: impl FnMut(usize, i64, &[u32])) {
        for place in 0..self.cohorts.len() {
            let Some(&cohort) = self.cohorts.get(place) else { break };
            if self.from_first {
                found(cohort, self.begun, self.offsets.get(..self.count).unwrap_or(&[]));
                continue;
            }
            self.offsets.clear();
            if self.days.is_some() && params.when == When::On {
                // Periods come once and rise, and so do their offsets.
                let after = self.periods.iter().filter_map(|period| period.checked_sub(cohort));
                let offsets =
                    after.map_while(|after| grid.offset(after)).take_while(|offset| *offset < grid.width);
                self.offsets.extend(offsets.map(|offset| offset as u32));
                self.offsets.dedup();
            } else {
                self.count(grid, cohort);
                self.decide(params);
                let there = self.there.iter().take(grid.width).enumerate().filter(|(_, there)| **there);
                self.offsets.extend(there.map(|(offset, _)| offset as u32));
            }
            found(cohort, self.begun, &self.offsets);
        }
    }

    /// Counts returns in each offset; the last place has all that is later.
    fn count(&mut self, grid: &Grid, cohort: usize) {
        self.hits.clear();
        self.hits.resize(grid.looked_at, 0);
        let (mut offset, mut end) = (0, grid.bounds(0).1);
        let mut add = |periods: usize| {
            while periods >= end && offset + 1 < grid.looked_at {
                offset += 1;
                end = if offset + 1 < grid.looked_at { grid.bounds(offset).1 } else { usize::MAX };
            }
            if let Some(hits) = self.hits.get_mut(offset) {
                *hits = hits.saturating_add(1);
            }
        };
        match grid.rolling {
            None => self.periods.iter().filter_map(|period| period.checked_sub(cohort)).for_each(&mut add),
            Some(length) => {
                let since = self.times.iter().map(|time| time - self.begun);
                since.filter_map(|since| usize::try_from(since.div_euclid(length)).ok()).for_each(&mut add);
            }
        }
    }

    fn decide(&mut self, params: &Params) {
        self.there.clear();
        self.there.extend(self.hits.iter().map(|hits| *hits >= params.minimum));
        match params.when {
            When::On => {}
            When::OnOrAfter => {
                let mut later = false;
                for there in self.there.iter_mut().rev() {
                    later |= *there;
                    *there = later;
                }
            }
            When::OnOrBefore => {
                let mut earlier = false;
                for there in self.there.iter_mut().skip(1) {
                    earlier |= *there;
                    *there = earlier;
                }
            }
            When::Streak => {
                let mut unbroken = true;
                for there in self.there.iter_mut().skip(1) {
                    unbroken &= *there;
                    *there = unbroken;
                }
            }
        }
    }
}

/// The two choices have names of their own in a request, not places in a list.
fn named(error: crate::error::Error) -> crate::error::Error {
    let Some(path) = error.path.clone() else { return error };
    let of = |prefix: &str, events: &str, all: &str| {
        let rest = path.strip_prefix(prefix)?;
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(rest) = rest.strip_prefix("events") {
            return Some(format!("params.{events}{rest}"));
        }
        Some(format!("params.{all}{}", rest.strip_prefix("all").unwrap_or(rest)))
    };
    let renamed = of("params.[0]", "cohortEvents", "cohortAll")
        .or_else(|| of("params.[1]", "returnEvents", "returnAll"));
    match renamed {
        Some(path) => error.at_path(path),
        None => error.at_path("params.cohortEvents"),
    }
}
