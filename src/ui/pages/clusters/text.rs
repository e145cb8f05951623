//! The page's sentences.

use super::Answer;
use crate::widgets::frame::{count, sentences};
use strata::analysis::clusters::{Cluster, Mark, Params, Report, Start};
use strata::engine::request::Query;
use strata::locale::{Language, fill};
use strata::segment::features::Feature;
use strata::segment::orders::OrderUnit;

/// From this mean silhouette on clusters stand well apart; from the second on they only touch (Kaufman and Rousseeuw 1990,
/// chapter 2, call structures above 0.5 reasonable and those up to 0.25 no substantial ones).
const CLEAR: f64 = 0.5;
const FAIR: f64 = 0.25;

/// A figure as people call it.
pub(super) fn feature_name(feature: Feature, language: Language) -> String {
    language.words().get(&format!("name_{}", feature.key())).unwrap_or_default().to_owned()
}

/// A cluster by its number.
pub(super) fn cluster_name(number: u32, language: Language) -> String {
    fill(language.words().page_clusters_cluster_name, &[("number", &number.to_string())])
}

/// A cluster by its number and what sets it apart.
pub(super) fn title(cluster: &Cluster, language: Language) -> String {
    let (number, told) = (cluster.number.to_string(), words(cluster, language));
    fill(language.words().page_clusters_cluster_title, &[("number", &number), ("words", &told)])
}

/// What sets a cluster apart.
pub(super) fn words(cluster: &Cluster, language: Language) -> String {
    let words = language.words();
    if cluster.marks.is_empty() {
        return words.page_clusters_words_none.to_owned();
    }
    let phrase = |mark: &Mark| {
        let level = match (mark.apart > 0.0, mark.strong) {
            (false, true) => "much_less",
            (false, false) => "less",
            (true, false) => "more",
            (true, true) => "much_more",
        };
        let key = format!("page_clusters_{}_{level}", mark.feature.key());
        words.get(&key).unwrap_or_default().to_owned()
    };
    cluster.marks.iter().map(phrase).collect::<Vec<_>>().join(words.page_clusters_words_separator)
}

/// The query with the number of clusters that there are: what is opened, and saved as a segment, keeps it.
pub(super) fn pinned(answered: &Answer) -> Query {
    let mut query = answered.query.clone();
    if answered.report.k >= 2
        && let Some(params) = query.params.as_object_mut()
    {
        params.insert("k".to_owned(), answered.report.k.into());
    }
    query
}

