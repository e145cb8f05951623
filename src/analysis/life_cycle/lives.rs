//! Users followed through the periods, and the data's cycle.

use super::{BusinessEvidence, Cell, Cycle, MOST_PERIODS, Params, PeriodStages, Source};
use crate::dataset::active_days::ActiveDays;
use crate::dataset::calendar::{Day, Periods};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::segment::business::{self, Business, BusinessRules, Steps};
use crate::segment::life_cycle::{Follower, Gaps, Rules, Stage, Stages};

/// The cycle where nothing can be learned, in days.
const UNKNOWN_CYCLE: f64 = 30.0;

/// What is needed to follow users through the periods.
pub(super) struct Lives<'v> {
    view: &'v View<'v>,
    pub active: ActiveDays<'v>,
    follower: Follower,
    /// For the business stages.
    pub business: Option<Business<'v>>,
    pub cycle: Cycle,
    pub as_of: Day,
    /// The first days of the periods.
    pub starts: Vec<Day>,
    /// The days that stages are told as of.
    pub ends: Vec<i32>,
    /// Whether nothing lies before the first period.
    pub from_the_start: bool,
    last_day: Day,
    /// The days of the user at hand.
    found: Vec<i32>,
}

impl<'v> Lives<'v> {
    pub fn new(view: &'v View<'v>, params: &Params) -> Result<Self> {
        if !(2..=MOST_PERIODS).contains(&params.periods) {
            return Err(Error::bad_value("params.periods", params.periods, format!("2 to {MOST_PERIODS}")));
        }
        check(&params.rules)?;
        let choice = params.active.clone().unwrap_or_default();
        let active = ActiveDays::new(view, &choice, "params.active")?;
        let as_of = params.as_of.unwrap_or(view.span().1);
        let cycle = learn(&active, params, as_of)?;
        let week_start = params.week_start.unwrap_or(view.log.week_start);
        let periods = Periods { period: params.period, week_start };
        let last = periods.number(as_of);
        let first = last.saturating_sub(i32::try_from(params.periods - 1).unwrap_or(0));
        // Before the data there was nobody; two ends are needed for a move.
        let first = first.max(periods.number(view.span().0)).min(last.saturating_sub(1));
        let starts: Vec<Day> = (first..=last).map(|number| periods.first_day(number)).collect();
        let ends = (first..=last).map(|number| periods.last_day(number).0.min(as_of.0)).collect();
        let follower = Follower::new(params.rules, cycle.days);
        let last_day = periods.last_day(last);
        let from_the_start = first <= periods.number(view.span().0);
        let business = match params.stages {
            Stages::Activity => None,
            Stages::Business => Some(Business::new(
                view,
                &BusinessRules {
                    interaction: params.interaction.clone(),
                    loyal_orders: params.loyal_orders,
                    orders: params.orders,
                },
            )?),
        };
        let found = Vec::new();
        Ok(Self {
            view,
            active,
            follower,
            business,
            cycle,
            as_of,
            starts,
            ends,
            from_the_start,
            last_day,
            found,
        })
    }

    /// Whether the last period goes on after the as-of date.
    pub fn is_open(&self) -> bool {
        self.last_day > self.as_of
    }

    /// The stages of a user at the ends of the periods, and of the business stages what they rest on.
    pub fn follow(&mut self, user: usize, stages: &mut Vec<Option<Stage>>) -> Option<Steps> {
        let days = self.active.of(user, &mut self.found);
        self.follower.follow(days, &self.ends, stages);
        let steps = self.business.as_mut()?.steps(user);
        for (stage, &today) in stages.iter_mut().zip(&self.ends) {
            *stage = steps.stage(today, *stage);
        }
        Some(steps)
    }

