//! How a page's figure changes under other definitions and in other zones, and whether what it is compared with would then lie
//! on its other side.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use super::frame::sentences;
use super::question::{Answered, Question, parse};
use crate::state::App;
use strata::engine::request::Query;
use strata::error::Error;
use strata::locale::{Language, Words, fill};

/// Zones in which days can begin at another hour: where most of the users of such a product are.
const ZONES: [&str; 5] = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Los_Angeles"];

/// Another definition.
#[derive(Clone)]
pub struct Variant {
    /// What people call it.
    pub name: String,
    /// The question under it, without the filter of the page.
    pub query: Query,
    /// Chooses it on the page; absent where it cannot be chosen there.
    pub choose: Option<Callback<()>>,
}

/// The figure that is followed.
pub struct Figure<R: 'static> {
    /// What it is called.
    pub name: fn(Language) -> String,
    /// Reads it from an answer.
    pub of: fn(&Answered<R>) -> Option<f64>,
    /// Whether it is a share, whose differences count in points.
    pub is_share: bool,
}

impl<R> Clone for Figure<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Figure<R> {}

/// A choice with what is chosen by it.
pub fn named(control: &str, choice: &str, words: &Words) -> String {
    fill(words.sensitivity_choice, &[("control", control), ("choice", choice)])
}

/// A definition, its figure and what it is compared with.
#[derive(Debug, Clone, PartialEq, Default)]
struct Line {
    own: Option<f64>,
    compared: Option<f64>,
    error: Option<Error>,
}

impl Line {
    fn difference(&self) -> Option<f64> {
        Some(self.own? - self.compared?)
    }
}

/// The figure under each definition.
#[component]
pub fn Sensitivity<R: DeserializeOwned + Clone + Send + Sync + 'static>(
    /// What the page asks.
    question: Question<R>,
    /// The other definitions.
    variants: Signal<Vec<Variant>, LocalStorage>,
    /// The figure that is followed.
    figure: Figure<R>,
) -> impl IntoView {
    let app = App::get();
    let lines = RwSignal::new(Vec::<Line>::new());
    let asked = StoredValue::new(0u32);
    let all = Signal::derive_local(move || with_zones(app, &question.query.get(), variants.get()));
    Effect::new(move || {
        let (variants, own) = (all.get(), app.scope.filter.get());
        let compared = app.scope.compared(app);
        asked.update_value(|ticket| *ticket = ticket.wrapping_add(1));
        let ticket = asked.get_value();
        lines.set(Vec::new());
        spawn_local(async move {
            for variant in variants {
                let with = |filter| Query { filter, ..variant.query.clone() };
                let own = figure_of(app, with(own.clone()), figure).await;
                let compared = match compared.clone() {
                    Some(filter) => figure_of(app, with(filter), figure).await.ok().flatten(),
                    None => None,
                };
                // The page may be gone, or have asked something else since.
                if asked.try_get_value() != Some(ticket) {
                    return;
                }
                let error = own.as_ref().err().cloned();
                lines.update(|lines| lines.push(Line { own: own.ok().flatten(), compared, error }));
            }
        });
    });
    let done = move || lines.with(Vec::len) == all.with(Vec::len);
    let verdict = move || {
        let language = app.language.get();
        match done() {
            false => language.words().widget_waiting.to_owned(),
            true => lines.with(|lines| verdict(lines, figure.is_share, language)),
        }
    };
    let rows = move || {
        let language = app.language.get();
        let compares = app.scope.compared(app).is_some();
        all.with(|all| {
            lines.with(|lines| {
                let now = lines.first().cloned().unwrap_or_default();
                let row = |(place, (variant, line)): (usize, (&Variant, &Line))| {
                    row(variant, line, &now, (place == 0, compares, figure.is_share), language)
                };
                all.iter().zip(lines).enumerate().map(row).collect_view()
            })
        })
    };
    let heads = move || {
        let words = app.words();
        let name = (figure.name)(app.language.get());
        let compared =
            app.scope.compared(app).map(|_| [words.sensitivity_compared, words.sensitivity_difference]);
        let texts = [words.sensitivity_definition.to_owned(), name, words.sensitivity_change.to_owned()];
        let texts = texts.into_iter().chain(compared.into_iter().flatten().map(str::to_owned));
        texts
            .enumerate()
            .map(|(place, text)| view! { <th scope="col" class:num=place != 0>{text}</th> })
            .collect_view()
    };
    let note = move || {
        let zoned = app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.zoned));
        (!zoned).then(|| view! { <p class="muted">{app.words().sensitivity_no_zone}</p> })
    };
    view! {
        <div id="sensitivity" aria-busy=move || (!done()).to_string()>
            <p id="sensitivity-verdict" aria-live="polite">{verdict}</p>
            <div class="table-scroll">
                <table class="data" id="sensitivity-table">
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {note}
        </div>
    }
}

/// As the page counts now, then its other definitions, then as now in other zones, where zones matter.
fn with_zones(app: App, now: &Query, variants: Vec<Variant>) -> Vec<Variant> {
    let words = app.words();
    let first = Variant { name: words.sensitivity_now.to_owned(), query: now.clone(), choose: None };
    let (zoned, own) = app.opened.with(|opened| {
        opened.as_ref().map(|opened| (opened.zoned, opened.time_zone.clone())).unwrap_or_default()
    });
    let zone = |zone: &&str| Variant {
        name: fill(words.sensitivity_zone, &[("zone", zone)]),
        query: Query { in_zone: Some((*zone).to_owned()), ..now.clone() },
        choose: None,
    };
    let zones = ZONES.iter().filter(|zone| zoned && **zone != own).map(zone);
    // Two ways to the same definition are one.
    let mut all = vec![first];
    for variant in variants {
        let asked = normal(app, &variant.query);
        if !all.iter().any(|known| normal(app, &known.query) == asked) {
            all.push(variant);
        }
    }
    all.extend(zones);
    all
}

