//! Figures against published results: RFM and retention on real data sets, computed by DuckDB and pandas.
//!
//! The data and the results are not part of the repository. They are looked for in `../shared` (or where `STRATA_SHARED`
//! points); without them the tests say loudly that they were skipped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use sha2::{Digest, Sha256};
use strata::analysis::Question;
use strata::analysis::active::{self, ActiveUsers};
use strata::analysis::clusters::{self, Clusters};
use strata::analysis::growth::{self, Growth};
use strata::analysis::n_day::{self, NDay};
use strata::analysis::retention::{self, Retention};
use strata::analysis::rfm::{self, Cell, EightBy, Rfm};
use strata::analysis::stickiness::{self, Stickiness};
use strata::analysis::value::{self, Concentration};
use strata::dataset::EventLog;
use strata::dataset::calendar::Period;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::ingest::mapping::Mapping;
use strata::segment::orders::OrderUnit;
use strata::segment::score::{Scoring, Ties};
use strata::table::decimal::Amount;

const RFM: [&str; 2] = ["rfm_cdnow_master", "rfm_online_retail_2009_2010_orders"];
const RETENTION: [&str; 4] = [
    "retention_cdnow_master_UTC",
    "retention_cdnow_sample_UTC",
    "retention_ecom_clickstream_UTC",
    "retention_online_retail_2009_2010_orders_UTC",
];

fn shared() -> PathBuf {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("STRATA_SHARED").map_or(beside, PathBuf::from)
}

/// Runs a test on each golden file, or says that it cannot.
fn each(cases: &[&str], mut test: impl FnMut(&str, &Value, &EventLog)) {
    let folder = shared();
    if !folder.join("golden").is_dir() {
        eprintln!(
            "\n*** SKIPPED: {} golden cases ({}): no data in {} ***\n",
            cases.len(),
            cases.join(", "),
            folder.display()
        );
        return;
    }
    for case in cases {
        let text = std::fs::read_to_string(folder.join("golden").join(format!("{case}.json"))).unwrap();
        let golden: Value = serde_json::from_str(&text).unwrap();
        let log = open(&folder, &golden);
        test(case, &golden["result"], &log);
    }
}

fn open(folder: &std::path::Path, golden: &Value) -> EventLog {
    let dataset = golden["dataset"].as_str().unwrap();
    let bytes = std::fs::read(folder.join("data").join(dataset)).unwrap();
    let named = |user: &str, time: &str| Mapping {
        user: Some(user.into()),
        time: Some(time.into()),
        ..Mapping::default()
    };
    let mapping = match dataset {
        "cdnow_master.csv" | "cdnow_sample.csv" => {
            Mapping { value: Some("amount".into()), ..named("customer_id", "date") }
        }
        "ecom_clickstream.csv" => Mapping { event: Some("event".into()), ..named("user_id", "timestamp") },
        _ => Mapping {
            value: Some("revenue_cents".into()),
            order: Some("order_id".into()),
            ..named("customer_id", "ts")
        },
    };
    let zone = golden["parameters"]["tz"].as_str().map(str::to_owned);
    load(
        &[(dataset, &bytes)],
        &OpenOptions { mapping: Some(mapping), time_zone: zone, ..OpenOptions::default() },
    )
    .unwrap()
}

fn counts(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect()
}

/// An amount in hundredths, which is what the golden files have for both currencies.
fn cents(amount: Option<Amount>) -> i64 {
    let amount = amount.unwrap();
    // The order file counts pence already.
    if amount.scale == 0 { amount.units } else { amount.units * 10i64.pow(2 - u32::from(amount.scale)) }
}

/// Counts are compared exactly; a rate may differ in the last bit of how it was written down.
fn assert_rate(own: Option<f64>, golden: &Value, case: &str) {
    match (own, golden.as_f64()) {
        (Some(own), Some(golden)) => {
            assert!((own - golden).abs() <= 1e-12 * golden.abs(), "{case}: {own} is not {golden}")
        }
        (own, golden) => assert_eq!(own, golden, "{case}"),
    }
}

fn trimmed(counts: &[u64]) -> &[u64] {
    let end = counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    &counts[..end]
}

