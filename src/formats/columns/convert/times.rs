//! Times, from whatever a file has them as.

use arrow_array::cast::AsArray as _;
use arrow_array::types::*;
use arrow_schema::{DataType, TimeUnit};
use strata_core::dataset::calendar::ZoneCache;
use strata_core::error::Result;
use strata_core::ingest::ledger::Reason;
use strata_core::ingest::mapping::Role;
use strata_core::ingest::time::{TimeFormat, TimeReader};
use strata_core::table::Clock;
use strata_core::table::chunk::ChunkColumn;
use strata_core::table::integers::Integers;

use super::{Account, Cells, clear_missing, integers, kept};
use crate::columns::{TimeChoice, text};

/// The years 1 to 9999, in microseconds.
const YEARS: std::ops::Range<i64> = -62_135_596_800_000_000..253_402_300_800_000_000;

const SECOND: i64 = 1_000_000;

/// A column of times.
pub(super) struct Times {
    reader: TimeReader,
    clock: Clock,
    zone: ZoneCache,
    micros: Vec<i64>,
}

impl Times {
    /// Attributes are read year first, as written, on the wall clock: `own` is the column that says when.
    pub(super) fn new(own: bool, choice: &TimeChoice) -> Self {
        let (format, clock) =
            if own { (choice.format, choice.clock) } else { (TimeFormat::YearFirst, Clock::Civil) };
        let zone = || ZoneCache::new(choice.zone.clone());
        Self { reader: TimeReader::new(format, clock, zone()), clock, zone: zone(), micros: Vec::new() }
    }

    pub(super) fn read(&mut self, column: &Cells<'_>, account: &mut Account) -> Result<()> {
        self.micros.clear();
        let array = column.array;
        macro_rules! scaled {
            ($type:ty, $scale:expr) => {{
                let scale = $scale;
                self.micros.extend(
                    array.as_primitive::<$type>().values().iter().map(|&value| scale(i64::from(value))),
                );
            }};
        }
        let times = |factor: i64| move |value: i64| value.checked_mul(factor).unwrap_or(i64::MAX);
        let written = match array.data_type() {
            DataType::Date32 => {
                scaled!(Date32Type, times(86_400 * SECOND));
                Clock::Civil
            }
            DataType::Date64 => {
                scaled!(Date64Type, times(1000));
                Clock::Civil
            }
            DataType::Timestamp(unit, zone) => {
                match unit {
                    TimeUnit::Second => scaled!(TimestampSecondType, times(SECOND)),
                    TimeUnit::Millisecond => scaled!(TimestampMillisecondType, times(1000)),
                    TimeUnit::Microsecond => scaled!(TimestampMicrosecondType, |value| value),
                    TimeUnit::Nanosecond => {
                        scaled!(TimestampNanosecondType, |value: i64| value.div_euclid(1000));
                    }
                }
                if zone.is_some() { Clock::Instant } else { Clock::Civil }
            }
            _ => {
                self.read_texts(column, account);
                return Ok(());
            }
        };
        clear_missing(array, &mut self.micros);
        self.check(column, account);
        match (written, self.clock) {
            (Clock::Instant, Clock::Civil) => self.change(|zone, micros| zone.civil_from_instant(micros)),
            (Clock::Civil, Clock::Instant) => {
                self.change(|zone, micros| zone.zone().instant_from_civil(micros));
            }
            _ => {}
        }
        Ok(())
    }

    fn change(&mut self, convert: impl Fn(&mut ZoneCache, i64) -> i64) {
        let Self { zone, micros, .. } = self;
        for value in micros.iter_mut().filter(|value| **value != Integers::MISSING) {
            *value = convert(zone, *value);
        }
    }

    /// Rows without a time, and times that no calendar has.
    fn check(&mut self, column: &Cells<'_>, account: &mut Account) {
        let required = column.plan.role == Role::Time;
        // Nearly always all are right, and this is quick.
        if self.micros.iter().fold(true, |all, value| all & YEARS.contains(value)) {
            return;
        }
        for (row, value) in self.micros.iter_mut().enumerate() {
            if *value == Integers::MISSING {
                if required {
                    account.fail(row, column, Reason::NoTime);
                }
            } else if !YEARS.contains(value) {
                *value = Integers::MISSING;
                account.fail(row, column, Reason::BadTime);
            }
        }
    }

    /// Texts, numbers since 1970 and all else, read as if they stood in a text file.
    fn read_texts(&mut self, column: &Cells<'_>, account: &mut Account) {
        let mut cell = Vec::new();
        let array = column.array;
        // A dictionary's texts are read once each.
        let dictionary = array.as_any_dictionary_opt();
        let (keys, values) = match dictionary {
            Some(dictionary) => (Some(dictionary.normalized_keys()), dictionary.values().as_ref()),
            None => (None, array),
        };
        let mut known: Vec<Option<Option<i64>>> = vec![None; keys.as_ref().map_or(0, |_| values.len())];
        for row in 0..array.len() {
            let place = keys.as_ref().map_or(row, |keys| keys.get(row).copied().unwrap_or(0));
            let (reader, cell) = (&mut self.reader, &mut cell);
            let mut read = || {
                cell.clear();
                text::cell(values, place, cell);
                if cell.trim_ascii().is_empty() { Some(Integers::MISSING) } else { reader.read(cell) }
            };
            let found = match known.get_mut(place).filter(|_| keys.is_some()) {
                _ if array.is_null(row) => Some(Integers::MISSING),
                Some(known) => *known.get_or_insert_with(read),
                None => read(),
            };
            self.micros.push(found.unwrap_or(Integers::MISSING));
            match found {
                None => {
                    let mut cell = Vec::new();
                    text::cell(values, place, &mut cell);
                    let number = account.number(row);
                    account.ledger.date_order.note_unread(&cell, self.reader.format(), number);
                    account.fail(row, column, Reason::BadTime);
                }
                Some(Integers::MISSING) if column.plan.role == Role::Time => {
                    account.fail(row, column, Reason::NoTime);
                }
                Some(_) => {}
            }
        }
        account.ledger.date_order.merge(self.reader.take_order(), 0);
    }

    pub(super) fn chunk(&mut self, bad: Option<&[bool]>) -> ChunkColumn {
        let micros = kept(&self.micros, bad);
        let mut seconds = Vec::with_capacity(micros.len());
        for &value in micros.iter() {
            let second = value / SECOND;
            if value != Integers::MISSING && second * SECOND != value {
                return ChunkColumn::Time { seconds: false, values: integers(&micros) };
            }
            seconds.push(if value == Integers::MISSING { value } else { second });
        }
        ChunkColumn::Time { seconds: true, values: integers(&seconds) }
    }
}
