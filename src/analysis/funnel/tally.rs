//! Counts units while they are found: of all, by group, by period, and how long they took.

use crate::analysis::breakdown::Column;
use crate::analysis::{check_size, share};
use crate::dataset::calendar::{Day, Periods};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::proportion::{Interval, holm, two_proportions};
use crate::model::quantile::{quantile, summary};
use crate::table::integers::Integers;

use super::params::{Breakdown, Params, Rules, Touch};
use super::report::{Cell, Counts, Group, Histogram, PeriodConversion, Report, State, StepTime};
use super::unit::Outcome;

/// A breakdown's column may have so many texts.
const MOST_TEXTS: usize = 10_000;

/// About how many bins a histogram has, and what widths they may have, in seconds.
const BINS: f64 = 24.0;
const WIDTHS: [u64; 20] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
    172_800, 604_800,
];

/// Counts.
pub(super) struct Tally<'v, 'p> {
    places: Places<'v, 'p>,
    rules: Rules,
    counts: Counts,
    /// Times from each step to the next, in the unit of the log's times.
    steps: Vec<Integers>,
    /// Times between the two steps of [`Params::between`].
    between: Integers,
    groups: Vec<Counts>,
    periods: Vec<[u64; 3]>,
}

/// Tells in which group and period a unit is, and how long it took.
pub(super) struct Places<'v, 'p> {
    view: &'v View<'v>,
    params: &'p Params,
    grouping: Option<Grouping<'v>>,
    calendar: Option<Periods>,
    first_period: i32,
    between: (usize, usize),
}

/// The column of a breakdown, and which step's row tells the group.
struct Grouping<'v> {
    column: Column<'v>,
    by: Touch,
}

impl<'v, 'p> Places<'v, 'p> {
    pub(super) fn new(view: &'v View<'v>, params: &'p Params) -> Result<Self> {
        let week_start = params.week_start.unwrap_or(view.log.week_start);
        let calendar = params.trend.map(|period| Periods { period, week_start });
        let last = params.steps.len().saturating_sub(1);
        Ok(Self {
            view,
            params,
            grouping: params
                .breakdown
                .as_ref()
                .map(|breakdown| Grouping::new(view, breakdown))
                .transpose()?,
            calendar,
            first_period: calendar.map_or(0, |calendar| calendar.number(view.entry().0)),
            between: params.between.map_or((0, last), |(from, to)| (from as usize, to as usize)),
        })
    }

    /// How many periods there are.
    fn periods(&self) -> usize {
        let last =
            self.calendar.map_or(self.first_period - 1, |calendar| calendar.number(self.view.entry().1));
        usize::try_from(last - self.first_period + 1).unwrap_or(0)
    }

    /// The period that a row lies in.
    pub(super) fn period(&self, row: usize) -> Option<usize> {
        let day = self.view.log.days.get(row)?;
        usize::try_from(self.calendar?.number(Day(*day)) - self.first_period).ok()
    }

    /// The code of the text that a unit belongs to.
    fn group(&self, user: usize, outcome: &Outcome) -> Option<u32> {
        let grouping = self.grouping.as_ref()?;
        let step = match grouping.by {
            Touch::First => 0,
            Touch::Last => outcome.top()?,
            Touch::Step(step) => step as usize,
        };
        let row = outcome.row(step)?;
        Some(grouping.column.code_at(row, user))
    }

    /// The time between two steps, in the unit of the log's times.
    fn took(&self, outcome: &Outcome, (from, to): (usize, usize)) -> Option<i64> {
        let times = &self.view.log.times.values;
        Some(times.get(outcome.row(to)?) - times.get(outcome.row(from)?))
    }
}

impl<'v> Grouping<'v> {
    fn new(view: &View<'v>, breakdown: &Breakdown) -> Result<Self> {
        let column = Column::new(view.log, &breakdown.column)?;
        let texts = column.codes.dictionary.len();
        if texts > MOST_TEXTS {
            let allowed = format!("a column with at most {MOST_TEXTS} texts");
            return Err(Error::bad_value("params.breakdown.column", texts, allowed));
        }
        Ok(Self { column, by: breakdown.by })
    }
}

impl<'v, 'p> Tally<'v, 'p> {
    pub(super) fn new(view: &'v View<'v>, params: &'p Params) -> Result<Self> {
        let rules = params.rules()?;
        let places = Places::new(view, params)?;
        let texts = places.grouping.as_ref().map_or(0, |grouping| grouping.column.codes.dictionary.len());
        check_size(places.periods() as u64 * 3)?;
        Ok(Self {
            counts: Counts::new(rules.steps),
            steps: vec![Integers::default(); rules.steps - 1],
            between: Integers::default(),
            groups: vec![Counts::new(rules.steps); texts],
            periods: vec![[0; 3]; places.periods()],
            places,
            rules,
        })
    }

