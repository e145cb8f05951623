//! A table of colours: the retention triangle, and any grid of two scores (RFM).
//!
//! The colour of a cell is its value on the low-to-high ramp, or on the two-sided one around a middle; its text is drawn where all texts fit. What is not complete
//! yet is hatched. Very small cells lose their texts, then the gaps between them, and labels are thinned out.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::pen::{Align, BODY, Ink, Pen, SMALL};
use super::ticks::{NumberKind, step_ticks};
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Palette, Rgb, Style, Table, count_text,
    empty_summary, framed, headed, plain, plain_label, sentences, text, value_text,
};
use crate::locale::{Language, fill};

/// One cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// The value that gives the colour.
    pub value: f64,
    /// What is written in it; lines are separated by `\n`.
    pub text: String,
    /// Not complete yet.
    pub open: bool,
    /// Its whole meaning, for pointing and for screen readers; when empty, row, column and text.
    pub tip: String,
}

impl Cell {
    /// The text of a cell that nobody is in: it is drawn quietly.
    pub const NOBODY: &'static str = "–";
}

/// A grid of coloured cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatMap {
    /// The title.
    pub title: String,
    /// Unit and zone.
    pub subtitle: String,
    /// What the columns are: written above them.
    pub x_name: String,
    /// What the rows are: written above their labels.
    pub y_name: String,
    /// What the notes are: written above them.
    pub note_name: String,
    /// A label for each row.
    pub row_labels: Vec<String>,
    /// A note for each row, such as the size of a cohort; may be empty.
    pub row_notes: Vec<String>,
    /// A label for each column.
    pub column_labels: Vec<String>,
    /// The rows of cells; `None` is no cell.
    pub cells: Vec<Vec<Option<Cell>>>,
    /// The values at the ends of the ramp; `None` for zero and the largest value.
    pub domain: Option<(f64, f64)>,
    /// The value that others are below or above, such as 0 for changes or 1 for ratios: colours then go two ways from it.
    pub middle: Option<f64>,
    /// What kind of number the values are.
    pub number: NumberKind,
}

impl HeatMap {
    /// The height at which every row's text can be read.
    #[must_use]
    pub fn natural_height(&self) -> u32 {
        let lines = self.filled().map(|(.., cell)| cell.text.lines().count()).max().unwrap_or(1).max(1);
        let rows = u32::try_from(self.row_labels.len()).unwrap_or(u32::MAX);
        rows.saturating_mul(if lines > 1 { 52 } else { 26 })
            .saturating_add(self.head_height() as u32 + BOTTOM as u32)
    }

    /// The cells that can be drawn, with their row and column.
    fn filled(&self) -> impl Iterator<Item = (usize, usize, &Cell)> {
        let (rows, columns) = (self.row_labels.len(), self.column_labels.len());
        self.cells.iter().take(rows).enumerate().flat_map(move |(row, cells)| {
            let cells = cells.iter().take(columns).enumerate();
            cells.filter_map(move |(column, cell)| {
                Some((row, column, cell.as_ref().filter(|cell| cell.value.is_finite())?))
            })
        })
    }

    /// The values at the ends of the ramp; a two-sided one reaches equally far on both sides of its middle.
    fn ends(&self) -> (f64, f64) {
        let middle = self.middle.filter(|middle| middle.is_finite());
        let zero = middle.unwrap_or(0.0);
        let automatic = || {
            self.filled()
                .map(|(.., cell)| cell.value)
                .fold((zero, zero), |(low, high): (f64, f64), value| (low.min(value), high.max(value)))
        };
        let (low, high) =
            self.domain.filter(|(low, high)| low.is_finite() && high.is_finite()).unwrap_or_else(automatic);
        let Some(middle) = middle else { return (low, high) };
        let reach = (high - middle).abs().max((middle - low).abs());
        (middle - reach, middle + reach)
    }

    /// The colour at `share` (0 to 1) between the ends. In steps that no eye can tell apart, so that many cells of a large
    /// map have the same and can be drawn together.
    fn color(&self, share: f64, palette: &Palette) -> Rgb {
        const STEPS: f64 = 128.0;
        let share = (share.clamp(0.0, 1.0) * STEPS).round() / STEPS;
        if self.middle.is_some() { palette.two_sided(2.0 * share - 1.0) } else { palette.ramp(share) }
    }

    /// The room above the cells: the names of the axes, then the columns' labels.
    fn head_height(&self) -> f64 {
        if self.x_name.is_empty() { 24.0 } else { 42.0 }
    }

    fn at(&self, row: usize, column: usize) -> String {
        let name = |labels: &[String], index: usize| labels.get(index).cloned().unwrap_or_default();
        format!("{} × {}", name(&self.row_labels, row), name(&self.column_labels, column))
    }
}

