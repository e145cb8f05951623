//! Growth of users and revenue, and stickiness, against their definitions, computed anew by sets and loops over the rows, on
//! random logs in zones from UTC-11 to UTC+14 with clocks that jump. The count in a mark is the length of the list that it
//! opens, and the parts add up.

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
use jiff::civil::Date;
use proptest::prelude::*;
use raw::*;
use strata::analysis::Question;
use strata::analysis::growth::{self, Growth};
use strata::analysis::repurchase::{self, Repurchase};
use strata::analysis::revenue_growth::{self, RevenueGrowth};
use strata::analysis::stickiness::{self, Stickiness};
use strata::dataset::events::EventChoice;
use strata::dataset::filter::{Condition, Filter};
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::{FileOptions, OpenOptions};
use strata::error::ErrorKind;
use strata::ingest::mapping::{ColumnType, FileKind, Mapping};

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn growth_of_a_chosen_event(rows in rows().prop_map(with_every_event), zone in any_zone(), (period, week_start) in any_period(), channel in any_channel(), (active, is_active) in any_choice()) {
        let log = open(&rows, zone);
        let (filter, kept) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params = growth::Params { period, week_start: Some(week_start), active, ..growth::Params::default() };
        let report = Growth::run(&view, &params).unwrap();
        let mut when: BTreeMap<String, BTreeSet<Date>> = BTreeMap::new();
        for row in kept.iter().filter(|row| is_active(row)) {
            when.entry(name(row)).or_default().insert(period_start(date(row, zone), period, week_start));
        }
        let Some(first) = kept.iter().filter(|row| is_active(row)).map(|row| date(row, zone)).min() else {
            prop_assert!(report.periods.is_empty());
            return Ok(());
        };
        let last = kept.iter().map(|row| date(row, zone)).max().unwrap();
        let periods = periods((first, last), period, week_start);
        prop_assert_eq!(report.periods.len(), periods.len());
        let data_end = rows.iter().map(|row| date(row, zone)).max().unwrap();
        let at = |index: Option<usize>| -> BTreeSet<String> {
            let start = index.map(|index| periods[index]);
            when.iter().filter(|(_, starts)| start.is_some_and(|start| starts.contains(&start))).map(|(user, _)| user.clone()).collect()
        };
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for (index, entry) in report.periods.iter().enumerate() {
            let (now, before) = (at(Some(index)), at(index.checked_sub(1)));
            let lapsed: BTreeSet<String> = seen.difference(&before).cloned().collect();
            let expected = [
                (growth::State::Active, entry.active, now.clone()),
                (growth::State::New, entry.new, now.difference(&seen).cloned().collect()),
                (growth::State::Retained, entry.retained, now.intersection(&before).cloned().collect()),
                (growth::State::Resurrected, entry.resurrected, now.intersection(&lapsed).cloned().collect()),
                (growth::State::Churned, entry.churned, before.difference(&now).cloned().collect()),
                (growth::State::Lapsed, entry.lapsed, lapsed.clone()),
            ];
            prop_assert_eq!(entry.start, day(periods[index]));
            prop_assert_eq!(entry.end, day(next_period(periods[index], period) - Span::new().days(1)));
            prop_assert_eq!(entry.open, entry.end > day(data_end));
            for (state, count, there) in expected {
                prop_assert_eq!(count, there.len() as u64, "{} {:?}", entry.start, state);
                let cell = growth::Cell { start: entry.start, state };
                prop_assert_eq!(ids(&log, &Growth::members(&view, &params, &cell).unwrap()), there, "{} {:?}", entry.start, state);
            }
            prop_assert_eq!(entry.net, now.len() as i64 - before.len() as i64);
            let share = |part: u64, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);
            prop_assert_eq!(entry.churn_rate, share(entry.churned, before.len()));
            prop_assert_eq!(entry.win_back_rate, share(entry.resurrected, lapsed.len()));
            prop_assert_eq!(entry.quick_ratio, share(entry.new + entry.resurrected, entry.churned as usize));
            seen.extend(now);
        }
    }

    #[test]
    fn active_against_registered(rows in rows(), zone in any_zone(), period in any_period(), registered in prop::collection::vec((0u8..12, prop::option::of(0i64..240)), 1..20), channel in any_channel()) {
        let (period, week_start) = period;
        let first = Date::new(2021, 3, 1).unwrap();
        let mut users = String::from("user,joined\n");
        let mut known: BTreeMap<String, Option<Date>> = BTreeMap::new();
        for (user, after) in &registered {
            let joined = after.map(|after| first + Span::new().days(after));
            users += &format!("u{user},{}\n", joined.map(|date| date.to_string()).unwrap_or_default());
            let own = known.entry(format!("u{user}")).or_default();
            // Later rows hold, gaps aside.
            *own = joined.or(*own);
        }
        let of_users = Mapping {
            kind: FileKind::Users,
            user: Some("user".into()),
            attributes: vec!["joined".into()],
            types: [("joined".to_owned(), ColumnType::Time)].into_iter().collect(),
            ..Mapping::default()
        };
        let file = |file: &str, mapping: Mapping| FileOptions { file: file.into(), mapping: Some(mapping), ..FileOptions::default() };
        let options = OpenOptions {
            time_zone: Some(zone.to_owned()),
            files: vec![file("rows.csv", mapping()), file("users.csv", of_users)],
            ..OpenOptions::default()
        };
        let log = load(&[("rows.csv", csv(&rows).as_bytes()), ("users.csv", users.as_bytes())], &options).unwrap();
        let params = growth::Params { period, week_start: Some(week_start), registered_on: Some("joined".into()), ..growth::Params::default() };
        let report = Growth::run(&View::all(&log), &params).unwrap();
        let there: BTreeSet<String> = rows.iter().map(name).collect();
        prop_assert_eq!(report.registered.unwrap(), growth::Registered {
            users: known.len() as u64,
            with_events: known.keys().filter(|user| there.contains(*user)).count() as u64,
            without_day: Some(known.values().filter(|joined| joined.is_none()).count() as u64),
        });
        for entry in &report.periods {
            let by_then: BTreeSet<&String> = known.iter().filter(|(_, joined)| joined.is_some_and(|joined| day(joined) <= entry.end)).map(|(user, _)| user).collect();
            let active: BTreeSet<String> = rows.iter()
                .filter(|row| day(period_start(date(row, zone), period, week_start)) == entry.start && by_then.contains(&name(row)))
                .map(name).collect();
            prop_assert_eq!(entry.registered, Some(by_then.len() as u64), "{}", entry.start);
            prop_assert_eq!(entry.registered_active, Some(active.len() as u64), "{}", entry.start);
            let cell = growth::Cell { start: entry.start, state: growth::State::RegisteredActive };
            prop_assert_eq!(ids(&log, &Growth::members(&View::all(&log), &params, &cell).unwrap()), active);
        }
        // Whoever has no rows cannot be asked whether the filter fits.
        let (filter, _) = filtered(&rows, channel);
        let narrowed = Growth::run(&View::new(&log, &filter).unwrap(), &params).unwrap();
        prop_assert_eq!(narrowed.registered.is_some(), channel.is_none());
        prop_assert!(narrowed.periods.iter().all(|entry| entry.registered.is_some() == channel.is_none()));
    }

    #[test]
    fn revenue_growth_adds_up(rows in rows(), zone in any_zone(), (period, week_start) in any_period(), channel in any_channel()) {
        let log = open(&rows, zone);
        let (filter, kept) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params = revenue_growth::Params { period, week_start: Some(week_start) };
        let report = RevenueGrowth::run(&view, &params).unwrap();
        // The worth of each user in each period with a trade.
        let mut worth: BTreeMap<Date, BTreeMap<String, i64>> = BTreeMap::new();
        for row in kept.iter().filter(|row| row.event != "visit") {
            let sign = if row.event == "refund" { -1 } else { 1 };
            let of_period = worth.entry(period_start(date(row, zone), period, week_start)).or_default();
            *of_period.entry(name(row)).or_default() += sign * row.cents;
        }
        let Some(first) = worth.keys().next() else {
            prop_assert!(report.periods.is_empty());
            return Ok(());
        };
        let last = kept.iter().map(|row| date(row, zone)).max().unwrap();
        let periods = periods((*first, last), period, week_start);
        prop_assert_eq!(report.periods.len(), periods.len());
        let nobody = BTreeMap::new();
        let (mut before, mut seen) = (&nobody, BTreeSet::<&String>::new());
        for (entry, start) in report.periods.iter().zip(&periods) {
            let now = worth.get(start).unwrap_or(&nobody);
            let check = |state: revenue_growth::State, part: revenue_growth::Part, expected: Vec<(&String, i64)>| {
                let sum: i64 = expected.iter().map(|(_, amount)| amount).sum();
                // Whole amounts have fewer places.
                let units = part.amount.units * 10i64.pow(2 - u32::from(part.amount.scale));
                assert_eq!((part.users, units), (expected.len() as u64, sum), "{start} {state:?}");
                let there: BTreeSet<String> = expected.iter().map(|(user, _)| (*user).clone()).collect();
                let cell = revenue_growth::Cell { start: entry.start, state };
                assert_eq!(ids(&log, &RevenueGrowth::members(&view, &params, &cell).unwrap()), there, "{start} {state:?}");
                units
            };
            use revenue_growth::State::{Churned, Contraction, Expansion, New, Resurrected, Revenue, Unchanged};
            let both: Vec<(&String, i64, i64)> = now.iter().filter_map(|(user, own)| Some((user, *own, *before.get(user)?))).collect();
            let first_time = |user: &&String| !seen.contains(*user);
            let fresh: Vec<(&String, i64)> = now.iter().map(|(user, own)| (user, *own)).filter(|(user, _)| !before.contains_key(*user)).collect();
            let revenue = check(Revenue, entry.revenue, now.iter().map(|(user, own)| (user, *own)).collect());
            let new = check(New, entry.new, fresh.iter().copied().filter(|(user, _)| first_time(user)).collect());
            let resurrected = check(Resurrected, entry.resurrected, fresh.iter().copied().filter(|(user, _)| !first_time(user)).collect());
            let expansion = check(Expansion, entry.expansion, both.iter().filter(|(_, own, earlier)| own > earlier).map(|(user, own, earlier)| (*user, own - earlier)).collect());
            let contraction = check(Contraction, entry.contraction, both.iter().filter(|(_, own, earlier)| own < earlier).map(|(user, own, earlier)| (*user, earlier - own)).collect());
            check(Unchanged, entry.unchanged, both.iter().filter(|(_, own, earlier)| own == earlier).map(|(user, own, _)| (*user, *own)).collect());
            let churned = check(Churned, entry.churned, before.iter().filter(|(user, _)| !now.contains_key(*user)).map(|(user, own)| (user, *own)).collect());
            let earlier: i64 = before.values().sum();
            prop_assert_eq!(revenue, earlier + new + resurrected + expansion - contraction - churned);
            let kept: i64 = both.iter().map(|(_, own, earlier)| own.min(earlier)).sum();
            let share = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
            let close = |own: Option<f64>, expected: Option<f64>| own.is_some() == expected.is_some() && (own.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 1e-9;
            prop_assert!(close(entry.gross_retention, share(kept, earlier)));
            prop_assert!(close(entry.net_retention, share(kept + expansion, earlier)));
            prop_assert!(close(entry.quick_ratio, share(new + resurrected + expansion, contraction + churned)));
            seen.extend(now.keys());
            before = now;
        }
    }

    #[test]
    fn stickiness_by_days(rows in rows().prop_map(with_every_event), zone in any_zone(), channel in any_channel(), (active, is_active) in any_choice(), back in 0i64..250, window in 1u32..40) {
        let log = open(&rows, zone);
        let (filter, kept) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let ends = (rows.iter().map(|row| date(row, zone)).min().unwrap(), rows.iter().map(|row| date(row, zone)).max().unwrap());
        let as_of = (ends.1 - Span::new().days(back)).max(ends.0);
        let params = stickiness::Params { active, as_of: Some(day(as_of)), windows: vec![7, window] };
        let report = Stickiness::run(&view, &params).unwrap();
        let mut when: BTreeMap<String, BTreeSet<Date>> = BTreeMap::new();
        for row in kept.iter().filter(|row| is_active(row)) {
            when.entry(name(row)).or_default().insert(date(row, zone));
        }
        for (histogram, window) in report.histograms.iter().zip([7, window]) {
            let from = as_of - Span::new().days(i64::from(window) - 1);
            let own_days = |user: &String| when[user].range(from..=as_of).count() as u32;
            let seen: BTreeSet<String> = when.iter().filter(|(_, days)| days.first().is_some_and(|first| *first <= as_of)).map(|(user, _)| user.clone()).collect();
            prop_assert_eq!((histogram.window, histogram.users, histogram.full), (window, seen.len() as u64, from >= ends.0));
            prop_assert_eq!(histogram.steps.len() as u32, window + 1);
            prop_assert_eq!(histogram.active, seen.iter().filter(|user| own_days(user) > 0).count() as u64);
            for step in &histogram.steps {
                for (at_least, count) in [(false, step.users), (true, step.at_least)] {
                    let there: BTreeSet<String> = seen.iter()
                        .filter(|user| if at_least { own_days(user) >= step.days } else { own_days(user) == step.days })
                        .cloned().collect();
                    prop_assert_eq!(count, there.len() as u64);
                    if window < 9 {
                        let cell = stickiness::Cell::Days { window, days: step.days, at_least };
                        prop_assert_eq!(ids(&log, &Stickiness::members(&view, &params, &cell).unwrap()), there);
                    }
                }
                let of_active = |part: u64| (step.days > 0 && histogram.active > 0).then(|| part as f64 / histogram.active as f64);
                prop_assert_eq!((step.share, step.share_at_least), (of_active(step.users), of_active(step.at_least)));
            }
        }
        let count = |date: Date, window: i64| -> BTreeSet<String> {
            let from = date - Span::new().days(window - 1);
            when.iter().filter(|(_, days)| days.range(from..=date).next().is_some()).map(|(user, _)| user.clone()).collect()
        };
        let Some(first) = when.values().filter_map(BTreeSet::first).min().copied() else {
            prop_assert!(report.first_day.is_none() && report.daily.is_empty());
            return Ok(());
        };
        let last = kept.iter().map(|row| date(row, zone)).max().unwrap();
        prop_assert_eq!((report.first_day, report.daily.len() as i64), (Some(day(first)), days(first, last) + 1));
        for place in (0..report.daily.len()).step_by(5) {
            let date = first + Span::new().days(place as i64);
            let [daily, weekly, monthly] = [1, 7, 30].map(|window| count(date, window));
            prop_assert_eq!((report.daily[place], report.weekly[place], report.monthly[place]), (daily.len() as u64, weekly.len() as u64, monthly.len() as u64));
            let ratio = |part: usize, whole: usize, full: usize| (place + 1 >= full && whole > 0).then(|| part as f64 / whole as f64);
            prop_assert_eq!(report.daily_to_weekly.days[place], ratio(daily.len(), weekly.len(), 7));
            prop_assert_eq!(report.weekly_to_monthly.days[place], ratio(weekly.len(), monthly.len(), 30));
            prop_assert_eq!(report.daily_to_monthly.days[place], ratio(daily.len(), monthly.len(), 30));
            for (window, there) in [(1, daily), (7, weekly), (30, monthly)] {
                let cell = stickiness::Cell::Point { day: day(date), window };
                prop_assert_eq!(ids(&log, &Stickiness::members(&view, &params, &cell).unwrap()), there);
            }
        }
    }
}

