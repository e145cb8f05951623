//! Counting orders.

use super::{
    Bin, Buyer, Buyers, Cohort, Conversion, Count, Intervals, Items, Next, Params, Quantile, Report, State,
    Step,
};
use crate::analysis::{check_size, share};
use crate::dataset::EventLog;
use crate::dataset::calendar::Day;
use crate::dataset::trades::Trades;
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::ColumnData;
use crate::table::decimal::{Amount, Decimals};

/// The quantiles of intervals that are told.
const SHARES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// Days in a bin, where none are asked for: the first that makes no more than [`MOST_BINS`].
const BIN_DAYS: [u32; 8] = [1, 7, 14, 28, 56, 91, 182, 364];

const MOST_BINS: u32 = 60;

/// Orders and distinct users by place. Users come one after the other, so that the last one seen at a place is enough.
struct Tally {
    counts: Vec<Count>,
    last: Vec<u32>,
}

impl Tally {
    fn new(length: usize) -> Self {
        Self { counts: vec![Count::default(); length], last: vec![u32::MAX; length] }
    }

    #[inline]
    fn add(&mut self, place: usize, user: usize) {
        let user = u32::try_from(user).unwrap_or(u32::MAX);
        if let (Some(count), Some(last)) = (self.counts.get_mut(place), self.last.get_mut(place)) {
            count.orders += 1;
            count.users += u64::from(std::mem::replace(last, user) != user);
        }
    }
}

impl Conversion {
    #[inline]
    fn add(&mut self, next: Next) {
        let is = |state| u64::from(next.is(state));
        self.users += 1;
        self.converted += is(State::Converted);
        self.open += is(State::Open);
        self.lapsed += is(State::Lapsed);
        self.repeated += is(State::Repeated);
        self.mature += is(State::Mature);
        self.mature_converted += u64::from(next.is(State::Mature) && next.is(State::Converted));
    }

    fn with_rate(self) -> Self {
        Self { rate: share(self.mature_converted, self.mature), ..self }
    }
}

/// The sums of one cohort.
#[derive(Default, Clone)]
struct CohortSums {
    conversion: Conversion,
    orders: u64,
    units: i128,
}

pub(super) fn report(view: &View<'_>, params: &Params) -> Result<Report> {
    let mut buyers = Buyers::new(view, params)?;
    let periods = buyers.periods(params);
    let span = buyers.span();
    let length = span.map_or(0, |(first, last)| usize::try_from(last - first).unwrap_or(0) + 1);
    check_size(length as u64 * 2)?;
    let mut cohorts = vec![CohortSums::default(); periods.as_ref().map_or(0, |periods| periods.length)];
    check_size(cohorts.len() as u64 * 12)?;
    let mut steps = Steps::new(params);
    let (mut gaps, mut hours, mut daily) = (vec![0u64; length], Tally::new(7 * 24), Tally::new(length));
    let mut weekdays = Tally::new(7);
    let (mut count, mut repeat_buyers, mut orders, mut has_hours) = (0u64, 0u64, 0u64, false);
    let first_day = span.map_or(0, |(first, _)| first);
    let trades = view.trades();
    buyers.each(|buyer| {
        count += 1;
        orders += buyer.days.len() as u64;
        repeat_buyers += u64::from(buyer.days.len() > 1);
        for days in buyer.intervals() {
            if let Some(gap) = gaps.get_mut(days as usize) {
                *gap += 1;
            }
        }
        steps.add(buyer);
        let place = buyer.days.first().and_then(|&day| periods.as_ref()?.place(day));
        if let (Some(cohort), Some(next)) = (place.and_then(|place| cohorts.get_mut(place)), buyer.next(1)) {
            cohort.conversion.add(next);
            cohort.orders += buyer.days.len() as u64;
            cohort.units += spent(&trades, buyer.rows);
        }
        for (&day, clock) in buyer.days.iter().zip(buyer.clocks) {
            has_hours |= !clock.is_midnight();
            hours.add(clock.weekday() * 24 + clock.hour(), buyer.user);
            weekdays.add(clock.weekday(), buyer.user);
            daily.add(usize::try_from(day - first_day).unwrap_or(usize::MAX), buyer.user);
        }
    });
    let units = cohorts.iter().map(|cohort| cohort.units).sum();
    let revenue = view.log.values().map(|_| amount(view.log, units)).transpose()?;
    let average = |amount: &Amount| (orders > 0).then(|| amount.to_f64() / orders as f64);
    let cohorts = cohorts.into_iter().enumerate().filter_map(|(place, sums)| {
        let periods = periods.as_ref()?;
        Some(cohort(view.log, (periods.start(place), periods.end(place)), sums))
    });
    let cohorts: Result<Vec<Cohort>> = cohorts.collect();
    Ok(Report {
        order_unit: buyers.unit,
        buyers: count,
        repeat_buyers,
        orders,
        average_order_value: revenue.as_ref().and_then(average),
        revenue,
        items: items(view, &trades, orders)?,
        intervals: intervals(&mut buyers, params, &gaps)?,
        steps: steps.finish(),
        cohorts: cohorts?,
        hours: has_hours.then_some(hours.counts),
        weekdays: weekdays.counts,
        first_day: span.map(|(first, _)| Day(first)),
        daily: daily.counts,
    })
}

