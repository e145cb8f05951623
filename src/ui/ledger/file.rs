//! One file of the import report: how it was read, and what became of its rows.

use leptos::prelude::*;

use super::parts::{row_number, rows_sum, table};
use crate::icon::{Glyph, Icon};
use crate::text;
use strata::ingest::ledger::{ChangedCells, Example, Ledger, Reason, SetAside};
use strata::ingest::personal::PersonalColumn;
use strata::locale::{Language, fill};

/// The report of a file.
pub fn file_report(language: Language, ledger: &Ledger) -> AnyView {
    let words = language.words();
    let (used, aside) = (ledger.rows_used, ledger.rows_set_aside());
    let about = format!("{} · {}", ledger.kind.label(language), text::bytes(language, ledger.bytes));
    let rows = if ledger.set_aside.is_empty() {
        view! { <p class="muted">{words.ledger_all_used}</p> }.into_any()
    } else {
        reasons(language, ledger, aside)
    };
    let notices = ledger.notices.iter().map(|notice| view! { <li>{notice.message(language)}</li> });
    let notices: Vec<_> = notices.collect();
    view! {
        <section class="ledger-file" data-testid="ledger-file">
            <h3>{ledger.file.clone()}<span class="muted">{about}</span></h3>
            {facts(language, ledger)}
            {personal(language, &ledger.personal)}
            {rows_sum(language, ledger.rows_read, used, aside, ledger.rows_left_out())}
            {rows}
            {changed(language, words.ledger_emptied_title, words.ledger_emptied_lead, "ledger-emptied", &ledger.emptied)}
            {changed(language, words.ledger_rounded_title, words.ledger_rounded_lead, "ledger-rounded", &ledger.rounded)}
            {(!notices.is_empty()).then(|| view! { <h4>{words.ledger_notice}</h4><ul class="ledger-notices">{notices}</ul> })}
        </section>
    }
    .into_any()
}

/// Letters, delimiter, days, users.
fn facts(language: Language, ledger: &Ledger) -> AnyView {
    let words = language.words();
    let encoding = ledger.encoding.map(|encoding| {
        let key = format!("encoding_{}", encoding.label().replace('-', "_"));
        words.get(&key).unwrap_or(encoding.label()).to_owned()
    });
    let delimiter = ledger.delimiter.map(|sign| match sign {
        ',' => words.mapping_delimiter_comma.to_owned(),
        '\t' => words.mapping_delimiter_tab.to_owned(),
        ';' => words.mapping_delimiter_semicolon.to_owned(),
        '|' => words.mapping_delimiter_pipe.to_owned(),
        other => other.escape_debug().to_string(),
    });
    let days = ledger.time_range.map(|(first, last)| {
        fill(words.app_range, &[("from", &language.date(first)), ("to", &language.date(last))])
    });
    let users = ledger.users.map(|users| text::count(language, users));
    let facts = [
        (words.ledger_encoding, encoding),
        (words.ledger_delimiter, delimiter),
        (words.ledger_days, days),
        (words.ledger_users, users),
    ];
    let fact = |(label, value): (&'static str, Option<String>)| {
        Some(view! { <div><dt>{label}</dt><dd>{value?}</dd></div> }.into_any())
    };
    view! { <dl class="facts">{facts.into_iter().filter_map(fact).collect::<Vec<_>>()}</dl> }.into_any()
}

fn personal(language: Language, columns: &[PersonalColumn]) -> Option<AnyView> {
    let words = language.words();
    let chip = |column: &PersonalColumn| {
        let kind = words.get(&format!("personal_{}", column.kind.code())).unwrap_or_default();
        let text = fill(words.ledger_personal_column, &[("column", &column.column), ("kind", kind)]);
        view! { <li class="chip" data-testid="ledger-personal"><span>{text}</span></li> }.into_any()
    };
    (!columns.is_empty()).then(|| {
        view! {
            <div class="personal">
                <Glyph icon=Icon::Shield/>
                <strong>{words.ledger_personal}</strong>
                <ul class="chips">{columns.iter().map(chip).collect::<Vec<_>>()}</ul>
                <span class="muted">{words.ledger_personal_note}</span>
            </div>
        }
        .into_any()
    })
}

/// Why rows were set aside, with the first of each.
fn reasons(language: Language, ledger: &Ledger, aside: u64) -> AnyView {
    let words = language.words();
    let rows: Vec<AnyView> = ledger.set_aside.iter().flat_map(|entry| reason_rows(language, entry)).collect();
    view! {
        <div class="table-scroll">
            <table class="data">
                <thead><tr>
                    <th>{words.ledger_reason}</th>
                    <th class="num">{words.ledger_rows}</th>
                    <th class="num">{words.ledger_row}</th>
                    <th>{words.ledger_column}</th>
                    <th>{words.ledger_found}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr>
                    <th>{words.ledger_total}</th>
                    <td class="num">{text::count(language, aside)}</td>
                    <td colspan="3"></td>
                </tr></tfoot>
            </table>
        </div>
        <p class="muted">{words.ledger_row_note}</p>
    }
    .into_any()
}

/// A reason with its first example, and a row for each further one.
fn reason_rows(language: Language, entry: &SetAside) -> Vec<AnyView> {
    let words = language.words();
    let first = Example {
        row: entry.first_row,
        column: entry.first_column.clone(),
        found: entry.first_found.clone(),
    };
    let name = words.get(&format!("reason_{}", entry.reason.code())).unwrap_or_default();
    let counted = matches!(entry.reason, Reason::MissingFields | Reason::ExtraFields);
    // Nobody looks for what is wrong in rows that were not wanted.
    let further = if entry.reason.is_left_out() { 0 } else { entry.examples.len() };
    let examples = std::iter::once(&first).chain(entry.examples.iter().skip(1).take(further));
    let row = |(number, example): (usize, &Example)| {
        let is_first = number == 0;
        let or_none = |text: String| if text.is_empty() { words.ledger_none.to_owned() } else { text };
        let column = or_none(example.column.clone().unwrap_or_default());
        let found = or_none(example.found_in_words(entry.reason, language));
        let test = if is_first { "ledger-reason" } else { "ledger-example" };
        view! {
            <tr data-testid=test data-reason=entry.reason.code() class:example=!is_first>
                <td>{is_first.then_some(name)}</td>
                <td class="num">{is_first.then(|| text::count(language, entry.rows))}</td>
                <td class="num">{row_number(language, example.row)}</td>
                <td>{column}</td>
                <td class:cell-text=!counted>{found}</td>
            </tr>
        }
        .into_any()
    };
    examples.enumerate().map(row).collect()
}

/// Cells that could not be kept as they were.
fn changed(
    language: Language,
    title: &'static str,
    lead: &'static str,
    id: &'static str,
    cells: &[ChangedCells],
) -> Option<AnyView> {
    let words = language.words();
    let heads = [
        (words.ledger_column, false),
        (words.ledger_cells, true),
        (words.ledger_first_row, true),
        (words.ledger_found, false),
    ];
    let row = |entry: &ChangedCells| {
        let count = text::count(language, entry.cells);
        vec![entry.column.clone(), count, row_number(language, entry.first_row), entry.first_found.clone()]
    };
    (!cells.is_empty()).then(|| {
        view! {
            <h4>{title}</h4>
            <p class="muted">{lead}</p>
            {table(id, title, &heads, cells.iter().map(row))}
        }
        .into_any()
    })
}
