//! What every question's page has: title, answer, controls, charts and tables, definition, population.

use leptos::prelude::*;

use super::definition::{DefinitionContent, DefinitionDoor};
pub use super::empty::Empty;
use super::population::Population;
use super::question::Question;
use super::request::CopyRequest;
use super::side_panel::SidePanel;
use crate::icon::{Glyph, Icon};
use crate::state::App;
use crate::text::error_message;
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
    #[prop(optional, into)]
    switches: Option<ViewFn>,
    /// The page's figure under other definitions.
    #[prop(optional, into)]
    others: Option<ViewFn>,
    /// Charts and tables.
    children: Children,
) -> impl IntoView {
    let app = App::get();
    let error = move || {
        let message = error_message(app.language.get(), &question.error.get()?);
        Some(view! { <p class="alert" role="alert" id="question-error">{message}</p> })
    };
    let answer = move || answer.get().unwrap_or_else(|| app.words().widget_waiting.to_owned());
    let population = Signal::derive(move || question.map(|answered| answered.population.clone()));
    let door = expect_context::<DefinitionDoor>();
    let page = app.address.page_now();
    let switches = StoredValue::new(switches);
    let others_button = others.is_some().then(|| {
        view! {
            <button type="button" class="button small" id="sensitivity-open"
                aria-expanded=move || (door.open.get() && door.others.get()).to_string()
                on:click=move |_| door.toggle_others()>
                <Glyph icon=Icon::Balance/>
                <span>{move || app.words().sensitivity_open}</span>
            </button>
        }
    });
    let others = StoredValue::new(others);
    let about = Signal::derive(move || app.words().widget_definition.to_owned());
    view! {
        <section class="page" aria-busy=move || question.busy.get().to_string()>
            <header class="page-head">
                <h1>{title}</h1>
                <div class="page-actions">
                    <button type="button" class="button small" id="definition-open" aria-expanded=move || (door.open.get() && !door.others.get()).to_string()
                        on:click=move |_| door.toggle()>
                        <Glyph icon=Icon::Guide/>
                        <span>{about}</span>
                    </button>
                    {others_button}
                    <CopyRequest query=question.query/>
                </div>
            </header>
            <p class="answer" id="answer" aria-live="polite">{answer}</p>
            {comparison_line(app)}
            {controls.map(|controls| view! { <div class="controls" id="controls">{controls}</div> })}
            {error}
            {children()}
            <Population rows=population/>
        </section>
        <SidePanel id="definition-panel" title=about open=door.open>
            <DefinitionContent page paragraphs=definition switches=switches.get_value() others=others.get_value()/>
        </SidePanel>
    }
}

/// What the view is compared with, exactly, or why it is compared with nothing although something was chosen.
fn comparison_line(app: App) -> impl IntoView {
    let text = move || {
        let language = app.language.get();
        let words = language.words();
        let comparison = app.scope.comparison.get();
        let data = app.opened.with(|opened| opened.as_ref().map(|opened| opened.span))?;
        match comparison.filter(&app.scope.parts(), data) {
            Ok(None) => None,
            Ok(Some(filter)) => {
                let with = comparison.detail(&filter, language);
                let line = fill(words.scope_compared_with, &[("comparison", &with)]);
                let partly = comparison.begins_before(&filter, data);
                let note = partly.then(|| fill(words.scope_partly, &[("day", &language.date(data.0))]));
                Some(sentences(&[Some(line), note].into_iter().flatten().collect::<Vec<_>>(), language))
            }
            Err(missing) => Some(fill(words.scope_not_compared, &[("why", &missing.advice(language))])),
        }
    };
    move || text().map(|text| view! { <p class="comparison muted" id="comparison">{text}</p> })
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
