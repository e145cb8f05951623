//! Who our buyers are: recency, frequency and monetary value, scored, named and grouped.
//!
//! **Definition.** As of a date, for each user with a purchase up to it: *R* is the days since the last purchase, *F* the
//! number of orders (distinct order ids, or distinct purchase days where there is no order column, or purchase rows),
//! *M* the sum of values, net of refunds unless switched off. Each is scored 1 to 5, 5 best, by quantile (four rules for
//! ties), by thresholds, by natural breaks, or by the mean: see [`crate::segment::score`]. The named segments are a map on
//! (R, F); the eight cells compare R, F and M with their means (R: fewer days than the mean is better; all comparisons strict),
//! on the figures themselves or on the scores; the four classes ask which scores are high; the five levels are the mean of the
//! three scores, by weights. Users without a purchase are counted and in no cell.
//!
//! **Without money** (RFE): *R* is the days since the user was last active, *F* the number of active days, and *E*, engagement,
//! the number of events. It takes M's place everywhere, and everybody who was active is scored.
//!
//! **Moves** between two dates: each user's group as of the earlier date, and as of the later one. Quantiles, breaks and means
//! are those of each date, thresholds the same on both. Who was not yet scored on the earlier date comes from nowhere.

mod account;
mod buyers;
mod moves;
mod spread;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::{Members, Question};
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::segment::names::{Class, EIGHT, High, Segment, SegmentMap};
use crate::segment::orders::OrderUnit;
use crate::segment::score::{SCORES, Scoring, Weights};
use crate::table::decimal::Amount;

use buyers::Buyers;
pub use moves::{Grouping, Moves};
pub use spread::Spread;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The date that recency is counted to; the last day of the data when absent. Later purchases are left out.
    pub as_of: Option<Day>,
    /// What is scored; purchases where there is a value column, else activity.
    pub basis: Option<Basis>,
    /// What F counts; distinct orders, or distinct purchase days where there is no order column, when absent. Activity is
    /// always counted in days.
    pub frequency: Option<OrderUnit>,
    /// How figures become scores.
    pub scoring: Scoring,
    /// Whether refunds are taken off M.
    pub net_of_refunds: bool,
    /// The map of named segments.
    pub segment_map: SegmentMap,
    /// What the eight cells compare.
    pub eight_by: EightBy,
    /// Which scores are high, for the four classes.
    pub high: High,
    /// How much each score counts in the five levels.
    pub weights: Weights,
    /// The earlier date from which moves between groups are told; none are when absent.
    pub moved_from: Option<Day>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            as_of: None,
            basis: None,
            frequency: None,
            scoring: Scoring::default(),
            net_of_refunds: true,
            segment_map: SegmentMap::default(),
            eight_by: EightBy::default(),
            high: High::default(),
            weights: Weights::default(),
            moved_from: None,
        }
    }
}

/// What is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
    /// Purchases: recency, frequency, monetary value.
    Money,
    /// Activity: recency, frequency, engagement.
    Engagement,
}

/// What the eight cells compare with its mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EightBy {
    /// The figures.
    #[default]
    Figures,
    /// The scores.
    Scores,
}

/// Buyers by cell, segment and class. Each grouping's users sum to `buyers`, its revenue to `revenue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The date that recency is counted to.
    pub as_of: Day,
    /// What is scored.
    pub basis: Basis,
    /// What F counts.
    pub frequency: OrderUnit,
    /// Users with a purchase; with activity as the basis, users who were active.
    pub buyers: u64,
    /// Users in view without one.
    pub users_without_purchase: u64,
    /// Sum of M; `null` without a value column, and with activity as the basis.
    pub revenue: Option<Amount>,
    /// The means of R (days), F and M (value column's unit) or E (events).
    pub means: Option<[f64; 3]>,
    /// The figure at which each score from 2 to 5 begins: R in days (at most), F and M (at least; M in smallest units).
    /// `null` for a score that nobody has, and for rules that part equal figures.
    pub cuts: Option<[[Option<i64>; 4]; 3]>,
    /// The 5 x 5 grid: `key` is the R and the F score.
    pub grid: Vec<Group>,
    /// The 125 cells that are not empty: `key` is the R, F and M score.
    pub codes: Vec<Group>,
    /// The named segments.
    pub segments: Vec<Group>,
    /// The eight cells; digits of `key`: R, F, M, 1 = better than the mean.
    pub eight: Vec<Group>,
    /// The four classes.
    pub classes: Vec<Group>,
    /// The five levels: `key` is the level, 5 first.
    pub levels: Vec<Group>,
    /// How the figures are spread, where thresholds are set by hand.
    pub spread: Option<[Spread; 3]>,
    /// Moves between groups since the earlier date.
    pub moves: Option<Moves>,
}

