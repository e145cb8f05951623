//! Who our buyers are: recency, frequency and monetary value, scored, named and grouped.
//!
//! **Definition.** As of a date, for each user with a purchase up to it: *R* is the days since the last purchase, *F* the
//! number of orders (distinct order ids, or distinct purchase days where there is no order column, or purchase rows),
//! *M* the sum of values, net of refunds unless switched off. Each is scored 1 to 5, 5 best, by quantile (four rules for
//! ties), by thresholds, or by the mean: see [`crate::segment::score`]. The named segments are a map on (R, F); the eight
//! cells compare R, F and M with their means (R: fewer days than the mean is better; all comparisons strict), on the
//! figures themselves or on the scores; the four classes ask which scores are high. Users without a purchase are counted
//! and in no cell.

mod account;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::{MemberCells, MemberColumn, Members, Question};
use crate::dataset::Kind;
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::mapping::Role;
use crate::segment::by_id::ById;
use crate::segment::names::{Class, EIGHT, High, Segment, SegmentMap, eight};
use crate::segment::orders::{OrderUnit, Orders};
use crate::segment::score::{self, Scoring, Ties};
use crate::table::decimal::Amount;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The date that recency is counted to; the last day of the data when absent. Later purchases are left out.
    pub as_of: Option<Day>,
    /// What F counts; distinct orders, or distinct purchase days where there is no order column, when absent.
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
}

impl Default for Params {
    fn default() -> Self {
        Self {
            as_of: None,
            frequency: None,
            scoring: Scoring::default(),
            net_of_refunds: true,
            segment_map: SegmentMap::default(),
            eight_by: EightBy::default(),
            high: High::default(),
        }
    }
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
    /// What F counts.
    pub frequency: OrderUnit,
    /// Users with a purchase.
    pub buyers: u64,
    /// Users in view without one.
    pub users_without_purchase: u64,
    /// Sum of M; `null` without a value column.
    pub revenue: Option<Amount>,
    /// The means of R (days), F and M (value column's unit).
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
}

/// Buyers with something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its key.
    pub key: String,
    /// How many.
    pub users: u64,
    /// Their M; `null` without a value column.
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
        let with_value = view.log.values().is_some();
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
        let segments = Segment::ALL
            .into_iter()
            .filter(|segment| *segment != Segment::Lost || params.segment_map == SegmentMap::Eleven);
        let named = |segment: Segment| sum(&|[r, f, _]| Segment::of(r, f, params.segment_map) == segment);
        let classed = |class: Class| sum(&|scores| Class::of(scores, params.high) == class);
        Ok(Report {
            as_of: buyers.as_of,
            frequency: buyers.unit,
            buyers: buyers.len() as u64,
            users_without_purchase: buyers.without,
            revenue: with_value.then(|| view.log.amount(buyers.monetary.iter().sum())),
            means: buyers.means(view),
            cuts: buyers.cuts,
            grid: grid
                .map(|(r, f)| group(&format!("{r}{f}"), sum(&|[cr, cf, _]| (cr, cf) == (r, f))))
                .collect(),
            segments: segments.map(|segment| group(segment.key(), named(segment))).collect(),
            classes: Class::ALL.into_iter().map(|class| group(class.key(), classed(class))).collect(),
            eight: EIGHT.iter().zip(eight).map(|(key, cell)| group(key, cell)).collect(),
            codes: (codes.iter().enumerate().filter(|(_, cell)| cell.0 > 0))
                .map(|(index, cell)| group(&code(scores_of(index)), *cell))
                .collect(),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let buyers = Buyers::new(view, params)?;
        let known = match cell {
            Cell::Grid(key) => key.len() == 2 && key.bytes().all(|digit| (b'1'..=b'5').contains(&digit)),
            Cell::Code(key) => key.len() == 3 && key.bytes().all(|digit| (b'1'..=b'5').contains(&digit)),
            Cell::Eight(key) => EIGHT.contains(&key.as_str()),
            Cell::All | Cell::Segment(_) | Cell::Class(_) => true,
        };
        if !known {
            let found = serde_json::to_string(cell).unwrap_or_default();
            return Err(Error::bad_value(
                "users.cell",
                found,
                "grid: two scores 1-5, code: three scores 1-5, eight: three digits 0-1",
            ));
        }
        let belongs = |index: &usize| {
            let scores = buyers.scores(*index);
            let [r, f, _] = scores;
            match cell {
                Cell::All => true,
                Cell::Grid(key) => *key == format!("{r}{f}"),
                Cell::Code(key) => *key == code(scores),
                Cell::Segment(segment) => Segment::of(r, f, params.segment_map) == *segment,
                Cell::Eight(key) => EIGHT.get(buyers.eight(*index)) == Some(&key.as_str()),
                Cell::Class(class) => Class::of(scores, params.high) == *class,
            }
        };
        let mut chosen: Vec<usize> = (0..buyers.len()).filter(belongs).collect();
        // The most valuable first.
        chosen.sort_by_key(|&index| (std::cmp::Reverse(buyers.monetary.get(index).copied()), index));
        Ok(buyers.list(&chosen, params, view.log.values().is_some()))
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        Ok(account::account(view, params, &Buyers::new(view, params)?, user))
    }
}

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

