//! What sets a segment apart, by hand and against an evaluator that asks each user anew; overlaps against all combinations; sizes against the
//! same definition asked as of each day.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use strata::analysis::Question;
use strata::analysis::overlap::{self, Overlap};
use strata::analysis::portrait::{Cell, Measure, Name, Params, Portrait, Report, Share, Strong, Trait};
use strata::analysis::segment_size::DATED;
use strata::dataset::EventLog;
use strata::dataset::calendar::Day;
use strata::dataset::filter::Filter;
use strata::dataset::view::View;
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::error::ErrorKind;
use strata::model::mean::{Moments, cohens_d, welch};
use strata::model::proportion::{cohens_h, difference, two_proportions};

fn open(text: &str) -> EventLog {
    let mapping = json!({
        "kind": "events", "user": "user", "time": "day", "event": "event", "value": "amount", "channel": "channel",
        "attributes": ["level"],
    });
    let options: OpenOptions = serde_json::from_value(json!({ "mapping": mapping })).unwrap();
    load(&[("rows.csv", text.as_bytes())], &options).unwrap()
}

const HEADER: &str = "user,day,event,amount,channel,level\n";

fn params(more: Value) -> Params {
    serde_json::from_value(more).unwrap()
}

fn ids(users: &[&str]) -> Value {
    json!({ "users": users })
}

fn value(column: &str, text: &str) -> Trait {
    Trait::Value { column: column.to_owned(), value: Name::Value(text.to_owned()) }
}

fn row<'r>(report: &'r Report, of: &Trait) -> &'r Share {
    report.shares.iter().find(|share| share.of == *of).unwrap()
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
}

/// 20 users of the app, 20 of the web; of the app's, 15 buy once for 10.00, of the web's 5 for 2.50.
fn two_channels() -> EventLog {
    let mut text = HEADER.to_owned();
    for user in 0..40 {
        let (channel, buys, amount) =
            if user < 20 { ("app", user < 15, "10.00") } else { ("web", user < 25, "2.50") };
        text += &format!("u{user},2024-01-01,visit,,{channel},\n");
        if buys {
            text += &format!("u{user},2024-01-{:02},buy,{amount},,\n", 2 + user % 3);
        }
    }
    text += "u39,2024-01-11,visit,,web,gold\n";
    open(&text)
}

#[test]
fn by_hand() {
    let log = two_channels();
    let members: Vec<String> = (0..20).map(|user| format!("u{user}")).collect();
    let report = Portrait::run(&View::all(&log), &params(json!({"segment": {"users": members}}))).unwrap();
    assert_eq!((report.users, report.inside, report.rest, report.beyond), (40, 20, 20, 0));
    // The channel is that of the last row that has one.
    let app = row(&report, &value("channel", "app"));
    assert_eq!((app.users, app.wholes, app.share, app.rest), ([20, 0], [20, 20], Some(1.0), Some(0.0)));
    near(app.index.unwrap(), 200.0);
    near(app.effect.unwrap(), std::f64::consts::PI);
    let bought = row(&report, &Trait::Event("buy".to_owned()));
    assert_eq!((bought.users, bought.share, bought.rest), ([15, 5], Some(0.75), Some(0.25)));
    near(bought.index.unwrap(), 150.0);
    near(bought.difference.unwrap(), 0.5);
    // asin √(3/4) − asin √(1/4), twice: 2 (π/3 − π/6).
    near(bought.effect.unwrap(), std::f64::consts::PI / 3.0);
    // z = 0.5 / sqrt(0.5 · 0.5 · 2/20) = √10.
    near(bought.p_value.unwrap(), strata::model::proportion::normal_two_sided(10f64.sqrt()));
    // One of 40 is gold: too few to tell, and there are no p-values of what all of them did.
    assert_eq!(row(&report, &value("level", "gold")).p_value, None);
    assert_eq!(row(&report, &Trait::Event("visit".to_owned())).p_value, None);
    let figure = |measure: Measure| report.figures.iter().find(|figure| figure.measure == measure).unwrap();
    let spend = figure(Measure::Spend);
    assert_eq!((spend.inside.mean, spend.inside.median), (Some(7.5), Some(10.0)));
    assert_eq!((spend.rest.mean, spend.rest.median), (Some(0.625), Some(0.0)));
    near(spend.index.unwrap(), 7.5 / 4.0625 * 100.0);
    let average = figure(Measure::AverageOrder);
    assert_eq!((average.inside.users, average.inside.mean, average.rest.users), (15, Some(10.0), 5));
    assert_eq!((average.p_value, average.effect), (None, None), "nothing differs within either side");
    let silent = figure(Measure::SilentDays);
    assert_eq!(report.as_of.to_string(), "2024-01-11");
    assert_eq!(silent.rest.median, Some(10.0));
    // The strongest: one row of a column.
    let Some(Strong::Share(place)) = report.strongest.first() else { panic!("{:?}", report.strongest) };
    assert_eq!(report.shares[*place].of, value("channel", "app"));
    assert_eq!(report.strongest.len(), 3);
    let channel = report.attributes.iter().find(|attribute| attribute.column == "channel").unwrap();
    assert_eq!((channel.texts, channel.unknown), (2, [0, 0]));
    assert_eq!((channel.inside.unwrap().shannon, channel.rest.unwrap().gini_simpson), (0.0, 0.0));
    near(channel.stability.unwrap(), 2.0 * (1.0 - 1e-4) * 1e4f64.ln());
}

