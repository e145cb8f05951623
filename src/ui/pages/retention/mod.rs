//! Who stays: cohorts against periods, as a heat map, as curves and as a table.

mod charts;
mod controls;

use leptos::prelude::*;

use crate::pages::periods::{self, with_week_start};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame, count, sentences};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::DataTable;
use crate::widgets::users::UsersBehind;
use strata::analysis::retention::{Cell, Entry, Mean, Params, Relative, Report, When};
use strata::chart::Mark;
use strata::dataset::calendar::{Day, Period};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, fill};

type Answer = Answered<Report>;

/// What this page asks unless told otherwise. Short periods are many, so that only the first of them are shown.
fn defaults(period: Period) -> Params {
    let periods = match period {
        Period::Day => 30,
        Period::Week => 26,
        Period::Month => 24,
        Period::Quarter => 12,
    };
    Params { periods: Some(periods), ..Params::default() }
}

/// The parameters in the address; the defaults of the others depend on the period.
fn read(app: App) -> Settings<Params> {
    let period = settings::read(app.address, &Params::default()).params.period;
    settings::read(app.address, &defaults(period))
}

/// Writes parameters to the address.
fn write(app: App, params: &Params) {
    settings::write(app.address, params, &defaults(params.period), &[]);
}

/// What cells show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Rates,
    Counts,
}

/// The page's choices, from the address.
#[derive(Debug, Clone, Copy)]
struct Choices {
    read: Memo<Settings<Params>>,
    numbers: Memo<Numbers>,
}

/// The page.
#[component]
pub fn Retention() -> impl IntoView {
    let app = App::get();
    let choices = Choices {
        read: Memo::new(move |_| read(app)),
        numbers: Memo::new(move |_| match app.address.setting("numbers").as_deref() {
            Some("counts") => Numbers::Counts,
            _ => Numbers::Rates,
        }),
    };
    let question = ask::<Report>(move || {
        with_week_start(app, Query::new(Analysis::Retention, &choices.read.get().asked))
    });
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| sentence(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.users == 0).unwrap_or(false));
    let content =
        move || if empty.get() { none(app) } else { view! { <Content choices question/> }.into_any() };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_retention_title.to_owned())
            answer
            question
            controls=view! { <controls::Controls choices/> }.into_any()
            definition
            switches=move || view! { <controls::Switches choices/> }
        >
            {content}
        </Frame>
    }
}

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_retention_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_retention_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

/// A cohort's name: a week is called by its first day.
fn cohort_name(start: Day, period: Period, language: Language) -> String {
    match period {
        Period::Week => language.date(start),
        _ => periods::name((start, start), period, language),
    }
}

/// What offsets count.
fn after(period: Period, language: Language) -> &'static str {
    let words = language.words();
    match period {
        Period::Day => words.page_retention_after_day,
        Period::Week => words.page_retention_after_week,
        Period::Month => words.page_retention_after_month,
        Period::Quarter => words.page_retention_after_quarter,
    }
}

/// A number of periods after the first.
fn offset_name(offset: usize, period: Period, language: Language) -> String {
    let words = language.words();
    let phrase = match period {
        Period::Day => words.page_retention_offset_day,
        Period::Week => words.page_retention_offset_week,
        Period::Month => words.page_retention_offset_month,
        Period::Quarter => words.page_retention_offset_quarter,
    };
    fill(phrase, &[("offset", &offset.to_string())])
}

fn sentence(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    if report.users == 0 {
        return words.page_retention_empty.to_owned();
    }
    let ended =
        |offset: u32| report.average.iter().find(|average| average.offset == offset && average.users > 0);
    // The last offset that a good part of the users have reached: further ones rest on the oldest cohorts alone.
    let mut reached =
        report.average.iter().filter(|average| average.offset > 0 && average.users * 2 >= report.users);
    let (Some(first), Some(last)) = (ended(1), reached.next_back().or_else(|| ended(1))) else {
        return fill(words.page_retention_answer_short, &[("users", &count(report.users, language))]);
    };
    let params = params(answered);
    let plain = params.when == When::On && params.mean == Mean::Pooled && params.relative == Relative::Start;
    let phrase = match params.period {
        _ if !plain || params.brackets.is_some() => words.page_retention_answer_variant,
        Period::Day => words.page_retention_answer_day,
        Period::Week => words.page_retention_answer_week,
        Period::Month => words.page_retention_answer_month,
        Period::Quarter => words.page_retention_answer_quarter,
    };
    let rate = |rate: Option<f64>| rate.map(|rate| language.percent(rate));
    let parts = [
        ("first", rate(first.rate).unwrap_or_default()),
        ("last_offset", last.offset.to_string()),
        ("last", rate(last.rate).unwrap_or_default()),
        ("when", when_name(params.when, language).to_owned()),
    ];
    let answer = fill(phrase, &parts.each_ref().map(|(name, text)| (*name, text.as_str())));
    let before = |offset: u32| {
        let mut average = compared?.report.average.iter();
        rate(average.find(|average| average.offset == offset && average.users > 0)?.rate)
    };
    let before = before(first.offset).zip(before(last.offset)).map(|(first, last)| {
        fill(words.page_retention_answer_compared, &[("first", &first), ("last", &last)])
    });
    sentences(&std::iter::once(answer).chain(before).collect::<Vec<_>>(), language)
}

