//! Every question against its definition, computed anew by sets and loops, on random logs in zones from UTC-11 to UTC+14 with
//! clocks that jump. Also: the count in a cell is the length of the list it opens, and the parts of every report add up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use strata::analysis::active::{self, ActiveUsers};
use strata::analysis::growth::{self, Growth, State};
use strata::analysis::n_day::{self, NDay};
use strata::analysis::overview::{self, Overview};
use strata::analysis::retention::{self, Retention};
use strata::analysis::rfm::{self, Cell, Rfm};
use strata::analysis::{MemberCells, Question};
use strata::dataset::EventLog;
use strata::dataset::calendar::{Period, WeekStart};
use strata::dataset::filter::{Condition, Filter};
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::segment::names::{Class, Segment, SegmentMap};
use strata::segment::orders::OrderUnit;

const ZONES: [&str; 9] = [
    "Pacific/Niue",
    "Pacific/Kiritimati",
    "Asia/Shanghai",
    "Asia/Tehran",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Europe/London",
    "UTC",
];

/// One row: who, when (seconds since 1970), what, which order, how much (cents), from where.
#[derive(Debug, Clone)]
struct Row {
    user: u8,
    seconds: i64,
    event: &'static str,
    order: u8,
    cents: i64,
    channel: &'static str,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let event = prop::sample::select(vec!["visit", "purchase", "purchase", "refund"]);
    let channel = prop::sample::select(vec!["a", "b", "渠道"]);
    // Around the changes of the clocks in spring and autumn 2021, dense enough that days and weeks are shared.
    let seconds = prop_oneof![1_615_000_000i64..1_618_000_000, 1_633_000_000i64..1_636_500_000];
    let row = (0u8..8, seconds, event, 0u8..6, 0i64..5_000, channel).prop_map(
        |(user, seconds, event, order, cents, channel)| Row { user, seconds, event, order, cents, channel },
    );
    prop::collection::vec(row, 1..80)
}

fn csv(rows: &[Row]) -> String {
    let mut text = String::from("user,time,event,order_id,amount,channel\n");
    for row in rows {
        let time = Timestamp::from_second(row.seconds).unwrap();
        text += &format!(
            "u{},{time},{},{},{}.{:02},{}\n",
            row.user,
            row.event,
            row.order,
            row.cents / 100,
            row.cents % 100,
            row.channel
        );
    }
    text
}

fn open(rows: &[Row], zone: &str) -> EventLog {
    let options = OpenOptions { time_zone: Some(zone.to_owned()), ..OpenOptions::default() };
    load(&[("rows.csv", csv(rows).as_bytes())], &options).unwrap()
}

fn date(row: &Row, zone: &str) -> Date {
    Timestamp::from_second(row.seconds).unwrap().to_zoned(TimeZone::get(zone).unwrap()).date()
}

fn days(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).unwrap().get_days())
}

/// The days of each user's rows.
fn user_dates(rows: &[Row], zone: &str) -> BTreeMap<String, BTreeSet<Date>> {
    let mut dates: BTreeMap<String, BTreeSet<Date>> = BTreeMap::new();
    for row in rows {
        dates.entry(format!("u{}", row.user)).or_default().insert(date(row, zone));
    }
    dates
}

fn period_start(date: Date, period: Period, week_start: WeekStart) -> Date {
    match (period, week_start) {
        (Period::Day, _) => date,
        (Period::Week, WeekStart::Monday) => date - Span::new().days(date.weekday().to_monday_zero_offset()),
        (Period::Week, WeekStart::Sunday) => date - Span::new().days(date.weekday().to_sunday_zero_offset()),
        (Period::Month, _) => date.first_of_month(),
        (Period::Quarter, _) => date.first_of_month() - Span::new().months((i64::from(date.month()) - 1) % 3),
    }
}

fn next_period(start: Date, period: Period) -> Date {
    start
        + match period {
            Period::Day => Span::new().days(1),
            Period::Week => Span::new().days(7),
            Period::Month => Span::new().months(1),
            Period::Quarter => Span::new().months(3),
        }
}

