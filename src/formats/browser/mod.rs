//! The readers in a worker of their own: each message is a request, each reply its answer.

mod blob;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use strata_core::error::{Error, ErrorKind};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, MessagePort};

use crate::desk::{Desk, Handle};
use blob::BlobSource;

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
    /// Who is waiting, should a reader break down over a damaged file.
    static WAITING: RefCell<Option<(JsValue, Post)>> = const { RefCell::new(None) };
}

/// Sends a reply, with what is to be transferred.
type Post = Rc<dyn Fn(&JsValue, &JsValue) -> Result<(), JsValue>>;

/// A library that panics over a damaged file ends this worker. Whoever waits is told first, by `"stopped": true` beside the
/// error; it should end the worker and start another.
fn tell_before_the_end() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let waiting = WAITING.try_with(|waiting| waiting.try_borrow_mut().ok().and_then(|mut it| it.take()));
        if let Ok(Some((id, post))) = waiting {
            let error = Error::new(ErrorKind::BrokenFile).found(panic);
            let text = serde_json::json!({ "failed": error, "stopped": true }).to_string();
            reply(&id, &text, None, &post);
        }
    }));
}

/// Answers messages `{id, text, handle}` with others of the same shape, and a message `{port}` by doing the same there.
pub fn serve() {
    tell_before_the_end();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let own = scope.clone();
    let post: Post = Rc::new(move |reply, transfer| own.post_message_with_transfer(reply, transfer));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        match get(&event.data(), "port").dyn_into::<MessagePort>() {
            Ok(port) => serve_port(port),
            Err(_) => answer(&event.data(), &post),
        }
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
}

/// A port lives as long as whoever holds its other end.
fn serve_port(port: MessagePort) {
    let own = port.clone();
    let post: Post = Rc::new(move |reply, transfer| own.post_message_with_transferable(reply, transfer));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        answer(&event.data(), &post);
    });
    port.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn answer(request: &JsValue, post: &Post) {
    let id = get(request, "id");
    WAITING.set(Some((id.clone(), Rc::clone(post))));
    let handle = get(request, "handle");
    let handle = if let Some(blob) = handle.dyn_ref::<Blob>() {
        Handle::File(Box::new(BlobSource::new(blob.clone())))
    } else if handle.is_instance_of::<ArrayBuffer>() {
        Handle::Bytes(Uint8Array::new(&handle).to_vec())
    } else {
        Handle::None
    };
    let text = get(request, "text").as_string().unwrap_or_default();
    let (text, bytes) = DESK.with_borrow_mut(|desk| desk.answer(&text, handle));
    WAITING.set(None);
    reply(&id, &text, bytes, post);
}

fn reply(id: &JsValue, text: &str, bytes: Option<Vec<u8>>, post: &Post) {
    let reply = Object::new();
    let transfer = js_sys::Array::new();
    let buffer = bytes.map_or(JsValue::UNDEFINED, |bytes| Uint8Array::from(bytes.as_slice()).buffer().into());
    if !buffer.is_undefined() {
        transfer.push(&buffer);
    }
    for (key, value) in [("id", id.clone()), ("text", text.into()), ("handle", buffer)] {
        // A plain object takes any property.
        let _ = Reflect::set(&reply, &key.into(), &value);
    }
    // Whoever is gone hears nothing, and that is all right.
    let _ = post(&reply, &transfer);
}
