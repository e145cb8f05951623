//! Days that a condition looks at, fixed or counted back from the day that a rule is asked as of.

use serde::{Deserialize, Serialize};

use crate::dataset::calendar::Day;
use crate::error::{Error, Result};

/// The longest way back, in days, weeks or months.
const FURTHEST: u32 = 10_000;

/// The days that a condition looks at; none after the day that the rule is asked as of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Window {
    /// All days.
    #[default]
    Ever,
    /// From a day to a day, both included; an open side reaches as far as the data.
    Between {
        /// The first day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Day>,
        /// The last day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Day>,
    },
    /// The last so many days, weeks or months.
    Last {
        /// How many.
        amount: u32,
        /// Of what.
        unit: CalendarUnit,
        /// How many of them ago they ended: 0 when with the day the rule is asked as of.
        #[serde(default, skip_serializing_if = "is_zero")]
        ago: u32,
    },
    /// The first so many days of each user, from the day of their first row in view.
    FirstDays(u32),
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A stretch of days, weeks or months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Back {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: CalendarUnit,
}

/// A unit of civil time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CalendarUnit {
    /// A civil day.
    #[default]
    Day,
    /// Seven days.
    Week,
    /// The days since the same date a month before.
    Month,
}

/// Days that a condition looks at: of the calendar, or counted from each user's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) from: i32,
    pub(super) to: i32,
    /// Whether `from` and `to` are counted from the user's first day.
    pub(super) of_user: bool,
}

impl Days {
    pub(super) fn new(from: i32, to: i32) -> Self {
        Self { from, to, of_user: false }
    }

    /// The days for a user whose first is this one.
    pub(super) fn for_user(self, first: i32) -> (i32, i32) {
        if self.of_user {
            (first.saturating_add(self.from), first.saturating_add(self.to))
        } else {
            (self.from, self.to)
        }
    }
}

impl Window {
    /// Whether all days are meant.
    #[must_use]
    pub fn is_ever(&self) -> bool {
        *self == Self::Ever
    }

    /// The days as of a day.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] for nothing, for too much, and for days that end before they begin.
    pub(super) fn days(self, as_of: Day) -> Result<Days> {
        match self {
            Self::Ever => Ok(Days::new(i32::MIN, as_of.0)),
            Self::Between { from, to } => {
                if let (Some(from), Some(to)) = (from, to)
                    && from > to
                {
                    return Err(Error::bad_value("window.between.to", to, format!("{from} or later")));
                }
                let from = from.map_or(i32::MIN, |day| day.0);
                Ok(Days::new(from, to.map_or(i32::MAX, |day| day.0).min(as_of.0)))
            }
            Self::Last { amount, unit, ago } => {
                let reach = Back { amount, unit };
                reach.check("window.last.amount")?;
                if ago > FURTHEST {
                    return Err(Error::bad_value("window.last.ago", ago, format!("at most {FURTHEST}")));
                }
                let end = unit.back(as_of, ago);
                Ok(Days::new(unit.back(as_of, ago + amount).0.saturating_add(1), end.0))
            }
            Self::FirstDays(days) => {
                Back { amount: days, unit: CalendarUnit::Day }.check("window.firstDays")?;
                let to = i32::try_from(days - 1).unwrap_or(i32::MAX);
                Ok(Days { from: 0, to, of_user: true })
            }
        }
    }
}

impl Back {
    /// Refuses nothing and what is too long.
    pub(super) fn check(self, path: &str) -> Result<()> {
        if (1..=FURTHEST).contains(&self.amount) {
            return Ok(());
        }
        Err(Error::bad_value(path, self.amount, format!("1 to {FURTHEST}")))
    }

    /// The days of such a stretch that ends with a day.
    pub(super) fn until(self, end: Day) -> (i32, i32) {
        (self.before(end).0.saturating_add(1), end.0)
    }

    /// The last day before a stretch that ends with a day.
    pub(super) fn before(self, end: Day) -> Day {
        self.unit.back(end, self.amount)
    }
}

