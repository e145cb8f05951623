//! Shares of a whole, how sure they are, and whether two differ.

use serde::{Deserialize, Serialize};

/// The 97.5th percentile of the standard normal distribution: 95% lie within so many standard deviations.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// Bounds that hold in 95 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower one.
    pub low: f64,
    /// The upper one.
    pub high: f64,
}

/// Wilson's score interval of a share (Wilson 1927), 95%; `None` of nothing.
#[must_use]
pub fn wilson(part: u64, whole: u64) -> Option<Interval> {
    if whole == 0 {
        return None;
    }
    let (n, share, square) = (whole as f64, part as f64 / whole as f64, Z_95 * Z_95);
    let middle = share + square / (2.0 * n);
    let reach = Z_95 * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    // Rounding must not put the bounds beyond what a share can be, or the share itself outside.
    let low = if part == 0 { 0.0 } else { ((middle - reach) / scale).clamp(0.0, share) };
    let high = if part == whole { 1.0 } else { ((middle + reach) / scale).clamp(share, 1.0) };
    Some(Interval { low, high })
}

/// The two-sided p-value of the difference of two shares: z-test with the pooled share. `None` where one of the wholes is
/// nothing, or no share differs from another (all or none of both).
#[must_use]
pub fn two_proportions((part, whole): (u64, u64), (other_part, other_whole): (u64, u64)) -> Option<f64> {
    let (n, m) = (whole as f64, other_whole as f64);
    let pooled = (part as f64 + other_part as f64) / (n + m);
    let deviation = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    let z = (part as f64 / n - other_part as f64 / m) / deviation;
    z.is_finite().then(|| normal_two_sided(z))
}

/// The difference of two shares, the first less the second, with Newcombe's hybrid score interval (Newcombe 1998, method 10),
/// 95%; `None` where one of the wholes is nothing.
#[must_use]
pub fn difference(own: (u64, u64), other: (u64, u64)) -> Option<(f64, Interval)> {
    let share = |(part, whole): (u64, u64)| part as f64 / whole as f64;
    let (own_bounds, other_bounds) = (wilson(own.0, own.1)?, wilson(other.0, other.1)?);
    let (own, other) = (share(own), share(other));
    let difference = own - other;
    let low = difference - (own - own_bounds.low).hypot(other_bounds.high - other);
    let high = difference + (own_bounds.high - own).hypot(other - other_bounds.low);
    Some((difference, Interval { low: low.max(-1.0), high: high.min(1.0) }))
}

/// The chance that a standard normal number is as far from 0 as `z` or further.
#[must_use]
pub fn normal_two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// p-values adjusted for their number (Holm 1979), in the order they came; what is missing stays missing and does not count.
#[must_use]
pub fn holm(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?))).collect();
    known.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut adjusted = vec![None; values.len()];
    let (count, mut least) = (known.len(), 0.0f64);
    for (rank, (place, value)) in known.into_iter().enumerate() {
        least = least.max((value * (count - rank) as f64).min(1.0));
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = Some(least);
        }
    }
    adjusted
}

/// p-values adjusted so that of those below a bound no larger a part is expected to be false than the bound says (Benjamini and
/// Hochberg 1995), in the order they came; what is missing stays missing and does not count.
#[must_use]
pub fn benjamini_hochberg(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?))).collect();
    known.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut adjusted = vec![None; values.len()];
    let (count, mut least) = (known.len() as f64, 1.0f64);
    for (rank, (place, value)) in known.into_iter().enumerate().rev() {
        least = least.min(value * count / (rank + 1) as f64);
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = Some(least);
        }
    }
    adjusted
}

