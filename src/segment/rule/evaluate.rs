//! Who a rule means: a pass over the rows of the log, user by user.

use super::Figure;
use super::count::Counter;
use super::gauge::{Meter, Reading};
use super::plan::{Lane, Node, Plan, Test, Told};
use crate::dataset::events::{Found, Matcher};
use crate::dataset::segment::UserSet;
use crate::dataset::user_days::UserDays;
use crate::dataset::view::View;
use crate::error::Result;

/// Who a rule means, and who was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated {
    /// Those for whom it holds.
    pub users: UserSet,
    /// Those who were asked: with a row in view up to the day asked as of.
    pub asked: UserSet,
    /// For how many each condition and group holds taken alone, in the order of [`super::Rule::in_order`].
    pub nodes: Vec<u64>,
}

/// Finds the users whom a rule means.
///
/// # Errors
/// As [`Plan::new`].
pub fn evaluate(view: &View<'_>, plan: &Plan) -> Result<Evaluated> {
    let mut judge = Judge::new(view, plan)?;
    let users = view.log.users.len();
    let (mut inside, mut asked) = (vec![false; users], vec![false; users]);
    let mut nodes = vec![0u64; plan.nodes.len()];
    for (user, days) in view.user_days().iter() {
        let Some(first) = days.first().copied().filter(|first| *first <= plan.as_of.0) else { continue };
        let met = judge.judge(user, first);
        for (count, met) in nodes.iter_mut().zip(met) {
            *count += u64::from(*met);
        }
        if let (Some(inside), Some(asked)) = (inside.get_mut(user), asked.get_mut(user)) {
            (*inside, *asked) = (met.first() == Some(&true), true);
        }
    }
    let set = |marks: &[bool]| UserSet::of(users, |user| marks.get(user) == Some(&true));
    Ok(Evaluated { users: set(&inside), asked: set(&asked), nodes })
}

/// Judges one user after the other by a plan.
#[derive(Debug)]
pub struct Judge<'v> {
    view: &'v View<'v>,
    plan: &'v Plan,
    counter: Counter<'v>,
    matcher: Matcher<'v>,
    user_days: UserDays<'v>,
    /// The lanes that are counted row by row, each with the bit of its event.
    lanes: Vec<(u32, usize)>,
    meters: Vec<Meter<'v>>,
    /// The events that are looked for row by row.
    wanted: u32,
    /// Those of the user at hand.
    found: Vec<Found>,
    counts: Vec<u32>,
    readings: Vec<Option<Reading>>,
    met: Vec<bool>,
}

impl<'v> Judge<'v> {
    /// # Errors
    /// As [`Matcher::new`].
    pub fn new(view: &'v View<'v>, plan: &'v Plan) -> Result<Self> {
        let rest = |lane: &Lane| !Counter::takes(lane, &plan.choices);
        let lanes = plan.lanes.iter().enumerate().filter(|(_, lane)| rest(lane));
        let lanes: Vec<(u32, usize)> = lanes.map(|(place, lane)| (1 << lane.choice, place)).collect();
        let wanted = lanes.iter().fold(0u32, |bits, (bit, _)| bits | bit);
        let wanted = plan.gauges.iter().fold(wanted, |bits, gauge| bits | gauge.bits());
        Ok(Self {
            view,
            plan,
            counter: Counter::new(view, &plan.lanes, &plan.choices),
            matcher: Matcher::new(view, &plan.choices, "events")?,
            user_days: view.user_days(),
            lanes,
            meters: plan.gauges.iter().map(|gauge| Meter::new(view.log, gauge)).collect(),
            wanted,
            found: Vec::new(),
            counts: vec![0; plan.lanes.len()],
            readings: vec![None; plan.gauges.len()],
            met: vec![false; plan.nodes.len()],
        })
    }

    /// For each condition and group whether it holds for a user whose first day in view is this one.
    pub fn judge(&mut self, user: usize, first_day: i32) -> &[bool] {
        let rows = self.view.log.rows_of(user);
        self.counter.count(rows.clone(), &mut self.counts);
        if self.wanted != 0 {
            self.look_at_rows(user, first_day);
        }
        if !self.plan.gauges.is_empty() {
            self.look_at_days(user);
        }
        // Parts stand after their groups.
        for (place, node) in self.plan.nodes.iter().enumerate().rev() {
            let of = |part: &usize| self.met.get(*part) == Some(&true);
            let met = match node {
                Node::All(parts) => parts.iter().all(of),
                Node::Any(parts) => parts.iter().any(of),
                Node::Not(part) => !of(part),
                Node::Leaf(test) => self.holds(test, user),
            };
            if let Some(slot) = self.met.get_mut(place) {
                *slot = met;
            }
        }
        &self.met
    }

