//! The columns that a list can be saved with, and their cells.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::super::users::List;
use super::ListColumn;
use super::wanted::{IdForm, SaveWanted};
use crate::analysis::{MemberCells, MemberColumn};
use crate::dataset::calendar::Day;
use crate::dataset::trades::Trades;
use crate::dataset::user_days::UserDays;
use crate::dataset::view::View;
use crate::dataset::{EventLog, Kind};
use crate::error::{Error, Result};
use crate::export::cell::Cell;
use crate::ingest::mapping::Role;
use crate::ingest::personal::{kind_of, kind_of_ids};
use crate::locale::{Language, Words};
use crate::privacy::personal::Personal;
use crate::privacy::pseudonym::{Passphrase, Pseudonyms, column_name, to_hex};
use crate::segment::orders::{OrderUnit, Orders};
use crate::table::decimal::{Amount, Decimals};
use crate::table::{Clock, ColumnData, Times};

/// A column that a list can be saved with.
#[derive(Debug)]
pub(super) struct Offered<'a> {
    pub column: ListColumn,
    /// Its heading.
    pub name: String,
    pub personal: Option<Personal>,
    from: From<'a>,
}

/// Where its cells come from.
#[derive(Debug, Clone, Copy)]
enum From<'a> {
    Ids,
    Member(&'a MemberColumn),
    Rows(&'a ColumnData),
    User(&'a ColumnData),
    FirstSeen,
    LastSeen,
    Orders,
    Spend,
}

/// All columns that a list can be saved with: the ids, the question's own, what was done, what is known.
pub(super) fn offered<'a>(log: &'a EventLog, list: &'a List, wanted: &SaveWanted) -> Vec<Offered<'a>> {
    let words = wanted.language.words();
    let ids = log.mapping.user.clone().unwrap_or_default();
    let pseudonyms = wanted.ids == IdForm::Pseudonyms;
    let own = noted(log, &ids).or_else(|| kind_of_ids(&ids, &log.users));
    let mut all = vec![Offered {
        column: ListColumn::Id,
        // A pseudonym has no digits to call.
        personal: own.filter(|_| !pseudonyms),
        name: if pseudonyms { column_name(&ids) } else { ids },
        from: From::Ids,
    }];
    let plain = |column, name: String, from| Offered { column, name, personal: None, from };
    for column in &list.members().columns {
        let name = word(words, &format!("member_{}", column.key));
        all.push(plain(ListColumn::Member(column.key.to_owned()), name, From::Member(column)));
    }
    all.push(plain(ListColumn::FirstSeen, words.list_first_seen.to_owned(), From::FirstSeen));
    all.push(plain(ListColumn::LastSeen, words.list_last_seen.to_owned(), From::LastSeen));
    let trades = has_trades(log);
    if trades {
        all.push(plain(ListColumn::Orders, words.list_orders.to_owned(), From::Orders));
    }
    if trades && log.values().is_some() {
        all.push(plain(ListColumn::Spend, words.list_spend.to_owned(), From::Spend));
    }
    let of_rows = log.columns.iter().filter(|column| matches!(column.role, Role::Attribute | Role::Channel));
    let of_rows = of_rows.map(|column| (column, From::Rows(&column.data)));
    let of_users = log.user_attributes.iter().map(|column| (column, From::User(&column.data)));
    all.extend(of_rows.chain(of_users).map(|(column, from)| Offered {
        column: ListColumn::Attribute(column.name.clone()),
        name: column.name.clone(),
        personal: noted(log, &column.name).or_else(|| kind_of(&column.name, &column.data)),
        from,
    }));
    all
}

/// What a file's ledger has noted of a column. One that has been given another name beside the log's is found by its own.
fn noted(log: &EventLog, name: &str) -> Option<Personal> {
    let own = name.rsplit_once(" (user").map_or(name, |(own, _)| own);
    let noted = log.ledgers.iter().flat_map(|ledger| &ledger.personal);
    noted.filter(|noted| noted.column == name || noted.column == own).map(|noted| noted.kind).next()
}

/// Whether anything in the log is a purchase.
fn has_trades(log: &EventLog) -> bool {
    match log.text_in_role(Role::Event) {
        Some(_) => log.kinds.contains(&Kind::Purchase),
        None => log.values().is_some() || log.text_in_role(Role::Order).is_some(),
    }
}

/// The columns that are wanted, of those that are offered.
///
/// # Errors
/// [`crate::error::ErrorKind::BadValue`] for one that is not.
pub(super) fn chosen<'o, 'a>(
    offered: &'o [Offered<'a>],
    wanted: &SaveWanted,
) -> Result<Vec<&'o Offered<'a>>> {
    let Some(columns) = &wanted.columns else {
        let own = |offered: &&Offered<'_>| match offered.column {
            ListColumn::Id => offered.personal.is_none(),
            ListColumn::Member(_) => true,
            _ => false,
        };
        return Ok(offered.iter().filter(own).collect());
    };
    let find = |(place, wanted): (usize, &ListColumn)| {
        offered.iter().find(|offered| offered.column == *wanted).ok_or_else(|| {
            let text = |column: &ListColumn| serde_json::to_string(column).unwrap_or_default();
            let known: Vec<String> = offered.iter().map(|offered| text(&offered.column)).collect();
            Error::bad_value(format!("users.save.columns[{place}]"), text(wanted), known.join(", "))
        })
    };
    columns.iter().enumerate().map(find).collect()
}

