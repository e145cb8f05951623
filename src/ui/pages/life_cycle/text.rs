//! The page's sentences.

use crate::text::condition as condition_text;
use crate::widgets::frame::{count, sentences};
use strata::analysis::life_cycle::{Report, Source};
use strata::locale::{Language, fill};
use strata::segment::life_cycle::{Stage, Stages};

use super::{Answer, params};

/// A stage as people call it.
pub(super) fn stage_name(stage: Stage, language: Language) -> String {
    language.words().get(&format!("name_{}", stage.key())).unwrap_or_default().to_owned()
}

/// A stage before, or that there was none yet.
pub(super) fn from_name(from: Option<Stage>, language: Language) -> String {
    from.map_or_else(
        || language.words().page_life_cycle_not_yet.to_owned(),
        |stage| stage_name(stage, language),
    )
}

/// A move.
pub(super) fn move_name(from: Option<Stage>, to: Stage, language: Language) -> String {
    format!("{} → {}", from_name(from, language), stage_name(to, language))
}

/// Between which days moves are told.
pub(super) fn between(report: &Report, language: Language) -> String {
    let mut ends = report.periods.iter().rev().map(|period| language.date(period.end));
    let (to, from) = (ends.next().unwrap_or_default(), ends.next().unwrap_or_default());
    fill(language.words().page_life_cycle_between, &[("from", &from), ("to", &to)])
}

/// The part of a mix that is kept: active users or, of the business stages, customers.
fn kept(stages: Stages, shares: impl Iterator<Item = f64>) -> f64 {
    stages.all().iter().zip(shares).filter(|(stage, _)| stage.is_kept()).map(|(_, share)| share).sum()
}

/// The part of users who are in a stage now.
fn share_of(report: &Report, stage: Stage) -> f64 {
    let users =
        report.periods.last().and_then(|period| period.stages.get(stage.place()).copied()).unwrap_or(0);
    users as f64 / report.users.max(1) as f64
}

fn kept_share(stages: Stages, report: &Report) -> f64 {
    kept(stages, stages.all().iter().map(|stage| share_of(report, *stage)))
}

/// How many are active, dormant and lost, or customers, interested and gone; and where it settles.
pub(super) fn answer(answered: &Answer, compared: Option<&Report>, language: Language) -> String {
    let (words, report, stages) = (language.words(), &answered.report, params(answered).stages);
    let share = |stage: Stage| language.percent(share_of(report, stage));
    let (kept_now, users) = (language.percent(kept_share(stages, report)), count(report.users, language));
    let day = language.date(report.as_of);
    let (first, settled, other) = match stages {
        Stages::Activity => (
            fill(
                words.page_life_cycle_answer,
                &[
                    ("users", &users),
                    ("day", &day),
                    ("active", &kept_now),
                    ("dormant", &share(Stage::Dormant)),
                    ("lost", &share(Stage::Lost)),
                ],
            ),
            words.page_life_cycle_answer_settled,
            words.page_life_cycle_answer_compared,
        ),
        Stages::Business => (
            fill(
                words.page_life_cycle_answer_business,
                &[
                    ("users", &users),
                    ("day", &day),
                    ("customers", &kept_now),
                    ("loyal", &share(Stage::Loyalty)),
                    ("interest", &share(Stage::Interest)),
                    ("churn", &share(Stage::Churn)),
                ],
            ),
            words.page_life_cycle_answer_business_settled,
            words.page_life_cycle_answer_business_compared,
        ),
    };
    let settled = report.settled.as_ref().map(|mix| {
        let kept = language.percent(kept(stages, mix.iter().copied()));
        fill(settled, &[("kept", &kept)])
    });
    let other =
        compared.map(|compared| fill(other, &[("kept", &language.percent(kept_share(stages, compared)))]));
    sentences(&std::iter::once(first).chain(settled).chain(other).collect::<Vec<_>>(), language)
}

