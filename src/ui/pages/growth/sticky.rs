//! How often users come: the power-user curve, and daily, weekly and monthly users compared.

use leptos::prelude::*;

use super::events::ActiveEvent;
use super::users::none;
use crate::pages::periods::{own_first, subtitle, with_compared};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Frame, count};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::segmented::Segmented;
use crate::widgets::settings;
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::stickiness::{Cell, Histogram, Params, Ratio, Report, Step};
use strata::chart::{ColumnChart, LineChart, Mark, NumberKind, XAxis};
use strata::dataset::calendar::Day;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, fill};

type Answer = Answered<Report>;

/// Which histogram is shown, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shown {
    /// The place of its window among those asked for.
    place: usize,
    at_least: bool,
}

/// The part of the page.
#[component]
pub fn StickinessPart() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question = ask::<Report>(move || Query::new(Analysis::Stickiness, &read.get().asked));
    let windows = Memo::new(move |_| read.get().params.windows);
    let shown = Memo::new(move |_| {
        let windows = windows.get();
        let wanted = app.address.setting("window").and_then(|window| window.parse::<u32>().ok());
        let place = wanted.and_then(|wanted| windows.iter().position(|window| *window == wanted));
        let at_least = app.address.setting("counted").as_deref() == Some("atLeast");
        Shown { place: place.unwrap_or(windows.len().saturating_sub(1)), at_least }
    });
    let answer = Signal::derive(move || {
        question.map(|answered| sentence(&answered.report, shown.get(), app.language.get()))
    });
    let definition = Signal::derive(move || {
        let words = app.words();
        [words.page_growth_sticky_definition, words.page_growth_sticky_definition_ratios]
            .map(str::to_owned)
            .to_vec()
    });
    let empty =
        Memo::new(move |_| question.map(|answered| answered.report.first_day.is_none()).unwrap_or(false));
    let content =
        move || if empty.get() { none(app) } else { view! { <Content question shown/> }.into_any() };
    let change = move |active| {
        let params = Params { active, ..read.get_untracked().params };
        settings::write(app.address, &params, &Params::default(), &[]);
    };
    let active = Signal::derive(move || read.get().params.active);
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_growth_stickiness_title.to_owned())
            answer
            question
            controls=view! { <Controls windows shown/> }.into_any()
            definition
            switches=move || view! { <ActiveEvent value=active on_change=change/> }
        >
            {content}
        </Frame>
    }
}

/// The window, and whether days are counted exactly.
#[component]
fn Controls(windows: Memo<Vec<u32>>, shown: Memo<Shown>) -> impl IntoView {
    let app = App::get();
    let days = move |window: u32| fill(app.words().page_growth_window_days, &[("days", &window.to_string())]);
    let choices = Signal::derive(move || {
        windows.get().into_iter().map(|window| (window.to_string(), days(window))).collect::<Vec<_>>()
    });
    let value = Signal::derive(move || {
        windows.with(|windows| windows.get(shown.get().place).map(u32::to_string)).unwrap_or_default()
    });
    let last = move || windows.with_untracked(|windows| windows.last().map(u32::to_string));
    let change = move |chosen: String| {
        let standard = last().as_ref() == Some(&chosen);
        app.address.set("window", (!standard).then_some(chosen.as_str()));
    };
    let kinds = Signal::derive(move || {
        let words = app.words();
        vec![
            ("exactly".to_owned(), words.page_growth_exactly.to_owned()),
            ("atLeast".to_owned(), words.page_growth_at_least.to_owned()),
        ]
    });
    let kind = Signal::derive(move || if shown.get().at_least { "atLeast" } else { "exactly" }.to_owned());
    let change_kind =
        move |chosen: String| app.address.set("counted", (chosen == "atLeast").then_some("atLeast"));
    let window = Signal::derive(move || app.words().page_growth_window.to_owned());
    let counted = Signal::derive(move || app.words().page_growth_counted.to_owned());
    view! {
        <Segmented id="window" label=window choices value on_change=change/>
        <Segmented id="counted" label=counted choices=kinds value=kind on_change=change_kind/>
    }
}

