//! Counts.

use super::walk::{Now, Walk};
use super::{
    Change, Distribution, MOST_TIERS, Move, Params, PeriodTiers, Report, Tier, WhatIf, WhatIfTier, thresholds,
};
use crate::analysis::share;
use crate::dataset::EventLog;
use crate::dataset::calendar::Day;
use crate::error::Result;
use crate::segment::tier::Follower;
use crate::table::decimal::Amount;

/// The most bins of the distribution.
const BINS: i64 = 40;

/// What is counted of a tier.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    users: u64,
    revenue: i128,
    before: u64,
    active: u64,
    bought: u64,
    near: u64,
    near_missing: i128,
    falling: u64,
}

/// Counts while users are visited.
struct Tally {
    tiers: [Counts; MOST_TIERS],
    others: [Counts; MOST_TIERS],
    periods: Vec<([u64; MOST_TIERS], [u64; Change::ALL.len()])>,
    /// From each tier, and from none at last, to each tier.
    moves: [[u64; MOST_TIERS]; MOST_TIERS + 1],
    what_if: [[u64; MOST_TIERS]; MOST_TIERS],
    /// What those measure who measure more than 0.
    measures: Vec<i64>,
    not_joined: u64,
}

/// Counts all users.
pub(super) fn run(mut walk: Walk<'_>, params: &Params) -> Result<Report> {
    let tiers = walk.follower.thresholds.len() + 1;
    let others = walk.what_if.as_ref().map_or(0, |other| other.thresholds.len() + 1);
    // How many tiers are learned depends on the data: what is said of one that is not there stays unused.
    let most = if walk.learned { MOST_TIERS } else { tiers.max(others) };
    let benefits = thresholds::percentages(&params.benefits, most)?;
    let mut tally = Tally {
        tiers: Default::default(),
        others: Default::default(),
        periods: vec![Default::default(); walk.periods.len()],
        moves: Default::default(),
        what_if: Default::default(),
        measures: Vec::new(),
        not_joined: 0,
    };
    for user in 0..walk.gauge.view.log.users.len() {
        match walk.visit(user) {
            Some(now) => tally.add(&walk, user, &now),
            None => {
                let seen = walk.gauge.days.of(user).first().is_some_and(|day| *day <= walk.as_of);
                tally.not_joined += u64::from(seen);
            }
        }
    }
    Ok(tally.finish(&walk, &benefits))
}

impl Tally {
    fn add(&mut self, walk: &Walk<'_>, user: usize, now: &Now) {
        let (revenue, _) = walk.gauge.money(user, (walk.window_from, walk.as_of));
        let place = index(now.tier);
        if let Some(counts) = self.tiers.get_mut(place) {
            counts.users += 1;
            counts.revenue += revenue;
            counts.near += u64::from(now.missing.is_some());
            counts.near_missing += i128::from(now.missing.unwrap_or(0));
            counts.falling += u64::from(now.fall.is_some());
        }
        if let Some(then) = now.what_if {
            add(self.what_if.get_mut(place).and_then(|row| row.get_mut(index(then))));
            if let Some(counts) = self.others.get_mut(index(then)) {
                counts.users += 1;
                counts.revenue += revenue;
            }
        }
        for (place, (tiers, changes)) in self.periods.iter_mut().enumerate() {
            if let Some((tier, change)) = walk.change(place) {
                add(tiers.get_mut(index(tier)));
                add(changes.get_mut(change as usize));
            }
        }
        let from = walk.tier_at(walk.moved_from).map_or(MOST_TIERS, index);
        add(self.moves.get_mut(from).and_then(|row| row.get_mut(place)));
        self.add_returned(walk, user);
        if now.sum > 0 {
            self.measures.push(now.sum);
        }
    }

    fn add_returned(&mut self, walk: &Walk<'_>, user: usize) {
        let Some(span) = walk.returned_in else { return };
        let counts = walk.tier_at(span.0 - 1).and_then(|tier| self.tiers.get_mut(index(tier)));
        if let Some(counts) = counts {
            counts.before += 1;
            if walk.gauge.came(user, span) {
                counts.active += 1;
                counts.bought += u64::from(walk.gauge.money(user, span).1);
            }
        }
    }

