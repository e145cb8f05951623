//! Every chain of rows there is, tried one by one.

use proptest::prelude::*;
use strata::analysis::funnel::State;

use super::*;

#[derive(Debug, Clone)]
pub struct Row {
    user: usize,
    at: i64,
    event: usize,
    item: usize,
}

pub const EVENTS: [&str; 4] = ["a", "b", "c", "x"];
const ITEMS: [&str; 3] = ["i", "j", ""];

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0..2usize, 0..14i64, 0..4usize, 0..3usize);
    let row = row.prop_map(|(user, at, event, item)| Row { user, at, event, item });
    prop::collection::vec(row, 1..14)
}

pub fn open(rows: &[Row]) -> EventLog {
    let mut text = String::from("user_id,ts,event,item\n");
    for row in rows {
        let (event, item) = (EVENTS[row.event], ITEMS[row.item]);
        text += &format!("u{},{},{event},{item}\n", row.user, 1_700_000_000 + row.at);
    }
    let options = json!({"mapping": {"user": "user_id", "time": "ts", "event": "event", "attributes": ["item"],
        "types": {"item": "text"}}});
    load(&[("rows.csv", text.as_bytes())], &serde_json::from_value::<OpenOptions>(options).unwrap()).unwrap()
}

/// A funnel as the oracle understands it.
#[derive(Debug, Clone)]
struct Definition {
    /// For each step the events that it is.
    steps: Vec<BTreeSet<usize>>,
    window: i64,
    within: Vec<Option<i64>>,
    optional: Vec<bool>,
    /// The event x between two steps.
    exclusion: Option<(usize, usize)>,
    once: bool,
    hold: bool,
}

fn definitions() -> impl Strategy<Value = Definition> {
    let step =
        (prop::collection::btree_set(0..3usize, 1..3), prop::option::of(0..6i64), prop::bool::weighted(0.3));
    let steps = prop::collection::vec(step, 2..5);
    (steps, 0..9i64, prop::option::of((0..3usize, 1..3usize)), any::<[bool; 2]>(), any::<[bool; 2]>())
        .prop_map(|(steps, window, exclusion, [once, hold], [timed, optional])| {
            let last = steps.len() - 1;
            let skips = |place: usize, skip: bool| optional && skip && place > 0 && place < last && !once;
            Definition {
                optional: steps.iter().enumerate().map(|(place, step)| skips(place, step.2)).collect(),
                within: steps.iter().map(|step| step.1.filter(|_| timed)).collect(),
                steps: steps.into_iter().map(|step| step.0).collect(),
                exclusion: exclusion
                    .map(|(after, length)| (after.min(last - 1), (after.min(last - 1) + length).min(last))),
                window,
                once,
                hold,
            }
        })
}

impl Definition {
    fn request(&self) -> Value {
        let seconds = |amount: i64| json!({"amount": amount, "unit": "second"});
        let steps =
            self.steps.iter().zip(&self.within).zip(&self.optional).map(|((events, within), optional)| {
                let names: Vec<&str> = events.iter().map(|event| EVENTS[*event]).collect();
                let mut step = json!({"events": names, "optional": optional});
                if let Some(within) = within {
                    step["within"] = seconds(*within);
                }
                step
            });
        let mut request = json!({"steps": steps.collect::<Vec<_>>(), "window": seconds(self.window)});
        if self.once {
            request["modes"] = json!(["strictOnce"]);
        }
        if self.hold {
            request["hold"] = json!(["item"]);
        }
        if let Some((after, before)) = self.exclusion {
            request["exclusions"] = json!([{"events": ["x"], "after": after, "before": before}]);
        }
        request
    }

    /// All chains of a unit's rows: for each the rows by step.
    fn chains(&self, rows: &[&Row]) -> Vec<Vec<(usize, usize)>> {
        let mut all = Vec::new();
        for (first, row) in rows.iter().enumerate() {
            if self.steps[0].contains(&row.event) {
                self.grow(rows, vec![(0, first)], &mut all);
            }
        }
        all
    }

