//! Arrow arrays into the engine's columns.
//!
//! What can fail comes first and texts last, so that a row set aside leaves no text behind in a dictionary; of the texts,
//! users come first, because a row without one is set aside.

mod codes;
mod numbers;
mod texts;
mod times;

use arrow_array::RecordBatch;
use strata_core::error::{Error, ErrorKind, Result};
use strata_core::ingest::ledger::{Ledger, Reason};
use strata_core::ingest::mapping::{ColumnType, PlannedColumn, Role};
use strata_core::table::chunk::{Chunk, ChunkColumn};
use strata_core::table::integers::Integers;

use super::{Batch, TimeChoice};
use crate::notices::{Notice, Notices};
use numbers::Numbers;
use texts::Texts;
use times::Times;

/// Turns the batches of one plan into chunks.
pub(super) struct Converter {
    file: String,
    targets: Vec<Target>,
    /// The targets in the order in which they are converted.
    order: Vec<usize>,
    notices: Notices,
}

struct Target {
    plan: PlannedColumn,
    kind: Kind,
}

enum Kind {
    Text(Texts),
    Number(Numbers),
    Time(Times),
}

impl Converter {
    pub(super) fn new(file: &str, plan: &[PlannedColumn], times: &TimeChoice) -> Self {
        let target = |plan: &PlannedColumn| Target {
            kind: match plan.column_type {
                ColumnType::Text => Kind::Text(Texts::default()),
                ColumnType::Number => Kind::Number(Numbers::default()),
                ColumnType::Time => Kind::Time(Times::new(plan.role == Role::Time, times)),
            },
            plan: plan.clone(),
        };
        let mut order: Vec<usize> = (0..plan.len()).collect();
        order.sort_by_key(|&place| match plan.get(place).map(|plan| (plan.column_type, plan.role)) {
            Some((ColumnType::Time, _)) => 0,
            Some((ColumnType::Number, _)) => 1,
            Some((ColumnType::Text, Role::User)) => 2,
            _ => 3,
        });
        Self {
            file: file.to_owned(),
            targets: plan.iter().map(target).collect(),
            order,
            notices: Notices::new(file),
        }
    }

    pub(super) fn notices(&self) -> Vec<Notice> {
        self.notices.all()
    }

    /// Converts a batch whose first row has this number.
    pub(super) fn convert(&mut self, batch: &RecordBatch, first_row: u64) -> Result<Batch> {
        let rows = batch.num_rows();
        let mut account = Account::new(&self.file, rows, first_row);
        for &place in &self.order {
            let (Some(target), Some(array)) = (self.targets.get_mut(place), batch.columns().get(place))
            else {
                return Err(Error::new(ErrorKind::BrokenFile).found("columns"));
            };
            let column = Cells { plan: &target.plan, array: array.as_ref() };
            match &mut target.kind {
                Kind::Text(texts) => texts.read(&column, &mut account)?,
                Kind::Number(numbers) => numbers.read(&column, &mut account, &mut self.notices)?,
                Kind::Time(times) => times.read(&column, &mut account)?,
            }
        }
        let Account { mut ledger, bad, .. } = account;
        let keep = bad.as_deref();
        let columns = self.targets.iter_mut().map(|target| match &mut target.kind {
            Kind::Text(texts) => texts.chunk(keep),
            Kind::Number(numbers) => numbers.chunk(keep),
            Kind::Time(times) => times.chunk(keep),
        });
        let columns: Vec<ChunkColumn> = columns.collect();
        let used = keep.map_or(rows, |bad| bad.iter().filter(|bad| !**bad).count());
        ledger.rows_read = rows as u64;
        ledger.rows_used = used as u64;
        let rows = u32::try_from(used).map_err(|_| Error::new(ErrorKind::TooLarge))?;
        Ok(Batch { chunk: Chunk { rows, columns }, ledger })
    }
}

/// A column's cells, and what they are for.
struct Cells<'a> {
    plan: &'a PlannedColumn,
    array: &'a dyn arrow_array::Array,
}

