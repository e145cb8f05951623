//! Which column plays which role, and of what type it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use super::kind::FileKind;
pub use super::orders::Refunds;
use super::time::TimeFormat;
use crate::error::{Error, ErrorKind, Result};
use crate::locale::Language;
use crate::table::decimal::NumberFormat;

/// The type of a column's cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ColumnType {
    /// Text, kept letter by letter.
    Text,
    /// A decimal number, kept exactly.
    Number,
    /// A date or a time.
    Time,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Who: the user's id. Required.
    User,
    /// When. Required.
    Time,
    /// What happened. Without it every row is a purchase.
    Event,
    /// How much: the amount of the order or refund.
    Value,
    /// The order's id; rows that share it are one order.
    Order,
    /// Where the user or the visit came from, or what the money was spent on.
    Channel,
    /// How many pieces of an order line; with a price and no value, the value is their product.
    Quantity,
    /// What one piece of an order line costs.
    Price,
    /// What was spent on a channel.
    Cost,
    /// How often an advertisement was shown.
    Impressions,
    /// How often it was clicked.
    Clicks,
    /// A survey's answer.
    Score,
    /// Another id of the same user.
    SameUser,
    /// Anything else, kept for filters and breakdowns.
    Attribute,
    /// Not read.
    Ignore,
}

impl Role {
    /// The roles of events and orders in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::User,
        Self::Time,
        Self::Event,
        Self::Value,
        Self::Order,
        Self::Channel,
        Self::Attribute,
        Self::Ignore,
    ];

    /// All roles of all kinds of files, in the order in which columns are shown.
    pub const EVERY: [Self; 15] = [
        Self::User,
        Self::SameUser,
        Self::Time,
        Self::Event,
        Self::Value,
        Self::Quantity,
        Self::Price,
        Self::Order,
        Self::Channel,
        Self::Cost,
        Self::Impressions,
        Self::Clicks,
        Self::Score,
        Self::Attribute,
        Self::Ignore,
    ];

    /// The type that a column in this role must have; attributes may have any.
    #[must_use]
    pub fn column_type(self) -> Option<ColumnType> {
        match self {
            Self::Time => Some(ColumnType::Time),
            Self::Value
            | Self::Quantity
            | Self::Price
            | Self::Cost
            | Self::Impressions
            | Self::Clicks
            | Self::Score => Some(ColumnType::Number),
            Self::User | Self::Event | Self::Order | Self::Channel | Self::SameUser => Some(ColumnType::Text),
            Self::Attribute | Self::Ignore => None,
        }
    }

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Time => "time",
            Self::Event => "event",
            Self::Value => "value",
            Self::Order => "order",
            Self::Channel => "channel",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Cost => "cost",
            Self::Impressions => "impressions",
            Self::Clicks => "clicks",
            Self::Score => "score",
            Self::SameUser => "sameUser",
            Self::Attribute => "attribute",
            Self::Ignore => "ignore",
        }
    }

    /// The name in a language.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        let words = language.words();
        match self {
            Self::User => words.role_user,
            Self::Time => words.role_time,
            Self::Event => words.role_event,
            Self::Value => words.role_value,
            Self::Order => words.role_order,
            Self::Channel => words.role_channel,
            Self::Quantity => words.role_quantity,
            Self::Price => words.role_price,
            Self::Cost => words.role_cost,
            Self::Impressions => words.role_impressions,
            Self::Clicks => words.role_clicks,
            Self::Score => words.role_score,
            Self::SameUser => words.role_same_user,
            Self::Attribute => words.role_attribute,
            Self::Ignore => words.role_ignore,
        }
    }
}

/// The roles of a file's columns, by column name. What is left out plays no part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Mapping {
    /// What the rows are.
    #[serde(skip_serializing_if = "FileKind::is_events")]
    pub kind: FileKind,
    /// The column with the user's id.
    pub user: Option<String>,
    /// The column with the time.
    pub time: Option<String>,
    /// How its times are written; guessed from the first rows when absent.
    pub time_format: Option<TimeFormat>,
    /// The column with the event's name. Without it every row is a purchase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The column with the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The column with the order's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The column with the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The column with the number of pieces of an order line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// The column with the price of one piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// The column with what was spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// The column that counts how often an advertisement was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impressions: Option<String>,
    /// The column that counts how often it was clicked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicks: Option<String>,
    /// The column with the answer to a survey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<String>,
    /// The smallest and the largest score that can be given; 0 and 10 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_range: Option<(i64, i64)>,
    /// Further columns with ids of the same user, in an id map.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_user: Vec<String>,
    /// How refunds are told from orders in a file without an event column.
    #[serde(skip_serializing_if = "Refunds::is_default")]
    pub refunds: Refunds,
    /// Other columns to keep.
    pub attributes: Vec<String>,
    /// Types of attributes that are not text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, ColumnType>,
    /// How the numbers of columns are written that have a decimal comma.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub number_formats: BTreeMap<String, NumberFormat>,
    /// Events that are purchases; guessed from the events' names when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_events: Option<Vec<String>>,
    /// Events that are refunds; guessed from the events' names when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_events: Option<Vec<String>>,
}

