//! Two numbers of each thing as a dot: channels by cost and value, users by orders and spend.
//!
//! Dots that share a spot are drawn once, the more of them the darker. Few dots have their names beside them.

use std::collections::HashMap;

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::axis::{self, MARGIN, level_scale};
use super::pen::{Align, Ink, Pen, SMALL};
use super::ticks::{NumberKind, NumberScale};
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Palette, Rgb, Style, Table, count_text,
    empty_summary, framed, headed, listed, plain, text,
};
use crate::locale::{Language, fill};

/// One thing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dot {
    /// What the page knows it by.
    pub key: String,
    /// Its name.
    pub label: String,
    /// Where it is, in the unit of the level axis.
    pub x: f64,
    /// Where it is, in the unit of the upright axis.
    pub y: f64,
    /// Its size in any unit: the dot's area. Where no dot has a size, all are alike.
    pub size: f64,
    /// The number of its group, which gives the colour.
    pub group: usize,
}

/// A line that dots are read against.
#[derive(Debug, Clone, PartialEq)]
pub enum Guide {
    /// A value of the level axis, and what it is.
    Upright(f64, String),
    /// A value of the upright axis, and what it is.
    Level(f64, String),
    /// The straight line nearest to all dots by least squares, and its name.
    Trend(String),
}

/// Dots between two axes. A mark's series is its group, its index the dot's number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scatter {
    /// The title.
    pub title: String,
    /// Units and zone.
    pub subtitle: String,
    /// What the level axis is: written below it.
    pub x_name: String,
    /// What the upright axis is: written above it.
    pub y_name: String,
    /// What the sizes are; empty when they mean nothing.
    pub size_name: String,
    /// The groups' names; may be empty.
    pub groups: Vec<String>,
    /// The dots.
    pub dots: Vec<Dot>,
    /// Lines to read them against.
    pub guides: Vec<Guide>,
    /// What kind of number the level axis has.
    pub x: NumberKind,
    /// What kind of number the upright axis has.
    pub y: NumberKind,
    /// What kind of number the sizes are.
    pub size: NumberKind,
    /// Whether both axes must hold zero.
    pub from_zero: bool,
}

/// More dots than this share spots.
const MANY: usize = 5000;
/// With more dots than this only pointing tells their names.
const NAMED: usize = 60;

impl Scatter {
    /// The colour of a group.
    #[must_use]
    pub fn color(&self, group: usize, palette: &Palette) -> Rgb {
        palette.series_color(group)
    }

    /// The scatter without the dots of these groups; the others keep their numbers.
    pub fn hide(&mut self, hidden: &[usize]) {
        for dot in self.dots.iter_mut().filter(|dot| hidden.contains(&dot.group)) {
            dot.x = f64::NAN;
        }
    }

    fn shown(&self) -> impl Iterator<Item = (usize, &Dot)> {
        self.dots.iter().enumerate().filter(|(_, dot)| dot.x.is_finite() && dot.y.is_finite())
    }

    fn extents(&self) -> Option<[(f64, f64); 2]> {
        let upright = self.guides.iter().filter_map(|guide| match guide {
            Guide::Upright(value, _) => Some(*value),
            _ => None,
        });
        let level = self.guides.iter().filter_map(|guide| match guide {
            Guide::Level(value, _) => Some(*value),
            _ => None,
        });
        self.shown().next()?;
        let range = |values: &mut dyn Iterator<Item = f64>| {
            let zero = self.from_zero.then_some((0.0, 0.0));
            let values = values.filter(|value| value.is_finite()).map(|value| (value, value));
            zero.into_iter().chain(values).reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
        };
        Some([
            range(&mut self.shown().map(|(_, dot)| dot.x).chain(upright))?,
            range(&mut self.shown().map(|(_, dot)| dot.y).chain(level))?,
        ])
    }

