//! Revenue: what new buyers bring, what others spend more or less, and what stops.

use leptos::prelude::*;

use crate::pages::periods::{self, PeriodChoice, with_week_start};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame, count, sentences};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings;
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::revenue_growth::{Cell, Params, Part, PeriodRevenue, Report, State};
use strata::chart::{ColumnChart, Emphasis, LineChart, Mark, NumberKind, Series, XAxis};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, Words, fill};

type Answer = Answered<Report>;

/// The states that are columns: gains from zero up, losses from zero down.
const COLUMNS: [State; 5] =
    [State::Expansion, State::Resurrected, State::New, State::Contraction, State::Churned];

/// The states that the table tells, from its third column on.
const TOLD: [State; 6] =
    [State::Revenue, State::New, State::Expansion, State::Resurrected, State::Contraction, State::Churned];

/// The column of the table that the first of [`TOLD`] stands in.
const FIRST_TOLD: usize = 2;

/// The part of the page.
#[component]
pub fn RevenuePart() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question =
        ask::<Report>(move || with_week_start(app, Query::new(Analysis::RevenueGrowth, &read.get().asked)));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| sentence(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| definition(&answered.report, app.language.get())).unwrap_or_default()
    });
    // Nothing is known before the first answer, and nothing can be without a value column.
    let state = Memo::new(move |_| question.map(|answered| answered.report.periods.is_empty()));
    let content = move || match state.get() {
        Some(false) => view! { <Content question/> }.into_any(),
        Some(true) => none(app),
        None => ().into_any(),
    };
    let change = move |period| {
        let params = Params { period, ..read.get_untracked().params };
        settings::write(app.address, &params, &Params::default(), &[]);
    };
    let controls = view! {
        <PeriodChoice label=|words| words.page_growth_period
            value=Signal::derive(move || read.get().params.period) on_change=change/>
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_growth_revenue_title.to_owned())
            answer
            question
            controls=controls.into_any()
            definition
        >
            {content}
        </Frame>
    }
}

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_growth_revenue_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_growth_revenue_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

fn period_name(entry: &PeriodRevenue, answered: &Answer, language: Language) -> String {
    periods::name((entry.start, entry.end), params(answered).period, language)
}

fn state_name(state: State, words: &Words) -> &'static str {
    match state {
        State::New => words.page_growth_new,
        State::Resurrected => words.page_growth_resurrected,
        State::Expansion => words.page_growth_expansion,
        State::Contraction => words.page_growth_contraction,
        State::Churned => words.page_growth_churned,
        State::Unchanged => words.page_growth_unchanged,
        State::Revenue => words.page_growth_revenue,
    }
}

fn part(entry: &PeriodRevenue, state: State) -> Part {
    match state {
        State::New => entry.new,
        State::Resurrected => entry.resurrected,
        State::Expansion => entry.expansion,
        State::Contraction => entry.contraction,
        State::Churned => entry.churned,
        State::Unchanged => entry.unchanged,
        State::Revenue => entry.revenue,
    }
}

fn sentence(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    let last_closed = |report: &Report| report.periods.iter().rfind(|entry| !entry.open).cloned();
    let money = |part: Part| language.compact(part.amount.to_f64());
    let Some(entry) = last_closed(report) else {
        let Some(entry) = report.periods.last() else { return words.page_growth_revenue_empty.to_owned() };
        let period = period_name(entry, answered, language);
        let parts = [("period", period.as_str()), ("revenue", &money(entry.revenue))];
        return fill(words.page_growth_revenue_answer_open, &parts);
    };
    let parts = [
        ("period", period_name(&entry, answered, language)),
        ("revenue", money(entry.revenue)),
        ("new", money(entry.new)),
        ("expansion", money(entry.expansion)),
        ("resurrected", money(entry.resurrected)),
        ("contraction", money(entry.contraction)),
        ("churned", money(entry.churned)),
        ("net", language.compact(entry.net.to_f64())),
    ];
    let own =
        fill(words.page_growth_revenue_answer, &parts.each_ref().map(|(name, text)| (*name, text.as_str())));
    let before = compared.and_then(|compared| last_closed(&compared.report)).map(|entry| {
        let net = language.compact(entry.net.to_f64());
        fill(words.page_growth_revenue_compared, &[("revenue", &money(entry.revenue)), ("net", &net)])
    });
    sentences(&std::iter::once(own).chain(before).collect::<Vec<_>>(), language)
}

