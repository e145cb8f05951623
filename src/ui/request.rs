//! A request pasted by the user: checked by the engine itself, then shown on its page.

use leptos::{html, prelude::*};
use serde_json::Value;
use wasm_bindgen_futures::spawn_local;

use super::address::Page;
use super::scope;
use super::state::App;
use super::text::error_message;
use strata::dataset::filter::Condition;
use strata::engine::registry::Analysis;
use strata::engine::request::{OpenOptions, Query, Spec};
use strata::error::{Error, Result};

/// The form in which a request is pasted.
#[component]
pub fn RequestForm(
    /// Whether its dialog is shown.
    open: RwSignal<bool>,
) -> impl IntoView {
    let app = App::get();
    let area = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<Error>);
    let checking = RwSignal::new(false);
    let submit = move || {
        let Some(area) = area.get_untracked() else { return };
        error.set(None);
        let spec = match Spec::parse(&area.value()) {
            Ok(spec) => spec,
            Err(wrong) => return error.set(Some(wrong)),
        };
        let page = match page_of(&spec.query) {
            Ok(page) => page,
            Err(wrong) => return error.set(Some(wrong)),
        };
        if needs_reading(app, &spec.open) {
            open.set(false);
            read_again(app, page, spec);
            return;
        }
        checking.set(true);
        spawn_local(async move {
            // The engine knows what each question allows; the page does not check a second time.
            let query = Query { users: None, ..spec.query };
            let answer = app.client().run(&query).await;
            // The dialog may have been closed meanwhile.
            checking.try_set(false);
            match answer {
                Ok(_) => {
                    open.try_set(false);
                    show(app, page, &query);
                }
                Err(wrong) => {
                    error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <form class="request-form" on:submit=move |event| { event.prevent_default(); submit(); }>
            <p>{move || app.words().bar_request_lead}</p>
            <label class="field" for="request-text">
                <span>{move || app.words().bar_request_label}</span>
                <textarea id="request-text" rows="12" spellcheck="false" autocomplete="off" autofocus=true node_ref=area
                    aria-describedby="request-error" placeholder="{\"analysis\": \"retention\", \"params\": {\"period\": \"week\"}}"></textarea>
            </label>
            <div id="request-error" aria-live="assertive">
                {move || error.get().map(|error| (error.kind.code(), error)).map(|(kind, error)| view! {
                    <p class="alert" data-kind=kind>{move || error_message(app.language.get(), &error)}</p>
                })}
            </div>
            <button type="submit" class="button primary" id="request-run" disabled=move || checking.get()>
                {move || if checking.get() { app.words().bar_request_checking } else { app.words().bar_request_run }}
            </button>
        </form>
    }
}

/// Whether the request wants the files read in another way than they were.
fn needs_reading(app: App, wanted: &OpenOptions) -> bool {
    app.chosen.with_untracked(|chosen| {
        chosen.as_ref().is_some_and(|chosen| chosen.read_as(wanted).open_options() != chosen.open_options())
    })
}

/// Reads the files as the request wants them, and then shows its answer.
fn read_again(app: App, page: Page, spec: Spec) {
    app.chosen.update(|chosen| *chosen = chosen.as_ref().map(|chosen| chosen.read_as(&spec.open)));
    show(app, page, &spec.query);
    app.read();
}

/// The page that answers a question, when one does so in full.
fn page_of(query: &Query) -> Result<Page> {
    const SHOWN: &str = "overview, activeUsers, rfm, lifeCycle, value, tiers, clusters, rule, portrait, retention, funnel, growth, revenueGrowth, stickiness, repurchase, paths, sequence, survival";
    let bare = query.params.as_object().is_none_or(serde_json::Map::is_empty);
    match query.analysis {
        Analysis::Overview => Ok(Page::Overview),
        // The overview shows active users as they are defined there.
        Analysis::ActiveUsers if bare => Ok(Page::Overview),
        Analysis::Rfm => Ok(Page::Segments),
        Analysis::Value => Ok(Page::Value),
        Analysis::Tiers => Ok(Page::Tiers),
        Analysis::Clusters => Ok(Page::Clusters),
        Analysis::LifeCycle => Ok(Page::LifeCycle),
        Analysis::Rule => Ok(Page::Builder),
        Analysis::Portrait => Ok(Page::Portrait),
        Analysis::Retention | Analysis::Survival => Ok(Page::Retention),
        Analysis::Funnel => Ok(Page::Funnel),
        Analysis::ActiveUsers => Err(Error::bad_value("params", &query.params, "{}")),
        Analysis::Growth | Analysis::RevenueGrowth | Analysis::Stickiness => Ok(Page::Growth),
        Analysis::Repurchase => Ok(Page::Repurchase),
        Analysis::Paths | Analysis::Sequence => Ok(Page::Paths),
        Analysis::NDay
        | Analysis::Transitions
        | Analysis::FunnelDrivers
        | Analysis::Overlap
        | Analysis::SegmentSize => {
            let name = serde_json::to_value(query.analysis).unwrap_or_default();
            Err(Error::bad_value("analysis", name.as_str().unwrap_or_default(), SHOWN))
        }
    }
}

/// Goes to a page with the question's parameters and its filter as settings, in one step.
fn show(app: App, page: Page, query: &Query) {
    let query = &as_shown(query);
    let mut settings: Vec<(String, String)> = match &query.params {
        Value::Object(params) => params
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), setting(value)))
            .collect(),
        _ => Vec::new(),
    };
    let part = match query.analysis {
        Analysis::RevenueGrowth => Some(("part", "revenue")),
        Analysis::Stickiness => Some(("part", "stickiness")),
        Analysis::Survival => Some(("part", "lifetime")),
        Analysis::Sequence => Some(("view", "sequences")),
        _ => None,
    };
    settings.extend(part.map(|(name, part)| (name.to_owned(), part.to_owned())));
    let filter = scope::settings(&query.filter).into_iter();
    settings.extend(filter.filter_map(|(name, value)| Some((name.to_owned(), value?))));
    app.address.go(page, settings);
}

/// The query as its page has it: the segment of a portrait is the one that is looked at, and a profile's user is a setting.
fn as_shown(query: &Query) -> Query {
    let mut shown = query.clone();
    if query.analysis != Analysis::Portrait {
        return shown;
    }
    if let Some(params) = shown.params.as_object_mut() {
        let segment = params.remove("segment").and_then(|segment| serde_json::from_value(segment).ok());
        let not = params.remove("not") == Some(Value::Bool(true));
        if let Some(segment) = segment {
            shown.filter.all.insert(0, Condition { segment: Some(segment), not, ..Condition::default() });
        }
        if let Some(wanted) = &query.profile {
            params.insert("user".to_owned(), Value::String(wanted.user.clone()));
        }
    }
    shown
}

/// A parameter as a setting in the address: text as it is, all else as JSON.
fn setting(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
