//! Where users stand in their life with us, and how they move between stages.
//!
//! **Definition.** The stages and their rules are those of [`crate::segment::life_cycle`] or, of the business stages, of
//! [`crate::segment::business`]: every user with an active day (of the business stages: with a row) up to a day has one stage on it,
//! by what had happened until then. Stages are told at the end of each period (civil day, week, month or quarter); the last one ends
//! with the as-of date, and is *open* when it is cut off by it.
//!
//! - *Moves* are from the end of the period before to the as-of date: of each stage then, how many are in each stage now, and how
//!   many are there now who had not come before. They add up to all users.
//! - *Shares* of moves are pooled over all pairs of consecutive ends, without those of an open period: out of all who stood in a
//!   stage at the end of a period, the part that stood in each a period later, with Wilson's interval, 95 %.
//! - *Settled* is the mix that today's users come to when these shares stay and nobody new comes (see [`crate::model::markov`]).
//!   *Worth* of a share is by how much the kept part of that mix (new, growing, mature, resurrected; of the business stages purchase
//!   and loyalty) would be larger if the share were one point larger, taken from the other moves out of the same stage in proportion.
//!
//! - *Time in a stage* is the estimate of Kaplan and Meier ([`crate::model::survival`]) of how many periods users stay, over all
//!   spells that began within the periods told, closed ends only: a spell lasts from the first end in the stage to the first end in
//!   another; one that goes on at the last end is censored. Spells that had begun before are left out: their length is not known.
//! - *Won back* are those who were dormant, or lost, at the end of the period before and are active at the end of a period; of the
//!   business stages those who had churned and have not any more, and *won for a second purchase* those who were in purchase and
//!   are in loyalty.
//!
//! **The data's cycle** is the median of users' own medians of the gaps between their active days, up to the as-of date, or a
//! number of days by hand. Where nobody has a gap it is 30 days, and the answer says that it was not learned.

mod lives;
mod moves;
mod stays;
mod tell;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::{Members, Question, activity_members};
use crate::dataset::calendar::{Day, Period, WeekStart};
use crate::dataset::events::EventChoice;
use crate::dataset::view::View;
use crate::error::Result;
use crate::model::proportion::Interval;
use crate::segment::life_cycle::{Rules, Stage, Stages};
use crate::segment::orders::OrderUnit;

use lives::Lives;
use moves::{Pooled, shares, told_moves};
use stays::Spells;
pub use stays::{Stay, StayStep, Won, WonIn};

/// The most periods.
const MOST_PERIODS: u32 = 120;

/// The most stages there are.
const STAGES: usize = 6;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The day that stages are told as of; the last day that is looked at when absent.
    pub as_of: Option<Day>,
    /// The length of a period.
    pub period: Period,
    /// How many periods are told, up to the as-of date: 2 to 120, as far as the data reach.
    pub periods: u32,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
    /// The event that makes active; any when absent.
    pub active: Option<EventChoice>,
    /// The data's cycle in days; learned when absent.
    pub cycle: Option<f64>,
    /// The rules of the stages.
    pub rules: Rules,
    /// Which stages are told.
    pub stages: Stages,
    /// Of the business stages: the event that is an interaction; learned when absent.
    pub interaction: Option<EventChoice>,
    /// Of the business stages: loyal from so many orders on, 2 to 1,000.
    pub loyal_orders: u32,
    /// Of the business stages: what counts as one order.
    pub orders: Option<OrderUnit>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            as_of: None,
            period: Period::Month,
            periods: 24,
            week_start: None,
            active: None,
            cycle: None,
            rules: Rules::default(),
            stages: Stages::Activity,
            interaction: None,
            loyal_orders: 2,
            orders: None,
        }
    }
}

/// Users by stage, now and at the end of every period, and how they move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day that stages are told as of.
    pub as_of: Day,
    /// The data's cycle.
    pub cycle: Cycle,
    /// All users with an active day up to it: the sum of the stages now.
    pub users: u64,
    /// Users by stage at the end of every period, oldest first; the last is the as-of date.
    pub periods: Vec<PeriodStages>,
    /// Moves from the end of the period before to the as-of date; without those that nobody makes.
    pub moves: Vec<Move>,
    /// The shares of moves, pooled; without those that nobody makes.
    pub shares: Vec<Share>,
    /// How long users stay in each stage, in the order of the stages.
    pub stays: Vec<Stay>,
    /// Who was won in each closed period but the first, oldest first.
    pub won: Vec<WonIn>,
    /// The mix in which today's users settle, in the order of the stages; nothing without two closed periods.
    pub settled: Option<Vec<f64>>,
    /// How the business stages were told; nothing of the others.
    pub business: Option<BusinessEvidence>,
}

/// What the business stages rest on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BusinessEvidence {
    /// The events by which users have merely been seen, as long as no interaction is chosen; none when every row is an interaction.
    pub sights: Vec<String>,
    /// What counts as one order.
    pub orders: OrderUnit,
}

