//! Scores from 1 (worst) to 5 (best) for a list of figures, by quantile under four rules for ties, by
//! thresholds, by natural breaks, or by mean.
//!
//! Figures are whole numbers for which *larger is better*; recency is negated before it comes here.

use serde::{Deserialize, Serialize};

/// How many scores there are.
pub const SCORES: usize = 5;

/// What happens to equal figures at the edge between two quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ties {
    /// Equal figures share a score: 1 + floor(5 · (number of strictly worse figures) / n). The fairest.
    #[default]
    Shared,
    /// SQL `NTILE(5)`: equal figures are parted by ascending id, so that all scores have the same number of users.
    Ntile,
    /// pandas `qcut(rank(method="first"))`: as `Ntile`, with the edges at interpolated ranks.
    RankFirst,
    /// pandas `qcut` on the figures: interpolated quantiles, right-closed; equal edges fall together, so that there may be
    /// fewer scores than five.
    Values,
}

/// How much each score counts in the level of all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Weights {
    /// Of recency.
    pub recency: u32,
    /// Of frequency.
    pub frequency: u32,
    /// Of value.
    pub monetary: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { recency: 1, frequency: 1, monetary: 1 }
    }
}

impl Weights {
    /// Whether no score counts.
    #[must_use]
    pub fn are_all_nothing(self) -> bool {
        [self.recency, self.frequency, self.monetary] == [0; 3]
    }

    /// The mean of the scores by these weights, rounded to a whole score, halves up; 1 where no score counts.
    #[must_use]
    pub fn level(self, scores: [u8; 3]) -> u8 {
        let weights = [self.recency, self.frequency, self.monetary].map(u64::from);
        let whole: u64 = weights.iter().sum();
        let sum: u64 = weights.iter().zip(scores).map(|(weight, score)| weight * u64::from(score)).sum();
        u8::try_from((2 * sum + whole).checked_div(2 * whole).unwrap_or(1)).unwrap_or(5)
    }
}

/// How figures become scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Scoring {
    /// Fifths of the users.
    Quantile {
        /// The rule for ties.
        #[serde(default)]
        ties: Ties,
    },
    /// Thresholds by hand. Four for each, from score 2 to score 5: recency in days falls, the others rise; a figure scores
    /// when it is at least as good as the threshold.
    Thresholds {
        /// Days since the last purchase: at most this many.
        recency: [i64; 4],
        /// Orders: at least this many.
        frequency: [i64; 4],
        /// Value in the value column's unit: at least this much.
        monetary: [f64; 4],
    },
    /// 5 when strictly better than the mean of all users, else 1.
    Mean,
    /// The best five clusters of the logarithms of the figures, ln(1 + figure): k-means on a line, see
    /// [`k_means_cuts`](super::breaks::k_means_cuts). Amounts below 0 count as 0.
    KMeans,
}

impl Default for Scoring {
    fn default() -> Self {
        Self::Quantile { ties: Ties::Shared }
    }
}

/// Scores by quantile. `ids_ascend[i]` is the place of figure `i` when users are sorted by ascending id; it parts ties where
/// the rule asks for it.
#[must_use]
pub fn by_quantile(figures: &[i64], ties: Ties, place_by_id: impl Fn(usize) -> u32) -> Vec<u8> {
    match ties {
        Ties::Shared => by_cuts(figures, &shared_cuts(figures)),
        Ties::Values => by_edges(figures.iter().map(|&figure| figure as f64), &value_edges(figures)),
        Ties::Ntile | Ties::RankFirst => {
            let mut order: Vec<u32> =
                (0..figures.len()).filter_map(|index| u32::try_from(index).ok()).collect();
            order.sort_by_cached_key(|&index| {
                (figures.get(index as usize).copied(), place_by_id(index as usize))
            });
            let mut scores = vec![0; figures.len()];
            let edges = rank_edges(figures.len());
            for (rank, &index) in order.iter().enumerate() {
                let score = if ties == Ties::Ntile {
                    ntile(rank, figures.len())
                } else {
                    score_by_edges((rank + 1) as f64, &edges)
                };
                if let Some(slot) = scores.get_mut(index as usize) {
                    *slot = score;
                }
            }
            scores
        }
    }
}

/// The smallest figures that score 2, 3, 4 and 5 when equal figures share a score; `i64::MAX` where no figure does.
#[must_use]
pub fn shared_cuts(figures: &[i64]) -> [i64; SCORES - 1] {
    let least = figures.iter().min().copied().unwrap_or(0);
    let span = figures.iter().max().map_or(0, |most| most.abs_diff(least));
    // Days and numbers of orders lie close together: counting them is one pass.
    match usize::try_from(span) {
        Ok(span) if span < COUNTED => counted_cuts(figures, least, span),
        _ => selected_cuts(figures),
    }
}

