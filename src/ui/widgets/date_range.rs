//! A date range: presets counted back from the last day of the data, two fields, and a calendar.
//!
//! Use it as the content of a [`Popover`](super::popover). A single day is an [`Input`](super::field::Input) of the kind
//! `date`. What is chosen holds at once; a range that cannot be is refused with the reason, and the old one stays.
//!
//! Keyboard: presets and fields are ordinary buttons and fields; the calendar is one stop of Tab, see
//! [`Calendar`](super::calendar).
//!
//! Pattern: group of toggle buttons, and the grid of a date picker (WAI-ARIA APG: Date Picker Dialog).

use leptos::prelude::*;

use super::calendar::Calendar;
use crate::state::App;
use strata::dataset::calendar::{Day, WeekStart};
use strata::dataset::presets::{Preset, Unit};
use strata::locale::{Language, Words, fill};

/// Why a range is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Refusal {
    Empty,
    Backwards,
    Outside,
}

/// What there is to choose from; the ids begin with `<id>-`.
#[component]
pub fn DateRange(
    /// Names the control.
    id: &'static str,
    /// First and last day of the data.
    span: Signal<(Day, Day)>,
    /// What holds now, first and last day; all of the data when there is none.
    #[prop(into)]
    value: Signal<Option<(Day, Day)>>,
    /// Where weeks start.
    week_start: Signal<WeekStart>,
    /// Called with another range.
    #[prop(into)]
    on_change: Callback<Option<(Day, Day)>>,
) -> impl IntoView {
    let app = App::get();
    let chosen = Signal::derive(move || value.get().unwrap_or_else(|| span.get()));
    let texts = RwSignal::new((String::new(), String::new()));
    let refusal = RwSignal::new(None::<Refusal>);
    Effect::new(move || {
        let (from, to) = chosen.get();
        texts.set((from.to_string(), to.to_string()));
        refusal.set(None);
    });
    let choose = Callback::new(move |(from, to): (Day, Day)| {
        let wanted = Some((from, to)).filter(|wanted| *wanted != span.get_untracked());
        refusal.set(None);
        if wanted == value.get_untracked() {
            texts.set((from.to_string(), to.to_string()));
        } else {
            on_change.run(wanted);
        }
    });
    let enter = move || match texts.with_untracked(|(from, to)| check(from, to, span.get_untracked())) {
        Ok(range) => choose.run(range),
        Err(reason) => refusal.set(Some(reason)),
    };
    let message = move || refusal.get().map(|reason| explain(reason, span.get(), app.language.get()));
    let error = format!("{id}-error");
    let field = |end: &'static str,
                 label: fn(&Words) -> &'static str,
                 pick: fn(&mut (String, String)) -> &mut String| {
        let (field, described) = (format!("{id}-{end}"), error.clone());
        view! {
            <label class="field" for=field.clone()>
                <span class="label">{move || label(app.words())}</span>
                <input type="date" id=field.clone()
                    min=move || span.get().0.to_string() max=move || span.get().1.to_string()
                    aria-invalid=move || refusal.get().map(|_| "true")
                    aria-describedby=move || refusal.get().map(|_| described.clone())
                    prop:value=move || texts.with(|texts| pick(&mut texts.clone()).clone())
                    on:change=move |event| {
                        texts.update(|texts| *pick(texts) = event_target_value(&event));
                        enter();
                    }/>
            </label>
        }
    };
    view! {
        <div class="date-range" id=id>
            <Presets id span value week_start choose/>
            <div class="date-range-days">
                <div class="date-range-fields">
                    {field("from", |words| words.control_range_from, |texts| &mut texts.0)}
                    {field("to", |words| words.control_range_to, |texts| &mut texts.1)}
                </div>
                <p class="field-error" id=error.clone() role="alert">{message}</p>
                <Calendar id span chosen week_start on_pick=choose/>
            </div>
        </div>
    }
}

#[component]
fn Presets(
    id: &'static str,
    span: Signal<(Day, Day)>,
    value: Signal<Option<(Day, Day)>>,
    week_start: Signal<WeekStart>,
    choose: Callback<(Day, Day)>,
) -> impl IntoView {
    let app = App::get();
    let button = move |preset: Preset| {
        let range = move || preset.range(span.get(), week_start.get());
        let pressed = move || range().is_some_and(|range| range == value.get().unwrap_or_else(|| span.get()));
        let press = move |_| {
            if let Some(range) = preset.range(span.get_untracked(), week_start.get_untracked()) {
                choose.run(range);
            }
        };
        view! {
            <button type="button" class="preset" id=format!("{id}-{}", slug(preset)) disabled=move || range().is_none()
                aria-pressed=move || pressed().to_string() on:click=press>{move || name(preset, app.words())}</button>
        }
    };
    view! {
        <div class="presets" role="group" aria-label=move || app.words().control_range_presets>
            {Preset::ALL.map(button).into_iter().collect_view()}
        </div>
    }
}

/// The range of two dates as the fields give them.
fn check(from: &str, to: &str, span: (Day, Day)) -> Result<(Day, Day), Refusal> {
    let (Ok(from), Ok(to)) = (from.parse::<Day>(), to.parse::<Day>()) else { return Err(Refusal::Empty) };
    if from > to {
        Err(Refusal::Backwards)
    } else if from < span.0 || to > span.1 {
        Err(Refusal::Outside)
    } else {
        Ok((from, to))
    }
}

fn explain(reason: Refusal, (first, last): (Day, Day), language: Language) -> String {
    let words = language.words();
    match reason {
        Refusal::Empty => words.control_range_empty.to_owned(),
        Refusal::Backwards => words.control_range_backwards.to_owned(),
        Refusal::Outside => fill(
            words.control_range_outside,
            &[("first", &language.date(first)), ("last", &language.date(last))],
        ),
    }
}

/// What a preset is called.
#[must_use]
pub fn name(preset: Preset, words: &Words) -> String {
    let name = match preset {
        Preset::All => words.control_range_all,
        Preset::Days(days) => return fill(words.control_range_days, &[("days", &days.to_string())]),
        Preset::Back(Unit::Week, 0) => words.control_range_week,
        Preset::Back(Unit::Week, _) => words.control_range_week_before,
        Preset::Back(Unit::Month, 0) => words.control_range_month,
        Preset::Back(Unit::Month, _) => words.control_range_month_before,
        Preset::Back(Unit::Quarter, 0) => words.control_range_quarter,
        Preset::Back(Unit::Quarter, _) => words.control_range_quarter_before,
        Preset::Back(Unit::Year, 0) => words.control_range_year,
        Preset::Back(Unit::Year, _) => words.control_range_year_before,
    };
    name.to_owned()
}

fn slug(preset: Preset) -> String {
    match preset {
        Preset::All => "all".to_owned(),
        Preset::Days(days) => format!("days-{days}"),
        Preset::Back(unit, back) => {
            let unit = match unit {
                Unit::Week => "week",
                Unit::Month => "month",
                Unit::Quarter => "quarter",
                Unit::Year => "year",
            };
            format!("{unit}-{back}")
        }
    }
}