#[test]
fn concentration_equals_the_golden_results() {
    let cases = ["concentration_cdnow_master", "concentration_online_retail_2009_2010_orders"];
    each(&cases, |case, result, log| {
        let report = Concentration::run(&View::all(log), &value::Params::default()).unwrap();
        assert_eq!(report.users, result["customers"].as_u64().unwrap(), "{case}");
        assert_eq!(cents(Some(report.revenue)), result["total_cents"].as_i64().unwrap(), "{case}");
        let near = |own: f64, golden: &Value, what: &str| {
            let golden = golden.as_f64().unwrap();
            assert!((own - golden).abs() <= 1e-8 * golden.abs(), "{case} {what}: {own} is not {golden}");
        };
        near(report.gini.unwrap(), &result["gini"], "gini");
        let lorenz = report.lorenz.unwrap();
        for (place, golden) in result["lorenz"].as_array().unwrap().iter().enumerate() {
            near(lorenz[place * 10], golden, "lorenz");
        }
        for (percent, name) in [(1.0, "0.01"), (5.0, "0.05"), (10.0, "0.1"), (20.0, "0.2"), (50.0, "0.5")] {
            let golden = &result["top_share"][name];
            let top = report.top.iter().find(|top| top.percent == percent).unwrap();
            assert_eq!(top.users, golden["customers"].as_u64().unwrap(), "{case} {name}");
            near(top.share.unwrap(), &golden["share"], name);
        }
    });
}

#[test]
fn rfm_equals_the_golden_results() {
    each(&RFM, |case, result, log| {
        let view = View::all(log);
        let as_of = if case.contains("cdnow") { "1998-07-01" } else { "2010-12-10" };
        let rules = [
            ("ntile", Ties::Ntile),
            ("rank_first_qcut", Ties::RankFirst),
            ("qcut_values", Ties::Values),
            ("tie_min_rank", Ties::Shared),
        ];
        for (name, ties) in rules {
            let golden = &result["methods"][name];
            let params = rfm::Params {
                as_of: Some(as_of.parse().unwrap()),
                scoring: Scoring::Quantile { ties },
                eight_by: if ties == Ties::Ntile { EightBy::Scores } else { EightBy::Figures },
                ..rfm::Params::default()
            };
            let report = Rfm::run(&view, &params).unwrap();
            assert_eq!(Some(report.buyers), result["customers"].as_u64());
            let cells: BTreeMap<&str, u64> =
                report.codes.iter().map(|cell| (cell.key.as_str(), cell.users)).collect();
            let expected: BTreeMap<&str, u64> = golden["cells"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, users)| (key.as_str(), users.as_u64().unwrap()))
                .collect();
            assert_eq!(cells, expected, "{case} {name}: cells");
            if let Some(segments) = golden["segments"].as_object() {
                for group in &report.segments {
                    let expected = segments.get(&group.key);
                    let users = expected.map_or(0, |segment| segment["customers"].as_u64().unwrap());
                    let revenue = expected.map_or(0, |segment| segment["revenue_cents"].as_i64().unwrap());
                    assert_eq!(
                        (group.users, cents(group.revenue)),
                        (users, revenue),
                        "{case} {name}: {}",
                        group.key
                    );
                }
                assert_eq!(report.segments.iter().map(|group| group.users).sum::<u64>(), report.buyers);
            }
            check_customers(case, name, golden, &view, &params);
            check_eight(case, result, ties, &report);
        }
        let report =
            Rfm::run(&view, &rfm::Params { as_of: Some(as_of.parse().unwrap()), ..rfm::Params::default() })
                .unwrap();
        let expected_unit = if case.contains("cdnow") { OrderUnit::Days } else { OrderUnit::Orders };
        assert_eq!(report.frequency, expected_unit, "F is chosen by the file's columns");
        for (mean, axis) in report.means.unwrap().iter().zip(["R", "F", "Mc"]) {
            let golden = result["summary"][axis]["mean"].as_f64().unwrap();
            let scale = if axis == "Mc" && case.contains("cdnow") { 100.0 } else { 1.0 };
            assert!((mean * scale - golden).abs() <= 1e-9 * golden, "{case} mean {axis}: {mean}");
        }
    });
}

