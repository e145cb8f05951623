//! Bars with their values written at them: segments by users or revenue, periods by count.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::pen::{Align, BODY, Ink, Pen, SMALL};
use super::ticks::{NumberKind, NumberScale, step_ticks};
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Style, Table, Tint, axis, count_text,
    empty_summary, framed, headed, listed, plain, text,
};
use crate::locale::{Language, fill};

/// Which way bars grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// To the right, the names at the left: for groups.
    #[default]
    Horizontal,
    /// Upwards, the names below: for periods.
    Vertical,
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bar {
    /// What the page knows it by.
    pub key: String,
    /// Its name.
    pub label: String,
    /// Its length; may be negative.
    pub value: f64,
    /// What is written at its end; when empty, the value.
    pub text: String,
    /// Its colour; `None` for the accent.
    pub tint: Option<Tint>,
}

/// Bars from zero.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BarChart {
    /// The title.
    pub title: String,
    /// The unit.
    pub subtitle: String,
    /// The bars.
    pub bars: Vec<Bar>,
    /// Which way they grow.
    pub orientation: Orientation,
    /// What kind of number they show.
    pub number: NumberKind,
}

impl BarChart {
    /// The height at which horizontal bars are neither thin nor fat.
    #[must_use]
    pub fn natural_height(&self) -> u32 {
        u32::try_from(self.bars.len()).unwrap_or(u32::MAX).saturating_mul(30).saturating_add(12)
    }

    fn shown(&self) -> impl Iterator<Item = (usize, &Bar)> {
        self.bars.iter().enumerate().filter(|(_, bar)| bar.value.is_finite())
    }

    fn extent(&self) -> (f64, f64) {
        self.shown().fold((0.0, 0.0), |(low, high), (_, bar)| (bar.value.min(low), bar.value.max(high)))
    }

    fn value_text(&self, bar: &Bar, language: Language) -> String {
        if bar.text.is_empty() { self.number.text(bar.value, language) } else { bar.text.clone() }
    }

