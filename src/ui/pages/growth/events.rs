//! The choice of the event that makes a user active.

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::select::Select;
use strata::dataset::events::EventChoice;

/// The value of "any event" among choices; no event is called so as JSON.
const ANY: &str = "";

/// Any event, or one of those of the data; only where there are events.
#[component]
pub fn ActiveEvent(
    /// What holds now.
    #[prop(into)]
    value: Signal<Option<EventChoice>>,
    /// Called with another choice.
    #[prop(into)]
    on_change: Callback<Option<EventChoice>>,
) -> impl IntoView {
    let app = App::get();
    let has_events = Memo::new(move |_| {
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.event.is_some()))
    });
    let label = Signal::derive(move || app.words().page_growth_active_event.to_owned());
    let own = Signal::derive(move || value.get().map_or_else(|| ANY.to_owned(), |choice| text(&choice)));
    let choices = Signal::derive(move || choices(app, value.get()));
    let change = move |chosen: String| on_change.run(serde_json::from_str(&chosen).ok());
    move || {
        has_events.get().then(|| {
            view! { <Select id="active-event" label choices value=own on_change=change/> }
        })
    }
}

/// A choice as the value of an option.
fn text(choice: &EventChoice) -> String {
    serde_json::to_string(choice).unwrap_or_default()
}

/// Any event, each event of the data, and what the address asks for besides.
fn choices(app: App, own: Option<EventChoice>) -> Vec<(String, String)> {
    let mut choices = vec![(ANY.to_owned(), app.words().page_growth_any.to_owned())];
    app.opened.with(|opened| {
        let names = opened.iter().flat_map(|opened| opened.events.iter());
        choices.extend(names.map(|(name, _)| (text(&EventChoice::named(name)), name.clone())));
    });
    if let Some(own) = own
        && !choices.iter().any(|(value, _)| *value == text(&own))
    {
        let names = own.events.as_ref().map(|names| names.join(app.words().widget_list_separator));
        choices.push((text(&own), names.unwrap_or_else(|| app.words().page_growth_any.to_owned())));
    }
    choices
}
