//! Arrow's own format: a stream of messages, or a file of messages with an index behind them. Only the headers of messages
//! are read when the file is opened.

use std::collections::VecDeque;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::FileDecoder;
use arrow_ipc::{Block, MessageHeader, MetadataVersion, root_as_message};
use arrow_schema::{Schema, SchemaRef};
use strata_core::error::{Error, ErrorKind, Result};

use super::Batches;
use crate::Format;
use crate::inflate::RATIO;
use crate::source::{AnySource, Limits, Shared, from_cause, from_io, megabytes};

/// A header may be so large; it describes buffers and holds none.
const MOST_HEADER: u64 = 64 << 20;

/// What a buffer may become however well it packs.
const FREE_BUFFER: u64 = 64 << 20;

/// Rows of one chunk.
const BATCH: usize = 131_072;

/// Where a message lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: u64,
    header: u64,
    body: u64,
    /// Rows, for a record batch; none for a dictionary.
    rows: Option<u64>,
}

/// An open file.
pub(super) struct ArrowFile {
    source: Shared,
    schema: SchemaRef,
    version: MetadataVersion,
    places: Vec<Place>,
    limits: Limits,
}

impl ArrowFile {
    pub(super) fn open(source: AnySource, format: Format, limits: Limits) -> Result<Self> {
        let mut source = Shared::new(source).map_err(from_io)?;
        let length = source.seek(SeekFrom::End(0)).map_err(from_io)?;
        let (schema, version, places) = match format {
            Format::ArrowFile => index(&mut source, length)?,
            _ => walk(&mut source, length)?,
        };
        Ok(Self { source, schema: Arc::new(schema), version, places, limits })
    }

    pub(super) fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    pub(super) fn row_groups(&self) -> Vec<u64> {
        self.places.iter().filter_map(|place| place.rows).collect()
    }

    pub(super) fn batches(&self, fields: &[usize], groups: Range<usize>) -> Result<Box<dyn Batches>> {
        let mut places = VecDeque::new();
        let mut group = 0;
        for place in &self.places {
            // A dictionary may serve any batch behind it.
            if place.rows.is_none() && group < groups.end {
                places.push_back(*place);
            } else if place.rows.is_some() {
                if groups.contains(&group) {
                    places.push_back(*place);
                }
                group += 1;
            }
        }
        let decoder = FileDecoder::new(self.schema(), self.version).with_projection(fields.to_vec());
        let (source, limits) = (self.source.clone(), self.limits);
        Ok(Box::new(Messages { source, decoder, places, limits, rest: None }))
    }
}

/// What a file is made of: its schema and where its messages lie.
type Index = (Schema, MetadataVersion, Vec<Place>);

/// The index at the end of a file.
fn index(source: &mut Shared, length: u64) -> Result<Index> {
    let mut end = [0; 10];
    source.seek(SeekFrom::Start(length.saturating_sub(10))).map_err(from_io)?;
    source.read_exact(&mut end).map_err(from_io)?;
    let size = arrow_ipc::reader::read_footer_length(end).map_err(|error| from_cause(&error))? as u64;
    if size > MOST_HEADER || size + 18 > length {
        return Err(broken(format!("{size} > {length}")));
    }
    source.seek(SeekFrom::Start(length - 10 - size)).map_err(from_io)?;
    let mut footer = vec![0; size as usize];
    source.read_exact(&mut footer).map_err(from_io)?;
    let footer = arrow_ipc::root_as_footer(&footer).map_err(broken)?;
    let schema = footer.schema().ok_or_else(|| broken("schema"))?;
    let schema = arrow_ipc::convert::try_fb_to_schema(schema).map_err(|error| from_cause(&error))?;
    let mut places = Vec::new();
    for block in footer.dictionaries().iter().flatten().chain(footer.recordBatches().iter().flatten()) {
        let number = |value: i64| u64::try_from(value).map_err(broken);
        let (start, body) = (number(block.offset())?, number(block.bodyLength())?);
        let header = number(i64::from(block.metaDataLength()))?;
        if start.checked_add(header).and_then(|end| end.checked_add(body)).is_none_or(|end| end > length) {
            return Err(broken(format!("{start} + {header} + {body} > {length}")));
        }
        let (_, bytes) = read_header(source, start, length)?.ok_or_else(|| broken("message"))?;
        places.push(Place { start, header, body, rows: rows(&bytes)? });
    }
    Ok((schema, footer.version(), places))
}

/// The messages of a stream.
fn walk(source: &mut Shared, length: u64) -> Result<Index> {
    let (mut schema, mut places, mut next) = (None, Vec::new(), 0);
    while let Some((start, header)) = read_header(source, next, length)? {
        let message = root_as_message(&header).map_err(broken)?;
        let body = u64::try_from(message.bodyLength()).unwrap_or(u64::MAX);
        let header_end = start + header.len() as u64;
        if header_end.checked_add(body).is_none_or(|end| end > length) {
            return Err(broken(format!("{header_end} + {body} > {length}")));
        }
        match message.header_type() {
            MessageHeader::Schema => {
                let found = message.header_as_schema().ok_or_else(|| broken("schema"))?;
                let found =
                    arrow_ipc::convert::try_fb_to_schema(found).map_err(|error| from_cause(&error))?;
                schema = Some((found, message.version()));
            }
            MessageHeader::RecordBatch | MessageHeader::DictionaryBatch => {
                places.push(Place { start: next, header: header_end - next, body, rows: rows(&header)? });
            }
            _ => {}
        }
        next = header_end + body;
    }
    let (schema, version) = schema.ok_or_else(|| broken("schema"))?;
    Ok((schema, version, places))
}

