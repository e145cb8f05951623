//! Steps in any order, and steps with nothing between them.

use super::params::{MOST_STEPS, Rules};
use super::unit::{Event, MAY_BEGIN, Outcome};

/// Steps in any order within the window: how many different ones were done. A row that is several steps counts as each.
/// With `one` only the window of the first row that may begin is looked at. Tells how many rows were needed.
pub(super) fn any_order(events: &[Event], rules: &Rules, end: i64, one: bool) -> (Outcome, usize) {
    let may_begin = |event: &Event| event.mask & MAY_BEGIN != 0 && event.mask & rules.step_bits() != 0;
    let mut window = Window::new(rules);
    let (mut best, mut most, mut open) = (None, 0, false);
    for (first, event) in events.iter().enumerate() {
        let limit = event.at.saturating_add(rules.window);
        window.reach(events, limit);
        if may_begin(event) {
            open |= limit > end;
            if window.steps > most {
                (best, most) = (Some(first), window.steps);
            }
            if one || most == rules.steps {
                break;
            }
        }
        window.leave(event);
    }
    let Some(first) = best else { return (Outcome::NOTHING, events.len()) };
    let mut outcome =
        Outcome { reached: (1 << most) - 1, open: open && most < rules.steps, ..Outcome::NOTHING };
    let (mut seen, mut count, mut last) = (0, 0, first);
    for (place, event) in events.iter().enumerate().skip(first) {
        if count == most {
            break;
        }
        for _ in 0..(event.mask & rules.step_bits() & !seen).count_ones() {
            if let Some(row) = outcome.rows.get_mut(count) {
                *row = event.row;
            }
            count += 1;
        }
        (seen, last) = (seen | event.mask, place + 1);
    }
    if outcome.reached & rules.last_bit() == 0 && one {
        // Its window has to pass before the next attempt.
        let limit = events.get(first).map_or(i64::MAX, |event| event.at.saturating_add(rules.window));
        last = events.partition_point(|event| event.at <= limit);
    }
    (outcome, last)
}

/// How often each step stands in a window that moves over the rows.
struct Window {
    counts: [u32; MOST_STEPS],
    /// How many steps stand in it.
    steps: usize,
    /// The row after its last one.
    end: usize,
    bits: u32,
}

impl Window {
    fn new(rules: &Rules) -> Self {
        Self { counts: [0; MOST_STEPS], steps: 0, end: 0, bits: rules.step_bits() }
    }

    /// Takes the rows up to a time in.
    fn reach(&mut self, events: &[Event], limit: i64) {
        while let Some(event) = events.get(self.end).filter(|event| event.at <= limit) {
            for_each_bit(event.mask & self.bits, |step| {
                if let Some(count) = self.counts.get_mut(step) {
                    self.steps += usize::from(*count == 0);
                    *count += 1;
                }
            });
            self.end += 1;
        }
    }

    /// Lets the first row go.
    fn leave(&mut self, event: &Event) {
        for_each_bit(event.mask & self.bits, |step| {
            if let Some(count) = self.counts.get_mut(step) {
                *count = count.saturating_sub(1);
                self.steps -= usize::from(*count == 0);
            }
        });
    }
}

fn for_each_bit(mut mask: u32, mut each: impl FnMut(usize)) {
    while mask != 0 {
        each(mask.trailing_zeros() as usize);
        mask &= mask - 1;
    }
}

/// Steps with no other row between them, in the order of the rows. With `one` the first attempt alone is looked at. Tells how
/// many rows were needed.
pub(super) fn strict(events: &[Event], rules: &Rules, end: i64, one: bool) -> (Outcome, usize) {
    let mut best = (Outcome::NOTHING, events.len());
    let mut open = false;
    for (first, event) in events.iter().enumerate().filter(|(_, event)| event.begins()) {
        let limit = event.at.saturating_add(rules.window);
        let mut outcome = Outcome::NOTHING;
        let rest = events.get(first..).unwrap_or(&[]);
        let fits = |(step, event): &(usize, &Event)| event.mask & 1 << step != 0 && event.at <= limit;
        let reached = rest.iter().take(rules.steps).enumerate().take_while(fits).count();
        for (row, event) in outcome.rows.iter_mut().zip(rest).take(reached.min(MOST_STEPS)) {
            *row = event.row;
        }
        outcome.reached = (1 << reached) - 1;
        // Nothing came between its last step and the end of the data.
        open |= reached == rest.len() && limit > end;
        if outcome.reached > best.0.reached {
            best = (outcome, first + reached);
        }
        if one || best.0.reached == rules.step_bits() {
            break;
        }
    }
    best.0.open = open && best.0.reached != rules.step_bits();
    best
}
