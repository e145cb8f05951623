//! Attributes of users: a city, a level, a day of registration, kept once for each user and not for each row.
//!
//! A file of users has a row for each; ids are those that the identity map knows the user by. Where a user has several rows,
//! later ones fill the gaps of earlier ones. Where they contradict each other the last in the order of the files holds, as
//! exports append what is newer; each contradiction is counted.

use serde::{Deserialize, Serialize};

use super::EventLog;
use super::calendar::{DAY_MICROS, Day};
use super::identity::Identity;
use super::joins::{Named, rows_of, texts_in};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::{Column, Table};
use crate::ingest::mapping::Role;
use crate::ingest::row_numbers::RowNumbers;
use crate::table::decimal::{Amount, Decimals};
use crate::table::dictionary::{CodeVec, Codes, Dictionary};
use crate::table::{ColumnData, Times};

/// The most contradictions that are told; all are counted.
const MOST_CONTRADICTIONS: usize = 50;

/// A user of the file whom the log does not have.
const NOBODY: u32 = u32::MAX;

/// How the files of users fit the log. `users = matched + without_events.count`; the log's users are
/// `matched + without_attributes`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsersReport {
    /// Rows of the files.
    pub rows: u64,
    /// Different users in them.
    pub users: u64,
    /// Those that have events.
    pub matched: u64,
    /// Those that have none; their attributes are not kept.
    pub without_events: Named,
    /// Users of the log that the files lack; all their attributes are empty.
    pub without_attributes: u64,
    /// Cells that say something else than an earlier row of the same user.
    pub contradictions: u64,
    /// The first of them, at most 50.
    pub contradiction_examples: Vec<Contradiction>,
}

/// Two rows of one user that say different things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contradiction {
    /// The user.
    pub user: String,
    /// The row of the later one in its file; the header is row 1, 0 when it is not known.
    pub row: u64,
    /// The column.
    pub column: String,
    /// What held until then.
    pub earlier: String,
    /// What holds now.
    pub later: String,
}

/// The ids of a file of users, matched with the log.
struct Matched {
    /// For each id the log's user, or [`NOBODY`].
    places: Vec<u32>,
    /// For each id the place among the users without events, or [`NOBODY`].
    absent: Vec<u32>,
    report: UsersReport,
}

/// The civil days of times that are there, ascending.
fn days_of(times: &Times) -> Vec<i32> {
    let there = times.iter().filter(|micros| *micros != Times::MISSING);
    let mut days: Vec<i32> =
        there.map(|micros| i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX)).collect();
    days.sort_unstable();
    days
}

impl EventLog {
    /// Takes the attributes of a table of users: all files of users in one. An attribute with a name that the log has already
    /// becomes `name (user)`.
    ///
    /// # Errors
    /// [`ErrorKind::MissingRole`] without a user column; [`ErrorKind::TooLarge`] when memory runs out.
    pub fn join_users(&mut self, table: Table, identity: &Identity) -> Result<()> {
        let ids = texts_in(&table.columns, Role::User)
            .ok_or_else(|| Error::new(ErrorKind::MissingRole).expected(Role::User.name()))?;
        let Matched { places, absent, mut report } = self.match_users(&ids.dictionary, identity);
        report.rows = rows_of(&table) as u64;
        let numbers = RowNumbers::of(&table);
        let rows_by = |places: &[u32]| -> Vec<u32> {
            let place = |row| places.get(ids.code(row) as usize).copied().unwrap_or(NOBODY);
            (0..rows_of(&table)).map(place).collect()
        };
        let rows = rows_by(&places);
        let absent_users = usize::try_from(report.without_events.count).unwrap_or(0);
        let absent = if absent_users > 0 { rows_by(&absent) } else { Vec::new() };
        let kept = |column: &&Column| matches!(column.role, Role::Attribute | Role::Channel);
        for column in table.columns.iter().filter(kept) {
            let name = self.free_name(&column.name);
            let mut told = |row: usize, user: u32, earlier: i64, later: i64| {
                report.contradictions += 1;
                if report.contradiction_examples.len() < MOST_CONTRADICTIONS {
                    report.contradiction_examples.push(Contradiction {
                        user: self.users.get(user).to_owned(),
                        row: numbers.get(row),
                        column: name.clone(),
                        earlier: shown(&column.data, earlier),
                        later: shown(&column.data, later),
                    });
                }
            };
            let data = by_user(&column.data, &rows, self.users.len(), &mut told)?;
            if let ColumnData::Time(_) = column.data
                && let ColumnData::Time(times) =
                    by_user(&column.data, &absent, absent_users, &mut |_, _, _, _| {})?
            {
                self.absent_days.push((name.clone(), days_of(&times)));
            }
            self.user_attributes.push(Column { name, role: column.role, data });
        }
        self.ledgers.extend(table.ledgers);
        self.spans.extend(table.spans);
        self.joins.users = Some(report);
        Ok(())
    }

