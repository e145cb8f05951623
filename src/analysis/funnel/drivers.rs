//! What sets those who convert apart from those who are lost: what else they did on the way, and what stood in the row of their
//! first step.
//!
//! **Definition.** Of the users that a funnel has decided (converted or lost; open ones are left out): for each event that is no
//! step, whether they had one between the first step and the last (who is lost: and the end of the window), both included; for
//! each text of a column, whether it stood in the row of the first step, or is the user's. The odds ratio is
//! *ad / bc* of the four counts (converted and lost, with and without), 0.5 being added to each where one is 0 (Haldane 1956,
//! Anscombe 1956); its 95% interval is exp(ln OR ± 1.96 sqrt(1/a + 1/b + 1/c + 1/d)) (Woolf 1955). p-values are those of the
//! difference of the two conversion rates, adjusted for all that was tried (Holm). Apart is not because: nothing here is a cause.

use serde::{Deserialize, Serialize};

use super::each;
use super::params::{Count, Params as FunnelParams};
use super::unit::Outcome;
use crate::analysis::{Members, Question, activity_members};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::mapping::Role;
use crate::model::proportion::{Interval, Z_95, holm, two_proportions};
use crate::table::ColumnData;
use crate::table::dictionary::Codes;

/// A column with more texts tells nothing of any of them.
const MOST_TEXTS: usize = 1_000;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The funnel; it counts users.
    pub funnel: FunnelParams,
    /// How many are reported, 1 to 500: those that differ most surely.
    pub most: u32,
    /// How many decided users there have to be with something, and without it, for it to be tried.
    pub minimum: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self { funnel: FunnelParams::default(), most: 50, minimum: 20 }
    }
}

/// What sets converters apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Users that have converted.
    pub converted: u64,
    /// Users that were lost.
    pub lost: u64,
    /// How many events and texts were tried.
    pub tried: u64,
    /// Columns that were not, for they have too many texts.
    pub skipped: Vec<String>,
    /// The surest first.
    pub drivers: Vec<Driver>,
}

/// Something that users have or have not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    /// The column; the event's for events.
    pub column: String,
    /// The text, or the event's name.
    pub value: String,
    /// Whether it is an event on the way, not a text at its beginning.
    pub event: bool,
    /// Users with it that have converted, and that were lost.
    pub with: (u64, u64),
    /// Users without it that have converted, and that were lost.
    pub without: (u64, u64),
    /// How many times as high the odds of converting are with it.
    pub odds_ratio: f64,
    /// Its 95% interval.
    pub interval: Interval,
    /// Whether the rates differ, adjusted for all that was tried.
    pub p_value: Option<f64>,
}

/// Users with something, that have converted or were lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cell {
    /// The column.
    pub column: String,
    /// The text.
    pub value: String,
    /// Whether those who have converted are meant, or those who were lost.
    pub converted: bool,
}

/// What sets those who convert apart.
#[derive(Debug)]
pub struct FunnelDrivers;

impl Question for FunnelDrivers {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn dates_bound_entry(_: &Params) -> bool {
        true
    }

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        params.check()?;
        let mut features = Features::new(view);
        let mut totals = (0, 0);
        let (last, window) = (params.funnel.steps.len().saturating_sub(1), params.funnel.window.micros());
        each(view, &params.funnel, |user, outcome| {
            let Some(converted) = decided(outcome, last) else { return };
            if converted {
                totals.0 += 1
            } else {
                totals.1 += 1
            }
            features.of_user(view, user, outcome, (last, window), |counts| {
                if converted { counts.0 += 1 } else { counts.1 += 1 }
            });
        })?;
        Ok(features.report(params, totals))
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        params.check()?;
        let mut features = Features::new(view);
        let unknown = || Error::bad_value("users.cell.column", &cell.column, "a column of the report");
        let place =
            features.columns.iter().position(|column| column.name == cell.column).ok_or_else(unknown)?;
        let wanted = features.columns.get(place).and_then(|column| column.codes.dictionary.find(&cell.value));
        let (last, window) = (params.funnel.steps.len().saturating_sub(1), params.funnel.window.micros());
        let mut users = Vec::new();
        each(view, &params.funnel, |user, outcome| {
            if decided(outcome, last) != Some(cell.converted) {
                return;
            }
            features.of_user(view, user, outcome, (last, window), |counts| *counts = (1, 0));
            if wanted.is_some_and(|code| features.take(place, code)) {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        })?;
        Ok(activity_members(view, users))
    }
}

impl Params {
    fn check(&self) -> Result<()> {
        if self.funnel.count != Count::Users {
            return Err(Error::bad_value("params.funnel.count", "", "users"));
        }
        if !(1..=500).contains(&self.most) {
            return Err(Error::bad_value("params.most", self.most, "1 to 500"));
        }
        Ok(())
    }
}

/// Whether a user has converted; nothing while that is open.
fn decided(outcome: &Outcome, last: usize) -> Option<bool> {
    let converted = outcome.reached >> last & 1 != 0;
    (converted || !outcome.open).then_some(converted)
}

/// A column whose texts are tried.
struct Feature<'v> {
    name: String,
    kind: FeatureKind,
    codes: &'v Codes,
    /// For each text the users with it: converted and lost.
    counts: Vec<(u64, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FeatureKind {
    Event,
    OfRow,
    OfUser,
}

struct Features<'v> {
    columns: Vec<Feature<'v>>,
    skipped: Vec<String>,
    /// For each event the user that had it last, so that nobody counts twice.
    seen: Vec<u32>,
}

