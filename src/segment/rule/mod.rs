//! Rules that say who belongs to a segment: conditions on what users did and are, joined by *and*, *or* and *not*.
//!
//! **Definition.** A rule is a tree. Its leaves ask of one user: did they do something (how often, on how many days, with
//! what sum, average, smallest, largest, how many different values; in which days), were they among the most or the least,
//! did they do things in an order within a time, for the first or the last time, regularly (so often in each of so many
//! periods), did they stop, did they start again, what is known of them, are they in another segment. [`Rule::All`] holds
//! where all of its parts do (without parts: for everybody), [`Rule::Any`] where one does (without parts: for nobody).
//!
//! **As of.** A rule is asked as of a day: what happened later does not count, and days in the past are counted back from it,
//! that day included: the last 7 days as of a Sunday are Monday to Sunday. A month back from March 31 is February 28 or 29.
//! Only users with a row in view up to that day are asked; *not* means the others among them.
//!
//! **Exact.** Numbers are compared as whole numbers of a millionth, never as floating point. An average, a smallest and a
//! largest of nothing are no numbers and lie within no bounds; a sum, a count of nothing is 0.

mod count;
mod evaluate;
mod gauge;
pub mod groups;
pub mod ids;
mod plan;
pub mod sentence;
mod sets;
mod tree;
mod window;

use serde::{Deserialize, Serialize};

use crate::dataset::duration::Duration;
use crate::dataset::events::EventChoice;
use crate::dataset::filter::{Condition, Number};
use crate::dataset::segment::UserSegment;
pub use evaluate::{Evaluated, Judge, evaluate};
pub use gauge::Figure;
pub use plan::{Asked, Plan, Told};
pub use window::{Back, CalendarUnit, Window};

/// The most conditions and groups in a rule.
pub const MOST_NODES: usize = 200;

/// The most groups inside one another.
pub const MOST_DEPTH: usize = 8;

/// The most steps in an order.
pub const MOST_STEPS: usize = 10;

/// The most periods that regularity is looked for in.
pub const MOST_PERIODS: u32 = 60;

/// Who belongs to a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Rule {
    /// All of these hold.
    All(Vec<Rule>),
    /// At least one of these holds.
    Any(Vec<Rule>),
    /// This does not hold.
    Not(Box<Rule>),
    /// What was done lies within bounds.
    Did(Did),
    /// Among those who did most, or least.
    Top(Top),
    /// One thing after the other.
    Sequence(Sequence),
    /// For the first time in these days.
    First(Once),
    /// For the last time in these days.
    Last(Once),
    /// So often in each of so many periods.
    Regularly(Regularly),
    /// Before, but no more.
    Stopped(Stopped),
    /// Before, then not for a while, then again.
    Restarted(Restarted),
    /// What is known of the user.
    Is(Is),
    /// In another segment.
    Segment(Box<UserSegment>),
}

impl Default for Rule {
    /// Everybody.
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Rule {
    /// The parts of a group.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::All(parts) | Self::Any(parts) => parts,
            Self::Not(part) => std::slice::from_ref(part),
            _ => &[],
        }
    }

    /// Whether it is a group of others.
    #[must_use]
    pub fn is_group(&self) -> bool {
        matches!(self, Self::All(_) | Self::Any(_) | Self::Not(_))
    }

    /// How many conditions and groups there are, this one included.
    #[must_use]
    pub fn nodes(&self) -> usize {
        1 + self.parts().iter().map(Self::nodes).sum::<usize>()
    }

    /// How many groups of *all* and *any* there are one inside the other, this one included; negations are none.
    #[must_use]
    pub fn depth(&self) -> usize {
        let inside = self.parts().iter().map(Self::depth).max().unwrap_or(0);
        inside + usize::from(matches!(self, Self::All(_) | Self::Any(_)))
    }

    /// All conditions and groups: each before its parts, as they are counted in answers.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.parts().iter().flat_map(Self::in_order)).collect()
    }
}

/// What is measured in the rows of an event, for each user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Measure {
    /// How many rows.
    #[default]
    Times,
    /// How many days with such a row.
    Days,
    /// Purchases less refunds, in the value column's unit.
    Revenue,
    /// The sum of a column of numbers.
    Sum(String),
    /// Its average.
    Average(String),
    /// Its smallest number.
    Smallest(String),
    /// Its largest number.
    Largest(String),
    /// How many different values a column has; empty cells are none.
    Distinct(String),
}