/// Buyers with something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its key.
    pub key: String,
    /// How many.
    pub users: u64,
    /// Their M; `null` without a value column, and with activity as the basis.
    pub revenue: Option<Amount>,
}

/// A group whose users can be listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// All buyers.
    All,
    /// A cell of the grid, by its key.
    Grid(String),
    /// One of the 125 cells, by its key.
    Code(String),
    /// A named segment.
    Segment(Segment),
    /// One of the eight cells, by its key.
    Eight(String),
    /// A class.
    Class(Class),
    /// A level, 1 to 5.
    Level(u8),
    /// Whose score lies within bounds, both included: 1 to 5.
    Score {
        /// Of which figure.
        figure: Figure,
        /// The lowest.
        from: u8,
        /// The highest.
        to: u8,
    },
    /// Whose figure is at least `from` and less than `to`: days, numbers, or amounts in the smallest unit.
    Between {
        /// Which figure.
        figure: Figure,
        /// The smallest.
        from: i64,
        /// The first that is too large.
        to: i64,
    },
    /// Who moved from a group to another between the two dates; from nothing: who was not scored before.
    Moved {
        /// The grouping.
        by: Grouping,
        /// The key of the group as of the earlier date.
        from: Option<String>,
        /// The key of the group as of the later date.
        to: String,
    },
}

/// One of the three figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Figure {
    /// Days since the last purchase or active day.
    Recency,
    /// Orders or active days.
    Frequency,
    /// The amount, or the number of events.
    Monetary,
}

/// Who our buyers are.
#[derive(Debug)]
pub struct Rfm;

