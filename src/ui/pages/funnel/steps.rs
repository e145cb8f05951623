//! The steps: each with its events and conditions, in an order that can be changed.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};
use crate::scope::filter::ConditionForm;
use crate::state::App;
use crate::text;
use crate::widgets::focus;
use crate::widgets::popover::Popover;
use strata::analysis::funnel::{MOST_STEPS, Step};
use strata::dataset::filter::Condition;
use strata::locale::{Words, fill};

use super::Choices;

/// The value of "any event"; no event is called so in a list.
const ANY: &str = "";

/// The buttons that add a condition to a step.
const CONDITION_IDS: [&str; MOST_STEPS] = [
    "step-1-condition",
    "step-2-condition",
    "step-3-condition",
    "step-4-condition",
    "step-5-condition",
    "step-6-condition",
    "step-7-condition",
    "step-8-condition",
    "step-9-condition",
    "step-10-condition",
    "step-11-condition",
    "step-12-condition",
    "step-13-condition",
    "step-14-condition",
    "step-15-condition",
    "step-16-condition",
    "step-17-condition",
    "step-18-condition",
    "step-19-condition",
    "step-20-condition",
];

/// The list of steps.
#[component]
pub fn Steps(choices: Choices) -> impl IntoView {
    let app = App::get();
    let steps = Memo::new(move |_| choices.params().steps);
    let rows = move || {
        let steps = steps.get();
        let last = steps.len().saturating_sub(1);
        let row = |(place, step): (usize, Step)| view! { <Row choices place last step/> };
        steps.into_iter().enumerate().map(row).collect_view()
    };
    let add = move |_| {
        // What is not a step yet, most frequent first.
        let used: Vec<String> = steps.with_untracked(|steps| {
            steps.iter().flat_map(|step| step.events.iter().flatten().cloned()).collect()
        });
        let new = events(app).into_iter().find(|event| !used.contains(event));
        choices.change(app, |params| {
            params.steps.push(Step { events: new.map(|event| vec![event]), ..Step::default() })
        });
    };
    let full = move || steps.with(|steps| steps.len() >= MOST_STEPS);
    view! {
        <section class="card steps" aria-labelledby="steps-title">
            <h2 class="chart-title" id="steps-title">{move || app.words().page_funnel_define}</h2>
            <ol class="step-list" id="steps">{rows}</ol>
            <button type="button" class="button small" id="step-add" disabled=full on:click=add>
                <span>{move || app.words().page_funnel_add}</span>
            </button>
        </section>
    }
}

/// The names of all events, most frequent first.
fn events(app: App) -> Vec<String> {
    app.opened.with(|opened| {
        opened.iter().flat_map(|opened| opened.events.iter().map(|(name, _)| name.clone())).collect()
    })
}

