//! The flows, the step matrix and the table of whole paths.

use crate::widgets::frame::{count, sentences, zone_text};
use crate::widgets::table::{Datum, TableData};
use strata::analysis::paths::{MatrixRow, Node, Params, Place, Position, Report};
use strata::chart::{self, FlowLink, FlowNode, FlowStep, FlowTone, HeatMap, NumberKind, Sankey};
use strata::locale::{Language, fill};

use super::text::{divide_name, left_out, place_name, route_name, route_places, step_name};
use super::{Answer, params};

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A share as a cell has room for it; little is not nothing.
pub fn share_text(count: u64, share: f64, language: Language) -> String {
    match count {
        0 => chart::Cell::NOBODY.to_owned(),
        _ if share < 0.005 => "<1%".to_owned(),
        _ => format!("{}%", language.decimal(share * 100.0, 0)),
    }
}

fn subtitle(unit: &str, answered: &Answer, language: Language) -> String {
    let zone = zone_text(&answered.time_zone, answered.week_start, language);
    let divide = divide_name(params(answered).divide, language);
    [unit, &divide, &zone].join(language.words().widget_subtitle_separator)
}

/// An event has the same colour at every step: its place among the events of the matrix.
fn tone(place: &Place, report: &Report) -> FlowTone {
    match place {
        Place::Event(_) => {
            let place = report.matrix.iter().position(|row| row.place == *place);
            place.map_or(FlowTone::Rest, FlowTone::Group)
        }
        Place::Other | Place::Unlisted => FlowTone::Rest,
        Place::End | Place::Start => FlowTone::Gone,
        Place::Open => FlowTone::Open,
    }
}

/// Paths from step to step.
pub fn flows(answered: &Answer, language: Language) -> Sankey {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let step = |position: &Position| step_name(position.position, &params.anchor, language);
    let node = |position: &Position, node: &Node| {
        let label = place_name(&node.place, Some(position.others), language);
        let tip = fill(
            words.page_paths_tip_node,
            &[
                ("step", &step(position)),
                ("place", &label),
                ("paths", &count(node.paths, language)),
                ("share", &language.percent(share(node.paths, report.paths))),
                ("users", &count(node.users, language)),
            ],
        );
        FlowNode { label, value: node.paths as f64, tone: tone(&node.place, report), tip }
    };
    let links = |position: &Position, next: &Position| -> Vec<FlowLink> {
        let name =
            |position: &Position, node: &Node| place_name(&node.place, Some(position.others), language);
        let link = |link: &strata::analysis::paths::Link| {
            let from = position.nodes.get(link.from as usize)?;
            let to = next.nodes.get(link.to as usize)?;
            let tip = fill(
                words.page_paths_tip_link,
                &[
                    ("from", &name(position, from)),
                    ("to", &name(next, to)),
                    ("paths", &count(link.paths, language)),
                    ("share", &language.percent(share(link.paths, from.paths))),
                    ("users", &count(link.users, language)),
                ],
            );
            let (from, to) = (link.from as usize, link.to as usize);
            Some(FlowLink { from, to, value: link.paths as f64, tip })
        };
        position.links.iter().filter_map(link).collect()
    };
    let steps = report.positions.iter().enumerate().map(|(index, position)| FlowStep {
        label: step(position),
        nodes: position.nodes.iter().map(|own| node(position, own)).collect(),
        links: report.positions.get(index + 1).map_or_else(Vec::new, |next| links(position, next)),
    });
    Sankey {
        title: words.page_paths_flows.to_owned(),
        subtitle: subtitle(words.page_paths_flows_unit, answered, language),
        steps: steps.collect(),
        number: NumberKind::Count,
    }
}

/// What hatched bars are, and which paths are left out of the picture.
pub fn note(report: &Report, language: Language) -> Option<String> {
    let is_open = |node: &Node| node.place == Place::Open;
    let open = report.positions.iter().any(|position| position.nodes.iter().any(is_open));
    let open = open.then(|| language.words().page_paths_open_note.to_owned());
    let parts: Vec<String> = open.into_iter().chain(left_out(report, language)).collect();
    (!parts.is_empty()).then(|| sentences(&parts, language))
}

