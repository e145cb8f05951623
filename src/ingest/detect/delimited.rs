//! How delimited text is laid out: the layout under which most records have the same shape.

use super::super::layout::{Layout, LayoutChoice};
use super::header::{looks_like_header, titles};
use super::records::{Record, records};
use crate::error::{Error, Result};
use crate::ingest::time::{self, TimeFormat};
use crate::table::decimal::{self, NumberFormat};

/// Delimiters that are tried first, likeliest first. The last is what Hive writes.
const USUAL: [char; 5] = [',', '\t', ';', '|', '\u{1}'];

/// Delimiters that somebody may have chosen so as not to meet them in text; they have to win clearly.
const RARE: [char; 14] = ['^', '~', '!', '#', '$', '%', '&', '*', '@', '+', '=', ':', '/', '`'];

/// Letters of text that layouts are tried on.
const TRIED: usize = 64 * 1024;

/// Records that layouts are tried on.
const TRIED_RECORDS: usize = 500;

/// Records that are looked at in the end.
const MOST_RECORDS: usize = 1000;

/// A layout and the records it gives: the header, if there is one, and the rows.
#[derive(Debug)]
pub(super) struct Delimited {
    /// The layout.
    pub layout: Layout,
    /// The records after the titles; the first is the header when the layout has one.
    pub records: Vec<Record>,
    /// Whether that is all of the text.
    pub complete: bool,
}

/// Finds the layout of a text, keeping to what somebody has chosen.
///
/// # Errors
/// [`crate::error::ErrorKind::BadValue`] for a delimiter or a quote that cannot be one.
pub(super) fn detect(text: &str, whole: bool, choice: LayoutChoice) -> Result<Delimited> {
    let chosen = |field: &str, sign: Option<char>, wanted: &str| match sign {
        Some(sign) if !sign.is_ascii() || matches!(sign, '\n' | '\r') => {
            Err(Error::bad_value(field, sign, wanted))
        }
        sign => Ok(sign),
    };
    let delimiter = chosen("delimiter", choice.delimiter, "one character such as , ; | or a tab")?;
    let quote = chosen("quote", choice.quote, "one character such as \", or a space for none")?;
    if let Some(sign) = delimiter.filter(|sign| *sign == quote.unwrap_or('"')) {
        return Err(Error::bad_value("delimiter", sign, "one character such as , ; | or a tab"));
    }
    // Lines that somebody wants skipped are not looked at.
    let skipped = choice.skip_lines.map(|lines| after_lines(text, lines));
    let text = skipped.and_then(|start| text.get(start..)).unwrap_or(text);
    let tried = Tried { text: prefix(text, TRIED), whole: whole && text.len() <= TRIED };
    let mut layout = tried.best(delimiter.or_else(|| separator_line(text)), quote);
    let mut found = tried.records(&layout);
    if tried.has_comments(&found) {
        layout.comment = Some('#');
        found = tried.records(&layout);
    }
    let over_lines = |record: &&Record| record.broken || record.fields.iter().any(|cell| cell.contains('\n'));
    if quote.is_none() && found.iter().filter(over_lines).count() >= 2 {
        // Quotation marks that frame nothing are part of the text: 5" disk.
        let none = Layout { quote: None, escape: None, ..layout };
        if tried.score(&none) >= tried.score(&layout) && framed(tried.text, &layout).0 == 0 {
            (layout.quote, layout.escape) = (None, None);
        }
    }
    let first = records(text, &layout, None, whole, MOST_RECORDS);
    let expected = common_width(&first).map(|(width, _)| width);
    let mut records = records(text, &layout, expected, whole, MOST_RECORDS);
    if let Some(lines) = choice.skip_lines {
        layout.skip_lines = lines;
    } else {
        let titles = titles(&records, expected.unwrap_or(1));
        records.drain(..titles);
        if titles > 0 {
            let above = records.first().and_then(|record| text.get(..record.start)).unwrap_or("");
            layout.skip_lines = count_lines(above);
        }
    }
    layout.header = choice.header.unwrap_or_else(|| looks_like_header(&records));
    let complete = whole && records.last().is_some_and(|last| last.end >= text.trim_end().len());
    Ok(Delimited { layout, records, complete })
}

