//! Segments said by rules: by hand, against a naive evaluator on random rules and logs, and in words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod hand;
mod oracle;
mod words;

use serde_json::{Value, json};
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

/// An engine that holds these rows.
fn engine(files: &[(&str, &str)]) -> Engine {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let mut engine = Engine::default();
    engine.hold(load(&files, &OpenOptions::default()).unwrap());
    engine
}

fn answer(engine: &Engine, request: &Value) -> Value {
    serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap()
}

/// The ids behind a cell, sorted.
fn behind(engine: &Engine, params: &Value, cell: &Value) -> Vec<String> {
    let users = json!({"cell": cell, "limit": 10_000});
    let page = answer(engine, &json!({"analysis": "rule", "params": params, "users": users}));
    let mut ids: Vec<String> =
        page["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}
