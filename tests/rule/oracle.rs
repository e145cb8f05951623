//! Random rules on random logs against an evaluator that does what the definitions say, row by row, with sets and dates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use strata::analysis::Question;
use strata::analysis::rule::{Cell, Params, RuleSegment};
use strata::dataset::calendar::Day;
use strata::dataset::filter::Filter;
use strata::dataset::view::View;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;
use strata::segment::rule::{Rule, sentence};

const ZONES: [&str; 4] = ["Pacific/Niue", "Pacific/Kiritimati", "America/New_York", "UTC"];
const EVENTS: [&str; 3] = ["visit", "buy", "refund"];
const CHANNELS: [&str; 3] = ["a", "b", ""];

/// One row: who, when (seconds since 1970), what, how much (cents; none for 0), from where.
#[derive(Debug, Clone)]
struct Row {
    user: u8,
    seconds: i64,
    event: &'static str,
    cents: i64,
    channel: &'static str,
    date: Date,
}

fn rows() -> impl Strategy<Value = (Vec<Row>, &'static str)> {
    let event = prop::sample::select(EVENTS.to_vec());
    let channel = prop::sample::select(CHANNELS.to_vec());
    // Seven weeks around a change of the clocks, on few seconds of the day, so that some rows share their time.
    let seconds = (0i64..49, 0i64..6).prop_map(|(day, part)| 1_614_000_000 + day * 86_400 + part * 14_400);
    let row = (0u8..7, seconds, event, -300i64..900, channel);
    (prop::collection::vec(row, 1..70), prop::sample::select(ZONES.to_vec())).prop_map(|(rows, zone)| {
        let own = TimeZone::get(zone).unwrap();
        let date = |seconds| Timestamp::from_second(seconds).unwrap().to_zoned(own.clone()).date();
        let row = |(user, seconds, event, cents, channel)| Row {
            user,
            seconds,
            event,
            cents: if event == "visit" { 0 } else { cents },
            channel,
            date: date(seconds),
        };
        let mut rows: Vec<Row> = rows.into_iter().map(row).collect();
        // As the engine has them: by time, rows of one time in the order of the file.
        rows.sort_by_key(|row| row.seconds);
        (rows, zone)
    })
}

fn csv(rows: &[Row]) -> String {
    let mut text = String::from("user_id,time,event,amount,channel\n");
    for Row { user, seconds, event, cents, channel, .. } in rows {
        let time = Timestamp::from_second(*seconds).unwrap();
        let amount = if *cents == 0 {
            String::new()
        } else {
            format!("{}{}.{:02}", if *cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
        };
        text += &format!("u{user},{time},{event},{amount},{channel}\n");
    }
    text
}

fn event() -> impl Strategy<Value = Value> {
    let named = prop::sample::subsequence(EVENTS.to_vec(), 0..=2).prop_map(|names| json!({"events": names}));
    let plain = prop_oneof![Just(json!({})), named];
    let conditions = prop_oneof![
        4 => Just(json!(null)),
        1 => prop::sample::select(CHANNELS.to_vec()).prop_map(|channel| json!([{"column": "channel", "in": [channel]}])),
        1 => (-200i64..600).prop_map(|cents| json!([{"column": "amount", "min": decimal(cents)}])),
    ];
    (plain, conditions).prop_map(|(mut event, conditions)| {
        if !conditions.is_null() {
            event["all"] = conditions;
        }
        event
    })
}

fn decimal(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

fn back() -> impl Strategy<Value = Value> {
    (1u32..20, prop::sample::select(vec!["day", "week", "month"])).prop_map(
        |(amount, unit)| json!({"amount": if unit == "day" { amount } else { 1 + amount % 3 }, "unit": unit}),
    )
}

fn window() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(json!("ever")),
        2 => (back(), 0u32..3).prop_map(|(mut last, ago)| {
            last["ago"] = json!(ago);
            json!({ "last": last })
        }),
        1 => (0i64..49, 0i64..30).prop_map(|(from, length)| {
            let day = |number: i64| (Date::constant(2021, 2, 20) + Span::new().days(number)).to_string();
            json!({"between": {"from": day(from), "to": day(from + length)}})
        }),
        1 => (1u32..20).prop_map(|days| json!({"firstDays": days})),
    ]
}

