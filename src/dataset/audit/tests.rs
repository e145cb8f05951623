use std::collections::{BTreeMap, BTreeSet};

use super::super::calendar::WeekStart;
use super::super::testing::{days, log, mapping, numbers, table, texts};
use super::*;
use crate::ingest::mapping::FileKind;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn what_is_striking_by_hand() {
    let log = log(vec![
        texts("user", Role::User, &["a", "b", "a", "a", "b", "c", "a"]),
        days(
            "day",
            Role::Time,
            &[
                "2024-01-01",
                "2024-01-03",
                "2024-01-01",
                "2024-01-01",
                "2024-01-09",
                "1970-01-01",
                "2030-01-01",
            ],
        ),
        texts("event", Role::Event, &["buy", "buy", "buy", "look", "refund", "look", "look"]),
        texts("order", Role::Order, &["1", "1", "1", "", "1", "", ""]),
        numbers("amount", Role::Value, &["5", "7", "5", "", "7", "", ""]),
    ]);
    let audit = log.audit(Some(day("2024-06-01")));
    assert_eq!((audit.rows, audit.users, audit.duplicates), (7, 3, 1));
    let twice = Repeated { user: "a".into(), day: day("2024-01-01"), event: Some("buy".into()), times: 2 };
    assert_eq!(audit.duplicate_examples, [twice]);
    assert_eq!(audit.events, [("buy".into(), 3), ("look".into(), 3), ("refund".into(), 1)]);
    assert_eq!((audit.orders_of_several_users.count, audit.orders_on_several_days.count), (1, 1));
    assert_eq!(audit.orders_of_several_users.first, ["1"]);
    assert_eq!((audit.rows_in_future, audit.rows_before_1990, audit.gaps), (1, 1, 4));
    assert_eq!(audit.gap_spans[1], (day("2024-01-02"), day("2024-01-02")));
    assert_eq!(log.audit(None).rows_in_future, 0);
    assert_eq!(EARLIEST, day("1990-01-01"));
}

#[test]
fn copies_in_two_files_are_set_aside_in_theirs() {
    let columns = vec![
        texts("user", Role::User, &["a", "b", "b", "a", "a"]),
        days("day", Role::Time, &["2024-01-01", "2024-01-02", "2024-01-02", "2024-01-01", "2024-01-05"]),
    ];
    let mapping = mapping(FileKind::Events, &columns);
    let mut rows = table(FileKind::Events, columns);
    rows.ledgers = [("one.csv", 2), ("two.csv", 3)]
        .map(|(file, rows)| Ledger {
            file: file.into(),
            rows_read: rows,
            rows_used: rows,
            ..Ledger::default()
        })
        .to_vec();
    let log =
        EventLog::with_duplicates(rows, mapping, Zone::utc(), WeekStart::Monday, Duplicates::Drop).unwrap();
    let told: Vec<_> =
        log.ledgers.iter().map(|ledger| (ledger.rows_used, ledger.users, ledger.time_range)).collect();
    let expected = [
        (2, Some(2), Some((day("2024-01-01"), day("2024-01-02")))),
        (1, Some(2), Some((day("2024-01-01"), day("2024-01-05")))),
    ];
    assert_eq!(told, expected);
    let aside = &log.ledgers[1].set_aside[0];
    assert_eq!((aside.reason, aside.rows), (Reason::Duplicate, 2));
    let found: Vec<_> = aside.examples.iter().map(|example| example.found.as_deref()).collect();
    assert_eq!(found, [Some("b"), Some("a")], "in the order of the file");
    assert!(log.ledgers.iter().all(Ledger::adds_up));
    assert_eq!((log.rows(), log.offsets.clone()), (3, vec![0, 2, 3]));
}

type Row = (usize, i32, &'static str, i64, usize);

/// Few different values, so that copies are frequent; sometimes many rows of one user on one day.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let event = prop::sample::select(vec!["buy", "look", "refund"]);
    let row = (0usize..3, 0i32..12, event.clone(), 0i64..3, 0usize..4);
    let crowded = (Just(0usize), Just(3), event, 0i64..4, 0usize..3);
    prop_oneof![3 => prop::collection::vec(row, 1..40), 1 => prop::collection::vec(crowded, 17..60)]
}