impl Mapping {
    /// The column in a role that only one column can have.
    #[must_use]
    pub fn column(&self, role: Role) -> Option<&str> {
        match role {
            Role::User => self.user.as_deref(),
            Role::Time => self.time.as_deref(),
            Role::Event => self.event.as_deref(),
            Role::Value => self.value.as_deref(),
            Role::Order => self.order.as_deref(),
            Role::Channel => self.channel.as_deref(),
            Role::Quantity => self.quantity.as_deref(),
            Role::Price => self.price.as_deref(),
            Role::Cost => self.cost.as_deref(),
            Role::Impressions => self.impressions.as_deref(),
            Role::Clicks => self.clicks.as_deref(),
            Role::Score => self.score.as_deref(),
            _ => None,
        }
    }

    fn slot(&mut self, role: Role) -> Option<&mut Option<String>> {
        match role {
            Role::User => Some(&mut self.user),
            Role::Time => Some(&mut self.time),
            Role::Event => Some(&mut self.event),
            Role::Value => Some(&mut self.value),
            Role::Order => Some(&mut self.order),
            Role::Channel => Some(&mut self.channel),
            Role::Quantity => Some(&mut self.quantity),
            Role::Price => Some(&mut self.price),
            Role::Cost => Some(&mut self.cost),
            Role::Impressions => Some(&mut self.impressions),
            Role::Clicks => Some(&mut self.clicks),
            Role::Score => Some(&mut self.score),
            _ => None,
        }
    }

    /// The role of a column.
    #[must_use]
    pub fn role(&self, column: &str) -> Role {
        let single = Role::EVERY.into_iter().find(|&role| self.column(role) == Some(column));
        let listed = |list: &[String]| list.iter().any(|name| name == column);
        match single {
            Some(role) => role,
            None if listed(&self.same_user) => Role::SameUser,
            None if listed(&self.attributes) || self.refunds.column() == Some(column) => Role::Attribute,
            None => Role::Ignore,
        }
    }

    /// The type of a column.
    #[must_use]
    pub fn column_type(&self, column: &str) -> ColumnType {
        let by_role = self.role(column).column_type();
        by_role.or_else(|| self.types.get(column).copied()).unwrap_or(ColumnType::Text)
    }

    /// Gives a column a role. A role that only one column can have is taken from the one that had it, which becomes an
    /// attribute.
    pub fn set_role(&mut self, column: &str, role: Role) {
        for other in Role::EVERY {
            if let Some(slot) = self.slot(other).filter(|slot| slot.as_deref() == Some(column)) {
                *slot = None;
            }
        }
        self.attributes.retain(|name| name != column);
        self.same_user.retain(|name| name != column);
        if let Some(slot) = self.slot(role) {
            if let Some(before) = slot.replace(column.to_owned()) {
                self.attributes.push(before);
            }
            self.types.remove(column);
        } else if role == Role::Attribute {
            self.attributes.push(column.to_owned());
        } else if role == Role::SameUser {
            self.same_user.push(column.to_owned());
            self.types.remove(column);
        }
    }

    /// Gives an attribute a type.
    pub fn set_type(&mut self, column: &str, column_type: ColumnType) {
        match column_type {
            ColumnType::Text => self.types.remove(column),
            other => self.types.insert(column.to_owned(), other),
        };
    }

    /// Whether the reader computes the value of a row as quantity times price: for order lines that have both and no value.
    #[must_use]
    pub fn computes_value(&self) -> bool {
        self.kind == FileKind::Orders
            && self.value.is_none()
            && self.quantity.is_some()
            && self.price.is_some()
    }

    /// The name of the value column that the reader computes; nothing where it computes none.
    #[must_use]
    pub fn computed_value_name(&self) -> Option<String> {
        let (quantity, price) = (self.quantity.as_ref()?, self.price.as_ref()?);
        self.computes_value().then(|| format!("{quantity} \u{d7} {price}"))
    }

