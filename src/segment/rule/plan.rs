//! A rule made ready for a view: what has to be counted and measured in the rows of each user, and what of it decides.

use std::rc::Rc;

use super::gauge::{Gauge, Reading};
use super::sets;
use super::window::Days;
use super::{
    Did, MOST_DEPTH, MOST_NODES, MOST_PERIODS, MOST_STEPS, Measure, Once, Regularly, Restarted, Rule,
    Sequence, Stopped, Which, Window,
};
use crate::dataset::calendar::Day;
use crate::dataset::events::{EventChoice, MOST_CHOICES};
use crate::dataset::filter::Number;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::table::decimal;

/// What a rule is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The day it is asked as of; the last day that is looked at when absent.
    pub as_of: Option<Day>,
}

/// Rows of an event in certain days, counted for each user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lane {
    /// The place of the event among the plan's choices.
    pub(super) choice: usize,
    pub(super) days: Days,
}

/// A number within bounds, in millionths; both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: i128,
    pub(super) max: i128,
}

impl Bounds {
    /// The whole numbers from 0 on that lie within, as a least and a most; none when the least is the larger.
    fn whole(self) -> (u32, u32) {
        let up = self.min.div_euclid(ONE) + i128::from(self.min.rem_euclid(ONE) > 0);
        let least = u32::try_from(up.max(0)).unwrap_or(u32::MAX);
        match u32::try_from(self.max.div_euclid(ONE).min(i128::from(u32::MAX))) {
            Ok(most) => (least, most),
            // Below 0.
            Err(_) => (1, 0),
        }
    }

    pub(super) fn hold(self, reading: Option<Reading>) -> bool {
        let Some(Reading { sum, of }) = reading else { return false };
        // Either side multiplied by the number that the sum is divided by: exact.
        self.min.saturating_mul(of) <= sum && sum <= self.max.saturating_mul(of)
    }
}

/// What decides whether a condition holds; numbers are places among the plan's lanes and gauges.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// So many rows in the lane: at least, at most.
    Count(usize, u32, u32),
    /// Rows in the first lane, none in the second.
    ButNot(usize, usize),
    /// Rows in the first lane and in the last, none in the one between.
    Again(usize, usize, usize),
    /// At least so many rows in each of at least so many of the lanes from the first on.
    Each { first: usize, lanes: usize, times: u32, at_least: u32 },
    /// What a gauge shows lies within bounds.
    Measured(usize, Bounds),
    /// A gauge shows anything at all.
    Reached(usize),
    /// The user is marked.
    Marked(Rc<[bool]>),
}

/// A condition or a group; parts are places among the plan's nodes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    All(Vec<usize>),
    Any(Vec<usize>),
    Not(usize),
    Leaf(Test),
}

/// What is told of a condition besides whether it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nothing more.
    Nothing,
    /// How many rows there were: the number in a lane.
    Rows(usize),
    /// What a gauge showed.
    Gauge(usize),
}

/// A rule made ready.
#[derive(Debug)]
pub struct Plan {
    /// The day it is asked as of.
    pub as_of: Day,
    /// Conditions and groups, each before its parts: the order of [`Rule::in_order`].
    pub(super) nodes: Vec<Node>,
    /// What is told of each.
    pub(super) told: Vec<Told>,
    /// The events, each once.
    pub(super) choices: Vec<EventChoice>,
    pub(super) lanes: Vec<Lane>,
    pub(super) gauges: Vec<Gauge>,
}

/// The most counts for each user.
const MOST_LANES: usize = 512;

/// The bounds that everything lies within.
const ALL: Bounds = Bounds { min: i128::MIN, max: i128::MAX };

/// Millionths in one.
pub(super) const ONE: i128 = 1_000_000;

