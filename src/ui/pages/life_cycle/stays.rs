//! How long users stay in a stage, and who is won back.

use crate::pages::periods::{self, axis, subtitle};
use strata::analysis::life_cycle::{Cell, Stay, WonIn};
use strata::chart::{Emphasis, LineChart, Mark, NumberKind, Series, XAxis};
use strata::locale::{Language, fill};
use strata::segment::life_cycle::{Stage, Stages};

use super::charts::layers;
use super::{Answer, params, text};

/// The stages that somebody entered, as lines, in the order and so in the colours of the chart over time.
fn shown(answered: &Answer) -> impl Iterator<Item = &Stay> {
    let of = |stage: &Stage| answered.report.stays.iter().find(|stay| stay.stage == *stage);
    let all = layers(params(answered).stages).iter().filter_map(of);
    all.filter(|stay| stay.spells > 0 && !stay.left.is_empty())
}

/// The part of a stage's spells that is left after so many periods.
pub(super) fn stays(answered: &Answer, language: Language) -> LineChart {
    let words = language.words();
    let longest = shown(answered).map(|stay| stay.left.len()).max().unwrap_or(0);
    let line = |stay: &Stay| Series {
        name: text::stage_name(stay.stage, language),
        values: std::iter::once(1.0).chain(stay.left.iter().map(|step| step.share)).map(Some).collect(),
        open_from: None,
        emphasis: if matches!(stay.stage, Stage::Lost | Stage::Churn) {
            Emphasis::Quiet
        } else {
            Emphasis::Normal
        },
    };
    LineChart {
        title: words.page_life_cycle_stays.to_owned(),
        subtitle: subtitle(words.page_life_cycle_stays_unit, answered, None, language),
        x: XAxis::Steps((0..=longest).map(|periods| periods.to_string()).collect()),
        x_name: words.page_life_cycle_stays_x.to_owned(),
        series: shown(answered).map(line).collect(),
        y: NumberKind::Percent,
        from_zero: true,
        stepped: true,
        ..LineChart::default()
    }
}

/// The part of those who were to be won that has been won a period later: back or, out of purchase, to loyalty.
pub(super) fn won(answered: &Answer, language: Language) -> LineChart {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let line = |(place, stage): (usize, &Stage)| {
        let of = |period: &WonIn| {
            let won = period.from.get(place).filter(|won| won.users > 0)?;
            Some(won.won as f64 / won.users as f64)
        };
        let name = match stage {
            Stage::Dormant => words.page_life_cycle_back_dormant,
            Stage::Purchase => words.page_life_cycle_won_purchase,
            Stage::Churn => words.page_life_cycle_won_churn,
            _ => words.page_life_cycle_back_lost,
        };
        Series {
            name: name.to_owned(),
            values: report.won.iter().map(of).collect(),
            open_from: None,
            emphasis: Emphasis::Normal,
        }
    };
    let start = report.won.first().map(|won| won.start);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    let (title, unit) = match params.stages {
        Stages::Activity => (words.page_life_cycle_back, words.page_life_cycle_back_unit),
        Stages::Business => (words.page_life_cycle_won, words.page_life_cycle_won_unit),
    };
    LineChart {
        title: title.to_owned(),
        subtitle: subtitle(unit, answered, params.week_start, language),
        x: axis(start, report.won.len(), params.period, week_start),
        series: params.stages.to_win().iter().enumerate().map(line).collect(),
        y: NumberKind::Percent,
        from_zero: true,
        ..LineChart::default()
    }
}

/// The users of a point of these lines, and what they are called.
pub(super) fn won_at(answered: &Answer, mark: Mark, language: Language) -> Option<(String, Cell)> {
    let words = language.words();
    let params = params(answered);
    let stage = params.stages.to_win().get(mark.series).copied()?;
    let start = answered.report.won.get(mark.index)?.start;
    let told = answered.report.periods.iter().find(|told| told.start == start)?;
    let period = periods::name((told.start, told.end), params.period, language);
    let phrase = match stage {
        Stage::Purchase => words.page_life_cycle_won_users_purchase,
        Stage::Churn => words.page_life_cycle_won_users_churn,
        _ => words.page_life_cycle_back_users,
    };
    let title = fill(phrase, &[("stage", &text::stage_name(stage, language)), ("period", &period)]);
    Some((title, Cell::Won { stage, period: start }))
}
