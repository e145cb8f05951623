//! How long questions take, natively in one thread: `cargo bench --bench questions -- FILE [REQUEST.json ...]`.
//!
//! Prints milliseconds for each request, the fastest of five runs, and the most memory that it needs at a time beyond what is
//! open, in bytes for each row; without requests, for one of each question. The file is one of the benchmark's,
//! `bench/data/events_*.csv`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program for developers")]

use std::time::Instant;

use peak_alloc::PeakAlloc;
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const FUNNEL: &str = r#""steps": [{"events": ["visit"]}, {"events": ["view_item"]}, {"events": ["add_to_cart"]}, {"events": ["checkout"]}, {"events": ["purchase"]}]"#;

fn requests() -> Vec<String> {
    let funnel = |more: &str| format!(r#"{{"analysis": "funnel", "params": {{{FUNNEL}{more}}}}}"#);
    let plain = [
        "overview",
        "activeUsers",
        "rfm",
        "retention",
        "nDay",
        "growth",
        "revenueGrowth",
        "stickiness",
        "paths",
        "transitions",
        "repurchase",
        "survival",
        "tiers",
    ];
    let plain = plain.map(|analysis| format!(r#"{{"analysis": "{analysis}", "params": {{}}}}"#));
    let cohorts = r#"{"analysis": "retention", "params": {"period": "day", "periods": 30}}"#;
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
    plain.into_iter().chain([cohorts.to_owned()]).chain(more.map(funnel)).collect()
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
        let held = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        for _ in 0..5 {
            let start = Instant::now();
            std::hint::black_box(engine.run(&request).unwrap());
            best = best.min(start.elapsed().as_secs_f64() * 1e3);
        }
        let extra = MEMORY.peak_usage().saturating_sub(held) as f64 / opened.population.rows_used as f64;
        println!("{best:9.1} ms {extra:6.2} B  {}", request.trim_end());
    }
}
