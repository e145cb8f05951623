//! Finds the users of segments that are defined by a question and a cell, and remembers the last few: every question on a
//! page asks with the same segment.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use serde_json::Value;

use super::request::{Query, from_value};
use super::{registry, to_json};
use crate::dataset::EventLog;
use crate::dataset::segment::{HeldList, UserSegment, UserSet};
use crate::dataset::view::View;
use crate::error::{Error, ErrorKind, Result};

/// How many segments may stand one inside the other.
const MOST_NESTED: usize = 8;

/// How many sets of users are remembered; each takes a bit for every user at most.
const MOST_KEPT: usize = 32;

/// The sets of users that were found last, each with the definition that it follows from; the last used comes last.
#[derive(Debug, Default)]
pub(super) struct Segments {
    kept: RefCell<VecDeque<(String, UserSet)>>,
    /// Lists of ids that definitions refer to, by their digests.
    lists: BTreeMap<String, Rc<[String]>>,
}

impl Segments {
    /// The same lists; nothing is remembered that was found in other data, or on other days.
    pub(super) fn anew(&self) -> Self {
        Self { lists: self.lists.clone(), ..Self::default() }
    }

    /// Holds a list from now on.
    pub(super) fn hold(&mut self, ids: Vec<String>) -> HeldList {
        let list = HeldList::of(&ids);
        self.lists.insert(list.sha256.clone(), ids.into());
        list
    }

    /// The users of a list.
    fn listed(&self, log: &EventLog, list: &HeldList) -> Result<UserSet> {
        let key = format!("list {}", list.sha256);
        if let Some(set) = self.recall(&key) {
            return Ok(set);
        }
        let lost = || Error::new(ErrorKind::ListNotHeld).at_path("list").found(list.ids);
        let ids = self.lists.get(&list.sha256).ok_or_else(lost)?;
        let set: UserSet = ids.iter().filter_map(|id| log.users.find(id)).collect();
        self.remember(key, &set);
        Ok(set)
    }

    /// The rows of the log that a question looks at through its filter, with or without segments.
    ///
    /// # Errors
    /// As [`View::with_segments`]; [`ErrorKind::BadValue`] when definitions are nested too deeply.
    pub(super) fn view<'a>(&'a self, log: &'a EventLog, query: &Query) -> Result<View<'a>> {
        let resolve = Box::new(|segment: &UserSegment| self.users(log, segment));
        if registry::dates_bound_entry(query)? {
            View::beyond_dates(log, &query.filter, resolve)
        } else {
            View::with_segments(log, &query.filter, resolve)
        }
    }

    fn users(&self, log: &EventLog, segment: &UserSegment) -> Result<UserSet> {
        let depth = segment.depth();
        if depth > MOST_NESTED {
            let allowed = format!("at most {MOST_NESTED} segments inside one another");
            return Err(Error::bad_value("", depth, allowed));
        }
        if let Some(list) = &segment.list {
            return self.listed(log, list);
        }
        let (query, cell) = definition(segment)?;
        let key = to_json(&(&query, cell))?;
        if let Some(set) = self.recall(&key) {
            return Ok(set);
        }
        let view = self.view(log, &query)?;
        let members = registry::members(&query, &view, cell).map_err(|error| {
            // In a segment the cell stands beside the question, not below `users`.
            let path = error.path.as_deref().and_then(|path| path.strip_prefix("users.")).map(str::to_owned);
            if let Some(path) = path { error.at_path(path) } else { error }
        })?;
        let set: UserSet = members.users.into_iter().collect();
        self.remember(key, &set);
        Ok(set)
    }

    fn remember(&self, key: String, set: &UserSet) {
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= MOST_KEPT {
            kept.pop_front();
        }
        kept.push_back((key, set.clone()));
    }

    fn recall(&self, key: &str) -> Option<UserSet> {
        let mut kept = self.kept.borrow_mut();
        let place = kept.iter().position(|(known, _)| known == key)?;
        let found = kept.remove(place)?;
        let set = found.1.clone();
        kept.push_back(found);
        Some(set)
    }
}

