//! The present question as a request that the command line and the JavaScript module accept.

use leptos::prelude::*;

use super::copy::Copy;
use crate::state::App;
use strata::engine::request::{OpenOptions, Query, Spec};

/// The question with everything that its answer depends on.
fn spec(app: App, query: Query) -> String {
    let given = app.chosen.with_untracked(|chosen| chosen.as_ref().map(|chosen| chosen.open_options()));
    let mut open: OpenOptions = given.unwrap_or_default();
    app.opened.with_untracked(|opened| {
        if let Some(opened) = opened {
            if open.files.is_empty() {
                open.mapping = Some(opened.mapping.clone());
            }
            open.time_zone = Some(opened.time_zone.clone());
            open.week_start = Some(opened.week_start);
        }
    });
    Spec { open, query }.to_text()
}

/// Copies the request; where the browser refuses, shows it to be copied by hand.
#[component]
pub fn CopyRequest(
    /// What is asked.
    #[prop(into)]
    query: Signal<Query>,
) -> impl IntoView {
    let app = App::get();
    let label = Signal::derive(move || app.words().widget_request_copy.to_owned());
    let text = Callback::new(move |()| spec(app, query.get_untracked()));
    view! { <Copy id="copy-request".to_owned() dialog="request-dialog" label text/> }
}
