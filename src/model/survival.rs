//! How long lives last, when some are still going on: the estimate of Kaplan and Meier, and the log-rank test.
//!
//! **Estimate.** `S(t)` is the product over the times `u <= t` of `1 - d(u) / r(u)`, of `d(u)` lives that ended at `u` and `r(u)`
//! that were at risk: all that lasted to `u` or longer. A life that was last seen going on (*censored*) at `u` was at risk there.
//! The variance of `ln S` is Greenwood's sum of `d / (r (r - d))`, the 95% band that of `ln(-ln S)`, which stays between 0 and 1
//! (Kalbfleisch and Prentice). As long as nobody has ended, and where nobody is left, the band has no width.
//!
//! **Median.** The first time at which `S` is one half or less; its interval are the first times at which the lower and the upper
//! bound are (Brookmeyer and Crowley 1982). What was not reached is `None`.
//!
//! **Log-rank.** Ended lives of each group against those expected if all groups ended alike, at every time with an end, with the
//! hypergeometric variance (Mantel 1966; Peto and Peto 1972).

use serde::{Deserialize, Serialize};

use super::chi_square;
use super::proportion::{Interval, Z_95};

/// What rounding may add to a product that is one half.
const HALF: f64 = 0.5 + 1e-12;

/// Lives by how long they lasted, in whole units of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lives {
    /// Ended and censored lives at each time.
    at: Vec<(u64, u64)>,
}

impl Lives {
    /// Adds a life that ended at a time, or was last seen then.
    pub fn add(&mut self, time: u32, ended: bool) {
        let time = time as usize;
        if time >= self.at.len() {
            self.at.resize(time + 1, (0, 0));
        }
        if let Some((ends, censored)) = self.at.get_mut(time) {
            *if ended { ends } else { censored } += 1;
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.at.iter().map(|(ended, censored)| ended + censored).sum()
    }

    /// The estimate.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let lives = self.count();
        let (mut at_risk, mut survival, mut variance) = (lives, 1.0f64, 0.0f64);
        let mut steps = Vec::new();
        for (time, &(ended, censored)) in (0u32..).zip(&self.at) {
            if ended + censored == 0 {
                continue;
            }
            let (risk, left) = (at_risk as f64, (at_risk - ended) as f64);
            survival *= left / risk;
            let hazard = if left > 0.0 { ended as f64 / (risk * left) } else { 0.0 };
            variance += hazard;
            let interval = band(survival, variance);
            steps.push(Step { time, at_risk, ended, censored, survival, variance, interval, hazard });
            at_risk -= ended + censored;
        }
        Curve { lives, ended: self.at.iter().map(|(ended, _)| ended).sum(), steps }
    }
}

/// The 95% bounds of a survival, by its logarithm's logarithm.
fn band(survival: f64, variance: f64) -> Interval {
    let logarithm = -survival.ln();
    if survival <= 0.0 || logarithm <= 0.0 {
        return Interval { low: survival, high: survival };
    }
    let reach = (Z_95 * variance.sqrt() / logarithm).exp();
    let (low, high) = ((-logarithm * reach).exp(), (-logarithm / reach).exp());
    Interval { low: low.clamp(0.0, survival), high: high.clamp(survival, 1.0) }
}

/// A time at which lives ended or were last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The time.
    pub time: u32,
    /// Lives that lasted to it or longer.
    pub at_risk: u64,
    /// Those of them that ended at it.
    pub ended: u64,
    /// Those that were last seen at it, still going on.
    pub censored: u64,
    /// The estimated share of lives that last longer.
    pub survival: f64,
    /// Greenwood's variance of the logarithm of `survival`, up to the last time with lives left.
    pub variance: f64,
    /// The 95% band of `survival`.
    pub interval: Interval,
    /// What this time adds to `variance`.
    hazard: f64,
}

/// The share of lives that last longer than each time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// How many lives there are.
    pub lives: u64,
    /// Those that ended.
    pub ended: u64,
    /// Ascending by time.
    pub steps: Vec<Step>,
}

/// The time that half of the lives do not outlast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Median {
    /// The time; `null` where more than half last longer than all that was seen.
    pub time: Option<u32>,
    /// The lower 95% bound; `null` where it is not reached.
    pub low: Option<u32>,
    /// The upper one.
    pub high: Option<u32>,
}

/// The mean of lives up to a time, those that last longer counting with that time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Up to this time.
    pub until: u32,
    /// The 95% bounds, by the normal approximation.
    pub interval: Interval,
}

impl Curve {
    /// The last step at or before a time.
    #[must_use]
    pub fn step_at(&self, time: u32) -> Option<&Step> {
        let place = self.steps.partition_point(|step| step.time <= time);
        self.steps.get(place.checked_sub(1)?)
    }

    /// The share of lives that last longer than a time, with its band. `None` beyond the longest life, unless nobody is left.
    #[must_use]
    pub fn survival(&self, time: u32) -> Option<(f64, Interval)> {
        let last = self.steps.last()?;
        if time > last.time && last.survival > 0.0 {
            return None;
        }
        let none_yet = (1.0, Interval { low: 1.0, high: 1.0 });
        Some(self.step_at(time).map_or(none_yet, |step| (step.survival, step.interval)))
    }

