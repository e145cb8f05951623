//! What opens above or beside the page: popover, help tip, dialog, side panel, palette, toast.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Phrase, Shelf, nothing, specimen, word};
use crate::dialog::Dialog;
use crate::icon::Icon;
use crate::state::App;
use crate::widgets::button::{Button, Kind};
use crate::widgets::help::Help;
use crate::widgets::palette::{Command, Palette};
use crate::widgets::popover::Popover;
use crate::widgets::side_panel::SidePanel;
use crate::widgets::toast::Toasts;

/// The section.
#[component]
pub fn Layers() -> impl IntoView {
    let (open, wide) = (RwSignal::new(false), RwSignal::new(false));
    let text = word(|words| words.gallery_popover_open);
    view! {
        <Shelf title=|words| words.gallery_popover note=|words| words.gallery_popover_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Popover id="gallery-popover" text label=text open>
                    <p>{word(|words| words.gallery_popover_text)}</p>
                    <Button text=word(|words| words.gallery_save) kind=Kind::Primary on_press=Callback::new(move |()| open.set(false))/>
                </Popover>
            })}
            {specimen(|words| words.gallery_state_icon, view! {
                <Popover id="gallery-popover-icon" text="" label=text icon=Icon::Calendar class="button square" open=wide>
                    <p>{word(|words| words.gallery_popover_text)}</p>
                </Popover>
            })}
        </Shelf>
        <Shelf title=|words| words.gallery_help note=|words| words.gallery_help_note>
            {specimen(|words| words.gallery_state_default, view! {
                <p class="with-help">
                    {word(|words| words.gallery_help_term)}
                    <Help id="gallery-help".to_owned() about=word(|words| words.gallery_help_term) text=word(|words| words.gallery_help_text)/>
                </p>
            })}
        </Shelf>
        <Windows/>
        <Commands/>
        <Messages/>
    }
}

/// Dialog and side panel.
#[component]
fn Windows() -> impl IntoView {
    let (dialog, panel) = (RwSignal::new(false), RwSignal::new(false));
    let lines =
        move || (0..3).map(|_| view! { <p>{word(|words| words.gallery_paragraph)}</p> }).collect_view();
    let actions =
        view! { <Button text=word(|words| words.gallery_save) small=true on_press=nothing()/> }.into_any();
    view! {
        <Shelf title=|words| words.gallery_dialog note=|words| words.gallery_dialog_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Button id="gallery-dialog-open" text=word(|words| words.gallery_dialog_open) on_press=Callback::new(move |()| dialog.set(true))/>
                <Dialog open=dialog id="gallery-dialog" title=|app| app.words().gallery_dialog.to_owned()>{lines()}</Dialog>
            })}
        </Shelf>
        <Shelf title=|words| words.gallery_panel note=|words| words.gallery_panel_note>
            {specimen(|words| words.gallery_state_default, view! {
                <Button id="gallery-panel-open" text=word(|words| words.gallery_panel_open) on_press=Callback::new(move |()| panel.update(|open| *open = !*open))/>
                <SidePanel id="gallery-panel" title=word(|words| words.gallery_panel_title) open=panel actions>{lines()}</SidePanel>
            })}
        </Shelf>
    }
}

#[component]
fn Commands() -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let done = RwSignal::new(String::new());
    let commands = Signal::derive(move || {
        let words = app.words();
        let all: [(&str, Phrase, Phrase, Option<&'static str>); 6] = [
            ("overview", |words| words.gallery_group_pages, |words| words.nav_overview, Some("G O")),
            ("segments", |words| words.gallery_group_pages, |words| words.nav_segments, Some("G S")),
            ("retention", |words| words.gallery_group_pages, |words| words.nav_retention, None),
            ("light", |words| words.gallery_group_look, |words| words.app_theme_light, None),
            ("dark", |words| words.gallery_group_look, |words| words.app_theme_dark, None),
            ("system", |words| words.gallery_group_look, |words| words.app_theme_system, None),
        ];
        let command = |(id, group, label, shortcut): (&str, Phrase, Phrase, Option<&'static str>)| {
            let label = label(words).to_owned();
            let said = label.clone();
            Command {
                id: id.to_owned(),
                group: group(words).to_owned(),
                label,
                keywords: id.to_owned(),
                shortcut,
                run: Callback::new(move |()| done.set(said.clone())),
            }
        };
        all.map(command).into_iter().collect()
    });
    view! {
        <Shelf title=|words| words.gallery_palette note=|words| words.gallery_palette_note>
            {specimen(|words| words.gallery_state_default, view! {
                <div class="row">
                    <Button id="gallery-palette-open" text=word(|words| words.gallery_palette_open) icon=Icon::Search on_press=Callback::new(move |()| open.set(true))/>
                    <output class="muted" id="gallery-palette-done">{done}</output>
                </div>
                <Palette id="gallery-palette" open commands/>
            })}
        </Shelf>
    }
}

#[component]
fn Messages() -> impl IntoView {
    let app = App::get();
    let toasts = Toasts::get();
    let undone = RwSignal::new(false);
    let plain = Callback::new(move |()| toasts.show(app.words().gallery_toast_text.to_owned(), None));
    let offer = Callback::new(move |()| {
        let undo = Arc::new(move || undone.set(true));
        let words = app.language.get_untracked().words();
        toasts.show(words.gallery_toast_text.to_owned(), Some((words.gallery_toast_undo.to_owned(), undo)));
    });
    let close = word(|words| words.control_dismiss);
    view! {
        <Shelf title=|words| words.gallery_toast note=|words| words.gallery_toast_note>
            {specimen(|words| words.gallery_state_live, view! {
                <div class="row">
                    <Button id="gallery-toast-plain" text=word(|words| words.gallery_toast_open) on_press=plain/>
                    <Button id="gallery-toast-undo" text=word(|words| words.gallery_toast_open_undo) on_press=offer/>
                    <output class="muted" id="gallery-toast-undone">{move || undone.get().then(|| app.words().gallery_toast_undone)}</output>
                </div>
            })}
            // As it looks when shown; the real ones go away by themselves.
            {specimen(|words| words.gallery_state_default, view! {
                <div class="toast">
                    <p>{word(|words| words.gallery_toast_text)}</p>
                    <Button text=word(|words| words.gallery_toast_undo) small=true on_press=nothing()/>
                    <Button label=close icon=Icon::Close kind=Kind::Quiet class="square" on_press=nothing()/>
                </div>
            })}
        </Shelf>
    }
}
