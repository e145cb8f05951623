//! Where the rows of a table stand in their files.

use super::assemble::{FileSpans, Table};
use super::ledger::{LateChecks, Ledger, Reason};

/// The numbers that the rows of a table have in their files.
#[derive(Debug)]
pub struct RowNumbers {
    files: Vec<FileRows>,
    checks: LateChecks,
}

/// The rows of one file.
#[derive(Debug)]
struct FileRows {
    /// The place of the first of those in use among all of the table.
    start: u64,
    /// The number of the file's first row.
    first: u64,
    /// The numbers of those that were set aside, ascending.
    set_aside: Vec<u64>,
    /// Whether these are all.
    complete: bool,
}

impl RowNumbers {
    /// Of a table, before rows are set aside in it after reading.
    #[must_use]
    pub fn of(table: &Table) -> Self {
        Self::new(&table.ledgers, &table.spans)
    }

    /// As [`Self::of`], from a table's parts.
    #[must_use]
    pub fn new(ledgers: &[Ledger], spans: &[FileSpans]) -> Self {
        let mut start = 0;
        let files = ledgers.iter().zip(spans).map(|(ledger, spans)| {
            // Rows that somebody chose not to read leave no numbers behind.
            let chosen = |reason| matches!(reason, Reason::OutsideSample | Reason::OutsideDates);
            let in_part = ledger.set_aside.iter().any(|entry| chosen(entry.reason));
            let numbers = if in_part { &[][..] } else { &spans.numbers };
            let file = FileRows {
                start,
                first: spans.rows_before + 1,
                set_aside: numbers.to_vec(),
                complete: numbers.len() as u64 == ledger.rows_set_aside(),
            };
            start += ledger.rows_used;
            file
        });
        Self { files: files.collect(), checks: LateChecks::new(ledgers) }
    }

    /// The number of a row of the table, from 0, in its file, the header being row 1; 0 when it is not known.
    #[must_use]
    pub fn get(&self, row: usize) -> u64 {
        let Some(file) = self.files.get(self.checks.file(row)) else { return 0 };
        // As if none before it had been set aside; those that were move it down.
        let number = file.first + (row as u64).saturating_sub(file.start);
        let (mut low, mut high) = (0, file.set_aside.len());
        while low < high {
            let middle = low.midpoint(high);
            let moved = file.set_aside.get(middle).is_some_and(|aside| *aside <= number + middle as u64);
            if moved { low = middle + 1 } else { high = middle }
        }
        if low == file.set_aside.len() && !file.complete { 0 } else { number + low as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_row_in_use_has_its_own(
            files in prop::collection::vec((0u64..4, prop::collection::vec(any::<bool>(), 1..12), any::<bool>()), 1..4),
        ) {
            let (mut ledgers, mut spans, mut expected) = (Vec::new(), Vec::new(), Vec::new());
            for (rows_before, rows, capped) in files {
                let mut ledger = Ledger { rows_read: rows.len() as u64, ..Ledger::default() };
                let mut file = FileSpans { rows_before, ..FileSpans::default() };
                let mut lost = false;
                for (number, used) in (rows_before + 1..).zip(rows) {
                    if used {
                        ledger.rows_used += 1;
                        // Where not all are remembered, no row below the last of them is known.
                        expected.push(if lost { None } else { Some(number) });
                    } else {
                        ledger.note(Reason::BadTime, 1, number, None, None);
                        lost |= capped && file.numbers.len() == 2;
                        if !lost {
                            file.numbers.push(number);
                        }
                    }
                }
                ledgers.push(ledger);
                spans.push(file);
            }
            let numbers = RowNumbers::new(&ledgers, &spans);
            for (row, expected) in expected.iter().enumerate() {
                match (numbers.get(row), expected) {
                    (found, Some(number)) => prop_assert!(found == *number || found == 0, "{row}: {found}, not {number}"),
                    (found, None) => prop_assert_eq!(found, 0),
                }
            }
            let complete = spans.iter().zip(&ledgers).all(|(spans, ledger)| spans.numbers.len() as u64 == ledger.rows_set_aside());
            if complete {
                let found: Vec<Option<u64>> = (0..expected.len()).map(|row| Some(numbers.get(row))).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
