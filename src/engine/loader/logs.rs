//! Events and orders, one below the other.

use std::collections::HashSet;

use crate::dataset::append::append;
use crate::dataset::calendar::Zone;
use crate::error::Result;
use crate::ingest::assemble::Table;
use crate::ingest::guess::{is_purchase, is_refund};
use crate::ingest::ledger::LateChecks;
use crate::ingest::mapping::{FileKind, Mapping, Role};
use crate::ingest::orders::{ORDER_EVENT, REFUND_EVENT, add_events};
use crate::table::ColumnData;
use crate::table::dictionary::Codes;

/// A table of one kind of files, and how its first file was mapped.
pub(super) type Mapped = (FileKind, Mapping, Table);

/// Takes the events and orders out of the tables and puts them one below the other; nothing where there are none.
///
/// Beside events, orders are the purchases, and events that are called so are not: the same purchase in both files would count
/// twice. Rows with amounts but without names of events get names where others have some, or where their files tell refunds
/// by different rules: a log knows one rule only.
pub(super) fn join_logs(tables: &mut Vec<Mapped>, zone: &Zone) -> Result<Option<(Mapping, Table)>> {
    let both =
        [FileKind::Events, FileKind::Orders].iter().all(|kind| tables.iter().any(|table| table.0 == *kind));
    let mut logs: Vec<Mapped> = tables.extract_if(.., |table| table.0.is_log()).collect();
    logs.sort_by_key(|(kind, ..)| *kind != FileKind::Events);
    let some_named = logs.iter().any(|(.., table)| events_of(table).is_some());
    let rules_differ = logs
        .windows(2)
        .any(|pair| matches!(pair, [(_, one, _), (_, other, _)] if one.refunds != other.refunds));
    let named = both || some_named || rules_differ;
    for (kind, mapping, table) in logs.iter_mut().filter(|_| named) {
        if *kind == FileKind::Orders || (!both && has_amounts(table)) {
            add_events(table, &mapping.refunds)?;
        }
    }
    let kinds = kinds_of_events(&logs);
    let mut joined: Option<(Mapping, Table)> = None;
    for (_, mapping, table) in logs {
        match &mut joined {
            Some((_, joined)) => append(joined, table, zone)?,
            none => *none = Some((mapping, table)),
        }
    }
    if let Some((mapping, table)) = joined.as_mut().filter(|_| named) {
        name_columns(mapping, table);
        if both {
            let known = |event: &&str| has_event(table, event);
            let listed =
                |event: &str| Some(Some(event).filter(known).map(str::to_owned).into_iter().collect());
            (mapping.purchase_events, mapping.refund_events) = (listed(ORDER_EVENT), listed(REFUND_EVENT));
        } else {
            (mapping.purchase_events, mapping.refund_events) = kinds;
        }
    }
    Ok(joined)
}

/// Whether rows without a named event are purchases beside events that have names: those of a list of logins are not.
fn has_amounts(table: &Table) -> bool {
    table.columns.iter().any(|column| matches!(column.role, Role::Value | Role::Order))
}

/// Names of events; nothing where each is told by itself.
type Names = Option<Vec<String>>;

/// The events that are purchases and those that are refunds, in tables of different columns: what each mapping lists, and where
/// it lists none, those whose names say so. Nothing where none lists any.
fn kinds_of_events(logs: &[Mapped]) -> (Names, Names) {
    let union = |list: fn(&Mapping) -> &Names, guess: fn(&str) -> bool| {
        logs.iter().find_map(|(_, mapping, _)| list(mapping).as_ref())?;
        let mut all = Vec::new();
        for (_, mapping, table) in logs {
            let names = events_of(table).into_iter().flat_map(|codes| codes.dictionary.iter());
            let guessed = || names.filter(|name| guess(name)).map(str::to_owned).collect();
            all.extend(list(mapping).clone().unwrap_or_else(guessed));
        }
        Some(once_each(all))
    };
    let purchases = union(|mapping| &mapping.purchase_events, is_purchase);
    (purchases, union(|mapping| &mapping.refund_events, is_refund))
}

fn once_each(mut names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// Brings together what the files of one table list. A file that lists none has its events told by their names, but an event
/// that a file with a list has too is what that list says.
pub(super) fn agree_on_events(mapping: &mut Mapping, files: &[&Mapping], table: &Table) {
    let agreed = |list: fn(&Mapping) -> &Names, guess: fn(&str) -> bool| {
        let first = list(files.first()?);
        if files.iter().all(|file| list(file) == first) {
            return first.clone();
        }
        let codes = events_of(table)?;
        let (mut said, mut open) = (HashSet::new(), HashSet::new());
        for (file, rows) in files.iter().zip(LateChecks::new(&table.ledgers).stretches()) {
            let found = if list(file).is_some() { &mut said } else { &mut open };
            found.extend(rows.map(|row| codes.code(row)));
        }
        let mut all: Vec<String> = files.iter().filter_map(|file| list(file).clone()).flatten().collect();
        let mut open: Vec<u32> = open.difference(&said).copied().collect();
        open.sort_unstable();
        let open = open.into_iter().map(|code| codes.dictionary.get(code));
        all.extend(open.filter(|name| guess(name)).map(str::to_owned));
        Some(once_each(all))
    };
    let purchases = agreed(|file| &file.purchase_events, is_purchase);
    let refunds = agreed(|file| &file.refund_events, is_refund);
    (mapping.purchase_events, mapping.refund_events) = (purchases, refunds);
}

/// Completes the events' mapping by the columns that the orders have brought.
fn name_columns(mapping: &mut Mapping, table: &Table) {
    for column in &table.columns {
        let slot = match column.role {
            Role::Event => &mut mapping.event,
            Role::Value => &mut mapping.value,
            Role::Order => &mut mapping.order,
            Role::Channel => &mut mapping.channel,
            Role::Attribute if mapping.role(&column.name) == Role::Ignore => {
                mapping.attributes.push(column.name.clone());
                continue;
            }
            _ => continue,
        };
        slot.get_or_insert_with(|| column.name.clone());
    }
}

/// Whether a row has this event: there may be no refunds.
fn has_event(table: &Table, event: &str) -> bool {
    events_of(table).is_some_and(|codes| codes.dictionary.find(event).is_some())
}

/// The column with the events' names.
fn events_of(table: &Table) -> Option<&Codes> {
    table.columns.iter().find_map(|column| match &column.data {
        ColumnData::Text(codes) if column.role == Role::Event => Some(codes),
        _ => None,
    })
}
