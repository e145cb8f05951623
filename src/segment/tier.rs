//! Tiers of membership: who has earned which level, how long it is kept, and when it is lost.
//!
//! **Definition.** Tiers are numbered from 1, the lowest, which begins at 0; each further one begins at its threshold. What a
//! user *measures* on a day is the sum of their entries (amounts, orders, active days or points, each on its day) in the window
//! that ends with this day: so many days, so many months, or the calendar year up to it. On a day a user *earns* the highest
//! tier whose threshold they measure. Days are judged at their end, with all that happened on them:
//!
//! - on the day somebody joins, they get the tier they earn;
//! - who earns a higher tier than they have gets it the same day;
//! - a tier above the lowest is *valid* until the same date so many months after it was got (in a shorter month its last
//!   day). On that day it is looked at again: who earns it is *kept* for as many months more, who earns a lower one
//!   falls to that;
//! - between these days nobody falls. With a validity of 0 there is nothing to wait for: everybody has what they earn, each day.
//!
//! As SQL, what is earned on a day is
//! `1 + (SELECT count(*) FROM thresholds WHERE threshold <= (SELECT sum(delta) FROM entries WHERE day BETWEEN first AND today))`.
//!
//! A user is followed from one day to the next on which something can change: an entry, the end of validity, and an entry that
//! leaves the window, where that can matter (validity 0, or a refund that leaves and so lifts the sum).

use serde::{Deserialize, Serialize};

use crate::dataset::calendar::Day;

/// How a window is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WindowUnit {
    /// So many days up to a day, itself included.
    #[default]
    Days,
    /// So many months up to a day: from the day after the same date so many months before.
    Months,
    /// The calendar year of the day, up to it.
    Year,
}

/// The days that are looked back on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Days, months, or the year.
    pub unit: WindowUnit,
    /// How many; nothing to the year.
    pub length: i32,
}

impl Window {
    /// The first day of the window that ends with a day.
    #[inline]
    #[must_use]
    pub fn first_day(self, day: i32) -> i32 {
        match self.unit {
            WindowUnit::Days => day.saturating_sub(self.length).saturating_add(1),
            WindowUnit::Months => months_after(day, -self.length).saturating_add(1),
            WindowUnit::Year => new_year(day, 0),
        }
    }

    /// The first day whose window no longer holds a day.
    #[inline]
    #[must_use]
    pub fn leaves(self, day: i32) -> i32 {
        match self.unit {
            WindowUnit::Days => day.saturating_add(self.length),
            WindowUnit::Months => {
                let same = months_after(day, self.length);
                // In a shorter month the window still begins before the day.
                if months_after(same, -self.length) >= day { same } else { same.saturating_add(1) }
            }
            WindowUnit::Year => new_year(day, 1),
        }
    }
}

fn new_year(day: i32, later: i32) -> i32 {
    let (year, ..) = Day(day).year_month_day();
    Day::from_year_month_day(year.saturating_add(later), 1, 1).unwrap_or(Day::LAST).0
}

/// The same date so many months later, or earlier with a minus; in a shorter month its last day.
#[must_use]
pub fn months_after(day: i32, months: i32) -> i32 {
    let (year, month, date) = Day(day).year_month_day();
    let number = year.saturating_mul(12).saturating_add(i32::from(month) - 1).saturating_add(months);
    let (year, month) = (number.div_euclid(12), u32::try_from(number.rem_euclid(12)).unwrap_or(0) + 1);
    let on = |less: u32| Day::from_year_month_day(year, month, u32::from(date).saturating_sub(less));
    let beyond = if months < 0 { i32::MIN } else { i32::MAX };
    (0..4).find_map(on).map_or(beyond, |day| day.0)
}

/// What counts towards a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub day: i32,
    /// How much; a refund is below 0.
    pub delta: i64,
}

/// Why a tier is told anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The first.
    Joined,
    /// A higher one.
    Upgraded,
    /// The same, for as long again.
    Kept,
    /// A lower one.
    Downgraded,
}

