//! The engine in a Web Worker, and the page's side of the conversation.
//!
//! The page posts an [`Ask`], the worker answers with a [`Say`] under the same number. Files cross as handles and
//! are read in the worker in pieces; where a worker may not read them (WebKit on `file://`), it asks the page for each
//! piece. Reports cross as JSON text, the one form that the command line and the module use too.

mod cache;
mod client;
mod failure;
mod lane;
mod letters;
mod pool;
mod readers;
mod serve;
mod source;
mod stream;
mod unpack;

pub use cache::Kept;
pub use client::{Answer, Client};
pub use serve::serve;

use js_sys::Array;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};

use crate::engine::loader::Progress;
use crate::engine::request::OpenOptions;
use crate::error::{Error, ErrorKind};
use crate::privacy::pseudonym::Passphrase;

/// What is to be read.
#[derive(Debug, Clone)]
pub enum Source {
    /// The built-in sample data.
    Sample,
    /// Files that the user chose.
    Files(Vec<SourceFile>),
}

impl Source {
    /// The source's files, as the user named them.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Sample => crate::sample::FILE_NAME.to_owned(),
            Self::Files(files) => files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", "),
        }
    }

    /// How many bytes its files have; none for the sample.
    fn bytes(&self) -> f64 {
        match self {
            Self::Sample => 0.0,
            Self::Files(files) => files.iter().map(|file| file.bytes).sum(),
        }
    }

    /// Its files' names and bytes.
    fn sizes(&self) -> Vec<(String, f64)> {
        match self {
            Self::Sample => vec![(self.name(), 0.0)],
            Self::Files(files) => files.iter().map(|file| (file.name.clone(), file.bytes)).collect(),
        }
    }

    /// What crosses as text, and the handles that cross beside it.
    fn to_message(&self) -> (Option<Vec<FileNote>>, JsValue) {
        match self {
            Self::Sample => (None, JsValue::UNDEFINED),
            Self::Files(files) => {
                let handles = Array::new();
                for file in files {
                    handles.push(&file.blob);
                }
                (Some(files.iter().map(SourceFile::note).collect()), handles.into())
            }
        }
    }

    fn from_message(notes: Option<Vec<FileNote>>, handles: &JsValue) -> Self {
        let Some(notes) = notes else { return Self::Sample };
        let handles = Array::from(handles);
        Self::Files(notes.into_iter().zip(handles.iter()).map(SourceFile::from_message).collect())
    }
}

/// A file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: f64,
    /// The member of an archive or the sheet of a workbook that it is, and not the whole.
    pub part: Option<String>,
    /// The browser's handle on it, or on the whole.
    pub blob: web_sys::Blob,
}

impl SourceFile {
    fn note(&self) -> FileNote {
        FileNote { name: self.name.clone(), bytes: self.bytes, part: self.part.clone() }
    }

    fn from_message((note, blob): (FileNote, JsValue)) -> Self {
        Self { name: note.name, bytes: note.bytes, part: note.part, blob: blob.unchecked_into() }
    }

    /// The name of a part of a file, as a file of its own.
    #[must_use]
    pub fn name_within(file: &str, part: &str) -> String {
        format!("{file} / {part}")
    }

    /// A part of this file as a file of its own.
    #[must_use]
    pub fn within(&self, part: &str) -> Self {
        let name = Self::name_within(self.whole(), part);
        Self { name, part: Some(part.to_owned()), ..self.clone() }
    }

    /// The name of the file that this is a part of; its own when it is none.
    #[must_use]
    pub fn whole(&self) -> &str {
        let part = self.part.as_deref().and_then(|part| self.name.strip_suffix(part));
        part.and_then(|whole| whole.strip_suffix(" / ")).unwrap_or(&self.name)
    }
}

/// What of a file crosses as text.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileNote {
    name: String,
    bytes: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<String>,
}

/// A message in either direction: JSON, and what JSON cannot hold.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    /// Numbers the call.
    id: u32,
    /// An [`Ask`] or a [`Say`].
    text: String,
    /// Handles of files, a piece of a file.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    handle: JsValue,
}

impl Message {
    fn write(id: u32, content: &impl Serialize, handle: JsValue) -> std::result::Result<JsValue, JsValue> {
        let text = crate::engine::to_json(content).map_err(|error| JsValue::from(error.to_string()))?;
        Ok(serde_wasm_bindgen::to_value(&Self { id, text, handle })?)
    }

    fn read<T: DeserializeOwned>(data: JsValue) -> std::result::Result<(u32, T, JsValue), JsValue> {
        let Self { id, text, handle } = serde_wasm_bindgen::from_value(data)?;
        let content = serde_json::from_str(&text).map_err(|error| JsValue::from(error.to_string()))?;
        Ok((id, content, handle))
    }
}

/// What the page asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Ask {
    /// Looks at the beginning of every file; the files' handles come beside. Answered with their inspections.
    Inspect { files: Option<Vec<FileNote>>, options: OpenOptions },
    /// Reads the files. Answered with what is open; progress comes in between.
    /// With `keep`, they may be taken from the copy that the browser keeps, and one is kept.
    Open { files: Option<Vec<FileNote>>, options: OpenOptions, keep: bool },
    /// Whether the browser keeps a copy.
    Kept,
    /// Removes the copy that the browser keeps.
    Wipe,
    /// Answers a request.
    Run { request: String },
    /// Tells what a list of users would be saved as.
    PlanList { request: String, passphrase: Option<Passphrase> },
    /// Writes a list of users into a file.
    SaveList { request: String, passphrase: Option<Passphrase> },
    /// Finds the users of a list that comes back.
    MatchIds { ids: Vec<String>, passphrase: Option<Passphrase> },
    /// Holds a list of ids that segments refer to. Answered with what tells it from others.
    HoldList { ids: Vec<String> },
    /// Unpacks a table and gives it back as text; the file's handle comes beside.
    TableText { file: FileNote },
    /// Gives back the original text of the rows that were set aside.
    SetAside,
    /// Stops reading for the call with this number.
    Cancel { call: u32 },
    /// The piece of a file that the worker asked for is beside; nothing when it could not be read.
    Piece { ticket: u32 },
    /// A worker that has just started is to be a lane; the port to the engine is beside.
    BeLane,
    /// A lane has been started; the port to it is beside.
    AddLane,
    /// A reader of packed files has been started; the port to it is beside.
    AddReader,
    /// The lanes and the readers are being ended.
    DismissLanes,
}

/// What the worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Say {
    /// It listens.
    Ready,
    /// It has rehearsed, or has been asked something before it was through.
    Rehearsed,
    /// How far reading is.
    Progress(Progress),
    /// The answer, as JSON.
    Text(String),
    /// The answer is a file, which is beside.
    File,
    /// There is no answer.
    Failed(Error),
    /// The program contradicts itself and ends here; what it said last.
    Panicked(String),
    /// It wants one more reader of packed files.
    WantReader,
    /// It cannot read the file beside itself and asks the page for a piece.
    Need { ticket: u32, start: f64, end: f64 },
}

/// A browser's complaint as an error.
fn unreadable(file: &str, reason: &JsValue) -> Error {
    let text = js_sys::Reflect::get(reason, &"message".into()).ok().and_then(|message| message.as_string());
    let text = text.unwrap_or_else(|| format!("{reason:?}"));
    let kind = if failure::wants_memory(&text) { ErrorKind::OutOfMemory } else { ErrorKind::Unreadable };
    Error::new(kind).in_file(file).found(text)
}
