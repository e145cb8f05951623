//! Numbers of each user: how often, how much, how long.

use super::crowd::Parted;
use super::report::{Figure, Measure, Side};
use crate::dataset::Kind;
use crate::error::Result;
use crate::model::mean::{Moments, cohens_d, welch};
use crate::model::quantile::quantile;
use crate::segment::orders::{OrderUnit, Orders};
use crate::table::integers::Integers;
use crate::with_integers;

/// The numbers of one side.
enum Numbers {
    /// Counts, days, amounts in the smallest unit.
    Whole(Integers),
    /// Quotients.
    Quotients(Vec<f64>),
}

impl Numbers {
    fn new(measure: Measure) -> Self {
        match measure {
            Measure::AverageOrder | Measure::EventsPerDay => Self::Quotients(Vec::new()),
            _ => Self::Whole(Integers::default()),
        }
    }

    fn moments(&self) -> Moments {
        match self {
            Self::Whole(numbers) => {
                with_integers!(numbers, numbers => Moments::of(numbers.iter().map(|number| *number as f64)))
            }
            Self::Quotients(numbers) => Moments::of(numbers.iter().copied()),
        }
    }

    fn median(&mut self) -> Option<f64> {
        let numbers = match self {
            Self::Whole(numbers) => return quantile(numbers, 0.5),
            Self::Quotients(numbers) => numbers,
        };
        let middle = numbers.len() / 2;
        let is_even = numbers.len() % 2 == 0;
        if numbers.is_empty() {
            return None;
        }
        let (below, upper, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
        let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| is_even);
        Some(lower.map_or(*upper, |lower| (lower + *upper) / 2.0))
    }
}

/// The numbers of all who are looked at, of the segment and of the rest.
pub(super) struct Figures([[Numbers; 2]; Measure::ALL.len()]);

impl Figures {
    pub fn new() -> Self {
        Self(Measure::ALL.map(|measure| [Numbers::new(measure), Numbers::new(measure)]))
    }

    fn add_whole(&mut self, measure: Measure, side: usize, number: i64) {
        if let Some(Numbers::Whole(numbers)) = self.slot(measure, side) {
            numbers.push(number);
        }
    }

    fn add_quotient(&mut self, measure: Measure, side: usize, number: f64) {
        if let Some(Numbers::Quotients(numbers)) = self.slot(measure, side) {
            numbers.push(number);
        }
    }

    fn slot(&mut self, measure: Measure, side: usize) -> Option<&mut Numbers> {
        self.0.get_mut(measure as usize).and_then(|sides| sides.get_mut(side))
    }

    /// Adds what is known of a member of the crowd from their days; `events` are their rows in view.
    pub fn add_days(&mut self, parted: &Parted<'_>, place: usize, days: &[i32], events: u32) {
        let (side, as_of) = (parted.side(place), parted.crowd.as_of.0);
        let active = days.partition_point(|day| *day <= as_of);
        let (Some(first), Some(last)) = (days.first(), active.checked_sub(1).and_then(|last| days.get(last)))
        else {
            return;
        };
        self.add_whole(Measure::ActiveDays, side, active as i64);
        self.add_whole(Measure::SilentDays, side, i64::from(as_of) - i64::from(*last));
        self.add_whole(Measure::TenureDays, side, i64::from(as_of) - i64::from(*first));
        self.add_quotient(Measure::EventsPerDay, side, f64::from(events) / active as f64);
    }

    /// Adds everybody's orders and what they spent.
    ///
    /// # Errors
    /// As [`Orders::new`].
    pub fn add_trades(&mut self, parted: &Parted<'_>, unit: OrderUnit) -> Result<()> {
        let crowd = &parted.crowd;
        let view = crowd.view;
        let trades = view.trades();
        let mut orders = Orders::new(view, unit).map_err(|error| error.at_path("params.orders"))?;
        if trades.rows().is_empty() {
            return Ok(());
        }
        let has_value = view.log.values().is_some();
        for (place, &user) in crowd.users.iter().enumerate() {
            let side = parted.side(place);
            let rows = trades.rows_of(user as usize);
            let up_to = |row: &u32| view.log.days.get(*row as usize).is_some_and(|day| *day <= crowd.as_of.0);
            let rows = rows.get(..rows.partition_point(up_to)).unwrap_or(&[]);
            let count = if rows.is_empty() { 0 } else { orders.of(view, &trades, rows) };
            self.add_whole(Measure::Orders, side, i64::try_from(count).unwrap_or(i64::MAX));
            if !has_value {
                continue;
            }
            let (mut gross, mut back) = (0i64, 0i64);
            for &row in rows {
                match trades.get(row) {
                    (Kind::Purchase, amount) => gross = gross.saturating_add(amount),
                    (Kind::Refund, amount) => back = back.saturating_add(amount),
                    (Kind::Other, _) => {}
                }
            }
            // The smallest number of all stands for a missing one.
            self.add_whole(Measure::Spend, side, gross.saturating_sub(back).max(-i64::MAX));
            if count > 0 {
                self.add_quotient(Measure::AverageOrder, side, gross as f64 / count as f64);
            }
        }
        Ok(())
    }

    /// The rows of the report, of what there is anything to tell of. `unit` is the value column's, in its smallest.
    pub fn told(self, unit: f64, compares: bool) -> Vec<Figure> {
        let rows = Measure::ALL.into_iter().zip(self.0);
        rows.filter_map(|(measure, sides)| told(measure, sides, unit, compares)).collect()
    }
}

fn told(measure: Measure, [mut inside, mut rest]: [Numbers; 2], unit: f64, compares: bool) -> Option<Figure> {
    let (own, other) = (inside.moments(), rest.moments());
    let everybody = own.count + other.count;
    if everybody == 0 {
        return None;
    }
    let unit = if measure.is_money() { unit } else { 1.0 };
    let side = |moments: &Moments, median: Option<f64>| Side {
        users: moments.count,
        mean: (moments.count > 0).then(|| moments.mean / unit),
        median: median.map(|median| median / unit),
    };
    let mean = (own.mean * own.count as f64 + other.mean * other.count as f64) / everybody as f64;
    let index = (compares && own.count > 0 && mean > 0.0 && own.mean >= 0.0).then(|| own.mean / mean * 100.0);
    Some(Figure {
        measure,
        inside: side(&own, inside.median()),
        rest: side(&other, rest.median()),
        index,
        p_value: welch(&own, &other).filter(|_| compares),
        adjusted: None,
        effect: cohens_d(&own, &other).filter(|_| compares),
    })
}
