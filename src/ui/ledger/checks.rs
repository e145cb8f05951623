//! What is striking in the rows of all files: copies, orders of several users or days, days without rows, odd times.

use leptos::prelude::*;

use super::parts::{and_more, counted, counted_in_words, table};
use crate::state::App;
use crate::text;
use strata::dataset::audit::{Audit, Duplicates, Repeated};
use strata::dataset::dates::Span;
use strata::engine::Opened;
use strata::ingest::ledger::{Ledger, Reason};
use strata::locale::{Language, fill};

/// All that is striking; nothing when nothing is.
pub fn checks(app: App, language: Language, opened: &Opened) -> Option<AnyView> {
    let words = language.words();
    let audit = &opened.audit;
    let Audit { orders_of_several_users, orders_on_several_days, .. } = audit;
    let count = |id, label, count, names: &[String]| counted(language, id, label, count, names);
    let gaps: Vec<String> =
        audit.gap_spans.iter().take(GAPS_SHOWN).map(|span| range(language, *span)).collect();
    // Dates have commas of their own.
    let gaps = and_more(language, gaps.join(" \u{b7} "), gaps.len(), audit.gaps);
    let facts: Vec<AnyView> = [
        count(
            "audit-orders-users",
            words.ledger_orders_users,
            orders_of_several_users.count,
            &orders_of_several_users.first,
        ),
        count(
            "audit-orders-days",
            words.ledger_orders_days,
            orders_on_several_days.count,
            &orders_on_several_days.first,
        ),
        counted_in_words(language, "audit-gaps", words.ledger_gaps, audit.days_without_rows, gaps),
        count("audit-future", words.ledger_future, audit.rows_in_future, &[]),
        count("audit-early", words.ledger_before_1990, audit.rows_before_1990, &[]),
    ]
    .into_iter()
    .flatten()
    .collect();
    let copies = duplicates(app, language, opened);
    (copies.is_some() || !facts.is_empty()).then(|| {
        view! {
            <section class="ledger-part" id="ledger-checks">
                <h3>{words.ledger_check_title}</h3>
                {(!facts.is_empty()).then(|| view! { <dl class="counts">{facts}</dl> })}
                {copies}
            </section>
        }
        .into_any()
    })
}

/// Spans of days without rows that are named.
const GAPS_SHOWN: usize = 8;

fn range(language: Language, (first, last): Span) -> String {
    if first == last {
        return language.date(first);
    }
    fill(language.words().app_range, &[("from", &language.date(first)), ("to", &language.date(last))])
}

/// Rows that are there more than once, and what is to become of them.
fn duplicates(app: App, language: Language, opened: &Opened) -> Option<AnyView> {
    let words = language.words();
    let now = app.current.with_untracked(|current| {
        current.as_ref().map(|current| current.options.duplicates).unwrap_or_default()
    });
    let dropped: u64 = opened.ledgers.iter().map(rows_dropped).sum();
    let (phrase, rows) = match now {
        Duplicates::Keep => (words.ledger_duplicates_kept, opened.audit.duplicates),
        Duplicates::Drop => (words.ledger_duplicates_dropped, dropped),
    };
    if rows == 0 && now.is_keep() {
        return None;
    }
    let choice = |(wanted, id, label): (Duplicates, &'static str, &'static str)| {
        let choose = move |_| {
            if wanted != now {
                app.change_options(|options| options.duplicates = wanted);
                app.read();
            }
        };
        view! { <button type="button" id=id aria-pressed=(wanted == now).to_string() on:click=choose>{label}</button> }
            .into_any()
    };
    let buttons = [
        (Duplicates::Keep, "duplicates-keep", words.ledger_duplicates_keep),
        (Duplicates::Drop, "duplicates-drop", words.ledger_duplicates_drop),
    ]
    .map(choice);
    let examples = &opened.audit.duplicate_examples;
    let with_event = examples.iter().any(|repeated| repeated.event.is_some());
    let event_head = with_event.then_some((words.role_event, false));
    let heads: Vec<(&'static str, bool)> = [(words.role_user, false), (words.ledger_day, false)]
        .into_iter()
        .chain(event_head)
        .chain([(words.ledger_times, true)])
        .collect();
    let row = |repeated: &Repeated| {
        let event = with_event.then(|| repeated.event.clone().unwrap_or_default());
        let times = text::count(language, repeated.times);
        [repeated.user.clone(), language.date(repeated.day)].into_iter().chain(event).chain([times]).collect()
    };
    Some(
        view! {
            <h4>{words.ledger_duplicates_title}</h4>
            <p id="duplicates" data-rows=rows>{fill(phrase, &[("rows", &text::count(language, rows))])}</p>
            <div class="duplicates-choice">
                <div class="segmented" role="group" aria-label=words.ledger_duplicates_title>{buttons.into_iter().collect::<Vec<_>>()}</div>
                <span class="muted">{words.ledger_duplicates_hint}</span>
            </div>
            {(!examples.is_empty()).then(|| table("duplicate", words.ledger_duplicates_title, &heads, examples.iter().map(row)))}
        }
        .into_any(),
    )
}

fn rows_dropped(ledger: &Ledger) -> u64 {
    let dropped = ledger.set_aside.iter().filter(|entry| entry.reason == Reason::Duplicate);
    dropped.map(|entry| entry.rows).sum()
}
