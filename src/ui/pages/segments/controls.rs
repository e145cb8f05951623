//! The page's controls, and the switches in its definition.

use leptos::prelude::*;

use crate::pages::overview::{order_choices, unit_from_name, unit_name};
use crate::state::App;
use crate::widgets::question::Question;
use crate::widgets::segmented::Segmented;
use crate::widgets::select::{Input, Select, Switch};
use crate::widgets::settings;
use strata::analysis::rfm::{Basis, EightBy, Params, Report};
use strata::segment::names::{High, SegmentMap};
use strata::segment::score::{Scoring, Ties, Weights};

use super::{Choices, Measure, defaults};

/// A label that follows the language.
fn label(pick: fn(&'static strata::locale::Words) -> &'static str) -> Signal<String> {
    let app = App::get();
    Signal::derive(move || pick(app.words()).to_owned())
}

/// Choices that follow the language.
fn list(
    make: fn(&'static strata::locale::Words) -> Vec<(&'static str, &'static str)>,
) -> Signal<Vec<(String, String)>> {
    let app = App::get();
    Signal::derive(move || {
        make(app.words()).into_iter().map(|(value, name)| (value.to_owned(), name.to_owned())).collect()
    })
}

/// Grouping, measure, scores, date.
#[component]
pub fn Controls(choices: Choices, question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let address = app.address;
    let Choices { read, grouping, measure } = choices;
    let regroup = move |view: String| {
        let map = if view == "ten" { SegmentMap::Ten } else { SegmentMap::Eleven };
        let view = matches!(view.as_str(), "eight" | "classes" | "levels").then_some(view);
        let mut params = read.get_untracked().params;
        params.segment_map = map;
        settings::write(address, &params, &defaults(), &[("view", view.as_deref())]);
    };
    let groupings = list(|words| {
        vec![
            ("eleven", words.page_segments_view_eleven),
            ("ten", words.page_segments_view_ten),
            ("eight", words.page_segments_view_eight),
            ("classes", words.page_segments_view_classes),
            ("levels", words.page_segments_view_levels),
        ]
    });
    let measures = list(|words| vec![("users", words.page_users), ("revenue", words.page_revenue)]);
    let measured = Signal::derive(move || match measure.get() {
        Measure::Users => "users".to_owned(),
        Measure::Revenue => "revenue".to_owned(),
    });
    let remeasure = move |chosen: String| address.set("measure", (chosen == "revenue").then_some("revenue"));
    let has_value = move || {
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.value.is_some()))
    };
    let measure_control = move || {
        has_value().then(|| {
            view! { <Segmented id="measure" label=label(|words| words.page_measure) choices=measures value=measured on_change=remeasure/> }
        })
    };
    let third = move || match read.get().params.basis {
        Some(Basis::Engagement) => Some(Basis::Engagement),
        Some(Basis::Money) => has_value().then_some(Basis::Money),
        None => Some(if has_value() { Basis::Money } else { Basis::Engagement }),
    };
    let by_hand = Memo::new(move |_| matches!(read.get().params.scoring, Scoring::Thresholds { .. }));
    view! {
        <Segmented
            id="view"
            label=label(|words| words.page_segments_view)
            choices=groupings
            value=Signal::derive(move || grouping.get().value().to_owned())
            on_change=regroup
        />
        {measure_control}
        <ScoringControl choices question/>
        <AsOf choices/>
        <MovedFrom choices/>
        {move || by_hand.get().then(|| view! { <Thresholds choices third=third()/> })}
    }
}

