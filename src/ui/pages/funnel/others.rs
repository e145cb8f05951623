//! Conversion under the page's other definitions.

use leptos::prelude::*;

use super::Choices;
use super::text::length;
use crate::pages::periods::with_week_start;
use crate::state::App;
use crate::widgets::question::Question;
use crate::widgets::sensitivity::{Figure, Sensitivity, Variant, named};
use strata::analysis::funnel::{Count, Duration, Order, Params, Report};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::Language;

/// The other definitions: each changes one thing.
fn definitions(now: &Params, language: Language) -> Vec<(String, Params)> {
    let words = language.words();
    let window = |amount: u32| {
        let window = Duration { amount, ..now.window };
        let name = named(words.page_funnel_window, &length(window, language), words);
        (name, Params { window, ..now.clone() })
    };
    let amount = now.window.amount;
    let windows = [Some(amount / 2).filter(|half| *half > 0), amount.checked_mul(2), amount.checked_mul(4)];
    let order = |order: Order, name: &str| {
        // ClickHouse's modes are of steps in order.
        let modes = if order == Order::Ordered { now.modes.clone() } else { Vec::new() };
        (named(words.page_funnel_order, name, words), Params { order, modes, ..now.clone() })
    };
    let count = |count: Count, name: &str| {
        (named(words.page_funnel_count, name, words), Params { count, ..now.clone() })
    };
    let others = [
        order(Order::Ordered, words.page_funnel_order_ordered),
        order(Order::Strict, words.page_funnel_order_strict),
        order(Order::Any, words.page_funnel_order_any),
        count(Count::Users, words.page_funnel_count_users),
        count(Count::Attempts, words.page_funnel_count_attempts),
        count(Count::Sessions, words.page_funnel_count_sessions),
    ];
    windows.into_iter().flatten().map(window).chain(others).collect()
}

/// The figure under each of them.
#[component]
pub fn Others(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let variants = Signal::derive_local(move || {
        let now = choices.params();
        let variant = |(name, params): (String, Params)| Variant {
            name,
            query: with_week_start(app, Query::new(Analysis::Funnel, &params)),
            choose: Some(Callback::new(move |()| choices.change(app, |own| *own = params.clone()))),
        };
        definitions(&now, app.language.get()).into_iter().map(variant).collect()
    });
    let figure = Figure::<Report> {
        name: |language| language.words().sensitivity_figure_funnel.to_owned(),
        of: |answered| answered.report.rate,
        is_share: true,
    };
    view! { <Sensitivity question variants figure/> }
}
