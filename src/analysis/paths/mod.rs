//! Which ways users take: what comes after a beginning, before an end, or around an event, step by step.
//!
//! **Definition.** The rows of a user in view, in the order of time (rows of one moment in the order of the file), are cut
//! into *paths*: into sessions, a new one beginning after more than `minutes` without any row; by civil day in the log's
//! zone; or not at all. The *steps* of a path are its rows, named by the event column or another text column; rules hide
//! steps, merge or rename them (a hidden row still tells that the user was there, so it keeps a session together). On
//! request a step that repeats the one before is no step.
//!
//! **Positions.** Paths are laid side by side with their anchor at position 0: the first step, the last one, or the first
//! or last step of an event; paths without it are counted apart. Position *p* of a path is the step *p* places after its
//! anchor. Before its first step it is at `start`; after its last one at `end`, or at `open` when a row later than the
//! data's last moment could still belong to it. A whole history ends where the data end and is never open.
//!
//! **Adding up.** At each position the most frequent events have nodes of their own (by paths, equal ones by name) and all
//! others are `other`, so the nodes of every position add up to all paths, and so do the links between two positions: no
//! path is left out of the picture. A link tells what two neighbouring positions have; it does not say where those paths
//! were before. `routes` does: whole paths through all positions, the most common ones.
//!
//! **Users** of a node or link are distinct: one with several paths counts once, so users do not add up.
//!
//! After the step matrix of retentioneering and Mixpanel's flows. The log is walked without keeping a list of paths:
//! events are ranked, then counted; where there are very many different routes, the most common ones are counted once more.

mod counts;
mod names;
mod routes;
pub mod transitions;
mod walk;
mod window;

use serde::{Deserialize, Serialize};

use super::account::{Account, Role, count};
use super::{Members, Question, activity_members};
use crate::dataset::events::{EventChoice, Matcher};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use counts::{Counts, END, REST, Tally, Told};
pub use names::{MOST_RULES, Rule, fits, set_fate, sources};
use routes::Routes;
use walk::Walk;
pub use walk::{Divide, MOST_MINUTES};
use window::{At, Ranking, Window};
pub use window::{MOST_LISTED, MOST_NODES, MOST_STEPS, Place};

/// How many routes are reported.
const MOST_ROUTES: usize = 20;

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// How a user's events become paths.
    pub divide: Divide,
    /// What stands at position 0.
    pub anchor: Anchor,
    /// How many positions before an end or an event, 0 to 20.
    pub before: u32,
    /// How many positions after a beginning or an event, 0 to 20.
    pub after: u32,
    /// How many events have a node of their own at each position, 1 to 50.
    pub nodes: u32,
    /// The text column that names steps; the event column when absent.
    pub column: Option<String>,
    /// What becomes of events by their names; the first rule that fits decides.
    pub rules: Vec<Rule>,
    /// Whether a step that repeats the one before is no step.
    pub collapse: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            divide: Divide::default(),
            anchor: Anchor::Start,
            before: 3,
            after: 5,
            nodes: 6,
            column: None,
            rules: Vec::new(),
            collapse: false,
        }
    }
}

/// What stands at position 0.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Anchor {
    /// The first step.
    #[default]
    Start,
    /// The last step.
    End,
    /// A step of this event.
    Event {
        /// The event.
        event: EventChoice,
        /// Which of several in one path.
        #[serde(default)]
        which: Which,
    },
}

/// One of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Which {
    /// The first.
    #[default]
    First,
    /// The last.
    Last,
}

/// Paths by position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Paths with an anchor: what the nodes of each position add up to.
    pub paths: u64,
    /// Users with such a path.
    pub users: u64,
    /// Those of the paths that may go on after the last moment of the data.
    pub open_paths: u64,
    /// Paths with steps, but without the anchor.
    pub paths_without_anchor: u64,
    /// Paths whose rows are all hidden.
    pub paths_without_steps: u64,
    /// The positions, ascending.
    pub positions: Vec<Position>,
    /// The step matrix: paths by event and position, rows by all their paths, then `unlisted`, `end`, `open`, `start` where
    /// there are any. Each of its columns adds up to `paths`.
    pub matrix: Vec<MatrixRow>,
    /// The most common whole paths, at most 20; none that too few take to be found for certain.
    pub routes: Vec<Route>,
}

