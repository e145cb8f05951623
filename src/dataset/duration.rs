//! Lengths of elapsed time.

use serde::{Deserialize, Serialize};

/// A length of elapsed time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Duration {
    /// How many units.
    pub amount: u32,
    /// The unit.
    pub unit: Unit,
}

/// A unit of elapsed time: a day is 24 hours, a week seven of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// 1 s.
    Second,
    /// 60 s.
    Minute,
    /// 3,600 s.
    Hour,
    /// 86,400 s.
    Day,
    /// 604,800 s.
    Week,
}

/// No two times are so far apart.
const LONGEST: i64 = i64::MAX / 4;

impl Duration {
    /// In microseconds.
    #[must_use]
    pub fn micros(self) -> i64 {
        let seconds = match self.unit {
            Unit::Second => 1,
            Unit::Minute => 60,
            Unit::Hour => 3_600,
            Unit::Day => 86_400,
            Unit::Week => 604_800,
        };
        (i64::from(self.amount) * seconds).saturating_mul(1_000_000).min(LONGEST)
    }
}