    /// Slope and height at zero of the line of least squares.
    fn trend(&self) -> Option<(f64, f64)> {
        let count = self.shown().count() as f64;
        let mean = |of: fn(&Dot) -> f64| self.shown().map(|(_, dot)| of(dot)).sum::<f64>() / count;
        let (x, y) = (mean(|dot| dot.x), mean(|dot| dot.y));
        let both: f64 = self.shown().map(|(_, dot)| (dot.x - x) * (dot.y - y)).sum();
        let own: f64 = self.shown().map(|(_, dot)| (dot.x - x).powi(2)).sum();
        let slope = both / own;
        slope.is_finite().then_some((slope, y - slope * x))
    }

    fn texts(&self, dot: &Dot, language: Language) -> [(&str, String); 2] {
        let named = |name: &'static str| name;
        let words = language.words();
        let x_name = if self.x_name.is_empty() { named(words.chart_x) } else { &self.x_name };
        let y_name = if self.y_name.is_empty() { named(words.chart_y) } else { &self.y_name };
        [(x_name, self.x.text(dot.x, language)), (y_name, self.y.text(dot.y, language))]
    }

    /// A dot's numbers by name, for a tooltip.
    #[must_use]
    pub fn reading(&self, index: usize, language: Language) -> Vec<(String, String)> {
        let Some(dot) = self.dots.get(index) else { return Vec::new() };
        let sized = (!self.size_name.is_empty() && dot.size.is_finite())
            .then(|| (self.size_name.clone(), self.size.text(dot.size, language)));
        let numbers = self.texts(dot, language).map(|(name, value)| (name.to_owned(), value));
        numbers.into_iter().chain(sized).collect()
    }
}

/// Where dots lie.
struct Layout {
    frame: Frame,
    x: NumberScale,
    y: NumberScale,
}

impl Layout {
    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let frame = self.frame;
        (frame.x + frame.width * self.x.share(x), frame.bottom() - frame.height * self.y.share(y))
    }
}

/// A dot to be drawn, for one or more.
struct Spot {
    index: usize,
    group: usize,
    x: f64,
    y: f64,
    radius: f64,
    count: u32,
}

impl Spot {
    fn frame(&self) -> Frame {
        Frame::new(self.x - self.radius, self.y - self.radius, 2.0 * self.radius, 2.0 * self.radius)
    }
}