/// What paths have at one position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// Steps after the anchor, negative before it.
    pub position: i32,
    /// Events, most frequent first, then `other`, `end`, `open`, `start` where there are any.
    pub nodes: Vec<Node>,
    /// From the nodes of this position to those of the next; none at the last one.
    pub links: Vec<Link>,
    /// How many different events are in `other`.
    pub others: u64,
}

/// Paths at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// What they have there.
    pub place: Place,
    /// How many paths.
    pub paths: u64,
    /// How many users they are of.
    pub users: u64,
}

/// Paths from a node to one of the next position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// Which node of this position.
    pub from: u32,
    /// Which node of the next one.
    pub to: u32,
    /// How many paths.
    pub paths: u64,
    /// How many users they are of.
    pub users: u64,
}

/// A row of the step matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRow {
    /// What paths have.
    pub place: Place,
    /// How many, at each position.
    pub paths: Vec<u64>,
}

/// A whole path through all positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Which node it has at each position.
    pub nodes: Vec<u32>,
    /// How many paths take it.
    pub paths: u64,
    /// How many users they are of.
    pub users: u64,
}

/// A mark of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Cell {
    /// All paths with an anchor.
    Paths,
    /// Paths that lack it.
    WithoutAnchor,
    /// What paths have at a position; any event, also one that is among the others.
    Node {
        /// The position.
        position: i32,
        /// What is there.
        place: Place,
    },
    /// What paths have at a position and the next.
    Link {
        /// The first of the two positions.
        position: i32,
        /// What is there.
        from: Place,
        /// What is at the next one.
        to: Place,
    },
    /// What paths have at all positions.
    Route {
        /// What is at each position.
        places: Vec<Place>,
    },
}

/// Which ways users take.
#[derive(Debug)]
pub struct Paths;

impl Question for Paths {
    type Params = Params;
    type Report = Report;
    type Cell = Cell;

    fn run(view: &View<'_>, params: &Params) -> Result<Report> {
        let window = Window::new(params)?;
        let walk = walk(view, params)?;
        let ranking = Ranking::new(&walk, window, params)?;
        let mut counts = Counts::new(window.width(), params.nodes as usize);
        let mut routes = Routes::default();
        let mut at = Vec::with_capacity(window.width());
        let mut slots = Vec::with_capacity(window.width());
        walk.each(|path| {
            if path.steps.is_empty() {
                counts.without_steps += 1;
            } else if window.lay(path, &params.anchor, &mut at) {
                counts.slots(&ranking, &at, &mut slots);
                counts.add(&slots, path.user, path.open);
                routes.see(&slots, path.user);
            } else {
                counts.without_anchor += 1;
            }
        });
        let mut routes = routes.counted();
        if !routes.whole {
            walk.each(|path| {
                if window.lay(path, &params.anchor, &mut at) {
                    counts.slots(&ranking, &at, &mut slots);
                    routes.see(&slots, path.user);
                }
            });
        }
        let told: Vec<Told> =
            (0..window.width()).map(|index| counts.told(index, ranking.shown.get(index))).collect();
        let route = |(slots, tally): (Box<[u8]>, Tally)| Route {
            nodes: slots.iter().zip(&told).map(|(&slot, told)| told.place_of(slot)).collect(),
            paths: tally.paths,
            users: tally.users,
        };
        Ok(Report {
            paths: counts.all.paths,
            users: counts.all.users,
            open_paths: counts.open,
            paths_without_anchor: counts.without_anchor,
            paths_without_steps: counts.without_steps,
            positions: positions(&walk, window, &ranking, &counts, &told),
            matrix: matrix(&walk, window, &ranking, &counts),
            routes: routes.most_common(MOST_ROUTES).into_iter().map(route).collect(),
        })
    }