/// All periods from the first to the last with a row.
fn periods(dates: &BTreeMap<String, BTreeSet<Date>>, period: Period, week_start: WeekStart) -> Vec<Date> {
    let first = *dates.values().filter_map(BTreeSet::first).min().unwrap();
    let last = period_start(*dates.values().filter_map(BTreeSet::last).max().unwrap(), period, week_start);
    let mut all = vec![period_start(first, period, week_start)];
    while *all.last().unwrap() < last {
        all.push(next_period(*all.last().unwrap(), period));
    }
    all
}

fn ids(log: &EventLog, members: &strata::analysis::Members) -> BTreeSet<String> {
    let ids: BTreeSet<String> = members.users.iter().map(|&user| log.users.get(user).to_owned()).collect();
    assert_eq!(ids.len(), members.users.len(), "nobody is listed twice");
    for column in &members.columns {
        let length = match &column.cells {
            MemberCells::Counts(cells) | MemberCells::Amounts(cells) => cells.len(),
            MemberCells::Days(cells) => cells.len(),
            MemberCells::Names(cells) => cells.len(),
        };
        assert_eq!(length, members.users.len(), "{}", column.key);
    }
    ids
}

fn any_period() -> impl Strategy<Value = Period> {
    prop::sample::select(Period::ALL.to_vec())
}

fn any_week_start() -> impl Strategy<Value = WeekStart> {
    prop::sample::select(vec![WeekStart::Monday, WeekStart::Sunday])
}

