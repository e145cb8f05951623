//! Drawing in CSS pixels on any plotters backend: what every chart uses instead of the backend's own pixels.
//!
//! Straight lines are filled rectangles: a stroked line of even width is blurred on a canvas, a rectangle never is.

use plotters::coord::Shift;
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle};
use plotters::prelude::{DrawingArea, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};

use super::{Backend, ChartError, Frame, Rgb, Style, text};

/// Axis labels and notes.
pub(super) const SMALL: f64 = 11.0;
/// Labels of rows, bars and lines.
pub(super) const BODY: f64 = 12.0;
/// What the title and subtitle take at the top when they are drawn.
pub(super) const HEADING_HEIGHT: f64 = 56.0;
/// The border of a chart with a title, which stands alone; on a page the page keeps the distance.
pub(super) const BORDER: f64 = 16.0;

/// How a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub size: f64,
    pub color: Rgb,
    pub align: Align,
    pub bold: bool,
}

impl Ink {
    pub fn new(size: f64, color: Rgb, align: Align) -> Self {
        Self { size, color, align, bold: false }
    }

    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// Draws on an area in CSS pixels.
pub(super) struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    style: &'a Style,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    /// A pen on a cleared area.
    pub fn new(area: &'a DrawingArea<DB, Shift>, style: &'a Style) -> Result<Self, ChartError> {
        area.fill(&RGBColor::from(style.palette.background))?;
        Ok(Self { area, style })
    }

    /// Draws title and subtitle if the style asks for them, and gives what is left below.
    pub fn heading(&self, title: &str, subtitle: &str) -> Result<Frame, ChartError> {
        let whole = Frame::new(0.0, 0.0, f64::from(self.style.width), f64::from(self.style.height));
        if !self.style.with_title {
            return Ok(whole);
        }
        let (palette, room) = (&self.style.palette, whole.width - 2.0 * BORDER);
        // Bold letters are wider than the estimate for plain ones.
        let (title, subtitle) = (text::fit(title, 15.0 * 1.08, room), text::fit(subtitle, BODY, room));
        self.text(&title, BORDER, 22.0, Ink::new(15.0, palette.ink, Align::Left).bold())?;
        self.text(&subtitle, BORDER, 42.0, Ink::new(BODY, palette.muted, Align::Left))?;
        let height = (whole.height - HEADING_HEIGHT - BORDER).max(1.0);
        Ok(Frame::new(BORDER, HEADING_HEIGHT, room.max(1.0), height))
    }

    /// The calm text of a chart without data.
    pub fn no_data(&self, room: Frame) -> Result<(), ChartError> {
        let ink = Ink::new(BODY, self.style.palette.muted, Align::Center);
        let words = text::fit(self.style.language.words().chart_no_data, BODY, room.width - 16.0);
        self.text(&words, room.x + room.width / 2.0, room.y + room.height / 2.0, ink)
    }

    /// A filled rectangle.
    pub fn rect(&self, frame: Frame, color: Rgb, alpha: f64) -> Result<(), ChartError> {
        let corners = [self.device(frame.x, frame.y), self.device(frame.right(), frame.bottom())];
        self.area.draw(&Rectangle::new(corners, RGBColor::from(color).mix(alpha).filled()))?;
        Ok(())
    }

    /// A level line, as thin as the device can draw it well.
    pub fn level_line(&self, from: f64, to: f64, y: f64, color: Rgb) -> Result<(), ChartError> {
        let ((left, top), (right, _)) = (self.device(from, y), self.device(to, y));
        self.area.draw(&Rectangle::new(
            [(left, top), (right, top + self.thin())],
            RGBColor::from(color).filled(),
        ))?;
        Ok(())
    }

    /// An upright line, as thin as the device can draw it well.
    pub fn upright_line(&self, x: f64, from: f64, to: f64, color: Rgb) -> Result<(), ChartError> {
        let ((left, top), (_, bottom)) = (self.device(x, from), self.device(x, to));
        self.area.draw(&Rectangle::new(
            [(left, top), (left + self.thin(), bottom)],
            RGBColor::from(color).filled(),
        ))?;
        Ok(())
    }

    /// A line through points.
    pub fn path(&self, points: &[(f64, f64)], width: f64, color: Rgb) -> Result<(), ChartError> {
        self.area.draw(&PathElement::new(self.devices(points), self.stroke(width, color)))?;
        Ok(())
    }

