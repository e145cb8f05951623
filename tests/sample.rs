//! The built-in sample, opened as a user would open it (roles guessed, nothing told), against reference results that DuckDB
//! computed: `tests/reference/`. Questions go through the front desk, as JSON.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::engine::{Engine, Opened};
use strata::sample;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/sample.json")).unwrap()
}

fn open() -> (Engine, Opened) {
    let options = OpenOptions { time_zone: Some(sample::TIME_ZONE.to_owned()), ..OpenOptions::default() };
    let log = load(&[(sample::FILE_NAME, &sample::csv())], &options).unwrap();
    let mut engine = Engine::default();
    let opened = engine.hold(log);
    (engine, opened)
}

fn ask(engine: &Engine, request: Value) -> Value {
    let outcome: Value = serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap();
    assert_eq!(outcome["analysis"], request["analysis"]);
    assert_eq!(outcome["timeZone"], "Asia/Shanghai");
    outcome["report"].clone()
}

/// Groups by key, as pairs of users and revenue in 分.
fn groups(list: &Value, revenue: &str) -> BTreeMap<String, (u64, i64)> {
    let entry = |key: String, group: &Value| {
        let units = group[revenue].as_i64().or_else(|| group[revenue]["units"].as_i64()).unwrap();
        (key, (group["users"].as_u64().unwrap(), units))
    };
    match list {
        Value::Object(map) => map.iter().map(|(key, group)| entry(key.clone(), group)).collect(),
        list => list
            .as_array()
            .unwrap()
            .iter()
            .map(|group| entry(group["key"].as_str().unwrap().to_owned(), group))
            .collect(),
    }
}

#[test]
fn roles_are_guessed() {
    let (_, opened) = open();
    let mapping = &opened.mapping;
    let roles =
        [&mapping.user, &mapping.time, &mapping.event, &mapping.value, &mapping.order, &mapping.channel];
    let expected = ["user_id", "time", "event", "amount", "order_id", "channel"];
    assert_eq!(roles.map(|role| role.as_deref().unwrap()), expected);
    assert_eq!(mapping.purchase_events.as_deref().unwrap(), ["purchase"]);
    assert_eq!(mapping.refund_events.as_deref().unwrap(), ["refund"]);
    assert!(opened.ledgers.iter().all(|ledger| ledger.set_aside.is_empty() && ledger.emptied.is_empty()));
}

#[test]
fn overview_and_active_users() {
    let (engine, _) = open();
    let golden = &reference()["overview"];
    let report = ask(&engine, json!({"analysis": "overview"}));
    for (own, theirs) in [("rows", "rows"), ("users", "users"), ("buyers", "buyers"), ("orders", "orders")] {
        assert_eq!(report[own], golden[theirs], "{own}");
    }
    for (own, theirs) in [("grossRevenue", "gross_revenue"), ("refunds", "refunds")] {
        assert_eq!(report[own], json!({"units": golden[theirs], "scale": 2}), "{own}");
    }
    assert_eq!(report["span"], json!([golden["first_day"], golden["last_day"]]));
    let rate = report["repeatPurchaseRate"].as_f64().unwrap();
    assert!((rate - golden["repeat_purchase_rate"].as_f64().unwrap()).abs() < 1e-12);
    let golden = &reference()["active_users"];
    let report = ask(&engine, json!({"analysis": "activeUsers"}));
    for (own, theirs) in
        [("firstDay", "first_day"), ("daily", "daily"), ("weekly", "weekly"), ("monthly", "monthly")]
    {
        assert_eq!(report[own], golden[theirs], "{own}");
    }
    assert!(
        (report["stickiness"].as_f64().unwrap() - golden["stickiness_mean"].as_f64().unwrap()).abs() < 1e-9
    );
}

#[test]
fn rfm() {
    let (engine, _) = open();
    let golden = &reference()["rfm"];
    for (ties, method) in [("shared", "tie_min_rank"), ("ntile", "ntile")] {
        let params = json!({"asOf": "2026-01-01", "scoring": {"by": "quantile", "ties": ties}});
        let report = ask(&engine, json!({"analysis": "rfm", "params": params}));
        assert_eq!(report["buyers"], golden["customers"]);
        assert_eq!(
            groups(&report["codes"], "revenue"),
            groups(&golden["methods"][method]["codes"], "revenue"),
            "{method}"
        );
        assert_eq!(
            groups(&report["segments"], "revenue"),
            groups(&golden["methods"][method]["segments"], "revenue"),
            "{method}"
        );
        if ties == "shared" {
            assert_eq!(
                groups(&report["eight"], "revenue"),
                groups(&golden["eight_cells"]["cells"], "revenue")
            );
        }
    }
}

#[test]
fn retention_and_growth() {
    let (engine, _) = open();
    let reference = reference();
    for period in ["month", "week", "day"] {
        let most = if period == "day" { json!(30) } else { Value::Null };
        let report =
            ask(&engine, json!({"analysis": "retention", "params": {"period": period, "periods": most}}));
        let own = report["cohorts"].as_array().unwrap();
        let golden = reference["retention"][period].as_array().unwrap();
        assert_eq!(own.len(), golden.len());
        for (own, golden) in own.iter().zip(golden) {
            for field in ["start", "size", "active"] {
                assert_eq!(own[field], golden[field], "{period} {}", golden["start"]);
            }
        }
    }
    for period in ["month", "week"] {
        let report = ask(&engine, json!({"analysis": "growth", "params": {"period": period}}));
        for (own, golden) in
            report["periods"].as_array().unwrap().iter().zip(reference["growth"][period].as_array().unwrap())
        {
            for field in ["start", "active", "new", "retained", "resurrected", "churned"] {
                assert_eq!(own[field], golden[field], "{period} {}", golden["start"]);
            }
        }
    }
    let report = ask(&engine, json!({"analysis": "nDay"}));
    for entry in report["days"].as_array().unwrap() {
        let golden = &reference["n_day"]["days"][entry["day"].to_string()];
        for (own, theirs) in
            [("mature", "mature_users"), ("classic", "classic_mature"), ("unbounded", "unbounded_mature")]
        {
            assert_eq!(entry[own], golden[theirs], "day {}: {own}", entry["day"]);
        }
    }
}

#[test]
fn users_behind_a_cell_are_the_number_in_it() {
    let (engine, _) = open();
    let report = ask(&engine, json!({"analysis": "rfm"}));
    for group in report["segments"].as_array().unwrap() {
        let request = json!({"analysis": "rfm", "users": {"cell": {"segment": group["key"]}, "limit": 3}});
        let page: Value = serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap();
        assert_eq!(page["total"], group["users"]);
        assert_eq!(page["rows"].as_array().unwrap().len() as u64, group["users"].as_u64().unwrap().min(3));
        let mut saved = request.clone();
        saved["users"]["save"] = json!({"language": "zh-CN"});
        let query = strata::engine::request::Query::parse(&saved.to_string()).unwrap();
        let csv = String::from_utf8(engine.list_file(&query, None).unwrap()).unwrap();
        assert!(csv.starts_with('\u{feff}'));
        assert_eq!(csv.lines().count() as u64, group["users"].as_u64().unwrap() + 1);
    }
}
