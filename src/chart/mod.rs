//! A report drawn: one chart, one file, on any plotters backend.
//!
//! A chart is plain data that says what is shown ([`LineChart`], [`AreaChart`], [`ColumnChart`],
//! [`BarChart`], [`Histogram`], [`Scatter`], [`HeatMap`], [`CalendarHeatMap`], [`Treemap`],
//! [`FunnelChart`], [`Sankey`]); a [`Style`] says
//! what it looks like. The same function draws on a canvas for the screen and through SVG for download and tests. It
//! returns a [`Drawing`]: what lies where, so that pointing and the keyboard find the numbers. Every chart can also be
//! read: [`Chart::summary`] for a screen reader, [`Chart::table`] as a table.
//!
//! Nothing here asks a browser to measure text ([`text`] estimates), so the layout is the same everywhere.

pub mod area;
mod axis;
pub mod bars;
mod bend;
mod bins;
pub mod calendar_heatmap;
pub mod columns;
mod decimate;
pub mod funnel;
pub mod heatmap;
pub mod histogram;
pub mod line;
mod palette;
mod pen;
pub mod sankey;
pub mod scatter;
pub mod series;
mod stack;
mod style;
mod svg;
#[cfg(test)]
mod tests;
pub mod text;
pub mod ticks;
pub mod treemap;

use std::fmt;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingAreaErrorKind, DrawingBackend};

use crate::locale::{Language, fill};
use pen::Pen;

pub use area::AreaChart;
pub use bars::{Bar, BarChart, Orientation};
pub use bend::Bend;
pub use calendar_heatmap::CalendarHeatMap;
pub use columns::{Arrangement, ColumnChart};
pub use funnel::{FunnelChart, FunnelStep};
pub use heatmap::{Cell, HeatMap};
pub use histogram::{Bins, Histogram, Threshold};
pub use line::LineChart;
pub use palette::{Palette, Rgb};
pub use sankey::{FlowLink, FlowNode, FlowStep, FlowTone, Sankey};
pub use scatter::{Dot, Guide, Scatter};
pub use series::{Band, Emphasis, OverAxis, Parts, Reading, Series, SeriesChart, XAxis};
pub use style::{Backend, FONT, Style};
pub use svg::to_svg;
pub use ticks::NumberKind;
pub use treemap::{Item, Tint, Treemap};

/// What every chart can do.
pub trait Chart {
    /// The title, which the page shows above the chart.
    fn title(&self) -> &str;

    /// The unit and the zone, below the title.
    fn subtitle(&self) -> &str;

    /// Draws on an area of [`Style::device_size`] and tells what lies where.
    ///
    /// # Errors
    /// When the backend fails.
    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError>;

    /// What a mark of this chart's drawing shows, in one line: shown when pointed at, spoken when walked to.
    fn label(&self, mark: &Mark, language: Language) -> String;

    /// The chart in a few plain sentences.
    fn summary(&self, language: Language) -> String;

    /// The chart's numbers as a table, to be read or to be calculated with.
    fn table(&self, language: Language, form: Form) -> Table;
}

/// How a table writes its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As people read them: rounded, with separators, and what is not complete yet is said.
    Shown,
    /// As other programs read them: all places and nothing else; days as `2024-12-31`.
    Plain,
}

/// A chart's numbers as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// A name for each column.
    pub header: Vec<String>,
    /// The rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// A rectangle in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Frame {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Frame {
    /// The rectangle with this corner and size.
    #[must_use]
    pub fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    /// The right edge.
    #[must_use]
    pub fn right(self) -> f64 {
        self.x + self.width
    }

    /// The lower edge.
    #[must_use]
    pub fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// Whether the point is inside; of two rectangles that share an edge, one has it.
    #[must_use]
    pub fn contains(self, x: f64, y: f64) -> bool {
        x >= self.x && x < self.right() && y >= self.y && y < self.bottom()
    }

    /// The rectangle without a border of this width.
    #[must_use]
    pub fn shrunk(self, border: f64) -> Self {
        Self::new(
            self.x + border,
            self.y + border,
            (self.width - 2.0 * border).max(0.0),
            (self.height - 2.0 * border).max(0.0),
        )
    }
}

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// A cell, tile or bar.
    Rect,
    /// A point of a line, found from anywhere above or below it; of a layer, its upper edge and height.
    Point,
    /// A dot, found from nearby.
    Dot,
    /// A flow that winds through its frame.
    Flow(Bend),
}

