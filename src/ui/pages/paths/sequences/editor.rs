//! What is looked for: steps with how they follow one another, and the pattern that they are.

use leptos::prelude::*;

use super::Choices;
use super::event::{Change, NewCondition, condition_chips, event_fields, names};
use crate::icon::{Glyph, Icon};
use crate::state::App;
use crate::widgets::button::Button;
use crate::widgets::field::Input;
use crate::widgets::focus;
use crate::widgets::frame::count;
use crate::widgets::select::Switch;
use strata::analysis::sequence::{Expected, Link, MOST_PARTS, Mistake, Params, Step, Steps, parts};
use strata::dataset::events::{EventChoice, MOST_CHOICES};
use strata::dataset::filter::Condition;
use strata::locale::{Language, Words, fill};

type Phrase = fn(&'static Words) -> &'static str;

/// The units of time, the smallest first: a second's, and what several are called.
const UNITS: [(u32, Phrase); 5] = [
    (1, |words| words.page_funnel_unit_second),
    (60, |words| words.page_funnel_unit_minute),
    (3_600, |words| words.page_funnel_unit_hour),
    (86_400, |words| words.page_funnel_unit_day),
    (604_800, |words| words.page_funnel_unit_week),
];

/// The links by their names in ids and options.
const LINKS: [(&str, Phrase); 5] = [
    ("atOnce", |words| words.page_sequence_link_at_once),
    ("later", |words| words.page_sequence_link_later),
    ("within", |words| words.page_sequence_link_within),
    ("atLeast", |words| words.page_sequence_link_at_least),
    ("moreThan", |words| words.page_sequence_link_more_than),
];

fn link_name(link: Link) -> &'static str {
    match link {
        Link::AtOnce => "atOnce",
        Link::Later => "later",
        Link::Within(_) => "within",
        Link::AtLeast(_) => "atLeast",
        Link::MoreThan(_) => "moreThan",
    }
}

/// The time of a link.
fn seconds_of(link: Link) -> Option<u32> {
    match link {
        Link::AtOnce | Link::Later => None,
        Link::Within(seconds) | Link::AtLeast(seconds) | Link::MoreThan(seconds) => Some(seconds),
    }
}

fn link_of(name: &str, seconds: u32) -> Link {
    match name {
        "atOnce" => Link::AtOnce,
        "within" => Link::Within(seconds),
        "atLeast" => Link::AtLeast(seconds),
        "moreThan" => Link::MoreThan(seconds),
        _ => Link::Later,
    }
}

/// The largest unit that divides a time.
fn unit_of(seconds: u32) -> u32 {
    let fits = |unit: &&(u32, Phrase)| seconds > 0 && seconds.is_multiple_of(unit.0);
    UNITS.iter().rfind(fits).map_or(1, |unit| unit.0)
}

/// What the rows of the editor share.
#[derive(Debug, Clone, Copy)]
struct Edit {
    app: App,
    choices: Choices,
    /// The row whose time was entered wrongly.
    wrong: RwSignal<Option<usize>>,
    /// The row that gets a condition.
    adding: RwSignal<Option<usize>>,
}

impl Edit {
    /// Changes the steps; nothing where the pattern is none of steps.
    fn steps(self, change: impl FnOnce(&mut Vec<Step>)) {
        self.wrong.set(None);
        self.choices.change(self.app, |params| {
            let Some(mut steps) = Steps::of(params) else { return };
            let had = steps.has_neighbours();
            change(&mut steps.steps);
            // "At once" means nothing at all between, unless that was switched off; else it does not matter.
            steps.sees_all = steps.has_neighbours() && (!had || steps.sees_all);
            (params.pattern, params.conditions) = steps.to_pattern();
        });
    }

    fn step(self, place: usize, change: impl FnOnce(&mut Step)) {
        self.steps(|steps| {
            if let Some(step) = steps.get_mut(place) {
                change(step);
            }
        });
    }

