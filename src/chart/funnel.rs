//! Steps below each other: who reached each, who may still come, who was lost before it.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::pen::{Align, BODY, Ink, Pen, SMALL};
use super::ticks::NumberKind;
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Rgb, Style, Table, count_text, empty_summary,
    framed, headed, plain, text,
};
use crate::locale::{Language, fill};

/// A step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FunnelStep {
    /// Its name.
    pub label: String,
    /// How many reached it.
    pub reached: u64,
    /// How many stand before it and may still reach it.
    pub open: u64,
    /// How many stayed before it for good.
    pub lost: u64,
    /// The share of those that entered.
    pub rate: Option<f64>,
    /// The share of those that reached the step before.
    pub rate_of_previous: Option<f64>,
    /// What else is worth saying of it; written below its bar.
    pub detail: String,
    /// The share of those that entered in what this is compared with.
    pub compared: Option<f64>,
}

/// A funnel. A mark's index is the step; its series is [`FunnelChart::REACHED`], [`FunnelChart::OPEN`] or
/// [`FunnelChart::LOST`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FunnelChart {
    /// The title.
    pub title: String,
    /// What is counted.
    pub subtitle: String,
    /// The steps.
    pub steps: Vec<FunnelStep>,
}

/// What the key takes above the steps.
const KEY: f64 = 22.0;

/// A step with its name above its bar and what is worth saying below it.
const ROOMY: f64 = 54.0;

/// A step with its name above its bar.
const CLOSE: f64 = 30.0;

/// How thick a bar is at most.
const THICK: f64 = 22.0;

/// Where the parts of a step lie.
struct Row {
    /// The middle line of its name and number.
    title: f64,
    bar: Frame,
    /// The middle line of the detail, where there is room.
    detail: Option<f64>,
    /// Name and number stand beside the bar, in rooms of these widths.
    beside: Option<(f64, f64)>,
}

impl FunnelChart {
    /// Those who reached a step.
    pub const REACHED: usize = 0;
    /// Those who may still reach it.
    pub const OPEN: usize = 1;
    /// Those who stayed before it for good.
    pub const LOST: usize = 2;

    /// The height at which everything has room.
    #[must_use]
    pub fn natural_height(&self) -> u32 {
        let steps = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        steps.saturating_mul(66).saturating_add(KEY as u32 + 6)
    }

    fn entered(&self) -> u64 {
        self.steps.first().map_or(0, |step| step.reached)
    }

    fn row(&self, index: usize, room: Frame, key: f64) -> Row {
        let pitch = (room.height - key) / self.steps.len().max(1) as f64;
        let top = room.y + key + pitch * index as f64;
        if pitch < CLOSE {
            let (names, numbers) = (room.width * 0.3, (room.width * 0.24).min(130.0));
            let width = (room.width - names - numbers - 16.0).max(1.0);
            let bar = Frame::new(room.x + names + 8.0, top + pitch * 0.15, width, (pitch * 0.7).max(1.0));
            return Row { title: top + pitch / 2.0, bar, detail: None, beside: Some((names, numbers)) };
        }
        let below = if pitch >= ROOMY { 20.0 } else { 4.0 };
        let thick = (pitch - 19.0 - below).clamp(4.0, THICK);
        let bar = Frame::new(room.x, top + 19.0, room.width, thick);
        let detail = (pitch >= ROOMY).then_some(bar.bottom() + 11.0);
        Row { title: top + 9.0, bar, detail, beside: None }
    }

    fn number(step: &FunnelStep, language: Language) -> String {
        let count = count_text(usize::try_from(step.reached).unwrap_or(usize::MAX), language);
        match step.rate {
            Some(rate) => format!("{count}  {}", language.percent(rate)),
            None => count,
        }
    }

    fn draw_key<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
    ) -> Result<(), ChartError> {
        let words = style.language.words();
        let names =
            [words.chart_funnel_reached_name, words.chart_funnel_open_name, words.chart_funnel_lost_name];
        let mut x = room.x;
        for (kind, name) in names.into_iter().enumerate() {
            let width = text::width(name, SMALL) + 18.0;
            if x + width > room.right() {
                break;
            }
            paint(pen, style, kind, Frame::new(x, room.y + 3.0, 12.0, 10.0))?;
            pen.text(name, x + 17.0, room.y + 8.0, Ink::new(SMALL, style.palette.muted, Align::Left))?;
            x += width + 16.0;
        }
        Ok(())
    }

    fn draw_words<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        (step, index): (&FunnelStep, usize),
        (row, room): (&Row, Frame),
    ) -> Result<(), ChartError> {
        let palette = &style.palette;
        let number = Self::number(step, style.language);
        let label = format!("{}  {}", index + 1, step.label);
        let (size, names, numbers) = match row.beside {
            Some((names, numbers)) => (SMALL, names, numbers),
            None => {
                let numbers = text::width(&number, BODY * 1.08).min(room.width * 0.6) + 8.0;
                (BODY, (room.width - numbers).max(0.0), numbers)
            }
        };
        let ink = Ink::new(size, palette.ink, Align::Left);
        pen.text(&text::fit(&label, size, names), room.x, row.title, ink)?;
        let (number, ink) = match row.beside {
            Some(_) => (text::fit(&number, size, numbers), Ink { align: Align::Right, ..ink }),
            None => (text::fit(&number, size * 1.08, numbers), Ink { align: Align::Right, ..ink }.bold()),
        };
        pen.text(&number, room.right(), row.title, ink)?;
        if let Some(y) = row.detail {
            let detail = text::fit(&step.detail, SMALL, room.width);
            pen.text(&detail, room.x, y, Ink::new(SMALL, palette.muted, Align::Left))?;
        }
        Ok(())
    }

    fn draw_bar<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        (step, index): (&FunnelStep, usize),
        bar: Frame,
        marks: &mut Vec<Mark>,
    ) -> Result<(), ChartError> {
        let entered = self.entered().max(1) as f64;
        pen.level_line(bar.x, bar.right(), bar.bottom(), style.palette.hairline)?;
        let (mut from, mut sum) = (bar.x, 0);
        for (series, part) in [step.reached, step.open, step.lost].into_iter().enumerate() {
            sum += part;
            // The smallest part can be seen, and a step that nobody reached can be pointed at.
            let least = if part > 0 || series == Self::REACHED { 2.0 } else { 0.0 };
            let end =
                (bar.x + bar.width * (sum as f64 / entered).min(1.0)).max(from + least).min(bar.right());
            let frame = Frame::new(from, bar.y, end - from, bar.height);
            if end > from && (part > 0 || series == Self::REACHED) {
                if part > 0 {
                    paint(pen, style, series, frame)?;
                }
                marks.push(Mark { frame, kind: MarkKind::Rect, series, index });
                from = end;
            }
        }
        if let Some(rate) = step.compared.filter(|rate| rate.is_finite()) {
            let x = bar.x + bar.width * rate.clamp(0.0, 1.0);
            let line = Frame::new((x - 1.0).min(bar.right() - 2.0), bar.y - 2.0, 2.0, bar.height + 4.0);
            pen.rect(line, style.palette.ink, 1.0)?;
        }
        Ok(())
    }
}

