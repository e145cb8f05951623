//! What sets a segment apart from everybody else: what its users are, what they do, how much and how often.
//!
//! **Definition.** As of a date, everybody are the users with a row in view up to it; the segment are those of them who belong to it, the
//! *rest* are the others. Without a segment everybody is described, and nothing is compared.
//!
//! - The *value* of a user in a text column is the last one known: of the last row in view up to the date whose cell is not empty, or of
//!   the user where the column belongs to users. Of whom none is known, that is a value of its own, unless it is left out; then shares
//!   are of the others. An *event* is done by who has a row of it.
//! - *Index* = share (or mean) in the segment / that among everybody × 100: 100 is the average (in China: TGI).
//! - *Difference* = share in the segment − share in the rest, with Newcombe's interval, 95 %; its p-value is that of the z-test with the pooled
//!   share, where five are expected of each (Cochran 1954). Means are compared by Welch's t-test. All p-values of an answer are
//!   adjusted together (Benjamini and Hochberg 1995).
//! - *Effect* is Cohen's h of shares and Cohen's d of means: 0.2 is small, 0.5 medium, 0.8 large.
//! - *Diversity* and the *population stability index* of a column are those of all its values; see [`crate::model::diversity`].
//!
//! Texts with the fewest users stand together as others. A column is looked at by itself if it belongs to users, holds channels, or
//! has at most 50 texts. What a segment is defined by sets it apart, of course: apart is not because.

mod attributes;
mod crowd;
mod events;
mod figures;
mod report;

use serde::{Deserialize, Serialize};

use super::account::{Account, Role, Value};
use super::{Members, Question, activity_members};
use crate::dataset::calendar::Day;
use crate::dataset::segment::UserSegment;
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::model::proportion::{benjamini_hochberg, cohens_h, difference, two_proportions};
use crate::segment::orders::OrderUnit;
use attributes::{Counted, Source};
pub(super) use crowd::Crowd;
use crowd::Parted;
use events::{Doers, Events, MOST_EVENTS};
use figures::Figures;
pub use report::{
    Attribute, Figure, Measure, Report, Share, Side, SkipReason, Skipped, Spread, Strong, Trait,
};

/// The most values of a column that are told.
const MOST_VALUES: u32 = 100;

/// A difference is beyond doubt below this p-value, adjusted.
pub const SURE: f64 = 0.05;

/// Effects below this are small, whatever is sure.
pub const SMALL_EFFECT: f64 = 0.2;

/// The fewest that have to be expected with and without something on each side for the z-test to hold.
const EXPECTED: f64 = 5.0;

/// The most rows that are told as the strongest.
const STRONGEST: usize = 3;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// The segment; everybody when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<UserSegment>,
    /// Describes those who are not in it instead.
    pub not: bool,
    /// The day that everything counts to; the last day that is looked at when absent.
    pub as_of: Option<Day>,
    /// The text columns that are looked at, at most 20; those that say something of users when absent.
    pub attributes: Option<Vec<String>>,
    /// How many values of each column are told, those that most users have: 1 to 100.
    pub values: u32,
    /// How many events are told, those that most users did: 0 to 64.
    pub events: u32,
    /// Whether "not known" is a value.
    pub unknown: bool,
    /// What counts as one order; by the file's columns when absent.
    pub orders: Option<OrderUnit>,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            segment: None,
            not: false,
            as_of: None,
            attributes: None,
            values: 20,
            events: 20,
            unknown: true,
            orders: None,
        }
    }
}

/// A value of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Name {
    /// A text.
    Value(String),
    /// Any text that is not told by itself.
    Others,
    /// None is known.
    Unknown,
}

/// Users that can be listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Cell {
    /// All in the segment.
    Inside,
    /// All others.
    Rest,
    /// Those who are or did something.
    Has {
        /// What.
        of: Trait,
        /// Whether those of the rest are meant, and not those in the segment.
        #[serde(default)]
        rest: bool,
    },
}

/// What sets a segment apart.
#[derive(Debug)]
pub struct Portrait;

