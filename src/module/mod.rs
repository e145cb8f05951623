//! Strata as a JavaScript module: open, run, close. Types and comments for its users are in `strata.d.ts`.
//!
//! Values cross as JSON, parsed as strictly as everywhere: what is not understood is refused with its path.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, JSON, Object, Reflect};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortSignal, Blob, File};

use crate::engine::loader::Progress;
use crate::engine::request::{OpenOptions, from_value};
use crate::engine::to_json;
use crate::error::{Error, ErrorKind, Result};
use crate::locale::Language;
use crate::worker::{Client, Source, SourceFile};

thread_local! {
    /// A client whose worker has been started ahead of the first `open`.
    static SPARE: RefCell<Option<Client>> = const { RefCell::new(None) };
}

/// Starts a worker, so that the next `open` need not wait for it.
///
/// # Errors
/// A JavaScript `Error` that carries the fields of [`Error`].
#[wasm_bindgen]
pub async fn prepare() -> std::result::Result<(), JsValue> {
    let client = SPARE.with_borrow_mut(|spare| spare.get_or_insert_with(Client::new).clone());
    client.warm_up().await.map_err(thrown)?;
    client.prepare_lanes().map_err(thrown)
}

/// Reads files (an array of `File` or `Blob`) in a worker of their own. `strata.js` calls it as `open`.
///
/// # Errors
/// A JavaScript `Error` that carries the fields of [`Error`].
#[wasm_bindgen(js_name = openData)]
pub async fn open_data(files: Array, options: JsValue) -> std::result::Result<Data, JsValue> {
    let source = source(&files).map_err(thrown)?;
    let (on_progress, signal) = (property(&options, "onProgress"), property(&options, "signal"));
    let open_options = open_options(&options).map_err(thrown)?;
    let started = js_sys::Date::now();
    let progress = Rc::new(move |progress: Progress| {
        if let Some(listener) =
            on_progress.as_ref().and_then(|listener| listener.dyn_ref::<js_sys::Function>())
        {
            let seconds = (js_sys::Date::now() - started) / 1000.0;
            let told = to_json(&progress)
                .ok()
                .and_then(|text| JSON::parse(&text).ok())
                .unwrap_or_else(|| Object::new().into());
            let _ = Reflect::set(&told, &"seconds".into(), &seconds.into());
            let _ = listener.call1(&JsValue::NULL, &told);
        }
    });
    let client = SPARE.take().unwrap_or_default();
    let (call, opened) = client.open(&source, &open_options, progress);
    let _abort = signal.and_then(|signal| signal.dyn_into::<AbortSignal>().ok()).map(|signal| {
        let client = client.clone();
        let listener = Closure::<dyn FnMut()>::new(move || client.cancel(call));
        let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        Abort { signal, listener }
    });
    match opened.await {
        Ok(opened) => Ok(Data { info: parse(&to_json(&opened).map_err(thrown)?)?, client }),
        Err(error) => {
            client.close();
            Err(thrown(error))
        }
    }
}

/// Stops listening to the signal when reading has ended.
struct Abort {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
}

impl Drop for Abort {
    fn drop(&mut self) {
        let _ =
            self.signal.remove_event_listener_with_callback("abort", self.listener.as_ref().unchecked_ref());
    }
}

/// Open data.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Data {
    info: JsValue,
    client: Client,
}

#[wasm_bindgen]
impl Data {
    /// What was read.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn info(&self) -> JsValue {
        self.info.clone()
    }

    /// Answers a request.
    ///
    /// # Errors
    /// A JavaScript `Error` that carries the fields of [`Error`].
    pub fn run(&self, request: &JsValue) -> js_sys::Promise {
        let (client, request) = (self.client.clone(), stringify(request));
        js_sys::Promise::new(&mut move |resolve, reject| {
            let (client, request) = (client.clone(), request.clone());
            spawn_local(async move {
                let answer = match request {
                    Ok(request) => client.run_text(request).await,
                    Err(error) => Err(error),
                };
                let _ = match answer.map_err(thrown).and_then(|text| parse(&text)) {
                    Ok(value) => resolve.call1(&JsValue::NULL, &value),
                    Err(error) => reject.call1(&JsValue::NULL, &error),
                };
            });
        })
    }

    /// Ends the worker and gives its memory back.
    pub fn close(&self) {
        self.client.close();
    }
}

fn source(files: &Array) -> Result<Source> {
    let mut list = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let path = format!("files[{index}]");
        let blob = file
            .dyn_into::<Blob>()
            .map_err(|found| Error::bad_value(path, format!("{found:?}"), "a File or a Blob"))?;
        let name = blob.dyn_ref::<File>().map_or_else(|| format!("file {}", index + 1), File::name);
        list.push(SourceFile { name, bytes: blob.size(), part: None, blob });
    }
    if list.is_empty() {
        Err(Error::bad_value("files", "[]", "at least one File or Blob"))
    } else {
        Ok(Source::Files(list))
    }
}

/// The options without the two that are not data.
fn open_options(options: &JsValue) -> Result<OpenOptions> {
    if options.is_undefined() || options.is_null() {
        return Ok(OpenOptions::default());
    }
    let copy = Object::assign(&Object::new(), options.unchecked_ref());
    for name in ["onProgress", "signal"] {
        let _ = Reflect::delete_property(&copy, &name.into());
    }
    let value: Value = serde_json::from_str(&stringify(&copy)?)
        .map_err(|error| Error::new(ErrorKind::NotJson).found(error))?;
    from_value(value, "")
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let object = object.is_object().then_some(object)?;
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

fn stringify(value: &JsValue) -> Result<String> {
    let text =
        JSON::stringify(value).map_err(|error| Error::new(ErrorKind::NotJson).found(format!("{error:?}")))?;
    text.as_string().ok_or_else(|| Error::new(ErrorKind::NotJson).found("undefined"))
}

fn parse(text: &str) -> std::result::Result<JsValue, JsValue> {
    JSON::parse(text)
}

/// An error as JavaScript throws it: an `Error` with our fields on it.
fn thrown(error: Error) -> JsValue {
    let thrown = js_sys::Error::new(&error.message(Language::English));
    thrown.set_name("StrataError");
    if let Some(fields) = to_json(&error).ok().and_then(|text| JSON::parse(&text).ok()) {
        let target: &Object = thrown.unchecked_ref();
        Object::assign(target, fields.unchecked_ref());
    }
    thrown.into()
}
