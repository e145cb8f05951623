//! The charts and the tables.

use super::{Answer, text};
use crate::pages::periods::subtitle;
use crate::widgets::frame::count;
use crate::widgets::table::{Datum, TableData};
use strata::analysis::clusters::{Cluster, FeatureTold, Figure, Report, Trial};
use strata::chart::{self, Emphasis, HeatMap, LineChart, NumberKind, Scatter, Series, XAxis};
use strata::locale::{Language, fill};
use strata::segment::features::Feature;

/// A figure in its own unit.
fn figure_text(feature: Feature, figure: f64, language: Language) -> String {
    match feature {
        Feature::ActiveShare => language.percent(figure),
        Feature::Monetary | Feature::AverageOrder => language.decimal(figure, 2),
        _ => language.decimal(figure, 1),
    }
}

fn datum(feature: Feature, figure: f64) -> Datum {
    if feature == Feature::ActiveShare { Datum::Share(figure) } else { Datum::Number(figure) }
}

/// Every cluster, with what sets it apart beside its name.
pub(super) fn clusters(answered: &Answer, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let with_value = report.revenue.is_some();
    let row = |cluster: &Cluster| {
        let mut row = vec![
            Datum::Text(text::cluster_name(cluster.number, language)),
            Datum::Text(text::words(cluster, language)),
            Datum::Count(cluster.users),
            Datum::share(cluster.share),
        ];
        if with_value {
            row.push(cluster.revenue.map_or(Datum::Nothing, Datum::Amount));
            row.push(Datum::share(cluster.revenue_share));
        }
        row.extend(cluster.figures.iter().map(|figure| datum(figure.feature, figure.mean)));
        row.push(cluster.silhouette.map_or(Datum::Nothing, Datum::Number));
        row
    };
    let mut columns = vec![
        (words.page_clusters_cluster.to_owned(), false),
        (words.page_clusters_words.to_owned(), false),
        (words.page_users.to_owned(), true),
        (words.page_clusters_share.to_owned(), true),
    ];
    if with_value {
        columns.push((words.page_revenue.to_owned(), true));
        columns.push((words.page_clusters_revenue_share.to_owned(), true));
    }
    let from = columns.len();
    let mean = |told: &FeatureTold| {
        let name = text::feature_name(told.feature, language);
        (fill(words.page_clusters_mean_of, &[("feature", &name)]), true)
    };
    columns.extend(report.features.iter().map(mean));
    columns.push((words.page_clusters_silhouette.to_owned(), true));
    TableData {
        spare: (from..columns.len()).collect(),
        columns,
        rows: report.clusters.iter().map(row).collect(),
        opens: vec![2],
        ..TableData::default()
    }
}

/// Clusters against figures: the mean in each cell, how far it is from that of all as its colour.
pub(super) fn profile(answered: &Answer, language: Language) -> HeatMap {
    let (words, report) = (language.words(), &answered.report);
    let cell = |cluster: &Cluster, figure: &Figure| {
        let told = |number: f64| figure_text(figure.feature, number, language);
        let all = report.features.iter().find(|told| told.feature == figure.feature);
        let tip = fill(
            words.page_clusters_profile_tip,
            &[
                ("cluster", &text::cluster_name(cluster.number, language)),
                ("feature", &text::feature_name(figure.feature, language)),
                ("mean", &told(figure.mean)),
                ("centre", &told(figure.centre)),
                ("z", &signed(figure.z, language)),
                ("all", &all.and_then(|all| all.mean).map(told).unwrap_or_default()),
            ],
        );
        let text = format!("{}\n{}", told(figure.mean), signed(figure.z, language));
        Some(chart::Cell { value: figure.z, text, open: false, tip })
    };
    HeatMap {
        title: words.page_clusters_profile.to_owned(),
        subtitle: subtitle(words.page_clusters_profile_unit, answered, None, language),
        y_name: words.page_clusters_cluster.to_owned(),
        note_name: words.page_clusters_profile_users.to_owned(),
        row_labels: report.clusters.iter().map(|own| text::cluster_name(own.number, language)).collect(),
        row_notes: report.clusters.iter().map(|own| count(own.users, language)).collect(),
        column_labels: report
            .features
            .iter()
            .map(|told| text::feature_name(told.feature, language))
            .collect(),
        cells: report
            .clusters
            .iter()
            .map(|cluster| cluster.figures.iter().map(|figure| cell(cluster, figure)).collect())
            .collect(),
        middle: Some(0.0),
        number: NumberKind::Decimal,
        ..HeatMap::default()
    }
}

