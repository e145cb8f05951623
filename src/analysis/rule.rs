//! Who belongs to a segment that is said by rules: conditions on what users did and are.
//!
//! **Definition.** See [`crate::segment::rule`]. Counted are users with a row in view up to the day the rule is asked as of;
//! each is in or out. For every condition and group of the rule, the answer says for how many users it holds taken alone, and
//! five of those who are in are shown with what decided; they are spread evenly over the users in the order of the data.

use serde::{Deserialize, Serialize};

use super::account::{Account, Fact, Role, Value};
use super::segment_size::dated_by_default;
use super::{Members, Question, activity_members};
use crate::dataset::calendar::Day;
use crate::dataset::segment::UserSet;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::segment::rule::{Asked, Evaluated, Figure, Judge, Plan, Rule, evaluate};

/// How many examples are shown.
const EXAMPLES: u64 = 5;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The rule; everybody when absent.
    pub rule: Rule,
    /// The day it is asked as of, and segments in it that name none; the last day that is looked at when absent.
    pub as_of: Option<Day>,
}

/// How many there are, and who some of them are. `users` is at most `asked`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The day it was asked as of.
    pub as_of: Day,
    /// Users who are in.
    pub users: u64,
    /// Users who were asked.
    pub asked: u64,
    /// For how many of them each condition and group holds taken alone: each group before its parts.
    pub nodes: Vec<u64>,
    /// Some of those who are in.
    pub examples: Vec<Example>,
}

/// A user, and what decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// The user's id.
    pub user: String,
    /// What became of each condition; groups are left out.
    pub conditions: Vec<Verdict>,
}

/// What became of a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Its place among conditions and groups, as in [`Report::nodes`].
    pub node: usize,
    /// Whether it holds.
    pub met: bool,
    /// The figure that decided: how often, how much; absent where there is only yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<Value>,
}

/// Users that can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cell {
    /// Those who are in.
    In,
    /// Those who were asked and are out.
    Out,
    /// Those for whom a condition or group holds taken alone, by its place in [`Report::nodes`].
    Node(usize),
}

/// Who belongs to a segment.
#[derive(Debug)]
pub struct RuleSegment;

impl Question for RuleSegment {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let plan = plan(view, params)?;
        let Evaluated { users, asked, nodes } = evaluate(view, &plan)?;
        let mut judge = Judge::new(view, &plan)?;
        let examples = spread(&users).into_iter().map(|user| {
            let verdicts = verdicts(view, params, &mut judge, user as usize);
            Example { user: view.log.users.get(user).to_owned(), conditions: verdicts }
        });
        let examples = examples.collect();
        Ok(Report { as_of: plan.as_of, users: users.len(), asked: asked.len(), nodes, examples })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let set = match cell {
            Cell::In => evaluated(view, params)?.users,
            Cell::Out => {
                let Evaluated { users, asked, .. } = evaluated(view, params)?;
                asked.without(&users)
            }
            Cell::Node(place) => {
                let nodes = params.rule.in_order();
                let rule = nodes.get(*place).ok_or_else(|| {
                    let last = nodes.len().saturating_sub(1);
                    Error::bad_value("users.cell.node", place, format!("0 to {last}"))
                })?;
                evaluated(view, &Params { rule: (*rule).clone(), as_of: params.as_of })?.users
            }
        };
        Ok(activity_members(view, set.iter().collect()))
    }

    fn account(view: &View<'_>, params: &Params, _: &Cell, user: usize) -> Result<Account> {
        let plan = plan(view, params)?;
        let mut account = Account::default();
        let day = view.user_days().of(user).first().copied();
        let Some(first) = day.filter(|first| *first <= plan.as_of.0) else {
            account.tell("rule_unseen", [("as_of", Value::Day(plan.as_of))]);
            return Ok(account);
        };
        let mut judge = Judge::new(view, &plan)?;
        let rules = params.rule.in_order();
        for Verdict { node, met, figure } in verdicts(view, params, &mut judge, user) {
            let Some(rule) = rules.get(node) else { continue };
            let condition = ("condition", Value::Rule(Box::new((*rule).clone())));
            account.facts.push(match (met, figure) {
                (true, None) => Fact::new("rule_met", [condition]),
                (false, None) => Fact::new("rule_unmet", [condition]),
                (true, Some(figure)) => Fact::new("rule_met_figure", [condition, ("figure", figure)]),
                (false, Some(figure)) => Fact::new("rule_unmet_figure", [condition, ("figure", figure)]),
            });
        }
        let leaves = (0..rules.len()).filter(|node| rules.get(*node).is_some_and(|rule| !rule.is_group()));
        for (number, node) in (1u32..).zip(leaves) {
            let looks_at = |row: &usize| judge.looks_at(node, *row, user, first);
            let rows = view.log.rows_of(user).filter(looks_at);
            account.roles.extend(rows.map(|row| Role { row, key: "condition", number: Some(number) }));
        }
        Ok(account)
    }
}

fn plan(view: &View<'_>, params: &Params) -> Result<Plan> {
    let dated = params.as_of.map(|day| dated(&params.rule, day));
    let rule = dated.as_ref().unwrap_or(&params.rule);
    Plan::new(view, Asked { rule, as_of: params.as_of }, "params.rule")
}

/// The rule with the segments in it as of its day, where they name none themselves.
fn dated(rule: &Rule, day: Day) -> Rule {
    let all = |parts: &[Rule]| parts.iter().map(|part| dated(part, day)).collect();
    match rule {
        Rule::All(parts) => Rule::All(all(parts)),
        Rule::Any(parts) => Rule::Any(all(parts)),
        Rule::Not(part) => Rule::Not(Box::new(dated(part, day))),
        Rule::Segment(segment) => Rule::Segment(Box::new(dated_by_default(segment, day))),
        condition => condition.clone(),
    }
}

fn evaluated(view: &View<'_>, params: &Params) -> Result<Evaluated> {
    evaluate(view, &plan(view, params)?)
}

/// Some users of a set, evenly apart.
fn spread(users: &UserSet) -> Vec<u32> {
    let shown = users.len().min(EXAMPLES);
    (0..shown).filter_map(|place| users.nth(place * users.len() / shown)).collect()
}

/// What became of each condition of the rule for a user.
fn verdicts(view: &View<'_>, params: &Params, judge: &mut Judge<'_>, user: usize) -> Vec<Verdict> {
    let first = view.user_days().of(user).first().copied().unwrap_or(0);
    let met = judge.judge(user, first).to_vec();
    let rules = params.rule.in_order();
    let leaves = rules.iter().enumerate().filter(|(_, rule)| !rule.is_group());
    let verdict = |(node, _): (usize, &&Rule)| Verdict {
        node,
        met: met.get(node) == Some(&true),
        figure: judge.figure(node).and_then(|figure| match figure {
            Figure::Count(number) => Some(Value::Count(number)),
            Figure::Amount(amount) => Some(Value::Amount(amount)),
            Figure::None => None,
        }),
    };
    leaves.map(verdict).collect()
}
