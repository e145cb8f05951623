//! How a text file is laid out, as it was detected, to be changed.

use leptos::{ev, prelude::*};

use super::mapping::Choices;
use super::state::App;
use strata::engine::request::FileOptions;
use strata::ingest::layout::{Encoding, Layout};

/// Delimiters that are offered, with their names; another that was detected is offered as it is.
const DELIMITERS: [(char, &str); 4] = [
    (',', "mapping_delimiter_comma"),
    ('\t', "mapping_delimiter_tab"),
    (';', "mapping_delimiter_semicolon"),
    ('|', "mapping_delimiter_pipe"),
];

/// What may stand around fields; a space stands for nothing.
const QUOTES: [(char, &str); 3] =
    [('"', "layout_quote_double"), ('\'', "layout_quote_single"), (' ', "layout_quote_none")];

/// Letters, delimiter, quotes, header.
#[component]
pub fn LayoutFields(
    /// What the page's parts share.
    choices: Choices,
) -> impl IntoView {
    let app = App::get();
    let layout = Memo::new(move |_| {
        choices.inspection.with(|found| found.as_ref().map(|found| found.layout)).unwrap_or_default()
    });
    view! {
        <fieldset class="card layout">
            <legend>{move || choices.of_file(app.words().mapping_layout, app.words().files_layout_of)}</legend>
            <PartField choices/>
            <EncodingField choices layout/>
            {choice("delimiter", |words| words.mapping_delimiter, move || delimiters(app, layout.get()), |options, sign| options.delimiter = Some(sign))}
            {choice("quote", |words| words.layout_quote, move || quotes(app, layout.get()), |options, sign| options.quote = Some(sign))}
            <HeaderField layout/>
        </fieldset>
    }
}

/// The sheets of a workbook or the members of an archive, where there are several: each that is chosen is a file of its own.
#[component]
fn PartField(choices: Choices) -> impl IntoView {
    let app = App::get();
    let parts = Memo::new(move |_| {
        choices.inspection.with(|found| found.as_ref().map(|found| found.parts.clone()).unwrap_or_default())
    });
    let chosen = Memo::new(move |_| {
        let shown = app.shown.get();
        app.chosen.with(|chosen| chosen.as_ref().map(|chosen| chosen.parts_of(shown)).unwrap_or_default())
    });
    let check = move |part: String| {
        let is_chosen = {
            let part = part.clone();
            move || chosen.with(|chosen| chosen.iter().any(|(known, _)| *known == part))
        };
        // One at least is read.
        let is_last = {
            let is_chosen = is_chosen.clone();
            move || is_chosen() && chosen.with(|chosen| chosen.len() == 1)
        };
        let change = {
            let part = part.clone();
            move |event: ev::Event| app.change_part(&part, event_target_checked(&event))
        };
        view! {
            <li>
                <label class="check">
                    <input type="checkbox" data-part=part.clone() prop:checked=is_chosen prop:disabled=is_last on:change=change/>
                    <span>{part.clone()}</span>
                </label>
            </li>
        }
        .into_any()
    };
    move || {
        let parts = Some(parts.get()).filter(|parts| parts.len() > 1)?;
        Some(view! {
            <div class="field members">
                <span id="parts-label">{move || app.words().files_parts}</span>
                <ul class="check-list" id="parts" aria-labelledby="parts-label">{parts.into_iter().map(check).collect::<Vec<_>>()}</ul>
            </div>
        })
    }
}

/// A sign, its name, and whether it is the one in force.
type Offer = (char, String, bool);

fn delimiters(app: App, layout: Layout) -> Vec<Offer> {
    let words = app.words();
    let named = |&(sign, name): &(char, &str)| {
        (sign, words.get(name).unwrap_or_default().to_owned(), sign == layout.delimiter)
    };
    let mut options: Vec<Offer> = DELIMITERS.iter().map(named).collect();
    if options.iter().all(|option| !option.2) {
        options.push((layout.delimiter, layout.delimiter.escape_debug().to_string(), true));
    }
    options
}

fn quotes(app: App, layout: Layout) -> Vec<Offer> {
    let words = app.words();
    let quote = layout.quote.unwrap_or(' ');
    QUOTES
        .iter()
        .map(|&(sign, name)| (sign, words.get(name).unwrap_or_default().to_owned(), sign == quote))
        .collect()
}

