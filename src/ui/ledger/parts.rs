//! What the import report is written with: sums whose parts are drawn, counts with names, small tables.

use leptos::prelude::*;

use crate::text;
use strata::locale::{Language, fill};

/// Rows read, used and set aside, with a bar that shows the parts; `left` of those set aside were left out by choice.
pub fn rows_sum(language: Language, read: u64, used: u64, aside: u64, left: u64) -> AnyView {
    let count = |value| text::count(language, value);
    let words = language.words();
    let phrase = if left > 0 { words.ledger_equation_part } else { words.ledger_equation };
    let aside = aside.saturating_sub(left);
    let parts =
        [("read", count(read)), ("used", count(used)), ("left", count(left)), ("aside", count(aside))];
    let equation = fill(phrase, &parts.each_ref().map(|(name, count)| (*name, count.as_str())));
    view! {
        <p class="equation" data-testid="ledger-equation" data-read=read data-used=used data-left=left data-aside=aside>{equation}</p>
        <div class="parts" aria-hidden="true">
            <span class="part used" style=format!("flex-grow:{used}")></span>
            <span class="part other" style=format!("flex-grow:{left}")></span>
            <span class="part aside" style=format!("flex-grow:{aside}")></span>
        </div>
    }
    .into_any()
}

/// A sum of two parts in words, `phrase` naming the three numbers in the order of `names`.
pub fn sum(
    language: Language,
    phrase: &str,
    names: [&str; 3],
    (whole, first, second): (u64, u64, u64),
) -> AnyView {
    let counts = [whole, first, second].map(|value| text::count(language, value));
    let [whole_name, first_name, second_name] = names;
    let [whole_count, first_count, second_count] = &counts;
    let equation =
        fill(phrase, &[(whole_name, whole_count), (first_name, first_count), (second_name, second_count)]);
    view! { <p class="equation">{equation}</p>{bar(first, second, "part other")} }.into_any()
}

fn bar(first: u64, second: u64, class: &'static str) -> AnyView {
    view! {
        <div class="parts" aria-hidden="true">
            <span class="part used" style=format!("flex-grow:{first}")></span>
            <span class=class style=format!("flex-grow:{second}")></span>
        </div>
    }
    .into_any()
}

/// A count that ought to be looked at, and the first names that it counts; nothing when it is none.
pub fn counted(
    language: Language,
    id: &'static str,
    label: &'static str,
    count: u64,
    names: &[String],
) -> Option<AnyView> {
    let listed = if names.is_empty() { String::new() } else { list(language, names, count) };
    counted_in_words(language, id, label, count, listed)
}

/// A count with a text about it.
pub fn counted_in_words(
    language: Language,
    id: &'static str,
    label: &'static str,
    count: u64,
    about: String,
) -> Option<AnyView> {
    let shown = (count > 0).then(|| text::count(language, count))?;
    Some(
        view! {
            <div class="counted" data-testid=id data-count=count>
                <dt>{label}</dt>
                <dd class="num">{shown}</dd>
                {(!about.is_empty()).then(|| view! { <dd class="names">{about}</dd> })}
            </div>
        }
        .into_any(),
    )
}

/// The first of `count` names, and how many more there are.
fn list(language: Language, names: &[String], count: u64) -> String {
    and_more(language, names.join(language.words().app_list), names.len(), count)
}

/// What is shown of `count` things, and how many more there are.
pub fn and_more(language: Language, shown: String, shown_count: usize, count: u64) -> String {
    match count.checked_sub(shown_count as u64) {
        None | Some(0) => shown,
        Some(more) => {
            let more = text::count(language, more);
            fill(language.words().bar_filter_more, &[("list", &shown), ("count", &more)])
        }
    }
}

/// A heading of a small table, and whether its cells are numbers.
pub type Head = (&'static str, bool);

/// A small table of texts; `label` says of what.
pub fn table(
    id: &'static str,
    label: &'static str,
    heads: &[Head],
    rows: impl Iterator<Item = Vec<String>>,
) -> AnyView {
    let numeric: Vec<bool> = heads.iter().map(|(_, number)| *number).collect();
    let head = |(name, number): &Head| view! { <th class:num=*number>{*name}</th> }.into_any();
    let row = |cells: Vec<String>| {
        let cell = |(cell, number): (String, &bool)| {
            let class = if *number { "num" } else { "cell-text" };
            view! { <td class=class>{cell}</td> }.into_any()
        };
        let cells: Vec<AnyView> = cells.into_iter().zip(&numeric).map(cell).collect();
        view! { <tr data-testid=id>{cells}</tr> }.into_any()
    };
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label=label>
            <table class="data">
                <thead><tr>{heads.iter().map(head).collect::<Vec<_>>()}</tr></thead>
                <tbody>{rows.map(row).collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A row's number in its file, where it is known.
pub fn row_number(language: Language, row: u64) -> String {
    if row == 0 { language.words().ledger_none.to_owned() } else { text::count(language, row) }
}
