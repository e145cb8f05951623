//! The page's sentences.

use crate::widgets::frame::{count, sentences};
use strata::analysis::portrait::{Figure, Measure, Name, Params, Report, Share, SkipReason, Strong, Trait};
use strata::locale::{Language, fill};

use super::Answer;

/// Segments with fewer users are to be read with care.
const FEW: u64 = 30;

/// The segment as people call it.
pub(super) fn segment_name(answered: &Answer, language: Language) -> String {
    let words = language.words();
    let params = answered.params::<Params>();
    let Some(segment) = params.segment else { return words.scope_everybody.to_owned() };
    let name = segment.name.unwrap_or_else(|| words.page_portrait_unnamed.to_owned());
    if params.not { fill(words.page_portrait_not_in, &[("segment", &name)]) } else { name }
}

/// The segment, or everybody else.
pub(super) fn side_name(answered: &Answer, rest: bool, language: Language) -> String {
    if rest { language.words().page_portrait_rest.to_owned() } else { segment_name(answered, language) }
}

/// What users are or did.
pub(super) fn trait_name(of: &Trait, language: Language) -> String {
    let words = language.words();
    match of {
        Trait::Event(event) => fill(words.page_portrait_did, &[("event", event)]),
        Trait::Value { column, value } => {
            let value = match value {
                Name::Value(text) => text,
                Name::Others => words.page_portrait_others,
                Name::Unknown => words.page_portrait_unknown,
            };
            fill(words.page_portrait_has, &[("column", column), ("value", value)])
        }
    }
}

/// A number of users as people call it.
pub(super) fn measure_name(measure: Measure, language: Language) -> String {
    let key = format!("page_portrait_measure_{}", measure.key());
    language.words().get(&key).unwrap_or_default().to_owned()
}

/// Who they are, and what sets them apart most.
pub(super) fn answer(answered: &Answer, compared: Option<&Answer>, language: Language) -> String {
    let words = language.words();
    let report = &answered.report;
    let share = |report: &Report| language.percent(report.inside as f64 / report.users.max(1) as f64);
    let name = segment_name(answered, language);
    let values = [
        ("segment", name.as_str()),
        ("inside", &count(report.inside, language)),
        ("users", &count(report.users, language)),
        ("share", &share(report)),
        ("day", &language.date(report.as_of)),
    ];
    if !report.has_segment {
        return fill(words.page_portrait_answer_everybody, &values);
    }
    if report.inside == 0 {
        return fill(words.page_portrait_answer_nobody, &values);
    }
    if report.rest == 0 {
        return fill(words.page_portrait_answer_all, &values);
    }
    let few = (report.inside < FEW).then(|| fill(words.page_portrait_answer_few, &values));
    let other = compared.map(|compared| {
        let users = count(compared.report.inside, language);
        fill(words.page_portrait_answer_compared, &[("users", &users), ("share", &share(&compared.report))])
    });
    let parts = [fill(words.page_portrait_answer, &values), apart(report, language)];
    sentences(&parts.into_iter().chain(few).chain(other).collect::<Vec<_>>(), language)
}

/// The rows that say most, as a sentence, or why there are none.
fn apart(report: &Report, language: Language) -> String {
    let words = language.words();
    let part = |strong: &Strong| match strong {
        Strong::Share(place) => report.shares.get(*place).map(|share| strong_share(share, language)),
        Strong::Figure(place) => report.figures.get(*place).map(|figure| strong_figure(figure, language)),
    };
    let parts: Vec<String> = report.strongest.iter().filter_map(part).collect();
    let tested = count(report.tested, language);
    let significant = count(report.significant, language);
    let values = [("tested", tested.as_str()), ("significant", significant.as_str())];
    match (parts.is_empty(), report.significant, report.tested) {
        (false, ..) => {
            let list = parts.join(words.page_portrait_separator);
            fill(words.page_portrait_answer_apart, &[("list", &list)])
        }
        (true, 0, 0) => words.page_portrait_answer_untested.to_owned(),
        (true, 0, _) => fill(words.page_portrait_answer_nothing, &values),
        (true, ..) => fill(words.page_portrait_answer_small, &values),
    }
}

