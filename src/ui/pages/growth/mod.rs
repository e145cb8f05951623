//! Where growth comes from, in three parts: users, revenue, and how often users come.

mod events;
mod revenue;
mod sticky;
mod users;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::tabs::{TabPanel, Tabs};

/// The name of the part in the address and in ids.
const PART: &str = "part";

/// The page.
#[component]
pub fn Growth() -> impl IntoView {
    let app = App::get();
    let part = Memo::new(move |_| match app.address.setting(PART).as_deref() {
        Some("revenue") => "revenue",
        Some("stickiness") => "stickiness",
        _ => "users",
    });
    let choices = Signal::derive(move || {
        let words = app.words();
        [
            ("users", words.page_growth_tab_users),
            ("revenue", words.page_growth_tab_revenue),
            ("stickiness", words.page_growth_tab_stickiness),
        ]
        .map(|(value, name)| (value.to_owned(), name.to_owned()))
        .to_vec()
    });
    let label = Signal::derive(move || app.words().page_growth_parts.to_owned());
    let value = Signal::derive(move || part.get().to_owned());
    let change = move |chosen: String| {
        let chosen = Some(chosen.as_str()).filter(|part| *part != "users");
        app.address.set(PART, chosen);
    };
    let content = move || match part.get() {
        "revenue" => view! { <revenue::RevenuePart/> }.into_any(),
        "stickiness" => view! { <sticky::StickinessPart/> }.into_any(),
        _ => view! { <users::UsersPart/> }.into_any(),
    };
    view! {
        <Tabs id="growth-part" label choices value on_change=change/>
        <TabPanel id="growth-part" value>{content}</TabPanel>
    }
}
