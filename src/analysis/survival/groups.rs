//! Lives apart by a text in the row that they began with.

use super::lives::{Found, LivesOf};
use super::report::{Estimate, Group};
use crate::analysis::retention::GroupName;
use crate::analysis::retention::groups::{Breakdown, Column, largest, sizes};
use crate::dataset::view::View;
use crate::error::Result;
use crate::model::survival::Lives;

/// Tells in which group a life is.
pub(super) struct Grouping<'v> {
    column: Column<'v>,
    /// The codes of the largest groups with their places, ascending by code.
    largest: Vec<(u32, usize)>,
    /// How many texts the other lives have.
    other_texts: u64,
}

impl<'v> Grouping<'v> {
    /// Finds the largest groups.
    pub fn new(view: &View<'v>, lives: &LivesOf<'_>, breakdown: &Breakdown) -> Result<Self> {
        let column = Column::new(view.log, &breakdown.column)?;
        let code = |user: usize| match lives.of(user) {
            Found::Life(life) => Some(column.code_at(life.row, user)),
            _ => None,
        };
        let texts = &column.codes.dictionary;
        let sizes = sizes((0..view.log.users.len()).filter_map(code), texts.len(), view.log.users.len());
        let ordered = largest(&sizes, breakdown.most as usize, texts);
        let other_texts = (sizes.len() - ordered.len()) as u64;
        let mut largest: Vec<(u32, usize)> =
            ordered.into_iter().enumerate().map(|(place, code)| (code, place)).collect();
        largest.sort_unstable();
        Ok(Self { column, largest, other_texts })
    }

    /// How many groups there are, the others among them.
    pub fn count(&self) -> usize {
        self.largest.len() + usize::from(self.other_texts > 0)
    }

    /// The place of the group of a life that began with a row; that of all others comes last.
    pub fn place(&self, row: usize, user: usize) -> usize {
        let code = self.column.code_at(row, user);
        let found = self.largest.binary_search_by_key(&code, |(code, _)| *code).ok();
        found.and_then(|found| self.largest.get(found)).map_or(self.largest.len(), |(_, place)| *place)
    }

    /// Whether a life is in a group of this name; a text need not be one of the largest.
    pub fn is_in(&self, name: &GroupName, row: usize, user: usize) -> bool {
        match name {
            GroupName::Others => self.place(row, user) == self.largest.len(),
            GroupName::Value(text) => {
                self.column.codes.dictionary.find(text) == Some(self.column.code_at(row, user))
            }
        }
    }

    /// The groups, largest first, the others last.
    pub fn groups(&self, lives: &[Lives], horizon: u32) -> Vec<Group> {
        let mut codes: Vec<(usize, u32)> = self.largest.iter().map(|(code, place)| (*place, *code)).collect();
        codes.sort_unstable();
        let text = |code: u32| self.column.codes.dictionary.get(code).to_owned();
        let names = codes.into_iter().map(|(_, code)| (Some(text(code)), 1));
        let named = names.chain((self.other_texts > 0).then_some((None, self.other_texts))).zip(lives);
        named
            .map(|((value, values), lives)| Group {
                value,
                values,
                estimate: Estimate::new(&lives.curve(), horizon),
            })
            .collect()
    }
}
