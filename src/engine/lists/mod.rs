//! Lists of users as they leave: with the columns, in the file and with the ids that somebody has chosen, and no others.
//!
//! **Columns.** What the question tells of its users, and of the rows that it looks at (those that its filter lets through):
//! the first and the last day with a row; orders (distinct order ids, or purchase rows where no column has ids); what was
//! spent (purchases less refunds); of each attribute the last that is known, that is the cell of the user's last row that is
//! not empty, rows at one time in the order of the file. An attribute from a file of users is theirs whatever the filter.
//!
//! **Personal columns** are those that the audit of personal data ([`crate::ingest::personal`]) finds in a file or in the
//! column itself. They leave only when a request names them.
//!
//! **Ids** leave as they came, or as pseudonyms ([`crate::privacy::pseudonym`]); a list that comes back is matched in either
//! form ([`Engine::match_ids`]).

mod columns;
mod matching;
mod wanted;

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::request::{Query, UsersWanted};
use crate::dataset::view::View;
use crate::error::{Error, Result};
use crate::export::cell::Cell;
use crate::export::csv::Csv;
use crate::export::xlsx::{MOST_ROWS, Xlsx};
use crate::ingest::formula::{needs_guard, unguarded};
use crate::privacy::personal::Personal;
use crate::privacy::pseudonym::Passphrase;
use columns::{Offered, Source, chosen, offered};
pub use matching::MatchedIds;
pub use wanted::{IdForm, ListColumn, ListFormat, SaveWanted};

/// A list of fewer users shows single people.
pub const FEW_USERS: u64 = 10;

/// Rows of a preview.
const PREVIEWED: usize = 5;

/// Bytes that are handed over at once.
const PIECE: usize = 1 << 20;

/// What a list would be saved as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListPlan {
    /// Users in the list: rows below the header.
    pub rows: u64,
    /// The most rows that a file of this kind holds; absent where there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_rows: Option<u64>,
    /// All columns that there are to choose from.
    pub columns: Vec<OfferedColumn>,
    /// The headings of those that are chosen.
    pub header: Vec<String>,
    /// The first rows, at most five, cell by cell as they will be written.
    pub preview: Vec<Vec<String>>,
}

/// A column that a list can be saved with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferedColumn {
    /// The column, as a request names it.
    pub column: ListColumn,
    /// Its heading.
    pub name: String,
    /// What it tells of people, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Personal>,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Engine {
    /// What a list would be saved as: `users.save` of the query says how.
    ///
    /// # Errors
    /// As [`Engine::run`]; columns that are not there; [`crate::error::ErrorKind::MissingField`] for pseudonyms without a passphrase.
    pub fn plan_list(&self, query: &Query, passphrase: Option<&Passphrase>) -> Result<ListPlan> {
        let (users, save) = wanted(query)?;
        let list = self.list(query, users)?;
        let log = self.log()?;
        let offered = offered(log, &list, save);
        let chosen = chosen(&offered, save)?;
        let view = self.segments.view(log, query)?;
        let mut preview = Vec::new();
        let places = list.shown().iter().take(PREVIEWED);
        each_row(
            &view,
            &chosen,
            (save, passphrase),
            places.map(|&place| (place, list.user(place))),
            |row| {
                preview.push(row.iter().map(|cell| shown(cell, save.format)).collect());
                Ok(())
            },
        )?;
        let column = |offered: &Offered<'_>| OfferedColumn {
            column: offered.column.clone(),
            name: offered.name.clone(),
            personal: offered.personal,
            chosen: chosen.iter().any(|chosen| chosen.column == offered.column),
        };
        Ok(ListPlan {
            rows: list.shown().len() as u64,
            most_rows: (save.format == ListFormat::Xlsx).then_some(MOST_ROWS),
            columns: offered.iter().map(column).collect(),
            header: chosen.iter().map(|chosen| chosen.name.clone()).collect(),
            preview,
        })
    }

    /// Writes a list, sorted and searched as wanted, all of it: pieces of the file go to `take`.
    ///
    /// # Errors
    /// As [`Engine::plan_list`]; [`crate::error::ErrorKind::BadValue`] without columns; what a workbook does not hold.
    pub fn save_list(
        &self,
        query: &Query,
        passphrase: Option<&Passphrase>,
        take: &mut dyn FnMut(Vec<u8>),
    ) -> Result<()> {
        let (users, save) = wanted(query)?;
        let list = self.list(query, users)?;
        let log = self.log()?;
        let offered = offered(log, &list, save);
        let chosen = chosen(&offered, save)?;
        if chosen.is_empty() {
            return Err(Error::bad_value("users.save.columns", "[]", "at least one column"));
        }
        let view = self.segments.view(log, query)?;
        let header: Vec<String> = chosen.iter().map(|chosen| chosen.name.clone()).collect();
        let mut file = Writing::new(save.format, &header, list.shown().len() as u64)?;
        let users = list.shown().iter().map(|&place| (place, list.user(place)));
        each_row(&view, &chosen, (save, passphrase), users, |row| {
            file.row(row)?;
            if file.waiting() >= PIECE {
                take(file.take());
            }
            Ok(())
        })?;
        take(file.finish()?);
        Ok(())
    }

    /// A list as one piece of bytes.
    ///
    /// # Errors
    /// As [`Engine::save_list`].
    pub fn list_file(&self, query: &Query, passphrase: Option<&Passphrase>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.save_list(query, passphrase, &mut |piece| bytes.extend(piece))?;
        Ok(bytes)
    }
}

