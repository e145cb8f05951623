//! Thresholds, other thresholds and benefits, entered side by side and taken over together: in between they need not make sense.

use leptos::prelude::*;

use super::{Answer, Read, controls::number, text, write};
use crate::state::App;
use crate::widgets::question::Question;
use strata::analysis::tiers::{MOST_TIERS, Params, Report};
use strata::dataset::filter::Number;
use strata::locale::{Language, Words, fill};
use strata::table::decimal::{self, Amount};

/// A column's name in ids, and in words.
type Column = (&'static str, Pick);

type Pick = fn(&'static Words) -> &'static str;

/// What can be entered for a tier: where it begins, where it would begin, what its users get back.
const COLUMNS: [Column; 3] = [
    ("from", |words| words.page_tiers_threshold_from),
    ("what-if", |words| words.page_tiers_threshold_what_if),
    ("benefit", |words| words.page_tiers_threshold_benefit),
];

/// The column of benefits; the lowest tier has no other field.
const BENEFIT: usize = 2;

type Texts = [[String; COLUMNS.len()]; MOST_TIERS];

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq)]
struct Wrong {
    row: usize,
    column: usize,
    message: String,
}

/// The table of fields.
#[component]
pub(super) fn Editor(question: Question<Report>, read: Read) -> impl IntoView {
    let app = App::get();
    let texts = RwSignal::new(Texts::default());
    let wrong = RwSignal::new(None::<Wrong>);
    // What is asked and what was answered fill the fields anew.
    let asked = Memo::new(move |_| question.map(shown).unwrap_or_default());
    Effect::new(move || {
        texts.set(asked.get());
        wrong.set(None);
    });
    let apply = move |_| {
        let params = read.get_untracked().params;
        let found = texts.with_untracked(|texts| {
            taken(texts, &asked.get_untracked(), &params, app.language.get_untracked())
        });
        match found {
            Ok(params) => {
                wrong.set(None);
                write(app, &params);
            }
            Err(found) => wrong.set(Some(found)),
        }
    };
    // Learned ones move with the data; who wants them for good says them.
    let keep = move |_| {
        let numbers =
            asked.with_untracked(|texts| rising(&entered(texts, 0), 0, app.language.get_untracked()));
        if let Ok(numbers) = numbers {
            write(app, &Params { thresholds: Some(numbers), ..read.get_untracked().params });
        }
    };
    let learn = move |_| write(app, &Params { thresholds: None, ..read.get_untracked().params });
    let end = move |_| write(app, &Params { what_if: None, ..read.get_untracked().params });
    let is_given = Memo::new(move |_| read.get().params.thresholds.is_some());
    let has_what_if = Memo::new(move |_| read.get().params.what_if.is_some());
    // One row more than there are tiers, to add one.
    let rows = Memo::new(move |_| {
        let used = asked.get().iter().rposition(|row| row.iter().any(|text| !text.is_empty())).unwrap_or(0);
        (used + 2).min(MOST_TIERS)
    });
    let heading = |(_, name): Column| {
        view! { <th class="num" scope="col">{move || name(app.words())}</th> }
    };
    let title = move || app.words().page_tiers_thresholds;
    view! {
        <section class="table-part card thresholds" id="tiers-thresholds">
            <h2 class="chart-title" id="tiers-thresholds-title">{title}</h2>
            <p class="chart-sub">{move || app.words().page_tiers_threshold_hint}</p>
            <div class="table-scroll" tabindex="0" role="region" aria-labelledby="tiers-thresholds-title">
                <table class="data">
                    <thead><tr>
                        <th scope="col">{move || app.words().page_tiers_tier}</th>
                        {COLUMNS.map(heading)}
                    </tr></thead>
                    <tbody>{move || (0..rows.get()).map(|row| view! { <Row row texts wrong/> }).collect_view()}</tbody>
                </table>
            </div>
            <div class="controls">
                <button type="button" class="button" id="tiers-apply" on:click=apply>{move || app.words().page_tiers_threshold_apply}</button>
                {move || if is_given.get() {
                    view! { <button type="button" class="button" id="tiers-learn" on:click=learn>{move || app.words().page_tiers_threshold_learn}</button> }.into_any()
                } else {
                    view! { <button type="button" class="button" id="tiers-keep" on:click=keep>{move || app.words().page_tiers_threshold_keep}</button> }.into_any()
                }}
                {move || has_what_if.get().then(|| view! {
                    <button type="button" class="button" id="tiers-end-what-if" on:click=end>{move || app.words().page_tiers_threshold_end_what_if}</button>
                })}
            </div>
            {move || wrong.get().map(|wrong| view! { <p class="alert" role="alert" id="tiers-wrong">{wrong.message}</p> })}
        </section>
    }
}

