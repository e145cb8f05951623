//! The npm package `csv-spectrum`: small files that readers of CSV stumble over, each with what is in it as JSON. They go
//! through our own detection and our own splitter, in one piece and byte by byte.
//!
//! `npm ci` brings the package; `cargo xtask test` sees to it. Without it this is skipped, aloud, and fails where `CI` is set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use strata::ingest::detect::inspect;
use strata::ingest::encoding::Native;
use strata::ingest::layout::{Layout, LayoutChoice};
use strata::ingest::split::{Found, Splitter};

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules").join("csv-spectrum");
    if folder.is_dir() {
        return Some(folder);
    }
    let message =
        "csv-spectrum is not installed. `npm ci` installs it; `cargo xtask test` does that by itself.";
    assert!(std::env::var_os("CI").is_none(), "{message}");
    println!("Skipped: {message}");
    None
}

/// All records, the header among them.
fn records(text: &[u8], layout: &Layout, piece: usize) -> Vec<Vec<String>> {
    let mut read = Vec::new();
    let mut splitter = Splitter::new(layout);
    let mut sink = |_, found: Found<'_>| match found {
        Found::Record(fields) => {
            read.push(fields.iter().map(|field| String::from_utf8(field.to_vec()).unwrap()).collect());
        }
        Found::Broken(line) => panic!("broken: {}", String::from_utf8_lossy(line)),
    };
    text.chunks(piece).for_each(|piece| splitter.push(piece, &mut sink));
    splitter.finish(&mut sink);
    read
}

/// What the package says is in a file: for each object a record of its members in the order of the columns.
fn wanted(name: &str, json: &Value, columns: &[String]) -> Vec<Vec<String>> {
    let objects: Vec<&Value> = json.as_array().map_or_else(|| vec![json], |objects| objects.iter().collect());
    let row = |object: &&Value| -> Vec<String> {
        assert_eq!(object.as_object().unwrap().len(), columns.len(), "{name}: {columns:?}");
        columns.iter().map(|column| object[column].as_str().expect(name).to_owned()).collect()
    };
    let mut rows: Vec<Vec<String>> = objects.iter().map(row).collect();
    if name == "location_coordinates" {
        // In this pair the package disagrees with itself: its CSV has another phone number than its JSON.
        assert_eq!(std::mem::replace(&mut rows[0][0], "2095257564".into()), "1234567890");
    }
    rows
}

#[test]
fn the_files_of_csv_spectrum_are_read_cell_by_cell() {
    let Some(folder) = folder() else { return };
    let mut checked = Vec::new();
    for entry in fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read(&path).unwrap();
        let json: Value =
            serde_json::from_slice(&fs::read(folder.join("json").join(format!("{name}.json"))).unwrap())
                .unwrap();
        let found = inspect(&name, text.len() as u64, &text, LayoutChoice::default(), &Native).expect(&name);
        assert!(found.layout.header, "{name}: {:?}", found.layout);
        for piece in [usize::MAX, 1, 7] {
            let records = records(&text, &found.layout, piece);
            let expected = wanted(&name, &json, &records[0]);
            assert_eq!(records[1..], expected[..], "{name} in pieces of {piece}");
            assert_eq!(found.preview, expected, "{name}: what is shown before reading");
        }
        checked.push(name);
    }
    assert!(checked.len() >= 12, "{checked:?}");
}
