//! What is looked at as one: the rows of a user, of a session, or of a user and a value that is held constant.

use crate::dataset::events::Matcher;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::table::ColumnData;
use crate::table::dictionary::{CodeVec, Codes};
use crate::table::integers::Integers;
use crate::with_codes;

use super::params::{Count, MOST_STEPS, Order, Params, Rules};
use super::plain::{self, ByTime, Plain};

/// A row that matters, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    /// Microseconds.
    pub at: i64,
    pub row: u32,
    /// A bit for each step and exclusion that it is, and [`MAY_BEGIN`].
    pub mask: u32,
}

impl Event {
    /// Whether it can be the first step of an attempt.
    #[inline]
    pub(super) fn begins(&self) -> bool {
        plain::begins(self.mask)
    }

    /// The steps that it is; the first only where it may begin an attempt.
    #[inline]
    pub(super) fn steps(&self, rules: &Rules) -> u32 {
        steps_of(self.mask, rules)
    }
}

/// The steps of a row; the first only where it may begin an attempt.
#[inline]
fn steps_of(mask: u32, rules: &Rules) -> u32 {
    mask & rules.step_bits() & (mask >> 31 | !1)
}

/// Set where an attempt may begin: on the days that are looked at.
pub(super) const MAY_BEGIN: u32 = 1 << 31;

/// No row.
pub(super) const NO_ROW: u32 = u32::MAX;

/// How far a unit or one of its attempts came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    /// A bit for each step that was reached.
    pub reached: u32,
    /// Whether it has not converted, and still may.
    pub open: bool,
    /// The rows of the steps of the attempt that came furthest; of several the earliest.
    pub rows: [u32; MOST_STEPS],
}

impl Outcome {
    pub(super) const NOTHING: Self = Self { reached: 0, open: false, rows: [NO_ROW; MOST_STEPS] };

    /// The place of the furthest step; `None` when not even the first was reached.
    pub(super) fn top(&self) -> Option<usize> {
        top_of(self.reached)
    }

    /// The row of a step.
    pub(super) fn row(&self, step: usize) -> Option<usize> {
        self.rows.get(step).filter(|row| **row != NO_ROW).map(|row| *row as usize)
    }
}

/// The place of the highest bit.
pub(super) fn top_of(reached: u32) -> Option<usize> {
    reached.checked_ilog2().map(|top| top as usize)
}

/// Collects the rows that matter, user by user; its memory is used again.
#[derive(Debug)]
pub(super) struct Units<'v> {
    view: &'v View<'v>,
    matcher: Matcher<'v>,
    /// The columns whose value is held constant, with the code of an empty cell.
    held: Vec<(&'v CodeVec, Option<u32>)>,
    others: bool,
    /// Whether rows of one time may be put into another order.
    sorted: bool,
    /// The inactivity that ends a session, if sessions are counted.
    gap: Option<i64>,
    /// Whether some rows are on days on which no attempt begins.
    bounded: bool,
    events: Vec<Event>,
    keyed: Vec<(u128, Event)>,
    ends: Vec<usize>,
    /// The bits of a user's rows, and how far they lead, where only the order of steps and the window count.
    masks: Vec<u32>,
    plain: Plain,
}

/// The rows of a user up to those that convert.
struct OfUser<'a> {
    times: &'a Integers,
    masks: &'a [u32],
    /// The first row.
    start: usize,
}

impl ByTime for OfUser<'_> {
    #[inline]
    fn at(&self, place: usize) -> i64 {
        self.times.get(self.start + place)
    }

    #[inline]
    fn mask(&self, place: usize) -> Option<u32> {
        self.masks.get(place).copied()
    }

    fn row(&self, place: usize) -> u32 {
        u32::try_from(self.start + place).unwrap_or(NO_ROW)
    }
}

impl<'v> Units<'v> {
    pub(super) fn new(view: &'v View<'v>, params: &Params, rules: &Rules) -> Result<Self> {
        let matcher = Matcher::new(view, &params.choices(), "params.steps")
            .map_err(|error| name_exclusion(error, rules.steps))?;
        let held = params.hold.iter().enumerate().map(|(place, name)| {
            let codes = text_column(view, name).map(|codes| (&codes.rows, codes.dictionary.find("")));
            codes.ok_or_else(|| {
                Error::bad_value(
                    format!("params.hold[{place}]"),
                    name,
                    "a text column with a cell in each row",
                )
            })
        });
        Ok(Self {
            view,
            matcher,
            held: held.collect::<Result<_>>()?,
            others: rules.sees_other_rows(),
            sorted: rules.order == Order::Ordered,
            gap: (params.count == Count::Sessions).then(|| params.session_gap.micros()),
            bounded: view.entry() != view.span(),
            events: Vec::new(),
            keyed: Vec::new(),
            ends: Vec::new(),
            masks: Vec::new(),
            plain: Plain::new(rules),
        })
    }

