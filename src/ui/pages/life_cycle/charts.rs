//! The charts and the tables.

use crate::pages::periods::{axis, subtitle};
use crate::widgets::frame::count;
use crate::widgets::shares_compared::Category;
use crate::widgets::table::{Datum, TableData};
use strata::analysis::life_cycle::{Report, Share};
use strata::chart::{
    self, AreaChart, Emphasis, FlowLink, FlowNode, FlowStep, FlowTone, HeatMap, Mark, NumberKind, Sankey,
    Series,
};
use strata::locale::{Language, fill};
use strata::segment::life_cycle::{Stage, Stages};

use super::{Answer, params, text};

/// The layers of the chart over time, lowest first: who is active, or a customer, lies at the bottom.
pub(super) fn layers(stages: Stages) -> &'static [Stage] {
    match stages {
        Stages::Activity => {
            &[Stage::Mature, Stage::Growing, Stage::New, Stage::Resurrected, Stage::Dormant, Stage::Lost]
        }
        Stages::Business => {
            &[Stage::Loyalty, Stage::Purchase, Stage::Interest, Stage::Awareness, Stage::Churn]
        }
    }
}

/// The stages that are told.
pub(super) fn all(answered: &Answer) -> &'static [Stage] {
    params(answered).stages.all()
}

/// Whether a stage is the end.
fn is_gone(stage: Stage) -> bool {
    matches!(stage, Stage::Lost | Stage::Churn)
}

fn part(users: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| users as f64 / all as f64)
}

/// Stages now, at the end of the period before, and where the mix settles.
pub(super) fn stages(answered: &Answer, compared: Option<&Answer>, language: Language) -> TableData {
    let words = language.words();
    let now = |report: &Report, stage: Stage| -> u64 {
        report.periods.last().and_then(|period| period.stages.get(stage.place()).copied()).unwrap_or(0)
    };
    let report = &answered.report;
    let before = report.periods.len().checked_sub(2).and_then(|place| report.periods.get(place));
    let row = |&stage: &Stage| {
        let users = now(report, stage);
        let mut row = vec![
            Datum::Text(text::stage_name(stage, language)),
            Datum::Count(users),
            Datum::share(part(users, report.users)),
            Datum::Count(before.and_then(|period| period.stages.get(stage.place()).copied()).unwrap_or(0)),
            Datum::share(report.settled.as_ref().and_then(|mix| mix.get(stage.place()).copied())),
            Datum::Text(text::rule(stage, answered, language)),
        ];
        if let Some(compared) = compared {
            row.push(Datum::share(part(now(&compared.report, stage), compared.report.users)));
        }
        row
    };
    let mut columns = vec![
        (words.page_life_cycle_stage.to_owned(), false),
        (words.page_users.to_owned(), true),
        (words.page_life_cycle_share.to_owned(), true),
        (words.page_life_cycle_before.to_owned(), true),
        (words.page_life_cycle_settled.to_owned(), true),
        (words.page_life_cycle_rule.to_owned(), false),
    ];
    if compared.is_some() {
        columns.push((words.page_life_cycle_share_compared.to_owned(), true));
    }
    TableData {
        columns,
        rows: all(answered).iter().map(row).collect(),
        opens: vec![1],
        spare: vec![3, 4, 5],
        ..TableData::default()
    }
}

/// The stages with their users on either side.
pub(super) fn categories(own: &Answer, other: &Answer, language: Language) -> Option<Vec<Category>> {
    let users = |answered: &Answer, stage: Stage| {
        let period = answered.report.periods.last();
        period.and_then(|period| period.stages.get(stage.place()).copied()).unwrap_or(0)
    };
    let category =
        |stage: &Stage| (text::stage_name(*stage, language), users(own, *stage), users(other, *stage));
    Some(all(own).iter().map(category).collect())
}

