//! Quantiles of whole numbers, exact, without sorting them.
//!
//! Numbers are counted in equally wide buckets; only those in a bucket with a wanted rank are looked at again, in narrower
//! ones, until a bucket is one number wide. However many quantiles are asked for, each number is looked at a few times only:
//! three times, and as often again where it lies close to a wanted one.

use crate::table::integers::Integers;
use crate::with_integers;

use super::proportion::Z_95;

/// So many buckets fit the fastest memory.
const BUCKETS_LOG2: u32 = 12;

/// Fewer numbers are sorted.
const FEW: usize = 1 << 10;

/// What is known of some numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The mean; `None` of nothing.
    pub mean: Option<f64>,
    /// The quantiles asked for, in that order; `None` of nothing.
    pub quantiles: Vec<Option<f64>>,
    /// Bounds of the median that hold in 95 of 100 cases whatever the distribution is: ranks by the normal approximation of
    /// the binomial distribution (Conover 1999, 3.2), taken outwards. `None` for fewer than 6 numbers, of which no two bound
    /// the median so surely.
    pub median_bounds: Option<(f64, f64)>,
}

/// The mean, quantiles and bounds of the median.
#[must_use]
pub fn summary(values: &Integers, shares: &[f64]) -> Summary {
    let places: Vec<Place> = shares.iter().filter_map(|share| Place::new(values.len(), *share)).collect();
    let bounds = median_ranks(values.len());
    let mut ranks: Vec<usize> = places.iter().flat_map(|place| [place.lower, place.upper]).collect();
    ranks.extend(bounds.iter().flat_map(|(lower, upper)| [lower, upper]));
    let found = at_ranks(values, &ranks);
    let at = |index: usize| found.get(index).copied().map(|value| value as f64);
    let quantile = |index: usize| Some(places.get(index)?.between(at(index * 2)?, at(index * 2 + 1)?));
    let after = places.len() * 2;
    Summary {
        mean: mean(values),
        quantiles: (0..shares.len()).map(quantile).collect(),
        median_bounds: bounds.and_then(|_| Some((at(after)?, at(after + 1)?))),
    }
}

/// A quantile with linear interpolation between the two ranks it lies between (type 7 of Hyndman and Fan 1996, NumPy's
/// default). `None` of nothing.
#[must_use]
pub fn quantile(values: &Integers, share: f64) -> Option<f64> {
    let place = Place::new(values.len(), share)?;
    match at_ranks(values, &[place.lower, place.upper])[..] {
        [low, high] => Some(place.between(low as f64, high as f64)),
        _ => None,
    }
}

/// Where a quantile lies among ordered numbers.
struct Place {
    lower: usize,
    upper: usize,
    /// How far from the lower to the upper.
    rest: f64,
}

impl Place {
    fn new(count: usize, share: f64) -> Option<Self> {
        let last = count.checked_sub(1)?;
        let place = last as f64 * share.clamp(0.0, 1.0);
        let lower = (place.floor() as usize).min(last);
        let rest = place - lower as f64;
        Some(Self { lower, upper: if rest > 0.0 { (lower + 1).min(last) } else { lower }, rest })
    }

    fn between(&self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.rest
    }
}

/// The ranks of [`Summary::median_bounds`].
fn median_ranks(count: usize) -> Option<(usize, usize)> {
    if count < 6 {
        return None;
    }
    let reach = Z_95 * (count as f64).sqrt() / 2.0;
    let lower = (count as f64 / 2.0 - reach).floor().max(1.0) as usize - 1;
    Some((lower, count - 1 - lower))
}

/// The mean; `None` of nothing.
fn mean(values: &Integers) -> Option<f64> {
    /// The sum of so many numbers of 32 bits fits 64.
    const TOGETHER: usize = 1 << 20;
    let sum: i128 = match values {
        Integers::I32(values) => {
            let sums = values
                .chunks(TOGETHER)
                .map(|values| values.iter().map(|&value| i64::from(value)).sum::<i64>());
            sums.map(i128::from).sum()
        }
        Integers::I64(values) => values.iter().map(|&value| i128::from(value)).sum(),
    };
    (!values.is_empty()).then(|| sum as f64 / values.len() as f64)
}

/// The numbers that would have these ranks, from 0, if all were sorted; nothing for ranks that there are not.
fn at_ranks(values: &Integers, ranks: &[usize]) -> Vec<i64> {
    let mut order: Vec<usize> = ranks.iter().copied().filter(|rank| *rank < values.len()).collect();
    order.sort_unstable();
    order.dedup();
    let mut found = Vec::with_capacity(order.len());
    with_integers!(values, values => ranked(values, &order, &mut found));
    let of_rank = |rank: &usize| found.get(order.binary_search(rank).ok()?).copied();
    ranks.iter().filter_map(of_rank).collect()
}

