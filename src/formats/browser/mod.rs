//! The readers in a worker of their own: each message is a request, each reply its answer.

mod blob;

use std::cell::RefCell;

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, MessagePort};

use crate::desk::{Desk, Handle};
use blob::BlobSource;

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Answers messages `{id, text, handle}` with others of the same shape, and a message `{port}` by doing the same there.
pub fn serve() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let port = get(&event.data(), "port").dyn_into::<MessagePort>();
        match port {
            Ok(port) => serve_port(port),
            Err(_) => answer(&event.data(), |reply, transfer| {
                let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
                scope.post_message_with_transfer(reply, transfer)
            }),
        }
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
}

/// A port lives as long as whoever holds its other end.
fn serve_port(port: MessagePort) {
    let own = port.clone();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        answer(&event.data(), |reply, transfer| own.post_message_with_transferable(reply, transfer));
    });
    port.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn answer(request: &JsValue, post: impl Fn(&JsValue, &JsValue) -> Result<(), JsValue>) {
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
    let reply = Object::new();
    let transfer = js_sys::Array::new();
    let buffer = bytes.map_or(JsValue::UNDEFINED, |bytes| Uint8Array::from(bytes.as_slice()).buffer().into());
    if !buffer.is_undefined() {
        transfer.push(&buffer);
    }
    for (key, value) in [("id", get(request, "id")), ("text", text.into()), ("handle", buffer)] {
        // A plain object takes any property.
        let _ = Reflect::set(&reply, &key.into(), &value);
    }
    // Whoever is gone hears nothing, and that is all right.
    let _ = post(&reply, &transfer);
}
