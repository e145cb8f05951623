//! Who moved from which group to which since an earlier date.

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::button::Button;
use crate::widgets::chart::{ChartView, Picture};
use crate::widgets::frame::{count, zone_text};
use crate::widgets::question::Question;
use crate::widgets::settings;
use crate::widgets::users::UsersBehind;
use strata::analysis::rfm::{Cell, Moves, Params, Report};
use strata::chart::{self, HeatMap, Mark, NumberKind};
use strata::dataset::calendar::Day;
use strata::locale::{Language, fill};

use super::groups::Grouping;
use super::{Answer, Choices, defaults};

/// How many days before the last one moves begin, when nobody says otherwise.
const BEFORE: i32 = 90;

/// The matrix of moves, or the way to it.
#[component]
pub fn MovesView(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let behind = UsersBehind::get();
    let grouping = choices.grouping;
    let picture = Signal::derive(move || {
        let drawn = question.map(|answered| matrix(answered, grouping.get(), app.language.get())).flatten();
        drawn.map(Picture::from).unwrap_or_default()
    });
    let open = move |mark: Mark| {
        let (grouping, language) = (grouping.get_untracked(), app.language.get_untracked());
        question.map(|answered: &Answer| {
            let groups = grouping.groups(&answered.report);
            let Some(to) = groups.get(mark.index) else { return };
            let from = groups.get(mark.series).map(|group| group.key.clone());
            let title = format!(
                "{} → {}",
                name(grouping, from.as_deref(), language),
                name(grouping, Some(&to.key), language)
            );
            let cell = Cell::Moved { by: grouping.asked(), from, to: to.key.clone() };
            behind.open(title, &answered.query, &cell);
        });
    };
    let has_moves =
        Memo::new(move |_| question.map(|answered| answered.report.moves.is_some()).unwrap_or(false));
    let sentence = move || {
        let said = question.map(|answered| {
            let moves = answered.report.moves.as_ref()?;
            Some(sentence(moves, grouping.get(), app.language.get()))
        });
        said.flatten()
    };
    let earlier = Memo::new(move |_| {
        let first = app.opened.with(|opened| opened.as_ref().map(|opened| opened.span.0))?;
        let as_of = question.map(|answered| answered.report.as_of)?;
        let day = Day(as_of.0.saturating_sub(BEFORE)).max(first);
        (day < as_of).then_some(day)
    });
    let label = Signal::derive(move || {
        let day = earlier.get().map(|day| app.language.get().date(day)).unwrap_or_default();
        fill(app.words().page_segments_moves_show, &[("day", &day)])
    });
    let show = move |_| {
        let params = Params { moved_from: earlier.get_untracked(), ..choices.read.get_untracked().params };
        settings::write(app.address, &params, &defaults(), &[]);
    };
    move || {
        if has_moves.get() {
            view! {
                <p id="rfm-moves-answer">{sentence}</p>
                <ChartView id="rfm-moves" chart=picture on_open=open/>
            }
            .into_any()
        } else if earlier.get().is_some() {
            view! { <p><Button id="moves-show" text=label on_press=show/></p> }.into_any()
        } else {
            ().into_any()
        }
    }
}

fn name(grouping: Grouping, key: Option<&str>, language: Language) -> String {
    match key {
        Some(key) => grouping.name(key, language),
        None => language.words().page_segments_moves_nobody.to_owned(),
    }
}

/// Who stayed, who moved to a group further up in the list, who further down.
fn sentence(moves: &Moves, grouping: Grouping, language: Language) -> String {
    let matrix = grouping.moves(moves);
    // The last row is who was not there yet.
    let scored = || matrix.iter().take(matrix.len().saturating_sub(1)).enumerate();
    let sum = |keep: &dyn Fn(usize, usize) -> bool| -> u64 {
        let row = |(from, cells): (usize, &Vec<u64>)| -> u64 {
            cells.iter().enumerate().filter(|(to, _)| keep(from, *to)).map(|(_, users)| users).sum()
        };
        scored().map(row).sum()
    };
    fill(
        language.words().page_segments_moves_answer,
        &[
            ("day", &language.date(moves.from)),
            ("users", &count(sum(&|_, _| true), language)),
            ("stayed", &count(sum(&|from, to| from == to), language)),
            ("up", &count(sum(&|from, to| to < from), language)),
            ("down", &count(sum(&|from, to| to > from), language)),
        ],
    )
}

/// Groups as of the earlier date as rows, as of the later one as columns.
fn matrix(answered: &Answer, grouping: Grouping, language: Language) -> Option<HeatMap> {
    let (words, report) = (language.words(), &answered.report);
    let moves = report.moves.as_ref()?;
    let keys: Vec<&str> = grouping.groups(report).iter().map(|group| group.key.as_str()).collect();
    let rows = || keys.iter().copied().map(Some).chain([None]);
    let row = |(from, cells): (Option<&str>, &Vec<u64>)| {
        let all: u64 = cells.iter().sum();
        let cell = |(to, users): (&str, u64)| {
            let share = if all == 0 { 0.0 } else { users as f64 / all as f64 };
            let (shown, part) = (count(users, language), language.percent(share));
            let tip = fill(
                words.page_segments_moves_tip,
                &[
                    ("from", &name(grouping, from, language)),
                    ("to", &name(grouping, Some(to), language)),
                    ("users", &shown),
                    ("share", &part),
                ],
            );
            let text = if users == 0 { chart::Cell::NOBODY.to_owned() } else { format!("{shown}\n{part}") };
            Some(chart::Cell { value: share, text, open: false, tip })
        };
        keys.iter().copied().zip(cells.iter().copied()).map(cell).collect()
    };
    let days = [("from", language.date(moves.from)), ("to", language.date(report.as_of))];
    let days: Vec<(&str, &str)> = days.iter().map(|(name, day)| (*name, day.as_str())).collect();
    let unit = fill(words.page_segments_moves_unit, &days);
    let zone = zone_text(&answered.time_zone, answered.week_start, language);
    Some(HeatMap {
        title: words.page_segments_moves.to_owned(),
        subtitle: format!("{unit}{}{zone}", words.widget_subtitle_separator),
        x_name: fill(words.page_segments_moves_x, &days),
        y_name: fill(words.page_segments_moves_y, &days),
        row_labels: rows().map(|from| name(grouping, from, language)).collect(),
        column_labels: keys.iter().map(|to| name(grouping, Some(to), language)).collect(),
        cells: rows().zip(grouping.moves(moves)).map(row).collect(),
        domain: Some((0.0, 1.0)),
        number: NumberKind::Percent,
        ..HeatMap::default()
    })
}