#[component]
fn ScoringControl(choices: Choices, question: Question<Report>) -> impl IntoView {
    let address = App::get().address;
    let read = choices.read;
    // Thresholds by hand begin with those that the data have; the last that were seen are kept.
    let seen = StoredValue::new(None::<Scoring>);
    Effect::new(move || {
        if let Some(scoring) = question.map(|answered| thresholds_of(&answered.report)).flatten() {
            seen.set_value(Some(scoring));
        }
    });
    let method = Signal::derive(move || {
        match read.get().params.scoring {
            Scoring::Quantile { .. } => "quantile",
            Scoring::Thresholds { .. } => "thresholds",
            Scoring::Mean => "mean",
            Scoring::KMeans => "kMeans",
        }
        .to_owned()
    });
    let ties = Signal::derive(move || {
        match read.get().params.scoring {
            Scoring::Quantile { ties: Ties::Ntile } => "ntile",
            Scoring::Quantile { ties: Ties::RankFirst } => "rankFirst",
            Scoring::Quantile { ties: Ties::Values } => "values",
            _ => "shared",
        }
        .to_owned()
    });
    let set = move |scoring: Scoring| {
        let params = Params { scoring, ..read.get_untracked().params };
        settings::write(address, &params, &defaults(), &[]);
    };
    let rescore = move |method: String| {
        set(match method.as_str() {
            "thresholds" => seen.get_value().unwrap_or_else(plain_thresholds),
            "mean" => Scoring::Mean,
            "kMeans" => Scoring::KMeans,
            _ => Scoring::default(),
        });
    };
    let retie = move |ties: String| {
        let ties = match ties.as_str() {
            "ntile" => Ties::Ntile,
            "rankFirst" => Ties::RankFirst,
            "values" => Ties::Values,
            _ => Ties::Shared,
        };
        set(Scoring::Quantile { ties });
    };
    let methods = list(|words| {
        vec![
            ("quantile", words.page_segments_scoring_quantile),
            ("thresholds", words.page_segments_scoring_thresholds),
            ("kMeans", words.page_segments_scoring_k_means),
            ("mean", words.page_segments_scoring_mean),
        ]
    });
    let rules = list(|words| {
        vec![
            ("shared", words.page_segments_ties_shared),
            ("ntile", words.page_segments_ties_ntile),
            ("rankFirst", words.page_segments_ties_rank_first),
            ("values", words.page_segments_ties_values),
        ]
    });
    let by_quantile = Memo::new(move |_| method.get() == "quantile");
    let tie_label = label(|words| words.page_segments_ties);
    view! {
        <Select id="scoring" label=label(|words| words.page_segments_scoring) choices=methods value=method on_change=rescore/>
        {move || by_quantile.get().then(|| view! { <Select id="ties" label=tie_label choices=rules value=ties on_change=retie/> })}
    }
}

/// The thresholds that reproduce the report's scores; a score that nobody has begins where the next one does.
fn thresholds_of(report: &Report) -> Option<Scoring> {
    let [recency, frequency, monetary] = report.cuts?;
    let filled = |cuts: [Option<i64>; 4], nobody: i64| {
        let mut next = nobody;
        let mut filled = cuts.map(|cut| cut.unwrap_or(nobody));
        for (slot, cut) in filled.iter_mut().zip(cuts).rev() {
            next = cut.unwrap_or(next);
            *slot = next;
        }
        filled
    };
    let beyond =
        |cuts: [Option<i64>; 4]| cuts.iter().flatten().max().map_or(1, |largest| largest.saturating_add(1));
    let unit = 10f64.powi(report.revenue.map_or(0, |revenue| i32::from(revenue.scale)));
    Some(Scoring::Thresholds {
        // Nobody's last purchase is less than no days ago.
        recency: filled(recency, -1),
        frequency: filled(frequency, beyond(frequency)),
        monetary: filled(monetary, beyond(monetary)).map(|cut| cut as f64 / unit),
    })
}

/// Thresholds to begin with where the scores had none.
fn plain_thresholds() -> Scoring {
    Scoring::Thresholds {
        recency: [180, 90, 30, 7],
        frequency: [2, 3, 5, 10],
        monetary: [100.0, 300.0, 1000.0, 3000.0],
    }
}

