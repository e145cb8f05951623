//! Rules in words.

use super::{
    Back, CalendarUnit, Did, Is, Measure, Once, Regularly, Restarted, Rule, Sequence, Stopped, Top, Which,
    Window, groups,
};
use crate::dataset::duration::{Duration, Unit};
use crate::dataset::events::EventChoice;
use crate::dataset::filter::{Condition, Number};
use crate::dataset::segment::UserSegment;
use crate::locale::{Language, Words, fill};

/// A rule as a sentence: whom it means.
#[must_use]
pub fn sentence(language: Language, rule: &Rule) -> String {
    let words = language.words();
    match rule {
        Rule::All(parts) if parts.is_empty() => words.rule_everybody.to_owned(),
        Rule::Any(parts) if parts.is_empty() => words.rule_nobody.to_owned(),
        _ => fill(words.rule_users, &[("rule", &phrase(language, rule))]),
    }
}

/// A condition or a group, as a part of a sentence.
#[must_use]
pub fn phrase(language: Language, rule: &Rule) -> String {
    let words = language.words();
    let join = |parts: &[Rule], by: &str| {
        let part = |part: &Rule| {
            let text = phrase(language, part);
            if part.is_group() && part.parts().len() > 1 {
                fill(words.rule_group, &[("rule", &text)])
            } else {
                text
            }
        };
        parts.iter().map(part).collect::<Vec<_>>().join(by)
    };
    match rule {
        Rule::All(parts) if parts.is_empty() => words.rule_anybody.to_owned(),
        Rule::Any(parts) if parts.is_empty() => words.rule_no_one.to_owned(),
        Rule::All(parts) => join(parts, words.rule_and),
        Rule::Any(parts) => join(parts, words.rule_or),
        Rule::Not(part) => match &**part {
            Rule::Segment(segment) => member(language, segment, words.rule_outside, words.rule_not_listed),
            part => {
                let text = phrase(language, part);
                let several = part.peeled().1.parts().len() > 1;
                let text = if several { fill(words.rule_group, &[("rule", &text)]) } else { text };
                fill(words.rule_not, &[("rule", &text)])
            }
        },
        leaf => condition_phrase(language, leaf),
    }
}

fn condition_phrase(language: Language, rule: &Rule) -> String {
    let words = language.words();
    let event = |choice: &EventChoice| event(language, choice);
    let within = |days: &Window| window(language, *days);
    match rule {
        Rule::Did(did) => did_phrase(language, did),
        Rule::Top(Top { percent, lowest, event: of, window, measure }) => {
            let phrase = if *lowest { words.rule_bottom } else { words.rule_top };
            let by = measured(language, measure, of, window);
            fill(phrase, &[("percent", &percent.text()), ("measure", &by)])
        }
        Rule::Sequence(Sequence { steps, within: time, window }) => {
            let steps = steps.iter().map(event).collect::<Vec<_>>().join(words.rule_then);
            let time = time.map(|time| fill(words.rule_within, &[("time", &duration(language, time))]));
            let window = within(window);
            let time = time.unwrap_or_default();
            fill(words.rule_sequence, &[("steps", &steps), ("within", &time), ("window", &window)])
        }
        Rule::First(Once { event: of, window }) => {
            fill(words.rule_first, &[("event", &event(of)), ("window", &within(window))])
        }
        Rule::Last(Once { event: of, window }) => {
            fill(words.rule_last, &[("event", &event(of)), ("window", &within(window))])
        }
        Rule::Regularly(Regularly { event: of, times, period, periods, at_least }) => {
            let text = match times {
                1 => words.rule_once.to_owned(),
                times => fill(words.rule_times, &[("number", &times.to_string())]),
            };
            let times = fill(words.rule_at_least, &[("times", &text)]);
            let count = |number: u32| language.integer(i64::from(number));
            fill(
                words.rule_regularly,
                &[
                    ("event", &event(of)),
                    ("times", &times),
                    ("period", &back(language, *period)),
                    ("periods", &count(*periods)),
                    ("at_least", &count(*at_least)),
                ],
            )
        }
        Rule::Stopped(Stopped { event: of, silent, before }) => {
            let silent = back(language, *silent);
            match before {
                None => fill(words.rule_stopped, &[("event", &event(of)), ("silent", &silent)]),
                Some(before) => fill(
                    words.rule_stopped_before,
                    &[("event", &event(of)), ("silent", &silent), ("before", &back(language, *before))],
                ),
            }
        }
        Rule::Restarted(Restarted { event: of, recent, silent }) => fill(
            words.rule_restarted,
            &[
                ("event", &event(of)),
                ("recent", &back(language, *recent)),
                ("silent", &back(language, *silent)),
            ],
        ),
        Rule::Is(Is { condition: asked, which }) => {
            let phrase = match which {
                Which::Any => words.rule_is,
                Which::First => words.rule_is_first,
                Which::Last => words.rule_is_last,
            };
            fill(phrase, &[("condition", &condition(language, asked))])
        }
        Rule::Segment(segment) => member(language, segment, words.rule_in, words.rule_listed),
        Rule::All(_) | Rule::Any(_) | Rule::Not(_) => String::new(),
    }
}

