//! One question, one file. Each takes a [`View`](crate::dataset::view::View) and parameters and gives a bounded report; each
//! can also list the users behind a cell of the report, from the same classification that counted them.

pub mod account;
pub mod active;
pub mod breakdown;
pub mod clusters;
pub mod funnel;
pub mod growth;
pub mod life_cycle;
pub mod n_day;
pub mod order;
pub mod overlap;
pub mod overview;
pub mod paths;
pub mod portrait;
pub mod repurchase;
pub mod retention;
pub mod revenue_growth;
pub mod rfm;
pub mod rule;
pub mod segment_size;
pub mod sequence;
pub mod stickiness;
pub mod survival;
pub mod tiers;
pub mod value;

use serde::Serialize;
use serde::de::DeserializeOwned;

use account::Account;

use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};

/// The most cells a report may have.
pub const MOST_CELLS: u64 = 1_000_000;

/// A question that can be asked of a log.
pub trait Question {
    /// What can be chosen; `Default` is what a sensible analyst would pick.
    type Params: Serialize + DeserializeOwned + Default;
    /// The answer.
    type Report: Serialize;
    /// Names a mark of the report whose users can be listed.
    type Cell: Serialize + DeserializeOwned;

    /// Whether dates bound only what begins, and what follows is looked at as far as the data reach: then the question gets
    /// [`View::beyond_dates`].
    #[must_use]
    fn dates_bound_entry(_params: &Self::Params) -> bool {
        false
    }

    /// Answers.
    ///
    /// # Errors
    /// Parameters that make no sense, or a report that would be too large.
    fn run(view: &View<'_>, params: &Self::Params) -> Result<Self::Report>;

    /// The users behind a cell: exactly those that it counted.
    ///
    /// # Errors
    /// As [`Question::run`], and a cell that is not in the report.
    fn members(view: &View<'_>, params: &Self::Params, cell: &Self::Cell) -> Result<Members>;

    /// What decides whether a user is behind a cell; nothing where the user's rows say it all.
    ///
    /// # Errors
    /// As [`Question::members`].
    fn account(view: &View<'_>, params: &Self::Params, cell: &Self::Cell, user: usize) -> Result<Account>;
}

/// Users, and what is worth knowing of each where the list is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members {
    /// The users' codes.
    pub users: Vec<u32>,
    /// Columns of the list, each as long as `users`.
    pub columns: Vec<MemberColumn>,
}

/// A column of a list of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberColumn {
    /// Its name in JSON and in `locales/` (`member_<key>`).
    pub key: &'static str,
    /// Its cells.
    pub cells: MemberCells,
}

/// The cells of a column in a list of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberCells {
    /// Whole numbers.
    Counts(Vec<i64>),
    /// Days since 1970.
    Days(Vec<i32>),
    /// Amounts in the value column's smallest unit.
    Amounts(Vec<i64>),
    /// Names (`name_<key>` in `locales/`).
    Names(Vec<&'static str>),
}

/// Users with their first and last day and their rows, in the order of the log: the list that activity questions show.
#[must_use]
pub fn activity_members(view: &View<'_>, users: Vec<u32>) -> Members {
    let days = view.user_days();
    let of = |user: &u32| days.of(*user as usize);
    Members {
        columns: vec![
            MemberColumn {
                key: "first_day",
                cells: MemberCells::Days(
                    users.iter().map(|user| of(user).first().copied().unwrap_or(0)).collect(),
                ),
            },
            MemberColumn {
                key: "last_day",
                cells: MemberCells::Days(
                    users.iter().map(|user| of(user).last().copied().unwrap_or(0)).collect(),
                ),
            },
            MemberColumn {
                key: "active_days",
                cells: MemberCells::Counts(users.iter().map(|user| of(user).len() as i64).collect()),
            },
            MemberColumn {
                key: "events",
                cells: MemberCells::Counts(
                    users.iter().map(|user| view.rows_of(*user as usize) as i64).collect(),
                ),
            },
        ],
        users,
    }
}

/// Refuses a report with more than [`MOST_CELLS`] cells.
pub(crate) fn check_size(cells: u64) -> Result<()> {
    if cells <= MOST_CELLS {
        return Ok(());
    }
    Err(Error::new(ErrorKind::ReportTooLarge).found(cells).expected(MOST_CELLS.to_string()))
}

/// `part / whole`, nothing when the whole is nothing.
pub(crate) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
