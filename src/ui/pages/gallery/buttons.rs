//! Buttons: kinds and states.

use leptos::prelude::*;

use super::{Shelf, nothing, specimen, word};
use crate::icon::Icon;
use crate::widgets::button::{Button, Kind};
use crate::widgets::copy::Copy;
use strata::locale::Words;

/// The section.
#[component]
pub fn Buttons() -> impl IntoView {
    let save = word(|words| words.gallery_save);
    let kind = |kind: Kind, class: &'static str, disabled: bool, busy: bool| {
        let text = word(match kind {
            Kind::Default => |words: &Words| words.gallery_kind_default,
            Kind::Primary => |words: &Words| words.gallery_kind_primary,
            Kind::Quiet => |words: &Words| words.gallery_kind_quiet,
            Kind::Danger => |words: &Words| words.gallery_kind_danger,
        });
        view! { <Button text kind class disabled=disabled busy=busy on_press=nothing()/> }
    };
    let kinds = move |class: &'static str, disabled: bool, busy: bool| {
        let all = [Kind::Primary, Kind::Default, Kind::Quiet, Kind::Danger];
        view! { <div class="row">{all.map(|one| kind(one, class, disabled, busy)).into_iter().collect_view()}</div> }
    };
    let presses = RwSignal::new(0u32);
    let pressed = Callback::new(move |()| presses.update(|presses| *presses += 1));
    let copied = Callback::new(|()| "strata".to_owned());
    let long = word(|words| words.gallery_long_button);
    view! {
        <Shelf title=|words| words.gallery_button note=|words| words.gallery_button_note>
            {specimen(|words| words.gallery_state_default, kinds("", false, false))}
            {specimen(|words| words.gallery_state_focus, kinds("is-focused", false, false))}
            {specimen(|words| words.gallery_state_disabled, kinds("", true, false))}
            {specimen(|words| words.gallery_state_busy, kinds("", false, true))}
            {specimen(|words| words.gallery_state_icon, view! {
                <div class="row">
                    <Button text=save icon=Icon::Download on_press=nothing()/>
                    <Button text=save icon=Icon::Download kind=Kind::Primary on_press=nothing()/>
                    <Button label=save icon=Icon::Download class="square" on_press=nothing()/>
                    <Button label=save icon=Icon::Download kind=Kind::Quiet class="square" on_press=nothing()/>
                </div>
            })}
            {specimen(|words| words.gallery_state_small, view! {
                <div class="row">
                    <Button text=save small=true on_press=nothing()/>
                    <Button text=save small=true icon=Icon::Download on_press=nothing()/>
                    <Button text=save small=true disabled=true on_press=nothing()/>
                </div>
            })}
            {specimen(|words| words.gallery_state_long, view! { <Button text=long on_press=nothing()/> })}
            {specimen(|words| words.gallery_state_live, view! {
                <div class="row">
                    <Button id="gallery-press" text=word(|words| words.gallery_press) on_press=pressed/>
                    <output id="gallery-presses">{move || presses.get().to_string()}</output>
                </div>
            })}
        </Shelf>
        <Shelf title=|words| words.gallery_copy note=|words| words.gallery_copy_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Copy id="gallery-copy".to_owned() label=word(|words| words.control_copy) text=copied/>
            })}
        </Shelf>
    }
}
