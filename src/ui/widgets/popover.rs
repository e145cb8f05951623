//! A button that opens a small panel under it.
//!
//! Use it for settings that are looked at now and then and belong to one control: a date range, the columns of a table.
//! What has to be read in full, or decided, is a dialog; what stays open beside the work is a side panel.
//!
//! Keyboard: Enter or Space on the button opens it and moves the focus into it; Escape closes it and gives the focus
//! back; Tab leaves it and closes it. A click elsewhere closes it too.
//!
//! Pattern: disclosure of a non-modal dialog (WAI-ARIA APG: Dialog, without `aria-modal`).

use leptos::prelude::*;
use leptos::tachys::html::event::{FocusEvent, KeyboardEvent};

use super::{float, focus};
use crate::icon::{Glyph, Icon};

/// The button and its panel, `#<id>` and `#<id>-panel`.
#[component]
pub fn Popover(
    /// The button's id.
    #[prop(into)]
    id: String,
    /// The button's text; may be empty when there is an icon.
    #[prop(into)]
    text: Signal<String>,
    /// What the button is called; holds its text, and names the panel too.
    #[prop(into)]
    label: Signal<String>,
    /// An icon before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// The button's classes in place of `button`.
    #[prop(optional)]
    class: &'static str,
    /// Whether the panel is shown.
    open: RwSignal<bool>,
    /// What the panel holds; made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let class = if class.is_empty() { "button" } else { class };
    let panel = format!("{id}-panel");
    float::keep(id.clone(), panel.clone(), open.into(), false);
    dismiss(id.clone(), panel.clone(), open);
    let inside = StoredValue::new(panel.clone());
    let button = StoredValue::new(id.clone());
    let keys = move |event: KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            event.stop_propagation();
            open.set(false);
        }
    };
    let left = move |event: FocusEvent| {
        let Some(next) = event.related_target() else { return };
        // A panel that is being taken away with all around it tells that the focus leaves it, too.
        let Some(panel) = inside.try_get_value() else { return };
        let stays = focus::is_within(focus::by_id(&panel).as_ref(), Some(&next));
        let Some(button) = button.try_get_value() else { return };
        if !stays && !focus::is_within(focus::by_id(&button).as_ref(), Some(&next)) {
            // The focus is on its way; to close only after it has arrived leaves it there.
            request_animation_frame(move || {
                let _ = open.try_set(false);
            });
        }
    };
    let controls = panel.clone();
    view! {
        <button type="button" id=id class=class aria-haspopup="dialog" aria-label=label title=label
            aria-expanded=move || open.get().to_string()
            aria-controls=move || open.get().then(|| controls.clone())
            on:click=move |_| open.update(|open| *open = !*open)>
            {icon.map(|icon| view! { <Glyph icon/> })}
            {move || Some(text.get()).filter(|text| !text.is_empty()).map(|text| view! { <span class="button-text">{text}</span> })}
        </button>
        <div popover="manual" class="popover" id=panel role="dialog" tabindex="-1" aria-label=label
            on:keydown=keys on:focusout=left>
            {move || open.get().then(|| children())}
        </div>
    }
}

/// Moves the focus into the panel and back, and closes it at a click elsewhere.
fn dismiss(id: String, panel: String, open: RwSignal<bool>) {
    let (entered, button) = (panel.clone(), id.clone());
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        match (before.unwrap_or(false), now) {
            (false, true) => focus::enter(entered.clone()),
            (true, false) => focus::give_back(&button, &entered),
            _ => {}
        }
        now
    });
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        if open.get_untracked() {
            let target = event.target();
            let own = [id.as_str(), &panel].map(focus::by_id);
            if !own.iter().any(|element| focus::is_within(element.as_ref(), target.as_ref())) {
                open.set(false);
            }
        }
    });
    on_cleanup(move || elsewhere.remove());
}
