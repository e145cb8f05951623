//! Where an axis has its ticks and what is written at them: the one place for round numbers and calendar days.

use super::text;
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::locale::{Language, fill};

/// What kind of number an axis or a cell shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NumberKind {
    /// Whole things: users, orders.
    #[default]
    Count,
    /// A share; 1 is written 100%.
    Percent,
    /// Any other number: money, averages.
    Decimal,
}

impl NumberKind {
    /// The exact value, as a label or a table cell shows it.
    #[must_use]
    pub fn text(self, value: f64, language: Language) -> String {
        match self {
            Self::Percent => language.percent(value),
            Self::Count if value.fract() == 0.0 => language.decimal(value, 0),
            Self::Count | Self::Decimal => language.decimal(value, 2),
        }
    }
}

/// An axis of numbers: round ticks, and a range that holds all values and ends at ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberScale {
    /// The value at the lower end.
    pub low: f64,
    /// The value at the upper end.
    pub high: f64,
    /// The ticks, rising.
    pub ticks: Vec<f64>,
    /// What is written at each tick.
    pub labels: Vec<String>,
}

impl NumberScale {
    /// The scale for values between `low` and `high`, with about `count` ticks. `None` when the bounds are no numbers.
    #[must_use]
    pub fn new(low: f64, high: f64, count: usize, kind: NumberKind, language: Language) -> Option<Self> {
        // The sum of two bounds must stay a number too.
        let usable = |bound: f64| bound.is_finite() && bound.abs() < f64::MAX / 4.0;
        if !usable(low) || !usable(high) || low > high {
            return None;
        }
        let (low, high) = widened(low, high, kind);
        let step = round_step((high - low) / count.max(1) as f64, kind);
        // One step below 1 is one part of a whole number of parts: dividing gives 0.3, multiplying 0.30000000000000004.
        let at = |number: f64| if step < 1.0 { number / (1.0 / step).round() } else { number * step };
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let ticks: Vec<f64> = std::iter::successors(Some(first), |number| Some(number + 1.0))
            .take_while(|&number| number <= last)
            .take(1000)
            .map(at)
            .collect();
        let labels = tick_labels(&ticks, step, kind, language);
        Some(Self { low: at(first), high: at(last), ticks, labels })
    }

    /// Where a value lies between the ends: 0 at the lower, 1 at the upper.
    #[must_use]
    pub fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// Bounds apart from each other, so that there is something to divide.
fn widened(low: f64, high: f64, kind: NumberKind) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    // Numbers so small that their inverse is none are drawn as zero.
    if size < 1e-200 {
        return (0.0, 1.0);
    }
    if high - low > size * 1e-9 {
        return (low, high);
    }
    // Whole numbers need room for whole ticks.
    let space = if kind == NumberKind::Count { (size * 0.1).max(1.0) } else { size * 0.1 };
    (low - space, high + space)
}

/// The next larger of 1, 2 and 5 times a power of ten; whole numbers have no step below 1.
fn round_step(least: f64, kind: NumberKind) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0]
        .iter()
        .map(|factor| factor * power)
        .find(|&step| step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power);
    if kind == NumberKind::Count { step.max(1.0) } else { step }
}

/// Labels that say exactly where the ticks are, short where that is possible.
pub(super) fn tick_labels(ticks: &[f64], step: f64, kind: NumberKind, language: Language) -> Vec<String> {
    if kind == NumberKind::Percent {
        let places = places(step * 100.0);
        return ticks.iter().map(|tick| format!("{}%", language.decimal(tick * 100.0, places))).collect();
    }
    let short: Vec<String> = ticks.iter().map(|&tick| language.compact(tick)).collect();
    if ticks.iter().zip(&short).all(|(&tick, label)| is_exact(tick, label)) {
        return short;
    }
    ticks.iter().map(|&tick| language.decimal(tick, places(step))).collect()
}

/// Whether the figures of a short label are the tick's own, up to a power of ten: `1.3K` is not 1,250.
fn is_exact(tick: f64, label: &str) -> bool {
    let figures: String = label
        .chars()
        .filter(|character| character.is_ascii_digit() || matches!(character, '.' | '-'))
        .collect();
    match figures.parse::<f64>() {
        Ok(shown) if shown == 0.0 || tick == 0.0 => shown == tick,
        Ok(shown) => ((tick / shown).log10() - (tick / shown).log10().round()).abs() < 1e-9,
        Err(_) => false,
    }
}

