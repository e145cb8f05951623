//! The outermost component: what is there at every stage, and the stage at hand.

use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::JsCast as _;

use super::address::Page;
use super::chosen::Intake;
use super::dialog::Dialog;
use super::files::DroppedFiles;
use super::frame::Frame;
use super::header::{Brand, Switches};
use super::icon::{Glyph, Icon};
use super::mapping::MappingPage;
use super::pages::gallery::Gallery;
use super::proof::Proof;
use super::reading::ReadingPage;
use super::start::StartPage;
use super::state::{App, Stage};
use super::text::{error_message, source_name};
use super::widgets::toast::ToastArea;

/// What every part of the shell can reach: the one file input, the proof, and whether a file is held over the page.
#[derive(Debug, Clone, Copy)]
pub struct Doors {
    /// The file input; every "choose a file" button presses it.
    input: NodeRef<html::Input>,
    /// What the files are for that are chosen next.
    intake: StoredValue<Intake>,
    /// Whether the proof is shown.
    pub proof: RwSignal<bool>,
    /// Whether a file is held over the page.
    pub dragging: RwSignal<bool>,
}

impl Doors {
    /// Lets the user choose files in place of all that is there.
    pub fn choose(self) {
        self.choose_for(Intake::New);
    }

    /// Lets the user choose files, and remembers what for.
    pub fn choose_for(self, intake: Intake) {
        self.intake.set_value(intake);
        if let Some(input) = self.input.get_untracked() {
            input.click();
        }
    }
}

/// The application.
#[component]
pub fn Shell() -> impl IntoView {
    let app = App::get();
    let doors = Doors {
        input: NodeRef::new(),
        intake: app.intake,
        proof: RwSignal::new(false),
        dragging: RwSignal::new(false),
    };
    provide_context(doors);
    provide_context(app.toasts);
    app.look_for_copy();
    let client = app.client();
    leptos::task::spawn_local(async move {
        // What cannot start now says so at the first call.
        let _ = client.warm_up().await;
    });
    accept_drops(app, doors);
    describe_document(app);

    let chosen = move |event: ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        if let Some(files) = input.files() {
            app.choose_files(&files);
        }
        // So that choosing the same file again is a change too.
        input.set_value("");
    };
    // A glance at a file takes no time worth another picture: what was shown stays until it is known.
    let stage = Memo::new(move |before: Option<&Stage>| match app.stage.get() {
        Stage::Looking => before.copied().unwrap_or(Stage::Start),
        stage => stage,
    });
    view! {
        <a class="skip" href="#content" on:click=move |event| {
            // The address belongs to the pages; only the focus moves.
            event.prevent_default();
            focus_content();
        }>{move || app.words().app_skip}</a>
        <input type="file" id="file-input" class="visually-hidden" multiple=true accept=".csv,.tsv,.txt,.gz,.zip,.zst,.xlsx,.xls,.ods,.json,.jsonl,.ndjson,.parquet,.arrow,.feather,.ipc"
            tabindex="-1" aria-hidden="true" node_ref=doors.input on:change=chosen/>
        <Show when=move || stage.get() == Stage::Open fallback=move || view! { <Before stage/> }>
            <Frame/>
        </Show>
        <div class="drop-shade" class:shown=move || doors.dragging.get() aria-hidden="true">
            <p>{move || app.words().app_drop_here}</p>
        </div>
        <ToastArea/>
        <Dialog open=doors.proof id="proof" title=|app| app.words().proof_title.to_owned()>
            <Proof/>
        </Dialog>
        <Dialog open=app.asking id="dropped" title=|app| app.words().files_dropped_title.to_owned()>
            <DroppedFiles/>
        </Dialog>
    }
}

/// Everything before the frame: a header, and start, columns or progress.
#[component]
fn Before(stage: Memo<Stage>) -> impl IntoView {
    let app = App::get();
    // The gallery needs no data.
    let gallery = Memo::new(move |_| app.address.page() == Page::Gallery);
    view! {
        <div class="before">
            <header class="top">
                <Brand/>
                <Switches/>
            </header>
            <main id="content" tabindex="-1">
                <ErrorAlert/>
                {move || match stage.get() {
                    _ if gallery.get() => view! { <Gallery/> }.into_any(),
                    Stage::Start | Stage::Looking | Stage::Open => view! { <StartPage/> }.into_any(),
                    Stage::Mapping => view! { <MappingPage/> }.into_any(),
                    Stage::Reading => view! { <ReadingPage/> }.into_any(),
                }}
            </main>
        </div>
    }
}

