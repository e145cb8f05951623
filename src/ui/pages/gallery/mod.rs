//! Every control in every state, for those who build pages and for the pictures that tests compare.
//!
//! Nothing here depends on data, the time or chance. A section is one component; [`Section`] and [`specimen`] are all
//! that they are made of.

mod buttons;
mod charts;
mod choices;
mod fields;
mod layers;
mod signs;
mod table;
mod tokens;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use crate::address::Page;
use crate::state::App;
use crate::widgets::focus;
use strata::locale::Words;

/// Takes a phrase out of those of a language.
type Phrase = fn(&Words) -> &'static str;

/// A section: its anchor, its title, and what it shows.
type Shown = (&'static str, Phrase, fn() -> AnyView);

const SECTIONS: [Shown; 8] = [
    ("tokens", |words| words.gallery_tokens, || view! { <tokens::Tokens/> }.into_any()),
    ("buttons", |words| words.gallery_buttons, || view! { <buttons::Buttons/> }.into_any()),
    ("fields", |words| words.gallery_fields, || view! { <fields::Fields/> }.into_any()),
    ("choices", |words| words.gallery_choices, || view! { <choices::Choices/> }.into_any()),
    ("charts", |words| words.gallery_charts, || view! { <charts::Charts/> }.into_any()),
    ("table", |words| words.gallery_table, || view! { <table::TableStates/> }.into_any()),
    ("layers", |words| words.gallery_layers, || view! { <layers::Layers/> }.into_any()),
    ("signs", |words| words.gallery_signs, || view! { <signs::Signs/> }.into_any()),
];

/// The page.
#[component]
pub fn Gallery() -> impl IntoView {
    let app = App::get();
    let link = |(anchor, title, _): Shown| {
        let go = move |event: leptos::ev::MouseEvent| {
            // The address belongs to the pages; only the sight and the focus move.
            event.prevent_default();
            reveal(&section_id(anchor));
        };
        view! { <li><a href=move || app.address.link(Page::Gallery) on:click=go>{move || title(app.words())}</a></li> }
    };
    let section = |(anchor, title, show): Shown| {
        let id = section_id(anchor);
        let heading = format!("{id}-title");
        view! {
            <section class="gallery-section" id=id tabindex="-1" aria-labelledby=heading.clone()>
                <h2 id=heading.clone()>{move || title(app.words())}</h2>
                {show()}
            </section>
        }
    };
    view! {
        <div class="page gallery" id="gallery">
            <header class="page-head"><h1>{move || app.words().gallery_title}</h1></header>
            <p class="muted">{move || app.words().gallery_lead}</p>
            <nav class="gallery-nav" aria-label=move || app.words().gallery_sections>
                <ul>{SECTIONS.map(link).into_iter().collect_view()}</ul>
            </nav>
            {SECTIONS.map(section).into_iter().collect_view()}
        </div>
    }
}

fn section_id(anchor: &str) -> String {
    format!("gallery-{anchor}")
}

fn reveal(id: &str) {
    if let Some(section) = focus::by_id(id) {
        section.unchecked_ref::<web_sys::Element>().scroll_into_view();
        let _ = section.focus();
    }
}

/// A control's name, when to use it, and its states side by side.
#[component]
fn Shelf(
    /// The control's name.
    title: Phrase,
    /// When to use it.
    note: Phrase,
    /// Its states.
    children: Children,
) -> impl IntoView {
    let app = App::get();
    view! {
        <div class="shelf">
            <div class="shelf-head">
                <h3>{move || title(app.words())}</h3>
                <p class="muted">{move || note(app.words())}</p>
            </div>
            <div class="specimens">{children()}</div>
        </div>
    }
}

/// A control in one state, with the state's name above it.
fn specimen(state: Phrase, control: impl IntoView + 'static) -> AnyView {
    let app = App::get();
    view! {
        <div class="specimen">
            <p class="specimen-state">{move || state(app.words())}</p>
            {control.into_any()}
        </div>
    }
    .into_any()
}

/// A phrase as a signal.
fn word(phrase: Phrase) -> Signal<String> {
    let app = App::get();
    Signal::derive(move || phrase(app.words()).to_owned())
}

/// What a control that is only shown calls.
fn nothing<T: 'static>() -> Callback<T> {
    Callback::new(|_| ())
}