/// How many clusters, and who is in the most valuable, or largest, of them.
pub(super) fn answer(report: &Report, compared: Option<&Report>, language: Language) -> String {
    let phrases = language.words();
    let users = count(report.users, language);
    if report.users == 0 {
        return fill(phrases.page_clusters_answer_none, &[("day", &language.date(report.as_of))]);
    }
    if report.k < 2 {
        return fill(phrases.page_clusters_answer_alike, &[("users", &users)]);
    }
    let valuable = report.clusters.first().and_then(|cluster| Some((cluster, cluster.revenue_share?)));
    let told = |cluster: &Cluster, more: &[(&str, &str)], phrase: &str| {
        let share = cluster.share.map_or_else(String::new, |share| language.percent(share));
        let (k, number, own) = (report.k.to_string(), cluster.number.to_string(), words(cluster, language));
        let values: [(&str, &str); 5] =
            [("users", &users), ("k", &k), ("number", &number), ("share", &share), ("words", &own)];
        fill(phrase, &values.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let first = match valuable {
        Some((cluster, share)) => {
            let share = language.percent(share);
            Some(told(cluster, &[("revenue_share", &share)], phrases.page_clusters_answer))
        }
        None => {
            let largest = report.clusters.iter().rev().max_by_key(|cluster| cluster.users);
            largest.map(|cluster| told(cluster, &[], phrases.page_clusters_answer_largest))
        }
    };
    let number = |number: f64| language.decimal(number, 2);
    let apart = report.silhouette.map(|mean| {
        let verdict = match mean {
            mean if mean >= CLEAR => phrases.page_clusters_verdict_clear,
            mean if mean >= FAIR => phrases.page_clusters_verdict_fair,
            _ => phrases.page_clusters_verdict_weak,
        };
        fill(phrases.page_clusters_answer_silhouette, &[("silhouette", &number(mean)), ("verdict", verdict)])
    });
    let other = compared.and_then(|compared| Some((compared.k, compared.silhouette?)));
    let other = other.map(|(k, mean)| {
        let values: [(&str, &str); 2] = [("k", &k.to_string()), ("silhouette", &number(mean))];
        fill(phrases.page_clusters_answer_compared, &values)
    });
    sentences(&first.into_iter().chain(apart).chain(other).collect::<Vec<_>>(), language)
}

/// What has to be known to read the figures.
pub(super) fn notes(report: &Report, language: Language) -> String {
    let words = language.words();
    let users = |phrase: &str, users: u64| fill(phrase, &[("users", &count(users, language))]);
    let unused: Vec<String> = (report.features.iter().filter(|told| !told.used))
        .map(|told| feature_name(told.feature, language))
        .collect();
    let lowered = report.asked.filter(|asked| *asked > report.k);
    let notes = [
        lowered.map(|asked| {
            let values: [(&str, &str); 2] = [("asked", &asked.to_string()), ("k", &report.k.to_string())];
            fill(words.page_clusters_note_lowered, &values)
        }),
        (!unused.is_empty()).then(|| {
            let features = unused.join(words.page_clusters_words_separator);
            fill(words.page_clusters_note_unused, &[("features", &features)])
        }),
        (report.below_zero > 0).then(|| users(words.page_clusters_note_below, report.below_zero)),
        (report.one_day > 0).then(|| users(words.page_clusters_note_one_day, report.one_day)),
        (report.tried_with < report.users && report.k > 1)
            .then(|| users(words.page_clusters_note_sample, report.tried_with)),
    ];
    sentences(&notes.into_iter().flatten().collect::<Vec<_>>(), language)
}

/// The definition's paragraphs.
pub(super) fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let (words, report) = (language.words(), &answered.report);
    let params: Params = answered.params();
    let day = language.date(report.as_of);
    let without = count(report.without, language);
    let who = if report.buyers {
        fill(words.page_clusters_definition_buyers, &[("day", &day), ("without", &without)])
    } else {
        fill(words.page_clusters_definition_users, &[("day", &day)])
    };
    let features: Vec<String> =
        report.features.iter().map(|told| feature_name(told.feature, language)).collect();
    let features = features.join(words.page_clusters_words_separator);
    let unit = report.frequency.map(|unit| {
        let unit = match unit {
            OrderUnit::Orders => words.page_order_orders,
            OrderUnit::Days => words.page_order_days,
            OrderUnit::Rows => words.page_order_rows,
        };
        fill(words.page_clusters_definition_orders, &[("unit", unit)])
    });
    let money = report.revenue.is_some().then(|| {
        let net = params.net_of_refunds;
        if net { words.page_clusters_definition_net } else { words.page_clusters_definition_gross }.to_owned()
    });
    let start = match params.start {
        Start::Spread => words.page_clusters_definition_spread.to_owned(),
        Start::Drawn => fill(
            words.page_clusters_definition_drawn,
            &[("restarts", &params.restarts.to_string()), ("seed", &params.seed.to_string())],
        ),
    };
    let rest = [
        words.page_clusters_definition_silhouette,
        words.page_clusters_definition_numbers,
        words.page_clusters_definition_words,
    ];
    [who, fill(words.page_clusters_definition_figures, &[("features", &features)])]
        .into_iter()
        .chain(unit)
        .chain(money)
        .chain([words.page_clusters_definition_means.to_owned(), start])
        .chain(rest.map(str::to_owned))
        .collect()
}
