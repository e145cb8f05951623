//! Paths laid side by side around their anchor, and what stands at each position.

use serde::{Deserialize, Serialize};

use super::names::Names;
use super::walk::{Path, Walk};
use super::{Anchor, Params, Which};
use crate::error::{Error, Result};

/// The most positions on one side of the anchor.
pub const MOST_STEPS: u32 = 20;
/// The most events shown at a position.
pub const MOST_NODES: u32 = 50;
/// The most events listed in the step matrix.
pub const MOST_LISTED: usize = 50;
/// The most counters while events are ranked at every position: 16 MiB of them.
const MOST_COUNTERS: usize = 4_000_000;

/// What a path has at a position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// An event.
    Event(String),
    /// An event that is not among the most frequent at this position.
    Other,
    /// An event that the step matrix does not list.
    Unlisted,
    /// Nothing any more: it has ended.
    End,
    /// Nothing any more, but it may go on after the last moment of the data.
    Open,
    /// Nothing yet: it had not begun.
    Start,
}

/// What a path has at a position, by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Node(u32),
    End,
    Open,
    Start,
}

/// The positions that are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub before: usize,
    pub after: usize,
}

impl Window {
    /// # Errors
    /// Too many steps.
    pub fn new(params: &Params) -> Result<Self> {
        for (name, steps) in [("before", params.before), ("after", params.after)] {
            if steps > MOST_STEPS {
                return Err(Error::bad_value(format!("params.{name}"), steps, format!("0 to {MOST_STEPS}")));
            }
        }
        let (before, after) = match params.anchor {
            Anchor::Start => (0, params.after),
            Anchor::End => (params.before, 0),
            Anchor::Event { .. } => (params.before, params.after),
        };
        Ok(Self { before: before as usize, after: after as usize })
    }

    /// How many positions there are.
    pub fn width(self) -> usize {
        self.before + 1 + self.after
    }

    /// The place of a position among them.
    pub fn index(self, position: i32) -> Option<usize> {
        let index = usize::try_from(i64::from(position) + self.before as i64).ok()?;
        (index < self.width()).then_some(index)
    }

    /// The position at a place.
    pub fn position(self, index: usize) -> i32 {
        i32::try_from(index as i64 - self.before as i64).unwrap_or(i32::MAX)
    }

    /// Writes what a path has at each position; `false` when it has no anchor.
    #[inline]
    pub fn lay(self, path: &Path<'_>, anchor: &Anchor, at: &mut Vec<At>) -> bool {
        let steps = path.steps;
        let anchored = match anchor {
            Anchor::Start => (!steps.is_empty()).then_some(0),
            Anchor::End => steps.len().checked_sub(1),
            Anchor::Event { which: Which::First, .. } => steps.iter().position(|step| step.anchor),
            Anchor::Event { which: Which::Last, .. } => steps.iter().rposition(|step| step.anchor),
        };
        let Some(anchored) = anchored else { return false };
        at.clear();
        let over = if path.open { At::Open } else { At::End };
        at.extend((0..self.width()).map(|index| match (anchored + index).checked_sub(self.before) {
            None => At::Start,
            Some(step) => steps.get(step).map_or(over, |step| At::Node(step.node)),
        }));
        true
    }
}

/// The events by how many paths have them at each position.
pub(super) struct Ranking {
    nodes: usize,
    /// Paths, by position and node.
    counts: Vec<u32>,
    /// The nodes that are shown at each position, most frequent first.
    pub shown: Vec<Vec<u32>>,
    /// Each node's place among those shown, by position and node; [`Self::NOT_SHOWN`] for the others.
    slots: Vec<u8>,
    /// The nodes of the step matrix, most frequent first.
    pub listed: Vec<u32>,
}

impl Ranking {
    const NOT_SHOWN: u8 = u8::MAX;

    /// # Errors
    /// Too many different events, no or too many nodes.
    pub fn new(walk: &Walk<'_>, window: Window, params: &Params) -> Result<Self> {
        if !(1..=MOST_NODES).contains(&params.nodes) {
            return Err(Error::bad_value("params.nodes", params.nodes, format!("1 to {MOST_NODES}")));
        }
        let (nodes, width) = (walk.names.len(), window.width());
        let most = MOST_COUNTERS / width;
        if nodes > most {
            let expected = format!("rules that leave at most {most} different events");
            return Err(Error::bad_value("params.rules", nodes, expected));
        }
        let mut counts = vec![0u32; nodes * width];
        let mut at = Vec::with_capacity(width);
        walk.each(|path| {
            if window.lay(path, &params.anchor, &mut at) {
                for (counts, at) in counts.chunks_exact_mut(nodes.max(1)).zip(&at) {
                    if let At::Node(node) = at
                        && let Some(count) = counts.get_mut(*node as usize)
                    {
                        *count += 1;
                    }
                }
            }
        });
        let by_position = || counts.chunks_exact(nodes.max(1));
        let shown: Vec<Vec<u32>> = by_position()
            .map(|counts| {
                let paths = |node: u32| u64::from(counts.get(node as usize).copied().unwrap_or(0));
                most_frequent(&walk.names, paths, params.nodes as usize)
            })
            .collect();
        let total = |node: u32| {
            by_position().filter_map(|counts| counts.get(node as usize)).map(|&paths| u64::from(paths)).sum()
        };
        let listed = most_frequent(&walk.names, total, MOST_LISTED);
        let mut slots = vec![Self::NOT_SHOWN; nodes * width];
        for (slots, shown) in slots.chunks_exact_mut(nodes.max(1)).zip(&shown) {
            for (place, &node) in (0u8..).zip(shown) {
                if let Some(slot) = slots.get_mut(node as usize) {
                    *slot = place;
                }
            }
        }
        Ok(Self { nodes, counts, shown, slots, listed })
    }

    /// How many paths have a node at a position.
    pub fn paths(&self, index: usize, node: u32) -> u64 {
        self.counts.get(index * self.nodes + node as usize).map_or(0, |&paths| u64::from(paths))
    }

    /// How many paths have any event at a position.
    pub fn events(&self, index: usize) -> u64 {
        let counts = self.counts.get(index * self.nodes..(index + 1) * self.nodes).unwrap_or(&[]);
        counts.iter().map(|&paths| u64::from(paths)).sum()
    }

    /// How many different events paths have at a position.
    pub fn different(&self, index: usize) -> usize {
        let counts = self.counts.get(index * self.nodes..(index + 1) * self.nodes).unwrap_or(&[]);
        counts.iter().filter(|&&paths| paths > 0).count()
    }

    /// The place of a node among those shown at a position, if it is.
    #[inline]
    pub fn slot(&self, index: usize, node: u32) -> Option<u8> {
        let slot = self.slots.get(index * self.nodes + node as usize).copied();
        slot.filter(|slot| *slot != Self::NOT_SHOWN)
    }
}

/// The nodes that occur, most frequent first, equal ones in the order of their names.
pub(super) fn most_frequent(names: &Names<'_>, count: impl Fn(u32) -> u64, most: usize) -> Vec<u32> {
    let all = 0..u32::try_from(names.len()).unwrap_or(u32::MAX);
    let mut counted: Vec<(u64, u32)> =
        all.map(|node| (count(node), node)).filter(|(count, _)| *count > 0).collect();
    counted.sort_by(|(a, node), (b, other)| {
        b.cmp(a).then_with(|| names.name(*node as usize).cmp(names.name(*other as usize)))
    });
    counted.truncate(most);
    counted.into_iter().map(|(_, node)| node).collect()
}
