//! Markov chains of a few states: where the mix of states settles when the same shares keep moving.
//!
//! **Definition.** `matrix[i][j]` is the share of those in state *i* who are in state *j* a period later; rows add up to 1. The mix
//! after a period is `mix x matrix`. It is repeated until it no longer changes; every second step is left out half-way (the
//! chain that stays where it is with probability 1/2 has the same end and cannot swing for ever). Where some states cannot be
//! left, the end depends on the beginning: it is that of the mix given.

/// Steps are taken until no share changes by more.
const STILL: f64 = 1e-13;

/// The most steps.
const MOST_STEPS: usize = 200_000;

/// The mix in which a mix settles; nothing when it does not, or when the matrix is none.
#[must_use]
pub fn settled(matrix: &[Vec<f64>], mix: &[f64]) -> Option<Vec<f64>> {
    let states = mix.len();
    let whole = |row: &Vec<f64>| row.len() == states && (row.iter().sum::<f64>() - 1.0).abs() < 1e-9;
    if states == 0 || matrix.len() != states || !matrix.iter().all(whole) {
        return None;
    }
    let mut now = mix.to_vec();
    for _ in 0..MOST_STEPS {
        let next = step(matrix, &now);
        let change = next.iter().zip(&now).map(|(next, now)| (next - now).abs()).fold(0.0, f64::max);
        for (now, next) in now.iter_mut().zip(&next) {
            *now = (*now + next) / 2.0;
        }
        if change <= STILL {
            return Some(now);
        }
    }
    None
}

/// The mix a period later.
#[must_use]
pub fn step(matrix: &[Vec<f64>], mix: &[f64]) -> Vec<f64> {
    let into = |to: usize| {
        let from = mix.iter().zip(matrix);
        from.map(|(share, row)| share * row.get(to).copied().unwrap_or(0.0)).sum()
    };
    (0..mix.len()).map(into).collect()
}

/// The matrix with `more` of the share of a row moved to one state, taken from the row's others in proportion; never beyond 1.
#[must_use]
pub fn with_more(matrix: &[Vec<f64>], from: usize, to: usize, more: f64) -> Vec<Vec<f64>> {
    let mut changed = matrix.to_vec();
    if let Some(row) = changed.get_mut(from) {
        let own = row.get(to).copied().unwrap_or(0.0);
        let rest = 1.0 - own;
        let more = more.min(rest);
        for (place, share) in row.iter_mut().enumerate() {
            if place == to {
                *share += more;
            } else if rest > 0.0 {
                *share -= more * *share / rest;
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(own: &[f64], expected: &[f64]) {
        for (own, expected) in own.iter().zip(expected) {
            assert!((own - expected).abs() < 1e-9, "{own} is not {expected}");
        }
    }

    #[test]
    fn two_states_by_hand() {
        // In the end as many leave the first state as come: a 0.1 = b 0.3.
        let matrix = vec![vec![0.9, 0.1], vec![0.3, 0.7]];
        near(&settled(&matrix, &[1.0, 0.0]).unwrap(), &[0.75, 0.25]);
        near(&settled(&matrix, &[0.0, 1.0]).unwrap(), &[0.75, 0.25]);
        near(&step(&matrix, &[0.5, 0.5]), &[0.6, 0.4]);
        let more = with_more(&matrix, 1, 0, 0.01);
        near(&more[1], &[0.31, 0.69]);
        near(&settled(&more, &[1.0, 0.0]).unwrap(), &[0.31 / 0.41, 0.1 / 0.41]);
        near(&with_more(&matrix, 0, 0, 1.0)[0], &[1.0, 0.0]);
    }

    #[test]
    fn swings_settle_and_ends_without_return_depend_on_the_beginning() {
        near(&settled(&[vec![0.0, 1.0], vec![1.0, 0.0]], &[1.0, 0.0]).unwrap(), &[0.5, 0.5]);
        let ends = vec![vec![0.0, 0.25, 0.75], vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
        near(&settled(&ends, &[1.0, 0.0, 0.0]).unwrap(), &[0.0, 0.25, 0.75]);
        near(&settled(&ends, &[0.0, 0.4, 0.6]).unwrap(), &[0.0, 0.4, 0.6]);
    }

    #[test]
    fn what_is_no_matrix_settles_nowhere() {
        assert_eq!(settled(&[vec![0.5, 0.4], vec![0.3, 0.7]], &[1.0, 0.0]), None);
        assert_eq!(settled(&[vec![1.0]], &[1.0, 0.0]), None);
        assert_eq!(settled(&[], &[]), None);
    }
}
