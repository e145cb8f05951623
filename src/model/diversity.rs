//! How evenly a whole is spread over kinds, and how far two such spreads lie apart.

/// Shares below this are raised to it before they are compared.
const FLOOR: f64 = 1e-4;

/// How evenly a whole is spread over kinds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diversity {
    /// Shannon's entropy H = −Σ p ln p, in nats (Shannon 1948): 0 when all are of one kind.
    pub shannon: f64,
    /// H / ln k, k being the kinds that are there: 1 when they are equally many (Pielou 1966), 0 when there is one.
    pub evenness: f64,
    /// Simpson's index Σ p²: the chance that two picked with putting back are of one kind (Simpson 1949).
    pub simpson: f64,
    /// 1 − Σ p²: the chance that they are not (Gini-Simpson).
    pub gini_simpson: f64,
    /// Σ n (n − 1) / (N (N − 1)): the same chance as Simpson's without putting back; nothing of fewer than two.
    pub simpson_unbiased: Option<f64>,
    /// Gini's coefficient of the numbers of all kinds, those with none included: 0 when they are equally many.
    pub gini: f64,
}

impl Diversity {
    /// Of how many there are of each kind; `None` when there are none at all.
    #[must_use]
    pub fn of(counts: &[u64]) -> Option<Self> {
        let total: u64 = counts.iter().sum();
        if total == 0 {
            return None;
        }
        let whole = total as f64;
        let shares = || counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / whole);
        let kinds = shares().count();
        let shannon = -shares().map(|share| share * share.ln()).sum::<f64>();
        let simpson: f64 = shares().map(|share| share * share).sum();
        let pairs: f64 = counts.iter().map(|count| *count as f64 * count.saturating_sub(1) as f64).sum();
        Some(Self {
            // One kind has no entropy, and not minus none.
            shannon: if kinds > 1 { shannon } else { 0.0 },
            evenness: if kinds > 1 { shannon / (kinds as f64).ln() } else { 0.0 },
            simpson,
            gini_simpson: 1.0 - simpson,
            simpson_unbiased: (total > 1).then(|| pairs / (whole * (whole - 1.0))),
            gini: gini(counts, whole),
        })
    }

    /// How many kinds of equal size are as diverse by entropy: e^H (Hill 1973, order 1).
    #[must_use]
    pub fn kinds_by_shannon(&self) -> f64 {
        self.shannon.exp()
    }

    /// How many kinds of equal size are as diverse by Simpson's index: 1 / Σ p² (Hill 1973, order 2).
    #[must_use]
    pub fn kinds_by_simpson(&self) -> f64 {
        1.0 / self.simpson
    }
}

/// Gini's coefficient, the population form: 2 Σ i xᵢ / (n Σ x) − (n + 1) / n with rising x.
fn gini(counts: &[u64], total: f64) -> f64 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let kinds = sorted.len() as f64;
    let weighted: f64 = (1u32..).zip(&sorted).map(|(place, count)| f64::from(place) * *count as f64).sum();
    2.0 * weighted / (kinds * total) - (kinds + 1.0) / kinds
}

/// The population stability index of two spreads over the same kinds: Σ (a − e) ln(a / e) of their shares, those below 0.0001 raised to it
/// (and not scaled again). 0 when they are the same; by a rule of thumb little below 0.1, much from 0.25 on (Siddiqi 2006). `None` when one
/// of them is empty.
#[must_use]
pub fn stability(actual: &[u64], expected: &[u64]) -> Option<f64> {
    let (own, other): (u64, u64) = (actual.iter().sum(), expected.iter().sum());
    if own == 0 || other == 0 {
        return None;
    }
    let share = |count: u64, whole: u64| (count as f64 / whole as f64).max(FLOOR);
    let kinds = actual.iter().zip(expected);
    Some(kinds.map(|(a, e)| (share(*a, own), share(*e, other))).map(|(a, e)| (a - e) * (a / e).ln()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn by_hand() {
        let even = Diversity::of(&[5, 5]).unwrap();
        near(even.shannon, 2f64.ln());
        near(even.evenness, 1.0);
        near(even.kinds_by_shannon(), 2.0);
        near(even.kinds_by_simpson(), 2.0);
        assert_eq!((even.simpson, even.gini_simpson, even.gini), (0.5, 0.5, 0.0));
        near(even.simpson_unbiased.unwrap(), 40.0 / 90.0);
        let one = Diversity::of(&[0, 1]).unwrap();
        assert_eq!(
            (one.shannon, one.evenness, one.gini_simpson, one.simpson_unbiased),
            (0.0, 0.0, 0.0, None)
        );
        assert_eq!(one.gini, 0.5);
        assert_eq!((Diversity::of(&[]), Diversity::of(&[0, 0])), (None, None));
    }

    #[test]
    fn spreads_apart() {
        assert_eq!(stability(&[1, 2, 3], &[10, 20, 30]), Some(0.0));
        near(stability(&[3, 1], &[1, 1]).unwrap(), 0.25 * 1.5f64.ln() - 0.25 * 0.5f64.ln());
        near(stability(&[1, 0], &[1, 1]).unwrap(), 0.5 * 2f64.ln() + (1e-4 - 0.5) * (2e-4f64).ln());
        assert_eq!((stability(&[0], &[1]), stability(&[1], &[0])), (None, None));
    }
}
