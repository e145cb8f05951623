use super::*;
use proptest::prelude::*;

/// What happens to one row.
#[derive(Debug, Clone)]
enum Fate {
    Used(i32),
    Emptied(u8),
    Rounded(u8),
    Aside(usize, u8, u8),
    Turned(u8),
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        (-3i32..3).prop_map(Fate::Used),
        (0u8..3).prop_map(Fate::Emptied),
        (0u8..3).prop_map(Fate::Rounded),
        (0..Reason::ALL.len(), 0u8..4, any::<u8>())
            .prop_map(|(reason, column, found)| Fate::Aside(reason, column, found)),
        (0u8..2).prop_map(Fate::Turned),
    ]
}

/// The ledger of a stretch whose rows are counted from 2.
fn read(fates: &[Fate]) -> Ledger {
    let mut ledger = Ledger { file: "f".into(), bytes: fates.len() as u64 * 10, ..Ledger::default() };
    for (row, fate) in (2..).zip(fates) {
        ledger.rows_read += 1;
        let name = |column: &u8| format!("column {column}");
        if let Fate::Aside(reason, column, found) = fate {
            let column = (*column > 0).then(|| name(column));
            ledger.note(Reason::ALL[*reason], 1, row, column.as_deref(), Some(&[*found]));
            continue;
        }
        ledger.rows_used += 1;
        match fate {
            Fate::Used(day) => {
                let (first, last) = ledger.time_range.unwrap_or((Day(*day), Day(*day)));
                ledger.time_range = Some((first.min(Day(*day)), last.max(Day(*day))));
            }
            Fate::Emptied(column) => ledger.note_emptied(&name(column), row, b"x"),
            Fate::Rounded(column) => ledger.note_rounded(&name(column), row, b"1.23456789012"),
            Fate::Turned(column) => {
                ledger.notice(Notice::BecameText { column: name(column), row, found: "n/a".into() });
            }
            Fate::Aside(..) => {}
        }
    }
    ledger
}

proptest! {
    #[test]
    fn stretches_join_as_if_read_in_one_piece(fates in prop::collection::vec(fate(), 0..60),
                                              cuts in prop::collection::vec(0usize..60, 0..4)) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(fates.len())).chain([fates.len()]).collect();
        cuts.sort_unstable();
        let whole = read(&fates);
        let (mut joined, mut start) = (read(&fates[..cuts[0]]), cuts[0]);
        for &cut in &cuts[1..] {
            joined.merge(read(&fates[start..cut]), start as u64);
            start = cut;
        }
        prop_assert!(whole.adds_up());
        prop_assert_eq!(joined, whole);
    }
}

#[test]
fn rows_set_aside_later_find_their_file() {
    let mut ledgers =
        [2, 0, 3].map(|rows| Ledger { rows_read: rows + 1, rows_used: rows, ..Ledger::default() });
    for ledger in &mut ledgers {
        ledger.note(Reason::NoTime, 1, 2, Some("day"), None);
    }
    let checks = LateChecks::new(&ledgers);
    assert_eq!(checks.stretches().collect::<Vec<_>>(), [0..2, 2..2, 2..5]);
    checks.set_aside(&mut ledgers, (1, 4), Reason::OutOfRange, Some("cost"), Some(b"-1"));
    checks.set_aside(&mut ledgers, (4, 0), Reason::Duplicate, None, None);
    let told: Vec<_> = ledgers.iter().map(|ledger| (ledger.rows_used, ledger.rows_set_aside())).collect();
    assert_eq!(told, [(1, 2), (0, 1), (2, 2)]);
    assert!(ledgers.iter().all(Ledger::adds_up));
    ledgers[0].rows_used += 1;
    assert!(!ledgers[0].adds_up());
}

#[test]
fn five_examples_and_no_more() {
    let mut ledger = Ledger { rows_read: 9, ..Ledger::default() };
    (2..11).for_each(|row| ledger.note(Reason::BadNumber, 1, row, Some("amount"), Some(b"ten")));
    let [entry] = &ledger.set_aside[..] else { panic!("one reason") };
    assert_eq!(
        (entry.rows, entry.first_row, entry.first_column.as_deref(), entry.first_found.as_deref()),
        (9, 2, Some("amount"), Some("ten"))
    );
    assert_eq!(entry.examples.iter().map(|example| example.row).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
}

#[test]
fn every_reason_and_notice_has_words() {
    for language in [Language::English, Language::Chinese] {
        for reason in Reason::ALL {
            assert!(language.words().get(&format!("reason_{}", reason.code())).is_some(), "{reason:?}");
        }
        let notices = [
            Notice::LinesAbove { lines: 3 },
            Notice::DayOrMonthFirst {
                column: "day".into(),
                read_as: "2024-03-05".into(),
                found: "3/5/24".into(),
            },
            Notice::BecameText { column: "code".into(), row: 1_200, found: "A7".into() },
        ];
        for notice in notices {
            let message = notice.message(language);
            assert!(!message.contains('{') && message.chars().any(char::is_alphanumeric), "{message}");
            let json = serde_json::to_string(&notice).unwrap();
            assert_eq!(serde_json::from_str::<Notice>(&json).unwrap(), notice, "{json}");
        }
    }
}

#[test]
fn an_older_ledger_can_be_read() {
    let json = r#"{"file":"a.csv","bytes":9,"rowsRead":1,"rowsUsed":0,"emptied":[],
        "setAside":[{"reason":"no_user","rows":1,"firstRow":2,"firstColumn":null,"firstFound":null}]}"#;
    let ledger: Ledger = serde_json::from_str(json).unwrap();
    assert_eq!((ledger.kind, ledger.set_aside[0].examples.len()), (FileKind::Events, 0));
}
