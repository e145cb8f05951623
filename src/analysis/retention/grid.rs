//! The periods of cohorts and offsets, and which of them a day or a time falls in.

use super::super::check_size;
use super::counts::Counts;
use super::{Cohort, Params, When};
use crate::dataset::calendar::{DAY_MICROS, Day, Period, Periods};
use crate::dataset::view::View;
use crate::error::Result;

/// Periods from the first to the last day in view.
pub(super) struct Grid {
    calendar: Periods,
    /// The number of the first period.
    first: i32,
    /// How many periods there are, and how many of them have cohorts.
    pub periods: usize,
    pub cohorts: usize,
    /// How many offsets are reported.
    pub width: usize,
    /// How many offsets are looked at: one more, which has all that is later, or all where a later return counts.
    pub looked_at: usize,
    pub span: (Day, Day),
    /// The days on which cohorts begin.
    pub entry: (i32, i32),
    /// The period of each day from this one on, as an index from 0: from the first day of the first period, for what comes
    /// before the dates may be a return.
    index_from: i32,
    index: Vec<u32>,
    /// Where each bracket begins and the last ends, in periods.
    brackets: Option<Vec<usize>>,
    /// How many microseconds an offset is, where time has to elapse.
    pub rolling: Option<i64>,
    last_instant: i64,
}

impl Grid {
    /// Periods run from the first to the last day in view, whatever happened on them.
    pub fn new(view: &View<'_>, params: &Params) -> Result<Option<Self>> {
        let Some((first_day, last_day)) = view.user_days().span() else { return Ok(None) };
        let entry = (first_day.max(view.entry().0.0), last_day.min(view.entry().1.0));
        if entry.0 > entry.1 {
            return Ok(None);
        }
        let first_day = entry.0;
        let calendar =
            Periods { period: params.period, week_start: params.week_start.unwrap_or(view.log.week_start) };
        let number = |day: i32| calendar.number(Day(day));
        let first = number(first_day);
        let count = |day: i32| usize::try_from(number(day) - first).unwrap_or(0) + 1;
        let (periods, cohorts) = (count(last_day), count(entry.1));
        let rolling = params.rolling.then(|| elapsed(params.period));
        let all = match rolling {
            None => periods,
            Some(length) => {
                let days = i64::from(last_day) + 1 - i64::from(calendar.first_day(first).0);
                usize::try_from(days * DAY_MICROS / length).unwrap_or(0) + 1
            }
        };
        let brackets = params.brackets.as_ref().map(|lengths| {
            let mut edges = vec![0, 1];
            let mut edge = 1usize;
            for &length in lengths {
                edge = edge.saturating_add(length as usize);
                edges.push(edge);
            }
            edges
        });
        let offsets = brackets.as_ref().map_or(all, |edges| edges.len() - 1);
        let width = params.periods.map_or(offsets, |most| offsets.min(most as usize + 1));
        let looked_at = match params.when {
            When::OnOrAfter => offsets,
            _ => width,
        } + 1;
        let groups = params.breakdown.as_ref().map_or(0, |breakdown| u64::from(breakdown.most) + 1);
        check_size((cohorts as u64 + groups) * width as u64)?;
        let index_from = calendar.first_day(first).0;
        let index =
            (index_from..=last_day).map(|day| u32::try_from(number(day) - first).unwrap_or(0)).collect();
        let span = (Day(first_day), Day(last_day));
        let last_instant = view.last_instant();
        Ok(Some(Self {
            calendar,
            first,
            periods,
            cohorts,
            width,
            looked_at,
            span,
            entry,
            index_from,
            index,
            brackets,
            rolling,
            last_instant,
        }))
    }

    /// The index of the period of a day.
    #[inline]
    pub fn index(&self, day: i32) -> Option<usize> {
        self.index.get(usize::try_from(day - self.index_from).ok()?).map(|&index| index as usize)
    }

    /// The first and the last period of each reported offset.
    pub fn offsets(&self) -> Vec<(u32, u32)> {
        let bounds = |offset: usize| {
            let (from, end) = self.bounds(offset);
            (from as u32, end.saturating_sub(1) as u32)
        };
        (0..self.width).map(bounds).collect()
    }

    /// The first period of an offset, and the one after its last.
    pub fn bounds(&self, offset: usize) -> (usize, usize) {
        match &self.brackets {
            None => (offset, offset + 1),
            Some(edges) => {
                let edge = |place: usize| edges.get(place).copied().unwrap_or(usize::MAX);
                (edge(offset), edge(offset + 1))
            }
        }
    }

