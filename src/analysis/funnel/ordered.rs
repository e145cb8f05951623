//! Steps one after the other.
//!
//! For each step the attempts that have reached it are kept, but only those that could still be the best: one that began
//! later has more time left, and one whose last step is later has more of the time that the next step allows. Each row is
//! looked at once; the best attempt is found without going back.

use std::collections::VecDeque;

use super::params::Rules;
use super::unit::{Event, MAY_BEGIN, NO_ROW, Outcome};

/// Attempts that stand at a step: the last step later from one to the next, the first step earlier.
type Stage = VecDeque<Attempt>;

#[derive(Debug, Clone, Copy)]
struct Attempt {
    /// When its first step was.
    begun: i64,
    /// When its last step so far was.
    last: i64,
    /// Its last step in the list of nodes.
    node: u32,
}

/// A step of an attempt, and the one before it.
#[derive(Debug, Clone, Copy)]
struct Node {
    row: u32,
    step: u32,
    before: u32,
}

/// Which rows may be the first step.
#[derive(Debug, Clone, Copy)]
enum First {
    /// All that may begin.
    Any,
    /// Only this one, which is among those of the first time.
    Only(usize),
}

/// Finds attempts; its memory is used again.
#[derive(Debug, Default)]
pub(super) struct Machine {
    stages: Vec<Stage>,
    nodes: Vec<Node>,
    /// For each step the first attempt that reached it.
    reached: Vec<u32>,
    /// Attempts at each step before the rows of one time, where rows of one time must not follow each other.
    before: Vec<Stage>,
}

/// Where a run has ended.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// A bit for each step that was reached.
    reached: u32,
    /// How many rows were looked at.
    rows: usize,
}

impl Machine {
    /// How far a unit came: its best attempt. `end` is the last instant that was observed.
    pub(super) fn best(&mut self, events: &[Event], rules: &Rules, end: i64) -> Outcome {
        let run = self.run(events, rules, First::Any, None);
        let mut outcome = self.outcome(run, rules, end);
        if let Some(top) = outcome.top() {
            self.earliest(events, rules, top, &mut outcome);
        }
        outcome
    }

    /// All attempts of a unit, one after the other.
    pub(super) fn each(
        &mut self,
        events: &[Event],
        rules: &Rules,
        end: i64,
        mut attempt: impl FnMut(&Outcome),
    ) {
        let mut rest = events;
        while let Some(first) = rest.iter().position(Event::begins) {
            let place = with_its_time(rest, first);
            rest = rest.get(first - place..).unwrap_or(&[]);
            let run = self.run(rest, rules, First::Only(place), Some(rules.steps - 1));
            let mut outcome = self.outcome(run, rules, end);
            if let Some(top) = outcome.top() {
                self.fill(top, &mut outcome);
            }
            attempt(&outcome);
            rest = rest.get(run.rows.max(1)..).unwrap_or(&[]);
        }
    }

    /// Fills the rows of the earliest attempt that gets as far as `top`; of those that begin together the first to get there.
    fn earliest(&mut self, events: &[Event], rules: &Rules, top: usize, outcome: &mut Outcome) {
        let mut found: Option<(i64, i64)> = None;
        for (first, event) in events.iter().enumerate().filter(|(_, event)| event.begins()) {
            if found.is_some_and(|(begun, _)| begun < event.at) {
                break;
            }
            let place = with_its_time(events, first);
            let rest = events.get(first - place..).unwrap_or(&[]);
            let run = self.run(rest, rules, First::Only(place), Some(top));
            let end =
                run.rows.checked_sub(1).and_then(|last| rest.get(last)).map_or(i64::MAX, |last| last.at);
            if run.reached & 1 << top != 0 && found.is_none_or(|(_, earlier)| end < earlier) {
                found = Some((event.at, end));
                self.fill(top, outcome);
            }
        }
    }

    /// Writes the rows of the attempt that reached a step first.
    fn fill(&self, step: usize, outcome: &mut Outcome) {
        outcome.rows = Outcome::NOTHING.rows;
        let mut place = self.reached.get(step).copied().unwrap_or(NO_ROW);
        while let Some(node) = self.nodes.get(place as usize) {
            if let Some(row) = outcome.rows.get_mut(node.step as usize) {
                *row = node.row;
            }
            place = node.before;
        }
    }

    fn outcome(&self, run: Run, rules: &Rules, end: i64) -> Outcome {
        let converted = run.reached & rules.last_bit() != 0;
        Outcome { reached: run.reached, open: !converted && self.is_open(rules, end), ..Outcome::NOTHING }
    }

