//! The frame around the pages: navigation by question, and what is being looked at.

use std::sync::Arc;

use leptos::prelude::*;

use super::address::{Address, Page};
use super::dialog::Dialog;
use super::header::{Brand, Switches};
use super::icon::{Glyph, Icon};
use super::ledger::LedgerReport;
use super::request::RequestForm;
use super::shell::{Doors, ErrorAlert};
use super::state::App;
use super::text;
use strata::dataset::calendar::WeekStart;
use strata::engine::Opened;
use strata::locale::{Words, fill};

/// Navigation, the bar, and the page.
#[component]
pub fn Frame() -> impl IntoView {
    let app = App::get();
    let doors = expect_context::<Doors>();
    let report = RwSignal::new(false);
    let request = RwSignal::new(false);
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
                <Bar report request/>
                <main id="content" tabindex="-1">
                    <ErrorAlert/>
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
        </div>
    }
}

/// Takes a phrase out of those of a language.
type Phrase = fn(&Words) -> &'static str;

/// The groups of the navigation and the pages in each.
const GROUPS: [(Phrase, &[Page]); 2] = [
    (|words| words.nav_group_business, &[Page::Overview]),
    (|words| words.nav_group_users, &[Page::Segments, Page::Retention]),
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
        Page::Retention => ("nav_retention", "nav_retention_question", Icon::Retention),
        Page::Gallery => ("gallery_title", "gallery_lead", Icon::Segments),
    };
    let words = move |key: &str| app.words().get(key).unwrap_or_default();
    view! {
        <li>
            <a href=Address::link(page) id=format!("nav-{}", page.name())
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

/// What is being looked at, and what can be done with it as a whole.
#[component]
fn Bar(report: RwSignal<bool>, request: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let doors = expect_context::<Doors>();
    let name = move || {
        let language = app.language.get();
        app.chosen
            .with(|chosen| chosen.as_ref().map(|chosen| text::source_name(language, &chosen.source)))
            .unwrap_or_default()
    };
    let fact = move |read: fn(App, &Opened) -> String| {
        move || {
            app.opened.with(|opened| opened.as_deref().map(|opened| read(app, opened))).unwrap_or_default()
        }
    };
    view! {
        <header class="bar" aria-label=move || app.words().bar_label>
            <div class="bar-line">
                <strong class="bar-name" id="data-name" title=name>{name}</strong>
                <dl class="facts">
                    <div><dt>{move || app.words().bar_rows}</dt><dd id="bar-rows">{fact(|app, opened| text::count(app.language.get(), opened.population.rows_used))}</dd></div>
                    <div><dt>{move || app.words().bar_users}</dt><dd id="bar-users">{fact(|app, opened| text::count(app.language.get(), opened.population.users))}</dd></div>
                    <div><dt>{move || app.words().bar_range}</dt><dd id="bar-range">{fact(range)}</dd></div>
                    <div><dt>{move || app.words().bar_zone}</dt><dd id="bar-zone">{fact(|_, opened| opened.time_zone.clone())}</dd></div>
                    <div><dt>{move || app.words().bar_week}</dt><dd id="bar-week">{move || week_start_name(app, app.week_start.get())}</dd></div>
                </dl>
                <div class="bar-actions">
                    <BarButton id="columns" icon=Icon::Columns label=|words| words.bar_columns title=|words| words.bar_columns press=move || app.show_columns()/>
                    <BarButton id="report-open" icon=Icon::Report label=|words| words.bar_report title=|words| words.bar_report press=move || report.set(true)/>
                    <BarButton id="request-open" icon=Icon::Request label=|words| words.bar_request title=|words| words.bar_request press=move || request.set(true)/>
                    <BarButton id="open-another" icon=Icon::Open label=|words| words.bar_another_short title=|words| words.bar_another press=move || doors.choose()/>
                    <BarButton id="close-data" icon=Icon::Close label=|words| words.bar_close_short title=|words| words.bar_close press=move || app.close()/>
                </div>
            </div>
            <FilterChips/>
        </header>
    }
}

fn range(app: App, opened: &Opened) -> String {
    let language = app.language.get();
    let (from, to) = (language.date(opened.span.0), language.date(opened.span.1));
    fill(language.words().app_range, &[("from", &from), ("to", &to)])
}

/// The name of the day weeks start on.
#[must_use]
pub fn week_start_name(app: App, week_start: WeekStart) -> &'static str {
    match week_start {
        WeekStart::Monday => app.words().mapping_monday,
        WeekStart::Sunday => app.words().mapping_sunday,
    }
}

#[component]
fn BarButton<P: Fn() + 'static>(
    id: &'static str,
    icon: Icon,
    label: Phrase,
    title: Phrase,
    press: P,
) -> impl IntoView {
    let app = App::get();
    let text = move || label(app.words());
    let title = move || title(app.words());
    view! {
        <button type="button" class="button quiet" id=id title=title aria-label=title on:click=move |_| press()>
            <Glyph icon/>
            <span class="button-text">{text}</span>
        </button>
    }
}

/// The conditions of the filter; each can be taken away.
#[component]
fn FilterChips() -> impl IntoView {
    let app = App::get();
    let chips = move || {
        let language = app.language.get();
        let filter = app.filter.get();
        let chips = filter.all.iter().enumerate().map(|(index, condition)| {
            let text = text::condition(language, condition);
            let label = fill(language.words().bar_filter_remove, &[("condition", &text)]);
            view! {
                <li class="chip">
                    <span>{text}</span>
                    <button type="button" class="chip-remove" data-testid="filter-remove" aria-label=label.clone() title=label
                        on:click=move |_| text::remove_condition(app, index)><Glyph icon=Icon::Close/></button>
                </li>
            }
        });
        chips.collect::<Vec<_>>()
    };
    view! {
        <Show when=move || !app.filter.with(strata::dataset::filter::Filter::is_empty)>
            <div class="filter" id="filter">
                <span class="muted">{move || app.words().bar_filter}</span>
                <ul>{chips}</ul>
                <button type="button" class="button quiet" id="filter-clear" on:click=move |_| app.filter.set(Default::default())>
                    {move || app.words().bar_filter_clear}
                </button>
            </div>
        </Show>
    }
}

/// Says that rows were set aside, when some were.
#[component]
fn SetAsideNote(report: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let set_aside = move || {
        app.opened.with(|opened| {
            opened.as_ref().map_or(0, |opened: &Arc<Opened>| {
                opened.ledgers.iter().map(strata::ingest::ledger::Ledger::rows_set_aside).sum::<u64>()
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