fn measure() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!("times"),
        json!("times"),
        json!("days"),
        json!("revenue"),
        json!({"sum": "amount"}),
        json!({"average": "amount"}),
        json!({"smallest": "amount"}),
        json!({"largest": "amount"}),
        json!({"distinct": "channel"}),
        json!({"distinct": "amount"}),
    ])
}

fn leaf() -> impl Strategy<Value = Value> {
    let bound = || prop::option::of(-100i64..600);
    let did = (event(), window(), measure(), bound(), prop::option::of(0i64..400), any::<bool>()).prop_map(
        |(event, window, measure, min, above, whole)| {
            let text = |cents: i64| if whole { (cents / 100).to_string() } else { decimal(cents) };
            let mut did = json!({"event": event, "window": window, "measure": measure});
            if let Some(min) = min {
                did["min"] = json!(text(min));
            }
            if let Some(above) = above {
                did["max"] = json!(text(min.unwrap_or(0) + above));
            }
            json!({ "did": did })
        },
    );
    let top = (event(), window(), measure(), 1u32..=100, any::<bool>()).prop_map(
        |(event, window, measure, percent, lowest)| {
            json!({"top": {"event": event, "window": window, "measure": measure, "percent": percent, "lowest": lowest}})
        },
    );
    let within = prop::option::of((1u32..20, prop::sample::select(vec!["day", "hour", "week"])));
    let sequence =
        (prop::collection::vec(event(), 2..4), within, window()).prop_map(|(steps, within, window)| {
            let mut sequence = json!({"steps": steps, "window": window});
            if let Some((amount, unit)) = within {
                sequence["within"] = json!({"amount": amount, "unit": unit});
            }
            json!({ "sequence": sequence })
        });
    let once = (event(), window(), any::<bool>()).prop_map(|(event, window, last)| {
        let once = json!({"event": event, "window": window});
        if last { json!({ "last": once }) } else { json!({ "first": once }) }
    });
    let regularly = (event(), 1u32..3, back(), 1u32..6, 1u32..6).prop_map(|(event, times, period, a, b)| {
        json!({"regularly": {"event": event, "times": times, "period": period, "periods": a.max(b), "atLeast": a.min(b)}})
    });
    let stopped = (event(), back(), prop::option::of(back())).prop_map(|(event, silent, before)| {
        let mut stopped = json!({"event": event, "silent": silent});
        before.into_iter().for_each(|before| stopped["before"] = before);
        json!({ "stopped": stopped })
    });
    let restarted = (event(), back(), back()).prop_map(
        |(event, recent, silent)| json!({"restarted": {"event": event, "recent": recent, "silent": silent}}),
    );
    let which = prop::sample::select(vec!["any", "first", "last"]);
    let is = (prop::sample::subsequence(CHANNELS.to_vec(), 1..=2), which, any::<bool>()).prop_map(
        |(channels, which, not)| {
            let list = if not { "notIn" } else { "in" };
            json!({"is": {"condition": {"column": "channel", list: channels}, "which": which}})
        },
    );
    let listed = prop::collection::btree_set(0u8..9, 0..4)
        .prop_map(|users| json!({"segment": {"users": users.iter().map(|user| format!("u{user}")).collect::<Vec<_>>()}}));
    prop_oneof![6 => did, 2 => top, 2 => sequence, 2 => once, 1 => regularly, 1 => stopped, 1 => restarted, 1 => is, 1 => listed]
}

fn rule() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| json!({ "all": parts })),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| json!({ "any": parts })),
            inner.prop_map(|part| json!({ "not": part })),
        ]
    })
}

/// What the naive evaluator knows of a user: rows up to the day asked as of, in order.
struct Naive<'r> {
    users: BTreeMap<u8, Vec<&'r Row>>,
    as_of: Date,
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

fn ago(end: Date, back: &Value) -> Date {
    let amount = back["amount"].as_i64().unwrap();
    match back["unit"].as_str().unwrap() {
        "day" => end - Span::new().days(amount),
        "week" => end - Span::new().weeks(amount),
        _ => end - Span::new().months(amount),
    }
}

fn times(back: &Value, factor: i64) -> Value {
    json!({"amount": back["amount"].as_i64().unwrap() * factor, "unit": back["unit"]})
}

fn is(row: &Row, event: &Value) -> bool {
    let named = event
        .get("events")
        .is_none_or(|names| names.as_array().unwrap().iter().any(|name| name == row.event));
    named
        && event
            .get("all")
            .is_none_or(|all| all.as_array().unwrap().iter().all(|condition| meets(row, condition)))
}

