//! Series over one axis: what charts of lines, areas and columns have in common, which is all but the drawing.

use super::pen::SMALL;
use super::ticks::{NumberKind, Tick, day_ticks, period_ticks, step_ticks};
use super::{
    Form, Mark, Palette, Rgb, Style, Table, count_text, empty_summary, plain, sentences, value_text,
};
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::locale::{Language, fill};

/// What the places along the axis stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum XAxis {
    /// Civil days: the first, and how many.
    Days(Day, usize),
    /// Weeks or months: the number of the first as [`Periods`] counts them, how many, and which periods they are.
    Periods(i32, usize, Periods),
    /// Named steps or categories, such as the number of a period.
    Steps(Vec<String>),
}

impl Default for XAxis {
    fn default() -> Self {
        Self::Steps(Vec::new())
    }
}

impl XAxis {
    /// How many places there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Days(_, count) | Self::Periods(_, count, _) => *count,
            Self::Steps(names) => names.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole name of a place.
    #[must_use]
    pub fn name(&self, index: usize, language: Language) -> String {
        match self {
            Self::Steps(names) => names.get(index).cloned().unwrap_or_default(),
            Self::Periods(_, _, Periods { period: Period::Month, .. }) => {
                self.days(index, index).map(|(first, _)| language.month(first)).unwrap_or_default()
            }
            Self::Periods(_, _, Periods { period: Period::Quarter, .. }) => {
                self.days(index, index).map(|(first, _)| language.quarter(first)).unwrap_or_default()
            }
            Self::Days(..) | Self::Periods(..) => self.span(index, index, language),
        }
    }

    /// The name of several places that follow each other, both ends counted.
    #[must_use]
    pub fn span(&self, from: usize, to: usize, language: Language) -> String {
        let (first, last) = match self.days(from, to) {
            Some((first, last)) => (language.date(first), language.date(last)),
            None => (self.name(from, language), self.name(to, language)),
        };
        if first == last {
            return first;
        }
        fill(language.words().chart_range, &[("low", &first), ("high", &last)])
    }

    /// The days that these places cover, both ends counted; `None` where the axis is none of time.
    #[must_use]
    pub fn days(&self, from: usize, to: usize) -> Option<(Day, Day)> {
        match self {
            Self::Days(first, _) => Some((day_after(*first, from), day_after(*first, to))),
            Self::Periods(first, _, periods) => {
                let number = |index| first.saturating_add(i32::try_from(index).unwrap_or(i32::MAX));
                Some((periods.first_day(number(from)), periods.last_day(number(to))))
            }
            Self::Steps(_) => None,
        }
    }

    /// The axis between two places, both ends counted.
    fn cut(&self, from: usize, to: usize) -> Self {
        let count = to.saturating_add(1).min(self.len()).saturating_sub(from);
        match self {
            Self::Days(first, _) => Self::Days(day_after(*first, from), count),
            Self::Periods(first, _, periods) => {
                let first = first.saturating_add(i32::try_from(from).unwrap_or(i32::MAX));
                Self::Periods(first, count, *periods)
            }
            Self::Steps(names) => Self::Steps(names.iter().skip(from).take(count).cloned().collect()),
        }
    }

    pub(super) fn ticks(&self, spacing: f64, style: &Style) -> Vec<Tick> {
        let (week_start, language): (WeekStart, Language) = (style.week_start, style.language);
        match self {
            Self::Days(first, count) => day_ticks(*first, *count, spacing, SMALL, week_start, language),
            Self::Periods(first, count, periods) => {
                period_ticks(*first, *count, *periods, spacing, SMALL, language)
            }
            Self::Steps(names) => step_ticks(names, spacing, SMALL),
        }
    }

    /// Whether its ticks have a second line, for the year.
    pub(super) fn has_years(&self) -> bool {
        !matches!(self, Self::Steps(_))
    }

    /// A place as other programs read it.
    fn plain(&self, index: usize, language: Language) -> String {
        self.days(index, index).map_or_else(|| self.name(index, language), |(first, _)| first.to_string())
    }
}

/// How much a line stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Emphasis {
    /// In the background: thin and grey.
    Quiet,
    /// The same in another period: dashed, in a paler shade of the line that it is compared with: the first of them with
    /// the first line of its own colour, the second with the second.
    Comparison,
    /// What the others are compared with, such as their mean: thin, over them, in the colour of text.
    Reference,
    /// In its own colour.
    #[default]
    Normal,
    /// In front, and thicker.
    Strong,
}