/// Adds the numbers of these ranks, which ascend.
fn ranked<T: Copy + Ord + Into<i64>>(values: &[T], ranks: &[usize], found: &mut Vec<i64>) {
    if ranks.is_empty() {
        return;
    }
    if values.len() < FEW {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        return found.extend(ranks.iter().filter_map(|&rank| sorted.get(rank)).map(|&value| value.into()));
    }
    let (low, high) = values.iter().fold((i64::MAX, i64::MIN), |(low, high), &value| {
        let value = value.into();
        (low.min(value), high.max(value))
    });
    let above = |value: T| value.into().wrapping_sub(low) as u64;
    let width_log2 =
        (u64::BITS - (high.wrapping_sub(low) as u64).leading_zeros()).saturating_sub(BUCKETS_LOG2);
    let bucket = |value: T| (above(value) >> width_log2) as usize;
    let mut counts = vec![0u32; 1 << BUCKETS_LOG2];
    for &value in values {
        if let Some(count) = counts.get_mut(bucket(value)) {
            *count += 1;
        }
    }
    let wanted = buckets_of(&counts, ranks);
    if width_log2 == 0 {
        let ranks = wanted.iter().flat_map(|(bucket, ranks)| ranks.iter().map(move |_| *bucket));
        return found.extend(ranks.map(|bucket| low.wrapping_add(bucket as i64)));
    }
    // Which of the lists below a bucket's numbers belong to; the last one stands for none.
    let none = wanted.len() as u16;
    let mut list_of = vec![none; counts.len()];
    for (list, (bucket, _)) in (0u16..).zip(&wanted) {
        if let Some(slot) = list_of.get_mut(*bucket) {
            *slot = list;
        }
    }
    let mut lists: Vec<Vec<T>> = wanted
        .iter()
        .map(|(bucket, _)| Vec::with_capacity(counts.get(*bucket).map_or(0, |count| *count as usize)))
        .collect();
    for &value in values {
        let list = list_of.get(bucket(value)).copied().unwrap_or(none);
        if let Some(list) = lists.get_mut(list as usize) {
            list.push(value);
        }
    }
    for (list, (_, ranks)) in lists.iter().zip(&wanted) {
        ranked(list, ranks, found);
    }
}

/// The buckets that hold these ranks, which ascend, each with its ranks counted from the bucket's first number.
fn buckets_of(counts: &[u32], ranks: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let mut wanted: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut ranks = ranks.iter().copied().peekable();
    let mut before = 0;
    for (bucket, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let end = before + count as usize;
        let inside: Vec<usize> =
            std::iter::from_fn(|| ranks.next_if(|rank| *rank < end)).map(|rank| rank - before).collect();
        if !inside.is_empty() {
            wanted.push((bucket, inside));
        }
        before = end;
    }
    wanted
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
        let values = integers(&[40, 10, 30, 20]);
        assert_eq!(quantile(&values, 0.5), Some(25.0));
        assert_eq!(quantile(&values, 0.25), Some(17.5));
        assert_eq!(quantile(&values, 0.0), Some(10.0));
        assert_eq!(quantile(&values, 1.0), Some(40.0));
        assert_eq!(quantile(&integers(&[]), 0.5), None);
        let known = summary(&values, &[1.0, 0.25]);
        assert_eq!((known.mean, known.median_bounds), (Some(25.0), None));
        assert_eq!(known.quantiles, [Some(40.0), Some(17.5)]);
        let unknown = Summary { mean: None, quantiles: vec![None, None], median_bounds: None };
        assert_eq!(summary(&integers(&[]), &[1.0, 0.25]), unknown);
    }

    #[test]
    fn bounds_of_the_median() {
        let bounds = |values: &[i64]| summary(&integers(values), &[]).median_bounds;
        assert_eq!(bounds(&[1, 2, 3, 4, 5]), None);
        assert_eq!(bounds(&[6, 2, 3, 4, 5, 1]), Some((1.0, 6.0)));
        let hundred: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(bounds(&hundred), Some((40.0, 61.0)));
        let beside = summary(&integers(&hundred), &[0.0, 0.5, 1.0]);
        assert_eq!(beside.median_bounds, Some((40.0, 61.0)));
        assert_eq!(beside.quantiles, [Some(1.0), Some(50.5), Some(100.0)]);
    }

    #[test]
    fn sums_of_the_largest() {
        let largest = [i64::MAX; 3];
        assert_eq!(summary(&integers(&largest), &[]).mean, Some(i64::MAX as f64));
        let wide = integers(&[i64::from(i32::MAX); 5]);
        assert_eq!(summary(&wide, &[]).mean, Some(f64::from(i32::MAX)));
    }

    /// Few and many numbers, within and beyond 32 bits, most of them near each other as times are.
    fn lists() -> impl Strategy<Value = Vec<i64>> {
        let number = prop_oneof![
            4 => 0i64..40,
            2 => -5_000i64..100_000,
            1 => -50_000_000_000i64..50_000_000_000,
        ];
        let narrow =
            prop_oneof![3 => 0i64..40, 2 => -5_000i64..100_000, 1 => -2_000_000_000i64..2_000_000_000];
        let far = prop_oneof![9 => 0i64..10, 1 => Just(i64::MIN + 1), 1 => Just(i64::MAX)];
        prop_oneof![
            proptest::collection::vec(number.clone(), 1..60),
            proptest::collection::vec(number, 1_000..1_300),
            proptest::collection::vec(narrow, 1_000..5_000),
            proptest::collection::vec(far, 1_020..1_100),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn as_if_sorted(values in lists(), percent in 0u32..=100, any in proptest::collection::vec(0usize..6_000, 0..12)) {
            let (share, given) = (f64::from(percent) / 100.0, integers(&values));
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let ranks: Vec<usize> = any.into_iter().filter(|rank| *rank < sorted.len()).collect();
            let expected: Vec<i64> = ranks.iter().map(|rank| sorted[*rank]).collect();
            prop_assert_eq!(at_ranks(&given, &ranks), expected);
            let place = (sorted.len() - 1) as f64 * share;
            let (low, high) = (sorted[place.floor() as usize] as f64, sorted[place.ceil() as usize] as f64);
            let found = quantile(&given, share).unwrap();
            prop_assert!((found - (low + (high - low) * (place - place.floor()))).abs() <= 1e-9 * (high - low));
            prop_assert_eq!(summary(&given, &[0.5, share]).quantiles, [quantile(&given, 0.5), Some(found)]);
        }
    }
}
