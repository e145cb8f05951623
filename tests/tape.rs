//! What was read once is the same when it is played from a tape; a tape that is damaged or cut off, or of something else, is
//! none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::cell::RefCell;
use std::rc::Rc;

use strata::engine::loader::{Loader, Way, inspect};
use strata::engine::request::OpenOptions;
use strata::engine::tape::{Beginning, Label, Recorder, begin, call, end, play};
use strata::engine::{Engine, to_json};
use strata::ingest::beginning;
use strata::ingest::encoding::Native;
use strata::ingest::ledger::Notice;

/// Orders with broken rows and line breaks in quotes, and users beside them.
fn files() -> Vec<(&'static str, String)> {
    let mut orders = "user_id,time,order_id,amount,note\n".to_owned();
    let mut users = "user_id,level\n".to_owned();
    for row in 0..600 {
        let amount = if row % 97 == 0 { "n/a".to_owned() } else { format!("{}.50", row % 40) };
        orders += &format!(
            "u{:04},2024-01-{:02} 08:00,o{row},{amount},\"two\nlines {}\"\n",
            row % 70,
            row % 28 + 1,
            row % 9
        );
        users += &format!("u{row:04},{}\n", ["gold", "silver"][row % 2]);
    }
    vec![("orders.csv", orders), ("users.csv", users)]
}

fn label(options: &OpenOptions, changed: i64) -> Label {
    let files = files().iter().map(|(name, text)| ((*name).to_owned(), text.len() as u64, changed)).collect();
    Label::new(files, options).unwrap()
}

/// Reads the files in small slices and writes a tape.
fn record(options: &OpenOptions) -> (Loader, Vec<u8>) {
    let texts = files();
    let total = texts.iter().map(|(_, text)| text.len() as u64).sum();
    let mut loader = Loader::new(total, options, u64::MAX).unwrap().with_slices_of(700..=700);
    let mut looked = Vec::new();
    for (name, text) in &texts {
        let inspection = inspect(name, text.len() as u64, text.as_bytes(), options, &Native).unwrap();
        let way = Way::Slices(beginning::find(text.as_bytes(), &inspection.layout, &Native));
        loader.add(&inspection, way.clone()).unwrap();
        looked.push((inspection, way));
    }
    let notices = vec![("orders.csv".to_owned(), Notice::LinesAbove { lines: 3 })];
    let first = Beginning {
        label: label(options, 5),
        options: options.clone(),
        notices: notices.clone(),
        slice_bytes: 700..=700,
        files: looked,
    };
    let tape = Rc::new(RefCell::new(begin(&first).unwrap()));
    let writing = Rc::clone(&tape);
    loader.record(Recorder::new(move |what, part| writing.borrow_mut().extend(call(what, part).unwrap())));
    loader
        .read_all(&Native, |file, place, size| {
            let bytes = texts[file].1.as_bytes();
            let place = usize::try_from(place).unwrap().min(bytes.len());
            Ok(bytes[place..place.saturating_add(usize::try_from(size).unwrap()).min(bytes.len())].to_vec())
        })
        .unwrap();
    tape.borrow_mut().extend(end().unwrap());
    let bytes = tape.borrow().clone();
    (loader.with_notices(notices), bytes)
}

fn play_bytes(label: &Label, tape: &[u8]) -> Option<Loader> {
    let mut read = |place: u64, count: usize| {
        let place = usize::try_from(place).ok()?;
        tape.get(place..place.checked_add(count)?).map(<[u8]>::to_vec)
    };
    play(label, u64::MAX, &mut read, |_| {}).ok().flatten()
}

/// What the engine says of a log, and an answer.
fn told(loader: Loader) -> (String, String) {
    let mut engine = Engine::default();
    let opened = to_json(&engine.hold(loader.finish().unwrap())).unwrap();
    (opened, engine.run(r#"{"analysis":"rfm","filter":{"all":[{"column":"level","in":["gold"]}]}}"#).unwrap())
}

#[test]
fn a_tape_gives_what_was_read() {
    for sample in [None, Some(2)] {
        let options = OpenOptions { sample, ..OpenOptions::default() };
        let (loader, tape) = record(&options);
        assert!(loader.slices().len() > 50);
        let played = play_bytes(&label(&options, 5), &tape).expect("a whole tape");
        assert_eq!(played.progress(), loader.progress());
        assert_eq!(told(played), told(loader));
    }
}

#[test]
fn a_tape_of_something_else_is_none() {
    let options = OpenOptions::default();
    let (_, tape) = record(&options);
    assert!(play_bytes(&label(&options, 6), &tape).is_none(), "the file has been changed");
    let zone = OpenOptions { time_zone: Some("Asia/Shanghai".into()), ..OpenOptions::default() };
    assert!(play_bytes(&label(&zone, 5), &tape).is_none(), "other options");
    let anyway = OpenOptions { ignore_estimate: true, ..OpenOptions::default() };
    assert!(play_bytes(&label(&anyway, 5), &tape).is_some(), "this changes nothing about what is read");
}

#[test]
fn a_damaged_tape_is_none() {
    let options = OpenOptions::default();
    let (_, tape) = record(&options);
    for length in (0..tape.len()).step_by(997).chain([tape.len() - 1]) {
        assert!(play_bytes(&label(&options, 5), &tape[..length]).is_none(), "cut at {length}");
    }
    for place in (0..tape.len()).step_by(499) {
        let mut damaged = tape.clone();
        damaged[place] ^= 0x10;
        assert!(play_bytes(&label(&options, 5), &damaged).is_none(), "byte {place} of {}", tape.len());
    }
}
