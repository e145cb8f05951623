//! Ids that belong to one and the same user: which are one, which cannot be told, and what that does to a file's users.
//!
//! A row of an id map says that its ids are one user's. The first column has the ids that users are known by, as a rule the
//! member's; the others have phones, open ids, devices. Users are merged only where that is unambiguous:
//!
//! 1. **One member, one user.** Two different ids of the first column are never one user, whatever ties them. A family shares
//!    a phone, a shop registers its customers under its own number: whoever merges by it in silence loses users and gives
//!    their orders to others.
//! 2. **A further id belongs to the member beside whom it stands**, in one row or in many. An id that stands beside two
//!    members is a conflict: it stays a user of its own and ties nothing. Members may have many phones.
//! 3. **Ids that stand beside no member** hang together by their rows. If these reach the ids of exactly one member, they are
//!    that member's; if they reach none, they are one user, known by the first of them in the file; if they reach two, each
//!    of them is a conflict.
//! 4. A row without a member that ties the ids of two members is a conflict; the ids stay with their members.
//!
//! The order of the rows decides nothing but the names of users without a member. Ids are texts: the same text in two columns
//! is one id.

use serde::{Deserialize, Serialize};

use super::joins::{Named, rows_of};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::assemble::Table;
use crate::ingest::ledger::LateChecks;
use crate::ingest::mapping::Role;
use crate::ingest::row_numbers::RowNumbers;
use crate::table::ColumnData;
use crate::table::dictionary::{Codes, Dictionary};
use crate::with_codes;

/// The most conflicts that are told; all are counted.
const MOST_CONFLICTS: usize = 50;

/// No id, or no member yet.
const NONE: u32 = u32::MAX;

/// More than one member.
const MANY: u32 = u32::MAX - 1;

/// Which ids are one user.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    ids: Dictionary,
    /// For each id the one that its user is known by.
    known_by: Vec<u32>,
    report: IdentityReport,
}

/// What an id map did. `ids = users + merged`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityReport {
    /// Rows of the map.
    pub rows: u64,
    /// Rows with fewer than two different ids, which tie nothing.
    pub rows_single: u64,
    /// Different ids.
    pub ids: u64,
    /// Users that they belong to.
    pub users: u64,
    /// Ids that belong to a user known by another id.
    pub merged: u64,
    /// How often ids of two members were tied.
    pub conflicts: u64,
    /// The first of the conflicts in the order of the files, at most 50.
    pub conflict_examples: Vec<Conflict>,
}

/// Ids of two members that something ties. They were not merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The file.
    pub file: String,
    /// The row that ties the second member; the header is row 1, 0 when it is not known.
    pub row: u64,
    /// The id that both are tied by.
    pub id: String,
    /// Two of the members.
    pub members: [String; 2],
}

/// Ids that only the map or only the events have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Orphans {
    /// Ids of the map that no event has.
    pub ids_without_events: u64,
    /// Users of the map none of whose ids any event has, by what they are known by.
    pub users_without_events: Named,
    /// Ids of events that the map lacks; each is a user of its own.
    pub ids_not_in_map: Named,
}

