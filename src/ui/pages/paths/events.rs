//! The events of the picture, and what can be done with each: hidden, merged, renamed, made the beginning or the end. What was
//! done is seen and can be taken back.

use leptos::prelude::*;

use super::{Choices, Part, write, write_and_show};
use crate::icon::Icon;
use crate::state::App;
use crate::widgets::button::Button;
use crate::widgets::chips::{Chip, Chips};
use crate::widgets::field::Input;
use crate::widgets::focus;
use crate::widgets::select::Select;
use strata::analysis::paths::{Anchor, Params, Place, Report, Rule, Which, set_fate, sources};
use strata::dataset::columns::ColumnInfo;
use strata::dataset::events::EventChoice;
use strata::dataset::filter::Condition;
use strata::ingest::mapping::Role;
use strata::locale::{Words, fill};

/// Positions on the side that an event has when it is made the beginning or the end.
const STEPS: u32 = 5;

type Pick = fn(&'static Words) -> &'static str;

fn label(pick: Pick) -> Signal<String> {
    let app = App::get();
    Signal::derive(move || pick(app.words()).to_owned())
}

/// The events that a report lists, most frequent first.
pub fn listed(report: &Report) -> Vec<String> {
    let name = |place: &Place| match place {
        Place::Event(name) => Some(name.clone()),
        _ => None,
    };
    report.matrix.iter().filter_map(|row| name(&row.place)).collect()
}

/// What a step is called; the empty one has a name of its own.
fn shown(name: &str, words: &Words) -> String {
    if name.is_empty() { words.page_paths_place_empty.to_owned() } else { name.to_owned() }
}

/// The texts of the column that names steps, as far as the page knows them, and the column itself.
fn column_of(app: App, params: &Params) -> Option<ColumnInfo> {
    app.opened.with_untracked(|opened| {
        let wanted = |column: &&ColumnInfo| match &params.column {
            Some(name) => column.name == *name,
            None => column.role == Role::Event,
        };
        opened.as_ref()?.columns.iter().find(wanted).cloned()
    })
}

/// Gives a step another name, or hides it.
fn set(app: App, choices: Choices, step: &str, name: Option<&str>) {
    let mut params = choices.read.get_untracked().params;
    let column = column_of(app, &params);
    let known = |text: &str| {
        // Of a column with many texts not all are known here: any may be one.
        column.as_ref().is_none_or(|column| {
            column.distinct > column.values.len() as u64
                || column.values.iter().any(|(value, _)| value == text)
        })
    };
    set_fate(&mut params.rules, step, name, known);
    write(app, &params);
}

/// Looks at paths from a step on, back from it, or around it.
fn anchor(app: App, choices: Choices, step: &str, which: Which, (before, after): (Option<u32>, Option<u32>)) {
    let params = choices.read.get_untracked().params;
    let column = column_of(app, &params);
    let known = column.iter().flat_map(|column| column.values.iter().map(|(text, _)| text.as_str()));
    let mut texts: Vec<String> = sources(&params.rules, step, known).into_iter().map(str::to_owned).collect();
    if texts.is_empty() {
        texts.push(step.to_owned());
    }
    let event = match &params.column {
        None => EventChoice { events: Some(texts), all: Vec::new() },
        Some(column) => {
            let is = Condition { column: Some(column.clone()), within: Some(texts), ..Condition::default() };
            EventChoice { events: None, all: vec![is] }
        }
    };
    let (before, after) = (before.unwrap_or(params.before.max(1)), after.unwrap_or(params.after.max(1)));
    let params = Params { anchor: Anchor::Event { event, which }, before, after, ..params };
    let part = choices.part.get_untracked();
    // Transitions have no positions.
    write_and_show(app, &params, if part == Part::Transitions { Part::Flows } else { part });
}

/// The events, what can be done with the chosen one, and what was done.
#[component]
pub fn Events(
    choices: Choices,
    /// The events that can be chosen.
    #[prop(into)]
    events: Signal<Vec<String>>,
) -> impl IntoView {
    let app = App::get();
    let chosen = choices.chosen;
    // An event that is no more, or of other data, has nothing to be done with.
    Effect::new(move || {
        let events = events.get();
        if chosen.with_untracked(|chosen| chosen.as_ref().is_some_and(|chosen| !events.contains(chosen))) {
            chosen.set(None);
        }
    });
    let chip = move |(place, name): (usize, String)| {
        let (own, now) = (name.clone(), name.clone());
        let is_chosen = move || chosen.with(|chosen| chosen.as_ref() == Some(&own));
        let choose = move |_| {
            chosen.update(|chosen| *chosen = (chosen.as_ref() != Some(&now)).then(|| now.clone()));
        };
        view! {
            <li><button type="button" class="button small event-choice" id=format!("paths-event-{place}")
                aria-expanded=move || is_chosen().to_string() on:click=choose>
                <span>{move || shown(&name, app.words())}</span>
            </button></li>
        }
    };
    let chips = move || events.get().into_iter().enumerate().map(chip).collect_view();
    view! {
        <section class="card event-card" aria-labelledby="paths-events-title" id="paths-events">
            <h2 class="chart-title" id="paths-events-title" tabindex="-1">{move || app.words().page_paths_events}</h2>
            <p class="hint">{move || app.words().page_paths_events_lead}</p>
            <ul class="event-choices">{chips}</ul>
            {move || chosen.get().map(|step| view! { <Actions choices step events/> })}
            <Rules choices/>
        </section>
    }
}

/// What can be done with an event.
#[component]
fn Actions(choices: Choices, step: String, events: Signal<Vec<String>>) -> impl IntoView {
    let app = App::get();
    let name = RwSignal::new(String::new());
    let step = StoredValue::new(step);
    let title = move || {
        let words = app.words();
        fill(words.page_paths_event_actions, &[("event", &step.with_value(|step| shown(step, words)))])
    };
    let fate = move |name: Option<String>| {
        step.with_value(|step| set(app, choices, step, name.as_deref()));
        choices.chosen.set(name);
        request_animation_frame(|| focus::give("paths-events-title"));
    };
    let others = Signal::derive(move || {
        let words = app.words();
        let none = [(String::new(), words.page_paths_merge_choose.to_owned())];
        let others =
            events.get().into_iter().filter(|name| step.with_value(|step| name != step) && !name.is_empty());
        none.into_iter().chain(others.map(|name| (name.clone(), name))).collect::<Vec<_>>()
    });
    let merge = move |with: String| {
        if !with.is_empty() {
            fate(Some(with));
        }
    };
    let rename = move |()| {
        let name = name.get_untracked().trim().to_owned();
        if !name.is_empty() && step.with_value(|step| *step != name) {
            fate(Some(name));
        }
    };
    let look = move |which: Which, sides: (Option<u32>, Option<u32>)| {
        move |()| step.with_value(|step| anchor(app, choices, step, which, sides))
    };
    let none = Signal::derive(String::new);
    view! {
        <div class="event-actions" id="paths-event-actions" role="group" aria-labelledby="paths-event-title">
            <h3 id="paths-event-title">{title}</h3>
            <div class="event-buttons">
                <Button id="paths-hide" small=true text=label(|words| words.page_paths_hide) on_press=move |()| fate(None)/>
                <Button id="paths-start-here" small=true text=label(|words| words.page_paths_start_here)
                    on_press=look(Which::First, (Some(0), Some(STEPS)))/>
                <Button id="paths-end-here" small=true text=label(|words| words.page_paths_end_here)
                    on_press=look(Which::Last, (Some(STEPS), Some(0)))/>
                <Button id="paths-around-here" small=true text=label(|words| words.page_paths_around_here)
                    on_press=look(Which::First, (None, None))/>
            </div>
            <div class="controls">
                <Select id="paths-merge" label=label(|words| words.page_paths_merge) choices=others value=none on_change=merge/>
                <Input id="paths-rename".to_owned() kind="text" label=label(|words| words.page_paths_rename) value=name
                    on_change=move |text| name.set(text)/>
                <Button id="paths-rename-do" small=true text=label(|words| words.page_paths_rename_do) on_press=rename/>
            </div>
        </div>
    }
}

/// What was done, each to be taken back, and the form that does it by pattern.
#[component]
fn Rules(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let (pattern, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let set = move |rules: Vec<Rule>| write(app, &Params { rules, ..read.get_untracked().params });
    let chips = Signal::derive(move || {
        let words = app.words();
        let rules = read.with(|read| read.params.rules.clone());
        let chip = |(index, rule): (usize, Rule)| {
            let parts = [("pattern", rule.pattern.as_str()), ("name", rule.name.as_deref().unwrap_or(""))];
            let phrase = if rule.hide { words.page_paths_rule_hides } else { words.page_paths_rule_renames };
            let text = fill(phrase, &parts);
            Chip {
                remove_label: fill(words.page_paths_rule_remove, &[("rule", &text)]),
                text,
                on_edit: None,
                on_remove: Callback::new(move |()| {
                    let mut rules = read.get_untracked().params.rules;
                    if index < rules.len() {
                        rules.remove(index);
                    }
                    set(rules);
                }),
            }
        };
        rules.into_iter().enumerate().map(chip).collect::<Vec<_>>()
    });
    let add = move |()| {
        let (own, shown) = (pattern.get_untracked(), name.get_untracked());
        if own.is_empty() {
            return;
        }
        let mut rules = read.get_untracked().params.rules;
        let name_of = Some(shown).filter(|name| !name.is_empty());
        rules.push(Rule { pattern: own, hide: name_of.is_none(), name: name_of });
        pattern.set(String::new());
        name.set(String::new());
        set(rules);
    };
    view! {
        <Chips id="paths-rules" chips/>
        <details id="paths-by-pattern">
            <summary>{move || app.words().page_paths_by_pattern}</summary>
            <p class="hint">{move || app.words().page_paths_rules_lead}</p>
            <div class="controls">
                <Input id="paths-rule-pattern".to_owned() kind="text" label=label(|words| words.page_paths_rule_pattern)
                    value=pattern on_change=move |text| pattern.set(text)/>
                <Input id="paths-rule-name".to_owned() kind="text" label=label(|words| words.page_paths_rule_name)
                    value=name on_change=move |text| name.set(text)/>
                <Button id="paths-rule-add" icon=Icon::Done text=label(|words| words.page_paths_rule_add) small=true on_press=add/>
            </div>
        </details>
    }
}
