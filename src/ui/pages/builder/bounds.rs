//! What is measured, and the bounds of it.

use leptos::prelude::*;

use super::fields::{self, Labelled, word};
use super::group::Place;
use strata::dataset::filter::Number;
use strata::ingest::mapping::{ColumnType, Role};
use strata::locale::{Words, fill};
use strata::segment::rule::{Did, Measure, Rule};

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compared {
    Any,
    Least,
    Most,
    Exactly,
    Between,
}

impl Compared {
    const ALL: [Self; 5] = [Self::Least, Self::Most, Self::Exactly, Self::Between, Self::Any];

    fn of(did: &Did) -> Self {
        match (&did.min, &did.max) {
            (None, None) => Self::Any,
            (Some(_), None) => Self::Least,
            (None, Some(_)) => Self::Most,
            (Some(min), Some(max)) if min.text() == max.text() => Self::Exactly,
            (Some(_), Some(_)) => Self::Between,
        }
    }

    fn value(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Least => "least",
            Self::Most => "most",
            Self::Exactly => "exactly",
            Self::Between => "between",
        }
    }

    fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Any => words.page_builder_bounds_any,
            Self::Least => words.page_builder_bounds_least,
            Self::Most => words.page_builder_bounds_most,
            Self::Exactly => words.page_builder_bounds_exact,
            Self::Between => words.page_builder_bounds_between,
        }
    }

    /// The bounds that go with it, from a number and a larger one.
    fn bounds(self, low: Number, high: Number) -> (Option<Number>, Option<Number>) {
        match self {
            Self::Any => (None, None),
            Self::Least => (Some(low), None),
            Self::Most => (None, Some(low)),
            Self::Exactly => (Some(low.clone()), Some(low)),
            Self::Between => (Some(low), Some(high)),
        }
    }
}

/// How much of it: a comparison, one number or two, and of what.
pub(super) fn bounds(place: &Place, did: &Did) -> AnyView {
    let words = place.app.words();
    let compared = Compared::of(did);
    let low = did.min.clone().or(did.max.clone()).unwrap_or(Number::Number(1.into()));
    let high = did.max.clone().unwrap_or_else(|| low.clone());
    let options = Compared::ALL.map(|one| (one.value().to_owned(), one.name(words).to_owned())).to_vec();
    let put = move |own: &Place, did: &Did, compared: Compared, low: Number, high: Number| {
        let (min, max) = compared.bounds(low, high);
        own.set(Rule::Did(Did { min, max, ..did.clone() }));
    };
    let (own, now, from, to) = (place.clone(), did.clone(), low.clone(), high.clone());
    let field = Labelled::new(place.id("bounds"), words.page_builder_bounds);
    let comparison = fields::select(field, options, compared.value(), move |chosen| {
        let compared = Compared::ALL.into_iter().find(|one| one.value() == chosen).unwrap_or(Compared::Least);
        put(&own, &now, compared, from.clone(), to.clone());
    });
    let first = (compared != Compared::Any).then(|| {
        let (own, now, to) = (place.clone(), did.clone(), high.clone());
        fields::number(
            Labelled::new(place.id("number"), words.page_builder_number),
            &low.text(),
            move |text| {
                put(&own, &now, compared, Number::Text(text), to.clone());
            },
        )
    });
    let second = (compared == Compared::Between).then(|| {
        let (own, now, from) = (place.clone(), did.clone(), low.clone());
        let field = Labelled::new(place.id("number-to"), words.page_builder_number_to);
        let number = fields::number(field, &high.text(), move |text| {
            put(&own, &now, compared, from.clone(), Number::Text(text));
        });
        view! { {word(words.page_builder_and)}{number} }
    });
    let (own, now) = (place.clone(), did.clone());
    let of = measure(place, &did.measure, move |measure| own.set(Rule::Did(Did { measure, ..now.clone() })));
    view! { {comparison}{first}{second}{of} }.into_any()
}

/// What is measured: times, days, money, and what columns there are.
pub(super) fn measure(place: &Place, now: &Measure, choose: impl Fn(Measure) + 'static) -> AnyView {
    let words = place.app.words();
    let measures = measures(place);
    let name = |measure: &Measure| {
        let phrase = match measure {
            Measure::Times => words.page_builder_measure_times,
            Measure::Days => words.page_builder_measure_days,
            Measure::Revenue => words.page_builder_measure_revenue,
            Measure::Sum(_) => words.page_builder_measure_sum,
            Measure::Average(_) => words.page_builder_measure_average,
            Measure::Smallest(_) => words.page_builder_measure_smallest,
            Measure::Largest(_) => words.page_builder_measure_largest,
            Measure::Distinct(_) => words.page_builder_measure_distinct,
        };
        fill(phrase, &[("column", measure.column().unwrap_or_default())])
    };
    let mut all = measures;
    if !all.contains(now) {
        all.push(now.clone());
    }
    let options = all.iter().enumerate().map(|(index, measure)| (index.to_string(), name(measure))).collect();
    let chosen = all.iter().position(|measure| measure == now).unwrap_or(0).to_string();
    let field = Labelled::new(place.id("measure"), words.page_builder_measure);
    fields::select(field, options, &chosen, move |index| {
        let measure = index.parse::<usize>().ok().and_then(|index| all.get(index));
        measure.cloned().into_iter().for_each(&choose);
    })
}

fn measures(place: &Place) -> Vec<Measure> {
    place.app.opened.with_untracked(|opened| {
        let mut all = vec![Measure::Times, Measure::Days];
        let Some(opened) = opened.as_ref() else { return all };
        if opened.mapping.value.is_some() {
            all.push(Measure::Revenue);
        }
        let of_rows = || {
            let fits = |role: Role| !matches!(role, Role::Time | Role::Ignore | Role::User | Role::Event);
            opened.columns.iter().filter(move |column| !column.of_user && fits(column.role))
        };
        for column in of_rows().filter(|column| column.kind == ColumnType::Number) {
            let name = || column.name.clone();
            all.extend([
                Measure::Sum(name()),
                Measure::Average(name()),
                Measure::Smallest(name()),
                Measure::Largest(name()),
            ]);
        }
        all.extend(of_rows().map(|column| Measure::Distinct(column.name.clone())));
        all
    })
}
