//! How long users stay, when many of them still do: Kaplan and Meier's estimate of lifetimes, groups, and a test of them.
//!
//! **Life.** It begins on the civil day (in the log's zone) of a user's first start event: the first of all, which must lie within
//! the dates (`firstEver`, the default), or the first within them. It is measured in days from there. Its end is
//! * **the last day with activity**, when `inactive` days without any have followed by the last day of the data. The *settled*
//!   day is the one that lies `inactive` days before the last day. A life whose last active day is the settled day or earlier has
//!   ended then: its time is that day less the first. All others were seen alive on the settled day, and are *censored* there. Users
//!   who began later cannot have ended yet, whatever they do: they are left out and told apart (`tooRecent`).
//! * or **an event**, `until`: the day of its first row after the start's. Lives without it are censored on the last day of the
//!   data. Users whose row of the start is that event, or who have it in view before, are left out and told apart (`already`); but
//!   when start and end are the same event, the time is that to the next one.
//!
//! **Why the settled day.** On the last day of the data nobody who was active less than `inactive` days ago can be told from
//! somebody who is gone. Whoever counts them as at risk up to that day lets users into the risk set who cannot end, and finds
//! lives that are too long. On the settled day everybody's state is known, so that censoring depends on the first day only.
//!
//! **Estimate.** [`crate::model::survival`]: the product over days of one less ended by at risk; the 95% band of `ln(-ln S)`. `S(t)` is
//! the share of users whose lives last longer than `t` days: who come again after day `t`, or have not had the event by the end of
//! it. Lives longer than `horizon` are censored there, for all figures and for the test.
//!
//! **Groups.** By a text in the row of the start or of the user: everybody is in one group. The log-rank test asks whether all
//! groups, the others among them, end alike.
//!
//! Where a curve has more than [`MOST_STEPS`] days with ends, days are put together; the values on the days that stay are exact.

mod account;
mod groups;
mod lives;
mod report;

pub use report::{Cell, Estimate, Group, MOST_STEPS, Point, Report, Step};

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::breakdown::Breakdown;
use super::{MemberCells, MemberColumn, Members, Question, activity_members};
use crate::dataset::events::EventChoice;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::survival::{Lives, log_rank};
use groups::Grouping;
use lives::{Found, LivesOf};

/// The longest time without activity, and the furthest horizon, in days.
const LONGEST: u32 = 36_525;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The event that a life begins with; any when absent.
    pub start: Option<EventChoice>,
    /// Which of a user's start events it is.
    pub entry: Entry,
    /// The event that keeps a life going; any when absent.
    pub active: Option<EventChoice>,
    /// So many days without activity end a life, 1 or more.
    pub inactive: u32,
    /// The event that ends a life, in place of inactivity.
    pub until: Option<EventChoice>,
    /// The last day of a life that is looked at; all when absent.
    pub horizon: Option<u32>,
    /// Also tells apart users by a text.
    pub breakdown: Option<Breakdown>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            start: None,
            entry: Entry::FirstEver,
            active: None,
            inactive: 30,
            until: None,
            horizon: None,
            breakdown: None,
        }
    }
}

/// Which start event begins a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Entry {
    /// The first in view.
    First,
    /// The first of all, if it lies within the dates; what follows is looked at beyond them.
    #[default]
    FirstEver,
}

/// How long users stay.
#[derive(Debug)]
pub struct Survival;

impl Question for Survival {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn dates_bound_entry(params: &Params) -> bool {
        params.entry == Entry::FirstEver
    }

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        params.check(view)?;
        let lives = LivesOf::new(view, params)?;
        let grouping =
            params.breakdown.as_ref().map(|breakdown| Grouping::new(view, &lives, breakdown)).transpose()?;
        let mut all = Lives::default();
        let mut apart = vec![Lives::default(); grouping.as_ref().map_or(0, Grouping::count)];
        let (mut too_recent, mut already) = (0, 0);
        for user in 0..view.log.users.len() {
            match lives.of(user) {
                Found::Life(life) => {
                    all.add(life.time, life.ended);
                    let place = grouping.as_ref().map(|grouping| grouping.place(life.row, user));
                    if let Some(own) = place.and_then(|place| apart.get_mut(place)) {
                        own.add(life.time, life.ended);
                    }
                }
                Found::TooRecent => too_recent += 1,
                Found::Already => already += 1,
                Found::None => {}
            }
        }
        let curve = all.curve();
        let horizon = report::horizon(&curve, params);
        Ok(Report {
            last_day: lives.last_day(),
            horizon,
            too_recent,
            already,
            test: grouping.as_ref().and_then(|_| log_rank(&apart)),
            all: Estimate::new(&curve, horizon),
            groups: grouping.map(|grouping| grouping.groups(&apart, horizon)),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        params.check(view)?;
        let lives = LivesOf::new(view, params)?;
        let grouping = match (cell.group(), &params.breakdown) {
            (None, _) => None,
            (Some(name), Some(breakdown)) => Some((name, Grouping::new(view, &lives, breakdown)?)),
            (Some(_), None) => {
                return Err(Error::bad_value("users.cell.group", "group", "only with params.breakdown"));
            }
        };
        let (mut users, mut times) = (Vec::new(), Vec::new());
        for user in 0..view.log.users.len() {
            let found = lives.of(user);
            let in_group =
                |row: usize| grouping.as_ref().is_none_or(|(name, grouping)| grouping.is_in(name, row, user));
            let there = match &found {
                Found::Life(life) => cell.has(life.time, life.ended) && in_group(life.row),
                Found::TooRecent => *cell == Cell::TooRecent,
                Found::Already => *cell == Cell::Already,
                Found::None => false,
            };
            if there {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
                times.extend(found.time().map(i64::from));
            }
        }
        let whole = times.len() == users.len();
        let mut members = activity_members(view, users);
        if whole {
            let days = MemberColumn { key: "lifetime_days", cells: MemberCells::Counts(times) };
            members.columns.insert(0, days);
        }
        Ok(members)
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        params.check(view)?;
        account::account(view, params, cell, user)
    }
}

impl Params {
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] with the path of what makes no sense.
    fn check(&self, view: &View<'_>) -> Result<()> {
        let within = |path: &str, days: u32| match days {
            1..=LONGEST => Ok(()),
            _ => Err(Error::bad_value(path, days, format!("1 to {LONGEST}"))),
        };
        within("params.inactive", self.inactive)?;
        within("params.horizon", self.horizon.unwrap_or(1))?;
        self.breakdown.as_ref().map_or(Ok(()), |breakdown| breakdown.check(view.log))
    }

    /// Whether a life ends with the event that it begins with.
    fn is_to_next(&self) -> bool {
        let any = EventChoice::default();
        self.until.as_ref() == Some(self.start.as_ref().unwrap_or(&any))
    }
}
