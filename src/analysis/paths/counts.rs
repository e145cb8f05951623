//! Counters of a fixed size: paths and their distinct users at each node and link.

use super::Place;
use super::window::{At, Ranking};

/// Paths and their distinct users.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) paths: u64,
    pub(super) users: u64,
    /// The user who was counted last, and one; paths of a user follow one another.
    last: u32,
}

impl Tally {
    #[inline]
    pub(super) fn add(&mut self, user: usize) {
        let mark = u32::try_from(user + 1).unwrap_or(u32::MAX);
        self.paths += 1;
        self.users += u64::from(self.last != mark);
        self.last = mark;
    }
}

/// Counters of a fixed size, whatever the log. A slot is the place of a shown event, then those of the other places.
pub(super) struct Counts {
    /// Slots of events at a position.
    pub(super) events: usize,
    /// By position and slot.
    nodes: Vec<Tally>,
    /// By position, slot, and slot at the next position.
    links: Vec<Tally>,
    pub(super) all: Tally,
    pub(super) open: u64,
    pub(super) without_anchor: u64,
    pub(super) without_steps: u64,
}

/// The slots after those of events, in this order.
pub(super) const OTHER: usize = 0;
pub(super) const END: usize = 1;
pub(super) const OPEN: usize = 2;
pub(super) const START: usize = 3;
pub(super) const REST: [Place; 4] = [Place::Other, Place::End, Place::Open, Place::Start];

impl Counts {
    pub(super) fn new(width: usize, events: usize) -> Self {
        let slots = events + REST.len();
        Self {
            events,
            nodes: vec![Tally::default(); width * slots],
            links: vec![Tally::default(); (width - 1) * slots * slots],
            all: Tally::default(),
            open: 0,
            without_anchor: 0,
            without_steps: 0,
        }
    }

    fn width_of_slots(&self) -> usize {
        self.events + REST.len()
    }

    #[inline]
    pub(super) fn slots(&self, ranking: &Ranking, at: &[At], slots: &mut Vec<u8>) {
        let rest = |rest: usize| u8::try_from(self.events + rest).unwrap_or(u8::MAX);
        slots.clear();
        slots.extend(at.iter().enumerate().map(|(index, at)| match at {
            At::Node(node) => ranking.slot(index, *node).unwrap_or(rest(OTHER)),
            At::End => rest(END),
            At::Open => rest(OPEN),
            At::Start => rest(START),
        }));
    }

    #[inline]
    pub(super) fn add(&mut self, slots: &[u8], user: usize, open: bool) {
        self.all.add(user);
        self.open += u64::from(open);
        let width = self.width_of_slots();
        for (nodes, &slot) in self.nodes.chunks_exact_mut(width).zip(slots) {
            if let Some(tally) = nodes.get_mut(usize::from(slot)) {
                tally.add(user);
            }
        }
        for (links, pair) in self.links.chunks_exact_mut(width * width).zip(slots.windows(2)) {
            if let &[from, to] = pair
                && let Some(tally) = links.get_mut(usize::from(from) * width + usize::from(to))
            {
                tally.add(user);
            }
        }
    }

    pub(super) fn node(&self, index: usize, slot: usize) -> Tally {
        self.nodes.get(index * self.width_of_slots() + slot).copied().unwrap_or_default()
    }

    pub(super) fn link(&self, index: usize, from: usize, to: usize) -> Tally {
        let width = self.width_of_slots();
        self.links.get((index * width + from) * width + to).copied().unwrap_or_default()
    }

    /// The slots of a position that have paths, in the order of the report.
    pub(super) fn told(&self, index: usize, shown: Option<&Vec<u32>>) -> Told {
        let events = 0..shown.map_or(0, Vec::len);
        let rest = self.events..self.width_of_slots();
        Told(events.chain(rest).filter(|&slot| self.node(index, slot).paths > 0).collect())
    }
}

/// The slots of a position that the report has, by their places in it.
pub(super) struct Told(pub(super) Vec<usize>);

impl Told {
    pub(super) fn place_of(&self, slot: u8) -> u32 {
        let place = self.0.iter().position(|&told| told == usize::from(slot));
        place.and_then(|place| u32::try_from(place).ok()).unwrap_or(0)
    }
}