fn signed(number: f64, language: Language) -> String {
    let text = language.decimal(number, 1);
    if number > 0.0 { format!("+{text}") } else { text }
}

/// The figures that are used, in the order of the dots' numbers.
fn used(report: &Report) -> Vec<Feature> {
    report.features.iter().filter(|told| told.used).map(|told| told.feature).collect()
}

/// Whether there are two figures to draw users by.
pub(super) fn has_dots(report: &Report) -> bool {
    used(report).len() > 1 && report.k > 1
}

/// Some users by the first and the last figure: with recency, frequency and amount, by recency and amount.
pub(super) fn dots(answered: &Answer, language: Language) -> Scatter {
    let (words, report) = (language.words(), &answered.report);
    let used = used(report);
    let name = |feature: Option<&Feature>| {
        feature.map(|feature| text::feature_name(*feature, language)).unwrap_or_default()
    };
    let shown = report.dots.len() as u64;
    let dot = |(place, dot): (usize, &strata::analysis::clusters::Dot)| chart::Dot {
        key: place.to_string(),
        label: text::cluster_name(dot.cluster, language),
        x: dot.z.first().copied().unwrap_or(f64::NAN),
        y: dot.z.last().copied().unwrap_or(f64::NAN),
        size: 0.0,
        group: (dot.cluster as usize).saturating_sub(1),
    };
    let unit = fill(words.page_clusters_dots_unit, &[("users", &count(shown, language))]);
    Scatter {
        title: words.page_clusters_dots.to_owned(),
        subtitle: unit,
        x_name: name(used.first()),
        y_name: name(used.last()),
        groups: report.clusters.iter().map(|own| text::cluster_name(own.number, language)).collect(),
        dots: report.dots.iter().enumerate().map(dot).collect(),
        x: NumberKind::Decimal,
        y: NumberKind::Decimal,
        ..Scatter::default()
    }
}

/// Silhouette, and what part of the spread is left, by the number of clusters.
pub(super) fn curve(answered: &Answer, language: Language) -> LineChart {
    let (words, report) = (language.words(), &answered.report);
    let line = |name: &str, values: Vec<Option<f64>>, emphasis| Series {
        name: name.to_owned(),
        values,
        open_from: None,
        emphasis,
    };
    LineChart {
        title: words.page_clusters_curve.to_owned(),
        subtitle: words.page_clusters_curve_unit.to_owned(),
        x: XAxis::Steps(report.trials.iter().map(|trial| trial.k.to_string()).collect()),
        x_name: words.page_clusters_curve_x.to_owned(),
        series: vec![
            line(
                words.page_clusters_curve_silhouette,
                report.trials.iter().map(|trial| trial.silhouette).collect(),
                Emphasis::Normal,
            ),
            line(
                words.page_clusters_curve_inertia,
                report.trials.iter().map(|trial| trial.left).collect(),
                Emphasis::Quiet,
            ),
        ],
        y: NumberKind::Decimal,
        from_zero: true,
        ..LineChart::default()
    }
}

/// The numbers of clusters that were tried.
pub(super) fn trials(answered: &Answer, language: Language) -> TableData {
    let (words, report) = (language.words(), &answered.report);
    let row = |trial: &Trial| {
        vec![
            Datum::Count(trial.k.into()),
            trial.silhouette.map_or(Datum::Nothing, Datum::Number),
            Datum::share(trial.left),
            Datum::Number(trial.inertia),
            Datum::Count(trial.rounds.into()),
        ]
    };
    TableData {
        columns: vec![
            (words.page_clusters_curve_x.to_owned(), true),
            (words.page_clusters_curve_silhouette.to_owned(), true),
            (words.page_clusters_curve_inertia.to_owned(), true),
            (words.page_clusters_inertia.to_owned(), true),
            (words.page_clusters_rounds.to_owned(), true),
        ],
        rows: report.trials.iter().map(row).collect(),
        spare: vec![3, 4],
        ..TableData::default()
    }
}
