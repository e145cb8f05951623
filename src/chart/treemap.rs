//! Tiles whose areas are proportional to their sizes: segments by users or revenue.
//!
//! Layout: squarified treemaps (Bruls, Huizing and van Wijk, 2000). A tile says the best that fits: its whole name, the
//! beginning of it, or its size. Those with room for nothing are named below all tiles.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::pen::{Align, Ink, Pen, SMALL};
use super::ticks::NumberKind;
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Palette, Rgb, Style, Table, count_text,
    empty_summary, framed, headed, listed, plain, text,
};
use crate::locale::{Language, fill};

/// Where a tile's colour comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tint {
    /// One colour for each group.
    Group(usize),
    /// A place on the low-to-high ramp, 0 to 1.
    Ramp(f64),
}

impl Tint {
    /// The colour in a palette.
    #[must_use]
    pub fn color(self, palette: &Palette) -> Rgb {
        match self {
            Self::Group(group) => palette.group_color(group),
            Self::Ramp(share) => palette.ramp(share),
        }
    }
}

/// One tile.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What the page knows it by.
    pub key: String,
    /// Its name.
    pub label: String,
    /// Its area.
    pub size: f64,
    /// A second line.
    pub text: String,
    /// Its colour.
    pub tint: Tint,
}

/// Tiles that fill the chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Treemap {
    /// The title.
    pub title: String,
    /// What the areas stand for.
    pub subtitle: String,
    /// The tiles.
    pub items: Vec<Item>,
    /// What kind of number the sizes are.
    pub number: NumberKind,
}

impl Treemap {
    fn total(&self) -> f64 {
        self.items.iter().map(|item| usable(item.size)).sum()
    }

    fn part(&self, item: &Item, language: Language) -> String {
        let share = language.percent(usable(item.size) / self.total());
        let value = self.number.text(item.size, language);
        fill(language.words().chart_part, &[("label", &item.label), ("value", &value), ("share", &share)])
    }
}

/// A size that has an area: positive and finite; anything else has none.
fn usable(size: f64) -> f64 {
    if size.is_finite() && size > 0.0 { size } else { 0.0 }
}

impl Chart for Treemap {
    headed!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            let marks = self.tiles(room);
            if marks.is_empty() {
                return Ok(None);
            }
            let nameless = |marks: &[Mark]| -> Vec<usize> {
                let named = |mark: &Mark| {
                    let item = self.items.get(mark.index);
                    item.is_some_and(|item| self.words(item, snapped(mark.frame), style.language).is_some())
                };
                marks.iter().filter(|mark| !named(mark)).map(|mark| mark.index).collect()
            };
            // Tiles too small for any word are named below, where there is room for that.
            let wanted = nameless(&marks);
            let keyed = !wanted.is_empty() && room.height >= 6.0 * KEY && room.width >= 160.0;
            let (tiles, marks) = if keyed {
                let tiles = Frame { height: room.height - KEY, ..room };
                (tiles, self.tiles(tiles))
            } else {
                (room, marks)
            };
            for mark in &marks {
                if let Some(item) = self.items.get(mark.index) {
                    self.draw_tile(pen, style, item, snapped(mark.frame))?;
                }
            }
            if keyed {
                let key = Frame::new(room.x, tiles.bottom(), room.width, KEY);
                // The room taken for the key may have given the last of them a word.
                let still = nameless(&marks);
                let named = if still.is_empty() { &wanted } else { &still };
                self.draw_key(pen, style, named, key)?;
            }
            Ok(Some(Drawing { plot: tiles, marks, places: None }))
        })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        self.items.get(mark.index).map(|item| self.part(item, language)).unwrap_or_default()
    }

    fn summary(&self, language: Language) -> String {
        let words = language.words();
        let mut shown: Vec<&Item> = self.items.iter().filter(|item| usable(item.size) > 0.0).collect();
        if shown.is_empty() {
            return empty_summary(&self.title, language);
        }
        shown.sort_by(|a, b| b.size.total_cmp(&a.size));
        let largest: Vec<String> = shown
            .iter()
            .take(3)
            .map(|item| format!("{} {}", item.label, language.percent(item.size / self.total())))
            .collect();
        fill(
            words.chart_summary_parts,
            &[
                ("title", &self.title),
                ("count", &count_text(shown.len(), language)),
                ("total", &self.number.text(self.total(), language)),
                ("list", &listed(&largest, language)),
            ],
        )
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let words = language.words();
        let mut header = vec![words.chart_group, words.chart_value, words.chart_share];
        let row = |item: &Item| {
            let share = usable(item.size) / self.total();
            match form {
                Form::Shown => vec![
                    item.label.clone(),
                    self.number.text(item.size, language),
                    language.percent(share),
                    item.text.clone(),
                ],
                Form::Plain => vec![item.label.clone(), plain(item.size), plain(share)],
            }
        };
        // The detail is the two figures once more, in words.
        header.extend((form == Form::Shown).then_some(words.chart_detail));
        let header = header.into_iter().map(str::to_owned).collect();
        Table { header, rows: self.items.iter().map(row).collect() }
    }
}

