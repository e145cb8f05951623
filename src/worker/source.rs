//! Pieces of a file, read ahead while the last one is being parsed.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{Say, SourceFile, unreadable};
use crate::engine::loader::TAIL_BYTES;
use crate::error::{Error, ErrorKind, Result};

/// Large enough that the browser's cost for each read does not matter, small enough that progress and cancelling feel
/// immediate.
const PIECE: f64 = 4_194_304.0;

/// Reads that are under way while a piece is being parsed.
const AHEAD: usize = 3;

thread_local! {
    /// Whether the page has to read for us. Found out at the first read.
    static PAGE_READS: Cell<bool> = const { Cell::new(false) };
    static NEXT_TICKET: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<HashMap<u32, js_sys::Function>> = RefCell::default();
}

/// Hands a piece that the page has read to whoever waits for it.
pub(super) fn piece_came(ticket: u32, bytes: &JsValue) {
    if let Some(resolve) = WAITING.with_borrow_mut(|waiting| waiting.remove(&ticket)) {
        let _ = resolve.call1(&JsValue::NULL, bytes);
    }
}

/// Whether workers cannot read files beside the page.
pub(super) fn page_reads() -> bool {
    PAGE_READS.get()
}

/// The pieces of a file from a place on, and as many beyond a limit as are wanted.
pub(super) struct Pieces<'a> {
    file: &'a SourceFile,
    next: f64,
    limit: f64,
    reads: VecDeque<Promise>,
    buffer: Vec<u8>,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(file: &'a SourceFile, start: u64, limit: u64) -> Self {
        let limit = (limit as f64).min(file.bytes);
        Self { file, next: start as f64, limit, reads: VecDeque::new(), buffer: Vec::new() }
    }

    /// The next piece, or nothing at the end of the file.
    pub(super) async fn next(&mut self) -> Result<Option<&[u8]>> {
        while self.reads.len() < AHEAD && self.next < self.limit {
            self.begin(self.limit.min(self.next + PIECE))?;
        }
        if self.reads.is_empty() && self.next < self.file.bytes {
            self.begin(self.file.bytes.min(self.next + TAIL_BYTES as f64))?;
        }
        let Some(read) = self.reads.pop_front() else { return Ok(None) };
        let bytes = JsFuture::from(read).await.map_err(|reason| unreadable(&self.file.name, &reason))?;
        copy(self.file, &bytes, &mut self.buffer)?;
        Ok(Some(&self.buffer))
    }

    fn begin(&mut self, end: f64) -> Result<()> {
        self.reads.push_back(read(self.file, self.next, end)?);
        self.next = end;
        Ok(())
    }
}

/// Takes the bytes over into our memory. The page sends `undefined` for a piece that it could not read.
fn copy(file: &SourceFile, bytes: &JsValue, buffer: &mut Vec<u8>) -> Result<()> {
    if bytes.is_undefined() {
        return Err(Error::new(ErrorKind::Unreadable).in_file(&file.name));
    }
    let array = Uint8Array::new(bytes);
    buffer.resize(array.length() as usize, 0);
    array.copy_to(buffer);
    Ok(())
}

/// The first bytes of a file. Finds out whether this worker may read it.
pub(super) async fn head(file: &SourceFile, bytes: usize) -> Result<Vec<u8>> {
    let end = file.bytes.min(bytes as f64);
    let mut buffer = Vec::new();
    if end > 0.0 {
        let first = JsFuture::from(read(file, 0.0, end)?).await;
        let bytes = match first {
            Ok(bytes) => bytes,
            Err(_) if !PAGE_READS.get() => {
                PAGE_READS.set(true);
                JsFuture::from(read(file, 0.0, end)?)
                    .await
                    .map_err(|reason| unreadable(&file.name, &reason))?
            }
            Err(reason) => return Err(unreadable(&file.name, &reason)),
        };
        copy(file, &bytes, &mut buffer)?;
    }
    Ok(buffer)
}

/// Some bytes of a file.
pub(super) fn bytes(
    file: &SourceFile,
    start: u64,
    end: u64,
) -> Result<impl Future<Output = Result<Vec<u8>>>> {
    let read = read(file, start as f64, end as f64)?;
    Ok(async move {
        let mut buffer = Vec::new();
        let bytes = JsFuture::from(read).await;
        copy(file, &bytes.map_err(|reason| unreadable(&file.name, &reason))?, &mut buffer)?;
        Ok(buffer)
    })
}

fn read(file: &SourceFile, start: f64, end: f64) -> Result<Promise> {
    if PAGE_READS.get() {
        return Ok(ask_page(file, start, end));
    }
    let slice =
        file.blob.slice_with_f64_and_f64(start, end).map_err(|reason| unreadable(&file.name, &reason))?;
    Ok(slice.array_buffer().unchecked_into())
}

fn ask_page(file: &SourceFile, start: f64, end: f64) -> Promise {
    let ticket = NEXT_TICKET.replace(NEXT_TICKET.get().wrapping_add(1));
    let blob = file.blob.clone();
    Promise::new(&mut |resolve, reject| {
        WAITING.with_borrow_mut(|waiting| waiting.insert(ticket, resolve));
        let handle = blob.clone().into();
        if let Err(error) = super::serve::post(0, &Say::Need { ticket, start, end }, handle) {
            let _ = reject.call1(&JsValue::NULL, &error);
        }
    })
}
