//! Rules to begin with, as far as the data can answer them.

use leptos::prelude::*;

use super::Choices;
use super::kinds::wanted_event;
use crate::state::App;
use strata::dataset::events::EventChoice;
use strata::dataset::filter::Number;
use strata::locale::fill;
use strata::segment::rule::{
    Back, CalendarUnit, Did, Measure, Once, Regularly, Restarted, Rule, Stopped, Top, Window,
};

/// Buttons that put a whole rule in place.
pub(super) fn starts(app: App, choices: Choices) -> AnyView {
    let button = |(index, (name, rule)): (usize, (String, Rule))| {
        let put = move |_| {
            let rule = rule.clone();
            choices.change(app, |whole| *whole = Rule::All(vec![rule]));
        };
        view! {
            <button type="button" class="button small" id=format!("rule-start-{index}") on:click=put><span>{name}</span></button>
        }
    };
    let buttons: Vec<_> = rules(app).into_iter().enumerate().map(button).collect();
    view! {
        <div class="rule-starts">
            <p class="muted">{app.words().page_builder_start}</p>
            <div class="rule-start-list">{buttons}</div>
        </div>
    }
    .into_any()
}

fn rules(app: App) -> Vec<(String, Rule)> {
    let words = app.words();
    let days = |amount| Back { amount, unit: CalendarUnit::Day };
    let last = |amount| Window::Last { amount, unit: CalendarUnit::Day, ago: 0 };
    let one = || Some(Number::Number(1.into()));
    let (buys, has_value) = app.opened.with_untracked(|opened| {
        let opened = opened.as_ref();
        let named = opened.is_some_and(|opened| !opened.events.is_empty());
        let purchases = opened.and_then(|opened| opened.mapping.purchase_events.clone());
        // Without an event column every row is a purchase.
        let buys = match purchases.filter(|purchases| !purchases.is_empty()) {
            Some(purchases) => Some(EventChoice { events: Some(purchases), ..EventChoice::default() }),
            None => (!named).then(EventChoice::default),
        };
        (buys, opened.is_some_and(|opened| opened.mapping.value.is_some()))
    });
    let text = |name: &str| name.to_owned();
    let mut all = Vec::new();
    match buys {
        Some(event) => {
            let of = || event.clone();
            let recent = Did { event: of(), window: last(30), min: one(), ..Did::default() };
            let once = Did { event: of(), min: one(), max: one(), ..Did::default() };
            all.extend([
                (text(words.page_builder_start_recent), Rule::Did(recent)),
                (
                    text(words.page_builder_start_lapsed),
                    Rule::Stopped(Stopped { event: of(), silent: days(60), before: None }),
                ),
                (text(words.page_builder_start_once), Rule::Did(once)),
            ]);
        }
        None => {
            let event = wanted_event(app);
            let name = event.events.iter().flatten().next().cloned().unwrap_or_default();
            let recent = Did { event: event.clone(), window: last(30), min: one(), ..Did::default() };
            let lapsed = Stopped { event, silent: days(30), before: None };
            all.extend([
                (fill(words.page_builder_start_recent_event, &[("event", &name)]), Rule::Did(recent)),
                (fill(words.page_builder_start_lapsed_event, &[("event", &name)]), Rule::Stopped(lapsed)),
            ]);
        }
    }
    if has_value {
        let top = Top { measure: Measure::Revenue, ..Top::default() };
        all.push((text(words.page_builder_start_top), Rule::Top(top)));
    }
    all.extend([
        (text(words.page_builder_start_new), Rule::First(Once { window: last(30), ..Once::default() })),
        (
            text(words.page_builder_start_again),
            Rule::Restarted(Restarted { recent: days(7), silent: days(30), ..Restarted::default() }),
        ),
        (text(words.page_builder_start_active), Rule::Regularly(Regularly::default())),
    ]);
    all
}
