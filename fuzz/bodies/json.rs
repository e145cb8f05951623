//! JSON as a table: every object is a record, or a record that is set aside and told.

use std::io::{Cursor, Read};

use strata::error::ErrorKind;
use strata::ingest::layout::Layout;
use strata::ingest::split::{Found, Splitter};
use strata_formats::{AnySource, Limits, Notice, Opened, open};

const LIMITS: Limits = Limits { stream: 1 << 24, memory: 1 << 22 };

/// The input is a file. Whether its bytes come at once or a few at a time, the table is the same.
pub fn check(bytes: &[u8]) {
    let whole = table(Box::new(Cursor::new(bytes.to_vec())));
    assert_eq!(table(Box::new(Slow(Cursor::new(bytes.to_vec())))), whole);
    let Some((text, notices, ended)) = whole else { return };
    let mut widths = Vec::new();
    let mut splitter = Splitter::new(&Layout::default()).any_width();
    let mut sink = |_, found: Found<'_>| match found {
        Found::Record(fields) => widths.push(fields.len()),
        Found::Broken(line) => panic!("not a record: {}", String::from_utf8_lossy(line)),
    };
    splitter.push(&text, &mut sink);
    splitter.finish(&mut sink);
    let Some((columns, rows)) = widths.split_first() else { return assert!(!ended) };
    let odd = rows.iter().filter(|width| *width != columns).count() as u64;
    let broken = notices.iter().filter(|notice| notice.error.kind == ErrorKind::BrokenLine);
    assert_eq!(broken.map(|notice| notice.count).sum::<u64>(), odd, "what is no object is told");
}

/// The table as text, what was told, and whether it was read to its end; nothing when it is refused at once.
fn table(source: AnySource) -> Option<(Vec<u8>, Vec<Notice>, bool)> {
    let Ok(Opened::Table(mut table)) = open("file", source, None, LIMITS) else { return None };
    let mut text = Vec::new();
    let ended = table.read_to_end(&mut text).is_ok();
    Some((text, table.notices(), ended))
}

/// Gives one byte, then two, then three, then one.
struct Slow(Cursor<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = (self.0.position() % 3) as usize + 1;
        let most = most.min(buffer.len());
        self.0.read(&mut buffer[..most])
    }
}

impl std::io::Seek for Slow {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}
