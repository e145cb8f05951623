//! New, retained, resurrected and churned users.

use leptos::prelude::*;

use super::events::ActiveEvent;
use crate::pages::periods::{self, PeriodChoice, with_week_start};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame, count, sentences};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::select::Select;
use crate::widgets::sensitivity::{Figure, Sensitivity, Variant};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::growth::{Cell, Params, PeriodGrowth, Report, State};
use strata::chart::{ColumnChart, Emphasis, LineChart, Mark, NumberKind, Series, XAxis};
use strata::dataset::calendar::{Period, WeekStart};
use strata::dataset::events::EventChoice;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::ingest::mapping::ColumnType;
use strata::locale::{Language, Words, fill};

type Answer = Answered<Report>;

/// The states that are columns, the lowest first; churned users stand below zero.
const COLUMNS: [State; 4] = [State::Retained, State::Resurrected, State::New, State::Churned];

/// The states that the table counts, from its third column on.
const COUNTED: [State; 5] = [State::Active, State::New, State::Retained, State::Resurrected, State::Churned];

/// The column of the table that the first of [`COUNTED`] stands in.
const FIRST_COUNTED: usize = 2;

/// The part of the page.
#[component]
pub fn UsersPart() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question =
        ask::<Report>(move || with_week_start(app, Query::new(Analysis::Growth, &read.get().asked)));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| sentence(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| definition(&answered.report, app.language.get())).unwrap_or_default()
    });
    let empty =
        Memo::new(move |_| question.map(|answered| answered.report.periods.is_empty()).unwrap_or(false));
    let content = move || if empty.get() { none(app) } else { view! { <Content question/> }.into_any() };
    let change = move |period| write(app, &Params { period, ..read.get_untracked().params });
    let controls = view! {
        <PeriodChoice label=|words| words.page_growth_period
            value=Signal::derive(move || read.get().params.period) on_change=change/>
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_growth_title.to_owned())
            answer
            question
            controls=controls.into_any()
            definition
            switches=move || view! { <Switches read/> }
            others=move || view! { <Others read question/> }
        >
            {content}
        </Frame>
    }
}

fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

pub(super) fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_growth_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_growth_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

/// The quick ratio under other definitions.
#[component]
fn Others(read: Memo<Settings<Params>>, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let variants = Signal::derive_local(move || {
        let now = read.get().params;
        let own = now.clone();
        let periods = Period::ALL.into_iter().map(move |period| {
            let name = periods::word(period, app.words());
            (fill(app.words().sensitivity_by_period, &[("period", name)]), Params { period, ..own.clone() })
        });
        let own = now.clone();
        let starts = [WeekStart::Monday, WeekStart::Sunday].into_iter().map(move |start| {
            let words = app.words();
            let name = match start {
                WeekStart::Monday => words.sensitivity_week_monday,
                WeekStart::Sunday => words.sensitivity_week_sunday,
            };
            (name.to_owned(), Params { week_start: Some(start), ..own.clone() })
        });
        let starts = starts.filter(|_| now.period == Period::Week);
        let purchases = app.opened.with(|opened| {
            opened.as_ref().and_then(|opened| opened.mapping.purchase_events.clone()).unwrap_or_default()
        });
        let active = |events: Option<Vec<String>>| {
            let name = events
                .as_ref()
                .map_or_else(|| app.words().page_growth_any.to_owned(), |events| events.join(", "));
            let active = events.map(|events| EventChoice { events: Some(events), all: Vec::new() });
            (fill(app.words().sensitivity_active, &[("events", &name)]), Params { active, ..now.clone() })
        };
        let active =
            [None, Some(purchases).filter(|purchases| !purchases.is_empty())].into_iter().map(active);
        let variant = |(name, params): (String, Params)| Variant {
            name,
            query: with_week_start(app, Query::new(Analysis::Growth, &params)),
            choose: Some(Callback::new(move |()| write(app, &params))),
        };
        periods.chain(starts).chain(active).map(variant).collect()
    });
    let figure = Figure::<Report> {
        name: |language| language.words().sensitivity_figure_quick.to_owned(),
        of: |answered| answered.report.periods.iter().rfind(|entry| !entry.open)?.quick_ratio,
        is_share: false,
    };
    view! { <Sensitivity question variants figure/> }
}

