//! How figures are spread, so that thresholds can be set where users part.

use serde::{Deserialize, Serialize};

use super::buyers::Buyers;

/// About how many bins there are.
const BINS: usize = 40;

/// How many users have which figures: days, numbers, or amounts in the smallest unit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// Where bins begin, rising, and where the last one ends: one more than there are bins. The last bin holds its end too.
    pub edges: Vec<i64>,
    /// Users in each bin.
    pub counts: Vec<u64>,
    /// Users below the first edge: amounts below 0.
    pub below: u64,
}

/// The spreads of days, frequency and value.
pub(super) fn of(buyers: &Buyers) -> [Spread; 3] {
    let days: Vec<i64> = buyers.recency.iter().map(|days| -days).collect();
    let unit = buyers.unit_of_value as i64;
    [spread(&days, &level_edges(&days)), spread(&buyers.frequency, &rising_edges(&buyers.frequency, 1)), {
        spread(&buyers.monetary, &rising_edges(&buyers.monetary, unit.max(1)))
    }]
}

fn largest(figures: &[i64]) -> i64 {
    figures.iter().copied().max().unwrap_or(0).max(0)
}

/// Whole days, the same number in each bin.
fn level_edges(figures: &[i64]) -> Vec<i64> {
    const WIDTHS: [i64; 10] = [1, 2, 5, 7, 10, 14, 30, 60, 90, 180];
    let end = largest(figures).saturating_add(1);
    let fits = |width: &i64| end / width <= BINS as i64;
    let width = WIDTHS.into_iter().find(fits).unwrap_or((end / BINS as i64).max(1) + 1);
    (0..=end.div_euclid(width) + i64::from(end % width != 0)).map(|bin| bin * width).collect()
}

/// Bins that grow with the figure: money and orders are spread over orders of magnitude. The first is from 0 to one unit.
fn rising_edges(figures: &[i64], unit: i64) -> Vec<i64> {
    // In tenths; ten to a decade, so that an edge is where people expect it.
    const STEPS: [i64; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];
    let end = largest(figures);
    let mut edges = vec![0];
    let mut decade = unit;
    'all: while decade > 0 {
        for step in STEPS {
            let Some(edge) = decade.checked_mul(step) else { break 'all };
            // Of whole units only those that are whole.
            if edge % 10 != 0 {
                continue;
            }
            edges.push(edge / 10);
            if edge / 10 > end {
                break 'all;
            }
        }
        decade = decade.saturating_mul(10);
    }
    trimmed(edges, figures)
}

/// Without the empty bins before the first that holds somebody, as long as many remain; 0 stays.
fn trimmed(edges: Vec<i64>, figures: &[i64]) -> Vec<i64> {
    let first = figures.iter().copied().filter(|figure| *figure > 0).min().unwrap_or(0);
    let skip = edges.partition_point(|edge| *edge <= first).saturating_sub(1);
    if skip < 2 {
        return edges;
    }
    std::iter::once(0).chain(edges.into_iter().skip(skip)).collect()
}

fn spread(figures: &[i64], edges: &[i64]) -> Spread {
    let bins = edges.len().saturating_sub(1);
    let (mut counts, mut below) = (vec![0; bins], 0);
    for figure in figures {
        match edges.partition_point(|edge| edge <= figure).checked_sub(1) {
            None => below += 1,
            Some(bin) => {
                if let Some(count) = counts.get_mut(bin.min(bins.saturating_sub(1))) {
                    *count += 1;
                }
            }
        }
    }
    Spread { edges: edges.to_vec(), counts, below }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_hand() {
        assert_eq!(level_edges(&[0, 3]), [0, 1, 2, 3, 4]);
        assert_eq!(level_edges(&[0, 364]).len(), 38, "ten days each");
        assert_eq!(rising_edges(&[1, 3, 14], 1), [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15]);
        assert_eq!(rising_edges(&[], 1), [0, 1]);
        assert_eq!(rising_edges(&[9_900], 100)[..3], [0, 8_000, 10_000], "empty bins before are one");
        let counted = spread(&[-5, 0, 1, 1, 9], &[0, 1, 5, 9]);
        assert_eq!((counted.counts, counted.below), (vec![1, 2, 1], 1));
    }

    proptest! {
        #[test]
        fn all_are_counted(figures in proptest::collection::vec(-1_000i64..1_000_000_000, 0..50), unit in prop::sample::select(vec![1i64, 100, 10_000])) {
            for edges in [level_edges(&figures), rising_edges(&figures, unit)] {
                prop_assert!(edges.is_sorted_by(|a, b| a < b) && edges.len() >= 2 && edges.len() < 150);
                let counted = spread(&figures, &edges);
                prop_assert_eq!(counted.counts.iter().sum::<u64>() + counted.below, figures.len() as u64);
                for (bin, count) in counted.counts.iter().enumerate() {
                    let inside = |figure: &&i64| **figure >= edges[bin] && **figure < edges[bin + 1];
                    prop_assert_eq!(figures.iter().filter(inside).count() as u64, *count);
                }
            }
        }
    }
}
