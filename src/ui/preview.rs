//! The first rows of a file with, above each column, what it is used as, its type, and why that was guessed.

use leptos::{ev, prelude::*};

use super::mapping::Choices;
use super::state::App;
use strata::ingest::guess::{Basis, ColumnGuess};
use strata::ingest::mapping::{ColumnType, FileKind, Role};
use strata::ingest::time::{self, TimeFormat};
use strata::locale::fill;

/// The preview.
#[component]
pub fn Preview(
    /// What the page's parts share.
    choices: Choices,
) -> impl IntoView {
    let app = App::get();
    // Built once for each file and kind: a change of a role must not take the focus from the control that made it.
    move || {
        let kind = choices.kind.get();
        choices.inspection.get().map(|inspection| {
            let names: Vec<String> = inspection.columns.iter().map(|column| column.name.clone()).collect();
            let heads: Vec<_> = inspection
                .columns
                .into_iter()
                .enumerate()
                .map(|(index, guess)| view! { <ColumnHead index guess kind choices/> })
                .collect();
            let empty = inspection.preview.is_empty();
            let rows: Vec<_> = inspection
                .preview
                .into_iter()
                .map(|row| view! { <tr>{cells(app, choices, &names, row)}</tr> })
                .collect();
            view! {
                <div class="table-scroll preview" tabindex="0" role="group" aria-label=move || app.words().mapping_preview>
                    <table class="data" id="preview">
                        <thead><tr>{heads}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                    {empty.then(|| view! { <p class="empty">{move || app.words().mapping_no_rows}</p> })}
                </div>
            }
        })
    }
}

fn cells(app: App, choices: Choices, names: &[String], row: Vec<String>) -> Vec<impl IntoView + use<>> {
    row.into_iter()
        .enumerate()
        .map(|(index, text)| {
            let name = names.get(index).cloned().unwrap_or_default();
            let (empty, title) = (text.is_empty(), text.clone());
            let ignored = {
                let name = name.clone();
                move || choices.mapping.with(|mapping| mapping.role(&name) == Role::Ignore)
            };
            let number = move || choices.mapping.with(|mapping| mapping.column_type(&name) == ColumnType::Number);
            view! {
                <td class:num=number class:ignored=ignored title=title>
                    {text}
                    {empty.then(|| view! { <span class="muted">{move || app.words().mapping_empty_cell}</span> })}
                </td>
            }
        })
        .collect()
}

/// Name, role, type and reason of one column.
#[component]
fn ColumnHead(index: usize, guess: ColumnGuess, kind: FileKind, choices: Choices) -> impl IntoView {
    let app = App::get();
    let name = StoredValue::new(guess.name.clone());
    let role = Memo::new(move |_| name.with_value(|name| choices.mapping.with(|mapping| mapping.role(name))));
    let column_type =
        Memo::new(move |_| name.with_value(|name| choices.mapping.with(|mapping| mapping.column_type(name))));
    let labelled = move |phrase: &'static str| fill(phrase, &[("column", &name.get_value())]);
    let (guessed, basis) = (guess.role, guess.basis);
    let why = move || {
        let words = app.words();
        match basis {
            _ if role.get() != guessed => words.mapping_basis_chosen,
            Basis::Name => words.mapping_basis_name,
            Basis::Content => words.mapping_basis_content,
            Basis::Rest => words.mapping_basis_rest,
        }
    };
    // A role that the kind does not offer can still be there, because it was guessed or asked for.
    let odd = Some(role.get_untracked()).filter(|role| !kind.roles().contains(role));
    let roles = kind.roles().iter().copied().chain(odd).map(|option| {
        view! {
            <option value=option.name() prop:selected=move || role.get() == option>
                {move || option.label(app.language.get())}
            </option>
        }
        .into_any()
    });
    let roles: Vec<AnyView> = roles.collect();
    let types = [ColumnType::Text, ColumnType::Number, ColumnType::Time].map(|option| {
        view! {
            <option value=type_name(option) prop:selected=move || column_type.get() == option>
                {move || app.words().get(&format!("type_{}", type_name(option))).unwrap_or_default()}
            </option>
        }
    });
    let choose_role = {
        let guess = guess.clone();
        move |event: ev::Event| {
            let chosen = event_target_value(&event);
            if let Some(role) = Role::EVERY.into_iter().find(|role| role.name() == chosen) {
                set_role(app, &guess, role);
            }
        }
    };
    let choose_type = move |event: ev::Event| {
        let chosen = event_target_value(&event);
        let all = [ColumnType::Text, ColumnType::Number, ColumnType::Time];
        if let Some(column_type) = all.into_iter().find(|option| type_name(*option) == chosen) {
            app.change_mapping(|mapping| mapping.set_type(&name.get_value(), column_type));
        }
    };
    view! {
        <th scope="col" class:ignored=move || role.get() == Role::Ignore class:main-role=move || is_main(role.get())>
            <span class="column-name" title=guess.name.clone()>{guess.name.clone()}</span>
            <select id=format!("role-{index}") data-column=guess.name.clone() aria-label=move || labelled(app.words().mapping_role_of)
                on:change=choose_role>{roles}</select>
            <select id=format!("type-{index}") class="type" aria-label=move || labelled(app.words().mapping_type_of)
                disabled=move || role.get() != Role::Attribute on:change=choose_type>{types}</select>
            <span class="why">{why}</span>
        </th>
    }
}

