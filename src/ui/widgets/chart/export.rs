//! A chart's tools: read it as a table, take it away as PNG, SVG or CSV.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlCanvasElement};

use super::{Picture, canvas};
use crate::state::App;
use crate::widgets::{download, theme};
use strata::chart::{Chart as _, Form, Style, to_svg};

/// Pixels of a PNG in a CSS pixel.
const PNG_SCALE: f64 = 2.0;
/// Charts are taken away at least this wide, also from a narrow screen.
const NARROWEST: u32 = 720;

/// The tools.
#[component]
pub fn Tools(
    id: &'static str,
    chart: Memo<Picture>,
    size: Signal<(u32, u32)>,
    as_table: RwSignal<bool>,
) -> impl IntoView {
    let app = App::get();
    let style = move || {
        let (width, height) = size.get_untracked();
        let language = app.language.get_untracked();
        Style {
            palette: untrack(theme::palette),
            scale: PNG_SCALE,
            with_title: true,
            ..Style::new(width.max(NARROWEST), Style::height_with_title(height), language)
        }
    };
    let png = move |_| chart.with_untracked(|chart| save_png(&format!("strata-{id}.png"), chart, &style()));
    let svg = move |_| {
        if let Ok(text) = chart.with_untracked(|chart| to_svg(chart, &style())) {
            download::text(&format!("strata-{id}.svg"), "image/svg+xml;charset=utf-8", &text);
        }
    };
    let csv = move |_| {
        let table = chart.with_untracked(|chart| chart.table(app.language.get_untracked(), Form::Plain));
        download::csv(&format!("strata-{id}.csv"), &table.header, table.rows.iter().map(Vec::as_slice));
    };
    view! {
        <div class="chart-tools">
            <button
                type="button"
                class="button small"
                id=format!("{id}-table")
                aria-pressed=move || as_table.get().to_string()
                on:click=move |_| as_table.update(|shown| *shown = !*shown)
            >
                {move || app.words().widget_table}
            </button>
            <button type="button" class="button small" id=format!("{id}-png") on:click=png>"PNG"</button>
            <button type="button" class="button small" id=format!("{id}-svg") on:click=svg>"SVG"</button>
            <button type="button" class="button small" id=format!("{id}-csv") on:click=csv>"CSV"</button>
        </div>
    }
}

fn save_png(name: &str, chart: &Picture, style: &Style) {
    let canvas = document()
        .create_element("canvas")
        .ok()
        .and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let Some(canvas) = canvas else { return };
    if canvas::draw(&canvas, chart, style).is_none() {
        return;
    }
    let name = name.to_owned();
    let save = Closure::once_into_js(move |file: Option<Blob>| {
        if let Some(file) = file {
            download::blob(&name, &file);
        }
    });
    let _ = canvas.to_blob(save.unchecked_ref());
}
