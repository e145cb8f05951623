//! How many clusters, by which figures, as of when; and in the definition how the first centres are found.

use leptos::prelude::*;

use super::{Read, text};
use crate::state::App;
use crate::widgets::select::{Input, Select, Switch};
use crate::widgets::settings;
use strata::analysis::clusters::{Params, Start};
use strata::ingest::mapping::Role;
use strata::locale::Words;
use strata::segment::features::Feature;
use strata::segment::orders::OrderUnit;

/// The numbers of clusters that are offered.
const OFFERED: std::ops::RangeInclusive<u32> = 2..=12;

/// How often first centres can be drawn.
const RESTARTS: std::ops::RangeInclusive<f64> = 1.0..=50.0;

fn label(app: App, pick: fn(&'static Words) -> &'static str) -> Signal<String> {
    Signal::derive(move || pick(app.words()).to_owned())
}

fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// How many, as of when, and by which figures.
#[component]
pub(super) fn Controls(read: Read) -> impl IntoView {
    let app = App::get();
    let choices = Signal::derive(move || {
        let own = read.get().params.k.filter(|k| !OFFERED.contains(k));
        let numbers = OFFERED.chain(own).map(|k| (k.to_string(), k.to_string()));
        let auto = (String::new(), app.words().page_clusters_k_auto.to_owned());
        std::iter::once(auto).chain(numbers).collect::<Vec<_>>()
    });
    let value = Signal::derive(move || read.get().params.k.map(|k| k.to_string()).unwrap_or_default());
    let change = move |chosen: String| {
        write(app, &Params { k: chosen.parse().ok(), ..read.get_untracked().params });
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
        <Select id="clusters-k" label=label(app, |words| words.page_clusters_k) choices value on_change=change/>
        <Input
            id="as-of".to_owned()
            kind="date"
            label=label(app, |words| words.page_builder_as_of)
            value=day
            min=Signal::derive(move || bound(false))
            max=Signal::derive(move || bound(true))
            on_change=change_day
        />
        <Features read/>
    }
}

/// One switch for each figure that the data have.
#[component]
fn Features(read: Read) -> impl IntoView {
    let app = App::get();
    let has = move |role: Option<Role>| {
        app.opened.with(|opened| {
            let mapping = opened.as_ref().map(|opened| &opened.mapping);
            mapping.is_some_and(|mapping| match role {
                None => true,
                Some(Role::Value) => mapping.value.is_some(),
                Some(Role::Event) => mapping.event.is_some(),
                Some(_) => false,
            })
        })
    };
    let usual = move || Params::default().features(has(Some(Role::Value))).unwrap_or_default();
    let chosen = Memo::new(move |_| read.get().params.features(has(Some(Role::Value))).unwrap_or_default());
    let switch = move |feature: Feature| {
        let value = Signal::derive(move || chosen.with(|chosen| chosen.contains(&feature)));
        // One at least is compared.
        let disabled = Signal::derive(move || value.get() && chosen.with(Vec::len) == 1);
        let change = move |on: bool| {
            let now = chosen.get_untracked();
            let features: Vec<Feature> = Feature::ALL
                .into_iter()
                .filter(|own| if *own == feature { on } else { now.contains(own) })
                .collect();
            let features = Some(features).filter(|features| *features != usual());
            write(app, &Params { features, ..read.get_untracked().params });
        };
        let name = Signal::derive(move || text::feature_name(feature, app.language.get()));
        view! { <Switch id=feature.key() label=name value disabled on_change=change/> }
    };
    let switches =
        move || Feature::ALL.into_iter().filter(|feature| has(feature.needs())).map(switch).collect_view();
    view! {
        <fieldset class="field" id="clusters-features">
            <legend class="label">{move || app.words().page_clusters_features}</legend>
            <div class="controls">{switches}</div>
        </fieldset>
    }
}

/// What an order is, refunds, and the first centres.
#[component]
pub(super) fn Switches(read: Read) -> impl IntoView {
    let app = App::get();
    let units = Signal::derive(move || {
        let words = app.words();
        let mut units = vec![
            (String::new(), words.page_order_auto),
            ("days".to_owned(), words.page_order_days),
            ("rows".to_owned(), words.page_order_rows),
        ];
        let has_ids =
            app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.order.is_some()));
        if has_ids {
            units.insert(1, ("orders".to_owned(), words.page_order_orders));
        }
        units.into_iter().map(|(value, name)| (value, name.to_owned())).collect::<Vec<_>>()
    });
    let unit = Signal::derive(move || read.get().params.frequency.map(settings::name_of).unwrap_or_default());
    let change_unit = move |name: String| {
        let frequency: Option<OrderUnit> = settings::from_name(name);
        write(app, &Params { frequency, ..read.get_untracked().params });
    };
    let net = Signal::derive(move || read.get().params.net_of_refunds);
    let change_net =
        move |net_of_refunds: bool| write(app, &Params { net_of_refunds, ..read.get_untracked().params });
    let starts = Signal::derive(move || {
        let words = app.words();
        vec![
            ("spread".to_owned(), words.page_clusters_start_spread.to_owned()),
            ("drawn".to_owned(), words.page_clusters_start_drawn.to_owned()),
        ]
    });
    let start = Signal::derive(move || settings::name_of(read.get().params.start));
    let change_start = move |name: String| {
        let start: Start = settings::from_name(name).unwrap_or_default();
        write(app, &Params { start, ..read.get_untracked().params });
    };
    let is_drawn = Memo::new(move |_| read.get().params.start == Start::Drawn);
    let seed = Signal::derive(move || read.get().params.seed.to_string());
    let change_seed = move |text: String| {
        let seed = text.trim().parse().unwrap_or(Params::default().seed);
        write(app, &Params { seed, ..read.get_untracked().params });
    };
    let restarts = Signal::derive(move || read.get().params.restarts.to_string());
    let change_restarts = move |text: String| {
        let number: Option<f64> = text.trim().parse().ok();
        let restarts = number.map_or(Params::default().restarts, |number| {
            number.clamp(*RESTARTS.start(), *RESTARTS.end()) as u32
        });
        write(app, &Params { restarts, ..read.get_untracked().params });
    };
    view! {
        <Select id="frequency" label=label(app, |words| words.page_order_unit) choices=units value=unit on_change=change_unit/>
        <Switch id="net" label=label(app, |words| words.page_segments_net) value=net on_change=change_net/>
        <Select id="start" label=label(app, |words| words.page_clusters_start) choices=starts value=start on_change=change_start/>
        {move || is_drawn.get().then(|| view! {
            <Input id="seed".to_owned() kind="text" label=label(app, |words| words.page_clusters_seed) value=seed on_change=change_seed/>
            <Input id="restarts".to_owned() kind="text" label=label(app, |words| words.page_clusters_restarts) value=restarts on_change=change_restarts/>
        })}
    }
}
