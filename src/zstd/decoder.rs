//! Frames one after the other, as they come.

use std::io::{self, Read};

use structured_zstd::decoding::errors::FrameDecoderError;
use structured_zstd::decoding::{FrameDecoder, StreamingDecoder};

/// The content of all frames in a stream.
pub struct Decoder<R: Read>(StreamingDecoder<R, FrameDecoder>);

impl<R: Read> std::fmt::Debug for Decoder<R> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Decoder")
    }
}

impl<R: Read> Decoder<R> {
    /// A decoder; nothing is read yet. Frames that need more than `window` bytes of memory are refused.
    pub fn new(source: R, window: u64) -> Self {
        let mut frames = FrameDecoder::new();
        // A limit that it does not accept leaves its own, which is smaller.
        let _ = frames.set_max_window_size(window);
        Self(StreamingDecoder::new_with_decoder(source, frames))
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let broken = |error: io::Error| {
            let decoder = error.get_ref().is_some_and(|inner| inner.is::<FrameDecoderError>());
            if decoder { io::Error::new(io::ErrorKind::InvalidData, error.to_string()) } else { error }
        };
        self.0.read(buffer).map_err(broken)
    }
}
