//! What the lanes have read, put together in the order of the files: one table, as if it had been read in one piece.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::ledger::{Ledger, Notice, SpanOfBytes};
use super::mapping::{ColumnType, PlannedColumn, Role};
use super::reader::{Part, Plan, SPANS_KEPT};
use crate::error::{Error, ErrorKind, Result};
use crate::table::chunk::{Chunk, ChunkColumn, Texts};
use crate::table::decimal::Decimals;
use crate::table::dictionary::{CodeVec, Codes, Dictionary};
use crate::table::{Clock, ColumnData, Times};
use crate::with_codes;

/// A column that has been read.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Its cells.
    pub data: ColumnData,
}

/// What was read: the columns, and for each file what became of its rows.
#[derive(Debug, Default)]
pub struct Table {
    /// The mapped columns, all of the same length.
    pub columns: Vec<Column>,
    /// One ledger a file.
    pub ledgers: Vec<Ledger>,
    /// For each file the header line and the rows that were set aside.
    pub spans: Vec<FileSpans>,
}

/// Where in a file the header and the rows that were set aside stand.
#[derive(Debug, Clone, Default)]
pub struct FileSpans {
    /// The header line, if the file has one.
    pub header: Option<SpanOfBytes>,
    /// The rows, the first [`SPANS_KEPT`] of them.
    pub set_aside: Vec<SpanOfBytes>,
    /// The text of the header and of these rows, where it is not what stands in the file byte for byte.
    pub texts: Vec<String>,
    /// The numbers of these rows, ascending; the header is row 1.
    pub numbers: Vec<u64>,
    /// Lines up to the first row: titles and the header.
    pub rows_before: u64,
}

/// What stands before the rows of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// The header line.
    pub header: Option<SpanOfBytes>,
    /// Its text, where that is not what stands in the file byte for byte.
    pub text: Option<String>,
    /// Lines up to the first row: titles and the header.
    pub rows: u64,
    /// Bytes up to the first row.
    pub bytes: u64,
}

/// A stretch of a file that one lane reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// The file's number.
    pub file: usize,
    /// The slice's number among those of all files.
    pub index: usize,
    /// Records that begin from here ...
    pub start: u64,
    /// ... up to here (exclusive) belong to it; [`u64::MAX`] at the end of a file.
    pub limit: u64,
    /// Whether a record begins exactly at its start.
    pub exact: bool,
    /// Bytes of the smallest unit of its letters; both ends lie between units.
    pub unit: u8,
}

impl Slice {
    /// Where its bytes have to be read from.
    #[must_use]
    pub fn first_byte(&self) -> u64 {
        if self.exact { self.start } else { self.start.saturating_sub(u64::from(self.unit)) }
    }
}

/// Puts parts together.
#[derive(Debug, Default)]
pub struct Assembly {
    table: Table,
    slices: Vec<Slice>,
    /// How many slices are in the table.
    done: usize,
    /// Parts that came before those in front of them, with their lanes.
    early: BTreeMap<usize, (usize, Vec<Part>)>,
    /// The files' numbers among all files.
    files: Vec<usize>,
    /// Where in the file at hand the parts so far end, and the number of the last row.
    position: u64,
    rows: u64,
    /// The slice that is being taken bit by bit.
    some: Option<usize>,
    /// For each lane and text column the lane's texts.
    lanes: Vec<Vec<LaneTexts>>,
}

/// The texts of a lane's dictionary, and our codes for those that have been met in a row.
#[derive(Debug, Default)]
struct LaneTexts {
    texts: Texts,
    codes: Vec<u32>,
}

const UNMET: u32 = u32::MAX;

