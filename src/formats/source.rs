//! Where bytes come from, and how far we follow what is packed.

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use strata_core::error::{Error, ErrorKind, Result};

/// A file, or what stands for one.
pub trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

/// Any source.
pub type AnySource = Box<dyn Source>;

/// How much a file may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that come out of a packed file one after the other.
    pub stream: u64,
    /// Bytes that have to be held at once: a packed workbook, a shared table of texts, one page of a column.
    pub memory: u64,
}

impl Default for Limits {
    /// What a browser tab can take.
    fn default() -> Self {
        Self { stream: 64 << 30, memory: 1 << 30 }
    }
}

/// One source read in several places at a time, each with a position of its own.
#[derive(Clone)]
pub(crate) struct Shared {
    source: Rc<RefCell<(AnySource, u64)>>,
    position: u64,
    length: u64,
}

impl Shared {
    pub(crate) fn new(mut source: AnySource) -> io::Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        Ok(Self { source: Rc::new(RefCell::new((source, length))), position: 0, length })
    }
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut shared = self.source.try_borrow_mut().map_err(io::Error::other)?;
        let (source, place) = &mut *shared;
        if *place != self.position {
            source.seek(SeekFrom::Start(self.position))?;
        }
        let read = source.read(buffer)?;
        self.position += read as u64;
        *place = self.position;
        Ok(read)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = seek_to(to, self.position, self.length)?;
        Ok(self.position)
    }
}

/// Where a seek leads, from a position in a source of this length.
pub(crate) fn seek_to(to: SeekFrom, position: u64, length: u64) -> io::Result<u64> {
    let position = match to {
        SeekFrom::Start(position) => Some(position),
        SeekFrom::End(offset) => length.checked_add_signed(offset),
        SeekFrom::Current(offset) => position.checked_add_signed(offset),
    };
    position.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// The first bytes of a source, at most so many; the source is at its beginning again afterwards.
pub(crate) fn head(source: &mut dyn Source, bytes: u64) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    source.take(bytes).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    Ok(head)
}

/// Bytes in memory as a source.
pub(crate) fn in_memory(bytes: Vec<u8>) -> AnySource {
    Box::new(Cursor::new(bytes))
}

/// An error of ours on its way through somebody else's reader.
pub(crate) fn to_io(error: Error) -> io::Error {
    io::Error::other(error)
}

/// What a reader said, as an error of ours: our own comes back as it was.
pub(crate) fn from_io(error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Unsupported => ErrorKind::BrokenFile,
        io::ErrorKind::OutOfMemory => ErrorKind::InflatesTooMuch,
        _ => ErrorKind::Unreadable,
    };
    let text = error.to_string();
    let own = error.into_inner().and_then(|inner| inner.downcast::<Error>().ok());
    own.map_or_else(|| Error::new(kind).found(text), |own| *own)
}

/// Finds an error of ours among the causes of somebody else's; otherwise the file is broken in the way it says.
pub(crate) fn from_cause(error: &(dyn std::error::Error + 'static)) -> Error {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(own) = error.downcast_ref::<Error>() {
            return own.clone();
        }
        if let Some(own) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(own) = own.downcast_ref::<Error>()
        {
            return own.clone();
        }
        cause = error.source();
    }
    Error::new(ErrorKind::BrokenFile).found(error)
}

/// Reads all of it into memory, within the limit.
pub(crate) fn read_all(source: &mut dyn Read, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(from_io)?;
    if bytes.len() as u64 > limit {
        return Err(too_much(limit));
    }
    Ok(bytes)
}

/// More would come out than is allowed.
pub(crate) fn too_much(limit: u64) -> Error {
    Error::new(ErrorKind::InflatesTooMuch).found(format!("> {} MB", limit >> 20)).expected(megabytes(limit))
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes >> 20)
}
