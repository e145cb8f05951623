//! Everything that can be done, found by typing.
//!
//! Once on the page, opened by a shortcut (Ctrl or Cmd and K). Every command of it can be reached in another way too.
//!
//! Keyboard: typing narrows the list, best matches first; Up, Down, Page Up, Page Down, Home and End walk through it;
//! Enter does what is at hand and closes; Escape closes.
//!
//! Pattern: modal dialog with an editable combobox whose listbox is always shown (WAI-ARIA APG).

use leptos::html;
use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;

use super::listbox::{Entry, Listbox, option_id, step};
use crate::icon::{Glyph, Icon};
use crate::state::App;
use strata::locale::matching::rank;

/// Something that can be done.
#[derive(Debug, Clone)]
pub struct Command {
    /// Names it among all commands.
    pub id: String,
    /// The heading that it stands under.
    pub group: String,
    /// What it does.
    pub label: String,
    /// Other words under which it is found.
    pub keywords: String,
    /// The keys that do the same.
    pub shortcut: Option<&'static str>,
    /// Does it.
    pub run: Callback<()>,
}

/// The palette, `#palette`; its field is `#palette-query`, its list `#palette-list`.
#[component]
pub fn Palette(
    /// Another id than `palette`.
    #[prop(default = "palette")]
    id: &'static str,
    /// Whether it is shown; false again when the user closes it.
    open: RwSignal<bool>,
    /// What there is to do.
    commands: Signal<Vec<Command>>,
) -> impl IntoView {
    let app = App::get();
    let element = NodeRef::<html::Dialog>::new();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0usize);
    let found =
        Signal::derive(move || if open.get() { matches(commands.get(), &query.get()) } else { Vec::new() });
    let entries = Signal::derive(move || found.get().into_iter().map(entry).collect());
    Effect::new(move || {
        let Some(dialog) = element.get() else { return };
        if open.get() {
            query.set(String::new());
            active.set(0);
            if !dialog.open() {
                let _ = dialog.show_modal();
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    let pick = Callback::new(move |index: usize| {
        let command = found.get_untracked().into_iter().nth(index);
        open.set(false);
        if let Some(command) = command {
            // After the dialog has given the focus back, so that a command may take it.
            request_animation_frame(move || command.run.run(()));
        }
    });
    let keys = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "Enter" if count > 0 => pick.run(active.get_untracked()),
            key => match step(key, active.get_untracked(), count) {
                Some(next) => active.set(next),
                None => return,
            },
        }
        event.prevent_default();
    };
    let input = move |event| {
        query.set(event_target_value(&event));
        active.set(0);
    };
    let shade = move |event: leptos::ev::MouseEvent| {
        if element.get_untracked().is_some_and(|dialog| event.target() == Some(dialog.into())) {
            open.set(false);
        }
    };
    let word = move |pick: fn(&'static strata::locale::Words) -> &'static str| {
        Signal::derive(move || pick(app.words()).to_owned())
    };
    let list = format!("{id}-list");
    let at_hand = list.clone();
    let title = word(|words| words.control_palette);
    let none = word(|words| words.control_none);
    view! {
        <dialog class="dialog palette" id=id node_ref=element aria-label=title
            on:close=move |_| open.set(false) on:click=shade>
            <div class="dialog-frame">
                <div class="palette-head">
                    <Glyph icon=Icon::Search/>
                    <input id=format!("{id}-query") type="text" role="combobox" autocomplete="off" spellcheck="false"
                        aria-autocomplete="list" aria-expanded="true" aria-controls=list.clone() aria-label=title
                        placeholder=word(|words| words.control_palette_hint)
                        aria-activedescendant=move || (!found.with(Vec::is_empty)).then(|| option_id(&at_hand, active.get()))
                        prop:value=query on:input=input on:keydown=keys/>
                    <kbd>"Esc"</kbd>
                </div>
                <div class="palette-body"><Listbox id=list.clone() label=title entries active none pick/></div>
            </div>
        </dialog>
    }
}

fn entry(command: Command) -> Entry {
    let note = command.shortcut.unwrap_or_default().to_owned();
    Entry { name: command.label, group: command.group, note, chosen: false }
}

/// The commands that fit what is typed: the group with the best match first, in each the best first.
fn matches(commands: Vec<Command>, query: &str) -> Vec<Command> {
    let mut ranked: Vec<(u8, Command)> = commands
        .into_iter()
        .filter_map(|command| {
            let by_name = rank(query, &command.label);
            // A word that is not shown counts less than one that is.
            let by_any = || {
                let all = format!("{} {} {}", command.label, command.group, command.keywords);
                rank(query, &all).map(|_| 3)
            };
            by_name.or_else(by_any).map(|rank| (rank, command))
        })
        .collect();
    let best = |group: &str| {
        ranked.iter().filter(|(_, command)| command.group == group).map(|(rank, _)| *rank).min()
    };
    let mut groups: Vec<(Option<u8>, String)> = Vec::new();
    for (_, command) in &ranked {
        if !groups.iter().any(|(_, group)| *group == command.group) {
            groups.push((best(&command.group), command.group.clone()));
        }
    }
    // Stable: what fits equally well stays in the order in which it was given.
    groups.sort_by_key(|(best, _)| *best);
    let place = |command: &Command| groups.iter().position(|(_, group)| *group == command.group);
    ranked.sort_by_key(|(rank, command)| (place(command), *rank));
    ranked.into_iter().map(|(_, command)| command).collect()
}
