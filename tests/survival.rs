//! Lifetimes: Kaplan-Meier and log-rank against published results, and against their definitions, computed anew by loops over all
//! lives; lives against loops over the rows of random logs, in zones from UTC-11 to UTC+14. The count in a mark is the length of
//! the list that it opens.
//!
//! The data and results are not part of the repository: see `tests/golden.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod raw;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::Span;
use jiff::civil::Date;
use proptest::prelude::*;
use raw::*;
use serde_json::{Value, json};
use strata::analysis::Question;
use strata::analysis::breakdown::{Breakdown, GroupName};
use strata::analysis::survival::{Cell, Entry, Estimate, MOST_STEPS, Params, Survival};
use strata::dataset::filter::Condition;
use strata::dataset::view::View;
use strata::model::survival::{Lives, log_rank};

fn lives_of(list: &[(u32, bool)]) -> Lives {
    let mut lives = Lives::default();
    list.iter().for_each(|(time, ended)| lives.add(*time, *ended));
    lives
}

#[test]
fn golden() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("STRATA_SHARED").map_or(beside, PathBuf::from);
    if !folder.join("golden").is_dir() {
        eprintln!("\n*** SKIPPED: golden cases of survival: no data in {} ***\n", folder.display());
        return;
    }
    for case in ["km_waltons", "km_rossi_fin"] {
        let text = std::fs::read_to_string(folder.join(format!("golden/{case}.json"))).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        let name = |key: &str| case["parameters"][key].as_str().unwrap().to_owned();
        let tolerance = |key: &str| case["tolerance"][key].as_f64().unwrap();
        let data =
            std::fs::read_to_string(folder.join("data").join(case["dataset"].as_str().unwrap())).unwrap();
        let mut lines = data.lines();
        let head: Vec<&str> = lines.next().unwrap().split(',').collect();
        let place = |key: &str| head.iter().position(|column| *column == name(key)).unwrap();
        let (duration, event, group) = (place("duration"), place("event"), place("group"));
        let mut groups: BTreeMap<String, Vec<(u32, bool)>> = BTreeMap::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split(',').collect();
            let time: f64 = cells[duration].parse().unwrap();
            assert_eq!(time.fract(), 0.0, "times are whole");
            let life = (time as u32, cells[event].starts_with('1'));
            groups.entry(cells[group].to_owned()).or_default().push(life);
        }
        let all = groups.values().flatten().copied().collect();
        let apart: Vec<Lives> = groups.values().map(|list| lives_of(list)).collect();
        for (name, list) in groups.into_iter().chain([("all".to_owned(), all)]) {
            let (curve, expected) = (lives_of(&list).curve(), &case["result"][&name]);
            assert_eq!(
                (json!(curve.lives), json!(curve.ended)),
                (expected["n"].clone(), expected["events"].clone())
            );
            let median = expected["median"].as_f64();
            assert_eq!(curve.median().time.map(f64::from), median, "{name}");
            let table = expected["table"].as_array().unwrap();
            assert!(table.len() > 10);
            assert_eq!(table.len(), curve.steps.len(), "{name}");
            for (own, expected) in curve.steps.iter().zip(table) {
                let number = |key: &str| expected[key].as_f64();
                let counts = [own.at_risk, own.ended, own.censored].map(|count| Some(count as f64));
                assert_eq!(number("t"), Some(f64::from(own.time)));
                assert_eq!(counts, ["at_risk", "events", "censored"].map(number));
                let near = |a: f64, key: &str, within: f64| {
                    assert!((a - number(key).unwrap()).abs() <= within, "{name} {key} at {}: {a}", own.time);
                };
                near(own.survival, "survival", tolerance("survival_abs"));
                near(own.interval.low, "ci_low_loglog", tolerance("ci_abs"));
                near(own.interval.high, "ci_high_loglog", tolerance("ci_abs"));
                if number("greenwood_se").is_some() {
                    near(own.survival * own.variance.sqrt(), "greenwood_se", tolerance("survival_abs"));
                }
            }
        }
        let test = log_rank(&apart).unwrap();
        let expected = &case["result"]["logrank_all_groups"];
        let near = |a: f64, key: &str| {
            let b = expected[key].as_f64().unwrap();
            assert!((a - b).abs() <= b * tolerance("logrank_rel"), "{key}: {a} is not {b}");
        };
        near(test.chi_square, "chi2");
        near(test.p_value, "p");
        assert_eq!(json!(test.degrees), expected["df"]);
    }
}

