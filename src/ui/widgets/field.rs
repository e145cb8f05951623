//! A field with its label, a hint, and what is wrong with what is in it.
//!
//! The hint says what is expected before anything is entered; the error says what is wrong and what to do, and stands
//! until it is mended. Both are tied to the field, so that they are heard with it.
//!
//! Keyboard: the browser's own. Pattern: native input with `aria-describedby` and `aria-invalid` (WCAG 3.3.1, 3.3.2).

use leptos::prelude::*;

/// What stands below a field. An empty text is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notes {
    /// What is expected.
    pub hint: Signal<String>,
    /// What is wrong.
    pub error: Signal<String>,
}

impl Notes {
    /// The field's `aria-describedby`.
    pub fn described_by(self, id: String) -> impl Fn() -> Option<String> + Clone + Send + Sync + 'static {
        move || {
            let part = |text: Signal<String>, name: &str| {
                text.with(|text| !text.is_empty()).then(|| format!("{id}-{name}"))
            };
            let parts: Vec<String> =
                part(self.error, "error").into_iter().chain(part(self.hint, "hint")).collect();
            Some(parts.join(" ")).filter(|ids| !ids.is_empty())
        }
    }

    /// The field's `aria-invalid`.
    pub fn invalid(self) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static {
        move || self.error.with(|error| !error.is_empty()).then_some("true")
    }

    /// The texts themselves.
    #[must_use]
    pub fn view(self, id: &str) -> AnyView {
        let note = |text: Signal<String>, name: &str, class: &'static str| {
            let id = format!("{id}-{name}");
            move || {
                let text = Some(text.get()).filter(|text| !text.is_empty());
                let id = id.clone();
                text.map(|text| view! { <p class=class id=id>{text}</p> })
            }
        };
        let error = note(self.error, "error", "field-error");
        let hint = note(self.hint, "hint", "hint");
        view! {
            <div aria-live="polite">{error}</div>
            {hint}
        }
        .into_any()
    }
}

/// A text, a number or a date; the browser checks the last two.
#[component]
pub fn Input(
    /// The field's id.
    id: String,
    /// The kind of input: `text`, `date`, `number`, `search`.
    kind: &'static str,
    /// What is entered.
    #[prop(into)]
    label: Signal<String>,
    /// What is in it now.
    #[prop(into)]
    value: Signal<String>,
    /// The lowest value.
    #[prop(optional, into)]
    min: Signal<String>,
    /// The highest value.
    #[prop(optional, into)]
    max: Signal<String>,
    /// What is expected.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What is wrong with what is in it; empty when nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// What stands in it while it is empty.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// Whether nothing can be entered now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called when the field is left with something else in it.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let notes = Notes { hint, error };
    let some = |text: Signal<String>| move || Some(text.get()).filter(|text| !text.is_empty());
    view! {
        <div class="field">
            <label class="label" for=id.clone()>{label}</label>
            <input
                id=id.clone()
                type=kind
                step="any"
                min=some(min)
                max=some(max)
                placeholder=some(placeholder)
                disabled=disabled
                aria-invalid=notes.invalid()
                aria-describedby=notes.described_by(id.clone())
                prop:value=value
                on:change=move |event| on_change.run(event_target_value(&event))
            />
            {notes.view(&id)}
        </div>
    }
}
