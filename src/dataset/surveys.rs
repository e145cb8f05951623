//! Answers to surveys: who gave which score on which day, and what they said.
//!
//! A score beyond the scale (0 to 10 unless the mapping says otherwise) sets its row aside. Answers of users whom the log does
//! not have count, but cannot be looked at together with what the users did.

use serde::{Deserialize, Serialize};

use super::EventLog;
use super::calendar::Day;
use super::costs::shown;
use super::dates::Span;
use super::identity::Identity;
use super::joins::{DayReader, Named, column_in, number, numbers_in, rows_of, texts_in};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::{Column, Table};
use crate::ingest::ledger::{LateChecks, Reason};
use crate::ingest::mapping::Role;
use crate::ingest::row_numbers::RowNumbers;
use crate::table::dictionary::Dictionary;

/// All answers.
#[derive(Debug, Clone)]
pub struct Surveys {
    /// The smallest and the largest score that can be given.
    pub scores: (i64, i64),
    /// Decimal places of [`Answer::score`].
    pub scale: u8,
    /// Comments and whatever else the files say, one cell for each answer.
    pub attributes: Vec<Column>,
    answers: Vec<Answer>,
}

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The log's user; nothing when the log has no such user.
    pub user: Option<u32>,
    /// The day.
    pub day: Day,
    /// The score, in units of the scale.
    pub score: i64,
}

/// How the files of surveys fit the log. `answers = answers_matched + answers_unmatched`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SurveysReport {
    /// Rows in use; the ledgers have the others.
    pub answers: u64,
    /// Answers of users of the log.
    pub answers_matched: u64,
    /// Answers of others.
    pub answers_unmatched: u64,
    /// Users of the log with an answer.
    pub users: u64,
    /// Users with answers whom the log does not have.
    pub without_events: Named,
    /// The first and the last day; nothing without an answer.
    pub span: Option<Span>,
}

impl Surveys {
    /// All answers, by user and then by day, those of users whom the log does not have at the end.
    #[must_use]
    pub fn all(&self) -> &[Answer] {
        &self.answers
    }

    /// The answers of one of the log's users, by day.
    #[must_use]
    pub fn of_user(&self, user: u32) -> &[Answer] {
        let place = |answer: &Answer| answer.user.unwrap_or(u32::MAX);
        let start = self.answers.partition_point(|answer| place(answer) < user);
        let end = self.answers.partition_point(|answer| place(answer) <= user);
        self.answers.get(start..end).unwrap_or(&[])
    }
}

impl EventLog {
    /// Takes a table of answers: all files of surveys in one, with the smallest and largest score that can be given.
    ///
    /// # Errors
    /// [`ErrorKind::MissingRole`] without a user or score column; [`ErrorKind::TooLarge`] when memory runs out.
    pub fn join_surveys(&mut self, mut table: Table, identity: &Identity, scores: (i64, i64)) -> Result<()> {
        let missing = |role: Role| Error::new(ErrorKind::MissingRole).expected(role.name());
        let columns = &table.columns;
        let ids = texts_in(columns, Role::User).ok_or_else(|| missing(Role::User))?;
        let given = numbers_in(columns, Role::Score).ok_or_else(|| missing(Role::Score))?;
        let unit = 10i128.pow(u32::from(given.scale));
        let mut days = DayReader::new(columns, &self.zone);
        let (checks, numbers) = (LateChecks::new(&table.ledgers), RowNumbers::of(&table));
        let (mut answers, mut strangers): (Vec<(Answer, u32)>, _) = (Vec::new(), Dictionary::default());
        let mut report = SurveysReport::default();
        for row in 0..rows_of(&table) {
            let read = days.day(row).ok_or((Reason::NoTime, Role::Time)).and_then(|day| {
                let score = number(Some(given), row).ok_or((Reason::EmptyCell, Role::Score))?;
                let wide = i128::from(score);
                if wide < i128::from(scores.0) * unit || wide > i128::from(scores.1) * unit {
                    return Err((Reason::OutOfRange, Role::Score));
                }
                Ok((day, score))
            });
            match read {
                Ok((day, score)) => {
                    let id = identity.canonical(ids.get(row));
                    let user = self.users.find(id);
                    if user.is_none() && strangers.find(id).is_none() {
                        strangers.code(id.as_bytes());
                        report.without_events.add(id);
                    }
                    answers.push((Answer { user, day, score }, u32::try_from(row).unwrap_or(u32::MAX)));
                }
                Err((reason, role)) => {
                    let column = column_in(columns, role);
                    let found =
                        column.map(|column| shown(&column.data, row)).filter(|found| !found.is_empty());
                    let place = (row, numbers.get(row));
                    let name = column.map(|column| column.name.as_str());
                    let found = found.as_deref().map(str::as_bytes);
                    checks.set_aside(&mut table.ledgers, place, reason, name, found);
                }
            }
        }
        answers.sort_by_key(|(answer, row)| (answer.user.is_none(), answer.user, answer.day, *row));
        let order: Vec<u32> = answers.iter().map(|(_, row)| *row).collect();
        let answers: Vec<Answer> = answers.into_iter().map(|(answer, _)| answer).collect();
        report.count(&answers);
        let scale = given.scale;
        let kept = |column: &Column| matches!(column.role, Role::Attribute | Role::Channel);
        let mut attributes: Vec<Column> = table.columns.into_iter().filter(kept).collect();
        attributes.iter_mut().try_for_each(|column| column.data.permute(&order))?;
        self.ledgers.extend(table.ledgers);
        self.spans.extend(table.spans);
        self.joins.surveys = Some(report);
        self.surveys = Some(Surveys { scores, scale, attributes, answers });
        Ok(())
    }
}

