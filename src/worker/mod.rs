//! The engine in a Web Worker, and the page's side of the conversation.
//!
//! The page posts a [`ToWorker`], the worker answers with [`FromWorker`] under the same number. Files cross as handles and
//! are read in the worker in pieces; where a worker may not read them (WebKit on `file://`), it asks the page for each
//! piece. Reports cross as JSON text, the one form that the command line and the module use too.

mod client;
mod serve;
mod source;

pub use client::{Answer, Client};
pub use serve::serve;

use serde::{Deserialize, Serialize};

use crate::engine::loader::Progress;
use crate::engine::request::OpenOptions;
use crate::error::{Error, ErrorKind};
use crate::locale::Language;

/// What is to be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
}

/// A file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: f64,
    /// The browser's handle on it.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub blob: web_sys::Blob,
}

/// What the page asks.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ToWorker {
    /// Numbers the answer.
    pub id: u32,
    /// What is asked.
    pub ask: Ask,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Ask {
    /// Looks at the beginning of the first file. Answered with an inspection.
    Inspect { source: Source, options: OpenOptions },
    /// Reads the files. Answered with what is open; progress comes in between.
    Open { source: Source, options: OpenOptions },
    /// Answers a request.
    Run { request: String },
    /// Writes all users behind a cell as CSV.
    UsersCsv { request: String, language: Language },
    /// Gives back the original text of the rows that were set aside.
    SetAside,
    /// Stops reading for the call with this number.
    Cancel { call: u32 },
    /// The piece of a file that the worker asked for.
    Piece {
        ticket: u32,
        #[serde(with = "serde_wasm_bindgen::preserve")]
        bytes: wasm_bindgen::JsValue,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FromWorker {
    /// The worker listens.
    Ready,
    Progress {
        id: u32,
        progress: Progress,
    },
    /// The answer, as JSON.
    Text {
        id: u32,
        text: String,
    },
    /// The answer, as a file.
    File {
        id: u32,
        #[serde(with = "serde_wasm_bindgen::preserve")]
        blob: web_sys::Blob,
    },
    Failed {
        id: u32,
        error: Error,
    },
    /// The worker cannot read this file itself and asks the page for a piece.
    Need {
        ticket: u32,
        #[serde(with = "serde_wasm_bindgen::preserve")]
        blob: web_sys::Blob,
        start: f64,
        end: f64,
    },
}

/// A browser's complaint as an error.
fn unreadable(file: &str, reason: &wasm_bindgen::JsValue) -> Error {
    let text = js_sys::Reflect::get(reason, &"message".into()).ok().and_then(|message| message.as_string());
    Error::new(ErrorKind::Unreadable).in_file(file).found(text.unwrap_or_else(|| format!("{reason:?}")))
}
