//! Student's t distribution.

/// The chance that a t-distributed number of so many degrees of freedom, which need not be whole, is as far from 0 as `t` or
/// further: I(ν / (ν + t²); ν/2, 1/2), the regularised incomplete beta function (Abramowitz and Stegun 26.7.1). `None` for degrees
/// that are not above 0 and for what is no number.
#[must_use]
pub fn two_sided(t: f64, degrees: f64) -> Option<f64> {
    if t.is_nan() || degrees.is_nan() || degrees <= 0.0 {
        return None;
    }
    let square = t * t;
    Some(tail(degrees / (degrees + square), square / (degrees + square), degrees / 2.0))
}

/// The regularised incomplete beta function I(x; a, 1/2), with `rest` = 1 − x given apart, lest it be lost in rounding.
fn tail(x: f64, rest: f64, a: f64) -> f64 {
    const HALF: f64 = 0.5;
    if x <= 0.0 || x.is_nan() {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    let ln_x = if rest < HALF { (-rest).ln_1p() } else { x.ln() };
    let scale = gamma_ratio(a) / std::f64::consts::PI.sqrt() * (a * ln_x).exp() * rest.sqrt();
    // The fraction converges quickly below the mean; above it the other tail's does.
    if x < (a + 1.0) / (a + HALF + 2.0) {
        (scale * fraction(x, a, HALF) / a).min(1.0)
    } else {
        (1.0 - scale * fraction(rest, HALF, a) / HALF).max(0.0)
    }
}

/// Γ(a + 1/2) / Γ(a): its asymptotic series (Tricomi and Erdélyi 1951) where it has all digits, and below by steps of one. The difference of
/// two logarithms would lose them for large a.
fn gamma_ratio(a: f64) -> f64 {
    const LARGE: f64 = 50.0;
    let (mut at, mut steps) = (a, 1.0);
    while at < LARGE {
        steps *= at / (at + 0.5);
        at += 1.0;
    }
    let terms = [
        869.0 / 4_194_304.0,
        -399.0 / 262_144.0,
        -21.0 / 32_768.0,
        5.0 / 1_024.0,
        1.0 / 128.0,
        -1.0 / 8.0,
        1.0,
    ];
    steps * at.sqrt() * terms.iter().fold(0.0, |sum, term| sum / at + term)
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const MOST_TERMS: u32 = 1_000;
    let kept = |number: f64| if number.abs() < TINY { TINY } else { number };
    let (mut c, mut d) = (1.0, 1.0 / kept(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for term in 1..=MOST_TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for numerator in [even, odd] {
            d = 1.0 / kept(1.0 + numerator * d);
            c = kept(1.0 + numerator / c);
            change = c * d;
            value *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::proportion::normal_two_sided;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn as_tables_and_closed_forms_say() {
        // One degree: Cauchy, 1 - 2 atan(t) / π. Two: 1 - t / sqrt(2 + t²).
        for t in [0.0, 0.3, 1.0, 2.5, 12.706_204_736_432_095_f64] {
            near(two_sided(t, 1.0).unwrap(), 1.0 - 2.0 * t.atan() / std::f64::consts::PI);
            near(two_sided(t, 2.0).unwrap(), 1.0 - t / (2.0 + t * t).sqrt());
            near(two_sided(-t, 2.0).unwrap(), two_sided(t, 2.0).unwrap());
        }
        // Four: 1 - 3/4 t / sqrt(1 + t²/4) (1 - t² / (12 + 3 t²)).
        let (t, root) = (1.7f64, (1.0 + 1.7 * 1.7 / 4.0f64).sqrt());
        near(two_sided(t, 4.0).unwrap(), 1.0 - 0.75 * t / root * (1.0 - t * t / (12.0 + 3.0 * t * t)));
    }

    #[test]
    fn edges() {
        assert_eq!(two_sided(0.0, 7.0), Some(1.0));
        assert_eq!(two_sided(f64::INFINITY, 7.0), Some(0.0));
        assert_eq!(
            (two_sided(1.0, 0.0), two_sided(f64::NAN, 3.0), two_sided(1.0, f64::NAN)),
            (None, None, None)
        );
        let (many, normal) = (two_sided(1.5, 1e9).unwrap(), normal_two_sided(1.5));
        assert!((many - normal).abs() < 1e-8, "{many} is not {normal}");
        assert!(two_sided(60.0, 400_000.0).unwrap() < 1e-200, "tails are not lost in rounding");
    }
}
