//! The parts of what is looked at against those of what it is compared with: the differences, how sure they are, and a test.
//!
//! For pages that divide users into categories, each user into one. There is nothing to see as long as nothing is compared.

use leptos::prelude::*;

use super::question::{Answered, Question};
use super::table::{DataTable, Datum, TableData};
use crate::scope::comparison::Comparison;
use crate::state::App;
use crate::text::p_value;
use strata::locale::{Language, fill};
use strata::model::contingency::{self, Part};

/// A difference that is as rare as this, if there is none, is called one.
const SIGNIFICANT: f64 = 0.05;

/// A category: its name, and how many users are in it on either side.
pub type Category = (String, u64, u64);

/// Whether a user can be on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sides {
    /// Nobody is.
    Disjoint,
    /// Somebody may be.
    Possible,
    /// All users of one side are on the other.
    Contained,
    /// The same users at another time.
    Later,
}

impl Sides {
    fn new<R>(comparison: &Comparison, own: &Answered<R>, other: &Answered<R>) -> Self {
        let has_segment = own.query.filter.all.iter().any(|condition| condition.segment.is_some());
        match comparison {
            Comparison::Rest => Self::Disjoint,
            Comparison::Previous | Comparison::Year => Self::Later,
            Comparison::Segment(_) if has_segment && own.query.filter != other.query.filter => Self::Possible,
            _ => Self::Contained,
        }
    }

    fn has_test(self) -> bool {
        matches!(self, Self::Disjoint | Self::Possible)
    }
}

fn table(categories: &[Category], sides: Sides, language: Language) -> TableData {
    let words = language.words();
    let own: Vec<u64> = categories.iter().map(|(_, own, _)| *own).collect();
    let other: Vec<u64> = categories.iter().map(|(_, _, other)| *other).collect();
    let (whole, other_whole) = (own.iter().sum::<u64>(), other.iter().sum::<u64>());
    let share = |part: u64, whole: u64| Datum::share((whole > 0).then(|| part as f64 / whole as f64));
    let row = |((name, own, other), part): (&Category, Part)| {
        let bound = |share: f64| language.decimal(share * 100.0, 1);
        let interval = part.interval.filter(|_| sides.has_test()).map_or(Datum::Nothing, |interval| {
            let (low, high) = (bound(interval.low), bound(interval.high));
            Datum::Text(fill(words.page_retention_points_range, &[("low", &low), ("high", &high)]))
        });
        let test = part.p_value.filter(|_| sides.has_test()).map_or(Datum::Nothing, |value| {
            let phrase = if value < SIGNIFICANT {
                words.page_retention_differs
            } else {
                words.page_retention_no_difference
            };
            Datum::Text(fill(phrase, &[("p", &p_value(language, value))]))
        });
        vec![
            Datum::Text(name.clone()),
            share(*own, whole),
            share(*other, other_whole),
            part.difference.map_or(Datum::Nothing, |difference| Datum::Number(difference * 100.0)),
            interval,
            test,
        ]
    };
    let columns = [
        (words.widget_compared_category, false),
        (words.page_share, true),
        (words.page_share_compared, true),
        (words.page_retention_difference_points, true),
        (words.page_retention_interval, true),
        (words.page_retention_p_value, true),
    ];
    TableData {
        columns: columns.into_iter().map(|(name, figures)| (name.to_owned(), figures)).collect(),
        rows: categories.iter().zip(contingency::parts(&own, &other)).map(row).collect(),
        ..TableData::default()
    }
}

/// What is said below: of the division as a whole, and how far the tests hold.
fn notes(categories: &[Category], sides: Sides, language: Language) -> Vec<String> {
    let words = language.words();
    let own: Vec<u64> = categories.iter().map(|(_, own, _)| *own).collect();
    let other: Vec<u64> = categories.iter().map(|(_, _, other)| *other).collect();
    let whole = contingency::homogeneity(&own, &other).filter(|_| sides.has_test()).map(|value| {
        let phrase =
            if value < SIGNIFICANT { words.widget_compared_differs } else { words.widget_compared_alike };
        fill(phrase, &[("p", &p_value(language, value))])
    });
    let rest: &[&str] = match sides {
        Sides::Disjoint => &[words.widget_compared_note],
        Sides::Possible => &[words.widget_compared_note, words.page_retention_test_may_overlap],
        Sides::Contained => &[words.page_retention_test_overlaps],
        Sides::Later => &[words.widget_compared_later],
    };
    whole.into_iter().chain(rest.iter().map(|text| (*text).to_owned())).collect()
}

/// The comparison, where something is compared.
#[component]
pub fn SharesCompared<R: Send + Sync + 'static>(
    /// Names the table.
    id: &'static str,
    /// What was asked.
    question: Question<R>,
    /// The categories of two answers; reactive. Nothing where they are not the same on both sides.
    categories: impl Fn(&Answered<R>, &Answered<R>, Language) -> Option<Vec<Category>>
    + Copy
    + Send
    + Sync
    + 'static,
) -> impl IntoView {
    let app = App::get();
    let found = Memo::new(move |_| {
        let made = question.map_compared(|own, other| {
            let other = other?;
            let sides = app.scope.comparison.with(|comparison| Sides::new(comparison, own, other));
            Some((categories(own, other, app.language.get())?, sides))
        });
        made.flatten()
    });
    let shown = Memo::new(move |_| found.with(Option::is_some));
    let data = Signal::derive(move || {
        found
            .with(|found| {
                let (categories, sides) = found.as_ref()?;
                Some(table(categories, *sides, app.language.get()))
            })
            .unwrap_or_default()
    });
    let said = move || {
        let notes = found.with(|found| {
            found.as_ref().map(|(categories, sides)| notes(categories, *sides, app.language.get()))
        });
        let notes = notes.unwrap_or_default().into_iter();
        notes.map(|text| view! { <p class="hint">{text}</p> }).collect_view()
    };
    move || {
        shown.get().then(|| {
            view! {
                <DataTable id=id data title=Signal::derive(move || app.words().widget_compared_title.to_owned())/>
                <div id=format!("{id}-notes")>{said}</div>
            }
        })
    }
}