/// Something that was drawn for one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Where; a point has no width.
    pub frame: Frame,
    /// Its shape.
    pub kind: MarkKind,
    /// The line, layer or group, or the row of the heat map; 0 where there is only one.
    pub series: usize,
    /// The place on the axis, the column of the heat map, the tile, bar, bin or dot as numbered in the chart.
    pub index: usize,
}

/// Places along a level axis, the same distance from each other.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Places {
    /// The middle of the first, in CSS pixels.
    pub first: f64,
    /// The distance from one to the next.
    pub step: f64,
    /// How many there are.
    pub count: usize,
}

impl Places {
    /// Points from edge to edge; a single one stands in the middle.
    #[must_use]
    pub fn points(frame: Frame, count: usize) -> Self {
        match count {
            0 | 1 => Self { first: frame.x + frame.width / 2.0, step: frame.width, count },
            _ => Self { first: frame.x, step: frame.width / (count - 1) as f64, count },
        }
    }

    /// Slots that share the width.
    #[must_use]
    pub fn slots(frame: Frame, count: usize) -> Self {
        let step = frame.width / count.max(1) as f64;
        Self { first: frame.x + step / 2.0, step, count }
    }

    /// The middle of a place.
    #[must_use]
    pub fn x(self, index: usize) -> f64 {
        self.first + self.step * index as f64
    }

    /// The place nearest to this x; `None` when there is none at all.
    #[must_use]
    pub fn nearest(self, x: f64) -> Option<usize> {
        let last = self.count.checked_sub(1)?;
        let at = ((x - self.first) / self.step).round();
        // Saturating: before the first is the first.
        Some(if at.is_finite() { (at as usize).min(last) } else { 0 })
    }
}

/// What was drawn, and where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawing {
    /// The part inside the axes.
    pub plot: Frame,
    /// Every number shown, in reading order.
    pub marks: Vec<Mark>,
    /// The places of the axis, where a part of them can be looked at alone.
    pub places: Option<Places>,
}

impl Drawing {
    /// The mark at a point in CSS pixels: the rectangle there, a dot nearby, or what is nearest in x, then in y.
    #[must_use]
    pub fn at(&self, x: f64, y: f64) -> Option<&Mark> {
        // A finger or mouse a little outside the plot still means its edge.
        const SLACK: f64 = 16.0;
        let rect = self.marks.iter().find(|mark| mark.kind == MarkKind::Rect && mark.frame.contains(x, y));
        if rect.is_some() {
            return rect;
        }
        if let Some(flow) = self.flow_at(x, y) {
            return Some(flow);
        }
        if !self.plot.shrunk(-SLACK).contains(x, y) {
            return None;
        }
        let outside = |low: f64, high: f64, at: f64| (low - at).max(at - high).max(0.0);
        let distance = |mark: &Mark| {
            let frame = mark.frame;
            (outside(frame.x, frame.right(), x), outside(frame.y, frame.bottom(), y))
        };
        let reached = |mark: &&Mark| match mark.kind {
            MarkKind::Point => true,
            MarkKind::Rect => self.places.is_some(),
            MarkKind::Dot | MarkKind::Flow(_) => false,
        };
        let column = self.marks.iter().filter(reached).min_by(|a, b| {
            let ((ax, ay), (bx, by)) = (distance(a), distance(b));
            ax.total_cmp(&bx).then(ay.total_cmp(&by))
        });
        let far = |mark: &Mark| {
            let frame = mark.frame;
            (frame.x + frame.width / 2.0 - x).hypot(frame.y + frame.height / 2.0 - y)
        };
        let dots = self.marks.iter().filter(|mark| mark.kind == MarkKind::Dot).map(|mark| (far(mark), mark));
        let near = |(far, mark): &(f64, &Mark)| *far <= mark.frame.width / 2.0 + SLACK;
        let dot = dots.filter(near).min_by(|a, b| a.0.total_cmp(&b.0));
        column.or(dot.map(|(_, mark)| mark))
    }

