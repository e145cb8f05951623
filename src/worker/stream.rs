//! A stretch of a file, read as a stream into one buffer that is used again and again.
//!
//! `Blob.arrayBuffer()` makes a new buffer for every read; the browser has to find, fill and throw away as much memory as the
//! file is long. A byte stream fills the buffer that we bring: less than half the work, and no garbage.

use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamByobReader, ReadableStreamDefaultReader};

/// What is read at once: it stays in the processor's cache while it is parsed.
pub(super) const PIECE: u32 = 256 << 10;

/// Bytes on their way.
pub(super) struct Stream {
    reader: Reader,
    /// The next read, which is under way.
    next: Promise,
}

enum Reader {
    /// Reads into our buffer.
    Bring(ReadableStreamByobReader),
    /// Brings buffers of its own, where the browser knows no other way.
    Take(ReadableStreamDefaultReader),
}

impl Stream {
    /// Begins to read from `start` up to `end`.
    pub(super) fn new(blob: &Blob, start: u64, end: u64) -> Result<Self, JsValue> {
        let stream = blob.slice_with_f64_and_f64(start as f64, end as f64)?.stream();
        let reader = match ReadableStreamByobReader::new(&stream) {
            Ok(reader) => Reader::Bring(reader),
            Err(_) => Reader::Take(ReadableStreamDefaultReader::new(&stream)?),
        };
        let next = reader.read(ArrayBuffer::new(PIECE));
        Ok(Self { reader, next })
    }

    /// The next bytes, which take the place of those before; nothing at the end.
    pub(super) async fn next(&mut self, buffer: &mut Vec<u8>) -> Result<usize, JsValue> {
        let read = JsFuture::from(self.next.clone()).await?;
        let bytes = Reflect::get(&read, &"value".into())?;
        let done = Reflect::get(&read, &"done".into())?.is_truthy();
        let Some(bytes) = bytes.dyn_ref::<Uint8Array>().filter(|_| !done) else { return Ok(0) };
        let length = bytes.length() as usize;
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        if let Some(room) = buffer.get_mut(..length) {
            bytes.copy_to(room);
        }
        self.next = self.reader.read(bytes.buffer());
        Ok(length)
    }
}

impl Reader {
    fn read(&self, buffer: ArrayBuffer) -> Promise {
        match self {
            Self::Bring(reader) => reader.read_with_array_buffer_view(&Uint8Array::new(&buffer)),
            Self::Take(reader) => reader.read(),
        }
    }
}

impl Drop for Stream {
    /// Lets the browser stop reading.
    fn drop(&mut self) {
        let _ = match &self.reader {
            Reader::Bring(reader) => reader.cancel(),
            Reader::Take(reader) => reader.cancel(),
        };
    }
}
