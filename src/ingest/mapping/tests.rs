use super::*;

fn header() -> Vec<String> {
    ["id", "when", "amount", "city"].map(str::to_owned).to_vec()
}

#[test]
fn roles_move_between_columns() {
    let mut mapping = Mapping::default();
    mapping.set_role("id", Role::User);
    mapping.set_role("when", Role::Time);
    mapping.set_role("city", Role::Attribute);
    mapping.set_role("city", Role::User);
    assert_eq!(
        (mapping.role("city"), mapping.role("id"), mapping.role("x")),
        (Role::User, Role::Attribute, Role::Ignore)
    );
    let plan = mapping.plan(&header()).unwrap();
    assert_eq!(plan.iter().map(|column| column.field).collect::<Vec<_>>(), [3, 1, 0]);
}

#[test]
fn a_wrong_mapping_is_refused_by_name() {
    let mut mapping = Mapping { user: Some("id".into()), ..Mapping::default() };
    assert_eq!(mapping.plan(&header()).unwrap_err().kind, ErrorKind::MissingRole);
    mapping.time = Some("nope".into());
    let error = mapping.plan(&header()).unwrap_err();
    assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::UnknownColumn, Some("mapping.time")));
    mapping.time = Some("id".into());
    assert_eq!(mapping.plan(&header()).unwrap_err().kind, ErrorKind::ColumnUsedTwice);
}

/// A mapping in which each role that only one column can have is played by a column of the same name.
fn of_kind(kind: FileKind, roles: &[Role]) -> Mapping {
    let mut mapping = Mapping { kind, ..Mapping::default() };
    roles.iter().for_each(|role| mapping.set_role(role.name(), *role));
    mapping
}

fn names(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|role| role.name().to_owned()).collect()
}

#[test]
fn every_kind_plans_its_roles_and_no_others() {
    for kind in FileKind::ALL {
        let roles: Vec<Role> = kind.roles().iter().copied().filter(|role| *role != Role::Ignore).collect();
        let plan = of_kind(kind, &roles).plan(&names(&Role::EVERY)).unwrap();
        assert_eq!(plan.len(), roles.len(), "{kind:?}");
        assert!(plan.iter().all(|column| column.name == column.role.name()), "{kind:?}");
        assert!(kind.required().iter().all(|role| roles.contains(role)), "{kind:?}");
        for missing in kind.required() {
            let others: Vec<Role> = roles.iter().copied().filter(|role| role != missing).collect();
            let error = of_kind(kind, &others).plan(&names(&Role::EVERY)).unwrap_err();
            assert_eq!(
                (error.kind, error.expected.as_deref()),
                (ErrorKind::MissingRole, Some(missing.name()))
            );
        }
        for foreign in Role::EVERY.into_iter().filter(|role| !kind.roles().contains(role)) {
            let more: Vec<Role> = roles.iter().copied().chain([foreign]).collect();
            let error = of_kind(kind, &more).plan(&names(&Role::EVERY)).unwrap_err();
            let path = format!("mapping.{}", foreign.name());
            assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::UnknownField, Some(path.as_str())));
        }
    }
}

#[test]
fn older_mappings_are_read_and_written_as_before() {
    let json = r#"{"user":"id","time":"when","timeFormat":null,"attributes":["city"]}"#;
    let mapping: Mapping = serde_json::from_str(json).unwrap();
    assert_eq!((mapping.kind, &mapping.refunds), (FileKind::Events, &Refunds::NegativeValue));
    assert_eq!(serde_json::to_string(&mapping).unwrap(), json);
    let json = r#"{"kind":"orders","user":"id","time":"when","quantity":"n","price":"p",
        "refunds":{"statusColumn":{"column":"status","values":["returned"]}}}"#;
    let mapping: Mapping = serde_json::from_str(json).unwrap();
    let back: Mapping = serde_json::from_str(&serde_json::to_string(&mapping).unwrap()).unwrap();
    assert_eq!(back, mapping);
    assert_eq!(mapping.computed_value_name().as_deref(), Some("n \u{d7} p"));
    assert!(!Mapping { value: Some("sum".into()), ..mapping }.computes_value());
}

#[test]
fn the_column_that_tells_refunds_is_read_once() {
    let header: Vec<String> = ["id", "when", "status"].map(str::to_owned).to_vec();
    let refunds = Refunds::StatusColumn { column: "status".into(), values: vec!["returned".into()] };
    let mut mapping =
        Mapping { kind: FileKind::Orders, user: Some("id".into()), refunds, ..Mapping::default() };
    mapping.time = Some("when".into());
    let role = |mapping: &Mapping| mapping.plan(&header).unwrap().last().map(|column| column.role);
    assert_eq!((role(&mapping), mapping.role("status")), (Some(Role::Attribute), Role::Attribute));
    mapping.attributes = vec!["status".into()];
    assert_eq!(mapping.plan(&header).unwrap().len(), 3);
    mapping.set_role("status", Role::Channel);
    assert_eq!((role(&mapping), mapping.plan(&header).unwrap().len()), (Some(Role::Channel), 3));
    let error = mapping.plan(&header[..2]).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("mapping.channel"));
    mapping.channel = None;
    let error = mapping.plan(&header[..2]).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("mapping.refunds"));
}

#[test]
fn many_columns_may_hold_ids_of_one_user() {
    let mut mapping = of_kind(FileKind::Ids, &[Role::User]);
    mapping.set_role("phone", Role::SameUser);
    mapping.set_role("open id", Role::SameUser);
    assert_eq!((mapping.role("phone"), mapping.same_user.len()), (Role::SameUser, 2));
    mapping.set_role("phone", Role::User);
    assert_eq!((mapping.role("phone"), mapping.role("user")), (Role::User, Role::Attribute));
    assert!(!FileKind::Ids.needs_cell(Role::User) && FileKind::Users.needs_cell(Role::User));
}
