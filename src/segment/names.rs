//! Names for scored buyers: segments on recency and frequency, the eight cells above and below the mean, four classes.

use serde::{Deserialize, Serialize};

/// Which map of segments on (R, F).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SegmentMap {
    /// The usual ten segments.
    #[default]
    Ten,
    /// The ten, with *lost* (R and F both 1) parted from *hibernating*.
    Eleven,
}

/// Segments on recency and frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// R 5, F 4-5.
    Champions,
    /// R 3-4, F 4-5.
    LoyalCustomers,
    /// R 4-5, F 2-3.
    PotentialLoyalists,
    /// R 5, F 1.
    NewCustomers,
    /// R 4, F 1.
    Promising,
    /// R 3, F 3.
    NeedAttention,
    /// R 3, F 1-2.
    AboutToSleep,
    /// R 1-2, F 3-4.
    AtRisk,
    /// R 1-2, F 5.
    CantLose,
    /// R 1-2, F 1-2.
    Hibernating,
    /// R 1, F 1 in the map of eleven.
    Lost,
}

impl Segment {
    /// All segments, best first.
    pub const ALL: [Self; 11] = [
        Self::Champions,
        Self::LoyalCustomers,
        Self::PotentialLoyalists,
        Self::NewCustomers,
        Self::Promising,
        Self::NeedAttention,
        Self::AboutToSleep,
        Self::AtRisk,
        Self::CantLose,
        Self::Hibernating,
        Self::Lost,
    ];

    /// The segments of a map, best first.
    pub fn all(map: SegmentMap) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |segment| *segment != Self::Lost || map == SegmentMap::Eleven)
    }

    /// The segment of these scores.
    #[must_use]
    pub fn of(recency: u8, frequency: u8, map: SegmentMap) -> Self {
        match (recency, frequency) {
            (0..=1, 0..=1) if map == SegmentMap::Eleven => Self::Lost,
            (0..=2, 0..=2) => Self::Hibernating,
            (0..=2, 3..=4) => Self::AtRisk,
            (0..=2, _) => Self::CantLose,
            (3, 0..=2) => Self::AboutToSleep,
            (3, 3) => Self::NeedAttention,
            (3..=4, 4..) => Self::LoyalCustomers,
            (4, 0..=1) => Self::Promising,
            (5.., 0..=1) => Self::NewCustomers,
            (4.., 2..=3) => Self::PotentialLoyalists,
            (5.., 4..) => Self::Champions,
        }
    }

    /// The key in JSON and in `locales/` (`name_<key>`).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Champions => "champions",
            Self::LoyalCustomers => "loyal_customers",
            Self::PotentialLoyalists => "potential_loyalists",
            Self::NewCustomers => "new_customers",
            Self::Promising => "promising",
            Self::NeedAttention => "need_attention",
            Self::AboutToSleep => "about_to_sleep",
            Self::AtRisk => "at_risk",
            Self::CantLose => "cant_lose",
            Self::Hibernating => "hibernating",
            Self::Lost => "lost",
        }
    }
}

/// The eight cells: digits R, F, M, each 1 when better than the mean. 重要价值 is `111`, 一般挽留 is `000`.
pub const EIGHT: [&str; 8] = ["111", "101", "011", "001", "110", "100", "010", "000"];

/// The place in [`EIGHT`] for three comparisons with the mean.
#[must_use]
pub fn eight(recency: bool, frequency: bool, monetary: bool) -> usize {
    usize::from(!monetary) * 4 + usize::from(!recency) * 2 + usize::from(!frequency)
}

/// Four classes of buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// R, F and M high.
    Core,
    /// R high.
    Potential,
    /// R not high, F or M high.
    Dormant,
    /// The rest.
    Lost,
}

/// From which score on a figure is high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct High {
    /// For recency.
    pub recency: u8,
    /// For frequency.
    pub frequency: u8,
    /// For value.
    pub monetary: u8,
}

impl Default for High {
    fn default() -> Self {
        Self { recency: 4, frequency: 4, monetary: 4 }
    }
}

impl Class {
    /// All classes, best first.
    pub const ALL: [Self; 4] = [Self::Core, Self::Potential, Self::Dormant, Self::Lost];

    /// The class of these scores.
    #[must_use]
    pub fn of(scores: [u8; 3], high: High) -> Self {
        let [recency, frequency, monetary] = scores;
        let (recency, frequency, monetary) =
            (recency >= high.recency, frequency >= high.frequency, monetary >= high.monetary);
        match (recency, frequency, monetary) {
            (true, true, true) => Self::Core,
            (true, _, _) => Self::Potential,
            (false, true, _) | (false, _, true) => Self::Dormant,
            (false, false, false) => Self::Lost,
        }
    }

    /// The key in JSON and in `locales/` (`name_class_<key>`).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Potential => "potential",
            Self::Dormant => "dormant",
            Self::Lost => "lost",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_scores_has_its_segment() {
        // The map as the field writes it: patterns on R and F.
        let patterns = [
            (1..=2, 1..=2, Segment::Hibernating),
            (1..=2, 3..=4, Segment::AtRisk),
            (1..=2, 5..=5, Segment::CantLose),
            (3..=3, 1..=2, Segment::AboutToSleep),
            (3..=3, 3..=3, Segment::NeedAttention),
            (3..=4, 4..=5, Segment::LoyalCustomers),
            (4..=4, 1..=1, Segment::Promising),
            (5..=5, 1..=1, Segment::NewCustomers),
            (4..=5, 2..=3, Segment::PotentialLoyalists),
            (5..=5, 4..=5, Segment::Champions),
        ];
        for recency in 1..=5 {
            for frequency in 1..=5 {
                let mut fitting =
                    patterns.iter().filter(|(r, f, _)| r.contains(&recency) && f.contains(&frequency));
                let (_, _, expected) = fitting.next().unwrap();
                assert_eq!(
                    Segment::of(recency, frequency, SegmentMap::Ten),
                    *expected,
                    "{recency}{frequency}"
                );
                assert!(fitting.next().is_none());
            }
        }
        assert_eq!(Segment::of(1, 1, SegmentMap::Eleven), Segment::Lost);
        assert_eq!(Segment::of(2, 1, SegmentMap::Eleven), Segment::Hibernating);
    }

    #[test]
    fn the_eight_cells_are_where_their_digits_say() {
        for key in EIGHT {
            let digit = |place: usize| key.as_bytes()[place] == b'1';
            assert_eq!(EIGHT[eight(digit(0), digit(1), digit(2))], key);
        }
    }

    #[test]
    fn classes_by_hand() {
        let of = |scores| Class::of(scores, High::default());
        assert_eq!(of([5, 4, 4]), Class::Core);
        assert_eq!(of([4, 1, 5]), Class::Potential);
        assert_eq!(of([3, 1, 5]), Class::Dormant);
        assert_eq!(of([1, 4, 1]), Class::Dormant);
        assert_eq!(of([3, 3, 3]), Class::Lost);
    }
}