impl Chart for Scatter {
    headed!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            let Some(layout) = self.layout(room, style.language) else { return Ok(None) };
            let frame = layout.frame;
            axis::draw_numbers(pen, style, frame, &layout.y)?;
            axis::draw_level_numbers(pen, style, frame, &layout.x)?;
            axis::draw_axis_name(pen, style, frame, &self.x_name)?;
            let y_name = text::fit(&self.y_name, SMALL, room.width - 8.0);
            let ink = Ink::new(SMALL, style.palette.muted, Align::Left);
            pen.text(&y_name, room.x + 4.0, room.y + 9.0, ink)?;
            let spots = self.spots(&layout);
            // Few dots are almost solid, many let through what they lie on.
            let alpha = match spots.len() {
                0..=200 => 0.8,
                201..=1000 => 0.55,
                _ => 0.35,
            };
            for spot in &spots {
                let color = self.color(spot.group, &style.palette);
                let many = 1.0 - (1.0_f64 - alpha).powi(spot.count.min(20).cast_signed());
                pen.disc(spot.x, spot.y, spot.radius, color, many.min(0.95))?;
            }
            let taken = self.draw_guides(pen, style, &layout)?;
            self.draw_names(pen, style, &layout, &spots, taken)?;
            let mark = |spot: &Spot| {
                let (series, index) = (spot.group, spot.index);
                Mark { frame: spot.frame(), kind: MarkKind::Dot, series, index }
            };
            let mut marks: Vec<Mark> = spots.iter().map(mark).collect();
            // From left to right within a group, as the keyboard walks.
            marks.sort_by(|a, b| a.series.cmp(&b.series).then(a.frame.x.total_cmp(&b.frame.x)));
            Ok(Some(Drawing { plot: frame, marks, places: None }))
        })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        let Some(dot) = self.dots.get(mark.index) else { return String::new() };
        let numbers = self.reading(mark.index, language);
        let numbers: Vec<String> = numbers.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let name = match self.groups.get(dot.group) {
            Some(group) if dot.label.is_empty() => group.clone(),
            Some(group) => {
                fill(language.words().chart_value_beside, &[("value", &dot.label), ("beside", group)])
            }
            None => dot.label.clone(),
        };
        fill(language.words().chart_bar, &[("label", &name), ("value", &listed(&numbers, language))])
    }

    fn summary(&self, language: Language) -> String {
        let words = language.words();
        let Some([x, y]) = self.extents() else { return empty_summary(&self.title, language) };
        let span = |(low, high): (f64, f64), kind: NumberKind| {
            let (low, high) = (kind.text(low, language), kind.text(high, language));
            fill(words.chart_range, &[("low", &low), ("high", &high)])
        };
        let values = |of: fn(&Dot) -> f64, (low, high): (f64, f64)| {
            let values = || self.shown().map(|(_, dot)| of(dot));
            (values().reduce(f64::min).unwrap_or(low), values().reduce(f64::max).unwrap_or(high))
        };
        let (x, y) = (values(|dot| dot.x, x), values(|dot| dot.y, y));
        fill(
            words.chart_summary_dots,
            &[
                ("title", &self.title),
                ("count", &count_text(self.shown().count(), language)),
                ("x", if self.x_name.is_empty() { words.chart_x } else { &self.x_name }),
                ("x_span", &span(x, self.x)),
                ("y", if self.y_name.is_empty() { words.chart_y } else { &self.y_name }),
                ("y_span", &span(y, self.y)),
            ],
        )
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let words = language.words();
        let (grouped, sized) = (!self.groups.is_empty(), !self.size_name.is_empty());
        let or = |name: &str, other: &'static str| {
            if name.is_empty() { other.to_owned() } else { name.to_owned() }
        };
        let mut header = vec![words.chart_name.to_owned()];
        header.extend(grouped.then(|| words.chart_group.to_owned()));
        header.extend([or(&self.x_name, words.chart_x), or(&self.y_name, words.chart_y)]);
        header.extend(sized.then(|| self.size_name.clone()));
        let number = |value: f64, kind: NumberKind| match form {
            Form::Shown => kind.text(value, language),
            Form::Plain => plain(value),
        };
        let row = |(_, dot): (usize, &Dot)| {
            let mut row = vec![dot.label.clone()];
            row.extend(grouped.then(|| self.groups.get(dot.group).cloned().unwrap_or_default()));
            row.extend([number(dot.x, self.x), number(dot.y, self.y)]);
            row.extend(sized.then(|| number(dot.size, self.size)));
            row
        };
        Table { header, rows: self.shown().map(row).collect() }
    }
}

impl Scatter {
    fn layout(&self, room: Frame, language: Language) -> Option<Layout> {
        let [(left, right), (low, high)] = self.extents()?;
        let above = if self.y_name.is_empty() { 14.0 } else { 26.0 }
            + if self.guides.iter().any(|guide| matches!(guide, Guide::Upright(..))) { 16.0 } else { 0.0 };
        let below = if self.x_name.is_empty() { 24.0 } else { 38.0 };
        let height = (room.height - above - below).max(1.0);
        let y = NumberScale::new(low, high, axis::number_count(height), self.y, language)?;
        let x_left = room.x + axis::number_room(&y);
        let frame = Frame::new(x_left, room.y + above, (room.right() - x_left - MARGIN).max(1.0), height);
        let x = level_scale(left, right, self.x, frame.width, language)?;
        Some(Layout { frame, x, y })
    }

