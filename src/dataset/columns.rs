//! What the columns of a log hold, in short: what somebody who writes a filter wants to choose from.

use serde::{Deserialize, Serialize};

use super::calendar::{DAY_MICROS, Day};
use super::{EventLog, count_codes};
use crate::ingest::assemble::Column;
use crate::ingest::mapping::{ColumnType, Role};
use crate::table::ColumnData;
use crate::table::decimal::Amount;
use crate::table::dictionary::Codes;
use crate::table::integers::Integers;

/// The most texts of a column that are told.
const MOST_VALUES: usize = 200;

/// A column with more texts than this is one of ids or remarks, from which nobody chooses by frequency.
const MOST_DISTINCT: u64 = 10_000;

/// A column that was read, and what it holds in the rows in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// What its cells are.
    pub kind: ColumnType,
    /// How many different texts it has, the empty one included; 0 for numbers and times.
    pub distinct: u64,
    /// Texts with their rows (of a user's attribute: with their users), most frequent first, at most 200; none for users' and orders' ids and for columns (other than the
    /// event's) with more than 10,000 texts, nor for numbers and times.
    pub values: Vec<(String, u64)>,
    /// The smallest number, with all its places, or the first day; nothing for text and where all cells are empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The largest number or the last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Whether it is an attribute of users, with one cell for each user and not for each row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_user: bool,
}

impl EventLog {
    /// All columns that were read, in the order of their roles.
    #[must_use]
    pub fn describe_columns(&self) -> Vec<ColumnInfo> {
        let info = |name: &str, role, kind| ColumnInfo {
            name: name.to_owned(),
            role,
            kind,
            distinct: 0,
            values: Vec::new(),
            min: None,
            max: None,
            of_user: false,
        };
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let with_rows = |bounds: &&[u32]| matches!(bounds, [start, end] if start < end);
        let users = self.offsets.windows(2).filter(with_rows).count() as u64;
        let mut columns = vec![
            ColumnInfo { distinct: users, ..info(&name(&self.mapping.user), Role::User, ColumnType::Text) },
            ColumnInfo {
                min: Some(self.span.0.to_string()),
                max: Some(self.span.1.to_string()),
                ..info(&name(&self.mapping.time), Role::Time, ColumnType::Time)
            },
        ];
        let describe = |column: &Column| match &column.data {
            ColumnData::Text(codes) => {
                let (distinct, values) = texts(codes, column.role);
                ColumnInfo { distinct, values, ..info(&column.name, column.role, ColumnType::Text) }
            }
            ColumnData::Number(decimals) => {
                let range = range(&decimals.values);
                let text = |units| Amount { units, scale: decimals.scale }.to_string();
                let (min, max) = (range.map(|range| text(range.0)), range.map(|range| text(range.1)));
                ColumnInfo { min, max, ..info(&column.name, column.role, ColumnType::Number) }
            }
            ColumnData::Time(times) => {
                let range = range(&times.values);
                let text = |value: i64| {
                    let micros = value.saturating_mul(times.unit());
                    Day(i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX)).to_string()
                };
                let (min, max) = (range.map(|range| text(range.0)), range.map(|range| text(range.1)));
                ColumnInfo { min, max, ..info(&column.name, column.role, ColumnType::Time) }
            }
        };
        columns.extend(self.columns.iter().map(describe));
        let of_user = |column| ColumnInfo { of_user: true, ..describe(column) };
        columns.extend(self.user_attributes.iter().map(of_user));
        columns.sort_by_key(|column| Role::EVERY.iter().position(|role| *role == column.role));
        columns
    }
}

/// How many texts a column has, and the most frequent of them.
fn texts(codes: &Codes, role: Role) -> (u64, Vec<(String, u64)>) {
    let counts = count_codes(codes);
    let mut used: Vec<(u32, u64)> = (0..).zip(counts).filter(|(_, rows)| *rows > 0).collect();
    let distinct = used.len() as u64;
    if matches!(role, Role::User | Role::Order) || (distinct > MOST_DISTINCT && role != Role::Event) {
        return (distinct, Vec::new());
    }
    let text = |code: u32| codes.dictionary.get(code);
    used.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| text(a.0).cmp(text(b.0))));
    used.truncate(MOST_VALUES);
    (distinct, used.into_iter().map(|(code, rows)| (text(code).to_owned(), rows)).collect())
}

/// The smallest and the largest value that is there.
fn range(values: &Integers) -> Option<(i64, i64)> {
    let (min, max) = match values {
        Integers::I32(values) => {
            let (min, max) = values.iter().fold((i32::MAX, i32::MIN), |(min, max), &value| {
                // The smallest number stands for a missing one; as a maximum it does no harm.
                (min.min(if value == i32::MIN { i32::MAX } else { value }), max.max(value))
            });
            (i64::from(min), i64::from(max))
        }
        Integers::I64(values) => {
            let there = values.iter().filter(|value| **value != Integers::MISSING);
            there.fold((i64::MAX, i64::MIN), |(min, max), &value| (min.min(value), max.max(value)))
        }
    };
    (min <= max).then_some((min, max))
}
