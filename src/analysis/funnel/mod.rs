//! How many get from the first step to the last, and where the others stay behind.
//!
//! **Definition.** A unit (a user, an attempt, a session) has reached step *k* when it has a chain of rows for the steps 1 to
//! *k*, each at or after the one before and at most a *window* after the first, both bounds included: the level of
//! ClickHouse's `windowFunnel`. Of several chains the one that gets furthest counts; of those the one that begins first. Its
//! next steps are the first rows that fit. Windows are elapsed time; a day is 24 hours.
//!
//! **Not yet is not no.** A unit that has not converted, and whose window was not over when the data end, is *open*: a third
//! state, neither converted nor lost. Rates are given of all and of those that are closed.
//!
//! **Dates** bound the first step. The steps after it are followed as far as their window and the data reach.
//!
//! **Variants.** Steps in strict order (no other row between them) or any order; ClickHouse's modes; optional steps, which those after them can be
//! reached without; a time limit for a step since the one before (the row of a step is then the last that fits); exclusions, which
//! end the attempts that stand between two steps and whose last step was before them; columns whose value is held constant, rows
//! without a value being left out; attempts, which do not overlap; sessions by inactivity.
//!
//! One pass over the rows of each user; memory for the rows of one user only.

mod account;
pub mod drivers;
mod loose;
mod ordered;
mod params;
mod plain;
mod report;
mod scan;
mod steps;
mod tally;
mod unit;

pub use params::{Breakdown, Count, Duration, Exclusion, MOST_STEPS, Mode, Order, Params, Step, Touch, Unit};
pub use report::{Cell, Group, Histogram, PeriodConversion, Report, State, StepCount, StepTime};

use std::ops::Range;

use super::account::Account;
use super::{Members, Question, activity_members};
use crate::dataset::view::View;
use crate::error::Result;
use ordered::Machine;
use params::Rules;
use plain::Plain;
use tally::{Places, Tally, Wanted};
use unit::{Event, MAY_BEGIN, Outcome, Units};

/// Who gets from the first step to the last.
#[derive(Debug)]
pub struct Funnel;

impl Question for Funnel {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn dates_bound_entry(_: &Params) -> bool {
        true
    }

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let mut tally = counted(view, params)?;
        if params.trend.is_some() {
            let places = Places::new(view, params)?;
            each_in_periods(view, params, (everybody(view), &places), |_, period, outcome| {
                tally.add_to_period(period, outcome)
            })?;
        }
        tally.report()
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let mut wanted = Wanted::new(view, params, cell)?;
        if cell.others {
            // Which groups stand together is known when all are counted.
            wanted.only_groups(counted(view, params)?.ranked().1);
        }
        let mut users = Vec::new();
        let mut add = |user: usize, outcome: &Outcome| {
            let code = u32::try_from(user).unwrap_or(u32::MAX);
            if users.last() != Some(&code) && wanted.has(user, outcome) {
                users.push(code);
            }
        };
        match wanted.period {
            None => each(view, params, everybody(view), add)?,
            Some(wanted_period) => {
                let places = (everybody(view), &wanted.places);
                each_in_periods(view, params, places, |user, period, outcome| {
                    if period == wanted_period {
                        add(user, outcome);
                    }
                })?
            }
        }
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        account::account(view, params, cell, user)
    }
}

/// All units, counted.
fn counted<'v, 'p>(view: &'v View<'v>, params: &'p Params) -> Result<Tally<'v, 'p>> {
    let mut tally = Tally::new(view, params)?;
    each(view, params, everybody(view), |user, outcome| tally.add(user, outcome))?;
    Ok(tally)
}

fn everybody(view: &View<'_>) -> Range<usize> {
    0..view.log.users.len()
}

/// Hands over what became of each unit of each of these users who has reached the first step.
fn each(
    view: &View<'_>,
    params: &Params,
    users: Range<usize>,
    mut found: impl FnMut(usize, &Outcome),
) -> Result<()> {
    let rules = params.rules()?;
    let mut units = Units::new(view, params, &rules)?;
    let mut machine = Machine::default();
    let end = view.last_instant();
    let by_user = params.count == Count::Users && params.hold.is_empty() && rules.is_plain();
    for user in users {
        if by_user {
            let outcome = units.plain(user, &rules, end);
            if outcome.reached != 0 {
                found(user, &outcome);
            }
            continue;
        }
        let mut best = Outcome::NOTHING;
        units.of_user(user, |events| match params.count {
            Count::Attempts => attempts(&mut machine, events, &rules, end, |outcome| found(user, outcome)),
            Count::Sessions => {
                let outcome = of_unit(&mut machine, events, &rules, end);
                if outcome.reached != 0 {
                    found(user, &outcome);
                }
            }
            Count::Users => better(&rules, &mut best, of_unit(&mut machine, events, &rules, end)),
        });
        if best.reached != 0 {
            found(user, &best);
        }
    }
    Ok(())
}

