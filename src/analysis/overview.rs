//! Where we stand: users, buyers, orders, revenue, average order value and repeat purchase rate.
//!
//! **Definitions.** *Users*: distinct ids with a row in view. *Active users*: distinct users with a row in the last 30 days
//! of the data. *Orders*: as chosen by `orders`: distinct order ids (the default where there is an order column),
//! purchase rows (the default elsewhere), or distinct days with a purchase. *Revenue*: the purchases' values; *net* is
//! less refunds. *Average order value*: gross revenue / orders. *Repeat purchase rate*: buyers with two orders or more /
//! buyers.

use serde::{Deserialize, Serialize};

use super::account::{Account, Value, count};
use super::{Members, Question, activity_members, share};
use crate::dataset::Kind;
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::Result;
use crate::segment::orders::{OrderUnit, Orders};
use crate::table::decimal::Amount;

/// Days at the end of the data in which a user counts as active.
const ACTIVE_DAYS: i32 = 30;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// What counts as one order; by the file's columns when absent.
    pub orders: Option<OrderUnit>,
}

/// The figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Rows in view.
    pub rows: u64,
    /// Distinct users.
    pub users: u64,
    /// Distinct users in the last 30 days of the data.
    pub active_users: u64,
    /// Distinct users with a purchase.
    pub buyers: u64,
    /// Orders, as counted by `order_unit`.
    pub orders: u64,
    /// What was counted as one order.
    pub order_unit: OrderUnit,
    /// Sum of the purchases' values; `null` without a value column.
    pub gross_revenue: Option<Amount>,
    /// Sum of the refunds' values, a positive number.
    pub refunds: Option<Amount>,
    /// Gross revenue less refunds.
    pub net_revenue: Option<Amount>,
    /// Gross revenue / orders, in the value column's unit.
    pub average_order_value: Option<f64>,
    /// Buyers with at least two orders.
    pub repeat_buyers: u64,
    /// `repeat_buyers / buyers`.
    pub repeat_purchase_rate: Option<f64>,
    /// Purchase rows without a value; they count as orders and add nothing to the revenue.
    pub purchases_without_value: u64,
    /// The first and last day of the data.
    pub span: (Day, Day),
}

/// A figure whose users can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// All users.
    Users,
    /// Users active in the last 30 days.
    ActiveUsers,
    /// Users with a purchase.
    Buyers,
    /// Users with two orders or more.
    RepeatBuyers,
}

/// Where we stand.
#[derive(Debug)]
pub struct Overview;

impl Question for Overview {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let unit = OrderUnit::or_default(params.orders, view.log);
        let (mut gross, mut refunds, mut without_value) = (0i64, 0i64, 0);
        let trades = view.trades();
        let values = view.log.values();
        for &row in trades.rows() {
            match trades.get(row) {
                (Kind::Purchase, amount) => gross = gross.saturating_add(amount),
                (Kind::Refund, amount) => refunds = refunds.saturating_add(amount),
                (Kind::Other, _) => {}
            }
        }
        if values.is_some() {
            let empty = |row: &&u32| trades.value(**row).is_none() && trades.is_purchase(**row);
            without_value = trades.rows().iter().filter(empty).count() as u64;
        }
        let mut counter = Orders::new(view, unit)?;
        let mut report = Report {
            rows: view.rows() as u64,
            users: 0,
            active_users: 0,
            buyers: 0,
            orders: 0,
            order_unit: unit,
            gross_revenue: values.map(|_| view.log.amount(gross)),
            refunds: values.map(|_| view.log.amount(refunds)),
            net_revenue: values.map(|_| view.log.amount(gross.saturating_sub(refunds))),
            average_order_value: None,
            repeat_buyers: 0,
            repeat_purchase_rate: None,
            purchases_without_value: without_value,
            span: view.span(),
        };
        for (user, days) in view.user_days().iter() {
            report.users += 1;
            report.active_users += u64::from(is_active(view, days));
            let orders = counter.of(view, &trades, trades.rows_of(user));
            report.buyers += u64::from(orders >= 1);
            report.repeat_buyers += u64::from(orders >= 2);
            report.orders += orders;
        }
        if unit == OrderUnit::Orders {
            // An order id that two users share is one order of the shop, and one of each of them.
            report.orders = counter.distinct(view, &trades, trades.rows());
        }
        report.average_order_value = report
            .gross_revenue
            .filter(|_| report.orders > 0)
            .map(|revenue| revenue.to_f64() / report.orders as f64);
        report.repeat_purchase_rate = share(report.repeat_buyers, report.buyers);
        Ok(report)
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let mut counter = Orders::new(view, OrderUnit::or_default(params.orders, view.log))?;
        let trades = view.trades();
        let mut users = Vec::new();
        for (user, days) in view.user_days().iter() {
            let there = match cell {
                Cell::Users => true,
                Cell::ActiveUsers => is_active(view, days),
                Cell::Buyers => counter.of(view, &trades, trades.rows_of(user)) >= 1,
                Cell::RepeatBuyers => counter.of(view, &trades, trades.rows_of(user)) >= 2,
            };
            if there {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        }
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let days = view.user_days();
        let mut account = Account::default();
        let own = days.of(user);
        let (Some(&first), Some(&last)) = (own.first(), own.last()) else { return Ok(account) };
        let (first, last) = (Value::Day(Day(first)), Value::Day(Day(last)));
        account.tell("came", [("days", count(own.len())), ("first", first), ("last", last)]);
        let end = view.span().1;
        match cell {
            Cell::Users => {}
            Cell::ActiveUsers => {
                let from = Day(end.0 - ACTIVE_DAYS + 1);
                let key = if is_active(view, own) { "recent" } else { "not_recent" };
                account.tell(key, [("from", Value::Day(from)), ("to", Value::Day(end))]);
                account.mark((view, user), (from.0, end.0), "in_window", |row| view.has(row));
            }
            Cell::Buyers | Cell::RepeatBuyers => {
                let mut counter = Orders::new(view, OrderUnit::or_default(params.orders, view.log))?;
                let trades = view.trades();
                let orders = counter.of(view, &trades, trades.rows_of(user));
                account.tell("orders", [("count", Value::Count(orders))]);
                account.mark_trades(view, user);
            }
        }
        Ok(account)
    }
}

fn is_active(view: &View<'_>, days: &[i32]) -> bool {
    days.last().is_some_and(|&day| day > view.span().1.0 - ACTIVE_DAYS)
}
