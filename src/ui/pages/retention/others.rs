//! Retention after one period under the page's other definitions.

use leptos::prelude::*;

use super::{Choices, write};
use crate::pages::periods::with_week_start;
use crate::state::App;
use crate::widgets::question::Question;
use crate::widgets::sensitivity::{Figure, Sensitivity, Variant, named};
use strata::analysis::retention::{Entry, Mean, Params, Relative, Report, When};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::Words;

/// The other definitions: each changes one thing.
fn definitions(now: &Params, words: &'static Words) -> Vec<(String, Params)> {
    let of = |control: &str, choice: &str, params: Params| (named(control, choice, words), params);
    let entry = |entry: Entry, name: &str| {
        let rolling = now.rolling && entry != Entry::Recurring;
        of(words.page_retention_entry, name, Params { entry, rolling, ..now.clone() })
    };
    let when = |when: When, name: &str| of(words.page_retention_when, name, Params { when, ..now.clone() });
    let mean = |mean: Mean, name: &str| of(words.page_retention_mean, name, Params { mean, ..now.clone() });
    let more = Params { minimum: now.minimum.saturating_add(1), ..now.clone() };
    let least = more.minimum.to_string();
    let mut all = vec![
        entry(Entry::First, words.page_retention_entry_first),
        entry(Entry::FirstEver, words.page_retention_entry_ever),
        entry(Entry::Recurring, words.page_retention_entry_recurring),
        when(When::On, words.page_retention_when_on),
        when(When::OnOrAfter, words.page_retention_when_after),
        when(When::OnOrBefore, words.page_retention_when_before),
        when(When::Streak, words.page_retention_when_streak),
        of(words.page_retention_minimum, &least, more),
        mean(Mean::Pooled, words.page_retention_mean_pooled),
        mean(Mean::Simple, words.page_retention_mean_simple),
    ];
    if now.entry != Entry::Recurring {
        let elapsed = Params { rolling: !now.rolling, ..now.clone() };
        let name = if now.rolling { words.sensitivity_calendar } else { words.page_retention_rolling };
        all.push((name.to_owned(), elapsed));
    }
    if now.relative != Relative::Start {
        let params = Params { relative: Relative::Start, ..now.clone() };
        all.push(of(words.page_retention_relative, words.page_retention_relative_start, params));
    }
    all
}

/// The figure under each of them.
#[component]
pub fn Others(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let variants = Signal::derive_local(move || {
        let now = choices.read.get().params;
        let variant = |(name, params): (String, Params)| Variant {
            name,
            query: with_week_start(app, Query::new(Analysis::Retention, &params)),
            choose: Some(Callback::new(move |()| write(app, &params))),
        };
        definitions(&now, app.words()).into_iter().map(variant).collect()
    });
    let figure = Figure::<Report> {
        name: |language| language.words().sensitivity_figure_retention.to_owned(),
        of: |answered| {
            let average = answered.report.average.iter().find(|average| average.offset == 1)?;
            average.rate.filter(|_| average.users > 0)
        },
        is_share: true,
    };
    view! { <Sensitivity question variants figure/> }
}
