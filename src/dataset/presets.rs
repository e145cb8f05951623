//! Date ranges with a name, counted back from the last day of the data: what ended long ago is looked at as of its end.

use super::calendar::{Day, Period, Periods, WeekStart};

/// A date range with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// All days of the data.
    All,
    /// The last so many days.
    Days(i32),
    /// The week, month, quarter or year that holds the last day (0), or the one so many before.
    Back(Unit, i32),
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// Three months from January, April, July or October.
    Quarter,
    /// Twelve months from January.
    Year,
}

impl Preset {
    /// All presets in the order in which they are offered.
    pub const ALL: [Self; 13] = [
        Self::All,
        Self::Days(7),
        Self::Days(30),
        Self::Days(90),
        Self::Days(365),
        Self::Back(Unit::Week, 0),
        Self::Back(Unit::Week, 1),
        Self::Back(Unit::Month, 0),
        Self::Back(Unit::Month, 1),
        Self::Back(Unit::Quarter, 0),
        Self::Back(Unit::Quarter, 1),
        Self::Back(Unit::Year, 0),
        Self::Back(Unit::Year, 1),
    ];

    /// First and last day of the preset within data from `span.0` to `span.1`; nothing when the data has no such days.
    ///
    /// A number of days is refused when the data is shorter. Of a week, month, quarter or year the days with data remain.
    #[must_use]
    pub fn range(self, span: (Day, Day), week_start: WeekStart) -> Option<(Day, Day)> {
        let (first, last) = span;
        let (from, to) = match self {
            Self::All => span,
            Self::Days(days) => (Day(last.0 - days + 1), last),
            Self::Back(unit, back) => unit.around(last, back, week_start),
        };
        let whole = from >= first || matches!(self, Self::Back(..));
        (whole && to >= first && from <= last).then(|| (from.max(first), to.min(last)))
    }
}

impl Unit {
    fn around(self, last: Day, back: i32, week_start: WeekStart) -> (Day, Day) {
        let (period, length) = match self {
            Self::Week => (Period::Week, 1),
            Self::Month => (Period::Month, 1),
            Self::Quarter => (Period::Month, 3),
            Self::Year => (Period::Month, 12),
        };
        let periods = Periods { period, week_start };
        // Months are counted from a January, so that quarters and years begin at multiples of their length.
        let first = (periods.number(last).div_euclid(length) - back) * length;
        (periods.first_day(first), periods.last_day(first + length - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn found(preset: Preset, first: &str, last: &str, week_start: WeekStart) -> Option<String> {
        preset.range((day(first), day(last)), week_start).map(|(from, to)| format!("{from} {to}"))
    }

    #[test]
    fn counted_back_from_the_last_day() {
        // 2024-05-15 is a Wednesday.
        let range = |preset| found(preset, "2022-12-10", "2024-05-15", WeekStart::Monday);
        assert_eq!(range(Preset::All).as_deref(), Some("2022-12-10 2024-05-15"));
        assert_eq!(range(Preset::Days(7)).as_deref(), Some("2024-05-09 2024-05-15"));
        assert_eq!(range(Preset::Back(Unit::Week, 0)).as_deref(), Some("2024-05-13 2024-05-15"));
        assert_eq!(range(Preset::Back(Unit::Week, 1)).as_deref(), Some("2024-05-06 2024-05-12"));
        assert_eq!(range(Preset::Back(Unit::Month, 1)).as_deref(), Some("2024-04-01 2024-04-30"));
        assert_eq!(range(Preset::Back(Unit::Quarter, 0)).as_deref(), Some("2024-04-01 2024-05-15"));
        assert_eq!(range(Preset::Back(Unit::Quarter, 1)).as_deref(), Some("2024-01-01 2024-03-31"));
        assert_eq!(range(Preset::Back(Unit::Year, 0)).as_deref(), Some("2024-01-01 2024-05-15"));
        assert_eq!(range(Preset::Back(Unit::Year, 1)).as_deref(), Some("2023-01-01 2023-12-31"));
        assert_eq!(range(Preset::Back(Unit::Year, 2)).as_deref(), Some("2022-12-10 2022-12-31"));
        assert_eq!(range(Preset::Back(Unit::Year, 3)), None);
    }

    #[test]
    fn weeks_begin_where_they_are_said_to() {
        let week = |back, start| found(Preset::Back(Unit::Week, back), "2024-01-01", "2024-05-12", start);
        // A Sunday: the last day of one week, the first of the other.
        assert_eq!(week(0, WeekStart::Monday).as_deref(), Some("2024-05-06 2024-05-12"));
        assert_eq!(week(0, WeekStart::Sunday).as_deref(), Some("2024-05-12 2024-05-12"));
        assert_eq!(week(1, WeekStart::Sunday).as_deref(), Some("2024-05-05 2024-05-11"));
    }

    #[test]
    fn what_the_data_does_not_have_is_not_offered() {
        let range = |preset| found(preset, "2024-05-01", "2024-05-15", WeekStart::Monday);
        assert_eq!(range(Preset::Days(15)).as_deref(), Some("2024-05-01 2024-05-15"));
        assert_eq!(range(Preset::Days(30)), None);
        assert_eq!(range(Preset::Back(Unit::Month, 1)), None);
        assert_eq!(range(Preset::Back(Unit::Quarter, 0)).as_deref(), Some("2024-05-01 2024-05-15"));
    }
}
