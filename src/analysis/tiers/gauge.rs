//! What users measure: entries of each user, day by day.

use super::{Measure, Params};
use crate::dataset::Kind;
use crate::dataset::trades::Trades;
use crate::dataset::user_days::UserDays;
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::segment::orders::{OrderUnit, Orders};
use crate::segment::tier::Entry;
use crate::table::decimal;
use crate::table::dictionary::Codes;

/// Finds the entries of one user after the other.
pub(super) struct Gauge<'v> {
    pub(super) view: &'v View<'v>,
    pub(super) days: UserDays<'v>,
    trades: Trades<'v>,
    measure: Measure,
    net: bool,
    buyers_only: bool,
    unit: OrderUnit,
    orders: Option<Orders>,
    ids: Option<&'v Codes>,
    /// The code of an empty order id.
    no_id: Option<u32>,
    /// Points for one of the smallest units of money, as a fraction.
    rate: (i128, i128),
    per_order: i64,
    last: i32,
    /// Purchases and refunds of one day by order: code, whether it is a refund, how much.
    batch: Vec<(u32, bool, i128)>,
    first_rows: Vec<u32>,
}

impl<'v> Gauge<'v> {
    /// A gauge up to a day.
    ///
    /// # Errors
    /// [`ErrorKind::MissingRole`] where money is measured and there is none; a rate of points that is no number.
    pub(super) fn new(view: &'v View<'v>, params: &Params, last: i32) -> Result<Self> {
        let values = view.log.values();
        if params.measure.needs_money() && values.is_none() {
            return Err(Error::new(ErrorKind::MissingRole).at_path("mapping").expected(Role::Value.name()));
        }
        let text = params.points_per_unit.text();
        let rate = decimal::parse(text.as_bytes()).filter(|rate| !rate.rounded && rate.mantissa >= 0);
        let rate = rate.ok_or_else(|| {
            Error::bad_value("params.pointsPerUnit", &text, "0 or more, with at most 6 decimal places")
        })?;
        let scale = u32::from(values.map_or(0, |values| values.scale) + rate.scale);
        let unit = OrderUnit::or_default(params.orders, view.log);
        let counts = match params.measure {
            Measure::Orders => true,
            Measure::Points => params.points_per_order > 0 || params.orders.is_some(),
            Measure::Spend | Measure::ActiveDays => false,
        };
        let ids = view.log.text_in_role(Role::Order);
        Ok(Self {
            view,
            days: view.user_days(),
            trades: view.trades(),
            measure: params.measure,
            net: params.net_of_refunds,
            buyers_only: params.buyers_only,
            unit,
            orders: if counts { Some(Orders::new(view, unit)?) } else { None },
            ids,
            no_id: ids.and_then(|ids| ids.dictionary.find("")),
            rate: (i128::from(rate.mantissa), 10i128.pow(scale)),
            per_order: i64::from(params.points_per_order),
            last,
            batch: Vec::new(),
            first_rows: Vec::new(),
        })
    }

    /// Decimal places of what is measured.
    pub(super) fn scale(&self) -> u8 {
        match self.measure {
            Measure::Spend => self.view.log.values().map_or(0, |values| values.scale),
            _ => 0,
        }
    }

    fn day(&self, row: u32) -> i32 {
        self.view.log.days.get(row as usize).copied().unwrap_or(i32::MAX)
    }

    /// The purchases and refunds of a user up to the last day.
    fn rows(&self, user: usize) -> &[u32] {
        let rows = self.trades.rows_of(user);
        rows.get(..rows.partition_point(|row| self.day(*row) <= self.last)).unwrap_or(&[])
    }

    /// The day on which a user joined, if by the last day.
    pub(super) fn joined(&self, user: usize) -> Option<i32> {
        let day = if self.buyers_only {
            self.rows(user).iter().find(|row| self.trades.is_purchase(**row)).map(|row| self.day(*row))
        } else {
            self.days.of(user).first().copied()
        };
        day.filter(|day| *day <= self.last)
    }

