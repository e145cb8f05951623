//! Users parted into groups: the one classification that is counted, listed and told.

use std::cmp::Ordering;

use super::{Params, Start};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::sample::hash;
use crate::model::kmeans::{self, Groups, MOST_GROUPS, Points};
use crate::model::silhouette::{Silhouette, silhouettes};
use crate::segment::by_id::ById;
use crate::segment::features::{Choice, Feature, Figures};

/// The numbers of groups that are tried.
pub(super) const TRIED: std::ops::RangeInclusive<usize> = 2..=8;

/// Of so many users silhouettes are exact; of more, they are those of so many.
pub(super) const SILHOUETTE_USERS: usize = 10_000;

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
    /// Rising numbers of groups; one group where nothing can be parted, none where there is nobody.
    pub(super) tried: Vec<Tried>,
    /// Which of them holds.
    pub(super) chosen: usize,
    /// Places of the users of whom the silhouettes are, in the order of their hashes.
    pub(super) sample: Vec<usize>,
    /// The group with each number less one.
    order: Vec<u8>,
}

impl Grouping {
    /// Parts the users in view. `curve` is whether all numbers of groups are tried even if one is given.
    pub(super) fn new(view: &View<'_>, params: &Params, curve: bool) -> Result<Self> {
        params.check()?;
        let features = params.features(view.log.values().is_some())?;
        let figures = Figures::new(
            view,
            Choice {
                features: &features,
                as_of: params.as_of,
                frequency: params.frequency,
                net_of_refunds: params.net_of_refunds,
            },
        )?;
        let (standards, columns) = standard(&figures);
        let points = Points::new(&columns);
        drop(columns);
        let hashes: Vec<u64> =
            figures.users.iter().map(|user| hash(view.log.users.get(*user).as_bytes())).collect();
        let sample = sample(view, &figures, &hashes);
        let numbers = numbers(params, &points, figures.users.len(), curve);
        let mut ranks: Vec<usize> = match params.start {
            Start::Spread => numbers.iter().flat_map(|k| spread(*k, figures.users.len())).collect(),
            Start::Drawn => Vec::new(),
        };
        ranks.sort_unstable();
        ranks.dedup();
        let ranked = Sorted::new(view, &figures).at(&ranks);
        let starts = Starts { params, points: &points, hashes: &hashes, ranked };
        let mut partings: Vec<Groups> = numbers.into_iter().map(|k| starts.part(k)).collect();
        if partings.is_empty() && !figures.users.is_empty() {
            partings.push(points.part(&[0]));
        }
        // What is not asked for is not counted: silhouettes take longer than the groups.
        let asked = curve || partings.len() > 1;
        let lists: Vec<&Groups> = if asked { partings.iter().collect() } else { Vec::new() };
        let mut found = silhouettes(&points, &sample, &lists).into_iter();
        let tried: Vec<Tried> =
            partings.into_iter().map(|groups| Tried { groups, silhouette: found.next().flatten() }).collect();
        let mut grouping =
            Self { features, figures, standards, points, chosen: 0, tried, sample, order: Vec::new() };
        grouping.chosen = grouping.best(params.k);
        grouping.order = grouping.in_order();
        Ok(grouping)
    }

