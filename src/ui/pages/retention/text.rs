//! The answer in words, the definition, and what cohorts and offsets are called.

use crate::pages::periods;
use crate::text::condition as condition_text;
use crate::widgets::frame::{count, sentences};
use strata::analysis::retention::{Average, Cohort, Entry, Mean, Params, Relative, Report, When};
use strata::dataset::calendar::{Day, Period};
use strata::dataset::filter::Condition;
use strata::locale::{Language, fill};

use super::{Answer, params};

/// A cohort's name: a week is called by its first day.
pub fn cohort_name(start: Day, period: Period, language: Language) -> String {
    match period {
        Period::Week => language.date(start),
        _ => periods::name((start, start), period, language),
    }
}

/// What offsets count.
pub fn after(period: Period, language: Language) -> &'static str {
    let words = language.words();
    match period {
        Period::Day => words.page_retention_after_day,
        Period::Week => words.page_retention_after_week,
        Period::Month => words.page_retention_after_month,
        Period::Quarter => words.page_retention_after_quarter,
    }
}

/// The periods of an offset, as a column is called: the first and the last where it is a bracket of several.
pub fn column_label(report: &Report, offset: usize) -> String {
    match report.offsets.get(offset) {
        Some((from, to)) if from < to => format!("{from}–{to}"),
        Some((from, _)) => from.to_string(),
        None => offset.to_string(),
    }
}

/// The periods of an offset with what they are, such as `week 2–3`.
pub fn offset_name(report: &Report, offset: usize, period: Period, language: Language) -> String {
    let words = language.words();
    let phrase = match period {
        Period::Day => words.page_retention_offset_day,
        Period::Week => words.page_retention_offset_week,
        Period::Month => words.page_retention_offset_month,
        Period::Quarter => words.page_retention_offset_quarter,
    };
    fill(phrase, &[("offset", &column_label(report, offset))])
}

/// What the users of a cohort are called, at an offset or all of them.
pub fn users_title(answered: &Answer, cohort: &Cohort, offset: Option<usize>, language: Language) -> String {
    let (words, period) = (language.words(), params(answered).period);
    let name = cohort_name(cohort.start, period, language);
    let Some(offset) = offset else {
        return fill(words.page_retention_users_of_cohort, &[("cohort", &name)]);
    };
    let offset = offset_name(&answered.report, offset, period, language);
    fill(words.page_retention_users_of, &[("cohort", &name), ("offset", &offset)])
}

/// Whether the sentence of the plain definition is true of what was asked.
fn is_plain(params: &Params) -> bool {
    params.when == When::On
        && params.entry == Entry::First
        && params.mean == Mean::Pooled
        && params.relative == Relative::Start
        && params.minimum == 1
        && params.brackets.is_none()
        && !params.rolling
}

pub fn sentence(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let users = count(report.users, language);
    if report.users == 0 {
        return words.page_retention_empty.to_owned();
    }
    if params.mean == Mean::None {
        let cohorts = report.cohorts.iter().filter(|cohort| cohort.size > 0).count() as u64;
        let parts = [("users", users.as_str()), ("cohorts", &count(cohorts, language))];
        return fill(words.page_retention_answer_none, &parts);
    }
    let Some((first, last)) = told_offsets(report) else {
        return fill(words.page_retention_answer_short, &[("users", &users)]);
    };
    let phrase = match params.period {
        _ if !is_plain(&params) && first.offset == last.offset => words.page_retention_answer_variant_one,
        _ if !is_plain(&params) => words.page_retention_answer_variant,
        Period::Day => words.page_retention_answer_day,
        Period::Week => words.page_retention_answer_week,
        Period::Month => words.page_retention_answer_month,
        Period::Quarter => words.page_retention_answer_quarter,
    };
    let rate = |rate: Option<f64>| rate.map(|rate| language.percent(rate));
    let name = |average: &Average| offset_name(report, average.offset as usize, params.period, language);
    let parts = [
        ("first", rate(first.rate).unwrap_or_default()),
        ("first_offset", name(first)),
        // The plain phrases name the unit themselves.
        ("last_offset", if is_plain(&params) { last.offset.to_string() } else { name(last) }),
        ("last", rate(last.rate).unwrap_or_default()),
        ("how", how(&params, language)),
    ];
    let answer = fill(phrase, &parts.each_ref().map(|(name, text)| (*name, text.as_str())));
    let before = |offset: u32| {
        let mut average = compared?.report.average.iter();
        rate(average.find(|average| average.offset == offset && average.users > 0)?.rate)
    };
    let before = before(first.offset).zip(before(last.offset)).map(|(first, last)| {
        fill(words.page_retention_answer_compared, &[("first", &first), ("last", &last)])
    });
    let worth = last.value.as_ref().and_then(|value| value.cumulative_per_user).map(|amount| {
        let parts = [("offset", name(last)), ("amount", language.decimal(amount, 2))];
        fill(words.page_retention_answer_value, &parts.each_ref().map(|(name, text)| (*name, text.as_str())))
    });
    sentences(&std::iter::once(answer).chain(before).chain(worth).collect::<Vec<_>>(), language)
}

