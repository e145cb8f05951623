//! The days on which users have rows.

use std::borrow::Cow;
use std::collections::TryReserveError;

/// The days with a row of each user: ascending, each once, users one after the other.
///
/// Most questions ask when users came, not how often on one day; a user's rows of one day stand beside each other, so a list
/// of days is a fraction of the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserDays<'a> {
    offsets: Cow<'a, [u32]>,
    days: Cow<'a, [i32]>,
}

impl<'a> UserDays<'a> {
    /// The days of all rows, which ascend for each user; user `u` has the rows `offsets[u]..offsets[u + 1]`.
    ///
    /// # Errors
    /// When memory runs out.
    pub(super) fn new(offsets: &[u32], rows: &[i32]) -> Result<UserDays<'static>, TryReserveError> {
        let users = || {
            offsets.windows(2).map(|bounds| match bounds {
                &[start, end] => rows.get(start as usize..end as usize).unwrap_or(&[]),
                _ => &[],
            })
        };
        let count = |rows: &[i32]| {
            let changes = rows.iter().zip(rows.iter().skip(1)).filter(|(day, next)| day != next).count();
            changes + usize::from(!rows.is_empty())
        };
        let (mut days, mut starts) = (Vec::new(), Vec::new());
        let length = users().map(count).sum();
        days.try_reserve_exact(length)?;
        days.resize(length, 0);
        starts.try_reserve_exact(offsets.len())?;
        let mut place = 0usize;
        starts.push(0);
        for rows in users() {
            let mut before = i32::MIN;
            for &day in rows {
                // Written either way: whether a day is new is not to be foreseen.
                place += usize::from(day != before);
                before = day;
                if let Some(slot) = days.get_mut(place.wrapping_sub(1)) {
                    *slot = day;
                }
            }
            starts.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        Ok(UserDays { offsets: Cow::Owned(starts), days: Cow::Owned(days) })
    }

    /// The same days, of the same memory.
    #[must_use]
    pub fn borrowed(&self) -> UserDays<'_> {
        UserDays { offsets: Cow::Borrowed(&self.offsets), days: Cow::Borrowed(&self.days) }
    }

    /// How many users there are, with and without rows.
    #[must_use]
    pub fn users(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The days of a user.
    #[inline]
    #[must_use]
    pub fn of(&self, user: usize) -> &[i32] {
        let start = self.offsets.get(user).copied().unwrap_or(0) as usize;
        let end = self.offsets.get(user + 1).map_or(start, |&end| end as usize);
        self.days.get(start..end).unwrap_or(&[])
    }

    /// Users with their days, leaving out users without any.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[i32])> {
        self.offsets.windows(2).enumerate().filter_map(|(user, bounds)| match bounds {
            &[start, end] => self
                .days
                .get(start as usize..end as usize)
                .filter(|days| !days.is_empty())
                .map(|days| (user, days)),
            _ => None,
        })
    }

    /// The first and the last day of all; nothing where there are no days.
    #[must_use]
    pub fn span(&self) -> Option<(i32, i32)> {
        let ends = self.iter().filter_map(|(_, days)| Some((*days.first()?, *days.last()?)));
        ends.reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
    }
}

/// Days of users while they are found: each user's, ascending, then the next user's.
#[derive(Debug)]
pub(super) struct Finding {
    offsets: Vec<u32>,
    days: Vec<i32>,
    /// Where this user's days begin.
    start: usize,
}

impl Finding {
    pub(super) fn new(users: usize) -> Self {
        let mut offsets = Vec::with_capacity(users + 1);
        offsets.push(0);
        Self { offsets, days: Vec::new(), start: 0 }
    }

    /// Adds the day of a row.
    #[inline]
    pub(super) fn add(&mut self, day: i32) {
        if self.days.get(self.start..).and_then(<[i32]>::last) != Some(&day) {
            self.days.push(day);
        }
    }

    /// What comes is of the next user.
    #[inline]
    pub(super) fn next_user(&mut self) {
        self.start = self.days.len();
        self.offsets.push(u32::try_from(self.start).unwrap_or(u32::MAX));
    }

    /// The days of so many users; those who have not had their turn have none.
    pub(super) fn finish(mut self, users: usize) -> UserDays<'static> {
        while self.offsets.len() <= users {
            self.next_user();
        }
        UserDays { offsets: Cow::Owned(self.offsets), days: Cow::Owned(self.days) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_day_once() {
        let days = UserDays::new(&[0, 3, 3, 5, 6], &[4, 4, 7, 7, 7, -2]).unwrap();
        assert_eq!(days.users(), 4);
        assert_eq!(
            (days.of(0), days.of(1), days.of(2), days.of(3)),
            (&[4, 7][..], &[][..], &[7][..], &[-2][..])
        );
        assert_eq!(days.iter().map(|(user, _)| user).collect::<Vec<_>>(), [0, 2, 3]);
        assert_eq!(days.span(), Some((-2, 7)));
        assert_eq!(days.borrowed(), days);
        let nobody = UserDays::new(&[0], &[]).unwrap();
        assert_eq!((nobody.users(), nobody.span(), nobody.of(0)), (0, None, &[][..]));
    }

    proptest! {
        /// Both ways of finding them, against sets.
        #[test]
        fn as_sets(users in proptest::collection::vec(proptest::collection::vec(-3i32..6, 0..9), 0..6)) {
            let mut offsets = vec![0u32];
            let (mut rows, mut finding) = (Vec::new(), Finding::new(users.len()));
            for of_user in &users {
                let mut of_user = of_user.clone();
                of_user.sort_unstable();
                of_user.iter().for_each(|&day| finding.add(day));
                finding.next_user();
                rows.extend(of_user);
                offsets.push(rows.len() as u32);
            }
            let days = UserDays::new(&offsets, &rows).unwrap();
            prop_assert_eq!(&finding.finish(users.len()), &days);
            for (user, of_user) in users.iter().enumerate() {
                let set: std::collections::BTreeSet<i32> = of_user.iter().copied().collect();
                prop_assert_eq!(days.of(user), set.into_iter().collect::<Vec<_>>());
            }
        }
    }
}