impl Identity {
    /// Reads id maps.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] for more ids than fit.
    pub fn new(maps: &[&Table]) -> Result<Self> {
        let mut ids = Dictionary::default();
        let rows = maps.iter().try_fold(Vec::new(), |mut rows: Vec<Row>, table| {
            collect(table, &mut ids, &mut rows)?;
            Ok::<_, Error>(rows)
        })?;
        let mut ties = Ties::new(ids.len(), &rows);
        ties.stand_beside(&rows);
        ties.join_loose(&rows);
        let known_by: Vec<u32> = (0..).zip(&ties.beside).map(|(id, _)| ties.known_by(id)).collect();
        let users = (0..).zip(&known_by).filter(|(id, known)| id == *known).count() as u64;
        let file = |row: &Row| {
            let table = maps.iter().scan(0, |end, table| {
                let start = *end;
                *end += rows_of(table);
                Some((start, *end, table))
            });
            let place = row.place as usize;
            table
                .into_iter()
                .find(|(_, end, _)| place < *end)
                .and_then(|(start, _, table)| {
                    table.ledgers.get(LateChecks::new(&table.ledgers).file(place - start))
                })
                .map_or_else(String::new, |ledger| ledger.file.clone())
        };
        let text = |id: u32| ids.get(id).to_owned();
        ties.conflicts.sort_unstable();
        let first = ties.conflicts.iter().take(MOST_CONFLICTS).filter_map(|(row, id, members)| {
            let row = rows.get(*row)?;
            Some(Conflict { file: file(row), row: row.number, id: text(*id), members: members.map(text) })
        });
        let report = IdentityReport {
            rows: rows.len() as u64,
            rows_single: rows.iter().filter(|row| row.ids.len() < 2).count() as u64,
            ids: ids.len() as u64,
            users,
            merged: ids.len() as u64 - users,
            conflicts: ties.conflicts.len() as u64,
            conflict_examples: first.collect(),
        };
        Ok(Self { known_by, report, ids })
    }

    /// Whether no ids are known: every id is its own user.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// What reading the maps gave.
    #[must_use]
    pub fn report(&self) -> &IdentityReport {
        &self.report
    }

    /// The id that a user is known by; the id itself when no map has it.
    #[must_use]
    pub fn canonical<'a>(&'a self, id: &'a str) -> &'a str {
        let known = self.ids.find(id).and_then(|code| self.known_by.get(code as usize));
        known.map_or(id, |&known| self.ids.get(known))
    }

    /// The users behind a dictionary of ids, in the order of their first id, and for each code of the old dictionary the
    /// one in the new.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    pub fn remap(&self, users: &Dictionary) -> Result<(Dictionary, Vec<u32>)> {
        let mut merged = Dictionary::default();
        let mut codes = Vec::new();
        codes.try_reserve_exact(users.len()).map_err(|_| Error::new(ErrorKind::TooLarge))?;
        for id in users.iter() {
            let code = merged.code(self.canonical(id).as_bytes());
            codes.push(code.ok_or_else(|| Error::new(ErrorKind::TooLarge))?);
        }
        Ok((merged, codes))
    }

    /// Gives the rows of a table to the users that their ids belong to. Before the table is sorted into a log.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] when memory runs out.
    #[allow(clippy::useless_conversion, reason = "useless only for the widest codes")]
    pub fn apply(&self, table: &mut Table) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        for column in table.columns.iter_mut().filter(|column| column.role == Role::User) {
            if let ColumnData::Text(codes) = &mut column.data {
                let (dictionary, new) = self.remap(&codes.dictionary)?;
                with_codes!(&mut codes.rows, rows => for code in rows.iter_mut() {
                    // There are no more users than ids, so the new code is no wider than the old.
                    let mapped = new.get(*code as usize).copied().unwrap_or(0);
                    *code = mapped.try_into().unwrap_or_default();
                });
                codes.dictionary = dictionary;
            }
        }
        Ok(())
    }

    /// What only one side has; `users` are the ids of all events as they stand in the files, before [`Self::apply`].
    #[must_use]
    pub fn orphans(&self, users: &Dictionary) -> Orphans {
        let mut seen = vec![false; self.ids.len()];
        let mut user_seen = vec![false; self.ids.len()];
        let mut orphans = Orphans::default();
        for id in users.iter() {
            match self.ids.find(id) {
                Some(code) => {
                    mark(&mut seen, code);
                    mark(&mut user_seen, self.known_by.get(code as usize).copied().unwrap_or(code));
                }
                None => orphans.ids_not_in_map.add(id),
            }
        }
        orphans.ids_without_events = seen.iter().filter(|seen| !**seen).count() as u64;
        for (id, known) in (0..).zip(&self.known_by).filter(|(id, known)| id == *known) {
            if user_seen.get(*known as usize) == Some(&false) {
                orphans.users_without_events.add(self.ids.get(id));
            }
        }
        orphans
    }
}

