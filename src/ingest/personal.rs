//! Which columns of each file hold personal data. It is told file by file, because columns of two files may have one name and
//! hold different things.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::assemble::Table;
use super::ledger::LateChecks;
use crate::privacy::personal::{Personal, recognise};
use crate::table::ColumnData;
use crate::table::dictionary::Codes;

/// A column whose cells tell who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PersonalColumn {
    /// Its name.
    pub column: String,
    /// What its cells are.
    pub kind: Personal,
}

/// Different texts of a column that are looked at.
const TEXTS: usize = 1000;

/// Rows of a file that are looked at for them.
const ROWS: usize = 50_000;

/// Tells each ledger of a table the personal columns of its file. Before rows are set aside in the table or moved.
pub fn note_personal(table: &mut Table) {
    let checks = LateChecks::new(&table.ledgers);
    for (rows, ledger) in checks.stretches().zip(&mut table.ledgers) {
        let rows = rows.start..rows.end.min(rows.start.saturating_add(ROWS));
        ledger.personal = table
            .columns
            .iter()
            .filter_map(|column| {
                let ColumnData::Text(codes) = &column.data else { return None };
                let kind = recognise(&column.name, different(codes, rows.clone()).into_iter())?;
                Some(PersonalColumn { column: column.name.clone(), kind })
            })
            .collect();
    }
}

/// The first different texts of some rows.
fn different(codes: &Codes, rows: std::ops::Range<usize>) -> Vec<&str> {
    let mut seen = HashSet::new();
    let codes_of = rows.map(|row| codes.code(row)).filter(|code| seen.insert(*code));
    codes_of.take(TEXTS).map(|code| codes.dictionary.get(code)).collect()
}