/// Decimal places that a step needs.
fn places(step: f64) -> usize {
    (-step.log10() - 1e-9).ceil().clamp(0.0, 12.0) as usize
}

/// A tick on an axis of days or steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// Which point of the axis it stands at.
    pub index: usize,
    /// What is written there.
    pub label: String,
    /// The year, written below where it changes.
    pub year: Option<String>,
}

impl Tick {
    fn width(&self, size: f64) -> f64 {
        text::width(&self.label, size).max(self.year.as_deref().map_or(0.0, |year| text::width(year, size)))
    }
}

/// How far apart calendar ticks are.
#[derive(Debug, Clone, Copy)]
enum Calendar {
    Days,
    /// Every so many weeks, on the day they start on.
    Weeks(i32),
    /// Every so many months, on the first.
    Months(i32),
    /// Every quarter.
    Quarters,
    /// Every so many years, on January 1.
    Years(i32),
}

const CALENDAR: [Calendar; 14] = [
    Calendar::Days,
    Calendar::Weeks(1),
    Calendar::Weeks(2),
    Calendar::Months(1),
    Calendar::Months(2),
    Calendar::Months(3),
    Calendar::Months(6),
    Calendar::Years(1),
    Calendar::Years(2),
    Calendar::Years(5),
    Calendar::Years(10),
    Calendar::Years(20),
    Calendar::Years(50),
    Calendar::Years(100),
];

impl Calendar {
    fn has(self, day: Day, week_start: WeekStart) -> bool {
        let (year, month, date) = day.year_month_day();
        match self {
            Self::Days => true,
            Self::Weeks(weeks) => {
                let calendar = Periods { period: Period::Week, week_start };
                let number = calendar.number(day);
                calendar.first_day(number) == day && number.rem_euclid(weeks) == 0
            }
            Self::Months(months) => date == 1 && (i32::from(month) - 1).rem_euclid(months) == 0,
            Self::Quarters => date == 1 && month % 3 == 1,
            Self::Years(years) => date == 1 && month == 1 && year.rem_euclid(years) == 0,
        }
    }

    fn label(self, day: Day, language: Language) -> String {
        match self {
            Self::Days | Self::Weeks(_) => day_label(day, language),
            Self::Months(_) => month_name(day, language),
            Self::Quarters => quarter_name(day, language),
            Self::Years(_) => year_label(day, language),
        }
    }
}

/// Ticks for days from `first`, the points `spacing` CSS pixels apart: the finest of days, first days of weeks, of months
/// and of years whose labels have room at this font size.
#[must_use]
pub fn day_ticks(
    first: Day,
    count: usize,
    spacing: f64,
    size: f64,
    week_start: WeekStart,
    language: Language,
) -> Vec<Tick> {
    // Every other week is better than one or two months, but worse than many.
    const QUARTER: usize = 92;
    let worthy =
        CALENDAR.iter().filter(|calendar| !matches!(calendar, Calendar::Weeks(2)) || count <= QUARTER);
    let fitting = worthy.map(|&calendar| calendar_ticks(calendar, first, count, week_start, language));
    let fitting = fitting.filter(|ticks| !ticks.is_empty()).find(|ticks| have_room(ticks, spacing, size));
    fitting.unwrap_or_else(|| calendar_ticks(Calendar::Days, first, count.min(1), week_start, language))
}

fn calendar_ticks(
    calendar: Calendar,
    first: Day,
    count: usize,
    week_start: WeekStart,
    language: Language,
) -> Vec<Tick> {
    let days = (0..count).zip(first.0..).map(|(index, day)| (index, Day(day)));
    dated(days.filter(|&(_, day)| calendar.has(day, week_start)), calendar, language)
}

