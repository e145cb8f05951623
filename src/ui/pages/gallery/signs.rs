//! What the page says of itself: progress, nothing to show, what went wrong, what to know.

use leptos::prelude::*;

use super::{Shelf, nothing, specimen, word};
use crate::icon::{Glyph, Icon};
use crate::widgets::button::Button;
use crate::widgets::empty::Empty;
use crate::widgets::progress::Progress;

/// The section.
#[component]
pub fn Signs() -> impl IntoView {
    let label = word(|words| words.gallery_progress_label);
    let stopped = RwSignal::new(false);
    let share = Signal::derive(move || if stopped.get() { Some(0.0) } else { Some(0.42) });
    let action =
        view! { <Button text=word(|words| words.gallery_empty_action) on_press=nothing()/> }.into_any();
    view! {
        <Shelf title=|words| words.gallery_progress note=|words| words.gallery_progress_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Progress value=share label on_cancel=Callback::new(move |()| stopped.set(true))/>
            })}
            {specimen(|words| words.gallery_state_waiting, view! { <Progress value=None label/> })}
            {specimen(|words| words.gallery_state_long, view! { <Progress value=Some(1.0) label=word(|words| words.gallery_long_label)/> })}
        </Shelf>
        <Shelf title=|words| words.gallery_empty note=|words| words.gallery_empty_note>
            <div class="specimen wide">
                <Empty id="gallery-empty" title=word(|words| words.gallery_empty_title) advice=word(|words| words.gallery_empty_advice) action/>
            </div>
        </Shelf>
        <Shelf title=|words| words.gallery_alerts note=|words| words.gallery_alerts_note>
            <div class="specimen wide">
                <div class="alert">
                    <Glyph icon=Icon::Warning/>
                    <p>{word(|words| words.gallery_alert_text)}</p>
                    <div class="alert-actions"><Button text=word(|words| words.gallery_alert_action) on_press=nothing()/></div>
                </div>
            </div>
            <div class="specimen wide">
                <div class="note"><p>{word(|words| words.gallery_note_text)}</p></div>
            </div>
        </Shelf>
    }
}
