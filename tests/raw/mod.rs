//! Random rows as a file would have them, and what a definition says of them, by sets and loops.

#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use strata::analysis::Members;
use strata::dataset::EventLog;
use strata::dataset::calendar::{Day, Period, WeekStart};
use strata::dataset::events::EventChoice;
use strata::dataset::filter::{Condition, Filter};
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::ingest::mapping::Mapping;

pub const ZONES: [&str; 6] =
    ["Pacific/Niue", "Pacific/Kiritimati", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC"];

/// One row: who, when (seconds since 1970), what, which order (0 for none), how much (cents), from where.
#[derive(Debug, Clone)]
pub struct Row {
    pub user: u8,
    pub seconds: i64,
    pub event: &'static str,
    pub order: u8,
    pub cents: i64,
    pub channel: &'static str,
}

pub fn rows() -> impl Strategy<Value = Vec<Row>> {
    let event = prop::sample::select(vec!["visit", "purchase", "purchase", "purchase", "refund"]);
    let channel = prop::sample::select(vec!["a", "b"]);
    // Around the changes of the clocks in spring and autumn 2021, dense enough that days and weeks are shared.
    let seconds = prop_oneof![1_615_000_000i64..1_617_000_000, 1_633_000_000i64..1_636_500_000];
    // Few amounts, so that some users are worth the same twice.
    let cents = prop::sample::select(vec![0i64, 100, 250, 250, 1_999]);
    let row = (0u8..7, seconds, event, 0u8..9, cents, channel).prop_map(
        |(user, seconds, event, order, cents, channel)| Row { user, seconds, event, order, cents, channel },
    );
    prop::collection::vec(row, 1..70)
}

/// Orders without an id are written as an empty cell.
pub fn csv(rows: &[Row]) -> String {
    let mut text = String::from("user,time,event,order_id,amount,channel\n");
    for row in rows {
        let time = Timestamp::from_second(row.seconds).unwrap();
        let order = if row.order == 0 { String::new() } else { format!("o{}", row.order) };
        let amount = format!("{}.{:02}", row.cents / 100, row.cents % 100);
        text += &format!("u{},{time},{},{order},{amount},{}\n", row.user, row.event, row.channel);
    }
    text
}

pub fn mapping() -> Mapping {
    serde_json::from_value(
        serde_json::json!({"user": "user", "time": "time", "event": "event", "value": "amount",
        "order": "order_id", "channel": "channel"}),
    )
    .unwrap()
}

pub fn open(rows: &[Row], zone: &str) -> EventLog {
    let options =
        OpenOptions { time_zone: Some(zone.to_owned()), mapping: Some(mapping()), ..OpenOptions::default() };
    load(&[("rows.csv", csv(rows).as_bytes())], &options).unwrap()
}

pub fn clock(row: &Row, zone: &str) -> DateTime {
    Timestamp::from_second(row.seconds).unwrap().to_zoned(TimeZone::get(zone).unwrap()).datetime()
}

pub fn date(row: &Row, zone: &str) -> Date {
    clock(row, zone).date()
}

pub fn days(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).unwrap().get_days())
}

pub fn day(date: Date) -> Day {
    date.to_string().parse().unwrap()
}

pub fn name(row: &Row) -> String {
    format!("u{}", row.user)
}

pub fn period_start(date: Date, period: Period, week_start: WeekStart) -> Date {
    match (period, week_start) {
        (Period::Day, _) => date,
        (Period::Week, WeekStart::Monday) => date - Span::new().days(date.weekday().to_monday_zero_offset()),
        (Period::Week, WeekStart::Sunday) => date - Span::new().days(date.weekday().to_sunday_zero_offset()),
        (Period::Month, _) => date.first_of_month(),
        (Period::Quarter, _) => {
            Date::new(date.year(), [1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10][date.month() as usize - 1], 1)
                .unwrap()
        }
    }
}

pub fn next_period(start: Date, period: Period) -> Date {
    start
        + match period {
            Period::Day => Span::new().days(1),
            Period::Week => Span::new().days(7),
            Period::Month => Span::new().months(1),
            Period::Quarter => Span::new().months(3),
        }
}

/// The first days of all periods from that of one day to that of another.
pub fn periods((first, last): (Date, Date), period: Period, week_start: WeekStart) -> Vec<Date> {
    let mut all = vec![period_start(first, period, week_start)];
    while next_period(*all.last().unwrap(), period) <= last {
        all.push(next_period(*all.last().unwrap(), period));
    }
    all
}

pub fn ids(log: &EventLog, members: &Members) -> BTreeSet<String> {
    let ids: BTreeSet<String> = members.users.iter().map(|&user| log.users.get(user).to_owned()).collect();
    assert_eq!(ids.len(), members.users.len(), "nobody is listed twice");
    ids
}

pub fn any_period() -> impl Strategy<Value = (Period, WeekStart)> {
    let week_start = prop::sample::select(vec![WeekStart::Monday, WeekStart::Sunday]);
    (prop::sample::select(Period::ALL.to_vec()), week_start)
}

pub fn any_zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(ZONES.to_vec())
}

/// A filter, and the rows that it lets through.
pub fn filtered(rows: &[Row], channel: Option<&'static str>) -> (Filter, Vec<Row>) {
    let condition = |channel: &str| Condition {
        column: Some("channel".into()),
        within: Some(vec![channel.to_owned()]),
        ..Condition::default()
    };
    let kept = rows.iter().filter(|row| channel.is_none_or(|channel| row.channel == channel));
    (Filter { all: channel.map(condition).into_iter().collect() }, kept.cloned().collect())
}

pub fn any_channel() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(prop::sample::select(vec!["a", "b"]))
}

/// A choice of events, and whether a row is one.
pub type Choice = (Option<EventChoice>, fn(&Row) -> bool);

pub fn any_choice() -> impl Strategy<Value = Choice> {
    let on_b =
        Condition { column: Some("channel".into()), within: Some(vec!["b".into()]), ..Condition::default() };
    let bought = EventChoice::named("purchase");
    let bought_on_b = EventChoice { all: vec![on_b.clone()], ..bought.clone() };
    prop::sample::select(vec![
        (None, (|_| true) as fn(&Row) -> bool),
        (Some(bought), |row| row.event == "purchase"),
        (Some(EventChoice { events: None, all: vec![on_b] }), |row| row.channel == "b"),
        (Some(bought_on_b), |row| row.event == "purchase" && row.channel == "b"),
    ])
}

/// Every name is there, so that no choice is refused; the user is one of many.
pub fn with_every_event(mut rows: Vec<Row>) -> Vec<Row> {
    let first = rows[0].clone();
    rows.extend(["visit", "purchase", "refund"].map(|event| Row { event, ..first.clone() }));
    rows
}

pub fn small(csv: &str, mapping: serde_json::Value) -> EventLog {
    let options =
        OpenOptions { mapping: Some(serde_json::from_value(mapping).unwrap()), ..OpenOptions::default() };
    load(&[("orders.csv", csv.as_bytes())], &options).unwrap()
}
