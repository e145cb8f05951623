//! Small cases, counted by hand.

use serde_json::{Value, json};
use strata::error::ErrorKind;
use strata::segment::rule::groups::Group;

use super::{answer, behind, engine};

const EVENTS: &str = "user_id,time,event,amount,channel,page\n\
    ann,2024-01-01 08:00:00,visit,,web,home\n\
    ann,2024-01-01 09:00:00,purchase,10.00,web,\n\
    ann,2024-01-08 09:00:00,purchase,20.50,app,\n\
    ann,2024-01-15 09:00:00,purchase,5.00,app,\n\
    bob,2024-01-02 10:00:00,visit,,app,home\n\
    bob,2024-01-02 10:30:00,visit,,app,cart\n\
    bob,2024-01-14 10:00:00,visit,,web,home\n\
    cat,2024-01-03 10:00:00,purchase,100.00,,\n\
    cat,2024-01-04 10:00:00,refund,40.00,,\n\
    dan,2024-01-16 10:00:00,visit,,,\n";

const USERS: &str = "user_id,city,age\nann,Paris,30\nbob,Rome,41\ncat,Paris,\n";

fn shop() -> strata::engine::Engine {
    engine(&[("events.csv", EVENTS), ("users.csv", USERS)])
}

fn who(rule: Value) -> Vec<String> {
    behind(&shop(), &json!({"rule": rule}), &json!("in"))
}

fn did(event: &str, more: Value) -> Value {
    let mut did = json!({"event": {"events": [event]}});
    for (key, value) in more.as_object().unwrap() {
        did[key] = value.clone();
    }
    json!({ "did": did })
}

#[test]
fn how_often() {
    assert_eq!(who(did("visit", json!({}))), ["ann", "bob", "dan"], "at least once");
    assert_eq!(who(did("visit", json!({"min": 2}))), ["bob"]);
    assert_eq!(who(did("visit", json!({"min": 2, "max": 2}))), Vec::<String>::new());
    assert_eq!(who(did("visit", json!({"min": 3, "max": 3}))), ["bob"]);
    assert_eq!(who(did("visit", json!({"max": 1}))), ["ann", "cat", "dan"], "not at all, too");
    assert_eq!(who(did("visit", json!({"max": 0}))), ["cat"]);
    assert_eq!(who(did("visit", json!({"min": "1.5"}))), ["bob"], "2 is more than 1.5");
    assert_eq!(who(json!({"did": {"min": 4}})), ["ann"], "any event");
}

#[test]
fn in_which_days() {
    let last =
        |amount: u32, ago: u32| json!({"window": {"last": {"amount": amount, "unit": "day", "ago": ago}}});
    assert_eq!(who(did("visit", last(3, 0))), ["bob", "dan"], "January 14 to 16");
    assert_eq!(who(did("visit", last(2, 0))), ["dan"]);
    assert_eq!(who(did("visit", last(14, 2))), ["ann", "bob"], "January 1 to 14");
    assert_eq!(who(did("visit", last(13, 2))), ["bob"], "January 2 to 14");
    let between = json!({"window": {"between": {"from": "2024-01-02", "to": "2024-01-13"}}, "min": 2});
    assert_eq!(who(did("visit", between)), ["bob"]);
    assert_eq!(who(did("purchase", json!({"window": {"firstDays": 7}, "min": 2}))), Vec::<String>::new());
    assert_eq!(who(did("purchase", json!({"window": {"firstDays": 8}, "min": 2}))), ["ann"], "days 1 to 8");
    let as_of = |day: &str| {
        behind(&shop(), &json!({"rule": did("visit", json!({"min": 2})), "asOf": day}), &json!("in"))
    };
    assert_eq!(as_of("2024-01-02"), ["bob"]);
    assert_eq!(as_of("2024-01-01"), Vec::<String>::new());
    let everybody = |day: &str| behind(&shop(), &json!({"asOf": day}), &json!("in"));
    assert_eq!(everybody("2024-01-02"), ["ann", "bob"], "who had come by then");
    let out = behind(&shop(), &json!({"rule": did("visit", json!({})), "asOf": "2024-01-03"}), &json!("out"));
    assert_eq!(out, ["cat"]);
}