/// What makes active, and which attribute tells the day of registration, where users have days.
#[component]
fn Switches(read: Memo<Settings<Params>>) -> impl IntoView {
    let app = App::get();
    let change_event = move |active| write(app, &Params { active, ..read.get_untracked().params });
    let names = Memo::new(move |_| {
        app.opened.with(|opened| {
            let columns = opened.iter().flat_map(|opened| opened.columns.iter());
            let days = columns.filter(|column| column.of_user && column.kind == ColumnType::Time);
            days.map(|column| column.name.clone()).collect::<Vec<String>>()
        })
    });
    let choices = Signal::derive(move || {
        let none = (String::new(), app.words().page_growth_registered_none.to_owned());
        std::iter::once(none).chain(names.get().into_iter().map(|name| (name.clone(), name))).collect()
    });
    let label = Signal::derive(move || app.words().page_growth_registered_on.to_owned());
    let value = Signal::derive(move || read.get().params.registered_on.unwrap_or_default());
    let change = move |chosen: String| {
        let registered_on = Some(chosen).filter(|name| !name.is_empty());
        write(app, &Params { registered_on, ..read.get_untracked().params });
    };
    view! {
        <ActiveEvent value=Signal::derive(move || read.get().params.active) on_change=change_event/>
        {move || (!names.with(Vec::is_empty)).then(|| {
            view! { <Select id="registered-on" label choices value on_change=change/> }
        })}
    }
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

fn period_name(entry: &PeriodGrowth, answered: &Answer, language: Language) -> String {
    periods::name((entry.start, entry.end), params(answered).period, language)
}

fn ratio_text(ratio: Option<f64>, language: Language) -> String {
    ratio.map_or_else(|| language.words().page_growth_no_ratio.to_owned(), |ratio| language.decimal(ratio, 2))
}

fn sentence(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    let last_closed = |report: &Report| report.periods.iter().rfind(|entry| !entry.open).cloned();
    let users = |users: u64| count(users, language);
    let Some(entry) = last_closed(report) else {
        let Some(entry) = report.periods.last() else { return words.page_growth_empty.to_owned() };
        let period = period_name(entry, answered, language);
        let parts = [("period", period), ("active", users(entry.active)), ("new", users(entry.new))];
        let parts = parts.each_ref().map(|(name, text)| (*name, text.as_str()));
        return fill(words.page_growth_answer_open, &parts);
    };
    let parts = [
        ("period", period_name(&entry, answered, language)),
        ("active", users(entry.active)),
        ("new", users(entry.new)),
        ("retained", users(entry.retained)),
        ("resurrected", users(entry.resurrected)),
        ("churned", users(entry.churned)),
        ("net", language.integer(entry.net)),
        ("ratio", ratio_text(entry.quick_ratio, language)),
    ];
    let own = fill(words.page_growth_answer, &parts.each_ref().map(|(name, text)| (*name, text.as_str())));
    let before = compared.and_then(|compared| last_closed(&compared.report)).map(|entry| {
        let (net, ratio) = (language.integer(entry.net), ratio_text(entry.quick_ratio, language));
        fill(words.page_growth_answer_compared, &[("net", &net), ("ratio", &ratio)])
    });
    sentences(&std::iter::once(own).chain(before).collect::<Vec<_>>(), language)
}

fn definition(report: &Report, language: Language) -> Vec<String> {
    let words = language.words();
    let registered = report.registered.as_ref().map(|registered| {
        let (users, with) = (count(registered.users, language), count(registered.with_events, language));
        match registered.without_day {
            None => fill(words.page_growth_registered_plain, &[("users", &users), ("with", &with)]),
            Some(without) => fill(
                words.page_growth_registered_note,
                &[("users", &users), ("with", &with), ("without", &count(without, language))],
            ),
        }
    });
    let fixed =
        [words.page_growth_definition, words.page_growth_definition_rates, words.page_growth_definition_open];
    fixed.into_iter().map(str::to_owned).chain(registered).collect()
}

fn state_name(state: State, words: &Words) -> &'static str {
    match state {
        State::New => words.page_growth_new,
        State::Retained => words.page_growth_retained,
        State::Resurrected => words.page_growth_resurrected,
        State::Churned => words.page_growth_churned,
        State::Lapsed => words.page_growth_lapsed,
        State::Active => words.page_growth_active,
        State::RegisteredActive => words.page_growth_registered_active,
    }
}