    /// The offset that so many periods after the cohort's fall in.
    #[inline]
    pub fn offset(&self, periods: usize) -> Option<usize> {
        match &self.brackets {
            None => Some(periods),
            Some(edges) => {
                let offset = edges.partition_point(|edge| *edge <= periods) - 1;
                (offset + 1 < edges.len()).then_some(offset)
            }
        }
    }

    /// The offset of a row after a cohort that began for its user at a time; nothing before it.
    pub fn offset_of_row(&self, view: &View<'_>, cohort: usize, begun: i64, row: usize) -> Option<usize> {
        let periods = match self.rolling {
            None => view.log.days.get(row).and_then(|&day| self.index(day))?.checked_sub(cohort)?,
            Some(length) => {
                usize::try_from(view.log.times.micros(row).checked_sub(begun)?.div_euclid(length)).ok()?
            }
        };
        self.offset(periods)
    }

    pub fn start(&self, index: usize) -> Day {
        self.calendar.first_day(self.number(index))
    }

    pub fn end(&self, index: usize) -> Day {
        self.calendar.last_day(self.number(index))
    }

    fn number(&self, index: usize) -> i32 {
        self.first.saturating_add(i32::try_from(index).unwrap_or(i32::MAX / 2))
    }

    /// The last day of an offset of a cohort, for whoever came last in it.
    fn closes(&self, cohort: usize, offset: usize) -> Day {
        let (_, end) = self.bounds(offset);
        let last = match self.rolling {
            None => self.end(cohort.saturating_add(end.min(1 << 24) - 1)),
            Some(length) => {
                let days = (end.min(1 << 24) as i64).saturating_mul(length) / DAY_MICROS;
                Day(i32::try_from(i64::from(self.end(cohort).0) + days).unwrap_or(i32::MAX))
            }
        };
        last.min(Day::LAST)
    }

    /// Whether an offset of a cohort has not been seen to its end.
    fn is_open(&self, view: &View<'_>, cohort: usize, offset: usize) -> bool {
        match self.rolling {
            // A period that reaches beyond the last day looked at.
            None => self.closes(cohort, offset) > view.span().1,
            Some(length) => {
                let (_, end) = self.bounds(offset);
                let next_day = (i64::from(self.end(cohort).0) + 1).saturating_mul(DAY_MICROS);
                let elapsed = (end.min(1 << 24) as i64).saturating_mul(length);
                self.on_log_clock(view, next_day).saturating_add(elapsed) > self.last_instant
            }
        }
    }

    /// A time on the wall clock, on the clock of the log's times.
    fn on_log_clock(&self, view: &View<'_>, civil: i64) -> i64 {
        match view.log.times.clock {
            crate::table::Clock::Civil => civil,
            crate::table::Clock::Instant => view.log.zone.instant_from_civil(civil),
        }
    }

    /// How many offsets a cohort can have by the end of the data.
    fn length(&self, cohort: usize) -> usize {
        match self.rolling {
            None => {
                let left = self.periods - cohort;
                (0..self.width).take_while(|offset| self.bounds(*offset).0 < left).count()
            }
            Some(length) => {
                let days = i64::from(self.span.1.0) + 1 - i64::from(self.start(cohort).0);
                let left = usize::try_from(days * DAY_MICROS / length).unwrap_or(0) + 1;
                (0..self.width).take_while(|offset| self.bounds(*offset).0 < left).count()
            }
        }
    }

    /// How many offsets of each cohort have been seen to their end.
    pub fn closed(&self, view: &View<'_>) -> Vec<usize> {
        let of = |cohort: usize| {
            let length = self.length(cohort);
            (0..length).find(|offset| self.is_open(view, cohort, *offset)).unwrap_or(length)
        };
        (0..self.cohorts).map(of).collect()
    }

    pub fn row(&self, view: &View<'_>, cohort: usize, counts: &Counts) -> Cohort {
        let length = self.length(cohort);
        let from = cohort * self.width;
        let open = (0..length).find(|offset| self.is_open(view, cohort, *offset));
        Cohort {
            start: self.start(cohort),
            end: self.end(cohort),
            size: counts.sizes.get(cohort).copied().unwrap_or(0),
            active: counts.active.get(from..from + length).unwrap_or(&[]).to_vec(),
            open_from: open.and_then(|offset| u32::try_from(offset).ok()),
            closes: (open.unwrap_or(length)..length).map(|offset| self.closes(cohort, offset)).collect(),
            value: counts.value.as_ref().map(|units| {
                let row = units.get(from..from + length).unwrap_or(&[]);
                row.iter().map(|&units| view.log.amount(units)).collect()
            }),
        }
    }
}

/// What a period is as elapsed time.
fn elapsed(period: Period) -> i64 {
    let days = match period {
        Period::Day => 1,
        Period::Week => 7,
        Period::Month => 30,
        Period::Quarter => 91,
    };
    days * DAY_MICROS
}
