//! How segments overlap: who belongs to which of them at once.
//!
//! **Definition.** As of a date, everybody are the users with a row in view up to it. Each of them belongs to exactly one *combination*: those
//! of the segments that they are in, and no other; or to none. So the combinations and those in none add up to everybody, and those
//! that contain a segment add up to its size. Told are the largest combinations (the picture is known as UpSet: Lex et al. 2014).

use serde::{Deserialize, Serialize};

use super::account::{Account, Value};
use super::portrait::Crowd;
use super::{Members, Question, activity_members};
use crate::dataset::calendar::Day;
use crate::dataset::segment::UserSegment;
use crate::dataset::view::View;
use crate::error::{Error, Result};

/// The most segments.
pub const MOST_SEGMENTS: usize = 8;

/// The most combinations that are told.
const MOST_TOLD: usize = 20;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The segments, at most 8.
    pub segments: Vec<Chosen>,
    /// The day up to which users have to have a row; the last day that is looked at when absent.
    pub as_of: Option<Day>,
}

/// A segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Whose users are meant.
    pub segment: UserSegment,
}

/// Segments and their combinations. `users` are `none`, those of `combinations` and those of `others`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day up to which users have a row.
    pub as_of: Day,
    /// Users with a row in view up to it.
    pub users: u64,
    /// The segments, in the order in which they came.
    pub segments: Vec<Size>,
    /// The combinations that anybody belongs to, the largest first, at most 20.
    pub combinations: Vec<Combination>,
    /// How many more combinations there are.
    pub more: u64,
    /// The users in them.
    pub others: u64,
    /// Users in none of the segments.
    pub none: u64,
}

/// How large a segment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its users among those with a row in view.
    pub users: u64,
    /// Those of them who are in no other of the segments.
    pub alone: u64,
}

/// Users who belong to the same segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Combination {
    /// The places of the segments, ascending.
    pub segments: Vec<usize>,
    /// How many belong to these and no other.
    pub users: u64,
}

/// Users that can be listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// Those who belong to the segments at these places and to no other; to none where there are no places.
    Combination(Vec<usize>),
    /// Those of the segment at a place.
    Segment(usize),
    /// Those in the combinations that are not told.
    Others,
}

/// How segments overlap.
#[derive(Debug)]
pub struct Overlap;

impl Question for Overlap {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let found = Found::new(view, params)?;
        let sum = |belongs: &dyn Fn(usize) -> bool| -> u64 {
            found.sizes.iter().enumerate().filter(|(mask, _)| belongs(*mask)).map(|(_, users)| *users).sum()
        };
        let segment = |(place, chosen): (usize, &Chosen)| Size {
            name: chosen.segment.name.clone(),
            users: sum(&|mask| mask & 1 << place != 0),
            alone: sum(&|mask| mask == 1 << place),
        };
        let ranked = found.ranked();
        let told = ranked.iter().take(MOST_TOLD);
        let combination = |(mask, users): &(usize, u64)| Combination {
            segments: (0..params.segments.len()).filter(|place| mask & 1 << place != 0).collect(),
            users: *users,
        };
        let rest = ranked.get(MOST_TOLD..).unwrap_or(&[]);
        Ok(Report {
            as_of: found.crowd.as_of,
            users: found.crowd.len() as u64,
            segments: params.segments.iter().enumerate().map(segment).collect(),
            combinations: told.map(combination).collect(),
            more: rest.len() as u64,
            others: rest.iter().map(|(_, users)| users).sum(),
            none: sum(&|mask| mask == 0),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let found = Found::new(view, params)?;
        let bit = |place: &usize| {
            let known = *place < params.segments.len();
            let last = params.segments.len().saturating_sub(1);
            let refused = || Error::bad_value("users.cell", place, format!("places from 0 to {last}"));
            known.then_some(1usize << place).ok_or_else(refused)
        };
        let mut wanted = vec![false; found.sizes.len()];
        let mut want = |mask: usize| wanted.get_mut(mask).into_iter().for_each(|slot| *slot = true);
        match cell {
            Cell::Combination(places) => {
                let bits = places.iter().map(bit).collect::<Result<Vec<_>>>()?;
                want(bits.into_iter().fold(0, |mask, bit| mask | bit));
            }
            Cell::Segment(place) => {
                let bit = bit(place)?;
                (0..found.sizes.len()).filter(|mask| mask & bit != 0).for_each(want);
            }
            Cell::Others => found.ranked().iter().skip(MOST_TOLD).for_each(|(mask, _)| want(*mask)),
        }
        let users = found.crowd.users.iter().zip(&found.masks);
        let users = users.filter(|(_, mask)| wanted.get(usize::from(**mask)) == Some(&true));
        Ok(activity_members(view, users.map(|(user, _)| *user).collect()))
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        let found = Found::new(view, params)?;
        let mut account = Account::default();
        let mask = found.crowd.place(user).and_then(|place| found.masks.get(place));
        let Some(mask) = mask else {
            account.tell("portrait_unseen", [("as_of", Value::Day(found.crowd.as_of))]);
            return Ok(account);
        };
        for (place, chosen) in params.segments.iter().enumerate() {
            let name = chosen.segment.name.clone().unwrap_or_else(|| (place + 1).to_string());
            let key = if mask & 1 << place != 0 { "overlap_in" } else { "overlap_out" };
            account.tell(key, [("segment", Value::Text(name))]);
        }
        Ok(account)
    }
}

/// Who belongs to which of the segments.
struct Found<'v> {
    crowd: Crowd<'v>,
    /// For each of the crowd a bit for each segment.
    masks: Vec<u8>,
    /// How many have each mask.
    sizes: Vec<u64>,
}

impl<'v> Found<'v> {
    fn new(view: &'v View<'v>, params: &Params) -> Result<Self> {
        if params.segments.len() > MOST_SEGMENTS {
            let most = format!("at most {MOST_SEGMENTS} segments");
            return Err(Error::bad_value("params.segments", params.segments.len(), most));
        }
        let crowd = Crowd::new(view, params.as_of);
        let mut masks = vec![0u8; crowd.len()];
        for (place, chosen) in params.segments.iter().enumerate() {
            let path = format!("params.segments[{place}].segment");
            let set = view.users_of(&chosen.segment).map_err(|error| error.within(&path))?;
            for (mask, inside) in masks.iter_mut().zip(crowd.marks(&set)) {
                *mask |= u8::from(inside) << place;
            }
        }
        let mut sizes = vec![0u64; 1 << params.segments.len()];
        for mask in &masks {
            sizes.get_mut(usize::from(*mask)).into_iter().for_each(|size| *size += 1);
        }
        Ok(Self { crowd, masks, sizes })
    }

    /// The masks that anybody has, without none at all: the largest first, of as many those of fewer and earlier segments.
    fn ranked(&self) -> Vec<(usize, u64)> {
        let some = self.sizes.iter().copied().enumerate().skip(1).filter(|(_, users)| *users > 0);
        let mut ranked: Vec<(usize, u64)> = some.collect();
        ranked.sort_by_key(|(mask, users)| (std::cmp::Reverse(*users), mask.count_ones(), *mask));
        ranked
    }
}