/// Gross purchases of these rows, in the smallest unit.
fn spent(trades: &Trades<'_>, rows: &[u32]) -> i128 {
    let bought = rows.iter().filter(|&&row| trades.is_purchase(row));
    bought.map(|&row| i128::from(trades.get(row).1)).sum()
}

fn amount(log: &EventLog, units: i128) -> Result<Amount> {
    let units = i64::try_from(units).map_err(|_| Error::new(ErrorKind::TooLarge).found(units))?;
    Ok(log.amount(units))
}

fn cohort(log: &EventLog, (start, end): (Day, Day), sums: CohortSums) -> Result<Cohort> {
    let revenue = log.values().map(|_| amount(log, sums.units)).transpose()?;
    Ok(Cohort { start, end, conversion: sums.conversion.with_rate(), orders: sums.orders, revenue })
}

fn items(view: &View<'_>, trades: &Trades<'_>, orders: u64) -> Result<Option<Items>> {
    let Some(ColumnData::Number(quantities)) =
        view.log.column_in_role(Role::Quantity).map(|column| &column.data)
    else {
        return Ok(None);
    };
    let (mut sum, mut without_quantity) = (0i128, 0);
    for &row in trades.rows().iter().filter(|&&row| trades.is_purchase(row)) {
        match quantities.values.get(row as usize) {
            Decimals::MISSING => without_quantity += 1,
            quantity => sum += i128::from(quantity),
        }
    }
    let units = i64::try_from(sum).map_err(|_| Error::new(ErrorKind::TooLarge).found(sum))?;
    let quantity = Amount { units, scale: quantities.scale };
    let per_order = (orders > 0).then(|| quantity.to_f64() / orders as f64);
    Ok(Some(Items { quantity, per_order, without_quantity }))
}

/// `gaps` counts intervals by days.
fn intervals(buyers: &mut Buyers<'_>, params: &Params, gaps: &[u64]) -> Result<Intervals> {
    let count: u64 = gaps.iter().sum();
    let longest = u32::try_from(gaps.iter().rposition(|&own| own > 0).unwrap_or(0)).unwrap_or(u32::MAX);
    let few = |days: &&u32| longest / **days < MOST_BINS;
    let widest = || BIN_DAYS.iter().find(few).copied().unwrap_or(longest / MOST_BINS + 1);
    let bin_days = params.bin_days.unwrap_or_else(widest);
    let length = if count > 0 { (longest / bin_days) as usize + 1 } else { 0 };
    check_size(length as u64 * 4)?;
    let mut bins = Tally::new(length);
    if count > 0 {
        buyers.each(|buyer| {
            buyer.intervals().for_each(|days| bins.add((days / bin_days) as usize, buyer.user))
        });
    }
    let bin = |(place, own): (u32, &Count)| {
        let from = place * bin_days;
        Bin { from, to: from + bin_days - 1, intervals: own.orders, users: own.users }
    };
    let days: u128 = (0u128..).zip(gaps).map(|(days, &own)| days * u128::from(own)).sum();
    let quantiles =
        SHARES.into_iter().filter_map(|share| Some(Quantile { share, days: quantile(gaps, share)? }));
    Ok(Intervals {
        count,
        mean: (count > 0).then(|| days as f64 / count as f64),
        quantiles: quantiles.collect(),
        bin_days,
        bins: (0..).zip(&bins.counts).map(bin).collect(),
    })
}

/// The quantile of whole numbers that are given as counts by size, interpolated linearly between neighbours.
fn quantile(counts: &[u64], share: f64) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    let rank = total.checked_sub(1)? as f64 * share;
    let at = |rank: u64| {
        let mut seen = 0;
        counts.iter().position(|&own| {
            seen += own;
            seen > rank
        })
    };
    let low = rank.floor();
    let (below, above) = (at(low as u64)?, at((rank.ceil() as u64).min(total - 1))?);
    Some(below as f64 + (above as f64 - below as f64) * (rank - low))
}

/// What became of each order.
struct Steps {
    conversions: Vec<Conversion>,
    /// For each step the converted by days.
    days: Vec<Vec<u64>>,
}

impl Steps {
    fn new(params: &Params) -> Self {
        let steps = params.steps as usize;
        Self {
            conversions: vec![Conversion::default(); steps],
            days: vec![vec![0; params.window as usize + 1]; steps],
        }
    }

    #[inline]
    fn add(&mut self, buyer: &Buyer<'_>) {
        for (order, (conversion, days)) in self.conversions.iter_mut().zip(&mut self.days).enumerate() {
            let Some(next) = buyer.next(order + 1) else { break };
            conversion.add(next);
            // Later than the window is beyond the list.
            if let Some(count) = next.after.and_then(|after| days.get_mut(after as usize)) {
                *count += 1;
            }
        }
    }

    fn finish(self) -> Vec<Step> {
        let steps = (1..).zip(self.conversions.into_iter().zip(&self.days));
        let reached = steps.take_while(|(_, (conversion, _))| conversion.users > 0);
        let step = |(order, (conversion, days)): (u32, (Conversion, &Vec<u64>))| Step {
            order,
            conversion: conversion.with_rate(),
            median_days: quantile(days, 0.5),
        };
        reached.map(step).collect()
    }
}
