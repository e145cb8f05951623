//! The import report: what became of every row of every file, and how the files fit together.

mod checks;
mod file;
mod joins;
mod parts;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::icon::{Glyph, Icon};
use super::state::App;
use crate::widgets::download;
use strata::engine::Opened;
use strata::export::ledger::to_csv;
use strata::ingest::ledger::Ledger;

/// The import report; the body of a dialog.
#[component]
pub fn LedgerReport() -> impl IntoView {
    let app = App::get();
    // Nothing in it changes while it is open, but the language.
    move || app.opened.get().map(|opened| report(app, &opened))
}

fn report(app: App, opened: &Opened) -> AnyView {
    let language = app.language.get();
    let words = language.words();
    let files: Vec<AnyView> =
        opened.ledgers.iter().map(|ledger| file::file_report(language, ledger)).collect();
    let some_aside = opened.ledgers.iter().any(|ledger| ledger.rows_set_aside() > ledger.rows_left_out());
    let sum = (opened.ledgers.len() > 1).then(|| {
        let sum = |part: fn(&Ledger) -> u64| opened.ledgers.iter().map(part).sum::<u64>();
        let (used, aside) = (sum(|ledger| ledger.rows_used), sum(Ledger::rows_set_aside));
        let whole = parts::rows_sum(language, sum(|ledger| ledger.rows_read), used, aside, sum(Ledger::rows_left_out));
        view! { <section class="ledger-part" id="ledger-sum"><h3>{words.ledger_all_title}</h3>{whole}</section> }
    });
    let aside = some_aside.then(|| {
        let save = move |_| save_set_aside(app);
        offer("set-aside-download", "button primary", words.ledger_download, words.ledger_download_hint, save)
    });
    let ledgers = opened.ledgers.clone();
    let save = move |_| {
        let words = app.language.get_untracked().words();
        let csv = to_csv(&ledgers, app.language.get_untracked());
        download::text(
            &format!("{}-{}.csv", stem(&ledgers), words.ledger_report_name),
            "text/csv;charset=utf-8",
            &csv,
        );
    };
    view! {
        <p>{words.ledger_lead}</p>
        {files}
        {sum}
        {checks::checks(app, language, opened)}
        {joins::joins(language, &opened.joins)}
        <div class="ledger-downloads">
            {aside}
            {offer("ledger-download", "button", words.ledger_download_report, words.ledger_download_report_hint, save)}
        </div>
    }
    .into_any()
}

/// A button that gives a file, and what is in it.
fn offer(
    id: &'static str,
    class: &'static str,
    label: &'static str,
    hint: &'static str,
    save: impl Fn(leptos::ev::MouseEvent) + 'static,
) -> AnyView {
    view! {
        <p class="ledger-download">
            <button type="button" class=class id=id on:click=save><Glyph icon=Icon::Download/>{label}</button>
            <span class="muted">{hint}</span>
        </p>
    }
    .into_any()
}

/// The first file's name without its ending.
fn stem(ledgers: &[Ledger]) -> &str {
    let first = ledgers.first().map_or("", |ledger| ledger.file.as_str());
    first.rsplit_once('.').map_or(first, |(stem, _)| stem)
}

/// Saves the original text of the rows that were set aside.
fn save_set_aside(app: App) {
    let name = app.opened.with_untracked(|opened| {
        opened.as_ref().map(|opened| stem(&opened.ledgers).to_owned()).unwrap_or_default()
    });
    spawn_local(async move {
        match app.client().set_aside().await {
            Ok(blob) => download::blob(&format!("{name}-set-aside.csv"), &blob),
            Err(error) => app.report(error),
        }
    });
}
