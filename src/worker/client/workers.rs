//! The workers beside the engine's: how helpers start and end, and what happens when one of them fails.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ErrorEvent, MessageChannel, MessageEvent};

use super::{Call, Client, Started, spawn_reader, spawn_worker};
use crate::error::{Error, ErrorKind, Result};
use crate::worker::failure::{self, Work};
use crate::worker::{Ask, Message, Say};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(then: &js_sys::Function, milliseconds: i32) -> std::result::Result<JsValue, JsValue>;
}

/// Which worker it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Engine,
    Lane,
    Reader,
}

impl Client {
    /// Starts workers that help to read, as many as the machine has cores, so that the next large file finds them ready.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when the browser cannot start workers.
    pub fn prepare_lanes(&self) -> Result<()> {
        self.start()?;
        while self.0.lanes.borrow().len() < cores() {
            self.start_lane()?;
        }
        Ok(())
    }

    /// Ends the workers that help to read, and gives their memory back.
    pub(super) fn dismiss_lanes(&self) {
        let lanes = self.0.lanes.take();
        let readers = self.0.readers.take();
        if !(lanes.is_empty() && readers.is_empty()) && self.0.worker.borrow().is_some() {
            drop(self.call(&Ask::DismissLanes, JsValue::UNDEFINED, None));
        }
        for lane in lanes {
            lane.worker.terminate();
        }
        for (reader, _) in readers {
            reader.terminate();
        }
    }

    /// Starts a worker that unpacks files; the page's boot script loads its program when it is first wanted.
    pub(super) fn start_reader(&self) -> std::result::Result<(), JsValue> {
        let worker = spawn_reader()?;
        let channel = MessageChannel::new()?;
        let message = js_sys::Object::new();
        js_sys::Reflect::set(&message, &"port".into(), &channel.port1())?;
        worker.post_message_with_transfer(&message, &Array::of1(&channel.port1()))?;
        let onerror = self.on_error(Who::Reader);
        worker.set_onerror(Some(onerror.as_ref().unchecked_ref()));
        self.0.readers.borrow_mut().push((worker, onerror));
        let port = channel.port2();
        self.send(0, &Ask::AddReader, port.into()).map_err(|error| error.to_string().into())
    }

    fn start_lane(&self) -> Result<()> {
        let unsupported =
            |error: JsValue| Error::new(ErrorKind::Unsupported).found(format!("Worker: {error:?}"));
        let worker = spawn_worker().map_err(unsupported)?;
        let channel = MessageChannel::new().map_err(unsupported)?;
        let (client, lane) = (Rc::downgrade(&self.0), worker.clone());
        let mut ports = Some((channel.port1(), channel.port2()));
        let onmessage = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(client) = client.upgrade() else { return };
            let ready = match Message::read::<Say>(event.data()) {
                Ok((_, Say::Panicked(word), _)) => return drop(client.panicked.replace(Some(word))),
                Ok((_, Say::Ready, _)) => true,
                _ => false,
            };
            let (true, Some((ours, theirs))) = (ready, ports.take()) else { return };
            if let Ok(message) = Message::write(0, &Ask::BeLane, theirs.clone().into()) {
                let _ = lane.post_message_with_transfer(&message, &Array::of1(&theirs));
                let _ = Self(client).send(0, &Ask::AddLane, ours.into());
            }
        });
        let onerror = self.on_error(Who::Lane);
        worker.set_onmessage(Some(onmessage.as_ref().unchecked_ref()));
        worker.set_onerror(Some(onerror.as_ref().unchecked_ref()));
        self.0.lanes.borrow_mut().push(Started {
            worker,
            waiting: None,
            _onmessage: onmessage,
            _onerror: onerror,
        });
        Ok(())
    }

    /// Ends the engine's worker; the next call starts another.
    pub(super) fn end_engine(&self) {
        if let Some(started) = self.0.worker.take() {
            started.worker.terminate();
        }
        self.0.warming.take();
    }

    /// What happens when a worker fails.
    pub(super) fn on_error(&self, who: Who) -> Closure<dyn FnMut(ErrorEvent)> {
        let client = Rc::downgrade(&self.0);
        Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            let (client, complaint) = (client.clone(), event.message());
            spawn_local(async move {
                // What it said before it failed may still be on its way.
                last_words().await;
                if let Some(inner) = client.upgrade() {
                    Self(inner).bury(who, &complaint);
                }
            });
        })
    }

    /// Ends the workers that cannot be trusted any more, and fails the calls that they leave without an answer. A helper's
    /// end is the engine's too while it reads, because a part of the file is lost; otherwise what is open stays open.
    fn bury(&self, who: Who, complaint: &str) {
        let panicked = self.0.panicked.take();
        let reading = self.0.calls.borrow().values().any(|call| matches!(call.work, Work::Reading(_)));
        let engine_ends = who == Who::Engine || reading;
        if engine_ends {
            self.end_engine();
        }
        let fatal = |call: &Call| engine_ends || !matches!(call.work, Work::Asking);
        self.dismiss_lanes();
        let ids: Vec<u32> =
            self.0.calls.borrow().iter().filter(|(_, call)| fatal(call)).map(|(id, _)| *id).collect();
        for id in ids {
            let call = self.0.calls.borrow_mut().remove(&id);
            let Some(Call { answer, work, last, .. }) = call else { continue };
            let error = failure::error(complaint, panicked.as_deref(), who == Who::Reader, &work, last.get());
            let _ = answer.send(Err(error));
        }
    }
}

/// The workers that read at once: as many as the machine has cores, up to 8.
pub(in crate::worker) fn cores() -> usize {
    let navigator =
        js_sys::Reflect::get(&js_sys::global(), &"navigator".into()).unwrap_or(JsValue::UNDEFINED);
    let cores = js_sys::Reflect::get(&navigator, &"hardwareConcurrency".into()).ok();
    (cores.and_then(|cores| cores.as_f64()).unwrap_or(2.0) as usize).clamp(1, 8)
}

/// Waits until what a worker has said before it failed must have come.
async fn last_words() {
    const MILLISECONDS: i32 = 60;
    let wait = js_sys::Promise::new(&mut |resolve, _| {
        let _ = set_timeout(&resolve, MILLISECONDS);
    });
    let _ = JsFuture::from(wait).await;
}
