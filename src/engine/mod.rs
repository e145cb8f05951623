//! The front desk: opens files, answers requests. The worker, the JavaScript module and the command line all speak to it, in
//! one request format (`docs/requests.md`).

pub mod library;
pub mod lists;
pub mod loader;
mod profile;
pub mod registry;
pub mod rehearsal;
pub mod request;
mod segments;
pub mod tape;
mod users;
mod why;

use std::cell::{RefCell, RefMut};

use serde::Serialize;

use crate::dataset::audit::Audit;
use crate::dataset::calendar::{Day, WeekStart, Zone};
use crate::dataset::columns::ColumnInfo;
use crate::dataset::filter::Filter;
use crate::dataset::joins::Joins;
use crate::dataset::segment::HeldList;
use crate::dataset::view::View;
use crate::dataset::{EventLog, Population};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::ledger::Ledger;
use crate::ingest::mapping::{Mapping, Role};
pub use crate::ingest::personal::PersonalColumn;
pub use profile::{Belonging, Profile, Section};
use registry::Analysis;
use request::{Query, UsersWanted};
use segments::Segments;
use users::List;
pub use users::{UserCell, UserColumn, UserPage};
pub use why::{Why, WhyRow};

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
    /// Whether the times are moments, so that another zone puts them on other days.
    #[serde(default)]
    pub zoned: bool,
    /// The day weeks start on.
    pub week_start: WeekStart,
    /// The first and last day.
    pub span: (Day, Day),
    /// The names of the events, most frequent first, with their rows; at most 200.
    pub events: Vec<(String, u64)>,
    /// The columns that were read, and what a filter can choose from in each.
    pub columns: Vec<ColumnInfo>,
    /// What is striking in the rows.
    pub audit: Audit,
    /// How the files beside the log fit it.
    pub joins: Joins,
    /// Columns whose cells tell who somebody is, of all files; the ledgers tell those of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<PersonalColumn>,
    /// Whether it was taken from the copy that the browser keeps of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from_copy: bool,
}

/// The personal columns of all files, each column and kind once.
fn personal_columns(log: &EventLog) -> Vec<PersonalColumn> {
    let mut all: Vec<PersonalColumn> = Vec::new();
    for column in log.ledgers.iter().flat_map(|ledger| &ledger.personal) {
        if !all.contains(column) {
            all.push(column.clone());
        }
    }
    all
}

/// Holds one data set and answers questions about it.
#[derive(Debug, Default)]
pub struct Engine {
    log: Option<EventLog>,
    /// The list of users that was asked for last: whoever scrolls through it asks for many pages of the same list.
    list: RefCell<Option<List>>,
    segments: Segments,
}

impl Engine {
    /// Takes a log that a [`loader::Loader`] has read; a log held before is let go.
    pub fn hold(&mut self, log: EventLog) -> Opened {
        self.hold_on(log, None)
    }

    /// As [`Self::hold`]; rows after `today` are told.
    pub fn hold_on(&mut self, log: EventLog, today: Option<Day>) -> Opened {
        let opened = describe(&log, today);
        self.close();
        self.log = Some(log);
        opened
    }

    /// Lets the log go and gives its memory back. Lists of ids stay.
    pub fn close(&mut self) {
        *self = Self { segments: self.segments.anew(), ..Self::default() };
    }

    /// Holds a list of ids, each once, that segments refer to ([`crate::dataset::segment::UserSegment::list`]), whatever log is open.
    pub fn hold_list(&mut self, ids: Vec<String>) -> HeldList {
        self.segments.hold(ids)
    }

    /// The log.
    ///
    /// # Errors
    /// [`ErrorKind::NothingOpen`] without one.
    pub fn log(&self) -> Result<&EventLog> {
        self.log.as_ref().ok_or_else(|| Error::new(ErrorKind::NothingOpen))
    }

    /// Answers a request in the zone that it asks for, in JSON.
    ///
    /// # Errors
    /// As [`Engine::run`]; [`ErrorKind::UnknownTimeZone`].
    pub fn run_in_zone(&mut self, request: &str) -> Result<String> {
        self.answer_in_zone(&Query::parse(request)?)
    }

    /// As [`Engine::run_in_zone`], of a request that has been parsed.
    ///
    /// # Errors
    /// As [`Engine::run_in_zone`].
    pub fn answer_in_zone(&mut self, query: &Query) -> Result<String> {
        let Some(name) = &query.in_zone else { return self.answer(query) };
        let zone = Zone::new(name).map_err(|error| error.at_path("inZone"))?;
        let log = self.log.as_mut().ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
        let own = log.enter_zone(zone)?;
        // What is remembered was counted on other days.
        let afresh = self.segments.anew();
        let remembered = (std::mem::replace(&mut self.segments, afresh), self.list.take());
        let answer = self.answer(&Query { in_zone: None, ..query.clone() });
        (self.segments, *self.list.get_mut()) = remembered;
        if let Some(log) = &mut self.log {
            log.leave_zone(own);
        }
        answer
    }

    /// Answers a request, in JSON.
    ///
    /// # Errors
    /// A request that is not understood, with the path and the allowed values; whatever the question refuses. A request in
    /// another zone, which has to count the days anew: see [`Engine::run_in_zone`].
    pub fn run(&self, request: &str) -> Result<String> {
        self.answer(&Query::parse(request)?)
    }