/// The rows of a record batch; none for a dictionary.
fn rows(header: &[u8]) -> Result<Option<u64>> {
    let message = root_as_message(header).map_err(broken)?;
    Ok(message.header_as_record_batch().map(|batch| u64::try_from(batch.length()).unwrap_or(0)))
}

/// The header of the message that begins here: where the header itself begins, and its bytes. Nothing at the end.
fn read_header(source: &mut Shared, start: u64, length: u64) -> Result<Option<(u64, Vec<u8>)>> {
    source.seek(SeekFrom::Start(start)).map_err(from_io)?;
    let mut begun = start;
    let mut size = 0;
    // Old files lack the mark before the size.
    for _ in 0..2 {
        let mut bytes = [0; 4];
        if begun + 4 > length {
            return Ok(None);
        }
        source.read_exact(&mut bytes).map_err(from_io)?;
        begun += 4;
        size = u32::from_le_bytes(bytes);
        if size != u32::MAX {
            break;
        }
    }
    let size = u64::from(size);
    if size == 0 {
        return Ok(None);
    }
    if size > MOST_HEADER || begun + size > length {
        return Err(broken(format!("{size} > {}", length - begun)));
    }
    let mut header = Vec::new();
    source.take(size).read_to_end(&mut header).map_err(from_io)?;
    Ok(Some((begun, header)))
}

fn broken(found: impl ToString) -> Error {
    Error::new(ErrorKind::BrokenFile).found(found)
}

/// Reads message after message.
struct Messages {
    source: Shared,
    decoder: FileDecoder,
    places: VecDeque<Place>,
    limits: Limits,
    /// What is left of a batch that is too large for one chunk.
    rest: Option<RecordBatch>,
}

impl Messages {
    fn read(&mut self, place: Place) -> Result<Option<RecordBatch>> {
        let length = place.header + place.body;
        self.source.seek(SeekFrom::Start(place.start)).map_err(from_io)?;
        let mut bytes = Vec::new();
        let room = usize::try_from(length).ok().filter(|_| length <= self.limits.memory);
        let room = room.filter(|&room| bytes.try_reserve_exact(room).is_ok());
        if room.is_none() {
            let limit = megabytes(self.limits.memory);
            return Err(Error::new(ErrorKind::InflatesTooMuch).found(megabytes(length)).expected(limit));
        }
        bytes.resize(length as usize, 0);
        self.source.read_exact(&mut bytes).map_err(from_io)?;
        check_buffers(&bytes, place, self.limits)?;
        let header = i32::try_from(place.header).map_err(|_| broken("header"))?;
        let block = Block::new(0, header, i64::try_from(place.body).map_err(|_| broken("body"))?);
        let buffer = arrow_buffer::Buffer::from_vec(bytes);
        if place.rows.is_none() {
            self.decoder.read_dictionary(&block, &buffer).map_err(|error| from_cause(&error))?;
            return Ok(None);
        }
        self.decoder.read_record_batch(&block, &buffer).map_err(|error| from_cause(&error))
    }
}

/// Looks at where buffers say they lie, and at what packed ones say they become, before anybody believes it.
fn check_buffers(message: &[u8], place: Place, limits: Limits) -> Result<()> {
    let body_start = usize::try_from(place.header).unwrap_or(usize::MAX);
    let prefix = if message.starts_with(&[0xff; 4]) { 8 } else { 4 };
    let (Some(header), Some(body)) = (message.get(prefix..body_start), message.get(body_start..)) else {
        return Err(broken("message"));
    };
    let message = root_as_message(header).map_err(broken)?;
    let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
    let is_packed = batch.compression().is_some();
    let mut sum = 0u64;
    for buffer in batch.buffers().iter().flatten() {
        let start = usize::try_from(buffer.offset()).unwrap_or(usize::MAX);
        let packed = u64::try_from(buffer.length()).unwrap_or(u64::MAX);
        if packed > 0 && (start as u64).checked_add(packed).is_none_or(|end| end > body.len() as u64) {
            return Err(broken(format!("{start} + {packed} > {}", body.len())));
        }
        if !is_packed {
            continue;
        }
        let Some((size, _)) = body.get(start..).and_then(|rest| rest.split_first_chunk::<8>()) else {
            continue;
        };
        if packed < 8 {
            continue;
        }
        // Minus one means that this buffer is not packed.
        let size = u64::try_from(i64::from_le_bytes(*size)).unwrap_or(0);
        sum = sum.saturating_add(size);
        if sum > limits.memory || (size > FREE_BUFFER && size / RATIO > packed) {
            let error = Error::new(ErrorKind::InflatesTooMuch).found(megabytes(sum));
            return Err(error.expected(megabytes(limits.memory)));
        }
    }
    Ok(())
}

impl Batches for Messages {
    fn next(&mut self) -> Option<Result<RecordBatch>> {
        loop {
            if let Some(batch) = self.rest.take() {
                let rows = batch.num_rows();
                if rows > BATCH {
                    self.rest = Some(batch.slice(BATCH, rows - BATCH));
                    return Some(Ok(batch.slice(0, BATCH)));
                }
                if rows > 0 {
                    return Some(Ok(batch));
                }
            }
            let place = self.places.pop_front()?;
            match self.read(place) {
                Ok(batch) => self.rest = batch,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
