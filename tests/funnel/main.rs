//! Funnels against every chain there is, tried one by one, and against ClickHouse's levels on published data.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod chains;
mod clickhouse;
mod edges;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use strata::analysis::Question;
use strata::analysis::funnel::{Cell, Funnel, Params, Report};
use strata::dataset::EventLog;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

fn params(value: Value) -> Params {
    serde_json::from_value(value).unwrap()
}

fn run(log: &EventLog, value: Value) -> Report {
    Funnel::run(&View::all(log), &params(value)).unwrap()
}

fn reached(report: &Report) -> Vec<u64> {
    report.steps.iter().map(|step| step.reached).collect()
}

fn ids(log: &EventLog, value: &Value, cell: &Cell) -> BTreeSet<String> {
    let members = Funnel::members(&View::all(log), &params(value.clone()), cell).unwrap();
    members.users.iter().map(|user| log.users.get(*user).to_owned()).collect()
}

#[test]
fn dates_bound_the_first_step_only() {
    let text = "user_id,ts,event\na,2024-01-30 10:00,view\na,2024-02-02 10:00,buy\nb,2024-02-01 09:00,view\nb,2024-02-01 10:00,buy\n";
    let mut engine = strata::engine::Engine::default();
    engine.hold(load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap());
    let steps = json!([{"events": ["view"]}, {"events": ["buy"]}]);
    let ask = |filter: Value| -> Value {
        let request = json!({"analysis": "funnel", "params": {"steps": steps}, "filter": {"all": filter}});
        serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap()
    };
    let january = ask(json!([{"from": "2024-01-01", "to": "2024-01-31"}]));
    assert_eq!(january["report"]["converted"], 1, "a bought in February, within a week");
    assert_eq!(january["report"]["entered"], 1, "b entered in February");
    assert_eq!(january["report"]["entry"], json!(["2024-01-30", "2024-01-31"]));
    let february = ask(json!([{"from": "2024-02-01"}]));
    assert_eq!((&february["report"]["entered"], &february["report"]["converted"]), (&json!(1), &json!(1)));
}

#[test]
fn refusals_name_the_place() {
    let log = chains::open(&chains::with_all_events(vec![]));
    let refused = |value: Value| {
        let error = Funnel::run(&View::all(&log), &params(value)).unwrap_err();
        error.path.clone().unwrap_or_default()
    };
    let two = json!([{"events": ["a"]}, {"events": ["b"]}]);
    assert_eq!(refused(json!({})), "params.steps");
    assert_eq!(refused(json!({"steps": vec![json!({}); 500]})), "params.steps");
    assert_eq!(
        refused(json!({"steps": [{"events": ["a"]}, {"events": ["nobody"]}]})),
        "params.steps[1].events[0]"
    );
    assert_eq!(
        refused(json!({"steps": [{"events": ["a"], "optional": true}, {}]})),
        "params.steps[0].optional"
    );
    assert_eq!(
        refused(json!({"steps": two, "exclusions": [{"events": ["nobody"], "after": 0}]})),
        "params.exclusions[0].events[0]"
    );
    assert_eq!(
        refused(json!({"steps": two, "exclusions": [{"events": ["x"], "after": 1}]})),
        "params.exclusions[0].after"
    );
    assert_eq!(refused(json!({"steps": two, "hold": ["city"]})), "params.hold[0]");
    assert_eq!(refused(json!({"steps": two, "breakdown": {"column": "city"}})), "params.breakdown.column");
    assert_eq!(refused(json!({"steps": two, "between": [1, 1]})), "params.between");
    assert_eq!(refused(json!({"steps": two, "modes": ["strictOrder"], "count": "attempts"})), "params.count");
    assert_eq!(refused(json!({"steps": two, "order": "any", "modes": ["strictOnce"]})), "params.modes");
    let others = |value: Value, cell: Value| {
        let cell: Cell = serde_json::from_value(cell).unwrap();
        Funnel::members(&View::all(&log), &params(value), &cell).unwrap_err().path.clone().unwrap_or_default()
    };
    assert_eq!(others(json!({"steps": two}), json!({"others": true})), "users.cell.others");
    let grouped = json!({"steps": two, "breakdown": {"column": "item"}});
    assert_eq!(others(grouped, json!({"others": true, "group": "i"})), "users.cell.others");
    let nobody = run(
        &chains::open(&chains::with_all_events(vec![])),
        json!({"steps": [{"events": ["a"], "all": [{"column": "item", "in": ["none"]}]}, {}]}),
    );
    assert_eq!((nobody.entered, nobody.rate, nobody.bottleneck, nobody.histogram), (0, None, None, None));
}

#[test]
fn the_bottleneck_is_where_most_stay_for_good() {
    let mut text = String::from("user_id,ts,event\n");
    for user in 0..100 {
        let steps = match user {
            0..40 => 1,
            40..90 => 2,
            _ => 3,
        };
        for (step, event) in chains::EVENTS.iter().enumerate().take(steps) {
            text += &format!("u{user},2024-01-0{} 10:00,{}\n", step + 1, event);
        }
    }
    text += "late,2024-03-01 10:00,a\n";
    let log = load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap();
    let report = run(&log, json!({"steps": [{"events": ["a"]}, {"events": ["b"]}, {"events": ["c"]}]}));
    assert_eq!(report.bottleneck, Some(2), "50 of 60 against 40 of 101");
    assert_eq!((report.open, report.lost, report.converted), (1, 90, 10));
    assert_eq!(report.closed_rate, Some(0.1));
    let groups: BTreeMap<u32, u64> = (0..3).map(|step| (step, report.steps[step as usize].lost)).collect();
    assert_eq!(groups, BTreeMap::from([(0, 40), (1, 50), (2, 0)]));
}

#[test]
fn columns_that_are_no_drivers_are_named() {
    use strata::analysis::funnel::drivers::{FunnelDrivers, SkipReason, Skipped};
    let mut text = String::from("user_id,ts,event,note,city,amount\n");
    for user in 0..1_001 {
        let city = ["x", "y"][user % 2];
        text += &format!("u{user},2024-01-01 10:00,a,note {user},{city},{user}.5\n");
        if user % 3 == 0 {
            text += &format!("u{user},2024-01-01 11:00,b,note {user},{city},1\n");
        }
    }
    let options = json!({"mapping": {"user": "user_id", "time": "ts", "event": "event",
        "attributes": ["note", "city", "amount"], "types": {"note": "text", "city": "text", "amount": "number"}}});
    let options: OpenOptions = serde_json::from_value(options).unwrap();
    let log = load(&[("rows.csv", text.as_bytes())], &options).unwrap();
    let request = json!({"funnel": {"steps": [{"events": ["a"]}, {"events": ["b"]}],
        "window": {"amount": 1, "unit": "hour"}}});
    let params = serde_json::from_value(request).unwrap();
    let report = FunnelDrivers::run(&View::all(&log), &params).unwrap();
    let skipped = |column: &str, reason| Skipped { column: column.to_owned(), reason };
    assert_eq!(
        report.skipped,
        [skipped("amount", SkipReason::NotText), skipped("note", SkipReason::TooManyTexts)]
    );
    assert_eq!(report.tried, 2, "the two cities");
    assert!(report.drivers.iter().all(|driver| driver.column == "city"));
}
