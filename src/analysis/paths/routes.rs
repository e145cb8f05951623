//! The most common whole paths, found with a bounded number of counters.
//!
//! A first pass keeps at most [`COUNTERS`] paths: a new one for which there is no room takes one from the count of each
//! (Misra and Gries, 1982). Whatever more than one path in `COUNTERS` takes is then among those kept, and a second pass
//! counts these exactly. Paths that are rarer are reported only when nothing had to be dropped.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// How many paths are kept at once.
const COUNTERS: usize = 2048;

/// Whole paths, as the slots of their positions.
#[derive(Default)]
pub(super) struct Routes {
    kept: HashMap<Box<[u8]>, u64, FxBuildHasher>,
    seen: u64,
    dropped: bool,
}

impl Routes {
    /// Sees a path for the first time.
    pub fn see(&mut self, slots: &[u8]) {
        self.seen += 1;
        if let Some(count) = self.kept.get_mut(slots) {
            *count += 1;
        } else if self.kept.len() < COUNTERS {
            self.kept.insert(slots.into(), 1);
        } else {
            self.dropped = true;
            self.kept.retain(|_, count| {
                *count -= 1;
                *count > 0
            });
        }
    }

    /// Begins the second pass.
    pub fn count_again(&mut self) -> Counted {
        let kept = std::mem::take(&mut self.kept);
        let least = if self.dropped { self.seen / COUNTERS as u64 + 1 } else { 1 };
        Counted { routes: kept.into_keys().map(|slots| (slots, Tally::default())).collect(), least }
    }
}

/// How often a route is taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub paths: u64,
    pub users: u64,
    /// The user who took it last, and one.
    last: u32,
}

/// Counts routes exactly.
pub(super) struct Counted {
    routes: HashMap<Box<[u8]>, Tally, FxBuildHasher>,
    least: u64,
}

impl Counted {
    /// Sees a path again; those of one user follow one another.
    pub fn see(&mut self, slots: &[u8], user: usize) {
        if let Some(tally) = self.routes.get_mut(slots) {
            tally.paths += 1;
            let mark = u32::try_from(user + 1).unwrap_or(u32::MAX);
            tally.users += u64::from(tally.last != mark);
            tally.last = mark;
        }
    }

    /// The most common routes; equal ones in the order of their slots.
    pub fn most_common(self, most: usize) -> Vec<(Box<[u8]>, Tally)> {
        let mut all: Vec<(Box<[u8]>, Tally)> = self.routes.into_iter().collect();
        all.retain(|(_, tally)| tally.paths >= self.least);
        all.sort_by(|(a, tally), (b, other)| other.paths.cmp(&tally.paths).then_with(|| a.cmp(b)));
        all.truncate(most);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_frequent_is_found_among_many() {
        // 3,000 of 33,000 paths are the same, all others different.
        let paths: Vec<Vec<u8>> = (0u32..33_000)
            .map(|number| if number % 11 == 7 { vec![1, 2, 3, 4] } else { number.to_be_bytes().to_vec() })
            .collect();
        let mut routes = Routes::default();
        paths.iter().for_each(|path| routes.see(path));
        assert!(routes.kept.len() <= COUNTERS);
        let mut counted = routes.count_again();
        paths.iter().enumerate().for_each(|(user, path)| counted.see(path, user / 22));
        let found = counted.most_common(10);
        let told: Vec<(&[u8], u64, u64)> =
            found.iter().map(|(slots, tally)| (&slots[..], tally.paths, tally.users)).collect();
        assert_eq!(told, [(&[1u8, 2, 3, 4][..], 3_000, 1_500)], "rare ones would be chance");
    }

    #[test]
    fn few_are_all_counted() {
        let mut routes = Routes::default();
        let paths: [&[u8]; 4] = [&[1], &[2], &[1], &[3]];
        paths.iter().for_each(|path| routes.see(path));
        let mut counted = routes.count_again();
        paths.iter().for_each(|path| counted.see(path, 0));
        let told: Vec<(u8, u64, u64)> = counted
            .most_common(2)
            .iter()
            .map(|(slots, tally)| (slots[0], tally.paths, tally.users))
            .collect();
        assert_eq!(told, [(1, 2, 1), (2, 1, 1)]);
    }
}
