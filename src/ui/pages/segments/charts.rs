//! The grid of recency and frequency scores, and the tiles of a grouping.

use crate::widgets::frame::{count, zone_text};
use crate::widgets::table::amount_text;
use strata::analysis::rfm::{Group, Params, Report};
use strata::chart::{self, HeatMap, Item, NumberKind, Tint, Treemap};
use strata::locale::{Language, fill};
use strata::segment::names::{Segment, SegmentMap};
use strata::segment::score::{Scoring, Ties};

use super::groups::{Grouping, revenue_share, user_share};
use super::{Answer, Measure};

/// The grid: recency scores as rows, 5 at the top, frequency scores as columns.
pub fn grid(answered: &Answer, map: SegmentMap, measure: Measure, language: Language) -> HeatMap {
    let (words, report) = (language.words(), &answered.report);
    let cell = |recency: u8, frequency: u8| {
        let key = format!("{recency}{frequency}");
        let group = report.grid.iter().find(|group| group.key == key)?;
        let segment = Segment::of(recency, frequency, map).key();
        let segment = Grouping::Segments(map).name(segment, language);
        Some(grid_cell(report, group, [recency, frequency], &segment, measure, language))
    };
    let unit = match measure {
        Measure::Users => words.page_segments_grid_users,
        Measure::Revenue => words.page_segments_grid_revenue,
    };
    HeatMap {
        title: words.page_segments_grid.to_owned(),
        subtitle: subtitle(unit, answered, language),
        x_name: words.page_segments_grid_x.to_owned(),
        y_name: words.page_segments_grid_y.to_owned(),
        row_labels: (1..=5).rev().map(|score: u8| score.to_string()).collect(),
        column_labels: (1..=5).map(|score: u8| score.to_string()).collect(),
        cells: (1..=5)
            .rev()
            .map(|recency| (1..=5).map(|frequency| cell(recency, frequency)).collect())
            .collect(),
        number: number(measure),
        ..HeatMap::default()
    }
}

/// Why a whole row or column of the grid has nobody, where it is because equal figures share a score.
pub fn grid_note(answered: &Answer, language: Language) -> Option<String> {
    let report = &answered.report;
    let params: Params = serde_json::from_value(answered.query.params.clone()).unwrap_or_default();
    let shared = matches!(params.scoring, Scoring::Quantile { ties: Ties::Shared | Ties::Values });
    let nobody = |place: usize, score: char| {
        report.grid.iter().all(|group| group.users == 0 || group.key.chars().nth(place) != Some(score))
    };
    let empty = [0, 1].into_iter().any(|place| "12345".chars().any(|score| nobody(place, score)));
    (shared && empty).then(|| language.words().page_segments_grid_empty.to_owned())
}

fn number(measure: Measure) -> NumberKind {
    match measure {
        Measure::Users => NumberKind::Count,
        Measure::Revenue => NumberKind::Decimal,
    }
}

fn grid_cell(
    report: &Report,
    group: &Group,
    [recency, frequency]: [u8; 2],
    segment: &str,
    measure: Measure,
    language: Language,
) -> chart::Cell {
    let words = language.words();
    let percent = |share: Option<f64>| share.map(|share| language.percent(share)).unwrap_or_default();
    let (share, part) = (percent(user_share(group, report)), percent(revenue_share(group, report)));
    let revenue = group.revenue.map(|amount| amount_text(amount, language)).unwrap_or_default();
    let phrase = if group.revenue.is_some() {
        words.page_segments_grid_tip_revenue
    } else {
        words.page_segments_grid_tip
    };
    let tip = fill(
        phrase,
        &[
            ("recency", &recency.to_string()),
            ("frequency", &frequency.to_string()),
            ("segment", segment),
            ("users", &count(group.users, language)),
            ("share", &share),
            ("revenue", &revenue),
            ("revenue_share", &part),
        ],
    );
    let (value, text) = match (measure, group.revenue) {
        _ if group.users == 0 => (0.0, chart::Cell::NOBODY.to_owned()),
        (Measure::Revenue, Some(revenue)) => {
            (revenue.to_f64(), format!("{}\n{part}", language.compact(revenue.to_f64())))
        }
        _ => (group.users as f64, format!("{}\n{share}", count(group.users, language))),
    };
    chart::Cell { value, text, open: false, tip }
}

/// The groups as tiles.
pub fn tiles(answered: &Answer, grouping: Grouping, measure: Measure, language: Language) -> Treemap {
    let (words, report) = (language.words(), &answered.report);
    let item = |(place, group): (usize, &Group)| {
        let (size, share, shown) = match (measure, group.revenue) {
            (Measure::Revenue, Some(revenue)) => {
                let size = revenue.to_f64();
                (size, revenue_share(group, report), language.compact(size))
            }
            _ => (group.users as f64, user_share(group, report), count(group.users, language)),
        };
        let share = share.map(|share| language.percent(share)).unwrap_or_default();
        Item {
            key: group.key.clone(),
            label: grouping.name(&group.key, language),
            size,
            text: format!("{shown} · {share}"),
            tint: Tint::Group(place),
        }
    };
    let title = match measure {
        Measure::Users => words.page_segments_treemap_users,
        Measure::Revenue => words.page_segments_treemap_revenue,
    };
    Treemap {
        title: title.to_owned(),
        subtitle: subtitle(words.page_segments_treemap_unit, answered, language),
        items: grouping.groups(report).iter().enumerate().map(item).collect(),
        number: number(measure),
    }
}

fn subtitle(unit: &str, answered: &Answer, language: Language) -> String {
    let unit = fill(unit, &[("day", &language.date(answered.report.as_of))]);
    let zone = zone_text(&answered.time_zone, answered.week_start, language);
    format!("{unit}{}{zone}", language.words().widget_subtitle_separator)
}
