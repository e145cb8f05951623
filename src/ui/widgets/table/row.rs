//! Headings, rows and cells.

use leptos::prelude::*;

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

/// A row by its position among those that pass.
pub(super) fn body(grid: Grid, position: u64) -> AnyView {
    let cells = move || {
        let language = grid.app.language.get();
        let found = grid.cells(position);
        grid.shown.with(|shown| {
            grid.data.with(|data| match &found {
                Some((row, cells)) => row_cells(grid, data, shown, cells, language, Some(*row)),
                None => waiting(data, shown),
            })
        })
    };
    view! { <tr aria-rowindex=(position + 2).to_string()>{cells}</tr> }.into_any()
}

/// The rows at the end.
pub(super) fn summary(grid: Grid) -> AnyView {
    let language = grid.app.language.get();
    let first = grid.counts.get().0 + 2;
    grid.shown.with(|shown| {
        grid.data.with(|data| {
            let row = |(number, cells): (u64, &Vec<Datum>)| {
                let cells = row_cells(grid, data, shown, cells, language, None);
                view! { <tr aria-rowindex=number.to_string()>{cells}</tr> }.into_any()
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
) -> Vec<AnyView> {
    let open_from = row.and_then(|row| data.open_from.get(row).copied().flatten()).unwrap_or(usize::MAX);
    let opens_users = row.is_some() && grid.on_open.is_some();
    let cell = |(place, &column): (usize, &usize)| {
        let datum = cells.get(column).unwrap_or(&Datum::Nothing);
        let figures = data.columns.get(column).is_some_and(|(_, figures)| *figures);
        let text = datum.shown(language);
        // Names and dates stay on one line, sentences do not; where rows are all as high, a sentence can be read by pointing.
        let sentence = matches!(datum, Datum::Text(_)) && text::width(&text, 1.0) > 16.0;
        let title = sentence.then(|| text.clone());
        let opens =
            opens_users && data.opens.contains(&column) && !matches!(datum, Datum::Nothing | Datum::Count(0));
        let open_mark = column >= open_from && !matches!(datum, Datum::Nothing);
        let content = if opens {
            view! { <button type="button" class="cell-button opens" tabindex="-1">{text}</button> }.into_any()
        } else {
            text.into_any()
        };
        let kinds = [(figures, "num"), (sentence, "sentence"), (open_mark, "open-mark")];
        let classes: Vec<&str> = kinds.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
        let classes = (!classes.is_empty()).then(|| classes.join(" "));
        // What a row is about is its heading.
        let role = (place == 0).then_some("rowheader");
        view! { <td class=classes role=role title=title tabindex="-1">{content}</td> }.into_any()
    };
    shown.iter().enumerate().map(cell).collect()
}

/// Cells that are still to come.
fn waiting(data: &TableData, shown: &[usize]) -> Vec<AnyView> {
    let cell = |&column: &usize| {
        let figures = data.columns.get(column).is_some_and(|(_, figures)| *figures);
        view! { <td class:num=figures tabindex="-1"><span class="cell-waiting"></span></td> }.into_any()
    };
    // Before anything is known of the columns there is one.
    if shown.is_empty() { vec![cell(&0)] } else { shown.iter().map(cell).collect() }
}
