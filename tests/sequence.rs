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
    let params = |pattern: &str, conditions| Params { pattern: pattern.to_owned(), conditions };
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
fn many_chains_are_told_together() {
    let text = (0..120)
        .fold(String::from("user,time,event\nv,1,b\n"), |text, second| text + &format!("u,{second},a\n"));
    let log = open(text.as_bytes(), "user", "time");
    let params = Params { pattern: "(?1)".to_owned(), conditions: vec![EventChoice::named("a")] };
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
    let params = Params { pattern: "(?1)(?t>=0)(?1)(?t<=9000)(?2)(?1)".to_owned(), conditions };
    let report = Sequence::run(&view, &params).unwrap();
    assert_eq!((report.users, report.matched, report.undecided), (2, 0, 1));
    assert_eq!(users(&log, &view, &params, &Cell::Undecided), BTreeSet::from(["u".to_owned()]));
    assert_eq!(report.rate, Some(0.0), "of the one that is known");
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
        let chained = counts(&log, &view, &Params { pattern: "(?1).*(?2)".to_owned(), conditions: conditions.clone() });
        let timed = counts(&log, &view, &Params { pattern: format!("(?1)(?t<={within})(?2)"), conditions });
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
}
