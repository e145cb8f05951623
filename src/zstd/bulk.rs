//! Whole blocks at once.

use std::io::{self, Cursor};
use std::marker::PhantomData;

use structured_zstd::decoding::FrameDecoder;

/// Would write; cannot.
#[derive(Debug, Default)]
pub struct Compressor<'a>(PhantomData<&'a ()>);

impl Compressor<'_> {
    /// A compressor of any level.
    ///
    /// # Errors
    /// None; the signature is the original's.
    pub fn new(_level: i32) -> io::Result<Self> {
        Ok(Self::default())
    }

    /// Refuses.
    ///
    /// # Errors
    /// Always [`io::ErrorKind::Unsupported`].
    pub fn compress_to_buffer<T>(&mut self, _source: &[u8], _destination: &mut T) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Refuses.
    ///
    /// # Errors
    /// Always [`io::ErrorKind::Unsupported`].
    pub fn compress(&mut self, _source: &[u8]) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Reads blocks; its tables are used again for the next.
pub struct Decompressor<'a>(FrameDecoder, PhantomData<&'a ()>);

impl std::fmt::Debug for Decompressor<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Decompressor")
    }
}

impl Decompressor<'_> {
    /// A decompressor.
    ///
    /// # Errors
    /// None; the signature is the original's.
    pub fn new() -> io::Result<Self> {
        Ok(Self(FrameDecoder::new(), PhantomData))
    }

    /// Decompresses into the vector's free capacity from the cursor's place on; returns how many bytes came.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] when the bytes are broken or do not fit.
    pub fn decompress_to_buffer(
        &mut self,
        source: &[u8],
        destination: &mut Cursor<&mut Vec<u8>>,
    ) -> io::Result<usize> {
        let start = usize::try_from(destination.position()).map_err(io::Error::other)?;
        let vector = destination.get_mut();
        let room = vector.capacity();
        vector.resize(room, 0);
        let Some(free) = vector.get_mut(start..) else { return Err(io::ErrorKind::InvalidData.into()) };
        let written = self.0.decode_all(source, free);
        let written = written.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()));
        vector.truncate(start + written.as_ref().copied().unwrap_or(0));
        written
    }

    /// Decompresses at most `capacity` bytes.
    ///
    /// # Errors
    /// As [`Self::decompress_to_buffer`].
    pub fn decompress(&mut self, source: &[u8], capacity: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(capacity).map_err(io::Error::other)?;
        self.decompress_to_buffer(source, &mut Cursor::new(&mut bytes))?;
        Ok(bytes)
    }
}