    /// Answers a request that has been parsed, in JSON.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn answer(&self, query: &Query) -> Result<String> {
        let log = self.log()?;
        if let Some(zone) = &query.in_zone {
            return Err(Error::bad_value("inZone", zone, "absent"));
        }
        if let Some(wanted) = &query.why {
            return to_json(&self.why(query, wanted)?);
        }
        if let Some(wanted) = &query.profile {
            return to_json(&self.profile(query, wanted)?);
        }
        match &query.users {
            Some(UsersWanted { save: Some(_), .. }) => to_json(&self.plan_list(query, None)?),
            None => registry::run(query, &self.segments.view(log, query)?),
            Some(wanted) => to_json(&self.list(query, wanted)?.page(log, wanted.offset, wanted.limit)),
        }
    }

    /// The list that is wanted: the one that was shown last, if only its page, order or search differ.
    fn list(&self, query: &Query, wanted: &UsersWanted) -> Result<RefMut<'_, List>> {
        let log = self.log()?;
        let question = to_json(&(query.analysis, &query.params, &query.filter, &wanted.cell))?;
        let mut shown = self.list.borrow_mut();
        if shown.as_ref().is_none_or(|list| !list.answers(&question)) {
            // Two lists at once may not fit.
            *shown = None;
            let view = self.segments.view(log, query)?;
            *shown = Some(List::new(question, registry::members(query, &view, &wanted.cell)?));
        }
        let mut list =
            RefMut::filter_map(shown, Option::as_mut).map_err(|_| Error::new(ErrorKind::NothingOpen))?;
        list.arrange(log, wanted)?;
        Ok(list)
    }
}

fn describe(log: &EventLog, today: Option<Day>) -> Opened {
    let columns = log.describe_columns();
    let events = columns.iter().find(|column| column.role == Role::Event);
    Opened {
        population: View::all(log).population(),
        ledgers: log.ledgers.clone(),
        mapping: log.mapping.clone(),
        time_zone: log.zone.name().to_owned(),
        zoned: log.is_zoned(),
        week_start: log.week_start,
        span: log.span,
        events: events.map(|column| column.values.clone()).unwrap_or_default(),
        columns,
        audit: log.audit(today),
        joins: log.joins.clone(),
        personal: personal_columns(log),
        from_copy: false,
    }
}

/// Serialises a report.
///
/// # Errors
/// None that data can cause: reports are plain structures.
pub fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::mapping::ColumnType;

    #[test]
    fn columns_tell_what_a_filter_can_choose_from() {
        let mut text = String::from("user_id,date,event,amount,order_id,note,age,signed_up,left_out\n");
        for row in 0..10_001 {
            let (event, amount) = if row % 4 == 0 { ("buy", "-1.5") } else { ("look", "") };
            text += &format!(
                "u{},2024-01-0{},{event},{amount},o{row},n{row},,2023-0{}-01,x\n",
                row % 3,
                row % 9 + 1,
                row % 2 + 1
            );
        }
        text += "u9,2024-02-01,look,20.25,o1,n1,41,,x\n";
        let options = request::OpenOptions {
            mapping: Some(Mapping {
                user: Some("user_id".into()),
                time: Some("date".into()),
                event: Some("event".into()),
                value: Some("amount".into()),
                order: Some("order_id".into()),
                attributes: ["note", "age", "signed_up"].map(str::to_owned).to_vec(),
                types: [("age".to_owned(), ColumnType::Number), ("signed_up".to_owned(), ColumnType::Time)]
                    .into(),
                ..Mapping::default()
            }),
            ..request::OpenOptions::default()
        };
        let log = loader::load(&[("rows.csv", text.as_bytes())], &options).unwrap();
        let opened = Engine::default().hold(log);
        let names: Vec<&str> = opened.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names[..5], ["user_id", "date", "event", "amount", "order_id"], "{names:?}");
        let column = |name: &str| opened.columns.iter().find(|column| column.name == name).unwrap();
        let range = |name: &str| (column(name).min.as_deref(), column(name).max.as_deref());
        let named = |values: &[(&str, u64)]| -> Vec<(String, u64)> {
            values.iter().map(|(text, rows)| ((*text).to_owned(), *rows)).collect()
        };
        assert_eq!((column("user_id").distinct, column("user_id").values.len()), (4, 0));
        assert_eq!(column("event").values, named(&[("look", 7_501), ("buy", 2_501)]));
        assert_eq!(opened.events, column("event").values);
        assert_eq!((column("order_id").distinct, column("order_id").values.len()), (10_001, 0));
        assert_eq!(
            (column("note").distinct, column("note").values.len()),
            (10_001, 0),
            "too many to choose from"
        );
        assert_eq!(range("date"), (Some("2024-01-01"), Some("2024-02-01")));
        assert_eq!(range("amount"), (Some("-1.50"), Some("20.25")));
        assert_eq!(range("age"), (Some("41"), Some("41")));
        assert_eq!(range("signed_up"), (Some("2023-01-01"), Some("2023-02-01")));
        assert_eq!(range("note"), (None, None));
        assert!(names.iter().all(|name| *name != "left_out"), "not read, not offered");
    }
}