impl Assembly {
    /// Announces a file by a ledger that has its name and bytes, and by its number among all files. Its slices are of such
    /// sizes: a sixteenth of what is left, within these bounds.
    pub fn add_file(
        &mut self,
        ledger: Ledger,
        file: usize,
        plan: &Plan,
        beginning: Beginning,
        sizes: RangeInclusive<u64>,
    ) {
        if self.table.columns.is_empty() {
            self.table.columns = plan.columns.iter().map(|column| empty(column, plan.clock)).collect();
        }
        self.files.push(file);
        let bytes = ledger.bytes;
        self.table.ledgers.push(ledger);
        self.table.spans.push(FileSpans {
            header: beginning.header,
            texts: beginning.text.into_iter().collect(),
            rows_before: beginning.rows,
            ..FileSpans::default()
        });
        let mut start = beginning.bytes;
        let unit = plan.layout.encoding.unit();
        let (smallest, largest) = (*sizes.start(), *sizes.end());
        loop {
            let size = (bytes.saturating_sub(start) / 16).max(smallest).min(largest);
            let limit = start.saturating_add(size.clamp(1, 1 << 62).next_multiple_of(unit as u64));
            let limit = if limit >= bytes { u64::MAX } else { limit };
            self.slices.push(Slice {
                file,
                index: self.slices.len(),
                start,
                limit,
                exact: start == beginning.bytes,
                unit: unit as u8,
            });
            if limit == u64::MAX {
                break;
            }
            start = limit;
        }
    }

    /// Announces a file whose rows come in groups, so many of them, as typed columns: a slice for each group. The names of all
    /// its columns stand above the text of the rows that are set aside, as a header.
    pub fn add_groups(&mut self, ledger: Ledger, file: usize, plan: &Plan, groups: u64, header: String) {
        if self.table.columns.is_empty() {
            self.table.columns = plan.columns.iter().map(|column| empty(column, plan.clock)).collect();
        }
        self.files.push(file);
        self.table.ledgers.push(ledger);
        // As if the header had stood above them.
        self.table.spans.push(FileSpans { texts: vec![header], rows_before: 1, ..FileSpans::default() });
        for start in 0..groups {
            let index = self.slices.len();
            self.slices.push(Slice { file, index, start, limit: start + 1, exact: start == 0, unit: 1 });
        }
    }

    /// All slices.
    #[must_use]
    pub fn slices(&self) -> &[Slice] {
        &self.slices
    }

