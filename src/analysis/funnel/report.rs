//! The answer: units counted by how far they came.

use serde::{Deserialize, Serialize};

use crate::analysis::share;
use crate::dataset::calendar::Day;
use crate::model::proportion::{Interval, wilson};

use super::Params;
use super::unit::Outcome;

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One entry for each step.
    pub steps: Vec<StepCount>,
    /// Units that have reached the first step.
    pub entered: u64,
    /// Units that have reached the last.
    pub converted: u64,
    /// Units that have not, and still may.
    pub open: u64,
    /// Units that have not, and no longer can: `entered = converted + open + lost`.
    pub lost: u64,
    /// `converted / entered`.
    pub rate: Option<f64>,
    /// The 95% interval of `rate` (Wilson).
    pub interval: Option<Interval>,
    /// `converted / (entered - open)`: of those whose fate is known.
    pub closed_rate: Option<f64>,
    /// The step at which the largest share of those before it stays behind for good, by its place; nothing where nobody does.
    pub bottleneck: Option<u32>,
    /// Times between each step and the one before, then from the first to the last.
    pub times: Vec<StepTime>,
    /// How the times between two steps are distributed; see [`Params::between`].
    pub histogram: Option<Histogram>,
    /// Groups, the one with the most first steps first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    /// Periods of the first step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trend: Option<Vec<PeriodConversion>>,
    /// The first and the last day on which a first step counts.
    pub entry: (Day, Day),
}

/// How many came to a step, and stayed there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepCount {
    /// Units that have reached it.
    pub reached: u64,
    /// Units that have got no further, and still may.
    pub open: u64,
    /// Units that have got no further, and no longer can. (Who reached the last step is neither.)
    pub lost: u64,
    /// `reached / entered`.
    pub rate: Option<f64>,
    /// `reached` of those that reached the step before; optional steps before it are passed over.
    pub rate_of_previous: Option<f64>,
    /// `reached` of those that entered and are not open at a step before it.
    pub closed_rate: Option<f64>,
}

/// Times between two steps, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepTime {
    /// The earlier step.
    pub from: u32,
    /// The later step.
    pub to: u32,
    /// Units that have done both.
    pub units: u64,
    /// The mean.
    pub mean: Option<f64>,
    /// A quarter took no longer.
    pub p25: Option<f64>,
    /// Half took no longer.
    pub median: Option<f64>,
    /// The 95% interval of the median, by ranks.
    pub interval: Option<Interval>,
    /// Three quarters took no longer.
    pub p75: Option<f64>,
    /// Nine in ten took no longer.
    pub p90: Option<f64>,
}

/// How many took how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// The earlier step.
    pub from: u32,
    /// The later step.
    pub to: u32,
    /// The width of a bin in seconds.
    pub width: u64,
    /// Units in each bin, from 0 on; the last bin holds all that took longer too.
    pub bins: Vec<u64>,
}

/// The funnel of the units that a text of the breakdown's column belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The text; absent for all others together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Units that have reached each step.
    pub reached: Vec<u64>,
    /// Units that may still convert.
    pub open: u64,
    /// `converted / entered`.
    pub rate: Option<f64>,
    /// The 95% interval of `rate` (Wilson).
    pub interval: Option<Interval>,
    /// Whether it differs from the units of all other groups: the two-sided p-value of the pooled z-test, adjusted for the
    /// number of groups (Holm).
    pub p_value: Option<f64>,
}

/// The units that began in a period, each with the best attempt that did: a user who began in several periods is in each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodConversion {
    /// The first day of the period.
    pub start: Day,
    /// The last day of the period.
    pub end: Day,
    /// Units that began in it.
    pub entered: u64,
    /// Of them, those that converted.
    pub converted: u64,
    /// Of them, those that still may.
    pub open: u64,
    /// `converted / entered`.
    pub rate: Option<f64>,
}

/// Some units of the report; all conditions have to be met.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Cell {
    /// The step, by its place.
    pub step: u32,
    /// What became of them there.
    pub state: State,
    /// Those of a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Those of the groups that stand together because they have the fewest first steps.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
    /// Those that began in the period with this first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Day>,
    /// Those that took so many seconds between the two steps of [`Params::between`]: from the first number on, and less than the
    /// second, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took: Option<(u64, Option<u64>)>,
}

/// What became of units at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// They have reached it.
    #[default]
    Reached,
    /// They have got no further, and still may.
    Open,
    /// They have got no further, and no longer can.
    Lost,
    /// They have reached the step before it, and not this: open or lost.
    Missed,
}

/// Units by how far they came.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    pub reached: Vec<u64>,
    pub open: Vec<u64>,
    pub lost: Vec<u64>,
}

impl Counts {
    pub(super) fn new(steps: usize) -> Self {
        Self { reached: vec![0; steps], open: vec![0; steps], lost: vec![0; steps] }
    }

    pub(super) fn add(&mut self, outcome: &Outcome) {
        for (step, count) in self.reached.iter_mut().enumerate() {
            *count += u64::from(outcome.reached >> step & 1);
        }
        let stayed = if outcome.open { &mut self.open } else { &mut self.lost };
        let steps = stayed.len();
        if let Some(count) = outcome.top().filter(|top| top + 1 < steps).and_then(|top| stayed.get_mut(top)) {
            *count += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let pairs = [
            (&mut self.reached, &other.reached),
            (&mut self.open, &other.open),
            (&mut self.lost, &other.lost),
        ];
        for (counts, others) in pairs {
            counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
    }

    pub(super) fn entered(&self) -> u64 {
        self.reached.first().copied().unwrap_or(0)
    }

    pub(super) fn converted(&self) -> u64 {
        self.reached.last().copied().unwrap_or(0)
    }

    pub(super) fn all_open(&self) -> u64 {
        self.open.iter().sum()
    }

    /// `converted / entered`, and how sure that is.
    pub(super) fn rate(&self) -> (Option<f64>, Option<Interval>) {
        (share(self.converted(), self.entered()), wilson(self.converted(), self.entered()))
    }

    pub(super) fn steps(&self, params: &Params) -> Vec<StepCount> {
        let entered = self.entered();
        let (mut open_before, mut previous) = (0, entered);
        let all = self.reached.iter().zip(&self.open).zip(&self.lost).zip(&params.steps);
        all.map(|(((&reached, &open), &lost), step)| {
            let count = StepCount {
                reached,
                open,
                lost,
                rate: share(reached, entered),
                rate_of_previous: share(reached, previous),
                closed_rate: share(reached, entered - open_before),
            };
            open_before += open;
            if !step.optional {
                previous = reached;
            }
            count
        })
        .collect()
    }

    /// The step that the largest share of those who could have reached it have missed for good.
    pub(super) fn bottleneck(&self, params: &Params) -> Option<u32> {
        let mut worst: Option<(u32, f64)> = None;
        let (mut previous, mut lost) = (self.entered(), 0);
        for (place, (step, &reached)) in (0u32..).zip(params.steps.iter().zip(&self.reached)) {
            if !step.optional && place > 0 {
                if let Some(rate) = share(lost, previous).filter(|rate| *rate > 0.0)
                    && worst.is_none_or(|(_, most)| rate > most)
                {
                    worst = Some((place, rate));
                }
                (previous, lost) = (reached, 0);
            }
            lost += self.lost.get(place as usize).copied().unwrap_or(0);
        }
        worst.map(|(place, _)| place)
    }
}
