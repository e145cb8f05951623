//! Natural breaks: the cuts of the best k-means clustering of figures on a line.
//!
//! On a line the best clusters are intervals of the sorted figures, so that the sum of squared distances from the clusters' means
//! can be made as small as it can be, not only as small as an iteration happens on (Wang and Song, "Ckmeans.1d.dp", R Journal
//! 2011): the best cost of the first figures in k clusters is the smallest sum of the best cost of fewer figures in k - 1 and the
//! cost of the rest. Where the last cluster begins never moves back when a figure is added, so each k takes n log n steps.

use super::score::SCORES;

/// The smallest figures that score 2, 3, 4 and 5 when each cluster is a score, the smallest figures scoring 1; `i64::MAX` for
/// scores that nobody has, because there are fewer different figures than scores. `measure` gives the place of a figure on the
/// line; it must not fall. Equal costs are parted by the smaller first figure of the last cluster.
#[must_use]
pub fn k_means_cuts(figures: &[i64], measure: impl Fn(i64) -> f64) -> [i64; SCORES - 1] {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable();
    let line = Line::new(&sorted, measure);
    let mut begins = line.begins(SCORES.min(line.figures.len()));
    begins.resize(SCORES - 1, usize::MAX);
    std::array::from_fn(|cut| {
        let begin = begins.get(cut).copied().unwrap_or(usize::MAX);
        line.figures.get(begin).copied().unwrap_or(i64::MAX)
    })
}

/// Different figures, rising, with sums of what lies before each.
struct Line {
    figures: Vec<i64>,
    /// How many figures, their places and the squares of these, up to each place.
    sums: Vec<[f64; 3]>,
}

impl Line {
    fn new(sorted: &[i64], measure: impl Fn(i64) -> f64) -> Self {
        // Places count from the middle figure: squares of far places would lose the digits that matter.
        let middle = sorted.get(sorted.len() / 2).map_or(0.0, |figure| measure(*figure));
        let (mut figures, mut sums) = (Vec::new(), vec![[0.0; 3]]);
        let mut sum = [0.0; 3];
        for same in sorted.chunk_by(|a, b| a == b) {
            let Some(&figure) = same.first() else { continue };
            let (count, place) = (same.len() as f64, measure(figure) - middle);
            sum = [sum[0] + count, sum[1] + count * place, sum[2] + count * place * place];
            figures.push(figure);
            sums.push(sum);
        }
        Self { figures, sums }
    }

    /// The sum of squared distances from the mean of the figures at these places.
    fn cost(&self, from: usize, to: usize) -> f64 {
        let at = |place: usize| self.sums.get(place).copied().unwrap_or([0.0; 3]);
        let ([n0, s0, q0], [n1, s1, q1]) = (at(from), at(to));
        let (count, sum, squares) = (n1 - n0, s1 - s0, q1 - q0);
        if count > 0.0 { (squares - sum * sum / count).max(0.0) } else { 0.0 }
    }

    /// Where the second and further clusters begin.
    fn begins(&self, clusters: usize) -> Vec<usize> {
        let count = self.figures.len();
        let mut best: Vec<f64> = (0..=count).map(|to| self.cost(0, to)).collect();
        let mut layers: Vec<Vec<u32>> = Vec::new();
        for cluster in 1..clusters {
            let mut next = vec![f64::INFINITY; count + 1];
            let mut begin = vec![0u32; count + 1];
            self.fill((cluster + 1, count), (cluster, count), &best, &mut next, &mut begin);
            best = next;
            layers.push(begin);
        }
        let mut to = count;
        let back = layers.iter().rev().map(|layer| {
            to = layer.get(to).map_or(0, |begin| *begin as usize);
            to
        });
        let mut begins: Vec<usize> = back.collect();
        begins.reverse();
        begins
    }

    /// The best costs of so many first figures, for all numbers in `targets`, whose last cluster begins within `range`.
    fn fill(
        &self,
        targets: (usize, usize),
        range: (usize, usize),
        before: &[f64],
        next: &mut [f64],
        begin: &mut [u32],
    ) {
        let (low, high) = targets;
        if low > high {
            return;
        }
        let to = usize::midpoint(low, high);
        let (mut found, mut least) = (range.0, f64::INFINITY);
        for from in range.0..=range.1.min(to - 1) {
            let cost = before.get(from).copied().unwrap_or(f64::INFINITY) + self.cost(from, to);
            if cost < least {
                (found, least) = (from, cost);
            }
        }
        if let (Some(cost), Some(place)) = (next.get_mut(to), begin.get_mut(to)) {
            (*cost, *place) = (least, u32::try_from(found).unwrap_or(u32::MAX));
        }
        self.fill((low, to - 1), (range.0, found), before, next, begin);
        self.fill((to + 1, high), (found, range.1), before, next, begin);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOBODY: i64 = i64::MAX;

    fn plain(figures: &[i64]) -> [i64; 4] {
        k_means_cuts(figures, |figure| figure as f64)
    }

    fn cost(clusters: &[&[i64]]) -> f64 {
        let of = |cluster: &&[i64]| {
            let mean = cluster.iter().sum::<i64>() as f64 / cluster.len() as f64;
            cluster.iter().map(|figure| (*figure as f64 - mean).powi(2)).sum::<f64>()
        };
        clusters.iter().filter(|cluster| !cluster.is_empty()).map(of).sum()
    }

    #[test]
    fn by_hand() {
        assert_eq!(plain(&[1, 2, 1, 10, 11, 50, 51, 52, 90, 100, 400]), [10, 50, 90, 400]);
        assert_eq!(plain(&[7, 7, 9]), [9, NOBODY, NOBODY, NOBODY]);
        assert_eq!(plain(&[7, 7]), [NOBODY; 4]);
        assert_eq!(plain(&[]), [NOBODY; 4]);
        assert_eq!(plain(&[1, 2, 3, 4, 5]), [2, 3, 4, 5]);
        // Far from 0 the digits that matter are the last ones.
        let far = |figure: i64| 1_000_000_000 + figure;
        let figures = [1, 2, 10, 11, 50, 51, 90, 91, 400, 401].map(far);
        assert_eq!(plain(&figures), [10, 50, 90, 400].map(far));
        let logarithm = k_means_cuts(&[1, 10, 100, 1_000, 1_100, 10_000], |figure| (figure as f64).ln());
        assert_eq!(logarithm, [10, 100, 1_000, 10_000]);
    }

    proptest! {
        /// No other way to part the sorted figures in five costs less.
        #[test]
        fn none_is_better(figures in proptest::collection::vec(-30i64..30, 1..14)) {
            let mut sorted = figures.clone();
            sorted.sort_unstable();
            let cuts = plain(&figures);
            prop_assert!(cuts.is_sorted());
            let place = |cut: i64| sorted.partition_point(|figure| *figure < cut);
            let parts = |at: [usize; 4]| cost(&[&sorted[..at[0]], &sorted[at[0]..at[1]], &sorted[at[1]..at[2]], &sorted[at[2]..at[3]], &sorted[at[3]..]]);
            let own = parts(cuts.map(place));
            let n = sorted.len();
            for a in 0..=n { for b in a..=n { for c in b..=n { for d in c..=n {
                prop_assert!(own <= parts([a, b, c, d]) + 1e-9, "{cuts:?} costs {own}");
            } } } }
        }
    }
}