/// Makes the cells of one column, user by user.
pub(super) enum Source<'a> {
    Ids,
    Pseudonyms(Pseudonyms),
    Member(&'a MemberColumn, &'static Words),
    Rows(&'a ColumnData),
    User(&'a ColumnData),
    FirstSeen(UserDays<'a>),
    LastSeen(UserDays<'a>),
    Orders(Orders, &'a Trades<'a>),
    Spend(&'a Trades<'a>),
}

impl<'a> Source<'a> {
    /// Where a column's cells come from.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::MissingField`] for pseudonyms without a passphrase.
    pub(super) fn new(
        offered: &Offered<'a>,
        view: &'a View<'a>,
        trades: &'a OnceCell<Trades<'a>>,
        (wanted, passphrase): (&SaveWanted, Option<&Passphrase>),
    ) -> Result<Self> {
        Ok(match offered.from {
            From::Ids if wanted.ids == IdForm::Pseudonyms => {
                let missing = || {
                    Error::new(crate::error::ErrorKind::MissingField).at_path("users").expected("passphrase")
                };
                Self::Pseudonyms(Pseudonyms::new(passphrase.ok_or_else(missing)?)?)
            }
            From::Ids => Self::Ids,
            From::Member(column) => Self::Member(column, Language::words(wanted.language)),
            From::Rows(data) => Self::Rows(data),
            From::User(data) => Self::User(data),
            From::FirstSeen => Self::FirstSeen(view.user_days()),
            From::LastSeen => Self::LastSeen(view.user_days()),
            From::Orders => {
                let orders = Orders::new(view, OrderUnit::or_default(None, view.log))?;
                Self::Orders(orders, trades.get_or_init(|| view.trades()))
            }
            From::Spend => Self::Spend(trades.get_or_init(|| view.trades())),
        })
    }

    /// The cell of the user at a place of the list.
    pub(super) fn cell<'c>(&'c mut self, view: &'c View<'_>, place: usize, user: u32) -> Cell<'c> {
        let log = view.log;
        let day = |day: Option<&i32>| day.map_or(Cell::Empty, |day| Cell::Day(Day(*day)));
        match self {
            Self::Ids => Cell::Text(log.users.get(user).into()),
            Self::Pseudonyms(pseudonyms) => Cell::Text(to_hex(&pseudonyms.of(log.users.get(user))).into()),
            Self::Member(column, words) => member(log, column, words, place),
            Self::Rows(data) => {
                let mut rows = log.rows_of(user as usize).rev().filter(|row| view.has(*row));
                let cell = rows.find_map(|row| value(log, data, row));
                cell.unwrap_or(Cell::Empty)
            }
            Self::User(data) => value(log, data, user as usize).unwrap_or(Cell::Empty),
            Self::FirstSeen(days) => day(days.of(user as usize).first()),
            Self::LastSeen(days) => day(days.of(user as usize).last()),
            Self::Orders(orders, trades) => {
                let count = orders.of(view, trades, trades.rows_of(user as usize));
                Cell::Count(i64::try_from(count).unwrap_or(i64::MAX))
            }
            Self::Spend(trades) => Cell::Amount(log.amount(spent(trades, user as usize))),
        }
    }
}

/// A user's purchases less refunds.
fn spent(trades: &Trades<'_>, user: usize) -> i64 {
    trades.rows_of(user).iter().fold(0i64, |sum, &row| match trades.get(row) {
        (Kind::Purchase, amount) => sum.saturating_add(amount),
        (Kind::Refund, amount) => sum.saturating_sub(amount),
        (Kind::Other, _) => sum,
    })
}

fn member<'a>(log: &EventLog, column: &'a MemberColumn, words: &'static Words, place: usize) -> Cell<'a> {
    let found = match &column.cells {
        MemberCells::Counts(counts) => counts.get(place).map(|count| Cell::Count(*count)),
        MemberCells::Amounts(units) => units.get(place).map(|units| Cell::Amount(log.amount(*units))),
        MemberCells::Days(days) => days.get(place).map(|day| Cell::Day(Day(*day))),
        MemberCells::Names(names) => {
            let name = |name: &&'static str| words.get(&format!("name_{name}")).unwrap_or(name);
            names.get(place).map(|key| Cell::Text(Cow::Borrowed(name(key))))
        }
    };
    found.unwrap_or(Cell::Empty)
}

/// What stands in a column, if anything does.
fn value<'a>(log: &EventLog, data: &'a ColumnData, row: usize) -> Option<Cell<'a>> {
    match data {
        ColumnData::Text(codes) => {
            Some(codes.get(row)).filter(|text| !text.is_empty()).map(|text| Cell::Text(text.into()))
        }
        ColumnData::Number(Decimals { values, scale }) => {
            let units = Some(values.get(row)).filter(|units| *units != Decimals::MISSING)?;
            Some(Cell::Amount(Amount { units, scale: *scale }))
        }
        ColumnData::Time(times) => {
            let micros = Some(times.micros(row)).filter(|micros| *micros != Times::MISSING)?;
            Some(Cell::at(match times.clock {
                Clock::Instant => log.zone.civil_from_instant(micros),
                Clock::Civil => micros,
            }))
        }
    }
}

fn word(words: &Words, key: &str) -> String {
    words.get(key).unwrap_or(key).to_owned()
}
