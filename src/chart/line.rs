//! Lines over days or steps: active users by day, retention curves.
//!
//! Values that are not complete yet are dashed, missing ones are gaps. A line of thousands of points is drawn through the
//! first, lowest, highest and last of every pixel column, which covers the same pixels.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::decimate::decimate;
use super::pen::{Align, BODY, Ink, Pen, SMALL};
use super::ticks::{NumberKind, NumberScale, Tick, day_ticks, step_ticks};
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Palette, Rgb, Style, Table, axis, count_text,
    plain, sentences, text, value_text,
};
use crate::dataset::calendar::Day;
use crate::locale::{Language, fill};

/// What the points stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum XAxis {
    /// Civil days: the first, and how many.
    Days(Day, usize),
    /// Named steps, such as the number of a period.
    Steps(Vec<String>),
}

impl XAxis {
    /// How many points there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Days(_, count) => *count,
            Self::Steps(names) => names.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole name of a point.
    #[must_use]
    pub fn name(&self, index: usize, language: Language) -> String {
        match self {
            Self::Days(first, _) => language.date(day_after(*first, index)),
            Self::Steps(names) => names.get(index).cloned().unwrap_or_default(),
        }
    }

    fn ticks(&self, spacing: f64, language: Language) -> Vec<Tick> {
        match self {
            Self::Days(first, count) => day_ticks(*first, *count, spacing, SMALL, language),
            Self::Steps(names) => step_ticks(names, spacing, SMALL),
        }
    }
}

/// How much a line stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Emphasis {
    /// In the background: thin and grey.
    Quiet,
    /// What the others are compared with, such as their mean: thin, over them, in the colour of text.
    Reference,
    /// In its own colour.
    #[default]
    Normal,
    /// In front, and thicker.
    Strong,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name, written at its end where there is room.
    pub name: String,
    /// A value for each point of the axis; `None` is a gap.
    pub values: Vec<Option<f64>>,
    /// From this point on the values are not complete yet.
    pub open_from: Option<usize>,
    /// How much it stands out.
    pub emphasis: Emphasis,
}

impl Series {
    /// The value at a point, if there is one that can be drawn.
    fn value(&self, index: usize) -> Option<f64> {
        self.values.get(index).copied().flatten().filter(|value| value.is_finite())
    }

    /// Whether it has a colour of its own, and its name beside it.
    fn is_own(&self) -> bool {
        self.emphasis >= Emphasis::Normal
    }

    fn is_open(&self, index: usize) -> bool {
        self.open_from.is_some_and(|from| index >= from)
    }

    fn points(&self, count: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        (0..count).filter_map(|index| self.value(index).map(|value| (index, value)))
    }
}

/// Lines over one axis.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    /// The title.
    pub title: String,
    /// Unit and zone.
    pub subtitle: String,
    /// What the points stand for.
    pub x: XAxis,
    /// The axis' name, written below it; empty for days.
    pub x_name: String,
    /// The lines.
    pub series: Vec<Series>,
    /// What kind of number they show.
    pub y: NumberKind,
    /// Whether the axis must hold zero.
    pub from_zero: bool,
}

impl LineChart {
    /// The colour of a line, for a legend.
    #[must_use]
    pub fn color(&self, series: usize, palette: &Palette) -> Rgb {
        match self.series.get(series).map(|series| series.emphasis) {
            Some(Emphasis::Quiet) => palette.muted.mix(palette.background, 0.45),
            Some(Emphasis::Reference) => palette.ink,
            // Only lines in their own colour use up colours.
            _ => {
                palette.series_color(self.series.iter().take(series).filter(|series| series.is_own()).count())
            }
        }
    }

    /// The value of every line at one point: the number of the line and its text, for a tooltip.
    #[must_use]
    pub fn reading(&self, index: usize, language: Language) -> Vec<(usize, String)> {
        let lines = self.series.iter().enumerate();
        lines
            .filter_map(|(number, series)| Some((number, self.value_text(series, index, language)?)))
            .collect()
    }

    fn value_text(&self, series: &Series, index: usize, language: Language) -> Option<String> {
        Some(value_text(self.y.text(series.value(index)?, language), series.is_open(index), language))
    }

    fn axis_name(&self, language: Language) -> String {
        match &self.x {
            _ if !self.x_name.is_empty() => self.x_name.clone(),
            XAxis::Days(..) => language.words().chart_day.to_owned(),
            XAxis::Steps(_) => language.words().chart_period.to_owned(),
        }
    }

    /// The lowest and highest value of all lines.
    fn extent(&self) -> Option<(f64, f64)> {
        let values =
            self.series.iter().flat_map(|series| series.points(self.x.len()).map(|(_, value)| value));
        let extent = values
            .map(|value| (value, value))
            .reduce(|(low, high), (value, _)| (low.min(value), high.max(value)));
        extent.map(|(low, high)| if self.from_zero { (low.min(0.0), high.max(0.0)) } else { (low, high) })
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
}

/// Where points lie.
struct Plot<'a> {
    frame: Frame,
    scale: &'a NumberScale,
    count: usize,
}

