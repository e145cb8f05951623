//! The first rows as they will be written, how many there are, and what ought to be thought of before they leave.

use leptos::prelude::*;

use super::columns::kind;
use super::{Form, count};
use strata::engine::lists::{FEW_USERS, ListColumn, ListPlan};
use strata::locale::{Language, fill};

/// The preview.
#[component]
pub(super) fn Preview(form: Form) -> impl IntoView {
    let app = form.app;
    // What was there stays while the next is on its way; without a passphrase there is nothing that would be written.
    let shown = move || form.wanted.get().and_then(|_| form.last_plan());
    let waits = move || {
        let waits = form.wanted.with(Option::is_none);
        waits.then(|| view! { <p class="muted">{move || app.words().list_preview_wait}</p> })
    };
    let size = move || {
        let (plan, language) = (shown()?, app.language.get());
        let number = |number: usize| count(number as u64, language);
        let (rows, columns) = (count(plan.rows, language), number(plan.header.len()));
        Some(fill(language.words().list_preview_size, &[("rows", &rows), ("columns", &columns)]))
    };
    let table = move || {
        let plan = shown().filter(|plan| !plan.header.is_empty())?;
        let heads = plan.header.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view();
        let row = |cells: Vec<String>| {
            let cells = cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view();
            view! { <tr>{cells}</tr> }
        };
        let rows = plan.preview.into_iter().map(row).collect_view();
        Some(view! {
            <div class="table-scroll" tabindex="0" role="group" aria-labelledby="list-preview-title">
                <table class="data" id="list-preview">
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })
    };
    let warnings = move || {
        let language = app.language.get();
        let texts = shown().map(|plan| warnings(&plan, language)).unwrap_or_default();
        texts.into_iter().map(|text| view! { <p class="hint warning">{text}</p> }).collect_view()
    };
    view! {
        <div class="list-preview">
            <h3 id="list-preview-title">{move || app.words().list_preview}</h3>
            {waits}
            <p class="muted" id="list-size" aria-live="polite">{size}</p>
            {table}
            <div aria-live="polite" id="list-warnings">{warnings}</div>
        </div>
    }
}

/// What ought to be thought of before a list leaves.
fn warnings(plan: &ListPlan, language: Language) -> Vec<String> {
    let words = language.words();
    let mut texts = Vec::new();
    let number = |value: u64| count(value, language);
    let chosen = || plan.columns.iter().filter(|column| column.chosen);
    if plan.header.is_empty() {
        texts.push(words.list_no_columns.to_owned());
    }
    if let Some(most) = plan.most_rows.filter(|most| plan.rows > *most) {
        texts.push(fill(words.list_too_many, &[("rows", &number(plan.rows)), ("most", &number(most))]));
    }
    let personal: Vec<String> = chosen()
        .filter_map(|column| {
            let kind = kind(column.personal?, language);
            Some(fill(words.ledger_personal_column, &[("column", &column.name), ("kind", kind)]))
        })
        .collect();
    if !personal.is_empty() {
        texts.push(fill(words.list_personal_out, &[("columns", &personal.join(words.app_list))]));
    }
    match plan.rows {
        0 => texts.push(words.list_nobody.to_owned()),
        rows if rows < FEW_USERS => {
            texts.push(fill(words.list_few, &[("count", &number(FEW_USERS))]));
        }
        _ => {}
    }
    if !plan.header.is_empty() && !chosen().any(|column| column.column == ListColumn::Id) {
        texts.push(words.list_without_ids.to_owned());
    }
    texts
}
