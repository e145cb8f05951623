//! Inputs that are made to be stumbled over, through what the fuzz targets of these readers hold to (`fuzz/bodies/`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

/// The bodies are written for the whole; these rooms are the same under that name.
extern crate strata_core as strata;

#[path = "../../../fuzz/bodies/json.rs"]
mod json;
#[path = "../../../fuzz/bodies/packed.rs"]
mod packed;
#[path = "../../../fuzz/bodies/replay.rs"]
mod replay;

use replay::replay;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds");

#[test]
fn json() {
    replay(FOLDER, "json", json::check);
}

#[test]
fn packed() {
    replay(FOLDER, "packed", packed::check);
}
