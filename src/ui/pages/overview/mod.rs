//! Where we stand: the key figures, and how many come by day.

mod cards;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame, count, zone_text};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::select::Select;
use crate::widgets::settings;
use crate::widgets::shares_compared::SharesCompared;
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::{active, overview};
use strata::chart::{Emphasis, LineChart, Mark, NumberKind, Series, XAxis};
use strata::dataset::calendar::Day;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, Words, fill};
use strata::segment::orders::OrderUnit;

/// Days in the windows of the three lines.
const WINDOWS: [u32; 3] = [1, 7, 30];

type Activity = Answered<active::Report>;

/// The page.
#[component]
pub fn Overview() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &overview::Params::default()));
    let figures = ask::<overview::Report>(move || Query::new(Analysis::Overview, &read.get().asked));
    let activity = ask::<active::Report>(|| Query::new(Analysis::ActiveUsers, &active::Params::default()));
    let language = app.language;
    let answer = Signal::derive(move || figures.map(|answered| sentence(&answered.report, language.get())));
    let definition = Signal::derive(move || {
        let words = app.words();
        [
            words.page_overview_definition,
            words.page_overview_definition_active,
            words.page_overview_definition_stickiness,
        ]
        .map(str::to_owned)
        .to_vec()
    });
    let empty = Memo::new(move |_| figures.map(|answered| answered.report.rows == 0).unwrap_or(false));
    let content = move || {
        if empty.get() {
            none(app)
        } else {
            view! {
                <cards::Cards figures/>
                <SharesCompared id="overview-compared" question=figures categories=cards::categories/>
                <Charts activity/>
            }
            .into_any()
        }
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_overview_title.to_owned())
            answer
            question=figures
            definition
            switches=move || view! { <Orders read/> }
        >
            {content}
        </Frame>
    }
}

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_empty_rows.to_owned());
    let advice = Signal::derive(move || app.words().page_empty_rows_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

/// What counts as one order.
#[component]
fn Orders(read: Memo<settings::Settings<overview::Params>>) -> impl IntoView {
    let app = App::get();
    let choices = Signal::derive(move || order_choices(app));
    let value = Signal::derive(move || unit_name(read.get().params.orders));
    let change = move |chosen: String| {
        let params = overview::Params { orders: unit_from_name(&chosen) };
        settings::write(app.address, &params, &overview::Params::default(), &[]);
    };
    view! {
        <Select id="orders" label=Signal::derive(move || app.words().page_order_unit.to_owned()) choices value on_change=change/>
    }
}

/// The ways to count orders that the open data allow, the automatic one first.
pub(super) fn order_choices(app: App) -> Vec<(String, String)> {
    let words = app.words();
    let has_ids =
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.order.is_some()));
    let mut choices = vec![("auto", words.page_order_auto)];
    if has_ids {
        choices.push(("orders", words.page_order_orders));
    }
    choices.extend([("days", words.page_order_days), ("rows", words.page_order_rows)]);
    choices.into_iter().map(|(value, name)| (value.to_owned(), name.to_owned())).collect()
}

/// The value of a choice among [`order_choices`].
pub(super) fn unit_name(unit: Option<OrderUnit>) -> String {
    match unit {
        None => "auto",
        Some(OrderUnit::Orders) => "orders",
        Some(OrderUnit::Days) => "days",
        Some(OrderUnit::Rows) => "rows",
    }
    .to_owned()
}

/// The unit of a choice among [`order_choices`].
pub(super) fn unit_from_name(name: &str) -> Option<OrderUnit> {
    match name {
        "orders" => Some(OrderUnit::Orders),
        "days" => Some(OrderUnit::Days),
        "rows" => Some(OrderUnit::Rows),
        _ => None,
    }
}

/// What was counted as one order, in words.
pub(super) fn unit_words(unit: OrderUnit, words: &Words) -> &'static str {
    match unit {
        OrderUnit::Orders => words.page_order_orders,
        OrderUnit::Days => words.page_order_days,
        OrderUnit::Rows => words.page_order_rows,
    }
}

