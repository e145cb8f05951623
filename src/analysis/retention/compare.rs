//! Whether two sets of users stay differently: at each offset the difference of their pooled rates, how sure it is, and a test.
//!
//! **Definition.** With *r* of *n* users of one set back at an offset and *s* of *m* of the other, the difference is *r / n - s / m*, with
//! Newcombe's hybrid score interval (1998, method 10, 95%); the p-value is that of the two-sided z-test with the pooled share. *n* and
//! *m* are the users of cohorts whose period at this offset has ended, as in the average. p-values are adjusted for their number
//! (Holm 1979).
//!
//! **When it holds.** Both take for granted that nobody is in both sets, and nobody twice in one: the sets must be disjoint and the
//! cohorts not recurring. Where all or none of both came back there is nothing to test.

use serde::{Deserialize, Serialize};

use super::{Average, Group};
use crate::model::proportion::{self, Interval, holm, two_proportions};

/// How two pooled rates differ at one offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The offset.
    pub offset: u32,
    /// The own rate less the other, from -1 to 1; nothing where one of the sets has nobody there.
    pub difference: Option<f64>,
    /// Its 95% interval.
    pub interval: Option<Interval>,
    /// The adjusted p-value.
    pub p_value: Option<f64>,
}

/// The differences of two averages at each offset that both have; p-values adjusted for the number of offsets.
#[must_use]
pub fn differences(own: &[Average], other: &[Average]) -> Vec<Difference> {
    let pairs: Vec<(u32, Counted, Counted)> =
        own.iter().zip(other).map(|(own, other)| (own.offset, counted(own), counted(other))).collect();
    let values: Vec<Option<f64>> = pairs.iter().map(|(_, own, other)| p_value(*own, *other)).collect();
    let adjusted = holm(&values);
    pairs.into_iter().zip(adjusted).map(|((offset, own, other), p)| told(offset, own, other, p)).collect()
}

/// The difference of each group from all others together at an offset; p-values adjusted for the number of groups. Two groups
/// are one test.
#[must_use]
pub fn against_rest(groups: &[Group], offset: usize) -> Vec<Difference> {
    let of = |group: &Group| group.average.get(offset).map_or((0, 0), counted);
    let all = groups.iter().map(of).fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    let pairs: Vec<(Counted, Counted)> =
        groups.iter().map(of).map(|own| (own, (all.0 - own.0, all.1 - own.1))).collect();
    let values: Vec<Option<f64>> = pairs.iter().map(|(own, rest)| p_value(*own, *rest)).collect();
    // Of two groups with users each is the other's rest: one test.
    let sides = groups.iter().map(of).filter(|(_, users)| *users > 0).count();
    let adjusted = if sides > 2 { holm(&values) } else { values };
    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
    pairs.into_iter().zip(adjusted).map(|((own, rest), p)| told(offset, own, rest, p)).collect()
}

/// Users counted, and of how many.
type Counted = (u64, u64);

fn counted(average: &Average) -> Counted {
    (average.returned, average.users)
}

/// A share can be more than all: by the end of a period more can have come back than came at the offset before it.
fn is_share((part, whole): Counted) -> bool {
    part <= whole
}

fn p_value(own: Counted, other: Counted) -> Option<f64> {
    if is_share(own) && is_share(other) { two_proportions(own, other) } else { None }
}

fn told(offset: u32, own: Counted, other: Counted, p_value: Option<f64>) -> Difference {
    let shares = is_share(own) && is_share(other);
    let between = shares.then(|| proportion::difference(own, other)).flatten();
    let (difference, interval) = between.unzip();
    Difference { offset, difference, interval, p_value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn average(offset: u32, (returned, users): Counted) -> Average {
        Average { offset, users, returned, rate: None, interval: None, value: None }
    }

    fn group(returned: u64, users: u64) -> Group {
        Group { value: None, values: 1, users, average: vec![average(0, (returned, users))] }
    }

    #[test]
    fn p_values_are_adjusted_for_the_offsets_that_can_be_tested() {
        let own = [(100, 100), (200, 1000), (50, 500), (0, 0)];
        let other = [(80, 80), (250, 1000), (75, 500), (0, 10)];
        let make =
            |all: [Counted; 4]| (0..).zip(all).map(|(offset, of)| average(offset, of)).collect::<Vec<_>>();
        let found = differences(&make(own), &make(other));
        // Alone 0.00742 and 0.01683; two tests, for all of both came at offset 0 and nobody of one is left at offset 3.
        let p = |place: usize| found[place].p_value;
        assert!((p(1).unwrap() - 0.014839298522).abs() < 1e-9, "{:?}", p(1));
        assert!((p(2).unwrap() - 0.016827409483).abs() < 1e-9, "{:?}", p(2));
        assert_eq!((p(0), p(3)), (None, None));
        assert!((found[1].difference.unwrap() + 0.05).abs() < 1e-12);
        assert_eq!((found[3].difference, found[3].interval), (None, None));
        let more = differences(&[average(0, (5, 3))], &[average(0, (1, 3))]);
        assert_eq!((more[0].difference, more[0].p_value), (None, None), "more than all is no share");
    }

    #[test]
    fn groups_stand_against_all_others() {
        let two = [group(200, 1000), group(250, 1000)];
        let found = against_rest(&two, 0);
        assert!((found[0].p_value.unwrap() - 0.007419649261).abs() < 1e-9, "one test, told twice");
        assert_eq!(found[0].p_value, found[1].p_value);
        assert!((found[0].difference.unwrap() + found[1].difference.unwrap()).abs() < 1e-12);
        let three = [group(200, 1000), group(200, 800), group(50, 200)];
        let found = against_rest(&three, 0);
        assert!((found[0].p_value.unwrap() - 3.0 * 0.007419649261).abs() < 1e-9);
        assert!(against_rest(&two, 7).iter().all(|found| found.difference.is_none()));
    }
}
