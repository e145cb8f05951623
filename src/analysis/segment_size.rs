//! How a segment has grown: its size at the end of each of the last periods.
//!
//! **Definition.** The definition of the segment is evaluated as of the last day of each period (civil day, week, month or quarter; the
//! last one ends with the as-of date, and is *open* when it is cut off by it), also where it says another day; segments that
//! it refers to are evaluated as of that day too. Counted are users with a row in view up to it. *Joined* are those who are in now and
//! were not at the end before, *left* those the other way round.
//!
//! A list of ids is the same on every day, and so is the answer to a question that knows no as-of date: then there is one size, that
//! of now. Definitions inside others that do not follow the days are counted.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::account::{Account, Value};
use super::{Members, Question, activity_members};
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::dataset::segment::{UserSegment, UserSet};
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};

/// The most periods: each takes an evaluation of the definition.
const MOST_PERIODS: u32 = 24;

/// The questions that are asked as of a date, by their names in requests.
///
/// Clusters are none of them: found anew on another day, a number means another cluster.
pub const DATED: [&str; 7] = ["rfm", "lifeCycle", "value", "tiers", "rule", "portrait", "overlap"];

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The segment; everybody when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<UserSegment>,
    /// Follows those who are not in it instead.
    pub not: bool,
    /// The day of the last size; the day that the definition says, or the last that is looked at, when absent.
    pub as_of: Option<Day>,
    /// The length of a period.
    pub period: Period,
    /// How many periods, 2 to 24, as far as the data reach.
    pub periods: u32,
    /// The day weeks start on; the log's when absent.
    pub week_start: Option<WeekStart>,
}

impl Default for Params {
    fn default() -> Self {
        Self { segment: None, not: false, as_of: None, period: Period::Month, periods: 12, week_start: None }
    }
}

/// The sizes of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day of the last size.
    pub as_of: Day,
    /// Why the definition is the same on all days; nothing when it follows them.
    pub fixed: Option<Fixed>,
    /// How many definitions inside it are the same on all days.
    pub fixed_inside: u64,
    /// The ends of periods, oldest first; the as-of date alone when the definition is fixed.
    pub sizes: Vec<Size>,
}

/// Why a definition is the same on all days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Fixed {
    /// It is a list of ids.
    List,
    /// Its question is not asked as of a date.
    NoDate,
}

/// The size of the segment at the end of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// The first day of the period.
    pub start: Day,
    /// The day that the definition is evaluated as of.
    pub end: Day,
    /// Whether the period goes on after it.
    pub open: bool,
    /// Users in the segment.
    pub users: u64,
    /// Users with a row in view up to the day.
    pub of: u64,
    /// Who is in and was not at the end before; nothing for the first.
    pub joined: Option<u64>,
    /// Who was in at the end before and is not.
    pub left: Option<u64>,
}

/// Users that can be listed, by the first day of their period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// Those in the segment at its end.
    Inside(Day),
    /// Those who joined.
    Joined(Day),
    /// Those who left.
    Left(Day),
}

impl Cell {
    fn start(self) -> Day {
        match self {
            Self::Inside(start) | Self::Joined(start) | Self::Left(start) => start,
        }
    }
}

/// How a segment has grown.
#[derive(Debug)]
pub struct SegmentSize;

