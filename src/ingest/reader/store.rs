//! Columns under construction: cells of a block of records in, typed values out. One column at a time, so that each loop is
//! short and knows what it reads.

use super::super::formula::unguarded;
use super::super::ledger::{Ledger, Reason};
use super::super::mapping::{ColumnType, PlannedColumn, Role};
use super::super::orders::line_value;
use super::super::split::{BLOCK, Block};
use super::super::time::{TimeFormat, TimeReader};
use super::{PRODUCT, Plan};
use crate::dataset::calendar::{Zone, ZoneCache};
use crate::table::chunk::{ChunkColumn, Texts};
use crate::table::decimal::{self, Decimals, NumberFormat, Parsed};
use crate::table::dictionary::{CodeVec, Codes, Dictionary, Text};
use crate::table::{Clock, Times};

/// What is the matter with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It makes its row useless.
    SetAside(Reason),
    /// It counts as empty.
    Emptied,
    /// A number with more decimal places than are kept.
    Rounded,
}

/// A cell of a block that something is the matter with. They are few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Misfit {
    /// The record in the block.
    pub record: usize,
    /// The column's place in the plan.
    pub column: usize,
    pub trouble: Trouble,
}

/// A column, and where its cells come from.
#[derive(Debug)]
pub(super) struct Target {
    pub field: usize,
    column: usize,
    role: Role,
    /// Whether a row without such a cell is of no use.
    needed: bool,
    number_format: NumberFormat,
    store: Store,
}

#[derive(Debug)]
enum Store {
    Text {
        codes: Codes,
        /// Texts that have been handed over.
        sent: usize,
    },
    Number(Decimals),
    Time {
        times: Times,
        reader: TimeReader,
    },
}

/// Where quantity and price stand, and how they are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    quantity: usize,
    price: usize,
    quantity_format: NumberFormat,
    price_format: NumberFormat,
}

impl Product {
    pub(super) fn of(plan: &Plan) -> Option<Self> {
        let (quantity, price) = plan.product?;
        let quantity_format = plan.number_format(Role::Quantity);
        Some(Self { quantity, price, quantity_format, price_format: plan.number_format(Role::Price) })
    }
}

/// What all columns of a block need.
pub(super) struct Reading<'a, 'b> {
    pub block: Block<'a>,
    pub product: Option<Product>,
    /// Whether the text was decoded from other letters, and U+FFFD stands for what could not be.
    pub decoded: bool,
    pub misfits: &'b mut Vec<Misfit>,
    /// Used again for each column.
    pub cells: Vec<&'a [u8]>,
    pub texts: Vec<Text<'a>>,
    pub codes: &'b mut Vec<u32>,
}

impl Target {
    pub(super) fn new(place: usize, column: &PlannedColumn, plan: &Plan, zone: &Zone) -> Self {
        let store = match column.column_type {
            ColumnType::Text => Store::Text { codes: Codes::default(), sent: 0 },
            ColumnType::Number => Store::Number(Decimals::default()),
            ColumnType::Time => {
                // Attributes are read year first, as written, on the wall clock.
                let own = column.role == Role::Time;
                let (format, clock) =
                    if own { (plan.time_format, plan.clock) } else { (TimeFormat::YearFirst, Clock::Civil) };
                let reader = TimeReader::new(format, clock, ZoneCache::new(zone.clone()));
                Store::Time { times: Times::new(clock), reader }
            }
        };
        Self {
            field: column.field,
            column: place,
            role: column.role,
            needed: plan.kind.needs_cell(column.role),
            number_format: column.number_format,
            store,
        }
    }

    /// Turns to another file: the same column, perhaps in another place and written in another way.
    pub(super) fn turn_to(&mut self, column: &PlannedColumn, plan: &Plan) {
        self.field = column.field;
        self.number_format = column.number_format;
        if let (Store::Time { reader, .. }, Role::Time) = (&mut self.store, self.role) {
            reader.turn_to(plan.time_format);
        }
    }

    /// How the rows' own times are written; nothing of other columns.
    pub(super) fn time_format(&self) -> Option<TimeFormat> {
        match &self.store {
            Store::Time { reader, .. } if self.role == Role::Time => Some(reader.format()),
            _ => None,
        }
    }

    /// Tells what the cells since the last call say of the order of day and month.
    pub(super) fn tell_order(&mut self, ledger: &mut Ledger) {
        if let Store::Time { reader, .. } = &mut self.store {
            ledger.date_order.merge(reader.take_order(), 0);
        }
    }