impl Question for Portrait {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        check(params)?;
        let (sources, skipped) = Source::chosen(view.log, params)?;
        let parted = parted(view, params)?;
        let [inside, rest] = parted.sizes();
        let compares = params.segment.is_some() && inside > 0 && rest > 0;
        let (mut attributes, mut shares) = (Vec::new(), Vec::new());
        for source in sources {
            let counted = Counted::new(source, &parted, params.values as usize);
            let wholes = counted.wholes(params.unknown);
            for (value, users) in counted.rows(params.unknown) {
                let of = Trait::Value { column: source.name.to_owned(), value };
                shares.push(share(of, users, wholes, compares));
            }
            attributes.push(counted.told(params.unknown, compares));
        }
        let unit = OrderUnit::or_default(params.orders, view.log);
        let mut figures = Figures::new();
        let events = Events::most_frequent(view);
        let doers = look_at_rows(&events, &parted, &mut figures);
        let (did, events_left_out) = events.rows(&doers.0, params.events as usize);
        shares.extend(
            did.into_iter().map(|(name, users)| share(Trait::Event(name), users, [inside, rest], compares)),
        );
        figures.add_trades(&parted, unit)?;
        let scale = view.log.values().map_or(0, |values| i32::from(values.scale));
        let mut report = Report {
            as_of: parted.crowd.as_of,
            has_segment: params.segment.is_some(),
            users: inside + rest,
            inside,
            rest,
            beyond: parted.beyond,
            order_unit: unit,
            attributes,
            shares,
            figures: figures.told(10f64.powi(scale), compares),
            skipped,
            events_left_out,
            tested: 0,
            significant: 0,
            strongest: Vec::new(),
        };
        report.judge();
        Ok(report)
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        check(params)?;
        let parted = parted(view, params)?;
        let users = match cell {
            Cell::Inside => parted.users(0, |_| true),
            Cell::Rest => parted.users(1, |_| true),
            Cell::Has { of: Trait::Event(name), rest } => {
                let mut did = vec![false; parted.crowd.len()];
                Events::one(view, name).each(&parted.crowd, |place, _, bits| {
                    did.get_mut(place).into_iter().for_each(|did| *did = bits != 0);
                });
                parted.users(usize::from(*rest), |place| did.get(place) == Some(&true))
            }
            Cell::Has { of: Trait::Value { column, value }, rest } => {
                let source = Source::named(view.log, column, "users.cell.has.of.value.column")?;
                let counted = Counted::new(source, &parted, params.values as usize);
                let mut has = vec![false; parted.crowd.len()];
                source.each(&parted.crowd, |place, code| {
                    has.get_mut(place).into_iter().for_each(|has| *has = counted.is_named(code, value));
                });
                parted.users(usize::from(*rest), |place| has.get(place) == Some(&true))
            }
        };
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let parted = parted(view, params)?;
        let mut account = Account::default();
        let Some(place) = parted.crowd.place(user) else {
            account.tell("portrait_unseen", [("as_of", Value::Day(parted.crowd.as_of))]);
            return Ok(account);
        };
        if params.segment.is_some() {
            account.tell(
                if parted.side(place) == 0 { "portrait_inside" } else { "portrait_outside" },
                [("as_of", Value::Day(parted.crowd.as_of))],
            );
        }
        match cell {
            Cell::Has { of: Trait::Event(name), .. } => {
                let events = Events::one(view, name);
                let rows = parted.crowd.rows().nth(place).map(|(_, rows)| rows).unwrap_or_default();
                let did: Vec<usize> = rows.filter(|row| view.has(*row) && events.has(*row)).collect();
                let key = if did.is_empty() { "portrait_did_not" } else { "portrait_did" };
                let times = super::account::count(did.len());
                account.tell(key, [("event", Value::Text(name.clone())), ("times", times)]);
                account.roles.extend(did.into_iter().map(|row| Role { row, key: "did", number: None }));
            }
            Cell::Has { of: Trait::Value { column, .. }, .. } => {
                let source = Source::named(view.log, column, "why.cell.has.of.value.column")?;
                let name = ("column", Value::Text(column.clone()));
                match source.text(&parted.crowd, place) {
                    Some(text) => {
                        account.tell("portrait_value", [name, ("value", Value::Text(text.to_owned()))]);
                    }
                    None => account.tell("portrait_unknown", [name]),
                }
                let row = source.row(&parted.crowd, place);
                account.roles.extend(row.map(|row| Role { row, key: "value_from", number: None }));
            }
            Cell::Inside | Cell::Rest => {}
        }
        Ok(account)
    }
}

fn check(params: &Params) -> Result<()> {
    if !(1..=MOST_VALUES).contains(&params.values) {
        return Err(Error::bad_value("params.values", params.values, format!("1 to {MOST_VALUES}")));
    }
    if params.events as usize > MOST_EVENTS {
        return Err(Error::bad_value("params.events", params.events, format!("0 to {MOST_EVENTS}")));
    }
    Ok(())
}