impl Question for SegmentSize {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let followed = Followed::new(view, params)?;
        let mut sizes = Vec::with_capacity(followed.ends.len());
        let mut before: Option<UserSet> = None;
        let last = followed.ends.len().saturating_sub(1);
        for (place, (start, end)) in followed.ends.iter().copied().enumerate() {
            let (inside, of) = followed.at(end)?;
            sizes.push(Size {
                start,
                end,
                open: place == last && followed.open,
                users: inside.len(),
                of,
                joined: before.as_ref().map(|before| inside.without(before).len()),
                left: before.as_ref().map(|before| before.without(&inside).len()),
            });
            before = Some(inside);
        }
        Ok(Report {
            as_of: followed.ends.last().map_or(view.span().1, |(_, end)| *end),
            fixed: followed.fixed,
            fixed_inside: followed.fixed_inside,
            sizes,
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let followed = Followed::new(view, params)?;
        let (before, now) = followed.around(*cell)?;
        let set = match cell {
            Cell::Inside(_) => now,
            Cell::Joined(_) => before.map_or_else(UserSet::default, |before| now.without(&before)),
            Cell::Left(_) => before.map_or_else(UserSet::default, |before| before.without(&now)),
        };
        Ok(activity_members(view, set.iter().collect()))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let followed = Followed::new(view, params)?;
        let place = followed.place(*cell)?;
        let code = u32::try_from(user).unwrap_or(u32::MAX);
        let mut account = Account::default();
        let from = place.saturating_sub(1);
        for (_, end) in followed.ends.get(from..=place).unwrap_or(&[]) {
            let key = if followed.at(*end)?.0.has(code) { "segment_size_in" } else { "segment_size_out" };
            account.tell(key, [("day", Value::Day(*end))]);
        }
        Ok(account)
    }
}

/// The definition, and the days that it is evaluated as of.
struct Followed<'v> {
    view: &'v View<'v>,
    params: &'v Params,
    fixed: Option<Fixed>,
    fixed_inside: u64,
    /// The first days of the periods, and the days that count to.
    ends: Vec<(Day, Day)>,
    open: bool,
}

impl<'v> Followed<'v> {
    fn new(view: &'v View<'v>, params: &'v Params) -> Result<Self> {
        if !(2..=MOST_PERIODS).contains(&params.periods) {
            return Err(Error::bad_value("params.periods", params.periods, format!("2 to {MOST_PERIODS}")));
        }
        let segment = params.segment.as_ref();
        let own = segment.and_then(|segment| segment.params.as_ref()?.get("asOf")?.as_str()?.parse().ok());
        let as_of: Day = params.as_of.or(own).unwrap_or(view.span().1);
        let week_start = params.week_start.unwrap_or(view.log.week_start);
        let periods = Periods { period: params.period, week_start };
        let last = periods.number(as_of);
        let first = last.saturating_sub(i32::try_from(params.periods - 1).unwrap_or(0));
        // Before the data there was nobody.
        let first = first.max(periods.number(view.span().0)).min(last);
        let fixed = segment.and_then(fixed);
        let first = if fixed.is_some() { last } else { first };
        let end = |number: i32| (periods.first_day(number), periods.last_day(number).min(as_of));
        let fixed_inside = match segment.filter(|_| fixed.is_none()) {
            Some(segment) => dated(segment, as_of)?.1,
            None => 0,
        };
        Ok(Self {
            view,
            params,
            fixed,
            fixed_inside,
            ends: (first..=last).map(end).collect(),
            open: periods.last_day(last) > as_of,
        })
    }

    /// Who is in the segment as of a day, and how many there are in all.
    fn at(&self, day: Day) -> Result<(UserSet, u64)> {
        let days = self.view.user_days();
        let seen = |user: u32| days.of(user as usize).first().is_some_and(|first| *first <= day.0);
        let everybody = UserSet::of(self.view.log.users.len(), |user| {
            days.of(user).first().is_some_and(|first| *first <= day.0)
        });
        let Some(segment) = &self.params.segment else {
            let of = everybody.len();
            return Ok((if self.params.not { UserSet::default() } else { everybody }, of));
        };
        let users = if self.fixed.is_some() {
            self.view.users_of(segment)
        } else {
            self.view.users_of(&dated(segment, day)?.0)
        };
        let users = users.map_err(|error| error.within("params.segment"))?;
        let inside: UserSet = users.iter().filter(|user| seen(*user)).collect();
        let of = everybody.len();
        Ok((if self.params.not { everybody.without(&inside) } else { inside }, of))
    }