    /// The groups that hold; nothing where there is nobody.
    pub(super) fn groups(&self) -> Option<&Groups> {
        self.tried.get(self.chosen).map(|tried| &tried.groups)
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
            Error::bad_value("users.cell.cluster", number, format!("1 to {}", self.order.len()))
        })
    }

    /// Which parting holds: that of the number given, or of as many groups as there can be; or the best silhouette.
    fn best(&self, given: Option<u32>) -> usize {
        let count = |tried: &Tried| tried.groups.sizes.len();
        if let Some(given) = given {
            let fits = |tried: &Tried| count(tried) <= given as usize;
            return self.tried.iter().rposition(fits).unwrap_or(0);
        }
        let mean = |tried: &Tried| tried.silhouette.as_ref().map_or(f64::NEG_INFINITY, |own| own.mean);
        let mut best = 0;
        for (place, tried) in self.tried.iter().enumerate() {
            if self.tried.get(best).is_some_and(|other| mean(tried) > mean(other)) {
                best = place;
            }
        }
        best
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

/// The numbers of groups to be tried, rising: none where users do not differ.
fn numbers(params: &Params, points: &Points, users: usize, curve: bool) -> Vec<usize> {
    let most = points.different(MOST_GROUPS).min(users);
    let given = params.k.map(|k| (k as usize).min(most));
    let mut numbers: Vec<usize> = TRIED.filter(|k| *k <= most && (curve || given.is_none())).collect();
    numbers.extend(given.filter(|k| *k >= 2));
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Places of the users of whom the silhouettes are: all, or those with the smallest hashes of their ids.
fn sample(view: &View<'_>, figures: &Figures, hashes: &[u64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..figures.users.len()).collect();
    let id = |place: usize| figures.users.get(place).map_or("", |user| view.log.users.get(*user));
    let own = |place: usize| hashes.get(place).copied().unwrap_or(0);
    let compare =
        |one: &usize, other: &usize| own(*one).cmp(&own(*other)).then_with(|| id(*one).cmp(id(*other)));
    if places.len() > SILHOUETTE_USERS {
        places.select_nth_unstable_by(SILHOUETTE_USERS, compare);
        places.truncate(SILHOUETTE_USERS);
    }
    places.sort_unstable_by(compare);
    places
}

/// Users by what they have brought, then by id, as far as a place is asked for.
struct Sorted<'v> {
    ids: ById<'v>,
    users: &'v [u32],
    /// What they brought, with the place; equal ones in the order of the log.
    ranked: Vec<(i64, u32)>,
}

impl<'v> Sorted<'v> {
    fn new(view: &View<'v>, figures: &'v Figures) -> Self {
        let mut ranked: Vec<(i64, u32)> = figures.worth.iter().copied().zip(0..).collect();
        ranked.sort_unstable();
        Self { ids: ById::new(&view.log.users, &figures.users), users: &figures.users, ranked }
    }

    /// The users at rising ranks, each with its rank. Ids are compared only among those who brought the same.
    fn at(&self, ranks: &[usize]) -> Vec<(usize, usize)> {
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
}

/// Finds what stands at rising ranks when a list, whose first has the rank `from`, is sorted.
fn select<Key: Ord + Copy>(
    list: &mut [(Key, u32)],
    from: usize,
    ranks: &[usize],
    found: &mut Vec<(usize, usize)>,
) {
    let middle = ranks.len() / 2;
    let Some(&rank) = ranks.get(middle) else { return };
    if rank < from || rank - from >= list.len() {
        return;
    }
    let (before, own, after) = list.select_nth_unstable(rank - from);
    let own = own.1 as usize;
    select(before, from, ranks.get(..middle).unwrap_or(&[]), found);
    found.push((rank, own));
    select(after, rank + 1, ranks.get(middle + 1..).unwrap_or(&[]), found);
}

/// The ranks of the first centres of k groups among so many users: in the middles of k equal parts.
fn spread(k: usize, users: usize) -> impl Iterator<Item = usize> {
    (0..k).map(move |j| (2 * j + 1) * users / (2 * k))
}

/// How first centres are found.
struct Starts<'v> {
    params: &'v Params,
    points: &'v Points,
    hashes: &'v [u64],
    /// Users at the ranks that are needed.
    ranked: Vec<(usize, usize)>,
}

impl Starts<'_> {
    fn part(&self, k: usize) -> Groups {
        match self.params.start {
            Start::Spread => {
                let at = |rank: usize| {
                    let place = self.ranked.partition_point(|(other, _)| *other < rank);
                    self.ranked.get(place).map_or(0, |(_, user)| *user)
                };
                let starts: Vec<usize> = spread(k, self.points.len()).map(at).collect();
                self.points.part(&starts)
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