#[test]
fn how_much() {
    let sum = |measure: Value, more: Value| {
        let mut of = json!({"measure": measure});
        for (key, value) in more.as_object().unwrap() {
            of[key] = value.clone();
        }
        who(json!({ "did": of }))
    };
    assert_eq!(sum(json!({"sum": "amount"}), json!({"min": "35.50"})), ["ann", "cat"]);
    assert_eq!(sum(json!({"sum": "amount"}), json!({"min": "35.51"})), ["cat"]);
    assert_eq!(sum(json!({"sum": "amount"}), json!({"max": 0})), ["bob", "dan"], "a sum of nothing is 0");
    assert_eq!(sum(json!("revenue"), json!({"min": 60, "max": 60})), ["cat"], "less the refund");
    // Ann's average is 35.50 / 3 = 11.833...
    assert_eq!(sum(json!({"average": "amount"}), json!({"min": "11.833333", "max": "11.833334"})), ["ann"]);
    assert_eq!(sum(json!({"average": "amount"}), json!({"max": "11.833333"})), Vec::<String>::new());
    assert_eq!(sum(json!({"average": "amount"}), json!({})), ["ann", "cat"], "nothing has no average");
    assert_eq!(sum(json!({"smallest": "amount"}), json!({"min": 5, "max": 5})), ["ann"]);
    assert_eq!(sum(json!({"largest": "amount"}), json!({"min": "20.5", "max": 100})), ["ann", "cat"]);
    assert_eq!(sum(json!({"distinct": "channel"}), json!({"min": 2})), ["ann", "bob"]);
    assert_eq!(sum(json!({"distinct": "channel"}), json!({"max": 0})), ["cat", "dan"], "empty is no value");
    assert_eq!(sum(json!({"distinct": "amount"}), json!({"min": 3, "max": 3})), ["ann"]);
    assert_eq!(sum(json!("days"), json!({"min": 3})), ["ann"]);
    assert_eq!(sum(json!("days"), json!({})), ["ann", "bob", "cat", "dan"]);
    assert_eq!(sum(json!("days"), json!({"max": 2})), ["bob", "cat", "dan"]);
}

#[test]
fn among_the_most() {
    let top = |of: Value| who(json!({ "top": of }));
    let purchases = json!({"events": ["purchase"]});
    assert_eq!(top(json!({"percent": 50, "event": purchases})), ["ann"], "one of the two who bought");
    assert_eq!(top(json!({"percent": "50.000001", "event": purchases})), ["ann", "cat"], "rounded up");
    assert_eq!(top(json!({"percent": 1, "event": purchases, "measure": "revenue"})), ["cat"]);
    assert_eq!(
        top(json!({"percent": 1, "lowest": true, "event": purchases, "measure": {"sum": "amount"}})),
        ["ann"]
    );
    let visits = json!({"events": ["visit"]});
    assert_eq!(
        top(json!({"percent": 34, "event": visits})),
        ["ann", "bob", "dan"],
        "as much as the last who is in"
    );
    assert_eq!(top(json!({"percent": 33, "event": visits})), ["bob"]);
    let none = json!({"percent": 10, "event": visits, "window": {"between": {"to": "2023-12-31"}}});
    assert_eq!(top(none), Vec::<String>::new());
}