    pub(super) fn add(&mut self, user: usize, outcome: &Outcome) {
        self.counts.add(outcome);
        for (from, times) in self.steps.iter_mut().enumerate() {
            if let Some(time) = self.places.took(outcome, (from, from + 1)) {
                times.push(time);
            }
        }
        if let Some(time) = self.places.took(outcome, self.places.between) {
            self.between.push(time);
        }
        let group = self.places.group(user, outcome);
        if let Some(counts) = group.and_then(|group| self.groups.get_mut(group as usize)) {
            counts.add(outcome);
        }
    }

    /// Counts a unit in the period in which it began.
    pub(super) fn add_to_period(&mut self, period: usize, outcome: &Outcome) {
        let converted = outcome.reached & self.rules.last_bit() != 0;
        let counts = self.periods.get_mut(period).into_iter().flatten();
        for (count, one) in counts.zip([true, converted, outcome.open]) {
            *count += u64::from(one);
        }
    }

    /// The answer.
    pub(super) fn report(self) -> Result<Report> {
        let params = self.places.params;
        let (entered, converted, open) =
            (self.counts.entered(), self.counts.converted(), self.counts.all_open());
        let (rate, interval) = self.counts.rate();
        let unit = self.places.view.log.times.unit() as f64 / 1e6;
        let mut times: Vec<StepTime> =
            (0..).zip(&self.steps).map(|(from, times)| step_time(times, (from, from + 1), unit)).collect();
        let (from, to) = (self.places.between.0 as u32, self.places.between.1 as u32);
        times.push(step_time(&self.between, (from, to), unit));
        Ok(Report {
            steps: self.counts.steps(params),
            entered,
            converted,
            open,
            lost: entered - converted - open,
            rate,
            interval,
            closed_rate: share(converted, entered - open),
            bottleneck: self.counts.bottleneck(params),
            times,
            histogram: histogram(&self.between, (from, to), unit),
            groups: params.breakdown.is_some().then(|| self.groups()),
            trend: params.trend.map(|_| self.trend()),
            entry: self.places.view.entry(),
        })
    }

    /// The codes of the groups that stand alone, the one with the most first steps first, and of the others.
    pub(super) fn ranked(&self) -> (Vec<u32>, Vec<u32>) {
        let (Some(grouping), Some(breakdown)) = (&self.places.grouping, &self.places.params.breakdown) else {
            return Default::default();
        };
        let mut order: Vec<(u32, u64)> =
            (0..).zip(self.groups.iter().map(Counts::entered)).filter(|(_, entered)| *entered > 0).collect();
        let text = |code: u32| grouping.column.codes.dictionary.get(code);
        order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| text(a.0).cmp(text(b.0))));
        let mut shown: Vec<u32> = order.into_iter().map(|(code, _)| code).collect();
        let rest = shown.split_off(shown.len().min(breakdown.most as usize));
        (shown, rest)
    }

    /// The groups with the most first steps, and all others together.
    fn groups(&self) -> Vec<Group> {
        let Some(grouping) = &self.places.grouping else { return Vec::new() };
        let (shown, rest) = self.ranked();
        let group = |code: u32| self.groups.get(code as usize);
        let mut counts: Vec<(Option<&str>, Counts)> = shown
            .iter()
            .filter_map(|code| {
                Some((Some(grouping.column.codes.dictionary.get(*code)), group(*code)?.clone()))
            })
            .collect();
        if !rest.is_empty() {
            let mut others = Counts::new(self.rules.steps);
            rest.iter().filter_map(|code| group(*code)).for_each(|group| others.merge(group));
            counts.push((None, others));
        }
        let (entered, converted) = counts
            .iter()
            .fold((0, 0), |sum, (_, group)| (sum.0 + group.entered(), sum.1 + group.converted()));
        let against_others = |group: &Counts| {
            let others = (converted - group.converted(), entered - group.entered());
            two_proportions((group.converted(), group.entered()), others)
        };
        let values: Vec<Option<f64>> = counts.iter().map(|(_, group)| against_others(group)).collect();
        let adjusted = holm(&values);
        let group = |((value, group), p_value): ((Option<&str>, Counts), Option<f64>)| {
            let (rate, interval) = group.rate();
            let open = group.all_open();
            Group { value: value.map(str::to_owned), reached: group.reached, open, rate, interval, p_value }
        };
        counts.into_iter().zip(adjusted).map(group).collect()
    }

    fn trend(&self) -> Vec<PeriodConversion> {
        let Some(calendar) = self.places.calendar else { return Vec::new() };
        let period = |(number, &[entered, converted, open]): (i32, &[u64; 3])| PeriodConversion {
            start: calendar.first_day(number),
            end: calendar.last_day(number),
            entered,
            converted,
            open,
            rate: share(converted, entered),
        };
        (self.places.first_period..).zip(&self.periods).map(period).collect()
    }
}

