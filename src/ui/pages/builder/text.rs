//! The page's answer and definition.

use crate::widgets::frame::count;
use strata::analysis::rule::Report;
use strata::locale::{Language, fill};
use strata::segment::rule::Rule;
use strata::segment::rule::sentence::sentence;

/// How many there are, and the rule in words.
pub(super) fn answer(report: &Report, rule: &Rule, language: Language) -> String {
    let words = language.words();
    if rule.parts().is_empty() && rule.is_group() {
        return words.page_builder_answer_empty.to_owned();
    }
    let told = sentence(language, rule);
    let (users, asked) = (count(report.users, language), count(report.asked, language));
    if report.users == 0 {
        return fill(words.page_builder_answer_nobody, &[("asked", &asked), ("sentence", &told)]);
    }
    let share = share(report, language);
    fill(
        words.page_builder_answer,
        &[("users", &users), ("asked", &asked), ("share", &share), ("sentence", &told)],
    )
}

/// The part of those asked who are in.
pub(super) fn share(report: &Report, language: Language) -> String {
    if report.asked == 0 {
        return language.percent(0.0);
    }
    language.percent(report.users as f64 / report.asked as f64)
}

/// The definition's paragraphs.
pub(super) fn definition(report: &Report, language: Language) -> Vec<String> {
    let words = language.words();
    vec![
        fill(words.page_builder_definition_as_of, &[("day", &language.date(report.as_of))]),
        words.page_builder_definition_exact.to_owned(),
        words.page_builder_definition_order.to_owned(),
        words.page_builder_definition_alone.to_owned(),
    ]
}
