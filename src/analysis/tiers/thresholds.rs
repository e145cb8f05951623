//! Where tiers begin: as said, or learned from what users measure.

use super::MOST_TIERS;
use crate::dataset::filter::Number;
use crate::error::{Error, Result};
use crate::table::decimal;

/// Given thresholds in the measure's smallest unit; what is finer is rounded up, since no sum lies between.
///
/// # Errors
/// None at all or more than there can be, what is no number, and what does not rise from above 0.
pub(super) fn given(numbers: &[Number], scale: u8, path: &str) -> Result<Vec<i64>> {
    if numbers.is_empty() || numbers.len() >= MOST_TIERS {
        return Err(Error::bad_value(path, numbers.len(), format!("1 to {} numbers", MOST_TIERS - 1)));
    }
    let mut units = Vec::with_capacity(numbers.len());
    let mut before: Option<(i64, String)> = None;
    for (place, number) in numbers.iter().enumerate() {
        let text = number.text();
        let bound = before.as_ref().map_or("0", |(_, text)| text);
        let wrong = || Error::bad_value(format!("{path}[{place}]"), &text, format!("a number above {bound}"));
        let parsed = decimal::parse(text.as_bytes()).filter(|parsed| !parsed.rounded).ok_or_else(wrong)?;
        let wide = i128::from(parsed.mantissa) * 10i128.pow(u32::from(scale));
        let unit = 10i128.pow(u32::from(parsed.scale));
        let least = wide.div_euclid(unit) + i128::from(wide.rem_euclid(unit) > 0);
        let least = i64::try_from(least).map_err(|_| wrong())?;
        if least <= before.as_ref().map_or(0, |(units, _)| *units) {
            return Err(wrong());
        }
        units.push(least);
        before = Some((least, text));
    }
    Ok(units)
}

/// Percent of what users spend that they get back, as a number and its decimal places.
///
/// # Errors
/// What is no percentage, and more of them than there are tiers.
pub(super) fn percentages(numbers: &[Number], tiers: usize) -> Result<Vec<(i128, u32)>> {
    if numbers.len() > tiers {
        return Err(Error::bad_value("params.benefits", numbers.len(), format!("at most {tiers} numbers")));
    }
    let one = |(place, number): (usize, &Number)| {
        let text = number.text();
        let parsed = decimal::parse(text.as_bytes()).filter(|parsed| {
            let most = 100 * 10i64.pow(u32::from(parsed.scale));
            !parsed.rounded && (0..=most).contains(&parsed.mantissa)
        });
        let parsed =
            parsed.ok_or_else(|| Error::bad_value(format!("params.benefits[{place}]"), &text, "0 to 100"))?;
        Ok((i128::from(parsed.mantissa), u32::from(parsed.scale)))
    };
    numbers.iter().enumerate().map(one).collect()
}

/// Refuses shares to learn from that are not falling percentages.
pub(super) fn check_tops(tops: &[u32]) -> Result<()> {
    let fall = tops.windows(2).all(|pair| matches!(pair, [more, less] if more > less));
    let fit = !tops.is_empty() && tops.len() < MOST_TIERS && tops.iter().all(|top| (1..100).contains(top));
    if fall && fit {
        return Ok(());
    }
    let found: Vec<String> = tops.iter().map(u32::to_string).collect();
    let expected = format!("1 to {} falling numbers, 1 to 99", MOST_TIERS - 1);
    Err(Error::bad_value("params.tops", found.join(", "), expected))
}

/// Where the top so many percent begin, as a round number; none where nobody measures anything.
pub(super) fn learned(mut measures: Vec<i64>, tops: &[u32]) -> Vec<i64> {
    measures.sort_unstable_by(|one, other| other.cmp(one));
    let at = |top: &u32| {
        let place = (measures.len() * *top as usize).div_ceil(100);
        measures.get(place.checked_sub(1)?).copied().map(round)
    };
    let mut thresholds: Vec<i64> = tops.iter().filter_map(at).collect();
    thresholds.dedup();
    thresholds
}