fn meets(row: &Row, condition: &Value) -> bool {
    let lists = |list: &Value| list.as_array().unwrap().iter().any(|text| text == row.channel);
    match condition["column"].as_str().unwrap() {
        "channel" => match condition.get("in") {
            Some(list) => lists(list),
            None => !lists(&condition["notIn"]),
        },
        _ => row.cents != 0 && row.cents as f64 / 100.0 >= number(&condition["min"]).unwrap(),
    }
}

impl Naive<'_> {
    fn days(&self, window: &Value, rows: &[&Row]) -> (Date, Date) {
        let last = |date: &Value| date.as_str().unwrap().parse::<Date>().unwrap().min(self.as_of);
        if window.is_null() || window == "ever" {
            (Date::MIN, self.as_of)
        } else if let Some(between) = window.get("between") {
            (between["from"].as_str().unwrap().parse().unwrap(), last(&between["to"]))
        } else if let Some(back) = window.get("last") {
            let skipped = back["ago"].as_i64().unwrap();
            let all = back["amount"].as_i64().unwrap() + skipped;
            let unit = json!({"amount": 1, "unit": back["unit"]});
            let end = ago(self.as_of, &times(&unit, skipped));
            (ago(self.as_of, &times(&unit, all)).tomorrow().unwrap(), end)
        } else {
            let first = rows[0].date;
            (first, (first + Span::new().days(window["firstDays"].as_i64().unwrap() - 1)).min(self.as_of))
        }
    }

    fn done<'r>(&self, of: &Value, rows: &[&'r Row]) -> Vec<&'r Row> {
        let (from, to) = self.days(&of["window"], rows);
        rows.iter()
            .copied()
            .filter(|row| is(row, &of["event"]) && row.date >= from && row.date <= to)
            .collect()
    }

    /// The measure as a sum of cents (or of things) and what it is divided by.
    fn measured(&self, of: &Value, rows: &[&Row]) -> Option<(i64, i64)> {
        let done = self.done(of, rows);
        let cents: Vec<i64> = done.iter().map(|row| row.cents).filter(|cents| *cents != 0).collect();
        let things = |number: usize| Some((number as i64 * 100, 1));
        match &of["measure"] {
            Value::String(name) => match name.as_str() {
                "times" => things(done.len()),
                "days" => things(done.iter().map(|row| row.date).collect::<BTreeSet<_>>().len()),
                _ => {
                    let signed = done.iter().map(|row| match row.event {
                        "buy" => row.cents,
                        "refund" => -row.cents.abs(),
                        _ => 0,
                    });
                    Some((signed.sum(), 1))
                }
            },
            Value::Object(one) => {
                let (name, column) = one.iter().next().unwrap();
                match name.as_str() {
                    "sum" => Some((cents.iter().sum(), 1)),
                    "average" => (!cents.is_empty()).then(|| (cents.iter().sum(), cents.len() as i64)),
                    "smallest" => cents.iter().min().map(|least| (*least, 1)),
                    "largest" => cents.iter().max().map(|most| (*most, 1)),
                    _ if column == "amount" => things(cents.iter().collect::<BTreeSet<_>>().len()),
                    _ => things(
                        done.iter()
                            .map(|row| row.channel)
                            .filter(|text| !text.is_empty())
                            .collect::<BTreeSet<_>>()
                            .len(),
                    ),
                }
            }
            _ => things(done.len()),
        }
    }

    fn count(&self, of: &Value, rows: &[&Row], from: Date, to: Date) -> usize {
        rows.iter().filter(|row| is(row, &of["event"]) && row.date >= from && row.date <= to).count()
    }

    fn holds(&self, rule: &Value, user: u8) -> bool {
        let rows = &self.users[&user][..];
        let (name, of) = rule.as_object().unwrap().iter().next().unwrap();
        let parts = || of.as_array().unwrap().iter();
        match name.as_str() {
            "all" => parts().all(|part| self.holds(part, user)),
            "any" => parts().any(|part| self.holds(part, user)),
            "not" => !self.holds(of, user),
            "did" => {
                let Some((sum, by)) = self.measured(of, rows) else { return false };
                let (min, max) = (of.get("min").and_then(number), of.get("max").and_then(number));
                let counts = of["measure"] == "times" || of["measure"] == "days";
                let min = min.or((max.is_none() && counts).then_some(1.0));
                // Cents stay below a thousand: their hundredfold by a hundred is exact in floating point.
                let bound = |bound: f64| (bound * 100.0).round() as i64 * by;
                min.is_none_or(|min| sum >= bound(min)) && max.is_none_or(|max| sum <= bound(max))
            }
            "top" => self.top(of, user),
            "sequence" => self.in_order(of, rows),
            "first" | "last" => {
                let (from, to) = self.days(&of["window"], rows);
                let mut done = rows.iter().filter(|row| is(row, &of["event"]));
                let row = if name == "first" { done.next() } else { done.next_back() };
                row.is_some_and(|row| row.date >= from && row.date <= to)
            }
            "regularly" => {
                let period = |number: i64| {
                    let (start, end) = (
                        ago(self.as_of, &times(&of["period"], number + 1)),
                        ago(self.as_of, &times(&of["period"], number)),
                    );
                    self.count(of, rows, start.tomorrow().unwrap(), end) as i64
                        >= of["times"].as_i64().unwrap()
                };
                let good = (0..of["periods"].as_i64().unwrap()).filter(|number| period(*number)).count();
                good as i64 >= of["atLeast"].as_i64().unwrap()
            }
            "stopped" => {
                let end = ago(self.as_of, &of["silent"]);
                let from = of.get("before").map_or(Date::MIN, |before| ago(end, before).tomorrow().unwrap());
                self.count(of, rows, from, end) > 0
                    && self.count(of, rows, end.tomorrow().unwrap(), self.as_of) == 0
            }
            "restarted" => {
                let end = ago(self.as_of, &of["recent"]);
                let before = ago(end, &of["silent"]);
                self.count(of, rows, end.tomorrow().unwrap(), self.as_of) > 0
                    && self.count(of, rows, before.tomorrow().unwrap(), end) == 0
                    && self.count(of, rows, Date::MIN, before) > 0
            }
            "is" => {
                let mut known = rows.iter().filter(|row| of["which"] == "any" || !row.channel.is_empty());
                match of["which"].as_str().unwrap() {
                    "any" => known.any(|row| meets(row, &of["condition"])),
                    "first" => known.next().is_some_and(|row| meets(row, &of["condition"])),
                    _ => known.next_back().is_some_and(|row| meets(row, &of["condition"])),
                }
            }
            _ => of["users"].as_array().unwrap().contains(&json!(format!("u{user}"))),
        }
    }

    fn top(&self, of: &Value, user: u8) -> bool {
        let mut figures = BTreeMap::new();
        for (other, rows) in &self.users {
            let done = self.done(of, rows);
            let has_any = match &of["measure"] {
                Value::String(name) if name == "revenue" => done.iter().any(|row| row.event != "visit"),
                Value::Object(one) if one.values().any(|column| column == "channel") => {
                    done.iter().any(|row| !row.channel.is_empty())
                }
                Value::Object(_) => done.iter().any(|row| row.cents != 0),
                _ => !done.is_empty(),
            };
            if has_any && let Some((sum, by)) = self.measured(of, rows) {
                figures.insert(*other, (sum, by));
            }
        }
        let Some(own) = figures.get(&user) else { return false };
        let lowest = of["lowest"] == true;
        let better = |other: &&(i64, i64)| {
            let (a, b) = (other.0 * own.1, own.0 * other.1);
            if lowest { a < b } else { a > b }
        };
        // In, when fewer are better than the share takes.
        let ahead = figures.values().filter(better).count() as i64;
        ahead * 100 < figures.len() as i64 * of["percent"].as_i64().unwrap()
    }

    fn in_order(&self, of: &Value, rows: &[&Row]) -> bool {
        let (from, to) = self.days(&of["window"], rows);
        let steps = of["steps"].as_array().unwrap();
        let seconds = of.get("within").map_or(i64::MAX, |within| {
            let unit = match within["unit"].as_str().unwrap() {
                "hour" => 3_600,
                "day" => 86_400,
                _ => 604_800,
            };
            within["amount"].as_i64().unwrap() * unit
        });
        let fits = |place: usize, step: usize| {
            rows[place].date >= from && rows[place].date <= to && is(rows[place], &steps[step])
        };
        // From each first step on, the earliest rows that fit.
        (0..rows.len()).filter(|start| fits(*start, 0)).any(|start| {
            let mut place = start;
            for step in 1..steps.len() {
                match (place + 1..rows.len()).find(|next| fits(*next, step)) {
                    Some(next) => place = next,
                    None => return false,
                }
            }
            rows[place].seconds - rows[start].seconds <= seconds
        })
    }
}