#[test]
fn others_and_unknown() {
    let log = two_channels();
    let run = |more: Value| Portrait::run(&View::all(&log), &params(more)).unwrap();
    let level = |report: &Report| -> Vec<(Name, [u64; 2], [u64; 2])> {
        let of = |share: &Share| match &share.of {
            Trait::Value { column, value } if column == "level" => {
                Some((value.clone(), share.users, share.wholes))
            }
            _ => None,
        };
        report.shares.iter().filter_map(of).collect()
    };
    let segment = ids(&["u38", "u39"]);
    let mut found = level(&run(json!({ "segment": segment })));
    found.sort_by_key(|(_, users, _)| users[1]);
    let gold = Name::Value("gold".to_owned());
    assert_eq!(found, [(gold.clone(), [1, 0], [2, 38]), (Name::Unknown, [1, 38], [2, 38])]);
    assert_eq!(
        level(&run(json!({"segment": segment, "unknown": false}))),
        [(gold, [1, 0], [1, 0])],
        "of whom it is known"
    );
    let report = run(json!({"values": 1, "attributes": ["channel"], "events": 0}));
    let names: Vec<&Trait> = report.shares.iter().map(|share| &share.of).collect();
    let others = Trait::Value { column: "channel".to_owned(), value: Name::Others };
    assert_eq!(names, [&value("channel", "app"), &others], "of as many the first by name");
    assert_eq!(report.events_left_out, 2);
    let members = |of: &Trait, rest| {
        let given = params(json!({"values": 1, "segment": segment}));
        let cell = Cell::Has { of: of.clone(), rest };
        Portrait::members(&View::all(&log), &given, &cell).unwrap().users.len()
    };
    assert_eq!((members(&others, false), members(&others, true)), (2, 18));
}

#[test]
fn segments_that_compare_with_nothing() {
    let log = two_channels();
    let run = |more: Value| Portrait::run(&View::all(&log), &params(more)).unwrap();
    let compares_nothing = |report: &Report| {
        assert_eq!((report.tested, report.significant, report.strongest.len()), (0, 0, 0));
        assert!(report.shares.iter().all(|share| share.effect.is_none() && share.index.is_none()));
        assert!(report.figures.iter().all(|figure| figure.effect.is_none() && figure.index.is_none()));
        assert!(report.attributes.iter().all(|attribute| attribute.stability.is_none()));
    };
    let everybody = run(json!({}));
    compares_nothing(&everybody);
    assert_eq!((everybody.has_segment, everybody.inside, everybody.rest), (false, 40, 0));
    assert_eq!(row(&everybody, &value("channel", "web")).share, Some(0.5));
    let all: Vec<String> = (0..40).map(|user| format!("u{user}")).collect();
    let whole = run(json!({"segment": {"users": all}}));
    compares_nothing(&whole);
    assert!(whole.has_segment);
    let nobody = run(json!({"segment": ids(&["stranger"])}));
    compares_nothing(&nobody);
    assert_eq!((nobody.inside, nobody.rest, nobody.beyond), (0, 40, 0), "an id that the data do not have");
    assert_eq!(row(&nobody, &value("channel", "web")).share, None);
    let others = run(json!({"segment": ids(&["u1"]), "not": true}));
    assert_eq!((others.inside, others.rest), (39, 1));
    let before = run(json!({"asOf": "2023-12-31", "segment": ids(&["u1"])}));
    assert_eq!((before.users, before.beyond, before.figures.len()), (0, 1, 0));
    // One user says nothing about means.
    let one = run(json!({"segment": ids(&["u0"])}));
    assert!(one.figures.iter().all(|figure| figure.p_value.is_none()));
}

