//! The page's controls, and what one order is.

use leptos::prelude::*;

use crate::pages::overview::{order_choices, unit_from_name, unit_name};
use crate::pages::periods::PeriodChoice;
use crate::state::App;
use crate::widgets::select::Select;
use crate::widgets::settings::{self, Settings};
use strata::analysis::repurchase::Params;
use strata::locale::fill;

/// Windows to choose from, in days.
const WINDOWS: [u32; 7] = [7, 14, 30, 60, 90, 180, 365];

/// Writes parameters to the address.
pub(super) fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// The window of the next order, and the period of cohorts.
#[component]
pub fn Controls(read: Memo<Settings<Params>>) -> impl IntoView {
    let app = App::get();
    let choices = Signal::derive(move || {
        let mut windows: Vec<u32> = WINDOWS.into_iter().chain([read.get().params.window]).collect();
        windows.sort_unstable();
        windows.dedup();
        let name =
            |window: u32| fill(app.words().page_repurchase_window_days, &[("days", &window.to_string())]);
        windows.into_iter().map(|window| (window.to_string(), name(window))).collect::<Vec<_>>()
    });
    let label = Signal::derive(move || app.words().page_repurchase_window.to_owned());
    let value = Signal::derive(move || read.get().params.window.to_string());
    let change = move |chosen: String| {
        if let Ok(window) = chosen.parse() {
            write(app, &Params { window, ..read.get_untracked().params });
        }
    };
    let change_period = move |period| write(app, &Params { period, ..read.get_untracked().params });
    view! {
        <Select id="window" label choices value on_change=change/>
        <PeriodChoice label=|words| words.page_repurchase_period
            value=Signal::derive(move || read.get().params.period) on_change=change_period/>
    }
}

/// What counts as one order.
#[component]
pub fn Orders(read: Memo<Settings<Params>>) -> impl IntoView {
    let app = App::get();
    let choices = Signal::derive(move || order_choices(app));
    let label = Signal::derive(move || app.words().page_order_unit.to_owned());
    let value = Signal::derive(move || unit_name(read.get().params.orders));
    let change = move |chosen: String| {
        write(app, &Params { orders: unit_from_name(&chosen), ..read.get_untracked().params });
    };
    view! { <Select id="orders" label choices value on_change=change/> }
}
