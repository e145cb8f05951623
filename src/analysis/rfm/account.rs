//! Why a buyer has these scores.

use super::buyers::Buyers;
use super::{Basis, Params, code};
use crate::analysis::account::{self, Account, Fact, Role, Value};
use crate::dataset::Kind;
use crate::dataset::view::View;
use crate::segment::names::Segment;
use crate::segment::score::Weights;

/// The figures and scores of one buyer, and the rows that they are of.
pub(super) fn account(view: &View<'_>, params: &Params, buyers: &Buyers, user: usize) -> Account {
    let as_of = ("as_of", Value::Day(buyers.as_of));
    let own = u32::try_from(user).unwrap_or(u32::MAX);
    let Some(index) = buyers.users.iter().position(|buyer| *buyer == own) else {
        let key = if buyers.basis == Basis::Money { "rfm_none" } else { "rfm_none_active" };
        return Account { facts: vec![Fact::new(key, [as_of])], roles: Vec::new() };
    };
    let count = |number: Option<&i64>| Value::Count(number.map_or(0, |number| number.unsigned_abs()));
    let [r, f, m] = buyers.scores(index);
    let segment = Segment::of(r, f, params.segment_map).key();
    let as_of_again = as_of.clone();
    let mut facts = vec![
        Fact::new("rfm_recency", [("days", count(buyers.recency.get(index))), as_of]),
        Fact::new("rfm_frequency", [("times", count(buyers.frequency.get(index)))]),
    ];
    let third = buyers.monetary.get(index);
    if buyers.basis == Basis::Engagement {
        facts = vec![
            Fact::new("rfm_recency_active", [("days", count(buyers.recency.get(index))), as_of_again]),
            Fact::new("rfm_frequency_active", [("times", count(buyers.frequency.get(index)))]),
            Fact::new("rfm_engagement", [("events", count(third))]),
        ];
    } else if view.log.values().is_some() {
        let monetary = view.log.amount(third.copied().unwrap_or(0));
        facts.push(Fact::new("rfm_monetary", [("amount", Value::Amount(monetary))]));
    }
    let scores = [("code", Value::Text(code([r, f, m]))), ("segment", Value::Name(segment.into()))];
    facts.push(Fact::new("rfm_scores", scores));
    if params.weights != Weights::default() {
        facts.push(Fact::new(
            "rfm_level",
            [("level", account::count(params.weights.level([r, f, m]).into()))],
        ));
    }
    if buyers.basis == Basis::Engagement {
        return Account { facts, roles: Vec::new() };
    }
    let trades = view.trades();
    let role = |&row: &u32| {
        let row_day = view.log.days.get(row as usize).copied().unwrap_or(i32::MAX);
        let key = match trades.get(row).0 {
            _ if row_day > buyers.as_of.0 => return None,
            Kind::Purchase => "purchase",
            Kind::Refund if params.net_of_refunds => "refund",
            _ => return None,
        };
        Some(Role { row: row as usize, key, number: None })
    };
    Account { facts, roles: trades.rows_of(user).iter().filter_map(role).collect() }
}