/// The room of the names of tiles that have none inside.
const KEY: f64 = 24.0;

/// Edges on whole pixels are sharp.
fn snapped(frame: Frame) -> Frame {
    let (left, top) = (frame.x.round(), frame.y.round());
    Frame::new(left, top, frame.right().round() - left, frame.bottom().round() - top)
}

/// What a tile says.
struct Words {
    /// The lines of the name.
    name: Vec<String>,
    /// What stands below it.
    detail: String,
    /// The font size of the name.
    size: f64,
    /// The part of the tile inside its border.
    room: Frame,
}

impl Treemap {
    /// The tiles, the largest first.
    fn tiles(&self, room: Frame) -> Vec<Mark> {
        let sizes: Vec<f64> = self.items.iter().map(|item| item.size).collect();
        let mut marks: Vec<Mark> = squarified(&sizes, room)
            .into_iter()
            .enumerate()
            .filter_map(|(index, frame)| Some(Mark { frame: frame?, kind: MarkKind::Rect, series: 0, index }))
            .collect();
        marks.sort_by(|a, b| (b.frame.width * b.frame.height).total_cmp(&(a.frame.width * a.frame.height)));
        marks
    }

    /// The best that fits in a tile.
    fn words(&self, item: &Item, tile: Frame, language: Language) -> Option<Words> {
        let border = if tile.width < 48.0 || tile.height < 26.0 {
            3.0
        } else if tile.width < 100.0 {
            6.0
        } else {
            8.0
        };
        let room = tile.shrunk(border);
        // One large line, smaller ones, then two and three lines of about the same length.
        let tries = [(14.0, 1), (12.0, 1), (11.0, 1), (12.0, 2), (11.0, 2), (11.0, 3), (10.0, 1), (10.0, 3)];
        let whole = tries.into_iter().filter(|&(size, _)| size < 14.0 || room.width > 140.0).find_map(
            |(size, lines)| {
                // Bold letters are wider than the estimate for plain ones.
                let wrapped = |room: f64| text::wrap(&item.label, size * 1.08, room, lines);
                let name = (5..=10).find_map(|tenth| wrapped(room.width * f64::from(tenth) / 10.0))?;
                let fits = !name.is_empty() && name.len() as f64 * (size + 3.0) - 3.0 <= room.height;
                fits.then(|| Words { name, detail: item.text.clone(), size, room })
            },
        );
        let short = || {
            const SIZE: f64 = 10.0;
            // A beginning must tell more than a letter: three characters, or two of Chinese.
            let beginning = text::fit(&item.label, SIZE * 1.08, room.width);
            let telling = text::width(&beginning, 1.0) >= 2.6;
            let number = match self.number {
                NumberKind::Percent => language.percent(item.size),
                NumberKind::Count | NumberKind::Decimal => language.compact(item.size),
            };
            let number = (text::width(&number, SIZE * 1.08) <= room.width).then_some(number);
            let line = if telling { Some(beginning) } else { number };
            let line = line.filter(|_| SIZE <= room.height)?;
            Some(Words { name: vec![line], detail: String::new(), size: SIZE, room })
        };
        whole.or_else(short)
    }

