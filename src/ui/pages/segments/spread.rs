//! How R, F and M are spread, with the thresholds as lines that can be moved.

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::question::Question;
use crate::widgets::settings;
use crate::widgets::users::UsersBehind;
use strata::analysis::rfm::{Basis, Cell, Figure, Params, Report};
use strata::chart::histogram::{Bins, Histogram, Threshold};
use strata::chart::{Mark, NumberKind};
use strata::locale::{Language, fill};
use strata::segment::orders::OrderUnit;
use strata::segment::score::Scoring;

use super::{Answer, Choices, defaults};

/// The height of the histograms.
const HEIGHT: u32 = 240;

/// A histogram for each figure; `third` says whether there is one of amounts or events.
#[component]
pub fn Spreads(choices: Choices, question: Question<Report>) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let found = question.map(|answered| {
            let third = answered.report.revenue.is_some() || answered.report.basis == Basis::Engagement;
            answered.report.spread.as_ref().map(|_| third)
        });
        found.flatten()
    });
    let figures = [
        (Figure::Recency, "rfm-spread-recency"),
        (Figure::Frequency, "rfm-spread-frequency"),
        (Figure::Monetary, "rfm-spread-monetary"),
    ];
    move || {
        let third = shown.get()?;
        let shown = figures.into_iter().take(if third { 3 } else { 2 });
        let charts = shown.map(|(figure, id)| view! { <One choices question figure id/> }).collect_view();
        Some(view! { <div class="chart-trio" id="rfm-spread">{charts}</div> })
    }
}

#[component]
fn One(choices: Choices, question: Question<Report>, figure: Figure, id: &'static str) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let picture = Signal::derive(move || {
        let drawn = question.map(|answered| histogram(answered, figure, app.language.get())).flatten();
        drawn.map(Picture::from).unwrap_or_default()
    });
    let moved = Callback::new(move |(score, value): (usize, f64)| {
        let mut params = choices.read.get_untracked().params;
        if move_threshold(&mut params, figure, score, value) {
            settings::write(app.address, &params, &defaults(), &[]);
        }
    });
    let open = move |mark: Mark| {
        let language = app.language.get_untracked();
        question.map(|answered: &Answer| {
            let Some(drawn) = histogram(answered, figure, language).filter(|_| mark.series == 0) else {
                return;
            };
            let spread = answered.report.spread.as_ref().and_then(|spread| spread.get(place(figure)));
            let edge = |index: usize| spread.and_then(|spread| spread.edges.get(index).copied());
            let (Some(from), Some(to)) = (edge(mark.index), edge(mark.index + 1)) else { return };
            let span = drawn.span(mark.index, mark.index, language);
            let title = fill(
                language.words().page_segments_spread_users,
                &[("figure", &drawn.title), ("span", &span)],
            );
            behind.open(title, &answered.query, &Cell::Between { figure, from, to });
        });
    };
    view! { <ChartView id chart=picture height=HEIGHT on_open=open on_threshold=moved/> }
}

fn place(figure: Figure) -> usize {
    match figure {
        Figure::Recency => 0,
        Figure::Frequency => 1,
        Figure::Monetary => 2,
    }
}

/// Moves one threshold; `false` where scores have none.
fn move_threshold(params: &mut Params, figure: Figure, score: usize, value: f64) -> bool {
    let Scoring::Thresholds { recency, frequency, monetary } = &mut params.scoring else { return false };
    let whole = value.round() as i64;
    let slot = match figure {
        Figure::Recency => recency.get_mut(score).map(|slot| *slot = whole),
        Figure::Frequency => frequency.get_mut(score).map(|slot| *slot = whole),
        Figure::Monetary => monetary.get_mut(score).map(|slot| *slot = value),
    };
    slot.is_some()
}

fn histogram(answered: &Answer, figure: Figure, language: Language) -> Option<Histogram> {
    let (words, report) = (language.words(), &answered.report);
    let spread = report.spread.as_ref()?.get(place(figure))?;
    let params: Params = serde_json::from_value(answered.query.params.clone()).ok()?;
    let Scoring::Thresholds { recency, frequency, monetary } = params.scoring else { return None };
    let values = match figure {
        Figure::Recency => recency.map(|days| days as f64),
        Figure::Frequency => frequency.map(|times| times as f64),
        Figure::Monetary => monetary,
    };
    let by_money = report.basis == Basis::Money;
    let is_amount = figure == Figure::Monetary && by_money;
    let unit = if is_amount {
        10f64.powi(report.revenue.map_or(0, |revenue| i32::from(revenue.scale)))
    } else {
        1.0
    };
    let title = match (figure, by_money) {
        (Figure::Recency, true) => words.page_segments_spread_recency,
        (Figure::Recency, false) => words.page_segments_spread_recency_active,
        (Figure::Frequency, true) if report.frequency != OrderUnit::Days => {
            words.page_segments_spread_frequency
        }
        (Figure::Frequency, _) => words.page_segments_spread_frequency_active,
        (Figure::Monetary, true) => words.page_segments_spread_monetary,
        (Figure::Monetary, false) => words.page_segments_spread_engagement,
    };
    Some(Histogram {
        title: title.to_owned(),
        subtitle: words.page_segments_spread_unit.to_owned(),
        x_name: title.to_owned(),
        bins: Bins {
            edges: spread.edges.iter().map(|edge| *edge as f64 / unit).collect(),
            counts: spread.counts.clone(),
            below: spread.below,
            above: 0,
        },
        x: if is_amount { NumberKind::Decimal } else { NumberKind::Count },
        shares: false,
        thresholds: values
            .into_iter()
            .enumerate()
            .map(|(index, value)| Threshold { value, label: (index + 2).to_string() })
            .collect(),
    })
}
