//! Intervals, steps, cohorts, hours and days as pictures, and the cells behind their marks.

use crate::pages::periods;
use crate::widgets::chart::Picture;
use crate::widgets::frame::count;
use strata::analysis::repurchase::{Cell, Count, Report, State};
use strata::chart::{
    self, Arrangement, Bins, CalendarHeatMap, ColumnChart, Emphasis, HeatMap, Histogram, LineChart, Mark,
    NumberKind, Series, Threshold, XAxis,
};
use strata::dataset::calendar::{Day, WeekStart};
use strata::locale::{Language, fill};

use super::{Answer, days_text, median, params, state_name, subtitle};

/// What became of the next order, as parts of a column, the lowest first.
const STATES: [State; 3] = [State::Converted, State::Lapsed, State::Open];

/// Hours in a day.
const HOURS: usize = 24;

pub fn intervals(answered: &Answer, language: Language) -> Picture {
    let (words, intervals) = (language.words(), &answered.report.intervals);
    let edges = intervals.bins.iter().map(|bin| f64::from(bin.from));
    let last = intervals.bins.last().map(|bin| f64::from(bin.to) + 1.0);
    let ninety = intervals.quantiles.iter().find(|quantile| quantile.share == 0.9);
    let line = |days: f64, phrase: &str| Threshold {
        value: days,
        label: fill(phrase, &[("days", &days_text(days, language))]),
    };
    let thresholds = median(&answered.report).map(|days| line(days, words.page_repurchase_median));
    let ninety = ninety.map(|quantile| line(quantile.days, words.page_repurchase_ninety));
    Histogram {
        title: words.page_repurchase_intervals.to_owned(),
        subtitle: subtitle(words.page_repurchase_intervals_unit, answered, language),
        x_name: words.page_repurchase_intervals_x.to_owned(),
        bins: Bins {
            edges: edges.chain(last).collect(),
            counts: intervals.bins.iter().map(|bin| bin.intervals).collect(),
            below: 0,
            above: 0,
        },
        x: NumberKind::Decimal,
        thresholds: thresholds.into_iter().chain(ninety).collect(),
        ..Histogram::default()
    }
    .into()
}

pub fn interval_cell(answered: &Answer, mark: Mark) -> Option<Cell> {
    let bin = answered.report.intervals.bins.get(mark.index)?;
    Some(Cell::Interval { from: bin.from, to: bin.to })
}

pub fn steps(answered: &Answer, language: Language) -> Picture {
    let (words, report) = (language.words(), &answered.report);
    let name = |order: u32| {
        let (from, to) = (order.to_string(), (order + 1).to_string());
        fill(words.page_repurchase_step, &[("from", &from), ("to", &to)])
    };
    let series = STATES.map(|state| Series {
        name: state_name(state, words).to_owned(),
        values: report
            .steps
            .iter()
            .map(|step| {
                let own = &step.conversion;
                let users = match state {
                    State::Converted => own.converted,
                    State::Open => own.open,
                    _ => own.lapsed,
                };
                Some(users as f64)
            })
            .collect(),
        open_from: None,
        emphasis: Emphasis::Normal,
    });
    let window = params(answered).window.to_string();
    let unit = fill(words.page_repurchase_steps_unit, &[("window", &window)]);
    ColumnChart {
        title: words.page_repurchase_steps.to_owned(),
        subtitle: subtitle(&unit, answered, language),
        x: XAxis::Steps(report.steps.iter().map(|step| name(step.order)).collect()),
        x_name: words.page_repurchase_step_x.to_owned(),
        series: series.to_vec(),
        arrangement: Arrangement::Shares,
        total_name: words.page_repurchase_users.to_owned(),
        y: NumberKind::Count,
    }
    .into()
}

pub fn step_cell(answered: &Answer, mark: Mark) -> Option<Cell> {
    let step = answered.report.steps.get(mark.index)?;
    Some(Cell::Step { order: step.order, state: *STATES.get(mark.series)? })
}

/// The first cohort some of whose users are still in time.
pub fn open_from(report: &Report) -> Option<usize> {
    report.cohorts.iter().position(|cohort| cohort.conversion.mature < cohort.conversion.users)
}