/// What becomes of a batch's rows.
struct Account {
    ledger: Ledger,
    first_row: u64,
    rows: usize,
    /// Which rows are set aside; nothing while none is.
    bad: Option<Vec<bool>>,
}

impl Account {
    fn new(file: &str, rows: usize, first_row: u64) -> Self {
        Self { ledger: Ledger { file: file.to_owned(), ..Ledger::default() }, first_row, rows, bad: None }
    }

    fn is_bad(&self, row: usize) -> bool {
        self.bad.as_ref().is_some_and(|bad| bad.get(row).copied().unwrap_or(false))
    }

    /// A cell cannot be used. The row is set aside, unless the column is an attribute: then the cell counts as empty.
    #[cold]
    fn fail(&mut self, row: usize, column: &Cells<'_>, reason: Reason) {
        if self.is_bad(row) {
            return;
        }
        let mut found = Vec::new();
        super::text::cell(column.array, row, &mut found);
        let number = self.first_row + row as u64;
        let name = column.plan.name.clone();
        if column.plan.role == Role::Attribute && reason != Reason::NotUtf8 {
            self.ledger.note_emptied(&name, number, &found);
            return;
        }
        if let Some(bad) = self.bad.get_or_insert_with(|| vec![false; self.rows]).get_mut(row) {
            *bad = true;
        }
        self.ledger.note(reason, 1, number, Some(&name), Some(&found));
    }
}

/// The values of rows that are kept.
fn kept<'a, T: Copy>(values: &'a [T], bad: Option<&'a [bool]>) -> std::borrow::Cow<'a, [T]> {
    match bad {
        None => values.into(),
        Some(bad) => values
            .iter()
            .zip(bad)
            .filter(|(_, bad)| !**bad)
            .map(|(value, _)| *value)
            .collect::<Vec<_>>()
            .into(),
    }
}

/// Whole numbers in the fewest bytes.
fn integers(values: &[i64]) -> Integers {
    let fits = |&value: &i64| {
        value == Integers::MISSING || (value > i64::from(i32::MIN) && value <= i64::from(i32::MAX))
    };
    // No early end: this way it runs many at a time.
    if values.iter().fold(true, |all, value| all & fits(value)) {
        let narrow = |&value: &i64| if value == Integers::MISSING { i32::MIN } else { value as i32 };
        Integers::I32(values.iter().map(narrow).collect())
    } else {
        Integers::I64(values.to_vec())
    }
}

/// The cells of an integer column; [`Integers::MISSING`] for missing ones. `false` when it is none, or one does not fit.
fn whole_numbers(array: &dyn arrow_array::Array, out: &mut Vec<i64>) -> bool {
    use arrow_array::cast::AsArray as _;
    use arrow_array::types::*;
    use arrow_schema::DataType;
    out.clear();
    macro_rules! widen {
        ($type:ty) => {{
            let array = array.as_primitive::<$type>();
            out.extend(array.values().iter().map(|&value| i64::from(value)));
        }};
    }
    match array.data_type() {
        DataType::Int8 => widen!(Int8Type),
        DataType::Int16 => widen!(Int16Type),
        DataType::Int32 => widen!(Int32Type),
        DataType::Int64 => out.extend_from_slice(array.as_primitive::<Int64Type>().values()),
        DataType::UInt8 => widen!(UInt8Type),
        DataType::UInt16 => widen!(UInt16Type),
        DataType::UInt32 => widen!(UInt32Type),
        DataType::UInt64 => {
            let values = array.as_primitive::<UInt64Type>().values();
            if values.iter().any(|&value| i64::try_from(value).is_err()) {
                return false;
            }
            out.extend(values.iter().map(|&value| value as i64));
        }
        _ => return false,
    }
    clear_missing(array, out);
    true
}

/// Marks what is missing.
fn clear_missing(array: &dyn arrow_array::Array, values: &mut [i64]) {
    if let Some(nulls) = array.logical_nulls().filter(|nulls| nulls.null_count() > 0) {
        for (value, valid) in values.iter_mut().zip(nulls.iter()) {
            if !valid {
                *value = Integers::MISSING;
            }
        }
    }
}
