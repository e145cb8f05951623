//! Why a user is in a cell of the triangle, or is not.

use super::grid::Grid;
use super::groups::Grouping;
use super::returns::Returns;
use super::{Cell, Entry, Params};
use crate::analysis::account::{Account, Fact, Role, Value};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::Result;

/// The most stretches of offsets that are told; more would be no sentence.
const MOST_TOLD: usize = 40;

/// A cohort that a user is in.
struct Own {
    cohort: usize,
    begun: i64,
    offsets: Vec<u32>,
}

/// The cohort of the user, or of several the one of the cell; the rows that found it and that are returns, with their offset.
pub(super) fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
    let mut account = Account::default();
    let mut returns = Returns::new(view, params)?;
    let Some(grid) = Grid::new(view, params)? else { return Ok(account) };
    returns.of_user(user, &grid);
    let mut own: Vec<Own> = Vec::new();
    returns.each_cohort(&grid, params, |cohort, begun, offsets| {
        own.push(Own { cohort, begun, offsets: offsets.to_vec() });
    });
    let is_of_cell = |own: &&Own| cell.cohort.is_none_or(|start| grid.start(own.cohort) == start);
    let of_cell = own.iter().find(is_of_cell);
    let Some(told) = of_cell.or(own.first()) else {
        account.facts.push(Fact::new("retention_none", []));
        return Ok(account);
    };
    let (start, end) = (grid.start(told.cohort), grid.end(told.cohort));
    let is_founder = |row: &usize| {
        let day = view.log.days.get(*row).copied().unwrap_or(i32::MIN);
        let within = (grid.entry.0..=grid.entry.1).contains(&day);
        returns.founds(*row, user) && within && grid.index(day) == Some(told.cohort)
    };
    let founder = view.log.rows_of(user).find(is_founder);
    let day = founder.and_then(|row| view.log.days.get(row)).map_or(start, |day| Day(*day));
    let key = match (params.entry, of_cell.is_some()) {
        (_, false) => "retention_other",
        (Entry::Recurring, true) => "retention_recurring",
        (Entry::First | Entry::FirstEver, true) => "retention_cohort",
    };
    let span = [("day", Value::Day(day)), ("start", Value::Day(start)), ("end", Value::Day(end))];
    account.facts.push(Fact::new(key, span));
    account.facts.push(offsets(&grid, told, params));
    // A cell of an average is of cohorts that have got so far.
    let is_open =
        |offset: u32| grid.closed(view).get(told.cohort).is_none_or(|closed| offset as usize >= *closed);
    if cell.cohort.is_none() && cell.offset.is_some_and(is_open) {
        account.facts.push(Fact::new("retention_not_closed", []));
    }
    if let (Some(name), Some(breakdown)) = (&cell.group, &params.breakdown) {
        let grouping = Grouping::new(view, &returns, &grid, breakdown)?;
        if !grouping.is_in(name, &returns, user, &grid) {
            account.facts.push(Fact::new("retention_other_group", []));
        }
    }
    account.roles.extend(founder.map(|row| Role { row, key: "entry", number: None }));
    for row in view.log.rows_of(user).filter(|row| returns.returns(*row, user)) {
        if let Some(offset) = grid.offset_of_row(view, told.cohort, told.begun, row) {
            // An offset of several periods is called by its first.
            let number = u32::try_from(grid.bounds(offset).0).ok();
            account.roles.push(Role { row, key: "return", number });
        }
    }
    Ok(account)
}

/// At which of the reported offsets the user counts, neighbours told as one.
fn offsets(grid: &Grid, own: &Own, params: &Params) -> Fact {
    let runs = own.offsets.chunk_by(|offset, next| offset + 1 == *next);
    let label = |run: &[u32]| {
        let (first, last) = (run.first().copied().unwrap_or(0), run.last().copied().unwrap_or(0));
        let (from, to) = (grid.bounds(first as usize).0, grid.bounds(last as usize).1.saturating_sub(1));
        if from < to { format!("{from}\u{2013}{to}") } else { from.to_string() }
    };
    let mut labels: Vec<String> = runs.take(MOST_TOLD + 1).map(label).collect();
    if let Some(more) = labels.get_mut(MOST_TOLD) {
        "\u{2026}".clone_into(more);
    }
    if labels.is_empty() {
        return Fact::new("retention_nowhere", []);
    }
    let minimum = Value::Count(u64::from(params.minimum));
    let key = if params.minimum > 1 { "retention_offsets_minimum" } else { "retention_offsets" };
    Fact::new(key, [("offsets", Value::Text(labels.join(", "))), ("minimum", minimum)])
}
