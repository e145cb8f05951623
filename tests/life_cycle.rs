//! Stages of life by hand, and against an evaluator that looks at each day anew; moves and shares add up.

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
use serde_json::json;
use strata::analysis::Question;
use strata::analysis::life_cycle::{Cell, LifeCycle, Params, Source};
use strata::dataset::EventLog;
use strata::dataset::calendar::{Day, Period};
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::error::ErrorKind;
use strata::segment::life_cycle::{Rules, Stage, Stages};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn log(users: &[(&str, &[&str])]) -> EventLog {
    let rows = users.iter().flat_map(|(user, days)| days.iter().map(move |day| format!("{user},{day}\n")));
    let text = format!("user_id,date\n{}", rows.collect::<String>());
    load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap()
}

fn params(more: serde_json::Value) -> Params {
    serde_json::from_value(more).unwrap()
}

/// The stage of each user as of a day.
fn stages(log: &EventLog, params: &Params) -> BTreeMap<String, Stage> {
    let view = View::all(log);
    let mut found = BTreeMap::new();
    for &stage in params.stages.all() {
        let members = LifeCycle::members(&view, params, &Cell::Stage { stage, period: None }).unwrap();
        for user in members.users {
            assert!(found.insert(log.users.get(user).to_owned(), stage).is_none(), "one stage each");
        }
    }
    found
}

#[test]
fn by_hand() {
    let log = log(&[
        // Every ten days: mature while they come, dormant after 20 days, lost after 40.
        ("regular", &["2024-01-01", "2024-01-11", "2024-01-21", "2024-01-31"]),
        ("fresh", &["2024-01-28"]),
        // Two active days, three weeks apart.
        ("slow", &["2024-01-05", "2024-01-26"]),
        // 50 days after gaps of 10.
        ("back", &["2023-11-01", "2023-11-11", "2023-12-31"]),
    ]);
    let at = |as_of: &str| stages(&log, &params(json!({"asOf": as_of, "cycle": 10.0})));
    let named = |stages: &BTreeMap<String, Stage>, user: &str| stages.get(user).copied();
    let january = at("2024-01-31");
    assert_eq!(named(&january, "regular"), Some(Stage::Mature));
    assert_eq!(named(&january, "fresh"), Some(Stage::New));
    assert_eq!(named(&january, "slow"), Some(Stage::Growing), "two active days, a cycle of 21");
    // The own cycle of `back` is 30 by then, half-way between 10 and 50: 31 days are within two.
    assert_eq!(named(&january, "back"), Some(Stage::Resurrected), "lost before, one active day since");
    assert_eq!(
        named(&at("2023-12-21"), "back"),
        Some(Stage::Dormant),
        "40 days are not more than four cycles"
    );
    assert_eq!(named(&at("2023-12-22"), "back"), Some(Stage::Lost));
    assert_eq!(named(&at("2023-12-31"), "back"), Some(Stage::Resurrected));
    assert_eq!(named(&at("2023-11-11"), "back"), Some(Stage::New), "ten days are one cycle");
    assert_eq!(named(&at("2023-11-12"), "back"), Some(Stage::Growing));
    assert_eq!(named(&at("2023-10-31"), "back"), None);
}

#[test]
fn the_cycle_is_learned_and_told() {
    let log = log(&[
        ("a", &["2024-01-01", "2024-01-03", "2024-01-09"]), // gaps 2 and 6: 4
        ("b", &["2024-01-01", "2024-01-11"]),               // 10
        ("c", &["2024-01-01", "2024-01-21"]),               // 20
        ("d", &["2024-01-05"]),
    ]);
    let run = |more| LifeCycle::run(&View::all(&log), &params(more)).unwrap().cycle;
    let cycle = run(json!({}));
    assert_eq!((cycle.days, cycle.source, cycle.users), (10.0, Source::Learned, 3));
    assert_eq!(cycle.quartiles, Some([7.0, 10.0, 15.0]));
    let cycle = run(json!({"cycle": 3.5}));
    assert_eq!((cycle.days, cycle.source, cycle.quartiles), (3.5, Source::Given, Some([7.0, 10.0, 15.0])));
    let cycle = run(json!({"asOf": "2024-01-02"}));
    assert_eq!((cycle.days, cycle.source, cycle.users), (30.0, Source::Unknown, 0));
}