/// What went wrong, and the ways on.
#[component]
pub fn ErrorAlert() -> impl IntoView {
    let app = App::get();
    let doors = expect_context::<Doors>();
    let can_map = move || app.stage.get() == Stage::Open && app.chosen.with(Option::is_some);
    move || {
        app.error.get().map(|error| {
            let kind = error.kind.code();
            view! {
                <div class="alert" role="alert" id="error" data-kind=kind>
                    <Glyph icon=Icon::Warning/>
                    <p>{move || error_message(app.language.get(), &error)}</p>
                    <div class="alert-actions">
                        <button type="button" class="button" id="error-choose" on:click=move |_| doors.choose()>
                            {move || app.words().app_choose_another}
                        </button>
                        {move || can_map().then(|| view! {
                            <button type="button" class="button" id="error-columns" on:click=move |_| app.show_columns()>
                                {move || app.words().app_change_columns}
                            </button>
                        })}
                        <button type="button" class="button quiet" id="error-dismiss" on:click=move |_| app.error.set(None)>
                            {move || app.words().app_dismiss}
                        </button>
                    </div>
                </div>
            }
        })
    }
}

/// A file dropped anywhere is opened; the browser must never leave the page to show it.
fn accept_drops(app: App, doors: Doors) {
    let has_files = |event: &ev::DragEvent| {
        event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
    };
    window_event_listener(ev::dragenter, move |event| {
        event.prevent_default();
        doors.dragging.set(has_files(&event) && can_open(app));
    });
    window_event_listener(ev::dragover, move |event| {
        event.prevent_default();
        if let Some(data) = event.data_transfer() {
            data.set_drop_effect(if can_open(app) { "copy" } else { "none" });
        }
    });
    window_event_listener(ev::dragleave, move |event| {
        // Only when the pointer leaves the window there is nothing it goes to.
        if event.related_target().is_none() {
            doors.dragging.set(false);
        }
    });
    window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        doors.dragging.set(false);
        if let Some(files) = event.data_transfer().and_then(|data| data.files())
            && can_open(app)
        {
            doors.proof.set(false);
            app.drop_files(&files);
        }
    });
}

/// While a file is being read another one has to wait.
fn can_open(app: App) -> bool {
    !matches!(app.stage.get_untracked(), Stage::Looking | Stage::Reading)
}

/// Keeps the document's language and title in step, and the focus where the new stage begins.
fn describe_document(app: App) {
    Effect::new(move || {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", app.language.get().tag());
        }
    });
    Effect::new(move || {
        let words = app.words();
        let page = app.address.page();
        let name = app
            .chosen
            .with(|chosen| chosen.as_ref().map(|chosen| source_name(app.language.get(), &chosen.source)));
        let title = match (app.stage.get(), name) {
            _ if page == Page::Gallery => format!("{} · {}", words.gallery_title, words.app_name),
            (Stage::Open, Some(name)) => {
                let page = words.get(&format!("nav_{}", page.key())).unwrap_or_default();
                format!("{page} · {name} · {}", words.app_name)
            }
            (Stage::Mapping | Stage::Reading, Some(name)) => format!("{name} · {}", words.app_name),
            _ => format!("{} – {}", words.app_name, words.start_title),
        };
        document().set_title(&title);
    });
    // Somebody who does not see the stage change hears where they are.
    Effect::new(move |before: Option<Stage>| {
        let stage = app.stage.get();
        if before.is_some_and(|before| before != stage) && stage != Stage::Looking {
            request_animation_frame(focus_content);
        }
        stage
    });
}

/// Goes to the beginning of the page's content, as to another page.
pub fn focus_content() {
    let content = document().get_element_by_id("content");
    if let Some(content) = content.and_then(|content| content.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = content.focus();
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }
}