/// Figures spread over fewer whole numbers than this are counted.
const COUNTED: usize = 1 << 16;

/// How many figures must be worse for score 2 + `index`: floor(5 · worse / n) ≥ s - 1, that is worse ≥ ceil((s - 1) · n / 5).
fn worse(index: usize, count: usize) -> usize {
    ((index + 1) * count).div_ceil(SCORES)
}

fn counted_cuts(figures: &[i64], least: i64, span: usize) -> [i64; SCORES - 1] {
    let mut counts = vec![0usize; span + 1];
    for figure in figures {
        if let Some(count) = counts.get_mut(figure.abs_diff(least) as usize) {
            *count += 1;
        }
    }
    let mut cuts = [i64::MAX; SCORES - 1];
    let (mut before, mut reached) = (0, 0);
    for (figure, count) in (least..).zip(counts).filter(|(_, count)| *count > 0) {
        while let Some(cut) = cuts.get_mut(reached).filter(|_| before >= worse(reached, figures.len())) {
            *cut = figure;
            reached += 1;
        }
        before += count;
    }
    cuts
}

fn selected_cuts(figures: &[i64]) -> [i64; SCORES - 1] {
    let mut figures = figures.to_vec();
    let count = figures.len();
    let mut from = 0;
    std::array::from_fn(|index| {
        let worse = worse(index, count);
        let Some(rest) = figures.get_mut(from..).filter(|rest| worse - from < rest.len()) else {
            return i64::MAX;
        };
        // Only the place counts, so the figures need not be sorted all: what is left of it is not larger, right not smaller.
        let (_, &mut figure, right) = rest.select_nth_unstable(worse - from);
        let next = right.iter().copied().filter(|&other| other > figure).min().unwrap_or(i64::MAX);
        from = worse;
        let tied = figures.get(..worse).is_some_and(|left| left.contains(&figure));
        if tied { next } else { figure }
    })
}

/// Scores by thresholds: 1 + the number of thresholds that the figure reaches.
#[must_use]
pub fn by_cuts(figures: &[i64], cuts: &[i64]) -> Vec<u8> {
    figures.iter().map(|figure| 1 + cuts.iter().map(|cut| u8::from(figure >= cut)).sum::<u8>()).collect()
}

/// 5 for figures strictly above the mean, else 1.
#[must_use]
pub fn by_mean(figures: &[i64]) -> Vec<u8> {
    let mean = mean_floor(sum(figures), figures.len());
    figures.iter().map(|&figure| if figure > mean { 5 } else { 1 }).collect()
}

/// The sum of the figures.
#[must_use]
pub fn sum(figures: &[i64]) -> i128 {
    figures.iter().map(|&figure| i128::from(figure)).sum()
}

/// The largest whole number that is not above the mean; a figure is strictly above the mean when it is above this one:
/// figure · n > sum just when figure > floor(sum / n). All of it exact.
#[must_use]
pub fn mean_floor(sum: i128, count: usize) -> i64 {
    let count = i128::try_from(count.max(1)).unwrap_or(1);
    i64::try_from(sum.div_euclid(count)).unwrap_or(i64::MAX)
}

/// The score at this place (from 0) of `count`: the first `count mod 5` scores have one user more.
fn ntile(place: usize, count: usize) -> u8 {
    let (size, larger) = (count / SCORES, count % SCORES);
    let in_larger = larger * (size + 1);
    let score =
        if place < in_larger { place / (size + 1) } else { larger + (place - in_larger) / size.max(1) };
    u8::try_from(score + 1).unwrap_or(5)
}

/// Interpolated quantiles of the ranks 1 to n at 20, 40, 60 and 80 %.
fn rank_edges(count: usize) -> Vec<f64> {
    quantiles(count, |place| (place + 1) as f64)
}

/// Interpolated quantiles of the figures at 20, 40, 60 and 80 %, without edges that fall on the smallest figure or on each
/// other.
#[must_use]
pub fn value_edges(figures: &[i64]) -> Vec<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable();
    let figure = |place: usize| sorted.get(place).map_or(0.0, |&figure| figure as f64);
    let mut edges = quantiles(sorted.len(), figure);
    edges.dedup();
    // The lowest bin takes in its lower edge, so an inner edge equal to it would part nothing; nor would one at the top.
    edges.retain(|edge| !sorted.is_empty() && *edge > figure(0) && *edge < figure(sorted.len() - 1));
    edges
}