#[test]
fn refusals_say_where() {
    let log = two_channels();
    let path = |more: Value| {
        let error = Portrait::run(&View::all(&log), &params(more)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadValue);
        (error.path.clone().unwrap(), error.expected.clone().unwrap_or_default())
    };
    assert_eq!(path(json!({"values": 0})).0, "params.values");
    assert_eq!(path(json!({"events": 65})).0, "params.events");
    assert_eq!(
        path(json!({"attributes": ["channel", "city"]})),
        ("params.attributes[1]".into(), "event, channel, level".into())
    );
    assert_eq!(path(json!({"attributes": vec!["level"; 21]})).0, "params.attributes");
    assert_eq!(path(json!({"orders": "orders"})).0, "params.orders");
    let cell = Cell::Has { of: value("city", "x"), rest: false };
    let error = Portrait::members(&View::all(&log), &Params::default(), &cell).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("users.cell.has.of.value.column"));
    let json = serde_json::to_value(Cell::Has { of: value("city", "x"), rest: true }).unwrap();
    assert_eq!(
        json,
        json!({"has": {"of": {"value": {"column": "city", "value": {"value": "x"}}}, "rest": true}})
    );
}

/// A row of a random log.
#[derive(Debug, Clone)]
struct Row {
    user: usize,
    day: i32,
    event: &'static str,
    amount: i64,
    channel: &'static str,
    level: &'static str,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let texts = |texts: &'static [&'static str]| prop::sample::select(texts);
    let row = (
        0usize..8,
        0i32..30,
        texts(&["visit", "buy", "buy", "refund", "share"]),
        0i64..500,
        texts(&["", "a", "b", "c"]),
        texts(&["", "", "low", "high"]),
    );
    let row = row.prop_map(|(user, day, event, amount, channel, level)| Row {
        user,
        day,
        event,
        amount,
        channel,
        level,
    });
    prop::collection::vec(row, 1..80)
}

/// What is known of a user, from their rows in view up to the day, in the order of the log.
#[derive(Debug, Default)]
struct Known {
    channel: Option<&'static str>,
    level: Option<&'static str>,
    did: BTreeSet<&'static str>,
    figures: BTreeMap<&'static str, f64>,
}

fn known(rows: &[&Row], as_of: i32) -> Known {
    let mut known = Known::default();
    for row in rows {
        let keep = |slot: &mut Option<&'static str>, text: &'static str| {
            if !text.is_empty() {
                *slot = Some(text);
            }
        };
        keep(&mut known.channel, row.channel);
        keep(&mut known.level, row.level);
        known.did.insert(row.event);
    }
    let of = |event: &str| rows.iter().filter(|row| row.event == event).collect::<Vec<_>>();
    let sum = |event: &str| of(event).iter().map(|row| row.amount).sum::<i64>() as f64 / 100.0;
    let days: BTreeSet<i32> = rows.iter().map(|row| row.day).collect();
    let orders = of("buy").len() as f64;
    known.figures.insert("orders", orders);
    known.figures.insert("spend", sum("buy") - sum("refund"));
    if orders > 0.0 {
        known.figures.insert("average_order", sum("buy") / orders);
    }
    known.figures.insert("active_days", days.len() as f64);
    known.figures.insert("silent_days", f64::from(as_of - days.last().unwrap()));
    known.figures.insert("tenure_days", f64::from(as_of - days.first().unwrap()));
    known.figures.insert("events_per_day", rows.len() as f64 / days.len() as f64);
    known
}

/// Benjamini and Hochberg, as the definition says: the least of m p / rank over all that are not below it.
fn adjusted(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let of = |value: f64| {
        let later = sorted.iter().enumerate().filter(|(_, other)| **other >= value);
        later.map(|(rank, other)| other * sorted.len() as f64 / (rank + 1) as f64).fold(1.0, f64::min)
    };
    values.iter().map(|value| value.map(of)).collect()
}

fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    Some((sorted[last / 2] + sorted[sorted.len() / 2]) / 2.0)
}

