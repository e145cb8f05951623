//! Sets of users as a condition of a filter: listed by their ids, or defined by a question and a cell of its answer.
//!
//! This room cannot ask questions; whoever makes a view of a filter with definitions brings a [`Resolve`] that can.

use std::rc::Rc;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::EventLog;
use super::filter::Filter;
use crate::error::{Error, ErrorKind, Result};
use crate::privacy::pseudonym::to_hex;

/// A set of users: either `users` alone, or `list` alone, or `saved` alone, or `analysis` and `cell` with what else the question needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UserSegment {
    /// What people call it; no figure depends on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name of a saved segment that is meant: the request, or the page, knows its definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<String>,
    /// The question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis: Option<String>,
    /// Its parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// The rows that the question looks at; nothing but this filter applies to it.
    #[serde(skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// The cell whose users are meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<Value>,
    /// The users' ids, once and for all. An id that the data do not have is no error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<String>>,
    /// Ids that are too many to stand here; the engine has been given them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<Box<HeldList>>,
}

/// Which ids a list holds, told by a digest, so that nothing else is taken for them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeldList {
    /// How many ids there are.
    pub ids: u64,
    /// The SHA-256 of the ids in ascending order of their bytes, each after its length in bytes (64 bits, the largest byte
    /// first), in hexadecimal digits.
    pub sha256: String,
}

impl HeldList {
    /// What tells a list from all others, in whatever order its ids come.
    #[must_use]
    pub fn of(ids: &[String]) -> Self {
        let mut sorted: Vec<&str> = ids.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let mut hash = Sha256::new();
        for id in sorted {
            hash.update((id.len() as u64).to_be_bytes());
            hash.update(id);
        }
        Self { ids: ids.len() as u64, sha256: to_hex(&hash.finalize().into()) }
    }
}

/// Users of a log by their codes, as a compressed bitmap: cheap to keep, to copy and to put together with others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UserSet(Rc<RoaringBitmap>);

impl UserSet {
    /// The users for whom a test holds.
    #[must_use]
    pub fn of(users: usize, mut is_in: impl FnMut(usize) -> bool) -> Self {
        let inside = (0u32..).take(users).filter(|user| is_in(*user as usize));
        let mut set = RoaringBitmap::from_sorted_iter(inside).unwrap_or_default();
        set.optimize();
        Self(Rc::new(set))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a user is one of them.
    #[must_use]
    pub fn has(&self, user: u32) -> bool {
        self.0.contains(user)
    }

    /// The user at a place, from 0, in the order of their codes.
    #[must_use]
    pub fn nth(&self, place: u64) -> Option<u32> {
        self.0.select(u32::try_from(place).ok()?)
    }

    /// Their codes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter()
    }

    /// Those who are also in the other set.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(Rc::new(&*self.0 & &*other.0))
    }

    /// Those who are in either set.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self(Rc::new(&*self.0 | &*other.0))
    }

    /// Those who are not in the other set.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(Rc::new(&*self.0 - &*other.0))
    }

    /// How many are in both sets.
    #[must_use]
    pub fn shared(&self, other: &Self) -> u64 {
        self.0.intersection_len(&other.0)
    }

    /// For each of so many users whether they are in the set: what loops over rows ask.
    #[must_use]
    pub fn marks(&self, users: usize) -> Rc<[bool]> {
        let mut marks = vec![false; users];
        for user in self.iter() {
            if let Some(slot) = marks.get_mut(user as usize) {
                *slot = true;
            }
        }
        marks.into()
    }
}

impl FromIterator<u32> for UserSet {
    fn from_iter<I: IntoIterator<Item = u32>>(users: I) -> Self {
        let mut set: RoaringBitmap = users.into_iter().collect();
        set.optimize();
        Self(Rc::new(set))
    }
}

/// Finds the users whom a definition means. Paths of its errors begin inside the segment: `params.period`.
pub type Resolve<'a> = dyn Fn(&UserSegment) -> Result<UserSet> + 'a;

impl UserSegment {
    /// The users of the segment.
    ///
    /// # Errors
    /// [`ErrorKind::BadValue`] for a list and a definition in one; whatever `resolve` refuses.
    pub(super) fn resolve(&self, log: &EventLog, resolve: &Resolve<'_>) -> Result<UserSet> {
        let defined = self.analysis.is_some()
            || self.params.is_some()
            || self.cell.is_some()
            || !self.filter.is_empty();
        let place = if self.users.is_some() { "users" } else { "list" };
        if self.listed().is_some() && (defined || (self.users.is_some() && self.list.is_some())) {
            return Err(Error::bad_value(place, place, "users alone, or list alone, or analysis and cell"));
        }
        let Some(ids) = &self.users else { return resolve(self) };
        Ok(ids.iter().filter_map(|id| log.users.find(id)).collect())
    }

    /// How many ids it lists, if it is a list.
    #[must_use]
    pub fn listed(&self) -> Option<u64> {
        let held = || self.list.as_ref().map(|list| list.ids);
        self.users.as_ref().map(|users| users.len() as u64).or_else(held)
    }

    /// How many definitions there are one inside the other, this one included.
    #[must_use]
    pub fn depth(&self) -> usize {
        1 + self.filter.segments().map(|(_, segment)| segment.depth()).max().unwrap_or(0)
    }
}

/// Refuses every definition: for views that are made where no question can be asked.
pub(super) fn unresolved(_: &UserSegment) -> Result<UserSet> {
    Err(Error::new(ErrorKind::MissingField).expected("users"))
}
