//! The answer, the definition and the names of things in words.

use crate::text::duration_of;
use crate::widgets::frame::{count, sentences};
use strata::analysis::funnel::{Count, Duration, Params, Step, StepTime, Unit};
use strata::chart::FunnelChart;
use strata::locale::{Language, fill};

use super::{Answer, params};

/// A step's name: its events, and how many conditions it has.
pub fn step(step: &Step, language: Language) -> String {
    let words = language.words();
    let name = match step.events.as_deref() {
        None => words.page_funnel_any.to_owned(),
        Some(events) => events.join(words.page_funnel_or),
    };
    match step.all.len() {
        0 => name,
        conditions => {
            fill(words.page_funnel_with_conditions, &[("step", &name), ("count", &conditions.to_string())])
        }
    }
}

/// A chosen length of time.
pub fn length(duration: Duration, language: Language) -> String {
    let words = language.words();
    let (one, many) = match duration.unit {
        Unit::Second => (words.page_funnel_one_second, words.page_funnel_seconds),
        Unit::Minute => (words.page_funnel_one_minute, words.page_funnel_minutes),
        Unit::Hour => (words.page_funnel_one_hour, words.page_funnel_hours),
        Unit::Day => (words.page_funnel_one_day, words.page_funnel_days),
        Unit::Week => (words.page_funnel_one_week, words.page_funnel_weeks),
    };
    let phrase = if duration.amount == 1 { one } else { many };
    fill(phrase, &[("number", &count(u64::from(duration.amount), language))])
}

/// What is counted, in the plural.
pub fn counted(params: &Params, language: Language) -> &'static str {
    let words = language.words();
    match params.count {
        Count::Users => words.page_funnel_users,
        Count::Attempts => words.page_funnel_attempts,
        Count::Sessions => words.page_funnel_sessions,
    }
}

/// What is counted, as the name of a figure.
pub fn count_name(params: &Params, language: Language) -> &'static str {
    let words = language.words();
    match params.count {
        Count::Users => words.page_funnel_count_users,
        Count::Attempts => words.page_funnel_count_attempts,
        Count::Sessions => words.page_funnel_count_sessions,
    }
}

/// Who the users behind a part of a step are.
pub fn part(answered: &Answer, at: usize, part: usize, language: Language) -> String {
    let words = language.words();
    let params = params(answered);
    let name = |at: usize| params.steps.get(at).map(|own| step(own, language)).unwrap_or_default();
    let phrase = match part {
        FunnelChart::REACHED => words.page_funnel_users_of_step,
        FunnelChart::OPEN => words.page_funnel_users_open,
        _ => words.page_funnel_users_lost,
    };
    fill(phrase, &[("step", &name(at)), ("before", &name(at.saturating_sub(1)))])
}

/// The answer in one or a few sentences.
pub fn sentence(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let (words, report) = (language.words(), &answered.report);
    if report.entered == 0 {
        return words.page_funnel_empty.to_owned();
    }
    let params = params(answered);
    let name = |place: usize| params.steps.get(place).map(|own| step(own, language)).unwrap_or_default();
    let percent = |rate: Option<f64>| rate.map(|rate| language.percent(rate)).unwrap_or_default();
    let main = fill(
        words.page_funnel_answer,
        &[
            ("entered", &count(report.entered, language)),
            ("counted", counted(&params, language)),
            ("first", &name(0)),
            ("last", &name(params.steps.len().saturating_sub(1))),
            ("rate", &percent(report.rate)),
            ("converted", &count(report.converted, language)),
            ("window", &length(params.window, language)),
        ],
    );
    let worst = report.bottleneck.and_then(|place| {
        let place = place as usize;
        let lost = report.steps.get(place.checked_sub(1)?)?;
        let share = (lost.reached > 0).then(|| lost.lost as f64 / lost.reached as f64);
        Some(fill(
            words.page_funnel_answer_bottleneck,
            &[("before", &name(place - 1)), ("step", &name(place)), ("share", &percent(share))],
        ))
    });
    // The last times are those of the two steps that were chosen; only those of the whole way tell how long it takes.
    let whole = |times: &&StepTime| times.from == 0 && times.to as usize + 1 == params.steps.len();
    let total = report.times.last().filter(whole).and_then(|times| times.median);
    let time = total
        .map(|seconds| fill(words.page_funnel_answer_time, &[("time", &duration_of(language, seconds))]));
    let open = (report.open > 0)
        .then(|| fill(words.page_funnel_answer_open, &[("open", &count(report.open, language))]));
    let before = compared
        .and_then(|compared| compared.report.rate)
        .map(|rate| fill(words.page_funnel_answer_compared, &[("rate", &language.percent(rate))]));
    let parts: Vec<String> =
        std::iter::once(main).chain(before).chain(worst).chain(time).chain(open).collect();
    sentences(&parts, language)
}

/// How the numbers are defined, as they were asked.
pub fn definition(answered: &Answer, language: Language) -> Vec<String> {
    use strata::analysis::funnel::Order;
    let words = language.words();
    let params = params(answered);
    let order = match params.order {
        Order::Ordered => words.page_funnel_definition_ordered,
        Order::Strict => words.page_funnel_definition_strict,
        Order::Any => words.page_funnel_definition_any,
    };
    let of = match params.count {
        Count::Users => words.page_funnel_definition_users.to_owned(),
        Count::Attempts => words.page_funnel_definition_attempts.to_owned(),
        Count::Sessions => {
            let gap = length(params.session_gap, language);
            fill(words.page_funnel_definition_sessions, &[("gap", &gap)])
        }
    };
    let window = fill(order, &[("window", &length(params.window, language))]);
    let entry = answered.report.entry;
    let dates = fill(
        words.page_funnel_definition_dates,
        &[("from", &language.date(entry.0)), ("to", &language.date(entry.1))],
    );
    let mut paragraphs =
        vec![sentences(&[window, of], language), dates, words.page_funnel_definition_open.to_owned()];
    if params.breakdown.is_some() {
        paragraphs.push(words.page_funnel_definition_groups.to_owned());
    }
    paragraphs.push(words.page_funnel_definition_times.to_owned());
    paragraphs
}
