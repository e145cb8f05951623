//! The axes that line and bar charts share: hairlines with numbers at the left, names below.

use plotters::prelude::DrawingBackend;

use super::pen::{Align, Ink, Pen, SMALL};
use super::ticks::{NumberScale, Tick};
use super::{ChartError, Frame, Style, text};

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
