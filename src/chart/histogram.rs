//! How often values are how large: bins with round edges. What lies outside of them is counted and named, not dropped.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::axis::{self, ABOVE, MARGIN};
pub use super::bins::Bins;
use super::pen::{Align, Ink, Pen, SMALL};
use super::ticks::{NumberKind, NumberScale, step_ticks, tick_labels};
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Places, Style, Table, count_text, empty_summary,
    framed, headed, plain, text,
};
use crate::locale::{Language, fill};

/// A value that matters, such as a limit between groups or the median.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Where it is, in the unit of the edges.
    pub value: f64,
    /// What it is.
    pub label: String,
}

/// Bins as columns. A mark's index is the number of its bin; its series is 0 for a bin, [`Histogram::BELOW`] or
/// [`Histogram::ABOVE`] for what lies outside.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histogram {
    /// The title.
    pub title: String,
    /// What is counted.
    pub subtitle: String,
    /// What the values are, with their unit: written below the axis.
    pub x_name: String,
    /// The counts.
    pub bins: Bins,
    /// What kind of number the values are.
    pub x: NumberKind,
    /// Show shares of all values, not counts.
    pub shares: bool,
    /// Values that matter.
    pub thresholds: Vec<Threshold>,
}

impl Histogram {
    /// The series of the mark for values below the first edge.
    pub const BELOW: usize = 1;
    /// The series of the mark for values above the last edge.
    pub const ABOVE: usize = 2;

    /// The histogram between two bins, both ends counted.
    #[must_use]
    pub fn zoomed(&self, from: usize, to: usize) -> Self {
        Self { bins: self.bins.cut(from, to), ..self.clone() }
    }

    /// What the values of these bins are, both ends counted.
    #[must_use]
    pub fn span(&self, from: usize, to: usize, language: Language) -> String {
        let edge = |index: usize| self.edge_text(self.bins.edges.get(index), language);
        fill(language.words().chart_range, &[("low", &edge(from)), ("high", &edge(to + 1))])
    }

    /// Where a value lies, in widths of a bin from the first edge; values outside lie at the ends.
    #[must_use]
    pub fn place(&self, value: f64) -> Option<f64> {
        let edges = &self.bins.edges;
        let bin = edges.partition_point(|edge| *edge <= value).clamp(1, edges.len().max(2) - 1);
        let (low, high) = (edges.get(bin - 1)?, edges.get(bin)?);
        Some((bin as f64 - 1.0 + (value - low) / (high - low)).clamp(0.0, edges.len() as f64 - 1.0))
    }

    /// The round value nearest to a place: a whole number of what is counted, three digits of anything else.
    #[must_use]
    pub fn value_at(&self, place: f64) -> Option<f64> {
        let edges = &self.bins.edges;
        let place = place.clamp(0.0, edges.len().checked_sub(1)? as f64);
        let bin = (place.floor() as usize).min(edges.len().checked_sub(2)?);
        let (low, high) = (edges.get(bin)?, edges.get(bin + 1)?);
        let value = low + (high - low) * (place - bin as f64);
        if self.x == NumberKind::Count {
            return Some(value.round());
        }
        let digit = 10f64.powi((value.abs().log10().floor() as i32).saturating_sub(2));
        Some(if value == 0.0 { 0.0 } else { (value / digit).round() * digit })
    }

    /// An edge in full; without a fraction where no edge has any.
    fn edge_text(&self, edge: Option<&f64>, language: Language) -> String {
        let edge = edge.copied().unwrap_or(f64::NAN);
        let whole = self.bins.edges.iter().all(|edge| edge.fract() == 0.0);
        let kind = if whole && self.x == NumberKind::Decimal { NumberKind::Count } else { self.x };
        kind.text(edge, language)
    }