/// Hands over what became of each unit in each period in which it began: only first steps in the period begin an attempt.
fn each_in_periods(
    view: &View<'_>,
    params: &Params,
    (users, places): (Range<usize>, &Places<'_, '_>),
    mut found: impl FnMut(usize, usize, &Outcome),
) -> Result<()> {
    if params.count == Count::Attempts {
        return each(view, params, users, |user, outcome| {
            if let Some(period) = outcome.row(0).and_then(|row| places.period(row)) {
                found(user, period, outcome);
            }
        });
    }
    let rules = params.rules()?;
    let mut units = Units::new(view, params, &rules)?;
    let mut machine = Machine::default();
    let end = view.last_instant();
    let mut in_period: Vec<Event> = Vec::new();
    let mut best: Vec<(usize, Outcome)> = Vec::new();
    for user in users {
        best.clear();
        units.of_user(user, |events| {
            let mut next = 0;
            while let Some((first, period)) = next_period(events, next, places) {
                next = of_period((events, first, period), &rules, places, &mut in_period);
                let outcome = of_unit(&mut machine, &in_period, &rules, end);
                match best.iter_mut().find(|(known, _)| *known == period && params.count == Count::Users) {
                    Some((_, known)) => better(&rules, known, outcome),
                    None => best.push((period, outcome)),
                }
            }
        });
        best.iter()
            .filter(|(_, outcome)| outcome.reached != 0)
            .for_each(|(period, outcome)| found(user, *period, outcome));
    }
    Ok(())
}

/// The next row that may begin an attempt, and its period.
fn next_period(events: &[Event], from: usize, places: &Places<'_, '_>) -> Option<(usize, usize)> {
    let mut rest = events.iter().enumerate().skip(from).filter(|(_, event)| event.mask & MAY_BEGIN != 0);
    rest.find_map(|(place, event)| Some((place, places.period(event.row as usize)?)))
}

/// Copies the rows that matter for attempts which begin in a period. Tells where the next period begins.
fn of_period(
    (events, first, period): (&[Event], usize, usize),
    rules: &Rules,
    places: &Places<'_, '_>,
    copy: &mut Vec<Event>,
) -> usize {
    let at = events.get(first).map(|event| event.at);
    // Rows of the same time may be steps too.
    let start = events
        .get(..first)
        .unwrap_or(&[])
        .iter()
        .rposition(|event| Some(event.at) != at)
        .map_or(0, |last| last + 1);
    copy.clear();
    let (mut next, mut limit) = (events.len(), i64::MAX);
    for (place, event) in events.iter().enumerate().skip(start) {
        if event.at > limit {
            break;
        }
        let within = event.mask & MAY_BEGIN != 0 && places.period(event.row as usize) == Some(period);
        if place >= first
            && !within
            && next == events.len()
            && places.period(event.row as usize) != Some(period)
        {
            next = place;
            let last = events.get(place.wrapping_sub(1)).map_or(event.at, |last| last.at);
            limit = last.saturating_add(rules.window);
            if event.at > limit {
                break;
            }
        }
        copy.push(Event { mask: if within { event.mask } else { event.mask & !MAY_BEGIN }, ..*event });
    }
    next
}

/// Keeps the outcome that got further; the earlier one stays when both got as far. Open is what any of them is.
fn better(rules: &Rules, best: &mut Outcome, other: Outcome) {
    let open = best.open || other.open;
    if other.reached > best.reached {
        *best = other;
    }
    best.open = open && best.reached & rules.last_bit() == 0;
}

/// The best attempt of a unit.
fn of_unit(machine: &mut Machine, events: &[Event], rules: &Rules, end: i64) -> Outcome {
    if events.is_empty() {
        Outcome::NOTHING
    } else if rules.order == Order::Any {
        loose::any_order(events, rules, end, false).0
    } else if rules.order == Order::Strict {
        loose::strict(events, rules, end, false).0
    } else if rules.scans() {
        scan::best(events, rules, end)
    } else if rules.is_plain() {
        Plain::best(events, rules, end)
    } else {
        machine.best(events, rules, end)
    }
}

/// All attempts of a unit, one after the other.
fn attempts(
    machine: &mut Machine,
    events: &[Event],
    rules: &Rules,
    end: i64,
    mut found: impl FnMut(&Outcome),
) {
    if rules.order == Order::Ordered {
        return machine.each(events, rules, end, found);
    }
    let mut rest = events;
    while !rest.is_empty() {
        let (outcome, rows) = match rules.order {
            Order::Any => loose::any_order(rest, rules, end, true),
            _ => loose::strict(rest, rules, end, true),
        };
        if outcome.reached == 0 {
            break;
        }
        found(&outcome);
        rest = rest.get(rows.max(1)..).unwrap_or(&[]);
    }
}
