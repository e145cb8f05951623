//! Where the records of a slice go: into the columns, or, with a reason, aside.

use super::super::detect::is_totals_label;
use super::super::layout::Encoding;
use super::super::ledger::{Ledger, Reason, SpanOfBytes};
use super::super::sample::Sieve;
use super::super::split::{Block, Fields, Found, Place, Sink};
use super::store::{Misfit, Product, Reading, Target, Trouble};
use super::{Part, Plan, SPANS_KEPT};
use crate::dataset::calendar::Zone;
use crate::error::Result;
use crate::table::chunk::Chunk;

/// The rows of a slice, and what became of those that are not among them.
#[derive(Debug)]
pub(super) struct Rows {
    plan: Plan,
    product: Option<Product>,
    targets: Vec<Target>,
    ledger: Ledger,
    spans: Vec<SpanOfBytes>,
    /// The text of rows that are set aside, where places in the file would tell nothing.
    texts: Option<Vec<String>>,
    /// The numbers of these rows.
    set_aside: Vec<u64>,
    /// What leaves rows out, where some are not wanted.
    sieve: Option<Sieve>,
    kept: usize,
    misfits: Vec<Misfit>,
    codes: Vec<u32>,
}

impl Sink for Rows {
    /// A record of a length of its own, or one that had to be copied out.
    fn found(&mut self, place: Place, found: Found<'_>) {
        match found {
            Found::Record(fields) if fields.len() == self.plan.fields => {
                let length = u32::try_from(place.end - place.start).unwrap_or(u32::MAX);
                self.block(Block::of_one(place, fields, &[(0, length)]));
                return;
            }
            Found::Record(fields) => {
                let fewer = fields.len() < self.plan.fields;
                let reason = if fewer { Reason::MissingFields } else { Reason::ExtraFields };
                let reason = if is_totals_row(fields) { Reason::TotalsRow } else { reason };
                let counts = format!("{} / {}", fields.len(), self.plan.fields);
                self.set_aside(place, reason, None, counts.as_bytes(), Found::Record(fields));
            }
            Found::Broken(line) => {
                self.set_aside(place, Reason::UnclosedQuote, None, line, Found::Broken(line));
            }
        }
        self.ledger.rows_read += 1;
    }

    fn block(&mut self, block: Block<'_>) {
        self.ledger.rows_read += block.len() as u64;
        if self.sieve.is_none() {
            return self.rows(block);
        }
        // Records that are wanted, beside each other, are a block of their own.
        let mut first = 0;
        for record in 0..block.len() {
            if self.leaves_out(block, record) {
                self.rows(block.part(first..record));
                first = record + 1;
            }
        }
        self.rows(block.part(first..block.len()));
    }
}