    /// Rows read so far, of all files.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        self.table.ledgers.iter().map(|ledger| ledger.rows_read).sum()
    }

    /// The numbers of its files.
    #[must_use]
    pub fn files(&self) -> &[usize] {
        &self.files
    }

    /// The files' ledgers.
    #[must_use]
    pub fn ledgers(&self) -> &[Ledger] {
        &self.table.ledgers
    }

    /// Adds a notice to the ledger of a file with this name.
    pub fn notice(&mut self, file: &str, notice: &Notice) {
        if let Some(ledger) = self.table.ledgers.iter_mut().find(|ledger| ledger.file == file) {
            ledger.notice(notice.clone());
        }
    }

    /// The bytes of a file.
    #[must_use]
    pub fn bytes_of(&self, file: usize) -> u64 {
        let place = self.files.iter().position(|of| *of == file);
        place.and_then(|place| self.table.ledgers.get(place)).map_or(0, |ledger| ledger.bytes)
    }

    /// How many slices are in the table.
    #[must_use]
    pub fn slices_done(&self) -> usize {
        self.done
    }

    /// Whether all slices are in the table.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.done == self.slices.len()
    }

    /// Sets memory aside for so many rows more.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`].
    pub fn reserve(&mut self, rows: usize) -> Result<()> {
        self.table.columns.iter_mut().try_for_each(|column| column.data.reserve(rows))
    }

    /// Takes what a lane has read of a slice. A slice whose first record proves to begin elsewhere is given back, to be read
    /// again.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    pub fn take(&mut self, slice: usize, lane: usize, part: Part) -> Result<Option<Slice>> {
        self.take_all(slice, lane, vec![part])
    }

    /// As [`Self::take`], for a slice that was read in several parts, one after the other.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn take_all(&mut self, slice: usize, lane: usize, mut parts: Vec<Part>) -> Result<Option<Slice>> {
        // The lane's next chunk counts on these texts, whatever becomes of this one.
        parts.iter_mut().for_each(|part| self.learn(lane, &mut part.chunk));
        self.early.insert(slice, (lane, parts));
        while let Some(&slice) = self.slices.get(self.done) {
            let place = self.files.iter().position(|file| *file == slice.file).unwrap_or(0);
            if slice.exact {
                let before = self.rows_before(place);
                (self.position, self.rows) = (slice.start, before);
            }
            let Some((lane, parts)) = self.early.remove(&self.done) else { break };
            let begun = parts.first().and_then(|part| part.begun);
            let fits = begun.is_some_and(|begun| {
                // Between them may stand the second byte of a line end.
                begun == self.position || begun == self.position + 1
            });
            // A record may reach over a whole slice.
            let empty = self.position >= slice.limit;
            if !fits && !empty {
                let again = Slice { start: self.position, exact: true, ..slice };
                return Ok(Some(again));
            }
            if !empty {
                for part in parts {
                    self.append(place, lane, part)?;
                }
            }
            self.done += 1;
        }
        Ok(None)
    }

    /// Takes what has been read so far of the slice whose turn it is; the rest of it will come.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    pub fn take_some(&mut self, slice: usize, lane: usize, mut part: Part) -> Result<()> {
        let Some(of) = self.slices.get(slice).copied().filter(|_| slice == self.done) else {
            return Err(Error::new(ErrorKind::EngineStopped).found("slice"));
        };
        self.learn(lane, &mut part.chunk);
        let place = self.files.iter().position(|file| *file == of.file).unwrap_or(0);
        if self.some != Some(slice) {
            self.some = Some(slice);
            (self.position, self.rows) = (of.start, self.rows_before(place));
        }
        self.append(place, lane, part)
    }

    /// The lines of a file before its first row.
    fn rows_before(&self, file: usize) -> u64 {
        self.table.spans.get(file).map_or(0, |spans| spans.rows_before)
    }

    /// Ends a slice of which [`Self::take_some`] has taken all.
    pub fn end_slice(&mut self, slice: usize) {
        if slice == self.done {
            self.done += 1;
        }
    }

    /// Lets the texts of a lane go whose parts are all in the table.
    pub fn forget_lane(&mut self, lane: usize) {
        let waits = self.early.values().any(|(of, _)| *of == lane);
        if let Some(texts) = self.lanes.get_mut(lane).filter(|_| !waits) {
            *texts = Vec::new();
        }
    }

    /// Notes the texts that a lane's dictionaries have gained.
    fn learn(&mut self, lane: usize, chunk: &mut Chunk) {
        if self.lanes.len() <= lane {
            self.lanes.resize_with(lane + 1, Vec::new);
        }
        let Some(texts) = self.lanes.get_mut(lane) else { return };
        texts.resize_with(chunk.columns.len(), LaneTexts::default);
        for (known, column) in texts.iter_mut().zip(&mut chunk.columns) {
            if let ChunkColumn::Text { new, .. } = column {
                let new = std::mem::take(new);
                known.codes.resize(known.codes.len() + new.ends.len(), UNMET);
                known.texts.append(&new);
            }
        }
    }

    fn append(&mut self, file: usize, lane: usize, part: Part) -> Result<()> {
        let Part { end, ledger, spans, texts, set_aside, numbered, chunk, .. } = part;
        let (rows, before) = (ledger.rows_read, if numbered { 0 } else { self.rows });
        if let (Some(whole), Some(kept)) = (self.table.ledgers.get_mut(file), self.table.spans.get_mut(file))
        {
            whole.merge(ledger, before);
            let room = SPANS_KEPT.saturating_sub(kept.numbers.len());
            kept.set_aside.extend(spans.into_iter().take(room));
            kept.texts.extend(texts.into_iter().take(room));
            kept.numbers.extend(set_aside.into_iter().take(room).map(|row| row + before));
        }
        (self.position, self.rows) = (end, self.rows + rows);
        let texts = self.lanes.get_mut(lane).map_or(&mut [][..], |texts| texts);
        for ((column, chunk), texts) in self.table.columns.iter_mut().zip(chunk.columns).zip(texts) {
            append(&mut column.data, chunk, texts)?;
        }
        Ok(())
    }

    /// The table.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`] for a file without rows, [`ErrorKind::NoUsableRows`] when every row was set aside,
    /// [`ErrorKind::EngineStopped`] when slices are missing.
    pub fn finish(self) -> Result<Table> {
        if !self.is_complete() {
            return Err(Error::new(ErrorKind::EngineStopped).found(format!(
                "{} / {}",
                self.done,
                self.slices.len()
            )));
        }
        let table = self.table;
        if let Some(empty) = table.ledgers.iter().find(|ledger| ledger.rows_read == 0) {
            return Err(Error::new(ErrorKind::NoRows).in_file(&empty.file));
        }
        if table.ledgers.iter().map(|ledger| ledger.rows_used).sum::<u64>() > 0 {
            return Ok(table);
        }
        let entries =
            table.ledgers.iter().flat_map(|ledger| ledger.set_aside.iter().map(move |entry| (ledger, entry)));
        let mut error = Error::new(ErrorKind::NoUsableRows);
        if let Some((ledger, entry)) = entries.max_by_key(|(_, entry)| entry.rows) {
            error = error
                .in_file(&ledger.file)
                .at_row(entry.first_row)
                .in_column(entry.first_column.clone().unwrap_or_default())
                .found(entry.first_found.clone().unwrap_or_default())
                .expected(entry.reason.code());
        }
        Err(error)
    }
}