impl CalendarUnit {
    /// The day so many units before a day. A month back from the 31st is the last day of a shorter month.
    fn back(self, day: Day, amount: u32) -> Day {
        let amount = i32::try_from(amount).unwrap_or(i32::MAX);
        match self {
            Self::Day => Day(day.0.saturating_sub(amount)),
            Self::Week => Day(day.0.saturating_sub(amount.saturating_mul(7))),
            Self::Month => {
                let (year, month, date) = day.year_month_day();
                let months = year * 12 + i32::from(month) - 1 - amount;
                let (year, month) =
                    (months.div_euclid(12), u32::try_from(months.rem_euclid(12)).unwrap_or(0) + 1);
                let on = |date| Day::from_year_month_day(year, month, date);
                (0..4).find_map(|less| on(u32::from(date).saturating_sub(less))).unwrap_or(Day(i32::MIN))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn told(window: &str, as_of: &str) -> (String, String) {
        let window: Window = serde_json::from_str(window).unwrap();
        let Days { from, to, of_user } = window.days(day(as_of)).unwrap();
        assert!(!of_user);
        (Day(from).to_string(), Day(to).to_string())
    }

    fn span(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn days_are_counted_back_from_the_day_asked_as_of() {
        let last = |text: &str| format!(r#"{{"last":{text}}}"#);
        let week = last(r#"{"amount":7,"unit":"day"}"#);
        assert_eq!(told(&week, "2024-03-10"), span("2024-03-04", "2024-03-10"));
        assert_eq!(
            told(&last(r#"{"amount":1,"unit":"week"}"#), "2024-03-10"),
            span("2024-03-04", "2024-03-10")
        );
        let before = last(r#"{"amount":7,"unit":"day","ago":7}"#);
        assert_eq!(told(&before, "2024-03-10"), span("2024-02-26", "2024-03-03"));
        let month = last(r#"{"amount":1,"unit":"month"}"#);
        assert_eq!(told(&month, "2024-03-31"), span("2024-03-01", "2024-03-31"), "back to February 29");
        assert_eq!(told(&month, "2023-03-30"), span("2023-03-01", "2023-03-30"), "back to February 28");
        assert_eq!(told(&month, "2024-01-15"), span("2023-12-16", "2024-01-15"));
        let quarter = last(r#"{"amount":3,"unit":"month","ago":3}"#);
        assert_eq!(told(&quarter, "2024-06-30"), span("2023-12-31", "2024-03-30"));
    }

    #[test]
    fn fixed_days_end_with_the_day_asked_as_of() {
        let between = r#"{"between":{"from":"2024-01-05","to":"2024-02-01"}}"#;
        assert_eq!(told(between, "2024-03-01"), span("2024-01-05", "2024-02-01"));
        assert_eq!(told(between, "2024-01-20"), span("2024-01-05", "2024-01-20"));
        let ever: Window = serde_json::from_str("\"ever\"").unwrap();
        assert_eq!(ever.days(Day(5)).unwrap(), Days::new(i32::MIN, 5));
        let open: Window = serde_json::from_str(r#"{"between":{}}"#).unwrap();
        assert_eq!(open.days(Day(5)).unwrap(), Days::new(i32::MIN, 5));
        let first = Window::FirstDays(7).days(Day(5)).unwrap();
        assert_eq!((first.for_user(100), first.of_user), ((100, 106), true));
    }

    #[test]
    fn stretches_of_nothing_and_turned_days_are_refused() {
        let refused = |window: &str| {
            let window: Window = serde_json::from_str(window).unwrap();
            window.days(Day(0)).unwrap_err().path.clone().unwrap()
        };
        assert_eq!(refused(r#"{"last":{"amount":0,"unit":"day"}}"#), "window.last.amount");
        assert_eq!(refused(r#"{"last":{"amount":10001,"unit":"day"}}"#), "window.last.amount");
        assert_eq!(refused(r#"{"last":{"amount":1,"unit":"day","ago":10001}}"#), "window.last.ago");
        assert_eq!(refused(r#"{"firstDays":0}"#), "window.firstDays");
        assert_eq!(refused(r#"{"between":{"from":"2024-01-02","to":"2024-01-01"}}"#), "window.between.to");
        let same: Window =
            serde_json::from_str(r#"{"between":{"from":"2024-01-02","to":"2024-01-02"}}"#).unwrap();
        assert!(same.days(day("2025-01-01")).is_ok());
        let longest = Back { amount: FURTHEST, unit: CalendarUnit::Month };
        assert!(longest.check("x").is_ok());
        assert!(longest.before(Day(0)).0 < 0, "before the year 1200, and no panic");
    }
}
