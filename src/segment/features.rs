//! Figures of users as of a day, by which they can be compared and grouped.
//!
//! **Definition.** As of a day, from rows up to it:
//!
//! - *recency*: days since the last purchase; *frequency*: orders (see [`crate::segment::orders`]); *monetary*: the sum of purchases, net of
//!   refunds unless switched off, in the value column's unit; *average order*: monetary / frequency;
//! - *silence*: days since the last active day; *tenure*: days since the first one; *active days*: how many; *active share*:
//!   active days / (tenure + 1);
//! - *gap*: the mean number of days from one active day to the next; with one active day, the days since it, because its gap is at
//!   least as long;
//! - *kinds*: how many different events.
//!
//! Where a figure of purchases is asked for, users are those with a purchase, else those with an active day. Amounts below 0 (more
//! went back than came) count as 0.

use serde::{Deserialize, Serialize};

use super::orders::{OrderUnit, Orders};
use crate::dataset::Kind;
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::with_codes;

/// A figure of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Feature {
    /// Days since the last purchase.
    Recency,
    /// Orders.
    Frequency,
    /// The sum of purchases.
    Monetary,
    /// The mean amount of an order.
    AverageOrder,
    /// Days since the last active day.
    Silence,
    /// Days since the first active day.
    Tenure,
    /// Active days.
    ActiveDays,
    /// Active days of the days since the first one.
    ActiveShare,
    /// Mean days between active days.
    Gap,
    /// Different events.
    Kinds,
}

impl Feature {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::Recency,
        Self::Frequency,
        Self::Monetary,
        Self::AverageOrder,
        Self::Silence,
        Self::Tenure,
        Self::ActiveDays,
        Self::ActiveShare,
        Self::Gap,
        Self::Kinds,
    ];

    /// The key in `locales/` (`name_<key>`).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Recency => "feature_recency",
            Self::Frequency => "feature_frequency",
            Self::Monetary => "feature_monetary",
            Self::AverageOrder => "feature_average_order",
            Self::Silence => "feature_silence",
            Self::Tenure => "feature_tenure",
            Self::ActiveDays => "feature_active_days",
            Self::ActiveShare => "feature_active_share",
            Self::Gap => "feature_gap",
            Self::Kinds => "feature_kinds",
        }
    }

    /// Whether it is of purchases.
    #[must_use]
    pub fn is_of_purchases(self) -> bool {
        matches!(self, Self::Recency | Self::Frequency | Self::Monetary | Self::AverageOrder)
    }

    /// The column without which there is no such figure.
    #[must_use]
    pub fn needs(self) -> Option<Role> {
        match self {
            Self::Monetary | Self::AverageOrder => Some(Role::Value),
            Self::Kinds => Some(Role::Event),
            _ => None,
        }
    }
}

/// The figures of all users that have them, one entry a user in each list.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The day up to which rows count.
    pub as_of: Day,
    /// What an order is, where orders are counted.
    pub unit: Option<OrderUnit>,
    /// The users' codes, in the order of the log.
    pub users: Vec<u32>,
    /// The figures, a list for each feature asked for.
    pub columns: Vec<Vec<f64>>,
    /// What users have brought, in the smallest unit; active days where there is no value column.
    pub worth: Vec<i64>,
    /// Users with an active day who are left out because they have no purchase.
    pub without: u64,
    /// Users whose amount is below 0 and counts as 0; nobody where no amount is asked for.
    pub below_zero: u64,
    /// Users with one active day only, whose gap is not known; nobody where no gap is asked for.
    pub one_day: u64,
}

/// What figures are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice<'c> {
    /// Which, each once.
    pub features: &'c [Feature],
    /// The day up to which rows count; the last day that is looked at when absent.
    pub as_of: Option<Day>,
    /// What an order is; by the columns when absent, as RFM has it.
    pub frequency: Option<OrderUnit>,
    /// Whether refunds are taken off.
    pub net_of_refunds: bool,
}

/// What a user did up to the day.
struct Deeds {
    last_purchase: Option<i32>,
    orders: u64,
    amount: i64,
    first: i32,
    last: i32,
    days: usize,
    kinds: u32,
}

