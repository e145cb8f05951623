//! Delimited text in pieces and in slices: however it is cut, the records are the same, and every byte has its place.

use super::choices::Choices;
use strata::ingest::layout::Layout;
use strata::ingest::split::{Found, Place, Splitter};

/// A record or a broken line, and where it stands.
type Read = (u64, u64, Result<Vec<Vec<u8>>, Vec<u8>>);

/// The choices are delimiter, quote, escape, comment, number of fields, sizes of slices and of pieces; the rest is the text.
pub fn check(bytes: &[u8]) {
    let (mut choices, text) = Choices::of(bytes);
    let layout = Layout {
        delimiter: choices.one(&[',', ';', '\t', '|', ' ', '\u{1}']),
        quote: choices.one(&[Some('"'), None, Some('\'')]),
        escape: choices.one(&[None, Some('\\')]),
        comment: choices.one(&[None, Some('#')]),
        ..Layout::default()
    };
    let fields = choices.below(6) + 1;
    let slice = choices.below(40) as u64 + 1;
    let piece = choices.below(20) + 1;
    let whole = read(text, &layout, (0, true, u64::MAX), fields, usize::MAX).2;
    assert_eq!(read(text, &layout, (0, true, u64::MAX), fields, piece).2, whole, "in pieces of {piece}");
    assert_eq!(in_slices(text, &layout, slice, fields, piece), whole, "in slices of {slice}");
    has_every_byte(text, &layout, &whole);
}

/// Reads a slice: where it proved to begin, where the next begins, what it holds.
fn read(
    text: &[u8],
    layout: &Layout,
    (start, exact, limit): (u64, bool, u64),
    fields: usize,
    piece: usize,
) -> (Option<u64>, u64, Vec<Read>) {
    let mut splitter = Splitter::slice(layout, start, exact, limit, fields);
    let mut found_here = Vec::new();
    let mut sink = |place: Place, found: Found<'_>| {
        let cells = match found {
            Found::Record(fields) => Ok(fields.iter().map(<[u8]>::to_vec).collect()),
            Found::Broken(line) => Err(line.to_vec()),
        };
        found_here.push((place.start, place.end, cells));
    };
    let from = usize::try_from(start).unwrap() - usize::from(!exact);
    for piece in text[from..].chunks(piece) {
        splitter.push(piece, &mut sink);
    }
    splitter.finish(&mut sink);
    (splitter.begun(), splitter.position().unwrap_or(start), found_here)
}

/// As the loader does it: a slice whose beginning was guessed wrong is read again.
fn in_slices(text: &[u8], layout: &Layout, size: u64, fields: usize, piece: usize) -> Vec<Read> {
    let (mut records, mut position, mut start) = (Vec::new(), 0, 0);
    while start == 0 || start < text.len() as u64 {
        let limit = if start + size < text.len() as u64 { start + size } else { u64::MAX };
        if position < limit {
            let guess = read(text, layout, (start, start == 0, limit), fields, piece);
            let fits = guess.0.is_some_and(|begun| begun == position || begun == position + 1);
            let (_, end, found) =
                if fits { guess } else { read(text, layout, (position, true, limit), fields, piece) };
            records.extend(found);
            position = end;
        }
        start += size;
    }
    records
}

/// Between the records stand blank lines and comments, and nothing else.
fn has_every_byte(text: &[u8], layout: &Layout, records: &[Read]) {
    let mut end = 0;
    for (start, next, cells) in records {
        assert!(end <= *start && start < next && *next <= text.len() as u64, "{start} to {next} after {end}");
        between(&text[end as usize..*start as usize], layout, end == 0);
        if let Err(line) = cells {
            assert_eq!(line, &text[*start as usize..*next as usize]);
        }
        end = *next;
    }
    between(&text[end as usize..], layout, end == 0);
}

fn between(text: &[u8], layout: &Layout, first: bool) {
    let mark: &[u8] = if first { b"\xef\xbb\xbf" } else { b"" };
    let text = text.strip_prefix(mark).unwrap_or(text);
    for line in text.split(|&byte| byte == b'\n' || byte == b'\r') {
        let comment = layout.comment.is_some_and(|sign| line.first().copied().map(char::from) == Some(sign));
        assert!(line.is_empty() || comment, "lost: {:?}", String::from_utf8_lossy(line));
    }
}