fn nodes(rule: &Value) -> Vec<Value> {
    let (name, of) = rule.as_object().unwrap().iter().next().unwrap();
    let parts: Vec<Value> = match name.as_str() {
        "all" | "any" => of.as_array().unwrap().clone(),
        "not" => vec![of.clone()],
        _ => Vec::new(),
    };
    std::iter::once(rule.clone()).chain(parts.iter().flat_map(nodes)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn rules_mean_what_they_say((rows, zone) in rows(), rule in rule(), until in prop::option::of(0i64..49), filtered in prop::bool::weighted(0.3)) {
        // Columns that are all empty have no type.
        prop_assume!(rows.iter().any(|row| row.cents != 0) && rows.iter().any(|row| !row.channel.is_empty()));
        let options = OpenOptions { time_zone: Some(zone.to_owned()), ..OpenOptions::default() };
        let log = load(&[("rows.csv", csv(&rows).as_bytes())], &options).unwrap();
        let filter: Filter = if filtered {
            serde_json::from_value(json!({"all": [{"column": "channel", "notIn": ["b"]}]})).unwrap()
        } else {
            Filter::default()
        };
        let view = View::new(&log, &filter).unwrap();
        let last = rows.iter().map(|row| row.date).max().unwrap();
        let as_of = until.map_or(last, |days| Date::constant(2021, 2, 20) + Span::new().days(days));
        let mut naive = Naive { users: BTreeMap::new(), as_of };
        for row in rows.iter().filter(|row| row.date <= as_of && !(filtered && row.channel == "b")) {
            naive.users.entry(row.user).or_default().push(row);
        }
        // Events that the data do not have are refused; the naive evaluator would not know.
        let known: BTreeSet<&str> = rows.iter().map(|row| row.event).collect();
        let text = rule.to_string();
        prop_assume!(EVENTS.iter().all(|event| known.contains(event) || !text.contains(&format!("\"{event}\""))));
        let day: Option<Day> = until.map(|_| as_of.to_string().parse().unwrap());
        let params = Params { rule: serde_json::from_value(rule.clone()).unwrap(), as_of: day };
        let report = RuleSegment::run(&view, &params).unwrap();
        let id = |user: &u32| log.users.get(*user)[1..].parse::<u8>().unwrap();
        let behind = |cell: Cell| -> BTreeSet<u8> {
            RuleSegment::members(&view, &params, &cell).unwrap().users.iter().map(id).collect()
        };
        let holding = |rule: &Value| -> BTreeSet<u8> {
            naive.users.keys().copied().filter(|user| naive.holds(rule, *user)).collect()
        };
        let inside = behind(Cell::In);
        prop_assert_eq!(&inside, &holding(&rule), "{} as of {}", rule, as_of);
        prop_assert_eq!(report.users, inside.len() as u64);
        prop_assert_eq!(report.asked, naive.users.len() as u64);
        let outside = behind(Cell::Out);
        prop_assert_eq!(inside.len() + outside.len(), naive.users.len());
        prop_assert!(inside.is_disjoint(&outside));
        for (place, node) in nodes(&rule).iter().enumerate() {
            prop_assert_eq!(report.nodes[place], holding(node).len() as u64, "{}", node);
            prop_assert_eq!(behind(Cell::Node(place)), holding(node));
        }
        for example in &report.examples {
            prop_assert!(inside.contains(&example.user[1..].parse::<u8>().unwrap()));
            for verdict in &example.conditions {
                let user = example.user[1..].parse::<u8>().unwrap();
                prop_assert_eq!(verdict.met, naive.holds(&nodes(&rule)[verdict.node], user));
            }
        }
        // Whatever can be asked can be written and read again, and told.
        let parsed: Rule = serde_json::from_value(serde_json::to_value(&params.rule).unwrap()).unwrap();
        prop_assert_eq!(&parsed, &params.rule);
        prop_assert!(!sentence::sentence(strata::locale::Language::English, &parsed).is_empty());
    }
}
