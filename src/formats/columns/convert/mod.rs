//! Arrow arrays into the engine's columns.
//!
//! What can fail comes first and texts last, so that a row set aside leaves no text behind in a dictionary; of the texts,
//! users come first, because a row without one is set aside.

mod codes;
mod numbers;
mod product;
mod texts;
mod times;

use arrow_array::RecordBatch;
use strata_core::error::{Error, ErrorKind, Result};
use strata_core::ingest::ledger::{Ledger, Reason};
use strata_core::ingest::mapping::{ColumnType, FileKind, PlannedColumn, Role};
use strata_core::ingest::reader::PRODUCT;
use strata_core::table::chunk::{Chunk, ChunkColumn};
use strata_core::table::integers::Integers;

use super::{Batch, TimeChoice};
use numbers::{Numbers, Units};
use texts::Texts;
use times::Times;

/// Turns the batches of one plan into chunks.
pub(super) struct Converter {
    file: String,
    kind: FileKind,
    targets: Vec<Target>,
    /// The targets in the order in which they are converted.
    order: Vec<usize>,
}

struct Target {
    plan: PlannedColumn,
    /// Its place among the columns of a batch; nothing for one that is computed.
    place: Option<usize>,
    cells: Store,
}

enum Store {
    Text(Texts),
    Number(Numbers),
    /// Quantity times price.
    Product(Numbers),
    Time(Times),
}

impl Converter {
    pub(super) fn new(file: &str, kind: FileKind, plan: &[PlannedColumn], times: &TimeChoice) -> Self {
        let mut places = 0..;
        let target = |plan: &PlannedColumn| Target {
            place: if plan.field == PRODUCT { None } else { places.next() },
            cells: match plan.column_type {
                ColumnType::Text => Store::Text(Texts::default()),
                ColumnType::Number if plan.field == PRODUCT => Store::Product(Numbers::default()),
                ColumnType::Number => Store::Number(Numbers::default()),
                ColumnType::Time => Store::Time(Times::new(plan.role == Role::Time, times)),
            },
            plan: plan.clone(),
        };
        let targets: Vec<Target> = plan.iter().map(target).collect();
        let mut order: Vec<usize> = (0..targets.len()).collect();
        order.sort_by_key(|&place| {
            match targets.get(place).map(|target| (&target.cells, target.plan.role)) {
                Some((Store::Time(_), _)) => 0,
                Some((Store::Number(_), _)) => 1,
                Some((Store::Product(_), _)) => 2,
                Some((Store::Text(_), Role::User)) => 3,
                _ => 4,
            }
        });
        Self { file: file.to_owned(), kind, targets, order }
    }

    /// Converts a batch whose first row has this number.
    pub(super) fn convert(&mut self, batch: &RecordBatch, first_row: u64) -> Result<Batch> {
        let rows = batch.num_rows();
        let mut account = Account::new(&self.file, self.kind, rows, first_row);
        for place in self.order.clone() {
            self.read(place, batch, &mut account)?;
        }
        let (mut ledger, bad) = account.close();
        let keep = bad.as_deref();
        let columns = self.targets.iter_mut().map(|target| match &mut target.cells {
            Store::Text(texts) => texts.chunk(keep),
            Store::Number(numbers) | Store::Product(numbers) => numbers.chunk(keep),
            Store::Time(times) => times.chunk(keep),
        });
        let columns: Vec<ChunkColumn> = columns.collect();
        let set_aside = (first_row..).zip(keep.unwrap_or_default()).filter(|(_, bad)| **bad);
        let set_aside: Vec<u64> = set_aside.map(|(row, _)| row).collect();
        let used = rows - set_aside.len();
        ledger.rows_read = rows as u64;
        ledger.rows_used = used as u64;
        let rows = u32::try_from(used).map_err(|_| Error::new(ErrorKind::TooLarge))?;
        Ok(Batch { chunk: Chunk { rows, columns }, ledger, set_aside })
    }