/// The rule of a stage, with the data's numbers.
pub(super) fn rule(stage: Stage, answered: &Answer, language: Language) -> String {
    let (words, params) = (language.words(), params(answered));
    let number = |number: f64| language.decimal(number, usize::from(number.fract() != 0.0));
    let rules = params.rules;
    let phrase = match stage {
        Stage::New => words.page_life_cycle_rule_new,
        Stage::Growing if rules.rise > 0.0 => words.page_life_cycle_rule_growing,
        Stage::Growing => words.page_life_cycle_rule_growing_days,
        Stage::Mature => words.page_life_cycle_rule_mature,
        Stage::Resurrected => words.page_life_cycle_rule_resurrected,
        Stage::Dormant => words.page_life_cycle_rule_dormant,
        Stage::Lost | Stage::Churn => words.page_life_cycle_rule_lost,
        Stage::Awareness => words.page_life_cycle_rule_awareness,
        Stage::Interest => words.page_life_cycle_rule_interest,
        Stage::Purchase if params.loyal_orders == 2 => words.page_life_cycle_rule_purchase,
        Stage::Purchase => words.page_life_cycle_rule_purchase_more,
        Stage::Loyalty => words.page_life_cycle_rule_loyalty,
    };
    fill(
        phrase,
        &[
            ("new", &number(rules.new_within)),
            ("active", &number(rules.active_within)),
            ("lost", &number(rules.lost_after)),
            ("days", &rules.mature_days.to_string()),
            ("rise", &number(rules.rise)),
            ("orders", &params.loyal_orders.to_string()),
        ],
    )
}

/// How long users take to come again, and how that is known.
pub(super) fn evidence(report: &Report, language: Language) -> String {
    let words = language.words();
    let days = |days: f64| language.decimal(days, usize::from(days.fract() != 0.0));
    let cycle = &report.cycle;
    let [low, middle, high] = cycle.quartiles.unwrap_or_default();
    let phrase = match cycle.source {
        Source::Learned => words.page_life_cycle_cycle_learned,
        Source::Given => words.page_life_cycle_cycle_given,
        Source::Unknown => words.page_life_cycle_cycle_unknown,
    };
    fill(
        phrase,
        &[
            ("days", &days(cycle.days)),
            ("users", &count(cycle.users, language)),
            ("low", &days(low)),
            ("middle", &days(middle)),
            ("high", &days(high)),
        ],
    )
}

/// What counts as an interaction, and how that is known; nothing of the stages of activity.
pub(super) fn interactions(answered: &Answer, language: Language) -> Option<String> {
    let words = language.words();
    let evidence = answered.report.business.as_ref()?;
    Some(match params(answered).interaction {
        Some(chosen) => {
            let names = chosen
                .events
                .map_or(words.page_retention_any.to_owned(), |names| names.join(words.widget_list_separator));
            let conditions = chosen.all.iter().map(|condition| condition_text(language, condition));
            let event: Vec<String> = std::iter::once(names).chain(conditions).collect();
            let event = event.join(words.widget_subtitle_separator);
            fill(words.page_life_cycle_interaction_chosen, &[("event", &event)])
        }
        None if evidence.sights.is_empty() => words.page_life_cycle_interaction_any.to_owned(),
        None => {
            let events = evidence.sights.join(words.widget_list_separator);
            fill(words.page_life_cycle_interaction_learned, &[("events", &events)])
        }
    })
}

/// The definition's paragraphs.
pub(super) fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let words = language.words();
    let params = params(answered);
    let evidence = evidence(&answered.report, language);
    let own =
        fill(words.page_life_cycle_definition_own, &[("gaps", &params.rules.own_gaps.max(1).to_string())]);
    let stages = params.stages.all().iter().map(|&stage| {
        let (name, rule) = (stage_name(stage, language), rule(stage, answered, language));
        fill(words.page_life_cycle_definition_stage, &[("stage", &name), ("rule", &rule)])
    });
    let (hindsight, stays) = match params.stages {
        Stages::Activity => {
            (words.page_life_cycle_definition_hindsight, words.page_life_cycle_definition_stays)
        }
        Stages::Business => {
            (words.page_life_cycle_definition_business, words.page_life_cycle_definition_business_stays)
        }
    };
    let rest =
        [hindsight, words.page_life_cycle_definition_moves, stays, words.page_life_cycle_definition_settled];
    let interactions = interactions(answered, language);
    [evidence, own].into_iter().chain(stages).chain(interactions).chain(rest.map(str::to_owned)).collect()
}
