//! A table that can be sorted and taken away as CSV. Figures in it open the users behind them.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::download;
use super::frame::count;
use crate::state::App;
use strata::dataset::calendar::Day;
use strata::locale::{Language, fill};
use strata::table::decimal::Amount;

/// Rows shown before the rest is asked for, and rows shown at all; the CSV has every row.
const SHOWN: [usize; 2] = [31, 1000];

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// A text.
    Text(String),
    /// A whole number of things.
    Count(u64),
    /// An exact amount.
    Amount(Amount),
    /// Any other number, shown with two places.
    Number(f64),
    /// A share, 1 being the whole.
    Share(f64),
    /// A day.
    Day(Day),
    /// There is no such figure.
    Nothing,
}

impl Datum {
    /// A share, where there is one.
    #[must_use]
    pub fn share(share: Option<f64>) -> Self {
        share.map_or(Self::Nothing, Self::Share)
    }

    fn shown(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(number) => count(*number, language),
            Self::Amount(amount) => amount_text(*amount, language),
            Self::Number(number) => language.decimal(*number, 2),
            Self::Share(share) => language.percent(*share),
            Self::Day(day) => language.date(*day),
            Self::Nothing => "–".to_owned(),
        }
    }

    /// As another program reads it: all places, no separators.
    fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Amount(amount) => amount.to_string(),
            Self::Number(number) | Self::Share(number) => number.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Nothing => String::new(),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Count(number) => Some(*number as f64),
            Self::Amount(amount) => Some(amount.to_f64()),
            Self::Number(number) | Self::Share(number) => Some(*number),
            Self::Day(day) => Some(f64::from(day.0)),
            Self::Text(_) | Self::Nothing => None,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(own), Self::Text(other)) => own.cmp(other),
            // What is missing comes first when rising, last when falling.
            _ => self.number().partial_cmp(&other.number()).unwrap_or(Ordering::Equal),
        }
    }
}

/// An amount with all its places; one place reads as a slip, so that it is followed by a zero.
#[must_use]
pub fn amount_text(amount: Amount, language: Language) -> String {
    let plain = amount.to_string();
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
    // Through text, because a large amount has more digits than a floating-point number.
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let digits =
        whole.trim_start_matches('-').parse().map_or_else(|_| whole.to_owned(), |n| language.integer(n));
    match fraction {
        Some(fraction) => format!("{sign}{digits}.{fraction:0<2}"),
        None => format!("{sign}{digits}"),
    }
}

/// A table's contents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableData {
    /// A name for each column, and whether it holds figures.
    pub columns: Vec<(String, bool)>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Datum>>,
    /// Totals and averages: they stay at the end, and open nothing.
    pub summary: Vec<Vec<Datum>>,
    /// The columns whose figures open users.
    pub opens: Vec<usize>,
    /// The columns that a narrow screen does without; the CSV has them.
    pub spare: Vec<usize>,
    /// For each row the first column that is not complete yet; it and those after it are marked.
    pub open_from: Vec<Option<usize>>,
}

impl TableData {
    /// Offers all rows as CSV.
    fn download(&self, name: &str) {
        let header: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let rows = self.rows.iter().chain(&self.summary);
        let rows: Vec<Vec<String>> = rows.map(|row| row.iter().map(Datum::plain).collect()).collect();
        download::csv(name, &header, rows.iter().map(Vec::as_slice));
    }

    /// The rows' numbers in the order chosen.
    fn order(&self, sort: Option<(usize, bool)>) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        if let Some((column, falling)) = sort {
            let cell =
                |row: usize| self.rows.get(row).and_then(|row| row.get(column)).unwrap_or(&Datum::Nothing);
            order.sort_by(|&a, &b| {
                let rising = cell(a).order(cell(b));
                if falling { rising.reverse() } else { rising }
            });
        }
        order
    }
}