/// The share that lasts longer than a time: the product over the times of ends, each found by a loop over all lives.
fn naive(list: &[(u32, bool)], time: u32) -> f64 {
    let times: BTreeSet<u32> =
        list.iter().filter(|life| life.1 && life.0 <= time).map(|life| life.0).collect();
    times.iter().fold(1.0, |product, time| {
        let at_risk = list.iter().filter(|life| life.0 >= *time).count() as f64;
        let ended = list.iter().filter(|life| **life == (*time, true)).count() as f64;
        product * (1.0 - ended / at_risk)
    })
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

fn any_lives() -> impl Strategy<Value = Vec<(u32, bool)>> {
    prop::collection::vec((0u32..25, any::<bool>()), 1..40)
}

proptest! {
    #[test]
    fn estimate_life_by_life(list in any_lives()) {
        let curve = lives_of(&list).curve();
        let longest = list.iter().map(|life| life.0).max().unwrap();
        for time in 0..=longest {
            let (survival, band) = curve.survival(time).unwrap();
            prop_assert!(near(survival, naive(&list, time)));
            prop_assert!((0.0..=survival).contains(&band.low) && (survival..=1.0).contains(&band.high));
            prop_assert_eq!(curve.at_risk(time) as usize, list.iter().filter(|life| life.0 >= time).count());
            // The mean is the sum of the days' survivals.
            let mean = curve.restricted_mean(time).unwrap();
            prop_assert!(near(mean.mean, (0..time).map(|day| naive(&list, day)).sum()));
            prop_assert!(mean.interval.low <= mean.mean + 1e-12 && mean.mean <= mean.interval.high + 1e-12);
        }
        let median = (0..=longest).find(|time| naive(&list, *time) <= 0.5 + 1e-9);
        prop_assert_eq!(curve.median().time, median);
        let alone = list.iter().all(|life| life.1);
        let empirical = |time: u32| list.iter().filter(|life| life.0 > time).count() as f64 / list.len() as f64;
        prop_assert!(!alone || (0..30).all(|time| near(curve.survival(time).unwrap().0, empirical(time))));
    }

    #[test]
    fn without_censoring_it_is_the_empirical_one(times in prop::collection::vec(0u32..25, 1..40)) {
        let list: Vec<(u32, bool)> = times.iter().map(|time| (*time, true)).collect();
        let curve = lives_of(&list).curve();
        for time in 0..30 {
            let there = times.iter().filter(|own| **own > time).count();
            prop_assert!(near(curve.survival(time).unwrap().0, there as f64 / times.len() as f64));
        }
        // The mean without censoring is the mean.
        let mean = curve.restricted_mean(30).unwrap().mean;
        prop_assert!(near(mean, times.iter().map(|time| f64::from(*time)).sum::<f64>() / times.len() as f64));
    }

    #[test]
    fn two_groups_time_by_time(own in any_lives(), other in any_lives()) {
        // Of two groups the value is the squared excess of one over its variance.
        let (mut excess, mut variance) = (0.0, 0.0);
        for time in 0..25 {
            let count = |list: &[(u32, bool)]| list.iter().filter(|life| life.0 >= time).count() as f64;
            let ends = |list: &[(u32, bool)]| list.iter().filter(|life| **life == (time, true)).count() as f64;
            let (n, m, d) = (count(&own), count(&other), ends(&own) + ends(&other));
            if d > 0.0 {
                excess += ends(&own) - d * n / (n + m);
            }
            if d > 0.0 && n + m > 1.0 {
                variance += d * n * m * (n + m - d) / (n + m).powi(2) / (n + m - 1.0);
            }
        }
        match log_rank(&[lives_of(&own), lives_of(&other)]) {
            Some(test) => {
                prop_assert!(near(test.chi_square, excess * excess / variance), "{test:?}");
                let turned = log_rank(&[lives_of(&other), Lives::default(), lives_of(&own)]).unwrap();
                prop_assert!(near(turned.chi_square, test.chi_square) && turned.degrees == 1);
            }
            None => prop_assert_eq!(variance, 0.0),
        }
        let same = log_rank(&[lives_of(&own), lives_of(&own), lives_of(&own)]);
        prop_assert!(same.is_none_or(|test| test.chi_square < 1e-9 && test.degrees == 2));
    }
}

/// What a definition says of a user.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    Life(u32, bool, &'static str),
    TooRecent,
    Already,
}