fn assert_close(found: Option<f64>, expected: Option<f64>, what: &str) {
    match (found, expected) {
        (Some(found), Some(expected)) => {
            assert!(
                (found - expected).abs() <= 1e-7 * expected.abs().max(1.0),
                "{what}: {found} is not {expected}"
            );
        }
        (found, expected) => assert_eq!(found, expected, "{what}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn users_are_counted_one_by_one(
        rows in rows(),
        segment in prop::collection::btree_set(0usize..8, 0..8),
        as_of in prop::option::of(-1i32..32),
        without_visits in any::<bool>(),
        unknown in any::<bool>(),
        values in 1u32..4,
    ) {
        let start: i32 = "2024-01-01".parse::<Day>().unwrap().0;
        let mut text = HEADER.to_owned();
        for row in &rows {
            let amount = format!("{}.{:02}", row.amount / 100, row.amount % 100);
            text += &format!("u{},{},{},{amount},{},{}\n", row.user, Day(start + row.day), row.event, row.channel, row.level);
        }
        let log = open(&text);
        let condition = json!({"column": "event", "notIn": ["visit"]});
        let filter: Filter = serde_json::from_value(json!({"all": if without_visits { vec![condition] } else { vec![] }})).unwrap();
        let view = View::new(&log, &filter).unwrap();
        let listed: Vec<String> = segment.iter().map(|user| format!("u{user}")).collect();
        let given = Params {
            as_of: as_of.map(|day| Day(start + day)),
            unknown,
            values,
            ..params(json!({"segment": {"users": listed}}))
        };
        let report = Portrait::run(&view, &given).unwrap();
        let last = report.as_of.0 - start;
        // Rows of one user stand in the order of days, those of one day in the order of the file.
        let mut of_users: BTreeMap<usize, Vec<&Row>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.day <= last && !(without_visits && row.event == "visit")) {
            of_users.entry(row.user).or_default().push(row);
        }
        of_users.values_mut().for_each(|rows| rows.sort_by_key(|row| row.day));
        let users: BTreeMap<usize, Known> = of_users.iter().map(|(user, rows)| (*user, known(rows, last))).collect();
        let sides: [Vec<usize>; 2] = [true, false].map(|inside| users.keys().copied().filter(|user| segment.contains(user) == inside).collect());
        prop_assert_eq!([report.inside, report.rest], [sides[0].len() as u64, sides[1].len() as u64]);
        let known_ids = segment.iter().filter(|user| rows.iter().any(|row| row.user == **user)).count() as u64;
        prop_assert_eq!(report.beyond, known_ids - report.inside);
        let compares = report.inside > 0 && report.rest > 0;
        let list = |cell: &Cell| -> BTreeSet<usize> {
            let members = Portrait::members(&view, &given, cell).unwrap().users;
            members.iter().map(|user| log.users.get(*user)[1..].parse().unwrap()).collect()
        };
        prop_assert_eq!(list(&Cell::Inside), sides[0].iter().copied().collect());
        prop_assert_eq!(list(&Cell::Rest), sides[1].iter().copied().collect());
        let text_of = |user: usize, column: &str| if column == "channel" { users[&user].channel } else { users[&user].level };
        let told = |column: &str| -> BTreeSet<String> {
            report.shares.iter().filter_map(|share| match &share.of {
                Trait::Value { column: own, value: Name::Value(text) } if own == column => Some(text.clone()),
                _ => None,
            }).collect()
        };
        let mut sums: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
        for share in &report.shares {
            let has = |user: usize| match &share.of {
                Trait::Event(name) => users[&user].did.contains(name.as_str()),
                Trait::Value { column, value: Name::Value(text) } => text_of(user, column) == Some(text),
                Trait::Value { column, value: Name::Unknown } => text_of(user, column).is_none(),
                Trait::Value { column, value: Name::Others } => text_of(user, column).is_some_and(|text| !told(column).contains(text)),
            };
            let counted = |user: usize| match &share.of {
                Trait::Event(_) => true,
                Trait::Value { column, .. } => unknown || text_of(user, column).is_some(),
            };
            for (side, members) in sides.iter().enumerate() {
                let expected: BTreeSet<usize> = members.iter().copied().filter(|user| has(*user)).collect();
                prop_assert_eq!(share.users[side], expected.len() as u64, "{:?}", share.of);
                prop_assert_eq!(share.wholes[side], members.iter().filter(|user| counted(**user)).count() as u64);
                prop_assert_eq!(list(&Cell::Has { of: share.of.clone(), rest: side == 1 }), expected);
            }
            if let Trait::Value { column, .. } = &share.of {
                let sum = sums.entry(column).or_default();
                (0..2).for_each(|side| sum[side] += share.users[side]);
            }
            let ([own, other], [inside, rest]) = (share.users, share.wholes);
            let part = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
            assert_close(share.share, part(own, inside), "share");
            assert_close(share.rest, part(other, rest).filter(|_| compares), "rest");
            let index = part(own, inside).zip(part(own + other, inside + rest)).filter(|_| compares);
            assert_close(share.index, index.filter(|(_, all)| *all > 0.0).map(|(own, all)| own / all * 100.0), "index");
            assert_close(share.effect, cohens_h((own, inside), (other, rest)).filter(|_| compares), "effect");
            assert_close(share.difference, difference((own, inside), (other, rest)).filter(|_| compares).map(|found| found.0), "difference");
            let with = (own + other) as f64 / (inside + rest) as f64;
            let enough = [with, 1.0 - with].iter().all(|part| [inside, rest].iter().all(|side| part * *side as f64 >= 5.0));
            assert_close(share.p_value, two_proportions((own, inside), (other, rest)).filter(|_| compares && enough), "p");
        }
        for (column, sum) in sums {
            let share = report.shares.iter().find(|share| matches!(&share.of, Trait::Value { column: own, .. } if own == column)).unwrap();
            prop_assert_eq!(sum, share.wholes, "the values of {} add up", column);
        }
        let sizes: Vec<f64> = report.shares.iter().map(|share| share.effect.map_or(-1.0, f64::abs)).collect();
        prop_assert!(sizes.is_sorted_by(|a, b| a >= b));
        for figure in &report.figures {
            let numbers = |side: usize| -> Vec<f64> {
                sides[side].iter().filter_map(|user| users[user].figures.get(figure.measure.key()).copied()).collect()
            };
            let (own, other) = (numbers(0), numbers(1));
            prop_assert_eq!((figure.inside.users, figure.rest.users), (own.len() as u64, other.len() as u64), "{:?}", figure.measure);
            let mean = |numbers: &[f64]| (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64);
            assert_close(figure.inside.mean, mean(&own), "mean");
            assert_close(figure.rest.mean, mean(&other), "mean of the rest");
            assert_close(figure.inside.median, median(&own), "median");
            assert_close(figure.rest.median, median(&other), "median of the rest");
            let (a, b) = (Moments::of(own.iter().copied()), Moments::of(other.iter().copied()));
            let all = mean(&own.iter().chain(&other).copied().collect::<Vec<_>>());
            if let (Some(index), Some(all)) = (figure.index, all) {
                assert_close(Some(index), mean(&own).map(|own| own / all * 100.0), "index");
            }
            // Where numbers are as good as the same, rounding decides whether there is a spread at all.
            if a.squares > 1e-9 && b.squares > 1e-9 {
                assert_close(figure.effect, cohens_d(&a, &b).filter(|_| compares), "d");
                assert_close(figure.p_value, welch(&a, &b).filter(|_| compares), "welch");
            }
        }
        let values: Vec<Option<f64>> = report.shares.iter().map(|share| share.p_value).chain(report.figures.iter().map(|figure| figure.p_value)).collect();
        let found = report.shares.iter().map(|share| share.adjusted).chain(report.figures.iter().map(|figure| figure.adjusted));
        for (found, expected) in found.zip(adjusted(&values)) {
            assert_close(found, expected, "adjusted");
        }
        prop_assert_eq!(report.tested, values.iter().flatten().count() as u64);
    }

    #[test]
    fn everybody_is_in_one_combination(
        sets in prop::collection::vec(prop::collection::btree_set(0usize..30, 0..30), 0..8),
    ) {
        let text: String = (0..25).map(|user| format!("u{user},2024-01-{:02},visit,,,\n", user % 5 + 1)).collect();
        let log = open(&format!("{HEADER}{text}"));
        let view = View::all(&log);
        let named = |(place, set): (usize, &BTreeSet<usize>)| {
            let users: Vec<String> = set.iter().map(|user| format!("u{user}")).collect();
            json!({"segment": {"name": format!("S{place}"), "users": users}})
        };
        let segments: Vec<Value> = sets.iter().enumerate().map(named).collect();
        let given: overlap::Params = serde_json::from_value(json!({"segments": segments, "asOf": "2024-01-04"})).unwrap();
        let report = Overlap::run(&view, &given).unwrap();
        let seen: Vec<usize> = (0..25).filter(|user| user % 5 < 4).collect();
        prop_assert_eq!(report.users, seen.len() as u64);
        let mut expected: BTreeMap<Vec<usize>, BTreeSet<usize>> = BTreeMap::new();
        for user in &seen {
            let of: Vec<usize> = (0..sets.len()).filter(|place| sets[*place].contains(user)).collect();
            expected.entry(of).or_default().insert(*user);
        }
        let list = |cell: &overlap::Cell| -> BTreeSet<usize> {
            let members = Overlap::members(&view, &given, cell).unwrap().users;
            members.iter().map(|user| log.users.get(*user)[1..].parse().unwrap()).collect()
        };
        let none = expected.remove(&vec![]).unwrap_or_default();
        prop_assert_eq!(report.none, none.len() as u64);
        prop_assert_eq!(list(&overlap::Cell::Combination(vec![])), none);
        for told in &report.combinations {
            let users = &expected[&told.segments];
            prop_assert_eq!(told.users, users.len() as u64);
            prop_assert_eq!(&list(&overlap::Cell::Combination(told.segments.clone())), users);
        }
        prop_assert!(report.combinations.is_sorted_by(|a, b| a.users >= b.users));
        prop_assert_eq!(report.combinations.len(), expected.len().min(20));
        prop_assert_eq!(report.more, (expected.len() - report.combinations.len()) as u64);
        let told: u64 = report.combinations.iter().map(|told| told.users).sum();
        prop_assert_eq!(report.none + told + report.others, report.users);
        prop_assert_eq!(list(&overlap::Cell::Others).len() as u64, report.others);
        for (place, size) in report.segments.iter().enumerate() {
            let users: BTreeSet<usize> = seen.iter().copied().filter(|user| sets[place].contains(user)).collect();
            prop_assert_eq!(size.users, users.len() as u64);
            prop_assert_eq!(size.alone, expected.get(&vec![place]).map_or(0, |users| users.len() as u64));
            prop_assert_eq!(list(&overlap::Cell::Segment(place)), users);
        }
    }
}