    /// Which end the users of a cell are told by.
    pub fn place(&self, params: &Params, cell: &Cell) -> Result<usize> {
        let last = self.ends.len().saturating_sub(1);
        let bad = |path: &str, found: &dyn std::fmt::Display, stages: &[Stage], days: &[Day]| {
            let stages = stages.iter().map(|stage| stage.key().trim_start_matches("stage_").to_owned());
            let known: Vec<String> = stages.chain(days.iter().map(Day::to_string)).collect();
            Err(Error::bad_value(path, found, known.join(", ")))
        };
        let all = params.stages.all();
        let of_these = |stage: &Stage| stage.stages() == params.stages;
        match cell {
            Cell::Stage { stage, .. } if !of_these(stage) => {
                bad("users.cell.stage.stage", &stage.key(), all, &[])
            }
            Cell::Move { from, to } if !from.iter().chain([to]).all(of_these) => {
                bad("users.cell.move", &to.key(), all, &[])
            }
            Cell::Stage { period: Some(start), .. } => {
                match self.starts.iter().position(|known| known == start) {
                    Some(place) => Ok(place),
                    None => bad("users.cell.stage.period", start, &[], &self.starts),
                }
            }
            Cell::Won { stage, period } => {
                let place = self.starts.iter().skip(1).position(|known| known == period);
                match place.filter(|_| params.stages.to_win().contains(stage)) {
                    Some(place) => Ok(place + 1),
                    None => {
                        let found = serde_json::to_string(cell).unwrap_or_default();
                        let days = self.starts.get(1..).unwrap_or(&[]);
                        bad("users.cell.won", &found, params.stages.to_win(), days)
                    }
                }
            }
            _ => Ok(last),
        }
    }

    pub fn periods(&self, counts: Vec<Vec<u64>>) -> Vec<PeriodStages> {
        let last = self.ends.len().saturating_sub(1);
        let ends = self.starts.iter().zip(&self.ends).zip(counts).enumerate();
        let period = |(place, ((start, end), stages)): (usize, ((&Day, &i32), Vec<u64>))| PeriodStages {
            start: *start,
            end: Day(*end),
            open: place == last && self.is_open(),
            stages,
        };
        ends.map(period).collect()
    }

    /// What the business stages rest on.
    pub fn evidence(&self, params: &Params) -> Option<BusinessEvidence> {
        let business = self.business.as_ref()?;
        let (sights, others) = business::sights(self.view.log);
        let learned = params.interaction.is_none() && !others.is_empty();
        Some(BusinessEvidence { sights: if learned { sights } else { Vec::new() }, orders: business.unit })
    }
}

/// Refuses rules that make no sense.
fn check(rules: &Rules) -> Result<()> {
    let fits = |name: &str, number: f64, least: f64| {
        if number.is_finite() && number >= least && number <= 1_000.0 {
            return Ok(());
        }
        Err(Error::bad_value(format!("params.rules.{name}"), number, format!("{least} to 1000")))
    };
    fits("newWithin", rules.new_within, 0.0)?;
    fits("activeWithin", rules.active_within, 0.0)?;
    fits("lostAfter", rules.lost_after, rules.active_within)?;
    fits("rise", rules.rise, 0.0)
}

/// The data's cycle, and the evidence.
fn learn(active: &ActiveDays<'_>, params: &Params, as_of: Day) -> Result<Cycle> {
    if let Some(days) = params.cycle.filter(|days| !(days.is_finite() && *days > 0.0 && *days <= 10_000.0)) {
        return Err(Error::bad_value("params.cycle", days, "more than 0, at most 10000"));
    }
    let (mut gaps, mut found, mut medians) = (Gaps::default(), Vec::new(), Vec::new());
    for user in 0..active.users() {
        let days = active.of(user, &mut found);
        gaps.fill(days.get(..days.partition_point(|day| *day <= as_of.0)).unwrap_or(&[]));
        medians.extend(gaps.median());
    }
    let users = medians.len();
    // As the median of a user: the middle one, or the mean of the two in the middle; quarters between neighbours.
    medians.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (users.saturating_sub(1)) as f64 * share;
        let below = medians.get(place.floor() as usize).copied().unwrap_or(0.0);
        let above = medians.get(place.ceil() as usize).copied().unwrap_or(below);
        below + (above - below) * place.fract()
    };
    let quartiles = (users > 0).then(|| [at(0.25), at(0.5), at(0.75)]);
    let (days, source) = match (params.cycle, quartiles) {
        (Some(days), _) => (days, Source::Given),
        (None, Some([_, median, _])) => (median, Source::Learned),
        (None, None) => (UNKNOWN_CYCLE, Source::Unknown),
    };
    Ok(Cycle { days, source, users: users as u64, quartiles })
}
