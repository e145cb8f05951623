//! What a chart needs to be on a page besides being drawn.

use crate::chart::{Chart, HeatMap, LineChart, Palette, Rgb, Treemap};
use crate::locale::Language;

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

/// A chart that can stand on a page.
pub trait OnPage: Chart + Clone + PartialEq + Send + Sync + 'static {
    /// The height that suits it at a width.
    fn height(&self, width: u32) -> u32;

    /// The legend; empty when the chart says everything itself.
    fn legend(&self, _palette: &Palette) -> Vec<Entry> {
        Vec::new()
    }

    /// The chart without some of its lines.
    #[must_use]
    fn without(&self, _hidden: &[usize]) -> Self {
        self.clone()
    }

    /// All lines at a place, for charts that are read across lines.
    fn reading(&self, _index: usize, _language: Language) -> Option<Reading> {
        None
    }

    /// The colour of a line.
    fn color(&self, _series: usize, palette: &Palette) -> Rgb {
        palette.accent
    }
}

/// Lines with more values at a place than this are read one by one.
const READ_TOGETHER: usize = 6;

impl OnPage for LineChart {
    fn height(&self, width: u32) -> u32 {
        if width < 560 { 250 } else { 320 }
    }

    fn legend(&self, palette: &Palette) -> Vec<Entry> {
        if self.series.len() < 2 {
            return Vec::new();
        }
        let (quiet, own): (Vec<usize>, Vec<usize>) = (0..self.series.len()).partition(|&series| {
            self.series.get(series).is_some_and(|s| s.emphasis == crate::chart::Emphasis::Quiet)
        });
        let entry = |series: usize| Entry {
            series: vec![series],
            name: self.series.get(series).map(|series| series.name.clone()).unwrap_or_default(),
            color: LineChart::color(self, series, palette),
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

    fn without(&self, hidden: &[usize]) -> Self {
        let mut chart = self.clone();
        for (index, series) in chart.series.iter_mut().enumerate() {
            if hidden.contains(&index) {
                series.values.clear();
                series.name.clear();
            }
        }
        chart
    }

    fn reading(&self, index: usize, language: Language) -> Option<Reading> {
        let values = LineChart::reading(self, index, language);
        if values.len() > READ_TOGETHER {
            return None;
        }
        let name =
            |series: usize| self.series.get(series).map(|series| series.name.clone()).unwrap_or_default();
        let at = self.x.name(index, language);
        let at = if self.x_name.is_empty() { at } else { format!("{} {at}", self.x_name) };
        Some(Reading {
            at,
            values: values.into_iter().map(|(series, value)| (series, name(series), value)).collect(),
        })
    }

    fn color(&self, series: usize, palette: &Palette) -> Rgb {
        LineChart::color(self, series, palette)
    }
}

impl OnPage for HeatMap {
    fn height(&self, _width: u32) -> u32 {
        self.natural_height()
    }
}

impl OnPage for Treemap {
    fn height(&self, width: u32) -> u32 {
        if width < 560 { 360 } else { 340 }
    }
}