    /// Changes the event of a step, or where there are none the event of a number.
    fn event(self, place: usize, change: Change) {
        if self.choices.read.with_untracked(|read| Steps::of(&read.params).is_some()) {
            self.step(place, |step| change(&mut step.event));
        } else {
            self.choices.change(self.app, |params| {
                if let Some(event) = params.conditions.get_mut(place) {
                    change(event);
                }
            });
        }
    }
}

/// The steps, or the numbered events of a pattern that is more than steps, and the pattern.
#[component]
pub fn Editor(choices: Choices) -> impl IntoView {
    let app = App::get();
    let edit = Edit { app, choices, wrong: RwSignal::new(None), adding: RwSignal::new(None) };
    let params = Memo::new(move |_| choices.params());
    let steps = Memo::new(move |_| params.with(Steps::of));
    let rows = move || match steps.get() {
        Some(steps) => step_rows(edit, steps.steps),
        None => event_rows(edit, &params.get()),
    };
    let has_neighbours =
        Memo::new(move |_| steps.with(|steps| steps.as_ref().is_some_and(Steps::has_neighbours)));
    view! {
        <section class="card steps" aria-labelledby="sequence-define">
            <h2 class="chart-title" id="sequence-define">{move || app.words().page_sequence_define}</h2>
            {move || steps.with(Option::is_none).then(|| beyond(edit))}
            <ol class="step-list" id="sequence-steps">{rows}</ol>
            <div>
                <Button id="sequence-add" small=true
                    text=Signal::derive(move || {
                        let words = app.words();
                        if steps.with(Option::is_some) { words.page_sequence_add } else { words.page_sequence_event_add }.to_owned()
                    })
                    disabled=Signal::derive(move || {
                        let chosen = steps.with(|steps| steps.as_ref().map(|steps| steps.steps.len() >= Steps::MOST));
                        chosen.unwrap_or_else(|| params.with(|params| params.conditions.len() > Steps::MOST))
                    })
                    on_press=move |()| add(edit)/>
            </div>
            {move || has_neighbours.get().then(|| view! { <SeesAll edit steps/> })}
            <PatternField edit params/>
        </section>
    }
}

/// Says that the pattern is none of steps, and offers to make it one.
fn beyond(edit: Edit) -> AnyView {
    let app = edit.app;
    let back = move |()| {
        edit.choices.change(app, |params| {
            let events = params.conditions.iter().take(Steps::MOST).cloned();
            let steps = events.map(|event| Step { event, link: Link::Later }).collect();
            (params.pattern, params.conditions) = Steps { steps, sees_all: false }.to_pattern();
        });
        request_animation_frame(|| focus::give("sequence-1-event"));
    };
    view! {
        <p class="hint">{move || app.words().page_sequence_pattern_beyond}</p>
        <div>
            <Button id="sequence-back" small=true text=Signal::derive(move || app.words().page_sequence_pattern_back.to_owned())
                on_press=back/>
        </div>
    }
    .into_any()
}

/// Adds a step, or an event that a pattern can name.
fn add(edit: Edit) {
    let all = untrack(|| names(edit.app));
    // What is not there yet, most frequent first.
    let new = |conditions: &[EventChoice]| {
        let used: Vec<&String> = conditions.iter().flat_map(|event| event.events.iter().flatten()).collect();
        all.iter().find(|name| !used.contains(name)).map(EventChoice::named).unwrap_or_default()
    };
    let event = edit.choices.read.with_untracked(|read| new(&read.params.conditions));
    let is_steps = edit.choices.read.with_untracked(|read| Steps::of(&read.params).is_some());
    if is_steps {
        edit.steps(|steps| steps.push(Step { event, link: Link::Later }));
    } else {
        edit.choices.change(edit.app, |params| {
            if params.conditions.len() < MOST_CHOICES {
                params.conditions.push(event);
            }
        });
    }
}

fn step_rows(edit: Edit, steps: Vec<Step>) -> AnyView {
    let last = steps.len().saturating_sub(1);
    let row = |(place, step): (usize, Step)| {
        let link = (place > 0).then(|| link_fields(edit, place, step.link));
        let tools = step_tools(edit, place, last);
        view! { <Row edit place event=step.event link tools numbered=false/> }
    };
    steps.into_iter().enumerate().map(row).collect_view().into_any()
}

