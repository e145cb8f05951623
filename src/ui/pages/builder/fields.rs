//! The small fields that conditions are made of. They are made anew with the rule, so what they show is plain text.

use leptos::prelude::*;

/// A field's id and what it is called.
#[derive(Debug, Clone)]
pub(super) struct Labelled {
    pub(super) id: String,
    pub(super) label: String,
}

impl Labelled {
    pub(super) fn new(id: String, label: &str) -> Self {
        Self { id, label: label.to_owned() }
    }
}

/// One of a list.
pub(super) fn select(
    field: Labelled,
    options: Vec<(String, String)>,
    now: &str,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let option = |(value, name): (String, String)| {
        let selected = value == now;
        view! { <option value=value prop:selected=selected>{name}</option> }
    };
    let options: Vec<_> = options.into_iter().map(option).collect();
    view! {
        <select id=field.id aria-label=field.label on:change=move |event| choose(event_target_value(&event))>{options}</select>
    }
    .into_any()
}

/// A number; what is no number is left to the engine, which says so.
pub(super) fn number(field: Labelled, now: &str, choose: impl Fn(String) + 'static) -> AnyView {
    let value = now.to_owned();
    view! {
        <input type="text" inputmode="decimal" class="rule-number-field" id=field.id aria-label=field.label autocomplete="off"
            prop:value=value on:change=move |event| choose(event_target_value(&event).trim().to_owned())/>
    }
    .into_any()
}

/// A whole number from 1 on; anything else leaves what there was.
pub(super) fn whole(field: Labelled, now: u32, choose: impl Fn(u32) + 'static) -> AnyView {
    let shown = now.to_string();
    let again = shown.clone();
    let change = move |event: leptos::ev::Event| {
        let entered = event_target_value(&event).trim().parse::<u32>().ok().filter(|number| *number > 0);
        match entered {
            Some(number) => choose(number),
            None => {
                let input = event_target::<web_sys::HtmlInputElement>(&event);
                input.set_value(&again);
            }
        }
    };
    view! {
        <input type="text" inputmode="numeric" class="rule-number-field" id=field.id aria-label=field.label autocomplete="off"
            prop:value=shown on:change=change/>
    }
    .into_any()
}

/// A day; empty when there is none.
pub(super) fn day(field: Labelled, now: Option<String>, choose: impl Fn(String) + 'static) -> AnyView {
    view! {
        <input type="date" id=field.id aria-label=field.label prop:value=now.unwrap_or_default()
            on:change=move |event| choose(event_target_value(&event))/>
    }
    .into_any()
}

/// A word between fields.
pub(super) fn word(text: &str) -> AnyView {
    let text = text.to_owned();
    view! { <span class="rule-word">{text}</span> }.into_any()
}
