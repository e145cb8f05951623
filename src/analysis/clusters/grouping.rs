//! Users parted into groups: the one classification that is counted, listed and told.

use std::cmp::Ordering;

use super::{Params, Start};
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::sample::hash;
use crate::model::kmeans::{self, Groups, MOST_GROUPS, Points};
use crate::model::silhouette::{Silhouette, silhouettes};
use crate::segment::by_id::ById;
use crate::segment::features::{Choice, Feature, Figures};

/// The numbers of groups that are tried.
pub(super) const TRIED: std::ops::RangeInclusive<usize> = 2..=8;

/// With so many users numbers of groups are tried with all of them; with more, with so many.
pub(super) const SAMPLE: usize = 10_000;

/// A number of groups that was tried.
pub(super) struct Tried {
    pub(super) groups: Groups,
    pub(super) silhouette: Option<Silhouette>,
}

/// A figure made comparable: log(1 + x) less the mean, divided by the deviation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standard {
    /// Its place among the figures.
    pub(super) place: usize,
    /// The mean of the logarithms.
    pub(super) mean: f64,
    /// Their deviation.
    pub(super) deviation: f64,
}

/// Users parted into groups.
pub(super) struct Grouping {
    /// The figures asked for.
    pub(super) features: Vec<Feature>,
    pub(super) figures: Figures,
    /// Those of them that are not the same for all.
    pub(super) standards: Vec<Standard>,
    pub(super) points: Points,
    /// The groups; one where nothing can be parted, none where there is nobody.
    pub(super) groups: Option<Groups>,
    /// How well they are apart, where it was asked for.
    pub(super) silhouette: Option<Silhouette>,
    /// Rising numbers of groups that were tried, of the sample.
    pub(super) tried: Vec<Tried>,
    /// The sum of squares of the sample as one group.
    pub(super) spread: f64,
    /// Places of the users who numbers of groups are tried with, in the order of their hashes.
    pub(super) sample: Vec<usize>,
    /// The group with each number less one.
    order: Vec<u8>,
}

impl Grouping {
    /// Parts the users in view. `curve` is whether all numbers of groups are tried even if one is given.
    pub(super) fn new(view: &View<'_>, params: &Params, curve: bool) -> Result<Self> {
        params.check()?;
        let features = params.features(view.log.values().is_some())?;
        let choice = Choice {
            features: &features,
            as_of: params.as_of,
            frequency: params.frequency,
            net_of_refunds: params.net_of_refunds,
        };
        let figures = Figures::new(view, choice)?;
        let (standards, columns) = standard(&figures);
        let points = Points::new(&columns);
        drop(columns);
        let mut grouping = Self {
            features,
            standards,
            points,
            groups: None,
            silhouette: None,
            tried: Vec::new(),
            spread: 0.0,
            sample: Vec::new(),
            order: Vec::new(),
            figures,
        };
        grouping.part(view, params, curve);
        grouping.order = grouping.in_order();
        Ok(grouping)
    }

    fn part(&mut self, view: &View<'_>, params: &Params, curve: bool) {
        let users = self.figures.users.len();
        let hash_of = |user: &u32| hash(view.log.users.get(*user).as_bytes());
        let hashes: Vec<u64> = self.figures.users.iter().map(hash_of).collect();
        self.sample = sample(view, &self.figures, &hashes);
        let is_sampled = self.sample.len() < users;
        let given = params.k.map(|k| (k as usize).min(self.points.different(MOST_GROUPS)));
        if curve || given.is_none() {
            self.try_numbers(view, params, &hashes, given);
        }
        let k = given.unwrap_or_else(|| self.best()).max(1);
        let same = |tried: &&Tried| !is_sampled && tried.groups.sizes.len() == k;
        if let Some(tried) = self.tried.iter().find(same) {
            // Everybody was tried, in the order of the sample.
            let mut groups = tried.groups.clone();
            for (place, label) in self.sample.iter().zip(&tried.groups.labels) {
                if let Some(slot) = groups.labels.get_mut(*place) {
                    *slot = *label;
                }
            }
            (self.groups, self.silhouette) = (Some(groups), tried.silhouette.clone());
            return;
        }
        if users == 0 {
            return;
        }
        let places: Vec<usize> = (0..users).collect();
        let groups = Starts::new(view, params, &self.figures, &hashes, (&self.points, &places)).part(k);
        if curve {
            self.silhouette = silhouettes(&self.points, &self.sample, &[&groups]).pop().flatten();
        }
        self.groups = Some(groups);
    }

