//! A file as the Parquet reader wants it: read at any place, by anybody.
//!
//! The reader asks for something that can be shared between threads; a browser's file cannot. So the file lies in a list of
//! this thread, and what the reader holds is its number there.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Read, SeekFrom};
use std::sync::{Arc, Mutex};

use ::parquet::basic::Compression;
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::ParquetMetaData;
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;
use strata_core::error::{Error, ErrorKind};

use crate::inflate::RATIO;
use crate::source::{AnySource, Limits, megabytes};

thread_local! {
    static FILES: RefCell<(u64, HashMap<u64, AnySource>)> = RefCell::default();
}

/// Bytes read at once: fewer and larger reads where a read is dear.
const WINDOW: u64 = 1 << 20;

/// Bytes of a group of rows that are read at once; most groups are smaller.
const MOST_AHEAD: u64 = 16 << 20;

/// A page up to here may pack as well as it likes.
const FREE_PAGE: u64 = 64 << 20;

/// The last to hold the file's number gives it back.
struct Number(u64);

impl Drop for Number {
    fn drop(&mut self) {
        let number = self.0;
        let _ = FILES.try_with(|files| files.try_borrow_mut().map(|mut files| files.1.remove(&number)));
    }
}

/// Bytes of one column, of which the reader asks for page after page.
struct Span {
    start: u64,
    end: u64,
    compression: Compression,
    window_start: u64,
    window: Bytes,
    /// The size that the last header promised for its page.
    promised: u64,
}

/// A file at any place.
#[derive(Clone)]
pub(super) struct Input {
    number: Arc<Number>,
    length: u64,
    limits: Limits,
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Input {
    pub(super) fn new(mut source: AnySource, limits: Limits) -> io::Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        let number = FILES.with_borrow_mut(|(next, files)| {
            *next += 1;
            files.insert(*next, source);
            *next
        });
        Ok(Self { number: Arc::new(Number(number)), length, limits, spans: Arc::default() })
    }

    /// The same file for reading some columns of some groups of rows.
    pub(super) fn for_columns(
        &self,
        metadata: &ParquetMetaData,
        groups: &[usize],
        columns: &[usize],
    ) -> std::result::Result<Self, Error> {
        let mut spans = Vec::new();
        for group in groups.iter().filter_map(|&group| metadata.row_groups().get(group)) {
            for column in columns.iter().filter_map(|&column| group.columns().get(column)) {
                let first =
                    column.dictionary_page_offset().unwrap_or(i64::MAX).min(column.data_page_offset());
                let end = first.checked_add(column.compressed_size());
                let (Ok(start), Some(Ok(end))) = (u64::try_from(first), end.map(u64::try_from)) else {
                    return Err(Error::new(ErrorKind::BrokenFile).found("offset"));
                };
                if end > self.length || start > end {
                    return Err(Error::new(ErrorKind::BrokenFile).found(format!("{end} > {}", self.length)));
                }
                let (compression, window) = (column.compression(), Bytes::new());
                spans.push(Span { start, end, compression, window_start: start, window, promised: 0 });
            }
        }
        let spans = Arc::new(Mutex::new(spans));
        let input = Self { spans, ..self.clone() };
        input.read_ahead().map_err(|error| crate::source::from_cause(&error))?;
        Ok(input)
    }

    /// Reads columns that lie close together at once.
    fn read_ahead(&self) -> Result<()> {
        let mut spans = self.spans.lock().map_err(|_| ParquetError::General("lock".to_owned()))?;
        let start = spans.iter().map(|span| span.start).min().unwrap_or(0);
        let end = spans.iter().map(|span| span.end).max().unwrap_or(0);
        let wanted: u64 = spans.iter().map(|span| span.end - span.start).sum();
        if end - start > MOST_AHEAD || wanted < (end - start) / 2 {
            return Ok(());
        }
        let bytes = self.read(start, (end - start) as usize)?;
        for span in spans.iter_mut() {
            span.window = bytes.slice((span.start - start) as usize..(span.end - start) as usize);
        }
        Ok(())
    }

