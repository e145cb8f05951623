//! What follows what: a part of the page that asks a question of its own, when it is shown.

use leptos::prelude::*;

use super::Choices;
use super::charts::share_text;
use super::events::Events;
use super::text::place_name;
use crate::state::App;
use crate::text::{duration_of, error_message};
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{count, zone_text};
use crate::widgets::question::{Answered, ask};
use crate::widgets::table::{DataTable, Datum, TableData};
use crate::widgets::users::UsersBehind;
use strata::analysis::paths::Place;
use strata::analysis::paths::transitions::{Cell, From, Params, Report, To};
use strata::chart::{self, HeatMap, Mark, NumberKind};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, fill};

type Answer = Answered<Report>;

/// The matrix and the table.
#[component]
pub fn Transitions(choices: Choices) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let question = ask::<Report>(move || {
        let own = choices.read.get().params;
        let params = Params {
            divide: own.divide,
            column: own.column,
            rules: own.rules,
            collapse: own.collapse,
            ..Params::default()
        };
        Query::new(Analysis::Transitions, &params)
    });
    let heat = Signal::derive(move || {
        question.map(|answered| Picture::from(heat(answered, app.language.get()))).unwrap_or_default()
    });
    let data = Signal::derive(move || {
        question.map(|answered| table(&answered.report, app.language.get())).unwrap_or_default()
    });
    let open = move |from: usize, to: usize| {
        question.map(|answered| {
            let report = &answered.report;
            let (Some(from), Some(to)) = (report.from.get(from), report.to.get(to)) else { return };
            let language = app.language.get_untracked();
            let title = format!(
                "{} → {}",
                from_name(&from.place, report, language),
                place_name(to, Some(report.others), language)
            );
            if let Place::Event(name) = &from.place {
                choices.chosen.set(Some(name.clone()));
            }
            behind.open(title, &answered.query, &Cell { from: from.place.clone(), to: Some(to.clone()) });
        });
    };
    let from_heat = move |mark: Mark| open(mark.series, mark.index);
    let from_table = move |(row, _): (usize, usize)| {
        let pair = question.map(|answered| pairs(&answered.report).get(row).map(|pair| (pair.0, pair.1)));
        if let Some((from, to)) = pair.flatten() {
            open(from, to);
        }
    };
    let events = Memo::new(move |_| {
        let names = |report: &Report| {
            let name = |from: &From| match &from.place {
                Place::Event(name) => Some(name.clone()),
                _ => None,
            };
            report.from.iter().filter_map(name).collect::<Vec<_>>()
        };
        question.map(|answered| names(&answered.report)).unwrap_or_default()
    });
    let error = move || {
        let message = error_message(app.language.get(), &question.error.get()?);
        Some(view! { <p class="alert" role="alert">{message}</p> })
    };
    view! {
        {error}
        <ChartView id="paths-transitions" chart=heat on_open=from_heat/>
        <Events choices events/>
        <DataTable
            id="paths-transitions-table"
            title=Signal::derive(move || app.words().page_paths_transitions_table.to_owned())
            data
            on_open=from_table
        />
    }
}

fn from_name(place: &Place, report: &Report, language: Language) -> String {
    match place {
        Place::Start => language.words().page_paths_place_entry.to_owned(),
        place => place_name(place, Some(report.others), language),
    }
}

fn heat(answered: &Answer, language: Language) -> HeatMap {
    let (words, report) = (language.words(), &answered.report);
    let cell = |from: &From, to: &To, place: &Place| {
        let value = to.probability?;
        let text = share_text(to.count, value, language);
        let time = to.median_seconds.map(|seconds| duration_of(language, seconds));
        let phrase = match time {
            Some(_) => words.page_paths_transitions_tip_time,
            None => words.page_paths_transitions_tip,
        };
        let tip = fill(
            phrase,
            &[
                ("from", &from_name(&from.place, report, language)),
                ("to", &place_name(place, Some(report.others), language)),
                ("count", &count(to.count, language)),
                ("share", &language.percent(value)),
                ("users", &count(to.users, language)),
                ("time", &time.unwrap_or_default()),
            ],
        );
        Some(chart::Cell { value, text, open: *place == Place::Open && to.count > 0, tip })
    };
    let row = |from: &From| from.to.iter().zip(&report.to).map(|(to, place)| cell(from, to, place)).collect();
    let zone = zone_text(&answered.time_zone, answered.week_start, language);
    HeatMap {
        title: words.page_paths_transitions.to_owned(),
        subtitle: format!("{}{}{zone}", words.page_paths_transitions_unit, words.widget_subtitle_separator),
        x_name: words.page_paths_transitions_x.to_owned(),
        y_name: words.page_paths_transitions_y.to_owned(),
        note_name: words.page_paths_transitions_note.to_owned(),
        row_labels: report.from.iter().map(|from| from_name(&from.place, report, language)).collect(),
        row_notes: report.from.iter().map(|from| count(from.steps, language)).collect(),
        column_labels: report
            .to
            .iter()
            .map(|place| place_name(place, Some(report.others), language))
            .collect(),
        cells: report.from.iter().map(row).collect(),
        number: NumberKind::Percent,
        ..HeatMap::default()
    }
}

/// The transitions that occur, most frequent first: row and column of the matrix.
fn pairs(report: &Report) -> Vec<(usize, usize, &To)> {
    let row = |(from, own): (usize, &'_ From)| -> Vec<(usize, usize)> {
        (0..own.to.len()).map(|to| (from, to)).collect()
    };
    let all = report.from.iter().enumerate().flat_map(row);
    let mut pairs: Vec<(usize, usize, &To)> = all
        .filter_map(|(from, to)| Some((from, to, report.from.get(from)?.to.get(to)?)))
        .filter(|(_, _, to)| to.count > 0)
        .collect();
    pairs.sort_by_key(|(from, to, cell)| (std::cmp::Reverse(cell.count), *from, *to));
    pairs
}

fn table(report: &Report, language: Language) -> TableData {
    let words = language.words();
    let row = |(from, to, cell): (usize, usize, &To)| {
        let from = report.from.get(from).map(|from| from_name(&from.place, report, language));
        let to = report.to.get(to).map(|to| place_name(to, Some(report.others), language));
        vec![
            Datum::Text(from.unwrap_or_default()),
            Datum::Text(to.unwrap_or_default()),
            Datum::Count(cell.count),
            Datum::Count(cell.users),
            Datum::share(cell.probability),
            cell.median_seconds.map_or(Datum::Nothing, |seconds| Datum::Number(seconds / 60.0)),
        ]
    };
    let columns = [
        (words.page_paths_transitions_y, false),
        (words.page_paths_to, false),
        (words.page_paths_count, true),
        (words.page_users, true),
        (words.page_paths_probability, true),
        (words.page_paths_median, true),
    ];
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: pairs(report).into_iter().map(row).collect(),
        opens: vec![2, 3],
        spare: vec![5],
        ..TableData::default()
    }
}
