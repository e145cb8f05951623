//! Every way of counting who stays, and every pair of them, against sets and loops over the rows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod groups;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

use groups::{Fact, in_cents, same_groups, same_worth};

#[derive(Debug, Clone)]
struct Row {
    user: u8,
    seconds: i64,
    event: &'static str,
    channel: &'static str,
    cents: i64,
}

impl Row {
    /// The cents that the row brought, or took away.
    fn moved(&self) -> i64 {
        match self.event {
            "buy" => self.cents,
            "refund" => -self.cents,
            _ => 0,
        }
    }
}

const ZONES: [&str; 5] =
    ["Pacific/Niue", "Pacific/Kiritimati", "America/New_York", "Australia/Lord_Howe", "UTC"];
const DAY: i64 = 86_400;
/// From here on for 60 days; the clocks change within them.
const FIRST: i64 = 1_615_000_000;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let event = prop::sample::select(vec!["visit", "visit", "buy", "buy", "refund"]);
    let channel = prop::sample::select(vec!["a", "a", "b", "", "c", "d"]);
    let row = (0u8..5, 0i64..60 * DAY, event, channel, 0i64..5_000).prop_map(
        |(user, after, event, channel, cents)| Row { user, seconds: FIRST + after, event, channel, cents },
    );
    prop::collection::vec(row, 1..60)
}

