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

#[component]
fn Matrix(read: Read) -> impl IntoView {
    let app = App::get();
    let question: Question<Report> = ask_of(move |filter| {
        let segments = saved(app).into_iter().take(MOST_SEGMENTS).collect();
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