    fn finish(self, walk: &Walk<'_>, benefits: &[(i128, u32)]) -> Report {
        let purse = Purse::new(walk, benefits);
        let sum = |counts: &[Counts]| counts.iter().map(|counts| counts.revenue).sum::<i128>();
        let users = self.tiers.iter().map(|counts| counts.users).sum();
        let from = |place: usize| (place < MOST_TIERS).then(|| number(place));
        Report {
            as_of: Day(walk.as_of),
            window: [Day(walk.window_from), Day(walk.as_of)],
            users,
            not_joined: self.not_joined,
            measured: self.measures.len() as u64,
            learned: walk.learned,
            revenue: purse.money(sum(&self.tiers)),
            tiers: self.told_tiers(walk, &purse, users),
            returned_in: walk.returned_in.map(|(from, to)| [Day(from), Day(to)]),
            periods: self.told_periods(walk),
            moved: [Day(walk.moved_from), Day(walk.as_of)],
            moves: told(self.moves.iter().enumerate().map(|(place, row)| (from(place), row))),
            falling_until: Day(walk.falling_until),
            cost: purse.total(&self.tiers),
            what_if: walk.what_if.as_ref().map(|other| self.told_what_if(walk, &purse, other)),
            distribution: distribution(walk, self.measures, users),
        }
    }

    fn told_tiers(&self, walk: &Walk<'_>, purse: &Purse<'_>, users: u64) -> Vec<Tier> {
        let revenue: i128 = self.tiers.iter().map(|counts| counts.revenue).sum();
        let tier = |(place, (from, counts)): (usize, (Amount, &Counts))| Tier {
            tier: number(place),
            from,
            users: counts.users,
            share: share(counts.users, users),
            revenue: purse.money(counts.revenue),
            revenue_share: (purse.is_known && revenue > 0).then(|| counts.revenue as f64 / revenue as f64),
            mean: purse
                .money(counts.revenue)
                .filter(|_| counts.users > 0)
                .map(|revenue| revenue.to_f64() / counts.users as f64),
            before: counts.before,
            active: counts.active,
            bought: counts.bought,
            near: counts.near,
            near_missing: amount(walk, counts.near_missing),
            falling: counts.falling,
            cost: purse.cost(place, counts).and_then(|cost| purse.money(cost)),
        };
        begins(walk, &walk.follower).zip(&self.tiers).enumerate().map(tier).collect()
    }

    fn told_what_if(&self, walk: &Walk<'_>, purse: &Purse<'_>, other: &Follower) -> WhatIf {
        let tier = |(place, (from, counts)): (usize, (Amount, &Counts))| WhatIfTier {
            tier: number(place),
            from,
            users: counts.users,
            revenue: purse.money(counts.revenue),
            cost: purse.cost(place, counts).and_then(|cost| purse.money(cost)),
        };
        let moves = told(self.what_if.iter().enumerate().map(|(from, row)| (Some(number(from)), row)));
        let sum = |fits: fn(u8, u8) -> bool| {
            let fitting = moves.iter().filter(|one| one.from.is_some_and(|from| fits(from, one.to)));
            fitting.map(|one| one.users).sum()
        };
        WhatIf {
            tiers: begins(walk, other).zip(&self.others).enumerate().map(tier).collect(),
            up: sum(|from, to| to > from),
            down: sum(|from, to| to < from),
            moves,
            cost: purse.total(&self.others),
        }
    }

    fn told_periods(&self, walk: &Walk<'_>) -> Vec<PeriodTiers> {
        let last = walk.periods.len().saturating_sub(1);
        let tiers = walk.follower.thresholds.len() + 1;
        let ends = walk.periods.iter().zip(&self.periods).enumerate();
        ends.map(|(place, (&(start, end), (counts, changes)))| PeriodTiers {
            start: Day(start),
            end: Day(end),
            open: place == last && walk.open,
            tiers: counts.iter().take(tiers).copied().collect(),
            changes: *changes,
        })
        .collect()
    }
}

