//! Why a user is counted in a figure, or is not: what decided, and the user's own rows.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::frame::count;
use super::table::{DataTable, Datum, TableData, amount_text};
use super::users::Opening;
use crate::address::Page;
use crate::state::App;
use strata::analysis::account::{Fact, Value};
use strata::dataset::calendar::{DAY_MICROS, Day};
use strata::engine::{Why, WhyRow};
use strata::error::Error;
use strata::locale::{Language, fill};
use strata::segment::rule::sentence::phrase;

/// The most rows of a user that are shown.
const MOST_ROWS: u64 = 1_000;

/// The account of one user.
#[component]
pub fn WhyContent(
    /// The figure.
    opening: Opening,
    /// The user's id.
    user: String,
    /// Called to go back to the list.
    on_back: Callback<()>,
) -> impl IntoView {
    let app = App::get();
    let answer = RwSignal::new(None::<Result<Why, Error>>);
    let query = opening.query.for_why(&opening.cell, &user, MOST_ROWS);
    let client = app.client();
    spawn_local(async move {
        let found = client.why(&query).await;
        let _ = answer.try_set(Some(found));
    });
    let back = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(back) = back.get() {
            let _ = back.focus();
        }
    });
    let name = user.clone();
    let settings = vec![("user".to_owned(), user.clone())];
    let portrait = move || app.address.link_with(Page::Portrait, &settings);
    let body = move || {
        let language = app.language.get();
        answer.with(|answer| match answer {
            None => view! { <p class="muted" role="status">{language.words().widget_waiting}</p> }.into_any(),
            Some(Err(error)) => {
                let unknown = error.path.as_deref() == Some("why.user");
                let message = match unknown {
                    true => fill(language.words().why_unknown, &[("user", &name)]),
                    false => error.message(language),
                };
                view! { <p class="alert" role="alert" id="why-error">{message}</p> }.into_any()
            }
            Some(Ok(why)) => account(app, why, language),
        })
    };
    view! {
        <div class="why" id="why">
            <div class="why-head">
                <button type="button" class="button small" id="why-back" node_ref=back on:click=move |_| on_back.run(())>
                    {move || format!("\u{2190} {}", app.words().why_back)}
                </button>
                <h3 class="why-user">{user}</h3>
                <a class="button small" id="why-portrait" href=portrait>{move || app.words().why_portrait}</a>
            </div>
            {body}
        </div>
    }
}

fn account(app: App, why: &Why, language: Language) -> AnyView {
    let words = language.words();
    let verdict = if why.counted { words.why_counted } else { words.why_not_counted };
    let number = |number: u64| count(number, language);
    let rows = fill(words.why_rows, &[("total", &number(why.total)), ("in_view", &number(why.in_view))]);
    let nothing = (why.in_view == 0).then(|| words.why_nothing_in_view.to_owned());
    let facts = why.facts.iter().map(|fact| sentence(fact, language));
    let facts: Vec<_> = nothing.into_iter().chain(facts).map(|text| view! { <li>{text}</li> }).collect();
    let shown = why.rows.len() as u64;
    let first = (shown < why.total)
        .then(|| fill(words.why_first_rows, &[("shown", &number(shown)), ("total", &number(why.total))]));
    let data = table(&why.rows, language);
    let title = Signal::derive(move || app.words().why_table.to_owned());
    view! {
        <p class="verdict" class:not=!why.counted id="why-verdict">{verdict}</p>
        <ul class="why-facts" id="why-facts">{facts}</ul>
        <p class="muted" id="why-rows">{rows}</p>
        {first.map(|text| view! { <p class="muted">{text}</p> })}
        <DataTable id="why-table" title data=Signal::stored(data) bare=true/>
    }
    .into_any()
}

/// A sentence about a user.
#[must_use]
pub fn sentence(fact: &Fact, language: Language) -> String {
    let phrase = language.words().get(&format!("why_{}", fact.key)).unwrap_or(&fact.key);
    let values: Vec<(&str, String)> =
        fact.values.iter().map(|(name, value)| (name.as_ref(), told(value, language))).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fill(phrase, &values)
}

fn told(value: &Value, language: Language) -> String {
    match value {
        Value::Count(number) => count(*number, language),
        Value::Day(day) => language.date(*day),
        Value::Time(micros) => moment(*micros),
        Value::Amount(amount) => amount_text(*amount, language),
        Value::Name(name) => language.words().get(&format!("name_{name}")).unwrap_or(name).to_owned(),
        Value::Text(text) => text.clone(),
        Value::Rule(rule) => phrase(language, rule),
    }
}

/// A moment on the wall clock; the day alone where the clock stands at midnight.
fn moment(micros: i64) -> String {
    let day = Day(i32::try_from(micros.div_euclid(DAY_MICROS)).unwrap_or(i32::MAX));
    let seconds = micros.rem_euclid(DAY_MICROS) / 1_000_000;
    if seconds == 0 {
        return day.to_string();
    }
    format!("{day} {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// A user's rows.
#[must_use]
pub fn table(rows: &[WhyRow], language: Language) -> TableData {
    let words = language.words();
    let has_events = rows.iter().any(|row| row.event.is_some());
    let has_values = rows.iter().any(|row| row.value.is_some());
    let row = |row: &WhyRow| {
        let event = has_events.then(|| Datum::Text(row.event.clone().unwrap_or_default()));
        let value = has_values.then(|| row.value.map_or(Datum::Nothing, Datum::Amount));
        let ends = [Datum::Text(moment(row.time)), Datum::Text(roles(row, language))];
        let [time, roles] = ends;
        std::iter::once(time).chain(event).chain(value).chain([roles]).collect()
    };
    let event = has_events.then(|| (words.why_event.to_owned(), false));
    let value = has_values.then(|| (words.why_value.to_owned(), true));
    let columns = std::iter::once((words.why_time.to_owned(), false)).chain(event).chain(value);
    TableData {
        columns: columns.chain([(words.why_role.to_owned(), false)]).collect(),
        rows: rows.iter().map(row).collect(),
        ..TableData::default()
    }
}

/// What a row is to the question, in words.
fn roles(row: &WhyRow, language: Language) -> String {
    let words = language.words();
    let outside = (!row.in_view).then(|| words.why_outside.to_owned());
    let role = |(key, number): &(std::borrow::Cow<'static, str>, Option<u32>)| {
        let phrase = words.get(&format!("why_role_{key}")).unwrap_or(key);
        fill(phrase, &[("number", &number.map(|number| number.to_string()).unwrap_or_default())])
    };
    let parts: Vec<String> = row.roles.iter().map(role).chain(outside).collect();
    parts.join(words.widget_list_separator)
}
