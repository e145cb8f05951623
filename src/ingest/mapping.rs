//! Which column plays which role, and of what type it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::time::TimeFormat;
use crate::error::{Error, ErrorKind, Result};

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
}

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileKind {
    /// Things that users did.
    #[default]
    Events,
    /// Orders or lines of orders.
    Orders,
    /// Users with their attributes, one row each.
    Users,
    /// What channels cost: date, channel, cost, and perhaps impressions and clicks.
    Costs,
    /// Answers to surveys: user, time, score.
    Surveys,
    /// Ids that belong to one and the same user, a row each.
    Ids,
}

impl FileKind {
    /// All kinds in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Events, Self::Orders, Self::Users, Self::Costs, Self::Surveys, Self::Ids];

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Orders => "orders",
            Self::Users => "users",
            Self::Costs => "costs",
            Self::Surveys => "surveys",
            Self::Ids => "ids",
        }
    }
}

/// The roles of a file's columns, by column name. What is left out plays no part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Mapping {
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
    /// Other columns to keep.
    pub attributes: Vec<String>,
    /// Types of attributes that are not text.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, ColumnType>,
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
            _ => None,
        }
    }

    /// The role of a column.
    #[must_use]
    pub fn role(&self, column: &str) -> Role {
        let single = Role::ALL.into_iter().find(|&role| self.column(role) == Some(column));
        single.unwrap_or(if self.attributes.iter().any(|name| name == column) {
            Role::Attribute
        } else {
            Role::Ignore
        })
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
        for other in Role::ALL {
            if let Some(slot) = self.slot(other).filter(|slot| slot.as_deref() == Some(column)) {
                *slot = None;
            }
        }
        self.attributes.retain(|name| name != column);
        if let Some(slot) = self.slot(role) {
            if let Some(before) = slot.replace(column.to_owned()) {
                self.attributes.push(before);
            }
            self.types.remove(column);
        } else if role == Role::Attribute {
            self.attributes.push(column.to_owned());
        }
    }

    /// Gives an attribute a type.
    pub fn set_type(&mut self, column: &str, column_type: ColumnType) {
        match column_type {
            ColumnType::Text => self.types.remove(column),
            other => self.types.insert(column.to_owned(), other),
        };
    }

    /// Finds each mapped column in a file's header.
    ///
    /// # Errors
    /// [`ErrorKind::MissingRole`] without a user or time column, [`ErrorKind::UnknownColumn`] for a name that is not in the
    /// header, [`ErrorKind::ColumnUsedTwice`] for a column with two roles.
    pub fn plan(&self, header: &[String]) -> Result<Vec<PlannedColumn>> {
        for role in [Role::User, Role::Time] {
            if self.column(role).is_none() {
                return Err(Error::new(ErrorKind::MissingRole)
                    .at_path(format!("mapping.{}", role.name()))
                    .expected(role.name()));
            }
        }
        let single = Role::ALL.into_iter().filter_map(|role| self.column(role).map(|name| (role, name)));
        let attributes = self.attributes.iter().map(|name| (Role::Attribute, name.as_str()));
        let mut plan: Vec<PlannedColumn> = Vec::new();
        for (role, name) in single.chain(attributes) {
            let Some(field) = header.iter().position(|column| column == name) else {
                let path =
                    format!("mapping.{}", if role == Role::Attribute { "attributes" } else { role.name() });
                return Err(Error::new(ErrorKind::UnknownColumn)
                    .at_path(path)
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
            });
        }
        Ok(plan)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Vec<String> {
        ["id", "when", "amount", "city"].map(str::to_owned).to_vec()
    }

    #[test]
    fn roles_move_between_columns() {
        let mut mapping = Mapping::default();
        mapping.set_role("id", Role::User);
        mapping.set_role("when", Role::Time);
        mapping.set_role("city", Role::Attribute);
        mapping.set_role("city", Role::User);
        assert_eq!(
            (mapping.role("city"), mapping.role("id"), mapping.role("x")),
            (Role::User, Role::Attribute, Role::Ignore)
        );
        let plan = mapping.plan(&header()).unwrap();
        assert_eq!(plan.iter().map(|column| column.field).collect::<Vec<_>>(), [3, 1, 0]);
    }

    #[test]
    fn a_wrong_mapping_is_refused_by_name() {
        let mut mapping = Mapping { user: Some("id".into()), ..Mapping::default() };
        assert_eq!(mapping.plan(&header()).unwrap_err().kind, ErrorKind::MissingRole);
        mapping.time = Some("nope".into());
        let error = mapping.plan(&header()).unwrap_err();
        assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::UnknownColumn, Some("mapping.time")));
        mapping.time = Some("id".into());
        assert_eq!(mapping.plan(&header()).unwrap_err().kind, ErrorKind::ColumnUsedTwice);
    }
}
