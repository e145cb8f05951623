//! Quantiles of whole numbers, exact, without sorting all of them.

use crate::table::integers::Integers;
use crate::with_integers;

use super::proportion::Z_95;

/// A quantile with linear interpolation between the two ranks it lies between (type 7 of Hyndman and Fan 1996, NumPy's
/// default); the numbers change their order. `None` of nothing.
#[must_use]
pub fn quantile(values: &mut Integers, share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = last as f64 * share.clamp(0.0, 1.0);
    let lower = (place.floor() as usize).min(last);
    let rest = place - lower as f64;
    with_integers!(values, values => {
        let (_, low, above) = values.select_nth_unstable(lower);
        let low = *low as f64;
        let high = if rest > 0.0 { above.iter().min().map_or(low, |high| *high as f64) } else { low };
        Some(low + (high - low) * rest)
    })
}

/// Bounds of the median that hold in 95 of 100 cases whatever the distribution is: ranks by the normal approximation of the
/// binomial distribution (Conover 1999, 3.2), taken outwards. `None` for fewer than 6 numbers, of which no two bound the
/// median so surely.
#[must_use]
pub fn median_bounds(values: &mut Integers) -> Option<(f64, f64)> {
    let count = values.len();
    if count < 6 {
        return None;
    }
    let reach = Z_95 * (count as f64).sqrt() / 2.0;
    let middle = count as f64 / 2.0;
    let lower = (middle - reach).floor().max(1.0) as usize - 1;
    let upper = count - 1 - lower;
    with_integers!(values, values => {
        let low = *values.select_nth_unstable(lower).1 as f64;
        let high = *values.select_nth_unstable(upper).1 as f64;
        Some((low, high))
    })
}

/// The mean; `None` of nothing.
#[must_use]
pub fn mean(values: &Integers) -> Option<f64> {
    let sum: i128 = values.iter().map(i128::from).sum();
    (!values.is_empty()).then(|| sum as f64 / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn integers(values: &[i64]) -> Integers {
        values.iter().copied().collect()
    }

    #[test]
    fn between_ranks() {
        let mut values = integers(&[40, 10, 30, 20]);
        assert_eq!(quantile(&mut values, 0.5), Some(25.0));
        assert_eq!(quantile(&mut values, 0.25), Some(17.5));
        assert_eq!(quantile(&mut values, 0.0), Some(10.0));
        assert_eq!(quantile(&mut values, 1.0), Some(40.0));
        assert_eq!(quantile(&mut integers(&[]), 0.5), None);
        assert_eq!(mean(&values), Some(25.0));
    }

    #[test]
    fn bounds_of_the_median() {
        assert_eq!(median_bounds(&mut integers(&[1, 2, 3, 4, 5])), None);
        let hundred: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(median_bounds(&mut integers(&hundred)), Some((40.0, 61.0)));
    }

    proptest! {
        #[test]
        fn as_if_sorted(mut values in proptest::collection::vec(-50_000_000_000i64..50_000_000_000, 1..60), percent in 0u32..=100) {
            let share = f64::from(percent) / 100.0;
            let found = quantile(&mut integers(&values), share).unwrap();
            values.sort_unstable();
            let place = (values.len() - 1) as f64 * share;
            let (low, high) = (values[place.floor() as usize] as f64, values[place.ceil() as usize] as f64);
            prop_assert!((found - (low + (high - low) * (place - place.floor()))).abs() < 1e-3);
        }
    }
}
