//! Columns over days, periods or categories, on top of each other or side by side: growth accounting, orders by channel.
//!
//! In stacks negative values grow downwards from zero. What is not complete yet is hatched.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::axis::Axes;
use super::pen::{Align, Ink, Pen, SMALL};
use super::series::{OverAxis, Parts, Series, SeriesChart, XAxis};
use super::ticks::NumberKind;
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Style, Table, framed, headed, stack, text,
    told_over_axis,
};
use crate::locale::Language;

/// How the columns of one place stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrangement {
    /// On top of each other.
    #[default]
    Stacked,
    /// On top of each other, as parts of a whole: all stacks are equally high.
    Shares,
    /// Side by side.
    Grouped,
}

/// Columns over one axis, of several kinds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnChart {
    /// The title.
    pub title: String,
    /// Unit and zone.
    pub subtitle: String,
    /// What the places along the axis stand for.
    pub x: XAxis,
    /// The axis' name, written below it; empty for days.
    pub x_name: String,
    /// The kinds of columns, the lowest first, in the unit of `y`; a value may be negative. Their emphasis only gives the
    /// colour.
    pub series: Vec<Series>,
    /// How they stand.
    pub arrangement: Arrangement,
    /// What the sum of a place's values is called. It is told and in the table; above stacks it is written where it fits,
    /// and where values are negative it is a line. Empty when a sum means nothing.
    pub total_name: String,
    /// What kind of number they show.
    pub y: NumberKind,
}

impl SeriesChart for ColumnChart {
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
            shares: self.arrangement == Arrangement::Shares,
        }
    }

    fn parts(&mut self) -> Parts<'_> {
        Parts { x: &mut self.x, series: &mut self.series, bands: None }
    }
}

impl Chart for ColumnChart {
    headed!();
    told_over_axis!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            let over = self.over_axis();
            let shares = self.arrangement == Arrangement::Shares;
            let pieces = stack::pieces(&self.series, self.x.len(), shares);
            let extent = match self.arrangement {
                Arrangement::Grouped => over.extent().map(|(low, high)| (low.min(0.0), high.max(0.0))),
                Arrangement::Stacked | Arrangement::Shares => stack::extent(&self.series, &pieces),
            };
            let kind = if shares { NumberKind::Percent } else { self.y };
            let axes = Axes::slots(pen, style, room, &over, extent.map(|extent| (extent, kind)))?;
            let Some(axes) = axes else { return Ok(None) };
            let marks = match self.arrangement {
                Arrangement::Grouped => self.draw_groups(pen, style, &axes)?,
                Arrangement::Stacked | Arrangement::Shares => self.draw_stacks(pen, style, &axes, &pieces)?,
            };
            if self.arrangement == Arrangement::Stacked {
                self.draw_totals(pen, style, &axes)?;
            }
            Ok(Some(Drawing { plot: axes.frame, marks, places: Some(axes.places) }))
        })
    }
}

/// How wide a column, or a group of them, is in a slot of this width.
fn thickness(pitch: f64, widest: f64) -> f64 {
    if pitch >= 4.0 { (pitch * 0.74).min(widest) } else { pitch }
}

impl ColumnChart {
    fn draw_stacks<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        axes: &Axes,
        pieces: &[Vec<(f64, f64)>],
    ) -> Result<Vec<Mark>, ChartError> {
        let width = thickness(axes.places.step, 56.0);
        let over = self.over_axis();
        let mut marks = Vec::new();
        for (number, (series, pieces)) in self.series.iter().zip(pieces).enumerate() {
            let color = over.color(number, &style.palette);
            for (index, &(from, to)) in pieces.iter().enumerate() {
                let (top, bottom) = (axes.y(from.max(to)), axes.y(from.min(to)));
                if series.value(index).is_none_or(|value| value == 0.0) || bottom <= top {
                    continue;
                }
                let frame = Frame::new(axes.x(index) - width / 2.0, top, width, bottom - top);
                // A hairline of the ground between pieces; the smallest pieces stay whole.
                let gap = if frame.height >= 3.0 && from != 0.0 { 1.0 } else { 0.0 };
                let drawn = match to < from {
                    true => Frame::new(frame.x, frame.y + gap, width, frame.height - gap),
                    false => Frame { height: frame.height - gap, ..frame },
                };
                pen.rect(drawn, color, 1.0)?;
                if series.is_open(index) {
                    pen.hatch(drawn, style.palette.background, 0.7)?;
                }
                marks.push(Mark { frame, kind: MarkKind::Rect, series: number, index });
            }
        }
        Ok(marks)
    }

    fn draw_groups<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        axes: &Axes,
    ) -> Result<Vec<Mark>, ChartError> {
        let over = self.over_axis();
        let kinds = self.series.len().max(1) as f64;
        let slot = thickness(axes.places.step, 40.0 * kinds) / kinds;
        let gap = if slot >= 5.0 { 1.0 } else { 0.0 };
        let mut marks = Vec::new();
        for (number, series) in self.series.iter().enumerate() {
            let color = over.color(number, &style.palette);
            for (index, value) in series.points(self.x.len()) {
                let left = axes.x(index) + slot * (number as f64 - kinds / 2.0);
                let (top, bottom) = (axes.y(value.max(0.0)), axes.y(value.min(0.0)));
                let frame = Frame::new(left + gap / 2.0, top, slot - gap, bottom - top);
                pen.rect(frame, color, 1.0)?;
                if series.is_open(index) {
                    pen.hatch(frame, style.palette.background, 0.7)?;
                }
                // The whole height answers to pointing: a low column is hard to hit.
                let frame = Frame::new(left, axes.frame.y, slot, axes.frame.height);
                marks.push(Mark { frame, kind: MarkKind::Rect, series: number, index });
            }
        }
        Ok(marks)
    }

    /// The sums: written above stacks that only rise, a line with dots where some fall.
    fn draw_totals<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        axes: &Axes,
    ) -> Result<(), ChartError> {
        let Some(total) = self.over_axis().total() else { return Ok(()) };
        let points: Vec<(usize, f64)> = total.points(self.x.len()).collect();
        let falls =
            self.series.iter().any(|series| series.points(self.x.len()).any(|(_, value)| value < 0.0));
        if falls {
            let line: Vec<(f64, f64)> =
                points.iter().map(|&(index, value)| (axes.x(index), axes.y(value))).collect();
            pen.path(&line, 3.5, style.palette.background)?;
            pen.path(&line, 1.5, style.palette.ink)?;
            if axes.places.step >= 10.0 {
                for &(x, y) in &line {
                    pen.dot(x, y, 3.5, style.palette.background)?;
                    pen.dot(x, y, 2.5, style.palette.ink)?;
                }
            }
            return Ok(());
        }
        let texts: Vec<String> = points.iter().map(|&(_, value)| self.short(value, style.language)).collect();
        if !texts.iter().all(|text| text::width(text, SMALL) + 6.0 <= axes.places.step) {
            return Ok(());
        }
        let ink = Ink::new(SMALL, style.palette.ink, Align::Center);
        for (text, &(index, value)) in texts.iter().zip(&points) {
            pen.text(text, axes.x(index), axes.y(value) - 8.0, ink)?;
        }
        Ok(())
    }

    fn short(&self, value: f64, language: Language) -> String {
        match self.y {
            NumberKind::Percent => self.y.text(value, language),
            NumberKind::Count | NumberKind::Decimal => language.compact(value),
        }
    }
}