    fn read(&self, start: u64, length: usize) -> Result<Bytes> {
        let out = || ParquetError::EOF(format!("{start} + {length} > {}", self.length));
        let end = start.checked_add(length as u64).ok_or_else(out)?;
        if end > self.length {
            return Err(out());
        }
        FILES.with_borrow_mut(|(_, files)| {
            let source = files.get_mut(&self.number.0).ok_or_else(out)?;
            source.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(length).map_err(|error| ParquetError::External(Box::new(error)))?;
            bytes.resize(length, 0);
            // In one call: a browser's file is read as often as it is asked.
            source.read_exact(&mut bytes)?;
            Ok(bytes.into())
        })
    }

    /// Bytes of a column: at least `least`, more when they are at hand.
    fn window(&self, start: u64, least: usize) -> Result<Bytes> {
        let mut spans = self.spans.lock().map_err(|_| ParquetError::General("lock".to_owned()))?;
        let span = spans.iter_mut().find(|span| (span.start..span.end).contains(&start));
        let Some(span) = span else {
            drop(spans);
            return self.read(start, least);
        };
        let end = start.checked_add(least as u64).filter(|&end| end <= span.end);
        let end = end.ok_or_else(|| ParquetError::EOF(format!("{start} + {least} > {}", span.end)))?;
        let window = span.window_start..span.window_start + span.window.len() as u64;
        if !(window.contains(&start) && end <= window.end) {
            let length = (least as u64).max(WINDOW).min(span.end - start);
            span.window = self.read(start, usize::try_from(length).unwrap_or(least))?;
            span.window_start = start;
        }
        Ok(span.window.slice((start - span.window_start) as usize..))
    }

    /// A page's header begins here: its sizes are looked at before anybody believes them.
    fn check_header(&self, start: u64) -> Result<()> {
        let mut spans = self.spans.lock().map_err(|_| ParquetError::General("lock".to_owned()))?;
        let Some(span) = spans.iter_mut().find(|span| (span.start..span.end).contains(&start)) else {
            return Ok(());
        };
        let place = start.saturating_sub(span.window_start) as usize;
        let Some((size, packed)) = span.window.get(place..).and_then(page_sizes) else { return Ok(()) };
        span.promised = size;
        if packed > span.end - start {
            return Err(ParquetError::EOF(format!("{packed} > {}", span.end - start)));
        }
        if size > self.limits.memory || (size > FREE_PAGE && size / RATIO > packed) {
            return Err(too_large(size, self.limits.memory));
        }
        Ok(())
    }

    /// Two codecs write until their input ends, whatever the header promised; they are tried out first where it matters.
    fn check_page(&self, start: u64, page: &[u8]) -> Result<()> {
        let spans = self.spans.lock().map_err(|_| ParquetError::General("lock".to_owned()))?;
        let Some(span) = spans.iter().find(|span| (span.start..span.end).contains(&start)) else {
            return Ok(());
        };
        let (compression, promised) = (span.compression, span.promised);
        drop(spans);
        let written = match compression {
            // Deflate packs 1,032 : 1 at best.
            Compression::GZIP(_) if page.len() as u64 * 1032 > self.limits.memory => {
                io::copy(&mut flate2::read::MultiGzDecoder::new(page).take(promised + 1), &mut io::sink())
            }
            Compression::BROTLI(_) if promised > 0 => {
                io::copy(&mut brotli::Decompressor::new(page, 1 << 16).take(promised + 1), &mut io::sink())
            }
            _ => return Ok(()),
        };
        // A version 2 page begins with levels that are not packed: the reader finds what is wrong there by itself.
        match written {
            Ok(written) if written > promised => Err(too_large(written, promised)),
            _ => Ok(()),
        }
    }
}

fn too_large(found: u64, expected: u64) -> ParquetError {
    let error = Error::new(ErrorKind::InflatesTooMuch).found(megabytes(found)).expected(megabytes(expected));
    ParquetError::External(Box::new(error))
}

