//! How long questions take, natively in one thread: `cargo bench --bench questions -- FILE [REQUEST.json ...]`.
//!
//! Prints milliseconds for each request, the fastest of five runs; without requests, for one of each question. The file is one
//! of the benchmark's, `bench/data/events_*.csv`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program for developers")]

use std::time::Instant;

use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

const FUNNEL: &str = r#""steps": [{"events": ["visit"]}, {"events": ["view_item"]}, {"events": ["add_to_cart"]}, {"events": ["checkout"]}, {"events": ["purchase"]}]"#;

fn requests() -> Vec<String> {
    let funnel = |more: &str| format!(r#"{{"analysis": "funnel", "params": {{{FUNNEL}{more}}}}}"#);
    let plain = ["overview", "activeUsers", "rfm", "retention", "nDay", "growth"];
    let plain = plain.map(|analysis| format!(r#"{{"analysis": "{analysis}", "params": {{}}}}"#));
    let more = [
        "",
        r#", "trend": "week""#,
        r#", "breakdown": {"column": "channel"}"#,
        r#", "order": "any""#,
        r#", "order": "strict""#,
        r#", "modes": ["strictOnce"]"#,
        r#", "modes": ["strictDeduplication"]"#,
        r#", "count": "sessions""#,
        r#", "exclusions": [{"events": ["visit"], "after": 1}]"#,
    ];
    plain.into_iter().chain(more.map(funnel)).collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(path) = arguments.next() else {
        println!("cargo bench --bench questions -- FILE [REQUEST.json ...]");
        return;
    };
    let given: Vec<String> = arguments.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let bytes = std::fs::read(path).unwrap();
    let mut engine = Engine::default();
    let opened = engine.hold(load(&[("file", &bytes)], &OpenOptions::default()).unwrap());
    drop(bytes);
    println!("{} rows, {} users", opened.population.rows_used, opened.population.users);
    for request in if given.is_empty() { requests() } else { given } {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            std::hint::black_box(engine.run(&request).unwrap());
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
        println!("{best:9.1} ms  {request}");
    }
}
