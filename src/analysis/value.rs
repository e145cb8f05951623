//! How revenue is spread over users: who carries it.
//!
//! **Definition.** As of a date, each user's value is the sum of their purchases, net of refunds unless switched off. Counted are
//! users with a purchase up to that date, or all users in view, then with 0. With values x₁ ≤ x₂ ≤ ... ≤ xₙ:
//!
//! - the *Lorenz curve* is the share of revenue of the poorest users, between them interpolated linearly;
//! - *Gini* = 2 Σ i xᵢ / (n Σ x) − (n + 1) / n, the population form, 0 for equal values;
//! - the *top x %* are the ⌈x n / 100⌉ users with the largest values; equal values in the order of the data;
//! - the *half* are the fewest users with the largest values who have half of revenue or more together;
//! - *bands*: the first so many percent of the users are high, the next so many middle, the rest low.
//!
//! Where revenue is 0 or less there are no shares and no Gini. Values below 0 (more went back than came) stay in: the curve then
//! dips below 0, and Gini can exceed 1.

use serde::{Deserialize, Serialize};

use super::account::{self, Account, Value};
use super::{MemberCells, MemberColumn, Members, Question};
use crate::dataset::Kind;
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::decimal::Amount;

/// The shares of users for which the share of revenue is told, in percent.
const TOP: [u32; 6] = [1, 5, 10, 20, 50, 80];

/// Points of the Lorenz curve besides its beginning: one for each percent of the users.
const POINTS: usize = 100;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The last day whose purchases count; the last day that is looked at when absent.
    pub as_of: Option<Day>,
    /// Whether refunds are taken off.
    pub net_of_refunds: bool,
    /// Whether users without a purchase count, with a value of 0.
    pub everybody: bool,
    /// How many percent of the users are high, and how many more are middle: together at most 100.
    pub bands: [u32; 2],
}

impl Default for Params {
    fn default() -> Self {
        Self { as_of: None, net_of_refunds: true, everybody: false, bands: [20, 30] }
    }
}

/// How revenue is spread. The bands' users sum to `users`, their revenue to `revenue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The last day whose purchases count.
    pub as_of: Day,
    /// Users who are counted.
    pub users: u64,
    /// Users in view without a purchase; they are among `users` only if everybody is.
    pub without_purchase: u64,
    /// The sum of values.
    pub revenue: Amount,
    /// The middle value, the lower of two.
    pub median: Option<Amount>,
    /// The mean value, in the value column's unit.
    pub mean: Option<f64>,
    /// Gini's coefficient.
    pub gini: Option<f64>,
    /// Shares of revenue of the poorest 0, 1, 2, ... 100 % of the users.
    pub lorenz: Option<Vec<f64>>,
    /// The top of the users.
    pub top: Vec<Top>,
    /// The fewest who carry half of revenue.
    pub half: Option<Top>,
    /// High, middle and low.
    pub bands: Vec<Band>,
}

/// The users with the largest values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Top {
    /// Which part of all users they are, in percent.
    pub percent: f64,
    /// How many.
    pub users: u64,
    /// The sum of their values.
    pub revenue: Amount,
    /// Their share of revenue.
    pub share: Option<f64>,
}

/// Users of similar value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Band {
    /// Which.
    pub key: BandName,
    /// How many.
    pub users: u64,
    /// The sum of their values.
    pub revenue: Amount,
    /// Their share of revenue.
    pub share: Option<f64>,
    /// The smallest value.
    pub from: Option<Amount>,
    /// The largest value.
    pub to: Option<Amount>,
}

/// A band's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandName {
    /// The largest values.
    High,
    /// Those after them.
    Middle,
    /// The rest.
    Low,
}

impl BandName {
    /// All of them, highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Middle, Self::Low];

    /// The key in JSON and in `locales/` (`name_band_<key>`).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::High => "band_high",
            Self::Middle => "band_middle",
            Self::Low => "band_low",
        }
    }
}

/// Users that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// All who are counted.
    All,
    /// A band.
    Band(BandName),
    /// The top so many percent, 1 to 100.
    Top(u32),
    /// The fewest who carry half of revenue.
    Half,
}

/// How revenue is spread.
#[derive(Debug)]
pub struct Concentration;

