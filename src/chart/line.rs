//! Lines over days, periods or steps: active users by day, retention curves, a forecast with its range.
//!
//! Values that are not complete yet are dashed, missing ones are gaps. A line of thousands of points is drawn through the
//! first, lowest, highest and last of every pixel column, which covers the same pixels.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::axis::{Axes, EndName, MARGIN};
use super::decimate::decimate;
use super::pen::Pen;
use super::series::{Band, Emphasis, OverAxis, Parts, Series, SeriesChart, XAxis};
use super::ticks::NumberKind;
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Palette, Rgb, Style, Table, axis, framed,
    headed, told_over_axis,
};
use crate::locale::Language;

/// Lines over one axis.
#[derive(Debug, Clone, PartialEq, Default)]
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
    /// Ranges around lines, drawn as tints behind them.
    pub bands: Vec<Band>,
    /// What kind of number they show.
    pub y: NumberKind,
    /// Whether the axis must hold zero.
    pub from_zero: bool,
    /// Whether a value holds up to the next place, where the line steps to the next value: a survival curve.
    pub stepped: bool,
}

impl LineChart {
    /// The colour of a line, for a legend.
    #[must_use]
    pub fn color(&self, series: usize, palette: &Palette) -> Rgb {
        self.over_axis().color(series, palette)
    }
}

impl SeriesChart for LineChart {
    fn over_axis(&self) -> OverAxis<'_> {
        OverAxis {
            title: &self.title,
            x: &self.x,
            x_name: &self.x_name,
            series: &self.series,
            bands: &self.bands,
            y: self.y,
            stacked: false,
            total_name: "",
            shares: false,
        }
    }

    fn parts(&mut self) -> Parts<'_> {
        Parts { x: &mut self.x, series: &mut self.series, bands: Some(&mut self.bands) }
    }
}

impl Chart for LineChart {
    headed!();
    told_over_axis!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            let over = self.over_axis();
            let own = || self.series.iter().filter(|series| series.is_own());
            let names = if self.series.len() > 1 {
                own().map(|series| series.name.as_str()).collect()
            } else {
                Vec::new()
            };
            let right = axis::name_room(&names, room.width);
            let extent = over
                .extent()
                .map(|(low, high)| if self.from_zero { (low.min(0.0), high.max(0.0)) } else { (low, high) });
            let Some(axes) = Axes::points(pen, style, room, &over, extent, right)? else { return Ok(None) };
            self.draw_bands(pen, style, &axes)?;
            self.draw_lines(pen, style, &axes)?;
            if right > MARGIN {
                axis::draw_end_names(pen, style, axes.frame, &self.end_names(style, &axes))?;
            }
            Ok(Some(Drawing { plot: axes.frame, marks: self.marks(&axes), places: Some(axes.places) }))
        })
    }
}

/// The line's points between two indexes, cut at gaps. Stepped, it stays level up to the next point.
fn runs(
    axes: &Axes,
    stepped: bool,
    value: impl Fn(usize) -> Option<f64>,
    indexes: std::ops::Range<usize>,
) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for index in indexes {
        match (value(index), runs.last_mut()) {
            (Some(value), Some(run)) => {
                if let Some((_, before)) = run.last().copied().filter(|_| stepped) {
                    run.push((axes.x(index), before));
                }
                run.push((axes.x(index), axes.y(value)));
            }
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

impl LineChart {
    fn draw_bands<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        axes: &Axes,
    ) -> Result<(), ChartError> {
        for band in &self.bands {
            let color = self.color(band.series, &style.palette);
            let lows = runs(axes, self.stepped, |index| band.at(index).map(|(low, _)| low), 0..self.x.len());
            let highs =
                runs(axes, self.stepped, |index| band.at(index).map(|(_, high)| high), 0..self.x.len());
            for (low, high) in lows.iter().zip(&highs) {
                let mut shape = decimate(high, COLUMN);
                shape.extend(decimate(low, COLUMN).into_iter().rev());
                pen.polygon(&shape, color, 0.16)?;
            }
        }
        Ok(())
    }

    fn draw_lines<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        axes: &Axes,
    ) -> Result<(), ChartError> {
        let count = self.x.len();
        let mut order: Vec<(usize, &Series)> = self.series.iter().enumerate().collect();
        order.sort_by_key(|(_, series)| (series.emphasis == Emphasis::Reference, series.emphasis));
        for (number, series) in order {
            let color = self.color(number, &style.palette);
            let width = match series.emphasis {
                Emphasis::Quiet => 1.0,
                Emphasis::Reference => 1.25,
                Emphasis::Comparison => 1.5,
                Emphasis::Normal => 1.75,
                Emphasis::Strong => 2.25,
            };
            let dashed = series.emphasis == Emphasis::Comparison;
            let open_from = if dashed { 0 } else { series.open_from.unwrap_or(count).min(count) };
            for run in runs(axes, self.stepped, |index| series.value(index), 0..open_from) {
                if self.series.len() == 1 && self.from_zero && self.bands.is_empty() {
                    fill_below(pen, axes, &run, color)?;
                }
                match run.as_slice() {
                    [(x, y)] => pen.dot(*x, *y, width + 0.5, color)?,
                    _ => pen.path(&decimate(&run, COLUMN), width, color)?,
                }
            }
            // The dashes start at the last complete point, so that the line is whole.
            let joint = open_from.saturating_sub(1);
            for run in runs(axes, self.stepped, |index| series.value(index), joint..count) {
                match run.as_slice() {
                    [(x, _)] if open_from > 0 && *x == axes.x(joint) => {}
                    [(x, y)] => pen.dot(*x, *y, width + 0.5, color)?,
                    _ => pen.dashed_path(&decimate(&run, COLUMN), width, color)?,
                }
            }
        }
        Ok(())
    }

    /// The names at the ends of the lines, the most important first.
    fn end_names(&self, style: &Style, axes: &Axes) -> Vec<EndName<'_>> {
        let mut order: Vec<(usize, &Series)> =
            self.series.iter().enumerate().filter(|(_, series)| series.is_own()).collect();
        order.sort_by_key(|(_, series)| std::cmp::Reverse(series.emphasis));
        let frame = axes.frame;
        let name = |(number, series): (usize, &'_ Series)| -> Option<(f64, usize)> {
            let (index, value) = series.points(self.x.len()).last()?;
            // Beside the plot the name of a line that ends early would not be seen to belong to it.
            (axes.x(index) > frame.right() - frame.width * 0.1).then(|| (axes.y(value), number))
        };
        let placed = order.into_iter().filter_map(name);
        placed
            .filter_map(|(y, number)| {
                let name = &self.series.get(number)?.name;
                Some(EndName { y, name, color: self.color(number, &style.palette) })
            })
            .collect()
    }

    fn marks(&self, axes: &Axes) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (number, series) in self.series.iter().enumerate() {
            marks.extend(series.points(self.x.len()).map(|(index, value)| Mark {
                frame: Frame::new(axes.x(index), axes.y(value), 0.0, 0.0),
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
    axes: &Axes,
    run: &[(f64, f64)],
    color: Rgb,
) -> Result<(), ChartError> {
    let (Some(&(first, _)), Some(&(last, _))) = (run.first(), run.last()) else { return Ok(()) };
    let mut shape = decimate(run, COLUMN);
    shape.push((last, axes.y(0.0)));
    shape.push((first, axes.y(0.0)));
    pen.polygon(&shape, color, 0.08)
}
