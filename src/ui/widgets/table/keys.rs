//! The keyboard in a table: one stop for Tab, arrows from cell to cell (the grid pattern of WAI-ARIA).

use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlTableCellElement};

use super::grid::Grid;
use super::scroll::row_number;

/// A key was pressed in the table.
pub(super) fn pressed(grid: Grid, event: &KeyboardEvent) {
    let (row, column) = grid.active.get_value();
    let (last_row, last_column) = (grid.last_row(), grid.shown.with_untracked(Vec::len).saturating_sub(1));
    let last_data = (grid.counts.get_untracked().0 + 1).max(2).min(last_row);
    let whole = event.ctrl_key() || event.meta_key();
    let page = grid.scroll.page();
    if event.alt_key() {
        if event.key() == "ArrowDown" {
            event.prevent_default();
            grid.menu.set(grid.shown.with_untracked(|shown| shown.get(column).copied()));
        }
        return;
    }
    let (row, column) = match event.key().as_str() {
        "ArrowDown" => (row + 1, column),
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "ArrowRight" => (row, column + 1),
        "Home" if whole => (2, 0),
        "End" if whole => (last_data, last_column),
        "Home" => (row, 0),
        "End" => (row, last_column),
        "PageDown" => (if row < last_data { (row + page).min(last_data) } else { row }, column),
        "PageUp" => (if row > 2 { row.saturating_sub(page).max(2) } else { row }, column),
        _ => return,
    };
    event.prevent_default();
    grid.active.set_value((row.clamp(1, last_row), column.min(last_column)));
    focus_active(grid);
}

/// Puts the focus on the active cell and brings it into sight.
pub(super) fn focus_active(grid: Grid) {
    let (row, column) = grid.active.get_value();
    let row = row.clamp(1, grid.last_row());
    if let Some(position) = row.checked_sub(2).filter(|position| *position < grid.counts.get_untracked().0) {
        grid.scroll.reveal(position);
    }
    if !focus_cell(grid, row, column) {
        // The row comes into the page before the next picture.
        request_animation_frame(move || {
            if grid.active.try_get_value() == Some((row, column)) {
                focus_cell(grid, row, column);
            }
        });
    }
}

fn focus_cell(grid: Grid, row: u64, column: usize) -> bool {
    let Some(row) = grid.scroll.row(row) else { return false };
    let Some(cell) = row.children().item(column as u32) else { return false };
    let control = cell.query_selector("button").ok().flatten();
    if let Ok(target) = control.unwrap_or_else(|| cell.clone()).dyn_into::<HtmlElement>() {
        show_column(grid, &row, &cell);
        // The browser scrolls the page, if that is needed; within the table everything is in its place.
        let _ = target.focus();
    }
    true
}

/// Scrolls sideways until the cell is beside the first column, which stays where it is.
fn show_column(grid: Grid, row: &Element, cell: &Element) {
    let (Some(scroller), Some(first)) = (grid.scroll.scroller.get_untracked(), row.first_element_child())
    else {
        return;
    };
    if first.is_same_node(Some(cell)) {
        return;
    }
    let (view, first, cell) = (
        scroller.get_bounding_client_rect(),
        first.get_bounding_client_rect(),
        cell.get_bounding_client_rect(),
    );
    let (before, after) = (cell.left() - first.right(), cell.right() - view.right());
    let by = if before < 0.0 { before.floor() } else { after.min(before).ceil().max(0.0) };
    if by != 0.0 {
        scroller.set_scroll_left(scroller.scroll_left() + by as i32);
    }
}

/// Something in the table, or the table itself, has the focus now.
pub(super) fn entered(grid: Grid, event: &FocusEvent) {
    let was_inside = grid.inside.get_untracked();
    grid.inside.set(true);
    match event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| place_of(&target))
    {
        Some(place) => grid.active.set_value(place),
        // Tab leads to the table, and from there to the cell that was left last.
        // (Not while the browser is still telling of this focus.)
        None if !was_inside => queue_microtask(move || focus_active(grid)),
        None => {}
    }
}

/// The focus goes elsewhere.
pub(super) fn left(grid: Grid, event: &FocusEvent) {
    let to = event.related_target().and_then(|target| target.dyn_into::<Element>().ok());
    // The table itself may be going.
    let table = grid.scroll.table.try_get_untracked().flatten();
    if !table.is_some_and(|table| to.is_some_and(|to| table.contains(Some(&to)))) {
        let _ = grid.inside.try_set(false);
    }
}

/// A click: on a heading, on its menu, or on a figure that opens users.
pub(super) fn clicked(grid: Grid, event: &MouseEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Some(button) = target.closest("button").ok().flatten() else { return };
    let Some((row, place)) = place_of(&button) else { return };
    let Some(column) = grid.shown.with_untracked(|shown| shown.get(place).copied()) else { return };
    let classes = button.class_list();
    if classes.contains("sort") {
        grid.press_heading(column);
    } else if classes.contains("column-menu") {
        grid.menu.update(|open| *open = (*open != Some(column)).then_some(column));
    } else if let Some(position) = row.checked_sub(2) {
        let found = untrack(|| grid.cells(position));
        if let Some((open, (row, _))) = grid.on_open.zip(found) {
            open.run((row, column));
        }
    }
}

/// The row and column of the cell that an element is in.
fn place_of(element: &Element) -> Option<(u64, usize)> {
    let cell = element.closest("td, th").ok().flatten()?;
    let row = row_number(&cell.closest("tr").ok().flatten()?)?;
    let column = cell.dyn_into::<HtmlTableCellElement>().ok()?.cell_index();
    Some((row, usize::try_from(column).ok()?))
}