fn definition(report: &Report, language: Language) -> Vec<String> {
    let words = language.words();
    let without = (report.without_value > 0)
        .then(|| fill(words.page_growth_without_value, &[("rows", &count(report.without_value, language))]));
    let fixed = [
        words.page_growth_revenue_definition,
        words.page_growth_revenue_definition_rates,
        words.page_growth_definition_open,
    ];
    fixed.into_iter().map(str::to_owned).chain(without).collect()
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
            let period = period_name(entry, answered, language);
            let title =
                fill(words.page_growth_users_of, &[("state", state_name(state, words)), ("period", &period)]);
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
        let state = column.checked_sub(FIRST_TOLD).and_then(|place| TOLD.get(place));
        if let (Some(place), Some(&state)) = (periods().checked_sub(row + 1), state) {
            open(place, state);
        }
    };
    let from_columns = move |mark: Mark| {
        if let Some(&state) = COLUMNS.get(mark.series) {
            open(mark.index, state);
        }
    };
    view! {
        <ChartView id="growth-revenue" chart=columns on_open=from_columns/>
        <ChartView id="growth-revenue-line" chart=lines(revenue_chart) height=220
            on_open=move |mark: Mark| open(mark.index, State::Revenue)/>
        <ChartView id="growth-revenue-rates" chart=lines(rate_chart) height=240
            on_open=move |mark: Mark| open(mark.index, if mark.series == 0 { State::Churned } else { State::Expansion })/>
        <DataTable
            id="growth-revenue-periods"
            title=Signal::derive(move || app.words().page_growth_revenue_table.to_owned())
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
    let value = |entry: &PeriodRevenue, state: State| {
        let amount = part(entry, state).amount.to_f64();
        Some(if matches!(state, State::Contraction | State::Churned) { -amount } else { amount })
    };
    let series = COLUMNS.map(|state| Series {
        name: state_name(state, words).to_owned(),
        values: report.periods.iter().map(|entry| value(entry, state)).collect(),
        open_from: open_from(report),
        emphasis: Emphasis::Normal,
    });
    ColumnChart {
        title: words.page_growth_revenue_chart.to_owned(),
        subtitle: subtitle(words.page_growth_revenue_chart_unit, answered, language),
        x: axis(answered),
        series: series.to_vec(),
        total_name: words.page_growth_net_change.to_owned(),
        y: NumberKind::Decimal,
        ..ColumnChart::default()
    }
}

/// A line of the report, and the same of the one that it is compared with.
fn with_compared(
    answered: &Answer,
    compared: Option<&Answer>,
    name: &str,
    value: fn(&PeriodRevenue) -> Option<f64>,
    language: Language,
) -> Vec<Series> {
    let values = |answered: &Answer| {
        (answered.report.periods.iter().map(value).collect(), open_from(&answered.report))
    };
    periods::with_compared(name, values(answered), compared.map(values), language)
}

fn revenue_chart(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let value = |entry: &PeriodRevenue| Some(entry.revenue.amount.to_f64());
    LineChart {
        title: words.page_growth_revenue_line.to_owned(),
        subtitle: subtitle(words.page_growth_revenue_line_unit, answered, language),
        x: axis(answered),
        series: with_compared(answered, compared, words.page_growth_revenue, value, language),
        y: NumberKind::Decimal,
        from_zero: true,
        ..LineChart::default()
    }
}

fn rate_chart(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let words = language.words();
    let rate = |name, value| with_compared(answered, compared, name, value, language);
    let gross = rate(words.page_growth_gross_retention, |entry: &PeriodRevenue| entry.gross_retention);
    let net = rate(words.page_growth_net_retention, |entry: &PeriodRevenue| entry.net_retention);
    LineChart {
        title: words.page_growth_revenue_rates.to_owned(),
        subtitle: subtitle(words.page_growth_revenue_rates_unit, answered, language),
        x: axis(answered),
        series: periods::own_first(gross.into_iter().chain(net)),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// The periods, latest first.
fn table(report: &Report, language: Language) -> TableData {
    let words = language.words();
    let row = |entry: &PeriodRevenue| {
        let head = [Datum::Day(entry.start), Datum::Day(entry.end)];
        let amounts = TOLD.map(|state| Datum::Amount(part(entry, state).amount));
        let rest = [
            Datum::Amount(entry.net),
            entry.quick_ratio.map_or(Datum::Nothing, Datum::Number),
            Datum::share(entry.gross_retention),
            Datum::share(entry.net_retention),
        ];
        head.into_iter().chain(amounts).chain(rest).collect()
    };
    let head = [(words.page_growth_start, false), (words.page_growth_end, false)];
    let amounts = TOLD.map(|state| (state_name(state, words), true));
    let rest = [
        (words.page_growth_net_change, true),
        (words.page_growth_quick, true),
        (words.page_growth_gross_retention, true),
        (words.page_growth_net_retention, true),
    ];
    let columns = head.into_iter().chain(amounts).chain(rest);
    TableData {
        columns: columns.map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: report.periods.iter().rev().map(row).collect(),
        opens: (FIRST_TOLD..FIRST_TOLD + TOLD.len()).collect(),
        spare: vec![1],
        open_from: report.periods.iter().rev().map(|entry| entry.open.then_some(FIRST_TOLD)).collect(),
        ..TableData::default()
    }
}
