//! Why a user is at a step of the funnel, or is not.

use super::params::{Count, Params};
use super::report::Cell;
use super::tally::Wanted;
use super::unit::Outcome;
use super::{counted, each, each_in_periods};
use crate::analysis::account::{Account, Fact, Role, Value};
use crate::dataset::view::View;
use crate::error::Result;

/// The most units that are told one by one.
const MOST_TOLD: usize = 5;

/// How far the user's units came, and the rows of their steps; of a period, those that began in it.
pub(super) fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
    let mut wanted = Wanted::new(view, params, cell)?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    match wanted.period {
        None => each(view, params, user..user + 1, |_, outcome| outcomes.push(*outcome))?,
        Some(wanted_period) => {
            let places = (user..user + 1, &wanted.places);
            each_in_periods(view, params, places, |_, period, outcome| {
                if period == wanted_period {
                    outcomes.push(*outcome);
                }
            })?;
        }
    }
    let mut account = Account::default();
    if outcomes.is_empty() {
        let key = if wanted.period.is_some() { "funnel_none_in_period" } else { "funnel_none" };
        account.facts.push(Fact::new(key, []));
    }
    if params.count != Count::Users && !outcomes.is_empty() {
        account.facts.push(Fact::new("funnel_units", [("count", Value::Count(outcomes.len() as u64))]));
    }
    for outcome in &outcomes {
        let steps = 0..params.steps.len();
        account.roles.extend(steps.filter_map(|step| {
            Some(Role { row: outcome.row(step)?, key: "step", number: u32::try_from(step + 1).ok() })
        }));
    }
    let is_part = cell.others || cell.group.is_some() || cell.took.is_some();
    if cell.others {
        wanted.only_groups(counted(view, params)?.ranked().1);
    }
    if is_part && !outcomes.is_empty() && !outcomes.iter().any(|outcome| wanted.has(user, outcome)) {
        account.facts.push(Fact::new("funnel_not_in_part", []));
    }
    account.facts.extend(outcomes.iter().take(MOST_TOLD).filter_map(|outcome| of(view, params, outcome)));
    Ok(account)
}

/// How far one unit came, and why no further.
fn of(view: &View<'_>, params: &Params, outcome: &Outcome) -> Option<Fact> {
    let top = outcome.top()?;
    let last = params.steps.len();
    let time = |step: usize| {
        let row = outcome.row(step)?;
        Some(Value::Time(view.log.civil_time(row)))
    };
    let begun = ("begun", time(0).or_else(|| time(top))?);
    let reached = ("at", time(top)?);
    let count = |number: usize| Value::Count(number as u64);
    let values = [("step", count(top + 1)), ("steps", count(last)), begun, reached];
    let key = match outcome.open {
        _ if top + 1 == last => "funnel_converted",
        true => "funnel_open",
        false => "funnel_lost",
    };
    Some(Fact::new(key, values))
}