const BOTTOM: f64 = 6.0;
/// The distance between the rows' labels and their cells.
const BESIDE: f64 = 10.0;
/// The room of the colour key, which is drawn when the cells have no texts.
const KEY: f64 = 30.0;

/// Where rows and columns lie.
struct Grid {
    /// The cells' part of the chart.
    frame: Frame,
    rows: usize,
    columns: usize,
    /// Where the row labels start.
    label_x: f64,
    /// The row labels' widths.
    label_room: f64,
    /// The row notes' widths.
    note_room: f64,
}

impl Grid {
    fn cell(&self, row: usize, column: usize) -> Frame {
        let (left, right) = (self.column_edge(column), self.column_edge(column + 1));
        let (top, bottom) = (self.row_edge(row), self.row_edge(row + 1));
        Frame::new(left, top, right - left, bottom - top)
    }

    fn column_width(&self) -> f64 {
        self.frame.width / self.columns.max(1) as f64
    }

    fn row_height(&self) -> f64 {
        self.frame.height / self.rows.max(1) as f64
    }

    fn column_edge(&self, column: usize) -> f64 {
        on_pixel(self.frame.x + self.column_width() * column as f64, self.column_width())
    }

    fn row_edge(&self, row: usize) -> f64 {
        on_pixel(self.frame.y + self.row_height() * row as f64, self.row_height())
    }

    /// The gap around a cell's colour.
    fn gap(&self) -> f64 {
        if self.column_width().min(self.row_height()) >= 8.0 { 0.5 } else { 0.0 }
    }
}

/// Edges on whole pixels are sharp; where cells are as small as pixels, exact ones are truer.
fn on_pixel(edge: f64, size: f64) -> f64 {
    if size >= 4.0 { edge.round() } else { edge }
}

impl Chart for HeatMap {
    headed!();

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        style: &Style,
    ) -> Result<Drawing, ChartError> {
        framed(self, area, style, |pen, room| {
            if self.filled().next().is_none() {
                return Ok(None);
            }
            let mut grid = self.grid(room, 0.0);
            let size = self.text_size(&grid);
            if size.is_none() {
                grid = self.grid(room, KEY);
                let key = Frame::new(grid.frame.x, grid.frame.bottom() + 10.0, grid.frame.width, KEY - 10.0);
                self.draw_key(pen, style, key)?;
            }
            self.draw_head(pen, style, &grid)?;
            self.draw_rows(pen, style, &grid)?;
            let marks = self.draw_cells(pen, style, &grid, size)?;
            Ok(Some(Drawing { plot: grid.frame, marks, places: None }))
        })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        let cell =
            self.cells.get(mark.series).and_then(|cells| cells.get(mark.index)).and_then(Option::as_ref);
        let Some(cell) = cell else { return String::new() };
        if !cell.tip.is_empty() {
            return cell.tip.clone();
        }
        let (Some(row), Some(column)) =
            (self.row_labels.get(mark.series), self.column_labels.get(mark.index))
        else {
            return String::new();
        };
        fill(
            language.words().chart_cell,
            &[("row", row), ("column", column), ("value", &self.cell_text(cell, language))],
        )
    }

    fn summary(&self, language: Language) -> String {
        let words = language.words();
        // Cells that are not complete yet are left out, unless there are no others.
        let complete = self.filled().any(|(.., cell)| !cell.open);
        let told = || self.filled().filter(|(.., cell)| !(complete && cell.open));
        let low = told().min_by(|a, b| a.2.value.total_cmp(&b.2.value));
        let high = told().max_by(|a, b| a.2.value.total_cmp(&b.2.value));
        let (Some(low), Some(high)) = (low, high) else {
            return empty_summary(&self.title, language);
        };
        let mut parts = vec![fill(
            words.chart_summary_cells,
            &[
                ("title", &self.title),
                ("rows", &count_text(self.row_labels.len(), language)),
                ("columns", &count_text(self.column_labels.len(), language)),
                ("low", &self.number.text(low.2.value, language)),
                ("low_at", &self.at(low.0, low.1)),
                ("high", &self.number.text(high.2.value, language)),
                ("high_at", &self.at(high.0, high.1)),
            ],
        )];
        let open = self.filled().filter(|(.., cell)| cell.open).count();
        if open > 0 {
            parts.push(fill(words.chart_summary_open_cells, &[("count", &count_text(open, language))]));
        }
        sentences(&parts, language)
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let notes = !self.row_notes.is_empty();
        let mut header = vec![self.y_name.clone()];
        header.extend(notes.then(|| self.note_name.clone()));
        header.extend(self.column_labels.iter().cloned());
        let rows = self.row_labels.iter().enumerate().map(|(number, label)| {
            let mut row = vec![label.clone()];
            let note = || self.row_notes.get(number).cloned().unwrap_or_default();
            row.extend(notes.then(|| match form {
                Form::Shown => note(),
                Form::Plain => plain_label(&note(), language),
            }));
            let cells = self.cells.get(number).map(Vec::as_slice).unwrap_or_default();
            row.extend((0..self.column_labels.len()).map(|column| {
                cells
                    .get(column)
                    .and_then(Option::as_ref)
                    .map(|cell| match form {
                        Form::Shown => self.cell_text(cell, language),
                        Form::Plain => plain(cell.value),
                    })
                    .unwrap_or_default()
            }));
            row
        });
        Table { header, rows: rows.collect() }
    }
}

