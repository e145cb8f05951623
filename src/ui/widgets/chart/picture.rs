//! Any chart that a page shows. One type, so that the code around charts is in the program once.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use strata::chart::{
    AreaChart, BarChart, CalendarHeatMap, Chart, ChartError, ColumnChart, Drawing, Emphasis, Form,
    FunnelChart, HeatMap, Histogram, LineChart, Mark, Orientation, OverAxis, Palette, Rgb, Sankey, Scatter,
    SeriesChart, Style, Table, Treemap, XAxis,
};
use strata::dataset::calendar::Day;
use strata::locale::Language;

/// A chart on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// Lines.
    Lines(LineChart),
    /// Layers.
    Areas(AreaChart),
    /// Columns of several kinds.
    Columns(ColumnChart),
    /// Bars.
    Bars(BarChart),
    /// Bins.
    Bins(Histogram),
    /// Dots.
    Dots(Scatter),
    /// A table of colours.
    Heat(HeatMap),
    /// A calendar of colours.
    Calendar(CalendarHeatMap),
    /// Tiles.
    Tiles(Treemap),
    /// Steps.
    Steps(FunnelChart),
    /// Flows.
    Flows(Sankey),
}

macro_rules! from {
    ($($chart:ident => $kind:ident),*) => {
        $(impl From<$chart> for Picture {
            fn from(chart: $chart) -> Self {
                Self::$kind(chart)
            }
        })*
    };
}

from!(
    LineChart => Lines, AreaChart => Areas, ColumnChart => Columns, BarChart => Bars, Histogram => Bins,
    Scatter => Dots, HeatMap => Heat, CalendarHeatMap => Calendar, Treemap => Tiles, FunnelChart => Steps,
    Sankey => Flows
);

impl Default for Picture {
    /// Before anything is known.
    fn default() -> Self {
        Self::Tiles(Treemap::default())
    }
}

/// Calls the chart inside.
macro_rules! each {
    ($picture:expr, $chart:ident => $call:expr) => {
        match $picture {
            Picture::Lines($chart) => $call,
            Picture::Areas($chart) => $call,
            Picture::Columns($chart) => $call,
            Picture::Bars($chart) => $call,
            Picture::Bins($chart) => $call,
            Picture::Dots($chart) => $call,
            Picture::Heat($chart) => $call,
            Picture::Calendar($chart) => $call,
            Picture::Tiles($chart) => $call,
            Picture::Steps($chart) => $call,
            Picture::Flows($chart) => $call,
        }
    };
}

impl Chart for Picture {
    fn title(&self) -> &str {
        each!(self, chart => chart.title())
    }

    fn subtitle(&self) -> &str {
        each!(self, chart => chart.subtitle())
    }

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        each!(self, chart => chart.draw(area, style))
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        each!(self, chart => chart.label(mark, language))
    }

    fn summary(&self, language: Language) -> String {
        each!(self, chart => chart.summary(language))
    }

    fn table(&self, language: Language, form: Form) -> Table {
        each!(self, chart => chart.table(language, form))
    }
}

/// A line in the legend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The series that it switches.
    pub series: Vec<usize>,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: Rgb,
    /// Whether it is dashed in the chart.
    pub dashed: bool,
}

/// One line of a tooltip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The colour of what it tells of; `None` for what has no colour.
    pub color: Option<Rgb>,
    /// What it tells of.
    pub name: String,
    /// The value.
    pub value: String,
    /// Whether it is what was pointed at.
    pub meant: bool,
}

/// All that is told where a mark is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The place.
    pub at: String,
    /// The values there.
    pub lines: Vec<Line>,
}

/// With more values at a place than this, only the one pointed at is told.
const READ_TOGETHER: usize = 10;

impl Picture {
    /// Writes another title and subtitle.
    pub fn set_heading(&mut self, title: &str, subtitle: &str) {
        each!(self, chart => {
            title.clone_into(&mut chart.title);
            subtitle.clone_into(&mut chart.subtitle);
        });
    }

    /// The height that suits it at a width.
    pub fn height(&self, width: u32) -> u32 {
        match self {
            Self::Heat(chart) => chart.natural_height(),
            Self::Steps(chart) => chart.natural_height(),
            Self::Calendar(chart) => chart.natural_height(width),
            Self::Bars(chart) if chart.orientation == Orientation::Horizontal => chart.natural_height(),
            Self::Tiles(_) => 340,
            Self::Flows(chart) => chart.natural_height(width),
            Self::Dots(_) if width >= 560 => 380,
            _ if width < 560 => 250,
            _ => 320,
        }
    }

