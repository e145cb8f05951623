//! Records into typed columns: slices of files go in, chunks of columns come out, with an account of every row.
//!
//! A [`Lane`] reads one slice after the other and keeps its dictionaries meanwhile. Several lanes share the slices of a file;
//! [`super::assemble`] puts what they read together again.

use serde::{Deserialize, Serialize};

use super::detect::is_totals_label;
use super::encoding::Decode;
use super::layout::{Encoding, Layout};
use super::ledger::{Ledger, Reason, SpanOfBytes};
use super::letters::EncodedSlice;
use super::mapping::{ColumnType, FileKind, Mapping, PlannedColumn, Role};
use super::orders::line_value;
use super::split::{Fields, Found, Place, Splitter};
use super::time::{TimeFormat, TimeReader};
use crate::dataset::calendar::{Zone, ZoneCache};
use crate::error::Result;
use crate::table::chunk::{Chunk, ChunkColumn, Texts};
use crate::table::decimal::{self, Decimals, NumberFormat, Parsed};
use crate::table::dictionary::{CodeVec, Codes};
use crate::table::{Clock, Times};

/// Rows of a file set aside whose place is remembered for the download; further ones are only counted.
pub const SPANS_KEPT: usize = 1_000_000;

/// The field of a column that is computed.
pub const PRODUCT: usize = usize::MAX;

/// What is to be read of a file: the same for all its slices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// How the file is laid out.
    pub layout: Layout,
    /// The columns; what can fail comes first, so that a row that is set aside leaves no text behind in a dictionary.
    pub columns: Vec<PlannedColumn>,
    /// Fields of a row.
    pub fields: usize,
    /// What the rows are.
    pub kind: FileKind,
    /// The fields with quantity and price, where the value is their product: the column [`PRODUCT`].
    pub product: Option<(usize, usize)>,
    /// How the time column is written.
    pub time_format: TimeFormat,
    /// How it is kept.
    pub clock: Clock,
    /// The IANA zone that times of the other kind are converted in.
    pub zone: String,
}

impl Plan {
    /// Finds the mapped columns among the names of a file's columns.
    ///
    /// # Errors
    /// As [`Mapping::plan`].
    pub fn new(
        layout: Layout,
        mapping: &Mapping,
        names: &[String],
        (time_format, clock): (TimeFormat, Clock),
        zone: &Zone,
    ) -> Result<Self> {
        let mut columns = mapping.plan(names)?;
        let field = |name: &Option<String>| names.iter().position(|column| Some(column) == name.as_ref());
        let product = mapping.computed_value_name().map(|name| {
            columns.push(PlannedColumn {
                field: PRODUCT,
                name,
                role: Role::Value,
                column_type: ColumnType::Number,
                number_format: NumberFormat::default(),
            });
            (field(&mapping.quantity).unwrap_or(PRODUCT), field(&mapping.price).unwrap_or(PRODUCT))
        });
        columns.sort_by_key(|column| match column.column_type {
            ColumnType::Time => 0,
            ColumnType::Number => 1,
            ColumnType::Text => 2,
        });
        let (fields, zone) = (names.len(), zone.name().to_owned());
        Ok(Self { layout, columns, fields, kind: mapping.kind, product, time_format, clock, zone })
    }
}

impl Plan {
    /// Whether both give the same columns: names, roles and types.
    #[must_use]
    pub fn reads_like(&self, other: &Self) -> bool {
        let columns = |plan: &Self| -> Vec<(String, Role, ColumnType)> {
            plan.columns.iter().map(|column| (column.name.clone(), column.role, column.column_type)).collect()
        };
        self.kind == other.kind && self.clock == other.clock && columns(self) == columns(other)
    }

    fn number_format(&self, role: Role) -> NumberFormat {
        self.columns
            .iter()
            .find(|column| column.role == role)
            .map(|column| column.number_format)
            .unwrap_or_default()
    }
}

/// What was read of one slice.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Where its first record was taken to begin; nothing when no line begins in it.
    pub begun: Option<u64>,
    /// Where the first record after it begins.
    pub end: u64,
    /// What became of its rows, which are numbered from 1.
    pub ledger: Ledger,
    /// Where the rows stand that were set aside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<SpanOfBytes>,
    /// Their text instead, where it is not what stands in the file byte for byte.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// Whether the ledger's row numbers are those of the file already.
    #[serde(skip)]
    pub numbered: bool,
    /// The other rows.
    #[serde(skip)]
    pub chunk: Chunk,
}

