//! How revenue is spread over users: the Lorenz curve, bands of value, and who carries half of it.

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
use strata::analysis::value::{Cell, Params, Report};
use strata::chart::Mark;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;

type Answer = Answered<Report>;
type Read = Memo<Settings<Params>>;

/// The page.
#[component]
pub fn Value() -> impl IntoView {
    let app = App::get();
    let read: Read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let has_value = Memo::new(move |_| {
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.value.is_some()))
    });
    let question = ask::<Report>(move || Query::new(Analysis::Value, &read.get().asked));
    let answer = Signal::derive(move || {
        if !has_value.get() {
            return Some(app.words().page_value_no_money.to_owned());
        }
        question.map_compared(|answered, compared| {
            text::answer(&answered.report, compared.map(|compared| &compared.report), app.language.get())
        })
    });
    let definition = Signal::derive(move || {
        question
            .map(|answered| text::definition(&answered.report, &read.get().params, app.language.get()))
            .unwrap_or_default()
    });
    let empty = Memo::new(move |_| {
        !has_value.get() || question.map(|answered| answered.report.users == 0).unwrap_or(false)
    });
    let content = move || {
        if empty.get() {
            let title = Signal::derive(move || app.words().page_value_empty.to_owned());
            let advice = Signal::derive(move || app.words().page_value_empty_advice.to_owned());
            view! { <Empty title advice/> }.into_any()
        } else {
            view! { <Content question/> }.into_any()
        }
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_value_title.to_owned())
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
    let behind = UsersBehind::get();
    let curve = Signal::derive(move || {
        question
            .map_compared(|answered, compared| {
                Picture::from(charts::curve(answered, compared, app.language.get()))
            })
            .unwrap_or_default()
    });
    let bands = Signal::derive(move || {
        question
            .map_compared(|answered, compared| charts::bands(answered, compared, app.language.get()))
            .unwrap_or_default()
    });
    let top = Signal::derive(move || {
        question
            .map_compared(|answered, compared| charts::top(answered, compared, app.language.get()))
            .unwrap_or_default()
    });
    let open = move |title: String, cell: Cell| {
        question.map(|answered: &Answer| behind.open(title, &answered.query, &cell));
    };
    let from_curve = move |mark: Mark| {
        // The curve goes from the poorest: right of a point are the richest.
        let percent = u32::try_from(charts::POINTS.saturating_sub(mark.index)).unwrap_or(0).max(1);
        open(text::top_name(percent, app.language.get_untracked()), Cell::Top(percent));
    };
    let from_bands = move |(row, _): (usize, usize)| {
        let found = question.map(|answered| answered.report.bands.get(row).map(|band| band.key)).flatten();
        if let Some(band) = found {
            open(text::band_name(band, app.language.get_untracked()), Cell::Band(band));
        }
    };
    let from_top = move |(row, _): (usize, usize)| {
        let found = question
            .map(|answered| charts::top_cell(&answered.report, row, app.language.get_untracked()))
            .flatten();
        if let Some((title, cell)) = found {
            open(title, cell);
        }
    };
    let no_shares = move || {
        let none = question.map(|answered| answered.report.gini.is_none()).unwrap_or(false);
        none.then(|| view! { <p class="muted" id="value-no-shares">{app.words().page_value_no_shares}</p> })
    };
    let name = move |pick: fn(&'static strata::locale::Words) -> &'static str| {
        Signal::derive(move || pick(app.words()).to_owned())
    };
    view! {
        {no_shares}
        <ChartView id="value-curve" chart=curve on_open=from_curve/>
        <DataTable id="value-bands" title=name(|words| words.page_value_bands) data=bands on_open=from_bands/>
        <DataTable id="value-top" title=name(|words| words.page_value_top) data=top on_open=from_top/>
    }
}