#[test]
fn one_after_the_other() {
    let order = |of: Value| who(json!({ "sequence": of }));
    let steps = |names: &[&str]| -> Value { names.iter().map(|name| json!({"events": [name]})).collect() };
    assert_eq!(order(json!({"steps": steps(&["visit", "purchase"])})), ["ann"]);
    assert_eq!(order(json!({"steps": steps(&["purchase", "visit"])})), Vec::<String>::new());
    assert_eq!(order(json!({"steps": steps(&["purchase", "purchase", "purchase"])})), ["ann"], "three rows");
    assert_eq!(
        order(json!({"steps": steps(&["purchase", "purchase", "purchase", "purchase"])})),
        Vec::<String>::new()
    );
    let within = |amount: u32, unit: &str| {
        order(json!({"steps": steps(&["purchase", "purchase"]), "within": {"amount": amount, "unit": unit}}))
    };
    assert_eq!(within(7, "day"), ["ann"], "bounds included");
    assert_eq!(within(167, "hour"), Vec::<String>::new());
    let later = json!({"steps": steps(&["visit", "visit"]), "within": {"amount": 30, "unit": "minute"},
        "window": {"between": {"from": "2024-01-03"}}});
    assert_eq!(order(later), Vec::<String>::new(), "both in the days");
    assert_eq!(
        order(json!({"steps": steps(&["visit", "visit"]), "within": {"amount": 30, "unit": "minute"}})),
        ["bob"]
    );
}

#[test]
fn first_last_regular_stopped_again() {
    let since = |day: &str| json!({"between": {"from": day}});
    let once = |kind: &str, event: &str, window: Value| {
        who(json!({kind: {"event": {"events": [event]}, "window": window}}))
    };
    assert_eq!(once("first", "visit", since("2024-01-02")), ["bob", "dan"]);
    assert_eq!(once("first", "visit", since("2024-01-03")), ["dan"]);
    let until = |day: &str| json!({"between": {"to": day}});
    assert_eq!(once("first", "purchase", until("2024-01-01")), ["ann"]);
    assert_eq!(once("last", "visit", until("2024-01-14")), ["ann", "bob"]);
    assert_eq!(once("last", "visit", until("2024-01-13")), ["ann"]);
    assert_eq!(once("last", "purchase", json!({"firstDays": 1})), ["cat"], "ann bought later too");
    assert_eq!(once("first", "purchase", json!({"firstDays": 1})), ["ann", "cat"]);
    // The weeks that end on January 16 begin on the 10th, the 3rd, ...
    let regularly = |at_least: u32, periods: u32, times: u32| {
        who(json!({"regularly": {"event": {"events": ["purchase"]}, "times": times,
            "period": {"amount": 1, "unit": "week"}, "periods": periods, "atLeast": at_least}}))
    };
    assert_eq!(regularly(2, 2, 1), ["ann"]);
    assert_eq!(regularly(3, 3, 1), ["ann"]);
    assert_eq!(regularly(1, 3, 1), ["ann", "cat"]);
    assert_eq!(regularly(1, 3, 2), Vec::<String>::new());
    let stopped = |silent: u32, before: Option<u32>| {
        let before = before.map(|amount| json!({"amount": amount, "unit": "day"}));
        let mut of = json!({"event": {"events": ["visit"]}, "silent": {"amount": silent, "unit": "day"}});
        before.into_iter().for_each(|before| of["before"] = before);
        who(json!({ "stopped": of }))
    };
    assert_eq!(stopped(2, None), ["ann", "bob"], "not on January 15 and 16");
    assert_eq!(stopped(3, None), ["ann"]);
    assert_eq!(stopped(2, Some(1)), ["bob"], "on January 14");
    assert_eq!(stopped(2, Some(13)), ["bob"], "January 2 to 14");
    assert_eq!(stopped(2, Some(14)), ["ann", "bob"]);
    let again = |recent: u32, silent: u32| {
        who(json!({"restarted": {"event": {"events": ["visit"]}, "recent": {"amount": recent, "unit": "day"},
            "silent": {"amount": silent, "unit": "day"}}}))
    };
    assert_eq!(again(3, 11), ["bob"], "January 3 to 13 without");
    assert_eq!(again(3, 12), Vec::<String>::new(), "nothing before January 2");
    assert_eq!(again(2, 5), Vec::<String>::new());
}