    fn draw_horizontal<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
    ) -> Result<Drawing, ChartError> {
        let (low, high) = self.extent();
        let values: Vec<String> = self.bars.iter().map(|bar| self.value_text(bar, style.language)).collect();
        let widest = |texts: &mut dyn Iterator<Item = &str>| {
            texts.map(|line| text::width(line, BODY)).fold(0.0, f64::max).ceil()
        };
        let names = widest(&mut self.bars.iter().map(|bar| bar.label.as_str())).min(room.width * 0.36);
        let numbers = widest(&mut values.iter().map(String::as_str)) + 10.0;
        // Values stand at the bars' ends: room for them right of the longest bar, and left if there are negative ones.
        let left = room.x + 2.0 + names + 10.0 + if low < 0.0 { numbers } else { 0.0 };
        let plot = Frame::new(
            left,
            room.y + 4.0,
            (room.right() - left - numbers - 4.0).max(1.0),
            (room.height - 8.0).max(1.0),
        );
        let x =
            |value: f64| plot.x + if high > low { plot.width * ((value - low) / (high - low)) } else { 0.0 };
        let pitch = plot.height / self.bars.len().max(1) as f64;
        let thickness = (pitch * 0.68).min(26.0);
        let stride = (13.0 / pitch).ceil().max(1.0) as usize;
        let mut marks = Vec::new();
        for (index, bar) in self.shown() {
            let middle = plot.y + pitch * (index as f64 + 0.5);
            let (from, to) = (x(bar.value.min(0.0)), x(bar.value.max(0.0)));
            let color = bar.tint.map_or(style.palette.accent, |tint| tint.color(&style.palette));
            let top = (middle - thickness / 2.0).round();
            pen.rect(Frame::new(from, top, (to - from).max(1.0), thickness.round().max(1.0)), color, 1.0)?;
            // Of crowded bars the last may have no whole line left.
            let whole = middle - BODY / 2.0 >= room.y && middle + BODY / 2.0 <= room.bottom();
            if index % stride == 0 && whole {
                let label = text::fit(&bar.label, BODY, names);
                pen.text(&label, room.x + 2.0, middle, Ink::new(BODY, style.palette.ink, Align::Left))?;
                let (at, align) = if bar.value < 0.0 {
                    (from - 6.0, Align::Right)
                } else {
                    (to.max(from + 1.0) + 6.0, Align::Left)
                };
                let value = values.get(index).map(String::as_str).unwrap_or_default();
                pen.text(value, at, middle, Ink::new(BODY, style.palette.muted, align))?;
            }
            // The whole row answers to pointing: a short bar is hard to hit.
            let frame = Frame::new(room.x, middle - pitch / 2.0, room.width, pitch);
            marks.push(Mark { frame, kind: MarkKind::Rect, series: 0, index });
        }
        if low < 0.0 {
            pen.upright_line(x(0.0), plot.y, plot.bottom(), style.palette.muted)?;
        }
        Ok(Drawing { plot, marks, places: None })
    }

    fn draw_vertical<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
    ) -> Result<Option<Drawing>, ChartError> {
        let (low, high) = self.extent();
        // Values of negative bars stand between the bars and the names.
        let below = if low < 0.0 { 14.0 } else { 0.0 };
        let height = (room.height - 22.0 - 26.0 - below).max(1.0);
        let Some(scale) =
            NumberScale::new(low, high, axis::number_count(height), self.number, style.language)
        else {
            return Ok(None);
        };
        let left = room.x + axis::number_room(&scale);
        let plot = Frame::new(left, room.y + 22.0, (room.right() - left - 20.0).max(1.0), height);
        let pitch = plot.width / self.bars.len().max(1) as f64;
        let middle = |index: usize| plot.x + pitch * (index as f64 + 0.5);
        let y = |value: f64| plot.bottom() - plot.height * scale.share(value);
        axis::draw_numbers(pen, style, plot, &scale)?;
        let names: Vec<String> = self.bars.iter().map(|bar| bar.label.clone()).collect();
        let names_plot = Frame { height: plot.height + below, ..plot };
        axis::draw_names(pen, style, names_plot, &step_ticks(&names, pitch, SMALL), middle)?;
        let values: Vec<String> = self.bars.iter().map(|bar| self.value_text(bar, style.language)).collect();
        let written = values.iter().all(|value| text::width(value, SMALL) + 4.0 <= pitch);
        let thickness = if pitch >= 4.0 { (pitch * 0.72).min(56.0) } else { pitch };
        let mut marks = Vec::new();
        for (index, bar) in self.shown() {
            let color = bar.tint.map_or(style.palette.accent, |tint| tint.color(&style.palette));
            let (top, bottom) = (y(bar.value.max(0.0)), y(bar.value.min(0.0)));
            pen.rect(Frame::new(middle(index) - thickness / 2.0, top, thickness, bottom - top), color, 1.0)?;
            if let Some(value) = values.get(index).filter(|_| written) {
                let at = if bar.value < 0.0 { bottom + 9.0 } else { top - 9.0 };
                pen.text(value, middle(index), at, Ink::new(SMALL, style.palette.ink, Align::Center))?;
            }
            let frame = Frame::new(plot.x + pitch * index as f64, plot.y, pitch, plot.height);
            marks.push(Mark { frame, kind: MarkKind::Rect, series: 0, index });
        }
        Ok(Some(Drawing { plot, marks, places: None }))
    }
}

impl Chart for BarChart {
    headed!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| match self.orientation {
            _ if self.shown().next().is_none() => Ok(None),
            Orientation::Horizontal => self.draw_horizontal(pen, style, room).map(Some),
            Orientation::Vertical => self.draw_vertical(pen, style, room),
        })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        let Some(bar) = self.bars.get(mark.index) else { return String::new() };
        fill(language.words().chart_bar, &[("label", &bar.label), ("value", &self.value_text(bar, language))])
    }

    fn summary(&self, language: Language) -> String {
        let words = language.words();
        let mut shown: Vec<&Bar> = self.shown().map(|(_, bar)| bar).collect();
        if shown.is_empty() {
            return empty_summary(&self.title, language);
        }
        shown.sort_by(|a, b| b.value.total_cmp(&a.value));
        let largest: Vec<String> = shown
            .iter()
            .take(3)
            .map(|bar| format!("{} {}", bar.label, self.value_text(bar, language)))
            .collect();
        let count = count_text(shown.len(), language);
        fill(
            words.chart_summary_bars,
            &[("title", &self.title), ("count", &count), ("list", &listed(&largest, language))],
        )
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let words = language.words();
        let value = |bar: &Bar| match form {
            Form::Shown => self.value_text(bar, language),
            Form::Plain => plain(bar.value),
        };
        let row = |bar: &Bar| vec![bar.label.clone(), value(bar)];
        Table {
            header: vec![words.chart_group.to_owned(), words.chart_value.to_owned()],
            rows: self.bars.iter().map(row).collect(),
        }
    }
}
