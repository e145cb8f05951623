use std::collections::{BTreeMap, BTreeSet};

use super::super::testing::{table, texts};
use super::*;
use crate::ingest::mapping::FileKind;
use proptest::prelude::*;

/// An id map; its first column has the members.
fn map(rows: &[[&str; 3]]) -> Table {
    let column = |place: usize| rows.iter().map(|row| row[place]).collect::<Vec<_>>();
    let columns = vec![
        texts("member", Role::User, &column(0)),
        texts("phone", Role::SameUser, &column(1)),
        texts("open id", Role::SameUser, &column(2)),
    ];
    table(FileKind::Ids, columns)
}

fn identity(rows: &[[&str; 3]]) -> Identity {
    Identity::new(&[&map(rows)]).unwrap()
}

#[test]
fn ids_are_merged_into_the_member() {
    let identity = identity(&[["", "p1", "o1"], ["m1", "p1", ""], ["m1", "p2", "o2"], ["", "p9", "o9"]]);
    for id in ["p1", "o1", "p2", "o2", "m1"] {
        assert_eq!(identity.canonical(id), "m1");
    }
    assert_eq!((identity.canonical("o9"), identity.canonical("stranger")), ("p9", "stranger"));
    let report = identity.report();
    assert_eq!((report.ids, report.users, report.merged, report.conflicts), (7, 2, 5, 0));
}

#[test]
fn a_shared_phone_merges_nobody() {
    let identity = identity(&[["m1", "p", "o1"], ["m2", "p", "o2"], ["", "p", "x"]]);
    for (id, known) in [("o1", "m1"), ("o2", "m2"), ("p", "p"), ("x", "x"), ("m1", "m1"), ("m2", "m2")] {
        assert_eq!(identity.canonical(id), known);
    }
    let expected =
        Conflict { file: "ids.csv".into(), row: 3, id: "p".into(), members: ["m1", "m2"].map(str::to_owned) };
    assert_eq!(identity.report().conflict_examples, [expected]);
}

#[test]
fn a_chain_between_two_members_is_cut_where_it_cannot_be_told() {
    // x could be of either; the last row ties ids of both directly.
    let identity =
        identity(&[["m1", "p1", ""], ["m2", "", "o2"], ["", "p1", "x"], ["", "x", "o2"], ["", "p1", "o2"]]);
    for (id, known) in [("p1", "m1"), ("o2", "m2"), ("x", "x")] {
        assert_eq!(identity.canonical(id), known);
    }
    let told: Vec<(u64, &str)> = identity
        .report()
        .conflict_examples
        .iter()
        .map(|conflict| (conflict.row, conflict.id.as_str()))
        .collect();
    assert_eq!(told, [(5, "x"), (6, "o2")]);
}

#[test]
fn a_member_may_not_be_a_further_id_of_another() {
    let identity = identity(&[["m1", "m2", "o1"], ["m2", "", ""]]);
    assert_eq!(
        ["m1", "m2", "o1"].map(|id| identity.canonical(id).to_owned()),
        ["m1", "m2", "o1"].map(str::to_owned)
    );
    assert_eq!((identity.report().conflicts, identity.report().rows_single), (2, 1));
}

#[test]
fn users_are_given_new_codes_once() {
    let identity = identity(&[["m1", "p1", "o1"], ["m2", "p2", ""]]);
    let users = ["o1", "p2", "guest", "m1", "p1"];
    let mut log = table(FileKind::Events, vec![texts("user", Role::User, &users)]);
    let ColumnData::Text(before) = log.columns[0].data.clone() else { panic!("text") };
    identity.apply(&mut log).unwrap();
    let ColumnData::Text(codes) = &log.columns[0].data else { panic!("text") };
    let rows: Vec<&str> = (0..5).map(|row| codes.get(row)).collect();
    assert_eq!(rows, ["m1", "m2", "guest", "m1", "m1"]);
    assert_eq!(codes.dictionary.len(), 3);
    let orphans = identity.orphans(&before.dictionary);
    assert_eq!((orphans.ids_without_events, orphans.users_without_events.count), (1, 0), "m2 itself");
    assert_eq!(orphans.ids_not_in_map.first, ["guest"]);
}

/// Sets and loops: the definition.
struct Oracle {
    rows: Vec<BTreeSet<String>>,
    members: BTreeSet<String>,
}

impl Oracle {
    fn new(rows: &[[String; 3]]) -> Self {
        let ids = |row: &[String; 3]| row.iter().filter(|id| !id.is_empty()).cloned().collect();
        let members = rows.iter().map(|row| row[0].clone()).filter(|id| !id.is_empty()).collect();
        Self { rows: rows.iter().map(ids).collect(), members }
    }

    fn ids(&self) -> BTreeSet<String> {
        self.rows.iter().flatten().cloned().collect()
    }