/// A choice between signs.
fn choice(
    id: &'static str,
    label: fn(&strata::locale::Words) -> &'static str,
    options: impl Fn() -> Vec<Offer> + Send + Sync + 'static,
    set: fn(&mut FileOptions, char),
) -> AnyView {
    let app = App::get();
    let choose = move |event: ev::Event| {
        if let Some(sign) = event_target_value(&event).chars().next() {
            app.change_layout(|options| set(options, sign));
        }
    };
    let rows = move || {
        let option = |(sign, name, chosen): Offer| {
            view! { <option value=sign.to_string() prop:selected=chosen>{name}</option> }.into_any()
        };
        options().into_iter().map(option).collect::<Vec<_>>()
    };
    view! {
        <label class="field" for=id>
            <span>{move || label(app.words())}</span>
            <select id=id on:change=choose>{rows}</select>
        </label>
    }
    .into_any()
}

/// The letters; where they were guessed, with how the first lines read in each.
#[component]
fn EncodingField(choices: Choices, layout: Memo<Layout>) -> impl IntoView {
    let app = App::get();
    let name = move |encoding: Encoding| {
        let key = format!("encoding_{}", encoding.label().replace('-', "_"));
        app.words().get(&key).unwrap_or_default()
    };
    let options = Encoding::ALL.map(|encoding| {
        view! {
            <option value=encoding.label() prop:selected=move || layout.get().encoding == encoding>{move || name(encoding)}</option>
        }
    });
    let set = move |encoding: Encoding| app.change_layout(|options| options.encoding = Some(encoding));
    let choose = move |event: ev::Event| {
        let chosen = event_target_value(&event);
        if let Some(encoding) = Encoding::ALL.into_iter().find(|encoding| encoding.label() == chosen) {
            set(encoding);
        }
    };
    // Whoever has chosen keeps the way back in sight.
    let samples = move || {
        choices.inspection.with(|found| {
            let found = found.as_ref().filter(|found| !found.encoding_sure || choices.encoding_said.get())?;
            Some(found.encoding_samples.clone()).filter(|samples| !samples.is_empty())
        })
    };
    let sample = move |(encoding, text): (Encoding, String)| {
        view! {
            <li>
                <button type="button" class="sample" data-encoding=encoding.label()
                    aria-pressed=move || (layout.get().encoding == encoding).to_string() on:click=move |_| set(encoding)>
                    <span class="muted">{move || name(encoding)}</span>
                    <span class="sample-text">{text}</span>
                </button>
            </li>
        }
        .into_any()
    };
    view! {
        <div class="field encoding">
            <label for="encoding">{move || app.words().layout_encoding}</label>
            <select id="encoding" on:change=choose>{options}</select>
            {move || samples().map(|samples| view! {
                <span class="hint warning" id="encoding-hint">{move || app.words().layout_encoding_guessed}</span>
                <ul class="samples" aria-labelledby="encoding-hint">{samples.into_iter().map(sample).collect::<Vec<_>>()}</ul>
            })}
        </div>
    }
}

/// Whether the first record names the columns, and how many lines stand above it.
#[component]
fn HeaderField(layout: Memo<Layout>) -> impl IntoView {
    let app = App::get();
    let set = move |header: bool| app.change_layout(|options| options.header = Some(header));
    let buttons = [(true, "header-yes"), (false, "header-no")].map(|(header, id)| {
        let name = move || if header { app.words().mapping_header_yes } else { app.words().mapping_header_no };
        view! {
            <button type="button" id=id aria-pressed=move || (layout.get().header == header).to_string() on:click=move |_| set(header)>
                {name}
            </button>
        }
    });
    let choose = move |event: ev::Event| {
        if let Ok(lines) = event_target_value(&event).trim().parse::<u32>() {
            app.change_layout(|options| options.skip_lines = Some(lines));
        }
    };
    view! {
        <div class="field">
            <span>{move || app.words().mapping_header}</span>
            <div class="segmented" role="group" aria-label=move || app.words().mapping_header>{buttons}</div>
        </div>
        <label class="field" for="skip-lines">
            <span>{move || app.words().layout_skip_lines}</span>
            <input type="number" id="skip-lines" min="0" max="1000" prop:value=move || layout.get().skip_lines.to_string() on:change=choose/>
        </label>
    }
}
