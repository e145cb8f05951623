//! An answer in another zone is that of the file read in it, and leaves the data as they were.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod raw;

use proptest::prelude::*;
use raw::*;
use serde_json::{Value, json};
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::error::ErrorKind;

fn engine(rows: &[Row], zone: &str) -> Engine {
    let mut engine = Engine::default();
    engine.hold(open(rows, zone));
    engine
}

fn requests() -> Vec<Value> {
    let buyers =
        json!({"segment": {"analysis": "growth", "cell": {"start": "2021-03-01", "state": "active"}}});
    vec![
        json!({"analysis": "retention", "params": {"period": "day", "periods": 40}}),
        json!({"analysis": "growth", "params": {"period": "day"}, "filter": {"all": [{"from": "2021-03-08", "to": "2021-11-02"}]}}),
        json!({"analysis": "activeUsers", "filter": {"all": [buyers]}}),
        json!({"analysis": "funnel", "params": {"steps": [{"events": ["visit"]}, {"events": ["purchase"]}]}, "filter": {"all": [{"from": "2021-03-10"}]}}),
        json!({"analysis": "growth", "params": {"period": "month"}, "users": {"cell": {"start": "2021-03-01", "state": "active"}}}),
        json!({"analysis": "repurchase"}),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn another_zone_is_that_of_a_file_read_in_it(rows in rows().prop_map(with_every_event), own in any_zone(), other in any_zone()) {
        let (mut here, mut there) = (engine(&rows, own), engine(&rows, other));
        for mut request in requests() {
            let before = here.run(&request.to_string());
            let expected = there.run_in_zone(&request.to_string());
            request["inZone"] = json!(other);
            let found = here.run_in_zone(&request.to_string());
            prop_assert_eq!(found.as_ref().ok(), expected.as_ref().ok());
            prop_assert_eq!(found.err().map(|error| error.path.clone()), expected.err().map(|error| error.path.clone()));
            request.as_object_mut().unwrap().remove("inZone");
            let after = here.run(&request.to_string());
            prop_assert_eq!(before.ok(), after.ok(), "nothing stays changed");
        }
        prop_assert_eq!(here.log().unwrap().zone.name(), own);
        prop_assert_eq!(&here.log().unwrap().days, &open(&rows, own).days);
        prop_assert_eq!(here.log().unwrap().span, open(&rows, own).span);
    }
}

#[test]
fn a_zone_that_there_is_not_is_refused_and_clocks_on_walls_have_none() {
    let text = "user_id,ts\na,2024-01-01 23:30\nb,2024-01-02 00:30\n";
    let mut engine = Engine::default();
    let opened = engine.hold(load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap());
    assert!(!opened.zoned);
    let ask = |zone: &str| json!({"analysis": "activeUsers", "inZone": zone}).to_string();
    let error = engine.run_in_zone(&ask("Mars/Olympus")).unwrap_err();
    assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::UnknownTimeZone, Some("inZone")));
    assert_eq!(
        engine.run(&ask("UTC")).unwrap_err().path.as_deref(),
        Some("inZone"),
        "it would have to count days anew"
    );
    let daily = |text: String| serde_json::from_str::<Value>(&text).unwrap()["report"]["daily"].clone();
    let there = daily(engine.run_in_zone(&ask("Pacific/Kiritimati")).unwrap());
    assert_eq!(there, json!([1, 1]));
}
