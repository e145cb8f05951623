//! The account of one user behind a cell, or not behind it: counted or not, what decided, and the user's own rows.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::request::{Query, WhyWanted};
use super::{Engine, registry};
use crate::analysis::account::{Account, Fact, Role};
use crate::dataset::trades::Trades;
use crate::dataset::view::View;
use crate::dataset::{EventLog, Kind};
use crate::error::{Error, Result};
use crate::ingest::mapping;
use crate::table::decimal::Amount;

/// Why a user is counted, or is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The user's id.
    pub user: String,
    /// Whether the user is among the users behind the cell.
    pub counted: bool,
    /// What decided, as far as the question tells.
    pub facts: Vec<Fact>,
    /// The user's rows in the data.
    pub total: u64,
    /// Those of them that pass the filter.
    pub in_view: u64,
    /// Where this page begins among all rows.
    pub offset: u64,
    /// The rows of this page, in the order of time.
    pub rows: Vec<WhyRow>,
}

/// A row of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhyRow {
    /// The moment on the wall clock of the log's zone: microseconds since 1970.
    pub time: i64,
    /// The event, where there are events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The value, where there is one; a refund's is negative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Amount>,
    /// Whether it passes the filter.
    pub in_view: bool,
    /// What it is to the question: names (`role_<key>` in `locales/`), some with a number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<(Cow<'static, str>, Option<u32>)>,
}

impl Engine {
    /// # Errors
    /// As [`Engine::run`]; [`crate::error::ErrorKind::BadValue`] for a user whom the data do not have.
    pub(super) fn why(&self, query: &Query, wanted: &WhyWanted) -> Result<Why> {
        let log = self.log()?;
        let unknown = || Error::bad_value("why.user", &wanted.user, "the id of a user in the data");
        let code = log.users.find(wanted.user.trim()).ok_or_else(unknown)?;
        let counted = {
            // The list behind the cell is the one that says who is counted; as a rule it was just looked at.
            let users = query.for_users(&wanted.cell, 0, 0);
            let behind = users.users.as_ref().ok_or_else(unknown)?;
            self.list(&users, behind)?.has(code)
        };
        let view = self.segments.view(log, query)?;
        let account = registry::account(query, &view, &wanted.cell, code as usize)?;
        Ok(page(&view, account, (code, counted), wanted))
    }
}

fn page(view: &View<'_>, account: Account, (code, counted): (u32, bool), wanted: &WhyWanted) -> Why {
    let log = view.log;
    let own = log.rows_of(code as usize);
    let Account { facts, roles } = account;
    let (offset, rows) = rows(view, code, roles, wanted.offset, wanted.limit);
    Why {
        user: log.users.get(code).to_owned(),
        counted,
        facts,
        total: own.len() as u64,
        in_view: own.filter(|row| view.has(*row)).count() as u64,
        offset,
        rows,
    }
}

/// Some of a user's rows from a place on, which is told too, with what they are to a question.
pub(super) fn rows(
    view: &View<'_>,
    code: u32,
    mut roles: Vec<Role>,
    offset: u64,
    limit: u64,
) -> (u64, Vec<WhyRow>) {
    let log = view.log;
    let rows = log.rows_of(code as usize);
    let from = usize::try_from(offset).unwrap_or(usize::MAX).min(rows.len());
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    roles.sort_by_key(|role| (role.row, role.number));
    let trades = View::all(log).trades();
    let of_row = |row: usize| WhyRow {
        time: log.civil_time(row),
        event: log
            .text_in_role(mapping::Role::Event)
            .map(|codes| codes.dictionary.get(codes.code(row)).to_owned()),
        value: value(log, &trades, row),
        in_view: view.has(row),
        roles: roles
            .iter()
            .skip(roles.partition_point(|role| role.row < row))
            .take_while(|role| role.row == row)
            .map(|role| (Cow::Borrowed(role.key), role.number))
            .collect(),
    };
    (from as u64, rows.skip(from).take(most).map(of_row).collect())
}

fn value(log: &EventLog, trades: &Trades<'_>, row: usize) -> Option<Amount> {
    let stored = log.values()?.values.get(row);
    if stored == crate::table::integers::Integers::MISSING {
        return None;
    }
    let units = match trades.get(u32::try_from(row).ok()?) {
        (Kind::Refund, amount) => amount.saturating_neg(),
        _ => stored,
    };
    Some(log.amount(units))
}