    fn draw_tile<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        item: &Item,
        tile: Frame,
    ) -> Result<(), ChartError> {
        let color = item.tint.color(&style.palette);
        // The gap between tiles is the background.
        let gap = if tile.width.min(tile.height) >= 4.0 { 1.0 } else { 0.0 };
        pen.rect(tile.shrunk(gap), color, 1.0)?;
        let Some(Words { name, detail, size, room }) = self.words(item, tile, style.language) else {
            return Ok(());
        };
        let ink = style.palette.ink_on(color);
        let mut y = room.y + size / 2.0;
        for line in &name {
            pen.text(line, room.x, y, Ink::new(size, ink, Align::Left).bold())?;
            y += size + 4.0;
        }
        let size = size - 1.0;
        if y + size / 2.0 <= room.bottom() && text::width(&detail, size) <= room.width {
            pen.text(&detail, room.x, y + 1.0, Ink::new(size, ink, Align::Left))?;
        }
        Ok(())
    }

    /// Names of tiles that say nothing, with their colours: as many as there is room for.
    fn draw_key<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        nameless: &[usize],
        room: Frame,
    ) -> Result<(), ChartError> {
        const BESIDE: f64 = 14.0;
        let language = style.language;
        let entry = |index: &usize| {
            let item = self.items.get(*index)?;
            let name = text::fit(&item.label, SMALL, 140.0);
            Some((
                item.tint.color(&style.palette),
                format!("{name} {}", self.number.text(item.size, language)),
            ))
        };
        let entries: Vec<(Rgb, String)> = nameless.iter().filter_map(entry).collect();
        let more =
            |count: usize| fill(language.words().chart_key_more, &[("count", &count_text(count, language))]);
        let last = text::width(&more(entries.len()), SMALL);
        let (ink, middle) = (Ink::new(SMALL, style.palette.muted, Align::Left), room.y + room.height - 9.0);
        let mut x = room.x + 2.0;
        for (number, (color, text)) in entries.iter().enumerate() {
            let width = BESIDE + text::width(text, SMALL);
            let rest = entries.len() - number;
            let after = if rest > 1 { BESIDE + last } else { 0.0 };
            if x + width + after > room.right() {
                return pen.text(&more(rest), x, middle, ink);
            }
            pen.rect(Frame::new(x, middle - 4.0, 8.0, 8.0), *color, 1.0)?;
            pen.text(text, x + BESIDE, middle, ink)?;
            x += width + BESIDE;
        }
        Ok(())
    }
}

/// A rectangle for each size, in the sizes' order; none for a size that is not positive. Together they fill the frame.
fn squarified(sizes: &[f64], frame: Frame) -> Vec<Option<Frame>> {
    let mut placed = vec![None; sizes.len()];
    let largest = sizes.iter().copied().map(usable).fold(0.0, f64::max);
    // Sizes relative to the largest have a finite sum.
    let mut sorted: Vec<(usize, f64)> = sizes
        .iter()
        .map(|&size| usable(size) / largest)
        .enumerate()
        .filter(|(_, size)| *size > 0.0)
        .collect();
    sorted.sort_by(|a, b| b.1.total_cmp(&a.1));
    let total: f64 = sorted.iter().map(|(_, size)| size).sum();
    let unit = frame.width * frame.height / total;
    let mut tiles: &[(usize, f64)] = &sorted;
    let mut room = frame;
    while let Some((row, rest)) = tiles.split_at_checked(row_length(tiles, unit, room.width.min(room.height)))
    {
        let area: f64 = row.iter().map(|(_, size)| size * unit).sum();
        let lying = room.width < room.height;
        // A row lies along the shorter side; the last one takes what rounding has left.
        let depth = match (rest.is_empty(), lying) {
            (true, true) => room.height,
            (true, false) => room.width,
            (false, true) => area / room.width,
            (false, false) => area / room.height,
        };
        let mut start = if lying { room.x } else { room.y };
        for &(index, size) in row {
            let length = size * unit / area * if lying { room.width } else { room.height };
            let tile = if lying {
                Frame::new(start, room.y, length, depth)
            } else {
                Frame::new(room.x, start, depth, length)
            };
            start += length;
            if let Some(place) = placed.get_mut(index) {
                *place = Some(tile);
            }
        }
        room = if lying {
            Frame::new(room.x, room.y + depth, room.width, (room.height - depth).max(0.0))
        } else {
            Frame::new(room.x + depth, room.y, (room.width - depth).max(0.0), room.height)
        };
        tiles = rest;
        if tiles.is_empty() {
            break;
        }
    }
    placed
}