    /// Adds a cell for each record of a block; those that cannot be read are empty, and told.
    pub(super) fn take(&mut self, reading: &mut Reading<'_, '_>) {
        let mut misfits = Misfits {
            column: self.column,
            attribute: self.role == Role::Attribute,
            needed: self.needed,
            list: reading.misfits,
        };
        let block = reading.block;
        if let (Store::Number(decimals), PRODUCT, Some(product)) =
            (&mut self.store, self.field, reading.product)
        {
            return take_products(decimals, block, product, misfits);
        }
        let (cells, texts) = (&mut reading.cells, &mut reading.texts);
        match &mut self.store {
            Store::Text { codes, .. } => {
                let missing = if self.role == Role::User { Reason::NoUser } else { Reason::EmptyCell };
                fill(texts, block.texts(self.field), reading.decoded, &mut misfits);
                take_texts(codes, texts, missing, reading.codes, misfits);
            }
            Store::Time { times, reader } => {
                fill(cells, block.cells(self.field), reading.decoded, &mut misfits);
                take_times(times, reader, cells, misfits);
            }
            Store::Number(decimals) => {
                fill(cells, block.cells(self.field), reading.decoded, &mut misfits);
                take_numbers(decimals, cells, self.number_format, misfits);
            }
        }
    }

    /// Takes some rows away again, which are given in ascending order.
    pub(super) fn remove(&mut self, rows: &[usize]) {
        match &mut self.store {
            Store::Text { codes, .. } => codes.remove(rows),
            Store::Number(decimals) => decimals.values.remove(rows),
            Store::Time { times, .. } => times.values.remove(rows),
        }
    }

    /// The rows so far.
    pub(super) fn hand_over(&mut self) -> ChunkColumn {
        match &mut self.store {
            Store::Text { codes, sent } => {
                let mut new = Texts::default();
                codes.dictionary.iter_from(*sent).for_each(|text| new.push(text));
                *sent = codes.dictionary.len();
                let rows = std::mem::replace(&mut codes.rows, CodeVec::U8(Vec::new()));
                ChunkColumn::Text { new, codes: rows }
            }
            Store::Number(decimals) => {
                let Decimals { values, scale } = std::mem::take(decimals);
                ChunkColumn::Number { scale, values }
            }
            Store::Time { times, .. } => {
                let Times { values, seconds, .. } = std::mem::replace(times, Times::new(times.clock));
                ChunkColumn::Time { seconds, values }
            }
        }
    }
}

/// Notes what is the matter with the cells of a column.
struct Misfits<'a> {
    column: usize,
    attribute: bool,
    needed: bool,
    list: &'a mut Vec<Misfit>,
}

impl Misfits<'_> {
    fn note(&mut self, record: usize, trouble: Trouble) {
        self.list.push(Misfit { record, column: self.column, trouble });
    }

    /// A cell that cannot be read: its row is of no use, unless it is an attribute's.
    #[cold]
    fn unreadable(&mut self, record: usize, reason: Reason) {
        let emptied = self.attribute && reason != Reason::NotUtf8;
        self.note(record, if emptied { Trouble::Emptied } else { Trouble::SetAside(reason) });
    }

    /// An empty cell.
    #[inline]
    fn empty(&mut self, record: usize, reason: Reason) {
        if self.needed {
            self.unreadable(record, reason);
        }
    }

    /// Whether a cell has a sign that could not be decoded, which is noted.
    fn refuses(&mut self, record: usize, cell: &[u8]) -> bool {
        let refused = memchr::memmem::find(cell, "\u{fffd}".as_bytes()).is_some();
        if refused {
            self.unreadable(record, Reason::NotUtf8);
        }
        refused
    }
}

/// Puts a column's cells where they are read; with decoded letters, those that could not be decoded are empty, and told.
#[inline]
fn fill<'a, C: AsRef<[u8]> + From<&'a [u8]>>(
    cells: &mut Vec<C>,
    of_column: impl Iterator<Item = C>,
    decoded: bool,
    misfits: &mut Misfits<'_>,
) {
    cells.clear();
    cells.extend(of_column);
    if decoded {
        for (record, cell) in cells.iter_mut().enumerate() {
            if misfits.refuses(record, cell.as_ref()) {
                *cell = C::from(&b""[..]);
            }
        }
    }
}

/// Whether a text that begins with this sign has neither a space before it nor an apostrophe that guards it.
#[inline]
fn is_bare(first: u8) -> bool {
    first > b' ' && first != b'\''
}

