//! A chart's tools: read it as a table, copy its numbers, take it away as PNG, SVG or CSV.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlCanvasElement, HtmlElement, HtmlTextAreaElement};

use super::{Picture, canvas};
use crate::state::App;
use crate::widgets::{download, theme};
use strata::chart::{Chart as _, Form, Style, Table, to_svg};

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
            week_start: app.week_start.get_untracked(),
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
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let table = chart.with_untracked(|chart| chart.table(app.language.get_untracked(), Form::Plain));
        let text = tab_separated(&table);
        spawn_local(async move {
            let done = write(&text).await;
            let _ = copied.try_set(Some(done));
            let forget = move || {
                let _ = copied.try_set(None);
            };
            set_timeout(forget, std::time::Duration::from_secs(2));
        });
    };
    let outcome = move || match copied.get() {
        Some(true) => app.words().frame_copied,
        Some(false) => app.words().frame_not_copied,
        None => "",
    };
    let copy_name =
        move || if copied.get() == Some(true) { app.words().frame_copied } else { app.words().frame_copy };
    let menu = format!("{id}-tools");
    let more = NodeRef::<leptos::html::Button>::new();
    let place = RwSignal::new(String::new());
    // The menu is in the top layer, where it knows nothing of its button.
    let put = move |_| {
        if let Some(button) = more.get_untracked() {
            let rect = button.get_bounding_client_rect();
            let width = document().document_element().map_or(0, |root| root.client_width());
            place.set(format!(
                "--menu-top:{:.0}px;--menu-right:{:.0}px",
                rect.bottom() + 4.0,
                f64::from(width) - rect.right()
            ));
        }
    };
    let tool =
        move |name: &str, text: Signal<&'static str>, hint: Signal<&'static str>, press: Callback<()>| {
            view! {
                <button
                    type="button"
                    class="button small"
                    id=format!("{id}-{name}")
                    title=hint
                    popovertarget=format!("{id}-tools")
                    popovertargetaction="hide"
                    on:click=move |_| press.run(())
                >
                    {text}
                </button>
            }
        };
    let words = move |word: fn(&'static strata::locale::Words) -> &'static str| {
        Signal::derive(move || word(app.words()))
    };
    view! {
        <button
            type="button"
            class="button small chart-more"
            node_ref=more
            popovertarget=menu.clone()
            aria-label=move || app.words().frame_tools
            title=move || app.words().frame_more
            on:click=put
        >
            "⋯"
        </button>
        <div class="chart-tools" id=menu popover="auto" role="group" aria-label=move || app.words().frame_tools style=place>
            <button
                type="button"
                class="button small"
                id=format!("{id}-table")
                title=move || app.words().frame_table_hint
                aria-pressed=move || as_table.get().to_string()
                popovertarget=format!("{id}-tools")
                popovertargetaction="hide"
                on:click=move |_| as_table.update(|shown| *shown = !*shown)
            >
                {move || app.words().widget_table}
            </button>
            {tool("copy", Signal::derive(copy_name), words(|words| words.frame_copy_hint), Callback::new(copy))}
            {tool("png", Signal::stored("PNG"), words(|words| words.frame_png_hint), Callback::new(png))}
            {tool("svg", Signal::stored("SVG"), words(|words| words.frame_svg_hint), Callback::new(svg))}
            {tool("csv", Signal::stored("CSV"), words(|words| words.frame_csv_hint), Callback::new(csv))}
        </div>
        <span class="visually-hidden" role="status">{outcome}</span>
    }
}

/// A table as spreadsheets take it from the clipboard.
fn tab_separated(table: &Table) -> String {
    let line = |cells: &Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace(['\t', '\r', '\n'], " ")).collect();
        cells.join("\t") + "\r\n"
    };
    std::iter::once(&table.header).chain(&table.rows).map(line).collect()
}

/// Whether the text now is in the clipboard. Pages over plain http have none, but the older way through a field.
async fn write(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    let there: &JsValue = clipboard.as_ref();
    if !there.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok() {
        return true;
    }
    write_by_field(text).unwrap_or(false)
}

fn write_by_field(text: &str) -> Option<bool> {
    let document = document();
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_value(text);
    field.set_class_name("visually-hidden");
    let before = document.active_element();
    document.body()?.append_child(&field).ok()?;
    field.select();
    // Not in the typed interface of documents any more, but in every browser.
    let copy = js_sys::Reflect::get(&document, &"execCommand".into()).ok()?;
    let copy: js_sys::Function = copy.dyn_into().ok()?;
    let done = copy.call1(&document, &"copy".into()).is_ok_and(|done| done.is_truthy());
    field.remove();
    if let Some(before) = before.and_then(|before| before.dyn_into::<HtmlElement>().ok()) {
        let _ = before.focus();
    }
    Some(done)
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