fn event_rows(edit: Edit, params: &Params) -> AnyView {
    let last = params.conditions.len().saturating_sub(1);
    // Events are known by their numbers, so only the last can go, when the pattern does without it.
    let spare = last > 0 && parts(&params.pattern, last).is_ok();
    let row = |(place, event): (usize, EventChoice)| {
        let tools = (spare && place == last).then(|| remove_button(edit, place, true));
        view! { <Row edit place event link=None tools=tools.into_any() numbered=true/> }
    };
    params.conditions.clone().into_iter().enumerate().map(row).collect_view().into_any()
}

/// A phrase with the number of a row.
fn named(app: App, place: usize, phrase: Phrase) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    move || fill(phrase(app.words()), &[("step", &(place + 1).to_string())])
}

#[component]
fn Row(
    edit: Edit,
    place: usize,
    event: EventChoice,
    link: Option<AnyView>,
    tools: AnyView,
    /// Whether it is an event that a pattern names by its number.
    numbered: bool,
) -> impl IntoView {
    let app = edit.app;
    let id = format!("sequence-{}", place + 1);
    let number = if numbered { format!("(?{})", place + 1) } else { (place + 1).to_string() };
    let label: Phrase =
        if numbered { |words| words.page_sequence_number_of } else { |words| words.page_funnel_event_of };
    let change = move |change: Change| edit.event(place, change);
    let conditions = condition_chips(app, &id, &event.all, change);
    let filter = format!("{id}-filter");
    let toggle = move |_| edit.adding.update(|adding| *adding = (*adding != Some(place)).then_some(place));
    let is_adding = move || edit.adding.get() == Some(place);
    let back = filter.clone();
    let done = Callback::new(move |condition: Option<Condition>| {
        edit.adding.set(None);
        if let Some(condition) = condition {
            edit.event(place, Box::new(move |event: &mut EventChoice| event.all.push(condition)));
        }
        let back = back.clone();
        request_animation_frame(move || focus::give(&back));
    });
    view! {
        <li class="step">
            <span class="step-number" aria-hidden="true">{number}</span>
            <div class="step-what">
                <div class="step-events">
                    {link}
                    {event_fields(app, &id, named(app, place, label), &event, change)}
                </div>
                {conditions}
                {move || is_adding().then(|| view! { <NewCondition on_done=done/> })}
            </div>
            <div class="step-tools">
                <button type="button" class="icon-button" id=filter aria-expanded=move || is_adding().to_string()
                    aria-label=named(app, place, |words| words.page_funnel_add_condition)
                    title=named(app, place, |words| words.page_funnel_add_condition) on:click=toggle>
                    <Glyph icon=Icon::Filter/>
                </button>
                {tools}
            </div>
        </li>
    }
}

/// How a step follows the one before.
fn link_fields(edit: Edit, place: usize, link: Link) -> AnyView {
    let app = edit.app;
    let id = format!("sequence-{}-link", place + 1);
    let now = link_name(link);
    let options = LINKS.map(|(name, phrase)| {
        view! { <option value=name prop:selected=name == now>{move || phrase(app.words())}</option> }
    });
    let seconds = seconds_of(link);
    let choose = move |event| {
        let name = event_target_value(&event);
        // A day, until another time is chosen.
        edit.step(place, |step| step.link = link_of(&name, seconds.unwrap_or(super::DAY_SECONDS)));
    };
    let time = seconds.map(|seconds| time_fields(edit, place, link, seconds));
    view! {
        <select id=id class="step-link" aria-label=named(app, place, |words| words.page_sequence_link_of) on:change=choose>
            {options.collect_view()}
        </select>
        {time}
    }
    .into_any()
}

