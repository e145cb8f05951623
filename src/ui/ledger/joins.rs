//! How the files beside events and orders fit them: ids, attributes, costs, surveys.

use leptos::prelude::*;

use super::parts::{counted, row_number, sum, table};
use crate::text;
use crate::widgets::table::amount_text;
use strata::dataset::costs::CostsReport;
use strata::dataset::identity::{Conflict, IdentityReport, Orphans};
use strata::dataset::joins::Joins;
use strata::dataset::surveys::SurveysReport;
use strata::dataset::user_table::{Contradiction, UsersReport};
use strata::locale::{Language, fill};

/// What there is to tell of each kind of file.
pub fn joins(language: Language, joins: &Joins) -> Vec<AnyView> {
    let identity = joins.identity.as_ref().map(|report| ids(language, report, joins.orphans.as_ref()));
    let attributes = joins.users.as_ref().map(|report| users(language, report));
    let spent = joins.costs.as_ref().map(|report| costs(language, report));
    let asked = joins.surveys.as_ref().map(|report| surveys(language, report));
    [identity, attributes, spent, asked].into_iter().flatten().collect()
}

/// A section with a sum, counts and tables.
fn section(
    id: &'static str,
    title: &'static str,
    head: Option<AnyView>,
    counts: impl IntoIterator<Item = Option<AnyView>>,
    tables: Option<AnyView>,
) -> AnyView {
    let counts: Vec<AnyView> = counts.into_iter().flatten().collect();
    view! {
        <section class="ledger-part" id=id>
            <h3>{title}</h3>
            {head}
            {(!counts.is_empty()).then(|| view! { <dl class="counts">{counts}</dl> })}
            {tables}
        </section>
    }
    .into_any()
}

fn ids(language: Language, report: &IdentityReport, orphans: Option<&Orphans>) -> AnyView {
    let words = language.words();
    let numbers = (report.ids, report.users, report.merged);
    let equation = sum(language, words.ledger_ids_equation, ["ids", "users", "merged"], numbers);
    let lost = orphans.map(|orphans| &orphans.users_without_events);
    let unknown = orphans.map(|orphans| &orphans.ids_not_in_map);
    let counts = [
        counted(language, "ids-single", words.ledger_ids_single, report.rows_single, &[]),
        counted(language, "ids-conflicts", words.ledger_ids_conflicts, report.conflicts, &[]),
        lost.and_then(|lost| {
            counted(language, "ids-without-rows", words.ledger_ids_without_rows, lost.count, &lost.first)
        }),
        unknown.and_then(|unknown| {
            counted(language, "ids-unknown", words.ledger_ids_unknown, unknown.count, &unknown.first)
        }),
    ];
    let conflicts = &report.conflict_examples;
    let mut heads =
        vec![(words.ledger_ids_shared, false), (words.ledger_ids_members, false), (words.ledger_file, false)];
    if conflicts.iter().any(|conflict| conflict.row > 0) {
        heads.push((words.ledger_row, true));
    }
    let row = |conflict: &Conflict| {
        let members = conflict.members.join(words.app_list);
        vec![conflict.id.clone(), members, conflict.file.clone(), row_number(language, conflict.row)]
    };
    let examples = (!conflicts.is_empty())
        .then(|| table("ids-conflict", words.ledger_ids_conflicts, &heads, conflicts.iter().map(row)));
    section("ledger-ids", words.ledger_ids_title, Some(equation), counts, examples)
}

fn users(language: Language, report: &UsersReport) -> AnyView {
    let words = language.words();
    let without = &report.without_events;
    let numbers = (report.users, report.matched, without.count);
    let equation = sum(language, words.ledger_users_equation, ["users", "matched", "without"], numbers);
    let counts = [
        counted(language, "users-without", words.ledger_users_without, without.count, &without.first),
        counted(language, "users-bare", words.ledger_users_bare, report.without_attributes, &[]),
        counted(
            language,
            "users-contradictions",
            words.ledger_users_contradictions,
            report.contradictions,
            &[],
        ),
    ];
    let said = &report.contradiction_examples;
    let mut heads = vec![
        (words.role_user, false),
        (words.ledger_column, false),
        (words.ledger_earlier, false),
        (words.ledger_later, false),
    ];
    if said.iter().any(|said| said.row > 0) {
        heads.push((words.ledger_row, true));
    }
    let row = |said: &Contradiction| {
        let Contradiction { user, row, column, earlier, later } = said.clone();
        vec![user, column, earlier, later, row_number(language, row)]
    };
    let examples = (!said.is_empty()).then(|| {
        table("users-contradiction", words.ledger_users_contradictions, &heads, said.iter().map(row))
    });
    section("ledger-users", words.ledger_users_title, Some(equation), counts, examples)
}

fn costs(language: Language, report: &CostsReport) -> AnyView {
    let words = language.words();
    let days = report.span.map(|(first, last)| {
        fill(words.app_range, &[("from", &language.date(first)), ("to", &language.date(last))])
    });
    let total = report.cost.map(|cost| amount_text(cost, language));
    let facts = [
        (words.ledger_costs_total, total),
        (words.ledger_costs_channels, Some(text::count(language, report.channels))),
        (words.ledger_days, days),
    ];
    let fact = |(label, value): (&'static str, Option<String>)| {
        Some(view! { <div><dt>{label}</dt><dd>{value?}</dd></div> }.into_any())
    };
    let facts: Vec<AnyView> = facts.into_iter().filter_map(fact).collect();
    let head = view! { <dl class="facts">{facts}</dl> }.into_any();
    let (unseen, free) = (&report.without_events, &report.without_costs);
    let counts = [
        counted(
            language,
            "costs-without-events",
            words.ledger_costs_without_events,
            unseen.count,
            &unseen.first,
        ),
        counted(language, "costs-without-costs", words.ledger_costs_without_costs, free.count, &free.first),
    ];
    section("ledger-costs", words.ledger_costs_title, Some(head), counts, None)
}

fn surveys(language: Language, report: &SurveysReport) -> AnyView {
    let words = language.words();
    let numbers = (report.answers, report.answers_matched, report.answers_unmatched);
    let equation = sum(language, words.ledger_surveys_equation, ["answers", "matched", "others"], numbers);
    let others = &report.without_events;
    let counts =
        [counted(language, "surveys-others", words.ledger_surveys_others, others.count, &others.first)];
    section("ledger-surveys", words.ledger_surveys_title, Some(equation), counts, None)
}