impl HeatMap {
    fn cell_text(&self, cell: &Cell, language: Language) -> String {
        let text = if cell.text.is_empty() {
            self.number.text(cell.value, language)
        } else {
            cell.text.replace('\n', " ")
        };
        value_text(text, cell.open, language)
    }

    fn grid(&self, room: Frame, key: f64) -> Grid {
        let widest =
            |texts: &[String], size| texts.iter().map(|label| text::width(label, size)).fold(0.0, f64::max);
        let labels = widest(&self.row_labels, BODY).max(text::width(&self.y_name, SMALL)).ceil();
        let notes = widest(&self.row_notes, SMALL).max(text::width(&self.note_name, SMALL)).ceil();
        let label_x = room.x + 2.0;
        let label_room = labels.min(room.width * 0.3);
        let note_room = if self.row_notes.is_empty() { 0.0 } else { notes.min(room.width * 0.2) };
        let before_notes = if note_room > 0.0 { 14.0 } else { 0.0 };
        let left = (label_x + label_room + before_notes + note_room + BESIDE).round();
        let head = self.head_height();
        let height = (room.height - head - BOTTOM - key).max(1.0);
        let frame = Frame::new(left, room.y + head, (room.right() - left - 12.0).max(1.0), height);
        Grid {
            frame,
            rows: self.row_labels.len(),
            columns: self.column_labels.len(),
            label_x,
            label_room,
            note_room,
        }
    }

    /// The size at which the texts of all cells fit.
    fn text_size(&self, grid: &Grid) -> Option<f64> {
        let fits = |size: f64| {
            self.filled().all(|(.., cell)| {
                let lines = cell.text.lines().count() as f64;
                let widest = cell.text.lines().map(|line| text::width(line, size)).fold(0.0, f64::max);
                widest + 6.0 <= grid.column_width() && lines * (size + 3.0) <= grid.row_height()
            })
        };
        let empty = self.filled().all(|(.., cell)| cell.text.is_empty());
        [12.0, 11.0, 10.0].into_iter().find(|&size| !empty && fits(size))
    }

