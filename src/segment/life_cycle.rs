//! Stages of a user's life by their own rhythm: new, growing, mature, dormant, lost, resurrected; or by what they have come to do
//! with the business, which [`super::business`] tells.
//!
//! **Definition.** A user's *cycle* g is the median of the gaps, in days, between their active days so far; where there are too
//! few gaps, the data's: the median of the users' medians. With *s* the days since the last active day, as of a day:
//!
//! - *lost* when s > 4 g, *dormant* when s > 2 g; else the user is active, and
//! - *new* when the first active day is at most one cycle of the data ago,
//! - *resurrected* when they came back after being lost and have fewer than 3 active days since,
//! - *growing* with fewer than 3 active days, or with twice as many in the last 4 g as in the 4 g before, if they had
//!   come by then at all (else everybody would be growing at first),
//! - *mature* otherwise.
//!
//! All numbers are settings. Nothing that happened after a day decides what a user was on it; only the data's cycle is learned once.

use serde::{Deserialize, Serialize};

/// The rules, with the usual ones as the default.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rules {
    /// New for so many cycles of the data.
    pub new_within: f64,
    /// Active while silent for at most so many cycles.
    pub active_within: f64,
    /// Lost when silent for more than so many cycles.
    pub lost_after: f64,
    /// Mature from so many active days on.
    pub mature_days: u32,
    /// Growing with so many times as many active days as before; 0: by the number of active days alone.
    pub rise: f64,
    /// A user's own cycle counts from so many gaps on; else the data's does.
    pub own_gaps: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self { new_within: 1.0, active_within: 2.0, lost_after: 4.0, mature_days: 3, rise: 2.0, own_gaps: 1 }
    }
}

/// Which stages are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stages {
    /// By users' own rhythm.
    #[default]
    Activity,
    /// By what users have come to do with the business.
    Business,
}

impl Stages {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Activity, Self::Business];

    /// The stages, in the order in which they are shown.
    #[must_use]
    pub fn all(self) -> &'static [Stage] {
        match self {
            Self::Activity => {
                &[Stage::New, Stage::Growing, Stage::Mature, Stage::Resurrected, Stage::Dormant, Stage::Lost]
            }
            Self::Business => {
                &[Stage::Awareness, Stage::Interest, Stage::Purchase, Stage::Loyalty, Stage::Churn]
            }
        }
    }

    /// The stages out of which users are to be won: back, or to a second purchase.
    #[must_use]
    pub fn to_win(self) -> &'static [Stage] {
        match self {
            Self::Activity => &[Stage::Dormant, Stage::Lost],
            Self::Business => &[Stage::Purchase, Stage::Churn],
        }
    }
}

/// Where a user stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Came for the first time lately.
    New,
    /// Active, few times so far or more and more often.
    Growing,
    /// Active, many times.
    Mature,
    /// Active again after being lost.
    Resurrected,
    /// Silent for longer than usual.
    Dormant,
    /// Silent for very long.
    Lost,
    /// Seen, without an interaction.
    Awareness,
    /// With an interaction, without a purchase.
    Interest,
    /// With a purchase, and not yet as many as make loyal.
    Purchase,
    /// With as many purchases as make loyal.
    Loyalty,
    /// Silent for very long, whatever came before.
    Churn,
}

impl Stage {
    /// Which stages it is one of.
    #[must_use]
    pub fn stages(self) -> Stages {
        if self < Self::Awareness { Stages::Activity } else { Stages::Business }
    }

    /// Its place in [`Stages::all`].
    #[must_use]
    pub fn place(self) -> usize {
        match self.stages() {
            Stages::Activity => self as usize,
            Stages::Business => self as usize - Self::Awareness as usize,
        }
    }

    /// Whether who is in it has fallen silent.
    #[must_use]
    pub fn is_away(self) -> bool {
        matches!(self, Self::Dormant | Self::Lost | Self::Churn)
    }

    /// Whether who is in it is what a business wants: an active user or, among the business stages, a customer.
    #[must_use]
    pub fn is_kept(self) -> bool {
        !self.is_away() && !matches!(self, Self::Awareness | Self::Interest)
    }

    /// Whether who was in this stage of [`Stages::to_win`] has been won by being in another.
    #[must_use]
    pub fn is_won_in(self, now: Self) -> bool {
        match self {
            Self::Purchase => now == Self::Loyalty,
            _ => self.is_away() && !now.is_away(),
        }
    }

