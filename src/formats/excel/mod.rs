//! Workbooks: Excel's three formats and OpenDocument, one sheet at a time, as records.

mod sheet;
mod values;

use std::io::{Read, Seek};

use calamine::{Data, DataRef, Ods, Range, Reader, SheetVisible, Xls, XlsError, Xlsb, Xlsx, XlsxError};
use strata_core::error::{Error, ErrorKind, Result};

use crate::archive::Member;
use crate::csv::TableText;
use crate::inflate::{FREE, RATIO};
use crate::source::{AnySource, Limits, Shared, from_cause, from_io, too_much};
use crate::{Format, Part, archive};
use sheet::Sheet;

/// What is wanted of the sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sheets {
    /// Their names.
    Listed,
    /// Their cells.
    Read,
}

/// An open workbook. Those of zipped XML are large values.
pub(crate) enum Workbook {
    Xlsx(Box<Xlsx<AnySource>>),
    Xlsb(Box<Xlsb<AnySource>>),
    Xls(Box<Xls<AnySource>>),
    Ods(Box<Ods<AnySource>>),
}

/// Runs the same code for any workbook.
macro_rules! with_book {
    ($book:expr, $reader:ident => $body:expr) => {
        match $book {
            Workbook::Xlsx($reader) => $body,
            Workbook::Xlsb($reader) => $body,
            Workbook::Xls($reader) => $body,
            Workbook::Ods($reader) => $body,
        }
    };
}

impl Workbook {
    /// Opens a workbook. Its parts are inflated once for nothing first, so that a bomb is found before it goes off; those of
    /// the sheets only when they are to be read.
    pub(crate) fn open(
        mut source: AnySource,
        format: Format,
        sheets: Sheets,
        limits: Limits,
    ) -> Result<Self> {
        Ok(match format {
            Format::Xls => match Xls::new(source) {
                Ok(book) => Self::Xls(Box::new(book)),
                Err(XlsError::Password) => return Err(Error::new(ErrorKind::PasswordProtected)),
                Err(error) => return Err(from_cause(&error)),
            },
            Format::Ods => {
                source = defused(source, sheets, limits)?;
                Self::Ods(Box::new(Ods::new(source).map_err(|error| locked(&error))?))
            }
            _ => {
                let members = archive::members(&mut source)?;
                let binary = members.iter().any(|member| member.name == "xl/workbook.bin");
                source = defused(source, sheets, limits)?;
                if binary {
                    Self::Xlsb(Box::new(Xlsb::new(source).map_err(|error| locked(&error))?))
                } else {
                    Self::Xlsx(Box::new(Xlsx::new(source).map_err(|error| locked(&error))?))
                }
            }
        })
    }

    /// The sheets in their order.
    pub(crate) fn parts(&mut self) -> Vec<Part> {
        let sheets = with_book!(&*self, book => book.sheets_metadata().to_vec());
        let mut parts = Vec::new();
        for sheet in sheets {
            let rows = self.rows(&sheet.name);
            let hidden = sheet.visible != SheetVisible::Visible;
            parts.push(Part { name: sheet.name, bytes: None, rows, hidden, inside: None });
        }
        parts
    }

    /// How many rows a sheet says it has; those formats that do not say are not read for it.
    fn rows(&mut self, name: &str) -> Option<u64> {
        match self {
            Self::Xlsx(book) => {
                let size = book.worksheet_cells_reader(name).ok()?.dimensions();
                (size.end > (0, 0)).then(|| u64::from(size.end.0) + 1)
            }
            Self::Xls(book) => book.worksheet_range(name).ok().map(|range| range.height() as u64),
            Self::Xlsb(_) => None,
            Self::Ods(book) => book.worksheet_range(name).ok().map(|range| range.height() as u64),
        }
    }

    /// One sheet as records; without a name, the first visible one that has rows.
    pub(crate) fn table(&mut self, file: &str, name: Option<&str>, limits: Limits) -> Result<TableText> {
        let parts = self.parts();
        if let Some(name) = name {
            if !parts.iter().any(|part| part.name == name) {
                let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
                let error = Error::new(ErrorKind::UnknownPart).in_file(file);
                return Err(error.found(name).expected(names.join(", ")));
            }
            return Ok(TableText::new(self.sheet(file, name, limits)?.finish()));
        }
        let mut problem = None;
        for hidden in [false, true] {
            for part in parts.iter().filter(|part| part.hidden == hidden) {
                match self.sheet(file, &part.name, limits).map(Sheet::finish) {
                    Ok(records) if records.len() > 0 => return Ok(TableText::new(records)),
                    Ok(_) => {}
                    // A sheet that is a chart or a dialogue has no cells.
                    Err(error) => problem = problem.or(Some(error)),
                }
            }
        }
        Err(problem.unwrap_or_else(|| Error::new(ErrorKind::NothingInside).in_file(file)))
    }

