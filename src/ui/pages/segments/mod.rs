//! Who our buyers are: recency, frequency and monetary value, as a grid, as tiles and as named groups.

mod charts;
mod controls;
mod groups;
mod moves;
mod spread;
mod text;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::shares_compared::SharesCompared;
use crate::widgets::table::DataTable;
use crate::widgets::users::UsersBehind;
use strata::analysis::rfm::{Basis, Cell, Params, Report};
use strata::chart::Mark;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::Language;
use strata::segment::names::SegmentMap;

use groups::Grouping;

type Answer = Answered<Report>;

/// What this page asks unless told otherwise: the map of eleven segments.
fn defaults() -> Params {
    Params { segment_map: SegmentMap::Eleven, ..Params::default() }
}

/// The height of the two charts, which stand side by side.
const PAIR_HEIGHT: u32 = 340;

/// What the charts show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Users,
    Revenue,
}

/// The page's choices, from the address.
#[derive(Debug, Clone, Copy)]
struct Choices {
    read: Memo<Settings<Params>>,
    grouping: Memo<Grouping>,
    measure: Memo<Measure>,
}

/// The page.
#[component]
pub fn Segments() -> impl IntoView {
    let app = App::get();
    let read = Memo::new(move |_| settings::read(app.address, &defaults()));
    let grouping = Memo::new(move |_| {
        Grouping::chosen(app.address.setting("view").as_deref(), read.get().params.segment_map)
    });
    let has_value = move || {
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.value.is_some()))
    };
    let measure = Memo::new(move |_| match app.address.setting("measure").as_deref() {
        Some("revenue") if has_value() && read.get().params.basis != Some(Basis::Engagement) => {
            Measure::Revenue
        }
        _ => Measure::Users,
    });
    let choices = Choices { read, grouping, measure };
    let question = ask::<Report>(move || Query::new(Analysis::Rfm, &read.get().asked));
    let answer = Signal::derive(move || {
        question.map(|answered| text::sentence(&answered.report, grouping.get(), app.language.get()))
    });
    let definition = Signal::derive(move || {
        let paragraphs = question.map(|answered| {
            text::definition(&answered.report, &read.get().params, grouping.get(), app.language.get())
        });
        paragraphs.unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.buyers == 0).unwrap_or(false));
    let content =
        move || if empty.get() { none(app) } else { view! { <Content choices question/> }.into_any() };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_segments_title.to_owned())
            answer
            question
            controls=view! { <controls::Controls choices question/> }.into_any()
            definition
            switches=move || view! { <controls::Switches choices/> }
        >
            {content}
        </Frame>
    }
}

fn none(app: App) -> AnyView {
    let title = Signal::derive(move || app.words().page_segments_empty.to_owned());
    let advice = Signal::derive(move || app.words().page_segments_empty_advice.to_owned());
    view! { <Empty title advice/> }.into_any()
}

#[component]
fn Content(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let Choices { grouping, measure, .. } = choices;
    let grid = Signal::derive(move || {
        question
            .map(|answered| charts::grid(answered, grouping.get().map(), measure.get(), app.language.get()))
            .unwrap_or_default()
    });
    let tiles = Signal::derive(move || {
        question
            .map(|answered| charts::tiles(answered, grouping.get(), measure.get(), app.language.get()))
            .unwrap_or_default()
    });
    let table = Signal::derive(move || {
        question
            .map_compared(|answered, compared| {
                let compared = compared.map(|compared| &compared.report);
                groups::table(&answered.report, compared, grouping.get(), app.language.get())
            })
            .unwrap_or_default()
    });
    let open_grid = move |mark: Mark| {
        question.map(|answered: &Answer| {
            let (recency, frequency) = (5usize.saturating_sub(mark.series), mark.index + 1);
            behind.open(
                format!("R {recency}, F {frequency}"),
                &answered.query,
                &Cell::Grid(format!("{recency}{frequency}")),
            );
        });
    };
    let compared = move |own: &Answer, other: &Answer, language: Language| {
        Some(groups::categories(&own.report, &other.report, grouping.get(), language))
    };
    let open_group = move |key: &str| {
        question.map(|answered: &Answer| {
            let grouping = grouping.get_untracked();
            if let Some(cell) = grouping.cell(key) {
                behind.open(grouping.name(key, app.language.get_untracked()), &answered.query, &cell);
            }
        });
    };
    let open_tile = move |mark: Mark| {
        let key = tiles.with_untracked(|tiles| tiles.items.get(mark.index).map(|item| item.key.clone()));
        key.iter().for_each(|key| open_group(key));
    };
    let open_row = move |(row, _): (usize, usize)| {
        let key = question.map(|answered| {
            grouping.get_untracked().groups(&answered.report).get(row).map(|group| group.key.clone())
        });
        key.flatten().iter().for_each(|key| open_group(key));
    };
    let empty = Signal::derive(move || {
        question.map(|answered| charts::grid_note(answered, app.language.get())).flatten()
    });
    let negative = Signal::derive(move || {
        let hidden = tiles.with(|tiles| tiles.items.iter().any(|item| item.size < 0.0));
        hidden.then(|| app.words().page_segments_treemap_negative.to_owned())
    });
    let note = move || match choices.read.get().params.basis {
        Some(Basis::Money) => app.words().page_segments_no_value,
        _ => app.words().page_segments_engagement_note,
    };
    let no_value = move || {
        let lacks = question.map(|answered| {
            answered.report.revenue.is_none() && choices.read.get().params.basis != Some(Basis::Engagement)
        });
        let lacks = lacks.unwrap_or(false);
        lacks.then(|| view! { <p class="muted" id="no-value">{note()}</p> })
    };
    view! {
        {no_value}
        <spread::Spreads choices question/>
        <div class="chart-pair">
            <ChartView id="rfm-grid" chart=Signal::derive(move || Picture::from(grid.get())) height=PAIR_HEIGHT note=empty on_open=open_grid/>
            <ChartView id="rfm-tiles" chart=Signal::derive(move || Picture::from(tiles.get())) height=PAIR_HEIGHT note=negative on_open=open_tile/>
        </div>
        <DataTable
            id="rfm-groups"
            title=Signal::derive(move || app.words().page_segments_table.to_owned())
            data=table
            on_open=open_row
        />
        <SharesCompared id="rfm-compared" question categories=compared/>
        <moves::MovesView choices question/>
    }
}
