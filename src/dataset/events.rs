//! Events as questions ask for them: by name, and by what else stands in the row.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::filter::{Condition, Test};
use super::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::dictionary::{CodeVec, Codes};
use crate::with_codes;

/// The most events that are told apart at once.
pub const MOST_CHOICES: usize = 32;

/// How many names an error lists.
const NAMES_TOLD: usize = 50;

/// An event: a row with one of these names that meets all conditions. Without either, any row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EventChoice {
    /// Names in the event column; any when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// Conditions as those of a filter; segments and attributes of users among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
}

impl EventChoice {
    /// The event of one name.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { events: Some(vec![name.into()]), all: Vec::new() }
    }

    /// Whether every row is meant.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.events.is_none() && self.all.is_empty()
    }
}

/// A row that is one of the events looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// The row.
    pub row: u32,
    /// Which of the choices it is.
    pub events: u32,
}

/// Tells which of up to [`MOST_CHOICES`] events a row of a view is. It takes no memory for rows: names are looked up by code,
/// conditions are tested only in rows that have the name.
#[derive(Debug)]
pub struct Matcher<'v> {
    view: &'v View<'v>,
    names: Names<'v>,
    /// The choices that have conditions.
    tested: u32,
    /// The bit of such a choice, and its conditions.
    tests: Vec<(u32, Vec<Test<'v>>)>,
}

#[derive(Debug)]
enum Names<'v> {
    /// No choice asks for a name.
    Any(u32),
    /// For each code the choices that its name fits.
    ByCode(&'v CodeVec, Vec<u32>),
}

impl<'v> Matcher<'v> {
    /// Makes choices ready; bit `i` of what it tells is choice `i`. `path` is where in the request the choices stand.
    ///
    /// # Errors
    /// [`ErrorKind::BadValue`] for too many choices and for a name that the data do not have, with those that they have;
    /// [`ErrorKind::MissingRole`] for a name where there is no event column; as [`super::filter::Filter::mask`].
    pub fn new(view: &'v View<'v>, choices: &[EventChoice], path: &str) -> Result<Self> {
        if choices.len() > MOST_CHOICES {
            return Err(Error::bad_value(path, choices.len(), format!("at most {MOST_CHOICES}")));
        }
        let named = |choice: &EventChoice| choice.events.is_some();
        let names = match view.log.text_in_role(Role::Event) {
            Some(codes) if choices.iter().any(named) => {
                Names::ByCode(&codes.rows, by_code(codes, choices, path)?)
            }
            None if choices.iter().any(named) => {
                return Err(Error::new(ErrorKind::MissingRole).at_path(path).expected(Role::Event.name()));
            }
            _ => Names::Any(bits(choices.iter().map(|_| true))),
        };
        let mut tests = Vec::new();
        for (place, choice) in choices.iter().enumerate().filter(|(_, choice)| !choice.all.is_empty()) {
            let conditions = choice.all.iter().enumerate().map(|(index, condition)| {
                let within = format!("{path}[{place}].all[{index}]");
                condition.test(view.log, view.resolve()).map_err(|error| error.within(&within))
            });
            tests.push((1 << place, conditions.collect::<Result<Vec<_>>>()?));
        }
        let tested = bits(choices.iter().map(|choice| !choice.all.is_empty()));
        Ok(Self { view, names, tested, tests })
    }

    /// The choices that a row of this user is; none for a row out of view.
    #[inline]
    #[must_use]
    pub fn of(&self, row: usize, user: usize) -> u32 {
        let found = match &self.names {
            Names::Any(all) => *all,
            Names::ByCode(codes, by_code) => {
                let code =
                    with_codes!(codes, codes => codes.get(row).map_or(usize::MAX, |&code| code as usize));
                by_code.get(code).copied().unwrap_or(0)
            }
        };
        if found == 0 || !self.view.has(row) {
            return 0;
        }
        if found & self.tested == 0 { found } else { self.tested(found, row, user) }
    }

    /// The rows of a user that are any of the wanted choices, with which they are, in the order of the log. `into` is used
    /// again for every user. Rows are sifted by name without a branch, since which of them fits cannot be foreseen.
    pub fn gather(&self, user: usize, rows: Range<usize>, wanted: u32, into: &mut Vec<Found>) {
        into.clear();
        into.resize(rows.len(), Found::default());
        let kept = match &self.names {
            Names::Any(all) => sift(rows.start, std::iter::repeat_n(all & wanted, rows.len()), into),
            Names::ByCode(codes, by_code) => with_codes!(codes, codes => {
                let codes = codes.get(rows.clone()).unwrap_or(&[]);
                let events = |code: usize| by_code.get(code).copied().unwrap_or(0) & wanted;
                sift(rows.start, codes.iter().map(|&code| events(code as usize)), into)
            }),
        };
        into.truncate(kept);
        if self.view.is_filtered() || self.tested & wanted != 0 {
            into.retain_mut(|found| {
                let row = found.row as usize;
                if found.events & self.tested != 0 && self.view.has(row) {
                    found.events = self.tested(found.events, row, user);
                }
                found.events != 0 && self.view.has(row)
            });
        }
    }

