//! Orders and what follows them against their definitions, computed anew by sets and loops over the rows, on random logs in
//! zones from UTC-11 to UTC+14 with clocks that jump. The count in a mark is the length of the list that it opens.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod raw;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::{Date, DateTime};
use proptest::prelude::*;
use raw::*;
use strata::analysis::Question;
use strata::analysis::repurchase::{self, Repurchase};
use strata::dataset::view::View;
use strata::segment::orders::OrderUnit;

/// Orders of a user, first to last: when, and on which day.
fn orders(rows: &[Row], user: &str, unit: OrderUnit, zone: &str) -> Vec<DateTime> {
    let mut found: BTreeMap<String, (i64, DateTime)> = BTreeMap::new();
    for (index, row) in
        rows.iter().enumerate().filter(|(_, row)| name(row) == user && row.event == "purchase")
    {
        let key = match unit {
            OrderUnit::Orders if row.order > 0 => format!("id {}", row.order),
            OrderUnit::Orders | OrderUnit::Rows => format!("row {index}"),
            OrderUnit::Days => format!("day {}", date(row, zone)),
        };
        let entry = (row.seconds, clock(row, zone));
        found.entry(key).and_modify(|own| *own = (*own).min(entry)).or_insert(entry);
    }
    let mut found: Vec<(i64, DateTime)> = found.into_values().collect();
    found.sort();
    found.into_iter().map(|(_, clock)| clock).collect()
}