/// When a return counts, in a few words.
fn when_name(when: When, language: Language) -> &'static str {
    let words = language.words();
    match when {
        When::On => words.page_retention_when_on,
        When::OnOrAfter => words.page_retention_when_after,
        When::OnOrBefore => words.page_retention_when_before,
        When::Streak => words.page_retention_when_streak,
    }
}

/// What differs from the plain definition.
fn variants(params: &Params, language: Language) -> Vec<String> {
    let words = language.words();
    let minimum = fill(
        words.page_retention_definition_minimum,
        &[("count", &count(u64::from(params.minimum), language))],
    );
    let all = [
        (params.entry == Entry::FirstEver, words.page_retention_definition_ever),
        (params.entry == Entry::Recurring, words.page_retention_definition_recurring),
        (params.when == When::OnOrAfter, words.page_retention_definition_after),
        (params.when == When::OnOrBefore, words.page_retention_definition_before),
        (params.when == When::Streak, words.page_retention_definition_streak),
        (params.minimum > 1, minimum.as_str()),
        (params.rolling, words.page_retention_definition_rolling),
        (params.relative == Relative::Previous, words.page_retention_definition_previous),
    ];
    all.into_iter().filter(|(differs, _)| *differs).map(|(_, text)| text.to_owned()).collect()
}

fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let average = match params.mean {
        Mean::Simple => words.page_retention_definition_simple,
        _ => words.page_retention_definition_average,
    };
    let mut paragraphs = vec![words.page_retention_definition.to_owned()];
    paragraphs.extend(variants(&params, language));
    paragraphs.extend([average.to_owned(), words.page_retention_definition_open.to_owned()]);
    if report.users_without_cohort > 0 {
        let users = count(report.users_without_cohort, language);
        paragraphs.push(fill(words.page_retention_definition_without, &[("users", &users)]));
    }
    paragraphs
}

#[component]
fn Content(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let heat = Signal::derive(move || {
        question
            .map(|answered| Picture::from(charts::heat(answered, choices.numbers.get(), app.language.get())))
            .unwrap_or_default()
    });
    let curves = Signal::derive(move || {
        question
            .map_compared(|answered, compared| {
                let compared = compared.map(|compared| &compared.report);
                Picture::from(charts::curves(answered, compared, app.language.get()))
            })
            .unwrap_or_default()
    });
    let table = Signal::derive(move || {
        question
            .map(|answered| charts::table(answered, choices.numbers.get(), app.language.get()))
            .unwrap_or_default()
    });
    let open = move |cohort: Option<usize>, offset: Option<usize>| {
        question.map(|answered: &Answer| {
            let Some(cohort) = cohort.and_then(|cohort| answered.report.cohorts.get(cohort)) else { return };
            let language = app.language.get_untracked();
            let period = params(answered).period;
            let name = cohort_name(cohort.start, period, language);
            let title = match offset {
                Some(offset) => fill(
                    language.words().page_retention_users_of,
                    &[("cohort", &name), ("offset", &offset_name(offset, period, language))],
                ),
                None => fill(language.words().page_retention_users_of_cohort, &[("cohort", &name)]),
            };
            let offset = offset.and_then(|offset| u32::try_from(offset).ok());
            behind.open(title, &answered.query, &Cell { cohort: cohort.start, offset });
        });
    };
    let from_heat = move |mark: Mark| {
        let row = question.map(|answered| charts::drawn_rows(&answered.report).get(mark.series).copied());
        open(row.flatten(), Some(mark.index));
    };
    let from_curve = move |mark: Mark| {
        let found = question.map(|answered| {
            let row = charts::drawn_curves(&answered.report).get(mark.series).copied();
            (row, charts::first_offset(answered) + mark.index)
        });
        if let Some((row @ Some(_), offset)) = found {
            open(row, Some(offset));
        }
    };
    let from_table = move |(row, column): (usize, usize)| {
        let row = question.map(|answered| charts::table_rows(&answered.report).get(row).copied());
        open(row.flatten(), column.checked_sub(charts::FIRST_OFFSET_COLUMN));
    };
    let note = Signal::derive(move || {
        question.map(|answered| charts::note(&answered.report, app.language.get())).flatten()
    });
    view! {
        <ChartView id="retention-heat" chart=heat note on_open=from_heat/>
        <ChartView id="retention-curves" chart=curves on_open=from_curve/>
        <DataTable
            id="retention-cohorts"
            title=Signal::derive(move || app.words().page_retention_table.to_owned())
            data=table
            on_open=from_table
        />
    }
}
