//! Where users stand in their life with us, and how they move between stages.
//!
//! **Definition.** The stages and their rules are those of [`crate::segment::life_cycle`]: every user with an active day up to a day
//! has one stage on it, by what had happened until then. Stages are told at the end of each period (civil day, week, month or
//! quarter); the last one ends with the as-of date, and is *open* when it is cut off by it.
//!
//! - *Moves* are from the end of the period before to the as-of date: of each stage then, how many are in each stage now, and how
//!   many are there now who had not come before. They add up to all users.
//! - *Shares* of moves are pooled over all pairs of consecutive ends, without those of an open period: out of all who stood in a
//!   stage at the end of a period, the part that stood in each a period later, with Wilson's interval, 95 %.
//! - *Settled* is the mix that today's users come to when these shares stay and nobody new comes (see [`crate::model::markov`]).
//!   *Worth* of a share is by how much the active part of that mix (new, growing, mature, resurrected) would be larger if
//!   the share were one point larger, taken from the other moves out of the same stage in proportion.
//!
//! - *Time in a stage* is the estimate of Kaplan and Meier ([`crate::model::survival`]) of how many periods users stay, over all
//!   spells that began within the periods told, closed ends only: a spell lasts from the first end in the stage to the first end in
//!   another; one that goes on at the last end is censored. Spells that had begun before are left out: their length is not known.
//! - *Won back* are those who were dormant, or lost, at the end of the period before and are active at the end of a period.
//!
//! **The data's cycle** is the median of users' own medians of the gaps between their active days, up to the as-of date, or a
//! number of days by hand. Where nobody has a gap it is 30 days, and the answer says that it was not learned.

mod stays;

use serde::{Deserialize, Serialize};

use super::account::{self, Account, Value};
use super::{Members, Question, activity_members};
use crate::dataset::active_days::ActiveDays;
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::dataset::events::EventChoice;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::markov;
use crate::model::proportion::{Interval, wilson};
use crate::segment::life_cycle::{Follower, Gaps, Rules, Stage};

use stays::Spells;
pub use stays::{Back, Stay, StayStep};

/// The most periods.
const MOST_PERIODS: u32 = 120;

/// The cycle where nothing can be learned, in days.
const UNKNOWN_CYCLE: f64 = 30.0;

