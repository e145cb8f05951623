//! Groups of users who are alike, found rather than defined: k-means on chosen figures.
//!
//! **Definition.** The figures are those of [`crate::segment::features`]; recency, frequency and monetary by default, where there is no
//! value column silence, tenure and active days. Each figure x becomes log(1 + x), from which the mean is taken off and which is
//! divided by the standard deviation of the population; a figure that is the same for all is left out. The groups are those of
//! [`crate::model::kmeans`], by one of two beginnings:
//!
//! - *spread*: users are sorted by what they have brought (active days where there is no value column), then by id; the first centres
//!   are those at the places ⌊(2j + 1) n / 2k⌋, j = 0 ... k − 1. Nothing in it is by chance;
//! - *drawn*: k-means++ under a seed, several times; the parting with the least sum of squares. A user's chance depends on the id
//!   and the seed, not on the order of rows.
//!
//! **How many.** For each k from 2 to 8 the mean silhouette is told ([`crate::model::silhouette`]); the k with the largest is taken, the
//! smaller of equals, unless a k is given. With more than 10,000 users these are tried with 10,000 of them, those with the smallest
//! hashes of their ids; the clusters are then of all users, and their silhouette is that of the 10,000 among them. There are never
//! more clusters than different users.
//!
//! **Numbers.** Clusters are numbered by what their users have brought on average, most first; of equals the larger, then the one with the larger
//! coordinates first. So the same data have the same numbers, whatever the order of their rows.
//!
//! **What sets a cluster apart.** For each figure, the mean of the cluster less the mean of all other users, in standard deviations: half of one or
//! more counts as a mark, 1.25 or more as a strong one; the three largest are told.

mod account;
mod grouping;
mod report;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::{MemberCells, MemberColumn, Members, Question};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::kmeans::MOST_GROUPS;
use crate::segment::features::Feature;
use crate::segment::orders::OrderUnit;
use grouping::Grouping;
pub use report::{Cluster, Dot, FeatureTold, Figure, Mark, Report, Trial};

/// The most beginnings that are drawn.
const MOST_RESTARTS: u32 = 50;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The last day whose rows count; the last day that is looked at when absent.
    pub as_of: Option<Day>,
    /// The figures by which users are compared; see [`Params::features`] when absent.
    pub features: Option<Vec<Feature>>,
    /// How many clusters, 2 to 20; by the silhouette when absent.
    pub k: Option<u32>,
    /// What an order is; distinct orders, or distinct purchase days where there is no order column, when absent.
    pub frequency: Option<OrderUnit>,
    /// Whether refunds are taken off.
    pub net_of_refunds: bool,
    /// How the first centres are found.
    pub start: Start,
    /// What chance is drawn from.
    pub seed: u32,
    /// How often first centres are drawn, 1 to 50; the best counts.
    pub restarts: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            as_of: None,
            features: None,
            k: None,
            frequency: None,
            net_of_refunds: true,
            start: Start::Spread,
            seed: 1,
            restarts: 10,
        }
    }
}

impl Params {
    /// The figures by which users are compared, each once, in the order of [`Feature::ALL`].
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] where none is chosen.
    pub fn features(&self, with_value: bool) -> Result<Vec<Feature>> {
        let default: &[Feature] = if with_value {
            &[Feature::Recency, Feature::Frequency, Feature::Monetary]
        } else {
            &[Feature::Silence, Feature::Tenure, Feature::ActiveDays]
        };
        let chosen = self.features.as_deref().unwrap_or(default);
        if chosen.is_empty() {
            return Err(Error::bad_value("params.features", "[]", "one feature or more"));
        }
        Ok(Feature::ALL.into_iter().filter(|feature| chosen.contains(feature)).collect())
    }

    fn check(&self) -> Result<()> {
        if let Some(k) = self.k.filter(|k| !(2..=MOST_GROUPS as u32).contains(k)) {
            return Err(Error::bad_value("params.k", k, format!("2 to {MOST_GROUPS}")));
        }
        if !(1..=MOST_RESTARTS).contains(&self.restarts) {
            return Err(Error::bad_value("params.restarts", self.restarts, format!("1 to {MOST_RESTARTS}")));
        }
        Ok(())
    }
}

/// How the first centres are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Start {
    /// Evenly from those who brought least to those who brought most.
    #[default]
    Spread,
    /// By k-means++, several times.
    Drawn,
}

/// Users that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// All who are parted.
    All,
    /// A cluster, by its number.
    Cluster(u32),
}

/// Groups of users who are alike.
#[derive(Debug)]
pub struct Clusters;

impl Question for Clusters {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        Ok(report::report(view, params, &Grouping::new(view, params, true)?))
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let grouping = Grouping::new(view, params, false)?;
        let label = match cell {
            Cell::All => None,
            Cell::Cluster(number) => Some(grouping.label_of(*number)?),
        };
        let has = |place: &usize| label.is_none() || grouping.label(*place) == label;
        let mut chosen: Vec<usize> = (0..grouping.figures.users.len()).filter(has).collect();
        // Who brought most first.
        chosen.sort_by_key(|&place| (std::cmp::Reverse(grouping.figures.worth.get(place).copied()), place));
        Ok(list(view, &grouping, &chosen))
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        Ok(account::account(view, &Grouping::new(view, params, false)?, user))
    }
}

/// Users with their cluster and the figures that were asked for.
fn list(view: &View<'_>, grouping: &Grouping, chosen: &[usize]) -> Members {
    let number = |place: &usize| grouping.label(*place).map_or(0, |label| i64::from(grouping.number(label)));
    let mut columns = vec![MemberColumn {
        key: "cluster",
        cells: MemberCells::Counts(chosen.iter().map(number).collect()),
    }];
    let scale = 10f64.powi(view.log.values().map_or(0, |values| i32::from(values.scale)));
    for (feature, column) in grouping.features.iter().zip(&grouping.figures.columns) {
        let cells = |factor: f64| -> Vec<i64> {
            let whole = |place: &usize| (column.get(*place).copied().unwrap_or(0.0) * factor).round() as i64;
            chosen.iter().map(whole).collect()
        };
        let (key, cells) = match feature {
            // As it is, not cut at 0.
            Feature::Monetary => {
                let worth = |place: &usize| grouping.figures.worth.get(*place).copied().unwrap_or(0);
                ("monetary", MemberCells::Amounts(chosen.iter().map(worth).collect()))
            }
            Feature::AverageOrder => ("average_order", MemberCells::Amounts(cells(scale))),
            Feature::Recency => ("recency_days", MemberCells::Counts(cells(1.0))),
            Feature::Frequency => ("frequency", MemberCells::Counts(cells(1.0))),
            Feature::Silence => ("silence_days", MemberCells::Counts(cells(1.0))),
            Feature::Tenure => ("tenure_days", MemberCells::Counts(cells(1.0))),
            Feature::ActiveDays => ("active_days", MemberCells::Counts(cells(1.0))),
            Feature::ActiveShare => ("active_percent", MemberCells::Counts(cells(100.0))),
            Feature::Gap => ("gap_days", MemberCells::Counts(cells(1.0))),
            Feature::Kinds => ("event_kinds", MemberCells::Counts(cells(1.0))),
        };
        columns.push(MemberColumn { key, cells });
    }
    let users = chosen.iter().filter_map(|&place| grouping.figures.users.get(place).copied()).collect();
    Members { users, columns }
}
