//! Who moved from which group to which between two dates.

use serde::{Deserialize, Serialize};

use super::buyers::Buyers;
use super::{LEVELS, Params};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::segment::names::{Class, EIGHT, Segment};

/// A way to group who is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Grouping {
    /// The named segments.
    Segments,
    /// The eight cells.
    Eight,
    /// The four classes.
    Classes,
    /// The five levels.
    Levels,
}

/// Moves between two dates. In each matrix, rows are the groups as of the earlier date, in the order of the report, and one more
/// for who was not scored then; columns are the groups as of the later date. All users of a matrix sum to `buyers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moves {
    /// The earlier date.
    pub from: Day,
    /// Between named segments.
    pub segments: Vec<Vec<u64>>,
    /// Between the eight cells.
    pub eight: Vec<Vec<u64>>,
    /// Between the four classes.
    pub classes: Vec<Vec<u64>>,
    /// Between the five levels.
    pub levels: Vec<Vec<u64>>,
}

impl Grouping {
    /// The keys of the groups, in the order of the report.
    fn keys(self, params: &Params) -> Vec<String> {
        match self {
            Self::Segments => {
                Segment::all(params.segment_map).map(|segment| segment.key().to_owned()).collect()
            }
            Self::Eight => EIGHT.map(str::to_owned).to_vec(),
            Self::Classes => Class::ALL.map(|class| class.key().to_owned()).to_vec(),
            Self::Levels => LEVELS.map(|level| level.to_string()).to_vec(),
        }
    }

    /// For each of the 125 cells the place of its group; the eight cells ask the figures, see [`place`].
    fn places(self, params: &Params) -> Vec<usize> {
        let place = |scores: [u8; 3]| {
            let [r, f, _] = scores;
            let found = match self {
                Self::Segments => {
                    let segment = Segment::of(r, f, params.segment_map);
                    Segment::all(params.segment_map).position(|other| other == segment)
                }
                Self::Classes => {
                    let class = Class::of(scores, params.high);
                    Class::ALL.iter().position(|other| *other == class)
                }
                Self::Levels => {
                    let level = params.weights.level(scores);
                    LEVELS.iter().position(|other| *other == level)
                }
                Self::Eight => None,
            };
            found.unwrap_or(0)
        };
        (0..125).map(|index| place(super::scores_of(index))).collect()
    }

    /// The place of the group of each who is scored.
    fn of(self, buyers: &Buyers, params: &Params) -> Vec<usize> {
        let places = self.places(params);
        let place = |index: usize| match self {
            Self::Eight => buyers.eight(index),
            _ => places.get(buyers.code_index(index)).copied().unwrap_or(0),
        };
        (0..buyers.len()).map(place).collect()
    }
}

/// Those who are scored on the earlier date, when one is given.
fn before(view: &View<'_>, params: &Params, now: &Buyers) -> Result<Option<Buyers>> {
    let Some(from) = params.moved_from else { return Ok(None) };
    if from >= now.as_of {
        let expected = format!("a date before {}", now.as_of);
        return Err(Error::bad_value("params.movedFrom", from, expected));
    }
    let params = Params { as_of: Some(from), basis: Some(now.basis), ..params.clone() };
    Buyers::new(view, &params).map(Some)
}

/// For each who is scored now, the place among those before. Both are in the order of users' codes.
fn earlier<'a>(now: &'a Buyers, before: &'a Buyers) -> impl Iterator<Item = Option<usize>> + 'a {
    let mut place = 0;
    now.users.iter().map(move |user| {
        while before.users.get(place).is_some_and(|other| other < user) {
            place += 1;
        }
        (before.users.get(place) == Some(user)).then_some(place)
    })
}

/// Moves by all groupings.
pub(super) fn of(view: &View<'_>, params: &Params, now: &Buyers) -> Result<Option<Moves>> {
    let Some(before) = before(view, params, now)? else { return Ok(None) };
    let matrix = |by: Grouping| {
        let groups = by.keys(params).len();
        let (from, to) = (by.of(&before, params), by.of(now, params));
        let mut matrix = vec![vec![0u64; groups]; groups + 1];
        for (place, to) in earlier(now, &before).zip(to) {
            let row = place.map_or(groups, |place| from.get(place).copied().unwrap_or(groups));
            if let Some(cell) = matrix.get_mut(row).and_then(|row| row.get_mut(to)) {
                *cell += 1;
            }
        }
        matrix
    };
    Ok(Some(Moves {
        from: before.as_of,
        segments: matrix(Grouping::Segments),
        eight: matrix(Grouping::Eight),
        classes: matrix(Grouping::Classes),
        levels: matrix(Grouping::Levels),
    }))
}

/// For each who is scored now, whether they made a move.
pub(super) fn who(
    view: &View<'_>,
    params: &Params,
    now: &Buyers,
    by: Grouping,
    (from, to): (Option<&str>, &str),
) -> Result<Vec<bool>> {
    let Some(before) = before(view, params, now)? else {
        return Err(Error::bad_value("params.movedFrom", "null", "the earlier date"));
    };
    let keys = by.keys(params);
    let place = |key: &str, path: &str| {
        let found = keys.iter().position(|other| other == key);
        found.ok_or_else(|| Error::bad_value(format!("users.cell.moved.{path}"), key, keys.join(", ")))
    };
    let from = from.map(|from| place(from, "from")).transpose()?;
    let to = place(to, "to")?;
    let (groups_before, groups_now) = (by.of(&before, params), by.of(now, params));
    let came_from = |place: Option<usize>| place.and_then(|place| groups_before.get(place).copied());
    let made =
        earlier(now, &before).zip(groups_now).map(|(place, now)| now == to && came_from(place) == from);
    Ok(made.collect())
}