/// The number of active days that at least half of the active users reach.
fn median(histogram: &Histogram) -> u32 {
    let reached = histogram.steps.iter().rfind(|step| step.days > 0 && step.at_least * 2 >= histogram.active);
    reached.map_or(0, |step| step.days)
}

fn sentence(report: &Report, shown: Shown, language: Language) -> String {
    let words = language.words();
    let Some(histogram) = report.histograms.get(shown.place) else { return String::new() };
    let (window, day) = (histogram.window.to_string(), language.date(report.as_of));
    if histogram.active == 0 {
        return fill(words.page_growth_sticky_none, &[("window", &window), ("day", &day)]);
    }
    // A quarter of the days: twice a week, about.
    let often = histogram.window.div_ceil(4);
    let step = histogram.steps.iter().find(|step| step.days == often);
    let share = step.and_then(|step| step.share_at_least).unwrap_or(0.0);
    let ratio = report.daily_to_monthly.mean;
    let phrase =
        if ratio.is_some() { words.page_growth_sticky_answer } else { words.page_growth_sticky_answer_short };
    let parts = [
        ("active", count(histogram.active, language)),
        ("window", window),
        ("day", day),
        ("median", median(histogram).to_string()),
        ("often", language.percent(share)),
        ("days", often.to_string()),
        ("ratio", ratio.map(|ratio| language.percent(ratio)).unwrap_or_default()),
    ];
    fill(phrase, &parts.each_ref().map(|(name, text)| (*name, text.as_str())))
}

#[component]
fn Content(question: Question<Report>, shown: Memo<Shown>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let open_days = move |days: u32, at_least: bool| {
        question.map(|answered: &Answer| {
            let Some(histogram) = answered.report.histograms.get(shown.get_untracked().place) else { return };
            let window = histogram.window;
            let words = app.language.get_untracked().words();
            let phrase =
                if at_least { words.page_growth_days_of_at_least } else { words.page_growth_days_of };
            let title = fill(phrase, &[("days", &days.to_string()), ("window", &window.to_string())]);
            behind.open(title, &answered.query, &Cell::Days { window, days, at_least });
        });
    };
    let curve = Signal::derive(move || {
        let picture = question.map_compared(|answered, compared| {
            Picture::from(power_chart(answered, compared, shown.get(), app.language.get()))
        });
        picture.unwrap_or_default()
    });
    let ratios = Signal::derive(move || {
        let picture = question.map_compared(|answered, compared| {
            Picture::from(ratio_chart(answered, compared, app.language.get()))
        });
        picture.unwrap_or_default()
    });
    let table = Signal::derive(move || {
        let table = question.map(|answered| table(&answered.report, shown.get(), app.language.get()));
        table.unwrap_or_default()
    });
    let note = Signal::derive(move || {
        let full = question.map(|answered| {
            answered.report.histograms.get(shown.get().place).is_none_or(|histogram| histogram.full)
        });
        (full == Some(false)).then(|| app.words().page_growth_not_full.to_owned())
    });
    // Days of the curve begin at 1.
    let from_curve = move |mark: Mark| {
        let days = u32::try_from(mark.index + 1).unwrap_or(u32::MAX);
        open_days(days, shown.get_untracked().at_least);
    };
    let from_ratio = move |mark: Mark| {
        question.map(|answered: &Answer| {
            let Some(first) = answered.report.first_day else { return };
            let day = Day(first.0.saturating_add(i32::try_from(mark.index).unwrap_or(0)));
            // The users who are the shorter window of the line.
            let window = if mark.series == 2 { 7 } else { 1 };
            let language = app.language.get_untracked();
            let parts = [("window", window.to_string()), ("day", language.date(day))];
            let parts = parts.each_ref().map(|(name, text)| (*name, text.as_str()));
            let title = fill(language.words().page_growth_point_of, &parts);
            behind.open(title, &answered.query, &Cell::Point { day, window });
        });
    };
    let from_table = move |(row, column): (usize, usize)| {
        let days = u32::try_from(row).unwrap_or(u32::MAX);
        open_days(days, column == AT_LEAST_COLUMN);
    };
    let to_dates = move |(from, to): (Day, Day)| app.scope.set_dates(Some((Some(from), Some(to))));
    view! {
        <ChartView id="growth-power" chart=curve note on_open=from_curve/>
        <ChartView id="growth-ratios" chart=ratios on_open=from_ratio on_range=to_dates/>
        <DataTable
            id="growth-days"
            title=Signal::derive(move || app.words().page_growth_sticky_table.to_owned())
            data=table
            on_open=from_table
        />
    }
}