/// Events against positions.
pub fn matrix(answered: &Answer, language: Language) -> HeatMap {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let cell = |row: &MatrixRow, index: usize, position: i32| {
        let paths = *row.paths.get(index)?;
        let value = share(paths, report.paths);
        let tip = fill(
            words.page_paths_matrix_tip,
            &[
                ("place", &place_name(&row.place, None, language)),
                ("step", &step_name(position, &params.anchor, language)),
                ("paths", &count(paths, language)),
                ("total", &count(report.paths, language)),
                ("share", &language.percent(value)),
            ],
        );
        let text = share_text(paths, value, language);
        Some(chart::Cell { value, text, open: row.place == Place::Open && paths > 0, tip })
    };
    let map = HeatMap {
        title: words.page_paths_matrix.to_owned(),
        subtitle: subtitle(words.page_paths_matrix_unit, answered, language),
        ..heat(report, &params, language, cell)
    };
    // What has ended grows to the right and would leave the colours of all events alike.
    let events = report.matrix.iter().filter(|row| matches!(row.place, Place::Event(_) | Place::Unlisted));
    let highest = events.flat_map(|row| &row.paths).max().copied().unwrap_or(0);
    let highest = share(highest, report.paths);
    HeatMap { domain: (highest > 0.0).then_some((0.0, highest)), ..map }
}

/// How the shares differ from those compared; nothing where an event is not told apart there.
pub fn difference(answered: &Answer, compared: &Report, language: Language) -> HeatMap {
    let (words, report) = (language.words(), &answered.report);
    let params = params(answered);
    let other = |place: &Place, position: i32| {
        let index = compared.positions.iter().position(|own| own.position == position)?;
        let unlisted = compared.matrix.iter().any(|row| row.place == Place::Unlisted);
        let row = compared.matrix.iter().find(|row| row.place == *place);
        let paths = match row {
            Some(row) => *row.paths.get(index)?,
            // It is in no path there, unless it may be among those that are not listed.
            None if !unlisted || !matches!(place, Place::Event(_)) => 0,
            None => return None,
        };
        (compared.paths > 0).then(|| share(paths, compared.paths))
    };
    let cell = |row: &MatrixRow, index: usize, position: i32| {
        let own = share(*row.paths.get(index)?, report.paths);
        let before = other(&row.place, position)?;
        let points = (own - before) * 100.0;
        let sign = if points >= 0.05 { "+" } else { "" };
        let change = format!("{sign}{}", language.decimal(points, 1));
        let tip = fill(
            words.page_paths_difference_tip,
            &[
                ("place", &place_name(&row.place, None, language)),
                ("step", &step_name(position, &params.anchor, language)),
                ("share", &language.percent(own)),
                ("compared", &language.percent(before)),
                ("change", &fill(words.page_points, &[("points", &change)])),
            ],
        );
        Some(chart::Cell { value: own - before, text: change, open: false, tip })
    };
    HeatMap {
        title: words.page_paths_difference.to_owned(),
        subtitle: subtitle(words.page_paths_difference_unit, answered, language),
        middle: Some(0.0),
        ..heat(report, &params, language, cell)
    }
}

fn heat(
    report: &Report,
    params: &Params,
    language: Language,
    cell: impl Fn(&MatrixRow, usize, i32) -> Option<chart::Cell>,
) -> HeatMap {
    let words = language.words();
    let positions: Vec<i32> = report.positions.iter().map(|position| position.position).collect();
    let cells = |row: &MatrixRow| {
        positions.iter().enumerate().map(|(index, &position)| cell(row, index, position)).collect()
    };
    HeatMap {
        x_name: words.page_paths_matrix_x.to_owned(),
        y_name: words.page_paths_matrix_y.to_owned(),
        row_labels: report.matrix.iter().map(|row| place_name(&row.place, None, language)).collect(),
        column_labels: positions.iter().map(|&at| step_name(at, &params.anchor, language)).collect(),
        cells: report.matrix.iter().map(cells).collect(),
        number: NumberKind::Percent,
        ..HeatMap::default()
    }
}

/// The most common whole paths.
pub fn routes(answered: &Answer, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let row = |route: &strata::analysis::paths::Route| {
        vec![
            Datum::Count(route.paths),
            Datum::Share(share(route.paths, report.paths)),
            Datum::Count(route.users),
            Datum::Text(route_name(&route_places(report, &route.nodes), language)),
        ]
    };
    TableData {
        columns: vec![
            (words.page_paths_paths.to_owned(), true),
            (words.page_share.to_owned(), true),
            (words.page_users.to_owned(), true),
            (words.page_paths_route.to_owned(), false),
        ],
        rows: report.routes.iter().map(row).collect(),
        opens: vec![0, 2],
        spare: vec![2],
        ..TableData::default()
    }
}
