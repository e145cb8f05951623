//! The pattern language, and the search for it in a user's events.

use crate::error::{Error, Result};

/// The most parts of a pattern.
const MOST_PARTS: usize = 64;
/// The most steps of the search in one user's events.
pub const MOST_STEPS: u64 = 20_000_000;
/// Steps after which it is worth the memory to remember what was tried in vain.
const STEPS_UNTIL_REMEMBERED: u64 = 4_096;
const SECOND_MICROS: i64 = 1_000_000;

/// A visible event: when, and which conditions it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Microseconds.
    pub micros: i64,
    /// Bit `i` is condition `i + 1`.
    pub conditions: u32,
}

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// `(?N)`: an event that meets a condition, by its bit.
    Condition(u32),
    /// `.`: any one event.
    Any,
    /// `.*`: any events or none.
    Some,
    /// `(?t<=N)` and its like: what comes next, at a time since the event before, in microseconds.
    Time(Compare, i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    AtMost,
    Below,
    AtLeast,
    Above,
    Exactly,
}

impl Compare {
    fn holds(self, passed: i64, time: i64) -> bool {
        match self {
            Self::AtMost => passed <= time,
            Self::Below => passed < time,
            Self::AtLeast => passed >= time,
            Self::Above => passed > time,
            Self::Exactly => passed == time,
        }
    }

    /// Whether a later event may hold where this one does not.
    fn waits(self) -> bool {
        !matches!(self, Self::AtMost | Self::Below)
    }
}

/// A pattern that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Begins with [`Part::Some`]: the chain may begin anywhere.
    parts: Vec<Part>,
    /// The conditions that it names.
    conditions: u32,
}

impl Pattern {
    /// Reads a pattern that may name so many conditions.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] with the character where the pattern stops making sense, counted from 0.
    pub fn parse(text: &str, conditions: usize) -> Result<Self> {
        let mut pattern = Self { parts: vec![Part::Some], conditions: 0 };
        let mut rest = text;
        while !rest.is_empty() {
            let begun = rest;
            let read = part(&mut rest, conditions, pattern.parts.last());
            let part = read.map_err(|expected| {
                // The innermost place that was reached, unless nothing of the part could be read.
                let place = text.get(..text.len() - rest.len()).map_or(0, |read| read.chars().count());
                let shown: String = if rest.is_empty() { begun } else { rest }.chars().take(20).collect();
                Error::bad_value(format!("params.pattern[{place}]"), shown, expected)
            })?;
            if let Part::Condition(bit) = part {
                pattern.conditions |= bit;
            }
            pattern.parts.push(part);
        }
        if pattern.parts.len() > MOST_PARTS {
            let expected = format!("at most {} parts", MOST_PARTS - 1);
            return Err(Error::bad_value("params.pattern", pattern.parts.len() - 1, expected));
        }
        if !pattern.parts.iter().any(|part| matches!(part, Part::Condition(_) | Part::Any)) {
            return Err(Error::bad_value("params.pattern", text, "at least one event such as (?1)"));
        }
        Ok(pattern)
    }

    /// How many chains a user's events contain, one after another; nothing when the search had to be given up.
    #[must_use]
    pub fn count(&self, events: &[Event], tried: &mut Tried) -> Option<u64> {
        let met = events.iter().fold(0, |met, event| met | event.conditions);
        if met & self.conditions != self.conditions {
            return Some(0);
        }
        let mut search = Search { pattern: self, events, tried, steps: 0 };
        search.tried.forget();
        let (mut from, mut count) = (0, 0);
        while from < events.len() {
            match search.next(from)? {
                Some(end) => (from, count) = (end, count + 1),
                None => break,
            }
        }
        Some(count)
    }
}

/// Takes the next part off the text; on failure the text begins where the failure is.
fn part(rest: &mut &str, conditions: usize, before: Option<&Part>) -> std::result::Result<Part, String> {
    let mut take = |token: &str| match rest.strip_prefix(token) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    };
    if take(".*") {
        return Ok(Part::Some);
    }
    if take(".") {
        return Ok(Part::Any);
    }
    if !take("(?") {
        return Err("(?1), (?t<=60), . or .*".to_owned());
    }
    let compare = if take("t") {
        let signs = [
            ("<=", Compare::AtMost),
            ("<", Compare::Below),
            (">=", Compare::AtLeast),
            (">", Compare::Above),
            ("==", Compare::Exactly),
        ];
        let sign = signs.into_iter().find(|(sign, _)| take(sign));
        Some(sign.ok_or("<=, <, >=, > or ==")?.1)
    } else {
        None
    };
    let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, after) = rest.split_at_checked(digits).unwrap_or(("", rest));
    let part = match compare {
        None => {
            let bit =
                number.parse::<u32>().ok().filter(|number| (1..=conditions).contains(&(*number as usize)));
            Part::Condition(1 << (bit.ok_or_else(|| format!("1 to {conditions}"))? - 1))
        }
        Some(_) if matches!(before, Some(Part::Time(..))) => {
            return Err("an event before this condition on time".to_owned());
        }
        Some(compare) => {
            let seconds: i64 = number.parse().map_err(|_| "whole seconds".to_owned())?;
            Part::Time(compare, seconds.saturating_mul(SECOND_MICROS))
        }
    };
    *rest = after;
    match rest.strip_prefix(')') {
        Some(after) => *rest = after,
        None => return Err(")".to_owned()),
    }
    Ok(part)
}

