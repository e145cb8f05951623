//! The one table of the product: a few rows or a million, sorted, filtered, taken away as CSV or through the clipboard.
//! Figures in it open the users behind them.
//!
//! [`TableData`] is what a table holds; [`Rows`] says where rows come from when they are not in it. Up to sixty rows are in the
//! page as a whole; of more rows only those in sight are (`scroll`).

mod data;
mod datum;
mod grid;
mod keys;
mod menu;
mod row;
mod scroll;
mod source;

use leptos::prelude::*;
use leptos::task::spawn_local;

pub use data::TableData;
pub use datum::{Datum, amount_text};
pub use source::{Answer, Fetch, Fetched, Made, Page, Rows, Sort, Wanted};

use super::copy::write;
use super::download;
use super::frame::count;
use grid::Grid;
use scroll::PRINTED;
use strata::locale::fill;

/// A table.
#[component]
pub fn DataTable(
    /// The table's id, and the name of its CSV.
    id: &'static str,
    /// What the table holds.
    #[prop(into)]
    title: Signal<String>,
    /// Its columns, and its rows unless `rows` has them.
    data: Signal<TableData>,
    /// Called with the row and column of a figure that opens users.
    #[prop(optional, into)]
    on_open: Option<Callback<(usize, usize)>>,
    /// Where the rows are.
    #[prop(optional)]
    rows: Rows,
    /// Whether something else frames the table and says what it holds.
    #[prop(optional)]
    bare: bool,
    /// What is looked for at first.
    #[prop(optional)]
    search: &'static str,
) -> impl IntoView {
    let grid = Grid::new(id, data, rows, on_open);
    grid.search.set(search.to_owned());
    let heading = (!bare).then(|| view! { <h2 class="chart-title">{title}</h2> });
    view! {
        <section class="table-part" class:card=!bare class:bare=bare id=id>
            <div class="chart-head">
                <div class="table-title">
                    {heading}
                    <p class="chart-sub" id=format!("{id}-count") aria-live="polite">{move || grid.counted(bare)}</p>
                </div>
                {tools(grid)}
            </div>
            {frame(grid, title)}
            {notes(grid)}
        </section>
    }
}

/// The rows and what opens over them.
fn frame(grid: Grid, title: Signal<String>) -> AnyView {
    let scroll = grid.scroll;
    let widths = Memo::new(move |_| if grid.sparse.get() { grid.widths() } else { Vec::new() });
    let edges = move || {
        let window = scroll.window.get();
        format!("--above: {}px; --below: {}px", window.above, window.below)
    };
    let numbers = move || {
        let window = scroll.window.get();
        window.first..window.last
    };
    let row_count = move || {
        let rows = 1 + grid.counts.get().0 + grid.data.with(|data| data.summary.len()) as u64;
        rows.to_string()
    };
    let busy = move || (!grid.known()).to_string();
    view! {
        <div class="table-frame">
            <div class="table-scroll" tabindex="-1" node_ref=scroll.scroller on:scroll=move |_| scroll.moved()>
                <table
                    class="data grid"
                    class:sparse=move || grid.sparse.get()
                    role="grid"
                    aria-readonly="true"
                    aria-label=title
                    aria-busy=busy
                    aria-rowcount=row_count
                    aria-colcount=move || grid.shown.with(Vec::len).to_string()
                    tabindex=move || if grid.inside.get() { "-1" } else { "0" }
                    node_ref=scroll.table
                    on:keydown=move |event| keys::pressed(grid, &event)
                    on:focusin=move |event| keys::entered(grid, &event)
                    on:focusout=move |event| keys::left(grid, &event)
                    on:click=move |event| keys::clicked(grid, &event)
                >
                    <thead>
                        <tr aria-rowindex="1">{move || widths.with(|widths| row::headings(grid, widths))}</tr>
                    </thead>
                    <tbody style=edges>
                        <For each=numbers key=|number| *number children=move |number| row::body(grid, number)/>
                    </tbody>
                    <tfoot>{move || row::summary(grid)}</tfoot>
                </table>
            </div>
            {menu::column(grid)}
        </div>
    }
    .into_any()
}