    /// The key in JSON and in `locales/` (`name_stage_<key>`).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::New => "stage_new",
            Self::Growing => "stage_growing",
            Self::Mature => "stage_mature",
            Self::Resurrected => "stage_resurrected",
            Self::Dormant => "stage_dormant",
            Self::Lost => "stage_lost",
            Self::Awareness => "stage_awareness",
            Self::Interest => "stage_interest",
            Self::Purchase => "stage_purchase",
            Self::Loyalty => "stage_loyalty",
            Self::Churn => "stage_churn",
        }
    }
}

/// Gaps in order of length, while they are found.
#[derive(Debug, Clone, Default)]
pub struct Gaps(Vec<i32>);

impl Gaps {
    /// The gaps between days that ascend.
    #[must_use]
    pub fn between(days: &[i32]) -> Self {
        let mut gaps = Self::default();
        gaps.fill(days);
        gaps
    }

    /// The gaps between these days, and no others.
    pub fn fill(&mut self, days: &[i32]) {
        self.clear();
        days.windows(2).for_each(|pair| {
            if let [from, to] = pair {
                self.add(to - from)
            }
        });
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a gap.
    pub fn add(&mut self, gap: i32) {
        let place = self.0.partition_point(|other| *other <= gap);
        self.0.insert(place, gap);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The middle one, or the mean of the two in the middle.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        let low = self.0.get(self.0.len().checked_sub(1)? / 2)?;
        let high = self.0.get(self.0.len() / 2)?;
        Some((f64::from(*low) + f64::from(*high)) / 2.0)
    }
}

/// Follows one user after the other through their days.
#[derive(Debug, Clone)]
pub struct Follower {
    rules: Rules,
    /// The data's cycle, in days.
    cycle: f64,
    gaps: Gaps,
}

impl Follower {
    /// A follower by rules, with the data's cycle in days.
    #[must_use]
    pub fn new(rules: Rules, cycle: f64) -> Self {
        Self { rules, cycle, gaps: Gaps::default() }
    }

    fn own_cycle(&self) -> f64 {
        let enough = self.gaps.len() >= self.rules.own_gaps.max(1) as usize;
        self.gaps.median().filter(|_| enough).unwrap_or(self.cycle)
    }

    /// The stages of a user with these active days, ascending, as of days that ascend too; nothing before the first.
    pub fn follow(&mut self, days: &[i32], as_of: &[i32], stages: &mut Vec<Option<Stage>>) {
        stages.clear();
        self.gaps.clear();
        let (mut seen, mut returned) = (0, None);
        for &today in as_of {
            while let Some(&day) = days.get(seen).filter(|day| **day <= today) {
                if let Some(before) = seen.checked_sub(1).and_then(|place| days.get(place)) {
                    let gap = day - before;
                    if f64::from(gap) > self.rules.lost_after * self.own_cycle() {
                        returned = Some(seen);
                    }
                    self.gaps.add(gap);
                }
                seen += 1;
            }
            stages.push(self.stage(days.get(..seen).unwrap_or(&[]), today, returned));
        }
    }

    /// Where a user stands who has been active on these days, and came back on the day at this place.
    fn stage(&self, days: &[i32], today: i32, returned: Option<usize>) -> Option<Stage> {
        let (first, last) = (days.first()?, days.last()?);
        let (rules, cycle) = (&self.rules, self.own_cycle());
        let silent = f64::from(today - last);
        let few = |days: usize| days < rules.mature_days as usize;
        Some(if silent > rules.lost_after * cycle {
            Stage::Lost
        } else if silent > rules.active_within * cycle {
            Stage::Dormant
        } else if f64::from(today - first) <= rules.new_within * self.cycle {
            Stage::New
        } else if returned.is_some_and(|place| few(days.len() - place)) {
            Stage::Resurrected
        } else if few(days.len()) || self.is_rising(days, today, cycle) {
            Stage::Growing
        } else {
            Stage::Mature
        })
    }

    /// Whether there are so many times as many active days in the last stretch as in the one before.
    fn is_rising(&self, days: &[i32], today: i32, cycle: f64) -> bool {
        if self.rules.rise <= 0.0 {
            return false;
        }
        let stretch = self.rules.lost_after * cycle;
        let since = |back: f64| days.len() - days.partition_point(|day| f64::from(today - day) >= back);
        let recent = since(stretch);
        let before = since(2.0 * stretch) - recent;
        let here = days.first().is_some_and(|first| f64::from(today - first) >= 2.0 * stretch);
        here && before > 0 && recent as f64 >= self.rules.rise * before as f64
    }
}
