//! Estimates against files that are then read.

use super::*;
use crate::ingest::beginning;
use crate::ingest::detect::{HEAD_BYTES, inspect};
use crate::ingest::encoding::Native;
use crate::ingest::layout::LayoutChoice;
use crate::ingest::sample::{Dates, hash};

/// 120,000 orders of 9,000 users over 300 days, each with an id of its own, and one of five channels; some rows hold a line
/// break inside quotes.
fn file() -> String {
    let mut text = String::from("user_id,time,order_id,amount,channel,note\n");
    for row in 0..120_000_u64 {
        let user = hash(&row.to_le_bytes()) % 9_000;
        let day = Day(19_000 + i32::try_from(row / 400).unwrap());
        let note = if row % 50 == 0 { "\"two\nlines, one cell\"" } else { "none" };
        text += &format!(
            "u{user:05},{day} 08:{:02}:00,o{row:08},{}.50,c{},{note}\n",
            row % 60,
            row % 90,
            row % 5
        );
    }
    text
}

/// Looks at a file as the worker does.
fn looked(text: &str) -> Inspection {
    let bytes = text.as_bytes();
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let mut found =
        inspect("orders.csv", bytes.len() as u64, head, LayoutChoice::default(), &Native).unwrap();
    let first = beginning::find(head, &found.layout, &Native).bytes;
    let stretch = |(start, limit, end): (u64, u64, u64)| {
        let exact = start == first;
        let from = usize::try_from(start).unwrap() - usize::from(!exact);
        Stretch { start, exact, limit, bytes: bytes[from..usize::try_from(end).unwrap()].to_vec() }
    };
    let pieces: Vec<Stretch> = stretches(first, bytes.len() as u64, 1).into_iter().map(stretch).collect();
    assert_eq!(pieces.len(), 16);
    found.survey = Some(survey(&found, &pieces, true, &Zone::utc(), &Native).unwrap());
    found.adjust_rows(first);
    found
}

fn holds(range: Range, value: u64) -> bool {
    (range.0..=range.1).contains(&value)
}

#[test]
fn the_truth_lies_in_the_range() {
    let text = file();
    let found = looked(&text);
    let survey = found.survey.as_ref().unwrap();
    assert!(survey.rows > 10_000 && survey.uncertainty <= 40, "{survey:?}");
    assert_eq!(survey.columns.len(), found.columns.len());
    let mapping = found.mapping.clone();
    let all = of_file(&found, &mapping, &Keep::default());
    assert!(holds(all.rows, 120_000), "{all:?}");
    assert!(all.rows.1 < 130_000 && all.bytes.1 < all.bytes.0 * 3, "{all:?}");
    // Users come again, orders do not.
    let texts_of = |name: &str| {
        let place = found.columns.iter().position(|column| column.name == name).unwrap();
        texts(survey.columns.get(place), all.rows, all.rows, None)
    };
    assert!(holds(texts_of("user_id"), 9_000), "{:?}", texts_of("user_id"));
    assert!(holds(texts_of("order_id"), 120_000), "{:?}", texts_of("order_id"));
    assert_eq!(texts_of("channel"), (5, 5));
    // A narrower reading takes less, and the rows are still in the range.
    let sample = Keep { sample: Some(10), dates: None };
    let in_sample =
        (0..9_000).filter(|user| sample.has_user(format!("u{user:05}").as_bytes())).count() as u64;
    let tenth = of_file(&found, &mapping, &sample);
    assert!(
        in_sample > 700 && holds(tenth.rows, in_sample * 120_000 / 9_000),
        "{tenth:?}, {in_sample} users"
    );
    assert!(tenth.bytes.1 < all.bytes.0 / 3, "{tenth:?} of {all:?}");
    let dates = Dates { from: Some(Day(19_100)), to: Some(Day(19_129)) };
    let month = of_file(&found, &mapping, &Keep { sample: None, dates: Some(dates) });
    assert!(holds(month.rows, 30 * 400) && month.rows.1 < 20_000, "{month:?}");
    let mut fewer = mapping.clone();
    fewer.attributes.clear();
    fewer.order = None;
    assert!(of_file(&found, &fewer, &Keep::default()).bytes.1 < all.bytes.0, "order ids take most of it");
}

#[test]
fn what_fits_is_told() {
    let estimate = |bytes: Range| Estimate::of_all([Estimate { rows: (1, 2), bytes }]);
    let limit = 1_000_000_000;
    assert_eq!(estimate((1, 900_000_000)).fit(limit), Fit::Yes);
    assert_eq!(estimate((1, limit)).fit(limit), Fit::Perhaps, "the program needs some too");
    assert_eq!(estimate((limit, limit)).fit(limit), Fit::No);
}

#[test]
fn nothing_seen_is_no_precise_number() {
    let mut found = looked(&file());
    found.survey = None;
    let keep = Keep { sample: None, dates: Some(Dates { from: Some(Day(0)), to: None }) };
    let all = of_file(&found, &found.mapping.clone(), &keep);
    assert!(all.rows.0 == 0 && all.rows.1 >= 120_000, "which days there are is not known: {all:?}");
}
