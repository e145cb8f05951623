//! What stands beside the log and how it fits: users' attributes, costs, surveys, ids of one user.

use serde::{Deserialize, Serialize};

use super::EventLog;
use super::audit::Duplicates;
use super::calendar::{DAY_MICROS, Day, WeekStart, Zone, ZoneCache};
use super::costs::CostsReport;
use super::identity::{Identity, IdentityReport, Orphans};
use super::surveys::SurveysReport;
use super::user_table::UsersReport;
use crate::error::Result;
use crate::ingest::assemble::{Column, Table};
use crate::ingest::mapping::{Mapping, Role};
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

/// All files of a data set, read.
#[derive(Debug)]
pub struct Files {
    /// Events and orders, one below the other ([`super::append::append`]).
    pub log: Table,
    /// Users.
    pub users: Option<Table>,
    /// Costs of channels.
    pub costs: Option<Table>,
    /// Answers to surveys.
    pub surveys: Option<Table>,
    /// Ids of one user.
    pub ids: Option<Table>,
    /// The smallest and the largest score that a survey can give.
    pub scores: (i64, i64),
    /// What becomes of rows that are there twice.
    pub duplicates: Duplicates,
}

impl EventLog {
    /// Makes one picture of many files: ids become users, rows are sorted, and what stands beside them is joined. The ledgers
    /// come in the order log, users, costs, surveys, ids.
    ///
    /// # Errors
    /// As the parts: [`EventLog::with_duplicates`], [`Identity::new`], [`EventLog::join_users`], [`EventLog::join_costs`],
    /// [`EventLog::join_surveys`].
    pub fn from_files(files: Files, mapping: Mapping, zone: Zone, week_start: WeekStart) -> Result<Self> {
        let Files { log: mut rows, users, costs, surveys, ids, scores, duplicates } = files;
        let identity = match &ids {
            Some(ids) => Identity::new(&[ids])?,
            None => Identity::default(),
        };
        let orphans = texts_in(&rows.columns, Role::User).map(|users| identity.orphans(&users.dictionary));
        identity.apply(&mut rows)?;
        let mut log = Self::with_duplicates(rows, mapping, zone, week_start, duplicates)?;
        if let Some(users) = users {
            log.join_users(users, &identity)?;
        }
        if let Some(costs) = costs {
            log.join_costs(costs)?;
        }
        if let Some(surveys) = surveys {
            log.join_surveys(surveys, &identity, scores)?;
        }
        if let Some(ids) = ids {
            log.joins.identity = Some(identity.report().clone());
            log.joins.orphans = orphans;
            log.ledgers.extend(ids.ledgers);
            log.spans.extend(ids.spans);
        }
        Ok(log)
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
        let micros = Some(times.micros(row)).filter(|micros| *micros != Times::MISSING)?;
        let civil =
            if times.clock == Clock::Instant { self.cache.civil_from_instant(micros) } else { micros };
        i32::try_from(civil.div_euclid(DAY_MICROS)).ok().map(Day)
    }
}

/// A cell's number, nothing where it is empty.
pub(super) fn number(values: Option<&Decimals>, row: usize) -> Option<i64> {
    Some(values?.values.get(row)).filter(|value| *value != Decimals::MISSING)
}

#[cfg(test)]
mod tests {
    use super::super::append::append;
    use super::super::filter::{Condition, Filter};
    use super::super::testing::{days, mapping, numbers, table, texts};
    use super::super::view::View;
    use super::*;
    use crate::dataset::Kind;
    use crate::ingest::ledger::Ledger;
    use crate::ingest::mapping::{FileKind, Refunds};
    use crate::ingest::orders::add_events;

    fn beside(kind: FileKind, columns: Vec<Column>) -> Option<Table> {
        Some(table(kind, columns))
    }

