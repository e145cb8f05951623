//! Five users who are in, and what decided for each.

use leptos::prelude::*;

use super::{Answer, Choices};
use crate::state::App;
use crate::widgets::frame::count;
use crate::widgets::table::{DataTable, Datum, TableData, amount_text};
use crate::widgets::users::UsersBehind;
use strata::analysis::account::Value;
use strata::analysis::rule::{Cell, Params, Verdict};
use strata::locale::Language;
use strata::segment::rule::sentence::phrase;

/// A table: a row for each user, a column for each condition.
#[component]
pub(super) fn Examples(choices: Choices) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let question = choices.question;
    let some = Memo::new(move |_| {
        let said = choices.params().rule.nodes() > 1;
        said && question.map(|answered| !answered.report.examples.is_empty()).unwrap_or(false)
    });
    let data = Signal::derive(move || {
        let language = app.language.get();
        question.map(|answered| table(answered, language)).unwrap_or_default()
    });
    let open = move |(row, _): (usize, usize)| {
        let title = untrack(|| app.words().page_builder_in_title.to_owned());
        question.map(|answered: &Answer| {
            let user = answered.report.examples.get(row).map(|example| example.user.clone());
            behind.open_user(title, &answered.query, &Cell::In, user);
        });
    };
    let title = Signal::derive(move || app.words().page_builder_examples.to_owned());
    move || some.get().then(|| view! { <DataTable id="rule-examples" title data on_open=open/> })
}

fn table(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let rule = answered.params::<Params>().rule;
    let nodes = rule.in_order();
    let leaves = nodes.iter().filter(|node| !node.is_group());
    let columns = leaves.map(|leaf| (phrase(language, leaf), false));
    let columns =
        std::iter::once((words.page_builder_examples_user.to_owned(), false)).chain(columns).collect();
    let rows = answered.report.examples.iter().map(|example| {
        let cells = example.conditions.iter().map(|verdict| Datum::Text(told(verdict, language)));
        std::iter::once(Datum::Text(example.user.clone())).chain(cells).collect()
    });
    TableData { columns, rows: rows.collect(), opens: vec![0], ..TableData::default() }
}

/// Yes or no, and the figure.
fn told(verdict: &Verdict, language: Language) -> String {
    let words = language.words();
    let met = if verdict.met { words.page_builder_yes } else { words.page_builder_no };
    match &verdict.figure {
        Some(Value::Count(number)) => format!("{met} · {}", count(*number, language)),
        Some(Value::Amount(amount)) => format!("{met} · {}", amount_text(*amount, language)),
        _ => met.to_owned(),
    }
}