/// Every customer's scores, by the hash of all lines and for those that are listed.
fn check_customers(case: &str, name: &str, golden: &Value, view: &View<'_>, params: &rfm::Params) {
    let members = Rfm::members(view, params, &Cell::All).unwrap();
    let column = |key: &str| {
        let column = members.columns.iter().find(|column| column.key == key).unwrap();
        match &column.cells {
            strata::analysis::MemberCells::Counts(cells) | strata::analysis::MemberCells::Amounts(cells) => {
                cells.clone()
            }
            other => unreachable!("{other:?}"),
        }
    };
    let scores = ["r_score", "f_score", "m_score"].map(column);
    let figures = ["recency_days", "frequency", "monetary"].map(column);
    let mut lines: Vec<(u64, String, [i64; 3])> = (members.users.iter().enumerate())
        .map(|(index, &user)| {
            let id = view.log.users.get(user).parse().unwrap();
            let code = scores.iter().map(|scores| scores[index].to_string()).collect();
            (id, code, figures.each_ref().map(|figures| figures[index]))
        })
        .collect();
    lines.sort();
    let scale = if case.contains("cdnow") { 10i64.pow(2 - u32::from(view.log.amount(0).scale)) } else { 1 };
    for customer in golden["customers"].as_array().unwrap() {
        let (_, code, [recency, frequency, monetary]) =
            lines.iter().find(|(id, ..)| Some(*id) == customer["id"].as_u64()).unwrap();
        let expected = ["R_days", "F", "M_cents"].map(|field| customer[field].as_i64().unwrap());
        assert_eq!([*recency, *frequency, monetary * scale], expected, "{case} {name}: {customer}");
        assert_eq!(Some(code.as_str()), customer["code"].as_str(), "{case} {name}: {customer}");
    }
    let text: String = lines.iter().map(|(id, code, _)| format!("{id},{code}\n")).collect();
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        Some(hash.as_str()),
        golden["sha256_of_id_code_lines"].as_str(),
        "{case} {name}: all customers"
    );
}

fn check_eight(case: &str, result: &Value, ties: Ties, report: &rfm::Report) {
    let golden = match ties {
        Ties::Ntile => &result["chinese8_ntile_score_means"],
        Ties::Shared => &result["chinese8_raw_means"],
        _ => return,
    };
    for group in &report.eight {
        let expected = &golden["cells"][&group.key];
        assert_eq!(Some(group.users), expected["customers"].as_u64(), "{case}: cell {}", group.key);
        assert_eq!(
            Some(cents(group.revenue)),
            expected["revenue_cents"].as_i64(),
            "{case}: cell {}",
            group.key
        );
    }
}

#[test]
fn retention_equals_the_golden_results() {
    each(&RETENTION, |case, result, log| {
        let view = View::all(log);
        assert_eq!(log.span.0.to_string(), result["span"]["first_local_date"].as_str().unwrap(), "{case}");
        assert_eq!(log.span.1.to_string(), result["span"]["last_local_date"].as_str().unwrap(), "{case}");
        let population = view.population();
        assert_eq!(Some(population.users), result["span"]["users"].as_u64(), "{case}");
        assert_eq!(Some(population.rows_used), result["span"]["events"].as_u64(), "{case}");
        for (name, period) in [("cohort_month", Period::Month), ("cohort_week", Period::Week)] {
            let value = log.values().is_some();
            let params = retention::Params { period, value, ..retention::Params::default() };
            let report = Retention::run(&view, &params).unwrap();
            let mut golden: BTreeMap<&str, &Value> = BTreeMap::new();
            for cohort in result[name].as_array().unwrap() {
                golden.insert(cohort["cohort"].as_str().unwrap(), cohort);
            }
            assert_eq!(
                report.cohorts.iter().filter(|cohort| cohort.size > 0).count(),
                golden.len(),
                "{case} {name}"
            );
            for cohort in report.cohorts.iter().filter(|cohort| cohort.size > 0) {
                let expected = golden[cohort.start.to_string().as_str()];
                assert_eq!(Some(cohort.size), expected["size"].as_u64(), "{case} {name} {}", cohort.start);
                assert_eq!(
                    trimmed(&cohort.active),
                    counts(&expected["active_users"]),
                    "{case} {name} {}",
                    cohort.start
                );
                if let Some(values) = expected["value"].as_array() {
                    let own: Vec<f64> =
                        cohort.value.as_ref().unwrap().iter().map(|amount| amount.to_f64()).collect();
                    for (own, value) in own.iter().zip(values) {
                        assert!(
                            (own - value.as_f64().unwrap()).abs() <= 0.01,
                            "{case} {name} {}: {own} {value}",
                            cohort.start
                        );
                    }
                }
            }
        }
        check_n_day(case, result, &view);
        check_active(case, result, &view);
        check_growth(case, result, &view);
    });
}

