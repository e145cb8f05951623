//! The page's side: starts the worker when it is first needed, and turns calls into messages and answers into futures.

mod workers;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::Array;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, ErrorEvent, MessageEvent, MessagePort, Worker};

use super::failure::Work;
use super::{Ask, Kept, Message, Say, Source, SourceFile};
use workers::Who;
pub(super) use workers::cores;

use crate::dataset::segment::HeldList;
use crate::engine::lists::{ListPlan, MatchedIds};
use crate::engine::loader::Progress;
use crate::engine::request::{OpenOptions, Query};
use crate::engine::{Opened, Profile, UserPage, Why};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::detect::Inspection;
use crate::privacy::pseudonym::Passphrase;

#[wasm_bindgen]
extern "C" {
    /// Starts the worker and posts it the compiled program; the page's boot script provides it.
    #[wasm_bindgen(catch, js_namespace = globalThis, js_name = strataSpawnWorker)]
    fn spawn_worker() -> std::result::Result<Worker, JsValue>;

    /// Starts a worker with the readers' program; the page's boot script provides it.
    #[wasm_bindgen(catch, js_namespace = globalThis, js_name = strataSpawnReader)]
    fn spawn_reader() -> std::result::Result<Worker, JsValue>;
}

/// What a call was answered with.
#[derive(Debug)]
pub enum Answer {
    /// JSON.
    Text(String),
    /// A file.
    File(Blob),
}

type Sender = oneshot::Sender<Result<Answer>>;
type ErrorListener = Closure<dyn FnMut(ErrorEvent)>;
type OnProgress = Rc<dyn Fn(Progress)>;

struct Call {
    answer: Sender,
    progress: Option<OnProgress>,
    work: Work,
    /// How far it is.
    last: Cell<Progress>,
}

#[derive(Default)]
struct Inner {
    worker: RefCell<Option<Started>>,
    calls: RefCell<HashMap<u32, Call>>,
    next: Cell<u32>,
    /// Workers that help to read.
    lanes: RefCell<Vec<Started>>,
    /// Workers that unpack files.
    readers: RefCell<Vec<(Worker, ErrorListener)>>,
    /// Who waits until the worker has rehearsed; absent when it has.
    warming: RefCell<Option<Vec<oneshot::Sender<()>>>>,
    /// Whether the browser may keep a copy of what is read.
    keep: Cell<bool>,
    /// The last word of a worker that has panicked.
    panicked: RefCell<Option<String>>,
    /// Lists that segments refer to, by their digests: a worker that starts anew is given them.
    lists: RefCell<BTreeMap<String, Rc<Vec<String>>>>,
}

struct Started {
    worker: Worker,
    /// Messages that wait until the worker listens.
    waiting: Option<Vec<JsValue>>,
    _onmessage: Closure<dyn FnMut(MessageEvent)>,
    _onerror: Closure<dyn FnMut(ErrorEvent)>,
}

/// A worker with an engine in it. Clones share it.
#[derive(Clone, Default)]
pub struct Client(Rc<Inner>);

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Client").field("calls", &self.0.calls.borrow().len()).finish()
    }
}