impl SurveysReport {
    /// Counts answers that are sorted by user.
    fn count(&mut self, answers: &[Answer]) {
        self.answers = answers.len() as u64;
        self.answers_matched = answers.iter().filter(|answer| answer.user.is_some()).count() as u64;
        self.answers_unmatched = self.answers - self.answers_matched;
        let by_user = answers.chunk_by(|one, next| one.user == next.user);
        self.users =
            by_user.filter(|chunk| chunk.first().is_some_and(|first| first.user.is_some())).count() as u64;
        let days = || answers.iter().map(|answer| answer.day);
        self.span = days().min().zip(days().max());
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{days, log, numbers, table, texts};
    use super::*;
    use crate::ingest::ledger::Ledger;
    use crate::ingest::mapping::FileKind;
    use crate::table::ColumnData;
    use proptest::prelude::*;

    fn events() -> EventLog {
        log(vec![texts("user", Role::User, &["b", "a"]), days("day", Role::Time, &["2024-01-01"; 2])])
    }

    #[test]
    fn answers_by_hand() {
        let rows = table(
            FileKind::Surveys,
            vec![
                texts("who", Role::User, &["a", "stranger", "b", "a", "a", "a"]),
                days(
                    "when",
                    Role::Time,
                    &["2024-02-02", "2024-02-01", "2024-02-03", "2024-01-31", "2024-02-01", "2024-02-01"],
                ),
                numbers("score", Role::Score, &["9", "0", "10", "7.5", "10.5", ""]),
                texts("why", Role::Attribute, &["good", "bad", "", "so so", "x", "y"]),
            ],
        );
        let mut log = events();
        log.join_surveys(rows, &Identity::default(), (0, 10)).unwrap();
        let surveys = log.surveys.as_ref().unwrap();
        let a = log.users.find("a").unwrap();
        let scores: Vec<i64> = surveys.of_user(a).iter().map(|answer| answer.score).collect();
        assert_eq!((scores, surveys.scale), (vec![75, 90], 1));
        let ColumnData::Text(comments) = &surveys.attributes[0].data else { panic!("text") };
        let said: Vec<&str> = (0..4).map(|row| comments.get(row)).collect();
        assert_eq!(said, ["", "so so", "good", "bad"], "b, a by day, then the stranger");
        let report = log.joins.surveys.as_ref().unwrap();
        assert_eq!(
            (report.answers, report.answers_matched, report.answers_unmatched, report.users),
            (4, 3, 1, 2)
        );
        assert_eq!(report.without_events.first, ["stranger"]);
        let ledger = log.ledgers.last().unwrap();
        assert!(ledger.adds_up());
        let told: Vec<_> = ledger.set_aside.iter().map(|entry| (entry.reason, entry.first_row)).collect();
        assert_eq!(told, [(Reason::OutOfRange, 6), (Reason::EmptyCell, 7)]);
    }

    proptest! {
        #[test]
        fn every_answer_is_somebodys(rows in prop::collection::vec((0usize..4, 0i32..3, -1i64..7), 0..25)) {
            let ids = ["a", "b", "c", "d"];
            let who: Vec<&str> = rows.iter().map(|row| ids[row.0]).collect();
            let when: Vec<String> = rows.iter().map(|row| Day(19_700 + row.1).to_string()).collect();
            let scores: Vec<String> = rows.iter().map(|row| row.2.to_string()).collect();
            let read = table(FileKind::Surveys, vec![
                texts("who", Role::User, &who), days("when", Role::Time, &when), numbers("score", Role::Score, &scores),
            ]);
            let mut log = events();
            log.join_surveys(read, &Identity::default(), (1, 5)).unwrap();
            let surveys = log.surveys.as_ref().unwrap();
            for id in ids {
                let mut expected: Vec<(i32, i64)> = rows.iter().filter(|row| ids[row.0] == id && (1..=5).contains(&row.2)).map(|row| (19_700 + row.1, row.2)).collect();
                expected.sort_by_key(|(day, _)| *day);
                let found: Vec<(i32, i64)> = match log.users.find(id) {
                    Some(user) => surveys.of_user(user).iter().map(|answer| (answer.day.0, answer.score)).collect(),
                    None => expected.clone(),
                };
                prop_assert_eq!(found, expected);
            }
            let used = rows.iter().filter(|row| (1..=5).contains(&row.2)).count();
            prop_assert_eq!(surveys.all().len(), used);
            let report = log.joins.surveys.as_ref().unwrap();
            prop_assert_eq!(report.answers, report.answers_matched + report.answers_unmatched);
            prop_assert!(log.ledgers.iter().all(Ledger::adds_up));
        }
    }
}