impl Question for Concentration {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let values = Values::new(view, params)?;
        let amount = |units: i128| view.log.amount(saturated(units));
        let total = values.sum(0, values.len());
        let share = |part: i128| (total > 0).then(|| part as f64 / total as f64);
        let top = |percent: f64, users: usize| Top {
            percent,
            users: users as u64,
            revenue: amount(values.sum(0, users)),
            share: share(values.sum(0, users)),
        };
        let band = |key: BandName| {
            let (from, to) = values.band(key);
            let value = |place: usize| values.ranked.get(place).map(|(value, _)| view.log.amount(*value));
            Band {
                key,
                users: (to - from) as u64,
                revenue: amount(values.sum(from, to)),
                share: share(values.sum(from, to)),
                from: to.checked_sub(1).filter(|_| to > from).and_then(value),
                to: Some(from).filter(|_| to > from).and_then(value),
            }
        };
        let count = values.len();
        let scale = 10f64.powi(view.log.values().map_or(0, |values| i32::from(values.scale)));
        let half = values.half();
        Ok(Report {
            as_of: values.as_of,
            users: count as u64,
            without_purchase: values.without,
            revenue: amount(total),
            // From the largest on, the lower of two middle values is the later one.
            median: values.ranked.get(count / 2).map(|(value, _)| view.log.amount(*value)),
            mean: (count > 0).then(|| total as f64 / count as f64 / scale),
            gini: values.gini(total),
            lorenz: values.lorenz(total),
            top: TOP.map(|percent| top(f64::from(percent), values.top(percent))).to_vec(),
            half: half.map(|users| top(users as f64 / count as f64 * 100.0, users)),
            bands: BandName::ALL.map(band).to_vec(),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let values = Values::new(view, params)?;
        let (from, to) = match cell {
            Cell::All => (0, values.len()),
            Cell::Band(name) => values.band(*name),
            Cell::Half => (0, values.half().unwrap_or(0)),
            Cell::Top(percent @ 1..=100) => (0, values.top(*percent)),
            Cell::Top(percent) => return Err(Error::bad_value("users.cell.top", percent, "1 to 100")),
        };
        let chosen = values.ranked.get(from..to).unwrap_or(&[]);
        Ok(Members {
            users: chosen.iter().map(|(_, user)| *user).collect(),
            columns: vec![MemberColumn {
                key: "monetary",
                cells: MemberCells::Amounts(chosen.iter().map(|(value, _)| *value).collect()),
            }],
        })
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        let values = Values::new(view, params)?;
        let mut account = Account::default();
        let place = values.ranked.iter().position(|(_, other)| *other as usize == user);
        let Some((place, value)) = place.and_then(|place| Some((place, values.ranked.get(place)?.0))) else {
            account.tell("value_none", [("as_of", Value::Day(values.as_of))]);
            return Ok(account);
        };
        let band = BandName::ALL.into_iter().find(|name| {
            let (from, to) = values.band(*name);
            (from..to).contains(&place)
        });
        let band = band.map_or("", BandName::key);
        account.tell(
            "value_place",
            [
                ("amount", Value::Amount(view.log.amount(value))),
                ("place", account::count(place + 1)),
                ("users", account::count(values.len())),
                ("band", Value::Name(band.into())),
            ],
        );
        account.mark_trades(view, user);
        Ok(account)
    }
}

/// The values of all who are counted, largest first.
struct Values {
    as_of: Day,
    without: u64,
    /// Values with users' codes; equal values in the order of the data.
    ranked: Vec<(i64, u32)>,
    /// The sums of the first 0, 1, 2, ... values.
    sums: Vec<i128>,
    bands: [u32; 2],
}

impl Values {
    fn new(view: &View<'_>, params: &Params) -> Result<Self> {
        if view.log.values().is_none() {
            return Err(Error::new(ErrorKind::MissingRole).at_path("mapping").expected(Role::Value.name()));
        }
        let [high, middle] = params.bands;
        if high.saturating_add(middle) > 100 {
            return Err(Error::bad_value(
                "params.bands",
                format!("{high} + {middle}"),
                "at most 100 together",
            ));
        }
        let as_of = params.as_of.unwrap_or(view.span().1);
        let trades = view.trades();
        let (mut ranked, mut without) = (Vec::new(), 0);
        for (user, days) in view.user_days().iter() {
            if days.first().is_none_or(|first| *first > as_of.0) {
                continue;
            }
            let (mut value, mut bought) = (0i64, false);
            let up_to = |row: &&u32| view.log.days.get(**row as usize).is_some_and(|day| *day <= as_of.0);
            for &row in trades.rows_of(user).iter().take_while(up_to) {
                match trades.get(row) {
                    (Kind::Purchase, amount) => (value, bought) = (value.saturating_add(amount), true),
                    (Kind::Refund, amount) if params.net_of_refunds => value = value.saturating_sub(amount),
                    _ => {}
                }
            }
            without += u64::from(!bought);
            if bought || params.everybody {
                ranked.push((value, u32::try_from(user).unwrap_or(u32::MAX)));
            }
        }
        ranked.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        let mut sums = Vec::with_capacity(ranked.len() + 1);
        sums.push(0i128);
        let mut sum = 0i128;
        for (value, _) in &ranked {
            sum += i128::from(*value);
            sums.push(sum);
        }
        Ok(Self { as_of, without, ranked, sums, bands: params.bands })
    }

    fn len(&self) -> usize {
        self.ranked.len()
    }

    /// The sum of the values at these places.
    fn sum(&self, from: usize, to: usize) -> i128 {
        let up_to = |place: usize| self.sums.get(place).copied().unwrap_or(0);
        up_to(to) - up_to(from)
    }

    /// How many the top percent are, rounded up.
    fn top(&self, percent: u32) -> usize {
        (self.len() * percent as usize).div_ceil(100).min(self.len())
    }

