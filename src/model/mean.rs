//! Means of two groups: how sure it is that they differ, and by how much.

use super::student;

/// How many numbers there are, their mean and their spread.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// How many.
    pub count: u64,
    /// Their mean; 0 of nothing.
    pub mean: f64,
    /// The sum of the squares of their distances from it.
    pub squares: f64,
}

impl Moments {
    /// Of numbers that can be gone through twice: the distances are taken from the mean, not from 0, so that large numbers that
    /// hardly differ do not lose their difference.
    #[must_use]
    pub fn of(numbers: impl Iterator<Item = f64> + Clone) -> Self {
        let (mut count, mut sum) = (0u64, 0.0);
        for number in numbers.clone() {
            (count, sum) = (count + 1, sum + number);
        }
        if count == 0 {
            return Self::default();
        }
        let mean = sum / count as f64;
        // The second sum takes back what rounding left in the mean (Chan, Golub and LeVeque 1983).
        let (mut squares, mut rest) = (0.0, 0.0);
        for number in numbers {
            let distance = number - mean;
            (squares, rest) = (squares + distance * distance, rest + distance);
        }
        let squares = (squares - rest * rest / count as f64).max(0.0);
        Self { count, mean, squares }
    }

    /// The variance of the sample: by n − 1. `None` of fewer than two.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }
}

/// The two-sided p-value of Welch's t-test (Welch 1947): the means of two groups whose variances need not be the same. `None` where a
/// group has fewer than two, and where no number differs from the others of its group.
#[must_use]
pub fn welch(own: &Moments, other: &Moments) -> Option<f64> {
    let part =
        |moments: &Moments| Some((moments.variance()? / moments.count as f64, (moments.count - 1) as f64));
    let ((own_part, own_degrees), (other_part, other_degrees)) = (part(own)?, part(other)?);
    let whole = own_part + other_part;
    let t = (own.mean - other.mean) / whole.sqrt();
    let degrees =
        whole * whole / (own_part * own_part / own_degrees + other_part * other_part / other_degrees);
    student::two_sided(t, degrees).filter(|_| whole > 0.0)
}

/// How far two means lie apart, in pooled standard deviations: Cohen's d, the first less the second (Cohen 1988, 2.5.2). 0.2 is small, 0.5
/// medium, 0.8 large. `None` where a group has none, and where no number differs from the others of its group.
#[must_use]
pub fn cohens_d(own: &Moments, other: &Moments) -> Option<f64> {
    let degrees = (own.count + other.count).checked_sub(2).filter(|degrees| *degrees > 0)?;
    let deviation = ((own.squares + other.squares) / degrees as f64).sqrt();
    (own.count > 0 && other.count > 0 && deviation > 0.0).then(|| (own.mean - other.mean) / deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    fn moments(numbers: &[f64]) -> Moments {
        Moments::of(numbers.iter().copied())
    }

    #[test]
    fn by_hand() {
        let (own, other) = (moments(&[2.0, 4.0, 6.0]), moments(&[1.0, 1.0, 4.0, 2.0]));
        assert_eq!((own.count, own.mean, own.squares), (3, 4.0, 8.0));
        assert_eq!((other.count, other.mean, other.squares), (4, 2.0, 6.0));
        assert_eq!((own.variance(), other.variance()), (Some(4.0), Some(2.0)));
        // Pooled: (8 + 6) / 5.
        near(cohens_d(&own, &other).unwrap(), 2.0 / 2.8f64.sqrt());
        // t = 2 / sqrt(4/3 + 2/4), ν = (11/6)² / ((4/3)² / 2 + (1/2)² / 3).
        let (t, degrees) = (2.0 / (11.0f64 / 6.0).sqrt(), (121.0 / 36.0) / (8.0 / 9.0 + 1.0 / 12.0));
        near(welch(&own, &other).unwrap(), student::two_sided(t, degrees).unwrap());
        near(cohens_d(&other, &own).unwrap(), -cohens_d(&own, &other).unwrap());
    }

    #[test]
    fn edges() {
        let (none, one, same) = (moments(&[]), moments(&[3.0]), moments(&[5.0, 5.0]));
        assert_eq!((none.count, none.mean, none.variance(), one.variance()), (0, 0.0, None, None));
        assert_eq!((welch(&one, &same), welch(&same, &same), welch(&none, &same)), (None, None, None));
        assert_eq!((cohens_d(&same, &same), cohens_d(&none, &moments(&[1.0, 2.0, 4.0]))), (None, None));
        assert!(cohens_d(&one, &moments(&[1.0, 2.0])).is_some(), "one number has a distance from others");
        // Large numbers that hardly differ.
        assert_eq!(moments(&[1e15, 1e15 + 1.0, 1e15 + 2.0]).variance(), Some(1.0));
    }
}