impl Rows {
    pub(super) fn new(plan: Plan, zone: &Zone) -> Result<Self> {
        let target = |(place, column)| Target::new(place, column, &plan, zone);
        Ok(Self {
            sieve: Sieve::new(&plan)?,
            product: Product::of(&plan),
            targets: plan.columns.iter().enumerate().map(target).collect(),
            plan,
            ledger: Ledger::default(),
            spans: Vec::new(),
            texts: None,
            set_aside: Vec::new(),
            kept: 0,
            misfits: Vec::new(),
            codes: Vec::new(),
        })
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn keep_texts(&mut self) {
        self.texts.get_or_insert_default();
    }

    pub(super) fn turn_to(&mut self, plan: &Plan) {
        if self.plan == *plan {
            return;
        }
        // The zone is the one that the lane was made with, which is known.
        self.sieve = Sieve::new(plan).unwrap_or_default();
        for (target, column) in self.targets.iter_mut().zip(&plan.columns) {
            target.turn_to(column, plan);
        }
        self.plan = plan.clone();
        self.product = Product::of(plan);
    }

    /// What has been read since the last call; where it begins and ends is for the caller to say.
    pub(super) fn take(&mut self) -> Part {
        self.targets.iter_mut().for_each(|target| target.tell_order(&mut self.ledger));
        let rows = u32::try_from(std::mem::take(&mut self.kept)).unwrap_or(u32::MAX);
        Part {
            ledger: std::mem::take(&mut self.ledger),
            spans: std::mem::take(&mut self.spans),
            texts: self.texts.as_mut().map(std::mem::take).unwrap_or_default(),
            set_aside: std::mem::take(&mut self.set_aside),
            chunk: Chunk { rows, columns: self.targets.iter_mut().map(Target::hand_over).collect() },
            ..Part::default()
        }
    }

    /// Whether a record is not to be read; it is counted then.
    fn leaves_out(&mut self, block: Block<'_>, record: usize) -> bool {
        let Some(sieve) = &mut self.sieve else { return false };
        let Some((reason, column, found)) = sieve.leaves_out(block.fields(record)) else { return false };
        self.ledger.note(reason, 1, block.place(record).row, Some(column), Some(found));
        true
    }

    /// Reads the cells of records.
    fn rows(&mut self, block: Block<'_>) {
        if block.is_empty() {
            return;
        }
        self.misfits.clear();
        let mut reading = Reading {
            block,
            product: self.product,
            decoded: self.plan.layout.encoding != Encoding::Utf8,
            misfits: &mut self.misfits,
            cells: Vec::with_capacity(block.len()),
            texts: Vec::with_capacity(block.len()),
            codes: &mut self.codes,
        };
        for target in &mut self.targets {
            target.take(&mut reading);
        }
        let before = self.kept;
        self.kept += block.len();
        if !self.misfits.is_empty() {
            self.settle(block, before);
        }
        self.ledger.rows_used += (self.kept - before) as u64;
    }

    /// Deals with the cells of a block that something is the matter with, in the order of the file. Rows that one of them
    /// makes useless are taken out of all columns; `before` rows stand before the block.
    #[cold]
    #[inline(never)]
    fn settle(&mut self, block: Block<'_>, before: usize) {
        let mut misfits = std::mem::take(&mut self.misfits);
        // What was found first in a cell stays first: that its letters are wrong, before that nothing is left of it.
        misfits.sort_by_key(|misfit| (misfit.record, misfit.column));
        let mut removed = Vec::new();
        for of_record in misfits.chunk_by(|one, other| one.record == other.record) {
            let Some(record) = of_record.first().map(|misfit| misfit.record) else { continue };
            let fatal = of_record.iter().find_map(|misfit| match misfit.trouble {
                Trouble::SetAside(reason) => Some((misfit.column, reason)),
                _ => None,
            });
            match fatal {
                Some((column, reason)) => {
                    self.refuse(block, record, column, reason);
                    removed.push(before + record);
                }
                None => of_record.iter().for_each(|misfit| self.note(block, *misfit)),
            }
        }
        self.targets.iter_mut().for_each(|target| target.remove(&removed));
        self.kept -= removed.len();
        self.misfits = misfits;
    }

    /// A column's name and a cell of it.
    fn cell<'a>(&self, block: Block<'a>, record: usize, column: usize) -> (String, &'a [u8]) {
        let name = self.plan.columns.get(column).map_or(String::new(), |column| column.name.clone());
        let field = self.targets.get(column).map(|target| target.field);
        (name, field.map_or(b"", |field| block.fields(record).get(field)))
    }

    fn note(&mut self, block: Block<'_>, misfit: Misfit) {
        let (name, found) = self.cell(block, misfit.record, misfit.column);
        let row = block.place(misfit.record).row;
        match misfit.trouble {
            Trouble::Rounded => self.ledger.note_rounded(&name, row, found),
            _ => self.ledger.note_emptied(&name, row, found),
        }
    }

    fn refuse(&mut self, block: Block<'_>, record: usize, column: usize, reason: Reason) {
        let (name, found) = self.cell(block, record, column);
        let fields = block.fields(record);
        if let Some(format) = self.targets.get(column).and_then(Target::time_format) {
            self.ledger.date_order.note_unread(found, format, block.place(record).row);
        }
        let reason = if is_totals_row(fields) { Reason::TotalsRow } else { reason };
        self.set_aside(block.place(record), reason, Some(&name), found, Found::Record(fields));
    }

    #[cold]
    fn set_aside(
        &mut self,
        place: Place,
        reason: Reason,
        column: Option<&str>,
        found: &[u8],
        record: Found<'_>,
    ) {
        self.ledger.note(reason, 1, place.row, column, Some(found));
        if self.set_aside.len() < SPANS_KEPT {
            self.set_aside.push(place.row);
        }
        if let Some(texts) = &mut self.texts {
            if texts.len() < SPANS_KEPT {
                texts.push(written(record, self.plan.layout.delimiter));
            }
        } else if self.spans.len() < SPANS_KEPT {
            self.spans.push(SpanOfBytes { start: place.start, end: place.end });
        }
    }
}

/// A record as it stands in a delimited file.
fn written(record: Found<'_>, delimiter: char) -> String {
    let fields = match record {
        Found::Broken(line) => return String::from_utf8_lossy(line).into_owned(),
        Found::Record(fields) => fields,
    };
    let cell = |field: &[u8]| {
        let text = String::from_utf8_lossy(field);
        if text.contains([delimiter, '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.into_owned()
        }
    };
    let cells: Vec<String> = fields.iter().map(cell).collect();
    cells.join(&delimiter.to_string()) + "\n"
}

/// Whether the first filled cell of a row says that the row sums up those above it.
fn is_totals_row(fields: Fields<'_>) -> bool {
    let first = fields.iter().map(<[u8]>::trim_ascii).find(|cell| !cell.is_empty());
    first.and_then(|cell| std::str::from_utf8(cell).ok()).is_some_and(is_totals_label)
}
