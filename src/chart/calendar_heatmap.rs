//! Days as a calendar of colours: weeks side by side, the days of a week below each other, months named above.
//!
//! Weeks that do not fit side by side go on below, like lines of a text. The cells are as large as the room lets them be; very small
//! ones lose their gaps and the names of the weekdays.

use plotters::coord::Shift;
use plotters::prelude::{DrawingArea, DrawingBackend};

use super::pen::{Align, Ink, Pen, SMALL};
use super::ticks::NumberKind;
use super::{
    Chart, ChartError, Drawing, Form, Frame, Mark, MarkKind, Style, Table, count_text, empty_summary, framed,
    headed, plain, text,
};
use crate::dataset::calendar::{Day, Period, Periods, WeekStart};
use crate::locale::{Language, fill};

/// A value for each day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CalendarHeatMap {
    /// The title.
    pub title: String,
    /// Unit and zone.
    pub subtitle: String,
    /// The first day.
    pub first: Day,
    /// The values from the first day on; `None` is no cell.
    pub values: Vec<Option<f64>>,
    /// What the values are, for the table.
    pub name: String,
    /// The day that the columns begin with.
    pub week_start: WeekStart,
    /// What kind of number the values are.
    pub number: NumberKind,
}

/// The sizes that cells may have, in CSS pixels.
const SIZES: [f64; 18] =
    [22.0, 20.0, 18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0];
/// The size that long calendars have on a page.
const USUAL: f64 = 14.0;
/// The size that they may shrink to if they then need no second line.
const LEAST: f64 = 11.0;
/// The room of the months' names above the weeks.
const HEAD: f64 = 18.0;
/// The distance between weeks and those that go on below.
const APART: f64 = 10.0;
/// The room of the colour key.
const KEY: f64 = 30.0;
/// The distance between the weekdays' names and the cells.
const BESIDE: f64 = 8.0;
/// Days in a week.
const WEEK: usize = 7;

/// Where the cells lie.
struct Grid {
    room: Frame,
    /// The edge length of a cell.
    size: f64,
    /// Where the first week stands.
    left: f64,
    /// Weeks side by side.
    columns: usize,
    weeks: usize,
}

impl Grid {
    fn new(room: Frame, labels: f64, size: f64, weeks: usize) -> Self {
        let left = (room.x + labels + BESIDE).round();
        let most = ((room.right() - left - 2.0) / size).floor().max(1.0) as usize;
        // Lines of the same length, or the last might hold a single week.
        let columns = weeks.div_ceil(weeks.div_ceil(most).max(1)).max(1);
        Self { room, size, left, columns, weeks }
    }

    fn lines(&self) -> usize {
        self.weeks.div_ceil(self.columns)
    }

    fn line_height(&self) -> f64 {
        HEAD + self.size * WEEK as f64 + APART
    }

    fn height(&self) -> f64 {
        self.line_height() * self.lines() as f64
    }

    fn top(&self, line: usize) -> f64 {
        self.room.y + self.line_height() * line as f64 + HEAD
    }

    fn x(&self, week: usize) -> f64 {
        self.left + self.size * (week % self.columns) as f64
    }

    fn cell(&self, week: usize, row: usize) -> Frame {
        let y = self.top(week / self.columns) + self.size * row as f64;
        Frame::new(self.x(week), y, self.size, self.size)
    }

    fn gap(&self) -> f64 {
        if self.size >= 6.0 { 1.0 } else { 0.0 }
    }
}

impl CalendarHeatMap {
    /// The height that suits it at a width.
    #[must_use]
    pub fn natural_height(&self, width: u32) -> u32 {
        let room = Frame::new(0.0, 0.0, f64::from(width), 0.0);
        // The same height in both languages.
        let labels = [Language::English, Language::Chinese].map(|language| self.label_room(language));
        let labels = labels.into_iter().fold(0.0, f64::max);
        let grid = |size| Grid::new(room, labels, size, self.weeks());
        let on_one_line = |size: &f64| grid(*size).lines() <= 1;
        let size = SIZES.into_iter().filter(|size| *size >= LEAST).find(on_one_line).unwrap_or(USUAL);
        (grid(size).height() + KEY).ceil() as u32
    }

    /// In which column and row a day stands.
    fn place(&self, index: usize) -> (usize, usize) {
        let at = self.offset() + index;
        (at / WEEK, at % WEEK)
    }