/// What matters to a life.
struct Asked {
    zone: &'static str,
    start: fn(&Row) -> bool,
    other: fn(&Row) -> bool,
    until: bool,
    to_next: bool,
    inactive: i64,
    entry: (Date, Date),
    last: Date,
    horizon: Option<u32>,
}

fn known(rows: &[&Row], asked: &Asked) -> Option<Known> {
    let date = |row: &Row| date(row, asked.zone);
    let first = rows.iter().position(|row| (asked.start)(row))?;
    let begun = date(rows[first]);
    if begun < asked.entry.0 || begun > asked.entry.1 {
        return None;
    }
    let after = || rows[first + 1..].iter().filter(|row| (asked.other)(row)).map(|row| date(row));
    let (time, ended) = if asked.until {
        let before = rows[..first].iter().any(|row| (asked.other)(row));
        if before || (!asked.to_next && (asked.other)(rows[first])) {
            return Some(Known::Already);
        }
        (days(begun, after().min().unwrap_or(asked.last)), after().next().is_some())
    } else {
        let settled = asked.last - Span::new().days(asked.inactive);
        if begun > settled {
            return Some(Known::TooRecent);
        }
        let end = after().max().unwrap_or(begun);
        (days(begun, end.min(settled)), end <= settled)
    };
    let time = u32::try_from(time).unwrap();
    let within = asked.horizon.is_none_or(|horizon| time <= horizon);
    Some(Known::Life(time.min(asked.horizon.unwrap_or(time)), ended && within, rows[first].channel))
}

