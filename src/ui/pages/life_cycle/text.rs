//! The page's sentences.

use crate::widgets::frame::{count, sentences};
use strata::analysis::life_cycle::{Report, Source};
use strata::locale::{Language, fill};
use strata::segment::life_cycle::Stage;

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

fn active(shares: impl Iterator<Item = f64>) -> f64 {
    shares.take(Stage::Dormant.place()).sum()
}

fn active_share(report: &Report) -> f64 {
    let stages = report.periods.last().map(|period| period.stages).unwrap_or_default();
    active(stages.into_iter().map(|users| users as f64 / report.users.max(1) as f64))
}

/// How many are active, dormant and lost, and where it settles.
pub(super) fn answer(report: &Report, compared: Option<&Report>, language: Language) -> String {
    let words = language.words();
    let stages = report.periods.last().map(|period| period.stages).unwrap_or_default();
    let share = |stage: Stage| {
        let users = stages.get(stage.place()).copied().unwrap_or(0);
        language.percent(users as f64 / report.users.max(1) as f64)
    };
    let first = fill(
        words.page_life_cycle_answer,
        &[
            ("users", &count(report.users, language)),
            ("day", &language.date(report.as_of)),
            ("active", &language.percent(active_share(report))),
            ("dormant", &share(Stage::Dormant)),
            ("lost", &share(Stage::Lost)),
        ],
    );
    let settled = report.settled.as_ref().map(|mix| {
        let active = language.percent(active(mix.iter().copied()));
        fill(words.page_life_cycle_answer_settled, &[("active", &active)])
    });
    let other = compared.map(|compared| {
        fill(words.page_life_cycle_answer_compared, &[("active", &language.percent(active_share(compared)))])
    });
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
        Stage::Lost => words.page_life_cycle_rule_lost,
    };
    fill(
        phrase,
        &[
            ("new", &number(rules.new_within)),
            ("active", &number(rules.active_within)),
            ("lost", &number(rules.lost_after)),
            ("days", &rules.mature_days.to_string()),
            ("rise", &number(rules.rise)),
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

/// The definition's paragraphs.
pub(super) fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let words = language.words();
    let evidence = evidence(&answered.report, language);
    let own = fill(
        words.page_life_cycle_definition_own,
        &[("gaps", &params(answered).rules.own_gaps.max(1).to_string())],
    );
    let stages = Stage::ALL.map(|stage| {
        let (name, rule) = (stage_name(stage, language), rule(stage, answered, language));
        fill(words.page_life_cycle_definition_stage, &[("stage", &name), ("rule", &rule)])
    });
    let rest = [
        words.page_life_cycle_definition_hindsight,
        words.page_life_cycle_definition_moves,
        words.page_life_cycle_definition_stays,
        words.page_life_cycle_definition_settled,
    ];
    [evidence, own].into_iter().chain(stages).chain(rest.map(str::to_owned)).collect()
}
