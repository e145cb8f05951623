//! Light, dark, or as the system has it. `data-theme` on `<html>` always says which one is shown.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use super::state::{recall, remember};

/// The appearance that the user chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// As the operating system has it, also when that changes.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Choice {
    /// All choices in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The name under which it is remembered.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

const KEY: &str = "strata.theme";

/// The choice and what it amounts to.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    choice: RwSignal<Choice>,
    system_dark: RwSignal<bool>,
}

impl Theme {
    /// The remembered choice; follows the system from now on and keeps `data-theme` true.
    #[must_use]
    pub fn new() -> Self {
        let stored = recall(KEY);
        let choice = Choice::ALL.into_iter().find(|choice| Some(choice.name()) == stored.as_deref());
        let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
        let theme = Self {
            choice: RwSignal::new(choice.unwrap_or_default()),
            system_dark: RwSignal::new(query.as_ref().is_some_and(web_sys::MediaQueryList::matches)),
        };
        if let Some(query) = query {
            let list = query.clone();
            let listener = Closure::<dyn FnMut()>::new(move || {
                theme.system_dark.set(list.matches());
                theme.show();
            });
            let _ = query.add_event_listener_with_callback("change", listener.as_ref().unchecked_ref());
            listener.forget();
        }
        // Another tab may have chosen.
        window_event_listener(ev::storage, move |event| {
            if event.key().as_deref() == Some(KEY) {
                let stored = event.new_value();
                let choice = Choice::ALL.into_iter().find(|choice| Some(choice.name()) == stored.as_deref());
                theme.choice.set(choice.unwrap_or_default());
                theme.show();
            }
        });
        theme.show();
        theme
    }

    /// The user's choice; reactive.
    #[must_use]
    pub fn choice(self) -> Choice {
        self.choice.get()
    }

    /// Whether the page is dark; reactive. Charts are drawn anew when it changes.
    #[must_use]
    pub fn is_dark(self) -> bool {
        match self.choice.get() {
            Choice::System => self.system_dark.get(),
            choice => choice == Choice::Dark,
        }
    }

    /// Takes the user's choice.
    pub fn choose(self, choice: Choice) {
        remember(KEY, choice.name());
        self.choice.set(choice);
        self.show();
    }

    /// Writes `data-theme`; at once, because effects that read colours run after this.
    fn show(self) {
        if let Some(root) = document().document_element() {
            let _ =
                root.set_attribute("data-theme", if untrack(|| self.is_dark()) { "dark" } else { "light" });
        }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new()
    }
}
