//! The readers' side door: files that are no plain text are unpacked by a second program, which the page loads when the
//! first such file comes. What the two say to each other is in the package `strata-formats`, file `desk.rs`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Object, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, MessagePort};

use super::{Say, SourceFile};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::ledger::{Ledger, Notice};
use crate::ingest::mapping::FileKind;
use crate::ingest::reader::{PRODUCT, Plan};

type Answer = (String, Option<Vec<u8>>);

/// A reader at the other end of a port.
pub(super) struct Reader {
    port: MessagePort,
    next: Cell<u32>,
    waiting: Rc<RefCell<HashMap<u32, oneshot::Sender<Answer>>>>,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

thread_local! {
    static READERS: RefCell<Vec<Rc<Reader>>> = const { RefCell::new(Vec::new()) };
    static WANTED: RefCell<Vec<oneshot::Sender<()>>> = const { RefCell::new(Vec::new()) };
}

/// Takes up a reader that the page has started.
pub(super) fn add(port: MessagePort) {
    let waiting: Rc<RefCell<HashMap<u32, oneshot::Sender<Answer>>>> = Rc::default();
    let answers = Rc::clone(&waiting);
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        let get = |key: &str| Reflect::get(&data, &key.into()).unwrap_or(JsValue::UNDEFINED);
        let Some(id) = get("id").as_f64() else { return };
        let handle = get("handle");
        let bytes = (!handle.is_undefined() && !handle.is_null()).then(|| Uint8Array::new(&handle).to_vec());
        if let Some(sender) = answers.borrow_mut().remove(&(id as u32)) {
            let _ = sender.send((get("text").as_string().unwrap_or_default(), bytes));
        }
    });
    port.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    let reader = Reader { port, next: Cell::new(0), waiting, _listener: listener };
    READERS.with_borrow_mut(|readers| readers.push(Rc::new(reader)));
    for wanted in WANTED.take() {
        let _ = wanted.send(());
    }
}

/// Lets all readers go; the page ends their workers.
pub(super) fn dismiss() {
    for reader in READERS.take() {
        reader.port.close();
        // Whoever waits hears that there will be no answer.
        reader.waiting.borrow_mut().clear();
    }
    WANTED.take();
}

/// A reader by number; the page starts one where there is none yet.
pub(super) async fn get(number: usize) -> Result<Rc<Reader>> {
    loop {
        if let Some(reader) = READERS.with_borrow(|readers| readers.get(number).cloned()) {
            return Ok(reader);
        }
        let (sender, receiver) = oneshot::channel();
        WANTED.with_borrow_mut(|wanted| wanted.push(sender));
        let stopped = |reason: JsValue| Error::new(ErrorKind::EngineStopped).found(format!("{reason:?}"));
        super::serve::post(0, &Say::WantReader, JsValue::UNDEFINED).map_err(stopped)?;
        receiver.await.map_err(|_| Error::new(ErrorKind::Cancelled))?;
    }
}

impl Reader {
    async fn ask<T: DeserializeOwned>(
        &self,
        request: &Value,
        handle: JsValue,
    ) -> Result<(T, Option<Vec<u8>>)> {
        let id = self.next.replace(self.next.get() + 1);
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().insert(id, sender);
        let message = Object::new();
        for (key, value) in
            [("id", JsValue::from(id)), ("text", request.to_string().into()), ("handle", handle)]
        {
            let _ = Reflect::set(&message, &key.into(), &value);
        }
        let stopped = |reason: String| Error::new(ErrorKind::EngineStopped).found(reason);
        self.port.post_message(&message).map_err(|reason| stopped(format!("{reason:?}")))?;
        let (text, bytes) = receiver.await.map_err(|_| Error::new(ErrorKind::Cancelled))?;
        let mut answer: Value = serde_json::from_str(&text).map_err(|error| stopped(error.to_string()))?;
        if let Some(failed) = answer.get_mut("failed") {
            return Err(
                serde_json::from_value(failed.take()).unwrap_or_else(|error| stopped(error.to_string()))
            );
        }
        Ok((serde_json::from_value(answer).map_err(|error| stopped(error.to_string()))?, bytes))
    }
}

/// What a file is, and its parts.
#[derive(Debug, Deserialize)]
pub(super) struct Contents {
    pub format: String,
    pub parts: Vec<FilePart>,
}

/// A member of an archive, a sheet of a workbook, or all there is.
#[derive(Debug, Deserialize)]
pub(super) struct FilePart {
    pub name: String,
    /// Its bytes when they are unpacked.
    pub bytes: Option<u64>,
    #[serde(default)]
    pub hidden: bool,
}

