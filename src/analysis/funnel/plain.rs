//! How far somebody came when nothing but the order of steps and the window counts.
//!
//! For each step the attempt that began last is the best there is: whatever another one can still reach, it can too. So one
//! time for each step is all that is kept (the rule of ClickHouse's `windowFunnel` without modes).
//!
//! The attempt that is told is the earliest of those that get furthest. An attempt that begins earlier is at every step no
//! later, so it is the first one that begins at most a window before the furthest step was first reached.

use super::params::{MOST_STEPS, Rules};
use super::unit::{Event, MAY_BEGIN, NO_ROW, Outcome, top_of};

/// No attempt; further from any time than the longest window.
const NEVER: i64 = i64::MIN / 2;

/// Where a row that is no step is counted: the zeros after the bits of a row without any.
const NO_STEP: usize = u32::BITS as usize;

/// Rows of a unit by time.
pub(super) trait ByTime {
    /// When a row was, in the unit of the window.
    fn at(&self, place: usize) -> i64;
    /// Which steps it is, and whether it may begin an attempt; nothing behind the last one.
    fn mask(&self, place: usize) -> Option<u32>;
    /// Which row of the log it is.
    fn row(&self, place: usize) -> u32;
}

impl ByTime for &[Event] {
    fn at(&self, place: usize) -> i64 {
        self.get(place).map_or(NEVER, |event| event.at)
    }

    fn mask(&self, place: usize) -> Option<u32> {
        self.get(place).map(|event| event.mask)
    }

    fn row(&self, place: usize) -> u32 {
        self.get(place).map_or(NO_ROW, |event| event.row)
    }
}

/// The steps that have been reached so far. Its memory is used again for the next unit.
#[derive(Debug)]
pub(super) struct Plain {
    steps: usize,
    /// At `step + 1`, when the attempt that stands at the step began; at 0, which is before the first step, the time itself.
    begun: [i64; NO_STEP + 2],
    /// The place of the row with which a step was first reached.
    first: [usize; NO_STEP + 1],
    reached: u64,
    /// The last time, and the steps that its rows are.
    at: i64,
    together: u32,
}

impl Plain {
    pub(super) fn new(rules: &Rules) -> Self {
        let (begun, first) = ([NEVER; NO_STEP + 2], [0; NO_STEP + 1]);
        Self { steps: rules.steps, begun, first, reached: 0, at: NEVER, together: 0 }
    }

    /// Forgets the unit before.
    #[inline]
    pub(super) fn begin(&mut self) {
        self.begun.iter_mut().take(self.steps + 1).for_each(|begun| *begun = NEVER);
        (self.reached, self.at, self.together) = (0, NEVER, 0);
    }

    /// Looks at a row; rows come by time. Of its bits, only those of steps, and the first only where it may begin.
    ///
    /// Written without choices that cannot be foreseen: which event comes next is one.
    #[inline]
    pub(super) fn take(&mut self, (place, at): (usize, i64), bits: u32, window: i64) {
        // Rows of one time can follow each other in any order: each is looked at with those before it.
        let mut bits = if at == self.at { self.together | bits } else { bits };
        (self.at, self.together) = (at, bits);
        if let Some(start) = self.begun.first_mut() {
            *start = at;
        }
        loop {
            let step = bits.trailing_zeros() as usize;
            if let (Some([before, begun]), Some(first)) =
                (self.begun.get_mut(step..step + 2), self.first.get_mut(step))
            {
                let in_time = at - *before <= window;
                *begun = if in_time { *before } else { *begun };
                let new = in_time & (self.reached >> step & 1 == 0);
                *first = if new { place } else { *first };
                self.reached |= u64::from(in_time) << step;
            }
            bits &= bits.wrapping_sub(1);
            if bits == 0 {
                return;
            }
        }
    }

    /// Whether the last step has been reached, by rows before this time.
    #[inline]
    pub(super) fn has_converted(&self, last_bit: u32, at: i64) -> bool {
        self.reached & u64::from(last_bit) != 0 && at != self.at
    }

    /// When the last attempt of all began; long ago if none did.
    pub(super) fn last_begun(&self) -> Option<i64> {
        self.begun.get(1).copied().filter(|begun| *begun != NEVER)
    }

    /// How far a unit came, all of whose rows that matter are here.
    pub(super) fn best(events: &[Event], rules: &Rules, end: i64) -> Outcome {
        let mut plain = Self::new(rules);
        for (place, event) in events.iter().enumerate() {
            plain.take((place, event.at), event.steps(rules), rules.window);
        }
        let is_open = |begun: i64| begun.saturating_add(rules.window) > end;
        plain.outcome(&events, rules, rules.window, is_open)
    }

    /// How far these rows came, which have all been looked at; or all up to those that reached the last step.
    pub(super) fn outcome(
        &self,
        rows: &impl ByTime,
        rules: &Rules,
        window: i64,
        is_open: impl Fn(i64) -> bool,
    ) -> Outcome {
        let reached = self.reached as u32;
        let Some(top) = top_of(reached) else { return Outcome::NOTHING };
        let open = reached & rules.last_bit() == 0 && self.last_begun().is_some_and(is_open);
        let furthest = self.first.get(top).copied().unwrap_or(0);
        let mut earliest = furthest;
        for place in (0..=furthest).rev() {
            if rows.at(place) < rows.at(furthest) - window {
                break;
            }
            if rows.mask(place).is_some_and(begins) {
                earliest = place;
            }
        }
        Outcome { reached, open, rows: chain(rows, earliest, top) }
    }
}

/// Whether a row can be the first step of an attempt.
#[inline]
pub(super) fn begins(mask: u32) -> bool {
    mask & (MAY_BEGIN | 1) == MAY_BEGIN | 1
}

/// The rows of the attempt that begins at the time of a row: for each next step the first that comes.
fn chain(rows: &impl ByTime, from: usize, top: usize) -> [u32; MOST_STEPS] {
    let mut found = [NO_ROW; MOST_STEPS];
    let mut start = from;
    while start > 0 && rows.at(start - 1) == rows.at(from) {
        start -= 1;
    }
    let mut step = 0;
    while step <= top && rows.mask(start).is_some() {
        let at = rows.at(start);
        let mut end = start + 1;
        while rows.mask(end).is_some() && rows.at(end) == at {
            end += 1;
        }
        while step <= top {
            let Some(place) = of_step(rows, start..end, step) else { break };
            if let Some(row) = found.get_mut(step) {
                *row = rows.row(place);
            }
            step += 1;
        }
        start = end;
    }
    found
}

/// Of rows of one time the one that stands for a step: the first that can also begin an attempt, else the first.
fn of_step(rows: &impl ByTime, mut places: std::ops::Range<usize>, step: usize) -> Option<usize> {
    let is = |place: &usize| rows.mask(*place).is_some_and(|mask| mask >> step & 1 != 0);
    let may_begin = |place: &usize| is(place) && rows.mask(*place).is_some_and(begins);
    let begins = places.clone().find(may_begin);
    if step == 0 { begins } else { begins.or_else(|| places.find(is)) }
}
