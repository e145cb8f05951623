//! Lists of users as they leave and come back: what is in them is what was chosen, and who is in them is found again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use strata::engine::Engine;
use strata::engine::lists::ListPlan;
use strata::engine::loader::load;
use strata::engine::request::{OpenOptions, Query};
use strata::error::ErrorKind;
use strata::export::xlsx::{MOST_ROWS, Xlsx};
use strata::privacy::personal::Personal;
use strata::privacy::pseudonym::Passphrase;
use strata::segment::rule::ids::read;

const WORDS: &str = "correct horse battery staple";

fn secret() -> Passphrase {
    Passphrase::new(WORDS).unwrap()
}

fn open(files: &[(&str, &str)]) -> Engine {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let mut engine = Engine::default();
    engine.hold(load(&files, &OpenOptions::default()).unwrap());
    engine
}

/// Everybody with a row that the filter lets through, to be saved.
fn everybody(save: &Value, filter: &Value) -> Query {
    let request = json!({"analysis": "overview", "filter": {"all": filter},
        "users": {"cell": "users", "sort": {"column": "user"}, "save": save}});
    Query::parse(&request.to_string()).unwrap()
}

fn csv(engine: &Engine, save: Value) -> String {
    let bytes = engine.list_file(&everybody(&save, &json!([])), Some(&secret())).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn plan(engine: &Engine, save: Value) -> ListPlan {
    engine.plan_list(&everybody(&save, &json!([])), Some(&secret())).unwrap()
}

/// Two users with a phone number, of whom much is known, and one of whom little is.
const ORDERS: &str = "user_id,time,event,amount,city,mobile\n\
    b,2024-01-03 10:00:00,visit,,上海,13800138000\n\
    b,2024-01-05 10:00:00,purchase,19.90,,\n\
    b,2024-01-04 10:00:00,purchase,0.10,北京,15912345678\n\
    b,2024-01-06 10:00:00,refund,5,,\n\
    007,2024-02-01 09:00:00,purchase,1,\"a, \"\"b\"\"\",18612345678\n\
    c,2024-03-01 09:00:00,visit,,,\n";

const MEMBERS: &str = "user_id,level,joined,points,name\nb,gold,2023-05-06,12,张伟\n007,silver,2023-07-08 12:30:00,7,李娜\n\
    c,,,,王小明\n";

#[test]
fn columns_that_are_chosen_and_no_others() {
    let engine = open(&[("orders.csv", ORDERS), ("members.csv", MEMBERS)]);
    assert_eq!(
        csv(&engine, json!({})),
        "\u{feff}user_id,First day,Last day,Active days,Rows\r\n\
         \"007\",2024-02-01,2024-02-01,1,1\r\nb,2024-01-03,2024-01-06,4,4\r\nc,2024-03-01,2024-03-01,1,1\r\n"
    );
    let columns = json!(["lastSeen", "id", "orders", "spend", {"attribute": "city"}, {"attribute": "level"}]);
    assert_eq!(
        csv(&engine, json!({"columns": columns})),
        "\u{feff}Last seen,user_id,Orders in all,Net revenue,city,level\r\n\
         2024-02-01,\"007\",1,1.00,\"a, \"\"b\"\"\",silver\r\n\
         2024-01-06,b,2,15.00,北京,gold\r\n2024-03-01,c,0,0.00,,\r\n",
        "the last city that is known, not the last row's"
    );
    let columns = json!([{"attribute": "joined"}, {"attribute": "points"}, {"member": "events"}]);
    assert_eq!(
        csv(&engine, json!({"columns": columns, "language": "zh-CN"})),
        "\u{feff}joined,points,行数\r\n2023-07-08 12:30:00,7,1\r\n2023-05-06,12,4\r\n,,1\r\n"
    );
    let rows = json!({"columns": ["id", "firstSeen", {"attribute": "city"}, "orders"]});
    let january = everybody(&rows, &json!([{"to": "2024-01-04"}]));
    let saved = String::from_utf8(engine.list_file(&january, None).unwrap()).unwrap();
    assert_eq!(saved.lines().nth(1), Some("b,2024-01-03,北京,1"), "of the rows that the question looks at");
}

#[test]
fn personal_columns_leave_only_when_they_are_named() {
    let engine = open(&[("orders.csv", ORDERS), ("members.csv", MEMBERS)]);
    let of = |plan: &ListPlan| -> BTreeMap<String, (Option<Personal>, bool)> {
        plan.columns.iter().map(|column| (column.name.clone(), (column.personal, column.chosen))).collect()
    };
    let offered = of(&plan(&engine, json!({})));
    assert_eq!(offered["user_id"], (None, true));
    assert_eq!(offered["mobile"], (Some(Personal::Phone), false));
    assert_eq!(offered["city"], (None, false));
    let named = of(&plan(&engine, json!({"columns": ["id", {"attribute": "mobile"}]})));
    assert_eq!(named["mobile"], (Some(Personal::Phone), true));
    assert!(csv(&engine, json!({"columns": [{"attribute": "mobile"}]})).contains("15912345678"));

    // The ids are phone numbers themselves.
    let text = "手机号,下单时间,金额\n13800138000,2024-01-01,1\n15912345678,2024-01-02,2\n18612345678,2024-01-03,3\n";
    let engine = open(&[("orders.csv", text)]);
    let offered = plan(&engine, json!({}));
    assert_eq!((offered.columns[0].personal, offered.columns[0].chosen), (Some(Personal::Phone), false));
    assert!(!csv(&engine, json!({})).contains("13800138000"), "not unless somebody says so");
    assert!(csv(&engine, json!({"columns": ["id"]})).contains("13800138000"));
    let pseudonyms = plan(&engine, json!({"ids": "pseudonyms"}));
    assert_eq!((pseudonyms.columns[0].personal, pseudonyms.columns[0].chosen), (None, true));
    assert_eq!(pseudonyms.header[0], "手机号 (HMAC-SHA256)");
    assert!(!csv(&engine, json!({"ids": "pseudonyms"})).contains("13800138000"));

    // A user's attribute that had to be called otherwise, and one that somebody has taken for a number.
    let orders = "user_id,time,amount,mobile\na,2024-01-01,1,x\nb,2024-01-01,1,y\nc,2024-01-01,1,z\n";
    let members = "user_id,mobile\na,13800138000\nb,15912345678\nc,18612345678\n";
    let files: [(&str, &[u8]); 2] = [("orders.csv", orders.as_bytes()), ("members.csv", members.as_bytes())];
    for types in [json!({"mobile": "text"}), json!({"mobile": "number"})] {
        let mapping = json!({"kind": "users", "user": "user_id", "attributes": ["mobile"], "types": types});
        let options = json!({"files": [{"file": "members.csv", "mapping": mapping}]});
        let mut engine = Engine::default();
        engine.hold(load(&files, &serde_json::from_value(options).unwrap()).unwrap());
        let offered = of(&plan(&engine, json!({})));
        assert_eq!(offered["mobile (user)"], (Some(Personal::Phone), false), "{types}");
    }
}

#[test]
fn a_preview_is_the_beginning_of_the_file() {
    let text: String = std::iter::once("user_id,time,amount\n".to_owned())
        .chain((0..9).map(|user| format!("=u{user},2024-01-0{},{}.5\n", user + 1, user)))
        .collect();
    let engine = open(&[("orders.csv", &text)]);
    let columns = json!(["id", "firstSeen", "spend"]);
    let told = plan(&engine, json!({"columns": columns}));
    assert_eq!((told.rows, told.preview.len(), told.most_rows), (9, 5, None));
    assert_eq!(told.header, ["user_id", "First seen", "Net revenue"]);
    let saved = csv(&engine, json!({"columns": columns}));
    for (row, line) in told.preview.iter().zip(saved.lines().skip(1)) {
        assert_eq!(row.join(","), line.replace('"', ""), "with its apostrophe");
        assert!(row[0].starts_with("'="));
    }
    let told = plan(&engine, json!({"columns": columns, "format": "xlsx"}));
    assert_eq!((told.preview[0][0].as_str(), told.most_rows), ("=u0", Some(MOST_ROWS)));
}

#[test]
fn what_cannot_be_saved_is_refused() {
    let engine = open(&[("orders.csv", ORDERS)]);
    let refused = |save: Value| engine.list_file(&everybody(&save, &json!([])), None).unwrap_err();
    assert_eq!(refused(json!({"columns": []})).path.as_deref(), Some("users.save.columns"));
    let unknown = refused(json!({"columns": ["id", {"attribute": "town"}]}));
    assert_eq!(unknown.path.as_deref(), Some("users.save.columns[1]"));
    assert!(unknown.expected.as_deref().unwrap().contains("city"), "{unknown:?}");
    let nameless = refused(json!({"ids": "pseudonyms"}));
    assert_eq!((nameless.kind, nameless.expected.as_deref()), (ErrorKind::MissingField, Some("passphrase")));
    let misspelt =
        Query::parse(r#"{"analysis":"overview","users":{"cell":"users","save":{"format":"xls"}}}"#);
    assert_eq!(misspelt.unwrap_err().path.as_deref(), Some("users.save.format"));
    assert_eq!(Xlsx::new(&["a".into()], MOST_ROWS + 1).unwrap_err().kind, ErrorKind::SheetRows);
    assert!(Xlsx::new(&["a".into()], MOST_ROWS).is_ok());
    let long = format!("user_id,time,note\na,2024-01-01,{}\n", "字".repeat(32_768));
    let engine = open(&[("orders.csv", &long)]);
    let save =
        |format: &str| everybody(&json!({"columns": [{"attribute": "note"}], "format": format}), &json!([]));
    let error = engine.list_file(&save("xlsx"), None).unwrap_err();
    assert_eq!((error.kind, error.column.as_deref()), (ErrorKind::SheetText, Some("note")));
    assert_eq!(engine.list_file(&save("csv"), None).unwrap().len(), 3 + 6 + 32_768 * 3 + 2);
}

#[test]
fn long_lists_come_in_pieces() {
    let text: String = std::iter::once("user_id,time,amount\n".to_owned())
        .chain((0..60_000).map(|user| format!("u{user},2024-01-01,{user}.25\n")))
        .collect();
    let engine = open(&[("orders.csv", &text)]);
    for format in ["csv", "xlsx"] {
        let save = json!({"format": format, "ids": "pseudonyms", "columns": ["id", "spend", "firstSeen"]});
        let query = everybody(&save, &json!([]));
        let mut pieces = Vec::new();
        engine.save_list(&query, Some(&secret()), &mut |piece| pieces.push(piece)).unwrap();
        assert!(pieces.len() > 1, "{format}");
        assert_eq!(pieces.concat(), engine.list_file(&query, Some(&secret())).unwrap());
        let rows = String::from_utf8(pieces.concat()).map(|text| text.lines().count());
        if format == "csv" {
            assert_eq!(rows.unwrap(), 60_001);
        }
    }
}

/// One person in two files under two ids, and a list under each form of them.
#[test]
fn pseudonyms_find_their_users_again() {
    let engine = open(&[("orders.csv", ORDERS)]);
    let saved = csv(&engine, json!({"ids": "pseudonyms", "columns": ["id"]}));
    let list = read(&saved, Some("user_id"));
    assert!(list.pseudonyms && list.ids.len() == 3, "{list:?}");
    let found = engine.match_ids(&list.ids, Some(&secret())).unwrap();
    assert_eq!((found.found, found.missing), (vec!["007".into(), "b".into(), "c".into()], 0));
    let other = Passphrase::new("another passphrase").unwrap();
    let none = engine.match_ids(&list.ids, Some(&other)).unwrap();
    assert_eq!((none.found.len(), none.missing, none.examples.len()), (0, 3, 3));
    let strangers: Vec<String> = ["b", "nobody", "b", "007"].map(str::to_owned).to_vec();
    let plain = engine.match_ids(&strangers, None).unwrap();
    assert_eq!((plain.found, plain.missing), (vec!["b".into(), "007".into()], 1));
    assert_eq!(plain.examples, ["nobody"]);
    let upper: Vec<String> = list.ids.iter().map(|id| id.to_uppercase()).collect();
    assert_eq!(engine.match_ids(&upper, Some(&secret())).unwrap().missing, 0);
}

#[test]
fn orders_and_revenue_are_those_of_the_questions() {
    let engine = open(&[("orders.csv", ORDERS)]);
    let request = json!({"analysis": "rfm", "users": {"cell": "all",
        "save": {"columns": ["id", {"member": "frequency"}, "orders", {"member": "monetary"}, "spend"]}}});
    let query = Query::parse(&request.to_string()).unwrap();
    let saved = String::from_utf8(engine.list_file(&query, None).unwrap()).unwrap();
    let rows: Vec<Vec<&str>> = saved.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!((row[1], row[3]), (row[2], row[4]), "{row:?}");
    }
}

type Row = (String, u8, String);

/// Ids and texts that spreadsheets and readers of lists like to change.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let id = "[a0=+@'\",;\n甲 #-]{0,4}[a-c0-9]";
    let city = "|[=+'\",;\r\n京 a-]{1,5}";
    prop::collection::vec((id, 1u8..28, city), 1..25)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lists_come_back_as_the_same_users(rows in rows(), pseudonyms: bool) {
        let text: String = std::iter::once("user_id,time,city\n".to_owned())
            .chain(rows.iter().map(|(id, day, city)| format!("{},2024-01-{day:02},{}\n", quoted(id), quoted(city))))
            .collect();
        let engine = open(&[("orders.csv", &text)]);
        let form = if pseudonyms { "pseudonyms" } else { "plain" };
        let saved = csv(&engine, json!({"ids": form, "columns": ["id", {"attribute": "city"}]}));
        let list = read(&saved, Some("user_id"));
        prop_assert!(list.name.is_some());
        prop_assert_eq!(list.pseudonyms, pseudonyms);
        let matched = engine.match_ids(&list.ids, Some(&secret()).filter(|_| pseudonyms)).unwrap();
        prop_assert_eq!(matched.missing, 0, "{:?} in {:?}", matched.examples, saved);
        let mut users: Vec<&str> = engine.log().unwrap().users.iter().collect();
        users.sort_unstable();
        let mut found: Vec<&str> = matched.found.iter().map(String::as_str).collect();
        found.sort_unstable();
        prop_assert_eq!(found, users);
    }

    /// The last that is known, by going through the rows as they came.
    #[test]
    fn attributes_are_the_last_that_are_known(
        rows in prop::collection::vec((0usize..4, 1u8..10, prop::sample::select(vec!["", "x", "y", "z"])), 1..30),
        from in 1u8..10,
    ) {
        let text: String = std::iter::once("user_id,time,city\n".to_owned())
            .chain(rows.iter().map(|(user, day, city)| format!("u{user},2024-01-{day:02},{city}\n")))
            .collect();
        let Ok(log) = load(&[("orders.csv", text.as_bytes())], &OpenOptions::default()) else { return Ok(()) };
        prop_assume!(log.columns.iter().any(|column| column.name == "city"));
        let mut engine = Engine::default();
        engine.hold(log);
        let mut expected: BTreeMap<usize, (u8, &str)> = BTreeMap::new();
        for (user, day, city) in rows.iter().filter(|row| row.1 >= from) {
            let last = expected.entry(*user).or_insert((0, ""));
            if !city.is_empty() && *day >= last.0 {
                *last = (*day, city);
            }
        }
        let save = json!({"columns": ["id", {"attribute": "city"}]});
        let query = everybody(&save, &json!([{"from": format!("2024-01-{from:02}")}]));
        let saved = String::from_utf8(engine.list_file(&query, None).unwrap()).unwrap();
        let found: Vec<&str> = saved.lines().skip(1).collect();
        let lines: Vec<String> = expected.iter().map(|(user, (_, city))| format!("u{user},{city}")).collect();
        prop_assert_eq!(found, lines);
    }
}