impl Figures {
    /// Finds them.
    ///
    /// # Errors
    /// [`ErrorKind::MissingRole`] for a feature whose column is missing; as [`Orders::new`].
    pub fn new(view: &View<'_>, choice: Choice<'_>) -> Result<Self> {
        for role in choice.features.iter().filter_map(|feature| feature.needs()) {
            let missing =
                || Error::new(ErrorKind::MissingRole).at_path("params.features").expected(role.name());
            view.log.column_in_role(role).ok_or_else(missing)?;
        }
        let has = |feature: Feature| choice.features.contains(&feature);
        let of_purchases = choice.features.iter().any(|feature| feature.is_of_purchases());
        let by_id = view.log.text_in_role(Role::Order).is_some();
        let unit = choice.frequency.unwrap_or(if by_id { OrderUnit::Orders } else { OrderUnit::Days });
        let counted = has(Feature::Frequency) || has(Feature::AverageOrder);
        let mut orders = match counted {
            true => Some(Orders::new(view, unit).map_err(|error| error.at_path("params.frequency"))?),
            false => None,
        };
        let scale = 10f64.powi(view.log.values().map_or(0, |values| i32::from(values.scale)));
        let as_of = choice.as_of.unwrap_or(view.span().1);
        let mut own = Self {
            as_of,
            unit: counted.then_some(unit),
            users: Vec::new(),
            columns: vec![Vec::new(); choice.features.len()],
            worth: Vec::new(),
            without: 0,
            below_zero: 0,
            one_day: 0,
        };
        let with_value = view.log.values().is_some();
        let trades = (of_purchases || with_value).then(|| view.trades());
        let kinds = if has(Feature::Kinds) { kinds(view, as_of) } else { Vec::new() };
        for (user, days) in view.user_days().iter() {
            let days = days.get(..days.partition_point(|day| *day <= as_of.0)).unwrap_or(&[]);
            let (Some(&first), Some(&last)) = (days.first(), days.last()) else { continue };
            let mut deeds = Deeds {
                last_purchase: None,
                orders: 0,
                amount: 0,
                first,
                last,
                days: days.len(),
                kinds: kinds.get(user).copied().unwrap_or(0),
            };
            if let Some(trades) = &trades {
                let day_of = |row: &u32| view.log.days.get(*row as usize).copied().unwrap_or(i32::MAX);
                let rows = trades.rows_of(user);
                let rows = rows.get(..rows.partition_point(|row| day_of(row) <= as_of.0)).unwrap_or(&[]);
                for &row in rows {
                    match trades.get(row) {
                        (Kind::Purchase, amount) => {
                            deeds.last_purchase = Some(day_of(&row));
                            deeds.amount = deeds.amount.saturating_add(amount);
                        }
                        (Kind::Refund, amount) if choice.net_of_refunds => {
                            deeds.amount = deeds.amount.saturating_sub(amount);
                        }
                        _ => {}
                    }
                }
                if of_purchases && deeds.last_purchase.is_none() {
                    own.without += 1;
                    continue;
                }
                deeds.orders = orders.as_mut().map_or(0, |orders| orders.of(view, trades, rows));
            }
            own.below_zero += u64::from(deeds.amount < 0);
            own.one_day += u64::from(deeds.days == 1);
            own.users.push(u32::try_from(user).unwrap_or(u32::MAX));
            own.worth.push(if with_value {
                deeds.amount
            } else {
                i64::try_from(deeds.days).unwrap_or(i64::MAX)
            });
            for (column, feature) in own.columns.iter_mut().zip(choice.features) {
                column.push(deeds.figure(*feature, as_of.0, scale));
            }
        }
        if !has(Feature::Monetary) && !has(Feature::AverageOrder) {
            own.below_zero = 0;
        }
        if !has(Feature::Gap) {
            own.one_day = 0;
        }
        Ok(own)
    }
}

impl Deeds {
    fn figure(&self, feature: Feature, as_of: i32, scale: f64) -> f64 {
        let since = |day: i32| f64::from(as_of - day);
        let amount = || self.amount.max(0) as f64 / scale;
        let days = self.days as f64;
        match feature {
            Feature::Recency => self.last_purchase.map_or(0.0, since),
            Feature::Frequency => self.orders as f64,
            Feature::Monetary => amount(),
            Feature::AverageOrder => amount() / self.orders.max(1) as f64,
            Feature::Silence => since(self.last),
            Feature::Tenure => since(self.first),
            Feature::ActiveDays => days,
            Feature::ActiveShare => days / (since(self.first) + 1.0),
            Feature::Gap if self.days < 2 => since(self.first),
            Feature::Gap => f64::from(self.last - self.first) / (days - 1.0),
            Feature::Kinds => f64::from(self.kinds),
        }
    }
}

/// How many different events each user has up to a day.
fn kinds(view: &View<'_>, as_of: Day) -> Vec<u32> {
    let Some(codes) = view.log.text_in_role(Role::Event) else { return Vec::new() };
    // For each event the last user, counted from 1, that was seen with it.
    let mut seen = vec![0u32; codes.dictionary.len()];
    let mut counts = vec![0u32; view.log.users.len()];
    with_codes!(&codes.rows, events => {
        for ((user, count), number) in counts.iter_mut().enumerate().zip(1u32..) {
            let rows = view.log.rows_of(user);
            let days = view.log.days.get(rows.clone()).unwrap_or(&[]);
            let end = rows.start + days.partition_point(|day| *day <= as_of.0);
            for row in (rows.start..end).filter(|row| view.has(*row)) {
                let slot = events.get(row).and_then(|&code| seen.get_mut(code as usize));
                if let Some(slot) = slot.filter(|slot| **slot != number) {
                    *slot = number;
                    *count += 1;
                }
            }
        }
    });
    counts
}
