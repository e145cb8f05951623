//! What keeps the data in the tab, in the page's own words, and how to check it.

use leptos::prelude::*;

use super::lists::ListsLog;
use super::state::App;

/// The proof; the body of a dialog.
#[component]
pub fn Proof() -> impl IntoView {
    let app = App::get();
    let policy = policy();
    let rules = if policy.is_empty() {
        view! { <p class="alert">{move || app.words().proof_none}</p> }.into_any()
    } else {
        let items: Vec<_> =
            policy.into_iter().map(|(name, values)| view! { <li><b>{name}</b>" "{values}</li> }).collect();
        view! { <ul class="policy">{items}</ul> }.into_any()
    };
    view! {
        <p>{move || app.words().proof_lead}</p>
        <h3>{move || app.words().proof_rule_title}</h3>
        <p>{move || app.words().proof_rule}</p>
        {rules}
        <p class="muted">{move || app.words().proof_rule_own}</p>
        <h3>{move || app.words().proof_check_title}</h3>
        <ol>
            <li>{move || app.words().proof_check_tools}</li>
            <li>{move || app.words().proof_check_offline}</li>
            <li>{move || app.words().proof_check_policy}</li>
        </ol>
        <ListsLog/>
    }
}

/// The policy that this very page carries, rule by rule; read from the page, so that it cannot be another one.
fn policy() -> Vec<(String, String)> {
    let element = document().query_selector("meta[http-equiv='Content-Security-Policy']").ok().flatten();
    let text = element.and_then(|element| element.get_attribute("content")).unwrap_or_default();
    text.split(';')
        .map(str::trim)
        .filter(|rule| !rule.is_empty())
        .map(|rule| {
            let (name, values) = rule.split_once(char::is_whitespace).unwrap_or((rule, ""));
            (name.to_owned(), values.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}
