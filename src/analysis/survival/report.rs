//! What is told of lives: a bounded curve, and figures.

use serde::{Deserialize, Serialize};

use super::Params;
use crate::analysis::breakdown::GroupName;
use crate::dataset::calendar::Day;
use crate::model::proportion::Interval;
use crate::model::survival::{Curve, LogRank, Mean, Median};

/// The most steps of a curve.
pub const MOST_STEPS: usize = 400;

/// The days that survival is told at.
const POINTS: [u32; 6] = [1, 7, 30, 90, 180, 365];

/// How long users stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The last day on which it is known whose life has ended.
    pub last_day: Day,
    /// The last day of a life that is looked at: as asked for, or the longest life's.
    pub horizon: u32,
    /// Users who began so late that their lives cannot have ended yet; they are not among `all`.
    pub too_recent: u64,
    /// Users who had the event already when they began; they are not among `all`.
    pub already: u64,
    /// All lives.
    pub all: Estimate,
    /// The groups, largest first, the others last; only with a breakdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    /// Whether the groups end alike; `null` without groups, and where no end was seen with two groups at risk.
    pub test: Option<LogRank>,
}

/// What is known of some lives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// Users.
    pub users: u64,
    /// Those whose lives have ended.
    pub ended: u64,
    /// Those who were last seen with their lives going on.
    pub censored: u64,
    /// The curve, from day 0; nothing without users.
    pub steps: Vec<Step>,
    /// The day that half of the lives do not outlast.
    pub median: Median,
    /// Mean days of life up to the horizon.
    pub mean: Option<Mean>,
    /// Survival at 1, 7, 30, 90, 180 and 365 days.
    pub points: Vec<Point>,
}

/// A step of the curve, from one day up to the one before the next step's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The first day of life.
    pub from: u32,
    /// The last.
    pub to: u32,
    /// Lives that lasted to `from` or longer.
    pub at_risk: u64,
    /// Lives that ended on these days. In a curve that was not thinned, all on the first.
    pub ended: u64,
    /// Lives that were last seen on these days. `at_risk` of the next step is that of this less both.
    pub censored: u64,
    /// The share of lives that last longer than `from`.
    pub survival: f64,
    /// Its 95% band.
    pub interval: Interval,
}

/// Survival at a day of life.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The day.
    pub day: u32,
    /// The share of lives that last longer; `null` where none was seen for so long.
    pub survival: Option<f64>,
    /// Its 95% band.
    pub interval: Option<Interval>,
    /// Lives that lasted to the day or longer.
    pub at_risk: u64,
    /// Lives that have ended by then.
    pub ended: u64,
}

/// A group of a breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The text; `null` for all others together.
    pub value: Option<String>,
    /// How many texts it stands for.
    pub values: u64,
    /// What is known of its lives.
    pub estimate: Estimate,
}

impl Group {
    /// The group as a cell names it.
    #[must_use]
    pub fn name(&self) -> GroupName {
        GroupName::of(self.value.as_deref())
    }
}

/// A mark of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Cell {
    /// Users whose lives ended on days of life.
    Ended {
        /// The first day.
        #[serde(default)]
        from: u32,
        /// The last day; all from the first on when absent.
        #[serde(default)]
        to: Option<u32>,
        /// Those of a group only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupName>,
    },
    /// Users who were last seen on days of life, which were going on.
    Censored {
        /// The first day.
        #[serde(default)]
        from: u32,
        /// The last day; all from the first on when absent.
        #[serde(default)]
        to: Option<u32>,
        /// Those of a group only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupName>,
    },
    /// Users whose lives lasted to a day or longer; day 0 is all of them.
    AtRisk {
        /// The day of life.
        #[serde(default)]
        day: u32,
        /// Those of a group only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<GroupName>,
    },
    /// Users who began too late to tell.
    TooRecent,
    /// Users who had the event already.
    Already,
}

impl Cell {
    pub(super) fn group(&self) -> Option<&GroupName> {
        match self {
            Self::Ended { group, .. } | Self::Censored { group, .. } | Self::AtRisk { group, .. } => {
                group.as_ref()
            }
            Self::TooRecent | Self::Already => None,
        }
    }

    /// Whether a life is behind it.
    pub(super) fn has(&self, time: u32, has_ended: bool) -> bool {
        let within = |from: u32, to: Option<u32>| time >= from && to.is_none_or(|to| time <= to);
        match self {
            Self::Ended { from, to, .. } => has_ended && within(*from, *to),
            Self::Censored { from, to, .. } => !has_ended && within(*from, *to),
            Self::AtRisk { day, .. } => time >= *day,
            Self::TooRecent | Self::Already => false,
        }
    }
}

/// The horizon asked for, or the longest life.
pub(super) fn horizon(curve: &Curve, params: &Params) -> u32 {
    params.horizon.unwrap_or_else(|| curve.steps.last().map_or(0, |step| step.time))
}

impl Estimate {
    pub(super) fn new(curve: &Curve, horizon: u32) -> Self {
        let point = |day: u32| {
            let found = curve.survival(day);
            let ended = curve.steps.iter().take_while(|step| step.time <= day).map(|step| step.ended).sum();
            Point {
                day,
                survival: found.map(|(survival, _)| survival),
                interval: found.map(|(_, interval)| interval),
                at_risk: curve.at_risk(day),
                ended,
            }
        };
        Self {
            users: curve.lives,
            ended: curve.ended,
            censored: curve.lives - curve.ended,
            steps: steps(curve),
            median: curve.median(),
            mean: curve.restricted_mean(horizon),
            points: POINTS.into_iter().filter(|day| *day <= horizon).map(point).collect(),
        }
    }
}

/// Day 0, the days with ends, thinned evenly where there are too many, and the last day.
fn steps(curve: &Curve) -> Vec<Step> {
    let Some(last) = curve.steps.last() else { return Vec::new() };
    let mut days: Vec<u32> =
        curve.steps.iter().filter(|step| step.ended > 0 && step.time > 0).map(|step| step.time).collect();
    let every = days.len().div_ceil(MOST_STEPS - 2).max(1);
    // Counted from the end, which stays.
    let count = days.len();
    let mut place = 0;
    days.retain(|_| {
        place += 1;
        (count - place).is_multiple_of(every)
    });
    days.insert(0, 0);
    if days.last() != Some(&last.time) {
        days.push(last.time);
    }
    let ends = days.iter().skip(1).map(|next| next - 1).chain([last.time]);
    let step = |(&from, to): (&u32, u32)| {
        let place = |day: u32| curve.steps.partition_point(|step| step.time < day);
        let within = curve.steps.get(place(from)..place(to.saturating_add(1))).unwrap_or(&[]);
        let (ended, censored) = within
            .iter()
            .fold((0, 0), |(ended, censored), step| (ended + step.ended, censored + step.censored));
        let (survival, interval) = curve.survival(from)?;
        Some(Step { from, to, at_risk: curve.at_risk(from), ended, censored, survival, interval })
    };
    days.iter().zip(ends).filter_map(step).collect()
}
