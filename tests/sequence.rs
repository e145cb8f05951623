//! Sequence patterns against ClickHouse's own results, and through the engine: what is visible, what the view shows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};
use strata::analysis::Question;
use strata::analysis::sequence::{Cell, Params, Sequence, Times};
use strata::dataset::EventLog;
use strata::dataset::calendar::{Day, Period, WeekStart};
use strata::dataset::events::EventChoice;
use strata::dataset::filter::Filter;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::ingest::mapping::Mapping;

fn open(bytes: &[u8], user: &str, time: &str) -> EventLog {
    let mapping: Mapping = serde_json::from_value(json!({
        "user": user, "time": time, "event": "event", "timeFormat": "epochSeconds"
    }))
    .unwrap();
    load(&[("events.csv", bytes)], &OpenOptions { mapping: Some(mapping), ..OpenOptions::default() }).unwrap()
}

fn users(log: &EventLog, view: &View<'_>, params: &Params, cell: &Cell) -> BTreeSet<String> {
    let members = Sequence::members(view, params, cell).unwrap();
    members.users.iter().map(|&user| log.users.get(user).to_owned()).collect()
}

/// How many chains each user has, from the lists behind the counts.
fn counts(log: &EventLog, view: &View<'_>, params: &Params) -> BTreeMap<String, u64> {
    let report = Sequence::run(view, params).unwrap();
    let mut counts = BTreeMap::new();
    for Times { times, users: number } in &report.distribution {
        let listed = users(log, view, params, &Cell::Times(*times));
        assert_eq!(listed.len() as u64, *number);
        counts.extend(listed.into_iter().map(|user| (user, *times)));
    }
    assert_eq!(counts.len() as u64 + report.undecided, report.users);
    assert_eq!(report.chains, counts.values().sum::<u64>(), "none has fifty here");
    let matched: BTreeSet<String> =
        counts.iter().filter(|(_, times)| **times > 0).map(|(user, _)| user.clone()).collect();
    assert_eq!(report.matched, matched.len() as u64);
    assert_eq!(users(log, view, params, &Cell::Matched), matched);
    counts
}

#[test]
fn equal_to_clickhouse() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("STRATA_SHARED").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join("golden/ch_sequence_edge_cases_set1.json")) else {
        eprintln!("\n*** SKIPPED: ch_sequence_edge_cases_set1: no data in {} ***\n", folder.display());
        return;
    };
    let golden: Value = serde_json::from_str(&text).unwrap();
    let bytes = std::fs::read(folder.join("data").join(golden["dataset"].as_str().unwrap())).unwrap();
    let log = open(&bytes, "user_id", "ts");
    let view = View::all(&log);
    let cases = golden["result"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let conditions = case["conditions"].as_array().unwrap();
        let params = Params {
            pattern: case["pattern"].as_str().unwrap().to_owned(),
            conditions: conditions.iter().map(|name| EventChoice::named(name.as_str().unwrap())).collect(),
            ..Params::default()
        };
        let own = counts(&log, &view, &params);
        for (user, expected) in case["users"].as_object().unwrap() {
            let count = own.get(user).copied().unwrap_or(0);
            assert_eq!(json!([u64::from(count > 0), count]), *expected, "{} {user}", params.pattern);
        }
    }
}