    /// The flow at a point: where several cross, the thinnest, which could not be found elsewhere.
    fn flow_at(&self, x: f64, y: f64) -> Option<&Mark> {
        let here = self.marks.iter().filter_map(|mark| match mark.kind {
            MarkKind::Flow(bend) if bend.contains(mark.frame, x, y) => Some((bend.thick, mark)),
            _ => None,
        });
        here.min_by_key(|(thick, _)| *thick).map(|(_, mark)| mark)
    }
}

/// The backend could not draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartError {
    found: String,
}

impl ChartError {
    /// The message in a language.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        fill(language.words().chart_not_drawn, &[("found", &self.found)])
    }
}

impl fmt::Display for ChartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for ChartError {}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for ChartError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self { found: error.to_string() }
    }
}

/// The two lines of a chart's heading, which every chart has in its fields of these names.
macro_rules! headed {
    () => {
        fn title(&self) -> &str {
            &self.title
        }

        fn subtitle(&self) -> &str {
            &self.subtitle
        }
    };
}
use headed;

/// What a chart of series says of itself: [`series::OverAxis`] has the words of all of them.
macro_rules! told_over_axis {
    () => {
        fn label(&self, mark: &Mark, language: Language) -> String {
            self.over_axis().label(mark, language)
        }

        fn summary(&self, language: Language) -> String {
            self.over_axis().summary(language)
        }

        fn table(&self, language: Language, form: Form) -> Table {
            self.over_axis().table(language, form)
        }
    };
}
use told_over_axis;

/// What every chart's drawing starts with: a cleared area and the heading, if it is wanted. `paint` gets the room below
/// and gives nothing when there is nothing to show, which is then said.
fn framed<C: Chart, DB: DrawingBackend>(
    chart: &C,
    area: &DrawingArea<DB, Shift>,
    style: &Style,
    paint: impl FnOnce(&Pen<'_, DB>, Frame) -> Result<Option<Drawing>, ChartError>,
) -> Result<Drawing, ChartError> {
    let pen = Pen::new(area, style)?;
    let room = pen.heading(chart.title(), chart.subtitle())?;
    match paint(&pen, room)? {
        Some(drawing) => Ok(drawing),
        None => {
            pen.no_data(room)?;
            Ok(Drawing::default())
        }
    }
}

/// The summary of a chart without data.
fn empty_summary(title: &str, language: Language) -> String {
    fill(language.words().chart_summary_empty, &[("title", title)])
}

/// A count as this language writes it.
fn count_text(count: usize, language: Language) -> String {
    language.integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A value marked as not complete yet, if it is.
fn value_text(value: String, open: bool, language: Language) -> String {
    if open { fill(language.words().chart_incomplete, &[("value", &value)]) } else { value }
}

/// A value in full, or nothing where it is no number.
fn plain(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

/// A count that is a label, without what separates its thousands.
fn plain_label(label: &str, language: Language) -> String {
    let whole = label.replace(',', "");
    let counted = whole.parse().is_ok_and(|count: u64| count_text(count as usize, language) == label);
    if counted { whole } else { label.to_owned() }
}

/// Sentences one after another, as the language joins them.
fn sentences(parts: &[String], language: Language) -> String {
    parts.join(match language {
        Language::English => " ",
        Language::Chinese => "",
    })
}

/// Items in a row, as the language joins them.
fn listed(parts: &[String], language: Language) -> String {
    parts.join(match language {
        Language::English => ", ",
        Language::Chinese => "、",
    })
}
