//! Events and orders, one below the other.

use crate::dataset::append::append;
use crate::dataset::calendar::Zone;
use crate::error::Result;
use crate::ingest::assemble::Table;
use crate::ingest::mapping::{FileKind, Mapping, Role};
use crate::ingest::orders::{ORDER_EVENT, REFUND_EVENT, add_events};
use crate::table::ColumnData;

/// A table of one kind of files, and how its first file was mapped.
pub(super) type Mapped = (FileKind, Mapping, Table);

/// Takes the events and orders out of the tables and puts them one below the other; nothing where there are none. Beside
/// events, orders are the purchases, and events that are called so are not: the same purchase in both files would count
/// twice.
pub(super) fn join_logs(tables: &mut Vec<Mapped>, zone: &Zone) -> Result<Option<(Mapping, Table)>> {
    let both =
        [FileKind::Events, FileKind::Orders].iter().all(|kind| tables.iter().any(|table| table.0 == *kind));
    let mut logs: Vec<Mapped> = tables.extract_if(.., |table| table.0.is_log()).collect();
    logs.sort_by_key(|(kind, ..)| *kind != FileKind::Events);
    let mut joined: Option<(Mapping, Table)> = None;
    for (kind, mapping, mut table) in logs {
        if both && kind == FileKind::Orders {
            add_events(&mut table, &mapping.refunds)?;
        }
        match &mut joined {
            Some((_, joined)) => append(joined, table, zone)?,
            none => *none = Some((mapping, table)),
        }
    }
    if let Some((mapping, table)) = joined.as_mut().filter(|_| both) {
        name_columns(mapping, table);
        let known = |event: &&str| has_event(table, event);
        let listed = |event: &str| Some(Some(event).filter(known).map(str::to_owned).into_iter().collect());
        (mapping.purchase_events, mapping.refund_events) = (listed(ORDER_EVENT), listed(REFUND_EVENT));
    }
    Ok(joined)
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
    let events = table.columns.iter().find(|column| column.role == Role::Event);
    matches!(events.map(|column| &column.data), Some(ColumnData::Text(codes)) if codes.dictionary.find(event).is_some())
}