/// One line, layer or kind of column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Its name, written at its end where there is room.
    pub name: String,
    /// A value for each place of the axis; `None` is a gap.
    pub values: Vec<Option<f64>>,
    /// From this place on the values are not complete yet.
    pub open_from: Option<usize>,
    /// How much it stands out.
    pub emphasis: Emphasis,
}

impl Series {
    /// The value at a place, if there is one that can be drawn.
    pub(super) fn value(&self, index: usize) -> Option<f64> {
        self.values.get(index).copied().flatten().filter(|value| value.is_finite())
    }

    /// Whether it has a colour of its own, and its name beside it.
    pub(super) fn is_own(&self) -> bool {
        self.emphasis >= Emphasis::Normal
    }

    pub(super) fn is_open(&self, index: usize) -> bool {
        self.open_from.is_some_and(|from| index >= from)
    }

    pub(super) fn points(&self, count: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        (0..count).filter_map(|index| self.value(index).map(|value| (index, value)))
    }

    pub(super) fn cut(&self, from: usize, to: usize) -> Self {
        Self {
            name: self.name.clone(),
            values: cut(&self.values, from, to),
            open_from: self.open_from.map(|open| open.saturating_sub(from)),
            emphasis: self.emphasis,
        }
    }
}

/// A range around a line: an interval of confidence, or the lowest and highest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Band {
    /// The number of the series that it belongs to.
    pub series: usize,
    /// What it is, such as `95% interval`.
    pub name: String,
    /// The lower end at each place of the axis; `None` is a gap.
    pub low: Vec<Option<f64>>,
    /// The upper end at each place.
    pub high: Vec<Option<f64>>,
}

impl Band {
    /// Both ends at a place, if they can be drawn.
    pub(super) fn at(&self, index: usize) -> Option<(f64, f64)> {
        let end = |ends: &[Option<f64>]| ends.get(index).copied().flatten().filter(|end| end.is_finite());
        Some((end(&self.low)?, end(&self.high)?))
    }

    fn cut(&self, from: usize, to: usize) -> Self {
        Self { low: cut(&self.low, from, to), high: cut(&self.high, from, to), ..self.clone() }
    }
}

fn cut(values: &[Option<f64>], from: usize, to: usize) -> Vec<Option<f64>> {
    values.iter().take(to.saturating_add(1)).skip(from).copied().collect()
}

/// One line of a tooltip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The number of the series; `None` for what is all of them together.
    pub series: Option<usize>,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Charts that show series over an axis.
pub trait SeriesChart {
    /// What is shown, without the drawing.
    fn over_axis(&self) -> OverAxis<'_>;

    /// The parts that zooming and the legend change.
    fn parts(&mut self) -> Parts<'_>;

    /// The chart between two places of its axis, both ends counted.
    #[must_use]
    fn zoomed(&self, from: usize, to: usize) -> Self
    where
        Self: Clone,
    {
        let mut chart = self.clone();
        let Parts { x, series, bands } = chart.parts();
        *x = x.cut(from, to);
        series.iter_mut().for_each(|series| *series = series.cut(from, to));
        bands.into_iter().flatten().for_each(|band| *band = band.cut(from, to));
        chart
    }

    /// Takes series out of the picture; the others keep their numbers and colours.
    fn hide(&mut self, hidden: &[usize]) {
        let Parts { series, bands, .. } = self.parts();
        for (number, series) in series.iter_mut().enumerate() {
            if hidden.contains(&number) {
                series.values.clear();
                series.name.clear();
            }
        }
        if let Some(bands) = bands {
            bands.retain(|band| !hidden.contains(&band.series));
        }
    }
}

/// The parts of a chart that zooming and the legend change.
#[derive(Debug)]
pub struct Parts<'a> {
    /// The axis.
    pub x: &'a mut XAxis,
    /// The series.
    pub series: &'a mut [Series],
    /// The ranges around them, where the chart can have any.
    pub bands: Option<&'a mut Vec<Band>>,
}

/// Series over an axis: their colours, words and numbers.
#[derive(Debug, Clone, Copy)]
pub struct OverAxis<'a> {
    pub(super) title: &'a str,
    /// What the places stand for.
    pub x: &'a XAxis,
    /// The axis' name; empty for days.
    pub x_name: &'a str,
    /// The series.
    pub series: &'a [Series],
    pub(super) bands: &'a [Band],
    pub(super) y: NumberKind,
    /// Whether they are layers on each other, not lines.
    pub(super) stacked: bool,
    /// What the sum of all is called; empty when it means nothing.
    pub(super) total_name: &'a str,
    /// Whether a value is told with its share of the sum.
    pub(super) shares: bool,
}