/// How far two shares lie apart: Cohen's h, the first less the second (Cohen 1988, 6.2), 2 asin √p − 2 asin √q. 0.2 is small, 0.5
/// medium, 0.8 large; at most π. `None` where one of the wholes is nothing.
#[must_use]
pub fn cohens_h((part, whole): (u64, u64), (other_part, other_whole): (u64, u64)) -> Option<f64> {
    let angle = |part: u64, whole: u64| {
        (whole > 0).then(|| 2.0 * (part as f64 / whole as f64).clamp(0.0, 1.0).sqrt().asin())
    };
    Some(angle(part, whole)? - angle(other_part, other_whole)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn wilson_intervals() {
        // The roots of (p - 15/148)^2 = z^2 p (1 - p) / 148.
        let interval = wilson(15, 148).unwrap();
        near(interval.low, 0.062386399531);
        near(interval.high, 0.160487241723);
        let (none, all) = (wilson(0, 10).unwrap(), wilson(10, 10).unwrap());
        near(none.low, 0.0);
        near(none.high, 1.0 - all.low);
        near(all.high, 1.0);
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn differences_of_shares() {
        // z = (0.2 - 0.25) / sqrt(0.225 * 0.775 * 2 / 1000)
        near(two_proportions((200, 1000), (250, 1000)).unwrap(), 0.007419649261);
        assert_eq!(two_proportions((0, 0), (1, 2)), None);
        assert_eq!(two_proportions((3, 3), (5, 5)), None, "nothing to tell apart");
        near(two_proportions((1, 2), (1, 2)).unwrap(), 1.0);
        near(normal_two_sided(Z_95), 0.05);
    }

    #[test]
    fn intervals_of_differences() {
        // Newcombe 1998, table II, 56/70 and 48/80, method 10.
        let (between, interval) = difference((56, 70), (48, 80)).unwrap();
        near(between, 0.2);
        assert!(
            (interval.low - 0.0524).abs() < 5e-5 && (interval.high - 0.3339).abs() < 5e-5,
            "{interval:?}"
        );
        // And 0/10 and 0/20.
        let (_, interval) = difference((0, 10), (0, 20)).unwrap();
        assert!(
            (interval.low + 0.1611).abs() < 5e-5 && (interval.high - 0.2775).abs() < 5e-5,
            "{interval:?}"
        );
        assert_eq!(difference((1, 2), (0, 0)), None);
    }

    #[test]
    fn many_tests_at_once() {
        let adjusted = holm(&[Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)]);
        let expected = [Some(0.03), None, Some(0.06), Some(0.06), Some(0.02)];
        for (adjusted, expected) in adjusted.iter().zip(expected) {
            match (adjusted, expected) {
                (Some(adjusted), Some(expected)) => near(*adjusted, expected),
                (adjusted, expected) => assert_eq!(*adjusted, expected),
            }
        }
        assert_eq!(holm(&[Some(0.7), Some(0.9)]), [Some(1.0), Some(1.0)]);
    }

    #[test]
    fn few_false_ones_among_many() {
        // 0.04 * 4 / 4, then 0.03 * 4 / 3 and so on, never more than what follows.
        let adjusted = benjamini_hochberg(&[Some(0.01), None, Some(0.04), Some(0.03), Some(0.005)]);
        let expected = [Some(0.02), None, Some(0.04), Some(0.04), Some(0.02)];
        for (adjusted, expected) in adjusted.iter().zip(expected) {
            match (adjusted, expected) {
                (Some(adjusted), Some(expected)) => near(*adjusted, expected),
                (adjusted, expected) => assert_eq!(*adjusted, expected),
            }
        }
        assert_eq!(benjamini_hochberg(&[Some(1.0)]), [Some(1.0)]);
        assert_eq!(benjamini_hochberg(&[]), []);
    }

    #[test]
    fn how_far_shares_lie_apart() {
        use std::f64::consts::PI;
        // asin √(1/4) = π/6, asin √(3/4) = π/3.
        near(cohens_h((3, 4), (1, 4)).unwrap(), PI / 3.0);
        near(cohens_h((0, 3), (5, 5)).unwrap(), -PI);
        near(cohens_h((2, 4), (1, 2)).unwrap(), 0.0);
        assert_eq!(cohens_h((0, 0), (1, 2)), None);
        assert_eq!(cohens_h((1, 2), (0, 0)), None);
    }
}
