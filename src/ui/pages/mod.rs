//! One page for each question.

mod builder;
mod clusters;
mod funnel;
pub mod gallery;
mod growth;
mod life_cycle;
mod overview;
mod paths;
mod periods;
mod portrait;
mod repurchase;
mod retention;
mod segments;
mod tiers;
mod value;

use leptos::prelude::*;

use super::address::Page;
use super::state::App;
use super::widgets::users::{UsersBehind, UsersPanel};

/// The page that the address names.
#[component]
pub fn View() -> impl IntoView {
    let app = App::get();
    let users = UsersBehind::new();
    provide_context(users);
    // A changed setting is no new page.
    let page = Memo::new(move |_| app.address.page());
    view! {
        {move || {
            users.close();
            match page.get() {
                Page::Overview => view! { <overview::Overview/> }.into_any(),
                Page::Segments => view! { <segments::Segments/> }.into_any(),
                Page::Builder => view! { <builder::Builder/> }.into_any(),
                Page::Clusters => view! { <clusters::Clusters/> }.into_any(),
                Page::LifeCycle => view! { <life_cycle::LifeCycle/> }.into_any(),
                Page::Tiers => view! { <tiers::Tiers/> }.into_any(),
                Page::Value => view! { <value::Value/> }.into_any(),
                Page::Portrait => view! { <portrait::Portrait/> }.into_any(),
                Page::Retention => view! { <retention::Retention/> }.into_any(),
                Page::Funnel => view! { <funnel::Funnel/> }.into_any(),
                Page::Growth => view! { <growth::Growth/> }.into_any(),
                Page::Repurchase => view! { <repurchase::Repurchase/> }.into_any(),
                Page::Paths => view! { <paths::Paths/> }.into_any(),
                Page::Gallery => view! { <gallery::Gallery/> }.into_any(),
            }
        }}
        <UsersPanel/>
    }
}