impl OverAxis<'_> {
    /// The colour of a series.
    #[must_use]
    pub fn color(&self, series: usize, palette: &Palette) -> Rgb {
        // Only series in their own colour use up colours.
        let before = |is: &dyn Fn(&Series) -> bool| {
            self.series.iter().take(series).filter(|series| is(series)).count()
        };
        match self.series.get(series).map(|series| series.emphasis) {
            Some(Emphasis::Quiet) => palette.muted.mix(palette.background, 0.45),
            Some(Emphasis::Reference) => palette.ink,
            Some(Emphasis::Comparison) => {
                let number = before(&|series| series.emphasis == Emphasis::Comparison);
                palette.series_color(number).mix(palette.background, 0.35)
            }
            _ => palette.series_color(before(&Series::is_own)),
        }
    }

    /// The name of a place, with the axis' name where a bare number needs it.
    #[must_use]
    pub fn place(&self, index: usize, language: Language) -> String {
        let name = self.x.name(index, language);
        if self.x_name.is_empty() { name } else { format!("{} {name}", self.x_name) }
    }

    /// The value of every series at a place, and their sum where it means something.
    #[must_use]
    pub fn reading(&self, index: usize, language: Language) -> Vec<Reading> {
        let series = self.series.iter().enumerate().filter_map(|(number, series)| {
            let value = self.told_text(number, index, language)?;
            Some(Reading { series: Some(number), name: series.name.clone(), value })
        });
        let total = self.total().and_then(|total| {
            let value = self.value_text(&total, index, language)?;
            Some(Reading { series: None, name: total.name, value })
        });
        series.chain(total).collect()
    }

    /// The sum of all series at each place, as a series; `None` when it means nothing.
    pub(super) fn total(&self) -> Option<Series> {
        let sum = |index: usize| {
            let values = self.series.iter().filter_map(|series| series.value(index));
            values.reduce(|sum, value| sum + value)
        };
        (!self.total_name.is_empty()).then(|| Series {
            name: self.total_name.to_owned(),
            values: (0..self.x.len()).map(sum).collect(),
            open_from: self.series.iter().filter_map(|series| series.open_from).min(),
            emphasis: Emphasis::Strong,
        })
    }

    fn value_text(&self, series: &Series, index: usize, language: Language) -> Option<String> {
        Some(value_text(self.y.text(series.value(index)?, language), series.is_open(index), language))
    }

    /// The value with its share or its range.
    fn told_text(&self, number: usize, index: usize, language: Language) -> Option<String> {
        let (series, words) = (self.series.get(number)?, language.words());
        let text = self.value_text(series, index, language)?;
        let beside = if self.shares {
            let sizes = self.series.iter().filter_map(|series| series.value(index)).map(f64::abs);
            Some(language.percent(series.value(index)?.abs() / sizes.sum::<f64>()))
        } else {
            let band = self.bands.iter().find(|band| band.series == number);
            band.and_then(|band| band.at(index)).map(|(low, high)| {
                let (low, high) = (self.y.text(low, language), self.y.text(high, language));
                fill(words.chart_range, &[("low", &low), ("high", &high)])
            })
        };
        Some(match beside {
            Some(beside) => fill(words.chart_value_beside, &[("value", &text), ("beside", &beside)]),
            None => text,
        })
    }

    pub(super) fn label(&self, mark: &Mark, language: Language) -> String {
        let Some(series) = self.series.get(mark.series) else { return String::new() };
        let Some(value) = self.told_text(mark.series, mark.index, language) else { return String::new() };
        let at = self.place(mark.index, language);
        fill(language.words().chart_point, &[("at", &at), ("series", &series.name), ("value", &value)])
    }

    /// The lowest and highest value of all series and their ranges.
    pub(super) fn extent(&self) -> Option<(f64, f64)> {
        let count = self.x.len();
        let values = self.series.iter().flat_map(|series| series.points(count).map(|(_, value)| value));
        let ranges = self.bands.iter().flat_map(|band| (0..count).filter_map(|index| band.at(index)));
        values
            .map(|value| (value, value))
            .chain(ranges)
            .reduce(|(low, high), (lower, higher)| (low.min(lower), high.max(higher)))
    }

    fn axis_name(&self, language: Language) -> String {
        match self.x {
            _ if !self.x_name.is_empty() => self.x_name.to_owned(),
            XAxis::Days(..) => language.words().chart_day.to_owned(),
            XAxis::Periods(..) | XAxis::Steps(_) => language.words().chart_period.to_owned(),
        }
    }

    pub(super) fn summary(&self, language: Language) -> String {
        const DESCRIBED: usize = 6;
        let words = language.words();
        let count = self.x.len();
        let mut shown: Vec<&Series> =
            self.series.iter().filter(|series| series.points(count).next().is_some()).collect();
        shown.sort_by_key(|series| std::cmp::Reverse(series.emphasis));
        if shown.is_empty() {
            return empty_summary(self.title, language);
        }
        let mut parts = vec![fill(
            if self.stacked { words.chart_summary_stacks } else { words.chart_summary_lines },
            &[
                ("title", self.title),
                ("count", &count_text(shown.len(), language)),
                ("x", &self.axis_name(language)),
                ("first", &self.x.name(0, language)),
                ("last", &self.x.name(count.saturating_sub(1), language)),
            ],
        )];
        let total = self.total();
        let told = total.iter().chain(shown.iter().copied().take(DESCRIBED));
        parts.extend(told.filter_map(|series| self.sentence(series, language)));
        if shown.len() > DESCRIBED {
            parts.push(fill(
                words.chart_summary_more,
                &[("count", &count_text(shown.len() - DESCRIBED, language))],
            ));
        }
        if shown.iter().any(|series| series.points(count).any(|(index, _)| series.is_open(index))) {
            parts.push(words.chart_summary_open.to_owned());
        }
        sentences(&parts, language)
    }

    fn sentence(&self, series: &Series, language: Language) -> Option<String> {
        let count = self.x.len();
        // Values that are not complete yet are left out, unless there are no others: they would read as a fall.
        let complete = series.points(count).any(|(index, _)| !series.is_open(index));
        let told = || series.points(count).filter(|&(index, _)| !(complete && series.is_open(index)));
        let (_, first) = told().next()?;
        let (_, last) = told().last()?;
        let low = told().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let high = told().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let number = |value| self.y.text(value, language);
        Some(fill(
            language.words().chart_summary_line,
            &[
                ("series", &series.name),
                ("start", &number(first)),
                ("end", &number(last)),
                ("low", &number(low.1)),
                ("low_at", &self.x.name(low.0, language)),
                ("high", &number(high.1)),
                ("high_at", &self.x.name(high.0, language)),
            ],
        ))
    }

    pub(super) fn table(&self, language: Language, form: Form) -> Table {
        let words = language.words();
        let end = |phrase: &str, band: &Band| {
            let series = self.series.get(band.series).map(|series| series.name.as_str()).unwrap_or_default();
            fill(phrase, &[("series", series), ("band", &band.name)])
        };
        let total = self.total();
        let columns: Vec<&Series> = self.series.iter().chain(&total).collect();
        let ends = self
            .bands
            .iter()
            .flat_map(|band| [end(words.chart_band_low, band), end(words.chart_band_high, band)]);
        let header = std::iter::once(self.axis_name(language))
            .chain(columns.iter().map(|series| series.name.clone()))
            .chain(ends);
        let number = |value: f64| match form {
            Form::Shown => self.y.text(value, language),
            Form::Plain => plain(value),
        };
        let row = |index| {
            let value = |series: &&Series| match form {
                Form::Shown => self.value_text(series, index, language),
                Form::Plain => series.value(index).map(plain),
            };
            let name = match form {
                Form::Shown => self.x.name(index, language),
                Form::Plain => self.x.plain(index, language),
            };
            let ends = self.bands.iter().flat_map(|band| match band.at(index) {
                Some((low, high)) => [number(low), number(high)],
                None => [String::new(), String::new()],
            });
            std::iter::once(name)
                .chain(columns.iter().map(|series| value(series).unwrap_or_default()))
                .chain(ends)
                .collect()
        };
        Table { header: header.collect(), rows: (0..self.x.len()).map(row).collect() }
    }
}

fn day_after(first: Day, days: usize) -> Day {
    Day(first.0.saturating_add(i32::try_from(days).unwrap_or(i32::MAX)))
}