/// Search, columns, and ways to take the table away.
fn tools(grid: Grid) -> AnyView {
    let id = grid.id;
    // Made once: a field that is written in stays.
    let searchable = Memo::new(move |_| grid.searchable());
    let search = move || {
        searchable.get().then(|| {
            view! {
                <input
                    type="search"
                    class="table-search"
                    id=format!("{id}-search")
                    aria-label=move || grid.app.words().table_search_label
                    placeholder=move || grid.app.words().table_search
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=grid.search
                    on:input=move |event| grid.search.set(event_target_value(&event))
                />
            }
        })
    };
    let clear = move || {
        grid.filtered().then(|| {
            view! {
                <button type="button" class="button small" id=format!("{id}-clear") on:click=move |_| grid.clear()>
                    {move || grid.app.words().table_clear}
                </button>
            }
        })
    };
    let exports = matches!(grid.rows, Rows::Held).then(|| {
        let csv = move |_| {
            let (header, rows) = plain(grid);
            download::csv(&format!("strata-{id}.csv"), &header, rows.iter().map(Vec::as_slice));
        };
        view! {
            {copy(grid)}
            <button type="button" class="button small" id=format!("{id}-csv") on:click=csv>
                {move || grid.app.words().widget_csv}
            </button>
        }
    });
    view! { <div class="chart-tools">{search}{clear}{menu::columns(grid)}{exports}</div> }.into_any()
}

/// All rows that pass, in the order shown, with all columns.
fn plain(grid: Grid) -> (Vec<String>, Vec<Vec<String>>) {
    grid.order.with_untracked(|order| grid.data.with_untracked(|data| data.plain(order)))
}

/// Copies the table as spreadsheets take it.
fn copy(grid: Grid) -> AnyView {
    let said = RwSignal::new(None::<bool>);
    let click = move |_| {
        let (header, rows) = plain(grid);
        // Neither tabs nor line ends can be written in a cell.
        let line = |cells: &Vec<String>| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace(['\t', '\n', '\r'], " ")).collect();
            cells.join("\t")
        };
        let lines: Vec<String> = std::iter::once(&header).chain(&rows).map(line).collect();
        spawn_local(async move {
            let _ = said.try_set(Some(write(&lines.join("\n")).await));
            let reset = move || {
                let _ = said.try_set(None);
            };
            set_timeout(reset, std::time::Duration::from_secs(2));
        });
    };
    let label = move || {
        let words = grid.app.words();
        match said.get() {
            None => words.table_copy,
            Some(true) => words.table_copied,
            Some(false) => words.table_copy_refused,
        }
    };
    view! {
        <button type="button" class="button small" id=format!("{}-copy", grid.id) aria-live="polite" on:click=click>{label}</button>
    }
    .into_any()
}

/// What there is to say when rows are missing, and on paper.
fn notes(grid: Grid) -> AnyView {
    let nothing = move || {
        let (matching, total) = grid.counts.get();
        let words = grid.app.words();
        (matching == 0 && grid.known()).then(|| {
            let text = if total == 0 { words.table_none } else { words.table_none_match };
            view! { <p class="empty" role="status">{text}</p> }
        })
    };
    let failed = move || {
        let Rows::Fetched(fetched) = grid.rows else { return None };
        let message = fetched.error()?.message(grid.app.language.get());
        Some(view! {
            <div class="alert" role="alert">
                <p>{message}</p>
                <button type="button" class="button small" id=format!("{}-retry", grid.id) on:click=move |_| fetched.retry()>
                    {move || grid.app.words().table_retry}
                </button>
            </div>
        })
    };
    let printed = move || {
        let number = |number: u64| count(number, grid.app.language.get());
        let rows = grid.counts.get().0;
        (grid.scroll.printing.get() && rows > PRINTED).then(|| {
            let text = fill(
                grid.app.words().table_printed,
                &[("shown", &number(PRINTED)), ("total", &number(rows))],
            );
            view! { <p class="muted">{text}</p> }
        })
    };
    view! { {nothing}{failed}{printed} }.into_any()
}
