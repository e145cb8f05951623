//! Which rows of the log a question looks at.

mod test;

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::EventLog;
use super::calendar::{DAY_MICROS, Day};
use super::dates::{self, Span};
use super::segment::{Resolve, UserSegment};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::ColumnData;
use crate::table::decimal::{self, Decimals};
use crate::table::dictionary::Codes;
pub use test::Test;

/// Conditions that a row must all meet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Filter {
    /// The conditions.
    #[serde(default)]
    pub all: Vec<Condition>,
}

/// One condition. Either `column` with what its cells may be, or `from` and `to` alone for days, or `segment` alone for
/// users.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Condition {
    /// The column's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Texts that are let through (text columns).
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub within: Option<Vec<String>>,
    /// Texts that are not let through (text columns).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_in: Option<Vec<String>>,
    /// The smallest number that is let through (number columns); as text, so that it stays exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// The largest number that is let through (number columns).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// The users whose rows are let through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<UserSegment>,
    /// Lets through the rows of all other users instead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub not: bool,
}

/// A bound, written as a JSON number or as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// `12`
    Number(serde_json::Number),
    /// `"12.50"`
    Text(String),
}

impl Number {
    /// The number as it was written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Filter {
    /// Whether every row passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The days of `data` that the conditions on days alone let through; all of them when they let none through.
    #[must_use]
    pub fn span(&self, data: Span) -> Span {
        let mut dates = self.all.iter().filter(|condition| condition.column.is_none());
        dates
            .try_fold(data, |span, condition| {
                let (from, to) = (condition.from.unwrap_or(data.0), condition.to.unwrap_or(data.1));
                dates::within((from, to), span)
            })
            .unwrap_or(data)
    }

    /// The segments among the conditions, with the conditions' places.
    pub fn segments(&self) -> impl Iterator<Item = (usize, &UserSegment)> {
        let all = self.all.iter().enumerate();
        all.filter_map(|(index, condition)| condition.segment.as_ref().map(|segment| (index, segment)))
    }

    /// A mark for each row: 1 when it passes, else 0. `None` when there is no condition. `resolve` finds the users of
    /// segments that are defined by a question. Without dates, conditions on days alone do not count.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`] and [`ErrorKind::BadValue`] with the path of the condition; whatever `resolve` refuses.
    pub fn mask(&self, log: &EventLog, resolve: &Resolve<'_>, with_dates: bool) -> Result<Option<Vec<u8>>> {
        let mut mask = None;
        let counts = |condition: &Condition| with_dates || !condition.is_of_days();
        for (index, condition) in self.all.iter().enumerate().filter(|(_, condition)| counts(condition)) {
            let mask = mask.get_or_insert_with(|| vec![1; log.rows()]);
            let test = condition
                .test(log, resolve)
                .map_err(|error| error.within(&format!("filter.all[{index}]")))?;
            test.keep(log, mask);
        }
        Ok(mask)
    }
}

impl Condition {
    /// Whether it asks for days of the rows and nothing else.
    #[must_use]
    pub fn is_of_days(&self) -> bool {
        self.column.is_none() && self.segment.is_none()
    }

    /// The condition, made ready for the rows of a log.
    ///
    /// # Errors
    /// As [`Filter::mask`], with paths that begin inside the condition.
    pub fn test<'a>(&self, log: &'a EventLog, resolve: &Resolve<'_>) -> Result<Test<'a>> {
        if let Some(segment) = &self.segment {
            return Ok(Test::Users(self.users_of_segment(segment, log, resolve)?));
        }
        if self.not {
            return Err(Error::bad_value("not", true, "only with a segment"));
        }
        let Some(name) = &self.column else {
            let beside = self.within.is_some() || self.not_in.is_some();
            let beside = beside || self.min.is_some() || self.max.is_some();
            if beside || (self.from.is_none() && self.to.is_none()) {
                return Err(Error::bad_value("column", "", "a column, or from and to alone, or a segment"));
            }
            let (from, to) = self.days();
            return Ok(Test::Days { days: &log.days, from, to });
        };
        if log.mapping.role(name) == Role::User {
            self.only(&["in", "notIn"])?;
            return Ok(Test::Users(self.users_named(log)));
        }
        if log.mapping.role(name) == Role::Time {
            return Err(Error::bad_value("column", name, "from and to without a column filter by day"));
        }
        if let Some(column) = log.columns.iter().find(|column| column.name == *name) {
            return self.test_of_cells(&column.data);
        }
        if let Some(column) = log.user_attributes.iter().find(|column| column.name == *name) {
            let cells = self.test_of_cells(&column.data)?;
            // A cell stands for a user there, not for a row.
            return Ok(Test::Users((0..log.users.len()).map(|user| cells.passes(user, user)).collect()));
        }
        let columns = log.columns.iter().chain(&log.user_attributes);
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        Err(Error::new(ErrorKind::UnknownColumn).at_path("column").found(name).expected(names.join(", ")))
    }

