//! Guesses what a file's rows are and what its columns are for, from names (English and Chinese) and the first cells.

mod agree;
mod change;
mod kind;
mod names;
#[cfg(test)]
mod tests;
mod types;

use serde::{Deserialize, Serialize};
use std::collections::HashSet;

pub use change::change_kind;
pub use kind::guess_kind;
pub use names::{is_purchase, is_refund, is_sight};

use super::mapping::{ColumnType, FileKind, Mapping, Role};
use super::time::TimeFormat;
use crate::table::decimal::NumberFormat;
use names::{name_rank, plain};
use types::guess_type;

/// Cells that it takes to tell whether a column has each value once.
const CELLS_TO_TELL: usize = 20;

/// What a guess rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// The column's name.
    Name,
    /// Its cells.
    Content,
    /// Nothing spoke for another role.
    Rest,
}

/// A column as it looks in the first rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnGuess {
    /// Its name.
    pub name: String,
    /// The type that nearly all its first cells have.
    pub column_type: ColumnType,
    /// What it is probably for.
    pub role: Role,
    /// What speaks for that.
    pub basis: Basis,
    /// How its times are written, if they are times.
    pub time_format: Option<TimeFormat>,
    /// Whether day first and month first both fit all cells.
    pub ambiguous_date: bool,
    /// How its numbers are written, if they are numbers.
    pub number_format: Option<NumberFormat>,
}

/// Guesses what the rows of a file are, and all its columns. `cells[column]` are that column's cells in the first rows.
#[must_use]
pub fn guess(file_name: &str, names: &[String], cells: &[Vec<&[u8]>]) -> (FileKind, Vec<ColumnGuess>) {
    let column = |index: usize| cells.get(index).map_or(&[][..], Vec::as_slice);
    let mut guesses: Vec<ColumnGuess> = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let found = guess_type(name, column(index));
            ColumnGuess {
                name: name.clone(),
                column_type: found.column_type,
                role: Role::Attribute,
                basis: Basis::Rest,
                time_format: found.time_format,
                ambiguous_date: found.ambiguous_date,
                number_format: found.number_format,
            }
        })
        .collect();
    agree::agree(&mut guesses, cells);
    let shop =
        names.iter().any(|name| matches!(plain(name).as_str(), "financialstatus" | "lineitemquantity"));
    for role in names::roles() {
        give(&mut guesses, role, shop);
    }
    let distinct: Vec<f64> = (0..names.len()).map(|index| distinct(column(index))).collect();
    let kind = guess_kind(file_name, &guesses, &distinct);
    kind::settle(kind, &mut guesses);
    for guess in &mut guesses {
        guess.column_type = guess.role.column_type().unwrap_or(guess.column_type);
        guess.number_format = guess.number_format.filter(|_| guess.column_type == ColumnType::Number);
    }
    (kind, guesses)
}

/// Whether a column of this name holds users or times.
pub(super) fn names_user_or_time(name: &str) -> bool {
    [Role::User, Role::Time].into_iter().any(|role| name_rank(name, role).is_some())
}

/// Gives a role to the free column whose name fits best. `shop` says that the file comes from Shopify, which calls an order
/// by its name and knows customers by their e-mail.
fn give(guesses: &mut [ColumnGuess], role: Role, shop: bool) {
    let free = |guess: &ColumnGuess| guess.role == Role::Attribute && fits_role(guess, role);
    let rank = |guess: &ColumnGuess| match role {
        Role::Order if shop && plain(&guess.name) == "name" => Some(0),
        Role::User if shop && plain(&guess.name) == "email" => Some(0),
        // A row's own time comes before those of its user's life.
        Role::Time if names::is_profile_time(&guess.name) => None,
        _ => name_rank(&guess.name, role),
    };
    let best = guesses.iter().enumerate().filter(|(_, guess)| free(guess));
    let best = best.filter_map(|(index, guess)| Some((rank(guess)?, index))).min();
    // Only a time can be told by its cells alone.
    let by_content = || {
        let times = guesses.iter().enumerate().filter(|(_, guess)| role == Role::Time && free(guess));
        let (index, _) = times.min_by_key(|(_, guess)| names::is_profile_time(&guess.name))?;
        Some((index, Basis::Content))
    };
    if let Some((index, basis)) = best.map(|(_, index)| (index, Basis::Name)).or_else(by_content)
        && let Some(guess) = guesses.get_mut(index)
    {
        (guess.role, guess.basis) = (role, basis);
    }
}

fn fits_role(guess: &ColumnGuess, role: Role) -> bool {
    match role.column_type() {
        Some(ColumnType::Time) => guess.column_type == ColumnType::Time,
        Some(ColumnType::Number) => guess.column_type == ColumnType::Number,
        _ => guess.column_type != ColumnType::Time,
    }
}

/// The share of filled cells that are all different; 0 where they are too few to tell.
fn distinct(cells: &[&[u8]]) -> f64 {
    let filled = cells.iter().filter(|cell| !cell.trim_ascii().is_empty());
    let mut seen = HashSet::<&[u8]>::new();
    let mut all = 0usize;
    for cell in filled {
        all += 1;
        seen.insert(cell);
    }
    if all < CELLS_TO_TELL { 0.0 } else { seen.len() as f64 / all as f64 }
}

/// The mapping that the guesses amount to.
#[must_use]
pub fn mapping_from_guesses(guesses: &[ColumnGuess]) -> Mapping {
    let mut mapping = Mapping::default();
    for guess in guesses {
        mapping.set_role(&guess.name, guess.role);
        if guess.role == Role::Time {
            mapping.time_format = guess.time_format;
        }
        if let Some(format @ NumberFormat::Comma) = guess.number_format {
            mapping.number_formats.insert(guess.name.clone(), format);
        }
        // What has no place of its own in a mapping is kept as an attribute.
        let kept = mapping.role(&guess.name);
        if kept != guess.role && kept == Role::Ignore {
            mapping.set_role(&guess.name, Role::Attribute);
        }
        // Other dates stay text: only the form with the year first is read for attributes.
        if mapping.role(&guess.name) == Role::Attribute
            && guess.time_format.is_none_or(|format| format == TimeFormat::YearFirst)
        {
            mapping.set_type(&guess.name, guess.column_type);
        }
    }
    mapping
}
