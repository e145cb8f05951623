//! Requests in JSON, to files that stay the same: each is answered, or refused with the place of what is wrong.

use strata::engine::Engine;
use strata::engine::lists::ListFormat;
use strata::engine::loader::load;
use strata::engine::request::Spec;
use strata::error::Error;
use strata::locale::Language;
use strata::privacy::pseudonym::Passphrase;

const EVENTS: &str = "user_id,event,time,amount,city\n\
    a,visit,2024-01-01 10:00:00,,x\na,purchase,2024-01-01 10:05:00,10.00,x\nb,visit,2024-02-29 11:00:00,,y\n\
    c,purchase,2024-03-03 12:00:00,3.5,\na,refund,2024-04-01 00:00:00,-1,x\n";
const USERS: &str = "user_id,level\na,gold\nb,silver\nz,gold\n";

/// The input is a specification: how the files are opened, and what is asked.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let spec = match Spec::parse(text) {
        Ok(spec) => spec,
        Err(error) => return told(&error),
    };
    // What is kept as text is the same when it is read again.
    assert_eq!(Spec::parse(&spec.to_text()).as_ref(), Ok(&spec));
    let log = match load(&[("events.csv", EVENTS.as_bytes()), ("users.csv", USERS.as_bytes())], &spec.open) {
        Ok(log) => log,
        Err(error) => return told(&error),
    };
    assert!(log.ledgers.iter().all(|ledger| ledger.adds_up()));
    let mut engine = Engine::default();
    engine.hold(log);
    match engine.answer(&spec.query) {
        Ok(answer) => drop(serde_json::from_str::<serde_json::Value>(&answer).expect("an answer is JSON")),
        Err(error) => told(&error),
    }
    let mut query = spec.query;
    let passphrase = Passphrase::new("a passphrase").expect("it is long enough");
    for format in [ListFormat::Csv, ListFormat::Xlsx] {
        let Some(users) = &mut query.users else { return };
        users.save.get_or_insert_default().format = format;
        if let Err(error) = engine.list_file(&query, Some(&passphrase)) {
            told(&error);
        }
    }
}

fn told(error: &Error) {
    for language in [Language::English, Language::Chinese] {
        assert!(!error.message(language).is_empty(), "{error:?}");
    }
}
