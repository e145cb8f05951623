//! The pattern language by hand, and the search against one that tries every way.

use proptest::prelude::*;

use super::pattern::{Chain, Event, Pattern, Tried};

/// Events from letters, a second apart: `a` meets condition 1, `b` 2, `c` 3.
fn events(letters: &str) -> Vec<Event> {
    (0i64..)
        .zip(letters.bytes())
        .map(|(second, letter)| Event {
            micros: second * 1_000_000,
            conditions: 1 << (letter - b'a'),
            day: 0,
        })
        .collect()
}

fn number(pattern: &Pattern, events: &[Event], tried: &mut Tried) -> Option<u64> {
    pattern.chains(events, tried, &mut Vec::new()).map(|chains| chains.len() as u64)
}

fn count(pattern: &str, letters: &str) -> u64 {
    number(&Pattern::parse(pattern, 3).unwrap(), &events(letters), &mut Tried::default()).unwrap()
}

#[test]
fn patterns_by_hand() {
    for (pattern, letters, expected) in [
        ("(?1)(?2)", "ab", 1),
        ("(?1)(?2)", "acb", 0),
        ("(?1).*(?2)", "acb", 1),
        ("(?1).(?2)", "acb", 1),
        ("(?1).(?2)", "ab", 0),
        ("(?1)(?2)", "abab", 2),
        ("(?1)(?1)", "aaaa", 2),
        ("(?1).*(?2)", "aabb", 1),
        ("(?1)", "aba", 2),
        (".", "abc", 3),
        ("(?1).*", "abcab", 2),
        ("(?1)(?t<=1)(?2)", "ab", 1),
        ("(?1)(?t<1)(?2)", "ab", 0),
        ("(?1)(?t<=2)(?2)", "acb", 1),
        ("(?1)(?t<=1)(?2)", "acb", 0),
        ("(?1)(?t==2)(?2)", "abb", 1),
        ("(?1)(?t>1)(?2)", "abb", 1),
        ("(?1)(?t>=3)(?2)", "abb", 0),
        ("(?1).*(?t<=1)(?2)", "acccb", 1),
        ("(?1)(?t<=5)", "a", 1),
        ("(?1)(?t>=0)", "a", 1),
        ("(?1)(?t>=1)", "a", 0),
        ("(?2)", "aaa", 0),
    ] {
        assert_eq!(count(pattern, letters), expected, "{pattern} in {letters}");
    }
    let mut chains = Vec::new();
    let pattern = Pattern::parse("(?1).*(?2)", 3).unwrap();
    let found = pattern.chains(&events("cacbcab"), &mut Tried::default(), &mut chains).unwrap();
    assert_eq!(found, [Chain { first: 1, last: 3 }, Chain { first: 5, last: 6 }]);
    // The event after comes too late, although nothing need come after.
    let late =
        [Event { micros: 0, conditions: 1, day: 0 }, Event { micros: 9_000_000, conditions: 2, day: 0 }];
    let pattern = Pattern::parse("(?1)(?t<=5)", 2).unwrap();
    assert_eq!(number(&pattern, &late, &mut Tried::default()), Some(0));
}

#[test]
fn mistakes_name_their_place() {
    let refused = |pattern: &str| {
        let error = Pattern::parse(pattern, 2).unwrap_err();
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        (text(&error.path), text(&error.found), text(&error.expected))
    };
    let told = |path: &str, found: &str, expected: &str| (path.into(), found.into(), expected.into());
    assert_eq!(refused("(?1)x"), told("params.pattern[4]", "x", "(?1), (?t<=60), . or .*"));
    assert_eq!(refused("(?1)(?3)"), told("params.pattern[6]", "3)", "1 to 2"));
    assert_eq!(refused("(?0)"), told("params.pattern[2]", "0)", "1 to 2"));
    assert_eq!(refused("(?"), told("params.pattern[2]", "(?", "1 to 2"));
    assert_eq!(refused("(?1"), told("params.pattern[3]", "(?1", ")"));
    assert_eq!(refused("(?1)(?t=5)"), told("params.pattern[7]", "=5)", "<=, <, >=, > or =="));
    assert_eq!(refused("(?1)(?t<0)(?2)"), told("params.pattern[8]", "0)(?2)", "at least 1 second"));
    assert_eq!(refused("(?1)(?t<=-5)"), told("params.pattern[9]", "-5)", "whole seconds"));
    assert_eq!(refused("(?1)(?t<=1.5)"), told("params.pattern[10]", ".5)", ")"));
    let (path, _, expected) = refused("(?1)(?t>1)(?t<5)");
    assert_eq!(
        (path.as_str(), expected.as_str()),
        ("params.pattern[14]", "an event before this condition on time")
    );
    assert_eq!(refused("页"), told("params.pattern[0]", "页", "(?1), (?t<=60), . or .*"));
    for empty in ["", ".*", "(?t<=5)", ".*.*"] {
        assert_eq!(refused(empty).0, "params.pattern");
    }
    assert_eq!(refused(&".".repeat(64)).0, "params.pattern");
    assert!(Pattern::parse(&".".repeat(63), 2).is_ok());
    assert!(Pattern::parse("(?1)(?t<=99999999999999999999)", 2).is_err());
}

