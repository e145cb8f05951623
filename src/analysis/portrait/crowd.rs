//! Who is looked at, up to which row, and who of them is in the segment.

use crate::dataset::calendar::Day;
use crate::dataset::segment::{UserSegment, UserSet};
use crate::dataset::view::View;
use crate::error::Result;

/// The users with a row in view up to a day.
pub(in crate::analysis) struct Crowd<'v> {
    pub view: &'v View<'v>,
    /// The day that everything counts to.
    pub as_of: Day,
    /// Their codes, ascending.
    pub users: Vec<u32>,
    /// For each of them the row after the last one up to the day.
    ends: Vec<u32>,
}

impl<'v> Crowd<'v> {
    pub fn new(view: &'v View<'v>, as_of: Option<Day>) -> Self {
        let as_of = as_of.unwrap_or(view.span().1);
        let whole = as_of >= view.log.span.1;
        let (mut users, mut ends) = (Vec::new(), Vec::new());
        for (user, days) in view.user_days().iter() {
            if days.first().is_none_or(|first| *first > as_of.0) {
                continue;
            }
            let rows = view.log.rows_of(user);
            let end = if whole {
                rows.end
            } else {
                let days = view.log.days.get(rows.clone()).unwrap_or(&[]);
                rows.start + days.partition_point(|day| *day <= as_of.0)
            };
            users.push(u32::try_from(user).unwrap_or(u32::MAX));
            ends.push(u32::try_from(end).unwrap_or(u32::MAX));
        }
        Self { view, as_of, users, ends }
    }

    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Each user with their rows up to the day; not all of them need be in view.
    pub fn rows(&self) -> impl Iterator<Item = (u32, std::ops::Range<usize>)> + '_ {
        self.users
            .iter()
            .zip(&self.ends)
            .map(|(&user, &end)| (user, self.view.log.rows_of(user as usize).start..end as usize))
    }

    /// The place of a user among those who are looked at.
    pub fn place(&self, user: usize) -> Option<usize> {
        self.users.binary_search(&u32::try_from(user).ok()?).ok()
    }

    /// For each of them whether they are in a set.
    pub fn marks(&self, set: &UserSet) -> Vec<bool> {
        let marks = set.marks(self.view.log.users.len());
        self.users.iter().map(|user| marks.get(*user as usize) == Some(&true)).collect()
    }
}

/// The crowd, and the part of it that is asked about.
pub(super) struct Parted<'v> {
    pub crowd: Crowd<'v>,
    /// For each of the crowd whether they are in the segment; all are when there is none.
    pub inside: Vec<bool>,
    /// How many are in it.
    pub members: u64,
    /// How many of the segment are not in the crowd.
    pub beyond: u64,
}

impl<'v> Parted<'v> {
    /// # Errors
    /// Whatever the definition of the segment is refused for.
    pub fn new(
        view: &'v View<'v>,
        segment: Option<&UserSegment>,
        not: bool,
        as_of: Option<Day>,
    ) -> Result<Self> {
        let crowd = Crowd::new(view, as_of);
        let Some(segment) = segment else {
            let (inside, members) = (vec![true; crowd.len()], crowd.len() as u64);
            return Ok(Self { crowd, inside, members, beyond: 0 });
        };
        let set = view.users_of(segment).map_err(|error| error.within("params.segment"))?;
        let mut inside = crowd.marks(&set);
        let here = inside.iter().filter(|inside| **inside).count() as u64;
        if not {
            inside.iter_mut().for_each(|inside| *inside = !*inside);
        }
        let members = if not { crowd.len() as u64 - here } else { here };
        let beyond = if not { 0 } else { set.len() - here };
        Ok(Self { crowd, inside, members, beyond })
    }

    /// How many are in the segment, and how many are not.
    pub fn sizes(&self) -> [u64; 2] {
        [self.members, self.crowd.len() as u64 - self.members]
    }

    /// The side of a member of the crowd: 0 in the segment, 1 in the rest.
    pub fn side(&self, place: usize) -> usize {
        usize::from(self.inside.get(place) != Some(&true))
    }

    /// The users of a side for whom a test of their place holds.
    pub fn users(&self, side: usize, mut test: impl FnMut(usize) -> bool) -> Vec<u32> {
        let places = self.crowd.users.iter().enumerate();
        places.filter(|(place, _)| self.side(*place) == side && test(*place)).map(|(_, user)| *user).collect()
    }
}
