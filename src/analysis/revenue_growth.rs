//! Where revenue growth comes from: what new buyers bring, what others spend more or less, and what stops.
//!
//! **Definition.** The revenue of a user in a period (civil day, week, month or quarter in the log's zone) is the sum of the
//! purchases less the refunds. A user *trades* in a period with at least one of either. In each period a user is
//! * *new* in the first period with a trade, with the whole revenue of it;
//! * *resurrected* when trading now, not just before, but earlier, with the whole revenue;
//! * *expanded* when trading in both periods and worth more now: the difference;
//! * *contracted* when trading in both periods and worth less now: the difference, as a positive amount;
//! * *unchanged* when trading in both periods and worth the same;
//! * *churned* when trading just before and not now: the revenue of the period before.
//!
//! Hence, exactly, in the smallest unit of the value column,
//! `revenue(t) = revenue(t-1) + new + resurrected + expansion - contraction - churned`.
//!
//! * Quick ratio = (new + resurrected + expansion) / (contraction + churned).
//! * Gross retention = kept / revenue(t-1), net retention = (kept + expansion) / revenue(t-1), where *kept* sums the smaller of
//!   the two revenues over users who trade in both periods.
//!
//! The terms are those of growth accounting as venture funds do it for recurring revenue (new, expansion, contraction,
//! churned, resurrected).
//!
//! **Edges.** A period whose refunds exceed its purchases counts with its negative sum, as a loss that happened then: new,
//! resurrected and churned amounts may be negative, and a ratio whose denominator is not above zero is undefined. Periods run
//! from the first with a trade to the last with any row in view, empty ones included. A period is *open* while it has not ended
//! by the last day of the data: its churn and contraction are not final.

use serde::{Deserialize, Serialize};

use super::account::{Account, Value};
use super::{MemberCells, MemberColumn, Members, Question, activity_members, check_size};
use crate::dataset::Kind;
use crate::dataset::active_days::PeriodTable;
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::dataset::trades::Trades;
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::decimal::Amount;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The length of a period.
    pub period: Period,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
}

/// Revenue by period and state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One entry for every period from the first to the last.
    pub periods: Vec<PeriodRevenue>,
    /// Trades without an amount; they count with nothing.
    pub without_value: u64,
}

/// Users in a state, and the amount that they account for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// How many.
    pub users: u64,
    /// How much.
    pub amount: Amount,
}

/// The revenue of one period by state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeriodRevenue {
    /// The first day of the period.
    pub start: Day,
    /// The last day of the period.
    pub end: Day,
    /// Whether the period has not ended by the last day of the data.
    pub open: bool,
    /// Purchases less refunds, and the users with either.
    pub revenue: Part,
    /// Traded for the first time.
    pub new: Part,
    /// Back after at least one period without a trade.
    pub resurrected: Part,
    /// Worth more than in the period before, by so much.
    pub expansion: Part,
    /// Worth less than in the period before, by so much.
    pub contraction: Part,
    /// Traded in the period before, not in this; worth so much then.
    pub churned: Part,
    /// Worth the same as in the period before.
    pub unchanged: Part,
    /// The smaller of the revenues of this and the period before, of users who trade in both.
    pub kept: Amount,
    /// new + resurrected + expansion - contraction - churned.
    pub net: Amount,
    /// (new + resurrected + expansion) / (contraction + churned).
    pub quick_ratio: Option<f64>,
    /// kept / revenue of the period before.
    pub gross_retention: Option<f64>,
    /// (kept + expansion) / revenue of the period before.
    pub net_retention: Option<f64>,
}

/// A state of a user in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Traded for the first time.
    New,
    /// Back after at least one period without a trade.
    Resurrected,
    /// Worth more than in the period before.
    Expansion,
    /// Worth less than in the period before.
    Contraction,
    /// Traded in the period before, not in this.
    Churned,
    /// Worth the same as in the period before.
    Unchanged,
    /// Trades in the period: all but the churned.
    Revenue,
}

/// How many states a user can be in; [`State::Revenue`] is their sum.
const STATES: usize = 6;

/// The users in one state in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// The first day of the period.
    pub start: Day,
    /// The state.
    pub state: State,
}

/// Where revenue growth comes from.
#[derive(Debug)]
pub struct RevenueGrowth;