pub fn cohorts(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let values = |answered: &Answer| {
        let rates = answered.report.cohorts.iter().map(|cohort| cohort.conversion.rate);
        (rates.collect(), open_from(&answered.report))
    };
    let series =
        periods::with_compared(words.page_repurchase_rate, values(answered), compared.map(values), language);
    let start = report.cohorts.first().map(|cohort| cohort.start);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    let unit = fill(words.page_repurchase_cohorts_unit, &[("window", &params.window.to_string())]);
    LineChart {
        title: words.page_repurchase_cohorts.to_owned(),
        subtitle: subtitle(&unit, answered, language),
        x: periods::axis(start, report.cohorts.len(), params.period, week_start),
        series,
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

pub fn cohort_cell(answered: &Answer, mark: Mark) -> Option<Cell> {
    let cohort = answered.report.cohorts.get(mark.index)?;
    Some(Cell::Cohort { start: cohort.start, state: State::Converted })
}

/// The weekdays in the order of the week, 0 being Monday.
fn weekdays(answered: &Answer) -> [usize; 7] {
    match params(answered).week_start.unwrap_or(answered.week_start) {
        WeekStart::Monday => [0, 1, 2, 3, 4, 5, 6],
        WeekStart::Sunday => [6, 0, 1, 2, 3, 4, 5],
    }
}

fn weekday_name(weekday: usize, language: Language) -> &'static str {
    language.words().chart_weekdays.split(' ').nth(weekday).unwrap_or_default()
}

/// What a cell of the map of hours says; a whole weekday without an hour.
pub fn hour_tip(report: &Report, (weekday, hour): (usize, Option<usize>), language: Language) -> String {
    let words = language.words();
    let own = match hour {
        Some(hour) => report.hours.as_ref().and_then(|hours| hours.get(weekday * HOURS + hour)),
        None => report.weekdays.get(weekday),
    };
    let Count { orders, users } = own.copied().unwrap_or_default();
    let hour_text = hour.map(|hour| format!("{hour:02}")).unwrap_or_default();
    let phrase =
        if hour.is_some() { words.page_repurchase_hour_tip } else { words.page_repurchase_weekday_tip };
    let (orders, users) = (count(orders, language), count(users, language));
    let parts = [
        ("weekday", weekday_name(weekday, language)),
        ("hour", &hour_text),
        ("orders", &orders),
        ("users", &users),
    ];
    fill(phrase, &parts)
}

/// Weekdays against hours; against all hours together where times are days only.
pub fn hours(answered: &Answer, language: Language) -> Picture {
    let (words, report) = (language.words(), &answered.report);
    let cell = |weekday: usize, hour: Option<usize>, own: Option<&Count>| {
        let orders = own?.orders;
        Some(chart::Cell {
            value: orders as f64,
            text: count(orders, language),
            open: false,
            tip: hour_tip(report, (weekday, hour), language),
        })
    };
    let rows = weekdays(answered).map(|weekday| match &report.hours {
        Some(hours) => {
            (0..HOURS).map(|hour| cell(weekday, Some(hour), hours.get(weekday * HOURS + hour))).collect()
        }
        None => vec![cell(weekday, None, report.weekdays.get(weekday))],
    });
    let columns = match report.hours {
        Some(_) => (0..HOURS).map(|hour| hour.to_string()).collect(),
        None => vec![words.page_repurchase_orders.to_owned()],
    };
    HeatMap {
        title: words.page_repurchase_hours.to_owned(),
        subtitle: subtitle(words.page_repurchase_hours_unit, answered, language),
        x_name: if report.hours.is_some() { words.page_repurchase_hour.to_owned() } else { String::new() },
        y_name: words.page_repurchase_weekday.to_owned(),
        row_labels: weekdays(answered).map(|weekday| weekday_name(weekday, language).to_owned()).to_vec(),
        column_labels: columns,
        cells: rows.to_vec(),
        number: NumberKind::Count,
        ..HeatMap::default()
    }
    .into()
}

pub fn hour_cell(answered: &Answer, mark: Mark) -> Option<Cell> {
    let weekday = u8::try_from(*weekdays(answered).get(mark.series)?).ok()?;
    let hour = u8::try_from(mark.index).ok().filter(|_| answered.report.hours.is_some());
    Some(Cell::Hour { weekday, hour })
}

pub fn calendar(answered: &Answer, language: Language) -> Picture {
    let (words, report) = (language.words(), &answered.report);
    CalendarHeatMap {
        title: words.page_repurchase_calendar.to_owned(),
        subtitle: subtitle(words.page_repurchase_calendar_unit, answered, language),
        first: report.first_day.unwrap_or_default(),
        values: report.daily.iter().map(|day| Some(day.orders as f64)).collect(),
        name: words.page_repurchase_orders.to_owned(),
        week_start: params(answered).week_start.unwrap_or(answered.week_start),
        number: NumberKind::Count,
    }
    .into()
}

pub fn day_cell(answered: &Answer, mark: Mark) -> Option<Cell> {
    let first = answered.report.first_day?;
    let day = Day(first.0.checked_add(i32::try_from(mark.index).ok()?)?);
    Some(Cell::Day { day })
}
