//! What is asked and answered.

use serde::{Deserialize, Serialize};

use crate::dataset::calendar::{Day, Period, WeekStart};
use crate::dataset::filter::Number;
use crate::segment::orders::OrderUnit;
use crate::segment::tier::WindowUnit;
use crate::table::decimal::Amount;

/// What makes a user earn a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Measure {
    /// What they spend.
    #[default]
    Spend,
    /// How many orders they have.
    Orders,
    /// On how many days they have rows.
    ActiveDays,
    /// Points for what they spend, and for each order.
    Points,
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 4] = [Self::Spend, Self::Orders, Self::ActiveDays, Self::Points];

    /// Whether it needs a column of money.
    #[must_use]
    pub fn needs_money(self) -> bool {
        matches!(self, Self::Spend | Self::Points)
    }
}

/// With which day today's tiers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Since {
    /// The day before the last period begins.
    #[default]
    Period,
    /// The same date a year earlier.
    Year,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The day that tiers are told as of; the last day that is looked at when absent.
    pub as_of: Option<Day>,
    /// The length of a period.
    pub period: Period,
    /// How many periods are told, up to the as-of date: 1 to 120, as far as the data reach.
    pub periods: u32,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
    /// What makes a user earn a tier.
    pub measure: Measure,
    /// Whether refunds are taken off, of what is measured and of revenue.
    pub net_of_refunds: bool,
    /// What one order is: order ids where there is a column of them, else purchase rows, when absent.
    pub orders: Option<OrderUnit>,
    /// Points for one unit of money: 0 or more, at most 6 decimal places.
    pub points_per_unit: Number,
    /// Points for each order besides.
    pub points_per_order: u32,
    /// How the window is measured.
    pub window_unit: WindowUnit,
    /// How many days (1 to 3660) or months (1 to 120) the window has; nothing to a calendar year.
    pub window: u32,
    /// For how many months a tier is kept, 0 to 120; 0: only while it is earned.
    pub validity: u32,
    /// Whether users join with their first purchase; else with their first row in view.
    pub buyers_only: bool,
    /// Where the tiers above the lowest begin, 1 to 7 rising numbers above 0; learned when absent.
    pub thresholds: Option<Vec<Number>>,
    /// To learn thresholds: the percent of those who measure something who should reach each, 1 to 7 falling numbers, 1 to 99.
    pub tops: Vec<u32>,
    /// Who lacks at most so many percent of the next threshold is near it, 1 to 99.
    pub near: u32,
    /// Who is about to fall is told so many days ahead, 1 to 366.
    pub warn_days: u32,
    /// With which day today's tiers are compared.
    pub since: Since,
    /// Percent of their spending that users of each tier get back, lowest tier first, 0 to 100. What is missing is 0; no cost is
    /// told without any.
    pub benefits: Vec<Number>,
    /// Other thresholds, to see what they would change; as many or more or fewer.
    pub what_if: Option<Vec<Number>>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            as_of: None,
            period: Period::Month,
            periods: 24,
            week_start: None,
            measure: Measure::Spend,
            net_of_refunds: true,
            orders: None,
            points_per_unit: Number::Number(1.into()),
            points_per_order: 0,
            window_unit: WindowUnit::Days,
            window: 365,
            validity: 12,
            buyers_only: false,
            thresholds: None,
            tops: vec![50, 20, 5],
            near: 20,
            warn_days: 30,
            since: Since::Period,
            benefits: Vec::new(),
            what_if: None,
        }
    }
}

/// Users by tier, how they move, who is near the next one and who is about to fall. Tiers are numbered from 1, the lowest;
/// amounts of the measure are money where spending is measured, else whole numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day that tiers are told as of.
    pub as_of: Day,
    /// The window of that day.
    pub window: [Day; 2],
    /// All users who have joined by then: the sum of the tiers' users.
    pub users: u64,
    /// Users in view who have not: no purchase yet, where that is what joins.
    pub not_joined: u64,
    /// Those who measure more than 0 in the window.
    pub measured: u64,
    /// Whether the thresholds were learned from them.
    pub learned: bool,
    /// What users bring in the window; nothing without a column of money.
    pub revenue: Option<Amount>,
    /// The tiers, lowest first.
    pub tiers: Vec<Tier>,
    /// The last period that has ended: who of a tier came back in it.
    pub returned_in: Option<[Day; 2]>,
    /// Users by tier at the end of every period, oldest first; the last is the as-of date.
    pub periods: Vec<PeriodTiers>,
    /// From which day to which moves are told.
    pub moved: [Day; 2],
    /// These moves; without those that nobody makes. They sum to `users`.
    pub moves: Vec<Move>,
    /// The last day that is looked ahead to for who is about to fall.
    pub falling_until: Day,
    /// How much users measure.
    pub distribution: Distribution,
    /// What all benefits cost in the window; nothing where none are said or no money is known.
    pub cost: Option<Amount>,
    /// What other thresholds would change.
    pub what_if: Option<WhatIf>,
}

