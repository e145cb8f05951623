//! Any chart that a page shows. One type, so that the code around charts is in the program once.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use strata::chart::{
    Chart, ChartError, Drawing, Emphasis, Form, HeatMap, LineChart, Mark, Palette, Rgb, Style, Table, Treemap,
};
use strata::locale::Language;

/// A chart on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// Lines.
    Lines(LineChart),
    /// A table of colours.
    Heat(HeatMap),
    /// Tiles.
    Tiles(Treemap),
}

impl From<LineChart> for Picture {
    fn from(chart: LineChart) -> Self {
        Self::Lines(chart)
    }
}

impl From<HeatMap> for Picture {
    fn from(chart: HeatMap) -> Self {
        Self::Heat(chart)
    }
}

impl From<Treemap> for Picture {
    fn from(chart: Treemap) -> Self {
        Self::Tiles(chart)
    }
}

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
            Picture::Heat($chart) => $call,
            Picture::Tiles($chart) => $call,
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
    /// The lines that it switches.
    pub series: Vec<usize>,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: Rgb,
}

/// All lines at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The place.
    pub at: String,
    /// Each line's number, name and value.
    pub values: Vec<(usize, String, String)>,
}

/// Lines with more values at a place than this are read one by one.
const READ_TOGETHER: usize = 6;

impl Picture {
    /// The height that suits it at a width.
    pub fn height(&self, width: u32) -> u32 {
        match self {
            Self::Lines(_) if width < 560 => 250,
            Self::Lines(_) => 320,
            Self::Heat(chart) => chart.natural_height(),
            Self::Tiles(_) => 340,
        }
    }

    /// The legend; empty when the chart says everything itself.
    pub fn legend(&self, palette: &Palette) -> Vec<Entry> {
        match self {
            Self::Lines(chart) if chart.series.len() > 1 => legend(chart, palette),
            _ => Vec::new(),
        }
    }

    /// The chart without some of its lines.
    #[must_use]
    pub fn without(&self, hidden: &[usize]) -> Self {
        let mut picture = self.clone();
        if let Self::Lines(chart) = &mut picture {
            for (index, series) in chart.series.iter_mut().enumerate() {
                if hidden.contains(&index) {
                    series.values.clear();
                    series.name.clear();
                }
            }
        }
        picture
    }

    /// All lines at a place, for charts that are read across lines.
    pub fn reading(&self, index: usize, language: Language) -> Option<Reading> {
        let Self::Lines(chart) = self else { return None };
        let values = chart.reading(index, language);
        if values.len() > READ_TOGETHER {
            return None;
        }
        let name =
            |series: usize| chart.series.get(series).map(|series| series.name.clone()).unwrap_or_default();
        let at = chart.x.name(index, language);
        let at = if chart.x_name.is_empty() { at } else { format!("{} {at}", chart.x_name) };
        Some(Reading {
            at,
            values: values.into_iter().map(|(series, value)| (series, name(series), value)).collect(),
        })
    }

    /// The colour of a line.
    pub fn color(&self, series: usize, palette: &Palette) -> Rgb {
        match self {
            Self::Lines(chart) => chart.color(series, palette),
            _ => palette.accent,
        }
    }
}

fn legend(chart: &LineChart, palette: &Palette) -> Vec<Entry> {
    let is_quiet =
        |series: &usize| chart.series.get(*series).is_some_and(|series| series.emphasis == Emphasis::Quiet);
    let (quiet, own): (Vec<usize>, Vec<usize>) = (0..chart.series.len()).partition(is_quiet);
    let entry = |series: usize| Entry {
        series: vec![series],
        name: chart.series.get(series).map(|series| series.name.clone()).unwrap_or_default(),
        color: chart.color(series, palette),
    };
    let mut entries: Vec<Entry> = own.into_iter().map(entry).collect();
    // Lines in the background share a colour, so they share an entry: first and last name.
    if let (Some(&first), Some(&last)) = (quiet.first(), quiet.last()) {
        let (Entry { name, color, .. }, end) = (entry(first), entry(last).name);
        let name = if first == last { name } else { format!("{name} – {end}") };
        entries.push(Entry { series: quiet, name, color });
    }
    entries
}
