//! What follows what: for every two events how often one comes right after the other, and how soon.
//!
//! **Definition.** Paths and steps are those of [`super`]. A *transition* is two neighbouring steps of a path; an event may
//! follow itself. The first step of a path comes from `start`; what follows its last one is `end`, or `open` when a row
//! later than the data's last moment could still belong to the path. So each step is left exactly once, and the transitions
//! from a place, divided by their sum, are its *out-probabilities*: they add up to 1. Events beyond the most frequent are
//! together `other`.
//!
//! **Median time** of a transition: of the times between its two steps, sorted, the middle one; of an even number of them
//! the earlier of the two in the middle, so that it is a time that was observed (`quantile_disc` in SQL). A step of
//! repeated events stands at its first one. It is found digit by digit, from counters of a fixed size: the log is walked
//! once for each digit of 11 bits that the longest time has, and no time is kept.

use serde::{Deserialize, Serialize};

use super::super::account::{Account, Role, count};
use super::super::{Members, Question, activity_members, share};
use super::walk::{Divide, Path, Step, Walk};
use super::window::most_frequent;
use super::{Place, Rule, Tally, event};
use crate::dataset::view::View;
use crate::error::{Error, Result};

/// The most events in the matrix.
pub const MOST_EVENTS: u32 = 50;
/// The bits of a digit, while medians are found.
const DIGIT: u32 = 11;
/// The most counters at once: pairs of events are done in rounds when there are more.
const MOST_COUNTERS: usize = 2_000_000;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// How a user's events become paths.
    pub divide: Divide,
    /// How many events have a row and a column of their own, 1 to 50; the most frequent ones.
    pub events: u32,
    /// The text column that names steps; the event column when absent.
    pub column: Option<String>,
    /// What becomes of events by their names; the first rule that fits decides.
    pub rules: Vec<Rule>,
    /// Whether a step that repeats the one before is no step.
    pub collapse: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self { divide: Divide::default(), events: 12, column: None, rules: Vec::new(), collapse: false }
    }
}

/// The matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Paths with steps.
    pub paths: u64,
    /// Users with such a path.
    pub users: u64,
    /// All steps.
    pub steps: u64,
    /// How many different events are in `other`.
    pub others: u64,
    /// From where: events by their steps, most frequent first, then `other` if there is any, then `start`.
    pub from: Vec<From>,
    /// To where: the columns of each row, events in the same order, then `other` if there is any, `end`, `open`.
    pub to: Vec<Place>,
}

/// The transitions from a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct From {
    /// The place.
    pub place: Place,
    /// Its steps (of `start`: the paths), which are the transitions from it.
    pub steps: u64,
    /// To each place.
    pub to: Vec<To>,
}

/// The transitions from one place to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct To {
    /// How many.
    pub count: u64,
    /// How many distinct users have one.
    pub users: u64,
    /// Of all transitions from the place; nothing when there are none.
    pub probability: Option<f64>,
    /// The median time between the two steps in seconds; nothing where there are not two.
    pub median_seconds: Option<f64>,
}

/// A cell of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// From where.
    pub from: Place,
    /// To where; anywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Place>,
}

/// What follows what.
#[derive(Debug)]
pub struct Transitions;