/// The median of some whole numbers.
fn median(mut numbers: Vec<i64>) -> Option<f64> {
    numbers.sort_unstable();
    let (low, high) = (numbers.get(numbers.len().checked_sub(1)? / 2)?, numbers.get(numbers.len() / 2)?);
    Some((low + high) as f64 / 2.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn repurchase_order_by_order(rows in rows(), zone in any_zone(), (period, week_start) in any_period(), channel in any_channel(), unit in prop::sample::select(vec![OrderUnit::Orders, OrderUnit::Days, OrderUnit::Rows]), window in 1u32..60, bin_days in prop::option::of(1u32..30)) {
        use repurchase::{Cell, State};
        let log = open(&rows, zone);
        let (filter, kept) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params = repurchase::Params { orders: Some(unit), window, steps: 4, period, week_start: Some(week_start), bin_days };
        let report = Repurchase::run(&view, &params).unwrap();
        let last = rows.iter().map(|row| date(row, zone)).max().unwrap();
        let buyers: BTreeMap<String, Vec<DateTime>> = kept.iter().map(name).collect::<BTreeSet<_>>().into_iter()
            .map(|user| (user.clone(), orders(&kept, &user, unit, zone))).filter(|(_, orders)| !orders.is_empty()).collect();
        let list = |cell: Cell| ids(&log, &Repurchase::members(&view, &params, &cell).unwrap());
        let named = |keep: &dyn Fn(&[DateTime]) -> bool| -> BTreeSet<String> {
            buyers.iter().filter(|(_, orders)| keep(orders)).map(|(user, _)| user.clone()).collect()
        };
        prop_assert_eq!((report.buyers, list(Cell::Buyers)), (buyers.len() as u64, named(&|_| true)));
        prop_assert_eq!((report.repeat_buyers as usize, list(Cell::RepeatBuyers)), (named(&|orders| orders.len() > 1).len(), named(&|orders| orders.len() > 1)));
        prop_assert_eq!(report.orders as usize, buyers.values().map(Vec::len).sum::<usize>());
        let gross: i64 = kept.iter().filter(|row| row.event == "purchase").map(|row| row.cents).sum();
        prop_assert!((report.revenue.unwrap().to_f64() - gross as f64 / 100.0).abs() < 1e-9);

        let gaps = |orders: &[DateTime]| -> Vec<i64> { orders.windows(2).map(|pair| days(pair[0].date(), pair[1].date())).collect() };
        let mut all: Vec<i64> = buyers.values().flat_map(|orders| gaps(orders)).collect();
        all.sort_unstable();
        prop_assert_eq!(report.intervals.count, all.len() as u64);
        prop_assert_eq!(report.intervals.quantiles.iter().find(|own| own.share == 0.5).map(|own| own.days), median(all.clone()));
        for own in &report.intervals.quantiles {
            let place = (all.len() - 1) as f64 * own.share;
            let (low, high) = (all[place.floor() as usize], all[place.ceil() as usize]);
            prop_assert!((own.days - (low as f64 + (high - low) as f64 * place.fract())).abs() < 1e-9);
        }
        prop_assert_eq!(report.intervals.bins.iter().map(|bin| bin.intervals).sum::<u64>(), all.len() as u64);
        for bin in &report.intervals.bins {
            let inside = |gap: &i64| (i64::from(bin.from)..=i64::from(bin.to)).contains(gap);
            prop_assert_eq!(bin.intervals, all.iter().filter(|gap| inside(gap)).count() as u64);
            let there = named(&|orders| gaps(orders).iter().any(inside));
            prop_assert_eq!((bin.users, list(Cell::Interval { from: bin.from, to: bin.to })), (there.len() as u64, there));
        }

        let conversion = |own: &repurchase::Conversion, order: usize, among: &dyn Fn(&[DateTime]) -> bool, cell: &dyn Fn(State) -> Cell| {
            let became = |orders: &[DateTime], state: State| {
                if orders.len() < order || !among(orders) {
                    return false;
                }
                let reached = orders[order - 1].date();
                let until = reached + Span::new().days(i64::from(window));
                let next = orders.get(order).map(|next| next.date());
                match state {
                    State::All => true,
                    State::Converted => next.is_some_and(|next| next <= until),
                    State::Open => next.is_none() && until > last,
                    State::Lapsed => next.map_or(until <= last, |next| next > until),
                    State::Repeated => next.is_some(),
                    State::Mature => until <= last,
                }
            };
            let states = [(State::All, own.users), (State::Converted, own.converted), (State::Open, own.open), (State::Lapsed, own.lapsed), (State::Repeated, own.repeated), (State::Mature, own.mature)];
            for (state, count) in states {
                let there = named(&|orders| became(orders, state));
                assert_eq!(count, there.len() as u64, "{order} {state:?}");
                assert_eq!(list(cell(state)), there, "{order} {state:?}");
            }
            assert_eq!(own.users, own.converted + own.open + own.lapsed);
            let mature_converted = named(&|orders| became(orders, State::Mature) && became(orders, State::Converted)).len();
            assert_eq!(own.mature_converted, mature_converted as u64);
            assert_eq!(own.rate, (own.mature > 0).then(|| mature_converted as f64 / own.mature as f64));
        };
        prop_assert_eq!(report.steps.len(), buyers.values().map(Vec::len).max().unwrap_or(0).min(4));
        for (step, order) in report.steps.iter().zip(1u32..) {
            prop_assert_eq!(step.order, order);
            conversion(&step.conversion, order as usize, &|_| true, &|state| Cell::Step { order, state });
            let own = buyers.values().filter_map(|orders| gaps(orders).get(order as usize - 1).copied());
            prop_assert_eq!(step.median_days, median(own.filter(|gap| *gap <= i64::from(window)).collect()));
        }

        let bought: Vec<Date> = kept.iter().filter(|row| row.event == "purchase").map(|row| date(row, zone)).collect();
        let Some((first, end)) = bought.iter().min().zip(bought.iter().max()) else {
            prop_assert!(report.cohorts.is_empty() && report.daily.is_empty() && report.first_day.is_none());
            return Ok(());
        };
        let starts = periods((*first, *end), period, week_start);
        prop_assert_eq!(report.cohorts.iter().map(|cohort| cohort.start).collect::<Vec<_>>(), starts.iter().map(|start| day(*start)).collect::<Vec<_>>());
        for cohort in &report.cohorts {
            let among = |orders: &[DateTime]| day(period_start(orders[0].date(), period, week_start)) == cohort.start;
            conversion(&cohort.conversion, 1, &among, &|state| Cell::Cohort { start: cohort.start, state });
            prop_assert_eq!(cohort.orders as usize, buyers.values().filter(|orders| among(orders)).map(Vec::len).sum::<usize>());
            let members = named(&among);
            let spent: i64 = kept.iter().filter(|row| row.event == "purchase" && members.contains(&name(row))).map(|row| row.cents).sum();
            prop_assert!((cohort.revenue.unwrap().to_f64() - spent as f64 / 100.0).abs() < 1e-9);
        }

        let all: Vec<&DateTime> = buyers.values().flatten().collect();
        let weekday = |clock: &DateTime| clock.date().weekday().to_monday_zero_offset() as u8;
        for index in 0..7u8 {
            let there = named(&|orders| orders.iter().any(|clock| weekday(clock) == index));
            let own = report.weekdays[usize::from(index)];
            prop_assert_eq!((own.orders as usize, own.users as usize), (all.iter().filter(|clock| weekday(clock) == index).count(), there.len()));
            prop_assert_eq!(list(Cell::Hour { weekday: index, hour: None }), there);
        }
        prop_assert_eq!(report.hours.is_some(), all.iter().any(|clock| clock.time() != jiff::civil::Time::midnight()));
        for (index, own) in report.hours.iter().flatten().enumerate() {
            let (of_day, hour) = ((index / 24) as u8, (index % 24) as u8);
            let inside = |clock: &DateTime| weekday(clock) == of_day && clock.hour() == hour as i8;
            let there = named(&|orders| orders.iter().any(inside));
            prop_assert_eq!((own.orders as usize, own.users as usize), (all.iter().filter(|clock| inside(clock)).count(), there.len()));
            if own.orders > 0 {
                prop_assert_eq!(list(Cell::Hour { weekday: of_day, hour: Some(hour) }), there);
            }
        }
        prop_assert_eq!((report.first_day, report.daily.len() as i64), (Some(day(*first)), days(*first, *end) + 1));
        for (index, own) in report.daily.iter().enumerate() {
            let on = *first + Span::new().days(index as i64);
            let there = named(&|orders| orders.iter().any(|clock| clock.date() == on));
            // A user's order may begin on one day only; two of them on one day are two.
            prop_assert_eq!((own.orders as usize, own.users as usize), (all.iter().filter(|clock| clock.date() == on).count(), there.len()));
            if own.orders > 0 {
                prop_assert_eq!(list(Cell::Day { day: day(on) }), there);
            }
        }
    }
}

#[test]
fn orders_by_hand() {
    // a: orders on day 1 and 11, lines of one order share an id; b: one order, still in time; c: one, lapsed.
    let log = small(
        "user,time,id,amount,pieces\na,2024-01-01 09:30:00,1,10,2\na,2024-01-01 09:30:00,1,5,1\na,2024-01-11 20:00:00,2,15,1\n\
         b,2024-01-28 09:10:00,3,30,\nc,2024-01-02 00:00:00,4,0,4\nd,2024-01-31 10:00:00,5,-4,1\n",
        serde_json::json!({"kind": "orders", "user": "user", "time": "time", "order": "id", "value": "amount", "quantity": "pieces"}),
    );
    let view = View::all(&log);
    let params = repurchase::Params { window: 14, ..repurchase::Params::default() };
    let report = Repurchase::run(&view, &params).unwrap();
    assert_eq!((report.buyers, report.repeat_buyers, report.orders), (3, 1, 4), "a refund is no order");
    assert_eq!(report.average_order_value, Some(15.0));
    let items = report.items.unwrap();
    assert_eq!((items.quantity.units, items.per_order, items.without_quantity), (8, Some(2.0), 1));
    let first = &report.steps[0];
    let own = &first.conversion;
    assert_eq!((own.users, own.converted, own.open, own.lapsed), (3, 1, 1, 1));
    assert_eq!((own.mature, own.rate, first.median_days), (2, Some(0.5), Some(10.0)));
    assert_eq!(report.steps[1].conversion.lapsed, 1, "the window of a's second order ends on January 25");
    // January 1, 2024 was a Monday.
    let hours = report.hours.unwrap();
    assert_eq!(
        (hours[9].orders, hours[3 * 24 + 20].orders, hours[6 * 24 + 9].orders, hours[24].orders),
        (1, 1, 1, 1)
    );
    assert_eq!(report.daily.len(), 28);
}

/// Bins are the narrowest of which fewer than sixty reach the longest interval.
#[test]
fn bins_of_long_intervals_are_wider() {
    for (second, days) in [("2024-02-29", 1), ("2024-03-01", 7), ("2025-02-23", 7), ("2025-02-24", 14)] {
        let log = small(
            &format!("user,time,id,amount\na,2024-01-01,1,10\na,{second},2,10\n"),
            serde_json::json!({"kind": "orders", "user": "user", "time": "time", "order": "id", "value": "amount"}),
        );
        let report = Repurchase::run(&View::all(&log), &repurchase::Params::default()).unwrap();
        assert_eq!(report.intervals.bin_days, days, "{second}");
    }
}
