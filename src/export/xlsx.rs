//! One table as an Excel workbook (Office Open XML, ECMA-376), written row by row.
//!
//! Texts are texts: ids keep their zeros and all their digits, and nothing is a formula, since only cells that say so are.
//! (A text from which reading would take an apostrophe gets one more; see [`crate::ingest::formula`].) Days and moments are
//! dates; those that Excel's calendar lacks, before 1 March 1900, are texts, as is a moment with parts of a second. Numbers
//! are numbers with all their decimals; Excel keeps fifteen digits, so what has more is a text.
//!
//! A library for workbooks would have added 1.0 MB to the program, and holds all cells in memory; deflate and this file take
//! a twentieth of that, and a piece at a time.

use std::fmt::Write as _;

use super::cell::{Cell, day_of};
use super::zip::Zip;
use crate::dataset::calendar::{DAY_MICROS, Day};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::formula::unguarded;
use crate::table::decimal::{Amount, MAX_SCALE};

/// The rows of a sheet below its header.
pub const MOST_ROWS: u64 = 1_048_575;

/// The longest text in a cell, in UTF-16 units.
const LONGEST_TEXT: usize = 32_767;

/// The digits that a number keeps.
const DIGITS: usize = 15;

/// The day 0 of Excel's calendar, as it counts from March 1900 on.
const EPOCH: i32 = -25_569;

/// The first day that is counted so (its calendar has a 29 February 1900), and the last.
const DAYS: std::ops::RangeInclusive<i32> = 61..=2_958_465;

/// Text that is packed at once.
const BLOCK: usize = 1 << 16;

/// Styles, by their place in `cellXfs`; that of an amount is [`AMOUNT`] and its decimal places.
const TEXT: u8 = 1;
const DAY: u8 = 2;
const TIME: u8 = 3;
const HEADING: u8 = 4;
const AMOUNT: u8 = 5;

/// A workbook under construction.
#[derive(Debug)]
pub struct Xlsx {
    zip: Zip,
    xml: String,
    /// The columns' letters and names.
    columns: Vec<(String, String)>,
    row: u64,
    column: usize,
    /// Whether the row has been begun.
    begun: bool,
}

impl Xlsx {
    /// A workbook with these columns and so many rows.
    ///
    /// # Errors
    /// [`ErrorKind::SheetRows`] for more rows than [`MOST_ROWS`]; [`ErrorKind::SheetText`] for a name that is too long.
    pub fn new(header: &[String], rows: u64) -> Result<Self> {
        if rows > MOST_ROWS {
            return Err(Error::new(ErrorKind::SheetRows).found(rows).expected(MOST_ROWS.to_string()));
        }
        let mut zip = Zip::new();
        for (name, content) in PARTS {
            zip.begin(name)?;
            zip.write(XML.as_bytes());
            zip.write(content.as_bytes());
        }
        zip.begin("xl/styles.xml")?;
        zip.write(XML.as_bytes());
        zip.write(styles().as_bytes());
        zip.begin("xl/worksheets/sheet1.xml")?;
        let columns = header.iter().enumerate().map(|(place, name)| (letters(place), name.clone())).collect();
        let mut book = Self { zip, xml: XML.to_owned(), columns, row: 0, column: 0, begun: false };
        book.begin_sheet(rows);
        for name in header {
            book.text(name, HEADING)?;
        }
        book.end_row();
        Ok(book)
    }

    fn begin_sheet(&mut self, rows: u64) {
        let last = self.columns.last().map_or("A", |(letters, _)| letters);
        let count = self.columns.len().max(1);
        let _ = write!(
            self.xml,
            "<worksheet xmlns=\"{MAIN}\"><dimension ref=\"A1:{last}{}\"/><sheetViews><sheetView workbookViewId=\"0\">\
             <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>\
             <cols><col min=\"1\" max=\"{count}\" width=\"20\" customWidth=\"1\"/></cols><sheetData>",
            rows + 1,
        );
    }

    /// Adds a cell to the row.
    ///
    /// # Errors
    /// [`ErrorKind::SheetText`] for a text that a cell of Excel does not hold.
    pub fn cell(&mut self, cell: &Cell<'_>) -> Result<()> {
        match cell {
            Cell::Empty => self.column += 1,
            Cell::Text(text) => return self.text(text, TEXT),
            Cell::Count(count) => {
                return self.amount(Amount { units: *count, scale: 0 });
            }
            Cell::Amount(amount) => return self.amount(*amount),
            Cell::Day(day) => match serial(*day) {
                Some(serial) => self.number(&serial, DAY),
                None => return self.text(&cell.to_string(), TEXT),
            },
            Cell::Time(micros) => {
                let (seconds, rest) =
                    (micros.rem_euclid(DAY_MICROS) / 1_000_000, micros.rem_euclid(1_000_000));
                match serial(day_of(*micros)).filter(|_| rest == 0) {
                    Some(serial) => self.number(&(f64::from(serial) + seconds as f64 / 86_400.0), TIME),
                    None => return self.text(&cell.to_string(), TEXT),
                }
            }
        }
        Ok(())
    }