fn users_in(entry: &PeriodGrowth, state: State) -> u64 {
    match state {
        State::New => entry.new,
        State::Retained => entry.retained,
        State::Resurrected => entry.resurrected,
        State::Churned => entry.churned,
        State::Lapsed => entry.lapsed,
        State::Active => entry.active,
        State::RegisteredActive => entry.registered_active.unwrap_or(0),
    }
}

#[component]
fn Content(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let open = move |place: usize, state: State| {
        question.map(|answered: &Answer| {
            let Some(entry) = answered.report.periods.get(place) else { return };
            let language = app.language.get_untracked();
            let words = language.words();
            let title = fill(
                words.page_growth_users_of,
                &[("state", state_name(state, words)), ("period", &period_name(entry, answered, language))],
            );
            behind.open(title, &answered.query, &Cell { start: entry.start, state });
        });
    };
    let columns = Signal::derive(move || {
        question.map(|answered| Picture::from(column_chart(answered, app.language.get()))).unwrap_or_default()
    });
    let lines = move |draw: fn(&Answer, Option<&Answer>, Language) -> LineChart| {
        Signal::derive(move || {
            let picture = question.map_compared(|answered, compared| {
                Picture::from(draw(answered, compared, app.language.get()))
            });
            picture.unwrap_or_default()
        })
    };
    let table = Signal::derive(move || {
        question.map(|answered| table(&answered.report, app.language.get())).unwrap_or_default()
    });
    let periods = move || question.map(|answered| answered.report.periods.len()).unwrap_or(0);
    let from_table = move |(row, column): (usize, usize)| {
        let state = column.checked_sub(FIRST_COUNTED).and_then(|place| COUNTED.get(place));
        if let (Some(place), Some(&state)) = (periods().checked_sub(row + 1), state) {
            open(place, state);
        }
    };
    let from_columns = move |mark: Mark| {
        if let Some(&state) = COLUMNS.get(mark.series) {
            open(mark.index, state);
        }
    };
    let from_rates = move |mark: Mark| match mark.series {
        0 => open(mark.index, State::Churned),
        1 => open(mark.index, State::Resurrected),
        _ => {}
    };
    let has_register = Memo::new(move |_| {
        question
            .map(|answered| answered.report.periods.iter().any(|entry| entry.registered.is_some()))
            .unwrap_or(false)
    });
    let note = Signal::derive(move || {
        let open = question.map(|answered| answered.report.periods.iter().any(|entry| entry.open));
        let day = app.opened.with(|opened| opened.as_ref().map(|opened| opened.span.1));
        let language = app.language.get();
        let day = day.filter(|_| open == Some(true)).map(|day| language.date(day))?;
        Some(fill(language.words().page_growth_open_note, &[("day", &day)]))
    });
    view! {
        <ChartView id="growth-users" chart=columns note on_open=from_columns/>
        <ChartView id="growth-quick" chart=lines(quick_chart) height=220
            on_open=move |mark: Mark| open(mark.index, State::New)/>
        <ChartView id="growth-rates" chart=lines(rate_chart) height=260 on_open=from_rates/>
        {move || has_register.get().then(|| view! {
            <ChartView id="growth-registered" chart=lines(registered_chart) height=220
                on_open=move |mark: Mark| open(mark.index, State::RegisteredActive)/>
        })}
        <DataTable
            id="growth-periods"
            title=Signal::derive(move || app.words().page_growth_table.to_owned())
            data=table
            on_open=from_table
        />
    }
}

fn axis(answered: &Answer) -> XAxis {
    let (report, params) = (&answered.report, params(answered));
    let start = report.periods.first().map(|entry| entry.start);
    periods::axis(
        start,
        report.periods.len(),
        params.period,
        params.week_start.unwrap_or(answered.week_start),
    )
}

fn subtitle(unit: &str, answered: &Answer, language: Language) -> String {
    periods::subtitle(unit, answered, params(answered).week_start, language)
}

fn open_from(report: &Report) -> Option<usize> {
    report.periods.iter().position(|entry| entry.open)
}

