//! Packed streams, watched: what inflates beyond reason is refused before it fills the memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use strata_core::error::{Error, ErrorKind};

use crate::source::{Limits, megabytes, to_io, too_much};

/// Real data pack 3:1 to 30:1, logs of the same line perhaps 100:1; the formats can do 1,000:1 and more.
pub(crate) const RATIO: u64 = 200;

/// Up to here any ratio is all right: it harms nobody.
pub(crate) const FREE: u64 = 16 << 20;

/// The largest window that a zstd stream may ask for; what `zstd` itself accepts without being told.
const WINDOW: u64 = 128 << 20;

/// Counts what is taken from a source.
struct Counted<R> {
    source: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

/// What comes out of a decoder.
struct Watched {
    decoder: Box<dyn Read>,
    taken: Rc<Cell<u64>>,
    given: u64,
    limit: u64,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        self.given += read as u64;
        check(self.taken.get(), self.given, self.limit).map_err(to_io)?;
        Ok(read)
    }
}

/// Whether so many bytes may come out of so many.
pub(crate) fn check(taken: u64, given: u64, limit: u64) -> Result<(), Error> {
    if given > limit {
        return Err(too_much(limit));
    }
    if given > FREE && given / RATIO > taken {
        let found = format!("{} : 1", given / taken.max(1));
        return Err(Error::new(ErrorKind::InflatesTooMuch)
            .found(found)
            .expected(format!("{RATIO} : 1, {}", megabytes(limit))));
    }
    Ok(())
}

/// How bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Not at all.
    Stored,
    /// gzip, perhaps several after another.
    Gzip,
    /// zstd, perhaps several after another.
    Zstd,
    /// As in most zip files.
    Deflate,
    /// As Windows packs files beyond 2 GB.
    Deflate64,
}

/// The content of a packed stream.
pub(crate) fn inflate(source: impl Read + 'static, packing: Packing, limits: Limits) -> Box<dyn Read> {
    let taken = Rc::new(Cell::new(0));
    let counted = Counted { source, taken: Rc::clone(&taken) };
    let decoder: Box<dyn Read> = match packing {
        Packing::Stored => return Box::new(counted.take(limits.stream)),
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(counted)),
        Packing::Zstd => Box::new(zstd::decoder::Decoder::new(counted, WINDOW)),
        Packing::Deflate => Box::new(flate2::read::DeflateDecoder::new(counted)),
        Packing::Deflate64 => Box::new(deflate64::Deflate64Decoder::new(counted)),
    };
    Box::new(Watched { decoder, taken, given: 0, limit: limits.stream })
}