/// Ticks at these days, the year below where it changes.
fn dated(days: impl Iterator<Item = (usize, Day)>, calendar: Calendar, language: Language) -> Vec<Tick> {
    let mut last_year = None;
    days.map(|(index, day)| {
        let (year, ..) = day.year_month_day();
        let changed = last_year.replace(year) != Some(year) && !matches!(calendar, Calendar::Years(_));
        Tick { index, label: calendar.label(day, language), year: changed.then(|| year_label(day, language)) }
    })
    .collect()
}

/// Ticks for periods from the one with the number `first`: every one, or every second, third ..., so that the labels have
/// room at this font size. Those of months stand at the same months of every year.
#[must_use]
pub fn period_ticks(
    first: i32,
    count: usize,
    periods: Periods,
    spacing: f64,
    size: f64,
    language: Language,
) -> Vec<Tick> {
    if periods.period == Period::Day {
        return day_ticks(Day(first), count, spacing, size, periods.week_start, language);
    }
    let strides: &[i32] = match periods.period {
        Period::Month => &[1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200],
        Period::Quarter => &[1, 2, 4, 8, 20, 40, 80, 200, 400],
        Period::Day | Period::Week => &WEEKS,
    };
    let every = |&stride: &i32| {
        let calendar = match periods.period {
            Period::Month if stride % 12 == 0 => Calendar::Years(1),
            Period::Month => Calendar::Months(1),
            Period::Quarter if stride % 4 == 0 => Calendar::Years(1),
            Period::Quarter => Calendar::Quarters,
            Period::Day | Period::Week => Calendar::Days,
        };
        let numbers = (0..count).zip(first..).filter(|(_, number)| number.rem_euclid(stride) == 0);
        dated(numbers.map(|(index, number)| (index, periods.first_day(number))), calendar, language)
    };
    let fitting = strides.iter().map(every).filter(|ticks| !ticks.is_empty());
    fitting.into_iter().find(|ticks| have_room(ticks, spacing, size)).unwrap_or_else(|| {
        dated((0..count.min(1)).map(|index| (index, periods.first_day(first))), Calendar::Days, language)
    })
}

/// Every so many weeks; later ones are quarters and years near enough.
const WEEKS: [i32; 8] = [1, 2, 4, 8, 13, 26, 52, 104];

/// Ticks for named steps: every label, or every second, fifth, tenth ..., so that they have room.
#[must_use]
pub fn step_ticks(labels: &[String], spacing: f64, size: f64) -> Vec<Tick> {
    let every = |stride: usize| -> Vec<Tick> {
        let taken = labels.iter().enumerate().step_by(stride);
        taken.map(|(index, label)| Tick { index, label: label.clone(), year: None }).collect()
    };
    let strides = (0..).flat_map(|power| {
        [1, 2, 5].map(|factor: usize| factor.saturating_mul(10usize.saturating_pow(power)))
    });
    let fitting = strides
        .take_while(|&stride| stride < labels.len())
        .map(every)
        .find(|ticks| have_room(ticks, spacing, size));
    fitting.unwrap_or_else(|| every(labels.len().max(1)))
}

/// Whether centred labels keep a gap between each other.
fn have_room(ticks: &[Tick], spacing: f64, size: f64) -> bool {
    const GAP: f64 = 10.0;
    ticks.windows(2).all(|pair| match pair {
        [a, b] => (b.index - a.index) as f64 * spacing >= f64::midpoint(a.width(size), b.width(size)) + GAP,
        _ => true,
    })
}

pub(super) fn month_name(day: Day, language: Language) -> String {
    let (_, month, _) = day.year_month_day();
    language
        .words()
        .chart_months
        .split(' ')
        .nth(usize::from(month).saturating_sub(1))
        .unwrap_or_default()
        .to_owned()
}

fn quarter_name(day: Day, language: Language) -> String {
    let (_, month, _) = day.year_month_day();
    fill(language.words().chart_quarter, &[("quarter", &(month.saturating_sub(1) / 3 + 1).to_string())])
}

fn day_label(day: Day, language: Language) -> String {
    let (_, _, date) = day.year_month_day();
    fill(
        language.words().chart_day_of_month,
        &[("month", &month_name(day, language)), ("day", &date.to_string())],
    )
}