    /// Lives that lasted to a time or longer.
    #[must_use]
    pub fn at_risk(&self, time: u32) -> u64 {
        let place = self.steps.partition_point(|step| step.time < time);
        self.steps.get(place).map_or(0, |step| step.at_risk)
    }

    /// The median.
    #[must_use]
    pub fn median(&self) -> Median {
        let first = |value: fn(&Step) -> f64| {
            self.steps.iter().find(|step| value(step) <= HALF).map(|step| step.time)
        };
        Median {
            time: first(|step| step.survival),
            low: first(|step| step.interval.low),
            high: first(|step| step.interval.high),
        }
    }

    /// The area below the curve up to a time, or to the longest life where that is shorter and somebody outlasts it. `None` of
    /// nothing.
    #[must_use]
    pub fn restricted_mean(&self, until: u32) -> Option<Mean> {
        let last = self.steps.last()?;
        let until = if last.survival > 0.0 { until.min(last.time) } else { until };
        let within = self.steps.get(..self.steps.partition_point(|step| step.time <= until)).unwrap_or(&[]);
        // From the end, so that at each step the area to its right is known.
        let (mut area, mut variance, mut end) = (0.0, 0.0, until);
        for step in within.iter().rev() {
            area += f64::from(end - step.time) * step.survival;
            variance += area * area * step.hazard;
            end = step.time;
        }
        let mean = area + f64::from(end);
        let reach = Z_95 * variance.sqrt();
        let interval = Interval { low: (mean - reach).max(0.0), high: (mean + reach).min(f64::from(until)) };
        Some(Mean { mean, until, interval })
    }
}

/// What the log-rank test says of some groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogRank {
    /// The test's value.
    pub chi_square: f64,
    /// Its degrees of freedom: groups that can be told apart, less one.
    pub degrees: u32,
    /// How rare so large a value is if all groups end alike.
    pub p_value: f64,
}

/// Tests whether groups of lives end alike; `None` where no end was seen while two groups were at risk.
#[must_use]
pub fn log_rank(groups: &[Lives]) -> Option<LogRank> {
    let groups: Vec<&Lives> = groups.iter().filter(|lives| lives.count() > 0).collect();
    let size = groups.len();
    let mut at_risk: Vec<f64> = groups.iter().map(|lives| lives.count() as f64).collect();
    let mut excess = vec![0.0; size];
    let mut variance = vec![vec![0.0; size]; size];
    for time in 0..groups.iter().map(|lives| lives.at.len()).max()? {
        let at = |lives: &&Lives| lives.at.get(time).copied().unwrap_or_default();
        let (ended, risk) =
            (groups.iter().map(|lives| at(lives).0 as f64).sum::<f64>(), at_risk.iter().sum::<f64>());
        if ended > 0.0 && risk > 1.0 {
            let spread = ended * (risk - ended) / (risk - 1.0);
            for ((excess, row), (lives, own)) in
                excess.iter_mut().zip(&mut variance).zip(groups.iter().zip(&at_risk))
            {
                let share = own / risk;
                *excess += at(lives).0 as f64 - ended * share;
                row.iter_mut().zip(&at_risk).for_each(|(cell, other)| *cell -= spread * share * other / risk);
            }
            for (place, own) in at_risk.iter().enumerate() {
                if let Some(cell) = variance.get_mut(place).and_then(|row| row.get_mut(place)) {
                    *cell += spread * own / risk;
                }
            }
        }
        for (own, lives) in at_risk.iter_mut().zip(&groups) {
            let (ended, censored) = at(lives);
            *own -= (ended + censored) as f64;
        }
    }
    let (chi_square, degrees) = quadratic_form(variance, excess);
    (degrees > 0).then(|| LogRank {
        chi_square,
        degrees,
        p_value: chi_square::upper_tail(chi_square, degrees),
    })
}

