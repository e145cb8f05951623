//! Groups of users that other questions make, as conditions: scores, stages, bands, tiers, clusters, each by its question's own
//! defaults. A condition stores the definition alone; what it is called follows from that, in any language.

use serde_json::{Value, json};

use crate::dataset::segment::UserSegment;
use crate::locale::{Language, fill};
use crate::segment::life_cycle::Stages;
use crate::segment::names::{Segment, SegmentMap};

/// What users are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The named groups of RFM.
    Rfm,
    /// The score of recency.
    Recency,
    /// The score of frequency.
    Frequency,
    /// The score of the amount.
    Monetary,
    /// The stages of activity.
    Stage,
    /// The stages of business.
    Business,
    /// The bands of value.
    Band,
    /// The tiers of membership.
    Tier,
    /// The clusters.
    Cluster,
}

/// Scores: exactly, at least, at most.
const SCORES: [&str; 11] = ["5", "4", "3", "2", "1", "4-5", "3-5", "2-5", "1-4", "1-3", "1-2"];

/// Tiers that are offered: as many as are learned from the data, at most.
const TIERS: u8 = 4;

/// Clusters that are offered.
const CLUSTERS: u8 = 8;

impl Group {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rfm,
        Self::Recency,
        Self::Frequency,
        Self::Monetary,
        Self::Stage,
        Self::Business,
        Self::Band,
        Self::Tier,
        Self::Cluster,
    ];

    /// The key in `locales/`: `rule_group_<key>`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Rfm => "rfm",
            Self::Recency => "recency",
            Self::Frequency => "frequency",
            Self::Monetary => "monetary",
            Self::Stage => "stage",
            Self::Business => "business",
            Self::Band => "band",
            Self::Tier => "tier",
            Self::Cluster => "cluster",
        }
    }

    /// The keys of its groups, in the order in which they are shown.
    #[must_use]
    pub fn values(self) -> Vec<String> {
        let numbers = |most: u8| (1..=most).map(|number| number.to_string()).collect();
        let stages = |stages: Stages| stages.all().iter().map(|stage| bare(stage.key())).collect();
        match self {
            Self::Rfm => {
                Segment::all(SegmentMap::default()).map(|segment| segment.key().to_owned()).collect()
            }
            Self::Recency | Self::Frequency | Self::Monetary => SCORES.map(str::to_owned).to_vec(),
            Self::Stage => stages(Stages::Activity),
            Self::Business => stages(Stages::Business),
            Self::Band => ["high", "middle", "low"].map(str::to_owned).to_vec(),
            Self::Tier => numbers(TIERS),
            Self::Cluster => numbers(CLUSTERS),
        }
    }

    /// The users of a group, by its key.
    #[must_use]
    pub fn definition(self, value: &str) -> UserSegment {
        let number = || value.parse::<u8>().unwrap_or(1);
        let (analysis, cell) = match self {
            Self::Rfm => ("rfm", json!({"segment": value})),
            Self::Recency | Self::Frequency | Self::Monetary => {
                let (from, to) = value.split_once('-').unwrap_or((value, value));
                let score = |text: &str| text.parse::<u8>().unwrap_or(1);
                let cell = json!({"score": {"figure": self.key(), "from": score(from), "to": score(to)}});
                ("rfm", cell)
            }
            Self::Stage | Self::Business => ("lifeCycle", json!({"stage": {"stage": value}})),
            Self::Band => ("value", json!({"band": value})),
            Self::Tier => ("tiers", json!({"tier": {"tier": number()}})),
            Self::Cluster => ("clusters", json!({"cluster": number()})),
        };
        UserSegment {
            analysis: Some(analysis.to_owned()),
            params: (self == Self::Business).then(|| json!({"stages": "business"})),
            cell: Some(cell),
            ..UserSegment::default()
        }
    }

    /// Which group a definition means, if it is one of these and has no name of its own.
    #[must_use]
    pub fn of(segment: &UserSegment) -> Option<(Self, String)> {
        let plain = UserSegment {
            params: segment.params.clone().filter(|params| *params != Value::Object(Default::default())),
            ..segment.clone()
        };
        let named = |group: Self| {
            let value = group.values().into_iter().find(|value| group.definition(value) == plain)?;
            Some((group, value))
        };
        segment.cell.as_ref().and_then(|_| Self::ALL.into_iter().find_map(named))
    }

    /// What it is called.
    #[must_use]
    pub fn name(self, language: Language) -> &'static str {
        language.words().get(&format!("rule_group_{}", self.key())).unwrap_or_default()
    }

    /// What one of its groups is called.
    #[must_use]
    pub fn value_name(self, language: Language, value: &str) -> String {
        let words = language.words();
        let named = |key: String| words.get(&key).unwrap_or_default().to_owned();
        match self {
            Self::Rfm => named(format!("name_{value}")),
            Self::Stage | Self::Business => named(format!("name_stage_{value}")),
            Self::Band => named(format!("name_band_{value}")),
            Self::Tier => fill(words.page_tiers_tier_name, &[("tier", value)]),
            Self::Cluster => fill(words.page_clusters_cluster_name, &[("number", value)]),
            Self::Recency | Self::Frequency | Self::Monetary => match value.split_once('-') {
                Some((from, "5")) => fill(words.rule_score_least, &[("score", from)]),
                Some((_, to)) => fill(words.rule_score_most, &[("score", to)]),
                None => value.to_owned(),
            },
        }
    }
}

/// The name of a stage in requests: its key in `locales/` without what stands before.
fn bare(key: &str) -> String {
    key.strip_prefix("stage_").unwrap_or(key).to_owned()
}

/// What a definition without a name is called, if it means one of these groups: `Life-cycle stage: Dormant`.
#[must_use]
pub fn name_of(language: Language, segment: &UserSegment) -> Option<String> {
    let (group, value) = Group::of(segment)?;
    let parts = [("group", group.name(language)), ("value", &*group.value_name(language, &value))];
    Some(fill(language.words().rule_grouped, &parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_is_known_by_its_definition_alone() {
        for group in Group::ALL {
            let values = group.values();
            assert!(values.len() > 2, "{group:?}");
            for value in values {
                let definition = group.definition(&value);
                let known = Group::of(&definition);
                assert_eq!(known, Some((group, value.clone())));
                for language in [Language::English, Language::Chinese] {
                    let name = name_of(language, &definition).unwrap();
                    let own = group.value_name(language, &value);
                    assert!(
                        !own.is_empty() && name.contains(&own) && name.contains(group.name(language)),
                        "{name}"
                    );
                }
                assert_eq!(Group::of(&UserSegment { name: Some("A".into()), ..definition.clone() }), None);
                let empty = UserSegment { params: Some(json!({})), ..definition.clone() };
                assert_eq!(Group::of(&empty).is_some(), group != Group::Business, "no choices are none");
            }
        }
        assert_eq!(Group::of(&UserSegment { users: Some(Vec::new()), ..UserSegment::default() }), None);
        let other = UserSegment { cell: Some(json!({"segment": "nobody"})), ..Group::Rfm.definition("lost") };
        assert_eq!(Group::of(&other), None);
        let said = name_of(Language::English, &Group::Recency.definition("4-5")).unwrap();
        assert_eq!(said, "R score: 4 or more");
        assert_eq!(Group::Monetary.value_name(Language::English, "1-2"), "2 or less");
        assert_eq!(Group::Frequency.value_name(Language::English, "3"), "3");
    }
}
