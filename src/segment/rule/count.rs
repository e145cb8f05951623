//! Counts rows of many events in many windows of days at once.
//!
//! Eight counts share a word, one in each byte: what a row adds follows from its code, in which of the counts its day lies
//! from its day. So a row costs two looks into small tables, one *and* and one addition for eight conditions, whatever they
//! are, and nothing has to be foreseen. After 255 rows the bytes are emptied.

use std::collections::BTreeSet;
use std::ops::Range;

use super::plan::Lane;
use crate::dataset::events::EventChoice;
use crate::dataset::view::View;
use crate::ingest::mapping::Role;
use crate::table::dictionary::CodeVec;
use crate::with_codes;

/// Counts in one word.
const PER_WORD: usize = 8;

/// The most rows before a byte could be too small.
const MOST_ROWS: usize = u8::MAX as usize;

/// Counts the rows of one user after the other.
#[derive(Debug)]
pub(super) struct Counter<'v> {
    view: &'v View<'v>,
    codes: Option<&'v CodeVec>,
    words: Vec<Word>,
    /// The first day of the data: where the tables of days begin.
    first_day: i32,
}

/// Up to eight lanes.
#[derive(Debug)]
struct Word {
    /// Their places.
    lanes: Vec<usize>,
    /// For each code the bytes that a row adds to; one entry where there is no event column.
    by_code: Vec<u64>,
    /// For each day of the data the bytes that count on it.
    by_day: Vec<u64>,
}

impl<'v> Counter<'v> {
    /// Whether a lane can be counted so: its event is told by its name alone, and its days are the same for all users.
    pub(super) fn takes(lane: &Lane, choices: &[EventChoice]) -> bool {
        !lane.days.of_user && choices.get(lane.choice).is_some_and(|choice| choice.all.is_empty())
    }

    /// A counter of those of the lanes that it takes.
    pub(super) fn new(view: &'v View<'v>, lanes: &[Lane], choices: &[EventChoice]) -> Self {
        let codes = view.log.text_in_role(Role::Event);
        let (first, last) = (view.log.span.0.0, view.log.span.1.0);
        // For each event the codes of its names; nothing where any row will do.
        let codes_of = |choice: &EventChoice| -> Option<BTreeSet<u32>> {
            let names = choice.events.as_ref()?;
            Some(names.iter().filter_map(|name| codes?.dictionary.find(name)).collect())
        };
        let wanted: Vec<Option<BTreeSet<u32>>> = choices.iter().map(codes_of).collect();
        let taken: Vec<usize> = (0..lanes.len())
            .filter(|place| lanes.get(*place).is_some_and(|lane| Self::takes(lane, choices)))
            .collect();
        let word = |places: &[usize]| {
            let bytes = || places.iter().filter_map(|place| lanes.get(*place)).enumerate();
            let added = |code: u32| {
                bytes().fold(0u64, |word, (byte, lane)| {
                    let names = wanted.get(lane.choice);
                    let is =
                        names.is_some_and(|names| names.as_ref().is_none_or(|codes| codes.contains(&code)));
                    word | u64::from(is) << (8 * byte)
                })
            };
            let counting = |day: i32| {
                bytes().fold(0u64, |word, (byte, lane)| {
                    let is = (lane.days.from..=lane.days.to).contains(&day);
                    word | (u64::from(is) * 0xff) << (8 * byte)
                })
            };
            Word {
                lanes: places.to_vec(),
                by_code: match codes {
                    Some(codes) => (0u32..).take(codes.dictionary.len()).map(added).collect(),
                    None => vec![added(0)],
                },
                by_day: (first..=last).map(counting).collect(),
            }
        };
        let words = taken.chunks(PER_WORD).map(word).collect();
        Self { view, codes: codes.map(|codes| &codes.rows), words, first_day: first }
    }

    /// Puts the counts of a user's rows at the places of their lanes.
    #[inline]
    pub(super) fn count(&self, rows: Range<usize>, counts: &mut [u32]) {
        let days = self.view.log.days.get(rows.clone()).unwrap_or(&[]);
        for word in &self.words {
            word.lanes.iter().for_each(|lane| counts.get_mut(*lane).into_iter().for_each(|count| *count = 0));
            match self.codes {
                Some(codes) => with_codes!(codes, codes => {
                    let codes = codes.get(rows.clone()).unwrap_or(&[]);
                    let added = codes.iter().map(|&code| word.by_code.get(code as usize).copied().unwrap_or(0));
                    self.sum(word, rows.start, added.zip(days), counts);
                }),
                None => {
                    let added = std::iter::repeat_n(word.by_code.first().copied().unwrap_or(0), days.len());
                    self.sum(word, rows.start, added.zip(days), counts);
                }
            }
        }
    }

    #[inline]
    fn sum<'d>(
        &self,
        word: &Word,
        first_row: usize,
        mut rows: impl ExactSizeIterator<Item = (u64, &'d i32)>,
        counts: &mut [u32],
    ) {
        let on = |day: i32| {
            let place = usize::try_from(day.wrapping_sub(self.first_day)).unwrap_or(usize::MAX);
            word.by_day.get(place).copied().unwrap_or(0)
        };
        let is_filtered = self.view.is_filtered();
        let mut row = first_row;
        while rows.len() > 0 {
            let stretch = rows.by_ref().take(MOST_ROWS);
            let sums = if is_filtered {
                stretch.fold(0u64, |sums, (added, &day)| {
                    let passes = u64::from(self.view.has(row)).wrapping_neg();
                    row += 1;
                    sums + (added & on(day) & passes)
                })
            } else {
                stretch.fold(0u64, |sums, (added, &day)| sums + (added & on(day)))
            };
            for (byte, lane) in word.lanes.iter().enumerate() {
                let count = (sums >> (8 * byte)) & 0xff;
                if let Some(slot) = counts.get_mut(*lane) {
                    *slot += count as u32;
                }
            }
        }
    }
}
