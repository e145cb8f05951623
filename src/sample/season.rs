//! The calendar of the shop: how busy each day is, what campaign runs, at which hours people come.

use super::story;
use crate::dataset::calendar::Day;

/// Year, month, date.
pub(super) type Date = (i32, u32, u32);

/// The first day of the sample.
pub(super) const FIRST_DATE: Date = (2024, 7, 1);
/// The number of days: the last is 2025-12-31.
pub(super) const DAYS: u32 = 549;
/// Seconds of a day; the zone of the shop has no daylight saving time in these years.
pub(super) const DAY_SECONDS: u32 = 86_400;

/// A day of the shop. Factors are in percent of an ordinary day.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShopDay {
    /// The date.
    pub(super) day: Day,
    /// Friday evening to Sunday has its own hours.
    pub(super) weekend: bool,
    /// How many people join.
    pub(super) newcomers: u32,
    /// How likely members are to visit.
    pub(super) visits: u32,
    /// How likely a visit is to end in an order.
    pub(super) buys: u32,
    /// How likely an item looked at is to go into the cart.
    pub(super) carts: u32,
    /// The campaign of the day, or nothing.
    pub(super) campaign: &'static str,
    /// The coupons of story 3 are out.
    pub(super) bargain: bool,
}

struct Span {
    from: Date,
    to: Date,
    newcomers: u32,
    visits: u32,
    buys: u32,
    campaign: &'static str,
}

const fn span(from: Date, to: Date, newcomers: u32, visits: u32, buys: u32, campaign: &'static str) -> Span {
    Span { from, to, newcomers, visits, buys, campaign }
}

/// The year of a Chinese online shop; a later line overrides an earlier one.
const SPANS: &[Span] = &[
    span((2024, 8, 8), (2024, 8, 10), 130, 130, 115, "七夕"),
    span((2024, 10, 1), (2024, 10, 7), 80, 84, 92, ""),
    span((2024, 10, 21), (2024, 10, 31), 120, 125, 105, "双11大促"),
    span(story::BARGAIN_FROM, (2024, 11, 8), 520, 130, 110, "双11大促"),
    span((2024, 11, 9), story::BARGAIN_TO, 760, 240, 160, "双11大促"),
    span((2024, 12, 10), (2024, 12, 12), 140, 145, 120, "双12"),
    span((2025, 1, 8), (2025, 1, 20), 115, 122, 120, "年货节"),
    // New Year's Eve of the lunar calendar was 2025-01-28; parcels stop, people travel.
    span((2025, 1, 25), (2025, 2, 4), 45, 46, 62, ""),
    span((2025, 3, 6), (2025, 3, 8), 125, 135, 115, "38节"),
    span((2025, 5, 1), (2025, 5, 5), 85, 86, 92, ""),
    span((2025, 5, 20), (2025, 6, 15), 118, 122, 106, "618大促"),
    span((2025, 6, 16), (2025, 6, 18), 190, 225, 155, "618大促"),
    span((2025, 8, 28), (2025, 8, 29), 125, 130, 115, "七夕"),
    span((2025, 10, 1), (2025, 10, 8), 80, 82, 92, ""),
    span((2025, 10, 21), (2025, 11, 8), 118, 124, 105, "双11大促"),
    span((2025, 11, 9), (2025, 11, 11), 200, 235, 160, "双11大促"),
    span((2025, 12, 10), (2025, 12, 12), 135, 142, 120, "双12"),
];

/// Monday to Sunday.
const WEEKDAYS: [u32; 7] = [95, 93, 94, 96, 103, 113, 106];

/// How likely each hour is: a lunch break, a long evening.
#[rustfmt::skip]
const WEEKDAY_HOURS: [(u32, u32); 24] = [
    (0, 14), (1, 6), (2, 3), (3, 2), (4, 2), (5, 4), (6, 12), (7, 26), (8, 36), (9, 42), (10, 46), (11, 52),
    (12, 72), (13, 58), (14, 42), (15, 42), (16, 44), (17, 48), (18, 56), (19, 78), (20, 104), (21, 112), (22, 82), (23, 37),
];
#[rustfmt::skip]
const WEEKEND_HOURS: [(u32, u32); 24] = [
    (0, 22), (1, 11), (2, 5), (3, 3), (4, 2), (5, 3), (6, 7), (7, 15), (8, 30), (9, 50), (10, 66), (11, 66),
    (12, 60), (13, 60), (14, 64), (15, 68), (16, 66), (17, 58), (18, 52), (19, 66), (20, 84), (21, 90), (22, 72), (23, 44),
];

/// All days of the sample in order.
pub(super) fn days() -> Vec<ShopDay> {
    let first = number(FIRST_DATE);
    (0..DAYS).map(|index| shop_day(first + i32::try_from(index).unwrap_or(0), index)).collect()
}

fn shop_day(number: i32, index: u32) -> ShopDay {
    let day = Day(number);
    let weekday = usize::try_from(day.days_since_monday()).unwrap_or(0);
    let week = WEEKDAYS.get(weekday).copied().unwrap_or(100);
    // The shop wins a little more than twice as many people a day at the end as at the start.
    let growth = 60 + 80 * index / DAYS;
    let mut shop_day = ShopDay {
        day,
        weekend: weekday >= 5,
        newcomers: growth,
        visits: week,
        buys: 100,
        carts: if within(number, story::BROKEN_FROM, story::BROKEN_TO) { story::BROKEN_PERCENT } else { 100 },
        campaign: "",
        bargain: within(number, story::BARGAIN_FROM, story::BARGAIN_TO),
    };
    if let Some(span) = SPANS.iter().rev().find(|span| within(number, span.from, span.to)) {
        shop_day.newcomers = growth * span.newcomers / 100;
        shop_day.visits = week * span.visits / 100;
        shop_day.buys = span.buys;
        shop_day.campaign = span.campaign;
    }
    shop_day
}

/// The hours of a day with their weights.
pub(super) fn hours(weekend: bool) -> &'static [(u32, u32)] {
    if weekend { &WEEKEND_HOURS } else { &WEEKDAY_HOURS }
}

fn within(day: i32, from: Date, to: Date) -> bool {
    number(from) <= day && day <= number(to)
}

fn number((year, month, date): Date) -> i32 {
    Day::from_year_month_day(year, month, date).unwrap_or_default().0
}