/// An open part.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Open {
    token: u32,
    pub kind: OpenKind,
    #[serde(default)]
    pub rows: Option<u64>,
    #[serde(default)]
    pub row_groups: Vec<u64>,
    /// The columns of `columns`.
    #[serde(default)]
    schema: Vec<SchemaColumn>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SchemaColumn {
    /// Nothing for columns that cannot be read.
    #[serde(default)]
    column_type: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum OpenKind {
    /// Delimited text, undecoded.
    Text,
    /// A table as CSV in UTF-8 with a header.
    Table,
    /// Typed columns.
    Columns,
}

/// The next piece.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Piece {
    #[serde(default)]
    pub end: bool,
    #[serde(default)]
    pub ledger: Option<Ledger>,
    /// The numbers of the rows that were set aside.
    #[serde(default)]
    pub set_aside: Vec<u64>,
    /// At the end of columns, the text of all of them.
    #[serde(default)]
    pub texts: Vec<String>,
    /// What had to be left out or changed; complete at the end.
    #[serde(default)]
    notices: Vec<ReaderNotice>,
}

#[derive(Debug, Deserialize)]
struct ReaderNotice {
    error: Error,
    count: u64,
}

impl Piece {
    /// What had to be left out or changed, for the file's ledger.
    pub(super) fn take_notices(&mut self) -> impl Iterator<Item = Notice> {
        let notices = std::mem::take(&mut self.notices).into_iter();
        notices.map(|ReaderNotice { error, count }| Notice::Reader { error, count })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlanRequest<'a> {
    token: u32,
    kind: FileKind,
    columns: &'a [crate::ingest::mapping::PlannedColumn],
    row_groups: (usize, usize),
    time_format: crate::ingest::time::TimeFormat,
    clock: crate::table::Clock,
    zone: &'a str,
}

impl Reader {
    pub(super) async fn look(&self, file: &SourceFile) -> Result<Contents> {
        let request = json!({ "look": { "name": file.whole(), "bytes": file.bytes } });
        Ok(self.ask(&request, file.blob.clone().into()).await?.0)
    }

    pub(super) async fn open(&self, file: &SourceFile, part: &str) -> Result<Open> {
        let request = json!({ "open": { "name": file.whole(), "bytes": file.bytes, "part": part } });
        Ok(self.ask(&request, file.blob.clone().into()).await?.0)
    }

    pub(super) async fn head(&self, open: &Open, bytes: usize) -> Result<Vec<u8>> {
        let request = json!({ "head": { "token": open.token, "bytes": bytes } });
        Ok(self.ask::<Value>(&request, JsValue::UNDEFINED).await?.1.unwrap_or_default())
    }

    pub(super) async fn next(&self, open: &Open) -> Result<(Piece, Option<Vec<u8>>)> {
        self.ask(&json!({ "next": { "token": open.token } }), JsValue::UNDEFINED).await
    }

    pub(super) async fn plan(&self, open: &Open, plan: &Plan, groups: (usize, usize)) -> Result<()> {
        // The preview leaves out what cannot be read.
        let readable: Vec<usize> = (0..)
            .zip(&open.schema)
            .filter(|(_, column)| column.column_type.is_some())
            .map(|(place, _)| place)
            .collect();
        let mut columns = plan.columns.clone();
        // What is computed stands in no column.
        for column in columns.iter_mut().filter(|column| column.field != PRODUCT) {
            column.field = readable
                .get(column.field)
                .copied()
                .ok_or_else(|| Error::new(ErrorKind::UnknownColumn).found(&column.name))?;
        }
        let request = PlanRequest {
            token: open.token,
            kind: plan.kind,
            columns: &columns,
            row_groups: groups,
            time_format: plan.time_format,
            clock: plan.clock,
            zone: &plan.zone,
        };
        self.ask::<Value>(&json!({ "plan": request }), JsValue::UNDEFINED).await.map(drop)
    }

    pub(super) async fn close(&self, open: &Open) {
        // It closes with the worker at the latest.
        let _ = self.ask::<Value>(&json!({ "close": { "token": open.token } }), JsValue::UNDEFINED).await;
    }
}

/// Whether a file that begins so is for the readers.
pub(super) fn wanted(head: &[u8]) -> bool {
    const MAGIC: [&[u8]; 7] = [
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
        b"PAR1",
        b"ARROW1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        // A schema message, with which an Arrow stream begins.
        b"\xff\xff\xff\xff",
    ];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    MAGIC.iter().any(|magic| head.starts_with(magic)) || looks_like_json(text)
}

fn looks_like_json(text: &[u8]) -> bool {
    let rest = |text: &[u8]| text.get(1..).unwrap_or(b"").trim_ascii_start().first().copied();
    match text.first() {
        Some(b'{') => matches!(rest(text), Some(b'"' | b'}')),
        Some(b'[') => matches!(rest(text), Some(b'{' | b']')),
        _ => false,
    }
}
