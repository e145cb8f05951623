//! Where users stand in their life with us: stages now and over time, moves between them, and where the mix settles.

mod charts;
mod controls;
mod stays;
mod text;

use leptos::prelude::*;

use crate::pages::periods;
use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{Empty, Frame};
use crate::widgets::question::{Answered, Question, ask};
use crate::widgets::settings::{self, Settings};
use crate::widgets::shares_compared::SharesCompared;
use crate::widgets::table::DataTable;
use crate::widgets::users::UsersBehind;
use strata::analysis::life_cycle::{Cell, Params, Report};
use strata::chart::Mark;
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, Words, fill};
use strata::segment::life_cycle::Stage;

type Answer = Answered<Report>;
type Read = Memo<Settings<Params>>;

fn params(answered: &Answer) -> Params {
    answered.params()
}

/// The page.
#[component]
pub fn LifeCycle() -> impl IntoView {
    let app = App::get();
    let read: Read = Memo::new(move |_| settings::read(app.address, &Params::default()));
    let question = ask::<Report>(move || Query::new(Analysis::LifeCycle, &read.get().asked));
    let answer = Signal::derive(move || {
        question.map_compared(|answered, compared| {
            text::answer(answered, compared.map(|compared| &compared.report), app.language.get())
        })
    });
    let definition = Signal::derive(move || {
        question.map(|answered| text::definition(answered, app.language.get())).unwrap_or_default()
    });
    let empty = Memo::new(move |_| question.map(|answered| answered.report.users == 0).unwrap_or(false));
    let content = move || {
        if empty.get() {
            let title = Signal::derive(move || app.words().page_life_cycle_empty.to_owned());
            let advice = Signal::derive(move || app.words().page_life_cycle_empty_advice.to_owned());
            view! { <Empty title advice/> }.into_any()
        } else {
            view! { <Content question/> }.into_any()
        }
    };
    view! {
        <Frame
            title=Signal::derive(move || app.words().page_life_cycle_title.to_owned())
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
    let language = app.language;
    let picture = move |make: fn(&Answer, Language) -> Picture| {
        Signal::derive(move || question.map(|answered| make(answered, language.get())).unwrap_or_default())
    };
    let stages = Signal::derive(move || {
        question
            .map_compared(|answered, compared| charts::stages(answered, compared, language.get()))
            .unwrap_or_default()
    });
    let over_time = picture(|answered, language| charts::over_time(answered, language).into());
    let flows = picture(|answered, language| charts::flows(answered, language).into());
    let moves = picture(|answered, language| charts::moves(answered, language).into());
    let stays = picture(|answered, language| stays::stays(answered, language).into());
    let won = picture(|answered, language| stays::won(answered, language).into());
    let shares = Signal::derive(move || {
        question.map(|answered| charts::shares(answered, language.get())).unwrap_or_default()
    });
    let open = move |title: String, cell: Cell| {
        question.map(|answered: &Answer| behind.open(title, &answered.query, &cell));
    };
    let open_stage = move |stage: Stage| {
        open(text::stage_name(stage, language.get_untracked()), Cell::Stage { stage, period: None });
    };
    let from_stages = move |(row, _): (usize, usize)| {
        if let Some(stage) = question.map(|answered| charts::all(answered).get(row).copied()).flatten() {
            open_stage(stage);
        }
    };
    let from_time = move |mark: Mark| {
        let found = question.map(|answered| {
            let period = answered.report.periods.get(mark.index)?;
            let stage = charts::layers(params(answered).stages).get(mark.series).copied()?;
            let language = language.get_untracked();
            let name = periods::name((period.start, period.end), params(answered).period, language);
            let title = fill(
                language.words().page_life_cycle_users_of,
                &[("stage", &text::stage_name(stage, language)), ("period", &name)],
            );
            Some((title, Cell::Stage { stage, period: Some(period.start) }))
        });
        if let Some((title, cell)) = found.flatten() {
            open(title, cell);
        }
    };
    let open_move = move |found: Option<(Option<Stage>, Stage)>| {
        let Some((from, to)) = found else { return };
        open(text::move_name(from, to, language.get_untracked()), Cell::Move { from, to });
    };
    let from_moves =
        move |mark: Mark| open_move(question.map(|answered| charts::move_at(answered, mark)).flatten());
    let from_flows = move |mark: Mark| {
        if let Some(found) = question.map(|answered| charts::flow_at(answered, mark)).flatten() {
            match found {
                charts::Flow::Stage(stage) => open_stage(stage),
                charts::Flow::Move(from, to) => open_move(Some((from, to))),
            }
        }
    };
    let from_won = move |mark: Mark| {
        let found = question.map(|answered| stays::won_at(answered, mark, language.get_untracked()));
        if let Some((title, cell)) = found.flatten() {
            open(title, cell);
        }
    };
    let has_shares =
        Memo::new(move |_| question.map(|answered| !answered.report.shares.is_empty()).unwrap_or(false));
    let name =
        move |pick: fn(&'static Words) -> &'static str| Signal::derive(move || pick(app.words()).to_owned());
    let evidence = move || question.map(|answered| text::evidence(&answered.report, language.get()));
    let interactions = move || {
        let told = question.map(|answered| text::interactions(answered, language.get())).flatten();
        told.map(|told| view! { <p class="muted" id="life-cycle-interactions">{told}</p> })
    };
    view! {
        <p class="muted" id="life-cycle-cycle">{evidence}</p>
        {interactions}
        <DataTable id="life-cycle-stages" title=name(|words| words.page_life_cycle_stages) data=stages on_open=from_stages/>
        <SharesCompared id="life-cycle-compared" question categories=charts::categories/>
        <ChartView id="life-cycle-time" chart=over_time on_open=from_time/>
        <ChartView id="life-cycle-flows" chart=flows on_open=from_flows/>
        <ChartView id="life-cycle-moves" chart=moves on_open=from_moves/>
        {move || has_shares.get().then(|| view! {
            <ChartView id="life-cycle-stays" chart=stays/>
            <ChartView id="life-cycle-back" chart=won on_open=from_won/>
            <DataTable id="life-cycle-shares" title=name(|words| words.page_life_cycle_shares) data=shares/>
        })}
    }
}