impl Plot<'_> {
    fn x(&self, index: usize) -> f64 {
        match self.count {
            0 | 1 => self.frame.x + self.frame.width / 2.0,
            count => self.frame.x + self.frame.width * index as f64 / (count - 1) as f64,
        }
    }

    fn y(&self, value: f64) -> f64 {
        self.frame.bottom() - self.frame.height * self.scale.share(value)
    }

    /// The line's points between two indexes, cut at gaps.
    fn runs(&self, series: &Series, indexes: std::ops::Range<usize>) -> Vec<Vec<(f64, f64)>> {
        let mut runs = Vec::new();
        let mut run = Vec::new();
        for index in indexes {
            match series.value(index) {
                Some(value) => run.push((self.x(index), self.y(value))),
                None if run.is_empty() => {}
                None => runs.push(std::mem::take(&mut run)),
            }
        }
        if !run.is_empty() {
            runs.push(run);
        }
        runs
    }
}

impl Chart for LineChart {
    fn title(&self) -> &str {
        &self.title
    }

    fn subtitle(&self) -> &str {
        &self.subtitle
    }

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        let pen = Pen::new(area, style)?;
        let room = pen.heading(&self.title, &self.subtitle)?;
        let below = if matches!(self.x, XAxis::Days(..)) || !self.x_name.is_empty() { 38.0 } else { 24.0 };
        let height = (room.height - 14.0 - below).max(1.0);
        let scale = self.extent().and_then(|(low, high)| {
            NumberScale::new(low, high, axis::number_count(height), self.y, style.language)
        });
        let Some(scale) = scale else {
            pen.no_data(room)?;
            return Ok(Drawing::default());
        };
        let left = room.x + axis::number_room(&scale);
        let right = name_room(&self.series, room.width);
        let frame = Frame::new(left, room.y + 14.0, (room.right() - left - right).max(1.0), height);
        let plot = Plot { frame, scale: &scale, count: self.x.len() };
        axis::draw_numbers(&pen, style, frame, &scale)?;
        let spacing = plot.x(1) - plot.x(0);
        axis::draw_names(&pen, style, frame, &self.x.ticks(spacing, style.language), |index| plot.x(index))?;
        let x_name = text::fit(&self.x_name, SMALL, frame.width);
        let ink = Ink::new(SMALL, style.palette.muted, Align::Right);
        pen.text(&x_name, frame.right(), frame.bottom() + 29.0, ink)?;
        self.draw_lines(&pen, style, &plot)?;
        if right > MARGIN {
            self.draw_line_names(&pen, style, &plot)?;
        }
        Ok(Drawing { plot: frame, marks: self.marks(&plot) })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        let Some(series) = self.series.get(mark.series) else { return String::new() };
        let Some(value) = self.value_text(series, mark.index, language) else { return String::new() };
        let name = self.x.name(mark.index, language);
        // A bare number needs to be told what it counts.
        let at = if self.x_name.is_empty() { name } else { format!("{} {name}", self.x_name) };
        fill(language.words().chart_point, &[("at", &at), ("series", &series.name), ("value", &value)])
    }

    fn summary(&self, language: Language) -> String {
        const DESCRIBED: usize = 6;
        let words = language.words();
        let count = self.x.len();
        let mut shown: Vec<&Series> =
            self.series.iter().filter(|series| series.points(count).next().is_some()).collect();
        shown.sort_by_key(|series| std::cmp::Reverse(series.emphasis));
        if shown.is_empty() {
            return fill(words.chart_summary_empty, &[("title", &self.title)]);
        }
        let first = self.x.name(0, language);
        let last = self.x.name(count.saturating_sub(1), language);
        let lines = count_text(shown.len(), language);
        let mut parts = vec![fill(
            words.chart_summary_lines,
            &[
                ("title", &self.title),
                ("count", &lines),
                ("x", &self.axis_name(language)),
                ("first", &first),
                ("last", &last),
            ],
        )];
        parts.extend(shown.iter().take(DESCRIBED).filter_map(|series| self.sentence(series, language)));
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

    fn table(&self, language: Language, form: Form) -> Table {
        let header = std::iter::once(self.axis_name(language))
            .chain(self.series.iter().map(|series| series.name.clone()))
            .collect();
        let row = |index| {
            let value = |series: &Series| match form {
                Form::Shown => self.value_text(series, index, language),
                Form::Plain => series.value(index).map(plain),
            };
            let values = self.series.iter().map(|series| value(series).unwrap_or_default());
            let name = match (form, &self.x) {
                (Form::Plain, XAxis::Days(first, _)) => day_after(*first, index).to_string(),
                _ => self.x.name(index, language),
            };
            std::iter::once(name).chain(values).collect()
        };
        Table { header, rows: (0..self.x.len()).map(row).collect() }
    }
}