#[test]
fn what_is_known() {
    let is = |condition: Value, which: &str| who(json!({"is": {"condition": condition, "which": which}}));
    assert_eq!(is(json!({"column": "city", "in": ["Paris"]}), "any"), ["ann", "cat"]);
    assert_eq!(is(json!({"column": "city", "in": ["Paris"]}), "last"), ["ann", "cat"], "users have one");
    assert_eq!(is(json!({"column": "age", "min": 41}), "any"), ["bob"]);
    assert_eq!(is(json!({"column": "channel", "in": ["app"]}), "any"), ["ann", "bob"]);
    assert_eq!(is(json!({"column": "channel", "in": ["app"]}), "first"), ["bob"]);
    assert_eq!(is(json!({"column": "channel", "in": ["app"]}), "last"), ["ann"]);
    assert_eq!(
        is(json!({"column": "channel", "notIn": ["app"]}), "last"),
        ["bob"],
        "of an empty cell nothing is known"
    );
    assert_eq!(is(json!({"column": "page", "in": ["cart"]}), "last"), Vec::<String>::new());
    assert_eq!(is(json!({"column": "amount", "min": 100}), "first"), ["cat"]);
    let segment = |segment: Value| who(json!({ "segment": segment }));
    assert_eq!(segment(json!({"users": ["dan", "stranger"]})), ["dan"]);
    assert_eq!(segment(json!({"analysis": "rfm", "cell": "all"})), ["ann", "cat"]);
    let inner =
        json!({"analysis": "rule", "params": {"rule": did("visit", json!({"min": 2}))}, "cell": "in"});
    assert_eq!(segment(inner), ["bob"]);
}

#[test]
fn groups_of_other_questions() {
    let engine = shop();
    for group in Group::ALL {
        for value in group.values() {
            let definition = group.definition(&value);
            let own = json!({
                "analysis": definition.analysis, "users": {"cell": definition.cell, "limit": 100},
                "params": definition.params.clone().unwrap_or_else(|| json!({})),
            });
            // There are fewer clusters than are offered.
            let Ok(page) = engine.run(&own.to_string()) else {
                assert_eq!(group, Group::Cluster, "{own}");
                continue;
            };
            let page: Value = serde_json::from_str(&page).unwrap();
            let mut listed: Vec<&str> =
                page["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap()).collect();
            listed.sort_unstable();
            assert_eq!(who(json!({"segment": definition})), listed, "{group:?} {value}");
        }
    }
    // Of two buyers one is better, and scores spread from 1 up.
    let buyers = who(json!({"segment": Group::Recency.definition("1-4")}));
    let best = who(json!({"segment": Group::Recency.definition("5")}));
    assert_eq!(buyers.len() + best.len(), 2);
}

#[test]
fn segments_follow_the_day_of_their_rule() {
    let engine = shop();
    let at = |day: Value, segment: &Value| {
        behind(&engine, &json!({"rule": {"any": [{"segment": segment}]}, "asOf": day}), &json!("in"))
    };
    let visits = |more: Value| {
        let mut params = json!({"rule": did("visit", json!({"min": 2}))});
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"analysis": "rule", "params": params, "cell": "in"})
    };
    let plain = visits(json!({}));
    assert_eq!(at(json!("2024-01-01"), &plain), Vec::<String>::new(), "nobody had two by then");
    assert_eq!(at(json!("2024-01-02"), &plain), ["bob"]);
    let own = visits(json!({"asOf": "2024-01-01"}));
    assert_eq!(at(json!("2024-01-02"), &own), Vec::<String>::new(), "a day of its own stays");
    let nested = json!({"analysis": "rule", "params": {"rule": {"segment": plain}}, "cell": "in"});
    assert_eq!(at(json!("2024-01-01"), &nested), Vec::<String>::new(), "through another rule");
    assert_eq!(at(Value::Null, &nested), ["bob"]);
    let filtered = json!({"analysis": "overview", "cell": "users", "filter": {"all": [{"segment": plain}]}});
    assert_eq!(at(json!("2024-01-01"), &filtered), Vec::<String>::new(), "through a filter");
    assert_eq!(at(json!("2024-01-02"), &filtered), ["bob"]);
}