impl Measure {
    /// The column that is measured.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Times | Self::Days | Self::Revenue => None,
            Self::Sum(column)
            | Self::Average(column)
            | Self::Smallest(column)
            | Self::Largest(column)
            | Self::Distinct(column) => Some(column),
        }
    }
}

/// What was done, and how much of it: within bounds, both included. Without bounds: at least once, or any number at all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Did {
    /// What.
    pub event: EventChoice,
    /// When.
    #[serde(skip_serializing_if = "Window::is_ever")]
    pub window: Window,
    /// What is measured.
    pub measure: Measure,
    /// The least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// The most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
}

/// The part of those who did something who did most of it, or least; of money or of a column, the part of those who have any
/// value there. Users with equal figures share their fate: who has as much as the last who is in, is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Top {
    /// How many of them, in percent: more than 0, at most 100; rounded up to whole users.
    pub percent: Number,
    /// Those with the least instead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lowest: bool,
    /// What they did.
    pub event: EventChoice,
    /// When.
    #[serde(skip_serializing_if = "Window::is_ever")]
    pub window: Window,
    /// What is measured.
    pub measure: Measure,
}

impl Default for Top {
    fn default() -> Self {
        Self {
            percent: Number::Number(10.into()),
            lowest: false,
            event: EventChoice::default(),
            window: Window::Ever,
            measure: Measure::Times,
        }
    }
}

/// Events one after the other, each a later row than the one before: later in time, or at the same time and further down
/// in the file. Others may come between.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Sequence {
    /// The events: two or more.
    pub steps: Vec<EventChoice>,
    /// The most time from the first to the last, bounds included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
    /// The days that all of them lie in.
    #[serde(skip_serializing_if = "Window::is_ever")]
    pub window: Window,
}

/// An event whose first, or last, time lies in certain days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Once {
    /// What.
    pub event: EventChoice,
    /// When.
    #[serde(skip_serializing_if = "Window::is_ever")]
    pub window: Window,
}

/// An event that keeps coming: at least `times` in each of at least `at_least` of the last `periods`, counted back from the
/// day the rule is asked as of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Regularly {
    /// What.
    pub event: EventChoice,
    /// How often in a period.
    pub times: u32,
    /// How long a period is.
    pub period: Back,
    /// How many periods are looked at.
    pub periods: u32,
    /// In how many of them.
    pub at_least: u32,
}

impl Default for Regularly {
    fn default() -> Self {
        Self {
            event: EventChoice::default(),
            times: 1,
            period: Back { amount: 1, unit: CalendarUnit::Week },
            periods: 4,
            at_least: 3,
        }
    }
}

/// An event that came, and then did not for the last while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Stopped {
    /// What.
    pub event: EventChoice,
    /// Not in the last so many days, weeks or months.
    pub silent: Back,
    /// But in this time before; ever before when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Back>,
}

impl Default for Stopped {
    fn default() -> Self {
        let silent = Back { amount: 30, unit: CalendarUnit::Day };
        Self { event: EventChoice::default(), silent, before: None }
    }
}

/// An event that came, then did not for a while, and then came again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Restarted {
    /// What.
    pub event: EventChoice,
    /// Again in the last so many days, weeks or months.
    pub recent: Back,
    /// Not in this time before that, but ever before it.
    pub silent: Back,
}

impl Default for Restarted {
    fn default() -> Self {
        let days = |amount| Back { amount, unit: CalendarUnit::Day };
        Self { event: EventChoice::default(), recent: days(7), silent: days(30) }
    }
}

/// What is known of a user: an attribute of theirs, or a cell of their rows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Is {
    /// What is asked of the cell: a condition on a column.
    pub condition: Condition,
    /// Which of a user's cells is asked, where the column is one of rows.
    #[serde(skip_serializing_if = "Which::is_any")]
    pub which: Which,
}

/// Which of a user's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Which {
    /// One of them at least.
    #[default]
    Any,
    /// The first that is not empty.
    First,
    /// The last that is not empty.
    Last,
}

impl Which {
    fn is_any(&self) -> bool {
        *self == Self::Any
    }
}