/// The time of a link: a number and its unit.
fn time_fields(edit: Edit, place: usize, link: Link, seconds: u32) -> AnyView {
    let app = edit.app;
    let id = format!("sequence-{}", place + 1);
    let unit = unit_of(seconds);
    let amount = seconds / unit;
    let set = move |amount: Option<u32>, unit: u32| match amount.and_then(|amount| amount.checked_mul(unit)) {
        Some(seconds) if seconds > 0 => {
            edit.step(place, |step| step.link = link_of(link_name(link), seconds))
        }
        _ => edit.wrong.set(Some(place)),
    };
    let enter = move |event| set(event_target_value(&event).trim().parse().ok(), unit);
    let choose = move |event| {
        if let Ok(unit) = event_target_value(&event).parse() {
            set(Some(amount), unit);
        }
    };
    let units = UNITS.map(|(seconds, phrase)| {
        view! { <option value=seconds.to_string() prop:selected=seconds == unit>{move || phrase(app.words())}</option> }
    });
    let is_wrong = move || edit.wrong.get() == Some(place);
    let (error, described) = (format!("{id}-time-error"), format!("{id}-time-error"));
    let wrong = move || {
        let most = count(u64::from(u32::MAX / unit), app.language.get());
        let text = fill(app.words().page_sequence_time_wrong, &[("most", &most)]);
        is_wrong().then(|| view! { <span class="field-error" id=error.clone()>{text}</span> })
    };
    view! {
        <input type="number" class="step-time" id=format!("{id}-time") min="1" step="1" prop:value=amount.to_string()
            aria-label=named(app, place, |words| words.page_sequence_time_of)
            aria-invalid=move || is_wrong().then_some("true")
            aria-describedby=move || is_wrong().then(|| described.clone())
            on:change=enter/>
        <select id=format!("{id}-unit") class="step-link" aria-label=named(app, place, |words| words.page_sequence_unit_of) on:change=choose>
            {units.collect_view()}
        </select>
        <span aria-live="polite">{wrong}</span>
    }
    .into_any()
}

/// What moves a step, and what takes it away.
fn step_tools(edit: Edit, place: usize, last: usize) -> AnyView {
    let app = edit.app;
    let swap = move |with: usize| {
        // How steps follow one another belongs to their places.
        edit.steps(|steps| {
            let (first, second) = (place.min(with), place.max(with));
            if let Some((before, after)) = steps.split_at_mut_checked(second)
                && let (Some(first), Some(second)) = (before.get_mut(first), after.first_mut())
            {
                std::mem::swap(&mut first.event, &mut second.event);
            }
        });
        request_animation_frame(move || focus::give(&format!("sequence-{}-event", with + 1)));
    };
    let (up, down) =
        (named(app, place, |words| words.page_funnel_up), named(app, place, |words| words.page_funnel_down));
    view! {
        <button type="button" class="icon-button" id=format!("sequence-{}-up", place + 1) disabled=place == 0
            aria-label=up.clone() title=up on:click=move |_| swap(place.saturating_sub(1))>
            <span class="turn-up"><Glyph icon=Icon::Down/></span>
        </button>
        <button type="button" class="icon-button" id=format!("sequence-{}-down", place + 1) disabled=place == last
            aria-label=down.clone() title=down on:click=move |_| swap(place + 1)>
            <Glyph icon=Icon::Down/>
        </button>
        {(last > 0).then(|| remove_button(edit, place, false))}
    }
    .into_any()
}

fn remove_button(edit: Edit, place: usize, numbered: bool) -> AnyView {
    let label: Phrase =
        if numbered { |words| words.page_sequence_event_remove } else { |words| words.page_funnel_remove };
    let label = named(edit.app, place, label);
    let remove = move |_| {
        if numbered {
            edit.choices.change(edit.app, |params| params.conditions.truncate(place));
        } else {
            edit.steps(|steps| {
                if place < steps.len() {
                    steps.remove(place);
                }
            });
        }
        request_animation_frame(|| focus::give("sequence-add"));
    };
    view! {
        <button type="button" class="icon-button" id=format!("sequence-{}-remove", place + 1) aria-label=label.clone() title=label
            on:click=remove>
            <Glyph icon=Icon::Close/>
        </button>
    }
    .into_any()
}