/// Users by stage at the end of every period.
pub(super) fn over_time(answered: &Answer, language: Language) -> AreaChart {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let open_from = report.periods.iter().position(|period| period.open);
    let layer = |&stage: &Stage| Series {
        name: text::stage_name(stage, language),
        values: report
            .periods
            .iter()
            .map(|period| period.stages.get(stage.place()).map(|users| *users as f64))
            .collect(),
        open_from,
        emphasis: if is_gone(stage) { Emphasis::Quiet } else { Emphasis::Normal },
    };
    let start = report.periods.first().map(|period| period.start);
    let week_start = params.week_start.unwrap_or(answered.week_start);
    AreaChart {
        title: words.page_life_cycle_time.to_owned(),
        subtitle: subtitle(words.page_life_cycle_time_unit, answered, params.week_start, language),
        x: axis(start, report.periods.len(), params.period, week_start),
        series: layers(params.stages).iter().map(layer).collect(),
        total_name: words.page_life_cycle_all.to_owned(),
        y: NumberKind::Count,
        ..AreaChart::default()
    }
}

/// The rows of moves: stages, then those who had not come.
fn rows(stages: &'static [Stage]) -> impl Iterator<Item = Option<Stage>> {
    stages.iter().copied().map(Some).chain([None])
}

/// The move of a cell.
pub(super) fn move_at(answered: &Answer, cell: Mark) -> Option<(Option<Stage>, Stage)> {
    let stages = all(answered);
    Some((rows(stages).nth(cell.series)?, stages.get(cell.index).copied()?))
}

fn moved(report: &Report, from: Option<Stage>, to: Stage) -> u64 {
    report.moves.iter().find(|one| one.from == from && one.to == to).map_or(0, |one| one.users)
}

fn all_from(report: &Report, from: Option<Stage>) -> u64 {
    report.moves.iter().filter(|one| one.from == from).map(|one| one.users).sum()
}

/// From stage to stage, in numbers and shares.
pub(super) fn moves(answered: &Answer, language: Language) -> HeatMap {
    let (words, report, stages) = (language.words(), &answered.report, all(answered));
    let cell = |from: Option<Stage>, to: Stage| {
        let users = moved(report, from, to);
        let share = part(users, all_from(report, from)).unwrap_or(0.0);
        let tip = fill(
            words.page_life_cycle_tip,
            &[
                ("from", &text::from_name(from, language)),
                ("to", &text::stage_name(to, language)),
                ("users", &count(users, language)),
                ("share", &language.percent(share)),
            ],
        );
        let text = if users == 0 {
            chart::Cell::NOBODY.to_owned()
        } else {
            format!("{}\n{}", count(users, language), language.percent(share))
        };
        Some(chart::Cell { value: share, text, open: false, tip })
    };
    HeatMap {
        title: words.page_life_cycle_moves.to_owned(),
        subtitle: subtitle(&text::between(report, language), answered, None, language),
        x_name: words.page_life_cycle_moves_to.to_owned(),
        y_name: words.page_life_cycle_moves_from.to_owned(),
        row_labels: rows(stages).map(|from| text::from_name(from, language)).collect(),
        column_labels: stages.iter().map(|to| text::stage_name(*to, language)).collect(),
        cells: rows(stages).map(|from| stages.iter().map(|to| cell(from, *to)).collect()).collect(),
        domain: Some((0.0, 1.0)),
        number: NumberKind::Percent,
        ..HeatMap::default()
    }
}

/// What a mark of the flows means.
pub(super) enum Flow {
    Stage(Stage),
    Move(Option<Stage>, Stage),
}

/// The bars on the left that somebody is in.
fn left(answered: &Answer) -> Vec<Option<Stage>> {
    rows(all(answered)).filter(|from| all_from(&answered.report, *from) > 0).collect()
}

fn right(answered: &Answer) -> Vec<Stage> {
    let is_there = |to: &Stage| answered.report.moves.iter().any(|one| one.to == *to);
    all(answered).iter().copied().filter(is_there).collect()
}

/// What a mark of the flows means; who is in a stage before is told by the moves out of it alone.
pub(super) fn flow_at(answered: &Answer, mark: Mark) -> Option<Flow> {
    let bars = left(answered);
    match mark.series {
        0 => {
            let one = answered.report.moves.get(mark.index.checked_sub(bars.len())?)?;
            Some(Flow::Move(one.from, one.to))
        }
        _ => right(answered).get(mark.index).copied().map(Flow::Stage),
    }
}