fn check_n_day(case: &str, result: &Value, view: &View<'_>) {
    let report = NDay::run(view, &n_day::Params::default()).unwrap();
    for entry in &report.days {
        let golden = &result["nday"][entry.day.to_string()];
        let own = [
            (report.users, "all_users"),
            (entry.mature, "mature_users"),
            (entry.classic, "classic_mature"),
            (entry.unbounded, "unbounded_mature"),
            (entry.rolling_mature, "elapsed24h_fully_observable_users"),
            (entry.rolling_all, "elapsed24h_all"),
        ];
        for (own, name) in own {
            assert_eq!(Some(own), golden[name].as_u64(), "{case} day {}: {name}", entry.day);
        }
        assert_rate(entry.classic_rate, &golden["classic_rate"], case);
        assert_rate(entry.unbounded_rate, &golden["unbounded_rate"], case);
    }
    for entry in &report.brackets {
        let golden = &result["bracket"][format!("{}-{}", entry.from, entry.to)];
        assert_eq!(Some(entry.mature), golden["mature_users"].as_u64(), "{case} bracket {}", entry.from);
        assert_eq!(Some(entry.retained), golden["retained"].as_u64(), "{case} bracket {}", entry.from);
        assert_rate(entry.rate, &golden["rate"], case);
    }
}

fn check_active(case: &str, result: &Value, view: &View<'_>) {
    let report = ActiveUsers::run(view, &active::Params::default()).unwrap();
    let golden = &result["active"];
    assert_eq!(report.first_day.unwrap().to_string(), golden["dates"][0].as_str().unwrap(), "{case}");
    assert_eq!(report.daily, counts(&golden["dau"]), "{case}: daily");
    assert_eq!(report.weekly, counts(&golden["wau_trailing7"]), "{case}: weekly");
    assert_eq!(report.monthly, counts(&golden["mau_trailing30"]), "{case}: monthly");
    let expected = result["stickiness_mean_of_daily_ratio_full_windows"].as_f64().unwrap();
    let sticky = Stickiness::run(view, &stickiness::Params::default()).unwrap();
    assert_eq!(
        (&sticky.daily, &sticky.weekly, &sticky.monthly),
        (&report.daily, &report.weekly, &report.monthly)
    );
    assert!((sticky.daily_to_monthly.mean.unwrap() - expected).abs() < 1e-9, "{case}");
    // Who was active at all in the last seven days is told twice.
    assert_eq!(Some(&sticky.histograms[0].active), sticky.weekly.last(), "{case}");
    assert!(
        (report.stickiness.unwrap() - expected).abs() < 1e-9,
        "{case}: stickiness {:?}",
        report.stickiness
    );
}

fn check_growth(case: &str, result: &Value, view: &View<'_>) {
    for (name, period) in [("growth_week", Period::Week), ("growth_month", Period::Month)] {
        let report = Growth::run(view, &growth::Params { period, ..growth::Params::default() }).unwrap();
        let golden = result[name].as_object().unwrap();
        assert_eq!(report.periods.len(), golden.len(), "{case} {name}");
        let (mut before, mut ever) = (0, 0);
        for entry in &report.periods {
            let expected = &golden[&entry.start.to_string()];
            let number = |field: &str| expected[field].as_i64().unwrap();
            assert_eq!(entry.net, number("active") - before, "{case} {name} {}: net", entry.start);
            let rate = |part: i64, whole: i64| (whole > 0).then(|| part as f64 / whole as f64);
            assert_eq!(entry.churn_rate, rate(number("churned"), before), "{case} {name} {}", entry.start);
            assert_eq!(
                entry.win_back_rate,
                rate(number("resurrected"), ever - before),
                "{case} {name} {}",
                entry.start
            );
            (before, ever) = (number("active"), ever + number("new"));
            let own = [
                (entry.active, "active"),
                (entry.new, "new"),
                (entry.retained, "retained"),
                (entry.resurrected, "resurrected"),
                (entry.churned, "churned"),
            ];
            for (own, field) in own {
                assert_eq!(Some(own), expected[field].as_u64(), "{case} {name} {}: {field}", entry.start);
            }
            assert_rate(entry.quick_ratio, &expected["quick_ratio"], case);
        }
    }
}

