//! Scores by natural breaks, levels by weights, activity instead of money, moves between two dates: by hand, and against an
//! evaluator that does what the definitions say.

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
use strata::analysis::rfm::{Basis, Cell, Figure, Grouping, Moves, Params, Report, Rfm};
use strata::dataset::EventLog;
use strata::dataset::calendar::Day;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::error::ErrorKind;
use strata::segment::score::Scoring;

/// User, day of January 2024, amount.
type Row = (u8, u8, i64);

fn log(rows: &[Row], with_amounts: bool) -> EventLog {
    let line = |(user, day, amount): &Row| match with_amounts {
        true => format!("u{user},2024-01-{day:02},{amount}\n"),
        false => format!("u{user},2024-01-{day:02}\n"),
    };
    let head = if with_amounts { "user_id,date,amount\n" } else { "user_id,date\n" };
    let text = format!("{head}{}", rows.iter().map(line).collect::<String>());
    load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap()
}

fn params(more: Value) -> Params {
    serde_json::from_value(more).unwrap()
}

fn january(day: u8) -> Day {
    format!("2024-01-{day:02}").parse().unwrap()
}

fn run(log: &EventLog, params: &Params) -> Report {
    Rfm::run(&View::all(log), params).unwrap()
}

fn who(log: &EventLog, params: &Params, cell: &Cell) -> BTreeSet<String> {
    let members = Rfm::members(&View::all(log), params, cell).unwrap();
    members.users.iter().map(|user| log.users.get(*user).to_owned()).collect()
}

const ROWS: [Row; 9] = [
    (1, 1, 100),
    (1, 10, 100),
    (1, 20, 100),
    (1, 31, 700),
    (2, 2, 5),
    (3, 30, 20),
    (4, 5, 30),
    (4, 6, 30),
    (5, 31, 4000),
];

#[test]
fn equals_are_parted_by_ascending_id() {
    // In the order of neither the file nor the letters.
    let log = load(
        &[(
            "rows.csv",
            b"user_id,date,amount\n30,2024-01-01,5\n4,2024-01-01,5\n200,2024-01-01,5\n1,2024-01-01,5\n21,2024-01-01,5\n",
        )],
        &OpenOptions::default(),
    )
    .unwrap();
    for ties in ["ntile", "rankFirst"] {
        let params = params(json!({"scoring": {"by": "quantile", "ties": ties}}));
        for (code, id) in [("111", "1"), ("222", "4"), ("333", "21"), ("444", "30"), ("555", "200")] {
            assert_eq!(
                who(&log, &params, &Cell::Code(code.to_owned())),
                BTreeSet::from([id.to_owned()]),
                "{ties}"
            );
        }
    }
}