fn any_zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(ZONES.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn retention(rows in rows(), zone in any_zone(), period in any_period(), week_start in any_week_start(), most in prop::option::of(0u32..40)) {
        let log = open(&rows, zone);
        let view = View::all(&log);
        let params = retention::Params { period, week_start: Some(week_start), periods: most, ..retention::Params::default() };
        let report = Retention::run(&view, &params).unwrap();
        let dates = user_dates(&rows, zone);
        let periods = periods(&dates, period, week_start);
        let last_day = *dates.values().filter_map(BTreeSet::last).max().unwrap();
        prop_assert_eq!(report.cohorts.len(), periods.len());
        for (index, cohort) in report.cohorts.iter().enumerate() {
            prop_assert_eq!(cohort.start.to_string(), periods[index].to_string());
            let members: BTreeSet<String> = dates.iter()
                .filter(|(_, dates)| period_start(*dates.first().unwrap(), period, week_start) == periods[index])
                .map(|(user, _)| user.clone()).collect();
            prop_assert_eq!(cohort.size, members.len() as u64);
            let width = (periods.len() - index).min(most.map_or(usize::MAX, |most| most as usize + 1));
            prop_assert_eq!(cohort.active.len(), width);
            for (offset, count) in cohort.active.iter().enumerate() {
                let wanted = periods[index + offset];
                let there: BTreeSet<String> = members.iter()
                    .filter(|user| dates[*user].iter().any(|date| period_start(*date, period, week_start) == wanted))
                    .cloned().collect();
                prop_assert_eq!(*count, there.len() as u64);
                let cell = retention::Cell { cohort: Some(cohort.start), offset: u32::try_from(offset).ok(), group: None };
                prop_assert_eq!(ids(&log, &Retention::members(&view, &params, &cell).unwrap()), there);
                let open = next_period(wanted, period) - Span::new().days(1) > last_day;
                prop_assert_eq!(cohort.open_from.is_some_and(|from| offset as u32 >= from), open);
            }
        }
        prop_assert_eq!(report.users, dates.len() as u64);
        for average in &report.average {
            let closed = report.cohorts.iter().filter(|cohort| cohort.open_from.is_none_or(|open| average.offset < open));
            let closed: Vec<_> = closed.filter(|cohort| cohort.active.len() > average.offset as usize).collect();
            prop_assert_eq!(average.users, closed.iter().map(|cohort| cohort.size).sum::<u64>());
            prop_assert_eq!(average.returned, closed.iter().map(|cohort| cohort.active[average.offset as usize]).sum::<u64>());
        }
    }

    #[test]
    fn retention_of_chosen_events(rows in rows(), zone in any_zone(), period in any_period()) {
        let log = open(&rows, zone);
        let view = View::all(&log);
        let params = retention::Params {
            period,
            cohort_events: Some(vec!["visit".into()]),
            return_events: Some(vec!["purchase".into()]),
            value: true,
            ..retention::Params::default()
        };
        let knows = |event: &str| rows.iter().any(|row| row.event == event);
        let Ok(report) = Retention::run(&view, &params) else {
            prop_assert!(!knows("visit") || !knows("purchase"), "only an unknown event is refused");
            return Ok(());
        };
        let of = |event: &str| user_dates(&rows.iter().filter(|row| row.event == event).cloned().collect::<Vec<_>>(), zone);
        let (visits, purchases) = (of("visit"), of("purchase"));
        prop_assert_eq!(report.users, visits.len() as u64);
        prop_assert_eq!(report.users_without_cohort, purchases.keys().filter(|user| !visits.contains_key(*user)).count() as u64);
        let start = |date: Date| period_start(date, period, WeekStart::Monday);
        for cohort in &report.cohorts {
            let mut wanted: Date = cohort.start.to_string().parse().unwrap();
            let cohort_start = wanted;
            for (offset, count) in cohort.active.iter().enumerate() {
                let founded = |user: &String| visits.get(user).is_some_and(|dates| start(*dates.first().unwrap()) == cohort_start);
                let there = purchases.iter().filter(|(user, dates)| founded(user) && dates.iter().any(|date| start(*date) == wanted));
                prop_assert_eq!(*count, there.count() as u64, "{} {}", cohort.start, offset);
                let money = rows.iter().filter(|row| founded(&format!("u{}", row.user)) && start(date(row, zone)) == wanted);
                let money: i64 = money.map(|row| match row.event { "purchase" => row.cents, "refund" => -row.cents, _ => 0 }).sum();
                prop_assert_eq!(cohort.value.as_ref().unwrap()[offset].units, money);
                wanted = next_period(wanted, period);
            }
        }
    }

    #[test]
    fn active_users(rows in rows(), zone in any_zone()) {
        let log = open(&rows, zone);
        let view = View::all(&log);
        let report = ActiveUsers::run(&view, &active::Params::default()).unwrap();
        let dates = user_dates(&rows, zone);
        let first = *dates.values().filter_map(BTreeSet::first).min().unwrap();
        let last = *dates.values().filter_map(BTreeSet::last).max().unwrap();
        prop_assert_eq!(report.daily.len() as i64, days(first, last) + 1);
        for (index, (lists, window)) in (0..report.daily.len()).flat_map(|index| {
            [(&report.daily, 1), (&report.weekly, 7), (&report.monthly, 30)].map(|entry| (index, entry))
        }) {
            let day = first + Span::new().days(index as i64);
            let from = day - Span::new().days(window - 1);
            let there: BTreeSet<String> = dates.iter()
                .filter(|(_, dates)| dates.iter().any(|date| (from..=day).contains(date)))
                .map(|(user, _)| user.clone()).collect();
            prop_assert_eq!(lists[index], there.len() as u64, "{} {}", day, window);
            if index % 7 == 0 {
                let cell = active::Cell { day: day.to_string().parse().unwrap(), window: window as u32 };
                prop_assert_eq!(ids(&log, &ActiveUsers::members(&view, &active::Params::default(), &cell).unwrap()), there);
            }
        }
    }

    #[test]
    fn growth(rows in rows(), zone in any_zone(), period in any_period(), week_start in any_week_start()) {
        let log = open(&rows, zone);
        let view = View::all(&log);
        let params = growth::Params { period, week_start: Some(week_start), ..growth::Params::default() };
        let report = Growth::run(&view, &params).unwrap();
        let dates = user_dates(&rows, zone);
        let periods = periods(&dates, period, week_start);
        prop_assert_eq!(report.periods.len(), periods.len());
        let active = |user: &String, index: usize| dates[user].iter().any(|date| period_start(*date, period, week_start) == periods[index]);
        for (index, entry) in report.periods.iter().enumerate() {
            let state = |user: &String| {
                let (now, just_before) = (active(user, index), index > 0 && active(user, index - 1));
                let ever_before = (0..index).any(|index| active(user, index));
                match (now, just_before, ever_before) {
                    (true, _, false) => Some(State::New),
                    (true, true, _) => Some(State::Retained),
                    (true, false, _) => Some(State::Resurrected),
                    (false, true, _) => Some(State::Churned),
                    (false, false, _) => None,
                }
            };
            for (wanted, count) in [(State::New, entry.new), (State::Retained, entry.retained), (State::Resurrected, entry.resurrected), (State::Churned, entry.churned)] {
                let there: BTreeSet<String> = dates.keys().filter(|user| state(user) == Some(wanted)).cloned().collect();
                prop_assert_eq!(count, there.len() as u64, "{} {:?}", entry.start, wanted);
                let cell = growth::Cell { start: entry.start, state: wanted };
                prop_assert_eq!(ids(&log, &Growth::members(&view, &params, &cell).unwrap()), there);
            }
            prop_assert_eq!(entry.active, entry.new + entry.retained + entry.resurrected);
        }
    }

    #[test]
    fn n_day_retention(rows in rows(), zone in any_zone(), n in 0u32..40, width in 0u32..10) {
        let log = open(&rows, zone);
        let params = n_day::Params { days: vec![n], brackets: vec![(n, n + width)] };
        let report = NDay::run(&View::all(&log), &params).unwrap();
        let dates = user_dates(&rows, zone);
        let last = *dates.values().filter_map(BTreeSet::last).max().unwrap();
        let (mut mature, mut classic, mut unbounded, mut bracket, mut within) = (0, 0, 0, 0, 0);
        for dates in dates.values() {
            let first = *dates.first().unwrap();
            let target = first + Span::new().days(n);
            let to = first + Span::new().days(n + width);
            if target <= last {
                mature += 1;
                classic += u64::from(dates.contains(&target));
                unbounded += u64::from(dates.iter().any(|date| *date >= target));
            }
            if to <= last {
                bracket += 1;
                within += u64::from(dates.iter().any(|date| (target..=to).contains(date)));
            }
        }
        let entry = &report.days[0];
        prop_assert_eq!((entry.mature, entry.classic, entry.unbounded), (mature, classic, unbounded));
        prop_assert_eq!((report.brackets[0].mature, report.brackets[0].retained), (bracket, within));
        for (kind, count) in [(n_day::Kind::Mature, mature), (n_day::Kind::Classic, classic), (n_day::Kind::Unbounded, unbounded)] {
            let members = NDay::members(&View::all(&log), &params, &n_day::Cell { day: n, kind }).unwrap();
            prop_assert_eq!(ids(&log, &members).len() as u64, count);
        }
        let end = rows.iter().map(|row| row.seconds).max().unwrap();
        let (mut rolling_mature, mut rolling) = (0, 0);
        for user in 0..8 {
            let times: Vec<i64> = rows.iter().filter(|row| row.user == user).map(|row| row.seconds).collect();
            let Some(first) = times.iter().min() else { continue };
            if end - first >= (i64::from(n) + 1) * 86_400 {
                rolling_mature += 1;
                rolling += u64::from(times.iter().any(|time| (time - first) / 86_400 == i64::from(n)));
            }
        }
        prop_assert_eq!((entry.rolling_mature, entry.rolling), (rolling_mature, rolling));
    }

    #[test]
    fn rfm(rows in rows(), zone in any_zone(), back in 0i64..60, unit in prop::sample::select(vec![OrderUnit::Orders, OrderUnit::Days, OrderUnit::Rows]), net: bool) {
        let log = open(&rows, zone);
        let view = View::all(&log);
        let as_of = rows.iter().map(|row| date(row, zone)).max().unwrap() - Span::new().days(back);
        let params = rfm::Params {
            as_of: Some(as_of.to_string().parse().unwrap()),
            frequency: Some(unit),
            net_of_refunds: net,
            segment_map: SegmentMap::Eleven,
            ..rfm::Params::default()
        };
        let report = Rfm::run(&view, &params).unwrap();
        let mut buyers: Vec<(String, [i64; 3])> = Vec::new();
        for user in 0..8 {
            let own: Vec<&Row> = rows.iter().filter(|row| row.user == user && date(row, zone) <= as_of).collect();
            let bought: Vec<&&Row> = own.iter().filter(|row| row.event == "purchase").collect();
            let Some(last) = bought.iter().map(|row| date(row, zone)).max() else { continue };
            let frequency = match unit {
                OrderUnit::Orders => bought.iter().map(|row| row.order).collect::<BTreeSet<_>>().len(),
                OrderUnit::Days => bought.iter().map(|row| date(row, zone)).collect::<BTreeSet<_>>().len(),
                OrderUnit::Rows => bought.len(),
            };
            let refunds: i64 = own.iter().filter(|row| row.event == "refund").map(|row| row.cents).sum();
            let spent: i64 = bought.iter().map(|row| row.cents).sum::<i64>() - if net { refunds } else { 0 };
            buyers.push((format!("u{user}"), [-days(last, as_of), frequency as i64, spent]));
        }
        prop_assert_eq!(report.buyers, buyers.len() as u64);
        let score = |axis: usize, own: i64| {
            let worse = buyers.iter().filter(|(_, figures)| figures[axis] < own).count();
            u8::try_from(1 + 5 * worse / buyers.len()).unwrap()
        };
        let scores = |figures: &[i64; 3]| std::array::from_fn::<u8, 3, _>(|axis| score(axis, figures[axis]));
        let better = |axis: usize, own: i64| own * buyers.len() as i64 > buyers.iter().map(|(_, figures)| figures[axis]).sum::<i64>();
        let named = |keep: &dyn Fn(&[i64; 3]) -> bool| -> BTreeSet<String> {
            buyers.iter().filter(|(_, figures)| keep(figures)).map(|(user, _)| user.clone()).collect()
        };
        for group in &report.codes {
            let there = named(&|figures| scores(figures).map(|score| score.to_string()).concat() == group.key);
            prop_assert_eq!(group.users, there.len() as u64);
            let revenue: i64 = buyers.iter().filter(|(user, _)| there.contains(user)).map(|(_, figures)| figures[2]).sum();
            prop_assert_eq!(group.revenue.unwrap().units, revenue);
            prop_assert_eq!(ids(&log, &Rfm::members(&view, &params, &Cell::Code(group.key.clone())).unwrap()), there);
        }
        for group in &report.grid {
            let there = named(&|figures| scores(figures).map(|score| score.to_string()).concat()[..2] == group.key);
            prop_assert_eq!(group.users, there.len() as u64);
            prop_assert_eq!(ids(&log, &Rfm::members(&view, &params, &Cell::Grid(group.key.clone())).unwrap()), there);
        }
        for (segment, group) in Segment::ALL.into_iter().zip(&report.segments) {
            prop_assert_eq!(ids(&log, &Rfm::members(&view, &params, &Cell::Segment(segment)).unwrap()).len() as u64, group.users);
        }
        for (class, group) in Class::ALL.into_iter().zip(&report.classes) {
            prop_assert_eq!(ids(&log, &Rfm::members(&view, &params, &Cell::Class(class)).unwrap()).len() as u64, group.users);
        }
        for group in &report.eight {
            let there = named(&|figures| (0..3).map(|axis| if better(axis, figures[axis]) { '1' } else { '0' }).collect::<String>() == group.key);
            prop_assert_eq!(group.users, there.len() as u64);
            prop_assert_eq!(ids(&log, &Rfm::members(&view, &params, &Cell::Eight(group.key.clone())).unwrap()), there);
        }
        for groups in [&report.codes, &report.grid, &report.segments, &report.eight, &report.classes] {
            prop_assert_eq!(groups.iter().map(|group| group.users).sum::<u64>(), report.buyers);
            let revenue: i64 = groups.iter().map(|group| group.revenue.unwrap().units).sum();
            prop_assert_eq!(revenue, report.revenue.unwrap().units);
        }
    }

    #[test]
    fn overview_and_filters(rows in rows(), zone in any_zone(), channel in prop::option::of(prop::sample::select(vec!["a", "b", "渠道", "none"])), min in prop::option::of(0i64..5_000)) {
        let log = open(&rows, zone);
        let mut filter = Filter::default();
        if let Some(channel) = channel {
            filter.all.push(Condition { column: Some("channel".into()), within: Some(vec![channel.to_owned()]), ..Condition::default() });
        }
        if let Some(min) = min {
            let bound = serde_json::from_str(&format!("\"{}.{:02}\"", min / 100, min % 100)).unwrap();
            filter.all.push(Condition { column: Some("amount".into()), min: Some(bound), ..Condition::default() });
        }
        let view = View::new(&log, &filter).unwrap();
        let kept: Vec<Row> = rows.iter()
            .filter(|row| channel.is_none_or(|channel| row.channel == channel) && min.is_none_or(|min| row.cents >= min))
            .cloned().collect();
        let report = Overview::run(&view, &overview::Params::default()).unwrap();
        let population = view.population();
        prop_assert_eq!(population.rows_used, kept.len() as u64);
        prop_assert_eq!(population.rows_read, population.rows_used + population.rows_excluded.iter().map(|entry| entry.rows).sum::<u64>());
        let users: BTreeSet<u8> = kept.iter().map(|row| row.user).collect();
        prop_assert_eq!((report.rows, report.users, population.users), (kept.len() as u64, users.len() as u64, users.len() as u64));
        let sum = |event: &str| kept.iter().filter(|row| row.event == event).map(|row| row.cents).sum::<i64>();
        prop_assert_eq!(report.gross_revenue.unwrap().units, sum("purchase"));
        prop_assert_eq!(report.net_revenue.unwrap().units, sum("purchase") - sum("refund"));
        let bought: Vec<&Row> = kept.iter().filter(|row| row.event == "purchase").collect();
        prop_assert_eq!(report.orders, bought.iter().map(|row| row.order).collect::<BTreeSet<_>>().len() as u64);
        let orders_of = |user: &u8| bought.iter().filter(|row| row.user == *user).map(|row| row.order).collect::<BTreeSet<_>>().len();
        prop_assert_eq!(report.buyers, users.iter().filter(|user| orders_of(user) >= 1).count() as u64);
        prop_assert_eq!(report.repeat_buyers, users.iter().filter(|user| orders_of(user) >= 2).count() as u64);
        let last = rows.iter().map(|row| date(row, zone)).max().unwrap();
        let active = |user: &&u8| kept.iter().any(|row| row.user == **user && days(date(row, zone), last) < 30);
        prop_assert_eq!(report.active_users, users.iter().filter(active).count() as u64);
        for (cell, count) in [(overview::Cell::Users, report.users), (overview::Cell::ActiveUsers, report.active_users), (overview::Cell::Buyers, report.buyers), (overview::Cell::RepeatBuyers, report.repeat_buyers)] {
            prop_assert_eq!(ids(&log, &Overview::members(&view, &overview::Params::default(), &cell).unwrap()).len() as u64, count);
        }
    }

    #[test]
    fn columns(rows in rows(), zone in any_zone()) {
        let columns = open(&rows, zone).describe_columns();
        let column = |name: &str| columns.iter().find(|column| column.name == name).unwrap();
        let counted = |text: fn(&Row) -> &str| -> Vec<(String, u64)> {
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            rows.iter().for_each(|row| *counts.entry(text(row)).or_default() += 1);
            let mut counts: Vec<(String, u64)> = counts.into_iter().map(|(text, count)| (text.to_owned(), count)).collect();
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            counts
        };
        prop_assert_eq!(&column("event").values, &counted(|row| row.event));
        prop_assert_eq!(&column("channel").values, &counted(|row| row.channel));
        prop_assert_eq!(column("channel").distinct, counted(|row| row.channel).len() as u64);
        prop_assert_eq!(column("user").distinct, rows.iter().map(|row| row.user).collect::<BTreeSet<_>>().len() as u64);
        prop_assert_eq!(column("order_id").distinct, rows.iter().map(|row| row.order).collect::<BTreeSet<_>>().len() as u64);
        let cents = |cents: i64| Some(format!("{}.{:02}", cents / 100, cents % 100));
        prop_assert_eq!(&column("amount").min, &cents(rows.iter().map(|row| row.cents).min().unwrap()));
        prop_assert_eq!(&column("amount").max, &cents(rows.iter().map(|row| row.cents).max().unwrap()));
        let dates: Vec<Date> = rows.iter().map(|row| date(row, zone)).collect();
        prop_assert_eq!(&column("time").min, &dates.iter().min().map(Date::to_string));
        prop_assert_eq!(&column("time").max, &dates.iter().max().map(Date::to_string));
    }
}