fn sentence(report: &overview::Report, language: Language) -> String {
    let words = language.words();
    if report.rows == 0 {
        return words.page_empty_rows.to_owned();
    }
    let phrase = match (report.buyers, report.net_revenue) {
        (0, _) => words.page_overview_answer_events,
        (_, None) => words.page_overview_answer_orders,
        (_, Some(_)) => words.page_overview_answer,
    };
    let revenue = report.net_revenue.map(|amount| language.compact(amount.to_f64())).unwrap_or_default();
    let rate = report.repeat_purchase_rate.map(|rate| language.percent(rate)).unwrap_or_default();
    fill(
        phrase,
        &[
            ("users", &count(report.users, language)),
            ("active", &count(report.active_users, language)),
            ("buyers", &count(report.buyers, language)),
            ("orders", &count(report.orders, language)),
            ("rows", &count(report.rows, language)),
            ("revenue", &revenue),
            ("rate", &rate),
            ("from", &language.date(report.span.0)),
            ("to", &language.date(report.span.1)),
        ],
    )
}

#[component]
fn Charts(activity: Question<active::Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let open = move |place: usize, window: u32| {
        activity.map(|answered: &Activity| {
            let Some(first) = answered.report.first_day else { return };
            let day = Day(first.0.saturating_add(i32::try_from(place).unwrap_or(0)));
            let language = app.language.get_untracked();
            let title = fill(
                language.words().page_overview_users_of,
                &[("line", line_name(window, language)), ("day", &language.date(day))],
            );
            behind.open(title, &answered.query, &active::Cell { day, window });
        });
    };
    let lines = Signal::derive(move || {
        activity
            .map_compared(|answered, compared| {
                let compared = compared.map(|compared| &compared.report);
                Picture::from(active_chart(answered, compared, app.language.get()))
            })
            .unwrap_or_default()
    });
    let sticky = Signal::derive(move || {
        activity.map(|answered| Picture::from(sticky_chart(answered, app.language.get()))).unwrap_or_default()
    });
    let table = Signal::derive(move || {
        activity.map(|answered| day_table(&answered.report, app.language.get())).unwrap_or_default()
    });
    let days = move || activity.map(|answered| answered.report.daily.len()).unwrap_or(0);
    let from_mark = move |mark: Mark| {
        if let Some(&window) = WINDOWS.get(mark.series) {
            open(mark.index, window);
        }
    };
    let from_cell = move |(row, column): (usize, usize)| {
        let place = days().checked_sub(row + 1);
        if let (Some(place), Some(&window)) =
            (place, column.checked_sub(1).and_then(|line| WINDOWS.get(line)))
        {
            open(place, window);
        }
    };
    let note =
        Signal::derive(move || (days() > 1).then(|| app.words().page_overview_windows_note.to_owned()));
    let to_dates = move |(from, to): (Day, Day)| app.scope.set_dates(Some((Some(from), Some(to))));
    view! {
        <ChartView id="active-users" chart=lines note on_open=from_mark on_range=to_dates/>
        <ChartView id="stickiness" chart=sticky height=220 on_range=to_dates on_open=move |mark: Mark| open(mark.index, 1)/>
        <DataTable
            id="active-by-day"
            title=Signal::derive(move || app.words().page_overview_table.to_owned())
            data=table
            on_open=from_cell
        />
    }
}

fn line_name(window: u32, language: Language) -> &'static str {
    let words = language.words();
    match window {
        1 => words.page_overview_daily,
        7 => words.page_overview_weekly,
        _ => words.page_overview_monthly,
    }
}

/// The counts from the first day with a full window on.
fn full_windows(counts: &[u64], window: u32) -> impl Iterator<Item = Option<u64>> + '_ {
    counts.iter().enumerate().map(move |(day, &count)| (day + 1 >= window as usize).then_some(count))
}

