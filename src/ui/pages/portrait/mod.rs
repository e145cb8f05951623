//! What sets a segment apart, how saved segments overlap, how a segment has grown; and all that is known of one user.

mod controls;
mod overlap;
mod size;
mod tables;
mod text;
mod user;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask_of};
use crate::widgets::settings::{self, Settings};
use crate::widgets::table::DataTable;
use crate::widgets::users::UsersBehind;
use serde_json::Value;
use strata::analysis::portrait::{Cell, Params, Report};
use strata::chart::Mark;
use strata::dataset::filter::{Condition, Filter};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::Words;

type Answer = Answered<Report>;
type Read = Memo<Settings<Params>>;

/// The setting that says whose profile is shown.
const USER: &str = "user";

/// The segment of a filter, and the rest of it: a segment is not looked through here, but compared with everybody else.
fn parted(filter: Filter) -> (Option<Condition>, Filter) {
    let mut rest = filter;
    let place = rest.all.iter().position(|condition| condition.segment.is_some());
    let segment = place.map(|place| rest.all.remove(place));
    (segment, rest)
}

/// A question of the segment of a filter.
fn of_segment(analysis: Analysis, params: &Value, filter: Filter) -> Query {
    let (segment, filter) = parted(filter);
    let mut params = params.clone();
    if let (Value::Object(fields), Some(condition)) = (&mut params, segment) {
        fields.insert("segment".to_owned(), serde_json::to_value(condition.segment).unwrap_or_default());
        fields.insert("not".to_owned(), Value::Bool(condition.not));
    }
    Query { filter, ..Query::new(analysis, &params) }
}

/// The page: a segment, or one user.
#[component]
pub fn Portrait() -> impl IntoView {
    let app = App::get();
    let user = Memo::new(move |_| app.address.setting(USER));
    move || match user.get() {
        Some(id) => view! { <user::User id/> }.into_any(),
        None => view! { <OfSegment/> }.into_any(),
    }
}

#[component]
fn OfSegment() -> impl IntoView {
    let app = App::get();
    let read: Read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question = ask_of::<Report>(move |filter| of_segment(Analysis::Portrait, &read.get().asked, filter));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| text::answer(answered, compared, app.language.get()))
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.users == 0).unwrap_or(false));
    let content = move || {
        if empty.get() {
            let title = Signal::derive(move || app.words().page_portrait_empty.to_owned());
            let advice = Signal::derive(move || app.words().page_portrait_empty_advice.to_owned());
            view! { <Empty title advice/> }.into_any()
        } else {
            view! { <Content question/> }.into_any()
        }
    };
    let answered = Memo::new(move |_| question.map(|_| ()).is_some());
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_portrait_title.to_owned())
            answer
            question
            controls=view! { <controls::Controls read/> }.into_any()
            definition
            switches=move || view! { <controls::Switches read/> }
        >
            {content}
            // Asked when the portrait is there: they may take longer.
            {move || answered.get().then(|| view! {
                <overlap::Overlap read/>
                <size::Size read/>
            })}
        </Frame>
    }
}

#[component]
fn Content(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let language = app.language;
    let table = move |make: fn(&Answer, strata::locale::Language) -> crate::widgets::table::TableData| {
        Signal::derive(move || question.map(|answered| make(answered, language.get())).unwrap_or_default())
    };
    let open = move |title: String, cell: Cell| {
        question.map(|answered: &Answer| behind.open(title, &answered.query, &cell));
    };
    let from_sides = move |(row, _): (usize, usize)| {
        let title = question.map(|answered| text::side_name(answered, row == 1, language.get_untracked()));
        let cell = if row == 1 { Cell::Rest } else { Cell::Inside };
        title.into_iter().for_each(|title| open(title, cell.clone()));
    };
    let open_share = move |place: usize, rest: bool| {
        let found = question.map(|answered| {
            let share = answered.report.shares.get(place)?;
            let title = text::trait_name(&share.of, language.get_untracked());
            Some((title, Cell::Has { of: share.of.clone(), rest }))
        });
        if let Some((title, cell)) = found.flatten() {
            open(title, cell);
        }
    };
    let from_apart = move |(row, column): (usize, usize)| open_share(row, column == tables::REST_COLUMN);
    let index = Signal::derive(move || {
        question.map(|answered| Picture::from(tables::index(answered, language.get()))).unwrap_or_default()
    });
    let from_index = move |mark: Mark| {
        let found = question.map(|answered| tables::index_rows(&answered.report).nth(mark.index)).flatten();
        found.into_iter().for_each(|place| open_share(place, false));
    };
    let compares = Memo::new(move |_| {
        question.map(|answered| tables::index_rows(&answered.report).next().is_some()).unwrap_or(false)
    });
    let has_spreads =
        Memo::new(move |_| question.map(|answered| !answered.report.attributes.is_empty()).unwrap_or(false));
    let note = move || question.map(|answered| text::note(answered, language.get()));
    let name =
        move |pick: fn(&'static Words) -> &'static str| Signal::derive(move || pick(app.words()).to_owned());
    view! {
        <DataTable id="portrait-sides" title=name(|words| words.page_portrait_sides) data=table(tables::sides) on_open=from_sides/>
        {move || compares.get().then(|| view! {
            <ChartView id="portrait-index" chart=index on_open=from_index/>
        })}
        <DataTable id="portrait-apart" title=name(|words| words.page_portrait_apart) data=table(tables::apart) on_open=from_apart/>
        <p class="hint" id="portrait-note">{note}</p>
        <DataTable id="portrait-figures" title=name(|words| words.page_portrait_figures) data=table(tables::figures)/>
        {move || has_spreads.get().then(|| view! {
            <DataTable id="portrait-spreads" title=name(|words| words.page_portrait_spreads) data=table(tables::spreads)/>
        })}
    }
}
