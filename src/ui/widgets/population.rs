//! The rows that an answer rests on, and why others are left out: the parts add up.

use leptos::prelude::*;

use crate::state::App;
use strata::dataset::Population as Rows;
use strata::locale::{Language, fill};

/// The line below an answer.
#[component]
pub fn Population(
    /// What the answer rests on.
    rows: Signal<Option<Rows>>,
) -> impl IntoView {
    let app = App::get();
    view! {
        <p class="population muted" id="population">
            {move || rows.get().map(|rows| sentence(&rows, app.language.get()))}
        </p>
    }
}

fn sentence(rows: &Rows, language: Language) -> String {
    let words = language.words();
    let count = |count: u64| language.integer(i64::try_from(count).unwrap_or(i64::MAX));
    let excluded: u64 = rows.rows_excluded.iter().map(|part| part.rows).sum();
    let part = |part: &strata::dataset::Exclusion| {
        let own = (part.reason == "filter").then_some(words.widget_reason_filter);
        let reason = words.get(&format!("reason_{}", part.reason)).or(own).unwrap_or(&part.reason);
        fill(words.widget_population_part, &[("reason", reason), ("rows", &count(part.rows))])
    };
    let reasons: Vec<String> = rows.rows_excluded.iter().filter(|part| part.rows > 0).map(part).collect();
    let reasons = reasons.join(words.widget_list_separator);
    let phrase = if excluded == 0 { words.widget_population } else { words.widget_population_excluded };
    fill(
        phrase,
        &[
            ("read", &count(rows.rows_read)),
            ("used", &count(rows.rows_used)),
            ("excluded", &count(excluded)),
            ("reasons", &reasons),
            ("users", &count(rows.users)),
        ],
    )
}