impl Question for Rfm {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let buyers = Buyers::new(view, params)?;
        let with_value = buyers.has_revenue(view);
        let group = |key: &str, (users, revenue): (u64, i64)| Group {
            key: key.to_owned(),
            users,
            revenue: with_value.then(|| view.log.amount(revenue)),
        };
        let mut codes = vec![(0, 0); 125];
        let mut eight = [(0, 0); 8];
        for index in 0..buyers.len() {
            let monetary = buyers.monetary.get(index).copied().unwrap_or(0);
            tally(codes.get_mut(buyers.code_index(index)), monetary);
            tally(eight.get_mut(buyers.eight(index)), monetary);
        }
        // Every other grouping is a map on the 125 cells, so its parts are sums of theirs.
        let sum = |belongs: &dyn Fn([u8; 3]) -> bool| {
            let cells = codes.iter().enumerate().filter(|(index, _)| belongs(scores_of(*index)));
            cells.fold((0, 0), |(users, revenue), (_, cell)| (users + cell.0, revenue + cell.1))
        };
        let grid = (1..=5).flat_map(|r| (1..=5).map(move |f| (r, f)));
        let named = |segment: Segment| sum(&|[r, f, _]| Segment::of(r, f, params.segment_map) == segment);
        let classed = |class: Class| sum(&|scores| Class::of(scores, params.high) == class);
        let level = |level: u8| sum(&|scores| params.weights.level(scores) == level);
        Ok(Report {
            as_of: buyers.as_of,
            basis: buyers.basis,
            frequency: buyers.unit,
            buyers: buyers.len() as u64,
            users_without_purchase: buyers.without,
            revenue: with_value.then(|| view.log.amount(buyers.monetary.iter().sum())),
            means: buyers.means(),
            cuts: buyers.cuts,
            grid: grid
                .map(|(r, f)| group(&format!("{r}{f}"), sum(&|[cr, cf, _]| (cr, cf) == (r, f))))
                .collect(),
            segments: Segment::all(params.segment_map)
                .map(|segment| group(segment.key(), named(segment)))
                .collect(),
            classes: Class::ALL.into_iter().map(|class| group(class.key(), classed(class))).collect(),
            levels: LEVELS.map(|key| group(&key.to_string(), level(key))).to_vec(),
            eight: EIGHT.iter().zip(eight).map(|(key, cell)| group(key, cell)).collect(),
            codes: (codes.iter().enumerate().filter(|(_, cell)| cell.0 > 0))
                .map(|(index, cell)| group(&code(scores_of(index)), *cell))
                .collect(),
            spread: matches!(params.scoring, Scoring::Thresholds { .. }).then(|| spread::of(&buyers)),
            moves: moves::of(view, params, &buyers)?,
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let digits = |key: &str, length: usize| {
            key.len() == length && key.bytes().all(|digit| (b'1'..=b'5').contains(&digit))
        };
        let known = match cell {
            Cell::Grid(key) => digits(key, 2),
            Cell::Code(key) => digits(key, 3),
            Cell::Eight(key) => EIGHT.contains(&key.as_str()),
            Cell::Level(level) => LEVELS.contains(level),
            Cell::Score { from, to, .. } => LEVELS.contains(from) && LEVELS.contains(to) && from <= to,
            Cell::All | Cell::Segment(_) | Cell::Class(_) | Cell::Between { .. } | Cell::Moved { .. } => true,
        };
        if !known {
            let found = serde_json::to_string(cell).unwrap_or_default();
            return Err(Error::bad_value(
                "users.cell",
                found,
                "grid: two scores 1-5, code: three scores 1-5, eight: three digits 0-1, level: 1-5, score: from 1-5 to as much or more",
            ));
        }
        let buyers = Buyers::new(view, params)?;
        let moved = match cell {
            Cell::Moved { by, from, to } => {
                Some(moves::who(view, params, &buyers, *by, (from.as_deref(), to))?)
            }
            _ => None,
        };
        let belongs = |index: &usize| {
            let scores = buyers.scores(*index);
            let [r, f, m] = scores;
            match cell {
                Cell::All => true,
                Cell::Grid(key) => *key == format!("{r}{f}"),
                Cell::Code(key) => *key == code(scores),
                Cell::Segment(segment) => Segment::of(r, f, params.segment_map) == *segment,
                Cell::Eight(key) => EIGHT.get(buyers.eight(*index)) == Some(&key.as_str()),
                Cell::Class(class) => Class::of(scores, params.high) == *class,
                Cell::Level(level) => params.weights.level(scores) == *level,
                Cell::Score { figure, from, to } => {
                    let score = match figure {
                        Figure::Recency => r,
                        Figure::Frequency => f,
                        Figure::Monetary => m,
                    };
                    (*from..=*to).contains(&score)
                }
                Cell::Between { figure, from, to } => (*from..*to).contains(&buyers.figure(*figure, *index)),
                Cell::Moved { .. } => moved.as_ref().is_some_and(|moved| moved.get(*index) == Some(&true)),
            }
        };
        let mut chosen: Vec<usize> = (0..buyers.len()).filter(belongs).collect();
        // The most valuable first.
        chosen.sort_by_key(|&index| (std::cmp::Reverse(buyers.monetary.get(index).copied()), index));
        let with_level = matches!(cell, Cell::Level(_)) || params.weights != Weights::default();
        Ok(buyers.list(&chosen, params, (buyers.has_revenue(view), with_level)))
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        Ok(account::account(view, params, &Buyers::new(view, params)?, user))
    }
}

/// The levels, best first.
const LEVELS: [u8; SCORES] = [5, 4, 3, 2, 1];

fn tally(cell: Option<&mut (u64, i64)>, monetary: i64) {
    if let Some((users, revenue)) = cell {
        *users += 1;
        *revenue = revenue.saturating_add(monetary);
    }
}

/// The place of three scores among the 125 cells, and back.
fn scores_of(index: usize) -> [u8; 3] {
    [index / 25, index / 5 % 5, index % 5].map(|score| u8::try_from(score + 1).unwrap_or(5))
}

fn code([r, f, m]: [u8; 3]) -> String {
    format!("{r}{f}{m}")
}
