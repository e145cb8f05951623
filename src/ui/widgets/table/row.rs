//! Headings, rows and cells.

use std::borrow::Cow;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::data::TableData;
use super::datum::Datum;
use super::grid::Grid;
use super::source::Sort;
use strata::chart::text;
use strata::locale::{Language, fill};

/// The headings; each sorts, and its menu filters.
pub(super) fn headings(grid: Grid, widths: &[f64]) -> AnyView {
    let (sort, words) = (grid.sort.get(), grid.app.words());
    let heading = |data: &TableData, column: usize| {
        let (name, figures) = data.columns.get(column).cloned().unwrap_or_default();
        let sortable = grid.sortable(column);
        let (state, arrow) = match sort {
            Some(Sort { column: sorted, descending }) if sorted == column => {
                if descending {
                    ("descending", "↓")
                } else {
                    ("ascending", "↑")
                }
            }
            _ => ("none", ""),
        };
        let conditioned =
            grid.conditions.with(|conditions| conditions.iter().any(|one| one.column == column));
        let width = widths
            .get(column)
            .map(|width| format!("min-width: calc({width:.1} * var(--text) + 2 * var(--space-3))"));
        let label = fill(words.table_menu, &[("column", &name)]);
        let open = move || (grid.menu.get() == Some(column)).to_string();
        view! {
            <th scope="col" class:num=figures style=width aria-sort=sortable.then_some(state)>
                <button type="button" class="cell-button sort" tabindex="-1" aria-disabled=(!sortable).then_some("true")>
                    {name}<span class="arrow" aria-hidden="true">{arrow}</span>
                </button>
                <button type="button" class="column-menu" class:on=conditioned tabindex="-1" aria-haspopup="dialog"
                    aria-expanded=open aria-label=label.clone() title=label>
                    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 5h10M5 8h6M7 11h2"></path></svg>
                </button>
            </th>
        }
        .into_any()
    };
    grid.shown.with(|shown| {
        grid.data.with(|data| shown.iter().map(|&column| heading(data, column)).collect_view().into_any())
    })
}

/// A row by its position among those that pass. Its cells are written as text: the table hears for them, and a browser makes
/// a row of text many times faster than one of elements.
pub(super) fn body(grid: Grid, position: u64) -> AnyView {
    let row = NodeRef::<html::Tr>::new();
    Effect::new(move || {
        let Some(row) = row.get() else { return };
        let language = grid.app.language.get();
        let found = grid.cells(position);
        let cells = grid.shown.with(|shown| {
            grid.data.with(|data| match &found {
                Some((number, cells)) => row_cells(grid, data, shown, cells, language, Some(*number)),
                None => waiting(data, shown),
            })
        });
        write(&row, &cells);
    });
    view! { <tr aria-rowindex=(position + 2).to_string() node_ref=row></tr> }.into_any()
}

/// Writes a row's cells anew; the one that has the focus keeps it.
fn write(row: &web_sys::Element, cells: &str) {
    let focused = document().active_element().filter(|focused| row.contains(Some(focused)));
    let place = focused.and_then(|focused| {
        let cell = focused.closest("td").ok().flatten()?;
        (0..row.children().length()).find(|place| row.children().item(*place).as_ref() == Some(&cell))
    });
    row.set_inner_html(cells);
    let cell = place.and_then(|place| row.children().item(place));
    if let Some(cell) = cell.and_then(|cell| cell.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = cell.focus();
    }
}

/// The rows at the end.
pub(super) fn summary(grid: Grid) -> AnyView {
    let language = grid.app.language.get();
    let first = grid.counts.get().0 + 2;
    grid.shown.with(|shown| {
        grid.data.with(|data| {
            let row = |(number, cells): (u64, &Vec<Datum>)| {
                let cells = row_cells(grid, data, shown, cells, language, None);
                view! { <tr aria-rowindex=number.to_string() inner_html=cells></tr> }.into_any()
            };
            (first..).zip(&data.summary).map(row).collect_view().into_any()
        })
    })
}

fn row_cells(
    grid: Grid,
    data: &TableData,
    shown: &[usize],
    cells: &[Datum],
    language: Language,
    row: Option<usize>,
) -> String {
    let open_from = row.and_then(|row| data.open_from.get(row).copied().flatten()).unwrap_or(usize::MAX);
    let opens_users = row.is_some() && grid.on_open.is_some();
    let mut html = String::with_capacity(shown.len() * 96);
    for (place, &column) in shown.iter().enumerate() {
        let datum = cells.get(column).unwrap_or(&Datum::Nothing);
        let figures = data.columns.get(column).is_some_and(|(_, figures)| *figures);
        let shown_text = datum.shown(language);
        let text = escaped(&shown_text);
        // Names and dates stay on one line, sentences do not; where rows are all as high, a sentence can be read by pointing.
        let sentence = matches!(datum, Datum::Text(_)) && text::width(&text, 1.0) > 16.0;
        let opens =
            opens_users && data.opens.contains(&column) && !matches!(datum, Datum::Nothing | Datum::Count(0));
        let open_mark = column >= open_from && !matches!(datum, Datum::Nothing);
        html.push_str("<td tabindex=\"-1\" class=\"");
        for (is, name) in [(figures, "num "), (sentence, "sentence "), (open_mark, "open-mark")] {
            html.push_str(if is { name } else { "" });
        }
        html.push('"');
        // What a row is about is its heading.
        if place == 0 {
            html.push_str(" role=\"rowheader\"");
        }
        if sentence {
            html.push_str(" title=\"");
            html.push_str(&text);
            html.push('"');
        }
        html.push('>');
        if opens {
            html.push_str("<button type=\"button\" class=\"cell-button opens\" tabindex=\"-1\">");
            html.push_str(&text);
            html.push_str("</button>");
        } else {
            html.push_str(&text);
        }
        html.push_str("</td>");
    }
    html
}

/// Text of the data as text of the page: nothing in it is markup.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

/// Cells that are still to come.
fn waiting(data: &TableData, shown: &[usize]) -> String {
    let cell = |&column: &usize| {
        let figures = data.columns.get(column).is_some_and(|(_, figures)| *figures);
        let class = if figures { "num" } else { "" };
        format!("<td class=\"{class}\" tabindex=\"-1\"><span class=\"cell-waiting\"></span></td>")
    };
    // Before anything is known of the columns there is one.
    if shown.is_empty() { cell(&0) } else { shown.iter().map(cell).collect() }
}
