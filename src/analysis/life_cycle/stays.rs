//! How long users stay in a stage, and who is won back.

use serde::{Deserialize, Serialize};

use super::{STAGES, Stage, add};
use crate::dataset::calendar::Day;
use crate::model::proportion::Interval;
use crate::model::survival::{Lives, Median};

/// How long users stay in a stage, in periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stay {
    /// The stage.
    pub stage: Stage,
    /// Spells in it that began within the periods told.
    pub spells: u64,
    /// Those that have ended.
    pub ended: u64,
    /// The number of periods after which half have left.
    pub median: Median,
    /// Who is left after 1, 2, ... periods, as long as somebody was at risk.
    pub left: Vec<StayStep>,
}

/// Who is left after some periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StayStep {
    /// Spells that lasted so long, or were last seen going on then.
    pub at_risk: u64,
    /// The part that is left after it.
    pub share: f64,
    /// Its interval, 95 %.
    pub interval: Interval,
}

/// Who was won back in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Back {
    /// The first day of the period.
    pub start: Day,
    /// Users who were dormant at the end of the period before.
    pub dormant: u64,
    /// Those of them who are active at its end.
    pub dormant_back: u64,
    /// Users who were lost at the end of the period before.
    pub lost: u64,
    /// Those of them who are active at its end.
    pub lost_back: u64,
}

/// Spells and returns, counted user by user.
pub(super) struct Spells {
    /// Whether a spell at the first end began in the first period.
    from_the_start: bool,
    lives: [Lives; STAGES],
    /// For each end but the first: dormant before, of them active, lost before, of them active.
    back: Vec<[u64; 4]>,
}

impl Spells {
    pub fn new(from_the_start: bool) -> Self {
        Self { from_the_start, lives: Default::default(), back: Vec::new() }
    }

    /// Adds a user with these stages at the ends of closed periods.
    pub fn add(&mut self, stages: &[Option<Stage>]) {
        let mut began =
            stages.first().copied().flatten().filter(|_| self.from_the_start).map(|stage| (stage, 0));
        self.back.resize(stages.len().saturating_sub(1), [0; 4]);
        for (place, pair) in (1u32..).zip(stages.windows(2)) {
            let [before, now] = pair else { continue };
            if before != now {
                if let Some((stage, from)) = began {
                    self.end(stage, place - from, true);
                }
                began = now.map(|stage| (stage, place));
            }
            let slot = match before {
                Some(Stage::Dormant) => 0,
                Some(Stage::Lost) => 2,
                _ => continue,
            };
            let counts = self.back.get_mut(place as usize - 1);
            if let Some(counts) = counts {
                add(counts.get_mut(slot));
                if now.is_some_and(Stage::is_active) {
                    add(counts.get_mut(slot + 1));
                }
            }
        }
        if let Some((stage, from)) = began {
            let last = u32::try_from(stages.len()).unwrap_or(u32::MAX).saturating_sub(1);
            self.end(stage, last - from, false);
        }
    }

    fn end(&mut self, stage: Stage, periods: u32, ended: bool) {
        if let Some(lives) = self.lives.get_mut(stage.place()) {
            lives.add(periods, ended);
        }
    }

    pub fn stays(&self) -> Vec<Stay> {
        let stay = |(stage, lives): (Stage, &Lives)| {
            let curve = lives.curve();
            let longest = curve.steps.last().map_or(0, |step| step.time);
            let step = |periods: u32| {
                let (share, interval) = curve.survival(periods)?;
                Some(StayStep { at_risk: curve.at_risk(periods), share, interval })
            };
            Stay {
                stage,
                spells: curve.lives,
                ended: curve.ended,
                median: curve.median(),
                left: (1..=longest).map_while(step).collect(),
            }
        };
        Stage::ALL.into_iter().zip(&self.lives).map(stay).collect()
    }

    /// Returns by the first days of the periods, of which the first has none before it.
    pub fn back(&self, starts: &[Day]) -> Vec<Back> {
        let back = |(start, counts): (&Day, &[u64; 4])| {
            let [dormant, dormant_back, lost, lost_back] = *counts;
            Back { start: *start, dormant, dormant_back, lost, lost_back }
        };
        starts.iter().skip(1).zip(&self.back).map(back).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        use Stage::{Dormant, Growing, Lost, Mature, New};
        let mut spells = Spells::new(false);
        // The spell at the first end began at nobody knows when.
        spells.add(&[Some(New), Some(Growing), Some(Growing), Some(Dormant), Some(Mature)]);
        spells.add(&[None, Some(New), Some(Dormant), Some(Lost), Some(Growing)]);
        spells.add(&[None, None, Some(Growing), Some(Growing), Some(Growing)]);
        let stays = spells.stays();
        let told = |stage: Stage| {
            let stay = &stays[stage.place()];
            (
                stay.spells,
                stay.ended,
                stay.left.iter().map(|step| (step.at_risk, step.share)).collect::<Vec<_>>(),
            )
        };
        assert_eq!(told(New), (1, 1, vec![(1, 0.0)]));
        // Two periods and over, two periods and going on, none and going on.
        assert_eq!(told(Growing), (3, 1, vec![(2, 1.0), (2, 0.5)]));
        assert_eq!(told(Dormant), (2, 2, vec![(2, 0.0)]));
        assert_eq!(told(Mature), (1, 0, vec![]));
        let start = |place: i32| Day(place * 30);
        let starts: Vec<Day> = (0..5).map(start).collect();
        let back = spells.back(&starts);
        assert_eq!(back.len(), 4);
        let none = Back { start: start(1), dormant: 0, dormant_back: 0, lost: 0, lost_back: 0 };
        assert_eq!(back[0], none);
        assert_eq!(back[2], Back { start: start(3), dormant: 1, ..none.clone() });
        assert_eq!(back[3], Back { start: start(4), dormant: 1, dormant_back: 1, lost: 1, lost_back: 1 });
        let mut whole = Spells::new(true);
        whole.add(&[Some(New), Some(New), Some(Growing)]);
        assert_eq!((whole.stays()[0].spells, whole.stays()[0].median.time), (1, Some(2)));
    }
}
