//! Paths and transitions against their definitions, computed anew: lists of names for every path, counted with maps, on
//! random logs in zones with clocks that jump. Also: the users behind every mark are those it counts, and everything adds up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod oracle;

use strata::analysis::Question;
use strata::analysis::paths::transitions::{self, Transitions};
use strata::analysis::paths::{self, Cell, Params, Paths, Place, Rule};
use strata::dataset::EventLog;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::ingest::mapping::Mapping;

#[derive(Debug, Clone)]
struct Row {
    user: u8,
    seconds: i64,
    name: &'static str,
    channel: &'static str,
}

fn open(rows: &[Row], zone: &str) -> EventLog {
    let mut text = String::from("user,time,event,channel\n");
    for row in rows {
        let time = jiff::Timestamp::from_second(row.seconds).unwrap();
        text += &format!("u{},{time},{},{}\n", row.user, row.name, row.channel);
    }
    let mapping = Mapping {
        user: Some("user".into()),
        time: Some("time".into()),
        event: Some("event".into()),
        channel: Some("channel".into()),
        ..Mapping::default()
    };
    let options =
        OpenOptions { time_zone: Some(zone.to_owned()), mapping: Some(mapping), ..OpenOptions::default() };
    load(&[("rows.csv", text.as_bytes())], &options).unwrap()
}

fn rule(pattern: &str, name: Option<&str>) -> Rule {
    Rule { pattern: pattern.into(), name: name.map(str::to_owned), hide: name.is_none() }
}

/// Ten users, one path each, all different but three.
fn small() -> EventLog {
    let mut rows = Vec::new();
    for (user, names) in
        (0u8..).zip([["view_a", "cart", "pay"], ["view_a", "cart", "pay"], ["view_a", "view_b", "离开"]])
    {
        for (step, name) in (0i64..).zip(names) {
            rows.push(Row { user, seconds: 1_615_700_000 + step * 60, name, channel: "a" });
        }
    }
    rows.push(Row { user: 3, seconds: 1_615_900_000, name: "ping", channel: "b" });
    open(&rows, "UTC")
}

#[test]
fn a_report_by_hand() {
    let log = small();
    let view = View::all(&log);
    let params = Params { after: 3, nodes: 1, rules: vec![rule("ping", None)], ..Params::default() };
    let report = Paths::run(&view, &params).unwrap();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["positions"][1],
        serde_json::json!({"position": 1, "others": 1, "nodes": [
            {"place": {"event": "cart"}, "paths": 2, "users": 2}, {"place": "other", "paths": 1, "users": 1}
        ], "links": [
            {"from": 0, "to": 0, "paths": 2, "users": 2}, {"from": 1, "to": 1, "paths": 1, "users": 1}
        ]})
    );
    assert_eq!(json["positions"][3]["nodes"], serde_json::json!([{"place": "end", "paths": 3, "users": 3}]));
    assert_eq!(json["routes"][0], serde_json::json!({"nodes": [0, 0, 0, 0], "paths": 2, "users": 2}));
    assert_eq!((report.paths, report.paths_without_steps, report.open_paths), (3, 1, 0));
    assert_eq!(json["matrix"][0], serde_json::json!({"place": {"event": "view_a"}, "paths": [3, 0, 0, 0]}));
    assert_eq!(report.matrix.len(), 6, "five events and the end: {json}");
}

#[test]
fn a_column_of_its_own_and_more_events_than_are_listed() {
    let rows: Vec<Row> = (0u8..120)
        .map(|user| Row {
            user,
            seconds: 1_615_700_000 + i64::from(user),
            name: Box::leak(format!("e{}", user % 60).into_boxed_str()),
            channel: ["a", "b"][usize::from(user % 2)],
        })
        .collect();
    let log = open(&rows, "UTC");
    let view = View::all(&log);
    let by_channel = Params { column: Some("channel".into()), after: 1, ..Params::default() };
    let report = Paths::run(&view, &by_channel).unwrap();
    let names: Vec<&Place> = report.positions[0].nodes.iter().map(|node| &node.place).collect();
    assert_eq!(names, [&Place::Event("a".into()), &Place::Event("b".into())]);
    let params = Params { after: 0, nodes: 50, ..Params::default() };
    let report = Paths::run(&view, &params).unwrap();
    let unlisted = report.matrix.iter().find(|row| row.place == Place::Unlisted).unwrap();
    assert_eq!((unlisted.paths[0], report.matrix.len()), (20, 51));
    assert_eq!((report.positions[0].nodes.len(), report.positions[0].others), (51, 10));
    let cell = Cell::Node { position: 0, place: Place::Unlisted };
    assert_eq!(Paths::members(&view, &params, &cell).unwrap().users.len(), 20);
}

#[test]
fn refusals_name_the_place() {
    let log = small();
    let view = View::all(&log);
    let refused = |text: &str| {
        let params: Params = serde_json::from_str(text).unwrap();
        let error = Paths::run(&view, &params).unwrap_err();
        error.path.clone().unwrap_or_default()
    };
    assert_eq!(refused(r#"{"after": 500}"#), "params.after");
    assert_eq!(refused(r#"{"before": 21}"#), "params.before");
    assert_eq!(refused(r#"{"nodes": 0}"#), "params.nodes");
    assert_eq!(refused(r#"{"nodes": 51}"#), "params.nodes");
    assert_eq!(refused(r#"{"divide": {"by": "gap", "minutes": 0}}"#), "params.divide.minutes");
    assert_eq!(refused(r#"{"column": "nowhere"}"#), "params.column");
    assert_eq!(
        refused(r#"{"rules": [{"pattern": "*", "hide": true}, {"pattern": "x"}]}"#),
        "params.rules[1]"
    );
    assert_eq!(refused(r#"{"rules": [{"pattern": "*", "hide": true, "as": "x"}]}"#), "params.rules[0]");
    assert_eq!(
        refused(r#"{"anchor": {"event": {"event": {"events": ["bye"]}}}}"#),
        "params.anchor.event.events[0]"
    );
    let cell = |cell: Cell| Paths::members(&view, &Params::default(), &cell).unwrap_err();
    let node = |position, place| Cell::Node { position, place };
    assert_eq!(cell(node(6, Place::End)).path.as_deref(), Some("users.cell.position"));
    assert_eq!(cell(node(-1, Place::End)).path.as_deref(), Some("users.cell.position"));
    assert_eq!(cell(node(0, Place::Event("x".into()))).path.as_deref(), Some("users.cell"));
    assert_eq!(
        cell(Cell::Link { position: 5, from: Place::End, to: Place::End }).path.as_deref(),
        Some("users.cell.position")
    );
    assert_eq!(
        cell(Cell::Route { places: vec![Place::End] }).path.as_deref(),
        Some("users.cell.route.places")
    );
    for events in [0, 51] {
        let params = transitions::Params { events, ..transitions::Params::default() };
        assert_eq!(Transitions::run(&view, &params).unwrap_err().path.as_deref(), Some("params.events"));
    }
    let unknown = transitions::Cell { from: Place::End, to: None };
    assert!(Transitions::members(&view, &transitions::Params::default(), &unknown).is_err());
    let unknown = transitions::Cell { from: Place::Start, to: Some(Place::Start) };
    assert!(Transitions::members(&view, &transitions::Params::default(), &unknown).is_err());
    let nobody = paths::Params { rules: vec![rule("*", None)], ..Params::default() };
    let report = Paths::run(&view, &nobody).unwrap();
    assert_eq!((report.paths, report.paths_without_steps), (0, 4), "nothing is no error");
}