impl<'v> Features<'v> {
    fn new(view: &View<'v>) -> Self {
        let (mut columns, mut skipped) = (Vec::new(), Vec::new());
        let of_rows = view.log.columns.iter().map(|column| (column, FeatureKind::OfRow));
        let of_users = view.log.user_attributes.iter().map(|column| (column, FeatureKind::OfUser));
        for (column, kind) in of_rows.chain(of_users) {
            let ColumnData::Text(codes) = &column.data else { continue };
            let kind = if column.role == Role::Event { FeatureKind::Event } else { kind };
            if codes.dictionary.len() > MOST_TEXTS {
                skipped.push(column.name.clone());
                continue;
            }
            let counts = vec![(0, 0); codes.dictionary.len()];
            columns.push(Feature { name: column.name.clone(), kind, codes, counts });
        }
        let events = columns.iter().find(|column| column.kind == FeatureKind::Event);
        let seen = vec![u32::MAX; events.map_or(0, |column| column.counts.len())];
        Self { columns, skipped, seen }
    }

    /// Counts a user with everything that the user has.
    fn of_user(
        &mut self,
        view: &View<'_>,
        user: usize,
        outcome: &Outcome,
        (last, window): (usize, i64),
        count: impl Fn(&mut (u64, u64)),
    ) {
        let Some(first) = outcome.row(0) else { return };
        let times = &view.log.times;
        let end = outcome
            .row(last)
            .map_or_else(|| times.micros(first).saturating_add(window), |row| times.micros(row));
        for column in &mut self.columns {
            let code = match column.kind {
                FeatureKind::Event => continue,
                FeatureKind::OfRow => column.codes.code(first),
                FeatureKind::OfUser => column.codes.code(user),
            };
            if let Some(counts) = column.counts.get_mut(code as usize) {
                count(counts);
            }
        }
        let Some(events) = self.columns.iter_mut().find(|column| column.kind == FeatureKind::Event) else {
            return;
        };
        let from = times.micros(first);
        let rows = view.log.rows_of(user).skip_while(|row| times.micros(*row) < from);
        for row in rows.take_while(|row| times.micros(*row) <= end).filter(|row| view.has(*row)) {
            let code = events.codes.code(row) as usize;
            let (Some(seen), Some(counts)) = (self.seen.get_mut(code), events.counts.get_mut(code)) else {
                continue;
            };
            let number = u32::try_from(user).unwrap_or(u32::MAX - 1);
            if std::mem::replace(seen, number) != number {
                count(counts);
            }
        }
    }

    /// Whether the user at hand has a text; all are forgotten.
    fn take(&mut self, place: usize, code: u32) -> bool {
        let has =
            self.columns.get(place).and_then(|column| column.counts.get(code as usize)) == Some(&(1, 0));
        for column in &mut self.columns {
            column.counts.fill((0, 0));
        }
        has
    }

    fn report(self, params: &Params, (converted, lost): (u64, u64)) -> Report {
        let steps: Vec<&String> =
            params.funnel.steps.iter().flat_map(|step| step.events.iter().flatten()).collect();
        let mut drivers = Vec::new();
        for column in &self.columns {
            let event = column.kind == FeatureKind::Event;
            for (value, &with) in column.codes.dictionary.iter().zip(&column.counts) {
                let without = (converted - with.0, lost - with.1);
                let enough =
                    |(converted, lost): (u64, u64)| converted + lost >= u64::from(params.minimum.max(1));
                if (event && steps.iter().any(|step| *step == value)) || !enough(with) || !enough(without) {
                    continue;
                }
                let (odds_ratio, interval) = odds(with, without);
                drivers.push(Driver {
                    column: column.name.clone(),
                    value: value.to_owned(),
                    event,
                    with,
                    without,
                    odds_ratio,
                    interval,
                    p_value: two_proportions((with.0, with.0 + with.1), (without.0, without.0 + without.1)),
                });
            }
        }
        let adjusted = holm(&drivers.iter().map(|driver| driver.p_value).collect::<Vec<_>>());
        for (driver, p_value) in drivers.iter_mut().zip(adjusted) {
            driver.p_value = p_value;
        }
        let tried = drivers.len() as u64;
        drivers.sort_by(|a, b| {
            let sure = |driver: &Driver| driver.p_value.unwrap_or(2.0);
            let far = |driver: &Driver| driver.odds_ratio.ln().abs();
            sure(a).total_cmp(&sure(b)).then_with(|| far(b).total_cmp(&far(a)))
        });
        drivers.truncate(params.most as usize);
        Report { converted, lost, tried, skipped: self.skipped, drivers }
    }
}

/// The odds ratio and its interval.
fn odds(with: (u64, u64), without: (u64, u64)) -> (f64, Interval) {
    let counts = [with.0, with.1, without.0, without.1];
    let more = if counts.contains(&0) { 0.5 } else { 0.0 };
    let [a, b, c, d] = counts.map(|count| count as f64 + more);
    let logarithm = (a * d / (b * c)).ln();
    let reach = Z_95 * (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
    (logarithm.exp(), Interval { low: (logarithm - reach).exp(), high: (logarithm + reach).exp() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_by_hand() {
        let (ratio, interval) = odds((20, 80), (10, 90));
        assert!((ratio - 2.25).abs() < 1e-12);
        // exp(ln 2.25 -+ 1.96 * sqrt(1/20 + 1/80 + 1/10 + 1/90))
        assert!(
            (interval.low - 0.994_294_9).abs() < 1e-6 && (interval.high - 5.091_547_8).abs() < 1e-6,
            "{interval:?}"
        );
        let (ratio, interval) = odds((0, 10), (5, 5));
        assert!(ratio > 0.0 && interval.low > 0.0 && interval.high.is_finite());
    }
}