    /// The days of the first week that come before the first day.
    fn offset(&self) -> usize {
        let weeks = Periods { period: Period::Week, week_start: self.week_start };
        usize::try_from(self.first.0 - weeks.first_day(weeks.number(self.first)).0).unwrap_or(0)
    }

    fn weeks(&self) -> usize {
        (self.offset() + self.values.len()).div_ceil(WEEK)
    }

    fn day(&self, index: usize) -> Day {
        Day(self.first.0.saturating_add(i32::try_from(index).unwrap_or(i32::MAX)))
    }

    /// The days that have a value.
    fn filled(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let values = self.values.iter().enumerate();
        values.filter_map(|(index, value)| Some((index, value.filter(|value| value.is_finite())?)))
    }

    /// The values at the ends of the ramp.
    fn ends(&self) -> (f64, f64) {
        self.filled()
            .fold((0.0, 0.0), |(low, high): (f64, f64), (_, value)| (low.min(value), high.max(value)))
    }

    /// The names of the rows.
    fn weekdays(&self, language: Language) -> Vec<&'static str> {
        let names: Vec<&str> = language.words().chart_weekdays.split(' ').collect();
        let shift = match self.week_start {
            WeekStart::Monday => 0,
            WeekStart::Sunday => WEEK - 1,
        };
        (0..WEEK).filter_map(|row| names.get((row + shift) % WEEK).copied()).collect()
    }

    fn label_room(&self, language: Language) -> f64 {
        let widths = self.weekdays(language).into_iter().map(|name| text::width(name, SMALL));
        widths.fold(0.0, f64::max).ceil()
    }

    fn day_name(&self, index: usize, language: Language) -> String {
        let (_, row) = self.place(index);
        let weekday = self.weekdays(language).get(row).copied().unwrap_or_default();
        let date = language.date(self.day(index));
        fill(language.words().chart_value_beside, &[("value", &date), ("beside", weekday)])
    }

    /// The largest cells with which all weeks fit.
    fn grid(&self, room: Frame, language: Language) -> Grid {
        let labels = self.label_room(language);
        let at = |size| Grid::new(room, labels, size, self.weeks());
        let fits = |grid: &Grid| grid.height() + KEY <= room.height;
        SIZES.into_iter().map(at).find(fits).unwrap_or_else(|| at(1.0))
    }

    fn draw_weekdays<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        grid: &Grid,
    ) -> Result<(), ChartError> {
        // Every name, every second, or none.
        let stride = [1, 2].into_iter().find(|&stride| grid.size * stride as f64 >= SMALL + 2.0);
        let Some(stride) = stride else { return Ok(()) };
        let ink = Ink::new(SMALL, style.palette.muted, Align::Left);
        for line in 0..grid.lines() {
            for (row, name) in self.weekdays(style.language).into_iter().enumerate().step_by(stride) {
                let y = grid.top(line) + grid.size * (row as f64 + 0.5);
                pen.text(name, grid.room.x, y, ink)?;
            }
        }
        Ok(())
    }

    /// The months above the weeks in which they begin, and above the first week of each line; with the year where it is new.
    fn draw_months<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        grid: &Grid,
    ) -> Result<(), ChartError> {
        const GAP: f64 = 6.0;
        let ink = Ink::new(SMALL, style.palette.muted, Align::Left);
        let mut last_year = None;
        for line in 0..grid.lines() {
            let weeks = line * grid.columns..((line + 1) * grid.columns).min(grid.weeks);
            let mut names = self.months(weeks, grid.columns);
            // A month that ends before its name does gives way to the next.
            if let [(first, day), (second, _), ..] = names[..]
                && grid.x(second) - grid.x(first) < text::width(&style.language.month(day), SMALL) + GAP
            {
                names.remove(0);
            }
            let mut free = grid.left;
            for (week, day) in names {
                let (year, ..) = day.year_month_day();
                let short = super::ticks::month_name(day, style.language);
                let long = style.language.month(day);
                let new_year = last_year != Some(year);
                let x = grid.x(week);
                let fits = |name: &String| x >= free && x + text::width(name, SMALL) <= grid.room.right();
                let name = Some(long).filter(|name| new_year && fits(name)).or(Some(short).filter(fits));
                let Some(name) = name else { continue };
                last_year = Some(year);
                pen.text(&name, x, grid.top(line) - HEAD / 2.0, ink)?;
                free = x + text::width(&name, SMALL) + GAP;
            }
        }
        Ok(())
    }

    /// The weeks of a line in which a month begins, with a day of it; the first week in any case.
    fn months(&self, weeks: std::ops::Range<usize>, columns: usize) -> Vec<(usize, Day)> {
        let offset = self.offset();
        let named = |week: usize| {
            let from = (week * WEEK).saturating_sub(offset);
            let to = ((week + 1) * WEEK).saturating_sub(offset).min(self.values.len());
            let begins = (from..to).map(|index| self.day(index)).find(|day| day.year_month_day().2 == 1);
            let first = (week.is_multiple_of(columns) && from < to).then(|| self.day(from));
            begins.or(first).map(|day| (week, day))
        };
        weeks.filter_map(named).collect()
    }

    fn draw_key<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        style: &Style,
        room: Frame,
    ) -> Result<(), ChartError> {
        const STEPS: u32 = 40;
        let (low, high) = self.ends();
        let (low, high) = (self.number.text(low, style.language), self.number.text(high, style.language));
        let ink = Ink::new(SMALL, style.palette.muted, Align::Left);
        let from = room.x + (text::width(&low, SMALL) + 8.0).ceil();
        let step = ((room.width * 0.4).min(160.0) / f64::from(STEPS)).floor().max(1.0);
        let middle = room.y + room.height / 2.0;
        pen.text(&low, room.x, middle, ink)?;
        for number in 0..STEPS {
            let bar = Frame::new(from + step * f64::from(number), middle - 4.0, step, 8.0);
            pen.rect(bar, style.palette.ramp(f64::from(number) / f64::from(STEPS - 1)), 1.0)?;
        }
        pen.text(&high, from + step * f64::from(STEPS) + 8.0, middle, ink)
    }
}