    /// Tries numbers of groups with the sample, which is in the order of its hashes whatever that of the log is.
    fn try_numbers(&mut self, view: &View<'_>, params: &Params, hashes: &[u64], given: Option<usize>) {
        let points = self.points.only(&self.sample);
        let starts = Starts::new(view, params, &self.figures, hashes, (&points, &self.sample));
        let numbers = numbers(given, points.different(MOST_GROUPS));
        let partings: Vec<Groups> = numbers.into_iter().map(|k| starts.part(k)).collect();
        let places: Vec<usize> = (0..points.len()).collect();
        let found = silhouettes(&points, &places, &partings.iter().collect::<Vec<_>>());
        self.spread = points.part(&[0]).inertia;
        let tried = partings.into_iter().zip(found);
        self.tried = tried.map(|(groups, silhouette)| Tried { groups, silhouette }).collect();
    }

    /// The groups that hold; nothing where there is nobody.
    pub(super) fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }

    /// The group of a user at a place.
    pub(super) fn label(&self, place: usize) -> Option<u8> {
        self.groups()?.labels.get(place).copied()
    }

    /// The groups in the order of their numbers.
    pub(super) fn order(&self) -> &[u8] {
        &self.order
    }

    /// The number of a group.
    pub(super) fn number(&self, label: u8) -> u32 {
        let place = self.order.iter().position(|own| *own == label).unwrap_or(0);
        u32::try_from(place + 1).unwrap_or(u32::MAX)
    }

    /// The group with a number.
    pub(super) fn label_of(&self, number: u32) -> Result<u8> {
        let label = (number as usize).checked_sub(1).and_then(|place| self.order.get(place).copied());
        label.ok_or_else(|| {
            let missing = Error::new(ErrorKind::NoSuchCluster).at_path("users.cell.cluster").found(number);
            missing.expected(self.order.len().to_string())
        })
    }

    /// The number of groups with the best silhouette, the smaller of equals; 1 where none was tried.
    fn best(&self) -> usize {
        let mut best: Option<(f64, usize)> = None;
        for tried in &self.tried {
            let mean = tried.silhouette.as_ref().map_or(f64::NEG_INFINITY, |own| own.mean);
            if best.is_none_or(|(other, _)| mean > other) {
                best = Some((mean, tried.groups.sizes.len()));
            }
        }
        best.map_or(1, |(_, k)| k)
    }

    /// Groups by what their users brought on average, most first.
    fn in_order(&self) -> Vec<u8> {
        let Some(groups) = self.groups() else { return Vec::new() };
        let mut worth = vec![0i128; groups.sizes.len()];
        for (label, own) in groups.labels.iter().zip(&self.figures.worth) {
            if let Some(slot) = worth.get_mut(usize::from(*label)) {
                *slot += i128::from(*own);
            }
        }
        let size = |label: u8| groups.sizes.get(usize::from(label)).copied().unwrap_or(0);
        let brought = |label: u8| worth.get(usize::from(label)).copied().unwrap_or(0);
        let centre = |label: u8| groups.centres.get(usize::from(label)).map_or(&[][..], Vec::as_slice);
        let mut order: Vec<u8> = (0u8..).take(groups.sizes.len()).filter(|label| size(*label) > 0).collect();
        order.sort_by(|&one, &other| {
            // worth / size, without dividing.
            let means =
                (brought(other) * i128::from(size(one))).cmp(&(brought(one) * i128::from(size(other))));
            let centres = || centre(other).partial_cmp(centre(one)).unwrap_or(Ordering::Equal);
            means.then_with(|| size(other).cmp(&size(one))).then_with(centres)
        });
        order
    }
}

/// The figures that differ, made comparable.
fn standard(figures: &Figures) -> (Vec<Standard>, Vec<Vec<f64>>) {
    let differs = |column: &Vec<f64>| column.iter().any(|figure| Some(figure) != column.first());
    let mut standards = Vec::new();
    let mut columns = Vec::new();
    for (place, column) in figures.columns.iter().enumerate().filter(|(_, column)| differs(column)) {
        let mut logarithms: Vec<f64> = column.iter().map(|figure| libm::log1p(*figure)).collect();
        let (mean, deviation) = kmeans::standardise(&mut logarithms);
        standards.push(Standard { place, mean, deviation });
        columns.push(logarithms);
    }
    if columns.is_empty() {
        columns.push(vec![0.0; figures.users.len()]);
    }
    (standards, columns)
}