impl Question for RevenueGrowth {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        check_values(view)?;
        let trades = view.trades();
        let without_value = trades.rows().iter().filter(|&&row| is_trade_without_value(&trades, row)).count();
        let without_value = without_value as u64;
        let Some(periods) = periods(view, params, &trades) else {
            return Ok(Report { periods: vec![], without_value });
        };
        check_size(periods.length as u64 * 21)?;
        let mut sums = vec![Sums::default(); periods.length];
        for user in 0..view.log.users.len() {
            each_state(view, &trades, &periods, user, |place, step| {
                if let Some(sums) = sums.get_mut(place) {
                    sums.add(step);
                }
            });
        }
        let last_day = view.span().1;
        let mut before = 0;
        let mut report = Vec::with_capacity(sums.len());
        for (place, sums) in sums.iter().enumerate() {
            let (start, end) = (periods.start(place), periods.end(place));
            report.push(sums.period(view, (start, end), end > last_day, before)?);
            before = sums.revenue;
        }
        Ok(Report { periods: report, without_value })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        check_values(view)?;
        let trades = view.trades();
        let unknown =
            || Error::bad_value("users.cell.start", cell.start, "the first day of a period in the report");
        let periods = periods(view, params, &trades).ok_or_else(unknown)?;
        let wanted = periods.starting(cell.start).ok_or_else(unknown)?;
        let (mut users, mut now, mut earlier) = (Vec::new(), Vec::new(), Vec::new());
        for user in 0..view.log.users.len() {
            each_state(view, &trades, &periods, user, |place, step| {
                let there = match cell.state {
                    State::Revenue => step.state != State::Churned,
                    state => step.state == state,
                };
                if place == wanted && there {
                    users.push(u32::try_from(user).unwrap_or(u32::MAX));
                    now.push(step.now);
                    earlier.push(step.before);
                }
            });
        }
        let mut members = activity_members(view, users);
        members.columns.insert(0, MemberColumn { key: "revenue_now", cells: MemberCells::Amounts(now) });
        members
            .columns
            .insert(1, MemberColumn { key: "revenue_before", cells: MemberCells::Amounts(earlier) });
        Ok(members)
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        check_values(view)?;
        let trades = view.trades();
        let mut account = Account::default();
        let Some(periods) = periods(view, params, &trades) else { return Ok(account) };
        let Some(wanted) = periods.starting(cell.start) else { return Ok(account) };
        let mut own = None;
        each_state(view, &trades, &periods, user, |place, step| {
            if place == wanted {
                own = Some(step);
            }
        });
        let (start, end) = (periods.start(wanted), periods.end(wanted));
        let period = [("start", Value::Day(start)), ("end", Value::Day(end))];
        match own {
            None => account.tell("revenue_none", period),
            Some(step) => {
                let [start, end] = period;
                account
                    .tell("revenue_now", [start, end, ("amount", Value::Amount(view.log.amount(step.now)))]);
                account.tell("revenue_before", [("amount", Value::Amount(view.log.amount(step.before)))]);
                account.tell(step.state.fact(), []);
            }
        }
        account.mark_trades(view, user);
        let first = wanted.checked_sub(1).map_or(start, |before| periods.start(before));
        let within = |role: &super::account::Role| {
            view.log.days.get(role.row).is_some_and(|day| (first.0..=end.0).contains(day))
        };
        account.roles.retain(within);
        Ok(account)
    }
}

impl State {
    /// The sentence that says so of a user.
    fn fact(self) -> &'static str {
        match self {
            Self::New => "revenue_is_new",
            Self::Resurrected => "revenue_is_resurrected",
            Self::Expansion => "revenue_is_expansion",
            Self::Contraction => "revenue_is_contraction",
            Self::Churned => "revenue_is_churned",
            Self::Unchanged | Self::Revenue => "revenue_is_unchanged",
        }
    }
}

fn check_values(view: &View<'_>) -> Result<()> {
    match view.log.values() {
        Some(_) => Ok(()),
        None => Err(Error::new(ErrorKind::MissingRole).at_path("analysis").expected(Role::Value.name())),
    }
}

fn is_trade_without_value(trades: &Trades<'_>, row: u32) -> bool {
    trades.value(row).is_none() && trades.get(row).0 != Kind::Other
}

/// Nothing where nobody trades.
fn periods(view: &View<'_>, params: &Params, trades: &Trades<'_>) -> Option<PeriodTable> {
    let day = |row: &u32| view.log.days.get(*row as usize).copied();
    let first = trades.rows().iter().filter_map(day).min()?;
    let last = view.user_days().span()?.1;
    let week_start = params.week_start.unwrap_or(view.log.week_start);
    Some(PeriodTable::new(Periods { period: params.period, week_start }, (first, last)))
}

/// A user's step into a period: the state, and the revenue of it and of the period before.
#[derive(Debug, Clone, Copy)]
struct Step {
    state: State,
    now: i64,
    before: i64,
}

