//! What is told of orders.

use serde::{Deserialize, Serialize};

use crate::dataset::calendar::Day;
use crate::segment::orders::OrderUnit;
use crate::table::decimal::Amount;

/// Orders, intervals, steps, cohorts and hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What one order was.
    pub order_unit: OrderUnit,
    /// Users with an order.
    pub buyers: u64,
    /// Users with two orders or more.
    pub repeat_buyers: u64,
    /// All orders.
    pub orders: u64,
    /// Gross purchases; absent without a value column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Amount>,
    /// Gross purchases / orders, in whole units of money.
    pub average_order_value: Option<f64>,
    /// Pieces bought; absent without a quantity column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Items>,
    /// The time between orders.
    pub intervals: Intervals,
    /// From the nth order to the next, for n from 1 to the number of steps asked for; ends where nobody has n orders.
    pub steps: Vec<Step>,
    /// One for every period from that of the first to that of the last order.
    pub cohorts: Vec<Cohort>,
    /// Orders by weekday and hour, 24 for Monday, then Tuesday ...; `null` where all times are midnight.
    pub hours: Option<Vec<Count>>,
    /// Orders by weekday, Monday first.
    pub weekdays: Vec<Count>,
    /// The day that `daily` begins with; `null` without orders.
    pub first_day: Option<Day>,
    /// Orders by day, up to the last day with one.
    pub daily: Vec<Count>,
}

/// Orders, and the users who placed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// How many orders (or intervals).
    pub orders: u64,
    /// Distinct users.
    pub users: u64,
}

/// Pieces bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Items {
    /// The sum of the quantities of purchases.
    pub quantity: Amount,
    /// `quantity` / orders.
    pub per_order: Option<f64>,
    /// Purchase rows without a quantity; they count with nothing.
    pub without_quantity: u64,
}

/// The days between consecutive orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intervals {
    /// How many: orders less buyers.
    pub count: u64,
    /// The mean, in days.
    pub mean: Option<f64>,
    /// The shares 0.1, 0.25, 0.5, 0.75, 0.9; empty without intervals.
    pub quantiles: Vec<Quantile>,
    /// Days in a bin.
    pub bin_days: u32,
    /// From 0 days to the longest interval.
    pub bins: Vec<Bin>,
}

/// So many days or fewer lie between so large a share of consecutive orders.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quantile {
    /// The share.
    pub share: f64,
    /// Days.
    pub days: f64,
}

/// Intervals of similar length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bin {
    /// The fewest days.
    pub from: u32,
    /// The most days.
    pub to: u32,
    /// How many intervals.
    pub intervals: u64,
    /// Distinct users with one of them.
    pub users: u64,
}

/// What became of the next order: `users = converted + open + lapsed`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversion {
    /// Users with this order.
    pub users: u64,
    /// Their next order came within the window.
    pub converted: u64,
    /// It has not come, and the window reaches beyond the data.
    pub open: u64,
    /// It did not come within the window.
    pub lapsed: u64,
    /// It came, within the window or later.
    pub repeated: u64,
    /// Users whose window ended within the data.
    pub mature: u64,
    /// Those of them who converted.
    pub mature_converted: u64,
    /// `mature_converted / mature`.
    pub rate: Option<f64>,
}

/// From the nth order to the next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// n.
    pub order: u32,
    /// What became of it.
    #[serde(flatten)]
    pub conversion: Conversion,
    /// The median of the days until the next order, of the converted.
    pub median_days: Option<f64>,
}

/// Users by the period of their first order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cohort {
    /// The first day of the period.
    pub start: Day,
    /// The last day of the period.
    pub end: Day,
    /// What became of the second order.
    #[serde(flatten)]
    pub conversion: Conversion,
    /// Orders of these users, at any time.
    pub orders: u64,
    /// Their gross purchases; absent without a value column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Amount>,
}
