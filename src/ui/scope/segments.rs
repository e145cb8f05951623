//! Saved segments: definitions with a name, remembered in this browser. A definition says which question's answer lists the
//! users; it holds no users, and finds them anew whenever the data change.

use leptos::html;
use leptos::prelude::*;

use crate::dialog::Dialog;
use crate::state::{App, recall, remember};
use serde_json::Value;
use strata::dataset::filter::Condition;
use strata::engine::library::{Library, expand};
use strata::error::{Error, ErrorKind};
use strata::locale::fill;

const KEY: &str = "strata.segments";
/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// The saved segments; cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Segments {
    list: RwSignal<Vec<Condition>>,
    /// What is about to be saved, while its name is asked for.
    saving: RwSignal<Option<Condition>>,
}

impl Segments {
    /// Those that this browser remembers. What cannot be read any more is left alone until something is saved.
    #[must_use]
    pub fn new() -> Self {
        let kept = recall(KEY).and_then(|text| serde_json::from_str::<Vec<Condition>>(&text).ok());
        let named = kept.unwrap_or_default().into_iter().filter(|condition| !name(condition).is_empty());
        Self { list: RwSignal::new(named.collect()), saving: RwSignal::new(None) }
    }

    /// The saved segments, latest first; reactive.
    #[must_use]
    pub fn all(self) -> Vec<Condition> {
        self.list.get()
    }

    /// Follows changes of the list.
    pub fn track(self) {
        self.list.track();
    }

    /// The names of the saved segments, latest first; reactive.
    #[must_use]
    pub fn names(self) -> Vec<String> {
        self.list.with(|list| list.iter().map(|segment| name(segment).to_owned()).collect())
    }

    /// The name under which a segment is saved, whatever it is called itself; reactive.
    #[must_use]
    pub fn name_of(self, segment: &Condition) -> Option<String> {
        let wanted = named(segment.clone(), String::new());
        let same = |saved: &&Condition| named((*saved).clone(), String::new()) == wanted;
        self.list.with(|list| list.iter().find(same).map(|saved| name(saved).to_owned()))
    }

    /// Puts definitions where a request names saved segments; reactive.
    ///
    /// # Errors
    /// As [`expand`]: names that are not saved, and segments that refer to each other in a circle.
    pub fn put_in(self, request: &mut Value) -> Result<(), Error> {
        let definition = |segment: &Condition| {
            let definition = serde_json::to_value(segment.segment.as_ref()?).ok()?;
            Some((name(segment).to_owned(), definition))
        };
        let library: Library = self.list.with(|list| list.iter().filter_map(definition).collect());
        expand(request, &library, "")
    }

    /// A segment with the definitions of those that it refers to; reactive.
    ///
    /// # Errors
    /// As [`Self::put_in`].
    pub fn whole(self, segment: &Condition) -> Result<Condition, Error> {
        let unreadable = |error: serde_json::Error| Error::new(ErrorKind::EngineStopped).found(error);
        let mut whole = serde_json::to_value(segment).map_err(unreadable)?;
        self.put_in(&mut whole)?;
        serde_json::from_value(whole).map_err(unreadable)
    }

    /// Asks for a name, and saves.
    pub fn ask_to_save(self, segment: Condition) {
        self.saving.set(Some(segment));
    }

    /// Saves under its name; one of the same name is replaced.
    fn save(self, segment: Condition) {
        self.list.update(|list| {
            list.retain(|saved| name(saved) != name(&segment));
            list.insert(0, segment);
        });
        self.keep();
    }

    /// Takes a segment off the list, and returns what brings it back.
    pub fn remove(self, segment: &Condition) -> impl Fn() + Send + Sync + 'static {
        let before = self.list.get_untracked();
        self.list.update(|list| list.retain(|saved| saved != segment));
        self.keep();
        move || {
            self.list.set(before.clone());
            self.keep();
        }
    }

    fn keep(self) {
        let text = self.list.with_untracked(serde_json::to_string);
        remember(KEY, &text.unwrap_or_default());
    }
}

impl Default for Segments {
    fn default() -> Self {
        Self::new()
    }
}

/// A segment's name; empty when it has none.
#[must_use]
pub fn name(segment: &Condition) -> &str {
    segment.segment.as_ref().and_then(|segment| segment.name.as_deref()).unwrap_or_default()
}

fn named(mut segment: Condition, name: String) -> Condition {
    if let Some(definition) = &mut segment.segment {
        definition.name = Some(name);
    }
    segment
}

/// Asks for the name of a segment that is to be saved.
#[component]
pub fn SaveSegment() -> impl IntoView {
    let app = App::get();
    let segments = app.segments;
    let open = RwSignal::new(false);
    Effect::new(move || {
        if segments.saving.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move || {
        if !open.get() && segments.saving.with_untracked(Option::is_some) {
            segments.saving.set(None);
        }
    });
    view! {
        <Dialog open id="save-segment" title=|app| app.words().scope_save_title.to_owned()>
            <SaveForm open/>
        </Dialog>
    }
}

#[component]
fn SaveForm(open: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let segments = app.segments;
    let input = NodeRef::<html::Input>::new();
    let suggested = segments.saving.with_untracked(|saving| saving.as_ref().map(name).map(str::to_owned));
    let text = RwSignal::new(suggested.unwrap_or_default());
    let replaces = move || {
        let wanted = text.get().trim().to_owned();
        segments.list.with(|list| list.iter().any(|saved| name(saved) == wanted))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wanted = text.get_untracked().trim().to_owned();
        let Some(segment) = segments.saving.get_untracked().filter(|_| !wanted.is_empty()) else { return };
        let segment = named(segment, wanted.clone());
        segments.save(segment.clone());
        // Who looks at the segment of this name looks at the new one.
        let looked_at =
            app.scope.segment.with_untracked(|now| now.as_ref().map(|now| (name(now) == wanted, now.not)));
        if looked_at == Some((true, false)) {
            app.look_at(&segment);
        }
        open.set(false);
        let said = fill(app.words().scope_saved, &[("name", &wanted)]);
        app.say(said, app.words().scope_look_at, move || app.look_at(&segment));
    };
    view! {
        <form class="request-form" on:submit=submit>
            <p class="muted">{move || app.words().scope_save_lead}</p>
            <label class="field" for="segment-name">
                <span class="label">{move || app.words().scope_save_name}</span>
                <input type="text" id="segment-name" maxlength=LONGEST_NAME.to_string() autocomplete="off" autofocus=true node_ref=input
                    prop:value=text on:input=move |event| text.set(event_target_value(&event))/>
            </label>
            <p class="hint warning" aria-live="polite">{move || replaces().then(|| app.words().scope_save_replaces)}</p>
            <button type="submit" class="button primary" id="segment-save" disabled=move || text.with(|text| text.trim().is_empty())>
                {move || app.words().scope_save_button}
            </button>
        </form>
    }
}
