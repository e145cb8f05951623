//! Sets of users as a condition of a filter: listed by their ids, or defined by a question and a cell of its answer.
//!
//! This room cannot ask questions; whoever makes a view of a filter with definitions brings a [`Resolve`] that can.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::EventLog;
use super::filter::Filter;
use crate::error::{Error, ErrorKind, Result};

/// A set of users: either `users` alone, or `analysis` and `cell` with what else the question needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UserSegment {
    /// What people call it; no figure depends on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
}

/// For each user of the log whether they are in the set.
pub type UserSet = Rc<[bool]>;

/// Finds the users whom a definition means. Paths of its errors begin inside the segment: `params.period`.
pub type Resolve<'a> = dyn Fn(&UserSegment) -> Result<UserSet> + 'a;

impl UserSegment {
    /// The users of the segment.
    ///
    /// # Errors
    /// [`ErrorKind::BadValue`] for a list and a definition in one; whatever `resolve` refuses.
    pub(super) fn resolve(&self, log: &EventLog, resolve: &Resolve<'_>) -> Result<UserSet> {
        let Some(ids) = &self.users else { return resolve(self) };
        if self.analysis.is_some() || self.params.is_some() || self.cell.is_some() || !self.filter.is_empty()
        {
            return Err(Error::bad_value("users", "users", "users alone, or analysis and cell"));
        }
        Ok(user_set(log, ids.iter().filter_map(|id| log.users.find(id))))
    }

    /// How many definitions there are one inside the other, this one included.
    #[must_use]
    pub fn depth(&self) -> usize {
        1 + self.filter.segments().map(|(_, segment)| segment.depth()).max().unwrap_or(0)
    }
}

/// The set of users with these codes.
#[must_use]
pub fn user_set(log: &EventLog, users: impl IntoIterator<Item = u32>) -> UserSet {
    let mut set = vec![false; log.users.len()];
    for user in users {
        if let Some(slot) = set.get_mut(user as usize) {
            *slot = true;
        }
    }
    set.into()
}

/// Refuses every definition: for views that are made where no question can be asked.
pub(super) fn unresolved(_: &UserSegment) -> Result<UserSet> {
    Err(Error::new(ErrorKind::MissingField).expected("users"))
}
