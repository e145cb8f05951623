//! Lists of users as they are asked for at the front desk, on random logs: sorted and searched as by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::cmp::Ordering;

use proptest::prelude::*;
use serde_json::{Value, json};
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

/// Who, which day of January 2024, what, how much (cents).
type Row = (&'static str, u8, &'static str, i64);

/// Ids that begin alike, differ in case, are parts of one another, or are longer than any shortcut.
const USERS: [&str; 10] = [
    "user-0000001",
    "user-0000001x",
    "user-0000010",
    "User-0000002",
    "user-",
    "u",
    "甲",
    "ÀÉ",
    "aé-user",
    "user-00000010000000002",
];

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let user = prop::sample::select(USERS.to_vec());
    let event = prop::sample::select(vec!["visit", "purchase", "purchase", "refund"]);
    prop::collection::vec((user, 1u8..31, event, 0i64..2_000), 1..60)
}

fn engine(rows: &[Row]) -> Engine {
    let mut text = String::from("user_id,time,event,amount\n");
    for (user, day, event, cents) in rows {
        text += &format!("{user},2024-01-{day:02},{event},{}.{:02}\n", cents / 100, cents % 100);
    }
    let mut engine = Engine::default();
    engine.hold(load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap());
    engine
}

fn ask(engine: &Engine, request: &Value) -> Value {
    serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap()
}

/// Numbers by size, amounts by their units, all else (ids, days, names) byte by byte.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Object(a), Value::Object(b)) => a["units"].as_i64().cmp(&b["units"].as_i64()),
        _ => a.as_i64().unwrap().cmp(&b.as_i64().unwrap()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn sorted_and_searched_as_by_hand(
        rows in rows(),
        question in prop::sample::select(vec![("rfm", json!("all")), ("overview", json!("users")), ("rfm", json!({"class": "core"}))]),
        column in any::<prop::sample::Index>(),
        descending: bool,
        search in prop::sample::select(vec!["", "U", "user-", "ER-0000001", "é", "甲", "0", "nobody"]),
        offset in 0usize..12,
        limit in 0usize..12,
    ) {
        let engine = engine(&rows);
        let (analysis, cell) = question;
        let plain = ask(&engine, &json!({"analysis": analysis, "users": {"cell": cell}}));
        let mut all = plain["rows"].as_array().unwrap().clone();
        prop_assert_eq!((plain["total"].as_u64(), plain["matching"].as_u64()), (Some(all.len() as u64), Some(all.len() as u64)));
        let keys: Vec<&str> = std::iter::once("user").chain(plain["columns"].as_array().unwrap().iter().map(|column| column["key"].as_str().unwrap())).collect();
        let place = column.index(keys.len());
        all.retain(|row| row[0].as_str().unwrap().to_lowercase().contains(&search.to_lowercase()));
        all.sort_by(|a, b| {
            let order = compare(&a[place], &b[place]);
            (if descending { order.reverse() } else { order }).then_with(|| compare(&a[0], &b[0]))
        });
        let page = ask(&engine, &json!({"analysis": analysis, "users": {
            "cell": cell, "offset": offset, "limit": limit, "search": search, "sort": {"column": keys[place], "descending": descending},
        }}));
        prop_assert_eq!(&page["total"], &plain["total"]);
        prop_assert_eq!(page["matching"].as_u64(), Some(all.len() as u64));
        prop_assert_eq!(page["offset"].as_u64(), Some(offset.min(all.len()) as u64));
        let wanted: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
        prop_assert_eq!(page["rows"].as_array().unwrap(), &wanted);
        let again = ask(&engine, &json!({"analysis": analysis, "users": {"cell": cell}}));
        prop_assert_eq!(again, plain, "without an order the list is as it was");
    }
}
