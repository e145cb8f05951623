//! The page's sentences.

use crate::widgets::frame::{count, sentences};
use crate::widgets::table::amount_text;
use strata::analysis::value::{BandName, Params, Report};
use strata::locale::{Language, fill};

/// Who carries half of revenue, and how uneven it is.
pub(super) fn answer(report: &Report, compared: Option<&Report>, language: Language) -> String {
    let words = language.words();
    let (Some(half), Some(gini)) = (&report.half, report.gini) else {
        return words.page_value_answer_none.to_owned();
    };
    let number = |gini: f64| language.decimal(gini, 2);
    let first = fill(
        words.page_value_answer,
        &[
            ("users", &count(half.users, language)),
            ("percent", &language.percent(half.percent / 100.0)),
            ("revenue", &amount_text(report.revenue, language)),
            ("gini", &number(gini)),
        ],
    );
    let other = compared
        .and_then(|compared| compared.gini)
        .map(|other| fill(words.page_value_answer_compared, &[("gini", &number(other))]));
    sentences(&std::iter::once(first).chain(other).collect::<Vec<_>>(), language)
}

/// The definition's paragraphs.
pub(super) fn definition(report: &Report, params: &Params, language: Language) -> Vec<String> {
    let words = language.words();
    let [high, middle] = params.bands;
    let low = 100u32.saturating_sub(high.saturating_add(middle));
    let who = if params.everybody {
        words.page_value_definition_everybody
    } else {
        words.page_value_definition_buyers
    };
    vec![
        fill(
            who,
            &[("day", &language.date(report.as_of)), ("without", &count(report.without_purchase, language))],
        ),
        if params.net_of_refunds {
            words.page_value_definition_net
        } else {
            words.page_value_definition_gross
        }
        .to_owned(),
        words.page_value_definition_curve.to_owned(),
        fill(
            words.page_value_definition_bands,
            &[("high", &high.to_string()), ("middle", &middle.to_string()), ("low", &low.to_string())],
        ),
    ]
}

/// A band as people call it.
pub(super) fn band_name(band: BandName, language: Language) -> String {
    language.words().get(&format!("name_{}", band.key())).unwrap_or_default().to_owned()
}

/// The top so many percent.
pub(super) fn top_name(percent: u32, language: Language) -> String {
    fill(language.words().page_value_top_percent, &[("percent", &percent.to_string())])
}