fn year_label(day: Day, language: Language) -> String {
    fill(language.words().chart_year, &[("year", &day.year_month_day().0.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(low: f64, high: f64, count: usize, kind: NumberKind, language: Language) -> Vec<String> {
        NumberScale::new(low, high, count, kind, language).unwrap().labels
    }

    #[test]
    fn labels_by_hand() {
        let (en, zh) = (Language::English, Language::Chinese);
        assert_eq!(labels(0.0, 2400.0, 5, NumberKind::Count, en), ["0", "500", "1K", "1.5K", "2K", "2.5K"]);
        assert_eq!(
            labels(0.0, 24_000.0, 5, NumberKind::Count, zh),
            ["0", "5,000", "1万", "1.5万", "2万", "2.5万"]
        );
        assert_eq!(
            labels(12_500.0, 12_700.0, 4, NumberKind::Count, en),
            ["12,500", "12,550", "12,600", "12,650", "12,700"]
        );
        assert_eq!(labels(0.0, 0.31, 3, NumberKind::Percent, en), ["0%", "20%", "40%"]);
        assert_eq!(labels(0.0, 0.011, 3, NumberKind::Percent, en), ["0.0%", "0.5%", "1.0%", "1.5%"]);
        assert_eq!(labels(0.0, 0.0, 5, NumberKind::Count, en), ["0", "1"]);
        assert_eq!(labels(0.0, 1.0, 5, NumberKind::Percent, en), ["0%", "20%", "40%", "60%", "80%", "100%"]);
        assert_eq!(labels(-30.0, 40.0, 4, NumberKind::Decimal, en), ["-40", "-20", "0", "20", "40"]);
    }

    #[test]
    fn what_is_no_number_has_no_scale() {
        for (low, high) in [(f64::NAN, 1.0), (0.0, f64::INFINITY), (2.0, 1.0), (f64::MIN, f64::MAX)] {
            assert_eq!(NumberScale::new(low, high, 5, NumberKind::Decimal, Language::English), None);
        }
    }

    #[test]
    fn days_become_weeks_months_years_as_they_crowd() {
        let first: Day = "2023-12-20".parse().unwrap();
        let of =
            |count, spacing| day_ticks(first, count, spacing, 11.0, WeekStart::Monday, Language::English);
        let text = |ticks: &[Tick]| ticks.iter().map(|tick| tick.label.clone()).collect::<Vec<_>>();
        assert_eq!(text(&of(3, 100.0)), ["Dec 20", "Dec 21", "Dec 22"]);
        assert_eq!(text(&of(20, 10.0)), ["Dec 25", "Jan 1", "Jan 8"]);
        let months = of(200, 4.0);
        assert_eq!(text(&months), ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul"]);
        assert_eq!(months[0].year.as_deref(), Some("2024"));
        assert!(months[1..].iter().all(|tick| tick.year.is_none()));
        assert_eq!(text(&of(1500, 0.12)), ["2024", "2025", "2026", "2027", "2028"]);
        assert_eq!(
            text(&day_ticks(first, 3, 100.0, 11.0, WeekStart::Monday, Language::Chinese)),
            ["12月20日", "12月21日", "12月22日"]
        );
        // Nothing round inside and no room for all: the first day alone.
        assert_eq!(text(&of(4, 1.0)), ["Dec 20"]);
        assert!(of(0, 10.0).is_empty());
    }

    #[test]
    fn weeks_start_where_they_are_said_to() {
        let first: Day = "2023-12-20".parse().unwrap();
        let of = |start| day_ticks(first, 20, 10.0, 11.0, start, Language::English);
        let text = |ticks: Vec<Tick>| ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>();
        assert_eq!(text(of(WeekStart::Monday)), ["Dec 25", "Jan 1", "Jan 8"]);
        assert_eq!(text(of(WeekStart::Sunday)), ["Dec 24", "Dec 31", "Jan 7"]);
        let weeks = |start| {
            let periods = Periods { period: Period::Week, week_start: start };
            period_ticks(periods.number(first), 4, periods, 80.0, 11.0, Language::English)
        };
        assert_eq!(text(weeks(WeekStart::Monday)), ["Dec 18", "Dec 25", "Jan 1", "Jan 8"]);
        assert_eq!(text(weeks(WeekStart::Sunday)), ["Dec 17", "Dec 24", "Dec 31", "Jan 7"]);
        let months = Periods { period: Period::Month, week_start: WeekStart::Monday };
        let of = |spacing| period_ticks(months.number(first), 15, months, spacing, 11.0, Language::English);
        assert_eq!(text(of(14.0)), ["Jan", "Apr", "Jul", "Oct", "Jan"]);
        assert_eq!(of(14.0)[4].year.as_deref(), Some("2025"));
        assert_eq!(text(of(4.0)), ["2024", "2025"]);
        let quarters = Periods { period: Period::Quarter, ..months };
        let of =
            |spacing| period_ticks(quarters.number(first), 6, quarters, spacing, 11.0, Language::English);
        assert_eq!(text(of(60.0)), ["Q4", "Q1", "Q2", "Q3", "Q4", "Q1"]);
        assert_eq!(of(60.0)[1].year.as_deref(), Some("2024"));
        assert_eq!(text(of(10.0)), ["2024", "2025"]);
    }

    proptest! {
        #[test]
        fn ticks_are_round_and_hold_the_values(a in -1e12f64..1e12, width in 0f64..1e9, shrink in 0i32..14, count in 1usize..12, kind in 0usize..3) {
            let kind = [NumberKind::Count, NumberKind::Percent, NumberKind::Decimal][kind];
            let (low, high) = (a / 10f64.powi(shrink), a / 10f64.powi(shrink) + width / 10f64.powi(shrink));
            let scale = NumberScale::new(low, high, count, kind, Language::English).unwrap();
            let slack = (high - low).max(high.abs() * 1e-9) * 1e-6;
            prop_assert!(scale.low <= low + slack && scale.high >= high - slack);
            prop_assert_eq!(scale.ticks.first(), Some(&scale.low));
            prop_assert_eq!(scale.ticks.last(), Some(&scale.high));
            prop_assert!(scale.ticks.len() >= 2 && scale.ticks.len() <= count + 3);
            prop_assert!(scale.ticks.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!(scale.labels.len(), scale.ticks.len());
            let step = (scale.high - scale.low) / (scale.ticks.len() - 1) as f64;
            let mantissa = step / 10f64.powf((step * 1.000_001).log10().floor());
            prop_assert!([1.0, 2.0, 5.0].iter().any(|round| (mantissa - round).abs() < 1e-2), "step {}", step);
            prop_assert!(scale.ticks.iter().all(|tick| (tick / step - (tick / step).round()).abs() < 1e-2));
            prop_assert!(scale.labels.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", scale.labels);
        }

        #[test]
        fn calendar_labels_never_touch(first in -200_000i32..200_000, count in 1usize..5000, width in 100f64..1400.0, chinese: bool) {
            let language = if chinese { Language::Chinese } else { Language::English };
            let spacing = width / count as f64;
            let start = if first % 2 == 0 { WeekStart::Monday } else { WeekStart::Sunday };
            let ticks = day_ticks(Day(first), count, spacing, 11.0, start, language);
            prop_assert!(!ticks.is_empty() && ticks.iter().all(|tick| tick.index < count));
            for pair in ticks.windows(2) {
                let end = pair[0].index as f64 * spacing + pair[0].width(11.0) / 2.0;
                prop_assert!(end < pair[1].index as f64 * spacing - pair[1].width(11.0) / 2.0);
            }
            // The first tick always says its year, alone or below.
            let (year, ..) = Day(first + ticks[0].index as i32).year_month_day();
            prop_assert!(ticks[0].year.as_ref().unwrap_or(&ticks[0].label).contains(&year.to_string()));
        }

        #[test]
        fn step_labels_never_touch(count in 1usize..500, width in 100f64..1400.0) {
            let labels: Vec<String> = (0..count).map(|index| index.to_string()).collect();
            let spacing = width / count as f64;
            let ticks = step_ticks(&labels, spacing, 11.0);
            prop_assert_eq!(ticks[0].index, 0);
            for pair in ticks.windows(2) {
                prop_assert!((pair[1].index - pair[0].index) as f64 * spacing > pair[0].width(11.0));
            }
        }
    }
}