impl Plan {
    /// Makes a rule ready; `path` is where in the request it stands.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] for a rule that is too large and for what makes no sense, with the path;
    /// [`crate::error::ErrorKind::UnknownColumn`]; whatever the definition of another segment is refused for.
    pub fn new(view: &View<'_>, asked: Asked<'_>, path: &str) -> Result<Self> {
        let (nodes, depth) = (asked.rule.nodes(), asked.rule.depth());
        if nodes > MOST_NODES {
            let most = format!("at most {MOST_NODES} conditions and groups");
            return Err(Error::bad_value(path, nodes, most));
        }
        if depth > MOST_DEPTH {
            return Err(Error::bad_value(
                path,
                depth,
                format!("at most {MOST_DEPTH} groups inside one another"),
            ));
        }
        let mut plan = Self {
            as_of: asked.as_of.unwrap_or(view.span().1),
            nodes: Vec::with_capacity(nodes),
            told: Vec::with_capacity(nodes),
            choices: Vec::new(),
            lanes: Vec::new(),
            gauges: Vec::new(),
        };
        plan.add(view, asked.rule, path)?;
        Ok(plan)
    }

    /// Adds a condition or a group and gives its place.
    fn add(&mut self, view: &View<'_>, rule: &Rule, path: &str) -> Result<usize> {
        let place = self.nodes.len();
        // Holds the place until its parts are known.
        self.nodes.push(Node::All(Vec::new()));
        self.told.push(Told::Nothing);
        let group = |plan: &mut Self, parts: &[Rule], name: &str| -> Result<Vec<usize>> {
            let part = |(index, part)| plan.add(view, part, &format!("{path}.{name}[{index}]"));
            parts.iter().enumerate().map(part).collect()
        };
        let node = match rule {
            Rule::All(parts) => Node::All(group(self, parts, "all")?),
            Rule::Any(parts) => Node::Any(group(self, parts, "any")?),
            Rule::Not(part) => Node::Not(self.add(view, part, &format!("{path}.not"))?),
            leaf => {
                let (test, told) = self.leaf(view, leaf).map_err(|error| {
                    let name = leaf_name(leaf);
                    error.within(&format!("{path}.{name}"))
                })?;
                if let Some(slot) = self.told.get_mut(place) {
                    *slot = told;
                }
                Node::Leaf(test)
            }
        };
        if let Some(slot) = self.nodes.get_mut(place) {
            *slot = node;
        }
        Ok(place)
    }

    fn leaf(&mut self, view: &View<'_>, rule: &Rule) -> Result<(Test, Told)> {
        match rule {
            Rule::Did(did) => self.did(view, did),
            Rule::Top(top) => Ok((Test::Marked(sets::top(view, top, self.as_of)?), Told::Nothing)),
            Rule::Sequence(sequence) => self.sequence(view, sequence),
            Rule::First(once) => self.once(view, once, false),
            Rule::Last(once) => self.once(view, once, true),
            Rule::Regularly(regularly) => self.regularly(view, regularly),
            Rule::Stopped(stopped) => self.stopped(view, stopped),
            Rule::Restarted(restarted) => self.restarted(view, restarted),
            Rule::Is(is) => {
                let marks = match is.which {
                    Which::Any if sets::is_of_rows(view, &is.condition) => {
                        view.test(&is.condition).map_err(|error| error.within("condition"))?;
                        let event = EventChoice { events: None, all: vec![is.condition.clone()] };
                        let lane = self.lane(view, &event, Window::Ever.days(self.as_of)?, "")?;
                        return Ok((Test::Count(lane, 1, u32::MAX), Told::Nothing));
                    }
                    which => sets::attribute(view, &is.condition, which, self.as_of)?,
                };
                Ok((Test::Marked(marks), Told::Nothing))
            }
            Rule::Segment(segment) => {
                let users = view.users_of(segment)?;
                Ok((Test::Marked(users.marks(view.log.users.len())), Told::Nothing))
            }
            Rule::All(_) | Rule::Any(_) | Rule::Not(_) => Ok((Test::Marked(Rc::default()), Told::Nothing)),
        }
    }