    /// The series over an axis, where there are any.
    fn over_axis(&self) -> Option<OverAxis<'_>> {
        match self {
            Self::Lines(chart) => Some(chart.over_axis()),
            Self::Areas(chart) => Some(chart.over_axis()),
            Self::Columns(chart) => Some(chart.over_axis()),
            _ => None,
        }
    }

    /// The legend; empty when the chart says everything itself.
    pub fn legend(&self, palette: &Palette) -> Vec<Entry> {
        match self {
            Self::Dots(chart) if chart.groups.len() > 1 => {
                let entry = |(group, name): (usize, &String)| Entry {
                    series: vec![group],
                    name: name.clone(),
                    color: chart.color(group, palette),
                    dashed: false,
                };
                chart.groups.iter().enumerate().map(entry).collect()
            }
            _ => match self.over_axis() {
                Some(over) if over.series.len() > 1 => legend(&over, palette),
                _ => Vec::new(),
            },
        }
    }

    /// The chart as it is looked at: without the hidden series, and of its axis only these places, both ends counted.
    #[must_use]
    pub fn seen(&self, hidden: &[usize], zoom: Option<(usize, usize)>) -> Self {
        let mut picture = match (self, zoom) {
            (Self::Lines(chart), Some((from, to))) => chart.zoomed(from, to).into(),
            (Self::Areas(chart), Some((from, to))) => chart.zoomed(from, to).into(),
            (Self::Columns(chart), Some((from, to))) => chart.zoomed(from, to).into(),
            (Self::Bins(chart), Some((from, to))) => chart.zoomed(from, to).into(),
            _ => self.clone(),
        };
        match &mut picture {
            Self::Lines(chart) => chart.hide(hidden),
            Self::Areas(chart) => chart.hide(hidden),
            Self::Columns(chart) => chart.hide(hidden),
            Self::Dots(chart) => chart.hide(hidden),
            Self::Bars(_)
            | Self::Bins(_)
            | Self::Heat(_)
            | Self::Calendar(_)
            | Self::Tiles(_)
            | Self::Steps(_)
            | Self::Flows(_) => {}
        }
        picture
    }

    /// A mark of the chart zoomed in to begin at a place, as the whole chart numbers it; `None` for what zooming in has put
    /// together.
    pub fn mark_in_whole(&self, mark: Mark, from: usize) -> Option<Mark> {
        match self {
            Self::Bins(_) if mark.series > 0 => None,
            _ => Some(Mark { index: mark.index + from, ..mark }),
        }
    }

    /// Whether a mark can have users behind it: what the answer is compared with has other users than the answer.
    pub fn opens(&self, mark: &Mark) -> bool {
        self.over_axis()
            .and_then(|over| over.series.get(mark.series).map(|series| series.emphasis))
            .is_none_or(|emphasis| !matches!(emphasis, Emphasis::Comparison | Emphasis::Reference))
    }

    /// What several places of the axis are called, both ends counted; `None` when the chart has no axis to zoom into.
    pub fn span(&self, from: usize, to: usize, language: Language) -> Option<String> {
        match self {
            Self::Bins(chart) => Some(chart.span(from, to, language)),
            _ => self.over_axis().map(|over| over.x.span(from, to, language)),
        }
    }

    /// The days of several places of the axis, both ends counted; `None` when the axis is none of time.
    pub fn days(&self, from: usize, to: usize) -> Option<(Day, Day)> {
        self.over_axis()?.x.days(from, to)
    }

    /// The whole axis: a zoom holds for as long as this stays the same.
    pub fn axis(&self) -> Option<XAxis> {
        match self {
            Self::Bins(chart) => Some(XAxis::Steps(chart.bins.edges.iter().map(f64::to_string).collect())),
            _ => self.over_axis().map(|over| over.x.clone()),
        }
    }

    /// What is told where a mark is; `None` when the mark's label says all.
    pub fn reading(&self, mark: &Mark, palette: &Palette, language: Language) -> Option<Reading> {
        if let Self::Dots(chart) = self {
            let dot = chart.dots.get(mark.index)?;
            let group = chart.groups.get(dot.group).cloned().unwrap_or_default();
            let at = if dot.label.is_empty() { group } else { dot.label.clone() };
            let line = |(name, value)| Line { color: None, name, value, meant: false };
            let lines = chart.reading(mark.index, language).into_iter().map(line).collect();
            return Some(Reading { at, lines });
        }
        let over = self.over_axis()?;
        let mut values = over.reading(mark.index, language);
        if values.len() > READ_TOGETHER {
            // What was pointed at, and what the others are compared with.
            values.retain(|line| {
                let series = line.series.and_then(|series| over.series.get(series));
                line.series == Some(mark.series)
                    || series.is_none_or(|series| {
                        matches!(series.emphasis, Emphasis::Reference | Emphasis::Strong)
                    })
            });
        }
        let lines = values.into_iter().map(|line| Line {
            color: line.series.map(|series| over.color(series, palette)),
            name: line.name,
            value: line.value,
            meant: line.series == Some(mark.series),
        });
        Some(Reading { at: over.place(mark.index, language), lines: lines.collect() })
    }

    /// The colour of a series.
    pub fn color(&self, series: usize, palette: &Palette) -> Rgb {
        match (self, self.over_axis()) {
            (Self::Dots(chart), _) => chart.color(series, palette),
            (_, Some(over)) => over.color(series, palette),
            _ => palette.accent,
        }
    }
}

fn legend(over: &OverAxis<'_>, palette: &Palette) -> Vec<Entry> {
    let emphasis = |series: usize| over.series.get(series).map(|series| series.emphasis).unwrap_or_default();
    let is_quiet = |series: &usize| emphasis(*series) == Emphasis::Quiet;
    let (quiet, own): (Vec<usize>, Vec<usize>) = (0..over.series.len()).partition(is_quiet);
    let entry = |series: usize| Entry {
        series: vec![series],
        name: over.series.get(series).map(|series| series.name.clone()).unwrap_or_default(),
        color: over.color(series, palette),
        dashed: emphasis(series) == Emphasis::Comparison,
    };
    let mut entries: Vec<Entry> = own.into_iter().map(entry).collect();
    // Lines in the background share a colour, so they share an entry: first and last name.
    if let (Some(&first), Some(&last)) = (quiet.first(), quiet.last()) {
        let (begin, end) = (entry(first), entry(last).name);
        let name = if first == last { begin.name } else { format!("{} – {end}", begin.name) };
        entries.push(Entry { series: quiet, name, ..begin });
    }
    entries
}
