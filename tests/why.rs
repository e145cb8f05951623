//! Why a user is counted: what is said of each user, sentence and roles, agrees with the list behind every figure, on random
//! logs; and what the engine answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod raw;

use proptest::prelude::*;
use raw::*;
use serde_json::{Value as Json, json};
use strata::analysis::Question;
use strata::analysis::account::{Account, Value};
use strata::analysis::active::{self, ActiveUsers};
use strata::analysis::funnel::{self, Funnel};
use strata::analysis::growth::{self, Growth};
use strata::analysis::n_day::{self, NDay};
use strata::analysis::overview::{self, Overview};
use strata::analysis::paths::transitions::Transitions;
use strata::analysis::paths::{self, Paths};
use strata::analysis::repurchase::{self, Repurchase};
use strata::analysis::retention::{self, Entry, Retention, When};
use strata::analysis::revenue_growth::{self, RevenueGrowth};
use strata::analysis::rfm::{self, Rfm};
use strata::analysis::sequence::{self, Sequence};
use strata::analysis::stickiness::{self, Stickiness};
use strata::analysis::survival::{self, Survival};
use strata::dataset::calendar::Day;
use strata::dataset::view::View;
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

fn keys(account: &Account) -> Vec<&str> {
    account.facts.iter().map(|fact| fact.key.as_ref()).collect()
}

fn value<'a>(account: &'a Account, key: &str, name: &str) -> Option<&'a Value> {
    let fact = account.facts.iter().find(|fact| fact.key == key)?;
    fact.values.iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