/// The figures and scores of all buyers, one entry a buyer in each list.
struct Buyers {
    as_of: Day,
    unit: OrderUnit,
    without: u64,
    users: Vec<u32>,
    /// Days since the last purchase, negated, so that larger is better.
    recency: Vec<i64>,
    frequency: Vec<i64>,
    monetary: Vec<i64>,
    scored: [Vec<u8>; 3],
    cuts: Option<[[Option<i64>; 4]; 3]>,
    /// What the eight cells compare with: a figure (or score) above it is above the mean.
    eight_means: [i64; 3],
    eight_by: EightBy,
}

impl Buyers {
    fn new(view: &View<'_>, params: &Params) -> Result<Self> {
        let by_id = view.log.text_in_role(Role::Order).is_some();
        let unit = params.frequency.unwrap_or(if by_id { OrderUnit::Orders } else { OrderUnit::Days });
        let mut buyers = Self {
            as_of: params.as_of.unwrap_or(view.span().1),
            unit,
            without: 0,
            users: Vec::new(),
            recency: Vec::new(),
            frequency: Vec::new(),
            monetary: Vec::new(),
            scored: Default::default(),
            cuts: None,
            eight_means: [0; 3],
            eight_by: params.eight_by,
        };
        buyers.collect(view, params)?;
        buyers.score(view, &params.scoring)?;
        buyers.eight_means = std::array::from_fn(|axis| {
            let sum = match params.eight_by {
                EightBy::Figures => score::sum(buyers.figures(axis)),
                EightBy::Scores => {
                    let scores = buyers.scored.get(axis).map_or(&[][..], Vec::as_slice);
                    scores.iter().map(|&score| i128::from(score)).sum()
                }
            };
            score::mean_floor(sum, buyers.len())
        });
        Ok(buyers)
    }

    fn collect(&mut self, view: &View<'_>, params: &Params) -> Result<()> {
        let mut orders = Orders::new(view, self.unit).map_err(|error| error.at_path("params.frequency"))?;
        let trades = view.trades();
        let mut users = 0;
        let days = view.user_days();
        for (user, _) in days.iter() {
            users += 1;
            let day_of = |row: &u32| view.log.days.get(*row as usize).copied().unwrap_or(i32::MAX);
            let rows = trades.rows_of(user);
            let rows = rows.get(..rows.partition_point(|row| day_of(row) <= self.as_of.0)).unwrap_or(&[]);
            let (mut last, mut monetary) = (None, 0i64);
            for &row in rows {
                match trades.get(row) {
                    (Kind::Purchase, amount) => {
                        last = Some(day_of(&row));
                        monetary = monetary.saturating_add(amount);
                    }
                    (Kind::Refund, amount) if params.net_of_refunds => {
                        monetary = monetary.saturating_sub(amount)
                    }
                    _ => {}
                }
            }
            let Some(last) = last else { continue };
            self.users.push(u32::try_from(user).unwrap_or(u32::MAX));
            self.recency.push(i64::from(last) - i64::from(self.as_of.0));
            self.frequency.push(i64::try_from(orders.of(view, &trades, rows)).unwrap_or(i64::MAX));
            self.monetary.push(monetary);
        }
        self.without = users - self.users.len() as u64;
        Ok(())
    }

    fn score(&mut self, view: &View<'_>, scoring: &Scoring) -> Result<()> {
        let figures = [&self.recency, &self.frequency, &self.monetary];
        match scoring {
            Scoring::Quantile { ties } => {
                let places = if matches!(ties, Ties::Ntile | Ties::RankFirst) {
                    self.places_by_id(view)
                } else {
                    Vec::new()
                };
                let place = |index: usize| places.get(index).copied().unwrap_or(0);
                self.scored = figures.map(|figures| score::by_quantile(figures, *ties, place));
                if *ties == Ties::Shared {
                    self.cuts = Some(as_shown(figures.map(|figures| score::shared_cuts(figures))));
                }
            }
            Scoring::Thresholds { recency, frequency, monetary } => {
                let scale = 10f64.powi(view.log.values().map_or(0, |values| i32::from(values.scale)));
                let money = monetary.map(|threshold| (threshold * scale).round() as i64);
                let cuts = [recency.map(|days| -days), *frequency, money];
                for (axis, cuts) in ["recency", "frequency", "monetary"].iter().zip(&cuts) {
                    if !cuts.is_sorted() {
                        let expected = if *axis == "recency" {
                            "four falling numbers of days"
                        } else {
                            "four rising numbers"
                        };
                        let found = serde_json::to_string(scoring).unwrap_or_default();
                        return Err(Error::bad_value(format!("params.scoring.{axis}"), found, expected));
                    }
                }
                let [r, f, m] = cuts;
                self.scored = [
                    score::by_cuts(&self.recency, &r),
                    score::by_cuts(&self.frequency, &f),
                    score::by_cuts(&self.monetary, &m),
                ];
                self.cuts = Some(as_shown(cuts));
            }
            Scoring::Mean => self.scored = figures.map(|figures| score::by_mean(figures)),
        }
        Ok(())
    }

