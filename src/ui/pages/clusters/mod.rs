//! Groups of users who are alike: how many there are, what sets each apart, and who is in it.

mod charts;
mod controls;
mod text;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::{DataTable, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::clusters::{Cell, Params, Report};
use strata::chart::Mark;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, Words};

type Answer = Answered<Report>;
type Read = Memo<Settings<Params>>;

/// The page.
#[component]
pub fn Clusters() -> impl IntoView {
    let app = App::get();
    let read: Read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question = ask::<Report>(move || Query::new(Analysis::Clusters, &read.get().asked));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| {
            text::answer(&answered.report, compared.map(|compared| &compared.report), app.language.get())
        })
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.users == 0).unwrap_or(false));
    let content = move || {
        if empty.get() {
            let title = Signal::derive(move || app.words().page_clusters_empty.to_owned());
            let advice = Signal::derive(move || app.words().page_clusters_empty_advice.to_owned());
            view! { <Empty title advice/> }.into_any()
        } else {
            view! { <Content question/> }.into_any()
        }
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_clusters_title.to_owned())
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

#[component]
fn Content(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let language = app.language;
    let behind = UsersBehind::get();
    let picture = move |make: fn(&Answer, Language) -> Picture| {
        Signal::derive(move || question.map(|answered| make(answered, language.get())).unwrap_or_default())
    };
    let table = move |make: fn(&Answer, Language) -> TableData| {
        Signal::derive(move || question.map(|answered| make(answered, language.get())).unwrap_or_default())
    };
    let open = move |place: usize| {
        let found = question
            .map(|answered| {
                let cluster = answered.report.clusters.get(place)?;
                let title = text::title(cluster, language.get_untracked());
                Some((title, text::pinned(answered), Cell::Cluster(cluster.number)))
            })
            .flatten();
        if let Some((title, query, cell)) = found {
            behind.open(title, &query, &cell);
        }
    };
    let from_dots = move |mark: Mark| open(mark.series);
    let has_dots =
        Memo::new(move |_| question.map(|answered| charts::has_dots(&answered.report)).unwrap_or(false));
    let has_curve =
        Memo::new(move |_| question.map(|answered| answered.report.trials.len() > 1).unwrap_or(false));
    let name =
        move |pick: fn(&'static Words) -> &'static str| Signal::derive(move || pick(app.words()).to_owned());
    let notes = move || {
        let notes = question.map(|answered| text::notes(&answered.report, language.get()))?;
        (!notes.is_empty()).then(|| view! { <p class="muted" id="clusters-notes">{notes}</p> })
    };
    view! {
        {notes}
        <DataTable id="clusters-table" title=name(|words| words.page_clusters_table)
            data=table(charts::clusters) on_open=move |(row, _): (usize, usize)| open(row)/>
        <ChartView id="clusters-profile" chart=picture(|answered, language| charts::profile(answered, language).into())
            on_open=move |mark: Mark| open(mark.series)/>
        {move || has_dots.get().then(|| view! {
            <ChartView id="clusters-dots" chart=picture(|answered, language| charts::dots(answered, language).into())
                on_open=from_dots/>
        })}
        {move || has_curve.get().then(|| view! {
            <ChartView id="clusters-curve" chart=picture(|answered, language| charts::curve(answered, language).into())/>
            <DataTable id="clusters-trials" title=name(|words| words.page_clusters_trials) data=table(charts::trials)/>
        })}
    }
}
