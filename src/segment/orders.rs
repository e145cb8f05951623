//! What counts as one order, and how many a user has.

use serde::{Deserialize, Serialize};

use crate::dataset::EventLog;
use crate::dataset::trades::Trades;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::mapping::Role;

/// What counts as one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderUnit {
    /// A distinct order id; a purchase without an id is an order of its own.
    Orders,
    /// A distinct day with a purchase.
    Days,
    /// A purchase row.
    Rows,
}

impl OrderUnit {
    /// The choice, or distinct order ids where there is an order column, or purchase rows.
    #[must_use]
    pub fn or_default(choice: Option<Self>, log: &EventLog) -> Self {
        choice.unwrap_or(if log.text_in_role(Role::Order).is_some() { Self::Orders } else { Self::Rows })
    }
}

/// Counts orders.
#[derive(Debug)]
pub struct Orders {
    unit: OrderUnit,
    /// Reused from user to user.
    seen: Vec<u32>,
    /// One bit for each order id, set while a user's orders are told apart.
    marks: Vec<u64>,
    /// The code of an empty order id.
    none: Option<u32>,
}

impl Orders {
    /// A counter.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] when orders are to be told by ids and no column has them.
    pub fn new(view: &View<'_>, unit: OrderUnit) -> Result<Self> {
        if unit == OrderUnit::Orders && view.log.text_in_role(Role::Order).is_none() {
            return Err(Error::bad_value("params", "orders", "days, rows (no column has order ids)"));
        }
        let none = view.log.text_in_role(Role::Order).and_then(|ids| ids.dictionary.find(""));
        Ok(Self { unit, seen: Vec::new(), marks: Vec::new(), none })
    }

    /// Orders among these rows of one user.
    pub fn of(&mut self, view: &View<'_>, trades: &Trades<'_>, rows: &[u32]) -> u64 {
        let purchases = rows.iter().copied().filter(|&row| trades.is_purchase(row));
        match self.unit {
            OrderUnit::Rows => purchases.count() as u64,
            OrderUnit::Days => {
                // Rows are in order of time, so equal days stand together.
                let (mut count, mut before) = (0, None);
                for day in purchases.map(|row| view.log.days.get(row as usize)) {
                    count += u64::from(before.replace(day) != Some(day));
                }
                count
            }
            OrderUnit::Orders => self.distinct(view, trades, rows),
        }
    }

    /// The first row of each order among these rows of one user, in order of time: as many as [`Orders::of`] counts.
    pub fn first_rows(&mut self, view: &View<'_>, trades: &Trades<'_>, rows: &[u32], into: &mut Vec<u32>) {
        into.clear();
        let purchases = rows.iter().copied().filter(|&row| trades.is_purchase(row));
        match (self.unit, view.log.text_in_role(Role::Order)) {
            (OrderUnit::Days, _) => {
                let mut before = None;
                let day = |row: u32| view.log.days.get(row as usize);
                into.extend(purchases.filter(|&row| before.replace(day(row)) != Some(day(row))));
            }
            (OrderUnit::Orders, Some(ids)) => {
                self.marks.resize(ids.dictionary.len().div_ceil(64), 0);
                self.seen.clear();
                for row in purchases {
                    let code = ids.code(row as usize);
                    let slot = self.marks.get_mut(code as usize / 64);
                    let Some(slot) = slot.filter(|_| Some(code) != self.none) else {
                        into.push(row);
                        continue;
                    };
                    let bit = 1 << (code % 64);
                    if *slot & bit == 0 {
                        *slot |= bit;
                        self.seen.push(code);
                        into.push(row);
                    }
                }
                // Another user's order may have the same id.
                for code in &self.seen {
                    if let Some(slot) = self.marks.get_mut(*code as usize / 64) {
                        *slot = 0;
                    }
                }
            }
            (OrderUnit::Rows | OrderUnit::Orders, _) => into.extend(purchases),
        }
    }

    /// Distinct order ids among these rows, purchases without an id counted one by one.
    pub fn distinct(&mut self, view: &View<'_>, trades: &Trades<'_>, rows: &[u32]) -> u64 {
        let Some(ids) = view.log.text_in_role(Role::Order) else { return 0 };
        self.seen.clear();
        let mut without = 0;
        for &row in rows.iter().filter(|&&row| trades.is_purchase(row)) {
            match ids.code(row as usize) {
                code if Some(code) == self.none => without += 1,
                code => self.seen.push(code),
            }
        }
        self.seen.sort_unstable();
        self.seen.dedup();
        self.seen.len() as u64 + without
    }
}