/// A day on which a user's tier was told anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The day; the tier holds from its end.
    pub day: i32,
    /// The tier, from 1.
    pub tier: u8,
    /// The last day of its validity; nothing where it has no end.
    pub until: Option<i32>,
    /// Why.
    pub cause: Cause,
}

/// The last step up to a day.
#[must_use]
pub fn step_at(steps: &[Step], day: i32) -> Option<&Step> {
    steps.get(..steps.partition_point(|step| step.day <= day)).and_then(<[Step]>::last)
}

/// Follows users by rules.
#[derive(Debug, Clone)]
pub struct Follower {
    /// What is looked back on.
    pub window: Window,
    /// For how many months a tier is kept; 0: only while it is earned.
    pub validity: i32,
    /// Where tiers above the lowest begin, rising.
    pub thresholds: Vec<i64>,
}

impl Follower {
    /// The tier that a sum earns.
    #[inline]
    #[must_use]
    pub fn earned(&self, sum: i128) -> u8 {
        let reached = self.thresholds.iter().filter(|threshold| i128::from(**threshold) <= sum).count();
        u8::try_from(reached + 1).unwrap_or(u8::MAX)
    }

    /// What the window that ends with a day holds of entries that ascend by day.
    #[must_use]
    pub fn sum(&self, entries: &[Entry], day: i32) -> i128 {
        let first = self.window.first_day(day);
        let (from, to) = (
            entries.partition_point(|entry| entry.day < first),
            entries.partition_point(|entry| entry.day <= day),
        );
        entries.get(from..to).unwrap_or(&[]).iter().map(|entry| i128::from(entry.delta)).sum()
    }

    /// The steps of a user who joined on a day, with entries that ascend by day, up to a day. There is at least one if they
    /// had joined by then, and at most one a day.
    pub fn follow(&self, joined: i32, entries: &[Entry], as_of: i32, steps: &mut Vec<Step>) {
        steps.clear();
        let watched = self.validity == 0 || entries.iter().any(|entry| entry.delta < 0);
        let (mut sum, mut head, mut tail) = (0i128, 0, 0);
        let mut now: Option<Step> = None;
        loop {
            let enters = entries.get(head).map_or(i32::MAX, |entry| entry.day);
            let oldest = entries.get(tail).filter(|_| watched && tail < head);
            let leaves = oldest.map_or(i32::MAX, |entry| self.window.leaves(entry.day));
            let turns = now.map_or(joined, |step| step.until.unwrap_or(i32::MAX));
            let day = enters.min(leaves).min(turns);
            if day > as_of || day == i32::MAX {
                return;
            }
            while let Some(entry) = entries.get(head).filter(|entry| entry.day <= day) {
                sum += i128::from(entry.delta);
                head += 1;
            }
            let first = self.window.first_day(day);
            while let Some(entry) = entries.get(tail).filter(|entry| entry.day < first) {
                sum -= i128::from(entry.delta);
                tail += 1;
            }
            if let Some(step) = self.judge(now, (day, joined), self.earned(sum)) {
                steps.push(step);
                now = Some(step);
            }
        }
    }

