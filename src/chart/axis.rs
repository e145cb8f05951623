//! The axes that charts share: hairlines with numbers at the left, names or numbers below, names at the ends of lines.

use plotters::prelude::DrawingBackend;

use super::pen::{Align, BODY, Ink, Pen, SMALL};
use super::series::OverAxis;
use super::ticks::{NumberKind, NumberScale, Tick};
use super::{ChartError, Frame, Places, Rgb, Style, text};
use crate::locale::Language;

/// The room above a plot, in which its highest number is half.
pub(super) const ABOVE: f64 = 14.0;
/// The right margin: enough for half a tick label.
pub(super) const MARGIN: f64 = 24.0;

/// Axes with numbers at the left and the places of series below, drawn.
pub(super) struct Axes {
    /// The part inside.
    pub frame: Frame,
    /// The numbers.
    pub scale: NumberScale,
    /// The places.
    pub places: Places,
}

impl Axes {
    /// Axes for points. `None` when there is no extent. `right` is the room of what stands right of the plot.
    pub fn points<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
        over: &OverAxis<'_>,
        extent: Option<(f64, f64)>,
        right: f64,
    ) -> Result<Option<Self>, ChartError> {
        Self::drawn(pen, style, room, over, extent.map(|extent| (extent, over.y)), right, Places::points)
    }

    /// Axes for columns, with numbers of another kind than the values where these are drawn as shares.
    pub fn slots<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
        over: &OverAxis<'_>,
        extent: Option<((f64, f64), NumberKind)>,
    ) -> Result<Option<Self>, ChartError> {
        Self::drawn(pen, style, room, over, extent, MARGIN, Places::slots)
    }

    /// As [`Self::points`], with numbers of another kind than the values.
    pub fn drawn<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
        over: &OverAxis<'_>,
        extent: Option<((f64, f64), NumberKind)>,
        right: f64,
        places: fn(Frame, usize) -> Places,
    ) -> Result<Option<Self>, ChartError> {
        let below = if over.x.has_years() || !over.x_name.is_empty() { 38.0 } else { 24.0 };
        let height = (room.height - ABOVE - below).max(1.0);
        let scale = extent.and_then(|((low, high), kind)| {
            NumberScale::new(low, high, number_count(height), kind, style.language)
        });
        let Some(scale) = scale else { return Ok(None) };
        let left = room.x + number_room(&scale);
        let frame = Frame::new(left, room.y + ABOVE, (room.right() - left - right).max(1.0), height);
        let axes = Self { frame, scale, places: places(frame, over.x.len()) };
        draw_numbers(pen, style, frame, &axes.scale)?;
        let ticks = over.x.ticks(axes.places.step, style);
        draw_names(pen, style, frame, &ticks, |index| axes.places.x(index))?;
        draw_axis_name(pen, style, frame, over.x_name)?;
        Ok(Some(axes))
    }

    /// Where a place is.
    pub fn x(&self, index: usize) -> f64 {
        self.places.x(index)
    }

    /// Where a value is.
    pub fn y(&self, value: f64) -> f64 {
        self.frame.bottom() - self.frame.height * self.scale.share(value)
    }
}

/// The name of the axis below, at its right end.
pub(super) fn draw_axis_name<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    style: &Style,
    plot: Frame,
    name: &str,
) -> Result<(), ChartError> {
    let ink = Ink::new(SMALL, style.palette.muted, Align::Right);
    pen.text(&text::fit(name, SMALL, plot.width), plot.right(), plot.bottom() + 29.0, ink)
}

/// A scale for a level axis of this width: as many round numbers as keep apart.
pub(super) fn level_scale(
    low: f64,
    high: f64,
    kind: NumberKind,
    width: f64,
    language: Language,
) -> Option<NumberScale> {
    const GAP: f64 = 14.0;
    let most = (width / 56.0).clamp(1.0, 12.0) as usize;
    (1..=most).rev().find_map(|count| {
        let scale = NumberScale::new(low, high, count, kind, language)?;
        let widest = scale.labels.iter().map(|label| text::width(label, SMALL)).fold(0.0, f64::max);
        let spacing = width / (scale.ticks.len().max(2) - 1) as f64;
        (count == 1 || widest + GAP <= spacing).then_some(scale)
    })
}

/// Lines with more names than this are told apart by the legend alone.
const NAMED: usize = 8;

