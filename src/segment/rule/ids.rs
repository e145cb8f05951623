//! Lists of ids as people have them: pasted, or the first column of a file.

use crate::ingest::formula::unguarded;
use crate::ingest::layout::Layout;
use crate::ingest::split::{Found, Splitter};
use crate::privacy::pseudonym::{from_hex, own_name};

/// The most ids in a list.
pub const MOST_IDS: usize = 5_000_000;

/// The most ids that stand in a definition, and so in the page's address and in saved segments; more are held by the page.
pub const MOST_IN_DEFINITION: usize = 10_000;

/// What a list of ids holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ids {
    /// The ids, each once, in the order of the text.
    pub ids: Vec<String>,
    /// What the column is called, if the text says so.
    pub name: Option<String>,
    /// Whether they look like pseudonyms, all of them: 64 hexadecimal digits.
    pub pseudonyms: bool,
}

/// The ids in a text: one in each line, or on a single line several between commas, semicolons or tabs. Of a line with
/// several cells the first counts; quotation marks around a cell (RFC 4180), spaces around an id, apostrophes before what a
/// spreadsheet would take for a formula, and empty lines go. The name of a column at the top (`user_id`, `id`, `用户ID`, ...; what
/// the users' own column is called, `users`; either with the mark of pseudonyms) is none.
#[must_use]
pub fn read(text: &str, users: Option<&str>) -> Ids {
    let text = text.trim_start_matches('\u{feff}');
    let names = |cell: &str| {
        let own = own_name(cell).unwrap_or(cell);
        is_name(own) || users == Some(own)
    };
    let between = between(text, users, names);
    let records = if text.contains('"') { quoted(text, between) } else { plain(text, between) };
    let cells: Vec<String> = match <[Vec<String>; 1]>::try_from(records) {
        Ok([only]) => only,
        Err(records) => records.into_iter().filter_map(|record| record.into_iter().next()).collect(),
    };
    // Alone it is an id.
    let name = cells.first().filter(|cell| cells.len() > 1 && names(cell.as_str())).cloned();
    let mut seen = std::collections::BTreeSet::new();
    let fresh = |cell: &String| !cell.is_empty() && seen.insert(cell.clone());
    let ids: Vec<String> = cells.into_iter().skip(usize::from(name.is_some())).filter(fresh).collect();
    let pseudonyms = !ids.is_empty() && ids.iter().all(|id| from_hex(id).is_some());
    Ids { ids, name, pseudonyms }
}

/// The ids in a text.
#[must_use]
pub fn ids(text: &str) -> Vec<String> {
    read(text, None).ids
}

/// A list as a text, a line for each id, that is read as the same list.
#[must_use]
pub fn write(ids: &[String]) -> String {
    let is_plain = |id: &String| !id.contains(|sign| BETWEEN.contains(&sign) || "\"\r\n".contains(sign));
    let line =
        |id: &String| if is_plain(id) { id.clone() } else { format!("\"{}\"", id.replace('"', "\"\"")) };
    ids.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What stands between cells.
const BETWEEN: [char; 4] = [',', ';', '\t', '，'];

fn clean(cell: &str) -> String {
    let cell = cell.trim();
    String::from_utf8_lossy(unguarded(cell.as_bytes())).into_owned()
}

/// What stands in no text, for tables of one column.
const NOWHERE: char = '\u{1f}';

/// What stands between the cells of a table, as its first line has it; nothing where any sign may.
fn between(text: &str, users: Option<&str>, names: impl Fn(&str) -> bool) -> Option<char> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    lines.next()?;
    // A name may hold such a sign itself.
    let rest = users.and_then(|name| first.strip_prefix(name)).unwrap_or(first);
    let only = || names(&clean(first.trim().trim_matches('"'))).then_some(NOWHERE);
    outside(rest).find(|sign| BETWEEN.contains(sign)).or_else(only)
}

/// The signs outside quotation marks.
fn outside(text: &str) -> impl Iterator<Item = char> {
    let mut inside = false;
    text.chars().filter(move |sign| {
        inside ^= *sign == '"';
        !inside
    })
}

fn plain(text: &str, between: Option<char>) -> Vec<Vec<String>> {
    let is_between = |sign: char| between.map_or_else(|| BETWEEN.contains(&sign), |between| sign == between);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.split(is_between).map(clean).collect()).collect()
}

