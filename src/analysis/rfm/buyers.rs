//! The figures and scores of all who are scored.

use super::{Basis, EightBy, Figure, Params};
use crate::analysis::{MemberCells, MemberColumn, Members};
use crate::dataset::Kind;
use crate::dataset::calendar::Day;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::mapping::Role;
use crate::segment::breaks::k_means_cuts;
use crate::segment::by_id::ById;
use crate::segment::names::{Segment, eight};
use crate::segment::orders::{OrderUnit, Orders};
use crate::segment::score::{self, Scoring, Ties};

/// The figures and scores of all buyers, one entry a buyer in each list.
pub(super) struct Buyers {
    pub as_of: Day,
    pub basis: Basis,
    pub unit: OrderUnit,
    /// Users in view by then who are not scored.
    pub without: u64,
    /// Their codes, ascending.
    pub users: Vec<u32>,
    /// Days since the last purchase, negated, so that larger is better.
    pub recency: Vec<i64>,
    pub frequency: Vec<i64>,
    /// Amounts in the smallest unit, or numbers of events.
    pub monetary: Vec<i64>,
    scored: [Vec<u8>; 3],
    pub cuts: Option<[[Option<i64>; 4]; 3]>,
    /// What the eight cells compare with: a figure (or score) above it is above the mean.
    eight_means: [i64; 3],
    eight_by: EightBy,
    /// How many units of the third figure are one as it is written: 100 for cents.
    pub unit_of_value: f64,
}

