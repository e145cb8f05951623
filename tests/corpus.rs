//! Inputs that are made to be stumbled over, through what the fuzz targets hold to (`fuzz/bodies/`). What fuzzing finds is
//! mended, and its input stays here: `fuzz/seeds/`, a folder for each target.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../fuzz/bodies/choices.rs"]
mod choices;
#[path = "../fuzz/bodies/dates.rs"]
mod dates;
#[path = "../fuzz/bodies/delimited.rs"]
mod delimited;
#[path = "../fuzz/bodies/mapping.rs"]
mod mapping;
#[path = "../fuzz/bodies/numbers.rs"]
mod numbers;
#[path = "../fuzz/bodies/replay.rs"]
mod replay;
#[path = "../fuzz/bodies/requests.rs"]
mod requests;
#[path = "../fuzz/bodies/sniff.rs"]
mod sniff;

use replay::replay;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds");

#[test]
fn sniffing() {
    replay(FOLDER, "sniff", sniff::check);
}

#[test]
fn delimited_text() {
    replay(FOLDER, "delimited", delimited::check);
}

#[test]
fn dates_and_times() {
    replay(FOLDER, "dates", dates::check);
}

#[test]
fn numbers() {
    replay(FOLDER, "numbers", numbers::check);
}

#[test]
fn mappings() {
    replay(FOLDER, "mapping", mapping::check);
}

#[test]
fn requests() {
    replay(FOLDER, "requests", requests::check);
}