/// Which users are wanted, and how they are to be saved.
fn wanted(query: &Query) -> Result<(&UsersWanted, &SaveWanted)> {
    let missing = || Error::bad_value("users.save", "", "{\"columns\": ...}");
    if let Some(zone) = &query.in_zone {
        return Err(Error::bad_value("inZone", zone, "absent"));
    }
    let users = query.users.as_ref().ok_or_else(missing)?;
    Ok((users, users.save.as_ref().ok_or_else(missing)?))
}

/// Makes the rows of some users: places in the list with the users' codes.
fn each_row(
    view: &View<'_>,
    chosen: &[&Offered<'_>],
    wanted: (&SaveWanted, Option<&Passphrase>),
    users: impl Iterator<Item = (u32, u32)>,
    mut take: impl FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<()> {
    let trades = OnceCell::new();
    let mut sources = Vec::with_capacity(chosen.len());
    for offered in chosen {
        sources.push(Source::new(offered, view, &trades, wanted)?);
    }
    for (place, user) in users {
        let row: Vec<Cell<'_>> =
            sources.iter_mut().map(|source| source.cell(view, place as usize, user)).collect();
        take(&row)?;
    }
    Ok(())
}

/// A cell as people will see it in the file.
fn shown(cell: &Cell<'_>, format: ListFormat) -> String {
    let text = cell.to_string();
    let guarded = match format {
        ListFormat::Csv => needs_guard(text.as_bytes()),
        ListFormat::Xlsx => unguarded(text.as_bytes()).len() < text.len(),
    };
    if guarded { format!("'{text}") } else { text }
}

/// A file under construction.
enum Writing {
    Csv(Csv),
    Xlsx(Box<Xlsx>),
}

impl Writing {
    fn new(format: ListFormat, header: &[String], rows: u64) -> Result<Self> {
        Ok(match format {
            ListFormat::Csv => Self::Csv(Csv::new(header.iter().cloned())),
            ListFormat::Xlsx => Self::Xlsx(Box::new(Xlsx::new(header, rows)?)),
        })
    }

    fn row(&mut self, row: &[Cell<'_>]) -> Result<()> {
        match self {
            Self::Csv(csv) => {
                for cell in row {
                    match cell {
                        Cell::Text(text) => csv.cell(text),
                        other => csv.cell(&other.to_string()),
                    }
                }
                csv.end_row();
            }
            Self::Xlsx(book) => {
                row.iter().try_for_each(|cell| book.cell(cell))?;
                book.end_row();
            }
        }
        Ok(())
    }

    fn waiting(&self) -> usize {
        match self {
            Self::Csv(csv) => csv.waiting(),
            Self::Xlsx(book) => book.waiting(),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        match self {
            Self::Csv(csv) => csv.take().into_bytes(),
            Self::Xlsx(book) => book.take(),
        }
    }

    fn finish(self) -> Result<Vec<u8>> {
        match self {
            Self::Csv(csv) => Ok(csv.finish().into_bytes()),
            Self::Xlsx(book) => book.finish(),
        }
    }
}
