//! How many rows a file has and how much memory they take, before it is read: from its size and from some stretches of it.
//!
//! An estimate is a range. Rows follow from the bytes of the rows that were seen. Memory follows from the columns' widths and
//! from how many different texts there are, which nobody knows before the end: at least as many as Chao's lower bound
//! (A. Chao, 1984: `d + f1² / 2 f2` for `d` different texts seen, `f1` of them once and `f2` twice), and at most as many as if
//! new ones kept coming at the rate of the stretches.

use serde::{Deserialize, Serialize};

use super::detect::{Inspection, time_column};
use super::encoding::Decode;
use super::mapping::{ColumnType, FileKind, Mapping, PlannedColumn, Role};
use super::reader::{Lane, Plan};
use super::sample::{Keep, each_code, is_wide};
use crate::dataset::calendar::{DAY_MICROS, Day, Zone, ZoneCache};
use crate::error::Result;
use crate::table::chunk::{Chunk, ChunkColumn};
use crate::table::decimal::NumberFormat;
use crate::table::{Clock, Times};

/// Bytes of a stretch that is looked at.
pub const STRETCH_BYTES: u64 = 48 << 10;

/// How many stretches of a large file are looked at.
pub const STRETCHES: u64 = 16;

/// The days that are kept of those seen, spread evenly among them: no more than stretches, because in a file that is sorted by
/// time each of these knows a few days only.
const DAYS_KEPT: usize = STRETCHES as usize + 1;

/// The program itself, what it has read beforehand, and slices on their way.
const FIXED_BYTES: u64 = 60_000_000;

/// A dictionary's share of memory for each text, besides the text: where it ends, and its place in the index.
const BYTES_A_TEXT: u64 = 4 + 40;

/// At least and at most.
pub type Range = (u64, u64);

/// What some stretches of a file hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Survey {
    /// The rows in them.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How far the bytes of a row may be off, in thousandths.
    pub uncertainty: u32,
    /// The columns in the order of the file.
    pub columns: Vec<Seen>,
    /// Days of rows from all over the file, ascending; none when only its beginning was seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Day>,
}

/// What was seen of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Cells.
    pub cells: u64,
    /// Different texts among them.
    pub distinct: u64,
    /// Texts that were there once, and twice.
    pub once: u64,
    /// Texts that were there twice.
    pub twice: u64,
    /// Bytes of the different texts.
    pub text_bytes: u64,
    /// Whether its numbers or times take 8 bytes instead of 4.
    pub wide: bool,
}

/// A piece of a file.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// Where it was read from.
    pub start: u64,
    /// Whether a record begins exactly there.
    pub exact: bool,
    /// Records that begin before this place belong to it.
    pub limit: u64,
    /// The bytes; more than up to the limit, so that its last record is whole.
    pub bytes: Vec<u8>,
}

/// The stretches that are worth looking at: first byte, where records must begin, and where to stop reading. `first_row` is
/// where the first record begins.
#[must_use]
pub fn stretches(first_row: u64, bytes: u64, unit: u64) -> Vec<(u64, u64, u64)> {
    let room = bytes.saturating_sub(first_row);
    if room < STRETCH_BYTES * 4 * STRETCHES {
        return Vec::new();
    }
    let step = (room - STRETCH_BYTES) / (STRETCHES - 1);
    let later = (1..STRETCHES).map(|number| (first_row + number * step).next_multiple_of(unit));
    let whole =
        |start: u64| (start, (start + STRETCH_BYTES).min(bytes), (start + STRETCH_BYTES * 3 / 2).min(bytes));
    std::iter::once(first_row).chain(later).map(whole).collect()
}

