//! The lanes: workers that read slices of files and hand columns to the engine's worker, and what the two say to each other.
//!
//! They share nothing: slices are asked for by message, chunks of columns come back as buffers that change hands. So they
//! work on any static host and from disk.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, MessagePort};

use super::letters::Browser;
use super::stream::Stream;
use super::{Message, unreadable};
use crate::engine::loader::{Lanes, TAIL_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::Slice;
use crate::ingest::reader::{Part, Plan};
use crate::table::chunk::Chunk;

/// What the engine asks of a lane. The number of a message is that of the reading it belongs to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum LaneAsk {
    /// A new reading begins; all that belongs to another is forgotten.
    Begin,
    /// A file that is to be read; the browser's handle on it is beside.
    File { file: usize, group: usize, name: String, plan: Plan },
    /// Read a slice.
    Read(Slice),
    /// All has been read: end, so that your memory can be used for what comes now.
    End,
}

/// What a lane answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum LaneSay {
    /// What was read of a slice; the chunk of columns is beside.
    Part { slice: usize, part: Box<Part> },
    /// It could not be read.
    Failed(Error),
}

struct OpenFile {
    name: String,
    group: usize,
    plan: Plan,
    blob: Blob,
}

#[derive(Default)]
struct State {
    files: HashMap<usize, OpenFile>,
    lanes: Lanes,
    /// Slices that are wanted, with the streams that are under way for them.
    wanted: VecDeque<(Slice, Stream)>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    static READING: Cell<u32> = const { Cell::new(0) };
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Makes this worker a lane of the engine at the other end of the port.
pub(super) fn serve(port: MessagePort) {
    let answers = port.clone();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        match Message::read::<LaneAsk>(event.data()) {
            Ok((reading, ask, handle)) => take(&answers, reading, ask, handle),
            Err(error) => wasm_bindgen::throw_val(error),
        }
    });
    port.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
}

fn take(port: &MessagePort, reading: u32, ask: LaneAsk, handle: JsValue) {
    match ask {
        LaneAsk::End => js_sys::global().unchecked_into::<DedicatedWorkerGlobalScope>().close(),
        LaneAsk::Begin => {
            READING.set(reading);
            STATE.with_borrow_mut(|state| *state = State::default());
        }
        _ if READING.get() != reading => {}
        LaneAsk::File { file, group, name, plan } => STATE.with_borrow_mut(|state| {
            state.files.insert(file, OpenFile { name, group, plan, blob: handle.unchecked_into() });
        }),
        LaneAsk::Read(slice) => {
            // The read begins now, while slices before it are being parsed.
            let end = slice.limit.saturating_add(TAIL_BYTES);
            match STATE.with_borrow(|state| stream(state, slice.file, slice.first_byte(), end)) {
                Ok(read) => STATE.with_borrow_mut(|state| state.wanted.push_back((slice, read))),
                Err(error) => say(port, reading, &LaneSay::Failed(error), JsValue::UNDEFINED),
            }
            if !BUSY.replace(true) {
                let port = port.clone();
                spawn_local(async move {
                    work(&port).await;
                    BUSY.set(false);
                });
            }
        }
    }
}

/// Reads what is wanted until there is nothing left.
async fn work(port: &MessagePort) {
    let mut buffer = Vec::new();
    while let Some((slice, read)) = STATE.with_borrow_mut(|state| state.wanted.pop_front()) {
        let reading = READING.get();
        let result = parse(slice, read, reading, &mut buffer).await;
        if READING.get() != reading {
            continue;
        }
        match result {
            Ok(part) => {
                let bytes = to_buffer(&part.chunk);
                say(port, reading, &LaneSay::Part { slice: slice.index, part: Box::new(part) }, bytes.into());
            }
            Err(error) => say(port, reading, &LaneSay::Failed(error), JsValue::UNDEFINED),
        }
    }
}

async fn parse(slice: Slice, mut bytes: Stream, reading: u32, buffer: &mut Vec<u8>) -> Result<Part> {
    let mut place = slice.first_byte();
    let mut begun = false;
    // At the end of the stream, but not of the file, the last record reaches further.
    let mut further = false;
    loop {
        let size = bytes.next(buffer).await;
        let done = STATE.with_borrow_mut(|state| {
            if READING.get() != reading {
                return Err(Error::new(ErrorKind::Cancelled));
            }
            let State { files, lanes, .. } = state;
            let file = files.get(&slice.file).ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
            let size = size.map_err(|reason| unreadable(&file.name, &reason))?;
            let lane = lanes.lane(file.group, file.plan.clone())?;
            if !begun {
                lane.begin(slice.start, slice.exact, slice.limit);
            }
            let piece = buffer.get(..size).unwrap_or_default();
            if piece.is_empty() && further {
                lane.finish(&Browser);
            }
            place += piece.len() as u64;
            let done = if piece.is_empty() { further } else { lane.push(piece, &Browser) };
            further = piece.is_empty();
            Ok(done)
        })?;
        begun = true;
        if done {
            break;
        }
        if further {
            bytes = STATE.with_borrow(|state| stream(state, slice.file, place, place + TAIL_BYTES))?;
        }
    }
    STATE.with_borrow_mut(|state| {
        let file = state.files.get(&slice.file).ok_or_else(|| Error::new(ErrorKind::Cancelled))?;
        Ok(state.lanes.lane(file.group, file.plan.clone())?.take())
    })
}

/// The bytes of a chunk in a buffer that can change hands, copied once.
pub(super) fn to_buffer(chunk: &Chunk) -> ArrayBuffer {
    let bytes = Uint8Array::new_with_length(u32::try_from(chunk.size()).unwrap_or(u32::MAX));
    let mut at = 0;
    chunk.write(&mut |part| {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.subarray(at, at + length).copy_from(part);
        at = (at + length).next_multiple_of(8);
    });
    bytes.buffer()
}

/// A chunk from such a buffer.
pub(super) fn from_buffer(buffer: &JsValue) -> Result<Chunk> {
    let bytes = Uint8Array::new(buffer);
    let copy = |from: usize, into: &mut [u8]| {
        let end = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        bytes.subarray(end(from), end(from + into.len())).copy_to(into);
    };
    let chunk = Chunk::read(bytes.length() as usize, &copy);
    let_go(buffer);
    chunk
}

/// Gives the memory of a buffer back now, where the browser can, and not some time later.
fn let_go(buffer: &JsValue) {
    if let Ok(transfer) = Reflect::get(buffer, &"transfer".into())
        && let Some(transfer) = transfer.dyn_ref::<Function>()
    {
        let _ = transfer.call1(buffer, &0.into());
    }
}

/// Begins to read some bytes of a file. Beyond its end there are none, which says that it has ended.
fn stream(state: &State, file: usize, start: u64, end: u64) -> Result<Stream> {
    let file = state.files.get(&file).ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
    Stream::new(&file.blob, start, end).map_err(|reason| unreadable(&file.name, &reason))
}

fn say(port: &MessagePort, reading: u32, words: &LaneSay, buffer: JsValue) {
    if let Ok(message) = Message::write(reading, words, buffer.clone()) {
        let transfer = if buffer.is_undefined() { Array::new() } else { Array::of1(&buffer) };
        let _ = port.post_message_with_transferable(&message, &transfer);
    }
}
