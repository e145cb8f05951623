//! When: windows of days, stretches back, lengths of time, and the day that the rule is asked as of.

use leptos::prelude::*;

use super::Choices;
use super::fields::{self, Labelled, word};
use super::group::Place;
use crate::state::App;
use crate::widgets::select::Input;
use crate::widgets::settings;
use strata::analysis::rule::Params;
use strata::dataset::duration::{Duration, Unit};
use strata::segment::rule::{Back, CalendarUnit, Window};

const UNITS: [(CalendarUnit, &str); 3] =
    [(CalendarUnit::Day, "day"), (CalendarUnit::Week, "week"), (CalendarUnit::Month, "month")];

const ELAPSED: [(Unit, &str); 5] = [
    (Unit::Second, "second"),
    (Unit::Minute, "minute"),
    (Unit::Hour, "hour"),
    (Unit::Day, "day"),
    (Unit::Week, "week"),
];

/// The window of a condition.
pub(super) fn window(place: &Place, now: Window, choose: impl Fn(Window) + Clone + 'static) -> AnyView {
    let words = place.app.words();
    let options = [
        ("ever", words.page_builder_window_ever),
        ("last", words.page_builder_window_last),
        ("ago", words.page_builder_window_ago),
        ("between", words.page_builder_window_between),
        ("first", words.page_builder_window_first),
    ];
    let options = options.map(|(value, name)| (value.to_owned(), name.to_owned())).to_vec();
    let mode = match now {
        Window::Ever => "ever",
        Window::Last { ago: 0, .. } => "last",
        Window::Last { .. } => "ago",
        Window::Between { .. } => "between",
        Window::FirstDays(_) => "first",
    };
    let span = place.app.opened.with_untracked(|opened| opened.as_ref().map(|opened| opened.span));
    let set = choose.clone();
    let field = Labelled::new(place.id("window"), words.page_builder_window);
    let modes = fields::select(field, options, mode, move |chosen| {
        let (amount, unit) = match now {
            Window::Last { amount, unit, .. } => (amount, unit),
            _ => (30, CalendarUnit::Day),
        };
        set(match chosen.as_str() {
            "last" => Window::Last { amount, unit, ago: 0 },
            "ago" => Window::Last { amount, unit, ago: amount },
            "between" => Window::Between { from: span.map(|span| span.0), to: span.map(|span| span.1) },
            "first" => Window::FirstDays(7),
            _ => Window::Ever,
        });
    });
    let rest: Vec<AnyView> = match now {
        Window::Ever => Vec::new(),
        Window::Last { amount, unit, ago } => last(place, Back { amount, unit }, ago, choose),
        Window::Between { from, to } => {
            let set = choose.clone();
            let from_label = Labelled::new(place.id("from"), words.page_builder_from);
            let first = fields::day(from_label, from.map(|day| day.to_string()), move |text| {
                set(Window::Between { from: text.parse().ok(), to });
            });
            let to_label = Labelled::new(place.id("to"), words.page_builder_to);
            let last = fields::day(to_label, to.map(|day| day.to_string()), move |text| {
                choose(Window::Between { from, to: text.parse().ok() });
            });
            vec![first, word("–"), last]
        }
        Window::FirstDays(days) => {
            let field = Labelled::new(place.id("first-days"), words.page_builder_amount);
            vec![
                fields::whole(field, days, move |days| choose(Window::FirstDays(days))),
                word(words.page_builder_days),
            ]
        }
    };
    view! { {modes}{rest} }.into_any()
}

/// The last so many days, or so many that ended a while ago.
fn last(place: &Place, time: Back, ago: u32, choose: impl Fn(Window) + Clone + 'static) -> Vec<AnyView> {
    let words = place.app.words();
    let set = choose.clone();
    let mut parts = vec![back(place, "last", time, move |Back { amount, unit }| {
        set(Window::Last { amount, unit, ago });
    })];
    if ago > 0 {
        let field = Labelled::new(place.id("ago"), words.page_builder_ago);
        let Back { amount, unit } = time;
        parts.extend([
            word(words.page_builder_ago_ended),
            fields::whole(field, ago, move |ago| choose(Window::Last { amount, unit, ago })),
            word(unit_name(place.app, unit)),
            word(words.page_builder_ago_before),
        ]);
    }
    parts
}