fn did_phrase(language: Language, did: &Did) -> String {
    let words = language.words();
    let Did { event: of, window: days, measure, min, max } = did;
    if *measure != Measure::Times {
        let measure = measured(language, measure, of, days);
        let bounds = bounds(words, min, max);
        return fill(words.rule_measured, &[("measure", &measure), ("bounds", &bounds)]);
    }
    let (event, days) = (event(language, of), window(language, *days));
    let is_zero = |number: &Option<Number>| number.as_ref().is_some_and(|number| number.text() == "0");
    if is_zero(max) {
        return fill(words.rule_did_not, &[("event", &event), ("window", &days)]);
    }
    let times = bounds_of_times(language, min, max);
    fill(words.rule_did, &[("event", &event), ("times", &times), ("window", &days)])
}

/// How often: nothing where once is enough.
fn bounds_of_times(language: Language, min: &Option<Number>, max: &Option<Number>) -> String {
    let words = language.words();
    let times = |text: &str| {
        if text == "1" { words.rule_once.to_owned() } else { fill(words.rule_times, &[("number", text)]) }
    };
    let text = |number: &Option<Number>| number.as_ref().map(Number::text);
    match (text(min), text(max)) {
        (None, None) => String::new(),
        (Some(min), None) if min == "1" => String::new(),
        (Some(min), None) => fill(words.rule_at_least, &[("times", &times(&min))]),
        (None, Some(max)) => fill(words.rule_at_most, &[("times", &times(&max))]),
        (Some(min), Some(max)) if min == max => fill(words.rule_exactly, &[("times", &times(&min))]),
        (Some(min), Some(max)) => fill(words.rule_between_times, &[("min", &min), ("max", &max)]),
    }
}

/// Bounds of a number in signs.
fn bounds(words: &Words, min: &Option<Number>, max: &Option<Number>) -> String {
    let text = |number: &Option<Number>| number.as_ref().map(Number::text);
    match (text(min), text(max)) {
        (None, None) => words.rule_any_number.to_owned(),
        (Some(min), None) => format!("≥ {min}"),
        (None, Some(max)) => format!("≤ {max}"),
        (Some(min), Some(max)) if min == max => format!("= {min}"),
        (Some(min), Some(max)) => format!("{min} – {max}"),
    }
}

/// What is measured, of what, and when.
fn measured(language: Language, measure: &Measure, of: &EventChoice, days: &Window) -> String {
    let words = language.words();
    let phrase = match measure {
        Measure::Times => words.rule_measure_times,
        Measure::Days => words.rule_measure_days,
        Measure::Revenue => words.rule_measure_revenue,
        Measure::Sum(_) => words.rule_measure_sum,
        Measure::Average(_) => words.rule_measure_average,
        Measure::Smallest(_) => words.rule_measure_smallest,
        Measure::Largest(_) => words.rule_measure_largest,
        Measure::Distinct(_) => words.rule_measure_distinct,
    };
    let measure = fill(phrase, &[("column", measure.column().unwrap_or_default())]);
    let days = window(language, *days);
    if of.is_any() {
        return fill(words.rule_measure, &[("measure", &measure), ("window", &days)]);
    }
    let event = event(language, of);
    fill(words.rule_measure_of, &[("measure", &measure), ("event", &event), ("window", &days)])
}

/// An event: its names, and what else stands in the row.
fn event(language: Language, choice: &EventChoice) -> String {
    let words = language.words();
    let names = match &choice.events {
        None => words.rule_anything.to_owned(),
        Some(names) => {
            let quoted = names.iter().map(|name| fill(words.rule_event, &[("event", name)]));
            quoted.collect::<Vec<_>>().join(words.rule_or_event)
        }
    };
    if choice.all.is_empty() {
        return names;
    }
    let conditions: Vec<String> = choice.all.iter().map(|asked| condition(language, asked)).collect();
    let conditions = conditions.join(words.app_list);
    fill(words.rule_event_where, &[("event", &names), ("conditions", &conditions)])
}

fn window(language: Language, days: Window) -> String {
    let words = language.words();
    match days {
        Window::Ever | Window::Between { from: None, to: None } => String::new(),
        Window::Between { from: Some(from), to: Some(to) } => {
            fill(words.rule_from_to, &[("from", &language.date(from)), ("to", &language.date(to))])
        }
        Window::Between { from: Some(from), to: None } => {
            fill(words.rule_since, &[("day", &language.date(from))])
        }
        Window::Between { from: None, to: Some(to) } => {
            fill(words.rule_up_to, &[("day", &language.date(to))])
        }
        Window::Last { amount, unit, ago: 0 } => {
            fill(words.rule_in_last, &[("time", &back(language, Back { amount, unit }))])
        }
        Window::Last { amount, unit, ago } => fill(
            words.rule_in_last_ago,
            &[
                ("time", &back(language, Back { amount, unit })),
                ("ago", &back(language, Back { amount: ago, unit })),
            ],
        ),
        Window::FirstDays(days) => {
            let time = back(language, Back { amount: days, unit: CalendarUnit::Day });
            fill(words.rule_in_first, &[("time", &time)])
        }
    }
}