/// Linear interpolation between order statistics, term by term as numpy computes it.
fn quantiles(count: usize, value: impl Fn(usize) -> f64) -> Vec<f64> {
    if count == 0 {
        return Vec::new();
    }
    let at = |share: f64| {
        let place = (count - 1) as f64 * share;
        let below = place.floor();
        let part = place - below;
        let (low, high) = (value(below as usize), value((below as usize + 1).min(count - 1)));
        if part >= 0.5 { high - (high - low) * (1.0 - part) } else { low + (high - low) * part }
    };
    [0.2, 0.4, 0.6, 0.8].into_iter().map(at).collect()
}

fn by_edges(figures: impl Iterator<Item = f64>, edges: &[f64]) -> Vec<u8> {
    figures.map(|figure| score_by_edges(figure, edges)).collect()
}

/// Right-closed: a figure on an edge belongs below it.
fn score_by_edges(figure: f64, edges: &[f64]) -> u8 {
    1 + edges.iter().map(|edge| u8::from(figure > *edge)).sum::<u8>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shared_by_definition(figures: &[i64]) -> Vec<u8> {
        let worse = |figure: &i64| figures.iter().filter(|other| *other < figure).count();
        figures
            .iter()
            .map(|figure| u8::try_from(1 + SCORES * worse(figure) / figures.len()).unwrap())
            .collect()
    }

    #[test]
    fn levels_by_hand() {
        let level = |[recency, frequency, monetary]: [u32; 3], scores| {
            Weights { recency, frequency, monetary }.level(scores)
        };
        assert_eq!(level([1, 1, 1], [5, 4, 4]), 4, "13 thirds");
        assert_eq!(level([1, 1, 0], [5, 4, 1]), 5, "a half rounds up");
        assert_eq!(level([0, 0, 7], [1, 1, 5]), 5);
        assert_eq!(level([2, 1, 1], [1, 2, 4]), 2);
        assert_eq!(level([0, 0, 0], [5, 5, 5]), 1);
        assert_eq!(level([u32::MAX; 3], [5, 5, 5]), 5);
    }

    #[test]
    fn scores_by_hand() {
        assert_eq!(by_quantile(&[10, 20, 30, 40, 50], Ties::Shared, |_| 0), [1, 2, 3, 4, 5]);
        assert_eq!(by_quantile(&[1, 1, 1, 1, 9], Ties::Shared, |_| 0), [1, 1, 1, 1, 5]);
        let by_place = |index: usize| u32::try_from(index).unwrap();
        assert_eq!(by_quantile(&[1, 1, 1, 1, 9, 9, 9], Ties::Ntile, by_place), [1, 1, 2, 2, 3, 4, 5]);
        assert_eq!(by_quantile(&[7; 4], Ties::Values, |_| 0), [1; 4]);
        assert_eq!(by_mean(&[1, 2, 3, 10]), [1, 1, 1, 5]);
        assert_eq!(by_cuts(&[1, 2, 5, 9], &[2, 3, 5, 9]), [1, 2, 4, 5]);
        assert!(by_quantile(&[], Ties::Shared, |_| 0).is_empty());
    }

    proptest! {
        #[test]
        fn shared_scores_follow_their_definition(
            figures in proptest::collection::vec(-20i64..20, 1..200),
            apart in prop_oneof![Just(1i64), Just(1681), Just(1 << 58)],
        ) {
            // Close together they are counted, far apart selected; 39 · 1681 is just over the edge, 38 · 1681 just under it.
            let figures: Vec<i64> = figures.iter().map(|figure| figure * apart).collect();
            prop_assert_eq!(by_quantile(&figures, Ties::Shared, |_| 0), shared_by_definition(&figures));
            prop_assert_eq!(selected_cuts(&figures), shared_cuts(&figures));
        }

        #[test]
        fn parted_scores_are_even(figures in proptest::collection::vec(-5i64..5, 1..200)) {
            let by_place = |index: usize| u32::try_from(index).unwrap();
            let scores = by_quantile(&figures, Ties::Ntile, by_place);
            let of = |score: u8| scores.iter().filter(|other| **other == score).count();
            let counts: Vec<usize> = (1..=5).map(of).collect();
            prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
            prop_assert!(counts.is_sorted_by(|a, b| a >= b), "the first scores have one more");
            let pairs: Vec<(i64, u8)> = figures.iter().copied().zip(scores.iter().copied()).collect();
            for (figure, score) in &pairs {
                prop_assert!(pairs.iter().all(|(other, their)| other >= figure || their <= score), "a better figure never scores worse");
            }
        }
    }
}
