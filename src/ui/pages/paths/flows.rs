//! Paths laid side by side: flows and whole paths, the step matrix; beside them what follows what.

use leptos::prelude::*;

use super::events::{Events, listed};
use super::{Answer, Choices, Part, charts, controls, params, text, transitions};
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Question, ask};
use crate::widgets::table::DataTable;
use crate::widgets::users::UsersBehind;
use strata::analysis::paths::{Cell, Place, Report};
use strata::chart::Mark;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::fill;

/// The parts of the page that ask for paths.
#[component]
pub fn FlowsPart(choices: Choices) -> impl IntoView {
    let app = App::get();
    let question = ask::<Report>(move || Query::new(Analysis::Paths, &choices.read.get().asked));
    let answer =
        Signal::derive(move || question.map(|answered| text::sentence(answered, app.language.get())));
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(&answered.report, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.paths == 0).unwrap_or(false));
    // Transitions need no anchor.
    let content = move || {
        if empty.get() && choices.part.get() != Part::Transitions {
            let events = Signal::derive(Vec::new);
            view! { {none(app, question)} <Events choices events/> }.into_any()
        } else {
            view! { <Content choices question/> }.into_any()
        }
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_paths_title.to_owned())
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

fn none(app: App, question: Question<Report>) -> AnyView {
    let title = Signal::derive(move || app.words().page_paths_empty.to_owned());
    let advice = Signal::derive(move || {
        let lacks = question.map(|answered| answered.report.paths_without_anchor > 0).unwrap_or(false);
        let words = app.words();
        if lacks { words.page_paths_empty_anchor } else { words.page_paths_empty_advice }.to_owned()
    });
    view! { <Empty title advice/> }.into_any()
}

#[component]
fn Content(choices: Choices, question: Question<Report>) -> impl IntoView {
    move || match choices.part.get() {
        Part::Flows => view! { <Flows choices question/> }.into_any(),
        Part::Matrix => view! { <Matrix choices question/> }.into_any(),
        // Sequences are another part of the page.
        Part::Transitions | Part::Sequences => view! { <transitions::Transitions choices/> }.into_any(),
    }
}

#[component]
fn Flows(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let flows = Signal::derive(move || {
        question
            .map(|answered| Picture::from(charts::flows(answered, app.language.get())))
            .unwrap_or_default()
    });
    let routes = Signal::derive(move || {
        question.map(|answered| charts::routes(answered, app.language.get())).unwrap_or_default()
    });
    let note = Signal::derive(move || {
        question.map(|answered| charts::note(&answered.report, app.language.get())).flatten()
    });
    let open_mark = move |mark: Mark| {
        question.map(|answered| {
            if let Some((title, cell)) = cell_of(answered, mark, app) {
                if let Cell::Node { place: Place::Event(name), .. } = &cell {
                    choices.chosen.set(Some(name.clone()));
                }
                behind.open(title, &answered.query, &cell);
            }
        });
    };
    let open_route = move |(row, _): (usize, usize)| {
        question.map(|answered| {
            let report = &answered.report;
            let Some(route) = report.routes.get(row) else { return };
            let places = text::route_places(report, &route.nodes);
            let title = text::route_name(&places, app.language.get_untracked());
            let places: Vec<Place> = places.into_iter().map(|(place, _)| place.clone()).collect();
            behind.open(title, &answered.query, &Cell::Route { places });
        });
    };
    view! {
        <ChartView id="paths-flows" chart=flows note on_open=open_mark/>
        <Events choices events=events_of(question)/>
        <DataTable
            id="paths-routes"
            title=Signal::derive(move || app.words().page_paths_routes.to_owned())
            data=routes
            on_open=open_route
        />
    }
}

/// The events of the picture.
fn events_of(question: Question<Report>) -> Signal<Vec<String>> {
    let events = Memo::new(move |_| question.map(|answered| listed(&answered.report)).unwrap_or_default());
    events.into()
}

/// The cell that a bar or a flow stands for, and what it is called.
fn cell_of(answered: &Answer, mark: Mark, app: App) -> Option<(String, Cell)> {
    let (report, params) = (&answered.report, params(answered));
    let language = app.language.get_untracked();
    let position = report.positions.get(mark.series)?;
    if let Some(node) = position.nodes.get(mark.index) {
        let title = text::users_at(position.position, &node.place, position.others, &params, language);
        return Some((title, Cell::Node { position: position.position, place: node.place.clone() }));
    }
    let next = report.positions.get(mark.series + 1)?;
    let link = position.links.get(mark.index - position.nodes.len())?;
    let (from, to) = (position.nodes.get(link.from as usize)?, next.nodes.get(link.to as usize)?);
    let title = fill(
        language.words().page_paths_users_between,
        &[
            ("from", &text::place_name(&from.place, Some(position.others), language)),
            ("to", &text::place_name(&to.place, Some(next.others), language)),
            ("step", &text::step_name(position.position, &params.anchor, language)),
        ],
    );
    let (from, to) = (from.place.clone(), to.place.clone());
    Some((title, Cell::Link { position: position.position, from, to }))
}

#[component]
fn Matrix(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let matrix = Signal::derive(move || {
        question
            .map(|answered| Picture::from(charts::matrix(answered, app.language.get())))
            .unwrap_or_default()
    });
    let difference = Signal::derive(move || {
        question
            .map_compared(|answered, compared| {
                let compared = &compared?.report;
                Some(Picture::from(charts::difference(answered, compared, app.language.get())))
            })
            .flatten()
    });
    let compares = Memo::new(move |_| difference.with(Option::is_some));
    let open = move |mark: Mark| {
        question.map(|answered| {
            let report = &answered.report;
            let (Some(row), Some(position)) =
                (report.matrix.get(mark.series), report.positions.get(mark.index))
            else {
                return;
            };
            let language = app.language.get_untracked();
            let title = fill(
                language.words().page_paths_users_at,
                &[
                    ("place", &text::place_name(&row.place, None, language)),
                    ("step", &text::step_name(position.position, &params(answered).anchor, language)),
                ],
            );
            if let Place::Event(name) = &row.place {
                choices.chosen.set(Some(name.clone()));
            }
            let cell = Cell::Node { position: position.position, place: row.place.clone() };
            behind.open(title, &answered.query, &cell);
        });
    };
    let note = Signal::derive(move || {
        question.map(|answered| charts::note(&answered.report, app.language.get())).flatten()
    });
    let compared = move || {
        let chart = Signal::derive(move || difference.get().unwrap_or_default());
        compares.get().then(|| view! { <ChartView id="paths-difference" chart on_open=open/> })
    };
    view! {
        <ChartView id="paths-matrix" chart=matrix note on_open=open/>
        <Events choices events=events_of(question)/>
        {compared}
    }
}
