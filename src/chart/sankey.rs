//! Flows from step to step: what there is at each step, and where it goes.
//!
//! Every step is a row of bars whose lengths are their values, so all steps are equally long when nothing is lost. On a wide
//! chart steps stand side by side and flow to the right, on a narrow one below each other and flow down. A name stands
//! beside its bar where there is room for it; a bar without one is told when it is pointed at.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::pen::{Align, BODY, Ink, Pen, SMALL};
use super::ticks::NumberKind;
use super::{
    Bend, Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Palette, Rgb, Style, Table, count_text,
    empty_summary, framed, headed, listed, plain, text,
};
use crate::locale::{Language, fill};

/// What a bar is, which gives it its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowTone {
    /// One of several things with colours of their own.
    Group(usize),
    /// One of several things that are lines or layers in other charts, by its number there.
    Series(usize),
    /// The others together.
    Rest,
    /// What is no more, or not yet.
    Gone,
    /// What is not known yet.
    Open,
}

impl FlowTone {
    fn color(self, palette: &Palette) -> Rgb {
        match self {
            Self::Group(group) => palette.group_color(group),
            Self::Series(series) => palette.series_color(series),
            Self::Rest => palette.muted.mix(palette.background, 0.35),
            Self::Gone | Self::Open => palette.muted.mix(palette.background, 0.65),
        }
    }
}

/// A bar.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowNode {
    /// Its name.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// Its colour.
    pub tone: FlowTone,
    /// What is told of it.
    pub tip: String,
}

/// What goes from a bar to one of the next step.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowLink {
    /// Which bar of its step.
    pub from: usize,
    /// Which bar of the next step.
    pub to: usize,
    /// How much.
    pub value: f64,
    /// What is told of it.
    pub tip: String,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlowStep {
    /// Its name.
    pub label: String,
    /// Its bars.
    pub nodes: Vec<FlowNode>,
    /// What goes from them to the next step.
    pub links: Vec<FlowLink>,
}

/// Flows from step to step. A mark's series is the step; its index is the bar or, after all bars, the flow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sankey {
    /// The title.
    pub title: String,
    /// What the lengths stand for.
    pub subtitle: String,
    /// The steps.
    pub steps: Vec<FlowStep>,
    /// What kind of number the values are.
    pub number: NumberKind,
}

/// Narrower charts flow down.
const NARROW: f64 = 560.0;
/// How thick a bar is.
const BAR: f64 = 12.0;
/// The room between bars.
const GAP: f64 = 6.0;
/// The room of the steps' names above them.
const HEAD: f64 = 24.0;
/// The room of a step in a chart that flows down.
const DOWN_STEP: f64 = 84.0;

/// A number that has a length: positive and finite; anything else has none.
fn usable(value: f64) -> f64 {
    if value.is_finite() && value > 0.0 { value } else { 0.0 }
}

