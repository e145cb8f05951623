//! What things are called: places, steps, what the page says in words.

use crate::widgets::frame::{count, sentences};
use strata::analysis::paths::{Anchor, Divide, Params, Place, Position, Report};
use strata::locale::{Language, fill};

use super::{Answer, params};

/// What a path has somewhere; `others` is how many events are together where that is known.
pub fn place_name(place: &Place, others: Option<u64>, language: Language) -> String {
    let words = language.words();
    match place {
        Place::Event(name) if name.is_empty() => words.page_paths_place_empty.to_owned(),
        Place::Event(name) => name.clone(),
        Place::Other => match others {
            Some(others) => fill(words.page_paths_place_other, &[("count", &count(others, language))]),
            None => words.page_paths_place_unlisted.to_owned(),
        },
        Place::Unlisted => words.page_paths_place_unlisted.to_owned(),
        Place::End => words.page_paths_place_end.to_owned(),
        Place::Open => words.page_paths_place_open.to_owned(),
        Place::Start => words.page_paths_place_start.to_owned(),
    }
}

/// A position, as it is counted from this anchor.
pub fn step_name(position: i32, anchor: &Anchor, language: Language) -> String {
    let words = language.words();
    let number = |number: i32| count(u64::from(number.unsigned_abs()), language);
    let (phrase, number) = match (anchor, position) {
        (Anchor::Start, _) => (words.page_paths_step, number(position + 1)),
        (Anchor::End, 0) => (words.page_paths_step_last, String::new()),
        (Anchor::Event { .. }, 0) => (words.page_paths_step_anchor, String::new()),
        (_, ..0) => (words.page_paths_step_before, number(position)),
        _ => (words.page_paths_step_after, number(position)),
    };
    fill(phrase, &[("number", &number)])
}

/// What paths are.
pub fn divide_name(divide: Divide, language: Language) -> String {
    let words = language.words();
    match divide {
        Divide::Gap { minutes } => {
            fill(words.page_paths_divide_gap, &[("minutes", &count(u64::from(minutes), language))])
        }
        Divide::Day => words.page_paths_divide_day.to_owned(),
        Divide::Whole => words.page_paths_divide_whole.to_owned(),
    }
}

/// A whole path: what it has at each position, without what comes before its beginning and after its end.
pub fn route_name(places: &[(&Place, u64)], language: Language) -> String {
    let ended = places.iter().position(|(place, _)| matches!(place, Place::End | Place::Open));
    let until = ended.map_or(places.len(), |ended| ended + 1);
    let shown = places.iter().take(until).filter(|(place, _)| **place != Place::Start);
    let names: Vec<String> =
        shown.map(|(place, others)| place_name(place, Some(*others), language)).collect();
    names.join(" → ")
}

/// What a route has at each position, and how many events are together there.
pub fn route_places<'r>(report: &'r Report, nodes: &[u32]) -> Vec<(&'r Place, u64)> {
    let at = |(position, node): (&'r Position, &u32)| {
        position.nodes.get(*node as usize).map(|node| (&node.place, position.others))
    };
    report.positions.iter().zip(nodes).filter_map(at).collect()
}

/// The event after which most paths end: its position, the event, how many end, of how many.
fn biggest_drop(report: &Report) -> Option<(&Position, &Place, u64, u64)> {
    let neighbours = report.positions.iter().zip(report.positions.iter().skip(1));
    let drops = neighbours.flat_map(|(position, next)| {
        position.links.iter().filter_map(move |link| {
            let (from, to) = (position.nodes.get(link.from as usize)?, next.nodes.get(link.to as usize)?);
            let ends = to.place == Place::End && matches!(from.place, Place::Event(_));
            ends.then_some((position, &from.place, link.paths, from.paths))
        })
    });
    // The first of equals: people come to it first.
    drops.reduce(|best, drop| if drop.2 > best.2 { drop } else { best })
}

/// The answer in words.
pub fn sentence(answered: &Answer, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    if report.paths == 0 {
        return words.page_paths_empty.to_owned();
    }
    let (paths, users) = (count(report.paths, language), count(report.users, language));
    let all = [("paths", paths.as_str()), ("users", users.as_str())];
    let common = report.routes.first().filter(|route| route.paths > 1).map(|route| {
        let name = route_name(&route_places(report, &route.nodes), language);
        let share = language.percent(route.paths as f64 / report.paths as f64);
        fill(words.page_paths_answer, &[all[0], all[1], ("route", &name), ("share", &share)])
    });
    let first = common.unwrap_or_else(|| fill(words.page_paths_answer_plain, &all));
    let anchor = params(answered).anchor;
    let drop = biggest_drop(report).map(|(position, place, lost, total)| {
        fill(
            words.page_paths_answer_drop,
            &[
                ("event", &place_name(place, None, language)),
                ("step", &step_name(position.position, &anchor, language)),
                ("lost", &count(lost, language)),
                ("total", &count(total, language)),
            ],
        )
    });
    sentences(&[Some(first), drop].into_iter().flatten().collect::<Vec<_>>(), language)
}

/// How everything is counted, and what is left out.
pub fn definition(report: &Report, language: Language) -> Vec<String> {
    let words = language.words();
    let number = |number| count(number, language);
    let mut paragraphs = vec![
        words.page_paths_definition.to_owned(),
        fill(words.page_paths_definition_sum, &[("paths", &number(report.paths))]),
        words.page_paths_definition_flows.to_owned(),
    ];
    if report.open_paths > 0 {
        paragraphs.push(fill(words.page_paths_definition_open, &[("open", &number(report.open_paths))]));
    }
    paragraphs.extend(left_out(report, language));
    paragraphs
}

/// Paths that are not in the picture.
pub fn left_out(report: &Report, language: Language) -> Vec<String> {
    let words = language.words();
    let told =
        |phrase: &str, paths: u64| (paths > 0).then(|| fill(phrase, &[("paths", &count(paths, language))]));
    let parts = [
        told(words.page_paths_without_anchor, report.paths_without_anchor),
        told(words.page_paths_without_steps, report.paths_without_steps),
    ];
    parts.into_iter().flatten().collect()
}

/// The title of the panel for a bar.
pub fn users_at(position: i32, place: &Place, others: u64, params: &Params, language: Language) -> String {
    let step = step_name(position, &params.anchor, language);
    let place = place_name(place, Some(others), language);
    fill(language.words().page_paths_users_at, &[("place", &place), ("step", &step)])
}
