//! What opens over a table: the choice of columns, and a column's order and filter.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

use super::data::{Condition, Kind};
use super::grid::Grid;
use super::keys;
use super::source::{Rows, Sort};

/// Something that opens: it takes the focus, and goes when the focus does, or with Escape.
fn popover(id: String, label: String, content: AnyView, close: Callback<bool>) -> AnyView {
    let element = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let Some(element) = element.get() else { return };
        let first = element.query_selector("input:enabled, button:enabled").ok().flatten();
        if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
            let _ = first.focus();
        }
    });
    let keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            // What the table lies in stays open.
            event.prevent_default();
            event.stop_propagation();
            close.run(true);
        }
    };
    let focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<Element>().ok());
        let inside =
            |element: &web_sys::HtmlDivElement| to.as_ref().is_some_and(|to| element.contains(Some(to)));
        // A button that opens and closes has the last word.
        let toggles = to.as_ref().is_some_and(|to| to.has_attribute("aria-haspopup"));
        if !toggles && !element.try_get_untracked().flatten().is_some_and(|element| inside(&element)) {
            close.run(false);
        }
    };
    view! {
        <div class="table-menu" id=id role="dialog" aria-label=label tabindex="-1" node_ref=element
            on:keydown=keydown on:focusout=focusout>
            {content}
        </div>
    }
    .into_any()
}

/// The button that opens the choice of columns, and the choice.
pub(super) fn columns(grid: Grid) -> AnyView {
    let open = RwSignal::new(false);
    let id = format!("{}-columns", grid.id);
    let menu = format!("{id}-menu");
    let opener = NodeRef::<html::Button>::new();
    let close = Callback::new(move |back: bool| {
        open.set(false);
        if let Some(opener) = opener.get_untracked().filter(|_| back) {
            let _ = opener.focus();
        }
    });
    let list = move || {
        let items = move || {
            grid.data.with(|data| {
                let item = |(column, (name, _)): (usize, &(String, bool))| {
                    let checked = move || grid.shown.with(|shown| shown.contains(&column));
                    view! {
                        <label class="table-choice">
                            <input type="checkbox" prop:checked=checked disabled={column == 0}
                                on:change=move |event| grid.choose(column, event_target_checked(&event))/>
                            <span>{name.clone()}</span>
                        </label>
                    }
                    .into_any()
                };
                data.columns.iter().enumerate().map(item).collect_view()
            })
        };
        let content = view! {
            <div class="table-choices">{items}</div>
            <button type="button" class="button small" on:click=move |_| grid.choose_all()>
                {move || grid.app.words().table_columns_all}
            </button>
        };
        popover(menu.clone(), grid.app.words().table_columns.to_owned(), content.into_any(), close)
    };
    view! {
        <div class="table-menu-place">
            <button type="button" class="button small" id=id node_ref=opener aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>
                {move || grid.app.words().table_columns}
            </button>
            {move || open.get().then(&list)}
        </div>
    }
    .into_any()
}

/// The menu of the column that is open, below its heading.
pub(super) fn column(grid: Grid) -> AnyView {
    let close = Callback::new(move |back: bool| {
        grid.menu.set(None);
        if back {
            keys::focus_active(grid);
        }
    });
    let menu = move || {
        let column = grid.menu.get()?;
        let words = grid.app.words();
        let (name, kind) = grid.data.with_untracked(|data| {
            (data.columns.get(column).map(|(name, _)| name.clone()).unwrap_or_default(), data.kind(column))
        });
        let sortable = grid.sortable(column);
        let direction = |descending: bool, label: &'static str| {
            let sort = Sort { column, descending };
            let on = move || grid.sort.get() == Some(sort);
            let click = move |_| grid.sort.set((!on()).then_some(sort));
            view! {
                <button type="button" aria-pressed=move || on().to_string() on:click=click>{label}</button>
            }
            .into_any()
        };
        let order = sortable.then(|| {
            view! {
                <div class="segmented small">
                    {direction(false, words.table_ascending)}{direction(true, words.table_descending)}
                </div>
            }
        });
        let filter = matches!(grid.rows, Rows::Held).then(|| filter(grid, column, kind));
        let hide = move |_| {
            close.run(true);
            grid.choose(column, false);
        };
        let hide = (column > 0).then(|| {
            view! { <button type="button" class="button small" on:click=hide>{words.table_hide}</button> }
        });
        let content = view! { <p class="table-menu-title">{name.clone()}</p>{order}{filter}{hide} };
        Some(popover(format!("{}-column", grid.id), name, content.into_any(), close))
    };
    view! { <div class="table-menu-anchor" style=move || place(grid)>{menu}</div> }.into_any()
}

/// Where the heading of the open menu is.
fn place(grid: Grid) -> String {
    const WIDTH: f64 = 232.0;
    let left = || {
        let column = grid.menu.get()?;
        let place = grid.shown.with_untracked(|shown| shown.iter().position(|shown| *shown == column))?;
        let heading =
            grid.scroll.row(1)?.children().item(u32::try_from(place).ok()?)?.get_bounding_client_rect();
        let frame = grid.scroll.scroller.get_untracked()?.get_bounding_client_rect();
        let left = (heading.left() - frame.left()).min(frame.width() - WIDTH).max(0.0);
        Some(format!("left: {left:.0}px; top: {:.0}px", heading.bottom() - frame.top()))
    };
    left().unwrap_or_default()
}

/// The fields that say what the cells of a column have to be.
fn filter(grid: Grid, column: usize, kind: Kind) -> AnyView {
    let words = grid.app.words();
    let now = move || {
        let found =
            grid.conditions.with(|conditions| conditions.iter().find(|one| one.column == column).cloned());
        found.unwrap_or(Condition { column, ..Condition::default() })
    };
    let field =
        |name: &str, label: &'static str, input: &'static str, part: fn(&mut Condition) -> &mut String| {
            let value = move || std::mem::take(part(&mut now()));
            let change = move |event| {
                let mut condition = untrack(now);
                *part(&mut condition) = event_target_value(&event);
                grid.conditions.update(|conditions| {
                    conditions.retain(|one| one.column != column);
                    if !condition.is_empty() {
                        conditions.push(condition);
                    }
                });
            };
            // Set once: a field that is written in is not written into.
            let value = untrack(value);
            view! {
            <label class="field">
                <span>{label}</span>
                <input type=input step="any" id=format!("{}-{name}", grid.id) value=value on:input=change/>
            </label>
        }
        .into_any()
        };
    let limits = |input: &'static str, least: &'static str, most: &'static str| {
        let least = field("least", least, input, |condition| &mut condition.least);
        let most = field("most", most, input, |condition| &mut condition.most);
        view! { <div class="table-limits">{least}{most}</div> }.into_any()
    };
    match kind {
        Kind::Text => field("contains", words.table_contains, "text", |condition| &mut condition.contains),
        Kind::Number => limits("number", words.table_least, words.table_most),
        Kind::Share => limits("number", words.table_least_percent, words.table_most_percent),
        Kind::Day => limits("date", words.table_from, words.table_to),
    }
}