#[component]
fn Row(choices: Choices, place: usize, last: usize, step: Step) -> impl IntoView {
    let app = App::get();
    let number = (place + 1).to_string();
    let named = move |pick: fn(&'static Words) -> &'static str| {
        let number = (place + 1).to_string();
        move || fill(pick(app.words()), &[("step", &number)])
    };
    let change = move |change: Box<dyn FnOnce(&mut Step)>| {
        choices.change(app, |params| {
            if let Some(step) = params.steps.get_mut(place) {
                change(step);
            }
        });
    };
    let swap = move |with: usize| {
        choices.change(app, |params| *params = params.swap_steps(place, with));
        request_animation_frame(move || focus::give(&format!("step-{}-event", with + 1)));
    };
    let remove = move |_| {
        choices.change(app, |params| *params = params.without_step(place));
        request_animation_frame(move || focus::give("step-add"));
    };
    let optional = step.optional;
    let toggle = move |_| change(Box::new(move |step: &mut Step| step.optional = !optional));
    let can_be_optional = place > 0 && place < last;
    let conditions = step.all.clone();
    view! {
        <li class="step">
            <span class="step-number" aria-hidden="true">{number}</span>
            <div class="step-what">
                <div class="step-events">{event_fields(app, place, &step, change)}</div>
                {(!conditions.is_empty()).then(|| condition_chips(app, place, conditions, change))}
            </div>
            <div class="step-tools">
                <AddCondition place change=Callback::new(move |condition: Condition| {
                    change(Box::new(move |step: &mut Step| step.all.push(condition)));
                })/>
                {can_be_optional.then(|| view! {
                    <label class="check small">
                        <input type="checkbox" id=format!("step-{}-optional", place + 1) prop:checked=optional on:change=toggle/>
                        <span>{move || app.words().page_funnel_optional}</span>
                    </label>
                })}
                <button type="button" class="icon-button" id=format!("step-{}-up", place + 1) disabled=place == 0
                    aria-label=named(|words| words.page_funnel_up) title=named(|words| words.page_funnel_up)
                    on:click=move |_| swap(place.saturating_sub(1))>
                    <span class="turn-up"><Glyph icon=Icon::Down/></span>
                </button>
                <button type="button" class="icon-button" id=format!("step-{}-down", place + 1) disabled=place == last
                    aria-label=named(|words| words.page_funnel_down) title=named(|words| words.page_funnel_down)
                    on:click=move |_| swap(place + 1)>
                    <Glyph icon=Icon::Down/>
                </button>
                <button type="button" class="icon-button" id=format!("step-{}-remove", place + 1) disabled={last < 2}
                    aria-label=named(|words| words.page_funnel_remove) title=named(|words| words.page_funnel_remove)
                    on:click=remove>
                    <Glyph icon=Icon::Close/>
                </button>
            </div>
        </li>
    }
}

/// A list to choose from for each event of a step, and one more for another.
fn event_fields(
    app: App,
    place: usize,
    step: &Step,
    change: impl Fn(Box<dyn FnOnce(&mut Step)>) + Copy + 'static,
) -> Vec<AnyView> {
    let chosen: Vec<String> = step.events.clone().unwrap_or_default();
    let shown: Vec<Option<String>> =
        if step.events.is_none() { vec![None] } else { chosen.iter().cloned().map(Some).collect() };
    let count = shown.len();
    let mut all = events(app);
    all.extend(chosen.iter().filter(|event| !events(app).contains(event)).cloned());
    let field = |(index, now): (usize, Option<String>)| {
        let id = if index == 0 {
            format!("step-{}-event", place + 1)
        } else {
            format!("step-{}-event-{index}", place + 1)
        };
        let options = all.iter().map(|event| {
            let selected = now.as_ref() == Some(event);
            view! { <option value=event.clone() prop:selected=selected>{event.clone()}</option> }.into_any()
        });
        let options: Vec<AnyView> = options.collect();
        let first =
            move || if index == 0 { app.words().page_funnel_any } else { app.words().page_funnel_take_away };
        let choose = move |event| {
            let name = event_target_value(&event);
            change(Box::new(move |step: &mut Step| set_event(step, index, name)));
        };
        let number = (place + 1).to_string();
        let label = move || fill(app.words().page_funnel_event_of, &[("step", &number)]);
        view! {
            {(index > 0).then(|| view! { <span class="muted">{move || app.words().page_funnel_or.trim()}</span> })}
            <select id=id aria-label=label on:change=choose>
                <option value=ANY prop:selected=now.is_none()>{first}</option>
                {options}
            </select>
        }
        .into_any()
    };
    let mut fields: Vec<AnyView> = shown.into_iter().enumerate().map(field).collect();
    let free = all.iter().find(|event| !chosen.contains(event)).cloned();
    if let Some(free) = free.filter(|_| step.events.is_some()) {
        let add = move |_| {
            let free = free.clone();
            change(Box::new(move |step: &mut Step| step.events.get_or_insert_default().push(free)));
            request_animation_frame(move || focus::give(&format!("step-{}-event-{count}", place + 1)));
        };
        fields.push(
            view! {
                <button type="button" class="button quiet small" id=format!("step-{}-or", place + 1) on:click=add>
                    <span>{move || app.words().page_funnel_or_button}</span>
                </button>
            }
            .into_any(),
        );
    }
    fields
}

/// Makes another event of the one at a place among a step's, or adds it; [`ANY`] takes it away, the first with all others.
fn set_event(step: &mut Step, index: usize, name: String) {
    let events = step.events.get_or_insert_default();
    match (name.as_str(), events.get_mut(index)) {
        (ANY, _) if index == 0 => step.events = None,
        (ANY, Some(_)) => drop(events.remove(index)),
        (ANY, None) => {}
        (_, Some(event)) => *event = name,
        (_, None) => events.push(name),
    }
}

/// The conditions of a step, each with a button that takes it away.
fn condition_chips(
    app: App,
    place: usize,
    conditions: Vec<Condition>,
    change: impl Fn(Box<dyn FnOnce(&mut Step)>) + Copy + 'static,
) -> AnyView {
    let chip = |(index, condition): (usize, Condition)| {
        let said = condition.clone();
        let name = move || text::condition(app.language.get(), &said);
        let label = move || {
            fill(
                app.words().page_funnel_remove_condition,
                &[("condition", &text::condition(app.language.get(), &condition))],
            )
        };
        let remove = move |_| {
            change(Box::new(move |step: &mut Step| {
                if index < step.all.len() {
                    step.all.remove(index);
                }
            }));
            request_animation_frame(move || focus::give(&format!("step-{}-event", place + 1)));
        };
        view! {
            <li class="chip">
                <span class="chip-text">{name}</span>
                <button type="button" class="chip-remove" id=format!("step-{}-condition-{index}", place + 1) aria-label=label on:click=remove>
                    <Glyph icon=Icon::Close/>
                </button>
            </li>
        }
    };
    let chips: Vec<_> = conditions.into_iter().enumerate().map(chip).collect();
    view! { <ul class="chips">{chips}</ul> }.into_any()
}

#[component]
fn AddCondition(place: usize, change: Callback<Condition>) -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let id = CONDITION_IDS.get(place).copied().unwrap_or("step-condition");
    let label = Signal::derive(move || {
        fill(app.words().page_funnel_add_condition, &[("step", &(place + 1).to_string())])
    });
    view! {
        <Popover id text=Signal::derive(String::new) label icon=Icon::Filter class="icon-button" open>
            <ConditionForm open on_add=change/>
        </Popover>
    }
}
