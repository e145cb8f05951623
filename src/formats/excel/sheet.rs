//! The cells of a worksheet, in the order of rows, into records.

use std::io::Write as _;

use calamine::DataRef;
use strata_core::error::{ErrorKind, Result};

use super::values;
use crate::csv::{self, Records};
use crate::notices::{Notice, Notices};
use crate::source::too_much;

/// Rows among which the header is looked for.
const LOOKED_AT: usize = 30;

/// A worksheet's cells, as they come.
pub(super) struct Sheet {
    /// Finished rows as text without the commas that the widest row asks for.
    text: Vec<u8>,
    rows: Vec<Row>,
    /// The row at hand: its number, and how many fields have been begun.
    row: u32,
    fields: u32,
    cell: Vec<u8>,
    limit: u64,
    pub notices: Notices,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    /// Where its text ends.
    end: usize,
    /// Its number in the sheet, from 0.
    number: u32,
    /// The first column that holds anything.
    first: u32,
    /// One more than the last column that holds anything.
    width: u32,
    /// How many columns hold anything.
    filled: u32,
}

impl Sheet {
    pub(super) fn new(file: &str, limit: u64) -> Self {
        Self {
            text: Vec::new(),
            rows: Vec::new(),
            row: 0,
            fields: 0,
            cell: Vec::new(),
            limit,
            notices: Notices::new(file),
        }
    }

    /// Takes a cell. Rows come in order, and the cells of a row too; a cell out of order is left out and told.
    pub(super) fn take(&mut self, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<()> {
        let mut cell = std::mem::take(&mut self.cell);
        cell.clear();
        self.write(&mut cell, (row, column), value);
        if !cell.is_empty() {
            self.add(row, column, &cell);
        }
        self.cell = cell;
        if self.text.len() as u64 > self.limit { Err(too_much(self.limit)) } else { Ok(()) }
    }

    fn write(&mut self, cell: &mut Vec<u8>, (row, column): (u32, u32), value: &DataRef<'_>) {
        match value {
            DataRef::Int(value) => {
                let _ = write!(cell, "{value}");
            }
            DataRef::Float(value) => {
                if value.fract() == 0.0 && value.abs() >= 1e15 {
                    let place = column_name(column);
                    self.notices.note(ErrorKind::LongNumbers, u64::from(row) + 1, &place, value);
                }
                values::number(cell, *value);
            }
            DataRef::String(text) => cell.extend_from_slice(text.as_bytes()),
            DataRef::SharedString(text) => cell.extend_from_slice(text.as_bytes()),
            DataRef::Bool(value) => cell.extend_from_slice(if *value { b"TRUE" } else { b"FALSE" }),
            DataRef::DateTime(value) => values::date_time(cell, value),
            DataRef::DateTimeIso(text) => values::iso(cell, text),
            DataRef::DurationIso(text) => values::duration(cell, text),
            DataRef::Error(error) => {
                self.notices.note(ErrorKind::CellErrors, u64::from(row) + 1, &column_name(column), error);
            }
            DataRef::Empty => {}
        }
    }

    fn add(&mut self, number: u32, column: u32, cell: &[u8]) {
        let begun = self.rows.last().is_some_and(|row| row.number == number);
        let late = self.rows.last().is_some_and(|row| row.number > number) || (begun && column < self.fields);
        if late {
            self.notices.note(ErrorKind::BrokenFile, u64::from(number) + 1, &column_name(column), "order");
            return;
        }
        if !begun {
            self.rows.push(Row { end: 0, number, first: column, width: 0, filled: 0 });
            self.fields = 0;
        }
        // One comma stands before every field but that of column A.
        let commas = (column - self.fields + u32::from(self.fields > 0)) as usize;
        self.text.resize(self.text.len() + commas, b',');
        csv::field(&mut self.text, cell);
        self.fields = column + 1;
        let end = self.text.len();
        if let Some(row) = self.rows.last_mut() {
            (row.end, row.width, row.filled) = (end, column + 1, row.filled + 1);
        }
        self.row = number;
    }

    /// The records: titles above the header, empty rows, and empty columns around the table are left out.
    pub(super) fn finish(mut self) -> SheetRecords {
        let widest = self.rows.iter().take(LOOKED_AT).map(|row| row.filled).max().unwrap_or(0);
        let titles =
            self.rows.iter().take(LOOKED_AT).take_while(|row| widest > 1 && row.filled * 2 <= widest).count();
        if titles > 0 {
            let first = self.rows.first().map_or(0, |row| u64::from(row.number) + 1);
            let end = self.rows.first().map_or(0, |row| row.end);
            let title = String::from_utf8_lossy(self.text.get(..end).unwrap_or_default()).into_owned();
            let title = title.trim_matches([',', '"']).to_owned();
            self.notices.note_many(ErrorKind::TitleRows, first, "", title, titles as u64);
        }
        let table = self.rows.get(titles..).unwrap_or_default();
        let first = table.iter().map(|row| row.first).min().unwrap_or(0);
        let width = table.iter().map(|row| row.width).max().unwrap_or(0);
        SheetRecords { text: self.text, rows: self.rows, next: titles, first, width, notices: self.notices }
    }
}

/// A column as the program names it: A, B, ... AA.
fn column_name(column: u32) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        name.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    name.into_iter().collect()
}

