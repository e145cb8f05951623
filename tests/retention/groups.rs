//! What groups and averages are worth, and who is in them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use strata::engine::Engine;
use strata::engine::loader::load;
use strata::engine::request::OpenOptions;

/// An amount of a report in cents.
pub fn in_cents(amount: &Value) -> i64 {
    let scale = u32::try_from(amount["scale"].as_u64().unwrap()).unwrap();
    amount["units"].as_i64().unwrap() * 10i64.pow(2 - scale)
}

/// Compares the value of an average with the cohorts' own: users, cents there and cents so far.
pub fn same_worth(value: &Value, worth: &[(u64, i64, i64)]) -> Result<(), TestCaseError> {
    let users: u64 = worth.iter().map(|cohort| cohort.0).sum();
    let there: i64 = worth.iter().map(|cohort| cohort.1).sum();
    let so_far: i64 = worth.iter().map(|cohort| cohort.2).sum();
    prop_assert_eq!(value["users"].as_u64().unwrap(), users);
    prop_assert_eq!((in_cents(&value["value"]), in_cents(&value["cumulative"])), (there, so_far));
    for (name, cents) in [("perUser", there), ("cumulativePerUser", so_far)] {
        match value[name].as_f64() {
            Some(found) => prop_assert!((found - cents as f64 / 100.0 / users as f64).abs() < 1e-9),
            None => prop_assert_eq!(users, 0),
        }
    }
    Ok(())
}

/// A user of a cohort at an offset that has ended for it.
#[derive(Debug)]
pub struct Fact {
    pub user: u8,
    pub offset: u32,
    /// Whether the user is one of those that the rate is of.
    pub of: bool,
    pub there: bool,
    pub cents: i64,
    pub so_far: i64,
}

/// Compares groups with those of the texts: who is in them, what they add up to, whom they list.
pub fn same_groups(
    groups: &Value,
    texts: &BTreeMap<u8, &str>,
    most: usize,
    facts: &[Fact],
    (value, shares): (bool, bool),
    list: impl Fn(Value) -> BTreeSet<u8>,
) -> Result<(), TestCaseError> {
    let mut sets: BTreeMap<&str, BTreeSet<u8>> = BTreeMap::new();
    for (user, text) in texts {
        sets.entry(text).or_default().insert(*user);
    }
    let mut sets: Vec<(&str, BTreeSet<u8>)> = sets.into_iter().collect();
    // The sort is stable: texts of as many users stay in their own order.
    sets.sort_by_key(|(_, users)| std::cmp::Reverse(users.len()));
    let others: Vec<(&str, BTreeSet<u8>)> = sets.split_off(most.min(sets.len()));
    let mut expected: Vec<(Option<&str>, usize, BTreeSet<u8>)> =
        sets.into_iter().map(|(text, users)| (Some(text), 1, users)).collect();
    if !others.is_empty() {
        let users = others.iter().flat_map(|(_, users)| users.iter().copied()).collect();
        expected.push((None, others.len(), users));
        let (text, users) = &others[0];
        prop_assert_eq!(&list(json!({"group": {"value": text}})), users, "a text without a group of its own");
    }
    prop_assert_eq!(groups.as_array().unwrap().len(), expected.len());
    for (group, (text, values, users)) in groups.as_array().unwrap().iter().zip(&expected) {
        prop_assert_eq!(
            (group["value"].as_str(), group["values"].as_u64().unwrap()),
            (*text, *values as u64)
        );
        prop_assert_eq!(group["users"].as_u64().unwrap(), users.len() as u64);
        let name = text.map_or(json!("others"), |text| json!({"value": text}));
        prop_assert_eq!(&list(json!({"group": name})), users);
        for cell in group["average"].as_array().unwrap() {
            let offset = cell["offset"].as_u64().unwrap() as u32;
            let own = || facts.iter().filter(|fact| fact.offset == offset && users.contains(&fact.user));
            let (of, there) = (own().filter(|fact| fact.of).count(), own().filter(|fact| fact.there).count());
            prop_assert_eq!(
                (cell["users"].as_u64().unwrap(), cell["returned"].as_u64().unwrap()),
                (of as u64, there as u64)
            );
            let rate = (of > 0).then(|| there as f64 / of as f64);
            match (cell["rate"].as_f64(), rate) {
                (Some(found), Some(rate)) => prop_assert!((found - rate).abs() < 1e-12),
                (found, rate) => prop_assert_eq!(found, rate),
            }
            prop_assert_eq!(cell["interval"].is_object(), of > 0 && there <= of && shares);
            prop_assert_eq!(cell["value"].is_object(), value);
            if value {
                let worth: Vec<(u64, i64, i64)> = own().map(|fact| (1, fact.cents, fact.so_far)).collect();
                same_worth(&cell["value"], &worth)?;
            }
            if offset < 2 {
                let there = own().filter(|fact| fact.there).map(|fact| fact.user).collect();
                prop_assert_eq!(list(json!({"group": name, "offset": offset})), there);
            }
        }
    }
    Ok(())
}

