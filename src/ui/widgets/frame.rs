//! What every question's page has: title, answer, controls, charts and tables, definition, population.

use leptos::prelude::*;

use super::definition::Definition;
pub use super::empty::Empty;
use super::population::Population;
use super::question::Question;
use super::request::CopyRequest;
use crate::state::App;
use strata::dataset::calendar::WeekStart;
use strata::locale::{Language, fill};

/// The page of a question.
#[component]
pub fn Frame<R: Send + Sync + 'static>(
    /// The question, as the title.
    title: Signal<String>,
    /// The answer in one sentence; nothing before it is known.
    answer: Signal<Option<String>>,
    /// What is asked.
    question: Question<R>,
    /// The controls.
    #[prop(optional)]
    controls: Option<AnyView>,
    /// The definition's paragraphs.
    definition: Signal<Vec<String>>,
    /// The switches in the definition.
    #[prop(optional)]
    switches: Option<AnyView>,
    /// Charts and tables.
    children: Children,
) -> impl IntoView {
    let app = App::get();
    let error = move || {
        let message = question.error.get()?.message(app.language.get());
        Some(view! { <p class="alert" role="alert" id="question-error">{message}</p> })
    };
    let answer = move || answer.get().unwrap_or_else(|| app.words().widget_waiting.to_owned());
    let population = Signal::derive(move || question.map(|answered| answered.population.clone()));
    let definition = match switches {
        Some(switches) => view! { <Definition paragraphs=definition>{switches}</Definition> }.into_any(),
        None => view! { <Definition paragraphs=definition/> }.into_any(),
    };
    view! {
        <section class="page" aria-busy=move || question.busy.get().to_string()>
            <header class="page-head">
                <h1>{title}</h1>
                <CopyRequest query=question.query/>
            </header>
            <p class="answer" id="answer" aria-live="polite">{answer}</p>
            {controls.map(|controls| view! { <div class="controls" id="controls">{controls}</div> })}
            {error}
            {children()}
            {definition}
            <Population rows=population/>
        </section>
    }
}

/// The zone and the start of the week, as every chart's subtitle prints them.
#[must_use]
pub fn zone_text(time_zone: &str, week_start: WeekStart, language: Language) -> String {
    let words = language.words();
    let day = match week_start {
        WeekStart::Monday => words.widget_monday,
        WeekStart::Sunday => words.widget_sunday,
    };
    fill(words.widget_zone, &[("zone", time_zone), ("day", day)])
}

/// A count as the language writes it.
#[must_use]
pub fn count(count: u64, language: Language) -> String {
    language.integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Sentences one after another, as the language joins them.
#[must_use]
pub fn sentences(parts: &[String], language: Language) -> String {
    parts.join(match language {
        Language::English => " ",
        Language::Chinese => "",
    })
}