    /// For each id of the file the log's user, or the place among those whom the log does not have.
    fn match_users(&self, ids: &Dictionary, identity: &Identity) -> Matched {
        let mut report = UsersReport::default();
        let mut matched = vec![false; self.users.len()];
        let mut strangers = Dictionary::default();
        let mut places = Vec::with_capacity(ids.len());
        let mut absent = Vec::with_capacity(ids.len());
        for id in ids.iter() {
            let id = identity.canonical(id);
            let place = self.users.find(id);
            match place.and_then(|place| matched.get_mut(place as usize)) {
                Some(slot) => *slot = true,
                None if strangers.find(id).is_none() => {
                    strangers.code(id.as_bytes());
                    report.without_events.add(id);
                }
                None => {}
            }
            places.push(place.unwrap_or(NOBODY));
            absent.push(if place.is_none() { strangers.find(id).unwrap_or(NOBODY) } else { NOBODY });
        }
        report.matched = matched.iter().filter(|matched| **matched).count() as u64;
        report.users = report.matched + report.without_events.count;
        report.without_attributes = self.users.len() as u64 - report.matched;
        Matched { places, absent, report }
    }

    fn free_name(&self, name: &str) -> String {
        let columns = self.columns.iter().chain(&self.user_attributes).map(|column| column.name.as_str());
        let taken: Vec<&str> =
            columns.chain(self.mapping.user.as_deref()).chain(self.mapping.time.as_deref()).collect();
        let mut free = name.to_owned();
        let mut copy = 1;
        while taken.contains(&free.as_str()) {
            free = if copy == 1 { format!("{name} (user)") } else { format!("{name} (user {copy})") };
            copy += 1;
        }
        free
    }
}

/// The column with one cell for each user. `told` hears of contradictions: row, user, what held, what holds now.
fn by_user(
    data: &ColumnData,
    rows: &[u32],
    users: usize,
    told: &mut dyn FnMut(usize, u32, i64, i64),
) -> Result<ColumnData> {
    let too_large = || Error::new(ErrorKind::TooLarge);
    let (missing, mut dictionary) = match data {
        ColumnData::Text(codes) => {
            let mut dictionary = codes.dictionary.clone();
            (i64::from(dictionary.code(b"").ok_or_else(too_large)?), dictionary)
        }
        ColumnData::Number(_) => (Decimals::MISSING, Dictionary::default()),
        ColumnData::Time(_) => (Times::MISSING, Dictionary::default()),
    };
    let mut cells = Vec::new();
    cells.try_reserve_exact(users).map_err(|_| too_large())?;
    cells.resize(users, missing);
    for (row, &user) in rows.iter().enumerate() {
        let value = value(data, row);
        if let Some(cell) = cells.get_mut(user as usize).filter(|_| value != missing) {
            if *cell != missing && *cell != value {
                told(row, user, *cell, value);
            }
            *cell = value;
        }
    }
    Ok(match data {
        ColumnData::Text(_) => {
            let mut codes =
                Codes { dictionary: std::mem::take(&mut dictionary), rows: CodeVec::U8(Vec::new()) };
            cells.iter().for_each(|&code| codes.push_code(u32::try_from(code).unwrap_or(0)));
            ColumnData::Text(codes)
        }
        ColumnData::Number(decimals) => {
            ColumnData::Number(Decimals { values: cells.into_iter().collect(), scale: decimals.scale })
        }
        ColumnData::Time(times) => ColumnData::Time(Times::from_micros(times.clock, cells)),
    })
}

/// A cell as a number: the code of a text, the units of a decimal, microseconds.
fn value(data: &ColumnData, row: usize) -> i64 {
    match data {
        ColumnData::Text(codes) => i64::from(codes.code(row)),
        ColumnData::Number(decimals) => decimals.values.get(row),
        ColumnData::Time(times) => times.micros(row),
    }
}

