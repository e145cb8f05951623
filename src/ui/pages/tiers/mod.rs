//! Tiers of membership: who has which, who moves, who is near the next one or about to fall, and what other thresholds would do.

mod charts;
mod controls;
mod editor;
mod tables;
mod text;

use leptos::prelude::*;

use crate::pages::periods;
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::shares_compared::SharesCompared;
use crate::widgets::table::{DataTable, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::tiers::{Cell, Measure, Params, Report};
use strata::chart::Mark;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, Words, fill};

type Answer = Answered<Report>;
type Read = Memo<Settings<Params>>;

fn params(answered: &Answer) -> Params {
    answered.params()
}

fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// The page.
#[component]
pub fn Tiers() -> impl IntoView {
    let app = App::get();
    let read: Read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let no_money = Memo::new(move |_| {
        let has =
            app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.value.is_some()));
        !has && read.get().params.measure.needs_money()
    });
    let question = ask::<Report>(move || Query::new(Analysis::Tiers, &read.get().asked));
    let answer = Signal::derive(move || {
        if no_money.get() {
            return Some(app.words().page_tiers_no_money.to_owned());
        }
        question.map_compared(|answered, compared| text::answer(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.users == 0).unwrap_or(false));
    let content = move || {
        if no_money.get() {
            view! { <NoMoney read/> }.into_any()
        } else if empty.get() {
            let title = Signal::derive(move || app.words().page_tiers_empty.to_owned());
            let advice = Signal::derive(move || app.words().page_tiers_empty_advice.to_owned());
            view! { <Empty title advice/> }.into_any()
        } else {
            view! { <Content question read/> }.into_any()
        }
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_tiers_title.to_owned())
            answer
            question
            controls=view! { <controls::Controls read/> }.into_any()
            definition
            switches=move || view! { <controls::Switches read/> }
        >
            {content}
        </Frame>
    }
}

/// Money is measured and there is none: what else can be.
#[component]
fn NoMoney(read: Read) -> impl IntoView {
    let app = App::get();
    let title = Signal::derive(move || app.words().page_tiers_no_money_title.to_owned());
    let advice = Signal::derive(move || app.words().page_tiers_no_money_advice.to_owned());
    let button = move |id: &'static str, name: fn(&'static Words) -> &'static str, measure: Measure| {
        let choose = move |_| {
            write(app, &Params { measure, thresholds: None, what_if: None, ..read.get_untracked().params });
        };
        view! { <button type="button" class="button" id=id on:click=choose>{move || name(app.words())}</button> }
    };
    let action = view! {
        {button("use-orders", |words| words.page_tiers_use_orders, Measure::Orders)}
        " "
        {button("use-days", |words| words.page_tiers_use_days, Measure::ActiveDays)}
    };
    view! { <Empty title advice action=action.into_any()/> }
}

#[component]
fn Content(question: Question<Report>, read: Read) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let language = app.language;
    let picture = move |make: fn(&Answer, Language) -> Picture| {
        Signal::derive(move || question.map(|answered| make(answered, language.get())).unwrap_or_default())
    };
    let open = move |title: String, cell: Cell| {
        question.map(|answered: &Answer| behind.open(title, &answered.query, &cell));
    };
    // What a mark or a figure means is read from the answer on the screen.
    let from = move |found: fn(&Answer, Mark, Language) -> Option<(String, Cell)>| {
        move |mark: Mark| {
            let cell = question.map(|answered| found(answered, mark, language.get_untracked())).flatten();
            if let Some((title, cell)) = cell {
                open(title, cell);
            }
        }
    };
    let from_cell = move |found: tables::Opens| {
        move |(row, column): (usize, usize)| {
            let cell =
                question.map(|answered| found(answered, row, column, language.get_untracked())).flatten();
            if let Some((title, cell)) = cell {
                open(title, cell);
            }
        }
    };
    let now = Signal::derive(move || {
        question
            .map_compared(|answered, compared| tables::now(answered, compared, language.get()))
            .unwrap_or_default()
    });
    let table = move |make: fn(&Answer, Language) -> TableData| {
        Signal::derive(move || question.map(|answered| make(answered, language.get())).unwrap_or_default())
    };
    let name =
        move |pick: fn(&'static Words) -> &'static str| Signal::derive(move || pick(app.words()).to_owned());
    let returned_name = Signal::derive(move || {
        question.map(|answered| text::returned(&answered.report, language.get())).unwrap_or_default()
    });
    let has_returned =
        Memo::new(move |_| question.map(|answered| answered.report.returned_in.is_some()).unwrap_or(false));
    let has_what_if =
        Memo::new(move |_| question.map(|answered| answered.report.what_if.is_some()).unwrap_or(false));
    let evidence = move || question.map(|answered| text::evidence(answered, language.get()));
    let what_if = move || question.map(|answered| text::what_if(&answered.report, language.get())).flatten();
    view! {
        <p class="muted" id="tiers-evidence">{evidence}</p>
        <DataTable id="tiers-now" title=name(|words| words.page_tiers_now) data=now on_open=from_cell(tables::open_now)/>
        <SharesCompared id="tiers-compared" question categories=tables::categories/>
        <editor::Editor question read/>
        {move || has_what_if.get().then(|| view! {
            <section id="tiers-what-if">
                <p id="tiers-what-if-answer">{what_if}</p>
                <DataTable id="tiers-what-if-moves" title=name(|words| words.page_tiers_what_if_moves)
                    data=table(tables::what_if_moves) on_open=from_cell(tables::open_what_if_moves)/>
                <DataTable id="tiers-what-if-tiers" title=name(|words| words.page_tiers_what_if_tiers)
                    data=table(tables::what_if_tiers) on_open=from_cell(tables::open_what_if_tiers)/>
            </section>
        })}
        <ChartView id="tiers-distribution" chart=picture(|answered, language| charts::distribution(answered, language).into())
            on_open=from(charts::bin)/>
        <DataTable id="tiers-close" title=name(|words| words.page_tiers_close) data=table(tables::close) on_open=from_cell(tables::open_close)/>
        {move || has_returned.get().then(|| view! {
            <DataTable id="tiers-returned" title=returned_name data=table(tables::returned) on_open=from_cell(tables::open_returned)/>
        })}
        <ChartView id="tiers-time" chart=picture(|answered, language| charts::over_time(answered, language).into())
            on_open=from(charts::at_time)/>
        <ChartView id="tiers-changes" chart=picture(|answered, language| charts::changes(answered, language).into())
            on_open=from(charts::change_at)/>
        <ChartView id="tiers-moves" chart=picture(|answered, language| charts::moves(answered, language).into())
            on_open=from(charts::move_at)/>
    }
}

/// What the users of a period are called.
fn users_of(what: &str, answered: &Answer, place: usize, language: Language) -> Option<String> {
    let period = answered.report.periods.get(place)?;
    let name = periods::name((period.start, period.end), params(answered).period, language);
    Some(fill(language.words().page_tiers_users_of, &[("tier", what), ("period", &name)]))
}
