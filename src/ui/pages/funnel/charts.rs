//! The steps, the trend, the times, and their tables.

use crate::pages::periods;
use crate::text::{duration_of, p_value};
use crate::widgets::table::{Datum, TableData};
use strata::analysis::funnel::{Cell, Group, PeriodConversion, StepTime};
use strata::chart::{
    Bins, Emphasis, FunnelChart, FunnelStep, Histogram, LineChart, Mark, NumberKind, Series,
};
use strata::locale::{Language, fill};

use super::{Answer, params, text};

/// The columns of the table that open those who may still come, and those who were lost.
pub const OPEN_COLUMN: usize = 5;
pub const LOST_COLUMN: usize = 6;

/// The column of the groups' table that the first step stands in.
const FIRST_STEP_COLUMN: usize = 1;

fn subtitle(unit: &str, answered: &Answer, language: Language) -> String {
    periods::subtitle(unit, answered, params(answered).week_start, language)
}

/// Units that stayed at the step before: those who may still come, and those who will not.
fn stayed(answered: &Answer, step: usize) -> (u64, u64) {
    let before = step.checked_sub(1).and_then(|before| answered.report.steps.get(before));
    before.map_or((0, 0), |before| (before.open, before.lost))
}

/// The time since the step before.
fn time(answered: &Answer, step: usize) -> Option<&StepTime> {
    let times = &answered.report.times;
    // The last one is that of the whole way.
    times.get(step.checked_sub(1)?).filter(|_| step < times.len())
}

/// The steps below each other.
pub fn steps(answered: &Answer, compared: Option<&Answer>, language: Language) -> FunnelChart {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let step = |(place, (own, counted)): (
        usize,
        (&strata::analysis::funnel::Step, &strata::analysis::funnel::StepCount),
    )| {
        let (open, lost) = stayed(answered, place);
        let of_previous = (place > 0).then_some(counted.rate_of_previous).flatten();
        let median = time(answered, place).and_then(|time| time.median);
        let of_previous_text =
            of_previous.map(|rate| fill(words.page_funnel_of_previous, &[("rate", &language.percent(rate))]));
        let median_text = median
            .map(|seconds| fill(words.page_funnel_median, &[("time", &duration_of(language, seconds))]));
        let worst =
            (report.bottleneck == u32::try_from(place).ok()).then(|| words.page_funnel_worst.to_owned());
        let optional = own.optional.then(|| words.page_funnel_optional.to_owned());
        let within = own
            .within
            .map(|within| fill(words.page_funnel_within, &[("time", &text::length(within, language))]));
        let detail: Vec<String> = worst
            .into_iter()
            .chain(of_previous_text)
            .chain(median_text)
            .chain(optional)
            .chain(within)
            .collect();
        let compared = compared.and_then(|compared| compared.report.steps.get(place));
        FunnelStep {
            label: text::step(own, language),
            reached: counted.reached,
            open,
            lost,
            rate: counted.rate,
            rate_of_previous: of_previous,
            detail: detail.join(words.widget_subtitle_separator),
            compared: compared.filter(|_| place > 0).and_then(|step| step.rate),
        }
    };
    FunnelChart {
        title: words.page_funnel_steps_title.to_owned(),
        subtitle: subtitle(text::count_name(&params, language), answered, language),
        steps: params.steps.iter().zip(&report.steps).enumerate().map(step).collect(),
    }
}

