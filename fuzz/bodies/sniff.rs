//! Looking at the beginning of any bytes: letters, layout, header, types, roles.

use std::collections::HashSet;

use strata::ingest::beginning;
use strata::ingest::detect::{HEAD_BYTES, Inspection, inspect};
use strata::ingest::encoding::{Decode, Native, Unicode};
use strata::ingest::layout::{Layout, LayoutChoice};

/// The input is a file. What is seen of it hangs together, and choosing what was detected changes nothing.
pub fn check(bytes: &[u8]) {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    for (decode, size) in [
        (&Native as &dyn Decode, bytes.len() as u64),
        (&Unicode, bytes.len() as u64),
        (&Native, bytes.len() as u64 + 1_000_000),
    ] {
        let Ok(found) = inspect("file", size, head, LayoutChoice::default(), decode) else { continue };
        hangs_together(&found, head, decode);
        let again = inspect("file", size, head, chosen(&found.layout), decode);
        let again = again.expect("what was detected can be chosen");
        assert_eq!(chosen(&again.layout), chosen(&found.layout), "chosen as it was detected");
    }
}

fn hangs_together(found: &Inspection, head: &[u8], decode: &dyn Decode) {
    let names: Vec<String> = found.columns.iter().map(|column| column.name.clone()).collect();
    assert!(!names.is_empty() && names.iter().all(|name| !name.is_empty()));
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "names are unique: {names:?}");
    assert!(found.layout.delimiter.is_ascii() && found.preview.len() <= 20);
    assert!(found.encoding_samples.iter().all(|(_, sample)| sample.len() < 10_000));
    // A mapping may lack a role; a column that is not there it never names.
    if let Ok(plan) = found.mapping.plan(&names) {
        assert!(plan.iter().all(|column| names.get(column.field) == Some(&column.name)));
    }
    let beginning = beginning::find(head, &found.layout, decode);
    assert!(beginning.bytes <= head.len() as u64, "the rows begin within the file");
    assert!(beginning.header.is_none_or(|span| span.start <= span.end && span.end <= head.len() as u64));
}

/// The layout as somebody who likes it as it is would choose it.
fn chosen(layout: &Layout) -> LayoutChoice {
    LayoutChoice {
        encoding: Some(layout.encoding),
        delimiter: Some(layout.delimiter),
        quote: Some(layout.quote.unwrap_or(' ')),
        skip_lines: Some(layout.skip_lines),
        header: Some(layout.header),
    }
}