    fn amount(&mut self, amount: Amount) -> Result<()> {
        let written = amount.to_string();
        if written.bytes().filter(u8::is_ascii_digit).count() > DIGITS {
            return self.text(&written, TEXT);
        }
        self.number(&written, AMOUNT + amount.scale.min(MAX_SCALE));
        Ok(())
    }

    /// The beginning of a cell up to its style.
    fn begin_cell(&mut self, style: u8) {
        self.begin_row();
        let letters = self.columns.get(self.column).map_or("", |(letters, _)| letters);
        let _ = write!(self.xml, "<c r=\"{letters}{}\" s=\"{style}\"", self.row + 1);
        self.column += 1;
    }

    fn begin_row(&mut self) {
        if !self.begun {
            self.begun = true;
            let _ = write!(self.xml, "<row r=\"{}\">", self.row + 1);
        }
    }

    fn number(&mut self, number: &impl std::fmt::Display, style: u8) {
        self.begin_cell(style);
        let _ = write!(self.xml, "><v>{number}</v></c>");
    }

    fn text(&mut self, text: &str, style: u8) -> Result<()> {
        let guard = if unguarded(text.as_bytes()).len() < text.len() { "'" } else { "" };
        let length = text.encode_utf16().count() + guard.len();
        if text.len() + guard.len() > LONGEST_TEXT && length > LONGEST_TEXT {
            let column = self.columns.get(self.column).map(|(_, name)| name.clone()).unwrap_or_default();
            let error = Error::new(ErrorKind::SheetText).in_column(column);
            return Err(error.found(length).expected(LONGEST_TEXT.to_string()));
        }
        if text.is_empty() {
            self.column += 1;
            return Ok(());
        }
        self.begin_cell(style);
        self.xml.push_str(" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        self.xml.push_str(guard);
        escape(text, &mut self.xml);
        self.xml.push_str("</t></is></c>");
        Ok(())
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.begin_row();
        self.xml.push_str("</row>");
        (self.row, self.column, self.begun) = (self.row + 1, 0, false);
        if self.xml.len() >= BLOCK {
            self.zip.write(self.xml.as_bytes());
            self.xml.clear();
        }
    }

    /// What has been written since the last time.
    pub fn take(&mut self) -> Vec<u8> {
        self.zip.take()
    }

    /// How many bytes there are to take.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.zip.waiting()
    }

    /// Ends the workbook; gives the rest of it.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] beyond 4 GiB.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        self.xml.push_str("</sheetData></worksheet>");
        self.zip.write(self.xml.as_bytes());
        self.zip.finish()
    }
}

/// A day in Excel's calendar, if it has it.
fn serial(day: Day) -> Option<i32> {
    day.0.checked_sub(EPOCH).filter(|serial| DAYS.contains(serial))
}

/// The letters of a column: A, B, ..., Z, AA, ...
fn letters(place: usize) -> String {
    let (mut letters, mut rest) = (String::new(), place + 1);
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters
}

/// Adds a text as XML has it. What XML cannot hold stands as `_x0000_` (ECMA-376 part 1, 22.9.2.19), and what looks so gets
/// its underscore escaped.
fn escape(text: &str, xml: &mut String) {
    for (place, sign) in text.char_indices() {
        match sign {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '_' if text.get(place..).is_some_and(looks_escaped) => xml.push_str("_x005F_"),
            '\t' | '\n' => xml.push(sign),
            '\0'..'\x20' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(xml, "_x{:04X}_", u32::from(sign));
            }
            _ => xml.push(sign),
        }
    }
}

/// Whether a text begins with `_x12AB_`.
fn looks_escaped(text: &str) -> bool {
    match text.as_bytes() {
        [b'_', b'x', digits @ .., _] if digits.len() >= 4 => {
            digits.iter().take(4).all(u8::is_ascii_hexdigit) && text.as_bytes().get(6) == Some(&b'_')
        }
        _ => false,
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>",
    ),
    (
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"Strata\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>",
    ),
];

/// How cells are shown: as text, as days, as times, in bold, as numbers with 0, 1, 2, ... places.
fn styles() -> String {
    let places =
        |scale: u8| if scale == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(scale.into())) };
    let own = ["yyyy-mm-dd".to_owned(), "yyyy-mm-dd hh:mm:ss".to_owned()];
    let formats: Vec<String> = own.into_iter().chain((0..=MAX_SCALE).map(places)).collect();
    let mut xml = format!("<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"{}\">", formats.len());
    for (number, format) in (164..).zip(&formats) {
        let _ = write!(xml, "<numFmt numFmtId=\"{number}\" formatCode=\"{format}\"/>");
    }
    xml.push_str(
        "</numFmts><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>",
    );
    // 49 is text.
    let amounts = (0..=MAX_SCALE).map(|scale| (166 + u32::from(scale), 0));
    let all: Vec<(u32, u8)> =
        [(0, 0), (49, 0), (164, 0), (165, 0), (49, 1)].into_iter().chain(amounts).collect();
    let _ = write!(xml, "<cellXfs count=\"{}\">", all.len());
    for (format, font) in all {
        let _ = write!(
            xml,
            "<xf numFmtId=\"{format}\" fontId=\"{font}\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/>"
        );
    }
    xml + "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
}
