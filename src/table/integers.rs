//! Whole numbers in the fewest bytes that hold them all.

use super::{gather, remove};
use crate::error::Result;

/// A column of whole numbers, some of which may be missing: 4 bytes each while they fit, else 8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Integers {
    /// All lie within 32 bits.
    I32(Vec<i32>),
    /// Some do not.
    I64(Vec<i64>),
}

impl Default for Integers {
    fn default() -> Self {
        Self::I32(Vec::new())
    }
}

impl FromIterator<i64> for Integers {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> Self {
        let mut integers = Self::default();
        values.into_iter().for_each(|value| integers.push(value));
        integers
    }
}

/// Runs the same code for either width. Missing values are the smallest number of the width.
#[macro_export]
macro_rules! with_integers {
    ($integers:expr, $values:ident => $body:expr) => {
        match $integers {
            $crate::table::integers::Integers::I32($values) => $body,
            $crate::table::integers::Integers::I64($values) => $body,
        }
    };
}

impl Integers {
    /// No number.
    pub const MISSING: i64 = i64::MIN;

    /// How many there are, missing ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        with_integers!(self, values => values.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number in a row; [`Self::MISSING`] where there is none.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> i64 {
        match self {
            Self::I32(values) => values.get(row).map_or(Self::MISSING, |&value| widened(value)),
            Self::I64(values) => values.get(row).copied().unwrap_or(Self::MISSING),
        }
    }

    /// All numbers in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        let (narrow, wide): (&[i32], &[i64]) = match self {
            Self::I32(values) => (values, &[]),
            Self::I64(values) => (&[], values),
        };
        narrow.iter().map(|&value| widened(value)).chain(wide.iter().copied())
    }

    /// Adds a number, or [`Self::MISSING`].
    #[inline]
    pub fn push(&mut self, value: i64) {
        match self {
            Self::I32(values) => match narrowed(value) {
                Some(value) => values.push(value),
                None => self.widen_and_push(value),
            },
            Self::I64(values) => values.push(value),
        }
    }

    #[cold]
    fn widen_and_push(&mut self, value: i64) {
        let mut wide = std::mem::take(self).into_wide();
        wide.push(value);
        *self = Self::I64(wide);
    }

    /// The numbers in 8 bytes each.
    #[must_use]
    pub fn into_wide(self) -> Vec<i64> {
        match self {
            Self::I64(values) => values,
            Self::I32(values) => {
                let mut wide = Vec::with_capacity(values.capacity());
                wide.extend(values.iter().map(|&value| widened(value)));
                wide
            }
        }
    }

    /// Adds all numbers of another column.
    pub fn append(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::I32(values), Self::I32(more)) => values.extend_from_slice(more),
            (Self::I64(values), Self::I64(more)) => values.extend_from_slice(more),
            (Self::I64(values), Self::I32(more)) => values.extend(more.iter().map(|&value| widened(value))),
            (Self::I32(_), Self::I64(more)) => more.iter().for_each(|&value| self.push(value)),
        }
    }

    /// Adds several numbers, missing ones among them.
    pub fn extend(&mut self, more: &[i64]) {
        if let Self::I32(values) = self {
            // Without a branch, so that several are looked at together.
            if more.iter().fold(true, |fits, &value| fits & fits_narrow(value)) {
                values.extend(more.iter().map(|&value| narrow(value)));
                return;
            }
            *self = Self::I64(std::mem::take(self).into_wide());
        }
        if let Self::I64(values) = self {
            values.extend_from_slice(more);
        }
    }

    /// Takes the numbers of some rows away, which are given in ascending order.
    pub fn remove(&mut self, rows: &[usize]) {
        with_integers!(self, values => remove(values, rows));
    }

    /// Adds missing numbers until there are so many rows.
    pub fn pad(&mut self, rows: usize) {
        match self {
            Self::I32(values) => values.resize(rows.max(values.len()), i32::MIN),
            Self::I64(values) => values.resize(rows.max(values.len()), Self::MISSING),
        }
    }

    /// Keeps the rows that pass.
    pub fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        with_integers!(self, values => {
            let mut row = 0;
            values.retain(|_| {
                row += 1;
                keep(row - 1)
            });
        });
    }

    /// Whether there is memory for more rows; it is set aside.
    pub fn reserve(&mut self, rows: usize) -> bool {
        with_integers!(self, values => values.try_reserve(rows).is_ok())
    }

    /// Puts the rows into another order: row `order[i]` comes to place `i`.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::TooLarge`] when there is no memory for the copy.
    pub fn permute(&mut self, order: &[u32]) -> Result<()> {
        with_integers!(self, values => gather(values, order))
    }
}

#[inline]
fn widened(value: i32) -> i64 {
    if value == i32::MIN { Integers::MISSING } else { i64::from(value) }
}

/// Whether a number, or that there is none, can be kept in 32 bits.
#[inline]
fn fits_narrow(value: i64) -> bool {
    (value == Integers::MISSING) | ((value > i64::from(i32::MIN)) & (value <= i64::from(i32::MAX)))
}

/// A number for which that is so.
#[inline]
fn narrow(value: i64) -> i32 {
    if value == Integers::MISSING { i32::MIN } else { value as i32 }
}

#[inline]
fn narrowed(value: i64) -> Option<i32> {
    fits_narrow(value).then(|| narrow(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_smallest_number_of_32_bits_is_a_number() {
        let mut integers = Integers::default();
        integers.push(i64::from(i32::MIN));
        integers.push(Integers::MISSING);
        assert_eq!(integers.iter().collect::<Vec<_>>(), [i64::from(i32::MIN), Integers::MISSING]);
    }

    proptest! {
        #[test]
        fn several_at_once_are_the_same_as_one_by_one(
            values in proptest::collection::vec(
                proptest::prop_oneof![-9i64..9, Just(Integers::MISSING), (i64::from(i32::MIN) - 2)..(i64::from(i32::MIN) + 2)], 0..40,
            ),
            cut in 0usize..40,
            removed in proptest::collection::btree_set(0usize..50, 0..9),
        ) {
            let (one, other) = values.split_at(cut.min(values.len()));
            let mut integers = Integers::default();
            integers.extend(one);
            integers.extend(other);
            prop_assert_eq!(integers.iter().collect::<Vec<_>>(), values.clone());
            integers.remove(&removed.iter().copied().collect::<Vec<_>>());
            let left: Vec<i64> =
                (0..values.len()).filter(|row| !removed.contains(row)).map(|row| values[row]).collect();
            prop_assert_eq!(integers.iter().collect::<Vec<_>>(), left);
        }

        #[test]
        fn what_goes_in_comes_out(values in proptest::collection::vec(prop_oneof![any::<i64>(), -5i64..5, Just(Integers::MISSING)], 0..40),
                                  split in 0usize..40) {
            let split = split.min(values.len());
            let (mut first, mut second) = (Integers::default(), Integers::default());
            values[..split].iter().for_each(|&value| first.push(value));
            values[split..].iter().for_each(|&value| second.push(value));
            first.append(&second);
            prop_assert_eq!(first.iter().collect::<Vec<_>>(), values.clone());
            prop_assert_eq!((0..values.len()).map(|row| first.get(row)).collect::<Vec<_>>(), values);
        }
    }
}