/// The nearest of 1, 2 and 5 × 10^k, by ratio; numbers below ten stay.
fn round(number: i64) -> i64 {
    if number < 10 {
        return number.max(1);
    }
    let power = 10i128.pow(number.ilog10());
    let square = i128::from(number).saturating_mul(i128::from(number));
    let below = |times: i128| square < times * power * power;
    let leading = match () {
        () if below(2) => 1,
        () if below(10) => 2,
        () if below(50) => 5,
        () => 10,
    };
    i64::try_from(leading * power).unwrap_or(number)
}

/// A width for at most so many bins up to a number: 1, 2 or 5 × 10^k.
pub(super) fn width(most: i64, bins: i64) -> i64 {
    let least = most.max(1) / bins.max(1) + 1;
    let widths = (0..18).flat_map(|power| [1, 2, 5].map(|leading| leading * 10i64.pow(power)));
    widths.into_iter().find(|width| *width >= least).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(texts: &[&str]) -> Vec<Number> {
        texts.iter().map(|text| Number::Text((*text).to_owned())).collect()
    }

    #[test]
    fn rounded_by_ratio() {
        let cases = [
            (0, 1),
            (1, 1),
            (7, 7),
            (9, 9),
            (10, 10),
            (14, 10),
            (15, 20),
            (31, 20),
            (32, 50),
            (70, 50),
            (71, 100),
        ];
        for (number, expected) in cases {
            assert_eq!(round(number), expected, "{number}");
        }
        assert_eq!((round(123_456), round(i64::MAX)), (100_000, i64::MAX));
        assert_eq!([width(0, 40), width(39, 40), width(40, 40), width(10_000, 40)], [1, 1, 2, 500]);
    }

    #[test]
    fn learned_from_the_top() {
        // The top half of ten begins with the fifth largest, the top fifth with the second, the top 5 % with the largest.
        let measures: Vec<i64> = (1..=10).map(|number| number * 1_000).collect();
        assert_eq!(learned(measures, &[50, 20, 5]), [5_000, 10_000]);
        assert_eq!(learned((1..=100).collect(), &[50, 20, 5]), [50, 100]);
        assert_eq!(learned(vec![3, 3, 3, 2, 1], &[60, 20]), [3]);
        assert!(learned(Vec::new(), &[50]).is_empty());
    }

    #[test]
    fn thresholds_rise_from_above_nothing() {
        assert_eq!(given(&numbers(&["1", "2.50", "10.001"]), 2, "at").unwrap(), [100, 250, 1_001]);
        let wrong =
            |texts: &[&str], scale| given(&numbers(texts), scale, "at").unwrap_err().path.clone().unwrap();
        assert_eq!(wrong(&[], 2), "at");
        assert_eq!(wrong(&["1", "2", "3", "4", "5", "6", "7", "8"], 2), "at");
        assert_eq!(wrong(&["0"], 2), "at[0]");
        assert_eq!(wrong(&["-1"], 2), "at[0]");
        assert_eq!(wrong(&["5", "5.00"], 2), "at[1]");
        assert_eq!(wrong(&["2.1", "2.5"], 0), "at[1]", "3 orders are needed for either");
        assert_eq!(wrong(&["5", "x"], 2), "at[1]");
        let error = given(&numbers(&["500", "100"]), 2, "at").unwrap_err();
        assert_eq!(error.expected.as_deref(), Some("a number above 500"));
        assert_eq!(percentages(&numbers(&["0", "2.5", "100"]), 3).unwrap(), [(0, 0), (25, 1), (100, 0)]);
        for texts in [&["101"][..], &["-1"], &["x"], &["1", "1", "1", "1"]] {
            assert!(percentages(&numbers(texts), 3).is_err(), "{texts:?}");
        }
        assert!(check_tops(&[50, 20, 5]).is_ok());
        for tops in [&[][..], &[5, 20], &[100], &[0], &[9, 8, 7, 6, 5, 4, 3, 2]] {
            assert!(check_tops(tops).is_err(), "{tops:?}");
        }
    }
}