    fn members(view: &View<'_>, params: &Params, cell: &Cell) -> Result<Members> {
        let window = Window::new(params)?;
        let walk = walk(view, params)?;
        let ranking = Ranking::new(&walk, window, params)?;
        let wanted = Wanted::new(&walk, window, cell)?;
        let mut at = Vec::with_capacity(window.width());
        let mut users: Vec<u32> = Vec::new();
        walk.each(|path| {
            let user = u32::try_from(path.user).unwrap_or(u32::MAX);
            if path.steps.is_empty() || users.last() == Some(&user) {
                return;
            }
            let laid = window.lay(path, &params.anchor, &mut at);
            if wanted.has(laid, &at, &ranking) {
                users.push(user);
            }
        });
        Ok(activity_members(view, users))
    }

    fn account(view: &View<'_>, params: &Params, cell: &Cell, user: usize) -> Result<Account> {
        let window = Window::new(params)?;
        let walk = walk(view, params)?;
        let ranking = Ranking::new(&walk, window, params)?;
        let wanted = Wanted::new(&walk, window, cell)?;
        let mut at = Vec::with_capacity(window.width());
        let mut account = Account::default();
        let (mut paths, mut there) = (0, 0);
        walk.each_of(user..user + 1, |path| {
            if path.steps.is_empty() {
                return;
            }
            paths += 1;
            let laid = window.lay(path, &params.anchor, &mut at);
            if wanted.has(laid, &at, &ranking) {
                there += 1;
                account.roles.extend(steps(path));
            }
        });
        account.tell("paths", [("paths", count(paths)), ("there", count(there))]);
        Ok(account)
    }
}

/// The rows of a path's steps, numbered.
fn steps(path: &walk::Path<'_>) -> impl Iterator<Item = Role> {
    (1..).zip(path.steps).map(|(number, step)| Role {
        row: step.row as usize,
        key: "path_step",
        number: Some(number),
    })
}

fn walk<'v>(view: &'v View<'_>, params: &Params) -> Result<Walk<'v>> {
    let anchor = match &params.anchor {
        Anchor::Event { event, .. } => {
            let path = "params.anchor.event";
            let matcher = Matcher::new(view, std::slice::from_ref(event), path).map_err(|mut error| {
                // There is one event, not a list of them.
                error.path = error.path.take().map(|found| found.replacen(&format!("{path}[0]"), path, 1));
                error
            })?;
            Some(matcher)
        }
        _ => None,
    };
    Walk::new(view, params.column.as_deref(), &params.rules, params.divide, params.collapse, anchor)
}

fn event(walk: &Walk<'_>, node: u32) -> Place {
    Place::Event(walk.names.name(node as usize).to_owned())
}

fn positions(
    walk: &Walk<'_>,
    window: Window,
    ranking: &Ranking,
    counts: &Counts,
    told: &[Told],
) -> Vec<Position> {
    let place = |index: usize, slot: usize| match slot.checked_sub(counts.events) {
        Some(rest) => REST.get(rest).cloned().unwrap_or(Place::Other),
        None => {
            let node = ranking.shown.get(index).and_then(|shown| shown.get(slot)).copied();
            event(walk, node.unwrap_or(u32::MAX))
        }
    };
    let node = |index: usize, slot: usize| {
        let Tally { paths, users, .. } = counts.node(index, slot);
        Node { place: place(index, slot), paths, users }
    };
    let links = |index: usize, from: &Told, to: &Told| {
        let pairs = (0u32..).zip(&from.0).flat_map(|a| (0u32..).zip(&to.0).map(move |b| (a, b)));
        let links = pairs.map(|((from, &slot), (to, &next))| {
            let Tally { paths, users, .. } = counts.link(index, slot, next);
            Link { from, to, paths, users }
        });
        links.filter(|link| link.paths > 0).collect()
    };
    let position = |(index, own): (usize, &Told)| Position {
        position: window.position(index),
        nodes: own.0.iter().map(|&slot| node(index, slot)).collect(),
        links: told.get(index + 1).map_or_else(Vec::new, |next| links(index, own, next)),
        others: (ranking.different(index) - ranking.shown.get(index).map_or(0, Vec::len)) as u64,
    };
    told.iter().enumerate().map(position).collect()
}