    fn draw_head<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        grid: &Grid,
    ) -> Result<(), ChartError> {
        let frame = grid.frame;
        let (names, labels) = (frame.y - 33.0, frame.y - 13.0);
        let ink = |align| Ink::new(SMALL, style.palette.muted, align);
        pen.text(&text::fit(&self.x_name, SMALL, frame.width), frame.x, names, ink(Align::Left))?;
        pen.text(&text::fit(&self.y_name, SMALL, grid.label_room), grid.label_x, labels, ink(Align::Left))?;
        let note_name = text::fit(&self.note_name, SMALL, grid.note_room);
        pen.text(&note_name, frame.x - BESIDE, labels, ink(Align::Right))?;
        for tick in step_ticks(&self.column_labels, grid.column_width(), SMALL) {
            let cell = grid.cell(0, tick.index);
            let center = cell.x + cell.width / 2.0;
            // The first label may be wider than its cell; it must not run into the names of the rows' labels.
            let room = 2.0 * (f64::from(style.width) - center).min(center - frame.x + BESIDE - 2.0);
            pen.text(&text::fit(&tick.label, SMALL, room), center, labels, ink(Align::Center))?;
        }
        Ok(())
    }

    fn draw_rows<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        grid: &Grid,
    ) -> Result<(), ChartError> {
        const LINE: f64 = 14.0;
        let label_ink = Ink::new(BODY, style.palette.ink, Align::Left);
        let note_ink = Ink::new(SMALL, style.palette.muted, Align::Right);
        let stride = (LINE / grid.row_height()).ceil().max(1.0) as usize;
        for (row, label) in self.row_labels.iter().enumerate().step_by(stride) {
            let cell = grid.cell(row, 0);
            let middle = cell.y + cell.height / 2.0;
            pen.text(&text::fit(label, BODY, grid.label_room), grid.label_x, middle, label_ink)?;
            if let Some(note) = self.row_notes.get(row) {
                pen.text(&text::fit(note, SMALL, grid.note_room), grid.frame.x - BESIDE, middle, note_ink)?;
            }
        }
        Ok(())
    }

    fn draw_cells<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        grid: &Grid,
        size: Option<f64>,
    ) -> Result<Vec<Mark>, ChartError> {
        let (low, high) = self.ends();
        let (mut marks, mut batch) = (Vec::new(), Batch::default());
        for (row, column, cell) in self.filled() {
            let frame = grid.cell(row, column);
            let share = if high > low { (cell.value - low) / (high - low) } else { 0.0 };
            let color = self.color(share, &style.palette);
            if grid.gap() > 0.0 {
                draw_cell(pen, style, cell, frame.shrunk(grid.gap()), color, size)?;
            } else {
                // Too small for hatching, a cell that is not complete is paler.
                let color = if cell.open { color.mix(style.palette.background, 0.5) } else { color };
                batch.add(row, column, frame, color);
            }
            marks.push(Mark { frame, kind: MarkKind::Rect, series: row, index: column });
        }
        batch.draw(pen)?;
        Ok(marks)
    }

    /// The ramp with the values at its ends.
    fn draw_key<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
    ) -> Result<(), ChartError> {
        const STEPS: u32 = 40;
        let (low, high) = self.ends();
        // Values beyond the ends have the ends' colours.
        let beyond = |is: &dyn Fn(f64) -> bool, sign| {
            if self.filled().any(|(.., cell)| is(cell.value)) { sign } else { "" }
        };
        let low = format!("{}{}", beyond(&|value| value < low, "≤ "), self.number.text(low, style.language));
        let high =
            format!("{}{}", beyond(&|value| value > high, "≥ "), self.number.text(high, style.language));
        let ink = Ink::new(SMALL, style.palette.muted, Align::Left);
        let from = room.x + (text::width(&low, SMALL) + 8.0).ceil();
        // Whole pixels, or the steps would show their edges.
        let step = ((room.width * 0.4).min(160.0) / f64::from(STEPS)).floor().max(1.0);
        let middle = room.y + room.height / 2.0;
        pen.text(&low, room.x, middle, ink)?;
        for number in 0..STEPS {
            let bar = Frame::new(from + step * f64::from(number), middle - 4.0, step, 8.0);
            pen.rect(bar, self.color(f64::from(number) / f64::from(STEPS - 1), &style.palette), 1.0)?;
        }
        pen.text(&high, from + step * f64::from(STEPS) + 8.0, middle, ink)
    }
}

/// Cells without gaps: neighbours of a row in one colour are one rectangle, and all of a colour are drawn after each
/// other, because changing the colour costs a canvas more than a rectangle.
#[derive(Default)]
struct Batch {
    runs: Vec<(Rgb, Frame)>,
    last: Option<(usize, usize)>,
}

impl Batch {
    fn add(&mut self, row: usize, column: usize, frame: Frame, color: Rgb) {
        let follows = self.last.replace((row, column)) == column.checked_sub(1).map(|before| (row, before));
        match self.runs.last_mut() {
            Some((same, run)) if follows && *same == color => run.width = frame.right() - run.x,
            _ => self.runs.push((color, frame)),
        }
    }

    fn draw<DB: DrawingBackend>(mut self, pen: &Pen<'_, DB>) -> Result<(), ChartError> {
        self.runs.sort_by_key(|(color, _)| (color.0, color.1, color.2));
        self.runs.iter().try_for_each(|(color, frame)| pen.rect(*frame, *color, 1.0))
    }
}

fn draw_cell<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    style: &Style,
    cell: &Cell,
    frame: Frame,
    color: Rgb,
    size: Option<f64>,
) -> Result<(), ChartError> {
    let palette = &style.palette;
    pen.rect(frame, color, 1.0)?;
    let (middle, center) = (frame.y + frame.height / 2.0, frame.x + frame.width / 2.0);
    let ink = if cell.text == Cell::NOBODY { palette.muted } else { palette.ink_on(color) };
    if cell.open {
        let seen = |hatching: &Rgb| hatching.contrast(color);
        let hatching =
            if seen(&palette.open) > seen(&palette.background) { palette.open } else { palette.background };
        pen.hatch(frame, hatching, 0.75)?;
    }
    let Some(size) = size else { return Ok(()) };
    let last = cell.text.lines().count().saturating_sub(1) as f64;
    for (number, line) in cell.text.lines().enumerate() {
        let y = middle + (number as f64 - last / 2.0) * (size + 4.0);
        if cell.open {
            // The text stays readable on a plate without hatching.
            let width = (text::width(line, size) + 2.0).min(frame.width);
            pen.rect(Frame::new(center - width / 2.0, y - size * 0.55, width, size * 1.1), color, 1.0)?;
        }
        pen.text(line, center, y, Ink::new(size, ink, Align::Center))?;
    }
    Ok(())
}