/// Roles that the analyses rest on.
fn is_main(role: Role) -> bool {
    !matches!(role, Role::Attribute | Role::Ignore)
}

fn type_name(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Text => "text",
        ColumnType::Number => "number",
        ColumnType::Time => "time",
    }
}

fn set_role(app: App, guess: &ColumnGuess, role: Role) {
    let mut new_time = false;
    app.change_mapping(|mapping| {
        let before = mapping.role(&guess.name);
        mapping.set_role(&guess.name, role);
        if role == Role::Event || before == Role::Event {
            // They name events of the column that is no longer the one.
            mapping.purchase_events = None;
            mapping.refund_events = None;
        }
        if role == Role::Time || before == Role::Time {
            new_time = true;
            mapping.time_format = if role == Role::Time { guess.time_format } else { None };
        }
        // An attribute takes the type that its cells show; other dates than year first are kept as text.
        if role == Role::Attribute && guess.time_format.is_none_or(|format| format == TimeFormat::YearFirst) {
            mapping.set_type(&guess.name, guess.column_type);
        }
    });
    if new_time {
        app.say_date_order(false);
    }
}

/// The name of a way to write times.
#[must_use]
pub fn format_name(app: App, format: TimeFormat) -> &'static str {
    let words = app.words();
    match format {
        TimeFormat::YearFirst => words.mapping_format_year_first,
        TimeFormat::DayFirst => words.mapping_format_day_first,
        TimeFormat::MonthFirst => words.mapping_format_month_first,
        TimeFormat::EpochSeconds => words.mapping_format_epoch_seconds,
        TimeFormat::EpochMilliseconds => words.mapping_format_epoch_milliseconds,
        TimeFormat::EpochMicroseconds => words.mapping_format_epoch_microseconds,
        TimeFormat::EpochNanoseconds => words.mapping_format_epoch_nanoseconds,
        TimeFormat::ExcelSerial => words.mapping_format_excel_serial,
    }
}

/// How times are written, with a warning when the first rows do not fit.
#[component]
pub fn TimeFormatField(
    /// What the page's parts share.
    choices: Choices,
) -> impl IntoView {
    let app = App::get();
    let format = Memo::new(move |_| {
        let chosen = choices.mapping.with(|mapping| mapping.time_format);
        chosen.or_else(|| choices.time_guess().and_then(|guess| guess.time_format)).unwrap_or_default()
    });
    let options = TimeFormat::ALL.into_iter().enumerate().map(|(index, option)| {
        view! {
            <option value=index.to_string() prop:selected=move || format.get() == option>{move || format_name(app, option)}</option>
        }
    });
    let choose = move |event: ev::Event| {
        let index = event_target_value(&event).parse::<usize>().ok();
        if let Some(&format) = index.and_then(|index| TimeFormat::ALL.get(index)) {
            app.change_mapping(|mapping| mapping.time_format = Some(format));
            app.say_date_order(true);
        }
    };
    let misfit = move || {
        let cells = choices.time_cells();
        let wrong = cells.iter().find(|cell| time::parse(cell.as_bytes(), format.get()).is_none())?;
        let column = choices.mapping.with(|mapping| mapping.time.clone()).unwrap_or_default();
        Some(fill(app.words().mapping_not_a_time, &[("column", &column), ("cell", wrong)]))
    };
    view! {
        <label class="field" for="time-format">
            <span>{move || app.words().mapping_format}</span>
            <select id="time-format" disabled=move || choices.mapping.with(|mapping| mapping.time.is_none()) on:change=choose>
                {options.collect::<Vec<_>>()}
            </select>
            <span class="hint warning" id="time-format-hint" aria-live="polite">{misfit}</span>
        </label>
    }
}
