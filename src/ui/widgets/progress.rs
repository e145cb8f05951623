//! How far something is, and a way to stop it.
//!
//! Use it for what takes longer than a second. Without a value it only says that something is going on; a value never goes
//! back.
//!
//! Keyboard: the button to cancel takes Enter and Space. Pattern: `progressbar` (WAI-ARIA).

use leptos::prelude::*;

use super::button::Button;
use crate::state::App;

/// The bar, its name before it and the share after it.
#[component]
pub fn Progress(
    /// The share that is done, from 0 to 1; nothing while it is unknown.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// What is going on.
    #[prop(into)]
    label: Signal<String>,
    /// Stops it; without, it cannot be stopped.
    #[prop(optional)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let app = App::get();
    let cancel = on_cancel.map(|on_press| {
        let text = Signal::derive(move || app.words().control_cancel.to_owned());
        view! { <Button text on_press small=true/> }
    });
    let percent = move || percent(value).map(|percent| format!("{percent}%"));
    view! {
        <div class="progress-line">
            <span class="progress-label">{label}</span>
            <span class="progress-share">{percent}</span>
            {cancel}
            <ProgressBar value label/>
        </div>
    }
}

/// The bar alone, where a page says the rest.
#[component]
pub fn ProgressBar(
    /// The share that is done, from 0 to 1; nothing while it is unknown.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// What is going on.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let width = move || value.get().map_or(1.0, |share| share.clamp(0.0, 1.0));
    view! {
        <div class="progress" role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100"
            aria-valuenow=move || percent(value)>
            <div class="progress-bar" class:waiting=move || value.get().is_none()
                style=move || format!("transform:scaleX({:.4})", width())></div>
        </div>
    }
}

/// Whole percents, never more than is done.
fn percent(value: Signal<Option<f64>>) -> Option<String> {
    value.get().map(|share| format!("{:.0}", (share.clamp(0.0, 1.0) * 100.0).floor()))
}
