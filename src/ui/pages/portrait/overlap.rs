//! How saved segments overlap: each user in one combination, the largest first.

use leptos::prelude::*;

use super::{Read, parted};
use crate::scope::segments::name;
use crate::state::App;
use crate::widgets::frame::count;
use crate::widgets::question::{Answered, Question, ask_of};
use crate::widgets::users::UsersBehind;
use strata::analysis::overlap::{Cell, Chosen, Combination, MOST_SEGMENTS, Params, Report};
use strata::engine::registry::Analysis;
use strata::engine::request::Query;
use strata::locale::{Language, fill};

/// The saved segments that can be found, with the definitions of those that they refer to; reactive.
pub(super) fn saved(app: App) -> Vec<Chosen> {
    let whole = |saved| app.segments.whole(&saved).ok().filter(|saved| !name(saved).is_empty());
    let all = app.segments.all().into_iter().filter_map(whole);
    all.filter_map(|saved| saved.segment.map(|segment| Chosen { segment })).collect()
}

/// The names of the segments that are shown: those chosen that are still saved, or the latest.
fn shown(app: App, chosen: Option<&[String]>) -> Vec<String> {
    let names: Vec<String> = saved(app).into_iter().filter_map(|saved| saved.segment.name).collect();
    match chosen {
        Some(chosen) => names.into_iter().filter(|name| chosen.contains(name)).take(MOST_SEGMENTS).collect(),
        None => names.into_iter().take(MOST_SEGMENTS).collect(),
    }
}

/// The section.
#[component]
pub(super) fn Overlap(read: Read) -> impl IntoView {
    let app = App::get();
    let number = Memo::new(move |_| saved(app).len());
    let body = move || {
        if number.get() < 2 {
            view! { <p class="muted" id="overlap-none">{move || app.words().page_portrait_overlap_none}</p> }
                .into_any()
        } else {
            view! { <Matrix read/> }.into_any()
        }
    };
    view! {
        <section class="card overlap" aria-labelledby="overlap-title">
            <h2 class="chart-title" id="overlap-title">{move || app.words().page_portrait_overlap}</h2>
            {body}
        </section>
    }
}

/// Which of the saved segments are looked at, where there are more than two.
#[component]
fn Choice(chosen: RwSignal<Option<Vec<String>>>) -> impl IntoView {
    let app = App::get();
    let number = Memo::new(move |_| saved(app).len());
    let row = move |(place, name): (usize, String)| {
        let (own, other) = (name.clone(), name.clone());
        let now = move || chosen.with(|chosen| shown(app, chosen.as_deref()));
        let ticked = move || now().contains(&own);
        // Two at least, and no more than can be told apart.
        let fixed = {
            let own = name.clone();
            move || {
                let now = now();
                if now.contains(&own) { now.len() <= 2 } else { now.len() >= MOST_SEGMENTS }
            }
        };
        let toggle = move |_| {
            let mut wanted = now();
            match wanted.iter().position(|one| *one == other) {
                Some(place) => {
                    wanted.remove(place);
                }
                None => wanted.push(other.clone()),
            }
            chosen.set(Some(wanted));
        };
        view! {
            <label class="check">
                <input type="checkbox" id=format!("overlap-choice-{place}") prop:checked=ticked disabled=fixed on:change=toggle/>
                <span>{name}</span>
            </label>
        }
    };
    let rows = move || {
        let names = saved(app).into_iter().filter_map(|saved| saved.segment.name);
        names.enumerate().map(row).collect_view()
    };
    move || {
        (number.get() > 2).then(|| {
            view! {
                <fieldset class="overlap-choice" id="overlap-choice">
                    <legend class="label">{move || app.words().page_portrait_overlap_choice}</legend>
                    {rows}
                </fieldset>
            }
        })
    }
}

#[component]
fn Matrix(read: Read) -> impl IntoView {
    let app = App::get();
    let chosen = RwSignal::new(None);
    let question: Question<Report> = ask_of(move |filter| {
        let names = chosen.with(|chosen: &Option<Vec<String>>| shown(app, chosen.as_deref()));
        let is_shown = |saved: &Chosen| saved.segment.name.as_ref().is_some_and(|name| names.contains(name));
        let segments = saved(app).into_iter().filter(is_shown).collect();
        let params = Params { segments, as_of: read.get().params.as_of };
        Query { filter: parted(filter).1, ..Query::new(Analysis::Overlap, &params) }
    });
    let error = move || {
        let message = crate::text::error_message(app.language.get(), &question.error.get()?);
        Some(view! { <p class="alert" role="alert">{message}</p> })
    };
    let note = move || question.map(|answered| note(app, &answered.report, app.language.get()));
    let table = move || question.map(|answered| matrix(question, answered, app.language.get()));
    let label = move || app.words().page_portrait_overlap;
    view! {
        <Choice chosen/>
        <p class="muted" id="overlap-note">{note}</p>
        {error}
        <div class="overlap-scroll" tabindex="0" role="region" aria-label=label>{table}</div>
    }
}

