//! The answer, the definition and the names of groups in words.

use crate::scope::comparison::Comparison;
use crate::text::{self, duration_of};
use crate::widgets::frame::{count, sentences};
use strata::analysis::sequence::{Cell, MOST_TIMES, Params, Report};
use strata::dataset::events::EventChoice;
use strata::locale::{Language, fill};
use strata::model::proportion::two_proportions;

use super::Answer;

/// What was asked, as the engine understood it.
pub fn params(answered: &Answer) -> Params {
    answered.params()
}

/// Users by whether they match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Matched,
    Not,
    Undecided,
}

impl Group {
    /// Those that there are.
    pub fn all(report: &Report) -> Vec<Self> {
        let undecided = (report.undecided > 0).then_some(Self::Undecided);
        [Self::Matched, Self::Not].into_iter().chain(undecided).collect()
    }

    pub fn name(self, language: Language) -> String {
        let words = language.words();
        let name = match self {
            Self::Matched => words.page_sequence_group_matched,
            Self::Not => words.page_sequence_group_not,
            Self::Undecided => words.page_sequence_group_undecided,
        };
        name.to_owned()
    }

    pub fn cell(self) -> Cell {
        match self {
            Self::Matched => Cell::Matched,
            Self::Not => Cell::Times(0),
            Self::Undecided => Cell::Undecided,
        }
    }

    pub fn users(self, report: &Report) -> u64 {
        match self {
            Self::Matched => report.matched,
            Self::Not => known(report) - report.matched,
            Self::Undecided => report.undecided,
        }
    }
}

/// Users for whom it is known whether they match.
pub fn known(report: &Report) -> u64 {
    report.users - report.undecided
}

/// What users with so many chains are called.
pub fn times(times: u64, language: Language) -> String {
    let words = language.words();
    let phrase = match times {
        0 => return Group::Not.name(language),
        1 => words.page_sequence_users_once,
        MOST_TIMES => words.page_sequence_users_times_more,
        _ => words.page_sequence_users_times,
    };
    fill(phrase, &[("times", &count(times, language))])
}

/// Whether the rates of the view and of what it is compared with differ; nothing where the two are not different users.
pub fn p_value(own: &Report, compared: &Report, comparison: &Comparison) -> Option<f64> {
    let whole = (compared.matched, known(compared));
    let other = match comparison {
        Comparison::Rest => whole,
        // Those in view are a part of everybody; what they are tested against is the rest.
        Comparison::Everybody => (whole.0.checked_sub(own.matched)?, whole.1.checked_sub(known(own))?),
        // The same users can be in both.
        Comparison::Nothing | Comparison::Previous | Comparison::Year | Comparison::Segment(_) => {
            return None;
        }
    };
    two_proportions((own.matched, known(own)), other)
}

/// What a p-value says.
pub fn test(value: f64, language: Language) -> String {
    let words = language.words();
    let phrase = if value < 0.05 { words.page_sequence_differs } else { words.page_sequence_no_difference };
    fill(phrase, &[("p", &text::p_value(language, value))])
}

/// How many points one rate is above another.
pub fn points(own: f64, compared: f64, language: Language) -> String {
    let points = (own - compared) * 100.0;
    let sign = if points >= 0.05 { "+" } else { "" };
    format!("{sign}{}", language.decimal(points, 1))
}

/// The answer in a few sentences.
pub fn sentence(
    answered: &Answer,
    compared: Option<&Answer>,
    comparison: &Comparison,
    language: Language,
) -> String {
    let (words, report) = (language.words(), &answered.report);
    if report.users == 0 {
        return words.page_sequence_empty_users.to_owned();
    }
    let users = count(known(report), language);
    let main = match report.rate {
        Some(rate) if report.matched > 0 => fill(
            words.page_sequence_answer,
            &[
                ("matched", &count(report.matched, language)),
                ("users", &users),
                ("rate", &language.percent(rate)),
                ("chains", &count(report.chains, language)),
            ],
        ),
        _ => fill(words.page_sequence_answer_none, &[("users", &users)]),
    };
    let number = |value: f64| language.decimal(value, usize::from(value.fract() != 0.0));
    let median = report.median.zip(report.median_of_matched).map(|(all, matched)| {
        fill(words.page_sequence_answer_median, &[("median", &number(all)), ("matched", &number(matched))])
    });
    let time = report
        .median_seconds
        .map(|seconds| fill(words.page_sequence_answer_time, &[("time", &duration_of(language, seconds))]));
    let before = compared.and_then(|compared| {
        let (own, other) = (report.rate?, compared.report.rate?);
        let (rate, points) = (language.percent(other), points(own, other, language));
        let p_value = p_value(report, &compared.report, comparison);
        let phrase = match p_value {
            Some(_) => words.page_sequence_answer_compared,
            None => words.page_sequence_answer_compared_untested,
        };
        let test = p_value.map(|value| test(value, language)).unwrap_or_default();
        Some(fill(phrase, &[("rate", &rate), ("points", &points), ("p", &test)]))
    });
    let undecided = (report.undecided > 0).then(|| {
        fill(words.page_sequence_answer_undecided, &[("undecided", &count(report.undecided, language))])
    });
    let parts: Vec<String> =
        std::iter::once(main).chain(before).chain(median).chain(time).chain(undecided).collect();
    sentences(&parts, language)
}

/// How the numbers are defined, as they were asked.
pub fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let words = language.words();
    let sees_all = params(answered).conditions.iter().any(EventChoice::is_any);
    let between =
        if sees_all { words.page_sequence_definition_all } else { words.page_sequence_definition_steps };
    let paragraphs = [
        &sentences(&[words.page_sequence_definition.to_owned(), between.to_owned()], language),
        words.page_sequence_definition_count,
        words.page_sequence_definition_trend,
        words.page_sequence_definition_open,
        words.page_sequence_definition_test,
    ];
    paragraphs.map(str::to_owned).to_vec()
}
