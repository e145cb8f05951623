//! One user as everything that is known of them: days, orders, scores, stage, value, the segments they are in and why, and their rows.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::request::{ProfileWanted, Query};
use super::segments::definition;
use super::why::{WhyRow, rows};
use super::{Engine, registry};
use crate::analysis::account::{Account, Fact, Role};
use crate::dataset::Kind;
use crate::dataset::calendar::Day;
use crate::dataset::segment::UserSegment;
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::segment::orders::{OrderUnit, Orders};
use crate::table::decimal::Amount;
use registry::Analysis;

/// The most segments that are looked at.
const MOST_SEGMENTS: usize = 50;

/// The questions that tell where a user stands.
const SECTIONS: [Analysis; 4] = [Analysis::Rfm, Analysis::LifeCycle, Analysis::Value, Analysis::Tiers];

/// One user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user's id.
    pub user: String,
    /// The day that everything counts to, but the rows.
    pub as_of: Day,
    /// Days with a row in view up to it.
    pub active_days: u64,
    /// The first of them.
    pub first_day: Option<Day>,
    /// The last of them.
    pub last_day: Option<Day>,
    /// Orders up to it.
    pub orders: u64,
    /// What counts as one order.
    pub order_unit: OrderUnit,
    /// Purchases less refunds; nothing without a value column.
    pub spend: Option<Amount>,
    /// Where the user stands, as questions with their defaults tell it.
    pub sections: Vec<Section>,
    /// The segments asked for, and whether the user is in them.
    pub segments: Vec<Belonging>,
    /// The user's rows in the data.
    pub total: u64,
    /// Those of them that pass the filter.
    pub in_view: u64,
    /// Where this page begins among all rows.
    pub offset: u64,
    /// The rows of this page, in the order of time.
    pub rows: Vec<WhyRow>,
}

/// What a question tells of the user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// The question.
    pub analysis: Analysis,
    /// What it tells.
    pub facts: Vec<Fact>,
}

/// Whether the user is in a segment, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Belonging {
    /// The segment's name, if it has one.
    pub name: Option<String>,
    /// Whether the user is in it.
    pub inside: bool,
    /// What decides, as its question tells it; nothing of a list of ids.
    pub facts: Vec<Fact>,
}

impl Engine {
    /// # Errors
    /// As [`Engine::run`]; [`ErrorKind::BadValue`] for a user whom the data do not have, and for too many segments.
    pub(super) fn profile(&self, query: &Query, wanted: &ProfileWanted) -> Result<Profile> {
        let log = self.log()?;
        let unknown = || Error::bad_value("profile.user", &wanted.user, "the id of a user in the data");
        let code = log.users.find(wanted.user.trim()).ok_or_else(unknown)?;
        if wanted.segments.len() > MOST_SEGMENTS {
            let most = format!("at most {MOST_SEGMENTS} segments");
            return Err(Error::bad_value("profile.segments", wanted.segments.len(), most));
        }
        let view = self.segments.view(log, query)?;
        let user = code as usize;
        let as_of = wanted.as_of.unwrap_or(view.span().1);
        let mut roles: Vec<Role> = Vec::new();
        let mut sections = Vec::new();
        for analysis in SECTIONS {
            let own = asked(analysis, as_of, query);
            match registry::account(&own, &view, &Value::String("all".to_owned()), user) {
                Ok(Account { facts, roles: own }) => {
                    // Purchases and refunds, once.
                    if analysis == Analysis::Rfm {
                        roles = own;
                    }
                    sections.push(Section { analysis, facts });
                }
                // Without amounts there is no value to tell of.
                Err(error) if error.kind == ErrorKind::MissingRole => {}
                Err(error) => return Err(error),
            }
        }
        let belonging = |(place, chosen): (usize, &crate::analysis::overlap::Chosen)| {
            let path = format!("profile.segments[{place}].segment");
            self.belonging(&view, &chosen.segment, user).map_err(|error| error.within(&path))
        };
        let segments = wanted.segments.iter().enumerate().map(belonging).collect::<Result<_>>()?;
        let all = view.user_days();
        let days = all.of(user);
        let days = days.get(..days.partition_point(|day| *day <= as_of.0)).unwrap_or(&[]);
        let unit = OrderUnit::or_default(None, log);
        let (orders, spend) = bought(&view, user, as_of, unit)?;
        let page = rows(&view, code, roles, wanted.offset, wanted.limit);
        let of_user = log.rows_of(user);
        Ok(Profile {
            user: log.users.get(code).to_owned(),
            as_of,
            active_days: days.len() as u64,
            first_day: days.first().copied().map(Day),
            last_day: days.last().copied().map(Day),
            orders,
            order_unit: unit,
            spend,
            sections,
            segments,
            total: of_user.len() as u64,
            in_view: of_user.filter(|row| view.has(*row)).count() as u64,
            offset: page.0,
            rows: page.1,
        })
    }

    /// Whether a user is in a segment, and why.
    fn belonging(&self, view: &View<'_>, segment: &UserSegment, user: usize) -> Result<Belonging> {
        let inside = view.users_of(segment)?.has(u32::try_from(user).unwrap_or(u32::MAX));
        let facts = if segment.listed().is_some() {
            Vec::new()
        } else {
            let (query, cell) = definition(segment)?;
            let own = self.segments.view(view.log, &query)?;
            registry::account(&query, &own, cell, user)?.facts
        };
        Ok(Belonging { name: segment.name.clone(), inside, facts })
    }
}

/// A question as of a day, with its defaults and the filter at hand.
fn asked(analysis: Analysis, as_of: Day, query: &Query) -> Query {
    let day = Map::from_iter([("asOf".to_owned(), Value::String(as_of.to_string()))]);
    Query { filter: query.filter.clone(), ..Query::new(analysis, &Value::Object(day)) }
}

/// Orders up to a day, and what was spent.
fn bought(view: &View<'_>, user: usize, as_of: Day, unit: OrderUnit) -> Result<(u64, Option<Amount>)> {
    let trades = view.trades();
    let rows = trades.rows_of(user);
    let up_to = |row: &u32| view.log.days.get(*row as usize).is_some_and(|day| *day <= as_of.0);
    let rows = rows.get(..rows.partition_point(up_to)).unwrap_or(&[]);
    let spend = rows.iter().fold(0i64, |sum, row| match trades.get(*row) {
        (Kind::Purchase, amount) => sum.saturating_add(amount),
        (Kind::Refund, amount) => sum.saturating_sub(amount),
        (Kind::Other, _) => sum,
    });
    let orders = Orders::new(view, unit)?.of(view, &trades, rows);
    Ok((orders, view.log.values().map(|_| view.log.amount(spend))))
}