#[component]
fn AsOf(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let bound = move |last: bool| {
        app.opened.with(|opened| {
            opened
                .as_ref()
                .map(|opened| if last { opened.span.1 } else { opened.span.0 }.to_string())
                .unwrap_or_default()
        })
    };
    let value =
        Signal::derive(move || read.get().params.as_of.map_or_else(|| bound(true), |day| day.to_string()));
    let change = move |text: String| {
        // An emptied field, and the last day, are the default.
        let as_of = text.parse().ok().filter(|_| text != bound(true));
        settings::write(app.address, &Params { as_of, ..read.get_untracked().params }, &defaults(), &[]);
    };
    view! {
        <Input
            id="as-of".to_owned()
            kind="date"
            label=label(|words| words.page_segments_as_of)
            value
            min=Signal::derive(move || bound(false))
            max=Signal::derive(move || bound(true))
            on_change=change
        />
    }
}

/// The earlier date of moves; empty for none.
#[component]
fn MovedFrom(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let first = move || app.opened.with(|opened| opened.as_ref().map(|opened| opened.span.0.to_string()));
    let value = move || read.get().params.moved_from.map(|day| day.to_string()).unwrap_or_default();
    let change = move |text: String| {
        let moved_from = text.parse().ok();
        settings::write(app.address, &Params { moved_from, ..read.get_untracked().params }, &defaults(), &[]);
    };
    view! {
        <Input
            id="moved-from".to_owned()
            kind="date"
            label=label(|words| words.page_segments_moved_from)
            value=Signal::derive(value)
            min=Signal::derive(move || first().unwrap_or_default())
            on_change=change
        />
    }
}

/// Twelve numbers, taken over together: in between they need not make sense.
#[component]
fn Thresholds(choices: Choices, third: Option<Basis>) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let texts = RwSignal::new([const { String::new() }; 12]);
    let wrong = RwSignal::new(false);
    Effect::new(move || {
        if let Scoring::Thresholds { recency, frequency, monetary } = read.get().params.scoring {
            let whole = recency.into_iter().chain(frequency).map(|number| number.to_string());
            let all: Vec<String> = whole.chain(monetary.map(|number| number.to_string())).collect();
            texts.update(|texts| texts.iter_mut().zip(all).for_each(|(text, number)| *text = number));
        }
    });
    let apply = move |_| {
        let scoring = texts.with_untracked(parse_thresholds);
        wrong.set(scoring.is_none());
        if let Some(scoring) = scoring {
            let params = Params { scoring, ..read.get_untracked().params };
            settings::write(app.address, &params, &defaults(), &[]);
        }
    };
    let axes = [
        ("recency", label(|words| words.page_segments_threshold_recency)),
        ("frequency", label(|words| words.page_segments_threshold_frequency)),
        (
            "monetary",
            label(if third == Some(Basis::Engagement) {
                |words| words.page_segments_threshold_engagement
            } else {
                |words| words.page_segments_threshold_monetary
            }),
        ),
    ];
    let row = move |(axis, (name, label)): (usize, (&'static str, Signal<String>))| {
        let cell = move |score: usize| {
            let place = axis * 4 + score - 2;
            view! {
                <td class="num">
                    <input
                        type="number"
                        step="any"
                        id=format!("threshold-{name}-{score}")
                        aria-label=move || format!("{} – {}", label.get(), score_text(app, score))
                        prop:value=move || texts.with(|texts| texts.get(place).cloned().unwrap_or_default())
                        on:input=move |event| {
                            texts.update(|texts| {
                                if let Some(text) = texts.get_mut(place) {
                                    *text = event_target_value(&event);
                                }
                            });
                        }
                    />
                </td>
            }
        };
        view! { <tr><th scope="row">{label}</th>{(2..=5).map(cell).collect_view()}</tr> }
    };
    let shown = axes.into_iter().take(if third.is_some() { 3 } else { 2 }).enumerate();
    view! {
        <div class="field thresholds" id="thresholds">
            <div class="table-scroll">
                <table class="data">
                    <thead><tr><th></th>{(2..=5).map(|score| view! { <th class="num" scope="col">{move || score_text(app, score)}</th> }).collect_view()}</tr></thead>
                    <tbody>{shown.map(row).collect_view()}</tbody>
                </table>
            </div>
            <button type="button" class="button" id="thresholds-apply" on:click=apply>{move || app.words().page_segments_threshold_apply}</button>
            {move || wrong.get().then(|| view! { <p class="alert" role="alert">{app.words().page_segments_threshold_wrong}</p> })}
        </div>
    }
}