    /// Visits under phone and open id, orders under the member's id, and four files beside them.
    fn files() -> (Files, Mapping) {
        let visits = vec![
            texts("user", Role::User, &["p1", "o2", "guest", "p1"]),
            days("day", Role::Time, &["2024-01-01", "2024-01-02", "2024-01-02", "2024-01-01"]),
            texts("event", Role::Event, &["visit"; 4]),
            texts("channel", Role::Channel, &["search", "mail", "mail", "search"]),
        ];
        let mapping = mapping(FileKind::Events, &visits);
        let mut log = table(FileKind::Events, visits);
        let mut orders = table(
            FileKind::Orders,
            vec![
                texts("buyer", Role::User, &["m1", "m2"]),
                days("ordered", Role::Time, &["2024-01-03", "2024-01-04"]),
                texts("invoice", Role::Order, &["7", "C8"]),
                numbers("sum", Role::Value, &["20", "-5.50"]),
            ],
        );
        add_events(&mut orders, &Refunds::OrderPrefix { prefix: "C".into() }).unwrap();
        append(&mut log, orders, &Zone::utc()).unwrap();
        let files = Files {
            log,
            users: beside(
                FileKind::Users,
                vec![
                    texts("id", Role::User, &["o1", "m2", "m9"]),
                    texts("level", Role::Attribute, &["gold", "silver", "gold"]),
                ],
            ),
            costs: beside(
                FileKind::Costs,
                vec![
                    days("date", Role::Time, &["2024-01-01"]),
                    texts("name", Role::Channel, &["search"]),
                    numbers("spent", Role::Cost, &["12.34"]),
                ],
            ),
            surveys: beside(
                FileKind::Surveys,
                vec![
                    texts("who", Role::User, &["p1"]),
                    days("when", Role::Time, &["2024-01-05"]),
                    numbers("score", Role::Score, &["9"]),
                ],
            ),
            ids: beside(
                FileKind::Ids,
                vec![
                    texts("member", Role::User, &["m1", "m2", "m3"]),
                    texts("phone", Role::SameUser, &["p1", "", "p3"]),
                    texts("open id", Role::SameUser, &["o1", "o2", ""]),
                ],
            ),
            scores: (0, 10),
            duplicates: Duplicates::Drop,
        };
        (files, mapping)
    }

    #[test]
    fn many_files_are_one_picture() {
        let (files, mapping) = files();
        let log = EventLog::from_files(files, mapping, Zone::utc(), WeekStart::Monday).unwrap();
        assert_eq!(log.users.iter().collect::<Vec<_>>(), ["m1", "m2", "guest"]);
        assert_eq!(log.rows(), 5, "one visit was there twice");
        let view = View::all(&log);
        let trades = view.trades();
        let told: Vec<_> = trades.rows().iter().map(|row| trades.get(*row)).collect();
        assert_eq!(told, [(Kind::Purchase, 2_000), (Kind::Refund, 550)]);
        let gold = Condition {
            column: Some("level".into()),
            within: Some(vec!["gold".into()]),
            ..Condition::default()
        };
        let population = View::new(&log, &Filter { all: vec![gold] }).unwrap().population();
        assert_eq!((population.users, population.rows_used, population.rows_read), (1, 2, 6));
        let excluded: u64 = population.rows_excluded.iter().map(|exclusion| exclusion.rows).sum();
        assert_eq!(population.rows_read, population.rows_used + excluded);
        let kinds: Vec<FileKind> = log.ledgers.iter().map(|ledger| ledger.kind).collect();
        use FileKind::{Costs, Events, Ids, Orders, Surveys, Users};
        assert_eq!(kinds, [Events, Orders, Users, Costs, Surveys, Ids]);
        assert!(log.ledgers.iter().all(Ledger::adds_up) && log.spans.len() == log.ledgers.len());
        let joins = &log.joins;
        let (identity, users) = (joins.identity.as_ref().unwrap(), joins.users.as_ref().unwrap());
        assert_eq!((identity.ids, identity.users, identity.conflicts), (7, 3, 0));
        assert_eq!((users.matched, users.without_events.first.len(), users.without_attributes), (2, 1, 1));
        let orphans = joins.orphans.as_ref().unwrap();
        assert_eq!(orphans.users_without_events.first, ["m3"]);
        assert_eq!(orphans.ids_not_in_map.first, ["guest"]);
        assert_eq!(joins.costs.as_ref().unwrap().without_costs.first, ["mail"]);
        assert_eq!(joins.surveys.as_ref().unwrap().answers_matched, 1);
        let json = serde_json::to_string(joins).unwrap();
        assert_eq!(serde_json::from_str::<Joins>(&json).unwrap(), *joins);
    }
}