impl Chart for Sankey {
    headed!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            let Some(layout) = Layout::new(self, room) else { return Ok(None) };
            let marks = layout.marks(self);
            for mark in &marks {
                self.draw_flow(pen, style, mark)?;
            }
            for mark in &marks {
                self.draw_bar(pen, style, mark)?;
            }
            for (index, step) in self.steps.iter().enumerate() {
                layout.draw_head(pen, style, index, &step.label)?;
            }
            for mark in &marks {
                self.draw_name(pen, style, &layout, mark)?;
            }
            Ok(Some(Drawing { plot: layout.frame, marks, places: None }))
        })
    }

    fn label(&self, mark: &Mark, _: Language) -> String {
        let Some(step) = self.steps.get(mark.series) else { return String::new() };
        let node = step.nodes.get(mark.index).map(|node| node.tip.clone());
        let link = || step.links.get(mark.index.checked_sub(step.nodes.len())?).map(|link| link.tip.clone());
        node.or_else(link).unwrap_or_default()
    }

    fn summary(&self, language: Language) -> String {
        let (Some(first), Some(last), true) = (self.steps.first(), self.steps.last(), self.total() > 0.0)
        else {
            return empty_summary(&self.title, language);
        };
        let largest = |step: &FlowStep| {
            let mut nodes: Vec<&FlowNode> = step.nodes.iter().collect();
            nodes.sort_by(|a, b| usable(b.value).total_cmp(&usable(a.value)));
            let share = |node: &&FlowNode| language.percent(usable(node.value) / self.total());
            let names = nodes.iter().take(3).map(|node| format!("{} {}", node.label, share(node)));
            listed(&names.collect::<Vec<_>>(), language)
        };
        fill(
            language.words().chart_summary_flow,
            &[
                ("title", &self.title),
                ("count", &count_text(self.steps.len(), language)),
                ("total", &self.number.text(self.total(), language)),
                ("first", &first.label),
                ("at_first", &largest(first)),
                ("last", &last.label),
                ("at_last", &largest(last)),
            ],
        )
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let words = language.words();
        let header = [
            words.chart_flow_step,
            words.chart_flow_from,
            words.chart_flow_to,
            words.chart_value,
            words.chart_share,
        ];
        let row = |step: &FlowStep, from: &str, to: &str, value: f64| {
            let share = if self.total() > 0.0 { usable(value) / self.total() } else { 0.0 };
            let (value, share) = match form {
                Form::Shown => (self.number.text(value, language), language.percent(share)),
                Form::Plain => (plain(value), plain(share)),
            };
            vec![step.label.clone(), from.to_owned(), to.to_owned(), value, share]
        };
        let name = |step: Option<&FlowStep>, node: usize| {
            step.and_then(|step| step.nodes.get(node)).map_or("", |node| node.label.as_str()).to_owned()
        };
        let rows = self.steps.iter().enumerate().flat_map(|(index, step)| {
            let next = self.steps.get(index + 1);
            let nodes = step.nodes.iter().map(|node| row(step, &node.label, "", node.value));
            let links = step
                .links
                .iter()
                .map(|link| row(step, &name(Some(step), link.from), &name(next, link.to), link.value));
            nodes.chain(links).collect::<Vec<_>>()
        });
        Table { header: header.into_iter().map(str::to_owned).collect(), rows: rows.collect() }
    }
}

impl Sankey {
    /// What the longest step adds up to.
    fn total(&self) -> f64 {
        let sum = |step: &FlowStep| step.nodes.iter().map(|node| usable(node.value)).sum::<f64>();
        self.steps.iter().map(sum).fold(0.0, f64::max)
    }

    /// The height that suits it at a width.
    #[must_use]
    pub fn natural_height(&self, width: u32) -> u32 {
        if f64::from(width) < NARROW {
            // A handful of steps, each with a line for its name.
            let steps = u32::try_from(self.steps.len()).unwrap_or(u32::MAX).clamp(2, 50);
            return steps * DOWN_STEP as u32;
        }
        let most = self.steps.iter().map(|step| step.nodes.len()).max().unwrap_or(0);
        (280 + 16 * u32::try_from(most).unwrap_or(0)).clamp(320, 560)
    }

    fn node(&self, mark: &Mark) -> Option<&FlowNode> {
        self.steps.get(mark.series)?.nodes.get(mark.index)
    }

    fn draw_flow<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        mark: &Mark,
    ) -> Result<(), ChartError> {
        let MarkKind::Flow(bend) = mark.kind else { return Ok(()) };
        let Some(step) = self.steps.get(mark.series) else { return Ok(()) };
        let link = mark.index.checked_sub(step.nodes.len()).and_then(|link| step.links.get(link));
        let from = link.and_then(|link| step.nodes.get(link.from));
        let Some(from) = from else { return Ok(()) };
        // What is gone stays gone: a flow of it is there to add up, not to be looked at.
        let alpha = match from.tone {
            FlowTone::Group(_) => 0.5,
            FlowTone::Series(_) | FlowTone::Rest => 0.3,
            FlowTone::Gone | FlowTone::Open => 0.18,
        };
        pen.polygon(&bend.outline(mark.frame, 24), from.tone.color(&style.palette), alpha)
    }

    fn draw_bar<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        mark: &Mark,
    ) -> Result<(), ChartError> {
        let Some(node) = self.node(mark) else { return Ok(()) };
        let color = node.tone.color(&style.palette);
        // Pastel bars would hardly stand out from their own flows.
        let color = match node.tone {
            FlowTone::Group(_) => color.mix(style.palette.ink, 0.25),
            _ => color,
        };
        pen.rect(mark.frame, color, 1.0)?;
        if node.tone == FlowTone::Open {
            pen.hatch(mark.frame, style.palette.open, 0.75)?;
        }
        Ok(())
    }

    /// The name of a bar, and its share below it where that fits too.
    fn draw_name<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        layout: &Layout,
        mark: &Mark,
    ) -> Result<(), ChartError> {
        let Some(node) = self.node(mark) else { return Ok(()) };
        let share = style.language.percent(usable(node.value) / self.total());
        let room = layout.name_room(mark.frame);
        let lines = (room.height / 15.0).floor();
        // A beginning must tell more than a letter.
        if lines < 1.0 || room.width < 26.0 {
            return Ok(());
        }
        let ink = Ink::new(BODY, style.palette.ink, Align::Left);
        let quiet = Ink::new(SMALL, style.palette.ink.mix(style.palette.muted, 0.5), Align::Left);
        let both = format!("{} {share}", node.label);
        if lines >= 2.0 {
            let middle = room.y + if layout.down { 14.0 } else { room.height / 2.0 };
            pen.text(&text::fit(&node.label, BODY, room.width), room.x, middle - 7.0, ink)?;
            if text::width(&share, SMALL) <= room.width {
                pen.text(&share, room.x, middle + 8.0, quiet)?;
            }
            return Ok(());
        }
        let line = if text::width(&both, BODY) <= room.width { both } else { node.label.clone() };
        pen.text(&text::fit(&line, BODY, room.width), room.x, room.y + room.height / 2.0, ink)
    }
}

