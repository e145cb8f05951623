//! Tiers of membership: who has which, who moves, who is near the next one or about to fall, and what other thresholds would do.
//!
//! **Definition.** How a tier is earned, kept and lost is said in [`crate::segment::tier`]; the entries are, by the measure:
//!
//! - *spend*: every purchase, and every refund below 0 unless refunds are left in, on its day;
//! - *orders*: 1 for each order, on the day of its first row, as [`crate::segment::orders`] tells orders;
//! - *active days*: 1 for each civil day with a row in view;
//! - *points*: `floor(money × points per unit)` for the lines of an order on one day together, in whole numbers throughout; the
//!   same below 0 for its refunds; and points for each order besides, on the day of its first row. Where an order is a row, lines
//!   are not put together; where it is a day, all of the day's are.
//!
//! Users join with their first row in view, or with their first purchase. What happened before the data begin is not known.
//!
//! - **Thresholds** are learned unless given. Of those who measure more than 0 in the window of the as-of date, n, largest first,
//!   the one in place ⌈p n / 100⌉ says where the top p percent begin. It is rounded to the nearest of 1, 2 and 5 × 10^k (nearest
//!   by ratio); numbers below ten of the smallest unit stay as they are; equal ones become one threshold.
//! - **Changes of a period** compare a user's tier at its end with that on the day before it begins: *joined* (none before),
//!   *upgraded*, *downgraded*, and where it is the same *kept* if its validity ended in the period and was earned again, else
//!   *stayed*. The last period ends with the as-of date, and is *open* when that cuts it off.
//! - **Came back**: of those with a tier on the day before the last period that has ended, who has a row, or a purchase, in it.
//! - **Near**: `measure × 100 ≥ next threshold × (100 − p)`. What is missing is next threshold − measure.
//! - **About to fall** are those who would have a lower tier on some day up to so many days after the as-of date if nothing more came from
//!   them. What they earn now does not decide: the window moves on until validity ends, and loses what lies far back. Missing
//!   is what their threshold is above what the window then holds.
//! - **Revenue** of a tier is what its users bring in the window of the as-of date, whatever is measured; its *cost* is the benefit
//!   in percent of that, of no less than 0, rounded to the nearest smallest unit, half up.
//! - **What if** tells tiers as though the other thresholds had always held, with the same rules and benefits by number.

mod account;
mod gauge;
mod report;
mod tally;
mod thresholds;
mod walk;

pub use report::*;

use super::account::Account;
use super::{MemberCells, MemberColumn, Members, Question};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::segment::tier::step_at;
use walk::{Now, Walk};

/// The most tiers.
pub const MOST_TIERS: usize = 8;

/// Who has which tier.
#[derive(Debug)]
pub struct Tiers;

impl Question for Tiers {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        tally::run(Walk::new(view, params)?, params)
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let mut walk = Walk::new(view, params)?;
        let place = period_of(&walk, cell)?;
        let mut found = Vec::new();
        for user in 0..view.log.users.len() {
            if let Some(now) = walk.visit(user).filter(|now| belongs(&walk, user, now, cell, place)) {
                found.push((u32::try_from(user).unwrap_or(u32::MAX), now));
            }
        }
        Ok(listed(&walk, &found, params, cell))
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        account::tell(Walk::new(view, params)?, params, user)
    }
}

/// The place of the period that a cell names; the last one when it names none.
fn period_of(walk: &Walk<'_>, cell: &Cell) -> Result<usize> {
    let (start, path) = match cell {
        Cell::Tier { period: Some(start), .. } => (start, "users.cell.tier.period"),
        Cell::Change { period, .. } => (period, "users.cell.change.period"),
        _ => return Ok(walk.periods.len().saturating_sub(1)),
    };
    walk.periods.iter().position(|period| period.0 == start.0).ok_or_else(|| {
        let known: Vec<String> =
            walk.periods.iter().map(|period| crate::dataset::calendar::Day(period.0).to_string()).collect();
        Error::bad_value(path, start, known.join(", "))
    })
}

/// Whether a user who was just visited is behind a cell.
fn belongs(walk: &Walk<'_>, user: usize, now: &Now, cell: &Cell, place: usize) -> bool {
    match *cell {
        Cell::All => true,
        Cell::Tier { tier, period: None } => now.tier == tier,
        Cell::Tier { tier, .. } => {
            let end = walk.periods.get(place).map_or(i32::MIN, |period| period.1);
            step_at(&walk.steps, end).is_some_and(|step| step.tier == tier)
        }
        Cell::Change { change, .. } => walk.change(place).is_some_and(|(_, own)| own == change),
        Cell::Move { from, to } => now.tier == to && walk.tier_at(walk.moved_from) == from,
        Cell::Returned { tier, who } => walk.returned_in.is_some_and(|span| {
            walk.tier_at(span.0 - 1) == Some(tier)
                && match who {
                    None => true,
                    Some(Came::Active) => walk.gauge.came(user, span),
                    Some(Came::Bought) => walk.gauge.money(user, span).1,
                }
        }),
        Cell::Near { tier } => now.missing.is_some() && tier.is_none_or(|tier| now.tier == tier),
        Cell::Falling { tier } => now.fall.is_some() && tier.is_none_or(|tier| now.tier == tier),
        Cell::Measure { from: None, .. } => now.sum <= 0,
        Cell::Measure { from: Some(from), to } => {
            now.sum > 0 && now.sum >= from && to.is_none_or(|to| now.sum < to)
        }
        Cell::WhatIf { from, to } => now.what_if == Some(to) && from.is_none_or(|from| now.tier == from),
        Cell::Moved { up } => {
            now.what_if.is_some_and(|then| if up { then > now.tier } else { then < now.tier })
        }
    }
}

/// Users with their tiers and what they measure, and what else the cell is about.
fn listed(walk: &Walk<'_>, found: &[(u32, Now)], params: &Params, cell: &Cell) -> Members {
    let counts = |get: &dyn Fn(&Now) -> i64| found.iter().map(|(_, now)| get(now)).collect::<Vec<_>>();
    let measured = |get: &dyn Fn(&Now) -> i64| match params.measure {
        Measure::Spend => MemberCells::Amounts(counts(get)),
        _ => MemberCells::Counts(counts(get)),
    };
    let column = |key: &'static str, cells: MemberCells| MemberColumn { key, cells };
    let mut columns = vec![
        column("tier", MemberCells::Counts(counts(&|now| i64::from(now.tier)))),
        column("measured", measured(&|now| now.sum)),
    ];
    match cell {
        Cell::Near { .. } => columns.push(column("missing", measured(&|now| now.missing.unwrap_or(0)))),
        Cell::Falling { .. } => {
            let days = found.iter().map(|(_, now)| now.fall.map_or(walk.as_of, |fall| fall.day)).collect();
            columns.push(column("falls_day", MemberCells::Days(days)));
            columns.push(column("missing", measured(&|now| now.fall.map_or(0, |fall| fall.missing))));
        }
        Cell::WhatIf { .. } | Cell::Moved { .. } => {
            let then = counts(&|now| now.what_if.map_or(0, i64::from));
            columns.push(column("tier_then", MemberCells::Counts(then)));
        }
        _ => {}
    }
    Members { users: found.iter().map(|(user, _)| *user).collect(), columns }
}
