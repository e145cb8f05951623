//! Clusters by hand, whatever the order of rows, and what is told where nothing can be parted.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;
use strata::analysis::account::Value;
use strata::analysis::clusters::{Cell, Clusters, Params, Report};
use strata::analysis::{MemberCells, Question};
use strata::dataset::EventLog;
use strata::dataset::calendar::Day;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::error::ErrorKind;
use strata::segment::features::Feature;

fn log(text: &str) -> EventLog {
    load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap()
}

fn params(more: serde_json::Value) -> Params {
    serde_json::from_value(more).unwrap()
}

fn run(log: &EventLog, more: serde_json::Value) -> Report {
    Clusters::run(&View::all(log), &params(more)).unwrap()
}

/// Who is in each cluster.
fn members(log: &EventLog, params: &Params, number: u32) -> Vec<String> {
    let found = Clusters::members(&View::all(log), params, &Cell::Cluster(number)).unwrap();
    found.users.iter().map(|user| log.users.get(*user).to_owned()).collect()
}

/// Three who buy much and lately, three who bought once, long ago.
const TWO_KINDS: &str = "user_id,date,amount\n\
    a,2024-01-01,100\na,2024-02-01,100\na,2024-03-01,100.50\n\
    b,2024-01-02,110\nb,2024-02-02,90\nb,2024-02-29,100\n\
    c,2024-01-03,95\nc,2024-02-03,95\nc,2024-02-28,95\n\
    x,2023-01-01,5\ny,2023-01-05,6\nz,2023-01-09,4\n";

#[test]
fn two_kinds_by_hand() {
    let log = log(TWO_KINDS);
    let report = run(&log, json!({}));
    assert_eq!((report.users, report.k, report.asked, report.without), (6, 2, None, 0));
    assert!(report.buyers);
    let told: Vec<Feature> = report.features.iter().map(|told| told.feature).collect();
    assert_eq!(told, [Feature::Recency, Feature::Frequency, Feature::Monetary]);
    // As of March 1: a, b and c bought 0, 1 and 2 days ago.
    let [first, second] = &report.clusters[..] else { panic!("two clusters") };
    assert_eq!((first.number, first.users, first.share), (1, 3, Some(0.5)));
    assert_eq!(first.revenue.unwrap().to_string(), "885.50");
    assert_eq!(second.revenue.unwrap().to_string(), "15.00");
    assert!((first.revenue_share.unwrap() - 885.5 / 900.5).abs() < 1e-12);
    assert_eq!(first.figures.iter().map(|own| own.mean).collect::<Vec<_>>()[..2], [1.0, 3.0]);
    assert!((first.figures[2].mean - 885.5 / 3.0).abs() < 1e-5);
    let typical = ((1.0f64.ln() + 2.0f64.ln() + 3.0f64.ln()) / 3.0).exp() - 1.0;
    assert!((first.figures[0].centre - typical).abs() < 1e-8, "{}", first.figures[0].centre);
    // The guide tells this example.
    let marks: Vec<Feature> = first.marks.iter().map(|mark| mark.feature).collect();
    assert_eq!(marks, [Feature::Frequency, Feature::Monetary, Feature::Recency]);
    // Lately, often and much; the others the other way round, as strongly.
    for (cluster, sign) in [(first, 1.0), (second, -1.0)] {
        assert_eq!(cluster.marks.len(), 3);
        for mark in &cluster.marks {
            assert!(mark.strong);
            let up = if mark.feature == Feature::Recency { -sign } else { sign };
            assert!(mark.apart * up > 1.9, "{mark:?}");
        }
    }
    let own = params(json!({}));
    assert_eq!(members(&log, &own, 1), ["a", "b", "c"], "who brought most first");
    assert_eq!(members(&log, &own, 2), ["y", "x", "z"]);
    assert_eq!(report.tried_with, 6);
    let ks: Vec<u32> = report.trials.iter().map(|trial| trial.k).collect();
    assert_eq!(ks, [2, 3, 4, 5, 6], "no more than there are users");
    assert!(report.trials[0].silhouette.unwrap() > 0.9);
    assert!(report.trials[4].inertia < 1e-6);
    assert_eq!(report.dots.len(), 6);
}

