//! Periods and the date, and the rules in the definition.

use leptos::prelude::*;

use super::Read;
use crate::pages::overview::{order_choices, unit_from_name, unit_name};
use crate::pages::periods::PeriodChoice;
use crate::pages::retention::events::{EventField, Ids};
use crate::state::App;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::{Input, Select};
use crate::widgets::settings;
use strata::analysis::life_cycle::Params;
use strata::dataset::calendar::Period;
use strata::dataset::events::EventChoice;
use strata::locale::Words;
use strata::segment::life_cycle::Stages;

/// The parts of the field of interactions.
const INTERACTION: Ids =
    Ids { event: "interaction", conditions: "interaction-conditions", add: "interaction-add" };

/// The name of stages in ids.
fn key(stages: Stages) -> &'static str {
    match stages {
        Stages::Activity => "activity",
        Stages::Business => "business",
    }
}

fn label(app: App, pick: fn(&'static Words) -> &'static str) -> Signal<String> {
    Signal::derive(move || pick(app.words()).to_owned())
}

fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// Which stages, how long periods are, and as of when.
#[component]
pub(super) fn Controls(read: Read) -> impl IntoView {
    let app = App::get();
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
    let kinds = Signal::derive(move || {
        let words = app.words();
        let name = |stages| match stages {
            Stages::Activity => words.page_life_cycle_stages_activity,
            Stages::Business => words.page_life_cycle_stages_business,
        };
        Stages::ALL.map(|stages| (key(stages).to_owned(), name(stages).to_owned())).to_vec()
    });
    let change_kind = move |chosen: String| {
        if let Some(stages) = Stages::ALL.into_iter().find(|stages| key(*stages) == chosen) {
            write(app, &Params { stages, ..read.get_untracked().params });
        }
    };
    view! {
        <Segmented id="stages" label=label(app, |words| words.page_life_cycle_stages_kind) choices=kinds
            value=Signal::derive(move || key(read.get().params.stages).to_owned()) on_change=change_kind/>
        <PeriodChoice
            label=|words| words.page_life_cycle_period
            value=Signal::derive(move || read.get().params.period)
            on_change=move |period: Period| write(app, &Params { period, ..read.get_untracked().params })
        />
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

/// The numbers of the rules; an emptied field is the usual one. What makes no sense is refused by the engine, which says why.
#[component]
pub(super) fn Switches(read: Read) -> impl IntoView {
    let app = App::get();
    let field = move |id: &'static str,
                      name: fn(&'static Words) -> &'static str,
                      get: fn(&Params) -> Option<f64>,
                      set: fn(&mut Params, Option<f64>)| {
        let value = Signal::derive(move || {
            get(&read.get().params).map(|number| number.to_string()).unwrap_or_default()
        });
        let change = move |text: String| {
            let mut params = read.get_untracked().params;
            set(&mut params, text.trim().parse().ok());
            write(app, &params);
        };
        view! { <Input id=id.to_owned() kind="text" label=label(app, name) value on_change=change/> }
    };
    let is_business = Memo::new(move |_| read.get().params.stages == Stages::Business);
    let of_activity = move || {
        view! {
            {field("new-within", |words| words.page_life_cycle_new_within, |params| Some(params.rules.new_within), |params, number| {
                params.rules.new_within = number.unwrap_or(1.0);
            })}
            {field("active-within", |words| words.page_life_cycle_active_within, |params| Some(params.rules.active_within), |params, number| {
                params.rules.active_within = number.unwrap_or(2.0);
            })}
            {field("mature-days", |words| words.page_life_cycle_mature_days, |params| Some(f64::from(params.rules.mature_days)), |params, days| {
                params.rules.mature_days = days.map_or(3, |days| days.clamp(0.0, 1e6) as u32);
            })}
            {field("rise", |words| words.page_life_cycle_rise, |params| Some(params.rules.rise), |params, number| {
                params.rules.rise = number.unwrap_or(2.0);
            })}
        }
    };
    view! {
        {field("cycle", |words| words.page_life_cycle_cycle, |params| params.cycle, |params, days| params.cycle = days)}
        {field("own-gaps", |words| words.page_life_cycle_own_gaps, |params| Some(f64::from(params.rules.own_gaps)), |params, gaps| {
            params.rules.own_gaps = gaps.map_or(1, |gaps| gaps.clamp(1.0, 1e6) as u32);
        })}
        {field("lost-after", |words| words.page_life_cycle_lost_after, |params| Some(params.rules.lost_after), |params, number| {
            params.rules.lost_after = number.unwrap_or(4.0);
        })}
        {move || if is_business.get() { view! { <BusinessRules read/> }.into_any() } else { of_activity().into_any() }}
    }
}

/// The rules of the business stages.
#[component]
fn BusinessRules(read: Read) -> impl IntoView {
    let app = App::get();
    let change = move |change: &dyn Fn(&mut Params)| {
        let mut params = read.get_untracked().params;
        change(&mut params);
        write(app, &params);
    };
    let chosen = Memo::new(move |_| read.get().params.interaction);
    let is_chosen = Memo::new(move |_| chosen.get().is_some());
    let interaction = Signal::derive(move || chosen.get().unwrap_or_default());
    let change_interaction =
        move |event: EventChoice| change(&|params| params.interaction = Some(event.clone()));
    let loyal = Signal::derive(move || read.get().params.loyal_orders.to_string());
    let change_loyal = move |text: String| {
        let orders = text.trim().parse().unwrap_or(2);
        change(&|params| params.loyal_orders = orders);
    };
    let units = Signal::derive(move || order_choices(app));
    let unit = Signal::derive(move || unit_name(read.get().params.orders));
    let change_unit = move |chosen: String| change(&|params| params.orders = unit_from_name(&chosen));
    let field = move || {
        if is_chosen.get() {
            view! {
                <EventField ids=INTERACTION label=|words| words.page_life_cycle_interaction value=interaction on_change=change_interaction/>
                <button type="button" class="button small" id="interaction-learn" on:click=move |_| change(&|params| params.interaction = None)>
                    {move || app.words().page_life_cycle_interaction_learn}
                </button>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="button small" id="interaction-choose"
                    on:click=move |_| change(&|params| params.interaction = Some(EventChoice::default()))>
                    {move || app.words().page_life_cycle_interaction_choose}
                </button>
            }
            .into_any()
        }
    };
    view! {
        {field}
        <Input id="loyal-orders".to_owned() kind="text" label=label(app, |words| words.page_life_cycle_loyal_orders) value=loyal on_change=change_loyal/>
        <Select id="orders" label=label(app, |words| words.page_order_unit) choices=units value=unit on_change=change_unit/>
    }
}