/// The first letters of a text, as whole lines where it is longer.
fn prefix(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let start = text.get(..text.floor_char_boundary(most)).unwrap_or(text);
    start.rfind(['\n', '\r']).and_then(|end| start.get(..=end)).unwrap_or(start)
}

/// The delimiter that a first line such as `sep=;` names, as spreadsheets read it.
fn separator_line(text: &str) -> Option<char> {
    let line = text.lines().next()?.trim_matches('"');
    let sign = line.strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?;
    let mut signs = sign.trim_matches('"').chars();
    signs.next().filter(|sign| sign.is_ascii() && !sign.is_alphanumeric() && signs.next().is_none())
}

/// Where the text goes on after so many lines.
fn after_lines(text: &str, lines: u32) -> usize {
    let mut start = 0;
    for _ in 0..lines {
        let rest = text.get(start..).unwrap_or("");
        let Some(end) = rest.find(['\n', '\r']) else { return text.len() };
        start += end + if rest.get(end..).is_some_and(|rest| rest.starts_with("\r\n")) { 2 } else { 1 };
    }
    start
}

/// How many lines end in a text.
fn count_lines(text: &str) -> u32 {
    let pairs = text.matches("\r\n").count();
    u32::try_from(text.matches(['\n', '\r']).count() - pairs).unwrap_or(u32::MAX)
}

/// The number of fields, two or more, that most records have, and how many have it.
pub(super) fn common_width(records: &[Record]) -> Option<(usize, usize)> {
    let mut widths: Vec<usize> = records.iter().map(|record| record.fields.len()).collect();
    widths.sort_unstable();
    let runs = widths.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len())));
    runs.filter(|(width, _)| *width > 1).max_by_key(|&(width, count)| (count, width))
}

/// Text that layouts are tried on.
struct Tried<'a> {
    text: &'a str,
    whole: bool,
}

impl Tried<'_> {
    /// The layout under which records are most alike.
    fn best(&self, delimiter: Option<char>, quote: Option<char>) -> Layout {
        let quotes: &[Option<char>] = match quote {
            Some(' ') => &[None],
            Some('\'') => &[Some('\'')],
            Some('"') => &[Some('"')],
            Some(other) => &[Some(other)],
            None if self.text.contains('\'') => &[Some('"'), Some('\'')],
            None => &[Some('"')],
        };
        let first = Layout { quote: quotes.first().copied().flatten(), ..Layout::default() };
        let mut best = (0.0f64, Layout { delimiter: delimiter.unwrap_or(first.delimiter), ..first });
        let usual = delimiter.map_or(USUAL.to_vec(), |delimiter| vec![delimiter]);
        for (delimiter, &quote) in
            usual.iter().flat_map(|sign| quotes.iter().map(move |quote| (*sign, quote)))
        {
            let escape = quote.filter(|&quote| escapes(self.text, delimiter, quote)).map(|_| '\\');
            let layout = Layout { delimiter, quote, escape, ..Layout::default() };
            // A single quotation mark is one only where it frames fields, not where it abridges words.
            let (frames, fields) = framed(self.text, &layout);
            let meant = quote != Some('\'') || frames >= 3;
            let more = if quote == Some('\'') { 0.1 * frames as f64 / fields.max(1) as f64 } else { 0.0 };
            let score = if meant && quote != Some(delimiter) { self.score(&layout) + more } else { 0.0 };
            if score > best.0 {
                best = (score, layout);
            }
        }
        if delimiter.is_none() && best.0 < 0.7 {
            let least = best.0 + 0.2;
            for delimiter in RARE.into_iter().filter(|sign| self.wins_clearly(*sign)) {
                let layout = Layout { delimiter, quote: best.1.quote, ..Layout::default() };
                let score = self.score(&layout);
                if score > best.0.max(least) {
                    best = (score, layout);
                }
            }
        }
        best.1
    }

    fn records(&self, layout: &Layout) -> Vec<Record> {
        let expected = common_width(&records(self.text, layout, None, self.whole, TRIED_RECORDS));
        let expected = expected.map(|(width, _)| width);
        records(self.text, layout, expected, self.whole, TRIED_RECORDS)
    }

    /// How alike the records are under a layout, and how much their cells look like cells: about 0 to 1.3.
    fn score(&self, layout: &Layout) -> f64 {
        let records = self.records(layout);
        let Some((width, alike)) = common_width(&records) else { return 0.0 };
        let titles = titles(&records, width);
        let below = records.get(titles..).unwrap_or(&[]);
        let share = alike as f64 / below.len().max(1) as f64;
        let cells = below.iter().skip(1).take(50).flat_map(|record| &record.fields);
        let (mut typed, mut filled) = (0usize, 0usize);
        for cell in cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty()) {
            filled += 1;
            typed += usize::from(is_typed(cell) || is_typed_comma(cell));
        }
        let typed = typed as f64 / filled.max(1) as f64;
        share.min(1.0) + 0.2 * typed + 0.001 * width.min(100) as f64 - 0.01 * titles as f64
    }

    /// Whether a rare delimiter cuts every line into the same number of filled fields, the first being names.
    fn wins_clearly(&self, delimiter: char) -> bool {
        let layout = Layout { delimiter, ..Layout::default() };
        let records = self.records(&layout);
        let Some((width, alike)) = common_width(&records) else { return false };
        let first = records.first().is_some_and(|first| {
            first.fields.len() == width
                && first.filled() == width
                && (matches!(delimiter, '^' | '~') || first.fields.iter().all(|cell| !has_digit(cell)))
        });
        first && records.len() > 1 && alike * 20 >= records.len() * 19
    }

    /// Whether lines that begin with `#` are comments and not, say, numbers of orders: they are few, and not all have the
    /// shape of the records.
    fn has_comments(&self, found: &[Record]) -> bool {
        let Some((width, _)) = common_width(found) else { return false };
        let hashed = |record: &Record| {
            self.text.get(record.start..record.end).is_some_and(|line| line.starts_with('#'))
        };
        let marked = || found.iter().filter(|record| hashed(record));
        let all_above = marked().count() == found.iter().take_while(|record| hashed(record)).count();
        marked().any(|record| record.fields.len() != width)
            && (all_above || marked().count() * 2 <= found.len())
    }
}