fn engine() -> Engine {
    let mut text = HEADER.to_owned();
    // u1 buys every month from January on, u2 from February on, and so on.
    for user in 1..=6 {
        for month in user..=6 {
            text += &format!("u{user},2024-{month:02}-10,buy,{user}0.00,a,\n");
        }
    }
    let mut engine = Engine::default();
    engine.hold(open(&text));
    engine
}

fn run(engine: &Engine, request: Value) -> Value {
    serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap()
}

#[test]
fn sizes_are_those_of_the_definition_on_each_day() {
    let engine = engine();
    let big =
        json!({"name": "Big", "analysis": "value", "params": {"bands": [50, 30]}, "cell": {"band": "high"}});
    let rule = json!({"analysis": "rule", "cell": "in", "params": {"rule": {"all": [
        {"segment": big}, {"did": {"event": {"events": ["buy"]}, "min": 2}}]}}});
    for (segment, cell) in [(rule.clone(), "rule"), (big.clone(), "value")] {
        let size =
            run(&engine, json!({"analysis": "segmentSize", "params": {"segment": segment, "periods": 6}}));
        let sizes = size["report"]["sizes"].as_array().unwrap();
        assert_eq!(
            (sizes.len(), &size["report"]["fixed"], &size["report"]["fixedInside"]),
            (6, &Value::Null, &json!(0))
        );
        let mut before: Option<Vec<Value>> = None;
        for told in sizes {
            let mut asked = segment.clone();
            asked["params"]["asOf"] = told["end"].clone();
            if cell == "rule" {
                asked["params"]["rule"]["all"][0]["segment"]["params"]["asOf"] = told["end"].clone();
            }
            let list = |params: &Value, cell: &Value, analysis: &Value| -> Vec<Value> {
                let page =
                    run(&engine, json!({"analysis": analysis, "params": params, "users": {"cell": cell}}));
                let mut ids: Vec<Value> =
                    page["rows"].as_array().unwrap().iter().map(|row| row[0].clone()).collect();
                ids.sort_by_key(Value::to_string);
                ids
            };
            let expected = list(&asked["params"], &asked["cell"], &asked["analysis"]);
            assert_eq!(told["users"], json!(expected.len()), "{cell} at {}", told["end"]);
            let params = json!({"segment": segment, "periods": 6});
            let behind = |cell: &str| list(&params, &json!({cell: told["start"]}), &json!("segmentSize"));
            assert_eq!(behind("inside"), expected);
            if let Some(before) = &before {
                let joined: Vec<&Value> = expected.iter().filter(|id| !before.contains(id)).collect();
                let left: Vec<&Value> = before.iter().filter(|id| !expected.contains(id)).collect();
                assert_eq!((&told["joined"], &told["left"]), (&json!(joined.len()), &json!(left.len())));
                assert_eq!((behind("joined").len(), behind("left").len()), (joined.len(), left.len()));
            } else {
                assert_eq!((&told["joined"], &told["left"]), (&Value::Null, &Value::Null));
            }
            before = Some(expected);
        }
        assert_eq!(sizes[5]["open"], true, "June goes on after its tenth day");
        assert_eq!((&sizes[0]["of"], &sizes[5]["of"]), (&json!(1), &json!(6)));
    }
}

