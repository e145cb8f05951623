//! The front desk: opens files, answers requests. The worker, the JavaScript module and the command line all speak to it, in
//! one request format (`docs/requests.md`).

pub mod loader;
pub mod registry;
pub mod rehearsal;
pub mod request;

use serde::Serialize;

use crate::analysis::{MemberCells, Members};
use crate::dataset::calendar::{Day, WeekStart};
use crate::dataset::filter::Filter;
use crate::dataset::view::View;
use crate::dataset::{EventLog, Population};
use crate::error::{Error, ErrorKind, Result};
use crate::export::csv::Csv;
use crate::ingest::ledger::Ledger;
use crate::ingest::mapping::Mapping;
use crate::locale::Language;
use crate::table::decimal::Amount;
use registry::Analysis;
use request::Query;

/// The answer to a request: everything that the figures depend on is printed with them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome<'a, P, R> {
    /// The question.
    pub analysis: Analysis,
    /// Its parameters, defaults included.
    pub params: &'a P,
    /// The filter.
    pub filter: &'a Filter,
    /// The zone that days are counted in.
    pub time_zone: &'a str,
    /// The day weeks start on, unless `params` says otherwise.
    pub week_start: WeekStart,
    /// Rows read, used and left out.
    pub population: Population,
    /// The answer.
    pub report: R,
}

/// Some of the users behind a cell.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPage {
    /// Users behind the cell: the number that stands in it.
    pub total: u64,
    /// Where this page begins.
    pub offset: u64,
    /// The columns after the user's id.
    pub columns: Vec<UserColumn>,
    /// One row a user: the id, then a cell for each column.
    pub rows: Vec<Vec<UserCell>>,
}

/// A column of a list of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct UserColumn {
    /// Its name in JSON and in `locales/` (`member_<key>`).
    pub key: String,
}

/// A cell in a list of users.
#[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum UserCell {
    /// A whole number.
    Count(i64),
    /// An amount.
    Amount(Amount),
    /// A day, a name key or an id.
    Text(String),
}

/// What is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// Rows and users.
    pub population: Population,
    /// What became of each file's rows.
    pub ledgers: Vec<Ledger>,
    /// The mapping it was read with, completed.
    pub mapping: Mapping,
    /// The zone that days are counted in.
    pub time_zone: String,
    /// The day weeks start on.
    pub week_start: WeekStart,
    /// The first and last day.
    pub span: (Day, Day),
    /// The names of the events, most frequent first, with their rows; at most 200.
    pub events: Vec<(String, u64)>,
}

/// Holds one data set and answers questions about it.
#[derive(Debug, Default)]
pub struct Engine {
    log: Option<EventLog>,
}

impl Engine {
    /// Takes a log that a [`loader::Loader`] has read; a log held before is let go.
    pub fn hold(&mut self, log: EventLog) -> Opened {
        let opened = describe(&log);
        self.log = Some(log);
        opened
    }

    /// Lets the log go and gives its memory back.
    pub fn close(&mut self) {
        self.log = None;
    }

    /// The log.
    ///
    /// # Errors
    /// [`ErrorKind::NothingOpen`] without one.
    pub fn log(&self) -> Result<&EventLog> {
        self.log.as_ref().ok_or_else(|| Error::new(ErrorKind::NothingOpen))
    }

    /// Answers a request, in JSON.
    ///
    /// # Errors
    /// A request that is not understood, with the path and the allowed values; whatever the question refuses.
    pub fn run(&self, request: &str) -> Result<String> {
        self.answer(&Query::parse(request)?)
    }