/// The fields of a tier.
#[component]
fn Row(row: usize, texts: RwSignal<Texts>, wrong: RwSignal<Option<Wrong>>) -> impl IntoView {
    let app = App::get();
    let tier = u8::try_from(row + 1).unwrap_or(u8::MAX);
    let name = move || text::tier_name(tier, app.language.get());
    let cell = move |(column, (key, label)): (usize, Column)| {
        if row == 0 && column != BENEFIT {
            let lowest = if column == 0 { "0" } else { "" };
            return view! { <td class="num">{lowest}</td> }.into_any();
        }
        let is_wrong = move || {
            wrong.with(|wrong| wrong.as_ref().is_some_and(|wrong| (wrong.row, wrong.column) == (row, column)))
        };
        let value = move || {
            texts.with(|texts| texts.get(row).and_then(|row| row.get(column)).cloned().unwrap_or_default())
        };
        let enter = move |entered: String| {
            texts.update(|texts| {
                if let Some(text) = texts.get_mut(row).and_then(|row| row.get_mut(column)) {
                    *text = entered;
                }
            });
        };
        view! {
            <td class="num">
                <input
                    type="text"
                    inputmode="decimal"
                    id=format!("tiers-{key}-{tier}")
                    aria-label=move || format!("{} – {}", label(app.words()), name())
                    aria-invalid=move || is_wrong().then_some("true")
                    aria-describedby=move || is_wrong().then_some("tiers-wrong")
                    prop:value=value
                    on:input=move |event| enter(event_target_value(&event))
                />
            </td>
        }
        .into_any()
    };
    view! { <tr><th scope="row">{name}</th>{COLUMNS.into_iter().enumerate().map(cell).collect_view()}</tr> }
}

/// The fields of what was answered.
fn shown(answered: &Answer) -> Texts {
    let (report, params) = (&answered.report, super::params(answered));
    let mut texts = Texts::default();
    let mut put = |row: usize, column: usize, text: String| {
        if let Some(slot) = texts.get_mut(row).and_then(|row| row.get_mut(column)) {
            *slot = text;
        }
    };
    for (row, tier) in report.tiers.iter().enumerate().skip(1) {
        put(row, 0, plain(tier.from));
    }
    let others = report.what_if.iter().flat_map(|what_if| what_if.tiers.iter().enumerate().skip(1));
    others.for_each(|(row, tier)| put(row, 1, plain(tier.from)));
    params.benefits.iter().enumerate().for_each(|(row, benefit)| put(row, BENEFIT, benefit.text()));
    texts
}

/// An amount without zeros at its end.
fn plain(amount: Amount) -> String {
    let text = amount.to_string();
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// What was entered in a column, up to the last field that is not empty; the lowest tier has benefits only.
fn entered(texts: &Texts, column: usize) -> Vec<String> {
    let skipped = usize::from(column != BENEFIT);
    let cells = texts.iter().skip(skipped).filter_map(|row| row.get(column));
    let mut cells: Vec<String> = cells.map(|text| text.trim().to_owned()).collect();
    cells.truncate(cells.iter().rposition(|text| !text.is_empty()).map_or(0, |last| last + 1));
    cells
}

/// The parameters with what was entered. Learned thresholds stay learned unless they were changed.
fn taken(texts: &Texts, before: &Texts, params: &Params, language: Language) -> Result<Params, Wrong> {
    let own = entered(texts, 0);
    let thresholds = if params.thresholds.is_none() && own == entered(before, 0) {
        None
    } else {
        Some(rising(&own, 0, language)?)
    };
    let others = entered(texts, 1);
    let what_if = if others.is_empty() { None } else { Some(rising(&others, 1, language)?) };
    let benefits = percentages(&entered(texts, BENEFIT), language)?;
    Ok(Params { thresholds, what_if, benefits, ..params.clone() })
}

fn wrong((row, column): (usize, usize), phrase: Pick, least: &str, language: Language) -> Wrong {
    let words = language.words();
    let name = COLUMNS.get(column).map_or("", |(_, name)| name(words));
    let tier = text::tier_name(u8::try_from(row + 1).unwrap_or(u8::MAX), language);
    let message = fill(phrase(words), &[("tier", &tier), ("column", name), ("least", least)]);
    Wrong { row, column, message }
}

/// Thresholds that rise from above 0, of the second tier and on.
fn rising(texts: &[String], column: usize, language: Language) -> Result<Vec<Number>, Wrong> {
    if texts.is_empty() {
        return Err(wrong((1, column), |words| words.page_tiers_threshold_none, "", language));
    }
    let (mut numbers, mut before) = (Vec::new(), Amount { units: 0, scale: 0 });
    for (place, text) in texts.iter().enumerate() {
        let at = (place + 1, column);
        if text.is_empty() {
            return Err(wrong(at, |words| words.page_tiers_threshold_gap, "", language));
        }
        let own = decimal::parse(text.as_bytes())
            .filter(|parsed| !parsed.rounded)
            .map(|parsed| Amount { units: parsed.mantissa, scale: parsed.scale })
            .filter(|own| wide(*own) > wide(before))
            .ok_or_else(|| wrong(at, |words| words.page_tiers_threshold_wrong, &plain(before), language))?;
        numbers.push(number(&plain(own)));
        before = own;
    }
    Ok(numbers)
}

/// In millionths, so that any two can be compared.
fn wide(amount: Amount) -> i128 {
    let places = u32::from(decimal::MAX_SCALE.saturating_sub(amount.scale));
    i128::from(amount.units) * 10i128.pow(places)
}

/// Percentages from the lowest tier on; an empty one before others is 0.
fn percentages(texts: &[String], language: Language) -> Result<Vec<Number>, Wrong> {
    let one = |(place, text): (usize, &String)| {
        let text = if text.is_empty() { "0" } else { text.trim_end_matches('%') };
        let parsed = decimal::parse(text.as_bytes())
            .filter(|parsed| !parsed.rounded)
            .map(|parsed| Amount { units: parsed.mantissa, scale: parsed.scale })
            .filter(|own| (0..=wide(Amount { units: 100, scale: 0 })).contains(&wide(*own)));
        parsed
            .map(|own| number(&plain(own)))
            .ok_or_else(|| wrong((place, BENEFIT), |words| words.page_tiers_threshold_percent, "", language))
    };
    texts.iter().enumerate().map(one).collect()
}
