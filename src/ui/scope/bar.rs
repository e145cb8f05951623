//! The bar that is always in sight: which data, which dates, whose, compared with what, in which zone. Each part is a button
//! that opens what changes it.

use leptos::prelude::*;

use super::comparison::Comparison;
use super::filter::FilterMenu;
use super::segments;
use crate::address::Page;
use crate::flow::browser_zone;
use crate::icon::{Glyph, Icon};
use crate::shell::Doors;
use crate::state::App;
use crate::text;
use crate::widgets::chips::{Chip, Chips};
use crate::widgets::combobox::Combobox;
use crate::widgets::date_range::DateRange;
use crate::widgets::popover::Popover;
use crate::widgets::segmented::Segmented;
use strata::dataset::calendar::{Day, WeekStart, Zone};
use strata::dataset::filter::Condition;
use strata::engine::Opened;
use strata::locale::{Words, fill};

type Phrase = fn(&Words) -> &'static str;

/// What the bar's menus open beside themselves.
#[derive(Debug, Clone, Copy)]
pub struct BarDoors {
    /// The import report.
    pub report: RwSignal<bool>,
    /// The form for a request.
    pub request: RwSignal<bool>,
    /// The commands.
    pub palette: RwSignal<bool>,
    /// The list of shortcuts.
    pub shortcuts: RwSignal<bool>,
}

/// The bar.
#[component]
pub fn Bar(
    /// What its menus open.
    doors: BarDoors,
) -> impl IntoView {
    let app = App::get();
    view! {
        <header class="bar" aria-label=move || app.words().bar_label>
            <div class="bar-line">
                <Data doors/>
                <div class="bar-scope">
                    <DatesField/>
                    <SegmentField/>
                    <ComparisonField/>
                    <ZoneField/>
                    <FilterMenu/>
                </div>
                <div class="bar-actions">
                    <StepButton id="undo" icon=Icon::Undo label=|words| words.scope_undo can=move || app.address.can_undo() press=move || app.address.undo()/>
                    <StepButton id="redo" icon=Icon::Redo label=|words| words.scope_redo can=move || app.address.can_redo() press=move || app.address.redo()/>
                    <button type="button" class="button search" id="palette-open" aria-keyshortcuts="Control+K Meta+K"
                        title=move || app.words().scope_palette on:click=move |_| doors.palette.set(true)>
                        <Glyph icon=Icon::Search/>
                        <span class="button-text">{move || app.words().scope_search}</span>
                        <kbd aria-hidden="true">{shortcut_key()}</kbd>
                    </button>
                </div>
            </div>
            <ScopeChips/>
        </header>
    }
}

/// How the palette's shortcut is written on this machine.
pub fn shortcut_key() -> &'static str {
    if is_mac() { "⌘K" } else { "Ctrl K" }
}

/// Whether this is a Mac, where the command key takes the place of Control.
pub fn is_mac() -> bool {
    window()
        .navigator()
        .platform()
        .is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

#[component]
fn StepButton(
    id: &'static str,
    icon: Icon,
    label: Phrase,
    can: impl Fn() -> bool + Send + Sync + 'static,
    press: impl Fn() + 'static,
) -> impl IntoView {
    let app = App::get();
    let name = move || label(app.words());
    view! {
        <button type="button" class="icon-button" id=id title=name aria-label=name disabled=move || !can() on:click=move |_| press()>
            <Glyph icon/>
        </button>
    }
}

/// A part of the bar: what it is, and the button with what it is now.
fn field(caption: Phrase, id: &'static str, class: &'static str, control: AnyView) -> AnyView {
    let app = App::get();
    view! {
        <div class=format!("bar-field {class}")>
            <span class="bar-caption" aria-hidden="true">{move || caption(app.words())}</span>
            <span id=id>{control}</span>
        </div>
    }
    .into_any()
}

/// A field's accessible name: what it is, and what it is now.
fn named(app: App, caption: Phrase, text: Signal<String>) -> Signal<String> {
    Signal::derive(move || {
        fill(app.words().scope_field, &[("name", caption(app.words())), ("value", &text.get())])
    })
}

/// Which data: their size, and what can be done with them as a whole.
#[component]
fn Data(doors: BarDoors) -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let name = Signal::derive(move || {
        let language = app.language.get();
        let chosen = |chosen: &Option<crate::chosen::Chosen>| {
            chosen.as_ref().map(|chosen| text::source_name(language, &chosen.source))
        };
        app.chosen.with(chosen).unwrap_or_default()
    });
    let fact = move |read: fn(&Opened) -> u64| {
        move || {
            app.opened
                .with(|opened| opened.as_deref().map(|opened| text::count(app.language.get(), read(opened))))
        }
    };
    view! {
        <div class="bar-field bar-data">
            <span class="bar-caption">
                <span id="bar-rows">{fact(|opened| opened.population.rows_used)}</span>" "{move || app.words().scope_rows}
                " · "
                <span id="bar-users">{fact(|opened| opened.population.users)}</span>" "{move || app.words().scope_users}
            </span>
            <span id="data-name">
                <Popover id="data-menu" text=name label=named(app, |words| words.scope_data, name) open>
                    <DataMenu doors open/>
                </Popover>
            </span>
        </div>
    }
}