/// Whether rows that are no step come between steps.
#[component]
fn SeesAll(edit: Edit, steps: Memo<Option<Steps>>) -> impl IntoView {
    let app = edit.app;
    let value =
        Signal::derive(move || steps.with(|steps| steps.as_ref().is_some_and(|steps| steps.sees_all)));
    let change = move |sees_all: bool| {
        edit.choices.change(app, |params| {
            if let Some(steps) = Steps::of(params) {
                (params.pattern, params.conditions) = Steps { sees_all, ..steps }.to_pattern();
            }
        });
    };
    view! {
        <div>
            <Switch id="sequence-sees-all" label=Signal::derive(move || app.words().page_sequence_sees_all.to_owned())
                value on_change=change/>
            <p class="hint">{move || app.words().page_sequence_sees_all_hint}</p>
        </div>
    }
}

/// The pattern, to be read and to be written. What cannot be read is not asked, and the place is shown.
#[component]
fn PatternField(edit: Edit, params: Memo<Params>) -> impl IntoView {
    let app = edit.app;
    let draft = RwSignal::new(None::<String>);
    // Whatever else is chosen takes the place of what was typed wrongly.
    Effect::new(move || {
        params.track();
        draft.set(None);
    });
    let text =
        Signal::derive(move || draft.get().unwrap_or_else(|| params.with(|params| params.pattern.clone())));
    let mistake = Memo::new(move |_| {
        let conditions = params.with(|params| params.conditions.len());
        text.with(|text| parts(text, conditions).err())
    });
    let error = Signal::derive(move || {
        mistake.get().map(|mistake| said(&mistake, app.language.get())).unwrap_or_default()
    });
    let place = move || {
        let Mistake { place, .. } = mistake.get()?;
        let text = text.get();
        let (before, after): (String, String) =
            (text.chars().take(place).collect(), text.chars().skip(place).collect());
        let rest = if after.is_empty() { "\u{2003}".to_owned() } else { after };
        Some(view! { <code class="pattern-mistake" id="sequence-mistake">{before}<mark>{rest}</mark></code> })
    };
    let enter = move |typed: String| {
        let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
        let readable = params.with_untracked(|params| parts(&typed, params.conditions.len()).is_ok());
        if readable {
            draft.set(None);
            edit.choices.change(app, |params| params.pattern = typed);
        } else {
            draft.set(Some(typed));
        }
    };
    view! {
        <div class="pattern">
            <Input id="sequence-pattern".to_owned() kind="text" label=Signal::derive(move || app.words().page_sequence_pattern.to_owned())
                value=text error hint=Signal::derive(move || app.words().page_sequence_pattern_hint.to_owned()) on_change=enter/>
            {place}
        </div>
    }
}

/// What is wrong with a pattern.
fn said(mistake: &Mistake, language: Language) -> String {
    let words = language.words();
    let number = |number: usize| count(number as u64, language);
    let expected = match mistake.expected {
        Expected::Part => words.page_sequence_expects_part.to_owned(),
        Expected::Condition(most) => fill(words.page_sequence_expects_condition, &[("most", &number(most))]),
        Expected::Sign => words.page_sequence_expects_sign.to_owned(),
        Expected::Seconds => words.page_sequence_expects_seconds.to_owned(),
        Expected::SomeTime => words.page_sequence_expects_some_time.to_owned(),
        Expected::EventBefore => words.page_sequence_expects_event_before.to_owned(),
        Expected::Bracket => words.page_sequence_expects_bracket.to_owned(),
        Expected::FewerParts => {
            let parts = [("found", mistake.found.as_str()), ("most", &number(MOST_PARTS))];
            return fill(words.page_sequence_expects_fewer, &parts);
        }
        Expected::AnEvent => return words.page_sequence_expects_event.to_owned(),
    };
    fill(words.page_sequence_mistake, &[("place", &number(mistake.place + 1)), ("expected", &expected)])
}