/// Where the rows of a lane's slice go.
macro_rules! rows {
    ($lane:expr) => {
        Rows {
            fields: $lane.plan.fields,
            columns: &$lane.plan.columns,
            product: $lane.plan.product.map(|(quantity, price)| Product {
                quantity,
                price,
                quantity_format: $lane.plan.number_format(Role::Quantity),
                price_format: $lane.plan.number_format(Role::Price),
            }),
            decoded: $lane.plan.layout.encoding != Encoding::Utf8,
            targets: &mut $lane.targets,
            ledger: &mut $lane.ledger,
            spans: &mut $lane.spans,
            texts: $lane.texts.as_mut(),
            delimiter: $lane.plan.layout.delimiter,
            kept: &mut $lane.rows,
        }
    };
}

/// Reads slices, one after the other.
#[derive(Debug)]
pub struct Lane {
    plan: Plan,
    targets: Vec<Target>,
    source: Source,
    ledger: Ledger,
    spans: Vec<SpanOfBytes>,
    /// The text of rows that are set aside, where places in the file would tell nothing.
    texts: Option<Vec<String>>,
    rows: u32,
}

/// The slice at hand.
#[derive(Debug)]
enum Source {
    /// UTF-8, split as it comes.
    Plain(Splitter),
    /// Decoded first.
    Encoded(EncodedSlice),
}

impl Lane {
    /// A lane for files of this plan.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::UnknownTimeZone`].
    pub fn new(plan: Plan) -> Result<Self> {
        let zone = Zone::new(&plan.zone)?;
        let target = |column: &PlannedColumn| {
            let store = match column.column_type {
                ColumnType::Text => Store::Text { codes: Codes::default(), sent: 0 },
                ColumnType::Number => Store::Number(Decimals::default()),
                ColumnType::Time => {
                    // Attributes are read year first, as written, on the wall clock.
                    let own = column.role == Role::Time;
                    let (format, clock) = if own {
                        (plan.time_format, plan.clock)
                    } else {
                        (TimeFormat::YearFirst, Clock::Civil)
                    };
                    let reader = TimeReader::new(format, clock, ZoneCache::new(zone.clone()));
                    Store::Time { times: Times::new(clock), reader }
                }
            };
            Target {
                field: column.field,
                role: column.role,
                needed: plan.kind.needs_cell(column.role),
                number_format: column.number_format,
                store,
            }
        };
        Ok(Self {
            targets: plan.columns.iter().map(target).collect(),
            source: Source::Plain(Splitter::new(&plan.layout)),
            plan,
            ledger: Ledger::default(),
            spans: Vec::new(),
            texts: None,
            rows: 0,
        })
    }

    /// Keeps the text of rows that are set aside instead of their places: for files that are unpacked on the way.
    pub fn keep_texts(&mut self) {
        self.texts.get_or_insert_default();
    }

    /// Turns to another file, which has the same columns, perhaps in other places.
    pub fn turn_to(&mut self, plan: Plan) {
        for (target, column) in self.targets.iter_mut().zip(&plan.columns) {
            target.field = column.field;
            target.number_format = column.number_format;
        }
        self.plan = plan;
    }

    /// Begins a slice: the records that begin from `start` (inclusive) to `limit` (exclusive). Unless a record begins exactly
    /// at `start`, the pieces begin one unit of its letters before it.
    pub fn begin(&mut self, start: u64, exact: bool, limit: u64) {
        let (layout, fields) = (&self.plan.layout, self.plan.fields);
        self.source = if layout.encoding == Encoding::Utf8 {
            Source::Plain(Splitter::slice(layout, start, exact, limit, fields))
        } else {
            Source::Encoded(EncodedSlice::new(layout, start, exact, limit, fields))
        };
    }

    /// Takes the next piece of the file; tells whether the slice has all it needs.
    pub fn push(&mut self, piece: &[u8], decode: &dyn Decode) -> bool {
        let mut rows = rows!(self);
        let sink = &mut |place: Place, found: Found<'_>| rows.take(place, found);
        match &mut self.source {
            Source::Plain(splitter) => {
                splitter.push(piece, sink);
                splitter.is_done()
            }
            Source::Encoded(slice) => {
                slice.push(piece, decode, sink);
                slice.is_done()
            }
        }
    }

    /// Ends the file: its last record may lack a line end.
    pub fn finish(&mut self, decode: &dyn Decode) {
        let mut rows = rows!(self);
        let sink = &mut |place: Place, found: Found<'_>| rows.take(place, found);
        match &mut self.source {
            Source::Plain(splitter) => splitter.finish(sink),
            Source::Encoded(slice) => slice.finish(decode, sink),
        }
    }