#[test]
fn some_definitions_are_the_same_on_all_days() {
    let engine = engine();
    let size = |segment: Value| {
        run(&engine, json!({"analysis": "segmentSize", "params": {"segment": segment}}))["report"].take()
    };
    let list = size(json!({"users": ["u1", "u6"]}));
    assert_eq!((&list["fixed"], &list["sizes"][0]["users"]), (&json!("list"), &json!(2)));
    assert_eq!(list["sizes"].as_array().unwrap().len(), 1);
    let fixed = size(json!({"analysis": "overview", "cell": "repeatBuyers"}));
    assert_eq!((&fixed["fixed"], &fixed["sizes"][0]["users"]), (&json!("noDate"), &json!(5)));
    let inside = size(json!({"analysis": "rule", "cell": "in", "params": {"rule": {"any": [
        {"segment": {"users": ["u1"]}}, {"segment": {"analysis": "overview", "cell": "repeatBuyers"}}]}}}));
    assert_eq!((&inside["fixed"], &inside["fixedInside"]), (&Value::Null, &json!(2)));
    let stage = json!({"analysis": "lifeCycle", "cell": {"stage": {"stage": "new", "period": "2024-03-01"}}});
    assert_eq!(size(stage)["fixed"], "noDate", "it names a period itself");
    let tier = |cell: Value| json!({"analysis": "tiers", "params": {"thresholds": [1]}, "cell": cell});
    assert_eq!(size(tier(json!({"tier": {"tier": 2}})))["fixed"], Value::Null);
    let changed = tier(json!({"change": {"change": "joined", "period": "2024-03-01"}}));
    assert_eq!(size(changed)["fixed"], "noDate");
    let cluster = json!({"analysis": "clusters", "cell": {"cluster": 1}});
    assert_eq!(size(cluster)["fixed"], "noDate", "another one on another day");
    let own = size(json!({"analysis": "value", "params": {"asOf": "2024-03-15"}, "cell": "all"}));
    let ends = own["sizes"].as_array().unwrap();
    assert_eq!((ends.len(), &ends[2]["end"], &ends[2]["users"]), (3, &json!("2024-03-15"), &json!(3)));
    let everybody = run(&engine, json!({"analysis": "segmentSize", "params": {"periods": 2}}));
    assert_eq!(everybody["report"]["sizes"][0]["users"], 5);
    let refused = |params: Value| {
        let request = json!({"analysis": "segmentSize", "params": params}).to_string();
        engine.run(&request).unwrap_err().path.clone().unwrap()
    };
    assert_eq!(refused(json!({"periods": 25})), "params.periods");
    assert_eq!(refused(json!({"segment": {"analysis": "rfm", "cell": "al"}})), "params.segment.cell");
}

