//! The pattern language, and the search for it in a user's events.

use std::fmt;

use crate::error::{Error, Result};

/// The most parts of a pattern.
pub const MOST_PARTS: usize = 63;
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
    /// Its civil day.
    pub day: i32,
}

/// A chain: the places of its first and its last event among a user's visible ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// Where the pattern's first part begins.
    pub first: usize,
    /// The last event that the pattern took.
    pub last: usize,
}

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `(?N)`: an event that meets a condition, by its bit.
    Condition(u32),
    /// `.`: any one event.
    Any,
    /// `.*`: any events or none.
    Some,
    /// `(?t<=N)` and its like: what comes next, at a time since the event before, in microseconds.
    Time(Compare, i64),
}

/// How a time that has passed is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `<=`
    AtMost,
    /// `<`
    Below,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `==`
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

/// Where a pattern cannot be read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The character, counted from 0.
    pub place: usize,
    /// What stands there: its first letters.
    pub found: String,
    /// What should stand there.
    pub expected: Expected,
}

/// What should stand where a pattern cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The beginning of a part.
    Part,
    /// The number of a condition; there are so many.
    Condition(usize),
    /// A sign that compares.
    Sign,
    /// Whole seconds.
    Seconds,
    /// More than no time at all: nothing comes before what it follows.
    SomeTime,
    /// An event: two conditions on time do not follow one another.
    EventBefore,
    /// The closing bracket.
    Bracket,
    /// At most [`MOST_PARTS`] parts.
    FewerParts,
    /// An event anywhere in the pattern.
    AnEvent,
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part => out.write_str("(?1), (?t<=60), . or .*"),
            Self::Condition(conditions) => write!(out, "1 to {conditions}"),
            Self::Sign => out.write_str("<=, <, >=, > or =="),
            Self::Seconds => out.write_str("whole seconds"),
            Self::SomeTime => out.write_str("at least 1 second"),
            Self::EventBefore => out.write_str("an event before this condition on time"),
            Self::Bracket => out.write_str(")"),
            Self::FewerParts => write!(out, "at most {MOST_PARTS} parts"),
            Self::AnEvent => out.write_str("at least one event such as (?1)"),
        }
    }
}

impl Mistake {
    fn error(self) -> Error {
        let path = match self.expected {
            Expected::FewerParts | Expected::AnEvent => "params.pattern".to_owned(),
            _ => format!("params.pattern[{}]", self.place),
        };
        Error::bad_value(path, self.found, self.expected.to_string())
    }
}

/// The parts of a pattern that may name so many conditions.
///
/// # Errors
/// The first place where the pattern stops making sense.
pub fn parts(text: &str, conditions: usize) -> std::result::Result<Vec<Part>, Mistake> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let begun = rest;
        let read = part(&mut rest, conditions, parts.last());
        let part = read.map_err(|expected| {
            // The innermost place that was reached, unless nothing of the part could be read.
            let place = text.get(..text.len() - rest.len()).map_or(0, |read| read.chars().count());
            let found = if rest.is_empty() { begun } else { rest }.chars().take(20).collect();
            Mistake { place, found, expected }
        })?;
        parts.push(part);
    }
    if parts.len() > MOST_PARTS {
        return Err(Mistake { place: 0, found: parts.len().to_string(), expected: Expected::FewerParts });
    }
    if !parts.iter().any(|part| matches!(part, Part::Condition(_) | Part::Any)) {
        return Err(Mistake { place: 0, found: text.to_owned(), expected: Expected::AnEvent });
    }
    Ok(parts)
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
        let parts = parts(text, conditions).map_err(Mistake::error)?;
        let bits = parts.iter().map(|part| if let Part::Condition(bit) = part { *bit } else { 0 });
        let conditions = bits.fold(0, |all, bit| all | bit);
        Ok(Self { parts: std::iter::once(Part::Some).chain(parts).collect(), conditions })
    }

    /// The chains in a user's events, one after another; nothing when the search had to be given up.
    pub fn chains<'c>(
        &self,
        events: &[Event],
        tried: &mut Tried,
        chains: &'c mut Vec<Chain>,
    ) -> Option<&'c [Chain]> {
        chains.clear();
        let met = events.iter().fold(0, |met, event| met | event.conditions);
        if met & self.conditions != self.conditions {
            return Some(chains);
        }
        let mut search = Search { pattern: self, events, tried, steps: 0 };
        search.tried.forget();
        let mut from = 0;
        while from < events.len() {
            let Some((first, end)) = search.next(from)? else { break };
            chains.push(Chain { first, last: end.saturating_sub(1) });
            from = end;
        }
        Some(chains)
    }
}

/// Takes the next part off the text; on failure the text begins where the failure is.
fn part(rest: &mut &str, conditions: usize, before: Option<&Part>) -> std::result::Result<Part, Expected> {
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
        return Err(Expected::Part);
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
        Some(sign.ok_or(Expected::Sign)?.1)
    } else {
        None
    };
    let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let (number, after) = rest.split_at_checked(digits).unwrap_or(("", rest));
    let part = match compare {
        None => {
            let bit =
                number.parse::<u32>().ok().filter(|number| (1..=conditions).contains(&(*number as usize)));
            Part::Condition(1 << (bit.ok_or(Expected::Condition(conditions))? - 1))
        }
        Some(_) if matches!(before, Some(Part::Time(..))) => {
            return Err(Expected::EventBefore);
        }
        Some(compare) => {
            let seconds: i64 = number.parse().map_err(|_| Expected::Seconds)?;
            if compare == Compare::Below && seconds == 0 {
                return Err(Expected::SomeTime);
            }
            Part::Time(compare, seconds.saturating_mul(SECOND_MICROS))
        }
    };
    *rest = after;
    match rest.strip_prefix(')') {
        Some(after) => *rest = after,
        None => return Err(Expected::Bracket),
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
    /// The first chain from an event on: its first event and where its last one ends, `Some(None)` without one; nothing when
    /// it takes too long.
    ///
    /// Where the pattern leaves a choice (`.*`, and how long a condition on time waits) the nearest event is tried first and
    /// then the next ones. What follows a choice depends only on the part and the event it goes on with, so a way that has
    /// failed once is not tried again: at most parts x events ways, where trying all would double with every choice.
    fn next(&mut self, from: usize) -> Option<Option<(usize, usize)>> {
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
        let first = choices.first().map_or(from, |choice| choice.event);
        Some(matches.then(|| (first, if at.event == from { from + 1 } else { at.event })))
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
