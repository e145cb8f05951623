//! Patterns as a list of steps: what can be said without the pattern language.

use std::fmt::Write as _;

use super::Params;
use super::pattern::{Compare, Part, parts};
use crate::dataset::events::{EventChoice, MOST_CHOICES};

/// A pattern as steps, each with how it follows the one before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steps {
    /// The steps.
    pub steps: Vec<Step>,
    /// Whether every row in view comes between two steps, also one that is no step.
    pub sees_all: bool,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// Its event.
    pub event: EventChoice,
    /// How it follows the one before; of no meaning in the first.
    pub link: Link,
}

/// How a step follows the one before. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// Nothing visible comes between them.
    AtOnce,
    /// Some time later, whatever comes between.
    #[default]
    Later,
    /// At most so long after it.
    Within(u32),
    /// At least so long after it.
    AtLeast(u32),
    /// Longer after it than this.
    MoreThan(u32),
}

impl Link {
    /// The part of a pattern between the two; nothing for neighbours.
    fn from_part(part: Part) -> Option<Self> {
        let seconds = |micros: i64| u32::try_from(micros / 1_000_000).ok();
        match part {
            Part::Some => Some(Self::Later),
            Part::Time(Compare::AtMost, time) => seconds(time).map(Self::Within),
            Part::Time(Compare::AtLeast, time) => seconds(time).map(Self::AtLeast),
            Part::Time(Compare::Above, time) => seconds(time).map(Self::MoreThan),
            Part::Condition(_) | Part::Any | Part::Time(Compare::Below | Compare::Exactly, _) => None,
        }
    }

    fn write(self, pattern: &mut String) {
        // Writing to a text cannot fail.
        let _ = match self {
            Self::AtOnce => Ok(()),
            Self::Later => pattern.write_str(".*"),
            Self::Within(seconds) => write!(pattern, "(?t<={seconds})"),
            Self::AtLeast(seconds) => write!(pattern, "(?t>={seconds})"),
            Self::MoreThan(seconds) => write!(pattern, "(?t>{seconds})"),
        };
    }
}

impl Steps {
    /// The most steps: each is a condition of its own, and one more sees every row.
    pub const MOST: usize = MOST_CHOICES - 1;

    /// The steps of a pattern; nothing where it says more than steps can, and where it cannot be read.
    #[must_use]
    pub fn of(params: &Params) -> Option<Self> {
        let mut steps: Vec<Step> = Vec::new();
        let mut link = None;
        let mut used = 0u32;
        for part in parts(&params.pattern, params.conditions.len()).ok()? {
            if let Part::Condition(bit) = part {
                let event = params.conditions.get(bit.trailing_zeros() as usize)?.clone();
                steps.push(Step { event, link: link.take().unwrap_or(Link::AtOnce) });
                used |= bit;
            } else if link.is_some() || steps.is_empty() {
                return None;
            } else {
                link = Some(Link::from_part(part)?);
            }
        }
        if link.is_some() || steps.len() > Self::MOST {
            return None;
        }
        let mut spare = params.conditions.iter().enumerate().filter(|(place, _)| used >> place & 1 == 0);
        // What is listed besides would be visible too, which steps cannot say.
        if !spare.all(|(_, condition)| condition.is_any()) {
            return None;
        }
        if let Some(first) = steps.first_mut() {
            first.link = Link::default();
        }
        Some(Self { steps, sees_all: params.conditions.iter().any(EventChoice::is_any) })
    }

    /// The pattern and the conditions that say these steps.
    #[must_use]
    pub fn to_pattern(&self) -> (String, Vec<EventChoice>) {
        let mut pattern = String::new();
        for (place, step) in self.steps.iter().enumerate() {
            if place > 0 {
                step.link.write(&mut pattern);
            }
            let _ = write!(pattern, "(?{})", place + 1);
        }
        let mut conditions: Vec<EventChoice> = self.steps.iter().map(|step| step.event.clone()).collect();
        if self.sees_all && !conditions.iter().any(EventChoice::is_any) {
            conditions.push(EventChoice::default());
        }
        (pattern, conditions)
    }

    /// Whether it matters what comes between two steps.
    #[must_use]
    pub fn has_neighbours(&self) -> bool {
        self.steps.iter().skip(1).any(|step| step.link == Link::AtOnce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params(pattern: &str, conditions: &[&str]) -> Params {
        let conditions = conditions.iter().map(|name| match *name {
            "" => EventChoice::default(),
            name => EventChoice::named(name),
        });
        Params { pattern: pattern.to_owned(), conditions: conditions.collect(), ..Params::default() }
    }

    #[test]
    fn what_steps_can_say() {
        let steps =
            Steps::of(&params("(?1)(?2).*(?1)(?t<=60)(?2)(?t>=5)(?1)(?t>0)(?2)", &["a", "b"])).unwrap();
        let links: Vec<Link> = steps.steps.iter().skip(1).map(|step| step.link).collect();
        assert_eq!(links, [Link::AtOnce, Link::Later, Link::Within(60), Link::AtLeast(5), Link::MoreThan(0)]);
        assert_eq!(steps.steps.get(2).unwrap().event, EventChoice::named("a"));
        assert!(!steps.sees_all && steps.has_neighbours());
        let (pattern, conditions) = steps.to_pattern();
        assert_eq!(pattern, "(?1)(?2).*(?3)(?t<=60)(?4)(?t>=5)(?5)(?t>0)(?6)");
        assert_eq!(conditions.len(), 6);
        let seen = Steps::of(&params("(?1).*(?2)", &["a", "b", ""])).unwrap();
        assert!(seen.sees_all && !seen.has_neighbours());
        assert_eq!(seen.to_pattern().1, params("", &["a", "b", ""]).conditions);
        let any = Steps::of(&params("(?1)(?2)", &["", "b"])).unwrap();
        assert_eq!((any.sees_all, any.to_pattern().1.len()), (true, 2));
    }

    #[test]
    fn what_they_cannot_say() {
        for pattern in [
            "(?1).(?2)",
            "(?1)(?t<5)(?2)",
            "(?1)(?t==5)(?2)",
            ".*(?1)",
            "(?1).*",
            "(?1).*(?t<=5)(?2)",
            "(?3)",
            "",
            "(?1)(?t<=5)",
            "(?1)(?t<=4294967296)(?2)",
        ] {
            assert_eq!(Steps::of(&params(pattern, &["a", "b"])), None, "{pattern}");
        }
        assert_eq!(Steps::of(&params("(?1)", &["a", "b"])), None, "b is visible");
        assert_eq!(Steps::of(&params(&"(?1)".repeat(32), &["a"])), None);
        assert!(Steps::of(&params(&"(?1)".repeat(31), &["a"])).is_some());
    }

    proptest! {
        #[test]
        fn written_and_read_again(
            steps in prop::collection::vec((0usize..3, 0usize..5, any::<u32>()), 1..20),
            sees_all: bool,
        ) {
            let step = |(place, (event, link, seconds)): (usize, (usize, usize, u32))| Step {
                event: EventChoice::named(["a", "b", "c"][event]),
                link: match link {
                    _ if place == 0 => Link::default(),
                    0 => Link::AtOnce,
                    1 => Link::Later,
                    2 => Link::Within(seconds),
                    3 => Link::AtLeast(seconds),
                    _ => Link::MoreThan(seconds),
                },
            };
            let steps = Steps { steps: steps.into_iter().enumerate().map(step).collect(), sees_all };
            let (pattern, conditions) = steps.to_pattern();
            let params = Params { pattern, conditions, ..Params::default() };
            prop_assert_eq!(Steps::of(&params), Some(steps));
        }
    }
}