#[test]
fn a_user_is_told_why() {
    let log = log(TWO_KINDS);
    let view = View::all(&log);
    let account = Clusters::account(
        &view,
        &Params::default(),
        &Cell::Cluster(1),
        log.users.find("b").unwrap() as usize,
    )
    .unwrap();
    let keys: Vec<&str> = account.facts.iter().map(|fact| fact.key.as_ref()).collect();
    assert_eq!(
        keys,
        ["clusters_figure", "clusters_figure", "clusters_figure", "clusters_nearest", "clusters_second"]
    );
    let value = |place: usize, name: &str| {
        account.facts[place]
            .values
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.clone())
            .unwrap()
    };
    assert_eq!(value(0, "figure"), Value::Count(1));
    assert_eq!((value(3, "cluster"), value(4, "cluster")), (Value::Count(1), Value::Count(2)));
    let distance = |place| match value(place, "distance") {
        Value::Amount(amount) => amount.to_f64(),
        other => panic!("{other:?}"),
    };
    assert!(distance(3) < 0.5 && distance(4) > 3.0);
    assert_eq!(account.roles.len(), 3);
    let early = params(json!({"asOf": "2024-02-01"}));
    let account =
        Clusters::account(&view, &early, &Cell::All, log.users.find("b").unwrap() as usize).unwrap();
    assert_eq!(account.roles.len(), 1, "what comes later is none of it");
}

#[test]
fn every_figure_by_hand() {
    let log = log("user_id,event,date,amount\n\
        a,view,2024-01-01,\na,purchase,2024-01-03,30\na,purchase,2024-01-03,10\na,refund,2024-01-05,50\n\
        b,view,2024-01-11,\n\
        c,purchase,2024-01-02,8\nc,view,2024-01-06,\n");
    let all = json!([
        "kinds",
        "gap",
        "activeShare",
        "activeDays",
        "tenure",
        "silence",
        "averageOrder",
        "monetary",
        "frequency",
        "recency",
        "gap"
    ]);
    let own = params(json!({"features": all, "k": 2}));
    let listed = Clusters::members(&View::all(&log), &own, &Cell::All).unwrap();
    let column = |key: &str| -> BTreeMap<&str, i64> {
        let column = listed.columns.iter().find(|column| column.key == key).unwrap();
        let (MemberCells::Counts(cells) | MemberCells::Amounts(cells)) = &column.cells else {
            panic!("{key}")
        };
        listed.users.iter().map(|user| log.users.get(*user)).zip(cells.iter().copied()).collect()
    };
    let both = |a: i64, c: i64| BTreeMap::from([("a", a), ("c", c)]);
    assert_eq!(column("recency_days"), both(8, 9));
    assert_eq!(column("frequency"), both(1, 1), "days with a purchase");
    // a got more back than was paid: told as it is, counted as 0.
    assert_eq!(column("monetary"), both(-10, 8));
    assert_eq!(column("average_order"), both(0, 8));
    assert_eq!(column("silence_days"), both(6, 5));
    assert_eq!(column("tenure_days"), both(10, 9));
    assert_eq!(column("active_days"), both(3, 2));
    assert_eq!(column("active_percent"), both(27, 20));
    assert_eq!(column("gap_days"), both(2, 4));
    assert_eq!(column("event_kinds"), both(3, 2));
    let report = run(&log, json!({"features": all, "k": 2}));
    assert_eq!((report.users, report.without, report.below_zero, report.one_day), (2, 1, 1, 0));
    let unused: Vec<Feature> =
        report.features.iter().filter(|told| !told.used).map(|told| told.feature).collect();
    assert_eq!(unused, [Feature::Frequency], "one order each");
    // Without figures of purchases all users count; b's gap is the time since the one day: 0.
    let report = run(&log, json!({"features": ["gap", "activeDays"]}));
    assert_eq!((report.buyers, report.users, report.one_day, report.frequency), (false, 3, 1, None));
}

#[test]
fn an_average_order_is_money_by_orders() {
    let log =
        log("user_id,date,amount\na,2024-01-01,10\na,2024-01-02,20.50\na,2024-01-03,30\nb,2024-01-03,8\n");
    let own = params(json!({"features": ["averageOrder"], "k": 2}));
    let listed = Clusters::members(&View::all(&log), &own, &Cell::All).unwrap();
    let column = listed.columns.iter().find(|column| column.key == "average_order").unwrap();
    let MemberCells::Amounts(cells) = &column.cells else { panic!("no amounts") };
    let names: Vec<&str> = listed.users.iter().map(|user| log.users.get(*user)).collect();
    assert_eq!((names, &cells[..]), (vec!["a", "b"], &[2017, 800][..]));
    // The figure that users are compared by is not rounded to cents.
    let report = run(&log, json!({"features": ["averageOrder"], "k": 2}));
    assert!(
        (report.clusters[0].figures[0].mean - 60.5 / 3.0).abs() < 1e-5,
        "{:?}",
        report.clusters[0].figures
    );
}