fn day_after(first: Day, days: usize) -> Day {
    Day(first.0.saturating_add(i32::try_from(days).unwrap_or(i32::MAX)))
}

/// The right margin: enough for half a tick label.
const MARGIN: f64 = 24.0;
/// Lines with more names than this are told apart by the legend alone.
const NAMED: usize = 8;

/// The right margin with the names of the lines in it, where there is room for them.
fn name_room(series: &[Series], width: f64) -> f64 {
    let named: Vec<&Series> = series.iter().filter(|series| series.is_own()).collect();
    let widest = named.iter().map(|series| text::width(&series.name, BODY)).fold(0.0, f64::max) + 20.0;
    let telling = series.len() > 1 && (1..=NAMED).contains(&named.len());
    if telling && widest <= width * 0.22 { widest.max(MARGIN) } else { MARGIN }
}

impl LineChart {
    fn draw_lines<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        plot: &Plot<'_>,
    ) -> Result<(), ChartError> {
        let mut order: Vec<(usize, &Series)> = self.series.iter().enumerate().collect();
        order.sort_by_key(|(_, series)| (series.emphasis == Emphasis::Reference, series.emphasis));
        for (number, series) in order {
            let color = self.color(number, &style.palette);
            let width = match series.emphasis {
                Emphasis::Quiet => 1.0,
                Emphasis::Reference => 1.25,
                Emphasis::Normal => 1.75,
                Emphasis::Strong => 2.25,
            };
            let open_from = series.open_from.unwrap_or(plot.count).min(plot.count);
            for run in plot.runs(series, 0..open_from) {
                if self.series.len() == 1 && self.from_zero {
                    fill_below(pen, plot, &run, color)?;
                }
                match run.as_slice() {
                    [(x, y)] => pen.dot(*x, *y, width + 0.5, color)?,
                    _ => pen.path(&decimate(&run, COLUMN), width, color)?,
                }
            }
            // The dashes start at the last complete point, so that the line is whole.
            let joint = open_from.saturating_sub(1);
            for run in plot.runs(series, joint..plot.count) {
                match run.as_slice() {
                    [(x, _)] if open_from > 0 && *x == plot.x(joint) => {}
                    [(x, y)] => pen.dot(*x, *y, width + 0.5, color)?,
                    _ => pen.dashed_path(&decimate(&run, COLUMN), width, color)?,
                }
            }
        }
        Ok(())
    }

    /// The names at the ends of the lines. A name whose place is taken moves a little, or is left to the legend.
    fn draw_line_names<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        plot: &Plot<'_>,
    ) -> Result<(), ChartError> {
        const LINE: f64 = 15.0;
        let mut order: Vec<(usize, &Series)> =
            self.series.iter().enumerate().filter(|(_, series)| series.is_own()).collect();
        order.sort_by_key(|(_, series)| std::cmp::Reverse(series.emphasis));
        let mut taken: Vec<f64> = Vec::new();
        for (number, series) in order {
            let Some((index, value)) = series.points(plot.count).last() else { continue };
            let end = plot.y(value);
            let offsets = [0.0, -4.0, 4.0, -8.0, 8.0, -12.0, 12.0];
            let free = offsets
                .iter()
                .map(|offset| end + offset)
                .find(|&y| taken.iter().all(|other| (other - y).abs() >= LINE));
            // Beside the plot the name of a line that ends early would not be seen to belong to it.
            let Some(y) = free.filter(|_| plot.x(index) > plot.frame.right() - plot.frame.width * 0.1) else {
                continue;
            };
            taken.push(y);
            let color = style.palette.readable(self.color(number, &style.palette));
            pen.text(&series.name, plot.frame.right() + 8.0, y, Ink::new(BODY, color, Align::Left))?;
        }
        Ok(())
    }

    fn marks(&self, plot: &Plot<'_>) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (number, series) in self.series.iter().enumerate() {
            marks.extend(series.points(plot.count).map(|(index, value)| Mark {
                frame: Frame::new(plot.x(index), plot.y(value), 0.0, 0.0),
                kind: MarkKind::Point,
                series: number,
                index,
            }));
        }
        marks
    }
}

/// Half a CSS pixel: a column on a screen of two device pixels.
const COLUMN: f64 = 0.5;

/// A tint between a line and zero.
fn fill_below<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot<'_>,
    run: &[(f64, f64)],
    color: Rgb,
) -> Result<(), ChartError> {
    let (Some(&(first, _)), Some(&(last, _))) = (run.first(), run.last()) else { return Ok(()) };
    let mut shape = decimate(run, COLUMN);
    shape.push((last, plot.y(0.0)));
    shape.push((first, plot.y(0.0)));
    pen.polygon(&shape, color, 0.08)
}
