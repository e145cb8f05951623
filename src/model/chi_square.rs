//! The chi-square distribution.

/// The chance that a chi-square number of so many degrees of freedom is `value` or more: 1 for none, and for values that are
/// not above 0.
///
/// The regularised upper incomplete gamma function for half and whole numbers: `Q(1/2, x) = erfc(√x)`, `Q(1, x) = e^-x` and
/// `Q(a + 1, x) = Q(a, x) + x^a e^-x / Γ(a + 1)` (Abramowitz and Stegun 26.4.4, 26.4.5). All terms are positive: nothing cancels.
#[must_use]
pub fn upper_tail(value: f64, degrees: u32) -> f64 {
    if degrees == 0 || value.is_nan() || value <= 0.0 {
        return 1.0;
    }
    let x = value / 2.0;
    let (mut a, mut sum) = if degrees % 2 == 1 { (0.5, libm::erfc(x.sqrt())) } else { (1.0, (-x).exp()) };
    let end = f64::from(degrees) / 2.0;
    while a < end {
        sum += (a * x.ln() - x - libm::lgamma(a + 1.0)).exp();
        a += 1.0;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::proportion::normal_two_sided;

    #[test]
    fn upper_tails() {
        // The 95th percentiles that every table has.
        let table = [
            (3.841_458_820_694_124, 1),
            (5.991_464_547_107_979, 2),
            (7.814_727_903_251_179, 3),
            (18.307_038_053_275_146, 10),
            (124.342_113_404_004_08, 100),
        ];
        for (value, degrees) in table {
            assert!((upper_tail(value, degrees) - 0.05).abs() < 1e-12, "{degrees}");
        }
        assert!((upper_tail(4.0, 1) - normal_two_sided(2.0)).abs() < 1e-15, "the square of a normal number");
        let far = upper_tail(122.249_125_573_006_2, 1) / 2.035_983_222_285_498_6e-28;
        assert!((far - 1.0).abs() < 1e-9, "tails are not lost in rounding: {far}");
    }

    #[test]
    fn edges() {
        for degrees in 0..5 {
            assert_eq!((upper_tail(0.0, degrees), upper_tail(-1.0, degrees)), (1.0, 1.0));
            assert_eq!(upper_tail(f64::NAN, degrees), 1.0);
        }
        assert_eq!(upper_tail(5.0, 0), 1.0);
        assert_eq!(upper_tail(f64::INFINITY, 1), 0.0);
    }
}