/// Conversion by the period of the first step.
pub fn trend(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let params = params(answered);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    let trend = answered.report.trend.as_deref().unwrap_or(&[]);
    let values = |periods: &[PeriodConversion]| periods.iter().map(|period| period.rate).collect::<Vec<_>>();
    let own = Series {
        name: words.page_funnel_rate.to_owned(),
        values: values(trend),
        open_from: trend.iter().position(|period| period.open > 0),
        emphasis: Emphasis::Strong,
    };
    let before = compared.and_then(|compared| compared.report.trend.as_deref()).map(|periods| Series {
        name: words.page_average_compared.to_owned(),
        values: values(periods),
        open_from: None,
        emphasis: Emphasis::Reference,
    });
    let start = trend.first().map(|period| period.start);
    LineChart {
        title: words.page_funnel_trend_title.to_owned(),
        subtitle: subtitle(words.page_funnel_trend_unit, answered, language),
        x: periods::axis(start, trend.len(), params.trend.unwrap_or_default(), week_start),
        series: std::iter::once(own).chain(before).collect(),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// Seconds, and what so many are called.
fn unit(width: u64, language: Language) -> (f64, &'static str) {
    let words = language.words();
    match width {
        86_400.. => (86_400.0, words.page_funnel_times_days),
        3_600.. => (3_600.0, words.page_funnel_times_hours),
        60.. => (60.0, words.page_funnel_times_minutes),
        _ => (1.0, words.page_funnel_times_seconds),
    }
}

/// How long it took.
pub fn times(answered: &Answer, language: Language) -> Histogram {
    let words = language.words();
    let Some(histogram) = &answered.report.histogram else { return Histogram::default() };
    let params = params(answered);
    let (seconds, name) = unit(histogram.width, language);
    // All that took longer is told beside the bins.
    let (above, inside) = histogram.bins.split_last().map_or((0, &[][..]), |(last, inside)| (*last, inside));
    let edge = |place: usize| place as f64 * histogram.width as f64 / seconds;
    let step = |place: u32| {
        params.steps.get(place as usize).map(|step| text::step(step, language)).unwrap_or_default()
    };
    let between = fill(
        words.page_funnel_times_between,
        &[("from", &step(histogram.from)), ("to", &step(histogram.to))],
    );
    let median = answered.report.times.last().and_then(|time| time.median);
    let threshold = |median: f64| strata::chart::Threshold {
        value: median / seconds,
        label: fill(words.page_funnel_median, &[("time", &duration_of(language, median))]),
    };
    Histogram {
        title: words.page_funnel_times.to_owned(),
        subtitle: between,
        x_name: name.to_owned(),
        bins: Bins {
            edges: (0..=inside.len()).map(edge).collect(),
            counts: inside.to_vec(),
            below: 0,
            above,
        },
        x: NumberKind::Decimal,
        thresholds: median.map(threshold).into_iter().collect(),
        ..Histogram::default()
    }
}

/// The users of a bin.
pub fn bin(answered: &Answer, mark: Mark) -> Option<Cell> {
    let histogram = answered.report.histogram.as_ref()?;
    let last = histogram.bins.len().checked_sub(1)?;
    let index = if mark.series == Histogram::ABOVE { last } else { mark.index };
    let from = index as u64 * histogram.width;
    let took = Some((from, (index < last).then_some(from + histogram.width)));
    Some(Cell { step: histogram.to, took, ..Cell::default() })
}

/// All steps with all that is known of them.
pub fn steps_table(answered: &Answer, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let row = |(place, (own, counted)): (
        usize,
        (&strata::analysis::funnel::Step, &strata::analysis::funnel::StepCount),
    )| {
        let (open, lost) = stayed(answered, place);
        let time = time(answered, place);
        let seconds = |pick: fn(&StepTime) -> Option<f64>| {
            time.and_then(pick).map_or(Datum::Nothing, |seconds| Datum::Text(duration_of(language, seconds)))
        };
        let (open, lost) = if place == 0 {
            (Datum::Nothing, Datum::Nothing)
        } else {
            (Datum::Count(open), Datum::Count(lost))
        };
        vec![
            Datum::Text(format!("{}  {}", place + 1, text::step(own, language))),
            Datum::Count(counted.reached),
            Datum::share(counted.rate),
            Datum::share((place > 0).then_some(counted.rate_of_previous).flatten()),
            Datum::share(counted.closed_rate),
            open,
            lost,
            seconds(|time| time.median),
            seconds(|time| time.p25),
            seconds(|time| time.p75),
            seconds(|time| time.p90),
        ]
    };
    let columns = [
        (words.chart_funnel_step, false),
        (words.chart_funnel_reached_name, true),
        (words.chart_funnel_rate, true),
        (words.chart_funnel_rate_of_previous, true),
        (words.page_funnel_closed_rate, true),
        (words.chart_funnel_open_name, true),
        (words.chart_funnel_lost_name, true),
        (words.page_funnel_time_median, true),
        (words.page_funnel_time_p25, true),
        (words.page_funnel_time_p75, true),
        (words.page_funnel_time_p90, true),
    ];
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: params.steps.iter().zip(&report.steps).enumerate().map(row).collect(),
        opens: vec![1, OPEN_COLUMN, LOST_COLUMN],
        spare: vec![8, 10],
        ..TableData::default()
    }
}

fn group_name(group: &Group, language: Language) -> String {
    match group.value.as_deref() {
        None => language.words().page_funnel_others.to_owned(),
        Some("") => language.words().mapping_empty_cell.to_owned(),
        Some(text) => text.to_owned(),
    }
}

/// The groups of a breakdown.
pub fn groups_table(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let params = params(answered);
    let groups = answered.report.groups.as_deref().unwrap_or(&[]);
    let row = |group: &Group| {
        let interval = group.interval.map_or(Datum::Nothing, |interval| {
            let (low, high) = (language.percent(interval.low), language.percent(interval.high));
            Datum::Text(fill(words.chart_range, &[("low", &low), ("high", &high)]))
        });
        let p_value = group.p_value.map_or(Datum::Nothing, |value| {
            let phrase =
                if value < 0.05 { words.page_funnel_differs } else { words.page_funnel_no_difference };
            Datum::Text(fill(phrase, &[("p", &p_value(language, value))]))
        });
        let head = std::iter::once(Datum::Text(group_name(group, language)));
        let reached = group.reached.iter().map(|reached| Datum::Count(*reached));
        head.chain(reached)
            .chain([Datum::Count(group.open), Datum::share(group.rate), interval, p_value])
            .collect()
    };
    let column = params.breakdown.as_ref().map(|breakdown| breakdown.column.clone()).unwrap_or_default();
    let steps = params.steps.iter().map(|step| (text::step(step, language), true));
    let tail = [
        (words.page_funnel_open, true),
        (words.page_funnel_rate, true),
        (words.page_funnel_interval, true),
        (words.page_funnel_p_value, true),
    ];
    let columns = std::iter::once((column, false))
        .chain(steps)
        .chain(tail.into_iter().map(|(name, figures)| (name.to_owned(), figures)));
    TableData {
        columns: columns.collect(),
        rows: groups.iter().map(row).collect(),
        opens: (FIRST_STEP_COLUMN..FIRST_STEP_COLUMN + params.steps.len()).collect(),
        ..TableData::default()
    }
}

/// The users behind a figure of the groups' table.
pub fn group_cell(
    answered: &Answer,
    row: usize,
    column: usize,
    language: Language,
) -> Option<(String, Cell)> {
    let step = column.checked_sub(FIRST_STEP_COLUMN)?;
    let group = answered.report.groups.as_ref()?.get(row)?;
    let name = params(answered).steps.get(step).map(|step| text::step(step, language)).unwrap_or_default();
    let title = fill(
        language.words().page_funnel_users_of_group,
        &[("group", &group_name(group, language)), ("step", &name)],
    );
    let step = u32::try_from(step).ok()?;
    let others = group.value.is_none();
    Some((title, Cell { step, group: group.value.clone(), others, ..Cell::default() }))
}
