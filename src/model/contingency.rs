//! Whether two sets of users are divided alike.
//!
//! **Definition.** Pearson's chi-square test of homogeneity: over the categories in which anybody is, the sum of
//! *(observed - expected)^2 / expected*, with as many degrees of freedom as categories less one. *Expected* is the category's part of
//! both sets together times the set's size. The test is approximate: it holds where no expected number is below 1 and at most a
//! fifth of them below 5 (Cochran 1954). Of each category alone the difference of the two shares is told with Newcombe's interval,
//! and the two-sided z-test with the pooled share, adjusted for the number of categories (Holm 1979).
//!
//! All take for granted that nobody is in both sets.

use super::chi_square::upper_tail;
use super::proportion::{Interval, difference, holm, two_proportions};

/// One category of two sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The own share less the other, from -1 to 1; nothing where a set is empty.
    pub difference: Option<f64>,
    /// Its interval, 95 %.
    pub interval: Option<Interval>,
    /// The adjusted p-value; nothing where all or none of both are in the category.
    pub p_value: Option<f64>,
}

/// Users in a category and in the whole, on either side.
type Counted = ((u64, u64), (u64, u64));

/// The parts of two sets, category by category: how many of each are in it. Each set is the sum of its categories.
#[must_use]
pub fn parts(own: &[u64], other: &[u64]) -> Vec<Part> {
    let (whole, other_whole) = (own.iter().sum::<u64>(), other.iter().sum::<u64>());
    let pairs: Vec<Counted> =
        own.iter().zip(other).map(|(own, other)| ((*own, whole), (*other, other_whole))).collect();
    let values: Vec<Option<f64>> = pairs.iter().map(|(own, other)| two_proportions(*own, *other)).collect();
    let part = |((own, other), p_value): (Counted, Option<f64>)| {
        let (difference, interval) = difference(own, other).unzip();
        Part { difference, interval, p_value }
    };
    pairs.into_iter().zip(holm(&values)).map(part).collect()
}

/// The p-value of the chi-square test of homogeneity; nothing where it does not hold or there is nothing to test.
#[must_use]
pub fn homogeneity(own: &[u64], other: &[u64]) -> Option<f64> {
    let there: Vec<[f64; 2]> = own
        .iter()
        .zip(other)
        .filter(|(own, other)| **own + **other > 0)
        .map(|(own, other)| [*own as f64, *other as f64])
        .collect();
    let wholes: [f64; 2] = there.iter().fold([0.0; 2], |[own, other], pair| [own + pair[0], other + pair[1]]);
    let all = wholes[0] + wholes[1];
    if there.len() < 2 || wholes.contains(&0.0) {
        return None;
    }
    let (mut sum, mut few, mut least) = (0.0, 0usize, f64::INFINITY);
    for pair in &there {
        for (observed, whole) in pair.iter().zip(wholes) {
            let expected = (pair[0] + pair[1]) * whole / all;
            sum += (observed - expected).powi(2) / expected;
            few += usize::from(expected < 5.0);
            least = expected.min(least);
        }
    }
    let holds = least >= 1.0 && 5 * few <= 2 * there.len();
    holds.then(|| upper_tail(sum, u32::try_from(there.len() - 1).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homogeneity_by_hand() {
        // Expected 15, 20, 25 twice: 2 (25/15 + 0 + 25/25) = 16/3; of two degrees of freedom e^(-8/3).
        let p = homogeneity(&[10, 20, 30], &[20, 20, 20]).unwrap();
        assert!((p - (-8.0f64 / 3.0).exp()).abs() < 1e-12);
        // A category that nobody is in changes nothing.
        assert_eq!(homogeneity(&[10, 0, 20, 30], &[20, 0, 20, 20]), Some(p));
        assert_eq!(homogeneity(&[10, 20], &[10, 20]), Some(1.0));
        assert_eq!(homogeneity(&[10, 0], &[20, 0]), None, "one category");
        assert_eq!(homogeneity(&[0, 0], &[20, 3]), None, "an empty set");
        assert_eq!(homogeneity(&[3, 20], &[3, 20]), None, "two of four below five");
        assert_eq!(homogeneity(&[1, 900, 900], &[0, 900, 900]), None, "below one");
    }

    #[test]
    fn two_categories_are_the_test_of_two_shares() {
        let (own, other) = ([30u64, 70], [45u64, 55]);
        let both = homogeneity(&own, &other).unwrap();
        let shares = two_proportions((30, 100), (45, 100)).unwrap();
        assert!((both - shares).abs() < 1e-9, "{both} {shares}");
        let parts = parts(&own, &other);
        assert!((parts[0].difference.unwrap() + 0.15).abs() < 1e-12);
        assert!((parts[0].p_value.unwrap() - (2.0 * shares).min(1.0)).abs() < 1e-12, "adjusted for two");
        assert_eq!(
            super::parts(&[0, 0], &[1, 2])[0],
            Part { difference: None, interval: None, p_value: None }
        );
    }
}
