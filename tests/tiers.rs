//! Tiers of membership: cases by hand, and every figure and list against a walk over all days of every user.

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
use serde_json::{Value as Json, json};
use strata::analysis::account::Value;
use strata::analysis::tiers::{Came, Cell, Change, Measure, Params, Report, Since, Tiers};
use strata::analysis::{MemberCells, Question};
use strata::dataset::EventLog;
use strata::dataset::calendar::{Day, Period, Periods, WeekStart};
use strata::dataset::filter::Number;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::error::ErrorKind;
use strata::segment::orders::OrderUnit;
use strata::segment::tier::{WindowUnit, months_after};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Orders of users: day and amount; a negative amount is a refund.
fn log(orders: &[(&str, &str, &str)]) -> EventLog {
    let rows: String = orders.iter().map(|(user, day, amount)| format!("{user},{day},{amount}\n")).collect();
    load(&[("orders.csv", format!("user_id,date,amount\n{rows}").as_bytes())], &OpenOptions::default())
        .unwrap()
}

fn params(more: Json) -> Params {
    serde_json::from_value(more).unwrap()
}

fn run(log: &EventLog, more: Json) -> Report {
    Tiers::run(&View::all(log), &params(more)).unwrap()
}

fn listed(log: &EventLog, more: Json, cell: Cell) -> Vec<String> {
    let members = Tiers::members(&View::all(log), &params(more), &cell).unwrap();
    members.users.iter().map(|user| log.users.get(*user).to_owned()).collect()
}

fn shop() -> EventLog {
    log(&[
        // Reaches the second tier in January 2023, keeps it in January 2024.
        ("ann", "2023-01-10", "150.00"),
        ("ann", "2023-12-01", "120.00"),
        // Reaches the third, and loses both a year later.
        ("bob", "2023-02-01", "600.00"),
        // Five short of the second tier.
        ("cat", "2024-01-15", "100.00"),
        ("cat", "2024-01-20", "-5.00"),
        ("dan", "2024-01-31", "10.00"),
    ])
}

#[test]
fn by_hand() {
    let log = shop();
    let asked = json!({"thresholds": [100, 500], "asOf": "2024-01-31", "benefits": [0, 1, 10]});
    let report = run(&log, asked.clone());
    let users: Vec<u64> = report.tiers.iter().map(|tier| tier.users).collect();
    // Cat was on 100 for five days: what is got is kept.
    assert_eq!((users, report.users, report.learned), (vec![1, 2, 1], 4, false));
    let revenue: Vec<String> = report.tiers.iter().map(|tier| tier.revenue.unwrap().to_string()).collect();
    // The window begins on 2023-02-01: Ann has 120, Bob 600, Cat 95.
    assert_eq!(report.window, [day("2023-02-01"), day("2024-01-31")]);
    assert_eq!(revenue, ["10.00", "215.00", "600.00"]);
    assert_eq!(report.cost.unwrap().to_string(), "62.15", "1 % of 215 and 10 % of 600");
    let january = report.periods.last().unwrap();
    assert!(!january.open);
    // Joined: Cat and Dan; kept: Ann; stayed: Bob.
    assert_eq!((january.tiers.clone(), january.changes), (vec![1, 2, 1], [2, 0, 1, 1, 0]));
    let kept = Cell::Change { change: Change::Kept, period: day("2024-01-01") };
    assert_eq!(listed(&log, asked.clone(), kept), ["ann"]);
    // Bob's ends on February 1; the window then begins on 2023-02-02.
    assert_eq!(report.tiers.iter().map(|tier| tier.falling).collect::<Vec<_>>(), [0, 0, 1]);
    let members =
        Tiers::members(&View::all(&log), &params(asked.clone()), &Cell::Falling { tier: None }).unwrap();
    assert_eq!(log.users.get(members.users[0]), "bob");
    assert_eq!(members.columns[2].cells, MemberCells::Days(vec![day("2024-02-01").0]));
    assert_eq!(members.columns[3].cells, MemberCells::Amounts(vec![50_000]));
    // In February Bob falls to the first.
    let february = run(&log, json!({"thresholds": [100, 500], "asOf": "2024-02-29"}));
    let last = february.periods.last().unwrap();
    assert_eq!((last.tiers.clone(), last.changes), (vec![2, 2, 0], [0, 0, 0, 3, 1]));
    let moves: Vec<_> = february.moves.iter().map(|one| (one.from, one.to, one.users)).collect();
    assert_eq!(moves, [(Some(1), 1, 1), (Some(2), 2, 2), (Some(3), 1, 1)]);
    let year = run(&log, json!({"thresholds": [100, 500], "asOf": "2024-02-29", "since": "year"}));
    assert_eq!(year.moved, [day("2023-02-28"), day("2024-02-29")]);
    let moves: Vec<_> = year.moves.iter().map(|one| (one.from, one.to, one.users)).collect();
    assert_eq!(moves, [(Some(2), 2, 1), (Some(3), 1, 1), (None, 1, 1), (None, 2, 1)]);
}

