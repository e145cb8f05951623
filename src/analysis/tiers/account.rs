//! How a user came to their tier.

use super::walk::Walk;
use super::{Measure, Params};
use crate::analysis::account::{self, Account, Value};
use crate::dataset::calendar::Day;
use crate::error::Result;
use crate::segment::tier::{Cause, Step};
use crate::table::decimal::Amount;

/// The most steps that are told, the latest ones.
const MOST_STEPS: usize = 24;

/// Tells of one user.
pub(super) fn tell(mut walk: Walk<'_>, params: &Params, user: usize) -> Result<Account> {
    let mut account = Account::default();
    let as_of = Value::Day(Day(walk.as_of));
    let Some(now) = walk.visit(user) else {
        account.tell("tiers_none", [("day", as_of)]);
        return Ok(account);
    };
    let measured = |units: i64| match params.measure {
        Measure::Spend => Value::Amount(Amount { units, scale: walk.gauge.scale() }),
        _ => Value::Amount(Amount { units, scale: 0 }),
    };
    let tier = |tier: u8| account::count(usize::from(tier));
    account.tell("tiers_now", [("tier", tier(now.tier)), ("day", as_of)]);
    let from = Value::Day(Day(walk.window_from));
    let to = Value::Day(Day(walk.as_of));
    account.tell("tiers_measured", [("measured", measured(now.sum)), ("from", from), ("to", to)]);
    if let Some(next) = walk.threshold(now.tier + 1) {
        let missing = measured(next.saturating_sub(now.sum));
        account.tell(
            "tiers_next",
            [("tier", tier(now.tier + 1)), ("threshold", measured(next)), ("missing", missing)],
        );
    }
    if let Some(until) = now.until {
        account.tell("tiers_until", [("day", Value::Day(Day(until)))]);
    }
    if let Some(fall) = now.fall {
        account.tell(
            "tiers_falls",
            [
                ("day", Value::Day(Day(fall.day))),
                ("tier", tier(fall.tier)),
                ("missing", measured(fall.missing)),
            ],
        );
    }
    if let Some(then) = now.what_if {
        account.tell("tiers_what_if", [("tier", tier(then))]);
    }
    tell_steps(&mut account, &walk.steps);
    match params.measure {
        Measure::ActiveDays => {
            account.mark((walk.gauge.view, user), (walk.window_from, walk.as_of), "active", |row| {
                walk.gauge.view.has(row)
            });
        }
        _ => account.mark_trades(walk.gauge.view, user),
    }
    Ok(account)
}

/// The way there, the latest steps.
fn tell_steps(account: &mut Account, steps: &[Step]) {
    let left_off = steps.len().saturating_sub(MOST_STEPS);
    if left_off > 0 {
        account.tell("tiers_earlier", [("count", account::count(left_off))]);
    }
    for step in steps.get(left_off..).unwrap_or(&[]) {
        let key = match step.cause {
            Cause::Joined => "tiers_joined",
            Cause::Upgraded => "tiers_upgraded",
            Cause::Kept => "tiers_kept",
            Cause::Downgraded => "tiers_downgraded",
        };
        let day = ("day", Value::Day(Day(step.day)));
        account.tell(key, [day, ("tier", account::count(usize::from(step.tier)))]);
    }
}
