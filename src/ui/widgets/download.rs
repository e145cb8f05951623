//! Files that the page makes: a `Blob` behind a link that is clicked once and taken back.

use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use strata::export::csv::Csv;

/// Offers a text as a file.
pub fn text(name: &str, media_type: &str, content: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = js_sys::Array::of1(&JsValue::from_str(content));
    if let Ok(file) = Blob::new_with_str_sequence_and_options(&parts, &options) {
        blob(name, &file);
    }
}

/// Offers a table as CSV with a byte order mark.
pub fn csv<'a>(name: &str, header: &[String], rows: impl Iterator<Item = &'a [String]>) {
    let mut csv = Csv::new(header.iter().cloned());
    for row in rows {
        row.iter().for_each(|cell| csv.cell(cell));
        csv.end_row();
    }
    text(name, "text/csv;charset=utf-8", &csv.finish());
}

/// Offers a file.
pub fn blob(name: &str, file: &Blob) {
    let Ok(address) = Url::create_object_url_with_blob(file) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    // Browsers take the file when the click has been handled; a minute is more than any needs.
    set_timeout(move || drop(Url::revoke_object_url(&address)), std::time::Duration::from_secs(60));
}
