//! Lists of names for every path, counted with maps.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use strata::analysis::Members;
use strata::analysis::paths::{Anchor, Divide, Which, fits};
use strata::dataset::events::EventChoice;
use strata::dataset::filter::{Condition, Filter};

use super::*;

const NAMES: [&str; 6] = ["view_a", "view_b", "cart", "pay", "ping", "离开"];
const ZONES: [&str; 4] = ["Pacific/Niue", "Pacific/Kiritimati", "America/New_York", "Asia/Tehran"];

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let name = prop::sample::select(NAMES.to_vec());
    let channel = prop::sample::select(vec!["a", "b"]);
    // Two days around the change of the clocks in New York, in steps of ten minutes, so that gaps are met exactly.
    let seconds = (0i64..300).prop_map(|steps| 1_615_700_000 + steps * 600);
    let row = (0u8..4, seconds, name, channel).prop_map(|(user, seconds, name, channel)| Row {
        user,
        seconds,
        name,
        channel,
    });
    prop::collection::vec(row, 1..90)
}

fn some<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(all.to_vec())
}

fn rule_lists() -> impl Strategy<Value = Vec<Rule>> {
    some(&[
        vec![],
        vec![rule("ping", None)],
        vec![rule("view_*", Some("view")), rule("*i*", None)],
        vec![rule("view_a", Some("cart")), rule("view*", Some("看"))],
        vec![rule("*a*", Some("x")), rule("*", None)],
        vec![rule("*", None)],
    ])
}

fn divides() -> impl Strategy<Value = Divide> {
    some(&[
        Divide::Gap { minutes: 10 },
        Divide::Gap { minutes: 30 },
        Divide::Gap { minutes: 600 },
        Divide::Day,
        Divide::Whole,
    ])
}

fn anchors() -> impl Strategy<Value = Anchor> {
    let event = |name: &str, which| Anchor::Event { event: EventChoice::named(name), which };
    let in_channel = EventChoice {
        all: vec![Condition {
            column: Some("channel".into()),
            within: Some(vec!["a".into()]),
            ..Condition::default()
        }],
        ..EventChoice::default()
    };
    some(&[
        Anchor::Start,
        Anchor::End,
        event("cart", Which::First),
        event("view_a", Which::Last),
        Anchor::Event { event: in_channel, which: Which::Last },
    ])
}

fn params() -> impl Strategy<Value = Params> {
    (divides(), anchors(), 0u32..4, 0u32..5, 1u32..5, rule_lists(), any::<bool>()).prop_map(
        |(divide, anchor, before, after, nodes, rules, collapse)| Params {
            divide,
            anchor,
            before,
            after,
            nodes,
            column: None,
            rules,
            collapse,
        },
    )
}

/// A step: its name, when, and whether it is the anchor's event.
type Step = (String, i64, bool);

/// A transition: whose, and how long it took where there are two steps.
type Leap<'p> = (&'p str, Option<i64>);

/// A path: whose, its steps, whether it may go on.
struct Path {
    user: String,
    steps: Vec<Step>,
    open: bool,
}

/// All paths of the rows, users in the order of the file.
fn all_paths(
    rows: &[Row],
    zone: &str,
    divide: Divide,
    rules: &[Rule],
    collapse: bool,
    anchor: &Anchor,
) -> Vec<Path> {
    let zone = TimeZone::get(zone).unwrap();
    let date = |row: &Row| Timestamp::from_second(row.seconds).unwrap().to_zoned(zone.clone()).date();
    let last_moment = rows.iter().map(|row| row.seconds).max().unwrap_or(0);
    let last_date = rows.iter().map(date).max();
    let is_anchor = |row: &Row| match anchor {
        Anchor::Event { event, .. } if event.all.is_empty() => {
            event.events.as_ref().unwrap().iter().any(|name| name == row.name)
        }
        Anchor::Event { .. } => row.channel == "a",
        _ => false,
    };
    let mut by_user: BTreeMap<u8, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| by_user.entry(row.user).or_default().push(row));
    let mut paths = Vec::new();
    for (user, mut rows) in by_user {
        rows.sort_by_key(|row| row.seconds);
        let mut cut: Vec<Vec<&Row>> = Vec::new();
        for row in rows {
            let goes_on = cut.last().and_then(|path| path.last()).is_some_and(|last| match divide {
                Divide::Gap { minutes } => row.seconds - last.seconds <= i64::from(minutes) * 60,
                Divide::Day => date(row) == date(last),
                Divide::Whole => true,
            });
            if goes_on { cut.last_mut().unwrap().push(row) } else { cut.push(vec![row]) }
        }
        for path in cut {
            let last = path.last().unwrap();
            let open = match divide {
                Divide::Gap { minutes } => last.seconds + i64::from(minutes) * 60 > last_moment,
                Divide::Day => Some(date(last)) == last_date,
                Divide::Whole => false,
            };
            let mut steps: Vec<Step> = Vec::new();
            for row in path {
                let name = match rules.iter().find(|rule| fits(&rule.pattern, row.name)) {
                    Some(rule) if rule.hide => continue,
                    Some(rule) => rule.name.clone().unwrap(),
                    None => row.name.to_owned(),
                };
                match steps.last_mut() {
                    Some(last) if collapse && last.0 == name => last.2 |= is_anchor(row),
                    _ => steps.push((name, row.seconds, is_anchor(row))),
                }
            }
            paths.push(Path { user: format!("u{user}"), steps, open });
        }
    }
    paths
}

