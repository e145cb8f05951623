//! The choice of an event: one of several names, and conditions on its row.

use leptos::prelude::*;

use crate::icon::Icon;
use crate::scope::filter::ConditionForm;
use crate::state::App;
use crate::text;
use crate::widgets::chips::{Chip, Chips};
use crate::widgets::focus;
use crate::widgets::popover::Popover;
use strata::dataset::events::EventChoice;
use strata::dataset::filter::Condition;
use strata::locale::{Words, fill};

/// The value of "any event"; no event is called so in a list.
const ANY: &str = "";

/// The ids of the parts.
#[derive(Debug, Clone, Copy)]
pub struct Ids {
    /// The first list of names; the others have a number behind it.
    pub event: &'static str,
    /// The conditions.
    pub conditions: &'static str,
    /// The button that adds one.
    pub add: &'static str,
}

/// An event with its conditions.
#[component]
pub fn EventField(
    /// The ids of its parts.
    ids: Ids,
    /// What it is for.
    label: fn(&'static Words) -> &'static str,
    /// What holds now.
    #[prop(into)]
    value: Signal<EventChoice>,
    /// Called with another choice.
    #[prop(into)]
    on_change: Callback<EventChoice>,
) -> impl IntoView {
    let app = App::get();
    let value = Memo::new(move |_| value.get());
    let has_events = Memo::new(move |_| {
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.event.is_some()))
    });
    let change = move |change: &dyn Fn(&mut EventChoice)| {
        let mut choice = value.get_untracked();
        change(&mut choice);
        on_change.run(choice);
    };
    let open = RwSignal::new(false);
    let add = move |condition: Condition| change(&|choice| choice.all.push(condition.clone()));
    let chips = Signal::derive(move || {
        let chip = |(index, condition): (usize, Condition)| {
            let text = text::condition(app.language.get(), &condition);
            Chip {
                remove_label: fill(app.words().page_retention_condition_remove, &[("condition", &text)]),
                text,
                on_edit: None,
                on_remove: Callback::new(move |()| {
                    change(&|choice| {
                        if index < choice.all.len() {
                            choice.all.remove(index);
                        }
                    });
                }),
            }
        };
        value.get().all.into_iter().enumerate().map(chip).collect::<Vec<_>>()
    });
    let has_conditions = Memo::new(move |_| value.with(|choice| !choice.all.is_empty()));
    let names = move || {
        has_events.get().then(|| {
            let fields = value.with(shown).into_iter().enumerate();
            let fields: Vec<AnyView> =
                fields.map(|(index, _)| name_field(app, ids, label, index, value, on_change)).collect();
            view! { {fields} {another(app, ids, label, value, on_change)} }
        })
    };
    let adding = Signal::derive(move || {
        fill(app.words().page_retention_condition_add, &[("event", label(app.words()))])
    });
    view! {
        <fieldset class="stack">
            <legend class="label">{move || label(app.words())}</legend>
            <div class="step-events">{names}</div>
            {move || has_conditions.get().then(|| view! { <Chips id=ids.conditions chips/> })}
            <div>
                <Popover id=ids.add text=Signal::derive(move || app.words().page_retention_condition.to_owned()) label=adding
                    icon=Icon::Filter class="button quiet small" open>
                    <ConditionForm open on_add=add/>
                </Popover>
            </div>
        </fieldset>
    }
}

/// The names, one field each; one field for any.
fn shown(choice: &EventChoice) -> Vec<Option<String>> {
    match &choice.events {
        Some(events) if !events.is_empty() => events.iter().cloned().map(Some).collect(),
        _ => vec![None],
    }
}

/// The events of the data, most frequent first, and what else was chosen.
fn all_events(app: App, choice: &EventChoice) -> Vec<String> {
    let mut all: Vec<String> = app.opened.with(|opened| {
        opened.iter().flat_map(|opened| opened.events.iter().map(|(name, _)| name.clone())).collect()
    });
    let missing: Vec<String> =
        choice.events.iter().flatten().filter(|event| !all.contains(event)).cloned().collect();
    all.extend(missing);
    all
}

fn field_id(ids: Ids, index: usize) -> String {
    if index == 0 { ids.event.to_owned() } else { format!("{}-{index}", ids.event) }
}

/// A list of names to choose from.
fn name_field(
    app: App,
    ids: Ids,
    label: fn(&'static Words) -> &'static str,
    index: usize,
    value: Memo<EventChoice>,
    on_change: Callback<EventChoice>,
) -> AnyView {
    let choice = value.get_untracked();
    let now = shown(&choice).get(index).cloned().flatten();
    let options: Vec<AnyView> = all_events(app, &choice)
        .into_iter()
        .map(|event| {
            let selected = now.as_ref() == Some(&event);
            view! { <option value=event.clone() prop:selected=selected>{event.clone()}</option> }.into_any()
        })
        .collect();
    let first = move || match index {
        0 => app.words().page_retention_any,
        _ => app.words().page_retention_event_away,
    };
    let choose = move |event| {
        let name = event_target_value(&event);
        let mut choice = value.get_untracked();
        let mut events = choice.events.take().unwrap_or_default();
        choice.events = match (name.as_str(), index) {
            (ANY, 0) => None,
            (ANY, _) => {
                // Two changes at once may have left fewer.
                if index < events.len() {
                    events.remove(index);
                }
                Some(events)
            }
            _ => {
                match events.get_mut(index) {
                    Some(slot) => *slot = name,
                    None => events.push(name),
                }
                Some(events)
            }
        };
        on_change.run(choice);
    };
    view! {
        <select id=field_id(ids, index) aria-label=move || label(app.words()) on:change=choose>
            <option value=ANY prop:selected=now.is_none()>{first}</option>
            {options}
        </select>
    }
    .into_any()
}

/// The button for one more name.
fn another(
    app: App,
    ids: Ids,
    label: fn(&'static Words) -> &'static str,
    value: Memo<EventChoice>,
    on_change: Callback<EventChoice>,
) -> Option<AnyView> {
    let choice = value.get_untracked();
    let chosen = choice.events.clone().filter(|events| !events.is_empty())?;
    let free = all_events(app, &choice).into_iter().find(|event| !chosen.contains(event))?;
    let place = chosen.len();
    let add = move |_| {
        let mut choice = value.get_untracked();
        choice.events.get_or_insert_default().push(free.clone());
        on_change.run(choice);
        request_animation_frame(move || focus::give(&field_id(ids, place)));
    };
    let name = move || fill(app.words().page_retention_event_another, &[("event", label(app.words()))]);
    Some(
        view! {
            <button type="button" class="button quiet small" id=format!("{}-or", ids.event) aria-label=name title=name on:click=add>
                <span>{move || app.words().page_retention_event_or}</span>
            </button>
        }
        .into_any(),
    )
}
