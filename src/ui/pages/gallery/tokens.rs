//! Colours and type, by the names that style sheets use.

use leptos::prelude::*;

use super::{Shelf, word};

const COLOURS: [&str; 17] = [
    "background",
    "surface",
    "surface-raised",
    "ink",
    "muted",
    "hairline",
    "border",
    "accent",
    "accent-strong",
    "accent-soft",
    "open",
    "danger",
    "danger-soft",
    "notice",
    "notice-soft",
    "good",
    "good-soft",
];
const SIZES: [&str; 6] = ["text-small", "text", "text-large", "text-larger", "text-title", "text-hero"];

/// The section.
#[component]
pub fn Tokens() -> impl IntoView {
    let swatch = |name: &'static str| {
        view! {
            <div class="colour">
                <span class="colour-field" style=format!("background:var(--{name})")></span>
                <code>{name}</code>
            </div>
        }
    };
    let sample = word(|words| words.gallery_sample);
    let line = move |name: &'static str| {
        view! {
            <div class="type-line">
                <code>{name}</code>
                <span style=format!("font-size:var(--{name})")>{sample}</span>
            </div>
        }
    };
    view! {
        <Shelf title=|words| words.gallery_colours note=|words| words.gallery_colours_note>
            <div class="colours">{COLOURS.map(swatch).into_iter().collect_view()}</div>
        </Shelf>
        <Shelf title=|words| words.gallery_type note=|words| words.gallery_type_note>
            <div class="type-lines">{SIZES.map(line).into_iter().collect_view()}</div>
        </Shelf>
    }
}
