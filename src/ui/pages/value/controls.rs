//! The date, the bands, and the switches in the definition.

use leptos::prelude::*;

use super::Read;
use crate::state::App;
use crate::widgets::select::{Input, Select, Switch};
use crate::widgets::settings;
use strata::analysis::value::Params;
use strata::locale::Words;

/// How users can be divided: percent high, and percent middle.
const BANDS: [[u32; 2]; 5] = [[20, 30], [10, 20], [10, 40], [20, 60], [5, 15]];

fn label(app: App, pick: fn(&'static Words) -> &'static str) -> Signal<String> {
    Signal::derive(move || pick(app.words()).to_owned())
}

fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// Which bands, as of when.
#[component]
pub(super) fn Controls(read: Read) -> impl IntoView {
    let app = App::get();
    let value_of = |[high, middle]: [u32; 2]| format!("{high}-{middle}");
    let choices = Signal::derive(move || {
        let own = read.get().params.bands;
        let given = BANDS.into_iter().chain((!BANDS.contains(&own)).then_some(own));
        let name = |[high, middle]: [u32; 2]| {
            let low = 100u32.saturating_sub(high.saturating_add(middle));
            format!("{high}% · {middle}% · {low}%")
        };
        given.map(|bands| (value_of(bands), name(bands))).collect::<Vec<_>>()
    });
    let value = Signal::derive(move || value_of(read.get().params.bands));
    let change = move |chosen: String| {
        let parts: Vec<u32> = chosen.split('-').filter_map(|part| part.parse().ok()).collect();
        if let [high, middle] = parts[..] {
            write(app, &Params { bands: [high, middle], ..read.get_untracked().params });
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
        <Select id="bands" label=label(app, |words| words.page_value_bands_choice) choices value on_change=change/>
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

/// Whom, and net or not.
#[component]
pub(super) fn Switches(read: Read) -> impl IntoView {
    let app = App::get();
    let everybody = Signal::derive(move || read.get().params.everybody);
    let net = Signal::derive(move || read.get().params.net_of_refunds);
    let change_everybody =
        move |everybody: bool| write(app, &Params { everybody, ..read.get_untracked().params });
    let change_net =
        move |net_of_refunds: bool| write(app, &Params { net_of_refunds, ..read.get_untracked().params });
    view! {
        <Switch id="everybody" label=label(app, |words| words.page_value_everybody) value=everybody on_change=change_everybody/>
        <Switch id="net" label=label(app, |words| words.page_segments_net) value=net on_change=change_net/>
    }
}