#[test]
fn moves_by_hand() {
    let log = log(&ROWS, true);
    let thresholds = json!({"by": "thresholds", "recency": [30, 20, 10, 5], "frequency": [1, 2, 3, 4], "monetary": [10, 50, 100, 1000]});
    let params = params(json!({"asOf": "2024-01-31", "movedFrom": "2024-01-10", "scoring": thresholds}));
    let report = run(&log, &params);
    // On the 10th: 1 has R 0, F 2, M 200: 5, 3, 4; 2 has 8 days, 1, 5: 4, 2, 1; 4 has 4 days, 2, 60: 5, 3, 3.
    // On the 31st: 1 has 5, 5, 5; 2 has 29 days: 2, 2, 1; 3 has 5, 2, 2; 4 has 25 days: 2, 3, 3; 5 has 5, 2, 5.
    let moved = |by, from: Option<&str>, to: &str| {
        who(&log, &params, &Cell::Moved { by, from: from.map(str::to_owned), to: to.to_owned() })
    };
    let set = |users: &[&str]| users.iter().map(|user| (*user).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(moved(Grouping::Segments, Some("potential_loyalists"), "champions"), set(&["u1"]));
    assert_eq!(moved(Grouping::Segments, Some("potential_loyalists"), "hibernating"), set(&["u2"]));
    assert_eq!(moved(Grouping::Segments, Some("potential_loyalists"), "at_risk"), set(&["u4"]));
    assert_eq!(moved(Grouping::Segments, None, "potential_loyalists"), set(&["u3", "u5"]));
    // Means of the scores: 1 from 4 to 5, 2 from 2.33 to 1.67, both 2, 4 from 3.67 to 2.67.
    assert_eq!(moved(Grouping::Levels, Some("2"), "2"), set(&["u2"]));
    assert_eq!(moved(Grouping::Levels, Some("4"), "3"), set(&["u4"]));
    let moves = report.moves.unwrap();
    assert_eq!(moves.from, january(10));
    assert_eq!(moves.segments[2], [1, 0, 0, 0, 0, 0, 0, 1, 0, 1], "potential loyalists became");
    assert_eq!(moves.segments[10][2], 2, "who was not there before");
    assert_eq!(moves.levels.iter().flatten().sum::<u64>(), 5);
    let spread = report.spread.unwrap();
    assert_eq!(spread[0].edges[..3], [0, 1, 2]);
    assert_eq!((spread[0].counts[0], spread[0].counts[25], spread[0].counts[29]), (2, 1, 1));
    assert_eq!(spread[1].counts.iter().sum::<u64>(), 5);
    for (figure, spread) in [Figure::Recency, Figure::Frequency, Figure::Monetary].into_iter().zip(&spread) {
        for (bin, count) in spread.counts.iter().enumerate() {
            let cell = Cell::Between { figure, from: spread.edges[bin], to: spread.edges[bin + 1] };
            assert_eq!(who(&log, &params, &cell).len() as u64, *count, "{figure:?} {bin}");
        }
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let log = log(&ROWS, true);
    let refused = |more: Value, cell: Option<Cell>| {
        let (view, params) = (View::all(&log), params(more));
        let error = match cell {
            None => Rfm::run(&view, &params).map(|_| ()).unwrap_err(),
            Some(cell) => Rfm::members(&view, &params, &cell).map(|_| ()).unwrap_err(),
        };
        (error.kind, error.path.clone().unwrap_or_default())
    };
    let bad = |path: &str| (ErrorKind::BadValue, path.to_owned());
    assert_eq!(refused(json!({"movedFrom": "2024-01-31"}), None), bad("params.movedFrom"));
    let moved = |from: &str, to: &str| {
        Some(Cell::Moved { by: Grouping::Classes, from: Some(from.to_owned()), to: to.to_owned() })
    };
    assert_eq!(refused(json!({}), moved("core", "core")), bad("params.movedFrom"));
    let earlier = json!({"movedFrom": "2024-01-10"});
    assert_eq!(refused(earlier.clone(), moved("champions", "core")), bad("users.cell.moved.from"));
    assert_eq!(refused(earlier, moved("core", "?")), bad("users.cell.moved.to"));
    assert_eq!(refused(json!({}), Some(Cell::Level(6))), bad("users.cell"));
    for (from, to) in [(0, 3), (3, 6), (4, 3)] {
        let cell = Cell::Score { figure: Figure::Recency, from, to };
        assert_eq!(refused(json!({}), Some(cell)), bad("users.cell"), "{from} to {to}");
    }
}

#[test]
fn without_money_activity_is_scored() {
    let log = log(&ROWS, false);
    let report = run(&log, &Params::default());
    assert_eq!((report.basis, report.buyers, report.revenue), (Basis::Engagement, 5, None));
    let means = report.means.unwrap();
    assert_eq!(means, [(29 + 1 + 25) as f64 / 5.0, 9.0 / 5.0, 9.0 / 5.0]);
    // Asked for, money stays the basis: M is 0 for everybody.
    let money = run(&log, &params(json!({"basis": "money"})));
    assert_eq!((money.basis, money.means.unwrap()[2]), (Basis::Money, 0.0));
    let early = run(&log, &params(json!({"asOf": "2024-01-05"})));
    assert_eq!((early.buyers, early.users_without_purchase), (3, 2));
}

#[test]
fn breaks_lie_where_users_part() {
    // Amounts in three heaps, orders in two.
    let rows = [(1, 1, 10), (2, 1, 11), (3, 1, 1000), (4, 1, 1010), (5, 1, 99000), (5, 2, 1000)];
    let log = log(&rows, true);
    let report = run(&log, &params(json!({"scoring": {"by": "kMeans"}})));
    let [recency, frequency, monetary] = report.cuts.unwrap();
    assert_eq!(recency, [Some(0), None, None, None], "one day ago, and today");
    assert_eq!(frequency, [Some(2), None, None, None]);
    assert_eq!(monetary.map(|cut| cut.unwrap()), [11, 1000, 1010, 100_000], "five different amounts");
}

/// Each user's R (negated), F and third figure up to a day.
fn figures(rows: &[Row], as_of: u8, money: bool) -> BTreeMap<u8, [i64; 3]> {
    let mut found = BTreeMap::new();
    for user in 0..8 {
        let own: Vec<&Row> = rows.iter().filter(|row| row.0 == user && row.1 <= as_of).collect();
        let days: BTreeSet<u8> = own.iter().map(|row| row.1).collect();
        let Some(last) = days.last() else { continue };
        let third = if money { own.iter().map(|row| row.2).sum() } else { own.len() as i64 };
        found.insert(user, [i64::from(*last) - i64::from(as_of), days.len() as i64, third]);
    }
    found
}

/// Scores as fifths: equal figures share a score.
fn scores(figures: &BTreeMap<u8, [i64; 3]>) -> BTreeMap<u8, [u8; 3]> {
    let score = |own: &[i64; 3]| {
        std::array::from_fn(|axis| {
            let worse = figures.values().filter(|other| other[axis] < own[axis]).count();
            u8::try_from(1 + 5 * worse / figures.len()).unwrap()
        })
    };
    figures.iter().map(|(user, own)| (*user, score(own))).collect()
}

fn level(scores: [u8; 3], weights: [u32; 3]) -> String {
    let sum: u32 = weights.iter().zip(scores).map(|(weight, score)| weight * u32::from(score)).sum();
    let mean = f64::from(sum) / f64::from(weights.iter().sum::<u32>());
    (mean + 0.5).floor().to_string()
}

fn class([r, f, m]: [u8; 3]) -> &'static str {
    match (r >= 4, f >= 4, m >= 4) {
        (true, true, true) => "core",
        (true, ..) => "potential",
        (false, false, false) => "lost",
        _ => "dormant",
    }
}

fn matrix<'a>(moves: &'a Moves, by: Grouping, report: &'a Report) -> (&'a [Vec<u64>], Vec<String>) {
    let (matrix, groups) = match by {
        Grouping::Segments => (&moves.segments, &report.segments),
        Grouping::Eight => (&moves.eight, &report.eight),
        Grouping::Classes => (&moves.classes, &report.classes),
        Grouping::Levels => (&moves.levels, &report.levels),
    };
    (matrix, groups.iter().map(|group| group.key.clone()).collect())
}