    /// Whether rows have an amount: a column's, or quantity times price.
    #[must_use]
    pub fn has_value(&self) -> bool {
        self.value.is_some() || self.computed_value_name().is_some()
    }

    /// The smallest and the largest score that can be given.
    #[must_use]
    pub fn scores(&self) -> (i64, i64) {
        self.score_range.unwrap_or((0, 10))
    }

    /// Finds each mapped column in a file's header. The column that tells refunds apart is read as an attribute where it has
    /// no other role.
    ///
    /// # Errors
    /// [`ErrorKind::MissingRole`] without a column that the kind of file requires, [`ErrorKind::UnknownField`] for a role that
    /// it does not have, [`ErrorKind::UnknownColumn`] for a name that is not in the header, [`ErrorKind::ColumnUsedTwice`] for
    /// a column with two roles, [`ErrorKind::BadValue`] for a rule of refunds that tells nothing.
    pub fn plan(&self, header: &[String]) -> Result<Vec<PlannedColumn>> {
        self.check_roles()?;
        let mut plan: Vec<PlannedColumn> = Vec::new();
        for (role, name) in self.mapped() {
            let Some(field) = header.iter().position(|column| column == name) else {
                return Err(Error::new(ErrorKind::UnknownColumn)
                    .at_path(self.path(role, name))
                    .found(name)
                    .expected(header.join(", ")));
            };
            if let Some(before) = plan.iter().find(|column| column.field == field) {
                let roles = format!("{}, {}", before.role.name(), role.name());
                return Err(Error::new(ErrorKind::ColumnUsedTwice)
                    .at_path("mapping")
                    .in_column(name)
                    .found(roles));
            }
            plan.push(PlannedColumn {
                field,
                name: name.to_owned(),
                role,
                column_type: self.column_type(name),
                number_format: self.number_formats.get(name).copied().unwrap_or_default(),
            });
        }
        Ok(plan)
    }

    /// All columns that are read, with their roles.
    fn mapped(&self) -> impl Iterator<Item = (Role, &str)> {
        let single = Role::EVERY.into_iter().filter_map(|role| self.column(role).map(|name| (role, name)));
        let same_user = self.same_user.iter().map(|name| (Role::SameUser, name.as_str()));
        let attributes = self.attributes.iter().map(|name| (Role::Attribute, name.as_str()));
        let refunds = self.refunds.column().filter(|name| {
            !self.attributes.iter().any(|attribute| attribute == name)
                && Role::EVERY.into_iter().all(|role| self.column(role) != Some(*name))
        });
        let refunds = refunds.map(|name| (Role::Attribute, name));
        single.chain(same_user).chain(attributes).chain(refunds)
    }

    /// Where in the mapping a column is named.
    fn path(&self, role: Role, name: &str) -> String {
        match role {
            Role::Attribute if self.attributes.iter().any(|attribute| attribute == name) => {
                "mapping.attributes".to_owned()
            }
            Role::Attribute => "mapping.refunds".to_owned(),
            _ => format!("mapping.{}", role.name()),
        }
    }

    fn check_roles(&self) -> Result<()> {
        let has = |role: Role| {
            self.column(role).is_some()
                || (role == Role::SameUser && !self.same_user.is_empty())
                || (role == Role::Attribute && !self.attributes.is_empty())
        };
        let missing = |role: &Role| {
            let path = format!("mapping.{}", role.name());
            Error::new(ErrorKind::MissingRole).at_path(path).expected(role.name())
        };
        if let Some(role) = self.kind.required().iter().find(|role| !has(**role)) {
            return Err(missing(role));
        }
        let roles = self.kind.roles();
        if let Some(role) = Role::EVERY.into_iter().find(|role| has(*role) && !roles.contains(role)) {
            let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
            let path = format!("mapping.{}", role.name());
            return Err(Error::new(ErrorKind::UnknownField)
                .at_path(path)
                .found(role.name())
                .expected(names.join(", ")));
        }
        if self.kind.is_log() && self.event.is_none() {
            self.refunds.check(self.order.is_some())?;
        }
        Ok(())
    }
}

/// A column that is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedColumn {
    /// Its place in the file's rows, from 0.
    pub field: usize,
    /// Its name in the header.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// How its cells are kept.
    pub column_type: ColumnType,
    /// How its numbers are written.
    #[serde(default)]
    pub number_format: NumberFormat,
}

#[cfg(test)]
mod tests;