/// A tier as of the as-of date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tier {
    /// Its number, from 1.
    pub tier: u8,
    /// What must be measured for it; 0 for the lowest.
    pub from: Amount,
    /// How many users have it.
    pub users: u64,
    /// Their share of all.
    pub share: Option<f64>,
    /// What they bring in the window.
    pub revenue: Option<Amount>,
    /// Their share of revenue, where that is above 0.
    pub revenue_share: Option<f64>,
    /// Revenue for each of them, in the value column's unit.
    pub mean: Option<f64>,
    /// Who had it just before the last period that has ended.
    pub before: u64,
    /// Those of them with a row in that period.
    pub active: u64,
    /// Those of them with a purchase in it.
    pub bought: u64,
    /// Who has it and is near the next.
    pub near: u64,
    /// What they lack, all together.
    pub near_missing: Amount,
    /// Who has it and is about to fall.
    pub falling: u64,
    /// What its benefits cost in the window.
    pub cost: Option<Amount>,
}

/// Users by tier at the end of a period, and what became of them in it: all but the downgraded and upgraded stay where they were.
/// The five kinds of change sum to the users of all tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodTiers {
    /// The first day of the period.
    pub start: Day,
    /// The day that tiers are told as of: its last day, or the as-of date.
    pub end: Day,
    /// Whether the period goes on after it.
    pub open: bool,
    /// Users in each tier, lowest first.
    pub tiers: Vec<u64>,
    /// Users by what the period changed, in the order of [`Change::ALL`].
    pub changes: [u64; 5],
}

/// What a period changed for a user: tiers at its end and at that of the period before are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// No tier before.
    Joined,
    /// A higher one.
    Upgraded,
    /// The same, and its validity ended in the period and was earned again.
    Kept,
    /// The same, without that.
    Stayed,
    /// A lower one.
    Downgraded,
}

impl Change {
    /// All of them, in the order of [`PeriodTiers::changes`].
    pub const ALL: [Self; 5] = [Self::Joined, Self::Upgraded, Self::Kept, Self::Stayed, Self::Downgraded];
}

/// Users who moved from a tier to a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Move {
    /// The tier before; nothing for those who had not joined.
    pub from: Option<u8>,
    /// The tier now.
    pub to: u8,
    /// How many.
    pub users: u64,
}

/// How much users measure in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Distribution {
    /// Those who measure 0 or less; they are in no bin.
    pub nothing: u64,
    /// Width of a bin. The first one begins above 0, all others hold their lower edge.
    pub width: Amount,
    /// Users in each bin.
    pub bins: Vec<u64>,
    /// Users beyond the last bin.
    pub above: u64,
}

/// What other thresholds would change, had they always held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatIf {
    /// The tiers, lowest first.
    pub tiers: Vec<WhatIfTier>,
    /// From the tier that users have to the one they would have, unchanged ones among them; they sum to all users.
    pub moves: Vec<Move>,
    /// Who would be higher.
    pub up: u64,
    /// Who would be lower.
    pub down: u64,
    /// What all benefits would cost.
    pub cost: Option<Amount>,
}

/// A tier by other thresholds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhatIfTier {
    /// Its number, from 1.
    pub tier: u8,
    /// What would have to be measured for it.
    pub from: Amount,
    /// Who would have it.
    pub users: u64,
    /// What they bring in the window.
    pub revenue: Option<Amount>,
    /// What its benefits would cost.
    pub cost: Option<Amount>,
}

/// Users that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Cell {
    /// All who have joined.
    All,
    /// Those with a tier, as of the as-of date or of a period's end.
    Tier {
        /// The tier, from 1.
        tier: u8,
        /// The first day of the period; as of the as-of date when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        period: Option<Day>,
    },
    /// Those for whom a period changed something.
    Change {
        /// What.
        change: Change,
        /// The first day of the period.
        period: Day,
    },
    /// Those who moved between the two days.
    Move {
        /// The tier before; nothing for those who had not joined.
        #[serde(default)]
        from: Option<u8>,
        /// The tier now.
        to: u8,
    },
    /// Those who had a tier before the last period that has ended; only who came, or bought, in it where that is said.
    Returned {
        /// The tier, from 1.
        tier: u8,
        /// Which of them; all when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who: Option<Came>,
    },
    /// Those near the next tier.
    Near {
        /// The tier they have; any when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<u8>,
    },
    /// Those about to fall.
    Falling {
        /// The tier they have; any when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<u8>,
    },
    /// Those of a bin of the distribution: from its lower edge, in the measure's smallest unit, to before its upper one.
    Measure {
        /// The lower edge; nothing for those who measure 0 or less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<i64>,
        /// The upper edge; none when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<i64>,
    },
    /// Those who would have a tier by the other thresholds.
    WhatIf {
        /// The tier they have; any when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<u8>,
        /// The tier they would have.
        to: u8,
    },
    /// Those who would have a higher tier by the other thresholds, or a lower one.
    Moved {
        /// Higher.
        up: bool,
    },
}

/// Who came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Came {
    /// With any row.
    Active,
    /// With a purchase.
    Bought,
}
