//! The levels and times that ClickHouse computed.

use std::path::PathBuf;

use super::*;

fn shared() -> PathBuf {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("STRATA_SHARED").map_or(beside, PathBuf::from)
}

fn golden(case: &str) -> Option<(Value, EventLog)> {
    let folder = shared();
    let Ok(text) = std::fs::read_to_string(folder.join(format!("golden/{case}.json"))) else {
        eprintln!("\n*** SKIPPED: {case}: no data in {} ***\n", folder.display());
        return None;
    };
    let value: Value = serde_json::from_str(&text).unwrap();
    let file = value["dataset"].as_str().unwrap().to_owned();
    let mut text = std::fs::read_to_string(folder.join("data").join(&file)).unwrap();
    if case == "funnel_edge_cases_set1" {
        // Its times are small numbers, which are no times; only what lies between them counts.
        let shifted = text.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{},{}", cells[0], 1_700_000_000 + cells[1].parse::<i64>().unwrap(), cells[2])
        });
        text = std::iter::once("user_id,ts,event".to_owned()).chain(shifted).collect::<Vec<_>>().join("\n");
    }
    Some((value, load(&[(&file, text.as_bytes())], &OpenOptions::default()).unwrap()))
}

const MODES: [(&str, &[&str]); 7] = [
    ("default", &[]),
    ("strict_order", &["strictOrder"]),
    ("strict_deduplication", &["strictDeduplication"]),
    ("strict_increase", &["strictIncrease"]),
    ("strict_once", &["strictOnce"]),
    ("strict_order_increase", &["strictOrder", "strictIncrease"]),
    ("dedup_order", &["strictDeduplication", "strictOrder"]),
];

fn steps(names: &Value) -> Value {
    names.as_array().unwrap().iter().map(|name| json!({"events": [name]})).collect()
}

#[test]
fn levels_are_those_of_clickhouse_on_a_shop() {
    let Some((golden, log)) = golden("funnel_ecom_clickstream") else { return };
    for case in golden["result"].as_array().unwrap() {
        let seconds = case["window_us"].as_u64().unwrap() / 1_000_000;
        for (name, modes) in MODES {
            let request = json!({"steps": steps(&case["steps"]), "modes": modes,
                "window": {"amount": seconds, "unit": "second"}});
            let report = run(&log, request.clone());
            let expected: Vec<u64> =
                serde_json::from_value(case["modes"][name]["users_at_least"].clone()).unwrap();
            assert_eq!(reached(&report), expected, "{name} {request}");
            assert_eq!(report.entered, report.converted + report.open + report.lost);
        }
        let report = run(
            &log,
            json!({"steps": steps(&case["steps"]), "window": {"amount": seconds, "unit": "second"}}),
        );
        let near = |found: Option<f64>, expected: &Value| match expected.as_f64() {
            Some(expected) => assert!((found.unwrap() - expected).abs() < 1e-6, "{found:?} {expected}"),
            None => assert_eq!(found, None),
        };
        for (found, expected) in report.times.iter().zip(case["step_times_seconds"].as_array().unwrap()) {
            assert_eq!(found.units, expected["n"].as_u64().unwrap());
            near(found.p25, &expected["p25"]);
            near(found.median, &expected["median"]);
            near(found.p75, &expected["p75"]);
            near(found.p90, &expected["p90"]);
            near(found.mean, &expected["mean"]);
        }
        let total = report.times.last().unwrap();
        assert_eq!(total.units, case["total_time_seconds"]["n"].as_u64().unwrap());
        near(total.median, &case["total_time_seconds"]["median"]);
    }
}

#[test]
fn levels_are_those_of_clickhouse_at_the_edges() {
    let Some((golden, log)) = golden("funnel_edge_cases_set1") else { return };
    for (funnel, definition) in golden["parameters"]["funnels"].as_object().unwrap() {
        for (mode, modes) in MODES {
            let request = json!({"steps": steps(&definition["steps"]), "modes": modes,
                "window": {"amount": definition["window"], "unit": "second"}});
            let count = definition["steps"].as_array().unwrap().len() as u32;
            let at_least: Vec<BTreeSet<String>> =
                (0..count).map(|step| ids(&log, &request, &Cell { step, ..Cell::default() })).collect();
            for user in golden["result"].as_array().unwrap() {
                let id = user["user_id"].as_str().unwrap();
                let level = at_least.iter().filter(|users| users.contains(id)).count() as u64;
                let expected = &user["expected_level"][funnel][mode];
                assert_eq!(Some(level), expected.as_u64(), "{id} {funnel} {mode}: {}", user["description"]);
            }
        }
    }
}