    /// The entries of a user up to the last day, ascending by day.
    pub(super) fn entries(&mut self, user: usize, into: &mut Vec<Entry>) {
        into.clear();
        match self.measure {
            Measure::Spend => self.spend(user, into),
            Measure::Orders => self.order_days(user, 1, into),
            Measure::ActiveDays => {
                let days = self.days.of(user).iter().take_while(|day| **day <= self.last);
                into.extend(days.map(|day| Entry { day: *day, delta: 1 }));
            }
            Measure::Points => {
                self.points(user, into);
                if self.per_order > 0 {
                    self.order_days(user, self.per_order, into);
                    into.sort_by_key(|entry| entry.day);
                }
            }
        }
    }

    fn spend(&self, user: usize, into: &mut Vec<Entry>) {
        for &row in self.rows(user) {
            let delta = match self.trades.get(row) {
                (Kind::Purchase, amount) => amount,
                (Kind::Refund, amount) if self.net => amount.saturating_neg(),
                _ => 0,
            };
            if delta != 0 {
                into.push(Entry { day: self.day(row), delta });
            }
        }
    }

    /// An entry for each order, on the day of its first row.
    fn order_days(&mut self, user: usize, delta: i64, into: &mut Vec<Entry>) {
        let Some(mut orders) = self.orders.take() else { return };
        let mut first_rows = std::mem::take(&mut self.first_rows);
        orders.first_rows(self.view, &self.trades, self.rows(user), &mut first_rows);
        into.extend(first_rows.iter().map(|row| Entry { day: self.day(*row), delta }));
        (self.orders, self.first_rows) = (Some(orders), first_rows);
    }

    /// Points for money: the lines of an order on one day together, rounded down.
    fn points(&mut self, user: usize, into: &mut Vec<Entry>) {
        let mut batch = std::mem::take(&mut self.batch);
        let mut today = i32::MIN;
        for (place, &row) in (0u32..).zip(self.rows(user)) {
            let day = self.day(row);
            if day != today {
                self.settle(&mut batch, today, into);
                today = day;
            }
            let (refund, amount) = match self.trades.get(row) {
                (Kind::Purchase, amount) => (false, amount),
                (Kind::Refund, amount) if self.net => (true, amount),
                _ => continue,
            };
            // What stands alone gets a number of its own, beyond all codes.
            let alone = u32::MAX - place;
            let order = match (self.unit, self.ids) {
                (OrderUnit::Days, _) => 0,
                (OrderUnit::Orders, Some(ids)) => {
                    Some(ids.code(row as usize)).filter(|code| Some(*code) != self.no_id).unwrap_or(alone)
                }
                (OrderUnit::Rows | OrderUnit::Orders, _) => alone,
            };
            batch.push((order, refund, i128::from(amount)));
        }
        self.settle(&mut batch, today, into);
        self.batch = batch;
    }

    fn settle(&self, batch: &mut Vec<(u32, bool, i128)>, day: i32, into: &mut Vec<Entry>) {
        batch.sort_unstable();
        for group in batch.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
            let refund = group.first().is_some_and(|one| one.1);
            let money: i128 = group.iter().map(|one| one.2).sum();
            let (numerator, denominator) = self.rate;
            let points = money.saturating_mul(numerator).div_euclid(denominator);
            let points = i64::try_from(points).unwrap_or(if points < 0 { i64::MIN + 1 } else { i64::MAX });
            if points != 0 {
                into.push(Entry { day, delta: if refund { -points } else { points } });
            }
        }
        batch.clear();
    }

    /// What a user brings from a day to a day, and whether they buy then.
    pub(super) fn money(&self, user: usize, (from, to): (i32, i32)) -> (i128, bool) {
        let rows = self.rows(user);
        let (from, to) = (
            rows.partition_point(|row| self.day(*row) < from),
            rows.partition_point(|row| self.day(*row) <= to),
        );
        let (mut money, mut bought) = (0i128, false);
        for &row in rows.get(from..to).unwrap_or(&[]) {
            match self.trades.get(row) {
                (Kind::Purchase, amount) => (money, bought) = (money + i128::from(amount), true),
                (Kind::Refund, amount) if self.net => money -= i128::from(amount),
                _ => {}
            }
        }
        (money, bought)
    }

    /// Whether a user has a row from a day to a day.
    pub(super) fn came(&self, user: usize, (from, to): (i32, i32)) -> bool {
        let days = self.days.of(user);
        days.get(days.partition_point(|day| *day < from)).is_some_and(|day| *day <= to)
    }
}
