//! Where growth comes from: new, retained, resurrected and churned users of each period.
//!
//! **Definition.** In each period (civil day, week, month or quarter in the log's zone) a user is *new* in the first period
//! with the event that makes active (any row, unless one is chosen), *retained* when also active in the period just before,
//! *resurrected* when active now, not just before, and not new; *churned* when active just before and not now. Hence
//! `active(t) = active(t-1) + new + resurrected - churned`. *Lapsed* are those who were active in some earlier period, but not
//! in the one just before: the ones who can come back.
//!
//! * Net growth = new + resurrected - churned.
//! * Quick ratio = (new + resurrected) / churned, undefined when nobody churned.
//! * Churn rate = churned / active(t-1). Win-back rate = resurrected / lapsed.
//!
//! These are the terms of "accounting for user growth" as Statsig, PostHog and Social Capital's gist compute it.
//!
//! **Registered users** come from a file of users. With a day of registration, the share of them who are active is told for
//! every period: active users registered by its end / all users registered by its end, those who never did anything
//! included. A filter by anything else than days leaves this out: who would pass it among users without rows is not known.
//!
//! **Edges.** Periods run from the first with the event to the last with any row in view, empty ones included. A period is
//! *open* while it has not ended by the last day of the data: its users may still come, so its churn is not final.

use serde::{Deserialize, Serialize};

use super::account::{Account, Fact, Value};
use super::{Members, Question, activity_members, check_size};
use crate::dataset::active_days::{ActiveDays, PeriodTable};
use crate::dataset::calendar::{DAY_MICROS, Day, Period, Periods, WeekStart};
use crate::dataset::events::EventChoice;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::table::{ColumnData, Times};

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The length of a period.
    pub period: Period,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
    /// Events that make a user active, by name alone; not beside `active`.
    pub events: Option<Vec<String>>,
    /// The event that makes a user active; any when absent.
    pub active: Option<EventChoice>,
    /// The attribute of users that holds the day of registration.
    pub registered_on: Option<String>,
}

/// Users by period and state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One entry for every period from the first to the last.
    pub periods: Vec<PeriodGrowth>,
    /// The users of the files of users; absent without such a file, and where the filter asks for more than days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<Registered>,
}

/// Users whom the files of users list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// All of them.
    pub users: u64,
    /// Those with any row in the data.
    pub with_events: u64,
    /// Those whose day of registration is not known; absent where none was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_day: Option<u64>,
}

/// The users of one period by state. `active = new + retained + resurrected`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodGrowth {
    /// The first day of the period.
    pub start: Day,
    /// The last day of the period.
    pub end: Day,
    /// Whether the period has not ended by the last day of the data.
    pub open: bool,
    /// Users with a row in it.
    pub active: u64,
    /// Active for the first time.
    pub new: u64,
    /// Active in the period before too.
    pub retained: u64,
    /// Back after at least one period without a row.
    pub resurrected: u64,
    /// Active in the period before, not in this.
    pub churned: u64,
    /// Active in some earlier period, not in the one before.
    pub lapsed: u64,
    /// new + resurrected - churned.
    pub net: i64,
    /// (new + resurrected) / churned.
    pub quick_ratio: Option<f64>,
    /// churned / active in the period before.
    pub churn_rate: Option<f64>,
    /// resurrected / lapsed.
    pub win_back_rate: Option<f64>,
    /// Users registered by the end of the period; absent unless a day of registration was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<u64>,
    /// Those of them who are active in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_active: Option<u64>,
}

/// A state of a user in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Active for the first time.
    New,
    /// Active in the period before too.
    Retained,
    /// Back after at least one period without a row.
    Resurrected,
    /// Active in the period before, not in this.
    Churned,
    /// Active in some earlier period, not in the one before.
    Lapsed,
    /// Active: new, retained or resurrected.
    Active,
    /// Active, and registered by the end of the period.
    RegisteredActive,
}

/// The users in one state in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// The first day of the period.
    pub start: Day,
    /// The state.
    pub state: State,
}

/// Where growth comes from.
#[derive(Debug)]
pub struct Growth;