const ORDERS: [&str; 4] = ["", "o1", "o2", "o3"];

fn columns(rows: &[Row]) -> Vec<Column> {
    let users: Vec<String> = rows.iter().map(|row| format!("u{}", row.0)).collect();
    let when: Vec<String> = rows.iter().map(|row| Day(19_700 + row.1).to_string()).collect();
    let amounts: Vec<String> = rows.iter().map(|row| row.3.to_string()).collect();
    vec![
        texts("user", Role::User, &users),
        days("day", Role::Time, &when),
        texts("event", Role::Event, &rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        numbers("amount", Role::Value, &amounts),
        texts("order", Role::Order, &rows.iter().map(|row| ORDERS[row.4]).collect::<Vec<_>>()),
    ]
}

/// All that a log holds, row by row.
fn cells(log: &EventLog) -> Vec<(String, i32, String, i64, String)> {
    let users = (0..log.users.len()).flat_map(|user| log.rows_of(user).map(move |row| (user, row)));
    users
        .map(|(user, row)| {
            let user = log.users.get(u32::try_from(user).unwrap()).to_owned();
            let text = |role: Role| log.text_in_role(role).unwrap().get(row).to_owned();
            (user, log.days[row], text(Role::Event), log.values().unwrap().values.get(row), text(Role::Order))
        })
        .collect()
}

proptest! {
    #[test]
    fn the_audit_counts_what_sets_count(rows in rows(), today in 0i32..12) {
        let log = log(columns(&rows));
        let audit = log.audit(Some(Day(19_700 + today)));
        let different: BTreeSet<&Row> = rows.iter().collect();
        prop_assert_eq!(audit.duplicates, (rows.len() - different.len()) as u64);
        for example in &audit.duplicate_examples {
            prop_assert!(example.times >= 2);
        }
        let several = |value: &dyn Fn(&Row) -> Option<i64>| {
            let mut by_order: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
            for row in rows.iter().filter(|row| row.4 > 0) {
                by_order.entry(row.4).or_default().extend(value(row));
            }
            by_order.values().filter(|values| values.len() > 1).count() as u64
        };
        prop_assert_eq!(audit.orders_of_several_users.count, several(&|row| Some(row.0 as i64)));
        prop_assert_eq!(audit.orders_on_several_days.count, several(&|row| (row.2 == "buy").then_some(i64::from(row.1))));
        let present: BTreeSet<i32> = rows.iter().map(|row| row.1).collect();
        let (first, last) = (*present.first().unwrap(), *present.last().unwrap());
        let absent: Vec<i32> = (first..=last).filter(|day| !present.contains(day)).collect();
        prop_assert_eq!(audit.days_without_rows, absent.len() as u64);
        let told: Vec<i32> = audit.gap_spans.iter().flat_map(|(from, to)| from.0 - 19_700..=to.0 - 19_700).collect();
        prop_assert_eq!(told, absent);
        prop_assert_eq!(audit.rows_in_future, rows.iter().filter(|row| row.1 > today).count() as u64);
        prop_assert_eq!(audit.events.iter().map(|event| event.1).sum::<u64>(), rows.len() as u64);
    }

    #[test]
    fn without_copies_a_log_is_as_if_they_had_not_been_read(rows in rows()) {
        let mut seen = BTreeSet::new();
        let once: Vec<Row> = rows.iter().filter(|row| seen.insert(**row)).copied().collect();
        let read = |rows: &[Row], duplicates| {
            let columns = columns(rows);
            let mapping = mapping(FileKind::Events, &columns);
            EventLog::with_duplicates(table(FileKind::Events, columns), mapping, Zone::utc(), WeekStart::Monday, duplicates).unwrap()
        };
        let dropped = read(&rows, Duplicates::Drop);
        prop_assert_eq!(cells(&dropped), cells(&read(&once, Duplicates::Keep)));
        prop_assert_eq!(dropped.audit(None).duplicates, 0);
        prop_assert!(dropped.ledgers.iter().all(Ledger::adds_up));
        let ledger = &dropped.ledgers[0];
        prop_assert_eq!((ledger.rows_used, ledger.users, ledger.time_range), (once.len() as u64, Some(dropped.users.len() as u64), Some(dropped.span)));
    }
}
