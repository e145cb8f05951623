//! What is looked at, behind `#` in the address: `#/retention?period=week&dates=2025-01-01..`. Back, bookmarks and `file://` work.
//!
//! Some settings belong to a page, those in [`SCOPE`] to all of them: they stay when the page changes. Settings that have
//! their default value are left out, so that an address says only what was chosen. Each change is an entry of the browser's
//! history, numbered, so that we know whether there is something of ours to undo.

use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::*;

/// A question's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Page {
    /// Where we stand.
    #[default]
    Overview,
    /// Who our buyers are.
    Segments,
    /// Where users stand.
    LifeCycle,
    /// Which users are alike.
    Clusters,
    /// Who meets conditions.
    Builder,
    /// What sets a segment apart.
    Portrait,
    /// Who carries revenue.
    Value,
    /// Who has which tier of membership.
    Tiers,
    /// Who stays.
    Retention,
    /// Who gets through.
    Funnel,
    /// Where growth comes from.
    Growth,
    /// Who buys again.
    Repurchase,
    /// Which ways users take.
    Paths,
    /// Every control in every state; asks nothing and needs no data.
    Gallery,
}

impl Page {
    /// All questions in the order of the navigation.
    pub const ALL: [Self; 13] = [
        Self::Overview,
        Self::Growth,
        Self::Segments,
        Self::LifeCycle,
        Self::Value,
        Self::Tiers,
        Self::Clusters,
        Self::Builder,
        Self::Portrait,
        Self::Retention,
        Self::Repurchase,
        Self::Funnel,
        Self::Paths,
    ];

    /// The name in the address.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Segments => "segments",
            Self::LifeCycle => "life-cycle",
            Self::Clusters => "clusters",
            Self::Builder => "builder",
            Self::Portrait => "portrait",
            Self::Value => "value",
            Self::Tiers => "tiers",
            Self::Retention => "retention",
            Self::Funnel => "funnel",
            Self::Growth => "growth",
            Self::Repurchase => "repurchase",
            Self::Paths => "paths",
            Self::Gallery => "gallery",
        }
    }

    /// The name in `locales/`: `nav_<key>`, `nav_<key>_question`.
    #[must_use]
    pub fn key(self) -> String {
        self.name().replace('-', "_")
    }
}

/// The settings that hold for every page; see [`crate::scope`].
pub const SCOPE: [&str; 4] = ["dates", "segment", "filter", "compare"];

type Settings = Vec<(String, String)>;

/// The address as a signal.
#[derive(Debug, Clone, Copy)]
pub struct Address {
    state: RwSignal<(Page, Settings)>,
    /// The numbers of the first entry of the history that may be undone to, of the one we are at, and of the last.
    step: RwSignal<Steps>,
}

#[derive(Debug, Clone, Copy)]
struct Steps {
    first: u32,
    at: u32,
    last: u32,
}

impl Address {
    /// Reads the address and follows it from now on.
    #[must_use]
    pub fn new() -> Self {
        let start = entry_number().unwrap_or(0);
        number_entry(start);
        let step = RwSignal::new(Steps { first: start, at: start, last: start });
        let address = Self { state: RwSignal::new(parse(&current())), step };
        let listener = Closure::<dyn FnMut()>::new(move || address.follow());
        let listener_function = listener.as_ref().unchecked_ref();
        // Back and forward fire `popstate`, an address typed by hand or a link `hashchange`.
        let _ = window().add_event_listener_with_callback("popstate", listener_function);
        let _ = window().add_event_listener_with_callback("hashchange", listener_function);
        listener.forget();
        address
    }

    /// Takes over what the browser went to.
    fn follow(self) {
        match entry_number() {
            Some(number) => self.step.update(|step| {
                step.at = number;
                step.last = step.last.max(number);
            }),
            // A link made this entry; it is the newest now.
            None => {
                number_entry(self.next_step());
            }
        }
        let now = parse(&current());
        if self.state.get_untracked() != now {
            self.state.set(now);
        }
    }

    /// The page; reactive.
    #[must_use]
    pub fn page(self) -> Page {
        self.state.with(|(page, _)| *page)
    }

    /// The page, as it is now.
    #[must_use]
    pub fn page_now(self) -> Page {
        self.state.with_untracked(|(page, _)| *page)
    }

    /// A setting; reactive.
    #[must_use]
    pub fn setting(self, name: &str) -> Option<String> {
        self.state.with(|(_, settings)| {
            settings.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        })
    }

    /// The link to a page with its default settings, for what is looked at now; reactive.
    #[must_use]
    pub fn link(self, page: Page) -> String {
        self.state.with(|(_, settings)| format(&(page, scope_of(settings))))
    }