    /// What has been read since the last call.
    pub fn take(&mut self) -> Part {
        let columns = self.targets.iter_mut().map(|target| target.store.take()).collect();
        let mut spans = std::mem::take(&mut self.spans);
        let kept = self.texts.as_mut().map(std::mem::take).unwrap_or_default();
        let (begun, end, texts) = match &self.source {
            Source::Plain(splitter) => (splitter.begun(), splitter.position(), kept),
            Source::Encoded(slice) => {
                let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX);
                let text =
                    |span: SpanOfBytes| slice.text().get(at(span.start)..at(span.end)).map(str::to_owned);
                (slice.begun(), slice.position(), spans.drain(..).filter_map(text).collect())
            }
        };
        Part {
            begun,
            end: end.unwrap_or(0),
            ledger: std::mem::take(&mut self.ledger),
            spans,
            texts,
            numbered: false,
            chunk: Chunk { rows: std::mem::take(&mut self.rows), columns },
        }
    }
}

/// A column under construction.
#[derive(Debug)]
struct Target {
    field: usize,
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

/// A cell that was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pushed {
    Exactly,
    /// A number with more decimal places than are kept.
    Rounded,
}

type PushResult = std::result::Result<Pushed, Reason>;

impl Target {
    /// Adds a cell, or says why it cannot be read.
    #[inline]
    fn push(&mut self, bytes: &[u8]) -> PushResult {
        match &mut self.store {
            Store::Text { codes, .. } => {
                let text = bytes.trim_ascii();
                if text.is_empty() && self.needed {
                    return Err(if self.role == Role::User { Reason::NoUser } else { Reason::EmptyCell });
                }
                if codes.push(text) { Ok(Pushed::Exactly) } else { Err(Reason::NotUtf8) }
            }
            Store::Time { times, reader } => match reader.read(bytes) {
                Some(micros) => {
                    times.push(micros);
                    Ok(Pushed::Exactly)
                }
                None if !bytes.trim_ascii().is_empty() => Err(Reason::BadTime),
                None if self.needed => Err(Reason::NoTime),
                None => {
                    times.push(Times::MISSING);
                    Ok(Pushed::Exactly)
                }
            },
            Store::Number(decimals) => {
                if bytes.trim_ascii().is_empty() {
                    if self.needed {
                        return Err(Reason::EmptyCell);
                    }
                    decimals.values.push(Decimals::MISSING);
                    return Ok(Pushed::Exactly);
                }
                push_number(decimals, decimal::parse_with(bytes, self.number_format))
            }
        }
    }

    /// Adds the product of quantity and price; nothing where one of them is empty.
    fn push_product(&mut self, fields: Fields<'_>, product: Product) -> PushResult {
        let Store::Number(decimals) = &mut self.store else { return Err(Reason::BadNumber) };
        let (quantity, price) = (fields.get(product.quantity), fields.get(product.price));
        if quantity.trim_ascii().is_empty() || price.trim_ascii().is_empty() {
            decimals.values.push(Decimals::MISSING);
            return Ok(Pushed::Exactly);
        }
        let quantity = decimal::parse_with(quantity, product.quantity_format);
        let price = decimal::parse_with(price, product.price_format);
        push_number(decimals, quantity.zip(price).and_then(|(quantity, price)| line_value(quantity, price)))
    }
}

#[inline]
fn push_number(decimals: &mut Decimals, number: Option<Parsed>) -> PushResult {
    match number {
        Some(number) if decimals.push(number) => {
            Ok(if number.rounded { Pushed::Rounded } else { Pushed::Exactly })
        }
        _ => Err(Reason::BadNumber),
    }
}

impl Store {
    /// The rows so far.
    fn take(&mut self) -> ChunkColumn {
        match self {
            Self::Text { codes, sent } => {
                let mut new = Texts::default();
                codes.dictionary.iter_from(*sent).for_each(|text| new.push(text));
                *sent = codes.dictionary.len();
                let rows = std::mem::replace(&mut codes.rows, CodeVec::U8(Vec::new()));
                ChunkColumn::Text { new, codes: rows }
            }
            Self::Number(decimals) => {
                let Decimals { values, scale } = std::mem::take(decimals);
                ChunkColumn::Number { scale, values }
            }
            Self::Time { times, .. } => {
                let Times { values, seconds, .. } = std::mem::replace(times, Times::new(times.clock));
                ChunkColumn::Time { seconds, values }
            }
        }
    }