    /// The place of each buyer when ids are sorted.
    fn places_by_id(&self, view: &View<'_>) -> Vec<u32> {
        let by_id = ById::new(&view.log.users, &self.users);
        let mut order: Vec<u32> =
            (0..self.users.len()).filter_map(|index| u32::try_from(index).ok()).collect();
        order.sort_by_cached_key(|&index| by_id.key(self.users.get(index as usize).copied().unwrap_or(0)));
        let mut places = vec![0; order.len()];
        for (place, &index) in (0u32..).zip(&order) {
            if let Some(slot) = places.get_mut(index as usize) {
                *slot = place;
            }
        }
        places
    }

    fn len(&self) -> usize {
        self.users.len()
    }

    fn figures(&self, axis: usize) -> &[i64] {
        match axis {
            0 => &self.recency,
            1 => &self.frequency,
            _ => &self.monetary,
        }
    }

    fn scores(&self, index: usize) -> [u8; 3] {
        let [r, f, m] = &self.scored;
        [r, f, m].map(|scores| scores.get(index).copied().unwrap_or(1))
    }

    fn code_index(&self, index: usize) -> usize {
        let [r, f, m] = self.scores(index).map(|score| usize::from(score.saturating_sub(1)));
        r * 25 + f * 5 + m
    }

    fn eight(&self, index: usize) -> usize {
        let scores = self.scores(index);
        let above = |axis: usize| {
            let own = match self.eight_by {
                EightBy::Figures => self.figures(axis).get(index).copied().unwrap_or(0),
                EightBy::Scores => scores.get(axis).map_or(0, |&score| i64::from(score)),
            };
            own > self.eight_means.get(axis).copied().unwrap_or(0)
        };
        eight(above(0), above(1), above(2))
    }

    fn means(&self, view: &View<'_>) -> Option<[f64; 3]> {
        let count = self.len() as f64;
        let scale = 10f64.powi(view.log.values().map_or(0, |values| i32::from(values.scale)));
        (self.len() > 0).then(|| {
            [
                -(score::sum(&self.recency) as f64) / count,
                score::sum(&self.frequency) as f64 / count,
                score::sum(&self.monetary) as f64 / count / scale,
            ]
        })
    }

    fn list(&self, chosen: &[usize], params: &Params, with_value: bool) -> Members {
        let counts = |figures: &[i64], sign: i64| {
            MemberCells::Counts(
                chosen.iter().map(|&index| sign * figures.get(index).copied().unwrap_or(0)).collect(),
            )
        };
        let score = |axis: usize| {
            MemberCells::Counts(
                chosen
                    .iter()
                    .map(|&index| self.scores(index).get(axis).map_or(0, |&score| i64::from(score)))
                    .collect(),
            )
        };
        let segment = |index: &usize| {
            let [r, f, _] = self.scores(*index);
            Segment::of(r, f, params.segment_map).key()
        };
        let mut columns = vec![
            MemberColumn { key: "segment", cells: MemberCells::Names(chosen.iter().map(segment).collect()) },
            MemberColumn { key: "recency_days", cells: counts(&self.recency, -1) },
            MemberColumn { key: "frequency", cells: counts(&self.frequency, 1) },
        ];
        if with_value {
            let amounts =
                chosen.iter().map(|&index| self.monetary.get(index).copied().unwrap_or(0)).collect();
            columns.push(MemberColumn { key: "monetary", cells: MemberCells::Amounts(amounts) });
        }
        for (axis, key) in ["r_score", "f_score", "m_score"].into_iter().enumerate() {
            columns.push(MemberColumn { key, cells: score(axis) });
        }
        let users = chosen.iter().filter_map(|&index| self.users.get(index).copied()).collect();
        Members { users, columns }
    }
}

/// Cuts as they are shown: recency in days again, nothing where no buyer has the score.
fn as_shown(cuts: [[i64; 4]; 3]) -> [[Option<i64>; 4]; 3] {
    let [recency, frequency, monetary] = cuts;
    let some = |cut: i64| (cut != i64::MAX).then_some(cut);
    [recency.map(|cut| some(cut).map(|cut| -cut)), frequency.map(some), monetary.map(some)]
}
