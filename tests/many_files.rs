//! Several files of several kinds are one picture: what counts, and what does not count twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use strata::dataset::audit::Duplicates;
use strata::engine::Engine;
use strata::engine::loader::{Loader, Way, inspect, load};
use strata::engine::request::{FileOptions, OpenOptions};
use strata::error::ErrorKind;
use strata::ingest::encoding::Native;
use strata::ingest::ledger::{Notice, Reason};
use strata::ingest::mapping::{FileKind, Mapping, Refunds};
use strata::privacy::personal::Personal;

const EVENTS: &str = "user_id,event,time,amount\n\
    a,visit,2024-01-01 10:00:00,\n\
    a,purchase,2024-01-01 10:05:00,10.00\n\
    b,visit,2024-01-02 11:00:00,\n\
    c,visit,2024-01-03 12:00:00,\n";
const ORDERS: &str = "buyer,order_id,pay_time,quantity,price\n\
    a,o1,2024-01-01 10:05:00,2,5.00\n\
    b,o2,2024-01-04 09:00:00,3,1.25\n\
    b,o3,2024-01-05 09:00:00,-1,1.25\n";
const USERS: &str = "user_id,level\na,gold\nb,silver\nz,gold\n";
const IDS: &str = "user_id,openid\na,c\n";

