//! Which columns a list is saved with.

use leptos::prelude::*;

use super::Form;
use strata::engine::lists::{ListColumn, ListPlan, OfferedColumn};
use strata::locale::{Language, fill};
use strata::privacy::personal::Personal;

/// The columns that a plan has chosen.
pub(super) fn chosen(plan: &ListPlan) -> Vec<ListColumn> {
    plan.columns.iter().filter(|column| column.chosen).map(|column| column.column.clone()).collect()
}

/// Whether a plan says that the ids tell who somebody is.
pub(super) fn are_ids_personal(plan: &ListPlan) -> bool {
    plan.columns.iter().any(|column| column.column == ListColumn::Id && column.personal.is_some())
}

/// What a column tells of people, in words.
pub(super) fn kind(personal: Personal, language: Language) -> &'static str {
    language.words().get(&format!("personal_{}", personal.code())).unwrap_or_default()
}

/// All columns, each to be ticked.
#[component]
pub(super) fn Columns(form: Form) -> impl IntoView {
    let app = form.app;
    let columns = Memo::new(move |before: Option<&Vec<OfferedColumn>>| {
        // What is ticked is the form's; the list stays while only that changes.
        let plain = |column: OfferedColumn| OfferedColumn { chosen: false, ..column };
        let plan = form.last_plan().map(|plan| plan.columns.into_iter().map(plain).collect());
        plan.or_else(|| before.cloned()).unwrap_or_default()
    });
    let rows = move || {
        let row = |(place, offered): (usize, OfferedColumn)| {
            let (own, toggled) = (offered.column.clone(), offered.column);
            let ticked = move || {
                form.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.contains(&own)))
            };
            let toggle = move |event| toggle(form, columns, &toggled, event_target_checked(&event));
            let personal = offered.personal.map(|personal| {
                let text = move || {
                    let kind = kind(personal, app.language.get());
                    fill(app.words().list_personal, &[("kind", kind)])
                };
                view! { <small class="list-personal">{text}</small> }
            });
            view! {
                <li>
                    <label class="check">
                        <input type="checkbox" id=format!("list-column-{place}") prop:checked=ticked on:change=toggle/>
                        <span>{offered.name} " " {personal}</span>
                    </label>
                </li>
            }
        };
        columns.get().into_iter().enumerate().map(row).collect_view()
    };
    view! {
        <fieldset class="list-columns" id="list-columns">
            <legend class="label">{move || app.words().list_columns}</legend>
            <ul class="check-list">{rows}</ul>
            <p class="hint">{move || app.words().list_columns_hint}</p>
        </fieldset>
    }
}

/// Ticks a column or takes it out; those that are in stand in the order in which they are offered.
fn toggle(form: Form, columns: Memo<Vec<OfferedColumn>>, column: &ListColumn, ticked: bool) {
    form.chosen.update(|chosen| {
        let chosen = chosen.get_or_insert_default();
        let is_in = |other: &ListColumn| if other == column { ticked } else { chosen.contains(other) };
        let all = columns.with_untracked(|columns| {
            columns.iter().map(|offered| offered.column.clone()).filter(is_in).collect::<Vec<_>>()
        });
        *chosen = all;
    });
}
