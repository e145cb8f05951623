//! Lives apart by a text in the row that they began with.

use super::lives::{Found, LivesOf};
use super::report::{Estimate, Group};
use crate::analysis::breakdown::{Breakdown, Column, GroupName, Groups};
use crate::dataset::view::View;
use crate::error::Result;
use crate::model::survival::Lives;

/// Tells in which group a life is.
pub(super) struct Grouping<'v>(Groups<'v>);

impl<'v> Grouping<'v> {
    /// Finds the largest groups.
    pub fn new(view: &View<'v>, lives: &LivesOf<'_>, breakdown: &Breakdown) -> Result<Self> {
        let column = Column::new(view.log, &breakdown.column)?;
        let code = |column: &Column<'_>, user| match lives.of(user) {
            Found::Life(life) => Some(column.code_at(life.row, user)),
            _ => None,
        };
        Ok(Self(Groups::new(column, breakdown.most, view.log.users.len(), code)))
    }

    /// How many groups there are, the others among them.
    pub fn count(&self) -> usize {
        self.0.count()
    }

    /// The place of the group of a life that began with a row; that of all others comes last.
    pub fn place(&self, row: usize, user: usize) -> usize {
        self.0.place(self.0.column.code_at(row, user))
    }

    /// Whether a life is in a group of this name.
    pub fn is_in(&self, name: &GroupName, row: usize, user: usize) -> bool {
        self.0.is_in(name, self.0.column.code_at(row, user))
    }

    /// The groups, largest first, the others last.
    pub fn groups(&self, lives: &[Lives], horizon: u32) -> Vec<Group> {
        let named = self.0.names().into_iter().zip(lives);
        named
            .map(|((value, values), lives)| Group {
                value,
                values,
                estimate: Estimate::new(&lives.curve(), horizon),
            })
            .collect()
    }
}