#[test]
fn moves_and_shares_by_hand() {
    let log = log(&[
        (
            "a",
            &[
                "2024-01-10",
                "2024-01-20",
                "2024-01-30",
                "2024-02-09",
                "2024-02-19",
                "2024-02-29",
                "2024-03-10",
            ],
        ),
        ("b", &["2024-01-10", "2024-01-20"]),
        ("c", &["2024-03-09"]),
    ]);
    let params = params(json!({"cycle": 10.0, "asOf": "2024-03-10"}));
    let report = LifeCycle::run(&View::all(&log), &params).unwrap();
    let ends: Vec<(String, bool)> =
        report.periods.iter().map(|period| (period.end.to_string(), period.open)).collect();
    let end = |text: &str, open| (text.to_owned(), open);
    assert_eq!(ends, [end("2024-01-31", false), end("2024-02-29", false), end("2024-03-10", true)]);
    let told: Vec<(Option<Stage>, Stage, u64)> =
        report.moves.iter().map(|one| (one.from, one.to, one.users)).collect();
    assert_eq!(
        told,
        [
            (Some(Stage::Mature), Stage::Mature, 1),
            (Some(Stage::Dormant), Stage::Lost, 1),
            (None, Stage::New, 1),
        ]
    );
    // Only January to February: a stayed mature, b (growing: two active days) fell asleep.
    let shares: Vec<(Stage, Stage, u64, u64)> =
        report.shares.iter().map(|share| (share.from, share.to, share.moves, share.of)).collect();
    assert_eq!(shares, [(Stage::Growing, Stage::Dormant, 1, 1), (Stage::Mature, Stage::Mature, 1, 1)]);
    let settled = report.settled.unwrap();
    // Nobody was seen to leave dormant, lost or new.
    assert!((settled.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!((settled[Stage::Lost.place()] - 1.0 / 3.0).abs() < 1e-9);
}

#[test]
fn refusals_and_honest_ends() {
    let log = log(&[("a", &["2024-01-01"])]);
    let refused = |more| {
        let error = LifeCycle::run(&View::all(&log), &params(more)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadValue);
        error.path.clone().unwrap()
    };
    assert_eq!(refused(json!({"periods": 1})), "params.periods");
    assert_eq!(refused(json!({"periods": 121})), "params.periods");
    assert_eq!(refused(json!({"cycle": 0.0})), "params.cycle");
    assert_eq!(refused(json!({"rules": {"activeWithin": 5.0}})), "params.rules.lostAfter");
    assert_eq!(refused(json!({"rules": {"newWithin": -1.0}})), "params.rules.newWithin");
    assert_eq!(refused(json!({"rules": {"rise": 2000.0}})), "params.rules.rise");
    let one = LifeCycle::run(&View::all(&log), &Params::default()).unwrap();
    assert_eq!((one.users, one.moves.len(), one.settled), (1, 1, None));
    let before = LifeCycle::run(&View::all(&log), &params(json!({"asOf": "2023-12-31"}))).unwrap();
    assert_eq!((before.users, before.moves.len(), before.shares.len()), (0, 0, 0));
    let refused = |cell| {
        let error = LifeCycle::members(&View::all(&log), &Params::default(), &cell).unwrap_err();
        error.path.clone().unwrap()
    };
    let cell = Cell::Stage { stage: Stage::New, period: Some(day("2020-01-01")) };
    assert_eq!(refused(cell), "users.cell.stage.period");
    let january = one.periods[1].start;
    assert_eq!(refused(Cell::Won { stage: Stage::New, period: january }), "users.cell.won");
    assert_eq!(refused(Cell::Won { stage: Stage::Churn, period: january }), "users.cell.won");
    assert_eq!(refused(Cell::Won { stage: Stage::Lost, period: one.periods[0].start }), "users.cell.won");
    assert_eq!(refused(Cell::Stage { stage: Stage::Loyalty, period: None }), "users.cell.stage.stage");
    let cell = Cell::Move { from: Some(Stage::Interest), to: Stage::Lost };
    assert_eq!(refused(cell), "users.cell.move");
}

fn median(mut gaps: Vec<i32>) -> Option<f64> {
    gaps.sort_unstable();
    let middle = gaps.len().checked_sub(1)? / 2;
    Some((f64::from(gaps[middle]) + f64::from(gaps[gaps.len() / 2])) / 2.0)
}

/// The stage as the definition says, from the days up to today alone.
fn naive(days: &BTreeSet<i32>, today: i32, rules: &Rules, data: f64) -> Option<Stage> {
    let days: Vec<i32> = days.iter().copied().filter(|day| *day <= today).collect();
    let (first, last) = (*days.first()?, *days.last()?);
    let cycle = |days: &[i32]| {
        let gaps: Vec<i32> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
        if gaps.len() >= rules.own_gaps.max(1) as usize { median(gaps).unwrap() } else { data }
    };
    let own = cycle(&days);
    let silent = f64::from(today - last);
    let returned = (1..days.len())
        .rev()
        .find(|place| f64::from(days[*place] - days[place - 1]) > rules.lost_after * cycle(&days[..*place]));
    let few = |number: usize| (number as u32) < rules.mature_days;
    let within = |from: f64, to: f64| {
        days.iter().filter(|day| (from..to).contains(&f64::from(today - **day))).count() as f64
    };
    let stretch = rules.lost_after * own;
    let (recent, before) = (within(0.0, stretch), within(stretch, 2.0 * stretch));
    let here = f64::from(today - first) >= 2.0 * stretch;
    let rising = rules.rise > 0.0 && here && before > 0.0 && recent >= rules.rise * before;
    Some(if silent > rules.lost_after * own {
        Stage::Lost
    } else if silent > rules.active_within * own {
        Stage::Dormant
    } else if f64::from(today - first) <= rules.new_within * data {
        Stage::New
    } else if returned.is_some_and(|place| few(days.len() - place)) {
        Stage::Resurrected
    } else if few(days.len()) || rising {
        Stage::Growing
    } else {
        Stage::Mature
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn stages_follow_from_what_had_happened(
        users in prop::collection::vec(prop::collection::btree_set(0i32..200, 1..25), 1..12),
        period in prop::sample::select(Period::ALL.to_vec()),
        rules in (0u32..4, 1u32..8, 0u32..9, 1u32..6, 0u32..5, 1u32..4),
        cycle in prop::option::of(1u32..20),
        as_of in prop::option::of(0i32..230),
    ) {
        let (new_within, active_within, more, mature_days, rise, own_gaps) = rules;
        let rules = Rules {
            new_within: f64::from(new_within) / 2.0,
            active_within: f64::from(active_within) / 2.0,
            lost_after: f64::from(active_within + more) / 2.0,
            mature_days,
            rise: f64::from(rise) / 2.0,
            own_gaps,
        };
        let start = day("2024-01-01").0;
        let row = |(user, days): (usize, &BTreeSet<i32>)| -> String {
            days.iter().map(|day| format!("u{user},{}\n", Day(start + day))).collect()
        };
        let text = format!("user_id,date\n{}", users.iter().enumerate().map(row).collect::<String>());
        let log = load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap();
        let view = View::all(&log);
        let as_of = as_of.map(|days| Day(start + days));
        let params = Params { as_of, period, periods: 6, cycle: cycle.map(f64::from), rules, ..Params::default() };
        let report = LifeCycle::run(&view, &params).unwrap();
        let known = |user: &str| -> BTreeSet<i32> {
            users[user[1..].parse::<usize>().unwrap()].iter().map(|day| start + day).collect()
        };
        // The cycle from all gaps up to the day.
        let medians: Vec<f64> = users.iter().filter_map(|days| {
            let days: Vec<i32> = days.iter().map(|day| start + day).filter(|day| *day <= report.as_of.0).collect();
            median(days.windows(2).map(|pair| pair[1] - pair[0]).collect())
        }).collect();
        prop_assert_eq!(report.cycle.users, medians.len() as u64);
        let data = report.cycle.days;
        // Every period's stages, and the lists behind them.
        for told in &report.periods {
            for &stage in Stages::Activity.all() {
                let cell = Cell::Stage { stage, period: Some(told.start) };
                let members = LifeCycle::members(&view, &params, &cell).unwrap().users;
                let listed: BTreeSet<&str> = members.iter().map(|user| log.users.get(*user)).collect();
                let expected: BTreeSet<&str> = log.users.iter()
                    .filter(|user| naive(&known(user), told.end.0, &rules, data) == Some(stage)).collect();
                prop_assert_eq!(&listed, &expected, "{:?} at {}", stage, told.end);
                prop_assert_eq!(told.stages[stage.place()], listed.len() as u64);
            }
        }
        // Moves are between the last two ends, open into their users, and add up.
        let [.., before, now] = &report.periods[..] else { panic!("two periods") };
        prop_assert_eq!(report.moves.iter().map(|one| one.users).sum::<u64>(), report.users);
        prop_assert_eq!(now.stages.iter().sum::<u64>(), report.users);
        for one in &report.moves {
            let expected = log.users.iter().filter(|user| {
                naive(&known(user), before.end.0, &rules, data) == one.from
                    && naive(&known(user), now.end.0, &rules, data) == Some(one.to)
            }).count() as u64;
            prop_assert_eq!(one.users, expected);
            let cell = Cell::Move { from: one.from, to: one.to };
            prop_assert_eq!(LifeCycle::members(&view, &params, &cell).unwrap().users.len() as u64, expected);
        }
        let all = LifeCycle::members(&view, &params, &Cell::All).unwrap().users.len() as u64;
        prop_assert_eq!(all, report.users);
        // Shares are pooled over pairs of closed periods.
        let closed: Vec<i32> = report.periods.iter().filter(|told| !told.open).map(|told| told.end.0).collect();
        let mut pooled: BTreeMap<(Stage, Stage), u64> = BTreeMap::new();
        for user in log.users.iter() {
            for pair in closed.windows(2) {
                let at = |today| naive(&known(user), today, &rules, data);
                if let (Some(from), Some(to)) = (at(pair[0]), at(pair[1])) {
                    *pooled.entry((from, to)).or_default() += 1;
                }
            }
        }
        let told: BTreeMap<(Stage, Stage), u64> =
            report.shares.iter().map(|share| ((share.from, share.to), share.moves)).collect();
        prop_assert_eq!(told, pooled.clone());
        for share in &report.shares {
            let of: u64 = pooled.iter().filter(|((from, _), _)| *from == share.from).map(|(_, moves)| moves).sum();
            prop_assert_eq!(share.of, of);
            prop_assert!((share.share - share.moves as f64 / of as f64).abs() < 1e-12);
        }
        // Who was won back, from end to end of closed periods, and the users behind it.
        prop_assert_eq!(report.won.len(), closed.len().saturating_sub(1));
        for (won, (pair, start)) in report.won.iter().zip(closed.windows(2).zip(report.periods.iter().skip(1))) {
            prop_assert_eq!(won.start, start.start);
            prop_assert_eq!(won.from.iter().map(|won| won.stage).collect::<Vec<_>>(), [Stage::Dormant, Stage::Lost]);
            for told in &won.from {
                let at = |user: &str, today| naive(&known(user), today, &rules, data);
                let before: Vec<&str> = log.users.iter().filter(|user| at(user, pair[0]) == Some(told.stage)).collect();
                let active = |user: &&&str| !matches!(at(user, pair[1]), Some(Stage::Dormant | Stage::Lost));
                prop_assert_eq!((told.users, told.won), (before.len() as u64, before.iter().filter(active).count() as u64));
                let cell = Cell::Won { stage: told.stage, period: won.start };
                prop_assert_eq!(LifeCycle::members(&view, &params, &cell).unwrap().users.len() as u64, told.won);
            }
        }
        // Spells in a stage, counted from lists of stages at the ends.
        for stay in &report.stays {
            let (mut spells, mut ended) = (0, 0);
            for user in log.users.iter() {
                let stages: Vec<Option<Stage>> = closed.iter().map(|today| naive(&known(user), *today, &rules, data)).collect();
                for place in 0..stages.len() {
                    let began = match place.checked_sub(1) {
                        Some(before) => stages[before] != stages[place],
                        // The day before the first period nobody was there.
                        None => report.periods[0].start.0 <= start + users.iter().filter_map(|days| days.first()).min().unwrap(),
                    };
                    if began && stages[place] == Some(stay.stage) {
                        spells += 1;
                        ended += u64::from(stages[place..].iter().any(|stage| *stage != Some(stay.stage)));
                    }
                }
            }
            prop_assert_eq!((stay.spells, stay.ended), (spells, ended), "{:?}", stay.stage);
        }
        if let Some(settled) = &report.settled {
            prop_assert!((settled.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(settled.iter().all(|share| *share >= -1e-12));
        }
    }
}

#[test]
fn rising_takes_a_life_long_enough() {
    // Every 10 days for 200 days, then every 2.
    let sparse: Vec<String> =
        (0..20).map(|place| Day(day("2024-01-01").0 + place * 10).to_string()).collect();
    let dense: Vec<String> = (0..10).map(|place| Day(day("2024-07-19").0 + place * 2).to_string()).collect();
    let all: Vec<&str> = sparse.iter().chain(&dense).map(String::as_str).collect();
    let log = log(&[("u", &all)]);
    let at = |as_of: &str, rise: f64| {
        let rules = Rules { rise, ..Rules::default() };
        stages(&log, &Params { rules, ..params(json!({"asOf": as_of, "cycle": 10.0})) })["u"]
    };
    // The last 40 days before August 6 have 12 active days, the 40 before 4.
    assert_eq!((at("2024-08-06", 2.0), at("2024-08-06", 0.0)), (Stage::Growing, Stage::Mature));
    assert_eq!((at("2024-08-06", 3.0), at("2024-08-06", 3.5)), (Stage::Growing, Stage::Mature));
    assert_eq!(at("2024-03-01", 2.0), Stage::Mature, "too young to have risen");
}

fn events(rows: &[(&str, &str, &str)]) -> EventLog {
    let rows: String = rows.iter().map(|(user, day, event)| format!("{user},{day},{event}\n")).collect();
    let text = format!("user_id,date,event\n{rows}");
    load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap()
}

#[test]
fn business_stages_by_hand() {
    let log = events(&[
        ("seen", "2024-01-20", "page_view"),
        ("curious", "2024-01-10", "page_view"),
        ("curious", "2024-01-20", "add_to_cart"),
        ("buyer", "2024-01-05", "page_view"),
        ("buyer", "2024-01-15", "purchase"),
        ("loyal", "2024-01-05", "purchase"),
        ("loyal", "2024-01-15", "purchase"),
        ("gone", "2023-10-05", "purchase"),
        ("gone", "2023-10-15", "purchase"),
    ]);
    let business = |more: serde_json::Value| {
        let mut all = json!({"stages": "business", "cycle": 10.0, "asOf": "2024-01-31"});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params(all)
    };
    let named = |more| -> Vec<(String, Stage)> { stages(&log, &business(more)).into_iter().collect() };
    let expected = |stages: &[(&str, Stage)]| -> Vec<(String, Stage)> {
        stages.iter().map(|(user, stage)| ((*user).to_owned(), *stage)).collect()
    };
    use Stage::{Awareness, Churn, Interest, Loyalty, Purchase};
    let usual = [
        ("buyer", Purchase),
        ("curious", Interest),
        ("gone", Churn),
        ("loyal", Loyalty),
        ("seen", Awareness),
    ];
    assert_eq!(named(json!({})), expected(&usual));
    let any =
        [("buyer", Purchase), ("curious", Interest), ("gone", Churn), ("loyal", Loyalty), ("seen", Interest)];
    assert_eq!(named(json!({"interaction": {}})), expected(&any));
    let three = [
        ("buyer", Purchase),
        ("curious", Interest),
        ("gone", Churn),
        ("loyal", Purchase),
        ("seen", Awareness),
    ];
    assert_eq!(named(json!({"loyalOrders": 3})), expected(&three));
    // Before they are lost they were loyal; 40 days of silence are not more than four cycles.
    let before = named(json!({"asOf": "2023-11-24"}));
    assert_eq!(before, expected(&[("gone", Loyalty)]));
    let report = LifeCycle::run(&View::all(&log), &business(json!({}))).unwrap();
    let evidence = report.business.unwrap();
    assert_eq!(evidence.sights, ["page_view"]);
    assert_eq!(report.users, 5);
    let won: Vec<_> =
        report.won.last().unwrap().from.iter().map(|won| (won.stage, won.users, won.won)).collect();
    assert_eq!(won, [(Purchase, 0, 0), (Churn, 1, 0)]);
    let refused = |more| {
        let error = LifeCycle::run(&View::all(&log), &business(more)).unwrap_err();
        error.path.clone().unwrap()
    };
    assert_eq!(refused(json!({"loyalOrders": 1})), "params.loyalOrders");
    let unknown = refused(json!({"interaction": {"all": [{"column": "nothing", "in": ["x"]}]}}));
    assert!(unknown.starts_with("params.interaction"), "{unknown}");
}

#[test]
fn business_stages_of_a_log_of_orders_begin_with_a_purchase() {
    let log = log(&[("a", &["2024-01-01", "2024-01-11"]), ("b", &["2024-01-11"])]);
    let business = params(json!({"stages": "business"}));
    let told = stages(&log, &business);
    assert_eq!((told["a"], told["b"]), (Stage::Loyalty, Stage::Purchase));
    let report = LifeCycle::run(&View::all(&log), &business).unwrap();
    assert!(report.business.unwrap().sights.is_empty());
}

/// The business stage as the definition says.
fn naive_business(
    rows: &[(i32, usize)],
    today: i32,
    rules: &Rules,
    data: f64,
    loyal: usize,
) -> Option<Stage> {
    let known: Vec<(i32, usize)> = rows.iter().copied().filter(|(day, _)| *day <= today).collect();
    let days: BTreeSet<i32> = known.iter().map(|(day, _)| *day).collect();
    let orders = known.iter().filter(|(_, event)| *event == 2).count();
    Some(match naive(&days, today, rules, data)? {
        Stage::Lost => Stage::Churn,
        _ if orders >= loyal => Stage::Loyalty,
        _ if orders > 0 => Stage::Purchase,
        _ if known.iter().any(|(_, event)| *event > 0) => Stage::Interest,
        _ => Stage::Awareness,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn business_stages_follow_from_what_users_had_done(
        users in prop::collection::vec(prop::collection::vec((0i32..150, 0usize..3), 1..15), 1..10),
        loyal in 2u32..5,
        cycle in prop::option::of(1u32..20),
    ) {
        const EVENTS: [&str; 3] = ["view", "share", "purchase"];
        let start = day("2024-01-01").0;
        let dated = |day: &i32| Day(start + day).to_string();
        let named: Vec<String> = (0..users.len()).map(|user| format!("u{user}")).collect();
        let rows: Vec<(&str, String, &str)> = users.iter().zip(&named).flat_map(|(rows, name)| {
            rows.iter().map(move |(day, event)| (name.as_str(), dated(day), EVENTS[*event]))
        }).collect();
        // Everybody has all events in the dictionary, long after the last day that is looked at.
        let rest = EVENTS.map(|event| ("rest", "2025-01-01", event));
        let log = events(&rows.iter().map(|(user, day, event)| (*user, day.as_str(), *event)).chain(rest).collect::<Vec<_>>());
        let view = View::all(&log);
        let params = Params {
            as_of: Some(Day(start + 160)),
            stages: Stages::Business,
            loyal_orders: loyal,
            cycle: cycle.map(f64::from),
            periods: 6,
            ..Params::default()
        };
        let report = LifeCycle::run(&view, &params).unwrap();
        let known: BTreeMap<&str, Vec<(i32, usize)>> = named.iter().zip(&users)
            .map(|(name, rows)| (name.as_str(), rows.iter().map(|(day, event)| (start + day, *event)).collect()))
            .collect();
        let at = |user: &str, today| {
            naive_business(known.get(user)?, today, &params.rules, report.cycle.days, loyal as usize)
        };
        for told in &report.periods {
            for &stage in Stages::Business.all() {
                let cell = Cell::Stage { stage, period: Some(told.start) };
                let members = LifeCycle::members(&view, &params, &cell).unwrap().users;
                let listed: BTreeSet<&str> = members.iter().map(|user| log.users.get(*user)).collect();
                let expected: BTreeSet<&str> =
                    log.users.iter().filter(|user| at(user, told.end.0) == Some(stage)).collect();
                prop_assert_eq!(&listed, &expected, "{:?} at {}", stage, told.end);
                prop_assert_eq!(told.stages[stage.place()], listed.len() as u64);
            }
        }
        prop_assert_eq!(report.moves.iter().map(|one| one.users).sum::<u64>(), report.users);
        let closed: Vec<i32> = report.periods.iter().filter(|told| !told.open).map(|told| told.end.0).collect();
        for (won, pair) in report.won.iter().zip(closed.windows(2)) {
            for told in &won.from {
                let before: Vec<&str> = log.users.iter().filter(|user| at(user, pair[0]) == Some(told.stage)).collect();
                let is_won = |user: &&&str| match told.stage {
                    Stage::Purchase => at(user, pair[1]) == Some(Stage::Loyalty),
                    _ => at(user, pair[1]) != Some(Stage::Churn),
                };
                prop_assert_eq!((told.users, told.won), (before.len() as u64, before.iter().filter(is_won).count() as u64));
                let cell = Cell::Won { stage: told.stage, period: won.start };
                prop_assert_eq!(LifeCycle::members(&view, &params, &cell).unwrap().users.len() as u64, told.won);
            }
        }
    }
}