/// A page's size and its packed size. A header is Thrift, and begins with three numbers: type, size, packed size.
fn page_sizes(header: &[u8]) -> Option<(u64, u64)> {
    let mut rest = header;
    let mut numbers = [0u64; 3];
    for number in &mut numbers {
        let (&0x15, after) = rest.split_first()? else { return None };
        rest = after;
        let mut shift = 0;
        loop {
            let (&byte, after) = rest.split_first()?;
            rest = after;
            *number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
    }
    // Signed numbers are written with the sign in the lowest bit.
    let [_, size, packed] = numbers;
    (size & 1 == 0 && packed & 1 == 0).then_some((size >> 1, packed >> 1))
}

impl Length for Input {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Input {
    type T = InputRead;

    fn get_read(&self, start: u64) -> Result<InputRead> {
        let at_hand = if start < self.length { self.window(start, 1)? } else { Bytes::new() };
        self.check_header(start)?;
        Ok(InputRead { input: self.clone(), next: start + at_hand.len() as u64, at_hand })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.window(start, length)?.slice(..length);
        self.check_page(start, &bytes)?;
        Ok(bytes)
    }
}

/// Reads a file from a place on.
pub(super) struct InputRead {
    input: Input,
    at_hand: Bytes,
    next: u64,
}

impl Read for InputRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at_hand.is_empty() && self.next < self.input.length {
            self.at_hand = self.input.window(self.next, 1).map_err(io::Error::other)?;
            self.next += self.at_hand.len() as u64;
        }
        let taken = self.at_hand.len().min(buffer.len());
        let taken = self.at_hand.split_to(taken);
        buffer.iter_mut().zip(&taken).for_each(|(to, from)| *to = *from);
        Ok(taken.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// The beginning of a page's header: type 0, a size of 1 GB, a packed size of 5 bytes.
    const HEADER: [u8; 9] = [0x15, 0, 0x15, 0x80, 0x80, 0x80, 0x80, 0x08, 0x15];

    fn input(bytes: Vec<u8>, compression: Compression) -> Input {
        let end = bytes.len() as u64;
        let input =
            Input::new(Box::new(Cursor::new(bytes)), Limits { stream: 1 << 20, memory: 1 << 30 }).unwrap();
        let span = Span { start: 0, end, compression, window_start: 0, window: Bytes::new(), promised: 0 };
        input.spans.lock().unwrap().push(span);
        input
    }

    #[test]
    fn sizes_are_not_believed() {
        assert_eq!(page_sizes(&[&HEADER[..], &[10]].concat()), Some((1 << 30, 5)));
        assert_eq!(page_sizes(&HEADER), None);
        let absurd = input([&HEADER[..], &[10, 0, 0, 0, 0, 0, 0]].concat(), Compression::SNAPPY);
        let error = crate::source::from_cause(&absurd.get_read(0).err().unwrap());
        assert_eq!(error.kind, ErrorKind::InflatesTooMuch);
        let beyond = input([0x15, 0, 0x15, 20, 0x15, 0x80, 0x08].to_vec(), Compression::SNAPPY);
        assert!(beyond.get_read(0).is_err());
    }

    #[test]
    fn a_page_that_becomes_more_than_it_says_is_refused() {
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut &vec![b'a'; 100_000][..], &mut packed, &Default::default()).unwrap();
        let length = packed.len();
        let input = input(packed, Compression::BROTLI(Default::default()));
        for (promised, refused) in [(100_000, false), (99_999, true)] {
            input.spans.lock().unwrap()[0].promised = promised;
            assert_eq!(input.get_bytes(0, length).is_err(), refused, "{promised}");
        }
    }

    #[test]
    fn bytes_at_any_place() {
        let bytes: Vec<u8> = (0..3 << 20).map(|place: u32| (place % 251) as u8).collect();
        let input = input(bytes.clone(), Compression::UNCOMPRESSED);
        for (start, length) in [(0, 10), (5, 1 << 21), ((3 << 20) - 1, 1), (7, 0)] {
            assert_eq!(input.get_bytes(start as u64, length).unwrap(), bytes[start..start + length]);
        }
        assert!(input.get_bytes(3 << 20, 1).is_err());
        let mut all = Vec::new();
        input.get_read(3).unwrap().read_to_end(&mut all).unwrap();
        assert_eq!(all, bytes[3..]);
    }
}