    /// The link to a page with these settings, for what is looked at now where they do not say otherwise; reactive.
    #[must_use]
    pub fn link_with(self, page: Page, settings: &[(String, String)]) -> String {
        self.state.with(|(_, now)| {
            let said = |key: &String| settings.iter().any(|(name, _)| name == key);
            let kept = scope_of(now).into_iter().filter(|(key, _)| !said(key));
            // An empty one takes the present one out.
            let said = settings.iter().filter(|(_, value)| !value.is_empty()).cloned();
            format(&(page, kept.chain(said).collect()))
        })
    }

    /// Changes a setting, or takes it out. Each change is a step that Back undoes.
    pub fn set(self, name: &str, value: Option<&str>) {
        self.set_all(&[(name, value)]);
    }

    /// Changes several settings in one step.
    pub fn set_all(self, changes: &[(&str, Option<&str>)]) {
        self.push(self.changed(changes));
    }

    /// Changes settings without a step of their own: what came along with something else and is not to be undone alone.
    pub fn amend(self, changes: &[(&str, Option<&str>)]) {
        let next = self.changed(changes);
        if self.state.get_untracked() == next {
            return;
        }
        if let Ok(history) = window().history() {
            let number = self.step.with_untracked(|step| step.at);
            let _ = history.replace_state_with_url(&JsValue::from(number), "", Some(&format(&next)));
        }
        self.state.set(next);
    }

    /// Goes to a page with these settings and no others, those that hold for all pages included.
    pub fn go(self, page: Page, settings: Settings) {
        self.push((page, settings));
    }

    /// Goes to a page with its default settings, for what is looked at now.
    pub fn visit(self, page: Page) {
        self.push((page, self.state.with_untracked(|(_, settings)| scope_of(settings))));
    }

    /// From here on nothing that was done before can be undone: other data are looked at.
    pub fn start_over(self) {
        self.step.update(|step| (step.first, step.last) = (step.at, step.at));
    }

    /// Whether there is a step to take back; reactive.
    #[must_use]
    pub fn can_undo(self) -> bool {
        self.step.with(|step| step.at > step.first)
    }

    /// Whether there is a step to take again; reactive.
    #[must_use]
    pub fn can_redo(self) -> bool {
        self.step.with(|step| step.at < step.last)
    }

    /// Takes the last step back.
    pub fn undo(self) {
        if untrack(|| self.can_undo())
            && let Ok(history) = window().history()
        {
            let _ = history.back();
        }
    }

    /// Takes a step again that was taken back.
    pub fn redo(self) {
        if untrack(|| self.can_redo())
            && let Ok(history) = window().history()
        {
            let _ = history.forward();
        }
    }

    /// Counts an entry that is new; those after the present one are gone.
    fn next_step(self) -> u32 {
        let at = self.step.with_untracked(|step| step.at + 1);
        self.step.update(|step| (step.at, step.last) = (at, at));
        at
    }

    fn changed(self, changes: &[(&str, Option<&str>)]) -> (Page, Settings) {
        let (page, mut settings) = self.state.get_untracked();
        for (name, value) in changes {
            settings.retain(|(key, _)| key != name);
            if let Some(value) = value {
                settings.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        (page, settings)
    }

    fn push(self, next: (Page, Settings)) {
        if self.state.get_untracked() == next {
            return;
        }
        let number = self.next_step();
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&JsValue::from(number), "", Some(&format(&next)));
        }
        self.state.set(next);
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::new()
    }
}

fn scope_of(settings: &Settings) -> Settings {
    settings.iter().filter(|(key, _)| SCOPE.contains(&key.as_str())).cloned().collect()
}

/// The number that the history's present entry was given.
fn entry_number() -> Option<u32> {
    let state = window().history().ok()?.state().ok()?;
    state.as_f64().map(|number| number as u32)
}

fn number_entry(number: u32) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state(&JsValue::from(number), "");
    }
}

fn current() -> String {
    window().location().hash().unwrap_or_default()
}

fn parse(hash: &str) -> (Page, Settings) {
    let rest = hash.trim_start_matches('#').trim_start_matches('/');
    let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
    let page =
        Page::ALL.into_iter().chain([Page::Gallery]).find(|page| page.name() == name).unwrap_or_default();
    let decode =
        |text: &str| js_sys::decode_uri_component(text).map_or_else(|_| text.to_owned(), String::from);
    let settings = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (decode(key), decode(value)));
    (page, settings.collect())
}

fn format((page, settings): &(Page, Settings)) -> String {
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    let query: Vec<String> =
        settings.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    let question = if query.is_empty() { "" } else { "?" };
    format!("#/{}{question}{}", page.name(), query.join("&"))
}