    /// Where a band begins and ends.
    fn band(&self, name: BandName) -> (usize, usize) {
        let [high, middle] = self.bands;
        let (first, second) = (self.top(high), self.top(high + middle));
        match name {
            BandName::High => (0, first),
            BandName::Middle => (first, second),
            BandName::Low => (second, self.len()),
        }
    }

    /// The fewest with half of all.
    fn half(&self) -> Option<usize> {
        let total = self.sum(0, self.len());
        // Sums rise as long as values are above 0, and nothing beyond is needed.
        (total > 0).then(|| self.sums.iter().position(|sum| sum * 2 >= total)).flatten()
    }

    fn gini(&self, total: i128) -> Option<f64> {
        if total <= 0 {
            return None;
        }
        // Largest first: the i of the formula is n - place. Exact until the division.
        let count = self.len() as i128;
        let weighted: i128 =
            (0i128..).zip(&self.ranked).map(|(place, (value, _))| (count - place) * i128::from(*value)).sum();
        let (numerator, denominator) = (2 * weighted - (count + 1) * total, count * total);
        Some(numerator as f64 / denominator as f64)
    }

    fn lorenz(&self, total: i128) -> Option<Vec<f64>> {
        let count = self.len();
        let at = |point: usize| {
            // The poorest point percent: whole users, and a part of the next one.
            let (whole, rest) = (count * point / POINTS, count * point % POINTS);
            let below = |users: usize| total - self.sum(0, count - users.min(count));
            let (low, high) = (below(whole), below(whole + 1));
            (low as f64 + (high - low) as f64 * rest as f64 / POINTS as f64) / total as f64
        };
        (total > 0).then(|| (0..=POINTS).map(at).collect())
    }
}

fn saturated(units: i128) -> i64 {
    i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(of: &[i64], bands: [u32; 2]) -> Values {
        let mut ranked: Vec<(i64, u32)> = of.iter().copied().zip(0..).collect();
        ranked.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        let mut sums = vec![0i128];
        ranked.iter().for_each(|(value, _)| sums.push(sums[sums.len() - 1] + i128::from(*value)));
        Values { as_of: Day(0), without: 0, ranked, sums, bands }
    }

    #[test]
    fn by_hand() {
        let even = values(&[5, 5, 5, 5], [20, 30]);
        assert_eq!((even.gini(20), even.half()), (Some(0.0), Some(2)));
        assert_eq!(even.lorenz(20).unwrap()[37], 0.37);
        assert_eq!(
            [even.band(BandName::High), even.band(BandName::Middle), even.band(BandName::Low)],
            [(0, 1), (1, 2), (2, 4)]
        );
        let one = values(&[0, 0, 0, 9], [0, 100]);
        assert_eq!((one.gini(9), one.half(), one.top(1), one.top(26)), (Some(0.75), Some(1), 1, 2));
        assert_eq!(
            [one.band(BandName::High), one.band(BandName::Middle), one.band(BandName::Low)],
            [(0, 0), (0, 4), (4, 4)]
        );
        let lorenz = one.lorenz(9).unwrap();
        assert_eq!((lorenz[0], lorenz[75], lorenz[100]), (0.0, 0.0, 1.0));
        assert!((lorenz[80] - 0.2).abs() < 1e-12, "a fifth of the last user");
        let debts = values(&[-5, 5], [20, 30]);
        assert_eq!((debts.gini(0), debts.half(), debts.lorenz(0)), (None, None, None));
        let nobody = values(&[], [20, 30]);
        assert_eq!((nobody.gini(0), nobody.half(), nobody.top(50)), (None, None, 0));
    }

    proptest! {
        /// Gini as half the relative mean difference; the curve as sums of the smallest; the half as the shortest beginning.
        #[test]
        fn as_defined(of in proptest::collection::vec(0i64..1_000, 1..40)) {
            let all = values(&of, [20, 30]);
            let total: i64 = of.iter().sum();
            prop_assume!(total > 0);
            let wide = i128::from(total);
            let differences: i64 = of.iter().flat_map(|a| of.iter().map(move |b| (a - b).abs())).sum();
            let expected = differences as f64 / (2.0 * of.len() as f64 * total as f64);
            prop_assert!((all.gini(wide).unwrap() - expected).abs() < 1e-12);
            let mut sorted = of.clone();
            sorted.sort_unstable();
            let lorenz = all.lorenz(wide).unwrap();
            for users in 0..=of.len() {
                if (users * POINTS).is_multiple_of(of.len()) {
                    let poorest: i64 = sorted[..users].iter().sum();
                    let at = lorenz[users * POINTS / of.len()];
                    prop_assert!((at - poorest as f64 / total as f64).abs() < 1e-12);
                }
            }
            prop_assert!(lorenz.is_sorted());
            let half = all.half().unwrap();
            let richest = |users: usize| sorted.iter().rev().take(users).sum::<i64>() * 2;
            prop_assert!(richest(half) >= total && (half == 0 || richest(half - 1) < total));
        }
    }
}
