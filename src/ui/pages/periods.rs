//! Periods on pages: the choice between them, their names, their axis.

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::frame::zone_text;
use crate::widgets::question::Answered;
use crate::widgets::segmented::Segmented;
use strata::chart::{Emphasis, Series, XAxis};
use strata::dataset::calendar::{Day, Period, Periods, WeekStart};
use strata::engine::request::Query;
use strata::locale::{Language, Words, fill};

/// The choice between periods.
#[component]
pub fn PeriodChoice(
    /// Names the control.
    #[prop(default = "period")]
    id: &'static str,
    /// What is divided into periods.
    label: fn(&'static Words) -> &'static str,
    /// The period that holds.
    #[prop(into)]
    value: Signal<Period>,
    /// Called with another one.
    #[prop(into)]
    on_change: Callback<Period>,
) -> impl IntoView {
    let app = App::get();
    let choices = Signal::derive(move || {
        let words = app.words();
        let choice = |period| (key(period).to_owned(), word(period, words).to_owned());
        Period::ALL.into_iter().map(choice).collect::<Vec<_>>()
    });
    let name = Signal::derive(move || label(app.words()).to_owned());
    let now = Signal::derive(move || key(value.get()).to_owned());
    let change = move |chosen: String| {
        if let Some(period) = Period::ALL.into_iter().find(|period| key(*period) == chosen) {
            on_change.run(period);
        }
    };
    view! { <Segmented id label=name choices value=now on_change=change/> }
}

/// The name in the address and in ids.
fn key(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
    }
}

/// What the choice calls a period.
pub fn word(period: Period, words: &Words) -> &'static str {
    match period {
        Period::Day => words.page_period_day,
        Period::Week => words.page_period_week,
        Period::Month => words.page_period_month,
        Period::Quarter => words.page_period_quarter,
    }
}

/// What a period is called that begins and ends on these days.
pub fn name((start, end): (Day, Day), period: Period, language: Language) -> String {
    match period {
        Period::Day => language.date(start),
        Period::Week => fill(
            language.words().chart_range,
            &[("low", &language.date(start)), ("high", &language.date(end))],
        ),
        Period::Month => language.month(start),
        Period::Quarter => language.quarter(start),
    }
}

/// The axis of so many periods from the one that begins on a day.
pub fn axis(start: Option<Day>, count: usize, period: Period, week_start: WeekStart) -> XAxis {
    let start = start.unwrap_or_default();
    let periods = Periods { period, week_start };
    match period {
        Period::Day => XAxis::Days(start, count),
        _ => XAxis::Periods(periods.number(start), count, periods),
    }
}

/// Adds the start of the week that the page shows, where it is not the one that the data were opened with.
pub fn with_week_start(app: App, mut query: Query) -> Query {
    let opened = app.opened.with(|opened| opened.as_ref().map(|opened| opened.week_start));
    let week_start = app.week_start.get();
    if let Some(params) = query.params.as_object_mut()
        && params.get("weekStart").is_none_or(serde_json::Value::is_null)
        && opened.is_some_and(|opened| opened != week_start)
    {
        params.insert("weekStart".to_owned(), serde_json::to_value(week_start).unwrap_or_default());
    }
    query
}

/// The unit and the zone, as every chart prints them below its title.
pub fn subtitle<R>(
    unit: &str,
    answered: &Answered<R>,
    week_start: Option<WeekStart>,
    language: Language,
) -> String {
    let week_start = week_start.unwrap_or(answered.week_start);
    let zone = zone_text(&answered.time_zone, week_start, language);
    format!("{unit}{}{zone}", language.words().widget_subtitle_separator)
}

/// The values of a line, and the place from which on they are not complete yet.
pub type Values = (Vec<Option<f64>>, Option<usize>);

/// A line, and the same of what it is compared with, laid over it from its own first place on.
pub fn with_compared(name: &str, own: Values, compared: Option<Values>, language: Language) -> Vec<Series> {
    let length = own.0.len();
    let line = |name: String, (values, open_from), emphasis| Series { name, values, open_from, emphasis };
    let before = compared.map(|(mut values, open_from)| {
        values.truncate(length);
        let open_from = open_from.filter(|&from| from < values.len());
        let name = fill(language.words().page_line_compared, &[("line", name)]);
        line(name, (values, open_from), Emphasis::Comparison)
    });
    std::iter::once(line(name.to_owned(), own, Emphasis::Normal)).chain(before).collect()
}

/// Lines that are each followed by what they are compared with, the own ones first: marks are numbered so.
pub fn own_first(lines: impl Iterator<Item = Series>) -> Vec<Series> {
    let (own, compared): (Vec<Series>, Vec<Series>) =
        lines.partition(|line| line.emphasis == Emphasis::Normal);
    own.into_iter().chain(compared).collect()
}