#[test]
fn shares_and_their_differences() {
    use strata::model::proportion::{two_proportions, wilson};
    let Ok(text) = std::fs::read_to_string(shared().join("golden/ab_proportions_set1.json")) else {
        eprintln!("\n*** SKIPPED: ab_proportions_set1: no data ***\n");
        return;
    };
    let golden: Value = serde_json::from_str(&text).unwrap();
    let near = |found: f64, expected: &Value| {
        let expected = expected.as_f64().unwrap();
        assert!((found - expected).abs() <= 1e-9 + 1e-6 * expected.abs(), "{found} is not {expected}");
    };
    for case in golden["result"].as_array().unwrap() {
        let input = |name: &str| case["input"][name].as_u64().unwrap();
        let (a, b) = ((input("conversions_a"), input("n_a")), (input("conversions_b"), input("n_b")));
        match two_proportions(a, b) {
            Some(found) => near(found, &case["p_two_sided"]),
            None => assert!(case["p_two_sided"].is_null(), "{case}"),
        }
        for (name, (part, whole)) in [("wilson95_a", a), ("wilson95_b", b)] {
            let interval = wilson(part, whole).unwrap();
            near(interval.low, &case[name][0]);
            near(interval.high, &case[name][1]);
        }
    }
}

/// The result of a golden case that needs no data, or nothing with a loud word.
fn inline(case: &str) -> Option<Value> {
    let path = shared().join("golden").join(format!("{case}.json"));
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("\n*** SKIPPED: {case}: no data ***\n");
        return None;
    };
    Some(serde_json::from_str::<Value>(&text).unwrap()["result"].take())
}

fn assert_near(found: f64, expected: &Value, relative: f64, case: &str) {
    let expected = expected.as_f64().unwrap();
    assert!(
        (found - expected).abs() <= 1e-12 + relative * expected.abs(),
        "{case}: {found} is not {expected}"
    );
}

#[test]
fn diversity_and_stability() {
    use strata::model::diversity::{Diversity, stability};
    let Some(golden) = inline("diversity_psi_set1") else { return };
    let whole = |list: &Value| -> Vec<u64> {
        list.as_array().unwrap().iter().map(|count| count.as_f64().unwrap() as u64).collect()
    };
    let cases = golden["diversity"].as_array().unwrap();
    for case in cases {
        let found = Diversity::of(&whole(&case["counts"])).unwrap();
        let name = case["counts"].to_string();
        let near = |found: f64, key: &str| assert_near(found, &case[key], 1e-9, &format!("{name} {key}"));
        near(found.shannon, "shannon_nats");
        near(found.shannon / 2f64.ln(), "shannon_bits");
        near(found.evenness, "normalised");
        near(found.simpson, "simpson_index");
        near(found.gini_simpson, "gini_simpson");
        near(found.kinds_by_shannon(), "hill_q1");
        near(found.kinds_by_simpson(), "hill_q2");
        near(found.gini, "gini");
        match found.simpson_unbiased {
            Some(found) => near(found, "simpson_unbiased"),
            None => assert!(case["simpson_unbiased"].is_null(), "{name}"),
        }
    }
    let spreads = golden["psi"].as_array().unwrap();
    for case in spreads {
        let found = stability(&whole(&case["actual"]), &whole(&case["expected"])).unwrap();
        assert_near(found, &case["psi"], 1e-9, &case["actual"].to_string());
    }
    assert!(cases.len() == 5 && spreads.len() == 4);
}

#[test]
fn means_and_their_differences() {
    use strata::model::mean::{Moments, cohens_d, welch};
    let Some(golden) = inline("ab_means_set1") else { return };
    for case in golden.as_array().unwrap() {
        let numbers = |key: &str| -> Vec<f64> {
            case[key].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
        };
        let (a, b) = (numbers("a"), numbers("b"));
        let (a, b) = (Moments::of(a.iter().copied()), Moments::of(b.iter().copied()));
        let name = case["name"].as_str().unwrap();
        assert_near(a.mean, &case["mean_a"], 1e-9, name);
        assert_near(b.variance().unwrap().sqrt(), &case["sd_b"], 1e-9, name);
        // Differences there are the second less the first.
        assert_near(cohens_d(&b, &a).unwrap(), &case["cohens_d"], 1e-9, name);
        assert_near(welch(&b, &a).unwrap(), &case["welch"]["p_two_sided"], 1e-8, name);
    }
}

#[test]
fn many_tests_and_effects_of_shares() {
    use strata::model::proportion::{benjamini_hochberg, cohens_h};
    let Some(golden) = inline("ab_multiple_testing_set1") else { return };
    for case in golden.as_array().unwrap() {
        let numbers = |list: &Value| -> Vec<Option<f64>> {
            list.as_array().unwrap().iter().map(Value::as_f64).collect()
        };
        let found = benjamini_hochberg(&numbers(&case["p"]));
        for (found, expected) in found.iter().zip(case["fdr_bh"]["adjusted"].as_array().unwrap()) {
            assert_near(found.unwrap(), expected, 1e-12, "adjusted");
        }
    }
    let Some(golden) = inline("ab_power_set1") else { return };
    for case in golden["proportions"].as_array().unwrap() {
        let share = |key: &str| ((case[key].as_f64().unwrap() * 1_000_000.0).round() as u64, 1_000_000);
        let found = cohens_h(share("p2"), share("p1")).unwrap();
        assert_near(found, &case["cohens_h"], 1e-9, "h");
    }
}

