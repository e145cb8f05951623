//! What the rows of a file are, and which roles that leaves.

use super::names::{is_profile_time, name_rank, plain};
use super::{Basis, ColumnGuess};
use crate::ingest::mapping::{ColumnType, FileKind, Role};

/// What the rows of a file are, from its name, its columns with the roles that their names suggest, and for each column the
/// share of its first cells that are all different (0 where they are too few to tell).
///
/// - costs: a date, a cost, and a channel or what was shown and clicked;
/// - ids: two or more ids and nothing else;
/// - surveys: a score of a user;
/// - users: each user once, and no time but that of signing up and the like; amounts only where there is no time at all;
/// - orders: an order's id or an amount, and no column that says what happened;
/// - events: everything else.
#[must_use]
pub fn guess_kind(file_name: &str, columns: &[ColumnGuess], distinct: &[f64]) -> FileKind {
    let find = |role: Role| columns.iter().position(|column| column.role == role);
    let has = |role: Role| find(role).is_some();
    let file = plain(file_name);
    let called = |words: &[&str]| words.iter().any(|word| file.contains(word));

    let advertised = has(Role::Impressions) || has(Role::Clicks);
    let times = || columns.iter().filter(|column| column.column_type == ColumnType::Time);
    if has(Role::Cost)
        && times().next().is_some()
        && (advertised || (has(Role::Channel) && !has(Role::Value)))
        && !has(Role::Order)
        && !has(Role::Event)
        && (advertised || !has(Role::User))
    {
        return FileKind::Costs;
    }
    if columns.len() >= 2 && columns.iter().all(|column| is_user_id(&column.name)) {
        return FileKind::Ids;
    }
    let bought = has(Role::Order) || has(Role::Value) || (has(Role::Price) && has(Role::Quantity));
    if has(Role::Score) && has(Role::User) && !bought && !has(Role::Event) {
        return FileKind::Surveys;
    }
    let own_life = times().all(|column| is_profile_time(&column.name));
    let named_users = called(&["user", "member", "customer", "用户", "会员", "客户"]);
    let named_rows = called(&["event", "order", "log", "事件", "行为", "订单", "交易", "流水"]);
    let once = find(Role::User).map(|user| distinct.get(user).copied().unwrap_or(0.0));
    // An amount without a time is what somebody spent in all: a list of users, as our own exports are.
    let line = has(Role::Order) || (has(Role::Price) && has(Role::Quantity));
    let in_all = times().next().is_none() && !line && (named_users || once.is_some_and(|share| share > 0.99));
    if once.is_some_and(|share| share == 0.0 || share > 0.99)
        && (!bought || in_all)
        && !has(Role::Event)
        && !named_rows
        && (own_life || (named_users && once.is_some_and(|share| share > 0.99)))
    {
        return FileKind::Users;
    }
    if bought && !has(Role::Event) { FileKind::Orders } else { FileKind::Events }
}

fn is_user_id(name: &str) -> bool {
    name_rank(name, Role::User).is_some() || name_rank(name, Role::SameUser).is_some()
}

/// Takes back the roles that rows of this kind do not have.
pub(super) fn settle(kind: FileKind, columns: &mut [ColumnGuess]) {
    let has = |columns: &[ColumnGuess], role: Role| columns.iter().any(|column| column.role == role);
    if matches!(kind, FileKind::Events | FileKind::Orders) && !has(columns, Role::Value) {
        // A price without a quantity, or what a user spent, is the amount.
        let instead = match (has(columns, Role::Price), has(columns, Role::Quantity)) {
            (true, true) => None,
            (true, false) => Some(Role::Price),
            _ => Some(Role::Cost),
        };
        if let Some(column) = columns.iter_mut().find(|column| Some(column.role) == instead) {
            column.role = Role::Value;
        }
    }
    for column in columns {
        if kind == FileKind::Ids && column.role == Role::Attribute && is_user_id(&column.name) {
            (column.role, column.basis, column.column_type) = (Role::SameUser, Basis::Name, ColumnType::Text);
        }
        if !allowed(kind, column.role) {
            (column.role, column.basis) = (Role::Attribute, Basis::Rest);
        }
    }
}

/// Whether rows of this kind have columns in this role.
fn allowed(kind: FileKind, role: Role) -> bool {
    let own: &[Role] = match kind {
        FileKind::Events | FileKind::Orders => &[
            Role::User,
            Role::Time,
            Role::Event,
            Role::Value,
            Role::Order,
            Role::Channel,
            Role::Quantity,
            Role::Price,
        ],
        FileKind::Users => &[Role::User, Role::Channel],
        FileKind::Costs => &[Role::Time, Role::Channel, Role::Cost, Role::Impressions, Role::Clicks],
        FileKind::Surveys => &[Role::User, Role::Time, Role::Channel, Role::Score],
        FileKind::Ids => &[Role::User, Role::SameUser],
    };
    matches!(role, Role::Attribute | Role::Ignore) || own.contains(&role)
}