/// What is worth knowing of times; a unit of them is so many seconds.
fn step_time(times: &Integers, (from, to): (u32, u32), unit: f64) -> StepTime {
    let known = summary(times, &[0.25, 0.5, 0.75, 0.9]);
    let at = |place: usize| known.quantiles.get(place).copied().flatten().map(|time| time * unit);
    StepTime {
        from,
        to,
        units: times.len() as u64,
        mean: known.mean.map(|time| time * unit),
        p25: at(0),
        median: at(1),
        interval: known.median_bounds.map(|(low, high)| Interval { low: low * unit, high: high * unit }),
        p75: at(2),
        p90: at(3),
    }
}

/// Bins of a round width, so that 19 of 20 units lie in about [`BINS`] of them.
fn histogram(times: &Integers, (from, to): (u32, u32), unit: f64) -> Option<Histogram> {
    let most = quantile(times, 0.95)? * unit;
    let wanted = most / BINS;
    let week = WIDTHS.last().copied().unwrap_or(1);
    let width = WIDTHS.iter().copied().find(|width| *width as f64 >= wanted);
    let width = width.unwrap_or_else(|| (wanted / week as f64).ceil() as u64 * week);
    let count = (most / width as f64) as usize + 2;
    let mut bins = vec![0; count];
    for time in times.iter() {
        let bin = ((time as f64 * unit) / width as f64) as usize;
        if let Some(count) = bins.get_mut(bin.min(count - 1)) {
            *count += 1;
        }
    }
    Some(Histogram { from, to, width, bins })
}

/// Tells whether a unit is in a cell.
pub(super) struct Wanted<'v, 'p> {
    pub(super) places: Places<'v, 'p>,
    rules: Rules,
    state: State,
    step: usize,
    group: Option<u32>,
    /// The groups that stand together, where only their units are wanted.
    others: Option<Vec<u32>>,
    /// Only units that began in this period.
    pub(super) period: Option<usize>,
    /// The bounds of the time it took, in the unit of the log's times.
    took: Option<(i64, i64)>,
}

impl<'v, 'p> Wanted<'v, 'p> {
    pub(super) fn new(view: &'v View<'v>, params: &'p Params, cell: &Cell) -> Result<Self> {
        let rules = params.rules()?;
        let places = Places::new(view, params)?;
        let step = cell.step as usize;
        if step >= rules.steps || (cell.state == State::Missed && step == 0) {
            return Err(Error::bad_value("users.cell.step", step, format!("a step below {}", rules.steps)));
        }
        let group = match (&cell.group, &places.grouping) {
            (None, _) => None,
            (Some(text), Some(grouping)) => {
                // A text that no row has is a group without units.
                Some(grouping.column.codes.dictionary.find(text).unwrap_or(u32::MAX))
            }
            (Some(text), None) => {
                return Err(Error::bad_value("users.cell.group", text, "only with params.breakdown"));
            }
        };
        if cell.others && (cell.group.is_some() || places.grouping.is_none()) {
            let allowed = "only with params.breakdown, and without group";
            return Err(Error::bad_value("users.cell.others", true, allowed));
        }
        let period = cell.period.map(|day| {
            let place = places.calendar.filter(|calendar| calendar.first_day(calendar.number(day)) == day);
            let place =
                place.and_then(|calendar| usize::try_from(calendar.number(day) - places.first_period).ok());
            place.filter(|place| *place < places.periods()).ok_or_else(|| {
                Error::bad_value("users.cell.period", day, "the first day of a period of params.trend")
            })
        });
        let unit = 1_000_000 / view.log.times.unit();
        let in_unit = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(unit);
        let took = cell.took.map(|(from, to)| (in_unit(from), to.map_or(i64::MAX, in_unit)));
        let (period, state) = (period.transpose()?, cell.state);
        Ok(Self { period, state, places, rules, step, group, others: None, took })
    }

    /// Leaves only units of these groups: those that stand together in the report.
    pub(super) fn only_groups(&mut self, mut codes: Vec<u32>) {
        codes.sort_unstable();
        self.others = Some(codes);
    }

    pub(super) fn has(&self, user: usize, outcome: &Outcome) -> bool {
        let reached = |step: usize| outcome.reached >> step & 1 != 0;
        let stays = outcome.top() == Some(self.step) && self.step + 1 < self.rules.steps;
        let state = match self.state {
            State::Reached => reached(self.step),
            State::Open => stays && outcome.open,
            State::Lost => stays && !outcome.open,
            State::Missed => reached(self.previous()) && !reached(self.step),
        };
        state
            && self.group.is_none_or(|group| self.places.group(user, outcome) == Some(group))
            && self.others.as_ref().is_none_or(|others| {
                let group = self.places.group(user, outcome);
                group.is_some_and(|group| others.binary_search(&group).is_ok())
            })
            && self.took.is_none_or(|(from, to)| {
                let took = self.places.took(outcome, self.places.between);
                took.is_some_and(|took| from <= took && took < to)
            })
    }

    /// The last step before the cell's that is not optional.
    fn previous(&self) -> usize {
        (0..self.step).rev().find(|step| self.rules.optional >> step & 1 == 0).unwrap_or(0)
    }
}
