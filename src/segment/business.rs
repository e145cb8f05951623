//! Stages of a user by what they have come to do with the business: awareness, interest, purchase, loyalty, churn.
//!
//! **Definition.** As of a day, a user with a row up to it is in
//!
//! - *churn* when they are lost by their own rhythm ([`super::life_cycle`]), whatever they did before; else in
//! - *loyalty* with at least so many orders (two by default),
//! - *purchase* with an order,
//! - *interest* with an interaction,
//! - *awareness* otherwise: they have been seen, and no more.
//!
//! What is not told otherwise counts as an interaction when it is any event but those by which a user has merely been seen: page
//! views, impressions, visits, starts of an app ([`is_sight`]). Where the data have no others, every row is one.

use super::life_cycle::Stage;
use super::orders::{OrderUnit, Orders};
use crate::dataset::EventLog;
use crate::dataset::active_days::ActiveDays;
use crate::dataset::events::EventChoice;
use crate::dataset::trades::Trades;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::guess::is_sight;
use crate::ingest::mapping::Role;

/// The rules.
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessRules {
    /// The event that is an interaction; learned from the names of events when absent.
    pub interaction: Option<EventChoice>,
    /// Loyal from so many orders on.
    pub loyal_orders: u32,
    /// What counts as one order.
    pub orders: Option<OrderUnit>,
}

/// The names of a log's events: those by which users have merely been seen, and the others.
#[must_use]
pub fn sights(log: &EventLog) -> (Vec<String>, Vec<String>) {
    let names = log.text_in_role(Role::Event).map(|column| column.dictionary.iter());
    names
        .into_iter()
        .flatten()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .partition(|name| is_sight(name))
}

/// The event that counts as an interaction when none is chosen.
fn learned(log: &EventLog) -> EventChoice {
    let (sights, others) = sights(log);
    let told = !sights.is_empty() && !others.is_empty();
    EventChoice { events: told.then_some(others), all: Vec::new() }
}

/// Tells the stages of one user after the other.
#[derive(Debug)]
pub struct Business<'v> {
    view: &'v View<'v>,
    seen: ActiveDays<'v>,
    interactions: ActiveDays<'v>,
    trades: Trades<'v>,
    orders: Orders,
    /// What counts as one order.
    pub unit: OrderUnit,
    loyal_orders: usize,
    rows: Vec<u32>,
}

/// What is known of a user: days that never change once they have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Steps {
    /// The first day with a row.
    pub seen: Option<i32>,
    /// The first day with an interaction.
    pub interaction: Option<i32>,
    /// The day of the first order.
    pub purchase: Option<i32>,
    /// The day of the order that made loyal.
    pub loyalty: Option<i32>,
}

impl Steps {
    /// The stage as of a day, by where they stand by their own rhythm.
    #[must_use]
    pub fn stage(&self, today: i32, rhythm: Option<Stage>) -> Option<Stage> {
        let come = |day: Option<i32>| day.is_some_and(|day| day <= today);
        come(self.seen).then(|| match rhythm {
            Some(Stage::Lost) => Stage::Churn,
            _ if come(self.loyalty) => Stage::Loyalty,
            _ if come(self.purchase) => Stage::Purchase,
            _ if come(self.interaction) => Stage::Interest,
            _ => Stage::Awareness,
        })
    }
}

impl<'v> Business<'v> {
    /// Makes the rules ready.
    ///
    /// # Errors
    /// As [`ActiveDays::new`] and [`Orders::new`]; [`crate::error::ErrorKind::BadValue`] when fewer than two orders make loyal.
    pub fn new(view: &'v View<'v>, rules: &BusinessRules) -> Result<Self> {
        if !(2..=1_000).contains(&rules.loyal_orders) {
            return Err(Error::bad_value("params.loyalOrders", rules.loyal_orders, "2 to 1000"));
        }
        let interaction = rules.interaction.clone().unwrap_or_else(|| learned(view.log));
        let unit = OrderUnit::or_default(rules.orders, view.log);
        Ok(Self {
            view,
            seen: ActiveDays::new(view, &EventChoice::default(), "params")?,
            interactions: ActiveDays::new(view, &interaction, "params.interaction")?,
            trades: view.trades(),
            orders: Orders::new(view, unit)?,
            unit,
            loyal_orders: rules.loyal_orders as usize,
            rows: Vec::new(),
        })
    }

    /// What is known of a user.
    pub fn steps(&mut self, user: usize) -> Steps {
        self.orders.first_rows(self.view, &self.trades, self.trades.rows_of(user), &mut self.rows);
        let order = |place: usize| {
            let row = *self.rows.get(place)?;
            self.view.log.days.get(row as usize).copied()
        };
        Steps {
            seen: self.seen.first_of(user),
            interaction: self.interactions.first_of(user),
            purchase: order(0),
            loyalty: order(self.loyal_orders - 1),
        }
    }

    /// Whether a row is an interaction.
    #[must_use]
    pub fn is_interaction(&self, row: usize, user: usize) -> bool {
        self.interactions.has(row, user)
    }

    /// Whether a row is a purchase.
    #[must_use]
    pub fn is_purchase(&self, row: usize) -> bool {
        u32::try_from(row).is_ok_and(|row| self.trades.is_purchase(row))
    }
}