fn overview(files: &[(&str, &str)], options: &OpenOptions, filter: &str) -> Value {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let mut engine = Engine::default();
    engine.hold(load(&files, options).unwrap());
    let request = format!(r#"{{"analysis":"overview","filter":{{"all":[{filter}]}}}}"#);
    serde_json::from_str::<Value>(&engine.run(&request).unwrap()).unwrap()["report"].clone()
}

fn figures(report: &Value) -> (u64, u64, u64, i64) {
    let number = |name: &str| report[name].as_u64().unwrap();
    let revenue = &report["grossRevenue"];
    let scale = 10i64.pow(2 - u32::try_from(revenue["scale"].as_u64().unwrap()).unwrap());
    (number("users"), number("buyers"), number("orders"), revenue["units"].as_i64().unwrap() * scale)
}

#[test]
fn beside_orders_the_events_count_no_purchases() {
    let files = [("events.csv", EVENTS), ("orders.csv", ORDERS)];
    // Three users; a and b bought: 2 x 5.00 and 3 x 1.25. The line of -1 is a refund.
    assert_eq!(figures(&overview(&files, &OpenOptions::default(), "")), (3, 2, 2, 1375));
    // A mapping that an earlier reading of the events alone has completed changes nothing.
    let mapping = Mapping {
        user: Some("user_id".into()),
        time: Some("time".into()),
        event: Some("event".into()),
        value: Some("amount".into()),
        purchase_events: Some(vec!["purchase".into()]),
        refund_events: Some(Vec::new()),
        ..Mapping::default()
    };
    let of_events =
        FileOptions { file: "events.csv".into(), mapping: Some(mapping), ..FileOptions::default() };
    let options = OpenOptions { files: vec![of_events], ..OpenOptions::default() };
    assert_eq!(figures(&overview(&files, &options, "")), (3, 2, 2, 1375));
    // Alone, each counts its own.
    assert_eq!(figures(&overview(&files[..1], &options, "")), (3, 1, 1, 1000));
    assert_eq!(figures(&overview(&files[1..], &OpenOptions::default(), "")), (2, 2, 2, 1375));
}

#[test]
fn attributes_filter_and_ids_merge() {
    let files = [("events.csv", EVENTS), ("users.csv", USERS), ("ids.csv", IDS)];
    let all = overview(&files, &OpenOptions::default(), "");
    assert_eq!(figures(&all), (2, 1, 1, 1000), "a and c are one");
    let gold = overview(&files, &OpenOptions::default(), r#"{"column":"level","in":["gold"]}"#);
    assert_eq!((figures(&gold), gold["rows"].as_u64()), ((1, 1, 1, 1000), Some(3)));
}

#[test]
fn files_beside_nothing_are_refused_by_name() {
    let error = load(&[("users.csv", USERS.as_bytes())], &OpenOptions::default()).unwrap_err();
    assert_eq!((error.kind, error.file.as_deref()), (ErrorKind::NoLog, Some("users.csv")));
}

#[test]
fn conflicts_of_ids_name_their_rows() {
    // A row with too few fields, a blank line that is no row, and a second file.
    let first = "user_id,phone\na,p1\nonly one\n\nb,p2\nc,p1\n";
    let second = "user_id,phone\nd,p4\ne,p2\n";
    let files: [(&str, &[u8]); 3] =
        [("events.csv", EVENTS.as_bytes()), ("ids.csv", first.as_bytes()), ("more.csv", second.as_bytes())];
    let log = load(&files, &OpenOptions::default()).unwrap();
    let identity = log.joins.identity.as_ref().unwrap();
    let told: Vec<(&str, u64, &str)> = identity
        .conflict_examples
        .iter()
        .map(|conflict| (conflict.file.as_str(), conflict.row, conflict.id.as_str()))
        .collect();
    // Row 3 is set aside; a blank line has no number.
    assert_eq!(told, [("ids.csv", 5, "p1"), ("more.csv", 3, "p2")]);
}

#[test]
fn rows_set_aside_after_reading_name_their_rows() {
    let events = "user_id,event,time\na,visit,2024-01-01\nb,visit,soon\na,visit,2024-01-01\n";
    let more = "user_id,event,time\na,visit,2024-01-01\nc,visit,2024-01-02\n";
    let costs = "date,channel,cost\n2024-01-01,x,1\n,x,2\n2024-01-02,x,-3\n";
    let files: [(&str, &[u8]); 3] =
        [("1.csv", events.as_bytes()), ("2.csv", more.as_bytes()), ("costs.csv", costs.as_bytes())];
    let options = OpenOptions { duplicates: Duplicates::Drop, ..OpenOptions::default() };
    let log = load(&files, &options).unwrap();
    let rows = |file: usize| -> Vec<(Reason, u64)> {
        assert!(log.ledgers[file].adds_up());
        log.ledgers[file].set_aside.iter().map(|entry| (entry.reason, entry.first_row)).collect()
    };
    assert_eq!(rows(0), [(Reason::BadTime, 3), (Reason::Duplicate, 4)]);
    assert_eq!(rows(1), [(Reason::Duplicate, 2)]);
    assert_eq!(rows(2), [(Reason::NoTime, 3), (Reason::OutOfRange, 4)]);
}

#[test]
fn groups_without_rows_are_no_fault() {
    let head = EVENTS.as_bytes();
    let options = OpenOptions::default();
    let inspection = inspect("a.parquet", 1000, head, &options, &Native).unwrap();
    let mut loader = Loader::new(1000, &options, u64::MAX).unwrap();
    loader.add(&inspection, Way::Groups(2)).unwrap();
    for group in 0..2 {
        loader.take_group(0, group, group, Vec::new()).unwrap();
    }
    assert_eq!(loader.finish().unwrap_err().kind, ErrorKind::NoRows);
}

#[test]
fn personal_columns_are_told_file_by_file() {
    let rows = |cells: &[&str]| -> String {
        let rows = cells.iter().enumerate().map(|(user, cell)| format!("u{user},visit,2024-01-01,{cell}\n"));
        "user_id,event,time,contact\n".to_owned() + &rows.collect::<String>()
    };
    // Two files of one kind whose columns have the same name.
    let phones = rows(&["13800138000", "15912345678", "18612345678", "13912345678"]);
    let channels = rows(&["mail", "shop", "call", "mail"]);
    let ids = "user_id,mobile\nm1,13800138000\nm2,15912345678\nm3,18612345678\n";
    let files: [(&str, &[u8]); 3] =
        [("1.csv", channels.as_bytes()), ("2.csv", phones.as_bytes()), ("ids.csv", ids.as_bytes())];
    let mapping = Mapping {
        user: Some("user_id".into()),
        time: Some("time".into()),
        event: Some("event".into()),
        attributes: vec!["contact".into()],
        ..Mapping::default()
    };
    let files_options = vec![own("1.csv", mapping.clone()), own("2.csv", mapping)];
    let options = OpenOptions { files: files_options, ..OpenOptions::default() };
    let log = load(&files, &options).unwrap();
    let told = |file: usize| -> Vec<(&str, Personal)> {
        log.ledgers[file].personal.iter().map(|column| (column.column.as_str(), column.kind)).collect()
    };
    assert_eq!(told(0), []);
    assert_eq!(told(1), [("contact", Personal::Phone)]);
    assert_eq!(told(2), [("mobile", Personal::Phone)]);
    let opened = Engine::default().hold(log);
    assert_eq!(opened.personal.len(), 2);
}

fn own(file: &str, mapping: Mapping) -> FileOptions {
    FileOptions { file: file.into(), mapping: Some(mapping), ..FileOptions::default() }
}

#[test]
fn each_file_of_orders_has_its_own_rule_of_refunds() {
    let shop = "buyer,pay_time,paid,status\na,2024-01-01,10.00,paid\na,2024-01-02,10.00,returned\n";
    let till =
        "buyer,receipt,pay_time,paid\nb,7,2024-01-01,5.00\nb,C8,2024-01-02,5.00\nc,9,2024-01-02,-1.00\n";
    let orders = Mapping {
        kind: FileKind::Orders,
        user: Some("buyer".into()),
        time: Some("pay_time".into()),
        value: Some("paid".into()),
        ..Mapping::default()
    };
    let status = Refunds::StatusColumn { column: "status".into(), values: vec!["returned".into()] };
    let prefix = Refunds::OrderPrefix { prefix: "C".into() };
    let options = OpenOptions {
        files: vec![
            own("shop.csv", Mapping { refunds: status, attributes: vec!["status".into()], ..orders.clone() }),
            own("till.csv", Mapping { order: Some("receipt".into()), refunds: prefix, ..orders }),
        ],
        ..OpenOptions::default()
    };
    for files in [[("shop.csv", shop), ("till.csv", till)], [("till.csv", till), ("shop.csv", shop)]] {
        let report = overview(&files, &options, "");
        // 10.00, 5.00 and, because the till's rule looks at ids only, a purchase of -1.00; the others were given back.
        assert_eq!(figures(&report), (3, 3, 3, 1400), "{files:?}");
    }
}

#[test]
fn amounts_beside_named_events_are_purchases() {
    let named = "user_id,event,time,amount\na,visit,2024-01-01,\na,purchase,2024-01-02,3.00\n";
    let unnamed = "user_id,time,amount\nb,2024-01-01,2.00\nb,2024-01-03,-2.00\n";
    let logins = "user_id,time\nc,2024-01-01\n";
    let mapping = |event: bool, value: bool| Mapping {
        user: Some("user_id".into()),
        time: Some("time".into()),
        event: event.then(|| "event".into()),
        value: value.then(|| "amount".into()),
        ..Mapping::default()
    };
    let options = OpenOptions {
        files: vec![
            own("named.csv", mapping(true, true)),
            own("unnamed.csv", mapping(false, true)),
            own("logins.csv", mapping(false, false)),
        ],
        ..OpenOptions::default()
    };
    let files = [("named.csv", named), ("unnamed.csv", unnamed), ("logins.csv", logins)];
    assert_eq!(figures(&overview(&files, &options, "")), (3, 2, 2, 500));
}

#[test]
fn a_further_file_brings_its_own_names_of_events() {
    let first = "user_id,event,time,amount\na,visit,2024-01-01,\na,pay,2024-01-02,3.00\n\
        a,order,2024-01-02,3.00\n";
    let same = "user_id,event,time,amount\nb,purchase,2024-01-01,2.00\n";
    let other = "uid,action,day,sum\nc,购买,2024-01-01,1.00\nc,pay,2024-01-02,1.00\n";
    // As an earlier reading of the first alone has completed it, with `order` left out by somebody.
    let completed = Mapping {
        user: Some("user_id".into()),
        time: Some("time".into()),
        event: Some("event".into()),
        value: Some("amount".into()),
        purchase_events: Some(vec!["pay".into()]),
        refund_events: Some(Vec::new()),
        ..Mapping::default()
    };
    let guessed = Mapping {
        user: Some("uid".into()),
        time: Some("day".into()),
        event: Some("action".into()),
        value: Some("sum".into()),
        ..Mapping::default()
    };
    let fresh = Mapping { purchase_events: None, refund_events: None, ..completed.clone() };
    let options = OpenOptions {
        files: vec![own("first.csv", completed), own("same.csv", fresh), own("other.csv", guessed)],
        ..OpenOptions::default()
    };
    let files = [("first.csv", first), ("same.csv", same), ("other.csv", other)];
    assert_eq!(figures(&overview(&files[..1], &options, "")), (1, 1, 1, 300));
    assert_eq!(figures(&overview(&files[..2], &options, "")), (2, 2, 2, 500));
    assert_eq!(figures(&overview(&files, &options, "")), (3, 3, 4, 700));
}

#[test]
fn attributes_of_one_name_have_one_type() {
    let numbers = "user_id,event,time,shop\na,visit,2024-01-01,12\nb,visit,2024-01-02,7\n";
    let texts = "user_id,event,time,shop\nc,visit,2024-01-01,A7\nd,visit,2024-01-03,12\n";
    for files in [[("1.csv", numbers), ("2.csv", texts)], [("2.csv", texts), ("1.csv", numbers)]] {
        let bytes: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        // As the page has it: each file with its own guess.
        let guess = |(name, text): &(&str, &[u8])| {
            let found = inspect(name, text.len() as u64, text, &OpenOptions::default(), &Native).unwrap();
            own(name, found.mapping)
        };
        let options = OpenOptions { files: bytes.iter().map(guess).collect(), ..OpenOptions::default() };
        let log = load(&bytes, &options).unwrap();
        let names: Vec<&str> = log.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["event", "shop"]);
        let report = overview(&files, &options, r#"{"column":"shop","in":["12"]}"#);
        assert_eq!((report["users"].as_u64(), report["rows"].as_u64()), (Some(2), Some(2)));
        for ledger in &log.ledgers {
            let told = Notice::TextElsewhere { column: "shop".into(), file: "2.csv".into() };
            let told = if ledger.file == "1.csv" { vec![told] } else { Vec::new() };
            assert_eq!(ledger.notices, told);
        }
    }
}