/// Checks a curve and its figures against the lives that it is of.
fn check_estimate(own: &Estimate, list: &[(u32, bool)]) {
    let count = |keep: &dyn Fn(&(u32, bool)) -> bool| list.iter().filter(|life| keep(life)).count() as u64;
    assert_eq!((own.users, own.ended), (list.len() as u64, count(&|life| life.1)));
    assert_eq!(own.censored, own.users - own.ended);
    assert_eq!(own.steps.is_empty(), list.is_empty());
    let ends: BTreeSet<u32> = list.iter().filter(|life| life.1).map(|life| life.0).collect();
    let from: BTreeSet<u32> = own.steps.iter().map(|step| step.from).collect();
    assert!(ends.is_subset(&from), "every end is a step: {ends:?} {from:?}");
    assert!(own.steps.len() <= MOST_STEPS);
    for (place, step) in own.steps.iter().enumerate() {
        let within = |life: &(u32, bool)| (step.from..=step.to).contains(&life.0);
        assert_eq!(step.at_risk, count(&|life| life.0 >= step.from));
        assert_eq!(step.ended, count(&|life| life.1 && within(life)));
        assert_eq!(step.censored, count(&|life| !life.1 && within(life)));
        assert!(near(step.survival, naive(list, step.from)));
        if let Some(next) = own.steps.get(place + 1) {
            assert_eq!((next.from, next.at_risk), (step.to + 1, step.at_risk - step.ended - step.censored));
        }
    }
    for point in &own.points {
        assert_eq!(point.at_risk, count(&|life| life.0 >= point.day));
        assert_eq!(point.ended, count(&|life| life.1 && life.0 <= point.day));
        if let Some(survival) = point.survival {
            assert!(near(survival, naive(list, point.day)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn lives_row_by_row(rows in rows(), zone in any_zone(), channel in any_channel(), start in any_choice(), other in any_choice(), until in any::<bool>(), same in any::<bool>(), inactive in prop_oneof![1u32..12, 150u32..260], horizon in prop::option::of(1u32..40), ever in any::<bool>(), dates in prop::option::of((0i64..240, 0i64..60)), broken in any::<bool>()) {
        let rows = with_every_event(rows);
        let log = open(&rows, zone);
        let other = if same { start.clone() } else { other };
        let (mut filter, kept) = filtered(&rows, channel);
        let (first, end) = (rows.iter().map(|row| date(row, zone)).min().unwrap(), rows.iter().map(|row| date(row, zone)).max().unwrap());
        let bounds = dates.map(|(from, length)| (first + Span::new().days(from), first + Span::new().days(from + length)));
        if let Some((from, to)) = bounds {
            filter.all.push(Condition { from: Some(day(from)), to: Some(day(to)), ..Condition::default() });
        }
        let entry = bounds.map_or((first, end), |(from, to)| (from.max(first), to.min(end)));
        prop_assume!(entry.0 <= entry.1);
        let view = if ever {
            View::beyond_dates(&log, &filter, Box::new(|segment| panic!("no segment: {segment:?}"))).unwrap()
        } else {
            View::new(&log, &filter).unwrap()
        };
        let params = Params {
            start: start.0.clone(),
            entry: if ever { Entry::FirstEver } else { Entry::First },
            active: if until { None } else { other.0.clone() },
            inactive,
            until: until.then(|| other.0.clone().unwrap_or_default()),
            horizon,
            breakdown: broken.then(|| Breakdown { column: "channel".into(), most: 1 }),
        };
        let asked = Asked {
            zone,
            start: start.1,
            other: other.1,
            until,
            to_next: start.0.clone().unwrap_or_default() == other.0.clone().unwrap_or_default(),
            inactive: i64::from(inactive),
            entry,
            last: if ever { end } else { entry.1 },
            horizon,
        };
        let mut users: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in kept.iter().filter(|row| ever || (entry.0..=entry.1).contains(&date(row, zone))) {
            users.entry(name(row)).or_default().push(row);
        }
        users.values_mut().for_each(|rows| rows.sort_by_key(|row| row.seconds));
        let known: BTreeMap<String, Known> =
            users.iter().filter_map(|(user, rows)| Some((user.clone(), known(rows, &asked)?))).collect();
        let report = Survival::run(&view, &params).unwrap();
        let list = |cell: Cell| ids(&log, &Survival::members(&view, &params, &cell).unwrap());
        let named = |keep: &dyn Fn(&Known) -> bool| -> BTreeSet<String> {
            known.iter().filter(|(_, own)| keep(own)).map(|(user, _)| user.clone()).collect()
        };
        prop_assert_eq!((report.too_recent as usize, list(Cell::TooRecent)), (named(&|own| *own == Known::TooRecent).len(), named(&|own| *own == Known::TooRecent)));
        prop_assert_eq!((report.already as usize, list(Cell::Already)), (named(&|own| *own == Known::Already).len(), named(&|own| *own == Known::Already)));
        let lives = |channel: Option<&str>| -> Vec<(u32, bool)> {
            let life = |own: &Known| match own {
                Known::Life(time, ended, of) if channel.is_none_or(|channel| channel == *of) => Some((*time, *ended)),
                _ => None,
            };
            known.values().filter_map(life).collect()
        };
        let check = |own: &Estimate, group: Option<GroupName>, of: Option<&str>| {
            check_estimate(own, &lives(of));
            let in_group = |channel: &str| of.is_none_or(|of| of == channel);
            for step in &own.steps {
                let (from, to) = (step.from, Some(step.to));
                let within = |time: u32| (step.from..=step.to).contains(&time);
                let expected = |state: bool| named(&|own| matches!(own, Known::Life(time, ended, channel) if *ended == state && within(*time) && in_group(channel)));
                assert_eq!(list(Cell::Ended { from, to, group: group.clone() }), expected(true));
                assert_eq!(list(Cell::Censored { from, to, group: group.clone() }), expected(false));
                let there = named(&|own| matches!(own, Known::Life(time, _, channel) if *time >= from && in_group(channel)));
                assert_eq!(list(Cell::AtRisk { day: from, group: group.clone() }), there);
            }
        };
        check(&report.all, None, None);
        prop_assert_eq!(report.groups.is_some(), broken);
        let groups = report.groups.unwrap_or_default();
        let mut sizes: Vec<(i64, &str)> = ["a", "b"].map(|channel| (-(lives(Some(channel)).len() as i64), channel)).into_iter().filter(|(size, _)| *size < 0).collect();
        sizes.sort_unstable();
        prop_assert_eq!(if broken { sizes.len() } else { 0 }, groups.len());
        for (place, (group, (_, channel))) in groups.iter().zip(sizes).enumerate() {
            prop_assert_eq!(group.value.as_deref(), (place == 0).then_some(channel));
            check(&group.estimate, Some(group.name()), Some(channel));
        }
        let test = log_rank(&["a", "b"].map(|channel| lives_of(&lives(Some(channel)))));
        prop_assert_eq!(report.test.map(|test| test.degrees), if broken { test.map(|test| test.degrees) } else { None });
        if let (Some(own), Some(test)) = (report.test, test) {
            prop_assert!(near(own.chi_square, test.chi_square));
        }
    }
}

#[test]
fn by_hand() {
    // The last day is January 31: with 10 days of silence, January 21 is settled. a came until the 11th, b until the 25th, c once,
    // d after the settled day.
    let log = small(
        "user,time,amount\na,2024-01-01,1\na,2024-01-11,1\nb,2024-01-02,1\nb,2024-01-25,1\nc,2024-01-21,1\nd,2024-01-22,1\nd,2024-01-31,1\n",
        json!({"kind": "events", "user": "user", "time": "time", "value": "amount"}),
    );
    let view = View::all(&log);
    let params = Params { inactive: 10, ..Params::default() };
    let report = Survival::run(&view, &params).unwrap();
    assert_eq!(report.last_day.to_string(), "2024-01-21");
    let all = &report.all;
    assert_eq!((all.users, all.ended, all.censored, report.too_recent, report.already), (3, 2, 1, 1, 0));
    let told: Vec<_> =
        all.steps.iter().map(|step| (step.from, step.at_risk, step.ended, step.censored)).collect();
    // c ended on day 0, a on day 10, b was alive on day 19.
    assert_eq!(told, [(0, 3, 1, 0), (10, 2, 1, 0), (19, 1, 0, 1)]);
    assert_eq!(all.median.time, Some(10));
    assert!(near(all.mean.unwrap().mean, 10.0 * 2.0 / 3.0 + 9.0 / 3.0));
    let report = Survival::run(&view, &Params { inactive: 40, ..params.clone() }).unwrap();
    assert_eq!((report.all.users, report.too_recent), (0, 4), "nobody can have ended yet");
    assert!(report.all.steps.is_empty() && report.all.mean.is_none());
    let fails = |params: Params| Survival::run(&view, &params).unwrap_err().path.clone().unwrap();
    assert_eq!(fails(Params { inactive: 0, ..params.clone() }), "params.inactive");
    assert_eq!(fails(Params { horizon: Some(0), ..params.clone() }), "params.horizon");
    let breakdown = Some(Breakdown { column: "none".into(), most: 3 });
    assert_eq!(fails(Params { breakdown, ..params.clone() }), "params.breakdown.column");
    let cell = Cell::AtRisk { day: 0, group: Some(GroupName::Others) };
    assert_eq!(
        Survival::members(&view, &params, &cell).unwrap_err().path.clone().unwrap(),
        "users.cell.group"
    );
}

#[test]
fn unknown_events_are_named_by_their_place() {
    let log = small(
        "user,time,event\na,2024-01-01,in\na,2024-01-11,out\n",
        json!({"kind": "events", "user": "user", "time": "time", "event": "event"}),
    );
    let view = View::all(&log);
    let of = |params: Value| {
        let params: Params = serde_json::from_value(params).unwrap();
        Survival::run(&view, &params).unwrap_err().path.clone().unwrap()
    };
    assert_eq!(of(json!({"start": {"events": ["x"]}})), "params.start.events[0]");
    assert_eq!(of(json!({"until": {"events": ["in", "x"]}})), "params.until.events[1]");
    assert_eq!(of(json!({"active": {"events": ["x"]}})), "params.active.events[0]");
}

#[test]
fn long_curves_are_thinned_and_stay_exact() {
    // A user for each of 1,000 days who lasts that long, and one who is still there.
    let mut text = String::from("user,time,amount\n");
    let first = Date::constant(2020, 1, 1);
    for length in 1..=1_000i64 {
        text += &format!("u{length},{first},1\nu{length},{},1\n", first + Span::new().days(length));
    }
    text += &format!("last,{first},1\nlast,{},1\n", first + Span::new().days(1_200));
    let mapping = json!({"kind": "events", "user": "user", "time": "time", "value": "amount"});
    let log = small(&text, mapping);
    let report = Survival::run(&View::all(&log), &Params::default()).unwrap();
    let steps = &report.all.steps;
    assert!((200..=MOST_STEPS).contains(&steps.len()), "{}", steps.len());
    assert_eq!((steps[0].from, steps.last().unwrap().from), (0, 1_170));
    for pair in steps.windows(2) {
        assert_eq!(pair[1].at_risk, pair[0].at_risk - pair[0].ended - pair[0].censored);
        assert_eq!(pair[1].from, pair[0].to + 1);
    }
    for step in steps {
        let ended = f64::from(step.from.min(1_000));
        assert!(near(step.survival, 1.0 - ended / 1_001.0), "{step:?}");
    }
}