impl Client {
    /// A client whose worker starts with the first call.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts the worker now, so that the first call need not wait for it; the future ends when the worker
    /// has rehearsed (see [`crate::engine::rehearsal`]).
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] when the browser cannot start workers.
    pub fn warm_up(&self) -> impl Future<Output = Result<()>> + use<> {
        let started = self.start();
        let (sender, receiver) = oneshot::channel();
        if let Some(warming) = self.0.warming.borrow_mut().as_mut() {
            warming.push(sender);
        }
        async move {
            started?;
            // A sender that was let go means that it has rehearsed already, or has failed and the next call will say so.
            let _ = receiver.await;
            Ok(())
        }
    }

    /// Looks at the beginning of every file; the inspections come in the order of the files.
    ///
    /// # Errors
    /// As [`crate::ingest::detect::inspect`]; a file that cannot be read. The error names the file.
    pub async fn inspect(&self, source: &Source, options: &OpenOptions) -> Result<Vec<Inspection>> {
        let (files, handles) = source.to_message();
        if source.bytes() >= LARGE {
            // While somebody looks at the columns, the lanes get ready.
            self.prepare_lanes()?;
        }
        let ask = Ask::Inspect { files, options: options.clone() };
        let work = Work::Looking(source.sizes());
        parsed(self.call_about(work, &ask, handles, None).1.await?)
    }

    /// Reads files. The second part of the answer is to come; the first is the number for [`Client::cancel`].
    pub fn open(
        &self,
        source: &Source,
        options: &OpenOptions,
        progress: Rc<dyn Fn(Progress)>,
    ) -> (u32, impl Future<Output = Result<Opened>> + use<>) {
        let (files, handles) = source.to_message();
        let large = source.bytes() >= LARGE;
        // Without lanes the engine reads alone.
        let _ = large.then(|| self.prepare_lanes());
        let keep = self.0.keep.get();
        let ask = Ask::Open { files, options: options.clone(), keep };
        let work = Work::Reading(source.sizes());
        let (id, answer) = self.call_about(work, &ask, handles, Some(progress));
        let client = self.clone();
        (id, async move {
            let answer = answer.await;
            client.dismiss_lanes();
            if matches!(&answer, Err(error) if error.kind == ErrorKind::OutOfMemory) {
                // Nothing is open, and the engine's memory never shrinks.
                client.end_engine();
                client.fail_all(&Error::new(ErrorKind::Cancelled));
            }
            parsed(answer?)
        })
    }

    /// Says whether the browser may keep a copy of what is read, and take the same files from it the next time.
    pub fn set_keep(&self, keep: bool) {
        self.0.keep.set(keep);
    }

    /// Whether the browser can keep a copy, and whether it does.
    ///
    /// # Errors
    /// [`ErrorKind::EngineStopped`].
    pub async fn kept(&self) -> Result<Kept> {
        parsed(self.call(&Ask::Kept, JsValue::UNDEFINED, None).1.await?)
    }

    /// Removes the copy that the browser keeps.
    ///
    /// # Errors
    /// [`ErrorKind::EngineStopped`].
    pub async fn wipe(&self) -> Result<Kept> {
        parsed(self.call(&Ask::Wipe, JsValue::UNDEFINED, None).1.await?)
    }

    /// Stops reading.
    pub fn cancel(&self, call: u32) {
        drop(self.call(&Ask::Cancel { call }, JsValue::UNDEFINED, None));
    }

    /// Answers a request; the answer is the JSON of an [`crate::engine::Outcome`].
    ///
    /// # Errors
    /// As [`crate::engine::Engine::run`].
    pub async fn run(&self, query: &Query) -> Result<String> {
        self.run_text(crate::engine::to_json(query)?).await
    }

    /// Answers a request that is JSON already.
    ///
    /// # Errors
    /// As [`crate::engine::Engine::run`].
    pub async fn run_text(&self, request: String) -> Result<String> {
        match self.call(&Ask::Run { request }, JsValue::UNDEFINED, None).1.await? {
            Answer::Text(text) => Ok(text),
            Answer::File(_) => Err(Error::new(ErrorKind::EngineStopped)),
        }
    }

    /// Lists some of the users behind a cell; the query has `users`.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn users(&self, query: &Query) -> Result<UserPage> {
        let text = self.run(query).await?;
        serde_json::from_str(&text).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
    }

    /// Tells why a user is behind a cell, or is not; the query has `why`.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn why(&self, query: &Query) -> Result<Why> {
        let text = self.run(query).await?;
        serde_json::from_str(&text).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
    }

    /// Tells all that is known of one user; the query has `profile`.
    ///
    /// # Errors
    /// As [`Client::run`].
    pub async fn profile(&self, query: &Query) -> Result<Profile> {
        let text = self.run(query).await?;
        serde_json::from_str(&text).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
    }

    /// Tells what a list of users would be saved as; the query's `users` have `save`.
    ///
    /// # Errors
    /// As [`crate::engine::Engine::plan_list`].
    pub async fn plan_list(&self, query: &Query, passphrase: Option<Passphrase>) -> Result<ListPlan> {
        let ask = Ask::PlanList { request: crate::engine::to_json(query)?, passphrase };
        parsed(self.call(&ask, JsValue::UNDEFINED, None).1.await?)
    }

    /// A list of users as a file.
    ///
    /// # Errors
    /// As [`crate::engine::Engine::save_list`].
    pub async fn save_list(&self, query: &Query, passphrase: Option<Passphrase>) -> Result<Blob> {
        let ask = Ask::SaveList { request: crate::engine::to_json(query)?, passphrase };
        file(self.call(&ask, JsValue::UNDEFINED, None).1.await?)
    }

    /// Finds the users of a list that comes back.
    ///
    /// # Errors
    /// As [`crate::engine::Engine::match_ids`].
    pub async fn match_ids(&self, ids: Vec<String>, passphrase: Option<Passphrase>) -> Result<MatchedIds> {
        parsed(self.call(&Ask::MatchIds { ids, passphrase }, JsValue::UNDEFINED, None).1.await?)
    }

    /// Has a list of ids held, each once, that segments can refer to from now on, as long as the page lives.
    ///
    /// # Errors
    /// [`ErrorKind::EngineStopped`].
    pub async fn hold_list(&self, ids: Vec<String>) -> Result<HeldList> {
        let ids = Rc::new(ids);
        let ask = Ask::HoldList { ids: ids.to_vec() };
        let held: HeldList = parsed(self.call(&ask, JsValue::UNDEFINED, None).1.await?)?;
        self.0.lists.borrow_mut().insert(held.sha256.clone(), ids);
        Ok(held)
    }

    /// The ids of a list that is held.
    #[must_use]
    pub fn held_ids(&self, list: &HeldList) -> Option<Rc<Vec<String>>> {
        self.0.lists.borrow().get(&list.sha256).cloned()
    }

    /// The first table of a file that has to be unpacked, as text.
    ///
    /// # Errors
    /// A file that the readers do not read, or that is too long for a list.
    pub async fn table_text(&self, file: &SourceFile) -> Result<String> {
        let answer = self.call(&Ask::TableText { file: file.note() }, file.blob.clone().into(), None).1.await;
        self.dismiss_lanes();
        match answer? {
            Answer::Text(text) => Ok(text),
            Answer::File(_) => Err(Error::new(ErrorKind::EngineStopped)),
        }
    }

    /// The original text of the rows that were set aside, under their header.
    ///
    /// # Errors
    /// [`ErrorKind::NothingOpen`].
    pub async fn set_aside(&self) -> Result<Blob> {
        file(self.call(&Ask::SetAside, JsValue::UNDEFINED, None).1.await?)
    }

    /// Ends the worker and gives its memory back. The next call starts a new one, with nothing open.
    pub fn close(&self) {
        self.end_engine();
        self.dismiss_lanes();
        self.fail_all(&Error::new(ErrorKind::Cancelled));
    }

    fn call(
        &self,
        ask: &Ask,
        handle: JsValue,
        progress: Option<OnProgress>,
    ) -> (u32, impl Future<Output = Result<Answer>> + use<>) {
        self.call_about(Work::Asking, ask, handle, progress)
    }

    fn call_about(
        &self,
        work: Work,
        ask: &Ask,
        handle: JsValue,
        progress: Option<OnProgress>,
    ) -> (u32, impl Future<Output = Result<Answer>> + use<>) {
        let id = self.0.next.replace(self.0.next.get().wrapping_add(1));
        let (sender, receiver) = oneshot::channel();
        let sent = self.start().and_then(|()| {
            // Some messages have no answer.
            if !matches!(ask, Ask::Cancel { .. } | Ask::DismissLanes) {
                self.0
                    .calls
                    .borrow_mut()
                    .insert(id, Call { answer: sender, progress, work, last: Cell::default() });
            }
            self.send(id, ask, handle)
        });
        (id, async move {
            sent?;
            receiver.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Cancelled)))
        })
    }

    fn send(&self, id: u32, ask: &Ask, handle: JsValue) -> Result<()> {
        let stopped = |reason: String| Error::new(ErrorKind::EngineStopped).found(reason);
        let value = Message::write(id, ask, handle).map_err(|error| stopped(format!("{error:?}")))?;
        match self.0.worker.borrow_mut().as_mut() {
            Some(Started { waiting: Some(waiting), .. }) => {
                waiting.push(value);
                Ok(())
            }
            Some(started) => post(&started.worker, &value).map_err(|error| stopped(format!("{error:?}"))),
            None => Err(stopped(String::new())),
        }
    }

    fn start(&self) -> Result<()> {
        if self.0.worker.borrow().is_some() {
            return Ok(());
        }
        let worker = spawn_worker()
            .map_err(|error| Error::new(ErrorKind::Unsupported).found(format!("Worker: {error:?}")))?;
        let client = Rc::downgrade(&self.0);
        let onmessage = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(inner) = client.upgrade() {
                Self(inner).hear(event.data());
            }
        });
        let onerror = self.on_error(Who::Engine);
        worker.set_onmessage(Some(onmessage.as_ref().unchecked_ref()));
        worker.set_onerror(Some(onerror.as_ref().unchecked_ref()));
        let started = Started { worker, waiting: Some(Vec::new()), _onmessage: onmessage, _onerror: onerror };
        self.0.worker.replace(Some(started));
        self.0.warming.replace(Some(Vec::new()));
        for ids in self.0.lists.borrow().values() {
            // Nobody waits for the answer.
            self.send(u32::MAX, &Ask::HoldList { ids: ids.to_vec() }, JsValue::UNDEFINED)?;
        }
        Ok(())
    }

    fn hear(&self, data: JsValue) {
        let Ok((id, said, handle)) = Message::read::<Say>(data) else { return };
        match said {
            Say::Ready => self.flush(),
            Say::Rehearsed => {
                for waiting in self.0.warming.take().into_iter().flatten() {
                    let _ = waiting.send(());
                }
            }
            Say::Progress(progress) => {
                let listener = self.0.calls.borrow().get(&id).and_then(|call| {
                    call.last.set(progress);
                    call.progress.clone()
                });
                if let Some(listener) = listener {
                    listener(progress);
                }
            }
            Say::Text(text) => self.resolve(id, Ok(Answer::Text(text))),
            Say::File => self.resolve(id, Ok(Answer::File(handle.unchecked_into()))),
            Say::Failed(error) => self.resolve(id, Err(error)),
            Say::Panicked(word) => drop(self.0.panicked.replace(Some(word))),
            Say::WantReader => {
                if let Err(error) = self.start_reader() {
                    self.fail_all(&Error::new(ErrorKind::Unsupported).found(format!("Worker: {error:?}")));
                }
            }
            Say::Need { ticket, start, end } => {
                let client = self.clone();
                spawn_local(async move {
                    client.read_for_worker(ticket, handle.unchecked_into(), start, end).await
                });
            }
        }
    }

    fn flush(&self) {
        if let Some(started) = self.0.worker.borrow_mut().as_mut() {
            for message in started.waiting.take().into_iter().flatten() {
                let _ = post(&started.worker, &message);
            }
        }
    }

    fn resolve(&self, id: u32, result: Result<Answer>) {
        let call = self.0.calls.borrow_mut().remove(&id);
        if let Some(call) = call {
            let _ = call.answer.send(result);
        }
    }

    fn fail_all(&self, error: &Error) {
        self.0.warming.take();
        let calls: Vec<Call> = self.0.calls.borrow_mut().drain().map(|(_, call)| call).collect();
        for call in calls {
            let _ = call.answer.send(Err(error.clone()));
        }
    }

    /// Reads a piece where the worker may not. When the page may not either, the worker is told by the lack of bytes.
    async fn read_for_worker(&self, ticket: u32, blob: Blob, start: f64, end: f64) {
        let bytes = match blob.slice_with_f64_and_f64(start, end) {
            Ok(slice) => JsFuture::from(slice.array_buffer()).await.unwrap_or(JsValue::UNDEFINED),
            Err(_) => JsValue::UNDEFINED,
        };
        let _ = self.send(0, &Ask::Piece { ticket }, bytes);
    }
}

/// Files of this size and more are read by several workers.
pub(super) const LARGE: f64 = 12e6;

/// Posts a message; a port in it changes hands.
fn post(worker: &Worker, message: &JsValue) -> std::result::Result<(), JsValue> {
    let handle = js_sys::Reflect::get(message, &"handle".into()).unwrap_or(JsValue::UNDEFINED);
    if handle.is_instance_of::<MessagePort>() {
        worker.post_message_with_transfer(message, &Array::of1(&handle))
    } else {
        worker.post_message(message)
    }
}

fn parsed<T: DeserializeOwned>(answer: Answer) -> Result<T> {
    match answer {
        Answer::Text(text) => {
            serde_json::from_str(&text).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
        }
        Answer::File(_) => Err(Error::new(ErrorKind::EngineStopped)),
    }
}

fn file(answer: Answer) -> Result<Blob> {
    match answer {
        Answer::File(blob) => Ok(blob),
        Answer::Text(_) => Err(Error::new(ErrorKind::EngineStopped)),
    }
}
