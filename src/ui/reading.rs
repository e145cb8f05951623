//! The files are being read: how far, how fast, how long still, and a way to stop.

use leptos::prelude::*;

use super::state::App;
use super::text;
use super::widgets::progress::ProgressBar;
use strata::engine::loader::Progress;
use strata::locale::fill;

/// Progress of reading.
#[component]
pub fn ReadingPage() -> impl IntoView {
    let app = App::get();
    let title = Signal::derive(move || {
        let language = app.language.get();
        let name = app
            .chosen
            .with(|chosen| chosen.as_ref().map(|chosen| text::source_name(language, &chosen.source)));
        fill(language.words().reading_title, &[("name", &name.unwrap_or_default())])
    });
    let progress = move || app.reading.get().progress;
    // All bytes are in, the answer is not: rows are being sorted.
    let sorting = move || progress().total_bytes > 0 && progress().bytes >= progress().total_bytes;
    let value = Signal::derive(move || {
        let Progress { bytes, total_bytes, .. } = progress();
        (!sorting()).then(|| if total_bytes == 0 { 0.0 } else { bytes as f64 / total_bytes as f64 })
    });
    let speed = move || {
        let reading = app.reading.get();
        let rows = reading.progress.rows as f64;
        if reading.seconds > 0.0 && rows > 0.0 { Some(rows / reading.seconds) } else { None }
    };
    let left = move || {
        let reading = app.reading.get();
        let (done, total) = (reading.progress.bytes as f64, reading.progress.total_bytes as f64);
        (done > 0.0 && !sorting()).then(|| reading.seconds * (total - done) / done)
    };
    let unknown = move || app.words().reading_unknown.to_owned();
    let bytes = move || {
        let (language, progress) = (app.language.get(), progress());
        let done = text::bytes(language, progress.bytes);
        let total = text::bytes(language, progress.total_bytes);
        if progress.total_bytes == 0 {
            unknown()
        } else {
            fill(language.words().reading_progress, &[("done", &done), ("total", &total)])
        }
    };
    view! {
        <section class="reading" id="reading">
            <h1>{title}</h1>
            <ProgressBar value label=title/>
            <p class="muted reading-step" aria-live="polite">
                {move || if sorting() { app.words().reading_sorting } else { app.words().reading_note }}
            </p>
            <dl class="facts wide">
                <div><dt>{move || app.words().reading_bytes}</dt><dd id="reading-bytes">{bytes}</dd></div>
                <div><dt>{move || app.words().reading_rows}</dt>
                    <dd id="reading-rows">{move || text::count(app.language.get(), progress().rows)}</dd></div>
                <div><dt>{move || app.words().reading_speed}</dt>
                    <dd id="reading-speed">{move || speed().map_or_else(unknown, |speed| app.language.get().compact(speed))}</dd></div>
                <div><dt>{move || app.words().reading_left}</dt>
                    <dd id="reading-left">{move || left().map_or_else(unknown, |left| text::duration(app.language.get(), left))}</dd></div>
            </dl>
            <button type="button" class="button" id="cancel" on:click=move |_| app.cancel_reading()>
                {move || app.words().reading_cancel}
            </button>
        </section>
    }
}
