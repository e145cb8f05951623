//! How long users stay, or how long until an event: the curve, its figures, groups.

mod charts;
mod controls;
mod text;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::DataTable;
use crate::widgets::users::UsersBehind;
use strata::analysis::survival::{Cell, Params, Report};
use strata::chart::Mark;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;

type Answer = Answered<Report>;

/// The page's parameters, from the address.
type Read = Memo<Settings<Params>>;

fn write(app: App, params: &Params) {
    settings::write(app.address, params, &Params::default(), &[]);
}

/// What was asked, as the engine understood it.
fn params(answered: &Answer) -> Params {
    answered.params()
}

/// The part of the page.
#[component]
pub fn Lifetime() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question = ask::<Report>(move || Query::new(Analysis::Survival, &read.get().asked));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| text::sentence(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.all.users == 0).unwrap_or(false));
    let content = move || if empty.get() { none(app) } else { view! { <Content question/> }.into_any() };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_lifetime_title.to_owned())
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

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_lifetime_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_lifetime_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

#[component]
fn Content(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let language = app.language;
    let open = move |cell: Option<Cell>| {
        question.map(|answered: &Answer| {
            let Some(cell) = cell else { return };
            let title = text::users_title(answered, &cell, language.get_untracked());
            behind.open(title, &answered.query, &cell);
        });
    };
    let curve = Signal::derive(move || {
        question
            .map_compared(|own, other| Picture::from(charts::curve(own, other, language.get())))
            .unwrap_or_default()
    });
    let note = Signal::derive(move || {
        question.map(|answered| text::curve_note(answered, language.get())).unwrap_or_default()
    });
    let days = Signal::derive(move || {
        question.map_compared(|own, other| charts::days(own, other, language.get())).unwrap_or_default()
    });
    let states = Signal::derive(move || {
        question.map(|answered| charts::states(answered, language.get())).unwrap_or_default()
    });
    let from_curve = move |mark: Mark| {
        // The line that is compared has users of another question.
        let day = u32::try_from(mark.index).ok().filter(|_| mark.series == 0);
        open(day.map(|day| Cell::AtRisk { day, group: None }));
    };
    let from_days = move |(row, column): (usize, usize)| {
        open(question.map(|answered| charts::cell_of_day(answered, row, column)).flatten());
    };
    let from_states = move |(row, _): (usize, usize)| {
        open(question.map(|answered| charts::cell_of_state(answered, row)).flatten());
    };
    let compared = Memo::new(move |_| question.map_compared(|_, other| other.is_some()).unwrap_or(false));
    let untested =
        move || compared.get().then(|| view! { <p class="hint">{app.words().page_lifetime_untested}</p> });
    view! {
        <ChartView id="lifetime-curve" chart=curve note on_open=from_curve/>
        <DataTable id="lifetime-days" title=Signal::derive(move || app.words().page_lifetime_days.to_owned())
            data=days on_open=from_days/>
        {untested}
        <Groups question/>
        <DataTable id="lifetime-states" title=Signal::derive(move || app.words().page_lifetime_states.to_owned())
            data=states on_open=from_states/>
    }
}

/// The groups of a breakdown, where there are any.
#[component]
fn Groups(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let has_groups = Memo::new(move |_| {
        question.map(|answered| !charts::groups(&answered.report).is_empty()).unwrap_or(false)
    });
    move || has_groups.get().then(|| groups(app, question))
}

fn groups(app: App, question: Question<Report>) -> AnyView {
    let behind = UsersBehind::get();
    let language = app.language;
    let curves = Signal::derive(move || {
        question
            .map(|answered| Picture::from(charts::group_curves(answered, language.get())))
            .unwrap_or_default()
    });
    let note = Signal::derive(move || {
        question.map(|answered| text::groups_note(&answered.report, language.get())).flatten()
    });
    let rows = Signal::derive(move || {
        question.map(|answered| charts::group_table(answered, language.get())).unwrap_or_default()
    });
    let open = move |place: usize, make: &dyn Fn(Option<strata::analysis::breakdown::GroupName>) -> Cell| {
        question.map(|answered: &Answer| {
            let Some(group) = charts::groups(&answered.report).get(place) else { return };
            let cell = make(Some(group.name()));
            let title = text::users_title(answered, &cell, language.get_untracked());
            behind.open(title, &answered.query, &cell);
        });
    };
    let from_curve = move |mark: Mark| {
        let day = u32::try_from(mark.index).unwrap_or(u32::MAX);
        open(mark.series, &|group| Cell::AtRisk { day, group });
    };
    let from_table =
        move |(row, column): (usize, usize)| open(row, &|group| charts::group_cell(column, group));
    let test = move || {
        question.map(|answered| text::test(&answered.report, language.get())).map(|text| {
            view! { <p class="hint" id="lifetime-test">{text}</p> }
        })
    };
    view! {
        <ChartView id="lifetime-group-curves" chart=curves note on_open=from_curve/>
        <DataTable id="lifetime-groups" title=Signal::derive(move || app.words().page_lifetime_groups.to_owned())
            data=rows on_open=from_table/>
        {test}
    }
    .into_any()
}
