//! Where the rows of a file begin: below a byte order mark, titles and the header.

use super::assemble::Beginning;
use super::layout::Layout;
use super::ledger::SpanOfBytes;
use super::split::{Place, Splitter};

/// Finds it in the first bytes of a file.
#[must_use]
pub fn find(head: &[u8], layout: &Layout) -> Beginning {
    let mut bytes = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for _ in 0..layout.skip_lines {
        let rest = head.get(bytes..).unwrap_or(b"");
        bytes += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }
    let lines = u64::from(layout.skip_lines);
    if !layout.header {
        return Beginning { header: None, rows: lines, bytes: bytes as u64 };
    }
    let mut splitter = Splitter::slice(layout, bytes as u64, true, bytes as u64 + 1, 0).any_width();
    let mut header = None;
    let mut sink = |place: Place, _: super::split::Found<'_>| {
        header.get_or_insert(SpanOfBytes { start: place.start, end: place.end });
    };
    splitter.push(head.get(bytes..).unwrap_or(b""), &mut sink);
    splitter.finish(&mut sink);
    let end = header.map_or(head.len() as u64, |span| span.end);
    Beginning { header, rows: lines + 1, bytes: end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_marks_and_headers() {
        let begin = |text: &str, skip_lines, header| {
            find(text.as_bytes(), &Layout { skip_lines, header, ..Layout::default() })
        };
        let found = begin("a,b\n1,2\n", 0, true);
        assert_eq!((found.bytes, found.rows, found.header), (4, 1, Some(SpanOfBytes { start: 0, end: 4 })));
        assert_eq!(begin("\u{feff}1,2\n", 0, false), Beginning { header: None, rows: 0, bytes: 3 });
        let found = begin("\u{feff}Orders\r\n\r\n\"a\nx\",b\r\n1,2", 2, true);
        assert_eq!(
            (found.bytes, found.rows, found.header),
            (22, 3, Some(SpanOfBytes { start: 13, end: 22 }))
        );
        assert_eq!(begin("a,b", 0, true).bytes, 3);
    }
}
