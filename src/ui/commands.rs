//! Everything that can be done, for the palette, and the keys that do it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::address::Page;
use super::scope::bar::{BarDoors, is_mac, shortcut_key};
use super::scope::comparison::Comparison;
use super::scope::segments;
use super::shell::Doors;
use super::state::App;
use super::theme::Choice;
use super::widgets::definition::DefinitionDoor;
use super::widgets::palette::Command;
use strata::locale::{Language, Words};

type Phrase = fn(&Words) -> &'static str;

/// The commands that fit what is open; reactive.
pub fn all(app: App, doors: BarDoors) -> Signal<Vec<Command>> {
    let shell = expect_context::<Doors>();
    let definition = expect_context::<DefinitionDoor>();
    Signal::derive(move || {
        let mut list = List { app, commands: Vec::new() };
        list.pages();
        list.add(
            "definition",
            |words| words.scope_group_page,
            |words| words.widget_definition,
            Some("D"),
            move || {
                definition.open.set(true);
            },
        );
        list.press("copy-request", |words| words.scope_group_page, |words| words.widget_request_copy);
        list.scope();
        list.data(doors, shell);
        list.looks();
        list.add(
            "shortcuts",
            |words| words.scope_group_look,
            |words| words.scope_shortcuts,
            Some("?"),
            move || {
                doors.shortcuts.set(true);
            },
        );
        list.commands
    })
}

struct List {
    app: App,
    commands: Vec<Command>,
}

impl List {
    fn add(
        &mut self,
        id: &str,
        group: Phrase,
        label: Phrase,
        shortcut: Option<&'static str>,
        run: impl Fn() + Send + Sync + 'static,
    ) {
        let words = self.app.words();
        self.named(id, group(words).to_owned(), label(words).to_owned(), shortcut, run);
    }

    fn named(
        &mut self,
        id: &str,
        group: String,
        label: String,
        shortcut: Option<&'static str>,
        run: impl Fn() + Send + Sync + 'static,
    ) {
        // Whoever knows the other language's word finds it by that too.
        let run = Callback::new(move |()| run());
        self.commands.push(Command {
            id: id.to_owned(),
            group,
            label,
            keywords: id.to_owned(),
            shortcut,
            run,
        });
    }

    /// A command that presses a button of the page.
    fn press(&mut self, id: &'static str, group: Phrase, label: Phrase) {
        self.add(&format!("press-{id}"), group, label, None, move || press(id));
    }

    fn pages(&mut self) {
        let (app, words) = (self.app, self.app.words());
        for (place, page) in Page::ALL.into_iter().enumerate() {
            let word = |suffix: &str| words.get(&format!("nav_{}{suffix}", page.key())).unwrap_or_default();
            let label = format!("{} · {}", word(""), word("_question"));
            let digit = DIGITS.get(place).copied();
            let group = words.scope_group_pages.to_owned();
            self.named(page.name(), group, label, digit, move || app.address.visit(page));
        }
    }

    fn scope(&mut self) {
        let (app, words) = (self.app, self.app.words());
        self.press("dates", |words| words.scope_group_scope, |words| words.bar_range);
        self.press("zone", |words| words.scope_group_scope, |words| words.bar_zone);
        self.press("filter-add", |words| words.scope_group_scope, |words| words.scope_filter_add);
        if app.address.can_undo() {
            self.add(
                "undo",
                |words| words.scope_group_scope,
                |words| words.scope_undo,
                Some("Ctrl Z"),
                move || app.address.undo(),
            );
        }
        if app.address.can_redo() {
            self.add(
                "redo",
                |words| words.scope_group_scope,
                |words| words.scope_redo,
                None,
                move || app.address.redo(),
            );
        }
        let everybody = (words.scope_everybody.to_owned(), None);
        let saved = app
            .segments
            .all()
            .into_iter()
            .map(|segment| (segments::name(&segment).to_owned(), Some(segment)));
        for (place, (name, segment)) in std::iter::once(everybody).chain(saved).enumerate() {
            let group = words.scope_segment.to_owned();
            self.named(&format!("segment-{place}"), group, name, None, move || match &segment {
                Some(segment) => app.look_at(segment),
                None => app.scope.set_segment(None),
            });
        }
        for comparison in Comparison::PLAIN {
            let label = comparison.title(app.language.get());
            let group = words.scope_compare.to_owned();
            let id = format!("command-{}", comparison.name());
            self.named(&id, group, label, None, move || app.scope.set_comparison(&comparison));
        }
    }