    fn sheet(&mut self, file: &str, name: &str, limits: Limits) -> Result<Sheet> {
        let mut sheet = Sheet::new(file, limits.memory);
        match self {
            Self::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(|error| locked(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| from_cause(&error))? {
                    sheet.take(cell.get_position(), cell.get_value())?;
                }
            }
            Self::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(|error| from_cause(&error))?;
                while let Some(cell) = cells.next_cell().map_err(|error| from_cause(&error))? {
                    sheet.take(cell.get_position(), cell.get_value())?;
                }
            }
            Self::Xls(book) => {
                take_range(&mut sheet, &book.worksheet_range(name).map_err(|error| from_cause(&error))?)?;
            }
            Self::Ods(book) => {
                take_range(&mut sheet, &book.worksheet_range(name).map_err(|error| from_cause(&error))?)?;
            }
        }
        Ok(sheet)
    }
}

fn take_range(sheet: &mut Sheet, range: &Range<Data>) -> Result<()> {
    let (row, column) = range.start().unwrap_or_default();
    for (down, right, value) in range.used_cells() {
        let place = (row + u32::try_from(down).unwrap_or(0), column + u32::try_from(right).unwrap_or(0));
        let value = match value {
            Data::Int(value) => DataRef::Int(*value),
            Data::Float(value) => DataRef::Float(*value),
            Data::String(text) => DataRef::SharedString(text),
            Data::Bool(value) => DataRef::Bool(*value),
            Data::DateTime(value) => DataRef::DateTime(*value),
            Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
            Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
            Data::Error(error) => DataRef::Error(error.clone()),
            _ => DataRef::Empty,
        };
        sheet.take(place, &value)?;
    }
    Ok(())
}

/// Whether an old container that is no old workbook holds an encrypted new one.
pub(crate) fn is_encrypted(source: &mut (impl Read + Seek)) -> bool {
    matches!(Xlsx::new(source), Err(XlsxError::Password))
}

fn locked(error: &(dyn std::error::Error + 'static)) -> Error {
    // Each format has an error type of its own, and says this in the same words.
    if error.to_string().contains("password protected") {
        return Error::new(ErrorKind::PasswordProtected);
    }
    from_cause(error)
}

/// Finds bombs: the library inflates the parts of a workbook into memory, whatever they become.
fn defused(mut source: AnySource, sheets: Sheets, limits: Limits) -> Result<AnySource> {
    let members = archive::members(&mut source)?;
    let mut shared = Shared::new(source).map_err(from_io)?;
    for member in &members {
        if member.name.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            check_shared_texts(Box::new(shared.clone()), member, limits)?;
        }
        if sheets == Sheets::Listed && member.name.starts_with("xl/worksheets/") {
            continue;
        }
        // Deflate packs 1,032 : 1 at best.
        if member.packed().saturating_mul(1032) <= FREE {
            continue;
        }
        if member.bytes > limits.memory.saturating_mul(4)
            || member.bytes / RATIO > member.packed().max(FREE / RATIO)
        {
            return Err(too_much(limits.memory).in_file(&member.name));
        }
        let mut content = archive::open(Box::new(shared.clone()), member, limits)?;
        std::io::copy(&mut content, &mut std::io::sink())
            .map_err(|error| from_io(error).in_file(&member.name))?;
    }
    shared.rewind().map_err(from_io)?;
    Ok(Box::new(shared))
}

/// The library sets memory aside for as many shared texts as a workbook says it has, before it has read one. Each takes five
/// bytes at least.
fn check_shared_texts(source: AnySource, member: &Member, limits: Limits) -> Result<()> {
    let mut head = Vec::new();
    let content = archive::open(source, member, limits)?;
    content.take(1 << 16).read_to_end(&mut head).map_err(|error| from_io(error).in_file(&member.name))?;
    let head = String::from_utf8_lossy(&head);
    let tags = head.split('<').filter_map(|tag| tag.split('>').next());
    let said = tags.filter(|tag| tag.split_whitespace().next().is_some_and(|name| name.ends_with("sst")));
    let said = said
        .filter_map(|tag| tag.split("uniqueCount").nth(1)?.split(['"', '\'']).nth(1)?.trim().parse().ok());
    let said: u128 = said.max().unwrap_or(0);
    let most = member.bytes.min(member.packed().saturating_mul(1032)) / 5;
    if said > u128::from(most) {
        return Err(Error::new(ErrorKind::BrokenFile)
            .in_file(&member.name)
            .found(format!("uniqueCount={said}"))
            .expected(format!("<= {most}")));
    }
    Ok(())
}
