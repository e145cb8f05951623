//! A file of the browser, read while the worker waits.

use std::io::{self, Read, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

use crate::source::seek_to;

/// Bytes read ahead: a read costs about a millisecond, whatever its size.
const AHEAD: u64 = 1 << 20;

/// From this size on, a read goes straight to where it is wanted.
const LARGE: usize = 1 << 16;

/// A file's bytes at any place.
pub(super) struct BlobSource {
    blob: Blob,
    length: u64,
    position: u64,
    ahead: Vec<u8>,
    ahead_start: u64,
}

impl BlobSource {
    pub(super) fn new(blob: Blob) -> Self {
        let length = blob.size() as u64;
        Self { blob, length, position: 0, ahead: Vec::new(), ahead_start: 0 }
    }

    fn read_blob(&self, start: u64, length: u64) -> io::Result<Uint8Array> {
        let end = (start + length).min(self.length);
        let read = || -> Result<Uint8Array, JsValue> {
            let slice = self.blob.slice_with_f64_and_f64(start as f64, end as f64)?;
            let buffer: JsValue = FileReaderSync::new()?.read_as_array_buffer(&slice)?.into();
            Ok(Uint8Array::new(&buffer))
        };
        let bytes = read().map_err(|reason| {
            let message = js_sys::Reflect::get(&reason, &"message".into()).ok();
            let message = message.and_then(|message| message.as_string());
            io::Error::other(message.unwrap_or_else(|| format!("{reason:?}")))
        })?;
        if u64::from(bytes.length()) == end - start {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

impl Read for BlobSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.position);
        if left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let place = self.position.checked_sub(self.ahead_start).and_then(|place| usize::try_from(place).ok());
        let mut at_hand = place.and_then(|place| self.ahead.get(place..)).unwrap_or_default();
        if at_hand.is_empty() {
            if buffer.len() >= LARGE {
                let wanted = left.min(buffer.len() as u64);
                let bytes = self.read_blob(self.position, wanted)?;
                bytes.copy_to(buffer.get_mut(..wanted as usize).unwrap_or_default());
                self.position += wanted;
                return Ok(wanted as usize);
            }
            let bytes = self.read_blob(self.position, AHEAD)?;
            self.ahead.resize(bytes.length() as usize, 0);
            bytes.copy_to(&mut self.ahead);
            self.ahead_start = self.position;
            at_hand = &self.ahead;
        }
        let taken = at_hand.len().min(buffer.len());
        buffer.iter_mut().zip(at_hand).for_each(|(to, from)| *to = *from);
        self.position += taken as u64;
        Ok(taken)
    }
}

impl Seek for BlobSource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = seek_to(to, self.position, self.length)?;
        Ok(self.position)
    }
}
