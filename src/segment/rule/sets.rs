//! Conditions that are decided for all users beforehand: what is known of them, and who is among the most or the least.

use std::rc::Rc;

use super::gauge::{Gauge, Meter, Reading};
use super::plan::{ONE, millionths};
use super::{Measure, Top, Which};
use crate::dataset::calendar::Day;
use crate::dataset::events::Matcher;
use crate::dataset::filter::{Condition, Test};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::ingest::mapping::Role;

/// Whether a condition is on a column of rows, not of users.
pub(super) fn is_of_rows(view: &View<'_>, condition: &Condition) -> bool {
    let log = view.log;
    condition.column.as_ref().is_none_or(|name| {
        log.mapping.role(name) != Role::User && log.columns.iter().any(|column| column.name == *name)
    })
}

/// Marks the users of whom a condition holds: of an attribute of theirs, or of one of the cells of their rows.
pub(super) fn attribute(
    view: &View<'_>,
    condition: &Condition,
    which: Which,
    as_of: Day,
) -> Result<Rc<[bool]>> {
    let test = view.test(condition).map_err(|error| error.within("condition"))?;
    let users = view.log.users.len();
    if let Test::Users(marks) = &test {
        return Ok(Rc::clone(marks));
    }
    let up_to = |row: &usize| view.log.days.get(*row).is_some_and(|day| *day <= as_of.0);
    let counts = |row: &usize| up_to(row) && view.has(*row) && test.has_cell(*row);
    let of_user = |user: usize| {
        let mut rows = view.log.rows_of(user).filter(counts);
        match which {
            Which::Any => rows.any(|row| test.passes(row, user)),
            Which::First => rows.next().is_some_and(|row| test.passes(row, user)),
            Which::Last => rows.next_back().is_some_and(|row| test.passes(row, user)),
        }
    };
    Ok((0..users).map(of_user).collect())
}

/// Marks those who did most, or least.
pub(super) fn top(view: &View<'_>, top: &Top, as_of: Day) -> Result<Rc<[bool]>> {
    let percent = millionths(&Some(top.percent.clone()), "percent")?.unwrap_or(0);
    if !(1..=100 * ONE).contains(&percent) {
        return Err(Error::bad_value("percent", top.percent.text(), "more than 0, at most 100"));
    }
    let days = top.window.days(as_of)?;
    // A number of rows is the sum of a gauge that counts days, but for the days.
    let gauge = Gauge::of_measure(view, &top.measure, 0, days)?;
    let matcher = view.matcher_of(&top.event, "event")?;
    let figures = figures(view, &matcher, &top.measure, &gauge, as_of);
    let mut sorted: Vec<Reading> = figures.iter().map(|(_, reading)| *reading).collect();
    // The users who are in, rounded up: the last of them sets the bound.
    let users = (sorted.len() as i128 * percent).div_euclid(100 * ONE)
        + i128::from((sorted.len() as i128 * percent).rem_euclid(100 * ONE) > 0);
    let mut marks = vec![false; view.log.users.len()];
    let Some(last) = usize::try_from(users - 1).ok().filter(|last| *last < sorted.len()) else {
        return Ok(marks.into());
    };
    let order = |a: &Reading, b: &Reading| {
        let rising = compare(a, b);
        if top.lowest { rising } else { rising.reverse() }
    };
    let (_, bound, _) = sorted.select_nth_unstable_by(last, order);
    for (user, reading) in &figures {
        if let Some(slot) = marks.get_mut(*user) {
            *slot = order(reading, bound).is_le();
        }
    }
    Ok(marks.into())
}

/// `a / b` against `c / d`, exactly; divisors are above zero.
fn compare(a: &Reading, b: &Reading) -> std::cmp::Ordering {
    a.sum.saturating_mul(b.of).cmp(&b.sum.saturating_mul(a.of))
}

/// What was measured of everyone of whom there was anything to measure.
fn figures(
    view: &View<'_>,
    matcher: &Matcher<'_>,
    measure: &Measure,
    gauge: &Gauge,
    as_of: Day,
) -> Vec<(usize, Reading)> {
    let log = view.log;
    let mut meter = Meter::new(log, gauge);
    let (mut figures, mut found) = (Vec::new(), Vec::new());
    for (user, days) in view.user_days().iter() {
        let Some(first) = days.first().copied().filter(|first| *first <= as_of.0) else { continue };
        meter.begin(first, as_of.0);
        let (from, to) = gauge.days.for_user(first);
        let mut times = 0i128;
        matcher.gather(user, log.rows_of(user), 1, &mut found);
        for found in &found {
            let Some(&day) = log.days.get(found.row as usize) else { continue };
            if day >= from && day <= to.min(as_of.0) {
                times += 1;
                meter.add(found.row as usize, day, 1);
            }
        }
        let reading = match measure {
            Measure::Times => Some(Reading { sum: times * ONE, of: 1 }),
            _ => meter.reading(),
        };
        let is_any =
            if matches!(measure, Measure::Times | Measure::Days) { times > 0 } else { meter.has_any() };
        figures.extend(reading.filter(|_| is_any).map(|reading| (user, reading)));
    }
    figures
}
