//! What is measured in a user's rows beyond counting them: days, sums, averages, extremes, different values, orders of steps.

use super::Measure;
use super::plan::{ONE, scaled};
use super::window::Days;
use crate::dataset::duration::Duration;
use crate::dataset::trades::Teller;
use crate::dataset::view::View;
use crate::dataset::{EventLog, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::decimal::{Amount, MAX_SCALE};
use crate::table::dictionary::Codes;
use crate::table::integers::Integers;
use crate::table::{ColumnData, Times};

/// Something to be measured in the rows of each user.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gauge {
    kind: GaugeKind,
    /// The events whose rows it looks at; of steps one for each, else one.
    pub(super) choices: Vec<usize>,
    /// The days that it looks at.
    pub(super) days: Days,
    /// Where the column stands in the log.
    column: usize,
    /// Its decimal places.
    scale: u8,
    /// The most time from the first step to the last, in microseconds.
    within: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GaugeKind {
    Days,
    Revenue,
    Sum,
    Average,
    Smallest,
    Largest,
    Distinct,
    Steps,
}

/// What a gauge shows: `sum / of`, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) sum: i128,
    pub(super) of: i128,
}

/// A figure of one user, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// A number of things.
    Count(u64),
    /// An amount.
    Amount(Amount),
    /// There is none: an average of nothing.
    None,
}

impl Gauge {
    pub(super) fn of_measure(view: &View<'_>, measure: &Measure, choice: usize, days: Days) -> Result<Self> {
        let kind = match measure {
            Measure::Times | Measure::Days => GaugeKind::Days,
            Measure::Revenue => GaugeKind::Revenue,
            Measure::Sum(_) => GaugeKind::Sum,
            Measure::Average(_) => GaugeKind::Average,
            Measure::Smallest(_) => GaugeKind::Smallest,
            Measure::Largest(_) => GaugeKind::Largest,
            Measure::Distinct(_) => GaugeKind::Distinct,
        };
        let mut gauge = Self { kind, choices: vec![choice], days, column: 0, scale: 0, within: 0 };
        if kind == GaugeKind::Revenue {
            let values = view.log.values().ok_or_else(|| {
                Error::new(ErrorKind::MissingRole).at_path("measure").expected(Role::Value.name())
            })?;
            gauge.scale = values.scale;
        }
        let Some(name) = measure.column() else { return Ok(gauge) };
        let fits = |data: &ColumnData| kind == GaugeKind::Distinct || matches!(data, ColumnData::Number(_));
        let columns = &view.log.columns;
        let found = columns.iter().position(|column| column.name == name && fits(&column.data));
        gauge.column = found.ok_or_else(|| {
            let names = columns.iter().filter(|column| fits(&column.data));
            let names: Vec<&str> = names.map(|column| column.name.as_str()).collect();
            Error::new(ErrorKind::UnknownColumn).at_path("measure").found(name).expected(names.join(", "))
        })?;
        if let Some(ColumnData::Number(decimals)) = columns.get(gauge.column).map(|column| &column.data) {
            gauge.scale = decimals.scale;
        }
        Ok(gauge)
    }

    /// The days with any row: they are known without looking at rows.
    pub(super) fn of_all_days(days: Days) -> Self {
        Self { kind: GaugeKind::Days, choices: Vec::new(), days, column: 0, scale: 0, within: 0 }
    }

    /// What the days with rows of a user show, if it looks at nothing else.
    pub(super) fn reading_of_days(&self, user_days: &[i32], as_of: i32) -> Option<Reading> {
        if !self.choices.is_empty() {
            return None;
        }
        let (from, to) = self.days.for_user(user_days.first().copied().unwrap_or(0));
        let to = to.min(as_of);
        let begin = user_days.partition_point(|day| *day < from);
        let end = user_days.partition_point(|day| *day <= to);
        Some(Reading { sum: end.saturating_sub(begin) as i128 * ONE, of: 1 })
    }

    pub(super) fn of_steps(choices: Vec<usize>, within: Option<Duration>, days: Days) -> Self {
        let within = within.map_or(i64::MAX, Duration::micros);
        Self { kind: GaugeKind::Steps, choices, days, column: 0, scale: 0, within }
    }

    /// The events that it looks at, as bits.
    pub(super) fn bits(&self) -> u32 {
        self.choices.iter().fold(0, |bits, choice| bits | 1 << choice)
    }

    /// A figure as it is told.
    pub(super) fn figure(&self, reading: Option<Reading>) -> Figure {
        let Some(Reading { sum, of }) = reading else { return Figure::None };
        let amount = |units: i128, scale: u8| {
            let units = i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX });
            Figure::Amount(Amount { units, scale })
        };
        match self.kind {
            GaugeKind::Days | GaugeKind::Distinct | GaugeKind::Steps => {
                Figure::Count(u64::try_from(sum / ONE).unwrap_or(0))
            }
            GaugeKind::Average => {
                let scale = (self.scale + 2).min(MAX_SCALE);
                amount(rounded(sum, of.saturating_mul(scaled(scale))), scale)
            }
            _ => amount(sum / scaled(self.scale), self.scale),
        }
    }
}

/// A quotient, half of it rounded to even; the divisor is above zero.
fn rounded(number: i128, by: i128) -> i128 {
    let by = by.max(1);
    let (whole, rest) = (number.div_euclid(by), number.rem_euclid(by));
    let up = match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => whole % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    whole + i128::from(up)
}

