//! What users did: the events of their rows, a bit for each, and how many rows.

use std::ops::Range;

use super::crowd::{Crowd, Parted};
use crate::dataset::count_codes;
use crate::dataset::view::View;
use crate::ingest::mapping::Role;
use crate::table::dictionary::Codes;
use crate::with_codes;

/// Events that are told apart: as many as a word has bits.
pub(super) const MOST_EVENTS: usize = 64;

/// Which events are looked for.
pub(super) struct Events<'v> {
    codes: Option<&'v Codes>,
    /// The codes that have a bit, by its place.
    wanted: Vec<u32>,
    /// For each code its bit, or none.
    by_code: Vec<u64>,
}

impl<'v> Events<'v> {
    /// The events with the most rows in view; all of them when there are no more than bits.
    pub fn most_frequent(view: &View<'v>) -> Self {
        let Some(codes) = view.log.text_in_role(Role::Event) else { return Self::only(None, Vec::new()) };
        let texts = codes.dictionary.len();
        let all = (0u32..).take(texts);
        if texts <= MOST_EVENTS {
            return Self::only(Some(codes), all.collect());
        }
        let counts = if view.is_filtered() { counts_in_view(view, codes) } else { count_codes(codes) };
        let mut wanted: Vec<u32> = all.collect();
        let rows = |code: u32| counts.get(code as usize).copied().unwrap_or(0);
        wanted.sort_by_key(|code| std::cmp::Reverse(rows(*code)));
        wanted.truncate(MOST_EVENTS);
        Self::only(Some(codes), wanted)
    }

    /// One event; nobody did it where it is not known.
    pub fn one(view: &View<'v>, name: &str) -> Self {
        let codes = view.log.text_in_role(Role::Event);
        let code = codes.and_then(|codes| codes.dictionary.find(name));
        Self::only(codes, code.into_iter().collect())
    }

    fn only(codes: Option<&'v Codes>, wanted: Vec<u32>) -> Self {
        let mut by_code = vec![0u64; codes.map_or(0, |codes| codes.dictionary.len())];
        for (bit, code) in wanted.iter().enumerate() {
            if let Some(slot) = by_code.get_mut(*code as usize) {
                *slot = 1 << bit;
            }
        }
        Self { codes, wanted, by_code }
    }

    /// Tells of each of the crowd how many rows in view they have, and which events are in them.
    pub fn each(&self, crowd: &Crowd<'_>, tell: impl FnMut(usize, u32, u64)) {
        match self.codes {
            Some(codes) => with_codes!(&codes.rows, codes => self.scan(crowd, |row| {
                codes.get(row).map(|code| *code as usize)
            }, |rows| {
                let bits = codes.get(rows).unwrap_or(&[]).iter();
                bits.fold(0, |all, code| all | self.by_code.get(*code as usize).copied().unwrap_or(0))
            }, tell)),
            None => self.scan(crowd, |_| None, |_| 0, tell),
        }
    }

    #[inline]
    fn scan(
        &self,
        crowd: &Crowd<'_>,
        code: impl Fn(usize) -> Option<usize>,
        all: impl Fn(Range<usize>) -> u64,
        mut tell: impl FnMut(usize, u32, u64),
    ) {
        let is_filtered = crowd.view.is_filtered();
        for (place, (_, rows)) in crowd.rows().enumerate() {
            if !is_filtered {
                tell(place, u32::try_from(rows.len()).unwrap_or(u32::MAX), all(rows));
                continue;
            }
            let (mut count, mut bits) = (0, 0);
            for row in rows.filter(|row| crowd.view.has(*row)) {
                count += 1;
                bits |= code(row).and_then(|code| self.by_code.get(code)).copied().unwrap_or(0);
            }
            tell(place, count, bits);
        }
    }

    /// Whether a row is one of the events.
    pub fn has(&self, row: usize) -> bool {
        self.codes
            .is_some_and(|codes| self.by_code.get(codes.code(row) as usize).is_some_and(|bit| *bit != 0))
    }

    /// Names with the users who did each in the segment and in the rest, those with the most first, and how many events are left out.
    pub fn rows(&self, counts: &[[u64; 2]], most: usize) -> (Vec<(String, [u64; 2])>, u64) {
        let Some(codes) = self.codes else { return (Vec::new(), 0) };
        let name = |code: &u32| codes.dictionary.get(*code).to_owned();
        let mut rows: Vec<(String, [u64; 2])> =
            self.wanted.iter().zip(counts).map(|(code, counts)| (name(code), *counts)).collect();
        rows.retain(|(name, counts)| !name.is_empty() && counts.iter().sum::<u64>() > 0);
        rows.sort_by(|a, b| b.1.iter().sum::<u64>().cmp(&a.1.iter().sum()).then_with(|| a.0.cmp(&b.0)));
        let beyond = codes.dictionary.len().saturating_sub(self.wanted.len());
        let left_out = rows.len().saturating_sub(most) + beyond;
        rows.truncate(most);
        (rows, left_out as u64)
    }
}

fn counts_in_view(view: &View<'_>, codes: &Codes) -> Vec<u64> {
    let mut counts = vec![0u64; codes.dictionary.len()];
    with_codes!(&codes.rows, codes => for (row, code) in codes.iter().enumerate() {
        if let Some(count) = counts.get_mut(*code as usize) {
            *count += u64::from(view.has(row));
        }
    });
    counts
}

/// How many in the segment and in the rest have each bit.
#[derive(Default)]
pub(super) struct Doers(pub Vec<[u64; 2]>);

impl Doers {
    pub fn new() -> Self {
        Self(vec![[0; 2]; MOST_EVENTS])
    }

    #[inline]
    pub fn add(&mut self, parted: &Parted<'_>, place: usize, mut bits: u64) {
        let side = parted.side(place);
        while bits != 0 {
            let bit = bits.trailing_zeros() as usize;
            let slot = self.0.get_mut(bit).and_then(|counts| counts.get_mut(side));
            slot.into_iter().for_each(|slot| *slot += 1);
            bits &= bits - 1;
        }
    }
}