fn mark(marks: &mut [bool], place: u32) {
    if let Some(slot) = marks.get_mut(place as usize) {
        *slot = true;
    }
}

/// The different ids of a row, that of the first column first if it has one.
#[derive(Debug)]
struct Row {
    /// Its place among the rows of all maps.
    place: u32,
    /// Its number in its file.
    number: u64,
    /// Whether the first id stands in the first column.
    has_member: bool,
    ids: Vec<u32>,
}

/// Adds the rows of a table; ids get their codes row by row, so that a smaller code stands earlier.
fn collect(table: &Table, ids: &mut Dictionary, rows: &mut Vec<Row>) -> Result<()> {
    let in_role = |role: Role| {
        let columns = table.columns.iter().filter(move |column| column.role == role);
        columns
            .filter_map(|column| if let ColumnData::Text(codes) = &column.data { Some(codes) } else { None })
    };
    let members: Vec<&Codes> = in_role(Role::User).take(1).collect();
    let further: Vec<&Codes> = in_role(Role::SameUser).collect();
    let numbers = RowNumbers::of(table);
    for row in 0..rows_of(table) {
        let mut found = Row {
            place: u32::try_from(rows.len()).map_err(|_| Error::new(ErrorKind::TooLarge))?,
            number: numbers.get(row),
            has_member: members.first().is_some_and(|codes| !codes.get(row).is_empty()),
            ids: Vec::with_capacity(members.len() + further.len()),
        };
        for codes in members.iter().chain(&further) {
            let text = codes.get(row);
            if !text.is_empty() {
                let id = ids.code(text.as_bytes()).ok_or_else(|| Error::new(ErrorKind::TooLarge))?;
                if !found.ids.contains(&id) {
                    found.ids.push(id);
                }
            }
        }
        rows.push(found);
    }
    Ok(())
}

/// How ids hang together.
#[derive(Debug)]
struct Ties {
    is_member: Vec<bool>,
    /// The member beside whom an id stands, [`NONE`] or [`MANY`]; of members themselves.
    beside: Vec<u32>,
    /// Ids that stand beside no member, joined by their rows: a step towards the first of the cluster.
    parent: Vec<u32>,
    /// The member that a cluster reaches, by its first id.
    reach: Vec<u32>,
    /// The place of the row, the id at fault, and two members.
    conflicts: Vec<(usize, u32, [u32; 2])>,
}

/// What an id is tied to.
enum Place {
    Member(u32),
    Loose,
    /// Beside many: it ties nothing.
    Nowhere,
}

impl Ties {
    fn new(ids: usize, rows: &[Row]) -> Self {
        let mut is_member = vec![false; ids];
        for id in rows.iter().filter(|row| row.has_member).filter_map(|row| row.ids.first()) {
            mark(&mut is_member, *id);
        }
        let parent = (0..).take(ids).collect();
        Self { is_member, beside: vec![NONE; ids], parent, reach: vec![NONE; ids], conflicts: Vec::new() }
    }

    fn member(&self, id: u32) -> bool {
        self.is_member.get(id as usize).copied().unwrap_or(false)
    }

    fn place(&self, id: u32) -> Place {
        match self.beside.get(id as usize) {
            _ if self.member(id) => Place::Member(id),
            Some(&NONE) | None => Place::Loose,
            Some(&MANY) => Place::Nowhere,
            Some(&member) => Place::Member(member),
        }
    }