impl Question for Transitions {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let walk = walk(view, params)?;
        let (grid, steps) = Grid::new(&walk, params);
        let size = grid.size();
        let mut tallies = vec![Tally::default(); size * size];
        let mut longest = vec![0u64; size * size];
        let mut all = Tally::default();
        walk.each(|path| {
            if !path.steps.is_empty() {
                all.add(path.user);
            }
            grid.each(path, |cell, pair| {
                if let Some(tally) = tallies.get_mut(cell) {
                    tally.add(path.user);
                }
                if let Some(((from, to), longest)) = pair.zip(longest.get_mut(cell)) {
                    *longest = (*longest).max(walk.between(from, to));
                }
            });
        });
        let medians = medians(&walk, &grid, &tallies, &longest);
        let unit = view.log.times.unit() as f64 / 1e6;
        let to_slots: Vec<usize> = grid.columns().collect();
        let from = |slot: usize| {
            let cell = |to: usize| slot * size + to;
            let tally = |to: usize| tallies.get(cell(to)).copied().unwrap_or_default();
            let steps = (0..size).map(|to| tally(to).paths).sum();
            let to = |&to: &usize| To {
                count: tally(to).paths,
                users: tally(to).users,
                probability: share(tally(to).paths, steps),
                median_seconds: medians.get(cell(to)).copied().flatten().map(|time| time as f64 * unit),
            };
            From { place: grid.place(&walk, slot, true), steps, to: to_slots.iter().map(to).collect() }
        };
        Ok(Report {
            paths: all.paths,
            users: all.users,
            steps,
            others: grid.others,
            from: grid.rows().map(from).collect(),
            to: to_slots.iter().map(|&slot| grid.place(&walk, slot, false)).collect(),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let walk = walk(view, params)?;
        let (grid, _) = Grid::new(&walk, params);
        let wanted = grid.wanted(&walk, cell)?;
        let mut users: Vec<u32> = Vec::new();
        walk.each(|path| {
            let user = u32::try_from(path.user).unwrap_or(u32::MAX);
            if users.last() == Some(&user) {
                return;
            }
            let mut there = false;
            grid.each(path, |cell, _| there |= grid.is(cell, wanted));
            if there {
                users.push(user);
            }
        });
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let walk = walk(view, params)?;
        let (grid, _) = Grid::new(&walk, params);
        let wanted = grid.wanted(&walk, cell)?;
        let mut account = Account::default();
        let mut times = 0;
        walk.each_of(user..user + 1, |path| {
            grid.each(path, |cell, steps| {
                if !grid.is(cell, wanted) {
                    return;
                }
                times += 1;
                // Into a path there is no step before, and out of it none after.
                let (from, to) = match steps {
                    Some((from, to)) => (Some(from), Some(to)),
                    None if cell / grid.size() == grid.outside() => (None, path.steps.first()),
                    None => (path.steps.last(), None),
                };
                let role = |step: &Step, key| Role { row: step.row as usize, key, number: None };
                account.roles.extend(from.map(|step| role(step, "transition_from")));
                account.roles.extend(to.map(|step| role(step, "transition_to")));
            });
        });
        account.tell("transitions", [("times", count(times))]);
        Ok(account)
    }
}

fn walk<'v>(view: &'v View<'_>, params: &Params) -> Result<Walk<'v>> {
    if !(1..=MOST_EVENTS).contains(&params.events) {
        return Err(Error::bad_value("params.events", params.events, format!("1 to {MOST_EVENTS}")));
    }
    Walk::new(view, params.column.as_deref(), &params.rules, params.divide, params.collapse, None)
}

/// The places of the matrix: a slot for each event, for `other`, for `start` (in rows) or `end` (in columns), for `open`.
struct Grid {
    /// The events with a slot, most frequent first.
    events: Vec<u32>,
    /// The slot of each node.
    slots: Vec<u8>,
    others: u64,
}

impl Grid {
    /// The grid, and how many steps there are.
    fn new(walk: &Walk<'_>, params: &Params) -> (Self, u64) {
        let mut steps = vec![0u64; walk.names.len()];
        walk.each(|path| {
            for step in path.steps {
                if let Some(count) = steps.get_mut(step.node as usize) {
                    *count += 1;
                }
            }
        });
        let count = |node: u32| steps.get(node as usize).copied().unwrap_or(0);
        let events = most_frequent(&walk.names, count, params.events as usize);
        let other = u8::try_from(events.len()).unwrap_or(u8::MAX);
        let mut slots = vec![other; walk.names.len()];
        for (slot, &node) in (0u8..).zip(&events) {
            if let Some(own) = slots.get_mut(node as usize) {
                *own = slot;
            }
        }
        let different = steps.iter().filter(|&&steps| steps > 0).count();
        let others = (different - events.len()) as u64;
        (Self { events, slots, others }, steps.iter().sum())
    }

    fn other(&self) -> usize {
        self.events.len()
    }

    /// `start` in rows, `end` in columns.
    fn outside(&self) -> usize {
        self.events.len() + 1
    }

    fn open(&self) -> usize {
        self.events.len() + 2
    }

    fn size(&self) -> usize {
        self.events.len() + 3
    }

    fn rows(&self) -> impl Iterator<Item = usize> {
        let other = (self.others > 0).then_some(self.other());
        (0..self.events.len()).chain(other).chain([self.outside()])
    }

    fn columns(&self) -> impl Iterator<Item = usize> {
        self.rows().chain([self.open()])
    }

    fn place(&self, walk: &Walk<'_>, slot: usize, row: bool) -> Place {
        match self.events.get(slot) {
            Some(&node) => event(walk, node),
            None if slot == self.other() => Place::Other,
            None if slot == self.open() => Place::Open,
            None if row => Place::Start,
            None => Place::End,
        }
    }

