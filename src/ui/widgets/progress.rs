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
    let share = move || value.get().map(|share| share.clamp(0.0, 1.0));
    let cancel = on_cancel.map(|on_press| {
        let text = Signal::derive(move || app.words().control_cancel.to_owned());
        view! { <Button text on_press small=true/> }
    });
    let percent = move || share().map(|share| format!("{:.0}%", (share * 100.0).floor()));
    view! {
        <div class="progress-line">
            <span class="progress-label">{label}</span>
            <span class="progress-share">{percent}</span>
            {cancel}
            <div class="progress" role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=move || share().map(|share| format!("{:.0}", (share * 100.0).floor()))>
                <div class="progress-bar" class:waiting=move || share().is_none()
                    style=move || format!("transform:scaleX({:.4})", share().unwrap_or(1.0))></div>
            </div>
        </div>
    }
}
