//! The key figures, and how they changed.

use leptos::prelude::*;

use super::unit_words;
use crate::state::App;
use crate::widgets::frame::{count, sentences};
use crate::widgets::question::{Answered, Question};
use crate::widgets::shares_compared::Category;
use crate::widgets::table::amount_text;
use crate::widgets::users::UsersBehind;
use strata::analysis::overview::{self, Report};
use strata::ingest::mapping::Role;
use strata::locale::{Language, fill};
use strata::table::decimal::Amount;

/// How many figures stand first, and large.
const TELLING: usize = 3;

/// One figure.
#[derive(Clone)]
struct Card {
    key: &'static str,
    label: &'static str,
    value: String,
    note: String,
    definition: String,
    cell: Option<overview::Cell>,
}

/// The figures, the most telling first.
fn cards(report: &Report, language: Language) -> Vec<Card> {
    let words = language.words();
    let card = |key, label, value: String, note: String, definition: &str, cell| Card {
        key,
        label,
        value,
        note,
        definition: definition.to_owned(),
        cell,
    };
    let users = |number| count(number, language);
    let share = |part: u64| {
        let share = language.percent(part as f64 / report.users as f64);
        fill(words.page_overview_of_users, &[("share", &share)])
    };
    let active_note = share(report.active_users);
    let mut cards = vec![card(
        "active-users",
        words.page_overview_active_users,
        users(report.active_users),
        active_note,
        words.page_overview_active_users_definition,
        Some(overview::Cell::ActiveUsers),
    )];
    if let Some(net) = report.net_revenue {
        cards.push(revenue_card(report, net, language));
    }
    if let Some(rate) = report.repeat_purchase_rate {
        let note = fill(
            words.page_overview_repeat_note,
            &[("repeat", &users(report.repeat_buyers)), ("buyers", &users(report.buyers))],
        );
        let cell = Some(overview::Cell::RepeatBuyers);
        let definition = words.page_overview_repeat_rate_definition;
        cards.push(card(
            "repeat-rate",
            words.page_overview_repeat_rate,
            language.percent(rate),
            note,
            definition,
            cell,
        ));
    }
    let all = Some(overview::Cell::Users);
    let rows = fill(words.page_overview_rows, &[("rows", &users(report.rows))]);
    cards.push(card(
        "users",
        words.page_overview_users,
        users(report.users),
        rows,
        words.page_overview_users_definition,
        all,
    ));
    if report.buyers > 0 {
        let (buyers, note) = (Some(overview::Cell::Buyers), share(report.buyers));
        let definition = words.page_overview_buyers_definition;
        cards.push(card(
            "buyers",
            words.page_overview_buyers,
            users(report.buyers),
            note,
            definition,
            buyers,
        ));
        let unit = unit_words(report.order_unit, words).to_owned();
        let definition = words.page_overview_orders_definition;
        cards.push(card("orders", words.page_overview_orders, users(report.orders), unit, definition, None));
    }
    if let Some(value) = report.average_order_value {
        let note = words.page_overview_average_note.to_owned();
        let definition = words.page_overview_average_definition;
        cards.push(card(
            "average",
            words.page_overview_average,
            language.decimal(value, 2),
            note,
            definition,
            None,
        ));
    }
    cards
}

fn revenue_card(report: &Report, net: Amount, language: Language) -> Card {
    let words = language.words();
    let amount =
        |amount: Option<Amount>| amount.map(|amount| amount_text(amount, language)).unwrap_or_default();
    let mut note = fill(
        words.page_overview_revenue_note,
        &[
            ("gross", &amount(report.gross_revenue)),
            ("refunds", &amount(report.refunds)),
            ("net", &amount(Some(net))),
        ],
    );
    if report.purchases_without_value > 0 {
        let rows = count(report.purchases_without_value, language);
        let without = fill(words.page_overview_without_value, &[("rows", &rows)]);
        note = sentences(&[note, without], language);
    }
    Card {
        key: "revenue",
        label: words.page_overview_revenue,
        value: headline(net, language),
        note,
        definition: words.page_overview_revenue_definition.to_owned(),
        cell: None,
    }
}

/// A short form of amounts that would not fit a card; the note has all digits.
fn headline(amount: Amount, language: Language) -> String {
    const LONGEST: usize = 12;
    let whole = amount_text(amount, language);
    if whole.len() > LONGEST { language.compact(amount.to_f64()) } else { whole }
}

/// A figure as a number, to compare it; and whether it is a share, whose difference counts in points.
fn figure(report: &overview::Report, key: &str) -> Option<(f64, bool)> {
    let count = |count: u64| Some((count as f64, false));
    match key {
        "active-users" => count(report.active_users),
        "revenue" => report.net_revenue.map(|net| (net.to_f64(), false)),
        "repeat-rate" => report.repeat_purchase_rate.map(|rate| (rate, true)),
        "users" => count(report.users),
        "buyers" => count(report.buyers),
        "orders" => count(report.orders),
        "average" => report.average_order_value.map(|value| (value, false)),
        _ => None,
    }
}

