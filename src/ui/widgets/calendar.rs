//! Two months of days, of which a first and a last one are chosen; the lower part of a [`DateRange`](super::date_range).
//!
//! Keyboard: Left, Right, Up and Down go by days and weeks, Home and End to the ends of the week, Page Up and Page Down by
//! months, with Shift by years; Enter or Space takes the first day and then the last; Escape forgets the first.
//!
//! Pattern: grid with one stop of Tab (WAI-ARIA APG: Date Picker Dialog).

use leptos::prelude::*;
use leptos::tachys::html::event::KeyboardEvent;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

use super::focus::give;
use crate::icon::{Glyph, Icon};
use crate::state::App;
use strata::dataset::calendar::{Day, Period, Periods, WeekStart};
use strata::locale::Words;

/// What the cells are drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    span: (Day, Day),
    /// What is marked: the range that holds, or what would hold if the day at hand were taken.
    marked: (Day, Day),
    /// The day that Tab leads to.
    cursor: Day,
    week_start: WeekStart,
}

/// The calendar, `#<id>-calendar`.
#[component]
pub fn Calendar(
    /// Names the control it belongs to.
    id: &'static str,
    /// First and last day that can be chosen.
    span: Signal<(Day, Day)>,
    /// First and last day that are chosen.
    chosen: Signal<(Day, Day)>,
    /// Where weeks start.
    week_start: Signal<WeekStart>,
    /// Called with another first and last day.
    on_pick: Callback<(Day, Day)>,
) -> impl IntoView {
    let app = App::get();
    let started = RwSignal::new(None::<Day>);
    let cursor = RwSignal::new(chosen.get_untracked().1);
    // The number of the month on the right.
    let shown = RwSignal::new(month_number(chosen.get_untracked().1));
    Effect::new(move || {
        let (first, last) = chosen.get();
        started.set(None);
        // Where the focus is, if one of the ends has just been taken.
        if ![first, last].contains(&cursor.get_untracked()) {
            cursor.set(last);
        }
        reveal(shown, cursor.get_untracked());
    });
    let look = Memo::new(move |_| {
        let cursor = cursor.get();
        let marked =
            started.get().map_or_else(|| chosen.get(), |start| (start.min(cursor), start.max(cursor)));
        Look { span: span.get(), marked, cursor, week_start: week_start.get() }
    });
    let take = move |day: Day| {
        let (first, last) = span.get_untracked();
        if day < first || day > last {
            return;
        }
        cursor.set(day);
        match started.get_untracked() {
            None => started.set(Some(day)),
            Some(start) => {
                started.set(None);
                on_pick.run((start.min(day), start.max(day)));
            }
        }
    };
    let keys = move |event: KeyboardEvent| {
        let day = cursor.get_untracked();
        match event.key().as_str() {
            "Enter" | " " => take(day),
            "Escape" if started.get_untracked().is_some() => started.set(None),
            key => {
                let Some(wanted) = walk(key, event.shift_key(), day, week_start.get_untracked()) else {
                    return;
                };
                let (first, last) = span.get_untracked();
                let wanted = wanted.clamp(first, last);
                cursor.set(wanted);
                if reveal(shown, wanted) {
                    // Other days take the place of the one with the focus; keys pressed until then are not lost.
                    give(&format!("{id}-calendar"));
                }
                request_animation_frame(move || focus_day(id, cursor.try_get_untracked()));
            }
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let over = move |event: leptos::ev::PointerEvent| {
        // While the last day is being looked for, the range follows the pointer.
        if let Some(day) = day_at(event.target()).filter(|_| started.get_untracked().is_some()) {
            let (first, last) = span.get_untracked();
            cursor.set(day.clamp(first, last));
        }
    };
    let click = move |event: leptos::ev::MouseEvent| {
        if let Some(day) = day_at(event.target()) {
            take(day);
        }
    };
    let turn = move |by: i32| {
        shown.update(|month| *month += by);
        // Tab has to lead to a day that can be seen.
        let (first, last) = span.get_untracked();
        let month = shown.get_untracked();
        let (from, to) = (months().first_day(month - 1), months().last_day(month));
        cursor.update(|day| *day = (*day).clamp(from, to).clamp(first, last));
    };
    let hint = move || {
        let words = app.words();
        if started.get().is_some() { words.control_range_pick_last } else { words.control_range_pick_first }
    };
    let back = Signal::derive(move || shown.get() - 1 <= month_number(span.get().0));
    let on = Signal::derive(move || shown.get() >= month_number(span.get().1));
    view! {
        <div class="calendar" id=format!("{id}-calendar") tabindex="-1" on:keydown=keys on:click=click on:pointerover=over>
            <Turn id=format!("{id}-back") icon=Icon::Left label=|words| words.control_month_back
                disabled=back turn=Callback::new(move |()| turn(-1))/>
            <Turn id=format!("{id}-on") icon=Icon::Right label=|words| words.control_month_on
                disabled=on turn=Callback::new(move |()| turn(1))/>
            <div class="months">
                {[1, 0].map(|before| view! { <Month id number=Signal::derive(move || shown.get() - before) look/> }).into_iter().collect_view()}
            </div>
            <p class="hint" role="status">{hint}</p>
        </div>
    }
}

#[component]
fn Turn(
    id: String,
    icon: Icon,
    label: fn(&Words) -> &'static str,
    disabled: Signal<bool>,
    turn: Callback<()>,
) -> impl IntoView {
    let app = App::get();
    let label = move || label(app.words());
    let press = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        turn.run(());
    };
    // The calendar's keys are the grid's.
    view! {
        <button type="button" class="icon-button" id=id aria-label=label title=label disabled=disabled on:click=press
            on:keydown=|event| if event.key() != "Escape" { event.stop_propagation() }>
            <Glyph icon/>
        </button>
    }
}

#[component]
fn Month(id: &'static str, number: Signal<i32>, look: Memo<Look>) -> impl IntoView {
    let app = App::get();
    let title = move || app.language.get().month(months().first_day(number.get()));
    let heads = move || {
        let words = app.words();
        let names = [
            words.control_weekday_1,
            words.control_weekday_2,
            words.control_weekday_3,
            words.control_weekday_4,
            words.control_weekday_5,
            words.control_weekday_6,
            words.control_weekday_7,
        ];
        let shift = if look.get().week_start == WeekStart::Sunday { 6 } else { 0 };
        names
            .into_iter()
            .cycle()
            .skip(shift)
            .take(7)
            .map(|name| view! { <th scope="col">{name}</th> })
            .collect_view()
    };
    // What changes with every key is left to the cells, so that the focus stays on them.
    let week_start = Memo::new(move |_| look.get().week_start);
    let weeks = move || {
        let (language, week_start) = (app.language.get(), week_start.get());
        let (first, last) = (months().first_day(number.get()), months().last_day(number.get()));
        let begin = first.0 - weekday(first, week_start);
        // Always six weeks: the panel does not jump when the month is turned.
        let week = |week: i32| {
            let days = (0..7).map(|weekday| {
                let day = Day(begin + week * 7 + weekday);
                let inside = (first..=last).contains(&day);
                if inside { cell(id, day, look, language.date(day)) } else { view! { <td></td> }.into_any() }
            });
            view! { <tr>{days.collect_view()}</tr> }
        };
        (0..6).map(week).collect_view()
    };
    view! {
        <table class="month" role="grid" aria-label=title>
            <caption aria-hidden="true">{title}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
    }
}

fn cell(id: &str, day: Day, look: Memo<Look>, name: String) -> AnyView {
    let within = move || look.with(|look| look.marked.0 <= day && day <= look.marked.1);
    let class = move || {
        let (first, last) = look.with(|look| look.marked);
        let part = |holds: bool, name: &'static str| if holds { name } else { "" };
        let parts = [part(within(), " within"), part(day == first, " first"), part(day == last, " last")];
        format!("day{}", parts.concat())
    };
    view! {
        <td role="gridcell" class=class id=format!("{id}-{day}") data-day=day.0.to_string() aria-label=name
            tabindex=move || if look.with(|look| look.cursor == day) { "0" } else { "-1" }
            aria-selected=move || within().to_string()
            aria-disabled=move || look.with(|look| day < look.span.0 || day > look.span.1).then_some("true")>
            {day.year_month_day().2.to_string()}
        </td>
    }
    .into_any()
}

fn months() -> Periods {
    Periods { period: Period::Month, week_start: WeekStart::Monday }
}

fn month_number(day: Day) -> i32 {
    months().number(day)
}

/// Days since the week began.
fn weekday(day: Day, week_start: WeekStart) -> i32 {
    match week_start {
        WeekStart::Monday => day.days_since_monday(),
        WeekStart::Sunday => (day.days_since_monday() + 1) % 7,
    }
}

/// Where a key leads.
fn walk(key: &str, shift: bool, day: Day, week_start: WeekStart) -> Option<Day> {
    Some(match key {
        "ArrowLeft" => Day(day.0 - 1),
        "ArrowRight" => Day(day.0 + 1),
        "ArrowUp" => Day(day.0 - 7),
        "ArrowDown" => Day(day.0 + 7),
        "Home" => Day(day.0 - weekday(day, week_start)),
        "End" => Day(day.0 - weekday(day, week_start) + 6),
        "PageUp" => by_months(day, if shift { -12 } else { -1 }),
        "PageDown" => by_months(day, if shift { 12 } else { 1 }),
        _ => return None,
    })
}

/// The same date some months later, or the last one of that month.
fn by_months(day: Day, by: i32) -> Day {
    let number = month_number(day) + by;
    let date = day.0 - months().first_day(month_number(day)).0;
    Day(months().first_day(number).0 + date).min(months().last_day(number))
}

/// Turns to the months with this day; whether they were not shown already.
fn reveal(shown: RwSignal<i32>, day: Day) -> bool {
    let month = month_number(day);
    let right = shown.get_untracked();
    let wanted = month.max(right).min(month + 1);
    // Telling of the same month again would draw it again, and the focus would be lost.
    let turned = wanted != right;
    if turned {
        shown.set(wanted);
    }
    turned
}

fn focus_day(id: &str, day: Option<Day>) {
    if let Some(day) = day {
        give(&format!("{id}-{day}"));
    }
}

fn day_at(target: Option<web_sys::EventTarget>) -> Option<Day> {
    let cell = target?.dyn_into::<Element>().ok()?.closest("[data-day]").ok().flatten()?;
    cell.dyn_into::<HtmlElement>().ok()?.get_attribute("data-day")?.parse().ok().map(Day)
}
