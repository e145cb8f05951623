//! What can be chosen about a funnel, and the rules that follow from it.

use serde::{Deserialize, Serialize};

use crate::dataset::calendar::{Period, WeekStart};
pub use crate::dataset::duration::{Duration, Unit};
use crate::dataset::events::{EventChoice, MOST_CHOICES};
use crate::dataset::filter::Condition;
use crate::error::{Error, Result};

/// The most steps.
pub const MOST_STEPS: usize = 20;

/// The most columns whose value is held constant.
const MOST_HELD: usize = 3;

/// The most groups of a breakdown.
const MOST_GROUPS: u32 = 100;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// 2 to 20 steps.
    pub steps: Vec<Step>,
    /// The time from the first step to the last, bounds included.
    pub window: Duration,
    /// In which order the steps have to come.
    pub order: Order,
    /// ClickHouse's fine modes, for ordered funnels; together as in `windowFunnel(window, mode, ...)`.
    pub modes: Vec<Mode>,
    /// Events that end an attempt when they come between two steps.
    pub exclusions: Vec<Exclusion>,
    /// Up to three text columns whose value has to be the same in all steps: the same item, the same order.
    pub hold: Vec<String>,
    /// What is counted.
    pub count: Count,
    /// The inactivity that ends a session, where sessions are counted.
    pub session_gap: Duration,
    /// Splits the funnel by the texts of a column.
    pub breakdown: Option<Breakdown>,
    /// Conversion by the period of the first step, if a length is given.
    pub trend: Option<Period>,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
    /// The steps between which the distribution of times is told, counted from 0; the first and the last when absent.
    pub between: Option<(u32, u32)>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            window: Duration { amount: 7, unit: Unit::Day },
            order: Order::Ordered,
            modes: Vec::new(),
            exclusions: Vec::new(),
            hold: Vec::new(),
            count: Count::Users,
            session_gap: Duration { amount: 30, unit: Unit::Minute },
            breakdown: None,
            trend: None,
            week_start: None,
            between: None,
        }
    }
}

/// A step: an event, and what is special about it here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Step {
    /// Names in the event column, one of which it has; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// Conditions on the row, as those of a filter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
    /// Whether those after it can be reached without it. The first and the last step cannot be optional.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// The most time since the step before, bounds included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
}

/// An event that ends an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Exclusion {
    /// Names in the event column; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// Conditions on the row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
    /// It counts after this step, by its place from 0 ...
    pub after: u32,
    /// ... and before this one; before the last one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
}

/// In which order steps have to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// One after the other, with anything between them; steps at the same time may stand in any order.
    #[default]
    Ordered,
    /// One after the other, with no other row in view between them, in the order of the file at the same time.
    Strict,
    /// In any order.
    Any,
}

/// A fine mode of ClickHouse's `windowFunnel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// `strict_deduplication`: a step that comes again ends the scan.
    StrictDeduplication,
    /// `strict_order`: another event, or a step whose turn it is not, ends the scan.
    StrictOrder,
    /// `strict_increase`: each step is later than the one before, not at the same time.
    StrictIncrease,
    /// `strict_once`: a row that is several steps counts as one of them.
    StrictOnce,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Count {
    /// Users, each with the best of all their attempts.
    #[default]
    Users,
    /// Attempts: one begins with a first step, and the next one after it has converted or its window has passed.
    Attempts,
    /// Sessions with a first step, each with its best attempt.
    Sessions,
}

/// Groups of a funnel, by what stands in a row of the attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Breakdown {
    /// A text column of rows or of users.
    pub column: String,
    /// Whose row of the attempt.
    #[serde(default)]
    pub by: Touch,
    /// How many groups; the others, with the fewest first steps, stand together. At most 100.
    #[serde(default = "ten")]
    pub most: u32,
}

fn ten() -> u32 {
    10
}

/// The row of an attempt whose text is its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Touch {
    /// That of the first step.
    #[default]
    First,
    /// That of the last step that was reached.
    Last,
    /// That of a step, by its place from 0; attempts that have not reached it have no group and are left out.
    Step(u32),
}

/// What the steps of an attempt have to fulfil, in microseconds.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub steps: usize,
    pub window: i64,
    /// For each step the most time since the one before.
    pub within: Vec<Option<i64>>,
    /// A bit for each step that is optional.
    pub optional: u32,
    /// The bit of an event, and the steps between which it ends attempts.
    pub exclusions: Vec<(u32, usize, usize)>,
    pub order: Order,
    pub increase: bool,
    pub once: bool,
    pub deduplication: bool,
    pub strict_order: bool,
}

impl Params {
    /// The events of all steps, then of all exclusions.
    pub(super) fn choices(&self) -> Vec<EventChoice> {
        let steps =
            self.steps.iter().map(|step| EventChoice { events: step.events.clone(), all: step.all.clone() });
        let exclusions = self
            .exclusions
            .iter()
            .map(|event| EventChoice { events: event.events.clone(), all: event.all.clone() });
        steps.chain(exclusions).collect()
    }