/// What a path has at each position; nothing without an anchor.
fn laid(path: &Path, params: &Params) -> Option<BTreeMap<i32, Place>> {
    let count = path.steps.len();
    let anchors = || (0..count).filter(|&step| path.steps[step].2);
    let anchored = match params.anchor {
        Anchor::Start => (count > 0).then_some(0)?,
        Anchor::End => (count > 0).then(|| count - 1)?,
        Anchor::Event { which: Which::First, .. } => anchors().min()?,
        Anchor::Event { which: Which::Last, .. } => anchors().max()?,
    };
    let before = if params.anchor == Anchor::Start { 0 } else { params.before as i32 };
    let after = if params.anchor == Anchor::End { 0 } else { params.after as i32 };
    let places = (-before..=after).map(|position| {
        let step = anchored as i32 + position;
        let place = if step < 0 {
            Place::Start
        } else if let Some(step) = path.steps.get(step as usize) {
            Place::Event(step.0.clone())
        } else if path.open {
            Place::Open
        } else {
            Place::End
        };
        (position, place)
    });
    Some(places.collect())
}

fn ids(log: &EventLog, members: &Members) -> BTreeSet<String> {
    let ids: BTreeSet<String> = members.users.iter().map(|&user| log.users.get(user).to_owned()).collect();
    assert_eq!(ids.len(), members.users.len(), "nobody is listed twice");
    ids
}

/// The events of a position, most frequent first.
fn ranked(counts: &BTreeMap<String, u64>) -> Vec<String> {
    let mut all: Vec<(&String, &u64)> = counts.iter().collect();
    all.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    all.into_iter().map(|(name, _)| name.clone()).collect()
}

