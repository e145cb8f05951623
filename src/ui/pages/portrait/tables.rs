//! Who there is, what sets them apart, what they do, and how values are spread.

use crate::pages::periods::subtitle;
use crate::text::p_value;
use crate::widgets::table::{Datum, TableData};
use strata::analysis::portrait::{Attribute, Figure, Report, SURE, Share, Side};
use strata::chart::{Bar, BarChart, NumberKind};
use strata::locale::{Language, fill};

use super::{Answer, text};

/// The column of the rest's users in the table of what sets apart.
pub(super) const REST_COLUMN: usize = 3;

/// How many bars there are.
const MOST_BARS: usize = 12;

/// The segment and the rest.
pub(super) fn sides(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let report = &answered.report;
    let row = |users: u64, rest: bool| {
        vec![
            Datum::Text(text::side_name(answered, rest, language)),
            Datum::Count(users),
            Datum::share((report.users > 0).then(|| users as f64 / report.users as f64)),
        ]
    };
    let rest = report.has_segment.then(|| row(report.rest, true));
    TableData {
        columns: vec![
            (words.page_portrait_who.to_owned(), false),
            (words.page_users.to_owned(), true),
            (words.page_portrait_of_all.to_owned(), true),
        ],
        rows: std::iter::once(row(report.inside, false)).chain(rest).collect(),
        opens: vec![1],
        ..TableData::default()
    }
}

/// Values and events, the largest effects first.
pub(super) fn apart(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let report = &answered.report;
    let row = |share: &Share| {
        let [own, other] = share.users;
        let mut row = vec![
            Datum::Text(text::trait_name(&share.of, language)),
            Datum::Count(own),
            Datum::share(share.share),
        ];
        if report.has_segment {
            let interval = share.interval.map_or(Datum::Nothing, |interval| {
                let points = |share: f64| language.decimal(share * 100.0, 1);
                let bounds = [("low", points(interval.low)), ("high", points(interval.high))];
                let [low, high] = bounds.each_ref().map(|(name, text)| (*name, text.as_str()));
                Datum::Text(fill(words.chart_range, &[low, high]))
            });
            row.extend([
                Datum::Count(other),
                Datum::share(share.rest),
                share.index.map_or(Datum::Nothing, Datum::Number),
                share.difference.map_or(Datum::Nothing, |points| Datum::Number(points * 100.0)),
                interval,
                Datum::Text(sure(share.adjusted, language)),
                Datum::Text(effect(share.effect, language)),
            ]);
        }
        row
    };
    let first =
        [(words.page_portrait_what, false), (words.page_users, true), (words.page_portrait_share, true)];
    let more = [
        (words.page_portrait_rest_users, true),
        (words.page_portrait_rest_share, true),
        (words.page_portrait_index, true),
        (words.page_portrait_difference, true),
        (words.page_portrait_interval, true),
        (words.page_portrait_sure, false),
        (words.page_portrait_effect, false),
    ];
    let columns = first.into_iter().chain(more.into_iter().filter(|_| report.has_segment));
    TableData {
        columns: columns.map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: report.shares.iter().map(row).collect(),
        opens: if report.has_segment { vec![1, REST_COLUMN] } else { vec![1] },
        spare: if report.has_segment { vec![REST_COLUMN, 6, 7] } else { Vec::new() },
        ..TableData::default()
    }
}

/// Whether a difference is beyond doubt, in words.
fn sure(adjusted: Option<f64>, language: Language) -> String {
    let words = language.words();
    let Some(value) = adjusted else { return words.page_portrait_too_few.to_owned() };
    let phrase = if value < SURE { words.page_portrait_is_sure } else { words.page_portrait_may_be_chance };
    fill(phrase, &[("p", &p_value(language, value))])
}

/// How large an effect is, in words.
fn effect(effect: Option<f64>, language: Language) -> String {
    let words = language.words();
    let Some(effect) = effect else { return "–".to_owned() };
    let word = match effect.abs() {
        size if size < 0.2 => words.page_portrait_effect_none,
        size if size < 0.5 => words.page_portrait_effect_small,
        size if size < 0.8 => words.page_portrait_effect_medium,
        _ => words.page_portrait_effect_large,
    };
    fill(words.page_portrait_effect_size, &[("word", word), ("size", &language.decimal(effect, 2))])
}

