//! What the rows of a file are, and which columns it can have.

use serde::{Deserialize, Serialize};

use super::mapping::Role;
use crate::locale::Language;

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

    /// The name in a language.
    #[must_use]
    pub fn label(self, language: Language) -> &'static str {
        let words = language.words();
        match self {
            Self::Events => words.kind_events,
            Self::Orders => words.kind_orders,
            Self::Users => words.kind_users,
            Self::Costs => words.kind_costs,
            Self::Surveys => words.kind_surveys,
            Self::Ids => words.kind_ids,
        }
    }

    /// Whether the rows go into the log; the others stand beside it.
    #[must_use]
    pub fn is_log(self) -> bool {
        matches!(self, Self::Events | Self::Orders)
    }

    /// The roles that columns of such a file can have, in the order in which they are offered.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        use Role::*;
        match self {
            Self::Events => &Role::ALL,
            Self::Orders => &[User, Time, Value, Quantity, Price, Order, Channel, Attribute, Ignore],
            Self::Users => &[User, Channel, Attribute, Ignore],
            Self::Costs => &[Time, Channel, Cost, Impressions, Clicks, Ignore],
            Self::Surveys => &[User, Time, Score, Channel, Attribute, Ignore],
            Self::Ids => &[User, SameUser, Ignore],
        }
    }

    /// The roles without which such a file cannot be read.
    #[must_use]
    pub fn required(self) -> &'static [Role] {
        use Role::*;
        match self {
            Self::Events | Self::Orders => &[User, Time],
            Self::Users => &[User],
            Self::Costs => &[Time, Channel, Cost],
            Self::Surveys => &[User, Time, Score],
            Self::Ids => &[User, SameUser],
        }
    }

    /// Whether a row whose cell in this role is empty is of no use. A row of ids may lack any of them, the user's own too.
    #[must_use]
    pub fn needs_cell(self, role: Role) -> bool {
        self != Self::Ids && self.required().contains(&role)
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
    pub(super) fn is_events(&self) -> bool {
        *self == Self::Events
    }
}
