//! The rooms know only the rooms before them, and only five places know the browser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from left to right. A room may use those before it and itself.
const ROOMS: [&str; 11] = [
    "error", "locale", "privacy", "table", "ingest", "dataset", "segment", "analysis", "export", "engine",
    "chart",
];

/// Pairs that look to the right on purpose: the calendar is the language of days for all, a ledger and a mapping travel with
/// what was read.
const AGREED: [(&str, &str); 3] =
    [("error", "locale"), ("locale", "dataset::calendar"), ("ingest", "dataset::calendar")];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn sources(room: &str) -> Vec<PathBuf> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let folder = source.join(room);
    if folder.is_dir() { files(&folder) } else { vec![source.join(format!("{room}.rs"))] }
}

#[test]
fn rooms_look_to_the_left() {
    for (place, room) in ROOMS.iter().enumerate() {
        for path in sources(room) {
            let text = fs::read_to_string(&path).unwrap();
            for used in text.split("crate::").skip(1) {
                let Some(other) = ROOMS.iter().position(|other| {
                    used.strip_prefix(other).is_some_and(|rest| {
                        !rest.starts_with(|sign: char| sign.is_alphanumeric() || sign == '_')
                    })
                }) else {
                    continue;
                };
                let agreed = AGREED.iter().any(|(from, to)| from == room && used.starts_with(to));
                assert!(other <= place || agreed, "{} uses crate::{}", path.display(), ROOMS[other]);
            }
        }
    }
}

#[test]
fn the_browser_is_known_in_five_places() {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in files(&source) {
        let place = path.strip_prefix(&source).unwrap().to_string_lossy().replace('\\', "/");
        if ["ui/", "worker/", "module/", "bin/app.rs", "formats/browser/"]
            .iter()
            .any(|known| place.starts_with(known))
        {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for browser in ["web_sys", "js_sys", "wasm_bindgen", "leptos::"] {
            assert!(!text.contains(browser), "{place} knows the browser: {browser}");
        }
    }
}