#[test]
fn and_or_not() {
    let (visit, buy) = (did("visit", json!({})), did("purchase", json!({})));
    assert_eq!(who(json!({"all": [visit, buy]})), ["ann"]);
    assert_eq!(who(json!({"any": [visit, buy]})), ["ann", "bob", "cat", "dan"]);
    assert_eq!(who(json!({"not": visit})), ["cat"]);
    assert_eq!(
        who(json!({"all": [{"any": [visit, buy]}, {"not": {"all": [visit, buy]}}]})),
        ["bob", "cat", "dan"]
    );
    assert_eq!(who(json!({"all": []})), ["ann", "bob", "cat", "dan"]);
    assert_eq!(who(json!({"any": []})), Vec::<String>::new());
}

#[test]
fn each_condition_is_counted_alone_and_opens_into_its_users() {
    let engine = shop();
    let rule = json!({"all": [did("visit", json!({})), {"not": did("purchase", json!({}))}, {"any": []}]});
    let params = json!({"rule": rule});
    let report = &answer(&engine, &json!({"analysis": "rule", "params": params}))["report"];
    assert_eq!((&report["users"], &report["asked"]), (&json!(0), &json!(4)));
    assert_eq!(report["nodes"], json!([0, 3, 2, 2, 0]), "and, visit, not, purchase, or");
    let of = |node: usize| behind(&engine, &params, &json!({"node": node}));
    assert_eq!(
        (of(1), of(2), of(3)),
        (
            ["ann", "bob", "dan"].map(str::to_owned).to_vec(),
            ["bob", "dan"].map(str::to_owned).to_vec(),
            ["ann", "cat"].map(str::to_owned).to_vec(),
        )
    );
    let beyond = json!({"analysis": "rule", "params": params, "users": {"cell": {"node": 5}}});
    let error = engine.run(&beyond.to_string()).unwrap_err();
    assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::BadValue, Some("users.cell.node")));
}

#[test]
fn examples_say_what_decided() {
    let engine = shop();
    let rule = json!({"all": [did("visit", json!({"min": 1})),
        {"did": {"measure": {"average": "amount"}}}, {"segment": {"users": ["ann"]}}]});
    let report = &answer(&engine, &json!({"analysis": "rule", "params": {"rule": rule}}))["report"];
    let amount = json!({"amount": {"units": 118_333, "scale": 4}});
    let expected = json!([{"user": "ann", "conditions": [
        {"node": 1, "met": true, "figure": {"count": 1}},
        {"node": 2, "met": true, "figure": amount},
        {"node": 3, "met": true}]}]);
    assert_eq!(report["examples"], expected);
    let everybody = &answer(&engine, &json!({"analysis": "rule"}))["report"];
    assert_eq!(everybody["examples"].as_array().unwrap().len(), 4);
}