/// How many times as much; nothing where there is nothing to compare with.
fn ratio(own: Option<f64>, other: Option<f64>, language: Language) -> Option<String> {
    let ratio =
        own.zip(other).filter(|(own, other)| *own >= 0.0 && *other > 0.0).map(|(own, other)| own / other)?;
    let places = if ratio < 0.095 { 2 } else { usize::from(ratio < 99.5) };
    Some(language.decimal(ratio, places))
}

fn strong_share(share: &Share, language: Language) -> String {
    let words = language.words();
    let (column, value) = match &share.of {
        Trait::Event(event) => ("", event.as_str()),
        Trait::Value { column, value: Name::Value(value) } => (column.as_str(), value.as_str()),
        Trait::Value { column, .. } => (column.as_str(), ""),
    };
    let is_event = matches!(share.of, Trait::Event(_));
    let ratio = ratio(share.share, share.rest, language);
    let phrase = match (is_event, &ratio) {
        (true, Some(_)) => words.page_portrait_strong_event,
        (true, None) => words.page_portrait_strong_event_only,
        (false, Some(_)) => words.page_portrait_strong_value,
        (false, None) => words.page_portrait_strong_value_only,
    };
    let ratio = ratio.unwrap_or_default();
    fill(phrase, &[("ratio", &ratio), ("column", column), ("value", value)])
}

fn strong_figure(figure: &Figure, language: Language) -> String {
    let words = language.words();
    match ratio(figure.inside.mean, figure.rest.mean, language) {
        Some(ratio) => {
            let key = format!("page_portrait_strong_{}", figure.measure.key());
            fill(words.get(&key).unwrap_or_default(), &[("ratio", &ratio)])
        }
        None => {
            let name = measure_name(figure.measure, language);
            fill(words.page_portrait_strong_differs, &[("measure", &name)])
        }
    }
}

/// What was tested, and what was left out.
pub(super) fn note(answered: &Answer, language: Language) -> String {
    let words = language.words();
    let report = &answered.report;
    let tested = (report.tested > 0).then(|| {
        let tested = count(report.tested, language);
        let significant = count(report.significant, language);
        fill(words.page_portrait_note_tested, &[("tested", &tested), ("significant", &significant)])
    });
    let beyond = (report.beyond > 0)
        .then(|| fill(words.page_portrait_note_beyond, &[("users", &count(report.beyond, language))]));
    let events = (report.events_left_out > 0).then(|| {
        fill(words.page_portrait_note_events, &[("events", &count(report.events_left_out, language))])
    });
    let columns = |reason: SkipReason, phrase: &str| {
        let names = report.skipped.iter().filter(|skipped| skipped.reason == reason);
        let names: Vec<&str> = names.map(|skipped| skipped.column.as_str()).collect();
        (!names.is_empty()).then(|| fill(phrase, &[("columns", &names.join(words.widget_list_separator))]))
    };
    let texts = columns(SkipReason::TooManyTexts, words.page_portrait_note_texts);
    let many = columns(SkipReason::TooManyColumns, words.page_portrait_note_columns);
    sentences(&[tested, beyond, events, texts, many].into_iter().flatten().collect::<Vec<_>>(), language)
}

/// The definition's paragraphs.
pub(super) fn definition(answered: &Answer, language: Language) -> Vec<String> {
    let words = language.words();
    let day = language.date(answered.report.as_of);
    let unknown = if answered.params::<Params>().unknown {
        words.page_portrait_definition_unknown
    } else {
        words.page_portrait_definition_known
    };
    vec![
        fill(words.page_portrait_definition_who, &[("day", &day)]),
        words.page_portrait_definition_value.to_owned(),
        unknown.to_owned(),
        words.page_portrait_definition_index.to_owned(),
        words.page_portrait_definition_test.to_owned(),
        words.page_portrait_definition_effect.to_owned(),
        words.page_portrait_definition_spread.to_owned(),
        words.page_portrait_definition_cause.to_owned(),
    ]
}