/// The three lines; those compared with are dashed, laid over them from their own first day on.
fn active_chart(answered: &Activity, compared: Option<&active::Report>, language: Language) -> LineChart {
    let (words, report) = (language.words(), &answered.report);
    let line = |counts: &[u64], window: u32, emphasis: Emphasis| Series {
        name: line_name(window, language).to_owned(),
        values: full_windows(counts, window).map(|count| count.map(|count| count as f64)).collect(),
        open_from: None,
        emphasis,
    };
    let lines = |report: &active::Report, emphasis: Emphasis| {
        let counts = [&report.daily, &report.weekly, &report.monthly];
        counts
            .into_iter()
            .zip(WINDOWS)
            .map(|(counts, window)| line(counts, window, emphasis))
            .collect::<Vec<_>>()
    };
    let before = compared.map(|report| lines(report, Emphasis::Comparison)).unwrap_or_default();
    let cut = before.into_iter().map(|mut line| {
        line.values.truncate(report.daily.len());
        line.name = fill(words.page_line_compared, &[("line", &line.name)]);
        line
    });
    let series = lines(report, Emphasis::Normal).into_iter().chain(cut);
    LineChart {
        title: words.page_overview_chart.to_owned(),
        subtitle: subtitle(words.page_overview_chart_unit, answered, language),
        x: XAxis::Days(report.first_day.unwrap_or_default(), report.daily.len()),
        x_name: String::new(),
        series: series.collect(),
        y: NumberKind::Count,
        from_zero: true,
        ..LineChart::default()
    }
}

fn sticky_chart(answered: &Activity, language: Language) -> LineChart {
    let (words, report) = (language.words(), &answered.report);
    let values: Vec<Option<f64>> = stickiness(report).collect();
    let mean = report.stickiness.map(|mean| Series {
        name: fill(words.page_overview_stickiness_mean, &[("mean", &language.percent(mean))]),
        values: values.iter().map(|value| value.map(|_| mean)).collect(),
        open_from: None,
        emphasis: Emphasis::Reference,
    });
    let line = Series {
        name: words.page_overview_stickiness.to_owned(),
        values,
        open_from: None,
        emphasis: Emphasis::Normal,
    };
    LineChart {
        title: words.page_overview_stickiness_chart.to_owned(),
        subtitle: subtitle(words.page_overview_stickiness_unit, answered, language),
        x: XAxis::Days(report.first_day.unwrap_or_default(), report.daily.len()),
        x_name: String::new(),
        series: std::iter::once(line).chain(mean).collect(),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

fn subtitle(unit: &str, answered: &Activity, language: Language) -> String {
    let zone = zone_text(&answered.time_zone, answered.week_start, language);
    format!("{unit}{}{zone}", language.words().widget_subtitle_separator)
}

/// Daily / monthly on days with a full 30-day window and anybody in it.
fn stickiness(report: &active::Report) -> impl Iterator<Item = Option<f64>> + '_ {
    let months = full_windows(&report.monthly, 30);
    report
        .daily
        .iter()
        .zip(months)
        .map(|(&day, month)| month.filter(|&month| month > 0).map(|month| day as f64 / month as f64))
}

/// The days, latest first.
fn day_table(report: &active::Report, language: Language) -> TableData {
    let words = language.words();
    let first = report.first_day.unwrap_or_default();
    let lines = [&report.daily, &report.weekly, &report.monthly];
    let lines: Vec<Vec<Option<u64>>> = lines
        .into_iter()
        .zip(WINDOWS)
        .map(|(counts, window)| full_windows(counts, window).collect())
        .collect();
    let row = |(place, stickiness): (usize, Option<f64>)| {
        let day = Datum::Day(Day(first.0.saturating_add(i32::try_from(place).unwrap_or(0))));
        let counts =
            lines.iter().map(|line| line.get(place).copied().flatten().map_or(Datum::Nothing, Datum::Count));
        std::iter::once(day).chain(counts).chain([Datum::share(stickiness)]).collect()
    };
    let mut rows: Vec<Vec<Datum>> = stickiness(report).enumerate().map(row).collect();
    rows.reverse();
    let names = WINDOWS.map(|window| (line_name(window, language).to_owned(), true));
    let columns = std::iter::once((words.chart_day.to_owned(), false))
        .chain(names)
        .chain([(words.page_overview_stickiness.to_owned(), true)]);
    TableData { columns: columns.collect(), rows, opens: vec![1, 2, 3], ..TableData::default() }
}