    fn data(&mut self, doors: BarDoors, shell: Doors) {
        let app = self.app;
        let group: Phrase = |words| words.scope_group_data;
        self.add("open", group, |words| words.bar_another, None, move || shell.choose());
        self.add("columns", group, |words| words.bar_columns, None, move || app.show_columns());
        self.add("report", group, |words| words.bar_report, None, move || doors.report.set(true));
        self.add("request", group, |words| words.bar_request_title, None, move || doors.request.set(true));
        self.add("proof", group, |words| words.proof_open, None, move || shell.proof.set(true));
        self.add("close", group, |words| words.bar_close, None, move || app.close());
    }

    fn looks(&mut self) {
        let app = self.app;
        let group: Phrase = |words| words.scope_group_look;
        for language in [Language::English, Language::Chinese] {
            let name = match language {
                Language::English => language.words().app_language_en,
                Language::Chinese => language.words().app_language_zh,
            };
            let id = format!("language {}", language.tag());
            self.named(&id, group(app.words()).to_owned(), name.to_owned(), None, move || {
                app.set_language(language)
            });
        }
        for choice in Choice::ALL {
            let label: Phrase = match choice {
                Choice::System => |words| words.app_theme_system,
                Choice::Light => |words| words.app_theme_light,
                Choice::Dark => |words| words.app_theme_dark,
            };
            self.add(choice.name(), group, label, None, move || app.theme.choose(choice));
        }
        self.add(
            "gallery",
            group,
            |words| words.gallery_title,
            None,
            move || app.address.visit(Page::Gallery),
        );
    }
}

const DIGITS: [&str; 9] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

fn press(id: &str) {
    let button = document().get_element_by_id(id);
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        button.click();
    }
}

/// Listens for the keys as long as the component at hand lives. Keys without Control are left alone where text is typed and
/// while a dialog is open.
pub fn listen(app: App, doors: BarDoors) {
    let definition = expect_context::<DefinitionDoor>();
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.is_composing() {
            return;
        }
        let command = if is_mac() { event.meta_key() } else { event.ctrl_key() };
        let typing = is_typing();
        let dialog = document().query_selector("dialog[open]").ok().flatten().is_some();
        let key = event.key();
        let done = match key.as_str() {
            "k" | "K" if command => {
                doors.palette.update(|open| *open = !*open);
                true
            }
            _ if typing || dialog || event.alt_key() => false,
            "z" if command && !event.shift_key() => act(|| app.address.undo()),
            "Z" | "z" | "y" if command => act(|| app.address.redo()),
            _ if command || event.ctrl_key() || event.meta_key() => false,
            "/" => act(|| doors.palette.set(true)),
            "?" => act(|| doors.shortcuts.set(true)),
            "d" => act(|| definition.open.update(|open| *open = !*open)),
            "t" => act(|| press("dates")),
            digit => match DIGITS.iter().position(|own| *own == digit).and_then(|place| Page::ALL.get(place))
            {
                Some(&page) => act(|| app.address.visit(page)),
                None => false,
            },
        };
        if done {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

fn act(action: impl FnOnce()) -> bool {
    action();
    true
}

fn is_typing() -> bool {
    let active = document().active_element();
    active.is_some_and(|element| {
        let editable = element.get_attribute("contenteditable").is_some();
        editable || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

/// The keys, for people to read.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let app = App::get();
    let undo = if is_mac() { "⌘Z" } else { "Ctrl Z" };
    let redo = if is_mac() { "⇧⌘Z" } else { "Ctrl Y" };
    let keys: [(&'static str, Phrase); 12] = [
        (shortcut_key(), |words| words.scope_shortcut_palette),
        ("?", |words| words.scope_shortcut_list),
        ("1 – 9", |words| words.scope_shortcut_page),
        ("T", |words| words.scope_shortcut_dates),
        ("D", |words| words.scope_shortcut_definition),
        (undo, |words| words.scope_undo),
        (redo, |words| words.scope_redo),
        ("← → ↑ ↓", |words| words.scope_shortcut_walk),
        ("Enter", |words| words.scope_shortcut_open),
        ("Shift ← →", |words| words.scope_shortcut_zoom),
        ("Esc", |words| words.scope_shortcut_close),
        ("/", |words| words.scope_shortcut_palette),
    ];
    let row = move |(key, label): (&'static str, Phrase)| {
        view! { <div><dt>{move || label(app.words())}</dt><dd><kbd>{key}</kbd></dd></div> }
    };
    view! { <dl class="shortcuts">{keys.into_iter().map(row).collect_view()}</dl> }
}