#[test]
fn weights_of_nothing_are_refused() {
    let log =
        load(&[("rows.csv", b"user_id,date,amount\na,2024-01-01,5\n".as_slice())], &OpenOptions::default())
            .unwrap();
    let params = |weights: [u32; 3]| -> Params {
        let [recency, frequency, monetary] = weights;
        let weights = json!({"recency": recency, "frequency": frequency, "monetary": monetary});
        serde_json::from_value(json!({"weights": weights})).unwrap()
    };
    let error = Rfm::run(&View::all(&log), &params([0, 0, 0])).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("params.weights"));
    assert!(Rfm::run(&View::all(&log), &params([0, 0, 1])).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn levels_moves_and_activity(
        rows in proptest::collection::vec((0u8..8, 1u8..=31, 1i64..60), 1..60),
        (early, late) in (1u8..=30).prop_flat_map(|early| (Just(early), early + 1..=31)),
        weights in [0u32..4, 0u32..4, 1u32..4],
        money: bool,
    ) {
        let log = log(&rows, true);
        let basis = if money { "money" } else { "engagement" };
        let weighted = json!({"recency": weights[0], "frequency": weights[1], "monetary": weights[2]});
        let params = params(json!({
            "asOf": january(late), "movedFrom": january(early), "basis": basis, "weights": weighted, "segmentMap": "eleven",
        }));
        let report = run(&log, &params);
        let (before, now) = (figures(&rows, early, money), figures(&rows, late, money));
        prop_assert_eq!(report.buyers, now.len() as u64);
        let (scores_before, scores_now) = (scores(&before), scores(&now));
        for group in &report.codes {
            let there = scores_now.values().filter(|scores| scores.map(|score| score.to_string()).concat() == group.key);
            prop_assert_eq!(group.users, there.count() as u64);
        }
        for group in &report.levels {
            let there = scores_now.values().filter(|scores| level(**scores, weights) == group.key).count();
            prop_assert_eq!(group.users, there as u64);
            let cell = Cell::Level(group.key.parse().unwrap());
            prop_assert_eq!(who(&log, &params, &cell).len(), there);
        }
        for (place, figure) in [Figure::Recency, Figure::Frequency, Figure::Monetary].into_iter().enumerate() {
            for (from, to) in [(1, 1), (5, 5), (4, 5), (1, 3), (2, 4), (1, 5)] {
                let there = scores_now.values().filter(|scores| (from..=to).contains(&scores[place])).count();
                prop_assert_eq!(who(&log, &params, &Cell::Score { figure, from, to }).len(), there);
            }
        }
        let moves = report.moves.as_ref().unwrap();
        for by in [Grouping::Segments, Grouping::Eight, Grouping::Classes, Grouping::Levels] {
            let (matrix, keys) = matrix(moves, by, &report);
            prop_assert_eq!(matrix.iter().flatten().sum::<u64>(), report.buyers);
            for (row, cells) in matrix.iter().enumerate() {
                for (column, count) in cells.iter().enumerate() {
                    let cell = Cell::Moved { by, from: keys.get(row).cloned(), to: keys[column].clone() };
                    let there = who(&log, &params, &cell);
                    prop_assert_eq!(there.len() as u64, *count);
                    let name = |scores: &BTreeMap<u8, [u8; 3]>, user: &str| {
                        let scores = *scores.get(&user[1..].parse().unwrap())?;
                        Some(if by == Grouping::Levels { level(scores, weights) } else { class(scores).to_owned() })
                    };
                    if matches!(by, Grouping::Levels | Grouping::Classes) {
                        for user in &there {
                            prop_assert_eq!(name(&scores_before, user), keys.get(row).cloned());
                            prop_assert_eq!(name(&scores_now, user), Some(keys[column].clone()));
                        }
                    }
                }
            }
            // What the earlier report says of a group is what left it.
            let earlier = Params { as_of: Some(january(early)), moved_from: None, ..params.clone() };
            let earlier = run(&log, &earlier);
            let (_, groups) = (0, match by {
                Grouping::Segments => earlier.segments,
                Grouping::Eight => earlier.eight,
                Grouping::Classes => earlier.classes,
                Grouping::Levels => earlier.levels,
            });
            for (group, cells) in groups.iter().zip(matrix) {
                prop_assert_eq!(group.users, cells.iter().sum::<u64>());
            }
        }
    }

    /// By natural breaks no better figure scores worse, and the cuts that are told give the same scores.
    #[test]
    fn breaks_are_thresholds(rows in proptest::collection::vec((0u8..8, 1u8..=31, -20i64..2_000), 1..40)) {
        let log = log(&rows, true);
        let report = run(&log, &params(json!({"scoring": {"by": "kMeans"}, "basis": "money"})));
        prop_assume!(report.buyers > 0);
        let [recency, frequency, monetary] = report.cuts.unwrap();
        let beyond = |cuts: [Option<i64>; 4], nobody: i64| cuts.map(|cut| cut.unwrap_or(nobody));
        let scale = 10f64.powi(i32::from(report.revenue.unwrap().scale));
        let scoring = Scoring::Thresholds {
            recency: beyond(recency, -1),
            frequency: beyond(frequency, i64::from(i32::MAX)),
            monetary: beyond(monetary, i64::from(i32::MAX)).map(|units| units as f64 / scale),
        };
        let by_hand = run(&log, &Params { scoring, basis: Some(Basis::Money), ..Params::default() });
        prop_assert_eq!(report.codes, by_hand.codes);
    }
}
