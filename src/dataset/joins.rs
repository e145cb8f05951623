//! What stands beside the log and how it fits: users' attributes, costs, surveys, ids of one user.

use serde::{Deserialize, Serialize};

use super::calendar::{DAY_MICROS, Day, Zone, ZoneCache};
use super::costs::CostsReport;
use super::identity::{IdentityReport, Orphans};
use super::surveys::SurveysReport;
use super::user_table::UsersReport;
use crate::ingest::mapping::Role;
use crate::ingest::reader::{Column, Table};
use crate::table::decimal::Decimals;
use crate::table::dictionary::Codes;
use crate::table::{Clock, ColumnData, Times};

/// The most names of each kind that a report tells; all are counted.
pub const MOST_NAMED: usize = 20;

/// How the files beside the log fit it; nothing where there is no such file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Joins {
    /// Ids of one user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityReport>,
    /// Ids that only the map or only the events have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orphans: Option<Orphans>,
    /// Users' attributes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<UsersReport>,
    /// Costs of channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub costs: Option<CostsReport>,
    /// Surveys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surveys: Option<SurveysReport>,
}

/// Names of which all are counted and the first are told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named {
    /// How many.
    pub count: u64,
    /// The first of them, at most 20.
    pub first: Vec<String>,
}

impl Named {
    /// Counts a name.
    pub fn add(&mut self, name: &str) {
        self.count += 1;
        if self.first.len() < MOST_NAMED {
            self.first.push(name.to_owned());
        }
    }
}

impl<'a> FromIterator<&'a str> for Named {
    fn from_iter<T: IntoIterator<Item = &'a str>>(names: T) -> Self {
        let mut named = Self::default();
        names.into_iter().for_each(|name| named.add(name));
        named
    }
}

pub(super) fn rows_of(table: &Table) -> usize {
    table.columns.first().map_or(0, |column| column.data.len())
}

pub(super) fn column_in(columns: &[Column], role: Role) -> Option<&Column> {
    columns.iter().find(|column| column.role == role)
}

pub(super) fn texts_in(columns: &[Column], role: Role) -> Option<&Codes> {
    column_in(columns, role)
        .and_then(|column| if let ColumnData::Text(codes) = &column.data { Some(codes) } else { None })
}

pub(super) fn numbers_in(columns: &[Column], role: Role) -> Option<&Decimals> {
    column_in(columns, role).and_then(|column| {
        if let ColumnData::Number(decimals) = &column.data { Some(decimals) } else { None }
    })
}

/// Civil days of a time column, one row after the other.
pub(super) struct DayReader<'a> {
    times: Option<&'a Times>,
    cache: ZoneCache,
}

impl<'a> DayReader<'a> {
    pub(super) fn new(columns: &'a [Column], zone: &Zone) -> Self {
        let times = column_in(columns, Role::Time)
            .and_then(|column| if let ColumnData::Time(times) = &column.data { Some(times) } else { None });
        Self { times, cache: ZoneCache::new(zone.clone()) }
    }

    /// The day of a row; nothing where the cell is empty.
    pub(super) fn day(&mut self, row: usize) -> Option<Day> {
        let times = self.times?;
        let micros = times.micros.get(row).copied().filter(|micros| *micros != Times::MISSING)?;
        let civil =
            if times.clock == Clock::Instant { self.cache.civil_from_instant(micros) } else { micros };
        i32::try_from(civil.div_euclid(DAY_MICROS)).ok().map(Day)
    }
}

/// A cell's number, nothing where it is empty.
pub(super) fn number(values: Option<&Decimals>, row: usize) -> Option<i64> {
    values?.values.get(row).copied().filter(|value| *value != Decimals::MISSING)
}
