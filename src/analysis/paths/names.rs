//! Names of steps: the texts of a column, hidden, merged or renamed by rules.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::mapping::Role;
use crate::table::ColumnData;
use crate::table::dictionary::{CodeVec, Codes};
use crate::with_codes;

/// The most rules.
pub const MOST_RULES: usize = 200;

/// What becomes of the events whose names fit a pattern: hidden, or steps of another name. The first rule that fits decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// The whole name as written, upper and lower case told apart; `*` stands for any letters or none.
    pub pattern: String,
    /// The name of the step; several names that become one are merged.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether such events are no steps at all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hide: bool,
}

/// Whether a name fits a pattern in which `*` stands for any letters.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(head) else { return false };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    // Each part at its first place leaves the most room for those that follow.
    for part in middle.split('*') {
        let Some((_, after)) = name.split_once(part) else { return false };
        name = after;
    }
    name.ends_with(tail)
}

/// Gives the step of this name another name, that of another step to merge the two, or hides it when there is none. `known` tells
/// whether a text of the column is called so; where it is not sure, yes.
pub fn set_fate(rules: &mut Vec<Rule>, step: &str, name: Option<&str>, known: impl Fn(&str) -> bool) {
    let fate = |rule: &mut Rule| {
        rule.name = name.map(str::to_owned);
        rule.hide = name.is_none();
    };
    let made = |rule: &&mut Rule| rule.name.as_deref() == Some(step);
    let is_made = rules.iter_mut().filter(made).map(fate).count() > 0;
    // A text that no rule fits is a step of its own name.
    if !rules.iter().any(|rule| fits(&rule.pattern, step)) && (!is_made || known(step)) {
        let mut rule = Rule { pattern: step.to_owned(), ..Rule::default() };
        fate(&mut rule);
        rules.push(rule);
    }
    // What is called as it is written needs no rule, unless one further down would rename it.
    while let Some(place) = rules.iter().position(|rule| rule.name.as_deref() == Some(rule.pattern.as_str()))
    {
        let later = rules.iter().skip(place + 1);
        let text = rules.get(place).map_or("", |rule| rule.pattern.as_str());
        if text.contains('*') || later.clone().any(|rule| fits(&rule.pattern, text)) {
            break;
        }
        rules.remove(place);
    }
}

/// The texts that the rules make the step of this name.
pub fn sources<'n>(rules: &[Rule], step: &str, texts: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let is_step = |text: &&str| match rules.iter().find(|rule| fits(&rule.pattern, text)) {
        Some(rule) => !rule.hide && rule.name.as_deref() == Some(step),
        None => *text == step,
    };
    texts.filter(is_step).collect()
}

/// What each row of a log is called as a step.
#[derive(Debug)]
pub(super) struct Names<'v> {
    codes: &'v CodeVec,
    /// The step that each code of the column is; [`Self::HIDDEN`] for none.
    by_code: Vec<u32>,
    /// The steps' names.
    names: Vec<Cow<'v, str>>,
}

impl<'v> Names<'v> {
    const HIDDEN: u32 = u32::MAX;

    /// Makes the names of a column ready, the event column's when none is given.
    pub fn new(view: &'v View<'_>, column: Option<&str>, rules: &[Rule]) -> Result<Self> {
        check(rules)?;
        let column = codes(view, column)?;
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut names: Vec<Cow<'v, str>> = Vec::new();
        let mut by_code = Vec::with_capacity(column.dictionary.len());
        let rules_of = |name: &str| rules.iter().find(|rule| fits(&rule.pattern, name));
        for text in column.dictionary.iter() {
            let rule = rules_of(text);
            if rule.is_some_and(|rule| rule.hide) {
                by_code.push(Self::HIDDEN);
                continue;
            }
            let renamed = rule.and_then(|rule| rule.name.as_deref());
            let next = u32::try_from(names.len()).unwrap_or(Self::HIDDEN);
            let step = *known.entry(renamed.unwrap_or(text)).or_insert(next);
            if step == next {
                names.push(renamed.map_or(Cow::Borrowed(text), |name| Cow::Owned(name.to_owned())));
            }
            by_code.push(step);
        }
        Ok(Self { codes: &column.rows, by_code, names })
    }

    /// How many different steps there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The name of a step.
    pub fn name(&self, step: usize) -> &str {
        self.names.get(step).map_or("", AsRef::as_ref)
    }

    /// The step of this name.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.names.iter().position(|known| known == name).and_then(|step| u32::try_from(step).ok())
    }

    /// The step that a row is; nothing when it is hidden.
    #[inline]
    pub fn of(&self, row: usize) -> Option<u32> {
        let code = with_codes!(self.codes, codes => codes.get(row).map_or(usize::MAX, |&code| code as usize));
        self.by_code.get(code).copied().filter(|step| *step != Self::HIDDEN)
    }
}