#[component]
fn DataMenu(doors: BarDoors, open: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let shell = expect_context::<Doors>();
    let item = move |id: &'static str, icon: Icon, label: Phrase, press: Callback<()>| {
        let click = move |_| {
            open.set(false);
            press.run(());
        };
        view! {
            <li><button type="button" id=id on:click=click><Glyph icon/><span>{move || label(app.words())}</span></button></li>
        }
    };
    view! {
        <ul class="menu-list">
            {item("columns", Icon::Columns, |words| words.bar_columns, Callback::new(move |()| app.show_columns()))}
            {item("report-open", Icon::Report, |words| words.bar_report, Callback::new(move |()| doors.report.set(true)))}
            {item("request-open", Icon::Request, |words| words.bar_request, Callback::new(move |()| doors.request.set(true)))}
            {item("open-another", Icon::Open, |words| words.bar_another, Callback::new(move |()| shell.choose()))}
            {item("close-data", Icon::Close, |words| words.bar_close, Callback::new(move |()| app.close()))}
        </ul>
    }
}

fn span(app: App) -> (Day, Day) {
    app.opened.with(|opened| opened.as_ref().map(|opened| opened.span)).unwrap_or_default()
}

/// Which dates.
#[component]
fn DatesField() -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let data = Signal::derive(move || span(app));
    let value = Signal::derive(move || {
        let (from, to) = app.scope.dates.get()?;
        let (first, last) = data.get();
        Some((from.unwrap_or(first), to.unwrap_or(last)))
    });
    let text = Signal::derive(move || {
        let language = app.language.get();
        let (from, to) = value.get().unwrap_or(data.get());
        fill(language.words().app_range, &[("from", &language.date(from)), ("to", &language.date(to))])
    });
    let change = Callback::new(move |dates: Option<(Day, Day)>| {
        app.scope.set_dates(dates.map(|(from, to)| (Some(from), Some(to))));
    });
    let week_start = Signal::derive(move || app.week_start.get());
    let control = view! {
        <Popover id="dates" text label=named(app, |words| words.bar_range, text) open>
            <DateRange id="date-range" span=data value week_start on_change=change/>
        </Popover>
    };
    field(|words| words.bar_range, "bar-range", "bar-dates", control.into_any())
}

/// Whose rows.
#[component]
fn SegmentField() -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let text = Signal::derive(move || {
        let language = app.language.get();
        app.scope.segment.with(|segment| match segment {
            Some(segment) => text::condition(language, segment),
            None => language.words().scope_everybody.to_owned(),
        })
    });
    let control = view! {
        <Popover id="segment" text label=named(app, |words| words.scope_segment, text) open>
            <SegmentMenu open/>
        </Popover>
    };
    field(|words| words.scope_segment, "bar-segment", "", control.into_any())
}

