//! The table in every state.

use std::rc::Rc;

use leptos::prelude::*;

use crate::state::App;
use crate::widgets::table::{DataTable, Datum, Fetched, Made, Page, Rows, TableData, Wanted};
use strata::dataset::calendar::Day;
use strata::error::{Error, ErrorKind};
use strata::locale::{Language, fill};
use strata::table::decimal::Amount;

/// A million rows, each made of its number.
const MILLION: Made = Made { count: 1_000_000, row: made, rising: &[0] };

/// The table without rows, with few, with sixty, with a million, searched in vain, loading and failed.
#[component]
pub fn TableStates() -> impl IntoView {
    let app = App::get();
    let opened = RwSignal::new(None::<(usize, usize)>);
    let on_open = Callback::new(move |place| opened.set(Some(place)));
    let told = move || {
        let (row, column) = opened.get()?;
        let (row, column) = ((row + 1).to_string(), (column + 1).to_string());
        Some(fill(app.words().table_states_opened, &[("row", &row), ("column", &column)]))
    };
    let held = move |rows: u64| Signal::derive(move || held(rows, app.language.get()));
    let bare =
        Signal::derive(move || TableData { columns: columns(app.language.get()), ..TableData::default() });
    let loading = Fetched::new(Rc::new(|_| Box::pin(std::future::pending())));
    let failing = Fetched::new(Rc::new(|_| Box::pin(async { Err(Error::new(ErrorKind::EngineStopped)) })));
    let searched = Fetched::new(Rc::new(|wanted| Box::pin(async move { Ok(searched(&wanted)) })));
    let words = move |pick: fn(App) -> &'static str| Signal::derive(move || pick(app).to_owned());
    view! {
        <DataTable id="table-few" title=words(|app| app.words().table_states_few) data=held(5) on_open/>
        <p class="muted" id="table-opened" aria-live="polite">{told}</p>
        <DataTable id="table-million" title=words(|app| app.words().table_states_million) data=bare rows=Rows::Made(MILLION)/>
        <DataTable id="table-sixty" title=words(|app| app.words().table_states_sixty) data=held(60) on_open/>
        <DataTable id="table-many" title=words(|app| app.words().table_states_many) data=held(600) on_open/>
        <DataTable id="table-no-match" title=words(|app| app.words().table_states_no_match) data=bare
            rows=Rows::Fetched(searched) search="xyz"/>
        <DataTable id="table-empty" title=words(|app| app.words().table_states_empty) data=bare/>
        <DataTable id="table-loading" title=words(|app| app.words().table_states_loading) data=bare rows=Rows::Fetched(loading)/>
        <DataTable id="table-error" title=words(|app| app.words().table_states_error) data=bare rows=Rows::Fetched(failing)/>
    }
}

fn columns(language: Language) -> Vec<(String, bool)> {
    let words = language.words();
    let columns = [
        (words.table_states_number, true),
        (words.table_states_name, false),
        (words.table_states_users, true),
        (words.table_states_revenue, true),
        (words.table_states_share, true),
        (words.table_states_day, false),
    ];
    columns.map(|(name, figures)| (name.to_owned(), figures)).to_vec()
}

/// A number that looks like chance and is always the same (the finaliser of SplitMix64).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn made(row: u64) -> Vec<Datum> {
    let chance = mixed(row);
    vec![
        Datum::Count(row + 1),
        Datum::Text(format!("user-{:07}", chance % 10_000_000)),
        Datum::Count(chance % 4_000),
        Datum::Amount(Amount { units: (chance % 90_000_000) as i64, scale: 2 }),
        Datum::Share((chance % 1_000) as f64 / 1_000.0),
        Datum::Day(Day(19_000 + (chance % 700) as i32)),
    ]
}

/// Rows in memory; some figures are not complete yet, one column says a sentence.
fn held(rows: u64, language: Language) -> TableData {
    let words = language.words();
    let mut columns = columns(language);
    columns.push((words.table_states_note.to_owned(), false));
    let row = |row: u64| {
        let mut cells = made(row);
        cells.push(match row % 4 {
            1 => Datum::Nothing,
            _ => Datum::Text(words.table_states_sentence.to_owned()),
        });
        cells
    };
    let rows: Vec<Vec<Datum>> = (0..rows).map(row).collect();
    let users = rows.iter().map(|row| match row.get(2) {
        Some(Datum::Count(users)) => *users,
        _ => 0,
    });
    let total = vec![
        Datum::Text(words.table_states_total.to_owned()),
        Datum::Text(String::new()),
        Datum::Count(users.sum()),
        Datum::Nothing,
        Datum::Share(1.0),
        Datum::Nothing,
        Datum::Text(String::new()),
    ];
    let open_from = (0..rows.len()).map(|row| (row % 3 == 2).then_some(3)).collect();
    TableData { columns, rows, summary: vec![total], opens: vec![2], spare: vec![5], open_from }
}

/// The rows of five thousand whose name contains what is looked for, as whoever holds them would answer.
fn searched(wanted: &Wanted) -> Page {
    const TOTAL: u64 = 5_000;
    let passes =
        |row: &Vec<Datum>| matches!(row.get(1), Some(Datum::Text(name)) if name.contains(&wanted.search));
    let mut rows: Vec<Vec<Datum>> = (0..TOTAL).map(made).filter(passes).collect();
    if wanted.sort.is_some_and(|sort| sort.descending) {
        rows.reverse();
    }
    let matching = rows.len() as u64;
    let rows = rows.into_iter().skip(wanted.offset as usize).take(wanted.limit as usize).collect();
    Page { total: TOTAL, matching, rows }
}