/// `x' V⁻ x` of a symmetric matrix without negative directions, and its rank: elimination with the largest diagonal first;
/// directions without any variance are left out.
fn quadratic_form(mut matrix: Vec<Vec<f64>>, mut vector: Vec<f64>) -> (f64, u32) {
    let diagonal = |matrix: &[Vec<f64>], place: usize| {
        matrix.get(place).and_then(|row| row.get(place)).copied().unwrap_or(0.0)
    };
    let largest = (0..vector.len()).map(|place| diagonal(&matrix, place)).fold(0.0, f64::max);
    let mut left: Vec<usize> = (0..vector.len()).collect();
    let (mut sum, mut rank) = (0.0, 0);
    while let Some((index, &pivot)) = left
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| diagonal(&matrix, **a).total_cmp(&diagonal(&matrix, **b)))
    {
        let size = diagonal(&matrix, pivot);
        if size <= largest * 1e-10 {
            break;
        }
        left.swap_remove(index);
        let (row, value) =
            (matrix.get(pivot).cloned().unwrap_or_default(), vector.get(pivot).copied().unwrap_or(0.0));
        sum += value * value / size;
        rank += 1;
        for &other in &left {
            let factor = row.get(other).copied().unwrap_or(0.0) / size;
            if let (Some(cells), Some(own)) = (matrix.get_mut(other), vector.get_mut(other)) {
                *own -= factor * value;
                cells.iter_mut().zip(&row).for_each(|(cell, above)| *cell -= factor * above);
            }
        }
    }
    (sum, rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives(list: &[(u32, bool)]) -> Lives {
        let mut lives = Lives::default();
        list.iter().for_each(|&(time, ended)| lives.add(time, ended));
        lives
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn by_hand() {
        // 5 lives: one ends at 1, one is last seen at 2, two end at 3, one is last seen at 5.
        let curve = lives(&[(3, true), (1, true), (5, false), (2, false), (3, true)]).curve();
        assert_eq!((curve.lives, curve.ended), (5, 3));
        let told: Vec<_> =
            curve.steps.iter().map(|step| (step.time, step.at_risk, step.ended, step.censored)).collect();
        assert_eq!(told, [(1, 5, 1, 0), (2, 4, 0, 1), (3, 3, 2, 0), (5, 1, 0, 1)]);
        near(curve.steps[1].survival, 0.8);
        near(curve.steps[2].survival, 0.8 / 3.0);
        near(curve.steps[2].variance, 1.0 / 20.0 + 2.0 / 3.0);
        // 0.8 to the power of e^(± 1.96 √(1/20) / -ln 0.8).
        let interval = curve.steps[0].interval;
        near(interval.low, 0.203_809_263_267_6);
        near(interval.high, 0.969_179_788_866_7);
        assert_eq!(curve.survival(0), Some((1.0, Interval { low: 1.0, high: 1.0 })));
        assert_eq!(curve.survival(4).map(|(survival, _)| survival), Some(curve.steps[2].survival));
        assert_eq!(curve.survival(6), None, "nobody was seen for so long");
        assert_eq!((curve.at_risk(0), curve.at_risk(3), curve.at_risk(4), curve.at_risk(6)), (5, 3, 1, 0));
        assert_eq!(curve.median(), Median { time: Some(3), low: Some(1), high: None });
        let mean = curve.restricted_mean(4).unwrap();
        near(mean.mean, 1.0 + 2.0 * 0.8 + 0.8 / 3.0);
        // Areas to the right of the ends: 2 * 0.8 + 0.8/3 at 1, 0.8/3 at 3.
        let deviation = ((1.6f64 + 0.8 / 3.0).powi(2) / 20.0 + (0.8f64 / 3.0).powi(2) * 2.0 / 3.0).sqrt();
        near(mean.interval.low, mean.mean - Z_95 * deviation);
        assert_eq!(curve.restricted_mean(9).map(|mean| mean.until), Some(5), "the curve ends at 5");
    }

    #[test]
    fn all_ended_and_nothing() {
        let curve = lives(&[(2, true), (4, true)]).curve();
        near(curve.steps[0].survival, 0.5);
        assert_eq!(curve.median().time, Some(2), "one half is reached");
        assert_eq!(curve.survival(100), Some((0.0, Interval { low: 0.0, high: 0.0 })));
        near(curve.restricted_mean(10).unwrap().mean, 3.0);
        near(curve.restricted_mean(3).unwrap().mean, 2.5);
        let nothing = Lives::default().curve();
        assert_eq!((nothing.survival(0), nothing.restricted_mean(3)), (None, None));
        assert_eq!(nothing.median(), Median::default());
    }

    #[test]
    fn log_ranks() {
        // Two groups of two, one ends at 1 and 3, the other at 2 and 4. Expected of the first: 2/4 + 1/3 + 1/2 + 0 = 4/3; variance 1/4 + 2/9 + 1/4.
        let test = log_rank(&[lives(&[(1, true), (3, true)]), lives(&[(2, true), (4, true)])]).unwrap();
        near(test.chi_square, (2.0f64 - 4.0 / 3.0).powi(2) / (0.25 + 2.0 / 9.0 + 0.25));
        assert_eq!(test.degrees, 1);
        let one = lives(&[(1, true), (2, false), (5, true)]);
        let same = log_rank(&[one.clone(), one.clone(), one.clone()]).unwrap();
        assert!(same.chi_square < 1e-12 && same.degrees == 2 && same.p_value > 0.999_999);
        assert_eq!(log_rank(std::slice::from_ref(&one)), None, "one group has nothing to differ from");
        assert_eq!(log_rank(&[one.clone(), Lives::default()]), None);
        let unseen = lives(&[(0, false)]);
        assert_eq!(log_rank(&[one.clone(), one, unseen]).unwrap().degrees, 1, "never at risk at an end");
        assert_eq!(log_rank(&[lives(&[(1, false)]), lives(&[(2, false)])]), None, "nobody ended");
        assert_eq!(log_rank(&[]), None);
    }
}
