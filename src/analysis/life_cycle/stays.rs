//! How long users stay in a stage, and who is won back.

use serde::{Deserialize, Serialize};

use super::{STAGES, Stage, Stages};
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

/// Who was won in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WonIn {
    /// The first day of the period.
    pub start: Day,
    /// By the stage before, in the order of [`Stages::to_win`].
    pub from: Vec<Won>,
}

/// Users who were to be won, and who was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Won {
    /// The stage at the end of the period before.
    pub stage: Stage,
    /// Users in it then.
    pub users: u64,
    /// Those of them who have been won by the period's end: active again or, out of purchase, loyal.
    pub won: u64,
}

/// Spells and returns, counted user by user.
pub(super) struct Spells {
    told: Stages,
    /// Whether a spell at the first end began in the first period.
    from_the_start: bool,
    lives: [Lives; STAGES],
    /// For each end but the first: by the stages to win, who was in it before and who of them was won.
    won: Vec<[[u64; 2]; 2]>,
}

impl Spells {
    pub fn new(told: Stages, from_the_start: bool) -> Self {
        Self { told, from_the_start, lives: Default::default(), won: Vec::new() }
    }

    /// Adds a user with these stages at the ends of closed periods.
    pub fn add(&mut self, stages: &[Option<Stage>]) {
        let mut began =
            stages.first().copied().flatten().filter(|_| self.from_the_start).map(|stage| (stage, 0));
        self.won.resize(stages.len().saturating_sub(1), Default::default());
        for (place, pair) in (1u32..).zip(stages.windows(2)) {
            let [before, now] = pair else { continue };
            if before != now {
                if let Some((stage, from)) = began {
                    self.end(stage, place - from, true);
                }
                began = now.map(|stage| (stage, place));
            }
            let (Some(before), Some(counts)) = (before, self.won.get_mut(place as usize - 1)) else {
                continue;
            };
            let to_win = self.told.to_win().iter().position(|stage| stage == before);
            if let Some([users, won]) = to_win.and_then(|place| counts.get_mut(place)) {
                *users += 1;
                *won += u64::from(now.is_some_and(|now| before.is_won_in(now)));
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
        self.told.all().iter().copied().zip(&self.lives).map(stay).collect()
    }

    /// Who was won, by the first days of the periods, of which the first has none before it.
    pub fn won(&self, starts: &[Day]) -> Vec<WonIn> {
        let won = |(start, counts): (&Day, &[[u64; 2]; 2])| {
            let from = self.told.to_win().iter().zip(counts);
            let from = from.map(|(stage, [users, won])| Won { stage: *stage, users: *users, won: *won });
            WonIn { start: *start, from: from.collect() }
        };
        starts.iter().skip(1).zip(&self.won).map(won).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        use Stage::{Dormant, Growing, Lost, Mature, New};
        let mut spells = Spells::new(Stages::Activity, false);
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
        let won = spells.won(&starts);
        assert_eq!(won.len(), 4);
        assert_eq!(won[0].start, start(1));
        let counts = |place: usize| {
            won[place].from.iter().map(|won| (won.stage, won.users, won.won)).collect::<Vec<_>>()
        };
        assert_eq!(counts(0), [(Dormant, 0, 0), (Lost, 0, 0)]);
        assert_eq!(counts(2), [(Dormant, 1, 0), (Lost, 0, 0)]);
        assert_eq!(counts(3), [(Dormant, 1, 1), (Lost, 1, 1)]);
        let mut whole = Spells::new(Stages::Activity, true);
        whole.add(&[Some(New), Some(New), Some(Growing)]);
        assert_eq!((whole.stays()[0].spells, whole.stays()[0].median.time), (1, Some(2)));
    }
}