/// Stages there are.
const STAGES: usize = Stage::ALL.len();

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
    /// How long users stay in each stage, in the order of [`Stage::ALL`].
    pub stays: Vec<Stay>,
    /// Who was won back in each closed period but the first, oldest first.
    pub back: Vec<Back>,
    /// The mix in which today's users settle, in the order of the stages; nothing without two closed periods.
    pub settled: Option<Vec<f64>>,
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
    /// Users in each stage, in the order of [`Stage::ALL`].
    pub stages: [u64; STAGES],
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
    /// By how much the active part of the settled mix grows with one point more of this share.
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
    /// Those who were in a stage at the end of the period before and are active at the end of a period.
    Back {
        /// The stage before: dormant or lost.
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
        let ends = lives.ends.len();
        let mut counts = vec![[0u64; STAGES]; ends];
        let mut moves = [[0u64; STAGES]; STAGES + 1];
        let mut pooled = [[0u64; STAGES]; STAGES];
        // Without the pair that ends in an open period.
        let closed = ends - usize::from(lives.is_open());
        let mut stages = Vec::new();
        let mut spells = Spells::new(lives.from_the_start);
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
                let from = from.map_or(STAGES, Stage::place);
                add(moves.get_mut(from).and_then(|row| row.get_mut(to.place())));
            }
        }
        let now = counts.last().copied().unwrap_or_default();
        let (shares, settled) = shares(&pooled, &now);
        Ok(Report {
            as_of: lives.as_of,
            cycle: lives.cycle.clone(),
            users: now.iter().sum(),
            periods: lives.periods(&counts),
            moves: told_moves(&moves),
            shares,
            stays: spells.stays(),
            back: spells.back(&lives.starts),
            settled,
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let mut lives = Lives::new(view, params)?;
        let last = lives.ends.len().saturating_sub(1);
        let place = match cell {
            Cell::Stage { period: Some(start), .. } => {
                lives.starts.iter().position(|known| known == start).ok_or_else(|| {
                    let known: Vec<String> = lives.starts.iter().map(Day::to_string).collect();
                    Error::bad_value("users.cell.stage.period", start, known.join(", "))
                })?
            }
            Cell::Back { stage, period } => {
                let known = lives.starts.iter().skip(1);
                let place = known.clone().position(|known| known == period);
                let asleep = matches!(stage, Stage::Dormant | Stage::Lost);
                place.filter(|_| asleep).map(|place| place + 1).ok_or_else(|| {
                    let found = serde_json::to_string(cell).unwrap_or_default();
                    let known: Vec<String> = known.map(Day::to_string).collect();
                    Error::bad_value(
                        "users.cell.back",
                        found,
                        format!("dormant or lost; {}", known.join(", ")),
                    )
                })?
            }
            _ => last,
        };
        let mut stages = Vec::new();
        let mut users = Vec::new();
        for user in 0..lives.active.users() {
            lives.follow(user, &mut stages);
            let at = |place: usize| stages.get(place).copied().flatten();
            let before = last.checked_sub(1).and_then(at);
            let belongs = match cell {
                Cell::All => at(last).is_some(),
                Cell::Stage { stage, .. } => at(place) == Some(*stage),
                Cell::Back { stage, .. } => {
                    place.checked_sub(1).and_then(at) == Some(*stage)
                        && at(place).is_some_and(Stage::is_active)
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
        let mut lives = Lives::new(view, params)?;
        let mut stages = Vec::new();
        lives.follow(user, &mut stages);
        let as_of = ("as_of", Value::Day(lives.as_of));
        let mut account = Account::default();
        let mut found = Vec::new();
        let days = lives.active.of(user, &mut found);
        let days = days.get(..days.partition_point(|day| *day <= lives.as_of.0)).unwrap_or(&[]).to_vec();
        let (Some(last), Some(Some(now))) = (days.last(), stages.last()) else {
            account.tell("life_cycle_none", [as_of]);
            return Ok(account);
        };
        let silent = usize::try_from(lives.as_of.0 - last).unwrap_or(0);
        account.tell(
            "life_cycle_days",
            [
                ("days", account::count(days.len())),
                ("last", Value::Day(Day(*last))),
                ("silent", account::count(silent)),
                as_of,
            ],
        );
        let mut gaps = Gaps::default();
        days.windows(2).for_each(|pair| {
            if let [from, to] = pair {
                gaps.add(to - from)
            }
        });
        let tenths =
            |days: f64| crate::table::decimal::Amount { units: (days * 10.0).round() as i64, scale: 1 };
        let own = gaps.median().filter(|_| gaps.len() >= params.rules.own_gaps.max(1) as usize);
        match own {
            Some(cycle) => account.tell("life_cycle_own", [("cycle", Value::Amount(tenths(cycle)))]),
            None => account.tell("life_cycle_data", [("cycle", Value::Amount(tenths(lives.cycle.days)))]),
        }
        account.tell("life_cycle_stage", [("stage", Value::Name(now.key().into()))]);
        if let Some(Some(before)) = stages.len().checked_sub(2).and_then(|place| stages.get(place)) {
            account.tell("life_cycle_before", [("stage", Value::Name(before.key().into()))]);
        }
        let is = |row: usize| lives.active.has(row, user);
        account.mark((view, user), (i32::MIN, lives.as_of.0), "active", is);
        Ok(account)
    }
}

fn add(slot: Option<&mut u64>) {
    if let Some(slot) = slot {
        *slot += 1;
    }
}

/// The moves that somebody makes, in the order of the stages; who had not come last.
fn told_moves(moves: &[[u64; STAGES]; STAGES + 1]) -> Vec<Move> {
    let row = |(from, row): (usize, &[u64; STAGES])| {
        let from = Stage::ALL.get(from).copied();
        let some = Stage::ALL.into_iter().zip(*row).filter(|(_, users)| *users > 0);
        some.map(|(to, users)| Move { from, to, users }).collect::<Vec<_>>()
    };
    moves.iter().enumerate().flat_map(row).collect()
}

/// Shares with what they are worth, and the mix in which today's settles.
fn shares(pooled: &[[u64; STAGES]; STAGES], now: &[u64; STAGES]) -> (Vec<Share>, Option<Vec<f64>>) {
    let sums: Vec<u64> = pooled.iter().map(|row| row.iter().sum()).collect();
    let all: u64 = now.iter().sum();
    // From a stage that nobody was seen in nobody is seen to leave.
    let row = |(from, (row, sum)): (usize, (&[u64; STAGES], &u64))| -> Vec<f64> {
        (0..STAGES)
            .map(|to| match sum {
                0 => f64::from(u8::from(from == to)),
                sum => row.get(to).copied().unwrap_or(0) as f64 / *sum as f64,
            })
            .collect()
    };
    let matrix: Vec<Vec<f64>> = pooled.iter().zip(&sums).enumerate().map(row).collect();
    let mix: Vec<f64> = now.iter().map(|users| *users as f64 / all.max(1) as f64).collect();
    let known = all > 0 && sums.iter().any(|sum| *sum > 0);
    let settled = known.then(|| markov::settled(&matrix, &mix)).flatten();
    let active = |mix: &[f64]| -> f64 { mix.iter().take(Stage::Dormant.place()).sum() };
    let mut told = Vec::new();
    for (from, (row, sum)) in Stage::ALL.into_iter().zip(pooled.iter().zip(&sums)) {
        for (to, moves) in Stage::ALL.into_iter().zip(*row).filter(|(_, moves)| *moves > 0) {
            let Some(interval) = wilson(moves, *sum) else { continue };
            let worth = settled.as_ref().and_then(|settled| {
                let more = markov::with_more(&matrix, from.place(), to.place(), 0.01);
                Some(active(&markov::settled(&more, &mix)?) - active(settled))
            });
            let share = moves as f64 / *sum as f64;
            told.push(Share { from, to, moves, of: *sum, share, interval, worth });
        }
    }
    (told, settled)
}

/// What is needed to follow users through the periods.
struct Lives<'v> {
    active: ActiveDays<'v>,
    follower: Follower,
    cycle: Cycle,
    as_of: Day,
    /// The first days of the periods.
    starts: Vec<Day>,
    /// The days that stages are told as of.
    ends: Vec<i32>,
    /// Whether nothing lies before the first period.
    from_the_start: bool,
    last_day: Day,
    /// The days of the user at hand.
    found: Vec<i32>,
}

impl<'v> Lives<'v> {
    fn new(view: &'v View<'v>, params: &Params) -> Result<Self> {
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
        Ok(Self { active, follower, cycle, as_of, starts, ends, from_the_start, last_day, found: Vec::new() })
    }

    /// Whether the last period goes on after the as-of date.
    fn is_open(&self) -> bool {
        self.last_day > self.as_of
    }

    fn follow(&mut self, user: usize, stages: &mut Vec<Option<Stage>>) {
        let days = self.active.of(user, &mut self.found);
        self.follower.follow(days, &self.ends, stages);
    }

    fn periods(&self, counts: &[[u64; STAGES]]) -> Vec<PeriodStages> {
        let last = self.ends.len().saturating_sub(1);
        let ends = self.starts.iter().zip(&self.ends).zip(counts).enumerate();
        let period =
            |(place, ((start, end), stages)): (usize, ((&Day, &i32), &[u64; STAGES]))| PeriodStages {
                start: *start,
                end: Day(*end),
                open: place == last && self.is_open(),
                stages: *stages,
            };
        ends.map(period).collect()
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
        gaps.clear();
        let known = days.get(..days.partition_point(|day| *day <= as_of.0)).unwrap_or(&[]);
        known.windows(2).for_each(|pair| {
            if let [from, to] = pair {
                gaps.add(to - from)
            }
        });
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