    fn grow(&self, rows: &[&Row], chain: Vec<(usize, usize)>, all: &mut Vec<Vec<(usize, usize)>>) {
        let (step, last) = *chain.last().unwrap();
        for next in step + 1..self.steps.len() {
            for (place, row) in rows.iter().enumerate() {
                let (from, to) = (rows[last].at, row.at);
                let later = from <= to;
                let in_time = to <= rows[chain[0].1].at + self.window
                    && self.within[next].is_none_or(|within| to - from <= within);
                let unused = !self.once || chain.iter().all(|(_, used)| *used != place);
                let excluded = self.exclusion.is_some_and(|(after, before)| {
                    (after..before).contains(&step)
                        && rows.iter().any(|row| row.event == 3 && from < row.at && row.at < to)
                });
                if self.steps[next].contains(&row.event) && later && in_time && unused && !excluded {
                    let mut longer = chain.clone();
                    longer.push((next, place));
                    self.grow(rows, longer, all);
                }
            }
            if !self.optional[next] {
                break;
            }
        }
        all.push(chain);
    }

    /// Whether a chain may still grow after the last row of all.
    fn is_open(&self, rows: &[&Row], chain: &[(usize, usize)], end: i64) -> bool {
        let (step, last) = *chain.last().unwrap();
        let from = rows[last].at;
        let excluded = self.exclusion.is_some_and(|(after, before)| {
            (after..before).contains(&step) && rows.iter().any(|row| row.event == 3 && from < row.at)
        });
        let mut next_in_time = false;
        for next in step + 1..self.steps.len() {
            next_in_time |= self.within[next].is_none_or(|within| from + within > end);
            if !self.optional[next] {
                break;
            }
        }
        rows[chain[0].1].at + self.window > end && next_in_time && !excluded
    }
}

/// The rows of each unit of a user.
fn units(rows: &[Row], user: usize, hold: bool) -> Vec<Vec<&Row>> {
    let of_user: Vec<&Row> = rows.iter().filter(|row| row.user == user).collect();
    if !hold {
        return vec![of_user];
    }
    (0..2).map(|item| of_user.iter().copied().filter(|row| row.item == item).collect()).collect()
}

fn end(rows: &[Row]) -> i64 {
    rows.iter().map(|row| row.at).max().unwrap()
}

/// The steps a user has reached, and whether the user may still convert.
fn outcome(definition: &Definition, rows: &[Row], user: usize) -> (BTreeSet<usize>, bool) {
    let last = definition.steps.len() - 1;
    let mut best: (BTreeSet<usize>, bool) = (BTreeSet::new(), false);
    for unit in units(rows, user, definition.hold) {
        let chains = definition.chains(&unit);
        let reached: BTreeSet<usize> = chains.iter().map(|chain| chain.last().unwrap().0).collect();
        let open = chains.iter().any(|chain| definition.is_open(&unit, chain, end(rows)));
        let bits = |set: &BTreeSet<usize>| set.iter().fold(0u32, |bits, step| bits | 1 << step);
        if bits(&reached) > bits(&best.0) {
            best.0 = reached;
        }
        best.1 |= open;
    }
    let open = best.1 && !best.0.contains(&last);
    (best.0, open)
}

