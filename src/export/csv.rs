//! Tables as CSV that Excel opens without questions: UTF-8 with a byte order mark, CRLF, RFC 4180 quotes.

use csv_core::{WriteResult, Writer, WriterBuilder};

/// A table under construction.
#[derive(Debug)]
pub struct Csv {
    writer: Writer,
    text: Vec<u8>,
    first: bool,
}

impl Csv {
    /// A table with these columns.
    pub fn new(header: impl IntoIterator<Item = String>) -> Self {
        let writer = WriterBuilder::new().terminator(csv_core::Terminator::CRLF).build();
        let mut csv = Self { writer, text: "\u{feff}".as_bytes().to_vec(), first: true };
        for name in header {
            csv.cell(&name);
        }
        csv.end_row();
        csv
    }

    /// Adds a cell to the row.
    pub fn cell(&mut self, text: &str) {
        if !self.first {
            self.write(
                |writer, _, output| {
                    let (result, written) = writer.delimiter(output);
                    (result, 0, written)
                },
                b"",
            );
        }
        self.first = false;
        self.write(|writer, input, output| writer.field(input, output), text.as_bytes());
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.write(
            |writer, _, output| {
                let (result, written) = writer.terminator(output);
                (result, 0, written)
            },
            b"",
        );
        self.first = true;
    }

    /// The text.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.write(
            |writer, _, output| {
                let (result, written) = writer.finish(output);
                (result, 0, written)
            },
            b"",
        );
        String::from_utf8_lossy(&self.text).into_owned()
    }

    fn write(
        &mut self,
        mut step: impl FnMut(&mut Writer, &[u8], &mut [u8]) -> (WriteResult, usize, usize),
        mut input: &[u8],
    ) {
        let mut buffer = [0; 256];
        loop {
            let (result, read, written) = step(&mut self.writer, input, &mut buffer);
            self.text.extend_from_slice(buffer.get(..written).unwrap_or(&[]));
            input = input.get(read..).unwrap_or(b"");
            if result == WriteResult::InputEmpty {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_can_be_read(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\r\n 数é]{0,8}", 3), 0..6)) {
            let mut csv = Csv::new(["a", "b", "c"].map(str::to_owned));
            for row in &rows {
                row.iter().for_each(|cell| csv.cell(cell));
                csv.end_row();
            }
            let text = csv.finish();
            let mut read = Vec::new();
            let mut splitter = crate::ingest::split::Splitter::new(&crate::ingest::layout::Layout::default());
            let mut sink = |_, found: crate::ingest::split::Found<'_>| {
                if let crate::ingest::split::Found::Record(fields) = found {
                    read.push((0..fields.len()).map(|field| String::from_utf8_lossy(fields.get(field)).into_owned()).collect::<Vec<_>>());
                }
            };
            splitter.push(text.as_bytes(), &mut sink);
            splitter.finish(&mut sink);
            prop_assert_eq!(&read[1..], &rows[..]);
        }
    }
}
