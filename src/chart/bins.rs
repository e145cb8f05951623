//! Counts between edges.

use super::ticks::{NumberKind, NumberScale};
use crate::locale::Language;

/// Counts between edges.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bins {
    /// The edges, rising; one more than there are bins. A bin holds its lower edge and not its upper one, but the last
    /// bin holds both.
    pub edges: Vec<f64>,
    /// How many values each bin holds.
    pub counts: Vec<u64>,
    /// How many values are below the first edge.
    pub below: u64,
    /// How many values are above the last edge.
    pub above: u64,
}

impl Bins {
    /// About `count` bins with round edges for all values; those that are no numbers are left out.
    #[must_use]
    pub fn of(values: &[f64], count: usize, kind: NumberKind) -> Self {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = (finite().reduce(f64::min), finite().reduce(f64::max));
        let scale = low
            .zip(high)
            .and_then(|(low, high)| NumberScale::new(low, high, count.max(1), kind, Language::English));
        scale.map(|scale| Self::between(values, scale.ticks)).unwrap_or_default()
    }

    /// Counts values between edges, which must rise.
    #[must_use]
    pub fn between(values: &[f64], edges: Vec<f64>) -> Self {
        let mut bins = Self { counts: vec![0; edges.len().saturating_sub(1)], edges, below: 0, above: 0 };
        let (Some(&first), Some(&last)) = (bins.edges.first(), bins.edges.last()) else { return bins };
        for &value in values.iter().filter(|value| value.is_finite()) {
            if value < first {
                bins.below += 1;
            } else if value > last {
                bins.above += 1;
            } else {
                let bin = bins.edges.partition_point(|edge| *edge <= value).saturating_sub(1);
                let bin = bin.min(bins.counts.len().saturating_sub(1));
                if let Some(count) = bins.counts.get_mut(bin) {
                    *count += 1;
                }
            }
        }
        bins
    }

    /// How many values there are, inside and outside.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.below + self.above
    }

    /// The bins between two of them, both ends counted; the others are below and above.
    #[must_use]
    pub fn cut(&self, from: usize, to: usize) -> Self {
        let to = to.saturating_add(1).min(self.counts.len()).max(from);
        Self {
            edges: self.edges.iter().take(to + 1).skip(from).copied().collect(),
            counts: self.counts.iter().take(to).skip(from).copied().collect(),
            below: self.below + self.counts.iter().take(from).sum::<u64>(),
            above: self.above + self.counts.iter().skip(to).sum::<u64>(),
        }
    }
}
