//! How far somebody came when nothing but the order of steps and the window counts.
//!
//! For each step the attempt that began last is the best there is: whatever another one can still reach, it can too. So one
//! time for each step is all that is kept (the rule of ClickHouse's `windowFunnel` without modes).

use super::params::{MOST_STEPS, Rules};
use super::unit::{Event, MAY_BEGIN, NO_ROW, Outcome, top_of};

/// No attempt; further from any time than the longest window.
const NEVER: i64 = i64::MIN / 2;

/// The steps that have been reached so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain {
    /// When the attempts that stand at each step began.
    begun: [i64; MOST_STEPS],
    reached: u32,
    /// Rows of one time are looked at together: when, and which steps they are.
    at: i64,
    mask: u32,
}

impl Plain {
    pub(super) fn new() -> Self {
        Self { begun: [NEVER; MOST_STEPS], reached: 0, at: NEVER, mask: 0 }
    }

    /// Looks at a row; rows come by time. `window` is in the unit of `at`.
    #[inline]
    pub(super) fn take(&mut self, at: i64, mask: u32, window: i64) {
        if at != self.at {
            self.settle(window);
            (self.at, self.mask) = (at, mask);
        } else {
            self.mask |= mask;
        }
    }

    /// Whether the last step has been reached by the rows before those of the last time.
    #[inline]
    pub(super) fn has_converted(&self, last_bit: u32) -> bool {
        self.reached & last_bit != 0
    }

    /// Looks at the rows of the last time. Then gives the bits of the steps that were reached.
    #[inline]
    pub(super) fn settle(&mut self, window: i64) -> u32 {
        let mut mask = self.mask;
        if mask & 1 != 0 {
            if let Some(first) = self.begun.first_mut() {
                *first = self.at;
            }
            self.reached |= 1;
            mask ^= 1;
        }
        while mask != 0 {
            let step = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            if let Some([before, begun]) = self.begun.get_mut(step - 1..=step)
                && self.at - *before <= window
            {
                *begun = *before;
                self.reached |= 1 << step;
            }
        }
        self.mask = 0;
        self.reached
    }

    /// When the last attempt of all began.
    pub(super) fn last_begun(&self) -> i64 {
        self.begun.first().copied().unwrap_or(NEVER)
    }

    /// How far a unit came, with the rows of the earliest attempt that came so far.
    pub(super) fn best(events: &[Event], rules: &Rules, end: i64) -> Outcome {
        let mut plain = Self::new();
        for event in events {
            let bits = event.mask & rules.step_bits();
            let mask = if event.begins() { bits } else { bits & !1 };
            plain.take(event.at, mask, rules.window);
        }
        plain.outcome(events, rules, end)
    }

    /// How far these rows came, which have all been looked at; or all up to the one that reached the last step, for an attempt that
    /// begins earlier and gets so far is there no later.
    pub(super) fn outcome(mut self, events: &[Event], rules: &Rules, end: i64) -> Outcome {
        let reached = self.settle(rules.window);
        let converted = reached & rules.last_bit() != 0;
        let open = !converted && self.last_begun().saturating_add(rules.window) > end;
        let rows = top_of(reached).map_or(Outcome::NOTHING.rows, |top| earliest(events, rules, top));
        Outcome { reached, open, rows }
    }
}

/// The rows of the earliest attempt that gets as far as `top`.
///
/// Backwards, for each step the earliest time at which an attempt that is at it can reach `top` is known; the first row that
/// begins an attempt in time is the one, and from it each next step is the first that comes.
fn earliest(events: &[Event], rules: &Rules, top: usize) -> [u32; MOST_STEPS] {
    let mut rows = [NO_ROW; MOST_STEPS];
    if top == 0 {
        if let (Some(row), Some(first)) = (rows.first_mut(), events.iter().find(|event| event.begins())) {
            *row = first.row;
        }
        return rows;
    }
    // Place 0 is beyond the last step.
    let mut done = [i64::MAX; MOST_STEPS + 1];
    let mut place = events.len();
    let mut first = events.len();
    for together in events.chunk_by(|a, b| a.at == b.at).rev() {
        place -= together.len();
        let Some(at) = together.first().map(|event| event.at) else { continue };
        let all = together.iter().fold(0, |all, event| all | event.mask);
        for step in (1..=top).rev().filter(|step| all & 1 << step != 0) {
            let reached = if step == top { at } else { done.get(step + 1).copied().unwrap_or(i64::MAX) };
            if let Some(slot) = done.get_mut(step) {
                *slot = reached;
            }
        }
        let end = done.get(1).copied().unwrap_or(i64::MAX);
        if end <= at.saturating_add(rules.window)
            && let Some(begins) = together.iter().position(Event::begins)
        {
            first = place + begins;
        }
    }
    let mut step = 0;
    let Some(mut rest) = events.get(first..) else { return rows };
    while let Some(event) = rest.first() {
        let together = rest.iter().take_while(|other| other.at == event.at).count();
        let (now, later) = rest.split_at(together);
        while step <= top {
            let bit = if step == 0 { MAY_BEGIN | 1 } else { 1 << step };
            let Some(event) = now.iter().find(|event| event.mask & bit == bit) else { break };
            if let Some(row) = rows.get_mut(step) {
                *row = event.row;
            }
            step += 1;
        }
        if step > top {
            break;
        }
        rest = later;
    }
    rows
}
