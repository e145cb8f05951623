//! The page's two parts: cohorts against periods, and how long users stay.

use leptos::prelude::*;

use super::Cohorts;
use super::lifetime::Lifetime;
use crate::state::App;
use crate::widgets::tabs::{TabPanel, Tabs};

/// The name of the part in the address.
const PART: &str = "part";

/// The page.
#[component]
pub fn Retention() -> impl IntoView {
    let app = App::get();
    let part = Memo::new(move |_| match app.address.setting(PART).as_deref() {
        Some("lifetime") => "lifetime",
        _ => "cohorts",
    });
    let choices = Signal::derive(move || {
        let words = app.words();
        [("cohorts", words.page_lifetime_tab_cohorts), ("lifetime", words.page_lifetime_tab_lifetime)]
            .map(|(value, name)| (value.to_owned(), name.to_owned()))
            .to_vec()
    });
    let label = Signal::derive(move || app.words().page_lifetime_parts.to_owned());
    let value = Signal::derive(move || part.get().to_owned());
    let change = move |chosen: String| {
        let chosen = Some(chosen.as_str()).filter(|part| *part != "cohorts");
        // Which event is the first means another choice in each part.
        app.address.set_all(&[(PART, chosen), ("entry", None)]);
    };
    let content = move || match part.get() {
        "lifetime" => view! { <Lifetime/> }.into_any(),
        _ => view! { <Cohorts/> }.into_any(),
    };
    view! {
        <Tabs id="retention-part" label choices value on_change=change/>
        <TabPanel id="retention-part" value>{content}</TabPanel>
    }
}
