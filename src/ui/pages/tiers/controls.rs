//! What earns a tier, periods and the date; and the rules in the definition.

use leptos::prelude::*;

use super::{Read, text, write};
use crate::pages::periods::PeriodChoice;
use crate::state::App;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::{Input, Switch};
use crate::widgets::settings::{from_name, name_of};
use strata::analysis::tiers::{Measure, Params, Since};
use strata::dataset::calendar::Period;
use strata::dataset::filter::Number;
use strata::locale::Words;
use strata::segment::tier::WindowUnit;

type Pick = fn(&'static Words) -> &'static str;

fn label(app: App, pick: Pick) -> Signal<String> {
    Signal::derive(move || pick(app.words()).to_owned())
}

/// Choices by their names in requests.
fn choices<T: serde::Serialize + Copy + Send + Sync + 'static, const COUNT: usize>(
    app: App,
    of: [(T, Pick); COUNT],
) -> Signal<Vec<(String, String)>> {
    Signal::derive(move || of.map(|(value, pick)| (name_of(value), pick(app.words()).to_owned())).to_vec())
}

/// What earns a tier, how long periods are, as of when, and since when moves are told.
#[component]
pub(super) fn Controls(read: Read) -> impl IntoView {
    let app = App::get();
    let measures = choices(
        app,
        [
            (Measure::Spend, |words| words.page_tiers_measure_spend),
            (Measure::Orders, |words| words.page_tiers_measure_orders),
            (Measure::ActiveDays, |words| words.page_tiers_measure_days),
            (Measure::Points, |words| words.page_tiers_measure_points),
        ],
    );
    let change_measure = move |name: String| {
        let params = read.get_untracked().params;
        if let Some(measure) = from_name(name).filter(|measure| *measure != params.measure) {
            // Thresholds of money say nothing of orders.
            write(app, &Params { measure, thresholds: None, what_if: None, ..params });
        }
    };
    let sinces = choices(
        app,
        [
            (Since::Period, |words| words.page_tiers_since_period),
            (Since::Year, |words| words.page_tiers_since_year),
        ],
    );
    let change_since = move |name: String| {
        if let Some(since) = from_name(name) {
            write(app, &Params { since, ..read.get_untracked().params });
        }
    };
    let bound = move |last: bool| {
        app.opened.with(|opened| {
            let span = opened.as_ref().map(|opened| if last { opened.span.1 } else { opened.span.0 });
            span.map(|day| day.to_string()).unwrap_or_default()
        })
    };
    let day =
        Signal::derive(move || read.get().params.as_of.map_or_else(|| bound(true), |day| day.to_string()));
    let change_day = move |text: String| {
        // An emptied field, and the last day, are the default.
        let as_of = text.parse().ok().filter(|_| text != bound(true));
        write(app, &Params { as_of, ..read.get_untracked().params });
    };
    view! {
        <Segmented id="measure" label=label(app, |words| words.page_tiers_measure) choices=measures
            value=Signal::derive(move || name_of(read.get().params.measure)) on_change=change_measure/>
        <PeriodChoice
            label=|words| words.page_tiers_period
            value=Signal::derive(move || read.get().params.period)
            on_change=move |period: Period| write(app, &Params { period, ..read.get_untracked().params })
        />
        <Segmented id="since" label=label(app, |words| words.page_tiers_since) choices=sinces
            value=Signal::derive(move || name_of(read.get().params.since)) on_change=change_since/>
        <Input
            id="as-of".to_owned()
            kind="date"
            label=label(app, |words| words.page_builder_as_of)
            value=day
            min=Signal::derive(move || bound(false))
            max=Signal::derive(move || bound(true))
            on_change=change_day
        />
    }
}

/// The rules; an emptied field is the usual one. What makes no sense is refused by the engine, which says why.
#[component]
pub(super) fn Switches(read: Read) -> impl IntoView {
    let app = App::get();
    let field =
        move |id: &'static str, name: Pick, get: fn(&Params) -> String, set: fn(&mut Params, &str)| {
            let value = Signal::derive(move || get(&read.get().params));
            let change = move |text: String| {
                let mut params = read.get_untracked().params;
                set(&mut params, text.trim());
                write(app, &params);
            };
            view! { <Input id=id.to_owned() kind="text" label=label(app, name) value on_change=change/> }
        };
    let units = choices(
        app,
        [
            (WindowUnit::Days, |words| words.page_tiers_unit_days),
            (WindowUnit::Months, |words| words.page_tiers_unit_months),
            (WindowUnit::Year, |words| words.page_tiers_unit_year),
        ],
    );
    let change_unit = move |name: String| {
        let params = read.get_untracked().params;
        if let Some(window_unit) = from_name(name).filter(|unit| *unit != params.window_unit) {
            // So many days are not so many months: about a year either way.
            let window = if window_unit == WindowUnit::Months { 12 } else { 365 };
            write(app, &Params { window_unit, window, ..params });
        }
    };
    let has_length = Memo::new(move |_| read.get().params.window_unit != WindowUnit::Year);
    let by_points = Memo::new(move |_| read.get().params.measure == Measure::Points);
    let change_buyers =
        move |buyers_only: bool| write(app, &Params { buyers_only, ..read.get_untracked().params });
    let change_net =
        move |net_of_refunds: bool| write(app, &Params { net_of_refunds, ..read.get_untracked().params });
    view! {
        <Segmented id="window-unit" label=label(app, |words| words.page_tiers_window_unit) choices=units
            value=Signal::derive(move || name_of(read.get().params.window_unit)) on_change=change_unit/>
        {move || has_length.get().then(|| field("window", |words| words.page_tiers_window, |params| params.window.to_string(), |params, text| {
            let usual = if params.window_unit == WindowUnit::Months { 12 } else { 365 };
            params.window = text.parse().unwrap_or(usual);
        }))}
        {field("validity", |words| words.page_tiers_validity, |params| params.validity.to_string(), |params, text| {
            params.validity = text.parse().unwrap_or(12);
        })}
        {field("tops", |words| words.page_tiers_tops, text::tops, |params, text| {
            let tops: Vec<u32> = text.split(|sign: char| !sign.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
            params.tops = if tops.is_empty() { Params::default().tops } else { tops };
        })}
        {field("near", |words| words.page_tiers_near_percent, |params| params.near.to_string(), |params, text| {
            params.near = text.parse().unwrap_or(20);
        })}
        {field("warn-days", |words| words.page_tiers_warn_days, |params| params.warn_days.to_string(), |params, text| {
            params.warn_days = text.parse().unwrap_or(30);
        })}
        {move || by_points.get().then(|| view! {
            {field("points-per-unit", |words| words.page_tiers_points_per_unit, |params| params.points_per_unit.text(), |params, text| {
                params.points_per_unit = match text {
                    "" => Params::default().points_per_unit,
                    text => number(text),
                };
            })}
            {field("points-per-order", |words| words.page_tiers_points_per_order, |params| params.points_per_order.to_string(), |params, text| {
                params.points_per_order = text.parse().unwrap_or(0);
            })}
        })}
        <Switch id="buyers-only" label=label(app, |words| words.page_tiers_buyers_only)
            value=Signal::derive(move || read.get().params.buyers_only) on_change=change_buyers/>
        <Switch id="net" label=label(app, |words| words.page_tiers_net)
            value=Signal::derive(move || read.get().params.net_of_refunds) on_change=change_net/>
    }
}

/// A number as a request writes it; what is none stays as it is, for the engine to refuse.
pub(super) fn number(text: &str) -> Number {
    serde_json::from_str(text).map_or_else(|_| Number::Text(text.to_owned()), Number::Number)
}