fn has_digit(cell: &str) -> bool {
    cell.contains(|letter: char| letter.is_ascii_digit())
}

/// Whether a cell is a number or a time.
pub(super) fn is_typed(cell: &str) -> bool {
    decimal::parse(cell.as_bytes()).is_some()
        || time::parse(cell.as_bytes(), TimeFormat::YearFirst).is_some()
        || time::parse(cell.as_bytes(), TimeFormat::DayFirst).is_some()
        || time::parse(cell.as_bytes(), TimeFormat::MonthFirst).is_some()
}

/// Whether a cell is a number with a decimal comma.
fn is_typed_comma(cell: &str) -> bool {
    decimal::parse_with(cell.as_bytes(), NumberFormat::Comma).is_some()
}

/// How many fields on one line begin and end with the layout's quote, and how many there are.
fn framed(text: &str, layout: &Layout) -> (usize, usize) {
    let Some(quote) = layout.quote else { return (0, 0) };
    let fields = text.lines().take(TRIED_RECORDS).flat_map(|line| line.split(layout.delimiter));
    fields.map(str::trim).fold((0, 0), |(framed, all), field| {
        let frames = field.len() > 1 && field.starts_with(quote) && field.ends_with(quote);
        (framed + usize::from(frames), all + 1)
    })
}

/// Whether a backslash takes the meaning from quotes: more of them stand before a quote inside a field than before one that
/// ends its field, as in a path.
fn escapes(text: &str, delimiter: char, quote: char) -> bool {
    let (mut inside, mut ending) = (0usize, 0usize);
    let pattern = format!("\\{quote}");
    for (place, _) in text.match_indices(&pattern) {
        let next = text.get(place + pattern.len()..).and_then(|rest| rest.chars().next());
        let before = text.get(..place).and_then(|text| text.chars().next_back());
        match next {
            // \"" may be either.
            Some(next) if next == quote || before == Some('\\') => {}
            Some(next) if next == delimiter || matches!(next, '\n' | '\r') => ending += 1,
            None => ending += 1,
            Some(_) => inside += 1,
        }
    }
    inside > ending
}