    /// Answers a request that has been parsed, in JSON.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn answer(&self, query: &Query) -> Result<String> {
        let log = self.log()?;
        let view = View::new(log, &query.filter)?;
        match &query.users {
            None => registry::run(query, &view),
            Some(wanted) => {
                let members = registry::members(query, &view, &wanted.cell)?;
                to_json(&page(log, &members, wanted.offset, wanted.limit))
            }
        }
    }

    /// All users behind a cell as CSV, with a byte order mark so that Excel reads Chinese.
    ///
    /// # Errors
    /// As [`Engine::run`]; a request without `users`.
    pub fn users_csv(&self, query: &Query, language: Language) -> Result<String> {
        let log = self.log()?;
        let view = View::new(log, &query.filter)?;
        let wanted = query.users.as_ref().ok_or_else(|| Error::bad_value("users", "", "{\"cell\": ...}"))?;
        let members = registry::members(query, &view, &wanted.cell)?;
        Ok(users_csv(log, &members, language))
    }
}

fn describe(log: &EventLog) -> Opened {
    let events = log.text_in_role(crate::ingest::mapping::Role::Event);
    let mut counted: Vec<(String, u64)> = events.map_or_else(Vec::new, |codes| {
        let counts = crate::dataset::count_codes(codes, |_| true);
        codes.dictionary.iter().map(str::to_owned).zip(counts).collect()
    });
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counted.truncate(200);
    Opened {
        population: View::all(log).population(),
        ledgers: log.ledgers.clone(),
        mapping: log.mapping.clone(),
        time_zone: log.zone.name().to_owned(),
        week_start: log.week_start,
        span: log.span,
        events: counted,
    }
}

/// Serialises a report.
///
/// # Errors
/// None that data can cause: reports are plain structures.
pub fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
}

fn page(log: &EventLog, members: &Members, offset: u64, limit: u64) -> UserPage {
    let from = usize::try_from(offset).unwrap_or(usize::MAX).min(members.users.len());
    let to = from.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX)).min(members.users.len());
    let row = |index: usize| {
        let id = log.users.get(members.users.get(index).copied().unwrap_or(u32::MAX)).to_owned();
        let cells = members.columns.iter().map(|column| match &column.cells {
            MemberCells::Counts(counts) => UserCell::Count(counts.get(index).copied().unwrap_or(0)),
            MemberCells::Amounts(units) => {
                UserCell::Amount(log.amount(units.get(index).copied().unwrap_or(0)))
            }
            MemberCells::Days(days) => UserCell::Text(Day(days.get(index).copied().unwrap_or(0)).to_string()),
            MemberCells::Names(names) => UserCell::Text(names.get(index).copied().unwrap_or("").to_owned()),
        });
        std::iter::once(UserCell::Text(id)).chain(cells).collect()
    };
    UserPage {
        total: members.users.len() as u64,
        offset: from as u64,
        columns: members.columns.iter().map(|column| UserColumn { key: column.key.to_owned() }).collect(),
        rows: (from..to).map(row).collect(),
    }
}

fn users_csv(log: &EventLog, members: &Members, language: Language) -> String {
    let words = language.words();
    let word = |key: &str| words.get(key).unwrap_or(key).to_owned();
    let user_column = log.mapping.user.clone().unwrap_or_default();
    let header = std::iter::once(user_column)
        .chain(members.columns.iter().map(|column| word(&format!("member_{}", column.key))));
    let mut csv = Csv::new(header);
    for (index, &user) in members.users.iter().enumerate() {
        csv.cell(log.users.get(user));
        for column in &members.columns {
            match &column.cells {
                MemberCells::Counts(counts) => csv.cell(&counts.get(index).copied().unwrap_or(0).to_string()),
                MemberCells::Amounts(units) => {
                    csv.cell(&log.amount(units.get(index).copied().unwrap_or(0)).to_string())
                }
                MemberCells::Days(days) => csv.cell(&Day(days.get(index).copied().unwrap_or(0)).to_string()),
                MemberCells::Names(names) => {
                    csv.cell(&word(&format!("name_{}", names.get(index).copied().unwrap_or(""))))
                }
            }
        }
        csv.end_row();
    }
    csv.finish()
}