    /// Checks what was chosen.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] with the path of what makes no sense.
    pub(super) fn rules(&self) -> Result<Rules> {
        let steps = self.steps.len();
        if !(2..=MOST_STEPS).contains(&steps) {
            return Err(Error::bad_value("params.steps", steps, format!("2 to {MOST_STEPS} steps")));
        }
        // One bit says that a row may begin an attempt.
        let room = MOST_CHOICES - 1 - steps;
        if self.exclusions.len() > room {
            return Err(Error::bad_value(
                "params.exclusions",
                self.exclusions.len(),
                format!("at most {room}"),
            ));
        }
        if self.hold.len() > MOST_HELD {
            return Err(Error::bad_value("params.hold", self.hold.len(), format!("at most {MOST_HELD}")));
        }
        let bare = self.order != Order::Ordered || self.modes.iter().any(Mode::scans);
        self.refuse_beside(bare)?;
        if let Some((from, to)) = self.between.filter(|(from, to)| from >= to || *to as usize >= steps) {
            let allowed = format!("two steps, the first before the second, below {steps}");
            return Err(Error::bad_value("params.between", format!("{from}, {to}"), allowed));
        }
        if let Some(breakdown) = &self.breakdown {
            if let Touch::Step(step) = breakdown.by
                && step as usize >= steps
            {
                return Err(Error::bad_value("params.breakdown.by", step, format!("a step below {steps}")));
            }
            if !(1..=MOST_GROUPS).contains(&breakdown.most) {
                let allowed = format!("1 to {MOST_GROUPS}");
                return Err(Error::bad_value("params.breakdown.most", breakdown.most, allowed));
            }
        }
        let has = |mode| self.modes.contains(&mode);
        if has(Mode::StrictOnce) && (bare || self.steps.iter().any(|step| step.optional)) {
            let allowed = "no other mode and no optional step beside strictOnce";
            return Err(Error::bad_value("params.modes", "strictOnce", allowed));
        }
        if self.count == Count::Attempts && self.modes.iter().any(Mode::scans) {
            let allowed = "users or sessions with strictDeduplication, strictOrder and strictIncrease";
            return Err(Error::bad_value("params.count", "attempts", allowed));
        }
        Ok(Rules {
            steps,
            window: self.window.micros(),
            within: self.steps.iter().map(|step| step.within.map(Duration::micros)).collect(),
            optional: self.optional()?,
            exclusions: self.exclusion_rules()?,
            order: self.order,
            increase: has(Mode::StrictIncrease),
            once: has(Mode::StrictOnce),
            deduplication: has(Mode::StrictDeduplication),
            strict_order: has(Mode::StrictOrder),
        })
    }

    /// What goes with steps one after the other only.
    fn refuse_beside(&self, bare: bool) -> Result<()> {
        let only = "only in an ordered funnel without strictDeduplication, strictOrder and strictIncrease";
        let beside = [
            ("params.exclusions", !self.exclusions.is_empty()),
            ("params.steps.within", self.steps.iter().any(|step| step.within.is_some())),
            ("params.steps.optional", self.steps.iter().any(|step| step.optional)),
            ("params.modes", self.order != Order::Ordered && !self.modes.is_empty()),
        ];
        match beside.into_iter().find(|(_, given)| bare && *given) {
            Some((path, _)) => Err(Error::bad_value(path, "", only)),
            None => Ok(()),
        }
    }

    fn optional(&self) -> Result<u32> {
        let mut optional = 0;
        for (place, _) in self.steps.iter().enumerate().filter(|(_, step)| step.optional) {
            if place == 0 || place + 1 == self.steps.len() {
                let path = format!("params.steps[{place}].optional");
                return Err(Error::bad_value(path, true, "false for the first and the last step"));
            }
            optional |= 1 << place;
        }
        Ok(optional)
    }

    fn exclusion_rules(&self) -> Result<Vec<(u32, usize, usize)>> {
        let last = self.steps.len() - 1;
        let rule = |(place, exclusion): (usize, &Exclusion)| {
            let after = exclusion.after as usize;
            let before = exclusion.before.map_or(last, |before| before as usize);
            if after < before && before <= last {
                return Ok((1 << (self.steps.len() + place), after, before));
            }
            let path = format!("params.exclusions[{place}].after");
            Err(Error::bad_value(path, after, format!("a step before the one in `before`, at most {last}")))
        };
        self.exclusions.iter().enumerate().map(rule).collect()
    }
}

impl Mode {
    /// Whether it is defined by ClickHouse's scan.
    fn scans(&self) -> bool {
        !matches!(self, Self::StrictOnce)
    }
}

impl Rules {
    /// Whether the longest chain is all that is asked for: nothing but the order of steps and the window counts.
    pub(super) fn is_plain(&self) -> bool {
        self.order == Order::Ordered
            && !(self.once || self.scans())
            && self.optional == 0
            && self.exclusions.is_empty()
            && self.within.iter().all(Option::is_none)
    }

    /// Whether the levels are those of ClickHouse's scan.
    pub(super) fn scans(&self) -> bool {
        self.deduplication || self.strict_order || self.increase
    }

    /// Whether rows that are no step matter.
    pub(super) fn sees_other_rows(&self) -> bool {
        self.order == Order::Strict || self.strict_order
    }

    /// The bit of the last step.
    pub(super) fn last_bit(&self) -> u32 {
        1 << (self.steps - 1)
    }

    /// The bits of all steps.
    pub(super) fn step_bits(&self) -> u32 {
        (1 << self.steps) - 1
    }
}