/// What is chosen.
#[derive(Debug, Clone)]
struct Choice {
    zone: &'static str,
    period: &'static str,
    entry: &'static str,
    when: &'static str,
    minimum: u32,
    brackets: Option<Vec<u32>>,
    rolling: bool,
    relative: &'static str,
    mean: &'static str,
    periods: Option<u32>,
    /// The cohort event is a visit, and the return of one channel.
    chosen: bool,
    /// Dates as days after the first row's.
    dates: Option<(i64, i64)>,
    /// Whether money is added up.
    value: bool,
    /// The column of a breakdown and how many groups it has.
    breakdown: Option<(&'static str, u32)>,
}

fn choices() -> impl Strategy<Value = Choice> {
    let one = |of: &[&'static str]| prop::sample::select(of.to_vec());
    (
        (one(&ZONES), one(&["day", "week", "month"]), one(&["first", "firstEver", "recurring"])),
        (one(&["on", "onOrAfter", "onOrBefore", "streak"]), 1u32..4, any::<bool>(), any::<bool>()),
        (prop::option::weighted(0.3, prop::collection::vec(1u32..4, 1..4)), one(&["start", "previous"])),
        (one(&["pooled", "simple", "none"]), prop::option::of(0u32..12)),
        (
            prop::option::of((0i64..30, 0i64..40)),
            any::<bool>(),
            prop::option::of((one(&["channel", "event"]), 1u32..4)),
        ),
    )
        .prop_map(
            |(
                (zone, period, entry),
                (when, minimum, rolling, chosen),
                (brackets, relative),
                (mean, periods),
                (dates, value, breakdown),
            )| {
                Choice {
                    zone,
                    period,
                    entry,
                    when,
                    minimum: if minimum == 3 { 1 } else { minimum },
                    brackets,
                    rolling: rolling && entry != "recurring",
                    relative,
                    mean,
                    periods,
                    chosen,
                    dates,
                    value,
                    breakdown,
                }
            },
        )
}

fn date(row: &Row, zone: &str) -> Date {
    Timestamp::from_second(row.seconds).unwrap().to_zoned(TimeZone::get(zone).unwrap()).date()
}

fn start(date: Date, period: &str) -> Date {
    match period {
        "day" => date,
        "week" => date - Span::new().days(date.weekday().to_monday_zero_offset()),
        _ => date.first_of_month(),
    }
}

fn plus(start: Date, periods: u32, period: &str) -> Date {
    let periods = i64::from(periods);
    start
        + match period {
            "day" => Span::new().days(periods),
            "week" => Span::new().weeks(periods),
            _ => Span::new().months(periods),
        }
}

impl Choice {
    fn request(&self, span: Option<(Date, Date)>) -> Value {
        let mut params = json!({"period": self.period, "entry": self.entry, "when": self.when, "minimum": self.minimum,
            "rolling": self.rolling, "relative": self.relative, "mean": self.mean});
        if self.value {
            params["value"] = json!(true);
        }
        if let Some((column, most)) = self.breakdown {
            params["breakdown"] = json!({"column": column, "most": most});
        }
        if let Some(brackets) = &self.brackets {
            params["brackets"] = json!(brackets);
        }
        if let Some(periods) = self.periods {
            params["periods"] = json!(periods);
        }
        if self.chosen {
            params["cohortEvents"] = json!(["visit"]);
            params["returnAll"] = json!([{"column": "channel", "in": ["a"]}]);
        }
        let filter: Vec<Value> =
            span.iter().map(|(from, to)| json!({"from": from.to_string(), "to": to.to_string()})).collect();
        json!({"analysis": "retention", "params": params, "filter": {"all": filter}})
    }

    /// The periods of an offset, the last included.
    fn bounds(&self, offset: u32) -> Option<(u32, u32)> {
        let Some(brackets) = &self.brackets else { return Some((offset, offset)) };
        let Some(place) = offset.checked_sub(1) else { return Some((0, 0)) };
        let from = 1 + brackets.iter().take(place as usize).sum::<u32>();
        brackets.get(place as usize).map(|length| (from, from + length - 1))
    }

    /// How many periods after the cohort's a return is; nothing before it.
    fn after(&self, cohort: Date, begun: i64, row: &Row) -> Option<u32> {
        if self.rolling {
            let days = match self.period {
                "day" => 1,
                "week" => 7,
                _ => 30,
            };
            return u32::try_from((row.seconds - begun).div_euclid(days * DAY)).ok();
        }
        let of = start(date(row, self.zone), self.period);
        (of >= cohort).then(|| (0..).find(|periods| plus(cohort, *periods, self.period) == of).unwrap())
    }

    /// The cents that a user of a cohort has brought at an offset: purchases less refunds.
    fn cents(&self, cohort: Date, begun: i64, own: &[Row], offset: u32) -> i64 {
        let Some((from, to)) = self.bounds(offset) else { return 0 };
        let there =
            |row: &&Row| self.after(cohort, begun, row).is_some_and(|after| (from..=to).contains(&after));
        own.iter().filter(there).map(Row::moved).sum()
    }

    /// Whether a user of a cohort counts at an offset.
    fn counts(&self, cohort: Date, begun: i64, returns: &[Row], offset: u32) -> bool {
        let enough = |offset: u32| {
            let Some((from, to)) = self.bounds(offset) else { return false };
            let there =
                |row: &&Row| self.after(cohort, begun, row).is_some_and(|after| (from..=to).contains(&after));
            returns.iter().filter(there).count() >= self.minimum as usize
        };
        match self.when {
            "on" => enough(offset),
            "onOrAfter" => (offset..400).any(enough) || self.after_brackets(cohort, begun, returns),
            "onOrBefore" if offset > 0 => (1..=offset).any(enough),
            "streak" if offset > 0 => (1..=offset).all(enough),
            _ => enough(offset),
        }
    }

    /// What comes after the last bracket is one more.
    fn after_brackets(&self, cohort: Date, begun: i64, returns: &[Row]) -> bool {
        let Some(brackets) = &self.brackets else { return false };
        let last = brackets.iter().sum::<u32>();
        let later = |row: &&Row| self.after(cohort, begun, row).is_some_and(|after| after > last);
        returns.iter().filter(later).count() >= self.minimum as usize
    }

    fn is_open(&self, cohort: Date, offset: u32, last: (Date, i64)) -> bool {
        let (_, to) = self.bounds(offset).unwrap();
        if !self.rolling {
            return plus(cohort, to + 1, self.period) - Span::new().days(1) > last.0;
        }
        let days = match self.period {
            "day" => 1,
            "week" => 7,
            _ => 30,
        };
        let end = plus(cohort, 1, self.period).to_zoned(TimeZone::get(self.zone).unwrap()).unwrap();
        end.timestamp().as_second() + (i64::from(to) + 1) * days * DAY > last.1
    }
}

/// A user of a cohort.
#[derive(Debug, Clone)]
struct Member {
    begun: i64,
    back: Vec<Row>,
    own: Vec<Row>,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn as_sets_and_loops_say(rows in rows(), choice in choices()) {
        let mut text = String::from("user,time,event,channel,amount\n");
        for row in &rows {
            let time = Timestamp::from_second(row.seconds).unwrap();
            let (whole, rest) = (row.cents / 100, row.cents % 100);
            text += &format!("u{},{time},{},{},{whole}.{rest:02}\n", row.user, row.event, row.channel);
        }
        let options = OpenOptions { time_zone: Some(choice.zone.to_owned()), ..OpenOptions::default() };
        let mut engine = Engine::default();
        engine.hold(load(&[("rows.csv", text.as_bytes())], &options).unwrap());
        let of = |row: &Row| date(row, choice.zone);
        let (first, last) = (rows.iter().map(of).min().unwrap(), rows.iter().map(of).max().unwrap());
        let span = choice.dates.map(|(from, length)| {
            let from = first + Span::new().days(from);
            (from, from + Span::new().days(length))
        }).filter(|(from, _)| *from <= last);
        let request = choice.request(span);
        let outcome = match engine.run(&request.to_string()) {
            Ok(outcome) => serde_json::from_str::<Value>(&outcome).unwrap(),
            Err(error) => {
                prop_assert!(choice.chosen && rows.iter().all(|row| row.event != "visit"), "{error}");
                return Ok(());
            }
        };
        let report = &outcome["report"];
        let entry = span.map_or((first, last), |(from, to)| (from.max(first), to.min(last)));
        // What is looked at: everything, or what the dates let through.
        let ever = choice.entry == "firstEver";
        let within = |row: &&Row| (entry.0..=entry.1).contains(&of(row));
        let seen: Vec<Row> = rows.iter().filter(|row| ever || within(row)).cloned().collect();
        let last_seen = if ever || entry.1 == last {
            (last, rows.iter().map(|row| row.seconds).max().unwrap())
        } else {
            let next = (entry.1 + Span::new().days(1)).to_zoned(TimeZone::get(choice.zone).unwrap()).unwrap();
            (entry.1, next.timestamp().as_second() - 1)
        };
        let founds = |row: &Row| !choice.chosen || row.event == "visit";
        let returns = |row: &Row| !choice.chosen || row.channel == "a";
        // For each cohort its users, when they began, and their returns.
        let mut cohorts: BTreeMap<Date, BTreeMap<u8, Member>> = BTreeMap::new();
        let (mut users, mut without) = (0, 0);
        // Each user's text of the breakdown, in the row that founded the first cohort.
        let mut texts: BTreeMap<u8, &str> = BTreeMap::new();
        for user in 0..5u8 {
            let mut own: Vec<Row> = seen.iter().filter(|row| row.user == user).cloned().collect();
            own.sort_by_key(|row| row.seconds);
            let back: Vec<Row> = own.iter().filter(|row| returns(row)).cloned().collect();
            let mut founding: Vec<&Row> = own.iter().filter(|row| founds(row)).collect();
            if choice.entry != "recurring" {
                founding.truncate(1);
            }
            founding.retain(within);
            if founding.is_empty() {
                without += u64::from(!back.is_empty());
                continue;
            }
            users += 1;
            texts.insert(user, if choice.breakdown.is_some_and(|(column, _)| column == "event") { founding[0].event } else { founding[0].channel });
            for row in &founding {
                let cohort = cohorts.entry(start(of(row), choice.period)).or_default();
                cohort.entry(user).or_insert_with(|| Member { begun: row.seconds, back: back.clone(), own: own.clone() });
            }
        }
        prop_assert_eq!(report["users"].as_u64().unwrap(), users);
        prop_assert_eq!(report["usersWithoutCohort"].as_u64().unwrap(), without);
        let found: BTreeSet<String> = report["cohorts"].as_array().unwrap().iter()
            .filter(|cohort| cohort["size"] != 0).map(|cohort| cohort["start"].as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(found, cohorts.keys().map(Date::to_string).collect::<BTreeSet<_>>());
        let mut ended: BTreeMap<u32, Vec<(u64, u64)>> = BTreeMap::new();
        // For each offset the size, the cents there and the cents so far of each cohort that has got so far.
        let mut worth: BTreeMap<u32, Vec<(u64, i64, i64)>> = BTreeMap::new();
        let mut facts: Vec<Fact> = Vec::new();
        for cohort in report["cohorts"].as_array().unwrap() {
            let start: Date = cohort["start"].as_str().unwrap().parse().unwrap();
            let nobody = BTreeMap::new();
            let members = cohorts.get(&start).unwrap_or(&nobody);
            prop_assert_eq!(cohort["size"].as_u64().unwrap(), members.len() as u64);
            let active = cohort["active"].as_array().unwrap();
            let mut before = members.len() as u64;
            for (offset, count) in (0u32..).zip(active) {
                let there: BTreeSet<String> = members.iter()
                    .filter(|(_, member)| choice.counts(start, member.begun, &member.back, offset))
                    .map(|(user, _)| format!("u{user}")).collect();
                prop_assert_eq!(count.as_u64().unwrap(), there.len() as u64, "cohort {} offset {}", start, offset);
                let open = choice.is_open(start, offset, last_seen);
                let open_from = cohort["openFrom"].as_u64();
                prop_assert_eq!(open_from.is_some_and(|from| u64::from(offset) >= from), open, "cohort {} offset {}", start, offset);
                let cents = |offset| members.values().map(|user| choice.cents(start, user.begun, &user.own, offset)).sum::<i64>();
                prop_assert_eq!(cohort["value"].is_array(), choice.value);
                if choice.value {
                    prop_assert_eq!(in_cents(&cohort["value"][offset as usize]), cents(offset), "cohort {} offset {}", start, offset);
                }
                for (user, member) in members.iter().filter(|_| !open) {
                    let counts = |offset| choice.counts(start, member.begun, &member.back, offset);
                    let cents = |offset| choice.cents(start, member.begun, &member.own, offset);
                    let of = choice.relative == "start" || offset == 0 || counts(offset - 1);
                    facts.push(Fact { user: *user, offset, of, there: counts(offset), cents: cents(offset), so_far: (0..=offset).map(cents).sum() });
                }
                if !open {
                    worth.entry(offset).or_default().push((members.len() as u64, cents(offset), (0..=offset).map(cents).sum()));
                    let base = if choice.relative == "previous" { before } else { members.len() as u64 };
                    ended.entry(offset).or_default().push((there.len() as u64, base));
                }
                before = there.len() as u64;
                if offset < 3 {
                    let mut asked = request.clone();
                    asked["users"] = json!({"cell": {"cohort": start.to_string(), "offset": offset}});
                    let list: Value = serde_json::from_str(&engine.run(&asked.to_string()).unwrap()).unwrap();
                    let ids: BTreeSet<String> = list["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
                    prop_assert_eq!(ids, there);
                }
            }
            let closes = cohort["closes"].as_array().map_or(0, Vec::len) as u64;
            prop_assert_eq!(cohort["openFrom"].as_u64().map_or(0, |from| active.len() as u64 - from), closes);
        }
        let average = report["average"].as_array().unwrap();
        prop_assert_eq!(average.is_empty(), choice.mean == "none" || report["cohorts"].as_array().unwrap().is_empty());
        for cell in average {
            let cells = ended.get(&(cell["offset"].as_u64().unwrap() as u32)).cloned().unwrap_or_default();
            let (part, whole) = cells.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
            prop_assert_eq!((cell["returned"].as_u64().unwrap(), cell["users"].as_u64().unwrap()), (part, whole));
            let rates: Vec<f64> = cells.iter().filter(|cell| cell.1 > 0).map(|cell| cell.0 as f64 / cell.1 as f64).collect();
            let expected = match choice.mean {
                "pooled" => (whole > 0).then(|| part as f64 / whole as f64),
                _ => (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64),
            };
            match (cell["rate"].as_f64(), expected) {
                (Some(found), Some(expected)) => prop_assert!((found - expected).abs() < 1e-12),
                (found, expected) => prop_assert_eq!(found, expected),
            }
            prop_assert_eq!(cell["value"].is_object(), choice.value);
            if choice.value {
                let worth = worth.get(&(cell["offset"].as_u64().unwrap() as u32)).cloned().unwrap_or_default();
                same_worth(&cell["value"], &worth)?;
            }
        }
        let list = |cell: Value| -> BTreeSet<u8> {
            let mut asked = request.clone();
            asked["users"] = json!({"cell": cell});
            let list: Value = serde_json::from_str(&engine.run(&asked.to_string()).unwrap()).unwrap();
            list["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap()[1..].parse().unwrap()).collect()
        };
        for offset in 0..2u32 {
            let there = facts.iter().filter(|fact| fact.offset == offset && fact.there).map(|fact| fact.user).collect();
            prop_assert_eq!(list(json!({"offset": offset})), there, "offset {} of all that have got so far", offset);
        }
        prop_assert_eq!(report["groups"].is_array(), choice.breakdown.is_some());
        let Some((_, most)) = choice.breakdown else { return Ok(()) };
        // Those who came back in a period need not be among those who came in the one before.
        let shares = choice.relative == "start" || ["streak", "onOrAfter"].contains(&choice.when);
        same_groups(&report["groups"], &texts, most as usize, &facts, (choice.value, shares), list)?;
    }
}

#[test]
fn a_bracket_without_end_is_open() {
    let mut engine = Engine::default();
    let text = "user,time\na,2024-01-01\na,2024-02-05\nb,2024-01-02\nb,2024-06-30\n";
    engine.hold(load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap());
    for (period, rolling) in [("month", false), ("quarter", false), ("week", false), ("month", true)] {
        let params = json!({"period": period, "rolling": rolling, "brackets": [999_999]});
        let request = json!({"analysis": "retention", "params": params});
        let outcome: Value = serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap();
        let cohort = &outcome["report"]["cohorts"][0];
        let offsets = cohort["active"].as_array().unwrap().len() as u64;
        assert!(cohort["openFrom"].as_u64().unwrap() < offsets, "{period}: {cohort}");
        let last = cohort["closes"].as_array().unwrap().last().unwrap().as_str().unwrap();
        assert!(last > "2024-06-30", "{period}: {last}");
    }
}

#[test]
fn refusals_name_the_place() {
    let mut engine = Engine::default();
    let text = "user,time,event\na,2024-01-01,visit\n";
    engine.hold(load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap());
    let refused = |params: Value| {
        let request = json!({"analysis": "retention", "params": params});
        engine.run(&request.to_string()).unwrap_err().path.clone().unwrap_or_default()
    };
    assert_eq!(refused(json!({"minimum": 0})), "params.minimum");
    assert_eq!(refused(json!({"brackets": []})), "params.brackets");
    assert_eq!(refused(json!({"brackets": [1, 0]})), "params.brackets");
    assert_eq!(refused(json!({"rolling": true, "entry": "recurring"})), "params.rolling");
    assert_eq!(refused(json!({"cohortEvents": ["gone"]})), "params.cohortEvents[0]");
    assert_eq!(refused(json!({"returnEvents": ["visit", "gone"]})), "params.returnEvents[1]");
    assert_eq!(refused(json!({"returnAll": [{"column": "city", "in": []}]})), "params.returnAll[0].column");
    assert_eq!(refused(json!({"when": "sometimes"})), "params.when");
    assert_eq!(refused(json!({"value": true})), "params.value");
    assert_eq!(refused(json!({"breakdown": {"column": "city"}})), "params.breakdown.column");
    assert_eq!(refused(json!({"breakdown": {"column": "time"}})), "params.breakdown.column");
    assert_eq!(refused(json!({"breakdown": {"column": "event", "most": 0}})), "params.breakdown.most");
    assert_eq!(refused(json!({"breakdown": {"column": "event", "most": 101}})), "params.breakdown.most");
    let asked = json!({"analysis": "retention", "users": {"cell": {"group": "others"}}}).to_string();
    assert_eq!(engine.run(&asked).unwrap_err().path.as_deref(), Some("users.cell.group"));
}
