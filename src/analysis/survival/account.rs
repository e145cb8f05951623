//! Why a user is at a step of the lifetimes, or is not.

use super::groups::Grouping;
use super::lives::{Found, LivesOf};
use super::{Cell, Params};
use crate::analysis::account::{Account, Role, Value};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::Result;

/// When the user's life began, and whether and when it ended; the rows that say so.
pub(super) fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
    let lives = LivesOf::new(view, params)?;
    let mut account = Account::default();
    let life = match lives.of(user) {
        Found::Life(life) => life,
        Found::TooRecent => {
            account.tell("life_recent", [("last", Value::Day(lives.last_day()))]);
            return Ok(account);
        }
        Found::Already => {
            account.tell("life_already", []);
            return Ok(account);
        }
        Found::None => {
            account.tell("life_none", []);
            return Ok(account);
        }
    };
    let begun = view.log.days.get(life.row).copied().unwrap_or(i32::MAX);
    let end = Day(begun.saturating_add(i32::try_from(life.time).unwrap_or(i32::MAX)));
    account.tell("life_begun", [("day", Value::Day(Day(begun)))]);
    let times = [("days", Value::Count(u64::from(life.time))), ("day", Value::Day(end))];
    account.tell(if life.ended { "life_ended" } else { "life_open" }, times);
    if let (Some(name), Some(breakdown)) = (cell.group(), &params.breakdown)
        && !Grouping::new(view, &lives, breakdown)?.is_in(name, life.row, user)
    {
        account.tell("retention_other_group", []);
    }
    account.roles.push(Role { row: life.row, key: "start", number: None });
    let key = if params.until.is_some() { "end" } else { "activity" };
    let rows = lives.after_start(user, life.row).map(|row| Role { row, key, number: None });
    account.roles.extend(rows);
    Ok(account)
}