/// Cells in quotation marks may hold anything, ends of lines too.
fn quoted(text: &str, between: Option<char>) -> Vec<Vec<String>> {
    let between =
        between.or_else(|| outside(text).find(|sign| BETWEEN.contains(sign))).filter(char::is_ascii);
    let layout = Layout { delimiter: between.unwrap_or(','), ..Layout::default() };
    let mut records = Vec::new();
    let mut sink = |_, found: Found<'_>| {
        if let Found::Record(fields) = found {
            let cells = fields.iter().map(|cell| clean(&String::from_utf8_lossy(cell)));
            records.push(cells.collect::<Vec<_>>());
        }
    };
    let mut splitter = Splitter::new(&layout);
    splitter.push(close_up(text).as_bytes(), &mut sink);
    splitter.finish(&mut sink);
    records.retain(|record| record.iter().any(|cell| !cell.is_empty()));
    records
}

/// Takes out the spaces between cells before a quotation mark, as in `"a", "b"`: there the cell begins.
fn close_up(text: &str) -> String {
    let (mut closed, mut spaces, mut inside) = (String::with_capacity(text.len()), 0, false);
    for sign in text.chars() {
        if sign == ' ' && !inside {
            spaces += 1;
            continue;
        }
        let begins = closed.chars().next_back().is_none_or(|last| last == '\n' || BETWEEN.contains(&last));
        if !(sign == '"' && begins) {
            closed.extend(std::iter::repeat_n(' ', spaces));
        }
        spaces = 0;
        inside ^= sign == '"';
        closed.push(sign);
    }
    closed
}

/// Whether a cell is what a column of users is called.
fn is_name(cell: &str) -> bool {
    let plain: String = cell.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect();
    const NAMES: [&str; 9] =
        ["id", "user", "userid", "customer", "customerid", "member", "memberid", "用户", "用户id"];
    NAMES.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_as_people_have_them() {
        assert_eq!(ids("a\nb\n\n a \r\nc"), ["a", "b", "c"]);
        assert_eq!(ids("007, 8; 9\t10，11"), ["007", "8", "9", "10", "11"]);
        assert_eq!(ids("\u{feff}user_id,name\n\"1\",Ann\n2,Bob\n"), ["1", "2"]);
        assert_eq!(ids("用户ID\nx\n'+86 1\n'quoted"), ["x", "+86 1", "'quoted"]);
        assert_eq!(ids("id"), ["id"], "alone it is an id");
        assert_eq!(ids("customer\nuser"), ["user"], "only the first line can be a name");
        assert_eq!(ids("a b\nc"), ["a b", "c"], "a space may be part of an id");
        assert_eq!(
            ids("\"a,b\",1\n\"say \"\"x\"\"\",\"2\n3\"\nc,4"),
            ["a,b", "say \"x\"", "c"],
            "as a spreadsheet reads"
        );
        assert_eq!(ids("\"a;b\";1\n\"c\";\"2;3\""), ["a;b", "c"]);
        assert_eq!(ids("\"a\", \"b\"\t"), ["a", "b"], "on one line");
        assert_eq!(ids("\"x\",1\n  \"a,b\",3"), ["x", "a,b"], "spaces before the first cell of a line");
        assert!(ids(" \n\n").is_empty() && ids("").is_empty() && ids(",;").is_empty());
    }

    #[test]
    fn lists_are_written_as_they_are_read() {
        for list in
            [&["1", "2"][..], &["a,b", "say \"x\"", "two\nlines"], &["only; one"], &["x，y", "z"], &[]]
        {
            let list: Vec<String> = list.iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(ids(&write(&list)), list);
        }
    }

    #[test]
    fn lists_tell_what_they_hold() {
        let digits = "0123456789abcdef".repeat(4);
        let list = read(&format!("会员编号 (HMAC-SHA256),x\n{digits},1\n"), Some("会员编号"));
        assert_eq!((list.name.as_deref(), list.pseudonyms), (Some("会员编号 (HMAC-SHA256)"), true));
        assert_eq!(list.ids, std::slice::from_ref(&digits));
        assert!(read(&digits, None).pseudonyms && !read("", None).pseudonyms);
        let list = read(&format!("buyer\n{digits}\n7"), Some("buyer"));
        assert_eq!((list.name.as_deref(), list.pseudonyms, list.ids.len()), (Some("buyer"), false, 2));
        assert_eq!(read("buyer\n7", Some("用户")).ids, ["buyer", "7"], "of other data");
        assert_eq!(read("id\n;a\nb,c", None).ids, [";a", "b,c"], "one column holds any sign");
        assert_eq!(read("id,x\n;a,1\nb;c,2", None).ids, [";a", "b;c"], "commas between them");
        assert_eq!(read("id;no,x\n;a,1", Some("id;no")).ids, [";a"]);
    }
}