/// The orders with pounds for pence: the golden clusters are of currency units.
fn in_units(folder: &std::path::Path) -> EventLog {
    let text = std::fs::read_to_string(folder.join("data/online_retail_2009_2010_orders.csv")).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let place = header.split(',').position(|name| name == "revenue_cents").unwrap();
    let changed = lines.map(|line| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let pence: i64 = cells[place].parse().unwrap();
        let sign = if pence < 0 { "-" } else { "" };
        cells[place] = format!("{sign}{}.{:02}", pence.abs() / 100, pence.abs() % 100);
        cells.join(",") + "\n"
    });
    let text = format!("{header}\n{}", changed.collect::<String>());
    let mapping = Mapping {
        user: Some("customer_id".into()),
        time: Some("ts".into()),
        value: Some("revenue_cents".into()),
        order: Some("order_id".into()),
        ..Mapping::default()
    };
    let options = OpenOptions { mapping: Some(mapping), ..OpenOptions::default() };
    load(&[("orders.csv", text.as_bytes())], &options).unwrap()
}

#[test]
fn clusters_equal_the_golden_results() {
    let cases = ["kmeans_rfm_cdnow_master", "kmeans_rfm_online_retail_2009_2010_orders"];
    each(&cases, |case, result, log| {
        let own;
        let (log, as_of) = if case.contains("cdnow") {
            (log, "1998-07-01")
        } else {
            own = in_units(&shared());
            (&own, "2010-12-10")
        };
        let numbers = |value: &Value| -> Vec<f64> {
            value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
        };
        let near = |own: f64, golden: f64, tolerance: f64, what: &str| {
            assert!((own - golden).abs() <= tolerance, "{case} {what}: {own} is not {golden}");
        };
        for run in result["runs"].as_array().unwrap() {
            let k = u32::try_from(run["k"].as_u64().unwrap()).unwrap();
            let params = clusters::Params {
                as_of: Some(as_of.parse().unwrap()),
                k: Some(k),
                ..clusters::Params::default()
            };
            let report = Clusters::run(&View::all(log), &params).unwrap();
            for (place, told) in report.features.iter().enumerate() {
                near(told.log_mean.unwrap(), result["mean"][place].as_f64().unwrap(), 1e-9, "mean");
                near(told.log_deviation.unwrap(), result["sd"][place].as_f64().unwrap(), 1e-9, "deviation");
            }
            let inertia = run["inertia"].as_f64().unwrap();
            near(report.inertia.unwrap(), inertia, 1e-6 * inertia, "inertia");
            if let Some(silhouette) = run["silhouette"].as_f64() {
                assert_eq!(report.tried_with, report.users);
                near(report.silhouette.unwrap(), silhouette, 1e-4, "silhouette");
            }
            // Ours are in the order of what users bring, theirs in that of the first centres.
            let mut found = Vec::new();
            let (sizes, units) = (counts(&run["sizes"]), run["centres_R_F_M"].as_array().unwrap());
            for ((centre, size), units) in run["centres_z"].as_array().unwrap().iter().zip(sizes).zip(units) {
                let (centre, units) = (numbers(centre), numbers(units));
                let fits = |cluster: &&clusters::Cluster| {
                    cluster.figures.iter().zip(&centre).all(|(own, golden)| (own.z - golden).abs() <= 1e-5)
                };
                let cluster = report.clusters.iter().find(fits);
                let cluster = cluster.unwrap_or_else(|| panic!("{case}: no centre {centre:?} in {report:?}"));
                assert!(cluster.users.abs_diff(size) <= 2, "{case} {k}: {} is not {size}", cluster.users);
                for (own, golden) in cluster.figures.iter().zip(units) {
                    near(own.centre, golden, 1e-4 * golden, "centre in its unit");
                }
                found.push(cluster.number);
            }
            found.sort_unstable();
            assert_eq!(found, (1..=k).collect::<Vec<u32>>(), "{case}: each centre once");
        }
    });
}