fn shown(data: &ColumnData, value: i64) -> String {
    match data {
        ColumnData::Text(codes) => codes.dictionary.get(u32::try_from(value).unwrap_or(u32::MAX)).to_owned(),
        ColumnData::Number(decimals) => Amount { units: value, scale: decimals.scale }.to_string(),
        ColumnData::Time(_) => {
            let day = Day(i32::try_from(value.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX));
            let seconds = value.rem_euclid(DAY_MICROS) / 1_000_000;
            match seconds {
                0 => day.to_string(),
                _ => format!("{day} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::filter::{Condition, Filter, Number};
    use super::super::testing::{days, log, numbers, table, texts};
    use super::super::view::View;
    use super::*;
    use crate::ingest::mapping::{ColumnType, FileKind};
    use proptest::prelude::*;

    const DAY: &str = "2024-01-01";

    fn events(users: &[&str]) -> Vec<Column> {
        let column = days("day", Role::Time, &vec![DAY; users.len()]);
        vec![
            texts("user", Role::User, users),
            column,
            texts("city", Role::Attribute, &vec!["here"; users.len()]),
        ]
    }

    fn joined(users: &[&str], columns: Vec<Column>) -> EventLog {
        let mut log = log(events(users));
        log.join_users(table(FileKind::Users, columns), &Identity::default()).unwrap();
        log
    }

    fn passing(log: &EventLog, condition: Condition) -> Vec<String> {
        let view = View::new(log, &Filter { all: vec![condition] }).unwrap();
        let rows = (0..log.users.len()).flat_map(|user| log.rows_of(user).map(move |row| (user, row)));
        rows.filter(|(_, row)| view.has(*row))
            .map(|(user, _)| log.users.get(u32::try_from(user).unwrap()).to_owned())
            .collect()
    }

    #[test]
    fn gaps_are_filled_and_contradictions_told() {
        let log = joined(
            &["a", "b", "a", "d"],
            vec![
                texts("id", Role::User, &["a", "b", "a", "stranger", "a", "stranger"]),
                texts("city", Role::Attribute, &["", "x", "y", "z", "w", "z"]),
                numbers("age", Role::Attribute, &["31", "", "", "1", "32.5", "1"]),
                days("joined", Role::Attribute, &["", "2020-01-01", "2021-05-06", "", "2021-05-06", ""]),
            ],
        );
        let report = log.joins.users.as_ref().unwrap();
        assert_eq!((report.rows, report.users, report.matched, report.without_attributes), (6, 3, 2, 1));
        assert_eq!(report.without_events, ["stranger"].into_iter().collect());
        let told: Vec<(&str, u64, &str, &str)> = report
            .contradiction_examples
            .iter()
            .map(|entry| (entry.column.as_str(), entry.row, entry.earlier.as_str(), entry.later.as_str()))
            .collect();
        assert_eq!(told, [("city (user)", 6, "y", "w"), ("age", 6, "31.0", "32.5")]);
        assert_eq!(report.contradictions, 2);
        let [city, age, joined] = &log.user_attributes[..] else { panic!("three attributes") };
        let ColumnData::Text(cities) = &city.data else { panic!("text") };
        assert_eq!((0..3).map(|user| cities.get(user)).collect::<Vec<_>>(), ["w", "x", ""]);
        assert_eq!(shown(&age.data, value(&age.data, 0)), "32.5");
        assert_eq!(shown(&joined.data, value(&joined.data, 0)), "2021-05-06");
        assert_eq!(log.absent_days, [("joined".to_owned(), Vec::new())], "the stranger's day is not told");
        assert!(log.ledgers.iter().all(crate::ingest::ledger::Ledger::adds_up));
        assert_eq!(View::all(&log).population().rows_read, 4, "rows of users are none of the log");
    }

    #[test]
    fn columns_say_that_they_are_the_users() {
        let log = joined(
            &["a", "b", "b"],
            vec![texts("id", Role::User, &["a", "b"]), texts("level", Role::Attribute, &["gold", "gold"])],
        );
        let columns = log.describe_columns();
        let level = columns.iter().find(|column| column.name == "level").unwrap();
        assert_eq!((level.of_user, level.kind, level.distinct), (true, ColumnType::Text, 1));
        assert_eq!(level.values, [("gold".to_owned(), 2)], "users, not rows");
        assert!(columns.iter().filter(|column| column.of_user).count() == 1);
    }

    #[test]
    fn one_user_under_two_ids_has_one_row_of_attributes() {
        let map = table(
            FileKind::Ids,
            vec![texts("member", Role::User, &["m"]), texts("phone", Role::SameUser, &["p"])],
        );
        let identity = Identity::new(&[&map]).unwrap();
        let mut rows = table(FileKind::Events, events(&["p", "m", "q"]));
        identity.apply(&mut rows).unwrap();
        let mut log = log(rows.columns);
        let users =
            vec![texts("id", Role::User, &["p", "m"]), texts("level", Role::Attribute, &["gold", ""])];
        log.join_users(table(FileKind::Users, users), &identity).unwrap();
        assert_eq!(log.joins.users.as_ref().unwrap().users, 1);
        let gold = Condition {
            column: Some("level".into()),
            within: Some(vec!["gold".into()]),
            ..Condition::default()
        };
        assert_eq!(passing(&log, gold), ["m", "m"]);
    }

    #[test]
    fn a_name_that_nothing_has_is_refused_with_all_names() {
        let log =
            joined(&["a"], vec![texts("id", Role::User, &["a"]), texts("level", Role::Attribute, &["x"])]);
        let condition =
            Condition { column: Some("nope".into()), within: Some(vec![]), ..Condition::default() };
        let error = View::new(&log, &Filter { all: vec![condition] }).unwrap_err();
        assert_eq!(error.expected.as_deref(), Some("city, level"));
    }

    /// A condition on an attribute, for each of its types.
    fn condition() -> impl Strategy<Value = Condition> {
        let text = prop::collection::vec(prop::sample::select(vec!["", "x", "y", "never"]), 0..3)
            .prop_map(|texts| texts.into_iter().map(str::to_owned).collect::<Vec<_>>());
        let number = (-2i32..4).prop_map(|number| Some(Number::Text(number.to_string())));
        let day = (0i32..4).prop_map(|day| Some(Day(19_723 + day)));
        let on = |column: &str| Condition { column: Some(column.into()), ..Condition::default() };
        prop_oneof![
            text.clone().prop_map(move |texts| Condition { within: Some(texts), ..on("t") }),
            text.prop_map(move |texts| Condition { not_in: Some(texts), ..on("t") }),
            number.clone().prop_map(move |min| Condition { min, ..on("n") }),
            number.prop_map(move |max| Condition { max, ..on("n") }),
            (day.clone(), day).prop_map(move |(from, to)| Condition { from, to, ..on("d") }),
        ]
    }

    proptest! {
        #[test]
        fn a_filter_sees_what_it_would_had_the_attribute_been_joined_onto_every_row(
            users in prop::collection::vec(0usize..6, 1..20),
            attributes in prop::collection::vec((0usize..7, 0usize..3, -1i32..4, 0i32..4), 0..8),
            condition in condition(),
        ) {
            let ids = ["a", "b", "c", "d", "e", "f", "g"];
            let cells = |text: usize, number: i32, day: i32| (
                ["", "x", "y"][text].to_owned(),
                if number < 0 { String::new() } else { number.to_string() },
                if day == 0 { String::new() } else { Day(19_723 + day - 1).to_string() },
            );
            // What the last row that is not empty says of each user, found by looking through all rows.
            let of = |user: usize| {
                let rows: Vec<_> = attributes.iter().filter(|row| row.0 == user).map(|row| cells(row.1, row.2, row.3)).collect();
                let last = |pick: fn(&(String, String, String)) -> &String| {
                    rows.iter().map(pick).rfind(|cell| !cell.is_empty()).cloned().unwrap_or_default()
                };
                (last(|row| &row.0), last(|row| &row.1), last(|row| &row.2))
            };
            let user_texts: Vec<&str> = users.iter().map(|user| ids[*user]).collect();
            let wide: Vec<_> = users.iter().map(|user| of(*user)).collect();
            let column = |pick: fn(&(String, String, String)) -> &String, rows: &[(String, String, String)]| rows.iter().map(|row| pick(row).clone()).collect::<Vec<_>>();
            let columns = |rows: &[(String, String, String)]| vec![
                texts("t", Role::Attribute, &column(|row| &row.0, rows)),
                numbers("n", Role::Attribute, &column(|row| &row.1, rows)),
                days("d", Role::Attribute, &column(|row| &row.2, rows)),
            ];
            let on_every_row = log(events(&user_texts).into_iter().chain(columns(&wide)).collect());
            let rows: Vec<_> = attributes.iter().map(|row| cells(row.1, row.2, row.3)).collect();
            let user_ids: Vec<&str> = attributes.iter().map(|row| ids[row.0]).collect();
            let apart = joined(&user_texts, [texts("id", Role::User, &user_ids)].into_iter().chain(columns(&rows)).collect());
            prop_assert_eq!(passing(&apart, condition.clone()), passing(&on_every_row, condition));
            let report = apart.joins.users.as_ref().unwrap();
            prop_assert_eq!(report.users, report.matched + report.without_events.count);
            prop_assert_eq!(report.matched + report.without_attributes, apart.users.len() as u64);
        }
    }
}