/// Everybody, and the saved segments; each can be looked at, and taken off the list.
#[component]
fn SegmentMenu(open: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let row = move |choice: Option<Condition>| {
        let label = choice
            .as_ref()
            .map_or(app.words().scope_everybody.to_owned(), |choice| segments::name(choice).to_owned());
        let whole = choice.as_ref().and_then(|choice| app.segments.whole(choice).ok());
        let now = whole.or(choice.clone());
        let chosen = move || app.scope.segment.with(|segment| *segment == now).to_string();
        let (look, taken, listed, edited) = (choice.clone(), choice.clone(), choice.clone(), choice);
        let click = move |_| {
            match &look {
                Some(segment) => app.look_at(segment),
                None => app.scope.set_segment(None),
            }
            open.set(false);
        };
        let edit = edited.and_then(|segment| {
            let settings = rule_settings(&segment)?;
            let name = fill(app.words().scope_edit, &[("name", segments::name(&segment))]);
            let href = move || app.address.link_with(Page::Builder, &settings);
            let close = move |_| open.set(false);
            Some(view! { <a class="icon-button" title=name.clone() aria-label=name href=href on:click=close><Glyph icon=Icon::Builder/></a> })
        });
        let list = listed.map(|segment| {
            let name = fill(app.words().list_save_of, &[("name", segments::name(&segment))]);
            let click = move |_| {
                open.set(false);
                if let Err(error) = app.lists.ask_to_save_segment(app, &segment) {
                    app.report(error);
                }
            };
            view! {
                <button type="button" class="icon-button" title=name.clone() aria-label=name on:click=click><Glyph icon=Icon::Download/></button>
            }
        });
        let remove = taken.map(|segment| {
            let name = fill(app.words().scope_remove, &[("name", segments::name(&segment))]);
            let click = move |_| remove_segment(app, &segment);
            view! {
                <button type="button" class="icon-button" title=name.clone() aria-label=name on:click=click><Glyph icon=Icon::Close/></button>
            }
        });
        view! {
            <li>
                <button type="button" aria-pressed=chosen on:click=click><span>{label}</span></button>
                {edit}
                {list}
                {remove}
            </li>
        }
    };
    let rows = move || {
        let saved = app.segments.all();
        std::iter::once(None).chain(saved.into_iter().map(Some)).map(row).collect_view()
    };
    view! {
        <ul class="menu-list" id="segment-list">{rows}</ul>
        <p class="hint">{move || app.words().scope_segment_hint}</p>
    }
}

/// What opens a segment that is said by a rule where rules are built: its parameters, its filter and its name.
fn rule_settings(segment: &Condition) -> Option<Vec<(String, String)>> {
    let definition = segment.segment.as_ref()?;
    if definition.analysis.as_deref() != Some("rule") {
        return None;
    }
    let params = definition.params.as_ref()?.as_object()?;
    let setting = |(name, value): (&String, &serde_json::Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.clone(), text)
    };
    let params = params.iter().filter(|(_, value)| !value.is_null()).map(setting);
    // All that is looked at, and not only what the definition says otherwise.
    let scope = super::settings(&definition.filter).into_iter();
    let scope = scope.map(|(name, value)| (name.to_owned(), value.unwrap_or_default()));
    Some(params.chain(scope).chain([("name".to_owned(), segments::name(segment).to_owned())]).collect())
}

fn remove_segment(app: App, segment: &Condition) {
    let bring_back = app.segments.remove(segment);
    let said = fill(app.words().scope_removed, &[("name", segments::name(segment))]);
    app.say(said, app.words().scope_undo, bring_back);
}

/// Compared with what.
#[component]
fn ComparisonField() -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let text =
        Signal::derive(move || app.scope.comparison.with(|comparison| comparison.title(app.language.get())));
    let control = view! {
        <Popover id="compare" text label=named(app, |words| words.scope_compare, text) open>
            <ComparisonMenu open/>
        </Popover>
    };
    field(|words| words.scope_compare, "bar-compare", "", control.into_any())
}