/// Looks at stretches of a file of delimited text. `everywhere` when they come from all over it.
///
/// # Errors
/// [`crate::error::ErrorKind::UnknownTimeZone`].
pub fn survey(
    inspection: &Inspection,
    stretches: &[Stretch],
    everywhere: bool,
    zone: &Zone,
    decode: &dyn Decode,
) -> Result<Survey> {
    let plan = plan(inspection, zone);
    let mut tally = Tally::new(&plan, inspection.columns.len(), zone);
    let mut lane = Lane::new(plan)?;
    let mut found = Survey::default();
    let mut per_row = Vec::new();
    for stretch in stretches {
        lane.begin(stretch.start, stretch.exact, stretch.limit);
        if !lane.push(&stretch.bytes, decode) {
            lane.finish(decode);
        }
        let part = lane.take();
        let bytes = part.end.saturating_sub(part.begun.unwrap_or(part.end));
        let rows = part.ledger.rows_read;
        if rows > 0 && bytes > 0 {
            (found.rows, found.bytes) = (found.rows + rows, found.bytes + bytes);
            per_row.push(bytes as f64 / rows as f64);
        }
        tally.take(part.chunk);
    }
    found.uncertainty = uncertainty(&per_row);
    (found.columns, found.days) = tally.finish(everywhere);
    Ok(found)
}

/// Twice the standard error of the mean, in thousandths of it; never less than 2 %, and a fifth for a single stretch.
fn uncertainty(values: &[f64]) -> u32 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    if values.len() < 2 {
        return 200;
    }
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    (2_000.0 * error / mean).clamp(20.0, 900.0) as u32
}

/// Reads every column as text, and those of numbers and the time as what they are too. No row needs any cell.
fn plan(inspection: &Inspection, zone: &Zone) -> Plan {
    let mapping = &inspection.mapping;
    let (time_format, clock) = time_column(inspection, mapping);
    let column = |field: usize, role: Role, column_type: ColumnType, number_format: NumberFormat| {
        PlannedColumn { field, name: String::new(), role, column_type, number_format }
    };
    let mut columns = Vec::new();
    for (field, guess) in inspection.columns.iter().enumerate() {
        if mapping.time.as_ref() == Some(&guess.name) {
            columns.push(column(field, Role::Time, ColumnType::Time, NumberFormat::default()));
        }
        if guess.column_type == ColumnType::Number {
            let format = guess.number_format.unwrap_or_default();
            columns.push(column(field, Role::Attribute, ColumnType::Number, format));
        }
        columns.push(column(field, Role::Attribute, ColumnType::Text, NumberFormat::default()));
    }
    Plan {
        layout: inspection.layout,
        columns,
        fields: inspection.columns.len(),
        kind: FileKind::Ids,
        product: None,
        time_format,
        clock,
        zone: zone.name().to_owned(),
        keep: Keep::default(),
    }
}

/// What has been seen so far.
struct Tally {
    /// The field and the type of each planned column.
    columns: Vec<usize>,
    seen: Vec<Seen>,
    /// For each planned column how often each text was there, and its bytes.
    counts: Vec<Vec<(u64, u64)>>,
    clock: Clock,
    cache: ZoneCache,
    days: Vec<Day>,
}

impl Tally {
    fn new(plan: &Plan, fields: usize, zone: &Zone) -> Self {
        Self {
            columns: plan.columns.iter().map(|column| column.field).collect(),
            seen: vec![Seen::default(); fields],
            counts: vec![Vec::new(); plan.columns.len()],
            clock: plan.clock,
            cache: ZoneCache::new(zone.clone()),
            days: Vec::new(),
        }
    }

    fn take(&mut self, chunk: Chunk) {
        let places = self.columns.iter().zip(&mut self.counts);
        for ((field, counts), column) in places.zip(chunk.columns) {
            let Some(seen) = self.seen.get_mut(*field) else { continue };
            match column {
                ChunkColumn::Text { new, codes } => {
                    counts.extend(new.iter().map(|text| (0, text.len() as u64)));
                    seen.cells += u64::from(chunk.rows);
                    each_code(&codes, |code| {
                        if let Some((count, _)) = counts.get_mut(code as usize) {
                            *count += 1;
                        }
                    });
                }
                ChunkColumn::Number { values, .. } => seen.wide |= is_wide(&values),
                ChunkColumn::Time { seconds, values } => {
                    seen.wide |= is_wide(&values);
                    let unit = if seconds { 1_000_000 } else { 1 };
                    for value in values.iter().filter(|value| *value != Times::MISSING) {
                        let micros = value * unit;
                        let instant = self.clock == Clock::Instant;
                        let civil = if instant { self.cache.civil_from_instant(micros) } else { micros };
                        self.days.extend(i32::try_from(civil.div_euclid(DAY_MICROS)).ok().map(Day));
                    }
                }
            }
        }
    }