/// How those who reached a step, may reach it or were lost are painted.
fn paint<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    style: &Style,
    series: usize,
    frame: Frame,
) -> Result<(), ChartError> {
    let palette = &style.palette;
    let pale: Rgb = palette.accent.mix(palette.background, 0.8);
    match series {
        FunnelChart::REACHED => pen.rect(frame, palette.accent, 1.0),
        FunnelChart::OPEN => {
            pen.rect(frame, pale, 1.0)?;
            pen.hatch(frame, palette.open, 1.0)
        }
        _ => pen.rect(frame, pale, 1.0),
    }
}

impl Chart for FunnelChart {
    headed!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            if self.entered() == 0 {
                return Ok(None);
            }
            let roomy = room.height - KEY >= CLOSE * self.steps.len() as f64;
            let key = if roomy { KEY } else { 0.0 };
            if roomy {
                self.draw_key(pen, style, room)?;
            }
            let pitch = (room.height - key) / self.steps.len().max(1) as f64;
            let stride = (13.0 / pitch).ceil().max(1.0) as usize;
            let mut marks = Vec::new();
            for (index, step) in self.steps.iter().enumerate() {
                let row = self.row(index, room, key);
                if index % stride == 0 && row.title + SMALL * 0.5 <= room.bottom() {
                    self.draw_words(pen, style, (step, index), (&row, room))?;
                }
                self.draw_bar(pen, style, (step, index), row.bar, &mut marks)?;
            }
            Ok(Some(Drawing { plot: room, marks, places: None }))
        })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        let Some(step) = self.steps.get(mark.index) else { return String::new() };
        let words = language.words();
        let count = |count: u64| count_text(usize::try_from(count).unwrap_or(usize::MAX), language);
        let (phrase, number) = match mark.series {
            Self::REACHED => (words.chart_funnel_reached, step.reached),
            Self::OPEN => (words.chart_funnel_open, step.open),
            _ => (words.chart_funnel_lost, step.lost),
        };
        let rate = step.rate.map(|rate| language.percent(rate)).unwrap_or_default();
        fill(phrase, &[("label", &step.label), ("count", &count(number)), ("rate", &rate)])
    }

    fn summary(&self, language: Language) -> String {
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else {
            return empty_summary(&self.title, language);
        };
        if self.entered() == 0 {
            return empty_summary(&self.title, language);
        }
        let rate = last.rate.map(|rate| language.percent(rate)).unwrap_or_default();
        fill(
            language.words().chart_summary_funnel,
            &[
                ("title", &self.title),
                ("count", &count_text(self.steps.len(), language)),
                ("first", &first.label),
                ("last", &last.label),
                ("entered", &Self::number(first, language)),
                ("rate", &rate),
            ],
        )
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let words = language.words();
        let count = |count: u64| match form {
            Form::Shown => count_text(usize::try_from(count).unwrap_or(usize::MAX), language),
            Form::Plain => count.to_string(),
        };
        let rate = |rate: Option<f64>| match (rate, form) {
            (None, _) => String::new(),
            (Some(rate), Form::Shown) => NumberKind::Percent.text(rate, language),
            (Some(rate), Form::Plain) => plain(rate),
        };
        let row = |step: &FunnelStep| {
            vec![
                step.label.clone(),
                count(step.reached),
                rate(step.rate),
                rate(step.rate_of_previous),
                count(step.open),
                count(step.lost),
            ]
        };
        let header = [
            words.chart_funnel_step,
            words.chart_funnel_reached_name,
            words.chart_funnel_rate,
            words.chart_funnel_rate_of_previous,
            words.chart_funnel_open_name,
            words.chart_funnel_lost_name,
        ];
        Table { header: header.map(str::to_owned).to_vec(), rows: self.steps.iter().map(row).collect() }
    }
}
