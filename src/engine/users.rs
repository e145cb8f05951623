//! The users behind a cell as a list: sorted, searched, shown by pages.

use serde::{Deserialize, Serialize};

use super::request::{SortUsers, UsersWanted};
use crate::analysis::{MemberCells, MemberColumn, Members};
use crate::dataset::EventLog;
use crate::dataset::calendar::Day;
use crate::error::{Error, Result};
use crate::table::decimal::Amount;

/// Some of the users behind a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPage {
    /// Users behind the cell: the number that stands in it.
    pub total: u64,
    /// Those of them that the search finds; all without a search.
    pub matching: u64,
    /// Where this page begins among them.
    pub offset: u64,
    /// The columns after the user's id.
    pub columns: Vec<UserColumn>,
    /// One row a user: the id, then a cell for each column.
    pub rows: Vec<Vec<UserCell>>,
}

/// A column of a list of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserColumn {
    /// Its name in JSON and in `locales/` (`member_<key>`).
    pub key: String,
}

/// A cell in a list of users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum UserCell {
    /// A whole number.
    Count(i64),
    /// An amount.
    Amount(Amount),
    /// A day, a name key or an id.
    Text(String),
}

/// What a list is sorted by when it is sorted by the users' ids.
const USER: &str = "user";

/// A list with the order and the search that were wanted last, so that the next page costs only itself.
#[derive(Debug)]
pub(super) struct List {
    question: String,
    members: Members,
    /// Places in the order of the users' ids; empty until an order is wanted.
    by_id: Vec<u32>,
    sort: Option<SortUsers>,
    /// Places in the order that is wanted.
    order: Vec<u32>,
    search: String,
    /// Those of them that the search finds; nothing without a search.
    matching: Option<Vec<u32>>,
}

impl List {
    /// A list in the question's own order.
    pub(super) fn new(question: String, members: Members) -> Self {
        let order = members.places().collect();
        Self {
            question,
            members,
            by_id: Vec::new(),
            sort: None,
            order,
            search: String::new(),
            matching: None,
        }
    }

    /// Whether it is the list behind this question's cell.
    pub(super) fn answers(&self, question: &str) -> bool {
        self.question == question
    }

    /// Whether a user is in the list, whatever is searched for.
    pub(super) fn has(&self, user: u32) -> bool {
        self.members.users.contains(&user)
    }

    /// Brings the list into the order that is wanted, and searches it.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::BadValue`] for a column that the list does not have.
    pub(super) fn arrange(&mut self, log: &EventLog, wanted: &UsersWanted) -> Result<()> {
        let moved = self.sort != wanted.sort;
        if moved {
            self.order = match &wanted.sort {
                None => self.members.places().collect(),
                Some(sort) => self.sorted(log, sort)?,
            };
            self.sort.clone_from(&wanted.sort);
        }
        let search = wanted.search.as_deref().unwrap_or("");
        if moved || self.search != search {
            search.clone_into(&mut self.search);
            self.matching = (!search.is_empty()).then(|| self.members.matching(log, &self.order, search));
        }
        Ok(())
    }

    fn sorted(&mut self, log: &EventLog, sort: &SortUsers) -> Result<Vec<u32>> {
        let column = self.members.columns.iter().find(|column| column.key == sort.column);
        if column.is_none() && sort.column != USER {
            let keys = self.members.columns.iter().map(|column| column.key);
            let known: Vec<&str> = std::iter::once(USER).chain(keys).collect();
            return Err(Error::bad_value("users.sort.column", &sort.column, known.join(", ")));
        }
        if self.by_id.is_empty() {
            self.by_id = self.members.by_id(log);
        }
        Ok(match column {
            Some(column) => self.members.by_cells(&column.cells, sort.descending, &self.by_id),
            None if sort.descending => self.by_id.iter().rev().copied().collect(),
            None => self.by_id.clone(),
        })
    }

    /// What is listed.
    pub(super) fn members(&self) -> &Members {
        &self.members
    }

    /// The user at a place.
    pub(super) fn user(&self, place: u32) -> u32 {
        self.members.users.get(place as usize).copied().unwrap_or(u32::MAX)
    }

    /// The places of those whom the search finds, in the order that is wanted.
    pub(super) fn shown(&self) -> &[u32] {
        self.matching.as_ref().unwrap_or(&self.order)
    }

    /// A page of the list.
    pub(super) fn page(&self, log: &EventLog, offset: u64, limit: u64) -> UserPage {
        let shown = self.shown();
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(shown.len());
        let to = from.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX)).min(shown.len());
        let row = |&place: &u32| {
            let cells = self.members.columns.iter().map(|column| cell(log, column, place));
            std::iter::once(UserCell::Text(self.members.id(log, place).to_owned())).chain(cells).collect()
        };
        let column = |column: &MemberColumn| UserColumn { key: column.key.to_owned() };
        UserPage {
            total: self.members.users.len() as u64,
            matching: shown.len() as u64,
            offset: from as u64,
            columns: self.members.columns.iter().map(column).collect(),
            rows: shown.get(from..to).unwrap_or(&[]).iter().map(row).collect(),
        }
    }
}