/// The question that defines a segment, and its cell.
pub(super) fn definition(segment: &UserSegment) -> Result<(Query, &Value)> {
    let missing = |name: &str| Error::new(ErrorKind::MissingField).expected(name);
    let name = segment.analysis.as_ref().ok_or_else(|| missing("analysis"))?;
    let cell = segment.cell.as_ref().ok_or_else(|| missing("cell"))?;
    let analysis = from_value(Value::String(name.clone()), "analysis")?;
    let query =
        Query::new(analysis, &segment.params.clone().unwrap_or_else(|| Value::Object(Default::default())));
    Ok((Query { filter: segment.filter.clone(), ..query }, cell))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Engine;
    use super::super::loader::load;
    use super::super::request::OpenOptions;
    use super::*;

    const ORDERS: &str = "user_id,date,amount,channel\na,2024-01-01,5,x\na,2024-01-09,5,y\nb,2024-01-02,90,x\n\
        c,2024-01-03,7,x\nc,2024-01-04,7,x\nc,2024-01-05,7,x\nd,2024-01-09,1,y\n";

    fn engine() -> Engine {
        let mut engine = Engine::default();
        engine.hold(load(&[("orders.csv", ORDERS.as_bytes())], &OpenOptions::default()).unwrap());
        engine
    }

    fn repeat_buyers() -> Value {
        json!({"name": "Came back", "analysis": "overview", "params": {"orders": "days"}, "cell": "repeatBuyers"})
    }

    fn ask(engine: &Engine, all: Value) -> Result<(u64, u64)> {
        let request = json!({"analysis": "overview", "filter": {"all": all}});
        let outcome: Value = serde_json::from_str(&engine.run(&request.to_string())?).unwrap();
        let figure = |name: &str| outcome["population"][name].as_u64().unwrap();
        Ok((figure("users"), figure("rowsUsed")))
    }

    fn refused(all: Value) -> (ErrorKind, String, String) {
        let error = ask(&engine(), all).unwrap_err();
        (error.kind, error.path.clone().unwrap_or_default(), error.expected.clone().unwrap_or_default())
    }

    #[test]
    fn rows_of_the_users_in_a_segment() {
        let engine = engine();
        let ask = |all| ask(&engine, all).unwrap();
        assert_eq!(ask(json!([{"segment": repeat_buyers()}])), (2, 5), "all rows of a and c");
        assert_eq!(ask(json!([{"segment": repeat_buyers(), "not": true}])), (2, 2), "b and d");
        assert_eq!(ask(json!([{"segment": repeat_buyers()}, {"column": "channel", "in": ["x"]}])), (2, 4));
        let mut through_x = repeat_buyers();
        through_x["filter"] = json!({"all": [{"column": "channel", "in": ["x"]}]});
        assert_eq!(ask(json!([{"segment": through_x}])), (1, 3), "only c came back through x");
        let through_y = json!([{"segment": repeat_buyers()}, {"column": "channel", "in": ["y"]}]);
        let of_them = json!({"analysis": "overview", "cell": "users", "filter": {"all": through_y}});
        assert_eq!(ask(json!([{"segment": of_them}])), (1, 2), "a, with the rows of x too");
        assert_eq!(ask(json!([{"segment": {"users": ["d", "b", "d", "stranger"]}}])), (2, 2));
        assert_eq!(ask(json!([{"segment": {"users": []}}])), (0, 0));
        assert_eq!(ask(json!([{"segment": {"users": []}, "not": true}])), (4, 7));
    }

    #[test]
    fn lists_are_held_for_whatever_log_is_open() {
        let mut engine = engine();
        let ids = ["d", "b", "stranger"].map(str::to_owned).to_vec();
        let list = engine.hold_list(ids.clone());
        assert_eq!(list, HeldList::of(&ids.iter().rev().cloned().collect::<Vec<_>>()), "in any order");
        let split = ["db".to_owned(), "stranger".to_owned()];
        assert_ne!(list.sha256, HeldList::of(&split).sha256);
        // printf of each id after its length, sorted, through sha256sum.
        assert_eq!(list.sha256, "0e923d655089025cc3de6f8af81cb2472886de285e1394f7569903b3ac0166cb");
        let held = json!([{"segment": {"list": list}}]);
        assert_eq!(ask(&engine, held.clone()).unwrap(), (2, 2));
        assert_eq!(ask(&engine, held.clone()).unwrap(), (2, 2), "remembered");
        engine.hold(load(&[("more.csv", b"user_id,date\nb,2024-01-01\n")], &OpenOptions::default()).unwrap());
        assert_eq!(ask(&engine, held.clone()).unwrap(), (1, 1), "in the new log");
        let zoned =
            json!({"analysis": "overview", "filter": {"all": held}, "inZone": "Asia/Tokyo"}).to_string();
        assert!(engine.run_in_zone(&zoned).is_ok());
        let error = ask(&Engine::default(), held.clone()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NothingOpen);
        let error = ask(&self::engine(), held).unwrap_err();
        assert_eq!((error.kind, error.found.as_deref()), (ErrorKind::ListNotHeld, Some("3")));
        assert_eq!(error.path.as_deref(), Some("filter.all[0].segment.list"));
        let both = json!([{"segment": {"list": list, "users": ["a"]}}]);
        assert_eq!(ask(&engine, both).unwrap_err().kind, ErrorKind::BadValue);
    }

    #[test]
    fn refusals_name_the_place() {
        let segment = |segment: Value| json!([{"from": "2024-01-01"}, {"segment": segment}]);
        let place = |path: &str| format!("filter.all[1].segment{path}");
        let (kind, path, expected) = refused(segment(json!({"analysis": "rmf", "cell": "all"})));
        assert_eq!((kind, path), (ErrorKind::BadValue, place(".analysis")));
        assert!(expected.contains("rfm"), "{expected}");
        let missing = |name: &str| (ErrorKind::MissingField, place(""), name.to_owned());
        assert_eq!(refused(segment(json!({}))), missing("analysis"));
        assert_eq!(refused(segment(json!({"analysis": "rfm"}))), missing("cell"));
        let path = |all: Value| refused(all).1;
        assert_eq!(path(segment(json!({"analysis": "rfm", "cell": "al"}))), place(".cell"));
        assert_eq!(path(segment(json!({"analysis": "rfm", "cell": {"grid": "99"}}))), place(".cell"));
        assert_eq!(path(segment(json!({"analysis": "rfm", "cell": "all", "parms": {}}))), place(".parms"));
        let params = json!({"analysis": "rfm", "cell": "all", "params": {"asOf": "2024-13-01"}});
        assert_eq!(path(segment(params)), place(".params.asOf"));
        let mut nested = repeat_buyers();
        nested["filter"] = json!({"all": [{"segment": {"analysis": "overview", "cell": "buyers",
            "filter": {"all": [{"column": "city", "in": []}]}}}]});
        assert_eq!(path(segment(nested)), place(".filter.all[0].segment.filter.all[0].column"));
        let both = json!({"users": ["a"], "analysis": "rfm", "cell": "all"});
        assert_eq!(path(segment(both)), place(".users"));
        assert_eq!(path(json!([{"segment": {"users": []}, "column": "channel"}])), "filter.all[0].column");
        assert_eq!(path(json!([{"segment": {"users": []}, "in": ["x"]}])), "filter.all[0].in");
        assert_eq!(path(json!([{"column": "channel", "in": ["x"], "not": true}])), "filter.all[0].not");
        let ids: Vec<Value> = (0..5_000).map(|id| json!(id)).collect();
        assert_eq!(path(segment(json!({"users": ids}))), place(".users"), "found without trying each");
        assert_eq!(path(segment(json!({"users": ["a", 7]}))), place(".users[1]"));
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |depth: usize| {
            (1..depth).fold(json!([{"segment": repeat_buyers()}]), |inner, _| {
                let mut outer = repeat_buyers();
                outer["filter"] = json!({"all": inner});
                json!([{ "segment": outer }])
            })
        };
        assert_eq!(ask(&engine(), nested(MOST_NESTED)).unwrap(), (2, 5));
        let (kind, path, _) = refused(nested(MOST_NESTED + 1));
        assert_eq!((kind, path.as_str()), (ErrorKind::BadValue, "filter.all[0].segment"));
    }

    #[test]
    fn the_last_sets_are_remembered() {
        let mut engine = engine();
        let date = |number: u32| format!("2024-{:02}-{:02}", number / 28 + 1, number % 28 + 1);
        let definition = |day: u32| json!({"analysis": "rfm", "params": {"asOf": date(day)}, "cell": "all"});
        let sets = |engine: &Engine| engine.segments.kept.borrow().len();
        for day in 1..=33 {
            ask(&engine, json!([{"segment": definition(day)}])).unwrap();
            ask(&engine, json!([{"segment": definition(1)}])).unwrap();
        }
        assert_eq!(sets(&engine), MOST_KEPT);
        let knows = |day: u32| {
            let kept = engine.segments.kept.borrow();
            kept.iter().any(|(key, _)| key.contains(&date(day)))
        };
        assert!(knows(1) && !knows(2) && knows(3), "the one unused for longest has gone");
        engine.close();
        assert_eq!(sets(&engine), 0);
    }

    #[test]
    fn a_cell_becomes_a_condition() {
        let mut query = Query::parse(r#"{"analysis":"overview","params":{"orders":"days"}}"#).unwrap();
        let condition = query.to_segment(Some("Came back".to_owned()), &"repeatBuyers");
        assert_eq!(serde_json::to_value(&condition).unwrap(), json!({"segment": repeat_buyers()}));
        query.filter.all.push(condition);
        let text = to_json(&query).unwrap();
        assert_eq!(Query::parse(&text).unwrap(), query, "goes out and comes back");
    }
}
