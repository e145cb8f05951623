//! Which rows of the log a question looks at.

use serde::{Deserialize, Serialize};

use super::EventLog;
use super::calendar::Day;
use super::dates::{self, Span};
use super::segment::{Resolve, UserSegment};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::decimal::{self, Decimals};
use crate::table::dictionary::{CodeVec, Codes};
use crate::table::integers::Integers;
use crate::table::{ColumnData, Times};

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
    fn text(&self) -> String {
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
    /// segments that are defined by a question.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownColumn`] and [`ErrorKind::BadValue`] with the path of the condition; whatever `resolve` refuses.
    pub fn mask(&self, log: &EventLog, resolve: &mut Resolve<'_>) -> Result<Option<Vec<u8>>> {
        let mut mask = None;
        for (index, condition) in self.all.iter().enumerate() {
            let mask = mask.get_or_insert_with(|| vec![1; log.rows()]);
            condition
                .apply(log, mask, resolve)
                .map_err(|error| within(error, &format!("filter.all[{index}]")))?;
        }
        Ok(mask)
    }
}

impl Condition {
    fn apply(&self, log: &EventLog, mask: &mut [u8], resolve: &mut Resolve<'_>) -> Result<()> {
        if let Some(segment) = &self.segment {
            return self.apply_segment(segment, log, mask, resolve);
        }
        if self.not {
            return Err(Error::bad_value("not", true, "only with a segment"));
        }
        let days = self.from.is_some() || self.to.is_some();
        let Some(name) = &self.column else {
            if !days
                || self.within.is_some()
                || self.not_in.is_some()
                || self.min.is_some()
                || self.max.is_some()
            {
                return Err(Error::bad_value("column", "", "a column, or from and to alone, or a segment"));
            }
            keep(mask, &log.days, self.days());
            return Ok(());
        };
        if log.mapping.role(name) == Role::User {
            return self.apply_to_users(log, mask);
        }
        if log.mapping.role(name) == Role::Time {
            return Err(Error::bad_value("column", name, "from and to without a column filter by day"));
        }
        if let Some(column) = log.columns.iter().find(|column| column.name == *name) {
            return self.apply_to_cells(&column.data, mask);
        }
        if let Some(column) = log.user_attributes.iter().find(|column| column.name == *name) {
            return self.apply_to_attribute(&column.data, log, mask);
        }
        let columns = log.columns.iter().chain(&log.user_attributes);
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        Err(Error::new(ErrorKind::UnknownColumn).at_path("column").found(name).expected(names.join(", ")))
    }

    /// Tests the cells of a column, one for each place of the mask.
    fn apply_to_cells(&self, data: &ColumnData, mask: &mut [u8]) -> Result<()> {
        match data {
            ColumnData::Text(codes) => {
                let allowed = self.allowed(codes)?;
                keep_codes(mask, &codes.rows, &allowed);
            }
            ColumnData::Number(decimals) => {
                let (min, max) = (bound(&self.min, decimals, "min")?, bound(&self.max, decimals, "max")?);
                self.only(&["min", "max"])?;
                keep_integers(mask, &decimals.values, |value| {
                    value != Decimals::MISSING
                        && min.is_none_or(|min| i128::from(value) >= min)
                        && max.is_none_or(|max| i128::from(value) <= max)
                });
            }
            ColumnData::Time(times) => {
                self.only(&["from", "to"])?;
                let mut passes = self.days();
                let day = super::calendar::DAY_MICROS / times.unit();
                keep_integers(mask, &times.values, move |value| {
                    value != Times::MISSING
                        && passes(&i32::try_from(value.div_euclid(day)).unwrap_or(i32::MAX))
                });
            }
        }
        Ok(())
    }

