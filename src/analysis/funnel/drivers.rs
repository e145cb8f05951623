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

use super::params::{Count, Params as FunnelParams};
use super::unit::Outcome;
use super::{each, everybody};
use crate::analysis::account::{Account, Value};
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
    /// Columns that were not, and why.
    pub skipped: Vec<Skipped>,
    /// The surest first.
    pub drivers: Vec<Driver>,
}

/// A column that was not tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// The column.
    pub column: String,
    /// Why it was not.
    pub reason: SkipReason,
}

/// Why a column was not tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SkipReason {
    /// It has more than 1,000 texts: few users share one.
    TooManyTexts,
    /// It holds numbers or times.
    NotText,
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
        let features = Features::new(view, &params.funnel);
        let mut counts = features.counts();
        let mut totals = (0, 0);
        each(view, &params.funnel, everybody(view), |user, outcome| {
            let Some(converted) = features.decided(outcome) else { return };
            let add = |(of_converted, of_lost): &mut (u64, u64)| {
                *if converted { of_converted } else { of_lost } += 1;
            };
            add(&mut totals);
            features.each(user, outcome, |column, code| {
                let counts = counts.get_mut(column).and_then(|counts| counts.get_mut(code as usize));
                if let Some(count) = counts {
                    count.add(user, add);
                }
            });
        })?;
        Ok(features.report(params, totals, &counts))
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        params.check()?;
        let features = Features::new(view, &params.funnel);
        let unknown = || Error::bad_value("users.cell.column", &cell.column, "a column of the report");
        let place =
            features.columns.iter().position(|column| column.name == cell.column).ok_or_else(unknown)?;
        let wanted = features.columns.get(place).and_then(|column| column.codes.dictionary.find(&cell.value));
        let mut users = Vec::new();
        each(view, &params.funnel, everybody(view), |user, outcome| {
            if features.decided(outcome) != Some(cell.converted) {
                return;
            }
            let mut has = false;
            features.each(user, outcome, |column, code| has |= column == place && Some(code) == wanted);
            if has {
                users.push(u32::try_from(user).unwrap_or(u32::MAX));
            }
        })?;
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        params.check()?;
        let features = Features::new(view, &params.funnel);
        let place = features.columns.iter().position(|column| column.name == cell.column);
        let mut account = super::account::account(view, &params.funnel, &super::Cell::default(), user)?;
        each(view, &params.funnel, user..user + 1, |user, outcome| {
            let mut has = false;
            features.each(user, outcome, |column, code| {
                let text = features.columns.get(column).map(|column| column.codes.dictionary.get(code));
                has |= Some(column) == place && text == Some(cell.value.as_str());
            });
            let values =
                [("column", Value::Text(cell.column.clone())), ("value", Value::Text(cell.value.clone()))];
            account.tell(if has { "driver_has" } else { "driver_has_not" }, values);
        })?;
        Ok(account)
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

/// A column whose texts are tried.
struct Feature<'v> {
    name: &'v str,
    kind: FeatureKind,
    codes: &'v Codes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FeatureKind {
    Event,
    OfRow,
    OfUser,
}

/// The users with a text: those that have converted and those that were lost.
#[derive(Debug, Clone, Copy, Default)]
struct With {
    users: (u64, u64),
    /// The last one, and one more: nobody counts twice for doing something again.
    last: usize,
}

impl With {
    fn add(&mut self, user: usize, add: impl Fn(&mut (u64, u64))) {
        if std::mem::replace(&mut self.last, user + 1) != user + 1 {
            add(&mut self.users);
        }
    }
}

/// What users are looked at for.
struct Features<'v> {
    view: &'v View<'v>,
    columns: Vec<Feature<'v>>,
    skipped: Vec<Skipped>,
    last_step: usize,
    /// Microseconds.
    window: i64,
}

impl<'v> Features<'v> {
    fn new(view: &'v View<'v>, funnel: &FunnelParams) -> Self {
        let (mut columns, mut skipped) = (Vec::new(), Vec::new());
        let of_rows = view.log.columns.iter().map(|column| (column, FeatureKind::OfRow));
        let of_users = view.log.user_attributes.iter().map(|column| (column, FeatureKind::OfUser));
        for (column, kind) in of_rows.chain(of_users) {
            let mut skip = |reason| skipped.push(Skipped { column: column.name.clone(), reason });
            let kind = if column.role == Role::Event { FeatureKind::Event } else { kind };
            match &column.data {
                ColumnData::Text(codes) if codes.dictionary.len() > MOST_TEXTS => {
                    skip(SkipReason::TooManyTexts)
                }
                ColumnData::Text(codes) => columns.push(Feature { name: &column.name, kind, codes }),
                _ => skip(SkipReason::NotText),
            }
        }
        let last_step = funnel.steps.len().saturating_sub(1);
        Self { view, columns, skipped, last_step, window: funnel.window.micros() }
    }

    /// Nobody yet, for each text of each column.
    fn counts(&self) -> Vec<Vec<With>> {
        self.columns.iter().map(|column| vec![With::default(); column.codes.dictionary.len()]).collect()
    }

    /// Whether a user has converted; nothing while that is open.
    fn decided(&self, outcome: &Outcome) -> Option<bool> {
        let converted = outcome.row(self.last_step).is_some();
        (converted || !outcome.open).then_some(converted)
    }

    /// Hands over the texts that a user has, each with its column's place; an event may come several times.
    fn each(&self, user: usize, outcome: &Outcome, mut found: impl FnMut(usize, u32)) {
        let Some(first) = outcome.row(0) else { return };
        let times = &self.view.log.times;
        let from = times.micros(first);
        let last = outcome.row(self.last_step);
        let end = last.map_or_else(|| from.saturating_add(self.window), |row| times.micros(row));
        for (place, column) in self.columns.iter().enumerate() {
            match column.kind {
                FeatureKind::OfRow => found(place, column.codes.code(first)),
                FeatureKind::OfUser => found(place, column.codes.code(user)),
                FeatureKind::Event => {
                    let rows = self.view.log.rows_of(user).skip_while(|row| times.micros(*row) < from);
                    let on_the_way = rows.take_while(|row| times.micros(*row) <= end);
                    on_the_way
                        .filter(|row| self.view.has(*row))
                        .for_each(|row| found(place, column.codes.code(row)));
                }
            }
        }
    }

    fn report(self, params: &Params, (converted, lost): (u64, u64), counts: &[Vec<With>]) -> Report {
        let steps: Vec<&String> =
            params.funnel.steps.iter().flat_map(|step| step.events.iter().flatten()).collect();
        let mut drivers = Vec::new();
        for (column, counts) in self.columns.iter().zip(counts) {
            let event = column.kind == FeatureKind::Event;
            for (value, With { users: with, .. }) in
                column.codes.dictionary.iter().zip(counts.iter().copied())
            {
                let without = (converted - with.0, lost - with.1);
                let enough =
                    |(converted, lost): (u64, u64)| converted + lost >= u64::from(params.minimum.max(1));
                if (event && steps.iter().any(|step| *step == value)) || !enough(with) || !enough(without) {
                    continue;
                }
                let (odds_ratio, interval) = odds(with, without);
                drivers.push(Driver {
                    column: column.name.to_owned(),
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
