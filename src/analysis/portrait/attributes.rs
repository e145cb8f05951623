//! What users are: the texts of their rows and of their own, and how many have each.

use super::crowd::{Crowd, Parted};
use super::report::{Attribute, SkipReason, Skipped, Spread};
use super::{Name, Params};
use crate::dataset::EventLog;
use crate::error::{Error, Result};
use crate::ingest::assemble::Column;
use crate::ingest::mapping::Role;
use crate::model::diversity::{Diversity, stability};
use crate::table::ColumnData;
use crate::table::dictionary::Codes;
use crate::with_codes;

/// The most columns that are looked at.
pub(super) const MOST_COLUMNS: usize = 20;

/// A column of rows with more texts does not say what users are, unless it is asked for.
const FEW_TEXTS: usize = 50;

/// Neither does a column of users with more.
const MOST_TEXTS: usize = 1_000;

/// A text column.
#[derive(Clone, Copy)]
pub(super) struct Source<'v> {
    pub name: &'v str,
    codes: &'v Codes,
    /// Whether it has a cell for each user, not for each row.
    of_user: bool,
    /// The code of an empty cell.
    empty: Option<u32>,
}

impl<'v> Source<'v> {
    fn of(column: &'v Column, of_user: bool) -> Option<Self> {
        let ColumnData::Text(codes) = &column.data else { return None };
        Some(Self { name: &column.name, codes, of_user, empty: codes.dictionary.find("") })
    }

    /// All text columns, those of users first.
    fn all(log: &'v EventLog) -> impl Iterator<Item = (Role, Self)> {
        let of_users = log.user_attributes.iter().map(|column| (column, true));
        let of_rows = log.columns.iter().map(|column| (column, false));
        let columns = of_users.chain(of_rows);
        columns.filter_map(|(column, of_user)| Some((column.role, Self::of(column, of_user)?)))
    }

    /// The column of this name.
    pub fn named(log: &'v EventLog, name: &str, path: &str) -> Result<Self> {
        let found = Self::all(log).map(|(_, source)| source).find(|source| source.name == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = Self::all(log).map(|(_, source)| source.name).collect();
            Error::bad_value(path, name, known.join(", "))
        })
    }

    /// The columns that are looked at, and those that are not.
    pub fn chosen(log: &'v EventLog, params: &Params) -> Result<(Vec<Self>, Vec<Skipped>)> {
        if let Some(names) = &params.attributes {
            if names.len() > MOST_COLUMNS {
                let most = format!("at most {MOST_COLUMNS} columns");
                return Err(Error::bad_value("params.attributes", names.len(), most));
            }
            let named = |(index, name): (usize, &String)| {
                Self::named(log, name, &format!("params.attributes[{index}]"))
            };
            return Ok((names.iter().enumerate().map(named).collect::<Result<_>>()?, Vec::new()));
        }
        let (mut chosen, mut skipped) = (Vec::new(), Vec::new());
        for (role, source) in Self::all(log) {
            let texts = source.codes.dictionary.len() - usize::from(source.empty.is_some());
            let most = if source.of_user || role == Role::Channel { MOST_TEXTS } else { FEW_TEXTS };
            let reason = match role {
                // What they did stands apart, and an order is no property of whoever placed it.
                Role::Event | Role::Order => continue,
                _ if texts > most => SkipReason::TooManyTexts,
                _ if chosen.len() >= MOST_COLUMNS => SkipReason::TooManyColumns,
                _ => {
                    chosen.push(source);
                    continue;
                }
            };
            skipped.push(Skipped { column: source.name.to_owned(), reason });
        }
        Ok((chosen, skipped))
    }

    /// Tells of each of the crowd the text that is known last; nothing where none is.
    pub fn each(&self, crowd: &Crowd<'_>, mut tell: impl FnMut(usize, Option<u32>)) {
        with_codes!(&self.codes.rows, codes => {
            for (place, (user, rows)) in crowd.rows().enumerate() {
                let found = if self.of_user {
                    let code = codes.get(user as usize).map(|code| widened(*code));
                    code.filter(|code| Some(*code) != self.empty)
                } else {
                    last(codes, rows, self.empty, |row| crowd.view.has(row)).map(|(_, code)| code)
                };
                tell(place, found);
            }
        });
    }

    /// The row that the text of a member of the crowd is from; nothing where it is not from a row, and where none is known.
    pub fn row(&self, crowd: &Crowd<'_>, place: usize) -> Option<usize> {
        let (_, rows) = crowd.rows().nth(place).filter(|_| !self.of_user)?;
        with_codes!(&self.codes.rows, codes => {
            last(codes, rows, self.empty, |row| crowd.view.has(row)).map(|(row, _)| row)
        })
    }

    /// The text of a member of the crowd.
    pub fn text(&self, crowd: &Crowd<'_>, place: usize) -> Option<&'v str> {
        let mut found = None;
        self.each(crowd, |other, code| {
            if other == place {
                found = code;
            }
        });
        found.map(|code| self.codes.dictionary.get(code))
    }
}

fn widened(code: impl Into<u32>) -> u32 {
    code.into()
}