    fn did(&mut self, view: &View<'_>, did: &Did) -> Result<(Test, Told)> {
        let days = did.window.days(self.as_of)?;
        let (min, max) = (millionths(&did.min, "min")?, millionths(&did.max, "max")?);
        if let (Some(low), Some(high)) = (min, max)
            && low > high
        {
            let most = did.max.as_ref().map(Number::text).unwrap_or_default();
            return Err(Error::bad_value("min", did.min.as_ref().map_or(String::new(), Number::text), {
                format!("at most {most}")
            }));
        }
        let least = if max.is_none() && matches!(did.measure, Measure::Times | Measure::Days) {
            ONE
        } else {
            ALL.min
        };
        let bounds = Bounds { min: min.unwrap_or(least), max: max.unwrap_or(ALL.max) };
        if did.measure == Measure::Times {
            let lane = self.lane(view, &did.event, days, "event")?;
            let (min, max) = bounds.whole();
            return Ok((Test::Count(lane, min, max), Told::Rows(lane)));
        }
        if did.measure == Measure::Days && did.event.is_any() {
            let place = self.gauge(Gauge::of_all_days(days));
            return Ok((Test::Measured(place, bounds), Told::Gauge(place)));
        }
        let choice = self.choice(view, &did.event, "event")?;
        let gauge = Gauge::of_measure(view, &did.measure, choice, days)?;
        let place = self.gauge(gauge);
        Ok((Test::Measured(place, bounds), Told::Gauge(place)))
    }

    fn sequence(&mut self, view: &View<'_>, sequence: &Sequence) -> Result<(Test, Told)> {
        let steps = sequence.steps.len();
        if !(2..=MOST_STEPS).contains(&steps) {
            return Err(Error::bad_value("steps", steps, format!("2 to {MOST_STEPS} events")));
        }
        if let Some(within) = sequence.within.filter(|within| within.amount == 0) {
            return Err(Error::bad_value("within.amount", within.amount, "1 or more"));
        }
        let days = sequence.window.days(self.as_of)?;
        let step = |(index, event)| self.choice(view, event, &format!("steps[{index}]"));
        let choices = sequence.steps.iter().enumerate().map(step).collect::<Result<Vec<_>>>()?;
        let place = self.gauge(Gauge::of_steps(choices, sequence.within, days));
        Ok((Test::Reached(place), Told::Nothing))
    }

    /// The first or the last time: there is one in the days, and none before them, or after.
    fn once(&mut self, view: &View<'_>, once: &Once, last: bool) -> Result<(Test, Told)> {
        let days = once.window.days(self.as_of)?;
        let others = if last {
            Days { from: days.to.saturating_add(1), to: i32::MAX, of_user: days.of_user }
        } else {
            Days { from: i32::MIN, to: days.from.saturating_sub(1), of_user: days.of_user }
        };
        let inside = self.lane(view, &once.event, days, "event")?;
        // Days that begin with the first of all have nothing before them.
        if days.from == i32::MIN && !last {
            return Ok((Test::Count(inside, 1, u32::MAX), Told::Rows(inside)));
        }
        let outside = self.lane(view, &once.event, others, "event")?;
        Ok((Test::ButNot(inside, outside), Told::Rows(inside)))
    }

    fn regularly(&mut self, view: &View<'_>, regularly: &Regularly) -> Result<(Test, Told)> {
        let Regularly { event, times, period, periods, at_least } = regularly;
        period.check("period.amount")?;
        let bounded = |name: &str, number: u32, most: u32| {
            if (1..=most).contains(&number) {
                return Ok(());
            }
            Err(Error::bad_value(name, number, format!("1 to {most}")))
        };
        bounded("times", *times, u32::MAX)?;
        bounded("periods", *periods, MOST_PERIODS)?;
        bounded("atLeast", *at_least, *periods)?;
        let first = self.lanes.len();
        for back in 0..*periods {
            // Counted from the day asked as of each time, so that months keep their date.
            let end = super::Back { amount: back * period.amount, unit: period.unit }.before(self.as_of);
            let start =
                super::Back { amount: (back + 1) * period.amount, unit: period.unit }.before(self.as_of);
            let choice = self.choice(view, event, "event")?;
            self.check_lanes()?;
            self.lanes.push(Lane { choice, days: Days::new(start.0.saturating_add(1), end.0) });
        }
        let lanes = self.lanes.len() - first;
        Ok((Test::Each { first, lanes, times: *times, at_least: *at_least }, Told::Nothing))
    }