    /// What is drawn: each dot, or of many one for all of a group on two by two pixels. The largest are behind.
    fn spots(&self, layout: &Layout) -> Vec<Spot> {
        let usable = |dot: &Dot| if dot.size.is_finite() { dot.size.max(0.0) } else { 0.0 };
        let largest = self.shown().map(|(_, dot)| usable(dot)).fold(0.0, f64::max);
        let count = self.shown().count();
        let plain = if count > 1000 {
            2.5
        } else if count > 200 {
            3.0
        } else {
            4.5
        };
        let widest = (layout.frame.width / 30.0).clamp(7.0, 18.0);
        let radius = |dot: &Dot| match largest > 0.0 {
            true => (widest * (usable(dot) / largest).sqrt()).max(2.5),
            false => plain,
        };
        let mut spots: Vec<Spot> = Vec::with_capacity(count.min(4 * MANY));
        let mut held: HashMap<(usize, i32, i32), usize> = HashMap::new();
        for (index, dot) in self.shown() {
            let (x, y) = layout.place(dot.x, dot.y);
            if count > MANY {
                let spot = (dot.group, (x / 2.0) as i32, (y / 2.0) as i32);
                if let Some(spot) = held.get(&spot).and_then(|&at| spots.get_mut(at)) {
                    spot.count += 1;
                    spot.radius = spot.radius.max(radius(dot));
                    continue;
                }
                held.insert(spot, spots.len());
            }
            spots.push(Spot { index, group: dot.group, x, y, radius: radius(dot), count: 1 });
        }
        spots.sort_by(|a, b| b.radius.total_cmp(&a.radius).then(a.group.cmp(&b.group)));
        spots
    }

    /// The lines and their labels; tells where the labels are.
    fn draw_guides<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        layout: &Layout,
    ) -> Result<Vec<Frame>, ChartError> {
        let frame = layout.frame;
        let ink = style.palette.ink;
        let mut taken: Vec<Frame> = Vec::new();
        for guide in &self.guides {
            // Where the line is, and where its label would like to be: its left edge and middle.
            let (line, label, places) = match guide {
                Guide::Upright(value, label) => {
                    let (x, _) = layout.place(*value, 0.0);
                    let width = text::width(label, SMALL);
                    let line = [(x, frame.y), (x, frame.bottom())];
                    (
                        line,
                        label,
                        vec![
                            (x - width / 2.0, frame.y - 9.0),
                            (x + 6.0, frame.y - 9.0),
                            (x - width - 6.0, frame.y - 9.0),
                        ],
                    )
                }
                Guide::Level(value, label) => {
                    let (_, y) = layout.place(0.0, *value);
                    let left = frame.right() - text::width(label, SMALL) - 2.0;
                    (
                        [(frame.x, y), (frame.right(), y)],
                        label,
                        vec![(left, y - 9.0), (left, y + 9.0), (frame.x + 4.0, y - 9.0)],
                    )
                }
                Guide::Trend(label) => {
                    let Some(line) = self.trend_line(layout) else { continue };
                    let [_, (x, y)] = line;
                    let left = (x - text::width(label, SMALL) - 2.0).max(frame.x);
                    (
                        line,
                        label,
                        vec![(left, y - 12.0), (left, y + 12.0), (left, y - 26.0), (left, y + 26.0)],
                    )
                }
            };
            if !line.iter().all(|(x, y)| x.is_finite() && y.is_finite()) {
                continue;
            }
            match guide {
                Guide::Trend(_) => pen.path(&line, 1.5, ink)?,
                Guide::Upright(..) | Guide::Level(..) => pen.dashed_path(&line, 1.0, style.palette.muted)?,
            }
            let boxed = |(left, y): (f64, f64)| Frame::new(left, y - 7.0, text::width(label, SMALL), 14.0);
            let within = |place: &Frame| {
                let right = f64::from(style.width) - 2.0;
                place.x >= frame.x
                    && place.right() <= right
                    && place.y >= frame.y - 20.0
                    && place.bottom() <= frame.bottom()
            };
            let free = places.into_iter().map(boxed).find(|place| within(place) && is_free(place, &taken));
            if let Some(place) = free {
                let text_ink = Ink::new(SMALL, ink, Align::Left);
                pen.plate(place.shrunk(1.0), style.palette.background)?;
                pen.text(label, place.x, place.y + 7.0, text_ink)?;
                taken.push(place.shrunk(-2.0));
            }
        }
        Ok(taken)
    }

    /// The trend within the plot, from left to right.
    fn trend_line(&self, layout: &Layout) -> Option<[(f64, f64); 2]> {
        let (slope, height) = self.trend()?;
        let (low, high) = (layout.y.low, layout.y.high);
        let ends = [layout.x.low, layout.x.high].map(|x| {
            let y = (slope * x + height).clamp(low, high);
            let x = if slope == 0.0 { x } else { ((y - height) / slope).clamp(layout.x.low, layout.x.high) };
            layout.place(x, y)
        });
        Some(ends)
    }

    /// The names of few dots beside them, the largest first, where nothing else is.
    fn draw_names<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        layout: &Layout,
        spots: &[Spot],
        mut taken: Vec<Frame>,
    ) -> Result<(), ChartError> {
        if spots.len() > NAMED {
            return Ok(());
        }
        let dots: Vec<Frame> = spots.iter().map(Spot::frame).collect();
        let frame = layout.frame;
        for (spot, own) in spots.iter().zip(&dots) {
            let Some(dot) = self.dots.get(spot.index) else { continue };
            let width = text::width(&dot.label, SMALL);
            let (beside, high) = (spot.radius + 4.0, spot.radius + 9.0);
            let places = [
                (spot.x + beside, spot.y),
                (spot.x - beside - width, spot.y),
                (spot.x - width / 2.0, spot.y - high),
                (spot.x - width / 2.0, spot.y + high),
            ];
            let boxed = places.into_iter().map(|(left, y)| Frame::new(left, y - 7.0, width, 14.0));
            let mut free = boxed.filter(|place| {
                let inside = place.x >= frame.x
                    && place.right() <= f64::from(style.width) - 2.0
                    && place.y >= frame.y
                    && place.bottom() <= frame.bottom();
                let clear = dots.iter().filter(|other| *other != own).all(|other| !overlap(*place, *other));
                inside && clear && is_free(place, &taken)
            });
            if let Some(place) = free.next() {
                let ink = Ink::new(SMALL, style.palette.ink, Align::Left);
                pen.text(&dot.label, place.x, place.y + 7.0, ink)?;
                taken.push(place.shrunk(-2.0));
            }
        }
        Ok(())
    }
}

