//! What is told of a segment.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::dataset::calendar::Day;
use crate::model::proportion::Interval;
use crate::segment::orders::OrderUnit;

/// What sets a segment apart. `inside + rest` are `users`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day that everything counts to.
    pub as_of: Day,
    /// Whether there is a segment, and so a rest to compare with; without one everybody is inside.
    pub has_segment: bool,
    /// Users with a row in view up to the day.
    pub users: u64,
    /// Those in the segment.
    pub inside: u64,
    /// The others.
    pub rest: u64,
    /// Users of the segment who have no row in view up to the day: they are not among those who are looked at.
    pub beyond: u64,
    /// What was counted as one order.
    pub order_unit: OrderUnit,
    /// The columns that were looked at.
    pub attributes: Vec<Attribute>,
    /// What users are and did, the largest effects first.
    pub shares: Vec<Share>,
    /// Numbers of users, in the order of [`Measure::ALL`].
    pub figures: Vec<Figure>,
    /// Columns that were left out.
    pub skipped: Vec<Skipped>,
    /// Events that were left out.
    pub events_left_out: u64,
    /// How many differences were tested, and are adjusted for.
    pub tested: u64,
    /// How many of them are there beyond doubt: adjusted p-values below 0.05.
    pub significant: u64,
    /// The rows that say most: beyond doubt and not small, the largest effects first, at most three and one of each column.
    pub strongest: Vec<Strong>,
}

/// A row that says much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Strong {
    /// The place among [`Report::shares`].
    Share(usize),
    /// The place among [`Report::figures`].
    Figure(usize),
}

/// A column, and how its texts are spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    /// Its name.
    pub column: String,
    /// Whether it belongs to users and not to their rows.
    pub of_user: bool,
    /// How many texts anybody has.
    pub texts: u64,
    /// Of how many in the segment and in the rest none is known.
    pub unknown: [u64; 2],
    /// The spread in the segment; nothing when nobody is in it.
    pub inside: Option<Spread>,
    /// The spread in the rest.
    pub rest: Option<Spread>,
    /// How far the two lie apart: the population stability index, of all texts.
    pub stability: Option<f64>,
}

/// How evenly users are spread over texts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// Shannon's entropy, in nats.
    pub shannon: f64,
    /// It as a part of the most it could be with these texts: 1 when all are equally frequent.
    pub evenness: f64,
    /// The chance that two users have different texts.
    pub gini_simpson: f64,
}

/// What some users are or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Trait {
    /// They have a text.
    Value {
        /// The column.
        column: String,
        /// The text.
        value: Name,
    },
    /// They did this.
    Event(String),
}

/// How many have or did something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// What it is.
    pub of: Trait,
    /// Users in the segment and in the rest who have it.
    pub users: [u64; 2],
    /// Users in the segment and in the rest of whom it is told.
    pub wholes: [u64; 2],
    /// Their share in the segment.
    pub share: Option<f64>,
    /// Their share in the rest.
    pub rest: Option<f64>,
    /// The share in the segment against that among everybody, which is 100.
    pub index: Option<f64>,
    /// The share in the segment less that in the rest.
    pub difference: Option<f64>,
    /// Its interval, 95 %.
    pub interval: Option<Interval>,
    /// The p-value of the difference; nothing where there are too few.
    pub p_value: Option<f64>,
    /// The p-value, adjusted for all that were tested.
    pub adjusted: Option<f64>,
    /// Cohen's h.
    pub effect: Option<f64>,
}

/// A number of users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Which.
    pub measure: Measure,
    /// In the segment.
    pub inside: Side,
    /// In the rest.
    pub rest: Side,
    /// The mean in the segment against that of everybody, which is 100; nothing where that is not above 0.
    pub index: Option<f64>,
    /// The p-value of the difference of the means.
    pub p_value: Option<f64>,
    /// The p-value, adjusted for all that were tested.
    pub adjusted: Option<f64>,
    /// Cohen's d.
    pub effect: Option<f64>,
}

/// A number in a group of users.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// Users who have it.
    pub users: u64,
    /// Its mean; amounts in the value column's unit.
    pub mean: Option<f64>,
    /// Its median.
    pub median: Option<f64>,
}

/// Which number of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Orders up to the day; 0 of who has none.
    Orders,
    /// Purchases less refunds; 0 of who has none.
    Spend,
    /// Purchases / orders, of those with an order.
    AverageOrder,
    /// Days with a row in view.
    ActiveDays,
    /// Days from the last of them to the day.
    SilentDays,
    /// Days from the first of them to the day.
    TenureDays,
    /// Rows in view / active days.
    EventsPerDay,
}

impl Measure {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Orders,
        Self::Spend,
        Self::AverageOrder,
        Self::ActiveDays,
        Self::SilentDays,
        Self::TenureDays,
        Self::EventsPerDay,
    ];

    /// The key in JSON and in `locales/`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Spend => "spend",
            Self::AverageOrder => "average_order",
            Self::ActiveDays => "active_days",
            Self::SilentDays => "silent_days",
            Self::TenureDays => "tenure_days",
            Self::EventsPerDay => "events_per_day",
        }
    }

    /// Whether it is an amount.
    #[must_use]
    pub fn is_money(self) -> bool {
        matches!(self, Self::Spend | Self::AverageOrder)
    }
}

/// A column that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Its name.
    pub column: String,
    /// Why.
    pub reason: SkipReason,
}

/// Why a column was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SkipReason {
    /// So many texts do not say what users are.
    TooManyTexts,
    /// Enough others were looked at.
    TooManyColumns,
}
