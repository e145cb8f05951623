//! Tables on their way to the engine as delimited text, RFC 4180 in UTF-8, the first record being the header.

use std::io::{self, Read};

use strata_core::error::Result;

use crate::notices::Notice;
use crate::source::to_io;

/// What makes records.
pub(crate) trait Records {
    /// Adds the text of some more records, or nothing at the end.
    fn more(&mut self, text: &mut Vec<u8>) -> Result<()>;

    /// What had to be left out or changed so far.
    fn notices(&self) -> Vec<Notice>;
}

/// A table as text.
pub struct TableText {
    records: Box<dyn Records>,
    text: Vec<u8>,
    read: usize,
}

impl std::fmt::Debug for TableText {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TableText")
    }
}

impl TableText {
    pub(crate) fn new(records: impl Records + 'static) -> Self {
        Self { records: Box::new(records), text: Vec::new(), read: 0 }
    }

    /// What had to be left out or changed so far; complete when everything has been read.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.records.notices()
    }
}

impl Read for TableText {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.text.len() {
            self.text.clear();
            self.read = 0;
            self.records.more(&mut self.text).map_err(to_io)?;
        }
        let rest = self.text.get(self.read..).unwrap_or_default();
        let (from, to) = (rest.iter().take(buffer.len()), buffer.iter_mut());
        let count = from.len();
        to.zip(from).for_each(|(to, from)| *to = *from);
        self.read += count;
        Ok(count)
    }
}

/// Adds one field, in quotation marks where it needs them.
pub(crate) fn field(text: &mut Vec<u8>, value: &[u8]) {
    if !value.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        text.extend_from_slice(value);
        return;
    }
    text.push(b'"');
    for part in value.split_inclusive(|&byte| byte == b'"') {
        text.extend_from_slice(part);
        if part.ends_with(b"\"") {
            text.push(b'"');
        }
    }
    text.push(b'"');
}

/// Adds one record. A lone empty field is written with quotation marks: an empty line would be no record.
pub(crate) fn record<'a>(text: &mut Vec<u8>, values: impl Iterator<Item = &'a [u8]>) {
    let start = text.len();
    let mut count = 0usize;
    for value in values {
        if count > 0 {
            text.push(b',');
        }
        field(text, value);
        count += 1;
    }
    if text.len() == start && count == 1 {
        text.extend_from_slice(b"\"\"");
    }
    text.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_need_it() {
        let mut text = Vec::new();
        record(&mut text, [&b"a"[..], b"b,c", b"say \"hi\"", b"two\nlines", b""].into_iter());
        record(&mut text, std::iter::once(&b""[..]));
        assert_eq!(text, b"a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",\n\"\"\n");
    }
}
