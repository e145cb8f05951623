//! The engine's side of the lanes: gives out slices, takes parts, in whatever order they come.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use futures_channel::oneshot;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, MessagePort};

use super::lane::{self, LaneAsk, LaneSay};
use super::{Message, SourceFile};
use crate::engine::loader::{Loader, Progress};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::Slice;

/// Slices that a lane has in hand: one is parsed, the others are on their way.
const IN_HAND: usize = 2;

/// How far ahead of the first slice that is missing others are given out: what has come too early waits in memory.
const WINDOW: usize = 16;

struct LanePort {
    port: MessagePort,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

thread_local! {
    static LANES: RefCell<Vec<LanePort>> = const { RefCell::new(Vec::new()) };
    static HEARD: RefCell<VecDeque<(usize, LaneSay, JsValue)>> = const { RefCell::new(VecDeque::new()) };
    static WAITING: RefCell<Option<oneshot::Sender<()>>> = const { RefCell::new(None) };
    static READING: Cell<u32> = const { Cell::new(0) };
}

/// Takes up a lane that the page has started.
pub(super) fn add(port: MessagePort) {
    let lane = LANES.with_borrow(Vec::len);
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        match Message::read::<LaneSay>(event.data()) {
            Ok((reading, said, handle)) if reading == READING.get() => {
                HEARD.with_borrow_mut(|heard| heard.push_back((lane, said, handle)));
                wake();
            }
            Ok(_) => {}
            Err(error) => wasm_bindgen::throw_val(error),
        }
    });
    port.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    LANES.with_borrow_mut(|lanes| lanes.push(LanePort { port, _listener: listener }));
    wake();
}

/// Lets all lanes go; the page ends their workers.
pub(super) fn dismiss() {
    READING.set(READING.get().wrapping_add(1));
    LANES.with_borrow_mut(|lanes| {
        for lane in lanes.drain(..) {
            lane.port.close();
        }
    });
}

/// Lets the lanes end themselves: sorting needs memory and no lanes. The page forgets them afterwards.
pub(super) fn end() {
    for lane in 0..lanes() {
        let _ = ask(lane, &LaneAsk::End, JsValue::UNDEFINED);
    }
}

/// How many lanes there are.
pub(super) fn lanes() -> usize {
    LANES.with_borrow(Vec::len)
}

/// Wakes whoever waits for the lanes, to look whether reading has been cancelled.
pub(super) fn wake() {
    if let Some(waiting) = WAITING.take() {
        let _ = waiting.send(());
    }
}

/// The next that a lane says; nothing when a lane has joined that is not known yet.
async fn heard(cancelled: &impl Fn() -> bool, known: usize) -> Result<Option<(usize, LaneSay, JsValue)>> {
    loop {
        if cancelled() {
            return Err(Error::new(ErrorKind::Cancelled));
        }
        let heard = HEARD.with_borrow_mut(VecDeque::pop_front);
        if heard.is_some() || lanes() > known {
            return Ok(heard);
        }
        let (sender, receiver) = oneshot::channel();
        WAITING.replace(Some(sender));
        let _ = receiver.await;
    }
}

fn ask(lane: usize, words: &LaneAsk, handle: JsValue) -> Result<()> {
    let stopped = |reason: JsValue| Error::new(ErrorKind::EngineStopped).found(format!("{reason:?}"));
    let message = Message::write(READING.get(), words, handle).map_err(stopped)?;
    LANES.with_borrow(|lanes| {
        lanes.get(lane).map_or(Ok(()), |lane| lane.port.post_message(&message).map_err(stopped))
    })
}

/// Reads all slices of a loader's files in the lanes.
///
/// # Errors
/// What the lanes complain of; as [`Loader::take`]; [`ErrorKind::Cancelled`].
pub(super) async fn read(
    files: &[SourceFile],
    loader: &mut Loader,
    cancelled: impl Fn() -> bool,
    tell: impl Fn(Progress),
) -> Result<()> {
    READING.set(READING.get().wrapping_add(1));
    HEARD.with_borrow_mut(VecDeque::clear);
    let mut jobs: VecDeque<Slice> = loader.slices().to_vec().into();
    let mut in_hand = Vec::new();
    let mut missing = jobs.len();
    while missing > 0 {
        // Lanes that have started late join in.
        while in_hand.len() < lanes() {
            introduce(in_hand.len(), files, loader)?;
            in_hand.push(0);
        }
        give_out(loader, &mut jobs, &mut in_hand)?;
        let Some((lane, said, handle)) = heard(&cancelled, in_hand.len()).await? else { continue };
        match said {
            LaneSay::Failed(error) => return Err(error),
            LaneSay::Part { slice, mut part } => {
                part.chunk = lane::from_buffer(&handle)?;
                if let Some(count) = in_hand.get_mut(lane) {
                    *count = count.saturating_sub(1);
                }
                jobs_again(&mut jobs, &mut missing, loader.take(slice, lane, *part)?);
                tell(loader.progress());
            }
        }
    }
    Ok(())
}

/// Tells a lane what is to be read.
fn introduce(lane: usize, files: &[SourceFile], loader: &Loader) -> Result<()> {
    ask(lane, &LaneAsk::Begin, JsValue::UNDEFINED)?;
    for (number, file) in files.iter().enumerate() {
        if let Some(plan) = loader.plan(number) {
            let (group, name, plan) = (loader.group_of(number), file.name.clone(), plan.clone());
            let words = LaneAsk::File { file: number, group, name, plan };
            ask(lane, &words, file.blob.clone().into())?;
        }
    }
    Ok(())
}

/// A slice that has to be read again comes first: all others wait for it.
fn jobs_again(jobs: &mut VecDeque<Slice>, missing: &mut usize, again: Option<Slice>) {
    match again {
        Some(slice) => jobs.push_front(slice),
        None => *missing -= 1,
    }
}

/// Gives each lane enough to do, the least busy one first.
fn give_out(loader: &Loader, jobs: &mut VecDeque<Slice>, in_hand: &mut [usize]) -> Result<()> {
    while let Some(slice) = jobs.front().copied() {
        let least = in_hand.iter().copied().enumerate().min_by_key(|(_, count)| *count);
        let Some((lane, count)) = least else { break };
        if count >= IN_HAND || slice.index > loader.slices_done() + WINDOW {
            break;
        }
        jobs.pop_front();
        if let Some(count) = in_hand.get_mut(lane) {
            *count += 1;
        }
        ask(lane, &LaneAsk::Read(slice), JsValue::UNDEFINED)?;
    }
    Ok(())
}
