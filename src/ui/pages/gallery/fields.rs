//! Fields, lists and switches: states.

use leptos::prelude::*;

use super::{Shelf, nothing, specimen, word};
use crate::widgets::field::Input;
use crate::widgets::select::{Select, Switch};

/// The section.
#[component]
pub fn Fields() -> impl IntoView {
    let label = word(|words| words.gallery_field_label);
    let long = word(|words| words.gallery_long_label);
    let typed = RwSignal::new("1200".to_owned());
    let type_text = Callback::new(move |text: String| typed.set(text));
    let wrong = word(|words| words.gallery_field_error);
    let error = Signal::derive(move || {
        let is_number = typed.get().trim().parse::<f64>().is_ok();
        if is_number { String::new() } else { wrong.get() }
    });
    let on = RwSignal::new(true);
    let turn = Callback::new(move |now: bool| on.set(now));
    let hint = word(|words| words.gallery_field_hint);
    view! {
        <Shelf title=|words| words.gallery_field note=|words| words.gallery_field_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Input id="gallery-field".to_owned() kind="text" label value=typed hint error on_change=type_text/>
            })}
            {specimen(|words| words.gallery_state_empty, view! {
                <Input id="gallery-field-empty".to_owned() kind="text" label value=""
                    placeholder=word(|words| words.gallery_field_placeholder) on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_focus, view! {
                <div class="shows-focus"><Input id="gallery-field-focus".to_owned() kind="text" label value="1200" on_change=nothing()/></div>
            })}
            {specimen(|words| words.gallery_state_invalid, view! {
                <Input id="gallery-field-invalid".to_owned() kind="text" label value="12oo" hint error=wrong on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_disabled, view! {
                <Input id="gallery-field-disabled".to_owned() kind="text" label value="1200" disabled=true on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_number, view! {
                <Input id="gallery-field-number".to_owned() kind="number" label value="1200" on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_date, view! {
                <Input id="gallery-field-date".to_owned() kind="date" label=word(|words| words.gallery_field_day) value="2024-06-30" on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_long, view! {
                <Input id="gallery-field-long".to_owned() kind="text" label=long value=long hint=long on_change=nothing()/>
            })}
        </Shelf>
        <Lists/>
        <Shelf title=|words| words.gallery_switch note=|words| words.gallery_switch_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Switch id="gallery-switch" label=word(|words| words.gallery_switch_label) value=on on_change=turn/>
            })}
            {specimen(|words| words.gallery_state_disabled, view! {
                <Switch id="gallery-switch-disabled" label=word(|words| words.gallery_switch_label) value=false disabled=true on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_long, view! {
                <Switch id="gallery-switch-long" label=long value=false on_change=nothing()/>
            })}
        </Shelf>
    }
}

#[component]
fn Lists() -> impl IntoView {
    let label = word(|words| words.gallery_select_label);
    let choices = super::choices::periods();
    let value = RwSignal::new("month".to_owned());
    let choose = Callback::new(move |choice: String| value.set(choice));
    view! {
        <Shelf title=|words| words.gallery_select note=|words| words.gallery_select_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Select id="gallery-select" label choices value on_change=choose/>
            })}
            {specimen(|words| words.gallery_state_focus, view! {
                <div class="shows-focus"><Select id="gallery-select-focus" label choices value="week" on_change=nothing()/></div>
            })}
            {specimen(|words| words.gallery_state_invalid, view! {
                <Select id="gallery-select-invalid" label choices value="day" error=word(|words| words.gallery_select_error) on_change=nothing()/>
            })}
            {specimen(|words| words.gallery_state_disabled, view! {
                <Select id="gallery-select-disabled" label choices value="week" disabled=true on_change=nothing()/>
            })}
        </Shelf>
    }
}