/// A stretch of days, weeks or months.
fn back(language: Language, Back { amount, unit }: Back) -> String {
    let words = language.words();
    let (one, many) = match unit {
        CalendarUnit::Day => (words.rule_day, words.rule_days),
        CalendarUnit::Week => (words.rule_week, words.rule_weeks),
        CalendarUnit::Month => (words.rule_month, words.rule_months),
    };
    number_of(language, amount, one, many)
}

fn duration(language: Language, Duration { amount, unit }: Duration) -> String {
    let words = language.words();
    let (one, many) = match unit {
        Unit::Second => (words.rule_second, words.rule_seconds),
        Unit::Minute => (words.rule_minute, words.rule_minutes),
        Unit::Hour => (words.rule_hour, words.rule_hours),
        Unit::Day => (words.rule_day, words.rule_days),
        Unit::Week => (words.rule_week, words.rule_weeks),
    };
    number_of(language, amount, one, many)
}

fn number_of(language: Language, amount: u32, one: &str, many: &str) -> String {
    if amount == 1 { one.to_owned() } else { fill(many, &[("number", &language.integer(i64::from(amount)))]) }
}

/// That somebody is in a segment, or not: a named one, or a list of ids.
fn member(language: Language, segment: &UserSegment, named: &str, listed: &str) -> String {
    match (segment.listed(), segment.saved.as_ref().or(segment.name.as_ref())) {
        (Some(ids), None) => {
            let ids = language.integer(i64::try_from(ids).unwrap_or(i64::MAX));
            fill(listed, &[("number", &ids)])
        }
        _ => fill(named, &[("name", &segment_name(language, segment))]),
    }
}

/// What a segment is called: its name, what its question calls it, or the number of ids that it lists.
#[must_use]
pub fn segment_name(language: Language, segment: &UserSegment) -> String {
    let words = language.words();
    let name = segment.saved.as_ref().or(segment.name.as_ref());
    match (name, segment.listed()) {
        (Some(name), _) => name.clone(),
        (None, Some(ids)) => {
            let ids = language.integer(i64::try_from(ids).unwrap_or(i64::MAX));
            fill(words.rule_list, &[("number", &ids)])
        }
        (None, None) => groups::name_of(language, segment).unwrap_or_else(|| words.scope_unnamed.to_owned()),
    }
}

/// A condition of the filter in a few words.
#[must_use]
pub fn condition(language: Language, condition: &Condition) -> String {
    const SHOWN: usize = 3;
    let words = language.words();
    if let Some(segment) = &condition.segment {
        let name = segment_name(language, segment);
        return if condition.not { fill(words.scope_outside, &[("name", &name)]) } else { name };
    }
    let column = condition.column.as_deref().unwrap_or_default();
    let list = |texts: &[String]| {
        let shown = texts.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(words.app_list);
        match texts.len().checked_sub(SHOWN) {
            None | Some(0) => shown,
            Some(more) => fill(words.bar_filter_more, &[("list", &shown), ("count", &more.to_string())]),
        }
    };
    let mut parts = Vec::new();
    if let Some(texts) = &condition.within {
        parts.push(fill(words.bar_filter_in, &[("column", column), ("list", &list(texts))]));
    }
    if let Some(texts) = &condition.not_in {
        parts.push(fill(words.bar_filter_not_in, &[("column", column), ("list", &list(texts))]));
    }
    if let Some(min) = &condition.min {
        parts.push(fill(words.bar_filter_at_least, &[("column", column), ("value", &min.text())]));
    }
    if let Some(max) = &condition.max {
        parts.push(fill(words.bar_filter_at_most, &[("column", column), ("value", &max.text())]));
    }
    let day = |phrase: &str, day| fill(phrase, &[("day", &language.date(day))]);
    let days = match (condition.from, condition.to) {
        (Some(from), Some(to)) => {
            Some(fill(words.app_range, &[("from", &language.date(from)), ("to", &language.date(to))]))
        }
        (Some(from), None) => Some(day(words.bar_filter_from, from)),
        (None, Some(to)) => Some(day(words.bar_filter_to, to)),
        (None, None) => None,
    };
    parts.extend(days.map(|days| {
        if column.is_empty() {
            days
        } else {
            fill(words.bar_filter_in, &[("column", column), ("list", &days)])
        }
    }));
    parts.join(words.app_list)
}
