//! Why a user stands where they stand.

use super::lives::Lives;
use super::{Params, Stages};
use crate::analysis::account::{self, Account, Value};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::Result;
use crate::segment::business::Steps;
use crate::segment::life_cycle::Gaps;

pub(super) fn account(view: &View<'_>, params: &Params, user: usize) -> Result<Account> {
    let mut lives = Lives::new(view, params)?;
    let mut stages = Vec::new();
    let steps = lives.follow(user, &mut stages);
    let as_of = lives.as_of;
    let mut account = Account::default();
    let Some(Some(now)) = stages.last() else {
        account.tell("life_cycle_none", [("as_of", Value::Day(as_of))]);
        return Ok(account);
    };
    if let Some(steps) = steps {
        came(&mut account, &steps, params, as_of);
    }
    rhythm(&mut account, &lives, params, user);
    account.tell("life_cycle_stage", [("stage", Value::Name(now.key().into()))]);
    if let Some(Some(before)) = stages.len().checked_sub(2).and_then(|place| stages.get(place)) {
        account.tell("life_cycle_before", [("stage", Value::Name(before.key().into()))]);
    }
    let span = (i32::MIN, as_of.0);
    if let (Stages::Business, Some(business)) = (params.stages, &lives.business) {
        account.mark((view, user), span, "purchase", |row| business.is_purchase(row));
        let acted = |row| !business.is_purchase(row) && business.is_interaction(row, user);
        account.mark((view, user), span, "interaction", acted);
    } else {
        account.mark((view, user), span, "active", |row| lives.active.has(row, user));
    }
    Ok(account)
}

/// What the user has come to do, each for the first time.
fn came(account: &mut Account, steps: &Steps, params: &Params, as_of: Day) {
    let by_then =
        |day: Option<i32>| day.filter(|day| *day <= as_of.0).map(|day| ("day", Value::Day(Day(day))));
    if let Some(day) = by_then(steps.seen) {
        account.tell("business_seen", [day]);
    }
    match by_then(steps.interaction) {
        Some(day) => account.tell("business_interaction", [day]),
        None => account.tell("business_no_interaction", []),
    }
    match by_then(steps.purchase) {
        Some(day) => account.tell("business_purchase", [day]),
        None => account.tell("business_no_purchase", []),
    }
    if let Some(day) = by_then(steps.loyalty) {
        account.tell("business_loyal", [day, ("number", account::count(params.loyal_orders as usize))]);
    }
}

/// How often the user comes, and for how long they have been silent.
fn rhythm(account: &mut Account, lives: &Lives<'_>, params: &Params, user: usize) {
    let mut found = Vec::new();
    let days = lives.active.of(user, &mut found);
    let days = days.get(..days.partition_point(|day| *day <= lives.as_of.0)).unwrap_or(&[]);
    let Some(last) = days.last() else { return };
    let silent = usize::try_from(lives.as_of.0 - last).unwrap_or(0);
    account.tell(
        "life_cycle_days",
        [
            ("days", account::count(days.len())),
            ("last", Value::Day(Day(*last))),
            ("silent", account::count(silent)),
            ("as_of", Value::Day(lives.as_of)),
        ],
    );
    let gaps = Gaps::between(days);
    let tenths = |days: f64| crate::table::decimal::Amount { units: (days * 10.0).round() as i64, scale: 1 };
    let own = gaps.median().filter(|_| gaps.len() >= params.rules.own_gaps.max(1) as usize);
    match own {
        Some(cycle) => account.tell("life_cycle_own", [("cycle", Value::Amount(tenths(cycle)))]),
        None => account.tell("life_cycle_data", [("cycle", Value::Amount(tenths(lives.cycle.days)))]),
    }
}