#[test]
fn near_and_what_if() {
    let log = log(&[
        ("a", "2024-01-01", "79.99"),
        ("b", "2024-01-01", "80.00"),
        ("c", "2024-01-01", "99.99"),
        ("d", "2024-01-01", "100.00"),
    ]);
    let asked = json!({"thresholds": ["100"], "whatIf": [80, 90], "benefits": [0, 5, 10]});
    let report = run(&log, asked.clone());
    assert_eq!(report.tiers[0].near, 2);
    assert_eq!(report.tiers[0].near_missing.to_string(), "20.01");
    assert_eq!(listed(&log, asked.clone(), Cell::Near { tier: Some(1) }), ["b", "c"]);
    let what_if = report.what_if.unwrap();
    let moves: Vec<_> = what_if.moves.iter().map(|one| (one.from.unwrap(), one.to, one.users)).collect();
    assert_eq!(moves, [(1, 1, 1), (1, 2, 1), (1, 3, 1), (2, 3, 1)]);
    assert_eq!((what_if.up, what_if.down), (3, 0));
    // 5 % of 100; then 5 % of 80 and 10 % of 199.99.
    assert_eq!(report.cost.unwrap().to_string(), "5.00");
    assert_eq!(what_if.cost.unwrap().to_string(), "24.00", "19.999 rounds to 20.00");
    assert_eq!(listed(&log, asked.clone(), Cell::Moved { up: true }), ["b", "c", "d"]);
    assert_eq!(listed(&log, asked, Cell::WhatIf { from: Some(2), to: 3 }), ["d"]);
    let none = run(&log, json!({"thresholds": [100]}));
    assert_eq!((none.cost, none.what_if, none.tiers[1].cost), (None, None, None), "no cost is said");
}

#[test]
fn thresholds_are_learned() {
    let rows: Vec<(String, String)> =
        (1..=100).map(|user| (format!("u{user}"), format!("{user}.00"))).collect();
    let orders: Vec<(&str, &str, &str)> =
        rows.iter().map(|(user, amount)| (user.as_str(), "2024-01-01", amount.as_str())).collect();
    let report = run(&log(&orders), json!({}));
    let from: Vec<String> = report.tiers.iter().map(|tier| tier.from.to_string()).collect();
    // The top half begins with 51, a fifth with 81, a twentieth with 96; 81 and 96 are nearest to 100.
    assert_eq!(
        (from, report.learned, report.measured),
        (vec!["0.00".into(), "50.00".into(), "100.00".into()], true, 100)
    );
    assert_eq!(report.tiers.iter().map(|tier| tier.users).collect::<Vec<_>>(), [49, 50, 1]);
    let orders = run(&log(&orders), json!({"measure": "orders"}));
    let from: Vec<i64> = orders.tiers.iter().map(|tier| tier.from.units).collect();
    assert_eq!((from, orders.tiers[1].users), (vec![0, 1], 100), "everybody has one order");
}