fn score_text(app: App, score: usize) -> String {
    strata::locale::fill(app.words().page_segments_threshold_score, &[("score", &score.to_string())])
}

fn parse_thresholds(texts: &[String; 12]) -> Option<Scoring> {
    let mut whole = texts.iter().map(|text| text.trim().parse::<i64>().ok());
    let mut four = || Some([whole.next()??, whole.next()??, whole.next()??, whole.next()??]);
    let (recency, frequency) = (four()?, four()?);
    let mut amounts =
        texts.iter().skip(8).map(|text| text.trim().parse::<f64>().ok().filter(|n| n.is_finite()));
    let monetary = [amounts.next()??, amounts.next()??, amounts.next()??, amounts.next()??];
    let fall = recency.iter().rev().is_sorted();
    (fall && frequency.is_sorted() && monetary.is_sorted()).then_some(Scoring::Thresholds {
        recency,
        frequency,
        monetary,
    })
}

/// What counts as an order, refunds, and what the grouping at hand depends on.
#[component]
pub fn Switches(choices: Choices) -> impl IntoView {
    let app = App::get();
    let address = app.address;
    let read = choices.read;
    let set = move |change: &dyn Fn(&mut Params)| {
        let mut params = read.get_untracked().params;
        change(&mut params);
        settings::write(address, &params, &defaults(), &[]);
    };
    let kind = Memo::new(move |_| choices.grouping.get().value());
    let more = move || match kind.get() {
        "eight" => Some(view! { <EightControl choices/> }.into_any()),
        "classes" => Some(view! { <HighControls choices/> }.into_any()),
        "levels" => Some(view! { <WeightControls choices/> }.into_any()),
        _ => None,
    };
    let has_value = move || {
        app.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.mapping.value.is_some()))
    };
    let usual = move || if has_value() { Basis::Money } else { Basis::Engagement };
    let basis = Memo::new(move |_| read.get().params.basis.unwrap_or_else(usual));
    let bases = list(|words| {
        vec![("money", words.page_segments_basis_money), ("engagement", words.page_segments_basis_engagement)]
    });
    let based =
        Signal::derive(move || if basis.get() == Basis::Money { "money" } else { "engagement" }.to_owned());
    let rebase = move |chosen: String| {
        let wanted = if chosen == "money" { Basis::Money } else { Basis::Engagement };
        let usual = usual();
        // Thresholds of amounts are none of events.
        set(&|params| {
            params.basis = (wanted != usual).then_some(wanted);
            if matches!(params.scoring, Scoring::Thresholds { .. }) {
                params.scoring = Scoring::default();
            }
        });
    };
    let of_money = move || (basis.get() == Basis::Money).then(|| view! { <MoneySwitches choices/> });
    view! {
        <Segmented id="basis" label=label(|words| words.page_segments_basis) choices=bases value=based on_change=rebase/>
        {of_money}
        {more}
    }
}

