//! Other rows than were guessed: which of the roles remain, and which columns take the ones that are needed now.

use super::names::name_rank;
use super::{Basis, ColumnGuess};
use crate::ingest::mapping::{ColumnType, FileKind, Mapping, Role};

/// Makes a mapping one of another kind of file. Columns keep their roles where rows of that kind have them; the roles that
/// such a file cannot be read without go to the columns whose names, else whose cells, fit them best. Other columns that lose
/// their role are attributes, or are not read where the kind has none.
pub fn change_kind(mapping: &mut Mapping, kind: FileKind, columns: &[ColumnGuess]) {
    // Where attributes could not be kept, nobody has chosen to leave them out.
    let had_none = !mapping.kind.roles().contains(&Role::Attribute);
    mapping.kind = kind;
    let rest = if kind.roles().contains(&Role::Attribute) { Role::Attribute } else { Role::Ignore };
    for column in columns {
        let role = mapping.role(&column.name);
        if !kind.roles().contains(&role) || (had_none && role == Role::Ignore) {
            mapping.set_role(&column.name, rest);
        }
    }
    if !kind.roles().contains(&Role::Event) {
        (mapping.purchase_events, mapping.refund_events) = (None, None);
    }
    for &role in kind.required() {
        if role == Role::SameUser {
            take_other_ids(mapping, columns);
        } else if mapping.column(role).is_none()
            && let Some(column) = best(mapping, role, columns)
        {
            mapping.set_role(&column.name, role);
            if role == Role::Time {
                mapping.time_format = column.time_format;
            }
        }
    }
    if mapping.time.is_none() {
        mapping.time_format = None;
    }
    for column in columns.iter().filter(|column| column.column_type == ColumnType::Number) {
        if mapping.role(&column.name) == Role::Attribute {
            mapping.set_type(&column.name, ColumnType::Number);
        }
    }
}

/// The column that fits a role best among those that have no role of their own.
fn best<'a>(mapping: &Mapping, role: Role, columns: &'a [ColumnGuess]) -> Option<&'a ColumnGuess> {
    let wanted = role.column_type();
    let fits = |column: &&ColumnGuess| {
        let free = matches!(mapping.role(&column.name), Role::Attribute | Role::Ignore);
        // Ids are texts, whatever their cells look like; numbers and times have to look like it.
        free && (wanted == Some(ColumnType::Text) || wanted == Some(column.column_type))
    };
    let by_name =
        columns.iter().filter(fits).filter_map(|column| Some((name_rank(&column.name, role)?, column)));
    let by_name = by_name.min_by_key(|(rank, _)| *rank).map(|(_, column)| column);
    // A text of any name could be anybody's; a number or a time that is alone of its type is the one.
    let mut by_cells = columns.iter().filter(fits).filter(|_| wanted != Some(ColumnType::Text));
    by_name.or_else(|| by_cells.next())
}

/// In an id map every other column that is called like an id, or else every other text, is an id of the same user.
fn take_other_ids(mapping: &mut Mapping, columns: &[ColumnGuess]) {
    if !mapping.same_user.is_empty() {
        return;
    }
    let user = mapping.user.clone();
    let others = || columns.iter().filter(|column| Some(&column.name) != user.as_ref());
    let called = |column: &&ColumnGuess| {
        [Role::User, Role::SameUser].into_iter().any(|role| name_rank(&column.name, role).is_some())
            && column.column_type != ColumnType::Time
    };
    let mut chosen: Vec<&ColumnGuess> = others().filter(called).collect();
    if chosen.is_empty() {
        let text =
            |column: &&ColumnGuess| column.column_type == ColumnType::Text && column.basis != Basis::Name;
        chosen = others().filter(text).collect();
    }
    for column in chosen {
        mapping.set_role(&column.name, Role::SameUser);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{guess, mapping_from_guesses};
    use super::*;

    fn read(file: &str, names: &[&str], rows: &[&[&str]]) -> (Mapping, Vec<ColumnGuess>) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let cells: Vec<Vec<&[u8]>> =
            (0..names.len()).map(|column| rows.iter().map(|row| row[column].as_bytes()).collect()).collect();
        let (kind, columns) = guess(file, &names, &cells);
        let mapping = Mapping { kind, ..mapping_from_guesses(&columns) };
        (mapping, columns)
    }

    fn roles(mapping: &Mapping, columns: &[ColumnGuess]) -> Vec<Role> {
        columns.iter().map(|column| mapping.role(&column.name)).collect()
    }

    #[test]
    fn a_kind_that_is_changed_keeps_what_fits_and_finds_what_is_needed() {
        use Role::*;
        let row: &[&str] = &["m1", "2024-01-01", "9.50", "web", "13800000001"];
        let rows = &[row; 3];
        let (mut mapping, columns) =
            read("orders.csv", &["member_id", "order_date", "amount", "channel", "phone"], rows);
        let before = mapping.clone();
        assert_eq!(mapping.kind, FileKind::Orders);
        assert_eq!(roles(&mapping, &columns)[..4], [User, Time, Value, Channel]);
        change_kind(&mut mapping, FileKind::Costs, &columns);
        // No user in costs, and the number that is left is the cost.
        assert_eq!(roles(&mapping, &columns)[1..4], [Time, Cost, Channel]);
        assert_eq!(
            (mapping.kind, mapping.user.clone(), mapping.value.clone()),
            (FileKind::Costs, None, None)
        );
        change_kind(&mut mapping, FileKind::Ids, &columns);
        assert_eq!(roles(&mapping, &columns), [User, Ignore, Ignore, Ignore, SameUser]);
        assert_eq!(mapping.time_format, None);
        change_kind(&mut mapping, FileKind::Orders, &columns);
        assert_eq!(roles(&mapping, &columns), [User, Time, Attribute, Attribute, Attribute]);
        // What somebody has chosen to leave out stays out.
        mapping.set_role("phone", Ignore);
        change_kind(&mut mapping, FileKind::Surveys, &columns);
        assert_eq!(mapping.role("phone"), Ignore);
        change_kind(&mut mapping, FileKind::Orders, &columns);
        assert_eq!(mapping.time_format, before.time_format);
        for kind in FileKind::ALL {
            change_kind(&mut mapping, kind, &columns);
            let known = |role: &Role| kind.roles().contains(role);
            assert!(roles(&mapping, &columns).iter().all(known), "{kind:?}");
        }
    }
}