#[test]
fn points_by_hand() {
    // An order of two lines on one day is rounded once; a line on the next day on its own.
    let text = "user_id,date,order_id,amount\na,2024-01-01,1,1.50\na,2024-01-01,1,1.50\na,2024-01-02,1,1.99\na,2024-01-02,2,0.99\n";
    let log = load(&[("orders.csv", text.as_bytes())], &OpenOptions::default()).unwrap();
    let points = |more: Json| {
        let mut asked = json!({"measure": "points", "thresholds": [1000]});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let members = Tiers::members(&View::all(&log), &params(asked), &Cell::All).unwrap();
        let MemberCells::Counts(cells) = &members.columns[1].cells else { panic!("points are whole") };
        cells[0]
    };
    assert_eq!(points(json!({})), 3 + 1);
    assert_eq!(points(json!({"orders": "rows"})), 1 + 1 + 1);
    assert_eq!(points(json!({"orders": "days"})), 3 + 2);
    assert_eq!(points(json!({"pointsPerUnit": "0.1"})), 0);
    assert_eq!(points(json!({"pointsPerUnit": "10", "pointsPerOrder": 5})), 30 + 19 + 9 + 2 * 5);
}

#[test]
fn refusals_and_honest_ends() {
    let log = shop();
    let refused = |more| {
        let error = Tiers::run(&View::all(&log), &params(more)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadValue);
        error.path.clone().unwrap()
    };
    assert_eq!(refused(json!({"thresholds": [500, 100]})), "params.thresholds[1]");
    assert_eq!(refused(json!({"thresholds": []})), "params.thresholds");
    assert_eq!(refused(json!({"whatIf": [0]})), "params.whatIf[0]");
    assert_eq!(refused(json!({"thresholds": [1], "benefits": [1, 2, 3]})), "params.benefits");
    assert_eq!(refused(json!({"benefits": [101]})), "params.benefits[0]");
    assert_eq!(refused(json!({"window": 0})), "params.window");
    assert_eq!(refused(json!({"windowUnit": "months", "window": 365})), "params.window");
    assert_eq!(refused(json!({"validity": 121})), "params.validity");
    assert_eq!(refused(json!({"near": 100})), "params.near");
    assert_eq!(refused(json!({"warnDays": 0})), "params.warnDays");
    assert_eq!(refused(json!({"periods": 0})), "params.periods");
    assert_eq!(refused(json!({"tops": [5, 20]})), "params.tops");
    assert_eq!(refused(json!({"measure": "points", "pointsPerUnit": "-1"})), "params.pointsPerUnit");
    assert_eq!(refused(json!({"measure": "orders", "orders": "orders"})), "params");
    let cell = Cell::Tier { tier: 1, period: Some(day("2020-01-01")) };
    let error = Tiers::members(&View::all(&log), &Params::default(), &cell).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("users.cell.tier.period"));
    // Before the data there is nobody.
    let before = run(&log, json!({"asOf": "2022-12-31"}));
    assert_eq!(
        (before.users, before.tiers.len(), before.moves.len(), before.returned_in.is_some()),
        (0, 1, 0, true)
    );
    // No money: spend cannot be measured, active days can.
    let visits =
        load(&[("rows.csv", "user_id,date,event\na,2024-01-01,visit\n".as_bytes())], &OpenOptions::default())
            .unwrap();
    let error = Tiers::run(&View::all(&visits), &Params::default()).unwrap_err();
    assert_eq!((error.kind, error.expected.as_deref()), (ErrorKind::MissingRole, Some("value")));
    let days = run(&visits, json!({"measure": "activeDays"}));
    assert_eq!((days.users, days.tiers.len(), days.tiers[1].users, days.revenue), (1, 2, 1, None));
    // No orders: nothing to learn from, one tier.
    let orders = run(&visits, json!({"measure": "orders"}));
    assert_eq!((orders.users, orders.tiers.len(), orders.measured), (1, 1, 0));
    let buyers = run(&visits, json!({"measure": "orders", "buyersOnly": true}));
    assert_eq!((buyers.users, buyers.not_joined), (0, 1));
}