    /// Whether an attempt still has time at the end of what was observed.
    fn is_open(&self, rules: &Rules, end: i64) -> bool {
        self.stages.iter().enumerate().any(|(step, stage)| {
            stage.iter().any(|attempt| {
                let in_window = attempt.begun.saturating_add(rules.window) > end;
                in_window
                    && targets(rules, step).any(|next| {
                        let within = rules.within.get(next).copied().flatten();
                        within.is_none_or(|within| attempt.last.saturating_add(within) > end)
                    })
            })
        })
    }

    /// Looks at rows until the goal is reached, or no attempt can go on.
    fn run(&mut self, events: &[Event], rules: &Rules, first: First, goal: Option<usize>) -> Run {
        self.stages.resize_with(rules.steps, Stage::new);
        self.stages.iter_mut().for_each(Stage::clear);
        self.nodes.clear();
        self.reached.clear();
        self.reached.resize(rules.steps, NO_ROW);
        let mut run = Run { reached: 0, rows: 0 };
        let limit = match (first, events.first()) {
            (First::Only(_), Some(event)) => event.at.saturating_add(rules.window),
            _ => i64::MAX,
        };
        for together in events.chunk_by(|a, b| a.at == b.at) {
            if together.first().is_some_and(|event| event.at > limit) {
                break;
            }
            let may_begin = |place: usize| match first {
                First::Any => true,
                First::Only(only) => run.rows == 0 && place == only,
            };
            self.together(together, rules, &may_begin, &mut run.reached);
            run.rows += together.len();
            if goal.is_some_and(|goal| run.reached & 1 << goal != 0) {
                break;
            }
            // An exclusion has ended the only attempt.
            if matches!(first, First::Only(_)) && self.stages.iter().all(Stage::is_empty) {
                break;
            }
        }
        run
    }

    /// Looks at the rows of one time; which of them may begin an attempt is told by their places.
    fn together(
        &mut self,
        events: &[Event],
        rules: &Rules,
        may_begin: &dyn Fn(usize) -> bool,
        reached: &mut u32,
    ) {
        let Some(at) = events.first().map(|event| event.at) else { return };
        let steps = |place: usize, event: &Event| {
            let begins = event.mask & MAY_BEGIN != 0 && may_begin(place);
            event.mask & rules.step_bits() & !u32::from(!begins)
        };
        if rules.once && events.len() > 1 {
            self.distinct_rows(events, rules, &steps, reached);
        } else {
            let all = events.iter().enumerate().fold(0, |all, (place, event)| all | steps(place, event));
            let row = |step: usize| {
                let mut rows = events.iter().enumerate();
                rows.find(|(place, event)| steps(*place, event) & 1 << step != 0)
                    .map_or(NO_ROW, |(_, event)| event.row)
            };
            for place in 0..rules.steps {
                // Downwards, one row cannot be two steps.
                let step = if rules.once { rules.steps - 1 - place } else { place };
                if all & 1 << step != 0 {
                    self.advance(rules, step, at, row(step), reached);
                }
            }
        }
        for (bit, after, before) in &rules.exclusions {
            if events.iter().any(|event| event.mask & bit != 0) {
                for stage in self.stages.get_mut(*after..*before).into_iter().flatten() {
                    stage.retain(|attempt| attempt.last >= at);
                }
            }
        }
    }

    /// Takes the best attempt that stands before a step to it.
    fn advance(&mut self, rules: &Rules, step: usize, at: i64, row: u32, reached: &mut u32) {
        let best = if step == 0 {
            Some(Attempt { begun: at, last: at, node: NO_ROW })
        } else {
            let floor = rules
                .within
                .get(step)
                .copied()
                .flatten()
                .map_or(i64::MIN, |within| at.saturating_sub(within));
            let found = sources(rules, step).filter_map(|source| best_of(self.stages.get(source)?, floor));
            // Of attempts that began together the one with more steps.
            found.fold(None, |best: Option<Attempt>, attempt| match best {
                Some(best) if best.begun >= attempt.begun => Some(best),
                _ => Some(attempt),
            })
        };
        let Some(best) = best.filter(|best| at <= best.begun.saturating_add(rules.window)) else { return };
        self.put(rules, step, Attempt { last: at, ..best }, row, reached);
    }