    fn stopped(&mut self, view: &View<'_>, stopped: &Stopped) -> Result<(Test, Told)> {
        stopped.silent.check("silent.amount")?;
        let (from, to) = stopped.silent.until(self.as_of);
        let end = stopped.silent.before(self.as_of);
        let start = match stopped.before {
            None => i32::MIN,
            Some(before) => {
                before.check("before.amount")?;
                before.until(end).0
            }
        };
        let before = self.lane(view, &stopped.event, Days::new(start, end.0), "event")?;
        let silent = self.lane(view, &stopped.event, Days::new(from, to), "event")?;
        Ok((Test::ButNot(before, silent), Told::Rows(before)))
    }

    fn restarted(&mut self, view: &View<'_>, restarted: &Restarted) -> Result<(Test, Told)> {
        restarted.recent.check("recent.amount")?;
        restarted.silent.check("silent.amount")?;
        let (recent_from, recent_to) = restarted.recent.until(self.as_of);
        let silent_end = restarted.recent.before(self.as_of);
        let (silent_from, silent_to) = restarted.silent.until(silent_end);
        let long_ago = restarted.silent.before(silent_end);
        let recent = self.lane(view, &restarted.event, Days::new(recent_from, recent_to), "event")?;
        let silent = self.lane(view, &restarted.event, Days::new(silent_from, silent_to), "event")?;
        let before = self.lane(view, &restarted.event, Days::new(i32::MIN, long_ago.0), "event")?;
        Ok((Test::Again(before, silent, recent), Told::Rows(recent)))
    }

    /// The place of an event among those that are told apart.
    fn choice(&mut self, view: &View<'_>, event: &EventChoice, path: &str) -> Result<usize> {
        if let Some(place) = self.choices.iter().position(|known| known == event) {
            return Ok(place);
        }
        if self.choices.len() >= MOST_CHOICES {
            let most = format!("at most {MOST_CHOICES} different events in a rule");
            return Err(Error::bad_value(path, self.choices.len() + 1, most));
        }
        // Refused here, where it is known what it is part of.
        view.matcher_of(event, path)?;
        self.choices.push(event.clone());
        Ok(self.choices.len() - 1)
    }

    fn lane(&mut self, view: &View<'_>, event: &EventChoice, mut days: Days, path: &str) -> Result<usize> {
        if !days.of_user {
            days.to = days.to.min(self.as_of.0);
        }
        let lane = Lane { choice: self.choice(view, event, path)?, days };
        if let Some(place) = self.lanes.iter().position(|known| *known == lane) {
            return Ok(place);
        }
        self.check_lanes()?;
        self.lanes.push(lane);
        Ok(self.lanes.len() - 1)
    }

    /// Refuses more counts than can be kept for large data.
    fn check_lanes(&self) -> Result<()> {
        if self.lanes.len() < MOST_LANES {
            return Ok(());
        }
        let most = format!("at most {MOST_LANES} counts in a rule: each period of a regular event is one");
        Err(Error::bad_value("", self.lanes.len() + 1, most))
    }

    fn gauge(&mut self, gauge: Gauge) -> usize {
        self.gauges.push(gauge);
        self.gauges.len() - 1
    }
}

/// The name of a condition in a request.
fn leaf_name(rule: &Rule) -> &'static str {
    match rule {
        Rule::All(_) => "all",
        Rule::Any(_) => "any",
        Rule::Not(_) => "not",
        Rule::Did(_) => "did",
        Rule::Top(_) => "top",
        Rule::Sequence(_) => "sequence",
        Rule::First(_) => "first",
        Rule::Last(_) => "last",
        Rule::Regularly(_) => "regularly",
        Rule::Stopped(_) => "stopped",
        Rule::Restarted(_) => "restarted",
        Rule::Is(_) => "is",
        Rule::Segment(_) => "segment",
    }
}

/// A bound in millionths.
pub(super) fn millionths(number: &Option<Number>, path: &str) -> Result<Option<i128>> {
    let Some(number) = number else { return Ok(None) };
    let text = number.text();
    let parsed = decimal::parse(text.as_bytes())
        .filter(|parsed| !parsed.rounded)
        .ok_or_else(|| Error::bad_value(path, &text, "a number with at most 6 decimal places"))?;
    Ok(Some(i128::from(parsed.mantissa) * scaled(parsed.scale)))
}

/// Millionths in a unit of a column with so many places.
pub(super) fn scaled(scale: u8) -> i128 {
    10i128.pow(u32::from(decimal::MAX_SCALE.saturating_sub(scale)))
}
