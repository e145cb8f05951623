//! Steps and cohorts as tables, and the cells behind their figures.

use crate::widgets::table::{Datum, TableData};
use strata::analysis::repurchase::{Cell, Cohort, Conversion, State, Step};
use strata::locale::{Language, Words};

use super::{Answer, state_name};

/// The states that the tables count.
const STATES: [State; 5] = [State::All, State::Converted, State::Open, State::Lapsed, State::Mature];

/// The column that the first of [`STATES`] stands in: of steps, and of cohorts.
const FIRST: [usize; 2] = [1, 2];

fn users(own: &Conversion, state: State) -> u64 {
    match state {
        State::All => own.users,
        State::Converted => own.converted,
        State::Open => own.open,
        State::Lapsed => own.lapsed,
        State::Repeated => own.repeated,
        State::Mature => own.mature,
    }
}

fn counts(own: &Conversion) -> impl Iterator<Item = Datum> {
    let counts = STATES.map(|state| Datum::Count(users(own, state)));
    counts.into_iter().chain([Datum::share(own.rate)])
}

/// The columns of [`counts`].
fn names(words: &Words) -> impl Iterator<Item = (String, bool)> {
    let states = STATES.map(|state| match state {
        State::All => words.page_repurchase_users,
        state => state_name(state, words),
    });
    states.into_iter().chain([words.page_repurchase_rate]).map(|name| (name.to_owned(), true))
}

pub fn steps(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let row = |step: &Step| {
        let median = step.median_days.map_or(Datum::Nothing, Datum::Number);
        std::iter::once(Datum::Count(u64::from(step.order)))
            .chain(counts(&step.conversion))
            .chain([median])
            .collect()
    };
    let [first, _] = FIRST;
    let columns = std::iter::once((words.page_repurchase_order.to_owned(), true)).chain(names(words));
    TableData {
        columns: columns.chain([(words.page_repurchase_median_days.to_owned(), true)]).collect(),
        rows: answered.report.steps.iter().map(row).collect(),
        opens: (first..first + STATES.len()).collect(),
        ..TableData::default()
    }
}

pub fn step_cell(answered: &Answer, row: usize, column: usize) -> Option<Cell> {
    let [first, _] = FIRST;
    let state = *STATES.get(column.checked_sub(first)?)?;
    Some(Cell::Step { order: answered.report.steps.get(row)?.order, state })
}

/// Cohorts with users, latest first.
fn filled(answered: &Answer) -> impl Iterator<Item = &Cohort> {
    answered.report.cohorts.iter().rev().filter(|cohort| cohort.conversion.users > 0)
}

pub fn cohorts(answered: &Answer, language: Language) -> TableData {
    let words = language.words();
    let revenue = answered.report.revenue.is_some();
    let row = |cohort: &Cohort| {
        let head = [Datum::Day(cohort.start), Datum::Day(cohort.end)];
        let revenue = cohort.revenue.map(Datum::Amount);
        head.into_iter()
            .chain(counts(&cohort.conversion))
            .chain([Datum::Count(cohort.orders)])
            .chain(revenue)
            .collect()
    };
    let [_, first] = FIRST;
    let head = [(words.page_repurchase_start, false), (words.page_repurchase_end, false)];
    let head = head.into_iter().map(|(name, figures)| (name.to_owned(), figures));
    let rest = std::iter::once(words.page_repurchase_orders)
        .chain(revenue.then_some(words.page_repurchase_revenue))
        .map(|name| (name.to_owned(), true));
    TableData {
        columns: head.chain(names(words)).chain(rest).collect(),
        rows: filled(answered).map(row).collect(),
        opens: (first..first + STATES.len()).collect(),
        spare: vec![1],
        ..TableData::default()
    }
}

pub fn cohort_cell(answered: &Answer, row: usize, column: usize) -> Option<Cell> {
    let [_, first] = FIRST;
    let state = *STATES.get(column.checked_sub(first)?)?;
    Some(Cell::Cohort { start: filled(answered).nth(row)?.start, state })
}