    fn finish(mut self, everywhere: bool) -> (Vec<Seen>, Vec<Day>) {
        for (field, counts) in self.columns.iter().zip(&self.counts) {
            let Some(seen) = self.seen.get_mut(*field).filter(|_| !counts.is_empty()) else { continue };
            let met = || counts.iter().filter(|(count, _)| *count > 0);
            seen.distinct = met().count() as u64;
            seen.once = met().filter(|(count, _)| *count == 1).count() as u64;
            seen.twice = met().filter(|(count, _)| *count == 2).count() as u64;
            seen.text_bytes = met().map(|(_, bytes)| bytes).sum();
        }
        self.days.sort_unstable();
        let last = self.days.len().saturating_sub(1);
        let kept = self.days.len().min(DAYS_KEPT);
        let place = |number: usize| if kept > 1 { number * last / (kept - 1) } else { 0 };
        let days = (0..kept).filter_map(|number| self.days.get(place(number)).copied());
        (self.seen, days.filter(|_| everywhere).collect())
    }
}

impl Inspection {
    /// Corrects the number of rows by what has been seen; the first of them begins at `first_row`.
    pub fn adjust_rows(&mut self, first_row: u64) {
        if let Some(survey) = self.survey.as_ref().filter(|survey| survey.rows > 0) {
            let below = self.bytes.saturating_sub(first_row) as f64;
            self.estimated_rows = (below * survey.rows as f64 / survey.bytes.max(1) as f64).round() as u64;
        }
    }
}

/// What reading takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// Rows that are read and kept.
    pub rows: Range,
    /// Bytes of memory at the peak, in the engine's worker.
    pub bytes: Range,
}

/// Whether an estimate fits into some memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Even the most.
    Yes,
    /// The least, but not the most.
    Perhaps,
    /// Not even the least.
    No,
}

impl Estimate {
    /// Whether it fits.
    #[must_use]
    pub fn fit(&self, limit: u64) -> Fit {
        match self.bytes {
            (_, most) if most <= limit => Fit::Yes,
            (least, _) if least <= limit => Fit::Perhaps,
            _ => Fit::No,
        }
    }

    /// What files take together.
    #[must_use]
    pub fn of_all(files: impl IntoIterator<Item = Self>) -> Self {
        let sum = |one: Range, other: Range| (one.0 + other.0, one.1 + other.1);
        let zero = Self { rows: (0, 0), bytes: (FIXED_BYTES, FIXED_BYTES) };
        files.into_iter().fold(zero, |all, file| Self {
            rows: sum(all.rows, file.rows),
            bytes: sum(all.bytes, file.bytes),
        })
    }
}

/// What a file takes, besides the program itself.
#[must_use]
pub fn of_file(inspection: &Inspection, mapping: &Mapping, keep: &Keep) -> Estimate {
    let all = all_rows(inspection);
    let fraction = fraction(inspection, mapping, keep);
    let part = |(least, most): Range, (low, high): (f64, f64)| {
        ((least as f64 * low) as u64, (most as f64 * high).ceil() as u64)
    };
    let rows = part(all, fraction);
    let mut bytes = (0, 0);
    // User by user: where their rows begin. While rows are sorted: their order. Afterwards: their days.
    let mut per_row = (4, 4);
    let mut widest = (1, 1);
    for (place, column) in inspection.columns.iter().enumerate() {
        let role = mapping.role(&column.name);
        if role == Role::Ignore {
            continue;
        }
        let seen = inspection.survey.as_ref().and_then(|survey| survey.columns.get(place));
        let width = match (mapping.column_type(&column.name), seen) {
            (ColumnType::Text, seen) => {
                let texts = texts(seen, all, rows, (role == Role::User).then_some(fraction));
                let each = seen.map_or(12, |seen| seen.text_bytes / seen.distinct.max(1)) + BYTES_A_TEXT;
                // Lanes send their texts one by one, and many send the same.
                bytes.0 += texts.0 * (each + each / 4);
                bytes.1 += texts.1 * each * 2;
                let code = |texts: u64| if role == Role::User { 4 } else { code_width(texts) };
                (code(texts.0), code(texts.1))
            }
            (_, Some(seen)) => {
                let width = if seen.wide { 8 } else { 4 };
                (width, width)
            }
            _ => (4, 8),
        };
        per_row = (per_row.0 + width.0, per_row.1 + width.1);
        widest = (widest.0.max(width.0), widest.1.max(width.1));
    }
    bytes.0 += rows.0 * (per_row.0 + widest.0);
    // Columns that outgrow what was set aside for them are there twice for a moment.
    bytes.1 += rows.1 * (per_row.1 + widest.1) * 5 / 4;
    Estimate { rows, bytes: (bytes.0, bytes.1.max(bytes.0)) }
}