/// What was tried in vain: the part and the event that a way went on from. One bit for each, used again for the next user.
#[derive(Debug, Default)]
pub struct Tried {
    bits: Vec<u64>,
    used: bool,
    /// Remembers from the first step on, for tests.
    #[cfg(test)]
    pub(super) always: bool,
}

impl Tried {
    fn forget(&mut self) {
        if self.used {
            self.bits.clear();
            self.used = false;
        }
    }

    fn has(&self, place: usize) -> bool {
        self.used && self.bits.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1)
    }

    fn set(&mut self, place: usize, places: usize) {
        if !self.used {
            self.used = true;
            self.bits.resize(places.div_ceil(64), 0);
        }
        if let Some(bits) = self.bits.get_mut(place / 64) {
            *bits |= 1 << (place % 64);
        }
    }
}

struct Search<'a> {
    pattern: &'a Pattern,
    events: &'a [Event],
    tried: &'a mut Tried,
    /// Steps taken for this user.
    steps: u64,
}

/// A choice that may be made otherwise: the part, the event it let pass, and the event that times counted from.
#[derive(Clone, Copy)]
struct Choice {
    part: usize,
    event: usize,
    base: usize,
}

impl Search<'_> {
    /// The first chain from an event on: where its last event ends, `Some(None)` without one; nothing when it takes too long.
    ///
    /// Where the pattern leaves a choice (`.*`, and how long a condition on time waits) the nearest event is tried first and
    /// then the next ones. What follows a choice depends only on the part and the event it goes on with, so a way that has
    /// failed once is not tried again: at most parts x events ways, where trying all would double with every choice.
    fn next(&mut self, from: usize) -> Option<Option<usize>> {
        let (parts, events) = (&self.pattern.parts, self.events);
        let mut choices: Vec<Choice> = Vec::new();
        let mut at = Choice { part: 0, event: from, base: from };
        let micros = |event: usize| events.get(event).map_or(0, |event| event.micros);
        while let (Some(part), Some(event)) = (parts.get(at.part), events.get(at.event)) {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return None;
            }
            let (goes_on, is_choice) = match *part {
                Part::Condition(bit) => (event.conditions & bit != 0, false),
                Part::Any => (true, false),
                Part::Some => (true, true),
                Part::Time(compare, time) => {
                    (compare.holds(event.micros.saturating_sub(micros(at.base)), time), true)
                }
            };
            let known = is_choice && self.tried.has(self.place(at.part + 1, at.event));
            if goes_on && !known {
                if is_choice {
                    choices.push(at);
                }
                at = Choice { part: at.part + 1, event: at.event + usize::from(!is_choice), base: at.event };
                continue;
            }
            // A condition on time goes on to the next event: one that waits, and one that held here but in vain before.
            // Whatever `.*` could pass over to was tried when this was.
            let next = match *part {
                Part::Time(compare, _) if goes_on || compare.waits() => at.event + 1,
                _ => events.len(),
            };
            if next < events.len() {
                at.event = next;
            } else {
                match self.other_choice(&mut choices) {
                    Some(other) => at = other,
                    None => return Some(None),
                }
            }
        }
        // What may stand for nothing at the end.
        let ended = |part: &Part| match *part {
            Part::Some | Part::Time(Compare::AtMost | Compare::Below, _) => true,
            Part::Time(Compare::AtLeast, time) => time == 0,
            _ => false,
        };
        let matches = parts.get(at.part..).unwrap_or(&[]).iter().all(ended);
        Some(matches.then(|| if at.event == from { from + 1 } else { at.event }))
    }

    /// The last choice that can be made otherwise, at the next event.
    fn other_choice(&mut self, choices: &mut Vec<Choice>) -> Option<Choice> {
        while let Some(choice) = choices.pop() {
            if self.remembers() {
                let place = self.place(choice.part + 1, choice.event);
                self.tried.set(place, self.events.len() * (self.pattern.parts.len() + 1));
            }
            if choice.event + 1 < self.events.len() {
                return Some(Choice { event: choice.event + 1, ..choice });
            }
        }
        None
    }

    fn remembers(&self) -> bool {
        #[cfg(test)]
        if self.tried.always {
            return true;
        }
        self.steps > STEPS_UNTIL_REMEMBERED
    }

    fn place(&self, part: usize, event: usize) -> usize {
        part * self.events.len() + event
    }
}
