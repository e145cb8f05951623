//! Where a second more or less decides: by hand.

use serde_json::json;
use strata::analysis::Question;
use strata::analysis::funnel::drivers::FunnelDrivers;
use strata::dataset::EventLog;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

use super::run;

fn open(text: &str) -> EventLog {
    load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap()
}

/// A window whose last moment has been observed is over; one that ends a second later is not. In each order and mode.
#[test]
fn a_window_is_open_until_its_last_moment_has_been_seen() {
    let ways = [
        json!({}),
        json!({"order": "any"}),
        json!({"order": "strict"}),
        json!({"modes": ["strictDeduplication"]}),
        json!({"modes": ["strictOrder"]}),
        json!({"modes": ["strictIncrease"]}),
        json!({"modes": ["strictOnce"]}),
        json!({"count": "attempts"}),
        json!({"count": "sessions"}),
        json!({"exclusions": [{"events": ["late"], "after": 0}]}),
    ];
    for way in ways {
        for (last, is_open) in [("10:59:59", 1), ("11:00:00", 0), ("11:00:01", 0)] {
            let log = open(&format!(
                "user_id,ts,event\nu,2024-01-01 10:00:00,a\nv,2023-12-01 10:00:00,b\nother,2024-01-01 {last},late\n"
            ));
            let mut params = json!({"steps": [{"events": ["a"]}, {"events": ["b"]}], "window": {"amount": 1, "unit": "hour"}});
            for (name, value) in way.as_object().unwrap() {
                params[name] = value.clone();
            }
            let report = run(&log, params);
            assert_eq!(report.open, is_open, "{way} {last}");
        }
    }
}

/// A step exactly at the end of the window counts, one a second later does not.
#[test]
fn the_window_holds_its_last_moment() {
    for (at, converted) in [("11:00:00", 1), ("11:00:01", 0)] {
        let log = open(&format!("user_id,ts,event\nu,2024-01-01 10:00:00,a\nu,2024-01-01 {at},b\n"));
        for order in ["ordered", "any", "strict"] {
            let params = json!({"steps": [{"events": ["a"]}, {"events": ["b"]}], "window": {"amount": 1, "unit": "hour"}, "order": order});
            assert_eq!(run(&log, params).converted, converted, "{order} {at}");
        }
    }
}

/// Bins have the narrowest of the round widths with which 19 of 20 units lie in 24 of them; beyond a week, whole weeks.
#[test]
fn bins_of_long_funnels_are_whole_weeks() {
    let text = "user_id,ts,event\nu,2024-01-01 00:00:00,a\nu,2024-10-27 00:00:00,b\nv,2024-01-01 00:00:00,a\nv,2024-10-27 00:00:00,b\n";
    let steps = json!([{"events": ["a"]}, {"events": ["b"]}]);
    let report = run(&open(text), json!({"steps": steps, "window": {"amount": 400, "unit": "day"}}));
    let histogram = report.histogram.unwrap();
    assert_eq!(histogram.width, 2 * 7 * 86_400, "300 days in 24 bins are 12.5 days each");
    assert_eq!((histogram.bins.len(), histogram.bins[21], histogram.bins.iter().sum::<u64>()), (23, 2, 2));
    let text = "user_id,ts,event\nu,2024-01-01 00:00:00,a\nu,2024-01-01 00:01:36,b\n";
    let report = run(&open(text), json!({"steps": steps}));
    assert_eq!(report.histogram.unwrap().width, 5, "96 seconds in 24 bins are 4 seconds each");
}

/// Of the events on the way those are told that are no steps.
#[test]
fn events_between_steps_are_drivers_and_steps_are_not() {
    let mut text = String::from("user_id,ts,event\n");
    for user in 0..40 {
        text += &format!("u{user},2024-01-01 10:00,a\n");
        if user % 2 == 0 {
            text += &format!("u{user},2024-01-01 10:10,share\n");
        }
        // Of 20 with it 15 convert, of 20 without it 5.
        if user % 2 == 0 && user < 30 || user % 2 == 1 && user < 10 {
            text += &format!("u{user},2024-01-01 10:20,b\n");
        }
    }
    text += "late,2024-02-01 10:00,late\n";
    let params = json!({"funnel": {"steps": [{"events": ["a"]}, {"events": ["b"]}]}, "minimum": 1});
    let log = open(&text);
    let report = FunnelDrivers::run(&View::all(&log), &serde_json::from_value(params).unwrap()).unwrap();
    let told: Vec<&str> = report.drivers.iter().map(|driver| driver.value.as_str()).collect();
    assert_eq!(told, ["share"]);
    let driver = &report.drivers[0];
    assert!((driver.odds_ratio - 9.0).abs() < 1e-9, "15 x 15 / (5 x 5), not {}", driver.odds_ratio);
}
