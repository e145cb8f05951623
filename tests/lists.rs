//! Lists of users as they are asked for at the front desk, on random logs: sorted and searched as by hand; as segments, the same
//! as a filter on the ids that the list shows.

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

/// A question, a cell, and perhaps rows.
fn definition() -> impl Strategy<Value = Value> {
    let cells = vec![
        json!({"analysis": "rfm", "cell": "all"}),
        json!({"analysis": "rfm", "cell": {"class": "core"}}),
        json!({"analysis": "rfm", "params": {"scoring": {"by": "mean"}}, "cell": {"eight": "111"}}),
        json!({"analysis": "overview", "cell": "repeatBuyers"}),
        json!({"analysis": "overview", "cell": "activeUsers"}),
        json!({"analysis": "nDay", "params": {"days": [3]}, "cell": {"day": 3, "kind": "unbounded"}}),
    ];
    (prop::sample::select(cells), prop::option::of(conditions())).prop_map(|(definition, condition)| {
        match condition {
            Some(condition) => on_rows(&definition, condition),
            None => definition,
        }
    })
}

fn conditions() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec!["visit", "purchase", "refund"])
            .prop_map(|event| json!({"column": "event", "notIn": [event]})),
        (1u8..31).prop_map(|day| json!({"from": format!("2024-01-{day:02}")})),
        prop::sample::select(USERS.to_vec())
            .prop_map(|user| json!({"segment": {"users": [user, "nobody"]}, "not": true})),
    ]
}

/// The definition with one condition more on its rows.
fn on_rows(definition: &Value, condition: Value) -> Value {
    let mut definition = definition.clone();
    let mut all = definition["filter"]["all"].as_array().cloned().unwrap_or_default();
    all.push(condition);
    definition["filter"] = json!({"all": all});
    definition
}

/// A condition on the column of ids.
fn by_id(ids: &[String], not: bool) -> Value {
    json!({"column": "user_id", (if not { "notIn" } else { "in" }): ids})
}

/// The ids of the users behind the definition's cell.
fn ids(engine: &Engine, definition: &Value) -> Vec<String> {
    let mut request = definition.clone();
    let cell = request.as_object_mut().unwrap().remove("cell");
    request["users"] = json!({"cell": cell, "limit": 1000, "sort": {"column": "user"}});
    let page = ask(engine, &request);
    let ids: Vec<String> =
        page["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    assert_eq!(page["total"].as_u64(), Some(ids.len() as u64));
    ids
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

    #[test]
    fn a_segment_is_the_list_behind_its_cell(
        rows in rows(),
        definition in definition(),
        around in prop::option::of(definition()),
        not: bool,
        other in prop::option::of(conditions()),
    ) {
        let engine = engine(&rows);
        // Perhaps the segment is defined on the rows of another one.
        let (dynamic, spelt_out) = match around {
            None => (definition.clone(), definition),
            Some(outer) => {
                let inner = json!({"segment": definition, "not": not});
                let listed = by_id(&ids(&engine, &definition), not);
                (on_rows(&outer, inner), on_rows(&outer, listed))
            }
        };
        let members = ids(&engine, &spelt_out);
        prop_assert_eq!(&ids(&engine, &dynamic), &members);
        let with = |condition: Value| json!({"all": std::iter::once(condition).chain(other.clone()).collect::<Vec<_>>()});
        let filters = [
            with(json!({"segment": dynamic, "not": not})),
            with(json!({"segment": {"name": "kept", "users": members}, "not": not})),
            with(by_id(&members, not)),
        ];
        for question in ["overview", "rfm", "growth"] {
            let answers = filters.clone().map(|filter| {
                let outcome = ask(&engine, &json!({"analysis": question, "filter": filter}));
                (outcome["report"].clone(), outcome["population"].clone())
            });
            prop_assert_eq!(&answers[0], &answers[2]);
            prop_assert_eq!(&answers[1], &answers[2]);
        }
        let report = &ask(&engine, &json!({"analysis": "rfm", "filter": filters[0]}))["report"];
        for group in report["segments"].as_array().unwrap() {
            let list = ids(&engine, &json!({"analysis": "rfm", "filter": filters[0], "cell": {"segment": group["key"]}}));
            prop_assert_eq!(group["users"].as_u64(), Some(list.len() as u64));
            prop_assert!(list.iter().all(|id| members.contains(id) != not));
        }
    }

    #[test]
    fn a_segment_and_its_complement_share_out_the_rows(rows in rows(), definition in definition()) {
        let engine = engine(&rows);
        let used = |not: bool| {
            let filter = json!({"all": [{"segment": definition, "not": not}]});
            let population = &ask(&engine, &json!({"analysis": "overview", "filter": filter}))["population"];
            (population["rowsUsed"].as_u64().unwrap(), population["users"].as_u64().unwrap())
        };
        let all = &ask(&engine, &json!({"analysis": "overview"}))["population"];
        let (inside, outside) = (used(false), used(true));
        prop_assert_eq!(all["rowsUsed"].as_u64(), Some(inside.0 + outside.0));
        prop_assert_eq!(all["users"].as_u64(), Some(inside.1 + outside.1));
        prop_assert_eq!(inside.1, ids(&engine, &definition).len() as u64);
    }
}