    /// All columns: series, index, name, count.
    fn columns(&self, language: Language) -> Vec<(usize, usize, String, u64)> {
        let words = language.words();
        let outside =
            |phrase: &str, edge: Option<&f64>| fill(phrase, &[("value", &self.edge_text(edge, language))]);
        let Bins { edges, counts, below, above } = &self.bins;
        let below = (*below > 0).then(|| (Self::BELOW, 0, outside(words.chart_below, edges.first()), *below));
        let above = (*above > 0).then(|| (Self::ABOVE, 0, outside(words.chart_above, edges.last()), *above));
        let bins =
            counts.iter().enumerate().map(|(bin, &count)| (0, bin, self.span(bin, bin, language), count));
        below.into_iter().chain(bins).chain(above).collect()
    }

    fn share(&self, count: u64) -> f64 {
        count as f64 / self.bins.total() as f64
    }

    /// What a column's height says.
    fn value_text(&self, count: u64, language: Language) -> String {
        let (share, count) = (language.percent(self.share(count)), count_text(count as usize, language));
        let (value, beside) = if self.shares { (share, count) } else { (count, share) };
        fill(language.words().chart_value_beside, &[("value", &value), ("beside", &beside)])
    }
}

/// Where the columns are.
struct Layout {
    frame: Frame,
    bins: Frame,
    /// The column below and the one above the bins.
    outside: [Option<Frame>; 2],
    scale: NumberScale,
}

impl Chart for Histogram {
    headed!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            let columns = self.columns(style.language);
            let rows = self.threshold_rows(room.width);
            let Some(layout) = self.layout(room, &columns, rows, style.language) else { return Ok(None) };
            axis::draw_numbers(pen, style, layout.frame, &layout.scale)?;
            let places = Places::slots(layout.bins, self.bins.counts.len());
            self.draw_edges(pen, style, &layout, places)?;
            let marks = self.draw_columns(pen, style, &layout, places, &columns)?;
            self.draw_thresholds(pen, style, &layout, places, rows)?;
            self.draw_counts(pen, style, &layout, &marks, &columns)?;
            Ok(Some(Drawing { plot: layout.frame, marks, places: Some(places) }))
        })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        let columns = self.columns(language);
        let here = columns.iter().find(|(series, index, ..)| (*series, *index) == (mark.series, mark.index));
        here.map(|(.., name, count)| {
            let value = self.value_text(*count, language);
            fill(language.words().chart_bar, &[("label", name), ("value", &value)])
        })
        .unwrap_or_default()
    }

    fn summary(&self, language: Language) -> String {
        let words = language.words();
        let columns = self.columns(language);
        let Some((.., most, count)) = columns.iter().rev().max_by_key(|(.., count)| count) else {
            return empty_summary(&self.title, language);
        };
        if *count == 0 {
            return empty_summary(&self.title, language);
        }
        let last = self.bins.counts.len().saturating_sub(1);
        let mut parts = vec![fill(
            words.chart_summary_bins,
            &[
                ("title", &self.title),
                ("count", &count_text(self.bins.counts.len(), language)),
                ("span", &self.span(0, last, language)),
                ("most", most),
                ("value", &self.value_text(*count, language)),
            ],
        )];
        let outside = columns.iter().filter(|(series, ..)| *series > 0);
        parts.extend(outside.map(|(.., name, count)| {
            let value = self.value_text(*count, language);
            fill(words.chart_summary_outside, &[("label", name), ("value", &value)])
        }));
        super::sentences(&parts, language)
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let words = language.words();
        let (count_of, share_of) = match form {
            Form::Shown => (
                (|count: u64, language| count_text(count as usize, language)) as fn(u64, Language) -> String,
                (|share: f64, language: Language| language.percent(share)) as fn(f64, Language) -> String,
            ),
            Form::Plain => (
                (|count: u64, _| count.to_string()) as fn(u64, Language) -> String,
                (|share: f64, _| plain(share)) as fn(f64, Language) -> String,
            ),
        };
        let name = if self.x_name.is_empty() { words.chart_value } else { &self.x_name };
        let rows = self.columns(language).into_iter().map(|(.., name, count)| {
            vec![name, count_of(count, language), share_of(self.share(count), language)]
        });
        Table {
            header: vec![name.to_owned(), words.chart_count.to_owned(), words.chart_share.to_owned()],
            rows: rows.collect(),
        }
    }
}