    /// What the end of a day brings to whom has a tier and earns one.
    #[inline]
    fn judge(&self, now: Option<Step>, (day, joined): (i32, i32), earned: u8) -> Option<Step> {
        let cause = match now {
            None if day < joined => return None,
            None => Cause::Joined,
            Some(step) if earned > step.tier => Cause::Upgraded,
            Some(step) if self.validity == 0 && earned < step.tier => Cause::Downgraded,
            Some(step) if step.until == Some(day) && earned == step.tier => Cause::Kept,
            Some(step) if step.until == Some(day) => Cause::Downgraded,
            Some(_) => return None,
        };
        let ends = self.validity > 0 && earned > 1;
        let until = ends.then(|| months_after(day, self.validity));
        Some(Step { day, tier: earned, until, cause })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> i32 {
        text.parse::<Day>().unwrap().0
    }

    fn follower(unit: WindowUnit, length: i32, validity: i32, thresholds: &[i64]) -> Follower {
        Follower { window: Window { unit, length }, validity, thresholds: thresholds.to_vec() }
    }

    fn told(follower: &Follower, entries: &[(&str, i64)], as_of: &str) -> Vec<(String, u8, Cause)> {
        let entries: Vec<Entry> =
            entries.iter().map(|(on, delta)| Entry { day: day(on), delta: *delta }).collect();
        let mut steps = Vec::new();
        follower.follow(entries[0].day, &entries, day(as_of), &mut steps);
        steps.iter().map(|step| (Day(step.day).to_string(), step.tier, step.cause)).collect()
    }

    fn step(day: &str, tier: u8, cause: Cause) -> (String, u8, Cause) {
        (day.to_owned(), tier, cause)
    }

    #[test]
    fn windows_by_hand() {
        let first = |unit, length, on| Day(Window { unit, length }.first_day(day(on))).to_string();
        let leaves = |unit, length, on| Day(Window { unit, length }.leaves(day(on))).to_string();
        assert_eq!(first(WindowUnit::Days, 1, "2024-03-01"), "2024-03-01");
        assert_eq!(first(WindowUnit::Days, 30, "2024-03-01"), "2024-02-01");
        assert_eq!(first(WindowUnit::Months, 1, "2024-03-31"), "2024-03-01", "February has no 31st");
        assert_eq!(first(WindowUnit::Months, 12, "2024-02-29"), "2023-03-01");
        assert_eq!(first(WindowUnit::Year, 9, "2024-03-01"), "2024-01-01");
        assert_eq!(leaves(WindowUnit::Days, 30, "2024-02-01"), "2024-03-02");
        assert_eq!(leaves(WindowUnit::Months, 1, "2024-01-30"), "2024-03-01");
        assert_eq!(leaves(WindowUnit::Year, 9, "2024-03-01"), "2025-01-01");
        assert_eq!(Day(months_after(day("2024-01-31"), 1)).to_string(), "2024-02-29");
        assert_eq!((months_after(Day::LAST.0, 1), months_after(-719_162, -1)), (i32::MAX, i32::MIN));
    }

    #[test]
    fn a_level_is_kept_until_its_validity_ends() {
        let rules = follower(WindowUnit::Days, 365, 12, &[100, 500]);
        // 120 in January 2023, 60 in June: at the end, on January 5, 2024, the window has 60 only.
        assert_eq!(
            told(&rules, &[("2023-01-05", 120), ("2023-06-01", 60)], "2024-06-01"),
            [step("2023-01-05", 2, Cause::Joined), step("2024-01-05", 1, Cause::Downgraded)]
        );
        // 400 more in June: the third level, until June 2024; then 0 is left in the window.
        assert_eq!(
            told(&rules, &[("2023-01-05", 120), ("2023-06-01", 400)], "2024-12-31"),
            [
                step("2023-01-05", 2, Cause::Joined),
                step("2023-06-01", 3, Cause::Upgraded),
                step("2024-06-01", 1, Cause::Downgraded),
            ]
        );
        // 100 again within the year before the end: kept for another one.
        assert_eq!(
            told(&rules, &[("2023-01-05", 120), ("2023-12-01", 100)], "2025-01-05"),
            [
                step("2023-01-05", 2, Cause::Joined),
                step("2024-01-05", 2, Cause::Kept),
                step("2025-01-05", 1, Cause::Downgraded),
            ]
        );
        // Bought on the very day on which it ends.
        assert_eq!(
            told(&rules, &[("2023-01-05", 500), ("2024-01-05", 100)], "2024-01-05"),
            [step("2023-01-05", 3, Cause::Joined), step("2024-01-05", 2, Cause::Downgraded)]
        );
    }

    #[test]
    fn without_validity_everybody_has_what_they_earn() {
        let rules = follower(WindowUnit::Days, 10, 0, &[100]);
        assert_eq!(
            told(&rules, &[("2024-01-01", 60), ("2024-01-05", 60)], "2024-02-01"),
            [
                step("2024-01-01", 1, Cause::Joined),
                step("2024-01-05", 2, Cause::Upgraded),
                step("2024-01-11", 1, Cause::Downgraded),
            ]
        );
    }

    #[test]
    fn refunds_take_nothing_back_before_the_end() {
        let rules = follower(WindowUnit::Days, 365, 1, &[100]);
        assert_eq!(
            told(&rules, &[("2024-01-31", 100), ("2024-02-01", -100)], "2024-02-29"),
            [step("2024-01-31", 2, Cause::Joined), step("2024-02-29", 1, Cause::Downgraded)]
        );
        // On the same day they never reached it.
        let entries = [("2024-01-31", 100), ("2024-01-31", -1)];
        assert_eq!(told(&rules, &entries, "2024-02-29"), [step("2024-01-31", 1, Cause::Joined)]);
        // A refund that leaves the window lifts the sum.
        let short = follower(WindowUnit::Days, 10, 1, &[100]);
        let entries = [("2024-01-01", 10), ("2024-01-05", -20), ("2024-01-12", 110)];
        assert_eq!(
            told(&short, &entries, "2024-02-01"),
            [step("2024-01-01", 1, Cause::Joined), step("2024-01-15", 2, Cause::Upgraded)]
        );
    }

    /// Day by day, from the definition alone.
    fn naive(rules: &Follower, joined: i32, entries: &[Entry], as_of: i32) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for today in joined..=as_of {
            let first = match rules.window.unit {
                WindowUnit::Days => today - rules.window.length + 1,
                WindowUnit::Months => months_after(today, -rules.window.length) + 1,
                WindowUnit::Year => Day::from_year_month_day(Day(today).year_month_day().0, 1, 1).unwrap().0,
            };
            let sum: i64 =
                entries.iter().filter(|one| (first..=today).contains(&one.day)).map(|one| one.delta).sum();
            let earned = 1 + rules.thresholds.iter().filter(|at| **at <= sum).count() as u8;
            let until = (rules.validity > 0 && earned > 1).then(|| months_after(today, rules.validity));
            let last = steps.last().copied();
            let mut tell = |cause| steps.push(Step { day: today, tier: earned, until, cause });
            match last {
                None => tell(Cause::Joined),
                Some(now) if earned > now.tier => tell(Cause::Upgraded),
                Some(now) if rules.validity == 0 && earned < now.tier => tell(Cause::Downgraded),
                Some(now) if now.until == Some(today) && earned == now.tier => tell(Cause::Kept),
                Some(now) if now.until == Some(today) => tell(Cause::Downgraded),
                Some(_) => {}
            }
        }
        steps
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn as_a_walk_over_all_days(
            mut entries in prop::collection::vec((0i32..900, -40i64..100), 0..30),
            late in 0i32..200,
            unit in prop::sample::select(vec![WindowUnit::Days, WindowUnit::Months, WindowUnit::Year]),
            length in 1i32..40,
            validity in 0i32..15,
            mut thresholds in prop::collection::btree_set(1i64..400, 1..7),
            as_of in 0i32..1_000,
        ) {
            let start = day("2023-01-15");
            entries.sort_unstable();
            let entries: Vec<Entry> =
                entries.into_iter().map(|(on, delta)| Entry { day: start + on, delta }).collect();
            let rules = Follower {
                window: Window { unit, length },
                validity,
                thresholds: std::mem::take(&mut thresholds).into_iter().collect(),
            };
            let (joined, as_of) = (start + late, start + as_of);
            let mut steps = Vec::new();
            rules.follow(joined, &entries, as_of, &mut steps);
            let expected = naive(&rules, joined, &entries, as_of);
            prop_assert_eq!(&steps, &expected);
            prop_assert_eq!(steps.is_empty(), joined > as_of);
        }

        #[test]
        fn windows_slide(on in -200_000i32..200_000, length in 1i32..40, unit in prop::sample::select(vec![WindowUnit::Days, WindowUnit::Months, WindowUnit::Year])) {
            let window = Window { unit, length };
            let leaves = window.leaves(on);
            prop_assert!(window.first_day(leaves) > on && window.first_day(leaves - 1) <= on);
            prop_assert!(window.first_day(on) <= window.first_day(on + 1) && window.first_day(on) <= on);
        }
    }
}