/// What counts as an order, and refunds.
#[component]
fn MoneySwitches(choices: Choices) -> impl IntoView {
    let app = App::get();
    let read = choices.read;
    let set = move |change: &dyn Fn(&mut Params)| {
        let mut params = read.get_untracked().params;
        change(&mut params);
        settings::write(app.address, &params, &defaults(), &[]);
    };
    let units = Signal::derive(move || order_choices(app));
    view! {
        <Select
            id="frequency"
            label=label(|words| words.page_segments_frequency)
            choices=units
            value=Signal::derive(move || unit_name(read.get().params.frequency))
            on_change=move |chosen: String| set(&|params| params.frequency = unit_from_name(&chosen))
        />
        <Switch
            id="net-of-refunds"
            label=label(|words| words.page_segments_net)
            value=Signal::derive(move || read.get().params.net_of_refunds)
            on_change=move |net: bool| set(&|params| params.net_of_refunds = net)
        />
    }
}

#[component]
fn WeightControls(choices: Choices) -> impl IntoView {
    let address = App::get().address;
    let read = choices.read;
    let weights = list(|_| vec![("0", "0"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]);
    let set = move |change: &dyn Fn(&mut Weights, u32), text: String| {
        let Ok(weight) = text.parse() else { return };
        let mut params = read.get_untracked().params;
        change(&mut params.weights, weight);
        settings::write(address, &params, &defaults(), &[]);
    };
    let value =
        move |pick: fn(Weights) -> u32| Signal::derive(move || pick(read.get().params.weights).to_string());
    view! {
        <Select id="weight-recency" label=label(|words| words.page_segments_weight_recency) choices=weights
            value=value(|weights| weights.recency) on_change=move |text| set(&|weights, weight| weights.recency = weight, text)/>
        <Select id="weight-frequency" label=label(|words| words.page_segments_weight_frequency) choices=weights
            value=value(|weights| weights.frequency) on_change=move |text| set(&|weights, weight| weights.frequency = weight, text)/>
        <Select id="weight-monetary" label=label(|words| words.page_segments_weight_monetary) choices=weights
            value=value(|weights| weights.monetary) on_change=move |text| set(&|weights, weight| weights.monetary = weight, text)/>
    }
}

#[component]
fn EightControl(choices: Choices) -> impl IntoView {
    let address = App::get().address;
    let read = choices.read;
    let ways = list(|words| {
        vec![
            ("figures", words.page_segments_eight_by_figures),
            ("scores", words.page_segments_eight_by_scores),
        ]
    });
    let value = Signal::derive(move || match read.get().params.eight_by {
        EightBy::Figures => "figures".to_owned(),
        EightBy::Scores => "scores".to_owned(),
    });
    let change = move |chosen: String| {
        let eight_by = if chosen == "scores" { EightBy::Scores } else { EightBy::Figures };
        settings::write(address, &Params { eight_by, ..read.get_untracked().params }, &defaults(), &[]);
    };
    view! { <Segmented id="eight-by" label=label(|words| words.page_segments_eight_by) choices=ways value on_change=change/> }
}

#[component]
fn HighControls(choices: Choices) -> impl IntoView {
    let address = App::get().address;
    let read = choices.read;
    let scores = list(|_| vec![("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]);
    let set = move |change: &dyn Fn(&mut High, u8), text: String| {
        let Ok(score) = text.parse() else { return };
        let mut params = read.get_untracked().params;
        change(&mut params.high, score);
        settings::write(address, &params, &defaults(), &[]);
    };
    let value = move |pick: fn(High) -> u8| Signal::derive(move || pick(read.get().params.high).to_string());
    view! {
        <Select id="high-recency" label=label(|words| words.page_segments_high_recency) choices=scores
            value=value(|high| high.recency) on_change=move |text| set(&|high, score| high.recency = score, text)/>
        <Select id="high-frequency" label=label(|words| words.page_segments_high_frequency) choices=scores
            value=value(|high| high.frequency) on_change=move |text| set(&|high, score| high.frequency = score, text)/>
        <Select id="high-monetary" label=label(|words| words.page_segments_high_monetary) choices=scores
            value=value(|high| high.monetary) on_change=move |text| set(&|high, score| high.monetary = score, text)/>
    }
}