    /// A dashed line through points.
    pub fn dashed_path(&self, points: &[(f64, f64)], width: f64, color: Rgb) -> Result<(), ChartError> {
        let (dash, gap) = (self.length(4.0), self.length(3.0));
        self.area.draw(&DashedPathElement::new(
            self.devices(points),
            dash,
            gap,
            self.stroke(width, color),
        ))?;
        Ok(())
    }

    /// A filled shape.
    pub fn polygon(&self, points: &[(f64, f64)], color: Rgb, alpha: f64) -> Result<(), ChartError> {
        self.area.draw(&Polygon::new(self.devices(points), RGBColor::from(color).mix(alpha)))?;
        Ok(())
    }

    /// A dot.
    pub fn dot(&self, x: f64, y: f64, radius: f64, color: Rgb) -> Result<(), ChartError> {
        self.disc(x, y, radius, color, 1.0)
    }

    /// A dot that lets through what it lies on.
    pub fn disc(&self, x: f64, y: f64, radius: f64, color: Rgb, alpha: f64) -> Result<(), ChartError> {
        self.area.draw(&Circle::new(
            self.device(x, y),
            self.length(radius),
            RGBColor::from(color).mix(alpha).filled(),
        ))?;
        Ok(())
    }

    /// The ground behind a text that lies on others.
    pub fn plate(&self, frame: Frame, color: Rgb) -> Result<(), ChartError> {
        self.rect(frame, color, 0.8)
    }

    /// Slanted lines across a rectangle: the sign for "not complete yet".
    pub fn hatch(&self, frame: Frame, color: Rgb, alpha: f64) -> Result<(), ChartError> {
        const SPACING: f64 = 6.0;
        let style = RGBColor::from(color).mix(alpha).stroke_width(self.thin().unsigned_abs());
        // Each line is x + y = sum; sums are multiples of the spacing on the whole chart, so neighbours join up.
        let mut sum = ((frame.x + frame.y) / SPACING).floor() * SPACING + SPACING;
        while sum < frame.right() + frame.bottom() {
            let from = ((sum - frame.bottom()).max(frame.x), (sum - frame.x).min(frame.bottom()));
            let to = ((sum - frame.y).min(frame.right()), (sum - frame.right()).max(frame.y));
            self.area.draw(&PathElement::new(self.devices(&[from, to]), style))?;
            sum += SPACING;
        }
        Ok(())
    }

    /// A text whose middle line is at `y`.
    pub fn text(&self, text: &str, x: f64, y: f64, ink: Ink) -> Result<(), ChartError> {
        if text.is_empty() {
            return Ok(());
        }
        // SVG centres small letters, a canvas the em box: moved, so that figures stand alike. And see [`Backend::Svg`].
        let (size, y) = match self.style.backend {
            Backend::Canvas => (ink.size, y),
            Backend::Svg => (ink.size * 1.24, y + ink.size * 0.09),
        };
        let weight = if ink.bold { FontStyle::Bold } else { FontStyle::Normal };
        let horizontal = match ink.align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let font = FontDesc::new(FontFamily::Name(&self.style.font), size * self.style.scale, weight);
        let color = RGBColor::from(ink.color);
        let style = TextStyle::from(font).color(&color).pos(Pos::new(horizontal, VPos::Center));
        self.area.draw_text(&text::printable(text), &style, self.device(x, y))?;
        Ok(())
    }

    fn stroke(&self, width: f64, color: Rgb) -> ShapeStyle {
        RGBColor::from(color).stroke_width(self.length(width).unsigned_abs())
    }

    fn thin(&self) -> i32 {
        self.length(1.0)
    }

    /// A length in device pixels, at least one.
    fn length(&self, length: f64) -> i32 {
        (length * self.style.scale).round().clamp(1.0, 1e4) as i32
    }

    /// A point in device pixels. Wild numbers are kept within what backends can add and subtract.
    fn device(&self, x: f64, y: f64) -> (i32, i32) {
        let pixel = |value: f64| (value * self.style.scale).round().clamp(-1e6, 1e6) as i32;
        (pixel(x), pixel(y))
    }

    fn devices(&self, points: &[(f64, f64)]) -> Vec<(i32, i32)> {
        points.iter().map(|&(x, y)| self.device(x, y)).collect()
    }
}
