//! What is looked at against what it is compared with: at each offset the difference, how sure it is, and a test.

use leptos::prelude::*;

use crate::scope::comparison::Comparison;
use crate::state::App;
use crate::text::p_value;
use crate::widgets::question::Question;
use crate::widgets::table::{DataTable, Datum, TableData};
use strata::analysis::retention::compare::{Difference, differences};
use strata::analysis::retention::{Average, Entry, Report, When};
use strata::dataset::dates::Span;
use strata::locale::{Language, fill};

use super::charts::first_offset;
use super::text::offset_name;
use super::{Answer, Numbers, params};

/// A difference that is as rare as this, if there is none, is called one.
const SIGNIFICANT: f64 = 0.05;

/// Whether a user can be in both sets, or count twice in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overlap {
    /// Nobody is in both.
    Disjoint,
    /// Somebody may be.
    Possible,
    /// All users of one are in the other.
    Contained,
    /// Users count several times.
    Recurring,
    /// The rates are not shares of the same users with the same time to come back.
    Unequal,
}

impl Overlap {
    /// Of an answer and what it is compared with. Other dates are other users only where a user's first event of all decides.
    fn new(comparison: &Comparison, own: &Answer, other: &Answer, data: Span) -> Self {
        let entry = params(own).entry;
        let apart = || {
            let (own, other) = (own.query.filter.span(data), other.query.filter.span(data));
            own.1 < other.0 || other.1 < own.0
        };
        match comparison {
            _ if entry == Entry::Recurring => Self::Recurring,
            _ if !params(own).rates_are_shares() => Self::Unequal,
            Comparison::Previous | Comparison::Year if params(own).when == When::OnOrAfter => Self::Unequal,
            Comparison::Rest => Self::Disjoint,
            // Without a segment of its own the view holds the other one whole.
            Comparison::Segment(_) if !has_segment(own) || own.query.filter == other.query.filter => {
                Self::Contained
            }
            Comparison::Everybody => Self::Contained,
            Comparison::Previous | Comparison::Year if entry == Entry::FirstEver && apart() => Self::Disjoint,
            _ => Self::Possible,
        }
    }

    fn has_test(self) -> bool {
        matches!(self, Self::Disjoint | Self::Possible)
    }
}

fn has_segment(answered: &Answer) -> bool {
    answered.query.filter.all.iter().any(|condition| condition.segment.is_some())
}

/// A difference and its interval, in points.
pub fn difference_data(found: &Difference, has_test: bool, language: Language) -> [Datum; 2] {
    let points = |share: f64| share * 100.0;
    let interval = found.interval.filter(|_| has_test).map_or(Datum::Nothing, |interval| {
        let bound = |share: f64| language.decimal(points(share), 1);
        let parts = [("low", bound(interval.low)), ("high", bound(interval.high))];
        let parts = parts.each_ref().map(|(name, text)| (*name, text.as_str()));
        Datum::Text(fill(language.words().page_retention_points_range, &parts))
    });
    [found.difference.map_or(Datum::Nothing, |difference| Datum::Number(points(difference))), interval]
}

/// What a test says.
pub fn p_data(found: &Difference, has_test: bool, language: Language) -> Datum {
    let words = language.words();
    let Some(value) = found.p_value.filter(|_| has_test) else { return Datum::Nothing };
    let phrase =
        if value < SIGNIFICANT { words.page_retention_differs } else { words.page_retention_no_difference };
    Datum::Text(fill(phrase, &[("p", &p_value(language, value))]))
}

fn table(own: &Answer, other: &Answer, overlap: Overlap, language: Language) -> TableData {
    let words = language.words();
    let period = params(own).period;
    let first = first_offset(own, Numbers::Rates);
    let rate = |averages: &[Average], offset: u32| {
        let average = averages.get(offset as usize).filter(|average| average.users > 0);
        // Pooled, whatever the mean of the page is.
        Datum::share(average.map(|average| average.returned as f64 / average.users as f64))
    };
    let found = differences(&own.report.average, &other.report.average);
    let row = |found: &Difference| {
        let name = offset_name(&own.report, found.offset as usize, period, language);
        let rates = [rate(&own.report.average, found.offset), rate(&other.report.average, found.offset)];
        std::iter::once(Datum::Text(name))
            .chain(rates)
            .chain(difference_data(found, overlap.has_test(), language))
            .chain([p_data(found, overlap.has_test(), language)])
            .collect()
    };
    let columns = [
        (words.page_retention_offset, false),
        (words.page_retention_rate, true),
        (words.page_retention_rate_compared, true),
        (words.page_retention_difference_points, true),
        (words.page_retention_interval, true),
        (words.page_retention_p_value, true),
    ];
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: found.iter().skip(first).filter(|found| found.difference.is_some()).map(row).collect(),
        ..TableData::default()
    }
}

/// The comparison, where something is compared.
#[component]
pub fn Compared(question: Question<Report>) -> impl IntoView {
    let app = App::get();
    let overlap = move |own: &Answer, other: &Answer| {
        let data = app.opened.with(|opened| opened.as_ref().map(|opened| opened.span)).unwrap_or_default();
        app.scope.comparison.with(|comparison| Overlap::new(comparison, own, other, data))
    };
    let data = Memo::new(move |_| {
        let made = question.map_compared(|own, other| {
            let other = other?;
            Some((table(own, other, overlap(own, other), app.language.get()), overlap(own, other)))
        });
        made.flatten().filter(|(table, _)| !table.rows.is_empty())
    });
    let shown = Memo::new(move |_| data.with(Option::is_some));
    let rows = Signal::derive(move || data.get().map(|(table, _)| table).unwrap_or_default());
    let note = move || {
        let words = app.words();
        data.get().map(|(_, overlap)| match overlap {
            Overlap::Disjoint => vec![words.page_retention_test_note],
            Overlap::Possible => vec![words.page_retention_test_note, words.page_retention_test_may_overlap],
            Overlap::Contained => vec![words.page_retention_test_overlaps],
            Overlap::Recurring => vec![words.page_retention_test_recurring],
            Overlap::Unequal => vec![words.page_retention_test_unequal],
        })
    };
    let notes = move || {
        let notes = note().unwrap_or_default();
        notes.into_iter().map(|text| view! { <p class="hint">{text}</p> }).collect_view()
    };
    move || {
        shown.get().then(|| {
            view! {
                <DataTable id="retention-compared" data=rows
                    title=Signal::derive(move || app.words().page_retention_difference.to_owned())/>
                {notes}
            }
        })
    }
}