    /// Rules 1 and 2: finds the members beside whom each further id stands.
    fn stand_beside(&mut self, rows: &[Row]) {
        for (place, row) in rows.iter().enumerate() {
            let mut members = row.ids.iter().copied().filter(|id| self.member(*id));
            let (Some(member), second) = (members.next(), members.next()) else { continue };
            if let Some(second) = second {
                self.conflicts.push((place, second, [member, second]));
            }
            let others: Vec<u32> = row.ids.iter().copied().filter(|id| !self.member(*id)).collect();
            for id in others {
                let Some(slot) = self.beside.get_mut(id as usize) else { continue };
                let other =
                    if *slot == NONE { second } else { (*slot != member).then_some(*slot).or(second) };
                match other {
                    Some(MANY) => {}
                    Some(other) => {
                        *slot = MANY;
                        self.conflicts.push((place, id, [other, member]));
                    }
                    None => *slot = member,
                }
            }
        }
    }

    /// Rules 3 and 4: joins ids without a member and finds the members that they reach.
    fn join_loose(&mut self, rows: &[Row]) {
        let mut lone: Vec<(usize, u32, u32)> = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            if row.ids.iter().any(|id| self.member(*id)) {
                continue;
            }
            let (mut first, mut settled): (Option<u32>, Option<(u32, u32)>) = (None, None);
            for &id in &row.ids {
                match self.place(id) {
                    Place::Loose => match first {
                        Some(first) => self.join(first, id),
                        None => first = Some(id),
                    },
                    Place::Member(member) => match settled {
                        // Without an id that could be at fault, the row itself is.
                        Some((_, before)) if before != member => lone.push((place, id, before)),
                        _ => settled = Some((id, member)),
                    },
                    Place::Nowhere => {}
                }
            }
        }
        for (place, id, before) in lone {
            if let Place::Member(member) = self.place(id) {
                self.conflicts.push((place, id, [before, member]));
            }
        }
        let mut faults: Vec<(u32, usize, [u32; 2])> = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let Some(&loose) = row.ids.iter().find(|id| matches!(self.place(**id), Place::Loose)) else {
                continue;
            };
            let root = self.root(loose);
            for &id in &row.ids {
                let Place::Member(member) = self.place(id) else { continue };
                let Some(slot) = self.reach.get_mut(root as usize) else { continue };
                match *slot {
                    NONE => *slot = member,
                    MANY => {}
                    before if before == member => {}
                    before => {
                        *slot = MANY;
                        faults.push((root, place, [before, member]));
                    }
                }
            }
        }
        self.tell_clusters(&faults);
    }

    /// Every id of a cluster that reaches two members is a conflict.
    fn tell_clusters(&mut self, faults: &[(u32, usize, [u32; 2])]) {
        if faults.is_empty() {
            return;
        }
        let by_root: std::collections::BTreeMap<u32, (usize, [u32; 2])> =
            faults.iter().map(|(root, place, members)| (*root, (*place, *members))).collect();
        for id in (0..).take(self.beside.len()) {
            if matches!(self.place(id), Place::Loose)
                && let Some((place, members)) = by_root.get(&self.root(id))
            {
                self.conflicts.push((*place, id, *members));
            }
        }
    }

    fn root(&self, mut id: u32) -> u32 {
        while let Some(&parent) = self.parent.get(id as usize).filter(|parent| **parent != id) {
            id = parent;
        }
        id
    }

    /// Joins two clusters under the id that stands earlier, and shortens the way for those who ask again.
    fn join(&mut self, one: u32, other: u32) {
        let (one_root, other_root) = (self.root(one), self.root(other));
        let root = one_root.min(other_root);
        for mut id in [one, other] {
            while let Some(parent) = self.parent.get_mut(id as usize).filter(|parent| **parent != root) {
                let next = *parent;
                *parent = root;
                if next == id {
                    break;
                }
                id = next;
            }
        }
    }

    /// The id that the user of an id is known by.
    fn known_by(&self, id: u32) -> u32 {
        match self.place(id) {
            Place::Member(member) => member,
            Place::Nowhere => id,
            Place::Loose => {
                let root = self.root(id);
                match self.reach.get(root as usize) {
                    Some(&NONE) | None => root,
                    Some(&MANY) => id,
                    Some(&member) => member,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
