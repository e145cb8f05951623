//! The lanes: workers that read slices of files and hand columns to the engine's worker, and what the two say to each other.
//!
//! They share nothing: slices are asked for by message, chunks of columns come back as buffers that change hands. So they
//! work on any static host and from disk.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};

use js_sys::{Array, Promise, Uint8Array};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, MessageEvent, MessagePort};

use super::letters::Browser;
use super::{Message, unreadable};
use crate::engine::loader::{Lanes, TAIL_BYTES};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::Slice;
use crate::ingest::reader::{Part, Plan};

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
}

/// What a lane answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum LaneSay {
    /// What was read of a slice; the chunk of columns is beside.
    Part { slice: usize, part: Part },
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
    /// Slices that are wanted, with the reads that are under way for them.
    wanted: VecDeque<(Slice, Promise)>,
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
            let size = slice.limit.saturating_sub(slice.first_byte());
            let read = STATE.with_borrow(|state| read(state, slice.file, slice.first_byte(), size));
            match read {
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
                let chunk = part.chunk.to_bytes();
                let bytes = Uint8Array::from(chunk.as_slice()).buffer();
                say(port, reading, &LaneSay::Part { slice: slice.index, part }, bytes.into());
            }
            Err(error) => say(port, reading, &LaneSay::Failed(error), JsValue::UNDEFINED),
        }
    }
}

async fn parse(slice: Slice, first: Promise, reading: u32, buffer: &mut Vec<u8>) -> Result<Part> {
    let mut next = first;
    let mut place = slice.first_byte();
    let mut begun = false;
    loop {
        let bytes = JsFuture::from(next).await;
        let (done, size) = STATE.with_borrow_mut(|state| {
            if READING.get() != reading {
                return Err(Error::new(ErrorKind::Cancelled));
            }
            let State { files, lanes, .. } = state;
            let file = files.get(&slice.file).ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
            let bytes = Uint8Array::new(&bytes.map_err(|reason| unreadable(&file.name, &reason))?);
            buffer.resize(bytes.length() as usize, 0);
            bytes.copy_to(buffer);
            let lane = lanes.lane(file.group, file.plan.clone())?;
            if !begun {
                lane.begin(slice.start, slice.exact, slice.limit);
            }
            if buffer.is_empty() {
                lane.finish(&Browser);
            }
            Ok((buffer.is_empty() || lane.push(buffer, &Browser), buffer.len() as u64))
        })?;
        begun = true;
        place += size;
        if done {
            break;
        }
        next = STATE.with_borrow(|state| read(state, slice.file, place, TAIL_BYTES))?;
    }
    STATE.with_borrow_mut(|state| {
        let file = state.files.get(&slice.file).ok_or_else(|| Error::new(ErrorKind::Cancelled))?;
        Ok(state.lanes.lane(file.group, file.plan.clone())?.take())
    })
}

/// Begins to read some bytes of a file.
fn read(state: &State, file: usize, start: u64, size: u64) -> Result<Promise> {
    let file = state.files.get(&file).ok_or_else(|| Error::new(ErrorKind::NothingOpen))?;
    // Beyond the end of the file there is nothing, which says that it has ended.
    let end = start as f64 + size as f64;
    let slice = file.blob.slice_with_f64_and_f64(start as f64, end);
    Ok(slice.map_err(|reason| unreadable(&file.name, &reason))?.array_buffer().unchecked_into())
}

fn say(port: &MessagePort, reading: u32, words: &LaneSay, buffer: JsValue) {
    if let Ok(message) = Message::write(reading, words, buffer.clone()) {
        let transfer = if buffer.is_undefined() { Array::new() } else { Array::of1(&buffer) };
        let _ = port.post_message_with_transferable(&message, &transfer);
    }
}
