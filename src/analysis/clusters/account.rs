//! Why a user is in a cluster: the nearest centre, how near it is, and which would be next.

use super::grouping::Grouping;
use crate::analysis::account::{self, Account, Value};
use crate::dataset::view::View;
use crate::segment::features::Feature;
use crate::table::decimal::Amount;

/// The figures of a user, and the two nearest centres.
pub(super) fn account(view: &View<'_>, grouping: &Grouping, user: usize) -> Account {
    let mut account = Account::default();
    let as_of = ("as_of", Value::Day(grouping.figures.as_of));
    let of_purchases = grouping.features.iter().any(|feature| feature.is_of_purchases());
    let own = u32::try_from(user).unwrap_or(u32::MAX);
    let place = grouping.figures.users.binary_search(&own).ok();
    let Some((place, groups)) = place.and_then(|place| Some((place, grouping.groups()?))) else {
        account.tell(if of_purchases { "clusters_no_purchase" } else { "clusters_none" }, [as_of]);
        return account;
    };
    for (feature, column) in grouping.features.iter().zip(&grouping.figures.columns) {
        let figure = column.get(place).copied().unwrap_or(0.0);
        let name = ("feature", Value::Name(feature.key().into()));
        account.tell("clusters_figure", [name, ("figure", told(*feature, figure, view))]);
    }
    let distances = grouping.points.distances(place, &groups.centres);
    let mut ranked: Vec<(f64, u8)> = distances.into_iter().zip(0u8..).collect();
    ranked.retain(|(_, label)| grouping.order().contains(label));
    // Where two are equally near, the user's own comes first.
    let mine = grouping.label(place);
    ranked.sort_by(|one, other| {
        one.0.total_cmp(&other.0).then_with(|| (Some(one.1) != mine).cmp(&(Some(other.1) != mine)))
    });
    for (key, (distance, label)) in ["clusters_nearest", "clusters_second"].into_iter().zip(ranked) {
        let number = ("cluster", account::count(grouping.number(label) as usize));
        account.tell(key, [number, ("distance", rounded(distance, 2))]);
    }
    if of_purchases {
        account.mark_trades(view, user);
        let last = grouping.figures.as_of.0;
        account.roles.retain(|role| view.log.days.get(role.row).is_some_and(|day| *day <= last));
    } else {
        account.mark((view, user), (i32::MIN, grouping.figures.as_of.0), "active", |row| view.has(row));
    }
    account
}

/// A figure in its own unit: whole where it is a count.
fn told(feature: Feature, figure: f64, view: &View<'_>) -> Value {
    match feature {
        Feature::Monetary | Feature::AverageOrder => {
            let scale = view.log.values().map_or(0, |values| values.scale);
            Value::Amount(Amount { units: (figure * 10f64.powi(i32::from(scale))).round() as i64, scale })
        }
        Feature::ActiveShare => rounded(figure, 3),
        Feature::Gap => rounded(figure, 1),
        _ => Value::Count(figure.round() as u64),
    }
}

fn rounded(number: f64, places: u8) -> Value {
    let units = (number * 10f64.powi(i32::from(places))).round() as i64;
    Value::Amount(Amount { units, scale: places })
}
