//! A button.
//!
//! One primary button at most in a view: what most people came to do. `Quiet` is for what is pressed now and then,
//! `Danger` for what cannot be undone. While something is going on it is `busy`: it keeps the focus and does nothing.
//!
//! Keyboard: Enter and Space. Pattern: button (WAI-ARIA APG).

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// One among others.
    #[default]
    Default,
    /// The one most people came for.
    Primary,
    /// Without a border until the pointer is on it.
    Quiet,
    /// Takes something away for good.
    Danger,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Default => "button",
            Self::Primary => "button primary",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
        }
    }
}

/// The button.
#[component]
pub fn Button(
    /// Its id.
    #[prop(optional, into)]
    id: Option<String>,
    /// What it says. Empty for a button that is only an icon.
    #[prop(optional, into)]
    text: Signal<String>,
    /// What it is called, when that is more than it says.
    #[prop(optional, into)]
    label: Signal<String>,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: Kind,
    /// Whether it is a small one, for the head of a chart or a table.
    #[prop(optional)]
    small: bool,
    /// An icon before the text.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Whether what it set going is still going on.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
    /// Called when it is pressed.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    let name = move || Some(label.get()).filter(|label| !label.is_empty());
    let press = move |_| {
        if !busy.get_untracked() {
            on_press.run(());
        }
    };
    let content =
        move || Some(text.get()).filter(|text| !text.is_empty()).map(|text| view! { <span>{text}</span> });
    view! {
        <button type="button" id=id class=format!("{} {class}", kind.class()) class:small=small class:busy=busy
            disabled=disabled aria-label=name title=name aria-disabled=move || busy.get().then_some("true")
            on:click=press>
            {icon.map(|icon| view! { <Glyph icon/> })}
            {content}
        </button>
    }
}