    /// Adds an empty cell in place of one that cannot be read.
    fn push_empty(&mut self) {
        match self {
            Self::Text { codes, .. } => drop(codes.push(b"")),
            Self::Number(decimals) => decimals.values.push(Decimals::MISSING),
            Self::Time { times, .. } => times.push(Times::MISSING),
        }
    }

    /// Takes the last cell back.
    fn pop(&mut self) {
        match self {
            Self::Text { codes, .. } => crate::with_codes!(&mut codes.rows, rows => {
                rows.pop();
            }),
            Self::Number(decimals) => decimals.values.pop(),
            Self::Time { times, .. } => times.values.pop(),
        }
    }
}

/// Where quantity and price stand, and how they are written.
#[derive(Clone, Copy)]
struct Product {
    quantity: usize,
    price: usize,
    quantity_format: NumberFormat,
    price_format: NumberFormat,
}

/// Where the rows of a slice go.
struct Rows<'a> {
    fields: usize,
    columns: &'a [PlannedColumn],
    product: Option<Product>,
    /// Whether the text was decoded from other letters, and U+FFFD stands for what could not be.
    decoded: bool,
    targets: &'a mut [Target],
    ledger: &'a mut Ledger,
    spans: &'a mut Vec<SpanOfBytes>,
    texts: Option<&'a mut Vec<String>>,
    delimiter: char,
    kept: &'a mut u32,
}

impl Rows<'_> {
    #[inline]
    fn take(&mut self, place: Place, found: Found<'_>) {
        self.ledger.rows_read += 1;
        match found {
            Found::Record(fields) if fields.len() == self.fields => self.row(place, fields),
            Found::Record(fields) => {
                let reason =
                    if fields.len() < self.fields { Reason::MissingFields } else { Reason::ExtraFields };
                let reason = if is_totals_row(fields) { Reason::TotalsRow } else { reason };
                let found = format!("{} / {}", fields.len(), self.fields);
                self.set_aside(place, reason, None, found.as_bytes(), Found::Record(fields));
            }
            Found::Broken(line) => {
                self.set_aside(place, Reason::UnclosedQuote, None, line, Found::Broken(line))
            }
        }
    }

    #[inline]
    fn row(&mut self, place: Place, fields: Fields<'_>) {
        for index in 0..self.targets.len() {
            let Some(target) = self.targets.get_mut(index) else { return };
            let bytes = fields.get(target.field);
            let pushed = match self.product {
                Some(product) if target.field == PRODUCT => target.push_product(fields, product),
                _ if self.decoded && has_unreadable(bytes) => Err(Reason::NotUtf8),
                _ => target.push(bytes),
            };
            match pushed {
                Ok(Pushed::Exactly) => {}
                Ok(Pushed::Rounded) => {
                    let name = self.columns.get(index).map_or("", |column| &column.name);
                    self.ledger.note_rounded(name, place.row, bytes);
                }
                Err(reason) => {
                    if !self.misfit(place, index, reason, fields) {
                        return;
                    }
                }
            }
        }
        *self.kept += 1;
        self.ledger.rows_used += 1;
    }

    /// Deals with a cell that cannot be read; tells whether its row is kept.
    #[cold]
    #[inline(never)]
    fn misfit(&mut self, place: Place, index: usize, reason: Reason, fields: Fields<'_>) -> bool {
        let name = self.columns.get(index).map_or("", |column| &column.name);
        let bytes = self.targets.get(index).map_or(&b""[..], |target| fields.get(target.field));
        let attribute = self.targets.get(index).is_some_and(|target| target.role == Role::Attribute);
        if attribute && reason != Reason::NotUtf8 {
            if let Some(target) = self.targets.get_mut(index) {
                target.store.push_empty();
            }
            self.ledger.note_emptied(name, place.row, bytes);
            return true;
        }
        self.targets.iter_mut().take(index).for_each(|target| target.store.pop());
        let reason = if is_totals_row(fields) { Reason::TotalsRow } else { reason };
        self.set_aside(place, reason, Some(name), bytes, Found::Record(fields));
        false
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
        if let Some(texts) = &mut self.texts {
            if texts.len() < SPANS_KEPT {
                texts.push(written(record, self.delimiter));
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

fn has_unreadable(cell: &[u8]) -> bool {
    memchr::memmem::find(cell, "\u{fffd}".as_bytes()).is_some()
}