fn cell(log: &EventLog, column: &MemberColumn, place: u32) -> UserCell {
    fn at<T: Copy + Default>(cells: &[T], place: u32) -> T {
        cells.get(place as usize).copied().unwrap_or_default()
    }
    match &column.cells {
        MemberCells::Counts(counts) => UserCell::Count(at(counts, place)),
        MemberCells::Amounts(units) => UserCell::Amount(log.amount(at(units, place))),
        MemberCells::Days(days) => UserCell::Text(Day(at(days, place)).to_string()),
        MemberCells::Names(names) => UserCell::Text(at::<&str>(names, place).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Engine;
    use super::super::loader::load;
    use super::super::request::{OpenOptions, Query};
    use super::*;

    const ORDERS: &str = "user_id,date,amount\nUser10,2024-01-05,9.50\nuser9,2024-01-01,100\nÉva,2024-01-03,9.5\n\
        user9,2024-01-02,1\nanna,2024-01-05,20\n";

    fn engine() -> Engine {
        let mut engine = Engine::default();
        engine.hold(load(&[("orders.csv", ORDERS.as_bytes())], &OpenOptions::default()).unwrap());
        engine
    }

    fn query(more: Value) -> Query {
        let mut users = json!({"cell": "all"});
        for (key, value) in more.as_object().unwrap() {
            users[key] = value.clone();
        }
        Query::parse(&json!({"analysis": "rfm", "users": users}).to_string()).unwrap()
    }

    fn page(engine: &Engine, more: Value) -> UserPage {
        serde_json::from_str(&engine.answer(&query(more)).unwrap()).unwrap()
    }

    fn ids(page: &UserPage) -> Vec<String> {
        let id = |row: &Vec<UserCell>| match &row[0] {
            UserCell::Text(id) => id.clone(),
            other => panic!("{other:?}"),
        };
        page.rows.iter().map(id).collect()
    }

    #[test]
    fn lists_are_sorted_with_ties_by_id() {
        let engine = engine();
        let sorted = |column: &str, descending: bool| {
            ids(&page(&engine, json!({"sort": {"column": column, "descending": descending}})))
        };
        assert_eq!(ids(&page(&engine, json!({}))), ["user9", "anna", "User10", "Éva"], "most valuable first");
        assert_eq!(sorted("user", false), ["User10", "anna", "user9", "Éva"], "byte by byte");
        assert_eq!(sorted("user", true), ["Éva", "user9", "anna", "User10"]);
        assert_eq!(sorted("monetary", false), ["User10", "Éva", "anna", "user9"], "9.50 = 9.5 < 20 < 101");
        assert_eq!(sorted("monetary", true), ["user9", "anna", "User10", "Éva"], "ties stay by id");
        assert_eq!(sorted("frequency", true), ["user9", "User10", "anna", "Éva"]);
        assert_eq!(ids(&page(&engine, json!({}))), ["user9", "anna", "User10", "Éva"], "and back again");
    }

    #[test]
    fn lists_are_searched_in_either_case() {
        let engine = engine();
        let found = |more: Value| {
            let page = page(&engine, more);
            assert_eq!(page.total, 4, "the search does not change the figure in the cell");
            (page.matching, ids(&page))
        };
        let list = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(found(json!({"search": ""})).0, 4);
        assert_eq!(found(json!({"search": "USER"})), (2, list(&["user9", "User10"])));
        assert_eq!(found(json!({"search": "USER", "offset": 1})), (2, list(&["User10"])));
        assert_eq!(
            found(json!({"search": "USER", "sort": {"column": "user"}})),
            (2, list(&["User10", "user9"]))
        );
        assert_eq!(found(json!({"search": "éVA"})), (1, list(&["Éva"])));
        assert_eq!(found(json!({"search": "nobody"})), (0, vec![]));
        let saved = query(json!({"search": "user", "sort": {"column": "user"}, "limit": 1, "save": {}}));
        let csv = String::from_utf8(engine.list_file(&saved, None).unwrap()).unwrap();
        let rows: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(rows, ["User10", "user9"], "all that match, not the page");
    }

    #[test]
    fn a_list_is_made_once_for_all_its_pages() {
        let mut engine = engine();
        let made = |engine: &Engine| engine.list.borrow().as_ref().map(|list| list.members.users.as_ptr());
        page(&engine, json!({"limit": 1}));
        let first = made(&engine);
        page(&engine, json!({"limit": 1, "offset": 1, "sort": {"column": "user"}, "search": "a"}));
        assert!(first.is_some() && made(&engine) == first);
        page(&engine, json!({"cell": {"segment": "champions"}}));
        assert_eq!(engine.list.borrow().as_ref().map(|list| list.question.contains("champions")), Some(true));
        engine.close();
        assert!(engine.list.borrow().is_none());
    }

    #[test]
    fn an_unknown_column_is_refused() {
        let error = engine().answer(&query(json!({"sort": {"column": "spend"}}))).unwrap_err();
        assert_eq!(error.path.as_deref(), Some("users.sort.column"));
        assert_eq!(error.found.as_deref(), Some("spend"));
        assert!(error.expected.as_deref().unwrap().starts_with("user, "), "{error:?}");
        let misspelt =
            Query::parse(r#"{"analysis":"rfm","users":{"cell":"all","sort":{"column":"user","desc":true}}}"#);
        assert_eq!(misspelt.unwrap_err().path.as_deref(), Some("users.sort.desc"));
    }
}