/// The rows that have a bar: the largest effects.
pub(super) fn index_rows(report: &Report) -> impl Iterator<Item = usize> {
    let rows = report.shares.iter().enumerate().filter(|(_, share)| share.index.is_some());
    rows.map(|(place, _)| place).take(MOST_BARS)
}

/// The index of the largest effects.
pub(super) fn index(answered: &Answer, language: Language) -> BarChart {
    let words = language.words();
    let bar = |place: usize| {
        let share = answered.report.shares.get(place)?;
        Some(Bar {
            key: place.to_string(),
            label: text::trait_name(&share.of, language),
            value: share.index?,
            text: language.decimal(share.index?, 0),
            tint: None,
        })
    };
    BarChart {
        title: words.page_portrait_index_title.to_owned(),
        subtitle: subtitle(words.page_portrait_index_unit, answered, None, language),
        bars: index_rows(&answered.report).filter_map(bar).collect(),
        number: NumberKind::Decimal,
        ..BarChart::default()
    }
}

/// Numbers of users.
pub(super) fn figures(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let report = &answered.report;
    let number = |number: Option<f64>| number.map_or(Datum::Nothing, Datum::Number);
    let side = |side: &Side| [number(side.mean), number(side.median)];
    let row = |figure: &Figure| {
        let mut row = vec![Datum::Text(text::measure_name(figure.measure, language))];
        row.extend(side(&figure.inside));
        if report.has_segment {
            row.extend(side(&figure.rest));
            row.extend([
                number(figure.index),
                Datum::Text(sure(figure.adjusted, language)),
                Datum::Text(effect(figure.effect, language)),
            ]);
        }
        row
    };
    let first = [
        (words.page_portrait_number, false),
        (words.page_portrait_mean, true),
        (words.page_portrait_median, true),
    ];
    let more = [
        (words.page_portrait_rest_mean, true),
        (words.page_portrait_rest_median, true),
        (words.page_portrait_index, true),
        (words.page_portrait_sure, false),
        (words.page_portrait_effect, false),
    ];
    let columns = first.into_iter().chain(more.into_iter().filter(|_| report.has_segment));
    TableData {
        columns: columns.map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: report.figures.iter().map(row).collect(),
        spare: if report.has_segment { vec![2, 4] } else { Vec::new() },
        ..TableData::default()
    }
}

/// How evenly users are spread over the values of each column.
pub(super) fn spreads(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let report = &answered.report;
    let number = |number: Option<f64>| number.map_or(Datum::Nothing, Datum::Number);
    let row = |attribute: &Attribute| {
        let [own, other] = attribute.unknown;
        let mut row = vec![
            Datum::Text(attribute.column.clone()),
            Datum::Count(attribute.texts),
            Datum::Count(own + other),
            number(attribute.inside.map(|spread| spread.evenness)),
            Datum::share(attribute.inside.map(|spread| spread.gini_simpson)),
        ];
        if report.has_segment {
            row.extend([
                number(attribute.rest.map(|spread| spread.evenness)),
                Datum::share(attribute.rest.map(|spread| spread.gini_simpson)),
                number(attribute.stability),
                Datum::Text(apart_word(attribute.stability, language)),
            ]);
        }
        row
    };
    let first = [
        (words.page_portrait_column, false),
        (words.page_portrait_values, true),
        (words.page_portrait_not_known, true),
        (words.page_portrait_evenness, true),
        (words.page_portrait_mixed, true),
    ];
    let more = [
        (words.page_portrait_rest_evenness, true),
        (words.page_portrait_rest_mixed, true),
        (words.page_portrait_psi, true),
        (words.page_portrait_psi_word, false),
    ];
    let columns = first.into_iter().chain(more.into_iter().filter(|_| report.has_segment));
    TableData {
        columns: columns.map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: report.attributes.iter().map(row).collect(),
        spare: if report.has_segment { vec![2, 4, 6] } else { Vec::new() },
        ..TableData::default()
    }
}

/// How far two spreads lie apart, by the rule of thumb.
fn apart_word(stability: Option<f64>, language: Language) -> String {
    let words = language.words();
    let word = match stability {
        None => "–",
        Some(index) if index < 0.1 => words.page_portrait_psi_little,
        Some(index) if index < 0.25 => words.page_portrait_psi_some,
        Some(_) => words.page_portrait_psi_much,
    };
    word.to_owned()
}