#[test]
fn dated_questions_have_a_date() {
    let engine = engine();
    for name in DATED {
        let outcome = run(&engine, json!({"analysis": name}));
        assert!(outcome["params"].as_object().unwrap().contains_key("asOf"), "{name}");
    }
}

#[test]
fn segments_of_segments_are_found_by_name() {
    let engine = engine();
    let big = json!({"analysis": "value", "cell": {"band": "high"}});
    let named = |name: &str| json!({"segment": {"saved": name}});
    let request = json!({
        "analysis": "overlap", "segments": {"Big": big, "First": {"users": ["u1", "u2"]}},
        "params": {"segments": [named("Big"), named("First")]},
    });
    let report = run(&engine, request)["report"].take();
    assert_eq!((&report["segments"][0]["name"], &report["segments"][1]["users"]), (&json!("Big"), &json!(2)));
    let nine: Vec<Value> = (0..9).map(|_| json!({"segment": {"users": []}})).collect();
    let error =
        engine.run(&json!({"analysis": "overlap", "params": {"segments": nine}}).to_string()).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("params.segments"));
    let portrait = json!({"analysis": "portrait", "params": {"segment": big, "attributes": ["event"]}});
    let report = run(&engine, portrait)["report"].take();
    assert_eq!((&report["inside"], &report["rest"]), (&json!(2), &json!(4)), "a fifth of six, rounded up");
    let wrong = json!({"analysis": "portrait", "params": {"segment": {"analysis": "value", "cell": "hig"}}});
    assert_eq!(engine.run(&wrong.to_string()).unwrap_err().path.as_deref(), Some("params.segment.cell"));
}

