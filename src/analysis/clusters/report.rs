//! What is told of the clusters.

use serde::{Deserialize, Serialize};

use super::Params;
use super::grouping::{Grouping, Tried};
use crate::analysis::share;
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::segment::features::Feature;
use crate::segment::orders::OrderUnit;
use crate::table::decimal::Amount;

/// From so many standard deviations on a figure is a mark of a cluster.
const MARKED: f64 = 0.5;

/// From so many on it is a strong one.
const STRONG: f64 = 1.25;

/// The most marks that are told of a cluster.
const MOST_MARKS: usize = 3;

/// The most users that are told as dots.
const MOST_DOTS: usize = 400;

/// Users in clusters. Clusters' users sum to `users`, their revenue to `revenue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The last day whose rows count.
    pub as_of: Day,
    /// Whether only users with a purchase are parted, because figures of purchases are asked for.
    pub buyers: bool,
    /// Users who are parted.
    pub users: u64,
    /// Users with an active day who are not, because they have no purchase.
    pub without: u64,
    /// What an order is, where orders are counted.
    pub frequency: Option<OrderUnit>,
    /// The figures asked for.
    pub features: Vec<FeatureTold>,
    /// Users whose amount is below 0 and counts as 0.
    pub below_zero: u64,
    /// Users with one active day only, whose gap counts as the days since it.
    pub one_day: u64,
    /// How many clusters were asked for; nothing where the silhouette chose.
    pub asked: Option<u32>,
    /// How many clusters there are.
    pub k: u32,
    /// The sum of squares of distances to the own centre.
    pub inertia: Option<f64>,
    /// The mean silhouette of the clusters.
    pub silhouette: Option<f64>,
    /// Rounds until nothing changed.
    pub rounds: Option<u32>,
    /// Numbers of clusters that were tried, rising.
    pub trials: Vec<Trial>,
    /// With how many users they were tried, of whom silhouettes are too; all where there are at most 10,000.
    pub tried_with: u64,
    /// What all users have brought; `null` without a value column.
    pub revenue: Option<Amount>,
    /// The clusters, by number.
    pub clusters: Vec<Cluster>,
    /// Some users, those with the smallest hashes of their ids.
    pub dots: Vec<Dot>,
}

/// A figure, as it was made comparable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeatureTold {
    /// Which.
    pub feature: Feature,
    /// Whether users differ in it; if not, it is left out.
    pub used: bool,
    /// Its mean over all users, in its own unit.
    pub mean: Option<f64>,
    /// The mean of log(1 + x).
    pub log_mean: Option<f64>,
    /// The standard deviation of log(1 + x).
    pub log_deviation: Option<f64>,
}

/// A number of clusters that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// How many clusters.
    pub k: u32,
    /// The sum of squares of distances to the own centre.
    pub inertia: f64,
    /// What part it is of that of one cluster.
    pub left: Option<f64>,
    /// The mean silhouette.
    pub silhouette: Option<f64>,
    /// Rounds until nothing changed.
    pub rounds: u32,
}

/// Users who are alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// Its number, from 1.
    pub number: u32,
    /// How many.
    pub users: u64,
    /// Their share of all users.
    pub share: Option<f64>,
    /// What they have brought; `null` without a value column.
    pub revenue: Option<Amount>,
    /// Their share of it; `null` where all together have brought nothing.
    pub revenue_share: Option<f64>,
    /// Their mean silhouette.
    pub silhouette: Option<f64>,
    /// A figure for each feature asked for.
    pub figures: Vec<Figure>,
    /// What sets them apart, the largest first.
    pub marks: Vec<Mark>,
}

/// A figure of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Which.
    pub feature: Feature,
    /// The mean, in its own unit.
    pub mean: f64,
    /// The centre, in its own unit: e^(mean of the logarithms) - 1.
    pub centre: f64,
    /// The centre, in standard deviations from the mean of all.
    pub z: f64,
}

/// What sets a cluster apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// Which figure.
    pub feature: Feature,
    /// The cluster's mean less that of all other users, in standard deviations.
    pub apart: f64,
    /// Whether it is far apart.
    pub strong: bool,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dot {
    /// The number of the cluster.
    pub cluster: u32,
    /// The figures in standard deviations, in the order of the features that are used.
    pub z: Vec<f64>,
}

pub(super) fn report(view: &View<'_>, params: &Params, grouping: &Grouping) -> Report {
    let figures = &grouping.figures;
    let with_value = view.log.values().is_some();
    let revenue: i128 = figures.worth.iter().map(|worth| i128::from(*worth)).sum();
    let clusters = clusters(view, grouping, revenue);
    let trial = |tried: &Tried| Trial {
        k: u32::try_from(tried.groups.sizes.len()).unwrap_or(u32::MAX),
        inertia: tried.groups.inertia,
        left: (grouping.spread > 0.0).then(|| tried.groups.inertia / grouping.spread),
        silhouette: tried.silhouette.as_ref().map(|own| own.mean),
        rounds: tried.groups.rounds,
    };
    Report {
        as_of: figures.as_of,
        buyers: grouping.features.iter().any(|feature| feature.is_of_purchases()),
        users: figures.users.len() as u64,
        without: figures.without,
        frequency: figures.unit,
        features: features(grouping),
        below_zero: figures.below_zero,
        one_day: figures.one_day,
        asked: params.k,
        k: u32::try_from(clusters.len()).unwrap_or(u32::MAX),
        inertia: grouping.groups().map(|groups| groups.inertia),
        silhouette: grouping.silhouette.as_ref().map(|own| own.mean),
        rounds: grouping.groups().map(|groups| groups.rounds),
        trials: grouping.tried.iter().map(trial).collect(),
        tried_with: grouping.sample.len() as u64,
        revenue: with_value.then(|| view.log.amount(saturated(revenue))),
        clusters,
        dots: dots(grouping),
    }
}