/// A cell without the spaces around it; most have none.
#[inline]
fn trim(cell: &[u8]) -> &[u8] {
    match cell {
        [first, .., last] if *first > b' ' && *last > b' ' => cell,
        _ => cell.trim_ascii(),
    }
}

fn take_texts(
    codes: &mut Codes,
    texts: &mut [Text<'_>],
    missing: Reason,
    found: &mut Vec<u32>,
    mut misfits: Misfits<'_>,
) {
    for (record, text) in texts.iter_mut().enumerate() {
        let bytes = text.bytes();
        if !matches!(bytes, [first, .., last] if is_bare(*first) && *last > b' ') {
            *text = unguarded(bytes.trim_ascii()).into();
            if text.bytes().is_empty() {
                misfits.empty(record, missing);
            }
        }
    }
    codes.dictionary.codes(texts, found);
    if found.contains(&Dictionary::NO_CODE) {
        let nothing = codes.dictionary.code(b"").unwrap_or(0);
        for (record, code) in found.iter_mut().enumerate().filter(|(_, code)| **code == Dictionary::NO_CODE) {
            misfits.unreadable(record, Reason::NotUtf8);
            *code = nothing;
        }
    }
    codes.extend(found);
}

fn take_times(times: &mut Times, reader: &mut TimeReader, cells: &[&[u8]], mut misfits: Misfits<'_>) {
    let (mut seconds, mut micros) = ([Times::MISSING; BLOCK], [0; BLOCK]);
    for (record, ((seconds, micros), cell)) in seconds.iter_mut().zip(&mut micros).zip(cells).enumerate() {
        match reader.read_parts(cell) {
            Some(time) => (*seconds, *micros) = time,
            None if !cell.trim_ascii().is_empty() => misfits.unreadable(record, Reason::BadTime),
            None => misfits.empty(record, Reason::NoTime),
        }
    }
    let (seconds, micros) = (seconds.get(..cells.len()), micros.get(..cells.len()));
    times.extend(seconds.unwrap_or(&[]), micros.unwrap_or(&[]));
}

fn take_numbers(decimals: &mut Decimals, cells: &[&[u8]], format: NumberFormat, mut misfits: Misfits<'_>) {
    let numbers = cells.iter().enumerate().map(|(record, cell)| {
        if cell.is_empty() || (trim(cell).is_empty()) {
            misfits.empty(record, Reason::EmptyCell);
            return None;
        }
        let number = decimal::parse_with(cell, format);
        if number.is_none() {
            misfits.unreadable(record, Reason::BadNumber);
        } else if number.is_some_and(|number| number.rounded) {
            misfits.note(record, Trouble::Rounded);
        }
        number
    });
    extend(decimals, numbers);
}

/// Adds the products of quantity and price; nothing where one of them is empty.
fn take_products(decimals: &mut Decimals, block: Block<'_>, product: Product, mut misfits: Misfits<'_>) {
    let pairs = block.cells(product.quantity).zip(block.cells(product.price)).enumerate();
    let numbers = pairs.map(|(record, (quantity, price))| {
        if quantity.trim_ascii().is_empty() || price.trim_ascii().is_empty() {
            return None;
        }
        let quantity = decimal::parse_with(quantity, product.quantity_format);
        let price = decimal::parse_with(price, product.price_format);
        let value = quantity.zip(price).and_then(|(quantity, price)| line_value(quantity, price));
        match value {
            None => misfits.unreadable(record, Reason::BadNumber),
            Some(value) if value.rounded => misfits.note(record, Trouble::Rounded),
            Some(_) => {}
        }
        value
    });
    extend(decimals, numbers);
}

/// Adds numbers, missing ones among them. What is parsed fits any scale: see [`decimal::LARGEST`].
#[inline]
fn extend(decimals: &mut Decimals, numbers: impl Iterator<Item = Option<Parsed>>) {
    let mut values = [0; BLOCK];
    let mut length = 0;
    for number in numbers {
        let mut value = Decimals::MISSING;
        if let Some(number) = number {
            match decimals.in_unit(number) {
                Some(known) => value = known,
                None => {
                    // More places than so far.
                    decimals.values.extend(values.get(..length).unwrap_or(&[]));
                    length = 0;
                    if decimals.push(number) {
                        continue;
                    }
                }
            }
        }
        if let Some(slot) = values.get_mut(length) {
            *slot = value;
            length += 1;
        }
    }
    decimals.values.extend(values.get(..length).unwrap_or(&[]));
}