#[test]
fn one_user_is_told_whole() {
    let engine = engine();
    let big = json!({"name": "Big", "analysis": "value", "cell": {"band": "high"}});
    let rule = json!({"name": "Often", "analysis": "rule", "cell": "in",
        "params": {"rule": {"all": [{"did": {"event": {"events": ["buy"]}, "min": 5}}]}}});
    let segments = json!([{"segment": big}, {"segment": rule}, {"segment": {"users": ["u2"]}}]);
    let asked = |user: &str| json!({"user": user, "segments": segments, "limit": 2});
    let told = run(&engine, json!({"analysis": "portrait", "profile": asked("u2")}));
    assert_eq!((&told["user"], &told["activeDays"], &told["orders"]), (&json!("u2"), &json!(5), &json!(5)));
    assert_eq!((&told["firstDay"], &told["lastDay"]), (&json!("2024-02-10"), &json!("2024-06-10")));
    assert_eq!(told["spend"], json!({"units": 10_000, "scale": 2}));
    let sections: Vec<&Value> =
        told["sections"].as_array().unwrap().iter().map(|section| &section["analysis"]).collect();
    assert_eq!(sections, ["rfm", "lifeCycle", "value", "tiers"]);
    let inside: Vec<(&Value, &Value)> = told["segments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|segment| (&segment["name"], &segment["inside"]))
        .collect();
    // 3 spent 120, 4 spent 120: the two of six with most.
    assert_eq!(
        inside,
        [(&json!("Big"), &json!(false)), (&json!("Often"), &json!(true)), (&Value::Null, &json!(true))]
    );
    assert_eq!(told["segments"][1]["facts"][0]["key"], "rule_met_figure");
    assert_eq!((&told["total"], told["rows"].as_array().unwrap().len()), (&json!(5), 2));
    assert_eq!(told["rows"][0]["roles"][0][0], "purchase");
    let before = json!({"user": "u6", "asOf": "2024-05-31"});
    let told = run(&engine, json!({"analysis": "portrait", "profile": before}));
    assert_eq!(
        (&told["activeDays"], &told["firstDay"], &told["spend"]),
        (&json!(0), &Value::Null, &json!({"units": 0, "scale": 2}))
    );
    assert_eq!(told["sections"][0]["facts"][0]["key"], "rfm_none");
    let refused = |profile: Value| {
        let request = json!({"analysis": "portrait", "profile": profile}).to_string();
        engine.run(&request).unwrap_err().path.clone().unwrap()
    };
    assert_eq!(refused(json!({"user": "nobody"})), "profile.user");
    let wrong = json!({"user": "u1", "segments": [{"segment": {"analysis": "value", "cell": "x"}}]});
    assert_eq!(refused(wrong), "profile.segments[0].segment.cell");
}