fn overlap(a: Frame, b: Frame) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

fn is_free(place: &Frame, taken: &[Frame]) -> bool {
    taken.iter().all(|other| !overlap(*place, *other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots(points: &[(f64, f64)]) -> Scatter {
        let dot = |&(x, y): &(f64, f64)| Dot { x, y, ..Dot::default() };
        Scatter { dots: points.iter().map(dot).collect(), y: NumberKind::Decimal, ..Scatter::default() }
    }

    #[test]
    fn the_trend_is_of_least_squares() {
        // The first of Anscombe's four (1973): y = 3 + 0.5 x.
        let xs = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let (slope, height) = dots(&xs.into_iter().zip(ys).collect::<Vec<_>>()).trend().unwrap();
        assert!((slope - 0.5001).abs() < 1e-4 && (height - 3.0001).abs() < 1e-4, "{slope} {height}");
        assert_eq!(dots(&[(1.0, 1.0), (1.0, 2.0)]).trend(), None, "an upright line has no slope");
        assert_eq!(dots(&[]).trend(), None);
    }

    #[test]
    fn many_dots_share_spots_and_none_is_lost() {
        let points: Vec<(f64, f64)> =
            (0..20_000).map(|number| (f64::from(number % 150), f64::from(number % 40))).collect();
        let scatter = dots(&points);
        let layout = scatter.layout(Frame::new(0.0, 0.0, 600.0, 300.0), Language::English).unwrap();
        let spots = scatter.spots(&layout);
        assert!(spots.len() <= 600);
        assert_eq!(spots.iter().map(|spot| spot.count).sum::<u32>(), 20_000);
        let few = dots(&points[..500]);
        assert_eq!(few.spots(&layout).len(), 500);
    }
}