#[test]
fn an_account_tells_the_way() {
    let log = shop();
    let asked = params(json!({"thresholds": [100, 500], "asOf": "2024-02-10", "whatIf": [50]}));
    let told = |name: &str| {
        let user = log.users.iter().position(|user| user == name).unwrap();
        let account = Tiers::account(&View::all(&log), &asked, &Cell::All, user).unwrap();
        let keys: Vec<String> = account.facts.iter().map(|fact| fact.key.to_string()).collect();
        (account, keys)
    };
    let (ann, keys) = told("ann");
    let expected = [
        "tiers_now",
        "tiers_measured",
        "tiers_next",
        "tiers_until",
        "tiers_what_if",
        "tiers_joined",
        "tiers_kept",
    ];
    assert_eq!(keys, expected);
    assert_eq!(ann.facts[3].values[0].1, Value::Day(day("2025-01-10")));
    assert_eq!(ann.facts[6].values[0].1, Value::Day(day("2024-01-10")));
    assert_eq!(ann.roles.len(), 2);
    let (_, keys) = told("bob");
    assert_eq!(
        keys,
        ["tiers_now", "tiers_measured", "tiers_next", "tiers_what_if", "tiers_joined", "tiers_downgraded"]
    );
    let early = Params { as_of: Some(day("2023-01-01")), ..asked.clone() };
    let account = Tiers::account(&View::all(&log), &early, &Cell::All, 0).unwrap();
    assert_eq!(account.facts[0].key, "tiers_none");
}

/// A row: user, day, event, order (0 for none), cents.
type Row = (u8, i32, &'static str, u8, i64);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let event = prop::sample::select(vec!["visit", "purchase", "purchase", "purchase", "refund"]);
    let cents = prop::sample::select(vec![0i64, 99, 150, 250, 1_999, 5_000]);
    // Stretches that share windows of weeks, and ones that are a year apart.
    let when = prop_oneof![0i32..60, 300i32..420];
    prop::collection::vec((0u8..5, when, event, 0u8..6, cents), 1..50)
}

fn asked() -> impl Strategy<Value = Params> {
    let thresholds = || prop::option::of(prop::collection::btree_set(1i64..60, 1..5));
    let window = prop_oneof![
        (Just(WindowUnit::Days), 1u32..200),
        (Just(WindowUnit::Months), 1u32..13),
        (Just(WindowUnit::Year), Just(365)),
    ];
    let unit = prop::sample::select(vec![
        None,
        Some(OrderUnit::Orders),
        Some(OrderUnit::Days),
        Some(OrderUnit::Rows),
    ]);
    let numbers = |set: BTreeSet<i64>| -> Vec<Number> {
        set.into_iter().map(|number| Number::Number(number.into())).collect()
    };
    (
        (
            prop::sample::select(Measure::ALL.to_vec()),
            any::<bool>(),
            unit,
            prop::sample::select(vec!["0", "1", "0.35", "2.5"]),
            0u32..4,
        ),
        (window, 0u32..14, any::<bool>(), thresholds(), thresholds()),
        (
            prop::sample::select(Period::ALL.to_vec()),
            1u32..8,
            1u32..100,
            1u32..200,
            any::<bool>(),
            prop::option::of(-5i32..430),
        ),
    )
        .prop_map(move |(measured, rules, told)| {
            let (measure, net_of_refunds, orders, rate, points_per_order) = measured;
            let ((window_unit, window), validity, buyers_only, thresholds, what_if) = rules;
            let (period, periods, near, warn_days, year, as_of) = told;
            Params {
                measure,
                net_of_refunds,
                orders,
                points_per_unit: Number::Text(rate.into()),
                points_per_order,
                window_unit,
                window,
                validity,
                buyers_only,
                thresholds: thresholds.map(numbers),
                what_if: what_if.map(numbers),
                period,
                periods,
                near,
                warn_days,
                since: if year { Since::Year } else { Since::Period },
                as_of: as_of.map(|later| Day(START + later)),
                benefits: vec![Number::Text("1.5".into()), Number::Number(10.into())],
                ..Params::default()
            }
        })
}

/// 2023-11-15.
const START: i32 = 19_676;

/// What is said of one user, from all their rows in the order of the file.
struct Naive<'a> {
    rows: Vec<&'a Row>,
    params: &'a Params,
    as_of: i32,
}

