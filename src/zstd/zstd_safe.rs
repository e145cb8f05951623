//! The names of the crate `zstd-safe`.

use structured_zstd::decoding::FrameDecoder;

/// The beginning of the text is not that of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentSizeError;

/// The size of a frame's content, in bytes, if its header tells.
///
/// # Errors
/// [`ContentSizeError`] when these bytes begin no frame.
pub fn get_frame_content_size(frame: &[u8]) -> Result<Option<u64>, ContentSizeError> {
    let mut decoder = FrameDecoder::new();
    decoder.reset(frame).map_err(|_| ContentSizeError)?;
    Ok(Some(decoder.content_size()).filter(|&size| size > 0))
}

/// The most bytes that compressing could give.
#[must_use]
pub fn compress_bound(bytes: usize) -> usize {
    bytes.saturating_add(bytes >> 8).saturating_add(64)
}