fn matrix(walk: &Walk<'_>, window: Window, ranking: &Ranking, counts: &Counts) -> Vec<MatrixRow> {
    let row = |place: Place, paths: &dyn Fn(usize) -> u64| MatrixRow {
        place,
        paths: (0..window.width()).map(paths).collect(),
    };
    let listed =
        ranking.listed.iter().map(|&node| row(event(walk, node), &|index| ranking.paths(index, node)));
    let of_listed = |index| ranking.listed.iter().map(|&node| ranking.paths(index, node)).sum::<u64>();
    let unlisted = row(Place::Unlisted, &|index| ranking.events(index) - of_listed(index));
    let rest = REST
        .iter()
        .enumerate()
        .skip(END)
        .map(|(place, name)| row(name.clone(), &|index| counts.node(index, counts.events + place).paths));
    let all = listed.chain([unlisted]).chain(rest);
    all.filter(|row| row.paths.iter().any(|&paths| paths > 0)).collect()
}

/// A place that a path must have.
#[derive(Debug, Clone, Copy)]
enum Is {
    At(At),
    Other,
    Unlisted,
}

impl Is {
    #[inline]
    fn is(self, at: At, index: usize, ranking: &Ranking) -> bool {
        match (self, at) {
            (Self::At(wanted), at) => wanted == at,
            (Self::Other, At::Node(node)) => ranking.slot(index, node).is_none(),
            (Self::Unlisted, At::Node(node)) => !ranking.listed.contains(&node),
            _ => false,
        }
    }
}

/// Which paths are wanted.
enum Wanted {
    WithoutAnchor,
    /// Those with all these places.
    All(Vec<(usize, Is)>),
}

impl Wanted {
    /// Whether a path that could be laid, or not, lies so.
    fn has(&self, laid: bool, at: &[At], ranking: &Ranking) -> bool {
        match self {
            Self::WithoutAnchor => !laid,
            Self::All(places) => {
                let is = |(index, place): &(usize, Is)| {
                    at.get(*index).is_some_and(|at| place.is(*at, *index, ranking))
                };
                laid && places.iter().all(is)
            }
        }
    }

    fn new(walk: &Walk<'_>, window: Window, cell: &Cell) -> Result<Self> {
        let index = |position: i32| {
            let (first, last) = (window.position(0), window.position(window.width() - 1));
            window.index(position).ok_or_else(|| {
                Error::bad_value("users.cell.position", position, format!("{first} to {last}"))
            })
        };
        let is = |place: &Place| {
            Ok(match place {
                Place::Event(name) => {
                    let unknown = || Error::bad_value("users.cell", name, "an event of the report");
                    Is::At(At::Node(walk.names.find(name).ok_or_else(unknown)?))
                }
                Place::Other => Is::Other,
                Place::Unlisted => Is::Unlisted,
                Place::End => Is::At(At::End),
                Place::Open => Is::At(At::Open),
                Place::Start => Is::At(At::Start),
            })
        };
        Ok(match cell {
            Cell::Paths => Self::All(Vec::new()),
            Cell::WithoutAnchor => Self::WithoutAnchor,
            Cell::Node { position, place } => Self::All(vec![(index(*position)?, is(place)?)]),
            Cell::Link { position, from, to } => {
                let next = index(position.saturating_add(1))?;
                Self::All(vec![(index(*position)?, is(from)?), (next, is(to)?)])
            }
            Cell::Route { places } if places.len() == window.width() => {
                let places = places.iter().enumerate().map(|(index, place)| Ok((index, is(place)?)));
                Self::All(places.collect::<Result<_>>()?)
            }
            Cell::Route { places } => {
                let expected = format!("{} places", window.width());
                return Err(Error::bad_value("users.cell.route.places", places.len(), expected));
            }
        })
    }
}