#[test]
fn examples_are_spread_over_all_users() {
    let rows: String = (0..100).map(|user| format!("u{user},2024-01-01\n")).collect();
    let engine = engine(&[("rows.csv", &format!("user_id,date\n{rows}"))]);
    let report = &answer(&engine, &json!({"analysis": "rule"}))["report"];
    let users: Vec<&str> = report["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|example| example["user"].as_str().unwrap())
        .collect();
    assert_eq!(users, ["u0", "u20", "u40", "u60", "u80"]);
}

#[test]
fn why_a_user_is_in() {
    let engine = shop();
    let rule = json!({"any": [did("purchase", json!({"min": 2})), {"segment": {"users": ["bob"]}}]});
    let why = |user: &str, as_of: Value| {
        let mut params = json!({"rule": rule});
        params["asOf"] = as_of;
        let why = json!({"cell": "in", "user": user, "offset": 0, "limit": 50});
        answer(&engine, &json!({"analysis": "rule", "params": params, "why": why}))
    };
    let keys = |why: &Value| -> Vec<String> {
        why["facts"].as_array().unwrap().iter().map(|fact| fact["key"].as_str().unwrap().to_owned()).collect()
    };
    let ann = why("ann", Value::Null);
    assert_eq!(
        (&ann["counted"], keys(&ann)),
        (&json!(true), vec!["rule_met_figure".into(), "rule_unmet".into()])
    );
    assert_eq!(ann["facts"][0]["values"][1], json!(["figure", {"count": 3}]));
    let roles: Vec<&Value> = ann["rows"].as_array().unwrap().iter().map(|row| &row["roles"]).collect();
    assert_eq!(roles[0], &Value::Null, "a visit decides nothing");
    assert_eq!(roles[1], &json!([["condition", 1]]));
    let bob = why("bob", Value::Null);
    assert_eq!(
        (&bob["counted"], keys(&bob)),
        (&json!(true), vec!["rule_unmet_figure".into(), "rule_met".into()])
    );
    let dan = why("dan", json!("2024-01-15"));
    assert_eq!((&dan["counted"], keys(&dan)), (&json!(false), vec!["rule_unseen".to_owned()]));
}

#[test]
fn refusals_name_the_place() {
    let engine = shop();
    let refused = |rule: Value| {
        let error =
            engine.run(&json!({"analysis": "rule", "params": {"rule": rule}}).to_string()).unwrap_err();
        (error.kind, error.path.clone().unwrap_or_default())
    };
    let place = |rule: Value, path: &str| {
        assert_eq!(refused(rule), (ErrorKind::BadValue, format!("params.rule{path}")));
    };
    place(did("visti", json!({})), ".did.event.events[0]");
    place(json!({"all": [{"not": did("visti", json!({}))}]}), ".all[0].not.did.event.events[0]");
    place(did("visit", json!({"min": 3, "max": 2})), ".did.min");
    place(did("visit", json!({"min": "many"})), ".did.min");
    place(did("visit", json!({"max": "0.1234567"})), ".did.max");
    place(did("visit", json!({"window": {"last": {"amount": 0, "unit": "day"}}})), ".did.window.last.amount");
    place(json!({"top": {"percent": 0}}), ".top.percent");
    place(json!({"top": {"percent": "100.1"}}), ".top.percent");
    place(json!({"top": {"percent": -1}}), ".top.percent");
    place(json!({"sequence": {"steps": [{}]}}), ".sequence.steps");
    place(json!({"sequence": {"steps": vec![json!({}); 11]}}), ".sequence.steps");
    place(json!({"sequence": {"steps": [{}, {"events": ["x"]}]}}), ".sequence.steps[1].events[0]");
    place(
        json!({"sequence": {"steps": [{}, {}], "within": {"amount": 0, "unit": "day"}}}),
        ".sequence.within.amount",
    );
    let regularly = |name: &str, number: u32| {
        let mut of = json!({"event": {}, "times": 1, "periods": 4, "atLeast": 2});
        of[name] = json!(number);
        json!({ "regularly": of })
    };
    place(regularly("times", 0), ".regularly.times");
    place(regularly("periods", 61), ".regularly.periods");
    place(regularly("atLeast", 5), ".regularly.atLeast");
    place(regularly("atLeast", 0), ".regularly.atLeast");
    let none = json!({"amount": 0, "unit": "day"});
    place(json!({"regularly": {"period": none}}), ".regularly.period.amount");
    place(json!({"stopped": {"silent": none}}), ".stopped.silent.amount");
    place(json!({"stopped": {"before": none}}), ".stopped.before.amount");
    place(json!({"restarted": {"recent": none}}), ".restarted.recent.amount");
    place(json!({"restarted": {"silent": none}}), ".restarted.silent.amount");
    place(json!({"is": {"condition": {"column": "city", "min": 2}, "which": "last"}}), ".is.condition.min");
    place(json!({"is": {"condition": {"column": "amount", "in": ["x"]}}}), ".is.condition.in");
    let nested =
        |groups: usize| (1..groups).fold(json!({"all": []}), |inner, _| json!({"any": [{"not": inner}]}));
    place(nested(9), "");
    let deep = json!({"analysis": "rule", "params": {"rule": nested(8)}});
    assert!(engine.run(&deep.to_string()).is_ok(), "eight groups, negated ones too");
    place(json!({"all": vec![json!({"all": []}); 200]}), "");
    let column = json!({"did": {"measure": {"sum": "price"}}});
    assert_eq!(refused(column), (ErrorKind::UnknownColumn, "params.rule.did.measure".to_owned()));
    let text = json!({"did": {"measure": {"sum": "channel"}}});
    assert_eq!(refused(text).0, ErrorKind::UnknownColumn, "texts have no sum");
    let city = json!({"is": {"condition": {"column": "town", "in": ["x"]}}});
    assert_eq!(refused(city), (ErrorKind::UnknownColumn, "params.rule.is.condition.column".to_owned()));
    let segment = json!({"segment": {"analysis": "rfm", "cell": "al"}});
    assert_eq!(refused(segment), (ErrorKind::BadValue, "params.rule.segment.cell".to_owned()));
    let many: Vec<Value> = (0..33)
        .map(|number| json!({"did": {"event": {"all": [{"column": "amount", "min": number}]}}}))
        .collect();
    place(json!({ "all": many }), ".all[32].did.event");
    let kinds = json!({"did": {"event": {}, "times": 3}});
    assert_eq!(refused(kinds), (ErrorKind::UnknownField, "params.rule.did.times".to_owned()));
}

#[test]
fn without_money_revenue_is_refused() {
    let engine = engine(&[("visits.csv", "user_id,date,event\na,2024-01-01,visit\n")]);
    let request = json!({"analysis": "rule", "params": {"rule": {"did": {"measure": "revenue"}}}});
    let error = engine.run(&request.to_string()).unwrap_err();
    assert_eq!(
        (error.kind, error.path.as_deref()),
        (ErrorKind::MissingRole, Some("params.rule.did.measure"))
    );
}

#[test]
fn saved_segments_are_named_in_requests() {
    let engine = shop();
    let loud = json!({"analysis": "rule", "params": {"rule": did("visit", json!({"min": 2}))}, "cell": "in"});
    let quiet = json!({"analysis": "rule", "params": {"rule": {"not": {"segment": {"saved": "Loud"}}}}, "cell": "in"});
    let request = |segments: Value| json!({"analysis": "overview", "segments": segments, "filter": {"all": [{"segment": {"saved": "Quiet"}}]}});
    let outcome = answer(&engine, &request(json!({"Loud": loud, "Quiet": quiet})));
    assert_eq!(outcome["population"]["users"], 3);
    let circle =
        json!({"analysis": "rule", "params": {"rule": {"segment": {"saved": "Quiet"}}}, "cell": "in"});
    let error = engine.run(&request(json!({"Loud": circle, "Quiet": quiet})).to_string()).unwrap_err();
    assert_eq!((error.kind, error.found.as_deref()), (ErrorKind::SegmentCycle, Some("Quiet → Loud → Quiet")));
    let error = engine.run(&request(json!({"Loud": loud})).to_string()).unwrap_err();
    assert_eq!((error.kind, error.expected.as_deref()), (ErrorKind::BadValue, Some("Loud")));
}

#[test]
fn a_filter_narrows_what_is_counted() {
    let engine = shop();
    let filter = json!({"all": [{"column": "channel", "in": ["app"]}]});
    let rule = json!({"all": [did("purchase", json!({"min": 2}))]});
    let request = json!({"analysis": "rule", "params": {"rule": rule}, "filter": filter});
    let report = &answer(&engine, &request)["report"];
    assert_eq!((&report["users"], &report["asked"]), (&json!(1), &json!(2)), "ann of ann and bob");
}
