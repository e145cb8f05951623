//! Tables as CSV that spreadsheets open without questions and without harm: UTF-8 with a byte order mark, CRLF, RFC 4180
//! quotes; what looks like a formula has an apostrophe before it, which Strata takes off when it reads the file again.

use crate::ingest::formula::needs_guard;

/// A table under construction.
#[derive(Debug)]
pub struct Csv {
    text: String,
    /// Cells of the row so far.
    cells: usize,
    /// Where the row begins.
    row: usize,
}

impl Csv {
    /// A table with these columns.
    pub fn new(header: impl IntoIterator<Item = String>) -> Self {
        let mut csv = Self { text: "\u{feff}".to_owned(), cells: 0, row: 3 };
        for name in header {
            csv.cell(&name);
        }
        csv.end_row();
        csv
    }

    /// Adds a cell to the row.
    pub fn cell(&mut self, text: &str) {
        if self.cells > 0 {
            self.text.push(',');
        }
        self.cells += 1;
        let guard = if needs_guard(text.as_bytes()) { "'" } else { "" };
        if guard.is_empty() && !needs_quotes(text) {
            self.text.push_str(text);
            return;
        }
        self.text.extend(["\"", guard]);
        for (nth, part) in text.split('"').enumerate() {
            self.text.extend([if nth > 0 { "\"\"" } else { "" }, part]);
        }
        self.text.push('"');
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        // A line with nothing on it is no row to those who read it.
        if self.text.len() == self.row {
            self.text.push_str("\"\"");
        }
        self.text.push_str("\r\n");
        (self.cells, self.row) = (0, self.text.len());
    }

    /// What has been written since the last time; between rows.
    pub fn take(&mut self) -> String {
        self.row = 0;
        std::mem::take(&mut self.text)
    }

    /// How many bytes there are to take.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.text.len()
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

/// Whether a cell would be read as something else without quotation marks: as several, as a comment, or, by programs that keep
/// quoted cells as text, as a number that it is not: ids with zeros in front, a plus sign, or more digits than a spreadsheet
/// has.
fn needs_quotes(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_id = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() < text.len() || digits.len() > 15 || (digits.len() > 1 && digits.starts_with('0')));
    is_id || text.starts_with('#') || text.contains([',', '"', '\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        let mut read = Vec::new();
        let mut splitter = crate::ingest::split::Splitter::new(&crate::ingest::layout::Layout::default());
        let mut sink = |_, found: crate::ingest::split::Found<'_>| {
            if let crate::ingest::split::Found::Record(fields) = found {
                let cell = |field: &[u8]| {
                    String::from_utf8_lossy(crate::ingest::formula::unguarded(field)).into_owned()
                };
                read.push(fields.iter().map(cell).collect());
            }
        };
        splitter.push(text.as_bytes(), &mut sink);
        splitter.finish(&mut sink);
        read
    }

    #[test]
    fn cells_as_they_are_written() {
        let mut csv = Csv::new(["=id", "a"].map(str::to_owned));
        for cell in [
            "0071",
            "7",
            "1234567890123456",
            "123456789012345",
            "-5",
            "=1+1",
            "say \"x\"",
            "a,b",
            "+86138",
            "0.5",
        ] {
            csv.cell(cell);
        }
        csv.end_row();
        csv.cell("");
        csv.end_row();
        assert_eq!(
            csv.finish(),
            "\u{feff}\"'=id\",a\r\n\"0071\",7,\"1234567890123456\",123456789012345,-5,\"'=1+1\",\"say \"\"x\"\"\",\"a,b\",\"+86138\",0.5\r\n\"\"\r\n"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\r\n 数é=@+'#0-]{0,8}", 3), 0..6)) {
            let mut csv = Csv::new(["a", "b", "c"].map(str::to_owned));
            for row in &rows {
                row.iter().for_each(|cell| csv.cell(cell));
                csv.end_row();
            }
            prop_assert_eq!(&read(&csv.finish())[1..], &rows[..]);
        }
    }
}
