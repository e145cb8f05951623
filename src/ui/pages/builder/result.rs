//! How many belong to it, and what can be done with them.

use leptos::prelude::*;

use super::{Choices, text};
use crate::state::App;
use crate::widgets::frame::count;
use crate::widgets::users::UsersBehind;
use strata::analysis::rule::Cell;
use strata::dataset::filter::Condition;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::fill;
use strata::segment::rule::sentence::phrase;

/// The count, large, with its share of all.
#[component]
pub(super) fn Card(choices: Choices) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let question = choices.question;
    let users = move || question.map(|answered| count(answered.report.users, app.language.get()));
    let of_all = move || {
        question.map(|answered| {
            let (report, language) = (&answered.report, app.language.get());
            let share = text::share(report, language);
            let asked = count(report.asked, language);
            let day = language.date(report.as_of);
            fill(language.words().page_builder_of_all, &[("share", &share), ("asked", &asked), ("day", &day)])
        })
    };
    let width = move || {
        let part =
            question.map(|answered| answered.report.users as f64 / answered.report.asked.max(1) as f64);
        format!("width: {:.2}%", part.unwrap_or(0.0) * 100.0)
    };
    let narrowed = move || {
        let filtered = app.scope.filter.with(|filter| !filter.is_empty());
        filtered.then(|| view! { <p class="hint">{move || app.words().page_builder_scope_note}</p> })
    };
    let list = move |_| {
        let title = app.words().page_builder_in_title.to_owned();
        question.map(|answered| behind.open(title, &answered.query, &Cell::In));
    };
    let save = move |_| app.segments.ask_to_save(to_save(app, choices));
    let look = move |_| app.look_at(&to_look_at(app, choices));
    let busy = move || question.busy.get().to_string();
    view! {
        <section class="card rule-result" aria-busy=busy>
            <div class="rule-count">
                <p class="rule-number"><strong id="rule-users">{users}</strong> <span>{move || app.words().page_builder_users}</span></p>
                <div class="rule-share" aria-hidden="true"><span style=width></span></div>
                <p class="muted" id="rule-share">{of_all}</p>
                {narrowed}
            </div>
            <div class="rule-actions">
                <button type="button" class="button primary" id="rule-save" on:click=save>{move || app.words().page_builder_save}</button>
                <button type="button" class="button" id="rule-look" on:click=look>{move || app.words().page_builder_look}</button>
                <button type="button" class="button" id="rule-list" on:click=list>{move || app.words().page_builder_list}</button>
            </div>
        </section>
    }
}

/// The rule as a segment: with the filter of the page, and with other segments by their names.
fn segment(app: App, choices: Choices, name: Option<String>) -> Condition {
    let params = choices.read.get_untracked().params;
    let mut filter = app.scope.filter.get_untracked();
    // A rule that is looked at from here is not part of the next one: it would nest with every look.
    let rest: Vec<Condition> =
        filter.all.iter().filter(|condition| condition.segment.is_none()).cloned().collect();
    filter.all.retain(|condition| {
        let own = condition.segment.as_ref().filter(|segment| segment.analysis.as_deref() == Some("rule"));
        condition.not || own.is_none_or(|segment| segment.filter.all != rest)
    });
    let query = Query { filter, ..Query::new(Analysis::Rule, &params) };
    query.to_segment(name, &Cell::In)
}

/// The rule as a segment to be saved: under the name that it came from, if it came from the list.
fn to_save(app: App, choices: Choices) -> Condition {
    segment(app, choices, untrack(|| app.address.setting("name")))
}

/// The rule as a segment to be looked at: by the name that it is saved under, else in its own words.
fn to_look_at(app: App, choices: Choices) -> Condition {
    let unnamed = segment(app, choices, None);
    let saved = untrack(|| app.segments.name_of(&unnamed));
    let language = app.language.get_untracked();
    let in_words = || phrase(language, &choices.read.get_untracked().params.rule);
    segment(app, choices, Some(saved.unwrap_or_else(in_words)))
}
