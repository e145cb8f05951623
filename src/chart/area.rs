//! Layers over days, periods or steps: what a total consists of, as it changes.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::axis::{Axes, EndName, MARGIN};
use super::pen::Pen;
use super::series::{OverAxis, Parts, Series, SeriesChart, XAxis};
use super::ticks::NumberKind;
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Places, Style, Table, axis, framed, headed,
    stack, told_over_axis,
};
use crate::locale::Language;

/// Layers over one axis. Values are sizes and not negative; a place where no layer has a value is a gap.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AreaChart {
    /// The title.
    pub title: String,
    /// Unit and zone.
    pub subtitle: String,
    /// What the points stand for.
    pub x: XAxis,
    /// The axis' name, written below it; empty for days.
    pub x_name: String,
    /// The layers, the lowest first, in the unit of `y`. Their emphasis only gives the colour.
    pub series: Vec<Series>,
    /// Draw parts of a whole: the layers together always reach 100%.
    pub shares: bool,
    /// What the sum of a place's values is called, for tooltip and table; empty when it means nothing.
    pub total_name: String,
    /// What kind of number they show.
    pub y: NumberKind,
}

impl SeriesChart for AreaChart {
    fn over_axis(&self) -> OverAxis<'_> {
        OverAxis {
            title: &self.title,
            x: &self.x,
            x_name: &self.x_name,
            series: &self.series,
            bands: &[],
            y: self.y,
            stacked: true,
            total_name: &self.total_name,
            shares: self.shares,
        }
    }

    fn parts(&mut self) -> Parts<'_> {
        Parts { x: &mut self.x, series: &mut self.series, bands: None }
    }
}

impl Chart for AreaChart {
    headed!();
    told_over_axis!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            let pieces = stack::pieces(&self.series, self.x.len(), self.shares);
            let kind = if self.shares { NumberKind::Percent } else { self.y };
            let extent = stack::extent(&self.series, &pieces).map(|extent| (extent, kind));
            let names: Vec<&str> = self.series.iter().map(|series| series.name.as_str()).collect();
            let right = axis::name_room(&names, room.width);
            let over = self.over_axis();
            let axes = Axes::drawn(pen, style, room, &over, extent, right, Places::points)?;
            let Some(axes) = axes else { return Ok(None) };
            for (number, pieces) in pieces.iter().enumerate() {
                self.draw_layer(pen, style, &axes, number, pieces)?;
            }
            self.fade_open(pen, style, &axes)?;
            if right > MARGIN {
                axis::draw_end_names(pen, style, axes.frame, &self.end_names(style, &axes, &pieces))?;
            }
            Ok(Some(Drawing {
                plot: axes.frame,
                marks: self.marks(&axes, &pieces),
                places: Some(axes.places),
            }))
        })
    }
}

impl AreaChart {
    /// Whether any layer has a value there.
    fn has(&self, index: usize) -> bool {
        self.series.iter().any(|series| series.value(index).is_some())
    }

    fn draw_layer<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        axes: &Axes,
        number: usize,
        pieces: &[(f64, f64)],
    ) -> Result<(), ChartError> {
        let color = self.over_axis().color(number, &style.palette);
        let places: Vec<(usize, &(f64, f64))> = pieces.iter().enumerate().collect();
        for run in places.split(|(index, _)| !self.has(*index)) {
            let upper: Vec<(f64, f64)> =
                run.iter().map(|&(index, &(_, to))| (axes.x(index), axes.y(to))).collect();
            let lower = run.iter().rev().map(|&(index, &(from, _))| (axes.x(index), axes.y(from)));
            match upper.as_slice() {
                [] => {}
                [(x, top)] => {
                    // A place between gaps has no neighbour to draw towards.
                    let bottom = lower.map(|(_, y)| y).next().unwrap_or(*top);
                    let width = axes.places.step.clamp(1.0, 4.0);
                    pen.rect(Frame::new(x - width / 2.0, *top, width, bottom - top), color, 1.0)?;
                }
                _ => {
                    let shape: Vec<(f64, f64)> = upper.iter().copied().chain(lower).collect();
                    if run.iter().any(|(_, (from, to))| from != to) {
                        pen.polygon(&shape, color, 0.86)?;
                        pen.path(&upper, 1.0, style.palette.background)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What is not complete yet is paler.
    fn fade_open<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        axes: &Axes,
    ) -> Result<(), ChartError> {
        let count = self.x.len();
        let open_from = self.series.iter().filter_map(|series| series.open_from).min();
        let Some(open_from) = open_from.filter(|&open| open < count) else { return Ok(()) };
        let frame = axes.frame;
        let left = axes.x(open_from.saturating_sub(1)).max(frame.x);
        pen.rect(Frame::new(left, frame.y, frame.right() - left, frame.height), style.palette.background, 0.5)
    }

    /// The layers' names beside their ends, the thickest first.
    fn end_names(&self, style: &Style, axes: &Axes, pieces: &[Vec<(f64, f64)>]) -> Vec<EndName<'_>> {
        let over = self.over_axis();
        let Some(last) = (0..self.x.len()).rev().find(|&index| self.has(index)) else { return Vec::new() };
        let ends = self.series.iter().zip(pieces).enumerate().filter_map(|(number, (series, pieces))| {
            let (from, to) = pieces.get(last).copied()?;
            (from != to).then_some((from, to, number, series.name.as_str()))
        });
        let mut ends: Vec<_> = ends.collect();
        ends.sort_by(|a, b| (b.1 - b.0).abs().total_cmp(&(a.1 - a.0).abs()));
        ends.into_iter()
            .map(|(from, to, number, name)| EndName {
                y: axes.y(f64::midpoint(from, to)),
                name,
                color: over.color(number, &style.palette),
            })
            .collect()
    }

    fn marks(&self, axes: &Axes, pieces: &[Vec<(f64, f64)>]) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (number, (series, pieces)) in self.series.iter().zip(pieces).enumerate() {
            let shown = pieces.iter().enumerate().filter(|(index, _)| series.value(*index).is_some());
            marks.extend(shown.map(|(index, &(from, to))| {
                let (top, bottom) = (axes.y(from.max(to)), axes.y(from.min(to)));
                let frame = Frame::new(axes.x(index), top, 0.0, bottom - top);
                Mark { frame, kind: MarkKind::Point, series: number, index }
            }));
        }
        marks
    }
}
