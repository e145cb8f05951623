//! ClickHouse's scan, for the modes `strict_deduplication`, `strict_order` and `strict_increase`, alone and together.
//!
//! Rows are looked at by time, those of one time by step, rows that are no step first. Each step keeps the latest attempt
//! that reached it. *Deduplication*: a step after the first that has been reached already ends the scan. *Order*: once a first
//! step has come, a row that is no step, or a step whose turn it is not, ends it; a repeated step does not. *Increase*: a step
//! has to be later than the one before. Since only the latest attempt is kept, a first step at the time of a second hides the
//! one before it, and the level may be lower than the longest chain; it is ClickHouse's all the same.

use super::params::{MOST_STEPS, Rules};
use super::unit::{Event, NO_ROW, Outcome};

/// The attempt that stands at a step.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    begun: i64,
    last: i64,
    rows: [u32; MOST_STEPS],
}

/// How far a unit came.
pub(super) fn best(events: &[Event], rules: &Rules, end: i64) -> Outcome {
    let mut known: Vec<Option<Attempt>> = vec![None; rules.steps];
    let mut furthest = Outcome::NOTHING;
    let mut ended = false;
    'scan: for together in events.chunk_by(|a, b| a.at == b.at) {
        let begun = known.first().is_some_and(Option::is_some);
        let is_step = |event: &Event| event.mask & rules.step_bits() != 0;
        if rules.strict_order && begun && !together.iter().all(is_step) {
            ended = true;
            break;
        }
        for step in 0..rules.steps {
            let bit = 1 << step;
            for event in together.iter().filter(|event| event.mask & bit != 0) {
                if step == 0 && !event.begins() {
                    continue;
                }
                if !take(&mut known, rules, step, event) {
                    ended = true;
                    break 'scan;
                }
                note(&known, step, &mut furthest);
                if furthest.reached & rules.last_bit() != 0 {
                    return furthest;
                }
            }
        }
    }
    let in_time = |attempt: &Attempt| attempt.begun.saturating_add(rules.window) > end;
    furthest.open = !ended && known.iter().flatten().any(in_time);
    furthest
}

/// Remembers the attempt that has reached a step first.
fn note(known: &[Option<Attempt>], step: usize, furthest: &mut Outcome) {
    let Some(attempt) = known.get(step).copied().flatten() else { return };
    if furthest.reached & 1 << step == 0 {
        furthest.rows = attempt.rows;
        furthest.reached |= (1 << (step + 1)) - 1;
    }
}

/// Takes an attempt to a step, if there is one; `false` when the scan ends here.
fn take(known: &mut [Option<Attempt>], rules: &Rules, step: usize, event: &Event) -> bool {
    let before = match step.checked_sub(1) {
        None => Some(Attempt { begun: event.at, last: event.at, rows: [NO_ROW; MOST_STEPS] }),
        Some(before) => known.get(before).copied().flatten(),
    };
    let begun = known.first().is_some_and(Option::is_some);
    let Some(slot) = known.get_mut(step) else { return true };
    if step > 0 && rules.deduplication && slot.is_some() {
        return false;
    }
    let Some(before) = before else { return !(rules.strict_order && begun) };
    let in_window = event.at <= before.begun.saturating_add(rules.window);
    if in_window && (step == 0 || !rules.increase || before.last < event.at) {
        let mut attempt = Attempt { last: event.at, ..before };
        if let Some(row) = attempt.rows.get_mut(step) {
            *row = event.row;
        }
        *slot = Some(attempt);
    }
    true
}