#[test]
fn patterns_that_double_with_every_choice_end() {
    let letters = "a".repeat(3_000) + "b";
    let pattern = "(?1).*".repeat(12) + "(?t==1)(?3)(?3)";
    assert_eq!(count(&pattern, &(letters.clone() + "bc")), 0);
    assert_eq!(count(&("(?1)(?t<=3000)".repeat(12) + "(?2)(?2)"), &letters), 0);
    assert_eq!(count(&("(?1).*".repeat(12) + "(?2)"), &letters), 1);
}

/// All ways a pattern can go from a part and an event, in the order they are tried, by recursion and without remembering.
fn ways(parts: &[&str], events: &[Event], event: usize, base: usize) -> Way {
    let Some((part, rest)) = parts.split_first() else { return Way::Ends(event) };
    if event == events.len() {
        let nothing = |part: &&str| *part == ".*" || part.starts_with("(?t<") || *part == "(?t>=0)";
        return if parts.iter().all(nothing) { Way::Ends(event) } else { Way::Exhausted };
    }
    let at = |event: usize| events[event].micros / 1_000_000;
    let number = |sign: &str| part.split(sign).last().unwrap().trim_end_matches(')').parse::<i64>().unwrap();
    if *part == "." {
        return ways(rest, events, event + 1, event);
    }
    if *part == ".*" {
        return first((event..events.len()).map(|next| ways(rest, events, next, next)));
    }
    if part.starts_with("(?t") {
        let passed = |next: usize| at(next) - at(base);
        let fits: Box<dyn Fn(usize) -> bool> = match part.get(3..5).unwrap() {
            "<=" => Box::new(|next| passed(next) <= number("<=")),
            ">=" => Box::new(|next| passed(next) >= number(">=")),
            "==" => Box::new(|next| passed(next) == number("==")),
            sign if sign.starts_with('<') => Box::new(|next| passed(next) < number("<")),
            _ => Box::new(|next| passed(next) > number(">")),
        };
        let waits = !part.starts_with("(?t<");
        let reach = (event..events.len()).take_while(|&next| waits || fits(next)).filter(|&next| fits(next));
        return first(reach.map(|next| ways(rest, events, next, next)));
    }
    let bit = 1 << (number("?") - 1);
    if events[event].conditions & bit != 0 { ways(rest, events, event + 1, event) } else { Way::Fails }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Ends(usize),
    Fails,
    /// The events are used up: ClickHouse does not look further, for every other way needs as many.
    Exhausted,
}

fn first(mut ways: impl Iterator<Item = Way>) -> Way {
    ways.find(|way| *way != Way::Fails).unwrap_or(Way::Fails)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn remembering_changes_nothing(
        parts in prop::collection::vec(prop::sample::select(vec![
            "(?1)", "(?2)", "(?3)", "(?1)", ".", ".*", "(?t<=2)", "(?t<3)", "(?t>=2)", "(?t>1)", "(?t==3)", "(?t>=0)",
        ]), 1..7),
        steps in prop::collection::vec((0i64..4, 1u32..8), 0..14),
        first_condition in 1u32..4,
    ) {
        // A condition on time follows something else.
        let mut parts = parts;
        parts.dedup_by(|b, a| a.starts_with("(?t") && b.starts_with("(?t"));
        let named = format!("(?{first_condition})");
        parts.insert(0, &named);
        let mut now = 0;
        let events: Vec<Event> = steps.iter().map(|(step, conditions)| {
            now += step;
            Event { micros: now * 1_000_000, conditions: *conditions, day: 0 }
        }).collect();
        let (mut from, mut expected) = (0, Vec::new());
        while from < events.len() {
            // The chain begins at the first event from which any way leads to an end.
            let begun = (from..events.len()).map(|first| (first, ways(&parts, &events, first, first)));
            let Some((first, Way::Ends(end))) = begun.into_iter().find(|(_, way)| *way != Way::Fails) else { break };
            let end = if end == from { from + 1 } else { end };
            expected.push(Chain { first, last: end - 1 });
            from = end;
        }
        let met = events.iter().fold(0, |met, event| met | event.conditions);
        let needs_all = parts.iter().filter(|part| !part.starts_with("(?t") && part.starts_with("(?"));
        let missing = needs_all.map(|part| part.get(2..3).unwrap().parse::<u32>().unwrap()).any(|number| met >> (number - 1) & 1 == 0);
        if missing {
            expected.clear();
        }
        let pattern = Pattern::parse(&parts.concat(), 3).unwrap();
        let mut found = Vec::new();
        prop_assert_eq!(pattern.chains(&events, &mut Tried::default(), &mut found), Some(expected.as_slice()));
        let mut remembering = Tried::default();
        remembering.always = true;
        prop_assert_eq!(pattern.chains(&events, &mut remembering, &mut found), Some(expected.as_slice()));
    }
}
