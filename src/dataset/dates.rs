//! Spans of civil days and those that they are compared with.

use super::calendar::Day;

/// A first and a last day, both included.
pub type Span = (Day, Day);

/// The span just before this one: whole months before whole months, else as many days.
///
/// March 2025 has February 2025 before it, the first quarter the fourth of the year before, March 3 to 9 February 24 to
/// March 2.
#[must_use]
pub fn previous((from, to): Span) -> Span {
    let before = Day(from.0.saturating_sub(1));
    if is_whole_months((from, to)) {
        let months = month_number(to) - month_number(from) + 1;
        return (month_start(month_number(from) - months), before);
    }
    (Day(before.0.saturating_sub(to.0.saturating_sub(from.0))), before)
}

/// The same dates a year earlier; February 29 becomes the 28th, and a span that ends with February ends with it.
#[must_use]
pub fn year_before((from, to): Span) -> Span {
    if is_whole_months((from, to)) {
        return (
            month_start(month_number(from) - 12),
            Day(month_start(month_number(to) - 11).0.saturating_sub(1)),
        );
    }
    (a_year_earlier(from), a_year_earlier(to))
}

/// The part of a span that lies in another.
#[must_use]
pub fn within((from, to): Span, (first, last): Span) -> Option<Span> {
    let (from, to) = (from.max(first), to.min(last));
    (from <= to).then_some((from, to))
}

fn is_whole_months((from, to): Span) -> bool {
    let first_of_month = |day: Day| day.year_month_day().2 == 1;
    from <= to && first_of_month(from) && first_of_month(Day(to.0.saturating_add(1)))
}

/// Months since the year 0.
fn month_number(day: Day) -> i32 {
    let (year, month, _) = day.year_month_day();
    year * 12 + i32::from(month) - 1
}

fn month_start(number: i32) -> Day {
    let month = u32::try_from(number.rem_euclid(12)).unwrap_or(0) + 1;
    Day::from_year_month_day(number.div_euclid(12), month, 1).unwrap_or_default()
}

fn a_year_earlier(day: Day) -> Day {
    let (year, month, date) = day.year_month_day();
    let same = |date: u8| Day::from_year_month_day(year - 1, u32::from(month), u32::from(date));
    same(date).or_else(|| same(28)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(from: &str, to: &str) -> Span {
        (from.parse().unwrap(), to.parse().unwrap())
    }

    #[test]
    fn months_go_with_months() {
        assert_eq!(previous(span("2025-03-01", "2025-03-31")), span("2025-02-01", "2025-02-28"));
        assert_eq!(previous(span("2024-03-01", "2024-03-31")), span("2024-02-01", "2024-02-29"));
        assert_eq!(previous(span("2025-01-01", "2025-03-31")), span("2024-10-01", "2024-12-31"));
        assert_eq!(previous(span("2025-01-01", "2025-12-31")), span("2024-01-01", "2024-12-31"));
        assert_eq!(year_before(span("2024-02-01", "2024-02-29")), span("2023-02-01", "2023-02-28"));
        assert_eq!(year_before(span("2025-02-01", "2025-02-28")), span("2024-02-01", "2024-02-29"));
    }

    #[test]
    fn days_go_with_days() {
        assert_eq!(previous(span("2025-03-03", "2025-03-09")), span("2025-02-24", "2025-03-02"));
        assert_eq!(previous(span("2025-03-01", "2025-03-01")), span("2025-02-28", "2025-02-28"));
        assert_eq!(year_before(span("2024-02-29", "2024-03-05")), span("2023-02-28", "2023-03-05"));
        assert_eq!(year_before(span("2025-03-03", "2025-03-09")), span("2024-03-03", "2024-03-09"));
    }

    #[test]
    fn what_lies_in_both() {
        let data = span("2025-01-10", "2025-02-20");
        assert_eq!(within(span("2025-01-01", "2025-01-31"), data), Some(span("2025-01-10", "2025-01-31")));
        assert_eq!(within(span("2024-01-01", "2025-01-09"), data), None);
    }

    proptest! {
        #[test]
        fn the_span_before_ends_where_this_one_begins(first in -200_000i32..400_000, days in 0i32..3000) {
            let (from, to) = (Day(first), Day(first + days));
            let (before_from, before_to) = previous((from, to));
            prop_assert_eq!(before_to.0 + 1, from.0);
            prop_assert!(before_from <= before_to);
            if !is_whole_months((from, to)) {
                prop_assert_eq!(before_to.0 - before_from.0, days);
            } else {
                prop_assert!(is_whole_months((before_from, before_to)));
            }
            let (year_from, year_to) = year_before((from, to));
            prop_assert!(year_from <= year_to);
            prop_assert!((365..=366).contains(&(from.0 - year_from.0)) && (365..=366).contains(&(to.0 - year_to.0)));
        }
    }
}