/// How many of the tiles make the row whose worst tile is nearest to a square.
fn row_length(tiles: &[(usize, f64)], unit: f64, side: f64) -> usize {
    let Some(&(_, largest)) = tiles.first() else { return 0 };
    let (mut area, mut best) = (0.0, f64::INFINITY);
    for (length, &(_, size)) in tiles.iter().enumerate() {
        area += size * unit;
        let worst =
            (side * side * largest * unit / (area * area)).max(area * area / (side * side * size * unit));
        if length > 0 && (worst > best || worst.is_nan()) {
            return length;
        }
        best = worst;
    }
    tiles.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn areas_are_the_sizes(sizes in proptest::collection::vec(0.0f64..1000.0, 1..60), width in 50f64..1000.0, height in 50f64..1000.0) {
            let frame = Frame::new(7.0, 3.0, width, height);
            let tiles = squarified(&sizes, frame);
            let total: f64 = sizes.iter().sum();
            prop_assume!(total > 0.0);
            let mut covered = 0.0;
            for (size, tile) in sizes.iter().zip(&tiles) {
                let Some(tile) = tile else { prop_assert!(*size <= 0.0); continue };
                let area = tile.width * tile.height;
                covered += area;
                prop_assert!((area / (width * height) - size / total).abs() < 1e-6);
                prop_assert!(tile.x >= frame.x - 1e-6 && tile.right() <= frame.right() + 1e-6);
                prop_assert!(tile.y >= frame.y - 1e-6 && tile.bottom() <= frame.bottom() + 1e-6);
            }
            prop_assert!((covered - width * height).abs() < 1e-6 * width * height);
            let placed: Vec<Frame> = tiles.into_iter().flatten().collect();
            for (number, a) in placed.iter().enumerate() {
                for b in &placed[number + 1..] {
                    let across = (a.right().min(b.right()) - a.x.max(b.x)).max(0.0);
                    let down = (a.bottom().min(b.bottom()) - a.y.max(b.y)).max(0.0);
                    prop_assert!(across * down < 1e-6 * width * height);
                }
            }
        }
    }

    #[test]
    fn tiles_of_the_paper() {
        // The example of Bruls and others: 6, 6, 4, 3, 2, 2, 1 in 6 by 4; the first two share a column of width 3.
        let tiles = squarified(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], Frame::new(0.0, 0.0, 6.0, 4.0));
        assert_eq!(tiles[0], Some(Frame::new(0.0, 0.0, 3.0, 2.0)));
        assert_eq!(tiles[1], Some(Frame::new(0.0, 2.0, 3.0, 2.0)));
        let third = tiles[2].unwrap();
        assert!((third.width - 12.0 / 7.0).abs() < 1e-9 && (third.height - 7.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn sizes_that_are_none_have_no_tile() {
        let frame = Frame::new(0.0, 0.0, 10.0, 10.0);
        assert!(squarified(&[0.0, -1.0, f64::NAN, f64::INFINITY], frame).iter().all(Option::is_none));
        assert!(squarified(&[], frame).is_empty());
        assert_eq!(squarified(&[f64::MAX, 0.0], frame), [Some(frame), None]);
    }
}
