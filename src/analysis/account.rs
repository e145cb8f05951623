//! Why a user is counted, or is not: what a question makes of one user, from the same rules that count all of them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::dataset::Kind;
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::segment::rule::Rule;
use crate::table::decimal::Amount;

/// What a question makes of one user.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Account {
    /// What decides, in the order in which it is told.
    pub facts: Vec<Fact>,
    /// What the user's rows are to the question.
    pub roles: Vec<Role>,
}

/// A sentence about a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// Its name in `locales/` (`why_<key>`).
    pub key: Cow<'static, str>,
    /// What stands in it, by name.
    pub values: Vec<(Cow<'static, str>, Value)>,
}

/// A value in a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Value {
    /// A number of things.
    Count(u64),
    /// A civil day.
    Day(Day),
    /// A moment on the wall clock: microseconds since 1970.
    Time(i64),
    /// An amount.
    Amount(Amount),
    /// A name of the question's own (`name_<key>` in `locales/`).
    Name(Cow<'static, str>),
    /// A text that is the same in all languages.
    Text(String),
    /// A condition of a rule.
    Rule(Box<Rule>),
}

/// What a row is to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// The row.
    pub row: usize,
    /// Its name in `locales/` (`role_<key>`).
    pub key: &'static str,
    /// Which step, or which offset.
    pub number: Option<u32>,
}

impl Account {
    /// Says what those of a user's rows are that lie within days, both ends counted.
    pub(super) fn mark(
        &mut self,
        (view, user): (&View<'_>, usize),
        (from, to): (i32, i32),
        key: &'static str,
        is: impl Fn(usize) -> bool,
    ) {
        let within = |row: &usize| view.log.days.get(*row).is_some_and(|day| (from..=to).contains(day));
        let rows = view.log.rows_of(user).filter(within).filter(|row| is(*row));
        self.roles.extend(rows.map(|row| Role { row, key, number: None }));
    }

    /// Says which of a user's rows in view are purchases and refunds.
    pub(super) fn mark_trades(&mut self, view: &View<'_>, user: usize) {
        let trades = view.trades();
        let role = |&row: &u32| {
            let key = match trades.get(row).0 {
                Kind::Purchase => "purchase",
                Kind::Refund => "refund",
                Kind::Other => return None,
            };
            Some(Role { row: row as usize, key, number: None })
        };
        self.roles.extend(trades.rows_of(user).iter().filter_map(role));
    }

    /// Adds a sentence.
    pub(super) fn tell<const COUNT: usize>(
        &mut self,
        key: &'static str,
        values: [(&'static str, Value); COUNT],
    ) {
        self.facts.push(Fact::new(key, values));
    }
}

/// The value of a number of days, users or rows.
pub(super) fn count(number: usize) -> Value {
    Value::Count(number as u64)
}

impl Fact {
    /// A sentence with values.
    #[must_use]
    pub fn new<const COUNT: usize>(key: &'static str, values: [(&'static str, Value); COUNT]) -> Self {
        let values = values.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        Self { key: Cow::Borrowed(key), values }
    }
}
