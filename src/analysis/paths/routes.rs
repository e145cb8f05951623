//! The most common whole paths, found with a bounded number of counters.
//!
//! A first pass keeps at most [`COUNTERS`] paths: a new one for which there is no room takes one from the count of each
//! (Misra and Gries, 1982). Whatever more than one path in `COUNTERS` takes is then among those kept, and a second pass
//! counts these exactly. Paths that are rarer are reported only when nothing had to be dropped.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::Tally;

/// How many paths are kept at once.
const COUNTERS: usize = 2048;

/// Whole paths, as the slots of their positions.
#[derive(Default)]
pub(super) struct Routes {
    kept: HashMap<Box<[u8]>, Tally, FxBuildHasher>,
    seen: u64,
    dropped: bool,
}

impl Routes {
    /// Sees a path for the first time; those of one user follow one another.
    pub fn see(&mut self, slots: &[u8], user: usize) {
        self.seen += 1;
        if let Some(tally) = self.kept.get_mut(slots) {
            tally.add(user);
        } else if self.kept.len() < COUNTERS {
            let mut tally = Tally::default();
            tally.add(user);
            self.kept.insert(slots.into(), tally);
        } else {
            self.dropped = true;
            self.kept.retain(|_, tally| {
                tally.paths -= 1;
                tally.paths > 0
            });
        }
    }

    /// What is known after the first pass: all of it when nothing was dropped, else which paths to count.
    pub fn counted(mut self) -> Counted {
        if !self.dropped {
            return Counted { routes: self.kept, least: 1, whole: true };
        }
        self.kept.values_mut().for_each(|tally| *tally = Tally::default());
        Counted { routes: self.kept, least: self.seen / COUNTERS as u64 + 1, whole: false }
    }
}

/// Counts routes exactly.
pub(super) struct Counted {
    routes: HashMap<Box<[u8]>, Tally, FxBuildHasher>,
    least: u64,
    /// Whether every path is among them, and counted already.
    pub whole: bool,
}

impl Counted {
    /// Sees a path again; those of one user follow one another.
    pub fn see(&mut self, slots: &[u8], user: usize) {
        if let Some(tally) = self.routes.get_mut(slots) {
            tally.add(user);
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
        paths.iter().enumerate().for_each(|(user, path)| routes.see(path, user / 22));
        assert!(routes.kept.len() <= COUNTERS);
        let mut counted = routes.counted();
        assert!(!counted.whole);
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
        paths.iter().for_each(|path| routes.see(path, 0));
        let counted = routes.counted();
        assert!(counted.whole);
        let told: Vec<(u8, u64, u64)> = counted
            .most_common(2)
            .iter()
            .map(|(slots, tally)| (slots[0], tally.paths, tally.users))
            .collect();
        assert_eq!(told, [(1, 2, 1), (2, 1, 1)]);
    }
}