fn check(rows: &[Row], zone: &str, params: &Params, log: &EventLog, view: &View<'_>) {
    let report = Paths::run(view, params).unwrap();
    let paths = all_paths(rows, zone, params.divide, &params.rules, params.collapse, &params.anchor);
    let found: Vec<(&Path, BTreeMap<i32, Place>)> =
        paths.iter().filter_map(|path| Some((path, laid(path, params)?))).collect();
    let users_of = |keep: &dyn Fn(&Path, &BTreeMap<i32, Place>) -> bool| -> (u64, BTreeSet<String>) {
        let kept: Vec<&Path> =
            found.iter().filter(|(path, at)| keep(path, at)).map(|(path, _)| *path).collect();
        (kept.len() as u64, kept.iter().map(|path| path.user.clone()).collect())
    };
    let members = |cell: &Cell| ids(log, &Paths::members(view, params, cell).unwrap());

    let (count, users) = users_of(&|_, _| true);
    assert_eq!((report.paths, report.users), (count, users.len() as u64));
    assert_eq!(members(&Cell::Paths), users);
    assert_eq!(report.open_paths, found.iter().filter(|(path, _)| path.open).count() as u64);
    let empty = paths.iter().filter(|path| path.steps.is_empty()).count() as u64;
    assert_eq!(report.paths_without_steps, empty);
    assert_eq!(report.paths + report.paths_without_anchor + empty, paths.len() as u64);
    let without = paths.iter().filter(|path| !path.steps.is_empty() && laid(path, params).is_none());
    assert_eq!(members(&Cell::WithoutAnchor), without.map(|path| path.user.clone()).collect());

    // The nodes of each position, and which place stands for what a path has there.
    let mut told: BTreeMap<i32, BTreeMap<Place, Place>> = BTreeMap::new();
    for position in &report.positions {
        let at = position.position;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (_, places) in &found {
            if let Place::Event(name) = &places[&at] {
                *counts.entry(name.clone()).or_default() += 1;
            }
        }
        let shown: Vec<String> = ranked(&counts).into_iter().take(params.nodes as usize).collect();
        assert_eq!(position.others, (counts.len() - shown.len()) as u64);
        let names = told.entry(at).or_default();
        for name in counts.keys() {
            let own = Place::Event(name.clone());
            names.insert(own.clone(), if shown.contains(name) { own } else { Place::Other });
        }
        for place in [Place::End, Place::Open, Place::Start] {
            names.insert(place.clone(), place);
        }
        assert_eq!(position.nodes.iter().map(|node| node.paths).sum::<u64>(), report.paths);
        let events: Vec<&Place> = position
            .nodes
            .iter()
            .map(|node| &node.place)
            .filter(|place| matches!(place, Place::Event(_)))
            .collect();
        assert_eq!(
            events,
            shown
                .iter()
                .map(|name| Place::Event(name.clone()))
                .collect::<Vec<_>>()
                .iter()
                .collect::<Vec<_>>()
        );
        for node in &position.nodes {
            let (count, users) = users_of(&|_, places| names[&places[&at]] == node.place);
            assert!(count > 0);
            assert_eq!((node.paths, node.users), (count, users.len() as u64), "{node:?}");
            let cell = Cell::Node { position: at, place: node.place.clone() };
            assert_eq!(members(&cell), users, "{cell:?}");
        }
    }
    let expected: Vec<i32> = found.first().map_or_else(Vec::new, |(_, at)| at.keys().copied().collect());
    if !found.is_empty() {
        assert_eq!(report.positions.iter().map(|position| position.position).collect::<Vec<_>>(), expected);
    }
    for pair in report.positions.windows(2) {
        let (position, next) = (&pair[0], &pair[1]);
        let (at, then) = (position.position, next.position);
        assert_eq!(position.links.iter().map(|link| link.paths).sum::<u64>(), report.paths);
        for link in &position.links {
            let (from, to) = (&position.nodes[link.from as usize].place, &next.nodes[link.to as usize].place);
            let (count, users) =
                users_of(&|_, places| told[&at][&places[&at]] == *from && told[&then][&places[&then]] == *to);
            assert!(count > 0);
            assert_eq!((link.paths, link.users), (count, users.len() as u64), "{link:?}");
            let cell = Cell::Link { position: at, from: from.clone(), to: to.clone() };
            assert_eq!(members(&cell), users, "{cell:?}");
        }
    }

    // The matrix lists every event here: there are fewer than fifty.
    for (index, at) in expected.iter().enumerate() {
        assert_eq!(report.matrix.iter().map(|row| row.paths[index]).sum::<u64>(), report.paths);
        for row in &report.matrix {
            assert_eq!(row.paths[index], users_of(&|_, places| places[at] == row.place).0);
        }
    }
    let named = report.matrix.iter().filter(|row| matches!(row.place, Place::Event(_)));
    let totals: Vec<u64> = named.map(|row| row.paths.iter().sum()).collect();
    assert!(totals.is_sorted_by(|a, b| a >= b));

    // Whole paths: all of them, for there are few.
    let mut routes: BTreeMap<Vec<Place>, Vec<&str>> = BTreeMap::new();
    for (path, places) in &found {
        let route = places.iter().map(|(at, place)| told[at][place].clone()).collect();
        routes.entry(route).or_default().push(&path.user);
    }
    assert_eq!(report.routes.len(), routes.len().min(20));
    assert!(report.routes.is_sorted_by(|a, b| a.paths >= b.paths));
    for route in &report.routes {
        let places: Vec<Place> = report
            .positions
            .iter()
            .zip(&route.nodes)
            .map(|(position, &node)| position.nodes[node as usize].place.clone())
            .collect();
        let users = &routes[&places];
        let distinct: BTreeSet<String> = users.iter().map(|&user| user.to_owned()).collect();
        assert_eq!((route.paths, route.users), (users.len() as u64, distinct.len() as u64));
        assert_eq!(members(&Cell::Route { places }), distinct);
    }
    if let (Some(first), Some(most)) = (report.routes.first(), routes.values().map(Vec::len).max()) {
        assert_eq!(first.paths, most as u64);
    }
}

