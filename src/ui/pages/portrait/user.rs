//! All that is known of one user.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::overlap::saved;
use super::{USER, parted};
use crate::state::App;
use crate::text::error_message;
use crate::widgets::frame::count;
use crate::widgets::table::{DataTable, amount_text};
use crate::widgets::why;
use strata::engine::registry::Analysis;
use strata::engine::request::{ProfileWanted, Query};
use strata::engine::{Belonging, Profile, Section};
use strata::error::Error;
use strata::locale::{Language, fill};

/// The most rows of a user that are shown.
const MOST_ROWS: u64 = 1_000;

/// The most segments that are looked at.
const MOST_SEGMENTS: usize = 50;

/// The page of one user.
#[component]
pub(super) fn User(id: String) -> impl IntoView {
    let app = App::get();
    let answer = RwSignal::new(None::<Result<Profile, Error>>);
    let asked = StoredValue::new(0u32);
    let name = id.clone();
    Effect::new(move || {
        let segments = saved(app).into_iter().take(MOST_SEGMENTS).collect();
        let wanted =
            ProfileWanted { user: id.clone(), segments, limit: MOST_ROWS, ..ProfileWanted::default() };
        let filter = parted(app.scope.filter.get()).1;
        let query =
            Query { profile: Some(wanted), filter, ..Query::new(Analysis::Portrait, &serde_json::json!({})) };
        if app.opened.with(Option::is_none) {
            return;
        }
        asked.update_value(|ticket| *ticket = ticket.wrapping_add(1));
        let ticket = asked.get_value();
        let client = app.client();
        spawn_local(async move {
            let found = client.profile(&query).await;
            // The page may be gone, or have asked something else since.
            if asked.try_get_value() == Some(ticket) {
                let _ = answer.try_set(Some(found));
            }
        });
    });
    let back = move |_| app.address.set(USER, None);
    let title = move || fill(app.words().page_portrait_user_title, &[("user", &name)]);
    let said = move || {
        let language = app.language.get();
        answer.with(|answer| match answer {
            None => language.words().widget_waiting.to_owned(),
            Some(Ok(profile)) => summary(profile, language),
            Some(Err(_)) => language.words().page_portrait_user_none.to_owned(),
        })
    };
    let body = move || {
        let language = app.language.get();
        answer.with(|answer| match answer {
            None => ().into_any(),
            Some(Err(error)) => {
                let message = error_message(language, error);
                view! { <p class="alert" role="alert" id="user-error">{message}</p> }.into_any()
            }
            Some(Ok(profile)) => content(app, profile, language),
        })
    };
    let busy = move || answer.with(Option::is_none).to_string();
    view! {
        <section class="page" aria-busy=busy>
            <header class="page-head">
                <h1>{title}</h1>
                <div class="page-actions">
                    <button type="button" class="button small" id="user-back" on:click=back>
                        {move || format!("\u{2190} {}", app.words().page_portrait_user_back)}
                    </button>
                </div>
            </header>
            <p class="answer" id="answer" aria-live="polite">{said}</p>
            {body}
        </section>
    }
}

/// Days, orders, money.
fn summary(profile: &Profile, language: Language) -> String {
    let words = language.words();
    let day = language.date(profile.as_of);
    let (Some(first), Some(last)) = (profile.first_day, profile.last_day) else {
        return fill(words.page_portrait_user_unseen, &[("day", &day)]);
    };
    let values = [
        ("days", count(profile.active_days, language)),
        ("first", language.date(first)),
        ("last", language.date(last)),
        ("orders", count(profile.orders, language)),
        ("spend", profile.spend.map(|spend| amount_text(spend, language)).unwrap_or_default()),
        ("day", day),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let phrase = if profile.spend.is_some() {
        words.page_portrait_user_answer
    } else {
        words.page_portrait_user_answer_days
    };
    fill(phrase, &values)
}

fn content(app: App, profile: &Profile, language: Language) -> AnyView {
    let words = language.words();
    let facts = |facts: &[strata::analysis::account::Fact]| {
        let items: Vec<_> =
            facts.iter().map(|fact| view! { <li>{why::sentence(fact, language)}</li> }).collect();
        view! { <ul class="why-facts">{items}</ul> }
    };
    let section = |section: &Section| {
        let title = match section.analysis {
            Analysis::Rfm => words.nav_segments,
            Analysis::LifeCycle => words.nav_life_cycle,
            Analysis::Tiers => words.nav_tiers,
            _ => words.nav_value,
        };
        view! { <section class="card user-card"><h2 class="chart-title">{title}</h2>{facts(&section.facts)}</section> }
    };
    let sections: Vec<_> = profile.sections.iter().map(section).collect();
    let belonging = |belonging: &Belonging| {
        let name = belonging.name.clone().unwrap_or_else(|| words.page_portrait_unnamed.to_owned());
        let phrase =
            if belonging.inside { words.page_portrait_user_in } else { words.page_portrait_user_out };
        let verdict = fill(phrase, &[("segment", &name)]);
        view! {
            <li>
                <p class="verdict" class:not=!belonging.inside>{verdict}</p>
                {facts(&belonging.facts)}
            </li>
        }
    };
    let segments = if profile.segments.is_empty() {
        view! { <p class="muted">{words.page_portrait_user_no_segments}</p> }.into_any()
    } else {
        let items: Vec<_> = profile.segments.iter().map(belonging).collect();
        view! { <ul class="user-segments" id="user-segments">{items}</ul> }.into_any()
    };
    let number = |number: u64| count(number, language);
    let rows = [("total", number(profile.total)), ("in_view", number(profile.in_view))];
    let rows = fill(words.why_rows, &rows.each_ref().map(|(name, text)| (*name, text.as_str())));
    let shown = profile.rows.len() as u64;
    let first = (shown < profile.total).then(|| {
        let text =
            fill(words.why_first_rows, &[("shown", &number(shown)), ("total", &number(profile.total))]);
        view! { <p class="muted">{text}</p> }
    });
    let data = why::table(&profile.rows, language);
    let title = Signal::derive(move || app.words().why_table.to_owned());
    view! {
        <div class="user-cards" id="user-cards">{sections}</div>
        <section class="card" aria-labelledby="user-segments-title">
            <h2 class="chart-title" id="user-segments-title">{words.page_portrait_user_segments}</h2>
            {segments}
        </section>
        <p class="muted" id="user-rows-note">{rows}</p>
        {first}
        <DataTable id="user-rows" title data=Signal::stored(data)/>
    }
    .into_any()
}