/// The numbers of groups to be tried, rising, that of a choice among them; none where users do not differ.
fn numbers(given: Option<usize>, most: usize) -> Vec<usize> {
    let mut numbers: Vec<usize> = TRIED.chain(given).filter(|k| (2..=most).contains(k)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Places of the users who numbers of groups are tried with: all, or those with the smallest hashes of their ids.
fn sample(view: &View<'_>, figures: &Figures, hashes: &[u64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..figures.users.len()).collect();
    let id = |place: usize| figures.users.get(place).map_or("", |user| view.log.users.get(*user));
    let own = |place: usize| hashes.get(place).copied().unwrap_or(0);
    let compare =
        |one: &usize, other: &usize| own(*one).cmp(&own(*other)).then_with(|| id(*one).cmp(id(*other)));
    if places.len() > SAMPLE {
        places.select_nth_unstable_by(SAMPLE, compare);
        places.truncate(SAMPLE);
    }
    places.sort_unstable_by(compare);
    places
}

/// How first centres are found among some users.
struct Starts<'g> {
    params: &'g Params,
    points: &'g Points,
    /// Each user's, by place among the points.
    hashes: Vec<u64>,
    users: Vec<u32>,
    ids: ById<'g>,
    /// What users have brought, with their places, least first.
    ranked: Vec<(i64, u32)>,
}

impl<'g> Starts<'g> {
    /// Among the users at these places, of whom the points are.
    fn new(
        view: &View<'g>,
        params: &'g Params,
        figures: &Figures,
        hashes: &[u64],
        (points, places): (&'g Points, &[usize]),
    ) -> Self {
        let users: Vec<u32> = places.iter().filter_map(|place| figures.users.get(*place).copied()).collect();
        let worth = places.iter().filter_map(|place| figures.worth.get(*place).copied());
        let mut ranked: Vec<(i64, u32)> = worth.zip(0..).collect();
        ranked.sort_unstable();
        Self {
            params,
            points,
            hashes: places.iter().filter_map(|place| hashes.get(*place).copied()).collect(),
            ids: ById::new(&view.log.users, &users),
            users,
            ranked,
        }
    }

    fn part(&self, k: usize) -> Groups {
        match self.params.start {
            Start::Spread => {
                let ranks: Vec<usize> = spread(k, self.points.len()).collect();
                self.points.part(&self.at(&ranks))
            }
            Start::Drawn => {
                let mut best = self.drawn(k, 0);
                for run in 1..self.params.restarts {
                    let other = self.drawn(k, run);
                    if other.inertia < best.inertia {
                        best = other;
                    }
                }
                best
            }
        }
    }

    /// The users at rising ranks by what they brought, then by id. Ids are compared only among those who brought the same.
    fn at(&self, ranks: &[usize]) -> Vec<usize> {
        let mut found = Vec::with_capacity(ranks.len());
        let mut rest = ranks;
        while let Some(&(worth, _)) = rest.first().and_then(|rank| self.ranked.get(*rank)) {
            let from = self.ranked.partition_point(|(other, _)| *other < worth);
            let to = self.ranked.partition_point(|(other, _)| *other <= worth);
            let (here, after) = rest.split_at(rest.partition_point(|rank| *rank < to));
            rest = after;
            let key = |place: u32| self.ids.key(self.users.get(place as usize).copied().unwrap_or(0));
            let equal = self.ranked.get(from..to).unwrap_or(&[]);
            let mut equal: Vec<_> = equal.iter().map(|(_, place)| (key(*place), *place)).collect();
            select(&mut equal, from, here, &mut found);
        }
        found
    }

    fn drawn(&self, k: usize, run: u32) -> Groups {
        let base = hash(&[self.params.seed.to_le_bytes(), run.to_le_bytes()].concat());
        let starts = self.points.draw(k, |step, place| {
            let own = self.hashes.get(place).copied().unwrap_or(0);
            // The last step of SplitMix64, which makes of any number one that looks drawn.
            let mixed = (own ^ base).wrapping_add((step as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ mixed >> 31
        });
        self.points.part(&starts)
    }
}

/// Finds what stands at rising ranks when a list, whose first has the rank `from`, is sorted.
fn select<Key: Ord + Copy>(list: &mut [(Key, u32)], from: usize, ranks: &[usize], found: &mut Vec<usize>) {
    let middle = ranks.len() / 2;
    let Some(&rank) = ranks.get(middle) else { return };
    if rank < from || rank - from >= list.len() {
        return;
    }
    let (before, own, after) = list.select_nth_unstable(rank - from);
    let own = own.1 as usize;
    select(before, from, ranks.get(..middle).unwrap_or(&[]), found);
    found.push(own);
    select(after, rank + 1, ranks.get(middle + 1..).unwrap_or(&[]), found);
}

/// The ranks of the first centres of k groups among so many users: in the middles of k equal parts.
fn spread(k: usize, users: usize) -> impl Iterator<Item = usize> {
    (0..k).map(move |j| (2 * j + 1) * users / (2 * k))
}
