//! The switches for language and appearance, and the name of the application.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::state::App;
use super::theme::Choice;
use strata::locale::Language;

/// The name and its sign: layers.
#[component]
pub fn Brand() -> impl IntoView {
    let app = App::get();
    view! {
        <span class="brand">
            <svg class="brand-sign" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                <rect width="32" height="32" rx="7"></rect>
                <path d="M6 22h20M6 16h14M6 10h8"></path>
            </svg>
            <span>{move || app.words().app_name}</span>
        </span>
    }
}

/// Language and appearance.
#[component]
pub fn Switches() -> impl IntoView {
    let app = App::get();
    let languages = [Language::English, Language::Chinese].map(|language| {
        let (id, short) = match language {
            Language::English => ("language-en", language.words().app_language_en_short),
            Language::Chinese => ("language-zh", language.words().app_language_zh_short),
        };
        let name = move || match language {
            Language::English => app.words().app_language_en,
            Language::Chinese => app.words().app_language_zh,
        };
        view! {
            <button type="button" id=id lang=language.tag() title=name
                aria-pressed=move || (app.language.get() == language).to_string()
                on:click=move |_| app.set_language(language)>{short}</button>
        }
    });
    let themes = Choice::ALL.map(|choice| {
        let name = move || match choice {
            Choice::System => app.words().app_theme_system,
            Choice::Light => app.words().app_theme_light,
            Choice::Dark => app.words().app_theme_dark,
        };
        let icon = match choice {
            Choice::System => Icon::System,
            Choice::Light => Icon::Light,
            Choice::Dark => Icon::Dark,
        };
        view! {
            <button type="button" id=format!("theme-{}", choice.name()) title=name aria-label=name
                aria-pressed=move || (app.theme.choice() == choice).to_string()
                on:click=move |_| app.theme.choose(choice)><Glyph icon/></button>
        }
    });
    view! {
        <div class="switches">
            <div class="segmented small" role="group" aria-label=move || app.words().app_language>{languages}</div>
            <div class="segmented small" role="group" aria-label=move || app.words().app_theme>{themes}</div>
        </div>
    }
}