/// Where steps and bars lie.
struct Layout {
    /// The bars' part of the chart.
    frame: Frame,
    down: bool,
    /// The room of a step along the flow.
    step: f64,
    /// How thick its bars are.
    bar: f64,
    /// Pixels for a value of 1.
    unit: f64,
    /// Where each bar begins across the flow, and how long it is.
    bars: Vec<Vec<(f64, f64)>>,
}

impl Layout {
    fn new(chart: &Sankey, room: Frame) -> Option<Self> {
        let total = chart.total();
        if total <= 0.0 {
            return None;
        }
        let down = room.width < NARROW;
        let count = chart.steps.len() as f64;
        let frame = if down {
            Frame::new(room.x, room.y, room.width, room.height)
        } else {
            Frame::new(room.x, room.y + HEAD, room.width, (room.height - HEAD - 4.0).max(1.0))
        };
        let (along, across) = if down { (frame.height, frame.width) } else { (frame.width, frame.height) };
        let most = chart.steps.iter().map(|step| step.nodes.len()).max().unwrap_or(1);
        // Many bars share the gaps that a few would have.
        let gaps = (GAP * (most as f64 - 1.0)).min(across / 3.0);
        let gap = gaps / (most as f64 - 1.0).max(1.0);
        let unit = (across - gaps) / total;
        let begin = if down { frame.x } else { frame.y };
        let bars = chart.steps.iter().map(|step| {
            let mut at = begin;
            let bar = |node: &FlowNode| {
                let length = usable(node.value) * unit;
                let own = (at, length);
                at += length + gap;
                own
            };
            step.nodes.iter().map(bar).collect()
        });
        let step = along / count;
        Some(Self { frame, down, step, bar: BAR.min(step * 0.4), unit, bars: bars.collect() })
    }

    /// Where the bars of a step begin along the flow.
    fn along(&self, step: usize) -> f64 {
        let begin = if self.down { self.frame.y + self.head() } else { self.frame.x };
        begin + self.step * step as f64
    }

    /// The room of a step's name above its bars, where steps lie below each other.
    fn head(&self) -> f64 {
        (HEAD - 4.0).min(self.step - self.bar)
    }

    fn turned(&self, along: f64, across: f64, length: f64, thick: f64) -> Frame {
        if self.down {
            Frame::new(across, along, thick, length)
        } else {
            Frame::new(along, across, length, thick)
        }
    }

