//! The import report: what became of every row of every file.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::icon::{Glyph, Icon};
use super::state::App;
use super::text;
use crate::widgets::download;
use strata::ingest::ledger::{Ledger, Reason, SetAside};
use strata::locale::fill;

/// The import report; the body of a dialog.
#[component]
pub fn LedgerReport() -> impl IntoView {
    let app = App::get();
    let ledgers = move || app.opened.get().map(|opened| opened.ledgers.clone()).unwrap_or_default();
    let some_aside = move || ledgers().iter().any(|ledger| ledger.rows_set_aside() > 0);
    view! {
        <p>{move || app.words().ledger_lead}</p>
        {move || ledgers().into_iter().map(|ledger| view! { <FileReport ledger/> }).collect::<Vec<_>>()}
        <Show when=some_aside>
            <p class="ledger-download">
                <button type="button" class="button primary" id="set-aside-download" on:click=move |_| save(app)>
                    <Glyph icon=Icon::Download/>
                    {move || app.words().ledger_download}
                </button>
                <span class="muted">{move || app.words().ledger_download_hint}</span>
            </p>
        </Show>
    }
}

/// One file.
#[component]
fn FileReport(ledger: Ledger) -> impl IntoView {
    let app = App::get();
    let (read, used, aside) = (ledger.rows_read, ledger.rows_used, ledger.rows_set_aside());
    let count = move |value: u64| move || text::count(app.language.get(), value);
    let (name, bytes) = (ledger.file.clone(), ledger.bytes);
    let equation = move || {
        let language = app.language.get();
        let [read, used, aside] = [read, used, aside].map(|value| text::count(language, value));
        fill(language.words().ledger_equation, &[("read", &read), ("used", &used), ("aside", &aside)])
    };
    let share = |part: u64| format!("flex-grow:{part}");
    view! {
        <section class="ledger-file" data-testid="ledger-file">
            <h3>{name}<span class="muted">{move || text::bytes(app.language.get(), bytes)}</span></h3>
            <p class="equation" data-testid="ledger-equation" data-read=read data-used=used data-aside=aside>{equation}</p>
            <div class="parts" aria-hidden="true">
                <span class="part used" style=share(used)></span>
                <span class="part aside" style=share(aside)></span>
            </div>
            {if ledger.set_aside.is_empty() {
                view! { <p class="muted">{move || app.words().ledger_all_used}</p> }.into_any()
            } else {
                let rows: Vec<_> =
                    ledger.set_aside.clone().into_iter().map(|entry| view! { <ReasonRow entry/> }).collect();
                view! {
                    <div class="table-scroll">
                        <table class="data">
                            <thead><tr>
                                <th>{move || app.words().ledger_reason}</th>
                                <th class="num">{move || app.words().ledger_rows}</th>
                                <th class="num">{move || app.words().ledger_first_row}</th>
                                <th>{move || app.words().ledger_column}</th>
                                <th>{move || app.words().ledger_found}</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                            <tfoot><tr>
                                <th>{move || app.words().ledger_total}</th>
                                <td class="num">{count(aside)}</td>
                                <td colspan="3"></td>
                            </tr></tfoot>
                        </table>
                    </div>
                    <p class="muted">{move || app.words().ledger_row_note}</p>
                }.into_any()
            }}
            {(!ledger.emptied.is_empty()).then(|| view! { <Emptied ledger=ledger.clone()/> })}
        </section>
    }
}

#[component]
fn ReasonRow(entry: SetAside) -> impl IntoView {
    let app = App::get();
    let reason = format!("reason_{}", entry.reason.code());
    let (rows, first_row) = (entry.rows, entry.first_row);
    let column = move || {
        let named = entry.first_column.clone().filter(|column| !column.is_empty());
        named.unwrap_or_else(|| app.words().ledger_none.to_owned())
    };
    let (kind, first_found) = (entry.reason, entry.first_found);
    let found = move || {
        let words = app.words();
        let found = first_found.as_deref().unwrap_or_default();
        match (kind, found.split_once(" / ")) {
            (Reason::MissingFields | Reason::ExtraFields, Some((found, expected))) => {
                let phrase = match kind {
                    Reason::MissingFields => words.ledger_found_missing,
                    _ => words.ledger_found_extra,
                };
                fill(phrase, &[("found", found), ("expected", expected)])
            }
            (_, _) if found.is_empty() => words.ledger_none.to_owned(),
            _ => found.to_owned(),
        }
    };
    let counted = matches!(kind, Reason::MissingFields | Reason::ExtraFields);
    view! {
        <tr data-testid="ledger-reason" data-reason=entry.reason.code()>
            <td>{move || app.words().get(&reason).unwrap_or_default()}</td>
            <td class="num">{move || text::count(app.language.get(), rows)}</td>
            <td class="num">{move || text::count(app.language.get(), first_row)}</td>
            <td>{column}</td>
            <td class:cell-text=!counted>{found}</td>
        </tr>
    }
}

/// Cells of attributes that count as empty.
#[component]
fn Emptied(ledger: Ledger) -> impl IntoView {
    let app = App::get();
    let rows: Vec<_> = ledger
        .emptied
        .into_iter()
        .map(|entry| {
            let (cells, first_row) = (entry.cells, entry.first_row);
            view! {
                <tr data-testid="ledger-emptied">
                    <td>{entry.column}</td>
                    <td class="num">{move || text::count(app.language.get(), cells)}</td>
                    <td class="num">{move || text::count(app.language.get(), first_row)}</td>
                    <td class="cell-text">{entry.first_found}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <h4>{move || app.words().ledger_emptied_title}</h4>
        <p class="muted">{move || app.words().ledger_emptied_lead}</p>
        <div class="table-scroll">
            <table class="data">
                <thead><tr>
                    <th>{move || app.words().ledger_column}</th>
                    <th class="num">{move || app.words().ledger_cells}</th>
                    <th class="num">{move || app.words().ledger_first_row}</th>
                    <th>{move || app.words().ledger_found}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Saves the original text of the rows that were set aside.
fn save(app: App) {
    let first = app.opened.with_untracked(|opened| {
        opened.as_ref().and_then(|opened| opened.ledgers.first().map(|ledger| ledger.file.clone()))
    });
    let first = first.unwrap_or_default();
    let stem = first.rsplit_once('.').map_or(first.as_str(), |(stem, _)| stem).to_owned();
    spawn_local(async move {
        match app.client().set_aside().await {
            Ok(blob) => download::blob(&format!("{stem}-set-aside.csv"), &blob),
            Err(error) => app.report(error),
        }
    });
}