fn empty(column: &PlannedColumn, clock: Clock) -> Column {
    let data = match column.column_type {
        ColumnType::Text => ColumnData::Text(Codes::default()),
        ColumnType::Number => ColumnData::Number(Decimals::default()),
        ColumnType::Time => {
            ColumnData::Time(Times::new(if column.role == Role::Time { clock } else { Clock::Civil }))
        }
    };
    Column { name: column.name.clone(), role: column.role, data }
}

fn append(data: &mut ColumnData, chunk: ChunkColumn, texts: &mut LaneTexts) -> Result<()> {
    let full = || Error::new(ErrorKind::TooLarge);
    match (data, chunk) {
        (ColumnData::Text(codes), ChunkColumn::Text { codes: rows, .. }) => {
            append_codes(codes, &rows, texts).ok_or_else(full)
        }
        (ColumnData::Number(decimals), ChunkColumn::Number { scale, values }) => {
            if decimals.append(scale, &values) { Ok(()) } else { Err(full()) }
        }
        (ColumnData::Time(times), ChunkColumn::Time { seconds, values }) => {
            times.append(seconds, &values);
            Ok(())
        }
        _ => Err(Error::new(ErrorKind::EngineStopped).found("column")),
    }
}

/// Adds rows of a lane's codes as codes of our own; texts that are met for the first time get the next ones.
#[allow(clippy::useless_conversion, reason = "useless only for the widest codes")]
fn append_codes(codes: &mut Codes, rows: &CodeVec, texts: &mut LaneTexts) -> Option<()> {
    const TOGETHER: usize = 1024;
    let mut ours = [0; TOGETHER];
    with_codes!(rows, rows => for rows in rows.chunks(TOGETHER) {
        let ours = ours.get_mut(..rows.len())?;
        let mut met = true;
        for (ours, &code) in ours.iter_mut().zip(rows) {
            *ours = texts.codes.get(code as usize).copied()?;
            met &= *ours != UNMET;
        }
        if !met {
            texts.meet(&mut codes.dictionary, rows.iter().map(|&code| u32::from(code)))?;
            for (ours, &code) in ours.iter_mut().zip(rows) {
                *ours = texts.codes.get(code as usize).copied()?;
            }
        }
        codes.extend(ours);
    });
    Some(())
}

impl LaneTexts {
    /// Gives codes to those texts of some rows that have none, in the order of the rows.
    #[inline(never)]
    fn meet(&mut self, dictionary: &mut Dictionary, rows: impl Iterator<Item = u32>) -> Option<()> {
        let Self { texts, codes } = self;
        let unmet: Vec<u32> =
            rows.filter(|&code| codes.get(code as usize).is_some_and(|known| *known == UNMET)).collect();
        let met: Vec<&[u8]> = unmet.iter().map(|&code| texts.get(code).as_bytes()).collect();
        let mut found = Vec::with_capacity(met.len());
        dictionary.codes_of_new(&met, &mut found);
        for (&code, &found) in unmet.iter().zip(&found) {
            if found == Dictionary::NO_CODE {
                return None;
            }
            *codes.get_mut(code as usize)? = found;
        }
        Some(())
    }
}