    fn read(&mut self, place: usize, batch: &RecordBatch, account: &mut Account) -> Result<()> {
        let product = match self.targets.get(place).map(|target| &target.cells) {
            Some(Store::Product(_)) => Some([Role::Quantity, Role::Price].map(|role| self.units(role))),
            _ => None,
        };
        let missing = || Error::new(ErrorKind::BrokenFile).found("columns");
        let target = self.targets.get_mut(place).ok_or_else(missing)?;
        if let (Store::Product(numbers), Some(factors)) = (&mut target.cells, product) {
            numbers.multiply(factors, &target.plan, account);
            return Ok(());
        }
        let array = target.place.and_then(|place| batch.columns().get(place)).ok_or_else(missing)?;
        let column = Cells { plan: &target.plan, array: array.as_ref() };
        match &mut target.cells {
            Store::Text(texts) => texts.read(&column, account)?,
            Store::Number(numbers) | Store::Product(numbers) => numbers.read(&column, account),
            Store::Time(times) => times.read(&column, account)?,
        }
        Ok(())
    }

    /// The numbers of a role in the batch at hand.
    fn units(&self, role: Role) -> Units {
        let of_role = self.targets.iter().find(|target| target.plan.role == role);
        match of_role.map(|target| &target.cells) {
            Some(Store::Number(numbers)) => numbers.units().clone(),
            _ => Units::default(),
        }
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
    /// What the rows are.
    kind: FileKind,
    first_row: u64,
    rows: usize,
    /// Which rows are set aside; nothing while none is.
    bad: Option<Vec<bool>>,
    /// Why they are, column by column.
    faults: Vec<Fault>,
}

/// Why a row is set aside.
struct Fault {
    row: usize,
    reason: Reason,
    column: String,
    found: Vec<u8>,
}

/// Bytes of a cell at fault that are kept: far more than an example shows.
const FOUND: usize = 512;

impl Account {
    fn new(file: &str, kind: FileKind, rows: usize, first_row: u64) -> Self {
        let ledger = Ledger { file: file.to_owned(), ..Ledger::default() };
        Self { ledger, kind, first_row, rows, bad: None, faults: Vec::new() }
    }

    fn is_bad(&self, row: usize) -> bool {
        self.bad.as_ref().is_some_and(|bad| bad.get(row).copied().unwrap_or(false))
    }

    /// A cell cannot be used. The row is set aside, unless the column is an attribute: then the cell counts as empty.
    #[cold]
    fn fail(&mut self, row: usize, column: &Cells<'_>, reason: Reason) {
        let mut found = Vec::new();
        super::text::cell(column.array, row, &mut found);
        self.fail_with(row, column.plan, reason, &found);
    }

    /// As [`Self::fail`], for what stands in no column of the file.
    #[cold]
    fn fail_with(&mut self, row: usize, plan: &PlannedColumn, reason: Reason, found: &[u8]) {
        if self.is_bad(row) {
            return;
        }
        if plan.role == Role::Attribute && reason != Reason::NotUtf8 {
            let number = self.number(row);
            self.ledger.note_emptied(&plan.name, number, found);
            return;
        }
        if let Some(bad) = self.bad.get_or_insert_with(|| vec![false; self.rows]).get_mut(row) {
            *bad = true;
        }
        let found = found.get(..FOUND).unwrap_or(found).to_vec();
        self.faults.push(Fault { row, reason, column: plan.name.clone(), found });
    }

    /// The account of all rows, as if they had been read one after the other, and which of them are set aside.
    fn close(mut self) -> (Ledger, Option<Vec<bool>>) {
        self.faults.sort_by_key(|fault| fault.row);
        for Fault { row, reason, column, found } in std::mem::take(&mut self.faults) {
            let number = self.number(row);
            self.ledger.note(reason, 1, number, Some(&column), Some(&found));
        }
        (self.ledger, self.bad)
    }

    /// The number of a row in the file.
    fn number(&self, row: usize) -> u64 {
        self.first_row + row as u64
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