fn check_transitions(
    rows: &[Row],
    zone: &str,
    params: &transitions::Params,
    log: &EventLog,
    view: &View<'_>,
) {
    let report = Transitions::run(view, params).unwrap();
    let mut paths = all_paths(rows, zone, params.divide, &params.rules, params.collapse, &Anchor::Start);
    paths.retain(|path| !path.steps.is_empty());
    assert_eq!(report.paths, paths.len() as u64);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    paths
        .iter()
        .flat_map(|path| &path.steps)
        .for_each(|step| *counts.entry(step.0.clone()).or_default() += 1);
    assert_eq!(report.steps, counts.values().sum::<u64>());
    let own: Vec<String> = ranked(&counts).into_iter().take(params.events as usize).collect();
    assert_eq!(report.others, (counts.len() - own.len()) as u64);
    let place = |name: &String| if own.contains(name) { Place::Event(name.clone()) } else { Place::Other };
    // From, to: whose, and how long.
    let mut all: BTreeMap<(Place, Place), Vec<Leap<'_>>> = BTreeMap::new();
    for path in &paths {
        let mut add =
            |from: Place, to: Place, time| all.entry((from, to)).or_default().push((&path.user, time));
        add(Place::Start, place(&path.steps[0].0), None);
        for pair in path.steps.windows(2) {
            add(place(&pair[0].0), place(&pair[1].0), Some(pair[1].1 - pair[0].1));
        }
        let over = if path.open { Place::Open } else { Place::End };
        add(place(&path.steps.last().unwrap().0), over, None);
    }
    let mut seen = 0;
    for from in &report.from {
        assert_eq!(from.to.iter().map(|to| to.count).sum::<u64>(), from.steps, "each step is left once");
        let mut sum = 0.0;
        for (to, place) in from.to.iter().zip(&report.to) {
            let cell = transitions::Cell { from: from.place.clone(), to: Some(place.clone()) };
            let empty = Vec::new();
            let found = all.get(&(from.place.clone(), place.clone())).unwrap_or(&empty);
            let users: BTreeSet<String> = found.iter().map(|(user, _)| (*user).to_owned()).collect();
            assert_eq!((to.count, to.users), (found.len() as u64, users.len() as u64), "{cell:?}");
            assert_eq!(ids(log, &Transitions::members(view, params, &cell).unwrap()), users);
            let mut times: Vec<i64> = found.iter().filter_map(|(_, time)| *time).collect();
            times.sort_unstable();
            let median = times.len().checked_sub(1).map(|last| times[last / 2] as f64);
            assert_eq!(to.median_seconds, median, "{cell:?}");
            seen += found.len();
            sum += to.probability.unwrap_or(0.0);
        }
        assert!(from.steps == 0 || (sum - 1.0).abs() < 1e-9);
        let cell = transitions::Cell { from: from.place.clone(), to: None };
        let users = all.iter().filter(|((place, _), _)| *place == from.place).flat_map(|(_, found)| found);
        let users: BTreeSet<String> = users.map(|(user, _)| (*user).to_owned()).collect();
        assert_eq!(ids(log, &Transitions::members(view, params, &cell).unwrap()), users);
    }
    assert_eq!(seen, all.values().map(Vec::len).sum::<usize>(), "no transition is left out");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    #[test]
    fn paths_are_as_defined(rows in rows(), zone in some(&ZONES), params in params(), filtered: bool) {
        // Names that a file does not have would be refused.
        let rows: Vec<Row> = NAMES.into_iter().map(|name| Row { user: 9, seconds: 1_615_600_000, name, channel: "a" }).chain(rows).collect();
        let log = open(&rows, zone);
        if filtered {
            let condition = Condition { column: Some("channel".into()), within: Some(vec!["a".into()]), ..Condition::default() };
            let filter = Filter { all: vec![condition] };
            let some: Vec<Row> = rows.iter().filter(|row| row.channel == "a").cloned().collect();
            check(&some, zone, &params, &log, &View::new(&log, &filter).unwrap());
        } else {
            check(&rows, zone, &params, &log, &View::all(&log));
        }
    }

    #[test]
    fn transitions_are_as_defined(
        rows in rows(),
        zone in some(&ZONES),
        divide in divides(),
        events in 1u32..7,
        rules in rule_lists(),
        collapse: bool,
        filtered: bool,
    ) {
        let log = open(&rows, zone);
        let params = transitions::Params { divide, events, column: None, rules, collapse };
        let in_a = rows.iter().any(|row| row.channel == "a");
        if filtered && in_a {
            let condition = Condition { column: Some("channel".into()), within: Some(vec!["a".into()]), ..Condition::default() };
            let some: Vec<Row> = rows.iter().filter(|row| row.channel == "a").cloned().collect();
            check_transitions(&some, zone, &params, &log, &View::new(&log, &Filter { all: vec![condition] }).unwrap());
        } else {
            check_transitions(&rows, zone, &params, &log, &View::all(&log));
        }
    }
}