impl Naive<'_> {
    fn joined(&self) -> Option<i32> {
        let joins = |row: &&&Row| !self.params.buyers_only || row.2 == "purchase";
        self.rows.iter().filter(joins).map(|row| row.1).min().filter(|day| *day <= self.as_of)
    }

    fn window(&self, today: i32) -> i32 {
        match self.params.window_unit {
            WindowUnit::Days => today - self.params.window as i32 + 1,
            WindowUnit::Months => months_after(today, -(self.params.window as i32)) + 1,
            WindowUnit::Year => Day::from_year_month_day(Day(today).year_month_day().0, 1, 1).unwrap().0,
        }
    }

    fn money(&self, from: i32, to: i32) -> i64 {
        let within = self.rows.iter().filter(|row| (from..=to).contains(&row.1) && row.1 <= self.as_of);
        within
            .map(|row| match row.2 {
                "purchase" => row.4,
                "refund" if self.params.net_of_refunds => -row.4,
                _ => 0,
            })
            .sum()
    }

    /// Days on which orders begin.
    fn orders(&self) -> Vec<i32> {
        let purchases: Vec<&Row> = self.rows.iter().filter(|row| row.2 == "purchase").copied().collect();
        match self.params.orders.unwrap_or(OrderUnit::Orders) {
            OrderUnit::Rows => purchases.iter().map(|row| row.1).collect(),
            OrderUnit::Days => {
                purchases.iter().map(|row| row.1).collect::<BTreeSet<_>>().into_iter().collect()
            }
            OrderUnit::Orders => {
                let mut first: BTreeMap<u8, i32> = BTreeMap::new();
                for row in purchases.iter().filter(|row| row.3 != 0) {
                    let day = first.entry(row.3).or_insert(row.1);
                    *day = (*day).min(row.1);
                }
                let alone = purchases.iter().filter(|row| row.3 == 0).map(|row| row.1);
                alone.chain(first.into_values()).collect()
            }
        }
    }

    fn points(&self, day: i32) -> i64 {
        let mut groups: BTreeMap<(&str, usize), i64> = BTreeMap::new();
        for (place, row) in self.rows.iter().enumerate().filter(|(_, row)| row.1 == day && row.2 != "visit") {
            let group = match self.params.orders.unwrap_or(OrderUnit::Orders) {
                OrderUnit::Days => 0,
                OrderUnit::Orders if row.3 != 0 => usize::from(row.3),
                _ => 1_000 + place,
            };
            *groups.entry((row.2, group)).or_default() += row.4;
        }
        let rate: f64 = self.params.points_per_unit.text().parse().unwrap();
        let hundredths = (rate * 100.0).round() as i64;
        groups
            .into_iter()
            .map(|((event, _), cents)| match event {
                "refund" if self.params.net_of_refunds => -(cents * hundredths / 10_000),
                "refund" => 0,
                _ => cents * hundredths / 10_000,
            })
            .sum()
    }

    /// What is measured on a day, knowing the rows up to the as-of date.
    fn measured(&self, today: i32) -> i64 {
        let (from, to) = (self.window(today), today.min(self.as_of));
        let days = || {
            self.rows.iter().map(|row| row.1).filter(|day| (from..=to).contains(day)).collect::<BTreeSet<_>>()
        };
        let orders = || self.orders().into_iter().filter(|day| (from..=to).contains(day)).count() as i64;
        match self.params.measure {
            Measure::Spend => self.money(from, to),
            Measure::Orders => orders(),
            Measure::ActiveDays => days().len() as i64,
            Measure::Points => {
                days().into_iter().map(|day| self.points(day)).sum::<i64>()
                    + orders() * i64::from(self.params.points_per_order)
            }
        }
    }

    /// The tier at the end of each day from joining to a day, and the days on which it was kept.
    fn tiers(&self, thresholds: &[i64], until: i32) -> (BTreeMap<i32, u8>, BTreeSet<i32>) {
        let (mut tiers, mut kept) = (BTreeMap::new(), BTreeSet::new());
        let Some(joined) = self.joined() else { return (tiers, kept) };
        let validity = self.params.validity as i32;
        let (mut tier, mut ends) = (0u8, i32::MAX);
        for today in joined..=until {
            let measured = self.measured(today);
            let earned = 1 + thresholds.iter().filter(|at| **at <= measured).count() as u8;
            let renewed = today == ends && earned == tier;
            if earned > tier || today == ends || validity == 0 {
                tier = earned;
                ends = if validity > 0 && tier > 1 { months_after(today, validity) } else { i32::MAX };
            }
            if renewed {
                kept.insert(today);
            }
            tiers.insert(today, tier);
        }
        (tiers, kept)
    }
}

