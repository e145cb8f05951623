//! Cells of any type as text, exactly.

use std::io::Write as _;
use std::ops::Range;

use arrow_array::cast::AsArray as _;
use arrow_array::types::*;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use strata_core::dataset::calendar::Day;

use crate::csv;

const DAY_SECONDS: i64 = 86_400;

/// Adds rows of a batch as records.
pub(super) fn records(batch: &RecordBatch, rows: Range<usize>, text: &mut Vec<u8>) {
    let mut cells: Vec<Vec<u8>> = vec![Vec::new(); batch.num_columns()];
    for row in rows.start..rows.end.min(batch.num_rows()) {
        for (out, array) in cells.iter_mut().zip(batch.columns()) {
            out.clear();
            cell(array, row, out);
        }
        csv::record(text, cells.iter().map(Vec::as_slice));
    }
}

/// Adds one cell; nothing for a missing one.
pub(super) fn cell(array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    if row >= array.len() || array.is_null(row) {
        return;
    }
    macro_rules! plain {
        ($($kind:ident => $type:ty),*) => {
            match array.data_type() {
                DataType::Utf8 => out.extend_from_slice(array.as_string::<i32>().value(row).as_bytes()),
                DataType::LargeUtf8 => out.extend_from_slice(array.as_string::<i64>().value(row).as_bytes()),
                DataType::Utf8View => out.extend_from_slice(array.as_string_view().value(row).as_bytes()),
                DataType::Binary => out.extend_from_slice(array.as_binary::<i32>().value(row)),
                DataType::LargeBinary => out.extend_from_slice(array.as_binary::<i64>().value(row)),
                DataType::BinaryView => out.extend_from_slice(array.as_binary_view().value(row)),
                DataType::Boolean => {
                    out.extend_from_slice(if array.as_boolean().value(row) { b"true" } else { b"false" });
                }
                $(DataType::$kind => {
                    let _ = write!(out, "{}", array.as_primitive::<$type>().value(row));
                })*
                DataType::Float16 => number(f64::from(array.as_primitive::<Float16Type>().value(row)), out),
                DataType::Float32 => single(array.as_primitive::<Float32Type>().value(row), out),
                DataType::Float64 => number(array.as_primitive::<Float64Type>().value(row), out),
                DataType::Decimal32(..) => text(array.as_primitive::<Decimal32Type>().value_as_string(row), out),
                DataType::Decimal64(..) => text(array.as_primitive::<Decimal64Type>().value_as_string(row), out),
                DataType::Decimal128(..) => text(array.as_primitive::<Decimal128Type>().value_as_string(row), out),
                DataType::Decimal256(..) => text(array.as_primitive::<Decimal256Type>().value_as_string(row), out),
                DataType::Dictionary(..) => {
                    let dictionary = array.as_any_dictionary();
                    if let Some(&place) = dictionary.normalized_keys().get(row) {
                        cell(dictionary.values(), place, out);
                    }
                }
                _ => moment(array, row, out),
            }
        };
    }
    plain!(Int8 => Int8Type, Int16 => Int16Type, Int32 => Int32Type, Int64 => Int64Type,
           UInt8 => UInt8Type, UInt16 => UInt16Type, UInt32 => UInt32Type, UInt64 => UInt64Type);
}

fn text(value: String, out: &mut Vec<u8>) {
    out.extend_from_slice(value.as_bytes());
}

/// The shortest digits that mean this number, without an exponent.
fn number(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() {
        let _ = write!(out, "{value}");
    }
}

/// As [`number`], for a number of single precision: 0.1 stays 0.1.
fn single(value: f32, out: &mut Vec<u8>) {
    if value.is_finite() {
        let _ = write!(out, "{value}");
    }
}

/// Dates and times. Instants are written in UTC, with a Z.
fn moment(array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    match array.data_type() {
        DataType::Date32 => day(i64::from(array.as_primitive::<Date32Type>().value(row)), out),
        DataType::Date64 => stamp(array.as_primitive::<Date64Type>().value(row), 1000, out, false),
        DataType::Timestamp(unit, zone) => {
            let (value, per_second) = match unit {
                TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().value(row), 1),
                TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().value(row), 1000),
                TimeUnit::Microsecond => {
                    (array.as_primitive::<TimestampMicrosecondType>().value(row), 1_000_000)
                }
                TimeUnit::Nanosecond => {
                    (array.as_primitive::<TimestampNanosecondType>().value(row), 1_000_000_000)
                }
            };
            stamp(value, per_second, out, true);
            if zone.is_some() {
                out.push(b'Z');
            }
        }
        DataType::Time32(TimeUnit::Second) => {
            clock(i64::from(array.as_primitive::<Time32SecondType>().value(row)), 1, out);
        }
        DataType::Time32(_) => {
            clock(i64::from(array.as_primitive::<Time32MillisecondType>().value(row)), 1000, out);
        }
        DataType::Time64(TimeUnit::Microsecond) => {
            clock(array.as_primitive::<Time64MicrosecondType>().value(row), 1_000_000, out);
        }
        DataType::Time64(_) => {
            clock(array.as_primitive::<Time64NanosecondType>().value(row), 1_000_000_000, out);
        }
        _ => {}
    }
}

fn day(days: i64, out: &mut Vec<u8>) {
    if let Ok(days) = i32::try_from(days) {
        let _ = write!(out, "{}", Day(days));
    }
}

fn stamp(value: i64, per_second: i64, out: &mut Vec<u8>, always_time: bool) {
    let seconds = value.div_euclid(per_second);
    day(seconds.div_euclid(DAY_SECONDS), out);
    let time = value - seconds.div_euclid(DAY_SECONDS) * DAY_SECONDS * per_second;
    if always_time || time != 0 {
        out.push(b' ');
        clock(time, per_second, out);
    }
}

fn clock(value: i64, per_second: i64, out: &mut Vec<u8>) {
    let (seconds, fraction) = (value.div_euclid(per_second), value.rem_euclid(per_second));
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        let digits = per_second.ilog10() as usize;
        let _ = write!(out, ".{fraction:0digits$}");
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}
