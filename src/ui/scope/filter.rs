//! Adds a condition: a column, and what its cells may be.

use leptos::prelude::*;

use crate::icon::Icon;
use crate::state::App;
use crate::text;
use crate::widgets::combobox::Combobox;
use crate::widgets::popover::Popover;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::Input;
use strata::dataset::columns::ColumnInfo;
use strata::dataset::filter::{Condition, Number};
use strata::ingest::mapping::{ColumnType, Role};
use strata::locale::{Words, fill};

type Phrase = fn(&Words) -> &'static str;

/// The button, and the form behind it.
#[component]
pub fn FilterMenu() -> impl IntoView {
    let app = App::get();
    let open = RwSignal::new(false);
    let label = Signal::derive(move || app.words().scope_filter_add.to_owned());
    view! {
        <Popover id="filter-add" text=label label icon=Icon::Filter class="button quiet" open>
            <ConditionForm open on_add=move |condition| {
                let mut all = app.scope.conditions.get_untracked();
                all.push(condition);
                app.scope.set_conditions(&all);
            }/>
        </Popover>
    }
}

/// The columns that a condition can be on: times are chosen as dates.
fn columns(app: App) -> Vec<ColumnInfo> {
    let fitting = |column: &&ColumnInfo| !matches!(column.role, Role::Time | Role::Ignore);
    app.opened.with(|opened| {
        opened
            .as_ref()
            .map(|opened| opened.columns.iter().filter(fitting).cloned().collect())
            .unwrap_or_default()
    })
}

/// What was entered so far, for a column of any kind.
#[derive(Debug, Clone, Copy)]
struct Entered {
    not: RwSignal<bool>,
    values: RwSignal<Vec<String>>,
    low: RwSignal<String>,
    high: RwSignal<String>,
}

impl Entered {
    fn new() -> Self {
        Self {
            not: RwSignal::new(false),
            values: RwSignal::new(Vec::new()),
            low: RwSignal::new(String::new()),
            high: RwSignal::new(String::new()),
        }
    }

    fn clear(self) {
        self.not.set(false);
        self.values.set(Vec::new());
        self.low.set(String::new());
        self.high.set(String::new());
    }

    /// The condition, once there is one; reactive.
    fn condition(self, column: &ColumnInfo) -> Option<Condition> {
        let of = Condition { column: Some(column.name.clone()), ..Condition::default() };
        let (low, high) = (self.low.get().trim().to_owned(), self.high.get().trim().to_owned());
        let number = |text: &String| (!text.is_empty()).then(|| Number::Text(text.clone()));
        let condition = match column.kind {
            ColumnType::Number => Condition { min: number(&low), max: number(&high), ..of },
            ColumnType::Time => Condition { from: low.parse().ok(), to: high.parse().ok(), ..of },
            ColumnType::Text => {
                let values = Some(self.values.get()).filter(|values| !values.is_empty());
                if self.not.get() {
                    Condition { not_in: values, ..of }
                } else {
                    Condition { within: values, ..of }
                }
            }
        };
        let says = condition.within.is_some()
            || condition.not_in.is_some()
            || condition.min.is_some()
            || condition.max.is_some()
            || condition.from.is_some()
            || condition.to.is_some();
        says.then_some(condition)
    }
}

/// Asks for a condition; stands in a panel that it closes.
#[component]
pub fn ConditionForm(
    /// Whether the panel is shown.
    open: RwSignal<bool>,
    /// Called with the condition.
    #[prop(into)]
    on_add: Callback<Condition>,
) -> impl IntoView {
    let app = App::get();
    let entered = Entered::new();
    // Where values differ most usefully: a named column rather than the users' ids.
    let first = columns(app).into_iter().find(|column| !column.values.is_empty());
    let chosen = RwSignal::new(first.map(|column| column.name).unwrap_or_default());
    let column = Memo::new(move |_| {
        columns(app).into_iter().find(|column| chosen.with(|chosen| *chosen == column.name))
    });
    let choices = Signal::derive(move || {
        columns(app).into_iter().map(|column| (column.name.clone(), column.name)).collect::<Vec<_>>()
    });
    let choose = move |name: String| {
        entered.clear();
        chosen.set(name);
    };
    let condition = Memo::new(move |_| column.get().and_then(|column| entered.condition(&column)));
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(condition) = condition.get_untracked() {
            open.set(false);
            on_add.run(condition);
        }
    };
    let cells = move || {
        column.get().map(|column| match column.kind {
            ColumnType::Text if column.values.is_empty() => typed(app, entered),
            ColumnType::Text => values(app, entered, column),
            ColumnType::Number => bounds(app, entered, "text", &column),
            ColumnType::Time => bounds(app, entered, "date", &column),
        })
    };
    view! {
        <form class="stack" id="filter-form" on:submit=apply>
            <Combobox id="filter-column" label=Signal::derive(move || app.words().scope_filter_column.to_owned())
                choices value=chosen on_change=choose/>
            {cells}
            <button type="submit" class="button primary" id="filter-apply" disabled=move || condition.with(Option::is_none)>
                {move || app.words().scope_filter_apply}
            </button>
        </form>
    }
}