/// The same moves as flows.
pub(super) fn flows(answered: &Answer, language: Language) -> Sankey {
    let (words, report) = (language.words(), &answered.report);
    let (from_bars, to_bars) = (left(answered), right(answered));
    let tone = |stage: Option<Stage>| match stage {
        None => FlowTone::Rest,
        Some(stage) if is_gone(stage) => FlowTone::Gone,
        // As in the chart over time.
        Some(stage) => {
            let place = layers(params(answered).stages).iter().position(|layer| *layer == stage);
            place.map_or(FlowTone::Rest, FlowTone::Series)
        }
    };
    let bar = |name: String, users: u64, stage: Option<Stage>| {
        let share = language.percent(part(users, report.users).unwrap_or(0.0));
        let users_text = count(users, language);
        let tip = fill(
            words.page_life_cycle_tip_bar,
            &[("stage", &name), ("users", &users_text), ("share", &share)],
        );
        FlowNode { label: name, value: users as f64, tone: tone(stage), tip }
    };
    let before =
        from_bars.iter().map(|from| bar(text::from_name(*from, language), all_from(report, *from), *from));
    let now = to_bars.iter().map(|to| {
        let users = report.moves.iter().filter(|one| one.to == *to).map(|one| one.users).sum();
        bar(text::stage_name(*to, language), users, Some(*to))
    });
    let links = report.moves.iter().filter_map(|one| {
        let tip = fill(
            words.page_life_cycle_tip,
            &[
                ("from", &text::from_name(one.from, language)),
                ("to", &text::stage_name(one.to, language)),
                ("users", &count(one.users, language)),
                ("share", &language.percent(part(one.users, all_from(report, one.from)).unwrap_or(0.0))),
            ],
        );
        let from = from_bars.iter().position(|from| *from == one.from)?;
        let to = to_bars.iter().position(|to| *to == one.to)?;
        Some(FlowLink { from, to, value: one.users as f64, tip })
    });
    let ends: Vec<String> =
        report.periods.iter().rev().take(2).map(|period| language.date(period.end)).collect();
    let label = |place: usize| ends.get(place).cloned().unwrap_or_default();
    Sankey {
        title: words.page_life_cycle_flows.to_owned(),
        subtitle: subtitle(&text::between(report, language), answered, None, language),
        steps: vec![
            FlowStep { label: label(1), nodes: before.collect(), links: links.collect() },
            FlowStep { label: label(0), nodes: now.collect(), links: Vec::new() },
        ],
        number: NumberKind::Count,
    }
}

/// Shares of moves, pooled, with what a point of each is worth.
pub(super) fn shares(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let row = |share: &Share| {
        let (low, high) = (language.percent(share.interval.low), language.percent(share.interval.high));
        let worth = share.worth.map(|worth| {
            let points = language.decimal(worth * 100.0, 2);
            if worth > 0.0 { format!("+{points}") } else { points }
        });
        vec![
            Datum::Text(text::stage_name(share.from, language)),
            Datum::Text(text::stage_name(share.to, language)),
            Datum::Count(share.moves),
            Datum::Count(share.of),
            Datum::Share(share.share),
            Datum::Text(fill(words.chart_range, &[("low", &low), ("high", &high)])),
            worth.map_or(Datum::Nothing, Datum::Text),
        ]
    };
    TableData {
        columns: vec![
            (words.page_life_cycle_from.to_owned(), false),
            (words.page_life_cycle_to.to_owned(), false),
            (words.page_life_cycle_moves_count.to_owned(), true),
            (words.page_life_cycle_of.to_owned(), true),
            (words.page_life_cycle_pooled.to_owned(), true),
            (words.page_life_cycle_interval.to_owned(), true),
            (words.page_life_cycle_worth.to_owned(), true),
        ],
        rows: answered.report.shares.iter().map(row).collect(),
        spare: vec![2, 3, 5],
        ..TableData::default()
    }
}