/// Memory that is set aside for rows: a little more than expected, so that columns need not move while they grow.
#[must_use]
pub fn rows_to_reserve(inspection: &Inspection, keep: &Keep) -> u64 {
    let expected = inspection.estimated_rows + inspection.estimated_rows / 64;
    if keep.is_everything() {
        return expected;
    }
    let (low, high) = fraction(inspection, &inspection.mapping, keep);
    (expected as f64 * (low + high) / 2.0) as u64
}

/// Rows below the header.
fn all_rows(inspection: &Inspection) -> Range {
    let rows = inspection.estimated_rows;
    match &inspection.survey {
        Some(survey) if survey.uncertainty == 0 => (rows, rows),
        survey => {
            let off = survey.as_ref().map_or(200, |survey| u64::from(survey.uncertainty));
            (rows * 1_000 / (1_000 + off), rows * 1_000 / (1_000 - off.min(900)))
        }
    }
}

/// The part of the rows that is kept.
fn fraction(inspection: &Inspection, mapping: &Mapping, keep: &Keep) -> (f64, f64) {
    let roles = mapping.kind.roles();
    let mut part = (1.0, 1.0);
    if let Some(one_in) = keep.sample.filter(|one_in| *one_in > 1 && roles.contains(&Role::User)) {
        // Users differ in how many rows they have.
        part = (0.85 / f64::from(one_in), 1.15 / f64::from(one_in));
    }
    if let Some(dates) = keep.dates.filter(|dates| !dates.is_everything() && roles.contains(&Role::Time)) {
        let days = inspection.survey.as_ref().map_or(&[][..], |survey| &survey.days);
        let from = dates.from.map_or(0.0, |from| part_before(days, from));
        let to = dates.to.map_or(1.0, |to| part_before(days, Day(to.0.saturating_add(1))));
        // What lies between two stretches has not been seen.
        let off = 0.5 / STRETCHES as f64;
        let range = if days.is_empty() { (0.0, 1.0) } else { (to - from - off, to - from + off) };
        part = (part.0 * range.0.max(0.0), part.1 * range.1.min(1.0));
    }
    part
}

/// The part of the rows that lie before a day, `days` being spread evenly among those of all rows.
fn part_before(days: &[Day], day: Day) -> f64 {
    let after = days.partition_point(|seen| *seen < day);
    let steps = days.len().saturating_sub(1).max(1) as f64;
    match (after.checked_sub(1).and_then(|before| days.get(before)), days.get(after)) {
        (None, _) => 0.0,
        (_, None) => 1.0,
        (Some(before), Some(next)) => {
            let between = f64::from(day.0 - before.0) / f64::from(next.0 - before.0);
            ((after - 1) as f64 + between) / steps
        }
    }
}

/// How many different texts there are in the rows that are kept; `users` is the part of the users that is.
fn texts(seen: Option<&Seen>, all: Range, kept: Range, users: Option<(f64, f64)>) -> Range {
    let Some(seen) = seen.filter(|seen| seen.cells > 0) else { return (0, kept.1) };
    let unseen = seen.once * seen.once / (2 * seen.twice.max(1));
    let chao = seen.distinct + unseen;
    // A fifth less for chance.
    let least = (seen.distinct + unseen * 4 / 5).min(all.0.max(seen.distinct));
    let least = users.map_or(least, |(low, _)| (least as f64 * low) as u64).min(kept.0);
    // Without a new text among the last ones no more are to be expected.
    let rate = if seen.once == 0 { 0.0 } else { seen.distinct as f64 / seen.cells as f64 };
    let most = ((kept.1 as f64 * rate) as u64).max(chao).min(kept.1);
    (least, most.max(least))
}

fn code_width(texts: u64) -> u64 {
    match texts {
        0..=256 => 1,
        257..=65_536 => 2,
        _ => 4,
    }
}

#[cfg(test)]
mod tests;