impl Buyers {
    pub fn new(view: &View<'_>, params: &Params) -> Result<Self> {
        if params.weights.are_all_nothing() {
            return Err(Error::bad_value("params.weights", "0, 0, 0", "at least one above 0"));
        }
        let by_id = view.log.text_in_role(Role::Order).is_some();
        let values = view.log.values();
        let basis = params.basis.unwrap_or(if values.is_some() { Basis::Money } else { Basis::Engagement });
        let unit = match basis {
            Basis::Money => {
                params.frequency.unwrap_or(if by_id { OrderUnit::Orders } else { OrderUnit::Days })
            }
            Basis::Engagement => OrderUnit::Days,
        };
        let scale = values.map_or(0, |values| i32::from(values.scale));
        let mut buyers = Self {
            as_of: params.as_of.unwrap_or(view.span().1),
            basis,
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
            unit_of_value: if basis == Basis::Money { 10f64.powi(scale) } else { 1.0 },
        };
        match basis {
            Basis::Money => buyers.collect(view, params)?,
            Basis::Engagement => buyers.collect_activity(view),
        }
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
        let is_whole = view.span().1 <= self.as_of;
        for (user, _) in days.iter() {
            users += 1;
            let day_of = |row: &u32| view.log.days.get(*row as usize).copied().unwrap_or(i32::MAX);
            let mut rows = trades.rows_of(user);
            if !is_whole {
                rows = rows.get(..rows.partition_point(|row| day_of(row) <= self.as_of.0)).unwrap_or(&[]);
            }
            let (mut last, mut monetary) = (None, 0i64);
            let (mut purchases, mut purchase_days) = (0i64, 0i64);
            for &row in rows {
                match trades.get(row) {
                    (Kind::Purchase, amount) => {
                        // Rows are in order of time, so equal days stand together.
                        let day = Some(day_of(&row));
                        purchase_days += i64::from(last != day);
                        purchases += 1;
                        last = day;
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
            self.frequency.push(match self.unit {
                OrderUnit::Orders => i64::try_from(orders.distinct(view, &trades, rows)).unwrap_or(i64::MAX),
                OrderUnit::Days => purchase_days,
                OrderUnit::Rows => purchases,
            });
            self.monetary.push(monetary);
        }
        self.without = users - self.users.len() as u64;
        Ok(())
    }

    fn collect_activity(&mut self, view: &View<'_>) {
        let days = view.user_days();
        for (user, days) in days.iter() {
            let days = days.get(..days.partition_point(|day| *day <= self.as_of.0)).unwrap_or(&[]);
            let Some(last) = days.last() else {
                self.without += 1;
                continue;
            };
            let rows = view.log.rows_of(user);
            let up_to = view
                .log
                .days
                .get(rows.clone())
                .map_or(0, |of| of.partition_point(|day| *day <= self.as_of.0));
            let events = if view.is_filtered() {
                rows.take(up_to).filter(|row| view.has(*row)).count()
            } else {
                up_to
            };
            self.users.push(u32::try_from(user).unwrap_or(u32::MAX));
            self.recency.push(i64::from(*last) - i64::from(self.as_of.0));
            self.frequency.push(i64::try_from(days.len()).unwrap_or(i64::MAX));
            self.monetary.push(i64::try_from(events).unwrap_or(i64::MAX));
        }
    }

    fn score(&mut self, view: &View<'_>, scoring: &Scoring) -> Result<()> {
        let figures = [&self.recency, &self.frequency, &self.monetary];
        match scoring {
            Scoring::Quantile { ties: Ties::Shared } => {
                self.score_by_cuts(figures.map(|figures| score::shared_cuts(figures)));
            }
            Scoring::Quantile { ties } => {
                let places = if *ties == Ties::Values { Vec::new() } else { self.places_by_id(view) };
                let place = |index: usize| places.get(index).copied().unwrap_or(0);
                self.scored = figures.map(|figures| score::by_quantile(figures, *ties, place));
            }
            Scoring::Thresholds { recency, frequency, monetary } => {
                let money = monetary.map(|threshold| (threshold * self.unit_of_value).round() as i64);
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
                self.score_by_cuts(cuts);
            }
            Scoring::KMeans => {
                let unit = self.unit_of_value;
                self.score_by_cuts([
                    k_means_cuts(&self.recency, |days| -libm::log1p(-(days as f64))),
                    k_means_cuts(&self.frequency, |times| libm::log1p(times as f64)),
                    k_means_cuts(&self.monetary, |value| libm::log1p((value as f64 / unit).max(0.0))),
                ]);
            }
            Scoring::Mean => self.scored = figures.map(|figures| score::by_mean(figures)),
        }
        Ok(())
    }

    fn score_by_cuts(&mut self, cuts: [[i64; 4]; 3]) {
        let [r, f, m] = cuts;
        self.scored = [
            score::by_cuts(&self.recency, &r),
            score::by_cuts(&self.frequency, &f),
            score::by_cuts(&self.monetary, &m),
        ];
        self.cuts = Some(as_shown(cuts));
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

    pub fn len(&self) -> usize {
        self.users.len()
    }

    pub fn figures(&self, axis: usize) -> &[i64] {
        match axis {
            0 => &self.recency,
            1 => &self.frequency,
            _ => &self.monetary,
        }
    }

    /// One figure as it is told: days are not negated.
    pub fn figure(&self, figure: Figure, index: usize) -> i64 {
        let at = |figures: &[i64]| figures.get(index).copied().unwrap_or(0);
        match figure {
            Figure::Recency => -at(&self.recency),
            Figure::Frequency => at(&self.frequency),
            Figure::Monetary => at(&self.monetary),
        }
    }

    pub fn scores(&self, index: usize) -> [u8; 3] {
        let [r, f, m] = &self.scored;
        [r, f, m].map(|scores| scores.get(index).copied().unwrap_or(1))
    }

    pub fn code_index(&self, index: usize) -> usize {
        let [r, f, m] = self.scores(index).map(|score| usize::from(score.saturating_sub(1)));
        r * 25 + f * 5 + m
    }

    pub fn eight(&self, index: usize) -> usize {
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

    pub fn means(&self) -> Option<[f64; 3]> {
        let count = self.len() as f64;
        (self.len() > 0).then(|| {
            [
                -(score::sum(&self.recency) as f64) / count,
                score::sum(&self.frequency) as f64 / count,
                score::sum(&self.monetary) as f64 / count / self.unit_of_value,
            ]
        })
    }

    /// Whether the third figure is money.
    pub fn has_revenue(&self, view: &View<'_>) -> bool {
        self.basis == Basis::Money && view.log.values().is_some()
    }

    /// The users at these places with their figures; `with` says whether their amounts are told, and their levels.
    pub fn list(&self, chosen: &[usize], params: &Params, with: (bool, bool)) -> Members {
        let (with_value, with_level) = with;
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
        if self.basis == Basis::Engagement {
            columns.push(MemberColumn { key: "engagement", cells: counts(&self.monetary, 1) });
        }
        let third = if self.basis == Basis::Engagement { "e_score" } else { "m_score" };
        for (axis, key) in ["r_score", "f_score", third].into_iter().enumerate() {
            columns.push(MemberColumn { key, cells: score(axis) });
        }
        if with_level {
            let level = |index: &usize| i64::from(params.weights.level(self.scores(*index)));
            let levels = chosen.iter().map(level).collect();
            columns.push(MemberColumn { key: "rfm_level", cells: MemberCells::Counts(levels) });
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