/// What is shown, and what is not.
fn note(app: App, report: &Report, language: Language) -> String {
    let words = language.words();
    let shown = count(report.segments.len() as u64, language);
    let all = count(saved(app).len() as u64, language);
    let lead = fill(words.page_portrait_overlap_lead, &[("shown", &shown), ("all", &all)]);
    let rest = (report.more > 0).then(|| {
        let (more, users) = (count(report.more, language), count(report.others, language));
        fill(words.page_portrait_overlap_more, &[("more", &more), ("users", &users)])
    });
    crate::widgets::frame::sentences(&std::iter::once(lead).chain(rest).collect::<Vec<_>>(), language)
}

fn segment_name(report: &Report, place: usize, language: Language) -> String {
    let name = report.segments.get(place).and_then(|segment| segment.name.clone());
    name.unwrap_or_else(|| language.words().page_portrait_unnamed.to_owned())
}

/// A combination as people call it.
fn combination_name(report: &Report, places: &[usize], language: Language) -> String {
    let words = language.words();
    if places.is_empty() {
        return words.page_portrait_overlap_in_none.to_owned();
    }
    let names: Vec<String> = places.iter().map(|place| segment_name(report, *place, language)).collect();
    let list = names.join(words.page_portrait_overlap_and);
    fill(words.page_portrait_overlap_only, &[("segments", &list)])
}

fn matrix(
    question: Question<Report>,
    answered: &Answered<Report>,
    language: Language,
) -> impl IntoView + use<> {
    let words = language.words();
    let report = &answered.report;
    let behind = UsersBehind::get();
    let opener = move |title: String, cell: Cell, users: u64| {
        let text = count(users, language);
        let label = fill(words.page_portrait_overlap_open, &[("users", &text), ("who", &title)]);
        let open = move |_| {
            question.map(|answered: &Answered<Report>| {
                behind.open(title.clone(), &answered.query, &cell);
            });
        };
        view! { <button type="button" class="link overlap-open" aria-label=label on:click=open disabled={users == 0}>{text}</button> }
    };
    let heads = report.segments.iter().enumerate().map(|(place, size)| {
        let name = segment_name(report, place, language);
        let open = opener(name.clone(), Cell::Segment(place), size.users);
        view! { <th scope="col"><span class="overlap-name">{name}</span>{open}</th> }
    });
    let heads: Vec<_> = heads.collect();
    let none = Combination { segments: Vec::new(), users: report.none };
    let most = report.combinations.iter().map(|one| one.users).chain([report.none]).max().unwrap_or(0).max(1);
    let row = |combination: &Combination| {
        let title = combination_name(report, &combination.segments, language);
        let share = combination.users as f64 / report.users.max(1) as f64;
        let width = format!("width: {:.2}%", combination.users as f64 / most as f64 * 100.0);
        let dots: Vec<_> = (0..report.segments.len())
            .map(|place| {
                let inside = combination.segments.contains(&place);
                let word =
                    if inside { words.page_portrait_overlap_yes } else { words.page_portrait_overlap_no };
                view! {
                    <td class="overlap-cell">
                        <span class="overlap-dot" class:filled=inside aria-hidden="true"></span>
                        <span class="visually-hidden">{word}</span>
                    </td>
                }
            })
            .collect();
        let open = opener(title.clone(), Cell::Combination(combination.segments.clone()), combination.users);
        view! {
            <tr>
                <th scope="row" class="visually-hidden-cell"><span class="visually-hidden">{title}</span></th>
                {dots}
                <td class="overlap-size">{open}</td>
                <td class="overlap-share">{language.percent(share)}</td>
                <td class="overlap-bar-cell"><span class="overlap-bar" style=width aria-hidden="true"></span></td>
            </tr>
        }
    };
    let rows: Vec<_> = report.combinations.iter().chain([&none]).map(row).collect();
    let others = (report.more > 0).then(|| {
        let title = fill(words.page_portrait_overlap_others, &[("more", &count(report.more, language))]);
        let open = opener(title.clone(), Cell::Others, report.others);
        let share = language.percent(report.others as f64 / report.users.max(1) as f64);
        let columns = report.segments.len().to_string();
        view! {
            <tr>
                <th scope="row" class="visually-hidden-cell"><span class="visually-hidden">{title.clone()}</span></th>
                <td colspan=columns>{title}</td>
                <td class="overlap-size">{open}</td>
                <td class="overlap-share">{share}</td>
                <td></td>
            </tr>
        }
    });
    view! {
        <table class="overlap-matrix" id="overlap-matrix">
            <thead>
                <tr>
                    <th scope="col" class="visually-hidden-cell"><span class="visually-hidden">{words.page_portrait_overlap_combination}</span></th>
                    {heads}
                    <th scope="col">{words.page_users}</th>
                    <th scope="col">{words.page_portrait_of_all}</th>
                    <td></td>
                </tr>
            </thead>
            <tbody>{rows}{others}</tbody>
        </table>
    }
}