    /// Tests an attribute of users, once for each user.
    fn apply_to_attribute(&self, data: &ColumnData, log: &EventLog, mask: &mut [u8]) -> Result<()> {
        let mut users = vec![1; log.users.len()];
        self.apply_to_cells(data, &mut users)?;
        for (user, _) in users.iter().enumerate().filter(|(_, passes)| **passes == 0) {
            if let Some(rows) = mask.get_mut(log.rows_of(user)) {
                rows.fill(0);
            }
        }
        Ok(())
    }

    fn apply_segment(
        &self,
        segment: &UserSegment,
        log: &EventLog,
        mask: &mut [u8],
        resolve: &mut Resolve<'_>,
    ) -> Result<()> {
        let others = self.given().into_iter().find(|(_, given)| *given).map(|(name, _)| name);
        if let Some(name) = self.column.is_some().then_some("column").or(others) {
            return Err(Error::bad_value(name, name, "segment, not"));
        }
        let set = segment.resolve(log, resolve).map_err(|error| within(error, "segment"))?;
        for (user, inside) in set.iter().enumerate() {
            if *inside == self.not
                && let Some(rows) = mask.get_mut(log.rows_of(user))
            {
                rows.fill(0);
            }
        }
        Ok(())
    }

    fn apply_to_users(&self, log: &EventLog, mask: &mut [u8]) -> Result<()> {
        self.only(&["in", "notIn"])?;
        for user in 0..log.users.len() {
            let id = log.users.get(u32::try_from(user).unwrap_or(u32::MAX));
            if !self.lets_text(id)
                && let Some(rows) = mask.get_mut(log.rows_of(user))
            {
                rows.fill(0);
            }
        }
        Ok(())
    }

    fn lets_text(&self, text: &str) -> bool {
        let listed = |list: &Vec<String>| list.iter().any(|entry| entry == text);
        self.within.as_ref().is_none_or(listed) && !self.not_in.as_ref().is_some_and(listed)
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

    fn days(&self) -> impl FnMut(&i32) -> bool + use<> {
        let (from, to) = (self.from.map_or(i32::MIN, |day| day.0), self.to.map_or(i32::MAX, |day| day.0));
        move |day| (from..=to).contains(day)
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

/// The error with the path of the part that it happened in put before its own.
fn within(error: Error, place: &str) -> Error {
    let inner = error.path.as_deref().filter(|path| !path.is_empty());
    let path = inner.map_or_else(|| place.to_owned(), |path| format!("{place}.{path}"));
    error.at_path(path)
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

/// Looks each code up in a list of what is allowed; lists that are as long as a code can be large need no check.
fn keep_codes(mask: &mut [u8], rows: &CodeVec, allowed: &[bool]) {
    let padded = |length: usize| -> Vec<bool> {
        allowed.iter().copied().chain(std::iter::repeat(false)).take(length.max(allowed.len())).collect()
    };
    match rows {
        CodeVec::U8(codes) => {
            if let Ok(list) = <&[bool; 256]>::try_from(padded(256).as_slice()) {
                keep(mask, codes, |&code| list.get(usize::from(code)).copied().unwrap_or(false));
            }
        }
        CodeVec::U16(codes) => {
            if let Ok(list) = <&[bool; 65_536]>::try_from(padded(65_536).as_slice()) {
                keep(mask, codes, |&code| list.get(usize::from(code)).copied().unwrap_or(false));
            }
        }
        CodeVec::U32(codes) => {
            keep(mask, codes, |&code| allowed.get(code as usize).copied().unwrap_or(false))
        }
    }
}

fn keep_integers(mask: &mut [u8], values: &Integers, mut passes: impl FnMut(i64) -> bool) {
    match values {
        Integers::I32(_) => {
            for (row, slot) in mask.iter_mut().enumerate() {
                *slot &= u8::from(passes(values.get(row)));
            }
        }
        Integers::I64(values) => keep(mask, values, |&value| passes(value)),
    }
}

fn keep<T>(mask: &mut [u8], values: &[T], mut passes: impl FnMut(&T) -> bool) {
    for (slot, value) in mask.iter_mut().zip(values) {
        *slot &= u8::from(passes(value));
    }
}