fn parted<'v>(view: &'v View<'v>, params: &Params) -> Result<Parted<'v>> {
    Parted::new(view, params.segment.as_ref(), params.not, params.as_of)
}

/// One pass over the rows: who did what, and the numbers that follow from rows and days.
fn look_at_rows(events: &Events<'_>, parted: &Parted<'_>, figures: &mut Figures) -> Doers {
    let crowd = &parted.crowd;
    let (days, mut doers) = (crowd.view.user_days(), Doers::new());
    events.each(crowd, |place, rows, bits| {
        doers.add(parted, place, bits);
        let user = crowd.users.get(place).map_or(0, |user| *user as usize);
        figures.add_days(parted, place, days.of(user), rows);
    });
    doers
}

/// A row of the report.
fn share(of: Trait, users: [u64; 2], wholes: [u64; 2], compares: bool) -> Share {
    let ([own, other], [inside, rest]) = (users, wholes);
    let (own_part, other_part) = ((own, inside), (other, rest));
    let part = super::share(own, inside);
    let everybody = super::share(own + other, inside + rest);
    let apart = difference(own_part, other_part).filter(|_| compares);
    Share {
        of,
        users,
        wholes,
        share: part,
        rest: super::share(other, rest).filter(|_| compares),
        index: part
            .zip(everybody)
            .filter(|(_, all)| compares && *all > 0.0)
            .map(|(part, all)| part / all * 100.0),
        difference: apart.map(|(difference, _)| difference),
        interval: apart.map(|(_, interval)| interval),
        p_value: two_proportions(own_part, other_part).filter(|_| compares && is_enough(users, wholes)),
        adjusted: None,
        effect: cohens_h(own_part, other_part).filter(|_| compares),
    }
}

/// Whether so many are expected on each side, with and without, that the z-test holds.
fn is_enough([own, other]: [u64; 2], [inside, rest]: [u64; 2]) -> bool {
    let whole = (inside + rest) as f64;
    let with = (own + other) as f64 / whole;
    [inside, rest].into_iter().all(|side| side as f64 * with.min(1.0 - with) >= EXPECTED)
}

impl Report {
    /// Sorts by effect, adjusts p-values together, and finds the rows that say most.
    fn judge(&mut self) {
        let size = |effect: Option<f64>| effect.map_or(-1.0, f64::abs);
        // Stable: rows of equal effect stay in the order of their columns and of how many have them.
        self.shares.sort_by(|a, b| size(b.effect).total_cmp(&size(a.effect)));
        let values: Vec<Option<f64>> = (self.shares.iter().map(|share| share.p_value))
            .chain(self.figures.iter().map(|figure| figure.p_value))
            .collect();
        let adjusted = benjamini_hochberg(&values);
        let slots = (self.shares.iter_mut().map(|share| &mut share.adjusted))
            .chain(self.figures.iter_mut().map(|figure| &mut figure.adjusted));
        slots.zip(&adjusted).for_each(|(slot, value)| *slot = *value);
        self.tested = adjusted.iter().flatten().count() as u64;
        self.significant = adjusted.iter().flatten().filter(|value| **value < SURE).count() as u64;
        self.strongest = self.find_strongest();
    }

    fn find_strongest(&self) -> Vec<Strong> {
        let strong = |effect: Option<f64>, adjusted: Option<f64>| {
            let sure = adjusted.is_some_and(|value| value < SURE);
            effect.map(f64::abs).filter(|effect| sure && *effect >= SMALL_EFFECT)
        };
        let nameless = |of: &Trait| matches!(of, Trait::Value { value: Name::Others | Name::Unknown, .. });
        let shares = self.shares.iter().enumerate().filter(|(_, share)| !nameless(&share.of));
        let shares = shares.filter_map(|(place, share)| {
            let column = if let Trait::Value { column, .. } = &share.of { Some(column) } else { None };
            Some((strong(share.effect, share.adjusted)?, column, Strong::Share(place)))
        });
        let figures = self.figures.iter().enumerate().filter_map(|(place, figure)| {
            Some((strong(figure.effect, figure.adjusted)?, None, Strong::Figure(place)))
        });
        let mut all: Vec<_> = shares.chain(figures).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut columns, mut found) = (Vec::new(), Vec::new());
        for (_, column, strong) in all {
            if found.len() < STRONGEST && column.is_none_or(|column| !columns.contains(&column)) {
                columns.extend(column);
                found.push(strong);
            }
        }
        found
    }
}