/// The right margin with names in it, where there is room for them.
pub(super) fn name_room(names: &[&str], width: f64) -> f64 {
    let widest = names.iter().map(|name| text::width(name, BODY)).fold(0.0, f64::max) + 20.0;
    let telling = (1..=NAMED).contains(&names.len());
    if telling && widest <= width * 0.22 { widest.max(MARGIN) } else { MARGIN }
}

/// A name right of the plot.
pub(super) struct EndName<'a> {
    /// The height it belongs to.
    pub y: f64,
    pub name: &'a str,
    pub color: Rgb,
}

/// Names right of the plot. One whose place is taken moves a little, or is left to the legend.
pub(super) fn draw_end_names<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    style: &Style,
    plot: Frame,
    names: &[EndName<'_>],
) -> Result<(), ChartError> {
    const LINE: f64 = 15.0;
    let mut taken: Vec<f64> = Vec::new();
    for EndName { y, name, color } in names {
        let offsets = [0.0, -4.0, 4.0, -8.0, 8.0, -12.0, 12.0];
        let free = |y: &f64| taken.iter().all(|other| (other - y).abs() >= LINE);
        let Some(y) = offsets.iter().map(|offset| y + offset).find(free) else { continue };
        taken.push(y);
        let ink = Ink::new(BODY, style.palette.readable(*color), Align::Left);
        pen.text(name, plot.right() + 8.0, y, ink)?;
    }
    Ok(())
}

/// The room of the numbers at the left of the plot.
pub(super) fn number_room(scale: &NumberScale) -> f64 {
    scale.labels.iter().map(|label| text::width(label, SMALL)).fold(16.0, f64::max).ceil() + 12.0
}

/// How many numbers a plot of this height has room for.
pub(super) fn number_count(height: f64) -> usize {
    (height / 42.0).clamp(2.0, 6.0) as usize
}

/// Level hairlines at the ticks, the number left of each; the line at zero is stronger.
pub(super) fn draw_numbers<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    style: &Style,
    plot: Frame,
    scale: &NumberScale,
) -> Result<(), ChartError> {
    let palette = &style.palette;
    for (&tick, label) in scale.ticks.iter().zip(&scale.labels) {
        let y = plot.bottom() - plot.height * scale.share(tick);
        let color = if tick == 0.0 { palette.hairline.mix(palette.muted, 0.6) } else { palette.hairline };
        pen.level_line(plot.x, plot.right(), y, color)?;
        pen.text(label, plot.x - 8.0, y, Ink::new(SMALL, palette.muted, Align::Right))?;
    }
    Ok(())
}

/// Upright hairlines at the ticks, the number below each; the line at zero is stronger.
pub(super) fn draw_level_numbers<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    style: &Style,
    plot: Frame,
    scale: &NumberScale,
) -> Result<(), ChartError> {
    let palette = &style.palette;
    for (&tick, label) in scale.ticks.iter().zip(&scale.labels) {
        let x = plot.x + plot.width * scale.share(tick);
        let color = if tick == 0.0 { palette.hairline.mix(palette.muted, 0.6) } else { palette.hairline };
        pen.upright_line(x, plot.y, plot.bottom(), color)?;
        let half = text::width(label, SMALL) / 2.0;
        if x - half >= 0.0 && x + half <= f64::from(style.width) {
            pen.text(label, x, plot.bottom() + 14.0, Ink::new(SMALL, palette.muted, Align::Center))?;
        }
    }
    Ok(())
}

/// Names below the plot; one that would leave the chart is left out.
pub(super) fn draw_names<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    style: &Style,
    plot: Frame,
    ticks: &[Tick],
    x: impl Fn(usize) -> f64,
) -> Result<(), ChartError> {
    let ink = Ink::new(SMALL, style.palette.muted, Align::Center);
    for tick in ticks {
        let center = x(tick.index);
        let half = tick
            .year
            .iter()
            .chain([&tick.label])
            .map(|line| text::width(line, SMALL) / 2.0)
            .fold(0.0, f64::max);
        if center - half < 0.0 || center + half > f64::from(style.width) {
            continue;
        }
        pen.upright_line(
            center,
            plot.bottom(),
            plot.bottom() + 4.0,
            style.palette.hairline.mix(style.palette.muted, 0.6),
        )?;
        pen.text(&tick.label, center, plot.bottom() + 14.0, ink)?;
        if let Some(year) = &tick.year {
            pen.text(year, center, plot.bottom() + 28.0, ink)?;
        }
    }
    Ok(())
}