fn count(account: &Account, key: &str, name: &str) -> Option<u64> {
    match value(account, key, name)? {
        Value::Count(count) => Some(*count),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn retention((rows, zone) in (rows(), any_zone()), (period, week_start) in any_period(), channel in any_channel(), entry in prop::sample::select(vec![Entry::First, Entry::FirstEver, Entry::Recurring]), when in prop::sample::select(vec![When::On, When::OnOrAfter, When::OnOrBefore, When::Streak]), minimum in 1u32..3, event in prop::option::of(Just("purchase")), rolling in any::<bool>()) {
        let log = open(&rows, zone);
        let (filter, _) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let events = event.map(|event| vec![event.to_owned()]).filter(|_| rows.iter().any(|row| row.event == "purchase"));
        let rolling = rolling && entry != Entry::Recurring;
        let params = retention::Params { period, week_start: Some(week_start), entry, when, minimum, rolling, return_events: events, ..retention::Params::default() };
        let report = Retention::run(&view, &params).unwrap();
        for cohort in report.cohorts.iter().filter(|cohort| cohort.size > 0) {
            for offset in std::iter::once(None).chain((0..cohort.active.len() as u32).map(Some)) {
                let cell = retention::Cell { cohort: Some(cohort.start), offset, group: None };
                let members = Retention::members(&view, &params, &cell).unwrap();
                for user in 0..log.users.len() {
                    let account = Retention::account(&view, &params, &cell, user).unwrap();
                    let in_cohort = keys(&account).iter().any(|key| ["retention_cohort", "retention_recurring"].contains(key));
                    let key = if minimum > 1 { "retention_offsets_minimum" } else { "retention_offsets" };
                    let listed = match value(&account, key, "offsets") {
                        Some(Value::Text(text)) => text.clone(),
                        None => String::new(),
                        other => panic!("{other:?}"),
                    };
                    let lists = |offset: u32| listed.split(", ").any(|run| {
                        let (from, to) = run.split_once('\u{2013}').unwrap_or((run, run));
                        from.parse::<u32>().is_ok_and(|from| from <= offset) && to.parse::<u32>().is_ok_and(|to| offset <= to)
                    });
                    prop_assume!(!listed.contains('\u{2026}'));
                    let said = in_cohort && offset.is_none_or(lists);
                    let counted = members.users.contains(&(user as u32));
                    prop_assert_eq!(said, counted, "{:?} {:?}", cell, account);
                    prop_assert_eq!(account.roles.iter().filter(|role| role.key == "entry").count(), usize::from(!keys(&account).contains(&"retention_none")));
                    if let (Some(offset), When::On, true) = (offset, when, in_cohort) {
                        let returns = account.roles.iter().filter(|role| role.key == "return" && role.number == Some(offset)).count();
                        prop_assert_eq!(returns >= minimum as usize, counted, "{:?} {:?}", cell, account);
                    }
                }
            }
        }
    }

    #[test]
    fn growth((rows, zone) in (rows().prop_map(with_every_event), any_zone()), (period, week_start) in any_period(), channel in any_channel(), (active, _) in any_choice()) {
        let log = open(&rows, zone);
        let (filter, _) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params = growth::Params { period, week_start: Some(week_start), active, ..growth::Params::default() };
        let states = [
            (growth::State::New, "growth_is_new"),
            (growth::State::Retained, "growth_is_retained"),
            (growth::State::Resurrected, "growth_is_resurrected"),
            (growth::State::Churned, "growth_is_churned"),
        ];
        for entry in Growth::run(&view, &params).unwrap().periods {
            for (state, key) in states {
                let cell = growth::Cell { start: entry.start, state };
                let members = Growth::members(&view, &params, &cell).unwrap();
                for user in 0..log.users.len() {
                    let account = Growth::account(&view, &params, &cell, user).unwrap();
                    prop_assert_eq!(keys(&account).contains(&key), members.users.contains(&(user as u32)), "{:?} {:?}", cell, account);
                    let now = account.roles.iter().filter(|role| role.key == "in_period").count();
                    let before = account.roles.iter().filter(|role| role.key == "period_before").count();
                    prop_assert_eq!(now > 0, count(&account, "growth_days", "days").is_some_and(|days| days > 0));
                    prop_assert_eq!(before > 0, keys(&account).contains(&"growth_before"));
                }
            }
        }
    }

    #[test]
    fn funnel((rows, zone) in (rows(), any_zone()), channel in any_channel(), hours in 1u64..400, unit in prop::sample::select(vec!["users", "attempts", "sessions"])) {
        let log = open(&rows, zone);
        let (filter, _) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let events: Vec<&str> = ["visit", "purchase", "refund"].into_iter().filter(|event| rows.iter().any(|row| row.event == *event)).collect();
        prop_assume!(events.len() >= 2);
        let steps: Vec<Json> = events.iter().map(|event| json!({"events": [event]})).collect();
        let params: funnel::Params = serde_json::from_value(json!({"steps": steps, "window": {"amount": hours, "unit": "hour"}, "count": unit, "trend": "month"})).unwrap();
        let report = Funnel::run(&view, &params).unwrap();
        let periods = report.trend.iter().flatten().map(|period| Some(period.start));
        for period in std::iter::once(None).chain(periods) {
            for step in 0..events.len() {
                let cell = funnel::Cell { step: step as u32, state: funnel::State::Reached, group: None, period, ..funnel::Cell::default() };
                let members = Funnel::members(&view, &params, &cell).unwrap();
                for user in 0..log.users.len() {
                    let account = Funnel::account(&view, &params, &cell, user).unwrap();
                    let reached = account.roles.iter().filter_map(|role| role.number).max();
                    let counted = members.users.contains(&(user as u32));
                    prop_assert_eq!(reached.is_some_and(|reached| reached > step as u32), counted, "{:?} {:?}", cell, account);
                    let converted = keys(&account).contains(&"funnel_converted");
                    if step + 1 == events.len() && account.facts.len() <= 5 {
                        prop_assert_eq!(converted, counted, "{:?} {:?}", cell, account);
                    }
                    prop_assert_eq!(account.roles.is_empty(), keys(&account).iter().any(|key| key.starts_with("funnel_none")));
                }
            }
        }
    }

    #[test]
    fn repurchase((rows, zone) in (rows(), any_zone()), window in 1u32..200) {
        let log = open(&rows, zone);
        let view = View::all(&log);
        let params = repurchase::Params { window, ..repurchase::Params::default() };
        for order in 1..4 {
            for state in [repurchase::State::All, repurchase::State::Converted, repurchase::State::Open, repurchase::State::Lapsed] {
                let cell = repurchase::Cell::Step { order, state };
                let members = Repurchase::members(&view, &params, &cell).unwrap();
                for user in 0..log.users.len() {
                    let account = Repurchase::account(&view, &params, &cell, user).unwrap();
                    let next = count(&account, "repurchase_next", "days");
                    let open = keys(&account).contains(&"repurchase_open");
                    let orders = account.roles.iter().filter(|role| role.key == "order").count();
                    prop_assert_eq!(count(&account, "repurchase_orders", "count").unwrap_or(0), orders as u64);
                    let there = orders >= order as usize;
                    let converted = next.is_some_and(|days| days <= u64::from(window));
                    let said = there && match state {
                        repurchase::State::Converted => converted,
                        repurchase::State::Open => open,
                        repurchase::State::Lapsed => !converted && !open,
                        _ => true,
                    };
                    prop_assert_eq!(said, members.users.contains(&(user as u32)), "{:?} {:?}", cell, account);
                }
            }
        }
    }

    #[test]
    fn scores((rows, zone) in (rows(), any_zone())) {
        let log = open(&rows, zone);
        let view = View::all(&log);
        let params = rfm::Params::default();
        for group in Rfm::run(&view, &params).unwrap().codes {
            let cell = rfm::Cell::Code(group.key.clone());
            let members = Rfm::members(&view, &params, &cell).unwrap();
            for user in 0..log.users.len() {
                let account = Rfm::account(&view, &params, &cell, user).unwrap();
                let said = value(&account, "rfm_scores", "code") == Some(&Value::Text(group.key.clone()));
                prop_assert_eq!(said, members.users.contains(&(user as u32)));
                prop_assert_eq!(account.roles.iter().any(|role| role.key == "purchase"), !keys(&account).contains(&"rfm_none"));
            }
        }
    }
}

/// Compares what is said of every user with the list behind the cell.
fn agrees<Q: Question>(
    view: &View<'_>,
    params: &Q::Params,
    cell: &Q::Cell,
    said: impl Fn(&Account) -> bool,
) -> Result<(), TestCaseError>
where
    Q::Cell: std::fmt::Debug,
{
    let members = Q::members(view, params, cell).unwrap();
    for user in 0..view.log.users.len() {
        let account = Q::account(view, params, cell, user).unwrap();
        let counted = members.users.contains(&(user as u32));
        prop_assert_eq!(said(&account), counted, "{:?} {:?}", cell, account);
        prop_assert!(
            account.roles.iter().all(|role| view.has(role.row) && view.log.rows_of(user).contains(&role.row))
        );
    }
    Ok(())
}

fn roles(account: &Account, key: &str) -> usize {
    account.roles.iter().filter(|role| role.key == key).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn activity((rows, zone) in (rows(), any_zone()), channel in any_channel(), purchases in any::<bool>(), window in 1u32..40) {
        let log = open(&rows, zone);
        let (filter, _) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params = overview::Params::default();
        agrees::<Overview>(&view, &params, &overview::Cell::Users, |account| keys(account).contains(&"came"))?;
        agrees::<Overview>(&view, &params, &overview::Cell::ActiveUsers, |account| {
            keys(account).contains(&"recent") && roles(account, "in_window") > 0
        })?;
        for (cell, least) in [(overview::Cell::Buyers, 1), (overview::Cell::RepeatBuyers, 2)] {
            agrees::<Overview>(&view, &params, &cell, |account| count(account, "orders", "count") >= Some(least))?;
        }
        let events = (purchases && rows.iter().any(|row| row.event == "purchase")).then(|| vec!["purchase".to_owned()]);
        let params = active::Params { events };
        let within = |account: &Account| count(account, "window_days", "days") > Some(0);
        for day in ActiveUsers::run(&view, &params).unwrap().first_day.iter().flat_map(|day| [day.0, day.0 + 9, day.0 + 40]) {
            for window in [1, 7, 30] {
                let cell = active::Cell { day: Day(day), window };
                agrees::<ActiveUsers>(&view, &params, &cell, |account| within(account) && roles(account, "in_window") > 0)?;
                let params = stickiness::Params::default();
                agrees::<Stickiness>(&view, &params, &stickiness::Cell::Point { day: Day(day), window }, within)?;
            }
        }
        let params = stickiness::Params { windows: vec![window], ..stickiness::Params::default() };
        for days in 0..window.min(4) {
            for at_least in [false, true] {
                let cell = stickiness::Cell::Days { window, days, at_least };
                agrees::<Stickiness>(&view, &params, &cell, |account| {
                    let own = count(account, "window_days", "days");
                    own.is_some_and(|own| if at_least { own >= u64::from(days) } else { own == u64::from(days) })
                })?;
            }
        }
        for (kind, key) in [(n_day::Kind::Mature, "day_n"), (n_day::Kind::Classic, "day_n_on"), (n_day::Kind::Unbounded, "day_n_after")] {
            let cell = n_day::Cell { day: window, kind };
            agrees::<NDay>(&view, &n_day::Params::default(), &cell, |account| keys(account).contains(&key))?;
        }
    }

    #[test]
    fn revenue_growth((rows, zone) in (rows().prop_map(with_every_event), any_zone()), (period, week_start) in any_period(), channel in any_channel()) {
        let log = open(&rows, zone);
        let (filter, _) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params = revenue_growth::Params { period, week_start: Some(week_start) };
        let states = [
            (revenue_growth::State::New, "revenue_is_new"),
            (revenue_growth::State::Resurrected, "revenue_is_resurrected"),
            (revenue_growth::State::Expansion, "revenue_is_expansion"),
            (revenue_growth::State::Contraction, "revenue_is_contraction"),
            (revenue_growth::State::Churned, "revenue_is_churned"),
            (revenue_growth::State::Unchanged, "revenue_is_unchanged"),
        ];
        for entry in RevenueGrowth::run(&view, &params).unwrap().periods.iter().take(12) {
            for (state, key) in states {
                let cell = revenue_growth::Cell { start: entry.start, state };
                agrees::<RevenueGrowth>(&view, &params, &cell, |account| keys(account).contains(&key))?;
            }
        }
    }

    #[test]
    fn lifetimes((rows, zone) in (rows().prop_map(with_every_event), any_zone()), inactive in 1u32..60, until in any::<bool>(), channel in any_channel(), horizon in prop::option::of(1u32..60), entry in prop::sample::select(vec!["first", "firstEver"])) {
        let log = open(&rows, zone);
        let (filter, _) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params: survival::Params = serde_json::from_value(match until {
            true => json!({"start": {"events": ["visit"]}, "until": {"events": ["purchase"]}, "horizon": horizon, "entry": entry}),
            false => json!({"inactive": inactive, "horizon": horizon, "entry": entry}),
        }).unwrap();
        let lasted = |account: &Account| count(account, "life_ended", "days").or(count(account, "life_open", "days"));
        for day in [0, 1, 5, 20] {
            let at_risk = survival::Cell::AtRisk { day, group: None };
            agrees::<Survival>(&view, &params, &at_risk, |account| lasted(account) >= Some(u64::from(day)))?;
            let ended = survival::Cell::Ended { from: day, to: None, group: None };
            agrees::<Survival>(&view, &params, &ended, |account| count(account, "life_ended", "days") >= Some(u64::from(day)))?;
            let censored = survival::Cell::Censored { from: day, to: None, group: None };
            agrees::<Survival>(&view, &params, &censored, |account| count(account, "life_open", "days") >= Some(u64::from(day)))?;
        }
        for user in 0..log.users.len() {
            let account = Survival::account(&view, &params, &survival::Cell::AtRisk { day: 0, group: None }, user).unwrap();
            let ends = roles(&account, "end");
            prop_assert_eq!(ends == 1, until && keys(&account).contains(&"life_ended"), "{:?}", account);
        }
        agrees::<Survival>(&view, &params, &survival::Cell::Already, |account| keys(account).contains(&"life_already"))?;
        agrees::<Survival>(&view, &params, &survival::Cell::TooRecent, |account| keys(account).contains(&"life_recent"))?;
    }

    #[test]
    fn ways((rows, zone) in (rows().prop_map(with_every_event), any_zone()), channel in any_channel()) {
        let log = open(&rows, zone);
        let (filter, _) = filtered(&rows, channel);
        let view = View::new(&log, &filter).unwrap();
        let params: sequence::Params = serde_json::from_value(json!({
            "pattern": "(?1).*(?2)", "conditions": [{"events": ["visit"]}, {"events": ["purchase"]}], "trend": "month"
        })).unwrap();
        let times = |account: &Account| count(account, "sequence_times", "times");
        agrees::<Sequence>(&view, &params, &sequence::Cell::Matched, |account| times(account) > Some(0))?;
        for number in 0..3 {
            agrees::<Sequence>(&view, &params, &sequence::Cell::Times(number), |account| {
                times(account) == Some(number) && roles(account, "match_begins") as u64 == number
            })?;
        }
        for period in Sequence::run(&view, &params).unwrap().trend.iter().flatten() {
            agrees::<Sequence>(&view, &params, &sequence::Cell::Period(period.start), |account| {
                times(account) > Some(0) && !keys(account).contains(&"sequence_other_period")
            })?;
        }
        let params = paths::Params::default();
        let there = |account: &Account| count(account, "paths", "there") > Some(0);
        agrees::<Paths>(&view, &params, &paths::Cell::Paths, |account| there(account) && roles(account, "path_step") > 0)?;
        for event in ["visit", "purchase", "refund"] {
            for position in 0..2 {
                let cell = paths::Cell::Node { position, place: paths::Place::Event(event.to_owned()) };
                agrees::<Paths>(&view, &params, &cell, there)?;
            }
        }
        let params = paths::transitions::Params::default();
        for from in Transitions::run(&view, &params).unwrap().from.iter().take(4) {
            let cell = paths::transitions::Cell { from: from.place.clone(), to: None };
            agrees::<Transitions>(&view, &params, &cell, |account| count(account, "transitions", "times") > Some(0))?;
        }
    }
}

fn ask(engine: &Engine, request: &Json) -> Json {
    serde_json::from_str(&engine.run(&request.to_string()).unwrap()).unwrap()
}

#[test]
fn rows_outside_the_filter_are_told_and_a_stranger_is_refused() {
    let text = "user_id,ts,event,amount,channel\na,2024-01-01 10:00,visit,,x\na,2024-02-03 10:00:05,purchase,20.5,y\n\
        a,2024-02-04 00:00,refund,4,x\nb,2024-02-01 09:00,visit,,x\n";
    let options = OpenOptions { time_zone: Some("Asia/Shanghai".to_owned()), ..OpenOptions::default() };
    let mut engine = Engine::default();
    engine.hold(load(&[("rows.csv", text.as_bytes())], &options).unwrap());
    let request = |user: &str| {
        json!({"analysis": "growth", "filter": {"all": [{"column": "channel", "in": ["x"]}]},
            "why": {"cell": {"start": "2024-02-01", "state": "resurrected"}, "user": user}})
    };
    let why = ask(&engine, &request("a"));
    assert_eq!(
        (&why["counted"], &why["total"], &why["inView"]),
        (&json!(false), &json!(3), &json!(2)),
        "active in January and in February: retained"
    );
    let facts: Vec<&str> =
        why["facts"].as_array().unwrap().iter().map(|fact| fact["key"].as_str().unwrap()).collect();
    assert_eq!(facts, ["growth_first", "growth_days", "growth_before", "growth_is_retained"]);
    let second = 1_000_000i64;
    let rows = why["rows"].as_array().unwrap();
    assert_eq!(rows[1]["time"], json!(1_706_954_405 * second), "the wall clock, whatever the zone");
    assert_eq!((&rows[1]["inView"], &rows[1]["value"]["units"]), (&json!(false), &rows[1]["value"]["units"]));
    assert_eq!(rows[0]["roles"], json!([["period_before", null]]));
    assert_eq!(rows[1].get("roles"), None, "what the filter leaves out has no part in it");
    assert_eq!(rows[2]["roles"], json!([["in_period", null]]));
    let page = json!({"analysis": "growth", "why": {"cell": {"start": "2024-02-01", "state": "new"}, "user": " b ", "offset": 1, "limit": 5}});
    let why = ask(&engine, &page);
    assert_eq!((&why["counted"], why["rows"].as_array().unwrap().len()), (&json!(true), 0));
    let error = engine.run(&request("zoe").to_string()).unwrap_err();
    assert_eq!((error.path.as_deref(), error.found.as_deref()), (Some("why.user"), Some("zoe")));
    let mut wrong = request("a");
    wrong["why"]["cell"]["state"] = json!("asleep");
    assert_eq!(engine.run(&wrong.to_string()).unwrap_err().path.as_deref(), Some("users.cell.state"));
}

#[test]
fn another_group_and_an_open_period_are_told() {
    let text = "user_id,ts,channel\na,2024-01-05,x\na,2024-02-05,x\nb,2024-01-06,y\nb,2024-02-07,y\nc,2024-02-08,x\nc,2024-03-01,x\n";
    let mut engine = Engine::default();
    engine.hold(load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap());
    let told = |user: &str, cell: Json| {
        let params = json!({"breakdown": {"column": "channel"}});
        let why = ask(
            &engine,
            &json!({"analysis": "retention", "params": params, "why": {"cell": cell, "user": user}}),
        );
        let mut facts =
            why["facts"].as_array().unwrap().iter().map(|fact| fact["key"].as_str().unwrap().to_owned());
        (why["counted"].as_bool().unwrap(), facts.next_back().unwrap())
    };
    let of_x = json!({"group": {"value": "x"}, "offset": 1});
    assert_eq!(told("a", of_x.clone()), (true, "retention_offsets".to_owned()));
    assert_eq!(told("b", of_x.clone()), (false, "retention_other_group".to_owned()));
    assert_eq!(told("c", of_x), (false, "retention_not_closed".to_owned()), "March has not ended");
}
