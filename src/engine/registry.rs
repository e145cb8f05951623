//! The list of questions. A new one needs a file in `analysis/` and a line here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::{Query, from_value};
use super::{Outcome, to_json};
use crate::analysis::account::Account;
use crate::analysis::{
    Members, Question, active, clusters, funnel, growth, life_cycle, n_day, overlap, overview, paths,
    portrait, repurchase, retention, revenue_growth, rfm, rule, segment_size, sequence, stickiness, survival,
    tiers, value,
};
use crate::dataset::view::View;
use crate::error::Result;

macro_rules! questions {
    ($($(#[doc = $doc:literal])* $name:ident => $question:ty),* $(,)?) => {
        /// A question that can be asked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum Analysis {
            $($(#[doc = $doc])* $name,)*
        }

        /// Whether dates bound only what begins; see [`Question::dates_bound_entry`].
        pub(super) fn dates_bound_entry(query: &Query) -> Result<bool> {
            match query.analysis {
                $(Analysis::$name => {
                    let params: <$question as Question>::Params = from_value(query.params.clone(), "params")?;
                    Ok(<$question>::dates_bound_entry(&params))
                })*
            }
        }

        /// Answers a query, in JSON.
        pub(super) fn run(query: &Query, view: &View<'_>) -> Result<String> {
            match query.analysis {
                $(Analysis::$name => run_question::<$question>(query, view),)*
            }
        }

        /// The users behind a cell of the answer.
        pub(super) fn members(query: &Query, view: &View<'_>, cell: &Value) -> Result<Members> {
            match query.analysis {
                $(Analysis::$name => members_of_question::<$question>(query, view, cell),)*
            }
        }

        /// What decides whether a user is behind a cell of the answer.
        pub(super) fn account(query: &Query, view: &View<'_>, cell: &Value, user: usize) -> Result<Account> {
            match query.analysis {
                $(Analysis::$name => account_of_question::<$question>(query, view, cell, user),)*
            }
        }
    };
}

questions! {
    /// Where we stand: users, orders, revenue.
    Overview => overview::Overview,
    /// How many come, by day, week and month.
    ActiveUsers => active::ActiveUsers,
    /// Who our buyers are: recency, frequency, monetary value.
    Rfm => rfm::Rfm,
    /// Who stays: cohorts against periods.
    Retention => retention::Retention,
    /// Who is back after N days.
    NDay => n_day::NDay,
    /// Where growth comes from: new, retained, resurrected, churned.
    Growth => growth::Growth,
    /// Who gets from the first step to the last.
    Funnel => funnel::Funnel,
    /// What sets those who get through apart.
    FunnelDrivers => funnel::drivers::FunnelDrivers,
    /// Where revenue growth comes from: new, expansion, contraction, churned, resurrected.
    RevenueGrowth => revenue_growth::RevenueGrowth,
    /// How often users come: active days, and daily, weekly and monthly users compared.
    Stickiness => stickiness::Stickiness,
    /// Who buys again, and when.
    Repurchase => repurchase::Repurchase,
    /// Which ways users take: from a beginning, to an end, around an event.
    Paths => paths::Paths,
    /// What follows what: events against events.
    Transitions => paths::transitions::Transitions,
    /// Who does things in a given order: a pattern of events.
    Sequence => sequence::Sequence,
    /// Who belongs to a segment that is said by rules.
    Rule => rule::RuleSegment,
    /// Where users stand in their life with us, and how they move.
    LifeCycle => life_cycle::LifeCycle,
    /// Which tier of membership users have, and how they move.
    Tiers => tiers::Tiers,
    /// Groups of users who are alike.
    Clusters => clusters::Clusters,
    /// How revenue is spread over users.
    Value => value::Concentration,
    /// What sets a segment apart from everybody else.
    Portrait => portrait::Portrait,
    /// Who belongs to several segments at once.
    Overlap => overlap::Overlap,
    /// How a segment has grown.
    SegmentSize => segment_size::SegmentSize,
    /// How long users stay, when many still do.
    Survival => survival::Survival,
}

fn run_question<Q: Question>(query: &Query, view: &View<'_>) -> Result<String> {
    let params: Q::Params = from_value(query.params.clone(), "params")?;
    let report = Q::run(view, &params)?;
    to_json(&Outcome {
        analysis: query.analysis,
        params: &params,
        filter: &query.filter,
        time_zone: view.log.zone.name(),
        week_start: view.log.week_start,
        population: view.population(),
        report,
    })
}

fn account_of_question<Q: Question>(
    query: &Query,
    view: &View<'_>,
    cell: &Value,
    user: usize,
) -> Result<Account> {
    let params: Q::Params = from_value(query.params.clone(), "params")?;
    Q::account(view, &params, &from_value(cell.clone(), "why.cell")?, user)
}

fn members_of_question<Q: Question>(query: &Query, view: &View<'_>, cell: &Value) -> Result<Members> {
    let params: Q::Params = from_value(query.params.clone(), "params")?;
    Q::members(view, &params, &from_value(cell.clone(), "users.cell")?)
}