impl Question for Growth {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let days = active_days(view, params)?;
        let register = Register::new(view, params)?;
        let registered = registered(view, register.as_ref());
        let Some(periods) = periods(view, params, &days) else {
            return Ok(Report { periods: vec![], registered });
        };
        check_size(periods.length as u64 * 13)?;
        // The four states that `states` tells, and the registered among those who are active.
        let mut counts = vec![[0u64; 5]; periods.length];
        let mut found = Vec::new();
        for user in 0..days.users() {
            let places = days.of(user, &mut found).iter().filter_map(|&day| periods.place(day));
            let day = register.as_ref().and_then(|register| register.day(user));
            states(places, periods.length, |place, state| {
                let Some(slots) = counts.get_mut(place) else { return };
                if let Some(count) = slots.get_mut(state as usize) {
                    *count += 1;
                }
                let [.., registered] = slots;
                if state != State::Churned && day.is_some_and(|day| day <= periods.end(place).0) {
                    *registered += 1;
                }
            });
        }
        let last_day = view.span().1;
        let mut before = Before::default();
        let period = |(place, counts): (usize, &[u64; 5])| {
            let (start, end) = (periods.start(place), periods.end(place));
            let entry = before.period((start, end), end > last_day, counts);
            let Some(register) = &register else { return entry };
            let [.., registered_active] = *counts;
            PeriodGrowth {
                registered: Some(register.until(end)),
                registered_active: Some(registered_active),
                ..entry
            }
        };
        Ok(Report { periods: counts.iter().enumerate().map(period).collect(), registered })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let days = active_days(view, params)?;
        let register = Register::new(view, params)?;
        let unknown =
            || Error::bad_value("users.cell.start", cell.start, "the first day of a period in the report");
        let periods = periods(view, params, &days).ok_or_else(unknown)?;
        let wanted = periods.starting(cell.start).ok_or_else(unknown)?;
        let (mut users, mut found) = (Vec::new(), Vec::new());
        for user in 0..days.users() {
            let registered = register.as_ref().and_then(|register| register.day(user));
            if Standing::new(days.of(user, &mut found), &periods, wanted).is(cell.state, registered) {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let days = active_days(view, params)?;
        let wanted = |periods: &PeriodTable| periods.starting(cell.start);
        let Some((periods, wanted)) =
            periods(view, params, &days).and_then(|periods| wanted(&periods).map(|wanted| (periods, wanted)))
        else {
            return Ok(Account::default());
        };
        let mut found = Vec::new();
        let own = days.of(user, &mut found);
        let mut account = Standing::new(own, &periods, wanted).account(own);
        let (start, end) = (periods.start(wanted).0, periods.end(wanted).0);
        let before = wanted.checked_sub(1).map_or(i32::MAX, |before| periods.start(before).0);
        account.mark((view, user), (start, end), "in_period", |row| days.has(row, user));
        account.mark((view, user), (before, start.saturating_sub(1)), "period_before", |row| {
            days.has(row, user)
        });
        Ok(account)
    }
}

/// How a user stands in one period.
struct Standing {
    /// The first and last day of the period.
    period: (Day, Day),
    /// New, retained or resurrected; or just churned.
    now: Option<State>,
    /// Whether active in some period before, and in the one just before.
    earlier: bool,
    just_before: bool,
}

impl Standing {
    /// From the user's active days, ascending.
    fn new(days: &[i32], periods: &PeriodTable, wanted: usize) -> Self {
        let period = (periods.start(wanted), periods.end(wanted));
        let mut standing = Self { period, now: None, earlier: false, just_before: false };
        let places = days.iter().filter_map(|&day| periods.place(day));
        states(places, periods.length, |place, state| {
            if place == wanted {
                standing.now = Some(state);
            } else if place < wanted && state != State::Churned {
                (standing.earlier, standing.just_before) = (true, place + 1 == wanted);
            }
        });
        standing
    }

    fn is_active(&self) -> bool {
        self.now.is_some_and(|state| state != State::Churned)
    }

    /// Whether the user is in a state, having registered on a day.
    fn is(&self, state: State, registered: Option<i32>) -> bool {
        match state {
            State::Active => self.is_active(),
            State::Lapsed => self.earlier && !self.just_before,
            State::RegisteredActive => {
                self.is_active() && registered.is_some_and(|day| day <= self.period.1.0)
            }
            state => self.now == Some(state),
        }
    }