#[test]
fn without_money_activity_counts() {
    let log = log("user_id,event,date\na,open,2024-01-01\na,open,2024-01-02\na,close,2024-01-09\n\
        b,open,2024-01-01\nc,open,2024-01-02\n");
    let report = run(&log, json!({}));
    let told: Vec<Feature> = report.features.iter().map(|told| told.feature).collect();
    assert_eq!(told, [Feature::Silence, Feature::Tenure, Feature::ActiveDays]);
    assert_eq!((report.users, report.revenue, report.buyers), (3, None, false));
    assert_eq!(report.clusters[0].revenue_share, None);
    let refused = Clusters::run(&View::all(&log), &params(json!({"features": ["tenure", "monetary"]})));
    let error = refused.unwrap_err();
    assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::MissingRole, Some("params.features")));
}

#[test]
fn where_nothing_can_be_parted() {
    let one = log("user_id,date,amount\na,2024-01-01,5\n");
    let report = run(&one, json!({"k": 4}));
    assert_eq!((report.users, report.k, report.asked, report.trials.len()), (1, 1, Some(4), 0));
    assert_eq!((report.clusters[0].users, report.clusters[0].marks.len()), (1, 0));
    assert_eq!((report.silhouette, report.inertia), (None, Some(0.0)));
    assert_eq!(members(&one, &params(json!({"k": 4})), 1), ["a"]);
    let alike = log("user_id,date,amount\na,2024-01-01,5\nb,2024-01-01,5\nc,2024-01-01,5\n");
    let report = run(&alike, json!({}));
    assert_eq!((report.users, report.k), (3, 1));
    assert!(report.features.iter().all(|told| !told.used));
    // Two different users can be two clusters, not five.
    let two = log("user_id,date,amount\na,2024-01-01,5\nb,2024-01-01,5\nc,2024-01-01,7\n");
    let report = run(&two, json!({"k": 5}));
    assert_eq!((report.k, report.clusters[0].users, report.clusters[1].users), (2, 1, 2));
    let nobody = run(&one, json!({"asOf": "2023-12-31"}));
    assert_eq!((nobody.users, nobody.k, nobody.trials.len(), nobody.clusters.len()), (0, 0, 0, 0));
    let account = Clusters::account(&View::all(&one), &params(json!({"asOf": "2023-12-31"})), &Cell::All, 0);
    assert_eq!(account.unwrap().facts[0].key, "clusters_no_purchase");
}

#[test]
fn refusals() {
    let log = log(TWO_KINDS);
    let refused = |more| {
        let error = Clusters::run(&View::all(&log), &params(more)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadValue);
        error.path.clone().unwrap()
    };
    assert_eq!(refused(json!({"k": 1})), "params.k");
    assert_eq!(refused(json!({"k": 21})), "params.k");
    assert_eq!(refused(json!({"features": []})), "params.features");
    assert_eq!(refused(json!({"restarts": 0})), "params.restarts");
    assert_eq!(refused(json!({"frequency": "orders"})), "params.frequency");
    let cell = Clusters::members(&View::all(&log), &params(json!({"k": 2})), &Cell::Cluster(3)).unwrap_err();
    assert_eq!(cell.path.as_deref(), Some("users.cell.cluster"));
    assert_eq!((cell.kind, cell.expected.as_deref()), (ErrorKind::NoSuchCluster, Some("2")));
    let kinds = Clusters::run(&View::all(&log), &params(json!({"features": ["kinds"]}))).unwrap_err();
    assert_eq!(kinds.kind, ErrorKind::MissingRole);
}

/// A user's purchases: day and cents.
type Purchases = Vec<(i32, u32)>;