    /// Bars and flows, step by step.
    fn marks(&self, chart: &Sankey) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (index, step) in chart.steps.iter().enumerate() {
            let own = self.bars.get(index).map_or(&[][..], Vec::as_slice);
            for (node, &(begin, length)) in own.iter().enumerate() {
                let frame = self.turned(self.along(index), begin, self.bar, length);
                marks.push(Mark { frame, kind: MarkKind::Rect, series: index, index: node });
            }
            let next = self.bars.get(index + 1).map_or(&[][..], Vec::as_slice);
            self.flows(step, index, own, next, &mut marks);
        }
        marks
    }

    /// The flows of a step: side by side at both ends, in the order of the bars at the other one.
    fn flows(
        &self,
        step: &FlowStep,
        index: usize,
        own: &[(f64, f64)],
        next: &[(f64, f64)],
        marks: &mut Vec<Mark>,
    ) {
        let mut leaves: Vec<f64> = own.iter().map(|bar| bar.0).collect();
        let mut enters: Vec<f64> = next.iter().map(|bar| bar.0).collect();
        let mut order: Vec<(usize, &FlowLink)> = step.links.iter().enumerate().collect();
        order.sort_by_key(|(_, link)| (link.from, link.to));
        let mut flows = Vec::new();
        for (number, link) in order {
            let thick = usable(link.value) * self.unit;
            let (Some(leave), Some(enter)) = (leaves.get_mut(link.from), enters.get_mut(link.to)) else {
                continue;
            };
            let (from, to) = (*leave, *enter);
            (*leave, *enter) = (from + thick, to + thick);
            let begin = self.along(index) + self.bar;
            let length = (self.along(index + 1) - begin).max(1.0);
            let frame = self.turned(begin, from.min(to), length, (from - to).abs() + thick);
            // Hundredths of a pixel, saturating: no chart is that large.
            let bend = Bend { down: self.down, back: to < from, thick: (thick * 100.0).round() as u32 };
            let mark =
                Mark { frame, kind: MarkKind::Flow(bend), series: index, index: step.nodes.len() + number };
            flows.push((number, mark));
        }
        flows.sort_by_key(|(number, _)| *number);
        marks.extend(flows.into_iter().map(|(_, mark)| mark));
    }

    /// The room of a bar's name: beside it, or below it in a chart that flows down.
    fn name_room(&self, bar: Frame) -> Frame {
        if self.down {
            return Frame::new(
                bar.x + 1.0,
                bar.bottom() + 3.0,
                bar.width - 2.0,
                (self.step - self.bar - HEAD).clamp(0.0, 30.0),
            );
        }
        Frame::new(bar.right() + 5.0, bar.y, self.step - self.bar - 14.0, bar.height)
    }

    fn draw_head<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        index: usize,
        label: &str,
    ) -> Result<(), ChartError> {
        let ink = Ink::new(SMALL, style.palette.muted, Align::Left);
        let room = if self.down { self.frame.width } else { self.step - 8.0 };
        let label = text::fit(label, SMALL, room);
        if self.down {
            if self.head() < 15.0 {
                return Ok(());
            }
            return pen.text(&label, self.frame.x, self.along(index) - 10.0, ink);
        }
        pen.text(&label, self.along(index), self.frame.y - 13.0, ink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(label: &str, value: f64) -> FlowNode {
        FlowNode { label: label.into(), value, tone: FlowTone::Group(0), tip: label.into() }
    }

    fn chart() -> Sankey {
        let link = |from, to, value| FlowLink { from, to, value, tip: format!("{from}-{to}") };
        Sankey {
            steps: vec![
                FlowStep {
                    label: "1".into(),
                    nodes: vec![node("a", 60.0), node("b", 40.0)],
                    links: vec![link(0, 0, 20.0), link(0, 1, 40.0), link(1, 0, 40.0)],
                },
                FlowStep {
                    label: "2".into(),
                    nodes: vec![node("a", 60.0), node("c", 40.0)],
                    links: Vec::new(),
                },
            ],
            ..Sankey::default()
        }
    }

    #[test]
    fn flows_fill_their_bars() {
        for width in [300.0, 900.0] {
            let chart = chart();
            let layout = Layout::new(&chart, Frame::new(0.0, 0.0, width, 400.0)).unwrap();
            let marks = layout.marks(&chart);
            let thick = |mark: &Mark| match mark.kind {
                MarkKind::Flow(bend) => bend.thickness(),
                _ => {
                    if layout.down {
                        mark.frame.width
                    } else {
                        mark.frame.height
                    }
                }
            };
            let of =
                |index: usize| marks.iter().find(|mark| mark.series == 0 && mark.index == index).unwrap();
            assert!(
                (thick(of(0)) - thick(of(2)) - thick(of(3))).abs() < 0.02,
                "what leaves a bar is the bar"
            );
            assert!((thick(of(0)) * 40.0 - thick(of(1)) * 60.0).abs() < 1e-6);
            let across = |frame: Frame| if layout.down { frame.x } else { frame.y };
            let MarkKind::Flow(bend) = of(3).kind else { panic!("a flow") };
            let (begin, end) = bend.edges(of(3).frame);
            let second = marks.iter().find(|mark| mark.series == 1 && mark.index == 1).unwrap();
            assert!((begin - across(of(0).frame) - thick(of(2))).abs() < 0.02, "below the flow before it");
            assert!((end - across(second.frame)).abs() < 0.02, "to the top of its bar");
        }
    }
}