/// A worksheet as records of one width.
pub(super) struct SheetRecords {
    text: Vec<u8>,
    rows: Vec<Row>,
    next: usize,
    first: u32,
    width: u32,
    notices: Notices,
}

impl SheetRecords {
    /// Records, the header among them.
    pub(super) fn len(&self) -> usize {
        self.rows.len() - self.next
    }
}

impl Records for SheetRecords {
    fn more(&mut self, text: &mut Vec<u8>) -> Result<()> {
        while text.len() < 1 << 18 {
            let Some(row) = self.rows.get(self.next) else { break };
            let before = self.next.checked_sub(1).and_then(|before| self.rows.get(before));
            let start = before.map_or(0, |before| before.end) + self.first as usize;
            text.extend_from_slice(self.text.get(start..row.end).unwrap_or_default());
            text.resize(text.len() + (self.width - row.width) as usize, b',');
            text.push(b'\n');
            self.next += 1;
        }
        Ok(())
    }

    fn notices(&self) -> Vec<Notice> {
        self.notices.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::TableText;
    use std::io::Read as _;

    fn table(rows: &[&[&str]]) -> (String, Vec<Notice>) {
        let mut sheet = Sheet::new("a.xlsx", 1 << 20);
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet.take((row as u32, column as u32), &DataRef::String((*cell).to_owned())).unwrap();
            }
        }
        let mut text = TableText::new(sheet.finish());
        let mut csv = String::new();
        text.read_to_string(&mut csv).unwrap();
        (csv, text.notices())
    }

    #[test]
    fn titles_and_empty_edges_are_left_out() {
        let (csv, notices) = table(&[
            &["", "三月报表"],
            &[],
            &["", "店铺", "A店"],
            &["", "id", "名称", "金额", "备注"],
            &["", "1", "甲,乙", "", "x"],
            &[],
            &["", "2", "", "3", ""],
            &["", "", "", ""],
        ]);
        assert_eq!(csv, "id,名称,金额,备注\n1,\"甲,乙\",,x\n2,,3,\n");
        let [notice] = &notices[..] else { panic!("{notices:?}") };
        assert_eq!((notice.error.kind, notice.count, notice.error.row), (ErrorKind::TitleRows, 2, Some(1)));
        assert_eq!(notice.error.found.as_deref(), Some("三月报表"));
    }

    #[test]
    fn a_single_column_has_no_titles() {
        assert_eq!(table(&[&["id"], &["1"], &["2"]]).0, "id\n1\n2\n");
        assert_eq!(table(&[&["id", "n"], &["1"]]).0, "id,n\n1,\n");
        assert_eq!(table(&[]).0, "");
        assert_eq!(
            (column_name(0), column_name(26), column_name(701)),
            ("A".into(), "AA".into(), "ZZ".into())
        );
    }
}