/// Money and what is given back of it.
struct Purse<'w> {
    log: &'w EventLog,
    is_known: bool,
    benefits: &'w [(i128, u32)],
}

impl<'w> Purse<'w> {
    fn new(walk: &'w Walk<'_>, benefits: &'w [(i128, u32)]) -> Self {
        let log = walk.gauge.view.log;
        Self { log, is_known: log.values().is_some(), benefits }
    }

    fn money(&self, units: i128) -> Option<Amount> {
        self.is_known.then(|| self.log.amount(saturated(units)))
    }

    /// What the benefits of the tier at a place cost: percent of its revenue, of no less than 0, to the nearest unit, half up.
    fn cost(&self, place: usize, counts: &Counts) -> Option<i128> {
        if !self.is_known || self.benefits.is_empty() {
            return None;
        }
        let &(mantissa, scale) = self.benefits.get(place).unwrap_or(&(0, 0));
        let whole = 100 * 10i128.pow(scale);
        let twice = counts.revenue.max(0).saturating_mul(mantissa).saturating_mul(2);
        Some(twice.saturating_add(whole) / (2 * whole))
    }

    fn total(&self, tiers: &[Counts]) -> Option<Amount> {
        let costs = tiers.iter().enumerate().map(|(place, counts)| self.cost(place, counts));
        costs.sum::<Option<i128>>().and_then(|cost| self.money(cost))
    }
}

fn add(slot: Option<&mut u64>) {
    if let Some(slot) = slot {
        *slot += 1;
    }
}

fn index(tier: u8) -> usize {
    usize::from(tier).saturating_sub(1)
}

fn number(place: usize) -> u8 {
    u8::try_from(place + 1).unwrap_or(u8::MAX)
}

fn saturated(units: i128) -> i64 {
    i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX })
}

fn amount(walk: &Walk<'_>, units: i128) -> Amount {
    Amount { units: saturated(units), scale: walk.gauge.scale() }
}

/// Where tiers begin, lowest first.
fn begins<'w>(walk: &'w Walk<'_>, follower: &'w Follower) -> impl Iterator<Item = Amount> + 'w {
    let above = follower.thresholds.iter().map(|units| i128::from(*units));
    std::iter::once(0).chain(above).map(|units| amount(walk, units))
}

/// The moves that somebody makes.
fn told<'r>(rows: impl Iterator<Item = (Option<u8>, &'r [u64; MOST_TIERS])>) -> Vec<Move> {
    let some = |(from, row): (Option<u8>, &[u64; MOST_TIERS])| {
        let moves = row.iter().enumerate().filter(|(_, users)| **users > 0);
        moves.map(|(to, users)| Move { from, to: number(to), users: *users }).collect::<Vec<_>>()
    };
    rows.flat_map(some).collect()
}

/// Bins of round width up to where all but the top percent, and all thresholds, lie.
fn distribution(walk: &Walk<'_>, mut measures: Vec<i64>, users: u64) -> Distribution {
    let nothing = users.saturating_sub(measures.len() as u64);
    let place = (measures.len() * 99 / 100).min(measures.len().saturating_sub(1));
    let usual = if measures.is_empty() { 0 } else { *measures.select_nth_unstable(place).1 };
    let highest = |follower: &Follower| follower.thresholds.last().copied().unwrap_or(0);
    let most = usual.max(highest(&walk.follower)).max(walk.what_if.as_ref().map_or(0, highest));
    let width = thresholds::width(most, BINS);
    let mut bins = vec![0u64; if measures.is_empty() { 0 } else { (most / width) as usize + 1 }];
    let mut above = 0;
    for measure in measures {
        match bins.get_mut((measure / width) as usize) {
            Some(bin) => *bin += 1,
            None => above += 1,
        }
    }
    Distribution { nothing, width: amount(walk, i128::from(width)), bins, above }
}