/// How a figure changed from `before` to `now`: its direction, and the change in words; nothing when one of them is missing.
fn change(now: (f64, bool), before: (f64, bool), language: Language) -> Option<(&'static str, String)> {
    let difference = now.0 - before.0;
    let (size, text) = if now.1 {
        let points = language.decimal(difference.abs() * 100.0, 1);
        (difference * 100.0, fill(language.words().page_points, &[("points", &points)]))
    } else {
        let share = (before.0 != 0.0).then(|| difference / before.0.abs())?;
        (share * 100.0, language.percent(share.abs()))
    };
    // What rounds to nothing is no change.
    let (direction, sign) = match size {
        size if size >= 0.05 => ("up", "▲ "),
        size if size <= -0.05 => ("down", "▼ "),
        _ => ("even", "± "),
    };
    Some((direction, format!("{sign}{text}")))
}

fn change_line(card: &Card, now: &Report, before: Option<&Report>, language: Language) -> Option<AnyView> {
    let before_value = cards(before?, language).into_iter().find(|other| other.key == card.key)?.value;
    let figures = figure(now, card.key).zip(figure(before?, card.key));
    let (direction, change) = figures.and_then(|(now, before)| change(now, before, language))?;
    let text = fill(language.words().scope_delta, &[("change", &change), ("before", &before_value)]);
    Some(view! { <div class="kpi-change" data-direction=direction id=format!("change-{}", card.key)>{text}</div> }.into_any())
}

/// Users by their number of orders, on either side; nothing where nobody has any.
pub(super) fn categories(
    own: &Answered<Report>,
    other: &Answered<Report>,
    language: Language,
) -> Option<Vec<Category>> {
    let (own, other, words) = (&own.report, &other.report, language.words());
    let parts = |report: &Report| {
        let once = report.buyers.saturating_sub(report.repeat_buyers);
        [report.users.saturating_sub(report.buyers), once, report.repeat_buyers]
    };
    let names =
        [words.page_overview_no_order, words.page_overview_one_order, words.page_overview_more_orders];
    let sides = parts(own).into_iter().zip(parts(other));
    let all = names.into_iter().zip(sides).map(|(name, (own, other))| (name.to_owned(), own, other));
    (own.buyers + other.buyers > 0).then(|| all.collect())
}

/// The figures: the three most telling ones large, the others below them.
#[component]
pub fn Cards(
    /// What was asked.
    figures: Question<Report>,
) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let card = move |(card, change): (Card, Option<AnyView>)| {
        let Card { key, label, value, note, definition, cell } = card;
        let value = match cell {
            Some(cell) => {
                let open = move |_| {
                    figures.map(|answered| behind.open(label.to_owned(), &answered.query, &cell));
                };
                let id = format!("kpi-{key}");
                view! { <button type="button" class="cell-button opens" id=id on:click=open>{value}</button> }
                    .into_any()
            }
            None => view! { <span id=format!("kpi-{key}")>{value}</span> }.into_any(),
        };
        view! {
            <div class="kpi">
                <div class="kpi-label">{label}</div>
                <div class="kpi-value">{value}</div>
                {change}
                <div class="kpi-note muted">{note}</div>
                <details class="kpi-note">
                    <summary>{app.words().page_definition_short}</summary>
                    {definition}
                </details>
            </div>
        }
    };
    let rows = move || {
        let language = app.language.get();
        let cards = figures.map_compared(|now, before| {
            let with_change = |card: Card| {
                let change = change_line(&card, &now.report, before.map(|before| &before.report), language);
                (card, change)
            };
            cards(&now.report, language).into_iter().map(with_change).collect::<Vec<_>>()
        });
        let mut first = cards.unwrap_or_default();
        let others = first.split_off(TELLING.min(first.len()));
        view! {
            <div class="cards telling">{first.into_iter().map(card).collect_view()}</div>
            <div class="cards">{others.into_iter().map(card).collect_view()}</div>
        }
    };
    let no_value = move || {
        let lacks =
            app.opened.with(|opened| opened.as_ref().is_some_and(|opened| !opened.mapping.has_value()));
        lacks.then(|| {
            let role = app.words().get(&format!("role_{}", Role::Value.name())).unwrap_or(Role::Value.name());
            view! { <p class="muted">{fill(app.words().page_no_value, &[("role", role)])}</p> }
        })
    };
    view! {
        <div class="figures" id="figures">{rows}</div>
        {no_value}
    }
}