impl Chart for CalendarHeatMap {
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
            let grid = self.grid(room, style.language);
            self.draw_weekdays(pen, style, &grid)?;
            self.draw_months(pen, style, &grid)?;
            let (low, high) = self.ends();
            let mut marks = Vec::new();
            for (index, value) in self.filled() {
                let (week, row) = self.place(index);
                let frame = grid.cell(week, row);
                // What does not fit at all is in the table.
                if frame.bottom() > room.bottom() - KEY {
                    continue;
                }
                let share = if high > low { (value - low) / (high - low) } else { 0.0 };
                pen.rect(frame.shrunk(grid.gap() / 2.0), style.palette.ramp(share), 1.0)?;
                marks.push(Mark { frame, kind: MarkKind::Rect, series: row, index });
            }
            // Row by row, so that a step to the right is a week.
            marks.sort_by_key(|mark| (mark.series, mark.index));
            let below = (room.y + grid.height()).min(room.bottom() - KEY);
            self.draw_key(pen, style, Frame::new(grid.left, below, room.right() - grid.left, KEY - 8.0))?;
            let plot =
                Frame::new(grid.left, grid.top(0), room.right() - grid.left, (below - grid.top(0)).max(0.0));
            Ok(Some(Drawing { plot, marks, places: None }))
        })
    }

    fn label(&self, mark: &Mark, language: Language) -> String {
        let Some(value) = self.values.get(mark.index).copied().flatten() else { return String::new() };
        let day = self.day_name(mark.index, language);
        let value = self.number.text(value, language);
        fill(language.words().chart_bar, &[("label", &day), ("value", &value)])
    }

    fn summary(&self, language: Language) -> String {
        let low = self.filled().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = self.filled().max_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(low), Some(high)) = (low, high) else {
            return empty_summary(&self.title, language);
        };
        fill(
            language.words().chart_summary_calendar,
            &[
                ("title", &self.title),
                ("count", &count_text(self.values.len(), language)),
                ("first", &language.date(self.first)),
                ("last", &language.date(self.day(self.values.len().saturating_sub(1)))),
                ("low", &self.number.text(low.1, language)),
                ("low_at", &self.day_name(low.0, language)),
                ("high", &self.number.text(high.1, language)),
                ("high_at", &self.day_name(high.0, language)),
            ],
        )
    }

    fn table(&self, language: Language, form: Form) -> Table {
        let row = |(index, value): (usize, f64)| match form {
            Form::Shown => vec![self.day_name(index, language), self.number.text(value, language)],
            Form::Plain => vec![self.day(index).to_string(), plain(value)],
        };
        Table {
            header: vec![language.words().chart_day.to_owned(), self.name.clone()],
            rows: self.filled().map(row).collect(),
        }
    }
}