    /// Adds an attempt to a step, and drops those that it leaves no use for.
    fn put(&mut self, rules: &Rules, step: usize, attempt: Attempt, row: u32, reached: &mut u32) {
        // Where the next step has a time of its own, or an event ends what came before it, the later last step is better.
        let bounded = targets(rules, step).any(|next| rules.within.get(next).copied().flatten().is_some())
            || rules.exclusions.iter().any(|(_, after, before)| (*after..*before).contains(&step));
        let Some(stage) = self.stages.get_mut(step) else { return };
        while let Some(last) = stage.back() {
            if last.begun > attempt.begun {
                break;
            }
            // Else the earlier of two attempts that began together stays.
            if last.begun == attempt.begun && !bounded {
                return;
            }
            stage.pop_back();
        }
        let node = u32::try_from(self.nodes.len()).unwrap_or(NO_ROW);
        self.nodes.push(Node { row, step: step as u32, before: attempt.node });
        stage.push_back(Attempt { node, ..attempt });
        *reached |= 1 << step;
        if let Some(first) = self.reached.get_mut(step).filter(|first| **first == NO_ROW) {
            *first = node;
        }
    }

    /// Rows of one time, each of which can be one step only: from every attempt as far as different rows can be found for the
    /// steps that follow (a bipartite matching, one step at a time).
    fn distinct_rows(
        &mut self,
        events: &[Event],
        rules: &Rules,
        steps: &dyn Fn(usize, &Event) -> u32,
        reached: &mut u32,
    ) {
        let masks: Vec<u32> = events.iter().enumerate().map(|(place, event)| steps(place, event)).collect();
        let Some(at) = events.first().map(|event| event.at) else { return };
        self.before.clone_from(&self.stages);
        let before = std::mem::take(&mut self.before);
        for start in 0..rules.steps {
            let floor = rules
                .within
                .get(start)
                .copied()
                .flatten()
                .map_or(i64::MIN, |within| at.saturating_sub(within));
            let from = match start.checked_sub(1) {
                None => Some(Attempt { begun: at, last: at, node: NO_ROW }),
                Some(source) => before.get(source).and_then(|stage| best_of(stage, floor)),
            };
            let Some(from) = from.filter(|from| at <= from.begun.saturating_add(rules.window)) else {
                continue;
            };
            // For each row the step that it stands for.
            let mut taken: Vec<Option<usize>> = vec![None; masks.len()];
            for step in start..rules.steps {
                if !find_row(&masks, step, &mut taken, &mut vec![false; masks.len()]) {
                    break;
                }
                let mut attempt = Attempt { last: at, ..from };
                for of in start..=step {
                    let place = taken.iter().position(|taken| *taken == Some(of));
                    let row = place.and_then(|place| events.get(place)).map_or(NO_ROW, |event| event.row);
                    if of == step {
                        self.put(rules, step, attempt, row, reached);
                    } else {
                        let node = u32::try_from(self.nodes.len()).unwrap_or(NO_ROW);
                        self.nodes.push(Node { row, step: of as u32, before: attempt.node });
                        attempt.node = node;
                    }
                }
            }
        }
        self.before = before;
    }
}

/// How many rows of the same time stand before a row.
fn with_its_time(events: &[Event], place: usize) -> usize {
    let at = events.get(place).map(|event| event.at);
    let before = events.get(..place).unwrap_or(&[]);
    before.iter().rev().take_while(|event| Some(event.at) == at).count()
}

/// The attempt with the most time left among those whose last step is not before `floor`.
fn best_of(stage: &Stage, floor: i64) -> Option<Attempt> {
    stage.get(stage.partition_point(|attempt| attempt.last < floor)).copied()
}

/// The steps from which a step can be reached: the one before, and those before it that only optional ones part from it.
fn sources(rules: &Rules, step: usize) -> impl Iterator<Item = usize> + '_ {
    let mut go_on = true;
    (0..step).rev().take_while(move |source| std::mem::replace(&mut go_on, rules.optional & 1 << source != 0))
}

/// The steps that can be reached from a step.
fn targets(rules: &Rules, step: usize) -> impl Iterator<Item = usize> + '_ {
    let mut go_on = true;
    (step + 1..rules.steps)
        .take_while(move |target| std::mem::replace(&mut go_on, rules.optional & 1 << target != 0))
}

/// Finds a row for a step, moving other steps to other rows where that helps (Kuhn's algorithm).
fn find_row(masks: &[u32], step: usize, taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for (place, mask) in masks.iter().enumerate() {
        let Some(seen_before) = seen.get_mut(place) else { continue };
        if mask & 1 << step == 0 || std::mem::replace(seen_before, true) {
            continue;
        }
        let free = match taken.get(place).copied().flatten() {
            None => true,
            Some(other) => find_row(masks, other, taken, seen),
        };
        if free {
            if let Some(slot) = taken.get_mut(place) {
                *slot = Some(step);
            }
            return true;
        }
    }
    false
}