    /// Hands over each unit of a user.
    pub(super) fn of_user(&mut self, user: usize, mut unit: impl FnMut(&[Event])) {
        self.collect(user);
        if self.held.is_empty() {
            let mut start = 0;
            for &end in &self.ends {
                unit(self.events.get(start..end).unwrap_or(&[]));
                start = end;
            }
            return unit(self.events.get(start..).unwrap_or(&[]));
        }
        let mut keyed = std::mem::take(&mut self.keyed);
        keyed.clear();
        let mut session = 0;
        for (place, event) in self.events.iter().enumerate() {
            while self.ends.get(session).is_some_and(|end| *end <= place) {
                session += 1;
            }
            if let Some(key) = self.key(event.row as usize) {
                keyed.push((key | (session as u128) << 96, *event));
            }
        }
        keyed.sort_by_key(|(key, _)| *key);
        for of_value in keyed.chunk_by(|a, b| a.0 == b.0) {
            self.events.clear();
            self.events.extend(of_value.iter().map(|(_, event)| *event));
            unit(&self.events);
        }
        self.keyed = keyed;
    }

    /// How far a user came where nothing but the order of steps and the window counts. Rows after those that convert are not
    /// looked at.
    pub(super) fn plain(&mut self, user: usize, rules: &Rules, end: i64) -> Outcome {
        let (log, entry, window) = (self.view.log, self.view.entry(), self.plain_window(rules));
        let rows = log.rows_of(user);
        let start = rows.start;
        self.masks.clear();
        self.plain.begin();
        for row in rows {
            let at = log.times.values.get(row);
            if self.plain.has_converted(rules.last_bit(), at) {
                break;
            }
            let mut mask = self.matcher.of(row, user);
            let within = || log.days.get(row).is_some_and(|day| (entry.0.0..=entry.1.0).contains(day));
            if !self.bounded || within() {
                mask |= MAY_BEGIN;
            }
            self.plain.take((self.masks.len(), at), steps_of(mask, rules), window);
            self.masks.push(mask);
        }
        let rows = OfUser { times: &log.times.values, masks: &self.masks, start };
        let unit = log.times.unit();
        let is_open = |begun: i64| (begun * unit).saturating_add(rules.window) > end;
        self.plain.outcome(&rows, rules, window, is_open)
    }

    /// The window in the unit of the log's times.
    fn plain_window(&self, rules: &Rules) -> i64 {
        rules.window / self.view.log.times.unit()
    }

    /// Puts the rows that may begin before others of their time: an attempt can then be followed from its first step on, without
    /// looking back.
    fn sort_times(&mut self) {
        let together = self.events.chunk_by_mut(|a, b| a.at == b.at).filter(|rows| rows.len() > 1);
        together.for_each(|rows| rows.sort_by_key(|event| !event.begins()));
    }

    fn collect(&mut self, user: usize) {
        self.events.clear();
        self.ends.clear();
        let (log, span) = (self.view.log, self.view.entry());
        let mut before = i64::MAX;
        for row in log.rows_of(user) {
            let mut mask = self.matcher.of(row, user);
            if mask == 0 && !((self.others || self.gap.is_some()) && self.view.has(row)) {
                continue;
            }
            let at = log.times.micros(row);
            if let Some(gap) = self.gap {
                if at.saturating_sub(before) > gap {
                    self.ends.push(self.events.len());
                }
                before = at;
            }
            if mask == 0 && !self.others {
                continue;
            }
            let day = || log.days.get(row).copied().unwrap_or(i32::MIN);
            if !self.bounded || (span.0.0..=span.1.0).contains(&day()) {
                mask |= MAY_BEGIN;
            }
            self.events.push(Event { at, row: u32::try_from(row).unwrap_or(u32::MAX), mask });
        }
        if self.sorted {
            self.sort_times();
        }
    }

    /// The values that are held constant, in one number; `None` when a cell is empty.
    fn key(&self, row: usize) -> Option<u128> {
        self.held.iter().try_fold(0, |key, (codes, empty)| {
            let code = with_codes!(codes, codes => codes.get(row).map(|&code| u128::from(code)))?;
            (Some(code) != empty.map(u128::from)).then_some(key << 32 | code)
        })
    }
}

/// The text column of rows with this name.
pub(super) fn text_column<'v>(view: &View<'v>, name: &str) -> Option<&'v Codes> {
    let column = view.log.columns.iter().find(|column| column.name == name)?;
    if let ColumnData::Text(codes) = &column.data { Some(codes) } else { None }
}

/// Exclusions stand behind the steps in the list of events; errors name them by their own place.
fn name_exclusion(error: Error, steps: usize) -> Error {
    let renamed = error.path.as_deref().and_then(|path| {
        let (place, rest) = path.strip_prefix("params.steps[")?.split_once(']')?;
        let exclusion = place.parse::<usize>().ok()?.checked_sub(steps)?;
        Some(format!("params.exclusions[{exclusion}]{rest}"))
    });
    match renamed {
        Some(path) => error.at_path(path),
        None => error,
    }
}
