//! Looking at some dates is as if the files held no others: every question gives the same report either way, open periods
//! and "the last 30 days" included.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use serde_json::{Value, json};
use strata::dataset::calendar::Day;
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::{OpenOptions, Query};

/// Who, on which day, what, how much.
type Row = (u8, i32, &'static str, i64);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let event = prop::sample::select(vec!["visit", "purchase", "purchase", "refund"]);
    prop::collection::vec((0u8..9, 19_000i32..19_150, event, 1i64..5_000), 1..90)
}

fn engine(rows: impl Iterator<Item = Row>) -> Engine {
    let mut text = String::from("user,time,event,amount\n");
    for (user, day, event, cents) in rows {
        text += &format!("u{user},{}T{:02}:00:00,{event},{cents}\n", Day(day), cents % 24);
    }
    let mapping = json!({"user": "user", "time": "time", "event": "event", "value": "amount",
        "purchaseEvents": ["purchase"], "refundEvents": ["refund"]});
    let options =
        OpenOptions { mapping: Some(serde_json::from_value(mapping).unwrap()), ..OpenOptions::default() };
    let mut engine = Engine::default();
    engine.hold(load(&[("rows.csv", text.as_bytes())], &options).unwrap());
    engine
}

fn report(engine: &Engine, request: &Value) -> Value {
    let query = Query::parse(&request.to_string()).unwrap();
    let answer: Value = serde_json::from_str(&engine.answer(&query).unwrap()).unwrap();
    answer["report"].clone()
}

const QUESTIONS: [(&str, &str); 22] = [
    ("overview", "{}"),
    ("activeUsers", "{}"),
    ("rfm", "{}"),
    ("retention", r#"{"period": "day"}"#),
    ("retention", r#"{"period": "week"}"#),
    ("retention", r#"{"period": "month"}"#),
    ("nDay", "{}"),
    ("growth", r#"{"period": "week"}"#),
    ("growth", r#"{"period": "month"}"#),
    ("growth", r#"{"period": "quarter", "active": {"events": ["purchase"]}}"#),
    ("revenueGrowth", r#"{"period": "week"}"#),
    ("stickiness", "{}"),
    ("repurchase", r#"{"window": 20, "period": "week"}"#),
    ("repurchase", r#"{"orders": "days"}"#),
    ("tiers", r#"{"window": 20, "validity": 1, "period": "week"}"#),
    (
        "tiers",
        r#"{"measure": "points", "pointsPerOrder": 2, "windowUnit": "months", "window": 1, "buyersOnly": true}"#,
    ),
    ("paths", r#"{"divide": {"by": "day"}}"#),
    ("paths", r#"{"anchor": "end", "divide": {"by": "gap", "minutes": 1440}}"#),
    ("transitions", "{}"),
    ("sequence", r#"{"trend": "week"}"#),
    ("survival", r#"{"entry": "first", "inactive": 5}"#),
    ("survival", r#"{"entry": "first", "until": {"events": ["purchase"]}}"#),
];

proptest! {
    #[test]
    fn dates_cut_the_data(rows in rows(), ends in (any::<prop::sample::Index>(), any::<prop::sample::Index>())) {
        let (a, b) = (rows[ends.0.index(rows.len())].1, rows[ends.1.index(rows.len())].1);
        let (from, to) = (a.min(b), a.max(b));
        // A file without one of the events would refuse a mapping that names it.
        let rows: Vec<Row> = ["visit", "purchase", "refund"].map(|event| (99, from, event, 7)).into_iter().chain(rows).collect();
        let all = engine(rows.iter().copied());
        let cut = engine(rows.iter().copied().filter(|row| (from..=to).contains(&row.1)));
        for (analysis, params) in QUESTIONS {
            let params: Value = serde_json::from_str(params).unwrap();
            let whole = json!({"analysis": analysis, "params": params});
            let mut dated = whole.clone();
            dated["filter"] = json!({"all": [{"from": Day(from).to_string(), "to": Day(to).to_string()}]});
            prop_assert_eq!(report(&all, &dated), report(&cut, &whole), "{} {}", analysis, params);
        }
    }
}