fn unit_name(app: App, unit: CalendarUnit) -> &'static str {
    let words = app.words();
    match unit {
        CalendarUnit::Day => words.page_builder_unit_day,
        CalendarUnit::Week => words.page_builder_unit_week,
        CalendarUnit::Month => words.page_builder_unit_month,
    }
}

/// A number of days, weeks or months.
pub(super) fn back(place: &Place, name: &str, now: Back, choose: impl Fn(Back) + Clone + 'static) -> AnyView {
    let app = place.app;
    let words = app.words();
    let set = choose.clone();
    let amount_field = Labelled::new(place.id(&format!("{name}-amount")), words.page_builder_amount);
    let amount = fields::whole(amount_field, now.amount, move |amount| set(Back { amount, ..now }));
    let options = UNITS.map(|(unit, value)| (value.to_owned(), unit_name(app, unit).to_owned())).to_vec();
    let value = UNITS.into_iter().find(|(unit, _)| *unit == now.unit).map_or("day", |(_, value)| value);
    let unit_field = Labelled::new(place.id(&format!("{name}-unit")), words.page_builder_unit);
    let unit = fields::select(unit_field, options, value, move |chosen| {
        let unit =
            UNITS.into_iter().find(|(_, value)| *value == chosen).map_or(CalendarUnit::Day, |(unit, _)| unit);
        choose(Back { unit, ..now });
    });
    view! { {amount}{unit} }.into_any()
}

/// The most time from the first step to the last, or any.
pub(super) fn duration(
    place: &Place,
    now: Option<Duration>,
    choose: impl Fn(Option<Duration>) + Clone + 'static,
) -> AnyView {
    let words = place.app.words();
    let options = vec![
        ("any".to_owned(), words.page_builder_within_any.to_owned()),
        ("all".to_owned(), words.page_builder_within_all.to_owned()),
    ];
    let set = choose.clone();
    let field = Labelled::new(place.id("within"), words.page_builder_within);
    let mode = fields::select(field, options, if now.is_some() { "all" } else { "any" }, move |chosen| {
        set((chosen == "all").then_some(Duration { amount: 7, unit: Unit::Day }));
    });
    let Some(now) = now else { return mode };
    let set = choose.clone();
    let amount_field = Labelled::new(place.id("within-amount"), words.page_builder_amount);
    let amount = fields::whole(amount_field, now.amount, move |amount| set(Some(Duration { amount, ..now })));
    let names = [
        words.page_builder_unit_second,
        words.page_builder_unit_minute,
        words.page_builder_unit_hour,
        words.page_builder_unit_day,
        words.page_builder_unit_week,
    ];
    let options =
        ELAPSED.iter().zip(names).map(|((_, value), name)| ((*value).to_owned(), name.to_owned())).collect();
    let value = ELAPSED.into_iter().find(|(unit, _)| *unit == now.unit).map_or("day", |(_, value)| value);
    let unit_field = Labelled::new(place.id("within-unit"), words.page_builder_unit);
    let unit = fields::select(unit_field, options, value, move |chosen| {
        let unit =
            ELAPSED.into_iter().find(|(_, value)| *value == chosen).map_or(Unit::Day, |(unit, _)| unit);
        choose(Some(Duration { unit, ..now }));
    });
    view! { {mode}{amount}{unit} }.into_any()
}

/// The day that the rule is asked as of.
#[component]
pub(super) fn AsOf(choices: Choices) -> impl IntoView {
    let app = App::get();
    let bound = move |last: bool| {
        app.opened.with(|opened| {
            let span = opened.as_ref().map(|opened| if last { opened.span.1 } else { opened.span.0 });
            span.map(|day| day.to_string()).unwrap_or_default()
        })
    };
    let answered = move || choices.question.map(|answered| answered.report.as_of.to_string());
    let value = Signal::derive(move || {
        let chosen = choices.params().as_of.map(|day| day.to_string());
        chosen.or_else(answered).unwrap_or_else(|| bound(true))
    });
    let change = move |text: String| {
        // An emptied field, and the last day, are the default.
        let as_of = text.parse().ok().filter(|_| text != bound(true));
        let params = Params { as_of, ..choices.read.get_untracked().params };
        settings::write(app.address, &params, &Params::default(), &[]);
    };
    view! {
        <Input
            id="as-of".to_owned()
            kind="date"
            label=Signal::derive(move || app.words().page_builder_as_of.to_owned())
            value
            min=Signal::derive(move || bound(false))
            max=Signal::derive(move || bound(true))
            on_change=change
        />
    }
}