/// A sortable table.
#[component]
pub fn DataTable(
    /// The table's id, and the name of its CSV.
    id: &'static str,
    /// What the table holds.
    #[prop(into)]
    title: Signal<String>,
    /// Its contents.
    data: Signal<TableData>,
    /// Called with the row and column of a figure that opens users.
    #[prop(optional, into)]
    on_open: Option<Callback<(usize, usize)>>,
) -> impl IntoView {
    let app = App::get();
    let sort = RwSignal::new(None::<(usize, bool)>);
    let all = RwSignal::new(false);
    let order = Memo::new(move |_| data.with(|data| data.order(sort.get())));
    let limit = move || if all.get() { SHOWN[1] } else { SHOWN[0] };
    let rows = move || {
        let language = app.language.get();
        data.with(|data| {
            let row = |&row: &usize| {
                let cells = data.rows.get(row).map(Vec::as_slice).unwrap_or_default();
                table_row(data, cells, language, Some(row), on_open)
            };
            order.get().iter().take(limit()).map(row).collect_view()
        })
    };
    let summary = move || {
        let language = app.language.get();
        data.with(|data| {
            let row = |cells: &Vec<Datum>| table_row(data, cells, language, None, None);
            data.summary.iter().map(row).collect_view()
        })
    };
    let more = move || {
        let (total, shown) = (order.with(Vec::len), limit());
        (total > shown).then(|| more_rows(app, total, all))
    };
    view! {
        <section class="card" id=id>
            <div class="chart-head">
                <h2 class="chart-title">{title}</h2>
                <div class="chart-tools">
                    <button
                        type="button"
                        class="button small"
                        id=format!("{id}-csv")
                        on:click=move |_| data.with_untracked(|data| data.download(&format!("strata-{id}.csv")))
                    >
                        {move || app.words().widget_csv}
                    </button>
                </div>
            </div>
            <div class="table-scroll" tabindex="0" role="region" aria-label=title>
                <table class="data">
                    <thead>
                        <tr>{move || data.with(|data| headings(data, sort))}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>{summary}</tfoot>
                </table>
            </div>
            {more}
        </section>
    }
}

fn headings(data: &TableData, sort: RwSignal<Option<(usize, bool)>>) -> impl IntoView + use<> {
    let heading = |(column, (name, figures)): (usize, &(String, bool))| {
        // Figures are most often wanted largest first.
        let (figures, name, spare) = (*figures, name.clone(), data.spare.contains(&column));
        let click = move |_| {
            sort.update(|sort| {
                *sort = match *sort {
                    Some((sorted, falling)) if sorted == column => Some((column, !falling)),
                    _ => Some((column, figures)),
                }
            })
        };
        let direction = move || match sort.get() {
            Some((sorted, falling)) if sorted == column => {
                if falling {
                    "descending"
                } else {
                    "ascending"
                }
            }
            _ => "none",
        };
        let arrow = move || match direction() {
            "descending" => " ↓",
            "ascending" => " ↑",
            _ => "",
        };
        view! {
            <th scope="col" class:num=figures class:spare=spare aria-sort=direction>
                <button type="button" class="cell-button" on:click=click>{name}<span aria-hidden="true">{arrow}</span></button>
            </th>
        }
    };
    data.columns.iter().enumerate().map(heading).collect_view()
}

fn table_row(
    data: &TableData,
    cells: &[Datum],
    language: Language,
    row: Option<usize>,
    on_open: Option<Callback<(usize, usize)>>,
) -> impl IntoView + use<> {
    let open_from = row.and_then(|row| data.open_from.get(row).copied().flatten()).unwrap_or(usize::MAX);
    let cell = |(column, datum): (usize, &Datum)| {
        let figures = data.columns.get(column).is_some_and(|(_, figures)| *figures);
        let shown = datum.shown(language);
        let opens = data.opens.contains(&column) && !matches!(datum, Datum::Nothing | Datum::Count(0));
        let content = match on_open.zip(row).filter(|_| opens) {
            Some((open, row)) => {
                let click = move |_| open.run((row, column));
                view! { <button type="button" class="cell-button opens" on:click=click>{shown}</button> }
                    .into_any()
            }
            None => shown.into_any(),
        };
        // Names and dates stay on one line, sentences do not.
        let sentence = matches!(datum, Datum::Text(text) if strata::chart::text::width(text, 1.0) > 16.0);
        let spare = data.spare.contains(&column);
        let open = column >= open_from && !matches!(datum, Datum::Nothing);
        view! { <td class:num=figures class:sentence=sentence class:spare=spare class:open-mark=open>{content}</td> }
    };
    view! { <tr>{cells.iter().enumerate().map(cell).collect_view()}</tr> }
}

fn more_rows(app: App, total: usize, all: RwSignal<bool>) -> impl IntoView {
    let number = |number: usize| count(number as u64, app.language.get());
    let phrase =
        |phrase: &str, shown: usize| fill(phrase, &[("shown", &number(shown)), ("total", &number(total))]);
    if all.get() {
        return view! { <p class="muted">{phrase(app.words().widget_rows_capped, SHOWN[1])}</p> }.into_any();
    }
    let label = phrase(app.words().widget_rows_more, SHOWN[0]);
    view! { <button type="button" class="button quiet" on:click=move |_| all.set(true)>{label}</button> }
        .into_any()
}
