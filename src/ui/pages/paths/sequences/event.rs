//! An event that can be chosen: one name or several, and conditions.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};
use crate::scope::filter::ConditionForm;
use crate::state::App;
use crate::text;
use crate::widgets::focus;
use strata::dataset::events::EventChoice;
use strata::dataset::filter::Condition;
use strata::locale::fill;

/// The value of "any event"; no event is called so in a list.
const ANY: &str = "";

/// A change of an event.
pub type Change = Box<dyn FnOnce(&mut EventChoice)>;

/// The names of all events, most frequent first.
pub fn names(app: App) -> Vec<String> {
    app.opened.with(|opened| {
        opened.iter().flat_map(|opened| opened.events.iter().map(|(name, _)| name.clone())).collect()
    })
}

/// A list to choose from for each name of an event, and one more for another; the first is `<id>-event`.
pub fn event_fields(
    app: App,
    id: &str,
    label: impl Fn() -> String + Clone + Send + Sync + 'static,
    event: &EventChoice,
    change: impl Fn(Change) + Copy + 'static,
) -> Vec<AnyView> {
    let chosen: Vec<String> = event.events.clone().unwrap_or_default();
    let shown: Vec<Option<String>> =
        if event.events.is_none() { vec![None] } else { chosen.iter().cloned().map(Some).collect() };
    let count = shown.len();
    let mut all = names(app);
    let unknown: Vec<String> = chosen.iter().filter(|name| !all.contains(name)).cloned().collect();
    all.extend(unknown);
    let field = |(index, now): (usize, Option<String>)| {
        let options = all.iter().map(|name| {
            let selected = now.as_ref() == Some(name);
            view! { <option value=name.clone() prop:selected=selected>{name.clone()}</option> }.into_any()
        });
        let options: Vec<AnyView> = options.collect();
        let first =
            move || if index == 0 { app.words().page_funnel_any } else { app.words().page_funnel_take_away };
        let choose = move |input| {
            let name = event_target_value(&input);
            change(Box::new(move |event: &mut EventChoice| choose_name(event, index, name)));
        };
        view! {
            {(index > 0).then(|| view! { <span class="muted">{move || app.words().page_funnel_or.trim()}</span> })}
            <select id=field_id(id, index) aria-label=label.clone() on:change=choose>
                <option value=ANY prop:selected=now.is_none()>{first}</option>
                {options}
            </select>
        }
        .into_any()
    };
    let mut fields: Vec<AnyView> = shown.into_iter().enumerate().map(field).collect();
    let free = all.iter().find(|name| !chosen.contains(name)).cloned();
    if let Some(free) = free.filter(|_| event.events.is_some()) {
        let next = field_id(id, count);
        let add = move |_| {
            let free = free.clone();
            change(Box::new(move |event: &mut EventChoice| event.events.get_or_insert_default().push(free)));
            let next = next.clone();
            request_animation_frame(move || focus::give(&next));
        };
        fields.push(
            view! {
                <button type="button" class="button quiet small" id=format!("{id}-or") on:click=add>
                    <span>{move || app.words().page_funnel_or_button}</span>
                </button>
            }
            .into_any(),
        );
    }
    fields
}

fn field_id(id: &str, index: usize) -> String {
    if index == 0 { format!("{id}-event") } else { format!("{id}-event-{index}") }
}

/// Puts a name in the place of another; the first one may become any, the others may go.
fn choose_name(event: &mut EventChoice, index: usize, name: String) {
    let events = event.events.get_or_insert_default();
    match (name.as_str(), index) {
        (ANY, 0) => event.events = None,
        (ANY, _) if index < events.len() => drop(events.remove(index)),
        _ => match events.get_mut(index) {
            Some(slot) => *slot = name,
            None => events.push(name),
        },
    }
}

/// The conditions of an event, each with a button that takes it away.
pub fn condition_chips(
    app: App,
    id: &str,
    conditions: &[Condition],
    change: impl Fn(Change) + Copy + 'static,
) -> Option<AnyView> {
    let chip = |(index, condition): (usize, &Condition)| {
        let (said, removed) = (condition.clone(), condition.clone());
        let name = move || text::condition(app.language.get(), &said);
        let label = move || {
            let condition = text::condition(app.language.get(), &removed);
            fill(app.words().page_funnel_remove_condition, &[("condition", &condition)])
        };
        let back = field_id(id, 0);
        let remove = move |_| {
            change(Box::new(move |event: &mut EventChoice| {
                if index < event.all.len() {
                    event.all.remove(index);
                }
            }));
            let back = back.clone();
            request_animation_frame(move || focus::give(&back));
        };
        view! {
            <li class="chip">
                <span class="chip-text">{name}</span>
                <button type="button" class="chip-remove" id=format!("{id}-condition-{index}") aria-label=label on:click=remove>
                    <Glyph icon=Icon::Close/>
                </button>
            </li>
        }
    };
    let chips: Vec<_> = conditions.iter().enumerate().map(chip).collect();
    (!chips.is_empty()).then(|| view! { <ul class="chips">{chips}</ul> }.into_any())
}

/// The form that asks for a condition, below the event that it is for.
#[component]
pub fn NewCondition(
    /// Called with the condition; with nothing when it is not wanted after all.
    #[prop(into)]
    on_done: Callback<Option<Condition>>,
) -> impl IntoView {
    let open = RwSignal::new(true);
    let keys = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() {
            event.prevent_default();
            event.stop_propagation();
            on_done.run(None);
        }
    };
    request_animation_frame(|| focus::give("filter-column"));
    view! {
        <div class="step-form" on:keydown=keys>
            <ConditionForm open on_add=move |condition| on_done.run(Some(condition))/>
        </div>
    }
}