/// The first offset after the cohorts' own, and the last one that a good part of the users have reached: further ones rest on
/// the oldest cohorts alone.
fn told_offsets(report: &Report) -> Option<(&Average, &Average)> {
    let first = report.average.iter().find(|average| average.offset == 1 && average.users > 0)?;
    let mut reached =
        report.average.iter().filter(|average| average.offset > 0 && average.users * 2 >= report.users);
    Some((first, reached.next_back().unwrap_or(first)))
}

/// How returns are counted, in a few words.
fn how(params: &Params, language: Language) -> String {
    let words = language.words();
    let when = match params.when {
        When::On => words.page_retention_how_on,
        When::OnOrAfter => words.page_retention_how_after,
        When::OnOrBefore => words.page_retention_how_before,
        When::Streak => words.page_retention_how_streak,
    };
    let minimum =
        fill(words.page_retention_how_minimum, &[("count", &count(u64::from(params.minimum), language))]);
    let all = [
        (true, when),
        (params.brackets.is_some(), words.page_retention_definition_brackets),
        (params.minimum > 1, minimum.as_str()),
        (params.entry == Entry::FirstEver, words.page_retention_how_ever),
        (params.entry == Entry::Recurring, words.page_retention_how_recurring),
        (params.rolling, words.page_retention_how_rolling),
        (params.relative == Relative::Previous, words.page_retention_how_previous),
        (params.mean == Mean::Simple, words.page_retention_how_simple),
    ];
    let said: Vec<&str> = all.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text).collect();
    said.join(words.widget_list_separator)
}

/// What differs from the plain definition.
fn variants(params: &Params, language: Language) -> Vec<String> {
    let words = language.words();
    let minimum = fill(
        words.page_retention_definition_minimum,
        &[("count", &count(u64::from(params.minimum), language))],
    );
    let all = [
        (params.entry == Entry::FirstEver, words.page_retention_definition_ever),
        (params.entry == Entry::Recurring, words.page_retention_definition_recurring),
        (params.when == When::OnOrAfter, words.page_retention_definition_after),
        (params.when == When::OnOrBefore, words.page_retention_definition_before),
        (params.when == When::Streak, words.page_retention_definition_streak),
        (params.brackets.is_some(), words.page_retention_definition_brackets),
        (params.minimum > 1, minimum.as_str()),
        (params.rolling, words.page_retention_definition_rolling),
        (params.relative == Relative::Previous, words.page_retention_definition_previous),
    ];
    all.into_iter().filter(|(differs, _)| *differs).map(|(_, text)| text.to_owned()).collect()
}

pub fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let (words, report, params) = (language.words(), &answered.report, params(answered));
    let average = match params.mean {
        Mean::Simple => words.page_retention_definition_simple,
        _ => words.page_retention_definition_average,
    };
    let mut paragraphs = vec![words.page_retention_definition.to_owned()];
    if let Some(events) = events_said(&params, language) {
        paragraphs.push(events);
    }
    paragraphs.extend(variants(&params, language));
    if params.mean != Mean::None {
        paragraphs.push(average.to_owned());
    }
    paragraphs.push(words.page_retention_definition_open.to_owned());
    if let Some(breakdown) = &params.breakdown {
        paragraphs.push(fill(words.page_retention_definition_groups, &[("column", &breakdown.column)]));
    }
    if params.value {
        paragraphs.push(words.page_retention_definition_value.to_owned());
    }
    if report.users_without_cohort > 0 {
        let users = count(report.users_without_cohort, language);
        paragraphs.push(fill(words.page_retention_definition_without, &[("users", &users)]));
    }
    paragraphs
}

/// Which events are meant, where not any.
fn events_said(params: &Params, language: Language) -> Option<String> {
    let words = language.words();
    let said = |events: &Option<Vec<String>>, all: &[Condition]| {
        let names = match events {
            Some(events) => events.join(words.widget_list_separator),
            None => words.page_retention_any.to_owned(),
        };
        let conditions = all.iter().map(|condition| condition_text(language, condition));
        std::iter::once(names).chain(conditions).collect::<Vec<_>>().join(words.widget_subtitle_separator)
    };
    let any = params.cohort_events.is_none() && params.cohort_all.is_empty();
    if any && params.return_events.is_none() && params.return_all.is_empty() {
        return None;
    }
    let parts = [
        ("first", said(&params.cohort_events, &params.cohort_all)),
        ("back", said(&params.return_events, &params.return_all)),
    ];
    let parts = parts.each_ref().map(|(name, text)| (*name, text.as_str()));
    Some(fill(words.page_retention_definition_events, &parts))
}