    fn place(&self, cell: Cell) -> Result<usize> {
        let found = self.ends.iter().position(|(start, _)| *start == cell.start());
        found.ok_or_else(|| {
            let known: Vec<String> = self.ends.iter().map(|(start, _)| start.to_string()).collect();
            Error::bad_value("users.cell", cell.start(), known.join(", "))
        })
    }

    /// Who was in at the end before that of a cell's period, if there is one, and who is in at its end.
    fn around(&self, cell: Cell) -> Result<(Option<UserSet>, UserSet)> {
        let place = self.place(cell)?;
        let at = |place: usize| -> Result<Option<UserSet>> {
            self.ends.get(place).map(|(_, end)| Ok(self.at(*end)?.0)).transpose()
        };
        let before = place.checked_sub(1).map(at).transpose()?.flatten();
        Ok((before, at(place)?.unwrap_or_default()))
    }
}

/// Why a definition is the same on all days, if it is.
fn fixed(segment: &UserSegment) -> Option<Fixed> {
    if segment.listed().is_some() {
        return Some(Fixed::List);
    }
    let follows = follows(segment.analysis.as_deref(), segment.cell.as_ref());
    (!follows).then_some(Fixed::NoDate)
}

/// Whether a question is asked as of a date, and its cell does not name a period of its own.
fn follows(analysis: Option<&str>, cell: Option<&Json>) -> bool {
    let parts = cell.and_then(Json::as_object).into_iter().flatten();
    let named = parts.filter_map(|(_, part)| part.get("period")).any(|period| !period.is_null());
    analysis.is_some_and(|name| DATED.contains(&name)) && !named
}

/// The definition as of a day, and how many definitions inside it are the same on all days.
fn dated(segment: &UserSegment, day: Day) -> Result<(UserSegment, u64)> {
    let unreadable = |error: serde_json::Error| Error::new(ErrorKind::BadValue).found(error);
    let mut value = serde_json::to_value(segment).map_err(unreadable)?;
    let mut fixed = 0;
    if let Json::Object(fields) = &mut value {
        put_day(fields, day, &mut fixed);
    }
    Ok((serde_json::from_value(value).map_err(unreadable)?, fixed))
}

/// A definition as of a day where it names none itself; of those that it refers to, likewise.
#[must_use]
pub fn dated_by_default(segment: &UserSegment, day: Day) -> UserSegment {
    let mut own = segment.clone();
    for condition in &mut own.filter.all {
        condition.segment = condition.segment.as_ref().map(|inner| dated_by_default(inner, day));
    }
    if follows(own.analysis.as_deref(), own.cell.as_ref()) {
        // What stands in the parameters of a rule follows from the rule's own day.
        let params = own.params.get_or_insert_with(|| Json::Object(Map::new()));
        if let Json::Object(params) = params
            && params.get("asOf").is_none_or(Json::is_null)
        {
            params.insert("asOf".to_owned(), Json::String(day.to_string()));
        }
    }
    own
}

/// Puts the day into a definition and into those that it refers to.
fn put_day(definition: &mut Map<String, Json>, day: Day, fixed: &mut u64) {
    let name = definition.get("analysis").and_then(Json::as_str);
    let listed = ["users", "list"].iter().any(|key| definition.contains_key(*key));
    if listed || !follows(name, definition.get("cell")) {
        *fixed += 1;
        return;
    }
    let params = definition.entry("params").or_insert_with(|| Json::Object(Map::new()));
    if let Json::Object(params) = params {
        params.insert("asOf".to_owned(), Json::String(day.to_string()));
    }
    for part in ["params", "filter"] {
        if let Some(part) = definition.get_mut(part) {
            put_day_inside(part, day, fixed);
        }
    }
}

/// Looks for definitions that a value refers to.
fn put_day_inside(value: &mut Json, day: Day, fixed: &mut u64) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(|item| put_day_inside(item, day, fixed)),
        Json::Object(fields) => {
            for (key, field) in fields {
                match field {
                    Json::Object(definition) if key == "segment" => put_day(definition, day, fixed),
                    field => put_day_inside(field, day, fixed),
                }
            }
        }
        _ => {}
    }
}