/// Parameters as they decide the figure: amounts beside it and a start of the week that is in force anyway do not.
fn normal(app: App, query: &Query) -> serde_json::Value {
    let mut params = query.params.clone();
    if let Some(fields) = params.as_object_mut() {
        fields.remove("value");
        if fields.get("weekStart").is_none_or(serde_json::Value::is_null) {
            let start = serde_json::to_value(app.week_start.get()).unwrap_or_default();
            fields.insert("weekStart".to_owned(), start);
        }
    }
    params
}

async fn figure_of<R: DeserializeOwned>(
    app: App,
    query: Query,
    figure: Figure<R>,
) -> Result<Option<f64>, Error> {
    let text = app.client().run(&query).await?;
    parse::<R>(query, &text).map(|answered| (figure.of)(&answered).filter(|value| value.is_finite()))
}

/// What the definitions do to the figure, in words.
fn verdict(lines: &[Line], is_share: bool, language: Language) -> String {
    let words = language.words();
    let figures = lines.iter().filter_map(|line| line.own);
    let range = figures.fold(None, |range: Option<(f64, f64)>, figure| {
        Some(range.map_or((figure, figure), |(low, high)| (low.min(figure), high.max(figure))))
    });
    let Some((low, high)) = range else { return words.sensitivity_nothing.to_owned() };
    let parts = [("low", text_of(low, is_share, language)), ("high", text_of(high, is_share, language))];
    let parts = parts.each_ref().map(|(name, text)| (*name, text.as_str()));
    let same = text_of(low, is_share, language) == text_of(high, is_share, language);
    let range = fill(if same { words.sensitivity_same } else { words.sensitivity_range }, &parts);
    let without = lines.iter().filter(|line| line.own.is_none()).count();
    let without = (without > 0).then(|| fill(words.sensitivity_without, &[("count", &without.to_string())]));
    let range = sentences(&std::iter::once(range).chain(without).collect::<Vec<_>>(), language);
    let Some(now) = lines.first().and_then(Line::difference) else { return range };
    let (compared, turned) = lines
        .iter()
        .skip(1)
        .filter_map(Line::difference)
        .fold((0, 0), |(all, turned), other| (all + 1, turned + usize::from(turns(now, other))));
    if now == 0.0 || compared == 0 {
        return range;
    }
    let numbers = [("turned", turned.to_string()), ("all", compared.to_string())];
    let numbers = numbers.each_ref().map(|(name, text)| (*name, text.as_str()));
    let phrase = match turned {
        0 => words.sensitivity_holds,
        _ => words.sensitivity_turns,
    };
    sentences(&[range, fill(phrase, &numbers)], language)
}

/// Whether a difference lies on the other side of nothing.
fn turns(now: f64, other: f64) -> bool {
    now * other < 0.0
}

fn text_of(value: f64, is_share: bool, language: Language) -> String {
    if is_share {
        language.percent(value)
    } else {
        language.decimal(value, if value.fract() == 0.0 { 0 } else { 2 })
    }
}

/// A difference with its sign; of shares in points.
fn change_of(difference: f64, is_share: bool, language: Language) -> String {
    let sign = match difference {
        change if change > 0.0 => "+",
        change if change < 0.0 => "\u{2212}",
        _ => "",
    };
    let size = difference.abs();
    let text = if is_share {
        fill(language.words().page_points, &[("points", &language.decimal(size * 100.0, 1))])
    } else {
        text_of(size, false, language)
    };
    format!("{sign}{text}")
}

fn row(
    variant: &Variant,
    line: &Line,
    now: &Line,
    (is_now, compares, is_share): (bool, bool, bool),
    language: Language,
) -> AnyView {
    let words = language.words();
    let nothing = || "\u{2013}".to_owned();
    let shown = |value: Option<f64>| value.map_or_else(nothing, |value| text_of(value, is_share, language));
    let change = line.own.zip(now.own).map(|(own, now)| own - now).filter(|_| !is_now);
    let change = change.map_or_else(nothing, |change| change_of(change, is_share, language));
    let turned = line.difference().zip(now.difference()).is_some_and(|(other, now)| turns(now, other));
    let difference = line.difference().map_or_else(nothing, |other| change_of(other, is_share, language));
    let name = match variant.choose {
        Some(choose) => {
            let text = variant.name.clone();
            view! {
                <button type="button" class="cell-button opens" title=words.sensitivity_choose on:click=move |_| choose.run(())>{text}</button>
            }
            .into_any()
        }
        None => variant.name.clone().into_any(),
    };
    let error = line.error.as_ref().map(|error| {
        view! { <td class="sentence" colspan=if compares { "4" } else { "2" }>{error.message(language)}</td> }
    });
    let figures = line.error.is_none().then(|| {
        let compared = compares.then(|| {
            view! {
                <td class="num">{shown(line.compared)}</td>
                <td class="num">
                    {difference}
                    {turned.then(|| view! { <strong class="turned">{format!(" {}", words.sensitivity_turned)}</strong> })}
                </td>
            }
        });
        view! { <td class="num">{shown(line.own)}</td><td class="num">{change}</td>{compared} }
    });
    view! { <tr class:turned=turned><th scope="row">{name}</th>{error}{figures}</tr> }.into_any()
}