/// The height of a row of threshold labels.
const ROW: f64 = 16.0;
/// The distance between the bins and what lies outside.
const APART: f64 = 22.0;

impl Histogram {
    /// How many rows the labels of the thresholds may take.
    fn threshold_rows(&self, width: f64) -> usize {
        let all: f64 =
            self.inside_thresholds().map(|threshold| text::width(&threshold.label, SMALL) + 18.0).sum();
        match self.inside_thresholds().count() {
            0 => 0,
            count => ((all / width * 2.0).ceil() as usize).clamp(1, count.min(3)),
        }
    }

    fn inside_thresholds(&self) -> impl Iterator<Item = &Threshold> {
        let ends = self.bins.edges.first().zip(self.bins.edges.last());
        self.thresholds.iter().filter(move |threshold| {
            ends.is_some_and(|(first, last)| (*first..=*last).contains(&threshold.value))
        })
    }

    fn layout(
        &self,
        room: Frame,
        columns: &[(usize, usize, String, u64)],
        rows: usize,
        language: Language,
    ) -> Option<Layout> {
        let highest = columns.iter().map(|(.., count)| *count).max().filter(|&count| count > 0)?;
        let below = if self.x_name.is_empty() { 24.0 } else { 38.0 };
        let above = ABOVE + ROW * rows as f64;
        let height = (room.height - above - below).max(1.0);
        let kind = if self.shares { NumberKind::Percent } else { NumberKind::Count };
        let scale = NumberScale::new(0.0, self.height(highest), axis::number_count(height), kind, language)?;
        let left = room.x + axis::number_room(&scale);
        let frame = Frame::new(left, room.y + above, (room.right() - left - MARGIN).max(1.0), height);
        let slots = columns.len().max(1) as f64;
        let width = |name: &str| {
            (frame.width / slots).min(56.0).max(text::width(name, SMALL) + 2.0).min(frame.width * 0.25).ceil()
        };
        let wide = |series: usize| {
            columns.iter().find(|column| column.0 == series).map(|(_, _, name, _)| width(name))
        };
        let (before, after) = (wide(Self::BELOW), wide(Self::ABOVE));
        let taken = |width: Option<f64>| width.map_or(0.0, |width| width + APART);
        let bins = Frame {
            x: frame.x + taken(before),
            width: (frame.width - taken(before) - taken(after)).max(1.0),
            ..frame
        };
        let outside = [
            before.map(|width| Frame { width, ..frame }),
            after.map(|width| Frame { x: frame.right() - width, width, ..frame }),
        ];
        Some(Layout { frame, bins, outside, scale })
    }