/// Whether the values are wanted or not.
fn is_or_not(app: App, entered: Entered) -> AnyView {
    let choices = Signal::derive(move || {
        let words = app.words();
        vec![
            ("is".to_owned(), words.scope_filter_is.to_owned()),
            ("not".to_owned(), words.scope_filter_is_not.to_owned()),
        ]
    });
    let value = Signal::derive(move || if entered.not.get() { "not" } else { "is" }.to_owned());
    let change = move |chosen: String| entered.not.set(chosen == "not");
    let label = Signal::derive(move || app.words().scope_filter_test.to_owned());
    view! { <Segmented id="filter-test" label choices value on_change=change/> }.into_any()
}

/// A text column's values to tick, most frequent first.
fn values(app: App, entered: Entered, column: ColumnInfo) -> AnyView {
    let search = RwSignal::new(String::new());
    let total = column.distinct;
    let shown = column.values.len() as u64;
    let all = StoredValue::new(column.values);
    let row = move |(value, rows): (String, u64)| {
        let (own, now) = (value.clone(), value.clone());
        let toggle = move |_| {
            entered.values.update(|values| match values.iter().position(|value| *value == own) {
                Some(place) => {
                    values.remove(place);
                }
                None => values.push(own.clone()),
            });
        };
        let language = app.language.get();
        let name = if value.is_empty() { language.words().mapping_empty_cell.to_owned() } else { value };
        let text = fill(
            language.words().scope_filter_value,
            &[("value", &name), ("rows", &text::count(language, rows))],
        );
        view! {
            <li><label class="check">
                <input type="checkbox" prop:checked=move || entered.values.with(|values| values.contains(&now)) on:change=toggle/>
                <span>{text}</span>
            </label></li>
        }
    };
    let rows = move || {
        let wanted = search.get().to_lowercase();
        let fitting = |(value, _): &(String, u64)| value.to_lowercase().contains(&wanted);
        all.with_value(|all| all.iter().filter(|value| fitting(value)).cloned().collect::<Vec<_>>())
            .into_iter()
            .map(row)
            .collect_view()
    };
    let more = move || {
        let count = |number| text::count(app.language.get(), number);
        (total > shown).then(|| {
            fill(app.words().scope_filter_more, &[("shown", &count(shown)), ("total", &count(total))])
        })
    };
    let find = move || app.words().scope_filter_search;
    view! {
        {is_or_not(app, entered)}
        <input type="search" id="filter-search" aria-label=find placeholder=find autocomplete="off" spellcheck="false"
            prop:value=search on:input=move |event| search.set(event_target_value(&event))/>
        <ul class="check-list" id="filter-values" aria-label=move || app.words().scope_filter_values>{rows}</ul>
        <p class="hint">{more}</p>
    }
    .into_any()
}

/// Values of a column with too many of them to list: typed or pasted.
fn typed(app: App, entered: Entered) -> AnyView {
    let read = move |event| {
        let text = event_target_value(&event);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        entered.values.set(lines.collect());
    };
    view! {
        {is_or_not(app, entered)}
        <label class="field" for="filter-typed">
            <span class="label">{move || app.words().scope_filter_typed}</span>
            <textarea id="filter-typed" rows="5" spellcheck="false" on:input=read></textarea>
        </label>
    }
    .into_any()
}

/// A lowest and a highest number or day; what the data hold stands in the empty fields.
fn bounds(app: App, entered: Entered, kind: &'static str, column: &ColumnInfo) -> AnyView {
    let (low, high): (Phrase, Phrase) = if kind == "date" {
        (|words| words.scope_filter_from, |words| words.scope_filter_to)
    } else {
        (|words| words.scope_filter_min, |words| words.scope_filter_max)
    };
    let field = |id: &str, label: Phrase, value: RwSignal<String>, least: &Option<String>| {
        let label = Signal::derive(move || label(app.words()).to_owned());
        let hint = least.clone().unwrap_or_default();
        view! {
            <Input id=id.to_owned() kind label value on_change=move |text: String| value.set(text)/>
            <p class="hint">{hint}</p>
        }
    };
    view! {
        <div class="bounds">
            <div>{field("filter-low", low, entered.low, &column.min)}</div>
            <div>{field("filter-high", high, entered.high, &column.max)}</div>
        </div>
    }
    .into_any()
}