/// The last of these rows in view that is not empty, and its code.
#[inline]
fn last<T: Copy + Into<u32>>(
    codes: &[T],
    rows: std::ops::Range<usize>,
    empty: Option<u32>,
    has: impl Fn(usize) -> bool,
) -> Option<(usize, u32)> {
    let first = rows.start;
    let codes = codes.get(rows).unwrap_or(&[]).iter().enumerate().rev();
    let known = codes.map(|(place, code)| (first + place, (*code).into()));
    known.into_iter().find(|(row, code)| Some(*code) != empty && has(*row))
}

/// How many have each text of a column.
pub(super) struct Counted<'v> {
    pub source: Source<'v>,
    /// For each code, in the segment and in the rest.
    counts: [Vec<u64>; 2],
    /// Of whom no text is known.
    unknown: [u64; 2],
    /// The codes that rows of the report are of: the most frequent among everybody.
    shown: Vec<u32>,
}

impl<'v> Counted<'v> {
    pub fn new(source: Source<'v>, parted: &Parted<'_>, most: usize) -> Self {
        let texts = source.codes.dictionary.len();
        let mut counts = [vec![0u64; texts], vec![0u64; texts]];
        let mut unknown = [0u64; 2];
        source.each(&parted.crowd, |place, code| {
            let side = parted.side(place);
            let slot = match code {
                Some(code) => counts.get_mut(side).and_then(|counts| counts.get_mut(code as usize)),
                None => unknown.get_mut(side),
            };
            slot.into_iter().for_each(|slot| *slot += 1);
        });
        let mut counted = Self { source, counts, unknown, shown: Vec::new() };
        let text = |code: &u32| source.codes.dictionary.get(*code);
        let mut used: Vec<(u64, u32)> = (0u32..)
            .take(texts)
            .map(|code| (counted.of_code(code).iter().sum(), code))
            .filter(|(users, _)| *users > 0)
            .collect();
        used.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| text(&a.1).cmp(text(&b.1))));
        counted.shown = used.into_iter().take(most).map(|(_, code)| code).collect();
        counted
    }

    fn of_code(&self, code: u32) -> [u64; 2] {
        self.counts.each_ref().map(|counts| counts.get(code as usize).copied().unwrap_or(0))
    }

    /// How many texts anybody has.
    fn texts(&self) -> usize {
        let [inside, rest] = &self.counts;
        inside.iter().zip(rest).filter(|(inside, rest)| **inside + **rest > 0).count()
    }

    /// Those of whom shares are told: all, or those of whom a text is known.
    pub fn wholes(&self, unknown: bool) -> [u64; 2] {
        let sums = self.counts.each_ref().map(|counts| counts.iter().sum::<u64>());
        std::array::from_fn(|side| {
            let more = self.unknown.get(side).copied().filter(|_| unknown).unwrap_or(0);
            sums.get(side).copied().unwrap_or(0) + more
        })
    }

    /// Whether a text, or nothing, has this name.
    pub fn is_named(&self, code: Option<u32>, name: &Name) -> bool {
        match (name, code) {
            (Name::Unknown, None) => true,
            (Name::Unknown, Some(_)) | (_, None) => false,
            (Name::Others, Some(code)) => !self.shown.contains(&code),
            (Name::Value(text), Some(code)) => self.source.codes.dictionary.get(code) == text,
        }
    }

    /// The rows of the report: names with users in the segment and in the rest.
    pub fn rows(&self, unknown: bool) -> Vec<(Name, [u64; 2])> {
        let text = |code: u32| Name::Value(self.source.codes.dictionary.get(code).to_owned());
        let mut rows: Vec<_> = self.shown.iter().map(|code| (text(*code), self.of_code(*code))).collect();
        let shown: [u64; 2] = std::array::from_fn(|side| {
            rows.iter().map(|(_, counts)| counts.get(side).copied().unwrap_or(0)).sum()
        });
        let known = self.wholes(false);
        let others = std::array::from_fn(|side| {
            known.get(side).copied().unwrap_or(0) - shown.get(side).copied().unwrap_or(0)
        });
        if self.shown.len() < self.texts() {
            rows.push((Name::Others, others));
        }
        if unknown && self.unknown.iter().any(|users| *users > 0) {
            rows.push((Name::Unknown, self.unknown));
        }
        rows
    }

    /// How the texts are spread. Of all texts, not only of those shown.
    pub fn told(&self, unknown: bool, compares: bool) -> Attribute {
        let [inside, rest] = std::array::from_fn(|side| {
            let mut counts = self.counts.get(side).cloned().unwrap_or_default();
            counts.extend(self.unknown.get(side).copied().filter(|_| unknown));
            counts
        });
        let spread = |counts: &[u64]| {
            Diversity::of(counts).map(|found| Spread {
                shannon: found.shannon,
                evenness: found.evenness,
                gini_simpson: found.gini_simpson,
            })
        };
        Attribute {
            column: self.source.name.to_owned(),
            of_user: self.source.of_user,
            texts: self.texts() as u64,
            unknown: self.unknown,
            inside: spread(&inside),
            rest: spread(&rest).filter(|_| compares),
            stability: stability(&inside, &rest).filter(|_| compares),
        }
    }
}