    /// Those of the choices whose conditions the row meets.
    fn tested(&self, found: u32, row: usize, user: usize) -> u32 {
        let fails = |tests: &[Test<'_>]| tests.iter().any(|test| !test.passes(row, user));
        let failed = self.tests.iter().filter(|(bit, tests)| found & bit != 0 && fails(tests));
        failed.fold(found, |found, (bit, _)| found & !bit)
    }
}

/// Writes the rows with any events, of rows that follow each other from the first, and says how many they are.
#[inline]
fn sift(first: usize, events: impl Iterator<Item = u32>, into: &mut [Found]) -> usize {
    let mut place = 0;
    for (row, events) in (u32::try_from(first).unwrap_or(u32::MAX)..).zip(events) {
        if let Some(slot) = into.get_mut(place) {
            *slot = Found { row, events };
        }
        place += usize::from(events != 0);
    }
    place
}

fn bits(choices: impl Iterator<Item = bool>) -> u32 {
    choices.enumerate().fold(0, |bits, (place, chosen)| bits | u32::from(chosen) << place)
}

fn by_code(codes: &Codes, choices: &[EventChoice], path: &str) -> Result<Vec<u32>> {
    let any = bits(choices.iter().map(|choice| choice.events.is_none()));
    let mut by_code = vec![any; codes.dictionary.len()];
    for (place, choice) in choices.iter().enumerate() {
        for (index, name) in choice.events.iter().flatten().enumerate() {
            let code = codes.dictionary.find(name).and_then(|code| by_code.get_mut(code as usize));
            let Some(slot) = code else {
                let known: Vec<&str> = codes.dictionary.iter().take(NAMES_TOLD).collect();
                let path = format!("{path}[{place}].events[{index}]");
                return Err(Error::bad_value(path, name, known.join(", ")));
            };
            *slot |= 1 << place;
        }
    }
    Ok(by_code)
}

#[cfg(test)]
mod tests {
    use super::super::filter::Filter;
    use super::super::testing::{days, log, numbers, texts};
    use super::*;

    fn choices(text: &str) -> Vec<EventChoice> {
        serde_json::from_str(text).unwrap()
    }

    fn shop() -> crate::dataset::EventLog {
        log(vec![
            texts("user", Role::User, &["a", "a", "a", "b", "b"]),
            days("day", Role::Time, &["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-01", "2024-01-05"]),
            texts("event", Role::Event, &["view", "cart", "buy", "view", "buy"]),
            numbers("amount", Role::Value, &["", "", "12.50", "", "-3"]),
            texts("channel", Role::Attribute, &["x", "x", "y", "y", "y"]),
        ])
    }

    fn told(view: &View<'_>, choices: &[EventChoice]) -> Vec<u32> {
        let matcher = Matcher::new(view, choices, "steps").unwrap();
        let mut found = vec![Found::default(); 9];
        let mut told = Vec::new();
        for user in 0..view.log.users.len() {
            let rows = view.log.rows_of(user);
            for wanted in [u32::MAX, 1, 2] {
                matcher.gather(user, rows.clone(), wanted, &mut found);
                let one_by_one = rows.clone().map(|row| (row, matcher.of(row, user) & wanted));
                let expected: Vec<Found> = one_by_one
                    .filter(|(_, events)| *events != 0)
                    .map(|(row, events)| Found { row: row as u32, events })
                    .collect();
                assert_eq!(found, expected, "as one by one");
            }
            told.extend(rows.map(|row| matcher.of(row, user)));
        }
        told
    }

    #[test]
    fn names_conditions_and_the_view_decide() {
        let log = shop();
        let all = View::all(&log);
        let steps = choices(
            r#"[{}, {"events": ["view", "cart"]}, {"events": ["buy"], "all": [{"column": "amount", "min": 0}]},
            {"all": [{"column": "channel", "in": ["y"]}]}, {"events": []}]"#,
        );
        assert_eq!(told(&all, &steps), [0b00011, 0b00011, 0b01101, 0b01011, 0b01001]);
        let steps =
            choices(r#"[{"events": ["view"]}, {"all": [{"segment": {"users": ["b"]}, "not": true}]}]"#);
        assert_eq!(told(&all, &steps), [0b11, 0b10, 0b10, 0b01, 0]);
        let filter: Filter = serde_json::from_str(r#"{"all": [{"from": "2024-01-02"}]}"#).unwrap();
        let some = View::new(&log, &filter).unwrap();
        assert_eq!(told(&some, &steps), [0, 0b10, 0b10, 0, 0], "rows out of view are no events");
        assert_eq!(told(&all, &choices("[{}]")), [1; 5]);
    }

    #[test]
    fn refusals_name_the_place() {
        let log = shop();
        let refused = |text: &str| {
            let error = Matcher::new(&View::all(&log), &choices(text), "steps").unwrap_err();
            (error.kind, error.path.clone().unwrap_or_default(), error.expected.clone().unwrap_or_default())
        };
        let (kind, path, expected) = refused(r#"[{}, {"events": ["view", "bye"]}]"#);
        assert_eq!(
            (kind, path.as_str(), expected.as_str()),
            (ErrorKind::BadValue, "steps[1].events[1]", "view, cart, buy")
        );
        let (kind, path, _) = refused(r#"[{"all": [{"column": "day"}, {"column": "city", "in": []}]}]"#);
        assert_eq!((kind, path.as_str()), (ErrorKind::BadValue, "steps[0].all[0].column"));
        assert_eq!(refused(r#"[{"all": [{"column": "city", "in": []}]}]"#).0, ErrorKind::UnknownColumn);
        let (kind, path, _) = refused(r#"[{"all": [{"segment": {"analysis": "rfm"}}]}]"#);
        assert_eq!((kind, path.as_str()), (ErrorKind::MissingField, "steps[0].all[0].segment"));
        assert_eq!(refused(&format!("[{}]", vec!["{}"; 33].join(","))).1, "steps");
        let plain = super::super::testing::log(vec![
            texts("user", Role::User, &["a"]),
            days("day", Role::Time, &["2024-01-01"]),
        ]);
        let error =
            Matcher::new(&View::all(&plain), &choices(r#"[{"events": ["x"]}]"#), "steps").unwrap_err();
        assert_eq!(error.kind, ErrorKind::MissingRole);
    }
}