fn saturated(units: i128) -> i64 {
    i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX })
}

/// The mean of numbers, the same in whatever order they come.
fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    // In 2^-20 of the unit, so that billions of millions have room.
    const UNIT: f64 = (1u64 << 20) as f64;
    let (mut sum, mut count) = (0i128, 0u64);
    for number in numbers {
        sum += (number * UNIT).round() as i128;
        count += 1;
    }
    (count > 0).then(|| sum as f64 / UNIT / count as f64)
}

fn features(grouping: &Grouping) -> Vec<FeatureTold> {
    let told = |(place, feature): (usize, &Feature)| {
        let standard = grouping.standards.iter().find(|standard| standard.place == place);
        let column = grouping.figures.columns.get(place).map_or(&[][..], Vec::as_slice);
        FeatureTold {
            feature: *feature,
            used: standard.is_some(),
            mean: mean(column.iter().copied()),
            log_mean: standard.map(|standard| standard.mean),
            log_deviation: standard.map(|standard| standard.deviation),
        }
    };
    grouping.features.iter().enumerate().map(told).collect()
}

fn clusters(view: &View<'_>, grouping: &Grouping, revenue: i128) -> Vec<Cluster> {
    let Some(groups) = grouping.groups() else { return Vec::new() };
    let with_value = view.log.values().is_some();
    let users = grouping.figures.users.len() as u64;
    let silhouette = grouping.silhouette.as_ref();
    let cluster = |(number, label): (u32, &u8)| {
        let size = groups.sizes.get(usize::from(*label)).copied().unwrap_or(0);
        let worth = groups.labels.iter().zip(&grouping.figures.worth).filter(|(own, _)| *own == label);
        let worth: i128 = worth.map(|(_, worth)| i128::from(*worth)).sum();
        let figures = figures(grouping, *label);
        Cluster {
            number,
            users: size,
            share: share(size, users),
            revenue: with_value.then(|| view.log.amount(saturated(worth))),
            revenue_share: (with_value && revenue > 0).then(|| worth as f64 / revenue as f64),
            silhouette: silhouette.and_then(|own| own.groups.get(usize::from(*label)).copied().flatten()),
            marks: marks(&figures, size, users),
            figures,
        }
    };
    (1u32..).zip(grouping.order()).map(cluster).collect()
}

fn figures(grouping: &Grouping, label: u8) -> Vec<Figure> {
    let centre = grouping.groups().and_then(|groups| groups.centres.get(usize::from(label)));
    let labels = || grouping.groups().map_or(&[][..], |groups| groups.labels.as_slice());
    let figure = |(place, feature): (usize, &Feature)| {
        let column = grouping.figures.columns.get(place).map_or(&[][..], Vec::as_slice);
        let own = column.iter().zip(labels()).filter(|(_, own)| **own == label).map(|(figure, _)| *figure);
        let axis = grouping.standards.iter().position(|standard| standard.place == place);
        let standard = axis.and_then(|axis| grouping.standards.get(axis));
        let z = axis.and_then(|axis| centre?.get(axis).copied()).unwrap_or(0.0);
        let mean = mean(own).unwrap_or(0.0);
        Figure {
            feature: *feature,
            mean,
            centre: standard.map_or(mean, |own| libm::expm1(own.mean + z * own.deviation)),
            z,
        }
    };
    grouping.features.iter().enumerate().map(figure).collect()
}

/// The mean of all users is 0, so that of the others follows from the cluster's own.
fn marks(figures: &[Figure], size: u64, users: u64) -> Vec<Mark> {
    let others = users.saturating_sub(size);
    if others == 0 {
        return Vec::new();
    }
    let factor = users as f64 / others as f64;
    let apart = figures.iter().map(|figure| (figure.feature, figure.z * factor));
    let mut marks: Vec<Mark> = apart
        .filter(|(_, apart)| apart.abs() >= MARKED)
        .map(|(feature, apart)| Mark { feature, apart, strong: apart.abs() >= STRONG })
        .collect();
    marks.sort_by(|one, other| other.apart.abs().total_cmp(&one.apart.abs()));
    marks.truncate(MOST_MARKS);
    marks
}

fn dots(grouping: &Grouping) -> Vec<Dot> {
    if grouping.standards.is_empty() {
        return Vec::new();
    }
    let dot = |place: &usize| {
        let cluster = grouping.number(grouping.label(*place)?);
        Some(Dot { cluster, z: grouping.points.coordinates(*place).to_vec() })
    };
    grouping.sample.iter().take(MOST_DOTS).filter_map(dot).collect()
}
