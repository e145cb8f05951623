//! A page with one word on it.

use leptos::prelude::*;

fn main() {
    mount_to_body(|| view! { <main>"Empty"</main> });
}