    /// The row and, unless all are wanted, the column of a cell.
    fn wanted(&self, walk: &Walk<'_>, cell: &Cell) -> Result<(usize, Option<usize>)> {
        let unknown = |name: &'static str| {
            move || Error::bad_value(format!("users.cell.{name}"), "", "a place of the report")
        };
        let from = self.rows().find(|&slot| self.place(walk, slot, true) == cell.from);
        let column = |to: &Place| self.columns().find(|&slot| self.place(walk, slot, false) == *to);
        let to = cell.to.as_ref().map(|to| column(to).ok_or_else(unknown("to"))).transpose()?;
        Ok((from.ok_or_else(unknown("from"))?, to))
    }

    /// Whether a place in the grid is what is wanted.
    fn is(&self, cell: usize, (from, to): (usize, Option<usize>)) -> bool {
        cell / self.size() == from && to.is_none_or(|to| to == cell % self.size())
    }

    fn slot(&self, step: &Step) -> usize {
        self.slots.get(step.node as usize).map_or(self.other(), |&slot| usize::from(slot))
    }

    /// Each transition of a path: its cell, and its two steps where it has two.
    #[inline]
    fn each<'p>(&self, path: &Path<'p>, mut found: impl FnMut(usize, Option<(&'p Step, &'p Step)>)) {
        let (Some(first), Some(last)) = (path.steps.first(), path.steps.last()) else { return };
        let size = self.size();
        found(self.outside() * size + self.slot(first), None);
        for pair in path.steps.windows(2) {
            if let [from, to] = pair {
                found(self.slot(from) * size + self.slot(to), Some((from, to)));
            }
        }
        let over = if path.open { self.open() } else { self.outside() };
        found(self.slot(last) * size + over, None);
    }
}

/// What is known of the median of a cell.
#[derive(Clone, Copy)]
struct Search {
    /// How many times are smaller, among those with the digits that are known.
    rank: u64,
    /// The digits that are known, from the front.
    prefix: u64,
}

/// The median time of each cell that has times.
fn medians(walk: &Walk<'_>, grid: &Grid, tallies: &[Tally], longest: &[u64]) -> Vec<Option<u64>> {
    let inner = |cell: usize| {
        let (from, to) = (cell / grid.size(), cell % grid.size());
        from <= grid.other() && to <= grid.other()
    };
    let mut found: Vec<Option<u64>> = vec![None; tallies.len()];
    let wanted: Vec<usize> = tallies
        .iter()
        .enumerate()
        .filter(|(cell, tally)| tally.paths > 0 && inner(*cell))
        .map(|(cell, _)| cell)
        .collect();
    for cells in wanted.chunks((MOST_COUNTERS >> DIGIT).max(1)) {
        for (&cell, median) in cells.iter().zip(medians_of(walk, grid, cells, tallies, longest)) {
            if let Some(slot) = found.get_mut(cell) {
                *slot = Some(median);
            }
        }
    }
    found
}

/// The median times of some cells.
fn medians_of(walk: &Walk<'_>, grid: &Grid, cells: &[usize], tallies: &[Tally], longest: &[u64]) -> Vec<u64> {
    const NONE: usize = usize::MAX;
    let mut place = vec![NONE; tallies.len()];
    let mut searches = Vec::with_capacity(cells.len());
    for (index, &cell) in cells.iter().enumerate() {
        if let (Some(place), Some(tally)) = (place.get_mut(cell), tallies.get(cell)) {
            *place = index;
            searches.push(Search { rank: (tally.paths - 1) / 2, prefix: 0 });
        }
    }
    let most = cells.iter().filter_map(|&cell| longest.get(cell)).max().copied().unwrap_or(0);
    let digits = (u64::BITS - most.leading_zeros()).div_ceil(DIGIT).max(1);
    let mut counters = vec![0u64; cells.len() << DIGIT];
    for digit in (0..digits).rev() {
        let shift = digit * DIGIT;
        counters.fill(0);
        walk.each(|path| {
            grid.each(path, |cell, pair| {
                let index = place.get(cell).copied().unwrap_or(NONE);
                let (Some((from, to)), Some(search)) = (pair, searches.get(index)) else { return };
                let time = walk.between(from, to) >> shift;
                if time >> DIGIT == search.prefix {
                    let digit = (time & ((1 << DIGIT) - 1)) as usize;
                    if let Some(counter) = counters.get_mut((index << DIGIT) + digit) {
                        *counter += 1;
                    }
                }
            });
        });
        for (search, counters) in searches.iter_mut().zip(counters.chunks_exact(1 << DIGIT)) {
            let mut digit = 0;
            for &counter in counters {
                if search.rank < counter {
                    break;
                }
                search.rank -= counter;
                digit += 1;
            }
            search.prefix = search.prefix << DIGIT | digit;
        }
    }
    searches.iter().map(|search| search.prefix).collect()
}