/// What can be compared with now, and for the rest why not.
#[component]
fn ComparisonMenu(open: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let row = move |comparison: Comparison| {
        let language = app.language.get();
        let (label, why) = match comparison.filter(&app.scope.parts(), span(app)) {
            Ok(Some(filter)) => (comparison.detail(&filter, language), None),
            Ok(None) => (comparison.title(language), None),
            Err(missing) => (comparison.title(language), Some(missing.advice(language))),
        };
        let (chosen, disabled) = (app.scope.comparison.get() == comparison, why.is_some());
        let id =
            (!matches!(comparison, Comparison::Segment(_))).then(|| format!("compare-{}", comparison.name()));
        let click = move |_| {
            app.scope.set_comparison(&comparison);
            open.set(false);
        };
        view! {
            <li>
                <button type="button" id=id aria-pressed=chosen.to_string() disabled=disabled on:click=click>
                    <span>{label}{why.map(|why| view! { <small class="muted">{why}</small> })}</span>
                </button>
            </li>
        }
    };
    let rows = move || {
        let whole = |segment: Condition| app.segments.whole(&segment).unwrap_or(segment);
        let saved =
            app.segments.all().into_iter().map(|segment| Comparison::Segment(Box::new(whole(segment))));
        Comparison::PLAIN.into_iter().chain(saved).map(row).collect_view()
    };
    view! { <ul class="menu-list" id="compare-list">{rows}</ul> }
}

/// In which zone days begin, and on which day weeks do.
#[component]
fn ZoneField() -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let zone = Signal::derive(move || {
        app.opened.with(|opened| opened.as_ref().map(|opened| opened.time_zone.clone())).unwrap_or_default()
    });
    let control = view! {
        <Popover id="zone" text=zone label=named(app, |words| words.bar_zone, zone) open>
            <ZoneMenu zone open/>
        </Popover>
    };
    field(|words| words.bar_zone, "bar-zone", "", control.into_any())
}

#[component]
fn ZoneMenu(zone: Signal<String>, open: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let zones = Signal::derive(|| {
        let own = browser_zone();
        let others = Zone::names().into_iter().filter(|name| *name != own);
        std::iter::once(own.clone()).chain(others).map(|name| (name.clone(), name)).collect::<Vec<_>>()
    });
    let read_again = move |change: &dyn Fn(&mut strata::engine::request::OpenOptions)| {
        open.set(false);
        app.change_options(|options| change(options));
        app.read();
    };
    let change_zone = Callback::new(move |chosen: String| {
        if chosen != zone.get_untracked() {
            read_again(&|options| options.time_zone = Some(chosen.clone()));
        }
    });
    let days = Signal::derive(move || {
        let words = app.words();
        vec![
            ("monday".to_owned(), words.mapping_monday.to_owned()),
            ("sunday".to_owned(), words.mapping_sunday.to_owned()),
        ]
    });
    let day = Signal::derive(move || match app.week_start.get() {
        WeekStart::Monday => "monday".to_owned(),
        WeekStart::Sunday => "sunday".to_owned(),
    });
    let change_day = Callback::new(move |chosen: String| {
        let start = if chosen == "sunday" { WeekStart::Sunday } else { WeekStart::Monday };
        read_again(&|options| options.week_start = Some(start));
    });
    view! {
        <div class="stack">
            <Combobox id="zone-name" label=Signal::derive(move || app.words().bar_zone.to_owned()) choices=zones value=zone on_change=change_zone/>
            <Segmented id="week-start" label=Signal::derive(move || app.words().bar_week.to_owned()) choices=days value=day on_change=change_day/>
            <p class="hint">{move || app.words().scope_zone_hint}</p>
        </div>
    }
}

/// The other conditions; each can be changed or taken away.
#[component]
fn ScopeChips() -> impl IntoView {
    let app = App::get();
    let chips = Signal::derive(move || {
        let language = app.language.get();
        let chip = |(index, condition): (usize, Condition)| {
            let text = text::condition(language, &condition);
            let remove = move |()| {
                let mut rest = app.scope.conditions.get_untracked();
                if index < rest.len() {
                    rest.remove(index);
                }
                app.scope.set_conditions(&rest);
            };
            Chip {
                remove_label: fill(language.words().bar_filter_remove, &[("condition", &text)]),
                text,
                on_edit: None,
                on_remove: Callback::new(remove),
            }
        };
        app.scope.conditions.get().into_iter().enumerate().map(chip).collect::<Vec<_>>()
    });
    view! {
        <Show when=move || !app.scope.conditions.with(Vec::is_empty)>
            <div class="filter" id="filter">
                <span class="muted">{move || app.words().bar_filter}</span>
                <Chips id="filter-chips" chips remove_testid="filter-remove"/>
                <button type="button" class="button quiet" id="filter-clear" on:click=move |_| app.scope.set_conditions(&[])>
                    {move || app.words().bar_filter_clear}
                </button>
            </div>
        </Show>
    }
}