    /// Counts and measures what has to be looked at row by row: rows are sifted once, then each looks at those that are left.
    fn look_at_rows(&mut self, user: usize, first_day: i32) {
        let as_of = self.plan.as_of.0;
        let days = &self.view.log.days;
        let mut rows = self.view.log.rows_of(user);
        let own = days.get(rows.clone()).unwrap_or(&[]);
        if own.last().is_some_and(|last| *last > as_of) {
            rows.end = rows.start + own.partition_point(|day| *day <= as_of);
        }
        self.matcher.gather(user, rows, self.wanted, &mut self.found);
        let day_of = |found: &Found| days.get(found.row as usize).copied().unwrap_or(i32::MAX);
        for (bit, lane) in &self.lanes {
            let (from, to) = self.plan.lanes.get(*lane).map_or((0, -1), |lane| lane.days.for_user(first_day));
            let counts = |found: &&Found| found.events & bit != 0 && (from..=to).contains(&day_of(found));
            if let Some(count) = self.counts.get_mut(*lane) {
                *count = u32::try_from(self.found.iter().filter(counts).count()).unwrap_or(u32::MAX);
            }
        }
        for (slot, meter) in self.readings.iter_mut().zip(&mut self.meters) {
            meter.begin(first_day, as_of);
            let bits = meter.bits;
            for found in self.found.iter().filter(|found| found.events & bits != 0) {
                meter.add(found.row as usize, day_of(found), found.events);
            }
            *slot = meter.reading();
        }
    }

    /// What the gauges show that look at days alone.
    fn look_at_days(&mut self, user: usize) {
        for (slot, gauge) in self.readings.iter_mut().zip(&self.plan.gauges) {
            if let Some(reading) = gauge.reading_of_days(self.user_days.of(user), self.plan.as_of.0) {
                *slot = Some(reading);
            }
        }
    }

    fn holds(&self, test: &Test, user: usize) -> bool {
        let count = |lane: &usize| self.counts.get(*lane).copied().unwrap_or(0);
        match test {
            Test::Count(lane, min, max) => (*min..=*max).contains(&count(lane)),
            Test::ButNot(some, none) => count(some) > 0 && count(none) == 0,
            Test::Again(before, between, recent) => {
                count(before) > 0 && count(between) == 0 && count(recent) > 0
            }
            Test::Each { first, lanes, times, at_least } => {
                let enough = (*first..first + lanes).filter(|lane| count(lane) >= *times).count();
                enough >= *at_least as usize
            }
            Test::Measured(gauge, bounds) => bounds.hold(self.readings.get(*gauge).copied().flatten()),
            Test::Reached(gauge) => self.readings.get(*gauge).copied().flatten().is_some(),
            Test::Marked(marks) => marks.get(user) == Some(&true),
        }
    }

    /// What is told of a condition and the user judged last; nothing where there is nothing but yes or no.
    #[must_use]
    pub fn figure(&self, node: usize) -> Option<Figure> {
        match self.plan.told.get(node)? {
            Told::Nothing => None,
            Told::Rows(lane) => Some(Figure::Count(u64::from(self.counts.get(*lane).copied()?))),
            Told::Gauge(gauge) => {
                let reading = self.readings.get(*gauge).copied().flatten();
                Some(self.plan.gauges.get(*gauge)?.figure(reading))
            }
        }
    }

    /// Whether a row of the user judged last is one that a condition looks at.
    #[must_use]
    pub fn looks_at(&self, node: usize, row: usize, user: usize, first_day: i32) -> bool {
        let Some(Node::Leaf(test)) = self.plan.nodes.get(node) else { return false };
        let Some(day) = self.view.log.days.get(row).copied().filter(|day| *day <= self.plan.as_of.0) else {
            return false;
        };
        let found = self.matcher.of(row, user);
        let within = |days: super::window::Days| {
            let (from, to) = days.for_user(first_day);
            (from..=to).contains(&day)
        };
        let in_lane = |lane: usize| {
            self.plan.lanes.get(lane).is_some_and(|lane| found >> lane.choice & 1 == 1 && within(lane.days))
        };
        let in_gauge = |gauge: usize| {
            self.plan.gauges.get(gauge).is_some_and(|gauge| {
                let looks = gauge.choices.is_empty() && self.view.has(row) || found & gauge.bits() != 0;
                looks && within(gauge.days)
            })
        };
        match test {
            Test::Count(lane, ..) => in_lane(*lane),
            Test::ButNot(some, none) => in_lane(*some) || in_lane(*none),
            Test::Again(before, between, recent) => {
                [before, between, recent].into_iter().any(|lane| in_lane(*lane))
            }
            Test::Each { first, lanes, .. } => (*first..first + lanes).any(in_lane),
            Test::Measured(gauge, _) | Test::Reached(gauge) => in_gauge(*gauge),
            Test::Marked(_) => false,
        }
    }
}