fn column_chart(answered: &Answer, language: Language) -> ColumnChart {
    let (words, report) = (language.words(), &answered.report);
    let value = |entry: &PeriodGrowth, state: State| {
        let users = users_in(entry, state) as f64;
        Some(if state == State::Churned { -users } else { users })
    };
    let series = COLUMNS.map(|state| Series {
        name: state_name(state, words).to_owned(),
        values: report.periods.iter().map(|entry| value(entry, state)).collect(),
        open_from: open_from(report),
        emphasis: Emphasis::Normal,
    });
    ColumnChart {
        title: words.page_growth_chart.to_owned(),
        subtitle: subtitle(words.page_growth_chart_unit, answered, language),
        x: axis(answered),
        series: series.to_vec(),
        y: NumberKind::Count,
        ..ColumnChart::default()
    }
}

/// A line of the report, and the same of the one that it is compared with.
fn with_compared(
    answered: &Answer,
    compared: Option<&Answer>,
    name: &str,
    value: fn(&PeriodGrowth) -> Option<f64>,
    language: Language,
) -> Vec<Series> {
    let values = |answered: &Answer| {
        (answered.report.periods.iter().map(value).collect(), open_from(&answered.report))
    };
    periods::with_compared(name, values(answered), compared.map(values), language)
}

fn quick_chart(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let mut series =
        with_compared(answered, compared, words.page_growth_quick, |entry| entry.quick_ratio, language);
    series.push(Series {
        name: words.page_growth_balance.to_owned(),
        values: vec![Some(1.0); answered.report.periods.len()],
        open_from: None,
        emphasis: Emphasis::Reference,
    });
    LineChart {
        title: words.page_growth_quick.to_owned(),
        subtitle: subtitle(words.page_growth_quick_unit, answered, language),
        x: axis(answered),
        series,
        y: NumberKind::Decimal,
        from_zero: true,
        ..LineChart::default()
    }
}

fn rate_chart(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let churn =
        with_compared(answered, compared, words.page_growth_churn_rate, |entry| entry.churn_rate, language);
    let back = with_compared(
        answered,
        compared,
        words.page_growth_win_back_rate,
        |entry| entry.win_back_rate,
        language,
    );
    LineChart {
        title: words.page_growth_rates.to_owned(),
        subtitle: subtitle(words.page_growth_rates_unit, answered, language),
        x: axis(answered),
        series: periods::own_first(churn.into_iter().chain(back)),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

fn registered_chart(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let share = |entry: &PeriodGrowth| {
        let (active, all) = (entry.registered_active?, entry.registered?);
        (all > 0).then(|| active as f64 / all as f64)
    };
    LineChart {
        title: words.page_growth_share_registered.to_owned(),
        subtitle: subtitle(words.page_growth_share_registered_unit, answered, language),
        x: axis(answered),
        series: with_compared(answered, compared, words.page_growth_registered_active, share, language),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// The periods, latest first.
fn table(report: &Report, language: Language) -> TableData {
    let words = language.words();
    let row = |entry: &PeriodGrowth| {
        let number = |ratio: Option<f64>| ratio.map_or(Datum::Nothing, Datum::Number);
        let head = [Datum::Day(entry.start), Datum::Day(entry.end)];
        let counts = COUNTED.map(|state| Datum::Count(users_in(entry, state)));
        let net = Datum::Text(language.integer(entry.net));
        let rates = [
            net,
            number(entry.quick_ratio),
            Datum::share(entry.churn_rate),
            Datum::share(entry.win_back_rate),
        ];
        head.into_iter().chain(counts).chain(rates).collect()
    };
    let head = [(words.page_growth_start, false), (words.page_growth_end, false)];
    let counts = COUNTED.map(|state| (state_name(state, words), true));
    let rates = [
        (words.page_growth_net, true),
        (words.page_growth_quick, true),
        (words.page_growth_churn_rate, true),
        (words.page_growth_win_back_rate, true),
    ];
    let columns = head.into_iter().chain(counts).chain(rates);
    TableData {
        columns: columns.map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: report.periods.iter().rev().map(row).collect(),
        opens: (FIRST_COUNTED..FIRST_COUNTED + COUNTED.len()).collect(),
        spare: vec![1],
        open_from: report.periods.iter().rev().map(|entry| entry.open.then_some(FIRST_COUNTED)).collect(),
        ..TableData::default()
    }
}
