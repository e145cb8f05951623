//! Page and settings behind `#` in the address: `#/retention?period=week`. Back, bookmarks and `file://` work.
//!
//! Settings that have their default value are left out, so that an address says only what was chosen.

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
    /// Who stays.
    Retention,
    /// Every control in every state; asks nothing and needs no data.
    Gallery,
}

impl Page {
    /// All questions in the order of the navigation.
    pub const ALL: [Self; 3] = [Self::Overview, Self::Segments, Self::Retention];

    /// The name in the address.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Segments => "segments",
            Self::Retention => "retention",
            Self::Gallery => "gallery",
        }
    }
}

/// The address as a signal.
#[derive(Debug, Clone, Copy)]
pub struct Address {
    state: RwSignal<(Page, Vec<(String, String)>)>,
}

impl Address {
    /// Reads the address and follows it from now on.
    #[must_use]
    pub fn new() -> Self {
        let state = RwSignal::new(parse(&current()));
        let listener = Closure::<dyn FnMut()>::new(move || {
            let now = parse(&current());
            if state.get_untracked() != now {
                state.set(now);
            }
        });
        let listener_function = listener.as_ref().unchecked_ref();
        // Back and forward fire `popstate`, an address typed by hand `hashchange`.
        let _ = window().add_event_listener_with_callback("popstate", listener_function);
        let _ = window().add_event_listener_with_callback("hashchange", listener_function);
        listener.forget();
        Self { state }
    }

    /// The page; reactive.
    #[must_use]
    pub fn page(self) -> Page {
        self.state.with(|(page, _)| *page)
    }

    /// A setting; reactive.
    #[must_use]
    pub fn setting(self, name: &str) -> Option<String> {
        self.state.with(|(_, settings)| {
            settings.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        })
    }

    /// The link to a page with its default settings.
    #[must_use]
    pub fn link(page: Page) -> String {
        format!("#/{}", page.name())
    }

    /// Changes a setting of this page, or takes it out. Each change is a step that Back undoes.
    pub fn set(self, name: &str, value: Option<&str>) {
        self.set_all(&[(name, value)]);
    }

    /// Changes several settings of this page in one step.
    pub fn set_all(self, changes: &[(&str, Option<&str>)]) {
        let (page, mut settings) = self.state.get_untracked();
        for (name, value) in changes {
            settings.retain(|(key, _)| key != name);
            if let Some(value) = value {
                settings.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        self.go(page, settings);
    }

    /// Goes to a page with these settings.
    pub fn go(self, page: Page, settings: Vec<(String, String)>) {
        let next = (page, settings);
        if self.state.get_untracked() == next {
            return;
        }
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&format(&next)));
        }
        self.state.set(next);
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::new()
    }
}

fn current() -> String {
    window().location().hash().unwrap_or_default()
}

fn parse(hash: &str) -> (Page, Vec<(String, String)>) {
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

fn format((page, settings): &(Page, Vec<(String, String)>)) -> String {
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    let query: Vec<String> =
        settings.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    if query.is_empty() {
        Address::link(*page)
    } else {
        format!("{}?{}", Address::link(*page), query.join("&"))
    }
}