/// The column of the table with users of so many days or more.
const AT_LEAST_COLUMN: usize = 3;

fn steps(answered: &Answer, shown: Shown) -> &[Step] {
    let histogram = answered.report.histograms.get(shown.place);
    histogram.and_then(|histogram| histogram.steps.get(1..)).unwrap_or(&[])
}

fn power_chart(
    answered: &Answer,
    compared: Option<&Answer>,
    shown: Shown,
    language: Language,
) -> ColumnChart {
    let (words, report) = (language.words(), &answered.report);
    let share = |step: &Step| if shown.at_least { step.share_at_least } else { step.share };
    let values = |answered: &Answer| (steps(answered, shown).iter().map(share).collect(), None);
    let series =
        with_compared(words.page_growth_power_series, values(answered), compared.map(values), language);
    let window = report.histograms.get(shown.place).map_or(0, |histogram| histogram.window).to_string();
    let phrase =
        if shown.at_least { words.page_growth_power_unit_at_least } else { words.page_growth_power_unit };
    let unit = fill(phrase, &[("window", &window), ("day", &language.date(report.as_of))]);
    ColumnChart {
        title: words.page_growth_power.to_owned(),
        subtitle: subtitle(&unit, answered, None, language),
        x: XAxis::Steps(steps(answered, shown).iter().map(|step| step.days.to_string()).collect()),
        x_name: words.page_growth_power_x.to_owned(),
        arrangement: strata::chart::Arrangement::Grouped,
        series,
        y: NumberKind::Percent,
        ..ColumnChart::default()
    }
}

fn ratio_chart(answered: &Answer, compared: Option<&Answer>, language: Language) -> LineChart {
    let (words, report) = (language.words(), &answered.report);
    let line = |name: &str, ratio: fn(&Report) -> &Ratio| {
        let values = |answered: &Answer| (ratio(&answered.report).days.clone(), None);
        with_compared(name, values(answered), compared.map(values), language)
    };
    let lines = [
        line(words.page_growth_daily_to_monthly, |report| &report.daily_to_monthly),
        line(words.page_growth_daily_to_weekly, |report| &report.daily_to_weekly),
        line(words.page_growth_weekly_to_monthly, |report| &report.weekly_to_monthly),
    ];
    LineChart {
        title: words.page_growth_ratios.to_owned(),
        subtitle: subtitle(words.page_growth_ratios_unit, answered, None, language),
        x: XAxis::Days(report.first_day.unwrap_or_default(), report.daily.len()),
        series: own_first(lines.into_iter().flatten()),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// From 0 active days up.
fn table(report: &Report, shown: Shown, language: Language) -> TableData {
    let words = language.words();
    let row = |step: &Step| {
        vec![
            Datum::Count(u64::from(step.days)),
            Datum::Count(step.users),
            Datum::share(step.share),
            Datum::Count(step.at_least),
            Datum::share(step.share_at_least),
        ]
    };
    let columns = [
        words.page_growth_days,
        words.page_growth_users,
        words.page_growth_share,
        words.page_growth_users_at_least,
        words.page_growth_share_at_least,
    ];
    let steps = report.histograms.get(shown.place).map(|histogram| histogram.steps.as_slice());
    TableData {
        columns: columns.map(|name| (name.to_owned(), true)).to_vec(),
        rows: steps.unwrap_or(&[]).iter().map(row).collect(),
        opens: vec![1, AT_LEAST_COLUMN],
        ..TableData::default()
    }
}