fn round(number: i64) -> i64 {
    if number < 10 {
        return number;
    }
    let steps = (0..10).flat_map(|power| [1, 2, 5].map(|leading| leading * 10i64.pow(power)));
    let far = |step: i64| (step as f64 / number as f64).ln().abs();
    steps.min_by(|one, other| far(*one).total_cmp(&far(*other))).unwrap()
}

fn open(rows: &[Row]) -> EventLog {
    let mut text = String::from("user,time,event,order_id,amount\n");
    for (user, on, event, order, cents) in rows {
        let order = if *order == 0 { String::new() } else { format!("o{order}") };
        text += &format!("u{user},{},{event},{order},{}.{:02}\n", Day(*on), cents / 100, cents % 100);
    }
    let mapping =
        json!({"user": "user", "time": "time", "event": "event", "value": "amount", "order": "order_id"});
    let options =
        OpenOptions { mapping: Some(serde_json::from_value(mapping).unwrap()), ..OpenOptions::default() };
    load(&[("rows.csv", text.as_bytes())], &options).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn as_a_walk_over_all_days(rows in rows(), params in asked()) {
        // A file without one of the kinds would leave its columns out.
        let seed: [Row; 3] = [(9, 0, "purchase", 1, 150), (9, 1, "refund", 1, 150), (9, 2, "visit", 0, 0)];
        let mut rows: Vec<Row> = seed.into_iter().chain(rows).collect();
        rows.iter_mut().for_each(|row| row.1 += START);
        let log = open(&rows);
        let view = View::all(&log);
        let report = Tiers::run(&view, &params).unwrap();
        let as_of = params.as_of.unwrap_or(Day(rows.iter().map(|row| row.1).max().unwrap())).0;
        prop_assert_eq!(report.as_of.0, as_of);
        let naive: BTreeMap<&str, Naive<'_>> = log.users.iter().map(|user| {
            let code: u8 = user[1..].parse().unwrap();
            (user, Naive { rows: rows.iter().filter(|row| row.0 == code).collect(), params: &params, as_of })
        }).collect();
        let scale = if params.measure == Measure::Spend { 100 } else { 1 };
        let units = |numbers: &[Number]| -> Vec<i64> { numbers.iter().map(|number| number.text().parse::<i64>().unwrap() * scale).collect() };
        let members: Vec<&str> = naive.iter().filter(|(_, one)| one.joined().is_some()).map(|(user, _)| *user).collect();
        let thresholds = params.thresholds.as_deref().map_or_else(|| {
            let mut all: Vec<i64> = members.iter().map(|user| naive[user].measured(as_of)).filter(|measured| *measured > 0).collect();
            all.sort_unstable_by(|one, other| other.cmp(one));
            let at = |top: &u32| all.get((all.len() * *top as usize).div_ceil(100).checked_sub(1)?).copied().map(round);
            let mut learned: Vec<i64> = params.tops.iter().filter_map(at).collect();
            learned.dedup();
            learned
        }, &units);
        let from: Vec<i64> = report.tiers.iter().map(|tier| tier.from.units).collect();
        prop_assert_eq!(&from[1..], &thresholds[..]);

        let horizon = as_of + params.warn_days as i32;
        let walked: BTreeMap<&str, (BTreeMap<i32, u8>, BTreeSet<i32>)> =
            members.iter().map(|user| (*user, naive[user].tiers(&thresholds, horizon))).collect();
        let tier = |user: &str, on: i32| walked[user].0.get(&on).copied();
        let behind = |cell: Cell| -> BTreeSet<String> {
            let members = Tiers::members(&view, &params, &cell).unwrap();
            members.users.iter().map(|user| log.users.get(*user).to_owned()).collect()
        };
        let those = |fits: &dyn Fn(&str) -> bool| -> BTreeSet<String> {
            members.iter().filter(|user| fits(user)).map(|user| (*user).to_owned()).collect()
        };
        prop_assert_eq!(behind(Cell::All), those(&|_| true));
        prop_assert_eq!(report.users, members.len() as u64);
        let seen = naive.values().filter(|one| one.rows.iter().any(|row| row.1 <= as_of)).count();
        prop_assert_eq!(report.not_joined as usize, seen - members.len());

        // Periods.
        let periods = Periods { period: params.period, week_start: WeekStart::Monday };
        for told in &report.periods {
            let number = periods.number(told.start);
            prop_assert_eq!((told.start, told.end.0), (periods.first_day(number), periods.last_day(number).0.min(as_of)));
            let (start, end) = (told.start.0, told.end.0);
            for (place, users) in told.tiers.iter().enumerate() {
                let number = place as u8 + 1;
                let expected = those(&|user| tier(user, end) == Some(number));
                prop_assert_eq!(*users, expected.len() as u64);
                prop_assert_eq!(behind(Cell::Tier { tier: number, period: Some(told.start) }), expected);
            }
            let change = |user: &str| tier(user, end).map(|now| match tier(user, start - 1) {
                None => Change::Joined,
                Some(before) if before < now => Change::Upgraded,
                Some(before) if before > now => Change::Downgraded,
                Some(_) if walked[user].1.range(start..=end).next().is_some() => Change::Kept,
                Some(_) => Change::Stayed,
            });
            for (kind, users) in Change::ALL.into_iter().zip(told.changes) {
                let expected = those(&|user| change(user) == Some(kind));
                prop_assert_eq!(users, expected.len() as u64, "{:?}", kind);
                prop_assert_eq!(behind(Cell::Change { change: kind, period: told.start }), expected);
            }
            prop_assert_eq!(told.tiers.iter().sum::<u64>(), told.changes.iter().sum::<u64>());
        }
        for pair in report.periods.windows(2) {
            prop_assert_eq!(pair[0].end.0 + 1, pair[1].start.0);
            prop_assert_eq!(pair[0].tiers.iter().sum::<u64>() + pair[1].changes[0], pair[1].tiers.iter().sum::<u64>(), "nobody leaves");
        }
        let last = report.periods.last().unwrap();
        prop_assert_eq!(last.end.0, as_of);
        prop_assert_eq!(&last.tiers, &report.tiers.iter().map(|tier| tier.users).collect::<Vec<_>>());

        // Tiers now.
        let closed = report.periods.iter().rfind(|told| !told.open).map(|told| (told.start.0, told.end.0));
        prop_assert_eq!(report.returned_in.map(|[from, to]| (from.0, to.0)), closed);
        for told in &report.tiers {
            let here = those(&|user| tier(user, as_of) == Some(told.tier));
            let revenue: i64 = here.iter().map(|user| naive[user.as_str()].money(naive[user.as_str()].window(as_of), as_of)).sum();
            prop_assert_eq!(told.revenue.unwrap().units, revenue);
            let permille = match told.tier { 1 => 15, 2 => 100, _ => 0 };
            prop_assert_eq!(told.cost.unwrap().units, (revenue.max(0) * permille * 2 + 1_000) / 2_000);
            let next = thresholds.get(usize::from(told.tier) - 1);
            let near = those(&|user| {
                let measured = naive[user].measured(as_of);
                tier(user, as_of) == Some(told.tier) && next.is_some_and(|next| measured * 100 >= next * (100 - i64::from(params.near)))
            });
            prop_assert_eq!(told.near, near.len() as u64);
            let missing: i64 = near.iter().map(|user| next.unwrap() - naive[user.as_str()].measured(as_of)).sum();
            prop_assert_eq!(told.near_missing.units, missing);
            prop_assert_eq!(behind(Cell::Near { tier: Some(told.tier) }), near);
            let falling = those(&|user| {
                tier(user, as_of) == Some(told.tier) && (as_of + 1..=horizon).any(|day| tier(user, day) < tier(user, as_of))
            });
            prop_assert_eq!(told.falling, falling.len() as u64);
            prop_assert_eq!(behind(Cell::Falling { tier: Some(told.tier) }), falling);
            let (before, to) = closed.unwrap_or((i32::MIN + 1, i32::MIN));
            let had = |user: &str| tier(user, before - 1) == Some(told.tier);
            let row_in = |user: &str, purchase: bool| naive[user].rows.iter().any(|row| (before..=to).contains(&row.1) && (!purchase || row.2 == "purchase"));
            let cells = [(None, told.before), (Some(Came::Active), told.active), (Some(Came::Bought), told.bought)];
            for (who, users) in cells {
                let expected = those(&|user| had(user) && who.is_none_or(|who| row_in(user, who == Came::Bought)));
                prop_assert_eq!(users, expected.len() as u64);
                prop_assert_eq!(behind(Cell::Returned { tier: told.tier, who }), expected);
            }
        }

        // Moves, what if, how much is measured.
        let from_day = report.moved[0].0;
        prop_assert_eq!(report.moves.iter().map(|one| one.users).sum::<u64>(), report.users);
        for one in &report.moves {
            let expected = those(&|user| tier(user, from_day) == one.from && tier(user, as_of) == Some(one.to));
            prop_assert_eq!(one.users, expected.len() as u64);
            prop_assert_eq!(behind(Cell::Move { from: one.from, to: one.to }), expected);
        }
        if let (Some(numbers), Some(what_if)) = (&params.what_if, &report.what_if) {
            let then: BTreeMap<&str, u8> = members.iter()
                .map(|user| (*user, naive[user].tiers(&units(numbers), as_of).0[&as_of])).collect();
            prop_assert_eq!(what_if.moves.iter().map(|one| one.users).sum::<u64>(), report.users);
            for one in &what_if.moves {
                let expected = those(&|user| tier(user, as_of) == one.from && then[user] == one.to);
                prop_assert_eq!(one.users, expected.len() as u64);
                prop_assert_eq!(behind(Cell::WhatIf { from: one.from, to: one.to }), expected);
            }
            let up = those(&|user| Some(then[user]) > tier(user, as_of));
            let down = those(&|user| Some(then[user]) < tier(user, as_of));
            prop_assert_eq!((what_if.up, what_if.down), (up.len() as u64, down.len() as u64));
            prop_assert_eq!(behind(Cell::Moved { up: true }), up);
            prop_assert_eq!(behind(Cell::Moved { up: false }), down);
            for told in &what_if.tiers {
                prop_assert_eq!(told.users, then.values().filter(|tier| **tier == told.tier).count() as u64);
            }
        }
        let distribution = &report.distribution;
        let sum = distribution.bins.iter().sum::<u64>() + distribution.above;
        prop_assert_eq!((sum, sum + distribution.nothing), (report.measured, report.users));
        let width = distribution.width.units;
        let edges = (0..distribution.bins.len() as i64).map(|bin| (Some(bin * width), Some((bin + 1) * width)));
        let counts = distribution.bins.iter().copied();
        for ((from, to), users) in edges.zip(counts).chain([((None, None), distribution.nothing)]) {
            prop_assert_eq!(behind(Cell::Measure { from, to }).len() as u64, users);
        }
        // Every account says the tier that the list has.
        for user in &members {
            let code = log.users.iter().position(|name| name == *user).unwrap();
            let account = Tiers::account(&view, &params, &Cell::All, code).unwrap();
            prop_assert_eq!(&account.facts[0].values[0].1, &Value::Count(u64::from(tier(user, as_of).unwrap())));
            let told = account.facts.iter().any(|fact| fact.key == "tiers_falls");
            prop_assert_eq!(told, (as_of + 1..=horizon).any(|day| tier(user, day) < tier(user, as_of)));
        }
    }
}