#[test]
fn a_breakdown_of_very_many_texts_is_bounded() {
    let mut text = String::from("user,time,event,session\n");
    for user in 0..3_000 {
        // Every row has a text of its own, but for those of ten users; so there are more texts than users.
        let own = if user < 10 { "same".to_owned() } else { format!("s{user}") };
        text += &format!("u{user},2024-01-01,visit,{own}\nu{user},2024-01-02,visit,t{user}\n");
    }
    let mut engine = Engine::default();
    engine.hold(load(&[("rows.csv", text.as_bytes())], &OpenOptions::default()).unwrap());
    let params = json!({"period": "day", "breakdown": {"column": "session", "most": 3}});
    let request = json!({"analysis": "retention", "params": params}).to_string();
    let answer: Value = serde_json::from_str(&engine.run(&request).unwrap()).unwrap();
    let groups = answer["report"]["groups"].as_array().unwrap();
    let told: Vec<(Option<&str>, u64, u64)> = groups
        .iter()
        .map(|group| {
            (group["value"].as_str(), group["values"].as_u64().unwrap(), group["users"].as_u64().unwrap())
        })
        .collect();
    let expected = [(Some("same"), 1, 10), (Some("s10"), 1, 1), (Some("s100"), 1, 1), (None, 2_988, 2_988)];
    assert_eq!(told, expected);
    let asked = json!({"analysis": "retention", "params": params, "users": {"cell": {"group": "others", "offset": 1}, "limit": 1}});
    let list: Value = serde_json::from_str(&engine.run(&asked.to_string()).unwrap()).unwrap();
    assert_eq!(list["total"], 2_988);
}

#[test]
fn attributes_of_users_are_groups_and_the_events_that_begin_too() {
    const EVENTS: &str = "user_id,event,time,amount\n\
        a,visit,2024-01-01,\na,purchase,2024-01-02,10.00\nb,visit,2024-01-01,\nb,refund,2024-01-02,2.50\nc,purchase,2024-01-02,4.00\n\
        d,visit,2024-01-03,\n";
    const USERS: &str = "user_id,level\na,gold\nb,silver\nz,gold\nd,silver\n";
    let mut engine = Engine::default();
    let files: [(&str, &[u8]); 2] = [("events.csv", EVENTS.as_bytes()), ("users.csv", USERS.as_bytes())];
    engine.hold(load(&files, &OpenOptions::default()).unwrap());
    let groups = |column: &str| -> Vec<Value> {
        let params = json!({"period": "day", "value": true, "breakdown": {"column": column}});
        let request = json!({"analysis": "retention", "params": params}).to_string();
        let answer: Value = serde_json::from_str(&engine.run(&request).unwrap()).unwrap();
        answer["report"]["groups"].as_array().unwrap().clone()
    };
    let told = |group: &Value| {
        let next = &group["average"][1];
        let worth = in_cents(&next["value"]["cumulative"]);
        let count = |value: &Value| value.as_u64().unwrap();
        (
            group["value"].as_str().unwrap().to_owned(),
            count(&group["users"]),
            count(&next["users"]),
            count(&next["returned"]),
            worth,
        )
    };
    // Day 1 has ended for the cohorts of January 1 and 2, not for that of January 3. The file of users does not know c.
    let levels: Vec<_> = groups("level").iter().map(told).collect();
    let expected = [("silver", 2, 1, 1, -250), ("", 1, 1, 0, 400), ("gold", 1, 1, 1, 1000)];
    assert_eq!(
        levels,
        expected.map(|(value, users, of, back, worth)| (value.to_owned(), users, of, back, worth))
    );
    let events: Vec<_> = groups("event").iter().map(told).collect();
    let expected = [("visit", 3, 2, 2, 750), ("purchase", 1, 1, 0, 400)];
    assert_eq!(
        events,
        expected.map(|(value, users, of, back, worth)| (value.to_owned(), users, of, back, worth))
    );
}