#[test]
fn what_is_visible() {
    let text =
        "user,time,event\nu1,100,a\nu1,101,x\nu1,102,b\nu2,100,b\nu2,101,a\nu3,100,x\nu4,100,a\nu4,100,b\n";
    let log = open(text.as_bytes(), "user", "time");
    let named = |names: &[&str]| names.iter().map(|name| EventChoice::named(*name)).collect::<Vec<_>>();
    let params =
        |pattern: &str, conditions| Params { pattern: pattern.to_owned(), conditions, ..Params::default() };
    let all = View::all(&log);
    let told = |view: &View<'_>, params: &Params| {
        counts(&log, view, params)
            .into_iter()
            .map(|(user, times)| format!("{user}={times}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(told(&all, &params("(?1)(?2)", named(&["a", "b"]))), "u1=1 u2=0 u3=0 u4=1");
    assert_eq!(
        told(&all, &params("(?1)(?2)", named(&["a", "b", "x"]))),
        "u1=0 u2=0 u3=0 u4=1",
        "x comes between"
    );
    assert_eq!(told(&all, &params("(?1).(?2)", named(&["a", "b", "x"]))), "u1=1 u2=0 u3=0 u4=0");
    assert_eq!(told(&all, &params("(?1)(?t>0)(?2)", named(&["a", "b"]))), "u1=1 u2=0 u3=0 u4=0");
    let filter: Filter = serde_json::from_str(r#"{"all": [{"column": "event", "notIn": ["b"]}]}"#).unwrap();
    let some = View::new(&log, &filter).unwrap();
    assert_eq!(told(&some, &params("(?1)(?2)", named(&["a", "b"]))), "u1=0 u2=0 u3=0 u4=0");
    assert_eq!(told(&some, &params(".", named(&["a"]))), "u1=1 u2=1 u3=0 u4=1");
    assert_eq!(told(&all, &Params::default()), "u1=1 u2=1 u3=0 u4=1");

    let refused = |params: Params| Sequence::run(&all, &params).unwrap_err().path.clone().unwrap();
    assert_eq!(refused(params("(?1)(?2)", named(&["a"]))), "params.pattern[6]");
    assert_eq!(refused(params("(?1)", Vec::new())), "params.conditions");
    assert_eq!(refused(params("(?1)", named(&["a", "nothing"]))), "params.conditions[1].events[0]");
    assert_eq!(refused(params("(?1)", vec![EventChoice::default(); 33])), "params.conditions");
    assert!(Sequence::members(&all, &Params::default(), &Cell::Times(51)).is_err());
}

#[test]
fn chains_by_period() {
    // Two chains of u1 end in the first week and one in the third; u2 ends in the second; u3 has none.
    let day =
        |day: i64, user: &str, event: &str| format!("{user},{},{event}\n", 1_735_689_600 + day * 86_400);
    let rows = [
        (0, "u1", "a"),
        (1, "u1", "b"),
        (2, "u1", "a"),
        (3, "u1", "b"),
        (3, "u1", "a"),
        (14, "u1", "b"),
        (2, "u2", "a"),
        (7, "u2", "b"),
        (8, "u3", "b"),
        (9, "u3", "a"),
    ];
    let text = rows
        .iter()
        .fold(String::from("user,time,event\n"), |text, (at, user, event)| text + &day(*at, user, event));
    let log = open(text.as_bytes(), "user", "time");
    let view = View::all(&log);
    let conditions = vec![EventChoice::named("a"), EventChoice::named("b")];
    let params = Params {
        pattern: "(?1).*(?2)".to_owned(),
        conditions,
        trend: Some(Period::Week),
        // January 1, 2025 is a Wednesday: the first week ends on the 4th.
        week_start: Some(WeekStart::Sunday),
    };
    let report = Sequence::run(&view, &params).unwrap();
    assert_eq!((report.median, report.median_of_matched, report.chains), (Some(1.0), Some(2.0), 4));
    assert_eq!(report.median_seconds, Some(3.0 * 86_400.0), "the first chains take 1 and 5 days");
    let told: Vec<String> = report
        .trend
        .unwrap()
        .iter()
        .map(|period| {
            format!(
                "{} {} {} {} {} {}",
                period.start, period.end, period.open, period.users, period.matched, period.chains
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "2024-12-29 2025-01-04 false 2 1 2",
            "2025-01-05 2025-01-11 false 2 1 1",
            "2025-01-12 2025-01-18 true 1 1 1",
        ]
    );
    let of = |day: &str| users(&log, &view, &params, &Cell::Period(day.parse().unwrap()));
    assert_eq!(of("2024-12-29"), BTreeSet::from(["u1".to_owned()]));
    assert_eq!(of("2025-01-05"), BTreeSet::from(["u2".to_owned()]));
    assert_eq!(of("2025-01-12"), BTreeSet::from(["u1".to_owned()]));
    assert_eq!(users(&log, &view, &params, &Cell::Times(0)), BTreeSet::from(["u3".to_owned()]));
    for wrong in ["2024-12-30", "2025-01-19", "2024-12-22"] {
        let error = Sequence::members(&view, &params, &Cell::Period(wrong.parse().unwrap())).unwrap_err();
        assert_eq!(error.path.as_deref(), Some("users.cell.period"), "{wrong}");
    }
    let untold = Params { trend: None, ..params.clone() };
    assert!(Sequence::members(&view, &untold, &Cell::Period("2024-12-29".parse().unwrap())).is_err());
    assert_eq!(Sequence::run(&view, &untold).unwrap().trend, None);
    let nobody: Filter =
        serde_json::from_str(r#"{"all": [{"column": "event", "in": ["nothing"]}]}"#).unwrap();
    let report = Sequence::run(&View::new(&log, &nobody).unwrap(), &params).unwrap();
    assert_eq!((report.users, report.rate, report.median, report.trend), (0, None, None, Some(Vec::new())));
    assert_eq!((report.interval, report.distribution), (None, Vec::new()));
}

#[test]
fn many_chains_are_told_together() {
    let text = (0..120)
        .fold(String::from("user,time,event\nv,1,b\n"), |text, second| text + &format!("u,{second},a\n"));
    let log = open(text.as_bytes(), "user", "time");
    let params =
        Params { pattern: "(?1)".to_owned(), conditions: vec![EventChoice::named("a")], ..Params::default() };
    let report = Sequence::run(&View::all(&log), &params).unwrap();
    assert_eq!((report.users, report.matched, report.chains, report.rate), (2, 1, 120, Some(0.5)));
    assert_eq!(report.distribution, [Times { times: 0, users: 1 }, Times { times: 50, users: 1 }]);
    assert_eq!(users(&log, &View::all(&log), &params, &Cell::Times(50)), BTreeSet::from(["u".to_owned()]));
}

#[test]
fn a_search_without_end_is_undecided() {
    // For each `a`, thousands of others within the time, and after none of them what the pattern ends with.
    let text = (0..12_000).fold(String::from("user,time,event\nv,1,a\nu,50000,c\n"), |text, second| {
        text + &format!("u,{second},a\n")
    });
    let log = open(text.as_bytes(), "user", "time");
    let view = View::all(&log);
    let conditions = vec![EventChoice::named("a"), EventChoice::named("c")];
    let params =
        Params { pattern: "(?1)(?t>=0)(?1)(?t<=9000)(?2)(?1)".to_owned(), conditions, ..Params::default() };
    let report = Sequence::run(&view, &params).unwrap();
    assert_eq!((report.users, report.matched, report.undecided), (2, 0, 1));
    assert_eq!(users(&log, &view, &params, &Cell::Undecided), BTreeSet::from(["u".to_owned()]));
    assert_eq!(report.rate, Some(0.0), "of the one that is known");
    assert_eq!((report.median, report.median_of_matched, report.median_seconds), (Some(0.0), None, None));
    // Whether the undecided one would be among those who match is not known, so no period counts it.
    let report = Sequence::run(&view, &Params { trend: Some(Period::Month), ..params }).unwrap();
    let trend = report.trend.unwrap();
    assert_eq!(trend.iter().map(|period| (period.users, period.matched)).collect::<Vec<_>>(), [(1, 0)]);
}

proptest! {
    /// `(?1).*(?2)` takes the first `b` after an `a`, again and again; with a limit on time, the nearest pair.
    #[test]
    fn simple_patterns_as_loops(rows in prop::collection::vec((0u8..4, 0i64..200, prop::sample::select(vec!["a", "b", "c"])), 1..60), within in 0i64..60) {
        let mut rows = rows;
        rows.extend([(9, 0, "a"), (9, 0, "b"), (9, 0, "c")]);
        let text = rows.iter().fold(String::from("user,time,event\n"), |text, (user, second, event)| text + &format!("u{user},{second},{event}\n"));
        let log = open(text.as_bytes(), "user", "time");
        let view = View::all(&log);
        let mut by_user: BTreeMap<String, Vec<(i64, &str)>> = BTreeMap::new();
        rows.iter().for_each(|(user, second, event)| by_user.entry(format!("u{user}")).or_default().push((*second, event)));
        by_user.values_mut().for_each(|events| events.sort_by_key(|event| event.0));
        let conditions = vec![EventChoice::named("a"), EventChoice::named("b")];
        let chained = counts(&log, &view, &Params { pattern: "(?1).*(?2)".to_owned(), conditions: conditions.clone(), ..Params::default() });
        let timed = counts(&log, &view, &Params { pattern: format!("(?1)(?t<={within})(?2)"), conditions, ..Params::default() });
        for (user, events) in &by_user {
            let (mut waiting, mut chains) = (false, 0);
            for (_, event) in events {
                match *event {
                    "a" => waiting = true,
                    "b" if waiting => (waiting, chains) = (false, chains + 1),
                    _ => {}
                }
            }
            prop_assert_eq!(chained[user], chains);
            let (mut from, mut pairs) = (0, 0);
            while from < events.len() {
                // The first `a` that has a `b` behind it in time; the nearest such `b` ends the pair.
                let pair = (from..events.len()).filter(|&first| events[first].1 == "a").find_map(|first| {
                    let after = first + 1..events.len();
                    after.filter(|&then| events[then].0 - events[first].0 <= within).find(|&then| events[then].1 == "b")
                });
                let Some(end) = pair else { break };
                (from, pairs) = (end + 1, pairs + 1);
            }
            prop_assert_eq!(timed[user], pairs, "{}", user);
        }
    }

    /// Periods, medians and times, from the chains as a loop finds them.
    #[test]
    fn periods_and_medians_as_loops(
        rows in prop::collection::vec((0u8..5, 0i64..40 * 86_400, prop::sample::select(vec!["a", "b", "c"])), 1..70),
        period in prop::sample::select(vec![Period::Day, Period::Week]),
        sunday: bool,
    ) {
        let mut rows = rows;
        rows.extend([(9, 0, "a"), (9, 0, "b")]);
        let text = rows.iter().fold(String::from("user,time,event\n"), |text, (user, second, event)| text + &format!("u{user},{second},{event}\n"));
        let log = open(text.as_bytes(), "user", "time");
        let view = View::all(&log);
        let conditions = vec![EventChoice::named("a"), EventChoice::named("b")];
        let week_start = if sunday { WeekStart::Sunday } else { WeekStart::Monday };
        let params = Params { pattern: "(?1).*(?2)".to_owned(), conditions, trend: Some(period), week_start: Some(week_start) };
        let report = Sequence::run(&view, &params).unwrap();
        // The first day of the period of a second; 1970 began on a Thursday.
        let first_day = |second: i64| {
            let day = second / 86_400;
            match (period, sunday) {
                (Period::Day, _) => day,
                (_, false) => day - (day + 3) % 7,
                (_, true) => day - (day + 4) % 7,
            }
        };
        let mut by_user: BTreeMap<u8, Vec<(i64, &str)>> = BTreeMap::new();
        rows.iter().for_each(|(user, second, event)| by_user.entry(*user).or_default().push((*second, event)));
        let (mut active, mut matched, mut chains) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        let (mut counts, mut seconds) = (Vec::new(), Vec::new());
        for (user, events) in &mut by_user {
            events.sort_by_key(|event| event.0);
            let (mut begun, mut count) = (None, 0);
            for (second, event) in events.iter() {
                active.insert((first_day(*second), *user));
                match (*event, begun) {
                    ("a", None) => begun = Some(*second),
                    ("b", Some(start)) => {
                        if count == 0 {
                            seconds.push((second - start) as f64);
                        }
                        matched.insert((first_day(*second), *user));
                        *chains.entry(first_day(*second)).or_insert(0) += 1;
                        (begun, count) = (None, count + 1);
                    }
                    _ => {}
                }
            }
            counts.push(f64::from(count));
        }
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            let half = values.len() / 2;
            match values.len() {
                0 => None,
                length if length % 2 == 1 => Some(values[half]),
                _ => Some((values[half - 1] + values[half]) / 2.0),
            }
        };
        prop_assert_eq!(report.median, median(counts.clone()));
        prop_assert_eq!(report.median_of_matched, median(counts.into_iter().filter(|count| *count > 0.0).collect()));
        prop_assert_eq!(report.median_seconds, median(seconds));
        let trend = report.trend.unwrap();
        let last = rows.iter().map(|row| row.1).max().unwrap();
        let length = if period == Period::Day { 1 } else { 7 };
        prop_assert_eq!(trend.len() as i64, (first_day(last) - first_day(0)) / length + 1);
        for (place, told) in trend.iter().enumerate() {
            let start = first_day(0) + place as i64 * length;
            let of = |set: &BTreeSet<(i64, u8)>| set.iter().filter(|(day, _)| *day == start).count() as u64;
            prop_assert_eq!(i64::from(told.start.0), start);
            prop_assert_eq!(i64::from(told.end.0), start + length - 1);
            prop_assert_eq!(told.open, start + length - 1 > last / 86_400);
            prop_assert_eq!((told.users, told.matched), (of(&active), of(&matched)));
            prop_assert_eq!(told.chains, chains.get(&start).copied().unwrap_or(0));
            prop_assert_eq!(told.rate, (told.users > 0).then(|| told.matched as f64 / told.users as f64));
            let listed = users(&log, &view, &params, &Cell::Period(Day(start as i32)));
            let expected = matched.iter().filter(|(day, _)| *day == start).map(|(_, user)| format!("u{user}"));
            prop_assert_eq!(listed, expected.collect::<BTreeSet<_>>());
        }
    }
}