/// How long users take to come again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cycle {
    /// The cycle that is used, in days.
    pub days: f64,
    /// Where it comes from.
    pub source: Source,
    /// Users with a gap, and so with a median of their own.
    pub users: u64,
    /// The quarter, the half and three quarters of their medians.
    pub quartiles: Option<[f64; 3]>,
}

/// Where the data's cycle comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The data.
    Learned,
    /// A choice.
    Given,
    /// Nowhere: nobody came twice.
    Unknown,
}

/// Users by stage at the end of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodStages {
    /// The first day of the period.
    pub start: Day,
    /// The day that stages are told as of: its last day, or the as-of date.
    pub end: Day,
    /// Whether the period goes on after it.
    pub open: bool,
    /// Users in each stage, in the order of the stages.
    pub stages: Vec<u64>,
}

/// Users who moved from a stage to a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Move {
    /// The stage before; nothing for those who had not come.
    pub from: Option<Stage>,
    /// The stage now.
    pub to: Stage,
    /// How many.
    pub users: u64,
}

/// The part of a stage's users who are in a stage a period later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// The stage before.
    pub from: Stage,
    /// The stage after.
    pub to: Stage,
    /// Such moves, over all periods.
    pub moves: u64,
    /// All moves out of the stage before.
    pub of: u64,
    /// moves / of.
    pub share: f64,
    /// Its interval, 95 %.
    pub interval: Interval,
    /// By how much the kept part of the settled mix grows with one point more of this share.
    pub worth: Option<f64>,
}

/// Users that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Cell {
    /// All users with an active day.
    All,
    /// Those in a stage, as of the as-of date or of a period's end.
    Stage {
        /// The stage.
        stage: Stage,
        /// The first day of the period; as of the as-of date when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<Day>,
    },
    /// Those who moved from the end of the period before to the as-of date.
    Move {
        /// The stage before; nothing for those who had not come.
        #[serde(default)]
        from: Option<Stage>,
        /// The stage now.
        to: Stage,
    },
    /// Those who were in a stage at the end of the period before and have been won by the end of a period.
    Won {
        /// The stage before: one of [`Stages::to_win`].
        stage: Stage,
        /// The first day of the period.
        period: Day,
    },
}

/// Where users stand.
#[derive(Debug)]
pub struct LifeCycle;

impl Question for LifeCycle {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let mut lives = Lives::new(view, params)?;
        let all = params.stages.all();
        let mut counts = vec![vec![0u64; all.len()]; lives.ends.len()];
        let mut moves = [[0u64; STAGES]; STAGES + 1];
        let mut pooled = Pooled::default();
        // Without the pair that ends in an open period.
        let closed = lives.ends.len() - usize::from(lives.is_open());
        let mut stages = Vec::new();
        let mut spells = Spells::new(params.stages, lives.from_the_start);
        for user in 0..lives.active.users() {
            lives.follow(user, &mut stages);
            spells.add(stages.get(..closed).unwrap_or(&[]));
            for (counts, stage) in counts.iter_mut().zip(&stages) {
                stage.iter().for_each(|stage| add(counts.get_mut(stage.place())));
            }
            let pairs = stages.windows(2).take(closed.saturating_sub(1));
            for pair in pairs {
                if let [Some(from), Some(to)] = pair {
                    add(pooled.get_mut(from.place()).and_then(|row| row.get_mut(to.place())));
                }
            }
            if let [.., from, Some(to)] = stages[..] {
                let from = from.map_or(all.len(), Stage::place);
                add(moves.get_mut(from).and_then(|row| row.get_mut(to.place())));
            }
        }
        let now = counts.last().cloned().unwrap_or_default();
        let (shares, settled) = shares(params.stages, &pooled, &now);
        Ok(Report {
            as_of: lives.as_of,
            cycle: lives.cycle.clone(),
            users: now.iter().sum(),
            periods: lives.periods(counts),
            moves: told_moves(params.stages, &moves),
            shares,
            stays: spells.stays(),
            won: spells.won(&lives.starts),
            settled,
            business: lives.evidence(params),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let mut lives = Lives::new(view, params)?;
        let last = lives.ends.len().saturating_sub(1);
        let place = lives.place(params, cell)?;
        let mut stages = Vec::new();
        let mut users = Vec::new();
        for user in 0..lives.active.users() {
            lives.follow(user, &mut stages);
            let at = |place: usize| stages.get(place).copied().flatten();
            let before = last.checked_sub(1).and_then(at);
            let belongs = match cell {
                Cell::All => at(last).is_some(),
                Cell::Stage { stage, .. } => at(place) == Some(*stage),
                Cell::Won { stage, .. } => {
                    place.checked_sub(1).and_then(at) == Some(*stage)
                        && at(place).is_some_and(|now| stage.is_won_in(now))
                }
                Cell::Move { from, to } => at(last) == Some(*to) && before == *from,
            };
            if belongs {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        tell::account(view, params, user)
    }
}

fn add(slot: Option<&mut u64>) {
    if let Some(slot) = slot {
        *slot += 1;
    }
}