/// The states of one user, period by period.
fn each_state(
    view: &View<'_>,
    trades: &Trades<'_>,
    periods: &PeriodTable,
    user: usize,
    mut found: impl FnMut(usize, Step),
) {
    let mut before: Option<(usize, i64)> = None;
    let mut open: Option<(usize, i64)> = None;
    let mut close = |open: (usize, i64), before: &mut Option<(usize, i64)>| {
        enter(open, *before, &mut found);
        *before = Some(open);
    };
    for &row in trades.rows_of(user) {
        let Some(place) = view.log.days.get(row as usize).and_then(|&day| periods.place(day)) else {
            continue;
        };
        let amount = match trades.get(row) {
            (Kind::Purchase, amount) => amount,
            (Kind::Refund, amount) => amount.saturating_neg(),
            (Kind::Other, _) => continue,
        };
        match &mut open {
            Some((own, sum)) if *own == place => *sum = sum.saturating_add(amount),
            other => {
                if let Some(done) = other.replace((place, amount)) {
                    close(done, &mut before);
                }
            }
        }
    }
    if let Some(done) = open {
        close(done, &mut before);
        if done.0 + 1 < periods.length {
            found(done.0 + 1, Step { state: State::Churned, now: 0, before: done.1 });
        }
    }
}

/// A user trades in a period; `before` is the last period with a trade until then.
fn enter((place, now): (usize, i64), before: Option<(usize, i64)>, found: &mut impl FnMut(usize, Step)) {
    let Some((earlier, worth)) = before else {
        return found(place, Step { state: State::New, now, before: 0 });
    };
    if earlier + 1 != place {
        found(earlier + 1, Step { state: State::Churned, now: 0, before: worth });
        return found(place, Step { state: State::Resurrected, now, before: 0 });
    }
    let state = match now.cmp(&worth) {
        std::cmp::Ordering::Greater => State::Expansion,
        std::cmp::Ordering::Less => State::Contraction,
        std::cmp::Ordering::Equal => State::Unchanged,
    };
    found(place, Step { state, now, before: worth });
}

/// The sums of one period; wide enough that no sum of 64-bit amounts leaves them.
#[derive(Debug, Clone, Default)]
struct Sums {
    users: [u64; STATES],
    amounts: [i128; STATES],
    kept: i128,
    revenue: i128,
}

impl Sums {
    fn add(&mut self, step: Step) {
        let Step { state, now, before } = step;
        let (now, before) = (i128::from(now), i128::from(before));
        let amount = match state {
            State::Expansion | State::Contraction => (now - before).abs(),
            State::Churned => before,
            State::New | State::Resurrected | State::Unchanged | State::Revenue => now,
        };
        if let (Some(users), Some(sum)) =
            (self.users.get_mut(state as usize), self.amounts.get_mut(state as usize))
        {
            *users += 1;
            *sum += amount;
        }
        if matches!(state, State::Expansion | State::Contraction | State::Unchanged) {
            self.kept += now.min(before);
        }
        self.revenue += now;
    }

    fn period(
        &self,
        view: &View<'_>,
        (start, end): (Day, Day),
        open: bool,
        before: i128,
    ) -> Result<PeriodRevenue> {
        let amount = |units: i128| match i64::try_from(units) {
            Ok(units) => Ok(view.log.amount(units)),
            Err(_) => Err(Error::new(ErrorKind::TooLarge).found(units)),
        };
        let [new, resurrected, expansion, contraction, churned, unchanged] = self.amounts;
        let [by_new, by_resurrected, by_expansion, by_contraction, by_churned, by_unchanged] = self.users;
        let part = |users: u64, units: i128| Ok::<_, Error>(Part { users, amount: amount(units)? });
        let (gains, losses) = (new + resurrected + expansion, contraction + churned);
        let ratio = |part: i128, whole: i128| (whole > 0).then(|| part as f64 / whole as f64);
        let traders = by_new + by_resurrected + by_expansion + by_contraction + by_unchanged;
        Ok(PeriodRevenue {
            start,
            end,
            open,
            revenue: part(traders, self.revenue)?,
            new: part(by_new, new)?,
            resurrected: part(by_resurrected, resurrected)?,
            expansion: part(by_expansion, expansion)?,
            contraction: part(by_contraction, contraction)?,
            churned: part(by_churned, churned)?,
            unchanged: part(by_unchanged, unchanged)?,
            kept: amount(self.kept)?,
            net: amount(gains - losses)?,
            quick_ratio: ratio(gains, losses),
            gross_retention: ratio(self.kept, before),
            net_retention: ratio(self.kept + expansion, before),
        })
    }
}
