//! A ZIP archive that is written from front to back: sizes and checksums stand behind each member (general purpose bit 3), as
//! Java's writers do it, so that nothing waits for the end of a long one.
//!
//! Format: APPNOTE 6.3.3, without the extensions for more than 4 GiB: what would need them is refused.

use crc32fast::Hasher;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};

use crate::error::{Error, ErrorKind, Result};

/// How hard deflate tries, of 10: the sheets' XML becomes a tenth already.
const LEVEL: i32 = 2;

/// Sizes come later; names are UTF-8.
const FLAGS: u16 = 0x0808;

/// Version 2.0, for deflate.
const VERSION: u16 = 20;

/// The first day that a member can bear: nothing tells when it was made.
const DATE: u16 = 0x21;

/// An archive under construction.
pub struct Zip {
    out: Vec<u8>,
    /// Bytes that have been taken away.
    taken: u64,
    done: Vec<Member>,
    open: Option<Open>,
}

impl std::fmt::Debug for Zip {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Zip").field("members", &self.done).finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Member {
    name: &'static str,
    start: u32,
    sum: u32,
    packed: u32,
    bytes: u32,
}

struct Open {
    name: &'static str,
    start: u64,
    /// Where its content begins.
    content: u64,
    bytes: u64,
    sum: Hasher,
    deflate: Box<CompressorOxide>,
}

impl Zip {
    /// An empty archive.
    #[must_use]
    pub fn new() -> Self {
        Self { out: Vec::new(), taken: 0, done: Vec::new(), open: None }
    }

    fn place(&self) -> u64 {
        self.taken + self.out.len() as u64
    }

    fn put(&mut self, halves: &[u16]) {
        self.out.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
    }

    fn put_long(&mut self, words: &[u32]) {
        self.out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    /// Begins a member; the one before ends.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] beyond 4 GiB.
    pub fn begin(&mut self, name: &'static str) -> Result<()> {
        self.end()?;
        let start = self.place();
        self.put_long(&[0x0403_4b50]);
        self.put(&[VERSION, FLAGS, 8, 0, DATE]);
        self.put_long(&[0, 0, 0]);
        self.put(&[u16::try_from(name.len()).unwrap_or(0), 0]);
        self.out.extend(name.as_bytes());
        let flags = create_comp_flags_from_zip_params(LEVEL, -15, 0);
        let (content, deflate) = (self.place(), Box::new(CompressorOxide::new(flags)));
        self.open = Some(Open { name, start, content, bytes: 0, sum: Hasher::new(), deflate });
        Ok(())
    }

    /// Adds to the open member.
    pub fn write(&mut self, bytes: &[u8]) {
        self.squeeze(bytes, TDEFLFlush::None);
    }

    fn squeeze(&mut self, bytes: &[u8], flush: TDEFLFlush) {
        let Some(open) = &mut self.open else { return };
        open.bytes += bytes.len() as u64;
        open.sum.update(bytes);
        let out = &mut self.out;
        compress_to_output(&mut open.deflate, bytes, flush, |packed| {
            out.extend_from_slice(packed);
            true
        });
    }

    /// Ends the open member.
    fn end(&mut self) -> Result<()> {
        self.squeeze(b"", TDEFLFlush::Finish);
        let end = self.place();
        let Some(Open { name, start, content, bytes, sum, .. }) = self.open.take() else { return Ok(()) };
        let sum = sum.finalize();
        let (start, packed, bytes) = (small(start)?, small(end - content)?, small(bytes)?);
        self.put_long(&[0x0807_4b50, sum, packed, bytes]);
        self.done.push(Member { name, start, sum, packed, bytes });
        Ok(())
    }

    /// What has been written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        self.taken += self.out.len() as u64;
        std::mem::take(&mut self.out)
    }

    /// How much there is to take.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.out.len()
    }

    /// Ends the archive; gives the rest of it.
    ///
    /// # Errors
    /// As [`Zip::begin`].
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.end()?;
        let start = self.place();
        let done = std::mem::take(&mut self.done);
        for member in &done {
            self.put_long(&[0x0201_4b50]);
            self.put(&[VERSION, VERSION, FLAGS, 8, 0, DATE]);
            self.put_long(&[member.sum, member.packed, member.bytes]);
            self.put(&[u16::try_from(member.name.len()).unwrap_or(0), 0, 0, 0, 0]);
            self.put_long(&[0, member.start]);
            self.out.extend(member.name.as_bytes());
        }
        let bytes = self.place() - start;
        let members = u16::try_from(done.len()).unwrap_or(u16::MAX);
        self.put_long(&[0x0605_4b50]);
        self.put(&[0, 0, members, members]);
        self.put_long(&[small(bytes)?, small(start)?]);
        self.put(&[0]);
        Ok(self.out)
    }
}

impl Default for Zip {
    fn default() -> Self {
        Self::new()
    }
}

/// A place or a size that fits without extensions.
fn small(bytes: u64) -> Result<u32> {
    let too_large = |_| {
        let gigabytes = format!("{:.1} GB", bytes as f64 / 1e9);
        Error::new(ErrorKind::TooLarge).in_file("xlsx").found(gigabytes).expected("4.3 GB")
    };
    u32::try_from(bytes).map_err(too_large)
}
