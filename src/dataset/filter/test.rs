//! A condition made ready for a log: what is compared with what, with nothing left to look up by name.

use std::rc::Rc;

use crate::dataset::EventLog;
use crate::table::dictionary::CodeVec;
use crate::table::integers::Integers;

/// What a row has to pass.
#[derive(Debug, Clone)]
pub enum Test<'a> {
    /// Its day lies between these, both included.
    Days {
        /// The days of all rows.
        days: &'a [i32],
        /// The first day.
        from: i32,
        /// The last day.
        to: i32,
    },
    /// Its text is allowed.
    Texts {
        /// The codes of all rows.
        rows: &'a CodeVec,
        /// For each code whether it is.
        allowed: Vec<bool>,
        /// The code of an empty cell.
        empty: Option<u32>,
    },
    /// Its number lies between these, both included; a missing one does not.
    Numbers {
        /// The numbers of all rows.
        values: &'a Integers,
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// Its user is one of these.
    Users(Rc<[bool]>),
}

impl<'a> Test<'a> {
    /// A test of numbers; bounds may lie beyond what a row can hold.
    pub(super) fn numbers(values: &'a Integers, min: Option<i128>, max: Option<i128>) -> Self {
        // The smallest number of all stands for a missing one.
        let (least, most) = (i128::from(Integers::MISSING) + 1, i128::from(i64::MAX));
        let (min, max) = (min.unwrap_or(least).max(least), max.unwrap_or(most).min(most));
        let narrow = |bound: i128| i64::try_from(bound).ok();
        match (narrow(min), narrow(max)) {
            (Some(min), Some(max)) => Self::Numbers { values, min, max },
            // One of them lies beyond all numbers.
            _ => Self::Numbers { values, min: 1, max: 0 },
        }
    }

    /// Whether a row of this user passes.
    #[inline]
    #[must_use]
    pub fn passes(&self, row: usize, user: usize) -> bool {
        match self {
            Self::Days { days, from, to } => days.get(row).is_some_and(|day| (from..=to).contains(&day)),
            Self::Texts { rows, allowed, .. } => allows(allowed, code(rows, row)),
            Self::Numbers { values, min, max } => (*min..=*max).contains(&values.get(row)),
            Self::Users(users) => users.get(user).copied().unwrap_or(false),
        }
    }

    /// Whether a row has a cell to test: a text that is not empty, a number.
    #[must_use]
    pub fn has_cell(&self, row: usize) -> bool {
        match self {
            Self::Days { .. } | Self::Users(_) => true,
            Self::Texts { rows, empty, .. } => {
                let code = code(rows, row);
                code.is_some() && code != empty.map(|code| code as usize)
            }
            Self::Numbers { values, .. } => values.get(row) != Integers::MISSING,
        }
    }

    /// Clears the marks of all rows that do not pass.
    pub(super) fn keep(&self, log: &EventLog, mask: &mut [u8]) {
        match self {
            Self::Days { days, from, to } => keep(mask, days, |day| (from..=to).contains(&day)),
            Self::Texts { rows, allowed, .. } => keep_codes(mask, rows, allowed),
            Self::Numbers { values: Integers::I64(values), min, max } => {
                keep(mask, values, |value| (min..=max).contains(&value));
            }
            Self::Numbers { values: Integers::I32(values), min, max } => {
                let min = i32::try_from((*min).max(i64::from(i32::MIN) + 1));
                let max = i32::try_from((*max).min(i64::from(i32::MAX)));
                match (min, max) {
                    (Ok(min), Ok(max)) => keep(mask, values, |value| (min..=max).contains(value)),
                    _ => mask.fill(0),
                }
            }
            Self::Users(users) => {
                for (user, _) in users.iter().enumerate().filter(|(_, inside)| !**inside) {
                    if let Some(rows) = mask.get_mut(log.rows_of(user)) {
                        rows.fill(0);
                    }
                }
            }
        }
    }
}

fn code(rows: &CodeVec, row: usize) -> Option<usize> {
    match rows {
        CodeVec::U8(codes) => codes.get(row).map(|&code| usize::from(code)),
        CodeVec::U16(codes) => codes.get(row).map(|&code| usize::from(code)),
        CodeVec::U32(codes) => codes.get(row).map(|&code| code as usize),
    }
}

#[inline]
fn allows(allowed: &[bool], code: Option<usize>) -> bool {
    code.and_then(|code| allowed.get(code)).copied().unwrap_or(false)
}

/// Looks each code up in a list of what is allowed; lists that are as long as a code can be large need no check.
fn keep_codes(mask: &mut [u8], rows: &CodeVec, allowed: &[bool]) {
    let padded = |length: usize| -> Vec<bool> {
        allowed.iter().copied().chain(std::iter::repeat(false)).take(length.max(allowed.len())).collect()
    };
    match rows {
        CodeVec::U8(codes) => {
            if let Ok(list) = <&[bool; 256]>::try_from(padded(256).as_slice()) {
                keep(mask, codes, |&code| list.get(usize::from(code)).copied().unwrap_or(false));
            }
        }
        CodeVec::U16(codes) => {
            if let Ok(list) = <&[bool; 65_536]>::try_from(padded(65_536).as_slice()) {
                keep(mask, codes, |&code| list.get(usize::from(code)).copied().unwrap_or(false));
            }
        }
        CodeVec::U32(codes) => keep(mask, codes, |&code| allows(allowed, Some(code as usize))),
    }
}

fn keep<T>(mask: &mut [u8], values: &[T], passes: impl Fn(&T) -> bool) {
    for (slot, value) in mask.iter_mut().zip(values) {
        *slot &= u8::from(passes(value));
    }
}
