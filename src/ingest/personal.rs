//! Which columns of each file hold personal data. It is told file by file, because columns of two files may have one name and
//! hold different things.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::assemble::Table;
use super::ledger::LateChecks;
use crate::privacy::personal::{Personal, recognise};
use crate::table::ColumnData;
use crate::table::decimal::Decimals;
use crate::table::dictionary::{Codes, Dictionary};

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

/// What the cells of a column say about people, whatever its file's ledger has noted: looked at are the first 1,000 different
/// texts of 50,000 cells. Whole numbers are looked at as texts: somebody may have said that phone numbers are numbers.
#[must_use]
pub fn kind_of(name: &str, data: &ColumnData) -> Option<Personal> {
    let rows = 0..data.len().min(ROWS);
    match data {
        ColumnData::Text(codes) => recognise(name, different(codes, rows).into_iter()),
        ColumnData::Number(Decimals { values, scale: 0 }) => {
            let there = rows.map(|row| values.get(row)).filter(|value| *value != Decimals::MISSING);
            let different: BTreeSet<i64> = there.take(TEXTS).collect();
            let texts: Vec<String> = different.into_iter().map(|value| value.to_string()).collect();
            recognise(name, texts.iter().map(String::as_str))
        }
        ColumnData::Number(_) | ColumnData::Time(_) => None,
    }
}

/// What the ids of users say about people, beside what their file's ledger has noted.
#[must_use]
pub fn kind_of_ids(name: &str, ids: &Dictionary) -> Option<Personal> {
    recognise(name, ids.iter().take(TEXTS))
}

/// The first different texts of some rows.
fn different(codes: &Codes, rows: std::ops::Range<usize>) -> Vec<&str> {
    let mut seen = HashSet::new();
    let codes_of = rows.map(|row| codes.code(row)).filter(|code| seen.insert(*code));
    codes_of.take(TEXTS).map(|code| codes.dictionary.get(code)).collect()
}
