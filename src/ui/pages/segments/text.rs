//! The answer and the definition in words.

use crate::pages::overview::unit_words;
use crate::widgets::frame::count;
use crate::widgets::table::amount_text;
use strata::analysis::rfm::{Basis, Group, Params, Report};
use strata::locale::{Language, fill};
use strata::segment::names::SegmentMap;
use strata::segment::score::{Scoring, Ties};
use strata::table::decimal::Amount;

use super::groups::{Grouping, revenue_share, user_share};

/// The largest group, and the one that brings the most.
pub fn sentence(report: &Report, grouping: Grouping, language: Language) -> String {
    let words = language.words();
    let groups = grouping.groups(report);
    let largest = groups.iter().max_by_key(|group| group.users);
    let top = groups.iter().max_by_key(|group| group.revenue.map(|revenue| revenue.units));
    let (Some(largest), Some(top)) = (largest, top) else { return String::new() };
    if report.buyers == 0 {
        return words.page_segments_empty.to_owned();
    }
    let percent = |share: Option<f64>| share.map(|share| language.percent(share)).unwrap_or_default();
    let name = |group: &Group| grouping.name(&group.key, language);
    let phrase = match (report.basis, report.revenue) {
        (Basis::Engagement, _) => words.page_segments_answer_engagement,
        (Basis::Money, Some(_)) => words.page_segments_answer,
        (Basis::Money, None) => words.page_segments_answer_users,
    };
    let revenue = report.revenue.map(|amount| language.compact(amount.to_f64())).unwrap_or_default();
    fill(
        phrase,
        &[
            ("buyers", &count(report.buyers, language)),
            ("largest", &name(largest)),
            ("users_share", &percent(user_share(largest, report))),
            ("top", &name(top)),
            ("revenue_share", &percent(revenue_share(top, report))),
            ("revenue", &revenue),
        ],
    )
}

/// What R, F and M are, how they are scored, and how the grouping comes about.
pub fn definition(report: &Report, params: &Params, grouping: Grouping, language: Language) -> Vec<String> {
    let words = language.words();
    let by_money = report.basis == Basis::Money;
    let figures = fill(
        if by_money { words.page_segments_definition } else { words.page_segments_definition_engagement },
        &[
            ("day", &language.date(report.as_of)),
            ("unit", unit_words(report.frequency, words)),
            ("without", &count(report.users_without_purchase, language)),
        ],
    );
    let net = if params.net_of_refunds {
        words.page_segments_definition_net
    } else {
        words.page_segments_definition_gross
    };
    let mut paragraphs = vec![figures];
    paragraphs.extend(by_money.then(|| net.to_owned()));
    paragraphs.push(scoring(report, params, language));
    if let Some(cuts) = cuts(report, language) {
        paragraphs.push(cuts);
    }
    paragraphs.push(match grouping {
        Grouping::Segments(SegmentMap::Eleven) => words.page_segments_definition_eleven.to_owned(),
        Grouping::Segments(SegmentMap::Ten) => words.page_segments_definition_ten.to_owned(),
        Grouping::Eight(_) => words.page_segments_definition_eight.to_owned(),
        Grouping::Classes(_) => fill(
            words.page_segments_definition_classes,
            &[
                ("recency", &params.high.recency.to_string()),
                ("frequency", &params.high.frequency.to_string()),
                ("monetary", &params.high.monetary.to_string()),
            ],
        ),
        Grouping::Levels(_) => fill(
            words.page_segments_definition_levels,
            &[
                ("recency", &params.weights.recency.to_string()),
                ("frequency", &params.weights.frequency.to_string()),
                ("monetary", &params.weights.monetary.to_string()),
                ("third", third(report)),
            ],
        ),
    });
    paragraphs
}

/// The letter of the third figure.
fn third(report: &Report) -> &'static str {
    match report.basis {
        Basis::Money => "M",
        Basis::Engagement => "E",
    }
}

fn scoring(report: &Report, params: &Params, language: Language) -> String {
    let words = language.words();
    match &params.scoring {
        Scoring::Quantile { ties } => match ties {
            Ties::Shared => words.page_segments_definition_shared,
            Ties::Ntile => words.page_segments_definition_ntile,
            Ties::RankFirst => words.page_segments_definition_rank_first,
            Ties::Values => words.page_segments_definition_values,
        }
        .to_owned(),
        Scoring::Thresholds { .. } => words.page_segments_definition_thresholds.to_owned(),
        Scoring::KMeans => words.page_segments_definition_k_means.to_owned(),
        Scoring::Mean => {
            let [recency, frequency, monetary] = report.means.unwrap_or_default();
            let mean = |mean: f64| language.decimal(mean, 2);
            fill(
                words.page_segments_definition_mean,
                &[
                    ("recency", &mean(recency)),
                    ("frequency", &mean(frequency)),
                    ("monetary", &mean(monetary)),
                    ("third", third(report)),
                ],
            )
        }
    }
}

/// Where each score begins, when that can be said.
fn cuts(report: &Report, language: Language) -> Option<String> {
    let [recency, frequency, monetary] = report.cuts?;
    let scale = report.revenue.map_or(0, |revenue| revenue.scale);
    let integer = |cut: i64| language.integer(cut);
    let amount = |units: i64| amount_text(Amount { units, scale }, language);
    let list = |cuts: [Option<i64>; 4], text: &dyn Fn(i64) -> String| {
        cuts.map(|cut| cut.map_or_else(|| "–".to_owned(), text)).join(" / ")
    };
    Some(fill(
        language.words().page_segments_definition_cuts,
        &[
            ("recency", &list(recency, &integer)),
            ("frequency", &list(frequency, &integer)),
            ("monetary", &list(monetary, &amount)),
            ("third", third(report)),
        ],
    ))
}