fn text(rows: &[(usize, i32, u32)]) -> String {
    let first = "2024-01-01".parse::<Day>().unwrap().0;
    let row = |(user, day, cents): &(usize, i32, u32)| {
        format!("u{user},{},{}.{:02}\n", Day(first + day), cents / 100, cents % 100)
    };
    format!("user_id,date,amount\n{}", rows.iter().map(row).collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_does_not_matter(
        users in prop::collection::vec(prop::collection::vec((0i32..300, 0u32..50_000), 1..5), 2..40),
        seed in any::<u64>(),
        drawn in any::<bool>(),
        k in prop::option::of(2u32..12),
    ) {
        let rows: Vec<(usize, i32, u32)> = users.iter().enumerate()
            .flat_map(|(user, own): (usize, &Purchases)| own.iter().map(move |(day, cents)| (user, *day, *cents)))
            .collect();
        let mut shuffled = rows.clone();
        let mix = |row: &(usize, i32, u32)| (row.0 as u64 * 31 + row.1 as u64 * 7 + u64::from(row.2)).wrapping_mul(seed | 1) >> 7;
        shuffled.sort_by_key(mix);
        let start = if drawn { "drawn" } else { "spread" };
        let more = json!({"start": start, "k": k, "restarts": 3, "features": ["recency", "frequency", "monetary", "tenure"]});
        let (one, other) = (log(&text(&rows)), log(&text(&shuffled)));
        let report = run(&one, more.clone());
        let again = run(&other, more.clone());
        prop_assert_eq!(serde_json::to_string(&report).unwrap(), serde_json::to_string(&again).unwrap());
        // The parts add up, and open into their users.
        prop_assert_eq!(report.clusters.iter().map(|own| own.users).sum::<u64>(), users.len() as u64);
        let own = params(more);
        let mut seen = 0;
        for cluster in &report.clusters {
            let (mut listed, mut same) = (members(&one, &own, cluster.number), members(&other, &own, cluster.number));
            prop_assert_eq!(listed.len() as u64, cluster.users);
            seen += listed.len();
            listed.sort();
            same.sort();
            prop_assert_eq!(listed, same);
            // A saved cluster keeps its number of clusters.
            let pinned = Params { k: Some(report.k.max(2)), ..own.clone() };
            prop_assert_eq!(members(&one, &pinned, cluster.number).len() as u64, cluster.users);
        }
        prop_assert_eq!(seen, users.len());
        // Most first.
        let means: Vec<f64> =
            report.clusters.iter().map(|own| own.revenue.unwrap().to_f64() / own.users as f64).collect();
        prop_assert!(means.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9), "{:?}", means);
        // The best silhouette, the smaller of equals.
        if k.is_none() && report.k > 1 {
            let best = report.trials.iter().find(|trial| trial.k == report.k).unwrap().silhouette.unwrap();
            for trial in &report.trials {
                prop_assert!(trial.silhouette.unwrap() < best || trial.k >= report.k && trial.silhouette.unwrap() <= best);
            }
        }
        if let Some(k) = k {
            prop_assert!(report.k <= k);
        }
    }

    #[test]
    fn best_of_several_is_no_worse(
        users in prop::collection::vec((0i32..300, 1u32..50_000), 10..60),
    ) {
        let rows: Vec<(usize, i32, u32)> =
            users.iter().enumerate().map(|(user, (day, cents))| (user, *day, *cents)).collect();
        let log = log(&text(&rows));
        let inertia = |restarts: u32| -> Vec<f64> {
            let report = run(&log, json!({"start": "drawn", "restarts": restarts}));
            report.trials.iter().map(|trial| trial.inertia).collect()
        };
        for (many, one) in inertia(8).iter().zip(inertia(1)) {
            prop_assert!(*many <= one);
        }
    }
}

/// So many users that numbers of clusters are tried with some of them: three heaps, in either order.
#[test]
fn many_users_are_sampled_by_their_ids() {
    let rows: Vec<(usize, i32, u32)> = (0..12_000)
        .map(|user| {
            let heap = user % 3;
            let noise = (user * 7_919 % 101) as u32;
            (user, [10, 150, 290][heap], [100_000, 1_000, 20_000][heap] + noise * [300, 3, 60][heap])
        })
        .collect();
    let mut turned = rows.clone();
    turned.reverse();
    let (one, other) = (log(&text(&rows)), log(&text(&turned)));
    for start in ["spread", "drawn"] {
        let more = json!({"features": ["recency", "monetary"], "start": start, "restarts": 3});
        let report = run(&one, more.clone());
        assert_eq!((report.users, report.tried_with, report.k), (12_000, 10_000, 3));
        assert_eq!(report.clusters.iter().map(|own| own.users).collect::<Vec<_>>(), [4_000; 3]);
        assert!(report.silhouette.unwrap() > 0.8 && report.trials.len() == 7);
        let again = run(&other, more.clone());
        assert_eq!(serde_json::to_string(&report).unwrap(), serde_json::to_string(&again).unwrap());
        let own = params(more);
        for cluster in &report.clusters {
            let listed = members(&one, &own, cluster.number);
            assert_eq!(listed.len(), 4_000);
            let heaps: Vec<usize> = listed.iter().map(|id| id[1..].parse::<usize>().unwrap() % 3).collect();
            assert!(heaps.iter().all(|heap| *heap == heaps[0]));
        }
    }
}