fn check(rules: &[Rule]) -> Result<()> {
    if rules.len() > MOST_RULES {
        return Err(Error::bad_value("params.rules", rules.len(), format!("at most {MOST_RULES}")));
    }
    match rules.iter().position(|rule| rule.hide == rule.name.is_some()) {
        None => Ok(()),
        Some(place) => {
            let found = rules.get(place).map_or("", |rule| rule.pattern.as_str());
            Err(Error::bad_value(format!("params.rules[{place}]"), found, "either \"as\" or \"hide\": true"))
        }
    }
}

fn codes<'v>(view: &'v View<'_>, name: Option<&str>) -> Result<&'v Codes> {
    let Some(name) = name else {
        return view.log.text_in_role(Role::Event).ok_or_else(|| {
            Error::new(ErrorKind::MissingRole).at_path("params.column").expected(Role::Event.name())
        });
    };
    let texts = view.log.columns.iter().filter_map(|column| match &column.data {
        ColumnData::Text(codes) => Some((column.name.as_str(), codes)),
        _ => None,
    });
    match texts.clone().find(|(known, _)| *known == name) {
        Some((_, codes)) => Ok(codes),
        None => {
            let known: Vec<&str> = texts.map(|(known, _)| known).collect();
            let error = Error::new(ErrorKind::UnknownColumn).at_path("params.column");
            Err(error.found(name).expected(known.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "view"),
            ("view", "view"),
            ("page_*", "page_"),
            ("page_*", "page_home"),
            ("*_view", "item_view"),
            ("a*b*c", "abc"),
            ("a*b*c", "a-b-b-c"),
            ("*页*", "首页浏览"),
            ("a**b", "ab"),
            ("**", "x"),
            ("*ab*ab", "abab"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("", "x"),
            ("view", "View"),
            ("view", "views"),
            ("page_*", "pag"),
            ("*_view", "view"),
            ("a*a", "a"),
            ("a*b*c", "acb"),
            ("ab*ba", "aba"),
            ("*ab*ab", "ab"),
            ("?", "x"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    fn called(rules: &[Rule], text: &str) -> Option<String> {
        match rules.iter().find(|rule| fits(&rule.pattern, text)) {
            Some(rule) if rule.hide => None,
            Some(rule) => rule.name.clone(),
            None => Some(text.to_owned()),
        }
    }

    #[test]
    fn fates_by_hand() {
        let known = |text: &str| ["view", "cart", "page_a", "page_b"].contains(&text);
        let mut rules = Vec::new();
        let told = |rules: &[Rule]| serde_json::to_string(rules).unwrap();
        set_fate(&mut rules, "view", None, known);
        assert_eq!(told(&rules), r#"[{"pattern":"view","hide":true}]"#);
        rules = vec![Rule { pattern: "page_*".to_owned(), name: Some("page".to_owned()), hide: false }];
        set_fate(&mut rules, "page", Some("cart"), known);
        assert_eq!(told(&rules), r#"[{"pattern":"page_*","as":"cart"}]"#, "no text is called page");
        assert_eq!(sources(&rules, "cart", ["view", "cart", "page_a"].into_iter()), ["cart", "page_a"]);
        set_fate(&mut rules, "cart", Some("basket"), known);
        assert_eq!(told(&rules), r#"[{"pattern":"page_*","as":"basket"},{"pattern":"cart","as":"basket"}]"#);
        rules = vec![Rule { pattern: "view".to_owned(), name: Some("look".to_owned()), hide: false }];
        set_fate(&mut rules, "look", Some("view"), known);
        assert_eq!(rules, [], "called as it is written");
        rules = vec![
            Rule { pattern: "view".to_owned(), name: Some("look".to_owned()), hide: false },
            Rule { pattern: "v*".to_owned(), name: None, hide: true },
        ];
        set_fate(&mut rules, "look", Some("view"), known);
        assert_eq!(called(&rules, "view").as_deref(), Some("view"), "not hidden by the next rule");
    }

    proptest! {
        #[test]
        fn a_fate_is_that_of_one_step(
            rules in prop::collection::vec((prop::sample::select(vec!["a", "b", "ab", "a*", "*b", "c"]), prop::option::of(prop::sample::select(vec!["a", "b", "x", "y"]))), 0..5),
            step in prop::sample::select(vec!["a", "b", "ab", "x", "y", "ba"]),
            name in prop::option::of(prop::sample::select(vec!["a", "b", "x", "z"])),
        ) {
            let texts = ["a", "b", "ab", "ba", "c", "d"];
            let rule = |(pattern, name): (&str, Option<&str>)| Rule { pattern: pattern.to_owned(), name: name.map(str::to_owned), hide: name.is_none() };
            let before: Vec<Rule> = rules.into_iter().map(rule).collect();
            let mut after = before.clone();
            set_fate(&mut after, step, name, |text| texts.contains(&text));
            for text in texts {
                let was = called(&before, text);
                let expected = if was.as_deref() == Some(step) { name.map(str::to_owned) } else { was.clone() };
                prop_assert_eq!(called(&after, text), expected, "{} {:?}", text, after);
                prop_assert_eq!(sources(&before, step, texts.into_iter()).contains(&text), was.as_deref() == Some(step));
            }
        }
    }
}
