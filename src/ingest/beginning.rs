//! Where the rows of a file begin: below a byte order mark, titles and the header.

use super::assemble::Beginning;
use super::encoding::{Decode, bom};
use super::layout::{Encoding, Layout};
use super::ledger::SpanOfBytes;
use super::letters::line_end;
use super::split::{Place, Splitter};

/// Finds it in the first bytes of a file.
#[must_use]
pub fn find(head: &[u8], layout: &Layout, decode: &dyn Decode) -> Beginning {
    let mark = bom(head).filter(|(encoding, _)| *encoding == layout.encoding).map_or(0, |(_, length)| length);
    let raw = head.get(mark..).unwrap_or(b"");
    if layout.encoding == Encoding::Utf8 {
        return in_text(raw, mark, layout);
    }
    // Lines are the same lines before and after decoding.
    let whole = raw.get(..raw.len() - raw.len() % layout.encoding.unit()).unwrap_or(b"");
    let mut text = String::new();
    decode.decode(layout.encoding, whole, &mut text);
    let found = in_text(text.as_bytes(), 0, layout);
    let end = usize::try_from(found.bytes).unwrap_or(usize::MAX);
    let before = text.get(..end).unwrap_or(&text);
    let lines = memchr::memchr_iter(b'\n', before.as_bytes()).count();
    let mut bytes = 0;
    for _ in 0..lines {
        bytes = line_end(layout.encoding, raw, bytes).unwrap_or(raw.len());
    }
    if !before.is_empty() && !before.ends_with('\n') {
        // The header is all there is.
        bytes = raw.len();
    }
    let start = found.header.map_or(0, |span| usize::try_from(span.start).unwrap_or(0));
    Beginning {
        header: None,
        text: text.get(start..end).filter(|_| layout.header).map(str::to_owned),
        rows: found.rows,
        bytes: (mark + bytes) as u64,
    }
}

fn in_text(text: &[u8], offset: usize, layout: &Layout) -> Beginning {
    let mut bytes = 0;
    for _ in 0..layout.skip_lines {
        let rest = text.get(bytes..).unwrap_or(b"");
        bytes += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }
    let (rows, start) = (u64::from(layout.skip_lines), (offset + bytes) as u64);
    if !layout.header {
        return Beginning { rows, bytes: start, ..Beginning::default() };
    }
    let mut splitter = Splitter::slice(layout, start, true, start + 1, 0).any_width();
    let mut header = None;
    let mut sink = |place: Place, _: super::split::Found<'_>| {
        header.get_or_insert(SpanOfBytes { start: place.start, end: place.end });
    };
    splitter.push(text.get(bytes..).unwrap_or(b""), &mut sink);
    splitter.finish(&mut sink);
    let end = header.map_or((offset + text.len()) as u64, |span| span.end);
    Beginning { header, text: None, rows: rows + 1, bytes: end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::encoding::Unicode;

    #[test]
    fn titles_marks_and_headers() {
        let begin = |text: &str, skip_lines, header| {
            find(text.as_bytes(), &Layout { skip_lines, header, ..Layout::default() }, &Unicode)
        };
        let found = begin("a,b\n1,2\n", 0, true);
        assert_eq!((found.bytes, found.rows, found.header), (4, 1, Some(SpanOfBytes { start: 0, end: 4 })));
        assert_eq!(begin("\u{feff}1,2\n", 0, false), Beginning { bytes: 3, ..Beginning::default() });
        let found = begin("\u{feff}Orders\r\n\r\n\"a\nx\",b\r\n1,2", 2, true);
        assert_eq!(
            (found.bytes, found.rows, found.header),
            (22, 3, Some(SpanOfBytes { start: 13, end: 22 }))
        );
        assert_eq!(begin("a,b", 0, true).bytes, 3);
        let utf16: Vec<u8> = "\u{feff}甲,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let layout = Layout { encoding: Encoding::Utf16Le, ..Layout::default() };
        let found = find(&utf16, &layout, &Unicode);
        assert_eq!((found.bytes, found.rows, found.text.as_deref()), (10, 1, Some("甲,b\n")));
    }
}