/// Where a gauge reads from.
#[derive(Debug)]
enum Source<'v> {
    Nothing,
    Revenue(Teller<'v>),
    Numbers(&'v Integers),
    Texts(&'v Codes, Option<u32>),
    Times(&'v Times),
}

impl Source<'_> {
    /// The value of a row; of a text its code.
    #[inline]
    fn value(&self, row: usize) -> Option<i64> {
        match self {
            Self::Nothing => None,
            Self::Revenue(teller) => match teller.get(row) {
                (Kind::Purchase, amount) => Some(amount),
                (Kind::Refund, amount) => Some(amount.saturating_neg()),
                (Kind::Other, _) => None,
            },
            Self::Numbers(numbers) => Some(numbers.get(row)).filter(|number| *number != Integers::MISSING),
            Self::Texts(codes, none) => {
                Some(codes.code(row)).filter(|code| Some(*code) != *none).map(i64::from)
            }
            Self::Times(times) => Some(times.values.get(row)).filter(|time| *time != Integers::MISSING),
        }
    }
}

/// A gauge at work: what it has seen of one user.
#[derive(Debug)]
pub(super) struct Meter<'v> {
    gauge: &'v Gauge,
    /// The events that it looks at.
    pub(super) bits: u32,
    source: Source<'v>,
    times: &'v Times,
    from: i32,
    to: i32,
    sum: i128,
    of: i64,
    last_day: Option<i32>,
    seen: Vec<i64>,
    /// Of each step the latest beginning of a way that has come so far.
    starts: Vec<Option<i64>>,
}

impl<'v> Meter<'v> {
    pub(super) fn new(log: &'v EventLog, gauge: &'v Gauge) -> Self {
        let column = log.columns.get(gauge.column).map(|column| &column.data);
        let source = match (gauge.kind, column) {
            (GaugeKind::Days | GaugeKind::Steps, _) | (_, None) => Source::Nothing,
            (GaugeKind::Revenue, _) => Source::Revenue(log.teller()),
            (_, Some(ColumnData::Number(decimals))) => Source::Numbers(&decimals.values),
            (_, Some(ColumnData::Text(codes))) => Source::Texts(codes, codes.dictionary.find("")),
            (_, Some(ColumnData::Time(times))) => Source::Times(times),
        };
        Self {
            gauge,
            bits: gauge.bits(),
            source,
            times: &log.times,
            from: 0,
            to: 0,
            sum: 0,
            of: 0,
            last_day: None,
            seen: Vec::new(),
            starts: vec![None; gauge.choices.len()],
        }
    }

    /// Turns to a user whose first day is this one; nothing after `as_of` counts.
    pub(super) fn begin(&mut self, first_day: i32, as_of: i32) {
        (self.from, self.to) = self.gauge.days.for_user(first_day);
        self.to = self.to.min(as_of);
        (self.sum, self.of, self.last_day) = (0, 0, None);
        self.seen.clear();
        self.starts.fill(None);
    }

    /// Looks at a row that is one of these events.
    #[inline]
    pub(super) fn add(&mut self, row: usize, day: i32, bits: u32) {
        if !(self.from..=self.to).contains(&day) {
            return;
        }
        if self.gauge.kind == GaugeKind::Steps {
            return self.step(row, bits);
        }
        if self.gauge.kind == GaugeKind::Days {
            self.sum += i128::from(self.last_day.replace(day) != Some(day));
            return;
        }
        let Some(value) = self.source.value(row) else { return };
        let wide = i128::from(value);
        match self.gauge.kind {
            GaugeKind::Distinct => self.seen.push(value),
            GaugeKind::Smallest if self.of > 0 => self.sum = self.sum.min(wide),
            GaugeKind::Largest if self.of > 0 => self.sum = self.sum.max(wide),
            _ => self.sum += wide,
        }
        self.of += 1;
    }

    /// Goes on with every way that waits for this row; the last step first, so that a row is one step only.
    fn step(&mut self, row: usize, bits: u32) {
        let time = self.times.micros(row);
        for (place, choice) in self.gauge.choices.iter().enumerate().rev() {
            if bits >> choice & 1 == 0 {
                continue;
            }
            let start = match place.checked_sub(1) {
                None => Some(time),
                Some(before) => self.starts.get(before).copied().flatten(),
            };
            let in_time = start.filter(|start| time.saturating_sub(*start) <= self.gauge.within);
            if let (Some(slot), Some(_)) = (self.starts.get_mut(place), in_time) {
                *slot = in_time;
            }
        }
    }

    /// Whether there was any value to measure.
    pub(super) fn has_any(&self) -> bool {
        self.of > 0
    }

    /// What it shows now.
    pub(super) fn reading(&mut self) -> Option<Reading> {
        let some = |sum: i128, of: i128| Some(Reading { sum, of });
        match self.gauge.kind {
            GaugeKind::Days => some(self.sum * ONE, 1),
            GaugeKind::Steps => self.starts.last().copied().flatten().and(some(ONE, 1)),
            GaugeKind::Distinct => {
                self.seen.sort_unstable();
                self.seen.dedup();
                some(self.seen.len() as i128 * ONE, 1)
            }
            GaugeKind::Sum | GaugeKind::Revenue => some(self.sum * scaled(self.gauge.scale), 1),
            _ if self.of == 0 => None,
            GaugeKind::Average => some(self.sum * scaled(self.gauge.scale), i128::from(self.of)),
            GaugeKind::Smallest | GaugeKind::Largest => some(self.sum * scaled(self.gauge.scale), 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_even() {
        let cases =
            [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (8, 3, 3), (7, 3, 2), (-8, 3, -3), (6, 3, 2)];
        for (number, by, expected) in cases {
            assert_eq!(rounded(number, by), expected, "{number} / {by}");
        }
    }
}