    /// The edges' numbers below the columns, the names of what lies outside, and the axis' name.
    fn draw_edges<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        layout: &Layout,
        places: Places,
    ) -> Result<(), ChartError> {
        let edges = &self.bins.edges;
        let step = match edges.as_slice() {
            [first, second, ..] => (second - first).abs(),
            _ => 1.0,
        };
        let labels = tick_labels(edges, step, self.x, style.language);
        let room = |index: usize| layout.bins.x + places.step * index as f64;
        let outside = |frame: Option<Frame>| frame.map_or(0.0, |_| APART - 10.0);
        let mut ticks = step_ticks(&labels, places.step, SMALL);
        ticks.retain(|tick| {
            let half = text::width(&tick.label, SMALL) / 2.0;
            let (left, right) = (room(tick.index) - half, room(tick.index) + half);
            let [before, after] = layout.outside;
            (before.is_none() || left >= layout.bins.x - outside(before))
                && (after.is_none() || right <= layout.bins.right() + outside(after))
        });
        axis::draw_names(pen, style, layout.bins, &ticks, room)?;
        axis::draw_axis_name(pen, style, layout.frame, &self.x_name)?;
        let names = self.columns(style.language);
        let ink = Ink::new(SMALL, style.palette.muted, Align::Center);
        for (series, frame) in [Self::BELOW, Self::ABOVE].into_iter().zip(layout.outside) {
            let name = names.iter().find(|column| column.0 == series).map(|column| column.2.as_str());
            if let (Some(name), Some(frame)) = (name, frame) {
                let name = text::fit(name, SMALL, frame.width);
                pen.text(&name, frame.x + frame.width / 2.0, frame.bottom() + 14.0, ink)?;
            }
        }
        Ok(())
    }

    fn draw_columns<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        layout: &Layout,
        places: Places,
        columns: &[(usize, usize, String, u64)],
    ) -> Result<Vec<Mark>, ChartError> {
        let gap = if places.step >= 5.0 { 1.0 } else { 0.0 };
        let mut marks = Vec::new();
        for (series, index, _, count) in columns {
            let slot = match (*series, layout.outside) {
                (Self::BELOW, [Some(frame), _]) | (Self::ABOVE, [_, Some(frame)]) => frame,
                _ => {
                    let x = layout.bins.x + places.step * *index as f64;
                    Frame { x, width: places.step, ..layout.bins }
                }
            };
            let top = slot.bottom() - slot.height * layout.scale.share(self.height(*count));
            let color = match *series {
                0 => style.palette.accent,
                _ => style.palette.muted.mix(style.palette.background, 0.4),
            };
            // What is there at all can be seen.
            let height = if *count > 0 { (slot.bottom() - top).max(1.0) } else { 0.0 };
            let bar = Frame::new(slot.x + gap / 2.0, slot.bottom() - height, slot.width - gap, height);
            if height > 0.0 {
                pen.rect(bar, color, 1.0)?;
            }
            marks.push(Mark { frame: slot, kind: MarkKind::Rect, series: *series, index: *index });
        }
        Ok(marks)
    }

    /// The counts above their columns, where all have room; on plates, because thresholds may cross them.
    fn draw_counts<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        layout: &Layout,
        marks: &[Mark],
        columns: &[(usize, usize, String, u64)],
    ) -> Result<(), ChartError> {
        let texts: Vec<String> =
            columns.iter().map(|(.., count)| self.short(*count, style.language)).collect();
        let room = |(text, mark): (&String, &Mark)| text::width(text, SMALL) + 6.0 <= mark.frame.width;
        if !texts.iter().zip(marks).all(room) {
            return Ok(());
        }
        let ink = Ink::new(SMALL, style.palette.ink, Align::Center);
        for ((text, mark), (.., count)) in texts.iter().zip(marks).zip(columns) {
            if *count > 0 {
                let slot = mark.frame;
                let top = slot.bottom() - (slot.height * layout.scale.share(self.height(*count))).max(1.0);
                let (x, width) = (slot.x + slot.width / 2.0, text::width(text, SMALL));
                let plate = Frame::new(x - width / 2.0, top - 14.0, width, 12.0);
                pen.plate(plate, style.palette.background)?;
                pen.text(text, x, top - 8.0, ink)?;
            }
        }
        Ok(())
    }

    /// What a column's height stands for.
    fn height(&self, count: u64) -> f64 {
        if self.shares { self.share(count) } else { count as f64 }
    }

    fn short(&self, count: u64, language: Language) -> String {
        if self.shares { language.percent(self.share(count)) } else { language.compact(count as f64) }
    }

    /// Dashed lines, each with its label above the plot; a label that finds no free row is left out.
    fn draw_thresholds<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        layout: &Layout,
        places: Places,
        rows: usize,
    ) -> Result<(), ChartError> {
        let mut ends = vec![f64::NEG_INFINITY; rows];
        let mut sorted: Vec<&Threshold> = self.inside_thresholds().collect();
        sorted.sort_by(|a, b| a.value.total_cmp(&b.value));
        for threshold in sorted {
            let Some(place) = self.place(threshold.value) else { continue };
            let x = layout.bins.x + places.step * place;
            let right_most = layout.frame.right() + MARGIN - 4.0;
            let label = text::fit(&threshold.label, SMALL, layout.frame.width * 0.6);
            let width = text::width(&label, SMALL);
            let left = (x + 4.0).min(right_most - width);
            let row = ends.iter().position(|end| *end + 10.0 <= left);
            let top = match row {
                Some(row) => {
                    if let Some(end) = ends.get_mut(row) {
                        *end = left + width;
                    }
                    let y = layout.frame.y - ABOVE + 2.0 - ROW * (rows - 1 - row) as f64 - ROW / 2.0;
                    pen.text(&label, left, y, Ink::new(SMALL, style.palette.ink, Align::Left))?;
                    y - 6.0
                }
                None => layout.frame.y,
            };
            // The stem of a label that had to move left would cross it.
            let top = if left < x + 4.0 { top.max(layout.frame.y - ABOVE) } else { top };
            let line = [(x, top), (x, layout.frame.bottom())];
            pen.dashed_path(&line, 1.0, style.palette.ink)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_and_values_lead_to_each_other() {
        let edges = vec![0.0, 10.0, 20.0, 100.0, 1_000.0];
        let chart = |x| Histogram {
            bins: Bins { edges: edges.clone(), ..Bins::default() },
            x,
            ..Histogram::default()
        };
        let days = chart(NumberKind::Count);
        assert_eq!(
            [0.0, 5.0, 10.0, 60.0, 1_000.0, 5_000.0, -3.0].map(|value| days.place(value).unwrap()),
            [0.0, 0.5, 1.0, 2.5, 4.0, 4.0, 0.0]
        );
        assert_eq!(
            [0.0, 0.24, 2.5, 4.0, 9.0, -1.0].map(|place| days.value_at(place).unwrap()),
            [0.0, 2.0, 60.0, 1_000.0, 1_000.0, 0.0]
        );
        let money = chart(NumberKind::Decimal);
        assert_eq!(money.value_at(3.12345).unwrap(), 211.0);
        assert_eq!(Histogram::default().place(1.0), None);
        assert_eq!(Histogram::default().value_at(1.0), None);
    }

    #[test]
    fn bins_by_hand() {
        let bins = Bins::of(&[0.0, 1.0, 9.99, 10.0, 10.0, 34.0, f64::NAN, 40.0], 4, NumberKind::Decimal);
        assert_eq!(bins.edges, [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!(bins.counts, [3, 2, 0, 2]);
        assert_eq!((bins.below, bins.above, bins.total()), (0, 0, 7));
        let bins = Bins::between(&[-1.0, 0.0, 5.0, 5.1, 100.0], vec![0.0, 5.0, 10.0]);
        assert_eq!((bins.counts.as_slice(), bins.below, bins.above), ([1, 2].as_slice(), 1, 1));
        let cut = Bins::of(&[0.0, 1.0, 9.99, 10.0, 10.0, 34.0, 40.0], 4, NumberKind::Decimal).cut(1, 2);
        assert_eq!(cut, Bins { edges: vec![10.0, 20.0, 30.0], counts: vec![2, 0], below: 3, above: 2 });
        assert_eq!(Bins::of(&[f64::NAN], 4, NumberKind::Decimal), Bins::default());
    }

    proptest! {
        #[test]
        fn every_value_is_in_exactly_one_bin(
            values in proptest::collection::vec(-1e6f64..1e6, 1..300), count in 1usize..40, from in 0usize..40, length in 0usize..40,
        ) {
            let bins = Bins::of(&values, count, NumberKind::Decimal);
            prop_assert_eq!(bins.total(), values.len() as u64);
            prop_assert_eq!((bins.below, bins.above), (0, 0), "round edges hold all values");
            prop_assert_eq!(bins.edges.len(), bins.counts.len() + 1);
            let last = bins.counts.len() - 1;
            for (bin, &held) in bins.counts.iter().enumerate() {
                let (low, high) = (bins.edges[bin], bins.edges[bin + 1]);
                let inside = values.iter().filter(|value| **value >= low && (**value < high || (bin == last && **value <= high)));
                prop_assert_eq!(held, inside.count() as u64);
            }
            let (from, to) = (from.min(last), (from + length).min(last));
            let cut = bins.cut(from, to.max(from));
            prop_assert_eq!(cut.total(), values.len() as u64);
            prop_assert_eq!(cut.edges.len(), cut.counts.len() + 1);
        }
    }
}
