//! The import report as CSV: for each file how it was read, what became of its rows, and examples.

use super::csv::Csv;
use crate::ingest::ledger::{ChangedCells, Ledger};
use crate::locale::{Language, Words};

/// The ledgers of all files, a line for each item: file, item, count, row, column, text. The counts of the rows read are those of
/// the rows used and of the first line of each reason; further examples have no count.
#[must_use]
pub fn to_csv(ledgers: &[Ledger], language: Language) -> String {
    let words = language.words();
    let header = [
        words.ledger_file,
        words.ledger_item,
        words.ledger_count,
        words.ledger_row,
        words.ledger_column,
        words.ledger_text,
    ];
    let mut table = Table { csv: Csv::new(header.map(str::to_owned)), file: "" };
    for ledger in ledgers {
        table.file = &ledger.file;
        table.facts(ledger, language);
        table.reasons(ledger, language);
        table.changed(words.ledger_emptied_title, &ledger.emptied);
        table.changed(words.ledger_rounded_title, &ledger.rounded);
        for notice in &ledger.notices {
            table.line(words.ledger_notice, None, None, "", &notice.message(language));
        }
    }
    table.csv.finish()
}

struct Table<'a> {
    csv: Csv,
    file: &'a str,
}

impl Table<'_> {
    fn line(&mut self, item: &str, count: Option<u64>, row: Option<u64>, column: &str, text: &str) {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        // A row whose place is not known is none.
        let row = row.filter(|row| *row > 0);
        for cell in [self.file, item, &number(count), &number(row), column, text] {
            self.csv.cell(cell);
        }
        self.csv.end_row();
    }

    fn facts(&mut self, ledger: &Ledger, language: Language) {
        let words: &Words = language.words();
        self.line(words.ledger_kind, None, None, "", ledger.kind.label(language));
        self.line(words.ledger_bytes, Some(ledger.bytes), None, "", "");
        if let Some(encoding) = ledger.encoding {
            self.line(words.ledger_encoding, None, None, "", encoding.label());
        }
        if let Some(delimiter) = ledger.delimiter {
            let shown = if delimiter == '\t' { "\\t".to_owned() } else { delimiter.to_string() };
            self.line(words.ledger_delimiter, None, None, "", &shown);
        }
        if let Some((first, last)) = ledger.time_range {
            self.line(words.ledger_first_day, None, None, "", &first.to_string());
            self.line(words.ledger_last_day, None, None, "", &last.to_string());
        }
        if let Some(users) = ledger.users {
            self.line(words.ledger_users, Some(users), None, "", "");
        }
        self.line(words.ledger_rows_read, Some(ledger.rows_read), None, "", "");
        self.line(words.ledger_rows_used, Some(ledger.rows_used), None, "", "");
    }

    fn reasons(&mut self, ledger: &Ledger, language: Language) {
        for entry in &ledger.set_aside {
            let reason = format!("reason_{}", entry.reason.code());
            let reason = language.words().get(&reason).unwrap_or(entry.reason.code());
            let mut count = Some(entry.rows);
            for example in &entry.examples {
                let found = example.found_in_words(entry.reason, language);
                let column = example.column.as_deref().unwrap_or_default();
                self.line(reason, count.take(), Some(example.row), column, &found);
            }
        }
    }

    fn changed(&mut self, item: &str, changed: &[ChangedCells]) {
        for entry in changed {
            self.line(item, Some(entry.cells), Some(entry.first_row), &entry.column, &entry.first_found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::ledger::{Notice, Reason};
    use crate::ingest::mapping::FileKind;
    use crate::ingest::split::{Found, Splitter};
    use proptest::prelude::*;

    fn lines(text: &str) -> Vec<Vec<String>> {
        let mut read = Vec::new();
        let mut splitter = Splitter::new(&crate::ingest::layout::Layout::default());
        let mut sink = |_, found: Found<'_>| {
            let Found::Record(fields) = found else { panic!("unreadable") };
            let cell = |field| String::from_utf8_lossy(fields.get(field)).into_owned();
            read.push((0..fields.len()).map(cell).collect::<Vec<_>>());
        };
        splitter.push(text.as_bytes(), &mut sink);
        splitter.finish(&mut sink);
        read
    }

    fn ledger(rows: &[(usize, u8)]) -> Ledger {
        let mut ledger = Ledger {
            file: "\u{8ba2}\u{5355}, 2024.csv".into(),
            kind: FileKind::Orders,
            delimiter: Some('\t'),
            ..Ledger::default()
        };
        for (row, (reason, found)) in (2..).zip(rows) {
            ledger.rows_read += 1;
            match Reason::ALL.get(*reason) {
                Some(reason) => ledger.note(*reason, 1, row, Some("amount"), Some(&[*found])),
                None => ledger.rows_used += 1,
            }
        }
        ledger
    }

    #[test]
    fn a_ledger_as_a_table() {
        let mut ledger = ledger(&[(20, 0), (20, 0)]);
        ledger.rows_read += 2;
        ledger.note(Reason::MissingFields, 1, 4, None, Some(b"3 / 5"));
        ledger.note(Reason::Duplicate, 1, 0, Some("user"), Some(b"0071"));
        ledger.note_rounded("amount", 3, b"1.00000000001");
        ledger.notice(Notice::LinesAbove { lines: 2 });
        let read = lines(&to_csv(&[ledger], Language::English));
        let told: Vec<String> = read.iter().skip(1).map(|line| line[1..].join("|")).collect();
        assert_eq!(
            told,
            [
                "Kind of file||||Orders",
                "Size in bytes|0|||",
                "Delimiter||||\\t",
                "Rows read|4|||",
                "Rows used|2|||",
                "Fewer fields than the header|1|4||3 of 5 fields",
                "The same as another row; left out by choice|1||user|0071",
                "Numbers that were rounded|1|3|amount|1.00000000001",
                "Please note||||Lines above the header that were skipped: 2.",
            ]
        );
        assert!(read.iter().all(|line| line.len() == 6));
    }

    proptest! {
        #[test]
        fn the_counts_of_an_exported_ledger_add_up(rows in prop::collection::vec((0usize..20, any::<u8>()), 0..60), chinese: bool) {
            let language = if chinese { Language::Chinese } else { Language::English };
            let words = language.words();
            let ledger = ledger(&rows);
            let read = lines(&to_csv(std::slice::from_ref(&ledger), language));
            let count = |item: &str| read.iter().filter(|line| line[1] == item).filter_map(|line| line[2].parse::<u64>().ok()).sum::<u64>();
            let reasons: u64 = Reason::ALL.iter().map(|reason| count(words.get(&format!("reason_{}", reason.code())).unwrap())).sum();
            prop_assert_eq!(count(words.ledger_rows_read), rows.len() as u64);
            prop_assert_eq!(count(words.ledger_rows_read), count(words.ledger_rows_used) + reasons);
            prop_assert!(read.iter().skip(1).all(|line| line[0] == ledger.file));
        }
    }
}