#[test]
fn revenue_by_hand() {
    let log = small(
        "user,day,amount\na,2024-01-05,10.00\nb,2024-01-06,20.00\na,2024-02-01,15.00\nb,2024-02-02,20.00\nb,2024-02-03,-5.00\n\
         c,2024-02-09,7.50\na,2024-04-01,3.00\nb,2024-04-02,\n",
        serde_json::json!({"user": "user", "time": "day", "value": "amount"}),
    );
    let report = RevenueGrowth::run(&View::all(&log), &revenue_growth::Params::default()).unwrap();
    let units = |part: &revenue_growth::Part| (part.users, part.amount.units);
    let told: Vec<_> = report
        .periods
        .iter()
        .map(|own| {
            [&own.revenue, &own.new, &own.resurrected, &own.expansion, &own.contraction, &own.churned]
                .map(units)
        })
        .collect();
    assert_eq!(
        told,
        [
            [(2, 3000), (2, 3000), (0, 0), (0, 0), (0, 0), (0, 0)],
            [(3, 3750), (1, 750), (0, 0), (1, 500), (1, 500), (0, 0)],
            [(0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (3, 3750)],
            [(2, 300), (0, 0), (2, 300), (0, 0), (0, 0), (0, 0)],
        ]
    );
    assert_eq!(report.without_value, 1);
    let [january, february, march, april] = &report.periods[..] else { panic!("four months") };
    assert_eq!((january.gross_retention, january.quick_ratio), (None, None));
    assert_eq!((february.gross_retention, february.net_retention), (Some(25.0 / 30.0), Some(1.0)));
    assert_eq!((march.gross_retention, march.quick_ratio), (Some(0.0), Some(0.0)));
    assert_eq!((april.open, march.open), (true, false));
}

#[test]
fn stickiness_by_hand() {
    // In the week up to January 14: a on three days, b on one (twice), c on none, d came later only.
    let log = small(
        "user,day\na,2024-01-08\na,2024-01-09\na,2024-01-14\na,2024-01-01\nb,2024-01-10\nb,2024-01-10\nc,2024-01-07\nd,2024-01-15\n",
        serde_json::json!({"user": "user", "time": "day"}),
    );
    let as_of = Some("2024-01-14".parse().unwrap());
    let params = stickiness::Params { as_of, windows: vec![7, 28], ..stickiness::Params::default() };
    let report = Stickiness::run(&View::all(&log), &params).unwrap();
    let [week, month] = &report.histograms[..] else { panic!("two windows") };
    let users: Vec<u64> = week.steps.iter().map(|step| step.users).collect();
    assert_eq!(users, [1, 1, 0, 1, 0, 0, 0, 0]);
    let at_least: Vec<u64> = week.steps.iter().map(|step| step.at_least).collect();
    assert_eq!(at_least, [3, 2, 1, 1, 0, 0, 0, 0]);
    assert_eq!((week.users, week.active, week.mean_days), (3, 2, Some(2.0)));
    assert_eq!((week.steps[0].share, week.steps[3].share_at_least), (None, Some(0.5)));
    assert!(week.full && !month.full);
    assert_eq!(
        (report.daily.last(), report.weekly.last(), report.monthly.last()),
        (Some(&1), Some(&3), Some(&4))
    );
    assert_eq!(report.daily_to_weekly.days.last(), Some(&Some(1.0 / 3.0)));
    assert_eq!((report.daily_to_monthly.mean, report.daily_to_weekly.days[5]), (None, None));
}

#[test]
fn nothing_and_nonsense() {
    let log = small("user,day\na,2024-01-05\n", serde_json::json!({"user": "user", "time": "day"}));
    let view = View::all(&log);
    let error = RevenueGrowth::run(&view, &revenue_growth::Params::default()).unwrap_err();
    assert_eq!((error.kind, error.expected.as_deref()), (ErrorKind::MissingRole, Some("value")));
    let report = Repurchase::run(&view, &repurchase::Params::default()).unwrap();
    assert!(report.revenue.is_none() && report.hours.is_none() && report.items.is_none());
    assert!(report.intervals.quantiles.is_empty() && report.intervals.bins.is_empty());
    let refused =
        |params: repurchase::Params| Repurchase::run(&view, &params).unwrap_err().path.clone().unwrap();
    assert_eq!(refused(repurchase::Params { window: 0, ..repurchase::Params::default() }), "params.window");
    assert_eq!(refused(repurchase::Params { steps: 500, ..repurchase::Params::default() }), "params.steps");
    assert_eq!(
        refused(repurchase::Params { bin_days: Some(0), ..repurchase::Params::default() }),
        "params.binDays"
    );
    let refused =
        |params: stickiness::Params| Stickiness::run(&view, &params).unwrap_err().path.clone().unwrap();
    let default = stickiness::Params::default;
    assert_eq!(
        refused(stickiness::Params { as_of: Some("2025-01-01".parse().unwrap()), ..default() }),
        "params.asOf"
    );
    assert_eq!(refused(stickiness::Params { windows: vec![7, 0], ..default() }), "params.windows[1]");
    assert_eq!(refused(stickiness::Params { windows: vec![7; 13], ..default() }), "params.windows");
    let both = growth::Params {
        events: Some(vec![]),
        active: Some(EventChoice::default()),
        ..growth::Params::default()
    };
    assert_eq!(Growth::run(&view, &both).unwrap_err().path.clone().unwrap(), "params.events");
    let named = growth::Params { registered_on: Some("joined".into()), ..growth::Params::default() };
    assert_eq!(Growth::run(&view, &named).unwrap_err().path.clone().unwrap(), "params.registeredOn");
    let events = small(
        "user,day,what\na,2024-01-05,x\n",
        serde_json::json!({"user": "user", "time": "day", "event": "what"}),
    );
    let unknown = growth::Params { active: Some(EventChoice::named("y")), ..growth::Params::default() };
    let error = Growth::run(&View::all(&events), &unknown).unwrap_err();
    assert_eq!(
        (error.path.as_deref(), error.expected.as_deref()),
        (Some("params.active.events[0]"), Some("x"))
    );
    let empty =
        Filter { all: vec![Condition { from: Some("2030-01-01".parse().unwrap()), ..Condition::default() }] };
    let empty = View::new(&log, &empty).unwrap();
    assert!(Growth::run(&empty, &growth::Params::default()).unwrap().periods.is_empty());
    assert!(Stickiness::run(&empty, &stickiness::Params::default()).unwrap().daily.is_empty());
    assert_eq!(Repurchase::run(&empty, &repurchase::Params::default()).unwrap().buyers, 0);
}