    /// What can be reached over rows that pass.
    fn closure(&self, id: &str, over: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let mut found = BTreeSet::from([id.to_owned()]);
        loop {
            let more: BTreeSet<String> = self
                .rows
                .iter()
                .filter(|row| row.iter().any(|id| found.contains(id)))
                .flatten()
                .filter(|id| over(id))
                .cloned()
                .collect();
            if more.is_subset(&found) {
                return found;
            }
            found.extend(more);
        }
    }

    fn beside(&self, id: &str) -> BTreeSet<&String> {
        if let Some(member) = self.members.get(id) {
            return BTreeSet::from([member]);
        }
        let rows = self.rows.iter().filter(|row| row.contains(id));
        rows.flatten().filter(|id| self.members.contains(*id)).collect()
    }

    /// What the user of an id is known by; `order` are all ids as they come in the file.
    fn known_by(&self, id: &str, order: &[&String]) -> String {
        let only = |members: BTreeSet<&String>| members.into_iter().next().cloned().unwrap_or_default();
        let beside = self.beside(id);
        match beside.len() {
            0 => {}
            1 => return only(beside),
            _ => return id.to_owned(),
        }
        let cluster = self.closure(id, |other| self.beside(other).is_empty());
        let near = self.rows.iter().filter(|row| row.iter().any(|id| cluster.contains(id))).flatten();
        let reached: BTreeSet<&String> =
            near.map(|id| self.beside(id)).filter(|beside| beside.len() == 1).flatten().collect();
        match reached.len() {
            0 => (*order.iter().find(|id| cluster.contains(**id)).unwrap()).clone(),
            1 => only(reached),
            _ => id.to_owned(),
        }
    }
}

fn rows() -> impl Strategy<Value = Vec<[String; 3]>> {
    let cell = |prefix: &'static str, most: u32| {
        (0..most)
            .prop_map(move |number| if number == 0 { String::new() } else { format!("{prefix}{number}") })
    };
    let row = (cell("m", 5), cell("p", 7), prop_oneof![8 => cell("o", 7), 1 => cell("m", 4)]);
    prop::collection::vec(row.prop_map(|(member, phone, open)| [member, phone, open]), 1..14)
}

fn partition(identity: &Identity, ids: &BTreeSet<String>) -> BTreeSet<BTreeSet<String>> {
    let mut groups: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for id in ids {
        groups.entry(identity.canonical(id)).or_default().insert(id.clone());
    }
    groups.into_values().collect()
}

proptest! {
    #[test]
    fn merged_is_what_the_definition_merges(rows in rows()) {
        let borrowed: Vec<[&str; 3]> = rows.iter().map(|row| [&*row[0], &*row[1], &*row[2]]).collect();
        let (identity, oracle) = (identity(&borrowed), Oracle::new(&rows));
        let ids = oracle.ids();
        let order: Vec<&String> = rows.iter().flatten().filter(|id| !id.is_empty()).collect();
        for id in &ids {
            let component = oracle.closure(id, |_| true);
            let members: Vec<&String> = component.intersection(&oracle.members).collect();
            let known = identity.canonical(id);
            prop_assert!(component.contains(known), "never beyond what the rows tie");
            match members[..] {
                // Unambiguous: the whole of what hangs together is one user.
                [] => prop_assert_eq!(known, *order.iter().find(|id| component.contains(**id)).unwrap()),
                [member] => prop_assert_eq!(known, member),
                _ => prop_assert_eq!(known, oracle.known_by(id, &order)),
            }
        }
        for member in &oracle.members {
            prop_assert_eq!(identity.canonical(member), member);
        }
        let report = identity.report();
        prop_assert_eq!(report.ids, ids.len() as u64);
        prop_assert_eq!(report.users, partition(&identity, &ids).len() as u64);
        prop_assert_eq!(report.ids, report.users + report.merged);
        let two_members = ids.iter().any(|id| oracle.closure(id, |_| true).intersection(&oracle.members).count() > 1);
        prop_assert_eq!(report.conflicts > 0, two_members, "nothing in silence, and no alarm without a cause");
    }

    #[test]
    fn the_order_of_rows_decides_nothing(rows in rows(), seed in any::<u64>()) {
        let mut mixed = rows.clone();
        let mut state = seed;
        for place in (1..mixed.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            mixed.swap(place, (state >> 33) as usize % (place + 1));
        }
        let of = |rows: &[[String; 3]]| {
            let borrowed: Vec<[&str; 3]> = rows.iter().map(|row| [&*row[0], &*row[1], &*row[2]]).collect();
            identity(&borrowed)
        };
        let ids = Oracle::new(&rows).ids();
        prop_assert_eq!(partition(&of(&rows), &ids), partition(&of(&mixed), &ids));
    }
}