    fn account(&self, days: &[i32]) -> Account {
        let Some(&first) = days.first() else {
            return Account { facts: vec![Fact::new("growth_never", [])], roles: Vec::new() };
        };
        let (start, end) = self.period;
        let within = days.iter().filter(|day| (start.0..=end.0).contains(day)).count();
        let count = |days: usize| Value::Count(days as u64);
        let state = match self.now {
            Some(State::New) => "growth_is_new",
            Some(State::Retained) => "growth_is_retained",
            Some(State::Resurrected) => "growth_is_resurrected",
            Some(_) => "growth_is_churned",
            None if self.earlier => "growth_is_lapsed",
            None => "growth_not_yet",
        };
        let period = [("days", count(within)), ("start", Value::Day(start)), ("end", Value::Day(end))];
        let before = if self.just_before { "growth_before" } else { "growth_not_before" };
        let facts = vec![
            Fact::new("growth_first", [("day", Value::Day(Day(first)))]),
            Fact::new("growth_days", period),
            Fact::new(before, []),
            Fact::new(state, []),
        ];
        Account { facts, roles: Vec::new() }
    }
}

/// The event that makes active.
fn active_days<'v>(view: &'v View<'v>, params: &Params) -> Result<ActiveDays<'v>> {
    match (&params.events, &params.active) {
        (Some(_), Some(_)) => Err(Error::bad_value("params.events", "events, active", "one of them")),
        (Some(events), None) => {
            let choice = EventChoice { events: Some(events.clone()), all: Vec::new() };
            ActiveDays::new(view, &choice, "params")
        }
        (None, Some(active)) => ActiveDays::new(view, active, "params.active"),
        (None, None) => ActiveDays::new(view, &EventChoice::default(), "params"),
    }
}

fn periods(view: &View<'_>, params: &Params, days: &ActiveDays<'_>) -> Option<PeriodTable> {
    let week_start = params.week_start.unwrap_or(view.log.week_start);
    Some(PeriodTable::new(Periods { period: params.period, week_start }, days.span()?))
}

/// What is known of the periods before one.
#[derive(Default)]
struct Before {
    active: u64,
    /// All who were new until then.
    ever: u64,
}

impl Before {
    fn period(&mut self, (start, end): (Day, Day), open: bool, counts: &[u64; 5]) -> PeriodGrowth {
        let &[new, retained, resurrected, churned, _] = counts;
        let active = new + retained + resurrected;
        let lapsed = self.ever - self.active;
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let entry = PeriodGrowth {
            start,
            end,
            open,
            active,
            new,
            retained,
            resurrected,
            churned,
            lapsed,
            net: signed(new + resurrected) - signed(churned),
            quick_ratio: super::share(new + resurrected, churned),
            churn_rate: super::share(churned, self.active),
            win_back_rate: super::share(resurrected, lapsed),
            registered: None,
            registered_active: None,
        };
        (self.active, self.ever) = (active, self.ever + new);
        entry
    }
}

/// When users registered.
struct Register<'v> {
    times: &'v Times,
    /// The days of all who have one, with or without events, ascending.
    days: Vec<i32>,
}

impl<'v> Register<'v> {
    /// Nothing where no day of registration is asked for, or the filter asks for more than days.
    fn new(view: &View<'v>, params: &Params) -> Result<Option<Self>> {
        let Some(name) = &params.registered_on else { return Ok(None) };
        let log = view.log;
        let of_days = log.user_attributes.iter().filter_map(|column| match &column.data {
            ColumnData::Time(times) => Some((column.name.as_str(), times)),
            _ => None,
        });
        let Some((_, times)) = of_days.clone().find(|(own, _)| own == name) else {
            let names: Vec<&str> = of_days.map(|(own, _)| own).collect();
            return Err(Error::bad_value("params.registeredOn", name, names.join(", ")));
        };
        if !view.is_of_all_users() {
            return Ok(None);
        }
        let absent = log.absent_days.iter().find(|(own, _)| own == name).map(|(_, days)| days.as_slice());
        let known = times.iter().filter(|micros| *micros != Times::MISSING).map(civil_day);
        let mut days: Vec<i32> = known.chain(absent.unwrap_or(&[]).iter().copied()).collect();
        days.sort_unstable();
        Ok(Some(Self { times, days }))
    }

    /// The day of a user.
    fn day(&self, user: usize) -> Option<i32> {
        Some(self.times.micros(user)).filter(|micros| *micros != Times::MISSING).map(civil_day)
    }

    /// Users registered by the end of a day.
    fn until(&self, day: Day) -> u64 {
        self.days.partition_point(|&own| own <= day.0) as u64
    }
}

/// Attributes are on the wall clock.
fn civil_day(micros: i64) -> i32 {
    i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX)
}

fn registered(view: &View<'_>, register: Option<&Register<'_>>) -> Option<Registered> {
    let report = view.log.joins.users.as_ref().filter(|_| view.is_of_all_users())?;
    let without_day = register.map(|register| report.users.saturating_sub(register.days.len() as u64));
    Some(Registered { users: report.users, with_events: report.matched, without_day })
}

/// The states of one user from the ascending places of the periods of the active days, of `length` periods in all.
#[inline]
pub(super) fn states(
    places: impl Iterator<Item = usize>,
    length: usize,
    mut found: impl FnMut(usize, State),
) {
    let mut before: Option<usize> = None;
    for place in places {
        match before {
            Some(period) if period == place => continue,
            None => found(place, State::New),
            Some(period) if period + 1 == place => found(place, State::Retained),
            Some(period) => {
                found(period + 1, State::Churned);
                found(place, State::Resurrected);
            }
        }
        before = Some(place);
    }
    if let Some(period) = before.filter(|period| period + 1 < length) {
        found(period + 1, State::Churned);
    }
}