/// Events that the rows do not have are refused in requests; rows that nobody asks about bring them in.
pub fn with_all_events(mut rows: Vec<Row>) -> Vec<Row> {
    rows.extend((0..4).map(|event| Row { user: 2 + event, at: -1_000_000, event, item: 2 }));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn as_every_chain_tried(rows in rows(), definition in definitions()) {
        let rows = with_all_events(rows);
        let log = open(&rows);
        let report = run(&log, definition.request());
        let last = definition.steps.len() - 1;
        let (mut reached_by, mut open, mut lost) = (vec![0; last + 1], vec![0; last + 1], vec![0; last + 1]);
        for user in 0..6 {
            let (reached, may_convert) = outcome(&definition, &rows, user);
            reached.iter().for_each(|step| reached_by[*step] += 1);
            if let Some(top) = reached.last().filter(|top| **top < last) {
                if may_convert { open[*top] += 1 } else { lost[*top] += 1 }
            }
        }
        prop_assert_eq!(reached(&report), reached_by);
        let stayed = |of: fn(&strata::analysis::funnel::StepCount) -> u64| -> Vec<u64> { report.steps.iter().map(of).collect() };
        prop_assert_eq!(stayed(|step| step.open), open);
        prop_assert_eq!(stayed(|step| step.lost), lost);
        prop_assert_eq!(report.entered, report.converted + report.open + report.lost);
        for step in 0..=last as u32 {
            for (state, count) in [(State::Reached, report.steps[step as usize].reached), (State::Open, report.steps[step as usize].open),
                (State::Lost, report.steps[step as usize].lost)] {
                let cell = Cell { step, state, ..Cell::default() };
                prop_assert_eq!(ids(&log, &definition.request(), &cell).len() as u64, count, "{:?}", cell);
            }
        }
    }

    #[test]
    fn times_are_those_of_the_earliest_chain(rows in rows(), definition in definitions()) {
        let rows = with_all_events(rows);
        let log = open(&rows);
        let mut request = definition.request();
        let report = run(&log, request.clone());
        let last = definition.steps.len() - 1;
        let mut totals = Vec::new();
        for user in 0..6 {
            let mut found: Vec<(i64, i64)> = Vec::new();
            for unit in units(&rows, user, definition.hold) {
                let chains = definition.chains(&unit);
                let whole = chains.iter().filter(|chain| chain.last().unwrap().0 == last);
                // The first to begin; of its chains the first to end.
                let times = whole.map(|chain| (unit[chain[0].1].at, unit[chain.last().unwrap().1].at));
                found.extend(times.min());
            }
            totals.push(found);
        }
        let (units, total) = (totals.iter().filter(|found| !found.is_empty()).count(), report.times.last().unwrap());
        prop_assert_eq!(total.units, units as u64);
        if !definition.hold {
            let mut seconds: Vec<i64> = totals.iter().flatten().map(|(from, to)| to - from).collect();
            seconds.sort_unstable();
            prop_assert_eq!(total.mean, (!seconds.is_empty()).then(|| seconds.iter().sum::<i64>() as f64 / seconds.len() as f64));
            if let Some(histogram) = &report.histogram {
                prop_assert_eq!(histogram.bins.iter().sum::<u64>(), units as u64);
                for (bin, count) in (0u64..).zip(&histogram.bins) {
                    let to = (bin + 1 < histogram.bins.len() as u64).then(|| (bin + 1) * histogram.width);
                    let cell = Cell { step: last as u32, took: Some((bin * histogram.width, to)), ..Cell::default() };
                    prop_assert_eq!(ids(&log, &request, &cell).len() as u64, *count);
                }
            }
        }
        // Groups and periods are the same units in other piles.
        request["breakdown"] = json!({"column": "item", "by": "last", "most": 1});
        request["trend"] = json!("day");
        let report = run(&log, request.clone());
        let groups = report.groups.unwrap();
        prop_assert_eq!(groups.iter().map(|group| group.reached[0]).sum::<u64>(), report.entered);
        prop_assert_eq!(groups.iter().map(|group| *group.reached.last().unwrap()).sum::<u64>(), report.converted);
        prop_assert_eq!(groups.iter().map(|group| group.open).sum::<u64>(), report.open);
        let mut grouped = BTreeSet::new();
        for group in &groups {
            for (step, reached) in (0u32..).zip(&group.reached) {
                let cell = Cell { step, group: group.value.clone(), others: group.value.is_none(), ..Cell::default() };
                let users = ids(&log, &request, &cell);
                prop_assert_eq!(users.len() as u64, *reached, "{:?}", cell);
                if step == 0 {
                    prop_assert!(users.is_disjoint(&grouped), "nobody stands in two groups");
                    grouped.extend(users);
                }
            }
        }
        prop_assert_eq!(grouped, ids(&log, &request, &Cell::default()), "everybody stands in one");
        let trend = report.trend.unwrap();
        // All rows in question lie within one day, so that day is the whole; the test below has many.
        prop_assert_eq!(trend.iter().map(|period| period.entered).sum::<u64>(), report.entered);
        for period in trend.iter().filter(|period| period.entered > 0) {
            let cell = Cell { step: 0, period: Some(period.start), ..Cell::default() };
            prop_assert_eq!(ids(&log, &request, &cell).len() as u64, period.entered);
        }
    }

    #[test]
    fn a_period_has_the_attempts_that_begin_in_it(rows in rows(), definition in definitions()) {
        let definition = Definition { optional: vec![false; definition.steps.len()], once: false, ..definition };
        // A second becomes six hours: days of four rows.
        let slow: Vec<Row> = rows.iter().map(|row| Row { at: row.at * 21_600, ..row.clone() }).collect();
        let definition = Definition {
            window: definition.window * 21_600,
            within: definition.within.iter().map(|within| within.map(|within| within * 21_600)).collect(),
            ..definition
        };
        let slow = with_all_events(slow);
        let log = open(&slow);
        let mut request = definition.request();
        request["trend"] = json!("day");
        let report = run(&log, request.clone());
        let last = definition.steps.len() - 1;
        for period in report.trend.as_ref().unwrap() {
            let in_day = |row: &Row| (1_700_000_000 + row.at).div_euclid(86_400) == i64::from(period.start.0);
            let mut expected = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
            for user in 0..6 {
                for unit in units(&slow, user, definition.hold) {
                    let chains = definition.chains(&unit);
                    let own: Vec<_> = chains.iter().filter(|chain| in_day(unit[chain[0].1])).collect();
                    if !own.is_empty() { expected.0.insert(user); }
                    if own.iter().any(|chain| chain.last().unwrap().0 == last) { expected.1.insert(user); }
                    if own.iter().any(|chain| definition.is_open(&unit, chain, end(&slow))) { expected.2.insert(user); }
                }
            }
            let open = expected.2.difference(&expected.1).count() as u64;
            let found = (period.entered, period.converted, period.open);
            prop_assert_eq!(found, (expected.0.len() as u64, expected.1.len() as u64, open), "{}", period.start);
            if period.entered > 0 {
                let cell = Cell { step: last as u32, period: Some(period.start), ..Cell::default() };
                prop_assert_eq!(ids(&log, &request, &cell).len() as u64, period.converted);
            }
        }
    }

    #[test]
    fn attempts_do_not_overlap(rows in rows(), definition in definitions()) {
        let definition = Definition { exclusion: None, ..definition };
        let rows = with_all_events(rows);
        let mut request = definition.request();
        request["count"] = json!("attempts");
        let report = run(&open(&rows), request);
        let last = definition.steps.len() - 1;
        let mut expected = vec![0; last + 1];
        for user in 0..6 {
            for mut unit in units(&rows, user, definition.hold) {
                unit.sort_by_key(|row| row.at);
                let mut from = i64::MIN;
                loop {
                    let rest: Vec<&Row> = unit.iter().copied().filter(|row| row.at > from).collect();
                    let Some(first) = rest.iter().position(|row| definition.steps[0].contains(&row.event)) else { break };
                    let chains = definition.chains(&rest);
                    let chains: Vec<_> = chains.iter().filter(|chain| chain[0].1 == first).collect();
                    let done = chains.iter().filter(|chain| chain.last().unwrap().0 == last);
                    let done = done.map(|chain| rest[chain.last().unwrap().1].at).min();
                    // What comes after it has converted is no longer looked at.
                    let seen = |chain: &&&Vec<(usize, usize)>| done.is_none_or(|done| rest[chain.last().unwrap().1].at <= done);
                    let steps: BTreeSet<usize> = chains.iter().filter(seen).map(|chain| chain.last().unwrap().0).collect();
                    steps.iter().for_each(|step| expected[*step] += 1);
                    from = done.unwrap_or(rest[first].at + definition.window);
                }
            }
        }
        prop_assert_eq!(reached(&report), expected);
    }

    #[test]
    fn sessions_are_cut_by_inactivity(rows in rows(), definition in definitions(), gap in 0..6i64) {
        let rows = with_all_events(rows);
        let mut request = definition.request();
        request["count"] = json!("sessions");
        request["sessionGap"] = json!({"amount": gap, "unit": "second"});
        let report = run(&open(&rows), request);
        let mut expected = vec![0; definition.steps.len()];
        for user in 0..6 {
            let mut of_user: Vec<Row> = rows.iter().filter(|row| row.user == user).cloned().collect();
            of_user.sort_by_key(|row| row.at);
            for session in of_user.chunk_by(|a, b| b.at - a.at <= gap) {
                for unit in units(session, user, definition.hold) {
                    let chains = definition.chains(&unit);
                    let steps: BTreeSet<usize> = chains.iter().map(|chain| chain.last().unwrap().0).collect();
                    steps.iter().for_each(|step| expected[*step] += 1);
                }
            }
        }
        prop_assert_eq!(reached(&report), expected);
    }

    #[test]
    fn strict_and_any_order(rows in rows(), definition in definitions()) {
        let plain = Definition { exclusion: None, once: false, hold: false,
            within: vec![None; definition.steps.len()], optional: vec![false; definition.steps.len()], ..definition };
        let rows = with_all_events(rows);
        let log = open(&rows);
        let mut request = plain.request();
        request["order"] = json!("any");
        let any = reached(&run(&log, request.clone()));
        request["order"] = json!("strict");
        let strict = reached(&run(&log, request.clone()));
        let (mut any_expected, mut strict_expected) = (vec![0; plain.steps.len()], vec![0; plain.steps.len()]);
        for user in 0..6 {
            let mut unit: Vec<&Row> = rows.iter().filter(|row| row.user == user).collect();
            unit.sort_by_key(|row| row.at);
            let (mut most, mut longest) = (0, 0);
            for (first, row) in unit.iter().enumerate() {
                let in_window = |other: &&Row| (row.at..=row.at + plain.window).contains(&other.at);
                let done = |step: &&BTreeSet<usize>| unit.iter().copied().filter(in_window).any(|row| step.contains(&row.event));
                most = most.max(plain.steps.iter().filter(done).count());
                let next = unit[first..].iter().zip(&plain.steps);
                longest = longest.max(next.take_while(|(row, step)| in_window(row) && step.contains(&row.event)).count());
            }
            any_expected.iter_mut().take(most).for_each(|count| *count += 1);
            strict_expected.iter_mut().take(longest).for_each(|count| *count += 1);
        }
        prop_assert_eq!(any, any_expected);
        prop_assert_eq!(&strict, &strict_expected);
        request["count"] = json!("attempts");
        prop_assert!(run(&log, request.clone()).entered >= strict_expected[0], "each user has an attempt at least");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn what_sets_converters_apart(rows in rows(), definition in definitions()) {
        // Steps are a and b; c and x are what else there is.
        let steps = vec![BTreeSet::from([0]), BTreeSet::from([1])];
        let definition = Definition { steps, within: vec![None; 2], optional: vec![false; 2], exclusion: None, once: false, hold: false, ..definition };
        let rows = with_all_events(rows);
        let log = open(&rows);
        let request = json!({"funnel": definition.request(), "minimum": 1});
        let view = View::all(&log);
        let params: strata::analysis::funnel::drivers::Params = serde_json::from_value(request).unwrap();
        use strata::analysis::funnel::drivers::{Cell, FunnelDrivers};
        let report = FunnelDrivers::run(&view, &params).unwrap();
        // For each user that is decided: whether converted, what else was done on the way, the item of the first step.
        let mut decided: Vec<(usize, bool, BTreeSet<usize>, usize)> = Vec::new();
        for user in 0..6 {
            let unit: Vec<&Row> = rows.iter().filter(|row| row.user == user).collect();
            let chains = definition.chains(&unit);
            let whole = chains.iter().filter(|chain| chain.len() == 2);
            let best = whole.map(|chain| (unit[chain[0].1].at, unit[chain[1].1].at, chain[0].1)).min();
            let open = chains.iter().any(|chain| definition.is_open(&unit, chain, end(&rows)));
            let began = unit.iter().enumerate().filter(|(_, row)| row.event == 0).map(|(place, row)| (row.at, place)).min();
            let Some((begun, place)) = began else { continue };
            let (from, to, first) = match best {
                Some(best) => best,
                None if open => continue,
                None => (begun, begun + definition.window, place),
            };
            let on_the_way = unit.iter().filter(|row| (from..=to).contains(&row.at)).map(|row| row.event).collect();
            decided.push((user, best.is_some(), on_the_way, unit[first].item));
        }
        let converted = decided.iter().filter(|user| user.1).count();
        prop_assert_eq!((report.converted, report.lost), (converted as u64, (decided.len() - converted) as u64));
        for driver in &report.drivers {
            let has = |user: &&(usize, bool, BTreeSet<usize>, usize)| if driver.event {
                user.2.iter().any(|event| EVENTS[*event] == driver.value)
            } else {
                ITEMS[user.3] == driver.value
            };
            let count = |converted: bool| decided.iter().filter(has).filter(|user| user.1 == converted).count() as u64;
            prop_assert_eq!(driver.with, (count(true), count(false)), "{:?}", driver);
            prop_assert_eq!(driver.without, (report.converted - driver.with.0, report.lost - driver.with.1));
            prop_assert!(driver.odds_ratio.is_finite() && driver.interval.low <= driver.odds_ratio && driver.odds_ratio <= driver.interval.high);
            for converted in [true, false] {
                let cell = Cell { column: driver.column.clone(), value: driver.value.clone(), converted };
                let expected: BTreeSet<String> =
                    decided.iter().filter(has).filter(|user| user.1 == converted).map(|user| format!("u{}", user.0)).collect();
                let members = FunnelDrivers::members(&view, &params, &cell).unwrap();
                let found: BTreeSet<String> = members.users.iter().map(|user| log.users.get(*user).to_owned()).collect();
                prop_assert_eq!(found, expected, "{:?}", cell);
            }
        }
        prop_assert!(report.drivers.iter().all(|driver| !driver.event || !["a", "b"].contains(&driver.value.as_str())));
    }
}
