//! The conversation with the readers, natively.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};
use strata_formats::Limits;
use strata_formats::desk::{Desk, Handle};

fn file(bytes: &[u8]) -> Handle {
    Handle::File(Box::new(Cursor::new(bytes.to_vec())))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn ask(desk: &mut Desk, request: &Value, handle: Handle) -> (Value, Option<Vec<u8>>) {
    let (text, bytes) = desk.answer(&request.to_string(), handle);
    (serde_json::from_str(&text).unwrap(), bytes)
}

/// Opens a file and reads it to its end; a look at its beginning takes nothing away.
fn read(desk: &mut Desk, name: &str, bytes: &[u8]) -> (Value, Vec<u8>, usize) {
    let (opened, none) =
        ask(desk, &json!({"open": {"name": name, "bytes": bytes.len(), "part": null}}), file(bytes));
    assert_eq!(none, None);
    let token = &opened["token"];
    let (_, head) = ask(desk, &json!({"head": {"token": token, "bytes": 7}}), Handle::None);
    let (mut all, mut pieces) = (Vec::new(), 0);
    loop {
        let (answer, piece) = ask(desk, &json!({"next": {"token": token}}), Handle::None);
        let Some(piece) = piece else {
            assert_eq!(answer["end"], true);
            break;
        };
        all.extend(piece);
        pieces += 1;
    }
    assert_eq!(head.as_deref(), all.get(..7));
    ask(desk, &json!({"close": {"token": token}}), Handle::None);
    let (gone, _) = ask(desk, &json!({"next": {"token": token}}), Handle::None);
    assert_eq!(gone["failed"]["kind"], "nothing_open");
    (opened, all, pieces)
}

#[test]
fn text_comes_in_pieces() {
    let mut desk = Desk::default();
    let text: String = (0..600_000).map(|row| format!("{row},2024-03-05\n")).collect();
    let packed = gzip(text.as_bytes());
    let (looked, _) =
        ask(&mut desk, &json!({"look": {"name": "a.gz", "bytes": packed.len()}}), file(&packed));
    assert_eq!(looked, json!({"format": "gzip", "parts": [{"name": "a.gz", "hidden": false}]}));
    let (opened, all, pieces) = read(&mut desk, "a.gz", &packed);
    assert_eq!((opened["kind"].as_str(), pieces), (Some("text"), text.len().div_ceil(4 << 20)));
    assert!(all == text.as_bytes());
}

#[test]
fn tables_come_as_text() {
    let mut desk = Desk::default();
    let (opened, all, _) = read(&mut desk, "a.json", b"[{\"user\":\"007\",\"n\":1.50},{\"user\":\"8\"}]");
    assert_eq!((opened["kind"].as_str(), &all[..]), (Some("table"), &b"user,n\n007,1.50\n8,\n"[..]));
}

#[test]
fn mistakes_are_answered() {
    let mut desk = Desk::new(Limits { stream: 1 << 20, memory: 1 << 20 });
    let failed = |(answer, _): (Value, _)| answer["failed"]["kind"].as_str().unwrap_or_default().to_owned();
    assert_eq!(failed(ask(&mut desk, &json!({"dance": {}}), Handle::None)), "not_json");
    assert_eq!(failed(ask(&mut desk, &json!({"look": {"name": "a"}}), Handle::None)), "missing_field");
    assert_eq!(failed(ask(&mut desk, &json!({"look": {"name": "a"}}), file(b"a,b\n"))), "unknown_format");
    assert_eq!(
        failed(ask(&mut desk, &json!({"head": {"token": 9, "bytes": 1}}), Handle::None)),
        "nothing_open"
    );
    let large = gzip(&vec![b'x'; 2 << 20]);
    let (opened, _) = ask(&mut desk, &json!({"open": {"name": "x.gz"}}), file(&large));
    let next = ask(&mut desk, &json!({"next": {"token": opened["token"]}}), Handle::None);
    assert_eq!(next.0["failed"]["file"], "x.gz");
    assert_eq!(failed(next), "inflates_too_much");
}

#[test]
fn encodings_are_guessed() {
    let mut desk = Desk::default();
    let gbk = [0xd3, 0xc3, 0xbb, 0xa7, b',', 0xca, 0xb1, 0xbc, 0xe4, b'\n', 0xbc, 0xd7, b',', b'1', b'\n'];
    let (answer, _) = ask(&mut desk, &json!({"guessEncoding": {}}), Handle::Bytes(gbk.to_vec()));
    assert_eq!(answer, json!({"encoding": "gb18030"}));
}
