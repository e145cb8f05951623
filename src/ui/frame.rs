//! The frame around the pages: navigation by question, and what is being looked at.

use std::sync::Arc;

use leptos::prelude::*;

use super::address::Page;
use super::commands::{self, Shortcuts};
use super::dialog::Dialog;
use super::header::{Brand, Switches};
use super::icon::{Glyph, Icon};
use super::ledger::LedgerReport;
use super::request::RequestForm;
use super::scope::bar::{Bar, BarDoors};
use super::scope::segments::SaveSegment;
use super::shell::{Doors, ErrorAlert};
use super::size::PartNote;
use super::state::App;
use super::text;
use super::widgets::definition::DefinitionDoor;
use super::widgets::palette::Palette;
use super::widgets::save_list::SaveList;
use strata::engine::Opened;
use strata::ingest::ledger::Reason;
use strata::locale::{Words, fill};

/// Navigation, the bar, and the page.
#[component]
pub fn Frame() -> impl IntoView {
    let app = App::get();
    let doors = expect_context::<Doors>();
    let bar = BarDoors {
        report: RwSignal::new(false),
        request: RwSignal::new(false),
        palette: RwSignal::new(false),
        shortcuts: RwSignal::new(false),
    };
    let BarDoors { report, request, palette, shortcuts } = bar;
    provide_context(DefinitionDoor::new());
    commands::listen(app, bar);
    view! {
        <div class="frame">
            <aside class="side">
                <Brand/>
                <Navigation/>
                <div class="side-foot">
                    <button type="button" class="button quiet proof-open" id="proof-open" on:click=move |_| doors.proof.set(true)>
                        <Glyph icon=Icon::Shield/>
                        <span>{move || app.words().proof_open}</span>
                    </button>
                    <Switches/>
                </div>
            </aside>
            <div class="main">
                <Bar doors=bar/>
                <main id="content" tabindex="-1">
                    <ErrorAlert/>
                    <PartNote/>
                    <SetAsideNote report/>
                    <super::pages::View/>
                </main>
            </div>
            <Dialog open=report id="ledger" title=|app| app.words().ledger_title.to_owned()>
                <LedgerReport/>
            </Dialog>
            <Dialog open=request id="request" title=|app| app.words().bar_request_title.to_owned()>
                <RequestForm open=request/>
            </Dialog>
            <Dialog open=shortcuts id="shortcuts" title=|app| app.words().scope_shortcuts.to_owned()>
                <Shortcuts/>
            </Dialog>
            <SaveSegment/>
            <SaveList/>
            <Palette open=palette commands=commands::all(app, bar)/>
        </div>
    }
}

/// Takes a phrase out of those of a language.
type Phrase = fn(&Words) -> &'static str;

/// The groups of the navigation and the pages in each.
const GROUPS: [(Phrase, &[Page]); 3] = [
    (|words| words.nav_group_business, &[Page::Overview, Page::Growth]),
    (
        |words| words.nav_group_users,
        &[
            Page::Segments,
            Page::LifeCycle,
            Page::Value,
            Page::Tiers,
            Page::Clusters,
            Page::Builder,
            Page::Portrait,
            Page::Retention,
            Page::Repurchase,
        ],
    ),
    (|words| words.nav_group_behaviour, &[Page::Funnel, Page::Paths]),
];

#[component]
fn Navigation() -> impl IntoView {
    let app = App::get();
    let groups = GROUPS.map(|(title, pages)| {
        let links: Vec<_> = pages.iter().map(|&page| view! { <NavigationLink page/> }).collect();
        view! {
            <div class="nav-group">
                <h2>{move || title(app.words())}</h2>
                <ul>{links}</ul>
            </div>
        }
    });
    view! { <nav class="nav" aria-label=move || app.words().nav_label>{groups}</nav> }
}

#[component]
fn NavigationLink(page: Page) -> impl IntoView {
    let app = App::get();
    let (title, question, icon) = match page {
        Page::Overview => ("nav_overview", "nav_overview_question", Icon::Overview),
        Page::Segments => ("nav_segments", "nav_segments_question", Icon::Segments),
        Page::Value => ("nav_value", "nav_value_question", Icon::Value),
        Page::Tiers => ("nav_tiers", "nav_tiers_question", Icon::Tiers),
        Page::LifeCycle => ("nav_life_cycle", "nav_life_cycle_question", Icon::LifeCycle),
        Page::Clusters => ("nav_clusters", "nav_clusters_question", Icon::Clusters),
        Page::Builder => ("nav_builder", "nav_builder_question", Icon::Builder),
        Page::Portrait => ("nav_portrait", "nav_portrait_question", Icon::Portrait),
        Page::Retention => ("nav_retention", "nav_retention_question", Icon::Retention),
        Page::Funnel => ("nav_funnel", "nav_funnel_question", Icon::Funnel),
        Page::Growth => ("nav_growth", "nav_growth_question", Icon::Growth),
        Page::Repurchase => ("nav_repurchase", "nav_repurchase_question", Icon::Repurchase),
        Page::Paths => ("nav_paths", "nav_paths_question", Icon::Paths),
        Page::Gallery => ("gallery_title", "gallery_lead", Icon::Segments),
    };
    let words = move |key: &str| app.words().get(key).unwrap_or_default();
    view! {
        <li>
            <a href=move || app.address.link(page) id=format!("nav-{}", page.name())
                aria-current=move || (app.address.page() == page).then_some("page")>
                <Glyph icon/>
                <span class="nav-text">
                    <span class="nav-title">{move || words(title)}</span>
                    <span class="nav-question">{move || words(question)}</span>
                </span>
            </a>
        </li>
    }
}

/// Says that rows were set aside, when some were. Copies that somebody wants to count once are not among them: those could be
/// read.
#[component]
fn SetAsideNote(report: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let set_aside = move || {
        app.opened.with(|opened| {
            opened.as_ref().map_or(0, |opened: &Arc<Opened>| {
                let entries = opened.ledgers.iter().flat_map(|ledger| &ledger.set_aside);
                entries
                    .filter(|entry| entry.reason != Reason::Duplicate && !entry.reason.is_left_out())
                    .map(|entry| entry.rows)
                    .sum::<u64>()
            })
        })
    };
    view! {
        <Show when=move || { set_aside() > 0 }>
            <div class="note" id="set-aside-note" role="status">
                <p>{move || fill(app.words().bar_set_aside, &[("count", &text::count(app.language.get(), set_aside()))])}</p>
                <button type="button" class="button quiet" id="set-aside-open" on:click=move |_| report.set(true)>
                    {move || app.words().bar_set_aside_open}
                </button>
            </div>
        </Show>
    }
}