    fn test_of_cells<'a>(&self, data: &'a ColumnData) -> Result<Test<'a>> {
        match data {
            ColumnData::Text(codes) => {
                let empty = codes.dictionary.find("");
                Ok(Test::Texts { rows: &codes.rows, allowed: self.allowed(codes)?, empty })
            }
            ColumnData::Number(decimals) => {
                let (min, max) = (bound(&self.min, decimals, "min")?, bound(&self.max, decimals, "max")?);
                self.only(&["min", "max"])?;
                Ok(Test::numbers(&decimals.values, min, max))
            }
            ColumnData::Time(times) => {
                self.only(&["from", "to"])?;
                let (from, to) = self.days();
                let day = i128::from(DAY_MICROS / times.unit());
                let (first, end) = (i128::from(from) * day, (i128::from(to) + 1) * day);
                Ok(Test::numbers(&times.values, Some(first), Some(end - 1)))
            }
        }
    }

    fn users_of_segment(
        &self,
        segment: &UserSegment,
        log: &EventLog,
        resolve: &Resolve<'_>,
    ) -> Result<Rc<[bool]>> {
        let others = self.given().into_iter().find(|(_, given)| *given).map(|(name, _)| name);
        if let Some(name) = self.column.is_some().then_some("column").or(others) {
            return Err(Error::bad_value(name, name, "segment, not"));
        }
        let set = segment.resolve(log, resolve).map_err(|error| error.within("segment"))?;
        let marks = set.marks(log.users.len());
        Ok(if self.not { marks.iter().map(|inside| !inside).collect() } else { marks })
    }

    /// The users whose ids are let through; each list is looked up in the ids, not the ids in each list.
    fn users_named(&self, log: &EventLog) -> Rc<[bool]> {
        let mut named = vec![self.within.is_none(); log.users.len()];
        for (list, value) in [(&self.within, true), (&self.not_in, false)] {
            for id in list.iter().flatten() {
                if let Some(slot) = log.users.find(id).and_then(|user| named.get_mut(user as usize)) {
                    *slot = value;
                }
            }
        }
        named.into()
    }

    /// For each code whether its text passes.
    fn allowed(&self, codes: &Codes) -> Result<Vec<bool>> {
        self.only(&["in", "notIn"])?;
        let mut allowed = vec![self.within.is_none(); codes.dictionary.len()];
        for (list, value) in [(&self.within, true), (&self.not_in, false)] {
            for text in list.iter().flatten() {
                // A text that no row has lets no row through, and is no error: the same request may meet other files.
                if let Some(slot) =
                    codes.dictionary.find(text).and_then(|code| allowed.get_mut(code as usize))
                {
                    *slot = value;
                }
            }
        }
        Ok(allowed)
    }

    /// The first and the last day.
    fn days(&self) -> (i32, i32) {
        (self.from.map_or(i32::MIN, |day| day.0), self.to.map_or(i32::MAX, |day| day.0))
    }

    /// Which tests of a cell or a day there are.
    fn given(&self) -> [(&'static str, bool); 6] {
        [
            ("in", self.within.is_some()),
            ("notIn", self.not_in.is_some()),
            ("min", self.min.is_some()),
            ("max", self.max.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
        ]
    }

    /// Refuses tests that do not go with the column's type.
    fn only(&self, fitting: &[&str]) -> Result<()> {
        let given = self.given();
        let wrong = given.into_iter().find(|(name, given)| *given && !fitting.contains(name));
        match wrong {
            Some((name, _)) => Err(Error::bad_value(name, name, fitting.join(", "))),
            None if given.iter().any(|(_, given)| *given) => Ok(()),
            None => Err(Error::bad_value("", "", fitting.join(", "))),
        }
    }
}

/// A bound in the column's smallest unit; it may lie beyond what the column's places can write.
fn bound(bound: &Option<Number>, decimals: &Decimals, path: &str) -> Result<Option<i128>> {
    let Some(number) = bound else { return Ok(None) };
    let text = number.text();
    let parsed = decimal::parse(text.as_bytes())
        .filter(|parsed| !parsed.rounded)
        .ok_or_else(|| Error::bad_value(path, &text, "a number with at most 6 decimal places"))?;
    let wide = i128::from(parsed.mantissa);
    let places = i32::from(decimals.scale) - i32::from(parsed.scale);
    let factor = 10i128.pow(places.unsigned_abs());
    Ok(Some(if places >= 0 {
        wide * factor
    } else if path == "min" {
        // Rounded towards the inside, so that the comparison stays exact.
        wide.div_euclid(factor) + i128::from(wide.rem_euclid(factor) > 0)
    } else {
        wide.div_euclid(factor)
    }))
}
